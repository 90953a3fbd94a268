//! A column as its readings follow each other in November 2017, for the tests of this module.

use super::flags::flags;
use super::sighting::{Listing, Past, Sighting};
use crate::domain::class::Class;
use crate::domain::flag::FlagKind;
use crate::domain::id::ColumnId;
use crate::domain::item::{Item, Row};
use crate::domain::observation::ColumnRecord;
use crate::domain::time::{Date, Moment, moment};
use crate::domain::visit::Validators;

/// A column of which is known what its visits have read so far.
pub struct Memory {
    pub column: ColumnId,
    pub class: Class,
    pub record: Option<ColumnRecord>,
    pub items: Vec<Item>,
    pub alerted_at: Option<Moment>,
}

impl Memory {
    pub fn of(class: Class) -> Memory {
        Memory {
            column: ColumnId::parse("kxw/gzdt").unwrap(),
            class,
            record: None,
            items: Vec::new(),
            alerted_at: None,
        }
    }

    /// A reading; the items that changed and the sorts of flags.
    pub fn reads(&mut self, at: Moment, rows: &[Row]) -> (usize, Vec<FlagKind>) {
        self.reads_as("li", at, rows)
    }

    pub fn reads_as(&mut self, form: &str, at: Moment, rows: &[Row]) -> (usize, Vec<FlagKind>) {
        let past = Past {
            column: &self.column,
            class: self.class,
            record: self.record.as_ref(),
            items: &self.items,
        };
        let signature = Some(form);
        let seen = Sighting::of(
            past,
            Listing {
                at,
                rows,
                signature,
            },
        );
        let flags = flags(&seen, self.alerted_at);
        let items = seen.items();
        let changed = items.len();
        for item in items {
            self.items.retain(|known| known.name() != item.name());
            self.items.push(item);
        }
        self.record = Some(ColumnRecord {
            column: self.column.clone(),
            last_update: None,
            read_at: Some(at),
            blind: None,
            empty_since: None,
            signature: Some(form.to_owned()),
            digest: None,
            proof: None,
            validators: Validators::default(),
            visited_at: at,
            revisit_at: None,
            reader: None,
        });
        (changed, flags.iter().map(|flag| flag.fact.kind()).collect())
    }
}

/// Eight in the morning of that day of November 2017.
pub fn on(day: u32) -> Moment {
    moment(date(day).and_hms_opt(8, 0, 0).unwrap())
}

pub fn date(day: u32) -> Date {
    Date::from_ymd_opt(2017, 11, day).unwrap()
}

pub fn row(number: u32, day: u32) -> Row {
    Row {
        title: format!("区科信委召开第{number}次工作推进会"),
        url: Some(format!("http://a.gov.cn/{number}.html")),
        on: Some(date(day)),
        basis: None,
        refused_on: None,
        inferred: false,
    }
}

/// Five rows, the newest of 10 November.
pub fn list() -> Vec<Row> {
    vec![row(10, 10), row(9, 9), row(6, 6), row(3, 3), row(1, 1)]
}

pub fn with(place: usize, row: Row) -> Vec<Row> {
    let mut rows = list();
    rows.insert(place, row);
    rows
}

pub fn renamed(mut row: Row, title: &str) -> Row {
    title.clone_into(&mut row.title);
    row
}
