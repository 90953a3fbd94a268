//! Letters (来信、留言) of consultation columns: what their pages say of asking and answering, and
//! what visits saw of that.

use chrono::Datelike as _;
use serde::{Deserialize, Serialize};

use super::id::ColumnId;
use super::time::{Date, Moment, date_of};
use super::visit::Validators;

/// Of so many months it is kept when a page said last that a letter waits: those of a year, and of the
/// time in which a letter of its first day is to be answered.
const MONTHS: usize = 16;

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
    /// The same of each month before that one in which a page said so, the oldest first: periods end with
    /// months.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_before: Vec<Moment>,
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

    /// Takes that a page said at `now` that it is not answered.
    pub fn wait(&mut self, now: Moment) {
        let month = |at: Moment| (date_of(at).year(), date_of(at).month());
        if let Some(former) = self.open_at.replace(now)
            && month(former) < month(now)
        {
            self.open_before.push(former);
            let surplus = self.open_before.len().saturating_sub(MONTHS);
            self.open_before.drain(..surplus);
        }
    }

    /// As it was known before `end`, the end of a month or later than all that was learnt; nothing where
    /// nobody had seen it. What was read later adds nothing that speaks against it: a day of the answer
    /// that a page claims counts where it lies before, and a later one makes no answer undone that was seen.
    pub fn as_of(mut self, end: Moment) -> Option<Letter> {
        if end <= self.first_seen_at {
            return None;
        }
        let said = self.open_before.iter().copied().chain(self.open_at);
        self.open_at = said.filter(|at| *at < end).max();
        self.open_before.retain(|at| *at < end);
        self.page = self.page.filter(|page| page.at < end);
        let is_claimed = self.told.answered_on.is_some_and(|on| on < date_of(end));
        let is_seen = self.answered_at.is_some_and(|at| at < end);
        if !is_claimed && self.told.answered_on.take().is_some() {
            // Whether a page gave a day before, nobody knows any more.
            self.page = None;
            if is_seen {
                self.told.state = Some(State::Answered);
            }
        }
        if !is_claimed && !is_seen {
            self.answered_at = None;
            self.told.words = false;
            self.told.state = self.open_at.map(|_| State::Open);
        }
        Some(self)
    }

    /// The day of its answer; where no page says that, the day on which the answer was seen first.
    pub fn answered_by(&self) -> Option<Date> {
        let seen = self.answered_at.map(date_of);
        self.told.answered_on.or(seen)
    }
}

impl ListedLetter {
    /// Like [`Letter::name`].
    pub fn name(&self) -> &str {
        self.url.as_deref().unwrap_or(&self.title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;

    fn at(day: &str) -> Moment {
        moment(format!("{day}T22:00:00").parse().unwrap())
    }

    fn end(day: &str) -> Moment {
        moment(format!("{day}T00:00:00").parse().unwrap())
    }

    fn letter(first: &str) -> Letter {
        Letter {
            column: ColumnId::parse("kxw/lyzx").unwrap(),
            title: "关于路灯的咨询".to_owned(),
            url: None,
            told: Told {
                asked_on: "2017-06-01".parse().ok(),
                state: Some(State::Open),
                ..Told::default()
            },
            row: Told::default(),
            first_seen_at: at(first),
            open_at: None,
            open_before: Vec::new(),
            answered_at: None,
            page: None,
            overruled: false,
        }
    }

    /// A letter that waited from 28 August on, night by night until 5 October, and is answered since.
    fn answered(claimed: Option<&str>) -> Letter {
        let mut letter = letter("2017-08-28");
        let mut night = at("2017-08-28");
        while night <= at("2017-10-05") {
            letter.wait(night);
            night += chrono::TimeDelta::days(1);
        }
        letter.answered_at = Some(at("2017-10-06"));
        letter.told.answered_on = claimed.and_then(|on| on.parse().ok());
        letter.told.state = Some(State::Answered);
        letter.told.words = true;
        letter
    }

    #[test]
    fn a_letter_is_known_of_every_month_as_it_stood_at_its_end() {
        let letter = answered(Some("2017-10-06"));
        assert_eq!(letter.open_before, [at("2017-08-31"), at("2017-09-30")]);
        let of = |day: &str| letter.clone().as_of(end(day));
        assert_eq!(of("2017-08-01"), None, "nobody had seen it");
        for (day, last) in [("2017-09-01", "2017-08-31"), ("2017-10-01", "2017-09-30")] {
            let then = of(day).unwrap();
            assert_eq!(then.open_at, Some(at(last)), "{day}");
            assert!(then.told.is_open() && then.answered_by().is_none(), "{day}");
        }
        assert_eq!(of("2017-11-01"), Some(letter.clone()));
    }

    #[test]
    fn what_was_read_later_only_relieves() {
        // A page that was read in October claims a day of September.
        let claimed = answered(Some("2017-09-20")).as_of(end("2017-10-01"));
        assert_eq!(claimed.unwrap().answered_by(), "2017-09-20".parse().ok());
        // One that gives no day was not seen to be answered.
        let silent = answered(None).as_of(end("2017-10-01")).unwrap();
        assert!(silent.told.is_open());
        // It was seen to be answered; the day that a page gives later is none of that answer.
        let mut named = letter("2017-08-28");
        named.wait(at("2017-09-25"));
        named.answered_at = Some(at("2017-09-27"));
        named.told.state = Some(State::Answered);
        named.told.answered_on = "2017-10-08".parse().ok();
        let then = named.as_of(end("2017-10-01")).unwrap();
        assert!(then.told.is_answered());
        assert_eq!(then.answered_by(), "2017-09-27".parse().ok());
        // That it waits was read later, and not before.
        let mut late = letter("2017-08-28");
        late.wait(at("2017-10-05"));
        let then = late.as_of(end("2017-10-01")).unwrap();
        assert_eq!((then.open_at, then.told.state), (None, None));
    }

    #[test]
    fn as_many_months_are_kept_as_an_assessment_looks_back() {
        let mut letter = letter("2016-01-01");
        for month in 0..40 {
            letter.wait(at("2016-01-15") + chrono::TimeDelta::days(30 * month));
        }
        assert_eq!(letter.open_before.len(), MONTHS);
        assert!(letter.open_before.is_sorted());
    }
}
