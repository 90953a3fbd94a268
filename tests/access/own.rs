//! What a unit finds of its own where most is others'.

use chrono::TimeDelta;
use wangxun::alert::incident::{Kind, State, Subject};
use wangxun::domain::account::Proxy;
use wangxun::store::commit::Commit;

use crate::console::{column_id, incident, now};
use crate::{busy_desk, four_sites, four_sites_with, get_as, signed_in};

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

/// A unit is told where it finds what is listed for the office alone, and nothing of the server.
#[tokio::test(flavor = "multi_thread")]
async fn a_unit_is_told_what_is_not_its_own_to_read() {
    let running = four_sites(Proxy::default()).await;
    let (unit, office) = (
        signed_in(&running, "danwei").await,
        signed_in(&running, "kanke").await,
    );
    for (list, to_unit) in [("acts", "见各栏目页"), ("flags", "不向单位列出")] {
        let path = format!("/incidents?list={list}");
        let page = get_as(&running, &unit, &path).await.body;
        assert!(
            page.contains(to_unit) && !page.contains("没有可列出"),
            "{page}"
        );
        let page = get_as(&running, &office, &path).await.body;
        assert!(page.contains("没有可列出的内容"), "{page}");
    }
    for path in ["/", "/api/v1/overview"] {
        for word in ["数据存储", "程序版本"] {
            let page = get_as(&running, &unit, path).await.body;
            assert!(!page.contains(word) && page.contains("工作日历"), "{page}");
            let page = get_as(&running, &office, path).await.body;
            assert!(page.contains(word), "{path}: {page}");
        }
    }
}

/// A unit that is not configured is a mistake, not one without columns; another's is as unknown to a unit.
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_unit_is_refused_and_a_lost_copy_is_said_to_be_lost() {
    let running = four_sites(Proxy::default()).await;
    let (unit, office) = (
        signed_in(&running, "danwei").await,
        signed_in(&running, "kanke").await,
    );
    for (who, named, status) in [
        (&office, "s01", 200),
        (&office, "s02", 200),
        (&office, "nonsense", 404),
        (&unit, "s01", 200),
        (&unit, "s02", 404),
    ] {
        for path in ["due.ics", "columns"] {
            let path = format!("/api/v1/{path}?unit={named}");
            let answer = get_as(&running, who, &path).await;
            assert_eq!(answer.status, status, "{path}: {}", answer.body);
        }
    }
    for (path, is_known) in [
        ("/copy/s01/c00?digest=0", true),
        ("/copy/s01?digest=0", true),
        ("/copy/s02/c00?digest=0", false),
        ("/copy/none?digest=0", false),
    ] {
        let answer = get_as(&running, &unit, path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(
            answer.body.contains("未留副本"),
            is_known,
            "{path}: {}",
            answer.body
        );
    }
}

/// What a page only mentions is said to be on its way where it is not there at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_site_says_that_its_assessment_is_being_made() {
    let running = four_sites_with(Proxy::default(), Some(busy_desk())).await;
    let unit = signed_in(&running, "danwei").await;
    let page = get_as(&running, &unit, "/site/s01").await.body;
    assert!(
        page.contains("本季度考评") && page.contains("正在生成"),
        "{page}"
    );
    let running = four_sites(Proxy::default()).await;
    let unit = signed_in(&running, "danwei").await;
    let page = get_as(&running, &unit, "/site/s01").await.body;
    assert!(!page.contains("正在生成"), "{page}");
}
