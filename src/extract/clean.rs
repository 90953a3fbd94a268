//! Text that leaves the reader: bounded, in one line, without control or bidirectional
//! characters, so that nothing taken from a page can disturb a message, a log or a terminal.

/// The most characters of a title.
pub const TITLE: usize = 120;
/// The most characters of a snippet.
pub const SNIPPET: usize = 80;

/// One line of at most `limit` characters.
pub fn line(text: &str, limit: usize) -> String {
    let bare = trimmed(text);
    if bare.chars().take(limit + 1).all(is_plain) && bare.chars().nth(limit).is_none() {
        return bare.to_owned();
    }
    let mut out = String::with_capacity(text.len().min(limit * 4));
    let mut count = 0;
    let mut gap = false;
    for c in text.chars().filter(|c| is_han(*c) || !is_unwanted(*c)) {
        if c.is_whitespace() {
            gap = count > 0;
            continue;
        }
        let wanted = 1 + usize::from(gap);
        if count + wanted > limit {
            break;
        }
        if gap {
            out.push(' ');
        }
        out.push(c);
        count += wanted;
        gap = false;
    }
    out
}

/// Characters that stay as they are: no white space, nothing that is unwanted.
fn is_plain(c: char) -> bool {
    matches!(c, '!'..='~' | '\u{2010}'..='\u{2027}' | '\u{3001}'..='\u{fefe}' | '\u{ff00}'..='\u{ffef}')
}

/// The Chinese characters of everyday use: most of all text, and none of the rarer questions need
/// be asked of them.
fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Control characters other than white space, and the invisible ones that change the direction or
/// the joining of text.
fn is_unwanted(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(
            c,
            '\u{00ad}' | '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// A text without white space at its ends; the standard library asks the whole of Unicode for every
/// character, and most texts of a page end in none or in plain blanks.
pub fn trimmed(text: &str) -> &str {
    let bare = text.trim_ascii();
    if bare.starts_with(char::is_whitespace) || bare.ends_with(char::is_whitespace) {
        text.trim()
    } else {
        bare
    }
}

/// The letters and digits of a text, at most eighty.
pub fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .take(80)
        .collect()
}

/// How much a text weighs as a title: a Chinese character counts one, three letters or digits
/// count one.
pub fn weight(text: &str) -> usize {
    let (mut wide, mut narrow) = (0_usize, 0_usize);
    for c in text.chars().take(400) {
        if is_han(c) || (!c.is_ascii() && c.is_alphabetic()) {
            wide += 1;
        } else if c.is_ascii_alphanumeric() {
            narrow += 1;
        }
    }
    wide + narrow / 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_bounded_and_harmless() {
        assert_eq!(
            line("  关于\n\t检查\u{202e}的\u{0}通知  ", 120),
            "关于 检查的通知"
        );
        assert_eq!(line(&"字".repeat(500), TITLE).chars().count(), TITLE);
        assert_eq!(line("ab  cd", 3), "ab");
        for plain in (0..=0x10_ffff)
            .filter_map(char::from_u32)
            .filter(|c| is_plain(*c))
        {
            assert!(
                is_han(plain) || !(is_unwanted(plain) || plain.is_whitespace()),
                "{plain:?}"
            );
        }
    }

    #[test]
    fn ends_are_bare_of_every_kind_of_blank() {
        for text in [
            "",
            " ",
            "\u{3000}",
            " \u{3000}\u{b}a b\u{a0}\r\n",
            "\u{2028}字 ",
            "字\u{85}",
        ] {
            assert_eq!(trimmed(text), text.trim(), "{text:?}");
        }
    }

    #[test]
    fn titles_weigh_by_their_script() {
        assert_eq!(weight("通知公告"), 4);
        assert_eq!(weight("2018-03-16"), 2);
        assert_eq!(weight("Notice of meeting"), 5);
    }
}
