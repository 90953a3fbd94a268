//! Facts to be stored, and everything that a store answers, as one value to compare.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{Duration, NaiveDate};
use wangxun::alert::incident::{Incident, IncidentKey, Kind, State, Subject};
use wangxun::alert::outbox::{Delivery, Facts, Message, MessageKey, Notice, NoticeState, Told};
use wangxun::assess::ladder::Tier;
use wangxun::domain::acceptance::Acceptance;
use wangxun::domain::act::{Act, Deed};
use wangxun::domain::finding::{Basis, Evidence, Finding, LastUpdate, Undated};
use wangxun::domain::flag::{Fact, Flag};
use wangxun::domain::group::Route;
use wangxun::domain::home::{HomeBlock, HomeCopy, HomeRecord, Reach};
use wangxun::domain::host::{Fingerprint, HostRecord};
use wangxun::domain::id::{ColumnId, PersonId, SiteId, UnitId};
use wangxun::domain::item::Item;
use wangxun::domain::note::Note;
use wangxun::domain::observation::{Blind, Cause, ColumnRecord, Observation, Sight};
use wangxun::domain::time::{Date, Moment, moment};
use wangxun::domain::visit::{Failure, Validators};
use wangxun::store::commit::{Commit, JobRun};
use wangxun::store::handle::Store;
use wangxun::store::settings::StoreSettings;

/// The host that every change speaks of.
const HOST: &str = "kxw.example.cn";
/// The columns that [`history`] speaks of.
pub const COLUMNS: [&str; 3] = ["kxw/gzdt", "kxw/tzgg", "jw/zcwj"];

pub fn settings(dir: &Path) -> StoreSettings {
    StoreSettings {
        cache_bytes: 8 * 1024 * 1024,
        ..StoreSettings::in_dir(dir)
    }
}

pub fn day(number: i64) -> Date {
    NaiveDate::from_ymd_opt(2017, 11, 1).unwrap() + Duration::days(number)
}

/// Minutes after the beginning of 2017-11-01.
pub fn at(minutes: i64) -> Moment {
    moment(day(0).and_hms_opt(0, 0, 0).unwrap()) + Duration::minutes(minutes)
}

pub fn column(name: &str) -> ColumnId {
    ColumnId::parse(name).unwrap()
}

pub fn dated(on: Date) -> LastUpdate {
    LastUpdate {
        on,
        basis: Basis::ListRow,
        evidence: Evidence {
            page: "http://kxw.example.cn/gzdt/".to_owned(),
            title: format!("区科信委召开{on}工作会议"),
            link: Some(format!("http://kxw.example.cn/gzdt/{on}.html")),
            snippet: format!("[{on}]"),
        },
    }
}

pub fn observation(name: &str, observed_at: Moment, sight: Sight) -> Observation {
    Observation {
        column: column(name),
        observed_at,
        digest: sight.finding().map(|_| "ab".repeat(32)),
        sight,
        rows: 20,
        took_ms: 321,
        notes: vec![Note::OtherCharset {
            declared: "gb18030".to_owned(),
            actual: "utf-8".to_owned(),
        }],
    }
}

pub fn record(name: &str, visited_at: Moment, on: Date) -> ColumnRecord {
    ColumnRecord {
        column: column(name),
        last_update: Some(dated(on)),
        read_at: Some(visited_at),
        blind: Some(Blind {
            since: at(0),
            visits: 2,
            silent: 0,
            why: Cause::Undated(Undated::YearUnknown),
        }),
        empty_since: None,
        signature: Some("ul.list>li".to_owned()),
        digest: Some("ab".repeat(32)),
        proof: Some("cd".repeat(32)),
        validators: Validators {
            etag: Some("\"5a3f\"".to_owned()),
            last_modified: None,
        },
        reader: Some("0123456789abcdef".to_owned()),
        visited_at,
        revisit_at: Some(visited_at + Duration::minutes(30)),
    }
}

pub fn item(name: &str, number: i64, claimed_on: Option<Date>, first_seen_at: Moment) -> Item {
    Item {
        column: column(name),
        title: format!("关于第{number}项工作的通知"),
        url: (number % 2 == 0).then(|| format!("http://kxw.example.cn/{number}.html")),
        claimed_on,
        first_seen_at,
        witnessed: number % 3 == 0,
        changes: Vec::new(),
    }
}

pub fn flag(name: &str, number: i64, raised_at: Moment) -> Flag {
    Flag {
        column: column(name),
        title: format!("关于第{number}项工作的通知"),
        url: None,
        raised_at,
        fact: Fact::FutureDate {
            claimed_on: day(number + 100),
        },
    }
}

pub fn act(number: i64, at: Moment) -> Act {
    Act {
        approver: None,
        at,
        by: format!("张{number}"),
        reason: "稿件在审".to_owned(),
        deed: Deed::Answered {
            column: column(COLUMNS[0]),
            duty: None,
            began_at: at,
            until: day(number),
            by_link: None,
        },
    }
}

pub fn host(number: i64) -> HostRecord {
    HostRecord {
        host: HOST.to_owned(),
        probed_at: at(number),
        missing: Some(Fingerprint {
            url: format!("http://{HOST}/404.html"),
            moved: true,
            title: "某某区".to_owned(),
            length: 120,
            lines: vec![7, 4_000_000_000],
        }),
    }
}

pub fn home(number: i64) -> HomeRecord {
    HomeRecord {
        site: SiteId::parse("kxw").unwrap(),
        last_update: Some(dated(day(number / 5))),
        read_at: Some(at(number)),
        blind: None,
        blocks: vec![HomeBlock {
            heading: "通知公告".to_owned(),
            newest: Some(day(number / 5)),
            rows: 6,
        }],
        notes: Vec::new(),
        digest: Some("ab".repeat(32)),
        validators: Validators::default(),
        reader: None,
        copies: vec![HomeCopy {
            digest: "ef".repeat(32),
            seen_at: at(number),
            finding: Finding::Dated(dated(day(number / 5))),
        }],
        visited_at: at(number),
        reach: Reach {
            failed_at: vec![at(number)],
            answers_since: None,
            unproven_since: None,
            revisit_at: Some(at(number + 15)),
        },
    }
}

pub fn acceptance(name: &str, number: i64) -> Acceptance {
    Acceptance {
        column: column(name),
        by: "张三".to_owned(),
        reason: "栏目改版，旧文已归档".to_owned(),
        at: at(number),
    }
}

pub fn incident_key(name: &str) -> IncidentKey {
    IncidentKey {
        subject: Subject::Column(column(name)),
        kind: Kind::Stale,
    }
}

pub fn incident(name: &str, state: State) -> Incident {
    let mut incident = Incident::new(incident_key(name), at(1), state);
    incident.tier = Some(Tier::Overdue);
    incident.last_update = Some(dated(day(0)));
    incident.told = [PersonId::parse("zhang").unwrap()].into();
    incident
}

pub fn open_state(told_at: Moment) -> State {
    State::Open {
        since: at(1),
        repeats: 1,
        told_at,
        pending: None,
    }
}

pub fn key(number: i64) -> MessageKey {
    MessageKey::of(&["test", &number.to_string()])
}

pub fn notice(number: i64, state: NoticeState) -> Notice {
    Notice {
        key: key(number),
        person: PersonId::parse("zhang").unwrap(),
        incident: incident_key(COLUMNS[0]),
        kind: Kind::Stale,
        column: Some(column(COLUMNS[0])),
        unit: Some(UnitId::parse("kxw").unwrap()),
        told: Told::Raised(Tier::Overdue),
        facts: Facts {
            site: "区科信委".to_owned(),
            column: "工作动态".to_owned(),
            unit: "科信委".to_owned(),
            last_update: Some(day(0)),
            due_on: Some(day(14)),
            limit_days: Some(14),
            why: String::new(),
            duty: String::new(),
        },
        urgent: false,
        created_at: at(number),
        not_before: at(number),
        expires_at: at(number + 60),
        state,
        in_place_of: None,
        copied: false,
        first: false,
        put_off: None,
        unsent_since: None,
        looks_on: false,
        laid_back_at: None,
    }
}

pub fn message(number: i64, created_at: Moment, delivery: Delivery) -> Message {
    Message {
        key: key(number),
        person: PersonId::parse("zhang").unwrap(),
        route: Route::Sms,
        subject: String::new(),
        text: "【网巡】区科信委“工作动态”已超期3天，请及时更新。".to_owned(),
        words: Default::default(),
        tier: Some(Tier::Overdue),
        notices: vec![key(number + 1000)],
        in_place_of: Vec::new(),
        links: Vec::new(),
        urgent: false,
        leaves: Default::default(),
        provisional: false,
        created_at,
        of_day: None,
        expires_at: created_at + Duration::days(1),
        attempts: 1,
        maybe_taken: false,
        unsent_since: None,
        next_attempt_at: created_at,
        delivery,
    }
}

/// A change with something of every kind, different for every number.
pub fn change(number: i64) -> Commit {
    let now = at(number * 40);
    let place = usize::try_from(number).unwrap() % COLUMNS.len();
    let name = COLUMNS.get(place).unwrap();
    let on = day(number / 5);
    let finding = Finding::Dated(dated(on));
    let sight = match number % 4 {
        0 => Sight::Read(finding),
        3 => Sight::Failed(Failure::Status(502)),
        _ => Sight::Unchanged(finding),
    };
    let incident_state = match number % 6 {
        5 => State::Resolved { at: now },
        _ => open_state(now),
    };
    let delivery = match number % 3 {
        0 => Delivery::Accepted {
            at: now,
            receipt: Some(format!("r{number}")),
        },
        1 => Delivery::Queued { last_error: None },
        _ => Delivery::Attempting { since: now },
    };
    let notice_state = match number % 2 {
        0 => NoticeState::Waiting,
        _ => NoticeState::Bundled(key(number)),
    };
    Commit {
        observations: vec![observation(name, now, sight)],
        records: vec![record(name, now, on)],
        items: (0..3)
            .map(|row| item(name, number + row, Some(on), now))
            .collect(),
        flags: vec![flag(name, number / 2, now)],
        hosts: vec![host(number)],
        homes: vec![home(number)],
        acceptances: vec![acceptance(name, number)],
        incidents: vec![incident(name, incident_state)],
        notices: vec![notice(number, notice_state)],
        messages: vec![message(number, now, delivery)],
        runs: vec![JobRun {
            job: format!("job-{}", number % 2),
            at: now,
        }],
        acts: vec![act(number, now)],
        ..Commit::at(now)
    }
}

/// Everything that a store answers.
#[derive(Debug, PartialEq)]
pub struct Everything {
    pub records: BTreeMap<ColumnId, ColumnRecord>,
    pub observations: Vec<Vec<Observation>>,
    pub items: Vec<Vec<Item>>,
    pub flags: Vec<Flag>,
    pub host: Option<HostRecord>,
    pub homes: BTreeMap<SiteId, HomeRecord>,
    pub acceptances: Vec<Option<Acceptance>>,
    pub open: BTreeMap<IncidentKey, Incident>,
    pub closed: Vec<Incident>,
    pub waiting: Vec<Notice>,
    pub notices: Vec<Notice>,
    pub open_messages: Vec<Message>,
    pub messages: Vec<Message>,
    pub runs: Vec<Option<Moment>>,
    pub acts: Vec<Act>,
}

/// Asks a store for everything; notices with numbers below `numbers`.
pub async fn everything(store: &Store, numbers: i64) -> Everything {
    let keys: Vec<MessageKey> = (0..numbers).map(key).collect();
    let mut observations = Vec::new();
    let mut items = Vec::new();
    let mut acceptances = Vec::new();
    for name in COLUMNS {
        observations.push(store.observations(&column(name), usize::MAX).await.unwrap());
        items.push(store.items(&column(name)).await.unwrap());
        acceptances.push(store.acceptance(&column(name)).await.unwrap());
    }
    Everything {
        records: store.records().await.unwrap(),
        observations,
        items,
        flags: store.flags(None).await.unwrap(),
        host: store.host(HOST).await.unwrap(),
        homes: store.homes().await.unwrap(),
        acceptances,
        open: store.open_incidents().await.unwrap(),
        closed: store.closed_incidents(usize::MAX).await.unwrap(),
        waiting: store.waiting_notices().await.unwrap(),
        notices: store.notices(&keys).await.unwrap(),
        open_messages: store.open_messages().await.unwrap(),
        messages: store.messages(usize::MAX).await.unwrap(),
        runs: vec![
            store.last_run("job-0").await.unwrap(),
            store.last_run("job-1").await.unwrap(),
        ],
        acts: store.acts().await.unwrap(),
    }
}
