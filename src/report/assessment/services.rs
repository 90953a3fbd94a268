//! What was found of service guides and interpretations, in the words of office Chinese.

use crate::assess::score::fact::Fact;
use crate::domain::time::{Date, Moment, in_chinese};
use crate::report::plain::{address, instant, title};

/// The longest title, in characters.
const TITLE_CHARS: usize = 40;

/// A find about guides or interpretations in one sentence, without its full stop.
pub fn find(fact: &Fact, to: Date) -> String {
    let day = |on: &Date| in_chinese(*on, to);
    let name = |text: &str| title(text, TITLE_CHARS);
    match fact {
        Fact::NoGuides => {
            "办事指南目录页（sites.toml中guides所列网址）上未读到指南列表，请核对网址".to_owned()
        }
        Fact::GuideLacks { title, missing, .. } => {
            let words: Vec<&str> = missing.iter().map(|element| element.word()).collect();
            format!("办事指南{}缺少{}", name(title), words.join("、"))
        }
        Fact::Guides {
            all,
            read,
            elsewhere,
        } => {
            let unread = all.saturating_sub(read + elsewhere);
            let unread = match unread {
                0 => String::new(),
                n => format!("，{n}项页面未能识别"),
            };
            let elsewhere = match elsewhere {
                0 => String::new(),
                n => format!("，{n}项在其他平台（只检测链接，其余待人工录入）"),
            };
            format!("办事指南共{all}项，已读取{read}项{elsewhere}{unread}")
        }
        Fact::Interpreted {
            policy,
            policy_on,
            interpretation,
            interpretation_on,
            working_days,
            ..
        } => {
            let policy = format!("{}（{}）", name(policy), day(policy_on));
            match (interpretation, interpretation_on, working_days) {
                (Some(one), Some(on), Some(days)) => {
                    format!(
                        "{policy}的解读{}{}发布，相隔{days}个工作日",
                        name(one),
                        day(on)
                    )
                }
                (Some(one), _, _) => format!("{policy}的解读{}未标明日期", name(one)),
                (None, _, _) => format!("{policy}未见解读"),
            }
        }
        Fact::InterpretedShare {
            documents,
            interpreted,
        } => format!("本期政策文件{documents}件，有解读的{interpreted}件"),
        Fact::NotLinked {
            policy,
            interpretation,
            forth,
            back,
            ..
        } => {
            let (policy, interpretation) = (name(policy), name(interpretation));
            let mut lacks = Vec::new();
            if !forth {
                lacks.push(format!(
                    "解读{interpretation}页面没有指向文件{policy}的链接"
                ));
            }
            if !back {
                lacks.push(format!(
                    "文件{policy}页面没有指向解读{interpretation}的链接"
                ));
            }
            lacks.join("，")
        }
        _ => String::new(),
    }
}

/// What proves it.
pub fn evidence(fact: &Fact, now: Moment) -> String {
    match fact {
        Fact::GuideLacks { url, read_at, .. } => {
            format!("{}，{}读取", address(url), instant(*read_at, now))
        }
        Fact::Interpreted { url: Some(url), .. } => format!("文件页面{}", address(url)),
        Fact::NotLinked {
            policy_url,
            interpretation_url,
            ..
        } => {
            let of = |url: &Option<String>| url.as_deref().map(address).unwrap_or_default();
            format!(
                "文件页面{}，解读页面{}",
                of(policy_url),
                of(interpretation_url)
            )
        }
        _ => String::new(),
    }
}
