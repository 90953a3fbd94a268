//! The links of a site that lead nowhere, as its page lists them.

use super::column::parameter;
use super::home::Pages;
use super::view::web_address;
use crate::domain::id::SiteId;
use crate::domain::target::Target;
use crate::domain::time::Moment;
use crate::report::links::{open, standing};
use crate::report::plain::{address, instant, one_line};

/// How many one page lists.
const LINKS: usize = 50;
/// The longest words of a link, in characters.
const TEXT_CHARS: usize = 30;

/// The word of the query that names the page of links.
const PAGE: &str = "links";

/// The page of links that a query asks for, from 0.
pub fn asked(query: Option<&str>) -> usize {
    let page = parameter(query, PAGE).and_then(|text| text.parse().ok());
    let page: usize = page.unwrap_or(1);
    page.clamp(1, 100_000) - 1
}

/// The list.
pub struct Broken {
    /// Those that are certain.
    pub sure: usize,
    /// Those that are suspected.
    pub suspected: usize,
    /// Those of the page.
    pub rows: Vec<Row>,
    /// Where one is among them.
    pub pages: Pages,
}

/// One link.
pub struct Row {
    /// How certain it is.
    pub state: String,
    /// Whether it is certain.
    pub sure: bool,
    /// What it is, and whether it leads outside.
    pub kind: String,
    /// The address, shortened.
    pub address: String,
    /// The address, where a link may lead there.
    pub link: Option<String>,
    /// Why it leads nowhere.
    pub why: String,
    /// Since when.
    pub since: String,
    /// The first page that carries it, its address, and the words of the link there.
    pub place: Option<(String, Option<String>, String)>,
}

impl Broken {
    /// Those of `targets` of `site` that lead nowhere at `now`, on a page from 0.
    pub fn of(site: &SiteId, targets: &[Target], page: usize, now: Moment) -> Broken {
        let open = open(targets);
        let sure = open
            .iter()
            .filter(|(_, spell)| spell.confirmed_at.is_some());
        let sure = sure.count();
        let pages = Pages::of(open.len(), LINKS, page, |page| {
            format!("/site/{site}?{PAGE}={}", page + 1)
        });
        let here = open.iter().skip(pages.skipped(LINKS)).take(LINKS);
        let rows = here.map(|(target, spell)| Row {
            state: standing(target, spell, now),
            sure: spell.confirmed_at.is_some(),
            kind: match target.external {
                true => format!("外部{}", target.kind.in_chinese()),
                false => target.kind.in_chinese().to_owned(),
            },
            address: address(&target.url),
            link: web_address(&target.url),
            why: spell.why.in_chinese(),
            since: instant(spell.since, now),
            place: target.places.first().map(|place| {
                let words = one_line(&place.text, TEXT_CHARS);
                let name = match target.on_home {
                    true => "首页".to_owned(),
                    false => address(&place.page),
                };
                (name, web_address(&place.page), words)
            }),
        });
        Broken {
            sure,
            suspected: open.len() - sure,
            rows: rows.collect(),
            pages,
        }
    }
}
