//! What one set of rules says otherwise than another, in Chinese: figures of both are not comparable.

use serde_json::{Map, Value};

use crate::assess::score::rubric::{Area, Rubric, Rule};

/// What `after` says otherwise than `before`; empty where both are the same.
pub fn differences(before: &Rubric, after: &Rubric) -> Vec<String> {
    let mut out = Vec::new();
    if before.profile != after.profile {
        out.push(format!("规则由{}改为{}", before.profile, after.profile));
    }
    for area in Area::ALL {
        let of = |rubric: &Rubric| rubric.weights.get(area).copied().unwrap_or(0);
        let (old, new) = (of(before), of(after));
        if old != new {
            out.push(format!("{}权重由{old}改为{new}", area.in_chinese()));
        }
    }
    if before.grades != after.grades {
        out.push("等级线有改动".to_owned());
    }
    let (old, new) = (keys(&before.choices), keys(&after.choices));
    for (key, value) in &new {
        if old.get(key) != Some(value) {
            out.push(format!("取舍{key}有改动"));
        }
    }
    let is_on =
        |rubric: &Rubric, rule: &Rule| rubric.rules.get(&rule.id).is_some_and(|rule| rule.enabled);
    for rule in after.enabled().filter(|rule| !is_on(before, rule)) {
        out.push(format!("增加规则{}", rule.id));
    }
    for rule in before.enabled().filter(|rule| !is_on(after, rule)) {
        out.push(format!("停用规则{}", rule.id));
    }
    for rule in after.enabled() {
        let old = before.rules.get(&rule.id).filter(|old| old.enabled);
        if let Some(old) = old.filter(|old| is_other(old, rule)) {
            let points = match old.points == rule.points {
                true => "有改动".to_owned(),
                false => format!("扣分由{}改为{}", old.points, rule.points),
            };
            out.push(format!("规则{}{points}", rule.id));
        }
    }
    out
}

/// Whether two rules can come to another outcome; how they are worded and proven is nothing.
fn is_other(old: &Rule, new: &Rule) -> bool {
    let told = |rule: &Rule| Rule {
        title: String::new(),
        source: String::new(),
        confidence: new.confidence,
        near: None,
        ..rule.clone()
    };
    told(old) != told(new)
}

fn keys(choices: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(choices) {
        Ok(Value::Object(keys)) => keys,
        _ => Map::new(),
    }
}
