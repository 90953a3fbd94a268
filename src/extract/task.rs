//! The work on one page: follow it if it only leads on, refuse it if it is not the page, decide
//! what it is, and read it as that.

use url::Url;

use super::article::{self, Article};
use super::column::{self, Saying};
use super::heading::{self, Own};
use super::view::{self, View};
use super::years::Dating;
use super::{
    Aim, Answer, More, PageKind, Pages, Published, Reading, Recipe, address, clean, home, refusal,
    shell, visible,
};
use crate::domain::finding::{Evidence, Finding, LastUpdate, Undated, Unreadable};
use crate::domain::page::Page;
use crate::domain::time::Date;

/// The most jumps from a thin page to the next.
pub const MAX_HOPS: usize = 3;
/// Visible characters below which a page can only lead on.
const THIN: usize = 200;

/// Reads one page of the chain of jumps.
pub fn look(
    pages: &Pages,
    page: &Page,
    recipe: &Recipe,
    today: Date,
    hops: usize,
    notes: &mut Vec<String>,
) -> Answer {
    if recipe.aim == Aim::Column && leads_home(&page.url, recipe) {
        return closed(Unreadable::RedirectedHome, "unknown", notes);
    }
    let task = Task {
        pages,
        recipe,
        hops,
        left: recipe.budget.saturating_sub(1 + pages.more.len()),
    };
    let seen = view::with(page, today, notes, |view, notes| task.answer(view, notes));
    match seen {
        Ok(Step::Done(answer)) => answer,
        Ok(Step::Hop(url)) => match pages.more.get(&url) {
            Some(More::Page(next)) => {
                notes.push(format!("followed to {}", clean::line(url.as_str(), 200)));
                look(pages, next, recipe, today, hops - 1, notes)
            }
            None if task.left > 0 => Answer::Need(vec![url]),
            Some(More::Failed) | None => {
                notes.push(format!(
                    "could not follow to {}",
                    clean::line(url.as_str(), 200)
                ));
                look(pages, page, recipe, today, 0, notes)
            }
        },
        Err(shut) => closed(shut.why, shut.encoding, notes),
    }
}

/// Whether an address is the site's home page.
fn leads_home(url: &Url, recipe: &Recipe) -> bool {
    recipe.home.as_ref().is_some_and(|home| {
        let same_host = home.host_str() == url.host_str();
        home == url || (same_host && address::is_root(home) && address::is_root(url))
    })
}

fn closed(why: Unreadable, encoding: &'static str, notes: &mut Vec<String>) -> Answer {
    found(Finding::Unreadable(why), PageKind::Other, encoding, notes)
}

fn found(
    finding: Finding,
    kind: PageKind,
    encoding: &'static str,
    notes: &mut Vec<String>,
) -> Answer {
    notes.truncate(8);
    let notes = std::mem::take(notes);
    Answer::Found(Box::new(Reading {
        finding,
        kind,
        encoding,
        rows: Vec::new(),
        signature: None,
        published: None,
        notes,
    }))
}

/// What one page leads to.
enum Step {
    Done(Answer),
    Hop(Url),
}

/// The work on one page.
struct Task<'a> {
    pages: &'a Pages,
    recipe: &'a Recipe,
    hops: usize,
    left: usize,
}

impl Task<'_> {
    fn answer(&self, view: &View, notes: &mut Vec<String>) -> Step {
        let list =
            column::deciding(view).is_some_and(|group| group.rows.len() >= 3 || group.dated > 0);
        if !list {
            if let Some(url) = self.onward(view) {
                return Step::Hop(url);
            }
            if let Some(why) = refusal::of(view.dom, view.source) {
                return Step::Done(closed(why, view.encoding, notes));
            }
        }
        note_strange_dates(view, notes);
        Step::Done(match self.kind(view) {
            PageKind::Home => self.home(view, notes),
            PageKind::Article => article_answer(view, notes),
            PageKind::List => self.list(view, notes),
            PageKind::Other => self.other(view, notes),
        })
    }

    /// Where a page without a list leads: a jump, a data address, a frame.
    fn onward(&self, view: &View) -> Option<Url> {
        if self.hops == 0 {
            return None;
        }
        let thin = view.text_length() < THIN;
        let jump = thin
            .then(|| shell::jump(view.dom, view.source, view.base))
            .flatten();
        let frames = || shell::frames(view.dom, view.base).into_iter().next();
        let framed = thin || (self.recipe.aim == Aim::Column && article::evidence(view) < 3);
        jump.or_else(|| shell::data_address(view.dom, view.base))
            .or_else(|| framed.then(frames).flatten())
    }

    fn kind(&self, view: &View) -> PageKind {
        let list = column::deciding(view);
        let dated = list.map_or(0, |group| group.dated);
        match self.recipe.aim {
            Aim::Home => PageKind::Home,
            Aim::Column if dated < 10 && article::evidence(view) >= 5 => PageKind::Article,
            Aim::Column if list.is_some_and(|group| group.dated >= 2 || group.rows.len() >= 3) => {
                PageKind::List
            }
            Aim::Column if article::evidence(view) >= 3 => PageKind::Article,
            Aim::Column if dated > 0 => PageKind::List,
            Aim::Column => PageKind::Other,
            Aim::Any => any_kind(view, dated),
        }
    }

    fn home(&self, view: &View, notes: &mut Vec<String>) -> Answer {
        let rows = home::rows(view);
        let saying = home::newest(view, &rows, self.pages, self.left, notes);
        settle(saying, view, PageKind::Home, &rows, notes)
    }

    fn list(&self, view: &View, notes: &mut Vec<String>) -> Answer {
        let Some(group) = column::deciding(view) else {
            return self.other(view, notes);
        };
        if self.is_wrong_page(view) {
            return closed(Unreadable::WrongPage, view.encoding, notes);
        }
        let own = match self.recipe.aim {
            Aim::Column => heading::own(view, self.recipe.column_name.as_deref()),
            Aim::Home | Aim::Any => Own::Unknown,
        };
        let rows = match own {
            Own::Unknown => group.rows.clone(),
            Own::Rows(rows) => rows,
            Own::Empty => return found(Finding::Empty, PageKind::List, view.encoding, notes),
            Own::Others => {
                notes.push("the only list of the page is headed as another one".to_owned());
                return closed(Unreadable::NoList, view.encoding, notes);
            }
        };
        let saying = column::newest(view, &rows, self.pages, self.left, notes);
        settle(saying, view, PageKind::List, &rows, notes)
    }

    /// A page that is neither list nor article.
    fn other(&self, view: &View, notes: &mut Vec<String>) -> Answer {
        let finding = if view.text_length() < THIN && view.source.len() < 1024 {
            Finding::Unreadable(Unreadable::Shell)
        } else if refusal::says_empty(view.dom) && self.recipe.aim == Aim::Column {
            Finding::Empty
        } else {
            Finding::Unreadable(Unreadable::NoList)
        };
        found(finding, PageKind::Other, view.encoding, notes)
    }

    /// The page names another column, and the configured one nowhere.
    fn is_wrong_page(&self, view: &View) -> bool {
        let Some(name) = self
            .recipe
            .column_name
            .as_deref()
            .filter(|name| clean::weight(name) >= 2)
        else {
            return false;
        };
        let stated = view.dom.tagged("meta").find_map(|(_, meta)| {
            let named = meta
                .attr("name")
                .is_some_and(|n| n.trim().eq_ignore_ascii_case("ColumnName"));
            meta.attr("content")
                .filter(|content| named && !content.trim().is_empty())
        });
        stated.is_some_and(|stated| {
            !stated.contains(name) && !name.contains(stated.trim()) && !view.source.contains(name)
        })
    }
}

fn note_strange_dates(view: &View, notes: &mut Vec<String>) {
    let strange = view
        .datings
        .iter()
        .filter(|d| **d == Dating::Implausible)
        .count();
    if strange > 0 {
        notes.push(format!(
            "{strange} dates lie in the future or before 1995 and were not counted"
        ));
    }
}

/// What a page of unknown kind is.
fn any_kind(view: &View, dated: usize) -> PageKind {
    let article = article::evidence(view);
    let blocks = view
        .groups
        .iter()
        .filter(|group| group.dated >= 3 && !group.aside)
        .count();
    let root = view.base.path().trim_end_matches(|c: char| c != '/').len() <= 1;
    let prose = visible::prose_length(view.dom);
    if article >= 3 || (article >= 2 && (dated < 5 || prose > 400)) {
        PageKind::Article
    } else if root && blocks >= 3 {
        PageKind::Home
    } else if dated >= 3 && !(prose > 1500 && dated < 8) {
        PageKind::List
    } else if article::read(view).is_some() {
        PageKind::Article
    } else if column::deciding(view).is_some() && prose < 400 {
        PageKind::List
    } else {
        PageKind::Other
    }
}

fn settle(
    saying: Saying,
    view: &View,
    kind: PageKind,
    rows: &[usize],
    notes: &mut Vec<String>,
) -> Answer {
    let finding = match saying {
        Saying::Need(urls) => return Answer::Need(urls),
        Saying::Found(finding) => finding,
    };
    let heaviest = || view.groups.first()?.rows.first();
    let signature = match kind {
        PageKind::Home => heaviest(),
        _ => rows.first(),
    };
    let signature = signature.and_then(|at| view.signature(*at));
    notes.truncate(8);
    Answer::Found(Box::new(Reading {
        finding,
        kind,
        encoding: view.encoding,
        rows: view.rows_of(rows),
        signature,
        published: None,
        notes: std::mem::take(notes),
    }))
}

fn article_answer(view: &View, notes: &mut Vec<String>) -> Answer {
    let article = article::read(view);
    let finding = article
        .as_ref()
        .map_or(Finding::Undated(Undated::NoDates), |a| {
            Finding::Dated(update(view, a))
        });
    let published = article.map(|a| Published {
        on: a.on,
        time: a.time,
        basis: a.basis,
    });
    notes.truncate(8);
    Answer::Found(Box::new(Reading {
        finding,
        kind: PageKind::Article,
        encoding: view.encoding,
        rows: Vec::new(),
        signature: None,
        published,
        notes: std::mem::take(notes),
    }))
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
