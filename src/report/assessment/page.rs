//! The assessment as a page that prints well on A4: the bulletin's summary, and one sheet a site.
//! Everything is escaped by one function; the page needs no script and no other file.

use std::fmt::Write as _;

use super::Assessment;
use super::bulletin::{opening, rules, score};
use super::notes::notes;
use super::shown::shown;
use super::untold::untold;
use super::urgent::{nothing, urgent};
use super::words::{self, evidence, find, verdict};
use crate::assess::score::card::{Card, Line, Verdict};
use crate::assess::score::rubric::Area;
use crate::report::plain::full_date;
use crate::report::rubric::{confidence, plain};

/// The most finds of one rule that are printed.
const MOST_FINDS: usize = 50;

const STYLE: &str = "@page{size:A4;margin:18mm 15mm}\
body{font:10.5pt/1.6 'Noto Serif CJK SC','Source Han Serif SC',SimSun,serif;color:#111;margin:0 auto;padding:0 .5mm;max-width:190mm}\
h1{font-size:18pt;text-align:center;margin:0 0 6mm}h2{font-size:13pt;margin:6mm 0 2mm}h3{font-size:11pt;margin:4mm 0 1mm}\
table{border-collapse:collapse;width:100%;margin:2mm 0;font-size:9pt}th,td{border:.3mm solid #777;padding:1mm 1.5mm;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
th{background:#eee}thead{display:table-header-group}tr div,tr p{break-inside:avoid}h1,h2,h3{break-after:avoid}section{break-before:page}td.n{text-align:right;white-space:nowrap}td.w,th{overflow-wrap:normal;word-break:keep-all}td.s{min-width:6em}.r{font-size:8pt}.r th,.r td{padding:.7mm}.r th{word-break:normal}\
.veto{color:#a00;font-weight:bold}.quiet{color:#555}ul{margin:1mm 0;padding-left:5mm}footer{margin-top:6mm;font-size:9pt;color:#555}";

/// The page.
pub fn html(assessment: &Assessment) -> String {
    let title = format!("{}政府网站考评", assessment.period.in_chinese());
    let mut out = format!(
        "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{}</title>\
        <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head><body>\n\
        <h1>{}</h1>\n<p>{}</p>\n",
        escaped(&title),
        escaped(&title),
        escaped(&opening(assessment))
    );
    for line in notes(assessment) {
        let _ = writeln!(out, "<p class=\"quiet\">{}</p>", escaped(&line));
    }
    // A unit reads first what it has to mend, and last what was not looked at.
    if assessment.part {
        to_mend(&mut out, assessment);
        ranking(&mut out, assessment);
        sheets(&mut out, assessment);
        beside(&mut out, assessment);
    } else {
        ranking(&mut out, assessment);
        beside(&mut out, assessment);
        sheets(&mut out, assessment);
    }
    let _ = write!(
        out,
        "<footer>{}　{}制表</footer>\n</body></html>\n",
        escaped(&assessment.operator),
        full_date(assessment.at.date_naive())
    );
    out
}

/// What each site of a part has to mend first.
fn to_mend(out: &mut String, assessment: &Assessment) {
    out.push_str("<h2>应先整改</h2>\n<ul>");
    for card in &assessment.cards {
        let whose = escaped(&card.name);
        let lines = urgent(card);
        if lines.is_empty() {
            let _ = write!(out, "<li>{whose}：{}</li>", escaped(&nothing(card)));
        }
        for line in lines {
            let _ = write!(out, "<li>{whose}：{}</li>", to_be_mended(line));
        }
    }
    out.push_str("</ul>\n");
}

fn to_be_mended(line: &Line) -> String {
    let title = escaped(&line.rule.title);
    format!("规则{}，{title}：{}", line.rule.id, verdict(line))
}

/// A sheet for each site.
fn sheets(out: &mut String, assessment: &Assessment) {
    for card in &assessment.cards {
        sheet(out, assessment, card);
    }
}

/// What was not assessed, and the rules.
fn beside(out: &mut String, assessment: &Assessment) {
    out.push_str("<h2>未测评的内容</h2>\n<ul>");
    for line in untold(assessment) {
        let _ = write!(out, "<li>{}</li>", escaped(&line.replace('\\', "")));
    }
    let _ = write!(
        out,
        "</ul>\n<h2>考评规则</h2>\n<p>{}</p>\n",
        escaped(&rules(assessment))
    );
}

fn ranking(out: &mut String, assessment: &Assessment) {
    out.push_str("<table class=\"r\"><thead><tr><th>名次</th><th>网站</th>");
    for area in Area::ALL {
        let _ = write!(out, "<th>{}</th>", area.in_chinese());
    }
    out.push_str("<th>总分</th><th>较上期</th><th>等级</th><th>单项否决</th><th>已测评</th></tr></thead><tbody>\n");
    for card in &assessment.cards {
        let rank = words::ranked(card);
        let _ = write!(
            out,
            "<tr><td class=\"n\">{rank}</td><td class=\"s\">{}</td>",
            escaped(&card.name)
        );
        for area in &card.areas {
            // What was measured stands below the score: ten columns have the width of one sheet.
            let score = score(area).replace("（测", "<br>测").replace("%）", "%");
            let _ = write!(out, "<td class=\"w\">{score}</td>");
        }
        let _ = writeln!(
            out,
            "<td class=\"w\">{}</td><td class=\"n\">{}</td><td class=\"w\">{}</td><td class=\"w\">{}</td><td class=\"n\">{}%</td></tr>",
            words::total(card),
            words::change(card),
            words::grade(card),
            words::rules(&card.vetoes),
            plain(card.measured)
        );
    }
    out.push_str("</tbody></table>\n");
}

fn sheet(out: &mut String, assessment: &Assessment, card: &Card) {
    let _ = write!(
        out,
        "<section><h2>{}（{}）</h2>\n<p>总分{}，等级{}，名次{}{}，已测评{}%。",
        escaped(&card.name),
        escaped(&card.unit_name),
        words::total(card),
        words::grade(card),
        words::rank(card),
        match assessment.part && card.rank.is_some() {
            true => "（在全部网站中）",
            false => "",
        },
        plain(card.measured)
    );
    if let Some(watched) = words::watched(card) {
        let _ = write!(out, "本期{}。", escaped(&watched));
    }
    if !card.vetoes.is_empty() {
        let _ = write!(
            out,
            "<span class=\"veto\">单项否决：{}。</span>",
            words::rules(&card.vetoes)
        );
    }
    let (were_hit, near) = words::nearly(card);
    for (said, rules) in [
        ("本期内曾触及否决、期末已更新", were_hit),
        ("本期内曾接近否决", near),
    ] {
        if !rules.is_empty() {
            let _ = write!(out, "{said}：{}。", words::rules(&rules));
        }
    }
    out.push_str("</p>\n");
    // Of one site that stands before all else.
    if !assessment.part || assessment.cards.len() > 1 {
        first(out, card);
    }
    for area in &card.areas {
        let _ = write!(
            out,
            "<h3>{}　{}　权重{}</h3>\n<table><thead><tr><th>规则</th><th>内容</th><th>结论</th><th>事实和证据</th></tr></thead><tbody>\n",
            area.area.in_chinese(),
            score(area),
            area.weight
        );
        for line in &area.lines {
            row(out, assessment, card, line);
        }
        out.push_str("</tbody></table>\n");
    }
    out.push_str("</section>\n");
}

/// What to mend first: vetoes, then what costs most.
fn first(out: &mut String, card: &Card) {
    let lines = urgent(card);
    if lines.is_empty() {
        return;
    }
    out.push_str("<h3>应先整改</h3>\n<ul>");
    for line in lines {
        let _ = write!(out, "<li>{}</li>", to_be_mended(line));
    }
    out.push_str("</ul>\n");
}

fn row(out: &mut String, assessment: &Assessment, card: &Card, line: &Line) {
    let class = match line.verdict {
        Verdict::Veto => " class=\"veto\"",
        Verdict::Unmeasured(_) | Verdict::NotApplying => " class=\"quiet\"",
        _ => "",
    };
    let unverified = match line.rule.is_unverified() {
        true => "（未核实）",
        false => "",
    };
    let _ = write!(
        out,
        "<tr><td class=\"w\">{}</td><td>{}{unverified}<br><span class=\"quiet\">{}，{}</span></td><td{class}>{}</td><td>",
        line.rule.id,
        escaped(&line.rule.title),
        escaped(&line.rule.source),
        escaped(&confidence(&line.rule)),
        verdict(line)
    );
    let shown = shown(card, line, MOST_FINDS);
    for (one, why) in &shown.finds {
        let proof = evidence(one, card.to);
        let why = if why.is_empty() {
            String::new()
        } else {
            format!("（{why}）")
        };
        let _ = write!(
            out,
            "<div>{}{}<br><span class=\"quiet\">{}</span></div>",
            escaped(&find(one, card.to)),
            escaped(&why),
            escaped(&proof)
        );
    }
    for said in assessment.statements_of(card, line) {
        let said = words::statement(said, card.to);
        let _ = write!(out, "<div><b>{}</b></div>", escaped(&said));
    }
    if let Some(more) = shown.more("CSV明细") {
        let _ = write!(out, "<div class=\"quiet\">{more}</div>");
    }
    out.push_str("</td></tr>\n");
}

/// Text that is no markup, wherever it stands.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
