//! What the reader noticed on a page, in the words of an office. Texts of the page stand in
//! quotation marks that they cannot close.

use super::plain::{address, one_line, quotation};
use crate::domain::finding::Basis;
use crate::domain::note::Note;
use crate::domain::time::{Date, in_chinese};
use crate::domain::visit::Failure;

/// The longest text of a page in a note, in characters.
const TEXT_CHARS: usize = 40;
/// The longest sentence that an earlier version kept, in characters.
const SAID_CHARS: usize = 120;

/// The note as one clause, without a full stop.
pub fn note(note: &Note, today: Date) -> String {
    let day = |on: Date| in_chinese(on, today);
    let text = |text: &str| quotation(text, TEXT_CHARS);
    match note {
        Note::DatesDisagree {
            believed,
            other,
            source,
        } => format!(
            "文章发布日期前后不一：采用{}，{}为{}",
            day(*believed),
            place(*source),
            day(*other)
        ),
        Note::MonthOnly => "发布日期只标注年月，按当月最后一天计".to_owned(),
        Note::ArticlesRead { pages } => format!("列表未标注日期，打开其中{pages}篇文章读取日期"),
        Note::EntranceRead { pages } => {
            format!("首页仅为入口，没有列表，读取入口之后的{pages}个页面")
        }
        Note::NewestMonthOnly => "最新一行只标注年月，按当月最后一天计".to_owned(),
        Note::NewestYearless => "最新一行只标注月日，按最近的年份计".to_owned(),
        Note::NewestListYear => "最新一行只标注月日，按列表网址中的年份计".to_owned(),
        Note::NewestAsked => "信件只标注来信时间，未见答复时间，按其中最新的来信时间计".to_owned(),
        Note::NewestRead => "最新一行的日期不能完全确定，打开其文章读取日期".to_owned(),
        Note::FirstRowsUndated => "前几行的日期无法读取，采用其余各行中最新的日期".to_owned(),
        Note::FirstRowsRefused => {
            "前几行中有不采用的日期，其文章也没有更新的日期，采用其余各行中最新的日期".to_owned()
        }
        Note::FirstRowsRead { pages } => {
            format!("前几行的日期不能采用，打开其中{pages}篇文章读取日期")
        }
        Note::OtherSiteCode { stated } => {
            format!("页面标注的网站标识码为{}，与配置不符", text(stated))
        }
        Note::OtherSiteName { stated } => {
            format!("页面标注的网站名称为{}，与配置不符", text(stated))
        }
        Note::TakenOver { title } => {
            format!("页面标题为{}，疑似域名已被他人使用", text(title))
        }
        Note::SameAsMissing => "该网站对不存在的网址也显示同一页面".to_owned(),
        Note::NoBlockOfName => "首页没有以该栏目名称为标题的版块".to_owned(),
        Note::ListOfOtherName => "页面仅有一个列表，其标题不是该栏目名称".to_owned(),
        Note::ListAside { heading, newest } => {
            let named = match heading.is_empty() {
                true => "页面另有一个列表".to_owned(),
                false => format!("页面另有标题为{}的列表", text(heading)),
            };
            let dated = newest.map_or_else(String::new, |on| format!("，最新{}", day(on)));
            format!("{named}{dated}，不属于该栏目，未计入")
        }
        Note::ListTold { pages } => {
            format!("页面有两个列表，已读取其中{pages}篇文章，据此确定属于该栏目的列表")
        }
        Note::SentHome => "网址跳转到首页".to_owned(),
        Note::RulesFaulty { .. } => "该栏目的读取规则有误，无法执行".to_owned(),
        Note::Unverified { fault } => format!(
            "{}，未验证证书即读取",
            Failure::Certificate(*fault).in_chinese()
        ),
        Note::PlainHttp { failure } => {
            format!("HTTPS无法使用（{}），改用HTTP读取", failure.in_chinese())
        }
        Note::FixedCharset { fixed, better } => format!(
            "按该栏目的读取规则以{}编码读取，但页面实际为{}，请核对charset一项",
            one_line(fixed, TEXT_CHARS),
            one_line(better, TEXT_CHARS)
        ),
        Note::RowsMatched { .. }
        | Note::Records { .. }
        | Note::NoJson
        | Note::NoMarkupAt { .. }
        | Note::MarkupAt { .. }
        | Note::RowsAt { .. }
        | Note::PartsFound { .. } => format!("按该栏目的读取规则，{}", by_rules(note)),
        Note::FutureRefused { dates, latest } => match dates {
            1 => format!("1个日期（{}）晚于访问次日，不采用", day(*latest)),
            _ => format!("{dates}个日期（最晚{}）晚于访问次日，不采用", day(*latest)),
        },
        Note::PastRefused { dates, earliest } => match dates {
            1 => format!("1个日期（{}）早于1995年，不采用", day(*earliest)),
            _ => format!("{dates}个日期（最早{}）早于1995年，不采用", day(*earliest)),
        },
        Note::YearsDisagree { rows } => format!("{rows}行在页面上有两个不同年份，按无日期处理"),
        Note::SharedDay { on } => {
            format!("所有条目的网址都是同一天（{}），不作为发布日期", day(*on))
        }
        Note::SharedMoment => "数据中所有记录的时间相同，不作为发布日期".to_owned(),
        Note::Pinned { rows } => format!("置顶的{rows}行不参与先后比较"),
        Note::Hidden { rows } => format!("隐藏的{rows}行未计入"),
        Note::ListHidden => "整个列表默认不显示，由脚本切换后可见，已读取".to_owned(),
        Note::OffSite { rows } => format!("{rows}行的链接指向站外"),
        Note::HeadRow => "列表的表头未计入".to_owned(),
        Note::EventDates { rows } => format!("{rows}行中的活动或截止日期未计入"),
        Note::IndexNumbers { rows } => format!("{rows}行中的索引号不作为日期"),
        Note::PageClock => "列表之外的当天日期（时钟、天气或限行）未计入".to_owned(),
        Note::SiteLine => "网站自身信息（版权或访问量）中的日期未计入".to_owned(),
        Note::Followed { to } => format!("页面转至{}，已读取该网址", address(to)),
        Note::NotFollowed { to } => format!("页面转至{}，该网址未能打开", address(to)),
        Note::NoFrameWithList => "页面的框架中均没有列表".to_owned(),
        Note::OneWayIn => "首页仅为入口，只通向一个页面".to_owned(),
        Note::MixedCharsets { main, other } => format!(
            "页面编码为{}，部分内容为{}，已分别读取",
            one_line(main, TEXT_CHARS),
            one_line(other, TEXT_CHARS)
        ),
        Note::OtherCharset { declared, actual } => format!(
            "页面声明的编码为{}，实际为{}",
            one_line(declared, TEXT_CHARS),
            one_line(actual, TEXT_CHARS)
        ),
        Note::Said(text) => one_line(text, SAID_CHARS),
    }
}

/// What the column's own rules led to.
fn by_rules(note: &Note) -> String {
    let at = |path: &str| format!("路径{}处", quotation(path, TEXT_CHARS));
    match note {
        Note::RowsMatched {
            matched,
            titled,
            dated,
        } => format!("匹配{matched}行，其中有标题{titled}行、有日期{dated}行"),
        Note::Records { count } => format!("数据中有{count}条记录"),
        Note::NoJson => "取得的内容不是可以读取的JSON数据".to_owned(),
        Note::NoMarkupAt { path } => format!("{}没有页面内容", at(path)),
        Note::MarkupAt { path, bytes } => format!("{}有页面内容{bytes}字节", at(path)),
        Note::RowsAt { path, rows } => format!("{}有{rows}行", at(path)),
        Note::PartsFound {
            titles,
            addresses,
            dates,
        } => format!("取到标题{titles}个、网址{addresses}个、日期{dates}个"),
        _ => String::new(),
    }
}

/// Where a date stands, in the middle of a sentence.
fn place(basis: Basis) -> &'static str {
    match basis {
        Basis::UrlPath => "网址中",
        Basis::ArticleMeta => "页面元数据中",
        _ => "另一处标注",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::visit::CertificateFault;

    /// Every note, twice where its number decides the wording.
    fn all() -> Vec<Note> {
        let on = |text: &str| text.parse().unwrap();
        let disagree = |source| Note::DatesDisagree {
            believed: on("2017-11-03"),
            other: on("2016-11-02"),
            source,
        };
        let owned = str::to_owned;
        vec![
            disagree(Basis::UrlPath),
            disagree(Basis::ArticleMeta),
            disagree(Basis::ArticleLabel),
            Note::MonthOnly,
            Note::ArticlesRead { pages: 3 },
            Note::EntranceRead { pages: 2 },
            Note::NewestMonthOnly,
            Note::NewestYearless,
            Note::NewestListYear,
            Note::NewestAsked,
            Note::NewestRead,
            Note::FirstRowsUndated,
            Note::FirstRowsRefused,
            Note::FirstRowsRead { pages: 2 },
            Note::YearsDisagree { rows: 3 },
            Note::SharedDay {
                on: on("2018-01-01"),
            },
            Note::SharedMoment,
            Note::OtherSiteCode {
                stated: owned("bm00000001"),
            },
            Note::OtherSiteName {
                stated: owned("某某健康网资讯"),
            },
            Note::TakenOver {
                title: owned("热门手游排行"),
            },
            Note::SameAsMissing,
            Note::NoBlockOfName,
            Note::ListOfOtherName,
            Note::ListAside {
                heading: owned("最新公开"),
                newest: Some(on("2017-11-03")),
            },
            Note::ListAside {
                heading: String::new(),
                newest: None,
            },
            Note::ListTold { pages: 4 },
            Note::SentHome,
            Note::ListHidden,
            Note::NoFrameWithList,
            Note::OneWayIn,
            Note::MixedCharsets {
                main: owned("utf-8"),
                other: owned("gb18030"),
            },
            Note::Unverified {
                fault: CertificateFault::Name,
            },
            Note::PlainHttp {
                failure: Failure::TlsLegacy,
            },
            Note::FixedCharset {
                fixed: owned("big5"),
                better: owned("gb18030"),
            },
            Note::RulesFaulty {
                fault: owned("it is no CSS selector"),
            },
            Note::RowsMatched {
                matched: 20,
                titled: 19,
                dated: 18,
            },
            Note::Records { count: 15 },
            Note::NoJson,
            Note::NoMarkupAt {
                path: owned("data.html"),
            },
            Note::MarkupAt {
                path: owned("data.html"),
                bytes: 2048,
            },
            Note::RowsAt {
                path: owned("groups[*].rows"),
                rows: 20,
            },
            Note::PartsFound {
                titles: 20,
                addresses: 19,
                dates: 18,
            },
            Note::FutureRefused {
                dates: 1,
                latest: on("2099-01-01"),
            },
            Note::FutureRefused {
                dates: 3,
                latest: on("2017-12-31"),
            },
            Note::PastRefused {
                dates: 1,
                earliest: on("1970-01-01"),
            },
            Note::PastRefused {
                dates: 2,
                earliest: on("1970-01-01"),
            },
            Note::Pinned { rows: 1 },
            Note::Hidden { rows: 4 },
            Note::OffSite { rows: 2 },
            Note::HeadRow,
            Note::EventDates { rows: 2 },
            Note::IndexNumbers { rows: 12 },
            Note::PageClock,
            Note::SiteLine,
            Note::Followed {
                to: owned("http://www.a.gov.cn/gzdt/"),
            },
            Note::NotFollowed {
                to: owned("http://www.a.gov.cn/gzdt/"),
            },
            Note::OtherCharset {
                declared: owned("gb18030"),
                actual: owned("utf-8"),
            },
            Note::Said(owned("a sentence of an earlier version")),
        ]
    }

    #[test]
    fn every_note_is_worded_in_english_and_in_chinese() {
        let today = "2017-11-18".parse().unwrap();
        let pairs = all().into_iter().map(|one| {
            let chinese = note(&one, today);
            assert!(!chinese.is_empty() && !chinese.ends_with('，'), "{one:?}");
            format!("{one}\n    {chinese}\n")
        });
        insta::assert_snapshot!(pairs.collect::<String>());
    }

    #[test]
    fn a_text_of_the_page_cannot_leave_its_place() {
        let today = "2017-11-18".parse().unwrap();
        let hostile = format!("假”\u{202e}。\n判定为正常{}", "长".repeat(500));
        let notes = [
            Note::OtherSiteCode {
                stated: hostile.clone(),
            },
            Note::OtherSiteName {
                stated: hostile.clone(),
            },
            Note::TakenOver {
                title: hostile.clone(),
            },
            Note::NoMarkupAt {
                path: hostile.clone(),
            },
            Note::RulesFaulty {
                fault: hostile.clone(),
            },
            Note::NotFollowed {
                to: hostile.clone(),
            },
            Note::OtherCharset {
                declared: hostile.clone(),
                actual: hostile.clone(),
            },
            Note::Said(hostile),
        ];
        for one in &notes {
            let line = note(one, today);
            assert!(line.chars().count() <= 250, "{line}");
            assert!(!line.contains(['\n', '\u{202e}']), "{line}");
            let closing = line.matches('”').count();
            let quoted = line.matches('“').count();
            assert!(closing == quoted || matches!(one, Note::Said(_) | Note::OtherCharset { .. }));
        }
    }
}
