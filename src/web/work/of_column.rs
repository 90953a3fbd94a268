//! The forms about one column or one site, by what can be done and by whom.

use super::offer::{Choice, Offer, Work};
use crate::alert::acts::hold_on;
use crate::alert::incident::{Incident, Subject};
use crate::assess::exemption::{Exemptions, besides};
use crate::domain::act::{self, Act, Deed, Scope};
use crate::domain::group::{Column, Site};
use crate::domain::time::{Date, date_of, in_chinese};
use crate::report::acts;
use crate::report::overview::stale_incident;
use crate::web::Console;
use crate::web::access::right::Right;
use crate::web::access::viewer::Viewer;
use crate::web::release::hears;
use crate::web::source::Picture;

const OF_COLUMN: [(&str, &str); 3] = [
    ("nothing-due", "本期无应发布内容"),
    ("maintenance", "维护或改版"),
    ("approved", "经批准的其他事由"),
];
const OF_SITE: [(&str, &str); 2] = [
    ("maintenance", "维护或改版"),
    ("approved", "经批准的其他事由"),
];

impl Work {
    /// The forms about a column.
    pub fn of_column(
        console: &Console,
        viewer: &Viewer,
        picture: &Picture,
        column: &Column,
    ) -> Option<Work> {
        let may = |right| viewer.may(right, &column.unit);
        let today = date_of(picture.now);
        let incident = stale_incident(&picture.open, &column.id);
        let mut offers = Vec::new();
        if may(Right::Answer) && incident.is_some_and(Incident::is_open) {
            offers.push(answer(today));
        }
        let about_duties = |offer: &dyn Fn(Date) -> Offer, takes: fn(&Incident) -> bool| {
            duties(console, picture, column, offer, takes)
        };
        if may(Right::Answer) {
            offers.extend(about_duties(&answer, Incident::is_open));
        }
        if may(Right::Release) {
            let told = hears(&console.rules, [column]);
            let release = |today| release(&told, today);
            if incident.is_some_and(Incident::is_proposed) {
                offers.push(release(today));
            }
            offers.extend(about_duties(&release, Incident::is_proposed));
        }
        let record = picture.records.get(&column.id);
        if may(Right::Accept) && record.is_some_and(|record| record.is_redesigned()) {
            offers.push(accept(today));
        }
        if may(Right::Exempt) {
            let own = Scope::Column(column.id.clone());
            let running: Vec<_> = besides(&picture.acts, &own, &picture.group, today).collect();
            // That of the column itself before those that reach further.
            let ends = running.iter().find(|act| scope_of(act) == Some(&own));
            offers.push(match ends.or(running.first()) {
                Some(act) => end(act, today),
                None => exempt(&OF_COLUMN, today),
            });
        }
        if may(Right::Hold) {
            let scope = Scope::Column(column.id.clone());
            offers.push(match hold_on(&picture.acts, &scope, picture.now) {
                Some(_) => lift(today),
                None => hold(today),
            });
        }
        if may(Right::Visit) && column.url.is_some() {
            offers.push(visit(today));
        }
        let work = Work::of(viewer, format!("/column/{}", column.id), offers)?;
        let own = Scope::Column(column.id.clone());
        Some(work.besides(still(picture, &own)))
    }

    /// The forms about a site.
    pub fn of_site(viewer: &Viewer, picture: &Picture, site: &Site) -> Option<Work> {
        let today = date_of(picture.now);
        let may = |right| viewer.may(right, &site.unit);
        let exemptions = Exemptions::on(&picture.acts, today);
        let running = exemptions.all().find(|act| {
            matches!(&act.deed, Deed::Exempted { scope: Scope::Site(id), .. } if *id == site.id)
        });
        let mut offers = Vec::new();
        match running {
            Some(act) if may(Right::Exempt) => {
                offers.push(match exemptions.paused().contains(&site.id) {
                    true => resume(act, "恢复监测", today),
                    false => end(act, today),
                });
            }
            Some(_) => {}
            None => {
                if may(Right::Exempt) {
                    offers.push(exempt(&OF_SITE, today));
                }
                if may(Right::Pause) {
                    offers.push(pause(today));
                }
            }
        }
        let paused = exemptions.paused().contains(&site.id);
        if may(Right::Visit) && !paused {
            offers.push(visit(today));
        }
        let work = Work::of(viewer, format!("/site/{}", site.id), offers)?;
        let own = Scope::Site(site.id.clone());
        Some(work.besides(still(picture, &own)))
    }
}

/// An `offer` for each thing that the column owes by a day and whose incident is one that it `takes`.
fn duties(
    console: &Console,
    picture: &Picture,
    column: &Column,
    offer: &dyn Fn(Date) -> Offer,
    takes: fn(&Incident) -> bool,
) -> Vec<Offer> {
    let today = date_of(picture.now);
    let open = picture.open.values().filter(|one| takes(one));
    let offers = open.filter_map(|incident| {
        let Subject::Duty(id, duty) = &incident.key.subject else {
            return None;
        };
        if *id != column.id {
            return None;
        }
        let name = console.names(picture).duty(duty);
        let offer = offer(today);
        Some(Offer {
            title: format!("{}：{name}", offer.title),
            hidden: vec![("duty", duty.clone())],
            ..offer
        })
    });
    offers.collect()
}

fn answer(today: Date) -> Offer {
    Offer {
        until: Some("预计更新日期"),
        ..Offer::new(
            "answer",
            "登记答复",
            "到该日结束前不再重复提醒；等级升高时仍会通知。",
            "登记",
            today,
        )
    }
}

fn release(told: &str, today: Date) -> Offer {
    Offer::new("release", "放行督办", told, "放行", today)
}

fn accept(today: Date) -> Offer {
    Offer::new(
        "accept",
        "认可新列表",
        "确认改版后的列表仍是本栏目，此后按新列表判断。",
        "认可",
        today,
    )
}

fn exempt(grounds: &[(&str, &str)], today: Date) -> Offer {
    let grounds = grounds.iter();
    let grounds = grounds.map(|(key, word)| ((*key).to_owned(), (*word).to_owned()));
    Offer {
        until: Some("报备至"),
        approver: Some(act::NAME_CHARS),
        choice: Some(Choice::of("ground", "事由", grounds)),
        ..Offer::new(
            "exempt",
            "报备豁免",
            "自今天起至所填日期，不计时限，不发通知。",
            "报备",
            today,
        )
    }
}

fn pause(today: Date) -> Offer {
    Offer {
        until: Some("暂停至"),
        approver: Some(act::NAME_CHARS),
        ..Offer::new(
            "pause",
            "暂停监测",
            "因维护或改版，自今天起至所填日期不访问该网站，不计时限，不发通知。",
            "暂停",
            today,
        )
    }
}

/// What the exemption `act` covers.
fn scope_of(act: &Act) -> Option<&Scope> {
    match &act.deed {
        Deed::Exempted { scope, .. } => Some(scope),
        _ => None,
    }
}

/// What still covers what `scope` is about, to whoever ended something about it.
fn still(picture: &Picture, scope: &Scope) -> Vec<(&'static str, String)> {
    let today = date_of(picture.now);
    let mut still = Vec::new();
    let exempt = besides(&picture.acts, scope, &picture.group, today).next();
    if let Some(Deed::Exempted { scope, until, .. }) = exempt.map(|act| &act.deed) {
        let (whole, until) = (acts::kind(scope), in_chinese(*until, today));
        let says = format!("但仍在报备中（{whole}，至{until}）。");
        still.extend([("end", says.clone()), ("resume", says)]);
    }
    let column = match scope {
        Scope::Column(id) => picture.group.columns.get(id),
        Scope::Site(_) | Scope::Unit(_) => None,
    };
    let unit = column.map(|column| Scope::Unit(column.unit.clone()));
    let hold =
        unit.and_then(|unit| hold_on(&picture.acts, &unit, picture.now).map(|one| one.until));
    if let Some(until) = hold {
        let until = acts::until(until, picture.now);
        still.push(("lift", format!("但整个单位的通知仍暂缓至{until}。")));
    }
    still
}

/// The end of an exemption; of one under which nothing is visited, that it is visited again.
fn end(act: &Act, today: Date) -> Offer {
    if matches!(act.deed, Deed::Exempted { paused: true, .. }) {
        return resume(act, "恢复监测（整个网站）", today);
    }
    let title = match scope_of(act) {
        Some(Scope::Site(_)) => "结束报备（整个网站）",
        Some(Scope::Unit(_)) => "结束报备（整个单位）",
        Some(Scope::Column(_)) | None => "结束报备",
    };
    Offer {
        hidden: vec![("key", act.key())],
        ..Offer::new(
            "end",
            title,
            "立即恢复监测和计时，按现状判断。",
            "结束报备",
            today,
        )
    }
}

fn resume(act: &Act, title: &str, today: Date) -> Offer {
    Offer {
        hidden: vec![("key", act.key())],
        ..Offer::new(
            "resume",
            title,
            "立即恢复访问和计时，按现状判断。",
            "恢复监测",
            today,
        )
    }
}

fn hold(today: Date) -> Offer {
    Offer {
        until: Some("暂缓至"),
        ..Offer::new(
            "hold",
            "暂缓通知",
            "对判定有疑问时使用：通知留待该日结束，不影响判定。",
            "暂缓",
            today,
        )
    }
}

fn lift(today: Date) -> Offer {
    Offer::new(
        "lift",
        "恢复通知",
        "暂缓的通知立即照常发出。",
        "恢复",
        today,
    )
}

fn visit(today: Date) -> Offer {
    Offer::new(
        "visit",
        "立即复查",
        "在访问间隔允许时马上访问一次。",
        "复查",
        today,
    )
}
