//! Dates in Chinese numerals, `二〇一八年三月五日`: how documents are signed and how some lists are
//! dated. Signs of other alphabets stand in for the round zero, and digits for any numeral.

use chrono::NaiveDate;

use super::dates::Stamp;

/// Characters of a year behind which 年 must stand.
const YEAR: usize = 4;

/// Whether a text can hold a year in numerals: no other date can do without a digit.
pub fn may_stand(text: &str) -> bool {
    text.contains('年') && text.contains(is_start)
}

/// Whether a year can begin with this.
pub fn is_start(c: char) -> bool {
    matches!(c, '一' | '二')
}

/// The value of a numeral below ten. The zero is written in many ways.
fn value(c: char) -> Option<u32> {
    let value = match c {
        '〇' | '○' | '◯' | '零' | 'O' | 'o' | 'Ｏ' | 'О' => 0,
        '一' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        c => c.to_digit(10)?,
    };
    Some(value)
}

/// The date that begins at `at` with a year of four numerals, and where it ends. Year and month
/// alone are one too; a day of the moon's calendar is none.
pub fn read(chars: &[char], at: usize) -> Option<(Stamp, usize)> {
    let torn = at.checked_sub(1).and_then(|before| chars.get(before));
    if torn.is_some_and(|c| value(*c).is_some() || c.is_ascii_alphanumeric()) {
        return None;
    }
    let digits = chars.get(at..at + YEAR)?;
    let year = digits.iter().try_fold(0, |year, c| {
        Some(year * 10 + i32::try_from(value(*c)?).ok()?)
    })?;
    let next = behind(chars, at + YEAR, &['年'])?;
    if !(1900..=2100).contains(&year) {
        return None;
    }
    let (month, end) = small(chars, next)?;
    let next = behind(chars, end, &['月'])?;
    NaiveDate::from_ymd_opt(year, month, 1)?;
    let day =
        small(chars, next).and_then(|(day, end)| Some((day, behind(chars, end, &['日', '号'])?)));
    match day {
        Some((day, end)) => Some((Stamp::Full(NaiveDate::from_ymd_opt(year, month, day)?), end)),
        None if chars.get(next) == Some(&'初') => None,
        None => Some((Stamp::Month(year, month), next)),
    }
}

/// One past a unit, blanks before it allowed.
fn behind(chars: &[char], at: usize, units: &[char]) -> Option<usize> {
    let rest = chars.get(at..)?;
    let blanks = rest.iter().take(2).take_while(|c| **c == ' ').count();
    let unit = rest.get(blanks)?;
    units.contains(unit).then_some(at + blanks + 1)
}

/// A month or a day: `三`, `十二`, `二十一`, `廿八`, `卅`, `〇三`, `元` before 月, or digits.
fn small(chars: &[char], at: usize) -> Option<(u32, usize)> {
    let rest = chars.get(at..)?;
    let blanks = rest.iter().take(2).take_while(|c| **c == ' ').count();
    let numerals: Vec<char> = rest
        .iter()
        .skip(blanks)
        .take(4)
        .copied()
        .take_while(|c| value(*c).is_some() || matches!(c, '十' | '廿' | '卅' | '元'))
        .collect();
    let number = match numerals.as_slice() {
        ['元'] => 1,
        ['十'] => 10,
        ['廿'] => 20,
        ['卅'] => 30,
        ['十', ones] => 10 + value(*ones)?,
        ['廿', ones] => 20 + value(*ones)?,
        ['卅', ones] => 30 + value(*ones)?,
        [tens, '十'] => 10 * value(*tens)?,
        [tens, '十', ones] => 10 * value(*tens)? + value(*ones)?,
        [ones] => value(*ones)?,
        [tens, ones] => 10 * value(*tens)? + value(*ones)?,
        _ => return None,
    };
    Some((number, at + blanks + numerals.len()))
}

#[cfg(test)]
mod tests {
    use crate::extract::dates::{self, Stamp};

    fn read(text: &str) -> Vec<String> {
        dates::scan(text)
            .iter()
            .map(|found| match found.stamp {
                Stamp::Full(on) => on.to_string(),
                Stamp::Month(year, month) => format!("{year}-{month:02}"),
                other => format!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn numerals_are_read_in_all_their_writings() {
        let cases = [
            ("二〇一八年三月五日", "2018-03-05"),
            ("二○一八年三月五日", "2018-03-05"),
            ("二零一八年十二月三十一日", "2018-12-31"),
            ("二O一八年十月十日", "2018-10-10"),
            ("二0一八年一月廿一日", "2018-01-21"),
            ("二〇一八年一月卅日", "2018-01-30"),
            ("一九九八年元月二十日", "1998-01-20"),
            ("二〇一八年〇三月一五日", "2018-03-15"),
            ("2018年三月五日", "2018-03-05"),
            ("二〇一八年3月5日", "2018-03-05"),
            ("二〇一八 年 三 月 五 日", "2018-03-05"),
            ("（二〇一八年三月五日）", "2018-03-05"),
            ("二〇一八年三月", "2018-03"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), [expected], "{text}");
        }
    }

    #[test]
    fn words_with_numerals_are_no_dates() {
        for text in [
            "二十一世纪",
            "二〇一八年度工作要点",
            "二〇一八年正月初五",
            "二〇一八年三月初五",
            "二〇一八年十三月一日",
            "二〇一八年二月三十日",
            "三月五日",
            "一二〇一八年三月五日",
            "第二十一年三月",
        ] {
            assert_eq!(read(text), [""; 0], "{text}");
        }
    }
}
