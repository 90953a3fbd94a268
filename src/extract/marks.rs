//! Which tags and marks a page bears. Marks are looked for in the whole source, since many are
//! written by scripts; the sponsor and a way to reach somebody only near the end of the text,
//! where a foot stands.

use std::borrow::Cow;

use url::Url;

use super::clean;
use super::dates;
use crate::domain::group::Identity;
use crate::domain::marks::{Mark, Marks, PageMarks, Tag, Tags};

/// The most scripts and frames that may write the foot of one page.
pub const MOST_FEET: usize = 4;
/// Characters at the end of the text that are taken for the foot.
const FOOT: usize = 3000;

/// What marks are looked for in.
pub struct Ground<'a> {
    /// Names in lower case and contents of the metas, none of them empty.
    pub metas: &'a [(String, String)],
    /// The source of the page.
    pub source: &'a str,
    /// The sources of what writes its foot.
    pub feet: &'a [&'a str],
    /// Its visible text.
    pub text: &'a str,
}

/// What the page bears.
pub fn of(ground: &Ground<'_>) -> PageMarks {
    let mut tags = Tags::default();
    let content = |tag: Tag| {
        let mut metas = ground.metas.iter();
        let name = tag.word().to_ascii_lowercase();
        metas.find_map(|(known, content)| (*known == name).then_some(content.as_str()))
    };
    for &tag in Tag::ALL {
        if content(tag).is_some() {
            tags.add(tag);
        }
    }
    let mut marks = Marks::default();
    let whole = plain(ground.source);
    let foot = end_of(ground.text);
    look(&mut marks, &whole, foot);
    let mut code = content(Tag::SiteIdCode).map(str::to_owned);
    code = code.or_else(|| printed_code(&whole));
    for source in ground.feet {
        let source = plain(source);
        look(&mut marks, &source, &source);
        code = code.or_else(|| printed_code(&source));
    }
    let date = content(Tag::PubDate).filter(|date| !is_well_formed(date));
    PageMarks {
        tags,
        marks,
        date_amiss: date.map(|date| clean::line(date, 40)),
        code: code.map(|code| clean::line(&code, 20)),
    }
}

/// Adds the marks that `source` bears; `foot` is the part of it in which anybody may be named.
fn look(marks: &mut Marks, source: &str, foot: &str) {
    let any = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    let mut add = |mark, is_there: bool| {
        if is_there {
            marks.add(mark);
        }
    };
    add(Mark::SiteCode, printed_code(source).is_some());
    add(
        Mark::Icp,
        after(source, &["ICP备", "icp备", "ICP证", "icp证"], 6),
    );
    let police = ["公网安备", "公备", "公安备案", "公安机关备案"];
    let recorded = any(source, &["recordcode="]);
    add(Mark::Police, recorded || after(source, &police, 8));
    add(Mark::Conac, any(source, &["conac.cn", "_ideConac"]));
    let mistakes = ["jiucuo", "我为政府网站找错", "政府网站找错"];
    add(Mark::Mistakes, any(source, &mistakes));
    let sponsor = ["主办单位", "主办：", "主办:", "主 办"];
    add(Mark::Sponsor, any(foot, &sponsor));
    let contact = [
        "联系电话",
        "联系方式",
        "联系我们",
        "电话：",
        "电话:",
        "热线",
        "通讯地址",
    ];
    add(Mark::Contact, any(foot, &contact));
    let map = ["网站地图", "站点地图", "sitemap", "SiteMap"];
    add(Mark::SiteMap, any(source, &map));
}

/// Whether a number of at least `least` digits stands shortly behind one of the words.
fn after(source: &str, words: &[&str], least: usize) -> bool {
    let numbered = |rest: &str| {
        let digits = rest
            .chars()
            .take(40)
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(char::is_ascii_digit);
        digits.count() >= least
    };
    words
        .iter()
        .any(|word| source.split(word).skip(1).take(8).any(numbered))
}

/// The identification code as a reader sees it: behind the words for it, or in what the entry for
/// mistakes is given.
fn printed_code(source: &str) -> Option<String> {
    let words = [
        "标识码",
        "标识号",
        "识别号",
        "sitecode",
        "site_code",
        "siteCode",
    ];
    let near = |rest: &str| {
        let head: String = rest.chars().take(40).collect();
        let mut parts = head.split(|c: char| !c.is_ascii_alphanumeric());
        let code = parts.find(|part| part.len() >= 8)?;
        Identity::is_code(code).then(|| code.to_owned())
    };
    words
        .iter()
        .find_map(|word| source.split(word).skip(1).take(8).find_map(near))
}

/// `2017-11-02`, with or without the time of day, with or without seconds.
/// Source: 国办发〔2017〕47号 (YYYY-MM-DD HH:MM); seconds are seen on central sites.
fn is_well_formed(date: &str) -> bool {
    let (day, time) = date.trim().split_once(' ').unwrap_or((date.trim(), ""));
    let is_day = day.len() == 10 && day.parse::<chrono::NaiveDate>().is_ok();
    let is_time = |form| chrono::NaiveTime::parse_from_str(time.trim(), form).is_ok();
    is_day && (time.is_empty() || is_time("%H:%M") || is_time("%H:%M:%S"))
}

/// The last characters of a text.
fn end_of(text: &str) -> &str {
    let from = text.char_indices().rev().nth(FOOT).map_or(0, |(at, _)| at);
    text.get(from..).unwrap_or(text)
}

/// The source with what scripts escape written out: `%3C`, `\u4e3b`; digits of full width made
/// plain.
fn plain(source: &str) -> Cow<'_, str> {
    let escaped = source.contains("unescape(") || source.contains("\\u");
    let wide = source.chars().any(|c| ('０'..='９').contains(&c));
    if !escaped && !wide {
        return Cow::Borrowed(source);
    }
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let (c, length) = written_out(rest).unwrap_or((c, c.len_utf8()));
        out.push(dates::plain(c));
        rest = rest.get(length..).unwrap_or_default();
    }
    Cow::Owned(out)
}

/// The character that an escape stands for, and how long the escape is.
fn written_out(text: &str) -> Option<(char, usize)> {
    let code = |digits: Option<&str>| u32::from_str_radix(digits?, 16).ok();
    if text.starts_with("\\u") {
        return char::from_u32(code(text.get(2..6))?).map(|c| (c, 6));
    }
    if text.starts_with("%u") {
        return char::from_u32(code(text.get(2..6))?).map(|c| (c, 6));
    }
    let byte = code(text.strip_prefix('%')?.get(..2)).filter(|byte| *byte < 128)?;
    char::from_u32(byte).map(|c| (c, 3))
}

/// Whether a script or frame may write the foot, by its name.
pub fn may_be_a_foot(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or_default();
    let words = ["foot", "bottom", "copyright", "dibu", "yejiao", "banquan"];
    words.iter().any(|word| name.contains(word))
}
