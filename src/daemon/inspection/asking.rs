//! Asking links whether they lead anywhere: each once however many pages carry it, host beside
//! host, one after the other on each. Answers that only our own network can explain are dropped.

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use futures_util::stream::{self, StreamExt as _};
use url::Url;

use crate::assess::links::{Answered, Meaning, meaning};
use crate::assess::outage::{
    HostHealth, OfflineRule, host_of, is_doubtful, is_offline, told_apart,
};
use crate::domain::access::Access;
use crate::domain::host::Fingerprint;
use crate::domain::page::Page;
use crate::domain::time::Moment;
use crate::domain::visit::{Failure, Outcome, Validators};
use crate::extract::missing::is_answer_for_missing;
use crate::fetch::client::Fetcher;
use crate::fetch::reach::Reach;

/// For so long a link that led somewhere is not asked again.
const GOOD_FOR: TimeDelta = TimeDelta::hours(12);
/// The most good links that are remembered.
const MOST_GOOD: usize = 500_000;
/// The most pages of one host that are looked at for being its answer for missing ones.
const MOST_LOOKS: usize = 200;
/// The longest page that is looked at so, in bytes.
const LONGEST_LOOK: usize = 256 * 1024;
/// The most foreign links that show that there is a way abroad.
const MOST_CONTROLS: usize = 5;

/// A link that is to be asked.
pub struct Link<'a> {
    /// Where it leads.
    pub url: Url,
    /// Under which rules; those of the site that carries it.
    pub access: &'a Access,
    /// Whether it leads to another site.
    pub external: bool,
    /// Whether it is asked though it is remembered.
    pub always: bool,
    /// What its host shows for a path that cannot exist, where that is a page: then the page is
    /// looked at, and not only its status.
    pub missing: Option<Fingerprint>,
}

/// What asking came to.
#[derive(Default)]
pub struct Asked {
    answers: HashMap<String, Answered>,
}

impl Asked {
    /// The answer, where the link was asked or is remembered.
    pub fn of(&self, url: &str) -> Option<&Answered> {
        self.answers.get(url)
    }
}

/// Links that led somewhere lately.
#[derive(Default)]
pub struct Memory {
    good: HashMap<String, Moment>,
    /// Foreign links that led somewhere, of a few hosts: they show that there is a way abroad.
    abroad: Vec<Url>,
    inspections: usize,
    /// When links were asked again last.
    pub again_at: Option<Moment>,
}

impl Memory {
    /// The number of the inspection, so that each can begin with other articles.
    pub fn rotation(&mut self) -> usize {
        self.inspections += 1;
        self.inspections - 1
    }

    fn is_good(&self, url: &str, now: Moment) -> bool {
        let until = self.good.get(url).map(|at| *at + GOOD_FOR);
        until.is_some_and(|until| now < until)
    }

    /// Links that are asked together with a few others, so that silence is understood.
    pub fn controls<'a>(&self, access: &'a Access) -> Vec<Link<'a>> {
        let link = |url: &Url| Link {
            url: url.clone(),
            access,
            external: true,
            always: true,
            missing: None,
        };
        self.abroad.iter().map(link).collect()
    }

    fn learn(&mut self, asked: &Asked, fresh: &[(Url, bool, Answered)], now: Moment) {
        for (url, external, answered) in fresh {
            let is_new = || !self.abroad.iter().any(|known| known.host() == url.host());
            if *external && *answered == Answered::Well && is_new() {
                self.abroad.push(url.clone());
            }
        }
        let surplus = self.abroad.len().saturating_sub(MOST_CONTROLS);
        self.abroad.drain(..surplus);
        self.good.retain(|_, at| now < *at + GOOD_FOR);
        for (url, answered) in &asked.answers {
            if *answered == Answered::Well && self.good.len() < MOST_GOOD {
                self.good.entry(url.clone()).or_insert(now);
            }
        }
    }
}

/// Asks.
pub struct Asker<'a> {
    /// Fetches.
    pub fetcher: &'a Fetcher,
    /// Tells whether our own network is up.
    pub reach: &'a Reach,
    /// Hosts that are asked at one time.
    pub at_once: usize,
    /// When so many hosts are silent that it is our own network.
    pub offline: OfflineRule,
}

impl Asker<'_> {
    /// Asks every link that is not remembered.
    pub async fn ask(&self, memory: &mut Memory, links: Vec<Link<'_>>, now: Moment) -> Asked {
        let mut asked = Asked::default();
        let mut hosts: BTreeMap<String, Vec<Link<'_>>> = BTreeMap::new();
        for link in links {
            let url = link.url.as_str().to_owned();
            if asked.answers.contains_key(&url) {
                continue;
            }
            // It is asked once; until then it counts as good.
            asked.answers.insert(url.clone(), Answered::Well);
            if link.always || !memory.is_good(&url, now) {
                hosts.entry(host_of(&link.url)).or_default().push(link);
            }
        }
        let hosts: Vec<_> = hosts
            .into_values()
            .map(|links| self.ask_host(links))
            .collect();
        let mut hosts = stream::iter(hosts).buffer_unordered(self.at_once.max(1));
        let mut fresh: Vec<(Url, bool, Answered)> = Vec::new();
        while let Some(answers) = hosts.next().await {
            fresh.extend(answers);
        }
        let own = self.is_own_fault(&fresh, false).await;
        let foreign = own || self.is_own_fault(&fresh, true).await;
        for (url, external, answered) in fresh.iter().cloned() {
            let is_ours = if external { foreign } else { own };
            match is_ours && says_nothing(&answered) {
                true => asked.answers.remove(url.as_str()),
                false => asked.answers.insert(url.into(), answered),
            };
        }
        memory.learn(&asked, &fresh, now);
        asked
    }

    async fn ask_host(&self, links: Vec<Link<'_>>) -> Vec<(Url, bool, Answered)> {
        let mut answers = Vec::new();
        let mut looks = MOST_LOOKS;
        for link in links {
            let asked = self.fetcher.check(&link.url, link.access).await;
            let asked = match (asked, &link.missing) {
                (Ok(()), Some(missing)) if looks > 0 => {
                    looks -= 1;
                    self.look(&link, missing).await
                }
                (asked, _) => asked,
            };
            let answered = match asked {
                Ok(()) => Answered::Well,
                Err(failure) => Answered::Failed(failure),
            };
            tracing::debug!(url = %link.url, ?answered, "link asked");
            answers.push((link.url, link.external, answered));
        }
        answers
    }

    /// Looks whether the page of a link is what its host shows for paths that cannot exist.
    async fn look(&self, link: &Link<'_>, missing: &Fingerprint) -> Result<(), Failure> {
        // Such a page is short; of a file that is longer no more is taken.
        let access = Access {
            body_limit: link.access.body_limit.min(LONGEST_LOOK),
            ..link.access.clone()
        };
        let nothing = Validators::default();
        let visit = self.fetcher.visit(&link.url, &access, &nothing);
        let Outcome::Page(page) = visit.await.outcome else {
            return Ok(());
        };
        match shows_missing(page, link.url.clone(), missing.clone()).await {
            true => Err(Failure::NoSuchPage),
            false => Ok(()),
        }
    }

    /// Whether so many hosts gave no answer at all that it is our own network: of all, or of the
    /// foreign ones, to which many installations have no way.
    async fn is_own_fault(&self, answers: &[(Url, bool, Answered)], foreign: bool) -> bool {
        let mut hosts: BTreeMap<String, HostHealth> = BTreeMap::new();
        for (url, external, answered) in answers {
            if foreign && !external {
                continue;
            }
            let is_silent = says_nothing(answered);
            let health = match is_silent {
                true => HostHealth::Silent { visits: 1 },
                false => HostHealth::Answers,
            };
            let known = hosts.entry(host_of(url)).or_insert(health.clone());
            if health == HostHealth::Answers {
                *known = health;
            }
        }
        let all = !hosts.is_empty() && hosts.values().all(|host| *host != HostHealth::Answers);
        if !all && !is_doubtful(&hosts, self.offline) {
            return false;
        }
        // That a probe answers says nothing of a way to foreign hosts.
        let answered = self
            .reach
            .answers()
            .await
            .filter(|answered| !(foreign && *answered));
        let is_own = match answered {
            Some(false) if all => true,
            answered => is_offline(&hosts, told_apart(self.offline, answered)),
        };
        if is_own {
            tracing::warn!(
                foreign,
                "most hosts of links are silent: they are not judged"
            );
        }
        is_own
    }
}

/// Whether a page that came for `asked` is what its host shows for paths that cannot exist.
pub async fn shows_missing(page: Page, asked: Url, missing: Fingerprint) -> bool {
    let work = move || is_answer_for_missing(&page, &asked, &missing);
    tokio::task::spawn_blocking(work).await.unwrap_or(false)
}

/// Whether no host gave an answer: a name that does not resolve, or nothing behind it.
fn says_nothing(answered: &Answered) -> bool {
    match answered {
        Answered::Well => false,
        Answered::Failed(failure) => {
            failure.is_host_down() && meaning(answered) != Meaning::Nothing
        }
    }
}
