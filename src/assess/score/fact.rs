//! What is found of a site: one fact of each kind that a rule can turn on, fit to be kept and to be told.

use serde::{Deserialize, Serialize};

use super::links::DeadLink;
use crate::domain::candidate::{Candidate, Decision};
use crate::domain::entry::Attachment;
use crate::domain::finding::{LastUpdate, Undated};
use crate::domain::guide::Element;
use crate::domain::marks::{Mark, Tag};
use crate::domain::observation::Cause;
use crate::domain::site_day::Miss;
use crate::domain::time::{Date, Moment};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// The home page did not open so often.
    Failures {
        /// Samples that failed.
        failed: u32,
        /// Samples that count.
        visits: u32,
        /// Samples that were excluded.
        excluded: u32,
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// One sample that failed or was excluded.
    Missed(Miss),
    /// The newest item of the home page is old.
    HomeOld {
        /// Its date.
        newest_on: Date,
        /// Its age on the day that was looked at.
        age_days: u32,
        /// When the page was read last.
        read_at: Moment,
    },
    /// The items of the home page carry no date.
    HomeUndated,
    /// Most samples took too long.
    Slow {
        /// Samples that took the threshold or longer.
        slow: u32,
        /// All that opened.
        opened: u32,
        /// The threshold.
        seconds: u32,
    },
    /// A column is late.
    Stale {
        /// Its newest item.
        last_update: LastUpdate,
        /// The age of that on the last day.
        age_days: u32,
        /// The window of the rule.
        limit_days: u32,
        /// When it was read last.
        read_at: Moment,
        /// On how many days of the period it was late.
        late_days: u32,
    },
    /// A column shows no item.
    Blank {
        /// Since when.
        since: Moment,
        /// When it was read last.
        read_at: Moment,
    },
    /// The items of a column carry no date.
    Undated {
        /// Why no date could be told.
        why: Undated,
        /// Since when.
        since: Moment,
    },
    /// A column cannot be judged.
    Blind {
        /// Since when.
        since: Moment,
        /// Why.
        why: Cause,
        /// The newest item that is known.
        last_update: Option<LastUpdate>,
    },
    /// A column was never visited.
    NeverVisited,
    /// Too few items of a class.
    Few {
        /// How many.
        count: u32,
        /// How many there should be.
        least: u32,
        /// Within so many days.
        window_days: u32,
    },
    /// An interview that was announced; nothing shows that it was held.
    Announced {
        /// Its title.
        title: String,
        /// Its page, or the list that shows it.
        url: String,
        /// The day that it was announced for.
        on: Date,
        /// When a visit saw it first.
        seen_at: Moment,
    },
    /// A column stayed overdue for too long.
    SlowAlert {
        /// When it was confirmed to be overdue.
        overdue_at: Moment,
        /// When it was mended.
        ended_at: Option<Moment>,
        /// When it counted no more although no update was seen: it was exempt from then on, or is
        /// watched no more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dropped_at: Option<Moment>,
        /// The last working day in time.
        due_on: Date,
    },
    /// A column was overdue again soon.
    Again {
        /// When the former time was over.
        ended_at: Moment,
        /// The update that came in between.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        updated_on: Option<Date>,
        /// When it was confirmed to be overdue again.
        overdue_at: Moment,
    },
    /// The home page is not served over HTTPS.
    NoHttps,
    /// The domain is none of government.
    Domain(String),
    /// Tags that a page lacks, or a date of another form than is prescribed.
    TagsAmiss {
        /// The page, where it is neither the home page nor a column's.
        page: Option<String>,
        /// Tags that are missing or empty.
        missing: Vec<Tag>,
        /// The content of `PubDate`.
        date: Option<String>,
    },
    /// A mark that the home page does not bear.
    MarkMissing {
        /// The mark.
        mark: Mark,
    },
    /// A mark that the home page bears and lists do not.
    MarkMissingElsewhere {
        /// The mark.
        mark: Mark,
        /// Lists without it.
        lacking: u32,
        /// Lists that were read.
        pages: u32,
    },
    /// The identification code is none, or another than the configured one.
    CodeAmiss {
        /// What the home page shows.
        shown: String,
        /// What is configured.
        configured: Option<String>,
    },
    /// So many new items on the home page.
    FewHomeItems {
        /// How many.
        count: u32,
        /// How many there should be.
        least: u32,
        /// Within so many days.
        window_days: u32,
        /// The day of the inspection.
        on: Date,
    },
    /// The certificate ends.
    CertificateEnds {
        /// Its last day.
        on: Date,
        /// So many days after the inspection.
        days: u32,
        /// So many it should be.
        least: u32,
    },
    /// The host has no address of IPv6.
    NoIpv6,
    /// A link that leads nowhere.
    DeadLink(Box<DeadLink>),
    /// What an inspection found and a person judges.
    Candidate {
        /// The candidate.
        candidate: Box<Candidate>,
        /// The decision that holds.
        decision: Option<Box<Decision>>,
    },
    /// How far words were looked through.
    LookedForWords {
        /// Pages.
        texts: u32,
        /// Expressions.
        expressions: u32,
    },
    /// A letter that waits for its answer.
    LetterOpen {
        /// Its title.
        title: String,
        /// The address of its page.
        url: Option<String>,
        /// The address of the list, where that says that it waits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        list: Option<String>,
        /// When it was written.
        asked_on: Date,
        /// The last day in time.
        due_on: Date,
        /// How many days it has waited by the last day.
        days: u32,
        /// Whether those are working days.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        working: bool,
        /// When a page said last that it is not answered.
        seen_at: Moment,
    },
    /// A letter whose answer was late.
    LetterLate {
        /// Its title.
        title: String,
        /// The address of its page.
        url: Option<String>,
        /// When it was written.
        asked_on: Date,
        /// When it was answered.
        answered_on: Date,
        /// The last day in time.
        due_on: Date,
        /// How many days that took.
        days: u32,
        /// Whether those are working days.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        working: bool,
    },
    /// What is known of the letters of a column.
    Letters {
        /// All of the last year.
        letters: u32,
        /// Of those, the answered ones.
        answered: u32,
        /// Of those, the ones that wait.
        open: u32,
        /// Answers of which both days are known.
        timed: u32,
        /// The working days that those took, added up.
        working_days: u32,
        /// Those that took no longer than a simple question may.
        quick: u32,
        /// The day before which letters of the last year are not known: the list goes on, and could not be
        /// read so far.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        back_to: Option<Date>,
        /// When an inspection looked last.
        at: Moment,
    },
    /// The newest answer is old.
    ReplyOld {
        /// When it was given.
        answered_on: Date,
        /// Its age on the last day.
        age_days: u32,
        /// The window of the rule.
        limit_days: u32,
    },
    /// A field that no answered letter of a column shows.
    LetterFieldMissing {
        /// The field.
        field: LetterField,
        /// How many letters were read.
        letters: u32,
    },
    /// A way to ask.
    Channel {
        /// Its words.
        text: String,
        /// Where it leads, or the page of the column.
        url: String,
    },
    /// No page that was read leads to a way to ask.
    NoChannel,
    /// No directory shows a guide.
    NoGuides,
    /// A service guide that lacks elements.
    GuideLacks {
        /// Its title.
        title: String,
        /// Its address.
        url: String,
        /// What it lacks.
        missing: Vec<Element>,
        /// When its page came last.
        read_at: Moment,
    },
    /// What is known of the service guides.
    Guides {
        /// All.
        all: u32,
        /// Those that were read.
        read: u32,
        /// Those on other platforms.
        elsewhere: u32,
    },
    /// A policy document, and its interpretation where it has one.
    Interpreted {
        /// The document's title.
        policy: String,
        /// Its day.
        policy_on: Date,
        /// Its address.
        url: Option<String>,
        /// The interpretation's title.
        interpretation: Option<String>,
        /// Its day.
        interpretation_on: Option<Date>,
        /// How many working days later it came.
        working_days: Option<u32>,
    },
    /// How many documents of the period are interpreted.
    InterpretedShare {
        /// All.
        documents: u32,
        /// Those with an interpretation.
        interpreted: u32,
    },
    /// A document and its interpretation that do not link each other.
    NotLinked {
        /// The document's title.
        policy: String,
        /// Its address.
        policy_url: Option<String>,
        /// The interpretation's title.
        interpretation: String,
        /// Its address.
        interpretation_url: Option<String>,
        /// Whether the interpretation links to the document, or was not read.
        forth: bool,
        /// Whether the document links to the interpretation, or was not read.
        back: bool,
    },
    /// What an inspection looked at.
    Inspected {
        /// When.
        at: Moment,
        /// Pages.
        pages: u32,
        /// Articles among them.
        articles: u32,
        /// Links that were asked or known to be good.
        links: u32,
        /// Links that were not.
        unasked: u32,
    },
    /// So many of so many are told one by one.
    Cut {
        /// Those that are told.
        told: u32,
        /// All.
        all: u32,
    },
    /// What a person found.
    Entered {
        /// How many finds.
        finds: u32,
        /// By whom.
        by: String,
        /// When.
        at: Moment,
        /// What, in the person's words.
        reason: String,
        /// The file that proves it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attachment: Option<Attachment>,
    },
}

/// What a published letter has to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LetterField {
    /// When it was written.
    Asked,
    /// When it was answered.
    Answered,
    /// Who answered.
    Unit,
    /// The answer.
    Words,
}
