//! Which of two lists is the column's, where the page leaves it open: their first articles tell, by the
//! column that they name and the trail to it. A list is the column's only if its newest article
//! says so, and another's only if all that were read do; else nothing is told.

use std::collections::BTreeMap;

use url::Url;

use super::address;
use super::clean;
use super::column::{self, Saying};
use super::identity;
use super::outline;
use super::view::View;
use super::{More, Reading};
use crate::domain::finding::Finding;
use crate::domain::item::Row;
use crate::domain::note::Note;
use crate::domain::page::Page;
use crate::domain::time::Date;

/// Articles of one list that are asked.
const WITNESSES: usize = 2;

/// The lists, and by what the column is known.
#[derive(Debug, Clone)]
pub struct Which {
    name: Option<String>,
    url: Url,
    lists: Vec<Candidate>,
    /// What is noted where nothing is told.
    aside: Option<Note>,
}

/// One of the lists.
#[derive(Debug, Clone)]
struct Candidate {
    witnesses: Vec<Url>,
    /// What its rows say without any article.
    finding: Option<Finding>,
    rows: Vec<Row>,
    signature: Option<String>,
}

/// Whose an article or a list is, as far as articles tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Own,
    Others,
    Nothing,
}

impl Which {
    /// The question which of these lists is the column's. The name counts where it is given or where
    /// the page states it in so many words.
    pub fn of(
        view: &View,
        given: Option<&str>,
        lists: [&[usize]; 2],
        aside: Option<Note>,
    ) -> Which {
        let name = given.or_else(|| identity::meta(view.dom, "ColumnName"));
        Which {
            name: name
                .map(clean::squeezed)
                .filter(|name| clean::weight(name) >= 2),
            url: view.base.clone(),
            lists: lists.map(|rows| Candidate::of(view, rows)).to_vec(),
            aside,
        }
    }

    /// The articles that would tell, the surest first.
    pub fn wanted(&self) -> Vec<Url> {
        let nth = |n: usize| {
            self.lists
                .iter()
                .filter_map(move |one| one.witnesses.get(n))
        };
        let mut out: Vec<Url> = Vec::new();
        for url in (0..WITNESSES).flat_map(nth) {
            if !out.contains(url) {
                out.push(url.clone());
            }
        }
        out
    }

    /// What the lists of the column say, where the articles tell which they are; and what is noted.
    pub fn settle(&self, more: &BTreeMap<Url, More>, reading: &mut Reading) -> Option<Note> {
        let told = |one: &Candidate| self.told(one, more);
        let sides: Vec<Told> = self.lists.iter().map(told).collect();
        let own = || {
            let lists = self.lists.iter().zip(&sides);
            lists
                .filter(|(_, told)| **told == Told::Own)
                .map(|(one, _)| one)
        };
        let dated = own().all(|one| matches!(one.finding, Some(Finding::Dated(_))));
        if sides.contains(&Told::Nothing) || !dated {
            return self.aside.clone();
        }
        let newest = own().max_by_key(|one| one.newest());
        let Some(newest) = newest else {
            return self.aside.clone();
        };
        reading.finding.clone_from(newest.finding.as_ref()?);
        reading.signature.clone_from(&newest.signature);
        reading.rows = own().flat_map(|one| one.rows.iter().cloned()).collect();
        let wanted = self.wanted();
        let read = wanted.iter().filter(|url| page(more, url).is_some());
        Some(Note::ListTold {
            pages: read.count(),
        })
    }

    /// Whose a list is.
    fn told(&self, one: &Candidate, more: &BTreeMap<Url, More>) -> Told {
        let told = |url: &Url| page(more, url).map(|page| self.says(page));
        let mut told = one.witnesses.iter().map(told);
        match told.next() {
            Some(Some(Told::Own)) => Told::Own,
            Some(Some(Told::Others)) if told.all(|told| told == Some(Told::Others)) => Told::Others,
            _ => Told::Nothing,
        }
    }

    /// Whose an article is, by its `ColumnName` and its trail.
    fn says(&self, page: &Page) -> Told {
        let Some(outline) = outline::outline(page) else {
            return Told::Nothing;
        };
        let is_own = |text: &str| Some(clean::squeezed(text)) == self.name;
        let leads_here = |url: &Option<Url>| url.as_ref() == Some(&self.url);
        let trail = &outline.breadcrumb;
        if outline.column_name.as_deref().is_some_and(is_own)
            || trail
                .iter()
                .any(|(text, url)| is_own(text) || leads_here(url))
        {
            return Told::Own;
        }
        // A name that contains the other may be its longer form.
        let is_other = |text: &str| {
            let text = clean::squeezed(text);
            let name = self.name.as_deref().unwrap_or_default();
            clean::weight(&text) >= 2 && !text.contains(name) && !name.contains(&text)
        };
        let linked = trail
            .iter()
            .filter_map(|(text, url)| Some((text, url.as_ref()?)));
        let columns = linked.filter(|(_, url)| !address::is_root(url));
        let named: Vec<&str> = columns
            .map(|(text, _)| text.as_str())
            .chain(outline.column_name.as_deref())
            .collect();
        match !named.is_empty() && named.iter().all(|name| is_other(name)) {
            true => Told::Others,
            false => Told::Nothing,
        }
    }
}

impl Candidate {
    fn of(view: &View, rows: &[usize]) -> Candidate {
        let finding = match column::newest_of_list(view, rows) {
            Saying::Found(finding) => Some(finding),
            Saying::Ask(_) => None,
        };
        let newest = match &finding {
            Some(Finding::Dated(update)) => update.evidence.link.as_deref(),
            _ => None,
        };
        let is_newest = |at: &&usize| {
            let url = view.rows.get(**at).and_then(|row| row.url.as_ref());
            newest.is_some_and(|newest| url.is_some_and(|url| url.as_str() == newest))
        };
        let first: Vec<usize> = rows.iter().filter(is_newest).copied().collect();
        Candidate {
            witnesses: view.articles(&[first.as_slice(), rows].concat(), WITNESSES),
            finding,
            rows: view.rows_of(rows),
            signature: rows.first().and_then(|at| view.signature(*at)),
        }
    }

    fn newest(&self) -> Option<Date> {
        match &self.finding {
            Some(Finding::Dated(update)) => Some(update.on),
            _ => None,
        }
    }
}

fn page<'m>(more: &'m BTreeMap<Url, More>, url: &Url) -> Option<&'m Page> {
    match more.get(url) {
        Some(More::Page(page)) => Some(page),
        _ => None,
    }
}
