//! `/`: the whole group on one screen, what needs a person first on top.
//!
//! A grid of sites to see the state at a glance, beside it what comes next and how the monitor
//! itself is, below it the columns that are looked for. Both lists are paged, so that the page
//! stays light at any size of the group.

use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use chrono::NaiveTime;

use super::Console;
use super::access::viewer::Viewer;
use super::due::{self, Due};
use super::filter::{self, Filter};
use super::messages::Today;
use super::monitor;
use super::sought::Sought;
use super::source::Picture;
use super::view::{ColumnRow, Frame, Mark, NAME_CHARS, Place, Shared, Tile, page, unreadable};
use crate::alert::outbox::Message;
use crate::domain::class::Class;
use crate::domain::time::{Moment, date_of, moment};
use crate::report::overview::{ColumnLine, Overview, SiteLine, Veto, overview};
use crate::report::plain::one_line;
use crate::report::standing::{Counts, Standing};
use crate::report::step::Step;
use crate::store::error::StoreError;

/// How many columns one page lists.
const COLUMNS: usize = 50;
/// How much a square says of a site, the worst first.
const SAID: usize = 3;
/// How many sites one page shows.
const SITES: usize = 192;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    sites_in_all: usize,
    columns_in_all: usize,
    chips: Vec<Chip>,
    /// The sites by their marks.
    tally: Vec<Tile>,
    cells: Vec<Cell>,
    site_pages: Pages,
    sites_found: usize,
    form: Form,
    rows: Vec<ColumnRow>,
    column_pages: Pages,
    found: usize,
    state: &'static str,
    due: Due,
    blind: Vec<(String, usize)>,
    incidents: usize,
    home_down: usize,
    /// Hosts that give no answer, and the sites that have something there.
    hosts_down: usize,
    shut_by_host: usize,
    /// Columns that several visits could not read, and where they are listed.
    unread: (usize, String),
    vetoed: usize,
    near: usize,
    proposed: usize,
    today: Option<Today>,
    condition: Vec<(&'static str, String)>,
}

impl HomePage {
    /// Where the incidents of this kind are listed.
    fn list(&self, sought: Sought) -> String {
        sought.address(0)
    }
}

/// A count by standing that leads to the columns it counts.
struct Chip {
    mark: Mark,
    count: usize,
    href: String,
    chosen: bool,
}

/// A site in the grid.
struct Cell {
    mark: Mark,
    id: String,
    name: String,
    /// `否决 首页无法打开 超期2`, or how many are in time.
    says: String,
}

/// The form of the filter.
struct Form {
    text: String,
    states: Vec<Choice>,
    units: Vec<Choice>,
    classes: Vec<Choice>,
    chosen: bool,
}

struct Choice {
    key: String,
    word: String,
    chosen: bool,
}

/// Where one is among the pages of a list.
pub struct Pages {
    /// The page, from 1.
    pub at: usize,
    /// How many there are.
    pub of: usize,
    /// The address of the page before.
    pub before: Option<String>,
    /// The address of the next page.
    pub after: Option<String>,
}

impl Pages {
    /// The pages of `count` rows; `at` is the page from 0.
    pub fn of(count: usize, size: usize, at: usize, link: impl Fn(usize) -> String) -> Pages {
        let of = count.div_ceil(size).max(1);
        let at = at.min(of - 1);
        Pages {
            at: at + 1,
            of,
            before: at.checked_sub(1).map(&link),
            after: (at + 1 < of).then(|| link(at + 1)),
        }
    }

    /// How many rows stand on the pages before.
    pub fn skipped(&self, size: usize) -> usize {
        (self.at - 1) * size
    }
}

/// `GET /`.
pub async fn home(
    State(console): Shared,
    Extension(viewer): Extension<Viewer>,
    RawQuery(query): RawQuery,
) -> Response {
    let filter = Filter::of(query.as_deref().unwrap_or_default());
    match gather(&console, &viewer).await {
        Ok((picture, messages)) => {
            page(&home_page(&console, &viewer, &picture, &messages, &filter))
        }
        Err(error) => unreadable(&error),
    }
}

/// The present state, and today's messages where the viewer may see them.
pub async fn gather(
    console: &Console,
    viewer: &Viewer,
) -> Result<(Picture, Option<Vec<Message>>), StoreError> {
    let picture = Picture::take(console, viewer).await?;
    let midnight = moment(date_of(picture.now).and_time(NaiveTime::MIN));
    let messages = match viewer.only() {
        Some(_) => None,
        None => Some(console.store.messages_since(midnight).await?),
    };
    Ok((picture, messages))
}

fn home_page(
    console: &Console,
    viewer: &Viewer,
    picture: &Picture,
    messages: &Option<Vec<Message>>,
    filter: &Filter,
) -> HomePage {
    let (now, today) = (picture.now, date_of(picture.now));
    let overview = overview(&picture.scene(console));
    let columns = chosen(&overview, filter, picture);
    let sites: Vec<&SiteLine> = overview
        .sites
        .iter()
        .filter(|site| filter.shows(site, today))
        .collect();
    let column_pages = Pages::of(columns.len(), COLUMNS, filter.page, |n| filter.at_page(n));
    let site_pages = Pages::of(sites.len(), SITES, filter.sites, |n| filter.at_sites(n));
    let shown = columns.iter().skip(column_pages.skipped(COLUMNS));
    let rows = shown.take(COLUMNS).map(|line| ColumnRow::of(line, now));
    let told = |veto| {
        let sites = overview.sites.iter();
        sites.filter(|site| site.veto == Some(veto)).count()
    };
    let down =
        |is: &dyn Fn(&SiteLine) -> bool| overview.sites.iter().filter(|site| is(site)).count();
    let cells = sites.iter().skip(site_pages.skipped(SITES)).take(SITES);
    HomePage {
        frame: Frame::of(console, picture, viewer, Place::Overview),
        sites_in_all: overview.sites.len(),
        columns_in_all: overview.totals.all(),
        chips: chips(&counts(&overview, filter), filter),
        tally: tally(&sites),
        cells: cells.map(|site| cell(site, now)).collect(),
        sites_found: sites.len(),
        form: form(picture, filter),
        rows: rows.collect(),
        found: columns.len(),
        state: filter.state().in_chinese(),
        due: due::of(&overview, filter, today),
        blind: blind(&overview),
        incidents: picture.open.values().filter(|one| one.is_open()).count(),
        home_down: down(&|site| site.home_down),
        hosts_down: Sought::HostDown.of(picture).count(),
        shut_by_host: down(&|site| site.down_since.is_some() && !site.home_down),
        unread: unread(&overview),
        vetoed: told(Veto::Hit),
        near: told(Veto::Near),
        proposed: Sought::Release.of(picture).count(),
        today: messages
            .as_ref()
            .map(|messages| Today::of(messages, picture)),
        condition: monitor::condition(console, viewer, picture),
        column_pages,
        site_pages,
    }
}

/// How many columns several visits could not read, and where they are listed.
fn unread(overview: &Overview) -> (usize, String) {
    let lines = overview.sites.iter().flat_map(|site| &site.columns);
    let count = lines.filter(|line| line.unread_since.is_some()).count();
    let all = Filter::default();
    (count, all.in_state(filter::State::Unread))
}

/// The columns that are looked for: by need, or by due date where that is what is asked.
fn chosen<'a>(overview: &'a Overview, filter: &Filter, picture: &Picture) -> Vec<&'a ColumnLine> {
    let today = date_of(picture.now);
    let lines = overview.sites.iter().flat_map(|site| &site.columns);
    let mut lines: Vec<&ColumnLine> = lines.filter(|line| filter.takes(line, today)).collect();
    match filter.state() {
        filter::State::Week => lines.sort_by_key(|line| (line.due_on, &line.column)),
        _ => lines.sort_by(|a, b| a.rank().cmp(&b.rank())),
    }
    lines
}

/// How many of the columns that are looked for stand where, as each count leads to those alone.
fn counts(overview: &Overview, filter: &Filter) -> Counts {
    let lines = overview.sites.iter().flat_map(|site| &site.columns);
    Counts::of(lines.filter(|line| filter.is_about(line)))
}

fn chips(counts: &Counts, filter: &Filter) -> Vec<Chip> {
    let steps = Step::ALL.into_iter().map(|step| (step, step.count(counts)));
    steps
        .filter(|(step, count)| *count > 0 || is_always_counted(*step))
        .map(|(step, count)| {
            let state = filter::State::On(step);
            Chip {
                mark: Mark::of_step(step),
                count,
                href: filter.in_state(state),
                chosen: filter.state() == state,
            }
        })
        .collect()
}

/// Whether it is said that there is none.
fn is_always_counted(step: Step) -> bool {
    match step {
        Step::Tier(_) => true,
        Step::Standing(standing) => standing <= Standing::Fresh,
    }
}

/// How many of the sites wear each mark, in the order of need.
fn tally(sites: &[&SiteLine]) -> Vec<Tile> {
    let mut tally: Vec<Tile> = Vec::new();
    for mark in sites.iter().map(|site| Mark::of_site(site)) {
        match tally.iter_mut().find(|tile| tile.mark.word == mark.word) {
            Some(tile) => tile.count += 1,
            None => tally.push(Tile { mark, count: 1 }),
        }
    }
    tally
}

fn cell(site: &SiteLine, now: Moment) -> Cell {
    let counts = &site.counts;
    let parts = [
        ("督办", counts.escalated),
        ("严重超期", counts.severely_overdue - counts.escalated),
        ("超期", counts.overdue - counts.severely_overdue),
        ("空白", counts.empty),
        // Of a site that is down nothing can be judged.
        ("无法判断", site.down_since.map_or(counts.unknown, |_| 0)),
        ("预警", counts.warning),
        ("提醒", counts.due_soon - counts.warning),
    ];
    let parts = parts.iter().filter(|(_, count)| *count > 0);
    let vetoed = match site.veto {
        Some(Veto::Hit) => Some("否决"),
        Some(Veto::Near) => Some("接近否决"),
        None => None,
    };
    let down = site
        .down_in_chinese()
        .map(|word| match site.days_down(now) {
            Some(days @ 1..) => format!("{word}已{days}天"),
            _ => word.to_owned(),
        });
    let told = vetoed.map(str::to_owned).into_iter().chain(down);
    let says: Vec<String> = told
        .chain(parts.map(|(word, count)| format!("{word}{count}")))
        .take(SAID)
        .collect();
    Cell {
        mark: Mark::of_site(site),
        id: site.site.to_string(),
        name: short(&one_line(&site.name, NAME_CHARS)),
        says: match says.is_empty() {
            true if counts.all() == 0 => "无栏目".to_owned(),
            true if counts.fresh == 0 => site.standing_in_chinese().to_owned(),
            true => format!("正常{}", counts.fresh),
            false => says.join(" "),
        },
    }
}

/// The name without the word that all of them end in.
fn short(name: &str) -> String {
    let bare = name.strip_suffix("网站");
    let bare = bare.filter(|bare| bare.chars().count() > 1);
    bare.unwrap_or(name).to_owned()
}

fn form(picture: &Picture, filter: &Filter) -> Form {
    let units = picture.group.units.values();
    Form {
        text: filter.text.clone(),
        states: filter::State::all(filter.state())
            .map(|state| Choice {
                key: state.key().to_owned(),
                word: state.in_chinese().to_owned(),
                chosen: state == filter.state(),
            })
            .collect(),
        units: units
            .map(|unit| Choice {
                key: unit.id.to_string(),
                word: one_line(&unit.short, NAME_CHARS),
                chosen: filter.unit.as_ref() == Some(&unit.id),
            })
            .collect(),
        classes: Class::ALL
            .into_iter()
            .map(|class| Choice {
                key: class.key().to_owned(),
                word: class.in_chinese().to_owned(),
                chosen: filter.class == Some(class),
            })
            .collect(),
        chosen: !filter.is_plain(),
    }
}

/// Why columns cannot be judged, the commonest reason first.
pub fn blind(overview: &Overview) -> Vec<(String, usize)> {
    use crate::assess::freshness::Freshness;
    let lines = overview.sites.iter().flat_map(|site| &site.columns);
    let mut reasons = std::collections::BTreeMap::<String, usize>::new();
    for line in lines {
        if let Freshness::Unknown { why, .. } = &line.judgement.freshness {
            let why = one_line(&why.in_chinese(), NAME_CHARS);
            *reasons.entry(why).or_default() += 1;
        }
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    reasons.truncate(5);
    reasons
}
