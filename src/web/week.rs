//! A site's week: how often its home page opened, day by day, and when it did not.

use chrono::Timelike as _;

use crate::domain::site_day::SiteDay;
use crate::domain::time::{Date, Moment, in_chinese};
use crate::report::plain::instant;

/// The days of the chart.
pub const DAYS: u64 = 7;
/// How many misses are told in words.
const TOLD: usize = 20;

/// The chart.
pub struct Week {
    /// The whole in one sentence.
    pub says: String,
    /// The days, the latest first.
    pub days: Vec<Line>,
    /// When it did not open and why, the latest first.
    pub misses: Vec<(String, String)>,
}

/// One day.
pub struct Line {
    /// `11月18日`.
    pub name: String,
    /// Samples that count.
    pub visits: u32,
    /// `99.0%`, or a stroke.
    pub rate: String,
    /// Where in the day misses lie, in thousandths, and whether they count.
    pub marks: Vec<(u32, bool)>,
}

/// The week up to `now`; nothing where no sample was taken.
pub fn of(days: &[SiteDay], now: Moment) -> Option<Week> {
    let today = now.date_naive();
    let visits: u32 = days.iter().map(SiteDay::visits).sum();
    let opened: u32 = days.iter().map(SiteDay::opened).sum();
    let excluded: u32 = days.iter().map(|day| day.excluded).sum();
    if visits + excluded == 0 {
        return None;
    }
    let mut misses: Vec<_> = days.iter().flat_map(|day| &day.misses).collect();
    misses.sort_by_key(|miss| std::cmp::Reverse(miss.at));
    let aside = match excluded {
        0 => String::new(),
        count => format!("，另有{count}次不计"),
    };
    Some(Week {
        says: format!(
            "近7天访问首页{visits}次，打开{opened}次，{}{aside}。",
            rate(opened, visits)
        ),
        days: days.iter().rev().map(|day| line(day, today)).collect(),
        misses: misses
            .into_iter()
            .take(TOLD)
            .map(|miss| (instant(miss.at, now), miss.why.in_chinese()))
            .collect(),
    })
}

fn line(day: &SiteDay, today: Date) -> Line {
    let marks = day.misses.iter().map(|miss| {
        let thousandths = miss.at.num_seconds_from_midnight() * 1000 / 86_400;
        (thousandths, miss.why.counts())
    });
    Line {
        name: in_chinese(day.on, today),
        visits: day.visits(),
        rate: rate(day.opened(), day.visits()),
        marks: marks.collect(),
    }
}

/// A share in percent, to one decimal, never rounded up to the whole.
fn rate(part: u32, whole: u32) -> String {
    if whole == 0 {
        return "—".to_owned();
    }
    let tenths = u64::from(part) * 1000 / u64::from(whole);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::SiteId;
    use crate::domain::site_day::Sample;
    use crate::domain::time::moment;
    use crate::domain::visit::Failure;

    #[test]
    fn a_week_counts_what_counts_and_says_when_it_did_not_open() {
        let at = |text: &str| moment(text.parse().unwrap());
        let mut day = SiteDay::new(SiteId::parse("kxw").unwrap(), "2017-11-18".parse().unwrap());
        for hour in 0..6 {
            day.add(
                at(&format!("2017-11-18T0{hour}:00:00")),
                Sample::Opened(200),
            );
        }
        let failed = Sample::of(9, Some(Failure::Refused));
        day.add(at("2017-11-18T12:00:00"), failed);
        let hidden = Sample::of(9, Some(Failure::Blocked(403)));
        day.add(at("2017-11-18T18:00:00"), hidden);
        let week = of(&[day], at("2017-11-18T20:00:00")).unwrap();
        assert!(
            week.says
                .starts_with("近7天访问首页7次，打开6次，85.7%，另有1次不计"),
            "{}",
            week.says
        );
        assert_eq!(week.days[0].marks, [(500, true), (750, false)]);
        assert_eq!(week.misses.len(), 2);
        assert!(week.misses[0].0.contains("18:00"));
        assert_eq!(rate(9_999, 10_000), "99.9%");
        assert!(of(&[], at("2017-11-18T20:00:00")).is_none());
    }
}
