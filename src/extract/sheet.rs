//! What the page's own style sheet keeps from being displayed: rules of `<style>` with selectors of
//! one element (`.hide`, `#old`, `li.off`). Sheets in files are not fetched, and rules whose
//! selectors climb the tree hide nothing here; where such a rule shows something, it is believed.

use std::collections::HashMap;

use super::tags;

/// The most bytes of all style sheets of a page that are read.
const MOST_BYTES: usize = 256 * 1024;
/// The most style sheets of a page.
const MOST_SHEETS: usize = 40;
/// The most rules that count.
const MOST_RULES: usize = 1_000;
/// The most rules of one class or identifier.
const MOST_OF_NAME: usize = 12;
/// The most classes of one selector.
const MOST_CLASSES: usize = 4;
/// The most selectors of one rule.
const MOST_SELECTORS: usize = 40;

/// The rules of a page that hide or show.
#[derive(Debug, Default)]
pub struct Sheet {
    rules: Vec<Rule>,
    /// Rules by their identifier.
    by_id: HashMap<String, Vec<usize>>,
    /// Rules without one by their first class.
    by_class: HashMap<String, Vec<usize>>,
}

/// A selector of one element, and what its rule does.
#[derive(Debug, PartialEq, Eq)]
struct Rule {
    tag: String,
    id: Option<String>,
    classes: Vec<String>,
    hides: bool,
    /// What decides between rules: whether it is taken on trust, identifiers, classes, tags.
    weight: (bool, usize, usize, bool),
}

impl Sheet {
    /// The rules of a page's source.
    pub fn of(source: &str) -> Sheet {
        let mut sheet = Sheet::default();
        let mut left = MOST_BYTES;
        for at in starts(source) {
            let end = tags::find(source.as_bytes(), at, b"</style").unwrap_or(source.len());
            let text = source.get(at..end).unwrap_or_default();
            let body = text.split_once('>').map_or("", |(_, body)| body);
            if body.len() > left || sheet.rules.len() >= MOST_RULES {
                break;
            }
            left -= body.len();
            if body.contains("none") || body.contains("hidden") {
                sheet.read(&without_comments(body));
            }
        }
        if !sheet.rules.iter().any(|rule| rule.hides) {
            return Sheet::default();
        }
        sheet.index();
        sheet
    }

    /// Whether nothing is hidden by any rule.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    fn index(&mut self) {
        for (at, rule) in self.rules.iter().enumerate() {
            let rules = match (&rule.id, rule.classes.first()) {
                (Some(id), _) => self.by_id.entry(id.clone()),
                (None, Some(class)) => self.by_class.entry(class.clone()),
                (None, None) => continue,
            };
            let rules = rules.or_default();
            if rules.len() < MOST_OF_NAME {
                rules.push(at);
            }
        }
    }

    /// Rule by rule; what stands in `@media` and its like holds only at times.
    fn read(&mut self, css: &str) {
        let mut rest = css;
        while let Some(open) = rest.find('{') {
            let (head, after) = rest.split_at(open);
            let after = after.get(1..).unwrap_or_default();
            let selector = head.rsplit([';', '}']).next().unwrap_or_default().trim();
            if selector.starts_with('@') {
                rest = behind_block(after);
                continue;
            }
            let (body, behind) = after.split_once('}').unwrap_or((after, ""));
            rest = behind;
            let Some(hides) = effect(body) else {
                continue;
            };
            for selector in selector.split(',').take(MOST_SELECTORS) {
                if self.rules.len() < MOST_RULES {
                    self.rules.extend(rule(selector.trim(), hides));
                }
            }
        }
    }

    /// Whether an element is hidden by the rules.
    pub fn hides(&self, tag: &str, id: Option<&str>, classes: &str) -> bool {
        if self.rules.is_empty() || (id.is_none() && classes.is_empty()) {
            return false;
        }
        let words = || classes.split_ascii_whitespace();
        let mut best: Option<(&Rule, usize)> = None;
        let named = words().filter_map(|word| self.by_class.get(word));
        let by_id = id.and_then(|id| self.by_id.get(id));
        for at in named.chain(by_id).flatten() {
            let Some(rule) = self.rules.get(*at) else {
                continue;
            };
            let holds = (rule.tag.is_empty() || rule.tag.eq_ignore_ascii_case(tag))
                && rule.id.as_deref().is_none_or(|own| id == Some(own))
                && rule
                    .classes
                    .iter()
                    .all(|own| words().any(|word| word == own));
            let later =
                best.is_none_or(|(other, place)| (rule.weight, *at) >= (other.weight, place));
            if holds && later {
                best = Some((rule, *at));
            }
        }
        best.is_some_and(|(rule, _)| rule.hides)
    }
}

/// Where the style sheets of a page begin.
fn starts(source: &str) -> Vec<usize> {
    let of =
        |word: &'static str| memchr::memmem::find_iter(source.as_bytes(), word).take(MOST_SHEETS);
    let mut starts: Vec<usize> = ["<style", "<STYLE", "<Style"]
        .into_iter()
        .flat_map(of)
        .collect();
    starts.sort_unstable();
    starts
}

/// Whether declarations keep an element from being displayed or display it; nothing where they do
/// neither.
fn effect(body: &str) -> Option<bool> {
    let (mut display, mut visibility) = (None, None);
    for declaration in body.split(';') {
        let Some((name, value)) = declaration.split_once(':') else {
            continue;
        };
        let value = value.trim().to_ascii_lowercase();
        match name.trim().to_ascii_lowercase().as_str() {
            "display" => display = Some(value.starts_with("none")),
            "visibility" => visibility = Some(value.starts_with("hidden")),
            _ => {}
        }
    }
    [display, visibility]
        .into_iter()
        .flatten()
        .reduce(|one, other| one || other)
}

fn rule(selector: &str, hides: bool) -> Option<Rule> {
    let climbs = selector.contains(|c: char| c.is_whitespace() || matches!(c, '>' | '+' | '~'));
    if selector.contains([':', '[', '*', '(']) || (climbs && hides) {
        return None;
    }
    let last = selector
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '>' | '+' | '~'))
        .next()?;
    let start = last.find(['.', '#']).unwrap_or(last.len());
    let tag = last.get(..start)?.to_owned();
    let (mut id, mut classes) = (None, Vec::new());
    let mut rest = last.get(start..)?;
    while let Some(mark) = rest.chars().next() {
        let name = rest.get(1..)?;
        let end = name.find(['.', '#']).unwrap_or(name.len());
        let (own, behind) = name.split_at(end);
        match mark {
            '#' => id = Some(own.to_owned()),
            _ => classes.push(own.to_owned()),
        }
        rest = behind;
    }
    let named = (id.is_some() || !classes.is_empty()) && classes.len() <= MOST_CLASSES;
    let weight = (
        climbs,
        usize::from(id.is_some()),
        classes.len(),
        !tag.is_empty(),
    );
    named.then_some(Rule {
        tag,
        id,
        classes,
        hides,
        weight,
    })
}

/// What follows the block that begins here.
fn behind_block(text: &str) -> &str {
    let mut depth = 1_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text.get(at + 1..).unwrap_or_default();
        }
    }
    ""
}

fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, behind)| behind);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_rules_hide_and_nothing_else_does() {
        let sheet = Sheet::of(
            "<style>@import 'x.css'; /* .c{display:none} */ .hide, li.off { color:red; DISPLAY : none }\
             #old{visibility:hidden} .pane{display:none} .pane.on{display:block}\
             .nav ul{display:none} .nav .sub{display:none} .open{display:none}.box .open{display:block}\
             .tip:hover{display:none} @media print { .m{display:none} } .z{display:none}\
             @media (max-width:600px){.pc{display:none}}</style><p class=c><STYLE>.late{display:none!important}</STYLE>",
        );
        let cases = [
            ("p", None, "hide", true),
            ("p", None, "a hide b", true),
            ("li", None, "off", true),
            ("p", None, "off", false),
            ("div", Some("old"), "", true),
            ("div", None, "pane", true),
            ("div", None, "pane on", false),
            ("ul", None, "sub", false),
            ("ul", None, "open", false),
            ("p", None, "tip", false),
            ("p", None, "m", false),
            ("p", None, "pc", false),
            ("p", None, "c", false),
            ("p", None, "z", true),
            ("p", None, "late", true),
            ("p", None, "", false),
        ];
        for (tag, id, classes, expected) in cases {
            assert_eq!(
                sheet.hides(tag, id, classes),
                expected,
                "{tag} {id:?} {classes}"
            );
        }
    }

    #[test]
    fn pages_that_hide_nothing_have_no_rules() {
        for source in [
            "",
            "<style>.a{color:red} .b{display:block}</style>",
            "<style>.a{display:none",
        ] {
            let sheet = Sheet::of(source);
            assert_eq!(sheet.is_empty(), !source.ends_with("none"), "{source}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_sheet_is_read(
            parts in proptest::collection::vec(proptest::sample::select(vec![
                ".a", "#b", "li", "{", "}", "display:none", ";", ",", "/*", "*/", "@media", " ", ">", ":", "<style>",
                "</style>", "é", "..", "##",
            ]), 0..60),
        ) {
            let _ = Sheet::of(&format!("<style>{}", parts.concat())).hides("li", Some("b"), "a");
        }
    }
}
