//! What inspections found, in the words of office Chinese.

use crate::assess::score::fact::Fact;
use crate::assess::score::links::DeadLink;
use crate::domain::time::{Date, Moment, date_of, in_chinese};
use crate::report::plain::{address, full_date, instant, one_line, quotation, title, typed};

/// The longest words of a link, in characters.
const TEXT_CHARS: usize = 30;

/// A find of an inspection in one sentence, without its full stop; `whose` is what it is about.
pub fn find(whose: &str, fact: &Fact, to: Date) -> String {
    match fact {
        Fact::Announced {
            title: words, on, ..
        } => format!(
            "{whose}的访谈{}曾预告于{}举办，页面未见已举办的内容",
            title(words, TEXT_CHARS),
            in_chinese(*on, to)
        ),
        Fact::TagsAmiss {
            page,
            missing,
            date,
        } => {
            let who = page
                .as_deref()
                .map(|page| format!("内容页{}", address(page)));
            let who = who.unwrap_or_else(|| whose.to_owned());
            let words: Vec<&str> = missing.iter().map(|tag| tag.word()).collect();
            let lacks = match words.is_empty() {
                true => String::new(),
                false => format!("缺少页面标签{}", words.join("、")),
            };
            let amiss = date.as_deref().map(|date| {
                let date = quotation(date, TEXT_CHARS);
                format!("PubDate标签的时间{date}格式不规范")
            });
            let told: Vec<String> = [Some(lacks).filter(|text| !text.is_empty()), amiss]
                .into_iter()
                .flatten()
                .collect();
            format!("{who}{}", told.join("，"))
        }
        Fact::MarkMissing { mark } => format!("{whose}源代码中未见{}", mark.word()),
        Fact::MarkMissingElsewhere {
            mark,
            lacking,
            pages,
        } => format!(
            "{pages}个栏目页中有{lacking}个的源代码中未见{}",
            mark.word()
        ),
        Fact::CodeAmiss { shown, configured } => {
            let shown = quotation(shown, TEXT_CHARS);
            match configured {
                Some(known) => format!(
                    "首页标注的网站标识码{shown}与登记的{}不一致",
                    one_line(known, TEXT_CHARS)
                ),
                None => format!("首页标注的网站标识码{shown}格式不正确"),
            }
        }
        Fact::FewHomeItems {
            count,
            least,
            window_days,
            on,
        } => format!(
            "{}巡检时，首页{window_days}天内的信息{count}条，要求不少于{least}条",
            in_chinese(*on, to)
        ),
        Fact::CertificateEnds { on, days, least } => format!(
            "HTTPS证书{}到期，剩余{days}天，要求不少于{least}天",
            full_date(*on)
        ),
        Fact::NoIpv6 => "首页域名没有IPv6地址（AAAA记录）".to_owned(),
        Fact::DeadLink(link) => dead_link(link, to),
        Fact::LookedForWords { texts, expressions } => {
            format!("最近一次巡检以词表{expressions}条比对页面{texts}个")
        }
        Fact::Inspected {
            at,
            pages,
            articles,
            links,
            unasked,
        } => {
            let left = match unasked {
                0 => String::new(),
                left => format!("，另有{left}个链接本次未检测"),
            };
            format!(
                "{}巡检页面{pages}个（其中内容页{articles}个）、链接{links}个{left}",
                in_chinese(date_of(*at), to)
            )
        }
        _ => String::new(),
    }
}

fn dead_link(link: &DeadLink, to: Date) -> String {
    let DeadLink {
        url,
        kind,
        external,
        text,
        why,
        since,
        ended_at,
        ..
    } = link;
    let text = match text.is_empty() {
        true => String::new(),
        false => quotation(text, TEXT_CHARS),
    };
    let outside = if *external { "外部" } else { "" };
    let ended = ended_at.map_or(String::new(), |at| {
        format!("，{}已恢复或移除", in_chinese(date_of(at), to))
    });
    format!(
        "{outside}{}{text}打不开：{}（{}），{}起{ended}",
        kind.in_chinese(),
        address(url),
        why.in_chinese(),
        in_chinese(date_of(*since), to)
    )
}

/// What proves a broken link, or that an interview was announced.
pub fn evidence(fact: &Fact, now: Moment) -> String {
    if let Fact::Announced { url, seen_at, .. } = fact {
        return format!("{}已见到预告；{}", instant(*seen_at, now), address(url));
    }
    let Fact::DeadLink(link) = fact else {
        return String::new();
    };
    let DeadLink {
        page,
        places,
        since,
        confirmed_at,
        confirmed_by,
        ..
    } = link.as_ref();
    let more = match places {
        0 | 1 => String::new(),
        places => format!("等{places}个页面"),
    };
    let by = confirmed_by.as_deref().map_or(String::new(), |by| {
        format!("，{}人工确认", typed(by, TEXT_CHARS))
    });
    let sure = confirmed_at.map_or(String::new(), |at| {
        format!("，{}再次检测确认", instant(at, now))
    });
    format!(
        "所在页面{}{more}；{}首次发现{sure}{by}",
        address(page),
        instant(*since, now)
    )
}
