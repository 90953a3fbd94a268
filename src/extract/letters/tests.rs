//! Synthetic pages, after what is described of such letter-boxes; none is a copy of a real one.

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

/// The same seven letters in a list, a table, terms and blocks: a title of two or three characters is one.
#[test]
fn letters_with_short_titles_are_read() {
    let answer = "经核实，您反映的问题已经解决，感谢您的关注和支持。";
    let letters = [
        ("l1", "路灯不亮", "2017-06-01", answer),
        ("l2", "停车难", "2017-06-03", ""),
        ("l3", "井盖缺失", "2017-06-05", answer),
        ("l4", "下水堵塞", "2017-06-09", ""),
        ("l5", "路灯", "2017-06-10", answer),
        ("l6", "没暖气", "2017-06-11", ""),
    ];
    let made = |row: &dyn Fn(&str, &str, &str, &str) -> String| -> String {
        let rows = letters.iter();
        rows.map(|(name, title, on, answer)| row(name, title, on, answer))
            .collect()
    };
    let list_of = made(&|name, title, on, answer| {
        format!(
            "<li><a href=/a/{name}.html>{title}</a><p>来信时间：{on}</p><p>答复内容：{answer}</p></li>"
        )
    });
    let table = made(&|name, title, on, answer| {
        format!(
            "<tr><td><a href=/a/{name}.html>{title}</a></td><td><a href=/dw/>科信委</a></td><td>{on}</td><td>{answer}</td></tr>"
        )
    });
    let terms = made(&|name, title, on, answer| {
        format!(
            "<dt><a href=/a/{name}.html>{title}</a> <span>来信时间：{on}</span></dt><dd>答复内容：{answer}</dd>"
        )
    });
    let called = made(&|name, title, on, answer| {
        format!(
            "<dt>标题</dt><dd><a href=/a/{name}.html>{title}</a></dd><dt>来信时间</dt><dd>{on}</dd>\
             <dt>单位</dt><dd><a href=/dw/1.html>科信委</a></dd><dt>答复内容</dt><dd>{answer}</dd>"
        )
    });
    let asked =
        letters.map(|(_, title, on, answer)| (title.to_owned(), on.to_owned(), answer.is_empty()));
    let pager = "<a href=index_1.html>下页</a><a href=index_9.html>尾页</a>";
    for html in [
        format!("<ul>{list_of}</ul>{pager}"),
        format!(
            "<table><tr><th>标题</th><th>单位</th><th>来信时间</th><th>答复内容</th></tr>{table}\
             <tr><td>{pager}</td></tr></table>"
        ),
        format!("<dl>{terms}</dl>{pager}"),
        format!("<dl>{called}</dl>{pager}"),
    ] {
        let letters = list(&framed(&html), None, today());
        let told = letters.iter().map(|letter| {
            let on = letter.told.asked_on.map(|on| on.to_string());
            (
                letter.title.clone(),
                on.unwrap_or_default(),
                letter.told.is_open(),
            )
        });
        let told: Vec<(String, String, bool)> = told.collect();
        assert_eq!(told, asked, "{html}");
        let second = letters[1].url.as_deref();
        assert_eq!(second, Some("http://www.example.cn/a/l2.html"));
    }
}

/// The newest letter dates its column, however short its title is; a list of news is read as before.
#[test]
fn a_letter_with_a_short_title_dates_its_column() {
    let row = |n: u32, title: &str, on: &str| {
        format!("<li><a href=/zmhd/xx/20171{n}.html>{title}</a><span>{on}</span></li>")
    };
    let rows = row(3, "停车难", "2017-11-18")
        + &row(2, "关于路灯不亮的问题", "2017-11-02")
        + &row(1, "咨询办理居住证的条件", "2017-10-20");
    let pages = crate::extract::Pages {
        first: framed(&format!("<h2>局长信箱</h2><ul>{rows}</ul>")),
        more: std::collections::BTreeMap::new(),
    };
    let newest = |letters: bool| {
        let recipe = crate::extract::Recipe {
            letters,
            ..crate::extract::Recipe::of(crate::extract::Aim::Column)
        };
        match crate::extract::read(&pages, &recipe, today()) {
            crate::extract::Answer::Found(reading) => match reading.finding {
                crate::domain::finding::Finding::Dated(update) => update.on.to_string(),
                other => panic!("{other:?}"),
            },
            crate::extract::Answer::Need(urls) => panic!("asks for {urls:?}"),
        }
    };
    assert_eq!(newest(true), "2017-11-18");
    assert_eq!(newest(false), "2017-11-02");
}

/// A list of nothing but short titles is one, where rows have days and lead to articles.
#[test]
fn letters_with_short_titles_alone_are_read() {
    let row = |n: u32, title: &str, state: &str| {
        format!("<li>[{state}]<a href=/a/201{n}.html>{title}</a><span>2017-06-0{n}</span></li>")
    };
    let rows = row(1, "停车难", "未答复") + &row(2, "路灯坏", "已答复");
    let letters = list(&framed(&format!("<ul>{rows}</ul>")), None, today());
    assert_eq!(
        shown(&letters),
        expected(&[
            ("停车难", "2017-06-01", "", "open"),
            ("路灯坏", "", "", "answered"),
        ])
    );
    let none = "<ul><li>2017-06-01 <a href=/login/>登录</a> <a href=/zc/1.html>注册</a></li></ul>";
    assert_eq!(list(&framed(none), None, today()), []);
}

/// In blocks without links a short title is one where it is called so, or is a heading.
#[test]
fn short_titles_of_letters_that_stand_in_the_page_itself() {
    let more = "<p>答复：您好，请携带身份证件到就近网点办理。</p>";
    let html = format!(
        "<div><h4>停车难</h4><p>留言人：张先生</p><p>留言时间：2017-11-02</p>{more}</div>\
         <div><p>标题：路灯坏</p><p>留言人：李某</p><p>留言时间：2017-11-03</p>{more}</div>\
         <div><p><span>主 题：</span>没暖气</p><p>留言人：王某</p><p>留言时间：2017-11-04</p>{more}</div>"
    );
    let letters = list(&framed(&html), None, today());
    let titles: Vec<&str> = letters.iter().map(|letter| letter.title.as_str()).collect();
    assert_eq!(titles, ["停车难", "路灯坏", "没暖气"]);
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

/// After the fields that interfaces of letter-boxes are described to have.
#[test]
fn letters_in_data() {
    let capital = r#"{"mailList":[{"letter_type":"咨询","letter_title":"关于公租房申请的咨询","create_date":"2017-11-02 09:00:00","isReply":"1","org_id":"110102"},
        {"letter_title":"关于积分落户的咨询","create_date":"2017-06-01","isReply":"0","org_id":""}]}"#;
    let padded = r#"callback({"rows":[{"messageType":"咨询","title":"行李托运有关规定咨询","createDate":1509588000000,"feedbackDate":1509933600000,"feedback":"您好，请参照有关规定。"}]});"#;
    let listed = r#"[{"title":"食品标签问题咨询","pubtime":"2017-11-01","status":3}]"#;
    for (text, rows) in [
        (
            capital,
            vec![
                ("关于公租房申请的咨询", "2017-11-02", "", "answered"),
                ("关于积分落户的咨询", "2017-06-01", "", "open"),
            ],
        ),
        (
            padded,
            vec![(
                "行李托运有关规定咨询",
                "2017-11-02",
                "2017-11-06",
                "answered",
            )],
        ),
        (listed, vec![("食品标签问题咨询", "2017-11-01", "", "")]),
        ("{\"mailList\":[]}", vec![]),
        ("{\"mailList\":[", vec![]),
        (
            "[[[[[[[[[[[[[[[[[[[[[[{\"title\":\"深\",\"isReply\":1}]]",
            vec![],
        ),
    ] {
        assert_eq!(
            shown(&list(&page(text), None, today())),
            expected(&rows),
            "{text}"
        );
    }
}

/// The rules of a preset, and the shape that public programs expect of its platform's answer.
#[test]
fn letters_of_the_platforms() {
    let capital = r#"{"PageCond":{"begin":0,"count":7,"title":"不是来信","isReply":"0"},"mailList":[
        {"letter_type":"咨询","original_id":"AH211100","letter_title":"关于公租房申请的咨询","create_date":"2017-11-02 09:00:00","isReply":true,"org_id":"某委","catalog_id":"住房"},
        {"letter_type":"建议","original_id":"AH211101","letter_title":"关于路灯的建议","create_date":"2017-06-01 10:00:00","isReply":false,"org_id":"","catalog_id":""}]}"#;
    let market = r#"{"data":{"count":"2","data":[
        {"zj":"a1","lybt":"食品标签问题咨询","lyr":"王**","lysj":"2017-10-20 09:11:12","lynr":"请问如何标注？","fzsjCn":"某司","pubtime":"2017-11-01","clyj":"您好，请参照国家标准。"},
        {"zj":"a2","lybt":"登记注册问题咨询","lyr":"李**","lysj":"2017-10-25 09:11:12","lynr":"请问如何登记？","fzsjCn":"某局","pubtime":"","clyj":""}]}}"#;
    let aviation = r#"jsonp_messageBoard_getList({"returnData":{"root":[
        {"id":77,"infoMess":"请问<em>托运</em>有何规定？","messageType":"托运","gname":"张**","createDate":"2017-11-02 10:00:00","feedbackName":"运输司","feedbackDate":"2017-11-06 11:00:00"}]}})"#;
    let hanweb = r#"totalRecord=2;dataStore = ["<tr><td>20171102001</td><td><a href='mailpubdetail.do?transactId=1&sysid=84'>关于道路积水的咨询</a></td><td>已回复</td><td>2017-11-02</td><td>12</td></tr>","<tr><td>20171108002</td><td><a href='mailpubdetail.do?transactId=2&sysid=84'>关于公交线路的咨询</a></td><td>未回复</td><td>2017-11-08</td><td>3</td></tr>"];"#;
    let of = |preset: &str, text: &str| {
        let json = crate::domain::reading_rules::Preset::ALL
            .into_iter()
            .find(|known| known.key() == preset)
            .map(Json::Preset);
        let rules = ReadRules {
            json,
            ..ReadRules::default()
        };
        assert!(rules.json.is_some(), "{preset}");
        let letters = list(&page(text), Some(&rules), today());
        let urls = letters
            .iter()
            .map(|letter| letter.url.clone().unwrap_or_default());
        let urls: Vec<String> = urls
            .map(|url| url.trim_start_matches("http://www.example.cn").to_owned())
            .collect();
        (shown(&letters), urls)
    };
    let (letters, urls) = of("beijing-letters", capital);
    assert_eq!(
        letters,
        expected(&[
            ("关于公租房申请的咨询", "2017-11-02", "", "answered"),
            ("关于路灯的建议", "2017-06-01", "", "open"),
        ])
    );
    let detail = "/zmhd/xx/com.web.suggest.suggesDetail.flow?originalId=AH2111";
    assert_eq!(urls, [format!("{detail}00"), format!("{detail}01")]);
    let (letters, urls) = of("samr-letters", market);
    assert_eq!(
        letters,
        expected(&[
            ("食品标签问题咨询", "2017-10-20", "2017-11-01", "answered"),
            ("登记注册问题咨询", "2017-10-25", "", "open"),
        ])
    );
    assert_eq!(urls, ["", ""], "they have no pages of their own");
    let (letters, urls) = of("caac-letters", aviation);
    let row = ("请问托运有何规定？", "2017-11-02", "2017-11-06", "answered");
    assert_eq!(letters, expected(&[row]));
    assert_eq!(urls, ["/index_180.html?info=77&type=id"]);
    let (letters, urls) = of("jact", hanweb);
    assert_eq!(
        letters,
        expected(&[
            ("关于道路积水的咨询", "", "", "answered"),
            ("关于公交线路的咨询", "2017-11-08", "", "open"),
        ])
    );
    let detail = |n| format!("/zmhd/xx/mailpubdetail.do?transactId={n}&sysid=84");
    assert_eq!(urls, [detail(1), detail(2)]);
    // What is laid down is not guessed beside.
    assert_eq!(of("caac-letters", capital).0, []);
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
