//! What documents and interpretations truly cost.

use super::counted::Counted;
use super::plan::{Interpretation, Page, Paper, Plan, Seen};
use super::truth::Profile;
use super::{ago, end, working_days_between};

/// A document of the quarter with the interpretation that is its own.
struct Pair<'a> {
    paper: &'a Paper,
    interpretation: Option<&'a Interpretation>,
}

/// Hundredths of points that the area loses; nothing where nothing of it was measured. What people entered
/// comes on top.
pub fn interpretation(
    plan: &Plan,
    profile: Profile,
    counted: &[Counted<'_>],
    entered: Option<i64>,
) -> Option<i64> {
    let pairs = pairs(plan);
    let pairs = pairs.as_deref().unwrap_or_default();
    // One point for each that came later than three working days; three where fewer than half have one.
    let mut lost = vec![entered, late(pairs), share(plan, pairs)];
    if profile == Profile::P2019 {
        let mut own = counted
            .iter()
            .filter(|column| column.class == "interpretation");
        let stale = own.clone().any(Counted::is_late);
        lost.push(own.any(Counted::tells).then_some(500 * i64::from(stale)));
        lost.push(not_linked(pairs));
    }
    let is_measured = lost.iter().any(Option::is_some);
    is_measured.then(|| lost.iter().flatten().sum())
}

/// Documents that claim a day of the quarter; nothing where columns of either kind are wanting or one was
/// never visited.
fn pairs(plan: &Plan) -> Option<Vec<Pair<'_>>> {
    plan.first_of("policy")?;
    plan.first_of("interpretation")?;
    let mut columns = of_either(plan);
    if columns.any(|(_, seen)| seen == Seen::Never) {
        return None;
    }
    let within = plan.papers.iter();
    let within = within.filter(|paper| paper.ago.is_some_and(|days| (0..=91).contains(&days)));
    let pairs = within.map(|paper| Pair {
        paper,
        interpretation: own(paper),
    });
    Some(pairs.collect())
}

fn of_either(plan: &Plan) -> impl Iterator<Item = (&'static str, Seen)> {
    let columns = plan
        .columns
        .iter()
        .map(|column| (column.class, column.seen));
    columns.filter(|(class, _)| ["policy", "interpretation"].contains(class))
}

/// The first that is one of the document: by its title, or by a link of either page. One without a date may
/// have been the first.
fn own(paper: &Paper) -> Option<&Interpretation> {
    let by_the_end = |one: &Interpretation| one.on.is_none_or(|on| on <= end());
    let is_own = |place: usize, one: &Interpretation| {
        let linked = one.links_forth == Page::Links;
        one.named || linked || place == 0 && paper.links_back == Page::Links
    };
    let own = paper.interpretations.iter().enumerate();
    let own = own.filter(|(place, one)| by_the_end(one) && is_own(*place, one));
    own.map(|(_, one)| one).min_by_key(|one| one.on)
}

fn late(pairs: &[Pair<'_>]) -> Option<i64> {
    let days = pairs.iter().filter_map(|pair| {
        let on = pair.interpretation?.on?;
        Some(working_days_between(ago(pair.paper.ago?), on))
    });
    let days: Vec<u32> = days.collect();
    let late = days.iter().filter(|days| **days > 3).count();
    (!days.is_empty()).then(|| 100 * i64::try_from(late).unwrap())
}

/// Nothing is said where a column could not be read at the end, or a document of these days has no date.
fn share(plan: &Plan, pairs: &[Pair<'_>]) -> Option<i64> {
    let all_read = of_either(plan).all(|(class, seen)| match seen {
        Seen::FailsSince { .. } | Seen::BlankOnce | Seen::Never => false,
        Seen::Undated => class == "interpretation",
        _ => true,
    });
    let all_dated = plan.papers.iter().all(|paper| paper.ago.is_some());
    let done = pairs.iter().filter(|pair| pair.interpretation.is_some());
    let few = 2 * done.count() < pairs.len();
    (all_read && all_dated && !pairs.is_empty()).then_some(300 * i64::from(few))
}

/// One point for each pair of which a page was read since both are there and does not link the other.
fn not_linked(pairs: &[Pair<'_>]) -> Option<i64> {
    let mut lost = 0;
    let mut is_told = false;
    for pair in pairs {
        let Some(one) = pair.interpretation else {
            continue;
        };
        let is_first = pair
            .paper
            .interpretations
            .first()
            .is_some_and(|first| std::ptr::eq(first, one));
        let back = match pair.paper.links_back {
            Page::Links if !is_first => Page::DoesNotLink,
            back => back,
        };
        let pages = [one.links_forth, back];
        let wants = pages.contains(&Page::DoesNotLink);
        lost += 100 * i64::from(wants);
        let read = |page: &Page| matches!(page, Page::Links | Page::DoesNotLink);
        is_told |= wants || pages.iter().all(read);
    }
    is_told.then_some(lost)
}
