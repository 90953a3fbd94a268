//! One rule measured by what is known of a site.

use super::fact::Fact;
use super::facts::SiteFacts;
use super::finding::{About, Aside, Find, Spared};
use super::measurement::{Amount, Measurement, Unmeasured};
use super::metric::Metric;
use super::rubric::{Check, Rubric, Rule};
use super::{
    activities, asking, availability, candidates, interpretation, letters, links, management,
    pages, publishing, services,
};
use crate::calendar::Calendar;
use crate::domain::entry::Entry;

/// Measures `rule`; where the program does not, by what people entered.
pub fn measure(
    rule: &Rule,
    rubric: &Rubric,
    facts: &SiteFacts<'_>,
    calendar: &Calendar,
) -> Measurement {
    let measured = measured(rule, rubric, facts, calendar);
    let is_entered = |find: &Find| matches!(find.fact, Fact::Entered { .. });
    let adds = matches!(
        rule.metric,
        Metric::Words | Metric::WordErrors | Metric::Advertising
    );
    // What a person entered holds, but where what is confirmed later adds to it.
    match !adds && measured.finds.iter().any(is_entered) {
        true => measured,
        false => candidates::undecided(rule, 0, measured),
    }
}

fn measured(
    rule: &Rule,
    rubric: &Rubric,
    facts: &SiteFacts<'_>,
    calendar: &Calendar,
) -> Measurement {
    let entered = || entered(rule, facts);
    match rule.metric {
        Metric::HomeFailures => availability::failures(rule, rubric, facts),
        Metric::HomeLoad => availability::load(rule, rubric, facts),
        Metric::HomeAge => publishing::home(rule, rubric, facts),
        Metric::StaleColumns => publishing::stale(rule, rubric, facts),
        Metric::EmptyColumns => publishing::empty(rubric, facts),
        Metric::UndatedColumns => publishing::undated(rubric, facts),
        Metric::IdleColumns => publishing::idle(rule, rubric, facts),
        Metric::Activities => activities::activities(rule, facts),
        Metric::SlowAlerts => management::slow_alerts(rule, facts, calendar),
        Metric::RepeatedAlerts => management::repeated_alerts(rule, facts),
        Metric::Https => management::https(facts),
        Metric::Domain => management::domain(facts),
        Metric::SiteCode => pages::site_code(facts),
        Metric::Certificate => pages::certificate(rule, facts),
        Metric::HomeNewItems => judged(entered(), pages::home_items(rule, facts)),
        Metric::HomeDeadLinks => judged(entered(), links::of_home(rule, rubric, facts)),
        Metric::DeadLinks => judged(entered(), links::of_others(rule, rubric, facts)),
        Metric::UnansweredLetters if rule.check != Check::Manual => judged(
            entered(),
            letters::unanswered(rule, rubric, facts, calendar),
        ),
        Metric::SlowReplies if rule.check != Check::Manual => {
            judged(entered(), letters::slow(rule, rubric, facts, calendar))
        }
        Metric::ReplyAge => judged(entered(), letters::age(rule, rubric, facts, calendar)),
        Metric::LetterFields => judged(entered(), letters::fields(facts)),
        Metric::AskingChannel => judged(entered(), asking::channel(rubric, facts)),
        Metric::GuideElements => judged(entered(), services::elements(rule, facts)),
        Metric::PoorGuides => judged(entered(), services::unusable(rule, facts)),
        Metric::Attachments => judged(entered(), services::attachments(facts)),
        Metric::OnlineSystems => judged(entered(), services::online(facts)),
        Metric::Interpretations => judged(entered(), interpretation::share(facts, calendar)),
        Metric::LateInterpretations => {
            judged(entered(), interpretation::late(rule, facts, calendar))
        }
        Metric::InterpretationLinks => judged(entered(), interpretation::linked(facts)),
        Metric::PageTags => judged(entered(), pages::tags(rule, facts)),
        Metric::FooterMarks => judged(entered(), pages::marks(rule, facts)),
        Metric::Ipv6 => judged(entered(), pages::ipv6(facts)),
        Metric::Words => beside(entered(), candidates::words(facts, true)),
        Metric::WordErrors => beside(entered(), candidates::words(facts, false)),
        Metric::Advertising => beside(entered(), candidates::adverts(facts)),
        _ => entered(),
    }
}

/// What a person entered, in place of what the program found; that is told beside it.
fn judged(entered: Measurement, found: Measurement) -> Measurement {
    if entered.amount.is_err() {
        return found;
    }
    let overruled = found.finds.into_iter().map(|find| Aside {
        find,
        why: Spared::Overruled,
    });
    let asides = overruled.chain(found.asides).collect();
    Measurement { asides, ..entered }
}

/// What a person entered, and what people confirmed after that; what was confirmed before is told beside
/// it.
fn beside(entered: Measurement, confirmed: Measurement) -> Measurement {
    let Ok(Amount::Finds(count)) = entered.amount else {
        return confirmed;
    };
    let entered_at = entered.finds.iter().find_map(|find| match find.fact {
        Fact::Entered { at, .. } => Some(at),
        _ => None,
    });
    let is_later = |find: &Find| match &find.fact {
        Fact::Candidate { decision, .. } => decision
            .as_ref()
            .is_some_and(|decision| Some(decision.at) > entered_at),
        _ => false,
    };
    let (later, before): (Vec<Find>, Vec<Find>) = confirmed.finds.into_iter().partition(is_later);
    let later_count = u32::try_from(later.len()).unwrap_or(u32::MAX);
    let overruled = before.into_iter().map(|find| Aside {
        find,
        why: Spared::Overruled,
    });
    Measurement {
        amount: Ok(Amount::Finds(count.saturating_add(later_count))),
        finds: entered.finds.into_iter().chain(later).collect(),
        asides: overruled.chain(confirmed.asides).collect(),
        near_too: 0,
        part: None,
    }
}

/// Whether people may enter what they find under `rule`.
pub fn may_be_entered(rule: &Rule) -> bool {
    !rule.metric.is_measured()
}

fn entered(rule: &Rule, facts: &SiteFacts<'_>) -> Measurement {
    let of_rule = |entry: &&Entry| entry.rule == rule.id.as_str();
    let Some(entry) = facts.entries.iter().rfind(of_rule) else {
        return Measurement::none(match rule.check {
            Check::Manual => Unmeasured::NotEntered,
            _ if rule.metric == Metric::Manual => Unmeasured::NotEntered,
            _ => Unmeasured::NotYet,
        });
    };
    let find = Find::of(
        About::Site,
        Fact::Entered {
            finds: entry.finds,
            by: entry.by.clone(),
            at: entry.at,
            reason: entry.reason.clone(),
            attachment: entry.attachment.clone(),
        },
    );
    // What is kept or not costs its points once, whatever number stands there.
    let count = match rule.metric.is_once() {
        true => entry.finds.min(1),
        false => entry.finds,
    };
    Measurement {
        amount: Ok(Amount::Finds(count)),
        finds: vec![find],
        asides: Vec::new(),
        near_too: 0,
        part: None,
    }
}
