//! A site's week: how often its home page opened, day by day, and when it did not.

use std::collections::BTreeMap;

use chrono::Timelike as _;

use crate::domain::site_day::SiteDay;
use crate::domain::time::{Date, Moment, in_chinese};
use crate::report::plain::instant;

/// The days of the chart.
const DAYS: usize = 7;
/// The seconds of a day.
const DAY: u32 = 86_400;
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

/// The first day of the chart.
pub fn first(today: Date) -> Date {
    today.iter_days().rev().nth(DAYS - 1).unwrap_or(today)
}

/// One day.
pub struct Line {
    /// `11月18日`.
    pub name: String,
    /// Samples that count.
    pub visits: u32,
    /// `99.0%`, or a stroke.
    pub rate: String,
    /// Samples that did not open it.
    pub missed: u32,
    /// How much of the day is over, in thousandths of it; nothing of a day without samples.
    pub over: u32,
    /// When it did not open.
    pub stretches: Vec<Stretch>,
}

/// A part of a day in which no sample opened the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Where it begins, in thousandths of the day.
    pub from: u32,
    /// How long it is, in the same.
    pub width: u32,
    /// Whether it counts against the site.
    pub counts: bool,
}

/// The week up to `now`; nothing where no sample was taken. Of a day so many samples are taken, each
/// somewhere in its equal part of it: it stands for that part.
pub fn of(days: &[SiteDay], samples_a_day: u32, now: Moment) -> Option<Week> {
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
    let part = DAY / samples_a_day.max(1);
    let on = |day: Date| days.iter().find(|known| known.on == day);
    let shown = today.iter_days().rev().take(DAYS);
    Some(Week {
        says: format!(
            "近{DAYS}天访问首页{visits}次，打开{opened}次，{}{aside}。",
            rate(opened, visits)
        ),
        days: shown.map(|day| line(day, on(day), part, now)).collect(),
        misses: misses
            .into_iter()
            .take(TOLD)
            .map(|miss| (instant(miss.at, now), miss.why.in_chinese()))
            .collect(),
    })
}

fn line(on: Date, day: Option<&SiteDay>, part: u32, now: Moment) -> Line {
    let over = match on == now.date_naive() {
        true => now.num_seconds_from_midnight(),
        false => DAY,
    };
    let (visits, opened) = day.map_or((0, 0), |day| (day.visits(), day.opened()));
    let excluded = day.map_or(0, |day| day.excluded);
    Line {
        name: in_chinese(on, now.date_naive()),
        visits,
        rate: rate(opened, visits),
        missed: visits - opened + excluded,
        over: if visits + excluded > 0 {
            share(over)
        } else {
            0
        },
        stretches: day.map_or(Vec::new(), |day| stretches(day, part.max(1), over)),
    }
}

/// The parts of `day` whose samples missed, joined where they meet, as far as the day is `over`, in seconds.
fn stretches(day: &SiteDay, part: u32, over: u32) -> Vec<Stretch> {
    let mut parts: BTreeMap<u32, bool> = BTreeMap::new();
    for miss in &day.misses {
        let at = miss.at.num_seconds_from_midnight() / part;
        *parts.entry(at).or_default() |= miss.why.counts();
    }
    // Of very many misses the oldest are not kept one by one.
    if day.opened() == 0 && day.failed as usize > day.misses.len() {
        let first = parts.first_key_value().map_or(0, |(first, _)| *first);
        parts.extend((0..first).map(|at| (at, true)));
    }
    let mut stretches: Vec<Stretch> = Vec::new();
    for (at, counts) in parts {
        let (from, to) = (at * part, ((at + 1) * part).min(over));
        // The last part is a little longer where the day does not divide.
        let to = if to + part > DAY { over } else { to };
        let (from, to) = (share(from), share(to));
        match stretches.last_mut() {
            Some(last) if last.counts == counts && last.from + last.width == from => {
                last.width = to.saturating_sub(last.from);
            }
            _ => stretches.push(Stretch {
                from,
                width: to.saturating_sub(from).max(1),
                counts,
            }),
        }
    }
    stretches
}

/// Seconds in thousandths of a day.
fn share(seconds: u32) -> u32 {
    seconds * 1000 / DAY
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
        let week = of(&[day], 24, at("2017-11-18T20:00:00")).unwrap();
        assert!(
            week.says
                .starts_with("近7天访问首页7次，打开6次，85.7%，另有1次不计"),
            "{}",
            week.says
        );
        let stretch = |from, width, counts| Stretch {
            from,
            width,
            counts,
        };
        let shown = &week.days[0];
        assert_eq!((shown.over, shown.missed), (833, 2));
        assert_eq!(
            shown.stretches,
            [stretch(500, 41, true), stretch(750, 41, false)]
        );
        assert_eq!(week.days.len(), DAYS, "as many as the heading says");
        let unseen = &week.days[1];
        assert_eq!((unseen.over, unseen.rate.as_str()), (0, "—"));
        assert_eq!(week.misses.len(), 2);
        assert!(week.misses[0].0.contains("18:00"));
        assert_eq!(rate(9_999, 10_000), "99.9%");
        assert!(of(&[], 24, at("2017-11-18T20:00:00")).is_none());
    }

    #[test]
    fn a_day_that_never_opened_is_failed_from_its_first_hour_to_its_last() {
        let at = |text: &str| moment(text.parse().unwrap());
        let kxw = || SiteId::parse("kxw").unwrap();
        for a_day in [24, 25, 288] {
            let whole = |on: &str, hours: u32| {
                let mut day = SiteDay::new(kxw(), on.parse().unwrap());
                let midnight = at(&format!("{on}T00:00:00"));
                let part = DAY / a_day;
                for n in 0..hours * a_day / 24 {
                    let late = i64::from(n * part + part / 3);
                    let failed = Sample::of(9, Some(Failure::Refused));
                    day.add(midnight + chrono::TimeDelta::seconds(late), failed);
                }
                day
            };
            let days = [whole("2017-11-17", 24), whole("2017-11-18", 12)];
            let week = of(&days, a_day, at("2017-11-18T12:00:00")).unwrap();
            let red = |line: &Line| line.stretches.iter().map(|one| one.width).sum::<u32>();
            let (today, before) = (&week.days[0], &week.days[1]);
            assert_eq!((today.over, before.over), (500, 1000));
            assert!(red(today) >= 480 && red(today) <= 500, "{a_day}");
            assert_eq!(red(before), 1000, "{a_day}: {:?}", before.stretches);
        }
    }
}
