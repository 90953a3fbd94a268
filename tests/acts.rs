//! What people lay down, through the real daemon: answers, exemptions, holds and the trial run, by
//! the messages that are heard and those that are not.
//!
//! Three columns of one site were updated on 3 November 2017, a Friday, and never again; the clock
//! is stepped.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use wangxun::alert::incident::{Incident, Subject};
use wangxun::assess::exemption::{Exemptions, is_ended};
use wangxun::assess::ladder::Tier;
use wangxun::daemon::enact::{What, end_of};
use wangxun::domain::act::{Act, Deed, Ground, Scope};
use wangxun::domain::id::{ColumnId, SiteId};
use wangxun::domain::observation::Observation;
use wangxun::store::rebuild::rebuild;
use wangxun::store::settings::StoreSettings;

#[path = "support/site.rs"]
#[allow(dead_code, reason = "another test uses the other parts")]
mod site;
#[path = "support/stage.rs"]
mod stage;
#[path = "support/stepped.rs"]
mod stepped;

use stage::{HEAD, LIAISON, LIVE, OPERATOR, Stage, TRIAL, at, day, expected};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_stills_an_exemption_silences_and_a_hold_delays() {
    let mut stage = Stage::open(LIVE, "2017-11-13T00:00").await;
    stage.until("2017-11-13T12:00").await;
    let exempt = |until: &str| What::Exempt {
        approver: None,
        paused: false,
        scope: Scope::Column(ColumnId::parse("kxw/tpxw").expect("an id")),
        ground: Ground::Maintenance,
        from: None,
        until: day(until),
    };
    let (ok, text) = stage.order(exempt("2017-12-13")).await;
    assert!(!ok && text.contains("2017-12-12"), "{text}");
    assert!(stage.order(exempt("2017-11-20")).await.0);

    // The reminder, and the warning; then doubts about 街道动态 until the end of Wednesday.
    stage.until("2017-11-17T12:00").await;
    let hold = |until: &str| What::Hold {
        about: "kxw/jddt".to_owned(),
        until: end_of(day(until)),
    };
    let (ok, text) = stage.order(hold("2017-11-23")).await;
    assert!(!ok && text.contains("2017-11-22"), "{text}");
    assert!(stage.order(hold("2017-11-22")).await.0);

    // Overdue since Saturday, told on Monday; answered then.
    stage.until("2017-11-20T10:00").await;
    let answer = |until: &str| What::Answer {
        duty: None,
        column: "kxw/gzdt".to_owned(),
        until: day(until),
    };
    let (ok, text) = stage.order(answer("2017-12-05")).await;
    assert!(!ok && text.contains("2017-12-04"), "{text}");
    assert!(stage.order(answer("2017-11-27")).await.0);

    stage.until("2017-11-28T12:00").await;
    let both: &[&str] = &[LIAISON, HEAD];
    let all: &[&str] = &[LIAISON, HEAD, OPERATOR];
    // No repetition on the 22nd; the rise of the 25th is told on Monday although it is answered
    // for, and repeated when the answer has lapsed.
    assert_eq!(
        stage.of("工作动态"),
        expected(&[
            ("11-14T08:30", &[LIAISON]),
            ("11-16T08:30", all),
            ("11-20T08:30", both),
            ("11-27T08:30", all),
            ("11-28T08:30", all),
        ])
    );
    let heard = stage.heard();
    let remark = "（已回复：将于11月27日前更新）";
    let remarked = |day: &str| {
        let mut of_day = heard.iter().filter(|(at, ..)| at.starts_with(day));
        of_day.any(|(_, _, text)| text.contains(remark))
    };
    assert!(remarked("11-27") && !remarked("11-28"), "{heard:#?}");
    // Overdue when its exemption ended, told after a second visit.
    let first: Vec<_> = stage.of("图片新闻").into_iter().take(2).collect();
    assert_eq!(first, expected(&[("11-21T08:30", both)]));
    // The second column of the unit to be overdue within a week: proposed to the operator.
    let proposed = "该单位7天内再次超期，建议督办，请审核放行。";
    let on = heard.iter().filter(|(_, _, text)| text.contains(proposed));
    let on: Vec<_> = on
        .map(|(at, phone, _)| (at.as_str(), phone.as_str()))
        .collect();
    // Nobody released it: five working days later it is proposed again.
    let days = ["11-21T08:30", "11-28T08:30"];
    assert_eq!(on, days.map(|day| (day, OPERATOR)));
    // What a person let wait goes out when the hold has ended, not before and not never.
    let held = stage.of("街道动态");
    let within = |(at, _): &&(String, String)| at.as_str() > "11-17" && at.as_str() < "11-23";
    assert_eq!(held.iter().filter(within).count(), 0, "{held:?}");
    let freed = |(at, _): &&(String, String)| at.as_str() == "11-23T08:30";
    assert_eq!(held.iter().filter(freed).count(), 2, "{held:?}");

    // Who, when and why outlive the store's files.
    let acts = stage.running.ready.desk.store.acts().await.expect("acts");
    assert_eq!(acts.len(), 3);
    assert!(
        acts.iter()
            .all(|act| act.by == "张三" && act.reason == "稿件 在审")
    );
    let dir = stage.close().await;
    let settings = StoreSettings::in_dir(dir.path().join("store"));
    rebuild(&settings, at("2017-11-28T13:00")).expect("a rebuilt store");
    let (store, _) = wangxun::store::handle::Store::open(&settings, at("2017-11-28T13:00"))
        .await
        .expect("a store");
    assert_eq!(store.acts().await.expect("acts"), acts);
}

/// The key of an exemption that runs.
async fn running(stage: &Stage) -> Vec<String> {
    let acts = stage.running.ready.desk.store.acts().await.expect("acts");
    let runs = |act: &&Act| matches!(act.deed, Deed::Exempted { .. }) && !is_ended(&acts, act);
    acts.iter().filter(runs).map(Act::key).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_exemption_interrupts_is_no_second_offence_and_one_end_ends_it() {
    let mut stage = Stage::open(LIVE, "2017-11-13T00:00").await;
    stage.until("2017-11-20T12:00").await;
    // Handed in twice, it is granted once; a longer one is another.
    let maintenance = |until: &str| What::Exempt {
        paused: false,
        approver: None,
        scope: Scope::Column(ColumnId::parse("kxw/gzdt").expect("an id")),
        ground: Ground::Maintenance,
        from: None,
        until: day(until),
    };
    for _ in 0..2 {
        assert!(stage.order(maintenance("2017-11-24")).await.0);
    }
    assert_eq!(running(&stage).await.len(), 1);
    let (ok, text) = stage.order(maintenance("2017-11-23")).await;
    assert!(!ok && text.contains("already until 2017-11-24"), "{text}");
    assert!(stage.order(maintenance("2017-11-28")).await.0);
    assert_eq!(running(&stage).await.len(), 2);
    stage.until("2017-11-22T12:00").await;
    // One end ends all that silences the column.
    let key = running(&stage).await.swap_remove(0);
    let within = None;
    assert!(stage.order(What::EndExemption { key, within }).await.0);
    assert_eq!(running(&stage).await, Vec::<String>::new());
    stage.until("2017-11-23T12:00").await;
    // It is overdue as it was, which is told again; it is no second time within a week.
    let told = stage.of("工作动态");
    assert!(told.iter().any(|(at, _)| at == "11-22T12:30"), "{told:?}");
    let heard = stage.heard();
    let again = heard
        .iter()
        .filter(|(_, _, text)| text.contains("再次超期"));
    assert_eq!(again.count(), 0, "{heard:#?}");

    let about = || "kxw/jddt".to_owned();
    let until = |on: &str| end_of(day(on));
    let hold = |on: &str| What::Hold {
        about: about(),
        until: until(on),
    };
    assert!(stage.order(hold("2017-11-24")).await.0);
    let (ok, text) = stage.order(hold("2017-11-23")).await;
    assert!(!ok && text.contains("until 2017-11-24 already"), "{text}");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_laid_down_twice_is_one_and_an_end_says_what_still_covers() {
    let mut stage = Stage::open(LIVE, "2017-11-13T00:00").await;
    stage.until("2017-11-20T10:00").await;
    let column = Scope::Column(ColumnId::parse("kxw/gzdt").expect("an id"));
    let site = Scope::Site(SiteId::parse("kxw").expect("an id"));
    let exempt = |scope: &Scope, until: &str| What::Exempt {
        approver: Some(" 李主任\n".to_owned()),
        paused: false,
        scope: scope.clone(),
        ground: Ground::Maintenance,
        from: None,
        until: day(until),
    };
    let hold = || What::Hold {
        about: "kxw/tpxw".to_owned(),
        until: end_of(day("2017-11-22")),
    };
    let answer = || What::Answer {
        duty: None,
        column: "kxw/jddt".to_owned(),
        until: day("2017-11-27"),
    };
    // Whoever clicks twice, or again since the line is slow, has laid it down once.
    for _ in 0..3 {
        for what in [answer(), hold(), exempt(&column, "2017-11-24")] {
            let (ok, text) = stage.order(what).await;
            assert!(ok, "{text}");
        }
    }
    let (ok, text) = stage.order(exempt(&column, "2017-11-22")).await;
    assert!(!ok && text.contains("already until 2017-11-24"), "{text}");
    // A longer one, and one of the whole site, are others.
    assert!(stage.order(exempt(&column, "2017-11-30")).await.0);
    assert!(stage.order(exempt(&site, "2017-11-25")).await.0);
    let acts = stage.running.ready.desk.store.acts().await.expect("acts");
    assert_eq!(acts.len(), 5, "{acts:#?}");
    let approvers = acts.iter().filter_map(|act| act.approver.as_deref());
    assert!(approvers.eq(["李主任"; 3]), "{acts:#?}");
    let key_of = |wanted: &Scope| {
        let mut exempt = acts
            .iter()
            .filter(|act| matches!(&act.deed, Deed::Exempted { scope, .. } if scope == wanted));
        exempt.next().map(Act::key).expect("an exemption")
    };
    let end = |key: String, within: Option<Scope>| What::EndExemption { key, within };
    // A page of another column does not end it.
    let other = Scope::Column(ColumnId::parse("kxw/tpxw").expect("an id"));
    let (ok, text) = stage.order(end(key_of(&column), Some(other))).await;
    assert!(!ok, "{text}");
    // One click ends both of the column, and tells of the site's.
    let ends = end(key_of(&column), Some(column.clone()));
    let (ok, text) = stage.order(ends).await;
    assert!(
        ok && text.contains("still exempt by") && text.contains("site kxw"),
        "{text}"
    );
    let (ok, text) = stage.order(end(key_of(&site), None)).await;
    assert!(ok && !text.contains("still"), "{text}");
    let acts = stage.running.ready.desk.store.acts().await.expect("acts");
    let running = Exemptions::on(&acts, day("2017-11-20"));
    assert_eq!(running.all().count(), 0);
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exemption_says_which_released_escalation_ends_with_it() {
    let mut stage = Stage::open(LIVE, "2017-11-13T00:00").await;
    stage.until("2017-12-13T10:00").await;
    let column = ColumnId::parse("kxw/gzdt").expect("an id");
    let desk = stage.running.ready.desk.clone();
    assert!(desk.release(&column, "张三", "").await.expect("a store"));
    let exempt = |until: &str| What::Exempt {
        approver: Some("李主任".to_owned()),
        paused: false,
        scope: Scope::Column(column.clone()),
        ground: Ground::Maintenance,
        from: None,
        until: day(until),
    };
    let said = "the released escalation of column kxw/gzdt ends with it";
    let (ok, text) = stage.order(exempt("2017-12-15")).await;
    assert!(ok && text.contains(said), "{text}");
    let (ok, text) = stage.order(exempt("2017-12-18")).await;
    assert!(ok && !text.contains(said), "{text}");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_that_rests_is_not_visited_and_is_judged_again_when_its_pause_has_ended() {
    let mut stage = Stage::open(LIVE, "2017-11-13T00:00").await;
    stage.until("2017-11-17T12:00").await;
    let pause = What::Exempt {
        approver: None,
        paused: true,
        scope: Scope::Site(SiteId::parse("kxw").expect("an id")),
        ground: Ground::Maintenance,
        from: None,
        until: day("2017-11-22"),
    };
    let (ok, text) = stage.order(pause).await;
    assert!(ok, "{text}");
    stage.until("2017-11-24T12:00").await;
    let both: &[&str] = &[LIAISON, HEAD];
    let all: &[&str] = &[LIAISON, HEAD, OPERATOR];
    // The reminder and the warning before; nothing while it rests, though it is overdue since the 18th;
    // what it owes is told on the first morning after, once a second visit agrees.
    assert_eq!(
        stage.of("工作动态"),
        expected(&[
            ("11-14T08:30", &[LIAISON]),
            ("11-16T08:30", all),
            ("11-23T08:30", both),
        ])
    );
    let desk = &stage.running.ready.desk;
    let column = ColumnId::parse("kxw/gzdt").expect("an id");
    let visits = desk.store.observations(&column, 200).await.expect("visits");
    let rests = |visit: &&Observation| {
        let on = visit.observed_at.date_naive();
        on >= day("2017-11-18") && on <= day("2017-11-22")
    };
    assert_eq!(visits.iter().filter(rests).count(), 0, "{visits:?}");
    let after = visits
        .iter()
        .filter(|visit| visit.observed_at.date_naive() == day("2017-11-23"));
    assert!(after.count() >= 2, "{visits:?}");
    let open = desk.store.open_incidents().await.expect("incidents");
    let about = |incident: &&Incident| incident.key.subject == Subject::Column(column.clone());
    let states: Vec<_> = open.values().filter(about).collect();
    assert!(
        matches!(states.as_slice(), [one] if one.is_open() && one.tier == Some(Tier::Overdue)),
        "{states:?}"
    );
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_installation_tells_units_nothing_until_it_goes_live_and_then_how_things_stand() {
    let mut stage = Stage::open(TRIAL, "2017-11-13T00:00").await;
    stage.until("2017-11-21T10:00").await;
    let heard = stage.heard();
    assert!(
        heard.iter().all(|(_, phone, _)| phone == OPERATOR),
        "{heard:#?}"
    );
    // One word a day at most, on working days, from the first day on which anything would be told.
    let days: Vec<&str> = heard.iter().map(|(at, ..)| at.as_str()).collect();
    assert_eq!(
        days,
        ["14", "15", "16", "17", "20", "21"].map(|day| format!("11-{day}T08:30"))
    );
    let last = heard.last().map(|(_, _, text)| text.as_str());
    assert_eq!(
        last,
        Some("【网巡】试运行，如启用将发送2条（名单见wangxun status），涉及3个栏目：超期3个。")
    );

    assert!(stage.order(What::GoLive).await.0);
    assert!(!stage.order(What::GoLive).await.0);
    stage.until("2017-11-22T12:00").await;
    let heard: Vec<_> = stage.heard().into_iter().skip(days.len()).collect();
    let told: Vec<_> = heard.iter().map(|(_, phone, _)| phone.as_str()).collect();
    assert_eq!(told, [LIAISON, HEAD], "{heard:#?}");
    for (_, _, text) in &heard {
        assert!(text.contains("您有3项网站栏目事项，最紧要：超期"), "{text}");
    }
    // A daemon that starts again stays live.
    let acts = stage.running.ready.desk.store.acts().await.expect("acts");
    assert_eq!(acts.len(), 2, "{acts:?}");
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_has_sent_messages_is_live_and_a_configured_end_of_the_trial_is_an_end() {
    let both: &[&str] = &[LIAISON, HEAD];
    // It went on without a trial run before; now the key is gone.
    let mut before = Stage::open(LIVE, "2017-11-13T00:00").await;
    before.until("2017-11-14T12:00").await;
    assert_eq!(
        before.of("工作动态"),
        expected(&[("11-14T08:30", &[LIAISON])])
    );
    let mut after = Stage::open_in(before.close().await, TRIAL, "2017-11-14T12:00").await;
    after.until("2017-11-20T12:00").await;
    let heard = after.of("工作动态");
    assert!(
        heard
            .iter()
            .any(|(at, phone)| at == "11-20T08:30" && phone == HEAD)
    );
    assert_eq!(
        after.running.ready.desk.store.acts().await.expect("acts"),
        []
    );
    after.close().await;

    // It was on trial; then the configuration says that it is live.
    let mut trial = Stage::open(TRIAL, "2017-11-13T00:00").await;
    trial.until("2017-11-18T12:00").await;
    assert_eq!(trial.of("工作动态"), []);
    let mut live = Stage::open_in(trial.close().await, LIVE, "2017-11-18T12:00").await;
    live.until("2017-11-20T12:00").await;
    assert_eq!(live.of("图片新闻"), expected(&[("11-20T08:30", both)]));
    live.close().await;
}
