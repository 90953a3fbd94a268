//! Clocks and weather lines of page heads: dates that are today's on every page of a site, dead or
//! alive, and that stand beside a link like a row's.

use std::collections::HashMap;

use super::clean;
use super::dom::Dom;
use super::rows::Listed;
use super::years::Dating;
use crate::domain::time::Date;

/// Words of a clock or a weather line, wherever a date stands with them.
const SURE: [&str; 12] = [
    "℃",
    "°C",
    "气温",
    "空气质量",
    "AQI",
    "PM2.5",
    "农历",
    "今天是",
    "当前时间",
    "现在时间",
    "北京时间",
    "天气预报",
];
/// Words that rows may have too: they tell only of a date that is today's and stands alone.
const LIKELY: [&str; 8] = ["星期", "周", "晴", "多云", "阴", "雨", "雪", "天气"];
/// Longer texts are prose.
const LINE: usize = 80;

/// Whether a text is a clock or a weather line.
pub fn is_line(text: &str) -> bool {
    // A bare date says nothing else.
    let bare = text.len() <= 12;
    let line = clean::trimmed(text);
    let begins = |c: char| "℃°气空AP农今当现北天".contains(c);
    !bare
        && line.len() <= 4 * LINE
        && line.contains(begins)
        && line.chars().count() <= LINE
        && SURE.iter().any(|word| line.contains(word))
}

/// Takes its date from every row that is alone of its kind and dated today: it stands in no list,
/// so nothing tells it from a clock, except where a row element holds it and no such word.
pub fn strike(dom: &Dom, rows: &[Listed], datings: &mut [Dating], today: Date) {
    let is_current = |dating: Option<&Dating>| {
        dating
            .and_then(|d| d.claim())
            .is_some_and(|c| c.on >= today)
    };
    if !datings.iter().any(|dating| is_current(Some(dating))) {
        return;
    }
    let mut dated: HashMap<u64, usize> = HashMap::new();
    for (row, dating) in rows.iter().zip(datings.iter()) {
        *dated.entry(row.path).or_default() += usize::from(dating.claim().is_some());
    }
    let is_alone = |at: usize| {
        rows.get(at)
            .is_some_and(|row| dated.get(&row.path) == Some(&1))
    };
    let lone: Vec<usize> = (0..rows.len())
        .filter(|at| is_current(datings.get(*at)) && is_alone(*at))
        .filter(|at| rows.get(*at).is_some_and(|row| !is_in_list(dom, row)))
        .collect();
    for at in lone {
        if let Some(dating) = datings.get_mut(at) {
            *dating = Dating::None;
        }
    }
}

fn is_in_list(dom: &Dom, row: &Listed) -> bool {
    if row.block >= dom.len() {
        return true;
    }
    let element = matches!(dom.tag(row.block), "li" | "tr" | "dd" | "dt" | "dl");
    let printed = row.mark.as_ref().map_or("", |mark| mark.snippet.as_str());
    element && !LIKELY.iter().any(|word| printed.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weather_lines_and_clocks_are_told_from_dates() {
        for text in [
            "2017-10-16 北京 晴转多云 13℃～17℃",
            "今天是2017年10月16日 星期一",
            "2017年10月16日 农历八月廿七",
        ] {
            assert!(is_line(text), "{text}");
        }
        for text in ["2017-10-16", "发布时间：2017-10-16 来源：区气象局"] {
            assert!(!is_line(text), "{text}");
        }
    }
}
