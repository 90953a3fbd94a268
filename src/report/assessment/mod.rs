//! The assessment of a period as it is handed over: table, bulletin, printed page, explanation.

pub mod bulletin;
pub mod csv;
mod inspected;
pub mod page;
pub mod template;
pub mod why;
pub mod words;

use serde::{Deserialize, Serialize};

use crate::assess::score::card::Card;
use crate::assess::score::period::Period;
use crate::assess::score::rubric::Rubric;
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
}

/// Which cards are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// All.
    All,
    /// One site's.
    Site(SiteId),
    /// Those of one unit.
    Unit(UnitId),
}

impl Assessment {
    /// Keeps the cards of `extent`; places remain those among all.
    pub fn only(mut self, extent: &Extent) -> Assessment {
        self.cards.retain(|card| match extent {
            Extent::All => true,
            Extent::Site(site) => card.site == *site,
            Extent::Unit(unit) => card.unit == *unit,
        });
        if *extent != Extent::All {
            self.blank.clear();
        }
        self
    }
}
