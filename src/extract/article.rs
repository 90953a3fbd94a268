//! The publication date of an article page: the visible labelled date wins, then the date beside
//! the title, then the metas, unless they repeat the time at which the page was generated.

use chrono::NaiveTime;

use super::address::{self, PathDate};
use super::clean;
use super::dates;
use super::foreign;
use super::labels::Label;
use super::metas::{self, Metas};
use super::refusal;
use super::view::View;
use super::visible;
use crate::domain::finding::Basis;
use crate::domain::time::Date;

/// A publication date with its words.
#[derive(Debug, Clone)]
pub struct Article {
    /// The day.
    pub on: Date,
    /// The time of day, when printed.
    pub time: Option<NaiveTime>,
    /// Where it stands.
    pub basis: Basis,
    /// The words around it.
    pub snippet: String,
    /// The article's title.
    pub title: String,
}

/// Reads the publication date of the page.
pub fn read(view: &View) -> Option<Article> {
    let metas = Metas::of(view.dom, view.chinese);
    let title = metas
        .title
        .clone()
        .filter(|t| clean::weight(t) >= 2)
        .unwrap_or_else(|| refusal::title(view.dom));
    let place = visible::title_place(view.dom, &title);
    let meta = metas.published(view.today);
    let best = if view.chinese {
        chinese(view, place, meta)
    } else {
        meta.or_else(|| script_date(view))
            .or_else(|| {
                visible::find(view, place)
                    .filter(|seen| seen.score >= 100)
                    .map(|seen| seen.into_article(None))
            })
            .or_else(|| by_address(view))
            .or_else(|| foreign::read(view, place))
    };
    best.map(|article| Article {
        title: clean::line(&title, clean::TITLE),
        ..article
    })
}

/// The visible date against the metas; scripts and the address come last.
fn chinese(view: &View, place: Option<usize>, meta: Option<Article>) -> Option<Article> {
    match (visible::find(view, place), meta) {
        (Some(seen), Some(meta)) if seen.score >= 100 || seen.on() == Some(meta.on) => {
            Some(seen.into_article(Some(&meta)))
        }
        (Some(seen), Some(meta)) if seen.near_title && seen.on() <= Some(meta.on) => {
            Some(seen.into_article(None))
        }
        (_, Some(meta)) => Some(meta),
        (Some(seen), None) => Some(seen.into_article(None)),
        (None, None) => script_date(view).or_else(|| by_address(view)),
    }
}

/// How strongly the page says that it is an article, by its metas, labels and text.
pub fn evidence(view: &View) -> u32 {
    let metas = Metas::of(view.dom, view.chinese);
    let named = metas.title.as_ref().is_some_and(|t| clean::weight(t) >= 2);
    let labelled = view.survey.dated.iter().take(visible::MAX_DATES).any(|d| {
        d.label == Label::Published && d.in_item.is_none() && !visible::in_list(view, d.node)
    });
    let title = metas
        .title
        .clone()
        .unwrap_or_else(|| refusal::title(view.dom));
    let seen = visible::find(view, visible::title_place(view.dom, &title));
    let told = seen.is_some_and(|seen| seen.near_title && seen.score >= 70)
        && visible::prose_length(view.dom) >= 200;
    [
        (named, 2),
        (metas.has_publication, 1),
        (metas.is_article, 2),
        (labelled, 2),
        (told, 3),
    ]
    .iter()
    .filter(|(holds, _)| *holds)
    .map(|(_, points)| points)
    .sum()
}

/// `fbrq = "2024年…"`, `__$pubtime='…'`, JSON-LD's `datePublished`.
fn script_date(view: &View) -> Option<Article> {
    let source = view.source;
    const NAMES: [&str; 11] = [
        "var ct",
        "datePublished",
        "pubtime",
        "publishTime",
        "publish_time",
        "publishDate",
        "publish_date",
        "pubDate",
        "PubDate",
        "fbrq",
        "fbsj",
    ];
    NAMES.iter().find_map(|name| {
        source.match_indices(name).take(20).find_map(|(at, _)| {
            let after: String = source.get(at + name.len()..)?.chars().take(60).collect();
            let rest = after.trim_start_matches(['"', '\'', ' ']);
            let value = rest
                .strip_prefix([':', '='])?
                .trim_start()
                .trim_start_matches(['"', '\'']);
            let value = value.split(['"', '\'', ';', ',', '<']).next()?;
            let (on, time) = match value.trim().parse::<i64>() {
                Ok(epoch) => dates::from_epoch(epoch).map(|(on, time)| (on, Some(time)))?,
                Err(_) => metas::stamp_of(value, view.chinese)?,
            };
            dates::is_plausible(on, view.today).then(|| Article {
                on,
                time,
                basis: Basis::Script,
                snippet: clean::line(&format!("{name}: {value}"), clean::SNIPPET),
                title: String::new(),
            })
        })
    })
}

fn by_address(view: &View) -> Option<Article> {
    let Some(PathDate::Day(on)) = address::path_date(view.base) else {
        return None;
    };
    dates::is_plausible(on, view.today).then(|| Article {
        on,
        time: None,
        basis: Basis::UrlPath,
        snippet: clean::line(view.base.path(), clean::SNIPPET),
        title: String::new(),
    })
}
