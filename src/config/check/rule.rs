//! One rule of assessment: what is written, over what held before.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;

use super::super::quantity::{name, within};
use super::super::raw::Key;
use super::super::raw::rubric::RawRule;
use super::super::source::Source;
use super::rubric::points;
use super::{parts, word};
use crate::assess::score::metric::{Metric, Shape};
use crate::assess::score::points::Points;
use crate::assess::score::rubric::{Area, Check, Confidence, Kind, Rule, RuleId};
use crate::domain::class::Class;

/// The longest title, in characters.
const TITLE_CHARS: usize = 120;
/// The longest name of a document, in characters.
const SOURCE_CHARS: usize = 60;
/// The longest window: ten years.
const MOST_DAYS: u32 = 3660;
/// The largest threshold.
const MOST: u32 = 100_000;

/// The rule `id` as `raw` says it, over `before` where it is known already.
pub fn rule(
    source: &mut Source,
    id: &RuleId,
    raw: &Spanned<RawRule>,
    before: Option<&Rule>,
) -> Option<Rule> {
    let (table, raw) = (raw.span(), raw.get_ref());
    let mut writing = Writing { source, table };
    let title = |text: &String| name(text, TITLE_CHARS);
    let area = |text: &String| word(text, "area", Area::ALL, Area::key);
    let kind = |text: &String| word(text, "kind", Kind::ALL, Kind::key);
    let metric = |text: &String| word(text, "metric", &Metric::ALL, Metric::key);
    let check = |text: &String| word(text, "check", Check::ALL, Check::key);
    let sure = |text: &String| word(text, "confidence", Confidence::ALL, Confidence::letter);
    let document = |text: &String| name(text, SOURCE_CHARS);
    let old = before;
    let area = writing.needed(
        ("area", "\"publishing\""),
        &raw.area,
        old.map(|r| r.area),
        area,
    );
    let kind = writing.needed(("kind", "\"deduct\""), &raw.kind, old.map(|r| r.kind), kind);
    let metric = writing.needed(
        ("metric", "\"stale-columns\""),
        &raw.metric,
        old.map(|r| r.metric),
        metric,
    );
    let title = writing.needed(
        ("title", "\"财政预决算栏目1年内未更新，每个\""),
        &raw.title,
        old.map(|r| r.title.clone()),
        title,
    );
    let check = writing.needed(
        ("check", "\"auto\""),
        &raw.check,
        old.map(|r| r.check),
        check,
    );
    let confidence = writing.needed(
        ("confidence", "\"P\""),
        &raw.confidence,
        old.map(|r| r.confidence),
        sure,
    );
    let document = writing.needed(
        ("source", "\"自拟\""),
        &raw.source,
        old.map(|r| r.source.clone()),
        document,
    );
    let classes = writing.classes(&raw.classes, old);
    let count = |&count: &u32| within(count, 1..=MOST);
    let days = |&days: &u32| within(days, 1..=MOST_DAYS);
    let near = writing.source.take("near", &raw.near, count);
    let cap = writing.source.take("cap", &raw.cap, points);
    let threshold = writing.or(
        ("threshold", &raw.threshold),
        old.map(|r| r.threshold),
        count,
    );
    let window_days = writing.or(
        ("window_days", &raw.window_days),
        old.map(|r| r.window_days),
        days,
    );
    let points = writing.points(&raw.points, old);
    // Only now, so that every fault of the rule is told.
    let rule = Rule {
        id: id.clone(),
        title: title?,
        area: area?,
        kind: kind?,
        metric: metric?,
        threshold,
        near: near.or_else(|| old.and_then(|rule| rule.near)),
        window_days,
        classes,
        points,
        cap: cap.or_else(|| old.and_then(|rule| rule.cap)),
        check: check?,
        confidence: confidence?,
        source: document?,
        enabled: match (&raw.enabled, old) {
            (Some(enabled), _) => *enabled.get_ref(),
            (None, Some(rule)) => rule.enabled,
            (None, None) => true,
        },
        yields_to: match (&raw.yields_to, old) {
            (None, Some(rule)) => rule.yields_to.clone(),
            // Those that are no names are told where all of them are known.
            _ => parts(&raw.yields_to)
                .iter()
                .filter_map(|part| RuleId::parse(part.get_ref()).ok())
                .collect(),
        },
    };
    writing.sense(&rule, raw);
    Some(rule)
}

/// A rule in the making.
struct Writing<'a> {
    source: &'a mut Source,
    table: Range<usize>,
}

impl Writing<'_> {
    fn needed<T, U>(
        &mut self,
        what: (&str, &str),
        key: &Key<T>,
        before: Option<U>,
        read: impl FnOnce(&T) -> Result<U, String>,
    ) -> Option<U> {
        match (key, before) {
            (None, Some(before)) => Some(before),
            _ => self.source.need(what, &self.table, key, read),
        }
    }

    fn or(
        &mut self,
        (name, key): (&str, &Key<u32>),
        before: Option<u32>,
        read: impl FnOnce(&u32) -> Result<u32, String>,
    ) -> u32 {
        let taken = self.source.take(name, key, read);
        taken.or(before).unwrap_or(0)
    }

    fn points(&mut self, key: &Key<toml::Value>, before: Option<&Rule>) -> Points {
        let taken = self.source.take("points", key, points);
        taken
            .or_else(|| before.map(|rule| rule.points))
            .unwrap_or(Points::ZERO)
    }

    fn classes(
        &mut self,
        key: &Key<BTreeMap<Spanned<String>, Spanned<u32>>>,
        before: Option<&Rule>,
    ) -> BTreeMap<Class, u32> {
        let Some(written) = key else {
            return before.map(|rule| rule.classes.clone()).unwrap_or_default();
        };
        let mut classes = BTreeMap::new();
        for (class, days) in written.get_ref() {
            let found = word(class.get_ref(), "class", &Class::ALL, Class::key);
            match (found, within(*days.get_ref(), 1..=MOST_DAYS)) {
                (Ok(class), Ok(days)) => {
                    classes.insert(class, days);
                }
                (Err(fault), _) => self.source.fault(&class.span(), fault),
                (_, Err(fault)) => self.source.fault(&days.span(), fault),
            }
        }
        classes
    }

    /// Whether the parts of the rule go together.
    fn sense(&mut self, rule: &Rule, raw: &RawRule) {
        let at = raw
            .metric
            .as_ref()
            .map_or(self.table.clone(), Spanned::span);
        let metric = rule.metric.key();
        let mut faults = Vec::new();
        let none = |key: &Spanned<BTreeMap<_, _>>| key.get_ref().is_empty();
        let unwritten = raw.classes.as_ref().is_none_or(none);
        if rule.metric.by_class() && rule.classes.is_empty() && unwritten {
            faults.push(format!(
                "{metric} needs classes, for example classes = {{ news = 14 }}"
            ));
        }
        if !rule.metric.by_class() && raw.classes.is_some() {
            faults.push(format!("{metric} knows no classes"));
        }
        let counted = rule.kind == Kind::Veto && rule.metric != Metric::HomeAge;
        let reached = rule.metric.shape() == Shape::Number || rule.metric == Metric::HomeLoad;
        // Without one the share is only told.
        let reached = reached && rule.metric != Metric::Interpretations;
        if (counted || reached) && rule.threshold == 0 {
            faults.push(format!(
                "{metric} needs a threshold, for example threshold = 5"
            ));
        }
        // Of new items and slow replies something else is said where it is not written.
        let dated = rule.metric.has_window(rule.kind == Kind::Veto)
            && !matches!(
                rule.metric,
                Metric::HomeNewItems | Metric::SlowReplies | Metric::Manual
            );
        if dated && rule.window_days == 0 {
            faults.push(format!(
                "{metric} needs window_days, for example window_days = 14"
            ));
        }
        if rule.kind == Kind::Deduct && rule.points == Points::ZERO {
            faults.push("a deduction needs points, for example points = 3".to_owned());
        }
        if rule.kind == Kind::Veto && rule.points != Points::ZERO {
            faults.push("a veto costs no points; it ends the assessment".to_owned());
        }
        faults.extend(never_near(rule));
        for fault in faults {
            self.source.fault(&at, format!("rule {}: {fault}", rule.id));
        }
        for (key, fault) in unheard(rule, raw) {
            let fault = format!("rule {}: {fault}", rule.id);
            self.source.fault(&key.span(), fault);
        }
    }
}

/// Keys that were written and that the rule does not look at, or that can never be met: whoever wrote
/// them would believe that they hold.
fn unheard<'r>(rule: &Rule, raw: &'r RawRule) -> Vec<(&'r Spanned<u32>, String)> {
    let (metric, is_veto) = (rule.metric.key(), rule.kind == Kind::Veto);
    let mut out = Vec::new();
    if let Some(key) = &raw.window_days
        && !rule.metric.has_window(is_veto)
    {
        let instead = match (rule.metric, rule.metric.by_class()) {
            (_, true) => {
                format!(
                    "{metric} takes its days from classes, for example classes = {{ news = 14 }}"
                )
            }
            (Metric::HomeFailures, _) => {
                format!("{metric} looks at window_days only in a veto; else at the whole period")
            }
            _ => format!("{metric} knows no window_days"),
        };
        out.push((key, instead));
    }
    if let Some(key) = &raw.threshold
        && !rule.metric.has_threshold(is_veto)
    {
        let instead = match rule.metric {
            Metric::HomeAge => {
                format!("{metric} takes its days from window_days, not from threshold")
            }
            _ => format!("{metric} looks at threshold only in a veto; else every find counts"),
        };
        out.push((key, instead));
    }
    if let Some(key) = raw.near.as_ref().filter(|_| !is_veto) {
        out.push((key, "near is looked at only in a veto".to_owned()));
    }
    for (name, key) in [("threshold", &raw.threshold), ("near", &raw.near)] {
        if let (Some(key), Some(most)) = (key, rule.metric.most())
            && most < *key.get_ref()
        {
            let value = key.get_ref();
            let fault = format!("{name} = {value} can never be met: it is percent, at most {most}");
            out.push((key, fault));
        }
    }
    out
}

/// That a veto is called near only where it is hit already, or never.
fn never_near(rule: &Rule) -> Option<String> {
    let near = rule.near.filter(|_| rule.kind == Kind::Veto)?;
    let (bound, what) = match rule.metric {
        Metric::HomeAge => (rule.window_days, "window_days"),
        _ => (rule.threshold, "threshold"),
    };
    let is_beyond = match rule.metric.shape() {
        // Too few are a veto: more of them are near it.
        Shape::Number => near < bound,
        Shape::Finds | Shape::Rate => bound < near,
    };
    is_beyond.then(|| format!("near = {near} is beyond the veto itself, {what} = {bound}"))
}
