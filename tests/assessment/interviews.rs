//! Interviews: those that were held, and those that were announced.

use super::*;

#[test]
fn an_interview_that_is_only_announced_was_not_held() {
    let with = |held: usize| {
        let mut world = World::new();
        let column = world.aged(Class::Interviews, 3);
        for number in 0..7 {
            let title = match number < held {
                true => format!("第{number}期访谈：科技创新"),
                false => format!("【预告】第{number}期访谈：科技创新"),
            };
            let titled = Titled {
                title,
                url: None,
                on: Some(ago(30)),
                seen_at: at(ago(30)),
                was_announced: false,
            };
            world.titles.push((column.clone(), titled));
        }
        world.card(&p2015())
    };
    assert_eq!(lost(&with(6), "D12a"), "0.00");
    assert_eq!(lost(&with(5), "D12a"), "3.00");
}

/// Seven interviews of ninety days, some of which a visit saw before the day that they claim.
fn interviews(announced: usize) -> World {
    let mut world = World::new();
    let column = world.aged(Class::Interviews, 3);
    for number in 0..7 {
        let titled = Titled {
            title: format!("第{number}期访谈：科技创新"),
            url: Some(format!("http://kxw.example.gov.cn/ft/{number}.html")),
            on: Some(ago(30)),
            seen_at: at(ago(40)),
            was_announced: number < announced,
        };
        world.titles.push((column.clone(), titled));
    }
    world
}

#[test]
fn an_announced_interview_whose_day_has_come_waits_for_a_person() {
    let rubric = p2015();
    let outcome = |world: &World| line(&world.card(&rubric), "D12a").verdict.clone();
    // Six are held without those that are only announced, or could be with them, or are not even then.
    assert_eq!(outcome(&interviews(1)), Verdict::Kept);
    let asked = |mut world: World, numbers: std::ops::Range<usize>| {
        world.cases = numbers.map(|number| decided(number, None)).collect();
        world
    };
    let waiting = Verdict::Unmeasured(Unmeasured::Waiting(2));
    assert_eq!(outcome(&asked(interviews(2), 0..2)), waiting);
    // What no inspection put to anybody, because it went by other rules, waits for nobody.
    let unasked = Verdict::Unmeasured(Unmeasured::Unasked(2));
    assert_eq!(outcome(&interviews(2)), unasked);
    let mut few = interviews(2);
    few.titles.truncate(5);
    assert_eq!(outcome(&few), Verdict::Lost);
    let world = asked(interviews(2), 0..2);
    let card = world.card(&rubric);
    let aside = line(&card, "D12a").asides.last().unwrap();
    let told = words::find(&aside.find, end());
    assert!(
        told.contains("曾预告于") && aside.why == Spared::Waiting,
        "{told}"
    );

    let not_held = Decided::Confirmed { serious: false };
    let mut world = interviews(2);
    world.cases = vec![decided(0, Decided::Rejected)];
    assert_eq!(outcome(&world), Verdict::Kept, "one was held after all");
    world.cases = vec![decided(0, not_held), decided(1, None)];
    let waiting = Verdict::Unmeasured(Unmeasured::Waiting(1));
    assert_eq!(outcome(&world), waiting);
    world.cases[1] = decided(1, not_held);
    assert_eq!(outcome(&world), Verdict::Lost, "none of them was");
}

/// What people decided of the interview of this number that was announced.
fn decided(number: usize, what: impl Into<Option<Decided>>) -> Case {
    put_to_people(
        &format!("http://kxw.example.gov.cn/ft/{number}.html"),
        Suspicion::Announced {
            title: format!("第{number}期访谈：科技创新"),
            on: ago(30),
        },
        what.into(),
    )
}

/// A column is no fresher by interviews of which nobody knows whether they were held.
#[test]
fn an_announced_interview_alone_is_no_interview_of_the_year() {
    let outcome = |world: &World| {
        let card = world.card(&p2015());
        (line(&card, "D12").verdict.clone(), lost(&card, "D12a"))
    };
    assert_eq!(outcome(&interviews(6)).0, Verdict::Kept, "one was held");
    let mut world = interviews(7);
    world.titles.truncate(2);
    world.cases = vec![decided(0, None), decided(1, None)];
    let waiting = Verdict::Unmeasured(Unmeasured::Waiting(2));
    assert_eq!(outcome(&world).0, waiting);
    let not_held = Decided::Confirmed { serious: false };
    world.cases = vec![decided(0, not_held), decided(1, Decided::Rejected)];
    assert_eq!(outcome(&world), (Verdict::Kept, "3.00".to_owned()));
    world.cases[1] = decided(1, not_held);
    assert_eq!(outcome(&world), (Verdict::Lost, "0.00".to_owned()));
}

#[test]
fn of_a_column_that_no_visit_could_read_nobody_says_that_nothing_was_held() {
    let reading = |saw| Reading {
        first_at: at(ago(40)),
        last_at: at(end()),
        visits: 40,
        saw,
    };
    let verdict = |readings: Vec<Reading>| {
        let mut world = World::new();
        world.column(Class::Interviews, readings);
        line(&world.card(&p2015()), "D12a").verdict.clone()
    };
    let blind = || reading(Saw::Blind(Cause::Failed(Failure::Status(404))));
    let cannot_tell = Verdict::Unmeasured(Unmeasured::CannotTell);
    assert_eq!(verdict(vec![blind()]), cannot_tell);
    assert_eq!(verdict(vec![reading(Saw::Empty), blind()]), Verdict::Lost);
}
