//! Whether a page is what its host shows for any path that does not exist. Such a page is kept as
//! a fingerprint: its title and the lines of its text, without what changes from one request to
//! the next, which are numbers and addresses.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::dom::{Dom, What};
use super::heading::TITLE_BREAKS;
use super::refusal;
use super::view::{self, View};
use super::{clean, dom, identity};
use crate::domain::host::Fingerprint;
use crate::domain::page::Page;
use crate::domain::time::Date;

/// The most lines that are kept.
const MOST_LINES: usize = 300;
/// Letters below which a page says too little to be told again: shells of scripts, which are
/// alike whatever they will show.
const LEAST_LETTERS: u32 = 10;
/// Letters that may differ whatever the length of the page.
const SLACK: u32 = 4;

/// The fingerprint of the page that came for `asked`, a path that cannot exist; `None` where it
/// is no page that could be told again.
pub fn fingerprint(page: &Page, asked: &Url) -> Option<Fingerprint> {
    let moved = is_elsewhere(&page.url, asked);
    let of = |view: &View| {
        let text = Text::of(view.dom);
        Fingerprint {
            url: clean::line(page.url.as_str(), 1000),
            moved,
            title: title(view.dom),
            length: text.letters(),
            lines: text.lines.keys().copied().take(MOST_LINES).collect(),
        }
    };
    let seen = view::of(page, Date::default(), |view| of(view)).ok()?;
    (seen.moved || seen.length >= LEAST_LETTERS).then_some(seen)
}

/// Whether a page from `url`, which was asked for as `asked`, is the host's answer for missing
/// paths. One that is titled as the column, or names it where that answer does not, is the
/// column's own, wherever else the host shows it.
pub fn is_missing(
    view: &View,
    url: &Url,
    asked: Option<&Url>,
    column: Option<&str>,
    known: &Fingerprint,
) -> bool {
    if column.is_some_and(|name| is_titled(view.dom, name)) {
        return false;
    }
    let redirected = asked.is_some_and(|asked| is_elsewhere(url, asked));
    if known.moved && redirected && url.as_str() == known.url {
        return true;
    }
    known.length >= LEAST_LETTERS && is_alike(view.dom, column, known)
}

/// Whether the page that came for `asked` is the host's answer for missing paths.
pub fn is_answer_for_missing(page: &Page, asked: &Url, known: &Fingerprint) -> bool {
    let is_it = |view: &View| is_missing(view, &page.url, Some(asked), None, known);
    view::of(page, Date::default(), is_it).unwrap_or(false)
}

/// Whether the page states that it is the column.
fn is_titled(dom: &Dom, column: &str) -> bool {
    let title = refusal::title(dom);
    let first = title.split(TITLE_BREAKS).next();
    [identity::meta(dom, "ColumnName"), first]
        .into_iter()
        .flatten()
        .any(|stated| clean::squeezed(stated) == clean::squeezed(column))
}

/// Whether two addresses differ in more than their scheme.
fn is_elsewhere(one: &Url, other: &Url) -> bool {
    (one.host_str(), one.path(), one.query()) != (other.host_str(), other.path(), other.query())
}

fn is_alike(dom: &Dom, column: Option<&str>, known: &Fingerprint) -> bool {
    let text = Text::of(dom);
    let slack = SLACK.max(known.length / 100);
    if text.letters().abs_diff(known.length) > slack || title(dom) != known.title {
        return false;
    }
    // Of a long page only the lowest hashes were kept.
    let last = match known.lines.last() {
        Some(last) if known.lines.len() >= MOST_LINES => *last,
        _ => u32::MAX,
    };
    let kept: BTreeSet<u32> = known.lines.iter().copied().collect();
    let fresh = text
        .lines
        .iter()
        .filter(|(hash, _)| **hash <= last && !kept.contains(*hash));
    let mut letters = 0_u32;
    for (_, line) in fresh {
        letters = letters.saturating_add(count(line));
        if letters > slack || column.is_some_and(|name| line.contains(&plain(name))) {
            return false;
        }
    }
    true
}

/// The visible text: each line once, by its hash.
struct Text {
    lines: BTreeMap<u32, String>,
}

impl Text {
    fn of(dom: &Dom) -> Text {
        let mut lines = BTreeMap::new();
        for (_, node) in dom.iter() {
            let What::Text(text) = node.what else {
                continue;
            };
            let line = plain(text);
            if !node.silent && !node.hidden && !line.is_empty() {
                lines.insert(hash(&line), line);
            }
        }
        Text { lines }
    }

    fn letters(&self) -> u32 {
        let sum = self.lines.values().map(|line| count(line));
        sum.fold(0, u32::saturating_add)
    }
}

/// The letters of those words that hold neither digits nor slashes.
fn plain(text: &str) -> String {
    text.split_whitespace()
        .filter(|word| !word.contains(|c: char| c.is_ascii_digit() || c == '/'))
        .flat_map(str::chars)
        .filter(|c| c.is_alphabetic())
        .take(400)
        .collect()
}

fn count(line: &str) -> u32 {
    u32::try_from(line.chars().count()).unwrap_or(u32::MAX)
}

fn hash(line: &str) -> u32 {
    let digest = dom::mix(0, line.as_bytes());
    u32::try_from((digest ^ (digest >> 32)) & u64::from(u32::MAX)).unwrap_or_default()
}

fn title(dom: &Dom) -> String {
    let title = refusal::title(dom);
    title.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAV: &str = "<div class=nav>首页 政务公开 办事服务 互动交流</div>";

    fn page(path: &str, body: &str) -> Page {
        Page {
            url: address(path),
            status: 200,
            content_type: None,
            body: format!(
                "<html><head><title>某某区</title></head><body>{NAV}{body}</body></html>"
            )
            .into_bytes(),
        }
    }

    fn address(path: &str) -> Url {
        Url::parse("http://www.a.gov.cn")
            .and_then(|base| base.join(path))
            .unwrap()
    }

    fn matches(known: &Fingerprint, seen: &Page, asked: &str, column: Option<&str>) -> bool {
        let today = "2018-03-18".parse().unwrap();
        let asked = address(asked);
        view::of(seen, today, |view| {
            is_missing(view, &seen.url, Some(&asked), column, known)
        })
        .is_ok_and(|found| found)
    }

    #[test]
    fn the_hosts_answer_for_missing_paths_is_told_from_a_columns_page() {
        let probe = "/wx-probe-0123456789ab.html";
        let gone = |path: &str, at: &str| {
            page(
                path,
                &format!("<p>抱歉，没有您要的内容：{path}</p><p>访问时间：{at}</p>"),
            )
        };
        let known = fingerprint(&gone(probe, "08:00:01"), &address(probe)).unwrap();
        let list = "<ul><li><a href=/1.html>关于开展检查的通知</a>2018-03-16</li></ul>";
        let cases = [
            ("the same page", gone("/tzgg/", "09:30:00"), true),
            ("a list", page("/tzgg/", list), false),
            (
                "an empty column",
                page("/tzgg/", "<h2>通知公告</h2><p>暂无信息</p>"),
                false,
            ),
            (
                "a column in few words",
                page(
                    "/tzgg/",
                    "<p>抱歉，没有您要的内容：</p><p>访问时间：</p>公告",
                ),
                false,
            ),
        ];
        for (name, seen, expected) in cases {
            assert_eq!(
                matches(&known, &seen, "/tzgg/", Some("公告")),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn a_page_that_states_to_be_the_column_is_it_wherever_else_it_is_shown() {
        let mut every = page(
            "/x.html",
            "<ul><li><a href=/1.html>关于检查的通知</a></li></ul>",
        );
        let named = String::from_utf8(every.body).unwrap();
        every.body = named.replace("<title>", "<title>通知公告-").into_bytes();
        let known = fingerprint(&every, &address("/x.html")).unwrap();
        every.url = address("/tzgg/");
        assert!(!matches(&known, &every, "/tzgg/", Some("通知公告")));
        assert!(matches(&known, &every, "/tzgg/", Some("工作动态")));
    }

    #[test]
    fn a_common_target_of_redirects_is_the_missing_page() {
        let known = fingerprint(&page("/404.htm", "查无此页"), &address("/x.html")).unwrap();
        assert!(known.moved);
        let changed = page(
            "/404.htm",
            "<p>今日推荐：关于开展检查的通知，各单位遵照执行</p>",
        );
        assert!(matches(&known, &changed, "/tzgg/", None));
        assert!(!matches(&known, &changed, "/404.htm", None));
    }

    #[test]
    fn a_shell_says_too_little_to_be_told_again() {
        let mut shell = page("/x.html", "");
        shell.body =
            b"<html><head><title>a</title></head><body><div id=app></div></body></html>".to_vec();
        assert_eq!(fingerprint(&shell, &address("/x.html")), None);
    }
}
