//! What the memory of items should show of a run, by the truth and the gateway alone.

use std::collections::BTreeMap;

use chrono::{NaiveTime, TimeDelta};
use wangxun::alert::outbox::{Delivery, Message, Notice, Told};
use wangxun::assess::ladder::Tier;
use wangxun::domain::flag::FlagKind;
use wangxun::domain::id::ColumnId;
use wangxun::domain::time::{Moment, date_of, moment};
use wangxun::rehearsal::dialect::Dialect;
use wangxun::rehearsal::site::{Publication, SimColumn};

use super::simulation::Played;

/// How many flags of each kind a column has.
pub type Flagged = BTreeMap<(ColumnId, FlagKind), usize>;

/// The flags that were raised.
pub fn raised(played: &Played) -> Flagged {
    let mut raised = Flagged::new();
    for flag in &played.flags {
        let place = (flag.column.clone(), flag.fact.kind());
        *raised.entry(place).or_default() += 1;
    }
    raised
}

/// The flags that had to be raised: none but of items that appeared in the window and are not what
/// they seem.
pub fn due(played: &Played) -> Flagged {
    let mut due = Flagged::new();
    let columns = played.truth.sites().iter().flat_map(|site| {
        let columns = site.columns.iter();
        columns.map(move |column| (site.dialect, column))
    });
    let watched = &played.config.group.columns;
    for (dialect, column) in columns.filter(|(_, column)| watched.contains_key(&column.id)) {
        for kind in of_column(played, dialect, column) {
            *due.entry((column.id.clone(), kind)).or_default() += 1;
        }
    }
    due
}

fn of_column(played: &Played, dialect: Dialect, column: &SimColumn) -> Vec<FlagKind> {
    // The first reading is at the first midnight.
    let start = moment(played.truth.options().start.and_time(NaiveTime::MIN));
    let items = &column.publications;
    let new = |item: &&Publication| start < item.at && item.at < played.end;
    let mut kinds = Vec::new();
    for item in items.iter().filter(new) {
        let late = (date_of(item.at) - item.claimed_on).num_days();
        let earlier = || items.iter().filter(|other| other.at < item.at);
        // A date that only the article shows is none of the list.
        let listed = !matches!(dialect, Dialect::ArticleMeta | Dialect::ArticleLabel);
        if late > 3 && listed {
            kinds.push(FlagKind::BackDated);
        }
        if late < -1 {
            kinds.push(FlagKind::FutureDate);
        }
        if earlier().any(|other| other.number == item.number) {
            kinds.push(FlagKind::ReDated);
        }
        if earlier().any(|other| other.title == item.title && other.number != item.number) {
            kinds.push(FlagKind::Republished);
        }
        let together = items.iter().filter(|other| other.at == item.at);
        let newest = together
            .clone()
            .all(|other| other.claimed_on <= item.claimed_on);
        if together.count() >= 3 && newest && alerted_before(played, column, item.at) {
            kinds.push(FlagKind::Burst);
        }
    }
    kinds
}

/// Whether the column was called overdue within a day before items that appeared at `at` were
/// read, at one of the hours of visits.
fn alerted_before(played: &Played, column: &SimColumn, at: Moment) -> bool {
    let midnight = moment(date_of(at).and_time(NaiveTime::MIN));
    let hours = [4, 8, 12, 16, 20].map(|hour| midnight + TimeDelta::hours(hour));
    let read_at = hours.into_iter().find(|hour| *hour >= at);
    let read_at = read_at.expect("items appear in working hours");
    let in_time =
        |accepted_at: Moment| accepted_at < read_at && read_at - accepted_at < TimeDelta::hours(24);
    let mut messages = played.messages.iter();
    messages.any(|(message, notices)| {
        accepted_at(message).is_some_and(in_time)
            && notices.iter().any(|notice| calls_overdue(notice, column))
    })
}

fn accepted_at(message: &Message) -> Option<Moment> {
    match message.delivery {
        Delivery::Accepted { at, .. } => Some(at),
        _ => None,
    }
}

fn calls_overdue(notice: &Notice, column: &SimColumn) -> bool {
    let overdue = match notice.told {
        Told::Raised(tier) | Told::Repeated(tier, _) => tier >= Tier::Overdue,
        _ => false,
    };
    overdue && notice.column.as_ref() == Some(&column.id)
}
