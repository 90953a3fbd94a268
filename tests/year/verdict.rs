//! What was heard, held against what was to be heard: missed, false, doubled, late.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, TimeDelta};
use wangxun::domain::group::Route;
use wangxun::domain::time::{Date, Moment};

use super::oracle::{End, Expected, Oracle, Prophecy, Said};
use super::play::{Laid, Lived, Played, Taken, is_over};
use super::rules::Rules;

/// One thing that one person heard.
#[derive(Debug, Clone)]
struct Heard {
    at: Moment,
    stretch: usize,
    who: usize,
    said: Said,
    about: String,
    on: Option<Date>,
    age: Option<i64>,
    why: String,
    matched: bool,
}

#[derive(Debug, Default)]
pub struct Verdict {
    pub missed: Vec<String>,
    pub false_alarms: Vec<String>,
    pub doubled: Vec<String>,
    pub late: Vec<String>,
    /// Things that had to be heard and were.
    pub right: usize,
    /// Messages that were taken twice under one key because nothing said that they were taken.
    pub repeated: usize,
    pub by_sort: BTreeMap<String, usize>,
}

impl Verdict {
    pub fn faults(&self) -> Vec<String> {
        let all = [
            ("missed", &self.missed),
            ("false", &self.false_alarms),
            ("doubled", &self.doubled),
            ("late", &self.late),
        ];
        let told = all
            .iter()
            .flat_map(|(name, all)| all.iter().map(move |one| format!("{name}: {one}")));
        told.collect()
    }
}

pub fn judge(played: &Played) -> Verdict {
    let mut verdict = Verdict::default();
    let mut heard = heard(played, &mut verdict);
    let (rules, prophecy) = Oracle::new(played).prophesy();
    verdict.false_alarms.extend(prophecy.wrong.clone());
    let by_link = played
        .deeds
        .iter()
        .filter(|deed| deed.granted && matches!(deed.what, Laid::AnsweredByLink { .. }));
    *verdict.by_sort.entry("ByLink".to_owned()).or_default() += by_link.count();
    let end = played.world.end();
    let (must, may): (Vec<&Expected>, Vec<&Expected>) =
        prophecy.expected.iter().partition(|expected| expected.must);
    for expected in must.into_iter().chain(may) {
        meet(
            played,
            (&rules, &prophecy),
            expected,
            &mut heard,
            end,
            &mut verdict,
        );
    }
    for over in &prophecy.ends {
        recovered((&rules, &prophecy), over, &mut heard, end, &mut verdict);
    }
    if let Ok(about) = std::env::var("WANGXUN_ABOUT") {
        trace(played, &rules, &prophecy, &heard, &about);
    }
    troubles(played, &rules, &mut heard, &mut verdict);
    unfounded((&rules, &prophecy), &heard, &mut verdict);
    quiet(played, &rules, &mut verdict);
    for message in played
        .messages
        .iter()
        .filter(|message| !is_over(&message.delivery))
    {
        // A death or a hold may have given it two days more.
        let lapses = rules.lapses(message.created_at) + TimeDelta::days(2);
        if lapses <= end {
            verdict.missed.push(format!("never ended: {message:?}"));
        }
    }
    verdict
}

/// Every item of every text, once for each key.
fn heard(played: &Played, verdict: &mut Verdict) -> Vec<Heard> {
    let mut keys: BTreeMap<&str, &Taken> = BTreeMap::new();
    let mut all = Vec::new();
    // What an outage kept may come on one day with what is said on that day.
    let mut told: BTreeSet<(Date, usize, Said, String, Option<i64>)> = BTreeSet::new();
    for taken in &played.taken {
        if let Some(before) = keys.get(taken.key.as_str()) {
            // A message that waits is worded anew before each attempt, under its key.
            match before.acknowledged || before.address != taken.address {
                true => verdict.doubled.push(format!("{taken:?} after {before:?}")),
                false => verdict.repeated += 1,
            }
            keys.insert(&taken.key, taken);
            continue;
        }
        keys.insert(&taken.key, taken);
        let who = played
            .world
            .people
            .iter()
            .position(|person| match taken.route {
                Route::Mail => person.mail.as_deref() == Some(&taken.address),
                _ => person.phone.as_deref() == Some(&taken.address),
            });
        let who = who.expect("a person");
        assert!(!taken.text.contains("另有"), "{}", taken.text);
        for item in items(taken, who) {
            let trouble = item.said == Said::Trouble;
            let what = (item.said, item.about.clone(), item.age);
            let anew = told.insert((item.at.date_naive(), who, what.0, what.1, what.2));
            if !anew && !trouble {
                verdict.doubled.push(format!("{item:?}"));
            }
            all.push(item);
        }
    }
    all
}

fn items(taken: &Taken, who: usize) -> Vec<Heard> {
    let mut items = Vec::new();
    for item in taken.text.split('<').skip(1) {
        let (item, _) = item.split_once('>').expect("an end");
        let parts: Vec<&str> = item.split('|').collect();
        let part = |place: usize| parts.get(place).copied().unwrap_or_default();
        let said = match part(1) {
            "PROPOSED" => Said::Proposed,
            "AGAIN" => Said::Again,
            "UPDATED" => Said::Updated,
            "OWED" => Said::OwedProposed,
            "MET" => Said::Met,
            "BLIND" => Said::Blind,
            "BLANK" => Said::Blank,
            "SEEN" => Said::Seen,
            "DOWN" => Said::Down,
            "UP" => Said::Up,
            "OFFLINE" => Said::Offline,
            "ONLINE" => Said::Online,
            "TROUBLE" => Said::Trouble,
            step => {
                let number = step.get(1..).and_then(|n| n.parse().ok());
                let number = number.expect("a step");
                match step.starts_with('D') {
                    true => Said::Owed(number),
                    false => Said::Step(number),
                }
            }
        };
        items.push(Heard {
            at: taken.at,
            stretch: taken.stretch,
            who,
            said,
            about: part(0).to_owned(),
            on: date(part(2), taken.at.date_naive()),
            age: part(3).parse().ok(),
            why: if said == Said::Trouble {
                part(2).to_owned()
            } else {
                String::new()
            },
            matched: false,
        });
    }
    items
}

/// `11月3日`, or `2016年11月3日`.
fn date(printed: &str, today: Date) -> Option<Date> {
    let printed = printed.strip_suffix('日')?;
    let (year, rest) = match printed.split_once('年') {
        Some((year, rest)) => (year.parse().ok()?, rest),
        None => (today.year(), printed),
    };
    let (month, day) = rest.split_once('月')?;
    Date::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
}

fn meet(
    played: &Played,
    (rules, prophecy): (&Rules<'_>, &Prophecy),
    expected: &Expected,
    heard: &mut [Heard],
    end: Moment,
    verdict: &mut Verdict,
) {
    let same = |heard: &&mut Heard| {
        !heard.matched
            && heard.who == expected.who
            && heard.said == expected.said
            && heard.about == expected.about
            && (expected.on.is_none() || heard.on == expected.on)
            && (expected.from <= heard.at || expected.stretch < heard.stretch)
    };
    let found = heard
        .iter_mut()
        .find(|heard| same(heard) && heard.at <= expected.by);
    if let Some(found) = found {
        found.matched = true;
        verdict.right += usize::from(expected.must);
        *verdict
            .by_sort
            .entry(format!("{:?}", expected.said))
            .or_default() += 1;
        return;
    }
    if !expected.must {
        if let Some(found) = heard
            .iter_mut()
            .find(|heard| is_in_later_words(expected, heard))
        {
            found.matched = true;
            *verdict.by_sort.entry("Reworded".to_owned()).or_default() += 1;
        }
        return;
    }
    if expected.by >= end {
        return;
    }
    // Whose number is none, and who has no other way, is told nothing; the operators are told so.
    let person = &played.world.people[expected.who];
    if person.dead && person.mail.is_none() {
        return;
    }
    // Who has left is told nothing any more; what waited for them, those in their office may hear.
    if !rules.in_office(expected.who, expected.by) {
        if let Some(found) = heirs_word(played, expected, rules.lapses(expected.from), heard) {
            found.matched = true;
            *verdict.by_sort.entry("Succeeded".to_owned()).or_default() += 1;
        }
        return;
    }
    // While the column is not seen, or changes, it waits; for three days and longer it is of no use.
    if let Some(column) = expected.column {
        let mut at = expected.from;
        let mut by = None;
        for _ in 0..40 {
            let Some(can) = prophecy.tellable_from(rules, column, at) else {
                break;
            };
            let sent = rules.heard(can, can, expected.who).1;
            let next = rules.opening(sent - TimeDelta::minutes(2));
            // By then it may wait again.
            match prophecy.tellable_from(rules, column, next) {
                Some(then) if then == next => {
                    by = Some(sent);
                    break;
                }
                _ => at = next,
            }
        }
        let late = by.is_none_or(|by| by > expected.by);
        let by = by.unwrap_or(end);
        if late {
            // What is heard once something else has taken its place is that.
            let in_time =
                |at: Moment| at <= by && expected.overtaken.is_none_or(|overtaken| at < overtaken);
            let found = heard
                .iter_mut()
                .find(|heard| same(heard) && in_time(heard.at));
            if let Some(found) = found {
                found.matched = true;
                verdict.right += 1;
                return;
            }
            let overtaken = expected.overtaken.is_some_and(|at| at <= by);
            if overtaken
                || by >= rules.lapses(expected.from)
                || by >= end
                || !rules.in_office(expected.who, by)
            {
                return;
            }
        }
    }
    let after = heard.iter().find(|heard| {
        heard.who == expected.who
            && heard.said == expected.said
            && heard.about == expected.about
            && heard.at > expected.by
            && !heard.matched
    });
    match after {
        Some(after) if after.at < expected.by + TimeDelta::days(4) => {
            verdict.late.push(format!("{expected:?} heard {after:?}"));
        }
        _ => verdict.missed.push(format!(
            "{}: {expected:?}",
            played.world.people[expected.who].id
        )),
    }
}

/// Whether `heard` is what may have been under way when the monitor died: it is repeated under its key, in
/// the words of the step that the column has reached since.
fn is_in_later_words(expected: &Expected, heard: &Heard) -> bool {
    let is_later = match (expected.said, heard.said) {
        (Said::Step(then), Said::Step(since)) => then < since,
        _ => false,
    };
    is_later
        && !heard.matched
        && heard.who == expected.who
        && heard.about == expected.about
        && heard.on == expected.on
        && expected.stretch < heard.stretch
        && heard.at <= expected.by
        && expected.overtaken.is_some_and(|at| at <= heard.at)
}

/// What somebody heard who came into office, of the same unit, when the person of `expected` left it unheard.
fn heirs_word<'a>(
    played: &Played,
    expected: &Expected,
    until: Moment,
    heard: &'a mut [Heard],
) -> Option<&'a mut Heard> {
    let people = &played.world.people;
    let left = &people[expected.who];
    let units = |place: usize| people[place].duties.iter().map(|(_, unit)| *unit);
    let is_heir = |place: usize| {
        people[place].lives.0 == left.lives.1
            && units(place).any(|unit| units(expected.who).any(|before| before == unit))
    };
    heard.iter_mut().find(|heard| {
        !heard.matched
            && is_heir(heard.who)
            && heard.said == expected.said
            && heard.about == expected.about
            && (expected.from <= heard.at || expected.stretch < heard.stretch)
            && heard.at <= until + TimeDelta::days(2)
    })
}

fn recovered(
    (rules, prophecy): (&Rules<'_>, &Prophecy),
    over: &End,
    heard: &mut [Heard],
    end: Moment,
    verdict: &mut Verdict,
) {
    let begins = |said: Said| match over.said {
        Said::Updated => matches!(said, Said::Step(_) | Said::Proposed | Said::Again),
        Said::Met => matches!(said, Said::Owed(_) | Said::OwedProposed),
        Said::Seen => matches!(said, Said::Blind | Said::Blank),
        Said::Up => said == Said::Down,
        _ => said == Said::Offline,
    };
    let told: BTreeSet<(usize, bool)> = heard
        .iter()
        .filter(|heard| heard.matched && begins(heard.said) && heard.about == over.about)
        .map(|heard| (heard, (heard.stretch, heard.at)))
        .filter(|(_, at)| over.since <= *at)
        .map(|(heard, at)| (heard.who, at < (over.stretch, over.decided)))
        .collect();
    // A message that was being sent when the monitor was killed may have been taken.
    let underway = prophecy.expected.iter().filter(|expected| {
        let stretch = &rules.stretches[expected.stretch];
        let left = stretch.until - expected.from;
        begins(expected.said)
            && expected.about == over.about
            && over.since <= (expected.stretch, expected.decided)
            && TimeDelta::zero() <= left
            && left < TimeDelta::minutes(2)
    });
    let underway = underway.map(|expected| (expected.who, false));
    let told: BTreeSet<(usize, bool)> = told.into_iter().chain(underway).collect();
    let heard_by = |who| match over.urgent {
        true => (over.from, rules.sent_by(over.decided, who, true)),
        false => rules.heard_after(over.reached, over.decided, over.decided, who),
    };
    // Who is away by now is stood in for; nobody hears it twice.
    let mut hearers: BTreeMap<usize, (bool, Moment)> = BTreeMap::new();
    for (who, before) in told.clone() {
        // What was under way when it ended may have been told, or not.
        if !before && told.contains(&(who, true)) {
            continue;
        }
        let meant = heard_by(who);
        let (people, is_sure) = match over.unit {
            Some(unit) => rules.received(who, unit, meant),
            None => ([who].into(), true),
        };
        let stays = rules.in_office(who, meant.1);
        for one in people {
            let must = before && is_sure && (one == who || stays);
            let (_, by) = heard_by(one);
            // What could not be sent to one who was there is handed on once he is away.
            let is_meant = told.iter().any(|(told, _)| *told == one);
            let by = match is_sure || is_meant {
                true => by,
                false => by.max(rules.sent_by(meant.1, one, over.urgent)),
            };
            let known = hearers.entry(one).or_insert((must, by));
            *known = (known.0 || must, known.1.max(by));
        }
    }
    for (who, (before, by)) in hearers {
        let person = &rules.world.people[who];
        if person.dead && person.mail.is_none() {
            continue;
        }
        // What is over and begins again before it could be told is not told.
        let anew = over.said == Said::Seen
            && prophecy.expected.iter().any(|expected| {
                expected.about == over.about
                    && matches!(expected.said, Said::Blind | Said::Blank)
                    && over.decided < expected.decided
                    && expected.decided <= by
            });
        let must = before && !anew;
        let found = heard.iter_mut().find(|heard| {
            !heard.matched
                && heard.who == who
                && heard.said == over.said
                && heard.about == over.about
                && (over.from <= heard.at || over.stretch < heard.stretch)
                && heard.at <= by
        });
        match found {
            Some(found) => {
                found.matched = true;
                verdict.right += 1;
                *verdict
                    .by_sort
                    .entry(format!("{:?}", over.said))
                    .or_default() += 1;
                if over.said == Said::Updated && !found.on.is_some_and(|on| over.on.contains(&on)) {
                    verdict
                        .false_alarms
                        .push(format!("another date: {found:?} {over:?}"));
                }
            }
            None if !must || by >= end || !rules.in_office(who, by) => {}
            None => verdict.missed.push(format!("{who}: {over:?} by {by}")),
        }
    }
}

/// A word that something did not reach its person has to have a reason; and where a number is none
/// and there is no other way, the operators hear it.
fn troubles(played: &Played, rules: &Rules<'_>, heard: &mut [Heard], verdict: &mut Verdict) {
    let end = played.world.end();
    for (at, address) in &played.refused {
        let mut people = played.world.people.iter();
        let person = people.find(|person| person.phone.as_ref() == Some(address));
        if person.expect("a person").mail.is_some() {
            continue;
        }
        for who in rules.operators() {
            let (from, by) = rules.heard(*at, *at, who);
            let found = heard.iter_mut().find(|heard| {
                !heard.matched
                    && heard.who == who
                    && heard.why.contains("拒绝")
                    && from <= heard.at
                    && heard.at <= by
            });
            match found {
                Some(found) => {
                    found.matched = true;
                    verdict.right += 1;
                }
                None if by >= end => {}
                None => verdict.missed.push(format!(
                    "{who}: that {address} is refused since {at}, by {by}"
                )),
            }
        }
    }
    let left = |at: Moment| {
        let mut begun = rules.stretches.iter().filter(|lived| lived.begins);
        begun.any(|life| {
            let someone = played
                .world
                .people
                .iter()
                .any(|person| person.lives.1 == life.life);
            someone && life.from <= at && at - life.from < TimeDelta::days(12)
        })
    };
    for heard in heard
        .iter_mut()
        .filter(|heard| heard.said == Said::Trouble && !heard.matched)
    {
        let missing = (0..played.world.units())
            .any(|unit| rules.hearers(2, unit, 0).len() <= rules.operators().len());
        heard.matched = (heard.why.contains("移除") && left(heard.at))
            || heard.why.contains("有效期")
            || (heard.why.contains("监测曾中断") && rules.was_out(heard.at))
            || (heard.why.contains("未配置") && missing);
    }
}

fn unfounded((rules, prophecy): (&Rules<'_>, &Prophecy), heard: &[Heard], verdict: &mut Verdict) {
    let operators = rules.operators();
    for heard in heard {
        let urgent = matches!(
            heard.said,
            Said::Down | Said::Up | Said::Offline | Said::Online
        );
        let mut wrong = Vec::new();
        if !heard.matched {
            wrong.push("nobody was to hear this");
        }
        if !urgent && !rules.in_window(heard.at) {
            wrong.push("outside the sending window");
        }
        let of_unit = matches!(
            heard.said,
            Said::Step(_) | Said::Updated | Said::Owed(_) | Said::Met
        );
        if !of_unit && !operators.contains(&heard.who) {
            wrong.push("the operator's alone");
        }
        let age = heard.on.map(|on| (heard.at.date_naive() - on).num_days());
        // A message says what was true when it was written; an outage may keep it.
        let kept = |day: i64| {
            let written = heard.at - TimeDelta::days(day);
            heard.age == age.map(|age| age - day) && rules.was_kept(written, heard.at)
        };
        if heard.age.is_some() && heard.age != age && !(1..6).any(kept) {
            wrong.push("the days are miscounted");
        }
        if !wrong.is_empty() {
            let near: Vec<&Expected> = prophecy
                .expected
                .iter()
                .filter(|expected| expected.who == heard.who && expected.about == heard.about)
                .filter(|expected| (expected.from - heard.at).abs() < TimeDelta::days(4))
                .collect();
            verdict
                .false_alarms
                .push(format!("{}: {heard:?} near {near:?}", wrong.join(", ")));
        }
    }
}

/// All that is known of one column, in order of time.
fn trace(played: &Played, rules: &Rules<'_>, prophecy: &Prophecy, heard: &[Heard], about: &str) {
    let mut lines: Vec<(Moment, String)> = Vec::new();
    let place = played
        .world
        .columns()
        .position(|(_, column)| column.id == about);
    let mut last = String::new();
    for seen in played.seen.iter().filter(|seen| Some(seen.column) == place) {
        let (site, column) = played.world.columns().nth(seen.column).expect("a column");
        let shown = column.shown(seen.truly);
        let now = format!(
            "{:?} {:?} offline {} newest {:?} {}",
            seen.stretch,
            played.world.trouble(site.host, seen.truly),
            played.world.is_offline(seen.truly),
            shown.0.first().map(|item| item.on),
            shown.1
        );
        if now != last {
            lines.push((seen.at, format!("look {now}")));
            last = now;
        }
    }
    for deed in played
        .deeds
        .iter()
        .filter(|deed| Some(deed.column) == place)
    {
        lines.push((deed.at, format!("{deed:?}")));
    }
    for life in rules.stretches {
        lines.push((life.from, format!("{life:?}")));
    }
    for expected in prophecy
        .expected
        .iter()
        .filter(|expected| expected.about == about)
    {
        lines.push((expected.decided, format!("{expected:?}")));
    }
    for end in prophecy.ends.iter().filter(|end| end.about == about) {
        lines.push((end.decided, format!("{end:?}")));
    }
    for heard in heard.iter().filter(|heard| heard.about == about) {
        lines.push((heard.at, format!("{heard:?}")));
    }
    for taken in played
        .taken
        .iter()
        .filter(|taken| !taken.acknowledged && taken.text.contains(about))
    {
        lines.push((
            taken.at,
            format!("not acknowledged: {} {}", taken.address, taken.key),
        ));
    }
    for message in played
        .messages
        .iter()
        .filter(|message| message.text.contains(about))
    {
        let written = format!(
            "written to {} until {} after {} attempts: {:?}: {}",
            message.person, message.expires_at, message.attempts, message.delivery, message.text
        );
        lines.push((message.created_at, written));
    }
    lines.sort();
    for (at, line) in lines {
        println!("{} {line}", at.format("%Y-%m-%d %H:%M:%S"));
    }
}

/// On every working day on which the monitor lives and has looked, every operator hears something;
/// and is told that all is quiet where there is nothing else.
fn quiet(played: &Played, rules: &Rules<'_>, verdict: &mut Verdict) {
    let mut heard: BTreeMap<(&str, Date), Vec<&Taken>> = BTreeMap::new();
    for taken in &played.taken {
        heard
            .entry((&taken.address, taken.at.date_naive()))
            .or_default()
            .push(taken);
    }
    for taken in played
        .taken
        .iter()
        .filter(|taken| taken.text.contains("运行正常"))
    {
        let day = &heard[&(taken.address.as_str(), taken.at.date_naive())];
        let first = day.first().is_some_and(|first| first.key == taken.key);
        // Of what an outage kept back other words may have come before it.
        let kept = rules.was_kept(taken.at - TimeDelta::days(4), taken.at);
        if !(first || kept) || !rules.in_window(taken.at) {
            verdict.false_alarms.push(format!("not quiet: {taken:?}"));
        }
    }
    let operators = rules.operators();
    // On the first working day nothing is known of a day before.
    let days = played.world.start.iter_days();
    let days = days.take(played.world.size.days as usize - 2);
    let worked = days.filter(|&day| played.world.is_worked(day));
    for day in worked.skip(1) {
        let opens = wangxun::domain::time::moment(day.and_hms_opt(8, 30, 0).expect("a time"));
        let lives = rules.stretches.iter().any(|life| {
            life.from + TimeDelta::hours(3) <= opens && opens + TimeDelta::minutes(3) <= life.until
        });
        for &who in operators
            .iter()
            .filter(|_| lives && played.world.is_worked(day))
        {
            let person = &played.world.people[who];
            let address = person
                .phone
                .as_deref()
                .or(person.mail.as_deref())
                .expect("an address");
            let sent = rules.sent_by(opens, who, false);
            let told = played.taken.iter().any(|taken| {
                taken.address == address && day <= taken.at.date_naive() && taken.at <= sent
            });
            if told {
                verdict.right += 1;
                continue;
            }
            let written = played.messages.iter().filter(|message| {
                message.person.as_str() == person.id && message.created_at.date_naive() == day
            });
            let written = written.map(|one| (one.created_at, one.attempts, &one.delivery));
            let written: Vec<_> = written.collect();
            let near = |life: &&Lived| (life.from.date_naive() - day).num_days().abs() < 2;
            let lives: Vec<_> = rules.stretches.iter().filter(near).collect();
            let failed = played.world.gateway.iter().chain(&played.world.mail);
            let failed =
                failed.filter(|(when, _)| (when.from.date_naive() - day).num_days().abs() < 2);
            let failed: Vec<_> = failed.collect();
            let missed = format!(
                "{address} heard nothing on {day} by {sent}, of {written:?}; lives {lives:?}, out {failed:?}"
            );
            verdict.missed.push(missed);
        }
    }
}
