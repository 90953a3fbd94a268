//! The loop of samples: whether each site's home page opens, so many times a day, spread and moved
//! by a little. All sites are asked together, so that a failure of our own network is told from
//! theirs; what was seen is rolled up day by day.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{NaiveTime, TimeDelta};
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::watch;
use url::Url;

use super::desk::Desk;
use super::pulse::Pulse;
use super::timekeeper::{DOUBTED_WAIT, Timekeeper};
use crate::alert::outbox::MessageKey;
use crate::assess::outage::{HostHealth, host_of, is_doubtful, is_offline, told_apart};
use crate::assess::timekeeping::Stand;
use crate::clock::Alarm;
use crate::domain::access::Access;
use crate::domain::finding::Undated;
use crate::domain::group::Site;
use crate::domain::home::HomeRecord;
use crate::domain::id::SiteId;
use crate::domain::observation::Cause;
use crate::domain::site_day::{HomeOfDay, LONGEST_OPENING_MS, MissCause, Sample, SiteDay};
use crate::domain::time::{Date, Moment, date_of, moment};
use crate::domain::visit::{Outcome, Validators};
use crate::fetch::client::Fetcher;
use crate::fetch::reach::Reach;
use crate::store::commit::{Commit, JobRun};
use crate::store::error::StoreError;

/// The task's name in the store.
pub const SAMPLES: &str = "samples";
/// The seconds of a day.
const DAY_SECONDS: u32 = 86_400;

/// What the loop works with.
pub struct Sampler {
    /// The desk.
    pub desk: Desk,
    /// Fetches pages, in the same queue for each host as the rounds.
    pub fetcher: Fetcher,
    /// Tells whether our own network is up.
    pub reach: Reach,
    /// So many samples a day.
    pub samples_a_day: u32,
    /// Beats with every sample.
    pub pulse: Pulse,
    /// Tells whether the clock is believed.
    pub timekeeper: Timekeeper,
    /// Turns true when the daemon is to stop.
    pub stop: watch::Receiver<bool>,
}

impl Sampler {
    /// Runs until the stop; fails only when the store does.
    pub async fn run(mut self, mut alarm: Alarm) -> Result<(), StoreError> {
        let clock = self.desk.clock.clone();
        alarm.until(clock.now()).await;
        while !*self.stop.borrow() {
            self.pulse.beat();
            let now = clock.now();
            let last = self.desk.store.last_run(SAMPLES).await?;
            let fire = latest(now, self.samples_a_day);
            let is_due = last.is_none_or(|last| last < fire || now < last);
            let mut next = next(now, self.samples_a_day);
            if is_due {
                match self.timekeeper.stand().await? {
                    Stand::Believed => self.sample_all(now, fire).await?,
                    Stand::Doubted(_) => next = now + DOUBTED_WAIT,
                }
            }
            tokio::select! {
                () = alarm.until(next) => {}
                _ = self.stop.changed() => {}
            }
        }
        Ok(())
    }

    /// One sample of every site.
    async fn sample_all(&self, now: Moment, fire: Moment) -> Result<(), StoreError> {
        let config = &self.desk.config;
        let homes = self.desk.store.homes().await?;
        let paused = self.desk.paused().await?;
        let sites = config.group.sites.values();
        let sites = sites.filter(|site| !paused.contains(&site.id));
        let asked: Vec<_> = sites
            .filter_map(|site| Some((site, site.home.as_ref()?)))
            .map(|(site, url)| self.sample(site, url, homes.get(&site.id)))
            .collect();
        let mut samples = stream::iter(asked).buffer_unordered(config.visits_at_once.max(1));
        let mut seen: BTreeMap<&SiteId, (String, Sample)> = BTreeMap::new();
        let mut stop = self.stop.clone();
        loop {
            tokio::select! {
                sample = samples.next() => match sample {
                    Some((site, host, sample)) => {
                        seen.insert(&site.id, (host, sample));
                        self.pulse.beat();
                    }
                    None => break,
                },
                // What a stop interrupts has not happened.
                _ = stop.changed() => return Ok(()),
            }
        }
        let is_own = self.own_network(&seen).await;
        let mut commit = Commit::at(now);
        for (site, (_, sample)) in seen {
            let sample = match sample {
                Sample::Missed(why) if is_own && why.counts() => {
                    Sample::Missed(MissCause::OwnNetwork)
                }
                sample => sample,
            };
            let mut day = self.desk.site_day(site, date_of(now)).await?;
            day.add(now, sample);
            day.home = homes.get(site).and_then(home_of_day).or(day.home);
            commit.days.push(day);
        }
        commit.runs.push(JobRun {
            job: SAMPLES.to_owned(),
            at: fire,
        });
        self.desk.store.commit(commit).await
    }

    /// Asks once for the home page, with fifteen seconds for all of it.
    async fn sample<'a>(
        &self,
        site: &'a Site,
        url: &Url,
        known: Option<&HomeRecord>,
    ) -> (&'a Site, String, Sample) {
        let longest = Duration::from_millis(LONGEST_OPENING_MS);
        let access = Access {
            connect_timeout: site.access.connect_timeout.min(longest),
            first_byte_timeout: longest,
            total_timeout: longest,
            // Whether the certificate is sound is asked as well.
            lenient_certificates: false,
            ..site.access.clone()
        };
        // A page that did not change need not be sent again.
        let validators = known.map_or_else(Validators::default, |home| home.validators.clone());
        let visit = self.fetcher.visit(url, &access, &validators).await;
        let failure = match visit.outcome {
            Outcome::Page(_) | Outcome::NotModified => None,
            Outcome::Failed(failure) => Some(failure),
        };
        tracing::debug!(site = %site.id, ?failure, took_ms = visit.took_ms, "sampled");
        (site, host_of(url), Sample::of(visit.took_ms, failure))
    }

    /// Whether so many hosts failed together that it is our own network.
    async fn own_network(&self, seen: &BTreeMap<&SiteId, (String, Sample)>) -> bool {
        let mut hosts: BTreeMap<String, HostHealth> = BTreeMap::new();
        for (host, sample) in seen.values() {
            let is_silent = matches!(sample, Sample::Missed(MissCause::Failed(failure)) if failure.is_host_down());
            let health = match is_silent {
                true => HostHealth::Silent { visits: 1 },
                false => HostHealth::Answers,
            };
            let known = hosts.entry(host.clone()).or_insert(health.clone());
            if health == HostHealth::Answers {
                *known = health;
            }
        }
        let rule = self.desk.config.alert.offline;
        let all = !hosts.is_empty() && hosts.values().all(|host| *host != HostHealth::Answers);
        if !all && !is_doubtful(&hosts, rule) {
            return false;
        }
        match self.reach.answers().await {
            // Where not even the probes answer, few hosts are proof enough.
            Some(false) if all => true,
            answered => is_offline(&hosts, told_apart(rule, answered)),
        }
    }
}

impl Desk {
    /// The day of a site as it stands.
    async fn site_day(&self, site: &SiteId, on: Date) -> Result<SiteDay, StoreError> {
        let known = self.store.site_days(site, on, on).await?.into_iter().next();
        Ok(known.unwrap_or_else(|| SiteDay::new(site.clone(), on)))
    }

    /// The day of a site whose home page was visited, where no samples are taken that would write down
    /// how new it is; nothing where that stands there already.
    pub(super) async fn visited_day(
        &self,
        home: &HomeRecord,
        now: Moment,
    ) -> Result<Option<SiteDay>, StoreError> {
        let told = home_of_day(home).filter(|_| self.config.samples_a_day.is_none());
        let Some(told) = told else { return Ok(None) };
        let mut day = self.site_day(&home.site, date_of(now)).await?;
        let says = |home: &HomeOfDay| (home.newest_on, home.undated, home.read_at.map(date_of));
        if day.home.as_ref().map(says) == Some(says(&told)) {
            return Ok(None);
        }
        day.home = Some(told);
        Ok(Some(day))
    }
}

/// What a day keeps of a home page, where it was read.
fn home_of_day(home: &HomeRecord) -> Option<HomeOfDay> {
    let undated = match home.blind.as_ref().map(|blind| &blind.why) {
        Some(Cause::Undated(why)) => Some(*why),
        _ => None,
    };
    // A home page that was dated before is not undated for one strange reading.
    let undated = undated.filter(|_| home.last_update.is_none());
    let is_known = home.last_update.is_some() || undated == Some(Undated::NoDates);
    is_known.then(|| HomeOfDay {
        newest_on: home.last_update.as_ref().map(|update| update.on),
        read_at: home.read_at,
        undated,
    })
}

/// The latest planned sample at or before `now`.
fn latest(now: Moment, a_day: u32) -> Moment {
    let today = date_of(now);
    let yesterday = today.pred_opt().unwrap_or(today);
    let fires = [yesterday, today].map(|day| fires(day, a_day));
    let mut past = fires.into_iter().flatten().filter(|&fire| fire <= now);
    past.next_back().unwrap_or(now)
}

/// The next planned sample after `now`.
fn next(now: Moment, a_day: u32) -> Moment {
    let today = date_of(now);
    let tomorrow = today.succ_opt().unwrap_or(today);
    let fires = [today, tomorrow].map(|day| fires(day, a_day));
    let mut coming = fires.into_iter().flatten().filter(|&fire| fire > now);
    coming.next().unwrap_or(now + TimeDelta::hours(1))
}

/// The planned samples of a day: one in each of its equal parts, in the first half of that, so that
/// two are never nearer than half a part.
fn fires(day: Date, a_day: u32) -> Vec<Moment> {
    let part = DAY_SECONDS / a_day.max(1);
    let midnight = moment(day.and_time(NaiveTime::MIN));
    let at = |n: u32| {
        let digits = MessageKey::of(&[SAMPLES, &day.to_string(), &n.to_string()]);
        let share = digits
            .as_str()
            .bytes()
            .fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 1000);
        let late = u64::from(part) / 2 * u64::from(share) / 1000;
        midnight
            + TimeDelta::seconds(i64::from(part) * i64::from(n))
            + TimeDelta::seconds(i64::try_from(late).unwrap_or(0))
    };
    (0..a_day).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_samples_at_spread_moments_that_differ_from_day_to_day() {
        for a_day in [20, 24, 96] {
            let days: Vec<Date> = "2026-07-01"
                .parse::<Date>()
                .unwrap()
                .iter_days()
                .take(7)
                .collect();
            let all: Vec<Moment> = days.iter().flat_map(|&day| fires(day, a_day)).collect();
            assert_eq!(all.len(), 7 * a_day as usize);
            let least = i64::from(DAY_SECONDS / a_day / 2);
            for pair in all.windows(2) {
                assert!((pair[1] - pair[0]).num_seconds() >= least, "{pair:?}");
            }
            let of_day = |n: usize| {
                fires(days[n], a_day)
                    .iter()
                    .map(Moment::time)
                    .collect::<Vec<_>>()
            };
            assert_ne!(of_day(0), of_day(1));
            // Every moment lies between its neighbours.
            for at in &all[1..all.len() - 1] {
                assert_eq!(latest(*at, a_day), *at);
                assert!(next(*at - TimeDelta::seconds(1), a_day) == *at);
            }
        }
    }
}
