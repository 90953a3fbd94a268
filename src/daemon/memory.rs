//! What a reading adds to the memory of a column: its items, and the flags that they give rise to.

use chrono::TimeDelta;

use crate::alert::outbox::{Delivery, Message, Notice, Told};
use crate::assess::flags::flags;
use crate::assess::ladder::Tier;
use crate::assess::sighting::{Listing, Past, Sighting};
use crate::domain::flag::Flag;
use crate::domain::group::Column;
use crate::domain::id::ColumnId;
use crate::domain::item::{Item, Row};
use crate::domain::observation::ColumnRecord;
use crate::domain::time::Moment;
use crate::store::error::StoreError;
use crate::store::handle::Store;

/// Alerts of longer ago are of no concern.
const ALERTED: TimeDelta = TimeDelta::hours(24);

/// The items of `rows` that are to be stored, and the flags that are to be raised. `before` and
/// `after` are what is known of the column without and with the visit.
pub async fn memory(
    store: &Store,
    column: &Column,
    before: Option<&ColumnRecord>,
    rows: &[Row],
    after: &ColumnRecord,
) -> Result<(Vec<Item>, Vec<Flag>), StoreError> {
    let known = store.items(&column.id).await?;
    let past = Past {
        column: &column.id,
        class: column.class,
        record: before,
        items: &known,
    };
    let listing = Listing {
        at: after.visited_at,
        rows,
        signature: after.signature.as_deref(),
    };
    let seen = Sighting::of(past, listing);
    let alerted_at = match seen.has_news() {
        true => alerted_at(store, &column.id, after.visited_at).await?,
        false => None,
    };
    let flags = flags(&seen, alerted_at);
    for flag in &flags {
        let kind = flag.fact.kind().key();
        tracing::debug!(column = %flag.column, kind, "an item is flagged");
    }
    Ok((seen.items(), flags))
}

/// When the latest message that calls the column overdue was accepted, within the last day.
async fn alerted_at(
    store: &Store,
    column: &ColumnId,
    now: Moment,
) -> Result<Option<Moment>, StoreError> {
    let mut latest = None;
    // Written earlier, a message may still have been accepted within the day.
    let since = now - ALERTED - ALERTED;
    for message in store.messages_since(since).await? {
        let Some(at) = accepted_at(&message).filter(|at| *at <= now && now - *at <= ALERTED) else {
            continue;
        };
        let notices = store.notices(&message.notices).await?;
        if notices.iter().any(|notice| is_overdue(notice, column)) {
            latest = latest.max(Some(at));
        }
    }
    Ok(latest)
}

fn accepted_at(message: &Message) -> Option<Moment> {
    match message.delivery {
        Delivery::Accepted { at, .. } | Delivery::Delivered { at, .. } => Some(at),
        _ => None,
    }
}

fn is_overdue(notice: &Notice, column: &ColumnId) -> bool {
    let tier = match notice.told {
        Told::Raised(tier) | Told::Repeated(tier, _) => tier,
        _ => return false,
    };
    notice.column.as_ref() == Some(column) && tier >= Tier::Overdue
}
