//! Instants and civil dates. China has one zone and no summer time: everything is UTC+8.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone as _};

/// The header by which a rehearsal tells the sites what time it is, in RFC 3339 at +08:00.
pub const REHEARSAL_NOW: &str = "Wangxun-Rehearsal-Now";

/// A civil date in UTC+8.
pub type Date = NaiveDate;

/// An instant, always carried with the offset +08:00.
pub type Moment = DateTime<FixedOffset>;

const EAST_8_SECONDS: i32 = 8 * 3600;

/// The offset +08:00.
pub fn china() -> FixedOffset {
    match FixedOffset::east_opt(EAST_8_SECONDS) {
        Some(offset) => offset,
        None => unreachable!("eight hours are a valid offset"),
    }
}

/// The instant at which clocks in China show `local`.
pub fn moment(local: NaiveDateTime) -> Moment {
    china().from_utc_datetime(&(local - china()))
}

/// The civil date at `at`.
pub fn date_of(at: Moment) -> Date {
    at.date_naive()
}

/// A date in the words of a message: `11月3日`, with the year when it is not `today`'s.
pub fn in_chinese(date: Date, today: Date) -> String {
    use chrono::Datelike as _;
    if date.year() == today.year() {
        format!("{}月{}日", date.month(), date.day())
    } else {
        format!("{}年{}月{}日", date.year(), date.month(), date.day())
    }
}
