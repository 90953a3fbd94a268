//! The ranking: a row for each site, what a person has to look at first, and the score of an area.

use crate::assess::score::card::{AreaScore, Card, Verdict};
use crate::assess::score::points::Points;
use crate::assess::score::rubric::RuleId;
use crate::report::assessment::{Assessment, bulletin, words};
use crate::report::plain::one_line;
use crate::report::rubric::plain;
use crate::web::view::NAME_CHARS;

/// How many sites are named before the ranking.
pub const NAMED: usize = 30;

/// Sites of the ranking that a person has to look at first.
pub struct First {
    pub says: &'static str,
    pub key: &'static str,
    pub count: usize,
    pub sites: Vec<(String, String)>,
}

impl First {
    fn of(says: &'static str, key: &'static str, cards: &[&Card]) -> Option<First> {
        let named = cards.iter().take(NAMED);
        (!cards.is_empty()).then(|| First {
            says,
            key,
            count: cards.len(),
            sites: named
                .map(|card| (card.site.to_string(), one_line(&card.name, NAME_CHARS)))
                .collect(),
        })
    }
}

/// Which those are: what hit a veto, then what is near one and hit none. Where one veto was hit and another is
/// near, a site is among both.
pub fn first(cards: &[Card]) -> Vec<First> {
    let (hit, other): (Vec<&Card>, Vec<&Card>) =
        cards.iter().partition(|card| !card.vetoes.is_empty());
    let of = |is: fn(&(Vec<RuleId>, Vec<RuleId>)) -> bool| -> Vec<&Card> {
        let others = other.iter().copied();
        others.filter(|card| is(&words::nearly(card))).collect()
    };
    let were_hit = of(|(were_hit, _)| !were_hit.is_empty());
    let near = of(|(_, near)| !near.is_empty());
    let rows = [
        First::of("本期单项否决", "bad", &hit),
        First::of("本期内曾触及单项否决、期末已更新", "", &were_hit),
        First::of("本期内曾接近单项否决", "", &near),
    ];
    rows.into_iter().flatten().collect()
}

/// One site of the ranking.
pub struct Row {
    pub rank: String,
    pub site: String,
    pub name: String,
    /// The scores of the areas, and the share that was measured where that is not all.
    pub areas: Vec<(String, Option<String>)>,
    pub total: String,
    /// The total in whole points, for the bar.
    pub bar: u32,
    pub change: String,
    pub grade: String,
    pub measured: String,
    pub vetoed: bool,
}

/// The row of a site.
pub fn row(card: &Card) -> Row {
    let total: f64 = card
        .total
        .map(|total| total.to_string().parse().unwrap_or_default())
        .unwrap_or_default();
    Row {
        rank: words::ranked(card),
        site: card.site.to_string(),
        name: one_line(&card.name, NAME_CHARS),
        areas: card.areas.iter().map(cell).collect(),
        total: words::total(card),
        bar: total.clamp(0.0, 100.0) as u32,
        change: words::change(card),
        grade: words::grade(card),
        measured: plain(card.measured),
        vetoed: !card.vetoes.is_empty(),
    }
}

/// Whether a veto of the area was hit. It may take the place of a deduction, so that the points alone would
/// look as if nothing was amiss.
fn is_vetoed(area: &AreaScore) -> bool {
    let mut lines = area.lines.iter();
    area.applies && lines.any(|line| line.verdict == Verdict::Veto)
}

/// The score of an area, or that a veto of it was hit.
pub fn of_area(area: &AreaScore) -> String {
    match is_vetoed(area) {
        true => "单项否决".to_owned(),
        false => bulletin::score(area),
    }
}

/// The score of an area in a narrow column: the share in whole percent, below it.
fn cell(area: &AreaScore) -> (String, Option<String>) {
    if is_vetoed(area) {
        return ("否决".to_owned(), None);
    }
    let score = area.score.filter(|_| area.applies);
    match score.filter(|_| area.measured < Points::FULL) {
        Some(score) => {
            let share = area.measured.in_hundredths() / 100;
            (score.to_string(), Some(format!("测{share}%")))
        }
        None => (bulletin::score(area), None),
    }
}

/// How many sites have a place.
pub fn ranked(assessment: &Assessment) -> usize {
    let places = assessment.cards.iter().filter(|card| card.rank.is_some());
    places.count()
}

/// The place of a site, and among how many sites.
pub fn placed(card: &Card, among: usize) -> String {
    match card.rank {
        Some(_) => format!("{}（共{among}个网站）", words::rank(card)),
        None => words::rank(card),
    }
}
