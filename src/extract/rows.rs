//! Rows of a page without selectors: a row is the smallest block with exactly one article link,
//! and its date is whatever date stands in that block outside the title, at its side when the
//! block has none, or in the link's hint. What the dates mean is decided elsewhere.

use url::Url;

use super::address;
use super::clean;
use super::dates::{self, Found, Stamp, Standing};
use super::dom::{Dom, What};
use super::labels::{self, Label};
use crate::domain::finding::Basis;

/// The most rows that are looked at on one page.
const MAX_ITEMS: usize = 20_000;
/// The most ancestors that a row climbs.
const MAX_CLIMB: usize = 12;

/// A row of the page.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The title, bounded and clean.
    pub title: String,
    /// The address it links to.
    pub url: Option<Url>,
    /// The date printed for it.
    pub mark: Option<Mark>,
    /// The element that is the row.
    pub block: usize,
    /// The element that holds the rows of this list.
    pub list: usize,
    /// The digest of the structure.
    pub path: u64,
    /// Whether the row itself is not displayed.
    pub hidden: bool,
    /// Whether it lies in a block that is not displayed, such as a tab.
    pub tucked: bool,
    /// Whether it lies in header, footer or navigation.
    pub furniture: bool,
}

/// A printed date.
#[derive(Debug, Clone)]
pub struct Mark {
    /// How complete it is.
    pub stamp: Stamp,
    /// Where it stands.
    pub basis: Basis,
    /// The words around it.
    pub snippet: String,
    /// Whether it stands apart from the title.
    pub apart: bool,
}

/// Two links of one row: the longer title is the row's.
fn merge(rows: &mut [Listed], row: Listed) {
    if let Some(last) = rows.last_mut() {
        if clean::weight(&row.title) > clean::weight(&last.title) {
            let mark = row.mark.clone().or_else(|| last.mark.clone());
            *last = Listed { mark, ..row };
        }
    }
}

/// A link that may be an article's.
struct Item<'a> {
    at: usize,
    end: usize,
    title: String,
    href: Option<&'a str>,
    hint: Option<&'a str>,
}

/// A date in the page's text.
pub struct Dated<'a> {
    /// The text node.
    pub node: usize,
    /// The node's text.
    pub text: &'a str,
    /// The date.
    pub found: Found,
    /// How it stands in the text.
    pub standing: Standing,
    /// What the words before it say.
    pub label: Label,
    /// The article link in which it stands.
    pub in_item: Option<usize>,
}

/// The links and dates of a page, and what each of its blocks holds.
pub struct Layout<'d, 'a> {
    dom: &'d Dom<'a>,
    items: Vec<Item<'a>>,
    dated: Vec<Dated<'a>>,
    /// Items, links and bytes of text before each place.
    sums: Vec<(u32, u32, u32)>,
}

impl<'d, 'a> Layout<'d, 'a> {
    /// Surveys a page.
    pub fn of(dom: &'d Dom<'a>) -> Self {
        let items = items(dom);
        let sums = sums(dom, &items);
        let dated = dated(dom, &items);
        Layout {
            dom,
            items,
            dated,
            sums,
        }
    }

    /// The rows of the page in document order.
    pub fn rows(&self, base: &Url) -> Vec<Listed> {
        let mut rows: Vec<Listed> = Vec::new();
        let mut last_block = usize::MAX;
        for index in 0..self.items.len() {
            if let Some(row) = self.row(index, base) {
                if row.block == last_block && self.is_shared(row.block) {
                    merge(&mut rows, row);
                    continue;
                }
                last_block = row.block;
                rows.push(row);
            }
        }
        rows
    }

    /// Every date in the visible text, in document order.
    pub fn dated(&self) -> &[Dated<'a>] {
        &self.dated
    }

    fn sum(&self, at: usize) -> (u32, u32, u32) {
        self.sums.get(at).copied().unwrap_or_default()
    }

    fn items_in(&self, at: usize) -> u32 {
        self.sum(self.dom.end(at)).0 - self.sum(at).0
    }

    fn links_in(&self, at: usize) -> u32 {
        self.sum(self.dom.end(at)).1 - self.sum(at).1
    }

    fn text_between(&self, start: usize, end: usize) -> u32 {
        self.sum(end).2.saturating_sub(self.sum(start).2)
    }

    fn is_shared(&self, block: usize) -> bool {
        self.items_in(block) > 1
    }

    fn dates_between(&self, start: usize, end: usize) -> impl Iterator<Item = &Dated<'a>> {
        let from = self.dated.partition_point(|d| d.node < start);
        let to = self.dated.partition_point(|d| d.node < end);
        self.dated.get(from..to).unwrap_or_default().iter()
    }

    /// The block of the item, and its date.
    fn row(&self, index: usize, base: &Url) -> Option<Listed> {
        let item = self.items.get(index)?;
        let strict = self.climb(item, true);
        let (block, mark) = self
            .mark_of_block(index, strict)
            .map(|mark| (strict, Some(mark)))
            .or_else(|| self.in_shared_block(index, strict))
            .or_else(|| self.beside(index, strict).map(|mark| (strict, Some(mark))))
            .or_else(|| {
                let wide = self.climb(item, false);
                (wide != strict)
                    .then(|| {
                        self.mark_of_block(index, wide)
                            .map(|mark| (wide, Some(mark)))
                    })
                    .flatten()
            })
            .or_else(|| self.in_title(index).map(|mark| (strict, Some(mark))))
            .unwrap_or((strict, None));
        let node = self.dom.get(block)?;
        let own = self.dom.get(item.at)?;
        Some(Listed {
            title: item.title.clone(),
            url: item.href.and_then(|href| address::join(base, href)),
            mark,
            block,
            list: node.parent,
            path: self.row_path(block),
            hidden: self.is_hidden_itself(block)
                || self.is_hidden_itself(item.at)
                || self.has_empty_flag(block),
            tucked: node.hidden || own.hidden,
            furniture: node.furniture,
        })
    }

    /// The path of the list and the tag of the row: classes of rows differ from row to row.
    fn row_path(&self, block: usize) -> u64 {
        let above = self
            .dom
            .get(self.dom.parent(block))
            .map_or(0, |node| node.path);
        super::dom::mix(above, self.dom.tag(block).as_bytes())
    }

    fn is_hidden_itself(&self, at: usize) -> bool {
        let hidden = |at: usize| self.dom.get(at).is_some_and(|node| node.hidden);
        hidden(at) && !hidden(self.dom.parent(at))
    }

    /// Rows whose mark of approval is empty are kept in the page but not shown.
    fn has_empty_flag(&self, block: usize) -> bool {
        let mut flags = self
            .dom
            .range(block, self.dom.end(block))
            .take(12)
            .filter(|(_, node)| match node.what {
                What::Element(e) => {
                    e.name() == "i" && e.attr("class").is_some_and(|c| c.trim() == "flag")
                }
                _ => false,
            });
        flags
            .next()
            .is_some_and(|(at, node)| self.dom.text(at, node.end, 4).is_empty())
    }

    /// The largest ancestor with this item alone. A strict climb ends at a row element unless its
    /// list is itself repeated, one list per row.
    fn climb(&self, item: &Item, strict: bool) -> usize {
        let mut block = item.at;
        for _ in 0..MAX_CLIMB {
            let above = self.dom.parent(block);
            let tag = self.dom.tag(above);
            let closed = matches!(tag, "" | "body" | "html" | "form");
            let start = self.text_between(item.at, item.end);
            let long = self.text_between(above, self.dom.end(above)) > start + 1500;
            if closed || long || self.items_in(above) != 1 || self.links_in(above) > 8 {
                break;
            }
            let at_row = matches!(self.dom.tag(block), "li" | "tr" | "dd");
            if strict && at_row && !self.is_repeated(above) {
                break;
            }
            block = above;
        }
        block
    }

    /// Whether a sibling has the same structure and an item.
    fn is_repeated(&self, at: usize) -> bool {
        let Some(node) = self.dom.get(at) else {
            return false;
        };
        let parent_end = self.dom.end(node.parent);
        let mut next = node.parent + 1;
        let mut steps = 0;
        while next < parent_end && steps < 40 {
            let Some(sibling) = self.dom.get(next) else {
                return false;
            };
            if next != at && sibling.path == node.path && self.items_in(next) >= 1 {
                return true;
            }
            next = sibling.end.max(next + 1);
            steps += 1;
        }
        false
    }

    /// A row with a second link, such as a category before the title.
    fn in_shared_block(&self, index: usize, strict: usize) -> Option<(usize, Option<Mark>)> {
        let above = self.dom.parent(strict);
        let row = matches!(self.dom.tag(above), "li" | "tr" | "dd" | "div" | "p" | "dl");
        if !row || !(2..=4).contains(&self.items_in(above)) {
            return None;
        }
        let mut apart = self
            .dates_between(above, self.dom.end(above))
            .filter(|d| d.in_item.is_none());
        let only = apart.next().is_some() && apart.next().is_none();
        let followed =
            self.beside(index, strict).is_none() || matches!(self.dom.tag(above), "li" | "tr");
        (only && followed && self.is_repeated(above))
            .then(|| {
                self.mark_of_block(index, above)
                    .map(|mark| (above, Some(mark)))
            })
            .flatten()
    }

    /// The date in a block: outside the title, split over elements, or in a hint.
    fn mark_of_block(&self, index: usize, block: usize) -> Option<Mark> {
        let end = self.dom.end(block);
        let outside = self
            .dates_between(block, end)
            .filter(|d| d.in_item.is_none_or(|_| d.standing == Standing::Alone));
        self.best(outside, block)
            .filter(|mark| matches!(mark.stamp, Stamp::Full(_)))
            .or_else(|| self.split(block, end))
            .or_else(|| {
                let again = self
                    .dates_between(block, end)
                    .filter(|d| d.in_item.is_none_or(|_| d.standing == Standing::Alone));
                self.best(again, block)
            })
            .or_else(|| self.in_hint(index))
    }

    /// The most trustworthy of several dates.
    fn best<'x>(&'x self, dated: impl Iterator<Item = &'x Dated<'a>>, block: usize) -> Option<Mark>
    where
        'a: 'x,
    {
        let mut best: Option<((u8, u8, Standing, Option<chrono::NaiveDate>), &Dated)> = None;
        for d in dated {
            let label = self.effective_label(d, block);
            if d.found.ranged || !is_row_date(d, label) {
                continue;
            }
            let trust = match label {
                Label::Answered => 5,
                Label::Published => 4,
                Label::None | Label::Date | Label::Updated => 3,
                Label::Asked => 2,
                Label::Other => 1,
            };
            let (completeness, day) = match d.found.stamp {
                Stamp::Full(day) => (3, Some(day)),
                Stamp::MonthDay(..) => (2, None),
                Stamp::Month(..) => (1, None),
            };
            let rank = (trust, completeness, d.standing, day);
            if best.as_ref().is_none_or(|(other, _)| rank > *other) {
                best = Some((rank, d));
            }
        }
        let ((trust, ..), d) = best?;
        (trust > 1).then(|| mark(d.text, d.found.stamp, Basis::ListRow, true))
    }

    /// The label before the date, or the head of its table column.
    fn effective_label(&self, d: &Dated, block: usize) -> Label {
        if d.label == Label::None && self.dom.tag(block) == "tr" {
            return self
                .column_head(block, d.node)
                .map_or(Label::None, |head| labels::label(&head));
        }
        d.label
    }

    /// The text of the first row's cell above this one.
    fn column_head(&self, row: usize, node: usize) -> Option<String> {
        let cells = |row: usize| {
            self.dom
                .range(row, self.dom.end(row))
                .filter(move |(at, n)| {
                    n.parent == row && *at != row && matches!(n.what, What::Element(_))
                })
        };
        let position = cells(row).position(|(at, n)| at <= node && node < n.end)?;
        let table = self.dom.parent(row);
        let table = if self.dom.tag(table) == "tbody" {
            self.dom.parent(table)
        } else {
            table
        };
        let head = self
            .dom
            .range(table, row)
            .take(200)
            .find(|(at, _)| self.dom.tag(*at) == "tr")?
            .0;
        if self
            .dates_between(head, self.dom.end(head))
            .next()
            .is_some()
        {
            return None;
        }
        cells(head)
            .nth(position)
            .map(|(at, n)| self.dom.text(at, n.end, 20))
    }

    /// A date whose parts stand in neighbouring elements: day and month, year apart.
    fn split(&self, block: usize, end: usize) -> Option<Mark> {
        let pieces: Vec<String> = self
            .dom
            .texts(block, end)
            .take(40)
            .filter(|(at, text)| text.len() <= 40 && !self.is_title(*at))
            .map(|(_, text)| {
                text.chars()
                    .map(dates::plain)
                    .filter(|c| !matches!(c, ' ' | '[' | ']' | '(' | ')'))
                    .collect::<String>()
            })
            .filter(|text| !text.is_empty())
            .collect();
        pieces
            .windows(2)
            .chain(pieces.windows(3))
            .find_map(|parts| {
                let stamp = assemble(parts)?;
                Some(mark(&parts.join(" "), stamp, Basis::ListRow, true))
            })
    }

    fn is_title(&self, at: usize) -> bool {
        let after = self.items.partition_point(|item| item.at <= at);
        after
            .checked_sub(1)
            .and_then(|i| self.items.get(i))
            .is_some_and(|item| at < item.end && !self.is_small(at))
    }

    /// A short text of digits inside a link is no part of the title.
    fn is_small(&self, at: usize) -> bool {
        match self.dom.get(at).map(|node| node.what) {
            Some(What::Text(text)) => clean::weight(text) <= 3 && dates::has_digit(text),
            _ => false,
        }
    }

    /// A date before or behind a block that has none, up to the next item.
    fn beside(&self, index: usize, block: usize) -> Option<Mark> {
        let parent = self.dom.parent(block);
        let (start, end) = (parent, self.dom.end(parent));
        if matches!(self.dom.tag(parent), "" | "html" | "head") {
            return None;
        }
        let next = self
            .items
            .get(index + 1)
            .map_or(end, |item| item.at.min(end));
        let previous = index
            .checked_sub(1)
            .and_then(|i| self.items.get(i))
            .map_or(start, |item| item.end.max(start));
        let block_end = self.dom.end(block);
        if self.leads_with_date(start, end) {
            let near = |d: &&Dated| self.text_between(d.node, block) < 240;
            return self.best(self.dates_between(previous, block).filter(near), block);
        }
        let near = |d: &&Dated| self.text_between(block_end, d.node) < 240;
        self.best(self.dates_between(block_end, next).filter(near), block)
    }

    /// Whether the dates of a list stand before their links.
    fn leads_with_date(&self, start: usize, end: usize) -> bool {
        let from = self.items.partition_point(|item| item.at < start);
        let to = self.items.partition_point(|item| item.at < end);
        let Some((first, last)) = self
            .items
            .get(from)
            .zip(to.checked_sub(1).and_then(|i| self.items.get(i)))
        else {
            return false;
        };
        let apart = |d: &&Dated| d.in_item.is_none() && d.standing >= Standing::Edge;
        self.dates_between(start, first.at)
            .take(40)
            .any(|d| apart(&d))
            && !self
                .dates_between(last.end, end)
                .take(40)
                .any(|d| apart(&d))
    }

    /// The date in the link's `title` attribute, when the attribute says more than the title.
    fn in_hint(&self, index: usize) -> Option<Mark> {
        let item = self.items.get(index)?;
        let hint = item.hint?;
        let found = dates::scan(hint).into_iter().rfind(|found| {
            let before: String = hint.chars().take(found.start).collect();
            let labelled = matches!(
                labels::label(&before),
                Label::Published | Label::Date | Label::Updated
            );
            let alone = dates::standing(hint, found) == Standing::Alone;
            matches!(found.stamp, Stamp::Full(_)) && !found.ranged && (labelled || alone)
        })?;
        Some(mark(hint, found.stamp, Basis::TitleAttribute, true))
    }

    /// A date in digits at the end or the beginning of the title itself.
    fn in_title(&self, index: usize) -> Option<Mark> {
        let item = self.items.get(index)?;
        let own = self.dates_between(item.at, item.end).filter(|d| {
            let length = d.text.trim_end().chars().count();
            let lead = d.text.chars().take_while(|c| c.is_whitespace()).count();
            let edge = d.found.end + 1 >= length || d.found.start <= lead + 1;
            edge && d.found.numeric
                && !d.found.ranged
                && d.standing == Standing::Edge
                && matches!(d.found.stamp, Stamp::Full(_))
        });
        own.last()
            .map(|d| mark(d.text, d.found.stamp, Basis::ListRow, false))
    }
}

fn mark(text: &str, stamp: Stamp, basis: Basis, apart: bool) -> Mark {
    Mark {
        stamp,
        basis,
        snippet: clean::line(text, clean::SNIPPET),
        apart,
    }
}

/// Whether a date in a row can be the row's: prose dates and bare numbers cannot.
fn is_row_date(d: &Dated, label: Label) -> bool {
    match (d.found.stamp, d.standing) {
        (_, Standing::Prose) => matches!(label, Label::Published | Label::Answered),
        (Stamp::Full(_), _) => true,
        (Stamp::MonthDay(..), Standing::Alone) => true,
        (Stamp::MonthDay(..), Standing::Edge) => {
            d.text.trim().chars().count() <= 60 && d.found.end - d.found.start >= 5
        }
        (Stamp::Month(..), standing) => standing == Standing::Alone,
    }
}

/// Puts the parts of a split date together.
fn assemble(parts: &[String]) -> Option<Stamp> {
    let year = |text: &str| {
        let text = text.trim_end_matches('年');
        (text.len() == 4)
            .then(|| text.parse::<i32>().ok())
            .flatten()
            .filter(|y| (1995..=2100).contains(y))
    };
    let small = |text: &str, unit: char| {
        let text = text.trim_end_matches(unit).trim_matches('/');
        (1..=2)
            .contains(&text.len())
            .then(|| text.parse::<u32>().ok())
            .flatten()
    };
    let only = |text: &str| match dates::scan(text).as_slice() {
        [one] => Some(one.stamp),
        _ => None,
    };
    let full = |y, m, d| chrono::NaiveDate::from_ymd_opt(y, m, d).map(Stamp::Full);
    match parts {
        [a, b] => match (only(a), only(b)) {
            (Some(Stamp::Month(y, m)), None) => full(y, m, small(b, '日')?),
            (None, Some(Stamp::Month(y, m))) => full(y, m, small(a, '日')?),
            (Some(Stamp::MonthDay(m, d)), None) => full(year(b)?, m, d),
            (None, Some(Stamp::MonthDay(m, d))) => full(year(a)?, m, d),
            _ => None,
        },
        [a, b, c] => match year(a) {
            Some(y) => full(y, small(b, '月')?, small(c, '日')?),
            None => full(year(c)?, month_word(b)?, small(a, '日')?),
        },
        _ => None,
    }
}

/// A month standing between a day and a year: in digits, Chinese or English.
fn month_word(text: &str) -> Option<u32> {
    const CHINESE: [&str; 12] = [
        "一月",
        "二月",
        "三月",
        "四月",
        "五月",
        "六月",
        "七月",
        "八月",
        "九月",
        "十月",
        "十一月",
        "十二月",
    ];
    const ENGLISH: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let lower = text.to_lowercase();
    let named = CHINESE
        .iter()
        .position(|m| *m == text)
        .or_else(|| ENGLISH.iter().position(|m| lower.starts_with(m)));
    match named {
        Some(at) => u32::try_from(at + 1).ok(),
        None => text
            .trim_matches('/')
            .trim_end_matches('月')
            .parse()
            .ok()
            .filter(|m| (1..=12).contains(m)),
    }
}

/// Link texts that lead on instead of naming an article.
fn is_signpost(text: &str) -> bool {
    const SIGNPOSTS: [&str; 20] = [
        "更多",
        "more",
        "详细",
        "详情",
        "首页",
        "上一页",
        "下一页",
        "尾页",
        "末页",
        "阅读全文",
        "查看全文",
        "返回",
        "点击进入",
        "点击查看",
        "加入收藏",
        "设为首页",
        "无障碍",
        "关闭窗口",
        "打印本页",
        "跳转",
    ];
    let lower = text.to_lowercase();
    text.chars().count() <= 10 && SIGNPOSTS.iter().any(|word| lower.contains(word))
}

fn items<'a>(dom: &Dom<'a>) -> Vec<Item<'a>> {
    let mut items: Vec<Item<'a>> = Vec::new();
    for (at, node) in dom.iter() {
        let What::Element(element) = node.what else {
            continue;
        };
        if node.silent || items.len() >= MAX_ITEMS {
            continue;
        }
        let clickable = element.attr("onclick").is_some() && matches!(element.name(), "li" | "tr");
        if element.name() != "a" && !clickable || items.last().is_some_and(|last| at < last.end) {
            continue;
        }
        if let Some(item) = item(dom, at, node.end) {
            items.push(item);
        }
    }
    items
}

fn item<'a>(dom: &Dom<'a>, at: usize, end: usize) -> Option<Item<'a>> {
    let mut shown = String::new();
    for (_, text) in dom.texts(at, end) {
        let alone = dates::scan(text).first().is_some_and(|f| {
            dates::standing(text, f) == Standing::Alone && clean::weight(text) < 8
        });
        if !alone && shown.len() < 1200 {
            shown.push_str(text);
        }
    }
    let shown = clean::line(&shown, clean::TITLE);
    let hint = dom.attr(at, "title").filter(|hint| !hint.trim().is_empty());
    let title = title(dom, at, end, &shown, hint);
    if clean::weight(&title) < 4 || is_signpost(&title) {
        return None;
    }
    let hint =
        hint.filter(|hint| dates::has_digit(hint) && clean::line(hint, clean::TITLE) != shown);
    Some(Item {
        at,
        end,
        title,
        href: dom.attr(at, "href"),
        hint,
    })
}

/// The shown text, or the hint where the text is cut short or a picture.
fn title(dom: &Dom, at: usize, end: usize, shown: &str, hint: Option<&str>) -> String {
    let first = hint
        .and_then(|hint| hint.lines().map(str::trim).find(|line| !line.is_empty()))
        .map(|line| clean::line(line, clean::TITLE));
    let cut = shown.ends_with("...") || shown.ends_with('…') || shown.ends_with("..");
    if clean::weight(shown) >= 4 && !cut {
        return shown.to_owned();
    }
    if let Some(first) = first.filter(|first| clean::weight(first) >= clean::weight(shown).max(4)) {
        return first;
    }
    if clean::weight(shown) >= 4 {
        return shown.to_owned();
    }
    let alt = dom.range(at, end).find_map(|(_, node)| match node.what {
        What::Element(e) if e.name() == "img" => e.attr("alt"),
        _ => None,
    });
    clean::line(alt.unwrap_or(shown), clean::TITLE)
}

/// Links to the same address in a row count once.
fn sums(dom: &Dom, items: &[Item]) -> Vec<(u32, u32, u32)> {
    let mut out = Vec::with_capacity(dom.len() + 1);
    let (mut count, mut links, mut bytes) = (0_u32, 0_u32, 0_u32);
    let mut next = items.iter().peekable();
    let mut last: Option<&str> = None;
    for (at, node) in dom.iter() {
        out.push((count, links, bytes));
        match node.what {
            What::Element(e) if e.name() == "a" => links += 1,
            What::Text(text) if !node.silent => {
                bytes = bytes.saturating_add(u32::try_from(text.trim().len()).unwrap_or(u32::MAX))
            }
            _ => {}
        }
        if next.peek().is_some_and(|item| item.at == at) {
            let href = next
                .next()
                .and_then(|item| item.href)
                .filter(|href| href.len() > 1);
            count += u32::from(href.is_none() || href != last);
            last = href;
        }
    }
    out.push((count, links, bytes));
    out
}

fn dated<'a>(dom: &Dom<'a>, items: &[Item]) -> Vec<Dated<'a>> {
    let mut out = Vec::new();
    let mut previous: &str = "";
    for (node, text) in dom.texts(0, dom.len()) {
        if text.trim().is_empty() {
            continue;
        }
        let in_item = items
            .partition_point(|item| item.at <= node)
            .checked_sub(1)
            .filter(|i| items.get(*i).is_some_and(|item| node < item.end));
        for found in dates::scan(text) {
            let before: String = text.chars().take(found.start).collect();
            let before = if before.trim().is_empty() && previous.len() <= 48 {
                previous
            } else {
                &before
            };
            let label = labels::label(before);
            let in_item =
                in_item.filter(|i| items.get(*i).is_some_and(|item| dom.tag(item.at) == "a"));
            out.push(Dated {
                node,
                text,
                found,
                standing: dates::standing(text, &found),
                label,
                in_item,
            });
        }
        previous = text;
    }
    out
}
