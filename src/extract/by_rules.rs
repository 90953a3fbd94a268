//! Rows by configured selectors: what they match are the rows, their titles and their dates, and
//! what they do not match is not looked for elsewhere. Also the other words of an administrator
//! that have to be understood before a page can be read by them: charsets and selectors.

use std::borrow::Cow;
use std::collections::HashMap;

use encoding_rs::{Encoding, REPLACEMENT};
use scraper::node::Element;
use scraper::{ElementRef, Html, Selector};

use super::date_format::{DateFormat, FormatFault};
use super::dates;
use super::dom::Dom;
use super::items;
use super::notes::Notes;
use super::printed::{Mark, Reserve};
use super::rows::Listed;
use super::view::View;
use super::{address, charset, clean, guard};
use crate::domain::finding::Basis;
use crate::domain::note::Note;
use crate::domain::page::Page;
use crate::domain::reading_rules::ReadRules;

/// The longest selector, in bytes.
const SELECTOR_BYTES: usize = 300;
/// The most rows that are read.
const MOST_ROWS: usize = 2000;
/// How much text of a date's element is read, in characters.
const DATE_CHARS: usize = 200;

/// Why a text is no selector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectorFault {
    /// Empty, or longer than the limit.
    #[error("a selector has 1 to {SELECTOR_BYTES} bytes")]
    Length,
    /// Its cost would grow with the square of the page.
    #[error("{0} is not allowed in a selector: it would cost too much on a large page")]
    Costly(&'static str),
    /// The parser refuses it.
    #[error("it is no CSS selector: {0}")]
    Syntax(String),
}

/// Compiles a selector.
pub fn selector(text: &str) -> Result<Selector, SelectorFault> {
    if text.trim().is_empty() || text.len() > SELECTOR_BYTES {
        return Err(SelectorFault::Length);
    }
    if let Some(word) = costly(text) {
        return Err(SelectorFault::Costly(word));
    }
    Selector::parse(text).map_err(|error| SelectorFault::Syntax(reason(&error.to_string())))
}

/// The parser's reason in words; some of its reasons come as a name behind an apology.
fn reason(told: &str) -> String {
    let Some((_, name)) = told.split_once("report this to the developer") else {
        return clean::line(told, 200);
    };
    let mut words = String::new();
    for c in name.trim().chars().take(200) {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(c.to_ascii_lowercase());
    }
    clean::line(&words, 200)
}

/// What makes a selector look at all siblings or all descendants of every element.
fn costly(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    let mut quote = None;
    let mut signs = lower.char_indices().peekable();
    while let Some((at, c)) = signs.next() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if c == '~' && signs.peek().is_none_or(|(_, next)| *next != '=') => {
                return Some("~");
            }
            None if lower.get(at..).is_some_and(|rest| rest.starts_with(":has")) => {
                return Some(":has()");
            }
            None => {}
        }
    }
    None
}

/// The charset of a label, `gb2312` and `gbk` as their superset; `None` for an unknown one.
pub fn encoding(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label(label.trim().as_bytes())
        .filter(|encoding| *encoding != REPLACEMENT)
        .map(charset::family)
}

/// The page with its text as UTF-8, where its charset is fixed; and that charset's name. What is fixed
/// is followed, but not without a word where the page reads better otherwise.
pub fn decoded<'p>(
    page: &'p Page,
    rules: &ReadRules,
    notes: &mut Notes,
) -> (Cow<'p, Page>, Option<&'static str>) {
    let Some(encoding) = rules.charset.as_deref().and_then(encoding) else {
        return (Cow::Borrowed(page), None);
    };
    let (text, _) = encoding.decode_without_bom_handling(&page.body);
    let host = page.url.host_str().unwrap_or_default();
    let declared = page.content_type.as_deref();
    if page.body.len() <= guard::MAX_BYTES
        && let Some(better) = charset::better((encoding, &text), &page.body, declared, host)
    {
        notes.say(Note::FixedCharset {
            fixed: charset::key(encoding).to_owned(),
            better: better.to_owned(),
        });
    }
    let page = Page {
        url: page.url.clone(),
        status: page.status,
        content_type: Some("text/html; charset=utf-8".to_owned()),
        body: text.trim_start_matches('\u{feff}').as_bytes().to_vec(),
    };
    (Cow::Owned(page), Some(charset::key(encoding)))
}

/// Why rules cannot be followed. A checked configuration has none of these.
#[derive(Debug, thiserror::Error)]
pub enum RuleFault {
    /// A selector.
    #[error(transparent)]
    Selector(#[from] SelectorFault),
    /// The date format.
    #[error(transparent)]
    Format(#[from] FormatFault),
}

/// The compiled words for one page.
struct Words {
    row: Selector,
    title: Option<Selector>,
    date: Option<Selector>,
    format: Option<DateFormat>,
}

impl Words {
    fn of(rules: &ReadRules) -> Result<Words, RuleFault> {
        let maybe = |text: &Option<String>| text.as_deref().map(selector).transpose();
        Ok(Words {
            row: selector(rules.row.as_deref().unwrap_or_default())?,
            title: maybe(&rules.title)?,
            date: maybe(&rules.date)?,
            format: format(rules)?,
        })
    }
}

/// The date format of the rules.
pub fn format(rules: &ReadRules) -> Result<Option<DateFormat>, FormatFault> {
    rules
        .date_format
        .as_deref()
        .map(DateFormat::parse)
        .transpose()
}

/// The rows that the selectors match; none where they match no rows, no titles, or no dates.
pub fn rows(view: &View, rules: &ReadRules, notes: &mut Notes) -> Result<Vec<Listed>, RuleFault> {
    let words = Words::of(rules)?;
    // The view's own tree is gone; the same text gives the same tree, place by place.
    let html = Html::parse_document(view.source);
    let picker = Picker {
        view,
        words: &words,
        places: html
            .tree
            .root()
            .descendants()
            .enumerate()
            .filter_map(|(at, node)| Some((address_of(node.value().as_element()?), at)))
            .collect(),
    };
    let (mut matched, mut rows) = (0_usize, Vec::new());
    for element in html.select(&words.row).take(MOST_ROWS) {
        matched += 1;
        rows.extend(picker.row(element));
    }
    let dated = rows.iter().filter(|row| row.mark.is_some()).count();
    notes.say(Note::RowsMatched {
        matched,
        titled: rows.len(),
        dated,
    });
    let wants_dates = words.date.is_some() || words.format.is_some();
    if wants_dates && dated == 0 {
        rows.clear();
    }
    Ok(rows)
}

/// Picks the parts of rows.
struct Picker<'v, 'a> {
    view: &'v View<'a>,
    words: &'v Words,
    /// The places in the view by the addresses of the tree's elements.
    places: HashMap<usize, usize>,
}

fn address_of(element: &Element) -> usize {
    std::ptr::from_ref(element).addr()
}

impl Picker<'_, '_> {
    fn dom(&self) -> &Dom<'_> {
        self.view.dom
    }

    fn place(&self, element: ElementRef) -> Option<usize> {
        self.places.get(&address_of(element.value())).copied()
    }

    fn row(&self, row: ElementRef) -> Option<Listed> {
        let block = self.place(row)?;
        let (title_at, link) = self.title(row, block)?;
        let (title, weight) = self.text_of_title(title_at);
        let survey = self.view.survey;
        let node = self.dom().get(block)?;
        let href = link.and_then(|at| self.dom().attr(at, "href"));
        (!title.is_empty()).then(|| Listed {
            title,
            weight,
            url: href.and_then(|href| address::join(self.view.base, href)),
            // Wherever in the row it stands: that this is a row is what the rules say.
            mark: self.mark(row, block, title_at).map(|mark| Mark {
                basis: Basis::OwnRules,
                ..mark
            }),
            block,
            list: node.parent,
            path: 0,
            hidden: survey.is_hidden_itself(block)
                || survey.is_hidden_itself(title_at)
                || survey.has_empty_flag(block),
            tucked: node.hidden,
            furniture: node.furniture,
        })
    }

    /// The places of a row's title and of its link: by default the first link is both.
    fn title(&self, row: ElementRef, block: usize) -> Option<(usize, Option<usize>)> {
        let end = self.dom().end(block);
        let link = self.link(block, end);
        let Some(selector) = &self.words.title else {
            let clickable = self.dom().attr(block, "onclick").map(|_| block);
            return link.or(clickable).map(|at| (at, link));
        };
        let title = self.place(row.select(selector).next()?)?;
        Some((title, self.link(title, self.dom().end(title)).or(link)))
    }

    /// The first link between two places.
    fn link(&self, start: usize, end: usize) -> Option<usize> {
        (start..end).find(|at| self.dom().tag(*at) == "a" && self.dom().attr(*at, "href").is_some())
    }

    /// A title and its weight.
    fn text_of_title(&self, at: usize) -> (String, usize) {
        let end = self.dom().end(at);
        let shown = clean::line(&self.dom().text(at, end, 400), clean::TITLE);
        items::title(self.dom(), at, end, shown, self.dom().attr(at, "title"))
    }

    /// The date of a row: in the element that the selector names, else in the whole row.
    fn mark(&self, row: ElementRef, block: usize, title: usize) -> Option<Mark> {
        let place = match &self.words.date {
            Some(selector) => self.place(row.select(selector).next()?)?,
            None => block,
        };
        let Some(format) = &self.words.format else {
            return self.any_mark(place, block);
        };
        let outside = |at: usize| place != block || !(title..self.dom().end(title)).contains(&at);
        let whole = self.dom().text(place, self.dom().end(place), DATE_CHARS);
        let texts = self.dom().texts(place, self.dom().end(place));
        let parts = texts.filter(|(at, _)| outside(*at)).map(|(_, text)| text);
        let named = (place != block).then_some(whole.as_str());
        named.into_iter().chain(parts).find_map(|text| {
            Some(Mark {
                stamp: format.find(text)?,
                basis: Basis::ListRow,
                snippet: clean::line(text, clean::SNIPPET),
                apart: true,
                reserve: Reserve::None,
            })
        })
    }

    /// A date in any form: as the reader finds it in a row, and in a named element the first one
    /// whatever its label says.
    fn any_mark(&self, place: usize, block: usize) -> Option<Mark> {
        let survey = self.view.survey;
        let end = self.dom().end(place);
        let item = survey.items.partition_point(|item| item.at < place);
        let own = survey.items.get(item).is_some_and(|item| item.at < end);
        let index = if own { item } else { usize::MAX };
        survey.mark_of_block(index, place).or_else(|| {
            if place == block {
                return survey.in_title(index);
            }
            let text = self.dom().text(place, end, DATE_CHARS);
            let found = dates::scan_row(&text).into_iter().next()?;
            Some(Mark {
                stamp: found.in_china().stamp,
                basis: Basis::ListRow,
                snippet: clean::line(&text, clean::SNIPPET),
                apart: true,
                reserve: Reserve::None,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_compile_or_are_refused_with_the_reason() {
        for text in [
            "ul.list > li",
            "a[href~=x]",
            "a[title='a ~ b :has(c)']",
            "li:nth-child(2) + li",
            ".news:not(.hot)",
        ] {
            assert!(selector(text).is_ok(), "{text}");
        }
        let long = "a".repeat(SELECTOR_BYTES + 1);
        let cases = [
            ("", "1 to 300 bytes"),
            (&long, "1 to 300 bytes"),
            ("a ~ b", "~ is not allowed"),
            ("a~b", "~ is not allowed"),
            ("a:HAS(b)", ":has() is not allowed"),
            ("li >", "it is no CSS selector: dangling combinator"),
            ("a:frob", "unsupported pseudo class or element"),
            ("a,,b", "it is no CSS selector: empty selector"),
        ];
        for (text, part) in cases {
            let fault = selector(text).unwrap_err().to_string();
            assert!(fault.contains(part), "{text:.20}: {fault}");
        }
    }

    #[test]
    fn charsets_are_known_by_their_labels() {
        let cases = [
            ("gb2312", Some("gb18030")),
            (" GBK ", Some("gb18030")),
            ("utf8", Some("utf-8")),
            ("big5", Some("big5")),
            ("iso-2022-kr", None),
            ("gb2313", None),
            ("", None),
        ];
        for (label, name) in cases {
            assert_eq!(encoding(label).map(charset::key), name, "{label}");
        }
    }
}
