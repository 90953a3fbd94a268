//! A console over a real store with a made-up group: sites, columns, hostile titles, people,
//! incidents and messages. Everything is placed around noon of 18 November 2017.
#![allow(dead_code, reason = "not every test uses every part")]

use std::net::SocketAddr;
use std::sync::Arc;

use chrono::TimeDelta;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wangxun::alert::incident::{Incident, IncidentKey, Kind, State, Subject};
use wangxun::alert::outbox::{Delivery, Message, MessageKey};
use wangxun::alert::rules::AlertRules;
use wangxun::assess::ladder::Tier;
use wangxun::assess::limits::Limits;
use wangxun::calendar::Calendar;
use wangxun::clock::Clock;
use wangxun::domain::access::Access;
use wangxun::domain::account::Admission;
use wangxun::domain::class::Class;
use wangxun::domain::finding::{Basis, Evidence, Finding, LastUpdate};
use wangxun::domain::group::{Column, Duty, Group, Identity, Person, Role, Route, Site, Unit};
use wangxun::domain::id::{ColumnId, PersonId, SiteId, UnitId};
use wangxun::domain::item::Item;
use wangxun::domain::note::Note;
use wangxun::domain::observation::{Blind, Cause, ColumnRecord, Observation, Sight};
use wangxun::domain::time::{Moment, moment};
use wangxun::domain::visit::{Failure, Validators};
use wangxun::store::commit::Commit;
use wangxun::store::handle::Store;
use wangxun::store::settings::StoreSettings;
use wangxun::web::Console;
use wangxun::web::access::Porter;
use wangxun::web::counter::Counter;
use wangxun::web::metrics::Metrics;
use wangxun::web::serve::serve;

pub fn at(text: &str) -> Moment {
    moment(text.parse().expect("an instant"))
}

pub fn now() -> Moment {
    at("2017-11-18T12:00:00")
}

fn days_ago(days: i64) -> Moment {
    now() - TimeDelta::days(days)
}

fn site_id(n: usize) -> SiteId {
    SiteId::parse(&format!("s{n:02}")).expect("an id")
}

fn unit_id(n: usize) -> UnitId {
    UnitId::parse(&format!("s{n:02}")).expect("an id")
}

pub fn column_id(site: usize, column: usize) -> ColumnId {
    ColumnId::parse(&format!("s{site:02}/c{column:02}")).expect("an id")
}

const UNITS: [&str; 12] = [
    "科信委",
    "卫健委",
    "教育委",
    "民政局",
    "财政局",
    "人社局",
    "住建委",
    "城管委",
    "文化委",
    "审计局",
    "统计局",
    "园林局",
];
const COLUMNS: [(&str, Class); 10] = [
    ("工作动态", Class::News),
    ("通知公告", Class::Notices),
    ("政策文件", Class::Policy),
    ("政策解读", Class::Interpretation),
    ("人事信息", Class::Personnel),
    ("规划计划", Class::Plans),
    ("财政预决算", Class::Finance),
    ("机构职能", Class::Organisation),
    ("在线访谈", Class::Interviews),
    ("调查征集", Class::Surveys),
];

/// `sites` sites with `columns` columns each, and one liaison a unit.
pub fn group(sites: usize, columns: usize) -> Group {
    let mut group = Group::default();
    for s in 0..sites {
        let short = UNITS[s % UNITS.len()];
        let short = match s / UNITS.len() {
            0 => short.to_owned(),
            round => format!("{short}{}分局", round + 1),
        };
        group.units.insert(unit_id(s), unit(s, &short));
        group.sites.insert(site_id(s), site(s, &short));
        for c in 0..columns {
            group.columns.insert(column_id(s, c), column(s, c));
        }
        let person = liaison(s);
        group.people.insert(person.id.clone(), person);
    }
    group
}

fn unit(n: usize, short: &str) -> Unit {
    Unit {
        id: unit_id(n),
        name: format!("西城区{short}"),
        short: short.to_owned(),
    }
}

fn site(n: usize, short: &str) -> Site {
    Site {
        id: site_id(n),
        unit: unit_id(n),
        name: format!("{short}网站"),
        home: Some(
            format!("http://s{n:02}.example.cn/")
                .parse()
                .expect("an address"),
        ),
        identity: Identity::default(),
        access: Access::default(),
    }
}

fn column(site: usize, n: usize) -> Column {
    let (name, class) = COLUMNS[n % COLUMNS.len()];
    let name = match n / COLUMNS.len() {
        0 => name.to_owned(),
        round => format!("{name}（{}）", round + 1),
    };
    let url = format!("http://s{site:02}.example.cn/c{n:02}/");
    Column {
        id: column_id(site, n),
        site: site_id(site),
        unit: unit_id(site),
        name,
        class,
        url: (n != 9 || !site.is_multiple_of(3)).then(|| url.parse().expect("an address")),
        limit_days: None,
        on_demand: false,
        read: None,
        confirmed: true,
    }
}

fn liaison(n: usize) -> Person {
    Person {
        id: PersonId::parse(&format!("p{n:02}")).expect("an id"),
        name: "陈建国".to_owned(),
        phone: Some("13800000001".to_owned()),
        mail: Some("chenjianguo@example.cn".to_owned()),
        robot: None,
        presence: Default::default(),
        routes: vec![Route::Sms],
        duties: vec![Duty {
            role: Role::Liaison,
            unit: Some(unit_id(n)),
        }],
    }
}

/// What every column's title is unless a test says otherwise.
pub const TITLE: &str = "区领导调研重点项目建设情况";

pub fn update(column: &ColumnId, age_days: i64, title: &str) -> LastUpdate {
    LastUpdate {
        on: days_ago(age_days).date_naive(),
        basis: Basis::ListRow,
        evidence: Evidence {
            page: format!("http://example.cn/{column}/"),
            title: title.to_owned(),
            link: Some(format!("http://example.cn/{column}/t1.html")),
            snippet: days_ago(age_days).format("[%Y-%m-%d]").to_string(),
        },
    }
}

pub fn record(column: &ColumnId, age_days: i64, visited_at: Moment, title: &str) -> ColumnRecord {
    ColumnRecord {
        column: column.clone(),
        last_update: Some(update(column, age_days, title)),
        read_at: Some(visited_at),
        blind: None,
        empty_since: None,
        signature: None,
        digest: Some("9f86d081".repeat(8)),
        proof: None,
        validators: Validators::default(),
        reader: None,
        visited_at,
        revisit_at: None,
    }
}

/// A mixed state: most columns fresh, some late, near, blind, empty.
pub fn records(group: &Group, visited_at: Moment) -> Vec<ColumnRecord> {
    let configured = group.columns.values().filter(|column| column.url.is_some());
    configured
        .enumerate()
        .map(|(n, column)| {
            let age = match column.class {
                Class::News => [3, 5, 12, 8, 1, 16, 2, 9, 40, 4, 11][n % 11],
                _ => i64::try_from(n % 90).expect("a small number"),
            };
            let mut record = record(&column.id, age, visited_at, TITLE);
            let blind = |why| {
                Some(Blind {
                    since: visited_at - TimeDelta::days(2),
                    visits: 8,
                    silent: 8,
                    why,
                })
            };
            match n % 97 {
                20 => record.empty_since = Some(visited_at - TimeDelta::days(9)),
                40 => {
                    record.last_update = None;
                    record.blind = blind(Cause::Failed(Failure::Blocked(412)));
                }
                60 => {
                    record.last_update = None;
                    record.blind = blind(Cause::Redesigned);
                }
                _ => {}
            }
            record
        })
        .collect()
}

pub fn seen(column: &ColumnId, observed_at: Moment, sight: Sight) -> Observation {
    Observation {
        column: column.clone(),
        observed_at,
        digest: sight.finding().map(|_| "9f86d081".repeat(8)),
        sight,
        rows: 20,
        took_ms: 1234,
        notes: vec![Note::OtherCharset {
            declared: "gb18030".to_owned(),
            actual: "utf-8".to_owned(),
        }],
    }
}

pub fn item(column: &ColumnId, n: i64, title: &str, url: &str) -> Item {
    Item {
        column: column.clone(),
        title: title.to_owned(),
        url: Some(url.to_owned()),
        claimed_on: Some(days_ago(15 + n).date_naive()),
        first_seen_at: days_ago(15 + n),
        witnessed: true,
        changes: Vec::new(),
    }
}

/// The history of one column: visits and items.
pub fn history(column: &ColumnId, age_days: i64) -> (Vec<Observation>, Vec<Item>) {
    let dated = || Finding::Dated(update(column, age_days, TITLE));
    let observations = (0..12)
        .map(|n| {
            let sight = match n {
                4 => Sight::Failed(Failure::ConnectTimeout),
                1 | 5 | 11 => Sight::Read(dated()),
                _ => Sight::Unchanged(dated()),
            };
            seen(column, now() - TimeDelta::hours(6 * n + 1), sight)
        })
        .collect();
    let items = (0..10).map(|n| {
        let url = format!("http://example.cn/{column}/t{n}.html");
        item(column, n, &format!("{TITLE}（之{}）", n + 1), &url)
    });
    (observations, items.collect())
}

pub fn incident(subject: Subject, kind: Kind, tier: Option<Tier>) -> Incident {
    let state = State::Open {
        since: days_ago(1),
        repeats: 0,
        told_at: days_ago(1),
        pending: None,
    };
    let mut incident = Incident::new(IncidentKey { subject, kind }, days_ago(3), state);
    incident.tier = tier;
    incident.told = [PersonId::parse("p00").expect("an id")].into();
    incident
}

pub fn message(n: usize, text: &str, delivery: Delivery) -> Message {
    let created_at = now() - TimeDelta::minutes(i64::try_from(n).expect("a small number"));
    Message {
        key: MessageKey::of(&["message", &n.to_string()]),
        person: PersonId::parse("p00").expect("an id"),
        route: Route::Sms,
        subject: String::new(),
        text: text.to_owned(),
        words: Default::default(),
        tier: Some(Tier::Overdue),
        notices: Vec::new(),
        in_place_of: Vec::new(),
        links: Vec::new(),
        urgent: false,
        leaves: Default::default(),
        provisional: false,
        created_at,
        of_day: None,
        expires_at: created_at + TimeDelta::days(3),
        attempts: 1,
        maybe_taken: false,
        unsent_since: None,
        next_attempt_at: created_at + TimeDelta::minutes(30),
        delivery,
    }
}

/// A console that answers on a loopback port until it is dropped.
pub struct Running {
    pub address: SocketAddr,
    pub metrics: Arc<Metrics>,
    pub stop: oneshot::Sender<()>,
    pub served: JoinHandle<std::io::Result<()>>,
    pub clock: Clock,
    pub store: Store,
    /// Where the store lies, and the accounts beside it.
    pub dir: TempDir,
}

/// Starts a console over a new store that holds `commit`.
pub async fn start(group: Group, commit: Commit) -> Running {
    start_at("127.0.0.1:0", group, commit).await
}

pub async fn start_at(listen: &str, group: Group, commit: Commit) -> Running {
    start_for(Admission::Open, listen, group, commit).await
}

/// Starts a console that lets in whom `admission` says.
pub async fn start_for(
    admission: Admission,
    listen: &str,
    group: Group,
    commit: Commit,
) -> Running {
    start_with(admission, listen, group, commit, None).await
}

/// The same with what takes in what is handed in on its pages.
pub async fn start_with(
    admission: Admission,
    listen: &str,
    group: Group,
    commit: Commit,
    counter: Option<Counter>,
) -> Running {
    let dir = TempDir::new().expect("a directory");
    let settings = StoreSettings::in_dir(dir.path().join("store"));
    let (store, _) = Store::open(&settings, now()).await.expect("a store");
    store.commit(commit).await.expect("a commit");
    let metrics = Arc::new(Metrics::new(now() - TimeDelta::hours(30)));
    let clock = Clock::stepped(now(), None);
    let console = Console {
        callback: None,
        links: None,
        counter,
        porter: Arc::new(Porter::new(admission, false, settings.dir.clone()).expect("access")),
        group: Arc::new(group),
        limits: Arc::new(Limits::default()),
        rules: Arc::new(AlertRules::default()),
        calendar: Arc::new(Calendar::default()),
        store: store.clone(),
        clock: clock.clone(),
        metrics: metrics.clone(),
        title: "西城网巡".to_owned(),
        hosts: vec!["wangxun.example.cn".to_owned()],
        samples_a_day: 24,
        stale_after: TimeDelta::hours(26),
        stuck_after: TimeDelta::hours(2),
    };
    let listener = TcpListener::bind(listen).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(serve(listener, console, stopped));
    Running {
        address,
        metrics,
        stop,
        served,
        clock,
        store,
        dir,
    }
}
