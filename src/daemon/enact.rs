//! What people lay down: answers, exemptions, holds, the end of the trial run.
//!
//! Each order is checked against the rules, kept as a fact and judged at once, under the desk's
//! lock; a refusal says what would be allowed.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::answer::{Answer, unknown_column};
use super::desk::Desk;
use super::errand::Wish;
use super::said::{APPROVER, REASON, said};
use crate::alert::acts::{self, Hold, answer, check_answer, check_hold, hold_on};
use crate::alert::incident::{Incident, IncidentKey, Kind, Subject};
use crate::alert::outbox::{Notice, NoticeState, Told};
use crate::assess::exemption;
use crate::domain::act::{Act, Deed, Ground, Scope};
use crate::domain::group::Group;
use crate::domain::id::{ColumnId, UnitId};
use crate::domain::time::{Date, Moment, date_of, moment};
use crate::report::refusal;
use crate::store::commit::Commit;
use crate::store::error::StoreError;

/// The answer to a page that asks for what is not there.
const UNKNOWN_COLUMN: &str = "配置中没有这个栏目或单位。";

/// What somebody lays down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Order {
    /// By whom.
    pub by: String,
    /// Why; may be empty where nothing has to be explained.
    pub reason: String,
    /// What.
    pub what: What,
}

/// The kinds of orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// The unit answers for a column that is late.
    Answer {
        /// The column.
        column: String,
        /// What it owes by a day; else its limit is answered for.
        duty: Option<String>,
        /// The last day of the answer.
        until: Date,
    },
    /// Columns are exempt.
    Exempt {
        /// Which.
        scope: Scope,
        /// On which ground.
        ground: Ground,
        /// The first day; today if left out.
        from: Option<Date>,
        /// The last day.
        until: Date,
        /// Whether they rest besides: one site, under maintenance.
        #[serde(default)]
        paused: bool,
        /// Who approved it, where that is another than who lays it down.
        #[serde(default)]
        approver: Option<String>,
    },
    /// An exemption ends now.
    EndExemption {
        /// Its key.
        key: String,
        /// What the page was about on which that was asked: it has to cover that, and all end
        /// that run now and cover just the same.
        #[serde(default)]
        within: Option<Scope>,
    },
    /// Messages wait.
    Hold {
        /// The column or unit.
        about: String,
        /// Until when.
        until: Moment,
    },
    /// Messages wait no longer.
    Lift {
        /// The column or unit.
        about: String,
    },
    /// The trial run ends.
    GoLive,
}

/// Why an order is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The answer or hold is not within its bounds.
    #[error(transparent)]
    Act(#[from] acts::Refusal),
    /// The exemption is not within its bounds.
    #[error(transparent)]
    Exemption(#[from] exemption::Refusal),
    /// Another reason.
    #[error("{text}")]
    Other {
        /// For the command line.
        text: String,
        /// For a page.
        chinese: Cow<'static, str>,
    },
}

impl Refused {
    /// A reason of neither kind: for the command line, and for a page.
    pub fn other(text: impl Into<String>, chinese: impl Into<Cow<'static, str>>) -> Refused {
        Refused::Other {
            text: text.into(),
            chinese: chinese.into(),
        }
    }

    /// The reason for a page.
    pub fn in_chinese(&self, today: Date) -> String {
        match self {
            Refused::Act(why) => refusal::of_act(why, today),
            Refused::Exemption(why) => refusal::of_exemption(why, today),
            Refused::Other { chinese, .. } => chinese.clone().into_owned(),
        }
    }
}

/// What is to be kept of an order that is granted, and how it is answered; or why it is refused.
/// Nothing is kept where it holds already: a form that was sent twice is one.
pub(super) type Granted = Result<(Vec<Deed>, String), Refused>;

impl Desk {
    /// Carries out `order`, for the command line.
    pub async fn enact(&self, order: Order) -> Result<Answer, StoreError> {
        Ok(match self.carry_out(order).await? {
            Ok(text) => Answer::yes(text),
            Err(refused) => Answer::no(refused.to_string()),
        })
    }

    /// Carries out `order`, or says why not.
    pub async fn carry_out(&self, order: Order) -> Result<Result<String, Refused>, StoreError> {
        let (by, reason) = match said(&order.by, &order.reason, REASON) {
            Ok(said) => said,
            Err(refused) => return Ok(Err(refused)),
        };
        if by.is_empty() {
            let text = "it needs the name of who lays it down";
            return Ok(Err(Refused::other(text, "请填写姓名。")));
        }
        if reason.is_empty() && !matches!(order.what, What::Lift { .. } | What::GoLive) {
            return Ok(Err(Refused::other("it needs a reason", "请填写理由。")));
        }
        let what = match named_approver(order.what) {
            Ok(what) => what,
            Err(refused) => return Ok(Err(refused)),
        };
        let judged_anew = self.judged_anew(&what).await?;
        let mut granted = match what {
            What::GoLive => return self.end_trial(by, reason).await,
            what => self.lay_down(what, by, reason).await?,
        };
        if let Some(scope) = judged_anew.filter(|_| granted.is_ok()) {
            let ended = self.judge_within(&scope).await?;
            if let Ok(text) = &mut granted {
                for subject in ended {
                    text.push_str(&format!(
                        "\nthe released escalation of {subject} ends with it"
                    ));
                }
            }
        }
        Ok(granted)
    }

    /// What has to be judged anew once `what` is granted.
    async fn judged_anew(&self, what: &What) -> Result<Option<Scope>, StoreError> {
        Ok(match what {
            What::Exempt { scope, .. } => Some(scope.clone()),
            What::EndExemption { key, .. } => {
                let acts = self.store.acts().await?;
                let ends = acts.into_iter().find(|act| act.key() == *key);
                ends.and_then(|act| match act.deed {
                    Deed::Exempted { scope, .. } => Some(scope),
                    _ => None,
                })
            }
            _ => None,
        })
    }

    async fn lay_down(
        &self,
        what: What,
        by: String,
        reason: String,
    ) -> Result<Result<String, Refused>, StoreError> {
        let _turn = self.turn.lock().await;
        let acts = self.store.acts().await?;
        let now = self.clock.now();
        let mut commit = Commit::at(now);
        let mut approver = None;
        let granted = match what {
            What::Answer {
                column,
                duty,
                until,
            } => {
                let incident = self.late(&column, duty.as_deref()).await?;
                if let Ok(incident) = &incident {
                    commit.notices = self.repetitions(&incident.key, now).await?;
                }
                let wish = Wish {
                    by: &by,
                    reason: &reason,
                };
                incident.and_then(|incident| self.answered(&acts, &incident, until, (wish, now)))
            }
            What::Exempt {
                scope,
                ground,
                from,
                until,
                paused,
                approver: who,
            } => {
                approver = who;
                self.exempted(&acts, (scope, ground, paused), (from, until), now)
            }
            What::EndExemption { key, within } => self.ended(&acts, &key, within.as_ref(), now),
            What::Hold { about, until } => self.held(&acts, &about, until, now),
            What::Lift { about } => self.lifted(&acts, &about, now),
            What::GoLive => Err(Refused::other(
                "it is no act about columns",
                "不是栏目事项。",
            )),
        };
        let (deeds, text) = match granted {
            Ok((deeds, text)) if deeds.is_empty() => return Ok(Ok(text)),
            Ok(granted) => granted,
            Err(refused) => return Ok(Err(refused)),
        };
        for deed in deeds {
            tracing::info!(?deed, "a person laid something down");
            commit.acts.push(Act {
                at: now,
                by: by.clone(),
                reason: reason.clone(),
                approver: approver.clone(),
                deed,
            });
        }
        self.store.commit(commit).await?;
        Ok(Ok(text))
    }

    /// The open incident about the deadline of `column`, or about what it owes by a day.
    async fn late(
        &self,
        column: &str,
        duty: Option<&str>,
    ) -> Result<Result<Incident, Refused>, StoreError> {
        let group = &self.config.group;
        let id = ColumnId::parse(column).ok();
        let Some(id) = id.filter(|id| group.columns.contains_key(id)) else {
            let text = unknown_column(column, group);
            return Ok(Err(Refused::other(text, UNKNOWN_COLUMN)));
        };
        let mut known = self.config.limits.duties.iter();
        if let Some(duty) = duty
            && !known.any(|known| known.id == duty)
        {
            let duties = self.config.limits.duties.iter();
            let names: Vec<&str> = duties.map(|duty| duty.id.as_str()).collect();
            let text = match names.is_empty() {
                true => format!("unknown duty {duty:?}; no duties are configured"),
                false => format!("unknown duty {duty:?}; known: {}", names.join(", ")),
            };
            return Ok(Err(Refused::other(text, "没有配置这项定期发布任务。")));
        }
        let key = match duty {
            Some(duty) => IncidentKey {
                subject: Subject::Duty(id, duty.to_owned()),
                kind: Kind::Owed,
            },
            None => IncidentKey {
                subject: Subject::Column(id),
                kind: Kind::Stale,
            },
        };
        let open = self.store.open_incidents().await?.remove(&key);
        let open = open.filter(Incident::is_open);
        Ok(open.ok_or_else(|| {
            let text = format!("nothing is open about {column} that could be answered");
            let chinese = match duty {
                Some(_) => "该栏目没有未结的这项定期发布事件，无须答复。",
                None => "该栏目没有未结的更新时限事件，无须答复。",
            };
            Refused::other(text, chinese)
        }))
    }

    /// The repetitions that wait about the incident, withdrawn.
    pub(super) async fn repetitions(
        &self,
        key: &IncidentKey,
        now: Moment,
    ) -> Result<Vec<Notice>, StoreError> {
        let mut waiting = self.store.waiting_notices().await?;
        waiting
            .retain(|notice| notice.incident == *key && matches!(notice.told, Told::Repeated(..)));
        for notice in &mut waiting {
            notice.state = NoticeState::Withdrawn(now);
        }
        Ok(waiting)
    }

    fn answered(
        &self,
        acts: &[Act],
        incident: &Incident,
        until: Date,
        (wish, now): (Wish<'_>, Moment),
    ) -> Granted {
        let (column, duty) = match &incident.key.subject {
            Subject::Column(column) => (column, None),
            Subject::Duty(column, duty) => (column, Some(duty.clone())),
            _ => {
                let text = "only columns are answered for";
                return Err(Refused::other(text, "只能就栏目答复。"));
            }
        };
        let text = format!("{column} is answered: nothing is repeated until the end of {until}");
        let deed = Deed::Answered {
            column: column.clone(),
            duty,
            began_at: incident.began_at,
            until,
            by_link: None,
        };
        let standing = answer(acts, incident, date_of(now)).map(|(act, _)| act);
        let is_same = standing
            .is_some_and(|act| act.deed == deed && act.by == wish.by && act.reason == wish.reason);
        if is_same {
            return Ok((Vec::new(), format!("{text} already")));
        }
        let (bounds, calendar) = (self.config.alert.bounds, &self.config.calendar);
        check_answer(acts, incident, until, date_of(now), bounds, calendar)?;
        Ok((vec![deed], text))
    }

    fn held(&self, acts: &[Act], about: &str, until: Moment, now: Moment) -> Granted {
        let scope = column_or_unit(about, &self.config.group)?;
        let shown = until.format("%Y-%m-%d %H:%M");
        let text = format!("messages about {scope} wait until {shown}");
        if hold_on(acts, &scope, now).is_some_and(|hold| hold.until == until) {
            return Ok((Vec::new(), format!("{text} already")));
        }
        let (bounds, calendar) = (self.config.alert.bounds, &self.config.calendar);
        check_hold(acts, &scope, until, now, bounds, calendar)?;
        Ok((vec![Deed::Held { scope, until }], text))
    }

    fn lifted(&self, acts: &[Act], about: &str, now: Moment) -> Granted {
        let scope = column_or_unit(about, &self.config.group)?;
        if hold_on(acts, &scope, now).is_none() {
            let text = format!("no message about {scope} is held");
            return Err(Refused::other(text, "没有暂缓的通知。"));
        }
        let still = held_besides(acts, &scope, &self.config.group, now);
        let still = still.map_or(String::new(), |hold| {
            format!("; still held: {}", hold.scope)
        });
        let text = format!("messages about {scope} wait no longer{still}");
        Ok((vec![Deed::HoldLifted { scope }], text))
    }
}

fn column_or_unit(about: &str, group: &Group) -> Result<Scope, Refused> {
    let column = ColumnId::parse(about).ok();
    if let Some(id) = column.filter(|id| group.columns.contains_key(id)) {
        return Ok(Scope::Column(id));
    }
    let unit = UnitId::parse(about).ok();
    let unit = unit.filter(|id| group.units.contains_key(id));
    unit.map(Scope::Unit).ok_or_else(|| {
        let text = format!("no column or unit {about:?}; see sites.toml");
        Refused::other(text, UNKNOWN_COLUMN)
    })
}

/// The hold that lasts on messages about `scope` by another one, if one does.
fn held_besides<'a>(
    acts: &'a [Act],
    scope: &Scope,
    group: &Group,
    now: Moment,
) -> Option<Hold<'a>> {
    let Scope::Column(id) = scope else {
        return None;
    };
    let column = group.columns.get(id)?;
    hold_on(acts, &Scope::Unit(column.unit.clone()), now)
}

/// The order with the name of who approves on one line, where there is one.
fn named_approver(what: What) -> Result<What, Refused> {
    let What::Exempt {
        scope,
        ground,
        from,
        until,
        paused,
        approver: Some(name),
    } = what
    else {
        return Ok(what);
    };
    let name = APPROVER.take(&name)?;
    Ok(What::Exempt {
        scope,
        ground,
        from,
        until,
        paused,
        approver: Some(name).filter(|name| !name.is_empty()),
    })
}

/// The end of a day as an instant.
pub fn end_of(day: Date) -> Moment {
    let next = day.succ_opt().unwrap_or(day);
    moment(next.and_time(chrono::NaiveTime::MIN))
}
