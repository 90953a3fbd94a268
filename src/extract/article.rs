//! The publication date of an article page: the visible labelled date wins, then the date beside
//! the title, then the metas, unless they repeat the time at which the page was generated.

use chrono::{NaiveDateTime, NaiveTime};

use super::address::{self, PathDate};
use super::clean;
use super::dates::{self, Found, Stamp, Standing};
use super::dom::{Dom, What};
use super::labels::Label;
use super::refusal;
use super::rows::Dated;
use super::view::View;
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
    let metas = Metas::of(view.dom);
    let title = metas
        .title
        .clone()
        .filter(|t| clean::weight(t) >= 2)
        .unwrap_or_else(|| refusal::title(view.dom));
    let place = title_place(view.dom, &title);
    let visible = visible(view, place);
    let meta = metas.published(view.today);
    let scripted = || script_date(view.source, view.today);
    let best = match (visible, meta) {
        (Some(seen), Some(meta)) if seen.score >= 100 || seen.on() == Some(meta.on) => {
            Some(seen.into_article(Some(&meta)))
        }
        (Some(seen), Some(meta)) if seen.near_title && seen.on() <= Some(meta.on) => {
            Some(seen.into_article(None))
        }
        (_, Some(meta)) => Some(meta),
        (Some(seen), None) => Some(seen.into_article(None)),
        (None, None) => scripted().or_else(|| by_address(view)),
    };
    best.map(|article| Article {
        title: clean::line(&title, clean::TITLE),
        ..article
    })
}

/// How strongly the page says that it is an article, by its metas, labels and text.
pub fn evidence(view: &View) -> u32 {
    let metas = Metas::of(view.dom);
    let named = metas.title.as_ref().is_some_and(|t| clean::weight(t) >= 2);
    let labelled = view
        .layout
        .dated()
        .iter()
        .any(|d| d.label == Label::Published && d.in_item.is_none() && !in_list(view, d.node));
    let title = metas
        .title
        .clone()
        .unwrap_or_else(|| refusal::title(view.dom));
    let seen = visible(view, title_place(view.dom, &title));
    let told = seen.is_some_and(|seen| seen.near_title && seen.score >= 70)
        && prose_length(view.dom) >= 200;
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

struct Metas {
    title: Option<String>,
    generated: Vec<NaiveDateTime>,
    published: Vec<(String, String)>,
    has_publication: bool,
    is_article: bool,
}

/// Names of metas with a publication date, the surest first.
const PUBLISHED: [&str; 25] = [
    "pubdate",
    "firstpublishedtime",
    "publishdate",
    "publishedtime",
    "publishtime",
    "pubtime",
    "articlepublishedtime",
    "datepublished",
    "ogpublishedtime",
    "ogpubdate",
    "bytedancepublishedtime",
    "rnewspublished",
    "parselypubdate",
    "sailthrudate",
    "dcdateissued",
    "dctermsissued",
    "dcdate",
    "dctermsdate",
    "publicationdate",
    "weiboarticlecreateat",
    "ogtime",
    "ogreleasedate",
    "articlecreateat",
    "articledate",
    "date",
];
/// Names of metas that say when the page was made.
const GENERATED: [&str; 8] = [
    "htmlgeneratetime",
    "others",
    "maketime",
    "createdate",
    "cacheclearate",
    "cachecleardate",
    "lastmodifiedtime",
    "generatetime",
];

fn plain_name(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(40)
        .collect::<String>()
        .to_ascii_lowercase()
}

impl Metas {
    fn of(dom: &Dom) -> Metas {
        let mut metas = Metas {
            title: None,
            generated: Vec::new(),
            published: Vec::new(),
            has_publication: false,
            is_article: false,
        };
        for (_, meta) in dom.tagged("meta") {
            let name = ["name", "property", "itemprop", "http-equiv"]
                .iter()
                .find_map(|key| meta.attr(key))
                .map(plain_name);
            if let Some((name, content)) = name.zip(meta.attr("content")) {
                metas.take(&name, content);
            }
        }
        metas
    }

    fn take(&mut self, name: &str, content: &str) {
        let content: String = content.chars().take(300).collect();
        if name == "articletitle" {
            self.title = Some(clean::line(&content, clean::TITLE));
        } else if name == "ogtype" {
            self.is_article |= content.trim() == "article";
        } else if GENERATED.contains(&name) {
            self.generated
                .extend(stamp_of(&content).map(|(on, time)| on.and_time(time.unwrap_or_default())));
        } else if PUBLISHED.contains(&name) && dates::has_digit(&content) {
            self.has_publication |= name != "date";
            self.is_article |= name.contains("published");
            self.published.push((name.to_owned(), content));
        }
    }

    /// The surest publication meta that is not the time of generation.
    fn published(&self, today: Date) -> Option<Article> {
        PUBLISHED.iter().find_map(|wanted| {
            let (_, content) = self.published.iter().find(|(name, _)| name == wanted)?;
            let (on, time) = stamp_of(content)?;
            let generated = time.is_some_and(|time| self.generated.contains(&on.and_time(time)));
            (!generated && dates::is_plausible(on, today)).then(|| Article {
                on,
                time,
                basis: Basis::ArticleMeta,
                snippet: clean::line(&format!("{wanted}: {content}"), clean::SNIPPET),
                title: String::new(),
            })
        })
    }
}

/// The first full date of a short text; instants in UTC become days in China.
fn stamp_of(text: &str) -> Option<(Date, Option<NaiveTime>)> {
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(text.trim()) {
        let zulu = text.trim().ends_with(['Z', 'z']) || at.offset().local_minus_utc() == 0;
        let local = if zulu {
            at.with_timezone(&crate::domain::time::china())
                .naive_local()
        } else {
            at.naive_local()
        };
        return Some((local.date(), Some(local.time())));
    }
    dates::scan(text)
        .into_iter()
        .find_map(|found| match found.stamp {
            Stamp::Full(on) => Some((on, found.time)),
            _ => None,
        })
}

/// Where the article's title stands: a heading with it, else the first text with it.
fn title_place(dom: &Dom, title: &str) -> Option<usize> {
    let wanted: String = squeezed(title);
    if wanted.chars().count() < 4 {
        return None;
    }
    let matches = |text: &str| {
        let text = squeezed(text);
        text.chars().count() >= 4
            && (wanted.contains(&text) || text.contains(&wanted))
            && clean::weight(&text) * 2 >= clean::weight(&wanted).min(16)
    };
    let heading = dom.iter().find(|(at, node)| {
        matches!(dom.tag(*at), "h1" | "h2" | "h3")
            && !node.silent
            && matches(&dom.text(*at, node.end, 200))
    });
    heading.map(|(at, _)| at).or_else(|| {
        dom.texts(0, dom.len())
            .find(|(at, text)| text.len() >= 12 && matches(text) && !in_link(dom, *at))
            .map(|(at, _)| at)
    })
}

fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .take(80)
        .collect()
}

fn in_link(dom: &Dom, at: usize) -> bool {
    let mut at = at;
    for _ in 0..4 {
        at = dom.parent(at);
        if dom.tag(at) == "a" {
            return true;
        }
    }
    false
}

/// A visible date and how much speaks for it.
struct Seen<'a> {
    score: i32,
    near_title: bool,
    text: &'a str,
    found: Found,
}

impl Seen<'_> {
    fn on(&self) -> Option<Date> {
        match self.found.stamp {
            Stamp::Full(on) => Some(on),
            _ => None,
        }
    }

    /// A meta of the same day may add the time.
    fn into_article(self, meta: Option<&Article>) -> Article {
        let on = self.on().unwrap_or_default();
        let added = meta.filter(|meta| meta.on == on).and_then(|meta| meta.time);
        Article {
            on,
            time: self.found.time.or(added),
            basis: Basis::ArticleLabel,
            snippet: around(self.text, &self.found),
            title: String::new(),
        }
    }
}

fn around(text: &str, found: &Found) -> String {
    let from = found.start.saturating_sub(20);
    let near: String = text
        .chars()
        .skip(from)
        .take(found.end - from + 20)
        .collect();
    clean::line(&near, clean::SNIPPET)
}

/// The visible date for which most speaks, if enough does.
fn visible<'v>(view: &'v View, title: Option<usize>) -> Option<Seen<'v>> {
    let mut best: Option<Seen> = None;
    for d in view.layout.dated() {
        let Stamp::Full(on) = d.found.stamp else {
            continue;
        };
        let hidden = view.dom.get(d.node).is_some_and(|node| node.hidden);
        if d.found.ranged || d.in_item.is_some() || hidden || !dates::is_plausible(on, view.today) {
            continue;
        }
        let Some((score, near_title)) = score(view, d, title) else {
            continue;
        };
        if score >= 50 && best.as_ref().is_none_or(|other| score > other.score) {
            best = Some(Seen {
                score,
                near_title,
                text: d.text,
                found: d.found,
            });
        }
    }
    best
}

fn score(view: &View, d: &Dated, title: Option<usize>) -> Option<(i32, bool)> {
    let short = d.text.trim().chars().count() <= 120;
    let named = publication_element(view.dom, d.node);
    let base = match d.label {
        Label::Published => 100,
        Label::Answered => 60,
        Label::Date if d.standing >= Standing::Edge || short => 60,
        Label::Updated => 30,
        Label::None if named == Named::Element => 100,
        Label::None if d.standing == Standing::Alone => 30,
        Label::None if d.standing == Standing::Edge && short => 20,
        _ => return None,
    };
    if base < 100 && in_list(view, d.node) {
        return None;
    }
    let (bonus, near) = nearness(view.dom, title, d.node);
    let time = if d.found.time.is_some() { 10 } else { 0 };
    let class = if named == Named::Class { 15 } else { 0 };
    let words = [
        "来源", "作者", "浏览", "点击", "编辑", "字号", "字体", "阅读", "责编", "分享", "次",
    ];
    let company = if short && words.iter().any(|word| d.text.contains(word)) {
        15
    } else {
        0
    };
    let prose = if d.standing == Standing::Prose {
        -30
    } else {
        0
    };
    Some((base + bonus + time + class + company + prose, near))
}

/// Dates within a screen of the title belong to it; those below it more than those above.
fn nearness(dom: &Dom, title: Option<usize>, node: usize) -> (i32, bool) {
    let Some(title) = title else {
        return (10, false);
    };
    let (from, to) = (title.min(node), title.max(node));
    let between: usize = dom
        .texts(from, to)
        .take(80)
        .map(|(_, text)| text.trim().chars().count())
        .sum();
    match between {
        _ if node > title && between <= 160 => (40, true),
        _ if node > title && between <= 400 => (20, true),
        _ if between <= 300 => (15, true),
        _ => (0, false),
    }
}

#[derive(PartialEq, Eq)]
enum Named {
    Element,
    Class,
    No,
}

/// Whether the date stands in `<publishtime>` or an element classed as a date.
fn publication_element(dom: &Dom, node: usize) -> Named {
    let mut at = node;
    for _ in 0..3 {
        at = dom.parent(at);
        let Some(element) = dom.element(at) else {
            break;
        };
        if matches!(element.name(), "publishtime" | "pubtime" | "publishdate") {
            return Named::Element;
        }
        let classed = ["class", "id"]
            .iter()
            .filter_map(|name| element.attr(name))
            .any(|value| {
                let value = value.to_ascii_lowercase();
                ["date", "time", "pub", "info", "source", "meta", "ly", "sj"]
                    .iter()
                    .any(|word| value.contains(word))
            });
        if classed {
            return Named::Class;
        }
    }
    Named::No
}

/// Whether a place lies in a list with at least three dated rows.
fn in_list(view: &View, node: usize) -> bool {
    view.groups
        .iter()
        .filter(|group| group.dated >= 2)
        .any(|group| {
            group
                .rows
                .iter()
                .filter_map(|at| view.rows.get(*at))
                .any(|row| {
                    let inside = row.block <= node && node < view.dom.end(row.block);
                    let beside = row.list <= node
                        && node < view.dom.end(row.list)
                        && node > row.block
                        && row.mark.is_some()
                        && view.dom.end(row.list) - row.list < 400;
                    inside || beside
                })
        })
}

/// `fbrq = "2024年…"`, `__$pubtime='…'`, JSON-LD's `datePublished`.
fn script_date(source: &str, today: Date) -> Option<Article> {
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
                Err(_) => stamp_of(value)?,
            };
            dates::is_plausible(on, today).then(|| Article {
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

/// Characters of visible text that stand in no link, counted up to 5,000.
pub fn prose_length(dom: &Dom) -> usize {
    let mut count = 0;
    let mut link_end = 0;
    for (at, node) in dom.iter() {
        match node.what {
            What::Element(e) if e.name() == "a" => link_end = link_end.max(node.end),
            What::Text(text) if at >= link_end && !node.silent && text.len() > 60 => {
                count += text.trim().chars().count()
            }
            _ => {}
        }
        if count > 5000 {
            break;
        }
    }
    count
}
