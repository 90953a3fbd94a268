//! Letters whose titles have two or three characters; synthetic pages.

use super::*;

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
