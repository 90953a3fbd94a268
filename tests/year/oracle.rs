//! The oracle: from the truth, the rules and the instants at which the monitor looked, what
//! everybody has to hear, from when on, and by when.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use wangxun::domain::time::{Date, Moment};

use super::files::{LINK_LASTS, proposes_again};
use super::play::{Deed, Laid, Lived, Played, ROWS, Seen};
use super::rules::{AGAIN, REPEATS, Rules, UNTIL_PROPOSAL, owed_at, step_at};
use super::world::{Death, Owed, World};

/// One thing that a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// A column is at this step, counted from 0; 4 is 督办.
    Step(usize),
    /// 督办 is proposed, for its length or for its being the second time.
    Proposed,
    Again,
    Updated,
    /// What is owed by a day is at this step; 督办 is proposed; it is met.
    Owed(usize),
    OwedProposed,
    Met,
    Blind,
    Blank,
    Seen,
    Down,
    Up,
    Offline,
    Online,
    Trouble,
}

/// An instant of a stretch. Those of two are ordered as the stretches are: a clock may have been set
/// back between them.
pub type When = (usize, Moment);

/// One thing that one person has to hear.
#[derive(Debug, Clone)]
pub struct Expected {
    pub who: usize,
    pub said: Said,
    /// The column, or the site whose host it is; empty for the monitor itself.
    pub about: String,
    pub on: Option<Date>,
    pub from: Moment,
    pub by: Moment,
    /// The stretch in which it was decided: in a later one the clock may have been set back.
    pub stretch: usize,
    /// Whether silence is a fault; what was overtaken may be heard and need not.
    pub must: bool,
    /// When it was decided at the latest.
    pub decided: Moment,
    /// The column, where a deadline is told of: what is told waits while it is not seen or changes.
    pub column: Option<usize>,
    /// When something else took its place.
    pub overtaken: Option<Moment>,
}

/// The end of something, for those who had heard of it since it began.
#[derive(Debug, Clone)]
pub struct End {
    pub said: Said,
    pub about: String,
    /// The unit, where units had heard of it.
    pub unit: Option<usize>,
    pub on: BTreeSet<Date>,
    pub since: When,
    pub from: Moment,
    pub stretch: usize,
    /// When it was decided at the latest.
    pub decided: Moment,
    pub urgent: bool,
    /// The latest time that the clock had shown before it was set back.
    pub reached: Moment,
}

#[derive(Debug, Default)]
pub struct Prophecy {
    pub expected: Vec<Expected>,
    pub ends: Vec<End>,
    /// What was granted and should not have been.
    pub wrong: Vec<String>,
    /// Of each column: from when on its deadline can be told of, or cannot.
    pub tellable: Vec<Vec<(Moment, bool)>>,
}

impl Prophecy {
    /// The first instant at or after `at` in the sending window at which the deadline of `column`
    /// can be told of.
    pub fn tellable_from(&self, rules: &Rules<'_>, column: usize, at: Moment) -> Option<Moment> {
        let states = &self.tellable[column];
        let mut from = rules.opening(at);
        for _ in 0..1000 {
            let now = states.iter().rfind(|(since, _)| *since <= from);
            if now.is_none_or(|(_, can)| *can) {
                return Some(from);
            }
            let next = states.iter().find(|(since, can)| *since > from && *can);
            from = rules.opening(next?.0);
        }
        None
    }
}

/// What a look shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    Silent,
    Unclear,
    Empty,
    Dated(Date, &'static str),
}

/// A deadline that nears or has passed.
#[derive(Debug, Clone)]
struct Case {
    base: Date,
    began: When,
    /// The first look that saw what it is, and is not confirmed yet.
    open: bool,
    step: usize,
    since: Date,
    told_at: Moment,
    repeats: usize,
    /// A change that one look has seen: when.
    rises: Option<Moment>,
    clears: Option<Moment>,
    /// 督办 is proposed; or released.
    proposed: bool,
    escalated: bool,
    answered: Option<Date>,
    /// When 督办 was proposed last beside the ladder.
    again_at: Moment,
    /// What was told last, and the proposal beside it.
    latest: Vec<usize>,
    beside: Vec<usize>,
}

/// A time without an update in which a column was late, whatever ended its cases meanwhile.
#[derive(Debug, Clone, Copy)]
struct Silence {
    base: Date,
    late_on: Date,
    severe: bool,
}

#[derive(Debug, Default, Clone)]
struct Column {
    known: Option<(Date, &'static str)>,
    looked_at: Option<Moment>,
    unclear: u32,
    silent: u32,
    is_silent: bool,
    blind: Option<When>,
    blind_told: Vec<usize>,
    empty: u32,
    blank: Option<When>,
    blank_told: Vec<usize>,
    case: Option<Case>,
    /// The days on which it was first confirmed to be severely late, of each silence.
    last_severe: Vec<Date>,
    silence: Option<Silence>,
    /// Of every item that was ever seen, by number: its date and when it was first seen.
    items: BTreeMap<usize, (Date, Date)>,
}

pub struct Oracle<'a> {
    pub rules: Rules<'a>,
    played: &'a Played,
    world: &'a World,
    columns: Vec<Column>,
    /// The host of each column.
    hosts: Vec<usize>,
    down: BTreeMap<usize, When>,
    /// What the operators were to hear of each.
    down_told: BTreeMap<usize, Vec<usize>>,
    offline: Option<When>,
    /// What the operators were to hear of it.
    offline_told: Vec<usize>,
    /// Of each unit: the days on which a column of its was first confirmed to be late, of each silence.
    late: BTreeMap<usize, Vec<Date>>,
    prophecy: Prophecy,
    /// The latest time that the clock had shown before the present stretch.
    reached: Moment,
    stretch: usize,
    /// The columns that a round saw in whose midst the monitor was killed: nothing follows from that
    /// before the next life begins.
    unjudged: BTreeSet<usize>,
}

enum Event<'a> {
    /// A stretch begins; where it is the first of a life, what is known is judged anew.
    Start(usize),
    Round(Vec<&'a Seen>),
    Deed(&'a Deed),
}

impl<'a> Oracle<'a> {
    pub fn new(played: &'a Played) -> Oracle<'a> {
        let world = &played.world;
        // Behind the columns stands what is owed by a day.
        let places = world.columns().count() + world.owed.len();
        Oracle {
            rules: Rules::new(played),
            played,
            world,
            columns: vec![Column::default(); places],
            hosts: world.columns().map(|(site, _)| site.host).collect(),
            down: BTreeMap::new(),
            down_told: BTreeMap::new(),
            offline: None,
            offline_told: Vec::new(),
            late: BTreeMap::new(),
            reached: world.begin(),
            stretch: 0,
            unjudged: BTreeSet::new(),
            prophecy: Prophecy {
                tellable: vec![Vec::new(); places],
                ..Prophecy::default()
            },
        }
    }

    /// Everything that follows.
    pub fn prophesy(mut self) -> (Rules<'a>, Prophecy) {
        for event in events(self.played) {
            match event {
                Event::Start(stretch) => self.start(stretch),
                Event::Round(looks) => self.round(&looks),
                Event::Deed(deed) => self.deed(deed),
            }
        }
        (self.rules, self.prophecy)
    }

    /// The column as it is named and configured.
    fn named(&self, place: usize) -> &'a super::world::Column {
        let place = self.of_column(place);
        let (_, column) = self.world.columns().nth(place).expect("a column");
        column
    }

    /// What is owed at `place`, if that is no column.
    fn owed(&self, place: usize) -> Option<Owed> {
        let beyond = place.checked_sub(self.hosts.len())?;
        Some(self.world.owed[beyond])
    }

    /// The place of the column that `place` is about.
    fn of_column(&self, place: usize) -> usize {
        self.owed(place).map_or(place, |owed| owed.column)
    }

    /// The place of what the column at `place` owes.
    fn owing(&self, place: usize) -> Option<usize> {
        let mut owed = self.world.owed.iter();
        let found = owed.position(|owed| owed.column == place);
        found.map(|number| self.hosts.len() + number)
    }

    fn step_of(&self, place: usize, step: usize) -> Said {
        match self.owed(place) {
            Some(_) => Said::Owed(step),
            None => Said::Step(step),
        }
    }

    fn about(&self, place: usize) -> String {
        self.named(place).id.clone()
    }

    fn is_exempt(&self, place: usize, at: Moment) -> bool {
        let day = at.date_naive();
        self.played.deeds.iter().any(|deed| {
            let covers = match deed.what {
                Laid::ExemptUntil(until) => deed.at.date_naive() <= day && day <= until,
                _ => false,
            };
            let was_laid = (deed.stretch, deed.at) <= (self.stretch, at);
            deed.column == self.of_column(place) && deed.granted && was_laid && covers
        })
    }

    fn sight(&self, seen: &Seen) -> Sight {
        let host = self.hosts[seen.column];
        if self.world.is_offline(seen.truly) {
            return Sight::Silent;
        }
        match self.world.trouble(host, seen.truly) {
            Some(trouble) if trouble.is_silence() => return Sight::Silent,
            Some(_) => return Sight::Unclear,
            None => {}
        }
        let (items, structure) = self.named(seen.column).shown(seen.truly);
        let Some(newest) = items.first() else {
            return Sight::Empty;
        };
        // Another structure whose dates go backwards may be another list.
        let changed = self.columns[seen.column]
            .known
            .is_some_and(|(on, known)| newest.on < on && structure != known);
        match changed {
            true => Sight::Unclear,
            false => Sight::Dated(newest.on, structure),
        }
    }

    /// The look of yesterday is the first look at what the new day makes of it.
    fn start(&mut self, stretch: usize) {
        let Lived {
            from: at, begins, ..
        } = self.played.stretches[stretch];
        self.stretch = stretch;
        let before = self.played.stretches.iter().take(stretch);
        self.reached = before.map(|lived| lived.until).max().unwrap_or(at);
        if !begins {
            return;
        }
        let unjudged = std::mem::take(&mut self.unjudged);
        if !unjudged.is_empty() {
            self.network(at);
        }
        for place in 0..self.columns.len() {
            if self.is_exempt(place, at) {
                self.dismiss(place, at);
                continue;
            }
            let recent = self.columns[self.of_column(place)]
                .looked_at
                .is_some_and(|seen| at - seen <= TimeDelta::hours(36));
            if recent && unjudged.contains(&self.of_column(place)) {
                self.judge(place, true, at, stretch);
            } else if recent && self.owed(place).is_some() {
                self.duty(place, at, stretch, true);
                self.note(place, at);
            } else if recent {
                self.deadline(place, at, stretch, true);
                self.note(place, at);
            }
        }
    }

    fn round(&mut self, looks: &[&Seen]) {
        let (at, stretch) = (looks[0].at, looks[0].stretch);
        for seen in looks {
            let sight = self.sight(seen);
            self.keep(seen, sight, at);
            self.look(seen.column, sight, at);
        }
        let lived = self.played.stretches[stretch];
        let death = self.world.lives[lived.life].death;
        if at == lived.until && matches!(death, Death::Looking(_)) {
            self.unjudged.extend(looks.iter().map(|seen| seen.column));
            return;
        }
        self.network(at);
        for place in 0..self.columns.len() {
            let column = self.of_column(place);
            let looked = looks.iter().any(|seen| seen.column == column);
            self.judge(place, looked, at, stretch);
        }
    }

    /// Every item that the look shows is known from now on.
    fn keep(&mut self, seen: &Seen, sight: Sight, at: Moment) {
        if !matches!(sight, Sight::Dated(..)) {
            return;
        }
        let (items, _) = self.named(seen.column).shown(seen.truly);
        let known = &mut self.columns[seen.column].items;
        for item in items.into_iter().take(ROWS) {
            known
                .entry(item.number)
                .or_insert((item.on, at.date_naive()));
        }
    }

    fn look(&mut self, place: usize, sight: Sight, at: Moment) {
        let column = &mut self.columns[place];
        column.looked_at = Some(at);
        column.is_silent = sight == Sight::Silent;
        match sight {
            Sight::Silent => {
                column.silent += 1;
                column.unclear += 1;
            }
            Sight::Unclear => {
                column.silent = 0;
                column.unclear += 1;
            }
            Sight::Empty => {
                (column.silent, column.unclear) = (0, 0);
                column.empty += 1;
            }
            Sight::Dated(on, structure) => {
                (column.silent, column.unclear, column.empty) = (0, 0, 0);
                column.known = Some((on, structure));
            }
        }
    }

    /// The monitor's own network, and hosts that give no answer.
    fn network(&mut self, at: Moment) {
        let mut hosts: BTreeMap<usize, u32> = BTreeMap::new();
        for place in 0..self.hosts.len() {
            let column = &self.columns[place];
            if column.looked_at.is_none() || self.is_exempt(place, at) {
                continue;
            }
            let silent = match column.is_silent {
                true => column.silent.max(1),
                false => 0,
            };
            let least = hosts.entry(self.hosts[place]).or_insert(u32::MAX);
            *least = (*least).min(match column.is_silent {
                // Silence for our own network's sake counts for nothing.
                true if column.silent == 0 => 1,
                true => silent,
                false => 0,
            });
        }
        let silent = hosts.values().filter(|&&visits| visits > 0).count();
        let is_offline = hosts.len() >= 3 && silent * 100 >= hosts.len() * 80;
        match (self.offline, is_offline) {
            (None, true) => {
                self.offline = Some((self.stretch, at));
                self.offline_told = self.operators(Said::Offline, String::new(), at, true);
            }
            (Some(since), false) => {
                self.offline = None;
                // Who has not heard of it by now need not.
                let told = std::mem::take(&mut self.offline_told);
                self.overtake(&told, at);
                self.end(
                    Said::Online,
                    String::new(),
                    since,
                    (at, at),
                    true,
                    BTreeSet::new(),
                );
            }
            _ => {}
        }
        if is_offline {
            for column in &mut self.columns {
                if column.is_silent {
                    (column.silent, column.unclear) = (0, 0);
                }
            }
        }
        for (host, visits) in hosts {
            let about = self.site_of(host);
            match (self.down.get(&host).copied(), visits) {
                (Some(since), 0) => {
                    self.down.remove(&host);
                    let told = self.down_told.remove(&host).unwrap_or_default();
                    self.overtake(&told, at);
                    self.end(Said::Up, about, since, (at, at), true, BTreeSet::new());
                }
                (None, 3..) if !is_offline => {
                    self.down.insert(host, (self.stretch, at));
                    let told = self.operators(Said::Down, about, at, true);
                    self.down_told.insert(host, told);
                }
                _ => {}
            }
        }
    }

    /// The first site on a host, by which people know it.
    fn site_of(&self, host: usize) -> String {
        let mut sites = self.world.sites.iter();
        sites
            .find(|site| site.host == host)
            .expect("a site")
            .id
            .clone()
    }

    fn judge(&mut self, place: usize, looked: bool, at: Moment, stretch: usize) {
        if self.is_exempt(place, at) {
            self.dismiss(place, at);
            return;
        }
        if !looked {
            return;
        }
        if self.owed(place).is_some() {
            self.duty(place, at, stretch, false);
            self.note(place, at);
            return;
        }
        self.deadline(place, at, stretch, false);
        self.blindness(place, at);
        self.note(place, at);
    }

    /// Whether the deadline can be told of from now on.
    fn note(&mut self, place: usize, at: Moment) {
        let column = &self.columns[place];
        let changes = column
            .case
            .as_ref()
            .is_some_and(|case| case.open && (case.rises.is_some() || case.clears.is_some()));
        let can = column.unclear == 0 && column.empty == 0 && !column.is_silent && !changes;
        let states = &mut self.prophecy.tellable[place];
        if states.last().is_none_or(|(_, last)| *last != can) {
            states.push((at, can));
        }
    }

    /// Of an exempt column nothing is told, not even that something is over.
    fn dismiss(&mut self, place: usize, at: Moment) {
        let column = &mut self.columns[place];
        let mut gone = Vec::new();
        if let Some(case) = column.case.take() {
            gone.extend(case.latest);
            gone.extend(case.beside);
        }
        column.blind = None;
        column.blank = None;
        gone.append(&mut column.blind_told);
        gone.append(&mut column.blank_told);
        self.overtake(&gone, at);
    }

    /// What is owed by a day, as the latest look leaves it.
    fn duty(&mut self, place: usize, at: Moment, stretch: usize, known: bool) {
        let Some(owed) = self.owed(place) else { return };
        let today = at.date_naive();
        let (opens, due) = owed.period(today);
        let before = self.columns[place].case.as_ref();
        if before.is_some_and(|case| case.began.1.date_naive() < opens) {
            // What was owed in the last period is judged no more.
            return self.dismiss(place, at);
        }
        let seen = self.columns[owed.column].clone();
        let own = &mut self.columns[place];
        (own.looked_at, own.is_silent) = (seen.looked_at, seen.is_silent);
        (own.unclear, own.silent, own.empty) = (seen.unclear, seen.silent, seen.empty);
        let tomorrow = today.succ_opt().expect("a day");
        let mut items = seen.items.values();
        let is_met = items.any(|(on, _)| opens <= *on && *on <= tomorrow);
        let mut items = seen.items.values();
        let reaches_back = items.any(|(on, first)| on.min(first) < &opens);
        let is_seen = seen.unclear == 0 && seen.empty == 0 && !seen.is_silent;
        let step = match is_met {
            true => None,
            false if is_seen && reaches_back => owed_at(due, today),
            false => return,
        };
        self.moves(place, (due, step), at, stretch, known);
    }

    fn deadline(&mut self, place: usize, at: Moment, stretch: usize, known: bool) {
        let column = &self.columns[place];
        let seen = column.unclear == 0 && column.empty == 0 && !column.is_silent;
        let Some((on, _)) = column.known.filter(|_| seen) else {
            return;
        };
        let today = at.date_naive();
        let step = step_at(self.named(place).limit, (today - on).num_days());
        self.moves(place, (on, step), at, stretch, known);
    }

    /// Moves what is open at `place`, whose date is `on`, now that it is at `step`.
    fn moves(
        &mut self,
        place: usize,
        (on, step): (Date, Option<usize>),
        at: Moment,
        stretch: usize,
        known: bool,
    ) {
        // What is known already is no second look, and gives rise to nothing by itself.
        let first = known && {
            let case = self.columns[place].case.as_ref();
            case.is_some_and(|case| match case.open {
                true => {
                    case.rises.is_some()
                        || case.clears.is_some()
                        || on > case.base
                        || step.is_none()
                }
                false => true,
            })
        };
        if first {
            return;
        }
        let case = self.columns[place].case.take();
        let after = match (case, step) {
            (None, None) => None,
            (None, Some(_)) => Some(suspected(on, (stretch, at))),
            (Some(case), None) if !case.open => {
                drop(case);
                None
            }
            (Some(case), Some(step)) if !case.open => match case.base == on {
                true => Some(self.opened(place, case, step, at, stretch)),
                false => Some(suspected(on, (stretch, at))),
            },
            (Some(case), step) => match step.filter(|_| on <= case.base) {
                Some(step) => Some(self.stays(place, case, on, step, at, stretch)),
                None => self.clears(place, case, at),
            },
        };
        self.columns[place].case = after;
    }

    fn opened(
        &mut self,
        place: usize,
        mut case: Case,
        step: usize,
        at: Moment,
        stretch: usize,
    ) -> Case {
        case.open = true;
        let first = case.rises.take().unwrap_or(at);
        self.rise(place, &mut case, step, (first, at), stretch);
        case
    }

    fn rise(
        &mut self,
        place: usize,
        case: &mut Case,
        step: usize,
        decided: (Moment, Moment),
        stretch: usize,
    ) {
        let (first, at) = decided;
        let today = at.date_naive();
        let heard_on = self.rules.opening(at).date_naive();
        (case.step, case.since, case.told_at, case.repeats) = (step, heard_on, at, 0);
        let unit = self.named(place).unit;
        self.tell(
            place,
            case,
            self.step_of(place, step),
            self.rules.hearers(step, unit, stretch),
            (first, at),
        );
        let again = self.is_again(place, case, step, today);
        if step >= 2 && self.owed(place).is_none() {
            let known = self.silence_of(place, case);
            if known.is_none() {
                self.late.entry(unit).or_default().push(today);
            }
            let mut silence = known.unwrap_or(Silence {
                base: case.base,
                late_on: today,
                severe: false,
            });
            if step == 3 && !silence.severe {
                self.columns[place].last_severe.push(today);
                silence.severe = true;
            }
            self.columns[place].silence = Some(silence);
        }
        if again && !case.proposed && !case.escalated {
            case.proposed = true;
            let operators = self.rules.operators();
            case.beside = self.add(place, case.base, Said::Again, &operators, (first, at));
            case.again_at = at;
        }
    }

    /// The silence in which `case` is not the first to be late: no item came since that was in time then.
    fn silence_of(&self, place: usize, case: &Case) -> Option<Silence> {
        let limit = TimeDelta::days(self.named(place).limit);
        let goes_on =
            |silence: &Silence| case.base <= silence.base || case.base + limit < silence.late_on;
        self.columns[place].silence.filter(goes_on)
    }

    /// Whether it is the second time within the days of the rule, not counted on one day.
    fn is_again(&self, place: usize, case: &Case, step: usize, today: Date) -> bool {
        if !proposes_again(self.world) || step < 2 || self.owed(place).is_some() {
            return false;
        }
        let within = |on: Date, days: i64| (1..=days).contains(&(today - on).num_days());
        let unit = self.named(place).unit;
        let silence = self.silence_of(place, case);
        let late = self.late.get(&unit).into_iter().flatten();
        let overdue = silence.is_none() && late.copied().any(|on| within(on, AGAIN.0));
        let before = self.columns[place].last_severe.iter();
        let severe = step == 3
            && !silence.is_some_and(|silence| silence.severe)
            && before.copied().any(|on| within(on, AGAIN.1));
        overdue || severe
    }

    fn stays(
        &mut self,
        place: usize,
        mut case: Case,
        on: Date,
        step: usize,
        at: Moment,
        stretch: usize,
    ) -> Case {
        let today = at.date_naive();
        case.clears = None;
        case.base = on;
        if case.step < 4 && step > case.step {
            match case.rises.take() {
                None => case.rises = Some(at),
                Some(first) => self.rise(place, &mut case, step, (first, at), stretch),
            }
            return case;
        }
        case.rises = None;
        let unit = self.named(place).unit;
        if case.step == 3
            && step == 3
            && self.rules.worked_between(case.since, today) >= UNTIL_PROPOSAL
        {
            // From here on it is the operator's to release.
            case.step = 4;
            (case.since, case.told_at, case.repeats) = (today, at, 0);
            (case.proposed, case.escalated) = (true, false);
            self.tell(
                place,
                &mut case,
                match self.owed(place) {
                    Some(_) => Said::OwedProposed,
                    None => Said::Proposed,
                },
                self.rules.operators(),
                (at, at),
            );
            let beside = std::mem::take(&mut case.beside);
            self.overtake(&beside, at);
            return case;
        }
        if case.step < 4 {
            case.step = step;
        }
        self.propose_again(place, &mut case, at);
        // Until it is released it is proposed again.
        let waits = case.step == 4 && case.proposed && !case.escalated;
        let answered = case.answered.is_some_and(|until| today <= until);
        let Some((days, most)) = REPEATS[case.step] else {
            return case;
        };
        // What is decided on a day off, or after hours, is heard on the next working day.
        let heard_on = self.rules.opening(case.told_at).date_naive();
        let due = self.rules.worked_between(heard_on, today) >= days && self.world.is_worked(today);
        let seen_since = self.columns[place]
            .looked_at
            .is_some_and(|seen| seen > case.told_at);
        if answered || case.repeats >= most || !due || !seen_since {
            return case;
        }
        case.repeats += 1;
        case.told_at = at;
        let (said, hearers) = match (waits, self.owed(place)) {
            (true, Some(_)) => (Said::OwedProposed, self.rules.operators()),
            (true, None) => (Said::Proposed, self.rules.operators()),
            (false, _) => (
                self.step_of(place, case.step),
                self.rules.hearers(case.step, unit, stretch),
            ),
        };
        self.tell(place, &mut case, said, hearers, (at, at));
        case
    }

    /// Until it is released, 督办 for a second offence is proposed again as 督办 is repeated.
    fn propose_again(&mut self, place: usize, case: &mut Case, at: Moment) {
        let today = at.date_naive();
        let waits = case.step < 4 && case.proposed && !case.escalated;
        let answered = case.answered.is_some_and(|until| today <= until);
        let days = REPEATS[4].map_or(usize::MAX, |(days, _)| days);
        let heard_on = self.rules.opening(case.again_at).date_naive();
        let due = self.rules.worked_between(heard_on, today) >= days && self.world.is_worked(today);
        let seen_since = self.columns[place]
            .looked_at
            .is_some_and(|seen| seen > case.again_at);
        if !waits || answered || !due || !seen_since {
            return;
        }
        let before = std::mem::take(&mut case.beside);
        self.overtake(&before, at);
        let operators = self.rules.operators();
        case.beside = self.add(place, case.base, Said::Again, &operators, (at, at));
        case.again_at = at;
    }

    fn clears(&mut self, place: usize, mut case: Case, at: Moment) -> Option<Case> {
        case.rises = None;
        let Some(first) = case.clears else {
            case.clears = Some(at);
            return Some(case);
        };
        self.overtake(&case.latest, first);
        self.overtake(&case.beside, first);
        let on = self.columns[place].known.map(|(on, _)| on);
        self.end(
            match self.owed(place) {
                Some(_) => Said::Met,
                None => Said::Updated,
            },
            self.about(place),
            case.began,
            (at, at),
            false,
            on.into_iter().collect(),
        );
        None
    }

    /// What is told takes the place of what still waits to be told of the same.
    fn tell(
        &mut self,
        place: usize,
        case: &mut Case,
        said: Said,
        hearers: BTreeSet<usize>,
        decided: (Moment, Moment),
    ) {
        self.overtake(&case.latest, decided.1);
        case.latest = self.add(place, case.base, said, &hearers, decided);
    }

    fn add(
        &mut self,
        place: usize,
        on: Date,
        said: Said,
        hearers: &BTreeSet<usize>,
        decided: (Moment, Moment),
    ) -> Vec<usize> {
        let about = self.about(place);
        let unit = self.named(place).unit;
        let heard = |who| {
            let heard = self
                .rules
                .heard_after(self.reached, decided.0, decided.1, who);
            match said {
                Said::Step(_) | Said::Owed(_) => self.held(place, decided, heard, who),
                _ => heard,
            }
        };
        // Who is away is stood in for; nobody hears it twice.
        let mut all: BTreeMap<usize, (bool, (Moment, Moment))> = BTreeMap::new();
        for &who in hearers {
            let meant = heard(who);
            let (people, is_sure) = self.rules.received(who, unit, meant);
            let stays = self.rules.in_office(who, meant.1);
            for one in people {
                let must = is_sure && (one == who || stays);
                let (from, by) = heard(one);
                // What could not be sent to one who was there is handed on once he is away.
                let by = match is_sure || hearers.contains(&one) {
                    true => by,
                    false => by.max(self.rules.sent_by(meant.1, one, false)),
                };
                let known = all.entry(one).or_insert((must, (from, by)));
                known.0 |= must;
                known.1.1 = known.1.1.max(by);
            }
        }
        let all = all
            .into_iter()
            .map(|(who, (must, heard))| (who, must, heard));
        let mut added = Vec::new();
        for (who, must, (from, by)) in all {
            added.push(self.prophecy.expected.len());
            self.prophecy.expected.push(Expected {
                who,
                said,
                about: about.clone(),
                on: Some(on),
                from,
                by,
                stretch: self.stretch,
                must,
                decided: decided.1,
                column: Some(place),
                overtaken: None,
            });
        }
        added
    }

    /// A person may let it wait.
    fn held(
        &self,
        place: usize,
        decided: (Moment, Moment),
        heard: (Moment, Moment),
        who: usize,
    ) -> (Moment, Moment) {
        let (mut from, mut by) = heard;
        for deed in &self.played.deeds {
            let Laid::HeldUntil(until) = deed.what else {
                continue;
            };
            if deed.column != self.of_column(place)
                || !deed.granted
                || until <= decided.0
                || deed.at > by
            {
                continue;
            }
            if deed.at <= from {
                from = from.max(self.rules.opening(until.max(decided.0)));
            }
            let (_, later) = self.rules.heard(until, until.max(decided.1), who);
            by = by.max(later);
        }
        (from, by)
    }

    /// What was not heard before `at` need not be heard any more, and what could not be heard yet
    /// must not.
    fn overtake(&mut self, waiting: &[usize], at: Moment) {
        for &place in waiting {
            let expected = &mut self.prophecy.expected[place];
            expected.overtaken.get_or_insert(at);
            if expected.by <= at {
                continue;
            }
            expected.must = false;
            // Before the clock was set back it may have been heard.
            if expected.from > at && expected.from > self.reached {
                expected.by = expected.from - TimeDelta::seconds(1);
            }
        }
    }

    fn blindness(&mut self, place: usize, at: Moment) {
        let host_down = self.down.contains_key(&self.hosts[place]) && self.columns[place].is_silent;
        let column = &self.columns[place];
        let about = self.about(place);
        let is_blind = column.unclear > 0 || column.is_silent;
        if !is_blind {
            if let Some(since) = self.columns[place].blind.take() {
                let told = std::mem::take(&mut self.columns[place].blind_told);
                self.overtake(&told, at);
                self.end(
                    Said::Seen,
                    about.clone(),
                    since,
                    (at, at),
                    false,
                    BTreeSet::new(),
                );
            }
        } else if column.unclear >= 3
            && column.blind.is_none()
            && !host_down
            && self.offline.is_none()
        {
            self.columns[place].blind = Some((self.stretch, at));
            self.columns[place].blind_told = self.operators(Said::Blind, about.clone(), at, false);
        }
        let column = &self.columns[place];
        if column.empty >= 2 && !is_blind && column.blank.is_none() {
            self.columns[place].blank = Some((self.stretch, at));
            self.columns[place].blank_told = self.operators(Said::Blank, about, at, false);
        } else if column.empty == 0
            && !is_blind
            && let Some(since) = self.columns[place].blank.take()
        {
            let told = std::mem::take(&mut self.columns[place].blank_told);
            self.overtake(&told, at);
            self.end(Said::Seen, about, since, (at, at), false, BTreeSet::new());
        }
    }

    fn operators(&mut self, said: Said, about: String, at: Moment, urgent: bool) -> Vec<usize> {
        let mut added = Vec::new();
        for who in self.rules.operators() {
            let (from, by) = match urgent {
                true => (at, self.rules.sent_by(at, who, true)),
                false => self.rules.heard_after(self.reached, at, at, who),
            };
            added.push(self.prophecy.expected.len());
            self.prophecy.expected.push(Expected {
                who,
                said,
                about: about.clone(),
                on: None,
                from,
                by,
                stretch: self.stretch,
                must: true,
                decided: at,
                column: None,
                overtaken: None,
            });
        }
        added
    }

    fn end(
        &mut self,
        said: Said,
        about: String,
        since: When,
        decided: (Moment, Moment),
        urgent: bool,
        on: BTreeSet<Date>,
    ) {
        let mut columns = self.world.columns();
        let of_column = columns.find(|(_, column)| column.id == about);
        let unit = of_column.map(|(_, column)| column.unit);
        self.prophecy.ends.push(End {
            unit: unit.filter(|_| matches!(said, Said::Updated | Said::Met)),
            said,
            about,
            on,
            since,
            stretch: self.stretch,
            from: match urgent {
                true => decided.0,
                false => self.rules.opening(decided.0),
            },
            decided: decided.1,
            urgent,
            reached: self.reached,
        });
    }

    fn deed(&mut self, deed: &Deed) {
        if !deed.granted {
            return;
        }
        match &deed.what {
            Laid::Released => {
                let proposed = |place: &usize| {
                    let case = self.columns[*place].case.as_ref();
                    case.is_some_and(|case| case.proposed && !case.escalated)
                };
                let places = [Some(deed.column), self.owing(deed.column)];
                let Some(place) = places.into_iter().flatten().find(proposed) else {
                    return self.prophecy.wrong.push(format!("not proposed: {deed:?}"));
                };
                let Some(mut case) = self.columns[place].case.take() else {
                    return;
                };
                let unit = self.named(deed.column).unit;
                case.step = 4;
                case.escalated = true;
                case.proposed = false;
                (case.since, case.told_at, case.repeats) = (deed.at.date_naive(), deed.at, 0);
                let hearers = self.rules.hearers(4, unit, deed.stretch);
                self.tell(
                    place,
                    &mut case,
                    self.step_of(place, 4),
                    hearers,
                    (deed.at, deed.at),
                );
                let beside = std::mem::take(&mut case.beside);
                self.overtake(&beside, deed.at);
                self.columns[place].case = Some(case);
            }
            Laid::AnsweredByLink {
                until,
                sent_at,
                owed,
                ..
            } => {
                let place = match owed {
                    true => self.owing(deed.column).unwrap_or(deed.column),
                    false => deed.column,
                };
                let is_open = self.columns[place]
                    .case
                    .as_ref()
                    .is_some_and(|case| case.open);
                if !is_open || deed.at > *sent_at + LINK_LASTS {
                    let wrong = format!("an answer was taken by a link that was over: {deed:?}");
                    self.prophecy.wrong.push(wrong);
                }
                self.answered(place, deed.at, *until);
            }
            Laid::Answered(until) => self.answered(deed.column, deed.at, *until),
            Laid::ExemptUntil(_) => {
                self.dismiss(deed.column, deed.at);
                if let Some(owing) = self.owing(deed.column) {
                    self.dismiss(owing, deed.at);
                }
            }
            Laid::HeldUntil(_) => {}
        }
    }

    /// Until its last day nothing is repeated.
    fn answered(&mut self, place: usize, at: Moment, until: Date) {
        let Some(case) = &mut self.columns[place].case else {
            return;
        };
        case.answered = Some(until);
        if case.repeats > 0 {
            let waiting = case.latest.clone();
            self.overtake(&waiting, at);
        }
    }
}

fn suspected(base: Date, began: When) -> Case {
    let (_, at) = began;
    Case {
        base,
        began,
        open: false,
        step: 0,
        since: at.date_naive(),
        told_at: at,
        repeats: 0,
        rises: Some(at),
        clears: None,
        proposed: false,
        escalated: false,
        answered: None,
        again_at: at,
        latest: Vec::new(),
        beside: Vec::new(),
    }
}

/// All that happened, in order: the beginnings of lives, rounds of looks at one instant, and deeds.
fn events(played: &Played) -> Vec<Event<'_>> {
    let mut rounds: Vec<(usize, Event<'_>)> = Vec::new();
    for seen in &played.seen {
        match rounds.last_mut() {
            Some((_, Event::Round(looks)))
                if (looks[0].stretch, looks[0].at) == (seen.stretch, seen.at) =>
            {
                looks.push(seen)
            }
            _ => rounds.push((seen.order, Event::Round(vec![seen]))),
        }
    }
    rounds.extend(
        played
            .deeds
            .iter()
            .map(|deed| (deed.order, Event::Deed(deed))),
    );
    let stretches = played.stretches.iter().enumerate();
    rounds.extend(stretches.map(|(stretch, lived)| (lived.order, Event::Start(stretch))));
    rounds.sort_by_key(|(order, _)| *order);
    rounds.into_iter().map(|(_, event)| event).collect()
}
