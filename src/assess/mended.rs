//! Whether an overdue column was mended: by an update that was seen, never by the end of an alert.
//!
//! An alert ends for other reasons too: an exemption, a longer limit, a column that is taken out of
//! the configuration. Where the column is overdue afterwards by the same silence, or by an item that
//! was too old when it came, that is no second time.

use super::freshness::due_on;
use crate::domain::time::Date;

/// Whether what was overdue since `overdue_on`, with `about` as its last update, was mended before it
/// came to rest on `newest`: by a newer item whose own limit had not run out by then.
pub fn is_mended(
    about: Option<Date>,
    overdue_on: Date,
    newest: Option<Date>,
    limit_days: u32,
) -> bool {
    let items = about.zip(newest);
    items.is_some_and(|(about, newest)| about < newest && overdue_on <= due_on(newest, limit_days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_update_in_time_mends() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        // Overdue since 18 November, two weeks after the item of the third.
        let rows = [
            (Some("2017-11-19"), true),
            // Dated some days before it was shown.
            (Some("2017-11-16"), true),
            (Some("2017-11-04"), true),
            // The same silence, and an older one, since the item was taken away.
            (Some("2017-11-03"), false),
            (Some("2017-10-20"), false),
            (None, false),
        ];
        for (newest, mended) in rows {
            let (about, overdue_on) = (Some(date("2017-11-03")), date("2017-11-18"));
            let newest = newest.map(date);
            assert_eq!(
                is_mended(about, overdue_on, newest, 14),
                mended,
                "{newest:?}"
            );
        }
        // An item that was too old already when it was put up.
        let (about, overdue_on) = (Some(date("2017-03-30")), date("2017-11-27"));
        for (newest, mended) in [("2017-04-15", false), ("2017-11-20", true)] {
            let newest = Some(date(newest));
            assert_eq!(
                is_mended(about, overdue_on, newest, 180),
                mended,
                "{newest:?}"
            );
        }
        assert!(!is_mended(None, overdue_on, Some(overdue_on), 14));
    }
}
