//! The page of a site: the week of its home page, its broken links; and of a column: why it stands where
//! it does.

use chrono::TimeDelta;
use wangxun::domain::id::SiteId;
use wangxun::domain::site_day::{Sample, SiteDay};
use wangxun::domain::target::{Spell, Target, TargetKind, TargetPlace};
use wangxun::domain::time::date_of;
use wangxun::domain::visit::Failure;
use wangxun::store::commit::Commit;

use crate::browser::Browser;
use crate::console::{group, now, start};
use crate::{get, mixed};

#[tokio::test]
async fn the_week_of_a_home_page_says_hours_and_what_its_marks_mean() {
    let mut commit = Commit::at(now());
    let site = SiteId::parse("s00").expect("an id");
    let mut day = SiteDay::new(site, date_of(now()));
    for hour in 0..8 {
        let failed = (hour == 3).then_some(Failure::Refused);
        day.add(now() - TimeDelta::hours(hour), Sample::of(900, failed));
    }
    commit.days.push(day);
    let running = start(group(1, 1), commit).await;
    let page = get(&running, "/site/s00").await.body;
    let (_, week) = page.split_once("id=\"week-h\"").expect("a week");
    let (week, _) = week.split_once("</section>").expect("its end");
    for part in [
        "<span>6时</span><span>12时</span><span>18时</span>",
        "<rect class=\"hour\" x=\"250\"",
        "aria-label=\"11月18日未打开1次\"",
        // Nine in the morning.
        "<rect class=\"failed\" x=\"375\"",
        "<span class=\"key failed\"></span>未打开",
    ] {
        assert!(week.contains(part), "{part}: {week}");
    }
}

fn broken(n: usize) -> Target {
    let since = now() - TimeDelta::days(3);
    Target {
        site: SiteId::parse("s00").expect("an id"),
        url: format!("http://s00.example.cn/gone/{n:03}.html"),
        kind: TargetKind::Page,
        external: false,
        on_home: n == 119,
        places: vec![TargetPlace {
            page: "http://s00.example.cn/list/".to_owned(),
            text: "关于开展检查工作的通知".to_owned(),
        }],
        spells: vec![Spell {
            since,
            why: Failure::Status(404),
            gone_since: Some(since),
            confirmed_at: (n >= 60).then_some(now()),
            ended_at: None,
            removed: false,
        }],
        asked_at: now(),
    }
}

#[tokio::test]
async fn every_broken_link_stands_on_a_page_the_certain_ones_first() {
    let mut commit = Commit::at(now());
    commit.targets = (0..120).map(broken).collect();
    let running = start(group(1, 1), commit).await;
    let mut seen = Vec::new();
    for (page, next) in [("", true), ("?links=2", true), ("?links=3", false)] {
        let body = get(&running, &format!("/site/s00{page}")).await.body;
        let (_, list) = body.split_once("id=\"links-h\"").expect("a list");
        let (list, _) = list.split_once("</section>").expect("its end");
        assert!(list.contains("已确认60个，疑似60个"), "{list}");
        assert_eq!(list.contains("rel=\"next\""), next, "{page}: {list}");
        let links = list.split("<th scope=\"row\"").skip(1);
        let number = |row: &str| {
            row.split("/gone/")
                .nth(1)
                .map(|rest| rest.chars().take(3).collect::<String>())
        };
        seen.extend(links.filter_map(number));
    }
    assert_eq!(
        seen.first().map(String::as_str),
        Some("119"),
        "the home page's"
    );
    assert_eq!(seen.len(), 120);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 120);
}

#[tokio::test]
async fn the_reason_of_a_verdict_begins_with_what_it_is() {
    let running = start(group(4, 10), mixed()).await;
    let body = get(&running, "/column/s00/c00").await.body;
    let (_, why) = body.split_once("id=\"why-h\"").expect("a reason");
    let (why, _) = why.split_once("</section>").expect("its end");
    let (short, whole) = why
        .split_once("<details class=\"full\">")
        .expect("two parts");
    for part in [
        "<p class=\"verdict\">判定为超期，已超过时限1天。</p>",
        "<dt>最近更新</dt><dd>2017年11月3日（已15天）</dd>",
        "<dt>时限</dt><dd>14天（动态要闻类）</dd>",
        "<dt>到期日</dt><dd>11月17日</dd>",
    ] {
        assert!(short.contains(part), "{part}: {short}");
    }
    assert!(whole.matches("<li>").count() > 3, "{whole}");
    assert!(whole.contains("最近更新为2017年11月3日（依据："), "{whole}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_printer_gets_what_proves_a_verdict_unfolded() {
    let running = start(group(4, 10), mixed()).await;
    let mut browser = Browser::start();
    browser.open(&format!("http://{}/column/s00/c00", running.address));
    let folded = "document.querySelectorAll('details.full:not([open])').length";
    let before = browser.value(folded);
    assert!(before.as_u64().is_some_and(|count| count > 0), "{before}");
    browser.value("dispatchEvent(new Event('beforeprint'))");
    assert_eq!(browser.value(folded), 0);
    browser.value("dispatchEvent(new Event('afterprint'))");
    assert_eq!(browser.value(folded), before);
}

/// A rule with more evidence than a sheet holds begins below its heading, and not on the next sheet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_rule_begins_on_the_sheet_of_its_heading() {
    let running = start(group(1, 1), mixed()).await;
    let mut browser = Browser::start();
    browser.open(&format!("http://{}/", running.address));
    let finds = "<p>".to_owned() + &"找到一处<br>".repeat(85) + "</p>";
    let card = format!(
        "<div class=head><h1>网站</h1></div><section><details class=full open><summary><h2>网站可用性</h2></summary>\
         <div class=table><table class=rules><tbody><tr><td>V1</td><td class=text>{finds}</td></tr>\
         </tbody></table></div></details></section>"
    );
    browser.value(&format!(
        "document.querySelector('main').innerHTML = '{card}'"
    ));
    let sheets = |browser: &mut Browser| browser.printed().matches("/Type /Page\n").count();
    assert_eq!(sheets(&mut browser), 2);
    // What it would be otherwise.
    let apart = "document.querySelector('.rules tr').style.breakInside = 'avoid'";
    browser.value(apart);
    assert_eq!(sheets(&mut browser), 3);
}
