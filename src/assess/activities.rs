//! How many activities the items of a survey column tell of: a consultation and the article with its
//! result are one.

use super::interpretations::{normalised, quoted};

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

#[cfg(test)]
mod tests {
    use super::*;

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
