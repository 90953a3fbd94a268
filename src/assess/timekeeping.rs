//! Whether the monitor's own clock may be believed.
//!
//! A clock that is a year ahead would find every column overdue, and one that was set back would
//! take yesterday for tomorrow. Every host tells the time with its answers, so the hosts are the
//! witnesses: where most of them disagree with us in the same direction, it is our clock that errs.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::domain::time::Moment;

/// The least hosts that have to disagree: a single one may err itself.
const LEAST_WITNESSES: usize = 2;

/// What is known of the time.
#[derive(Debug, Clone, Copy)]
pub struct Witness<'a> {
    /// By how much our clock is ahead of each host's that told the time.
    pub ahead: &'a BTreeMap<String, TimeDelta>,
    /// The latest visit that is remembered.
    pub visited_at: Option<Moment>,
    /// By how much a clock may differ.
    pub tolerance: TimeDelta,
    /// The present instant by our clock.
    pub now: Moment,
}

/// Whether our clock is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// Nothing speaks against it.
    Believed,
    /// Nothing is judged or sent by it.
    Doubted(Doubt),
}

/// Why our clock is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Most hosts' clocks are behind ours; the median.
    Ahead(TimeDelta),
    /// Most hosts' clocks are ahead of ours; the median.
    Behind(TimeDelta),
    /// A visit is remembered that lies in the future, and no host tells the time.
    SetBack(TimeDelta),
}

/// Whether our clock is believed.
pub fn stand(witness: Witness<'_>) -> Stand {
    let Witness {
        ahead, tolerance, ..
    } = witness;
    let mut differences: Vec<TimeDelta> = ahead.values().copied().collect();
    differences.sort_unstable();
    let is_most =
        |those: &[TimeDelta]| those.len() >= LEAST_WITNESSES && those.len() * 2 > differences.len();
    let pick = |is: &dyn Fn(TimeDelta) -> bool| -> Vec<TimeDelta> {
        differences.iter().copied().filter(|one| is(*one)).collect()
    };
    let (fast, slow) = (pick(&|one| one > tolerance), pick(&|one| one < -tolerance));
    if is_most(&fast) {
        return Stand::Doubted(Doubt::Ahead(median(&fast)));
    }
    if is_most(&slow) {
        return Stand::Doubted(Doubt::Behind(-median(&slow)));
    }
    let agree = differences.len() - fast.len() - slow.len();
    let later = witness.visited_at.map(|at| at - witness.now);
    match later.filter(|later| *later > tolerance && agree == 0) {
        Some(later) => Stand::Doubted(Doubt::SetBack(later)),
        None => Stand::Believed,
    }
}

/// The middle of `sorted`; nothing of nothing.
fn median(sorted: &[TimeDelta]) -> TimeDelta {
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

impl Doubt {
    /// The time as the hosts tell it, where they do.
    pub fn corrected(self, now: Moment) -> Moment {
        match self {
            Doubt::Ahead(by) => now - by,
            Doubt::Behind(by) => now + by,
            Doubt::SetBack(_) => now,
        }
    }

    /// What is wrong, for the operator.
    pub fn in_chinese(self) -> String {
        match self {
            Doubt::Ahead(by) => format!("监测服务器时钟比多数网站快约{}", rough(by)),
            Doubt::Behind(by) => format!("监测服务器时钟比多数网站慢约{}", rough(by)),
            Doubt::SetBack(by) => format!(
                "监测服务器时钟疑似被调回：已有记录晚于当前时间约{}，且没有网站可供核对",
                rough(by)
            ),
        }
    }
}

/// Days from two days on, hours below.
fn rough(by: TimeDelta) -> String {
    match by.num_days() {
        2.. => format!("{}天", by.num_days()),
        _ => format!("{}小时", by.num_hours()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;

    const YEAR: i64 = 365 * 24;

    /// What stands by hosts that our clock is ahead of by so many hours, and a latest visit so many
    /// hours ahead.
    fn told(hours: &[i64], visited: Option<i64>) -> Stand {
        let now = moment("2017-11-14T09:00:00".parse().unwrap());
        let ahead = hours.iter().enumerate();
        let ahead = ahead.map(|(n, hours)| (format!("h{n}"), TimeDelta::hours(*hours)));
        stand(Witness {
            ahead: &ahead.collect(),
            visited_at: visited.map(|hours| now + TimeDelta::hours(hours)),
            tolerance: TimeDelta::hours(12),
            now,
        })
    }

    #[test]
    fn most_hosts_that_disagree_in_one_direction_are_right() {
        let ahead = |hours| Stand::Doubted(Doubt::Ahead(TimeDelta::hours(hours)));
        let behind = |hours| Stand::Doubted(Doubt::Behind(TimeDelta::hours(hours)));
        let table: [(&[i64], Stand); 10] = [
            (&[0, 0, 0], Stand::Believed),
            (&[12, 12], Stand::Believed),
            (&[13, 13], ahead(13)),
            (&[YEAR, YEAR, 0], ahead(YEAR)),
            (&[-YEAR, -YEAR], behind(YEAR)),
            // One errs, half of them err, each errs on its own.
            (&[YEAR], Stand::Believed),
            (&[YEAR, 0], Stand::Believed),
            (&[YEAR, YEAR, 0, 0], Stand::Believed),
            (&[YEAR, -YEAR], Stand::Believed),
            (&[], Stand::Believed),
        ];
        for (hours, expected) in table {
            assert_eq!(told(hours, None), expected, "{hours:?}");
        }
    }

    #[test]
    fn a_remembered_future_is_a_doubt_until_a_host_agrees_with_us() {
        let set_back = Stand::Doubted(Doubt::SetBack(TimeDelta::hours(YEAR)));
        assert_eq!(told(&[], Some(YEAR)), set_back);
        assert_eq!(told(&[], Some(12)), Stand::Believed);
        assert_eq!(told(&[0], Some(YEAR)), Stand::Believed);
        // One that agrees with what is remembered confirms the doubt.
        assert_eq!(told(&[-YEAR], Some(YEAR)), set_back);
    }

    #[test]
    fn a_doubt_is_told_in_days_or_hours() {
        let now = moment("2018-11-14T09:00:00".parse().unwrap());
        let doubt = Doubt::Ahead(TimeDelta::days(365));
        assert_eq!(
            doubt.corrected(now).to_rfc3339(),
            "2017-11-14T09:00:00+08:00"
        );
        assert_eq!(doubt.in_chinese(), "监测服务器时钟比多数网站快约365天");
        let doubt = Doubt::Behind(TimeDelta::hours(40));
        assert_eq!(doubt.in_chinese(), "监测服务器时钟比多数网站慢约40小时");
    }
}
