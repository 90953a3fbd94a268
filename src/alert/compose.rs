//! Writing messages: what waits for one person becomes one digest a day, and what is urgent one
//! message each.
//!
//! Quiet hours and working days defer, the budget defers, nothing is dropped: a notice waits until
//! it is part of a message, is withdrawn because it is no longer true, or has outlived its use.

use std::collections::BTreeMap;

use chrono::NaiveTime;

use super::incident::{Incident, IncidentKey};
use super::notice;
use super::outbox::{Delivery, Message, MessageKey, Notice, NoticeState};
use super::rules::AlertRules;
use super::wording;
use crate::calendar::Calendar;
use crate::domain::group::{Group, Person, Role, Route};
use crate::domain::id::PersonId;
use crate::domain::time::{Date, Moment, date_of, moment};

/// What the writer of messages looks at.
#[derive(Debug, Clone, Copy)]
pub struct Tray<'a> {
    /// The site group, for its people.
    pub group: &'a Group,
    /// The rules of alerting.
    pub rules: &'a AlertRules,
    /// The working days.
    pub calendar: &'a Calendar,
    /// The incidents that are not over.
    pub open: &'a BTreeMap<IncidentKey, Incident>,
    /// The notices that are not yet part of a message.
    pub waiting: &'a [Notice],
    /// The messages that were written today.
    pub today: &'a [Message],
    /// The present instant.
    pub now: Moment,
}

/// What was written. To be stored in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// New messages.
    pub messages: Vec<Message>,
    /// Notices whose state changed, and new ones about the budget.
    pub notices: Vec<Notice>,
    /// Incidents that more people have been told of.
    pub incidents: Vec<Incident>,
}

impl Written {
    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.notices.is_empty()
    }
}

/// Writes every message that is due at `tray.now`.
pub fn compose(tray: &Tray<'_>) -> Written {
    let mut writer = Writer {
        tray,
        written: Written::default(),
        told: BTreeMap::new(),
    };
    for (person, notices) in by_person(tray.waiting) {
        match tray.group.people.get(person) {
            Some(person) => writer.person(person, notices),
            None => writer.retire(notices, NoticeState::Withdrawn(tray.now)),
        }
    }
    writer.written.incidents = writer.told.into_values().collect();
    writer.written
}

/// The earliest instant at which [`compose`] may have something to write.
pub fn next_at(tray: &Tray<'_>) -> Option<Moment> {
    let due = tray.waiting.iter().map(|notice| {
        if notice.urgent && !is_spent(tray, &notice.person, 0) {
            notice.not_before
        } else {
            digest_due_at(tray, notice)
        }
    });
    due.min()
}

/// When the digest that will carry `notice` is written.
fn digest_due_at(tray: &Tray<'_>, notice: &Notice) -> Moment {
    let mut from = notice.not_before.max(tray.now);
    let today = date_of(tray.now);
    if date_of(from) == today
        && (has_digest(tray, &notice.person) || is_spent(tray, &notice.person, 0))
    {
        from = moment(today.succ_opt().unwrap_or(today).and_time(NaiveTime::MIN));
    }
    let opens = tray.calendar.opening(from, tray.rules.window);
    opens.max(moment(date_of(opens).and_time(tray.rules.digest_at)))
}

fn by_person(waiting: &[Notice]) -> BTreeMap<&PersonId, Vec<&Notice>> {
    let mut people: BTreeMap<&PersonId, Vec<&Notice>> = BTreeMap::new();
    for notice in waiting {
        people.entry(&notice.person).or_default().push(notice);
    }
    people
}

/// Whether `person` has had a digest today.
fn has_digest(tray: &Tray<'_>, person: &PersonId) -> bool {
    tray.today
        .iter()
        .any(|message| message.person == *person && !message.urgent)
}

/// Whether today's budget allows no message to `person` any more, `more` written just now.
fn is_spent(tray: &Tray<'_>, person: &PersonId, more: usize) -> bool {
    let budget = tray.rules.budget;
    let sent = |messages: usize, most: u32| messages >= most as usize;
    let to_person = tray
        .today
        .iter()
        .filter(|message| message.person == *person)
        .count();
    sent(to_person + more, budget.per_person) || sent(tray.today.len() + more, budget.in_all)
}

struct Writer<'a> {
    tray: &'a Tray<'a>,
    written: Written,
    told: BTreeMap<IncidentKey, Incident>,
}

impl Writer<'_> {
    fn person(&mut self, person: &Person, notices: Vec<&Notice>) {
        let now = self.tray.now;
        let (late, live): (Vec<_>, Vec<_>) = notices
            .into_iter()
            .partition(|notice| notice.expires_at < now);
        self.retire(late, NoticeState::Expired(now));
        let (urgent, rest): (Vec<_>, Vec<_>) = live
            .into_iter()
            .filter(|notice| notice.not_before <= now)
            .partition(|notice| notice.urgent);
        for notice in urgent {
            self.message(person, vec![notice], true);
        }
        let open = self.tray.calendar.opening(now, self.tray.rules.window) == now
            && now.time() >= self.tray.rules.digest_at;
        if open && !rest.is_empty() && !has_digest(self.tray, &person.id) {
            self.message(person, rest, false);
        }
    }

    fn message(&mut self, person: &Person, mut notices: Vec<&Notice>, urgent: bool) {
        let fresh = self.written.messages.iter();
        let written = fresh.filter(|message| message.person == person.id).count();
        if is_spent(self.tray, &person.id, written) {
            return self.overspent(person);
        }
        let Some(&route) = person.routes.first() else {
            return;
        };
        notices.sort_by_key(|notice| wording::order(notice));
        let message = write(self.tray, person, &notices, route, urgent);
        for notice in &notices {
            self.tell(&notice.incident, &person.id);
            let mut bundled = (*notice).clone();
            bundled.state = NoticeState::Bundled(message.key.clone());
            self.written.notices.push(bundled);
        }
        self.written.messages.push(message);
    }

    /// Notes that `person` is told of the incident, so that its end is told too.
    fn tell(&mut self, key: &IncidentKey, person: &PersonId) {
        let open = self.tray.open;
        if let Some(incident) = open.get(key).filter(|incident| incident.is_open()) {
            let told = self
                .told
                .entry(key.clone())
                .or_insert_with(|| incident.clone());
            told.told.insert(person.clone());
        }
    }

    fn retire(&mut self, notices: Vec<&Notice>, state: NoticeState) {
        self.written
            .notices
            .extend(notices.into_iter().map(|notice| {
                let mut retired = notice.clone();
                retired.state = state.clone();
                retired
            }));
    }

    /// The budget holds a message back until tomorrow: the operators hear of it once a day.
    fn overspent(&mut self, person: &Person) {
        if person.duties.iter().any(|duty| duty.role == Role::Operator) {
            return;
        }
        let now = self.tray.now;
        let day = date_of(now).to_string();
        let key = MessageKey::of(&["budget", person.id.as_str(), &day]);
        let not_before = self.tray.calendar.opening(now, self.tray.rules.window);
        let notices = notice::undelivered(
            self.tray.group,
            &key,
            "有联系人当日消息条数已达上限，其余消息顺延至次日发送",
            now,
            not_before,
            not_before + self.tray.rules.expires_after,
        );
        let known = |notice: &Notice| {
            let waits = self
                .tray
                .waiting
                .iter()
                .any(|other| other.key == notice.key);
            let told = |message: &Message| message.notices.contains(&notice.key);
            waits || self.tray.today.iter().any(told)
        };
        let new: Vec<Notice> = notices
            .into_iter()
            .filter(|notice| !known(notice))
            .collect();
        self.written.notices.extend(new);
    }
}

/// One message to `person` that carries `notices`, which are in order.
fn write(
    tray: &Tray<'_>,
    person: &Person,
    notices: &[&Notice],
    route: Route,
    urgent: bool,
) -> Message {
    let today = date_of(tray.now);
    let mut parts = vec!["message", route_word(route), person.id.as_str()];
    parts.extend(notices.iter().map(|notice| notice.key.as_str()));
    Message {
        key: MessageKey::of(&parts),
        person: person.id.clone(),
        route,
        subject: wording::subject(notices, tray.rules),
        text: wording::text(notices, route, today, tray.rules),
        tier: notices
            .iter()
            .filter_map(|notice| wording::tier(notice.told))
            .max(),
        notices: notices.iter().map(|notice| notice.key.clone()).collect(),
        urgent,
        created_at: tray.now,
        expires_at: notices
            .iter()
            .map(|notice| notice.expires_at)
            .max()
            .unwrap_or(tray.now),
        attempts: 0,
        next_attempt_at: tray.now,
        delivery: Delivery::Queued { last_error: None },
    }
}

fn route_word(route: Route) -> &'static str {
    match route {
        Route::Sms => "sms",
        Route::Mail => "mail",
    }
}

/// The same message over the person's next route, after `failed` failed for good; `None` where
/// there is none. `notices` are those that `failed` carried.
pub fn second_try(
    failed: &Message,
    person: &Person,
    notices: &[Notice],
    today: Date,
    rules: &AlertRules,
    now: Moment,
) -> Option<Message> {
    let place = person.routes.iter().position(|&r| r == failed.route)?;
    let route = *person.routes.get(place + 1)?;
    let mut notices: Vec<&Notice> = notices.iter().collect();
    notices.sort_by_key(|notice| wording::order(notice));
    let mut parts = vec!["message", route_word(route), person.id.as_str()];
    parts.extend(notices.iter().map(|notice| notice.key.as_str()));
    Some(Message {
        key: MessageKey::of(&parts),
        route,
        text: wording::text(&notices, route, today, rules),
        created_at: now,
        expires_at: now + rules.expires_after,
        attempts: 0,
        next_attempt_at: now,
        delivery: Delivery::Queued { last_error: None },
        ..failed.clone()
    })
}
