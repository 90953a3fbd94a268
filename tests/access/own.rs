//! What a unit finds of its own where most is others'.

use chrono::TimeDelta;
use wangxun::alert::incident::{Kind, State, Subject};
use wangxun::domain::account::Proxy;
use wangxun::store::commit::Commit;

use crate::console::{column_id, incident, now};
use crate::{four_sites, get_as, signed_in};

/// What ended at others since takes nothing out of a unit's feeds and lists.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_for_a_unit_is_not_lost_among_what_is_over_for_others() {
    let running = four_sites(Proxy::default()).await;
    let ended = |site: usize, minutes: i64| {
        let subject = Subject::Column(column_id(site, 1));
        let mut one = incident(subject, Kind::Stale, None);
        let at = now() - TimeDelta::minutes(minutes);
        one.began_at = at - TimeDelta::days(1);
        one.state = State::Resolved { at };
        one
    };
    let mut commit = Commit::at(now());
    commit.incidents = vec![ended(1, 6_000)];
    commit.incidents.extend((0..1_001).map(|n| ended(2, n)));
    running.store.commit(commit).await.expect("a commit");
    let unit = signed_in(&running, "danwei").await;
    let feed = get_as(&running, &unit, "/api/v1/incidents.atom").await.body;
    assert_eq!(feed.matches("【解除】").count(), 1, "{feed}");
    // In words, not as a time stamp.
    assert!(feed.contains("解除。</content>"), "{feed}");
    let list = get_as(&running, &unit, "/api/v1/incidents?state=closed").await;
    assert!(list.body.starts_with("{\"count\":1,"), "{}", list.body);
    for path in ["/incidents", "/incidents?list=closed", "/column/s01/c01"] {
        let page = get_as(&running, &unit, path).await.body;
        assert!(page.contains("解除</td>"), "{path}: {page}");
    }
}
