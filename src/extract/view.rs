//! One page, decoded, guarded, parsed once, and surveyed: its rows, their dates, their groups.

use std::borrow::Cow;
use std::collections::BTreeSet;

use url::Url;

use super::charset::Decoded;
use super::dates::Stamp;
use super::dom::{Dom, attr};
use super::groups::{self, Group};
use super::notes::Notes;
use super::parse::parse;
use super::rows::Listed;
use super::sheet::Sheet;
use super::survey::Survey;
use super::years::{self, Dating, Doubt, Given};
use super::{address, charset, clean, comments, expand, guard, pageclock, written, year_heads};
use crate::domain::finding::{Basis, Unreadable};
use crate::domain::item::Row;
use crate::domain::page::Page;
use crate::domain::time::Date;

/// Places of rows from scripts are kept apart from those of the page.
const SCRIPT_OFFSET: usize = 1 << 40;

/// A surveyed page.
pub struct View<'a> {
    /// The page itself.
    pub dom: &'a Dom<'a>,
    /// Its text as decoded.
    pub source: &'a str,
    /// Against what its links are resolved.
    pub base: &'a Url,
    /// Its links and dates.
    pub survey: &'a Survey<'a, 'a>,
    /// Its rows, those from scripts last.
    pub rows: &'a [Listed],
    /// The date of each row.
    pub datings: &'a [Dating],
    /// Its groups, heaviest first.
    pub groups: &'a [Group],
    /// Structures of the rows from scripts.
    pub script: Option<&'a Dom<'a>>,
    /// The encoding it was in.
    pub encoding: &'static str,
    /// The day on which it is read.
    pub today: Date,
    /// Whether records in its data share the moment at which they were made.
    pub shared: bool,
}

/// What cannot be surveyed, and why.
pub struct Closed {
    /// Why.
    pub why: Unreadable,
    /// The encoding, as far as it is known.
    pub encoding: &'static str,
}

/// The text of a page, if it is one and not too long.
pub fn text<'p>(page: &'p Page, notes: &mut Notes) -> Result<Decoded<'p>, Closed> {
    if page.body.len() > guard::MAX_BYTES {
        return Err(Closed {
            why: Unreadable::TooComplex,
            encoding: "unknown",
        });
    }
    let host = page.url.host_str().unwrap_or_default();
    let mut decoded =
        charset::decode(&page.body, page.content_type.as_deref(), host).ok_or(Closed {
            why: Unreadable::NotText,
            encoding: "unknown",
        })?;
    if let Some(note) = decoded.note.take() {
        notes.say(note);
    }
    if let Some(text) = written::inlined(&decoded.text) {
        decoded.text = Cow::Owned(text);
    }
    Ok(decoded)
}

/// Surveys a page of this text and hands the view to `then`. The tree never leaves this call.
pub fn with<T>(
    page: &Page,
    decoded: &Decoded,
    today: Date,
    then: impl FnOnce(&View) -> T,
) -> Result<T, Closed> {
    parsed(page, decoded, |parts| {
        parts.viewed(&Survey::of(parts.dom, parts.base), today, then)
    })
}

/// The same, where `short` picks links of the view that are articles' too, however short their titles are.
pub fn with_short<T>(
    page: &Page,
    decoded: &Decoded,
    today: Date,
    short: impl FnOnce(&View) -> BTreeSet<usize>,
    then: impl FnOnce(&View) -> T,
) -> Result<T, Closed> {
    parsed(page, decoded, |parts| {
        let survey = Survey::of(parts.dom, parts.base);
        let short = parts.viewed(&survey, today, short);
        if short.is_empty() {
            return parts.viewed(&survey, today, then);
        }
        let survey = Survey::with(parts.dom, parts.base, &short);
        parts.viewed(&survey, today, then)
    })
}

/// Parses a page of this text and hands out what its views are made from.
fn parsed<T>(page: &Page, decoded: &Decoded, then: impl FnOnce(&Parts) -> T) -> Result<T, Closed> {
    let closed = Closed {
        why: Unreadable::TooComplex,
        encoding: decoded.encoding,
    };
    let Some(tree) = parse(&decoded.text) else {
        return Err(closed);
    };
    let alive = comments::without_dead(&decoded.text);
    let dom = Dom::styled(&tree, &Sheet::of(&alive));
    let base = base(&dom, &page.url);
    let island = expand::rows(&alive);
    let hidden = Some(&island.html).filter(|hidden| !hidden.is_empty());
    let hidden = hidden.and_then(|hidden| parse(hidden));
    let hidden_dom = hidden.as_ref().map(Dom::of);
    let parts = Parts {
        dom: &dom,
        source: &decoded.text,
        base: &base,
        script: hidden_dom.as_ref(),
        encoding: decoded.encoding,
        shared: island.shared,
    };
    Ok(then(&parts))
}

/// What a view is made from.
struct Parts<'p> {
    dom: &'p Dom<'p>,
    source: &'p str,
    base: &'p Url,
    script: Option<&'p Dom<'p>>,
    encoding: &'static str,
    shared: bool,
}

impl Parts<'_> {
    /// Hands the view of a survey to `then`.
    fn viewed<T>(&self, survey: &Survey<'_, '_>, today: Date, then: impl FnOnce(&View) -> T) -> T {
        let mut rows = survey.rows(self.base);
        if let Some(script) = self.script {
            rows.extend(script_rows(script, self.base));
        }
        let given = given(survey, &rows, self.base);
        let mut datings = years::date(&rows, &given, today);
        pageclock::strike(self.dom, &rows, &mut datings, today);
        let groups = groups::form(&rows, &datings);
        then(&View {
            dom: self.dom,
            source: self.source,
            base: self.base,
            survey,
            rows: &rows,
            datings: &datings,
            groups: &groups,
            script: self.script,
            encoding: self.encoding,
            today,
            shared: self.shared,
        })
    }
}

/// What the page says of the years of rows that print none; nothing where all rows do.
pub fn given(survey: &Survey, rows: &[Listed], base: &Url) -> Given {
    let yearless = |row: &Listed| {
        let stamp = row.mark.as_ref().map(|mark| mark.stamp);
        matches!(stamp, Some(Stamp::MonthDay(..)))
    };
    if !rows.iter().any(yearless) {
        return Given::default();
    }
    Given {
        printed: year_heads::of(survey, rows),
        listed: address::list_year(base),
    }
}

/// Surveys a page of which nothing else is asked and hands the view to `then`.
pub fn of<T>(page: &Page, today: Date, then: impl FnOnce(&View) -> T) -> Result<T, Closed> {
    let text = text(page, &mut Notes::default())?;
    with(page, &text, today, then)
}

/// Surveys a page of which nothing else is asked, where `short` picks links of the view that are articles' too,
/// however short their titles are.
pub fn of_short<T>(
    page: &Page,
    today: Date,
    short: impl FnOnce(&View) -> BTreeSet<usize>,
    then: impl FnOnce(&View) -> T,
) -> Result<T, Closed> {
    let text = text(page, &mut Notes::default())?;
    with_short(page, &text, today, short, then)
}

/// Against what the links of a page are resolved.
pub fn base(dom: &Dom, url: &Url) -> Url {
    let named = dom
        .tagged("base")
        .find_map(|(_, base)| attr(base, "href"))
        .and_then(|href| url.join(href.trim()).ok());
    named
        .filter(|base| matches!(base.scheme(), "http" | "https"))
        .unwrap_or_else(|| url.clone())
}

fn script_rows(script: &Dom, base: &Url) -> Vec<Listed> {
    let mut rows = Survey::of(script, base).rows(base);
    for row in &mut rows {
        row.block += SCRIPT_OFFSET;
        row.list += SCRIPT_OFFSET;
        row.path ^= 1;
        if let Some(mark) = &mut row.mark {
            mark.basis = Basis::Script;
        }
    }
    rows
}

impl View<'_> {
    /// Where a row stands: on the page, or in what its scripts write.
    pub fn place(&self, row: usize) -> Option<(&Dom<'_>, usize)> {
        let block = self.rows.get(row)?.block;
        match (block.checked_sub(SCRIPT_OFFSET), self.script) {
            (Some(block), Some(script)) => Some((script, block)),
            (Some(_), None) => None,
            (None, _) => Some((self.dom, block)),
        }
    }

    /// The structure of a row, the same for all rows of its group.
    pub fn signature(&self, row: usize) -> Option<String> {
        let row = self.rows.get(row)?;
        match (row.block.checked_sub(SCRIPT_OFFSET), self.script) {
            (Some(block), Some(script)) => Some(format!("script:{}", script.signature(block))),
            _ => Some(self.dom.signature(row.block)),
        }
    }

    /// The rows with these indices as the rest of the program knows them, at most 1,000.
    pub fn rows_of(&self, indices: &[usize]) -> Vec<Row> {
        indices
            .iter()
            .take(1000)
            .filter_map(|at| Some(self.row_of(self.rows.get(*at)?, self.datings.get(*at)?)))
            .collect()
    }

    fn row_of(&self, row: &Listed, dating: &Dating) -> Row {
        let claim = dating.claim();
        Row {
            title: row.title.clone(),
            url: row.url.as_ref().map(|url| clean::line(url.as_str(), 1000)),
            on: claim.map(|claim| claim.on),
            basis: claim.map(|claim| claim.basis),
            refused_on: dating.refused(),
            inferred: claim.is_some_and(|claim| claim.doubt != Doubt::None),
        }
    }

    /// Characters of visible text, counted up to 5,000.
    pub fn text_length(&self) -> usize {
        self.dom.text(0, self.dom.len(), 5000).chars().count()
    }

    /// Addresses of article pages of these rows, without repetition.
    pub fn articles(&self, indices: &[usize], most: usize) -> Vec<Url> {
        let mut out: Vec<Url> = Vec::new();
        for url in indices
            .iter()
            .filter_map(|at| self.rows.get(*at)?.url.as_ref())
        {
            if address::is_page(url)
                && address::is_same_site(url, self.base)
                && !out.contains(url)
                && url != self.base
            {
                out.push(url.clone());
            }
            if out.len() >= most {
                break;
            }
        }
        out
    }
}
