//! What a rule can measure, and in which shape the answer comes.

use serde::{Deserialize, Serialize};

/// What is measured. The words are those of the rule files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// The share of samples in which the home page did not open.
    HomeFailures,
    /// The age in days of the newest item on the home page.
    HomeAge,
    /// New items on the home page within the window.
    HomeNewItems,
    /// Samples in which the home page took longer than the threshold, in seconds.
    HomeLoad,
    /// Links on the home page that lead nowhere.
    HomeDeadLinks,
    /// Links on other pages that lead nowhere.
    DeadLinks,
    /// Columns of the classes whose newest item is older than the class's window.
    StaleColumns,
    /// Columns that show no item.
    EmptyColumns,
    /// Columns whose items carry no date.
    UndatedColumns,
    /// Whether all columns of the classes are older than the window.
    IdleColumns,
    /// Items of the classes within the window.
    Activities,
    /// Columns that have to exist and do not.
    MissingColumns,
    /// Letters that nobody answered within the window.
    UnansweredLetters,
    /// Letters whose answer took longer than the window, in working days, or still does.
    SlowReplies,
    /// Whether the newest answer is older than the class's window.
    ReplyAge,
    /// Letters without one of the fields that have to be shown.
    LetterFields,
    /// Whether there is a way to ask.
    AskingChannel,
    /// Elements that service guides lack.
    GuideElements,
    /// Service guides that lack so many elements that they are of no use.
    PoorGuides,
    /// Attachments and forms that cannot be downloaded.
    Attachments,
    /// Online systems that do not open.
    OnlineSystems,
    /// The share of policy documents with an interpretation, in percent.
    Interpretations,
    /// Interpretations that came later than the window, in working days.
    LateInterpretations,
    /// Policy documents and interpretations that do not link each other.
    InterpretationLinks,
    /// Page tags that are missing.
    PageTags,
    /// Footer elements that are missing.
    FooterMarks,
    /// The form of the site code.
    SiteCode,
    /// Whether the domain is one of government.
    Domain,
    /// Whether the home page is served over HTTPS with a sound certificate.
    Https,
    /// Whether the host has an IPv6 address.
    Ipv6,
    /// The days for which the home page's certificate is good.
    Certificate,
    /// Advertising on pages.
    Advertising,
    /// Overdue columns that were not mended within so many working days.
    SlowAlerts,
    /// Columns that were overdue again within the window.
    RepeatedAlerts,
    /// Serious errors: wrong words and forbidden content that a person confirmed as serious.
    Words,
    /// Other wrong words that a person confirmed.
    WordErrors,
    /// What a person finds.
    Manual,
}

/// In which shape a measurement comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Finds: each costs the points, so many of them are a veto.
    Finds,
    /// A share in percent: each percent costs the points, so many percent are a veto.
    Rate,
    /// A number that should be reached: falling short costs the points once.
    Number,
}

impl Metric {
    /// Every metric, in the order of the areas.
    pub const ALL: [Metric; 37] = [
        Metric::HomeFailures,
        Metric::HomeAge,
        Metric::HomeNewItems,
        Metric::HomeLoad,
        Metric::HomeDeadLinks,
        Metric::DeadLinks,
        Metric::StaleColumns,
        Metric::EmptyColumns,
        Metric::UndatedColumns,
        Metric::IdleColumns,
        Metric::Activities,
        Metric::MissingColumns,
        Metric::UnansweredLetters,
        Metric::SlowReplies,
        Metric::ReplyAge,
        Metric::LetterFields,
        Metric::AskingChannel,
        Metric::GuideElements,
        Metric::PoorGuides,
        Metric::Attachments,
        Metric::OnlineSystems,
        Metric::Interpretations,
        Metric::LateInterpretations,
        Metric::InterpretationLinks,
        Metric::PageTags,
        Metric::FooterMarks,
        Metric::SiteCode,
        Metric::Domain,
        Metric::Https,
        Metric::Ipv6,
        Metric::Certificate,
        Metric::Advertising,
        Metric::SlowAlerts,
        Metric::RepeatedAlerts,
        Metric::Words,
        Metric::WordErrors,
        Metric::Manual,
    ];

    /// The word used in the rule files.
    pub fn key(self) -> &'static str {
        match self {
            Metric::HomeFailures => "home-failures",
            Metric::HomeAge => "home-age",
            Metric::HomeNewItems => "home-new-items",
            Metric::HomeLoad => "home-load",
            Metric::HomeDeadLinks => "home-dead-links",
            Metric::DeadLinks => "dead-links",
            Metric::StaleColumns => "stale-columns",
            Metric::EmptyColumns => "empty-columns",
            Metric::UndatedColumns => "undated-columns",
            Metric::IdleColumns => "idle-columns",
            Metric::Activities => "activities",
            Metric::MissingColumns => "missing-columns",
            Metric::UnansweredLetters => "unanswered-letters",
            Metric::SlowReplies => "slow-replies",
            Metric::ReplyAge => "reply-age",
            Metric::LetterFields => "letter-fields",
            Metric::AskingChannel => "asking-channel",
            Metric::GuideElements => "guide-elements",
            Metric::PoorGuides => "poor-guides",
            Metric::Attachments => "attachments",
            Metric::OnlineSystems => "online-systems",
            Metric::Interpretations => "interpretations",
            Metric::LateInterpretations => "late-interpretations",
            Metric::InterpretationLinks => "interpretation-links",
            Metric::PageTags => "page-tags",
            Metric::FooterMarks => "footer-marks",
            Metric::SiteCode => "site-code",
            Metric::Domain => "domain",
            Metric::Https => "https",
            Metric::Ipv6 => "ipv6",
            Metric::Certificate => "certificate",
            Metric::Advertising => "advertising",
            Metric::SlowAlerts => "slow-alerts",
            Metric::RepeatedAlerts => "repeated-alerts",
            Metric::Words => "words",
            Metric::WordErrors => "word-errors",
            Metric::Manual => "manual",
        }
    }

    /// Whether this version measures it by itself. What it does not, a person may enter.
    pub fn is_measured(self) -> bool {
        matches!(
            self,
            Metric::HomeFailures
                | Metric::HomeAge
                | Metric::HomeLoad
                | Metric::StaleColumns
                | Metric::EmptyColumns
                | Metric::UndatedColumns
                | Metric::IdleColumns
                | Metric::Activities
                | Metric::SiteCode
                | Metric::Domain
                | Metric::Https
                | Metric::Certificate
                | Metric::SlowAlerts
                | Metric::RepeatedAlerts
        )
    }

    /// Whether an inspection measures it. A person's entry takes the place of what it found.
    pub fn is_inspected(self) -> bool {
        matches!(
            self,
            Metric::HomeNewItems
                | Metric::HomeDeadLinks
                | Metric::DeadLinks
                | Metric::UnansweredLetters
                | Metric::SlowReplies
                | Metric::ReplyAge
                | Metric::LetterFields
                | Metric::AskingChannel
                | Metric::GuideElements
                | Metric::PoorGuides
                | Metric::Attachments
                | Metric::OnlineSystems
                | Metric::Interpretations
                | Metric::LateInterpretations
                | Metric::InterpretationLinks
                | Metric::PageTags
                | Metric::FooterMarks
                | Metric::Ipv6
                | Metric::Words
                | Metric::WordErrors
                | Metric::Advertising
        )
    }

    /// In which shape the measurement comes.
    pub fn shape(self) -> Shape {
        match self {
            Metric::HomeFailures | Metric::HomeLoad => Shape::Rate,
            Metric::HomeNewItems
            | Metric::Activities
            | Metric::Certificate
            | Metric::Interpretations => Shape::Number,
            _ => Shape::Finds,
        }
    }

    /// Whether a rule of it is kept or not, and cannot be broken more than once.
    pub fn is_once(self) -> bool {
        let is_whether = matches!(
            self,
            Metric::HomeAge
                | Metric::HomeLoad
                | Metric::ReplyAge
                | Metric::AskingChannel
                | Metric::SiteCode
                | Metric::Domain
                | Metric::Https
                | Metric::Ipv6
        );
        is_whether || self.shape() == Shape::Number
    }

    /// Whether a rule of it, a veto or none, looks at `window_days`.
    pub fn has_window(self, is_veto: bool) -> bool {
        match self {
            // Of a deduction the whole period counts.
            Metric::HomeFailures => is_veto,
            Metric::HomeAge
            | Metric::HomeNewItems
            | Metric::UnansweredLetters
            | Metric::SlowReplies
            | Metric::LateInterpretations
            | Metric::SlowAlerts
            | Metric::RepeatedAlerts
            // What a person finds has the window of the document.
            | Metric::Manual => true,
            _ => false,
        }
    }

    /// Whether a rule of it, a veto or none, looks at `threshold`.
    pub fn has_threshold(self, is_veto: bool) -> bool {
        match self {
            Metric::HomeAge => false,
            Metric::HomeLoad | Metric::PoorGuides => true,
            _ => is_veto || self.shape() == Shape::Number,
        }
    }

    /// The largest threshold that can be met, where there is one: shares are percent.
    pub fn most(self) -> Option<u32> {
        matches!(self, Metric::HomeFailures | Metric::Interpretations).then_some(100)
    }

    /// Whether it looks at columns of certain classes, each within a window of its own.
    pub fn by_class(self) -> bool {
        matches!(
            self,
            Metric::StaleColumns | Metric::IdleColumns | Metric::Activities | Metric::ReplyAge
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_has_one_word_that_serde_uses_too() {
        let mut keys: Vec<&str> = Metric::ALL.map(Metric::key).to_vec();
        for metric in Metric::ALL {
            let json = serde_json::to_string(&metric).unwrap();
            assert_eq!(json, format!("\"{}\"", metric.key()));
        }
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), Metric::ALL.len());
    }
}
