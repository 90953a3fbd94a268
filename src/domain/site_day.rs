//! One day of one site, rolled up: how often its home page opened, and how new it was.

use serde::{Deserialize, Serialize};

use super::finding::Undated;
use super::id::SiteId;
use super::time::{Date, Moment};
use super::visit::Failure;

/// A home page that is not open after so long counts as not opened.
/// Source: 国办发〔2015〕15号 and 国办秘函〔2019〕19号, fifteen seconds included.
pub const LONGEST_OPENING_MS: u64 = 15_000;
/// The most samples that are kept in detail; all are counted.
const MOST_MISSES: usize = 200;

/// One day of one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteDay {
    /// The site.
    pub site: SiteId,
    /// The day.
    pub on: Date,
    /// Samples in which the home page opened, by the whole seconds that it took, from 0 to 14.
    pub opened: Vec<u32>,
    /// Samples in which it did not.
    pub failed: u32,
    /// Samples that say nothing of the site.
    pub excluded: u32,
    /// Those that failed or were excluded, the oldest first, at most 200.
    pub misses: Vec<Miss>,
    /// How new the home page was at the latest sample, where it has been read; at the latest visit where
    /// no samples are taken.
    pub home: Option<HomeOfDay>,
}

/// A sample that did not open the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Miss {
    /// When it was taken.
    pub at: Moment,
    /// Why.
    pub why: MissCause,
}

/// Why a sample did not open the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissCause {
    /// The site gave no page.
    Failed(Failure),
    /// The page came, but later than [`LONGEST_OPENING_MS`].
    Slow(u64),
    /// The monitor's own network was down: it says nothing of the site.
    OwnNetwork,
    /// The site refuses or hides from the monitor, not from people: it says nothing of the site.
    Refused(Failure),
}

impl MissCause {
    /// Whether it counts against the site.
    pub fn counts(&self) -> bool {
        matches!(self, MissCause::Failed(_) | MissCause::Slow(_))
    }

    /// The cause in the words of a report.
    pub fn in_chinese(&self) -> String {
        match self {
            MissCause::Failed(failure) => failure.in_chinese(),
            MissCause::Slow(ms) => format!("打开用时{}秒", ms / 1000),
            MissCause::OwnNetwork => "监测系统自身网络故障，不计".to_owned(),
            MissCause::Refused(failure) => format!("{}，不计", failure.in_chinese()),
        }
    }
}

/// How new a home page was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeOfDay {
    /// The newest dated item that was read.
    pub newest_on: Option<Date>,
    /// When that was read last.
    pub read_at: Option<Moment>,
    /// Why the latest reading found no date, where it found items.
    pub undated: Option<Undated>,
}

/// What one sample saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sample {
    /// The page opened, after so many milliseconds.
    Opened(u64),
    /// It did not.
    Missed(MissCause),
}

impl Sample {
    /// The sample of a request that took `took_ms` and ended with `failure`, if it failed.
    pub fn of(took_ms: u64, failure: Option<Failure>) -> Sample {
        match failure {
            // The page came; that it is longer than what is read is no fault of the site.
            None | Some(Failure::TooLarge) if took_ms < LONGEST_OPENING_MS => {
                Sample::Opened(took_ms)
            }
            None | Some(Failure::TooLarge) => Sample::Missed(MissCause::Slow(took_ms)),
            Some(failure) if says_nothing(&failure) => Sample::Missed(MissCause::Refused(failure)),
            Some(failure) => Sample::Missed(MissCause::Failed(failure)),
        }
    }
}

/// Whether a failure lies between the site and the monitor, so that people may see the page.
fn says_nothing(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Robots
            | Failure::Blocked(_)
            | Failure::TlsLegacy
            | Failure::Certificate(_)
            | Failure::ForeignHost(_)
            | Failure::PrivateAddress
    )
}

impl SiteDay {
    /// A day without samples.
    pub fn new(site: SiteId, on: Date) -> SiteDay {
        SiteDay {
            site,
            on,
            opened: vec![0; (LONGEST_OPENING_MS / 1000) as usize],
            failed: 0,
            excluded: 0,
            misses: Vec::new(),
            home: None,
        }
    }

    /// Adds a sample.
    pub fn add(&mut self, at: Moment, sample: Sample) {
        let why = match sample {
            Sample::Opened(ms) => {
                let second = usize::try_from(ms / 1000).unwrap_or(usize::MAX);
                if let Some(count) = self.opened.get_mut(second) {
                    *count += 1;
                }
                return;
            }
            Sample::Missed(why) => why,
        };
        match why.counts() {
            true => self.failed += 1,
            false => self.excluded += 1,
        }
        self.misses.push(Miss { at, why });
        let surplus = self.misses.len().saturating_sub(MOST_MISSES);
        self.misses.drain(..surplus);
    }

    /// Samples in which the page opened.
    pub fn opened(&self) -> u32 {
        self.opened.iter().sum()
    }

    /// Samples that count.
    pub fn visits(&self) -> u32 {
        self.opened() + self.failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;
    use crate::domain::visit::CertificateFault;

    #[test]
    fn fifteen_seconds_are_too_long_and_what_hides_from_us_says_nothing() {
        let rows = [
            (14_999, None, (1, 0, 0)),
            (15_000, None, (0, 1, 0)),
            (200, Some(Failure::TooLarge), (1, 0, 0)),
            (200, Some(Failure::Dns), (0, 1, 0)),
            (200, Some(Failure::Status(503)), (0, 1, 0)),
            (15_000, Some(Failure::TotalTimeout), (0, 1, 0)),
            (200, Some(Failure::Blocked(403)), (0, 0, 1)),
            (200, Some(Failure::TlsLegacy), (0, 0, 1)),
            (
                200,
                Some(Failure::Certificate(CertificateFault::Chain)),
                (0, 0, 1),
            ),
        ];
        for (ms, failure, expected) in rows {
            let at = moment("2026-07-01T08:00:00".parse().unwrap());
            let mut day = SiteDay::new(SiteId::parse("kxw").unwrap(), at.date_naive());
            day.add(at, Sample::of(ms, failure.clone()));
            let found = (day.opened(), day.failed, day.excluded);
            assert_eq!(found, expected, "{ms} {failure:?}");
        }
    }
}
