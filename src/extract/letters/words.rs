//! The words in which letter pages say whether a letter is answered, by whom and how.

use super::super::clean;
use super::super::labels::{self, Label};
use super::putting_off::{passes_on, promises, settles};
use crate::domain::letter::State;

/// A letter waits.
const OPEN: [&str; 29] = [
    "未回复",
    "未答复",
    "未办结",
    "未处理",
    "未办理",
    "未受理",
    "待回复",
    "待答复",
    "待处理",
    "待办理",
    "待受理",
    "待审核",
    "审核中",
    "待办",
    "办理中",
    "处理中",
    "受理中",
    "答复中",
    "转办中",
    "正在办理",
    "正在处理",
    "暂无回复",
    "暂未回复",
    "尚未回复",
    "暂无答复",
    "暂未答复",
    "尚未答复",
    "等待回复",
    "等待答复",
];
/// A letter is answered.
const ANSWERED: [&str; 10] = [
    "已回复",
    "已答复",
    "已办结",
    "已处理",
    "已办理",
    "已反馈",
    "已解决",
    "已办复",
    "办结",
    "回复完毕",
];
/// Who answers: a verb and what it is done by.
const DOING: [&str; 9] = [
    "受理", "办理", "答复", "回复", "承办", "处理", "主办", "回应", "反馈",
];
const DOERS: [&str; 6] = ["单位", "部门", "机构", "处室", "科室", "人"];
/// What an answer is called.
const ANSWERS: [&str; 18] = [
    "答复内容",
    "回复内容",
    "答复意见",
    "回复意见",
    "答复情况",
    "回复情况",
    "答复结果",
    "回复结果",
    "处理结果",
    "处理意见",
    "处理情况",
    "办理结果",
    "办理意见",
    "办理情况",
    "反馈内容",
    "反馈意见",
    "答复正文",
    "回复正文",
];
/// The same, where a colon stands behind it.
const BARE_ANSWERS: [&str; 3] = ["答复", "回复", "答"];
/// What the day of an answer is called.
const DAYS: [&str; 6] = [
    "答复时间",
    "回复时间",
    "答复日期",
    "回复日期",
    "办结时间",
    "办结日期",
];
/// From how much weight words are an answer, though they put the writer off as well.
const MORE_THAN_A_PROMISE: usize = 40;
/// The longest label, in characters.
const LABEL: usize = 8;
/// The longest piece of an answer that may be a label or a greeting, in characters.
const SHORT: usize = 10;
/// From how much weight words are those of a unit, or an answer.
const UNIT_WEIGHT: usize = 2;
const ANSWER_WEIGHT: usize = 6;

/// What is told behind a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Unit,
    Answer,
    /// The day of the answer.
    Day,
}

/// What one text after the other says.
#[derive(Debug, Default)]
pub struct Sayings {
    open: bool,
    answered: bool,
    /// Whether a unit is named.
    pub unit: bool,
    /// The most that stands behind one label of an answer.
    answer: usize,
    /// Whether it puts the writer off.
    is_promise: bool,
    /// Whether it says who has the letter now.
    is_passed_on: bool,
    /// Whether it says what came of it.
    is_settled: bool,
    /// Whether a label stands there for an answer.
    has_place: bool,
    /// Whether anything stands behind such a label.
    is_filled: bool,
    field: Option<Field>,
    weight: usize,
}

impl Sayings {
    /// Hears the next text.
    pub fn hear(&mut self, text: &str) {
        let squeezed: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(400)
            .collect();
        if squeezed.is_empty() {
            return;
        }
        // Labels are often set with blanks between their characters.
        if squeezed.chars().count() <= LABEL + 2 {
            return self.piece(&squeezed);
        }
        let mut apart = String::new();
        for piece in text
            .split(is_gap)
            .filter(|piece| !piece.is_empty())
            .take(200)
        {
            let mut chars = piece.chars();
            let second = chars.nth(1);
            match second {
                None => apart.push_str(piece),
                Some(':' | '：') if !apart.is_empty() => {
                    apart.push_str(piece);
                    self.piece(&apart);
                    apart.clear();
                }
                Some(_) => {
                    self.piece(&apart);
                    apart.clear();
                    self.piece(piece);
                }
            }
        }
        self.piece(&apart);
    }

    fn piece(&mut self, piece: &str) {
        let piece = piece.trim_matches(|c: char| is_gap(c) || is_bracket(c));
        if piece.is_empty() {
            return;
        }
        let (label, rest) = split(piece);
        if let Some(label) = label {
            // 现答复如下： is the beginning of the answer's own words.
            if is_opening(label) {
                if !matches!(self.field, Some(Field::Answer)) {
                    self.begin(Some(Field::Answer));
                }
                return self.take(rest);
            }
            // So is a greeting within it.
            if is_greeting(label) && matches!(self.field, Some(Field::Answer)) {
                return self.take(rest);
            }
            self.begin(field(label, true));
            return self.take(rest);
        }
        if let Some(field) = field(piece, false) {
            return self.begin(Some(field));
        }
        self.take(piece);
    }

    fn begin(&mut self, field: Option<Field>) {
        self.has_place |= matches!(field, Some(Field::Answer | Field::Day));
        self.field = field;
        self.weight = 0;
    }

    /// Whether the words of an answer are shown.
    pub fn words(&self) -> bool {
        let puts_off = self.is_promise || (self.is_passed_on && !self.is_settled);
        self.answer >= ANSWER_WEIGHT && (!puts_off || self.answer >= MORE_THAN_A_PROMISE)
    }

    /// Whether a label of an answer, or of its day, stands there with nothing behind any of them.
    pub fn is_blank(&self) -> bool {
        self.has_place && !self.is_filled
    }

    fn take(&mut self, words: &str) {
        self.is_filled |= match self.field {
            Some(Field::Answer) => !words.trim().is_empty(),
            Some(Field::Day) => !is_bare(words),
            _ => false,
        };
        match state_of(words) {
            Some(State::Open) => {
                self.open = true;
                return;
            }
            Some(State::Answered) => {
                self.answered = true;
                return;
            }
            None => {}
        }
        self.weight += clean::weight(words);
        match self.field {
            Some(Field::Unit) => self.unit |= self.weight >= UNIT_WEIGHT,
            Some(Field::Answer) => {
                self.answer = self.answer.max(self.weight);
                self.is_promise |= promises(words);
                self.is_passed_on |= passes_on(words);
                self.is_settled |= settles(words);
            }
            Some(Field::Day) | None => {}
        }
    }

    /// The state, where the page does not say both.
    pub fn state(&self) -> Option<State> {
        match (self.open, self.answered) {
            (true, false) => Some(State::Open),
            (false, true) => Some(State::Answered),
            _ => None,
        }
    }
}

/// Whether what stands in a place says nothing.
pub fn is_bare(words: &str) -> bool {
    words.trim() == "暂无" || words.chars().all(is_stroke)
}

/// Whether a character fills a place in which nothing is said.
fn is_stroke(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '—' | '/' | '－' | '无' | '\u{a0}')
}

/// Whether a character parts what is said.
pub fn is_gap(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '|' | '｜' | '，' | ',' | '；' | ';' | '[' | ']' | '【' | '】'
        )
}

/// Whether a character stands around what is said.
pub fn is_bracket(c: char) -> bool {
    matches!(
        c,
        '(' | ')' | '（' | '）' | '〔' | '〕' | '。' | '.' | '!' | '！'
    )
}

/// A label with its colon, and what stands behind it.
fn split(piece: &str) -> (Option<&str>, &str) {
    let parted = piece.split_once([':', '：']);
    match parted.filter(|(label, _)| (1..=LABEL).contains(&label.chars().count())) {
        Some((label, rest)) => (Some(label), rest),
        None => (None, piece),
    }
}

/// What stands behind a label, or all where there is none.
pub fn content(text: &str) -> &str {
    split(text.trim()).1.trim()
}

fn field(label: &str, colon: bool) -> Option<Field> {
    if is_unit(label) {
        return Some(Field::Unit);
    }
    let is_answer = ANSWERS.contains(&label) || (colon && BARE_ANSWERS.contains(&label));
    // 区科信委答复： names who answers.
    let ends = colon && (label.ends_with("答复") || label.ends_with("回复"));
    if is_answer || ends {
        return Some(Field::Answer);
    }
    // Without a colon others may be words of the letter.
    let is_led = colon && matches!(labels::label(label), Label::Answered | Label::Handled);
    (is_led || DAYS.contains(&label)).then_some(Field::Day)
}

/// Whether words before a colon lead over to an answer: `您好，现将有关情况答复如下`.
fn is_opening(label: &str) -> bool {
    label.ends_with("如下")
        && ["答复", "回复", "答覆"]
            .iter()
            .any(|word| label.contains(word))
}

/// Whether words before a colon greet who asked: `尊敬的张先生`.
fn is_greeting(label: &str) -> bool {
    const BEGIN: [&str; 4] = ["尊敬的", "亲爱的", "您好", "你好"];
    const END: [&str; 8] = [
        "先生", "女士", "同志", "网友", "市民", "同学", "您好", "你好",
    ];
    BEGIN.iter().any(|word| label.starts_with(word)) || END.iter().any(|word| label.ends_with(word))
}

/// Whether a label stands before the unit that answers.
pub fn is_unit(label: &str) -> bool {
    let parts = DOING.iter().find_map(|doing| label.strip_prefix(doing));
    parts.is_some_and(|doer| DOERS.contains(&doer))
}

/// Whether a column of a table with this head holds answers. What is called 情况 is a state as often.
pub fn is_answer_head(head: &str) -> bool {
    let is_named = ANSWERS.contains(&head) && !head.ends_with("情况");
    is_named || BARE_ANSWERS.contains(&head)
}

/// Whether the words of a cell of answers are one: greetings, thanks, states, words that lead on to another
/// page and such as put the writer off are none.
pub fn is_answer(cell: &str) -> bool {
    let is_said = |piece: &&str| !is_label(piece) && state_of(piece).is_none();
    let pieces = cell.split(|c: char| is_gap(c) || ":：。.!！、".contains(c));
    let weight: usize = pieces.filter(is_said).map(clean::weight).sum();
    weight >= ANSWER_WEIGHT && !is_promise(cell)
}

/// Whether a piece of an answer says nothing for itself.
fn is_label(piece: &str) -> bool {
    const BEGIN: [&str; 14] = [
        "查看", "点击", "详见", "详情", "感谢", "谢谢", "暂", "尚未", "未", "待", "等待", "无",
        "已转", "转",
    ];
    const WITHIN: [&str; 3] = ["收悉", "已收到", "来信收到"];
    if piece.chars().count() > SHORT {
        return false;
    }
    let begins = BEGIN.iter().any(|word| piece.starts_with(word));
    begins || WITHIN.iter().any(|word| piece.contains(word)) || is_greeting(piece)
}

/// The state that a text is, if it is one and nothing else.
pub fn state_of(words: &str) -> Option<State> {
    let words = words.trim_matches(|c: char| is_gap(c) || is_bracket(c));
    if OPEN.contains(&words) {
        return Some(State::Open);
    }
    ANSWERED.contains(&words).then_some(State::Answered)
}

/// Whether the words of an answer only put the writer off, or say who has the letter now.
pub fn is_promise(answer: &str) -> bool {
    let puts_off = promises(answer) || (passes_on(answer) && !settles(answer));
    puts_off && clean::weight(answer) < MORE_THAN_A_PROMISE
}

/// Whether a text is a state and nothing else.
pub fn is_state(text: &str) -> bool {
    state_of(text).is_some()
}
