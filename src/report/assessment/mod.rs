//! The assessment of a period as it is handed over: table, bulletin, printed page, explanation.

pub mod bulletin;
pub mod changes;
pub mod csv;
mod inspected;
mod letters;
pub mod notes;
pub mod other_rules;
mod own;
pub mod page;
pub mod paragraph;
mod services;
pub mod shown;
pub mod template;
pub mod untold;
pub mod urgent;
pub mod why;
pub mod words;
pub mod xlsx;

use serde::{Deserialize, Serialize};

use crate::assess::score::card::{Card, Line};
use crate::assess::score::period::Period;
use crate::assess::score::rubric::Rubric;
use crate::domain::closing::Statement;
use crate::domain::id::{SiteId, UnitId};
use crate::domain::time::Moment;

/// The assessment of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// When it was made.
    pub at: Moment,
    /// The period.
    pub period: Period,
    /// Who runs the installation.
    pub operator: String,
    /// Sites without any address: they are not assessed.
    pub blank: Vec<String>,
    /// The rules as applied.
    pub rubric: Rubric,
    /// The cards, the best first.
    pub cards: Vec<Card>,
    /// The versions of a closed period, this one last; none while it is open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seals: Vec<Seal>,
    /// What units say to points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Statement>,
    /// The version of the period before that cannot be read: the change is against what is known now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former_damaged: Option<u32>,
    /// What the rules of the period before were closed with and these are not: the change is against
    /// figures of other rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_rules: Vec<String>,
    /// Whether it is a part, of one unit or site.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub part: bool,
}

/// One version of a closed period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// The first is 1.
    pub version: u32,
    /// When it was closed or corrected.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// What changed against the version before.
    pub changes: Vec<String>,
}

/// Which cards are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// All.
    All,
    /// One site's.
    Site(SiteId),
    /// Those of one unit, as that one reads them: of what only people can judge, what was confirmed.
    Unit(UnitId),
}

impl Assessment {
    /// What the unit says to a rule's outcome, the oldest first.
    pub fn statements_of(&self, card: &Card, line: &Line) -> impl Iterator<Item = &Statement> {
        let statements = self.statements.iter();
        statements.filter(move |said| said.site == card.site && said.rule == line.rule.id.as_str())
    }

    /// Whether nothing at all was visited in the period. Of one that is closed that is not asked: it is refused,
    /// and those of earlier versions do not say on which days they were watched.
    pub fn is_unseen(&self) -> bool {
        let mut cards = self.cards.iter();
        self.seals.is_empty()
            && !self.cards.is_empty()
            && cards.all(|card| card.watched.is_none() && !card.is_entered())
    }

    /// Keeps the cards of `extent`; places remain those among all.
    pub fn only(mut self, extent: &Extent) -> Assessment {
        self.cards.retain(|card| match extent {
            Extent::All => true,
            Extent::Site(site) => card.site == *site,
            Extent::Unit(unit) => card.unit == *unit,
        });
        if *extent != Extent::All {
            self.part = true;
            self.blank.clear();
            // What others say, and what was corrected of theirs, is none of this reader's business.
            let cards = &self.cards;
            let is_shown = |site: &SiteId| cards.iter().any(|card| card.site == *site);
            self.statements.retain(|said| is_shown(&said.site));
            for seal in &mut self.seals {
                changes::keep_of(&mut seal.changes, cards);
            }
        }
        if let Extent::Unit(_) = extent {
            own::told(&mut self);
        }
        self
    }
}
