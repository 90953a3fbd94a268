//! A walk that is over: which links it saw and where, which of them are to be asked, and what the answers
//! change.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use url::Url;

use super::asking::{Asked, Link};
use super::suspects::{Asks, Suspects};
use crate::assess::links::{Answered, Meaning, meaning, removed, step};
use crate::assess::outage::host_of;
use crate::domain::document::Document;
use crate::domain::group::Site;
use crate::domain::guide::Guide;
use crate::domain::host::Fingerprint;
use crate::domain::inspection::{Inspection, LinkCount};
use crate::domain::letter::Letter;
use crate::domain::target::{Target, TargetKind, TargetPlace};
use crate::domain::time::Moment;
use crate::domain::visit::Failure;
use crate::extract::targets::is_same_site;

/// Hosts that show a page for paths that cannot exist, with that.
pub type Missing = BTreeMap<String, Fingerprint>;

/// A link, and where it was seen.
pub(super) struct Seen {
    pub(super) kind: TargetKind,
    pub(super) on_home: bool,
    pub(super) places: Vec<TargetPlace>,
}

/// A walk that is over.
pub struct Walked<'a> {
    /// The site.
    pub site: &'a Site,
    /// What was seen.
    pub inspection: Inspection,
    pub(super) seen: HashMap<Url, Seen>,
    /// Pages that were read in full, as addresses.
    pub(super) read: BTreeSet<String>,
    /// Pages that were asked for and did not come.
    pub(super) failed: BTreeMap<String, Failure>,
    /// Pages that are as they were when they were read last.
    pub(super) same: BTreeSet<String>,
    /// Pages that were read on another night and need not be now.
    pub(super) settled: BTreeSet<String>,
    /// Letters of which something was learnt.
    pub letters: Vec<Letter>,
    /// Service guides of which something was learnt.
    pub guides: Vec<Guide>,
    /// Documents and interpretations that were read.
    pub documents: Vec<Document>,
    pub(super) missing: Missing,
    /// What was seen and only people can judge.
    pub(super) suspects: Suspects<'a>,
}

impl<'a> Walked<'a> {
    /// Whether an address is one of the site.
    pub(super) fn is_own(&self, url: &Url) -> bool {
        let home = self.site.home.as_ref();
        home.is_some_and(|home| is_same_site(url, home))
    }

    /// Whether the page was read in full.
    pub fn has_read(&self, page: &str) -> bool {
        self.read.contains(page)
    }

    /// What was seen and only people can judge; nothing of it is left.
    pub fn suspects(&mut self) -> Suspects<'a> {
        let none = Suspects::new(self.site, Asks::default(), self.inspection.at);
        std::mem::replace(&mut self.suspects, none)
    }

    fn is_external(&self, url: &Url) -> bool {
        !self.is_own(url)
    }

    fn seen_in_order(&self) -> Vec<(&Url, &Seen)> {
        let mut seen: Vec<(&Url, &Seen)> = self.seen.iter().collect();
        seen.sort_unstable_by_key(|(url, _)| *url);
        seen
    }

    /// The links that are to be asked, at most `most`: those that led nowhere before, those of the
    /// home page, and the others.
    pub fn links(&self, known: &[Target], most: usize) -> Vec<Link<'_>> {
        let open: BTreeSet<&str> = known
            .iter()
            .filter(|target| target.open().is_some())
            .map(|target| target.url.as_str())
            .collect();
        let mut seen = self.seen_in_order();
        seen.retain(|(url, _)| !self.read.contains(url.as_str()));
        seen.retain(|(url, _)| !self.same.contains(url.as_str()));
        seen.sort_by_key(|(url, seen)| (!open.contains(url.as_str()), !seen.on_home));
        seen.retain(|(url, _)| self.failed(url.as_str()).is_none());
        let asked = seen.into_iter().take(most);
        // What led nowhere on a page that was not read tonight is asked all the same: it may be mended.
        let unseen = known.iter().filter(|target| self.is_unseen(target));
        let unseen = unseen.cloned().collect::<Vec<Target>>();
        let unseen = again(self.site, &unseen, &self.missing);
        asked
            .map(|(url, seen)| Link {
                url: url.clone(),
                access: &self.site.access,
                external: self.is_external(url),
                always: open.contains(url.as_str()),
                missing: missing(&self.missing, url, seen.kind)
                    .filter(|_| !self.settled.contains(url.as_str())),
            })
            .chain(unseen)
            .collect()
    }

    /// Whether a link that led nowhere stands on no page of this walk, and on one at least that was not
    /// read.
    fn is_unseen(&self, target: &Target) -> bool {
        let url = Url::parse(&target.url).ok();
        let is_seen = url.is_none_or(|url| self.seen.contains_key(&url));
        let is_read = |place: &TargetPlace| self.read.contains(&place.page);
        target.open().is_some() && !is_seen && !target.places.iter().all(is_read)
    }

    /// Why a page did not come, where the host itself answered so. Of a silent host it may be our
    /// own network: its links are asked together with all others.
    fn failed(&self, url: &str) -> Option<&Failure> {
        let failure = self.failed.get(url);
        failure.filter(|failure| !failure.is_host_down())
    }

    /// What asking the link came to: pages that were read or did not come need not be asked again.
    fn answered(&self, url: &str, asked: &Asked) -> Option<Answered> {
        if self.read.contains(url) || self.same.contains(url) {
            return Some(Answered::Well);
        }
        if let Some(failure) = self.failed(url) {
            return Some(Answered::Failed(failure.clone()));
        }
        asked.of(url).cloned()
    }

    /// How many links were looked at.
    pub fn count(&self, asked: &Asked) -> LinkCount {
        let mut count = LinkCount::default();
        for (url, seen) in &self.seen {
            let answered = self.answered(url.as_str(), asked);
            let counted = match answered.map(|answered| meaning(&answered)) {
                None | Some(Meaning::Nothing) => &mut count.unasked,
                Some(_) if seen.on_home => &mut count.home,
                Some(_) => &mut count.others,
            };
            *counted += 1;
        }
        count
    }

    /// What changes of the links that led nowhere.
    pub fn changes(&self, known: Vec<Target>, asked: &Asked, now: Moment) -> Vec<Target> {
        let mut known: BTreeMap<String, Target> = known
            .into_iter()
            .map(|target| (target.url.clone(), target))
            .collect();
        let mut changes = Vec::new();
        for (url, seen) in self.seen_in_order() {
            let before = known.remove(url.as_str());
            let Some(answered) = self.answered(url.as_str(), asked) else {
                continue;
            };
            let now_seen = Target {
                site: self.site.id.clone(),
                url: url.to_string(),
                kind: seen.kind,
                external: self.is_external(url),
                on_home: seen.on_home,
                places: seen.places.clone(),
                spells: Vec::new(),
                asked_at: now,
            };
            changes.extend(step(before, &now_seen, &answered));
        }
        let (unseen, known): (Vec<Target>, Vec<Target>) = known
            .into_values()
            .partition(|target| self.is_unseen(target));
        changes.extend(changed(unseen, asked, now));
        // What is left stands on no page that was read. Where those that carried it were, it is gone
        // from them.
        let is_read = |place: &TargetPlace| self.read.contains(&place.page);
        let gone = known
            .into_iter()
            .filter(|target| target.places.iter().all(is_read));
        changes.extend(gone.filter_map(|target| removed(target, now)));
        changes
    }
}

/// What the host of a link to a page or a file shows for paths that cannot exist.
fn missing(hosts: &Missing, url: &Url, kind: TargetKind) -> Option<Fingerprint> {
    let is_looked_at = matches!(kind, TargetKind::Page | TargetKind::File);
    hosts.get(&host_of(url)).filter(|_| is_looked_at).cloned()
}

/// The links of `due` as they are to be asked again.
pub fn again<'a>(site: &'a Site, due: &[Target], hosts: &Missing) -> Vec<Link<'a>> {
    let links = due.iter().filter_map(|target| {
        let url = Url::parse(&target.url).ok()?;
        Some(Link {
            missing: missing(hosts, &url, target.kind),
            url,
            access: &site.access,
            external: target.external,
            always: true,
        })
    });
    links.collect()
}

/// What changes of `due` after they were asked again.
pub fn changed(due: Vec<Target>, asked: &Asked, now: Moment) -> Vec<Target> {
    let changes = due.into_iter().filter_map(|target| {
        let answered = asked.of(&target.url)?.clone();
        let seen = Target {
            asked_at: now,
            ..target.clone()
        };
        step(Some(target), &seen, &answered)
    });
    changes.collect()
}
