//! Measuring the letters of consultation columns: those that wait too long, how long answers took,
//! how new the newest is, and what published letters show.
//!
//! Only a page that says that a letter waits proves it, and only one that was read after the day on
//! which the answer fell due. Of a column whose letters no visit could read nothing is said.

use super::candidates;
use super::fact::{Fact, LetterField};
use super::facts::SiteFacts;
use super::finding::{About, Aside, Find, Spared};
use super::letter_box::{LetterBox, boxes, looked_at};
use super::measurement::{Measurement, Part, Unmeasured};
use super::publishing;
use super::rubric::{Late, Rubric, Rule};
use super::silence::{silent, suspected, unproven};
use super::standing::due;
use crate::assess::freshness::age_days;
use crate::calendar::Calendar;
use crate::domain::class::Class;
use crate::domain::letter::Letter;
use crate::domain::time::{Date, Moment, date_of};

/// That a letter was seen waiting proves for so many days that it does.
const PROOF_DAYS: i64 = 14;
/// A letter that has waited so long brings the veto near. Source: our own warning tier.
const NEAR_DAYS: u32 = 75;
/// Answered letters that have to be read before a field is missed.
const LEAST_LETTERS: u32 = 2;

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
        Some(at) if due_on < date_of(at) && is_recent(at, to) => Standing::Waits(at),
        Some(_) => Standing::Unproven,
        // No page ever said that it waits.
        None => Standing::InTime,
    }
}

/// Whether that a letter was seen waiting at `at` proves that it waits on the day `to`.
fn is_recent(at: Moment, to: Date) -> bool {
    (to - date_of(at)).num_days() <= PROOF_DAYS
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
    let (mut measured, unread) = measured(rubric, facts, calendar, &window);
    // Those that will soon have waited too long.
    let is_near = |find: &Find| match find.fact {
        Fact::LetterOpen { days, .. } => days >= NEAR_DAYS,
        _ => false,
    };
    // What no visit proves brings nothing near.
    let is_told = |aside: &&Aside| aside.why == Spared::Detail && is_near(&aside.find);
    let near = measured.asides.iter().filter(is_told);
    measured.near_too = u32::try_from(near.count()).unwrap_or(u32::MAX);
    let doubtful = silent(rule, rubric, facts) + unproven(facts, &mut measured.asides);
    let measured = candidates::confirmed(rule, facts, measured, |find| suspected(facts, find));
    candidates::undecided(rule, unread + doubtful, measured)
}

/// The address of the list of a letter, where its row says that it waits.
fn list(of: &LetterBox<'_>, letter: &Letter) -> Option<String> {
    let url = of.column.column.url.as_ref();
    url.filter(|_| letter.row.is_open())
        .map(|url| url.to_string())
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
    let (mut measured, _) = measured(rubric, facts, calendar, &window);
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
        return Measurement {
            part: measured.part,
            ..Measurement::finds(measured.finds, measured.asides)
        };
    }
    measured
}

/// What the letters come to, and how many lists nobody could read so far that all of their letters are known.
fn measured(
    rubric: &Rubric,
    facts: &SiteFacts<'_>,
    calendar: &Calendar,
    window: &Window,
) -> (Measurement, usize) {
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
        Err(why) => return (Measurement::none(why), 0),
    };
    let (mut finds, mut asides) = (Vec::new(), Vec::new());
    let mut whole = 0;
    // Letters that nobody has read may count, but where they fell due before the period.
    let is_whole = |back_to: Date| window.working && due_on(back_to) < facts.from;
    for of in &boxes {
        let is_told = of.is_read && of.told() > 0 && of.back_to.is_none_or(is_whole);
        whole += usize::from(is_told);
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
                    list: list(of, letter),
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
                        let why = match is_recent(at, facts.to) {
                            true => Spared::Detail,
                            false => Spared::Unproven,
                        };
                        let find = open(at);
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
    let measured = match whole == boxes.len() || !finds.is_empty() {
        true => Measurement {
            part: Part::new(whole, boxes.len()),
            ..Measurement::finds(finds, asides)
        },
        false => Measurement {
            asides,
            ..Measurement::none(Unmeasured::CannotTell)
        },
    };
    (measured, boxes.len() - whole)
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
    let mut told = 0;
    for of in &boxes {
        let is_read = |letter: &&&Letter| letter.told.is_answered() && letter.page.is_some();
        let read: Vec<&&Letter> = of.letters.iter().filter(is_read).collect();
        let letters = u32::try_from(read.len()).unwrap_or(u32::MAX);
        if letters < LEAST_LETTERS {
            continue;
        }
        told += 1;
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
    match told == boxes.len() || !finds.is_empty() {
        true => Measurement {
            part: Part::new(told, boxes.len()),
            ..Measurement::finds(finds, Vec::new())
        },
        false => Measurement::none(Unmeasured::CannotTell),
    }
}
