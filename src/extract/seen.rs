//! What was seen on one page: what it is, what it says, and with which rows.

use url::Url;

use super::column::Saying;
use super::glance::Glance;
use super::notes::Notes;
use super::shell::Frame;
use super::view::View;
use super::years::Dating;
use super::{Block, OtherDate, PageKind, Published, blocks, others};
use crate::domain::finding::{Finding, Undated, Unreadable};
use crate::domain::item::Row;
use crate::domain::note::Note;

/// What one page leads to.
pub enum Step {
    /// It is what there is.
    Done(Box<Seen>),
    /// To another page.
    Hop(Url),
    /// To its frames.
    Frames(Vec<Frame>),
}

/// What was seen on one page.
pub struct Seen {
    /// What it says of the newest date.
    pub saying: Saying,
    /// What it is.
    pub kind: PageKind,
    /// The encoding that it is in.
    pub encoding: &'static str,
    /// The rows that decided.
    pub rows: Vec<Row>,
    /// Their structure.
    pub signature: Option<String>,
    /// The publication date, where it is an article.
    pub published: Option<Published>,
    /// The other dates, where it is an article.
    pub others: Vec<OtherDate>,
    /// The blocks, where it is a home page.
    pub blocks: Vec<Block>,
    /// Whether any row shows a day to come.
    pub ahead: bool,
}

impl Seen {
    /// A finding alone.
    pub fn bare(finding: Finding, kind: PageKind, encoding: &'static str) -> Seen {
        Seen {
            saying: Saying::Found(finding),
            kind,
            encoding,
            rows: Vec::new(),
            signature: None,
            published: None,
            others: Vec::new(),
            blocks: Vec::new(),
            ahead: false,
        }
    }

    /// A page that is not what was asked for.
    pub fn shut(why: Unreadable, view: &View) -> Seen {
        Seen::bare(Finding::Unreadable(why), PageKind::Other, view.encoding)
    }

    /// A page with rows.
    pub fn listed(saying: Saying, kind: PageKind, rows: &[usize], view: &View) -> Seen {
        let heaviest = || view.groups.first()?.rows.first();
        let shows = |dating: &Dating| dating.refused().or(dating.claim().map(|claim| claim.on));
        let first = match kind {
            PageKind::Home => heaviest(),
            _ => rows.first(),
        };
        Seen {
            saying,
            kind,
            encoding: view.encoding,
            rows: view.rows_of(rows),
            signature: first.and_then(|at| view.signature(*at)),
            published: None,
            others: Vec::new(),
            blocks: match kind {
                PageKind::Home => blocks::of(view),
                _ => Vec::new(),
            },
            ahead: view
                .datings
                .iter()
                .any(|dating| shows(dating) > Some(view.today)),
        }
    }
}

/// A page read as an article.
pub fn article(glance: &Glance, encoding: &'static str, notes: &mut Notes) -> Seen {
    let told = &glance.sight().told;
    let article = told.article.as_ref();
    for note in others::notes(&told.others, article) {
        notes.say(note);
    }
    if article.is_some_and(|article| article.month_only) {
        notes.say(Note::MonthOnly);
    }
    let finding = article.map_or(Finding::Undated(Undated::NoDates), |article| {
        Finding::Dated(article.update(glance.url(), None))
    });
    Seen {
        published: article.map(|article| Published {
            on: article.on,
            time: article.time,
            month_only: article.month_only,
            basis: article.basis,
        }),
        others: told.others.clone(),
        ..Seen::bare(finding, PageKind::Article, encoding)
    }
}
