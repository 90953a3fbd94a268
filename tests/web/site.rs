//! The page of a site: the week of its home page.

use chrono::TimeDelta;
use wangxun::domain::id::SiteId;
use wangxun::domain::site_day::{Sample, SiteDay};
use wangxun::domain::time::date_of;
use wangxun::domain::visit::Failure;
use wangxun::store::commit::Commit;

use crate::console::{group, now, start};
use crate::get;

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
