//! A message that waited, before it is attempted: is what it says still true?
//!
//! A gateway may be out for days. What is over by then is withdrawn, what has changed is said as it
//! stands on the day of the attempt. The key stays, whatever becomes of the words: an attempt that
//! the transport may have accepted is so repeated and never doubled.

use std::collections::BTreeMap;

use super::acts::{answer, held_until, holds};
use super::detour::failing_since;
use super::incident::{Incident, IncidentKey, Release};
use super::notice;
use super::outbox::{Message, MessageKey, Notice, NoticeState, Told};
use super::rules::AlertRules;
use super::wording;
use crate::assess::ladder::Tier;
use crate::domain::act::Act;
use crate::domain::time::{Moment, date_of};

/// What a message is held against.
#[derive(Debug, Clone, Copy)]
pub struct Bench<'a> {
    /// The incidents that are not over.
    pub open: &'a BTreeMap<IncidentKey, Incident>,
    /// What is told later: the notices that are not yet part of a message, and those of messages
    /// that were written after this one.
    pub later: &'a [Notice],
    /// What people laid down: holds and answers.
    pub acts: &'a [Act],
    /// The rules of alerting.
    pub rules: &'a AlertRules,
    /// The present instant.
    pub now: Moment,
}

/// What becomes of a message before it is attempted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is sent as it is.
    AsItIs,
    /// It is sent in these words, without these notices: they are withdrawn, or wait again.
    Reworded(Box<Message>, Vec<Notice>),
    /// Nothing in it is true any more, or all of it has to wait. These notices are withdrawn with it, or
    /// wait again.
    Withdrawn(Vec<Notice>),
}

/// Holds `message`, which carries `notices`, against how things stand.
pub fn reconsider(message: &Message, notices: &[Notice], bench: Bench<'_>) -> Outcome {
    // What carries nothing is said as it was.
    let (left, gone) = match notices {
        [] => return Outcome::AsItIs,
        _ => sort_out(message, notices, bench),
    };
    if left.is_empty() {
        return Outcome::Withdrawn(gone);
    }
    let reworded = in_words_of_today(message, &left, bench);
    match reworded == *message {
        true => Outcome::AsItIs,
        false => Outcome::Reworded(Box::new(reworded), gone),
    }
}

/// What of `notices`, which `message` carries, is still to be said, as it stands now; and what is
/// withdrawn or waits again. What the store does not know whole is said as it was.
pub fn sort_out(
    message: &Message,
    notices: &[Notice],
    bench: Bench<'_>,
) -> (Vec<Notice>, Vec<Notice>) {
    if notices.len() != message.notices.len() {
        return (notices.to_vec(), Vec::new());
    }
    let mut gone = Vec::new();
    let mut left = Vec::new();
    let holds = holds(bench.acts);
    // What may have been heard is repeated under its key, and becomes no part of another message.
    let by_hold =
        |notice: &Notice| held_until(&holds, notice).is_some_and(|until| bench.now < until);
    let is_held = |notice: &&Notice| {
        !message.maybe_taken && (by_hold(notice) || seems_over(notice, bench.open))
    };
    let (held, notices): (Vec<&Notice>, Vec<&Notice>) = notices.iter().partition(is_held);
    for notice in notices {
        match as_it_stands(notice, bench) {
            Some(notice) => left.push(notice),
            None => gone.push(notice.clone()),
        }
    }
    if !message.maybe_taken {
        let ends = untold_ends(&gone, bench);
        gone.extend(ends);
    }
    for notice in &mut gone {
        notice.state = NoticeState::Withdrawn(bench.now);
    }
    gone.extend(held.into_iter().map(|notice| Notice {
        state: NoticeState::Waiting,
        first: false,
        // What a person lets wait does not wait for its route.
        unsent_since: match by_hold(notice) {
            true => notice.unsent_since,
            false => notice.unsent_since.or_else(|| failing_since(message)),
        },
        ..notice.clone()
    }));
    (left, gone)
}

/// Whether one visit has seen that what `notice` tells is over: a second says whether it is.
fn seems_over(notice: &Notice, open: &BTreeMap<IncidentKey, Incident>) -> bool {
    let tells = matches!(
        notice.told,
        Told::Raised(_) | Told::Repeated(..) | Told::NearVeto(_) | Told::Veto(_)
    );
    tells && open.get(&notice.incident).is_some_and(Incident::seems_over)
}

/// The incidents of which the person of `message` has not been told after all, because what told of them
/// first, among `notices`, waits again as `back` says. What may have been taken may have been heard.
pub fn untold(
    message: &Message,
    notices: &[Notice],
    back: &[Notice],
    open: &BTreeMap<IncidentKey, Incident>,
) -> Vec<Incident> {
    let waits = |notice: &Notice| {
        back.iter()
            .any(|again| again.key == notice.key && again.state == NoticeState::Waiting)
    };
    let of = notices
        .iter()
        .filter(|notice| !message.maybe_taken && notice.first && waits(notice));
    let incidents: BTreeMap<&IncidentKey, &Incident> = of
        .filter_map(|notice| open.get_key_value(&notice.incident))
        .collect();
    let told_to_others = incidents.into_values().map(|incident| {
        let mut incident = incident.clone();
        incident.told.remove(&message.person);
        incident
    });
    told_to_others.collect()
}

/// The ends that wait to be told to people who have heard of the beginning by none but `gone`, which
/// nobody will hear.
pub(super) fn untold_ends(gone: &[Notice], bench: Bench<'_>) -> Vec<Notice> {
    let ends = bench.later.iter().filter(|end| {
        end.told == Told::Recovered
            && end.state == NoticeState::Waiting
            && gone.iter().any(|gone| {
                gone.first && gone.person == end.person && gone.incident == end.incident
            })
    });
    ends.cloned().collect()
}

/// What `notice` has to say now; `None` where that is nothing, or is said later than it was.
pub(super) fn as_it_stands(notice: &Notice, bench: Bench<'_>) -> Option<Notice> {
    let incident = bench.open.get(&notice.incident);
    let incident = incident.filter(|one| one.is_open() && one.began_at <= notice.created_at);
    let is_told_later = |says: &dyn Fn(Told) -> bool| {
        bench.later.iter().any(|other| {
            other.key != notice.key
                && other.person == notice.person
                && other.incident == notice.incident
                && other.created_at >= notice.created_at
                && says(other.told)
        })
    };
    match notice.told {
        Told::Raised(tier) | Told::Repeated(tier, _) => {
            let (incident, today) = (incident?, date_of(bench.now));
            let now = incident.tier.filter(|&now| now > tier);
            let is_told = is_told_later(&|told| wording::tier(told) >= Some(tier));
            // An answer stops repetitions, those that wait as well; who has heard nothing yet, hears it.
            let is_stopped = matches!(notice.told, Told::Repeated(..))
                && !notice.first
                && answer(bench.acts, incident, today).is_some();
            let mut notice = notice.clone();
            notice.facts.why = notice::answered_now(&notice, bench.acts, incident, today);
            // Escalation has people of its own, and may wait for release.
            if let Some(now) = now.filter(|&now| now < Tier::Escalation) {
                notice.told = Told::Raised(now);
            }
            (!is_told && !is_stopped).then_some(notice)
        }
        Told::EscalationProposed => {
            let waits = incident?.release == Some(Release::Proposed);
            let is_told = is_told_later(&|told| told == Told::EscalationProposed);
            (waits && !is_told).then(|| notice.clone())
        }
        // The same once more, or less than what is told now.
        Told::NearVeto(_) | Told::Veto(_) => {
            let is_told = is_told_later(&|told| match notice.told {
                Told::Veto(_) => matches!(told, Told::Veto(_)),
                _ => matches!(told, Told::NearVeto(_) | Told::Veto(_)),
            });
            incident.filter(|_| !is_told).map(|_| notice.clone())
        }
        Told::Blind | Told::Empty | Told::Down | Told::StillDown | Told::Offline => {
            incident.map(|_| notice.clone())
        }
        _ => Some(notice.clone()),
    }
}

/// `notices` as a message says them at `bench.now`: what is over as it was, and in the order of the words.
pub fn in_order(notices: &[Notice], bench: Bench<'_>) -> Vec<Notice> {
    let standing = notices
        .iter()
        .map(|notice| as_it_stands(notice, bench).unwrap_or_else(|| notice.clone()));
    let mut standing: Vec<Notice> = standing.collect();
    standing.sort_by_key(wording::order);
    standing
}

pub(super) fn in_words_of_today(message: &Message, left: &[Notice], bench: Bench<'_>) -> Message {
    let mut left: Vec<&Notice> = left.iter().collect();
    left.sort_by_key(|notice| wording::order(notice));
    let (today, rules) = (date_of(bench.now), bench.rules);
    let kept = |key: &MessageKey| left.iter().any(|notice| notice.key == *key);
    Message {
        subject: wording::subject(&left, rules),
        text: wording::text(&left, message.route, today, rules),
        words: wording::words(&left, today, rules),
        tier: left
            .iter()
            .filter_map(|notice| wording::tier(notice.told))
            .max(),
        notices: message
            .notices
            .iter()
            .filter(|key| kept(key))
            .cloned()
            .collect(),
        ..message.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::fixture::{at, incident, message, notice};
    use crate::alert::incident::{Change, Pending, State};
    use crate::domain::act::{Act, Deed, Scope};

    fn after(
        columns: &[&str],
        open: &[(IncidentKey, Incident)],
        waiting: &[Notice],
        now: &str,
    ) -> (Message, Outcome) {
        let rules = AlertRules::default();
        let (message, notices) = message(columns, &rules);
        let open = open.iter().cloned().collect();
        let bench = Bench {
            open: &open,
            later: waiting,
            acts: &[],
            rules: &rules,
            now: at(now),
        };
        let outcome = reconsider(&message, &notices, bench);
        (message, outcome)
    }

    const BEGAN: &str = "2017-11-13T07:00:00";

    #[test]
    fn of_vetoes_that_wait_for_one_gateway_the_latest_is_told() {
        let (rules, (name, mut veto)) =
            (AlertRules::default(), incident("a", BEGAN, Tier::Warning));
        veto.tier = None;
        let open = BTreeMap::from([(name, veto)]);
        let of_day = |told: Told, created: &str| Notice {
            created_at: at(created),
            ..notice("a", told)
        };
        let near = of_day(Told::NearVeto(0), "2017-11-14T07:00:00");
        let first = of_day(Told::Veto(0), "2017-11-15T07:00:00");
        let again = of_day(Told::Veto(1), "2017-11-16T07:00:00");
        let stands = |one: &Notice, later: &[Notice]| {
            let bench = Bench {
                open: &open,
                later,
                acts: &[],
                rules: &rules,
                now: at("2017-11-16T09:00:00"),
            };
            as_it_stands(one, bench).is_some()
        };
        let all = [near.clone(), first.clone(), again.clone()];
        assert!(!stands(&near, &all) && !stands(&first, &all) && stands(&again, &all));
        assert!(stands(&first, std::slice::from_ref(&near)) && stands(&near, &[]));
    }

    #[test]
    fn what_is_still_true_on_its_day_is_sent_as_it_is() {
        let open = [incident("a", BEGAN, Tier::Warning)];
        let (_, outcome) = after(&["a"], &open, &[], "2017-11-15T16:00:00");
        assert_eq!(outcome, Outcome::AsItIs);
    }

    #[test]
    fn days_are_counted_on_the_day_of_the_attempt_and_the_key_stays() {
        let open = [incident("a", BEGAN, Tier::Warning)];
        let (before, outcome) = after(&["a"], &open, &[], "2017-11-16T08:30:00");
        let Outcome::Reworded(now, gone) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!((&now.key, gone.len()), (&before.key, 0));
        assert_ne!(now.text, before.text);
        assert!(now.text.contains("今天为最后一天"), "{}", now.text);
    }

    #[test]
    fn what_one_visit_has_seen_to_be_over_waits_for_the_second() {
        let (key, mut seems_over) = incident("a", BEGAN, Tier::Warning);
        let State::Open { pending, .. } = &mut seems_over.state else {
            panic!("{seems_over:?}");
        };
        *pending = Some(Pending {
            change: Change::Clear,
            seen_at: at("2017-11-15T10:05:00"),
        });
        let (_, outcome) = after(&["a"], &[(key, seems_over)], &[], "2017-11-15T10:20:00");
        let Outcome::Withdrawn(back) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(back[0].state, NoticeState::Waiting);
    }

    #[test]
    fn what_is_over_is_withdrawn_and_the_rest_is_told() {
        // The second incident is another one than was told of.
        for rest in [
            vec![],
            vec![incident("b", "2017-11-17T07:00:00", Tier::Warning)],
        ] {
            let mut open = vec![incident("a", BEGAN, Tier::Warning)];
            open.extend(rest.clone());
            let (_, outcome) = after(&["a", "b"], &open, &[], "2017-11-17T08:30:00");
            let Outcome::Reworded(now, gone) = outcome else {
                panic!("{outcome:?}");
            };
            assert_eq!((now.notices.len(), gone.len()), (1, 1));
            assert!(!now.text.contains("“b”"), "{}", now.text);
            let mut end = notice("b", Told::Recovered);
            end.created_at = at("2017-11-16T09:00:00");
            let waiting = std::slice::from_ref(&end);
            let (_, outcome) = after(&["b"], &rest, waiting, "2017-11-17T08:30:00");
            let Outcome::Withdrawn(gone) = outcome else {
                panic!("{outcome:?}");
            };
            // Nobody hears of the end of what they were not told of.
            assert_eq!(gone.len(), 2);
            // Who was told of it before does.
            let (message, mut notices) = message(&["b"], &AlertRules::default());
            notices[0].first = false;
            let bench = Bench {
                open: &rest.iter().cloned().collect(),
                later: &[end],
                acts: &[],
                rules: &AlertRules::default(),
                now: at("2017-11-17T08:30:00"),
            };
            let outcome = reconsider(&message, &notices, bench);
            assert!(matches!(outcome, Outcome::Withdrawn(gone) if gone.len() == 1));
        }
    }

    #[test]
    fn what_has_risen_is_told_at_its_tier_once() {
        let open = [incident("a", BEGAN, Tier::Overdue)];
        let now = "2017-11-17T08:30:00";
        let (_, outcome) = after(&["a"], &open, &[], now);
        let Outcome::Reworded(message, _) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(message.tier, Some(Tier::Overdue));
        assert!(message.text.contains("时限1天"), "{}", message.text);
        let risen = notice("a", Told::Raised(Tier::Overdue));
        let (_, outcome) = after(&["a"], &open, &[risen], now);
        assert!(matches!(outcome, Outcome::Withdrawn(_)), "{outcome:?}");
    }

    #[test]
    fn what_a_person_lets_wait_leaves_the_message_that_waits() {
        let rules = AlertRules::default();
        let (message, mut notices) = message(&["a", "b"], &rules);
        notices[0].first = true;
        let scope = notices[0].column.clone().map(Scope::Column).unwrap();
        let until = at("2017-11-18T00:00:00");
        let act = Act {
            approver: None,
            at: at(BEGAN),
            by: String::new(),
            reason: String::new(),
            deed: Deed::Held {
                scope: scope.clone(),
                until,
            },
        };
        let open: BTreeMap<_, _> = ["a", "b"]
            .map(|column| incident(column, BEGAN, Tier::Warning))
            .into();
        for (now, waits) in [
            ("2017-11-16T09:00:00", true),
            ("2017-11-18T09:00:00", false),
        ] {
            let bench = Bench {
                open: &open,
                later: &[],
                acts: std::slice::from_ref(&act),
                rules: &rules,
                now: at(now),
            };
            let Outcome::Reworded(left, back) = reconsider(&message, &notices, bench) else {
                panic!("its days are others");
            };
            assert_eq!(left.text.contains("“a”"), !waits, "{}", left.text);
            assert!(left.text.contains("“b”"), "{}", left.text);
            assert!(
                back.iter()
                    .all(|notice| notice.state == NoticeState::Waiting)
            );
            assert_eq!(back.len(), usize::from(waits));
            // Nobody has been told of it.
            assert_eq!(untold(&message, &notices, &back, &open).len(), back.len());
        }
        let heard = Message {
            maybe_taken: true,
            ..message
        };
        let bench = Bench {
            open: &open,
            later: &[],
            acts: std::slice::from_ref(&act),
            rules: &rules,
            now: at("2017-11-16T09:00:00"),
        };
        let Outcome::Reworded(left, back) = reconsider(&heard, &notices, bench) else {
            panic!("its days are others");
        };
        assert!(
            left.text.contains("“a”") && back.is_empty(),
            "{}",
            left.text
        );
    }

    #[test]
    fn an_answer_stops_the_repetition_that_waits_and_marks_what_rises() {
        let rules = AlertRules::default();
        let (key, told) = incident("a", BEGAN, Tier::Overdue);
        let open: BTreeMap<_, _> = [(key.clone(), told.clone())].into();
        let answer = |until: &str| Act {
            approver: None,
            at: at("2017-11-16T10:00:00"),
            by: "张".to_owned(),
            reason: String::new(),
            deed: Deed::Answered {
                column: notice("a", Told::Raised(Tier::Overdue)).column.unwrap(),
                duty: None,
                began_at: told.began_at,
                until: until.parse().unwrap(),
                by_link: None,
            },
        };
        let stands = |told: Told, first: bool, acts: &[Act]| {
            let bench = Bench {
                open: &open,
                later: &[],
                acts,
                rules: &rules,
                now: at("2017-11-17T08:30:00"),
            };
            let notice = Notice {
                first,
                ..notice("a", told)
            };
            as_it_stands(&notice, bench).map(|left| left.facts.why)
        };
        let (raised, again) = (
            Told::Raised(Tier::Overdue),
            Told::Repeated(Tier::Overdue, 1),
        );
        let (holds, lapsed) = ([answer("2017-11-20")], [answer("2017-11-16")]);
        let marked = Some("已回复：将于11月20日前更新".to_owned());
        assert_eq!(stands(again, false, &holds), None);
        assert_eq!(stands(again, true, &holds), marked);
        assert_eq!(stands(raised, false, &holds), marked);
        for acts in [&lapsed[..], &[]] {
            assert_eq!(stands(again, false, acts), Some(String::new()));
        }
    }
}
