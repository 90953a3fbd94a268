//! What becomes of the end of something of whose beginning a person never heard.
//!
//! Of an end hear just those who were told of its beginning. A message that ran out unsent, or was
//! refused for good, has told nothing; where no other message of the incident reached its person
//! either, that person is not among those who were told.

use super::incident::Incident;
use super::outbox::{Delivery, Message, Notice, NoticeState, Told};
use super::reconsider::{Bench, untold_ends};
use crate::domain::time::Moment;

/// What is to be stored with the end of a message that nobody heard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unheard {
    /// The incidents of which one person fewer was told.
    pub incidents: Vec<Incident>,
    /// The ends that waited for that person, withdrawn.
    pub notices: Vec<Notice>,
}

/// What of `ended`, a message that reached nobody, its person has not heard at all. `known` are the
/// messages of late, in the order in which they were written, with the notices of each; `bench.later`
/// is what waits.
pub fn unheard(ended: &Message, known: &[(Message, Vec<Notice>)], bench: Bench<'_>) -> Unheard {
    let mut unheard = Unheard::default();
    if ended.maybe_taken {
        return unheard;
    }
    let mut gone = Vec::new();
    let own = known.iter().filter(|(one, _)| one.key == ended.key);
    for notice in own.flat_map(|(_, notices)| notices) {
        let Some(told) = tellings(ended, notice, known) else {
            continue;
        };
        let others = told.iter().filter(|(message, _)| message.key != ended.key);
        if others.clone().any(|(message, _)| may_be_heard(message)) {
            continue;
        }
        gone.extend(told.iter().map(|(_, notice)| (*notice).clone()));
        let open = bench.open.get(&notice.incident);
        if let Some(incident) = open.filter(|incident| incident.told.contains(&ended.person)) {
            let mut incident = incident.clone();
            incident.told.remove(&ended.person);
            unheard.incidents.push(incident);
        }
    }
    let ends = untold_ends(&gone, bench).into_iter();
    unheard.notices.extend(ends.map(|end| Notice {
        state: NoticeState::Withdrawn(bench.now),
        ..end
    }));
    unheard
}

/// The ends among `waiting` whose beginning still waits itself, in a message of `open` that was the
/// first word of it and was surely not taken, at `now`: withdrawn. The message is withdrawn before its
/// next attempt, since what it tells is over. What was written after `since` is sent as it is, and its
/// end with it.
pub fn unsaid_ends(
    waiting: &[Notice],
    open: &[(Message, Vec<Notice>)],
    since: Moment,
    now: Moment,
) -> Vec<Notice> {
    let waits = |message: &Message| {
        matches!(message.delivery, Delivery::Queued { .. })
            && !message.maybe_taken
            && message.created_at <= since
    };
    let begins = |end: &Notice, notice: &Notice| {
        notice.first
            && notice.told != Told::Recovered
            && notice.person == end.person
            && notice.incident == end.incident
    };
    let is_unsaid = |end: &&Notice| {
        let mut unsent = open.iter().filter(|(message, _)| waits(message));
        end.told == Told::Recovered
            && unsent.any(|(_, notices)| notices.iter().any(|notice| begins(end, notice)))
    };
    let ends = waiting.iter().filter(is_unsaid).cloned();
    ends.map(|end| Notice {
        state: NoticeState::Withdrawn(now),
        ..end
    })
    .collect()
}

/// All by which the person of `ended` was to hear of the incident of `notice`, from the first on;
/// `None` where the first is older than what is known, and may have been heard.
fn tellings<'a>(
    ended: &Message,
    notice: &Notice,
    known: &'a [(Message, Vec<Notice>)],
) -> Option<Vec<(&'a Message, &'a Notice)>> {
    let own = known.iter().filter(|(one, _)| one.person == ended.person);
    let all = own.flat_map(|(message, notices)| notices.iter().map(move |one| (message, one)));
    let about: Vec<_> = all
        .filter(|(_, one)| one.incident == notice.incident)
        .collect();
    let first = about
        .iter()
        .rposition(|(message, one)| one.first && message.created_at <= ended.created_at)?;
    about.get(first..).map(<[_]>::to_vec)
}

/// Whether somebody heard or may still hear what `message` tells.
fn may_be_heard(message: &Message) -> bool {
    let is_lost = matches!(
        message.delivery,
        Delivery::Failed { .. } | Delivery::Expired { .. } | Delivery::Withdrawn { .. }
    );
    message.maybe_taken || !is_lost
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::fixture::{at, incident, message, notice};
    use crate::alert::outbox::MessageKey;
    use crate::alert::rules::AlertRules;
    use crate::assess::ladder::Tier;

    const NOW: &str = "2017-11-21T08:30:00";

    fn ended() -> Delivery {
        Delivery::Expired { at: at(NOW) }
    }

    #[test]
    fn of_an_end_hears_nobody_to_whom_the_beginning_still_waits() {
        let taken = Delivery::Accepted {
            at: at(NOW),
            receipt: None,
        };
        type Change = fn(&mut Message, &mut Notice);
        let cases: [(Change, usize); 4] = [
            (|_, _| (), 1),
            (|message, _| message.maybe_taken = true, 0),
            // There was an earlier word.
            (|_, notice| notice.first = false, 0),
            // It is sent as it is.
            (|message, _| message.created_at = at(NOW), 0),
        ];
        let waiting = [notice("a", Told::Recovered), notice("b", Told::Recovered)];
        let since = at("2017-11-21T08:29:00");
        for (change, expected) in cases {
            let (mut first, mut notices) = message(&["a"], &AlertRules::default());
            change(&mut first, &mut notices[0]);
            let open = [(first, notices)];
            let unsaid = unsaid_ends(&waiting, &open, since, at(NOW));
            assert_eq!(unsaid.len(), expected, "{open:?}");
        }
        let (mut first, notices) = message(&["a"], &AlertRules::default());
        first.delivery = taken;
        let unsaid = unsaid_ends(&waiting, &[(first, notices)], since, at(NOW));
        assert!(unsaid.is_empty());
    }

    /// A repetition of what the message about `a` tells.
    fn repetition(delivery: Delivery) -> (Message, Vec<Notice>) {
        let (mut again, mut notices) = message(&["a"], &AlertRules::default());
        (again.key, again.delivery) = (MessageKey::of(&["again"]), delivery);
        notices[0].first = false;
        (again, notices)
    }

    /// Whether a person hears of the end whose first message ran out, `change`d, with `other` beside
    /// it: the end that comes, and the end that waits.
    fn hears(
        other: Option<(Message, Vec<Notice>)>,
        change: impl FnOnce(&mut Message),
    ) -> [bool; 2] {
        let rules = AlertRules::default();
        let (mut first, notices) = message(&["a"], &rules);
        first.delivery = ended();
        change(&mut first);
        let (key, mut incident) = incident("a", "2017-11-13T07:00:00", Tier::Warning);
        incident.told.insert(first.person.clone());
        let known: Vec<_> = [(first.clone(), notices)]
            .into_iter()
            .chain(other)
            .collect();
        let end = notice("a", Told::Recovered);
        let bench = Bench {
            open: &[(key, incident)].into(),
            later: std::slice::from_ref(&end),
            acts: &[],
            rules: &rules,
            now: at(NOW),
        };
        let unheard = unheard(&first, &known, bench);
        [unheard.incidents.is_empty(), unheard.notices.is_empty()]
    }

    #[test]
    fn who_never_heard_of_the_beginning_hears_of_no_end() {
        assert_eq!(hears(None, |_| ()), [false, false]);
        assert_eq!(hears(Some(repetition(ended())), |_| ()), [false, false]);
    }

    #[test]
    fn who_was_told_before_what_is_known_hears_of_the_end() {
        let rules = AlertRules::default();
        let (mut ran_out, mut notices) = message(&["a"], &rules);
        ran_out.delivery = ended();
        notices[0].first = false;
        let bench = Bench {
            open: &[incident("a", "2017-11-13T07:00:00", Tier::Warning)].into(),
            later: &[],
            acts: &[],
            rules: &rules,
            now: at(NOW),
        };
        let known = [(ran_out.clone(), notices)];
        assert_eq!(unheard(&ran_out, &known, bench), Unheard::default());
    }

    #[test]
    fn who_may_have_heard_of_it_hears_of_the_end() {
        assert_eq!(hears(None, |first| first.maybe_taken = true), [true, true]);
        let taken = Delivery::Accepted {
            at: at(NOW),
            receipt: None,
        };
        for delivery in [taken, Delivery::Queued { last_error: None }] {
            let other = Some(repetition(delivery));
            assert_eq!(hears(other, |_| ()), [true, true]);
        }
    }
}
