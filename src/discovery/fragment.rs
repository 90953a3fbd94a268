//! The proposals as a fragment of `sites.toml`: complete enough to be appended, with a comment at
//! every line that a person has to check.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use url::Url;

use super::met::Why;
use super::name;
use super::proposal::{Confidence, Parent, Proposal, Proposals, Remark};
use super::remark;
use super::survey::Survey;
use crate::domain::id::{SiteId, UnitId};
use crate::domain::time::Date;
use crate::extract::clean;

/// The longest name of a site or column in the configuration, in characters.
const NAME: usize = 30;
/// The most entries of one list at the end.
const MOST: usize = 200;
/// The longest word of a site, so that there is room for those of its columns.
const SITE_WORD: usize = 30;

/// How the fragment is to be written.
#[derive(Debug, Clone)]
pub struct Style {
    /// The site's identifier; nothing for one made of its host.
    pub site: Option<SiteId>,
    /// A unit that is configured already; nothing for one of its own.
    pub unit: Option<UnitId>,
    /// Whether private addresses were permitted.
    pub private_addresses: bool,
    /// Whether `robots.txt` was obeyed.
    pub robots: bool,
    /// The day of the crawl.
    pub today: Date,
    /// Whether nothing is left to visit.
    pub is_complete: bool,
}

/// Writes the fragment.
pub fn fragment(survey: &Survey, proposals: &Proposals, style: &Style) -> String {
    let site = style
        .site
        .as_ref()
        .map_or_else(|| site_word(survey.home()), |site| site.as_str().to_owned());
    let mut out = String::new();
    head(&mut out, survey, proposals, style);
    entry_of_site(&mut out, survey, proposals, style, &site);
    let mut taken = BTreeSet::new();
    for column in &proposals.columns {
        let id = column_id(&site, column, &mut taken);
        entry_of_column(&mut out, column, &site, &id);
    }
    tail(&mut out, survey, proposals);
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "{text}");
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A word for a site, from its host.
fn site_word(home: &Url) -> String {
    let host = home.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let first = match home.domain() {
        Some(_) => host.split('.').next().unwrap_or(host),
        None => host,
    };
    let word: String = first
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .take(SITE_WORD)
        .collect();
    match word.trim_matches('-') {
        "" => "site".to_owned(),
        word => word.to_owned(),
    }
}

fn column_id(site: &str, column: &Proposal, taken: &mut BTreeSet<String>) -> String {
    let word = name::word_of(&column.url);
    let plain = format!("{site}/{word}");
    let numbered = (2..10_000).map(|n| format!("{plain}-{n}"));
    let mut ids = std::iter::once(plain.clone()).chain(numbered);
    let id = ids.find(|id| !taken.contains(id)).unwrap_or(plain.clone());
    taken.insert(id.clone());
    id
}

fn head(out: &mut String, survey: &Survey, proposals: &Proposals, style: &Style) {
    let (visited, unread) = (survey.sheets().len(), proposals.unread.len());
    let of = |confidence| {
        let columns = proposals.columns.iter();
        columns
            .filter(|column| column.confidence() == confidence)
            .count()
    };
    let (high, medium, low) = (
        of(Confidence::High),
        of(Confidence::Medium),
        of(Confidence::Low),
    );
    line(
        out,
        format_args!("# 由wangxun discover于{}生成，须经人工核对。", style.today),
    );
    line(out, format_args!("# 首页：{}", survey.home()));
    line(
        out,
        format_args!(
            "# 访问网页{visited}个，其中{unread}个无法读取；找到栏目{}个：置信度高{high}个、中{medium}个、低{low}个。",
            proposals.columns.len()
        ),
    );
    if !style.is_complete {
        line(
            out,
            format_args!(
                "# 尚未完成：还有{}个网址没有访问，用同一命令可以继续。",
                survey.waiting()
            ),
        );
    }
    out.push_str(
        "#\n# 核对办法：逐条核对名称、网址、类别；不是栏目的删去；类别无误的删去 confirmed = false 一行。\n\
         # confirmed = false 的栏目只访问、只显示，不判断超期，不发通知，不计分。\n\
         # 改好后把本文件内容附在 sites.toml 末尾，执行 wangxun check-config。\n",
    );
}

fn entry_of_site(
    out: &mut String,
    survey: &Survey,
    proposals: &Proposals,
    style: &Style,
    site: &str,
) {
    let seen = &proposals.site;
    let name = seen.name.clone().unwrap_or_else(|| site.to_owned());
    let unit = style
        .unit
        .as_ref()
        .map_or_else(|| site.to_owned(), |unit| unit.as_str().to_owned());
    if style.unit.is_none() {
        let full = seen.sponsor.as_ref().unwrap_or(&name);
        let from = if seen.sponsor.is_some() {
            "页脚的主办单位"
        } else {
            "网站名称"
        };
        line(
            out,
            format_args!(
                "\n# 单位名称取自{from}。单位已在sites.toml中的，删去本段，并改下面的 unit。\n\
                 [[unit]]\nid = {}\nname = {}\nshort = {}",
                quoted(&unit),
                quoted(&clean::line(full, 60)),
                quoted(&clean::line(full, NAME))
            ),
        );
    }
    line(
        out,
        format_args!(
            "\n[[site]]\nid = {}\nunit = {}\nname = {}\nhome = {}",
            quoted(site),
            quoted(&unit),
            quoted(&clean::line(&name, NAME)),
            quoted(survey.home().as_str())
        ),
    );
    match &seen.code {
        Some(code) => line(out, format_args!("# 网站标识码：{code}")),
        None => line(out, format_args!("# 网站标识码：网页中未见")),
    }
    let mut access = Vec::new();
    if style.private_addresses {
        access.push("private_addresses = true");
    }
    if !style.robots {
        access.push("robots = false");
    }
    if !access.is_empty() {
        line(out, format_args!("access = {{ {} }}", access.join(", ")));
    }
}

fn entry_of_column(out: &mut String, column: &Proposal, site: &str, id: &str) {
    out.push('\n');
    for remark in remark::of(column) {
        line(out, format_args!("# {remark}"));
    }
    line(
        out,
        format_args!(
            "[[column]]\nid = {}\nsite = {}\nname = {}\nclass = \"{}\"\nurl = {}",
            quoted(id),
            quoted(site),
            quoted(&clean::line(&column.name, NAME)),
            column.class.key(),
            quoted(column.url.as_str())
        ),
    );
    if !column.is_class_sure() {
        line(out, format_args!("confirmed = false"));
    }
}

fn tail(out: &mut String, survey: &Survey, proposals: &Proposals) {
    if !proposals.parents.is_empty() {
        line(
            out,
            format_args!("\n# ---- 包含下级栏目的列表（其条目在下级栏目中已有，不重复监测） ----"),
        );
        for Parent { list, children } in proposals.parents.iter().take(MOST) {
            let children = children.join("、");
            line(
                out,
                format_args!("# {} {}：包含下级栏目：{children}", list.name, list.url),
            );
        }
    }
    remarks_of(out, "未列为栏目的网页", &proposals.passed_over);
    remarks_of(out, "无法读取的网页", &proposals.unread);
    left_out(out, survey);
}

fn remarks_of(out: &mut String, heading: &str, remarks: &[Remark]) {
    if remarks.is_empty() {
        return;
    }
    line(out, format_args!("\n# ---- {heading} ----"));
    for Remark { name, url, why } in remarks.iter().take(MOST) {
        line(out, format_args!("# {name} {url}：{why}"));
    }
    if remarks.len() > MOST {
        line(out, format_args!("# ……共{}个", remarks.len()));
    }
}

fn left_out(out: &mut String, survey: &Survey) {
    let mut links: Vec<_> = survey.left_out().collect();
    if links.is_empty() {
        return;
    }
    links.sort_by_key(|link| link.why);
    line(out, format_args!("\n# ---- 未访问的链接 ----"));
    for link in links {
        let why = match link.why {
            Why::OtherSite => "在其他网站上，需要时请另行配置",
            why => why.in_chinese(),
        };
        line(out, format_args!("# {} {}：{why}", link.name, link.url));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discovery::gaps::Gaps;
    use crate::discovery::proposal::{ClassBy, SiteSeen};
    use crate::domain::class::Class;
    use crate::domain::dictionary;

    fn column(name: &str, path: &str) -> Proposal {
        let hit = dictionary::of(name, None);
        Proposal {
            name: name.to_owned(),
            url: Url::parse("http://www.example.gov.cn")
                .and_then(|url| url.join(path))
                .unwrap(),
            class: Class::News,
            by: hit.map_or(ClassBy::Guess, ClassBy::Named),
            ways: Vec::new(),
            states_name: false,
            has_trail: false,
            dated: 4,
            rows: 4,
            newest: "2017-11-03".parse().ok(),
            gaps: Some(Gaps {
                days: 9,
                median: 30,
                most: 40,
                longest: 50,
            }),
            is_empty: false,
            doubts: Vec::new(),
            also: Vec::new(),
        }
    }

    fn written(columns: Vec<Proposal>, site: &SiteSeen, home: &str) -> String {
        let survey = Survey::new(Url::parse(home).unwrap(), 2);
        let proposals = Proposals {
            site: site.clone(),
            columns,
            parents: Vec::new(),
            passed_over: Vec::new(),
            unread: vec![Remark {
                name: "x".to_owned(),
                url: Url::parse(home).unwrap(),
                why: "连接超时".to_owned(),
            }],
        };
        let style = Style {
            site: None,
            unit: None,
            private_addresses: false,
            robots: true,
            today: "2017-11-14".parse().unwrap(),
            is_complete: true,
        };
        fragment(&survey, &proposals, &style)
    }

    #[test]
    fn whatever_a_page_calls_itself_the_fragment_is_toml() {
        let nasty = "名\"称' = [1] # \\u0000 '''";
        let site = SiteSeen {
            name: Some(format!("{nasty}{}", "长".repeat(200))),
            sponsor: Some(nasty.to_owned()),
            code: Some("1101020001".to_owned()),
        };
        let columns = vec![
            column(nasty, "/a/"),
            column(nasty, "/b/a/index.html"),
            column("工作动态", "/c/a.html"),
        ];
        let text = written(columns, &site, "http://www.example.gov.cn/?a=\"b\"#c");
        let table: toml::Table = text.parse().unwrap();
        let ids: Vec<&str> = table["column"]
            .as_array()
            .unwrap()
            .iter()
            .map(|column| column["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["example/a", "example/a-2", "example/a-3"]);
        let confirmed = |n: usize| table["column"][n].get("confirmed").is_none();
        assert!(!confirmed(0) && confirmed(2));
        let name = table["site"][0]["name"].as_str().unwrap();
        assert_eq!(name.chars().count(), NAME);
    }

    #[test]
    fn a_pace_that_does_not_fit_the_limit_is_noted() {
        let text = written(
            vec![column("工作动态", "/gzdt/")],
            &SiteSeen::default(),
            "http://www.example.gov.cn/",
        );
        let noted = "# 注意：通常30天才更新一次，比时限14天慢，请核对类别";
        assert!(text.contains(noted), "{text}");
        assert!(
            text.contains("# x http://www.example.gov.cn/：连接超时"),
            "{text}"
        );
    }

    #[test]
    fn sites_have_a_word_of_their_host() {
        let cases = [
            ("http://www.example.gov.cn/", "example"),
            ("https://jrb.example.gov.cn/x/", "jrb"),
            ("http://127.0.0.1:8080/", "127-0-0-1"),
            ("http://[::1]/", "1"),
        ];
        for (home, word) in cases {
            assert_eq!(site_word(&Url::parse(home).unwrap()), word, "{home}");
        }
    }
}
