//! Escalations that wait for a person are let out several at once, each with an entry of its own.

use wangxun::alert::incident::{Incident, Release};

use crate::office::{Office, hand_in};

/// Those that were let out: by whom, of which subject.
async fn granted(office: &Office) -> Vec<String> {
    let store = &office.running.ready.desk.store;
    let open = store.open_incidents().await.expect("incidents");
    let by = |one: &Incident| match &one.release {
        Some(Release::Granted { by, .. }) => Some(format!("{by} {:?}", one.key.subject)),
        _ => None,
    };
    open.values().filter_map(by).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn escalations_are_released_together_with_one_reason() {
    let office = Office::open_until("2017-12-13T09:00").await;
    let mut looker = office.enter("kanke");
    looker.open(&office.url("/incidents?show=release"));
    assert!(looker.text().contains("工作动态") && !looker.has("[name=column]"));
    drop(looker);

    let mut browser = office.enter("yunwei");
    browser.without_script();
    browser.follow("#told a[href='/incidents?show=release']");
    let boxes = browser.value("document.querySelectorAll('[name=column]:not(:checked)').length");
    assert_eq!(boxes, 2, "{}", browser.text());
    office.picture(&mut browser, "release");
    browser.fill(".choose [name=reason]", "已核实，请督办");
    browser.follow(".choose button");
    let text = browser.text();
    assert!(text.contains("请选择要放行的栏目"), "{text}");
    let kept = browser.value("document.querySelector('.choose [name=reason]').value");
    assert_eq!(kept, "已核实，请督办");

    // What another session's form carries is taken from nobody.
    browser.follow(".choose button[value=all]");
    let kept = browser.value("document.querySelector('.choose [name=reason]').value");
    assert_eq!(kept, "已核实，请督办");
    browser.value("document.querySelector('.choose [name=form]').value = 'x'");
    browser.fill(".choose [name=reason]", "越权");
    browser.follow(".choose button");
    assert!(browser.text().contains("页面已过期"), "{}", browser.text());
    assert_eq!(granted(&office).await, Vec::<String>::new());

    browser.open(&office.url("/incidents?show=release"));
    browser.follow(".choose button[value=none]");
    let boxes = browser.value("document.querySelectorAll('[name=column]:checked').length");
    assert_eq!(boxes, 0);
    browser.follow(".choose button[value=all]");
    let boxes = browser.value("document.querySelectorAll('[name=column]:checked').length");
    assert_eq!(boxes, 2);
    browser.fill(".choose [name=reason]", "已核实，请督办");
    browser.follow(".choose button");
    let text = browser.text();
    assert!(text.contains("已放行2项督办"), "{text}");
    assert!(text.contains("目前没有待放行的督办"), "{text}");
    let granted = granted(&office).await;
    assert_eq!(granted.len(), 2, "{granted:?}");
    assert!(
        granted.iter().all(|one| one.starts_with("yunwei ")),
        "{granted:?}"
    );
    browser.open(&office.url("/incidents?show=release"));
    assert!(!browser.text().contains("已放行2项"), "it is told once");
    drop(browser);
    office.close().await;
}

/// Something that the notices owed by 10 November, a week before anybody looked, and do not show.
const DUTY: &str = r#"
[duties.plan]
name = "年度工作计划"
columns = ["kxw/tzgg"]
due = "11-10"
opens = "10-15"
titles = ["工作计划"]
reminder_days = 5
warning_days = 3
severe_days = 2
escalate_after_working_days = 1
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_escalation_of_a_duty_is_released_on_the_page_of_its_column() {
    let office = Office::open_with(DUTY, "2017-11-23T09:00").await;
    let mut browser = office.enter("yunwei");
    browser.follow("#told a[href='/incidents?show=release']");
    let text = browser.text();
    for part in [
        "通知公告：年度工作计划",
        "督办通知发给栏目编辑、联络员、分管领导、主要负责人、管理员和督查",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let boxes = browser.value("document.querySelectorAll('[name=column]').length");
    assert_eq!(boxes, 1, "{text}");
    browser.open(&office.url("/column/kxw/tzgg"));
    hand_in(&mut browser, "release", None, "已核实，请督办");
    let text = browser.text();
    for part in ["督办已放行", "年度工作计划超期13天（已督办）", "✕✕✕"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let granted = granted(&office).await;
    let [one] = granted.as_slice() else {
        panic!("{granted:?}");
    };
    assert!(one.starts_with("yunwei ") && one.contains("plan"), "{one}");
    browser.open(&office.url("/"));
    let square = browser.value("document.querySelector('.grid a[href=\"/site/kxw\"]').innerText");
    assert!(
        square.as_str().is_some_and(|says| says.contains("督办1")),
        "{square}"
    );
    assert!(!browser.has("#told a[href='/incidents?show=release']"));
    drop(browser);
    office.close().await;
}
