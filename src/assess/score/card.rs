//! The scorecard of a site: every rule with what it cost and why, the areas, the total.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fact::Fact;
use super::facts::SiteFacts;
use super::finding::{Aside, Find, Spared};
use super::measure::measure;
use super::measurement::{Amount, Part, Unmeasured};
use super::metric::Metric;
use super::outcome::line;
use super::period::Period;
use super::points::Points;
use super::rubric::{Area, Kind, Rubric, Rule, RuleId, Untold};
use super::settle::settle;
use super::watched::{HALF, Watched};
use crate::calendar::Calendar;
use crate::domain::class::Class;
use crate::domain::id::{ColumnId, SiteId, UnitId};
use crate::domain::time::Date;

pub use super::grade::Grade;

/// The assessment of one site for one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The site.
    pub site: SiteId,
    /// Its name.
    pub name: String,
    /// The unit that answers for it.
    pub unit: UnitId,
    /// That one's name.
    pub unit_name: String,
    /// The period.
    pub period: Period,
    /// The last day that was looked at: the period's, or the present one while it runs.
    pub to: Date,
    /// Whether the period was over.
    pub is_over: bool,
    /// The areas, in their order.
    pub areas: Vec<AreaScore>,
    /// The weighted total of what was measured; `None` where nothing was.
    pub computed: Option<Points>,
    /// The total as shown: a vetoed site has no more than the rubric allows.
    pub total: Option<Points>,
    /// The share of all points that stands on measurement, in percent.
    pub measured: Points,
    /// The vetoes that were hit.
    pub vetoes: Vec<RuleId>,
    /// The vetoes that are near.
    pub near: Vec<RuleId>,
    /// The grade; `None` where nothing was measured, or less than half without a veto.
    pub grade: Option<Grade>,
    /// The place among all sites; sites of the same total share one.
    pub rank: Option<u32>,
    /// The change of the total against the period before.
    pub change: Option<Points>,
    /// From when to when the site was watched; nothing where nobody looked, or nobody wrote it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched: Option<Watched>,
}

/// One area of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AreaScore {
    /// The area.
    pub area: Area,
    /// Its weight of a hundred.
    pub weight: u32,
    /// Whether it applies to the site.
    pub applies: bool,
    /// A hundred less what was lost; `None` where nothing was measured.
    pub score: Option<Points>,
    /// What was lost.
    pub lost: Points,
    /// The share of its points that stands on measurement, in percent.
    pub measured: Points,
    /// Its rules.
    pub lines: Vec<Line>,
}

/// One rule of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The rule as applied.
    pub rule: Rule,
    /// What it came to.
    pub verdict: Verdict,
    /// What it cost.
    pub lost: Points,
    /// Whether a veto is near.
    pub near: bool,
    /// The amount that was measured.
    pub amount: Option<Amount>,
    /// What counts.
    pub finds: Vec<Find>,
    /// What does not, and why.
    pub asides: Vec<Aside>,
    /// How much of what the rule is about was measured, where that is a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
}

impl Line {
    /// Whether a veto was hit during the period and was not at its end: more than near.
    pub fn was_hit(&self) -> bool {
        let is_over = || self.asides.iter().any(|aside| aside.why == Spared::Over);
        self.near && self.rule.metric == Metric::HomeAge && is_over()
    }

    /// What it says where its area does not apply to the site: nothing, whatever was found or entered.
    fn not_applying(self) -> Line {
        let finds = self.finds.into_iter().map(|find| Aside {
            find,
            why: Spared::NotApplying,
        });
        Line {
            verdict: Verdict::NotApplying,
            lost: Points::ZERO,
            near: false,
            amount: None,
            asides: finds.chain(self.asides).collect(),
            finds: Vec::new(),
            part: None,
            ..self
        }
    }

    /// Its weight, as far as it stands on measurement.
    fn known(&self) -> Points {
        let weight = self.rule.weight();
        match (self.amount, self.part) {
            (None, _) => Points::ZERO,
            (Some(_), None) => weight,
            (Some(_), Some(part)) => weight.share(i64::from(part.told), i64::from(part.of)),
        }
    }
}

/// What a rule came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is kept.
    Kept,
    /// It cost points.
    Lost,
    /// It is not kept, and costs no points.
    NotKept,
    /// A veto was hit.
    Veto,
    /// What it would count is counted by another rule.
    Yields(RuleId),
    /// Nothing can be said.
    Unmeasured(Unmeasured),
    /// Its area does not apply to the site.
    NotApplying,
}

impl Card {
    /// Whether people entered anything that counts.
    pub fn is_entered(&self) -> bool {
        let mut finds = self.lines().flat_map(|line| &line.finds);
        finds.any(|find| matches!(find.fact, Fact::Entered { .. }))
    }

    /// All lines, in the order of the areas.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.areas.iter().flat_map(|area| &area.lines)
    }
}

/// The card of a site for `period`.
pub fn card(facts: &SiteFacts<'_>, period: Period, rubric: &Rubric, calendar: &Calendar) -> Card {
    let classes: BTreeMap<&ColumnId, Class> = facts
        .columns
        .iter()
        .map(|column| (&column.column.id, column.column.class))
        .collect();
    let measured = rubric.enabled().map(|rule| {
        let measurement = measure(rule, rubric, facts, calendar);
        (rule.id.clone(), line(rule, measurement, rubric, &classes))
    });
    let mut lines: BTreeMap<RuleId, Line> = measured.collect();
    let applies = |area| area != Area::Services || facts.services;
    settle(&mut lines, rubric, &classes, applies);
    let mut areas = Vec::new();
    for &area in Area::ALL {
        let own: Vec<Line> = rubric
            .enabled_in(area)
            .filter_map(|rule| lines.remove(&rule.id))
            .map(|line| match applies(area) {
                true => line,
                false => line.not_applying(),
            })
            .collect();
        areas.push(area_score(area, own, facts, rubric));
    }
    total(facts, period, areas, rubric)
}

fn area_score(area: Area, lines: Vec<Line>, facts: &SiteFacts<'_>, rubric: &Rubric) -> AreaScore {
    let is_measured = |line: &&Line| line.amount.is_some();
    let costs = lines.iter().filter(|line| line.rule.costs());
    let all: Points = costs.clone().map(|line| line.rule.weight()).sum();
    let known: Points = costs.map(Line::known).sum();
    let measured = match all {
        // An area of vetoes alone stands on as many of them as were looked at.
        Points::ZERO => {
            let vetoes = lines.iter().filter(|line| line.rule.kind == Kind::Veto);
            let (of, all) = (vetoes.clone().filter(is_measured).count(), vetoes.count());
            Points::whole(100).share(count(of), count(all))
        }
        all => Points::whole(100).share(known.in_hundredths(), all.in_hundredths()),
    };
    let lost: Points = lines.iter().map(|line| line.lost).sum();
    AreaScore {
        area,
        weight: rubric.weights.get(&area).copied().unwrap_or(0),
        applies: area != Area::Services || facts.services,
        score: (measured > Points::ZERO).then(|| (Points::FULL - lost).max(Points::ZERO)),
        lost,
        measured,
        lines,
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The weighted total of the areas that apply, as of a hundred, and the share of it that was measured; no
/// total where nothing was.
fn weighted(areas: &[AreaScore], unmeasured: Untold) -> (Option<Points>, Points) {
    let applying = || areas.iter().filter(|area| area.applies);
    let all: i64 = applying().map(|area| i64::from(area.weight)).sum();
    let is_any = applying().any(|area| area.score.is_some() && area.weight > 0);
    let untold = match unmeasured {
        Untold::CostsNothing => Some(Points::FULL).filter(|_| is_any),
        Untold::LeftOut => None,
    };
    let scored =
        applying().filter_map(|area| Some((area.score.or(untold)?, i64::from(area.weight))));
    let (sum, weight) = scored.fold((0, 0), |(sum, weights), (score, weight)| {
        (sum + score.in_hundredths() * weight, weights + weight)
    });
    let shares = applying().map(|area| area.measured.in_hundredths() * i64::from(area.weight));
    let measured = Points::hundredths(shares.sum()).share(1, all);
    let total = (weight > 0).then(|| Points::hundredths(sum).share(1, weight));
    (total, measured)
}

fn total(facts: &SiteFacts<'_>, period: Period, areas: Vec<AreaScore>, rubric: &Rubric) -> Card {
    let (computed, measured) = weighted(&areas, rubric.choices.unmeasured);
    let applying = || areas.iter().filter(|area| area.applies);
    let of = |is: &dyn Fn(&Line) -> bool| -> Vec<RuleId> {
        let lines = applying().flat_map(|area| &area.lines);
        let hit = lines.filter(|line| is(line));
        hit.map(|line| line.rule.id.clone()).collect()
    };
    let vetoes = of(&|line| line.verdict == Verdict::Veto);
    let near = of(&|line| line.near);
    let is_vetoed = !vetoes.is_empty();
    let total = computed.map(|computed| match is_vetoed {
        true => computed.min(rubric.choices.veto_most),
        false => computed,
    });
    // Where what nobody measured costs nothing, little measurement would make a good grade.
    let is_too_little = rubric.choices.unmeasured == Untold::CostsNothing && measured < HALF;
    let grade = match total {
        None if is_vetoed => Some(Grade::Failed),
        _ if is_too_little && !is_vetoed => None,
        total => total.map(|total| Grade::of(total, &rubric.grades, is_vetoed)),
    };
    Card {
        site: facts.site.id.clone(),
        name: facts.site.name.clone(),
        unit: facts.site.unit.clone(),
        unit_name: facts.unit_name.to_owned(),
        period,
        to: facts.to,
        is_over: facts.to >= period.last(),
        areas,
        computed,
        total,
        measured,
        vetoes,
        near,
        grade,
        rank: None,
        change: None,
        watched: Watched::of(facts),
    }
}
