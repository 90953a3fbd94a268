//! What a form carries, and the task that it asks for.

use std::str::FromStr as _;

use axum::extract::Query;
use axum::http::Uri;
use chrono::NaiveTime;
use serde::Deserialize;

use crate::alert::incident::Subject;
use crate::assess::score::period::Period;
use crate::domain::act::{Ground, NAME_CHARS, REASON_CHARS, Scope};
use crate::domain::candidate::{Decided, KEY_DIGITS};
use crate::domain::closing::STATEMENT_CHARS;
use crate::domain::id::{ColumnId, PersonId, SiteId};
use crate::domain::time::{Date, Moment, moment};
use crate::report::plain::one_line;
use crate::web::access::right::Right;
use crate::web::counter::Task;

/// What a form carries. Everything may be missing, or anything.
#[derive(Debug, Default, Deserialize)]
pub struct Filled {
    /// What this session's forms carry.
    #[serde(default)]
    pub form: String,
    /// What is to be done: the key of an offer.
    #[serde(default, rename = "do")]
    pub action: String,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// The last day.
    #[serde(default)]
    pub until: String,
    /// The ground of an exemption.
    #[serde(default)]
    pub ground: String,
    /// Who approved an exemption.
    #[serde(default)]
    pub approver: String,
    /// The key of an exemption that is to end, or of a candidate.
    #[serde(default)]
    pub key: String,
    /// What is decided of a candidate.
    #[serde(default)]
    pub decided: String,
    /// What the column owes by a day, where that is answered for.
    #[serde(default)]
    pub duty: String,
    /// The period of assessment.
    #[serde(default)]
    pub period: String,
    /// The site, where the page is not its own.
    #[serde(default)]
    pub site: String,
    /// The rule under which something was found.
    #[serde(default)]
    pub rule: String,
    /// How many finds.
    #[serde(default)]
    pub finds: String,
    /// The person to whom a test is sent.
    #[serde(default)]
    pub person: String,
}

impl Filled {
    /// What a form sent, as it sent it.
    pub fn typed(form: &str) -> Option<Filled> {
        let uri = Uri::builder().path_and_query(format!("/?{form}"));
        let uri = uri.build().ok()?;
        Query::try_from_uri(&uri).ok().map(|Query(filled)| filled)
    }

    /// The right that it takes; nothing where it is unknown what is to be done.
    pub fn right(&self) -> Option<Right> {
        match self.action.as_str() {
            "answer" => Some(Right::Answer),
            "exempt" | "end" | "resume" => Some(Right::Exempt),
            "release" => Some(Right::Release),
            "hold" | "lift" => Some(Right::Hold),
            "accept" => Some(Right::Accept),
            "visit" => Some(Right::Visit),
            "pause" => Some(Right::Pause),
            "decide" => Some(Right::Decide),
            "score" => Some(Right::Score),
            "state" => Some(Right::State),
            "close" | "correct" => Some(Right::Close),
            "test" => Some(Right::Test),
            "go-live" => Some(Right::GoLive),
            _ => None,
        }
    }

    /// What the column owes by a day, where it is named.
    fn duty(&self) -> Option<String> {
        Some(one_line(&self.duty, 64)).filter(|duty| !duty.is_empty())
    }

    /// The task about one column; or why there is none, in Chinese.
    pub fn about_column(&self, column: &ColumnId) -> Result<Task, String> {
        let about = || column.to_string();
        Ok(match self.action.as_str() {
            "answer" => Task::Answer {
                column: column.clone(),
                duty: self.duty(),
                until: self.day("请填写预计更新日期。")?,
            },
            "exempt" => self.exemption(Scope::Column(column.clone()))?,
            "end" | "resume" => self.end(Scope::Column(column.clone())),
            "hold" => Task::Hold {
                about: about(),
                until: end_of(self.day("请填写暂缓到哪一天。")?),
            },
            "lift" => Task::Lift { about: about() },
            "release" => Task::Release {
                subject: match self.duty() {
                    Some(duty) => Subject::Duty(column.clone(), duty),
                    None => Subject::Column(column.clone()),
                },
            },
            "accept" => Task::Accept {
                column: column.clone(),
            },
            "visit" => Task::Visit {
                scope: Scope::Column(column.clone()),
            },
            _ => return Err("不能识别要进行的处理。".to_owned()),
        })
    }

    /// The task about one site; or why there is none, in Chinese.
    pub fn about_site(&self, site: &SiteId) -> Result<Task, String> {
        Ok(match self.action.as_str() {
            "exempt" => self.exemption(Scope::Site(site.clone()))?,
            "end" | "resume" => self.end(Scope::Site(site.clone())),
            "visit" => Task::Visit {
                scope: Scope::Site(site.clone()),
            },
            "pause" => Task::Exempt {
                scope: Scope::Site(site.clone()),
                ground: Ground::Maintenance,
                from: None,
                until: self.day("请填写暂停到哪一天。")?,
                paused: true,
                approver: self.approver()?,
            },
            _ => return Err("不能识别要进行的处理。".to_owned()),
        })
    }

    /// The task about the assessment; or why there is none, in Chinese.
    pub fn about_assessment(&self) -> Result<Task, String> {
        let period = Period::from_str(&self.period).map_err(|_| "请选择考评周期。".to_owned())?;
        let site = || SiteId::parse(&self.site).map_err(|_| "配置中没有这个网站。".to_owned());
        Ok(match self.action.as_str() {
            "state" => Task::State {
                site: site()?,
                rule: one_line(&self.rule, 16),
                period,
            },
            "score" => Task::Score {
                site: site()?,
                rule: one_line(&self.rule, 16),
                period,
                finds: (self.finds.trim().parse())
                    .map_err(|_| "请填写发现了几处，没有填0。".to_owned())?,
            },
            "close" => Task::Close {
                period,
                correct: false,
            },
            "correct" => Task::Close {
                period,
                correct: true,
            },
            _ => return Err("不能识别要进行的处理。".to_owned()),
        })
    }

    /// The task about a candidate; or why there is none, in Chinese.
    pub fn about_candidate(&self) -> Result<Task, String> {
        let what = match self.decided.as_str() {
            "confirmed" => Decided::Confirmed { serious: false },
            "serious" => Decided::Confirmed { serious: true },
            "rejected" => Decided::Rejected,
            "commented" => Decided::Commented,
            _ => return Err("请选择结论。".to_owned()),
        };
        Ok(Task::Decide {
            candidate: one_line(&self.key, KEY_DIGITS),
            what,
        })
    }

    /// The task about messages; or why there is none, in Chinese.
    pub fn about_messages(&self) -> Result<Task, String> {
        Ok(match self.action.as_str() {
            "test" => Task::Test {
                person: PersonId::parse(&self.person).map_err(|_| "请选择收件人。".to_owned())?,
            },
            "go-live" => Task::GoLive,
            _ => return Err("不能识别要进行的处理。".to_owned()),
        })
    }

    fn exemption(&self, scope: Scope) -> Result<Task, String> {
        Ok(Task::Exempt {
            scope,
            ground: match self.ground.as_str() {
                "maintenance" => Ground::Maintenance,
                "nothing-due" => Ground::NothingDue,
                "approved" => Ground::Approved,
                _ => return Err("请选择报备事由。".to_owned()),
            },
            from: None,
            until: self.day("请填写报备到哪一天。")?,
            paused: false,
            approver: self.approver()?,
        })
    }

    /// Who approved: nobody is taken for that who did not say so.
    fn approver(&self) -> Result<String, String> {
        match self.approver.trim() {
            "" => Err("请填写批准人；本人有权批准的，填写本人姓名。".to_owned()),
            name => Ok(name.to_owned()),
        }
    }

    fn end(&self, within: Scope) -> Task {
        Task::EndExemption {
            within,
            key: one_line(&self.key, 16),
        }
    }

    fn day(&self, missing: &str) -> Result<Date, String> {
        let day = Date::parse_from_str(self.until.trim(), "%Y-%m-%d");
        day.map_err(|_| missing.to_owned())
    }

    /// The reason as it may be shown again, also where it is too long to be taken.
    pub fn reason_again(&self) -> String {
        let most = match self.action.as_str() {
            "state" => STATEMENT_CHARS,
            _ => REASON_CHARS,
        };
        one_line(&self.reason, 4 * most)
    }

    /// Who approved, as it may be shown again.
    pub fn approver_again(&self) -> String {
        one_line(&self.approver, 4 * NAME_CHARS)
    }

    /// The number as it may be shown again.
    pub fn finds_again(&self) -> String {
        one_line(&self.finds, 8)
    }

    /// The last day as it may be shown again.
    pub fn until_again(&self) -> String {
        one_line(&self.until, 10)
    }
}

/// The end of a day as an instant.
fn end_of(day: Date) -> Moment {
    moment(day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN))
}
