//! Every page as every role and as nobody, refusals, and forms with faults, before checkers of record:
//! axe for accessibility (vendored, unchanged), the parser of html5ever for the markup; light and dark,
//! on an office screen and on a telephone; and that no page is wider than its window.

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
/// Unfolds what is folded: that is looked at too.
const UNFOLD: &str = "document.querySelectorAll('details').forEach(one => { one.open = true; })";
/// What axe finds, a line each.
const LOOK: &str = "axe.run(RULES).then(found => found.passes.length < LEAST ? 'too little was looked at' : \
    found.violations.map(one => one.id + ': ' + \
    one.nodes.map(node => node.html.slice(0, 160)).slice(0, 3).join(' ')).join('\\n'))";
const SCREEN: (u32, u32) = (1366, 768);
const TELEPHONE: (u32, u32) = (390, 844);
/// No page is wider than these windows: telephones, a tablet, an old screen, an office's.
const WIDTHS: [u32; 5] = [320, 390, 768, 1024, 1366];

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

/// Holds the page that is open against the checkers, in every light on every screen, and tells what
/// they find. Colours alone depend on the light.
fn look(browser: &mut Browser, what: &str) -> Vec<String> {
    browser.value(AXE);
    browser.value(UNFOLD);
    let mut faults = Vec::new();
    let colours = "{runOnly: ['color-contrast']}";
    for ((width, height), dark, rules, least) in [
        (SCREEN, true, colours, 0),
        (SCREEN, false, "{}", 9),
        (TELEPHONE, false, colours, 0),
        (TELEPHONE, true, "{}", 9),
    ] {
        browser.size(width, height);
        browser.dark(dark);
        let look = LOOK.replace("RULES", rules);
        let found = browser.awaited(&look.replace("LEAST", &format!("{least}")));
        if found != "" {
            faults.push(format!("{what} at {width}, dark {dark}: {found}"));
        }
    }
    for width in WIDTHS {
        browser.size(width, 800);
        let over = browser.overhang();
        if over > 0 {
            faults.push(format!("{what} is {over} too wide at {width}"));
        }
    }
    let headings = browser.value("document.querySelectorAll('h1').length");
    if headings != 1 {
        faults.push(format!("{what} has {headings} headings"));
    }
    browser.size(SCREEN.0, SCREEN.1);
    faults
}

/// Holds the markup against the parser.
fn parse(browser: &mut Browser, path: &str) {
    let (_, text) = fetched(browser, path);
    let errors = scraper::Html::parse_document(&text).errors;
    assert!(errors.is_empty(), "{path}: {errors:?}");
}

/// The pages that are there for everybody who has signed in, the refused ones among them.
const PAGES: [&str; 20] = [
    "/",
    "/?state=all&q=kxw",
    "/?q=zzzz",
    "/site/kxw",
    "/column/kxw/gzdt",
    "/column/kxw/tzgg",
    "/incidents",
    "/messages",
    "/candidates",
    "/candidates?state=all",
    "/assessment?period=2017Q4",
    "/assessment?period=2017Q4&site=kxw",
    "/assessment?period=2017Q3",
    "/trend",
    "/trend?site=kxw",
    "/workbench",
    "/workbench?news=20",
    "/workbench?news=0",
    "/login",
    "/nothing",
];

/// Forms that come back with a fault: page, form, fields that are wrong, and a word of the answer.
type Faulty = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

fn faulty(who: &str) -> &'static [Faulty] {
    match who {
        "yunwei" => &[
            (
                "/column/kxw/gzdt",
                "exempt",
                &[
                    ("approver", "李某"),
                    ("until", "2017-11-01"),
                    ("reason", "改版"),
                ],
                "日期",
            ),
            (
                "/site/kxw",
                "pause",
                &[
                    ("approver", "李某"),
                    ("until", "2017-11-01"),
                    ("reason", "搬迁"),
                ],
                "日期",
            ),
            ("/messages", "test", &[], "理由"),
        ],
        "kaoping" => &[(
            "/assessment?period=2017Q4&site=kxw",
            "score",
            &[("finds", "2")],
            "理由",
        )],
        "kxw" => &[(
            "/column/kxw/gzdt",
            "answer",
            &[("until", "2018-06-01"), ("reason", "稿件在审")],
            "最晚",
        )],
        _ => &[],
    }
}

/// Hands in a form though the browser knows better.
fn hand_in_wrong(
    browser: &mut Browser,
    office: &Office,
    &(page, form, fields, word): &Faulty,
) -> Vec<String> {
    browser.open(&office.url(page));
    until_has(browser, &format!("input[value={form}]"));
    let form = format!("form:has(input[value={form}])");
    browser.value(&format!(
        "document.querySelector({form:?}).noValidate = true"
    ));
    for (name, value) in fields {
        browser.fill(&format!("{form} [name={name}]"), value);
    }
    browser.follow(&format!("{form} button"));
    let said = browser.value("document.querySelector('[role=alert]').innerText");
    let said = said.as_str().unwrap_or_default().to_owned();
    assert!(said.contains(word), "{page}: {said}");
    look(browser, &format!("{page} again with a fault"))
}

/// The addresses of a column's copy and a home page's.
fn copies(browser: &mut Browser, office: &Office) -> [String; 2] {
    [
        ("/column/kxw/gzdt", "/copy/kxw/"),
        ("/site/kxw", "/copy/kxw?"),
    ]
    .map(|(page, copy)| {
        browser.open(&office.url(page));
        let link = format!("document.querySelector(\"a[href^='{copy}']\")");
        let link = browser.value(&format!("{link}.pathname + {link}.search"));
        link.as_str().expect("a link").to_owned()
    })
}

/// What the checkers find as `who`.
fn looked_at_by(office: &Office, who: &str, copies: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut browser = office.enter(who);
    browser.bypass_policy();
    let pages = PAGES.iter().map(|page| (*page).to_owned());
    for path in pages.chain(copies.iter().cloned()) {
        parse(&mut browser, &path);
        browser.open(&office.url(&path));
        faults.extend(look(&mut browser, &format!("{path} as {who}")));
    }
    for form in faulty(who) {
        faults.extend(hand_in_wrong(&mut browser, office, form));
    }
    faults
}

/// What they find as nobody, with a message's link and without.
fn looked_at_by_nobody(office: &Office) -> Vec<String> {
    let mut faults = Vec::new();
    let mut browser = Browser::start();
    browser.bypass_policy();
    browser.size(SCREEN.0, SCREEN.1);
    for url in [office.link(), office.url("/login"), office.url("/a/none")] {
        browser.open(&url);
        faults.extend(look(&mut browser, &url));
    }
    browser.open(&office.url("/"));
    let filled = [("#name", "yunwei"), ("#password", "wrong")];
    faults.extend(answered(&mut browser, &filled, "[role=alert]"));
    browser.open(&office.link());
    browser.value("document.querySelector('form').noValidate = true");
    let filled = [("#until", "2018-06-01")];
    faults.extend(answered(&mut browser, &filled, "[role=alert]"));
    let filled = [
        ("#until", "2017-11-22"),
        ("#by", "王某"),
        ("#reason", "稿件在审"),
    ];
    faults.extend(answered(&mut browser, &filled, "[role=status]"));
    faults
}

/// What they find on the page that answers the form of this one, filled in so, by `said`.
fn answered(browser: &mut Browser, filled: &[(&str, &str)], said: &str) -> Vec<String> {
    for (field, value) in filled {
        browser.fill(field, value);
    }
    browser.follow("main button");
    assert!(browser.has(said), "{}", browser.text());
    look(browser, &format!("the answer to {filled:?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_page_of_any_role_has_anything_that_the_checkers_report() {
    let office = Office::open().await;
    furnish(&office).await;
    office.looked_on("2017-09-29").await;
    let mut browser = office.enter("kaoping");
    browser.open(&office.url("/assessment?period=2017Q3"));
    until_has(&mut browser, "input[value=close]");
    hand_in(&mut browser, "close", None, "报送前封存");
    browser.open(&office.url("/workbench?news=20"));
    until_has(&mut browser, ".sums");
    let mut copies = copies(&mut browser, &office).to_vec();
    drop(browser);
    // One that no visit kept.
    copies.push(format!("/copy/kxw?digest={}", "0".repeat(64)));
    let (of, kept) = (&office, copies.as_slice());
    // Two browsers at a time: as many as small machines have cores.
    let faults = std::thread::scope(|scope| {
        let parts = [["kaoping", "kanke"], ["yunwei", "kxw"]].map(|roles| {
            scope.spawn(move || {
                let found = roles.map(|who| looked_at_by(of, who, kept));
                found.concat()
            })
        });
        let found = parts.map(|part| part.join().expect("a look at every page"));
        found.concat()
    });
    let faults = [faults, looked_at_by_nobody(&office)].concat();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    office.close().await;
}
