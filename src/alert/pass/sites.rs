//! Sites as a whole: a home page that does not open, or cannot be judged any more; vetoes that are
//! near or met; a site that seems to be redesigned.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::{Desk, PROOF_LASTS, Situation};
use crate::alert::incident::{Incident, IncidentKey, Kind, State, Subject};
use crate::alert::notice::About;
use crate::alert::outbox::Told;
use crate::alert::site_rules::VetoRule;
use crate::alert::site_step::{Again, At, Front, Sight, is_hidden, proven, step_front, step_veto};
use crate::alert::step::Effect;
use crate::assess::exemption::maintenance;
use crate::assess::outage::{self, host_of};
use crate::assess::reach::{excuse, failed_in_row, first_day};
use crate::assess::vetoes::{self, Held, SiteSight};
use crate::domain::finding::Unreadable;
use crate::domain::group::{Column, Site};
use crate::domain::home::HomeRecord;
use crate::domain::id::SiteId;
use crate::domain::observation::{Cause, ColumnRecord};
use crate::domain::time::{Moment, date_of};

/// Another host that answered so shortly before, or since, shows that our own network is up.
const WITNESS: TimeDelta = TimeDelta::minutes(10);
/// Below so many columns no share of them is told.
const LEAST_COLUMNS: usize = 3;

/// The identity of an incident of `site`.
pub(super) fn site_key(site: &SiteId, kind: Kind) -> IncidentKey {
    IncidentKey {
        subject: Subject::Site(site.clone()),
        kind,
    }
}

impl<'a> Desk<'a> {
    /// The sites whose home pages are watched, with host and record.
    pub(super) fn watched_homes(&self) -> Vec<(&'a Site, String, &'a HomeRecord)> {
        let situation = self.situation;
        let sites = situation.group.sites.values();
        let homes = sites.filter_map(|site| {
            let host = host_of(site.home.as_ref()?);
            Some((site, host, situation.homes.get(&site.id)?))
        });
        homes
            .filter(|(site, ..)| {
                situation.group.visits_home(site) && !self.exemptions.covers_site(site)
            })
            .collect()
    }

    /// While our own network is down no home page is to blame.
    pub(super) fn excuse_homes(&mut self) {
        for home in self.situation.homes.values() {
            let mut excused = home.clone();
            excuse(&mut excused);
            if excused != *home {
                self.verdicts.homes.push(excused);
            }
        }
    }

    /// The hosts of home pages of which the incident of the site is told, instead of the host's: any
    /// that are visited while another host shows that our own network is up.
    pub(super) fn hosts_of_homes(&self) -> BTreeSet<String> {
        if !self.situation.rules.sites.down.enabled {
            return BTreeSet::new();
        }
        let homes = self.watched_homes().into_iter();
        homes
            .filter(|(_, host, home)| self.is_witnessed(host, home.visited_at))
            .map(|(_, host, _)| host)
            .collect()
    }

    /// Whether another host answered a little before `at`, or since.
    fn is_witnessed(&self, host: &str, at: Moment) -> bool {
        let since = at - WITNESS;
        let homes = self.watched_homes();
        let mut homes = homes.iter();
        if homes.any(|(_, other, home)| {
            other != host && home.visited_at >= since && home.reach.answers_since.is_some()
        }) {
            return true;
        }
        let situation = self.situation;
        let watched = outage::watched(situation.group.columns.values(), situation.records);
        watched.iter().any(|(other, record)| {
            other != host && record.visited_at >= since && !outage::is_silent(record)
        })
    }

    /// Judges every site that has a home page or columns.
    pub(super) fn sites(&mut self, offline: bool) {
        for site in self.situation.group.sites.values() {
            if self.exemptions.covers_site(site) {
                for kind in [Kind::Blind, Kind::NearVeto, Kind::Veto] {
                    self.dismiss(&site_key(&site.id, kind));
                }
                self.forget_down(site);
                continue;
            }
            if !self.situation.group.visits_home(site) {
                self.dismiss(&site_key(&site.id, Kind::Blind));
                self.forget_down(site);
            } else if let Some(home) = self.situation.homes.get(&site.id) {
                self.front(site, home, offline);
                self.home_sight(site, home, offline);
            }
            self.vetoes(site, offline);
        }
    }

    fn front(&mut self, site: &'a Site, home: &'a HomeRecord, offline: bool) {
        let (rules, now) = (&self.situation.rules.sites.down, self.situation.now);
        if !rules.enabled {
            return self.forget_down(site);
        }
        let row = failed_in_row(&home.reach, rules.apart);
        let host = site.home.as_ref().map(host_of).unwrap_or_default();
        let front = match (home.reach.failed_at.first(), home.reach.answers_since) {
            _ if offline || now - home.visited_at > PROOF_LASTS => Front::Nothing,
            (Some(&since), _)
                if row >= rules.visits && self.is_witnessed(&host, home.visited_at) =>
            {
                Front::Closed { since }
            }
            (None, Some(since)) => Front::Opens { since },
            _ => Front::Nothing,
        };
        let key = site_key(&site.id, Kind::Down);
        let outages = 1 + self.outages_of(&key, rules.flapping.within);
        let at = At {
            visited_at: home.visited_at,
            now,
        };
        let open = self.situation.open.get(&key);
        let unended = self.unended(&key).filter(|_| open.is_none());
        let made = step_front(open.or(unended), &key, front, (rules, outages), at);
        let why = home.blind.as_ref().map(|blind| blind.why.in_chinese());
        let why = why.unwrap_or_default();
        let about = About::Site(site, &why);
        if !home.reach.failed_at.is_empty() && row < rules.visits && !offline {
            self.revisit_home(&site.id, home.visited_at + rules.apart);
        }
        if let [Effect::Revisit(at)] = made.1.as_slice() {
            self.revisit_home(&site.id, *at);
        }
        self.settle(&key, made, about, true);
    }

    /// Ends the incident of a home page that does not open, of which nobody is to hear any more, nor of one
    /// before it that was laid aside.
    fn forget_down(&mut self, site: &Site) {
        let key = site_key(&site.id, Kind::Down);
        self.dismiss(&key);
        let laid = self.unended(&key);
        if let Some(laid) = laid.filter(|_| !self.situation.open.contains_key(&key)) {
            let mut ended = laid.clone();
            ended.unended = false;
            self.verdicts.incidents.push(ended);
        }
    }

    /// The latest incident under `key`, where it was laid aside and its end was not seen since.
    fn unended(&self, key: &IncidentKey) -> Option<&'a Incident> {
        let ended_at = |incident: &&Incident| match incident.state {
            State::Resolved { at } => Some(at),
            State::Suspected { .. } | State::Open { .. } => None,
        };
        let closed = self.situation.closed.iter();
        let of_key = closed.filter(|incident| incident.key == *key);
        of_key.max_by_key(ended_at).filter(|last| last.unended)
    }

    /// How often an incident under `key` ended within `within` before the present one began.
    fn outages_of(&self, key: &IncidentKey, within: TimeDelta) -> u32 {
        let open = self.situation.open.get(key);
        let since = open.map_or(self.situation.now, |incident| incident.began_at) - within;
        let ended = self.situation.closed.iter().filter(|incident| {
            incident.key == *key && matches!(incident.state, State::Resolved { at } if at >= since)
        });
        u32::try_from(ended.count()).unwrap_or(u32::MAX)
    }

    /// A home page that was readable and no longer is goes to the operator. One that was told to be down
    /// and has turned us away ever since is told so, and no longer called down: whether others get it is
    /// not known.
    fn home_sight(&mut self, site: &'a Site, home: &'a HomeRecord, offline: bool) {
        let rules = self.situation.rules;
        let down = site_key(&site.id, Kind::Down);
        let was_down = self.situation.open.contains_key(&down);
        let was_read = home.last_update.is_some() || was_down;
        let present = match &home.blind {
            None => Some(false),
            Some(_) if offline || outage::is_home_silent(home) || !was_read => None,
            Some(blind) => {
                let long = home.visited_at - blind.since >= rules.sites.blind_after;
                (long && blind.visits >= rules.blind_after_visits).then_some(true)
            }
        };
        let unproven_since = home.reach.unproven_since.filter(|_| present == Some(true));
        if unproven_since.is_some_and(|since| home.visited_at - since >= rules.sites.blind_after) {
            self.lay_aside(&down);
        }
        let key = site_key(&site.id, Kind::Blind);
        let why = home.blind.as_ref().map(|blind| blind.why.in_chinese());
        let why = why.unwrap_or_default();
        self.plain(key, present, Told::Blind, About::Site(site, &why), false);
    }

    /// What visits and samples tell of `site`.
    pub(super) fn sight_of(&self, site: &Site) -> SiteSight {
        let situation = self.situation;
        let columns = situation.group.columns.values();
        let columns = columns.filter(|column| column.site == site.id);
        let days = situation.days.get(&site.id).map_or(&[][..], Vec::as_slice);
        let announced = maintenance(situation.acts, site);
        let today = date_of(situation.now);
        let first = first_day(today);
        let mut announced = announced.iter();
        let was_away = announced.any(|one| one.from <= today && first <= one.until);
        let ground = vetoes::Ground {
            limits: situation.limits,
            exemptions: &self.exemptions,
            // Days of announced maintenance say nothing, and the others are no week.
            days: if was_away { &[] } else { days },
            letters: situation.letters,
            least_samples: situation.rules.sites.least_samples,
            lasts: PROOF_LASTS,
            now: situation.now,
        };
        let records = columns.map(|column| (column, situation.records.get(&column.id)));
        let home = site.home.as_ref();
        let home = home.and_then(|_| situation.homes.get(&site.id));
        SiteSight::of(home, records, &ground)
    }

    fn vetoes(&mut self, site: &'a Site, offline: bool) {
        let situation = self.situation;
        if offline {
            return;
        }
        let seen = self.sight_of(site);
        let rules = &situation.rules.sites;
        let met = seen.held(&rules.veto.marks, situation.now);
        let veto = self.veto(site, &seen, &met, (&rules.veto, Kind::Veto, Told::Veto));
        let near = site_key(&site.id, Kind::NearVeto);
        if veto.is_some_and(|incident| incident.is_open()) {
            // The veto says more than its nearness.
            return self.dismiss(&near);
        }
        let held = seen.held(&rules.near.marks, situation.now);
        self.veto(
            site,
            &seen,
            &held,
            (&rules.near, Kind::NearVeto, Told::NearVeto),
        );
    }

    /// The incident as it is after the step, where there is one.
    fn veto(
        &mut self,
        site: &'a Site,
        seen: &SiteSight,
        held: &Held,
        (rule, kind, told): (&VetoRule, Kind, fn(u32) -> Told),
    ) -> Option<Incident> {
        let situation = self.situation;
        let key = site_key(&site.id, kind);
        if !rule.enabled {
            self.dismiss(&key);
            return None;
        }
        let open = situation.open.get(&key);
        let (Some(oldest), Some(latest)) = (seen.oldest, seen.latest) else {
            return None;
        };
        let sight = Sight {
            held,
            oldest,
            latest,
        };
        let at = Again {
            calendar: situation.calendar,
            repeat: rule.repeat,
            window: (!rule.at_once).then_some(situation.rules.window),
            confirm_after: situation.rules.confirm_after,
            now: situation.now,
        };
        let made = step_veto(open, &key, sight, told, at);
        let after = made.0.clone().or_else(|| open.cloned());
        let grounds = after.as_ref().map_or(&[][..], |incident| &incident.grounds);
        let why = vetoes::in_chinese_remark(proven(grounds, held));
        if let Some(Effect::Revisit(at)) = made.1.first() {
            self.revisit_home(&site.id, *at);
        }
        self.settle(&key, made, About::Site(site, &why), rule.at_once);
        after.filter(|incident| !incident.is_resolved())
    }

    /// Whether nothing is told of the column because its site as a whole does not open, or seems to
    /// be redesigned.
    pub(super) fn is_site_unclear(&self, column: &Column) -> bool {
        let situation = self.situation;
        let record = situation.records.get(&column.id);
        is_hidden(situation.open, column, record) || self.redesigned.contains(&column.site)
    }

    /// Ends incidents about sites that are no longer configured.
    pub(super) fn gone_sites(&mut self) {
        for key in self.situation.open.keys() {
            let Subject::Site(id) = &key.subject else {
                continue;
            };
            if !self.situation.group.sites.contains_key(id) {
                self.dismiss(key);
            }
        }
    }

    /// Asks for a visit to the home page at `at`, unless an earlier one is asked for.
    fn revisit_home(&mut self, site: &SiteId, at: Moment) {
        let changed = &mut self.verdicts.homes;
        let place = changed.iter().position(|home| home.site == *site);
        let mut home = match place {
            Some(place) => changed.swap_remove(place),
            None => match self.situation.homes.get(site) {
                Some(home) => home.clone(),
                None => return,
            },
        };
        let sooner = home.reach.revisit_at.is_none_or(|known| at < known);
        if sooner {
            home.reach.revisit_at = Some(at);
        }
        if sooner || place.is_some() {
            self.verdicts.homes.push(home);
        }
    }
}

/// The sites so many of whose columns show another structure than before, or none, that they seem to
/// be redesigned.
pub(super) fn redesigned(situation: &Situation<'_>) -> BTreeSet<SiteId> {
    let mut counts: BTreeMap<&SiteId, (usize, usize)> = BTreeMap::new();
    let columns = situation.group.columns.values();
    for column in columns.filter(|column| column.confirmed) {
        if let Some(record) = situation.records.get(&column.id) {
            let (all, changed) = counts.entry(&column.site).or_default();
            *all += 1;
            *changed += usize::from(looks_redesigned(record));
        }
    }
    let percent = situation.rules.sites.redesign_percent as usize;
    let so = counts
        .into_iter()
        .filter(|(_, (all, changed))| *all >= LEAST_COLUMNS && changed * 100 >= all * percent);
    so.map(|(site, _)| site.clone()).collect()
}

/// Whether the latest visit met another structure than the column's, or none.
fn looks_redesigned(record: &ColumnRecord) -> bool {
    record.blind.as_ref().is_some_and(|blind| {
        matches!(
            blind.why,
            Cause::Redesigned
                | Cause::Unreadable(
                    Unreadable::NoList | Unreadable::NoRowsBySelector | Unreadable::NoRowsByPath
                )
        )
    })
}
