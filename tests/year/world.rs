//! A made-up year: what is published where and when, how everything fails, who is in office, when
//! the monitor dies and lives. A function of a seed and a size.

use chrono::{Datelike as _, Days, NaiveTime, TimeDelta, Weekday};
use wangxun::calendar::Year;
use wangxun::domain::time::{Date, Moment, moment};
use wangxun::rehearsal::dice::Dice;

use std::collections::BTreeMap;

/// How much there is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub sites: u32,
    pub columns: (u32, u32),
    pub days: u32,
}

/// Forty-eight sites with about twenty columns each.
pub const FULL: Size = Size {
    sites: 48,
    columns: (18, 22),
    days: 365,
};

/// A small group for as long.
pub const SMALL: Size = Size {
    sites: 4,
    columns: (3, 4),
    days: 365,
};

/// A stretch of time: its first instant and the first after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub from: Moment,
    pub until: Moment,
}

impl Stretch {
    pub fn holds(&self, at: Moment) -> bool {
        self.from <= at && at < self.until
    }
}

/// How a site does not answer as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    Dns,
    Refused,
    NoAnswer,
    ServerError,
    Firewall,
    Certificate,
    OldTls,
    Maintenance,
    NoList,
    Missing,
    LeadsHome,
}

impl Trouble {
    const ALL: [Trouble; 11] = [
        Trouble::Dns,
        Trouble::Refused,
        Trouble::NoAnswer,
        Trouble::ServerError,
        Trouble::Firewall,
        Trouble::Certificate,
        Trouble::OldTls,
        Trouble::Maintenance,
        Trouble::NoList,
        Trouble::Missing,
        Trouble::LeadsHome,
    ];

    /// Whether the host gives no answer at all.
    pub fn is_silence(self) -> bool {
        matches!(
            self,
            Trouble::Dns | Trouble::Refused | Trouble::NoAnswer | Trouble::ServerError
        )
    }
}

/// One item of a column.
#[derive(Debug, Clone)]
pub struct Item {
    pub at: Moment,
    /// From when on it is gone again.
    pub until: Option<Moment>,
    pub on: Date,
    pub number: usize,
}

/// From `stretch` on the pages have another structure; an old list shows nothing newer than `cut`.
#[derive(Debug, Clone)]
pub struct Redesign {
    pub stretch: Stretch,
    pub cut: Option<Date>,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub id: String,
    pub name: String,
    pub class: &'static str,
    /// The limit in days that the class has, or that is configured for the column.
    pub limit: i64,
    pub own_limit: bool,
    pub unit: usize,
    pub items: Vec<Item>,
    pub redesign: Option<Redesign>,
}

#[derive(Debug, Clone)]
pub struct Site {
    pub id: String,
    pub host: usize,
    pub columns: Vec<Column>,
}

/// How a way of sending fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is taken.
    Shut,
    /// What is taken is not acknowledged.
    Lost,
}

/// A person in office.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: String,
    pub phone: Option<String>,
    pub mail: Option<String>,
    /// Role and unit.
    pub duties: Vec<(&'static str, Option<usize>)>,
    /// Whether the number is none: the gateway refuses it for good.
    pub dead: bool,
    /// The lives of the monitor in which the person is in the contacts.
    pub lives: (usize, usize),
    pub away: Vec<Away>,
}

/// What a column has to publish by a day of every year: anything since another day.
#[derive(Debug, Clone, Copy)]
pub struct Owed {
    /// The place of the column.
    pub column: usize,
    /// Month and day.
    pub opens: (u32, u32),
    pub due: (u32, u32),
}

impl Owed {
    /// The first day that counts and the last that is in time, of the period that runs on `today`.
    pub fn period(&self, today: Date) -> (Date, Date) {
        let day = |year, (month, day)| Date::from_ymd_opt(year, month, day).expect("a date");
        let opens = match day(today.year(), self.opens) {
            opens if opens <= today => opens,
            _ => day(today.year() - 1, self.opens),
        };
        let due = match day(opens.year(), self.due) {
            due if due >= opens => due,
            _ => day(opens.year() + 1, self.due),
        };
        (opens, due)
    }
}

/// Days on which a person is away, the last included.
#[derive(Debug, Clone)]
pub struct Away {
    pub from: Date,
    pub until: Date,
    /// Who stands in, the first of whom is there; where nobody does, messages climb.
    pub deputies: Vec<usize>,
}

/// How a life of the monitor ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// It is stopped.
    Stopped,
    /// It is killed while it waits.
    Idle,
    /// It is killed in the middle of a round, before so many more pages came.
    Looking(usize),
    /// It is killed when a transport has taken a message and before it says so.
    Taken,
    /// It is killed when an attempt begins and nothing was taken.
    Trying,
}

/// A life of the monitor, in true time.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    pub from: Moment,
    pub until: Moment,
    pub death: Death,
    /// By how much its clock is wrong.
    pub ahead: TimeDelta,
}

#[derive(Debug)]
pub struct World {
    pub seed: u64,
    pub start: Date,
    pub size: Size,
    pub sites: Vec<Site>,
    /// Of each host.
    pub troubles: Vec<Vec<(Stretch, Trouble)>>,
    pub own_network: Vec<Stretch>,
    pub gateway: Vec<(Stretch, Fault)>,
    pub mail: Vec<(Stretch, Fault)>,
    pub people: Vec<Person>,
    pub owed: Vec<Owed>,
    pub lives: Vec<Life>,
    /// From which true instant on the clock is wrong by how much, in the midst of a life.
    pub steps: Vec<(Moment, TimeDelta)>,
    pub years: BTreeMap<i32, Year>,
}

const CLASSES: [(&str, i64, u32); 9] = [
    ("news", 14, 34),
    ("notices", 180, 20),
    ("policy", 180, 12),
    ("interpretation", 180, 8),
    ("personnel", 365, 6),
    ("plans", 365, 6),
    ("finance", 365, 5),
    ("statistics", 365, 5),
    ("other", 365, 4),
];

impl World {
    pub fn new(seed: u64, size: Size, years: BTreeMap<i32, Year>) -> World {
        let mut dice = Dice::new(seed, "year");
        let first = Date::from_ymd_opt(2017, 1, 1).expect("a date");
        let start = first + Days::new(u64::from(dice.between(0, 365 * 8)));
        let mut world = World {
            seed,
            start,
            size,
            sites: Vec::new(),
            troubles: Vec::new(),
            own_network: Vec::new(),
            gateway: Vec::new(),
            mail: Vec::new(),
            people: Vec::new(),
            owed: Vec::new(),
            lives: Vec::new(),
            steps: Vec::new(),
            years,
        };
        for site in 0..size.sites {
            world.site(site as usize);
        }
        world.outages(&mut dice);
        world.lives(&mut dice);
        world.steps();
        world.people(&mut dice);
        world.absences();
        world.duties();
        world
    }

    pub fn begin(&self) -> Moment {
        moment(self.start.and_time(NaiveTime::MIN))
    }

    pub fn end(&self) -> Moment {
        self.begin() + TimeDelta::days(i64::from(self.size.days))
    }

    pub fn units(&self) -> usize {
        self.sites.len()
    }

    pub fn columns(&self) -> impl Iterator<Item = (&Site, &Column)> {
        let sites = self.sites.iter();
        sites.flat_map(|site| site.columns.iter().map(move |column| (site, column)))
    }

    /// Whether `day` is worked.
    pub fn is_worked(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        match self.years.get(&day.year()) {
            Some(year) if year.make_up_days.contains(&day) => true,
            Some(year) if year.holidays.contains(&day) => false,
            _ => !weekend,
        }
    }

    /// What ails the host of a site at `at`, the monitor's own network not counted.
    pub fn trouble(&self, host: usize, at: Moment) -> Option<Trouble> {
        let found = self.troubles[host].iter().find(|(when, _)| when.holds(at));
        found.map(|(_, trouble)| *trouble)
    }

    pub fn is_offline(&self, at: Moment) -> bool {
        self.own_network.iter().any(|outage| outage.holds(at))
    }

    /// A host is shared by every fourth site and the one after it, as on a portal.
    fn site(&mut self, number: usize) {
        let mut dice = Dice::new(self.seed, &format!("site {number}"));
        let host = match number % 4 {
            3 => number - 1,
            _ => number,
        };
        let id = format!("s{number:02}");
        let most = dice.between(self.size.columns.0, self.size.columns.1);
        let others = self.size.sites as usize;
        let mut columns = Vec::new();
        for place in 0..most {
            let mut throw = dice.between(1, 100);
            let row = CLASSES.iter().find(|(_, _, share)| {
                let found = throw <= *share;
                throw = throw.saturating_sub(*share);
                found
            });
            let &(class, limit, _) = row.unwrap_or(&CLASSES[0]);
            // Some have a limit of their own, and some another unit that answers for them.
            let own_limit = dice.percent(6);
            let unit = match dice.percent(5) {
                true => dice.between(0, u32::try_from(others).expect("few") - 1) as usize,
                false => number,
            };
            // Below ten days the shipped ladder does not rise.
            let limit = match own_limit {
                true => i64::from(dice.between(7, 120).max(10)),
                false => limit,
            };
            let mut column = Column {
                id: format!("{id}/c{place:02}"),
                name: format!("c{place:02}"),
                class,
                limit,
                own_limit,
                unit,
                items: Vec::new(),
                redesign: None,
            };
            if !dice.percent(1) {
                self.publish(&mut column);
            }
            if dice.percent(8) && !column.items.is_empty() {
                column.redesign = Some(self.redesign(&column, &mut dice));
            }
            columns.push(column);
        }
        self.sites.push(Site { id, host, columns });
    }

    /// Items at a rhythm, with naps that end in every step of the ladder.
    fn publish(&self, column: &mut Column) {
        let mut dice = Dice::new(self.seed, &column.id);
        let limit = column.limit;
        let mut day = self.start - Days::new(u64::try_from(limit * 2).expect("days"));
        let last = self.start + Days::new(u64::from(self.size.days));
        let rhythm = (limit / 14).max(1)..=(limit * 3 / 5).max(2);
        while day <= last {
            while !self.is_worked(day) {
                day = day + Days::new(1);
            }
            let minute = dice.between(8 * 60 + 40, 17 * 60 + 20);
            let at = moment(day.and_time(NaiveTime::MIN)) + TimeDelta::minutes(i64::from(minute));
            // Now and then an item claims an older day, or vanishes again.
            let back = match dice.percent(8) {
                true => u64::from(dice.between(1, 12)),
                false => 0,
            };
            let gone = dice.percent(3).then(|| i64::from(dice.between(20, 200)));
            column.items.push(Item {
                at,
                until: gone.map(|hours| at + TimeDelta::hours(hours)),
                on: day - Days::new(back),
                number: column.items.len(),
            });
            let days = match dice.percent(nap_share(limit)) {
                true => nap(limit, &mut dice),
                false => {
                    let (least, most) = (*rhythm.start(), *rhythm.end());
                    dice.between(
                        u32::try_from(least).expect("few"),
                        u32::try_from(most).expect("few"),
                    )
                }
            };
            day = day + Days::new(u64::from(days));
        }
    }

    fn redesign(&self, column: &Column, dice: &mut Dice) -> Redesign {
        let from = self.at_random(dice);
        let hours = i64::from(dice.between(5, 24 * 12));
        let cut = dice.percent(60).then(|| {
            let old = column
                .items
                .iter()
                .rev()
                .find(|item| item.at < from - TimeDelta::days(column.limit));
            old.map(|item| item.on)
        });
        Redesign {
            stretch: Stretch {
                from,
                until: from + TimeDelta::hours(hours),
            },
            cut: cut.flatten(),
        }
    }

    fn at_random(&self, dice: &mut Dice) -> Moment {
        self.begin() + TimeDelta::minutes(i64::from(dice.between(0, self.size.days * 24 * 60 - 1)))
    }

    fn stretch(&self, dice: &mut Dice, minutes: (u32, u32)) -> Stretch {
        let from = self.at_random(dice);
        let until = from + TimeDelta::minutes(i64::from(dice.between(minutes.0, minutes.1)));
        Stretch { from, until }
    }

    fn outages(&mut self, dice: &mut Dice) {
        for _ in 0..self.size.sites {
            let mut troubles = Vec::new();
            for _ in 0..dice.between(1, 6) {
                let longest = match dice.percent(15) {
                    true => 60 * 24 * 20,
                    false => 60 * 24 * 2,
                };
                let when = self.stretch(dice, (20, longest));
                let which = dice.between(0, 10) as usize;
                troubles.push((when, Trouble::ALL[which]));
            }
            self.troubles.push(apart(troubles));
        }
        let own: Vec<_> = (0..3)
            .map(|_| (self.stretch(dice, (10, 60 * 30)), ()))
            .collect();
        self.own_network = apart(own).into_iter().map(|(when, ())| when).collect();
        let mut faults = |count: u32, this: &World| {
            let faults = (0..count).map(|_| {
                let fault = [Fault::Shut, Fault::Lost][dice.between(0, 1) as usize];
                (this.stretch(dice, (5, 60 * 20)), fault)
            });
            apart(faults.collect())
        };
        self.gateway = faults(10, self);
        self.mail = faults(6, self);
    }

    fn lives(&mut self, dice: &mut Dice) {
        let mut ends: Vec<Moment> = (0..12).map(|_| self.at_random(dice)).collect();
        ends.sort_unstable();
        let mut from = self.begin();
        for until in ends {
            // A life that would be over at once is none.
            if until - from < TimeDelta::hours(30) {
                continue;
            }
            let deaths = [
                Death::Stopped,
                Death::Idle,
                Death::Looking(dice.between(0, 40) as usize),
                Death::Taken,
                Death::Taken,
                Death::Trying,
            ];
            let death = deaths[dice.between(0, 5) as usize];
            self.live(from, until, death, dice);
            let gap = match dice.percent(25) {
                true => dice.between(60 * 12, 60 * 24 * 4),
                false => dice.between(1, 60 * 5),
            };
            from = until + TimeDelta::minutes(i64::from(gap));
        }
        let end = self.end();
        if from < end {
            self.live(from, end, Death::Stopped, dice);
        }
    }

    fn live(&mut self, from: Moment, until: Moment, death: Death, dice: &mut Dice) {
        let minutes = i64::from(dice.between(0, 300)) - 150;
        let wrong = !self.lives.is_empty() && dice.percent(30);
        self.lives.push(Life {
            from,
            until,
            death,
            ahead: TimeDelta::minutes(if wrong { minutes } else { 0 }),
        });
    }

    /// A clock that is wrong from the beginning of a life is set right in its midst, more often than
    /// not; and every third that is right goes wrong, and is mostly set right again.
    fn steps(&mut self) {
        let mut dice = Dice::new(self.seed, "clock steps");
        for life in &self.lives {
            let mut within = |from: Moment, most: TimeDelta| {
                let most = most.min(life.until - from).num_minutes();
                let most = u32::try_from(most.max(1)).expect("few");
                let at = from + TimeDelta::minutes(i64::from(dice.between(1, most)));
                // Most of them in the hours of visits and digests, in which they matter.
                let morning = moment(at.date_naive().and_time(NaiveTime::MIN))
                    + TimeDelta::minutes(i64::from(dice.between(5 * 60 + 30, 11 * 60)));
                let is_moved = dice.percent(70) && from < morning && morning < life.until;
                if is_moved { morning } else { at }
            };
            let week = TimeDelta::days(7);
            let first = within(life.from, TimeDelta::days(366));
            let soon = within(life.from, week);
            let then = within(first, week);
            let share = dice.between(1, 100);
            let minutes = TimeDelta::minutes(i64::from(dice.between(0, 300)) - 150);
            let is_right = life.ahead.is_zero();
            match share {
                ..=70 if !is_right => self.steps.push((soon, TimeDelta::zero())),
                ..=35 => self.steps.push((first, minutes)),
                _ => {}
            }
            if is_right && share <= 25 {
                self.steps.push((then, TimeDelta::zero()));
            }
        }
    }

    fn people(&mut self, dice: &mut Dice) {
        let lives = self.lives.len();
        let mut all: Vec<Person> = Vec::new();
        let mut add = |id: String,
                       duties: Vec<(&'static str, Option<usize>)>,
                       ways: (bool, bool),
                       dead,
                       lives| {
            let number = all.len();
            all.push(Person {
                phone: ways.0.then(|| format!("1000000{number:04}")),
                mail: ways.1.then(|| format!("{id}@example.cn")),
                id,
                duties,
                dead,
                lives,
                away: Vec::new(),
            });
        };
        let ever = (0, lives);
        add(
            "op-1".to_owned(),
            vec![("operator", None)],
            (false, true),
            false,
            ever,
        );
        add(
            "op-2".to_owned(),
            vec![("operator", None)],
            (true, false),
            false,
            ever,
        );
        add(
            "sup".to_owned(),
            vec![("supervision", None)],
            (true, true),
            false,
            ever,
        );
        for unit in 0..self.units() {
            let one = |role: &'static str| vec![(role, Some(unit))];
            if dice.percent(10) {
                let duties = ["liaison", "deputy", "head"].map(|role| (role, Some(unit)));
                add(
                    format!("u{unit:02}-all"),
                    duties.to_vec(),
                    (true, true),
                    false,
                    ever,
                );
                continue;
            }
            for role in ["editor", "liaison", "deputy", "head"] {
                let is_held = match role {
                    "editor" => dice.percent(30),
                    "liaison" => dice.percent(95),
                    "deputy" => dice.percent(80),
                    _ => dice.percent(97),
                };
                if !is_held {
                    continue;
                }
                let mut duties = one(role);
                if dice.percent(5) {
                    duties.push((role, Some((unit + 1) % self.sites.len())));
                }
                let dead = dice.percent(2);
                let mail = dice.percent(50);
                // Some leave at a restart, and most of those are followed by another.
                let leaves = lives > 2 && dice.percent(12);
                let until = dice.between(1, u32::try_from(lives).expect("few") - 1) as usize;
                let id = format!("u{unit:02}-{role}");
                if !leaves {
                    add(id, duties, (true, mail), dead, ever);
                    continue;
                }
                let follows = dice.percent(75);
                if follows {
                    add(
                        format!("{id}-2"),
                        duties.clone(),
                        (true, true),
                        false,
                        (until, lives),
                    );
                }
                add(id, duties, (true, mail), dead, (0, until));
            }
        }
        self.people = all;
    }

    /// Up to three columns that are slow owe something by a day.
    fn duties(&mut self) {
        let mut dice = Dice::new(self.seed, "duties");
        let columns = self.columns().enumerate();
        let slow =
            columns.filter(|(_, (_, column))| column.limit >= 180 && !column.items.is_empty());
        let slow: Vec<usize> = slow.map(|(place, _)| place).collect();
        for column in slow.into_iter().take(3) {
            let opens = self.start + Days::new(u64::from(dice.between(5, 260)));
            let due = opens + Days::new(u64::from(dice.between(45, 80)));
            let day = |on: Date| (on.month(), on.day().min(28));
            self.owed.push(Owed {
                column,
                opens: day(opens),
                due: day(due),
            });
        }
    }

    /// Every third of the units' people is away for some days, once or twice.
    fn absences(&mut self) {
        let mut dice = Dice::new(self.seed, "absences");
        for who in SUPERVISION + 1..self.people.len() {
            if !dice.percent(35) {
                continue;
            }
            let (_, unit) = self.people[who].duties[0];
            let others = self.people.iter().enumerate().filter(|(other, person)| {
                let stays = person.lives == (0, self.lives.len());
                *other != who && stays && person.duties[0].1 == unit
            });
            let others: Vec<usize> = others.map(|(other, _)| other).collect();
            let mut last = self.start;
            for _ in 0..dice.between(1, 2) {
                let from = last + Days::new(u64::from(dice.between(5, 150)));
                last = from + Days::new(u64::from(dice.between(0, 25)));
                let mut deputies = Vec::new();
                if dice.percent(75) {
                    let most = u32::try_from(others.len().max(1)).expect("few");
                    let place = dice.between(0, most - 1) as usize;
                    deputies.extend(others.get(place));
                    deputies.push(SUPERVISION);
                }
                self.people[who].away.push(Away {
                    from,
                    until: last,
                    deputies,
                });
                last = last + Days::new(1);
            }
        }
    }
}

/// Where the supervision office stands among the people, which is never away.
const SUPERVISION: usize = 2;

/// How often, in percent of its items, a column naps.
fn nap_share(limit: i64) -> u32 {
    match limit {
        ..=60 => 8,
        61..=200 => 16,
        _ => 25,
    }
}

/// The days of a nap: from the first step of the ladder to far beyond the last.
fn nap(limit: i64, dice: &mut Dice) -> u32 {
    let limit = u32::try_from(limit).expect("few");
    let beyond = match limit {
        ..=60 => [3, 12, 30, 60],
        _ => [10, 30, 60, 90],
    };
    let most = beyond[dice.between(0, 3) as usize];
    dice.between(limit * 3 / 4, limit + most)
}

/// In order of time, without what begins before another has ended.
fn apart<T>(mut all: Vec<(Stretch, T)>) -> Vec<(Stretch, T)> {
    all.sort_by_key(|(when, _)| when.from);
    let mut kept: Vec<(Stretch, T)> = Vec::new();
    for (when, what) in all {
        // An hour between two, so that each has an end of its own.
        let clear = kept
            .last()
            .is_none_or(|(last, _)| last.until + TimeDelta::hours(1) <= when.from);
        if clear {
            kept.push((when, what));
        }
    }
    kept
}

impl Column {
    /// What the column shows at `at`: its items, newest claim first, and its structure.
    pub fn shown(&self, at: Moment) -> (Vec<&Item>, &'static str) {
        let redesign = self
            .redesign
            .as_ref()
            .filter(|redesign| redesign.stretch.holds(at));
        let cut = redesign.and_then(|redesign| redesign.cut);
        let is_there = |item: &&Item| {
            item.at <= at
                && item.until.is_none_or(|until| at < until)
                && cut.is_none_or(|cut| item.on <= cut)
        };
        let mut items: Vec<&Item> = self.items.iter().filter(is_there).collect();
        items.sort_by_key(|item| std::cmp::Reverse((item.on, item.at)));
        (items, if redesign.is_some() { "tr" } else { "li" })
    }
}
