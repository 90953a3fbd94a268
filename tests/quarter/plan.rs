//! What was planted in each site, by dice.

use wangxun::domain::candidate::Decided;
use wangxun::domain::time::Date;

/// What was planted in one site.
pub struct Plan {
    pub id: String,
    pub services: bool,
    /// Samples a day: in general, and on single days so many failed or excluded.
    pub a_day: u32,
    /// Failed samples, by how many days before the end.
    pub failed: Vec<(i64, u32)>,
    /// Samples that say nothing of the site.
    pub excluded: Vec<(i64, u32)>,
    /// How old the home page is; `None`: its items carry no date.
    pub home_age: Option<i64>,
    pub columns: Vec<Column>,
    pub inspected: Option<Inspected>,
    pub links: Vec<Link>,
    pub alerts: Vec<Alert>,
    /// What people entered: rule and finds.
    pub entries: Vec<(&'static str, u32)>,
    /// Wrong words, with what was decided of each.
    pub words: Vec<Option<Decided>>,
    /// Letters of its column of replies, where it has one.
    pub letters: Vec<Letter>,
    /// Guides, all of them read.
    pub guides: Vec<Guide>,
    /// Files that once led nowhere.
    pub files: Vec<File>,
    /// Policy documents, where it has columns of them and of interpretations.
    pub papers: Vec<Paper>,
}

/// A letter; times in days before the end.
pub struct Letter {
    pub asked: i64,
    pub answered: Option<i64>,
    /// When a page said last that it waits.
    pub open_seen: Option<i64>,
    /// What a person decided of it, where it waits too long.
    pub decided: Option<Decided>,
}

/// A guide that lacks the first so many of eight classes of elements.
pub struct Guide {
    pub lacks: usize,
    pub decided: Option<Decided>,
}

/// A file to be downloaded.
pub struct File {
    /// The guide that offers it, by its place; others stand on a page that is none.
    pub guide: Option<usize>,
    pub link: Link,
}

/// A policy document.
pub struct Paper {
    /// The day that it claims, in days before the end.
    pub ago: Option<i64>,
    /// Whether its page links the first interpretation.
    pub links_back: Page,
    pub interpretations: Vec<Interpretation>,
}

/// What may be an interpretation of a document.
pub struct Interpretation {
    pub on: Option<Date>,
    /// Whether its title names the document.
    pub named: bool,
    /// Whether its page links the document.
    pub links_forth: Page,
}

/// What is known of a link of one page to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Unread,
    /// It was read before the other was there.
    ReadBefore,
    Links,
    DoesNotLink,
}

pub struct Column {
    pub class: &'static str,
    pub seen: Seen,
    pub parent: Option<usize>,
    /// Items of a year.
    pub items: u32,
}

/// What visits saw; ages and times in days before the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    Dated {
        age: i64,
    },
    /// It was late within the quarter, and is not any more.
    Renewed {
        age: i64,
        before: i64,
    },
    Exempt {
        age: i64,
    },
    /// It was read last before it fell due.
    NotReadSince {
        age: i64,
        read_ago: i64,
    },
    FailsSince {
        age: i64,
        fails_ago: i64,
    },
    Blank,
    BlankOnce,
    Undated,
    Never,
}

pub struct Inspected {
    pub home_lacks_tags: bool,
    pub home_lacks_marks: usize,
    pub lists_lack_tags: usize,
    pub articles_lack_tags: usize,
    pub new_on_home: usize,
}

#[derive(Clone, Copy)]
pub struct Link {
    pub on_home: bool,
    pub external: bool,
    pub certain: bool,
    pub over: bool,
}

pub struct Alert {
    pub column: usize,
    /// The newest item by then.
    pub newest_on: Date,
    pub overdue_on: Date,
    pub ended_on: Option<Date>,
}

impl Plan {
    /// The place of its first column of a class.
    pub fn first_of(&self, class: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.class == class)
    }

    /// On which day a visit saw last that the column of an alert was still late: the day before it was
    /// mended, where its list can be read at all.
    pub fn seen_late_on(&self, alert: &Alert) -> Option<Date> {
        let is_read = matches!(
            self.columns.get(alert.column)?.seen,
            Seen::Dated { .. }
                | Seen::Exempt { .. }
                | Seen::Renewed { .. }
                | Seen::NotReadSince { .. }
                | Seen::FailsSince { .. }
        );
        let on = alert.ended_on?.pred_opt()?;
        (is_read && alert.overdue_on < on).then_some(on)
    }

    /// Opened, failed and excluded samples of a day.
    pub fn samples_on(&self, day: i64) -> [u32; 3] {
        let of = |list: &[(i64, u32)]| -> u32 {
            list.iter()
                .filter(|(on, _)| *on == day)
                .map(|(_, n)| n)
                .sum()
        };
        let (failed, excluded) = (of(&self.failed), of(&self.excluded));
        [
            self.a_day.saturating_sub(failed + excluded),
            failed,
            excluded,
        ]
    }
}

/// The window of a class in days, after section 6 of the rules.
pub fn window(class: &str) -> i64 {
    match class {
        "news" => 14,
        "notices" | "policy" | "interpretation" => 180,
        _ => 365,
    }
}
