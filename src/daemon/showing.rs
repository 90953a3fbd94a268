//! What the command line is shown of the store: tables, lists, and the paragraph about a column.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::answer::{Answer, Clerk, unknown_column};
use super::of_sites;
use crate::alert::acts::{holds, is_trial};
use crate::alert::incident::{Incident, IncidentKey};
use crate::alert::trial::{forecast, would_tell};
use crate::domain::act::Act;
use crate::domain::id::{ColumnId, SiteId};
use crate::domain::observation::ColumnRecord;
use crate::domain::time::{Date, date_of};
use crate::report::acts;
use crate::report::away;
use crate::report::beside;
use crate::report::duty;
use crate::report::flags;
use crate::report::history::caution;
use crate::report::links;
use crate::report::lost;
use crate::report::overview::{Scene, judged, overview, stale_incident};
use crate::report::sentence::{Case, why};
use crate::report::table;
use crate::report::would;
use crate::store::error::StoreError;

/// The observations that an explanation may quote.
const QUOTED_VISITS: usize = 8;
/// The most messages that are listed.
const MOST_MESSAGES: usize = 1000;

impl Clerk {
    pub(super) async fn status(&self) -> Result<Answer, StoreError> {
        let seen = self.seen().await?;
        let overview = overview(&self.scene(&seen));
        let caution = caution(overview.visited_at, overview.at);
        let (group, rules) = (&self.desk.config.group, &self.desk.config.alert);
        let trial = is_trial(&seen.acts, rules.live).then(|| {
            let holds = holds(&seen.acts);
            let (rules, held) = ((group, rules), (holds.as_slice(), overview.at));
            let forecast = forecast(&seen.open, rules, held);
            let list = would::list(&would_tell(&seen.open, rules, held), group);
            let line = format!(
                "【试运行】{}。正式启用：wangxun go-live --by 姓名",
                forecast.in_chinese()
            );
            [line, list].join("\n").trim_end().to_owned()
        });
        let known = self.desk.known().await?;
        let situation = known.situation(&self.desk.config, overview.at);
        let doubt = match &self.timekeeper {
            Some(timekeeper) => timekeeper.doubt().await,
            None => None,
        };
        let since = overview.at - TimeDelta::days(lost::DAYS);
        let recent = self.desk.store.messages_since(since).await?;
        let receipts = &self.desk.config.transports.receipts;
        let tables = [
            doubt.map_or_else(String::new, |doubt| {
                format!(
                    "【时钟异常】{}，判断和发送已暂停，请校准时钟",
                    doubt.in_chinese()
                )
            }),
            trial.unwrap_or_default(),
            lost::waiting(&recent, group, overview.at),
            lost::lately(&recent, group, overview.at),
            match receipts.are_configured() {
                true => lost::unreported(&recent, overview.at),
                false => String::new(),
            },
            table::status(&overview),
            acts::in_force(&seen.acts, &seen.open, group, overview.at),
            away::list(group, date_of(overview.at)),
            of_sites::incidents(&situation),
            of_sites::duties(&situation),
            beside::reasons(&overview),
            beside::homes(&overview, &self.desk.store.homes().await?),
        ];
        let tables: Vec<String> = tables
            .into_iter()
            .filter(|table| !table.is_empty())
            .collect();
        Ok(Answer::yes(cautioned(caution, tables.join("\n\n"))))
    }

    pub(super) async fn exemptions(&self) -> Result<Answer, StoreError> {
        let laid_down = self.desk.store.acts().await?;
        let today = date_of(self.desk.clock.now());
        let group = &self.desk.config.group;
        Ok(Answer::yes(acts::exemptions(&laid_down, group, today)))
    }

    pub(super) async fn why(&self, id: &str) -> Result<Answer, StoreError> {
        let group = &self.desk.config.group;
        let parts = ColumnId::parse(id).ok().and_then(|id| {
            let column = group.columns.get(&id)?;
            let site = group.sites.get(&column.site)?;
            Some((column, site, group.units.get(&column.unit)?))
        });
        let Some((column, site, unit)) = parts else {
            return self.why_site(id).await;
        };
        let seen = self.seen().await?;
        let scene = self.scene(&seen);
        let judgement = judged(&scene, column);
        let observations = self
            .desk
            .store
            .observations(&column.id, QUOTED_VISITS)
            .await?;
        let items = self.desk.store.items(&column.id).await?;
        let flags = self.desk.store.flags(Some(&column.id)).await?;
        let acceptance = self.desk.store.acceptance(&column.id).await?;
        let record = seen.records.get(&column.id);
        let paragraph = why(&Case {
            column,
            site,
            unit,
            judgement: &judgement,
            record,
            observations: &observations,
            items: &items,
            flags: &flags,
            acceptance: acceptance.as_ref(),
            incident: stale_incident(scene.open, &column.id),
            acts: &seen.acts,
            now: scene.now,
        });
        let caution = caution(record.map(|record| record.visited_at), scene.now);
        let known = self.desk.known().await?;
        let situation = known.situation(&self.desk.config, scene.now);
        let duties = duty::sentences(&of_sites::owed(&situation, column, site));
        Ok(Answer::yes(cautioned(caution, paragraph + &duties)))
    }

    pub(super) async fn links(&self, site: &str, json: bool) -> Result<Answer, StoreError> {
        let sites = &self.desk.config.group.sites;
        let id = SiteId::parse(site).ok();
        let Some(site) = id.and_then(|id| sites.get(&id)) else {
            return Ok(Answer::no(format!(
                "there is no site {site:?} in sites.toml"
            )));
        };
        let mut targets = self.desk.store.targets(&site.id).await?;
        if !json {
            let now = self.desk.clock.now();
            return Ok(Answer::yes(links::list(&site.name, &targets, now)));
        }
        targets.retain(|target| target.open().is_some());
        Ok(match serde_json::to_string_pretty(&targets) {
            Ok(text) => Answer::yes(text),
            Err(error) => Answer::no(format!("the links cannot be written as JSON: {error}")),
        })
    }

    pub(super) async fn outbox(&self, newest: usize) -> Result<Answer, StoreError> {
        let messages = self.desk.store.messages(newest.min(MOST_MESSAGES)).await?;
        let now = self.desk.clock.now();
        Ok(Answer::yes(table::outbox(
            &messages,
            &self.desk.config.group,
            now,
        )))
    }

    pub(super) async fn flags(
        &self,
        column: Option<&str>,
        since: Option<Date>,
        json: bool,
    ) -> Result<Answer, StoreError> {
        let group = &self.desk.config.group;
        let id = match column {
            None => None,
            Some(text) => match ColumnId::parse(text) {
                Ok(id) if group.columns.contains_key(&id) => Some(id),
                _ => return Ok(Answer::no(unknown_column(text, group))),
            },
        };
        let mut found = self.desk.store.flags(id.as_ref()).await?;
        found.retain(|flag| since.is_none_or(|since| date_of(flag.raised_at) >= since));
        let now = self.desk.clock.now();
        if !json {
            return Ok(Answer::yes(flags::list(&found, group, now)));
        }
        Ok(match flags::json(&found, now) {
            Ok(lines) => Answer::yes(lines),
            Err(error) => Answer::no(format!("the flags cannot be written as JSON: {error}")),
        })
    }

    async fn seen(&self) -> Result<Seen, StoreError> {
        Ok(Seen {
            records: self.desk.store.records().await?,
            open: self.desk.store.open_incidents().await?,
            acts: self.desk.store.acts().await?,
        })
    }

    fn scene<'a>(&'a self, seen: &'a Seen) -> Scene<'a> {
        Scene {
            group: &self.desk.config.group,
            limits: &self.desk.config.limits,
            records: &seen.records,
            open: &seen.open,
            acts: &seen.acts,
            blind_after_visits: self.desk.config.alert.blind_after_visits,
            now: self.desk.clock.now(),
        }
    }
}

struct Seen {
    records: BTreeMap<ColumnId, ColumnRecord>,
    open: BTreeMap<IncidentKey, Incident>,
    acts: Vec<Act>,
}

/// `text` with the caution before it, where one is due.
pub(super) fn cautioned(caution: Option<String>, text: String) -> String {
    match caution {
        Some(caution) => format!("{caution}\n\n{text}"),
        None => text,
    }
}
