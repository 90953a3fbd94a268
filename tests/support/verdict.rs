//! What was heard, held against what was to be heard: missed, false, doubled.

use std::collections::{BTreeMap, BTreeSet};

use wangxun::alert::incident::{Kind, Subject};
use wangxun::alert::outbox::{Message, Notice, Told};
use wangxun::assess::ladder::Tier;
use wangxun::domain::id::{ColumnId, SiteId};
use wangxun::domain::time::{Date, Moment};

use super::oracle::{End, Expected, Oracle, Prophecy};
use super::rules::Rules;
use super::simulation::Played;
use super::words::{self, Said};

/// One thing that one person heard.
#[derive(Debug, Clone)]
pub struct Heard {
    pub at: Moment,
    pub phone: String,
    pub said: Said,
    pub site: Option<SiteId>,
    pub column: Option<ColumnId>,
    on: Option<Date>,
    age: Option<i64>,
    #[expect(dead_code, reason = "for whoever reads of a failure")]
    text: String,
    /// Whether it was left out of a text for want of room, and only counted there.
    counted: bool,
    matched: bool,
}

/// What is wrong, in words, and how much was right.
#[derive(Debug, Default)]
pub struct Verdict {
    pub missed: Vec<String>,
    pub false_alarms: Vec<String>,
    pub doubled: Vec<String>,
    /// Things that had to be heard and were.
    pub right: usize,
}

/// Holds the run against the oracle.
pub fn judge(played: &Played) -> (Verdict, Vec<Heard>) {
    let watched = played.config.group.columns.keys().cloned().collect();
    let oracle = Oracle {
        rules: Rules::new(&played.truth, played.end),
        watched,
    };
    let prophecy = oracle.prophesy();
    let mut heard = heard(played);
    let mut verdict = Verdict::default();
    meet(&prophecy, &mut heard, played.end, &mut verdict);
    recovered(&prophecy, &mut heard, played.end, &mut verdict);
    unfounded(&oracle.rules, &heard, &mut verdict);
    doubled(played, &heard, &mut verdict);
    (verdict, heard)
}

/// Every item of every text; what a text only counts is taken from the store's notices.
fn heard(played: &Played) -> Vec<Heard> {
    let by_key: BTreeMap<&str, &(Message, Vec<Notice>)> = played
        .messages
        .iter()
        .map(|stored| (stored.0.key.as_str(), stored))
        .collect();
    let mut all = Vec::new();
    for taken in &played.accepted {
        let letter = words::read(&taken.text, taken.at.date_naive(), &played.truth);
        let named = letter.items.len();
        for item in letter.items {
            all.push(Heard {
                at: taken.at,
                phone: taken.phone.clone(),
                said: item.said,
                site: item.site,
                column: item.column,
                on: item.on,
                age: item.age,
                text: item.text,
                counted: false,
                matched: false,
            });
        }
        if letter.more == 0 {
            continue;
        }
        let (message, notices) = by_key[taken.key.as_str()];
        assert_eq!(message.notices.len(), named + letter.more, "{}", taken.text);
        for key in &message.notices[named..] {
            let notice = notices.iter().find(|notice| notice.key == *key);
            all.push(counted(
                notice.expect("a notice"),
                taken.at,
                &taken.phone,
                played,
            ));
        }
    }
    all
}

fn counted(notice: &Notice, at: Moment, phone: &str, played: &Played) -> Heard {
    let column = notice.column.clone();
    Heard {
        at,
        phone: phone.to_owned(),
        said: match notice.told {
            Told::Raised(tier) | Told::Repeated(tier, _) => Said::Step(place(tier)),
            Told::EscalationProposed => Said::Proposed,
            Told::Empty => Said::Blank,
            Told::NearVeto(_) => Said::NearVeto,
            Told::Veto(_) => Said::Veto,
            Told::StillDown => Said::StillDown,
            Told::Recovered if notice.kind == Kind::NearVeto => Said::NearOver,
            Told::Recovered if notice.kind == Kind::Veto => Said::VetoOver,
            Told::Blind if column.is_none() => Said::HomeBlind,
            Told::Blind => Said::Blind,
            Told::Recovered if column.is_none() => Said::HomeSeen,
            Told::Recovered if notice.kind == Kind::Stale => Said::Updated,
            Told::Recovered => Said::SeenAgain,
            Told::Trouble => Said::Late,
            other => panic!("{other:?} in a digest"),
        },
        site: match (&column, &notice.incident.subject) {
            (Some(column), _) => Some(played.config.group.columns[column].site.clone()),
            (None, Subject::Site(site)) => Some(site.clone()),
            (None, _) => None,
        },
        column,
        on: notice.facts.last_update,
        age: None,
        text: format!("counted: {:?}", notice.told),
        counted: true,
        matched: false,
    }
}

fn place(tier: Tier) -> usize {
    let steps = [
        Tier::Reminder,
        Tier::Warning,
        Tier::Overdue,
        Tier::SeverelyOverdue,
    ];
    let place = steps.iter().position(|&step| step == tier);
    place.expect("no escalation is released")
}

fn meet(prophecy: &Prophecy, heard: &mut [Heard], end: Moment, verdict: &mut Verdict) {
    // What must be heard takes first what was heard.
    let (must, may): (Vec<&Expected>, Vec<&Expected>) =
        prophecy.expected.iter().partition(|expected| expected.must);
    for expected in must.into_iter().chain(may) {
        for phone in &expected.phones {
            let found = heard.iter_mut().find(|heard| {
                !heard.matched
                    && heard.phone == *phone
                    && heard.said == expected.said
                    && heard.site == expected.site
                    && heard.column == expected.column
                    && (expected.from..=expected.by).contains(&heard.at)
            });
            match found {
                Some(found) => {
                    found.matched = true;
                    verdict.right += usize::from(expected.must);
                    if expected.on.is_some() && found.on != expected.on {
                        verdict
                            .false_alarms
                            .push(format!("another date than {:?}: {found:?}", expected.on));
                    }
                }
                None if expected.must && expected.by < end => {
                    verdict.missed.push(format!("{phone}: {expected:?}"));
                }
                None => {}
            }
        }
    }
}

/// The end of a matter is told once to each of those who were told of it, and to nobody else.
fn recovered(prophecy: &Prophecy, heard: &mut [Heard], end: Moment, verdict: &mut Verdict) {
    let phones: BTreeSet<String> = heard.iter().map(|heard| heard.phone.clone()).collect();
    let mut ended: BTreeMap<(&ColumnId, Said), Moment> = BTreeMap::new();
    for over in &prophecy.ends {
        let past = ended.insert((&over.column, over.said.clone()), over.from);
        for phone in &phones {
            let told = heard.iter().any(|heard| {
                heard.phone == *phone
                    && heard.column.as_ref() == Some(&over.column)
                    && begins(&heard.said, over)
                    && heard.at <= over.by
                    && past.is_none_or(|past| heard.at > past)
            });
            let found = heard.iter_mut().find(|heard| {
                !heard.matched
                    && heard.phone == *phone
                    && heard.said == over.said
                    && heard.column.as_ref() == Some(&over.column)
                    && (over.from..=over.by).contains(&heard.at)
            });
            match found {
                Some(found) if told => {
                    found.matched = true;
                    verdict.right += 1;
                    let named = found.on.is_some_and(|on| over.on.contains(&on));
                    if over.said == Said::Updated && !named {
                        verdict
                            .false_alarms
                            .push(format!("another date than {:?}: {found:?}", over.on));
                    }
                }
                None if told && over.by < end => {
                    verdict.missed.push(format!("{phone}: {over:?}"));
                }
                // A recovery that nobody waited for stays unmatched, and so is a false alarm.
                _ => {}
            }
        }
    }
}

fn begins(said: &Said, over: &End) -> bool {
    match over.said {
        Said::Updated => matches!(said, Said::Step(_) | Said::Proposed),
        _ => *said == Said::Blind,
    }
}

fn unfounded(rules: &Rules<'_>, heard: &[Heard], verdict: &mut Verdict) {
    let operators = rules.operators();
    for heard in heard {
        let step = matches!(heard.said, Said::Step(_) | Said::Proposed);
        let urgent = matches!(
            heard.said,
            Said::Down | Said::Up | Said::Offline | Said::Online
        );
        let vetoed = matches!(heard.said, Said::Veto | Said::VetoOver);
        let mut wrong = Vec::new();
        if !heard.matched {
            wrong.push("nobody was to hear this");
        }
        let site = heard.site.as_ref();
        if step && site.is_some_and(|site| !rules.last_saw(site, heard.at)) {
            wrong.push("the site is not seen");
        }
        if vetoed && rules.morning(heard.at) != heard.at {
            wrong.push("at night");
        }
        if !urgent && !vetoed && !rules.in_window(heard.at) {
            wrong.push("outside the sending window");
        }
        let of_unit = matches!(
            heard.said,
            Said::Step(_)
                | Said::Updated
                | Said::Down
                | Said::StillDown
                | Said::Up
                | Said::NearVeto
                | Said::NearOver
        ) || vetoed;
        if !of_unit && !operators.contains(&heard.phone) {
            wrong.push("the operator's alone");
        }
        let age = heard.on.map(|on| (heard.at.date_naive() - on).num_days());
        if step && !heard.counted && heard.age != age {
            wrong.push("the days are miscounted");
        }
        if !wrong.is_empty() {
            verdict
                .false_alarms
                .push(format!("{}: {heard:?}", wrong.join(", ")));
        }
    }
}

fn doubled(played: &Played, heard: &[Heard], verdict: &mut Verdict) {
    let mut keys = BTreeSet::new();
    let mut texts = BTreeSet::new();
    for taken in &played.accepted {
        let day = taken.at.date_naive();
        if !keys.insert(&taken.key) || !texts.insert((day, &taken.phone, &taken.text)) {
            verdict.doubled.push(format!("{taken:?}"));
        }
    }
    let mut told = BTreeSet::new();
    for heard in heard {
        let about = (&heard.column, &heard.site, &heard.said);
        let day = heard.at.date_naive();
        // How many could not be reached is not said in the words.
        let anew = told.insert((day, &heard.phone, about));
        if !anew && heard.said != Said::Late {
            verdict.doubled.push(format!("{heard:?}"));
        }
    }
}
