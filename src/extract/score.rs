//! How well pages were read, against what is true of them: the four outcomes, and the usual
//! ratios of them. Only a date given is right or wrong; giving none is an abstention.

use crate::domain::time::Date;

/// How one page was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The date that it has.
    Right,
    /// A date that it has not.
    Wrong,
    /// No date, and it has none.
    AbstainedRightly,
    /// No date, though it has one.
    AbstainedWrongly,
}

impl Mark {
    /// Compares what is true with what was read.
    pub fn of(truth: Option<Date>, read: Option<Date>) -> Mark {
        match (truth, read) {
            (truth, Some(read)) if truth == Some(read) => Mark::Right,
            (_, Some(_)) => Mark::Wrong,
            (None, None) => Mark::AbstainedRightly,
            (Some(_), None) => Mark::AbstainedWrongly,
        }
    }

    /// Whether it counts against the reader.
    pub fn is_miss(self) -> bool {
        matches!(self, Mark::Wrong | Mark::AbstainedWrongly)
    }

    /// The word for it.
    pub fn key(self) -> &'static str {
        match self {
            Mark::Right => "right",
            Mark::Wrong => "wrong",
            Mark::AbstainedRightly => "abstained rightly",
            Mark::AbstainedWrongly => "abstained wrongly",
        }
    }
}

/// How many pages were read how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    /// With the date that they have.
    pub right: usize,
    /// With a date that they have not.
    pub wrong: usize,
    /// Without a date, which they do not have.
    pub abstained_rightly: usize,
    /// Without the date that they have.
    pub abstained_wrongly: usize,
}

impl Score {
    /// Counts one page.
    pub fn count(&mut self, mark: Mark) {
        let place = match mark {
            Mark::Right => &mut self.right,
            Mark::Wrong => &mut self.wrong,
            Mark::AbstainedRightly => &mut self.abstained_rightly,
            Mark::AbstainedWrongly => &mut self.abstained_wrongly,
        };
        *place += 1;
    }

    /// Counts all of another score.
    pub fn add(&mut self, other: Score) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.abstained_rightly += other.abstained_rightly;
        self.abstained_wrongly += other.abstained_wrongly;
    }

    /// All pages.
    pub fn pages(&self) -> usize {
        self.right + self.wrong + self.abstained_rightly + self.abstained_wrongly
    }

    /// The right ones among the dates given; `None` where none was given.
    pub fn precision(&self) -> Option<f64> {
        ratio(self.right, self.right + self.wrong)
    }

    /// The right ones among these and the dates that were not given.
    pub fn recall(&self) -> Option<f64> {
        ratio(self.right, self.right + self.abstained_wrongly)
    }

    /// The pages of which the right thing was said.
    pub fn accuracy(&self) -> Option<f64> {
        ratio(self.right + self.abstained_rightly, self.pages())
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> Option<f64> {
        let missed = self.wrong + self.abstained_wrongly;
        ratio(2 * self.right, 2 * self.right + missed)
    }
}

fn ratio(part: usize, whole: usize) -> Option<f64> {
    let (part, whole) = (u32::try_from(part).ok()?, u32::try_from(whole).ok()?);
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_right_wrong_or_an_abstention() {
        let (a, b) = (
            Date::from_ymd_opt(2018, 3, 6),
            Date::from_ymd_opt(2018, 3, 7),
        );
        let cases = [
            (a, a, Mark::Right),
            (a, b, Mark::Wrong),
            (None, b, Mark::Wrong),
            (None, None, Mark::AbstainedRightly),
            (a, None, Mark::AbstainedWrongly),
        ];
        for (truth, read, mark) in cases {
            assert_eq!(Mark::of(truth, read), mark, "{truth:?} {read:?}");
        }
    }

    #[test]
    fn the_ratios_are_those_of_the_books() {
        let score = Score {
            right: 6,
            wrong: 2,
            abstained_rightly: 3,
            abstained_wrongly: 4,
        };
        let close = |got: Option<f64>, wanted: f64| {
            assert!(
                got.is_some_and(|got| (got - wanted).abs() < 1e-9),
                "{got:?}"
            );
        };
        close(score.precision(), 0.75);
        close(score.recall(), 0.6);
        close(score.accuracy(), 0.6);
        close(score.f1(), 2.0 * 0.75 * 0.6 / 1.35);
        let mut twice = score;
        twice.add(score);
        twice.count(Mark::Right);
        assert_eq!(twice.pages(), 31);
    }

    #[test]
    fn nothing_read_has_no_ratios() {
        let score = Score::default();
        assert_eq!(
            (
                score.precision(),
                score.recall(),
                score.accuracy(),
                score.f1()
            ),
            (None, None, None, None)
        );
    }
}
