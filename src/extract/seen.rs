//! What was seen on one page: what it is, what it says, and with which rows.

use url::Url;

use super::article::{self, Article};
use super::column::Saying;
use super::view::View;
use super::{Block, PageKind, Published, blocks, clean};
use crate::domain::finding::{Evidence, Finding, LastUpdate, Undated, Unreadable};
use crate::domain::item::Row;

/// What one page leads to.
pub enum Step {
    /// It is what there is.
    Done(Box<Seen>),
    /// To another page.
    Hop(Url),
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
    /// The blocks, where it is a home page.
    pub blocks: Vec<Block>,
}

impl Seen {
    /// A finding alone.
    pub fn bare(finding: Finding, kind: PageKind, view: &View) -> Seen {
        Seen {
            saying: Saying::Found(finding),
            kind,
            encoding: view.encoding,
            rows: Vec::new(),
            signature: None,
            published: None,
            blocks: Vec::new(),
        }
    }

    /// A page that is not what was asked for.
    pub fn shut(why: Unreadable, view: &View) -> Seen {
        Seen::bare(Finding::Unreadable(why), PageKind::Other, view)
    }

    /// A page with rows.
    pub fn listed(saying: Saying, kind: PageKind, rows: &[usize], view: &View) -> Seen {
        let heaviest = || view.groups.first()?.rows.first();
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
            blocks: match kind {
                PageKind::Home => blocks::of(view),
                _ => Vec::new(),
            },
        }
    }
}

/// A page read as an article.
pub fn article(view: &View) -> Seen {
    let article = article::read(view);
    let finding = article
        .as_ref()
        .map_or(Finding::Undated(Undated::NoDates), |a| {
            Finding::Dated(update(view, a))
        });
    Seen {
        published: article.map(|a| Published {
            on: a.on,
            time: a.time,
            basis: a.basis,
        }),
        ..Seen::bare(finding, PageKind::Article, view)
    }
}

fn update(view: &View, article: &Article) -> LastUpdate {
    LastUpdate {
        on: article.on,
        basis: article.basis,
        evidence: Evidence {
            page: clean::line(view.base.as_str(), 1000),
            title: article.title.clone(),
            link: None,
            snippet: article.snippet.clone(),
        },
    }
}
