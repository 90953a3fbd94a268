//! The list of what is open: its pages, and what the first page leads to.

use chrono::TimeDelta;
use wangxun::alert::incident::{Ground, Incident, Kind, Release, State, Subject};
use wangxun::assess::ladder::Tier;
use wangxun::assess::vetoes::Rule;
use wangxun::domain::act::{Act, Deed, Scope};
use wangxun::domain::flag::{Fact, Flag};
use wangxun::domain::id::SiteId;
use wangxun::store::commit::Commit;

use crate::console::{column_id, group, incident, now, start};
use crate::get;

const SITES: usize = 30;
const COLUMNS: usize = 8;

fn of_site(n: usize, kind: Kind) -> Incident {
    let site = SiteId::parse(&format!("s{n:02}")).expect("an id");
    incident(Subject::Site(site), kind, None)
}

/// Every column late, four escalations that wait, one of them of a duty, and sites of every kind.
fn crowded() -> Commit {
    let mut commit = Commit::at(now());
    for site in 0..SITES {
        for column in 0..COLUMNS {
            let about = Subject::Column(column_id(site, column));
            let waits = site < 3 && column == 0;
            let tier = if waits {
                Tier::Escalation
            } else {
                Tier::Overdue
            };
            let mut late = incident(about, Kind::Stale, Some(tier));
            late.release = waits.then_some(Release::Proposed);
            commit.incidents.push(late);
        }
    }
    let owed = Subject::Duty(column_id(7, 1), "plan".to_owned());
    let mut owed = incident(owed, Kind::Owed, Some(Tier::Escalation));
    owed.release = Some(Release::Proposed);
    commit.incidents.push(owed);
    commit.incidents.push(of_site(4, Kind::Veto));
    commit.incidents.push(of_site(5, Kind::NearVeto));
    commit.incidents.push(of_site(6, Kind::Down));
    commit
}

/// The list of a page, without what stands before and after it.
fn list(body: &str) -> &str {
    let (_, list) = body.split_once("id=\"list\"").expect("a list");
    list.split("</section>").next().expect("its end")
}

#[tokio::test]
async fn every_open_incident_stands_on_a_page_of_the_list() {
    let running = start(group(SITES, COLUMNS), crowded()).await;
    let mut shown = std::collections::BTreeSet::new();
    let mut path = "/incidents".to_owned();
    let mut pages = 0;
    loop {
        let body = get(&running, &path).await.body;
        assert!(body.len() < 300_000, "{path} has {} bytes", body.len());
        let list = list(&body);
        let columns = list.split("href=\"/column/").skip(1);
        shown.extend(columns.map(|rest| rest.split('"').next().expect("an id").to_owned()));
        pages += 1;
        let next = list
            .split("<a href=\"")
            .find(|rest| rest.contains("rel=\"next\""));
        match next.and_then(|rest| rest.split(['"', '#']).next()) {
            Some(next) => path = next.to_owned(),
            None => break,
        }
    }
    assert_eq!((shown.len(), pages), (SITES * COLUMNS, 3));
}

#[tokio::test]
async fn the_first_page_leads_to_the_very_incidents_that_it_counts() {
    let running = start(group(SITES, COLUMNS), crowded()).await;
    let home = get(&running, "/").await.body;
    let rows = [
        ("release", "督办待放行的栏目", 4),
        ("veto", "当前触及单项否决的网站", 1),
        ("near-veto", "当前接近单项否决的网站", 1),
        ("home-down", "首页无法打开的网站", 1),
    ];
    for (show, word, count) in rows {
        let link = format!("<a href=\"/incidents?show={show}\">{word}</a><b>{count}</b>");
        assert!(home.contains(&link), "{link}: {home}");
        let body = get(&running, &format!("/incidents?show={show}")).await.body;
        let rows = list(&body).matches("<tr").count() - 1;
        assert_eq!(rows, count, "{show}: {body}");
    }
    // A page of a filtered list stays filtered.
    let late = get(&running, "/incidents?show=late&page=2").await.body;
    assert!(
        late.contains("/incidents?show=late&#38;page=3#list"),
        "{late}"
    );
    // Who has not signed in lets nothing out.
    let waiting = get(&running, "/incidents?show=release").await.body;
    assert!(!waiting.contains("name=\"reason\""), "{waiting}");
    assert!(waiting.contains("</a>：<bdi>plan</bdi>"), "{waiting}");
}

#[tokio::test]
async fn what_does_not_open_stands_first_on_the_first_page() {
    let running = start(group(SITES, COLUMNS), crowded()).await;
    let home = get(&running, "/").await.body;
    let (_, grid) = home.split_once("<ul class=\"grid\">").expect("a grid");
    let cells: Vec<&str> = grid.split("<li class=").skip(1).take(3).collect();
    assert!(
        cells[0].contains("/site/s04") && cells[0].contains("否决"),
        "{}",
        cells[0]
    );
    let down = "首页无法打开已3天";
    for part in ["\"down\"", "/site/s06", "⊘", down] {
        assert!(cells[1].contains(part), "{part}: {}", cells[1]);
    }
    assert!(!cells[2].contains("\"down\""), "{}", cells[2]);
}

#[tokio::test]
async fn what_is_over_flagged_or_done_is_listed_to_its_end() {
    let mut commit = Commit::at(now());
    for n in 0..130 {
        let at = now() - TimeDelta::minutes(n);
        let about = Subject::Column(column_id(0, 0));
        let mut over = incident(about, Kind::Stale, Some(Tier::Overdue));
        over.began_at = at - TimeDelta::days(1);
        over.state = State::Resolved { at };
        commit.incidents.push(over);
        commit.acts.push(Act {
            by: "张三".to_owned(),
            at,
            reason: format!("第{n}次"),
            approver: None,
            deed: Deed::VisitWanted {
                scope: Scope::Column(column_id(0, 0)),
            },
        });
        commit.flags.push(Flag {
            column: column_id(0, 0),
            title: format!("第{n}条"),
            url: Some(format!("http://s00.example.cn/{n}.html")),
            raised_at: at,
            fact: Fact::ReDated {
                claimed_on: at.date_naive(),
                previous_on: at.date_naive() - TimeDelta::days(9),
                first_seen_at: at,
            },
        });
    }
    let running = start(group(1, 1), commit).await;
    let first = get(&running, "/incidents").await.body;
    for (list, section) in [("closed", "closed"), ("flags", "flags"), ("acts", "acts")] {
        let link = format!("<a href=\"/incidents?list={list}\">");
        assert!(first.contains(&link), "{link}: {first}");
        let rows = |body: &str| {
            let (_, section) = body
                .split_once(&format!("id=\"{section}\""))
                .expect("a list");
            let section = section.split("</section>").next().expect("its end");
            section.matches("<tr>").count() - 1
        };
        assert_eq!(rows(&first), 50, "{list}");
        let page = get(&running, &format!("/incidents?list={list}")).await.body;
        assert_eq!(rows(&page), 100, "{list}");
        assert!(!page.contains("id=\"list\""), "{page}");
        let next = format!("/incidents?list={list}&#38;page=2");
        assert!(page.contains(&next), "{next}: {page}");
        let last = get(&running, &format!("/incidents?list={list}&page=2")).await;
        assert_eq!(rows(&last.body), 30, "{list}");
    }
}

/// A list that ends before its end says so.
#[tokio::test]
async fn what_is_not_listed_any_more_is_said_to_be() {
    const LISTED: usize = 20_000;
    for (surplus, is_cut) in [(0, false), (1, true)] {
        let mut commit = Commit::at(now());
        for n in 0..LISTED + surplus {
            let at = now() - TimeDelta::seconds(i64::try_from(n).expect("few"));
            let about = Subject::Column(column_id(0, 0));
            let mut over = incident(about, Kind::Stale, Some(Tier::Overdue));
            over.began_at = at - TimeDelta::days(1);
            over.state = State::Resolved { at };
            commit.incidents.push(over);
        }
        let running = start(group(1, 1), commit).await;
        let page = get(&running, "/incidents?list=closed&page=200").await.body;
        assert!(page.contains("第200页，共200页"), "{page}");
        let told = page.contains("只列出最近解除的20000个，更早的不再列出。");
        assert_eq!(told, is_cut, "{page}");
    }
}

/// What is over says on what it rested, and what was done leads to what it was done about.
#[tokio::test]
async fn an_ended_veto_tells_its_rules_and_an_act_leads_to_its_column() {
    let mut commit = Commit::at(now());
    let site = SiteId::parse("s00").expect("an id");
    let mut veto = incident(Subject::Site(site), Kind::Veto, None);
    veto.state = State::Resolved { at: now() };
    veto.grounds = vec![Ground {
        rule: Rule::HomeStale,
        seen_at: now(),
    }];
    commit.incidents.push(veto);
    commit.acts.push(Act {
        by: "张三".to_owned(),
        at: now(),
        reason: "复查".to_owned(),
        approver: None,
        deed: Deed::VisitWanted {
            scope: Scope::Column(column_id(0, 0)),
        },
    });
    let running = start(group(1, 1), commit).await;
    for path in ["/incidents", "/incidents?list=closed", "/site/s00"] {
        let page = get(&running, path).await.body;
        assert!(page.contains("触及单项否决（首页更新）"), "{path}: {page}");
    }
    let acts = get(&running, "/incidents?list=acts").await.body;
    assert!(acts.contains("<a href=\"/column/s00/c00\">"), "{acts}");
}
