//! How a date stands in its text. A date alone in its element is the row's or the article's; one
//! in the middle of a sentence is what the sentence talks about.

use super::dates::{Found, plain};

/// How a date stands in its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// In the middle of prose.
    Prose,
    /// At the edge of a short text, or among labels.
    Edge,
    /// Alone.
    Alone,
}

/// Letters behind a date and its comma from which they are a sentence.
const SENTENCE: usize = 12;

/// How a date stands in its text: alone, at the edge of a short text, or inside prose.
pub fn standing(text: &str, found: &Found) -> Standing {
    let outside = |c: &char| !is_frame(*c);
    let (mut before, mut after) = (0_usize, 0_usize);
    let mut last_before = ' ';
    for (at, c) in text.chars().take(400).map(plain).enumerate() {
        if at < found.start {
            before += usize::from(outside(&c));
            last_before = c;
        } else if at >= found.end {
            after += usize::from(outside(&c));
        }
    }
    let next_after = text.chars().nth(found.end).map_or(' ', plain);
    let apart_before = before == 0 || is_frame(last_before);
    let apart_after = after == 0 || is_frame(next_after);
    // A sentence begins with its day: 2018年3月6日，区领导到街道调研.
    let sentence = before == 0 && after >= SENTENCE && matches!(next_after, ',' | '，');
    if before + after <= 4 {
        Standing::Alone
    } else if sentence {
        Standing::Prose
    } else if (before == 0 && apart_after || after == 0 && apart_before)
        || (found.numeric && apart_before && before + after <= 40)
    {
        Standing::Edge
    } else {
        Standing::Prose
    }
}

/// Whether signs or blanks part a date from the words on both sides.
pub fn is_framed(text: &str, found: &Found) -> bool {
    let beside = |at: Option<usize>| {
        let c = at.and_then(|at| text.chars().nth(at));
        c.map(plain).is_none_or(is_frame)
    };
    beside(found.start.checked_sub(1)) && beside(Some(found.end))
}

/// Characters that frame a date without being words.
fn is_frame(c: char) -> bool {
    matches!(
        c,
        ' ' | '('
            | ')'
            | '['
            | ']'
            | ':'
            | '|'
            | '·'
            | '•'
            | '-'
            | '/'
            | '.'
            | '~'
            | '>'
            | '<'
            | '『'
            | '』'
            | '{'
            | '}'
            | '*'
            | '★'
            | '"'
            | '\''
            | ','
            | ';'
            | '，'
            | '；'
            | '、'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::dates;

    #[test]
    fn a_date_alone_is_told_from_one_in_prose() {
        let cases = [
            ("[ 2018-03-06 ]", Standing::Alone),
            ("2018-03-06 09:15", Standing::Alone),
            ("日期：2018-03-06", Standing::Alone),
            ("来源：区教委 2018-03-06 浏览：15", Standing::Edge),
            ("关于开展检查工作的通知 2018-03-06", Standing::Edge),
            (
                "2018年3月6日，区领导一行到街道调研指导工作",
                Standing::Prose,
            ),
            ("2018-03-06，来源：区教委", Standing::Edge),
            ("会议于2018年3月6日在北京召开，各单位参加", Standing::Prose),
        ];
        for (text, expected) in cases {
            let found = dates::scan(text);
            assert_eq!(standing(text, &found[0]), expected, "{text}");
        }
    }
}
