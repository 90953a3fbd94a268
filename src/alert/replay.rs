//! The past once more: what these rules would have told, had they held while these visits were
//! made.
//!
//! The same decisions as the daemon's, over stored observations in place of visits. Transports are
//! taken to accept everything; what a person released is released again, and what could not be
//! delivered is told to the operators again.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::acts::{holds, is_trial};
use super::again::remembered_since;
use super::compose::compose;
use super::incident::{Incident, IncidentKey, State, Subject};
use super::outbox::{Message, MessageKey, Notice, NoticeState, Told};
use super::pass::{Situation, Verdicts, pass, pass_within, release_escalation};
use super::rules::AlertRules;
use super::site_step::is_hidden;
use super::tray::{Tray, next_at};
use super::trial::{forecast, go_live};
use crate::assess::limits::Limits;
use crate::assess::outage::told_apart;
use crate::assess::reach::first_day;
use crate::assess::remember::{Traces, remember};
use crate::assess::unanswered::waits;
use crate::calendar::Calendar;
use crate::domain::act::{Act, Deed, Scope};
use crate::domain::group::Group;
use crate::domain::home::HomeRecord;
use crate::domain::id::{ColumnId, PersonId, SiteId};
use crate::domain::item::Item;
use crate::domain::letter::Letter;
use crate::domain::observation::{Cause, ColumnRecord, Observation};
use crate::domain::site_day::SiteDay;
use crate::domain::time::{Date, Moment, date_of};

/// How long a writer that had something due and wrote nothing is left alone.
const BREATH: TimeDelta = TimeDelta::minutes(10);

/// By what is decided.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The site group.
    pub group: &'a Group,
    /// The limits.
    pub limits: &'a Limits,
    /// The working days.
    pub calendar: &'a Calendar,
    /// The rules of alerting.
    pub rules: &'a AlertRules,
}

/// How things stand at one instant.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// What is known of each column.
    pub records: BTreeMap<ColumnId, ColumnRecord>,
    /// The items of columns, by name.
    pub items: BTreeMap<ColumnId, Vec<Item>>,
    /// The letters that wait, of columns of letters.
    pub letters: BTreeMap<ColumnId, Vec<Letter>>,
    /// What is known of each home page.
    pub homes: BTreeMap<SiteId, HomeRecord>,
    /// The days of samples of each home page.
    pub days: BTreeMap<SiteId, Vec<SiteDay>>,
    /// The incidents that are not over.
    pub open: BTreeMap<IncidentKey, Incident>,
    /// The notices that are not yet part of a message.
    pub waiting: BTreeMap<MessageKey, Notice>,
    /// The incidents that are over and may count as a first offence.
    pub closed: Vec<Incident>,
    /// What people laid down.
    pub acts: Vec<Act>,
}

impl Standing {
    /// Keeps an incident as it stands now; one that is over is not open any more.
    pub fn keep_incident(&mut self, incident: Incident) {
        if incident.is_resolved() {
            self.open.remove(&incident.key);
            // One that was laid aside is kept once more with its end.
            let which = |one: &Incident| (one.key.clone(), one.began_at, one.state.clone());
            let kept = which(&incident);
            self.closed.retain(|one| which(one) != kept);
            self.closed.push(incident);
        } else {
            self.open.insert(incident.key.clone(), incident);
        }
    }

    /// Keeps a notice as it stands now; one that waits no more is no longer known.
    pub fn keep_notice(&mut self, notice: Notice) {
        match notice.state {
            NoticeState::Waiting => self.waiting.insert(notice.key.clone(), notice),
            _ => self.waiting.remove(&notice.key),
        };
    }

    /// Keeps an item as it was seen last.
    pub fn keep_item(&mut self, item: Item) {
        let known = self.items.entry(item.column.clone()).or_default();
        known.retain(|other| other.name() != item.name());
        known.push(item);
    }

    /// Keeps a letter, while it waits.
    pub fn keep_letter(&mut self, letter: Letter) {
        let known = self.letters.entry(letter.column.clone()).or_default();
        known.retain(|other| other.name() != letter.name());
        if waits(&letter) {
            known.push(letter);
        }
    }

    /// Keeps what is known of a home page.
    pub fn keep_home(&mut self, home: HomeRecord) {
        self.homes.insert(home.site.clone(), home);
    }

    /// Keeps a day of samples as it stands now.
    pub fn keep_day(&mut self, day: SiteDay) {
        let known = self.days.entry(day.site.clone()).or_default();
        let first = first_day(day.on);
        known.retain(|other| other.on != day.on && other.on >= first);
        known.push(day);
    }

    /// Keeps a record.
    pub fn keep_record(&mut self, record: ColumnRecord) {
        self.records.insert(record.column.clone(), record);
    }
}

/// One thing that happened, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A column was visited; the record is what was remembered of it then.
    Visited(Box<(Observation, ColumnRecord)>),
    /// A home page was visited, or its next visit changed; the record is what was remembered of it then.
    Fronted(Box<HomeRecord>),
    /// An item was seen that is new, or shows something else than before.
    Listed(Box<Item>),
    /// An inspection learnt something of a letter.
    Inspected(Box<Letter>),
    /// A home page was sampled; this is its day so far.
    Sampled(Box<SiteDay>),
    /// The group was judged.
    Judged {
        /// When.
        at: Moment,
        /// What probes of the own network told, where any are configured.
        answered: Option<bool>,
    },
    /// Messages were written.
    Written(Moment),
    /// A person laid something down.
    Acted(Act),
    /// A person released an escalation.
    Released {
        /// Of what: a column's limit or a duty of it.
        subject: Subject,
        /// Who, as given.
        by: String,
        /// When.
        at: Moment,
    },
    /// A message was given up, of which these notices tell the operators.
    Undelivered {
        /// When.
        at: Moment,
        /// The notices.
        notices: Vec<Notice>,
    },
}

/// One fact that was told to one person, as part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// The day on which the message was written.
    pub on: Date,
    /// Who.
    pub person: PersonId,
    /// What about.
    pub incident: IncidentKey,
    /// What.
    pub told: Told,
    /// The site's name; empty where it is about none.
    pub site: String,
    /// The column's name; empty where it is about none.
    pub column: String,
}

/// What the notices that became part of messages at `at` tell.
pub fn tellings<'a>(notices: impl IntoIterator<Item = &'a Notice>, at: Moment) -> Vec<Telling> {
    let bundled = notices
        .into_iter()
        .filter(|notice| matches!(notice.state, NoticeState::Bundled(_)));
    bundled
        .map(|notice| Telling {
            on: date_of(at),
            person: notice.person.clone(),
            incident: notice.incident.clone(),
            told: notice.told,
            site: notice.facts.site.clone(),
            column: notice.facts.column.clone(),
        })
        .collect()
}

/// What was told, and in how many messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Every fact to every person.
    pub tellings: Vec<Telling>,
    /// The messages that carried them.
    pub messages: usize,
}

/// A replay under way.
pub struct Replay<'a> {
    setting: Setting<'a>,
    standing: Standing,
    /// The messages of the day of `now`.
    today: Vec<Message>,
    now: Moment,
    /// When the next message may be due, once that is known; it holds until anything changes.
    due: Option<Option<Moment>>,
    /// Since when incidents that are over are remembered, on a day and with so many acts.
    since: Cell<Option<(Date, usize, Moment)>>,
    account: Account,
}

impl<'a> Replay<'a> {
    /// Begins at `now`, as things stood then.
    pub fn new(setting: Setting<'a>, standing: Standing, now: Moment) -> Replay<'a> {
        Replay {
            setting,
            standing,
            today: Vec::new(),
            now,
            due: None,
            since: Cell::new(None),
            account: Account::default(),
        }
    }

    /// Lets the next thing happen.
    pub fn take(&mut self, step: Step) {
        match step {
            Step::Visited(seen) => {
                let (observation, record) = *seen;
                self.advance(observation.observed_at);
                self.visited(&observation, record);
            }
            Step::Sampled(day) => self.standing.keep_day(*day),
            Step::Listed(item) => self.standing.keep_item(*item),
            Step::Inspected(letter) => self.standing.keep_letter(*letter),
            Step::Fronted(home) => {
                self.advance(home.visited_at);
                self.standing.keep_home(*home);
            }
            Step::Judged { at, answered } => {
                self.advance(at);
                let mut rules = self.setting.rules.clone();
                rules.offline = told_apart(rules.offline, answered);
                let verdicts = self.with_situation(|seen| {
                    pass(&Situation {
                        rules: &rules,
                        ..*seen
                    })
                });
                self.keep(verdicts);
                self.compose();
            }
            Step::Written(at) => {
                self.advance(at);
                self.compose();
            }
            Step::Released { subject, by, at } => {
                self.advance(at);
                let made = self.with_situation(|seen| release_escalation(seen, &subject, &by));
                self.keep(made.unwrap_or_default());
                self.compose();
            }
            Step::Acted(act) => {
                self.advance(act.at);
                self.acted(act);
                self.compose();
            }
            Step::Undelivered { at, notices } => {
                self.advance(at);
                self.due = None;
                for notice in notices {
                    self.standing.keep_notice(notice);
                }
            }
        }
    }

    /// What a person lays down holds from now on, as in the daemon.
    fn acted(&mut self, act: Act) {
        let deed = act.deed.clone();
        self.due = None;
        self.standing.acts.push(act);
        let made = match deed {
            Deed::Exempted { scope, .. } => self.with_situation(|seen| pass_within(seen, &scope)),
            Deed::ExemptionEnded { key } => match self.scope_of(&key) {
                Some(scope) => self.with_situation(|seen| pass_within(seen, &scope)),
                None => return,
            },
            Deed::WentLive => self.with_situation(go_live),
            Deed::Answered { column, duty, .. } => return self.answered(column, duty),
            _ => return,
        };
        self.keep(made);
    }

    /// Which columns the exemption `key` is about.
    fn scope_of(&self, key: &str) -> Option<Scope> {
        let mut acts = self.standing.acts.iter();
        acts.find_map(|act| match &act.deed {
            Deed::Exempted { scope, .. } if act.key() == key => Some(scope.clone()),
            _ => None,
        })
    }

    /// The repetitions that wait about what was answered are not told.
    fn answered(&mut self, column: ColumnId, duty: Option<String>) {
        let about = match duty {
            Some(duty) => Subject::Duty(column, duty),
            None => Subject::Column(column),
        };
        let is_stopped = |notice: &Notice| {
            notice.incident.subject == about && matches!(notice.told, Told::Repeated(..))
        };
        let waiting = &mut self.standing.waiting;
        waiting.retain(|_, notice| !is_stopped(notice));
    }

    /// Goes on to `end` and tells the account.
    pub fn finish(mut self, end: Moment) -> Account {
        self.advance(end);
        self.account
    }

    /// Writes what is due before `to`, and goes on to it.
    fn advance(&mut self, to: Moment) {
        while let Some(due) = self.next_due() {
            let at = due.max(self.now + TimeDelta::seconds(1));
            if at >= to {
                break;
            }
            self.move_to(at);
            if !self.compose() {
                self.move_to((at + BREATH).min(to));
            }
        }
        self.move_to(to);
    }

    fn next_due(&mut self) -> Option<Moment> {
        let due = self.due.unwrap_or_else(|| self.with_tray(next_at));
        self.due = Some(due);
        due
    }

    fn move_to(&mut self, at: Moment) {
        // What was noted a moment out of order happens at the later instant.
        self.now = self.now.max(at);
        let day = date_of(self.now);
        self.today.retain(|told| date_of(told.created_at) == day);
    }

    /// What `seen` changes. `then` was remembered of it when it was made, which tells what the
    /// observation does not: the structure of the list, and whether it was taken for a redesign.
    fn visited(&mut self, seen: &Observation, then: ColumnRecord) {
        let mut before = self.standing.records.remove(&seen.column);
        if let Some(before) = &mut before
            && before.reader != then.reader
        {
            before.signature = None;
        }
        let redesigned = matches!(&then.blind, Some(blind) if blind.why == Cause::Redesigned);
        let traces = Traces {
            signature: then.signature.filter(|_| !redesigned),
            validators: then.validators,
            // A changed list that was not taken for a redesign then was accepted by a person.
            accepted_at: (!redesigned).then_some(seen.observed_at),
        };
        let was_blind = before.as_ref().is_some_and(|before| before.blind.is_some());
        let mut record = remember(before, seen, traces);
        if record.blind.is_some() != was_blind {
            self.due = None;
        }
        record.reader = then.reader;
        self.standing.keep_record(record);
    }

    /// As [`remembered_since`], which days and acts alone change.
    fn remembered_since(&self) -> Moment {
        let (day, acts) = (date_of(self.now), &self.standing.acts);
        match self.since.get() {
            Some((on, known, since)) if on == day && known == acts.len() => since,
            _ => {
                let Setting { group, rules, .. } = self.setting;
                let columns = group.columns.values();
                let since = remembered_since(rules.again, columns, acts, self.now);
                self.since.set(Some((day, acts.len(), since)));
                since
            }
        }
    }

    fn with_situation<T>(&self, decide: impl FnOnce(&Situation<'_>) -> T) -> T {
        let waiting: Vec<Notice> = self.standing.waiting.values().cloned().collect();
        let acts = &self.standing.acts;
        let since = self.remembered_since();
        let lately =
            |incident: &&Incident| matches!(incident.state, State::Resolved { at } if at >= since);
        let closed: Vec<Incident> = self
            .standing
            .closed
            .iter()
            .filter(lately)
            .cloned()
            .collect();
        decide(&Situation {
            group: self.setting.group,
            limits: self.setting.limits,
            calendar: self.setting.calendar,
            rules: self.setting.rules,
            records: &self.standing.records,
            homes: &self.standing.homes,
            days: &self.standing.days,
            items: &self.standing.items,
            letters: &self.standing.letters,
            open: &self.standing.open,
            waiting: &waiting,
            closed: &closed,
            acts,
            live: !is_trial(acts, self.setting.rules.live),
            now: self.now,
        })
    }

    fn with_tray<T>(&self, decide: impl FnOnce(&Tray<'_>) -> T) -> T {
        let waiting: Vec<Notice> = self.standing.waiting.values().cloned().collect();
        let records = &self.standing.records;
        let is_unseen = |id: &&ColumnId| {
            let record = records.get(*id);
            let column = self.setting.group.columns.get(*id);
            record.is_some_and(|record| record.blind.is_some())
                || column.is_some_and(|column| is_hidden(&self.standing.open, column, record))
        };
        let about = waiting.iter().filter_map(|notice| notice.column.as_ref());
        let unseen: BTreeSet<ColumnId> = about.filter(is_unseen).cloned().collect();
        let Setting { group, rules, .. } = self.setting;
        let (open, acts) = (&self.standing.open, &self.standing.acts);
        let holds = holds(acts);
        decide(&Tray {
            group,
            rules,
            calendar: self.setting.calendar,
            open,
            unseen: &unseen,
            waiting: &waiting,
            today: &self.today,
            holds: &holds,
            trial: is_trial(acts, rules.live)
                .then(|| forecast(open, (group, rules), (&holds, self.now))),
            digests: true,
            now: self.now,
        })
    }

    fn keep(&mut self, verdicts: Verdicts) {
        self.due = None;
        for incident in verdicts.incidents {
            self.standing.keep_incident(incident);
        }
        for notice in verdicts.notices {
            self.standing.keep_notice(notice);
        }
        for record in verdicts.records {
            self.standing.keep_record(record);
        }
        for home in verdicts.homes {
            self.standing.keep_home(home);
        }
    }

    /// Writes what is due; answers whether anything was.
    fn compose(&mut self) -> bool {
        let written = self.with_tray(compose);
        if written.is_empty() {
            return false;
        }
        self.due = None;
        self.account.messages += written.messages.len();
        self.account
            .tellings
            .extend(tellings(&written.notices, self.now));
        self.today.extend(written.messages);
        for incident in written.incidents {
            self.standing.keep_incident(incident);
        }
        for notice in written.notices {
            self.standing.keep_notice(notice);
        }
        true
    }
}
