//! What a person should know of a proposed column: how sure it is and why, how it was found, how
//! often it is updated, and what its limit means.

use url::Url;

use super::gaps::{Gaps, Pace};
use super::proposal::{ClassBy, Proposal};
use crate::assess::limits::Limits;
use crate::domain::class::Class;

/// The remarks on a column, line by line.
pub fn of(column: &Proposal) -> Vec<String> {
    let mut remarks = vec![
        format!(
            "置信度：{}（{}）",
            column.confidence().in_chinese(),
            reasons(column)
        ),
        format!("发现方式：{}", ways(column)),
        dates(column),
        limit(column.class),
    ];
    remarks.extend(pace(column));
    if !column.also.is_empty() {
        let also: Vec<&str> = column.also.iter().take(5).map(Url::as_str).collect();
        remarks.push(format!("同一页面的其他网址：{}", also.join("、")));
    }
    remarks
}

fn reasons(column: &Proposal) -> String {
    let class = column.class.in_chinese();
    let by = match column.by {
        ClassBy::Stated(hit) => Some(format!("ColumnType标明“{}”，属{class}类", hit.word)),
        ClassBy::Named(hit) if hit.whole => Some(format!("名称“{}”属{class}类", hit.word)),
        ClassBy::Named(hit) if hit.is_sure() => Some(format!("名称含“{}”，属{class}类", hit.word)),
        ClassBy::Named(_) | ClassBy::Guess => None,
    };
    let mut reasons: Vec<String> = by.into_iter().collect();
    reasons.extend(column.doubts.iter().cloned());
    reasons.join("；")
}

fn ways(column: &Proposal) -> String {
    let mut ways: Vec<String> = Vec::new();
    for (way, name) in &column.ways {
        let said = if name.is_empty() {
            way.in_chinese().to_owned()
        } else {
            format!("{}（{name}）", way.in_chinese())
        };
        ways.push(said);
    }
    if column.has_trail {
        ways.push("页面有面包屑".to_owned());
    }
    if column.states_name {
        ways.push("页面有ColumnName".to_owned());
    }
    ways.join("、")
}

fn dates(column: &Proposal) -> String {
    if column.is_empty {
        return "条目：无".to_owned();
    }
    let newest = column
        .newest
        .map_or_else(|| "最新日期未知".to_owned(), |on| format!("最新{on}"));
    let rows = match column.dated {
        0 => format!("{}行，行中没有日期", column.rows),
        dated => format!("{}行，{dated}行有日期", column.rows),
    };
    let gaps = match &column.gaps {
        Some(Gaps {
            days,
            median,
            most,
            longest,
        }) => {
            format!("所示{days}个日期之间，间隔中位{median}天，九成不超过{most}天，最长{longest}天")
        }
        None => "日期不足，间隔无从统计".to_owned(),
    };
    format!("条目：{rows}，{newest}；{gaps}")
}

fn limit_of(class: Class) -> u32 {
    let limits = Limits::default();
    let rule = limits
        .classes
        .get(&class)
        .or_else(|| limits.classes.get(&Class::Other));
    rule.map_or(365, |rule| rule.limit_days)
}

fn limit(class: Class) -> String {
    let days = limit_of(class);
    format!(
        "时限：{}类默认{days}天（见monitor.toml），最近更新后第{}天起算超期；可用 limit_days 单独规定",
        class.in_chinese(),
        days + 1
    )
}

/// What the usual gap says of the limit.
fn pace(column: &Proposal) -> Option<String> {
    let gaps = column.gaps?;
    let days = limit_of(column.class);
    match gaps.pace(days) {
        Pace::Fitting => None,
        Pace::TooSlow => Some(format!(
            "注意：通常{}天才更新一次，比时限{days}天慢，请核对类别",
            gaps.median
        )),
        Pace::MuchFaster => Some(format!(
            "注意：最长间隔只有{}天，远短于时限{days}天，停更后很久才会发现，可考虑更短的 limit_days",
            gaps.longest
        )),
    }
}
