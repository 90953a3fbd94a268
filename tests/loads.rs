//! When much would be told at once: the budget, the backlog after the monitor's own death, and a past
//! that is told again with what people released in it.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeMap;

use wangxun::alert::incident::Release;
use wangxun::daemon::past::replay;
use wangxun::domain::id::ColumnId;
use wangxun::report::replay::changes;

#[path = "support/site.rs"]
#[allow(dead_code, reason = "another test uses the other parts")]
mod site;
#[path = "support/stage.rs"]
mod stage;
#[path = "support/stepped.rs"]
mod stepped;

use stage::{HEAD, LIAISON, LIVE, OPERATOR, Stage, day};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beyond_the_budget_one_summary_goes_to_the_operator_and_the_rest_waits() {
    let tight = format!("{LIVE}budget = {{ per_person = 9, in_all = 1 }}\n");
    let mut stage = Stage::open(&tight, "2017-11-13T00:00").await;
    stage.until("2017-11-21T12:00").await;
    let heard = stage.heard();
    let mut units: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut summaries: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (at, phone, text) in &heard {
        let day = at.get(..5).expect("a day");
        if text.contains("今日消息条数已达上限") {
            assert_eq!(phone, OPERATOR);
            assert!(text.contains("有1人的消息顺延至下一个发送日"), "{text}");
            summaries.entry(day).or_default().push(text);
        } else if phone != OPERATOR {
            units.entry(day).or_default().push(phone);
        }
    }
    assert!(units.values().all(|told| told.len() == 1), "{heard:#?}");
    assert!(summaries.values().all(|told| told.len() == 1), "{heard:#?}");
    // The warning of the 16th is for two: one of them hears it on the 17th.
    assert!(summaries.contains_key("11-16"), "{heard:#?}");
    let of = |day: &str| units.get(day).cloned().unwrap_or_default();
    let mut both = [of("11-16"), of("11-17")].concat();
    both.sort_unstable();
    assert_eq!(both, [LIAISON, HEAD], "{heard:#?}");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nine_days_of_death_have_kept_is_one_digest_of_how_things_stand() {
    let mut before = Stage::open(LIVE, "2017-11-13T00:00").await;
    before.until("2017-11-13T12:00").await;
    assert_eq!(before.heard(), []);
    // Meanwhile it would have reminded, warned, and told that they are overdue, and again.
    let mut after = Stage::open_in(before.close().await, LIVE, "2017-11-22T10:00").await;
    after.until("2017-11-22T20:00").await;
    let heard = after.heard();
    let to: Vec<&str> = heard.iter().map(|(_, phone, _)| phone.as_str()).collect();
    for phone in [LIAISON, HEAD] {
        assert_eq!(
            to.iter().filter(|to| **to == phone).count(),
            1,
            "{heard:#?}"
        );
    }
    for (at, phone, text) in heard.iter().filter(|(_, phone, _)| phone != OPERATOR) {
        assert_eq!(at, "11-22T10:30", "{phone}: after the second visit");
        assert!(text.contains("您有3项网站栏目事项，最紧要：超期"), "{text}");
    }
    after.close().await;
}

/// A store in which 超期 was decided on a Saturday, and waits for Monday, when the monitor dies.
async fn overdue_on_saturday() -> tempfile::TempDir {
    let mut before = Stage::open(LIVE, "2017-11-13T00:00").await;
    before.until("2017-11-18T12:00").await;
    let overdue = |(_, _, text): &(String, String, String)| text.contains("超过14天时限");
    assert!(!before.heard().iter().any(overdue));
    before.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waited_through_an_outage_is_told_after_a_look_at_how_things_stand() {
    let dir = overdue_on_saturday().await;
    let mut after = Stage::open_over(dir, LIVE, "2017-11-20T10:00", "2017-11-19").await;
    after.until("2017-11-20T20:00").await;
    let heard = after.heard();
    assert!(
        !heard.is_empty(),
        "those who were warned hear that it is over"
    );
    let sorts = heard.iter().map(|(_, _, text)| text.contains("恢复"));
    assert!(sorts.into_iter().all(|is_end| is_end), "{heard:#?}");
    after.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waited_and_what_fell_due_in_an_outage_are_one_digest() {
    let dir = overdue_on_saturday().await;
    let mut after = Stage::open_in(dir, LIVE, "2017-11-27T10:00").await;
    after.until("2017-11-27T20:00").await;
    let heard = after.heard();
    for phone in [LIAISON, HEAD] {
        let told: Vec<_> = heard.iter().filter(|(_, to, _)| to == phone).collect();
        assert!(
            matches!(told[..], [(at, _, text)] if at == "11-27T10:30" && text.contains("严重超期")),
            "{heard:#?}"
        );
    }
    after.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_start_soon_after_an_outage_spends_no_digest_before_the_second_visits() {
    let dir = overdue_on_saturday().await;
    let mut first = Stage::open_in(dir, LIVE, "2017-11-27T10:00").await;
    first.until("2017-11-27T10:10").await;
    assert_eq!(first.heard(), []);
    let mut second = Stage::open_in(first.close().await, LIVE, "2017-11-27T10:11").await;
    second.until("2017-11-27T20:00").await;
    let heard = second.heard();
    for phone in [LIAISON, HEAD] {
        let told: Vec<_> = heard.iter().filter(|(_, to, _)| to == phone).collect();
        assert!(
            matches!(told[..], [(at, _, text)] if at.as_str() >= "11-27T10:30" && text.contains("严重超期")),
            "{heard:#?}"
        );
    }
    let operator: Vec<_> = heard.iter().filter(|(_, to, _)| to == OPERATOR).collect();
    assert!(
        matches!(operator[..], [(_, _, text)] if text.contains("11月18日至11月27日监测曾中断，现已恢复")),
        "{heard:#?}"
    );
    second.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_past_with_a_release_by_a_person_is_told_again_without_a_difference() {
    let mut stage = Stage::open(LIVE, "2017-11-13T00:00").await;
    stage.until("2017-12-13T10:00").await;
    let column = ColumnId::parse("kxw/gzdt").expect("an id");
    let desk = stage.running.ready.desk.clone();
    assert!(
        desk.release(&column, "张三", "").await.expect("a store"),
        "proposed by then"
    );
    stage.until("2017-12-20T12:00").await;
    let open = desk.store.open_incidents().await.expect("incidents");
    let released = open.values().filter(
        |incident| matches!(&incident.release, Some(Release::Granted { by, .. }) if by == "张三"),
    );
    assert_eq!(released.count(), 1);
    let heard = stage.heard();
    let told = heard
        .iter()
        .any(|(at, phone, text)| at.as_str() > "12-13" && phone == HEAD && text.contains("督办"));
    assert!(told, "{heard:#?}");
    let dir = desk.config.store.dir.clone();
    let same = replay(&desk.config, &dir, day("2017-11-13"), day("2017-12-19"));
    let same = same.expect("a replay");
    assert!(same.was.tellings.len() > 20, "{}", same.was.tellings.len());
    assert_eq!(changes(&same.was.tellings, &same.would.tellings), []);
    assert_eq!(same.was.messages, same.would.messages);
    stage.close().await;
}
