//! What one set of rules says otherwise than another, in Chinese: figures of both are not comparable.

use crate::assess::score::rubric::{Area, Choices, Rubric, Rule};

/// What `after` says otherwise than `before`; empty where both are the same.
pub fn differences(before: &Rubric, after: &Rubric) -> Vec<String> {
    let mut out = Vec::new();
    if before.profile != after.profile {
        out.push(format!("规则由{}改为{}", before.title, after.title));
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
    let chosen = choices(&before.choices, &after.choices);
    out.extend(chosen.map(|what| format!("{what}有改动")));
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

/// What was chosen otherwise, by name.
fn choices(before: &Choices, after: &Choices) -> impl Iterator<Item = &'static str> {
    let Choices {
        six_months,
        v3a,
        near_is_reached,
        external_links,
        simple_reply_working_days,
        reply_working_days,
        bonus,
        veto_most,
        unanswered_excludes,
        per_percent,
        blank_in_v3b,
        levels,
        late,
        unmeasured,
        least_samples,
    } = after;
    let all = [
        ("六个月的算法", *six_months != before.six_months),
        ("V3a两类栏目的计算方法", *v3a != before.v3a),
        ("接近否决的界线", *near_is_reached != before.near_is_reached),
        (
            "外部链接的检查范围",
            *external_links != before.external_links,
        ),
        (
            "简单问题的答复时限",
            *simple_reply_working_days != before.simple_reply_working_days,
        ),
        (
            "来信的答复时限",
            *reply_working_days != before.reply_working_days,
        ),
        ("加分上限", *bonus != before.bonus),
        ("单项否决后的最高得分", *veto_most != before.veto_most),
        (
            "不计未答复来信的栏目",
            *unanswered_excludes != before.unanswered_excludes,
        ),
        ("按比例扣分的算法", *per_percent != before.per_percent),
        (
            "空白栏目计入V3b的规定",
            *blank_in_v3b != before.blank_in_v3b,
        ),
        ("多级栏目的计算方法", *levels != before.levels),
        ("栏目逾期的认定时间", *late != before.late),
        ("未测评内容的计分方法", *unmeasured != before.unmeasured),
        ("首页的最少监测次数", *least_samples != before.least_samples),
    ];
    let other = all.into_iter().filter(|(_, is_other)| *is_other);
    other.map(|(what, _)| what)
}
