//! Looking through the words of pages for the expressions of a list, all of them in one pass.

use aho_corasick::{AhoCorasick, MatchKind};

use crate::domain::candidate::Snippet;
use crate::domain::words::Expression;

/// So many characters are shown before and after a hit.
const AROUND: usize = 24;
/// The most hits in one text that are told: a page of nothing else is one finding.
const MOST_HITS: usize = 20;

/// A list made ready.
#[derive(Debug)]
pub struct Words {
    automaton: AhoCorasick,
    /// What each pattern stands for; nothing where an expression is right.
    meaning: Vec<Option<usize>>,
    list: Vec<Expression>,
}

/// A hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit<'a> {
    /// What was hit.
    pub expression: &'a Expression,
    /// Where it stands.
    pub snippet: Snippet,
    /// Its first byte in the text.
    pub from: usize,
}

impl Words {
    /// `list` made ready; `None` where it is empty or does not fit into memory.
    pub fn of(list: &[Expression]) -> Option<Words> {
        let mut patterns: Vec<String> = Vec::new();
        let mut meaning = Vec::new();
        for (place, expression) in list.iter().enumerate() {
            patterns.push(bare(&expression.text));
            meaning.push(Some(place));
            for right in &expression.unless {
                patterns.push(bare(right));
                meaning.push(None);
            }
        }
        // The leftmost and longest wins: a longer expression that is right takes the place of the
        // wrong one in it.
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(&patterns)
            .ok()?;
        (!list.is_empty()).then(|| Words {
            automaton,
            meaning,
            list: list.to_vec(),
        })
    }

    /// How many expressions the list has.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The hits in `text`, which has no blanks, one line a block; each expression once.
    pub fn hits<'a>(&'a self, text: &str) -> Vec<Hit<'a>> {
        let mut hits: Vec<Hit<'a>> = Vec::new();
        for found in self.automaton.find_iter(text) {
            let meaning = self.meaning.get(found.pattern().as_usize());
            let place = meaning.copied().flatten();
            let Some(expression) = place.and_then(|place| self.list.get(place)) else {
                continue;
            };
            let again = hits
                .iter()
                .any(|hit| hit.expression.text == expression.text);
            if again || hits.len() >= MOST_HITS {
                continue;
            }
            hits.push(Hit {
                expression,
                snippet: snippet(text, found.start(), found.end()),
                from: found.start(),
            });
        }
        hits
    }
}

/// `text` without blanks, as pages are looked through.
pub fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}

fn snippet(text: &str, from: usize, to: usize) -> Snippet {
    let (head, rest) = text.split_at_checked(from).unwrap_or((text, ""));
    let (hit, tail) = rest.split_at_checked(to - from).unwrap_or((rest, ""));
    let head = head.rsplit('\n').next().unwrap_or_default();
    let tail = tail.split('\n').next().unwrap_or_default();
    let before: Vec<char> = head.chars().rev().take(AROUND).collect();
    Snippet {
        before: before.into_iter().rev().collect(),
        hit: hit.to_owned(),
        after: tail.chars().take(AROUND).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::words::WordKind;

    fn expression(text: &str, unless: &[&str]) -> Expression {
        Expression {
            text: text.to_owned(),
            kind: WordKind::Wrong,
            instead: None,
            remark: None,
            unless: unless.iter().map(|&text| text.to_owned()).collect(),
        }
    }

    fn found(list: &[Expression], text: &str) -> Vec<String> {
        let words = Words::of(list).unwrap();
        let hits = words.hits(text);
        hits.iter()
            .map(|hit| {
                let Snippet { before, hit, after } = &hit.snippet;
                format!("{before}[{hit}]{after}")
            })
            .collect()
    }

    #[test]
    fn every_expression_is_found_once_with_its_line_around_it() {
        let list = [
            expression("布署", &[]),
            expression("按装", &[]),
            expression("OA系统", &[]),
        ];
        assert_eq!(
            found(&list, "上一段\n会议布署了按装工作，再次布署\noa系统"),
            [
                "会议[布署]了按装工作，再次布署",
                "会议布署了[按装]工作，再次布署",
                "[oa系统]"
            ]
        );
        assert_eq!(found(&list, "会议部署了安装工作"), Vec::<String>::new());
    }

    #[test]
    fn a_longer_expression_that_is_right_is_no_hit() {
        let list = [expression("按装", &["按装置", "请按装"])];
        assert_eq!(found(&list, "按装置要求"), Vec::<String>::new());
        assert_eq!(found(&list, "请按装备清单"), Vec::<String>::new());
        assert_eq!(found(&list, "按装置要求按装"), ["按装置要求[按装]"]);
    }

    #[test]
    fn what_stands_around_is_cut_by_characters_and_hits_are_bounded() {
        let long = format!("{}布署{}", "前".repeat(500), "后".repeat(500));
        let list = [expression("布署", &[])];
        let Some(hit) = found(&list, &long).pop() else {
            panic!("no hit");
        };
        assert_eq!(hit.chars().count(), 2 * AROUND + 4);
        let many: Vec<Expression> = ('a'..='z')
            .map(|c| expression(&format!("{c}{c}"), &[]))
            .collect();
        let text: String = ('a'..='z').map(|c| format!("{c}{c}，")).collect();
        assert_eq!(found(&many, &text).len(), MOST_HITS);
        assert!(Words::of(&[]).is_none());
    }
}
