//! How many activities the items of a column tell of. A consultation and the article with its result are
//! one. An interview that was announced is held once something shows it: a record, or a row of its own; a
//! day that has come shows nothing.

use super::interpretations::{normalised, quoted};
use super::score::facts::Titled;
use crate::domain::announcement::{announces, is_record};

/// Words of an article that tells of a result.
const RESULTS: [&str; 4] = ["结果", "反馈", "采纳", "情况"];
/// Words that say of every consultation that it is one.
const FILLERS: [&str; 22] = [
    "征求意见稿",
    "送审稿",
    "修订草案",
    "草案",
    "公开征求",
    "征求",
    "征集",
    "意见",
    "建议",
    "社会",
    "公开",
    "公告",
    "公示",
    "通知",
    "结果",
    "反馈",
    "采纳",
    "情况",
    "的",
    "关于",
    "网上",
    "向",
];
/// From how many characters a topic is one.
const LEAST: usize = 4;
/// From how many characters a title within another one is no accident.
const LEAST_NAMED: usize = 6;

/// What is asked about: the name in 《》, or what is left without the words of every consultation.
fn topic(title: &str) -> String {
    let named = quoted(title).into_iter().next();
    let mut topic = named.unwrap_or_else(|| normalised(title));
    for filler in FILLERS {
        topic = topic.replace(filler, "");
    }
    topic
}

fn is_result(title: &str) -> bool {
    RESULTS.iter().any(|word| title.contains(word))
}

/// The number of activities of which titles tell.
pub fn count(titles: &[&str]) -> usize {
    let (results, others): (Vec<&str>, Vec<&str>) =
        titles.iter().copied().partition(|title| is_result(title));
    let topics: Vec<String> = others.iter().map(|title| topic(title)).collect();
    let is_known = |title: &&str| {
        let topic = topic(title);
        topic.chars().count() >= LEAST && topics.contains(&topic)
    };
    let alone = results.iter().filter(|title| !is_known(title)).count();
    others.len() + alone
}

/// Interviews, as the rows of a column tell of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interviews<'a> {
    /// How many were held.
    pub held: usize,
    /// Those that were announced for a day that has come, and nothing shows more.
    pub announced: Vec<&'a Titled>,
}

/// The interviews of which rows tell that claim days which have come.
pub fn interviews<'a>(rows: &[&'a Titled]) -> Interviews<'a> {
    let rows = rows.iter().copied().filter(|row| !announces(&row.title));
    let (doubtful, held): (Vec<&Titled>, Vec<&Titled>) =
        rows.partition(|row| row.was_announced && !is_record(&row.title));
    let named: Vec<(String, &Titled)> = held
        .iter()
        .map(|row| (normalised(&row.title), *row))
        .collect();
    // A row of its own that names it, of that day or later, is its record.
    let is_told = |row: &&Titled| {
        let own = normalised(&row.title);
        let mut named = named.iter();
        own.chars().count() >= LEAST_NAMED
            && named.any(|(title, record)| row.on <= record.on && title.contains(&own))
    };
    Interviews {
        held: held.len(),
        announced: doubtful.into_iter().filter(|row| !is_told(row)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::ColumnId;
    use crate::domain::item::{Change, Item};
    use crate::domain::time::{Date, moment};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn item(title: &str, on: &str, seen: &str, changes: &[(&str, Option<&str>, &str)]) -> Titled {
        let at = |text: &str| moment(day(text).and_hms_opt(8, 0, 0).unwrap());
        let changes = changes.iter().map(|(seen, claimed, title)| Change {
            seen_at: at(seen),
            claimed_on: claimed.map(day),
            title: (*title).to_owned(),
        });
        Titled::of(&Item {
            column: ColumnId::parse("kxw/zxft").unwrap(),
            title: title.to_owned(),
            url: None,
            claimed_on: Some(day(on)),
            first_seen_at: at(seen),
            witnessed: true,
            changes: changes.collect(),
        })
    }

    #[test]
    fn an_interview_whose_day_has_come_is_not_held_by_that() {
        let (on, title) = ("2018-04-12", "街道主任谈垃圾分类工作");
        let announced = || item(title, on, "2018-03-20", &[("2018-04-11", None, title)]);
        let told = |rows: &[Titled]| {
            let rows: Vec<&Titled> = rows.iter().collect();
            let told = interviews(&rows);
            (told.held, told.announced.len())
        };
        assert_eq!(told(&[announced()]), (0, 1));
        // It is known with its record, from its day on, or was put off.
        assert_eq!(told(&[item(title, on, "2018-04-12", &[])]), (1, 0));
        assert_eq!(told(&[item(title, on, "2018-04-20", &[])]), (1, 0));
        let put_off = [("2018-04-01", Some("2018-04-02"), title)];
        assert_eq!(told(&[item(title, on, "2018-03-20", &put_off)]), (0, 1));
        // Its title says so, or says no more that it is announced.
        let record = "街道主任谈垃圾分类工作（文字实录）";
        assert_eq!(told(&[item(record, on, "2018-03-20", &[])]), (1, 0));
        let named = format!("【预告】{title}");
        let renamed = |seen| [(seen, Some(on), named.as_str())];
        assert_eq!(
            told(&[item(title, on, "2018-03-20", &renamed("2018-04-13"))]),
            (1, 0)
        );
        assert_eq!(
            told(&[item(title, on, "2018-03-20", &renamed("2018-04-01"))]),
            (0, 1)
        );
        // Another row is its record, and no second interview.
        assert_eq!(
            told(&[announced(), item(record, on, "2018-04-13", &[])]),
            (1, 0)
        );
        let before = item(record, "2018-04-02", "2018-04-02", &[]);
        assert_eq!(told(&[announced(), before]), (1, 1));
        // One that was shown with a day that had come, and is dated anew, was held.
        let anew = [("2018-04-01", Some("2018-03-19"), title)];
        assert_eq!(told(&[item(title, on, "2018-03-20", &anew)]), (1, 0));
        assert_eq!(told(&[item(&named, on, "2018-03-20", &[])]), (0, 0));
    }

    #[test]
    fn a_consultation_and_its_result_are_one() {
        let cases: [(&[&str], usize); 6] = [
            (&[], 0),
            (
                &[
                    "关于《西城区停车管理办法（征求意见稿）》公开征求意见的公告",
                    "《西城区停车管理办法》公开征求意见结果反馈",
                ],
                1,
            ),
            (
                &[
                    "关于老旧小区改造征集意见建议的公告",
                    "老旧小区改造意见征集采纳情况",
                ],
                1,
            ),
            (
                &[
                    "关于老旧小区改造征集意见建议的公告",
                    "停车管理意见征集采纳情况",
                ],
                2,
            ),
            (&["科技服务满意度调查", "科技服务满意度调查"], 2),
            (&["意见征集结果", "征集意见"], 2),
        ];
        for (titles, expected) in cases {
            assert_eq!(count(titles), expected, "{titles:?}");
        }
    }
}
