//! Words in the place of an answer that are none: they put the writer off, or say who has the letter now.

use super::words::{is_bracket, is_gap};

/// Short words in the place of an answer that put the writer off.
const PROMISES: [&str; 8] = [
    "正在办理",
    "正在处理",
    "正在核实",
    "正在研究",
    "耐心等待",
    "尽快答复",
    "尽快回复",
    "及时答复",
];
/// What says who has a letter now, and no answer to it.
const PASSED_ON: [&str; 12] = [
    "转交",
    "转办",
    "交办",
    "移交",
    "已转至",
    "已转由",
    "已转区",
    "已受理",
    "已予受理",
    "请关注后续",
    "后续答复",
    "后续回复",
];
/// The same at the end of a clause: 区住建委承办中.
const UNDER_WAY: [&str; 7] = [
    "承办中",
    "办理中",
    "处理中",
    "受理中",
    "核实中",
    "调查中",
    "协调中",
];
/// What came of a letter, after it was passed on.
const SETTLED: [&str; 15] = [
    "已解决",
    "并解决",
    "得到解决",
    "已修",
    "修复",
    "完成",
    "办结",
    "完毕",
    "已整改",
    "已处理",
    "已答复",
    "已回复",
    "并答复",
    "并回复",
    "经核实",
];

/// Whether words put the writer off.
pub fn promises(words: &str) -> bool {
    PROMISES.iter().any(|promise| words.contains(promise))
}

/// Whether words say who has the letter now.
pub fn passes_on(words: &str) -> bool {
    let mut clauses = words.split(|c: char| is_gap(c) || is_bracket(c) || matches!(c, '：' | ':'));
    clauses.any(|clause| {
        let is_taken = clause.contains("已由") && clause.contains("受理");
        let is_under_way = UNDER_WAY.iter().any(|state| clause.ends_with(state));
        is_taken || is_under_way || PASSED_ON.iter().any(|word| clause.contains(word))
    })
}

/// Whether words say what came of a letter.
pub fn settles(words: &str) -> bool {
    SETTLED.iter().any(|word| words.contains(word))
}
