//! Measuring the letters of consultation columns: those that wait too long, how long answers took,
//! how new the newest is, what published letters show, and whether there is a way to ask.
//!
//! Only a page that says that a letter waits proves it, and only one that was read after the day on
//! which the answer fell due. Of a column whose letters no visit could read nothing is said.

use std::collections::BTreeSet;

use chrono::{Days, NaiveTime};
use url::Url;

use super::candidates;
use super::facts::{ColumnFacts, SiteFacts};
use super::finding::{About, Aside, Fact, Find, LetterField, Measurement, Spared, Unmeasured};
use super::publishing;
use super::rubric::{Late, Rubric, Rule};
use super::standing::due;
use crate::assess::candidates::of_letter;
use crate::assess::freshness::age_days;
use crate::calendar::Calendar;
use crate::domain::candidate::Suspicion;
use crate::domain::class::Class;
use crate::domain::group::{Column, Watch};
use crate::domain::letter::Letter;
use crate::domain::time::{Date, Moment, date_of, moment};

/// Letters of so many days are looked at: 1年内.
const YEAR_DAYS: u32 = 365;
/// That a letter was seen waiting proves for so many days that it does.
const PROOF_DAYS: i64 = 14;
/// A letter that has waited so long brings the veto near. Source: our own warning tier.
const NEAR_DAYS: u32 = 75;
/// Answered letters that have to be read before a field is missed.
const LEAST_LETTERS: u32 = 2;

/// A column of letters, and what was read of it.
struct Box<'a> {
    column: &'a ColumnFacts<'a>,
    letters: Vec<&'a Letter>,
    /// Whether the latest inspection read its list.
    is_read: bool,
    /// The day back to which all letters are known, where the list goes on behind a younger one.
    back_to: Option<Date>,
}

impl Box<'_> {
    fn find(&self, fact: Fact) -> Find {
        let column = self.column.column;
        let about = About::Column(column.id.clone(), column.name.clone());
        Find::of(about, fact)
    }

    /// Letters of which it is known when they were written and whether they are answered.
    fn told(&self) -> usize {
        let is_told = |letter: &&&Letter| {
            letter.told.is_answered()
                || (letter.open_at.is_some() && letter.told.asked_on.is_some())
        };
        self.letters.iter().filter(is_told).count()
    }

    fn summary(&self, at: Moment, rubric: &Rubric, to: Date, calendar: &Calendar) -> Aside {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let taken = self.letters.iter().filter_map(|letter| {
            let answered_on = letter.told.answered_on.filter(|on| *on <= to)?;
            Some(calendar.working_days_between(letter.told.asked_on?, answered_on))
        });
        let taken: Vec<u32> = taken.collect();
        let simple = rubric.choices.simple_reply_working_days;
        let answered = |letter: &&&Letter| letter.answered_by().is_some_and(|on| on <= to);
        let answered = self.letters.iter().filter(answered).count();
        let open = self.letters.iter().filter(|letter| letter.told.is_open());
        let fact = Fact::Letters {
            letters: count(self.letters.len()),
            answered: count(answered),
            open: count(open.count()),
            timed: count(taken.len()),
            working_days: taken.iter().sum(),
            quick: count(taken.iter().filter(|days| **days <= simple).count()),
            back_to: self.back_to,
            at,
        };
        let find = self.find(fact);
        let why = Spared::Detail;
        Aside { find, why }
    }
}

/// Whether the letters of a column count: its class is confirmed, and its name holds none of `without`.
pub fn is_box(column: &Column, without: &[String]) -> bool {
    let mut without = without.iter();
    let is_left_out = without.any(|word| column.name.contains(word.as_str()));
    column.class == Class::Replies && column.watch() == Watch::Judged && !is_left_out
}

/// The first day of the year that ends with `to`: 1年内. Letters of former days count nowhere.
pub fn year_before(to: Date) -> Date {
    let day = to.checked_sub_days(Days::new(u64::from(YEAR_DAYS)));
    day.unwrap_or(to)
}

/// The columns of letters whose class a person has confirmed, without those whose name holds one of
/// `without`; or why nothing is said.
fn boxes<'a>(facts: &'a SiteFacts<'a>, without: &[String]) -> Result<Vec<Box<'a>>, Unmeasured> {
    let counts = |column: &&ColumnFacts<'_>| is_box(column.column, without);
    let columns: Vec<&ColumnFacts<'_>> = facts.columns.iter().filter(counts).collect();
    if columns.is_empty() {
        return Err(Unmeasured::NothingConfigured);
    }
    let inspection = facts.inspection.as_ref().ok_or(Unmeasured::NotInspected)?;
    let year = year_before(facts.to);
    let boxes = columns.into_iter().map(|column| {
        let id = &column.column.id;
        let letters = facts.letters.iter().filter(|letter| {
            let on = letter.told.asked_on.or(letter.told.answered_on);
            let on = on.unwrap_or(date_of(letter.first_seen_at));
            letter.column == *id && year <= on && on <= facts.to
        });
        Box {
            column,
            letters: letters.collect(),
            is_read: inspection.letters.iter().any(|(read, _)| read == id),
            back_to: inspection
                .letters_back
                .iter()
                .find_map(|(of, on)| (of == id && year < *on).then_some(*on)),
        }
    });
    Ok(boxes.collect())
}

/// When the inspection that counts was made.
fn looked_at(facts: &SiteFacts<'_>) -> Moment {
    let inspection = facts.inspection.as_ref();
    inspection.map_or(midnight(facts.to), |seen| seen.at)
}

fn midnight(day: Date) -> Moment {
    moment(day.and_time(NaiveTime::MIN))
}

/// How a letter stands to the last day on which its answer was in time.
enum Standing {
    /// It is answered in time, or has time.
    InTime,
    /// It was answered late, on this day.
    Late(Date),
    /// It waits, as a page said then.
    Waits(Moment),
    /// It may wait; no visit proves it.
    Unproven,
}

fn standing(letter: &Letter, due_on: Date, to: Date) -> Standing {
    if let Some(on) = letter.answered_by().filter(|on| *on <= to) {
        let is_late = due_on < on && letter.told.answered_on.is_some();
        // What was read after the last day says nothing against whoever was not seen to be late by then.
        let is_answer_seen = letter.answered_at.is_none_or(|at| date_of(at) <= to);
        let was_waiting = letter.open_at.is_some_and(|at| due_on < date_of(at));
        return match is_late && (is_answer_seen || was_waiting) {
            true => Standing::Late(on),
            false => Standing::InTime,
        };
    }
    if to <= due_on {
        return Standing::InTime;
    }
    match letter.open_at {
        Some(at) if due_on < date_of(at) && (to - date_of(at)).num_days() <= PROOF_DAYS => {
            Standing::Waits(at)
        }
        Some(_) => Standing::Unproven,
        // No page ever said that it waits.
        None => Standing::InTime,
    }
}

/// In how many days a letter is to be answered.
struct Window {
    days: u32,
    /// Whether those are working days.
    working: bool,
}

/// Letters that nobody answered within the window of natural days.
pub fn unanswered(
    rule: &Rule,
    rubric: &Rubric,
    facts: &SiteFacts<'_>,
    calendar: &Calendar,
) -> Measurement {
    let window = Window {
        days: rule.window_days,
        working: false,
    };
    let mut measured = measured(rubric, facts, calendar, &window);
    // Those that will soon have waited too long.
    let is_near = |find: &Find| match find.fact {
        Fact::LetterOpen { days, .. } => days >= NEAR_DAYS,
        _ => false,
    };
    let near = measured.asides.iter().filter(|aside| is_near(&aside.find));
    measured.near_too = u32::try_from(near.count()).unwrap_or(u32::MAX);
    candidates::confirmed(rule, facts, measured, |find| suspected(facts, find))
}

/// What a person is asked of a letter that waits.
fn suspected(facts: &SiteFacts<'_>, find: &Find) -> Option<(String, Suspicion)> {
    let (
        Fact::LetterOpen {
            title,
            url,
            asked_on,
            ..
        },
        About::Column(id, _),
    ) = (&find.fact, &find.about)
    else {
        return None;
    };
    let column = facts
        .columns
        .iter()
        .find(|column| column.column.id == *id)?;
    let list = column.column.url.as_ref().map_or("", Url::as_str);
    Some(of_letter(url.as_deref(), list, title, *asked_on))
}

/// Whether an answer came from `from` on.
fn is_told_of(find: &Find, from: Date) -> bool {
    match find.fact {
        Fact::LetterLate { answered_on, .. } => from <= answered_on,
        _ => true,
    }
}

/// Letters whose answer took longer than the window of working days, or still does. Those count that
/// fell due within the period.
pub fn slow(
    rule: &Rule,
    rubric: &Rubric,
    facts: &SiteFacts<'_>,
    calendar: &Calendar,
) -> Measurement {
    let window = Window {
        days: match rule.window_days {
            0 => rubric.choices.reply_working_days,
            days => days,
        },
        working: true,
    };
    let mut measured = measured(rubric, facts, calendar, &window);
    let is_of_period = |find: &Find| match find.fact {
        Fact::LetterLate { due_on, .. } | Fact::LetterOpen { due_on, .. } => {
            facts.from <= due_on && due_on <= facts.to
        }
        _ => false,
    };
    // What fell due before was counted then.
    let found = std::mem::take(&mut measured.finds).into_iter();
    let (mut finds, former): (Vec<Find>, Vec<Find>) = found.partition(is_of_period);
    let former = former.into_iter().map(|find| {
        let why = Spared::OtherPeriod;
        Aside { find, why }
    });
    let mut asides: Vec<Aside> = former.collect();
    // What was late counts although it is over.
    for mut aside in std::mem::take(&mut measured.asides) {
        match (aside.why == Spared::Over, is_of_period(&aside.find)) {
            (true, true) => finds.push(aside.find),
            (true, false) => {
                aside.why = Spared::OtherPeriod;
                // What was over before the period is told nowhere in it.
                asides.extend(Some(aside).filter(|aside| is_told_of(&aside.find, facts.from)));
            }
            (false, _) => asides.push(aside),
        }
    }
    measured.finds = finds;
    measured.asides = asides;
    if measured.amount.is_ok() || !measured.finds.is_empty() {
        return Measurement::finds(measured.finds, measured.asides);
    }
    measured
}

fn measured(
    rubric: &Rubric,
    facts: &SiteFacts<'_>,
    calendar: &Calendar,
    window: &Window,
) -> Measurement {
    let due_on = |asked_on: Date| match window.working {
        true => calendar.add_working_days(asked_on, window.days),
        false => due(asked_on, window.days, rubric.choices.six_months),
    };
    let took = |asked_on: Date, on: Date| match window.working {
        true => calendar.working_days_between(asked_on, on),
        false => age_days(asked_on, on),
    };
    let boxes = match boxes(facts, &rubric.choices.unanswered_excludes) {
        Ok(boxes) => boxes,
        Err(why) => return Measurement::none(why),
    };
    let (mut finds, mut asides) = (Vec::new(), Vec::new());
    let mut all_told = true;
    // Letters that nobody has read may count, but where they fell due before the period.
    let is_whole = |back_to: Date| window.working && due_on(back_to) < facts.from;
    for of in &boxes {
        all_told &= of.is_read && of.told() > 0 && of.back_to.is_none_or(is_whole);
        asides.push(of.summary(looked_at(facts), rubric, facts.to, calendar));
        for letter in &of.letters {
            let Some(asked_on) = letter.told.asked_on else {
                continue;
            };
            let due_on = due_on(asked_on);
            let open = |seen_at: Moment| {
                of.find(Fact::LetterOpen {
                    title: letter.title.clone(),
                    url: letter.url.clone(),
                    asked_on,
                    due_on,
                    days: took(asked_on, facts.to),
                    working: window.working,
                    seen_at,
                })
            };
            match standing(letter, due_on, facts.to) {
                Standing::InTime => {
                    let waits = letter.open_at.filter(|_| letter.answered_by().is_none());
                    let is_near = age_days(asked_on, facts.to) >= NEAR_DAYS;
                    if let Some(at) = waits.filter(|_| is_near) {
                        let (find, why) = (open(at), Spared::Detail);
                        asides.push(Aside { find, why });
                    }
                }
                Standing::Waits(at) => finds.push(open(at)),
                Standing::Unproven => {
                    let find = open(letter.open_at.unwrap_or(letter.first_seen_at));
                    let why = Spared::Unproven;
                    asides.push(Aside { find, why });
                }
                Standing::Late(answered_on) => {
                    let find = of.find(Fact::LetterLate {
                        title: letter.title.clone(),
                        url: letter.url.clone(),
                        asked_on,
                        answered_on,
                        due_on,
                        days: took(asked_on, answered_on),
                        working: window.working,
                    });
                    let in_period = facts.from <= answered_on;
                    match rubric.choices.late == Late::AnyDay && in_period {
                        true => finds.push(find),
                        false => {
                            let why = Spared::Over;
                            asides.push(Aside { find, why });
                        }
                    }
                }
            }
        }
    }
    match all_told || !finds.is_empty() {
        true => Measurement::finds(finds, asides),
        false => Measurement {
            asides,
            ..Measurement::none(Unmeasured::CannotTell)
        },
    }
}

/// Whether the newest answer is older than the window: by the days of answers where letters show
/// them, and else by those of the list.
pub fn age(
    rule: &Rule,
    rubric: &Rubric,
    facts: &SiteFacts<'_>,
    calendar: &Calendar,
) -> Measurement {
    let by_list = publishing::idle(rule, rubric, facts);
    let boxes = match boxes(facts, &[]) {
        Ok(boxes) => boxes,
        Err(_) => return by_list,
    };
    let letters = boxes.iter().flat_map(|of| &of.letters);
    let answers = letters.filter_map(|letter| letter.told.answered_on);
    let newest = answers.filter(|on| *on <= facts.to).max();
    let (Some(answered_on), Some(&limit_days)) = (newest, rule.classes.get(&Class::Replies)) else {
        return by_list;
    };
    let fact = Fact::ReplyOld {
        answered_on,
        age_days: age_days(answered_on, facts.to),
        limit_days,
    };
    let about = About::Class(Class::Replies);
    let find = Find::of(about, fact);
    let mut asides: Vec<Aside> = boxes
        .iter()
        .map(|of| of.summary(looked_at(facts), rubric, facts.to, calendar))
        .collect();
    let due_on = due(answered_on, limit_days, rubric.choices.six_months);
    if facts.to <= due_on {
        let why = Spared::Detail;
        asides.insert(0, Aside { find, why });
        return Measurement::finds(Vec::new(), asides);
    }
    // That no newer one was given is proven where every list was read since, and every letter of
    // it says when it was answered, or that it waits.
    let is_told = |letter: &&Letter| letter.told.answered_on.is_some() || letter.told.is_open();
    let is_proven = due_on < date_of(looked_at(facts))
        && boxes
            .iter()
            .all(|of| of.is_read && of.letters.iter().copied().all(|letter| is_told(&letter)));
    if is_proven {
        return Measurement::finds(vec![find], asides);
    }
    by_list
}

/// Fields that no answered letter of a column shows on its row or its page.
pub fn fields(facts: &SiteFacts<'_>) -> Measurement {
    let boxes = match boxes(facts, &[]) {
        Ok(boxes) => boxes,
        Err(why) => return Measurement::none(why),
    };
    let mut finds = Vec::new();
    let mut all_told = true;
    for of in &boxes {
        let is_read = |letter: &&&Letter| letter.told.is_answered() && letter.page.is_some();
        let read: Vec<&&Letter> = of.letters.iter().filter(is_read).collect();
        let letters = u32::try_from(read.len()).unwrap_or(u32::MAX);
        if letters < LEAST_LETTERS {
            all_told = false;
            continue;
        }
        let shows = |field| {
            read.iter().any(|letter| match field {
                LetterField::Asked => letter.told.asked_on.is_some(),
                LetterField::Answered => letter.told.answered_on.is_some(),
                LetterField::Unit => letter.told.unit,
                LetterField::Words => letter.told.words,
            })
        };
        use LetterField::{Answered, Asked, Unit, Words};
        let missing = [Asked, Answered, Unit, Words].into_iter();
        for field in missing.filter(|field| !shows(*field)) {
            finds.push(of.find(Fact::LetterFieldMissing { field, letters }));
        }
    }
    match all_told || !finds.is_empty() {
        true => Measurement::finds(finds, Vec::new()),
        false => Measurement::none(Unmeasured::CannotTell),
    }
}

/// Whether there is a way to ask: a column of letters that is read, or a link to one from a page
/// that was read, which leads somewhere. That none was found is no proof that there is none.
pub fn channel(rubric: &Rubric, facts: &SiteFacts<'_>) -> Measurement {
    if facts.site.home.is_none() {
        return Measurement::none(Unmeasured::NothingConfigured);
    }
    let Some(inspection) = &facts.inspection else {
        return Measurement::none(Unmeasured::NotInspected);
    };
    let aside = |about: About, fact: Fact, why: Spared| {
        let find = Find::of(about, fact);
        vec![Aside { find, why }]
    };
    let boxes = boxes(facts, &rubric.choices.unanswered_excludes).unwrap_or_default();
    let dead = dead(facts);
    for of in &boxes {
        let url = of.column.column.url.as_ref();
        let url = url.map(|url| url.as_str()).unwrap_or_default();
        let is_shown = inspection
            .columns
            .iter()
            .any(|(id, _)| *id == of.column.column.id);
        if is_shown && !dead.contains(url) {
            let text = of.column.column.name.clone();
            let url = url.to_owned();
            let find = of.find(Fact::Channel { text, url });
            let why = Spared::Detail;
            return Measurement::finds(Vec::new(), vec![Aside { find, why }]);
        }
    }
    let linked = inspection.channel.as_ref();
    if let Some(link) = linked.filter(|link| !dead.contains(link.page.as_str())) {
        let fact = Fact::Channel {
            text: link.text.clone(),
            url: link.page.clone(),
        };
        let asides = aside(About::Site, fact, Spared::Detail);
        return Measurement::finds(Vec::new(), asides);
    }
    Measurement {
        asides: aside(About::Site, Fact::NoChannel, Spared::Suspected),
        ..Measurement::none(Unmeasured::CannotTell)
    }
}

/// The links that certainly led nowhere on the last day.
fn dead<'a>(facts: &'a SiteFacts<'_>) -> BTreeSet<&'a str> {
    let next = facts.to.succ_opt().unwrap_or(facts.to);
    let end = midnight(next);
    let targets = facts.targets.iter();
    let is_dead = targets.filter(|target| {
        let spell = target.spell_at(end);
        spell.is_some_and(|spell| spell.is_confirmed(end))
    });
    is_dead.map(|target| target.url.as_str()).collect()
}
