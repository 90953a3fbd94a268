//! What people lay down by command line: answers, exemptions, holds, the end of the trial run.
//!
//! Each order is checked against the rules, kept as a fact and judged at once, under the desk's
//! lock; a refusal says what would be allowed.

use serde::{Deserialize, Serialize};

use super::answer::{Answer, unknown_column};
use super::desk::{Desk, Known};
use crate::alert::acts::{check_answer, check_hold, hold_on, is_trial};
use crate::alert::incident::{Incident, IncidentKey, Kind, Subject};
use crate::alert::outbox::{Notice, NoticeState, Told};
use crate::alert::trial;
use crate::assess::exemption::{Wanted, check, check_in_a_row, is_ended};
use crate::domain::act::{Act, Deed, Ground, NAME_CHARS, REASON_CHARS, Scope};
use crate::domain::group::Group;
use crate::domain::id::{ColumnId, UnitId};
use crate::domain::time::{Date, Moment, date_of, moment};
use crate::report::plain::one_line;
use crate::store::commit::Commit;
use crate::store::error::StoreError;

/// Who lets an installation go live that is configured to be.
const BY_CONFIGURATION: &str = "monitor.toml";

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
    },
    /// An exemption ends now.
    EndExemption {
        /// Its key.
        key: String,
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

/// What is to be kept of an order that is granted, and how it is answered; or why it is refused.
type Granted = Result<(Deed, String), String>;

impl Desk {
    /// Carries out `order`.
    pub async fn enact(&self, order: Order) -> Result<Answer, StoreError> {
        let by = one_line(&order.by, NAME_CHARS);
        let reason = one_line(&order.reason, REASON_CHARS);
        if by.is_empty() {
            return Ok(Answer::no("it needs the name of who lays it down"));
        }
        if reason.is_empty() && !matches!(order.what, What::Lift { .. } | What::GoLive) {
            return Ok(Answer::no("it needs a reason"));
        }
        let judged_anew = matches!(order.what, What::Exempt { .. } | What::EndExemption { .. });
        let granted = match order.what {
            What::GoLive => return self.end_trial(by).await,
            what => self.lay_down(what, by, reason).await?,
        };
        let text = match granted {
            Ok(text) => text,
            Err(refused) => return Ok(Answer::no(refused)),
        };
        if judged_anew {
            self.judge(None).await?;
        }
        Ok(Answer::yes(text))
    }

    async fn lay_down(
        &self,
        what: What,
        by: String,
        reason: String,
    ) -> Result<Result<String, String>, StoreError> {
        let _turn = self.turn.lock().await;
        let acts = self.store.acts().await?;
        let now = self.clock.now();
        let mut commit = Commit::at(now);
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
                incident.and_then(|incident| self.answered(&acts, &incident, until, now))
            }
            What::Exempt {
                scope,
                ground,
                from,
                until,
            } => self.exempted(&acts, (scope, ground), (from, until), now),
            What::EndExemption { key } => ended(&acts, &key, now),
            What::Hold { about, until } => self.held(&acts, &about, until, now),
            What::Lift { about } => self.lifted(&acts, &about, now),
            What::GoLive => Err("it is no act about columns".to_owned()),
        };
        let (deed, text) = match granted {
            Ok(granted) => granted,
            Err(refused) => return Ok(Err(refused)),
        };
        tracing::info!(?deed, "a person laid something down");
        commit.acts.push(Act {
            at: now,
            by,
            reason,
            deed,
        });
        self.store.commit(commit).await?;
        Ok(Ok(text))
    }

    /// The open incident about the deadline of `column`, or about what it owes by a day.
    async fn late(
        &self,
        column: &str,
        duty: Option<&str>,
    ) -> Result<Result<Incident, String>, StoreError> {
        let group = &self.config.group;
        let id = ColumnId::parse(column).ok();
        let Some(id) = id.filter(|id| group.columns.contains_key(id)) else {
            return Ok(Err(unknown_column(column, group)));
        };
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
        Ok(open.ok_or_else(|| format!("nothing is open about {column} that could be answered")))
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

    fn answered(&self, acts: &[Act], incident: &Incident, until: Date, now: Moment) -> Granted {
        let (column, duty) = match &incident.key.subject {
            Subject::Column(column) => (column, None),
            Subject::Duty(column, duty) => (column, Some(duty.clone())),
            _ => return Err("only columns are answered for".to_owned()),
        };
        let (bounds, calendar) = (self.config.alert.bounds, &self.config.calendar);
        check_answer(acts, incident, until, date_of(now), bounds, calendar)
            .map_err(|refusal| refusal.to_string())?;
        let text = format!("{column} is answered: nothing is repeated until the end of {until}");
        let deed = Deed::Answered {
            column: column.clone(),
            duty,
            began_at: incident.began_at,
            until,
            by_link: None,
        };
        Ok((deed, text))
    }

    fn exempted(
        &self,
        acts: &[Act],
        (scope, ground): (Scope, Ground),
        (from, until): (Option<Date>, Date),
        now: Moment,
    ) -> Granted {
        let group = &self.config.group;
        known(&scope, group)?;
        let today = date_of(now);
        let from = from.unwrap_or(today);
        let limit_days = match &scope {
            Scope::Column(id) => group.columns.get(id),
            Scope::Site(_) | Scope::Unit(_) => None,
        };
        let wanted = Wanted {
            scope: &scope,
            ground,
            from,
            until,
            limit_days: limit_days.map(|column| self.config.limits.of(column).limit_days),
        };
        let longest = self.config.alert.bounds.exemption;
        let (columns, calendar) = (group.columns.values(), &self.config.calendar);
        check(&wanted, today, longest)
            .and_then(|()| check_in_a_row(&wanted, columns, acts, calendar, longest))
            .map_err(|refusal| refusal.to_string())?;
        let text = format!("{scope} is exempt from {from} until the end of {until}");
        let deed = Deed::Exempted {
            scope,
            ground,
            from,
            until,
        };
        Ok((deed, text))
    }

    fn held(&self, acts: &[Act], about: &str, until: Moment, now: Moment) -> Granted {
        let scope = column_or_unit(about, &self.config.group)?;
        let (bounds, calendar) = (self.config.alert.bounds, &self.config.calendar);
        check_hold(acts, &scope, until, now, bounds, calendar)
            .map_err(|refusal| refusal.to_string())?;
        let shown = until.format("%Y-%m-%d %H:%M");
        let text = format!("messages about {scope} wait until {shown}");
        Ok((Deed::Held { scope, until }, text))
    }

    fn lifted(&self, acts: &[Act], about: &str, now: Moment) -> Granted {
        let scope = column_or_unit(about, &self.config.group)?;
        if hold_on(acts, &scope, now).is_none() {
            return Err(format!("no message about {scope} is held"));
        }
        let text = format!("messages about {scope} wait no longer");
        Ok((Deed::HoldLifted { scope }, text))
    }

    /// Ends the trial run: what it held back is told as it stands now.
    async fn end_trial(&self, by: String) -> Result<Answer, StoreError> {
        let _turn = self.turn.lock().await;
        let known = self.known().await?;
        let live = self.config.alert.live;
        // Nobody has to wait for the daemon's first start.
        let ahead = !live && self.is_new(&known.acts).await?;
        if !ahead && !is_trial(&known.acts, live) {
            return Ok(Answer::no("the installation is live already"));
        }
        let columns = self.tell_all(&known, by).await?;
        Ok(Answer::yes(format!(
            "live from now on: {columns} columns are told of as they stand"
        )))
    }

    async fn tell_all(&self, known: &Known, by: String) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let mut situation = known.situation(&self.config, now);
        situation.live = true;
        let verdicts = trial::go_live(&situation);
        let columns = verdicts.incidents.len();
        let mut commit = Commit::at(now);
        commit.incidents = verdicts.incidents;
        commit.notices = verdicts.notices;
        commit.acts.push(Act {
            at: now,
            by,
            reason: String::new(),
            deed: Deed::WentLive,
        });
        self.store.commit(commit).await?;
        tracing::info!(columns, "the installation went live");
        Ok(columns)
    }

    /// Whether nobody has been told anything yet, nor said whether anybody is to be.
    async fn is_new(&self, acts: &[Act]) -> Result<bool, StoreError> {
        let settled = |act: &Act| matches!(act.deed, Deed::TrialBegan | Deed::WentLive);
        Ok(!acts.iter().any(settled) && self.store.messages(1).await?.is_empty())
    }

    /// Settles at the start of the daemon whether the installation is live: a store that has never
    /// sent a message begins its trial run, unless the configuration says that it is live; one
    /// whose trial run was ended by the configuration is told all at once.
    pub async fn begin(&self) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        let known = self.known().await?;
        if self.config.alert.live {
            // What the trial run held back is told once, and kept as told.
            if is_trial(&known.acts, false) {
                self.tell_all(&known, BY_CONFIGURATION.to_owned()).await?;
            }
            return Ok(());
        }
        if !self.is_new(&known.acts).await? {
            return Ok(());
        }
        let now = self.clock.now();
        let mut commit = Commit::at(now);
        commit.acts.push(Act {
            at: now,
            by: BY_CONFIGURATION.to_owned(),
            reason: String::new(),
            deed: Deed::TrialBegan,
        });
        tracing::warn!("a trial run: units hear nothing until wangxun go-live");
        self.store.commit(commit).await
    }
}

/// The exemption `key` ends, if it runs or is still to come.
fn ended(acts: &[Act], key: &str, now: Moment) -> Granted {
    let found = acts.iter().find(|act| match act.deed {
        Deed::Exempted { until, .. } => {
            until >= date_of(now) && act.key() == key && !is_ended(acts, act)
        }
        _ => false,
    });
    match found.map(|act| &act.deed) {
        Some(Deed::Exempted { scope, .. }) => {
            let key = key.to_owned();
            let text = format!("the exemption of {scope} has ended");
            Ok((Deed::ExemptionEnded { key }, text))
        }
        _ => Err(format!(
            "no exemption {key:?} runs or is to come; see wangxun exempt --list"
        )),
    }
}

fn known(scope: &Scope, group: &Group) -> Result<(), String> {
    let is_known = match scope {
        Scope::Column(id) => group.columns.contains_key(id),
        Scope::Site(id) => group.sites.contains_key(id),
        Scope::Unit(id) => group.units.contains_key(id),
    };
    match scope {
        _ if is_known => Ok(()),
        Scope::Column(id) => Err(unknown_column(id.as_str(), group)),
        Scope::Site(_) | Scope::Unit(_) => Err(format!("no {scope}; see sites.toml")),
    }
}

fn column_or_unit(about: &str, group: &Group) -> Result<Scope, String> {
    let column = ColumnId::parse(about).ok();
    if let Some(id) = column.filter(|id| group.columns.contains_key(id)) {
        return Ok(Scope::Column(id));
    }
    let unit = UnitId::parse(about).ok();
    let unit = unit.filter(|id| group.units.contains_key(id));
    unit.map(Scope::Unit)
        .ok_or_else(|| format!("no column or unit {about:?}; see sites.toml"))
}

/// The end of a day as an instant.
pub fn end_of(day: Date) -> Moment {
    let next = day.succ_opt().unwrap_or(day);
    moment(next.and_time(chrono::NaiveTime::MIN))
}
