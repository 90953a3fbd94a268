//! Politeness: whose turn it is on a host.
//!
//! A host is a name with its port. Visits queue in order of arrival; a turn begins when a place is
//! free, the pause since the last start is over and the host's rest, if it asked for one, has
//! ended. Rests longer than a visitor's patience refuse the visitor at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use url::Url;

use crate::domain::visit::Failure;

/// Hosts that are remembered before those without a visit are forgotten.
const HOSTS: usize = 1024;
/// How long a start is remembered at least: longer than any pause.
const MEMORY: Duration = Duration::from_secs(60);

/// What one visitor keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manners {
    /// Requests in flight at one time.
    pub concurrency: usize,
    /// The least time between two starts.
    pub pause: Duration,
    /// The longest rest that is waited for.
    pub patience: Duration,
}

/// All hosts, by name and port.
#[derive(Default)]
pub struct Hosts {
    hosts: Mutex<HashMap<String, Arc<Host>>>,
}

#[derive(Default)]
struct Host {
    /// Held by the visitor who is next.
    queue: tokio::sync::Mutex<()>,
    left: Notify,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    in_flight: usize,
    started_at: Option<Instant>,
    rest: Option<(Instant, Failure)>,
}

/// What the next visitor has to do.
enum Next {
    Go,
    Until(Instant),
    Departure,
}

/// A turn on a host; it ends when it is dropped.
pub struct Turn {
    host: Arc<Host>,
}

impl Hosts {
    /// Waits for a turn on the host of `url`, or answers with the failure that the host is resting
    /// from.
    pub async fn turn(&self, url: &Url, manners: Manners) -> Result<Turn, Failure> {
        let host = self.host(url);
        host.refusal(manners.patience)?;
        let place = host.queue.lock().await;
        loop {
            match host.next(manners)? {
                Next::Go => break,
                Next::Until(start) => sleep_until(start).await,
                Next::Departure => host.left.notified().await,
            }
        }
        drop(place);
        Ok(Turn { host })
    }

    fn host(&self, url: &Url) -> Arc<Host> {
        let mut hosts = lock(&self.hosts);
        if HOSTS <= hosts.len() {
            hosts.retain(|_, host| 1 < Arc::strong_count(host) || host.is_remembered());
        }
        hosts.entry(name(url)).or_default().clone()
    }
}

/// The name and port under which a host is treated as one.
fn name(url: &Url) -> String {
    let port = url.port_or_known_default().unwrap_or_default();
    format!("{}:{port}", url.host_str().unwrap_or_default())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Host {
    fn refusal(&self, patience: Duration) -> Result<(), Failure> {
        match &lock(&self.state).rest {
            Some((until, failure)) if Instant::now() + patience < *until => Err(failure.clone()),
            _ => Ok(()),
        }
    }

    /// Starts a turn if it can start now.
    fn next(&self, manners: Manners) -> Result<Next, Failure> {
        self.refusal(manners.patience)?;
        let mut state = lock(&self.state);
        if manners.concurrency.max(1) <= state.in_flight {
            return Ok(Next::Departure);
        }
        let paused = state.started_at.map(|start| start + manners.pause);
        let rested = state.rest.as_ref().map(|(until, _)| *until);
        let now = Instant::now();
        if let Some(start) = paused.max(rested).filter(|start| now < *start) {
            return Ok(Next::Until(start));
        }
        state.rest = None;
        state.started_at = Some(now);
        state.in_flight += 1;
        Ok(Next::Go)
    }

    fn is_remembered(&self) -> bool {
        let state = lock(&self.state);
        let now = Instant::now();
        let started = state.started_at.is_some_and(|start| now < start + MEMORY);
        let resting = state.rest.as_ref().is_some_and(|(until, _)| now < *until);
        started || resting
    }
}

impl Turn {
    /// Lets the host rest, as it asked in an answer that means `failure`.
    pub fn rest(&self, rest: Duration, failure: Failure) {
        let until = Instant::now() + rest;
        let mut state = lock(&self.host.state);
        if state.rest.as_ref().is_none_or(|(known, _)| *known < until) {
            state.rest = Some((until, failure));
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        lock(&self.host.state).in_flight -= 1;
        self.host.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn manners(concurrency: usize, pause: u64, patience: u64) -> Manners {
        Manners {
            concurrency,
            pause: SECOND * u32::try_from(pause).unwrap(),
            patience: SECOND * u32::try_from(patience).unwrap(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn starts_keep_their_distance_and_turns_their_number() {
        // Concurrency, pause and length of a turn in seconds, and when five turns start.
        let cases: [(usize, u64, u64, [u64; 5]); 5] = [
            (1, 0, 3, [0, 3, 6, 9, 12]),
            (1, 5, 3, [0, 5, 10, 15, 20]),
            (2, 1, 4, [0, 1, 4, 5, 8]),
            (0, 0, 1, [0, 1, 2, 3, 4]),
            (9, 2, 30, [0, 2, 4, 6, 8]),
        ];
        for (concurrency, pause, length, expected) in cases {
            let hosts = Arc::new(Hosts::default());
            let begin = Instant::now();
            let visits = (0..5).map(|_| {
                let hosts = hosts.clone();
                tokio::spawn(async move {
                    let url = url("http://a.cn/");
                    let turn = hosts.turn(&url, manners(concurrency, pause, 60)).await;
                    let start = begin.elapsed().as_secs();
                    tokio::time::sleep(SECOND * u32::try_from(length).unwrap()).await;
                    drop(turn);
                    start
                })
            });
            let mut starts = Vec::new();
            for visit in visits.collect::<Vec<_>>() {
                starts.push(visit.await.unwrap());
            }
            assert_eq!(starts, expected, "{concurrency} {pause} {length}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_do_not_wait_for_each_other_and_ports_are_hosts() {
        let hosts = Hosts::default();
        let begin = Instant::now();
        let mut turns = Vec::new();
        for text in [
            "http://a.cn/",
            "https://a.cn/",
            "http://a.cn:8080/",
            "http://b.cn/",
        ] {
            turns.push(hosts.turn(&url(text), manners(1, 9, 60)).await);
        }
        assert_eq!(begin.elapsed(), Duration::ZERO);
        drop(turns);
        // The same host under another way of writing it.
        let again = hosts
            .turn(&url("HTTP://A.cn:80/x"), manners(1, 9, 60))
            .await;
        assert!(again.is_ok());
        assert_eq!(begin.elapsed(), SECOND * 9);
    }

    #[tokio::test(start_paused = true)]
    async fn a_resting_host_is_waited_for_or_left_alone() {
        let hosts = Hosts::default();
        let url = url("http://a.cn/");
        let turn = hosts.turn(&url, manners(1, 0, 60)).await.unwrap();
        turn.rest(SECOND * 30, Failure::Blocked(429));
        turn.rest(SECOND * 10, Failure::Status(503));
        drop(turn);
        let begin = Instant::now();
        let hasty = hosts.turn(&url, manners(1, 0, 29)).await;
        assert_eq!(hasty.err(), Some(Failure::Blocked(429)));
        assert_eq!(begin.elapsed(), Duration::ZERO);
        assert!(hosts.turn(&url, manners(1, 0, 30)).await.is_ok());
        assert_eq!(begin.elapsed(), SECOND * 30);
        assert!(hosts.turn(&url, manners(1, 0, 0)).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_visitor_who_leaves_the_queue_holds_nobody_up() {
        let hosts = Hosts::default();
        let url = url("http://a.cn/");
        let first = hosts.turn(&url, manners(1, 0, 60)).await.unwrap();
        let impatient = hosts.turn(&url, manners(1, 0, 60));
        assert!(tokio::time::timeout(SECOND, impatient).await.is_err());
        drop(first);
        let next = tokio::time::timeout(SECOND, hosts.turn(&url, manners(1, 0, 60))).await;
        assert!(next.unwrap().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn the_memory_of_hosts_is_bounded_and_keeps_those_that_matter() {
        let hosts = Hosts::default();
        let held = hosts.turn(&url("http://held.cn/"), manners(1, 0, 60)).await;
        let resting = hosts
            .turn(&url("http://rest.cn/"), manners(1, 0, 60))
            .await
            .unwrap();
        resting.rest(SECOND * 3000, Failure::Status(503));
        drop(resting);
        for number in 2..HOSTS {
            let _ = hosts.host(&url(&format!("http://n{number}.cn/")));
        }
        tokio::time::advance(MEMORY * 2).await;
        let _ = hosts.host(&url("http://last.cn/"));
        let mut names: Vec<String> = lock(&hosts.hosts).keys().cloned().collect();
        names.sort();
        assert_eq!(names, ["held.cn:80", "last.cn:80", "rest.cn:80"]);
        drop(held);
    }
}
