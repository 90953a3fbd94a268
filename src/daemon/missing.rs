//! What a host answers for a path that cannot exist: asked once a day, when it has just answered
//! for a column, so that a page which is only that answer is not taken for a column's.

use url::Url;

use super::visit::{Means, digest_of};
use crate::domain::access::Access;
use crate::domain::host::{Fingerprint, HostRecord};
use crate::domain::time::{Date, Moment, date_of};
use crate::domain::visit::{Failure, Outcome, Validators};
use crate::extract::missing::fingerprint;

/// Letters of the path that nobody else knows.
const LETTERS: usize = 12;

/// Whether the host has to be asked at `now`.
pub fn is_due(known: Option<&HostRecord>, now: Moment) -> bool {
    known.is_none_or(|known| date_of(known.probed_at) != date_of(now))
}

/// Asks the host of `url`, by its rules, for a path that cannot exist. Where it gives no answer,
/// what was known of it stands.
pub async fn probe(
    means: &Means,
    host: &str,
    url: &Url,
    access: &Access,
    known: Option<HostRecord>,
    now: Moment,
) -> HostRecord {
    let missing = match path(url, host, date_of(now)) {
        Some(asked) => answer(means, &asked, access).await,
        None => Some(None),
    };
    HostRecord {
        host: host.to_owned(),
        probed_at: now,
        missing: missing.unwrap_or_else(|| known.and_then(|known| known.missing)),
    }
}

/// The fingerprint of the answer, if there is one; nothing where there was no answer.
async fn answer(means: &Means, asked: &Url, access: &Access) -> Option<Option<Fingerprint>> {
    let visit = means
        .fetcher
        .visit(asked, access, &Validators::default())
        .await;
    match visit.outcome {
        Outcome::Page(page) => {
            let asked = asked.clone();
            let work = tokio::task::spawn_blocking(move || fingerprint(&page, &asked));
            Some(work.await.ok().flatten())
        }
        Outcome::Failed(Failure::Status(400..=499)) => Some(None),
        Outcome::NotModified | Outcome::Failed(_) => None,
    }
}

/// The path of one day: harmless in form, and unforeseeable enough that nobody has it.
fn path(url: &Url, host: &str, day: Date) -> Option<Url> {
    let digest = digest_of(format!("{host} {day}").as_bytes());
    let letters: String = digest.chars().take(LETTERS).collect();
    url.join(&format!("/wx-probe-{letters}.html")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::moment;

    #[test]
    fn a_host_is_asked_once_a_day_for_another_path_each_day() {
        let at = |text: &str| moment(text.parse().unwrap());
        let known = HostRecord {
            host: "www.a.gov.cn".to_owned(),
            probed_at: at("2017-11-03T07:00:00"),
            missing: None,
        };
        assert!(is_due(None, at("2017-11-03T07:00:00")));
        assert!(!is_due(Some(&known), at("2017-11-03T23:59:59")));
        assert!(is_due(Some(&known), at("2017-11-04T00:00:00")));
        let url = Url::parse("http://www.a.gov.cn/xxgk/tzgg.html?a=1").unwrap();
        let on = |day: &str| path(&url, "www.a.gov.cn", day.parse().unwrap()).unwrap();
        let (one, next) = (on("2017-11-03"), on("2017-11-04"));
        assert_ne!(one, next);
        assert_eq!(one, on("2017-11-03"));
        let letters = one.as_str().strip_prefix("http://www.a.gov.cn/wx-probe-");
        let letters = letters.and_then(|rest| rest.strip_suffix(".html")).unwrap();
        assert!(letters.len() == LETTERS && letters.bytes().all(|b| b.is_ascii_hexdigit()));
    }
}
