//! Letters that wait for an answer, as far as pages prove it.
//!
//! What a page does not say is no proof: of a letter counts that a page gives the day on which it
//! was written and says that it is not answered, and that a look of the last days read that.

use chrono::TimeDelta;

use crate::domain::class::Class;
use crate::domain::group::{Column, Watch};
use crate::domain::letter::Letter;
use crate::domain::time::{Moment, date_of};

/// Columns with these words promise no answers to letters. Source: 国办发〔2015〕15号 leaves out
/// interviews, surveys, complaints and reports, 国办发〔2019〕19号 petitions as well.
const LEFT_OUT: [&str; 7] = ["举报", "投诉", "信访", "纪检", "访谈", "调查", "征集"];
/// The letters of so many days are looked at: 1年内.
const YEAR_DAYS: i64 = 365;
/// So long it is proven that a letter waits after a page said so: inspections are made every night.
const LASTS: TimeDelta = TimeDelta::hours(72);

/// One letter that no page says to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// For how many natural days.
    pub days: u32,
    /// When a page said so last.
    pub seen_at: Moment,
    /// Whether that is proof enough today.
    pub is_proven: bool,
}

/// Whether the letters of `column` are owed answers.
pub fn is_owed(column: &Column) -> bool {
    let is_left_out = LEFT_OUT.iter().any(|word| column.name.contains(word));
    column.class == Class::Replies && column.watch() == Watch::Judged && !is_left_out
}

/// Whether `letter` waits by what was read last, and nobody found that it does not.
pub fn waits(letter: &Letter) -> bool {
    let is_said = letter.told.asked_on.is_some() && letter.open_at.is_some();
    is_said && !letter.overruled && letter.answered_at.is_none() && !letter.told.is_answered()
}

/// Those of `letters` that wait at `now`.
pub fn waiting(letters: &[Letter], now: Moment) -> impl Iterator<Item = Waiting> {
    letters
        .iter()
        .filter(|one| waits(one))
        .filter_map(move |one| {
            let days = (date_of(now) - one.told.asked_on?).num_days();
            let seen_at = one.open_at.filter(|_| days <= YEAR_DAYS)?;
            Some(Waiting {
                days: u32::try_from(days).ok()?,
                seen_at,
                is_proven: now - seen_at <= LASTS,
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::ColumnId;
    use crate::domain::letter::{State, Told};
    use crate::domain::time::moment;

    fn at(text: &str) -> Moment {
        moment(text.parse().unwrap())
    }

    fn letter(asked_on: Option<&str>, open_at: Option<&str>) -> Letter {
        Letter {
            column: ColumnId::parse("kxw/lyzx").unwrap(),
            title: "关于路灯的咨询".to_owned(),
            url: None,
            told: Told {
                asked_on: asked_on.map(|on| on.parse().unwrap()),
                state: open_at.map(|_| State::Open),
                ..Told::default()
            },
            row: Told::default(),
            first_seen_at: at("2017-09-01T22:00:00"),
            open_at: open_at.map(at),
            open_before: Vec::new(),
            answered_at: None,
            page: None,
            overruled: false,
        }
    }

    fn found(letter: Letter) -> Option<(u32, bool)> {
        let found = waiting(&[letter], at("2017-11-20T07:30:00")).next();
        found.map(|one| (one.days, one.is_proven))
    }

    #[test]
    fn a_letter_waits_where_a_page_says_so_and_since_when() {
        let night = Some("2017-11-19T22:10:00");
        assert_eq!(found(letter(Some("2017-09-06"), night)), Some((75, true)));
        assert_eq!(found(letter(None, night)), None, "since when is not known");
        assert_eq!(found(letter(Some("2017-09-06"), None)), None, "silence");
        assert_eq!(found(letter(Some("2016-11-20"), night)), Some((365, true)));
        assert_eq!(found(letter(Some("2016-11-19"), night)), None, "of a year");
        let old = Some("2017-11-17T07:00:00");
        assert_eq!(found(letter(Some("2017-09-06"), old)), Some((75, false)));
        for change in [
            |told: &mut Told| told.state = Some(State::Answered),
            |told: &mut Told| told.words = true,
            |told: &mut Told| told.answered_on = "2017-11-01".parse().ok(),
        ] {
            let mut answered = letter(Some("2017-09-06"), night);
            change(&mut answered.told);
            assert_eq!(found(answered), None);
        }
        let mut overruled = letter(Some("2017-09-06"), night);
        overruled.overruled = true;
        assert_eq!(found(overruled), None, "a person knows better");
    }
}
