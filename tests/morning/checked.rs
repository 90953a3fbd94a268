//! Every page as every role before checkers of record: axe for accessibility (vendored, unchanged), the
//! parser of html5ever for the markup; light and dark, on an office screen and on a telephone.

use chrono::TimeDelta;
use wangxun::domain::candidate::{Candidate, Snippet, Suspicion};
use wangxun::domain::id::SiteId;
use wangxun::domain::site_day::{Sample, SiteDay};
use wangxun::domain::target::{Spell, Target, TargetKind, TargetPlace};
use wangxun::domain::time::date_of;
use wangxun::domain::visit::Failure;
use wangxun::store::commit::Commit;

use crate::browser::Browser;
use crate::office::{HOSTILE, Office, fetched, hand_in, until_has};

const AXE: &str = include_str!("../vendored/axe.min.js");
/// What axe finds, a line each; what is folded is looked at too.
const LOOK: &str = "document.querySelectorAll('details').forEach(one => { one.open = true; }); \
    axe.run().then(found => found.passes.length < 9 ? 'too little was looked at' : \
    found.violations.map(one => one.id + ': ' + \
    one.nodes.map(node => node.html.slice(0, 160)).slice(0, 3).join(' ')).join('\\n'))";
const SCREEN: (u32, u32) = (1366, 768);
const TELEPHONE: (u32, u32) = (390, 844);

/// What a group has after some days: samples, dead links, candidates.
async fn furnish(office: &Office) {
    let desk = &office.running.ready.desk;
    let now = desk.clock.now();
    let site = SiteId::parse("kxw").expect("an id");
    let mut commit = Commit::at(now);
    for back in 0..7 {
        let at = now - TimeDelta::days(back);
        let mut day = SiteDay::new(site.clone(), date_of(at));
        for hour in 0..8 {
            let at = at - TimeDelta::hours(hour);
            let failed = (hour == 3 && back == 1).then_some(Failure::Refused);
            day.add(at, Sample::of(900, failed));
        }
        commit.days.push(day);
    }
    for (number, sure) in [(1, true), (2, false)] {
        commit.targets.push(Target {
            site: site.clone(),
            url: format!("http://kxw.example.cn/{}/{number}.html", "a".repeat(300)),
            kind: TargetKind::Page,
            external: number == 2,
            on_home: sure,
            places: vec![TargetPlace {
                page: "http://kxw.example.cn/".to_owned(),
                text: HOSTILE.to_owned(),
            }],
            spells: vec![Spell {
                since: now - TimeDelta::days(2),
                why: Failure::Status(404),
                gone_since: Some(now - TimeDelta::days(2)),
                confirmed_at: sure.then_some(now),
                ended_at: None,
                removed: false,
            }],
            asked_at: now,
        });
    }
    commit.candidates.push(Candidate {
        site,
        page: format!("http://kxw.example.cn/{}.html", "b".repeat(300)),
        title: HOSTILE.to_owned(),
        suspicion: Suspicion::Advert {
            host: "pos.example.com".to_owned(),
        },
        snippet: Snippet::default(),
        seen_on: None,
        copy: None,
        first_at: now,
        seen_at: now,
        gone_at: None,
    });
    desk.store.commit(commit).await.expect("kept");
}

/// Holds the page that is open against the checkers.
fn look(browser: &mut Browser, what: &str) {
    browser.value(AXE);
    let found = browser.awaited(LOOK);
    assert_eq!(found, "", "{what}");
    assert!(browser.overhang() <= 0, "{what} is wider than its window");
    let headings = browser.value("document.querySelectorAll('h1').length");
    assert_eq!(headings, 1, "{what}");
}

/// Holds the markup against the parser.
fn parse(browser: &mut Browser, path: &str) {
    let (_, text) = fetched(browser, path);
    let errors = scraper::Html::parse_document(&text).errors;
    assert!(errors.is_empty(), "{path}: {errors:?}");
}

/// The pages that `who` may open.
fn pages(who: &str, copy: &str) -> Vec<String> {
    let mut pages = [
        "/",
        "/?state=all&q=kxw",
        "/?q=zzzz",
        "/site/kxw",
        "/column/kxw/gzdt",
        "/column/kxw/tzgg",
        "/incidents",
        "/assessment?period=2017Q4",
        "/assessment?period=2017Q4&site=kxw",
        "/assessment?period=2017Q3",
        "/trend",
        "/trend?site=kxw",
        "/login",
        "/nothing",
        copy,
    ]
    .map(str::to_owned)
    .to_vec();
    if who != "kxw" {
        pages.extend(["/messages", "/candidates", "/candidates?state=all"].map(str::to_owned));
    }
    if ["yunwei", "kaoping"].contains(&who) {
        pages.extend(["/workbench", "/workbench?news=20", "/workbench?news=0"].map(str::to_owned));
    }
    pages
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_page_of_any_role_has_anything_that_the_checkers_report() {
    let office = Office::open().await;
    furnish(&office).await;
    let mut copy = String::new();
    for who in ["kaoping", "yunwei", "kanke", "kxw"] {
        let mut browser = office.enter(who);
        browser.bypass_policy();
        if copy.is_empty() {
            browser.open(&office.url("/assessment?period=2017Q3"));
            until_has(&mut browser, "input[value=close]");
            hand_in(&mut browser, "close", None, "报送前封存");
            browser.open(&office.url("/workbench?news=20"));
            until_has(&mut browser, ".sums");
            browser.open(&office.url("/column/kxw/gzdt"));
            let link = browser.value("document.querySelector(\"a[href^='/copy/']\").pathname + document.querySelector(\"a[href^='/copy/']\").search");
            copy = link.as_str().expect("a link").to_owned();
        }
        // Whose pages are the fullest is looked at in every light.
        let looks = match who {
            "yunwei" => vec![(SCREEN, false), (SCREEN, true), (TELEPHONE, true)],
            "kxw" => vec![(SCREEN, false), (TELEPHONE, false)],
            _ => vec![(SCREEN, false)],
        };
        for path in pages(who, &copy) {
            parse(&mut browser, &path);
            for &((width, height), dark) in &looks {
                browser.size(width, height);
                browser.dark(dark);
                browser.open(&office.url(&path));
                look(
                    &mut browser,
                    &format!("{path} as {who} at {width}, dark {dark}"),
                );
            }
        }
        // A form that comes back with a fault.
        if who == "kxw" {
            browser.open(&office.url("/column/kxw/gzdt"));
            hand_in(&mut browser, "answer", Some("2018-06-01"), "稿件在审");
            look(&mut browser, "a form again");
        }
    }
    let mut nobody = Browser::start();
    nobody.bypass_policy();
    for (width, height) in [SCREEN, TELEPHONE] {
        nobody.size(width, height);
        for dark in [false, true] {
            nobody.dark(dark);
            for url in [office.link(), office.url("/login"), office.url("/a/none")] {
                nobody.open(&url);
                look(&mut nobody, &format!("{url} at {width}"));
            }
        }
    }
    drop(nobody);
    office.close().await;
}
