//! The words of a message, from the templates and the facts.
//!
//! Ages and days are counted on the day of writing, so that a message that waited over a weekend
//! says what is true when it is read.

use std::collections::BTreeMap;

use super::incident::{Kind, Subject};
use super::links;
use super::outbox::{Facts, InPlaceOf, Notice, Told, Words};
use super::rules::AlertRules;
use super::segments;
use super::template::{FIELDS, Text, Texts, tidy};
use crate::assess::freshness::age_days;
use crate::assess::ladder::Tier;
use crate::domain::group::Route;
use crate::domain::time::{Date, in_chinese};

/// The tier that is spoken of, if any.
pub fn tier(told: Told) -> Option<Tier> {
    match told {
        Told::Raised(tier) | Told::Repeated(tier, _) => Some(tier),
        Told::EscalationProposed => Some(Tier::Escalation),
        Told::Recovered
        | Told::Blind
        | Told::Empty
        | Told::Down
        | Told::StillDown
        | Told::NearVeto(_)
        | Told::Veto(_)
        | Told::Offline
        | Told::Trouble => None,
    }
}

/// The place of a notice in a digest: the worst first, the earliest due date first.
pub fn order(notice: &Notice) -> (u8, Option<Date>, String, String) {
    let rank = match notice.told {
        Told::Offline => 0,
        Told::Down | Told::StillDown => 1,
        Told::Veto(_) => 2,
        Told::EscalationProposed | Told::Raised(Tier::Escalation) => 3,
        Told::Repeated(Tier::Escalation, _) => 4,
        Told::NearVeto(_) => 5,
        Told::Raised(Tier::SeverelyOverdue) | Told::Repeated(Tier::SeverelyOverdue, _) => 6,
        Told::Raised(Tier::Overdue) | Told::Repeated(Tier::Overdue, _) => 7,
        Told::Raised(Tier::Warning) | Told::Repeated(Tier::Warning, _) => 8,
        Told::Raised(Tier::Reminder) | Told::Repeated(Tier::Reminder, _) => 9,
        Told::Trouble => 10,
        Told::Blind => 11,
        Told::Empty => 12,
        Told::Recovered => 13,
    };
    let facts = &notice.facts;
    (rank, facts.due_on, facts.site.clone(), facts.column.clone())
}

/// The longest text of a post to a group chat, in bytes: the least that robots take is 2048.
const POST_BYTES: usize = 2000;

/// The whole text for `notices`, which are in order. Text messages are cut to whole notices
/// within the most segments, and left without their link where it is what makes them longer;
/// posts are cut to what robots take; mail is not cut.
pub fn text(notices: &[&Notice], route: Route, today: Date, rules: &AlertRules) -> String {
    let lines: Vec<String> = notices
        .iter()
        .map(|notice| line(notice, today, rules))
        .collect();
    let mut linked = lines.clone();
    if let Some(links) = &rules.links {
        for place in links::carried(notices, route) {
            if let Some(line) = linked.get_mut(place) {
                line.push_str(&format!("回复请打开 {} ", links.place()));
            }
        }
    }
    let whole = whole(notices, &linked, route, rules);
    let is_long = segments::size(&whole).segments > rules.most_segments;
    match route == Route::Sms && linked != lines && is_long {
        true => self::whole(notices, &lines, route, rules),
        false => whole,
    }
}

fn whole(notices: &[&Notice], lines: &[String], route: Route, rules: &AlertRules) -> String {
    match (route, lines) {
        (Route::Sms, [only]) => format!("【{}】{only}", rules.signature),
        (Route::Sms, _) => digest(notices, lines, rules),
        (Route::Mail, _) => letter(lines, rules),
        (Route::Robot, _) => post(lines, rules),
    }
}

/// What `notices`, which are in order, say in fields.
pub fn words(notices: &[&Notice], today: Date, rules: &AlertRules) -> Words {
    let Some(first) = notices.first() else {
        return Words::default();
    };
    let mut values: BTreeMap<String, String> = FIELDS
        .iter()
        .map(|&field| (field.to_owned(), value(field, &first.facts, today, rules)))
        .collect();
    let wording = match notices {
        [only] => key(only),
        several => {
            let count = several.len();
            values.insert("count".to_owned(), count.to_string());
            values.insert("more".to_owned(), (count - 1).to_string());
            "digest"
        }
    };
    if let Some(instead) = &first.in_place_of {
        let why = [tidy(&first.facts.why), instead.in_chinese()];
        let why: Vec<String> = why.into_iter().filter(|part| !part.is_empty()).collect();
        values.insert("why".to_owned(), why.join("，"));
    }
    values.insert("worst".to_owned(), worst(notices).to_owned());
    values.retain(|_, value| !value.is_empty());
    Words {
        wording: wording.to_owned(),
        values,
    }
}

/// The subject line of a mail.
pub fn subject(notices: &[&Notice], rules: &AlertRules) -> String {
    rules.texts.subject.fill(|field| match field {
        "signature" => rules.signature.clone(),
        "worst" => worst(notices).to_owned(),
        "count" => notices.len().to_string(),
        _ => String::new(),
    })
}

/// One notice as a sentence.
fn line(notice: &Notice, today: Date, rules: &AlertRules) -> String {
    let facts = &notice.facts;
    let template = template(notice, &rules.texts);
    let line = template.fill(|field| value(field, facts, today, rules));
    // A remark on a deadline is told even where the wording has no place for it.
    let remark = tier(notice.told).is_some() && !template.source().contains("{why}");
    let remark = remark.then(|| tidy(&facts.why));
    let instead = notice.in_place_of.as_ref().map(InPlaceOf::in_chinese);
    let remarks: Vec<String> = [remark, instead]
        .into_iter()
        .flatten()
        .filter(|remark| !remark.is_empty())
        .collect();
    match remarks.is_empty() {
        true => line,
        false => format!("{line}（{}）", remarks.join("，")),
    }
}

fn digest(notices: &[&Notice], lines: &[String], rules: &AlertRules) -> String {
    let head = rules.texts.digest.fill(|field| match field {
        "count" => lines.len().to_string(),
        "worst" => worst(notices).to_owned(),
        _ => link(rules),
    });
    let head = format!("【{}】{head}", rules.signature);
    let tail = |more: usize| {
        rules.texts.digest_more.fill(|field| match field {
            "more" => more.to_string(),
            _ => link(rules),
        })
    };
    let mut best = None;
    let mut body = head;
    for (place, line) in lines.iter().enumerate() {
        body = format!("{body}{}.{line}", place + 1);
        let more = lines.len() - place - 1;
        let whole = if more == 0 {
            body.clone()
        } else {
            format!("{body}{}", tail(more))
        };
        // The first notice is told whole whatever its length.
        if place > 0 && segments::size(&whole).segments > rules.most_segments {
            break;
        }
        best = Some(whole);
    }
    best.unwrap_or(body)
}

/// A post to a group chat: one notice a line.
fn post(lines: &[String], rules: &AlertRules) -> String {
    let link = rules.console_link.iter();
    let link: String = link.map(|link| format!("\n监测平台：{link}")).collect();
    let mut body = format!("【{}】", rules.signature);
    let mut best = None;
    for (place, line) in lines.iter().enumerate() {
        if lines.len() > 1 {
            body.push_str(&format!("\n{}. ", place + 1));
        }
        body.push_str(line);
        let more = lines.len() - place - 1;
        let tail = match more {
            0 => link.clone(),
            more => format!("\n另有{more}项未列出，请登录监测平台查看。{link}"),
        };
        // The first notice is told whole whatever its length.
        if place > 0 && body.len() + tail.len() > POST_BYTES {
            break;
        }
        best = Some(format!("{body}{tail}"));
    }
    best.unwrap_or(body)
}

fn letter(lines: &[String], rules: &AlertRules) -> String {
    let mut letter = String::new();
    for (place, line) in lines.iter().enumerate() {
        if lines.len() > 1 {
            letter.push_str(&format!("{}. ", place + 1));
        }
        letter.push_str(line);
        letter.push('\n');
    }
    if let Some(link) = &rules.console_link {
        letter.push_str(&format!("\n监测平台：{link}\n"));
    }
    letter.push_str(&format!(
        "\n【{}】本邮件由系统自动发送。\n",
        rules.signature
    ));
    letter
}

fn link(rules: &AlertRules) -> String {
    rules.console_link.clone().unwrap_or_default()
}

/// The word for the worst of `notices`, which are in order.
fn worst(notices: &[&Notice]) -> &'static str {
    let Some(first) = notices.first() else {
        return "提醒";
    };
    match (first.told, tier(first.told)) {
        (_, Some(tier)) => tier.in_chinese(),
        (Told::Offline, _) => "监测网络异常",
        (Told::Down | Told::StillDown, _) => match first.incident.subject {
            Subject::Site(_) => "首页无法打开",
            _ => "网站无法访问",
        },
        (Told::Veto(_), _) => "触及单项否决",
        (Told::NearVeto(_), _) => "接近单项否决",
        (Told::Trouble, _) => "系统提示",
        (Told::Blind, _) => match first.incident.subject {
            Subject::Site(_) => "首页无法判断",
            _ => "无法判断",
        },
        (Told::Empty, _) => "空白栏目",
        _ => "恢复通知",
    }
}

fn template<'a>(notice: &Notice, texts: &'a Texts) -> &'a Text {
    texts.get(key(notice)).unwrap_or(&texts.trouble)
}

/// The key of the wording of `notice`.
fn key(notice: &Notice) -> &'static str {
    let of_duty = matches!(notice.incident.subject, Subject::Duty(..));
    let of_site = matches!(notice.incident.subject, Subject::Site(_));
    match notice.told {
        Told::Raised(tier) | Told::Repeated(tier, _) if of_duty => match tier {
            Tier::Reminder => "duty_reminder",
            Tier::Warning => "duty_warning",
            Tier::Overdue => "duty_overdue",
            Tier::SeverelyOverdue => "duty_severely_overdue",
            Tier::Escalation => "duty_escalation",
        },
        Told::EscalationProposed if of_duty => "duty_escalation_proposed",
        Told::Raised(_) | Told::Repeated(..) if notice.kind == Kind::SelfCheck => "self_check",
        Told::Raised(tier) | Told::Repeated(tier, _) => match tier {
            Tier::Reminder => "reminder",
            Tier::Warning => "warning",
            Tier::Overdue => "overdue",
            Tier::SeverelyOverdue => "severely_overdue",
            Tier::Escalation => "escalation",
        },
        // Why it is proposed is said where it is not the usual reason.
        Told::EscalationProposed if !notice.facts.why.is_empty() => "escalation_again",
        Told::EscalationProposed => "escalation_proposed",
        Told::Blind if of_site => "home_blind",
        Told::Blind => "blind",
        Told::Empty => "empty",
        Told::Down if of_site => "home_down",
        Told::Down => "down",
        Told::StillDown => "home_still_down",
        Told::NearVeto(_) => "near_veto",
        Told::Veto(_) => "veto",
        Told::Offline => "offline",
        Told::Trouble => "trouble",
        Told::Recovered => match notice.incident.kind {
            Kind::Owed => "duty_met",
            Kind::Stale | Kind::SelfCheck | Kind::Trouble | Kind::Calendar => "recovered",
            Kind::NearVeto => "near_veto_over",
            Kind::Veto => "veto_over",
            Kind::Blind if of_site => "home_seen_again",
            Kind::Blind | Kind::Empty => "seen_again",
            Kind::Down => "up",
            Kind::Offline => "online",
        },
    }
}

fn value(field: &str, facts: &Facts, today: Date, rules: &AlertRules) -> String {
    let date = |date: Option<Date>| date.map_or_else(unknown, |date| in_chinese(date, today));
    let days = |days: Option<i64>| days.map_or_else(unknown, |days| days.max(0).to_string());
    match field {
        "site" => facts.site.clone(),
        "column" => facts.column.clone(),
        "unit" => facts.unit.clone(),
        "last_update" => date(facts.last_update),
        "due_on" => date(facts.due_on),
        "age_days" => days(facts.last_update.map(|on| i64::from(age_days(on, today)))),
        "days_left" => days(facts.due_on.map(|due| (due - today).num_days())),
        "time_left" => facts
            .due_on
            .map_or_else(unknown, |due| time_left(due, today)),
        "overdue_days" => days(facts.due_on.map(|due| (today - due).num_days())),
        "limit_days" => days(facts.limit_days.map(i64::from)),
        "why" => facts.why.clone(),
        "duty" => facts.duty.clone(),
        "link" => link(rules),
        _ => String::new(),
    }
}

/// How long it is until `due`, the last day that is in time.
fn time_left(due: Date, today: Date) -> String {
    match (due - today).num_days() {
        ..0 => "已过期".to_owned(),
        0 => "今天为最后一天".to_owned(),
        days => format!("仅剩{days}天"),
    }
}

fn unknown() -> String {
    "未知".to_owned()
}
