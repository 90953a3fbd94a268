//! What is known of letters after another look at their list or their own page, and whose pages are
//! worth a look. A page is not asked for again while its row stays as it was and nothing is open.

use std::collections::BTreeMap;

use chrono::{Days, TimeDelta};

use crate::domain::id::ColumnId;
use crate::domain::letter::{Letter, LetterPage, ListedLetter, Told};
use crate::domain::time::{Date, Moment, date_of};
use crate::domain::visit::Validators;

/// After so long the page of a letter is asked for again of which no page says that it is answered.
const AGAIN_AFTER: TimeDelta = TimeDelta::days(7);
/// From this age on a letter that waits by its row is looked at by its own page too.
const SECOND_LOOK_DAYS: i64 = 75;
/// Letters that are older than so many days belong to no assessment, which looks back a year and
/// the time in which a letter of its first day is to be answered.
const OLDEST_DAYS: i64 = 365 + 92;

/// Letters of so many days are looked at: 1年内.
const YEAR_DAYS: u64 = 365;

/// How far back the letters of a list are known while it is read at `at`, page by page: `now` are those
/// that were read so far, `before` those that were known, back to the day `covered`.
pub struct Reading<'a> {
    /// In the order of the list.
    pub now: &'a [Letter],
    /// By name.
    pub before: &'a BTreeMap<String, Letter>,
    /// As the former inspection left it.
    pub covered: Option<Date>,
    /// When.
    pub at: Moment,
}

impl Reading<'_> {
    fn year_ago(&self) -> Date {
        let today = date_of(self.at);
        let day = today.checked_sub_days(Days::new(YEAR_DAYS));
        day.unwrap_or(today)
    }

    /// The day of the last letter that was read: lists begin with the newest. Pinned ones stand above.
    fn tonight(&self) -> Date {
        let day = |letter: &Letter| letter.told.asked_on.or(letter.told.answered_on);
        let last = self.now.iter().rev().find_map(day);
        last.unwrap_or(date_of(self.at))
    }

    /// The day back to which all letters are known; `ends` says that the list does not go on.
    pub fn back_to(&self, ends: bool) -> Date {
        if ends {
            return self.year_ago().min(self.tonight());
        }
        // Where the last row was known before, nothing lies between what was read and what was known.
        let last = self.now.last();
        let joins = last.is_some_and(|letter| self.before.contains_key(letter.name()));
        let covered = self.covered.filter(|_| joins);
        covered.map_or(self.tonight(), |covered| covered.min(self.tonight()))
    }

    /// Whether the next page of the list is worth reading: a year is not known yet, or a letter that
    /// waits may stand there.
    pub fn goes_on(&self) -> bool {
        let tonight = self.tonight();
        let is_deeper = |letter: &Letter| {
            let asked_on = letter.told.asked_on;
            asked_on.is_some_and(|on| self.year_ago() <= on && on <= tonight)
        };
        let is_seen = |letter: &Letter| self.now.iter().any(|one| one.name() == letter.name());
        let mut known = self.before.values().filter(|one| one.told.is_open());
        self.year_ago() < self.back_to(false)
            || known.any(|letter| is_deeper(letter) && !is_seen(letter))
    }
}

/// A letter after a list showed it at `now`.
pub fn listed(known: Option<Letter>, column: &ColumnId, row: &ListedLetter, now: Moment) -> Letter {
    let mut letter = known.unwrap_or_else(|| Letter {
        column: column.clone(),
        title: row.title.clone(),
        url: row.url.clone(),
        told: Told::default(),
        row: Told::default(),
        first_seen_at: now,
        open_at: None,
        open_before: Vec::new(),
        answered_at: None,
        page: None,
        overruled: false,
    });
    letter.title.clone_from(&row.title);
    letter.row = row.told.clone();
    // Its own page knows the days better than its row; the state is what was read last.
    let state = row.told.state.or(letter.told.state);
    letter.told = match letter.page {
        Some(_) => letter.told.or(&row.told),
        None => row.told.or(&letter.told),
    };
    letter.told.state = state;
    learnt(letter, &row.told, now)
}

/// A letter after its own page was read at `now`.
pub fn read(mut letter: Letter, told: &Told, validators: Validators, now: Moment) -> Letter {
    letter.told = told.or(&letter.told);
    letter.page = Some(LetterPage {
        at: now,
        row: letter.row.clone(),
        validators,
    });
    learnt(letter, told, now)
}

/// A letter after its own page was found unchanged at `now`: what that said, it says again.
pub fn unchanged(mut letter: Letter, now: Moment) -> Letter {
    let row = letter.row.clone();
    if let Some(page) = &mut letter.page {
        page.at = now;
        page.row = row;
    }
    if letter.told.is_open() {
        letter.wait(now);
    }
    letter
}

fn learnt(mut letter: Letter, told: &Told, now: Moment) -> Letter {
    if letter.told.is_answered() {
        letter.answered_at = letter.answered_at.or(Some(now));
    } else if told.is_open() {
        letter.wait(now);
    }
    letter
}

/// A letter that no row that was read shows any more.
pub fn vanished(letter: Letter) -> Letter {
    let row = Told::default();
    Letter { row, ..letter }
}

/// Whether the page of a letter is to be asked for at `now`.
pub fn is_wanted(letter: &Letter, now: Moment) -> bool {
    let day = letter.told.asked_on.or(letter.told.answered_on);
    let is_old = day.is_some_and(|on| (date_of(now) - on).num_days() > OLDEST_DAYS);
    if letter.url.is_none() || is_old {
        return false;
    }
    // A row that says that a letter waits says all there is to say, until it would count: then its
    // own page is asked too.
    let asked_on = letter.told.asked_on;
    let is_young = asked_on.is_some_and(|on| (date_of(now) - on).num_days() < SECOND_LOOK_DAYS);
    let is_said = letter.row.is_open() && is_young;
    match &letter.page {
        None => !is_said,
        Some(page) if page.row != letter.row => !is_said,
        Some(page) => !letter.told.is_answered() && !is_said && now >= page.at + AGAIN_AFTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::letter::State;
    use crate::domain::time::moment;

    fn at(day: &str) -> Moment {
        moment(day.parse::<Date>().unwrap().and_hms_opt(22, 0, 0).unwrap())
    }

    fn row(asked: Option<&str>, answered: Option<&str>, state: Option<State>) -> ListedLetter {
        let on = |text: Option<&str>| text.and_then(|text| text.parse().ok());
        ListedLetter {
            title: "关于路灯的咨询".to_owned(),
            url: Some("http://a.example.cn/1.html".to_owned()),
            told: Told {
                asked_on: on(asked),
                answered_on: on(answered),
                state,
                ..Told::default()
            },
        }
    }

    fn column() -> ColumnId {
        ColumnId::parse("a/xx").unwrap()
    }

    fn first(row: &ListedLetter, day: &str) -> Letter {
        listed(None, &column(), row, at(day))
    }

    #[test]
    fn a_letter_that_waits_is_proven_to_wait_by_every_look() {
        let open = row(Some("2017-10-01"), None, Some(State::Open));
        let letter = first(&open, "2017-11-01");
        assert_eq!(letter.open_at, Some(at("2017-11-01")));
        assert!(!is_wanted(&letter, at("2017-12-14")));
        assert!(is_wanted(&letter, at("2017-12-15")), "it would soon count");
        let letter = listed(Some(letter), &column(), &open, at("2017-11-02"));
        assert_eq!(letter.open_at, Some(at("2017-11-02")));
        assert!(!is_wanted(&letter, at("2017-11-02")), "its row says it all");
        let done = row(Some("2017-10-01"), None, Some(State::Answered));
        let letter = listed(Some(letter), &column(), &done, at("2017-11-03"));
        assert_eq!(letter.answered_by(), "2017-11-03".parse().ok());
        assert_eq!(letter.open_at, Some(at("2017-11-02")));
        assert!(is_wanted(&letter, at("2017-11-03")), "its day is not known");
        let told = row(None, Some("2017-11-02"), None).told;
        let letter = read(letter, &told, Validators::default(), at("2017-11-03"));
        assert_eq!(letter.answered_by(), "2017-11-02".parse().ok());
        assert!(!is_wanted(&letter, at("2018-01-03")), "all is known");
    }

    #[test]
    fn a_page_is_not_asked_for_again_while_nothing_changes() {
        let silent = row(Some("2017-10-01"), None, None);
        let letter = first(&silent, "2017-11-01");
        assert!(is_wanted(&letter, at("2017-11-01")));
        let nothing = Told::default();
        let letter = read(letter, &nothing, Validators::default(), at("2017-11-01"));
        assert!(!is_wanted(&letter, at("2017-11-07")));
        assert!(is_wanted(&letter, at("2017-11-08")), "after seven days");
        let letter = unchanged(letter, at("2017-11-08"));
        assert!(!is_wanted(&letter, at("2017-11-09")));
        let changed = row(Some("2017-10-01"), None, Some(State::Answered));
        let letter = listed(Some(letter), &column(), &changed, at("2017-11-09"));
        assert!(is_wanted(&letter, at("2017-11-09")));
        assert_eq!(letter.open_at, None, "silence is no word");
    }

    #[test]
    fn letters_of_former_years_and_those_without_a_page_are_left_alone() {
        let old = row(Some("2016-08-01"), None, None);
        assert!(!is_wanted(&first(&old, "2017-11-02"), at("2017-11-02")));
        assert!(is_wanted(&first(&old, "2017-11-01"), at("2017-11-01")));
        let bare = ListedLetter {
            url: None,
            ..row(None, None, None)
        };
        assert!(!is_wanted(&first(&bare, "2017-11-01"), at("2017-11-01")));
    }

    #[test]
    fn the_days_of_its_own_page_outlive_those_of_its_row() {
        let loose = row(Some("2017-10-05"), None, Some(State::Open));
        let letter = first(&loose, "2017-11-01");
        let told = row(Some("2017-10-01"), None, Some(State::Open)).told;
        let letter = read(letter, &told, Validators::default(), at("2017-11-01"));
        let letter = listed(Some(letter), &column(), &loose, at("2017-11-02"));
        assert_eq!(letter.told.asked_on, "2017-10-01".parse().ok());
        let letter = unchanged(letter, at("2017-11-09"));
        assert_eq!(letter.open_at, Some(at("2017-11-09")));
    }

    /// A list is read on until a year is known; from then on only as far as letters wait, and as long
    /// as each night joins what was known before.
    #[test]
    fn a_list_is_read_back_until_its_year_is_known() {
        let letter = |n: u32, asked: &str, state: Option<State>| {
            let listed = ListedLetter {
                url: Some(format!("http://a.example.cn/{n}.html")),
                ..row(Some(asked), None, state)
            };
            first(&listed, "2017-11-01")
        };
        let by_name = |letters: &[Letter]| -> BTreeMap<String, Letter> {
            let named = letters
                .iter()
                .map(|one| (one.name().to_owned(), one.clone()));
            named.collect()
        };
        let day = |text: &str| -> Date { text.parse().unwrap() };
        let reading = |now: &[Letter], before: &[Letter], covered: Option<&str>| {
            let before = by_name(before);
            let reading = Reading {
                now,
                before: &before,
                covered: covered.map(day),
                at: at("2017-11-20"),
            };
            (
                reading.goes_on(),
                reading.back_to(false),
                reading.back_to(true),
            )
        };
        let done = Some(State::Answered);
        let page = [letter(9, "2017-11-10", done), letter(8, "2017-10-01", done)];
        let year = day("2016-11-20");
        assert_eq!(reading(&page, &[], None), (true, day("2017-10-01"), year));
        assert_eq!(reading(&[], &[], None), (true, day("2017-11-20"), year));
        let deep = [letter(9, "2017-11-10", done), letter(1, "2016-11-19", done)];
        assert!(!reading(&deep, &[], None).0, "a year is read");
        let known = [letter(8, "2017-10-01", done), letter(2, "2017-03-01", None)];
        let whole = reading(&page, &known, Some("2016-11-19"));
        assert_eq!(whole, (false, day("2016-11-19"), year));
        let part = reading(&page, &known, Some("2017-03-01"));
        assert_eq!(part, (true, day("2017-03-01"), year));
        let gap = reading(&page, &known[1..], Some("2016-11-19"));
        assert_eq!(
            (gap.0, gap.1),
            (true, day("2017-10-01")),
            "letters lie between"
        );
        let open = [
            letter(8, "2017-10-01", done),
            letter(3, "2017-08-01", Some(State::Open)),
        ];
        assert!(
            reading(&page, &open, Some("2016-11-19")).0,
            "one waits below"
        );
        let seen = [page.as_slice(), &open[1..]].concat();
        assert!(!reading(&seen, &open, Some("2016-11-19")).0);
    }
}
