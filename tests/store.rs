//! The store on a real disk: what goes in comes out, also after a restart.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail by panicking"
)]

#[path = "support/facts.rs"]
mod facts;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use facts::{COLUMNS, at, change, column, day, everything, home, settings};
use wangxun::alert::incident::State;
use wangxun::alert::outbox::{Delivery, NoticeState};
use wangxun::assess::score::facts::readings;
use wangxun::domain::finding::Finding;
use wangxun::domain::flag::Fact;
use wangxun::domain::id::SiteId;
use wangxun::domain::observation::{Observation, Sight};
use wangxun::domain::site_day::SiteDay;
use wangxun::domain::visit::Failure;
use wangxun::store::commit::{Commit, JobRun};
use wangxun::store::error::StoreError;
use wangxun::store::handle::{Opening, Store};
use wangxun::store::rebuild::rebuild;
use wangxun::store::verify::verify;

async fn open(dir: &std::path::Path) -> (Store, Opening) {
    Store::open(&settings(dir), at(0)).await.unwrap()
}

fn sha256(body: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(body)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[tokio::test]
async fn every_kind_of_fact_comes_back_as_it_went_in() {
    let dir = tempfile::tempdir().unwrap();
    let (store, opening) = open(&dir.path().join("new")).await;
    assert_eq!(opening, Opening::New);
    let commit = change(4);
    store.commit(commit.clone()).await.unwrap();

    let name = &commit.records[0].column;
    assert_eq!(
        store.record(name).await.unwrap().as_ref(),
        Some(&commit.records[0])
    );
    assert_eq!(store.records().await.unwrap().len(), 1);
    assert_eq!(
        store.observations(name, 9).await.unwrap(),
        commit.observations
    );
    let mut items = store.items(name).await.unwrap();
    items.sort_by(|one, other| one.title.cmp(&other.title));
    assert_eq!(items, commit.items);
    let open: Vec<_> = store
        .open_incidents()
        .await
        .unwrap()
        .into_values()
        .collect();
    assert_eq!(open, commit.incidents);
    assert_eq!(store.waiting_notices().await.unwrap(), commit.notices);
    assert_eq!(store.open_messages().await.unwrap(), commit.messages);
    assert_eq!(store.messages(5).await.unwrap(), commit.messages);
    assert_eq!(store.last_run("job-0").await.unwrap(), Some(commit.at));
    assert_eq!(store.last_run("never").await.unwrap(), None);
    assert_eq!(store.record(&column("no/such")).await.unwrap(), None);
    let health = store.health();
    assert_eq!(health.last_commit_at, Some(commit.at));
    assert_eq!((health.quarantined, health.fatal), (0, None));
    let db = fs::metadata(dir.path().join("new/store/db")).unwrap().len();
    assert!(health.bytes_on_disk > db, "{}", health.bytes_on_disk);
}

#[tokio::test]
async fn every_kind_of_sight_comes_back_from_store_and_journal() {
    let sights = [
        Sight::Read(Finding::Empty),
        Sight::Unchanged(Finding::Dated(facts::dated(day(1)))),
        Sight::Failed(Failure::ForeignHost("other.example.cn".to_owned())),
        Sight::Read(Finding::Unreadable(
            wangxun::domain::finding::Unreadable::Challenge,
        )),
    ];
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    let name = COLUMNS[0];
    let mut expected = Vec::new();
    for (minute, sight) in sights.into_iter().enumerate() {
        let now = at(i64::try_from(minute).unwrap());
        let mut commit = Commit::at(now);
        commit.observations = vec![facts::observation(name, now, sight)];
        expected.insert(0, commit.observations[0].clone());
        store.commit(commit).await.unwrap();
    }
    assert_eq!(
        store.observations(&column(name), 9).await.unwrap(),
        expected
    );
    assert_eq!(
        store.observations(&column(name), 2).await.unwrap(),
        expected[..2]
    );
    drop(store);
    rebuild(&settings(dir.path()), at(9)).unwrap();
    let (store, _) = open(dir.path()).await;
    assert_eq!(
        store.observations(&column(name), 9).await.unwrap(),
        expected
    );
}

#[tokio::test]
async fn a_restart_changes_nothing_and_the_journal_says_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    for number in 0..80 {
        store.commit(change(number)).await.unwrap();
    }
    store.prune(at(80 * 40)).await.unwrap();
    let before = everything(&store, 80).await;
    assert_eq!(before.messages.len(), 80);
    assert_eq!(before.records.len(), 3);
    assert!(!before.closed.is_empty() && !before.open.is_empty());
    drop(store);

    let (store, opening) = open(dir.path()).await;
    assert_eq!(opening, Opening::Existing);
    assert_eq!(everything(&store, 80).await, before);
    drop(store);

    let verified = verify(&settings(dir.path())).unwrap();
    assert!(verified.is_sound(), "{verified:?}");
    assert!(verified.equal > 300, "{verified:?}");

    let rebuilt = rebuild(&settings(dir.path()), at(9999)).unwrap();
    assert_eq!(rebuilt.entries, 81);
    assert!(rebuilt.aside.is_some_and(|aside| aside.join("db").exists()));
    let (store, opening) = open(dir.path()).await;
    assert_eq!(opening, Opening::Existing);
    assert_eq!(everything(&store, 80).await, before);
}

#[tokio::test]
async fn a_store_in_use_is_refused_and_free_again_after_the_last_handle() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    let second = store.clone();
    for offline in [false, true] {
        let error = match offline {
            false => Store::open(&settings(dir.path()), at(0)).await.err(),
            true => rebuild(&settings(dir.path()), at(0)).err(),
        };
        assert!(matches!(error, Some(StoreError::InUse { .. })), "{error:?}");
    }
    drop(store);
    second.commit(change(1)).await.unwrap();
    drop(second);
    for _ in 0..5 {
        open(dir.path()).await;
    }
}

#[tokio::test]
async fn only_its_own_user_may_enter_the_directory() {
    let dir = tempfile::tempdir().unwrap();
    let inside = dir.path().join("deep/store");
    let (store, _) = open(&inside).await;
    store.commit(change(0)).await.unwrap();
    for part in ["", "journal", "bodies", "store"] {
        let mode = fs::metadata(inside.join(part))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700, "{part}");
    }
    for file in ["journal/2017-11-01.jsonl", "store/db", "store/conf", "lock"] {
        let mode = fs::metadata(inside.join(file))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn an_incident_moves_to_the_history_and_may_open_again() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    let states = [
        facts::open_state(at(1)),
        State::Resolved { at: at(2) },
        State::Suspected { seen_at: at(1) },
        State::Resolved { at: at(4) },
        facts::open_state(at(5)),
    ];
    for (minute, state) in states.into_iter().enumerate() {
        let mut incident = facts::incident(COLUMNS[0], state);
        incident.began_at = at(i64::try_from(minute / 2).unwrap());
        let mut commit = Commit::at(at(i64::try_from(minute).unwrap()));
        commit.incidents = vec![incident];
        store.commit(commit).await.unwrap();
        let open = store.open_incidents().await.unwrap();
        assert_eq!(open.len(), (minute + 1) % 2, "{minute}");
    }
    let closed = store.closed_incidents(9).await.unwrap();
    let ends: Vec<State> = closed.into_iter().map(|incident| incident.state).collect();
    let expected = [4, 2].map(|minute| State::Resolved { at: at(minute) });
    assert_eq!(ends, expected);
}

#[tokio::test]
async fn notices_and_messages_are_found_by_where_they_stand() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    let mut commit = Commit::at(at(0));
    commit.notices = (0..4)
        .map(|n| facts::notice(n, NoticeState::Waiting))
        .collect();
    commit.messages = (0..4)
        .map(|n| facts::message(n, at(10 - n), Delivery::Queued { last_error: None }))
        .collect();
    store.commit(commit.clone()).await.unwrap();

    let mut next = Commit::at(at(1));
    next.notices = vec![facts::notice(2, NoticeState::Withdrawn(at(1)))];
    next.messages = vec![facts::message(2, at(8), Delivery::Expired { at: at(1) })];
    store.commit(next).await.unwrap();

    let waiting = store.waiting_notices().await.unwrap();
    assert_eq!(waiting.len(), 3);
    assert!(waiting.is_sorted_by_key(|notice| notice.key.clone()));
    let wanted = [facts::key(2), facts::key(77), facts::key(0)];
    let found = store.notices(&wanted).await.unwrap();
    let states: Vec<_> = found.iter().map(|notice| &notice.state).collect();
    assert_eq!(
        states,
        [&NoticeState::Withdrawn(at(1)), &NoticeState::Waiting]
    );

    let created = |messages: Vec<wangxun::alert::outbox::Message>| -> Vec<_> {
        messages.iter().map(|message| message.created_at).collect()
    };
    let open = created(store.open_messages().await.unwrap());
    assert_eq!(open, [at(7), at(9), at(10)]);
    let newest = created(store.messages(2).await.unwrap());
    assert_eq!(newest, [at(10), at(9)]);
    let since = created(store.messages_since(at(8)).await.unwrap());
    assert_eq!(since, [at(8), at(9), at(10)]);
    for (before, skip, most, expected) in [
        (None, 0, 9, (4, vec![at(10), at(9), at(8), at(7)])),
        (None, 1, 2, (4, vec![at(9), at(8)])),
        (None, 9, 2, (4, vec![])),
        (Some(at(9)), 0, 1, (2, vec![at(8)])),
        (Some(at(9)), 1, 5, (2, vec![at(7)])),
        (Some(at(11)), 0, 1, (4, vec![at(10)])),
        (Some(at(7)), 0, 5, (0, vec![])),
    ] {
        let (count, part) = store.messages_part(before, skip, most).await.unwrap();
        assert_eq!((count, created(part)), expected, "{before:?} {skip} {most}");
    }
}

#[tokio::test]
async fn an_item_keeps_the_moment_when_it_was_first_seen() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    for (minute, on) in [(1, day(0)), (2, day(0)), (3, day(5))] {
        let mut commit = Commit::at(at(minute));
        commit.items = vec![facts::item(COLUMNS[0], 2, Some(on), at(minute))];
        store.commit(commit).await.unwrap();
    }
    let items = store.items(&column(COLUMNS[0])).await.unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].first_seen_at, at(1));
    assert_eq!(items[0].claimed_on, Some(day(5)));
}

#[tokio::test]
async fn a_flag_is_raised_once_for_an_item_and_kind_and_kept_for_two_years() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = Store::open(&settings(dir.path()), at(0)).await.unwrap();
    for minute in [1, 2] {
        let mut commit = Commit::at(at(minute));
        commit.flags = vec![facts::flag(COLUMNS[0], 1, at(minute))];
        store.commit(commit).await.unwrap();
    }
    let mut burst = facts::flag(COLUMNS[0], 1, at(3));
    burst.fact = Fact::Burst {
        alerted_at: at(0),
        items: 3,
    };
    let mut commit = Commit::at(at(3));
    commit.flags = vec![burst.clone(), facts::flag(COLUMNS[1], 1, at(3))];
    store.commit(commit).await.unwrap();
    let of_column = store.flags(Some(&column(COLUMNS[0]))).await.unwrap();
    assert_eq!(of_column, [burst, facts::flag(COLUMNS[0], 1, at(1))]);
    assert_eq!(store.flags(None).await.unwrap().len(), 3);
    let later = at(733 * 1440);
    let mut commit = Commit::at(later);
    commit.flags = (0..210)
        .map(|number| facts::flag(COLUMNS[0], 10 + number, later))
        .collect();
    store.commit(commit).await.unwrap();
    assert_eq!(store.prune(later).await.unwrap().flags, 13);
    let kept = everything(&store, 0).await;
    assert_eq!(kept.flags.len(), 200);
    drop(store);
    assert!(verify(&settings(dir.path())).unwrap().is_sound());
    rebuild(&settings(dir.path()), later).unwrap();
    let (store, _) = Store::open(&settings(dir.path()), later).await.unwrap();
    assert_eq!(everything(&store, 0).await, kept);
}

#[tokio::test]
async fn a_visit_that_only_confirms_costs_one_short_line_and_one_row_a_day() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    let name = COLUMNS[0];
    let journal = dir.path().join("journal/2017-11-01.jsonl");
    let mut sizes = Vec::new();
    for visit in 0..24 {
        let now = at(visit * 30);
        let finding = Finding::Dated(facts::dated(day(0)));
        let sight = match visit {
            0 => Sight::Read(finding),
            _ => Sight::Unchanged(finding),
        };
        let mut commit = Commit::at(now);
        commit.observations = vec![facts::observation(name, now, sight)];
        commit.records = vec![facts::record(name, now, day(0))];
        commit.items = vec![facts::item(name, 2, Some(day(0)), now)];
        store.commit(commit).await.unwrap();
        sizes.push(fs::metadata(&journal).unwrap().len());
    }
    let longest = sizes
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .max()
        .unwrap();
    assert!(longest < 500, "{longest} bytes");
    let seen = store.observations(&column(name), 99).await.unwrap();
    let times: Vec<_> = seen.iter().map(|seen| seen.observed_at).collect();
    assert_eq!(times, [at(23 * 30), at(0)]);
    assert_eq!(
        store.record(&column(name)).await.unwrap(),
        Some(facts::record(name, at(23 * 30), day(0)))
    );
}

#[tokio::test]
async fn a_change_that_is_too_large_is_refused_whole_and_a_long_one_is_stored() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    let mut long = change(1);
    long.messages[0].text = "超期。".repeat(9_000);
    store.commit(long.clone()).await.unwrap();
    let mut shorter = long.clone();
    shorter.messages[0].text = "超期。".repeat(2_000);
    store.commit(shorter.clone()).await.unwrap();
    assert_eq!(store.messages(9).await.unwrap(), shorter.messages);

    let mut huge = change(2);
    huge.messages[0].text = "超期。".repeat(40_000);
    let error = store.commit(huge).await.unwrap_err();
    assert!(matches!(&error, StoreError::TooLarge { key, .. } if key.contains("messages")));
    assert_eq!(store.messages(9).await.unwrap(), shorter.messages);
    store.commit(change(3)).await.unwrap();
    drop(store);
    let verified = verify(&settings(dir.path())).unwrap();
    assert!(verified.is_sound(), "{verified:?}");
}

#[tokio::test]
async fn days_that_are_over_are_compressed_with_a_checksum() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    for minute in [0, 1439, 1440, 1439, 2880] {
        let mut commit = Commit::at(at(minute));
        commit.runs = vec![JobRun {
            job: "visit".to_owned(),
            at: at(minute),
        }];
        store.commit(commit).await.unwrap();
    }
    let mut names: Vec<String> = fs::read_dir(dir.path().join("journal"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let expected = [
        "2017-11-01.jsonl.gz",
        "2017-11-01.jsonl.gz.sha256",
        "2017-11-02.jsonl.gz",
        "2017-11-02.jsonl.gz.sha256",
        "2017-11-03.jsonl",
    ];
    assert_eq!(names, expected);
    for name in [expected[0], expected[2]] {
        let bytes = fs::read(dir.path().join("journal").join(name)).unwrap();
        let line = format!("{}  {name}\n", sha256(&bytes));
        let beside = dir.path().join("journal").join(format!("{name}.sha256"));
        assert_eq!(fs::read_to_string(beside).unwrap(), line);
    }
}

#[tokio::test]
async fn a_clock_that_was_set_back_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    let minutes = [1440 * 40, 0, 1440 * 40, 1440 * 3, 5];
    for minute in minutes {
        let mut commit = Commit::at(at(minute));
        commit.runs = vec![JobRun {
            job: "visit".to_owned(),
            at: at(minute),
        }];
        store.commit(commit).await.unwrap();
    }
    drop(store);
    let rebuilt = rebuild(&settings(dir.path()), at(0)).unwrap();
    assert_eq!(rebuilt.entries, 5);
    assert!(rebuilt.damage.is_none(), "{}", rebuilt.damage);
    let (store, _) = open(dir.path()).await;
    assert_eq!(store.last_run("visit").await.unwrap(), Some(at(5)));
}

#[tokio::test]
async fn prune_forgets_old_history_and_surplus_items_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let mut kept = settings(dir.path());
    kept.keep_history_days = 10;
    let (store, _) = Store::open(&kept, at(0)).await.unwrap();
    let name = COLUMNS[0];
    for number in 0..20 {
        let now = at(number * 1440);
        let finding = Finding::Dated(facts::dated(day(number / 6)));
        let mut commit = Commit::at(now);
        commit.observations = vec![facts::observation(name, now, Sight::Read(finding))];
        commit.items = (0..30)
            .map(|row| {
                let on = (row > 0).then(|| day(number));
                facts::item(name, number * 100 + row, on, now)
            })
            .collect();
        store.commit(commit).await.unwrap();
    }
    store.commit(change(3)).await.unwrap();
    let before = everything(&store, 9).await;
    let pruned = store.prune(at(20 * 1440)).await.unwrap();
    assert_eq!((pruned.observations, pruned.items), (11, 100));
    let after = everything(&store, 9).await;
    assert_eq!(after.messages, before.messages);
    assert_eq!(after.records, before.records);
    assert_eq!(after.observations[0], before.observations[0][..10]);
    assert_eq!(after.items[0].len(), 500);
    assert!(after.items[0].iter().all(|item| item.claimed_on.is_some()));
    let again = store.prune(at(20 * 1440)).await.unwrap();
    assert_eq!((again.observations, again.items), (0, 0));
    drop(store);
    let verified = verify(&kept).unwrap();
    assert!(verified.is_sound(), "{verified:?}");
}

#[tokio::test]
async fn the_first_day_that_is_known_is_of_the_earliest_visit_or_sample() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    let [sampled, other] = ["kxw", "jw"].map(|id| SiteId::parse(id).unwrap());
    let since = async |sites: &[&SiteId]| {
        let sites = sites.iter().map(|site| (*site).clone()).collect();
        store.known_since(sites).await.unwrap()
    };
    assert_eq!(since(&[&sampled, &other]).await, None);
    // Of a group without columns samples tell.
    let mut commit = Commit::at(at(0));
    commit.days = [9, 7, 30]
        .map(|number| SiteDay::new(sampled.clone(), day(number)))
        .into();
    store.commit(commit).await.unwrap();
    assert_eq!(since(&[&sampled, &other]).await, Some(day(7)));
    assert_eq!(since(&[&other]).await, None);
    for number in [8, 5, 30] {
        let mut commit = Commit::at(at(number * 1440));
        let sight = Sight::Failed(Failure::Refused);
        commit.observations = vec![facts::observation(COLUMNS[0], commit.at, sight)];
        store.commit(commit).await.unwrap();
    }
    assert_eq!(since(&[&sampled, &other]).await, Some(day(5)));
}

#[tokio::test]
async fn of_old_days_prune_leaves_the_latest_of_visits_that_saw_the_same_and_every_change() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    let name = COLUMNS[0];
    // Three visits on each of forty days; what they see changes at noon of the twelfth.
    for number in 0..40 {
        for hour in [8, 12, 16] {
            let now = at(number * 1440 + hour * 60);
            let new = number > 12 || number == 12 && hour >= 12;
            let finding = Finding::Dated(facts::dated(day(i64::from(new))));
            let mut commit = Commit::at(now);
            commit.observations = vec![facts::observation(name, now, Sight::Read(finding))];
            commit.records = vec![facts::record(name, now, day(0))];
            store.commit(commit).await.unwrap();
        }
    }
    let hours = |seen: &[Observation], number: i64| -> Vec<i64> {
        let minutes = seen
            .iter()
            .map(|seen| (seen.observed_at - at(0)).num_minutes());
        let of_day = minutes.filter(|minutes| minutes / 1440 == number);
        let mut hours: Vec<i64> = of_day.map(|minutes| minutes % 1440 / 60).collect();
        hours.sort_unstable();
        hours
    };
    let id = column(name);
    let before = store.observations(&id, 500).await.unwrap();
    assert_eq!(hours(&before, 5), [8, 16]);
    store.prune(at(45 * 1440)).await.unwrap();
    let after = store.observations(&id, 500).await.unwrap();
    assert_eq!(hours(&after, 5), [16]);
    assert_eq!(hours(&after, 12), [8, 12, 16]);
    assert_eq!(hours(&after, 13), [16]);
    assert_eq!(hours(&after, 14), [8, 16], "a day that stays whole");
    drop(store);
    let verified = verify(&settings(dir.path())).unwrap();
    assert!(verified.is_sound(), "{verified:?}");
}

#[tokio::test]
async fn a_period_is_told_in_runs_as_its_visits_tell_it_one_by_one() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    // One column found a date long before the period and was blind since, one changes within it, one
    // was seen before it only; the week's border of reading lies within a run.
    let failed = || Sight::Failed(Failure::TotalTimeout);
    let dated = |number| Sight::Read(Finding::Dated(facts::dated(day(number))));
    let again = |number| Sight::Unchanged(Finding::Dated(facts::dated(day(number))));
    for number in 0..60_i64 {
        let now = at(number * 1440 + 480);
        let first = match number {
            0..=1 => dated(0),
            2..=25 => failed(),
            26..=40 => again(0),
            _ => Sight::Read(Finding::Empty),
        };
        let second = if number % 9 < 5 {
            dated(number / 20)
        } else {
            failed()
        };
        let mut commit = Commit::at(now);
        commit.observations = vec![
            facts::observation(COLUMNS[0], now, first),
            facts::observation(COLUMNS[1], now, second),
        ];
        if number < 9 {
            let sight = dated(number);
            commit
                .observations
                .push(facts::observation(COLUMNS[2], now, sight));
        }
        store.commit(commit).await.unwrap();
    }
    let (from, until) = (at(20 * 1440), at(50 * 1440));
    let runs = store.runs(from, until).await.unwrap();
    for (name, back) in [(COLUMNS[0], 19), (COLUMNS[1], 1), (COLUMNS[2], 0)] {
        let mut seen = store.observations(&column(name), 500).await.unwrap();
        seen.reverse();
        let first = from - chrono::TimeDelta::days(back);
        seen.retain(|seen| first <= seen.observed_at && seen.observed_at < until);
        let told = store.readings(&column(name), &runs).await.unwrap();
        assert_eq!(told, readings(seen), "{name}");
    }
    // Of what nobody looked at in the period, nothing is told.
    let told = store.readings(&column(COLUMNS[2]), &runs).await.unwrap();
    assert_eq!(told, []);
}

#[tokio::test]
async fn a_page_copy_is_kept_by_its_digest_as_long_as_a_record_names_it() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    let body = "<li>通知</li>".repeat(500).into_bytes();
    let (old, named, proof) = (sha256(&body), sha256(b"named"), sha256(b"proof"));
    let front = sha256(b"front");
    store.keep_body(&old, body.clone()).await.unwrap();
    store.keep_body(&old, body.clone()).await.unwrap();
    store.keep_body(&named, b"named".to_vec()).await.unwrap();
    store.keep_body(&proof, b"proof".to_vec()).await.unwrap();
    store.keep_body(&front, b"front".to_vec()).await.unwrap();
    assert_eq!(store.body(&old).await.unwrap(), Some(body));
    assert_eq!(store.body(&sha256(b"?")).await.unwrap(), None);
    for wrong in [
        named.get(..63).unwrap(),
        "../../etc/passwd",
        &old.to_uppercase(),
        &named,
    ] {
        let error = store.keep_body(wrong, b"x".to_vec()).await.unwrap_err();
        assert!(matches!(error, StoreError::Digest { .. }), "{wrong}");
    }
    let mut commit = change(0);
    commit.records[0].digest = Some(named.clone());
    commit.records[0].proof = Some(proof.clone());
    let mut home = home(0);
    home.copies[0].digest.clone_from(&front);
    commit.homes = vec![home];
    store.commit(commit).await.unwrap();

    let keep = i64::from(settings(dir.path()).keep_bodies_days);
    assert_eq!(store.prune(at(keep * 1440 - 1)).await.unwrap().bodies, 0);
    assert_eq!(store.prune(at(keep * 1440 + 1)).await.unwrap().bodies, 1);
    assert_eq!(store.body(&old).await.unwrap(), None);
    assert!(store.body(&named).await.unwrap().is_some());
    let asked = vec![old, named.clone(), proof.clone(), front.clone()];
    let kept = store.kept(asked).await.unwrap();
    assert_eq!(kept, [named.clone(), proof, front].into());

    let file = dir
        .path()
        .join(format!("bodies/{}/{named}.gz", named.get(..2).unwrap()));
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert_eq!(store.body(&named).await.unwrap(), None);
    assert_eq!(store.health().quarantined, 1);
    assert!(file.with_extension("gz.damaged").exists());
}

#[tokio::test]
async fn readers_and_writers_work_beside_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..24 {
        let store = store.clone();
        tasks.spawn(async move {
            store.commit(change(number)).await.unwrap();
            let keys = [facts::key(number)];
            assert_eq!(store.notices(&keys).await.unwrap().len(), 1);
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(store.messages(99).await.unwrap().len(), 24);
    assert_eq!(store.health().entries, 24);
}

#[tokio::test]
async fn a_change_that_the_journal_could_not_take_is_refused_and_may_be_tried_again() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = open(dir.path()).await;
    store.commit(change(0)).await.unwrap();
    let (journal, away) = (dir.path().join("journal"), dir.path().join("away"));
    fs::rename(&journal, &away).unwrap();
    // The next day needs a new file.
    let error = store.commit(change(40)).await.unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error:?}");
    assert_eq!(store.messages(9).await.unwrap(), change(0).messages);
    assert_eq!(store.health().fatal, None);
    fs::rename(&away, &journal).unwrap();
    store.commit(change(40)).await.unwrap();
    drop(store);
    let verified = verify(&settings(dir.path())).unwrap();
    assert!(verified.is_sound(), "{verified:?}");
}
