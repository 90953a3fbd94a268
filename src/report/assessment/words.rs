//! Finds and verdicts in the words of office Chinese. What comes from pages or people is flattened,
//! shortened and quoted.

mod of_card;

use super::{inspected, letters, services, shown};
use crate::assess::score::card::{Line, Verdict};
use crate::assess::score::fact::Fact;
use crate::assess::score::finding::{About, Aside, Find, Spared};
use crate::assess::score::measurement::{Amount, Unmeasured};
use crate::assess::score::metric::Metric;
use crate::assess::score::points::Points;
use crate::assess::score::rubric::Kind;
use crate::domain::closing::{STATEMENT_CHARS, Statement};
use crate::domain::finding::{LastUpdate, Undated};
use crate::domain::time::{Date, date_of, in_chinese};
use crate::report::candidates;
use crate::report::plain::{address, instant, one_line, quotation, title};
use crate::report::rubric::plain;
use chrono::{NaiveTime, Timelike as _};

use crate::domain::time::{Moment, moment};

pub use of_card::{change, grade, is_certain, nearly, rank, ranked, rules, total, watched};

/// The longest name of a column, in characters.
const NAME_CHARS: usize = 30;
/// The longest title of an item, in characters.
const TITLE_CHARS: usize = 40;
/// The longest words of a person, in characters.
const REASON_CHARS: usize = 120;

/// What a find is about.
pub fn about(about: &About) -> String {
    match about {
        About::Home => "首页".to_owned(),
        About::Site => "网站".to_owned(),
        About::Column(_, name) => format!("{}栏目", quotation(name, NAME_CHARS)),
        About::Class(class) => format!("{}类栏目", class.in_chinese()),
    }
}

/// A find in one sentence, without its full stop. Years are left out where they are that of `to`.
pub fn find(find: &Find, to: Date) -> String {
    let who = about(&find.about);
    let now = noon(to);
    match &find.fact {
        Fact::Failures {
            failed,
            visits,
            excluded,
            from,
            to: end,
        } => {
            let share = Points::whole(100).share(i64::from(*failed), i64::from(*visits));
            let (from, end) = (in_chinese(*from, to), in_chinese(*end, to));
            let aside = match excluded {
                0 => String::new(),
                n => format!("，另有{n}次不计（监测方网络、网站防护拦截、证书问题等）"),
            };
            match visits {
                0 => format!("{from}至{end}没有可计的监测{aside}"),
                _ => format!("{from}至{end}监测{visits}次，{failed}次打不开，占{share}%{aside}"),
            }
        }
        Fact::Missed(miss) => format!("{}：{}", instant(miss.at, now), miss.why.in_chinese()),
        Fact::HomeOld {
            newest_on,
            age_days,
            ..
        } => {
            let on = in_chinese(*newest_on, to);
            match age_days {
                0 => format!("首页最近更新为{on}，当天有更新"),
                days => format!("首页最近更新为{on}，已{days}天未更新"),
            }
        }
        Fact::HomeUndated => "首页信息均未注明发布时间，视为未更新".to_owned(),
        Fact::Slow {
            slow,
            opened,
            seconds,
        } => format!("打开的{opened}次中有{slow}次用时{seconds}秒及以上"),
        Fact::Stale {
            last_update,
            age_days,
            limit_days,
            late_days,
            ..
        } => {
            let on = in_chinese(last_update.on, to);
            let late = match late_days {
                0 => String::new(),
                days => format!("，期内共逾期{days}天"),
            };
            format!("{who}最近更新为{on}，已{age_days}天未更新（时限{limit_days}天{late}）")
        }
        Fact::Blank { since, .. } => {
            format!(
                "{who}为空白栏目，{}起未见任何信息",
                in_chinese(date_of(*since), to)
            )
        }
        Fact::Undated { why, since } => {
            let since = in_chinese(date_of(*since), to);
            match why {
                Undated::NoDates => format!("{who}的信息未注明发布时间（{since}起）"),
                why => format!("{who}{since}起无法确定更新时间：{}", why.in_chinese()),
            }
        }
        Fact::Blind { since, why, .. } => format!(
            "{who}{}起无法判断：{}",
            in_chinese(date_of(*since), to),
            why.in_chinese()
        ),
        Fact::NeverVisited => format!("{who}本期没有访问记录"),
        Fact::Few {
            count,
            least,
            window_days,
        } => format!("{who}{window_days}天内开展{count}次，要求不少于{least}次"),
        Fact::SlowAlert {
            overdue_at,
            ended_at,
            dropped_at,
            due_on,
        } => {
            let day = |at: &Moment| in_chinese(date_of(*at), to);
            let ended = match (ended_at, dropped_at) {
                (Some(at), _) => format!("{}才完成整改", day(at)),
                (None, Some(at)) => format!("至{}不再计时，未见更新", day(at)),
                (None, None) => "至期末仍未整改".to_owned(),
            };
            format!(
                "{who}{}确认超期，应于{}前整改，{ended}",
                in_chinese(date_of(*overdue_at), to),
                in_chinese(*due_on, to)
            )
        }
        Fact::Again {
            ended_at,
            updated_on,
            overdue_at,
        } => {
            let updated = updated_on.map_or(String::new(), |on| {
                format!("、更新至{}", in_chinese(on, to))
            });
            format!(
                "{who}前次超期{}解除{updated}后，{}再次超期",
                in_chinese(date_of(*ended_at), to),
                in_chinese(date_of(*overdue_at), to)
            )
        }
        Fact::NoHttps => "首页网址未使用HTTPS".to_owned(),
        Fact::Domain(host) => format!("域名{}不是政府网站域名", one_line(host, 80)),
        Fact::Announced { .. }
        | Fact::TagsAmiss { .. }
        | Fact::MarkMissing { .. }
        | Fact::MarkMissingElsewhere { .. }
        | Fact::CodeAmiss { .. }
        | Fact::FewHomeItems { .. }
        | Fact::CertificateEnds { .. }
        | Fact::NoIpv6
        | Fact::DeadLink(_)
        | Fact::LookedForWords { .. }
        | Fact::Inspected { .. } => inspected::find(&who, &find.fact, to),
        Fact::LetterOpen { .. }
        | Fact::LetterLate { .. }
        | Fact::Letters { .. }
        | Fact::ReplyOld { .. }
        | Fact::LetterFieldMissing { .. }
        | Fact::Channel { .. }
        | Fact::NoChannel => letters::find(&who, &find.fact, to),
        Fact::Candidate { candidate, .. } => candidates::suspicion(candidate),
        Fact::NoGuides
        | Fact::GuideLacks { .. }
        | Fact::Guides { .. }
        | Fact::Interpreted { .. }
        | Fact::InterpretedShare { .. }
        | Fact::NotLinked { .. } => services::find(&find.fact, to),
        Fact::Cut { told, all } => shown::cut(&find.about, *told, *all),
        Fact::Entered {
            finds, by, reason, ..
        } => {
            let (by, reason) = (one_line(by, NAME_CHARS), one_line(reason, REASON_CHARS));
            format!("人工认定{finds}处（{by}）：{reason}")
        }
    }
}

/// What proves a find, and what people decided of it, in one sentence; empty where the find says all.
pub fn evidence(find: &Find, to: Date) -> String {
    let proof = proof(find, to);
    let Some(asked) = &find.asked else {
        return proof;
    };
    let decided = asked.decision.as_ref();
    let decided = decided.map(|decision| candidates::decision(decision, noon(to)));
    let parts: Vec<String> = [Some(proof).filter(|text| !text.is_empty()), decided]
        .into_iter()
        .flatten()
        .collect();
    format!("{}（编号{}）", parts.join("；"), asked.candidate)
}

fn proof(find: &Find, to: Date) -> String {
    let now = noon(to);
    match &find.fact {
        Fact::Stale {
            last_update,
            read_at,
            ..
        } => format!(
            "{}；{}访问时仍为最新",
            item(last_update),
            instant(*read_at, now)
        ),
        Fact::HomeOld { read_at, .. } => format!("{}访问首页所见", instant(*read_at, now)),
        Fact::Blank { read_at, .. } => format!("{}访问时仍为空白", instant(*read_at, now)),
        Fact::Blind {
            last_update: Some(update),
            ..
        } => item(update),
        Fact::Entered { at, attachment, .. } => {
            let file = attachment.as_ref().map_or(String::new(), |file| {
                let name = title(&file.name, TITLE_CHARS);
                format!(
                    "，附件{name}（{}字节，SHA-256 {}）",
                    file.bytes, file.digest
                )
            });
            format!("{}录入{file}", instant(*at, now))
        }
        Fact::Announced { .. } | Fact::DeadLink(_) => inspected::evidence(&find.fact, now),
        Fact::LetterOpen { .. } | Fact::LetterLate { .. } => letters::evidence(&find.fact, now),
        Fact::Candidate {
            candidate,
            decision,
        } => {
            let decided = decision.as_ref().map_or(String::new(), |decision| {
                format!("；{}", candidates::decision(decision, now))
            });
            format!(
                "{}；{}{decided}（编号{}）",
                candidates::place(candidate),
                candidates::seen(candidate, now),
                candidate.key()
            )
        }
        Fact::GuideLacks { .. } | Fact::Interpreted { .. } | Fact::NotLinked { .. } => {
            services::evidence(&find.fact, now)
        }
        _ => String::new(),
    }
}

fn item(update: &LastUpdate) -> String {
    let evidence = &update.evidence;
    let link = evidence.link.as_deref().unwrap_or(&evidence.page);
    format!(
        "{}（{}：{}，{}）",
        title(&evidence.title, TITLE_CHARS),
        update.basis.in_chinese(),
        one_line(&evidence.snippet, TITLE_CHARS),
        address(link)
    )
}

/// Why a find is not counted.
pub fn spared(aside: &Aside, to: Date) -> String {
    match &aside.why {
        Spared::Exempt { until, key } => {
            format!("已报备至{}（编号{key}），不计", in_chinese(*until, to))
        }
        Spared::Other(rule) => format!("已由规则{rule}计，不重复计"),
        Spared::Unproven => "证据不足，不计".to_owned(),
        Spared::Unconfirmed => "栏目类别待确认，不计".to_owned(),
        Spared::Over => match aside.find.fact {
            Fact::LetterLate { .. } => "逾期后已答复，不计".to_owned(),
            Fact::DeadLink(_) => "期内曾打不开，期末已无此问题，不计".to_owned(),
            Fact::HomeOld { .. } | Fact::HomeUndated => {
                "期内曾超过规定天数未更新，期末已更新，不计".to_owned()
            }
            _ => "期内曾逾期，期末已更新，不计".to_owned(),
        },
        Spared::OtherPeriod => "答复期限不在本期，计入到期的周期，本期不计".to_owned(),
        Spared::Suspected => "疑似，未确认，不计".to_owned(),
        Spared::Overruled => "以人工认定为准，不计".to_owned(),
        Spared::Waiting => "待人工确认，不计".to_owned(),
        Spared::Unasked => "须经人工确认，巡检时未列入待确认问题，不计".to_owned(),
        Spared::Rejected => "人工已排除，不计".to_owned(),
        Spared::NotApplying => "该领域不适用，不计".to_owned(),
        Spared::Detail => String::new(),
    }
}

/// What a unit says to a point.
pub fn statement(said: &Statement, to: Date) -> String {
    format!(
        "单位说明（{}，{}）：{}",
        one_line(&said.by, NAME_CHARS),
        in_chinese(date_of(said.at), to),
        one_line(&said.text, STATEMENT_CHARS).trim_end_matches('。')
    )
}

/// What a rule came to, and where a part of its columns or guides told nothing, how many.
pub fn verdict(line: &Line) -> String {
    let verdict = of_all(line);
    let part = line.part.filter(|_| line.amount.is_some());
    part.map_or_else(
        || verdict.clone(),
        |part| {
            let untold = part.of.saturating_sub(part.told);
            let of = part.of;
            match line.rule.metric {
                Metric::GuideElements | Metric::Attachments | Metric::OnlineSystems => {
                    format!("{verdict}（{of}项办事指南中{untold}项无法判断）")
                }
                _ => format!("{verdict}（{of}个栏目中{untold}个无法判断）"),
            }
        },
    )
}

fn of_all(line: &Line) -> String {
    // Without a threshold there is nothing to be kept.
    let is_share = line.rule.metric == Metric::Interpretations && line.rule.threshold == 0;
    match &line.verdict {
        Verdict::Kept if line.was_hit() => "本期内曾触及否决，期末已更新".to_owned(),
        Verdict::Kept if line.near => "本期内曾接近否决".to_owned(),
        Verdict::Kept if is_share => "只列比例，不判达标".to_owned(),
        Verdict::Kept => match line.rule.kind {
            Kind::Standard => "达标".to_owned(),
            _ => "未发现问题".to_owned(),
        },
        Verdict::Lost => format!("扣{}分", plain(line.lost)),
        Verdict::NotKept => "不达标".to_owned(),
        Verdict::Veto => "单项否决".to_owned(),
        Verdict::Yields(rule) => format!("已由规则{rule}计，不重复计"),
        Verdict::Unmeasured(why) => format!("未测评（{}）", unmeasured(why)),
        Verdict::NotApplying => "不适用".to_owned(),
    }
}

/// How near a rule is to its veto, in figures behind a comma; empty where nothing tells.
pub fn how_near(line: &Line, to: Date) -> String {
    let mut told = line.asides.iter().map(|aside| &aside.find);
    let waits = line.asides.iter().filter(|one| one.why == Spared::Detail);
    let waits = waits.filter_map(|aside| match aside.find.fact {
        Fact::LetterOpen { days, .. } => Some(days),
        _ => None,
    });
    let home = told.find(|one| matches!(one.fact, Fact::HomeOld { .. } | Fact::HomeUndated));
    match (line.amount, line.rule.metric) {
        (Some(Amount::Rate { bad, all }), _) => {
            let share = Points::whole(100).share(i64::from(bad), i64::from(all));
            format!("，{all}次中{bad}次，占{share}%")
        }
        (_, Metric::UnansweredLetters) => waits
            .max()
            .map_or(String::new(), |days| format!("，来信已{days}天未答复")),
        (_, Metric::HomeAge) => home.map_or(String::new(), |one| format!("，{}", find(one, to))),
        (Some(Amount::Finds(count @ 1..)), _) => format!("，已有{count}处"),
        _ => String::new(),
    }
}

/// Why something was not measured.
pub fn unmeasured(why: &Unmeasured) -> String {
    match why {
        Unmeasured::NotYet => "本版本不自动测量，可人工录入".to_owned(),
        Unmeasured::NotEntered => "待人工录入".to_owned(),
        Unmeasured::TooFewSamples { have, need } => {
            format!("监测次数不足：{have}次，至少需{need}次")
        }
        Unmeasured::NoVisits => "本期没有监测记录".to_owned(),
        Unmeasured::NothingConfigured => "未配置此类对象".to_owned(),
        Unmeasured::CannotTell => "访问所见不足以判断".to_owned(),
        Unmeasured::NoHttps => "首页未启用HTTPS，没有证书".to_owned(),
        Unmeasured::NoDocuments => "本期没有政策文件".to_owned(),
        Unmeasured::NoCode => "网页未见网站标识码，也未登记".to_owned(),
        Unmeasured::Waiting(count) => format!("有{count}条问题待人工确认"),
        Unmeasured::Unasked(count) => {
            format!("有{count}条问题须经人工确认，巡检时未列入待确认问题")
        }
        Unmeasured::Exempt => "已报备，不计".to_owned(),
        Unmeasured::NotInspected => "本期没有巡检记录".to_owned(),
        Unmeasured::Elsewhere => "办事指南在其他平台，待人工录入".to_owned(),
    }
}

fn noon(day: Date) -> Moment {
    let noon = NaiveTime::MIN.with_hour(12).unwrap_or(NaiveTime::MIN);
    moment(day.and_time(noon))
}
