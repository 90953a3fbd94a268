//! The reason of a verdict in the order in which it is read: what it is, in one sentence; the dates and
//! days that decide it; and the whole paragraph, a sentence a line.

use super::view::{NAME_CHARS, of_duty, unread};
use crate::assess::freshness::Freshness;
use crate::assess::ladder::Tier;
use crate::domain::time::{Date, Moment, date_of, in_chinese};
use crate::report::overview::ColumnLine;
use crate::report::plain::{full_date, instant, one_line};
use crate::report::standing::Standing;

/// What is shown where there is no date.
const NO_DATE: &str = "—";

/// The reason of a verdict.
pub struct Ground {
    /// The verdict in one sentence.
    pub says: String,
    /// What decides it: names and values.
    pub facts: Vec<(&'static str, String)>,
    /// The whole paragraph, a sentence a line.
    pub sentences: Vec<String>,
}

impl Ground {
    /// Why a column stands where it does; `paragraph` is the whole reason.
    pub fn of_column(line: &ColumnLine, paragraph: &str, now: Moment) -> Ground {
        let today = date_of(now);
        let update = line.judgement.last_update.as_ref();
        let rule = format!(
            "{}天（{}类）",
            line.judgement.limit_days,
            line.class.in_chinese()
        );
        let due = line.due_on.map(|due| in_chinese(due, today));
        let mut facts = vec![
            (
                "最近更新",
                update.map_or(NO_DATE.to_owned(), |update| aged(update.on, today)),
            ),
            ("时限", rule),
            ("到期日", due.unwrap_or_else(|| NO_DATE.to_owned())),
        ];
        if let Some(update) = update {
            facts.push(("日期出处", update.basis.in_chinese().to_owned()));
        }
        Ground {
            says: verdict(line, now),
            facts,
            sentences: sentences(paragraph),
        }
    }

    /// The reason of what is told of a site: the first sentence of `paragraph` is the verdict.
    pub fn of_site(paragraph: &str) -> Ground {
        let sentences = sentences(paragraph);
        Ground {
            says: sentences.first().cloned().unwrap_or_default(),
            facts: Vec::new(),
            sentences,
        }
    }
}

/// `判定为超期，已超过时限3天。`
fn verdict(line: &ColumnLine, now: Moment) -> String {
    let today = date_of(now);
    let more = match &line.judgement.freshness {
        Freshness::Fresh { due_on, .. } => match (*due_on - today).num_days() {
            left @ 0.. => format!("，距到期还有{left}天"),
            _ => String::new(),
        },
        Freshness::DueSoon { days_left: 0, .. } => "，今天到期".to_owned(),
        Freshness::DueSoon { days_left, .. } => format!("，距到期还有{days_left}天"),
        Freshness::Overdue { days, .. } => format!("，已超过时限{days}天"),
        Freshness::Unknown { since, why } => format!(
            "，自{}起：{}",
            instant(*since, now),
            one_line(&why.in_chinese(), NAME_CHARS)
        ),
        Freshness::Empty { since } => format!("，自{}起没有条目", instant(*since, now)),
        Freshness::Exempt { until } => format!("，至{}止不计时限", in_chinese(*until, today)),
        Freshness::OnDemand { .. } => "，按需更新，不计超期".to_owned(),
        Freshness::Unconfirmed => "，只访问、不判断".to_owned(),
        Freshness::NotConfigured | Freshness::NotYetVisited => String::new(),
    };
    let word = Standing::of(&line.judgement).verdict_in_chinese();
    let told = |tier: Option<Tier>| match tier {
        Some(Tier::Escalation) => "（已督办）",
        _ => "",
    };
    // The limit and what is owed by a day are escalated each by itself.
    let escalated = match line.judgement.tier {
        Some(Tier::SeverelyOverdue | Tier::Escalation) => told(line.told),
        _ => "",
    };
    let owed = line.owed.iter().map(|owed| {
        let says = of_duty(owed, today);
        format!("{says}{}。", told(owed.told))
    });
    let owed: String = owed.collect();
    let unread = unread(line, now).map_or(String::new(), |unread| {
        format!("{unread}，按此前读到的日期判断。")
    });
    format!("判定为{word}{escalated}{more}。{unread}{owed}")
}

/// `2017年11月3日（已17天）`
fn aged(on: Date, today: Date) -> String {
    match (today - on).num_days() {
        days @ 1.. => format!("{}（已{days}天）", full_date(on)),
        0 => format!("{}（今天）", full_date(on)),
        _ => full_date(on),
    }
}

/// What encloses.
const PAIRS: [(char, char); 3] = [('“', '”'), ('《', '》'), ('（', '）')];

/// The sentences of a paragraph. What stands in quotation marks or brackets is part of its sentence; a mark
/// that is opened more often than it is closed, as in a title that was cut, encloses nothing.
fn sentences(paragraph: &str) -> Vec<String> {
    let count = |mark: char| paragraph.chars().filter(|&letter| letter == mark).count();
    let mut ahead = PAIRS.map(|(opens, closes)| (count(opens), count(closes)));
    let mut inside: Vec<char> = Vec::new();
    let mut sentences = Vec::new();
    let mut sentence = String::new();
    for letter in paragraph.chars() {
        sentence.push(letter);
        for (&(opens, closes), (still_opens, still_closes)) in PAIRS.iter().zip(&mut ahead) {
            if letter == opens {
                if *still_closes >= *still_opens {
                    inside.push(closes);
                }
                *still_opens -= 1;
            } else if letter == closes {
                *still_closes -= 1;
                let opened = inside.iter().rposition(|&one| one == letter);
                inside.truncate(opened.unwrap_or(inside.len()));
            }
        }
        if letter == '。' && inside.is_empty() {
            sentences.push(std::mem::take(&mut sentence));
        }
    }
    if !sentence.is_empty() {
        sentences.push(sentence);
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_is_told_a_sentence_a_line() {
        let paragraph =
            "甲（责任单位：乙。）：判定为超期。标题《一。二》，原文“三。”。（截至今天）";
        assert_eq!(
            sentences(paragraph),
            [
                "甲（责任单位：乙。）：判定为超期。",
                "标题《一。二》，原文“三。”。",
                "（截至今天）"
            ]
        );
        assert!(sentences("").is_empty());
        assert_eq!(sentences(paragraph).concat(), paragraph);
    }

    #[test]
    fn a_mark_that_is_never_closed_joins_no_sentences() {
        let rows = [
            (
                "标题《一…。二。《三。四》。",
                vec!["标题《一…。", "二。", "《三。四》。"],
            ),
            ("原文“《一。二”。三。", vec!["原文“《一。二”。", "三。"]),
            ("甲》。乙）”。丙。", vec!["甲》。", "乙）”。", "丙。"]),
        ];
        for (paragraph, expected) in rows {
            assert_eq!(sentences(paragraph), expected);
        }
    }

    #[test]
    fn an_age_is_told_with_its_date() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let rows = [
            ("2017-11-20", "2017年11月3日（已17天）"),
            ("2017-11-03", "2017年11月3日（今天）"),
            ("2017-11-02", "2017年11月3日"),
        ];
        for (today, told) in rows {
            assert_eq!(aged(day("2017-11-03"), day(today)), told);
        }
    }
}
