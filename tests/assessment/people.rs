//! What people enter: which numbers cost what, and where they say nothing.

use super::*;
use wangxun::report::assessment::changes::changes;
use wangxun::report::assessment::xlsx;

/// Numbers that a person entered under two rules are two facts, although one rule yields to the other.
#[test]
fn what_is_entered_under_one_rule_takes_nothing_from_another() {
    let rubric = rules("[rule.D14]\nenabled = true\n");
    let world = World::new();
    let entries = vec![entry("D2", 3), entry("D14", 2)];
    let card = world.with(entries).card(&rubric);
    assert_eq!(lost(&card, "D2"), "3.00");
    assert_eq!(lost(&card, "D14"), "2.00");
    assert!(line(&card, "D2").asides.is_empty());
}

/// A rule that is kept or not costs its points once, whatever number was entered.
#[test]
fn a_rule_that_is_broken_once_costs_its_points_once() {
    let text = "[rule.D9]\nenabled = true\n[rule.X1]\ntitle = \"首页更新\"\narea = \"publishing\"\n\
        kind = \"veto\"\nmetric = \"home-new-items\"\nthreshold = 10\nwindow_days = 14\ncheck = \"auto\"\n\
        confidence = \"P\"\nsource = \"自拟\"\n";
    let rubric = rules(text);
    let card = |finds: u32| {
        let entries = ["D2", "D4", "D9", "X1"].map(|rule| entry(rule, finds));
        World::new().with(entries.to_vec()).card(&rubric)
    };
    for (finds, each, once) in [
        (0, "0.00", "0.00"),
        (1, "1.00", "5.00"),
        (3, "3.00", "5.00"),
    ] {
        let card = card(finds);
        assert_eq!(lost(&card, "D2"), each);
        assert_eq!(lost(&card, "D4"), once);
        assert_eq!(lost(&card, "D9"), once);
        assert_eq!(is_vetoed(&card, "X1"), finds > 0, "{finds}");
    }
}

/// Where an area does not apply to a site, nothing is lost there in any form, whatever was entered.
#[test]
fn what_is_entered_where_an_area_does_not_apply_says_nothing() {
    let rubric = p2019();
    let mut world = World::new();
    world.services = false;
    world.entries = vec![entry("M5", 3), entry("V8", 5)];
    let card = world.card(&rubric);
    for rule in ["M5", "V8"] {
        let line = line(&card, rule);
        assert_eq!(line.verdict, Verdict::NotApplying);
        assert_eq!((line.lost, line.finds.len()), (Points::ZERO, 0));
        assert_eq!(line.asides.first().unwrap().why, Spared::NotApplying);
        assert_eq!(words::verdict(line), "不适用");
    }
    assert!(card.vetoes.is_empty());
    let assessment = assessment(&rubric, vec![card]);
    let table = csv::csv(&assessment);
    let row = |rule: &str| {
        let mut rows = table.lines();
        let cell = format!("\"{rule}\"");
        rows.find(|row| row.contains(&cell)).unwrap().to_owned()
    };
    assert!(row("M5").contains("\"不适用\",\"0.00\""), "{}", row("M5"));
    let bulletin = bulletin::markdown(&assessment);
    assert!(
        !bulletin.contains("规则M5") && !bulletin.contains("规则V8"),
        "{bulletin}"
    );
    assert!(xlsx::xlsx(&assessment).is_ok());
}

/// A home page that was past the line and is updated at the end was not merely near.
#[test]
fn a_veto_that_was_hit_and_is_over_is_not_said_to_be_near() {
    let rubric = p2015();
    let card = |worst: i64| {
        let mut world = World::new();
        let day = world.days.iter_mut().find(|day| day.on == ago(30));
        day.unwrap().home = Some(HomeOfDay {
            newest_on: Some(ago(30 + worst)),
            read_at: Some(at(ago(30))),
            undated: None,
        });
        world.card(&rubric)
    };
    let well = card(3);
    assert!(!is_near(&well, "V2"));
    let over = card(23);
    assert!(is_near(&over, "V2") && !is_vetoed(&over, "V2"));
    let said = words::verdict(line(&over, "V2"));
    assert_eq!(said, "本期内曾触及否决，期末已更新");
    let assessment = assessment(&rubric, vec![over]);
    let bulletin = bulletin::markdown(&assessment);
    assert!(
        bulletin.contains("本期内曾触及单项否决、期末已更新的：\n\n- 科信委网站：")
            && bulletin.contains("已23天未更新")
            && !bulletin.contains("曾接近单项否决"),
        "{bulletin}"
    );
    let page = page::html(&assessment);
    assert!(
        page.contains("本期内曾触及否决、期末已更新：V2。") && !page.contains("曾接近否决"),
        "{page}"
    );
    // One that came near and no further is said to have been near.
    let mut world = World::new();
    world.home = Some(HomeOfDay {
        newest_on: Some(ago(11)),
        read_at: Some(at(end())),
        undated: None,
    });
    let near = world.card(&rubric);
    assert_eq!(words::verdict(line(&near, "V2")), "本期内曾接近否决");
}

/// That the period before came out otherwise is a change, so that a closed period can be corrected.
#[test]
fn another_change_against_the_period_before_is_a_change() {
    let rubric = p2015();
    let with = |change: i64| {
        let mut card = World::new().card(&rubric);
        card.change = Some(Points::hundredths(change));
        assessment(&rubric, vec![card])
    };
    assert!(changes(&with(-4100), &with(-4100)).is_empty());
    assert_eq!(
        changes(&with(-4100), &with(-4084)),
        ["科信委网站：较上期由-41.00改为-40.84"]
    );
}
