//! What the hosts permit: their `robots.txt`, asked once a day.
//!
//! A missing file permits everything. A host that cannot be asked at all fails the visit with the
//! host's own failure, so that a dead host is never mistaken for one that forbids.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as Lock, PoisonError};
use std::time::Duration;

use reqwest::header::LOCATION;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::body::Overflow;
use super::dial::Manner;
use super::fault::{self, Fault};
use super::hop::{Answer, Errand, Line, Spent};
use super::redirect::Trail;
use super::robots::{self, Rules};
use crate::domain::access::Access;
use crate::domain::visit::Failure;

/// How long an answer holds.
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Hosts that are remembered at most.
const HOSTS: usize = 1024;
/// Redirects on the way to the file that RFC 9309 asks for at least.
const REDIRECTS: usize = 5;

type Cell = Mutex<Option<(Instant, Arc<Rules>)>>;

/// The rules of all hosts.
#[derive(Default)]
pub(super) struct Permissions {
    known: Lock<HashMap<String, Arc<Cell>>>,
}

impl Permissions {
    /// The rules of the host of `url`, asked for if they are unknown or old. Visitors who come
    /// meanwhile wait for the one who asks. `lenient` takes its certificate as it is.
    pub async fn rules(
        &self,
        line: &Line,
        url: &Url,
        (access, lenient): (&Access, bool),
        spent: &mut Spent,
    ) -> Result<Arc<Rules>, Fault> {
        let cell = self.cell(url);
        let mut known = cell.lock().await;
        if let Some((asked_at, rules)) = &*known
            && asked_at.elapsed() < DAY
        {
            return Ok(rules.clone());
        }
        let rules = Arc::new(ask(line, url, (access, lenient), spent).await?);
        *known = Some((Instant::now(), rules.clone()));
        Ok(rules)
    }

    fn cell(&self, url: &Url) -> Arc<Cell> {
        let origin = url.origin().ascii_serialization();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if HOSTS <= known.len() && !known.contains_key(&origin) {
            known.clear();
        }
        known.entry(origin).or_default().clone()
    }
}

async fn ask(
    line: &Line,
    url: &Url,
    (access, lenient): (&Access, bool),
    spent: &mut Spent,
) -> Result<Rules, Fault> {
    let file = url.join("/robots.txt");
    let mut file = file.map_err(|_| Fault::later(Failure::BadAnswer))?;
    let home = file.clone();
    let access = Access {
        redirects: access.redirects.max(REDIRECTS),
        ..access.clone()
    };
    let mut trail = Trail::new(&home, &access);
    loop {
        let Ok(cookie) = trail.enter(&file, false) else {
            return Ok(Rules::none());
        };
        let errand = Errand {
            url: &file,
            access: &access,
            cookie,
            extra: &[],
            post: None,
            validators: None,
            pause: access.pause,
            budget: access.total_timeout.saturating_sub(spent.0),
            limit: robots::LIMIT,
            overflow: Overflow::Cut,
            head_only: false,
            manner: Manner {
                kept: false,
                lenient,
            },
        };
        let answer = line.ask(&errand, spent).await?;
        trail.keep(&file, &answer.headers);
        match step(&answer, &file, &mut trail)? {
            Step::Rules(rules) => return Ok(rules),
            Step::On(next) => file = next,
        }
    }
}

enum Step {
    Rules(Rules),
    On(Url),
}

/// What one answer means. A way that leads nowhere, or to hosts that are not ours to visit, is a
/// missing file.
fn step(answer: &Answer, file: &Url, trail: &mut Trail<'_>) -> Result<Step, Fault> {
    match (answer.status, answer.headers.get(LOCATION)) {
        (200..=299, _) => Ok(Step::Rules(Rules::parse(&answer.body))),
        (300..=399, Some(location)) => Ok(trail
            .next(file, location)
            .map_or_else(|_| Step::Rules(Rules::none()), Step::On)),
        // A host that is overrun or broken has not said what it permits.
        (status @ (429 | 500..), _) => Err(Fault::later(fault::of_status(status))),
        _ => Ok(Step::Rules(Rules::none())),
    }
}
