//! Letters whose titles have two or three characters; synthetic pages.

use std::collections::BTreeSet;

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

/// One long title among short ones hides none of them, whatever the list is made of.
#[test]
fn one_long_title_hides_no_short_ones() {
    let long = "关于西城区某某街道某某小区某某号楼前后路段长期无路灯照明、夜间行走存在安全隐患，希望有关部门尽快安排维修的咨询";
    let titles = [
        ("停车难", "2017-11-08", "未答复"),
        (long, "2017-11-05", "已答复"),
        ("路灯坏", "2017-11-03", "已答复"),
        ("没暖气", "2017-08-02", "未答复"),
    ];
    let made = |row: &dyn Fn(usize, &str, &str, &str) -> String| -> String {
        let rows = titles.iter().enumerate();
        rows.map(|(n, (title, on, state))| row(n, title, on, state))
            .collect()
    };
    let items = |address: &str| {
        made(&|n, title, on, state| {
            format!(
                "<li><a href='{address}{n}.html'>{title}</a><span>{on}</span><em>{state}</em></li>"
            )
        })
    };
    let blocks = made(&|n, title, on, state| {
        format!(
            "<div class=row><div class=t><a href=/a/201{n}.html>{title}</a></div><div class=d>{on}</div><div class=s>{state}</div></div>"
        )
    });
    let plain = made(&|n, title, on, state| {
        format!("<div><a href=/a/201{n}.html>{title}</a><span>{on}</span><em>{state}</em></div>")
    });
    let paragraphs = made(&|n, title, on, state| {
        format!("<p><a href=/a/201{n}.html>{title}</a> <span>{on}</span> {state}</p>")
    });
    let wrapped = made(&|n, title, on, state| {
        format!(
            "<li><div><a href='/letter?id={n}'>{title}</a></div><div><span>来信时间：{on}</span><span>{state}</span></div></li>"
        )
    });
    for html in [
        format!("<ul>{}</ul>", items("/a/201")),
        format!("<ul>{}</ul>", items("/xx/detail?id=")),
        format!("<div class=list>{blocks}</div>"),
        format!("<div class=list>{plain}</div>"),
        format!("<div class=list>{paragraphs}</div>"),
        format!("<ul>{wrapped}</ul>"),
    ] {
        let letters = list(&framed(&html), None, today());
        let told: Vec<(usize, bool)> = letters
            .iter()
            .map(|letter| (letter.title.chars().count(), letter.told.is_open()))
            .collect();
        let expected = [
            (3, true),
            (long.chars().count(), false),
            (3, false),
            (3, true),
        ];
        assert_eq!(told, expected, "{html}");
        assert_eq!(letters[3].told.asked_on, on("2017-08-02"), "{html}");
    }
}

/// What stands below the only letter of a list, such as its unit, is no letter.
#[test]
fn a_unit_below_a_letter_is_none() {
    let unit = |n: u32| format!("<div><a href=/dw/{n}.html>科信委</a> 2017-08-0{n}</div>");
    for units in [unit(5), unit(5) + &unit(6)] {
        let html = format!(
            "<div class=list><div><a href=/a/2011.html>关于路灯不亮的问题</a> 2017-08-01</div>{units}</div>"
        );
        let letters = list(&framed(&html), None, today());
        let is_unit = |letter: &ListedLetter| letter.title == "科信委";
        assert!(!letters.iter().any(is_unit), "{letters:?}");
    }
}

/// A page that is made to be slow to read is read all the same: tens of thousands of short links in one block, and
/// as many rows of which no two are made alike. Counted link by link and row by row they would take minutes.
#[test]
fn many_short_links_are_read_like_few() {
    let links = (0..40_000).map(|n| format!("<a href=/a/{n}.html>停车难</a>"));
    let links: String = links.collect();
    let block = format!("<div><p>2017-11-01{links}</p></div>");
    let rows = (0..12_000).map(|n| {
        format!(
            "<li><a href=/l{n}/1.html>关于某处路灯不亮的问题</a>2017-11-01</li>\
             <li><a href=/s{n}/1.html>停车难</a>2017-11-01</li>"
        )
    });
    let rows: String = rows.collect();
    // Links under one day are no letters; of a list as many are read as of any.
    for (html, count) in [(block, 0), (format!("<ul>{rows}</ul>"), 500)] {
        let letters = list(&framed(&html), None, today());
        assert_eq!(letters.len(), count);
        let titles: BTreeSet<&str> = letters.iter().map(|one| one.title.as_str()).collect();
        let both = ["停车难", "关于某处路灯不亮的问题"];
        assert_eq!(titles.len(), both.len().min(count));
        assert!(titles.iter().all(|title| both.contains(title)));
    }
}
