//! The rules written down anew, from the manual and the rule set: steps, recipients, working days,
//! the sending window; and when what is decided can and must be heard in this world.

use std::collections::BTreeSet;

use chrono::{NaiveTime, TimeDelta};
use wangxun::domain::time::{Date, Moment, moment};

use super::play::{Lived, Played};
use super::world::{Fault, Stretch, World};

/// 超期: every three working days. 严重超期: every working day, at most five times. 督办: every five.
pub const REPEATS: [Option<(usize, usize)>; 5] = [
    None,
    None,
    Some((3, usize::MAX)),
    Some((1, 5)),
    Some((5, usize::MAX)),
];
/// The working days of 严重超期 after which 督办 is proposed.
pub const UNTIL_PROPOSAL: usize = 10;
/// The days within which a unit's second 超期 is proposed for 督办, and a column's second 严重超期.
pub const AGAIN: (i64, i64) = (7, 90);
/// After a failure the next attempt comes within an hour, and a tenth.
const RETRY: TimeDelta = TimeDelta::minutes(67);
/// How long digests wait at most after the monitor was out.
const SETTLING: TimeDelta = TimeDelta::minutes(40);
/// What an attempt may take.
const PATIENCE: TimeDelta = TimeDelta::minutes(2);
/// Of what use a message is that could not be sent: so long, days off not counted.
const USE: TimeDelta = TimeDelta::hours(72);

/// The step that a column is at whose last update is `age` days ago.
pub fn step_at(limit: i64, age: i64) -> Option<usize> {
    let first = (limit * 30 / 100).clamp(0, 30);
    let second = (limit * 15 / 100).clamp(2, 7);
    let late = (limit * 50 / 100).clamp(7, 30);
    let begins = [limit - first, limit - second, limit, limit + late];
    begins.iter().rposition(|&over| age > over)
}

/// The step of what is owed by `due`.
pub fn owed_at(due: Date, today: Date) -> Option<usize> {
    match (due - today).num_days() {
        ..-15 => Some(3),
        -15..0 => Some(2),
        0..=7 => Some(1),
        8..=30 => Some(0),
        _ => None,
    }
}

pub struct Rules<'a> {
    pub world: &'a World,
    pub stretches: &'a [Lived],
}

impl<'a> Rules<'a> {
    pub fn new(played: &'a Played) -> Rules<'a> {
        Rules {
            world: &played.world,
            stretches: &played.stretches,
        }
    }

    /// The working days after `from` up to and with `to`.
    pub fn worked_between(&self, from: Date, to: Date) -> usize {
        let days = from.iter_days().skip(1).take_while(|day| *day <= to);
        days.filter(|&day| self.world.is_worked(day)).count()
    }

    pub fn in_window(&self, at: Moment) -> bool {
        let time = |hour| NaiveTime::from_hms_opt(hour, 30, 0).expect("a time");
        self.world.is_worked(at.date_naive()) && time(8) <= at.time() && at.time() < time(17)
    }

    pub fn opening(&self, from: Moment) -> Moment {
        if self.in_window(from) {
            return from;
        }
        let opens = |day: Date| moment(day.and_hms_opt(8, 30, 0).expect("a time"));
        let mut days = from.date_naive().iter_days();
        let day = days.find(|&day| self.world.is_worked(day) && opens(day) >= from);
        opens(day.expect("a working day"))
    }

    fn next_opening(&self, from: Moment) -> Moment {
        self.opening(moment(
            from.date_naive().and_hms_opt(23, 0, 0).expect("a time"),
        ))
    }

    /// The stretch that is lived at `at`, or the one that follows.
    pub fn lived_at(&self, at: Moment) -> Option<&Lived> {
        self.stretches.iter().find(|lived| at < lived.until)
    }

    /// The life whose contacts hold at `at`.
    fn life_at(&self, at: Moment) -> usize {
        let lived = self.lived_at(at).or(self.stretches.last());
        lived.map_or(0, |lived| lived.life)
    }

    /// When something that is decided between the two instants is heard by `ways`, at the earliest
    /// and at the latest. One digest a day: whoever had his waits for the next working day.
    pub fn heard(&self, earliest: Moment, latest: Moment, who: usize) -> (Moment, Moment) {
        let opens = self.opening(latest);
        let by = match opens > latest {
            true => opens,
            false => self.next_opening(latest),
        };
        (self.opening(earliest), self.sent_by(by, who, false))
    }

    /// The same where the clock had `reached` a later time before it was set back: whoever had his
    /// digest then has none of that day again.
    pub fn heard_after(
        &self,
        reached: Moment,
        earliest: Moment,
        latest: Moment,
        who: usize,
    ) -> (Moment, Moment) {
        let (from, by) = self.heard(earliest, latest, who);
        let had_digest = from <= reached && by.date_naive() <= reached.date_naive();
        match had_digest {
            true => (from, self.sent_by(self.next_opening(reached), who, false)),
            false => (from, by),
        }
    }

    /// When something that may be sent at `by` has certainly been sent: the monitor lives, the
    /// window is open, the way works.
    pub fn sent_by(&self, by: Moment, who: usize, urgent: bool) -> Moment {
        let person = &self.world.people[who];
        let by = match person.phone.is_some() {
            true => self.sent_over(&self.world.gateway, by, urgent),
            false => self.sent_over(&self.world.mail, by, urgent),
        };
        // A number that is none is refused, and the mail follows.
        match person.dead {
            true => self.sent_over(&self.world.mail, by, urgent),
            false => by,
        }
    }

    fn sent_over(&self, faults: &[(Stretch, Fault)], by: Moment, urgent: bool) -> Moment {
        let mut at = by;
        let mut patience = PATIENCE;
        for _ in 0..200 {
            // An attempt that a death comes before is made in the life after it.
            let Some(life) = self.lived_at(at + patience) else {
                return at + TimeDelta::days(400);
            };
            if at < life.from {
                at = life.from;
                patience = PATIENCE + TimeDelta::minutes(40);
                continue;
            }
            if !urgent && !self.in_window(at) {
                at = self.opening(at);
                continue;
            }
            let fault = faults.iter().find(|(when, _)| when.holds(at - life.ahead));
            let Some((when, _)) = fault else {
                // Digests wait until what was seen first after an outage is confirmed.
                let settled = life.from + SETTLING;
                return match urgent || !life.begins || settled < at {
                    true => at + patience,
                    false => (settled + PATIENCE).max(at + patience),
                };
            };
            // An attempt that comes too late for today's window waits for the next.
            at = when.until + life.ahead;
            let tried = at + RETRY;
            if !urgent && (!self.in_window(at) || !self.in_window(tried)) {
                at = self.next_opening_after(at);
            } else {
                patience = RETRY + PATIENCE;
            }
        }
        at
    }

    fn next_opening_after(&self, at: Moment) -> Moment {
        match self.in_window(at) {
            true => self.next_opening(at),
            false => self.opening(at),
        }
    }

    /// When what may first be heard at `from` is of no use any more.
    pub fn lapses(&self, from: Moment) -> Moment {
        let mut over = from + USE;
        let mut day = from.date_naive().succ_opt().expect("a day");
        while day <= over.date_naive() {
            if !self.world.is_worked(day) {
                over += TimeDelta::days(1);
            }
            day = day.succ_opt().expect("a day");
        }
        over
    }

    fn holders(&self, role: &str, unit: Option<usize>, life: usize) -> BTreeSet<usize> {
        let people = self.world.people.iter().enumerate();
        let held = people.filter(|(_, person)| {
            person.lives.0 <= life
                && life < person.lives.1
                && person.duties.contains(&(role_of(role), unit))
        });
        held.map(|(place, _)| place).collect()
    }

    pub fn operators(&self) -> BTreeSet<usize> {
        self.holders("operator", None, 0)
    }

    /// Who hears of a step at a column of `unit`.
    pub fn hearers(&self, step: usize, unit: usize, stretch: usize) -> BTreeSet<usize> {
        let life = self.stretches[stretch].life;
        let of = |role: &str| self.holders(role, Some(unit), life);
        let rising: [(&str, BTreeSet<usize>); 3] = [
            (
                "liaison",
                of("liaison").union(&of("editor")).copied().collect(),
            ),
            ("deputy", of("deputy")),
            ("head", of("head")),
        ];
        // 提醒 is the editor's and the liaison's; each step adds one above.
        let highest = step.min(2);
        let mut all: BTreeSet<usize> = rising[..=highest]
            .iter()
            .flat_map(|(_, held)| held.clone())
            .collect();
        if step >= 3 {
            all.extend(self.operators());
        }
        if step == 4 {
            all.extend(self.holders("supervision", None, life));
        }
        // Where nobody is in that office it falls to the next above, and the operator knows.
        if rising[highest].1.is_empty() {
            let above = rising[highest + 1..]
                .iter()
                .find(|(_, held)| !held.is_empty());
            all.extend(above.into_iter().flat_map(|(_, held)| held.clone()));
            all.extend(self.operators());
        }
        all
    }

    /// Who receives on `day` what is meant for `who` and about a column of `unit`.
    fn receivers(&self, who: usize, unit: usize, day: Date) -> BTreeSet<usize> {
        let noon = moment(day.and_hms_opt(12, 0, 0).expect("a time"));
        let life = self.life_at(noon);
        let away = |who: usize| {
            let absences = &self.world.people[who].away;
            absences
                .iter()
                .find(|away| away.from <= day && day <= away.until)
        };
        let deputy = |who: usize| {
            let deputies = &away(who)?.deputies;
            deputies
                .iter()
                .copied()
                .find(|&deputy| away(deputy).is_none())
        };
        if away(who).is_none() {
            return [who].into();
        }
        if let Some(deputy) = deputy(who) {
            return [deputy].into();
        }
        // It climbs to the next higher office in which anybody is reached, and the operators know.
        const RISING: [&str; 4] = ["editor", "liaison", "deputy", "head"];
        let own = |role: &&str| {
            self.world.people[who]
                .duties
                .contains(&(role_of(role), Some(unit)))
        };
        let mut all = self.operators();
        if let Some(place) = RISING.iter().rposition(own) {
            let reached = |role: &&str| -> BTreeSet<usize> {
                let held = self.holders(role, Some(unit), life).into_iter();
                let there = held.filter_map(|one| match away(one) {
                    None => Some(one),
                    Some(_) => deputy(one),
                });
                there.filter(|one| *one != who).collect()
            };
            let mut above = RISING[place + 1..].iter().map(reached);
            all.extend(above.find(|people| !people.is_empty()).unwrap_or_default());
        }
        all
    }

    /// Who receives what is meant for `who`, whichever of the days from `from` to `by` it is written
    /// on; and whether it is the same people on all of them.
    pub fn received(
        &self,
        who: usize,
        unit: usize,
        (from, by): (Moment, Moment),
    ) -> (BTreeSet<usize>, bool) {
        let (first, last) = (from.date_naive(), by.date_naive().max(from.date_naive()));
        let days = first.iter_days().take_while(|day| *day <= last);
        let worked = days.filter(|&day| self.world.is_worked(day)).take(30);
        let sets: BTreeSet<BTreeSet<usize>> =
            worked.map(|day| self.receivers(who, unit, day)).collect();
        let is_sure = sets.len() <= 1;
        let mut all: BTreeSet<usize> = sets.into_iter().flatten().collect();
        if all.is_empty() {
            all.insert(who);
        }
        (all, is_sure)
    }

    /// Whether a person is in the contacts at `at`.
    pub fn in_office(&self, person: usize, at: Moment) -> bool {
        let life = self.life_at(at);
        let lives = self.world.people[person].lives;
        lives.0 <= life && life < lives.1
    }

    /// Whether something, an outage or a death, kept what was written on the day of `written` until
    /// `at`.
    pub fn was_kept(&self, written: Moment, at: Moment) -> bool {
        let from = moment(written.date_naive().and_hms_opt(8, 30, 0).expect("a time"));
        let ahead = self
            .lived_at(at)
            .map_or(TimeDelta::zero(), |lived| lived.ahead);
        let faults = self.world.gateway.iter().chain(&self.world.mail);
        let failed = faults.map(|(when, _)| (when.from + ahead, when.until + ahead));
        let followed = self.stretches.iter().zip(self.stretches.iter().skip(1));
        let died = followed.filter(|(_, next)| next.begins);
        let dead = died.map(|(lived, _)| (lived.until, lived.until));
        let mut all = failed.chain(dead);
        all.any(|(begins, ends)| begins <= at && from <= ends)
    }

    /// Whether the monitor was dead for more than a day, not long before `at`.
    pub fn was_out(&self, at: Moment) -> bool {
        let followed = self.stretches.iter().zip(self.stretches.iter().skip(1));
        let mut dead = followed.filter(|(_, next)| next.begins);
        dead.any(|(lived, next)| {
            let lately = next.from <= at && at - next.from < TimeDelta::days(12);
            lately && next.from - lived.until > TimeDelta::hours(28)
        })
    }
}

fn role_of(role: &str) -> &'static str {
    const ROLES: [&str; 6] = [
        "editor",
        "liaison",
        "deputy",
        "head",
        "operator",
        "supervision",
    ];
    ROLES
        .into_iter()
        .find(|known| *known == role)
        .expect("a role")
}
