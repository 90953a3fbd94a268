//! What one answer is made from: a few coarse reads of the store, never one per column.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Console;
use super::access::viewer::Viewer;
use super::health::Vitals;
use super::narrow;
use crate::alert::acts::{held_until, holds, is_trial};
use crate::alert::incident::{Incident, IncidentKey};
use crate::alert::outbox::Message;
use crate::alert::trial::{Forecast, forecast};
use crate::domain::act::Act;
use crate::domain::flag::Flag;
use crate::domain::group::Group;
use crate::domain::id::ColumnId;
use crate::domain::observation::ColumnRecord;
use crate::domain::time::Moment;
use crate::report::overview::Scene;
use crate::store::error::StoreError;

/// The present state of everything that is watched.
#[derive(Debug, Clone)]
pub struct Picture {
    /// The instant of the picture.
    pub now: Moment,
    /// What is watched, as far as the viewer may see it.
    pub group: Arc<Group>,
    /// What is known of each column.
    pub records: BTreeMap<ColumnId, ColumnRecord>,
    /// The incidents that are suspected or open.
    pub open: BTreeMap<IncidentKey, Incident>,
    /// The messages that are not final.
    pub outbox: Vec<Message>,
    /// The flags, newest first.
    pub flags: Vec<Flag>,
    /// What people laid down, the oldest first.
    pub acts: Vec<Act>,
    /// What the trial run would send; `None` where the installation is live.
    pub trial: Option<Forecast>,
    /// Notices that are not yet part of a message.
    pub waiting: usize,
    /// The monitor's own condition.
    pub vitals: Vitals,
}

impl Picture {
    /// Reads the present state, as far as `viewer` may see it.
    pub async fn take(console: &Console, viewer: &Viewer) -> Result<Picture, StoreError> {
        let picture = Picture::whole(console).await?;
        Ok(match viewer.only() {
            Some(unit) => narrow::to_unit(picture, unit),
            None => picture,
        })
    }

    async fn whole(console: &Console) -> Result<Picture, StoreError> {
        let store = &console.store;
        let now = console.clock.now();
        let records = store.records().await?;
        let open = store.open_incidents().await?;
        let outbox = store.open_messages().await?;
        let flags = store.flags(None).await?;
        let acts = store.acts().await?;
        let rules = &console.rules;
        let mut waiting = store.waiting_notices().await?;
        let all = waiting.len();
        // What a person lets wait is not stuck.
        let holds = holds(&acts);
        let trial = is_trial(&acts, rules.live)
            .then(|| forecast(&open, (&console.group, rules), (&holds, now)));
        waiting.retain(|notice| held_until(&holds, notice).is_none());
        let vitals = Vitals::of(console, now, &records, &outbox, &waiting);
        Ok(Picture {
            now,
            group: Arc::clone(&console.group),
            records,
            open,
            outbox,
            flags,
            trial,
            waiting: all,
            vitals,
            acts,
        })
    }

    /// The picture as a report sees it.
    pub fn scene<'a>(&'a self, console: &'a Console) -> Scene<'a> {
        Scene {
            group: &self.group,
            limits: &console.limits,
            records: &self.records,
            open: &self.open,
            acts: &self.acts,
            blind_after_visits: console.rules.blind_after_visits,
            now: self.now,
        }
    }
}
