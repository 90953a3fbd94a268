//! What is printed of one source: for people, and as one object of JSON.

use serde::Serialize;

use crate::domain::finding::{Basis, Finding};
use crate::domain::note::Note;
use crate::domain::observation::Cause;
use crate::domain::time::Date;
use crate::domain::visit::Failure;
use crate::extract::{Block, OtherDate, Published as Publication, Reading};

/// The most items that are shown.
const MOST_ITEMS: usize = 50;

/// What is printed of one source.
#[derive(Debug, Serialize)]
pub struct Report {
    source: String,
    url: String,
    encoding: String,
    kind: &'static str,
    outcome: &'static str,
    newest: Option<Newest>,
    published: Option<Published>,
    others: Vec<Other>,
    rows: usize,
    items: Vec<Shown>,
    /// Sentences: what was noticed, then why there is no date, if there is none.
    notes: Vec<String>,
    /// What was noticed, by code and value, in the order of the sentences.
    noted: Vec<Note>,
    /// Why there is no date.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Cause>,
    /// The reading rules in force, as `[column.read]` has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rules: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blocks: Vec<ShownBlock>,
}

#[derive(Debug, Serialize)]
struct Newest {
    on: Date,
    title: String,
    url: Option<String>,
    basis: Basis,
}

#[derive(Debug, Serialize)]
struct Published {
    on: Date,
    month_only: bool,
    time: Option<String>,
    basis: Basis,
}

/// A date of an article that is not its publication.
#[derive(Debug, Serialize)]
struct Other {
    role: &'static str,
    on: Date,
    basis: Basis,
    snippet: String,
}

#[derive(Debug, Serialize)]
struct Shown {
    title: String,
    url: Option<String>,
    on: Option<Date>,
    basis: Option<Basis>,
}

/// One block of a home page.
#[derive(Debug, Serialize)]
struct ShownBlock {
    heading: String,
    newest: Option<Date>,
    rows: usize,
    more: Option<String>,
}

impl Report {
    /// The report of a reading, or of why there is none.
    pub fn of(
        source: &str,
        url: &str,
        reading: Option<Reading>,
        failed: Option<Failure>,
    ) -> Report {
        let report = Report {
            source: source.to_owned(),
            url: url.to_owned(),
            encoding: String::new(),
            kind: "other",
            outcome: "unreadable",
            newest: None,
            published: None,
            others: Vec::new(),
            rows: 0,
            items: Vec::new(),
            blocks: Vec::new(),
            notes: Vec::new(),
            noted: Vec::new(),
            why: None,
            rules: Vec::new(),
        };
        let report = match reading {
            Some(reading) => report.with(reading),
            None => report,
        };
        match failed {
            Some(failure) => report.because(Cause::Failed(failure)),
            None => report,
        }
    }

    /// The report with the reading rules in force.
    pub fn under(self, rules: Vec<String>) -> Report {
        Report { rules, ..self }
    }

    fn with(self, reading: Reading) -> Report {
        let report = Report {
            encoding: reading.encoding.to_owned(),
            kind: reading.kind.key(),
            published: reading.published.map(Published::from),
            others: reading.others.into_iter().map(Other::from).collect(),
            rows: reading.rows.len(),
            items: reading
                .rows
                .into_iter()
                .take(MOST_ITEMS)
                .map(|row| Shown {
                    title: row.title,
                    url: row.url,
                    on: row.on,
                    basis: row.basis,
                })
                .collect(),
            blocks: reading.blocks.into_iter().map(ShownBlock::from).collect(),
            notes: reading.notes.iter().map(Note::to_string).collect(),
            noted: reading.notes,
            ..self
        };
        match reading.finding {
            Finding::Dated(update) => Report {
                outcome: "dated",
                newest: Some(Newest {
                    on: update.on,
                    title: update.evidence.title,
                    url: update.evidence.link,
                    basis: update.basis,
                }),
                ..report
            },
            Finding::Empty => Report {
                outcome: "empty",
                ..report
            },
            Finding::Undated(why) => Report {
                outcome: "undated",
                ..report.because(Cause::Undated(why))
            },
            Finding::Unreadable(why) => report.because(Cause::Unreadable(why)),
        }
    }

    /// The report with the reason for having no date, also as its last note.
    fn because(mut self, why: Cause) -> Report {
        let said = match &why {
            Cause::Failed(failure) => format!("not fetched: {failure:?}"),
            Cause::Undated(why) => format!("undated: {why:?}"),
            Cause::Unreadable(why) => format!("unreadable: {why:?}"),
            Cause::Redesigned | Cause::OwnNetwork => format!("{why:?}"),
        };
        self.notes.push(format!("{said}, {}", why.in_chinese()));
        self.why = Some(why);
        self
    }

    /// The report for people, without a line break at its end.
    pub fn text(&self) -> String {
        let mut lines = vec![
            format!("{}  {}", self.source, self.url),
            format!(
                "  {}, {}, {}, {} rows",
                self.kind, self.outcome, self.encoding, self.rows
            ),
        ];
        if let Some(newest) = &self.newest {
            lines.push(format!(
                "  newest {} ({:?}) {}",
                newest.on, newest.basis, newest.title
            ));
        }
        if let Some(published) = &self.published {
            lines.push(format!(
                "  published {} {} ({:?})",
                published.on,
                published.time.as_deref().unwrap_or_default(),
                published.basis
            ));
        }
        for other in &self.others {
            let (role, on, basis) = (other.role, other.on, other.basis);
            lines.push(format!("  {role} {on} ({basis:?}) {}", other.snippet));
        }
        for block in &self.blocks {
            let newest = block.newest;
            lines.push(format!(
                "  block {} {:3} rows  {}  {}",
                newest.map_or_else(|| "undated   ".to_owned(), |on| on.to_string()),
                block.rows,
                block.heading,
                block.more.as_deref().unwrap_or_default()
            ));
        }
        for item in &self.items {
            let on = item
                .on
                .map_or_else(|| "          ".to_owned(), |on| on.to_string());
            lines.push(format!("    {on}  {}", item.title));
        }
        lines.extend(self.rules.iter().map(|rule| format!("  rule: {rule}")));
        lines.extend(self.notes.iter().map(|note| format!("  note: {note}")));
        lines.join("\n")
    }
}

impl From<Publication> for Published {
    fn from(published: Publication) -> Published {
        let time = published.time;
        Published {
            on: published.on,
            month_only: published.month_only,
            time: time.map(|time| time.format("%H:%M:%S").to_string()),
            basis: published.basis,
        }
    }
}

impl From<OtherDate> for Other {
    fn from(other: OtherDate) -> Other {
        Other {
            role: other.role.key(),
            on: other.on,
            basis: other.basis,
            snippet: other.snippet,
        }
    }
}

impl From<Block> for ShownBlock {
    fn from(block: Block) -> ShownBlock {
        ShownBlock {
            heading: block.heading,
            newest: block.newest,
            rows: block.rows,
            more: block.more.map(String::from),
        }
    }
}
