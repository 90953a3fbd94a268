//! The bulletin (通报) of a period, in Markdown: ranking, vetoes, what was found site by site, what
//! was not assessed, and the rules as applied.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::mem::discriminant;

use super::Assessment;
use super::notes::notes;
use super::untold::untold;
use super::urgent::{nothing, urgent};
use super::words::{self, find, verdict};
use crate::assess::score::card::{AreaScore, Card, Line, Verdict};
use crate::assess::score::finding::{About, Aside, Spared};
use crate::assess::score::points::Points;
use crate::assess::score::rubric::{Area, Untold};
use crate::report::plain::{full_date, one_line};
use crate::report::rubric::{plain, weights};

/// The longest name in a cell, in characters.
const NAME_CHARS: usize = 30;
/// The most finds of one rule that are told.
const MOST_FINDS: usize = 20;

/// The bulletin.
pub fn markdown(assessment: &Assessment) -> String {
    let mut out = format!("# {}政府网站考评通报\n\n", assessment.period.in_chinese());
    let _ = writeln!(out, "{}\n", opening(assessment));
    for line in notes(assessment) {
        let _ = writeln!(out, "{}\n", cell(&line));
    }
    if assessment.part {
        first(&mut out, assessment);
    }
    out.push_str("## 一、总体情况\n\n");
    out.push_str(&ranking(assessment));
    out.push_str("\n## 二、单项否决\n\n");
    vetoes(&mut out, assessment);
    out.push_str("\n## 三、存在的问题\n\n");
    for card in &assessment.cards {
        problems(&mut out, assessment, card);
    }
    exempt(&mut out, assessment);
    out.push_str("## 四、未测评的内容\n\n");
    for line in untold(assessment) {
        let _ = writeln!(out, "- {line}");
    }
    out.push_str("\n## 五、考评规则\n\n");
    let _ = writeln!(out, "{}\n", rules(assessment));
    out
}

/// What a unit has to mend first.
fn first(out: &mut String, assessment: &Assessment) {
    out.push_str("## 应先整改\n\n");
    for card in &assessment.cards {
        let lines = urgent(card);
        let whose = name(&card.name);
        if lines.is_empty() {
            let _ = writeln!(out, "- {whose}：{}。", nothing(card));
        }
        for line in lines {
            let title = cell(&line.rule.title);
            let _ = writeln!(
                out,
                "- {whose}：规则{}，{title}：{}。",
                line.rule.id,
                verdict(line)
            );
        }
    }
    out.push('\n');
}

/// What was assessed, by what, until when.
pub fn opening(assessment: &Assessment) -> String {
    let Some(first) = assessment.cards.first() else {
        return "没有可考评的网站。".to_owned();
    };
    let to = full_date(first.to);
    let state = match first.is_over {
        true => format!("截至{to}"),
        false => format!("本期尚未结束，截至{to}"),
    };
    let graded = |of: &dyn Fn(&Card) -> bool| assessment.cards.iter().filter(|c| of(c)).count();
    let vetoed = graded(&|card| !card.vetoes.is_empty());
    let scored = graded(&|card| card.total.is_some());
    if assessment.is_unseen() {
        return format!(
            "本期没有监测记录，不作考评；以下按{}（{}）列出，仅供查看，{state}。",
            assessment.rubric.title, assessment.rubric.profile,
        );
    }
    let blank = match assessment.blank.len() {
        0 => String::new(),
        n => format!("，另有{n}个网站未配置网址，不参加考评"),
    };
    format!(
        "按{}（{}），对{}个网站进行考评，{state}。有得分的{scored}个，单项否决{vetoed}个{blank}。",
        assessment.rubric.title,
        assessment.rubric.profile,
        assessment.cards.len(),
    )
}

/// That the period is closed, what its corrections changed, and that the period before is damaged.
pub fn sealed(assessment: &Assessment) -> Vec<String> {
    let seals = assessment.seals.iter().enumerate();
    let told = seals.map(|(place, seal)| {
        let by = one_line(&seal.by, NAME_CHARS);
        let on = full_date(seal.at.date_naive());
        let reason = match seal.reason.is_empty() {
            true => String::new(),
            false => format!("，{}", one_line(&seal.reason, 120)),
        };
        let changes = match seal.changes.is_empty() {
            true => String::new(),
            false => format!("：{}", seal.changes.join("；")),
        };
        match place {
            0 => format!("本期考评已于{on}由{by}封存{reason}。"),
            _ => format!("{on}由{by}更正为第{}版{reason}{changes}。", seal.version,),
        }
    });
    let damaged = assessment.former_damaged.map(|version| {
        format!("上一周期已封存的第{version}版损坏，“较上期”以现有数据重新计算的上期得分为准。")
    });
    told.chain(damaged).collect()
}

fn ranking(assessment: &Assessment) -> String {
    let mut out = String::from("| 名次 | 网站 | 单位 |");
    for area in Area::ALL {
        let _ = write!(out, " {} |", area.in_chinese());
    }
    out.push_str(" 总分 | 较上期 | 等级 | 单项否决 | 已测评 |\n|---|---|---|");
    out.push_str(&"---|".repeat(Area::ALL.len() + 5));
    out.push('\n');
    for card in &assessment.cards {
        let rank = words::ranked(card);
        let _ = write!(
            out,
            "| {rank} | {} | {} |",
            name(&card.name),
            name(&card.unit_name)
        );
        for area in &card.areas {
            let _ = write!(out, " {} |", score(area));
        }
        let _ = writeln!(
            out,
            " {} | {} | {} | {} | {}% |",
            words::total(card),
            words::change(card),
            words::grade(card),
            words::rules(&card.vetoes),
            plain(card.measured)
        );
    }
    out
}

/// The score of an area, with the share that was measured where that is not all.
pub fn score(area: &AreaScore) -> String {
    match (area.applies, area.score) {
        (false, _) => "不适用".to_owned(),
        (true, None) => "未测评".to_owned(),
        (true, Some(score)) if area.measured == Points::FULL => score.to_string(),
        (true, Some(score)) => format!("{score}（测{}%）", plain(area.measured)),
    }
}

fn name(text: &str) -> String {
    cell(&one_line(text, NAME_CHARS))
}

/// Text that neither ends a cell nor begins any markup.
pub(super) fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if matches!(
            c,
            '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#' | '\\' | '!'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn vetoes(out: &mut String, assessment: &Assessment) {
    let cards = &assessment.cards;
    for card in cards {
        let hit = |line: &&Line| card.vetoes.contains(&line.rule.id);
        for line in card.lines().filter(hit) {
            let _ = writeln!(
                out,
                "- {}：{}（规则{}，{}）。",
                name(&card.name),
                cell(&line.rule.title),
                line.rule.id,
                cell(&line.rule.source)
            );
        }
    }
    let is_any = cards.iter().any(|card| !card.vetoes.is_empty());
    if !is_any {
        out.push_str("已测评的项目没有单项否决，未测评的项目见第四部分。\n");
    }
    for (head, was_hit) in NEAR {
        let mut lines = String::new();
        for card in cards {
            let near = card
                .lines()
                .filter(|line| card.near.contains(&line.rule.id));
            let near = near.filter(|line| line.was_hit() == was_hit);
            let told: Vec<String> = near.map(|line| nearly(line, assessment)).collect();
            if !told.is_empty() {
                let _ = writeln!(lines, "- {}：{}。", name(&card.name), told.join("；"));
            }
        }
        if !lines.is_empty() {
            let _ = write!(out, "\n{head}\n\n{lines}");
        }
    }
}

/// What is told of vetoes that are not hit at the end of the period, and whether of those that were before.
const NEAR: [(&str, bool); 2] = [
    ("本期内曾触及单项否决、期末已更新的：", true),
    ("本期内曾接近单项否决的：", false),
];

/// A veto that is near: the rule, and what brings it near.
fn nearly(line: &Line, assessment: &Assessment) -> String {
    let title = cell(&line.rule.title);
    let fact = match line.finds.as_slice() {
        [] => cell(&words::how_near(line, assessment.period.last())),
        [one] => format!("，{}", cell(&find(one, assessment.period.last()))),
        many => format!("，已有{}处", many.len()),
    };
    format!("{title}（规则{}）{fact}", line.rule.id)
}

/// Lines with something to tell: what cost points, was vetoed, or is not kept.
pub fn faults(card: &Card) -> impl Iterator<Item = &Line> {
    let applying = card.areas.iter().filter(|area| area.applies);
    applying.flat_map(|area| &area.lines).filter(|line| {
        matches!(
            line.verdict,
            Verdict::Lost | Verdict::Veto | Verdict::NotKept
        )
    })
}

/// What is not counted because it is exempt, each once: of a home page each kind of thing by itself.
pub fn exempted(card: &Card) -> Vec<&Aside> {
    let applying = card.areas.iter().filter(|area| area.applies);
    let asides = applying
        .flat_map(|area| &area.lines)
        .flat_map(|line| &line.asides);
    let mut known = HashSet::new();
    let exempt = asides.filter_map(|aside| match &aside.why {
        Spared::Exempt { key, .. } => Some((aside, key)),
        _ => None,
    });
    let first = exempt.filter(|(aside, key)| {
        let about = format!("{:?}", aside.find.about);
        known.insert(match aside.find.about {
            About::Column(..) => (about, None),
            _ => (about, Some((*key, discriminant(&aside.find.fact)))),
        })
    });
    first.map(|(aside, _)| aside).collect()
}

fn exempt(out: &mut String, assessment: &Assessment) {
    let mut lines = String::new();
    for card in &assessment.cards {
        for aside in exempted(card) {
            let (what, why) = (find(&aside.find, card.to), words::spared(aside, card.to));
            let _ = writeln!(
                lines,
                "- {}：{}；{}。",
                name(&card.name),
                cell(&what),
                cell(&why)
            );
        }
    }
    if !lines.is_empty() {
        let _ = writeln!(out, "### 已报备，不计\n\n{lines}");
    }
}

fn problems(out: &mut String, assessment: &Assessment, card: &Card) {
    let mut lines = faults(card).peekable();
    if lines.peek().is_none() {
        return;
    }
    let _ = writeln!(
        out,
        "### {}（{}）\n",
        name(&card.name),
        name(&card.unit_name)
    );
    for line in lines {
        let unverified = match line.rule.is_unverified() {
            true => "，未核实",
            false => "",
        };
        let _ = writeln!(
            out,
            "- 规则{}，{}：{}{unverified}。",
            line.rule.id,
            cell(&line.rule.title),
            verdict(line)
        );
        for one in line.finds.iter().take(MOST_FINDS) {
            let _ = writeln!(out, "  - {}。", cell(&find(one, card.to)));
        }
        for said in assessment.statements_of(card, line) {
            let _ = writeln!(out, "  - {}。", cell(&words::statement(said, card.to)));
        }
        if let Some(more) = line.finds.len().checked_sub(MOST_FINDS).filter(|n| *n > 0) {
            let _ = writeln!(out, "  - 另有{more}处，见明细。");
        }
    }
    out.push('\n');
}

/// The rules in one paragraph.
pub fn rules(assessment: &Assessment) -> String {
    let rubric = &assessment.rubric;
    let unverified: Vec<&str> = rubric
        .enabled()
        .filter(|rule| rule.is_unverified())
        .map(|rule| rule.id.as_str())
        .collect();
    let unverified = match unverified.is_empty() {
        true => String::new(),
        false => format!(
            "规则{}的分值未与文件原文核对（未核实）。",
            unverified.join("、")
        ),
    };
    let (total, ungraded) = match rubric.choices.unmeasured {
        Untold::CostsNothing => (
            "总分为100减去各领域扣分的加权平均；未测评的内容没有得分，也不扣分",
            "，不足50%的暂不评级",
        ),
        Untold::LeftOut => (
            "总分为已测评领域的加权平均；未测评的内容既不计满分也不扣分",
            "",
        ),
    };
    format!(
        "领域权重：{}（自拟）。领域得分为100减去该领域扣分，{total}，\
        “已测评”为有测量依据的分值所占比例，未满100%的等级为暂定{ungraded}。\
        单项否决的网站总分至多显示{}分，等级为不合格。{unverified}共{}条规则启用。",
        weights(rubric),
        plain(rubric.choices.veto_most),
        rubric.enabled().count(),
    )
}
