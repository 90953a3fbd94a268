//! Which printed date is a row's: outside the title, split over elements, under a column head, in
//! a hint, or at the edge of the title itself.

use super::clean;
use super::dates::{self, Stamp};
use super::dom::What;
use super::labels::{self, Label};
use super::split;
use super::standing::{self, Standing};
use super::survey::{Dated, Survey};
use crate::domain::finding::Basis;

/// A printed date.
#[derive(Debug, Clone)]
pub struct Mark {
    /// How complete it is.
    pub stamp: Stamp,
    /// Where it stands.
    pub basis: Basis,
    /// The words around it.
    pub snippet: String,
    /// Whether it stands apart from the title.
    pub apart: bool,
    /// What speaks against it.
    pub reserve: Reserve,
}

/// What speaks against a date that is printed as a row's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reserve {
    /// Nothing.
    None,
    /// It is the day on which a letter was written.
    Asked,
    /// It is two single digits, like a score or a share: other rows must tell what they are.
    Thin,
}

/// What speaks for a date: its label, its place outside the link, its completeness, its standing,
/// that no other word stands beside it, and the later day.
type Rank = (u8, bool, u8, Standing, bool, Option<chrono::NaiveDate>);

impl<'a> Survey<'_, 'a> {
    /// The date in a block: outside the title, split over elements, or in a hint.
    pub fn mark_of_block(&self, index: usize, block: usize) -> Option<Mark> {
        let end = self.dom.end(block);
        let own = || {
            let dated = self.dates_between(block, end);
            dated.filter(|d| d.in_item.is_none() || is_apart_in_link(d))
        };
        self.best(own(), block)
            .filter(|mark| !matches!(mark.stamp, Stamp::MonthDay(..) | Stamp::Month(..)))
            .or_else(|| self.split(block, end))
            .or_else(|| self.best(own(), block))
            .or_else(|| self.in_hint(index))
    }

    /// The most trustworthy of several dates.
    pub fn best<'x>(
        &'x self,
        dated: impl Iterator<Item = &'x Dated<'a>>,
        block: usize,
    ) -> Option<Mark>
    where
        'a: 'x,
    {
        let mut best: Option<(Rank, &Dated)> = None;
        for d in dated {
            let label = self.effective_label(d, block);
            if d.found.ranged || !is_row_date(d, label) || self.is_concealed(d, block) {
                continue;
            }
            // What the unit has made public comes before what it has done, and both before what
            // others have.
            let trust = match label {
                Label::Answered => 6,
                Label::Published => 5,
                Label::Handled => 4,
                Label::None | Label::Date | Label::Updated => 3,
                Label::Asked => 2,
                Label::Other => 1,
            };
            let (completeness, day) = match d.found.stamp {
                Stamp::Full(day) | Stamp::Short(day) => (3, Some(day)),
                Stamp::Ago(_) | Stamp::Turned(..) => (3, None),
                Stamp::MonthDay(..) => (2, None),
                Stamp::Month(..) => (1, None),
            };
            let outside = d.in_item.is_none();
            let bare = d.label != Label::None || !has_words(d);
            let rank = (trust, outside, completeness, d.standing, bare, day);
            if best.as_ref().is_none_or(|(other, _)| rank > *other) {
                best = Some((rank, d));
            }
        }
        let ((trust, ..), d) = best?;
        (trust > 1).then(|| Mark {
            reserve: reserve(trust == 2, d),
            ..mark(d.text, d.found.stamp, Basis::ListRow, true)
        })
    }

    /// Whether the date is not displayed although its row is.
    fn is_concealed(&self, d: &Dated, block: usize) -> bool {
        let hidden = |at: usize| self.dom.get(at).is_some_and(|node| node.hidden);
        hidden(d.node) && !hidden(block)
    }

    /// The head of the column in which the date stands, or the label before it.
    fn effective_label(&self, d: &Dated, block: usize) -> Label {
        // What stands before it in its own cell is nearer than any head.
        let own = d.text.chars().take(d.found.start);
        if d.label == Label::None || !own.into_iter().any(char::is_alphabetic) {
            let head = self.column_head(block, d.node);
            if let Some(label) = head.and_then(|head| labels::head(&d.found, &head)) {
                return label;
            }
        }
        d.label
    }

    /// A date whose parts stand in neighbouring elements: day and month, year apart.
    fn split(&self, block: usize, end: usize) -> Option<Mark> {
        let small = || {
            let texts = self.dom.texts(block, end).take(40);
            texts
                .filter(|(at, text)| {
                    text.len() <= 40 && !clean::trimmed(text).is_empty() && !self.is_title(*at)
                })
                .map(|(_, text)| text)
        };
        if small().nth(1).is_none() || !small().any(dates::has_digit) {
            return None;
        }
        // Other words part what stands before them from what stands behind.
        let parts: Vec<Option<String>> = small().map(split::part).collect();
        let mut runs = parts.split(Option::is_none);
        runs.find_map(|run| {
            let texts: Vec<String> = run.iter().flatten().cloned().collect();
            let (stamp, words) = split::find(&texts)?;
            Some(mark(&words, stamp, Basis::ListRow, true))
        })
    }

    fn is_title(&self, at: usize) -> bool {
        let after = self.items.partition_point(|item| item.at <= at);
        after
            .checked_sub(1)
            .and_then(|i| self.items.get(i))
            .is_some_and(|item| at < item.end && !self.is_small(at))
    }

    /// A short text of digits inside a link is no part of the title.
    fn is_small(&self, at: usize) -> bool {
        match self.dom.get(at).map(|node| node.what) {
            Some(What::Text(text)) => clean::weight(text) <= 3 && dates::has_digit(text),
            _ => false,
        }
    }

    /// The date in the link's `title` attribute, when the attribute says more than the title.
    pub fn in_hint(&self, index: usize) -> Option<Mark> {
        let item = self.items.get(index)?;
        let hint = item.hint?;
        let found = dates::scan(hint).into_iter().rfind(|found| {
            let before: String = hint.chars().take(found.start).collect();
            let labelled = matches!(
                labels::label(&before),
                Label::Published | Label::Date | Label::Updated
            );
            let alone = standing::standing(hint, found) == Standing::Alone;
            let whole = matches!(found.stamp, Stamp::Full(_) | Stamp::Short(_));
            whole && !found.ranged && (labelled || alone)
        })?;
        let stamp = found.in_china().stamp;
        Some(mark(hint, stamp, Basis::TitleAttribute, true))
    }

    /// A date in digits at the end or the beginning of the title itself.
    pub fn in_title(&self, index: usize) -> Option<Mark> {
        let item = self.items.get(index)?;
        let own = self.dates_between(item.at, item.end).filter(|d| {
            let length = d.text.trim_end().chars().count();
            let lead = d.text.chars().take_while(|c| c.is_whitespace()).count();
            let edge = d.found.end + 1 >= length || d.found.start <= lead + 1;
            edge && d.found.numeric
                && !d.found.ranged
                && d.standing == Standing::Edge
                && matches!(d.found.stamp, Stamp::Full(_))
        });
        own.last()
            .map(|d| mark(d.text, d.found.stamp, Basis::ListRow, false))
    }
}

/// A date that stands apart from the row which it dates.
pub fn marked(text: &str, stamp: Stamp) -> Mark {
    mark(text, stamp, Basis::ListRow, true)
}

fn mark(text: &str, stamp: Stamp, basis: Basis, apart: bool) -> Mark {
    Mark {
        stamp,
        basis,
        snippet: clean::line(text, clean::SNIPPET),
        apart,
        reserve: Reserve::None,
    }
}

fn reserve(asked: bool, d: &Dated) -> Reserve {
    let bare = d.text.trim().len() == 3;
    if asked {
        Reserve::Asked
    } else if bare && matches!(d.found.stamp, Stamp::MonthDay(..)) {
        Reserve::Thin
    } else {
        Reserve::None
    }
}

/// Whether words stand beside a date in its text.
fn has_words(d: &Dated) -> bool {
    let mut beside = d.text.chars().enumerate();
    beside.any(|(at, c)| (at < d.found.start || at >= d.found.end) && c.is_alphabetic())
}

/// Whether a date in a link stands apart from the title there: alone but for its label, behind a
/// label of its own in a text of labels, or parted from the other words by a bar. 2018年3月16日天气预报
/// is a title.
fn is_apart_in_link(d: &Dated) -> bool {
    const BARS: [char; 3] = ['|', '｜', '丨'];
    let before: String = d.text.chars().take(d.found.start).collect();
    let behind: String = d.text.chars().skip(d.found.end).collect();
    let wordless = |text: &str| !text.contains(char::is_alphabetic);
    let barred = || {
        let (before, behind) = (before.rsplit(BARS).next(), behind.split(BARS).next());
        d.text.contains(BARS) && before.is_some_and(wordless) && behind.is_some_and(wordless)
    };
    if d.standing == Standing::Alone {
        return wordless(&behind) && (wordless(&before) || d.label != Label::None);
    }
    let labelled = matches!(d.label, Label::Published | Label::Updated | Label::Date);
    labelled && before.trim_end().ends_with([':', '：']) || barred()
}

/// Whether a date in a row can be the row's: prose dates and bare numbers cannot.
fn is_row_date(d: &Dated, label: Label) -> bool {
    match (d.found.stamp, d.standing) {
        (_, Standing::Prose) => {
            matches!(label, Label::Published | Label::Answered | Label::Handled)
        }
        (Stamp::Full(_) | Stamp::Ago(_) | Stamp::Short(_) | Stamp::Turned(..), _) => true,
        (Stamp::MonthDay(..), Standing::Alone) => true,
        (Stamp::MonthDay(..), Standing::Edge) => {
            d.text.trim().chars().count() <= 60 && d.found.end - d.found.start >= 5
        }
        (Stamp::Month(..), standing) => standing == Standing::Alone,
    }
}
