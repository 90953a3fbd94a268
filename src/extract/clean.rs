//! Text that leaves the reader: bounded, in one line, without control or bidirectional
//! characters, so that nothing taken from a page can disturb a message, a log or a terminal.

/// The most characters of a title.
pub const TITLE: usize = 120;
/// The most characters of a snippet.
pub const SNIPPET: usize = 80;

/// One line of at most `limit` characters.
pub fn line(text: &str, limit: usize) -> String {
    let mut out = String::new();
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
    }

    #[test]
    fn titles_weigh_by_their_script() {
        assert_eq!(weight("通知公告"), 4);
        assert_eq!(weight("2018-03-16"), 2);
        assert_eq!(weight("Notice of meeting"), 5);
    }
}
