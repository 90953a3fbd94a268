//! What becomes of candidates: seen again, gone, confirmed, rejected. What an inspection saw is told
//! from what people decided; how a candidate stands is worked out from both.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::activities::interviews;
use super::freshness::age_days;
use super::links::CONFIRM_AFTER;
use super::score::facts::Titled;
use super::score::letter_box::year_before;
use crate::domain::candidate::{Candidate, Decided, Decision, MOST_CANDIDATES, Snippet, Suspicion};
use crate::domain::guide::Guide;
use crate::domain::id::SiteId;
use crate::domain::item::Item;
use crate::domain::letter::Letter;
use crate::domain::marks::Tag;
use crate::domain::target::Target;
use crate::domain::time::{Date, Moment, date_of};

/// A candidate with all that was decided of it, the oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The candidate.
    pub candidate: Candidate,
    /// What was decided and said.
    pub decisions: Vec<Decision>,
}

/// How a candidate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stand {
    /// Nobody has decided.
    Waiting,
    /// It is so.
    Confirmed {
        /// Whether it is a serious error.
        serious: bool,
    },
    /// It is not.
    Rejected,
}

impl Case {
    /// The decision that holds: the latest that is no comment.
    pub fn decision(&self) -> Option<&Decision> {
        let mut decisions = self.decisions.iter();
        decisions.rfind(|decision| decision.what != Decided::Commented)
    }

    /// How it stands.
    pub fn stand(&self) -> Stand {
        match self.decision().map(|decision| decision.what) {
            Some(Decided::Confirmed { serious }) => Stand::Confirmed { serious },
            Some(Decided::Rejected) => Stand::Rejected,
            Some(Decided::Commented) | None => Stand::Waiting,
        }
    }
}

impl Stand {
    /// The word of a report.
    pub fn in_chinese(self) -> &'static str {
        match self {
            Stand::Waiting => "待确认",
            Stand::Confirmed { serious: false } => "已确认",
            Stand::Confirmed { serious: true } => "已确认（严重错误）",
            Stand::Rejected => "已排除",
        }
    }
}

/// `candidates` with their decisions: those that wait first, the latest seen first.
pub fn cases(candidates: Vec<Candidate>, decisions: &[Decision]) -> Vec<Case> {
    let mut by_key: BTreeMap<(&str, &str), Vec<Decision>> = BTreeMap::new();
    for decision in decisions {
        let of = (decision.site.as_str(), decision.candidate.as_str());
        by_key.entry(of).or_default().push(decision.clone());
    }
    let mut cases: Vec<Case> = candidates
        .into_iter()
        .map(|candidate| {
            let key = candidate.key();
            let own = by_key.get(&(candidate.site.as_str(), key.as_str()));
            Case {
                decisions: own.cloned().unwrap_or_default(),
                candidate,
            }
        })
        .collect();
    cases.sort_by(|one, other| {
        let rank = |case: &Case| (case.stand(), case.candidate.gone_at.is_some());
        rank(one)
            .cmp(&rank(other))
            .then(other.candidate.seen_at.cmp(&one.candidate.seen_at))
            .then_with(|| one.candidate.page.cmp(&other.candidate.page))
    });
    cases
}

/// The candidate after it was seen: what was seen first stays, with the copy that proves it.
pub fn seen(known: Option<Candidate>, now: Candidate) -> Candidate {
    match known {
        None => now,
        Some(known) => Candidate {
            first_at: known.first_at,
            copy: known.copy.or(now.copy),
            snippet: match known.snippet == Snippet::default() {
                true => now.snippet,
                false => known.snippet,
            },
            gone_at: None,
            ..now
        },
    }
}

/// The candidate after its page was read at `at` without it; nothing where that is known.
pub fn gone(known: Candidate, at: Moment) -> Option<Candidate> {
    known.gone_at.is_none().then_some(Candidate {
        gone_at: Some(at),
        ..known
    })
}

/// What changes after an inspection at `at`, and how many found no room: what was `found`, and what is
/// known and `is_gone`.
pub fn changes(
    known: Vec<Candidate>,
    found: Vec<Candidate>,
    is_gone: impl Fn(&Candidate) -> bool,
    at: Moment,
) -> (Vec<Candidate>, usize) {
    let mut known: BTreeMap<String, Candidate> = known
        .into_iter()
        .map(|candidate| (candidate.key(), candidate))
        .collect();
    let mut room = MOST_CANDIDATES.saturating_sub(known.len());
    let (mut changes, mut left_out) = (Vec::new(), 0);
    for now in found {
        let before = known.remove(&now.key());
        match (&before, room) {
            (None, 0) => left_out += 1,
            (None, _) => {
                room -= 1;
                changes.push(now);
            }
            (Some(_), _) => changes.push(seen(before, now)),
        }
    }
    let gone = known
        .into_values()
        .filter(is_gone)
        .filter_map(|known| gone(known, at));
    changes.extend(gone);
    (changes, left_out)
}

/// The candidate that a link is which is suspected for so long that asking again tells no more;
/// with `all`, also one that is certain.
pub fn of_link(target: &Target, all: bool) -> Option<Candidate> {
    let spell = target.open()?;
    let is_sure = spell.confirmed_at.is_some();
    // One that says that nothing is there becomes certain by itself.
    let is_doubtful = !is_sure && spell.gone_since.is_none();
    let lasts = spell.since + CONFIRM_AFTER <= target.asked_at;
    if !(is_doubtful && lasts || is_sure && all) {
        return None;
    }
    let place = target.places.first()?;
    Some(Candidate {
        site: target.site.clone(),
        page: place.page.clone(),
        title: String::new(),
        suspicion: Suspicion::Link {
            url: target.url.clone(),
            why: spell.why.clone(),
        },
        snippet: Snippet {
            hit: place.text.clone(),
            ..Snippet::default()
        },
        seen_on: None,
        copy: None,
        first_at: spell.since,
        seen_at: target.asked_at,
        gone_at: None,
    })
}

/// A candidate of `site` about `page`, seen at `at`, without proof as yet.
pub fn proposed(
    site: &SiteId,
    page: &str,
    title: &str,
    suspicion: Suspicion,
    at: Moment,
) -> Candidate {
    Candidate {
        site: site.clone(),
        page: page.to_owned(),
        title: title.to_owned(),
        suspicion,
        snippet: Snippet::default(),
        seen_on: None,
        copy: None,
        first_at: at,
        seen_at: at,
        gone_at: None,
    }
}

/// What is suspected of a letter that waits: on which page, and what. `list` is the page of its column.
pub fn of_letter(
    url: Option<&str>,
    list: &str,
    title: &str,
    asked_on: Date,
) -> (String, Suspicion) {
    let page = url.unwrap_or(list).to_owned();
    let title = title.to_owned();
    (page, Suspicion::Letter { title, asked_on })
}

/// What is suspected of an interview that was announced for a day: on which page, and what. `list` is the
/// page of its column.
pub fn of_interview(url: Option<&str>, list: &str, title: &str, on: Date) -> (String, Suspicion) {
    let page = url.unwrap_or(list).to_owned();
    let title = title.to_owned();
    (page, Suspicion::Announced { title, on })
}

/// The candidates that the interviews of a column are which were announced for one of the last `days` days,
/// and of which nothing shows that they were held; `list` is its page.
pub fn announced(
    site: &SiteId,
    items: &[Item],
    list: &str,
    days: u32,
    at: Moment,
) -> Vec<Candidate> {
    let today = date_of(at);
    let titled: Vec<Titled> = items.iter().map(Titled::of).collect();
    let within = |on: Date| on <= today && age_days(on, today) <= days;
    let rows: Vec<&Titled> = titled
        .iter()
        .filter(|row| row.on.is_some_and(within))
        .collect();
    let of = |row: &Titled| {
        let (page, what) = of_interview(row.url.as_deref(), list, &row.title, row.on?);
        Some(proposed(site, &page, "", what, at))
    };
    let doubtful = interviews(&rows).announced;
    doubtful.into_iter().filter_map(of).collect()
}

/// The candidate that a letter of the last year is which waits by its pages longer than `days` at `at`;
/// `list` is the page of its column.
pub fn waiting(
    site: &SiteId,
    letter: &Letter,
    list: &str,
    days: u32,
    at: Moment,
) -> Option<Candidate> {
    let asked_on = letter.told.asked_on.filter(|_| letter.told.is_open())?;
    let today = date_of(at);
    let is_late = age_days(asked_on, today) > days && year_before(today) <= asked_on;
    let (page, suspicion) = of_letter(letter.url.as_deref(), list, &letter.title, asked_on);
    is_late.then(|| proposed(site, &page, "", suspicion, at))
}

/// The candidate that a guide is which lacks at least so many classes of elements.
pub fn lacking(guide: &Guide, least: usize, at: Moment) -> Option<Candidate> {
    let missing = guide.lacks().filter(|_| guide.gone_at.is_none())?;
    let is_so = !missing.is_empty() && missing.len() >= least;
    let suspicion = Suspicion::Guide { missing };
    is_so.then(|| proposed(&guide.site, &guide.url, &guide.title, suspicion, at))
}

/// The candidate that a page is which lacks tags or has a date of another form.
pub fn untagged(
    site: &SiteId,
    page: &str,
    missing: Vec<Tag>,
    date: Option<String>,
    at: Moment,
) -> Candidate {
    proposed(site, page, "", Suspicion::Tags { missing, date }, at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::links::{Answered, step};
    use crate::domain::target::{TargetKind, TargetPlace};
    use crate::domain::time::moment;
    use crate::domain::visit::Failure;
    use crate::domain::words::WordKind;

    fn at(hour: u32) -> Moment {
        let day = chrono::NaiveDate::from_ymd_opt(2017, 11, 1 + hour / 24).unwrap();
        moment(day.and_hms_opt(hour % 24, 0, 0).unwrap())
    }

    fn word(page: &str, hour: u32) -> Candidate {
        Candidate {
            site: SiteId::parse("kxw").unwrap(),
            page: page.to_owned(),
            title: "通知".to_owned(),
            suspicion: Suspicion::Word {
                text: "布署".to_owned(),
                kind: WordKind::Wrong,
                instead: Some("部署".to_owned()),
                remark: None,
            },
            snippet: Snippet {
                before: "会议".to_owned(),
                hit: "布署".to_owned(),
                after: "工作".to_owned(),
            },
            seen_on: None,
            copy: Some(format!("copy-{hour}")),
            first_at: at(hour),
            seen_at: at(hour),
            gone_at: None,
        }
    }

    fn decision(of: &Candidate, hour: u32, what: Decided) -> Decision {
        Decision {
            at: at(hour),
            by: "张三".to_owned(),
            reason: "已核对".to_owned(),
            candidate: of.key(),
            site: of.site.clone(),
            what,
        }
    }

    #[test]
    fn what_is_seen_again_keeps_its_first_sight_and_its_proof() {
        let first = seen(None, word("a", 1));
        let gone_once = gone(first.clone(), at(5)).unwrap();
        assert_eq!(gone(gone_once.clone(), at(6)), None);
        let again = seen(Some(gone_once), word("a", 9));
        assert_eq!((again.first_at, again.seen_at), (at(1), at(9)));
        assert_eq!(
            (again.gone_at, again.copy.as_deref()),
            (None, Some("copy-1"))
        );
        assert_eq!(again.key(), first.key());
    }

    #[test]
    fn the_latest_decision_holds_and_a_comment_decides_nothing() {
        let (one, two) = (word("a", 1), word("b", 2));
        let decisions = [
            decision(&one, 3, Decided::Rejected),
            decision(&one, 4, Decided::Confirmed { serious: true }),
            decision(&one, 5, Decided::Commented),
        ];
        let cases = cases(vec![one.clone(), two.clone()], &decisions);
        let stands: Vec<(&str, Stand)> = cases
            .iter()
            .map(|case| (case.candidate.page.as_str(), case.stand()))
            .collect();
        assert_eq!(
            stands,
            [
                ("b", Stand::Waiting),
                ("a", Stand::Confirmed { serious: true })
            ]
        );
        assert_eq!(cases[1].decisions.len(), 3);
    }

    #[test]
    fn a_link_is_a_candidate_once_it_is_suspected_for_long() {
        let target = |hour| Target {
            site: SiteId::parse("kxw").unwrap(),
            url: "http://a.example.cn/x.html".to_owned(),
            kind: TargetKind::Page,
            external: false,
            on_home: true,
            places: vec![TargetPlace {
                page: "http://a.example.cn/".to_owned(),
                text: "通知".to_owned(),
            }],
            spells: Vec::new(),
            asked_at: at(hour),
        };
        let after = |answers: &[(u32, Failure)]| {
            let mut known = None;
            for (hour, why) in answers {
                let answered = Answered::Failed(why.clone());
                known = step(known.clone(), &target(*hour), &answered).or(known);
            }
            known.unwrap()
        };
        let barred = |hour| (hour, Failure::Blocked(403));
        let gone = |hour| (hour, Failure::Status(404));
        assert_eq!(of_link(&after(&[barred(0)]), false), None);
        assert_eq!(of_link(&after(&[barred(0), barred(5)]), false), None);
        assert!(of_link(&after(&[barred(0), barred(6)]), false).is_some());
        let certain = after(&[gone(0), gone(6)]);
        assert_eq!(of_link(&certain, false), None);
        assert!(of_link(&certain, true).is_some());
        assert_eq!(of_link(&after(&[gone(0)]), true), None, "it is asked again");
    }
}
