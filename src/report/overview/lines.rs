//! What an overview is made of: a line for each column, site and unit, and what is read off them.

use serde::Serialize;

use crate::assess::freshness::Judgement;
use crate::assess::ladder::Tier;
use crate::domain::class::Class;
use crate::domain::id::{ColumnId, SiteId, UnitId};
use crate::domain::time::{Date, Moment};
use crate::report::site::HOME_DOWN;
use crate::report::standing::{Counts, Standing};

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnLine {
    /// Which column.
    pub column: ColumnId,
    /// Its name.
    pub name: String,
    /// The site on which it is shown.
    pub site: SiteId,
    /// That site's name.
    pub site_name: String,
    /// The unit that answers for it.
    pub unit: UnitId,
    /// That unit's short name.
    pub unit_name: String,
    /// That unit's full name.
    pub unit_full_name: String,
    /// Its class.
    pub class: Class,
    /// Where it stands.
    pub standing: Standing,
    /// The verdict.
    pub judgement: Judgement,
    /// The last day in time, while the clock runs.
    pub due_on: Option<Date>,
    /// When it was visited last.
    pub visited_at: Option<Moment>,
    /// The list page.
    pub url: Option<String>,
    /// The tier that was told last, while an incident is open.
    pub told: Option<Tier>,
    /// Until when the unit's answer holds, if one does.
    pub answered_until: Option<Date>,
    /// Since when it could not be read, where that is told: several visits in a row. What is in time by the
    /// date that is known stays so.
    pub unread_since: Option<Moment>,
    /// Whether a change waits for a second visit.
    pub confirming: bool,
    /// Whether an escalation waits for a person to let it out: nobody was told of it.
    pub escalation_waits: bool,
    /// What it owes by a day and has not published, as far as that was told or is about to be.
    pub owed: Vec<OwedLine>,
}

/// Something that a column owes by a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwedLine {
    /// By which word the configuration names it.
    pub duty: String,
    /// What it is.
    pub name: String,
    /// The last day in time.
    pub due_on: Date,
    /// The tier that was told last.
    pub told: Option<Tier>,
}

impl OwedLine {
    /// Where the column stands by it.
    pub(super) fn standing(&self) -> Standing {
        match self.told {
            Some(tier) if tier >= Tier::SeverelyOverdue => Standing::SeverelyOverdue,
            Some(Tier::Overdue) => Standing::Overdue,
            _ => Standing::DueSoon,
        }
    }
}

/// What a site has come to that fails an assessment alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Veto {
    /// It was hit.
    Hit,
    /// It is near.
    Near,
}

/// One site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SiteLine {
    /// Which site.
    pub site: SiteId,
    /// Its name.
    pub name: String,
    /// The unit that answers for it.
    pub unit: UnitId,
    /// That unit's short name.
    pub unit_name: String,
    /// That unit's full name.
    pub unit_full_name: String,
    /// The home page.
    pub home: Option<String>,
    /// Where it stands: down, or as its worst column.
    pub standing: Standing,
    /// The veto that was told, while its incident is open.
    pub veto: Option<Veto>,
    /// Since when its home page does not open, or one of its hosts gives no answer.
    pub down_since: Option<Moment>,
    /// Whether it is the home page that does not open, as its unit was told.
    pub home_down: bool,
    /// Whether it is shut as a whole: its home page does not open, or the host of that gives no answer. That a
    /// host of some of its columns gives none outranks nothing that is late.
    pub shut: bool,
    /// Its columns by standing.
    pub counts: Counts,
    /// The latest visit to any of its columns.
    pub visited_at: Option<Moment>,
    /// Its columns, what needs a person first on top.
    pub columns: Vec<ColumnLine>,
}

/// One unit, by the columns it answers for on whatever site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitLine {
    /// Which unit.
    pub unit: UnitId,
    /// Its full name.
    pub name: String,
    /// Its short name.
    pub short: String,
    /// As its worst column.
    pub standing: Standing,
    /// Its columns by standing.
    pub counts: Counts,
    /// The latest visit to any of its columns.
    pub visited_at: Option<Moment>,
}

/// The whole group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// The instant of the judgement.
    pub at: Moment,
    /// The sites, what needs a person first on top.
    pub sites: Vec<SiteLine>,
    /// The units, what needs a person first on top.
    pub units: Vec<UnitLine>,
    /// All columns by standing.
    pub totals: Counts,
    /// The latest visit to any column.
    pub visited_at: Option<Moment>,
}

impl Overview {
    /// The columns that a person has something to do with, the most urgent first.
    pub fn in_need(&self) -> Vec<&ColumnLine> {
        let lines = self.sites.iter().flat_map(|site| &site.columns);
        let mut lines: Vec<&ColumnLine> = lines
            .filter(|line| line.standing.needs_a_person())
            .collect();
        lines.sort_by(|a, b| a.rank().cmp(&b.rank()));
        lines
    }
}

impl SiteLine {
    /// The whole days for which it has been down at `now`.
    pub fn days_down(&self, now: Moment) -> Option<i64> {
        self.down_since.map(|since| (now - since).num_days())
    }

    /// That it is down, in the words in which it is told.
    pub fn down_in_chinese(&self) -> Option<&'static str> {
        self.down_since.map(|_| match self.home_down {
            true => HOME_DOWN,
            false => Standing::Down.in_chinese(),
        })
    }

    /// The word for where it stands.
    pub fn standing_in_chinese(&self) -> &'static str {
        match self.standing {
            Standing::Down => self.down_in_chinese(),
            _ => None,
        }
        .unwrap_or(self.standing.in_chinese())
    }
}

impl ColumnLine {
    /// What decides the place in a list: the standing, then the nearest due date.
    pub fn rank(&self) -> (Standing, Option<Date>, &ColumnId) {
        (self.standing, self.due(), &self.column)
    }

    /// The first day on which something is due.
    pub fn due(&self) -> Option<Date> {
        let owed = self.owed.iter().map(|owed| owed.due_on);
        self.due_on.into_iter().chain(owed).min()
    }
}
