//! Candidates (待确认问题) in words: what is suspected, what proves it, what was decided.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::Datelike as _;

use super::plain::{address, instant, one_line, quotation, title, typed};
use crate::assess::candidates::{Case, Stand};
use crate::domain::candidate::{Candidate, Decided, Decision, Suspicion};
use crate::domain::id::SiteId;
use crate::domain::time::Moment;

/// The longest title of a page, in characters.
const TITLE_CHARS: usize = 40;
/// The longest words of a page or a list, in characters.
const WORD_CHARS: usize = 40;
/// The longest words of a person, in characters.
const REASON_CHARS: usize = 200;
/// The longest name, in characters.
const NAME_CHARS: usize = 40;
/// The most candidates that are listed.
const MOST: usize = 500;

/// What is suspected, in one sentence without its full stop.
pub fn suspicion(candidate: &Candidate) -> String {
    let name = one_line(&candidate.title, TITLE_CHARS);
    let page = match name.is_empty() {
        true => "页面".to_owned(),
        false => title(&candidate.title, TITLE_CHARS),
    };
    match &candidate.suspicion {
        Suspicion::Word {
            text,
            kind,
            instead,
            remark,
        } => {
            let instead = instead.as_deref().map_or(String::new(), |instead| {
                format!("，应为{}", quotation(instead, WORD_CHARS))
            });
            let remark = remark.as_deref().map_or(String::new(), |remark| {
                format!("（{}）", one_line(remark, WORD_CHARS))
            });
            format!(
                "{page}出现{}{}{instead}{remark}",
                kind.in_chinese(),
                quotation(text, WORD_CHARS)
            )
        }
        Suspicion::Link { url, why } => {
            let text = match candidate.snippet.hit.is_empty() {
                true => String::new(),
                false => quotation(&candidate.snippet.hit, WORD_CHARS),
            };
            format!(
                "链接{text}疑似打不开：{}（{}）",
                address(url),
                why.in_chinese()
            )
        }
        Suspicion::Advert { host } => {
            format!("{page}引用了广告网络{}", one_line(host, 80))
        }
        Suspicion::Mark(mark) => format!("首页源代码中未见{}", mark.word()),
        Suspicion::Letter {
            title: words,
            asked_on,
        } => format!(
            "来信{}自{}年{}月{}日起未见答复",
            title(words, TITLE_CHARS),
            asked_on.year(),
            asked_on.month(),
            asked_on.day()
        ),
        Suspicion::Announced { title: words, on } => format!(
            "访谈{}曾预告于{}年{}月{}日举办，页面未见已举办的内容",
            title(words, TITLE_CHARS),
            on.year(),
            on.month(),
            on.day()
        ),
        Suspicion::Guide { missing } => {
            let words: Vec<&str> = missing.iter().map(|element| element.word()).collect();
            format!("{page}未见{}", words.join("、"))
        }
        Suspicion::Tags { missing, date } => {
            let names: Vec<&str> = missing.iter().map(|tag| tag.word()).collect();
            let lacks = (!names.is_empty()).then(|| format!("缺少标签{}", names.join("、")));
            let date = date
                .as_deref()
                .map(|date| format!("PubDate格式不符：{}", quotation(date, WORD_CHARS)));
            let said: Vec<String> = lacks.into_iter().chain(date).collect();
            format!("{page}{}", said.join("，"))
        }
    }
}

/// Where it stands, and the words around it.
pub fn place(candidate: &Candidate) -> String {
    let snippet = &candidate.snippet;
    let words = match &candidate.suspicion {
        Suspicion::Word { .. } => {
            let around = [&snippet.before, "【", &snippet.hit, "】", &snippet.after];
            format!("；原文{}", quotation(&around.concat(), 80))
        }
        Suspicion::Advert { .. } => format!("；引用{}", address(&snippet.hit)),
        Suspicion::Link { .. } if !(snippet.before.is_empty() && snippet.after.is_empty()) => {
            let around = [&snippet.before, "【", &snippet.hit, "】", &snippet.after];
            format!("；所在文字{}", quotation(&around.concat(), 80))
        }
        Suspicion::Link { .. }
        | Suspicion::Mark(_)
        | Suspicion::Letter { .. }
        | Suspicion::Guide { .. }
        | Suspicion::Announced { .. }
        | Suspicion::Tags { .. } => String::new(),
    };
    let seen_on = candidate
        .seen_on
        .as_deref()
        .map_or(String::new(), |page| format!("（见于{}）", address(page)));
    format!("{}{seen_on}{words}", address(&candidate.page))
}

/// When it was seen.
pub fn seen(candidate: &Candidate, now: Moment) -> String {
    let gone = candidate.gone_at.map_or(String::new(), |at| {
        format!("，{}巡检时已不在页面上", instant(at, now))
    });
    format!(
        "{}首次发现，{}最近见到{gone}",
        instant(candidate.first_at, now),
        instant(candidate.seen_at, now)
    )
}

/// A decision or comment.
pub fn decision(decision: &Decision, now: Moment) -> String {
    let what = match decision.what {
        Decided::Confirmed { serious: true } => "确认为严重错误",
        Decided::Confirmed { serious: false } => "确认",
        Decided::Rejected => "排除",
        Decided::Commented => "备注",
    };
    format!(
        "{}，{}{what}：{}",
        instant(decision.at, now),
        typed(&decision.by, NAME_CHARS),
        typed(&decision.reason, REASON_CHARS)
    )
}

/// The candidates as a list for people.
pub fn list(cases: &[Case], names: &BTreeMap<SiteId, String>, now: Moment) -> String {
    let waiting = cases.iter().filter(|case| case.stand() == Stand::Waiting);
    let mut out = format!("待确认问题{}条，共列{}条\n", waiting.count(), cases.len());
    for case in cases.iter().take(MOST) {
        let candidate = &case.candidate;
        let site = candidate.site.as_str();
        let name = names.get(&candidate.site).map_or(site, String::as_str);
        let _ = writeln!(
            out,
            "{} {} {}：{}\n    {}\n    {}",
            candidate.key(),
            case.stand().in_chinese(),
            one_line(name, NAME_CHARS),
            suspicion(candidate),
            place(candidate),
            seen(candidate, now)
        );
        for said in &case.decisions {
            let _ = writeln!(out, "    {}", decision(said, now));
        }
    }
    if cases.len() > MOST {
        let _ = writeln!(out, "（共{}条，只列前{MOST}条）", cases.len());
    }
    out
}

/// One candidate in full.
pub fn whole(case: &Case, name: &str, now: Moment) -> String {
    let candidate = &case.candidate;
    let mut out = format!(
        "编号：{}\n网站：{}\n状态：{}\n问题：{}\n位置：{}\n时间：{}\n",
        candidate.key(),
        one_line(name, NAME_CHARS),
        case.stand().in_chinese(),
        suspicion(candidate),
        place(candidate),
        seen(candidate, now)
    );
    let copy = candidate.copy.as_deref().unwrap_or("未留存");
    let _ = writeln!(out, "页面副本：{copy}");
    for said in &case.decisions {
        let _ = writeln!(out, "处理：{}", decision(said, now));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::candidate::Snippet;
    use crate::domain::guide::Element;
    use crate::domain::marks::{Mark, Tag};
    use crate::domain::time::moment;
    use crate::domain::visit::Failure;
    use crate::domain::words::WordKind;

    #[test]
    fn every_suspicion_is_worded_with_its_place_and_what_was_decided() {
        let at = |text: &str| moment(text.parse().unwrap());
        let candidate = |suspicion, snippet| Candidate {
            site: SiteId::parse("kxw").unwrap(),
            page: "http://kxw.example.cn/1.html".to_owned(),
            title: "关于《科技周》的通知".to_owned(),
            suspicion,
            snippet,
            seen_on: None,
            copy: Some("ab".repeat(32)),
            first_at: at("2017-11-02T22:00:00"),
            seen_at: at("2017-11-03T22:00:00"),
            gone_at: None,
        };
        let snippet = Snippet {
            before: "会议".to_owned(),
            hit: "布署".to_owned(),
            after: "了工作".to_owned(),
        };
        let word = Suspicion::Word {
            text: "布署".to_owned(),
            kind: WordKind::Wrong,
            instead: Some("部署".to_owned()),
            remark: Some("错别字".to_owned()),
        };
        let link = Suspicion::Link {
            url: "http://kxw.example.cn/x.html".to_owned(),
            why: Failure::Blocked(403),
        };
        let advert = Suspicion::Advert {
            host: "pos.baidu.com".to_owned(),
        };
        let mut cases = vec![
            Case {
                candidate: candidate(word, snippet.clone()),
                decisions: Vec::new(),
            },
            Case {
                candidate: candidate(link, snippet.clone()),
                decisions: Vec::new(),
            },
            Case {
                candidate: Candidate {
                    seen_on: Some("http://kxw.example.cn/2.html".to_owned()),
                    gone_at: Some(at("2017-11-05T22:00:00")),
                    ..candidate(advert, Snippet::default())
                },
                decisions: Vec::new(),
            },
            Case {
                candidate: candidate(Suspicion::Mark(Mark::Police), Snippet::default()),
                decisions: Vec::new(),
            },
        ];
        let letter = Suspicion::Letter {
            title: "关于路灯的咨询".to_owned(),
            asked_on: "2017-08-01".parse().unwrap(),
        };
        let guide = Suspicion::Guide {
            missing: vec![Element::Basis, Element::Phone],
        };
        let tags = |missing: &[Tag], date: Option<&str>| Suspicion::Tags {
            missing: missing.to_vec(),
            date: date.map(str::to_owned),
        };
        for suspicion in [
            letter,
            guide,
            tags(&[Tag::SiteName, Tag::PubDate], None),
            tags(&[], Some("2017/11/02")),
        ] {
            cases.push(Case {
                candidate: candidate(suspicion, Snippet::default()),
                decisions: Vec::new(),
            });
        }
        for (number, what) in [
            Decided::Confirmed { serious: true },
            Decided::Confirmed { serious: false },
            Decided::Rejected,
            Decided::Commented,
        ]
        .into_iter()
        .enumerate()
        {
            let candidate = &cases[number].candidate;
            let decision = Decision {
                at: at("2017-11-06T09:00:00"),
                by: "张三".to_owned(),
                reason: "已核对\n电话13800000000".to_owned(),
                candidate: candidate.key(),
                site: candidate.site.clone(),
                what,
            };
            cases[number].decisions.push(decision);
        }
        let names = [(SiteId::parse("kxw").unwrap(), "科信委网站".to_owned())];
        let now = at("2017-11-06T10:00:00");
        let text = list(&cases, &names.into(), now);
        insta::assert_snapshot!(format!("{text}\n{}", whole(&cases[0], "科信委网站", now)));
    }
}
