//! Many words looked for in one pass over a text.

use aho_corasick::{AhoCorasick, Input, MatchKind, Span};

/// Words of several families; the family is the place of its list.
#[derive(Debug)]
pub struct Words {
    // Nothing only where the words could not be put together, which their few bytes rule out.
    automaton: Option<AhoCorasick>,
    families: Vec<usize>,
}

/// Where a word of a family stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The place of the family.
    pub family: usize,
    /// The byte behind the word.
    pub end: usize,
}

impl Words {
    /// Puts the words of all families together.
    pub fn of(families: &[&[&str]]) -> Self {
        let words = families.iter().flat_map(|words| words.iter());
        let of = |(at, words): (usize, &&[&str])| std::iter::repeat_n(at, words.len());
        Self {
            automaton: AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .build(words)
                .ok(),
            families: families.iter().enumerate().flat_map(of).collect(),
        }
    }

    /// Every place where a word stands, also where words overlap, in the order of their ends.
    pub fn hits<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Hit> + 't {
        let found = self.automaton.as_ref().map(|automaton| {
            let whole = Span {
                start: 0,
                end: text.len(),
            };
            automaton.find_overlapping_iter(Input::new(text).span(whole))
        });
        found.into_iter().flatten().filter_map(|found| {
            let family = *self.families.get(found.pattern().as_usize())?;
            Some(Hit {
                family,
                end: found.end(),
            })
        })
    }

    /// The byte behind the last word of each of the first `N` families.
    pub fn last_ends<const N: usize>(&self, text: &str) -> [Option<usize>; N] {
        let mut ends = [None; N];
        for hit in self.hits(text) {
            if let Some(end) = ends.get_mut(hit.family) {
                *end = Some(hit.end);
            }
        }
        ends
    }

    /// Whether any word stands in the text.
    pub fn any_in(&self, text: &str) -> bool {
        self.automaton
            .as_ref()
            .is_some_and(|automaton| automaton.is_match(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_words_are_all_found_with_their_family() {
        let words = Words::of(&[&["发布", "公开日期"], &["日期"], &["布会"]]);
        let hits: Vec<(usize, usize)> = words
            .hits("发布会公开日期")
            .map(|hit| (hit.family, hit.end))
            .collect();
        assert_eq!(hits, [(0, 6), (2, 9), (0, 21), (1, 21)]);
        assert_eq!(words.last_ends("发布公开日期发布"), [Some(24), Some(18)]);
        assert!(words.any_in("x发布"));
        assert!(!words.any_in("发 布"));
        assert_eq!(words.hits("").count(), 0);
    }
}
