//! Finding by name: by characters, by identifiers, and by the initials of the pinyin, as people
//! type them. 科信委 is found by `科信`, by `kxw` and by `xw`.
//!
//! A character with several readings is found by each of them.

use pinyin::ToPinyinMulti as _;

/// The most words that are looked for.
const WORDS: usize = 6;

/// What is looked for: every word has to be found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(Vec<Word>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    /// The word as initials, where it could be.
    initials: Option<Vec<u64>>,
}

impl Words {
    /// The words of `text`.
    pub fn of(text: &str) -> Words {
        let words = text.split_whitespace().take(WORDS);
        let words = words.map(|word| Word {
            text: word.to_lowercase(),
            initials: word.chars().map(letter).collect(),
        });
        Words(words.collect())
    }

    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every word is found in one of the names.
    pub fn find(&self, names: &[&str]) -> bool {
        self.0
            .iter()
            .all(|word| names.iter().any(|name| word.is_in(name)))
    }
}

impl Word {
    fn is_in(&self, name: &str) -> bool {
        if name.to_lowercase().contains(&self.text) {
            return true;
        }
        let Some(wanted) = &self.initials else {
            return false;
        };
        let letters: Vec<u64> = name.chars().map(initials).filter(|&set| set != 0).collect();
        letters.windows(wanted.len()).any(|run| {
            run.iter()
                .zip(wanted)
                .all(|(letters, letter)| letters & letter != 0)
        })
    }
}

/// A letter or digit as a set of one; nothing for what stands in no initials.
fn letter(c: char) -> Option<u64> {
    let place = match c.to_ascii_lowercase() {
        c @ 'a'..='z' => u32::from(c) - u32::from('a'),
        c @ '0'..='9' => 26 + u32::from(c) - u32::from('0'),
        _ => return None,
    };
    Some(1 << place)
}

/// The letters by which a character may be typed, as a set; punctuation has none.
fn initials(c: char) -> u64 {
    if let Some(own) = letter(c) {
        return own;
    }
    let Some(readings) = c.to_pinyin_multi() else {
        return 0;
    };
    let firsts = readings.into_iter().filter_map(|reading| {
        let first = reading.plain().chars().next()?;
        letter(first)
    });
    firsts.fold(0, |set, letter| set | letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_characters_and_by_initials() {
        let rows = [
            ("", "科信委网站", true),
            ("科信", "科信委网站", true),
            ("kxw", "科信委网站", true),
            ("KXW", "科信委网站", true),
            ("xwwz", "科信委网站", true),
            ("kw", "科信委网站", false),
            ("kx 网站", "科信委网站", true),
            ("kx 卫健", "科信委网站", false),
            ("yh", "银行分局", true),
            ("xzjd", "西长安街街道", false),
            ("xca", "西长安街街道", true),
            ("xza", "西长安街街道", true),
            ("gzdt2", "工作动态（2）", true),
            ("gzdt", "工作动态", true),
            ("<script>", "工作动态", false),
        ];
        for (text, name, found) in rows {
            assert_eq!(Words::of(text).find(&[name]), found, "{text:?} in {name}");
        }
        assert!(Words::of("kxw gzdt").find(&["科信委网站", "工作动态"]));
        assert!(Words::of("s00/c01").find(&["工作动态", "s00/c01"]));
    }
}
