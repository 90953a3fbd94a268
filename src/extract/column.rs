//! A column's list page: the deciding group, its newest date, and what to ask for when the rows
//! carry none.

use std::cmp::Reverse;

use url::Url;

use super::address::{self, PathDate};
use super::ask::Ask;
use super::clean;
use super::folder;
use super::groups::Group;
use super::letters::waiting;
use super::rows::Listed;
use super::view::View;
use super::years::{self, Claim, Dating, Doubt};
use crate::domain::finding::{Basis, Evidence, Finding, LastUpdate, Undated};
use crate::domain::note::Note;
use crate::domain::time::Date;

/// Articles whose dates stand for a list without dates.
const ARTICLES: usize = 5;
/// Articles of undated rows above the dated ones that are looked at.
const LEADING: usize = 3;
/// The most rows that are pinned above the others.
pub const MOST_PINNED: usize = 5;
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
        .iter()
        .find(|group| !is_lone_way(view, group))
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

/// Whether a group is one link that leads to a page without any number, such as the trail to this page, with
/// whatever date of the page stands behind it.
fn is_lone_way(view: &View, group: &Group) -> bool {
    let [row] = group.rows.as_slice() else {
        return false;
    };
    let url = view.rows.get(*row).and_then(|row| row.url.as_ref());
    let numbered = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    url.is_some_and(|url| {
        let file = url.path().rsplit('/').next().unwrap_or_default();
        !folder::is_article(url) && !numbered(file) && !url.query().is_some_and(numbered)
    })
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
            let wanted = view.articles(&telling(&claims, *at, claim), ARTICLES);
            Saying::Ask(Ask {
                instead: Some(instead),
                note,
                ..Ask::articles(wanted, Undated::YearUnknown)
            })
        }
        (Some((at, claim)), None) => Saying::Found(dated(view, *at, claim)),
        (None, None) => {
            let any = |of: &dyn Fn(Dating) -> bool| {
                rows.iter()
                    .any(|at| view.datings.get(*at).is_some_and(|dating| of(*dating)))
            };
            let implausible = any(&|dating| dating.refused().is_some());
            let disputed = any(&|dating| dating == Dating::Disputed);
            let otherwise = if implausible {
                Undated::Implausible
            } else if disputed {
                Undated::YearUnknown
            } else {
                Undated::NoDates
            };
            Saying::Ask(Ask {
                shared: shared(view, rows),
                ..Ask::articles(view.articles(rows, ARTICLES), otherwise)
            })
        }
    }
}

/// The rows whose articles tell the day that is in doubt: of letters, the last to be written need
/// not be the last to be answered.
fn telling(claims: &[(usize, Claim)], at: usize, claim: &Claim) -> Vec<usize> {
    if claim.doubt != Doubt::Asked {
        return vec![at];
    }
    let mut asked: Vec<&(usize, Claim)> = claims.iter().collect();
    asked.sort_by_key(|(at, claim)| (Reverse(claim.on), *at));
    asked.into_iter().map(|(at, _)| *at).collect()
}

/// Reads the newest date of a list; of letters, those that are answered count.
pub fn newest_of_list(view: &View, rows: &[usize]) -> Saying {
    let Some(letters) = waiting::of(view, rows) else {
        return newest_below(view, rows);
    };
    if letters.rows.is_empty() {
        return Saying::Found(Finding::Undated(Undated::Unanswered));
    }
    let view = View {
        datings: &letters.datings,
        ..*view
    };
    newest_below(&view, &letters.rows)
}

/// Reads the newest date of a list. Rows without a date, or with one that was refused, that stand
/// above all others may be newer than these: their articles are asked.
fn newest_below(view: &View, rows: &[usize]) -> Saying {
    let update = match newest(view, rows) {
        Saying::Found(Finding::Dated(update)) => update,
        saying => return saying,
    };
    let leading = Leading::of(view, rows, update.on);
    let top = leading.top.iter().map(|at| view.articles(&[*at], 1));
    let top: Vec<Url> = top.flatten().collect();
    if top.len() < leading.top.len() {
        return Saying::Found(Finding::Undated(Undated::FirstRefused));
    }
    // Two rows may lead to one article.
    let mut wanted: Vec<Url> = Vec::new();
    for url in top
        .iter()
        .cloned()
        .chain(view.articles(&leading.rows, LEADING))
    {
        if wanted.len() < LEADING && !wanted.contains(&url) {
            wanted.push(url);
        }
    }
    if wanted.is_empty() {
        return Saying::Found(Finding::Dated(update));
    }
    Saying::Ask(Ask {
        floor: Some(update.on),
        shared: shared(view, rows),
        instead: Some(Finding::Dated(update)),
        note: Some(match leading.refused {
            true => Note::FirstRowsRefused,
            false => Note::FirstRowsUndated,
        }),
        decisive: Some((top, Undated::FirstRefused)).filter(|(top, _)| !top.is_empty()),
        ..Ask::articles(wanted, Undated::NoDates)
    })
}

/// The day that the addresses of rows share although it is none of a publication.
pub fn shared(view: &View, rows: &[usize]) -> Option<Date> {
    rows.iter().find_map(|at| match view.datings.get(*at)? {
        Dating::Shared(day) => Some(*day),
        _ => None,
    })
}

/// What stands above the newest row of a list and may be newer than it.
#[derive(Default)]
struct Leading {
    /// The rows above the first one with a date, and those whose date was refused.
    rows: Vec<usize>,
    /// Whether the date of any was refused.
    refused: bool,
    /// Those whose date was refused and that stand where the newest row stands: lists begin with
    /// it, and the column is likely newer than any other row says.
    top: Vec<usize>,
}

impl Leading {
    fn of(view: &View, rows: &[usize], newest: Date) -> Leading {
        let (mut out, mut dated) = (Leading::default(), 0);
        for at in rows {
            let dating = view.datings.get(*at).copied().unwrap_or(Dating::None);
            match dating.claim() {
                Some(claim) if claim.on >= newest => break,
                Some(_) => dated += 1,
                None if dating.refused().is_some() => {
                    out.refused = true;
                    out.rows.push(*at);
                    let row = view.rows.get(*at);
                    let settled = row.is_none_or(|row| {
                        years::is_pinned(row) || is_older_by_address(view, row, rows, newest)
                    });
                    let stands = dated <= MOST_PINNED && out.top.len() < LEADING && !settled;
                    // Nothing can be newer than the day of the visit.
                    if stands && newest < view.today {
                        out.top.push(*at);
                    }
                }
                None if dated == 0 => out.rows.push(*at),
                None => {}
            }
        }
        // Below more rows than are pinned stands a slip of the pen.
        if dated > MOST_PINNED {
            out.top.clear();
        }
        out
    }
}

/// Whether the address of a row tells a day that is not later than another.
pub fn is_older_by_address(view: &View, row: &Listed, rows: &[usize], than: Date) -> bool {
    match row.url.as_ref().and_then(address::path_date) {
        Some(PathDate::Day(day)) => day <= than && Some(day) != shared(view, rows),
        _ => false,
    }
}

/// What is noted where a day that is not wholly printed is believed though its article does not
/// tell it; nothing where it is not believed.
fn believed_note(view: &View, claim: &Claim) -> Option<Note> {
    let young = (view.today - claim.on).num_days() <= BELIEVED_GUESS_DAYS;
    match claim.doubt {
        Doubt::Day => Some(Note::NewestMonthOnly),
        Doubt::Year if young => Some(Note::NewestYearless),
        Doubt::ListYear => Some(Note::NewestListYear),
        Doubt::Asked => Some(Note::NewestAsked),
        Doubt::None | Doubt::Year => None,
    }
}

/// Whether a day counts although it may not be printed wholly.
pub fn is_believed(view: &View, claim: &Claim) -> bool {
    claim.doubt == Doubt::None || believed_note(view, claim).is_some()
}

/// The claims of rows. Days on which letters were written are none where answers are dated: who
/// writes is not the unit.
fn claims(view: &View, rows: &[usize]) -> Vec<(usize, Claim)> {
    let mut claims: Vec<(usize, Claim)> = rows
        .iter()
        .rev()
        .filter_map(|at| Some((*at, view.datings.get(*at)?.claim()?)))
        .collect();
    let asked = |(_, claim): &(usize, Claim)| claim.doubt == Doubt::Asked;
    if !claims.iter().all(asked) {
        claims.retain(|claim| !asked(claim));
    }
    claims
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
