//! Moments as metas, data islands and scripts write them: a day, often with a time and a zone.

use chrono::{NaiveDateTime, NaiveTime, TimeDelta, Timelike as _};
use memchr::memmem;

use super::dates::{self, Stamp};
use super::foreign;
use super::zone;
use crate::domain::time::Date;

/// A moment as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The day.
    pub on: Date,
    /// The time of day.
    pub time: Option<NaiveTime>,
    /// Minutes that the written zone is ahead of UTC, if one is written.
    pub zone: Option<i32>,
}

impl Moment {
    /// Whether it is written in UTC, so that its day need not be the reader's.
    pub fn is_utc(self) -> bool {
        self.zone == Some(0) && self.time.is_some()
    }

    /// The same moment in UTC, when time and zone are written.
    pub fn in_utc(self) -> Option<NaiveDateTime> {
        let zone = TimeDelta::minutes(i64::from(self.zone?));
        self.on.and_time(self.time?).checked_sub_signed(zone)
    }

    fn in_china(self) -> Moment {
        let local = self
            .time
            .zip(self.zone)
            .and_then(|(time, zone)| zone::in_china(self.on, time, zone));
        local.map_or(self, |(on, time)| Moment {
            on,
            time: Some(time),
            zone: self.zone,
        })
    }
}

/// The first full date of a short text. Moments in UTC become days in China on Chinese pages and
/// stay as printed on others, whose own zone nobody states; a written zone is the reader's.
pub fn of(text: &str, chinese: bool) -> Option<Moment> {
    let written = dates::scan(text)
        .into_iter()
        .find_map(|found| match found.stamp {
            Stamp::Full(on) if chinese || found.full_year => Some(Moment {
                on,
                time: found.time,
                zone: found.zone,
            }),
            _ => None,
        });
    match written {
        Some(moment) if chinese && moment.is_utc() => Some(moment.in_china()),
        None if !chinese => foreign::scan(text, foreign::Order::DayFirst)
            .first()
            .and_then(|found| match found.stamp {
                Stamp::Full(on) => Some(Moment {
                    on,
                    time: found.time,
                    zone: None,
                }),
                _ => None,
            }),
        moment => moment,
    }
}

/// The same moment as `moment`, which is in UTC, written elsewhere in a source with the zone of
/// its readers.
pub fn with_zone(source: &str, moment: Moment) -> Option<Moment> {
    let (utc, time) = (moment.in_utc()?, moment.time?);
    // Zones differ by whole hours but for a few, so minutes and seconds are the same.
    let needle = format!(":{:02}:{:02}", time.minute(), time.second());
    memmem::find_iter(source.as_bytes(), needle.as_bytes())
        .take(200)
        .find_map(|at| {
            // `2018-03-06T21` before, the seconds and `-05:00` behind.
            let from = at.checked_sub(13)?;
            let to = at + needle.len();
            let written = source
                .get(from..to + 6)
                .or_else(|| source.get(from..to + 3))?;
            let other = of(written, false)?;
            let same = other.zone.is_some_and(|zone| zone != 0) && other.in_utc() == Some(utc);
            same.then_some(other)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_read_and_utc_becomes_the_day_in_china_on_chinese_pages() {
        let cases = [
            ("2018-03-06T20:00:00Z", false, "2018-03-06", Some(0)),
            ("2018-03-06T20:00:00Z", true, "2018-03-07", Some(0)),
            ("2018-03-06T20:00:00.000+0000", true, "2018-03-07", Some(0)),
            ("2018-03-06T20:00Z", true, "2018-03-07", Some(0)),
            ("2018-03-06T20:00:00-05:00", false, "2018-03-06", Some(-300)),
            ("2018-03-06T20:00:00+08:00", true, "2018-03-06", Some(480)),
            ("2018-03-06 20:00:00", true, "2018-03-06", None),
            ("2018-03-06", false, "2018-03-06", None),
            ("6 March 2018", false, "2018-03-06", None),
        ];
        for (text, chinese, on, zone) in cases {
            let moment = of(text, chinese).expect(text);
            assert_eq!(
                (moment.on.to_string().as_str(), moment.zone),
                (on, zone),
                "{text}"
            );
        }
    }
}
