//! Free text that people typed, with the numbers and addresses in it hidden.

use super::group::mask;

/// The fewest digits of a telephone number: those of a small town's.
const FEWEST_DIGITS: usize = 7;

/// `text` with every telephone number and mail address in it masked. Any row of seven digits or
/// more counts as a number, also across blanks, hyphens and brackets; dates do not.
pub fn masked(text: &str) -> String {
    let written: Vec<char> = text.chars().collect();
    let plain: Vec<char> = written.iter().copied().map(narrow).collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&c) = plain.get(at) {
        let rest = plain.get(at..).unwrap_or_default();
        let starts = at.checked_sub(1).and_then(|at| plain.get(at));
        let found = mail(rest, starts)
            .or_else(|| date(rest).map(|length| (length, None)))
            .or_else(|| number(rest));
        match found {
            Some((length, Some(masked))) => {
                out.push_str(&masked);
                at += length;
            }
            Some((length, None)) => {
                out.extend(written.iter().skip(at).take(length));
                at += length;
            }
            None => {
                out.push(written.get(at).copied().unwrap_or(c));
                at += 1;
            }
        }
    }
    out
}

/// What was found at the beginning: its length in characters, and what stands in its place.
type Found = (usize, Option<String>);

/// Full-width digits and signs as ASCII.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xff01 + 0x21).unwrap_or(c),
        '—' | '–' | '‐' => '-',
        '\u{3000}' | '\u{a0}' => ' ',
        _ => c,
    }
}

fn mail(rest: &[char], before: Option<&char>) -> Option<Found> {
    let is_name = |c: &char| c.is_ascii_alphanumeric() || "._%+-".contains(*c);
    if before.is_some_and(is_name) {
        return None;
    }
    let name = rest.iter().take_while(|c| is_name(c)).count();
    let after = rest.get(name + 1..)?;
    let host = after
        .iter()
        .take_while(|c| c.is_ascii_alphanumeric() || ".-".contains(**c))
        .count();
    let is_mail = name > 0 && host > 0 && rest.get(name) == Some(&'@');
    let length = name + 1 + host;
    let whole: String = rest.iter().take(length).collect();
    is_mail.then(|| (length, Some(mask(&whole))))
}

/// The length of a date of this or the last century at the beginning, `2017-11-20`.
fn date(rest: &[char]) -> Option<usize> {
    let digits = |from: usize| {
        let row = rest.iter().skip(from);
        row.take_while(|c| c.is_ascii_digit()).count()
    };
    let century: String = rest.iter().take(2).collect();
    if !matches!(century.as_str(), "19" | "20") || digits(0) != 4 || rest.get(4) != Some(&'-') {
        return None;
    }
    let month = digits(5);
    let day_at = 5 + month + 1;
    let day = digits(day_at);
    let whole = (1..=2).contains(&month)
        && rest.get(day_at - 1) == Some(&'-')
        && (1..=2).contains(&day)
        && rest.get(day_at + day) != Some(&'-');
    whole.then_some(day_at + day)
}

fn number(rest: &[char]) -> Option<Found> {
    let first = rest.first()?;
    if !(first.is_ascii_digit() || *first == '+') {
        return None;
    }
    let mut length = 0;
    let mut digits = String::new();
    for (place, c) in rest.iter().enumerate() {
        match c {
            '0'..='9' => {
                // A date behind a number is none of its digits.
                if !digits.is_empty()
                    && place > length
                    && date(rest.get(place..).unwrap_or_default()).is_some()
                {
                    break;
                }
                digits.push(*c);
                length = place + 1;
            }
            '+' if place == 0 => {}
            // Two signs in a row end a number: ") ", " -".
            '-' | ' ' | '(' | ')' if place < length + 2 => {}
            _ => break,
        }
    }
    if length == 0 {
        return None;
    }
    let is_number = digits.len() >= FEWEST_DIGITS;
    Some((length, is_number.then(|| mask(&digits))))
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn numbers_and_addresses_in_what_people_typed_are_hidden() {
        let table = [
            ("请打10000000001找张三", "请打100****0001找张三"),
            ("电话 100 0000 0001，急", "电话 100****0001，急"),
            ("１００００００００01", "100****0001"),
            ("+86 100-0000-0001", "861****0001"),
            ("010-66000001转8", "010****0001转8"),
            ("(010) 66000001", "(010****0001"),
            ("6600001", "****"),
            ("发至zhang.san@example.cn。", "发至z***@example.cn。"),
            ("10000000001@example.cn", "1***@example.cn"),
            ("ｚｓ＠example.cn", "z***@example.cn"),
            ("12345678901234567X", "123****4567X"),
        ];
        for (typed, shown) in table {
            assert_eq!(masked(typed), shown, "{typed}");
        }
    }

    #[test]
    fn dates_times_and_document_numbers_stay() {
        for text in [
            "2017-11-20前更新",
            "2017-11-20 2017-11-24",
            "1 2017-11-20 16:30",
            "2017年11月20日17:30",
            "国办发〔2015〕15号",
            "改版30天，共3个栏目",
            "@",
            "a@",
            "+",
            "-1",
            "",
            "第１期　第２期",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn nothing_is_lost_and_nothing_panics_on_any_row_of_signs() {
        let signs = ['1', '2', '0', '-', '+', ' ', '(', 'a', '.', '年', '（'];
        let mut seed = 1_u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..18 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push(signs[(seed >> 33) as usize % signs.len()]);
            }
            let shown = masked(&text);
            assert_eq!(shown.matches('年').count(), text.matches('年').count());
            let longest = shown
                .split(|c: char| !c.is_ascii_digit())
                .map(str::len)
                .max();
            assert!(longest < Some(7), "{text} {shown}");
        }
    }
}
