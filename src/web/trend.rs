//! `/trend`: how the group, or one site, came out in the last quarters. A drawing with words that say
//! the same, and a table.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::Console;
use super::access::viewer::Viewer;
use super::assessment::quarter;
use super::column::parameter;
use super::made::{Without, instead, made};
use super::source::Picture;
use super::view::{Frame, NAME_CHARS, Place, Shared, page, unknown, unreadable};
use crate::assess::score::card::Card;
use crate::assess::score::period::Period;
use crate::domain::id::SiteId;
use crate::domain::time::{Date, date_of};
use crate::report::assessment::{Assessment, words};
use crate::report::plain::one_line;

/// How many quarters are shown.
const QUARTERS: usize = 6;
/// The drawing, in its own units.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 192.0;
/// The room left and below for words.
const LEFT: f64 = 34.0;
const TOP: f64 = 26.0;

#[derive(Template)]
#[template(path = "trend.html")]
struct TrendPage {
    frame: Frame,
    site: Option<(String, String)>,
    says: String,
    chart: Chart,
    rows: Vec<Row>,
}

/// One quarter.
pub struct Row {
    /// The period, as `2017Q4`.
    pub period: String,
    /// The same in Chinese.
    pub name: String,
    /// Whether it is still running.
    pub open: bool,
    /// The total of the site, or the mean of all.
    pub total: Option<f64>,
    /// The same in words.
    pub shown: String,
    /// The best total, in words.
    pub best: String,
    /// The worst total, in words.
    pub worst: String,
    /// The place among all, of one site.
    pub rank: String,
    /// How many sites hit a veto.
    pub vetoed: usize,
    /// How many sites have a total.
    pub sites: usize,
}

/// The drawing.
struct Chart {
    width: f64,
    height: f64,
    grid: Vec<(f64, u32)>,
    points: Vec<Point>,
    path: String,
}

struct Point {
    x: f64,
    y: f64,
    name: String,
    shown: String,
}

/// `GET /trend`.
pub async fn trend(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    RawQuery(query): RawQuery,
) -> Response {
    let picture = match Picture::take(&console, &viewer).await {
        Ok(picture) => picture,
        Err(error) => return unreadable(&error),
    };
    let site = match parameter(query.as_deref(), "site") {
        None => None,
        Some(text) => match SiteId::parse(&text) {
            Ok(id) if picture.group.sites.contains_key(&id) => Some(id),
            _ => return unknown(),
        },
    };
    let rows = match quarters(&console, &viewer, site.as_ref(), date_of(picture.now)).await {
        Ok(rows) => rows,
        Err((period, done, without)) => {
            let what = (period.in_chinese(), done, QUARTERS);
            return instead(&console, &viewer, without, what).await;
        }
    };
    let name = site.as_ref().and_then(|id| picture.group.sites.get(id));
    let name = name.map(|site| (site.id.to_string(), one_line(&site.name, NAME_CHARS)));
    page(&TrendPage {
        frame: Frame::of(&console, &picture, &viewer, Place::Assessment),
        says: says(&rows, name.is_some()),
        site: name,
        chart: Chart::of(&rows),
        rows,
    })
}

/// The last quarters, the oldest first, of one site or of all that the viewer may see, since the one
/// of the first visit. Else which quarter's assessment is not there, how many are, and why it is not.
pub async fn quarters(
    console: &Console,
    viewer: &Viewer,
    site: Option<&SiteId>,
    today: Date,
) -> Result<Vec<Row>, (Period, usize, Without)> {
    let mut rows: Vec<Row> = Vec::new();
    let Some(mut period) = quarter(today) else {
        return Ok(rows);
    };
    let sites = console.group.sites.keys().cloned().collect();
    let unreadable = |error| (period, 0, Without::Unreadable(error));
    let since = console.store.known_since(sites).await.map_err(unreadable)?;
    for done in 0..QUARTERS {
        let without = |without| (period, done, without);
        let running = today <= period.last();
        let told = match told(console, period, since).await.map_err(without)? {
            None => row(period, &[], running),
            Some(assessment) => {
                let cards = assessment.cards.iter();
                let shown = cards.filter(|card| {
                    let own = viewer.only().is_none_or(|unit| card.unit == *unit);
                    own && site.is_none_or(|site| card.site == *site)
                });
                row(period, &shown.collect::<Vec<_>>(), running)
            }
        };
        rows.push(told);
        period = period.before();
    }
    while rows.last().is_some_and(|row| row.total.is_none()) {
        rows.pop();
    }
    rows.reverse();
    Ok(rows)
}

/// The assessment of a quarter. What ended before the first visit is told only if somebody closed
/// it: pages show items of earlier days too, and these alone would make a total.
async fn told(
    console: &Console,
    period: Period,
    since: Option<Date>,
) -> Result<Option<Arc<Assessment>>, Without> {
    if since.is_none_or(|since| period.last() < since) {
        let closings = console.store.closings(&period.to_string()).await;
        if closings.map_err(Without::Unreadable)?.is_empty() {
            return Ok(None);
        }
    }
    match made(console, period).await {
        Ok(assessment) => Ok(Some(assessment)),
        Err(Without::Never(_)) => Ok(None),
        Err(without) => Err(without),
    }
}

fn number(card: &Card) -> Option<f64> {
    card.total?.to_string().parse().ok()
}

fn row(period: Period, cards: &[&Card], open: bool) -> Row {
    let totals: Vec<f64> = cards.iter().filter_map(|card| number(card)).collect();
    let mean = match totals.is_empty() {
        true => None,
        false => Some(totals.iter().sum::<f64>() / totals.len() as f64),
    };
    let worded = |total: Option<f64>| total.map_or("—".to_owned(), |total| format!("{total:.1}"));
    Row {
        period: period.to_string(),
        name: period.in_chinese(),
        open,
        total: mean,
        shown: worded(mean),
        best: worded(totals.iter().copied().reduce(f64::max)),
        worst: worded(totals.iter().copied().reduce(f64::min)),
        rank: match cards {
            [card] => words::rank(card),
            _ => "—".to_owned(),
        },
        vetoed: cards.iter().filter(|card| !card.vetoes.is_empty()).count(),
        sites: totals.len(),
    }
}

fn says(rows: &[Row], one: bool) -> String {
    let what = match one {
        true => "总分",
        false => "平均总分",
    };
    let told: Vec<String> = rows
        .iter()
        .filter(|row| row.total.is_some())
        .map(|row| {
            let open = if row.open { "（进行中）" } else { "" };
            format!("{}{open}{}分", row.name, row.shown)
        })
        .collect();
    match told.is_empty() {
        true => "尚无可比较的周期。".to_owned(),
        false => format!("{what}：{}。", told.join("，")),
    }
}

impl Chart {
    fn of(rows: &[Row]) -> Chart {
        let (room, high) = (WIDTH - LEFT - 40.0, HEIGHT - TOP - 24.0);
        let steps = rows.len().saturating_sub(1).max(1) as f64;
        let y = |total: f64| rounded(TOP + high * (1.0 - total.clamp(0.0, 100.0) / 100.0));
        let placed = rows.iter().enumerate().filter_map(|(place, row)| {
            let total = row.total?;
            Some(Point {
                x: rounded(LEFT + 20.0 + room * place as f64 / steps),
                y: y(total),
                name: row.name.clone(),
                shown: row.shown.clone(),
            })
        });
        let points: Vec<Point> = placed.collect();
        let path: Vec<String> = points
            .iter()
            .enumerate()
            .map(|(place, point)| {
                let pen = if place == 0 { 'M' } else { 'L' };
                format!("{pen}{} {}", point.x, point.y)
            })
            .collect();
        Chart {
            width: WIDTH,
            height: HEIGHT,
            grid: [0, 20, 40, 60, 80, 100]
                .map(|mark| (y(f64::from(mark)), mark))
                .into(),
            path: path.join(""),
            points,
        }
    }
}

/// To a tenth: finer is not seen.
fn rounded(place: f64) -> f64 {
    (place * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quarter(name: &str, total: Option<f64>) -> Row {
        Row {
            period: name.to_owned(),
            name: name.to_owned(),
            open: name == "丙",
            total,
            shown: total.map_or("—".to_owned(), |total| format!("{total:.1}")),
            best: String::new(),
            worst: String::new(),
            rank: String::new(),
            vetoed: 0,
            sites: 1,
        }
    }

    #[test]
    fn the_words_say_what_the_drawing_shows() {
        let rows = [
            quarter("甲", Some(60.0)),
            quarter("乙", None),
            quarter("丙", Some(90.0)),
        ];
        let chart = Chart::of(&rows);
        assert_eq!(chart.points.len(), 2);
        assert!(chart.points[1].y < chart.points[0].y && chart.points[1].x > chart.points[0].x);
        assert!(chart.path.starts_with('M') && chart.path.matches('L').count() == 1);
        assert_eq!(
            says(&rows, false),
            "平均总分：甲60.0分，丙（进行中）90.0分。"
        );
        assert_eq!(says(&[], true), "尚无可比较的周期。");
        assert!(Chart::of(&[]).path.is_empty());
    }
}
