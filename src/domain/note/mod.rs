//! What the reader noticed on a page, as values: what decided, what was refused or left aside, how
//! the page was come to. A note explains a reading; nothing is decided by it.
//!
//! The English sentence is for logs, `probe` and JSON; `report::note` words the same in Chinese.

mod english;

use serde::{Deserialize, Serialize};

use super::finding::Basis;
use super::time::Date;
use super::visit::{CertificateFault, Detour, Failure};

/// One thing that was noticed. Texts in it come from pages, bounded where they are taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
pub enum Note {
    /// An article states two days of publication.
    DatesDisagree {
        /// The day that was taken.
        believed: Date,
        /// The other one.
        other: Date,
        /// Where the other one stands.
        source: Basis,
    },
    /// An article states month and year only: the last day of the month was taken.
    MonthOnly,
    /// The list has no dates, so articles were read.
    ArticlesRead {
        /// How many.
        pages: usize,
    },
    /// The home page is an entrance, so pages behind it were read.
    EntranceRead {
        /// How many.
        pages: usize,
    },
    /// The newest row shows month and year only: the last day of the month was taken.
    NewestMonthOnly,
    /// The newest row shows month and day only: the nearest year was taken.
    NewestYearless,
    /// The newest row shows month and day only: the year in the address of the list was taken.
    NewestListYear,
    /// The rows show only when letters were written, and the newest letter's page tells of no answer:
    /// the newest of these days was taken.
    NewestAsked,
    /// The newest row does not tell its whole day for certain, so its article was read.
    NewestRead,
    /// Neither the first rows nor their articles have a date: the newest of the others was taken.
    FirstRowsUndated,
    /// The date of a row above the newest was refused, and its article tells no newer one.
    FirstRowsRefused,
    /// Rows above the newest have no date that can be believed, so their articles were read, and one
    /// of them is newer.
    FirstRowsRead {
        /// How many.
        pages: usize,
    },
    /// The page states another site code than the configured one.
    OtherSiteCode {
        /// What it states.
        stated: String,
    },
    /// The page states another site name than the configured one.
    OtherSiteName {
        /// What it states.
        stated: String,
    },
    /// The page is titled as those of taken-over names are.
    TakenOver {
        /// Its title.
        title: String,
    },
    /// The host shows the same page for a path that cannot exist.
    SameAsMissing,
    /// No block of the home page is headed as the column.
    NoBlockOfName,
    /// The only list of the page is headed as another one.
    ListOfOtherName,
    /// A list beside the column's own was left aside.
    ListAside {
        /// What stands above it; empty where nothing does.
        heading: String,
        /// Its newest date.
        newest: Option<Date>,
    },
    /// The articles of two lists were read, and told which of them is the column's.
    ListTold {
        /// How many.
        pages: usize,
    },
    /// Who asked for the page was sent to a home page.
    SentHome,
    /// The column's rules cannot be followed.
    RulesFaulty {
        /// What is wrong with them, in English.
        fault: String,
    },
    /// The page came from a host whose certificate is unsound.
    Unverified {
        /// What is wrong with it.
        fault: CertificateFault,
    },
    /// The page came over plain http, since https failed.
    PlainHttp {
        /// What https failed for.
        failure: Failure,
    },
    /// The page reads better in another charset than the one that is fixed for the column.
    FixedCharset {
        /// The one that is fixed, in which the page was read.
        fixed: String,
        /// The better one.
        better: String,
    },
    /// What the column's selectors matched.
    RowsMatched {
        /// Elements that the row's selector matched.
        matched: usize,
        /// Those of them with a title.
        titled: usize,
        /// Those of these with a date.
        dated: usize,
    },
    /// How many `<record>` elements the data has.
    Records {
        /// How many.
        count: usize,
    },
    /// What came for data is no JSON.
    NoJson,
    /// There is no markup where the column's path leads.
    NoMarkupAt {
        /// The path.
        path: String,
    },
    /// There is markup where the column's path leads.
    MarkupAt {
        /// The path.
        path: String,
        /// Its length.
        bytes: usize,
    },
    /// There are so many rows where the column's path leads.
    RowsAt {
        /// The path.
        path: String,
        /// How many.
        rows: usize,
    },
    /// What stands at the column's paths within the rows.
    PartsFound {
        /// Rows with a title.
        titles: usize,
        /// Those of them with an address.
        addresses: usize,
        /// Those of them with a date.
        dates: usize,
    },
    /// Dates more than one day ahead were refused.
    FutureRefused {
        /// How many.
        dates: usize,
        /// The latest.
        latest: Date,
    },
    /// Dates before 1995 were refused.
    PastRefused {
        /// How many.
        dates: usize,
        /// The earliest.
        earliest: Date,
    },
    /// Rows for which the page names two years: they stay undated.
    YearsDisagree {
        /// How many.
        rows: usize,
    },
    /// A day that the addresses of all rows carry: that of a move, not of a publication.
    SharedDay {
        /// The day.
        on: Date,
    },
    /// A moment that all records of the page's data share: that of a move, not of a publication.
    SharedMoment,
    /// Rows that stand first whatever their date.
    Pinned {
        /// How many.
        rows: usize,
    },
    /// Rows that are not displayed.
    Hidden {
        /// How many.
        rows: usize,
    },
    /// All of the list is kept from being displayed until a script shows it; it counts.
    ListHidden,
    /// Rows that lead off the site; they count.
    OffSite {
        /// How many.
        rows: usize,
    },
    /// A row of column heads.
    HeadRow,
    /// Dates of events and deadlines in rows.
    EventDates {
        /// In how many rows.
        rows: usize,
    },
    /// Index numbers in rows.
    IndexNumbers {
        /// In how many rows.
        rows: usize,
    },
    /// The day of the visit beside the list: a clock, the weather, traffic rules.
    PageClock,
    /// A line about the site: copyright, a counter.
    SiteLine,
    /// A thin page led on, and that page was read.
    Followed {
        /// Its address.
        to: String,
    },
    /// A thin page led on, and that page could not be had.
    NotFollowed {
        /// Its address.
        to: String,
    },
    /// None of the page's frames has a list.
    NoFrameWithList,
    /// The home page is an entrance that leads to one page, which was read instead.
    OneWayIn,
    /// Parts of the page are in another charset than the rest; each was read in its own.
    MixedCharsets {
        /// That of most of it.
        main: String,
        /// That of the rest.
        other: String,
    },
    /// The page declares another charset than it is in.
    OtherCharset {
        /// What it declares.
        declared: String,
        /// What it is in.
        actual: String,
    },
    /// A sentence as an earlier version of this program kept it.
    #[serde(untagged)]
    Said(String),
}

impl Note {
    /// What is to be said of the way by which a page came.
    pub fn of_detour(detour: &Detour) -> Note {
        match detour.clone() {
            Detour::Unverified(fault) => Note::Unverified { fault },
            Detour::Plain(failure) => Note::PlainHttp { failure },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_kept_under_its_code_and_old_sentences_are_read() {
        let rows = [
            (r#"{"code":"head-row"}"#, Note::HeadRow),
            (r#"{"code":"pinned","rows":2}"#, Note::Pinned { rows: 2 }),
            (
                r#"{"code":"dates-disagree","believed":"2018-03-06","other":"2018-03-05","source":"url-path"}"#,
                Note::DatesDisagree {
                    believed: Date::from_ymd_opt(2018, 3, 6).unwrap(),
                    other: Date::from_ymd_opt(2018, 3, 5).unwrap(),
                    source: Basis::UrlPath,
                },
            ),
            (r#""followed to x""#, Note::Said("followed to x".to_owned())),
        ];
        for (json, note) in rows {
            assert_eq!(serde_json::to_string(&note).unwrap(), json);
            assert_eq!(serde_json::from_str::<Note>(json).unwrap(), note);
        }
        assert!(serde_json::from_str::<Note>(r#"{"code":"of-tomorrow"}"#).is_err());
    }
}
