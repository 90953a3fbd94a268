//! The words before a date that say what kind of date it is.

use std::sync::LazyLock;

use super::Role;
use super::dates::Found;
use super::words::Words;

/// What the words before a date make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// No word, or none that is known.
    None,
    /// Published, announced, posted.
    Published,
    /// A bare 日期 or 时间.
    Date,
    /// Last changed.
    Updated,
    /// A letter was answered.
    Answered,
    /// An affair was dealt with, made public or not.
    Handled,
    /// A letter was written.
    Asked,
    /// A deadline, a validity, a signing day, a clock: never the publication.
    Other,
}

/// Words that rule a date out wherever they stand before it.
const OTHER: &[&str] = &[
    "截止",
    "截至",
    "有效期",
    "成文",
    "生成",
    "今天",
    "今日",
    "现在",
    "当前",
    "北京时间",
    "publishdate",
    "版权",
    "copyright",
    "公示期",
    "起始",
    "签发",
    "颁布",
    "废止",
    "失效",
    "访问时间",
    "浏览时间",
    "浏览的时间",
    "登录时间",
    "打印时间",
    "打印日期",
    "农历",
    "阴历",
];
/// Words that rule a date out when a 时间, a 日期 or a colon completes them.
const EVENTS: &[&str] = &[
    "结束",
    "终止",
    "到期",
    "生效",
    "实施",
    "施行",
    "开标",
    "报名",
    "考试",
    "举办",
    "活动",
    "会议",
    "印发",
    "出生",
    "成立",
    "许可决定",
    "开始",
    "采访",
    "访谈",
    "建站",
    "制作",
    "拍摄",
    "开庭",
    "面试",
    "入库",
];
const PUBLISHED: &[&str] = &[
    "发布",
    "发表",
    "刊登",
    "公开日期",
    "公开时间",
    "公布",
    "信息提供日期",
    "信息时间",
    "信息日期",
    "上传",
    "发稿",
    "发文时间",
    "录入",
    "添加时间",
    "添加日期",
    "加入时间",
    "上网",
    "上线",
    "推送",
    "登载",
    "撰写",
    "投稿",
    "刊发时间",
    "刊发日期",
    "刊载时间",
    "刊载日期",
    "编发时间",
    "编发日期",
    "播发时间",
    "挂网时间",
    "挂网日期",
    "转载时间",
    "转载日期",
    "published",
    "posted",
];
const UPDATED: &[&str] = &["更新", "修改", "修订", "updated", "modified"];
const ANSWERED: &[&str] = &["回复", "答复", "反馈时间", "反馈日期"];
const HANDLED: &[&str] = &["办结", "处理时间", "处理日期", "办理时间", "办理日期"];
const ASKED: &[&str] = &[
    "来信",
    "写信",
    "提交",
    "留言",
    "咨询时间",
    "咨询日期",
    "提问",
    "受理",
    "申请",
];
const BARE: &[&str] = &["日期", "时间", "date", "time"];
/// What a bare word may complete and still mean the publication: what the page itself is.
const OF_THE_PAGE: &[&str] = &["公告", "通告", "文章", "新闻", "稿件"];

/// Words before numbers that count, name or call something.
const NUMBERS: &[&str] = &[
    "浏览",
    "点击",
    "阅读",
    "访问",
    "下载",
    "人气",
    "次数",
    "人数",
    "总数",
    "编号",
    "索引号",
    "序号",
    "文号",
    "证号",
    "信箱号",
    "受理号",
    "版本",
    "分机",
    "比分",
    "房间",
    "单价",
    "金额",
    "电话",
    "传真",
    "手机",
    "邮编",
    "字号",
    "号码",
    "qq",
    "tel",
];

static LABELS: LazyLock<Words> = LazyLock::new(|| {
    Words::of(&[
        OTHER, PUBLISHED, UPDATED, ANSWERED, HANDLED, ASKED, EVENTS, BARE,
    ])
});
static NUMBER_WORDS: LazyLock<Words> = LazyLock::new(|| Words::of(&[NUMBERS]));

/// The label of a date. What is written like many numbers are is none behind the word for a number.
pub fn label_of(found: &Found, before: &str) -> Label {
    let names_number = || {
        let tail = tail(before);
        let [end] = NUMBER_WORDS.last_ends(&tail);
        end.is_some_and(|end| is_near(&tail, end, 4))
    };
    if found.is_like_a_number() && names_number() {
        Label::Other
    } else {
        label(before)
    }
}

/// What the head of a column makes of a date below it; nothing where it says nothing of dates.
pub fn head(found: &Found, head: &str) -> Option<Label> {
    let compact: String = head.chars().filter(|c| !c.is_whitespace()).collect();
    let compact = compact.to_lowercase();
    if compact.is_empty() {
        return None;
    }
    let dated = BARE.iter().any(|word| compact.contains(word));
    let numbered = HEADED_NUMBERS.iter().any(|word| compact.contains(word));
    if numbered && !dated {
        return Some(Label::Other);
    }
    match label(head) {
        // Two short numbers below a head that names no date are a count, a score, a price.
        Label::None if found.is_like_a_number() => Some(Label::Other),
        Label::None => None,
        label => Some(label),
    }
}

/// Heads of columns with numbers, beside the words before numbers.
const HEADED_NUMBERS: &[&str] = &[
    "编号",
    "索引",
    "文号",
    "字号",
    "序号",
    "号码",
    "信用代码",
    "电话",
    "查询码",
];

/// Reads the words directly before a date; the nearest known word decides.
pub fn label(before: &str) -> Label {
    let tail = tail(before);
    if tail.is_empty() {
        return Label::None;
    }
    let [
        other,
        published,
        updated,
        answered,
        handled,
        asked,
        event,
        plain,
    ] = LABELS.last_ends(&tail);
    let families = [
        (other, Label::Other),
        (published, Label::Published),
        (updated, Label::Updated),
        (answered, Label::Answered),
        (handled, Label::Handled),
        (asked, Label::Asked),
    ];
    let mut nearest: Option<(usize, Label)> = None;
    for (end, label) in families {
        if end.is_some_and(|end| nearest.is_none_or(|(other, _)| end > other)) {
            nearest = end.map(|end| (end, label));
        }
    }
    if event.is_some_and(|end| {
        nearest.is_none_or(|(other, _)| end > other)
            && is_near(&tail, end, 5)
            && tail
                .get(end..)
                .is_some_and(|rest| rest.contains(['时', '期', ':', '：', '于']))
    }) {
        return Label::Other;
    }
    match nearest {
        Some((end, label)) if is_near(&tail, end, 5) => label,
        _ if plain.is_some_and(|end| is_near(&tail, end, 2)) => bare(before),
        _ => Label::None,
    }
}

/// What a date is that its label rules out as the publication.
pub fn role(before: &str) -> Option<Role> {
    let tail = tail(before);
    if tail.contains("页面生成") {
        return None;
    }
    let [document, effective, event] = ROLES.last_ends(&tail);
    let families = [
        (document, Role::Document),
        (effective, Role::Effective),
        (event, Role::Event),
    ];
    families
        .into_iter()
        .filter_map(|(end, role)| Some((end?, role)))
        .filter(|(end, _)| is_near(&tail, *end, 5))
        .max_by_key(|(end, _)| *end)
        .map(|(_, role)| role)
}

/// Words of documents, of their effect, of events.
static ROLES: LazyLock<Words> = LazyLock::new(|| {
    Words::of(&[
        &[
            "成文",
            "签发",
            "印发",
            "颁布",
            "制发",
            "生成日期",
            "发文日期",
        ],
        &[
            "生效",
            "实施",
            "施行",
            "有效期",
            "废止",
            "失效",
            "终止",
            "到期",
        ],
        &[
            "截止",
            "截至",
            "结束",
            "开标",
            "报名",
            "考试",
            "举办",
            "活动",
            "会议",
            "公示期",
            "起始",
            "开始",
            "采访",
            "访谈",
            "开庭",
            "面试",
        ],
    ])
});

/// The last characters without blanks, in lower case.
fn tail(before: &str) -> String {
    let compact: Vec<char> = before.chars().filter(|c| !c.is_whitespace()).collect();
    let from = compact.len().saturating_sub(14);
    compact
        .get(from..)
        .unwrap_or_default()
        .iter()
        .collect::<String>()
        .to_lowercase()
}

/// Whether at most a few characters of the same phrase stand behind the word.
fn is_near(tail: &str, end: usize, most: usize) -> bool {
    tail.get(end..)
        .is_some_and(|rest| rest.chars().count() <= most)
}

/// 日期 and 时间 alone mean the publication, and so do those of the page, as in 公告日期; completing another
/// word, as in 发证日期 and 首次公告日期, they mean something else.
fn bare(before: &str) -> Label {
    let signs = |c: char| c.is_whitespace() || matches!(c, ':' | '：' | '[' | '(' | '（' | '【');
    let phrase = before.trim_end_matches(signs);
    let chars: Vec<char> = phrase
        .chars()
        .rev()
        .filter(|c| !matches!(c, ' ' | '\u{3000}' | '\u{a0}'))
        .take(2)
        .collect();
    let word: String = chars.iter().rev().collect();
    if !BARE.contains(&word.as_str()) {
        return Label::Date;
    }
    let mut rest = phrase;
    for c in chars {
        rest = rest
            .trim_end_matches([' ', '\u{3000}', '\u{a0}'])
            .trim_end_matches(c);
    }
    let subject = OF_THE_PAGE.iter().find_map(|word| rest.strip_suffix(word));
    match subject.unwrap_or(rest).chars().next_back() {
        Some(c) if c.is_alphabetic() => Label::Other,
        _ => Label::Date,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_says_what_a_date_is() {
        let cases = [
            ("发布时间：", Label::Published),
            ("发布日期:", Label::Published),
            ("来源：区教委  日期：", Label::Date),
            ("时间 : ", Label::Date),
            ("成文日期：", Label::Other),
            ("征集截止时间：", Label::Other),
            ("今天是", Label::Other),
            ("答复时间：", Label::Answered),
            ("写信时间", Label::Asked),
            ("更新时间：", Label::Updated),
            ("关于检查工作的通知", Label::None),
            ("", Label::None),
            ("信息提供日期：", Label::Published),
            ("发布机构：区政府办公室 成文日期：", Label::Other),
            ("成文日期：　发布日期：", Label::Published),
            ("发证日期：", Label::Other),
            ("会议时间：", Label::Other),
            ("全区召开工作会议", Label::None),
            ("日　期：", Label::Date),
            ("时间：", Label::Date),
            ("有 效 期：", Label::Other),
            ("公告日期：", Label::Date),
            ("来源：区采购中心 公告时间：", Label::Date),
            ("首次公告日期：", Label::Other),
            ("采购公告日期：", Label::Other),
            ("公告期限：", Label::None),
            ("刊发时间：", Label::Published),
            ("挂网日期：", Label::Published),
            ("生成日期：", Label::Other),
            ("发文日期：", Label::Other),
        ];
        for (before, expected) in cases {
            assert_eq!(label(before), expected, "{before}");
        }
    }
}
