//! The paragraph for an annual report with the figures of the assessment.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Assessment;
use super::bulletin::{exempted, faults};
use super::words;
use crate::assess::score::card::{Card, Grade, Line};
use crate::assess::score::fact::Fact;
use crate::assess::score::finding::About;
use crate::assess::score::metric::Metric;
use crate::assess::score::points::Points;
use crate::assess::score::rubric::Area;
use crate::report::plain::full_date;

/// The paragraph.
pub fn paragraph(assessment: &Assessment) -> String {
    let cards = &assessment.cards;
    let Some(first) = cards.first() else {
        return "没有可考评的网站。".to_owned();
    };
    if assessment.is_unseen() {
        let period = assessment.period.in_chinese();
        return format!("{period}没有监测记录，未作考评。");
    }
    let until = match first.is_over {
        true => String::new(),
        false => format!("（截至{}）", full_date(first.to)),
    };
    let mut out = format!(
        "{}{until}，按{}对{}个政府网站进行了考评",
        assessment.period.in_chinese(),
        assessment.rubric.title,
        cards.len()
    );
    let totals: Vec<Points> = cards.iter().filter_map(|card| card.total).collect();
    if let Some(mean) = mean(&totals) {
        let best = totals.iter().max().copied().unwrap_or(Points::ZERO);
        let worst = totals.iter().min().copied().unwrap_or(Points::ZERO);
        let _ = write!(out, "，平均{mean}分，最高{best}分，最低{worst}分");
    }
    out.push('。');
    let graded = |grade| {
        cards
            .iter()
            .filter(|card| card.grade == Some(grade))
            .count()
    };
    let _ = write!(
        out,
        "优秀{}个、良好{}个、合格{}个、不合格{}个",
        graded(Grade::Excellent),
        graded(Grade::Good),
        graded(Grade::Passed),
        graded(Grade::Failed)
    );
    let vetoed = cards.iter().filter(|card| !card.vetoes.is_empty()).count();
    let _ = write!(out, "，其中单项否决{vetoed}个");
    let graded = cards.iter().filter(|card| card.grade.is_some());
    let provisional = graded.filter(|card| !words::is_certain(card)).count();
    if provisional > 0 {
        let _ = write!(out, "，等级为暂定的{provisional}个");
    }
    let ungraded = cards.iter().filter(|card| card.grade.is_none());
    let ungraded = ungraded.filter(|card| card.total.is_some()).count();
    if ungraded > 0 {
        let _ = write!(out, "，测评不足、暂不评级的{ungraded}个");
    }
    out.push('。');
    let areas: Vec<String> = Area::ALL
        .iter()
        .filter_map(|&area| of_area(cards, area))
        .collect();
    if !areas.is_empty() {
        let _ = write!(out, "各领域平均得分：{}。", areas.join("、"));
    }
    out.push_str(&found(cards));
    let exempt = cards.iter().flat_map(exempted);
    let exempt = exempt.filter(|aside| matches!(aside.find.about, About::Column(..)));
    let exempt = exempt.count();
    if exempt > 0 {
        let _ = write!(out, "已报备、不计的栏目{exempt}个。");
    }
    if cards.iter().any(|card| card.measured < Points::FULL) {
        out.push_str("部分内容未测评，未测评的不扣分。");
    }
    let lines = cards.iter().flat_map(faults).map(|line| &line.rule);
    let unverified: BTreeSet<&str> = lines
        .filter(|rule| rule.is_unverified())
        .map(|rule| rule.id.as_str())
        .collect();
    if !unverified.is_empty() {
        let ids: Vec<&str> = unverified.into_iter().collect();
        let _ = write!(
            out,
            "其中规则{}的分值未与文件原文核对（未核实）。",
            ids.join("、")
        );
    }
    out
}

/// How much was found of what a reader asks for first; what was not looked at on any site is left out.
fn found(cards: &[Card]) -> String {
    let links = [Metric::HomeDeadLinks, Metric::DeadLinks];
    let stale = finds(cards, |fact| matches!(fact, Fact::Stale { .. }));
    let blank = finds(cards, |fact| matches!(fact, Fact::Blank { .. }));
    let dead = finds(cards, |fact| matches!(fact, Fact::DeadLink(_))) + entered(cards, &links);
    let all = [
        ("逾期未更新栏目", stale, &[Metric::StaleColumns][..]),
        ("空白栏目", blank, &[Metric::EmptyColumns]),
        ("打不开的链接", dead, &links),
    ];
    let told = all
        .iter()
        .filter(|(_, count, metrics)| *count > 0 || is_measured(cards, metrics));
    let told: Vec<String> = told
        .map(|(what, count, _)| format!("{what}{count}个"))
        .collect();
    match told.is_empty() {
        true => String::new(),
        false => format!("共发现{}。", told.join("、")),
    }
}

/// The lines of these metrics that tell of sites.
fn of_metrics<'a>(cards: &'a [Card], metrics: &'a [Metric]) -> impl Iterator<Item = &'a Line> {
    let areas = cards.iter().flat_map(|card| &card.areas);
    let applying = areas.filter(|area| area.applies);
    let lines = applying.flat_map(|area| &area.lines);
    lines.filter(|line| metrics.contains(&line.rule.metric))
}

fn is_measured(cards: &[Card], metrics: &[Metric]) -> bool {
    of_metrics(cards, metrics).any(|line| line.amount.is_some())
}

/// How many finds people entered under these metrics, in place of what was found.
fn entered(cards: &[Card], metrics: &[Metric]) -> usize {
    let finds = of_metrics(cards, metrics).flat_map(|line| &line.finds);
    let entered = finds.map(|find| match find.fact {
        Fact::Entered { finds, .. } => finds as usize,
        _ => 0,
    });
    entered.sum()
}

fn of_area(cards: &[Card], wanted: Area) -> Option<String> {
    let areas = cards.iter().flat_map(|card| &card.areas);
    let scores: Vec<Points> = areas
        .filter(|area| area.area == wanted && area.applies)
        .filter_map(|area| area.score)
        .collect();
    Some(format!("{}{}分", wanted.in_chinese(), mean(&scores)?))
}

fn mean(points: &[Points]) -> Option<Points> {
    let sum: Points = points.iter().copied().sum();
    let count = i64::try_from(points.len())
        .ok()
        .filter(|count| *count > 0)?;
    Some(sum.share(1, count))
}

/// How many different things were found, of those that the bulletin names; several rules may count one.
fn finds(cards: &[Card], is: impl Fn(&Fact) -> bool) -> usize {
    let of_card = |card: &Card| {
        let mut known: Vec<String> = Vec::new();
        for find in faults(card).flat_map(|line| &line.finds) {
            if !is(&find.fact) {
                continue;
            }
            let name = match &find.fact {
                Fact::DeadLink(link) => link.url.clone(),
                _ => format!("{:?}", find.about),
            };
            if !known.contains(&name) {
                known.push(name);
            }
        }
        known.len()
    };
    cards.iter().map(of_card).sum()
}
