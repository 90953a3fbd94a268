//! What people laid down, in the words of a report: which exemptions run, who answered for what,
//! whose messages wait.

use std::collections::BTreeMap;

use super::plain::{full_date, instant, one_line, quotation, typed, typed_quotation};
use super::recipient::who;
use super::sentence::Case;
use super::table::{Set, grid};
use crate::alert::acts::{answer, hold_of, holds};
use crate::alert::incident::{Incident, IncidentKey, Release, Subject};
use crate::assess::duty::Duty;
use crate::assess::exemption::{Exemptions, is_ended};
use crate::domain::act::{Act, Deed, NAME_CHARS, REASON_CHARS, Scope};
use crate::domain::group::{Column, Group};
use crate::domain::time::{Date, Moment, date_of, in_chinese};

/// The acts about `column`, the oldest first.
pub fn about<'a>(acts: &'a [Act], column: &Column) -> Vec<&'a Act> {
    let concerns = |act: &&Act| scope(&act.deed, acts).is_some_and(|scope| scope.covers(column));
    acts.iter().filter(concerns).collect()
}

/// By which names acts are told.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// Columns, sites, units and people.
    pub group: &'a Group,
    /// What is owed by a day.
    pub duties: &'a [Duty],
    /// What people laid down.
    pub acts: &'a [Act],
}

impl Names<'_> {
    /// What a duty is called.
    pub fn duty(self, id: &str) -> String {
        let known = self.duties.iter().find(|duty| duty.id == id);
        one_line(known.map_or(id, |duty| &duty.name), NAME_CHARS)
    }
}

/// What was laid down, in a few words, with who approved it.
pub fn told(act: &Act, names: Names<'_>, now: Moment) -> String {
    let deed = match &act.deed {
        Deed::TestSent { person, taken } => {
            let person = who(names.group, person);
            match taken {
                true => format!("发送测试消息给{person}"),
                false => format!("发送测试消息给{person}，未被渠道接受"),
            }
        }
        Deed::Answered {
            duty: Some(duty),
            until,
            ..
        } => format!(
            "{}（{}）：将于{}前发布",
            way_of_answer(&act.deed),
            names.duty(duty),
            in_chinese(*until, date_of(now))
        ),
        Deed::ExemptionEnded { key } => ended(names.acts, key, now),
        other => deed(other, now),
    };
    format!("{deed}{}", approved(act))
}

/// That somebody else approved it, or the same person.
fn approved(act: &Act) -> String {
    match act.approver.as_deref() {
        Some(name) => format!("，批准人{}", typed(name, NAME_CHARS)),
        None => String::new(),
    }
}

/// Until when something holds: of what holds until midnight the last day.
pub fn until(until: Moment, now: Moment) -> String {
    let last = date_of(until - chrono::TimeDelta::seconds(1));
    match until.time() == chrono::NaiveTime::MIN {
        true => format!("{}（含）", in_chinese(last, date_of(now))),
        false => instant(until, now),
    }
}

fn deed(deed: &Deed, now: Moment) -> String {
    let day = |date: Date| in_chinese(date, date_of(now));
    match deed {
        Deed::Exempted {
            scope,
            ground,
            from,
            until,
            paused,
        } => format!(
            "{}（{}，{}），{}至{}",
            match paused {
                true => "暂停监测",
                false => "报备豁免",
            },
            kind(scope),
            ground.in_chinese(),
            day(*from),
            day(*until)
        ),
        Deed::ExemptionEnded { key } => ended(&[], key, now),
        Deed::Answered { until, .. } => {
            format!("{}：将于{}前更新", way_of_answer(deed), day(*until))
        }
        Deed::Held { scope, until: last } => {
            format!("暂缓发送消息（{}）至{}", kind(scope), until(*last, now))
        }
        Deed::HoldLifted { scope } => format!("恢复发送消息（{}）", kind(scope)),
        Deed::EscalationReleased { .. } => "放行督办".to_owned(),
        Deed::VisitWanted { scope } => format!("要求立即复查（{}）", kind(scope)),
        Deed::TestSent { person, .. } => format!("发送测试消息给{person}"),
        Deed::TrialBegan => "试运行开始".to_owned(),
        Deed::WentLive => "正式启用".to_owned(),
    }
}

/// That an exemption ended before its last day, and which: by its ground and last day as far as it is known.
fn ended(acts: &[Act], key: &str, now: Moment) -> String {
    let mut exempted = acts.iter().filter(|act| act.key() == key);
    let known = exempted.find_map(|act| match &act.deed {
        Deed::Exempted {
            ground,
            until,
            paused,
            ..
        } => Some((*paused, ground.in_chinese(), *until)),
        _ => None,
    });
    let Some((paused, ground, until)) = known else {
        return format!("提前结束报备豁免（编号{key}）");
    };
    let what = if paused {
        "恢复监测，提前结束暂停"
    } else {
        "提前结束报备豁免"
    };
    let until = in_chinese(until, date_of(now));
    format!("{what}（{ground}，原至{until}，编号{key}）")
}

/// That a unit answered. Of who answers by a link nobody has checked the name.
fn way_of_answer(deed: &Deed) -> &'static str {
    match deed {
        Deed::Answered {
            by_link: Some(_), ..
        } => "责任单位已通过消息链接回复",
        _ => "责任单位已回复",
    }
}

/// What was laid down, with what it is about by name.
pub fn told_about(act: &Act, names: Names<'_>, now: Moment) -> String {
    match scope(&act.deed, names.acts) {
        Some(scope) => format!("{}：{}", named(&scope, names.group), told(act, names, now)),
        None => told(act, names, now),
    }
}

/// What a deed is about; nothing where it is about no column, site or unit.
pub fn scope(deed: &Deed, acts: &[Act]) -> Option<Scope> {
    match deed {
        Deed::Exempted { scope, .. }
        | Deed::Held { scope, .. }
        | Deed::HoldLifted { scope }
        | Deed::VisitWanted { scope } => Some(scope.clone()),
        Deed::Answered { column, .. } | Deed::EscalationReleased { column } => {
            Some(Scope::Column(column.clone()))
        }
        Deed::ExemptionEnded { key } => exemption(acts, key).cloned(),
        Deed::TestSent { .. } | Deed::TrialBegan | Deed::WentLive => None,
    }
}

/// What the exemption `key` covers.
fn exemption<'a>(acts: &'a [Act], key: &str) -> Option<&'a Scope> {
    acts.iter().find_map(|act| match &act.deed {
        Deed::Exempted { scope, .. } if act.key() == key => Some(scope),
        _ => None,
    })
}

/// What a scope is, seen from one column.
pub fn kind(scope: &Scope) -> &'static str {
    match scope {
        Scope::Column(_) => "本栏目",
        Scope::Site(_) => "整个网站",
        Scope::Unit(_) => "整个单位",
    }
}

/// What of it holds now for the column of `case`, as sentences.
pub(super) fn sentence(case: &Case) -> String {
    let today = date_of(case.now);
    let mut text = String::new();
    if let Some(act) = Exemptions::on(case.acts, today).of(case.column) {
        text.push_str(&laid_down("报备豁免", act, case.now));
    }
    let answered = case
        .incident
        .and_then(|incident| answer(case.acts, incident, today));
    if let Some((act, until)) = answered {
        let way = way_of_answer(&act.deed);
        let what = format!("{way}：将于{}前更新", in_chinese(until, today));
        text.push_str(&laid_down(&what, act, case.now));
    }
    if let Some(act) = case.incident.and_then(|one| released(case.acts, one)) {
        text.push_str(&laid_down("督办已放行", act, case.now));
    }
    if let Some(hold) = hold_of(case.acts, &case.column.id, &case.column.unit, case.now) {
        let what = format!("消息暂缓发送至{}", until(hold.until, case.now));
        text.push_str(&laid_down(&what, hold.act, case.now));
    }
    text
}

/// The act that released the escalation of `incident`, while it stands.
fn released<'a>(acts: &'a [Act], incident: &Incident) -> Option<&'a Act> {
    let Some(Release::Granted { at, .. }) = &incident.release else {
        return None;
    };
    let column = match &incident.key.subject {
        Subject::Column(column) | Subject::Duty(column, _) => column,
        _ => return None,
    };
    let is_it = |act: &&Act| {
        act.at == *at
            && matches!(&act.deed, Deed::EscalationReleased { column: id } if id == column)
    };
    acts.iter().find(is_it)
}

/// Who approved an exemption: who laid it down, where no other is named.
fn approver(act: &Act) -> &str {
    act.approver.as_deref().unwrap_or(&act.by)
}

/// `报备豁免（张三于11月14日09:00登记，理由“网站改版”）。`
fn laid_down(what: &str, act: &Act, now: Moment) -> String {
    let (by, at) = (typed(&act.by, NAME_CHARS), instant(act.at, now));
    match act.reason.is_empty() {
        true => format!("{what}（{by}于{at}登记{}）。", approved(act)),
        false => {
            let reason = typed_quotation(&act.reason, REASON_CHARS);
            format!("{what}（{by}于{at}登记{}，理由{reason}）。", approved(act))
        }
    }
}

/// What holds now, below the table of units; nothing where nothing does.
pub fn in_force(
    acts: &[Act],
    open: &BTreeMap<IncidentKey, Incident>,
    group: &Group,
    now: Moment,
) -> String {
    let today = date_of(now);
    let mut lines: Vec<String> = Exemptions::on(acts, today)
        .all()
        .filter_map(|act| match &act.deed {
            Deed::Exempted { scope, until, .. } => Some(format!(
                "报备豁免：{}，至{}，{}批准",
                named(scope, group),
                in_chinese(*until, today),
                typed(approver(act), NAME_CHARS)
            )),
            _ => None,
        })
        .collect();
    lines.extend(open.values().filter_map(|incident| {
        let (act, until) = answer(acts, incident, today)?;
        let Deed::Answered { column, .. } = &act.deed else {
            return None;
        };
        Some(format!(
            "已回复：{}，将于{}前更新，{}回复",
            named(&Scope::Column(column.clone()), group),
            in_chinese(until, today),
            typed(&act.by, NAME_CHARS)
        ))
    }));
    let lasting = holds(acts)
        .into_iter()
        .filter(|hold| hold.act.at <= now && now < hold.until);
    lines.extend(lasting.map(|hold| {
        format!(
            "暂缓发送：{}，至{}，{}提出",
            named(hold.scope, group),
            until(hold.until, now),
            typed(&hold.act.by, NAME_CHARS)
        )
    }));
    match lines.is_empty() {
        true => String::new(),
        false => format!("\n\n{}", lines.join("\n")),
    }
}

/// The scope by its name and identifier.
fn named(scope: &Scope, group: &Group) -> String {
    let (name, id) = match scope {
        Scope::Column(id) => {
            let column = group.columns.get(id);
            let site = column.and_then(|column| group.sites.get(&column.site));
            let name = column.map_or(String::new(), |column| {
                let site = site.map_or("", |site| &site.name);
                format!("{site}{}", quotation(&column.name, NAME_CHARS))
            });
            (name, id.as_str())
        }
        Scope::Site(id) => {
            let name = group.sites.get(id).map(|site| site.name.clone());
            (name.unwrap_or_default(), id.as_str())
        }
        Scope::Unit(id) => {
            let name = group.units.get(id).map(|unit| unit.short.clone());
            (name.unwrap_or_default(), id.as_str())
        }
    };
    format!("{}（{id}）", one_line(&name, 2 * NAME_CHARS))
}

/// Every exemption, the newest first.
pub fn exemptions(acts: &[Act], group: &Group, today: Date) -> String {
    let rows: Vec<Vec<String>> = acts
        .iter()
        .rev()
        .filter_map(|act| match &act.deed {
            Deed::Exempted {
                scope,
                ground,
                from,
                until,
                paused,
            } => Some(vec![
                act.key(),
                state(acts, act, (*from, *until), today).to_owned(),
                named(scope, group),
                match paused {
                    true => format!("{}，暂停监测", ground.in_chinese()),
                    false => ground.in_chinese().to_owned(),
                },
                format!("{}至{}", full_date(*from), full_date(*until)),
                typed(approver(act), NAME_CHARS),
                typed(&act.reason, REASON_CHARS),
            ]),
            _ => None,
        })
        .collect();
    if rows.is_empty() {
        return "没有报备豁免。".to_owned();
    }
    let head = ["编号", "状态", "范围", "依据", "起止", "批准人", "理由"];
    grid(&head, &[Set::Left; 7], &rows)
}

fn state(acts: &[Act], act: &Act, (from, until): (Date, Date), today: Date) -> &'static str {
    match () {
        () if is_ended(acts, act) => "提前结束",
        () if today < from => "未开始",
        () if until < today => "已到期",
        () => "生效",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::act::Ground;
    use crate::report::fixture::{at, column_id, group};

    fn act(by: &str, deed: Deed) -> Act {
        Act {
            approver: None,
            at: at("2017-11-14T09:00:00"),
            by: by.to_owned(),
            reason: "网站”改版\n".to_owned(),
            deed,
        }
    }

    #[test]
    fn exemptions_are_listed_with_who_and_why_and_where_they_stand() {
        let exempt = |until: &str| {
            act(
                "张三",
                Deed::Exempted {
                    scope: Scope::Column(column_id("kxw/gzdt")),
                    ground: Ground::Maintenance,
                    from: "2017-11-14".parse().unwrap(),
                    until: until.parse().unwrap(),
                    paused: false,
                },
            )
        };
        let long = exempt("2017-12-01");
        let end = act("李四", Deed::ExemptionEnded { key: long.key() });
        let acts = [exempt("2017-11-15"), exempt("2017-11-20"), long, end];
        let group = group();
        let names = Names {
            group: &group,
            duties: &[],
            acts: &acts,
        };
        let said = told_about(&acts[3], names, at("2017-11-18T09:00:00"));
        let key = acts[2].key();
        let which = format!("原至12月1日，编号{key}）");
        assert!(
            said.contains("提前结束报备豁免（") && said.contains(&which),
            "{said}"
        );
        let list = exemptions(&acts, &group, "2017-11-18".parse().unwrap());
        let states: Vec<_> = list
            .lines()
            .skip(2)
            .filter_map(|line| line.split_whitespace().nth(1))
            .collect();
        assert_eq!(states, ["提前结束", "生效", "已到期"]);
        assert!(list.contains("张三") && list.contains("改版"), "{list}");
        let column = &group.columns[&column_id("kxw/gzdt")];
        assert_eq!(about(&acts, column).len(), 4);
        let other = &group.columns[&column_id("kxw/tzgg")];
        assert!(about(&acts, other).is_empty());
    }
}
