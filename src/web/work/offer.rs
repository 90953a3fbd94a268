//! The forms that are offered on a page, by what can be done and by whom.

use super::filled::Filled;
use crate::alert::acts::hold_on;
use crate::alert::incident::{Incident, Release};
use crate::assess::exemption::Exemptions;
use crate::domain::act::{REASON_CHARS, Scope};
use crate::domain::group::{Column, Site};
use crate::domain::time::{Date, date_of};
use crate::report::overview::stale_incident;
use crate::web::access::right::Right;
use crate::web::access::viewer::Viewer;
use crate::web::source::Picture;

/// The forms of a page.
pub struct Work {
    /// What the forms carry.
    pub form: String,
    /// Where they are sent.
    pub to: String,
    /// The forms.
    pub offers: Vec<Offer>,
    /// What was done just now.
    pub done: Option<&'static str>,
    /// Why what was entered cannot be.
    pub fault: Option<String>,
    /// The longest reason, in characters.
    pub most: usize,
}

/// One form.
pub struct Offer {
    /// Its key.
    pub key: &'static str,
    /// What it does.
    pub title: &'static str,
    /// What follows from it.
    pub hint: &'static str,
    /// The word on its button.
    pub button: &'static str,
    /// The label of its day, where it has one.
    pub until: Option<&'static str>,
    /// The earliest day.
    pub earliest: String,
    /// The grounds to choose from, where it has any.
    pub grounds: &'static [(&'static str, &'static str)],
    /// The exemption that it ends.
    pub ends: Option<String>,
    /// Whether it is shown unfolded, since it was handed in and refused.
    pub open: bool,
    /// The day as entered.
    pub day: String,
    /// The reason as entered.
    pub reason: String,
}

const OF_COLUMN: [(&str, &str); 3] = [
    ("nothing-due", "本期无应发布内容"),
    ("maintenance", "维护或改版"),
    ("approved", "经批准的其他事由"),
];
const OF_SITE: [(&str, &str); 2] = [
    ("maintenance", "维护或改版"),
    ("approved", "经批准的其他事由"),
];

impl Offer {
    fn new(
        key: &'static str,
        title: &'static str,
        hint: &'static str,
        button: &'static str,
        today: Date,
    ) -> Offer {
        Offer {
            key,
            title,
            hint,
            button,
            until: None,
            earliest: today.to_string(),
            grounds: &[],
            ends: None,
            open: false,
            day: String::new(),
            reason: String::new(),
        }
    }
}

impl Work {
    fn of(viewer: &Viewer, to: String, offers: Vec<Offer>) -> Option<Work> {
        let Viewer::Signed(signed) = viewer else {
            return None;
        };
        (!offers.is_empty()).then(|| Work {
            form: signed.form.as_str().to_owned(),
            to,
            offers,
            done: None,
            fault: None,
            most: REASON_CHARS,
        })
    }

    /// The forms with what was entered and why it cannot be.
    pub fn again(mut self, filled: &Filled, why: String) -> Work {
        self.fault = Some(why);
        for offer in &mut self.offers {
            if offer.key == filled.action {
                offer.open = true;
                offer.day = filled.until_again();
                offer.reason = filled.reason_again();
            }
        }
        self
    }

    /// The forms after one was handed in: `done` is its key.
    pub fn after(mut self, done: Option<&str>) -> Work {
        self.done = done.and_then(|key| match key {
            "answer" => Some("已登记答复。"),
            "exempt" => Some("已登记报备。"),
            "end" => Some("报备已结束。"),
            "hold" => Some("通知已暂缓。"),
            "lift" => Some("通知已恢复。"),
            "release" => Some("督办已放行。"),
            "accept" => Some("已认可，下次访问起按新列表判断。"),
            "visit" => Some("已安排立即访问，请稍候查看访问记录。"),
            _ => None,
        });
        self
    }

    /// The forms about a column.
    pub fn of_column(viewer: &Viewer, picture: &Picture, column: &Column) -> Option<Work> {
        let may = |right| viewer.may(right, &column.unit);
        let today = date_of(picture.now);
        let incident = stale_incident(&picture.open, &column.id);
        let mut offers = Vec::new();
        if may(Right::Answer) && incident.is_some_and(Incident::is_open) {
            offers.push(answer(today));
        }
        let proposed = |incident: &Incident| incident.release == Some(Release::Proposed);
        if may(Right::Release) && incident.is_some_and(proposed) {
            offers.push(release(today));
        }
        let record = picture.records.get(&column.id);
        if may(Right::Accept) && record.is_some_and(|record| record.is_redesigned()) {
            offers.push(accept(today));
        }
        if may(Right::Exempt) {
            let exemptions = Exemptions::on(&picture.acts, today);
            offers.push(match exemptions.of(column) {
                Some(act) => end(act.key(), today),
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
        Work::of(viewer, format!("/column/{}", column.id), offers)
    }

    /// The forms about a site.
    pub fn of_site(viewer: &Viewer, picture: &Picture, site: &Site) -> Option<Work> {
        let today = date_of(picture.now);
        let may = |right| viewer.may(right, &site.unit);
        let mut offers = Vec::new();
        if may(Right::Exempt) {
            let exemptions = Exemptions::on(&picture.acts, today);
            let running = exemptions.all().find(|act| {
                matches!(&act.deed, crate::domain::act::Deed::Exempted { scope: Scope::Site(id), .. }
                    if *id == site.id)
            });
            offers.push(match running {
                Some(act) => end(act.key(), today),
                None => exempt(&OF_SITE, today),
            });
        }
        if may(Right::Visit) {
            offers.push(visit(today));
        }
        Work::of(viewer, format!("/site/{}", site.id), offers)
    }
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

fn release(today: Date) -> Offer {
    Offer::new(
        "release",
        "放行督办",
        "督办通知将发给督查和主要负责人。",
        "放行",
        today,
    )
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

fn exempt(grounds: &'static [(&'static str, &'static str)], today: Date) -> Offer {
    Offer {
        until: Some("报备至"),
        grounds,
        ..Offer::new(
            "exempt",
            "报备豁免",
            "自今天起至所填日期，不计时限，不发通知。",
            "报备",
            today,
        )
    }
}

fn end(key: String, today: Date) -> Offer {
    Offer {
        ends: Some(key),
        ..Offer::new(
            "end",
            "结束报备",
            "立即恢复计时，按现状判断。",
            "结束报备",
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
