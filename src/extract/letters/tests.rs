//! Synthetic pages, after what is described of such letter-boxes; none is a copy of a real one.

mod platforms;
mod short;
mod terms;

use super::*;

fn page(html: &str) -> Page {
    Page {
        url: "http://www.example.cn/zmhd/xx/".parse().unwrap(),
        status: 200,
        content_type: Some("text/html; charset=utf-8".to_owned()),
        body: html.as_bytes().to_vec(),
    }
}

fn framed(body: &str) -> Page {
    page(&format!(
        "<html><head><meta charset=utf-8><title>区长信箱</title></head><body><div class=nav><a href=/a/>首页</a>\
         <a href=/b/>政民互动栏目</a></div>{body}<div class=footer>主办单位：某区科信委 来信时间：2001-01-01</div></body></html>"
    ))
}

fn today() -> Date {
    "2017-11-20".parse().unwrap()
}

fn on(text: &str) -> Option<Date> {
    text.parse().ok()
}

fn shown(letters: &[ListedLetter]) -> Vec<(String, String, String, &'static str)> {
    let day = |on: Option<Date>| on.map(|on| on.to_string()).unwrap_or_default();
    letters
        .iter()
        .map(|letter| {
            let told = &letter.told;
            let state = match (told.is_open(), told.is_answered()) {
                (true, _) => "open",
                (_, true) => "answered",
                _ => "",
            };
            (
                letter.title.clone(),
                day(told.asked_on),
                day(told.answered_on),
                state,
            )
        })
        .collect()
}

fn expected(
    rows: &[(&str, &str, &str, &'static str)],
) -> Vec<(String, String, String, &'static str)> {
    rows.iter()
        .map(|(title, asked, answered, state)| {
            (
                (*title).to_owned(),
                (*asked).to_owned(),
                (*answered).to_owned(),
                *state,
            )
        })
        .collect()
}

/// A table with heads, as JSP letter-boxes and JACT print it.
#[test]
fn a_table_says_by_its_heads_what_its_days_are() {
    let rows: String = [
        ("关于路灯不亮的问题", "2017-11-01 09:30", "2017-11-03", "已回复"),
        ("咨询办理居住证的条件", "2017-10-20 10:00", "2017-10-27", "已办结"),
        ("反映施工噪音扰民问题", "2017-08-01 08:00", "", "办理中"),
        ("建议增设公共自行车站点", "2017-07-01 08:00", "-", ""),
    ]
    .iter()
    .enumerate()
    .map(|(n, (title, asked, answered, state))| {
        format!(
            "<tr><td>{n}</td><td><a href='mailpubdetail.do?transactId={n}&sysid=2'>{title}</a></td><td>区科信委</td>\
             <td>{asked}</td><td>{answered}</td><td>{state}</td></tr>"
        )
    })
    .collect();
    let html = format!(
        "<table><tr><th>编号</th><th>标题</th><th>受理单位</th><th>来信时间</th><th>回复时间</th><th>状态</th></tr>{rows}</table>"
    );
    let letters = list(&framed(&html), None, today());
    assert_eq!(
        shown(&letters),
        expected(&[
            ("关于路灯不亮的问题", "2017-11-01", "2017-11-03", "answered"),
            (
                "咨询办理居住证的条件",
                "2017-10-20",
                "2017-10-27",
                "answered"
            ),
            ("反映施工噪音扰民问题", "2017-08-01", "", "open"),
            ("建议增设公共自行车站点", "2017-07-01", "", "open"),
        ])
    );
    assert!(letters.iter().all(|letter| letter.told.unit));
    assert_eq!(
        letters[0].url.as_deref(),
        Some("http://www.example.cn/zmhd/xx/mailpubdetail.do?transactId=0&sysid=2")
    );
}

/// What stands in a row's own cell of answers is an answer, as on the page of the letter; greetings, labels and
/// states are none.
#[test]
fn a_cell_of_answers_with_words_in_it_is_an_answer() {
    let states = |head: &str, cells: &[&str]| -> Vec<&'static str> {
        let rows = cells.iter().enumerate().map(|(n, cell)| {
            format!(
                "<tr><td><a href=/xx/{n}.html>关于第{n}件事项的咨询</a></td><td>2017-08-0{}</td><td>{cell}</td></tr>",
                n + 1
            )
        });
        let rows: String = rows.collect();
        let html =
            format!("<table><tr><th>标题</th><th>来信时间</th><th>{head}</th></tr>{rows}</table>");
        let letters = shown(&list(&framed(&html), None, today()));
        letters.into_iter().map(|letter| letter.3).collect()
    };
    let answer = "经核实，该处路灯已于8月3日修复。";
    for filled in [
        answer,
        "您好！请携带身份证件到就近网点办理。",
        "<a href=/xx/9.html>尊敬的张先生：您反映的问题已转交并解决，感谢关注。</a>",
    ] {
        let told = states("答复内容", &[filled, "", filled]);
        assert_eq!(told, ["answered", "open", "answered"], "{filled}");
    }
    for bare in [
        "无",
        "—",
        "待回复",
        "暂无答复内容",
        "您好！",
        "尊敬的西城区网友：您好！感谢您的来信。",
        "<a href=/xx/9.html>点击查看答复内容</a>",
        "您好，您的来信已收悉。",
        "您的来信已收到，正在办理中，请耐心等待。",
        "已转有关部门办理",
    ] {
        let told = states("答复内容", &[answer, bare, answer]);
        assert_ne!(told[1], "answered", "{bare}");
        let alone = states("答复内容", &[bare, bare, bare]);
        assert!(!alone.contains(&"answered"), "{bare}");
    }
    // A place that is said to be bare is as good as one.
    assert_eq!(states("答复内容", &[answer, "暂无", answer])[1], "open");
    for state in ["待办", "审核中"] {
        assert_eq!(states("办理状态", &[state, "已回复", "已回复"])[0], "open");
    }
    // Who has a letter now is no answer, whatever the place is called.
    for passed_on in [
        "区住建委承办中",
        "该件已由区住建委受理",
        "已转交区住建委，请关注后续答复情况",
    ] {
        for head in ["办理结果", "处理结果", "答复内容"] {
            let told = states(head, &[answer, passed_on, answer]);
            assert_eq!(told, ["answered", "", "answered"], "{head}: {passed_on}");
        }
        let own = format!(
            "<h1>关于路灯的咨询</h1><p>来信时间：2017-08-01</p><p>处理结果：{passed_on}</p>"
        );
        let told = letter(&framed(&own), today()).unwrap();
        assert!(!told.is_answered(), "{passed_on}");
    }
    // A state by another word, and no answer.
    let told = states("办理情况", &["该件已由区住建委受理", answer, answer]);
    assert_ne!(told[0], "answered");
}

#[test]
fn a_list_with_states_in_its_rows() {
    let html = "<ul class=list>\
        <li><span>[已回复]</span><a href=1.html>关于申请廉租住房的咨询</a><em>2017-11-10</em></li>\
        <li><span>[未回复]</span><a href=2.html>关于小区物业收费的咨询</a><em>2017-11-08</em></li>\
        <li><span>[办理中]</span><a href=3.html>关于养老金发放日期的咨询</a><em>2017-07-02</em></li>\
        <li><a href=4.html>关于已回复信件的补充咨询</a><em>2017-07-01</em></li></ul>";
    let letters = list(&framed(html), None, today());
    // One day is mostly that of the question, and surely where the letter waits.
    assert_eq!(
        shown(&letters),
        expected(&[
            ("关于申请廉租住房的咨询", "", "", "answered"),
            ("关于小区物业收费的咨询", "2017-11-08", "", "open"),
            ("关于养老金发放日期的咨询", "2017-07-02", "", "open"),
            ("关于已回复信件的补充咨询", "", "", ""),
        ])
    );
}

/// Question and answer in one block without a link.
#[test]
fn letters_that_stand_in_the_page_itself() {
    let block = |title: &str, asked: &str, more: &str| {
        format!(
            "<div class=item><h4>{title}</h4><p>留言人：张先生</p><p>留言时间：{asked}</p><p>请问应当如何办理？</p>{more}</div>"
        )
    };
    let html = block(
        "个人购汇额度咨询",
        "2017-11-02 10:00:00",
        "<p>答复：您好，请携带身份证件到就近网点办理。</p><p>答复时间：2017-11-06</p>",
    ) + &block("外汇账户开立咨询", "2017-11-15", "<p>状态：待处理</p>");
    assert_eq!(
        shown(&list(&framed(&html), None, today())),
        expected(&[
            ("个人购汇额度咨询", "2017-11-02", "2017-11-06", "answered"),
            ("外汇账户开立咨询", "2017-11-15", "", "open"),
        ])
    );
}

/// A place for the answer that is left blank says that a letter waits, however many do, as long as
/// the same list fills it for others; what is no text may be an answer too.
#[test]
fn a_blank_place_of_an_answer_says_that_a_letter_waits() {
    let block = |n: usize, asked: &str, more: &str| {
        format!(
            "<div class=ly><p>留言人：张*</p><p>留言内容：关于第{n}件事项的咨询，谢谢。</p><p>留言时间：{asked}</p>{more}</div>"
        )
    };
    let filled = "<p>答复单位：某区办公室</p><p>答复：您好，请按有关规定到窗口办理。</p><p>答复时间：2017-11-06</p>";
    let blank = "<p>答复：</p><p>答复时间：</p>";
    let states = |blocks: &[(&str, &str)]| -> Vec<&'static str> {
        let html: String = blocks
            .iter()
            .enumerate()
            .map(|(n, (asked, more))| block(n, asked, more))
            .collect();
        let letters = shown(&list(&framed(&html), None, today()));
        letters.into_iter().map(|letter| letter.3).collect()
    };
    assert_eq!(
        states(&[
            ("2017-11-17", blank),
            ("2017-11-02", filled),
            ("2017-08-08", blank)
        ]),
        ["open", "answered", "open"]
    );
    assert_eq!(
        states(&[("2017-11-17", blank), ("2017-08-08", blank)]),
        ["", ""]
    );
    let picture = "<p>答复：<img src=/hf.png></p><p>答复时间：</p>";
    let silent = "<p>点击查看答复</p>";
    // Words that only put the writer off are no answer, and no blank either.
    let promise = "<p>答复：您的来信已收到，正在办理中，请耐心等待。</p><p>答复时间：</p>";
    assert_eq!(
        states(&[("2017-11-17", promise), ("2017-11-02", filled)])[0],
        ""
    );
    let told = states(&[
        ("2017-11-17", picture),
        ("2017-11-02", filled),
        ("2017-08-08", silent),
        ("2017-08-07", "<p>答复：已转</p>"),
    ]);
    assert_eq!(told, ["", "answered", "", ""]);
    let row = |asked: &str, more: &str| {
        format!("{{\"lybt\":\"关于{asked}事项的咨询\",\"lysj\":\"{asked}\"{more}}}")
    };
    let done = ",\"clyj\":\"您好，请参照国家标准。\",\"pubtime\":\"2017-11-06\"";
    let data = |rows: &[String]| -> Vec<&'static str> {
        let text = format!("{{\"data\":[{}]}}", rows.join(","));
        let letters = shown(&list(&page(&text), None, today()));
        letters.into_iter().map(|letter| letter.3).collect()
    };
    let bare = ",\"clyj\":\"\",\"pubtime\":null";
    let rows = [
        row("2017-11-17", bare),
        row("2017-11-02", done),
        row("2017-08-08", ",\"clyj\":null"),
        row("2017-08-07", ""),
        row(
            "2017-08-06",
            ",\"clyj\":\"来信已收到，正在办理中，请耐心等待。\"",
        ),
    ];
    assert_eq!(data(&rows), ["open", "answered", "open", "", ""]);
    assert_eq!(
        data(&[row("2017-11-17", bare), row("2017-08-08", bare)]),
        ["", ""]
    );
}

/// A table of titles and units without days, in GBK; the page of a letter has its day in a table.
#[test]
fn a_letter_box_without_days_in_its_list() {
    let row = |n: u32, title: &str| {
        format!(
            "<tr><td>{n}</td><td title='{title}'><a href='detail.jsp?id={n}'>{title}</a></td><td>市住建局</td></tr>"
        )
    };
    let html = format!(
        "<html><head><meta http-equiv=Content-Type content='text/html; charset=gbk'></head><body>\
         <table class=table1><tr><th>编号</th><th>标题</th><th>受理单位</th></tr>{}{}{}</table></body></html>",
        row(1, "关于物业收费标准的咨询"),
        row(2, "关于小区停车的投诉"),
        row(3, "关于公租房申请的咨询")
    );
    let (bytes, _, _) = encoding_rs::GBK.encode(&html);
    let gbk = Page {
        body: bytes.into_owned(),
        content_type: Some("text/html; charset=GBK".to_owned()),
        ..page("")
    };
    let letters = list(&gbk, None, today());
    let titles: Vec<&str> = letters.iter().map(|letter| letter.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "关于物业收费标准的咨询",
            "关于小区停车的投诉",
            "关于公租房申请的咨询"
        ]
    );
    assert!(
        letters
            .iter()
            .all(|letter| letter.url.is_some() && letter.told.unit)
    );
    let asked = |table: &str| letter(&framed(&format!("<table>{table}</table>")), today());
    let told = asked(
        "<tr><td>标题</td><td>关于物业收费标准的咨询</td></tr><tr><td>时间</td><td>2017-11-02 09:30</td></tr>\
         <tr><td>内容</td><td>请问如何收费？</td></tr><tr><td>回复单位</td><td>市住建局</td></tr>\
         <tr><td>回复时间</td><td>2017-11-06</td></tr><tr><td>回复内容</td><td>您好，请参照有关规定。</td></tr>",
    );
    let told = told.unwrap();
    assert_eq!(
        (told.asked_on, told.answered_on),
        (on("2017-11-02"), on("2017-11-06"))
    );
    // A bare day that stands behind the answer is not that of the question.
    let told = asked(
        "<tr><td>回复时间</td><td>2017-11-06</td></tr><tr><td>时间</td><td>2017-11-02</td></tr>",
    );
    assert_eq!(told.unwrap().asked_on, None);
}

#[test]
fn rows_in_records_are_read_like_those_of_the_page() {
    let html = "<script type=text/xml><datastore><recordset>\
        <record><![CDATA[<li><a href='/jact/1.html'>关于道路积水的咨询</a><i>未答复</i><span>2017-11-08</span></li>]]></record>\
        <record><![CDATA[<li><a href='/jact/2.html'>关于公交线路的咨询</a><i>已答复</i><span>2017-11-07</span></li>]]></record>\
        </recordset></datastore></script>";
    assert_eq!(
        shown(&list(&framed(html), None, today())),
        expected(&[
            ("关于道路积水的咨询", "2017-11-08", "", "open"),
            ("关于公交线路的咨询", "", "", "answered"),
        ])
    );
}

#[test]
fn the_page_of_a_letter() {
    let others =
        "<ul><li><a href=9.html>关于物业收费标准的咨询</a><span>未回复</span>2017-11-01</li></ul>";
    let table = |rows: &str| format!("<table class=letter>{rows}</table>{others}");
    let cases = [
        (
            "a table of fields",
            table(
                "<tr><td>信件编号</td><td>20171102001</td></tr><tr><th>来信时间</th><td>2017-11-02 09:30:11</td></tr>\
                 <tr><th>来信内容</th><td>请问2017年9月1日以后如何办理？</td></tr><tr><th>答复单位</th><td>区科信委</td></tr>\
                 <tr><th>答复时间</th><td>2017-11-09 15:00</td></tr><tr><th>答复内容</th><td>您好，请到服务窗口办理。</td></tr>",
            ),
            Told {
                asked_on: on("2017-11-02"),
                answered_on: on("2017-11-09"),
                state: None,
                unit: true,
                words: true,
            },
        ),
        (
            "an answer that leads over to its own words",
            table(
                "<tr><th>来信时间</th><td>2017-11-02</td></tr><tr><th>答复时间</th><td>2017-11-09</td></tr>\
                 <tr><th>答复内容</th><td>您好，现答复如下：按有关规定到服务窗口办理。</td></tr>",
            ),
            Told {
                asked_on: on("2017-11-02"),
                answered_on: on("2017-11-09"),
                state: None,
                unit: false,
                words: true,
            },
        ),
        (
            "an answer behind a greeting",
            table(
                "<tr><th>来信时间</th><td>2017-11-02</td></tr><tr><th>答复时间</th><td>2017-11-09</td></tr>\
                 <tr><th>答复内容</th><td>尊敬的张先生：您反映的路灯已于当日修复，感谢监督。</td></tr>",
            ),
            Told {
                asked_on: on("2017-11-02"),
                answered_on: on("2017-11-09"),
                state: None,
                unit: false,
                words: true,
            },
        ),
        (
            "one line, and an answer in paragraphs",
            "<h1>关于路灯的咨询</h1><p>写信日期：2017年8月1日　　受 理 单 位：市政管委　　处理时间：2017年8月20日</p>\
             <p>路灯不亮</p><p>市政管委答复：</p><p>经核实，路灯已于当日修复，感谢您的监督。</p>"
                .to_owned(),
            Told {
                asked_on: on("2017-08-01"),
                answered_on: on("2017-08-20"),
                state: None,
                unit: true,
                words: true,
            },
        ),
        (
            "one that waits",
            table("<tr><th>提交时间</th><td>2017-08-02</td></tr><tr><th>办理状态</th><td>办理中</td></tr><tr><th>答复内容</th><td></td></tr>"),
            Told {
                asked_on: on("2017-08-02"),
                answered_on: None,
                state: Some(State::Open),
                unit: false,
                words: false,
            },
        ),
        (
            "one that says nothing of an answer",
            table("<tr><th>咨询时间</th><td>2017-08-02</td></tr><tr><th>答复内容</th><td></td></tr>"),
            Told {
                asked_on: on("2017-08-02"),
                ..Told::default()
            },
        ),
        (
            "an answer before its question is none",
            table("<tr><th>咨询时间</th><td>2017-08-02</td></tr><tr><th>答复时间</th><td>2016-08-03</td></tr>"),
            Told {
                asked_on: on("2017-08-02"),
                ..Told::default()
            },
        ),
        (
            "tabs that name both states say neither",
            table("<tr><td>已回复</td><td>未回复</td></tr>"),
            Told::default(),
        ),
    ];
    for (name, body, told) in cases {
        assert_eq!(letter(&framed(&body), today()), Some(told), "{name}");
    }
    let binary = Page {
        body: vec![0, 159, 146, 150, 0, 0, 1, 2],
        content_type: None,
        ..page("")
    };
    assert_eq!(letter(&binary, today()), None);
    assert_eq!(list(&binary, None, today()), Vec::new());
}
