//! What was found of letters, in the words of office Chinese.

use crate::assess::score::fact::{Fact, LetterField};
use crate::domain::time::{Date, Moment, date_of, in_chinese};
use crate::report::plain::{address, instant, one_line, title};

/// The longest title of a letter, in characters.
const TITLE_CHARS: usize = 40;
/// The longest words of a link, in characters.
const TEXT_CHARS: usize = 30;

/// A find about letters in one sentence, without its full stop; `who` is what it is about.
pub fn find(who: &str, fact: &Fact, to: Date) -> String {
    let day = |on: &Date| in_chinese(*on, to);
    match fact {
        Fact::LetterOpen {
            title: name,
            asked_on,
            due_on,
            days,
            working,
            ..
        } => {
            let name = title(name, TITLE_CHARS);
            let (asked, due, unit) = (day(asked_on), day(due_on), unit(*working));
            format!("{who}{name}{asked}来信，应于{due}前答复，已{days}{unit}未答复")
        }
        Fact::LetterLate {
            title: name,
            asked_on,
            answered_on,
            due_on,
            days,
            working,
            ..
        } => {
            let name = title(name, TITLE_CHARS);
            let (asked, answered, due) = (day(asked_on), day(answered_on), day(due_on));
            let unit = unit(*working);
            format!("{who}{name}{asked}来信，应于{due}前答复，{answered}才答复，用时{days}{unit}")
        }
        Fact::Letters {
            letters,
            answered,
            open,
            timed,
            working_days,
            quick,
            back_to,
            at,
        } => {
            let at = in_chinese(date_of(*at), to);
            let took = match timed {
                0 => "，答复用时不详".to_owned(),
                timed => {
                    let tenths = (working_days * 10 + timed / 2) / timed;
                    format!(
                        "，{timed}件可知用时，平均{}.{}个工作日，其中{quick}件不超过简单咨询时限",
                        tenths / 10,
                        tenths % 10
                    )
                }
            };
            let silent = letters.saturating_sub(answered + open);
            let silent = match silent {
                0 => String::new(),
                n => format!("，{n}件页面未注明是否答复"),
            };
            let unread = back_to.map_or(String::new(), |on| {
                format!("；列表还有后续页未能读到，{}以前的来信不全", day(&on))
            });
            format!(
                "{who}{at}巡检：1年内公开来信{letters}件，已答复{answered}件，注明未答复{open}件{silent}{took}{unread}"
            )
        }
        Fact::ReplyOld {
            answered_on,
            age_days,
            limit_days,
        } => format!(
            "{who}最近一次公开答复为{}，已{age_days}天（时限{limit_days}天）",
            day(answered_on)
        ),
        Fact::LetterFieldMissing { field, letters } => {
            format!("{who}查看的{letters}件已答复来信均未公开{}", word(*field))
        }
        Fact::Channel { text, url } => format!(
            "咨询渠道“{}”（{}）",
            one_line(text, TEXT_CHARS),
            address(url)
        ),
        Fact::NoChannel => "首页及已读栏目页中未见咨询渠道入口，请人工核实".to_owned(),
        _ => String::new(),
    }
}

/// What proves it.
pub fn evidence(fact: &Fact, now: Moment) -> String {
    let of = |url: &Option<String>| url.as_deref().map(address);
    match fact {
        Fact::LetterOpen {
            url, list, seen_at, ..
        } => {
            // What the list says need not stand on the letter's page.
            let page = match list {
                Some(_) => "来信",
                None => "来信页面",
            };
            let page = of(url).map_or(String::new(), |url| format!("{page}{url}；"));
            let list = of(list).map_or(String::new(), |url| format!("来信列表{url}，"));
            format!("{page}{list}{}所见仍为未答复", instant(*seen_at, now))
        }
        Fact::LetterLate { url, .. } => {
            of(url).map_or(String::new(), |url| format!("来信页面{url}"))
        }
        _ => String::new(),
    }
}

fn unit(working: bool) -> &'static str {
    match working {
        true => "个工作日",
        false => "天",
    }
}

fn word(field: LetterField) -> &'static str {
    match field {
        LetterField::Asked => "来信时间",
        LetterField::Answered => "答复时间",
        LetterField::Unit => "答复单位",
        LetterField::Words => "答复内容",
    }
}
