//! The messages of a year, page by page and up to a day.

use chrono::TimeDelta;
use wangxun::alert::incident::{Kind, Subject};
use wangxun::alert::outbox::{Delivery, MessageKey, NoticeState, Told};
use wangxun::assess::ladder::Tier;
use wangxun::domain::group::{Duty, Role};
use wangxun::store::commit::Commit;

use crate::console::{column_id, group, incident, message, now, start};
use crate::get;

/// The longest page, in bytes.
const LIGHT: usize = 300_000;

/// Messages `0..250`, a day apart, with titles that are as long as they may be once escaped.
fn of_a_year() -> Commit {
    let mut commit = Commit::at(now());
    let error = "the gateway cannot be reached: Connection refused (os error 111)".to_owned();
    for n in 0..250 {
        let text = format!("第{n}条{}", "<\"&>'".repeat(100));
        let mut one = message(
            0,
            &text,
            Delivery::Failed {
                at: now(),
                permanent: false,
                error: error.clone(),
            },
        );
        one.key = wangxun::alert::outbox::MessageKey::of(&[&n.to_string()]);
        one.created_at = now() - TimeDelta::days(n);
        commit.messages.push(one);
    }
    commit
}

#[tokio::test]
async fn the_messages_of_a_year_are_reached_page_by_page_and_by_day() {
    let running = start(group(2, 1), of_a_year()).await;
    let rows = [
        ("/messages", "第0条", "第99条", "第1页，共3页"),
        ("/messages?page=3", "第200条", "第249条", "第3页，共3页"),
        ("/messages?page=99", "第200条", "第249条", "第3页，共3页"),
        // 250 days before 18 November; the day itself is among them.
        (
            "/messages?until=2017-08-10",
            "第100条",
            "第199条",
            "第1页，共2页",
        ),
        (
            "/messages?until=2017-08-10&page=2",
            "第200条",
            "第249条",
            "第2页，共2页",
        ),
    ];
    for (path, first, last, place) in rows {
        let page = get(&running, path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.len() < LIGHT, "{path}: {}", page.body.len());
        let list = page.body.split("<tbody>").nth(1).expect("rows");
        for part in [first, last, place] {
            assert!(list.contains(part), "{path}: {part}");
        }
        let first_row = list.split("</tr>").next().expect("a row");
        assert!(first_row.contains(first), "{path}: {first_row}");
        assert!(
            first_row.contains("未能送达：无法连接网关：连接被拒绝"),
            "{first_row}"
        );
    }
    let before = get(&running, "/messages?until=2016-01-01").await.body;
    assert!(before.contains("截至该日没有消息"), "{before}");
    let next = get(&running, "/messages?until=2017-08-10").await.body;
    assert!(
        next.contains("href=\"/messages?until=2017-08-10&#38;page=2#list\""),
        "{next}"
    );
    let answer = get(&running, "/api/v1/messages?page=3").await.body;
    let part: serde_json::Value = serde_json::from_str(&answer).expect("json");
    assert_eq!((&part["count"], &part["pages"]), (&250.into(), &3.into()));
    let items = part["items"].as_array().expect("items");
    let text = items[49]["text"].as_str().expect("text");
    assert!(items.len() == 50 && text.starts_with("第249条"), "{text}");
}

/// What waits to be told is a list, not a number alone.
#[tokio::test]
async fn notices_that_wait_are_listed_with_their_receivers_and_times() {
    let mut staff = group(1, 2);
    for person in staff.people.values_mut() {
        person.duties.push(Duty {
            role: Role::Operator,
            unit: None,
        });
    }
    let failed = MessageKey::of(&["failed"]);
    let notices = wangxun::alert::notice::undelivered(
        &staff,
        &Default::default(),
        &Default::default(),
        &failed,
        "",
        now(),
    );
    let mut notice = notices.into_iter().next().expect("an operator");
    let subject = Subject::Column(column_id(0, 1));
    notice.incident = incident(subject, Kind::Stale, None).key;
    notice.told = Told::Raised(Tier::Overdue);
    notice.not_before = now() + TimeDelta::hours(12);
    notice.expires_at = now() + TimeDelta::hours(36);
    let mut commit = Commit::at(now());
    commit.notices.push(notice);
    let running = start(staff, commit).await;
    let page = get(&running, "/messages").await.body;
    let list = page.split("id=\"pending\"").nth(1).expect("a list");
    let (list, _) = list.split_once("</section>").expect("its end");
    let day = |hours| {
        (now() + TimeDelta::hours(hours))
            .format("%-m月%-d日 %H:%M")
            .to_string()
    };
    for part in ["陈**", "网站“", "超期</td>", &day(12), &day(36)] {
        assert!(list.contains(part), "{part}: {list}");
    }
    let earlier = get(&running, "/messages?until=2017-11-01").await.body;
    assert!(!earlier.contains("id=\"pending\""), "{earlier}");
}

#[tokio::test]
async fn a_column_shows_what_was_told_of_it_however_much_was_told_of_others_since() {
    let group = group(1, 2);
    let column = column_id(0, 0);
    let mut about = incident(
        Subject::Column(column.clone()),
        Kind::Stale,
        Some(Tier::Overdue),
    );
    about.began_at = now() - TimeDelta::days(40);
    let told_at = now() - TimeDelta::days(30);
    let accepted = Delivery::Accepted {
        at: told_at,
        receipt: None,
    };
    let mut first = message(0, "区科信委工作动态已超期", accepted.clone());
    let mut staff = group.clone();
    for person in staff.people.values_mut() {
        person.duties.push(Duty {
            role: Role::Operator,
            unit: None,
        });
    }
    let notice = wangxun::alert::notice::undelivered(
        &staff,
        &Default::default(),
        &Default::default(),
        &first.key,
        "",
        told_at,
    );
    let mut commit = Commit::at(now());
    let mut notice = notice.into_iter().next().expect("an operator");
    (notice.column, notice.incident) = (Some(column.clone()), about.key.clone());
    notice.state = NoticeState::Bundled(first.key.clone());
    (first.created_at, first.notices) = (told_at, vec![notice.key.clone()]);
    commit.notices.push(notice);
    commit.incidents.push(about);
    commit.messages.push(first);
    for n in 0..400 {
        let mut other = message(0, "别处", accepted.clone());
        other.key = MessageKey::of(&["other", &n.to_string()]);
        other.created_at = told_at + TimeDelta::minutes(n + 1);
        commit.messages.push(other);
    }
    let running = start(group, commit).await;
    let page = get(&running, &format!("/column/{column}")).await.body;
    assert!(page.contains("区科信委工作动态已超期"), "{page}");
    assert!(!page.contains("别处"), "{page}");
}
