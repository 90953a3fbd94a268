//! How the transports are: which of them rest after failures, and how fast each may send.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::deliver::pace::Pace;
use crate::domain::time::Moment;
use crate::domain::transport::{Transports, Way};

/// After so many failures in a row that may pass, a transport is left alone for a while.
const FAILURES_IN_A_ROW: u32 = 3;

/// What is known of each transport.
pub struct Ways<'a> {
    transports: &'a Transports,
    known: BTreeMap<Way, Known>,
}

struct Known {
    pace: Pace,
    /// Since when and until when it is left alone.
    rest: Option<(Moment, Moment)>,
    failures: u32,
}

impl<'a> Ways<'a> {
    /// Nothing is known yet.
    pub fn new(transports: &'a Transports) -> Ways<'a> {
        Ways {
            transports,
            known: BTreeMap::new(),
        }
    }

    /// Failures count in a row within one pass over what is due.
    pub fn begin_pass(&mut self) {
        for known in self.known.values_mut() {
            known.failures = 0;
        }
    }

    /// The first instant, at or after `now`, at which one more message may leave by `way`. A rest that
    /// began later than `now` was decided before the clock was set back, and is none.
    pub fn free_at(&self, way: &Way, now: Moment) -> Moment {
        let Some(known) = self.known.get(way) else {
            return now;
        };
        let rest = known.rest.filter(|&(since, _)| since <= now);
        let rested = rest.map_or(now, |(_, until)| until);
        known.pace.free_at(now).max(rested)
    }

    /// An attempt over `way` begins at `at`.
    pub fn begin(&mut self, way: &Way, at: Moment) {
        self.of(way).pace.note(at);
    }

    /// An attempt over `way` ended at `at`; `passing` when it failed in a way that may pass. After
    /// several such in a row the transport rests as long as a message that failed once.
    pub fn end(&mut self, way: &Way, passing: bool, at: Moment) {
        let wait = self.transports.retry.first;
        let known = self.of(way);
        known.failures = if passing { known.failures + 1 } else { 0 };
        if known.failures < FAILURES_IN_A_ROW {
            return;
        }
        known.failures = 0;
        let until = at + TimeDelta::from_std(wait).unwrap_or(TimeDelta::hours(1));
        known.rest = Some((at, until));
        tracing::warn!(?way, %until, "a transport keeps failing and is left alone for a while");
    }

    fn of(&mut self, way: &Way) -> &mut Known {
        let rate = self.transports.rate(way);
        self.known.entry(way.clone()).or_insert_with(|| Known {
            pace: Pace::new(rate),
            rest: None,
            failures: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;
    use crate::domain::transport::Rate;

    fn at(second: u32) -> Moment {
        let day = chrono::NaiveDate::from_ymd_opt(2017, 11, 14).unwrap();
        moment(day.and_hms_opt(9, 0, second).unwrap())
    }

    #[test]
    fn one_transport_rests_and_the_others_go_on() {
        let transports = Transports::default();
        let mut ways = Ways::new(&transports);
        let [ill, well] = ["ill", "well"].map(|name| Way::Robot(name.to_owned()));
        let outcomes = [true, true, false, true, true];
        for passing in outcomes {
            ways.end(&ill, passing, at(0));
            assert_eq!(ways.free_at(&ill, at(0)), at(0));
        }
        // Two in a row of one pass, and one of the next, are not three in a row.
        ways.begin_pass();
        for _ in 0..3 {
            assert_eq!(ways.free_at(&ill, at(0)), at(0));
            ways.end(&ill, true, at(0));
        }
        let rested = at(0) + TimeDelta::seconds(60);
        assert_eq!(ways.free_at(&ill, at(0)), rested);
        for other in [well, Way::Sms, Way::Mail] {
            assert_eq!(ways.free_at(&other, at(0)), at(0));
        }
        assert_eq!(ways.free_at(&ill, rested), rested);
        // The clock is set back over the beginning of the rest.
        let earlier = at(0) - TimeDelta::minutes(59);
        assert_eq!(ways.free_at(&ill, earlier), earlier);
    }

    #[test]
    fn each_transport_has_its_own_limit() {
        let transports = Transports {
            sms_rate: Rate {
                per_second: Some(1),
                per_minute: None,
            },
            ..Transports::default()
        };
        let mut ways = Ways::new(&transports);
        for way in [Way::Sms, Way::Mail] {
            ways.begin(&way, at(0));
        }
        assert_eq!(ways.free_at(&Way::Sms, at(0)), at(1));
        assert_eq!(ways.free_at(&Way::Mail, at(0)), at(0));
    }
}
