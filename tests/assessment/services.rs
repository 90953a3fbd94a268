//! Guides, and documents with their interpretations, at their exact boundaries.

use super::*;
use wangxun::domain::guide::Element;
use wangxun::domain::visit::Validators;

/// A guide that lacks the first so many classes; none where its page could not be read.
fn guide(number: u32, lacks: Option<usize>) -> Guide {
    let has = lacks.map(|lacks| Element::COUNTED.into_iter().skip(lacks).collect());
    Guide {
        site: SiteId::parse("kxw").unwrap(),
        url: format!("http://kxw.example.gov.cn/bsfw/{number}.html"),
        title: format!("第{number}类事项办理"),
        has,
        files: 1,
        online: vec![format!("http://banshi.example.gov.cn/{number}")],
        elsewhere: false,
        seen_at: at(end()),
        gone_at: None,
        read_at: lacks.map(|_| at(end())),
        validators: Validators::default(),
        since: None,
        former: None,
    }
}

fn world(guides: Vec<Guide>) -> World {
    let mut world = World::new();
    world.inspection = Some(inspection());
    world.guides = Some(guides);
    world
}

fn rule(world: &World, rubric: &Rubric, rule: &str) -> Verdict {
    line(&world.card(rubric), rule).verdict.clone()
}

#[test]
fn five_guides_that_lack_four_classes_are_a_veto() {
    let with = |poor: u32, fine: u32, unread: u32, lacks: usize| {
        let poor = (0..poor).map(|n| guide(n, Some(lacks)));
        let fine = (20..20 + fine).map(|n| guide(n, Some(0)));
        let unread = (40..40 + unread).map(|n| guide(n, None));
        rule(
            &world(poor.chain(fine).chain(unread).collect()),
            &rules("profile = \"p2019\"\n[rule.V8]\ncheck = \"auto\"\n"),
            "V8",
        )
    };
    let unsure = Verdict::Unmeasured(Unmeasured::CannotTell);
    assert_eq!(with(5, 9, 0, 4), Verdict::Veto);
    assert_eq!(with(5, 9, 0, 3), Verdict::Kept);
    assert_eq!(with(4, 9, 0, 4), Verdict::Kept);
    // Of fewer than five, all of them have to.
    assert_eq!(with(4, 0, 0, 4), Verdict::Veto);
    assert_eq!(with(1, 0, 0, 4), Verdict::Veto);
    assert_eq!(with(3, 1, 0, 4), Verdict::Kept);
    // Those that were not read may decide it.
    assert_eq!(with(4, 9, 1, 4), unsure);
    assert_eq!(with(3, 9, 1, 4), Verdict::Kept);
    assert_eq!(with(3, 0, 1, 4), unsure);
    assert_eq!(with(5, 0, 9, 4), Verdict::Veto);
}

/// While one that waits for a person, or that nobody could read, can still bring the veto about, nothing is
/// said of it but what was confirmed.
#[test]
fn a_guide_that_waits_can_decide_a_veto() {
    let semi = rules("profile = \"p2019\"");
    let told = |poor: u32, fine: u32, unread: u32, decided: &[Option<Decided>]| {
        let poor = (0..poor).map(|n| guide(n, Some(4)));
        let fine = (20..20 + fine).map(|n| guide(n, Some(0)));
        let unread = (40..40 + unread).map(|n| guide(n, None));
        let mut world = world(poor.chain(fine).chain(unread).collect());
        world.cases = (0..).zip(decided).map(|(n, what)| case(n, *what)).collect();
        let card = world.card(&semi);
        let line = line(&card, "V8");
        (line.verdict.clone(), line.finds.len())
    };
    let (yes, no) = (
        Some(Decided::Confirmed { serious: false }),
        Some(Decided::Rejected),
    );
    let waits = |count| Verdict::Unmeasured(Unmeasured::Waiting(count));
    let unsure = Verdict::Unmeasured(Unmeasured::CannotTell);
    assert_eq!(told(5, 9, 0, &[yes, yes, yes, yes, None]), (waits(1), 4));
    assert_eq!(
        told(6, 9, 0, &[yes, yes, yes, no, None, None]),
        (waits(2), 3)
    );
    assert_eq!(told(5, 9, 0, &[yes; 5]), (Verdict::Veto, 5));
    // Whatever becomes of the last, four are no veto.
    assert_eq!(
        told(5, 9, 0, &[yes, yes, yes, no, None]),
        (Verdict::Kept, 3)
    );
    assert_eq!(told(5, 9, 1, &[yes, yes, yes, yes, no]), (unsure, 4));
    assert_eq!(told(5, 9, 0, &[yes, yes, yes, yes, no]), (Verdict::Kept, 4));
    // Of few, all have to.
    assert_eq!(told(3, 0, 0, &[yes, yes, None]), (waits(1), 2));
    assert_eq!(told(3, 0, 0, &[yes; 3]), (Verdict::Veto, 3));
    assert_eq!(told(3, 0, 0, &[yes, no, None]), (Verdict::Kept, 1));
}

/// What was asked of a guide that lacks the first four classes, and what was decided.
fn case(number: u32, what: Option<Decided>) -> Case {
    let guide = guide(number, Some(4));
    let missing = guide.lacks().unwrap();
    put_to_people(&guide.url, Suspicion::Guide { missing }, what)
}

/// Guides that no inspection put to anybody, because it went by other rules, wait for nobody.
#[test]
fn guides_that_nobody_was_asked_about_are_not_measured() {
    let on = rules("[rule.D13]\nenabled = true\n");
    let mut world = world(vec![guide(1, Some(4)), guide(2, Some(4))]);
    let unasked = |count| Verdict::Unmeasured(Unmeasured::Unasked(count));
    assert_eq!(rule(&world, &on, "D13"), unasked(2));
    world.cases = vec![case(1, None)];
    let waiting = Verdict::Unmeasured(Unmeasured::Waiting(1));
    assert_eq!(rule(&world, &on, "D13"), waiting);
    // Of the five that a veto asks for, four are confirmed, and the fifth was put to nobody.
    let semi = rules("profile = \"p2019\"");
    let guides = (0..5).map(|n| guide(n, Some(4)));
    let mut world = self::world(guides.chain([guide(9, Some(0))]).collect());
    let yes = Some(Decided::Confirmed { serious: false });
    world.cases = (0..4).map(|n| case(n, yes)).collect();
    assert_eq!(rule(&world, &semi, "V8"), unasked(1));
}

/// Guides that nobody could read are no measured part of their rules.
#[test]
fn guides_that_nobody_could_read_are_no_measured_part() {
    let on = rules(
        "[rule.D13]\nenabled = true\ncheck = \"auto\"\n[rule.D14]\nenabled = true\n[rule.D15]\nenabled = true\n",
    );
    let with = |unread: u32| {
        let unread = (40..40 + unread).map(|n| guide(n, None));
        world([guide(1, Some(0))].into_iter().chain(unread).collect()).card(&on)
    };
    let share = |card: &Card| {
        let mut areas = card.areas.iter();
        areas
            .find(|one| one.area == Area::Services)
            .unwrap()
            .measured
    };
    let (all, half) = (with(0), with(1));
    for rule in ["D13", "D14", "D15"] {
        assert_eq!(words::verdict(line(&all, rule)), "未发现问题", "{rule}");
        let said = words::verdict(line(&half, rule));
        let expected = "未发现问题（2项办事指南中1项无法判断）";
        assert_eq!(said, expected, "{rule}");
    }
    let (all, half) = (share(&all).in_hundredths(), share(&half).in_hundredths());
    assert!(half < all, "{half} of {all}");
}

/// What the site's directories do not show any more is none of its guides from that day on; and what
/// cannot be met whatever people decide is asked of nobody.
#[test]
fn guides_that_are_gone_count_no_more() {
    let mut guides: Vec<Guide> = (0..5).map(|n| guide(n, Some(4))).collect();
    let text = "profile = \"p2019\"\n[rule.V8]\ncheck = \"auto\"\n";
    guides.push(guide(9, Some(0)));
    assert_eq!(
        rule(&world(guides.clone()), &rules(text), "V8"),
        Verdict::Veto
    );
    guides[0].gone_at = Some(at(ago(1)));
    assert_eq!(
        rule(&world(guides.clone()), &rules(text), "V8"),
        Verdict::Kept
    );
    let semi = rules("profile = \"p2019\"");
    assert_eq!(rule(&world(guides.clone()), &semi, "V8"), Verdict::Kept);
    guides[0].gone_at = None;
    let unasked = Verdict::Unmeasured(Unmeasured::Unasked(5));
    assert_eq!(rule(&world(guides), &semi, "V8"), unasked);
}

#[test]
fn elements_are_missed_one_by_one_and_never_where_no_page_was_read() {
    let on = rules(
        "[rule.D13]\nenabled = true\ncheck = \"auto\"\n[rule.D14]\nenabled = true\n[rule.D15]\nenabled = true\n",
    );
    let read = world(vec![guide(1, Some(2)), guide(2, Some(0)), guide(3, None)]);
    assert_eq!(lost(&read.card(&on), "D13"), "4.00");
    let unmeasured = |world: &World, why: Unmeasured| {
        for id in ["D13", "D14"] {
            assert_eq!(
                rule(world, &on, id),
                Verdict::Unmeasured(why.clone()),
                "{id}"
            );
        }
    };
    unmeasured(&world(vec![guide(3, None)]), Unmeasured::CannotTell);
    unmeasured(&world(Vec::new()), Unmeasured::CannotTell);
    let mut elsewhere = guide(3, None);
    elsewhere.elsewhere = true;
    unmeasured(&world(vec![elsewhere]), Unmeasured::Elsewhere);
    let mut none = world(Vec::new());
    none.guides = None;
    unmeasured(&none, Unmeasured::NothingConfigured);
    // A guide that no list has shown for two months is gone.
    let mut old = guide(1, Some(2));
    old.seen_at = at(ago(60));
    assert_eq!(lost(&world(vec![old.clone()]).card(&on), "D13"), "4.00");
    old.seen_at = at(ago(61));
    unmeasured(&world(vec![old]), Unmeasured::CannotTell);
}

#[test]
fn attachments_and_systems_of_guides_that_do_not_open() {
    let on = rules("[rule.D14]\nenabled = true\n[rule.D15]\nenabled = true\n");
    let mut world = world(vec![guide(1, Some(0))]);
    assert_eq!(rule(&world, &on, "D14"), Verdict::Kept);
    assert_eq!(rule(&world, &on, "D15"), Verdict::Kept);
    let of = |url: &str, page: &str, kind, sure| {
        let mut target = dead(url, false, false, sure);
        target.kind = kind;
        target.places = vec![TargetPlace {
            page: page.to_owned(),
            text: "申请表".to_owned(),
        }];
        target
    };
    let guide = "http://kxw.example.gov.cn/bsfw/1.html";
    let file = TargetKind::File;
    world.targets = vec![
        of("http://kxw.example.gov.cn/f/1.doc", guide, file, true),
        of("http://kxw.example.gov.cn/f/2.doc", guide, file, false),
        of(
            "http://kxw.example.gov.cn/f/3.doc",
            "http://kxw.example.gov.cn/x",
            file,
            true,
        ),
        of(
            "http://banshi.example.gov.cn/1",
            guide,
            TargetKind::Page,
            true,
        ),
    ];
    let card = world.card(&on);
    assert_eq!(
        (lost(&card, "D14"), lost(&card, "D15")),
        ("1.00".into(), "3.00".into())
    );
    // What is counted there is not counted once more among the links of all pages.
    assert_eq!(lost(&card, "D3"), "0.10");
    let spared = line(&card, "D3").asides.iter().filter(|aside| {
        let other = |id: &str| Spared::Other(RuleId::parse(id).unwrap());
        aside.why == other("D14") || aside.why == other("D15")
    });
    assert_eq!(spared.count(), 2);
    // Where the site offers no services, nothing is counted there.
    world.services = false;
    assert_eq!(lost(&world.card(&on), "D3"), "0.30");
}

/// A site with one document of so many days ago and interpretations of it.
fn papers(policy: i64, interpretations: &[(&str, i64)]) -> World {
    let mut world = World::new();
    world.inspection = Some(inspection());
    let column = world.aged(Class::Policy, policy);
    let other = world.aged(Class::Interpretation, 1);
    let titled = |title: &str, url: &str, days: i64| Titled {
        title: title.to_owned(),
        url: Some(format!("http://kxw.example.gov.cn/{url}")),
        on: Some(ago(days)),
        seen_at: at(ago(days)),
        was_announced: false,
    };
    let title = "关于印发《西城区科技专项资金管理办法》的通知";
    world
        .titles
        .push((column.clone(), titled(title, "p.html", policy)));
    let old = "关于印发《西城区知识产权资助办法》的通知";
    world.titles.push((column, titled(old, "old.html", 400)));
    for (n, (title, days)) in interpretations.iter().enumerate() {
        let titled = titled(title, &format!("i{n}.html"), *days);
        world.titles.push((other.clone(), titled));
    }
    world
}

#[test]
fn documents_of_the_period_and_their_interpretations() {
    let share = |world: &World| {
        let card = world.card(&p2019());
        let line = line(&card, "D24").clone();
        (line.verdict, line.amount)
    };
    use wangxun::assess::score::measurement::Amount::Number;
    let name = "《西城区科技专项资金管理办法》政策解读";
    assert_eq!(
        share(&papers(20, &[(name, 17)])),
        (Verdict::Kept, Some(Number(100)))
    );
    assert_eq!(
        share(&papers(20, &[("《知识产权资助办法》解读", 17)])),
        (Verdict::Kept, Some(Number(0)))
    );
    let of_other_times = share(&papers(92, &[(name, 17)])).0;
    assert_eq!(of_other_times, Verdict::Unmeasured(Unmeasured::NoDocuments));
    let none = Verdict::Unmeasured(Unmeasured::NothingConfigured);
    assert_eq!(share(&World::new()).0, none);
    // Who could not see all says no share; what is known is told beside it.
    let cannot_tell = Verdict::Unmeasured(Unmeasured::CannotTell);
    let failed = || Saw::Blind(Cause::Failed(Failure::TotalTimeout));
    for (place, saw, expected) in [
        (1, failed(), &cannot_tell),
        (0, failed(), &cannot_tell),
        (0, Saw::Undated(Undated::NoDates), &cannot_tell),
        (1, Saw::Undated(Undated::NoDates), &Verdict::Kept),
    ] {
        let mut world = papers(20, &[(name, 17)]);
        let (_, readings, _) = world.columns.get_mut(place).unwrap();
        let mut last = dated(1, end(), end());
        last.saw = saw;
        readings.push(last);
        assert_eq!(share(&world).0, *expected, "{place}");
        assert_eq!(line(&world.card(&p2019()), "D24").asides.len(), 2);
    }
    // An interpretation without a date is one, and late by no proof.
    let mut undated = papers(22, &[(name, 16)]);
    undated.titles.last_mut().unwrap().1.on = None;
    assert_eq!(share(&undated), (Verdict::Kept, Some(Number(100))));
    let late = rules("profile = \"p2019\"\n[rule.S9]\nenabled = true\n");
    assert_eq!(rule(&undated, &late, "S9"), cannot_tell);
    // A document without one, first seen within the period, may be one of it.
    let unsure = papers(20, &[(name, 17)]);
    let (column, mut titled) = unsure.titles.first().unwrap().clone();
    titled.title = "关于开展检查的通知".to_owned();
    titled.on = None;
    for (seen, expected) in [(ago(30), &cannot_tell), (ago(100), &Verdict::Kept)] {
        titled.seen_at = at(seen);
        let mut world = papers(20, &[(name, 17)]);
        world.titles.push((column.clone(), titled.clone()));
        assert_eq!(share(&world).0, *expected, "{seen}");
    }
    // A notice of repeal interprets nothing, and is nothing to be interpreted.
    let repeal = "关于废止《西城区科技专项资金管理办法》的公告";
    assert_eq!(
        share(&papers(20, &[(repeal, 17)])),
        (Verdict::Kept, Some(Number(0)))
    );
    let mut repealed = papers(20, &[(name, 17)]);
    let (column, mut titled) = repealed.titles.first().unwrap().clone();
    titled.title = repeal.to_owned();
    repealed.titles.push((column, titled));
    assert_eq!(share(&repealed), (Verdict::Kept, Some(Number(100))));
    // An administrator may ask for a share.
    let least = rules("profile = \"p2019\"\n[rule.D24]\nthreshold = 60\n");
    let low = papers(20, &[]);
    assert_eq!(line(&low.card(&least), "D24").verdict, Verdict::NotKept);
    // Three working days after Friday 8 September are Wednesday 13 September.
    let on = rules("profile = \"p2019\"\n[rule.S9]\nenabled = true\n");
    assert_eq!(ago(22).to_string(), "2017-09-08");
    assert_eq!(rule(&papers(22, &[(name, 17)]), &on, "S9"), Verdict::Kept);
    assert_eq!(
        rule(&papers(22, &[(name, 16)]), &on, "S9"),
        Verdict::NotKept
    );
    assert_eq!(
        rule(&papers(22, &[(name, 16), (name, 22)]), &on, "S9"),
        Verdict::Kept
    );
}

/// A share of which no rule says how large it should be is neither kept nor missed.
#[test]
fn a_share_without_a_threshold_is_only_told() {
    let world = papers(0, &[]);
    let said = |text: &str| {
        let card = world.card(&rules(text));
        wangxun::report::assessment::words::verdict(line(&card, "D24"))
    };
    let on = "profile = \"p2019\"\n[rule.D24]\nenabled = true\n";
    assert_eq!(said(on), "只列比例，不判达标");
    assert_eq!(said(&format!("{on}threshold = 60\n")), "不达标");
}

#[test]
fn documents_and_interpretations_that_do_not_link_each_other() {
    let on = rules("profile = \"p2019\"\n[rule.D23a]\nenabled = true\n");
    let page = |url: &str, links: &[&str]| Document {
        column: ColumnId::parse("kxw/c0").unwrap(),
        url: format!("http://kxw.example.gov.cn/{url}"),
        links: links
            .iter()
            .map(|url| format!("https://kxw.example.gov.cn/{url}"))
            .collect(),
        others: 1,
        read_at: at(end()),
        validators: Validators::default(),
        since: None,
        former: None,
    };
    let with = |title: &str, documents: Vec<Document>| {
        let mut world = papers(20, &[(title, 18)]);
        world.documents = documents;
        line(&world.card(&on), "D23a").clone()
    };
    let name = "《西城区科技专项资金管理办法》解读";
    let cost = |line: &Line| line.lost.to_string();
    let both = with(
        name,
        vec![page("p.html", &["i0.html"]), page("i0.html", &["p.html"])],
    );
    assert_eq!(both.verdict, Verdict::Kept);
    let one = with(
        name,
        vec![page("p.html", &[]), page("i0.html", &["p.html"])],
    );
    assert_eq!(cost(&one), "1.00");
    let unread = with(name, vec![page("i0.html", &["p.html"])]);
    assert_eq!(unread.verdict, Verdict::Unmeasured(Unmeasured::CannotTell));
    // A page that was read before the other was there proves nothing.
    let mut early = page("p.html", &[]);
    early.read_at = at(ago(19));
    let early = with(name, vec![early, page("i0.html", &["p.html"])]);
    assert_eq!(early.verdict, Verdict::Unmeasured(Unmeasured::CannotTell));
    // A link tells what a title does not.
    let linked = with(
        "专家谈科技资金",
        vec![page("p.html", &[]), page("i0.html", &["p.html"])],
    );
    assert_eq!(cost(&linked), "1.00");
    let Fact::NotLinked { forth, back, .. } = &linked.finds.first().unwrap().fact else {
        panic!("{linked:?}");
    };
    assert_eq!((*forth, *back), (true, false));
}
