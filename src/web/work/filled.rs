//! What a form carries, and the task that it asks for.

use chrono::NaiveTime;
use serde::Deserialize;

use crate::domain::act::{Ground, REASON_CHARS, Scope};
use crate::domain::group::Column;
use crate::domain::id::{ColumnId, SiteId};
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
    /// The key of an exemption that is to end.
    #[serde(default)]
    pub key: String,
}

impl Filled {
    /// The right that it takes; nothing where it is unknown what is to be done.
    pub fn right(&self) -> Option<Right> {
        match self.action.as_str() {
            "answer" => Some(Right::Answer),
            "exempt" | "end" => Some(Right::Exempt),
            "release" => Some(Right::Release),
            "hold" | "lift" => Some(Right::Hold),
            "accept" => Some(Right::Accept),
            "visit" => Some(Right::Visit),
            _ => None,
        }
    }

    /// The task about one column; or why there is none, in Chinese.
    pub fn about_column(&self, column: &ColumnId) -> Result<Task, String> {
        let about = || column.to_string();
        Ok(match self.action.as_str() {
            "answer" => Task::Answer {
                column: column.clone(),
                until: self.day("请填写预计更新日期。")?,
            },
            "exempt" => self.exemption(Scope::Column(column.clone()))?,
            "end" => self.end(),
            "hold" => Task::Hold {
                about: about(),
                until: end_of(self.day("请填写暂缓到哪一天。")?),
            },
            "lift" => Task::Lift { about: about() },
            "release" => Task::Release {
                column: column.clone(),
            },
            "accept" => Task::Accept {
                column: column.clone(),
            },
            "visit" => Task::Visit {
                columns: vec![column.clone()],
            },
            _ => return Err("不能识别要进行的处理。".to_owned()),
        })
    }

    /// The task about one site with these columns; or why there is none, in Chinese.
    pub fn about_site<'a>(
        &self,
        site: &SiteId,
        columns: impl Iterator<Item = &'a Column>,
    ) -> Result<Task, String> {
        Ok(match self.action.as_str() {
            "exempt" => self.exemption(Scope::Site(site.clone()))?,
            "end" => self.end(),
            "visit" => Task::Visit {
                columns: columns.map(|column| column.id.clone()).collect(),
            },
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
        })
    }

    fn end(&self) -> Task {
        Task::EndExemption {
            key: one_line(&self.key, 16),
        }
    }

    fn day(&self, missing: &str) -> Result<Date, String> {
        let day = Date::parse_from_str(self.until.trim(), "%Y-%m-%d");
        day.map_err(|_| missing.to_owned())
    }

    /// The reason as it may be shown again.
    pub fn reason_again(&self) -> String {
        one_line(&self.reason, REASON_CHARS)
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
