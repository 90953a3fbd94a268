//! The walk over one site: its home page, the lists of its columns, and articles, as far as the
//! plan goes; what they bear, and the links that they carry.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::time::Duration;

use url::Url;

use super::asking::shows_missing;
use super::documents::Papers;
use super::letters::names_letters;
use super::suspects::{Asks, Suspects};
use super::walked::{Missing, Seen, Walked};
use crate::assess::outage::host_of;
use crate::config::settings::InspectionPlan;
use crate::domain::class::Class;
use crate::domain::finding::Finding;
use crate::domain::group::{Column, Site};
use crate::domain::guide::Guide;
use crate::domain::id::ColumnId;
use crate::domain::inspection::{Inspection, LinkCount, MOST_KEPT};
use crate::domain::letter::Letter;
use crate::domain::marks::{PageMarks, Tag};
use crate::domain::page::Page;
use crate::domain::target::{MOST_PLACES, TargetKind, TargetPlace};
use crate::domain::time::{Date, Moment, date_of};
use crate::domain::visit::{Failure, Outcome, Validators};
use crate::extract::inspected::{Inspected, inspect, text_of};
use crate::extract::targets::Carried;
use crate::extract::{Answer, Pages, Recipe, read};
use crate::fetch::client::Fetcher;

/// The most links of one site that are remembered in one walk.
const MOST_LINKS: usize = 100_000;
/// How long a name may take to be looked up.
const LONGEST_LOOKUP: Duration = Duration::from_secs(5);
/// A page of no more bytes is inspected where it came: that takes less than handing it to another
/// thread.
const SHORT: usize = 32 * 1024;
/// The tags that an article has to bear. Source: 国办发〔2017〕47号.
const OF_ARTICLES: [Tag; 3] = [Tag::ArticleTitle, Tag::PubDate, Tag::ContentSource];

/// What a page is within its site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Home,
    Column(ColumnId),
    Other,
}

/// What is known of a site before a walk.
pub struct Known<'a> {
    /// Its columns.
    pub columns: Vec<&'a Column>,
    /// The letters of its consultation columns.
    pub letters: BTreeMap<ColumnId, Vec<Letter>>,
    /// The directories of its service guides.
    pub directories: &'a [Url],
    /// Its service guides.
    pub guides: Vec<Guide>,
    /// Its policy documents and interpretations.
    pub papers: Papers,
    /// What its hosts show for paths that cannot exist, where that is a page.
    pub missing: Missing,
}

/// What a page came to.
pub(super) enum Got {
    /// It came.
    Page(Box<(Page, Validators)>),
    /// It is as it was.
    Same,
    /// It did not come.
    Nothing,
}

/// A walk under way.
pub(super) struct Walk<'a> {
    pub(super) fetcher: &'a Fetcher,
    pub(super) site: &'a Site,
    home: Option<&'a Url>,
    pub(super) now: Moment,
    /// Pages that may still be read.
    pub(super) left: usize,
    pub(super) walked: Walked<'a>,
    /// Sources of what writes the feet of pages.
    feet: BTreeMap<Url, Option<String>>,
    /// Articles that wait, those of each page together.
    waiting: VecDeque<Vec<Url>>,
    pub(super) known: HashSet<Url>,
}

/// What a walk is to look at.
pub struct Errand<'a> {
    /// How far it goes.
    pub plan: &'a InspectionPlan,
    /// From where in each list articles are taken.
    pub rotation: usize,
    /// Articles that are new since the last walk.
    pub fresh: Vec<Url>,
    /// What is looked for that people have to judge.
    pub asks: Asks<'a>,
}

/// Walks over `site`. The articles of each list are taken from another place with every `rotation`.
pub async fn walk<'a>(
    fetcher: &'a Fetcher,
    site: &'a Site,
    mut before: Known<'a>,
    errand: Errand<'a>,
    now: Moment,
) -> Walked<'a> {
    let Errand {
        plan,
        rotation,
        fresh,
        asks,
    } = errand;
    let mut walk = Walk {
        fetcher,
        site,
        home: site.home.as_ref(),
        now,
        left: plan.pages_a_site as usize,
        walked: Walked {
            site,
            inspection: nothing(site, now),
            seen: HashMap::new(),
            read: BTreeSet::new(),
            failed: BTreeMap::new(),
            same: BTreeSet::new(),
            settled: BTreeSet::new(),
            letters: Vec::new(),
            guides: Vec::new(),
            documents: Vec::new(),
            missing: std::mem::take(&mut before.missing),
            suspects: Suspects::new(site, asks, now),
        },
        feet: BTreeMap::new(),
        waiting: VecDeque::new(),
        known: HashSet::new(),
    };
    if let Some(home) = &site.home {
        walk.go(home, Place::Home).await;
    }
    let mut lists = Vec::new();
    for column in &before.columns {
        let Some(url) = &column.url else { continue };
        let place = Place::Column(column.id.clone());
        lists.push((column, walk.go(url, place).await));
    }
    for (column, page) in lists {
        if column.class == Class::Replies {
            let letters = before.letters.remove(&column.id).unwrap_or_default();
            walk.letters(column, page, letters).await;
        }
    }
    walk.guides(before.directories, before.guides).await;
    walk.documents(&before.columns, &before.papers).await;
    // New articles first, but not all: what is old may be amiss too.
    let least = walk.left / 2;
    for url in fresh {
        if walk.left <= least {
            break;
        }
        if walk.home.is_some_and(|home| home.host() == url.host()) {
            walk.go(&url, Place::Other).await;
        }
    }
    // In turn one of each list, so that no column is left out for another's sake.
    let mut round = 0;
    while walk.left > 0 {
        let Some(mut list) = walk.waiting.pop_front() else {
            break;
        };
        if list.is_empty() {
            continue;
        }
        let at = rotation.wrapping_mul(7).wrapping_add(round) % list.len();
        let url = list.swap_remove(at);
        if !list.is_empty() {
            walk.waiting.push_back(list);
        }
        round += 1;
        walk.go(&url, Place::Other).await;
    }
    walk.walked
}

fn nothing(site: &Site, now: Moment) -> Inspection {
    Inspection {
        site: site.id.clone(),
        on: date_of(now),
        at: now,
        home: None,
        columns: Vec::new(),
        articles: 0,
        wanting: Vec::new(),
        pages: 0,
        home_items_on: None,
        certificate_until: None,
        ipv6: None,
        letters: Vec::new(),
        channel: None,
        words: None,
        links: LinkCount::default(),
    }
}

impl Walk<'_> {
    /// Keeps the walk from reading a page that is known.
    pub(super) fn set_aside(&mut self, url: Url) {
        self.walked.settled.insert(url.to_string());
        self.known.insert(url);
    }

    /// Visits a page that was not visited yet, within what is left; the page.
    pub(super) async fn go(&mut self, url: &Url, place: Place) -> Option<Page> {
        if self.left == 0 || !self.known.insert(url.clone()) {
            return None;
        }
        match self.visit(url, place, &Validators::default()).await {
            Got::Page(page) => Some(page.0),
            Got::Same | Got::Nothing => None,
        }
    }

    /// Visits a page.
    pub(super) async fn visit(&mut self, url: &Url, place: Place, validators: &Validators) -> Got {
        self.left = self.left.saturating_sub(1);
        let visit = self.fetcher.visit(url, &self.site.access, validators);
        let visit = visit.await;
        let page = match visit.outcome {
            Outcome::Page(page) => page,
            Outcome::NotModified => {
                self.walked.same.insert(url.to_string());
                return Got::Same;
            }
            Outcome::Failed(failure) => {
                self.walked.failed.insert(url.to_string(), failure);
                return Got::Nothing;
            }
        };
        if let Some(missing) = self.walked.missing.get(&host_of(url)).cloned()
            && place != Place::Home
            && shows_missing(page.clone(), url.clone(), missing).await
        {
            let failure = Failure::NoSuchPage;
            self.walked.failed.insert(url.to_string(), failure);
            return Got::Nothing;
        }
        let Some(mut seen) = self.inspected(&page).await else {
            return Got::Nothing;
        };
        let is_home = place == Place::Home;
        self.walked.suspects.take(url, &page, &seen, is_home);
        self.walked.inspection.pages += 1;
        self.walked.read.insert(url.to_string());
        if place == Place::Home {
            self.walked.inspection.certificate_until = visit.certificate_until;
            self.walked.inspection.home_items_on = self.home_items(page.clone()).await;
            self.walked.inspection.ipv6 = has_ipv6(url).await;
        }
        self.carry(url, &place, std::mem::take(&mut seen.links));
        self.bear(url, place, seen.marks, seen.is_article);
        Got::Page(Box::new((page, visit.validators)))
    }

    /// The page as inspected, with what writes its foot.
    async fn inspected(&mut self, page: &Page) -> Option<Inspected> {
        let seen = inspection_of(page, Vec::new()).await?;
        if seen.feet.is_empty() {
            return Some(seen);
        }
        let mut sources = Vec::new();
        for foot in &seen.feet {
            if !self.feet.contains_key(foot) {
                let source = self.foot(foot).await;
                self.feet.insert(foot.clone(), source);
            }
            sources.extend(self.feet.get(foot).cloned().flatten());
        }
        match sources.is_empty() {
            true => Some(seen),
            false => inspection_of(page, sources).await,
        }
    }

    async fn foot(&self, url: &Url) -> Option<String> {
        let nothing = Validators::default();
        let visit = self.fetcher.visit(url, &self.site.access, &nothing).await;
        match visit.outcome {
            Outcome::Page(page) => text_of(&page).map(|text| text.into_owned()),
            Outcome::NotModified | Outcome::Failed(_) => None,
        }
    }

    /// The dates that the items of the home page claim, each item once.
    async fn home_items(&self, page: Page) -> Option<Vec<Date>> {
        let recipe = Recipe::of_home(self.site, 1);
        let today = date_of(self.now);
        let reading = tokio::task::spawn_blocking(move || {
            let pages = Pages {
                first: page,
                more: BTreeMap::new(),
            };
            read(&pages, &recipe, today)
        });
        let Ok(Answer::Found(reading)) = reading.await else {
            return None;
        };
        if !matches!(reading.finding, Finding::Dated(_)) {
            return None;
        }
        let mut items: BTreeSet<(Option<String>, String)> = BTreeSet::new();
        let rows = reading.rows.into_iter().filter_map(|row| {
            let name = match row.url {
                Some(url) => (Some(url), String::new()),
                None => (None, row.title),
            };
            row.on.filter(|_| items.insert(name))
        });
        let mut dates: Vec<Date> = rows.filter(|on| *on <= today).collect();
        dates.sort_unstable_by(|one, other| other.cmp(one));
        dates.truncate(MOST_KEPT);
        Some(dates)
    }

    /// Takes the links of a page.
    fn carry(&mut self, page: &Url, place: &Place, links: Vec<Carried>) {
        let mut articles = Vec::new();
        for link in links {
            let is_own = self.home.is_some_and(|home| link.url.host() == home.host());
            if is_own && link.kind == TargetKind::Page && !self.known.contains(&link.url) {
                articles.push(link.url.clone());
            }
            self.lead(place, &link);
            if self.walked.seen.len() >= MOST_LINKS {
                continue;
            }
            let known = self.walked.seen.entry(link.url);
            let known = known.or_insert_with(|| Seen {
                kind: link.kind,
                on_home: false,
                places: Vec::with_capacity(1),
            });
            known.on_home |= *place == Place::Home;
            if known.places.len() < MOST_PLACES {
                known.places.push(TargetPlace {
                    page: page.to_string(),
                    text: link.text,
                });
            }
        }
        self.waiting.push_back(articles);
    }

    /// Takes a link of the home page or a list that leads to a way to ask.
    fn lead(&mut self, place: &Place, link: &Carried) {
        let is_page = link.kind == TargetKind::Page && *place != Place::Other;
        if self.walked.inspection.channel.is_none() && is_page && names_letters(&link.text) {
            self.walked.inspection.channel = Some(TargetPlace {
                page: link.url.to_string(),
                text: link.text.clone(),
            });
        }
    }

    fn bear(&mut self, url: &Url, place: Place, marks: PageMarks, is_article: bool) {
        let inspection = &mut self.walked.inspection;
        match place {
            Place::Home => inspection.home = Some(marks),
            Place::Column(id) if inspection.columns.len() < MOST_KEPT => {
                inspection.columns.push((id, marks));
            }
            Place::Column(_) => {}
            Place::Other if is_article => {
                inspection.articles += 1;
                let amiss = marks.date_amiss.is_some();
                let lacks = !marks.tags.lacks(&OF_ARTICLES).is_empty();
                if (amiss || lacks) && inspection.wanting.len() < MOST_KEPT {
                    inspection.wanting.push((url.to_string(), marks));
                }
            }
            Place::Other => {}
        }
    }
}

/// Whether the name of the host stands for an address of IPv6; nothing where it is no name or is
/// not known.
async fn has_ipv6(url: &Url) -> Option<bool> {
    let name = url.domain()?;
    let port = url.port_or_known_default().unwrap_or(80);
    let asked = tokio::net::lookup_host((name, port));
    let addresses = tokio::time::timeout(LONGEST_LOOKUP, asked)
        .await
        .ok()?
        .ok()?;
    let found: Vec<bool> = addresses.map(|address| address.is_ipv6()).collect();
    (!found.is_empty()).then(|| found.contains(&true))
}

/// The page as inspected; a long one on the blocking pool.
async fn inspection_of(page: &Page, feet: Vec<String>) -> Option<Inspected> {
    let length = feet.iter().map(String::len).sum::<usize>() + page.body.len();
    if length <= SHORT {
        return inspected_with(page, &feet);
    }
    let (url, page) = (page.url.clone(), page.clone());
    let inspected = tokio::task::spawn_blocking(move || inspected_with(&page, &feet));
    match inspected.await {
        Ok(inspected) => inspected,
        Err(error) => {
            tracing::error!(%url, %error, "inspecting broke off");
            None
        }
    }
}

fn inspected_with(page: &Page, feet: &[String]) -> Option<Inspected> {
    let feet: Vec<&str> = feet.iter().map(String::as_str).collect();
    inspect(page, &feet)
}
