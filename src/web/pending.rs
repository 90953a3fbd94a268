//! What was decided to be told and stands in no message yet: for whom, about what, and from when to when it
//! may go out.

use super::Console;
use super::incidents::{kind_in_chinese, subject};
use super::source::Picture;
use super::view::when;
use crate::alert::acts::{held_until, holds};
use crate::alert::outbox::{Notice, Told};
use crate::report::plain::instant;
use crate::report::recipient::who;
use crate::store::error::StoreError;

/// How many are listed.
const ROWS: usize = 100;

/// The notices that wait.
#[derive(Default)]
pub struct Pending {
    /// The first of them, by when they may go out.
    pub rows: Vec<Row>,
    /// How many more there are.
    pub more: usize,
}

/// One notice.
pub struct Row {
    /// For whom, masked.
    pub who: String,
    /// What it is about.
    pub about: String,
    /// What it tells.
    pub tells: &'static str,
    /// From when on it may go out.
    pub from: String,
    /// Until when, or until when a person has it wait.
    pub until: String,
}

impl Pending {
    /// Those that wait now.
    pub async fn of(console: &Console, picture: &Picture) -> Result<Pending, StoreError> {
        let mut waiting = console.store.waiting_notices().await?;
        waiting.sort_by(|a, b| (a.not_before, &a.key).cmp(&(b.not_before, &b.key)));
        let rows = waiting.iter().take(ROWS);
        Ok(Pending {
            rows: rows.map(|notice| row(console, picture, notice)).collect(),
            more: waiting.len().saturating_sub(ROWS),
        })
    }
}

fn row(console: &Console, picture: &Picture, notice: &Notice) -> Row {
    let (now, names) = (picture.now, console.names(picture));
    let (about, _) = subject(names, &notice.incident.subject);
    let held = held_until(&holds(&picture.acts), notice);
    Row {
        who: who(&picture.group, &notice.person),
        about,
        tells: tells(notice),
        from: when(Some(notice.not_before), now),
        until: match held {
            Some(at) => format!("已暂缓至{}", instant(at, now)),
            None => when(Some(notice.expires_at), now),
        },
    }
}

fn tells(notice: &Notice) -> &'static str {
    match notice.told {
        Told::Raised(tier) | Told::Repeated(tier, _) => tier.in_chinese(),
        Told::EscalationProposed => "督办待放行",
        Told::Recovered => "已解除",
        _ => kind_in_chinese(&notice.incident),
    }
}
