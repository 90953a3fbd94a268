//! What a column is called: what its page states, else where it stands, else how others link it.

use std::collections::BTreeMap;

use super::met::{Met, Way};
use super::sheet::{Seen, Sheet};
use crate::extract::clean;
use url::Url;

use super::place;

/// The longest name that the configuration takes, in characters.
const LONGEST: usize = 30;
/// Pages with one stated name from which on the statement says nothing.
const COPIED: usize = 4;

/// Names stated by many pages: a template that was filled in once.
pub fn copied(sheets: &[Sheet]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for seen in sheets.iter().filter_map(Sheet::seen) {
        let is_list = seen.listing.as_ref().is_some_and(|listing| listing.is_list);
        if let Some(name) = seen.outline.column_name.as_deref().filter(|_| is_list) {
            *counts.entry(name).or_default() += 1;
        }
    }
    let many = counts.into_iter().filter(|(_, count)| *count >= COPIED);
    many.map(|(name, _)| name.to_owned()).collect()
}

/// The names of a page, the surest first, and never none.
pub fn of(url: &Url, seen: &Seen, met: Option<&Met>, copied: &[String]) -> Vec<String> {
    let outline = &seen.outline;
    let stated = outline
        .column_name
        .clone()
        .filter(|name| !copied.contains(name));
    let trail = outline
        .breadcrumb
        .last()
        .filter(|(_, target)| {
            let of_itself = |target: &Url| place::key(target) == place::key(url);
            target.as_ref().is_none_or(of_itself)
        })
        .map(|(name, _)| name.clone());
    let of_way = |way: Way| {
        let ways = met.into_iter().flat_map(|met| &met.ways);
        ways.filter(move |(met, _)| *met == way)
            .map(|(_, name)| name.clone())
    };
    let title = outline.title.split(['-', '_', '—', '|', '·', '–']).next();
    let ways = [Way::Heading, Way::Nav, Way::More, Way::Trail, Way::Other];
    let mut names: Vec<String> = Vec::new();
    let told = stated
        .into_iter()
        .chain(trail)
        .chain(ways.into_iter().flat_map(of_way))
        .chain(title.map(str::to_owned));
    for name in told.map(|name| clean::line(trimmed(&name), LONGEST)) {
        if is_name(&name, seen) && !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        names.push(clean::line(url.path(), LONGEST));
    }
    names
}

/// A name without the dots and arrows around it; brackets and quotation marks belong to it.
pub fn trimmed(name: &str) -> &str {
    name.trim_start_matches(|c: char| !c.is_alphanumeric() && !"“‘《〈（(【[".contains(c))
        .trim_end_matches(|c: char| !c.is_alphanumeric() && !"”’》〉）)】]".contains(c))
}

fn is_name(name: &str, seen: &Seen) -> bool {
    const GENERIC: [&str; 7] = [
        "正文",
        "列表",
        "列表页",
        "栏目列表",
        "信息列表",
        "首页",
        "网站首页",
    ];
    let of_site = seen.outline.site_name.as_deref() == Some(name);
    clean::weight(name) >= 2 && !GENERIC.contains(&name) && !of_site
}

/// A short word for an address: its last telling part.
pub fn word_of(url: &Url) -> String {
    const GENERIC: [&str; 7] = [
        "index",
        "default",
        "list",
        "common",
        "pnpagenumpv",
        "main",
        "node",
    ];
    let parts = url.path().split('/').rev();
    let asked = url
        .query()
        .into_iter()
        .flat_map(|query| query.split(['/', '=', '&']).rev());
    asked
        .chain(parts)
        .map(|part| plain(place::stem(part)))
        .find(|word| {
            let letters: String = word.chars().take_while(char::is_ascii_lowercase).collect();
            !letters.is_empty() && !GENERIC.contains(&letters.as_str())
        })
        .unwrap_or_else(|| "lm".to_owned())
}

/// What an identifier is made of.
fn plain(text: &str) -> String {
    let lower = text.chars().map(|c| c.to_ascii_lowercase());
    lower
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(*c))
        .take(24)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::outline::Outline;

    fn url(path: &str) -> Url {
        Url::parse("http://www.example.gov.cn/")
            .unwrap()
            .join(path)
            .unwrap()
    }

    #[test]
    fn what_the_page_states_comes_before_what_others_call_it() {
        let met = Met {
            ways: [
                (Way::More, "公告".to_owned()),
                (Way::Nav, "通知".to_owned()),
            ]
            .into(),
        };
        let mut seen = Seen {
            arrived: url("/tzgg/"),
            outline: Outline {
                column_name: Some("通知公告".to_owned()),
                breadcrumb: vec![
                    ("首页".to_owned(), Some(url("/"))),
                    ("通知公告栏".to_owned(), Some(url("/tzgg/index.html"))),
                ],
                title: "公告列表-某局".to_owned(),
                ..Outline::default()
            },
            listing: None,
        };
        let names = |seen: &Seen, copied: &[String]| of(&url("/tzgg/"), seen, Some(&met), copied);
        let all = ["通知公告", "通知公告栏", "通知", "公告", "公告列表"];
        assert_eq!(names(&seen, &[]), all);
        assert_eq!(names(&seen, &["通知公告".to_owned()]), all[1..]);
        seen.outline = Outline::default();
        assert_eq!(names(&seen, &[]), all[2..4]);
        assert_eq!(of(&url("/tzgg/"), &seen, None, &[]), ["/tzgg/"]);
    }

    #[test]
    fn dots_and_arrows_are_no_part_of_a_name() {
        let cases = [
            ("·平安建设", "平安建设"),
            ("> 通知公告 »", "通知公告"),
            ("“两学一做”", "“两学一做”"),
            ("公示（2017年）", "公示（2017年）"),
            ("···", ""),
        ];
        for (name, expected) in cases {
            assert_eq!(trimmed(name), expected, "{name}");
        }
    }

    #[test]
    fn addresses_have_short_words() {
        let cases = [
            ("/xxgk/tzgg/index.html", "tzgg"),
            ("/tzgg.html", "tzgg"),
            ("/xxgk/gzdt/pnpagenumpv1.html", "gzdt"),
            ("/col/col1201/index.html", "col1201"),
            ("/KXWtzgg.ycs", "kxwtzgg"),
            ("/n_list.html?/FTXW/FTDT/", "ftdt"),
            ("/list.jsp?id=12", "id"),
            ("/12/34/", "lm"),
        ];
        for (path, word) in cases {
            assert_eq!(word_of(&url(path)), word, "{path}");
        }
    }
}
