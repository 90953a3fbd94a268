//! `/copy/{id}?digest=…`: the stored copy of the page behind a verdict, as rows and as source text; of
//! a column by its id, of a home page, or a page on which an inspection found something, by its site's.
//!
//! Nothing of the page is ever shown as a page: its markup is text here, and its links lead
//! nowhere by themselves. Only what a visit to this column or home page kept is shown.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use url::Url;

use super::Console;
use super::access::viewer::Viewer;
use super::column::{find, is_own, parameter};
use super::proof;
use super::source::Picture;
use super::view::{
    Frame, NAME_CHARS, Named, Place, Shared, TITLE_CHARS, date, fault, page, unknown, unreadable,
    web_address, when,
};
use crate::domain::candidate::Candidate;
use crate::domain::finding::{Finding, LastUpdate};
use crate::domain::group::{Column, Site};
use crate::domain::id::SiteId;
use crate::domain::item::Row;
use crate::domain::name::is_same_title;
use crate::domain::observation::Sight;
use crate::domain::page::Page;
use crate::domain::time::{Date, Moment, date_of};
use crate::extract::{Answer, More, Pages, Reader, Recipe};
use crate::report::plain::{lines, one_line};
use crate::store::error::StoreError;
use crate::store::handle::Store;

/// How many visits are looked through for the digest.
const VISITS: usize = 2000;
/// How many rows are shown.
pub const ROWS: usize = 200;
/// How much of the source is shown, in characters.
pub const SOURCE_CHARS: usize = 60_000;
/// How many deciding rows are marked in the source.
const MARKED: usize = 20;
/// The longest line of the source that is marked whole, in bytes.
const LINE_BYTES: usize = 600;
/// The most marks in the source.
const MARKS_SHOWN: usize = 200;
/// The shortest end of an address by which a row is found in the source.
const FILE_CHARS: usize = 4;
/// Rounds of reading: what the reader asks for besides is not at hand.
const TURNS: usize = 8;

#[derive(Template)]
#[template(path = "copy.html")]
struct CopyPage {
    frame: Frame,
    /// The column with its name, where it is one's.
    column: Option<(String, String)>,
    /// The page that it is of with its address, where an inspection kept it.
    page: Option<(String, Option<String>)>,
    site: String,
    site_name: String,
    digest: String,
    visited: String,
    verdict: String,
    bytes: usize,
    rows: Vec<RowLine>,
    more: usize,
    source: Option<Vec<Piece>>,
    cut: bool,
}

struct RowLine {
    decided: bool,
    on: String,
    title: String,
    url: String,
}

/// A stretch of the source, and whether a deciding row stands in it.
struct Piece {
    decided: bool,
    text: String,
}

/// What was read of the copy, and its source.
struct Reread {
    rows: Vec<Row>,
    text: Option<String>,
}

/// Why there is no copy to show.
pub enum Lack {
    /// No such column or site for the viewer.
    Unknown,
    /// None of this name was kept, or as long as the configuration says.
    Gone,
    /// It cannot be read.
    Broken,
    /// The store cannot be read.
    Store(StoreError),
}

impl From<StoreError> for Lack {
    fn from(error: StoreError) -> Lack {
        Lack::Store(error)
    }
}

/// What is said of a copy that was removed, or of a page of which none was kept.
pub const GONE: &str = "该次访问的页面未留副本，或副本已按保存期限清除。";
/// What is said of a copy that cannot be read.
pub const BROKEN: &str = "页面副本无法读取。";

/// What a copy is of.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// The list page of a column of this site.
    Column(&'a Column, &'a Site),
    /// The home page of this site.
    Home(&'a Site),
    /// A page of this site on which an inspection found something.
    Page(&'a Site),
}

/// The visit that a copy is of.
struct Visit {
    at: Moment,
    sight: Option<Sight>,
    /// What was found on it, where it is an inspection's.
    found: Vec<Candidate>,
}

/// A stored copy with the visit that kept it, and what is read of it.
pub struct Copied<'a> {
    /// What it is of.
    pub of: Whose<'a>,
    /// SHA-256 of the page, hexadecimal.
    pub digest: String,
    /// When the visit began.
    pub seen_at: Moment,
    /// What the visit saw; none of an inspection.
    pub sight: Option<Sight>,
    /// What the inspection suspects on it.
    pub found: Vec<Candidate>,
    /// The size of the page, in bytes.
    pub bytes: usize,
    /// The rows that are read of it.
    pub rows: Vec<Row>,
    /// Its source, where it is text.
    pub text: Option<String>,
}

impl<'a> Whose<'a> {
    /// What is called `id`, as far as the viewer may see copies of it.
    fn called(console: &'a Console, viewer: &Viewer, id: &str) -> Option<Whose<'a>> {
        if let Some((column, site, _)) = find(console, id) {
            return is_own(viewer, column).then_some(Whose::Column(column, site));
        }
        let site = console.group.sites.get(&SiteId::parse(id).ok()?)?;
        is_owner(viewer, site).then_some(Whose::Home(site))
    }

    /// The site.
    pub fn site(self) -> &'a Site {
        match self {
            Whose::Column(_, site) | Whose::Home(site) | Whose::Page(site) => site,
        }
    }

    /// The column, where it is one's.
    pub fn column(self) -> Option<&'a Column> {
        match self {
            Whose::Column(column, _) => Some(column),
            Whose::Home(_) | Whose::Page(_) => None,
        }
    }

    /// The visit that kept the copy called `digest`.
    async fn visit(self, store: &Store, digest: &str) -> Result<Option<Visit>, StoreError> {
        match self {
            Whose::Column(column, _) => {
                let visits = store.observations(&column.id, VISITS).await?;
                let mut visits = visits.into_iter();
                let visit = visits.find(|seen| seen.digest.as_deref() == Some(digest));
                Ok(visit.map(|seen| Visit {
                    at: seen.observed_at,
                    sight: Some(seen.sight),
                    found: Vec::new(),
                }))
            }
            Whose::Home(site) => {
                let home = store.home(&site.id).await?;
                let mut copies = home.into_iter().flat_map(|home| home.copies);
                let copy = copies.find(|copy| copy.digest == digest);
                Ok(copy.map(|copy| Visit {
                    at: copy.seen_at,
                    sight: Some(Sight::Read(copy.finding)),
                    found: Vec::new(),
                }))
            }
            Whose::Page(_) => Ok(None),
        }
    }

    /// Where the page stands, and how it is read.
    fn reading(self) -> Option<(Url, Recipe)> {
        match self {
            Whose::Column(column, site) => {
                let recipe = Recipe::of_column(site, column, Recipe::BUDGET);
                Some((column.address()?.clone(), recipe))
            }
            Whose::Home(site) => {
                let recipe = Recipe::of_home(site, Recipe::BUDGET);
                Some((site.home.clone()?, recipe))
            }
            Whose::Page(_) => None,
        }
    }
}

/// Whether the site is the viewer's: of a site of others a unit sees its own columns alone.
pub fn is_owner(viewer: &Viewer, site: &Site) -> bool {
    viewer.only().is_none_or(|unit| *unit == site.unit)
}

/// Where the copy of the home page of `site` is shown.
pub fn address_of_home(site: &SiteId, digest: &str) -> String {
    format!("/copy/{site}?digest={digest}")
}

impl Copied<'_> {
    /// The copy called `digest` of the column or the home page `id`.
    pub async fn find<'a>(
        console: &'a Console,
        viewer: &Viewer,
        id: &str,
        digest: Option<String>,
    ) -> Result<Copied<'a>, Lack> {
        let called = Whose::called(console, viewer, id).ok_or(Lack::Unknown)?;
        let digest = digest.ok_or(Lack::Unknown)?;
        let (of, visit) = match called.visit(&console.store, &digest).await? {
            Some(visit) => (called, visit),
            None => inspected(console, viewer, called, &digest).await?,
        };
        let body = console.store.body(&digest).await?.ok_or(Lack::Gone)?;
        let bytes = body.len();
        let reread = match visit.found.first().and_then(proof::page_of) {
            Some(url) => read_as_text(url, body).await,
            None => read_again(of, body, date_of(visit.at)).await,
        };
        let Reread { rows, text } = reread.ok_or(Lack::Broken)?;
        Ok(Copied {
            of,
            digest,
            seen_at: visit.at,
            sight: visit.sight,
            found: visit.found,
            bytes,
            rows,
            text,
        })
    }

    /// Whether `row` decided at the visit: in a list the one item, on a home page all of the newest
    /// day.
    pub fn is_decided_by(&self, row: &Row) -> bool {
        let Some(update) = decided(self.sight.as_ref()) else {
            return false;
        };
        let evidence = &update.evidence;
        match (row.on, self.of) {
            (Some(on), Whose::Home(_) | Whose::Page(_)) => on == update.on,
            (Some(on), Whose::Column(..)) => {
                on == update.on && is_same_title(&row.title, &evidence.title)
            }
            // Its article told the date.
            (None, _) => row.refused_on.is_none() && row.url.is_some() && row.url == evidence.link,
        }
    }
}

/// `GET /copy/{id}`.
pub async fn copy(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    id: Named,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(Path(id)) = id else {
        return unknown();
    };
    let digest = parameter(query.as_deref(), "digest");
    let copied = match Copied::find(&console, &viewer, &id, digest).await {
        Ok(copied) => copied,
        Err(Lack::Unknown) => return unknown(),
        Err(Lack::Gone) => return fault(StatusCode::NOT_FOUND, GONE),
        Err(Lack::Broken) => return fault(StatusCode::INTERNAL_SERVER_ERROR, BROKEN),
        Err(Lack::Store(error)) => return unreadable(&error),
    };
    let picture = match Picture::take(&console, &viewer).await {
        Ok(picture) => picture,
        Err(error) => return unreadable(&error),
    };
    let today = date_of(picture.now);
    let (source, site) = (copied.text.as_deref(), copied.of.site());
    page(&CopyPage {
        frame: Frame::of(&console, &picture, &viewer, Place::Overview),
        column: copied
            .of
            .column()
            .map(|column| (column.id.to_string(), one_line(&column.name, NAME_CHARS))),
        page: copied.found.first().map(|candidate| {
            let page = candidate.seen_on.as_ref().unwrap_or(&candidate.page);
            (one_line(page, 2 * TITLE_CHARS), web_address(page))
        }),
        site: site.id.to_string(),
        site_name: one_line(&site.name, NAME_CHARS),
        visited: when(Some(copied.seen_at), picture.now),
        verdict: one_line(&proof::says(&copied, today), 2 * TITLE_CHARS),
        bytes: copied.bytes,
        more: copied.rows.len().saturating_sub(ROWS),
        cut: source.is_some_and(|text| text.chars().nth(SOURCE_CHARS).is_some()),
        source: source.map(|text| pieces(&lines(text, SOURCE_CHARS), &marks(&copied))),
        rows: copied
            .rows
            .iter()
            .take(ROWS)
            .map(|row| row_line(row, copied.is_decided_by(row), today))
            .collect(),
        digest: copied.digest,
    })
}

/// The item that decided at a visit.
fn decided(sight: Option<&Sight>) -> Option<&LastUpdate> {
    match sight?.finding()? {
        Finding::Dated(update) => Some(update),
        _ => None,
    }
}

fn row_line(row: &Row, decided: bool, today: Date) -> RowLine {
    RowLine {
        decided,
        on: date(row.on, today),
        title: one_line(&row.title, TITLE_CHARS),
        url: one_line(row.url.as_deref().unwrap_or("—"), 2 * TITLE_CHARS),
    }
}

/// The inspection that kept the copy called `digest`.
async fn inspected<'a>(
    console: &Console,
    viewer: &Viewer,
    of: Whose<'a>,
    digest: &str,
) -> Result<(Whose<'a>, Visit), Lack> {
    let Whose::Home(site) = of else {
        return Err(Lack::Gone);
    };
    let found = proof::proven_by(&console.store, viewer, site, digest).await?;
    let at = found.first().ok_or(Lack::Gone)?.first_at;
    let sight = None;
    Ok((Whose::Page(site), Visit { at, sight, found }))
}

/// Reads the copy for its words alone.
async fn read_as_text(url: Url, body: Vec<u8>) -> Option<Reread> {
    let work = move || Reread {
        rows: Vec::new(),
        text: crate::extract::text(&page_at(url, body)),
    };
    tokio::task::spawn_blocking(work).await.ok()
}

fn page_at(url: Url, body: Vec<u8>) -> Page {
    Page {
        url,
        status: 200,
        content_type: None,
        body,
    }
}

/// Reads the copy as the visit did, without any further page.
async fn read_again(of: Whose<'_>, body: Vec<u8>, on: Date) -> Option<Reread> {
    let (url, recipe) = of.reading()?;
    let work = move || {
        let first = page_at(url, body);
        let text = crate::extract::text(&first);
        let mut pages = Pages {
            first,
            more: BTreeMap::new(),
        };
        let mut reader = Reader::new(recipe, on);
        for _ in 0..TURNS {
            match reader.read(&pages) {
                Answer::Found(reading) => {
                    let rows = reading.rows;
                    return Reread { rows, text };
                }
                Answer::Need(urls) => {
                    let failed = urls.into_iter().map(|url| (url, More::Failed));
                    pages.more.extend(failed);
                }
            }
        }
        let rows = Vec::new();
        Reread { rows, text }
    };
    tokio::task::spawn_blocking(work).await.ok()
}

/// By what the deciding rows are found in the source: their titles, and the ends of their addresses,
/// since the source may write a title otherwise than it reads.
fn marks(copied: &Copied<'_>) -> Vec<String> {
    let evidence = decided(copied.sight.as_ref()).map(|update| &update.evidence);
    let evidence = evidence.map(|evidence| (evidence.title.as_str(), evidence.link.as_deref()));
    let rows = copied.rows.iter().filter(|row| copied.is_decided_by(row));
    let rows = rows.map(|row| (row.title.as_str(), row.url.as_deref()));
    let found = copied.found.iter().flat_map(proof::suspected);
    let mut marks: Vec<String> = found.map(str::to_owned).collect();
    for (title, link) in evidence.into_iter().chain(rows.take(MARKED)) {
        let file = link.and_then(|link| link.rsplit('/').find(|part| part.len() >= FILE_CHARS));
        let parts = [Some(title), file].into_iter().flatten();
        marks.extend(parts.filter(|part| !part.is_empty()).map(str::to_owned));
    }
    marks.sort();
    marks.dedup();
    marks
}

/// The source in stretches, those apart in which one of `marks` stands: whole lines, and where lines are
/// long the words alone.
fn pieces(source: &str, marks: &[String]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut add = |decided: bool, text: &str| match pieces.last_mut() {
        Some(last) if last.decided == decided || text.is_empty() => last.text.push_str(text),
        _ => pieces.push(Piece {
            decided,
            text: text.to_owned(),
        }),
    };
    let mut left = MARKS_SHOWN;
    for line in source.split_inclusive('\n') {
        let (mut from, whole) = (0, line.len() <= LINE_BYTES);
        for (start, end) in places(line, marks).into_iter().take(left) {
            left -= 1;
            let (start, end) = if whole { (0, line.len()) } else { (start, end) };
            add(false, line.get(from..start).unwrap_or_default());
            add(true, line.get(start..end).unwrap_or_default());
            from = end;
            if whole {
                break;
            }
        }
        add(false, line.get(from..).unwrap_or_default());
    }
    pieces
}

/// Where one of `marks` stands in `line`, in order and apart from each other.
fn places(line: &str, marks: &[String]) -> Vec<(usize, usize)> {
    let found = marks.iter().flat_map(|mark| {
        let found = line.match_indices(mark.as_str());
        found.map(|(at, mark)| (at, at + mark.len()))
    });
    let mut found: Vec<(usize, usize)> = found.collect();
    found.sort_unstable();
    let mut end = 0;
    found.retain(|&(from, to)| {
        let apart = from >= end;
        end = if apart { to } else { end };
        apart
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The source with what is marked in brackets.
    fn shown(source: &str, marks: &[&str]) -> String {
        let marks: Vec<String> = marks.iter().map(|&mark| mark.to_owned()).collect();
        let pieces = pieces(source, &marks);
        let pieces = pieces.iter().map(|piece| match piece.decided {
            true => format!("[{}]", piece.text),
            false => piece.text.clone(),
        });
        pieces.collect()
    }

    #[test]
    fn a_line_is_marked_whole_and_in_a_long_one_the_words_alone() {
        let row = "<li><a href=\"/t1.html\">工作会议召开</a></li>\n";
        let marks = ["t1.html", "工作会议召开", "会议"];
        let source = format!("<ul>\n{row}</ul>\n");
        assert_eq!(shown(&source, &marks), format!("<ul>\n[{row}]</ul>\n"));
        let long = format!("{0}{1}{0}", "<li>别的</li>".repeat(100), row.trim_end());
        let found = shown(&long, &marks);
        assert!(
            found.contains("<a href=\"/[t1.html]\">[工作会议召开]</a>"),
            "{found}"
        );
        assert_eq!(found.replace(['[', ']'], ""), long);
    }

    #[test]
    fn a_page_of_nothing_but_marks_stays_small() {
        let source = "工 ".repeat(SOURCE_CHARS / 2);
        let shown = shown(&source, &["工"]);
        assert_eq!(shown.matches('[').count(), MARKS_SHOWN);
        assert_eq!(shown.replace(['[', ']'], ""), source);
    }
}
