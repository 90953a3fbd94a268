//! Faults planted by dice.

use chrono::{Datelike as _, TimeDelta};
use wangxun::domain::candidate::Decided;

use super::plan::{
    Alert, Column, File, Guide, Inspected, Interpretation, Letter, Link, Page, Paper, Plan, Seen,
    window,
};
use super::{ago, end, working_days_after};

/// A small generator; the same numbers everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn between(&mut self, least: i64, most: i64) -> i64 {
        least + i64::try_from(self.roll(u64::try_from(most - least + 1).unwrap())).unwrap()
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        let place = usize::try_from(self.roll(all.len() as u64)).unwrap();
        *all.get(place).unwrap()
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }
}

const CLASSES: [&str; 10] = [
    "news",
    "news",
    "news",
    "notices",
    "notices",
    "policy",
    "personnel",
    "plans",
    "finance",
    "other",
];

/// So many sites; every kind of fault is planted in some.
pub fn plans(sites: usize, seed: u64) -> Vec<Plan> {
    let mut dice = Dice(seed);
    (0..sites).map(|number| plan(number, &mut dice)).collect()
}

fn plan(number: usize, dice: &mut Dice) -> Plan {
    // Some sites are well kept, some badly.
    let badness = dice.roll(4);
    let mut plan = Plan {
        id: format!("s{number:02}"),
        services: !dice.one_in(5),
        a_day: if number % 16 == 15 { 1 } else { 24 },
        failed: Vec::new(),
        excluded: Vec::new(),
        home_age: Some(dice.between(0, 9)),
        columns: Vec::new(),
        inspected: None,
        links: Vec::new(),
        alerts: Vec::new(),
        entries: Vec::new(),
        words: Vec::new(),
        letters: Vec::new(),
        guides: Vec::new(),
        files: Vec::new(),
        papers: Vec::new(),
    };
    failures(&mut plan, number, dice);
    match number % 12 {
        3 => plan.home_age = Some(14),
        4 => plan.home_age = Some(15),
        5 => plan.home_age = None,
        _ => {}
    }
    columns(&mut plan, number, badness, dice);
    if !dice.one_in(7) {
        plan.inspected = Some(Inspected {
            home_lacks_tags: dice.one_in(3),
            home_lacks_marks: usize::try_from(dice.roll(9)).unwrap(),
            lists_lack_tags: usize::try_from(dice.roll(4)).unwrap(),
            articles_lack_tags: usize::try_from(dice.roll(6)).unwrap(),
            new_on_home: usize::try_from(dice.between(7, 13)).unwrap(),
        });
    }
    for _ in 0..dice.roll(12) {
        plan.links.push(link(dice));
    }
    alerts(&mut plan, dice);
    for (rule, most) in [("M3", 60), ("M4", 90), ("M5", 90), ("D27", 2)] {
        if dice.one_in(2) {
            plan.entries
                .push((rule, u32::try_from(dice.roll(most)).unwrap()));
        }
    }
    for _ in 0..dice.roll(4) {
        let small = Decided::Confirmed { serious: false };
        plan.words
            .push(dice.of(&[None, Some(Decided::Rejected), Some(small), Some(small)]));
    }
    if number % 10 == 7 {
        plan.words.push(Some(Decided::Confirmed { serious: true }));
    }
    // By dice of their own, so that all other faults stay what they were.
    let mut dice = Dice(dice.0 ^ 0x5eed);
    if plan.columns.iter().any(|column| column.class == "replies") {
        letters(&mut plan, number, &mut dice);
    }
    guides(&mut plan, number, &mut dice);
    let mut dice = Dice(dice.0 ^ 0xf11e);
    files(&mut plan, &mut dice);
    if !number.is_multiple_of(4) {
        papers(&mut plan, number, &mut dice);
    }
    plan
}

fn link(dice: &mut Dice) -> Link {
    Link {
        on_home: dice.one_in(2),
        external: dice.one_in(3),
        certain: !dice.one_in(4),
        over: dice.one_in(5),
    }
}

fn decided(dice: &mut Dice) -> Option<Decided> {
    let confirmed = Some(Decided::Confirmed { serious: false });
    dice.of(&[None, Some(Decided::Rejected), confirmed, confirmed])
}

/// Letters answered in time, late, to the day on the limit, and not at all.
fn letters(plan: &mut Plan, number: usize, dice: &mut Dice) {
    for _ in 0..dice.roll(7) {
        let asked = dice.between(30, 80);
        // Fifteen working days are in time; the next day is not.
        let due = (end() - working_days_after(ago(asked), 15)).num_days();
        let answered = dice.of(&[asked, asked - 3, due, due - 1, due - 1, due - 4]);
        let answered = Some(answered.max(0));
        plan.letters.push(Letter {
            asked,
            answered,
            open_seen: None,
            decided: None,
        });
    }
    let mut wait = |asked, open_seen, decided| {
        plan.letters.push(Letter {
            asked,
            answered: None,
            open_seen,
            decided,
        });
    };
    let confirmed = Some(Decided::Confirmed { serious: false });
    match number % 7 {
        // Three months to the day, and a day more.
        0 => wait(90, Some(0), None),
        1 => wait(91, Some(0), confirmed),
        2 => wait(dice.between(91, 200), Some(14), decided(dice)),
        // Seen waiting too long ago to be proven; never said to wait; young; of another year.
        3 => wait(120, Some(15), None),
        4 => wait(120, None, None),
        5 => wait(9, Some(0), None),
        _ => wait(366, Some(0), None),
    }
    if number % 5 == 2 {
        wait(dice.between(91, 300), Some(1), decided(dice));
    }
}

/// Guides: of five that lack four classes each a veto is made.
fn guides(plan: &mut Plan, number: usize, dice: &mut Dice) {
    let confirmed = Some(Decided::Confirmed { serious: false });
    let mut add = |lacks, decided| plan.guides.push(Guide { lacks, decided });
    match number % 6 {
        0 => {
            for _ in 0..dice.between(1, 9) {
                let lacks = dice.of(&[0, 0, 1, 2, 4]);
                add(lacks, decided(dice));
            }
        }
        1 => (0..5).for_each(|_| add(4, confirmed)),
        2 => {
            add(3, confirmed);
            (0..4).for_each(|_| add(5, confirmed));
        }
        // Fewer than five, all of which lack four.
        3 => (0..3).for_each(|_| add(4, confirmed)),
        4 => {
            (0..5).for_each(|_| add(4, confirmed));
            add(4, Some(Decided::Rejected));
        }
        _ => {}
    }
}

/// Files of guides and of other pages.
fn files(plan: &mut Plan, dice: &mut Dice) {
    for guide in 0..plan.guides.len() {
        for _ in 0..dice.roll(3) {
            let (guide, link) = (Some(guide), link(dice));
            plan.files.push(File { guide, link });
        }
    }
    for _ in 0..dice.roll(3) {
        let (guide, link) = (None, link(dice));
        plan.files.push(File { guide, link });
    }
}

/// A column of interpretations, and documents with and without one: in time, late, of another quarter,
/// without a date, told by its title or by links alone.
fn papers(plan: &mut Plan, number: usize, dice: &mut Dice) {
    let fresh = Seen::Dated { age: 3 };
    let seen = match number % 16 {
        1 => Seen::Dated { age: 181 },
        2 => Seen::FailsSince {
            age: 9,
            fails_ago: 2,
        },
        3 => Seen::Undated,
        5 => Seen::Blank,
        6 => Seen::BlankOnce,
        7 => Seen::Never,
        _ => fresh,
    };
    for (class, seen) in [("policy", fresh), ("interpretation", seen)] {
        if class == "interpretation" || plan.first_of(class).is_none() && dice.one_in(2) {
            add(plan, class, seen);
        }
    }
    for _ in 0..dice.between(1, 6) {
        // 91 days before the end is the first day of the quarter.
        let ago = dice.of(&[0, 2, 12, 20, 33, 47, 60, 75, 91, 92, 120]);
        let paper = paper(ago, dice);
        plan.papers.push(paper);
    }
    if number % 16 == 9 {
        let mut paper = paper(40, dice);
        paper.ago = None;
        plan.papers.push(paper);
    }
}

fn paper(days: i64, dice: &mut Dice) -> Paper {
    const PAGES: [Page; 5] = [
        Page::Unread,
        Page::ReadBefore,
        Page::Links,
        Page::Links,
        Page::DoesNotLink,
    ];
    let after = |dice: &mut Dice| {
        let working_days = dice.of(&[0, 1, 2, 3, 3, 4, 4, 9]);
        let on = working_days_after(ago(days), working_days);
        // Some on the Saturday that follows.
        let weekend =
            i64::from(dice.one_in(4)) * (5 - i64::from(on.weekday().num_days_from_monday()));
        on + TimeDelta::days(weekend.max(0))
    };
    let mut interpretations = Vec::new();
    if !dice.one_in(4) {
        let on = Some(after(dice)).filter(|_| !dice.one_in(8));
        interpretations.push(Interpretation {
            on,
            named: !dice.one_in(4),
            links_forth: dice.of(&PAGES),
        });
        if dice.one_in(4) {
            interpretations.push(Interpretation {
                on: on.map_or(Some(ago(days)), |on| Some(on + TimeDelta::days(2))),
                named: true,
                links_forth: Page::Unread,
            });
        }
    }
    Paper {
        ago: Some(days),
        links_back: match interpretations.is_empty() {
            true => Page::Unread,
            false => dice.of(&PAGES),
        },
        interpretations,
    }
}

/// Failed samples: around the veto in one week, or spread thinly over the quarter.
fn failures(plan: &mut Plan, number: usize, dice: &mut Dice) {
    let week = dice.between(0, 80);
    match number % 6 {
        // Nine of 168 are a veto, eight are none.
        1 => plan.failed.push((week, 9)),
        2 => plan.failed.push((week, 8)),
        // Eight of 160 are exactly five percent.
        3 => {
            plan.failed.push((week, 8));
            plan.excluded.push((week + 1, 8));
        }
        4 => {
            for _ in 0..dice.roll(40) {
                // Never nine within a week.
                let day = dice.between(0, 11) * 8;
                let known: u32 = plan
                    .failed
                    .iter()
                    .filter(|(on, _)| *on == day)
                    .map(|(_, n)| n)
                    .sum();
                if known < 6 {
                    plan.failed.push((day, 1));
                }
            }
        }
        _ => {}
    }
}

fn add(plan: &mut Plan, class: &'static str, seen: Seen) {
    plan.columns.push(Column {
        class,
        seen,
        parent: None,
        items: 0,
    });
}

fn columns(plan: &mut Plan, number: usize, badness: u64, dice: &mut Dice) {
    for _ in 0..dice.between(6, 14) {
        let class = dice.of(&CLASSES);
        let seen = seen(window(class), badness, dice);
        add(plan, class, seen);
    }
    // Blank columns, four or five: one of them makes the veto.
    if number % 9 == 8 {
        for _ in 0..dice.between(4, 5) {
            add(plan, "other", Seen::Blank);
        }
    }
    // Many columns of the last kind: nine or ten stale ones.
    if number % 8 == 6 {
        for _ in 0..dice.between(8, 11) {
            add(
                plan,
                "other",
                Seen::Dated {
                    age: dice.between(366, 500),
                },
            );
        }
    }
    // A column with others below it: leaves by one profile, one at the top by the other.
    if number % 3 == 1 {
        let class = dice.of(&["news", "notices", "policy"]);
        let top = plan.columns.len();
        for below in 0..4 {
            let late = window(class) + dice.between(-3, 4);
            let seen = if below == 3 && dice.one_in(2) {
                Seen::Blank
            } else {
                Seen::Dated { age: late }
            };
            add(plan, class, seen);
            if below > 0 {
                plan.columns.last_mut().unwrap().parent = Some(top);
            }
        }
    }
    for class in ["replies", "surveys", "interviews"] {
        if dice.one_in(3) {
            continue;
        }
        let age = dice.of(&[10, 59, 60, 61, 200, 365, 366, 400]);
        add(plan, class, Seen::Dated { age });
        plan.columns.last_mut().unwrap().items = u32::try_from(dice.roll(9)).unwrap();
    }
}

fn seen(window: i64, badness: u64, dice: &mut Dice) -> Seen {
    let late = window + dice.between(1, 60);
    match dice.roll(20) {
        0 => Seen::Dated { age: window },
        1 => Seen::Dated { age: window + 1 },
        2 => Seen::Exempt { age: late },
        3 => Seen::NotReadSince {
            age: window + 5,
            read_ago: 5,
        },
        4 => Seen::FailsSince {
            age: late,
            fails_ago: 2,
        },
        5 => Seen::BlankOnce,
        6 => Seen::Undated,
        7 => Seen::Never,
        8 => Seen::Renewed {
            age: 4,
            before: window + 40,
        },
        9 => Seen::Blank,
        n if n < 10 + badness * 2 => Seen::Dated { age: late },
        _ => Seen::Dated {
            age: dice.between(0, window),
        },
    }
}

/// Columns that were overdue for long, or again.
fn alerts(plan: &mut Plan, dice: &mut Dice) {
    for column in 0..plan.columns.len().min(3) {
        if !dice.one_in(3) {
            continue;
        }
        let overdue_on = ago(dice.between(40, 80));
        let mended = overdue_on + TimeDelta::days(dice.between(8, 20));
        let again = mended + TimeDelta::days(dice.between(25, 35));
        // Late since the day after the window of its newest item.
        let Some(limit) = plan.columns.get(column).map(|one| window(one.class)) else {
            continue;
        };
        let newest_by = |overdue_on: chrono::NaiveDate| overdue_on - TimeDelta::days(limit + 1);
        plan.alerts.push(Alert {
            column,
            newest_on: newest_by(overdue_on),
            overdue_on,
            ended_on: Some(mended),
        });
        if dice.one_in(2) && again < ago(1) {
            // Some were exempt for a while, and have the same silence as before.
            let is_mended = !dice.one_in(3);
            plan.alerts.push(Alert {
                column,
                newest_on: newest_by(if is_mended { again } else { overdue_on }),
                overdue_on: again,
                ended_on: Some(again + TimeDelta::days(1)),
            });
        }
    }
}
