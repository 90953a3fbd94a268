//! A column's list page: the deciding group, its newest date, and what to ask for when the rows
//! carry none.

use url::Url;

use super::ask::{Ask, Sort};
use super::clean;
use super::groups::Group;
use super::view::View;
use super::years::{Claim, Dating, Doubt};
use crate::domain::finding::{Basis, Evidence, Finding, LastUpdate, Undated};
use crate::domain::note::Note;

/// Articles whose dates stand for a list without dates.
const ARTICLES: usize = 5;
/// Articles of undated rows above the dated ones that are looked at.
const LEADING: usize = 3;
/// A guessed year is believed for dates as young as this: a dead column would have to have stopped
/// at this very time of the year.
pub const BELIEVED_GUESS_DAYS: i64 = 90;

/// What a page's rows say so far.
pub enum Saying {
    /// The finding.
    Found(Finding),
    /// These articles would tell.
    Ask(Ask),
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

/// Whether a group without dates is a list of articles by its titles.
pub fn is_undated_list(view: &View, group: &Group) -> bool {
    let titles = |least: usize| {
        group
            .rows
            .iter()
            .filter_map(|at| view.rows.get(*at))
            .filter(|row| clean::weight(&row.title) >= least)
            .count()
    };
    group.rows.len() >= 3 && titles(8) * 2 >= group.rows.len()
}

/// The average weight of the titles.
pub fn titles(view: &View, group: &Group) -> usize {
    let sum: usize = group
        .rows
        .iter()
        .filter_map(|at| view.rows.get(*at))
        .map(|row| row.weight)
        .sum();
    sum / group.rows.len().max(1)
}

/// Reads the newest date of some rows, or asks for articles.
pub fn newest(view: &View, rows: &[usize]) -> Saying {
    let claims = claims(view, rows);
    let newest = |sure: bool| {
        claims
            .iter()
            .filter(move |(_, claim)| (claim.doubt == Doubt::None) == sure)
            .max_by_key(|(_, claim)| claim.on)
    };
    let (known, guess) = (newest(true), newest(false));
    match (known, guess) {
        (Some((at, claim)), guess) if guess.is_none_or(|(_, g)| g.on <= claim.on) => {
            Saying::Found(dated(view, *at, claim))
        }
        (known, Some((at, claim))) => {
            let note = believed_note(view, claim);
            let instead = match (&note, known) {
                (Some(_), _) => dated(view, *at, claim),
                (None, Some((at, claim))) => dated(view, *at, claim),
                (None, None) => Finding::Undated(Undated::YearUnknown),
            };
            Saying::Ask(Ask {
                wanted: view.articles(&[*at], ARTICLES),
                sort: Sort::Articles,
                instead: Some(instead),
                floor: None,
                note,
                otherwise: Undated::YearUnknown,
            })
        }
        (Some((at, claim)), None) => Saying::Found(dated(view, *at, claim)),
        (None, None) => {
            let implausible = rows
                .iter()
                .any(|at| view.datings.get(*at).is_some_and(|d| d.refused().is_some()));
            Saying::Ask(Ask {
                wanted: view.articles(rows, ARTICLES),
                sort: Sort::Articles,
                instead: None,
                floor: None,
                note: None,
                otherwise: if implausible {
                    Undated::Implausible
                } else {
                    Undated::NoDates
                },
            })
        }
    }
}

/// Reads the newest date of a list. Rows without a date that stand above all others may be newer
/// than these: their articles are asked.
pub fn newest_of_list(view: &View, rows: &[usize]) -> Saying {
    match newest(view, rows) {
        Saying::Found(Finding::Dated(update)) => match leading(view, rows) {
            above if above.is_empty() => Saying::Found(Finding::Dated(update)),
            above => Saying::Ask(Ask {
                wanted: above,
                sort: Sort::Articles,
                floor: Some(update.on),
                instead: Some(Finding::Dated(update)),
                note: Some(Note::FirstRowsUndated),
                otherwise: Undated::NoDates,
            }),
        },
        saying => saying,
    }
}

/// The articles of the rows above the first one with a date: what is newest may stand there.
fn leading(view: &View, rows: &[usize]) -> Vec<Url> {
    let undated = |at: &&usize| view.datings.get(**at) == Some(&Dating::None);
    let above: Vec<usize> = rows.iter().take_while(undated).copied().collect();
    view.articles(&above, LEADING)
}

/// What is noted where a day that is not wholly printed is believed though its article does not
/// tell it; nothing where it is not believed.
fn believed_note(view: &View, claim: &Claim) -> Option<Note> {
    let young = (view.today - claim.on).num_days() <= BELIEVED_GUESS_DAYS;
    match claim.doubt {
        Doubt::Day => Some(Note::NewestMonthOnly),
        Doubt::Year if young => Some(Note::NewestYearless),
        Doubt::None | Doubt::Year => None,
    }
}

/// Whether a day counts although it may not be printed wholly.
pub fn is_believed(view: &View, claim: &Claim) -> bool {
    claim.doubt == Doubt::None || believed_note(view, claim).is_some()
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
