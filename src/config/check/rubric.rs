//! The rules of assessment: a shipped profile, and over it what the administrator's file says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use toml::Spanned;

use super::super::quantity::{known, name, within};
use super::super::raw::rubric::{RawChoices, RawRubric, RawRule};
use super::super::source::Source;
use super::rule;
use super::{parts, word};
use crate::assess::score::points::{MOST_POINTS, Points};
use crate::assess::score::rubric::{
    Area, Choices, ExternalLinks, Grades, Late, Levels, PerPercent, Rubric, RuleId, SixMonths,
    Together, Untold,
};

/// The profile that holds where none is named.
pub const DEFAULT_PROFILE: &str = "p2015";
/// The profiles that travel in the binary.
const PROFILES: [(&str, &str); 2] = [
    ("p2015", include_str!("../../../config/rubric/p2015.toml")),
    ("p2019", include_str!("../../../config/rubric/p2019.toml")),
];
/// What they share.
const COMMON: &str = include_str!("../../../config/rubric/common.toml");
/// The longest title, in characters.
const TITLE_CHARS: usize = 120;

/// The rules in force: those of the profile that `file` names, changed by what it says.
pub fn rubric(file: Option<&mut Source>) -> Rubric {
    let Some(file) = file else {
        return shipped(DEFAULT_PROFILE);
    };
    let raw: RawRubric = file.read();
    let profile = file.take("profile", &raw.profile, |text| profile(text));
    let mut rubric = shipped(profile.unwrap_or(DEFAULT_PROFILE));
    lay_over(file, &raw, &mut rubric);
    rubric
}

fn profile(text: &str) -> Result<&'static str, String> {
    let found = PROFILES.iter().find(|(name, _)| *name == text);
    found.map(|(name, _)| *name).ok_or_else(|| {
        let names = PROFILES.iter().map(|(name, _)| *name);
        format!("unknown profile {text:?}; {}", known(text, names))
    })
}

/// A profile as it travels in the binary. That it has no fault is shown by the tests.
fn shipped(profile: &str) -> Rubric {
    let mut rubric = bare(profile);
    let text = PROFILES.iter().find(|(name, _)| *name == profile);
    for text in text.iter().map(|(_, text)| *text).chain([COMMON]) {
        let mut source = Source::new(Path::new("rubric.toml"), text.to_owned(), false);
        let raw: RawRubric = source.read();
        lay_over(&mut source, &raw, &mut rubric);
        debug_assert!(source.into_faults().is_empty(), "{profile}");
    }
    rubric
}

/// No rules, and every choice as it is where nothing else is said.
fn bare(profile: &str) -> Rubric {
    Rubric {
        profile: profile.to_owned(),
        title: String::new(),
        weights: BTreeMap::new(),
        grades: Grades {
            excellent: Points::whole(90),
            good: Points::whole(75),
            pass: Points::whole(60),
        },
        choices: Choices {
            six_months: SixMonths::Days,
            v3a: Together::Sum,
            near_is_reached: true,
            external_links: ExternalLinks::Home,
            simple_reply_working_days: 5,
            reply_working_days: 15,
            bonus: 0,
            veto_most: Points::whole(59),
            unanswered_excludes: Vec::new(),
            per_percent: PerPercent::Linear,
            blank_in_v3b: false,
            levels: Levels::Leaf,
            late: Late::AtEnd,
            unmeasured: Untold::CostsNothing,
            least_samples: 140,
        },
        rules: BTreeMap::new(),
    }
}

/// Changes `rubric` by what `raw` says.
fn lay_over(source: &mut Source, raw: &RawRubric, rubric: &mut Rubric) {
    if let Some(title) = source.take("title", &raw.title, |text| name(text, TITLE_CHARS)) {
        rubric.title = title;
    }
    weights(source, raw, rubric);
    grades(source, raw, &mut rubric.grades);
    choices(source, &raw.choices, &mut rubric.choices);
    shown_failed(source, raw, rubric);
    for (id, raw) in &raw.rule {
        let Some(key) = named(source, id) else {
            continue;
        };
        let before = rubric.rules.get(&key);
        if before.is_none() && is_change(raw.get_ref()) {
            let known = known(key.as_str(), rubric.rules.keys().map(RuleId::as_str));
            source.fault(
                &id.span(),
                format!(
                    "unknown rule {key}; {known}; a new one needs at least area, kind and metric"
                ),
            );
            continue;
        }
        if let Some(rule) = rule::rule(source, &key, raw, before) {
            rubric.rules.insert(key, rule);
        }
    }
    for raw in raw.rule.values() {
        for part in parts(&raw.get_ref().yields_to) {
            if let Some(id) = named(source, part)
                && !rubric.rules.contains_key(&id)
            {
                let known = known(id.as_str(), rubric.rules.keys().map(RuleId::as_str));
                source.fault(
                    &part.span(),
                    format!("yields_to: unknown rule {id}; {known}"),
                );
            }
        }
    }
    for (id, raw) in &raw.rule {
        if let Some(written) = &raw.get_ref().yields_to
            && let Ok(id) = RuleId::parse(id.get_ref())
            && comes_back(rubric, &id)
        {
            let fault = format!("rule {id} yields to itself, or to one that yields to it");
            source.fault(&written.span(), fault);
        }
    }
}

/// Whether a table can only be meant for a rule that is known already.
fn is_change(raw: &RawRule) -> bool {
    raw.area.is_none() && raw.kind.is_none() && raw.metric.is_none()
}

/// Whether a rule yields to itself over others: then nobody would count what all of them find.
fn comes_back(rubric: &Rubric, id: &RuleId) -> bool {
    let yields_to = |id: &RuleId| rubric.rules.get(id).map(|rule| rule.yields_to.clone());
    let mut seen = BTreeSet::new();
    let mut next = yields_to(id).unwrap_or_default();
    while let Some(one) = next.pop() {
        if one == *id {
            return true;
        }
        if seen.insert(one.clone()) {
            next.extend(yields_to(&one).unwrap_or_default());
        }
    }
    false
}

fn named(source: &mut Source, id: &Spanned<String>) -> Option<RuleId> {
    match RuleId::parse(id.get_ref()) {
        Ok(id) => Some(id),
        Err(fault) => {
            source.fault(&id.span(), fault);
            None
        }
    }
}

fn weights(source: &mut Source, raw: &RawRubric, rubric: &mut Rubric) {
    let mut last = None;
    for (area, weight) in &raw.weights {
        let area_of = word(area.get_ref(), "area", Area::ALL, Area::key);
        match (area_of, within(*weight.get_ref(), 0..=100)) {
            (Ok(area), Ok(weight)) => {
                rubric.weights.insert(area, weight);
            }
            (Err(fault), _) => source.fault(&area.span(), fault),
            (_, Err(fault)) => source.fault(&weight.span(), fault),
        }
        last = Some(weight.span());
    }
    let sum: u32 = rubric.weights.values().sum();
    if let Some(last) = last
        && sum != 100
    {
        source.fault(
            &last,
            format!("the weights of the areas are {sum} together; they must be 100"),
        );
    }
}

fn grades(source: &mut Source, raw: &RawRubric, grades: &mut Grades) {
    for (name, key, grade) in [
        ("excellent", &raw.grades.excellent, &mut grades.excellent),
        ("good", &raw.grades.good, &mut grades.good),
        ("pass", &raw.grades.pass, &mut grades.pass),
    ] {
        if let Some(points) = source.take(name, key, points) {
            *grade = points;
        }
    }
    let rises = grades.pass <= grades.good && grades.good <= grades.excellent;
    let written = [&raw.grades.pass, &raw.grades.good, &raw.grades.excellent];
    if let Some(key) = written.into_iter().flatten().next()
        && !rises
    {
        source.fault(
            &key.span(),
            format!(
                "the grades do not rise: pass {}, good {}, excellent {}",
                grades.pass, grades.good, grades.excellent
            ),
        );
    }
}

/// A site with a veto must not be shown with points that pass.
fn shown_failed(source: &mut Source, raw: &RawRubric, rubric: &Rubric) {
    let (most, pass) = (rubric.choices.veto_most, rubric.grades.pass);
    let written = raw.choices.veto_most.as_ref().or(raw.grades.pass.as_ref());
    if let Some(key) = written.filter(|_| pass <= most) {
        source.fault(
            &key.span(),
            format!("veto_most = {most} is not below pass = {pass}: a site with a veto would pass by its points"),
        );
    }
}

/// Points as written: a whole number, or one with at most two places.
pub fn points(value: &toml::Value) -> Result<Points, String> {
    let text = match value {
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        other => {
            let text = other.to_string();
            return Err(format!("{text} is no number of points"));
        }
    };
    let points = Points::parse(&text)
        .ok_or_else(|| format!("{text} is no number of points with at most two places"))?;
    match Points::ZERO <= points && points <= Points::whole(MOST_POINTS) {
        true => Ok(points),
        false => Err(format!("{text} is not between 0 and {MOST_POINTS}")),
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn choices(source: &mut Source, raw: &RawChoices, choices: &mut Choices) {
    let days = |&days: &u32| within(days, 1..=366);
    macro_rules! choose {
        ($field:ident, $what:literal, $($word:literal => $value:expr),+) => {
            let all = &[$(($word, $value)),+];
            let found = source.take(stringify!($field), &raw.$field, |text| {
                word(text, $what, all, |one| one.0)
            });
            set(&mut choices.$field, found.map(|(_, value)| value));
        };
    }
    choose!(six_months, "choice", "days" => SixMonths::Days, "calendar-months" => SixMonths::CalendarMonths);
    choose!(v3a, "choice", "sum" => Together::Sum, "each" => Together::Each);
    choose!(external_links, "choice", "home" => ExternalLinks::Home, "everywhere" => ExternalLinks::Everywhere, "nowhere" => ExternalLinks::Nowhere);
    choose!(per_percent, "choice", "linear" => PerPercent::Linear, "floor" => PerPercent::Floor);
    choose!(levels, "choice", "leaf" => Levels::Leaf, "first" => Levels::First);
    choose!(late, "choice", "at-end" => Late::AtEnd, "any-day" => Late::AnyDay);
    choose!(unmeasured, "choice", "costs-nothing" => Untold::CostsNothing, "left-out" => Untold::LeftOut);
    let flag = |&flag: &bool| Ok(flag);
    let reached = source.take("near_is_reached", &raw.near_is_reached, flag);
    set(&mut choices.near_is_reached, reached);
    let blank = source.take("blank_in_v3b", &raw.blank_in_v3b, flag);
    set(&mut choices.blank_in_v3b, blank);
    let simple = &raw.simple_reply_working_days;
    let simple = source.take("simple_reply_working_days", simple, days);
    set(&mut choices.simple_reply_working_days, simple);
    let reply = source.take("reply_working_days", &raw.reply_working_days, days);
    set(&mut choices.reply_working_days, reply);
    let bonus = source.take("bonus", &raw.bonus, |&bonus| within(bonus, 0..=100));
    set(&mut choices.bonus, bonus);
    let most = source.take("veto_most", &raw.veto_most, points);
    set(&mut choices.veto_most, most);
    // Twenty visits a day for seven days is what the documents ask for; fewer prove nothing.
    let least = source.take("least_samples", &raw.least_samples, |&least| {
        within(least, 140..=10_080)
    });
    set(&mut choices.least_samples, least);
    let words: Option<Vec<String>> = (!parts(&raw.unanswered_excludes).is_empty()).then(|| {
        let words = parts(&raw.unanswered_excludes).iter();
        words.map(|word| word.get_ref().clone()).collect()
    });
    set(&mut choices.unanswered_excludes, words);
}
