//! Letters (来信、留言) of consultation columns: what their pages say of asking and answering, and
//! what visits saw of that.

use serde::{Deserialize, Serialize};

use super::id::ColumnId;
use super::time::{Date, Moment};
use super::visit::Validators;

/// What a page says of one letter. What it does not say is no fact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When it was written, or handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_on: Option<Date>,
    /// When it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_on: Option<Date>,
    /// Whether it is answered, as the page says it in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// Whether the unit that answers is named.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unit: bool,
    /// Whether the words of the answer are shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub words: bool,
}

/// Whether a letter is answered, as a page says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// 未回复、待处理、办理中
    Open,
    /// 已回复、已办结
    Answered,
}

impl Told {
    /// Whether the page says that the letter is answered.
    pub fn is_answered(&self) -> bool {
        self.answered_on.is_some() || self.words || self.state == Some(State::Answered)
    }

    /// Whether the page says that it is not. Silence is no such word.
    pub fn is_open(&self) -> bool {
        self.state == Some(State::Open) && !self.is_answered()
    }

    /// This, and where it says nothing, what `other` says.
    pub fn or(&self, other: &Told) -> Told {
        Told {
            asked_on: self.asked_on.or(other.asked_on),
            answered_on: self.answered_on.or(other.answered_on),
            state: self.state.or(other.state),
            unit: self.unit || other.unit,
            words: self.words || other.words,
        }
    }
}

/// A letter as one reading of a list showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedLetter {
    /// Its title, at most 120 characters.
    pub title: String,
    /// The absolute address of its page, if it has one.
    pub url: Option<String>,
    /// What its row says.
    pub told: Told,
}

/// A letter remembered across inspections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The column that shows it.
    pub column: ColumnId,
    /// Its title.
    pub title: String,
    /// The address of its page, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// All that is known of it.
    pub told: Told,
    /// What its row says.
    pub row: Told,
    /// When it was seen first.
    pub first_seen_at: Moment,
    /// When a page said last that it is not answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_at: Option<Moment>,
    /// When a page said first that it is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Moment>,
    /// The reading of its own page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<LetterPage>,
    /// Whether a person found that it does not wait, whatever pages say.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overruled: bool,
}

/// The latest reading of a letter's own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterPage {
    /// When it was asked for.
    pub at: Moment,
    /// What its row said then.
    pub row: Told,
    /// For the next conditional request.
    pub validators: Validators,
}

impl Letter {
    /// By what it is told from the other letters of its column: its address, or its title.
    pub fn name(&self) -> &str {
        self.url.as_deref().unwrap_or(&self.title)
    }

    /// When a visit last learnt something of it.
    pub fn learnt_at(&self) -> Moment {
        let page = self.page.as_ref().map(|page| page.at);
        let latest = self.open_at.max(self.answered_at).max(page);
        latest.map_or(self.first_seen_at, |at| at.max(self.first_seen_at))
    }

    /// The day of its answer; where no page says that, the day on which the answer was seen first.
    pub fn answered_by(&self) -> Option<Date> {
        let seen = self.answered_at.map(super::time::date_of);
        self.told.answered_on.or(seen)
    }
}

impl ListedLetter {
    /// Like [`Letter::name`].
    pub fn name(&self) -> &str {
        self.url.as_deref().unwrap_or(&self.title)
    }
}
