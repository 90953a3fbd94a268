//! Letters at their exact boundaries: three months to the day, working days with make-up days, and
//! what no page says.

use super::*;
use wangxun::assess::score::fact::LetterField;
use wangxun::calendar::Year;
use wangxun::domain::letter::{LetterPage, State, Told};
use wangxun::domain::visit::Validators;

/// The rules, with letters that count without a person's word; `text` changes more of them.
fn rules(text: &str) -> Rubric {
    let veto = match text.contains("p2019") {
        true => "V7",
        false => "V5",
    };
    super::rules(&format!("{text}\n[rule.{veto}]\ncheck = \"auto\"\n"))
}

fn p2015() -> Rubric {
    rules("")
}

fn p2019() -> Rubric {
    rules("profile = \"p2019\"")
}

/// A letter that was written so many days ago, and answered so many days ago.
fn letter(column: &ColumnId, asked: i64, answered: Option<i64>) -> Letter {
    let told = Told {
        asked_on: Some(ago(asked)),
        answered_on: answered.map(ago),
        state: Some(answered.map_or(State::Open, |_| State::Answered)),
        unit: true,
        words: answered.is_some(),
    };
    Letter {
        column: column.clone(),
        title: format!("关于第{asked}项的咨询"),
        url: Some(format!("http://kxw.example.gov.cn/a/{asked}.html")),
        row: told.clone(),
        told,
        first_seen_at: at(ago(asked)),
        open_at: answered.is_none().then(|| at(end())),
        open_before: Vec::new(),
        answered_at: answered.map(|days| at(ago(days))),
        page: Some(LetterPage {
            at: at(end()),
            row: Told::default(),
            validators: Validators::default(),
        }),
        overruled: false,
    }
}

/// A site with one column of letters, whose list the latest inspection read.
fn world(make: impl Fn(&ColumnId) -> Vec<Letter>) -> World {
    let mut world = World::new();
    let column = world.aged(Class::Replies, 3);
    world.letters = make(&column);
    let mut seen = inspection();
    seen.letters = vec![(column.clone(), 20)];
    seen.columns = vec![(column, PageMarks::default())];
    world.inspection = Some(seen);
    world
}

/// The candidate that [`letter`] is, with what a person decided.
fn case(asked: i64, decided: Option<Decided>) -> Case {
    let (page, suspicion) = wangxun::assess::candidates::of_letter(
        Some(&format!("http://kxw.example.gov.cn/a/{asked}.html")),
        "",
        &format!("关于第{asked}项的咨询"),
        ago(asked),
    );
    put_to_people(&page, suspicion, decided)
}

/// A letter that was seen answered in time for the period, of which a page names another day later, waits
/// no more, and its days are none of this period.
#[test]
fn a_day_that_is_named_later_makes_no_answer_undone() {
    let world = world(|column| {
        let mut seen = letter(column, 96, None);
        seen.open_at = Some(at(ago(5)));
        seen.answered_at = Some(at(ago(3)));
        seen.told.state = Some(State::Answered);
        seen.told.words = true;
        seen.told.answered_on = Some(ago(-8));
        vec![seen, letter(column, 9, Some(8))]
    });
    let card = world.card(&p2015());
    assert_eq!(line(&card, "V5").verdict, Verdict::Kept);
    assert!(!is_near(&card, "V5"));
}

#[test]
fn a_letter_that_waited_three_months_to_the_day_is_in_time() {
    let with =
        |asked| world(|column| vec![letter(column, asked, None), letter(column, 9, Some(8))]);
    for (asked, vetoed, near) in [
        (74, false, false),
        (75, false, true),
        (90, false, true),
        (91, true, false),
    ] {
        let card = with(asked).card(&p2015());
        assert_eq!(is_vetoed(&card, "V5"), vetoed, "{asked}");
        assert_eq!(is_near(&card, "V5"), near, "{asked}");
    }
    assert!(is_vetoed(&with(91).card(&p2019()), "V7"));
    // Of calendar months: 30 June to 30 September.
    let months = "[choices]\nsix_months = \"calendar-months\"";
    assert_eq!(ago(92).to_string(), "2017-06-30");
    assert!(!is_vetoed(&with(92).card(&rules(months)), "V5"));
    assert!(is_vetoed(&with(93).card(&rules(months)), "V5"));
    // Letters of more than a year ago are none of this year.
    assert!(is_vetoed(&with(365).card(&p2015()), "V5"));
    assert!(!is_vetoed(&with(366).card(&p2015()), "V5"));
}

#[test]
fn that_a_letter_waits_has_to_be_proven_after_its_day() {
    let seen = |asked: i64, seen: i64| {
        let mut world =
            world(|column| vec![letter(column, asked, None), letter(column, 9, Some(8))]);
        world.letters[0].open_at = Some(at(ago(seen)));
        world.card(&p2015())
    };
    let unproven = |card: &Card| {
        let mut asides = line(card, "V5").asides.iter();
        asides.any(|aside| aside.why == Spared::Unproven)
    };
    // It fell due four days ago.
    assert!(is_vetoed(&seen(94, 3), "V5"));
    let before = seen(94, 4);
    assert!(!is_vetoed(&before, "V5") && unproven(&before));
    // A look of long ago proves nothing of the last day.
    assert!(is_vetoed(&seen(200, 14), "V5"));
    let long_ago = seen(200, 15);
    assert!(!is_vetoed(&long_ago, "V5") && unproven(&long_ago));
}

/// A letter past its day of which nothing tells whether it still waits could bring the veto about: that
/// nothing was found is not said.
#[test]
fn a_letter_past_its_day_that_nothing_tells_of_leaves_the_veto_open() {
    let with = |change: fn(&mut Letter)| {
        let mut world = world(|column| vec![letter(column, 110, None), letter(column, 9, Some(8))]);
        change(&mut world.letters[0]);
        world
    };
    let verdict = |world: &World| line(&world.card(&p2015()), "V5").verdict.clone();
    let unsure = Verdict::Unmeasured(Unmeasured::CannotTell);
    // Its page could not be read any more, or its row is gone.
    let vanished = with(|letter| letter.open_at = Some(at(ago(15))));
    assert_eq!(verdict(&vanished), unsure);
    // No page ever said anything of it.
    let silent = with(|letter| (letter.told.state, letter.open_at) = (None, None));
    assert_eq!(verdict(&silent), unsure);
    let dateless = with(|letter| letter.told.asked_on = None);
    assert_eq!(verdict(&dateless), unsure);
    // Within its time nothing is owed yet.
    let young = with(|letter| {
        letter.told.asked_on = Some(ago(90));
        (letter.told.state, letter.open_at) = (None, None);
    });
    assert_eq!(verdict(&young), Verdict::Kept);
    // One that is proven to wait is a veto, whatever becomes of others.
    let mut proven = vanished.clone();
    let other = letter(&proven.letters[0].column, 100, None);
    proven.letters.push(other);
    assert_eq!(verdict(&proven), Verdict::Veto);
    // A person found that it does not wait.
    let mut rejected = vanished.clone();
    rejected.cases = vec![case(110, Some(Decided::Rejected))];
    assert_eq!(verdict(&rejected), Verdict::Kept);
    let mut asides = line(&rejected.card(&p2015()), "V5").asides.clone();
    asides.retain(|one| one.why == Spared::Rejected && one.find.asked.is_some());
    assert_eq!(asides.len(), 1);
    let mut overruled = silent.clone();
    overruled.letters[0].overruled = true;
    assert_eq!(verdict(&overruled), Verdict::Kept);
}

/// The only letter that was found waiting does not, as a person says; other lists were not read.
#[test]
fn a_list_that_nobody_read_leaves_the_veto_open_after_the_rest_was_rejected() {
    let mut world = world(|column| vec![letter(column, 91, None)]);
    world.inspection.as_mut().unwrap().letters.clear();
    world.cases = vec![case(91, Some(Decided::Rejected))];
    let card = world.card(&super::p2015());
    let unsure = Verdict::Unmeasured(Unmeasured::CannotTell);
    assert_eq!(line(&card, "V5").verdict, unsure);
}

/// A letter that was last seen waiting long ago, which proves nothing now, brings no veto near.
#[test]
fn what_is_not_proven_is_not_near_a_veto() {
    let seen = |asked: i64, seen_on: Date| {
        let world = world(|column| {
            let mut letter = letter(column, asked, None);
            letter.open_at = Some(at(seen_on));
            vec![letter]
        });
        let card = world.card(&p2015());
        let line = line(&card, "V5");
        let unproven = line.asides.iter().any(|one| one.why == Spared::Unproven);
        (line.near, unproven)
    };
    assert_eq!(seen(80, ago(14)), (true, false));
    assert_eq!(seen(80, ago(15)), (false, true));
    assert_eq!(seen(110, ago(15)), (false, true));
}

#[test]
fn what_was_answered_late_counts_where_every_day_does() {
    let with = |answered| world(|column| vec![letter(column, 120, Some(answered))]);
    let any = rules("[choices]\nlate = \"any-day\"");
    for (answered, late) in [(30, false), (29, true)] {
        let world = with(answered);
        let card = world.card(&p2015());
        assert!(!is_vetoed(&card, "V5"));
        let over = line(&card, "V5").asides.iter();
        assert_eq!(
            over.filter(|aside| aside.why == Spared::Over).count() == 1,
            late
        );
        assert_eq!(is_vetoed(&world.card(&any), "V5"), late);
    }
}

/// Only what was read by the last day counts against a unit; what was read later may relieve it.
#[test]
fn a_letter_that_is_answered_after_the_last_day_waits_where_that_was_seen_by_then() {
    let with = |seen_waiting: Option<i64>, answered: i64| {
        let mut world = world(|column| {
            vec![
                letter(column, 120, Some(answered)),
                letter(column, 9, Some(8)),
            ]
        });
        let first = &mut world.letters[0];
        first.open_at = seen_waiting.map(|days| at(ago(days)));
        first.answered_at = Some(at(ago(-6)));
        world
    };
    for (seen_waiting, waits) in [
        (Some(0), true),
        (Some(14), true),
        (Some(15), false),
        (None, false),
    ] {
        let card = with(seen_waiting, -5).card(&p2015());
        assert_eq!(is_vetoed(&card, "V5"), waits, "{seen_waiting:?}");
    }
    // It was late on that day too: by the page's own word, and by a look of ours.
    let told = |world: &World| {
        let card = world.card(&rules("[choices]\nlate = \"any-day\""));
        is_vetoed(&card, "V5")
    };
    assert!(told(&with(Some(5), 4)));
    assert!(!told(&with(None, 4)), "that was read later");
    assert!(
        !is_vetoed(&with(Some(5), 4).card(&p2015()), "V5"),
        "it is over"
    );
    // A letter that nobody had seen by then is none of the period.
    let mut unseen = world(|column| vec![letter(column, 120, None), letter(column, 9, Some(8))]);
    unseen.letters[0].first_seen_at = at(ago(-1));
    assert!(!is_vetoed(&unseen.card(&p2015()), "V5"));
}

#[test]
fn what_no_page_says_is_not_measured() {
    let unmeasured = |world: &World, rule: &str| match &line(&world.card(&p2015()), rule).verdict {
        Verdict::Unmeasured(why) => Some(why.clone()),
        _ => None,
    };
    let none = World::new();
    assert_eq!(unmeasured(&none, "V5"), Some(Unmeasured::NothingConfigured));
    let mut unseen = world(|_| Vec::new());
    unseen.inspection = None;
    assert_eq!(unmeasured(&unseen, "V5"), Some(Unmeasured::NotInspected));
    // A list without letters, and letters of which nothing is told.
    let empty = world(|_| Vec::new());
    assert_eq!(unmeasured(&empty, "V5"), Some(Unmeasured::CannotTell));
    let silent = world(|column| {
        let mut silent = letter(column, 120, None);
        (silent.told.state, silent.open_at) = (None, None);
        vec![silent]
    });
    assert_eq!(unmeasured(&silent, "V5"), Some(Unmeasured::CannotTell));
    // A list that was not read, though letters of it are known.
    let mut unread = world(|column| vec![letter(column, 9, Some(8))]);
    unread.inspection.as_mut().unwrap().letters.clear();
    assert_eq!(unmeasured(&unread, "V5"), Some(Unmeasured::CannotTell));
    let read = world(|column| vec![letter(column, 9, Some(8))]);
    assert_eq!(unmeasured(&read, "V5"), None);
    // Columns for complaints are left out by their names.
    let mut complaints = world(|column| vec![letter(column, 120, None)]);
    complaints.columns[0].0.name = "举报投诉".to_owned();
    assert_eq!(
        unmeasured(&complaints, "V5"),
        Some(Unmeasured::NothingConfigured)
    );
    // A person's word takes the place of what was found.
    let mut judged = world(|column| vec![letter(column, 120, None)]);
    judged.entries = vec![entry("V5", 0)];
    assert_eq!(line(&judged.card(&p2015()), "V5").verdict, Verdict::Kept);
}

#[test]
fn replies_are_timed_in_working_days_with_make_up_days() {
    // Written on Friday 1 September; Saturday the 23rd is worked, Monday the 18th is off.
    let make = |answered: i64| {
        let mut world = world(|column| vec![letter(column, 29, Some(answered))]);
        let year = Year {
            notice: "test".to_owned(),
            holidays: ["2017-09-18".parse().unwrap()].into(),
            make_up_days: ["2017-09-23".parse().unwrap()].into(),
        };
        world.calendar.years = [(2017, year)].into();
        world
    };
    assert_eq!(ago(29).to_string(), "2017-09-01");
    // Fifteen working days end with Friday 22, with the day off on Saturday 23.
    let kept = |answered: i64| line(&make(answered).card(&p2015()), "S10").verdict.clone();
    assert_eq!(kept(7), Verdict::Kept, "the 23rd");
    assert_eq!(kept(6), Verdict::NotKept, "the 24th");
    let card = make(7).card(&p2015());
    let told = line(&card, "S10").asides.first().unwrap();
    let Fact::Letters {
        timed,
        working_days,
        quick,
        answered,
        open,
        ..
    } = told.find.fact
    else {
        panic!("{told:?}");
    };
    assert_eq!(
        (timed, working_days, quick, answered, open),
        (1, 15, 0, 1, 0)
    );
    let late = make(5).card(&p2015());
    let late = line(&late, "S10").finds.first().unwrap();
    let Fact::LetterLate { days, working, .. } = late.fact else {
        panic!("{late:?}");
    };
    assert_eq!((days, working), (16, true), "Monday the 25th");
    // The rule's own window goes before the choice.
    let short = rules("[rule.S10]\nwindow_days = 14");
    assert_eq!(line(&make(7).card(&short), "S10").verdict, Verdict::NotKept);
    let short = rules("[choices]\nreply_working_days = 14");
    assert_eq!(line(&make(7).card(&short), "S10").verdict, Verdict::NotKept);
    // What fell due before the period is none of it.
    let old = world(|column| vec![letter(column, 150, Some(100)), letter(column, 9, Some(8))]);
    assert_eq!(line(&old.card(&p2015()), "S10").verdict, Verdict::Kept);
    // Nor is what still waits since then: it was counted when it fell due.
    let still = world(|column| vec![letter(column, 150, None), letter(column, 9, Some(8))]);
    let card = still.card(&p2015());
    let slow = line(&card, "S10");
    assert_eq!((&slow.verdict, slow.finds.len()), (&Verdict::Kept, 0));
    let mut asides = slow.asides.iter();
    assert!(asides.any(|aside| aside.why == Spared::OtherPeriod));
    let due = world(|column| vec![letter(column, 60, None), letter(column, 9, Some(8))]);
    assert_eq!(line(&due.card(&p2015()), "S10").finds.len(), 1);
}

/// A list that goes on behind what could be read: letters of the year may wait there.
#[test]
fn what_is_not_read_of_a_list_may_wait() {
    let back = |days: Option<i64>, asked: i64| {
        let answered = (asked == 9).then_some(8);
        let mut world =
            world(|column| vec![letter(column, asked, answered), letter(column, 10, Some(8))]);
        let seen = world.inspection.as_mut().unwrap();
        let column = seen.letters[0].0.clone();
        seen.letters_back = days.map(|days| (column, ago(days))).into_iter().collect();
        world.card(&p2015())
    };
    let verdict = |card: &Card, rule: &str| line(card, rule).verdict.clone();
    let unsure = Verdict::Unmeasured(Unmeasured::CannotTell);
    assert_eq!(verdict(&back(Some(200), 9), "V5"), unsure);
    assert_eq!(verdict(&back(Some(365), 9), "V5"), Verdict::Kept);
    assert_eq!(
        verdict(&back(None, 9), "V5"),
        Verdict::Kept,
        "the list ends"
    );
    // What is known to wait counts all the same.
    assert!(is_vetoed(&back(Some(200), 91), "V5"));
    // Of answers that fell due within the period all is known where the letters before it are.
    assert_eq!(verdict(&back(Some(200), 9), "S10"), Verdict::Kept);
    assert_eq!(verdict(&back(Some(50), 9), "S10"), unsure);
    let card = back(Some(200), 9);
    let told = line(&card, "V5").asides.iter().any(|aside| {
        matches!(aside.find.fact, Fact::Letters { back_to, .. } if back_to == Some(ago(200)))
    });
    assert!(told);
}

#[test]
fn the_newest_answer_counts_and_not_the_newest_question() {
    let lost_of = |asked, answered| {
        let world = world(|column| {
            vec![
                letter(column, asked, answered),
                letter(column, 100, Some(61)),
            ]
        });
        lost(&world.card(&p2019()), "D28")
    };
    // The list shows a question of three days ago.
    assert_eq!(lost_of(70, Some(60)), "0.00");
    assert_eq!(lost_of(70, Some(61)), "3.00");
    assert_eq!(lost_of(3, None), "3.00");
    // Where an answer shows no day, the list's days decide.
    let mut untold =
        world(|column| vec![letter(column, 100, Some(61)), letter(column, 3, Some(2))]);
    untold.letters[1].told.answered_on = None;
    assert_eq!(lost(&untold.card(&p2019()), "D28"), "0.00");
}

#[test]
fn fields_that_no_letter_shows_are_missed() {
    let on = "profile = \"p2019\"\n[rule.D30]\nenabled = true\n";
    let with = |count: i64| {
        let mut world = world(|column| {
            (0..count)
                .map(|n| letter(column, 20 + n, Some(3)))
                .collect()
        });
        for letter in &mut world.letters {
            (letter.told.unit, letter.told.words) = (false, true);
        }
        world.card(&rules(on))
    };
    let one = with(1);
    assert_eq!(
        line(&one, "D30").verdict,
        Verdict::Unmeasured(Unmeasured::CannotTell)
    );
    let two = with(2);
    assert_eq!(lost(&two, "D30"), "1.00");
    let fact = &line(&two, "D30").finds.first().unwrap().fact;
    let field = LetterField::Unit;
    assert_eq!(*fact, Fact::LetterFieldMissing { field, letters: 2 });
}

#[test]
fn a_way_to_ask_is_proven_and_its_absence_never() {
    let verdict = |world: &World| line(&world.card(&p2019()), "V7a").verdict.clone();
    assert_eq!(verdict(&world(|_| Vec::new())), Verdict::Kept);
    let mut none = World::new();
    none.inspection = Some(inspection());
    assert_eq!(verdict(&none), Verdict::Unmeasured(Unmeasured::CannotTell));
    let link = TargetPlace {
        page: "http://kxw.example.gov.cn/zixun/".to_owned(),
        text: "我要咨询".to_owned(),
    };
    none.inspection.as_mut().unwrap().channel = Some(link);
    assert_eq!(verdict(&none), Verdict::Kept);
    // A link that leads nowhere is no way.
    none.targets = vec![dead("http://kxw.example.gov.cn/zixun/", true, false, true)];
    assert_eq!(verdict(&none), Verdict::Unmeasured(Unmeasured::CannotTell));
    none.entries = vec![entry("V7a", 1)];
    assert!(is_vetoed(&none.card(&p2019()), "V7a"));
}

#[test]
fn a_letter_is_a_veto_once_a_person_has_confirmed_that_it_waits() {
    let mut world = world(|column| vec![letter(column, 91, None), letter(column, 92, None)]);
    let told = |world: &World| {
        let card = world.card(&super::p2015());
        let line = line(&card, "V5");
        let asides = line
            .asides
            .iter()
            .filter(|aside| !matches!(aside.why, Spared::Detail));
        (line.verdict.clone(), line.finds.len(), asides.count())
    };
    let waiting = |letters| Verdict::Unmeasured(Unmeasured::Waiting(letters));
    let rejected = Some(Decided::Rejected);
    // Whoever inspected by rules that put no letter to anybody left nothing to be confirmed.
    let unasked = |letters| Verdict::Unmeasured(Unmeasured::Unasked(letters));
    assert_eq!(told(&world), (unasked(2), 0, 2));
    let said = words::verdict(line(&world.card(&super::p2015()), "V5"));
    assert!(said.contains("巡检时未列入待确认问题"), "{said}");
    world.cases = vec![case(91, rejected)];
    assert_eq!(told(&world), (unasked(1), 0, 2));
    world.cases.push(case(92, None));
    assert_eq!(told(&world), (waiting(1), 0, 2));
    world.cases = vec![case(91, None), case(92, None)];
    assert_eq!(told(&world), (waiting(2), 0, 2));
    world.cases = vec![case(91, rejected), case(92, rejected)];
    assert_eq!(told(&world), (Verdict::Kept, 0, 2));
    world.cases.push(case(92, Some(Decided::Commented)));
    world.cases[1] = case(92, Some(Decided::Confirmed { serious: false }));
    assert_eq!(told(&world), (Verdict::Veto, 1, 1));
    // Who decided, and of what, stands beside the find.
    let card = world.card(&super::p2015());
    let asked = line(&card, "V5").finds[0].asked.as_ref().unwrap();
    assert_eq!(asked.candidate, world.cases[1].candidate.key());
    assert_eq!(asked.decision.as_ref().unwrap().by, "张三");
}

/// What the list said is proven by the list: the letter's own page may say nothing.
#[test]
fn the_page_that_says_that_a_letter_waits_is_named() {
    let said = |row: Option<State>| {
        let world = world(|column| {
            let mut letter = letter(column, 120, None);
            letter.row.state = row;
            vec![letter]
        });
        let card = world.card(&p2015());
        let line = line(&card, "V5");
        assert_eq!(line.verdict, Verdict::Veto);
        wangxun::report::assessment::words::evidence(line.finds.first().unwrap(), end())
    };
    let by_list = said(Some(State::Open));
    assert!(
        by_list.contains("/a/120.html")
            && by_list.contains("来信列表")
            && !by_list.contains("来信页面"),
        "{by_list}"
    );
    let by_page = said(None);
    assert!(
        by_page.contains("来信页面") && !by_page.contains("来信列表"),
        "{by_page}"
    );
}
