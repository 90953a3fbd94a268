//! A column's list page: the deciding group, its newest date, and what to ask for when the rows
//! carry none.

use std::collections::HashSet;

use url::Url;

use super::groups::Group;
use super::view::{self, View};
use super::years::{Claim, Dating, Doubt};
use super::{Pages, article, clean};
use crate::domain::finding::{Basis, Evidence, Finding, LastUpdate, Undated};

/// Articles whose dates stand for a list without dates.
const ARTICLES: usize = 5;
/// A guessed year is believed for dates as young as this: a dead column would have to have stopped
/// at this very time of the year.
pub const BELIEVED_GUESS_DAYS: i64 = 90;

/// What a page's rows say so far.
pub enum Saying {
    /// The finding.
    Found(Finding),
    /// These addresses would tell.
    Need(Vec<Url>),
}

/// The group that is the list: the heaviest dated one, unless an undated one outweighs it by far.
pub fn deciding<'g>(view: &'g View) -> Option<&'g Group> {
    let dated = view
        .groups
        .first()
        .filter(|group| group.dated > 0 && group.weight > 0.0);
    let undated = view
        .groups
        .iter()
        .filter(|g| g.dated == 0 && g.rows.len() >= 3 && !g.aside && titles(view, g) >= 8)
        .max_by(|a, b| a.mass.total_cmp(&b.mass));
    match (dated, undated) {
        (Some(dated), Some(undated))
            if undated.mass > 4.0 * dated.mass || (dated.aside && undated.mass > dated.mass) =>
        {
            Some(undated)
        }
        (None, undated) => undated,
        (dated, _) => dated,
    }
}

/// The average weight of the titles.
fn titles(view: &View, group: &Group) -> usize {
    let sum: usize = group
        .rows
        .iter()
        .filter_map(|at| view.rows.get(*at))
        .map(|row| clean::weight(&row.title))
        .sum();
    sum / group.rows.len().max(1)
}

/// Reads the newest date of some rows, or asks for articles.
pub fn newest(
    view: &View,
    rows: &[usize],
    pages: &Pages,
    left: usize,
    notes: &mut Vec<String>,
) -> Saying {
    let claims = claims(view, rows);
    let known = claims
        .iter()
        .filter(|(_, claim)| claim.doubt == Doubt::None)
        .max_by_key(|(_, claim)| claim.on);
    let guess = claims
        .iter()
        .filter(|(_, claim)| claim.doubt != Doubt::None)
        .max_by_key(|(_, claim)| claim.on);
    match (known, guess) {
        (Some((at, claim)), guess) if guess.is_none_or(|(_, g)| g.on <= claim.on) => {
            Saying::Found(dated(view, *at, claim))
        }
        (None, None) => {
            let implausible = rows
                .iter()
                .any(|at| view.datings.get(*at) == Some(&Dating::Implausible));
            from_articles(
                view,
                rows,
                pages,
                left,
                if implausible {
                    Undated::Implausible
                } else {
                    Undated::NoDates
                },
                notes,
            )
        }
        (known, Some((at, claim))) => {
            let asked = from_articles(view, &[*at], pages, left, Undated::YearUnknown, notes);
            match (asked, known) {
                (Saying::Found(Finding::Undated(_)), _) if is_believed(view, claim, notes) => {
                    Saying::Found(dated(view, *at, claim))
                }
                (Saying::Found(Finding::Undated(_)), Some((at, claim))) => {
                    Saying::Found(dated(view, *at, claim))
                }
                (Saying::Found(Finding::Undated(_)), None) => {
                    Saying::Found(Finding::Undated(Undated::YearUnknown))
                }
                (asked, _) => asked,
            }
        }
        (Some((at, claim)), None) => Saying::Found(dated(view, *at, claim)),
    }
}

/// Whether a day that is not wholly printed is believed where its article does not tell it.
fn is_believed(view: &View, claim: &Claim, notes: &mut Vec<String>) -> bool {
    let young = (view.today - claim.on).num_days() <= BELIEVED_GUESS_DAYS;
    let note = match claim.doubt {
        Doubt::None => return true,
        Doubt::Day => "the day of the newest row is not printed; the last of its month was taken",
        Doubt::Year if young => "the year of the newest row is not printed; the nearest was taken",
        Doubt::Year => return false,
    };
    notes.push(note.to_owned());
    true
}

fn claims(view: &View, rows: &[usize]) -> Vec<(usize, Claim)> {
    rows.iter()
        .rev()
        .filter_map(|at| Some((*at, view.datings.get(*at)?.claim()?)))
        .collect()
}

/// The finding of one row.
pub fn dated(view: &View, at: usize, claim: &Claim) -> Finding {
    let row = view.rows.get(at);
    let link = row
        .and_then(|row| row.url.as_ref())
        .map(|url| clean::line(url.as_str(), 1000));
    let printed = row
        .and_then(|row| row.mark.as_ref())
        .filter(|_| claim.basis != Basis::UrlPath)
        .map(|mark| mark.snippet.clone());
    let snippet =
        printed.unwrap_or_else(|| clean::line(link.as_deref().unwrap_or_default(), clean::SNIPPET));
    Finding::Dated(LastUpdate {
        on: claim.on,
        basis: claim.basis,
        evidence: Evidence {
            page: clean::line(view.base.as_str(), 1000),
            title: row.map(|row| row.title.clone()).unwrap_or_default(),
            link,
            snippet,
        },
    })
}

/// The newest publication date of the first articles of some rows.
fn from_articles(
    view: &View,
    rows: &[usize],
    pages: &Pages,
    left: usize,
    otherwise: Undated,
    notes: &mut Vec<String>,
) -> Saying {
    let wanted = view.articles(rows, ARTICLES);
    if wanted.is_empty() {
        return Saying::Found(Finding::Undated(otherwise));
    }
    from_pages(view, &wanted, pages, left, otherwise, notes)
}

/// The newest publication date of some pages, which are asked for first.
pub fn from_pages(
    view: &View,
    wanted: &[Url],
    pages: &Pages,
    left: usize,
    otherwise: Undated,
    notes: &mut Vec<String>,
) -> Saying {
    let mut missing: Vec<Url> = wanted
        .iter()
        .filter(|url| !pages.more.contains_key(*url))
        .cloned()
        .collect();
    missing.truncate(left);
    if !missing.is_empty() {
        return Saying::Need(missing);
    }
    let mut best: Option<LastUpdate> = None;
    let (mut read, mut seen) = (0_usize, HashSet::new());
    for url in wanted.iter().filter(|url| seen.insert(url.as_str())) {
        let Some(super::More::Page(page)) = pages.more.get(url) else {
            continue;
        };
        read += 1;
        let found = view::with(page, view.today, &mut Vec::new(), |inner, _| {
            update_of(inner, url)
        });
        if let Ok(Some(update)) = found
            && best.as_ref().is_none_or(|other| update.on > other.on)
        {
            best = Some(update);
        }
    }
    match best {
        Some(update) => {
            notes.push(format!(
                "the list has no dates; {read} of its articles were read"
            ));
            Saying::Found(Finding::Dated(update))
        }
        None if read == 0 => Saying::Found(Finding::Undated(Undated::ArticlesUnreachable)),
        None => Saying::Found(Finding::Undated(otherwise)),
    }
}

fn update_of(view: &View, url: &Url) -> Option<LastUpdate> {
    let article = article::read(view)?;
    Some(LastUpdate {
        on: article.on,
        basis: article.basis,
        evidence: Evidence {
            page: clean::line(view.base.as_str(), 1000),
            title: article.title,
            link: Some(clean::line(url.as_str(), 1000)),
            snippet: article.snippet,
        },
    })
}
