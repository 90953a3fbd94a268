//! What measuring a rule came to: an amount with what was found, or why there is none.

use serde::{Deserialize, Serialize};

use super::finding::{Aside, Find};

/// Why something was not measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unmeasured {
    /// This version does not measure it, and nobody entered it.
    NotYet,
    /// A person has to enter it.
    NotEntered,
    /// Too few samples.
    TooFewSamples {
        /// How many there are.
        have: u32,
        /// How many are needed.
        need: u32,
    },
    /// No visit of the period tells.
    NoVisits,
    /// Nothing of the kind is configured.
    NothingConfigured,
    /// Visits could not tell.
    CannotTell,
    /// The home page does not come over HTTPS, so that it has no certificate.
    NoHttps,
    /// No page shows the code, and none is configured.
    NoCode,
    /// The period has no policy document.
    NoDocuments,
    /// No inspection of the period read its pages.
    NotInspected,
    /// So many candidates wait for a person, and none is confirmed.
    Waiting(u32),
    /// So many finds want a person's word, and no inspection put them to anybody.
    Unasked(u32),
    /// What it is about is exempt.
    Exempt,
    /// It lives on another platform, and a person has to enter it.
    Elsewhere,
}

/// What a rule's measuring came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measurement {
    /// What was measured, or why nothing was.
    pub amount: Result<Amount, Unmeasured>,
    /// What counts.
    pub finds: Vec<Find>,
    /// What does not.
    pub asides: Vec<Aside>,
    /// Finds that count only for telling that a veto is near.
    pub near_too: u32,
    /// How much of what the rule is about was measured, where that is a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
}

/// Of the columns or service guides that a rule is about, those that visits told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Those that were told of.
    pub told: u32,
    /// All.
    pub of: u32,
}

impl Part {
    /// `told` of so many, where that is a part.
    pub fn new(told: usize, of: usize) -> Option<Part> {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let (told, of) = (count(told), count(of));
        (0 < told && told < of).then_some(Part { told, of })
    }
}

/// A measured amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Amount {
    /// So many finds.
    Finds(u32),
    /// So many of so many.
    Rate {
        /// The bad ones.
        bad: u32,
        /// All.
        all: u32,
    },
    /// A number that should be reached.
    Number(u32),
}

impl Measurement {
    /// Nothing was measured.
    pub fn none(why: Unmeasured) -> Measurement {
        Measurement {
            amount: Err(why),
            finds: Vec::new(),
            asides: Vec::new(),
            near_too: 0,
            part: None,
        }
    }

    /// So many finds, and those that are not counted.
    pub fn finds(finds: Vec<Find>, asides: Vec<Aside>) -> Measurement {
        Measurement {
            amount: Ok(Amount::Finds(
                u32::try_from(finds.len()).unwrap_or(u32::MAX),
            )),
            finds,
            asides,
            near_too: 0,
            part: None,
        }
    }
}
