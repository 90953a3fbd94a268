//! The assessment of a period, from what the store has: facts of every site are gathered, and
//! handed to the rules.

use std::collections::BTreeMap;

use chrono::{Days, NaiveTime, TimeDelta};
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use crate::alert::incident::{Incident, Kind, State, Subject};
use crate::assess::candidates::cases;
use crate::assess::exemption::{Exemptions, maintenance};
use crate::assess::ladder::Tier;
use crate::assess::score::card::{Card, card};
use crate::assess::score::facts::{AlertSpan, ColumnFacts, Exemption, SiteFacts, Titled};
use crate::assess::score::period::Period;
use crate::assess::score::rank::{change, rank};
use crate::assess::score::rubric::Rubric;
use crate::domain::act::{Act, Deed};
use crate::domain::candidate::Decision;
use crate::domain::class::Class;
use crate::domain::entry::Entry;
use crate::domain::finding::Undated;
use crate::domain::group::{Column, Site};
use crate::domain::home::HomeRecord;
use crate::domain::id::SiteId;
use crate::domain::item::Item;
use crate::domain::observation::Cause;
use crate::domain::site_day::{HomeOfDay, SiteDay};
use crate::domain::time::{Date, Moment, date_of, moment};
use crate::report::assessment::Assessment;
use crate::report::assessment::other_rules::differences;
use crate::store::error::StoreError;
use crate::store::runs::Runs;

/// Alerts that ended so long before the period may still matter: repeated ones, and those that fell
/// due in it.
const ALERTS_BEFORE: TimeDelta = TimeDelta::days(120);
/// The days before a period whose samples belong to a rolling week.
const DAYS_BEFORE: Days = Days::new(6);

/// What the sites share.
struct Common {
    from: Date,
    to: Date,
    acts: Vec<Act>,
    entries: Vec<Entry>,
    decisions: Vec<Decision>,
    spans: BTreeMap<SiteId, Vec<AlertSpan>>,
    homes: BTreeMap<SiteId, HomeRecord>,
    runs: Runs,
    is_today: bool,
}

/// What is told of the period before.
#[derive(Default)]
struct Former {
    /// The version that was closed last, where that cannot be read.
    damaged: Option<u32>,
    /// What its rules said otherwise, where it was closed.
    other_rules: Vec<String>,
}

/// Why there is no assessment of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Without {
    /// The period lies ahead.
    #[error("{0} begins on {first}; nothing is known of it", first = .0.first())]
    NotBegun(Period),
    /// What was closed cannot be read.
    #[error("version {version} of {period} is damaged; wangxun rebuild makes the store anew")]
    Damaged {
        /// The period.
        period: Period,
        /// The version that was closed last.
        version: u32,
    },
}

impl Without {
    /// The reason for a page.
    pub fn in_chinese(self) -> String {
        match self {
            Without::NotBegun(_) => "该周期尚未开始。".to_owned(),
            Without::Damaged { version, .. } => {
                format!("该周期已封存的第{version}版损坏，请系统管理员重建数据存储。")
            }
        }
    }
}

/// How far an assessment has come; a closed period is not made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The period that is being looked at: the one that was asked for, then the one before it.
    pub period: Period,
    /// So many sites are done.
    pub done: u32,
    /// Of so many.
    pub of: u32,
}

/// Who is told after each site.
pub type Tell<'a> = &'a (dyn Fn(Step) + Send + Sync);

/// For whoever does not wait for it.
pub const TELL_NOBODY: Tell<'static> = &|_| ();

impl Desk {
    /// The assessment of `period`, or why there is none.
    pub async fn assess(
        &self,
        period: Period,
        tell: Tell<'_>,
    ) -> Result<Result<Assessment, Without>, StoreError> {
        let now = self.clock.now();
        if date_of(now) < period.first() {
            return Ok(Err(Without::NotBegun(period)));
        }
        let rubric = &self.config.rubric;
        let mut cards = self.cards(period, now, rubric, tell).await?;
        let former = self.placed(&mut cards, period, rubric, tell).await?;
        let sites = self.config.group.sites.values();
        let blank = sites.filter(|site| !self.config.group.is_watched(site));
        Ok(Ok(Assessment {
            at: now,
            period,
            operator: self.config.identity.name.clone(),
            blank: blank.map(|site| site.name.clone()).collect(),
            rubric: rubric.clone(),
            cards,
            seals: Vec::new(),
            statements: Vec::new(),
            former_damaged: former.damaged,
            other_rules: former.other_rules,
            part: false,
        }))
    }

    /// What was closed, with what was learnt since under the rules and of the sites that it was closed
    /// with. A site that is not configured any more stays as it was.
    pub(super) async fn assess_again(&self, closed: &Assessment) -> Result<Assessment, StoreError> {
        let (now, period) = (self.clock.now(), closed.period);
        let mut fresh = self.cards(period, now, &closed.rubric, TELL_NOBODY).await?;
        let mut cards = Vec::new();
        for card in &closed.cards {
            let place = fresh.iter().position(|other| other.site == card.site);
            cards.push(place.map_or_else(|| card.clone(), |place| fresh.swap_remove(place)));
        }
        let former = self
            .placed(&mut cards, period, &closed.rubric, TELL_NOBODY)
            .await?;
        Ok(Assessment {
            at: now,
            cards,
            former_damaged: former.damaged,
            other_rules: former.other_rules,
            seals: Vec::new(),
            statements: Vec::new(),
            ..closed.clone()
        })
    }

    /// Gives the cards their places, and their change against the period before; a closed one is what it
    /// was closed as.
    async fn placed(
        &self,
        cards: &mut [Card],
        period: Period,
        rubric: &Rubric,
        tell: Tell<'_>,
    ) -> Result<Former, StoreError> {
        let former = period.before();
        let mut told = Former::default();
        let before = match self.closed(former).await? {
            Some(Ok(closed)) => {
                told.other_rules = differences(&closed.rubric, rubric);
                closed.cards
            }
            other => {
                let now = self.clock.now();
                if let Some(Err(Without::Damaged { version, .. })) = other {
                    told.damaged = Some(version);
                }
                self.cards(former, now, rubric, tell).await?
            }
        };
        rank(cards);
        change(cards, &before);
        Ok(told)
    }

    async fn cards(
        &self,
        period: Period,
        now: Moment,
        rubric: &Rubric,
        tell: Tell<'_>,
    ) -> Result<Vec<Card>, StoreError> {
        let common = self.common(period, now).await?;
        let config = &self.config;
        let watched = config
            .group
            .sites
            .values()
            .filter(|site| config.group.is_watched(site));
        let watched: Vec<&Site> = watched.collect();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let mut cards = Vec::new();
        for site in &watched {
            let facts = self.facts(site, period, &common).await?;
            cards.push(card(&facts, period, rubric, &config.calendar));
            tell(Step {
                period,
                done: count(cards.len()),
                of: count(watched.len()),
            });
        }
        Ok(cards)
    }

    async fn common(&self, period: Period, now: Moment) -> Result<Common, StoreError> {
        let today = date_of(now);
        let (from, to) = (period.first(), period.last().min(today));
        let mut entries = self.store.entries().await?;
        entries.retain(|entry| entry.period == period.to_string());
        let since = midnight(from) - ALERTS_BEFORE;
        let mut incidents = self.store.closed_since(since).await?;
        incidents.extend(self.store.open_incidents().await?.into_values());
        let mut spans: BTreeMap<SiteId, Vec<AlertSpan>> = BTreeMap::new();
        for incident in &incidents {
            if let Some((site, span)) = self.span(incident, midnight(after(to))) {
                spans.entry(site).or_default().push(span);
            }
        }
        Ok(Common {
            from,
            to,
            acts: self.store.acts().await?,
            entries,
            decisions: self.store.decisions().await?,
            spans,
            homes: self.store.homes().await?,
            runs: self.store.runs(midnight(from), midnight(after(to))).await?,
            is_today: to == today,
        })
    }

    /// When the column of an incident was overdue, as it was known at `end`.
    fn span(&self, incident: &Incident, end: Moment) -> Option<(SiteId, AlertSpan)> {
        let Subject::Column(id) = &incident.key.subject else {
            return None;
        };
        let rise = incident
            .rises
            .iter()
            .find(|rise| rise.tier >= Tier::Overdue);
        let overdue_at = rise.map(|rise| rise.at).filter(|at| *at < end)?;
        let ended_at = match incident.state {
            State::Resolved { at } => Some(at).filter(|at| *at < end),
            _ => None,
        };
        let column = self.config.group.columns.get(id)?;
        let span = AlertSpan {
            column: id.clone(),
            about: incident.last_update.as_ref().map(|update| update.on),
            limit_days: self.config.limits.of(column).limit_days,
            overdue_at,
            ended_at,
        };
        (incident.key.kind == Kind::Stale).then(|| (column.site.clone(), span))
    }

    async fn facts<'a>(
        &'a self,
        site: &'a Site,
        period: Period,
        common: &'a Common,
    ) -> Result<SiteFacts<'a>, StoreError> {
        let group = &self.config.group;
        let mut columns = Vec::new();
        let mut letters = Vec::new();
        let mut documents = Vec::new();
        let end = midnight(after(common.to));
        let guides = self.store.guides(&site.id).await?.into_iter();
        let own = group
            .columns
            .values()
            .filter(|column| column.site == site.id);
        for column in own {
            columns.push(self.column_facts(column, common).await?);
            if column.class == Class::Replies {
                let known = self.store.letters(&column.id).await?.into_iter();
                letters.extend(known.filter_map(|letter| letter.as_of(end)));
            }
            if matches!(column.class, Class::Policy | Class::Interpretation) {
                let known = self.store.documents(&column.id).await?.into_iter();
                documents.extend(known.filter_map(|document| document.as_of(end)));
            }
        }
        let before = common.from.checked_sub_days(DAYS_BEFORE);
        let first = before.unwrap_or(common.from);
        let days = self.store.site_days(&site.id, first, common.to).await?;
        let last = days
            .iter()
            .rfind(|day| day.home.is_some() && common.from <= day.on);
        let of_days = last.and_then(|day| day.home.clone());
        // The present page tells of the present day alone.
        let now = common.homes.get(&site.id).filter(|_| common.is_today);
        let mut entries = common.entries.clone();
        entries.retain(|entry| entry.site == site.id && entry.period == period.to_string());
        let unit = group.units.get(&site.unit);
        let inspection = self
            .store
            .latest_inspection(&site.id, common.from, common.to)
            .await?;
        let targets = self.store.targets(&site.id).await?;
        let candidates = self.store.candidates(Some(&site.id)).await?;
        Ok(SiteFacts {
            inspection,
            letters,
            has_guides: group.guides.contains_key(&site.id),
            guides: guides.map(|guide| guide.as_of(end)).collect(),
            documents,
            targets,
            cases: cases(candidates, &common.decisions),
            site,
            unit_name: unit.map_or(site.unit.as_str(), |unit| unit.name.as_str()),
            services: !group.without_services.contains(&site.id),
            from: common.from,
            to: common.to,
            exempt: Exemptions::on(&common.acts, common.to)
                .of_site(site)
                .and_then(exemption),
            away: away(&common.acts, site, &days),
            columns,
            days,
            home: now.map(home_of).or(of_days),
            alerts: common.spans.get(&site.id).cloned().unwrap_or_default(),
            entries,
        })
    }

    async fn column_facts<'a>(
        &'a self,
        column: &'a Column,
        common: &'a Common,
    ) -> Result<ColumnFacts<'a>, StoreError> {
        let exemptions = Exemptions::on(&common.acts, common.to);
        let exempt = exemptions.of(column).and_then(exemption);
        // A period in which nobody looked tells nothing.
        let readings = match column.url {
            None => Vec::new(),
            Some(_) => self.store.readings(&column.id, &common.runs).await?,
        };
        let until = midnight(after(common.to));
        let items = self.store.items(&column.id).await?;
        Ok(ColumnFacts {
            column,
            parent: self.config.group.parents.get(&column.id),
            readings,
            exempt,
            items_on: items.iter().filter_map(|item| item.claimed_on).collect(),
            titles: titles(column.class, &items, until),
        })
    }
}

/// The items of a column whose titles are compared, as far as they were seen before `until`; of those
/// that claim a day, that day decides.
fn titles(class: Class, items: &[Item], until: Moment) -> Vec<Titled> {
    if !matches!(
        class,
        Class::Policy | Class::Interpretation | Class::Surveys | Class::Interviews
    ) {
        return Vec::new();
    }
    let counts = |item: &&Item| item.claimed_on.is_some() || item.first_seen_at < until;
    items.iter().filter(counts).map(Titled::of).collect()
}

/// What is told of an exemption.
fn exemption(act: &Act) -> Option<Exemption> {
    match act.deed {
        Deed::Exempted { until, .. } => Some(Exemption {
            until,
            key: act.key(),
        }),
        _ => None,
    }
}

/// Those of `days` on which `site` was under announced maintenance.
fn away(acts: &[Act], site: &Site, days: &[SiteDay]) -> Vec<(Date, Exemption)> {
    let announced = maintenance(acts, site);
    let of_day = |day: &SiteDay| {
        let mut covering = announced.iter();
        let covering = covering.find(|one| one.from <= day.on && day.on <= one.until)?;
        Some((day.on, exemption(covering.act)?))
    };
    days.iter().filter_map(of_day).collect()
}

fn home_of(home: &HomeRecord) -> HomeOfDay {
    let undated = match home.blind.as_ref().map(|blind| &blind.why) {
        Some(Cause::Undated(Undated::NoDates)) if home.last_update.is_none() => {
            Some(Undated::NoDates)
        }
        _ => None,
    };
    HomeOfDay {
        newest_on: home.last_update.as_ref().map(|update| update.on),
        read_at: home.read_at,
        undated,
    }
}

fn midnight(day: Date) -> Moment {
    moment(day.and_time(NaiveTime::MIN))
}

fn after(day: Date) -> Date {
    day.succ_opt().unwrap_or(day)
}
