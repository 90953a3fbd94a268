//! The real daemon over a rehearsed site group, in stepped time, from the first midnight to the
//! last; what the gateway took, and what the store holds at the end.

use std::sync::Arc;
use std::time::Duration;

use chrono::{Days, NaiveTime};
use tempfile::TempDir;
use wangxun::alert::outbox::{Message, Notice};
use wangxun::clock::Clock;
use wangxun::config::load::load;
use wangxun::config::settings::Config;
use wangxun::daemon::run::Ready;
use wangxun::domain::flag::Flag;
use wangxun::domain::time::{Moment, moment};
use wangxun::rehearsal::Rehearsal;
use wangxun::rehearsal::gateway::{Accepted, Counts};
use wangxun::rehearsal::site::{SimColumn, SimSite};
use wangxun::rehearsal::truth::{Options, Truth};

use super::stepped::Running;

/// No run may take longer, in real time, whatever goes wrong.
const LONGEST_RUN: Duration = Duration::from_secs(540);
/// More messages than any run sends.
const MOST_MESSAGES: usize = 100_000;

/// Which columns are configured: the truth's pages are served for all of them.
pub type Watched = fn(&Truth, &SimSite, &SimColumn) -> bool;

/// A run that is over.
#[allow(dead_code, reason = "not every test looks at every part")]
pub struct Played {
    pub truth: Arc<Truth>,
    pub config: Arc<Config>,
    /// What the gateway took, in order.
    pub accepted: Vec<Accepted>,
    /// How often the gateway was asked.
    pub counts: Counts,
    /// Every message that the store holds, with the notices that it carries.
    pub messages: Vec<(Message, Vec<Notice>)>,
    /// Every flag that the store holds.
    pub flags: Vec<Flag>,
    /// Visits that the daemon made, by the store.
    pub visits: usize,
    /// The first instant after the run.
    pub end: Moment,
    /// Where configuration and store lie.
    pub dir: TempDir,
}

/// Runs the daemon over the world of `options`.
pub async fn play(options: Options, watched: Watched) -> Played {
    tokio::time::timeout(LONGEST_RUN, simulate(options, watched))
        .await
        .expect("the simulated days end in time: a loop of the daemon or the clock stands still")
}

async fn simulate(options: Options, watched: Watched) -> Played {
    let dir = TempDir::new().expect("a directory");
    let first = options.start;
    let end_at = moment((first + Days::new(u64::from(options.days))).and_time(NaiveTime::MIN));
    let clock = Clock::stepped(moment(first.and_time(NaiveTime::MIN)), None);
    // Made before anybody waits: until it has rung, the clock goes on; then it stands still.
    let mut end = clock.alarm();
    let rehearsal = Rehearsal::start(options, clock.clone(), dir.path(), None)
        .await
        .expect("a rehearsal");
    be_patient(&rehearsal);
    let loaded = load(&rehearsal.config_path, first).unwrap_or_else(|faults| panic!("{faults}"));
    let mut config = loaded.config;
    let truth = Arc::clone(&rehearsal.truth);
    config.group.columns.retain(|id, column| {
        let site = truth.site(&column.site).expect("a site");
        watched(&truth, site, truth.column(id).expect("a column"))
    });
    let config = Arc::new(config);
    let running = Running::start(Arc::clone(&config), &clock).await;
    end.until(end_at).await;
    let played = Played {
        truth,
        config,
        accepted: rehearsal.gateway.accepted(),
        counts: rehearsal.gateway.counts(),
        messages: messages(&running.ready).await,
        flags: running.ready.desk.store.flags(None).await.expect("flags"),
        visits: visits(&running.ready).await,
        end: end_at,
        dir,
    };
    running.end(end).await;
    rehearsal.stop().await;
    played
}

/// A machine under load is no fault of a site or of the gateway.
pub fn be_patient(rehearsal: &Rehearsal) {
    let path = &rehearsal.config_path;
    let text = std::fs::read_to_string(path).expect("monitor.toml");
    let patient = text
        .replace(
            "timeout = \"2s\"\n\n[transports",
            "timeout = \"20s\"\n\n[transports",
        )
        .replace("connect_timeout = \"2s\"", "connect_timeout = \"10s\"")
        .replace("first_byte_timeout = \"1s\"", "first_byte_timeout = \"3s\"")
        .replace("total_timeout = \"5s\"", "total_timeout = \"20s\"");
    assert_eq!(patient.matches("\"20s\"").count(), 2, "{patient}");
    assert!(patient.contains("first_byte_timeout = \"3s\""), "{patient}");
    std::fs::write(path, patient).expect("monitor.toml");
}

async fn messages(ready: &Ready) -> Vec<(Message, Vec<Notice>)> {
    let store = &ready.desk.store;
    let mut all = Vec::new();
    for message in store.messages(MOST_MESSAGES).await.expect("messages") {
        let notices = store.notices(&message.notices).await.expect("notices");
        all.push((message, notices));
    }
    all.reverse();
    all
}

async fn visits(ready: &Ready) -> usize {
    let mut visits = 0;
    for column in ready.desk.config.group.columns.keys() {
        let seen = ready.desk.store.observations(column, 10_000).await;
        visits += seen.expect("observations").len();
    }
    visits
}
