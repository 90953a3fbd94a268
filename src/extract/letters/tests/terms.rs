//! Letters in lists of terms and definitions, and the places of answers in them.

use super::*;

/// Letters in lists of definitions: one list a letter, one list for all, and without links.
#[test]
fn letters_in_lists_of_definitions() {
    let letters = [
        (
            "关于申请廉租住房的咨询",
            "2017-11-01",
            "2017-11-03",
            "已回复",
        ),
        (
            "关于小区物业收费的咨询",
            "2017-10-20",
            "2017-10-27",
            "已办结",
        ),
        ("关于养老金发放日期的咨询", "2017-08-01", "", "办理中"),
    ];
    let told = expected(&[
        (
            "关于申请廉租住房的咨询",
            "2017-11-01",
            "2017-11-03",
            "answered",
        ),
        (
            "关于小区物业收费的咨询",
            "2017-10-20",
            "2017-10-27",
            "answered",
        ),
        ("关于养老金发放日期的咨询", "2017-08-01", "", "open"),
    ]);
    let written = |template: &str| -> String {
        let rows = letters.iter().enumerate();
        rows.map(|(n, (title, asked, answered, state))| {
            template
                .replace("{n}", &n.to_string())
                .replace("{t}", title)
                .replace("{a}", asked)
                .replace("{r}", answered)
                .replace("{s}", state)
        })
        .collect()
    };
    let cases = [
        (
            "one list a letter",
            "<dl><dt><a href='{n}.html'>{t}</a></dt><dd>来信时间：{a}</dd><dd>回复时间：{r}</dd><dd>{s}</dd></dl>",
            false,
        ),
        (
            "one list for all",
            "<dt><a href='{n}.html'>{t}</a></dt><dd>来信时间：{a}</dd><dd>回复时间：{r}</dd><dd>{s}</dd>",
            true,
        ),
        (
            "one list for all, all in one definition",
            "<dt><a href='{n}.html'>{t}</a></dt><dd><span>来信时间：{a}</span><span>回复时间：{r}</span><span>{s}</span></dd>",
            true,
        ),
        (
            "labels apart from what they tell",
            "<dl><dt>标题：</dt><dd><a href='{n}.html'>{t}</a></dd><dt>来信时间：</dt><dd>{a}</dd>\
             <dt>回复时间：</dt><dd>{r}</dd><dt>办理状态：</dt><dd>{s}</dd></dl>",
            false,
        ),
        (
            "without links",
            "<dl><dt>{t}</dt><dd>来信时间：{a}</dd><dd>回复时间：{r}</dd><dd>{s}</dd></dl>",
            false,
        ),
        (
            "without links, one list for all",
            "<dt>{t}</dt><dd>来信时间：{a}</dd><dd>回复时间：{r}</dd><dd>{s}</dd>",
            true,
        ),
        (
            "labels apart, one list for all",
            "<dt>标题：</dt><dd><a href='{n}.html'>{t}</a></dd><dt>来信时间：</dt><dd>{a}</dd>\
             <dt>回复时间：</dt><dd>{r}</dd><dt>办理状态：</dt><dd>{s}</dd>",
            true,
        ),
        (
            "the answer in a definition",
            "<dl><dt>问：{t}</dt><dd>来信时间：{a}</dd><dd>答复时间：{r}</dd><dd>状态：{s}</dd></dl>",
            false,
        ),
        (
            "states before links",
            "<dl><dt><span>[{s}]</span><a href='{n}.html'>{t}</a></dt><dd>来信时间：{a} 回复时间：{r}</dd></dl>",
            false,
        ),
        (
            "links in definitions",
            "<dd><a href='{n}.html'>{t}</a><span>来信时间：{a}</span><span>回复时间：{r}</span><em>{s}</em></dd>",
            true,
        ),
        (
            "heads above, one list a letter",
            "<dl><dt><a href='{n}.html'>{t}</a></dt><dd>{a}</dd><dd>{r}</dd><dd>{s}</dd></dl>",
            false,
        ),
        (
            "labels apart, without links",
            "<dl><dt>信件标题：</dt><dd>{t}</dd><dt>来信时间：</dt><dd>{a}</dd>\
             <dt>回复时间：</dt><dd>{r}</dd><dt>办理状态：</dt><dd>{s}</dd></dl>",
            false,
        ),
    ];
    let mut failed = Vec::new();
    for (name, template, whole) in cases {
        let heads = "<dl><dt>标题</dt><dd>来信时间</dd><dd>回复时间</dd><dd>状态</dd></dl>";
        let rows = match name.starts_with("heads") {
            true => format!("{heads}{}", written(template)),
            false => written(template),
        };
        let html = match whole {
            true => format!("<div class=list><dl>{rows}</dl></div>"),
            false => format!("<div class=list>{rows}</div>"),
        };
        let letters = list(&framed(&html), None, today());
        let read = shown(&letters);
        let is_linked = template.contains("href");
        let mut letters = letters.iter();
        if read != told || letters.any(|letter| letter.url.is_some() != is_linked) {
            failed.push(format!("{name}: {read:?}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn a_blank_place_for_the_day_of_the_answer_says_that_a_letter_waits_where_others_fill_it() {
    let rows = |days: [&str; 3], open: &str, close: &str| -> String {
        let rows = days.iter().enumerate();
        rows.map(|(n, day)| {
            let said = match close {
                "</dl>" => format!("<dt>答复时间</dt><dd>{day}</dd>"),
                _ => format!("答复时间：{day}"),
            };
            open.replace("{n}", &n.to_string()) + &said + close
        })
        .collect()
    };
    let terms = "<dl><dt><a href='{n}.html'>关于企业{n}科技项目申报的咨询</a></dt><dd>来信时间：2017-0{n}-0{n}</dd><dd>"
        .replace("0{n}-0{n}", "05-1{n}");
    let lines = "<li><a href='{n}.html'>关于企业{n}科技项目申报的咨询</a><span>来信时间：2017-05-1{n}</span><span>";
    let waits = |days: [&str; 3], open: &str, close: &str| -> Vec<bool> {
        let html = format!("<div class=list>{}</div>", rows(days, open, close));
        let letters = list(&framed(&html), None, today());
        letters.iter().map(|letter| letter.told.is_open()).collect()
    };
    let apart = terms.replace("<dd>来信时间：", "<dt>来信时间</dt><dd>");
    let apart = apart.replace("</dd><dd>", "</dd>");
    for (open, close) in [
        (terms.as_str(), "</dd></dl>"),
        (apart.as_str(), "</dl>"),
        (lines, "</span></li>"),
    ] {
        for blank in ["", "—", "&nbsp;"] {
            let days = ["2017-05-20", blank, "2017-05-22"];
            assert_eq!(
                waits(days, open, close),
                [false, true, false],
                "{open} {blank:?}"
            );
        }
        // Where no letter has one, answers may stand elsewhere.
        assert_eq!(waits(["", "", ""], open, close), [false; 3], "{open}");
        // What stands there without being a day is no blank.
        let days = ["2017-05-20", "见正文", "2017-05-22"];
        assert_eq!(waits(days, open, close), [false; 3], "{open}");
    }
}
