//! Measuring how many activities the columns of a class held within the window of a rule. An interview of
//! which only the announcement is known counts for nothing and against nobody, until a person says whether
//! it was held.

use super::candidates::{asked, of_key, pending, untold};
use super::fact::Fact;
use super::facts::{ColumnFacts, Reading, Saw, SiteFacts, Titled};
use super::finding::{About, Aside, Find, Spared};
use super::measurement::{Amount, Measurement, Unmeasured};
use super::publishing::spared;
use super::rubric::{Check, Rule};
use super::standing::is_near;
use crate::assess::activities::{count, interviews};
use crate::assess::candidates::{Stand, of_interview};
use crate::assess::freshness::age_days;
use crate::domain::candidate::key;
use crate::domain::class::Class;
use crate::domain::time::Date;

/// What the columns of the classes show.
#[derive(Default)]
struct Told {
    /// Activities that were held.
    held: usize,
    /// Those of which nobody knows whether they were.
    open: usize,
    /// Those of them that no inspection put to anybody.
    unasked: usize,
    asides: Vec<Aside>,
    columns: usize,
    visited: usize,
    /// Those of them that a visit near the last day could read, with dates or empty.
    read: usize,
    is_exempt: bool,
    about: Option<(Class, u32)>,
}

impl Told {
    /// Why nothing is said while some are open.
    fn why(&self, check: Check) -> Unmeasured {
        let why = untold(self.open - self.unasked, self.unasked);
        let why = why.filter(|_| check == Check::Semi);
        why.unwrap_or(Unmeasured::CannotTell)
    }
}

/// How many items the columns of the classes got within their windows.
pub fn activities(rule: &Rule, facts: &SiteFacts<'_>) -> Measurement {
    let mut told = Told::default();
    for column in &facts.columns {
        let window = rule.classes.get(&column.column.class);
        if let Some(&window) = window.filter(|_| column.column.watch().is_kept()) {
            look_at(&mut told, column, window, rule, facts);
        }
    }
    let Some((class, window)) = told.about else {
        return Measurement::none(Unmeasured::NothingConfigured);
    };
    if told.visited < told.columns {
        return Measurement::none(Unmeasured::NoVisits);
    }
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let (held, open) = (number(told.held), number(told.open));
    let find = Find::of(About::Class(class), few(held, rule, window));
    let mut asides = std::mem::take(&mut told.asides);
    if held < rule.threshold {
        let why = match () {
            // Whoever is exempt owes no activity.
            () if told.is_exempt => Some(Unmeasured::Exempt),
            // What nobody could read may have held any number.
            () if told.read < told.columns => Some(Unmeasured::CannotTell),
            () => None,
        };
        if let Some(why) = why {
            return Measurement {
                asides,
                ..Measurement::none(why)
            };
        }
    }
    let is_open = held < rule.threshold && rule.threshold <= held.saturating_add(open);
    if is_open {
        let why = Spared::Unproven;
        asides.insert(0, Aside { find, why });
        let why = told.why(rule.check);
        return Measurement {
            asides,
            ..Measurement::none(why)
        };
    }
    Measurement {
        amount: Ok(Amount::Number(held)),
        finds: vec![find],
        asides,
        near_too: 0,
        part: None,
    }
}

/// What is said of a rule by which interviews have to be held at all, where all that its columns show
/// within the window is announced: while nobody knows whether one of them was held nothing, and that none was
/// where people found so. Nothing where any was held.
pub fn unheld(rule: &Rule, facts: &SiteFacts<'_>) -> Option<Measurement> {
    let mut classes = rule.classes.iter();
    let (&class, &window) = classes
        .next()
        .filter(|(class, _)| **class == Class::Interviews)?;
    if classes.next().is_some() {
        return None;
    }
    let mut told = Told::default();
    for column in &facts.columns {
        if column.column.class == class && column.column.watch().is_kept() {
            look_at(&mut told, column, window, rule, facts);
        }
    }
    let is_doubted = |aside: &Aside| matches!(aside.find.fact, Fact::Announced { .. });
    if told.held > 0 || !told.asides.iter().any(is_doubted) {
        return None;
    }
    if told.is_exempt {
        return Some(Measurement {
            asides: told.asides,
            ..Measurement::none(Unmeasured::Exempt)
        });
    }
    let one = Fact::Few {
        count: 0,
        least: 1,
        window_days: window,
    };
    if told.open == 0 {
        let find = Find::of(About::Class(class), one);
        return Some(Measurement::finds(vec![find], told.asides));
    }
    let why = told.why(rule.check);
    Some(Measurement {
        asides: told.asides,
        ..Measurement::none(why)
    })
}

fn look_at(
    told: &mut Told,
    column: &ColumnFacts<'_>,
    window: u32,
    rule: &Rule,
    facts: &SiteFacts<'_>,
) {
    let class = column.column.class;
    told.about = Some((class, window));
    told.columns += 1;
    told.visited += usize::from(!column.readings.is_empty());
    let mut readings = column.readings.iter();
    let tells = |one: &Reading| {
        let is_read = matches!(one.saw, Saw::Dated(_) | Saw::Empty);
        is_read && is_near(one.last_at, facts.to)
    };
    told.read += usize::from(readings.any(tells));
    let before = told.held;
    let within = |on: Date| on <= facts.to && age_days(on, facts.to) <= window;
    let titles = column.titles.iter();
    let titles: Vec<&Titled> = titles.filter(|one| one.on.is_some_and(within)).collect();
    told.held += match class {
        Class::Surveys => {
            let titles: Vec<&str> = titles.iter().map(|one| one.title.as_str()).collect();
            count(&titles)
        }
        Class::Interviews => {
            let seen = interviews(&titles);
            for announced in seen.announced {
                judge(told, column, announced, rule, facts);
            }
            seen.held
        }
        _ => column.items_on.iter().filter(|on| within(**on)).count(),
    };
    if let Some(exempt) = &column.exempt {
        told.is_exempt = true;
        let why = spared(exempt);
        let held = u32::try_from(told.held - before).unwrap_or(u32::MAX);
        let find = Find::of(about(column), few(held, rule, window));
        told.asides.push(Aside { find, why });
    }
}

/// What becomes of an interview of which only the announcement is known.
fn judge(
    told: &mut Told,
    column: &ColumnFacts<'_>,
    announced: &Titled,
    rule: &Rule,
    facts: &SiteFacts<'_>,
) {
    let Some(on) = announced.on else { return };
    let list = column.column.url.as_ref().map_or("", |url| url.as_str());
    let (page, what) = of_interview(announced.url.as_deref(), list, &announced.title, on);
    let case = of_key(facts, &key(&facts.site.id, &page, &what));
    let case = case.filter(|_| rule.check == Check::Semi);
    let why = match (case.map_or(Stand::Waiting, |case| case.stand()), rule.check) {
        // It is not so that nothing was held.
        (Stand::Rejected, _) => {
            told.held += 1;
            Spared::Detail
        }
        (Stand::Confirmed { .. }, _) => Spared::Overruled,
        (Stand::Waiting, check) => {
            told.open += 1;
            told.unasked += usize::from(case.is_none());
            match check {
                Check::Semi => pending(case),
                _ => Spared::Unproven,
            }
        }
    };
    let fact = Fact::Announced {
        title: announced.title.clone(),
        url: page,
        on,
        seen_at: announced.seen_at,
    };
    let mut find = Find::of(about(column), fact);
    find.asked = case.map(asked);
    told.asides.push(Aside { find, why });
}

fn about(column: &ColumnFacts<'_>) -> About {
    About::Column(column.column.id.clone(), column.column.name.clone())
}

fn few(count: u32, rule: &Rule, window_days: u32) -> Fact {
    Fact::Few {
        count,
        least: rule.threshold,
        window_days,
    }
}
