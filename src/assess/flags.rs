//! Flags: what of a visit's rows does not fit what was seen before. Facts for the operator, never
//! accusations; in doubt there is none.
//!
//! Rules G1 to G3: several items at once after an alert; an old title with a newer date; a date
//! far before the first sight or in the future. The tolerance is three days, as there.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::sighting::{Sighted, Sighting, Tie, is_redated};
use crate::domain::class::Class;
use crate::domain::flag::{Fact, Flag};
use crate::domain::item::{Item, Row};
use crate::domain::name::telling_title;
use crate::domain::time::{Date, Moment, date_of};

/// Claim and first sight may differ by so many days.
const TOLERANCE_DAYS: i64 = 3;
/// Items whose appearance was witnessed tell the usual lag; the newest so many of them.
const LAG_ITEMS: usize = 20;
/// Fewer tell nothing.
const FEWEST_LAGS: usize = 3;
/// A claim whose year is not printed is sure within so many days: the next year's would lie far
/// in the future.
const SURE_DAYS: i64 = 180;
/// A burst is so many items…
const BURST_ITEMS: usize = 3;
/// …first seen within so much time after an alert.
const BURST_TIME: TimeDelta = TimeDelta::hours(24);

/// The flags that the rows of a visit give rise to. `alerted_at` is when the latest alert about
/// the column, being overdue, went out.
pub fn flags(seen: &Sighting, alerted_at: Option<Moment>) -> Vec<Flag> {
    if !seen.comparable {
        return Vec::new();
    }
    let usual = usual_lag(seen);
    let books = Titles::of(seen.past.items);
    let mut flags: Vec<Flag> = Vec::new();
    for (place, row) in seen.rows.iter().enumerate() {
        let facts = [
            back_dated(seen, place, usual),
            re_dated(row),
            republished(seen, place, &books),
            future(seen, row.row),
        ];
        let facts = facts.into_iter().flatten();
        flags.extend(facts.map(|fact| flag(seen, row, fact)));
    }
    flags.extend(alerted_at.and_then(|at| burst(seen, at)));
    flags
}

fn flag(seen: &Sighting, row: &Sighted, fact: Fact) -> Flag {
    Flag {
        column: seen.past.column.clone(),
        title: row.row.title.clone(),
        url: row.url.map(str::to_owned),
        raised_at: seen.at,
        fact,
    }
}

/// The days by which items of the column are usually first seen after their claim: the median of
/// those that were witnessed. Without enough of them, none in columns that print the day of
/// publication; in the others, which may print the day of a document, it is unknown.
fn usual_lag(seen: &Sighting) -> Option<u32> {
    let mut items: Vec<&Item> = seen
        .past
        .items
        .iter()
        .filter(|item| item.witnessed)
        .collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.first_seen_at));
    let lags = items.iter().take(LAG_ITEMS).filter_map(|item| {
        let lag = (date_of(item.first_seen_at) - item.claimed_on?).num_days();
        Some(u32::try_from(lag).unwrap_or(0))
    });
    let mut lags: Vec<u32> = lags.collect();
    lags.sort_unstable();
    match lags.len() {
        0..FEWEST_LAGS => matches!(seen.past.class, Class::News | Class::Notices).then_some(0),
        count => lags.get(count / 2).copied(),
    }
}

/// Lags are spread about as widely as they are long, so that twice the usual one is nothing
/// unusual. The whole excess must lie before the last reading that did not have the item.
fn back_dated(seen: &Sighting, place: usize, usual: Option<u32>) -> Option<Fact> {
    let row = seen.rows.get(place)?.row;
    let (claimed_on, absent_at, usual_days) = (row.on?, seen.before_at?, usual?);
    let allowed = TOLERANCE_DAYS + 2 * i64::from(usual_days);
    let lag = (date_of(seen.at) - claimed_on).num_days();
    let proven = (date_of(absent_at) - claimed_on).num_days();
    let sure = !row.inferred || lag <= SURE_DAYS;
    (lag > allowed && proven >= allowed && sure && seen.is_witnessed(place)).then_some(
        Fact::BackDated {
            claimed_on,
            first_seen_at: seen.at,
            absent_at,
            usual_days,
        },
    )
}

fn re_dated(seen: &Sighted) -> Option<Fact> {
    let Tie::Known(item) = seen.tie else {
        return None;
    };
    let (claimed_on, previous_on) = (seen.row.on?, item.claimed_on?);
    (is_redated(previous_on, claimed_on) && !seen.row.inferred).then_some(Fact::ReDated {
        claimed_on,
        previous_on,
        first_seen_at: item.first_seen_at,
    })
}

/// The known items by their titles.
struct Titles<'a> {
    items: BTreeMap<String, Vec<&'a Item>>,
    /// Whether titles of the baseline recur, as those of series do.
    recur: bool,
}

impl<'a> Titles<'a> {
    fn of(known: &'a [Item]) -> Titles<'a> {
        let mut items: BTreeMap<String, Vec<&Item>> = BTreeMap::new();
        for item in known {
            if let Some(title) = telling_title(&item.title) {
                items.entry(title).or_default().push(item);
            }
        }
        let is_series = |same: &Vec<&Item>| {
            let baseline = same.iter().filter(|item| !item.witnessed);
            let dates: BTreeSet<Date> = baseline.filter_map(|item| item.claimed_on).collect();
            dates.len() > 1
        };
        let recur = items.values().any(is_series);
        Titles { items, recur }
    }
}

/// A title that was known with one older date, in a column whose titles do not recur.
fn republished(seen: &Sighting, place: usize, titles: &Titles) -> Option<Fact> {
    let row = seen.rows.get(place)?.row;
    let claimed_on = row.on.filter(|_| !row.inferred && !titles.recur)?;
    let same = titles.items.get(&telling_title(&row.title)?)?;
    let dates: BTreeSet<Option<Date>> = same.iter().map(|item| item.claimed_on).collect();
    let before = same.first().filter(|_| dates.len() == 1)?;
    let previous_on = before.claimed_on?;
    let newer = (claimed_on - previous_on).num_days() > TOLERANCE_DAYS;
    (newer && seen.is_witnessed(place)).then(|| Fact::Republished {
        claimed_on,
        previous_on,
        previous_url: before.url.clone(),
    })
}

/// Where half of the dates lie ahead they are of another sort, as those of surveys and interviews
/// may be: until when something can be answered, or when somebody will speak.
fn future(seen: &Sighting, row: &Row) -> Option<Fact> {
    let tomorrow = date_of(seen.at).succ_opt()?;
    let ahead = |row: &Row| row.refused_on.filter(|on| *on > tomorrow);
    let claimed_on = ahead(row)?;
    let count = seen.rows.iter().filter(|seen| ahead(seen.row).is_some());
    let rare = count.count() * 2 < seen.rows.len();
    let of_publication = !matches!(seen.past.class, Class::Surveys | Class::Interviews);
    (rare && of_publication).then_some(Fact::FutureDate { claimed_on })
}

fn burst(seen: &Sighting, alerted_at: Moment) -> Option<Flag> {
    if seen.at < alerted_at || seen.at - alerted_at > BURST_TIME {
        return None;
    }
    let new = (0..seen.rows.len()).filter(|place| seen.is_witnessed(*place));
    let new: Vec<&Sighted> = new.filter_map(|place| seen.rows.get(place)).collect();
    let earlier = seen.past.items.iter();
    let earlier = earlier.filter(|item| item.witnessed && item.first_seen_at > alerted_at);
    let count = new.len() + earlier.count();
    let newest = new.iter().max_by_key(|seen| seen.row.on)?;
    let items = u32::try_from(count).unwrap_or(u32::MAX);
    (count >= BURST_ITEMS).then(|| flag(seen, newest, Fact::Burst { alerted_at, items }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::fixture::{Memory, date, list, on, renamed, row, with};
    use crate::domain::flag::FlagKind;
    use crate::domain::item::MOST_CHANGES;

    /// What it is, the days of the two readings, the rows of the second, and what they raise.
    type Case = (&'static str, u32, u32, Vec<Row>, Vec<FlagKind>);

    /// What the second of two readings of a news column raises.
    fn second(before: u32, at: u32, rows: &[Row]) -> Vec<FlagKind> {
        let mut memory = Memory::of(Class::News);
        assert_eq!(memory.reads(on(before), &list()), (5, vec![]));
        memory.reads(on(at), rows).1
    }

    #[test]
    fn a_date_long_before_the_first_sight_is_flagged_where_a_new_item_stands() {
        let back = vec![FlagKind::BackDated];
        let rows: [Case; 12] = [
            ("on top", 14, 15, with(0, row(20, 11)), back.clone()),
            (
                "of the newest day",
                14,
                15,
                with(0, row(20, 10)),
                back.clone(),
            ),
            ("in order", 14, 15, with(2, row(20, 8)), back.clone()),
            ("three days", 13, 14, with(0, row(20, 11)), vec![]),
            (
                "four days, no sooner read",
                12,
                15,
                with(0, row(20, 11)),
                vec![],
            ),
            ("six days, three unread", 13, 16, with(0, row(20, 10)), back),
            ("too long unread", 11, 15, with(0, row(20, 10)), vec![]),
            ("pinned", 14, 15, with(0, row(20, 2)), vec![]),
            ("came back at the end", 14, 15, with(5, row(20, 1)), vec![]),
            (
                "came back among equals",
                14,
                15,
                with(4, row(20, 1)),
                vec![],
            ),
            (
                "without a date",
                14,
                15,
                with(
                    0,
                    Row {
                        on: None,
                        ..row(20, 1)
                    },
                ),
                vec![],
            ),
            ("fresh", 14, 15, with(0, row(20, 15)), vec![]),
        ];
        for (name, before, at, rows, expected) in rows {
            assert_eq!(second(before, at, &rows), expected, "{name}");
        }
    }

    #[test]
    fn a_list_that_cannot_be_compared_raises_nothing() {
        let mut memory = Memory::of(Class::News);
        let other: Vec<Row> = (30..35).map(|number| row(number, 11)).collect();
        memory.reads(on(14), &list());
        let redesigned = memory.reads_as("tr", on(15), &with(0, row(20, 11)));
        assert_eq!(redesigned, (1, vec![]));
        assert_eq!(memory.reads_as("tr", on(16), &other), (5, vec![]));
        let mut redated = list();
        for row in &mut redated {
            row.on = Some(date(16));
        }
        let mut memory = Memory::of(Class::News);
        memory.reads(on(14), &list());
        assert_eq!(memory.reads(on(16), &redated), (5, vec![]));
        assert!(memory.items.iter().all(|item| item.changes.is_empty()));
    }

    #[test]
    fn a_lag_that_is_usual_in_the_column_is_nothing_unusual() {
        let mut memory = Memory::of(Class::Policy);
        let mut rows = list();
        memory.reads(on(12), &rows);
        // Documents that are posted five days after their date.
        for day in 15..=18 {
            rows.insert(0, row(day + 20, day - 5));
            assert_eq!(memory.reads(on(day), &rows), (1, vec![]), "{day}");
        }
        rows.insert(0, row(51, 13));
        assert_eq!(memory.reads(on(19), &rows), (1, vec![]));
        memory.reads(on(28), &rows);
        rows.insert(0, row(52, 14));
        assert_eq!(memory.reads(on(29), &rows).1, vec![FlagKind::BackDated]);
    }

    #[test]
    fn the_same_item_with_another_date_is_flagged_and_remembered() {
        let redated = |day| {
            let mut rows = list();
            rows[3] = Row {
                on: Some(date(day)),
                ..row(3, 3)
            };
            rows
        };
        assert_eq!(second(14, 15, &redated(4)), vec![]);
        assert_eq!(second(14, 15, &redated(14)), vec![FlagKind::ReDated]);
        let mut guessed = redated(14);
        guessed[3].inferred = true;
        assert_eq!(second(14, 15, &guessed), vec![]);
        let mut memory = Memory::of(Class::News);
        memory.reads(on(11), &list());
        for day in 12..20 {
            memory.reads(on(day), &redated(day % 2 * 10 + 3));
        }
        let item = memory
            .items
            .iter()
            .find(|item| item.title.contains("第3次"))
            .unwrap();
        assert_eq!(item.changes.len(), MOST_CHANGES);
        assert_eq!(item.changes[4].seen_at, on(19));
        assert_eq!(item.changes[4].claimed_on, Some(date(3)));
        assert_eq!(
            (item.first_seen_at, item.claimed_on),
            (on(11), Some(date(13)))
        );
    }

    #[test]
    fn an_old_title_with_a_newer_date_at_another_address_is_flagged() {
        let again = |day| renamed(row(20, day), &row(3, 3).title);
        assert_eq!(
            second(14, 15, &with(0, again(15))),
            vec![FlagKind::Republished]
        );
        let other_marks = renamed(row(20, 15), "《区科信委》召开 第3次工作推进会");
        assert_eq!(
            second(14, 15, &with(0, other_marks)),
            vec![FlagKind::Republished]
        );
        let short = renamed(row(20, 15), "第3次推进会");
        assert_eq!(second(14, 15, &with(0, short)), vec![]);
        // The same title and day elsewhere is an item that moved, and keeps its first sight.
        let mut memory = Memory::of(Class::News);
        memory.reads(on(11), &list());
        let mut moved = list();
        moved[3] = renamed(row(20, 3), &row(3, 3).title);
        assert_eq!(memory.reads(on(15), &moved), (1, vec![]));
        assert!(memory.items.iter().all(|item| item.first_seen_at == on(11)));
        // In a column whose titles recur a recurring title tells nothing.
        let series = |number, day| renamed(row(number, day), "建设项目环评文件受理公示");
        let mut memory = Memory::of(Class::Notices);
        let rows = [series(3, 8), row(2, 5), series(1, 1)];
        memory.reads(on(11), &rows);
        let rows = [renamed(row(21, 15), &row(2, 5).title), series(20, 15)];
        let rows: Vec<Row> = rows.into_iter().chain([series(3, 8), row(2, 5)]).collect();
        assert_eq!(memory.reads(on(15), &rows), (2, vec![]));
    }

    #[test]
    fn a_future_date_is_flagged_unless_the_column_shows_dates_to_come() {
        let future = |number| Row {
            on: None,
            refused_on: Some(Date::from_ymd_opt(2018, 1, 1).unwrap()),
            ..row(number, 1)
        };
        assert_eq!(
            second(14, 15, &with(0, future(20))),
            vec![FlagKind::FutureDate]
        );
        let many: Vec<Row> = (20..25).map(future).chain(list()).collect();
        assert_eq!(second(14, 15, &many), vec![]);
        let mut ancient = future(20);
        ancient.refused_on = Date::from_ymd_opt(1990, 1, 1);
        assert_eq!(second(14, 15, &with(0, ancient)), vec![]);
        let mut memory = Memory::of(Class::Surveys);
        memory.reads(on(14), &list());
        assert_eq!(memory.reads(on(15), &with(0, future(20))).1, vec![]);
    }

    #[test]
    fn three_items_within_a_day_after_an_alert_are_a_burst() {
        let rows = |count: u32| -> Vec<Row> {
            (20..20 + count)
                .map(|number| row(number, 16))
                .chain(list())
                .collect()
        };
        let raised = |alerted_at: Option<Moment>, count| {
            let mut memory = Memory::of(Class::News);
            memory.reads(on(14), &list());
            memory.alerted_at = alerted_at;
            memory.reads(on(16), &rows(count)).1
        };
        assert_eq!(raised(Some(on(15)), 3), vec![FlagKind::Burst]);
        assert_eq!(raised(Some(on(15)), 2), vec![]);
        assert_eq!(raised(None, 3), vec![]);
        assert_eq!(raised(Some(on(15) - TimeDelta::minutes(1)), 3), vec![]);
        let mut memory = Memory::of(Class::News);
        memory.reads(on(14), &list());
        memory.alerted_at = Some(on(15));
        memory.reads(on(15) + TimeDelta::hours(3), &rows(2));
        let later = memory.reads(on(15) + TimeDelta::hours(9), &rows(3));
        assert_eq!(later, (1, vec![FlagKind::Burst]));
    }
}
