//! A note as an English sentence.

use std::fmt;

use super::Note;
use crate::domain::finding::Basis;
use crate::domain::time::Date;
use crate::domain::visit::Failure;

/// `1 row`, `3 rows`.
struct Counted(usize, &'static str);

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counted(count, what) = self;
        let plural = if *count == 1 { "" } else { "s" };
        write!(f, "{count} {what}{plural}")
    }
}

/// `a date before 1995 was refused: …`, `3 dates before 1995 were refused, the earliest: …`.
struct Refused(usize, &'static str, &'static str, Date);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refused(dates, such, first, on) = self;
        match dates {
            1 => write!(f, "a date {such} was refused: {on}"),
            _ => write!(f, "{dates} dates {such} were refused, the {first}: {on}"),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::DatesDisagree {
                believed,
                other,
                source,
            } => {
                let source = match source {
                    Basis::UrlPath => "the address",
                    Basis::ArticleMeta => "a meta",
                    _ => "another label",
                };
                write!(
                    f,
                    "the publication dates disagree: {believed} is believed, but {source} says {other}"
                )
            }
            Note::MonthOnly => f.write_str(
                "the day of publication is not printed; the last of its month was taken",
            ),
            Note::ArticlesRead { pages } => write!(
                f,
                "the list has no dates; {pages} of its articles were read"
            ),
            Note::EntranceRead { pages } => write!(
                f,
                "an entrance without lists; {pages} of the pages behind it were read"
            ),
            Note::NewestMonthOnly => f.write_str(
                "the day of the newest row is not printed; the last of its month was taken",
            ),
            Note::NewestYearless => {
                f.write_str("the year of the newest row is not printed; the nearest was taken")
            }
            Note::FirstRowsUndated => f.write_str(
                "the first rows have no date that can be read; the newest other was taken",
            ),
            Note::NewestListYear => f.write_str(
                "the year of the newest row is not printed; that in the address of the list was taken",
            ),
            Note::NewestAsked => f.write_str(
                "the rows tell only when letters were written; the newest of these days was taken",
            ),
            Note::NewestRead => f.write_str(
                "the day of the newest row is not certain; its article was read",
            ),
            Note::FirstRowsRefused => f.write_str(
                "the date of a first row was refused; the newest other was taken",
            ),
            Note::FirstRowsRead { pages } => write!(
                f,
                "the first rows have no date that can be believed; {pages} of their articles were read"
            ),
            Note::OtherSiteCode { stated } => write!(f, "the page states the site code {stated}"),
            Note::OtherSiteName { stated } => write!(f, "the page names the site {stated}"),
            Note::TakenOver { title } => write!(f, "the page is titled {title}"),
            Note::SameAsMissing => {
                f.write_str("the host shows the same page for a path that does not exist")
            }
            Note::NoBlockOfName => f.write_str("no block of the home page is headed as the column"),
            Note::ListOfOtherName => {
                f.write_str("the only list of the page is headed as another one")
            }
            Note::ListAside { heading, newest } => {
                f.write_str("a list beside the column's own was left aside")?;
                if !heading.is_empty() {
                    write!(f, ", headed {heading:?}")?;
                }
                newest.map_or(Ok(()), |on| write!(f, ", newest {on}"))
            }
            Note::ListTold { pages } => write!(
                f,
                "the page has two lists; {} told which is the column's",
                Counted(*pages, "article")
            ),
            Note::SentHome => f.write_str("redirected to the home page"),
            Note::RulesFaulty { fault } => write!(f, "by rules: {fault}"),
            Note::Unverified { fault } => write!(
                f,
                "read without a sound certificate: {}",
                Failure::Certificate(*fault)
            ),
            Note::PlainHttp { failure } => write!(f, "read over plain http: {failure}"),
            Note::FixedCharset { fixed, better } => write!(
                f,
                "by rules: read as {fixed}, which is fixed for the column, but the page is {better}"
            ),
            Note::RowsMatched {
                matched,
                titled,
                dated,
            } => write!(
                f,
                "by rules: row matched {matched}, with a title {titled}, with a date {dated}"
            ),
            Note::Records { count } => write!(f, "by rules: {count} <record> elements"),
            Note::NoJson => f.write_str("by rules: the answer is no JSON that can be read"),
            Note::NoMarkupAt { path } => write!(f, "by rules: no markup at {path}"),
            Note::MarkupAt { path, bytes } => {
                write!(f, "by rules: {bytes} bytes of markup at {path}")
            }
            Note::RowsAt { path, rows } => {
                write!(f, "by rules: {} at {path}", Counted(*rows, "row"))
            }
            Note::PartsFound {
                titles,
                addresses,
                dates,
            } => write!(
                f,
                "by rules: title in {titles}, address in {addresses}, date in {dates}"
            ),
            Note::FutureRefused { dates, latest } => {
                Refused(*dates, "more than one day ahead", "latest", *latest).fmt(f)
            }
            Note::PastRefused { dates, earliest } => {
                Refused(*dates, "before 1995", "earliest", *earliest).fmt(f)
            }
            Note::YearsDisagree { rows } => write!(
                f,
                "the page names two years for {}, left undated",
                Counted(*rows, "row")
            ),
            Note::SharedDay { on } => write!(
                f,
                "{on} in the address of every row is no date of publication"
            ),
            Note::SharedMoment => f.write_str(
                "the moment that all records share is no date of publication",
            ),
            Note::Pinned { rows } => {
                write!(f, "{} left aside for order", Counted(*rows, "pinned row"))
            }
            Note::Hidden { rows } => write!(f, "{} left aside", Counted(*rows, "hidden row")),
            Note::ListHidden => {
                f.write_str("the whole list is not displayed until a script shows it; it was read")
            }
            Note::OffSite { rows } => {
                let verb = if *rows == 1 { "leads" } else { "lead" };
                write!(f, "{} {verb} off the site", Counted(*rows, "row"))
            }
            Note::HeadRow => f.write_str("the row of column heads left aside"),
            Note::EventDates { rows } => write!(
                f,
                "dates of events or deadlines left aside in {}",
                Counted(*rows, "row")
            ),
            Note::IndexNumbers { rows } => {
                write!(f, "index numbers left aside in {}", Counted(*rows, "row"))
            }
            Note::PageClock => f.write_str(
                "the day of the visit beside the list (clock, weather or traffic) left aside",
            ),
            Note::SiteLine => f.write_str("a line about the site (copyright, counter) left aside"),
            Note::Followed { to } => write!(f, "followed to {to}"),
            Note::NotFollowed { to } => write!(f, "could not follow to {to}"),
            Note::NoFrameWithList => f.write_str("no frame of the page has a list"),
            Note::OneWayIn => f.write_str("an entrance that leads to one page"),
            Note::MixedCharsets { main, other } => write!(
                f,
                "the page is {main} with parts in {other}, which were read as that"
            ),
            Note::OtherCharset { declared, actual } => {
                write!(f, "the page declares {declared} but is {actual}")
            }
            Note::Said(text) => f.write_str(text),
        }
    }
}
