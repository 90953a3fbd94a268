//! One site of an assessment for programs: its figures, what the pages add to them, its areas and rules.

use schemars::JsonSchema;
use serde::Serialize;

use crate::assess::score::card::{AreaScore, Card, Grade, Line, Verdict};
use crate::assess::score::rubric::RuleId;
use crate::report::assessment::words;

/// One site of an assessment.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SiteScore {
    /// The site.
    pub site: String,
    /// The unit that answers for it.
    pub unit: String,
    /// The total of a hundred, as it counts: under a veto no more than the rules allow; none where nothing
    /// was measured.
    pub total: Option<f64>,
    /// The total as computed, without what a veto takes.
    pub computed: Option<f64>,
    /// The change against the period before.
    pub change: Option<f64>,
    /// The place among all sites.
    pub rank: Option<u32>,
    /// The grade, in Chinese, without what the pages add to it; none where too little was measured for one.
    pub grade: Option<String>,
    /// The grade as the pages say it, in Chinese: `优秀（暂定）`; `暂不评级` where too little was measured for
    /// one, `未测评` where nothing was. What is shown to people is this.
    pub grade_says: String,
    /// Whether the grade can still become another one: the period runs, or not all of it was measured and no
    /// veto was hit. The pages say `暂定`.
    pub provisional: bool,
    /// Whether the figures rest on a part of the period's days or on less than half of the points. The pages
    /// set an asterisk behind the place.
    pub partial: bool,
    /// From when to when it was watched, in Chinese, where that is a part of the period.
    pub watched: Option<String>,
    /// The share of all points that stands on measurement, in percent.
    pub measured: f64,
    /// The rules whose veto was hit.
    pub vetoes: Vec<String>,
    /// The rules whose veto was hit during the period and no more at its end: they do not count.
    pub past_vetoes: Vec<String>,
    /// The rules whose veto was near during the period, and not hit.
    pub near_vetoes: Vec<String>,
    /// The areas.
    pub areas: Vec<AreaOfSite>,
}

/// One area of a site.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AreaOfSite {
    /// Its word.
    pub area: String,
    /// Its weight of a hundred.
    pub weight: u32,
    /// A hundred less what was lost; none where nothing was measured.
    pub score: Option<f64>,
    /// Its rules.
    pub rules: Vec<RuleOfSite>,
}

/// What became of one rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RuleOfSite {
    /// Its identifier.
    pub rule: String,
    /// `kept`, `lost`, `not-kept` (without points), `veto`, `yields` (counted by another rule) or
    /// `unmeasured`.
    pub outcome: String,
    /// The same in Chinese, with the points.
    pub says: String,
    /// How many finds count.
    pub finds: usize,
}

fn number(points: impl ToString) -> Option<f64> {
    points.to_string().parse().ok()
}

impl SiteScore {
    /// The site of a card.
    pub fn of(card: &Card) -> SiteScore {
        let rules = |ids: &[RuleId]| ids.iter().map(ToString::to_string).collect();
        let (were_hit, near) = words::nearly(card);
        SiteScore {
            site: card.site.to_string(),
            unit: card.unit.to_string(),
            total: card.total.and_then(number),
            computed: card.computed.and_then(number),
            change: card.change.and_then(number),
            rank: card.rank,
            grade: card.grade.map(Grade::in_chinese).map(str::to_owned),
            grade_says: words::grade(card),
            provisional: card.grade.is_some() && !words::is_certain(card),
            partial: card.is_loose(),
            watched: words::watched(card),
            measured: number(card.measured).unwrap_or_default(),
            vetoes: rules(&card.vetoes),
            past_vetoes: rules(&were_hit),
            near_vetoes: rules(&near),
            areas: card
                .areas
                .iter()
                .filter(|area| area.applies)
                .map(area)
                .collect(),
        }
    }
}

fn area(area: &AreaScore) -> AreaOfSite {
    AreaOfSite {
        area: area.area.key().to_owned(),
        weight: area.weight,
        score: area.score.and_then(number),
        rules: area.lines.iter().map(rule).collect(),
    }
}

fn rule(line: &Line) -> RuleOfSite {
    let outcome = match line.verdict {
        Verdict::Veto => "veto",
        Verdict::Lost => "lost",
        Verdict::NotKept => "not-kept",
        Verdict::Yields(_) => "yields",
        Verdict::Unmeasured(_) => "unmeasured",
        // Areas that do not apply are left out, with their rules.
        Verdict::NotApplying => "not-applying",
        Verdict::Kept => "kept",
    };
    RuleOfSite {
        rule: line.rule.id.to_string(),
        outcome: outcome.to_owned(),
        says: words::verdict(line),
        finds: line.finds.len(),
    }
}
