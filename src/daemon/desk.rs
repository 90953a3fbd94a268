//! The desk at which decisions are made and kept: read the store, decide, commit, one after the
//! other.
//!
//! All loops come here, and the orders of people; a lock keeps the decision of one from being made on what
//! another is about to change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveTime;
use tokio::sync::{Mutex, watch};

use super::catching_up::Stage;
use crate::alert::acts::{Hold, holds, is_trial};
use crate::alert::again::remembered_since;
use crate::alert::compose::compose;
use crate::alert::incident::{Incident, IncidentKey, Release, State, Subject};
use crate::alert::outbox::{Message, Notice};
use crate::alert::pass::{Situation, Verdicts, is_past, pass, pass_within};
use crate::alert::site_rules::VetoRule;
use crate::alert::site_step::is_hidden;
use crate::alert::tray::{Tray, next_at};
use crate::alert::trial::{Forecast, forecast};
use crate::assess::ladder::Tier;
use crate::assess::outage;
use crate::assess::reach::first_day;
use crate::assess::unanswered::{is_owed, waits};
use crate::clock::Clock;
use crate::config::settings::Config;
use crate::domain::act::{Act, Scope};
use crate::domain::home::HomeRecord;
use crate::domain::id::{ColumnId, SiteId};
use crate::domain::item::Item;
use crate::domain::letter::Letter;
use crate::domain::observation::ColumnRecord;
use crate::domain::site_day::SiteDay;
use crate::domain::time::{Moment, date_of, moment};
use crate::store::commit::Commit;
use crate::store::error::StoreError;
use crate::store::handle::Store;

/// What the loops share.
#[derive(Clone)]
pub struct Desk {
    /// The configuration.
    pub config: Arc<Config>,
    /// The store.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    pub(super) turn: Arc<Mutex<()>>,
    /// How far it has come since its start, or since it was out.
    pub(super) stage: Arc<watch::Sender<Stage>>,
}

impl Desk {
    /// A desk over `store`.
    pub fn new(config: Arc<Config>, store: Store, clock: Clock) -> Desk {
        Desk {
            config,
            store,
            clock,
            turn: Arc::new(Mutex::new(())),
            stage: Arc::new(watch::Sender::new(Stage::Visiting(None))),
        }
    }

    /// Judges the whole group by what the store holds; answers how many incidents are open.
    /// `answered` is whether any of the probes of the own network answered, where they were asked.
    pub async fn judge(&self, answered: Option<bool>) -> Result<usize, StoreError> {
        let _turn = self.turn.lock().await;
        let known = self.known().await?;
        let now = self.clock.now();
        let mut rules = self.config.alert.clone();
        rules.offline = outage::told_apart(rules.offline, answered);
        let mut situation = known.situation(&self.config, now);
        situation.rules = &rules;
        let verdicts = pass(&situation);
        let ended: Vec<_> = verdicts
            .incidents
            .iter()
            .filter(|incident| incident.is_resolved())
            .map(|incident| incident.key.clone())
            .collect();
        let begun = verdicts
            .incidents
            .iter()
            .filter(|incident| incident.is_open() && !known.open.contains_key(&incident.key))
            .count();
        let open = known
            .open
            .iter()
            .filter(|(key, incident)| incident.is_open() && !ended.contains(key))
            .count();
        self.keep(verdicts, now).await?;
        Ok(open + begun)
    }

    /// Judges what `scope` covers, which a person has just exempted or no longer exempts; answers about what
    /// an escalation ended that somebody had released.
    pub(super) async fn judge_within(&self, scope: &Scope) -> Result<Vec<Subject>, StoreError> {
        let _turn = self.turn.lock().await;
        let known = self.known().await?;
        let now = self.clock.now();
        let verdicts = pass_within(&known.situation(&self.config, now), scope);
        let is_released = |incident: &&Incident| {
            incident.is_resolved() && matches!(incident.release, Some(Release::Granted { .. }))
        };
        let ended = verdicts.incidents.iter().filter(is_released);
        let about = ended.map(|incident| incident.key.subject.clone()).collect();
        self.keep(verdicts, now).await?;
        Ok(about)
    }

    /// Writes the messages that are due; answers when the next may be.
    pub async fn compose(&self) -> Result<Option<Moment>, StoreError> {
        let _turn = self.turn.lock().await;
        let now = self.clock.now();
        let midnight = moment(date_of(now).and_time(NaiveTime::MIN));
        self.take_back(now).await?;
        self.leave_unrepeated(midnight, now).await?;
        self.leave_unended(now).await?;
        self.leave_to_successors(now).await?;
        self.tell_of_room(now).await?;
        let acts = self.store.acts().await?;
        let holds = holds(&acts);
        let open = self.store.open_incidents().await?;
        let (group, rules) = (&self.config.group, &self.config.alert);
        let trial =
            is_trial(&acts, rules.live).then(|| forecast(&open, (group, rules), (&holds, now)));
        let mut waiting = self.store.waiting_notices().await?;
        let unseen = self.unseen(&waiting, &open).await?;
        let mut today = self.of_today(midnight, now).await?;
        let known = OnDesk {
            open: &open,
            unseen: &unseen,
            holds: &holds,
            trial,
        };
        let written = compose(&self.tray(known, &waiting, &today, now));
        if !written.is_empty() {
            let mut commit = Commit::at(now);
            commit.incidents = written.incidents;
            commit.notices = written.notices;
            commit.messages = written.messages;
            self.store.commit(commit).await?;
            waiting = self.store.waiting_notices().await?;
            today = self.of_today(midnight, now).await?;
        }
        let tray = self.tray(known, &waiting, &today, now);
        let quiet_at = self.quiet(&tray, &open).await?;
        Ok([next_at(&tray), quiet_at].into_iter().flatten().min())
    }

    /// The columns, among those that `waiting` is about, that their latest visit could not judge.
    async fn unseen(
        &self,
        waiting: &[Notice],
        open: &BTreeMap<IncidentKey, Incident>,
    ) -> Result<BTreeSet<ColumnId>, StoreError> {
        let about: BTreeSet<&ColumnId> = waiting
            .iter()
            .filter_map(|notice| notice.column.as_ref())
            .collect();
        let mut unseen = BTreeSet::new();
        for id in about {
            let record = self.store.record(id).await?;
            let column = self.config.group.columns.get(id);
            let hidden = column.is_some_and(|column| is_hidden(open, column, record.as_ref()));
            let past = is_past(record.as_ref(), self.clock.now());
            let unread =
                |record: ColumnRecord| record.blind.is_some() || record.empty_since.is_some();
            if hidden || past || record.is_some_and(unread) {
                unseen.insert(id.clone());
            }
        }
        Ok(unseen)
    }

    /// The messages written since `midnight`. Later ones than `now` were written before the clock
    /// was set back: they are not of this day.
    async fn of_today(&self, midnight: Moment, now: Moment) -> Result<Vec<Message>, StoreError> {
        let mut today = self.store.messages_since(midnight).await?;
        today.retain(|message| date_of(message.created_at) <= date_of(now));
        Ok(today)
    }

    fn tray<'a>(
        &'a self,
        known: OnDesk<'a>,
        waiting: &'a [Notice],
        today: &'a [Message],
        now: Moment,
    ) -> Tray<'a> {
        Tray {
            group: &self.config.group,
            rules: &self.config.alert,
            calendar: &self.config.calendar,
            open: known.open,
            unseen: known.unseen,
            waiting,
            today,
            holds: known.holds,
            trial: known.trial,
            digests: self.is_settled(),
            now,
        }
    }

    pub(super) async fn known(&self) -> Result<Known, StoreError> {
        let acts = self.store.acts().await?;
        let columns = self.config.group.columns.values();
        let again = self.config.alert.again;
        let since = remembered_since(again, columns, &acts, self.clock.now());
        Ok(Known {
            closed: self.store.closed_since(since).await?,
            records: self.store.records().await?,
            homes: self.store.homes().await?,
            days: self.sampled().await?,
            items: self.owing().await?,
            letters: self.waiting_letters().await?,
            open: self.store.open_incidents().await?,
            waiting: self.store.waiting_notices().await?,
            acts,
        })
    }

    /// The items of the columns that owe something by a day.
    async fn owing(&self) -> Result<BTreeMap<ColumnId, Vec<Item>>, StoreError> {
        let mut items = BTreeMap::new();
        let (group, limits) = (&self.config.group, &self.config.limits);
        for column in group.columns.values() {
            if limits.duties.iter().any(|duty| duty.is_of(column)) {
                items.insert(column.id.clone(), self.store.items(&column.id).await?);
            }
        }
        Ok(items)
    }

    /// The letters that wait, of each column of letters, where any rule looks at them.
    async fn waiting_letters(&self) -> Result<BTreeMap<ColumnId, Vec<Letter>>, StoreError> {
        let mut letters = BTreeMap::new();
        let rules = &self.config.alert.sites;
        let looks = |rule: &VetoRule| rule.enabled && rule.marks.letter_days > 0;
        if !looks(&rules.near) && !looks(&rules.veto) {
            return Ok(letters);
        }
        for column in self.config.group.columns.values() {
            if is_owed(column) {
                let mut known = self.store.letters(&column.id).await?;
                known.retain(waits);
                letters.insert(column.id.clone(), known);
            }
        }
        Ok(letters)
    }

    /// The samples of the last week of each home page.
    async fn sampled(&self) -> Result<BTreeMap<SiteId, Vec<SiteDay>>, StoreError> {
        let today = date_of(self.clock.now());
        let mut days = BTreeMap::new();
        let sites = self.config.group.sites.values();
        for site in sites.filter(|site| site.home.is_some()) {
            let of_site = self
                .store
                .site_days(&site.id, first_day(today), today)
                .await?;
            days.insert(site.id.clone(), of_site);
        }
        Ok(days)
    }

    /// Keeps what visits brought, while nobody decides: whoever has read a record and writes it back with
    /// another next visit must not undo what a visit saw in between.
    pub(super) async fn keep_seen(&self, commit: Commit) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        self.store.commit(commit).await
    }

    async fn keep(&self, verdicts: Verdicts, now: Moment) -> Result<(), StoreError> {
        match verdicts.is_empty() {
            true => Ok(()),
            false => self.store.commit(kept(verdicts, now)).await,
        }
    }
}

/// What is kept of verdicts.
pub(super) fn kept(verdicts: Verdicts, now: Moment) -> Commit {
    for incident in &verdicts.incidents {
        log(incident);
    }
    Commit {
        incidents: verdicts.incidents,
        notices: verdicts.notices,
        records: verdicts.records,
        homes: verdicts.homes,
        ..Commit::at(now)
    }
}

/// A suspicion may pass unsaid; what is confirmed or over is worth a line.
fn log(incident: &Incident) {
    let stage = match incident.state {
        State::Suspected { .. } => {
            tracing::debug!(subject = %incident.key.subject, "suspected");
            return;
        }
        State::Open { pending: None, .. } => "open",
        State::Open { .. } => "changing",
        State::Resolved { .. } => "resolved",
    };
    let tier = incident.tier.map_or("none", Tier::key);
    tracing::info!(
        subject = %incident.key.subject, kind = ?incident.key.kind, tier, stage, "incident moved"
    );
}

/// What the store holds of the group.
pub(super) struct Known {
    records: BTreeMap<ColumnId, ColumnRecord>,
    homes: BTreeMap<SiteId, HomeRecord>,
    days: BTreeMap<SiteId, Vec<SiteDay>>,
    items: BTreeMap<ColumnId, Vec<Item>>,
    letters: BTreeMap<ColumnId, Vec<Letter>>,
    open: BTreeMap<IncidentKey, Incident>,
    waiting: Vec<Notice>,
    closed: Vec<Incident>,
    pub(super) acts: Vec<Act>,
}

/// What does not change while messages are written.
#[derive(Clone, Copy)]
struct OnDesk<'a> {
    open: &'a BTreeMap<IncidentKey, Incident>,
    unseen: &'a BTreeSet<ColumnId>,
    holds: &'a [Hold<'a>],
    trial: Option<Forecast>,
}

impl Known {
    pub(super) fn situation<'a>(&'a self, config: &'a Config, now: Moment) -> Situation<'a> {
        Situation {
            group: &config.group,
            limits: &config.limits,
            calendar: &config.calendar,
            rules: &config.alert,
            records: &self.records,
            homes: &self.homes,
            days: &self.days,
            items: &self.items,
            letters: &self.letters,
            open: &self.open,
            waiting: &self.waiting,
            closed: &self.closed,
            acts: &self.acts,
            live: !is_trial(&self.acts, config.alert.live),
            now,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Future as _, poll_fn};
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;
    use std::task::Poll;

    use super::*;
    use crate::config::load::load_with;
    use crate::domain::visit::Validators;
    use crate::store::settings::StoreSettings;

    const MONITOR: &str = "[operator]\nname = \"运维\"\ncontact = \"https://www.example.cn/w\"\n\
        [transports]\nallow_spool_only = true\n[transports.sms]\nspool = \"sms\"\n";
    const SITES: &str = "[[unit]]\nid = \"kxw\"\nname = \"科信委\"\n";
    const CONTACTS: &str = "[[person]]\nid = \"op\"\nname = \"甲\"\nphone = \"10000000001\"\n\
        duties = [{ role = \"operator\" }]\n";

    async fn desk(dir: &Path, now: Moment) -> Desk {
        for (name, text) in [
            ("monitor.toml", MONITOR),
            ("sites.toml", SITES),
            ("contacts.toml", CONTACTS),
        ] {
            let file = dir.join(name);
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let loaded = load_with(&dir.join("monitor.toml"), date_of(now), None);
        let config = loaded.unwrap_or_else(|faults| panic!("{faults}")).config;
        let settings = StoreSettings {
            cache_bytes: 4 << 20,
            ..StoreSettings::in_dir(dir.join("store"))
        };
        let (store, _) = Store::open(&settings, now).await.unwrap();
        Desk::new(Arc::new(config), store, Clock::stepped(now, None))
    }

    fn visited(at: Moment, revisit_at: Option<Moment>) -> ColumnRecord {
        ColumnRecord {
            column: ColumnId::parse("kxw/gzdt").unwrap(),
            last_update: None,
            read_at: None,
            blind: None,
            empty_since: None,
            signature: None,
            digest: None,
            proof: None,
            validators: Validators::default(),
            reader: None,
            visited_at: at,
            revisit_at,
        }
    }

    #[tokio::test]
    async fn what_a_visit_saw_is_not_undone_by_who_asks_for_the_next_one() {
        let dir = tempfile::tempdir().unwrap();
        let now = moment("2017-11-20T09:00:00".parse().unwrap());
        let desk = desk(dir.path(), now).await;
        let before = visited(now - chrono::TimeDelta::hours(1), None);
        let kept = |record: &ColumnRecord| {
            let mut commit = Commit::at(now);
            commit.records.push(record.clone());
            commit
        };
        desk.store.commit(kept(&before)).await.unwrap();
        // At the desk the record has been read, and the visit is over before it is written back.
        let turn = desk.turn.lock().await;
        let newer = visited(now, None);
        let mut seen = Box::pin(desk.keep_seen(kept(&newer)));
        let waits = poll_fn(|context| Poll::Ready(seen.as_mut().poll(context).is_pending())).await;
        assert!(waits);
        let wanted = visited(before.visited_at, Some(now));
        desk.store.commit(kept(&wanted)).await.unwrap();
        drop(turn);
        seen.await.unwrap();
        let record = desk.store.record(&newer.column).await.unwrap();
        assert_eq!(record, Some(newer));
    }
}
