//! The publication date of an article page. On Chinese pages the visible labelled date wins, then
//! the date beside the title, then the metas, unless they repeat the time at which the page was
//! generated.

use chrono::NaiveTime;
use url::Url;

use super::OtherDate;
use super::address::{self, PathDate};
use super::clean;
use super::clues::Clues;
use super::dates;
use super::labels::Label;
use super::metas::Stated;
use super::others;
use super::scripted;
use super::visible::{self, Seen};
use super::weighing;
use crate::domain::finding::{Basis, Evidence, LastUpdate};
use crate::domain::time::Date;

/// A publication date with its words.
#[derive(Debug, Clone)]
pub struct Article {
    /// The day.
    pub on: Date,
    /// The time of day, when printed.
    pub time: Option<NaiveTime>,
    /// Whether only the month is printed; `on` is its last day so far then.
    pub month_only: bool,
    /// Where it stands.
    pub basis: Basis,
    /// The words around it.
    pub snippet: String,
    /// The article's title.
    pub title: String,
}

impl Article {
    /// The publication as the update of what is found on a page.
    pub fn update(&self, page: &Url, link: Option<&Url>) -> LastUpdate {
        LastUpdate {
            on: self.on,
            basis: self.basis,
            evidence: Evidence {
                page: clean::line(page.as_str(), 1000),
                title: self.title.clone(),
                link: link.map(|link| clean::line(link.as_str(), 1000)),
                snippet: self.snippet.clone(),
            },
        }
    }
}

/// What a page tells as an article.
pub struct Told {
    /// Its publication.
    pub article: Option<Article>,
    /// How strongly it says that it is an article: three points are enough to be believed, five
    /// to outweigh a list.
    pub evidence: u32,
    /// Its other dates.
    pub others: Vec<OtherDate>,
}

/// Reads the publication date of the page.
pub fn read(clues: &Clues) -> Told {
    let all = visible::all(clues);
    let (best, weight) = if clues.chinese {
        (chinese(clues, &all), 0)
    } else {
        let (article, weight) = weighing::best(clues, &all).unzip();
        (article, weight.unwrap_or(0))
    };
    Told {
        evidence: evidence(clues, &all, weight, best.as_ref()),
        others: others::of(clues, &all, best.as_ref()),
        article: best.map(|article| Article {
            title: clean::line(clues.heads.title(&clues.metas), clean::TITLE),
            ..article
        }),
    }
}

/// The visible date against the metas; scripts and the address come last.
fn chinese(clues: &Clues, all: &[Seen]) -> Option<Article> {
    let meta = clues.metas.published(true, clues.today).into_iter().next();
    match (visible::best(all), meta) {
        (Some(seen), Some(meta)) if seen.score >= 100 || seen.on == meta.moment.on => {
            Some(printed(seen, Some(&meta)))
        }
        (Some(seen), Some(meta)) if seen.near_title && seen.on <= meta.moment.on => {
            Some(printed(seen, None))
        }
        (_, Some(meta)) => Some(stated(meta)),
        (Some(seen), None) => Some(printed(seen, None)),
        (None, None) => scripted::read(clues)
            .or_else(|| by_address(clues))
            .or_else(|| by_month(clues)),
    }
}

/// A printed date; a meta of the same day may add the time.
pub fn printed(seen: &Seen, meta: Option<&Stated>) -> Article {
    let added = meta
        .filter(|meta| meta.moment.on == seen.on)
        .and_then(|meta| meta.moment.time);
    Article {
        on: seen.on,
        time: seen.found.time.or(added),
        month_only: false,
        basis: Basis::ArticleLabel,
        snippet: seen.snippet(),
        title: String::new(),
    }
}

/// The date of a meta.
pub fn stated(meta: Stated) -> Article {
    Article {
        on: meta.moment.on,
        time: meta.moment.time,
        month_only: false,
        basis: Basis::ArticleMeta,
        snippet: meta.words,
        title: String::new(),
    }
}

/// How strongly the page says that it is an article, by its metas, labels and text.
fn evidence(clues: &Clues, all: &[Seen], weight: u32, best: Option<&Article>) -> u32 {
    let named = clues
        .metas
        .title
        .as_ref()
        .is_some_and(|t| clean::weight(t) >= 2);
    let labelled = all
        .iter()
        .any(|seen| seen.label == Label::Published && !seen.apart)
        || best.is_some_and(|article| article.month_only);
    let told = visible::best(all).is_some_and(|seen| seen.near_title && seen.score >= 70)
        && clues.prose_length >= 200;
    [
        (named, 2),
        (clues.metas.has_publication, 1),
        (clues.metas.is_article, 2),
        (labelled, 2),
        (told || weight >= weighing::SURE, 3),
        (weight >= weighing::LIKELY && clues.prose_length >= 1500, 2),
    ]
    .iter()
    .filter(|(holds, _)| *holds)
    .map(|(_, points)| points)
    .sum()
}

/// The month that the page states, where it states no day.
fn by_month(clues: &Clues) -> Option<Article> {
    let (on, snippet) = visible::labelled_month(clues)?;
    Some(Article {
        on,
        time: None,
        month_only: true,
        basis: Basis::ArticleLabel,
        snippet,
        title: String::new(),
    })
}

/// The day that the address of the page carries.
pub fn by_address(clues: &Clues) -> Option<Article> {
    let Some(PathDate::Day(on)) = address::path_date(clues.url) else {
        return None;
    };
    dates::is_plausible(on, clues.today).then(|| Article {
        on,
        time: None,
        month_only: false,
        basis: Basis::UrlPath,
        snippet: clean::line(clues.url.path(), clean::SNIPPET),
        title: String::new(),
    })
}
