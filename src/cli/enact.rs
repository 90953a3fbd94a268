//! Commands by which people lay something down: answers, exemptions, holds, the end of the trial
//! run.

use anyhow::Context as _;
use chrono::NaiveDateTime;
use clap::{ArgGroup, Args};

use super::question::ask;
use super::{Configured, day};
use crate::daemon::answer::Question;
use crate::daemon::enact::{Order, What, end_of};
use crate::domain::act::{Ground, Scope};
use crate::domain::id::{ColumnId, SiteId, UnitId};
use crate::domain::time::{Date, Moment, moment};

/// `wangxun ack`.
#[derive(Debug, Args)]
pub struct Ack {
    #[command(flatten)]
    configured: Configured,
    /// The column that is late
    column: String,
    /// What the column owes by a day, by its name in [duties]; else its limit is answered for
    #[arg(long, value_name = "DUTY")]
    duty: Option<String>,
    /// Who answers for the unit
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The day by whose end the column will be updated
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Date,
    /// Why it is late
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// `wangxun exempt`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true).args(["column", "site", "unit", "end", "list"]))]
pub struct Exempt {
    #[command(flatten)]
    configured: Configured,
    /// One column
    #[arg(long, value_name = "ID")]
    column: Option<String>,
    /// All columns that a site shows
    #[arg(long, value_name = "ID")]
    site: Option<String>,
    /// All columns that a unit answers for
    #[arg(long, value_name = "ID")]
    unit: Option<String>,
    /// End an exemption now; the list shows its key
    #[arg(long, value_name = "KEY")]
    end: Option<String>,
    /// List all exemptions, the newest first
    #[arg(long)]
    list: bool,
    /// Who approves it
    #[arg(long, value_name = "NAME", required_unless_present = "list")]
    approver: Option<String>,
    /// Who lays it down, where that is another
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT", required_unless_present = "list")]
    reason: Option<String>,
    /// The first day; today if left out
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<Date>,
    /// The last day
    #[arg(long, value_name = "DATE", value_parser = day, required_unless_present_any = ["list", "end"])]
    until: Option<Date>,
    /// For an announced maintenance or redesign
    #[arg(long, conflicts_with = "nothing_due")]
    maintenance: bool,
    /// Do not visit the site either, while it lasts; with --site and --maintenance
    #[arg(long, requires_all = ["site", "maintenance"])]
    pause: bool,
    /// Because it was confirmed that nothing is to be published; one limit period of one column
    #[arg(long)]
    nothing_due: bool,
}

/// `wangxun hold`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("how").required(true).args(["until", "lift"]))]
pub struct Hold {
    #[command(flatten)]
    configured: Configured,
    /// The column or unit whose messages wait
    #[arg(value_name = "COLUMN|UNIT")]
    about: String,
    /// Who lets them wait
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Until the end of a day, or a moment such as 2017-11-20T15:00
    #[arg(long, value_name = "WHEN", requires = "reason")]
    until: Option<String>,
    /// Why the verdict is doubted
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Let them go out after all
    #[arg(long)]
    lift: bool,
}

/// `wangxun go-live`.
#[derive(Debug, Args)]
pub struct GoLive {
    #[command(flatten)]
    configured: Configured,
    /// Who ends the trial run
    #[arg(long, value_name = "NAME")]
    by: String,
}

/// Takes an answer.
pub fn ack(ack: Ack) -> anyhow::Result<bool> {
    let order = Order {
        by: ack.by,
        reason: ack.reason,
        what: What::Answer {
            column: ack.column,
            duty: ack.duty,
            until: ack.until,
        },
    };
    ask(&ack.configured.config, Question::Enact(order))
}

/// Lists, lays down or ends exemptions.
pub fn exempt(exempt: Exempt) -> anyhow::Result<bool> {
    let config = exempt.configured.config.clone();
    if exempt.list {
        return ask(&config, Question::Exemptions);
    }
    let what = match exempt.end {
        Some(key) => What::EndExemption { key, within: None },
        None => What::Exempt {
            scope: scope(exempt.column, exempt.site, exempt.unit)?,
            ground: match (exempt.maintenance, exempt.nothing_due) {
                (true, _) => Ground::Maintenance,
                (false, true) => Ground::NothingDue,
                (false, false) => Ground::Approved,
            },
            from: exempt.from,
            paused: exempt.pause,
            until: exempt.until.context("--until is missing")?,
            approver: exempt
                .by
                .is_some()
                .then(|| exempt.approver.clone())
                .flatten(),
        },
    };
    let order = Order {
        by: exempt.by.or(exempt.approver).unwrap_or_default(),
        reason: exempt.reason.unwrap_or_default(),
        what,
    };
    ask(&config, Question::Enact(order))
}

fn scope(
    column: Option<String>,
    site: Option<String>,
    unit: Option<String>,
) -> anyhow::Result<Scope> {
    if let Some(id) = column {
        return Ok(Scope::Column(ColumnId::parse(&id).context("--column")?));
    }
    if let Some(id) = site {
        return Ok(Scope::Site(SiteId::parse(&id).context("--site")?));
    }
    let id = unit.context("one of --column, --site and --unit is needed")?;
    Ok(Scope::Unit(UnitId::parse(&id).context("--unit")?))
}

/// Lets messages wait, or go out after all.
pub fn hold(hold: Hold) -> anyhow::Result<bool> {
    let about = hold.about;
    let what = match hold.until {
        Some(until) => What::Hold {
            about,
            until: instant(&until)?,
        },
        None => What::Lift { about },
    };
    let order = Order {
        by: hold.by,
        reason: hold.reason.unwrap_or_default(),
        what,
    };
    ask(&hold.configured.config, Question::Enact(order))
}

/// A moment as written, or the end of a day, in the time of China.
fn instant(text: &str) -> anyhow::Result<Moment> {
    if let Ok(day) = text.parse::<Date>() {
        return Ok(end_of(day));
    }
    let at = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M");
    let at = at.with_context(|| format!("--until {text:?} is no day and no moment"))?;
    Ok(moment(at))
}

/// Ends the trial run.
pub fn go_live(go_live: GoLive) -> anyhow::Result<bool> {
    let order = Order {
        by: go_live.by,
        reason: String::new(),
        what: What::GoLive,
    };
    ask(&go_live.configured.config, Question::Enact(order))
}
