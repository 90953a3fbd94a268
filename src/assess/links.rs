//! What becomes of a link when it is asked: broken for certain, suspected, mended.
//!
//! Certain is only what says by itself that nothing is there (404, 410, a name that does not exist),
//! twice, with [`CONFIRM_AFTER`] between. Refusals, server errors, timeouts and TLS faults are
//! suspected for as long as they last: front ends of government sites answer so to programs.
//! Source: own proposal after the rules of 国办发〔2015〕15号, which name no procedure.

use chrono::TimeDelta;

use crate::domain::target::{MOST_PLACES, MOST_SPELLS, Spell, Target, TargetPlace};
use crate::domain::time::Moment;
use crate::domain::visit::Failure;

/// The least time between the first and the last of the answers that make it certain.
pub const CONFIRM_AFTER: TimeDelta = TimeDelta::hours(6);

/// What asking a link came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// It leads somewhere.
    Well,
    /// It does not.
    Failed(Failure),
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// It leads somewhere.
    Well,
    /// Nothing is there.
    Gone,
    /// Nobody can tell from here.
    Doubtful,
    /// It was not asked, or by its nature says nothing.
    Nothing,
}

/// What an answer means.
pub fn meaning(answered: &Answered) -> Meaning {
    let failure = match answered {
        Answered::Well => return Meaning::Well,
        Answered::Failed(failure) => failure,
    };
    match failure {
        Failure::Dns | Failure::NoSuchPage | Failure::Status(404 | 410) => Meaning::Gone,
        // A file that is larger than what is read is there.
        Failure::TooLarge => Meaning::Well,
        // It leads on to a host that we do not follow to, and that is not ours to judge.
        Failure::ForeignHost(_) => Meaning::Well,
        Failure::Robots | Failure::PrivateAddress => Meaning::Nothing,
        _ => Meaning::Doubtful,
    }
}

/// The record after an answer at `at`; nothing changes where it is `None`. `seen` tells where the
/// link stands now.
pub fn step(known: Option<Target>, seen: &Target, answered: &Answered) -> Option<Target> {
    let at = seen.asked_at;
    let meaning = meaning(answered);
    let Some(known) = known else {
        let Answered::Failed(why) = answered else {
            return None;
        };
        if !matches!(meaning, Meaning::Gone | Meaning::Doubtful) {
            return None;
        }
        let spells = vec![begun(why, meaning, at)];
        return Some(Target {
            spells,
            ..seen.clone()
        });
    };
    let mut target = placed(known, seen);
    let open = target
        .spells
        .last_mut()
        .filter(|spell| spell.ended_at.is_none());
    match (meaning, answered, open) {
        (Meaning::Nothing, ..) => return None,
        (Meaning::Well, _, None) => return None,
        (Meaning::Well, _, Some(spell)) => spell.ended_at = Some(at),
        (_, Answered::Failed(why), None) => {
            target.spells.push(begun(why, meaning, at));
            let surplus = target.spells.len().saturating_sub(MOST_SPELLS);
            target.spells.drain(..surplus);
        }
        (_, Answered::Failed(why), Some(spell)) => go_on(spell, why, meaning, at),
        (_, Answered::Well, _) => return None,
    }
    target.asked_at = at;
    Some(target)
}

fn begun(why: &Failure, meaning: Meaning, at: Moment) -> Spell {
    Spell {
        since: at,
        why: why.clone(),
        gone_since: (meaning == Meaning::Gone).then_some(at),
        confirmed_at: None,
        ended_at: None,
        removed: false,
    }
}

fn go_on(spell: &mut Spell, why: &Failure, meaning: Meaning, at: Moment) {
    match (meaning, spell.gone_since) {
        (Meaning::Gone, Some(since)) => {
            spell.why = why.clone();
            if since + CONFIRM_AFTER <= at {
                spell.confirmed_at = spell.confirmed_at.or(Some(at));
            }
        }
        (Meaning::Gone, None) => {
            spell.why = why.clone();
            spell.gone_since = Some(at);
        }
        // What was certain is not made uncertain by a timeout.
        _ if spell.confirmed_at.is_some() => {}
        _ => {
            spell.why = why.clone();
            spell.gone_since = None;
        }
    }
}

/// What is known, with the places as they are now first.
fn placed(known: Target, seen: &Target) -> Target {
    let mut places: Vec<TargetPlace> = seen.places.clone();
    for place in known.places {
        if !places.iter().any(|other| other.page == place.page) {
            places.push(place);
        }
    }
    places.truncate(MOST_PLACES);
    Target {
        places,
        on_home: seen.on_home,
        external: seen.external,
        kind: seen.kind,
        ..known
    }
}

/// The record where the pages that carried the link were read again and carry it no more.
pub fn removed(mut known: Target, at: Moment) -> Option<Target> {
    let spell = known.spells.last_mut()?;
    if spell.ended_at.is_some() {
        return None;
    }
    spell.ended_at = Some(at);
    spell.removed = true;
    Some(known)
}

/// When the link is to be asked again, so that what it says may become certain.
pub fn again_at(target: &Target) -> Option<Moment> {
    let spell = target.open()?;
    let since = spell.gone_since.filter(|_| spell.confirmed_at.is_none())?;
    Some(since + CONFIRM_AFTER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::SiteId;
    use crate::domain::target::TargetKind;
    use crate::domain::time::moment;

    fn at(hour: u32) -> Moment {
        let day = chrono::NaiveDate::from_ymd_opt(2017, 11, 1 + hour / 24).unwrap();
        moment(day.and_hms_opt(hour % 24, 0, 0).unwrap())
    }

    fn seen(hour: u32) -> Target {
        Target {
            site: SiteId::parse("kxw").unwrap(),
            url: "http://a.example.cn/x.html".to_owned(),
            kind: TargetKind::Page,
            external: false,
            on_home: true,
            places: vec![TargetPlace {
                page: "http://a.example.cn/".to_owned(),
                text: "通知".to_owned(),
            }],
            spells: Vec::new(),
            asked_at: at(hour),
        }
    }

    const GONE: Answered = Answered::Failed(Failure::Status(404));
    const SLOW: Answered = Answered::Failed(Failure::TotalTimeout);

    /// The record after these answers.
    fn after(answers: &[(u32, &Answered)]) -> Option<Target> {
        let mut known = None;
        for (hour, answered) in answers {
            known = step(known.clone(), &seen(*hour), answered).or(known);
        }
        known
    }

    fn confirmed(answers: &[(u32, &Answered)]) -> bool {
        after(answers).is_some_and(|target| {
            target
                .open()
                .is_some_and(|spell| spell.confirmed_at.is_some())
        })
    }

    #[test]
    fn only_two_denials_six_hours_apart_are_certain() {
        assert!(!confirmed(&[(0, &GONE)]));
        assert!(!confirmed(&[(0, &GONE), (5, &GONE)]));
        assert!(confirmed(&[(0, &GONE), (6, &GONE)]));
        assert!(confirmed(&[(0, &GONE), (5, &GONE), (7, &GONE)]));
        let nameless = Answered::Failed(Failure::Dns);
        assert!(confirmed(&[(0, &nameless), (24, &nameless)]));
        for failure in [
            Failure::Blocked(403),
            Failure::Status(500),
            Failure::TotalTimeout,
            Failure::Tls,
            Failure::Refused,
        ] {
            let doubtful = Answered::Failed(failure);
            assert!(!confirmed(&[(0, &doubtful), (24, &doubtful)]));
            assert!(after(&[(0, &doubtful)]).is_some(), "it is suspected");
        }
    }

    #[test]
    fn a_doubt_between_two_denials_begins_the_time_anew() {
        assert!(!confirmed(&[(0, &GONE), (3, &SLOW), (6, &GONE)]));
        assert!(confirmed(&[
            (0, &GONE),
            (3, &SLOW),
            (6, &GONE),
            (12, &GONE)
        ]));
    }

    #[test]
    fn what_is_certain_ends_with_a_good_answer_and_with_nothing_less() {
        let bad = [(0, &GONE), (6, &GONE), (12, &SLOW)];
        assert!(confirmed(&bad));
        let mut mended = bad.to_vec();
        mended.push((18, &Answered::Well));
        let target = after(&mended).unwrap();
        assert!(target.open().is_none());
        let spell = target.spell_at(at(17)).unwrap();
        assert!(spell.is_confirmed(at(17)) && !spell.is_confirmed(at(5)));
        assert!(target.spell_at(at(18)).is_none());
        mended.push((24, &GONE));
        assert_eq!(after(&mended).unwrap().spells.len(), 2);
    }

    #[test]
    fn a_link_that_leads_somewhere_or_was_not_asked_leaves_no_trace() {
        for answered in [
            Answered::Well,
            Answered::Failed(Failure::Robots),
            Answered::Failed(Failure::PrivateAddress),
            Answered::Failed(Failure::TooLarge),
        ] {
            assert_eq!(after(&[(0, &answered)]), None);
        }
    }

    #[test]
    fn a_link_that_no_page_carries_any_more_is_over() {
        let target = after(&[(0, &GONE), (6, &GONE)]).unwrap();
        let over = removed(target, at(30)).unwrap();
        assert!(over.spells[0].removed && over.open().is_none());
        assert_eq!(removed(over, at(40)), None);
    }

    #[test]
    fn it_is_asked_again_when_that_can_make_it_certain() {
        assert_eq!(again_at(&after(&[(0, &GONE)]).unwrap()), Some(at(6)));
        assert_eq!(again_at(&after(&[(0, &SLOW)]).unwrap()), None);
        assert_eq!(again_at(&after(&[(0, &GONE), (6, &GONE)]).unwrap()), None);
    }
}
