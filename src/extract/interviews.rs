//! Rows of a list of interviews: those that took place, and those that are only announced.

use super::view::View;
use super::years::Dating;
use crate::domain::announcement::announces;
use crate::domain::time::Date;

/// The most texts of a row that are looked at.
const MOST_TEXTS: usize = 40;
/// The state of an interview that is still to come, where a row gives it apart.
const TO_COME: [&str; 9] = [
    "预告",
    "访谈预告",
    "直播预告",
    "未开始",
    "尚未开始",
    "即将开始",
    "待开始",
    "敬请期待",
    "敬请关注",
];

/// A day to come alone announces an interview where it is at most so many days off: a later one is more
/// likely a slip of the pen in the year of one that was held. Source: our own choice.
const ANNOUNCED_DAYS: i64 = 90;

/// Those of `rows` that do not only announce an interview: by title, by state, or by a day soon to come.
pub fn held(view: &View, rows: &[usize]) -> Vec<usize> {
    let rows = rows.iter().copied();
    rows.filter(|at| !is_to_come(view, *at)).collect()
}

fn is_to_come(view: &View, at: usize) -> bool {
    let is_titled = view.rows.get(at).is_some_and(|row| announces(&row.title));
    let day = view.datings.get(at).copied().unwrap_or(Dating::None);
    let day = day.claim().map(|claim| claim.on).or(day.refused());
    let is_soon = |on: Date| (1..=ANNOUNCED_DAYS).contains(&(on - view.today).num_days());
    is_titled || day.is_some_and(is_soon) || says_so(view, at)
}

fn says_so(view: &View, at: usize) -> bool {
    let Some((dom, block)) = view.place(at).filter(|(dom, block)| *block < dom.len()) else {
        return false;
    };
    let texts = dom.texts(block, dom.end(block)).take(MOST_TEXTS);
    let mut states = texts.map(|(_, text)| text.trim_matches(is_sign));
    states.any(|state| TO_COME.contains(&state))
}

fn is_sign(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '[' | ']' | '【' | '】' | '（' | '）' | '(' | ')' | '：' | ':'
        )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::domain::finding::{Finding, Undated};
    use crate::domain::page::Page;
    use crate::extract::{Aim, Answer, Pages, Recipe, read};

    fn answer(rows: &[(&str, &str)], interviews: bool) -> Answer {
        let row = |(n, (title, rest)): (usize, &(&str, &str))| {
            format!("<li><a href='/zxft/{n}.html'>{title}</a>{rest}</li>")
        };
        let rows: String = rows.iter().enumerate().map(row).collect();
        let body = format!(
            "<html><head><meta charset=utf-8></head><body><h2>在线访谈</h2><ul>{rows}</ul></body></html>"
        );
        let pages = Pages {
            first: Page {
                url: "http://a.example.gov.cn/zxft/".parse().unwrap(),
                status: 200,
                content_type: Some("text/html; charset=utf-8".to_owned()),
                body: body.into_bytes(),
            },
            more: BTreeMap::new(),
        };
        let recipe = Recipe {
            column_name: Some("在线访谈".to_owned()),
            interviews,
            ..Recipe::of(Aim::Column)
        };
        read(&pages, &recipe, "2018-03-20".parse().unwrap())
    }

    fn finding(rows: &[(&str, &str)], interviews: bool) -> Finding {
        match answer(rows, interviews) {
            Answer::Found(reading) => reading.finding,
            Answer::Need(urls) => panic!("asks for {urls:?}"),
        }
    }

    #[test]
    fn an_announced_interview_is_no_update_of_its_column() {
        let held = [
            ("科信委主任谈科技创新政策落实", "<span>2018-02-06</span>"),
            ("走进西城：老城里的科技馆", "<span>2018-01-09</span>"),
            ("企业研发费用加计扣除政策问答", "<span>2017-12-12</span>"),
        ];
        let cases = [
            // A day to come, tomorrow, a word in the title, a state of its own.
            ("街道主任谈垃圾分类工作", "<span>2018-04-12</span>"),
            ("街道主任谈垃圾分类工作", "<span>2018-03-21</span>"),
            ("【预告】街道主任谈垃圾分类工作", "<span>2018-03-16</span>"),
            (
                "街道主任谈垃圾分类工作",
                "<i>[未开始]</i><span>2018-03-20</span>",
            ),
        ];
        for announced in cases {
            let rows: Vec<_> = [announced].into_iter().chain(held).collect();
            let Finding::Dated(update) = finding(&rows, true) else {
                panic!("{announced:?}");
            };
            assert_eq!(update.on.to_string(), "2018-02-06", "{announced:?}");
        }
        let told = ("街道主任谈垃圾分类工作", "<span>2018-03-16</span>");
        let rows: Vec<_> = [told].into_iter().chain(held).collect();
        assert!(
            matches!(finding(&rows, true), Finding::Dated(update) if update.on.to_string() == "2018-03-16")
        );
        // Other columns announce what they publish.
        let rows: Vec<_> = [cases[2]].into_iter().chain(held).collect();
        assert!(
            matches!(finding(&rows, false), Finding::Dated(update) if update.on.to_string() == "2018-03-16")
        );
        let rows = [
            (
                "访谈预告：街道主任谈垃圾分类工作",
                "<span>2018-03-16</span>",
            ),
            ("访谈预告：科信委主任谈创新政策", "<span>2018-03-12</span>"),
            ("访谈预告：走进西城老城科技馆", "<span>2018-03-01</span>"),
        ];
        assert_eq!(finding(&rows, true), Finding::Undated(Undated::Announced));
    }

    #[test]
    fn a_day_that_is_far_off_is_a_slip_of_the_pen_and_announces_nothing() {
        let held = ("科信委主任谈科技创新政策落实", "<span>2017-12-01</span>");
        let older = ("走进西城：老城里的科技馆", "<span>2017-11-09</span>");
        // Held on 15 March 2018, and in 2018 too: their own pages are asked.
        for day in ["2019-03-15", "2081-03-16", "2018-06-19"] {
            let day = format!("<span>{day}</span>");
            let rows = [("街道主任谈垃圾分类工作", day.as_str()), held, older];
            let Answer::Need(urls) = answer(&rows, true) else {
                panic!("{day}");
            };
            assert!(urls.iter().any(|url| url.path() == "/zxft/0.html"), "{day}");
        }
        // The ninetieth day, and any day with a word that it is announced.
        for row in [
            ("街道主任谈垃圾分类工作", "<span>2018-06-18</span>"),
            ("【预告】街道主任谈垃圾分类工作", "<span>2019-03-15</span>"),
        ] {
            let found = finding(&[row, held, older], true);
            assert!(
                matches!(found, Finding::Dated(update) if update.on.to_string() == "2017-12-01"),
                "{row:?}"
            );
        }
    }
}
