//! The rules of an assessment, as data: what is measured, what it costs, and how sure we are of it.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::metric::Metric;
use super::points::Points;
use crate::domain::class::Class;

/// The longest identifier of a rule, in characters.
pub const RULE_CHARS: usize = 12;

/// The identifier of a rule, such as `V3a` or `D10`. `D2` sorts before `D10`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RuleId(String);

impl RuleId {
    /// A letter followed by letters and digits, at most [`RULE_CHARS`].
    pub fn parse(text: &str) -> Result<RuleId, String> {
        let sound = text.len() <= RULE_CHARS
            && text.starts_with(|c: char| c.is_ascii_uppercase())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match sound {
            true => Ok(RuleId(text.to_owned())),
            false => Err(format!(
                "{text:?} is no name of a rule: a capital letter, then letters and digits, at most {RULE_CHARS} in all"
            )),
        }
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Letters, number, rest.
    fn parts(&self) -> (&str, u32, &str) {
        let text = self.0.as_str();
        let is_digit = |c: char| c.is_ascii_digit();
        let number = text.find(is_digit).unwrap_or(text.len());
        let (head, tail) = text.split_at_checked(number).unwrap_or((text, ""));
        let rest = tail.find(|c| !is_digit(c)).unwrap_or(tail.len());
        let (digits, rest) = tail.split_at_checked(rest).unwrap_or((tail, ""));
        (head, digits.parse().unwrap_or(0), rest)
    }
}

impl Ord for RuleId {
    fn cmp(&self, other: &RuleId) -> Ordering {
        // Vetoes stand before deductions, and those before all others.
        let rank = |head: &str| match head {
            "V" => 0,
            "D" => 1,
            _ => 2,
        };
        let (one, two) = (self.parts(), other.parts());
        rank(one.0)
            .cmp(&rank(two.0))
            .then_with(|| one.cmp(&two))
            .then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for RuleId {
    fn partial_cmp(&self, other: &RuleId) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RuleId {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        RuleId::parse(&text)
    }
}

impl From<RuleId> for String {
    fn from(id: RuleId) -> String {
        id.0
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word:meta])* $variant:ident $key:literal $chinese:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $($(#[$word])* $variant,)+
        }

        impl $name {
            /// Every one of them.
            pub const ALL: &[$name] = &[$($name::$variant,)+];

            /// The word used in the rule files.
            pub fn key(self) -> &'static str {
                match self {
                    $($name::$variant => $key,)+
                }
            }

            /// The word of a report.
            pub fn in_chinese(self) -> &'static str {
                match self {
                    $($name::$variant => $chinese,)+
                }
            }
        }
    };
}

words!(
    /// The six areas of an assessment.
    Area {
        /// W1
        Availability "availability" "网站可用性",
        /// W2
        Publishing "publishing" "信息发布",
        /// W3
        Interaction "interaction" "互动交流",
        /// W4
        Services "services" "办事服务",
        /// W5
        Management "management" "管理机制",
        /// W6
        Interpretation "interpretation" "政策解读",
    }
);

words!(
    /// What a hit of a rule means.
    Kind {
        /// One hit, and the site is not qualified.
        Veto "veto" "单项否决",
        /// It costs points.
        Deduct "deduct" "扣分",
        /// A duty; it costs points only where some are given.
        Standard "standard" "规范要求",
    }
);

words!(
    /// Who decides.
    Check {
        /// The program.
        Auto "auto" "自动",
        /// The program finds candidates, a person confirms.
        Semi "semi" "半自动",
        /// A person.
        Manual "manual" "人工",
    }
);

words!(
    /// How sure we are that the rule is the document's own.
    Confidence {
        /// Seen in two or more independent texts.
        A "a" "多处文本印证",
        /// Seen in one text, or in the behaviour of one product.
        B "b" "单处文本印证",
        /// Not seen in a text.
        C "c" "未核实",
        /// Our own proposal.
        P "p" "自拟",
    }
);

impl Confidence {
    /// The letter that stands in the rule files.
    pub fn letter(self) -> &'static str {
        match self {
            Confidence::A => "A",
            Confidence::B => "B",
            Confidence::C => "C",
            Confidence::P => "P",
        }
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its identifier.
    pub id: RuleId,
    /// What it says, in Chinese, short.
    pub title: String,
    /// The area whose score it lowers.
    pub area: Area,
    /// What a hit means.
    pub kind: Kind,
    /// What is measured.
    pub metric: Metric,
    /// Finds or percent from which a veto is hit; the number that should be reached; seconds.
    pub threshold: u32,
    /// Finds or percent from which a veto is called near; for an age, days. `None`: never.
    pub near: Option<u32>,
    /// Natural days that are looked at; working days for slow alerts.
    pub window_days: u32,
    /// The classes that are looked at, each with its window in natural days.
    pub classes: BTreeMap<Class, u32>,
    /// What one find, one percent or falling short costs.
    pub points: Points,
    /// The most that the rule costs in all.
    pub cap: Option<Points>,
    /// Who decides.
    pub check: Check,
    /// How sure we are of it.
    pub confidence: Confidence,
    /// The document, by its number; `自拟` for our own.
    pub source: String,
    /// Whether it counts.
    pub enabled: bool,
    /// Rules whose finds are not counted here once more.
    pub yields_to: Vec<RuleId>,
}

impl Rule {
    /// Whether a report must say that it was not compared with the official text.
    pub fn is_unverified(&self) -> bool {
        self.confidence == Confidence::C
    }

    /// Whether it can cost points.
    pub fn costs(&self) -> bool {
        self.kind != Kind::Veto && self.points != Points::ZERO
    }

    /// What it counts for when it is said how much was measured: its cap, or one find.
    pub fn weight(&self) -> Points {
        self.cap.unwrap_or(self.points)
    }
}

/// Which columns of a nested site are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Levels {
    /// Those without columns below them.
    Leaf,
    /// Those at the top; the newest item below them is theirs.
    First,
}

/// Six months, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SixMonths {
    /// 180 natural days, and a year is 365.
    Days,
    /// Calendar months, and a year is twelve of them.
    CalendarMonths,
}

/// When a column has to be late to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Late {
    /// At the end of the period.
    AtEnd,
    /// On any day of the period.
    AnyDay,
}

/// How the finds of several classes are held against one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Together {
    /// All classes together.
    Sum,
    /// Each class by itself.
    Each,
}

/// How a share in percent becomes points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PerPercent {
    /// Parts of a percent count.
    Linear,
    /// Only whole percents count.
    Floor,
}

/// What a total makes of what was not measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Untold {
    /// It costs nothing: the total is a hundred less what was lost, by the weights of all areas that
    /// apply. Nothing that is found raises it, but for a veto that takes the place of a deduction.
    CostsNothing,
    /// Areas without any measurement are left out of the mean. A first small find in such an area can
    /// raise the mean. It holds for what was closed before there was a choice.
    LeftOut,
}

impl Untold {
    /// For rules that were kept before there was a choice.
    fn of_former_rules() -> Untold {
        Untold::LeftOut
    }
}

/// Where external links count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExternalLinks {
    /// On the home page only.
    Home,
    /// On every page.
    Everywhere,
    /// Nowhere.
    Nowhere,
}

/// What the sources leave open, decided. X3 and X4 are the classes and windows of the rules V3b
/// and D7; X5 is the `near` of the vetoes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// X1: whether six months are 180 days or calendar months.
    pub six_months: SixMonths,
    /// X2: whether V3a adds both kinds of columns.
    pub v3a: Together,
    /// X5: whether a veto is near when `near` is reached, or only beyond it.
    pub near_is_reached: bool,
    /// X6: where external links count.
    pub external_links: ExternalLinks,
    /// X7: the working days in which a simple question is to be answered.
    pub simple_reply_working_days: u32,
    /// X7: the working days in which any question is to be answered.
    pub reply_working_days: u32,
    /// X8: the size of the bonus part; it is not automated.
    pub bonus: u32,
    /// X9: the most that a vetoed site is shown with.
    pub veto_most: Points,
    /// X10: words of columns whose letters the veto for unanswered ones leaves out.
    pub unanswered_excludes: Vec<String>,
    /// X11: how failed visits become points.
    pub per_percent: PerPercent,
    /// X12: whether empty columns count among those that are late for long (V3b).
    pub blank_in_v3b: bool,
    /// Which columns of a nested site are counted.
    pub levels: Levels,
    /// When a column has to be late to be counted.
    pub late: Late,
    /// What a total makes of what was not measured.
    #[serde(default = "Untold::of_former_rules")]
    pub unmeasured: Untold,
    /// The least samples of a home page in seven days; with fewer nothing is said.
    pub least_samples: u32,
}

/// From how many points a grade is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grades {
    /// 优秀
    pub excellent: Points,
    /// 良好
    pub good: Points,
    /// 合格
    pub pass: Points,
}

/// All rules of an assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rubric {
    /// The name of the rule set: `p2015`, `p2019`.
    pub profile: String,
    /// What it follows, in Chinese.
    pub title: String,
    /// The weights of the areas; together a hundred.
    pub weights: BTreeMap<Area, u32>,
    /// From how many points a grade is given.
    pub grades: Grades,
    /// What the sources leave open.
    pub choices: Choices,
    /// The rules.
    pub rules: BTreeMap<RuleId, Rule>,
}

impl Rubric {
    /// The rules that count, those of one area.
    pub fn enabled_in(&self, area: Area) -> impl Iterator<Item = &Rule> {
        let rules = self.rules.values();
        rules.filter(move |rule| rule.enabled && rule.area == area)
    }

    /// The rules that count.
    pub fn enabled(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values().filter(|rule| rule.enabled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stand_in_the_order_of_their_numbers() {
        let mut ids: Vec<RuleId> = ["S1d", "D10", "V3b", "D2", "M1", "S1", "V3a", "D9", "V10"]
            .iter()
            .map(|id| RuleId::parse(id).unwrap())
            .collect();
        ids.sort();
        let ids: Vec<&str> = ids.iter().map(RuleId::as_str).collect();
        assert_eq!(
            ids,
            ["V3a", "V3b", "V10", "D2", "D9", "D10", "M1", "S1", "S1d"]
        );
    }

    #[test]
    fn a_name_of_a_rule_is_short_and_plain() {
        for text in ["", "d1", "V3a'", "规则", "V 1", "ABCDEFGHIJKLM"] {
            assert!(RuleId::parse(text).is_err(), "{text}");
        }
    }
}
