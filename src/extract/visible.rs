//! The visible publication date of an article: labels, nearness to the title, the company of
//! 来源 and 浏览, and its place outside of lists speak for a date.

use std::collections::{HashMap, HashSet};

use super::clean;
use super::clues::{Clues, Spot};
use super::dates::{self, Found, Stamp};
use super::foreign::{self, Order};
use super::foreign_labels;
use super::labels::{self, Label};
use super::pageclock;
use super::places::Named;
use super::standing::{self, Standing};
use crate::domain::time::Date;

/// The most dates of a page that are weighed: an article has few.
const MAX_DATES: usize = 300;

/// A visible date and how much speaks for it.
pub struct Seen<'c> {
    /// The day.
    pub on: Date,
    /// The date as printed.
    pub found: Found,
    /// How much speaks for it; nothing below 50 is believed of a Chinese page.
    pub score: i32,
    /// Whether it stands within a screen of the title.
    pub near_title: bool,
    /// What the words before it say.
    pub label: Label,
    /// How it stands in its text.
    pub standing: Standing,
    /// Whether it stands below the title.
    pub below: bool,
    /// A digest of the elements around it.
    pub path: u64,
    /// How the elements around it are named.
    pub named: Named,
    /// Whether it stands in a list, in a link, beside the article, or at the edge of the page.
    pub apart: bool,
    spot: &'c Spot<'c>,
}

impl Seen<'_> {
    /// The words around it.
    pub fn snippet(&self) -> String {
        around(self.spot, &self.found)
    }

    /// The words before it.
    pub fn before(&self) -> String {
        before(self.spot, &self.found)
    }

    /// Whether it stands alone but for a weekday, like the clock in the head of a page.
    pub fn is_clock(&self) -> bool {
        let own: String = self.spot.text.chars().take(self.found.start).collect();
        self.found.time.is_none()
            && foreign_labels::ends_in_weekday(&own)
            && own.trim().chars().count() <= 14
    }
}

/// Characters of prose above a day from which it is that of a signature.
const SIGNED: usize = 60;

/// Words that stand in one line with the publication.
const COMPANY: [&str; 13] = [
    "来源", "作者", "浏览", "点击", "编辑", "字号", "字体", "阅读", "责编", "分享", "次", "Source",
    "Views",
];

/// Every plausible full date of the page that is displayed and no end of a period.
pub fn all<'c>(clues: &'c Clues<'c>) -> Vec<Seen<'c>> {
    let displayed = clues.spots.iter().filter(|spot| !spot.place.hidden);
    let dated: Vec<(&Spot, Vec<Found>)> = displayed
        .map(|spot| (spot, scan(clues, spot)))
        .filter(|(_, found)| !found.is_empty())
        .collect();
    let lists = lists(&dated);
    let mut seen = Vec::new();
    for (spot, found) in dated {
        let weighty = |link: usize| clues.links.get(link).is_some_and(|weight| *weight >= 4);
        let apart = lists.contains(&spot.place.path) || spot.link.is_some_and(weighty);
        for found in found {
            let found = if clues.chinese {
                found.in_china()
            } else {
                found
            };
            let on = match found.stamp {
                Stamp::Full(on) => on,
                Stamp::Short(on)
                    if dates::begins_with_year(on, clues.today)
                        || is_labelled_in_chinese(clues, spot, &found) =>
                {
                    on
                }
                _ => continue,
            };
            if !found.ranged && seen.len() < MAX_DATES && dates::is_plausible(on, clues.today) {
                seen.push(weigh(clues, spot, found, on, apart));
            }
        }
    }
    seen
}

/// Whether Chinese words call a date that of the publication: no Chinese date ends in its year.
fn is_labelled_in_chinese(clues: &Clues, spot: &Spot, found: &Found) -> bool {
    let worded = || {
        before(spot, found)
            .chars()
            .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
    };
    clues.chinese && label_of(clues, spot, found) == Label::Published && worded()
}

/// The visible date for which most speaks, if enough does.
pub fn best<'s, 'c>(seen: &'s [Seen<'c>]) -> Option<&'s Seen<'c>> {
    let mut best: Option<&Seen> = None;
    for seen in seen.iter().filter(|seen| seen.score >= 50) {
        if best.is_none_or(|other| seen.score > other.score) {
            best = Some(seen);
        }
    }
    best
}

/// The month that is labelled as that of the publication: its last day so far, and the words.
pub fn labelled_month(clues: &Clues) -> Option<(Date, String)> {
    let displayed = clues.spots.iter().filter(|spot| !spot.place.hidden);
    displayed
        .flat_map(|spot| {
            scan(clues, spot)
                .into_iter()
                .map(move |found| (spot, found))
        })
        .find_map(|(spot, found)| {
            let Stamp::Month(year, month) = found.stamp else {
                return None;
            };
            let labelled = !found.ranged && label_of(clues, spot, &found) == Label::Published;
            let on = dates::end_of_month(year, month, clues.today).filter(|_| labelled)?;
            Some((on, around(spot, &found)))
        })
}

/// The words around a date.
fn around(spot: &Spot, found: &Found) -> String {
    let from = found.start.saturating_sub(20);
    let length = found.end - from + 20;
    let near: String = spot.text.chars().skip(from).take(length).collect();
    clean::line(&near, clean::SNIPPET)
}

fn scan(clues: &Clues, spot: &Spot) -> Vec<Found> {
    if clues.chinese {
        foreign::or_named(dates::scan(&spot.text), &spot.text)
    } else {
        foreign::scan(&spot.text, order(clues))
    }
}

/// American pages write the month first.
fn order(clues: &Clues) -> Order {
    let host = clues.url.host_str().unwrap_or_default();
    let british = [".uk", ".au", ".nz", ".ie", ".in", ".za", ".eu", ".de"]
        .iter()
        .any(|end| host.ends_with(end));
    let american = clues.language == "en-us" || clues.language == "en_us";
    if american || (clues.language == "en" && !british) {
        Order::MonthFirst
    } else {
        Order::DayFirst
    }
}

/// The structures in which at least three dates stand beside links: rows of lists.
fn lists(dated: &[(&Spot, Vec<Found>)]) -> HashSet<u64> {
    let mut runs: HashMap<u64, (usize, usize, usize)> = HashMap::new();
    for (spot, _) in dated {
        let run = runs.entry(spot.place.path).or_insert((0, spot.links, 0));
        run.0 += 1;
        run.2 = spot.links;
    }
    runs.into_iter()
        .filter(|(_, (count, first, last))| *count >= 3 && last - first + 1 >= *count)
        .map(|(path, _)| path)
        .collect()
}

fn before(spot: &Spot, found: &Found) -> String {
    let own: String = spot.text.chars().take(found.start).collect();
    // What stands in a title says nothing of the date behind it.
    if !own.contains(char::is_alphanumeric) && !spot.behind_link && may_label(&spot.before) {
        spot.before.clone().into_owned()
    } else {
        own
    }
}

/// Whether a text can be the label of what follows it: short, or ending in a colon.
fn may_label(text: &str) -> bool {
    let text = text.trim();
    let ends = text.ends_with([':', '：']);
    text.chars().take(41).count() <= if ends { 40 } else { 8 }
}

fn label_of(clues: &Clues, spot: &Spot, found: &Found) -> Label {
    if pageclock::is_line(&spot.text) {
        Label::Other
    } else if clues.chinese {
        labels::label_of(found, &before(spot, found))
    } else {
        foreign_label(spot, found)
    }
}

/// On other pages labels stand in texts of their own more often, and behind dates too.
fn foreign_label(spot: &Spot, found: &Found) -> Label {
    let own: String = spot.text.chars().take(found.start).collect();
    let first = !own.contains(char::is_alphanumeric);
    let mut label = foreign_labels::before(&own);
    if label == Label::None && first && spot.before.chars().count() <= 30 {
        label = foreign_labels::before(&spot.before);
    }
    if label != Label::None {
        return label;
    }
    let after: String = spot.text.chars().skip(found.end).take(40).collect();
    foreign_labels::behind(&after)
}

fn weigh<'c>(
    clues: &'c Clues<'c>,
    spot: &'c Spot<'c>,
    found: Found,
    on: Date,
    apart: bool,
) -> Seen<'c> {
    let label = label_of(clues, spot, &found);
    let mut standing = standing::standing(&spot.text, &found);
    let in_sentence = match clues.chinese {
        true => begins_a_sentence(&spot.text, &found),
        false => standing == Standing::Edge && ends_a_sentence(&spot.text, &found),
    };
    let short = spot.text.trim().chars().count() <= 120;
    let company = short && COMPANY.iter().any(|word| spot.text.contains(word));
    if in_sentence {
        standing = Standing::Prose;
    } else if clues.chinese && company && standing == Standing::Prose {
        // 时间：2018年3月5日 字号：大 中 小 is a line of labels.
        let framed = standing::is_framed(&spot.text, &found);
        standing = if framed { Standing::Edge } else { standing };
    }
    let named = spot.place.named;
    // The day below the text of a document, in words, is that of its signature.
    let signed = clues.chinese
        && (label, standing) == (Label::None, Standing::Alone)
        && !found.numeric
        && found.time.is_none()
        && spot.prose >= SIGNED
        && named == Named::No;
    let apart = apart || clues.chinese && is_of_another(spot, &found, label, named);
    let (bonus, near_title) = nearness(clues.heads.place, spot.at);
    let base = match label {
        Label::Published => 100,
        Label::Answered | Label::Handled => 60,
        Label::Date if standing == Standing::Prose => -100,
        Label::Date if standing >= Standing::Edge || short => 60,
        Label::Updated => 30,
        Label::None if named == Named::Element => 100,
        Label::None if signed => -100,
        Label::None if standing == Standing::Alone => 30,
        Label::None if standing == Standing::Edge && short => 20,
        _ => -100,
    };
    let extra = [
        (found.time.is_some(), 10),
        (named == Named::Class, 15),
        (company, 15),
        (standing == Standing::Prose, -30),
        (apart, -200),
    ];
    let extra: i32 = extra
        .iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, points)| points)
        .sum();
    Seen {
        on,
        found,
        score: base + bonus + extra,
        near_title,
        label,
        standing,
        below: clues.heads.place.is_some_and(|title| spot.at >= title),
        path: spot.place.path,
        named,
        apart,
        spot,
    }
}

/// Whether a date below the text is that of something else: of the article before or behind, whose linked
/// title it follows, or of a remark that somebody made (某某 发表于 …).
fn is_of_another(spot: &Spot, found: &Found, label: Label, named: Named) -> bool {
    let remarked = || {
        let before = before(spot, found);
        let who = ["发表于", "发布于"]
            .iter()
            .find_map(|word| before.trim_end().strip_suffix(word));
        let told = |who: &str| COMPANY.iter().any(|word| who.contains(word));
        who.is_some_and(|who| who.contains(char::is_alphanumeric) && !told(who))
    };
    spot.prose >= SIGNED
        && match label {
            Label::None => spot.behind_link && named == Named::No,
            Label::Published => remarked(),
            _ => false,
        }
}

/// Whether a sentence goes on behind the date, or a place follows that says it is an event's.
fn begins_a_sentence(text: &str, found: &Found) -> bool {
    let after: String = text.chars().skip(found.end).take(200).collect();
    after.trim_start().starts_with(['，', ','])
        || after.contains(['。', '！'])
        || after.contains("地点")
}

/// Whether the date is the last of many words that no sign parts from it.
fn ends_a_sentence(text: &str, found: &Found) -> bool {
    let before: String = text.chars().take(found.start).collect();
    let joined = before.trim_end().ends_with(char::is_alphanumeric);
    joined && before.split_whitespace().count() >= 6
}

/// Dates within a screen of the title belong to it; those below it more than those above.
fn nearness(title: Option<usize>, at: usize) -> (i32, bool) {
    let Some(title) = title else {
        return (10, false);
    };
    match at.abs_diff(title) {
        between if at > title && between <= 160 => (40, true),
        between if at > title && between <= 400 => (20, true),
        between if between <= 300 => (15, true),
        _ => (0, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::article;
    use url::Url;

    fn read(body: &str) -> Option<String> {
        let url = Url::parse("http://www.a.gov.cn/tzgg/1.html").unwrap();
        let source = format!("<title>通知</title><h1>关于开展网站检查的通知</h1>{body}");
        let clues = Clues::of(&source, &url, Date::from_ymd_opt(2018, 6, 1).unwrap());
        article::read(&clues)
            .article
            .map(|article| article.on.to_string())
    }

    #[test]
    fn a_date_below_the_text_that_is_of_something_else_is_no_publication() {
        let text = format!("<p>{}</p>", "现将有关事项通知如下，请遵照执行。".repeat(8));
        let next = "<p>上一篇：<a href=/2.html>关于假期安排的通知</a> 2018-05-09</p>";
        let remark = "<p>张三 发表于 2018-05-09 10:00</p><p>很好</p>";
        let own = "<p>发布时间：2018-05-02</p>";
        for below in [next, remark] {
            assert_eq!(read(&format!("{text}{below}")), None, "{below}");
            let dated = read(&format!("{own}{text}{below}"));
            assert_eq!(dated.as_deref(), Some("2018-05-02"), "{below}");
        }
        for below in [
            "<p>发布于 2018-05-02</p>",
            "<p>来源：区教委 发布于 2018-05-02</p>",
            own,
        ] {
            let dated = read(&format!("{text}{below}"));
            assert_eq!(dated.as_deref(), Some("2018-05-02"), "{below}");
        }
    }

    #[test]
    fn the_heads_of_a_table_name_the_dates_below_them() {
        let table = |heads: [&str; 3], cells: [&str; 3]| {
            let row = |tag: &str, texts: [&str; 3]| {
                let cells = texts.map(|text| format!("<{tag}>{text}</{tag}>"));
                format!("<tr>{}</tr>", cells.concat())
            };
            format!("<table>{}{}</table>", row("th", heads), row("td", cells))
        };
        let (document, published) = ("2018-05-01", "2018-05-02");
        let cases = [
            (
                ["索引号", "成文日期", "发布日期"],
                ["11-1", document, published],
                Some(published),
            ),
            (
                ["发布日期", "成文日期", "文号"],
                [published, document, "1号"],
                Some(published),
            ),
            (
                ["索引号", "成文日期", "施行日期"],
                ["11-1", document, published],
                None,
            ),
            // Names stand beside what they name.
            (
                ["文号", "发布日期", published],
                ["", "成文日期", document],
                Some(published),
            ),
        ];
        for (heads, cells, expected) in cases {
            let read = read(&table(heads, cells));
            assert_eq!(read.as_deref(), expected, "{heads:?}");
        }
        let nested = format!(
            "<table><tr><td>成文日期</td></tr><tr><td>{}</td></tr></table>",
            "<table><tr><td>发布日期：2018-05-02</td></tr></table>"
        );
        assert_eq!(read(&nested).as_deref(), Some(published));
    }
}
