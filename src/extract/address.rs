//! What an address tells: the date in its path, whether it leads to an article page, and how a
//! link written on a page becomes an address.

use chrono::NaiveDate;
use url::Url;

use crate::domain::time::Date;

/// How much of a date an address carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathDate {
    /// The day.
    Day(Date),
    /// Year and month.
    Month(i32, u32),
    /// The year.
    Year(i32),
}

/// The address of a link on a page; `None` for anchors, scripts and other schemes.
pub fn join(base: &Url, href: &str) -> Option<Url> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') || href.len() > 2000 {
        return None;
    }
    let mut url = base.join(href).ok()?;
    url.set_fragment(None);
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// Whether an address is the root of its host: `/`, or an index file there.
pub fn is_root(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    let name = path.trim_start_matches('/');
    let index = name.starts_with("index.") || name.starts_with("default.");
    url.query().is_none() && (name.is_empty() || (index && !name.contains('/')))
}

/// Whether an address is the site's home page: the configured one, or its host's root where that
/// is a root too.
pub fn is_home(url: &Url, home: Option<&Url>) -> bool {
    home.is_some_and(|home| {
        let same_host = home.host_str() == url.host_str();
        let same = same_host && plain_path(home) == plain_path(url) && home.query() == url.query();
        same || (same_host && is_root(home) && is_root(url))
    })
}

/// The path without the name of an index file.
fn plain_path(url: &Url) -> &str {
    let path = url.path();
    let (folder, file) = path.rsplit_once('/').unwrap_or_default();
    match file.split('.').next() {
        Some("index" | "default" | "") => folder,
        _ => path,
    }
}

/// Whether a page is of the host of another or of one above it, `www` left aside.
pub fn is_above(url: &Url, other: &Url) -> bool {
    let host = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host).to_owned()
    };
    let (above, below) = (host(url), host(other));
    let within = below
        .strip_suffix(&above)
        .is_some_and(|rest| rest.ends_with('.'));
    above == below || within && !REGISTRIES.contains(&above.as_str())
}

/// Names below which every holder of a name has a site of his own.
const REGISTRIES: [&str; 8] = [
    "gov.cn",
    "com.cn",
    "net.cn",
    "org.cn",
    "edu.cn",
    "ac.cn",
    "mil.cn",
    "政务.cn",
];

/// Whether two addresses are on one site: the same host, or one is a subdomain of the other.
pub fn is_same_site(a: &Url, b: &Url) -> bool {
    fn bare(url: &Url) -> &str {
        let host = url.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host)
    }
    let (a, b) = (bare(a), bare(b));
    let below = |host: &str, above: &str| {
        !REGISTRIES.contains(&above) && host.ends_with(&format!(".{above}"))
    };
    a == b || below(a, b) || below(b, a)
}

/// Whether an address leads to a page and not to a document or picture.
pub fn is_page(url: &Url) -> bool {
    const FILES: [&str; 18] = [
        ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".wps", ".et", ".zip", ".rar", ".7z", ".jpg",
        ".jpeg", ".png", ".gif", ".mp4", ".mp3", ".ppt", ".pptx",
    ];
    let path = url.path().to_ascii_lowercase();
    !FILES.iter().any(|end| path.ends_with(end))
}

/// The date that the path carries, the most complete one.
pub fn path_date(url: &Url) -> Option<PathDate> {
    // Every form has a year or more in one run of digits.
    let runs = |path: &str| {
        path.as_bytes()
            .windows(4)
            .any(|four| four.iter().all(u8::is_ascii_digit))
    };
    if !runs(url.path()) {
        return None;
    }
    let segments: Vec<&str> = url.path_segments()?.filter(|s| !s.is_empty()).collect();
    let mut best: Option<PathDate> = None;
    for (at, segment) in segments.iter().enumerate() {
        let rest = segments.get(at + 1..).unwrap_or_default();
        let above = at.checked_sub(1).and_then(|at| segments.get(at));
        let identified = || above.is_some_and(|above| IDENTIFIED.contains(above));
        let found = if rest.is_empty() {
            in_file(segment)
        } else {
            in_directories(segment, rest)
                .filter(|found| !(matches!(found, PathDate::Year(_)) && identified()))
        };
        if let Some(day @ PathDate::Day(_)) = found {
            return Some(day);
        }
        best = match (best, found) {
            (None | Some(PathDate::Year(_)), Some(found)) => Some(found),
            (best, _) => best,
        };
    }
    best
}

/// The year that the address of a list carries, in a folder of its own or in a parameter.
pub fn list_year(url: &Url) -> Option<i32> {
    // What ends in a folder names it like any page in it.
    let inside = url.path().ends_with('/').then(|| url.join("index").ok());
    if let Some(PathDate::Year(year)) = path_date(inside.flatten().as_ref().unwrap_or(url)) {
        return Some(year);
    }
    let named = |name: &str| matches!(name, "year" | "nd" | "niandu" | "nian");
    url.query_pairs().find_map(|(name, value)| {
        let year: i32 = value.parse().ok()?;
        (named(&name.to_ascii_lowercase()) && (1995..=2100).contains(&year)).then_some(year)
    })
}

/// Folders below which a number of four digits is an identifier: `/info/2016/5678.htm`.
const IDENTIFIED: [&str; 12] = [
    "info", "col", "column", "columns", "channel", "channels", "node", "category", "cat", "class",
    "list", "site",
];

/// The day in a segment that begins day first, as addresses outside China have it:
/// `29-10-2021`, `02-01-2022-title`.
pub fn day_first(url: &Url) -> Option<Date> {
    url.path_segments()?.find_map(|segment| {
        let stem = segment.trim_start_matches(|c: char| !c.is_alphanumeric());
        let mut parts = stem.splitn(4, ['-', '_', '.']);
        let (d, m, y) = (parts.next()?, parts.next()?, parts.next()?);
        let numbers = is_number(d) && is_number(m) && is_number(y) && y.len() == 4;
        numbers.then(|| day(y, m, d)).flatten()
    })
}

fn day(year: &str, month: &str, day: &str) -> Option<Date> {
    let year: i32 = year.parse().ok()?;
    let valid = (1995..=2100).contains(&year) && month.len() <= 2 && day.len() <= 2;
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?).filter(|_| valid)
}

fn month(year: &str, month: &str) -> Option<PathDate> {
    let (year, month): (i32, u32) = (year.parse().ok()?, month.parse().ok()?);
    ((1995..=2100).contains(&year) && (1..=12).contains(&month))
        .then_some(PathDate::Month(year, month))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `20171103`, `2017-11-03`, `201711`, `2017-11` followed by `03`, `2017/11/3`.
fn in_directories(segment: &str, rest: &[&str]) -> Option<PathDate> {
    let parts: Vec<&str> = segment.split(['-', '_']).collect();
    let next = rest.first().copied().unwrap_or_default();
    let number = |text: &str| is_number(text) && text.len() <= 2;
    match parts.as_slice() {
        [one] if is_number(one) => match one.len() {
            8 => eight(one).map(PathDate::Day),
            6 => {
                let (y, m) = (one.get(..4)?, one.get(4..)?);
                if number(next) && rest.len() > 1 {
                    day(y, m, next).map(PathDate::Day).or_else(|| month(y, m))
                } else {
                    month(y, m)
                }
            }
            4 => year_then(one, rest),
            _ => None,
        },
        [y, m, d] if y.len() == 4 && number(m) && number(d) => day(y, m, d).map(PathDate::Day),
        [y, m] if y.len() == 4 && number(m) => {
            let exact = number(next).then(|| day(y, m, next)).flatten();
            exact.map(PathDate::Day).or_else(|| month(y, m))
        }
        _ => None,
    }
}

/// `2017` followed by `11/3`, `1103`, `11-03` or `11`.
fn year_then(year: &str, rest: &[&str]) -> Option<PathDate> {
    let number: i32 = year.parse().ok().filter(|y| (1995..=2100).contains(y))?;
    let next = rest.first().copied().unwrap_or_default();
    let after = rest.get(1).copied().unwrap_or_default();
    let exact = match next.len() {
        1 | 2 if is_number(next) && is_number(after) && rest.len() > 1 => day(year, next, after),
        4 if is_number(next) => day(year, next.get(..2)?, next.get(2..)?),
        5 if next.get(2..3) == Some("-") => day(year, next.get(..2)?, next.get(3..)?),
        _ => None,
    };
    let by_month = || {
        (is_number(next) && next.len() <= 2 && rest.len() > 1)
            .then(|| month(year, next))
            .flatten()
    };
    exact
        .map(PathDate::Day)
        .or_else(by_month)
        .or(Some(PathDate::Year(number)))
}

fn eight(text: &str) -> Option<Date> {
    day(text.get(..4)?, text.get(4..6)?, text.get(6..8)?)
}

/// A file name: `t20171103_1234.html`, `20171103_1.html`, `201711031530123.html`.
fn in_file(name: &str) -> Option<PathDate> {
    let stem = name.split('.').next().unwrap_or_default();
    let body = stem.strip_prefix(['t', 'T', 'W', 'P']).unwrap_or(stem);
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let after = body.get(digits..)?;
    let marked = body.len() < stem.len();
    let plausible = match digits {
        8 => after.is_empty() || after.starts_with(['_', '-']),
        12 | 14 | 17 => !marked && after.is_empty() && is_clock(body.get(8..12)?),
        _ => false,
    };
    if plausible {
        return eight(body.get(..8)?).map(PathDate::Day);
    }
    let parts: Vec<&str> = stem.splitn(4, ['-', '_']).collect();
    match parts.as_slice() {
        [y, m, d, ..] if y.len() == 4 && is_number(y) && is_number(m) && is_number(d) => {
            day(y, m, d).map(PathDate::Day)
        }
        _ => None,
    }
}

fn is_clock(text: &str) -> bool {
    let part = |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse::<u32>().ok());
    part(0, 2).is_some_and(|h| h < 24) && part(2, 4).is_some_and(|m| m < 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(y: i32, m: u32, d: u32) -> Option<PathDate> {
        NaiveDate::from_ymd_opt(y, m, d).map(PathDate::Day)
    }

    #[test]
    fn the_path_tells_the_day_in_every_dialect() {
        let cases = [
            ("/xwdt/201803/t20180307_4752.html", date(2018, 3, 7)),
            ("/art/2017/11/3/art_12_345.html", date(2017, 11, 3)),
            (
                "/art/2023/art_0123456789abcdef0123456789abcdef.html",
                Some(PathDate::Year(2023)),
            ),
            (
                "/20171103/0123456789abcdef0123456789abcdef.html",
                date(2017, 11, 3),
            ),
            ("/nw12344/20171103/c.html", date(2017, 11, 3)),
            ("/gongbao/2014-02/18/content_1.htm", date(2014, 2, 18)),
            ("/2016/0511/c123-456.html", date(2016, 5, 11)),
            ("/2016/05-11/456.shtml", date(2016, 5, 11)),
            (
                "/yaowen/202309/content_6906622.htm",
                Some(PathDate::Month(2023, 9)),
            ),
            ("/xxgk/201711/03/a.html", date(2017, 11, 3)),
            ("/a/20171103153012345.html", date(2017, 11, 3)),
            ("/c100/2017-11-03/1.html", date(2017, 11, 3)),
            ("/xxgk/xxxq/pnidpv736523.html", None),
            ("/201712333/index.shtml", None),
            ("/info/1234/5678.htm", None),
            ("/info/2016/5678.htm", None),
            ("/xxgk/2016/5678.htm", Some(PathDate::Year(2016))),
            ("/content/20179999.html", None),
            ("/col/col3664/index.html", None),
        ];
        for (path, expected) in cases {
            let url = Url::parse("http://www.a.gov.cn")
                .and_then(|u| u.join(path))
                .expect("an address");
            assert_eq!(path_date(&url), expected, "{path}");
        }
    }

    #[test]
    fn links_become_addresses_or_nothing() {
        let base = Url::parse("http://www.a.gov.cn/xxgk/tzgg.html").expect("an address");
        let cases = [
            ("  /x/1.html ", Some("http://www.a.gov.cn/x/1.html")),
            ("./1.html#top", Some("http://www.a.gov.cn/xxgk/1.html")),
            ("//b.gov.cn/1", Some("http://b.gov.cn/1")),
            ("#", None),
            ("", None),
            ("javascript:void(0)", None),
            ("mailto:a@b.cn", None),
        ];
        for (href, expected) in cases {
            assert_eq!(
                join(&base, href).map(String::from).as_deref(),
                expected,
                "{href}"
            );
        }
    }

    #[test]
    fn a_site_includes_its_subdomains() {
        let parse = |host: &str| Url::parse(&format!("http://{host}/")).expect("an address");
        for (a, b, same) in [
            ("www.bjxch.gov.cn", "jrb.bjxch.gov.cn", true),
            ("bjxch.gov.cn", "www.bjxch.gov.cn", true),
            ("www.bjxch.gov.cn", "mp.weixin.qq.com", false),
        ] {
            assert_eq!(is_same_site(&parse(a), &parse(b)), same, "{a} {b}");
        }
    }

    #[test]
    fn subdomains_are_of_one_site_but_not_all_that_a_registry_holds() {
        let cases = [
            ("http://www.a.gov.cn/", "http://jw.a.gov.cn/x", true),
            ("http://a.gov.cn/", "http://www.a.gov.cn/", true),
            ("http://www.gov.cn/", "http://www.a.gov.cn/", false),
            ("http://www.a.gov.cn/", "http://www.b.gov.cn/", false),
        ];
        for (one, other, same) in cases {
            let url = |text: &str| Url::parse(text).expect("an address");
            assert_eq!(is_same_site(&url(one), &url(other)), same, "{one} {other}");
            assert_eq!(is_same_site(&url(other), &url(one)), same, "{other} {one}");
        }
    }
}
