//! What a day could not send goes back onto the tray, so that the next digest says it with the rest.
//!
//! A person has one digest a day. A message that is not urgent and that no transport has taken by
//! the end of its day is withdrawn, and its notices wait as they did before: what is over is
//! withdrawn, what has risen is told as it stands. A message that a transport may have taken stays
//! what it is, because only under its key a repetition can be told from news.

use std::collections::BTreeMap;

use super::detour::failing_since;
use super::hours;
use super::incident::{Incident, IncidentKey};
use super::outbox::{Delivery, Message, Notice, NoticeState, Told};
use super::reconsider::{Bench, as_it_stands, untold_ends};
use super::rules::AlertRules;
use super::wording;
use crate::calendar::Calendar;
use crate::domain::group::Person;
use crate::domain::time::{Moment, date_of};

/// What goes back. To be stored in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Back {
    /// The messages, withdrawn.
    pub messages: Vec<Message>,
    /// Their notices: waiting again, or withdrawn.
    pub notices: Vec<Notice>,
    /// The incidents of which fewer people have been told than was written.
    pub incidents: Vec<Incident>,
}

impl Back {
    /// Whether nothing goes back.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }
}

/// Whether `message` was to be sent on an earlier day than that of `now` and surely was not. What
/// carries no notices is the line of a quiet day, which is of that day alone.
pub fn is_left_over(message: &Message, now: Moment) -> bool {
    let is_of_use =
        message.notices.is_empty() || (!message.maybe_taken && now <= message.expires_at);
    matches!(message.delivery, Delivery::Queued { .. })
        && !message.urgent
        && date_of(message.created_at) < date_of(now)
        && is_of_use
}

/// Takes back those of `open`, the messages that are not final with the notices that they carry,
/// that are left over.
pub fn take_back(open: &[(Message, Vec<Notice>)], bench: Bench<'_>) -> Back {
    let mut back = Back::default();
    let mut told: BTreeMap<IncidentKey, Incident> = BTreeMap::new();
    for (message, notices) in open {
        if !is_left_over(message, bench.now) || notices.len() != message.notices.len() {
            continue;
        }
        let mut gone = Vec::new();
        for notice in notices {
            untell(notice, bench, &mut told);
            let again = waiting_again(message, notice, bench);
            if again.state != NoticeState::Waiting {
                gone.push(notice.clone());
            }
            back.notices.push(again);
        }
        let ends = untold_ends(&gone, bench).into_iter();
        back.notices.extend(ends.map(|end| Notice {
            state: NoticeState::Withdrawn(bench.now),
            ..end
        }));
        let mut message = message.clone();
        message.delivery = Delivery::Withdrawn { at: bench.now };
        back.messages.push(message);
    }
    back.incidents = told.into_values().collect();
    back
}

/// Whether `message`, written on an earlier day than that of `now`, was taken on that day.
pub fn is_late_word(message: &Message, now: Moment) -> bool {
    let today = date_of(now);
    let (Delivery::Accepted { at, .. } | Delivery::Delivered { at, .. }) = message.delivery else {
        return false;
    };
    message.day() < today && date_of(at) == today
}

/// The repetitions among `waiting` that say once more what `heard`, the notices of late words, have
/// said today: withdrawn.
pub fn said_today(waiting: &[Notice], heard: &[Notice], now: Moment) -> Vec<Notice> {
    let is_said = |notice: &&Notice| {
        matches!(notice.told, Told::Repeated(..))
            && heard.iter().any(|said| {
                said.person == notice.person
                    && said.incident == notice.incident
                    && wording::tier(said.told) >= wording::tier(notice.told)
            })
    };
    let said = waiting.iter().filter(is_said).cloned();
    said.map(|notice| Notice {
        state: NoticeState::Withdrawn(now),
        ..notice
    })
    .collect()
}

/// A notice has the life of the message that carried it, and keeps in mind how long it has waited for a
/// route that fails.
fn waiting_again(message: &Message, notice: &Notice, bench: Bench<'_>) -> Notice {
    match as_it_stands(notice, bench) {
        Some(standing) => Notice {
            state: NoticeState::Waiting,
            expires_at: notice.expires_at.max(message.expires_at),
            unsent_since: notice.unsent_since.or_else(|| failing_since(message)),
            first: false,
            ..standing
        },
        None => Notice {
            state: NoticeState::Withdrawn(bench.now),
            ..notice.clone()
        },
    }
}

/// Who was told nothing hears of no end.
fn untell(notice: &Notice, bench: Bench<'_>, told: &mut BTreeMap<IncidentKey, Incident>) {
    let incident = bench.open.get(&notice.incident);
    if let Some(incident) = incident.filter(|_| notice.first) {
        told.entry(notice.incident.clone())
            .or_insert_with(|| incident.clone())
            .told
            .remove(&notice.person);
    }
}

/// The new end of the life of what was to be told to `person` until `expires_at` and ran out while
/// the monitor itself was dead: the whole of the next working day; `None` where it has not run out.
pub fn after_death(
    expires_at: Moment,
    person: Option<&Person>,
    (calendar, rules): (&Calendar, &AlertRules),
    now: Moment,
) -> Option<Moment> {
    let none = chrono::TimeDelta::zero();
    (expires_at < now).then(|| calendar.lapse(now, none, hours::of(person, rules)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::fixture::{WRITTEN, at, incident, message, notice};
    use crate::assess::ladder::Tier;

    const MORNING: &str = "2017-11-16T08:30:00";

    /// What goes back at `now` of a message about `a`, which is overdue by then.
    fn back(now: &str, later: &[Notice], change: impl FnOnce(&mut Message)) -> Back {
        let rules = AlertRules::default();
        let (mut message, notices) = message(&["a"], &rules);
        change(&mut message);
        let (key, mut incident) = incident("a", "2017-11-13T07:00:00", Tier::Overdue);
        incident.told.insert(message.person.clone());
        let bench = Bench {
            open: &[(key, incident)].into(),
            later,
            acts: &[],
            rules: &rules,
            now: at(now),
        };
        take_back(&[(message, notices)], bench)
    }

    #[test]
    fn what_a_day_could_not_send_waits_again_as_it_stands() {
        let back = back(MORNING, &[], |_| {});
        assert_eq!(
            back.messages[0].delivery,
            Delivery::Withdrawn { at: at(MORNING) }
        );
        let [notice] = &back.notices[..] else {
            panic!("{back:?}");
        };
        assert_eq!(
            (&notice.state, notice.told, notice.expires_at),
            (
                &NoticeState::Waiting,
                Told::Raised(Tier::Overdue),
                back.messages[0].expires_at
            )
        );
        assert!(back.incidents[0].told.is_empty(), "of which nobody heard");
    }

    #[test]
    fn what_is_told_anyway_is_not_told_twice() {
        let mut repeated = notice("a", Told::Repeated(Tier::Overdue, 1));
        repeated.created_at = at("2017-11-16T07:00:00");
        let back = back(MORNING, &[repeated], |_| {});
        assert_eq!(
            back.notices[0].state,
            NoticeState::Withdrawn(at(MORNING)),
            "the repetition says it"
        );
    }

    #[test]
    fn of_an_end_hears_only_who_heard_of_the_beginning() {
        let rules = AlertRules::default();
        let end = notice("a", Told::Recovered);
        for (first, withdrawn) in [(true, 2), (false, 1)] {
            let (message, mut notices) = message(&["a"], &rules);
            notices[0].first = first;
            let bench = Bench {
                open: &BTreeMap::new(),
                later: std::slice::from_ref(&end),
                acts: &[],
                rules: &rules,
                now: at(MORNING),
            };
            let back = take_back(&[(message, notices)], bench).notices;
            let gone = NoticeState::Withdrawn(at(MORNING));
            assert!(back.iter().all(|notice| notice.state == gone));
            assert_eq!(back.len(), withdrawn, "{back:?}");
        }
    }

    #[test]
    fn what_a_late_word_says_is_not_repeated_on_its_day() {
        let rules = AlertRules::default();
        let (mut late, heard) = message(&["a"], &rules);
        let taken = |at| Delivery::Accepted { at, receipt: None };
        late.delivery = taken(at(MORNING));
        assert!(is_late_word(&late, at(MORNING)));
        assert!(!is_late_word(&late, at("2017-11-17T08:30:00")), "yesterday");
        late.delivery = taken(at(WRITTEN));
        assert!(!is_late_word(&late, at(WRITTEN)), "it came on its day");
        let waiting = [
            notice("a", Told::Repeated(Tier::Warning, 1)),
            notice("a", Told::Repeated(Tier::SeverelyOverdue, 1)),
            notice("a", Told::Raised(Tier::Overdue)),
            notice("b", Told::Repeated(Tier::Warning, 1)),
        ];
        let said = said_today(&waiting, &heard, at(MORNING));
        let [notice] = &said[..] else {
            panic!("{said:?}");
        };
        assert_eq!(notice.told, Told::Repeated(Tier::Warning, 1));
        assert_eq!(notice.state, NoticeState::Withdrawn(at(MORNING)));
    }

    #[test]
    fn what_ran_out_while_the_monitor_was_dead_has_the_next_working_day() {
        let (calendar, rules) = (Calendar::default(), AlertRules::default());
        let after = |until: &str, now: &str| {
            after_death(at(until), None, (&calendar, &rules), at(now)).map(|at| at.to_string())
        };
        let until = "2017-11-15T08:30:00";
        assert_eq!(after(until, until), None);
        // A Saturday.
        let end = after(until, "2017-11-18T10:00:00").unwrap();
        assert!(end.starts_with("2017-11-20 17:30"), "{end}");
    }

    #[test]
    fn what_may_have_been_taken_or_has_its_day_before_it_stays() {
        type Change = fn(&mut Message);
        let stays: [(&str, Change); 5] = [
            (MORNING, |message| message.maybe_taken = true),
            (MORNING, |message| message.urgent = true),
            (MORNING, |message| {
                message.delivery = Delivery::Attempting { since: at(WRITTEN) }
            }),
            ("2017-11-15T17:29:00", |_| {}),
            ("2017-11-21T08:30:00", |_| {}),
        ];
        for (now, change) in stays {
            assert!(back(now, &[], change).is_empty(), "{now}");
        }
        // The line of a quiet day is of that day alone, whoever may have taken it.
        let rules = AlertRules::default();
        let (mut line, _) = message(&[], &rules);
        line.maybe_taken = true;
        assert!(is_left_over(&line, at(MORNING)));
        assert!(!is_left_over(&line, at(WRITTEN)));
    }
}
