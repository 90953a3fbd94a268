//! The publication date of an article that is not Chinese. Every statement of the page speaks for
//! a day: what it states for machines, what it shows to readers, and its address are three
//! witnesses, and the day for which most speaks wins. A moment in UTC is not the reader's day: it
//! speaks for the neighbouring day too, where another witness names that.
//!
//! Weights are about ten times the logarithm of the odds with which such statements name the day
//! of publication.

use chrono::{Datelike as _, NaiveTime, Timelike as _};

use super::address::{self, PathDate};
use super::article::{self, Article};
use super::clean;
use super::clues::{Clues, Time};
use super::dates::{self, Stamp};
use super::foreign::{self, Order};
use super::labels::Label;
use super::linked::{self, Kind};
use super::markup;
use super::moment::{self, Moment};
use super::places::Named;
use super::scripted;
use super::standing::Standing;
use super::visible::Seen;
use crate::domain::finding::Basis;
use crate::domain::time::Date;

/// How much speaks for a day that is beyond doubt: two witnesses agree on it.
pub const SURE: u32 = 40;
/// How much speaks for a day that is hardly the day of anything else.
pub const LIKELY: u32 = 18;
/// The least that must speak for a day.
const LEAST: u32 = 5;
/// `<time>` at most so many characters from the title belongs to it.
const NEAR: usize = 500;

/// Who says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Witness {
    /// Metas, data islands, scripts.
    Stated,
    /// Texts, `<time>`, pictures.
    Shown,
    /// The address.
    Address,
}

/// A statement of the page.
struct Statement {
    witness: Witness,
    /// How much it speaks for its day.
    weight: u32,
    /// The time of day in UTC, when that is all that is known of the zone.
    utc: Option<NaiveTime>,
    article: Article,
}

impl Statement {
    fn new(witness: Witness, weight: u32, moment: Moment, basis: Basis, words: &str) -> Statement {
        Statement {
            witness,
            weight,
            utc: moment.time.filter(|_| moment.is_utc()),
            article: Article {
                month_only: false,
                on: moment.on,
                time: moment.time,
                basis,
                snippet: clean::line(words, clean::SNIPPET),
                title: String::new(),
            },
        }
    }

    /// How much it speaks for a day.
    fn speaks_for(&self, on: Date) -> u32 {
        let day = self.article.on;
        // From UTC-12 to UTC+14.
        let neighbour = self.utc.is_some_and(|time| {
            (day.pred_opt() == Some(on) && time.hour() < 12)
                || (day.succ_opt() == Some(on) && time.hour() >= 10)
        });
        if day == on || neighbour {
            self.weight
        } else {
            0
        }
    }
}

/// The publication date for which most speaks, and how much that is.
pub fn best(clues: &Clues, all: &[Seen]) -> Option<(Article, u32)> {
    let statements = statements(clues, all);
    let path = address::path_date(clues.url);
    let mut best: Option<(u32, &Statement)> = None;
    for statement in &statements {
        let on = statement.article.on;
        let weight = total(&statements, on) + by_month(path, on);
        let better = best.is_none_or(|(most, chosen)| {
            let same = weight == most && chosen.article.on == on;
            weight > most || (same && statement.weight > chosen.weight)
        });
        if better {
            best = Some((weight, statement));
        }
    }
    let (weight, chosen) = best.filter(|(weight, _)| *weight >= LEAST)?;
    Some((chosen.article.clone(), weight))
}

/// What speaks for a day: the strongest statement of every witness.
fn total(statements: &[Statement], on: Date) -> u32 {
    [Witness::Stated, Witness::Shown, Witness::Address]
        .iter()
        .filter_map(|witness| {
            let own = statements.iter().filter(|s| s.witness == *witness);
            own.map(|statement| statement.speaks_for(on)).max()
        })
        .sum()
}

/// How much the month or year in the address speaks for a day.
fn by_month(path: Option<PathDate>, on: Date) -> u32 {
    match path {
        Some(PathDate::Month(year, month)) if (on.year(), on.month()) == (year, month) => 12,
        Some(PathDate::Year(year)) if on.year() == year => 3,
        _ => 0,
    }
}

/// Every statement with a plausible day.
fn statements(clues: &Clues, all: &[Seen]) -> Vec<Statement> {
    let mut out = stated(clues);
    out.extend(clues.times.iter().filter_map(|time| {
        let listed = all
            .iter()
            .any(|seen| seen.apart && seen.path == time.place.path);
        timed(clues, time, listed)
    }));
    out.extend(shown(all));
    out.extend(by_title(clues));
    out.extend(by_picture(clues));
    out.extend(by_address(clues));
    out.retain(|statement| dates::is_plausible(statement.article.on, clues.today));
    out
}

/// What metas, data islands and scripts state.
fn stated(clues: &Clues) -> Vec<Statement> {
    let mut out = Vec::new();
    let mut utc: Option<Moment> = None;
    let say = |weight, moment, words: &str| {
        Statement::new(Witness::Stated, weight, moment, Basis::ArticleMeta, words)
    };
    for meta in clues.metas.published(false, clues.today) {
        let weight = match (meta.is_sure, meta.moment.is_utc()) {
            (true, false) => 35,
            (true, true) => 30,
            (false, _) => 14,
        };
        utc = utc.or(Some(meta.moment).filter(|moment| moment.is_utc()));
        out.push(say(weight, meta.moment, &meta.words));
    }
    if let Some(linked) = linked::read(&clues.islands) {
        let weight = match linked.kind {
            Kind::Article => 28,
            Kind::Page => 26,
        };
        utc = utc.or(Some(linked.published).filter(|moment| moment.is_utc()));
        out.push(say(weight, linked.published, "datePublished"));
    }
    if let Some(own) = utc.and_then(|moment| moment::with_zone(clues.source, moment)) {
        out.push(say(40, own, "the same moment with its zone"));
    }
    if out.is_empty()
        && let Some(article) = scripted::read(clues)
    {
        out.push(Statement {
            witness: Witness::Stated,
            weight: 12,
            utc: None,
            article,
        });
    }
    if let Some((moment, words)) = clues.metas.changed(false, clues.today) {
        out.push(say(
            6,
            Moment {
                zone: None,
                ..moment
            },
            &words,
        ));
    }
    out
}

/// What texts show; of those far from the title the first weighs most.
fn shown(all: &[Seen]) -> Vec<Statement> {
    let mut far = 0;
    let mut out = Vec::new();
    for seen in all {
        let mut weight = weight(seen);
        if !seen.apart && !seen.near_title && seen.label == Label::None {
            far += 1;
            weight /= if far > 1 { 2 } else { 1 };
        }
        out.push(Statement {
            witness: Witness::Shown,
            weight,
            utc: None,
            article: article::printed(seen, None),
        });
    }
    out
}

fn weight(seen: &Seen) -> u32 {
    if seen.apart {
        return 3;
    }
    if !seen.below && seen.is_clock() {
        return 6;
    }
    let base = match (seen.label, seen.near_title, seen.standing) {
        (Label::Published, true, _) => 34,
        (Label::Published, false, _) => 24,
        (Label::Date, true, _) => 28,
        (Label::Date, false, _) => 16,
        (Label::Updated, true, _) => 15,
        (Label::Updated, false, _) => 7,
        (Label::Other, _, _) => return 2,
        (_, true, Standing::Alone) => 30,
        (_, true, Standing::Edge) => 18,
        (_, true, Standing::Prose) => 5,
        (_, false, Standing::Alone) if seen.named != Named::No => 14,
        (_, false, Standing::Alone) => 12,
        (_, false, Standing::Edge) => 6,
        (_, false, Standing::Prose) => 3,
    };
    let timed = if seen.found.time.is_some() { 8 } else { 0 };
    let below = if seen.below && seen.near_title { 4 } else { 0 };
    base + timed + below
}

/// `<time>` and what is marked as the publication date; one of a list is another article's.
fn timed(clues: &Clues, time: &Time, listed: bool) -> Option<Statement> {
    let get = |name: &str| markup::attribute(time.attributes, name);
    let written = get("datetime")
        .or_else(|| get("content"))
        .or_else(|| get("title"))
        .unwrap_or_else(|| time.text.clone());
    let moment = moment::of(&written, false).or_else(|| moment::of(&time.text, false))?;
    let lower = time.attributes.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let named = says(&["pubdate", "publish"]);
    let title = clues.heads.place;
    let near = title.is_some_and(|title| time.at.abs_diff(title) <= NEAR);
    let path = time.place.path;
    let alike = clues.times.iter().filter(|other| other.place.path == path);
    let weight = if time.place.hidden {
        6
    } else if listed || alike.take(3).count() >= 3 {
        4
    } else if says(&["updated", "modified"]) && !named {
        14
    } else {
        match (named, time.place.aside, near) {
            (true, _, true) => 32,
            (true, _, false) => 20,
            (false, true, _) => 8,
            (false, false, true) => 27,
            (false, false, false) => 14,
        }
    };
    let basis = Basis::ArticleMeta;
    Some(Statement::new(
        Witness::Shown,
        weight,
        moment,
        basis,
        &written,
    ))
}

fn day(on: Date) -> Moment {
    Moment {
        on,
        time: None,
        zone: None,
    }
}

/// A date in the title of the document.
fn by_title(clues: &Clues) -> Option<Statement> {
    let title = &clues.heads.document;
    let found = *foreign::scan(title, Order::DayFirst).first()?;
    let Stamp::Full(on) = found.stamp else {
        return None;
    };
    let basis = Basis::ArticleLabel;
    Some(Statement::new(Witness::Shown, 8, day(on), basis, title))
}

/// The day in the address of the picture with which the page is shared: it was made for it.
fn by_picture(clues: &Clues) -> Option<Statement> {
    let picture = clues.metas.picture.as_ref()?;
    let url = clues.url.join(picture).ok()?;
    let Some(PathDate::Day(on)) = address::path_date(&url) else {
        return None;
    };
    let basis = Basis::UrlPath;
    Some(Statement::new(Witness::Shown, 6, day(on), basis, picture))
}

fn by_address(clues: &Clues) -> Option<Statement> {
    let usual = article::by_address(clues).map(|article| (33, article.on));
    let (weight, on) = usual.or_else(|| Some((30, address::day_first(clues.url)?)))?;
    let (basis, words) = (Basis::UrlPath, clues.url.path());
    Some(Statement::new(
        Witness::Address,
        weight,
        day(on),
        basis,
        words,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::clues::Clues;
    use url::Url;

    fn read(path: &str, body: &str) -> Option<(String, Basis)> {
        let url = Url::parse("https://www.example.com")
            .unwrap()
            .join(path)
            .unwrap();
        let source = format!("<html lang=en><title>A meeting of the board</title>{body}");
        let clues = Clues::of(&source, &url, Date::from_ymd_opt(2026, 11, 25).unwrap());
        let told = article::read(&clues);
        told.article
            .map(|article| (article.on.to_string(), article.basis))
    }

    #[test]
    fn the_day_for_which_most_speaks_is_the_day_of_publication() {
        let title = "<h1>A meeting of the board</h1>";
        let utc = "<meta property='article:published_time' content='2018-03-07T02:00:00Z'>";
        let meta = Basis::ArticleMeta;
        let cases = [
            ("a moment in UTC alone", "/a", utc.to_owned(), "2018-03-07", meta),
            (
                "and the day that is shown",
                "/a",
                format!("{utc}{title}<p>March 6, 2018</p>"),
                "2018-03-06",
                Basis::ArticleLabel,
            ),
            ("and the day in the address", "/2018/03/06/a", utc.to_owned(), "2018-03-06", Basis::UrlPath),
            (
                "and the same moment with its zone",
                "/a",
                format!("{utc}<script>x={{d:'2018-03-06T21:00:00-05:00'}}</script>"),
                "2018-03-06",
                meta,
            ),
            (
                "a label against any date of a meta",
                "/a",
                format!("<meta name=dcterms.date content=2019-01-02>{title}<p>Published: 6 March 2018</p>"),
                "2018-03-06",
                Basis::ArticleLabel,
            ),
            (
                "the article and not its comment",
                "/a",
                r#"<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2018-03-06","comment":{"@type":"Comment","datePublished":"2019-01-02"}}</script>"#.to_owned(),
                "2018-03-06",
                meta,
            ),
            (
                "a last change is better than nothing",
                "/a",
                format!("{title}<p>Text.</p><p>Stand: 6.3.2018</p>"),
                "2018-03-06",
                Basis::ArticleLabel,
            ),
            ("day first in the address", "/news/06-03-2018", title.to_owned(), "2018-03-06", Basis::UrlPath),
        ];
        for (name, path, body, on, basis) in cases {
            assert_eq!(read(path, &body), Some((on.to_owned(), basis)), "{name}");
        }
        for (name, body) in [
            ("copyright", format!("{title}<p>© 6.3.2018</p>")),
            ("a period", format!("{title}<p>14. - 20. Januar 2018</p>")),
            (
                "prose",
                format!(
                    "{title}<p>{}</p><p>He was there on 6 March 2018 when it all began.</p>",
                    "a b c ".repeat(200)
                ),
            ),
        ] {
            assert_eq!(read("/a", &body), None, "{name}");
        }
    }
}
