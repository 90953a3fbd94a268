//! How an assessment is told: what every form has, and which words fit what.

use super::*;
use wangxun::domain::closing::Statement;
use wangxun::report::assessment::paragraph::paragraph;
use wangxun::report::assessment::urgent::nothing;
use wangxun::report::assessment::{Extent, Seal, xlsx};

fn of_world(world: &World) -> Assessment {
    let rubric = p2015();
    let card = world.card(&rubric);
    assessment(&rubric, vec![card])
}

/// The table has what the other forms have: what was computed, what the unit says, how the period is closed.
#[test]
fn the_table_has_the_computed_total_statements_and_the_version() {
    let mut world = World::new();
    for _ in 0..5 {
        world.blank();
    }
    world.entries = vec![entry("D2", 2)];
    let mut made = of_world(&world);
    let open = csv::csv(&made);
    assert!(open.contains("\"未封存\"") && !open.contains("单位说明（"));
    made.statements.push(Statement {
        at: at(end()),
        by: "李四".to_owned(),
        text: "=链接由第三方负责".to_owned(),
        site: SiteId::parse("kxw").unwrap(),
        rule: "D2".to_owned(),
        period: "2017Q3".to_owned(),
    });
    for version in [1, 2] {
        made.seals.push(Seal {
            version,
            at: at(ago(-9)),
            by: "张三".to_owned(),
            reason: "复核".to_owned(),
            changes: Vec::new(),
        });
    }
    let table = csv::csv(&made);
    let mut rows = table.lines();
    let head = rows.next().unwrap();
    assert!(
        head.ends_with("\"计算得分\",\"单位说明\",\"封存\""),
        "{head}"
    );
    let computed = made.cards.first().unwrap().computed.unwrap();
    let computed = format!("\"{computed}\",");
    for row in rows {
        assert!(row.contains(&computed), "{row}");
        assert!(row.ends_with("由张三更正为第2版\""), "{row}");
        assert_eq!(
            row.contains("单位说明（李四"),
            row.contains(",\"D2\","),
            "{row}"
        );
    }
}

/// A link is not updated, and a home page is not late by a limit of answers.
#[test]
fn what_is_over_is_said_in_words_of_its_own() {
    let mut world = World::new();
    world.inspection = Some(inspection());
    let mut link = dead("http://kxw.example.gov.cn/1", true, false, true);
    for spell in &mut link.spells {
        spell.ended_at = Some(at(ago(1)));
    }
    world.targets = vec![link];
    let card = world.card(&p2015());
    let mut asides = line(&card, "D2").asides.iter();
    let over = asides.find(|aside| aside.why == Spared::Over).unwrap();
    assert_eq!(
        words::spared(over, end()),
        "期内曾打不开，期末已无此问题，不计"
    );
}

/// Of a period in which nobody looked nothing is said to have been found, nor not to have been.
#[test]
fn a_period_that_nobody_watched_is_no_assessment() {
    let mut world = World::new();
    world.days.clear();
    world.home = None;
    let unseen = of_world(&world);
    let said = paragraph(&unseen);
    assert_eq!(said, "2017年第三季度没有监测记录，未作考评。");
    let bulletin = bulletin::markdown(&unseen);
    assert!(
        bulletin.contains("本期没有监测记录，不作考评") && !bulletin.contains("进行考评"),
        "{bulletin}"
    );
    // What people entered is an assessment all the same.
    let entered = paragraph(&of_world(&world.with(vec![entry("D2", 1)])));
    assert!(entered.contains("进行了考评"), "{entered}");
}

#[test]
fn the_paragraph_counts_what_was_entered_and_leaves_out_what_nobody_looked_at() {
    let mut world = World::new();
    world.aged(Class::News, 30);
    let said = paragraph(&of_world(&world));
    assert!(
        said.contains("共发现逾期未更新栏目1个、空白栏目0个。"),
        "{said}"
    );
    let said = paragraph(&of_world(&world.with(vec![entry("D2", 3)])));
    assert!(said.contains("、打不开的链接3个。"), "{said}");
    let said = paragraph(&of_world(&world.with(vec![entry("D2", 0)])));
    assert!(said.contains("、打不开的链接0个。"), "{said}");
}

/// A list that is cut says so, wherever it is read.
#[test]
fn what_is_not_told_one_by_one_is_counted() {
    let cut = |line: &Line| {
        let mut facts = line.asides.iter().map(|aside| &aside.find.fact);
        facts.find_map(|fact| match fact {
            Fact::Cut { told, all } => Some((*told, *all)),
            _ => None,
        })
    };
    let misses = |failed: u32| {
        let mut world = World::new();
        world.samples(168, failed);
        let card = world.card(&p2015());
        (cut(line(&card, "V1")), cut(line(&card, "D1")))
    };
    assert_eq!(misses(100), (None, None));
    assert_eq!(misses(168), (Some((100, 168)), Some((100, 168))));
    let waiting = |count: u32| {
        let mut world = World::new();
        let page = |n| format!("http://kxw.example.gov.cn/a/{n}.html");
        world.cases = (0..count).map(|n| suspected(&page(n), &[])).collect();
        cut(line(&world.card(&p2015()), "V4"))
    };
    assert_eq!((waiting(50), waiting(51)), (None, Some((50, 51))));
    let mut world = World::new();
    world.samples(168, 168);
    let table = csv::csv(&of_world(&world));
    assert!(table.contains("列出100条，共168条"), "{table}");
}

/// How much waits for a person's word is told to nobody outside the office, nor of a period that was closed when it
/// was told as a detail.
#[test]
fn a_unit_is_not_told_how_much_waits() {
    let mut world = World::new();
    let pages = (0..120).map(|n| format!("a/{n}"));
    world.cases = pages.map(|page| suspected(&page, &[])).collect();
    let mut whole = of_world(&world);
    let unit = whole.cards.first().unwrap().unit.clone();
    let is_told = |made: &Assessment| csv::csv(made).contains("列出50条，共120条");
    assert!(is_told(&whole));
    assert!(!is_told(&whole.clone().only(&Extent::Unit(unit.clone()))));
    let cards = whole.cards.iter_mut();
    let lines = cards.flat_map(|card| card.areas.iter_mut().flat_map(|area| &mut area.lines));
    for aside in lines.flat_map(|line| &mut line.asides) {
        if matches!(aside.find.fact, Fact::Cut { .. }) {
            aside.why = Spared::Detail;
        }
    }
    assert!(is_told(&whole) && !is_told(&whole.only(&Extent::Unit(unit))));
}

/// Where there is no room for all, what a list left out already counts as well.
#[test]
fn a_page_says_how_many_there_are_of_a_list_that_is_cut() {
    let mut world = World::new();
    let pages = (0..120).map(|n| format!("a/{n}"));
    world.cases = pages.map(|page| suspected(&page, &[])).collect();
    world.samples(168, 168);
    let page = page::html(&of_world(&world));
    assert!(
        page.contains("以上问题列出50条，共120条（待人工确认，不计）"),
        "{page}"
    );
    assert!(page.contains("另有119条，其中51条见CSV明细"), "{page}");
}

/// Where nothing was found that is said of what was measured, and of nothing else.
#[test]
fn nothing_to_mend_is_said_of_what_was_measured() {
    let mut card = World::new().card(&p2015());
    let said = nothing(&card);
    let (measured, open) = said.split_once("没有发现需要整改的问题").unwrap();
    assert!(measured.starts_with("已测评的项目（"), "{said}");
    assert!(open.contains("V4") && open.ends_with("未测评"), "{said}");
    card.total = None;
    assert_eq!(nothing(&card), "本期未测评");
}

/// Maintenance of a home page is no column, and of two each is told.
#[test]
fn announced_maintenance_is_told_each_time_and_counts_as_no_column() {
    let mut world = World::new();
    world.samples(140, 0);
    let keys = ["0011aabb", "0022ccdd"];
    let days = world.days.iter().zip(keys).map(|(day, key)| {
        let key = key.to_owned();
        (day.on, Exemption { until: end(), key })
    });
    world.away = days.collect();
    let made = of_world(&world);
    let bulletin = bulletin::markdown(&made);
    for key in keys {
        assert_eq!(bulletin.matches(key).count(), 1, "{bulletin}");
    }
    let said = paragraph(&made);
    assert!(!said.contains("已报备、不计的栏目"), "{said}");
}

/// Whoever reads of one site reads first what to mend, and what was not looked at last.
#[test]
fn a_page_of_one_site_begins_with_what_to_mend() {
    let mut world = World::new();
    world.aged(Class::News, 30);
    let whole = of_world(&world);
    let part = Assessment {
        part: true,
        ..whole.clone()
    };
    let places = |made: &Assessment| {
        let page = page::html(made);
        assert_eq!(page.matches("应先整改").count(), 1);
        assert!(!page.contains("1个网站未测评"), "{page}");
        ["应先整改", "<section>", "未测评的内容"].map(|words| page.find(words).unwrap())
    };
    assert!(places(&part).is_sorted());
    let [mend, sheet, untold] = places(&whole);
    assert!(untold < sheet && sheet < mend);
}

/// Charts stand on a page of their own: no page ends within one.
#[test]
fn charts_have_a_sheet_of_their_own() {
    let book = xlsx::xlsx(&of_world(&World::new())).unwrap();
    let archive = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    let drawn: Vec<String> = archive
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .filter(|name| name.starts_with("xl/worksheets/_rels/"))
        .collect();
    assert_eq!(drawn, ["xl/worksheets/_rels/sheet2.xml.rels"]);
}
