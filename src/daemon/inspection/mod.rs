//! The loop of inspections (巡检): at a quiet hour every site's home page, columns and articles are
//! read for what the assessment asks beside freshness, and the links that they carry are asked.
//! Nothing is alerted by it. A link that seems gone is asked again when that can make it certain.

mod again;
mod asking;
mod documents;
mod doubts;
mod guides;
mod letters;
mod proof;
mod proposals;
mod same;
mod suspects;
mod walk;
mod walked;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::watch;
use url::Url;

use super::desk::Desk;
use super::pulse::Pulse;
use super::schedule::Job;
use super::timekeeper::{DOUBTED_WAIT, Timekeeper};
use crate::assess::links::again_at;
use crate::assess::outage::host_of;
use crate::assess::timekeeping::Stand;
use crate::assess::words::Words;
use crate::clock::Alarm;
use crate::config::settings::InspectionPlan;
use crate::domain::class::Class;
use crate::domain::group::{Column, Site};
use crate::domain::id::ColumnId;
use crate::domain::letter::Letter;
use crate::domain::target::Target;
use crate::domain::time::{Moment, date_of};
use crate::fetch::client::Fetcher;
use crate::fetch::reach::Reach;
use crate::store::commit::{Commit, JobRun};
use crate::store::error::StoreError;
use again::AGAIN_EVERY;
use asking::{Asked, Memory};
use documents::{Papers, is_paper};
use walk::{Errand, Known};
use walked::{Missing, Walked};

/// The task's name in the store.
pub const INSPECTION: &str = "inspection";
/// The longest wait until the store is asked again what is due.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(6);
/// Articles that were seen so long before the last inspection may have been too new for it.
const NEWS_OVERLAP: TimeDelta = TimeDelta::hours(2);
/// How far a list of letters was read is taken from inspections of so many days.
const BACK_DAYS: i64 = 14;
/// How often the loop shows that it lives while much is under way.
const BEAT: Duration = Duration::from_secs(5);

/// What the loop works with.
pub struct Inspector {
    /// The desk.
    pub desk: Desk,
    /// Fetches pages, in the same queue for each host as the rounds.
    pub fetcher: Fetcher,
    /// Tells whether our own network is up.
    pub reach: Reach,
    /// When and how far.
    pub plan: InspectionPlan,
    /// Beats while it works.
    pub pulse: Pulse,
    /// Tells whether the clock is believed.
    pub timekeeper: Timekeeper,
    /// Turns true when the daemon is to stop.
    pub stop: watch::Receiver<bool>,
}

impl Inspector {
    /// Runs until the stop; fails only when the store does.
    pub async fn run(mut self, mut alarm: Alarm) -> Result<(), StoreError> {
        let clock = self.desk.clock.clone();
        let mut memory = Memory::default();
        let words = Words::of(&self.desk.config.words);
        alarm.until(clock.now()).await;
        while !*self.stop.borrow() {
            self.pulse.beat();
            let next = match self.timekeeper.stand().await? {
                Stand::Doubted(_) => clock.now() + DOUBTED_WAIT,
                Stand::Believed => self.turn(&mut memory, words.as_ref()).await?,
            };
            let next = next.max(clock.now() + TimeDelta::seconds(1));
            tokio::select! {
                () = alarm.until(next) => {}
                _ = self.stop.changed() => {}
            }
        }
        Ok(())
    }

    /// Carries out what is due; answers when there is something to do next.
    async fn turn(&self, memory: &mut Memory, words: Option<&Words>) -> Result<Moment, StoreError> {
        let now = self.desk.clock.now();
        let job = Job {
            name: INSPECTION,
            line: &self.plan.schedule,
            jitter: TimeDelta::zero(),
        };
        let Some(last) = self.desk.store.last_run(INSPECTION).await? else {
            // A new installation begins with its columns; the first inspection has its hour.
            self.ran(now, now).await?;
            return Ok(job.next_at(Some(now), now).unwrap_or(now + LONGEST_WAIT));
        };
        let work = async {
            match job.due(Some(last), now) {
                Some(fire) => {
                    let since = last - NEWS_OVERLAP;
                    if self.inspect_all(memory, words, (since, now)).await? {
                        self.ran(now, fire).await?;
                    }
                }
                None => self.ask_again(memory, now).await?,
            }
            Ok(())
        };
        if !self.unless_stopped(work).await? {
            return Ok(now);
        }
        let now = self.desk.clock.now();
        let last = self.desk.store.last_run(INSPECTION).await?;
        let next = job.next_at(last, now).unwrap_or(now + LONGEST_WAIT);
        let mut soonest = next.min(now + LONGEST_WAIT);
        let paused = self.desk.paused().await?;
        let sites = self.desk.config.group.sites.values();
        for site in sites.filter(|site| !paused.contains(&site.id)) {
            let targets = self.desk.store.targets(&site.id).await?;
            let again = targets.iter().filter_map(again_at);
            // What could not be judged is asked again, but not without a pause.
            let again = again.map(|at| {
                memory
                    .again_at
                    .map_or(at, |last| at.max(last + AGAIN_EVERY))
            });
            soonest = again.fold(soonest, Ord::min);
        }
        Ok(soonest)
    }

    /// Does the work while the pulse beats. What a stop interrupts has not happened.
    async fn unless_stopped(
        &self,
        work: impl Future<Output = Result<(), StoreError>>,
    ) -> Result<bool, StoreError> {
        let mut stop = self.stop.clone();
        let beating = async {
            loop {
                self.pulse.beat();
                tokio::time::sleep(BEAT).await;
            }
        };
        tokio::select! {
            done = work => done.map(|()| true),
            () = beating => Ok(true),
            _ = stop.changed() => Ok(false),
        }
    }

    async fn ran(&self, now: Moment, at: Moment) -> Result<(), StoreError> {
        let mut commit = Commit::at(now);
        commit.runs.push(JobRun {
            job: INSPECTION.to_owned(),
            at,
        });
        self.desk.store.commit(commit).await
    }

    /// Inspects every site that has a home page; whether the world could be reached.
    /// New since is what came after the last one.
    async fn inspect_all(
        &self,
        memory: &mut Memory,
        words: Option<&Words>,
        (since, now): (Moment, Moment),
    ) -> Result<bool, StoreError> {
        let config = &self.desk.config;
        let group = &config.group;
        let paused = self.desk.paused().await?;
        let sites = group.sites.values();
        let sites = sites.filter(|site| site.home.is_some() && !paused.contains(&site.id));
        let rotation = memory.rotation();
        let asks = self.asks(words);
        let mut walks = Vec::new();
        for site in sites {
            let known = self.known(site, now).await?;
            let (fresh, listed) = self.articles(&known.columns, since).await?;
            let errand = Errand {
                plan: &self.plan,
                rotation,
                fresh,
                listed,
                asks,
            };
            walks.push(walk::walk(&self.fetcher, site, known, errand, now));
        }
        let mut walks = stream::iter(walks).buffer_unordered(config.visits_at_once.max(1));
        let mut walked: Vec<Walked<'_>> = Vec::new();
        while let Some(walk) = walks.next().await {
            walked.push(walk);
        }
        if !walked.is_empty() && walked.iter().all(|walk| walk.inspection.pages == 0) {
            tracing::warn!("no site gave any page: the inspection is put off");
            return Ok(self.reach.answers().await != Some(false));
        }
        let mut links = Vec::new();
        for walk in &walked {
            let known = self.desk.store.targets(&walk.site.id).await?;
            links.extend(walk.links(&known, self.plan.links_a_site as usize));
        }
        let asked = self.ask(memory, links, now).await;
        for walk in walked {
            self.keep(walk, &asked, now).await?;
        }
        Ok(true)
    }

    /// What the hosts of a site show for paths that cannot exist, as rounds of visits asked them.
    async fn missing(&self, site: &Site) -> Result<Missing, StoreError> {
        let columns = self.desk.config.group.columns.values();
        let columns = columns.filter(|column| column.site == site.id);
        let urls = columns.filter_map(|column| column.url.as_ref());
        let hosts: BTreeSet<String> = urls.chain(&site.home).map(host_of).collect();
        let mut missing = Missing::new();
        for host in hosts {
            let known = self.desk.store.host(&host).await?;
            if let Some(shown) = known.and_then(|known| known.missing) {
                missing.insert(host, shown);
            }
        }
        Ok(missing)
    }

    /// What is known of a site before a walk over it.
    async fn known<'a>(&'a self, site: &'a Site, now: Moment) -> Result<Known<'a>, StoreError> {
        let columns = self.desk.config.group.columns.values();
        let columns: Vec<&Column> = columns.filter(|column| column.site == site.id).collect();
        let mut letters = BTreeMap::new();
        for column in &columns {
            if column.class == Class::Replies {
                letters.insert(
                    column.id.clone(),
                    self.desk.store.letters(&column.id).await?,
                );
            }
        }
        let today = date_of(now);
        let first = today - TimeDelta::days(BACK_DAYS);
        let former = self.desk.store.inspections(&site.id, first, today).await?;
        // The latest that read the column holds.
        let back = former.into_iter().flat_map(|seen| seen.letters_back);
        let directories = self.desk.config.group.guides.get(&site.id);
        let mut papers = Papers::default();
        for column in columns.iter().filter(|column| is_paper(column.class)) {
            let (id, store) = (&column.id, &self.desk.store);
            papers.items.insert(id.clone(), store.items(id).await?);
            papers
                .documents
                .insert(id.clone(), store.documents(id).await?);
        }
        Ok(Known {
            columns,
            letters,
            letters_back: back.collect(),
            directories: directories.map(Vec::as_slice).unwrap_or_default(),
            guides: self.desk.store.guides(&site.id).await?,
            papers,
            missing: self.missing(site).await?,
        })
    }

    /// Keeps what was seen of one site.
    async fn keep(
        &self,
        mut walk: Walked<'_>,
        asked: &Asked,
        now: Moment,
    ) -> Result<(), StoreError> {
        let site = walk.site;
        let known = self.desk.store.targets(&site.id).await?;
        let mut commit = Commit::at(now);
        let mut inspection = walk.inspection.clone();
        inspection.links = walk.count(asked);
        let suspects = walk.suspects();
        inspection.words = suspects.words();
        commit.targets = walk.changes(known.clone(), asked, now);
        let targets = merged(known, &commit.targets);
        commit.letters = self.as_decided(walk.letters.clone()).await?;
        commit.guides.clone_from(&walk.guides);
        let mut derived = self.proposals(&walk, &inspection, now).await?;
        derived.extend(self.links_to_confirm(targets.values()));
        commit.candidates = self.candidates(&walk, suspects, derived, now).await?;
        commit.documents.clone_from(&walk.documents);
        let confirmed = commit.targets.iter().filter_map(Target::open);
        tracing::info!(
            site = %site.id,
            pages = inspection.pages,
            links = inspection.links.home + inspection.links.others,
            broken = confirmed.filter(|spell| spell.confirmed_at.is_some()).count(),
            "inspected"
        );
        debug_assert_eq!(inspection.on, date_of(now));
        commit.inspections.push(inspection);
        self.desk.store.commit(commit).await
    }

    /// Letters of a walk, with what people decided of them in the meantime.
    async fn as_decided(&self, mut letters: Vec<Letter>) -> Result<Vec<Letter>, StoreError> {
        let columns: BTreeSet<ColumnId> = letters.iter().map(|one| one.column.clone()).collect();
        for column in columns {
            let known = self.desk.store.letters(&column).await?;
            for letter in letters.iter_mut().filter(|letter| letter.column == column) {
                let known = known.iter().find(|known| known.name() == letter.name());
                letter.overruled = known.map_or(letter.overruled, |known| known.overruled);
            }
        }
        Ok(letters)
    }

    /// Articles of `columns` that were seen first at `since` or later; and all that were ever seen, but in
    /// columns whose rows are letters or activities.
    async fn articles(
        &self,
        columns: &[&Column],
        since: Moment,
    ) -> Result<(Vec<Url>, HashSet<String>), StoreError> {
        let (mut fresh, mut listed) = (Vec::new(), HashSet::new());
        for column in columns {
            let is_of_articles = !matches!(
                column.class,
                Class::Replies | Class::Surveys | Class::Interviews
            );
            for item in self.desk.store.items(&column.id).await? {
                let Some(url) = item.url.as_deref().and_then(|url| Url::parse(url).ok()) else {
                    continue;
                };
                if is_of_articles {
                    listed.insert(url.to_string());
                }
                if since <= item.first_seen_at {
                    fresh.push(url);
                }
            }
        }
        Ok((fresh, listed))
    }
}

/// What is known, with what changed of it.
fn merged(known: Vec<Target>, changes: &[Target]) -> BTreeMap<String, Target> {
    let all = known.into_iter().chain(changes.iter().cloned());
    all.map(|target| (target.url.clone(), target)).collect()
}
