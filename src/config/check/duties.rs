//! What columns owe by a day of every year.

use std::collections::BTreeSet;

use toml::Spanned;

use super::super::quantity::{known, name, within};
use super::super::raw::Key;
use super::super::raw::monitor::{RawDuty, RawMonitor};
use super::super::source::Source;
use super::{parts, word};
use crate::assess::duty::{DueLadder, Duty, YearDay};
use crate::domain::class::Class;
use crate::domain::group::Group;
use crate::domain::id::ColumnId;
use crate::domain::time::Date;

/// The longest name of a duty, in characters.
const NAME_CHARS: usize = 24;
/// The longest word of titles, in characters.
const WORD_CHARS: usize = 40;
/// The most words of titles.
const MOST_WORDS: usize = 20;
/// The most days of a ladder.
const MOST_DAYS: u32 = 364;

/// Reads `[duties]`. The columns of the group are known; `whole` where all of them could be read.
pub fn duties(source: &mut Source, raw: &RawMonitor, (group, whole): (&Group, bool)) -> Vec<Duty> {
    raw.duties
        .iter()
        .filter_map(|(id, raw)| duty(source, id, raw, (group, whole)))
        .collect()
}

fn duty(
    source: &mut Source,
    id: &Spanned<String>,
    raw: &RawDuty,
    (group, whole): (&Group, bool),
) -> Option<Duty> {
    let place = id.span();
    let sound = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.get_ref().is_empty() || id.get_ref().len() > 40 || !id.get_ref().chars().all(sound) {
        source.fault(
            &place,
            "a duty is named by at most 40 small letters, digits and hyphens: annual-report",
        );
    }
    let name = source.need(("name", "\"年度报告\""), &place, &raw.name, |text| {
        name(text, NAME_CHARS)
    });
    let due = source.need(("due", "\"03-31\""), &place, &raw.due, |text| {
        year_day(text)
    });
    let opens = source.take("opens", &raw.opens, |text| year_day(text));
    let columns = columns(source, &raw.columns, (group, whole));
    let classes = classes(source, &raw.classes);
    if raw.columns.is_none() && raw.classes.is_none() {
        source.missing(
            &place,
            "columns",
            "[\"kxw/ndbg\"], or classes = [\"finance\"]",
        );
    }
    let titles = titles(source, &raw.titles);
    let ladder = ladder(source, raw);
    let duty = Duty {
        id: id.get_ref().clone(),
        name: name?,
        columns,
        classes,
        opens: opens.unwrap_or(YearDay { month: 1, day: 1 }),
        due: due?,
        titles,
        ladder,
    };
    let open_days = duty.open_days();
    if !duty.ladder.rises(open_days) {
        let ladder = duty.ladder;
        source.fault(
            &place,
            format!(
                "the tiers do not rise: the reminder leads by {}, the warning by {}, severe follows after {}, and the period opens {open_days} days before the due date (reminder > warning > 0, severe > 0, reminder within the period, severe within the year are needed)",
                ladder.reminder_days, ladder.warning_days, ladder.severe_days
            ),
        );
    }
    Some(duty)
}

fn ladder(source: &mut Source, raw: &RawDuty) -> DueLadder {
    let base = DueLadder::default();
    let mut days = |name, key, base| {
        source
            .take(name, key, |&n: &u32| within(n, 1..=MOST_DAYS))
            .unwrap_or(base)
    };
    DueLadder {
        reminder_days: days("reminder_days", &raw.reminder_days, base.reminder_days),
        warning_days: days("warning_days", &raw.warning_days, base.warning_days),
        severe_days: days("severe_days", &raw.severe_days, base.severe_days),
        escalate_after_working_days: days(
            "escalate_after_working_days",
            &raw.escalate_after_working_days,
            base.escalate_after_working_days,
        ),
    }
}

fn columns(
    source: &mut Source,
    key: &Key<Vec<Spanned<String>>>,
    (group, whole): (&Group, bool),
) -> BTreeSet<ColumnId> {
    let mut columns = BTreeSet::new();
    for part in parts(key) {
        let text = part.get_ref();
        match ColumnId::parse(text) {
            Ok(id) if group.columns.contains_key(&id) || !whole => {
                columns.insert(id);
            }
            _ => {
                let known = known(text, group.columns.keys().map(ColumnId::as_str));
                source.fault(&part.span(), format!("unknown column {text:?}; {known}"));
            }
        }
    }
    columns
}

fn classes(source: &mut Source, key: &Key<Vec<Spanned<String>>>) -> BTreeSet<Class> {
    let mut classes = BTreeSet::new();
    for part in parts(key) {
        match word(part.get_ref(), "class", &Class::ALL, Class::key) {
            Ok(class) => {
                classes.insert(class);
            }
            Err(message) => source.fault(&part.span(), message),
        }
    }
    classes
}

fn titles(source: &mut Source, key: &Key<Vec<Spanned<String>>>) -> Vec<String> {
    if let Some(key) = key.as_ref().filter(|key| key.get_ref().len() > MOST_WORDS) {
        source.fault(&key.span(), format!("titles: at most {MOST_WORDS} words"));
    }
    let mut words = Vec::new();
    for part in parts(key).iter().take(MOST_WORDS) {
        match name(part.get_ref(), WORD_CHARS) {
            Ok(word) => words.push(word),
            Err(message) => source.fault(&part.span(), format!("titles: {message}")),
        }
    }
    words
}

/// `03-31`, month and day.
fn year_day(text: &str) -> Result<YearDay, String> {
    let fault = || format!("{text:?} is no day of the year; write month and day: \"03-31\"");
    let (month, day) = text.trim().split_once('-').ok_or_else(fault)?;
    let number = |text: &str| text.parse::<u32>().map_err(|_| fault());
    let (month, day) = (number(month)?, number(day)?);
    // A leap year has every day.
    Date::from_ymd_opt(2016, month, day).ok_or_else(fault)?;
    Ok(YearDay { month, day })
}
