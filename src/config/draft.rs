//! The settings with other thresholds: the same file with a few numbers changed. Comments, order and
//! everything else stay as their author wrote them.

use std::path::Path;

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::check::limits;
use super::fault::Faults;
use super::load;
use super::raw::monitor::RawMonitor;
use super::source::Source;
use crate::assess::ladder::{Ladder, Share};
use crate::assess::limits::Limits;
use crate::assess::tuning::Tuning;

/// A changed file that has not been put in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The whole text of the file.
    pub text: String,
    /// The limits as the text lays them down; what is owed by a day stands elsewhere and is not here.
    pub limits: Limits,
    /// What the file lays down as it is, likewise.
    pub present: Limits,
}

/// Why there is no draft.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The file cannot be read.
    #[error("{}: {message}", path.display())]
    Unreadable {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        message: String,
    },
    /// The file is no TOML just now.
    #[error("the file is not TOML: {0}")]
    NotToml(String),
    /// The limits of the file are not sound, before or after the change.
    #[error(transparent)]
    Unsound(#[from] Faults),
    /// A key of the limits is something else than a table.
    #[error("{0} is no table")]
    NoTable(String),
}

/// The draft of `monitor_toml` with the thresholds of `wanted`.
pub fn draft(monitor_toml: &Path, wanted: &Tuning) -> Result<Draft, DraftError> {
    let text = load::text(monitor_toml, false).map_err(|message| DraftError::Unreadable {
        path: monitor_toml.to_owned(),
        message,
    })?;
    let present = understood(monitor_toml, &text)?;
    let text = redrawn(&text, &Tuning::of(&present), wanted)?;
    Ok(Draft {
        limits: understood(monitor_toml, &text)?,
        present,
        text,
    })
}

/// The limits that `text` lays down.
fn understood(path: &Path, text: &str) -> Result<Limits, DraftError> {
    let mut source = Source::new(path, text.to_owned(), false);
    let raw: RawMonitor = source.read();
    let limits = limits::limits(&mut source, &raw);
    let faults = source.into_faults();
    match faults.is_empty() {
        true => Ok(limits),
        false => Err(Faults(faults).into()),
    }
}

/// `text` with what differs between `present` and `wanted` written into it.
fn redrawn(text: &str, present: &Tuning, wanted: &Tuning) -> Result<String, DraftError> {
    let mut file: DocumentMut = text
        .parse()
        .map_err(|error: toml_edit::TomlError| DraftError::NotToml(error.message().to_owned()))?;
    for (class, &days) in &wanted.days {
        if present.days.get(class) != Some(&days) {
            let classes = table(file.as_table_mut(), "limits", block)?;
            put(table(classes, class.key(), inline)?, "days", days);
        }
    }
    for ((name, was), (_, share)) in shares(&present.ladder)
        .into_iter()
        .zip(shares(&wanted.ladder))
    {
        if was != share {
            let ladder = table(file.as_table_mut(), "ladder", block)?;
            let steps = table(ladder, name, inline)?;
            put(steps, "percent", share.percent);
            put(steps, "least", share.least);
            put(steps, "most", share.most);
        }
    }
    let days = wanted.ladder.escalate_after_working_days;
    if present.ladder.escalate_after_working_days != days {
        let ladder = table(file.as_table_mut(), "ladder", block)?;
        put(ladder, "escalate_after_working_days", days);
    }
    Ok(file.to_string())
}

fn shares(ladder: &Ladder) -> [(&'static str, Share); 3] {
    [
        ("reminder_lead", ladder.reminder_lead),
        ("warning_lead", ladder.warning_lead),
        ("severe_after", ladder.severe_after),
    ]
}

fn block() -> Item {
    Item::Table(Table::new())
}

fn inline() -> Item {
    Item::Value(Value::InlineTable(InlineTable::new()))
}

/// The table `key` of `within`, as it is written there, or a new one.
fn table<'a>(
    within: &'a mut dyn TableLike,
    key: &str,
    made: fn() -> Item,
) -> Result<&'a mut dyn TableLike, DraftError> {
    let item = within.entry(key).or_insert_with(made);
    item.as_table_like_mut()
        .ok_or_else(|| DraftError::NoTable(key.to_owned()))
}

/// Writes a number in the place of another, between the same blanks and comments.
fn put(within: &mut dyn TableLike, key: &str, number: u32) {
    let mut value = Value::from(i64::from(number));
    if let Some(Item::Value(before)) = within.get(key) {
        *value.decor_mut() = before.decor().clone();
    }
    match within.get_mut(key) {
        Some(item) => *item = Item::Value(value),
        None => {
            within.insert(key, Item::Value(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::class::Class;

    fn limits(text: &str) -> Limits {
        understood(Path::new("monitor.toml"), text).unwrap()
    }

    /// Tries what `change` makes of the thresholds of `text`; the changed text.
    fn tried(text: &str, change: impl FnOnce(&mut Tuning)) -> String {
        let present = Tuning::of(&limits(text));
        let mut wanted = present.clone();
        change(&mut wanted);
        let redrawn = redrawn(text, &present, &wanted).unwrap();
        assert_eq!(Tuning::of(&limits(&redrawn)), wanted, "{redrawn}");
        redrawn
    }

    fn change(tuning: &mut Tuning) {
        tuning.days.insert(Class::News, 10);
        tuning.ladder.warning_lead.most = 6;
        tuning.ladder.escalate_after_working_days = 8;
    }

    #[test]
    fn the_sample_keeps_every_line_but_those_of_the_changed_numbers() {
        let sample = include_str!("../../config/monitor.toml");
        assert_eq!(tried(sample, |_| ()), sample);
        let redrawn = tried(sample, change);
        let changed: Vec<_> = sample
            .lines()
            .zip(redrawn.lines())
            .filter(|(before, after)| before != after)
            .map(|(_, after)| after)
            .collect();
        assert_eq!(sample.lines().count(), redrawn.lines().count());
        let expected = [
            "news           = { days = 10 }   # 动态要闻",
            "warning_lead  = { percent = 15, least = 2, most = 6 }   # 预警: so many days before the limit",
            "escalate_after_working_days = 8                        # 督办: after so many working days of 严重超期",
        ];
        assert_eq!(changed, expected);
    }

    #[test]
    fn every_way_of_writing_a_threshold_can_be_changed() {
        for text in [
            "",
            "[limits]\n[ladder]\n",
            "limits.news.days = 12 # 九\nladder.warning_lead.most = 5\n",
            "[limits.news]\ndays = 12\n\n[ladder.warning_lead]\nmost = 5\n",
            "limits = { notices = { days = 100 } }\nladder = { warning_lead = { least = 1 } }\n",
            "[limits]\nnews = { days = 14, ladder = { severe_after = { least = 10 } } }\n",
        ] {
            let redrawn = tried(text, change);
            assert_eq!(text.contains('九'), redrawn.contains('九'), "{redrawn}");
        }
    }

    #[test]
    fn what_is_not_sound_is_refused() {
        let present = Tuning::of(&limits(""));
        let mut wanted = present.clone();
        wanted.days.insert(Class::News, 2);
        let text = redrawn("", &present, &wanted).unwrap();
        let refused = understood(Path::new("monitor.toml"), &text);
        assert!(matches!(refused, Err(DraftError::Unsound(_))));
        let refused = redrawn("limits = 3\n", &present, &wanted);
        assert!(matches!(refused, Err(DraftError::NoTable(key)) if key == "limits"));
        let refused = redrawn("[limits\n", &present, &wanted);
        assert!(matches!(refused, Err(DraftError::NotToml(_))));
    }
}
