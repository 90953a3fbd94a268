//! Which part of the group is looked at. The query string is the whole state of the page, so that
//! every view can be kept, sent and opened again; what it does not understand is left out.
//!
//! Example: `?state=overdue&class=news&q=kxw&page=2`.

use chrono::Days;

use super::search::Words;
use crate::domain::class::Class;
use crate::domain::id::UnitId;
use crate::domain::time::Date;
use crate::report::overview::{ColumnLine, SiteLine};
use crate::report::plain::one_line;
use crate::report::standing::Standing;
use crate::report::step::Step;

/// The longest text that is looked for, in characters.
const WORDS_CHARS: usize = 40;
/// The days that count as this week, today included.
pub const WEEK: u64 = 7;

/// Which columns, by where they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Those that a person has something to do with.
    Need,
    /// All.
    All,
    /// Those in time whose limit ends within seven days.
    Week,
    /// Those that several visits in a row could not read, wherever they stand.
    Unread,
    /// Those on one step of the scale.
    On(Step),
    /// Those in one standing, whatever its tier.
    One(Standing),
}

impl State {
    fn parse(text: &str) -> Option<State> {
        match text {
            "need" => Some(State::Need),
            "all" => Some(State::All),
            "week" => Some(State::Week),
            "unread" => Some(State::Unread),
            key => Step::parse(key)
                .map(State::On)
                .or_else(|| Standing::parse(key).map(State::One)),
        }
    }

    /// The word of the query.
    pub fn key(self) -> &'static str {
        match self {
            State::Need => "need",
            State::All => "all",
            State::Week => "week",
            State::Unread => "unread",
            State::On(step) => step.key(),
            State::One(standing) => standing.key(),
        }
    }

    /// The word of the list.
    pub fn in_chinese(self) -> &'static str {
        match self {
            State::Need => "需要处理",
            State::All => "全部",
            State::Week => "7天内到期",
            State::Unread => "多次未能读取",
            State::On(step) => step.in_chinese(),
            State::One(standing) => standing.in_chinese(),
        }
    }

    /// Every choice, and this one.
    pub fn all(chosen: State) -> impl Iterator<Item = State> {
        let steps = Step::ALL.map(State::On);
        let other = Some(chosen).filter(|chosen| matches!(chosen, State::One(_)));
        [State::Need, State::All, State::Week, State::Unread]
            .into_iter()
            .chain(steps)
            .chain(other)
    }

    fn takes(self, line: &ColumnLine, today: Date) -> bool {
        match self {
            State::Need => line.standing.needs_a_person(),
            State::All => true,
            State::Week => {
                let last = today.checked_add_days(Days::new(WEEK - 1));
                let owed = line.owed.iter().map(|owed| owed.due_on);
                let mut due = line.due_on.into_iter().chain(owed);
                due.any(|due| today <= due && Some(due) <= last)
            }
            State::Unread => line.unread_since.is_some(),
            State::On(step) => Step::of(line) == step,
            State::One(standing) => line.standing == standing,
        }
    }
}

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    state: Option<State>,
    /// Of one unit.
    pub unit: Option<UnitId>,
    /// Of one class.
    pub class: Option<Class>,
    /// The text as typed, on one line.
    pub text: String,
    words: Words,
    /// The page of columns, from 0.
    pub page: usize,
    /// The page of sites, from 0.
    pub sites: usize,
}

impl Filter {
    /// The filter of a query string.
    pub fn of(query: &str) -> Filter {
        let mut filter = Filter::default();
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match key.as_ref() {
                "state" => filter.state = State::parse(&value),
                "unit" => filter.unit = UnitId::parse(&value).ok(),
                "class" => {
                    let mut classes = Class::ALL.into_iter();
                    filter.class = classes.find(|class| class.key() == value);
                }
                "q" => filter.text = one_line(&value, WORDS_CHARS),
                "page" => filter.page = page(&value),
                "sites" => filter.sites = page(&value),
                _ => {}
            }
        }
        filter.words = Words::of(&filter.text);
        filter
    }

    /// The state that is looked for: who looks for a name wants to find it, wherever it stands.
    pub fn state(&self) -> State {
        let default = match self.words.is_empty() {
            true => State::Need,
            false => State::All,
        };
        self.state.unwrap_or(default)
    }

    /// Whether nothing was chosen.
    pub fn is_plain(&self) -> bool {
        let chosen = self.state.is_some() || self.unit.is_some() || self.class.is_some();
        !chosen && self.words.is_empty()
    }

    /// Whether a column is among those looked for.
    pub fn takes(&self, line: &ColumnLine, today: Date) -> bool {
        self.state().takes(line, today) && self.is_about(line)
    }

    /// Whether a column is among those looked for, wherever it stands.
    pub fn is_about(&self, line: &ColumnLine) -> bool {
        self.unit.as_ref().is_none_or(|unit| *unit == line.unit)
            && self.class.is_none_or(|class| class == line.class)
            && self.words.find(&[
                &line.name,
                &line.site_name,
                &line.unit_name,
                &line.unit_full_name,
                line.column.as_str(),
            ])
    }

    /// Whether a site is shown: with any of the columns looked for, or by its own name.
    pub fn shows(&self, site: &SiteLine, today: Date) -> bool {
        if self.is_plain() {
            return true;
        }
        let state = self.state.unwrap_or(State::All);
        let column = |line: &ColumnLine| state.takes(line, today) && self.is_about(line);
        site.columns.iter().any(column) || (self.class.is_none() && self.is_site(site, state))
    }

    fn is_site(&self, site: &SiteLine, state: State) -> bool {
        let stands = match state {
            State::All => true,
            State::On(Step::Standing(standing)) | State::One(standing) => site.standing == standing,
            State::On(Step::Tier(_)) => false,
            State::Need | State::Week | State::Unread => false,
        };
        stands
            && self.unit.as_ref().is_none_or(|unit| *unit == site.unit)
            && self.words.find(&[
                &site.name,
                &site.unit_name,
                &site.unit_full_name,
                site.site.as_str(),
            ])
    }

    /// The query of another page of columns.
    pub fn at_page(&self, page: usize) -> String {
        Filter {
            page,
            ..self.clone()
        }
        .query()
    }

    /// The query of another page of sites.
    pub fn at_sites(&self, sites: usize) -> String {
        Filter {
            sites,
            ..self.clone()
        }
        .query()
    }

    /// The query of the same with another state, from its first page.
    pub fn in_state(&self, state: State) -> String {
        Filter {
            state: Some(state),
            page: 0,
            sites: 0,
            ..self.clone()
        }
        .query()
    }

    /// The query string, with its question mark.
    pub fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(state) = self.state {
            query.append_pair("state", state.key());
        }
        if let Some(unit) = &self.unit {
            query.append_pair("unit", unit.as_str());
        }
        if let Some(class) = self.class {
            query.append_pair("class", class.key());
        }
        if !self.text.is_empty() {
            query.append_pair("q", &self.text);
        }
        for (key, page) in [("page", self.page), ("sites", self.sites)] {
            if page > 0 {
                query.append_pair(key, &(page + 1).to_string());
            }
        }
        match query.finish() {
            text if text.is_empty() => "/".to_owned(),
            text => format!("/?{text}"),
        }
    }
}

/// A page as people count, from 1.
fn page(text: &str) -> usize {
    let number: usize = text.parse().unwrap_or(1);
    number.saturating_sub(1).min(100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_the_state_and_what_is_not_understood_is_left_out() {
        let rows = [
            ("", "/"),
            ("state=overdue", "/?state=overdue"),
            ("state=escalation", "/?state=escalation"),
            ("state=due-soon", "/?state=due-soon"),
            ("unit=kxw&class=news&page=2", "/?unit=kxw&class=news&page=2"),
            ("q=%E7%A7%91%E4%BF%A1", "/?q=%E7%A7%91%E4%BF%A1"),
            ("state=nothing&class=x&unit=%00&page=-1&sites=x&z=1", "/"),
            ("q=%E2%80%AEa%00b", "/?q=ab"),
            ("page=1&sites=3", "/?sites=3"),
        ];
        for (query, kept) in rows {
            assert_eq!(Filter::of(query).query(), kept, "{query}");
        }
        assert_eq!(Filter::of("").state(), State::Need);
        assert_eq!(Filter::of("q=a").state(), State::All);
        assert!(Filter::of("page=7").is_plain());
    }
}
