//! A made-up group of sites for benches, and what a day of visits brings into its store.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench that cannot begin has nothing to measure"
)]

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{Datelike as _, Days, TimeDelta};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use wangxun::clock::Clock;
use wangxun::config::settings::Config;
use wangxun::domain::account::Admission;
use wangxun::domain::class::Class;
use wangxun::domain::finding::{Basis, Evidence, Finding, LastUpdate};
use wangxun::domain::group::{Column, Site};
use wangxun::domain::item::Item;
use wangxun::domain::observation::{ColumnRecord, Observation, Sight};
use wangxun::domain::site_day::{Sample, SiteDay};
use wangxun::domain::time::{Date, Moment, moment};
use wangxun::domain::visit::{Failure, Validators};
use wangxun::store::commit::Commit;
use wangxun::store::handle::Store;
use wangxun::web::Console;
use wangxun::web::access::Porter;
use wangxun::web::counter::Counter;
use wangxun::web::metrics::Metrics;
use wangxun::web::serve::serve;

pub fn at(day: Date, hour: u32) -> Moment {
    moment(day.and_hms_opt(hour, 0, 0).expect("an hour"))
}

/// An installation of so many sites and columns; every site has a directory of service guides.
pub fn written(dir: &Path, sites: usize, columns: usize) -> PathBuf {
    let mut group = String::new();
    for s in 0..sites {
        let _ = write!(
            group,
            "[[unit]]\nid = \"u{s}\"\nname = \"第{s}单位\"\nshort = \"单位{s}\"\n\
             [[site]]\nid = \"s{s}\"\nunit = \"u{s}\"\nname = \"第{s}单位网站\"\n\
             home = \"http://s{s}.example.cn/\"\nguides = [\"/bsfw/\"]\n"
        );
        for c in 0..columns {
            let class = Class::ALL[c % Class::ALL.len()].key();
            let _ = write!(
                group,
                "[[column]]\nid = \"s{s}/c{c}\"\nsite = \"s{s}\"\nname = \"第{c}栏目\"\n\
                 class = \"{class}\"\nurl = \"/c{c}/\"\n"
            );
        }
    }
    let monitor = "[operator]\nname = \"运维\"\ncontact = \"https://www.example.cn/\"\n\
                   [transports]\nallow_spool_only = true\n[transports.sms]\nspool = \"sms\"\n\
                   [store]\ndir = \"store\"\n[console]\naccess = \"open\"\n\
                   [control]\nsocket = \"control.sock\"\n";
    let contacts = "[[person]]\nid = \"op\"\nname = \"甲\"\nphone = \"10000000002\"\n\
                    duties = [{ role = \"operator\" }]\n";
    for (name, text) in [
        ("monitor.toml", monitor),
        ("sites.toml", &group),
        ("contacts.toml", contacts),
    ] {
        std::fs::write(dir.join(name), text).expect("a file");
    }
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(dir.join("contacts.toml"), private).expect("a mode");
    dir.join("monitor.toml")
}

/// How often a column publishes, in days.
fn pace(column: &Column) -> u64 {
    match column.class {
        Class::News => 4,
        Class::Notices | Class::Policy => 20,
        _ => 60,
    }
}

fn update(column: &Column, on: Date) -> LastUpdate {
    let page = column.url.as_ref().expect("an address").to_string();
    LastUpdate {
        on,
        basis: Basis::ListRow,
        evidence: Evidence {
            title: format!("关于{}工作开展情况的通报", column.name),
            link: Some(format!("{page}{on}.html")),
            snippet: format!("[{on}]"),
            page,
        },
    }
}

/// The `number`th day of visits to some columns, each with its place among all; `last` is the last day.
pub fn day(columns: &[(usize, &Column)], number: u64, (on, last): (Date, Date)) -> Commit {
    let visited_at = at(on, 8);
    let mut commit = Commit::at(visited_at);
    for &(place, column) in columns {
        let shift = number + place as u64;
        let pace = pace(column);
        // One of fifty has gone to sleep in the last weeks.
        let asleep = place % 50 == 7 && on > last - Days::new(40);
        let since = if asleep { 40 } else { shift % pace };
        let newest = update(column, on - Days::new(since));
        let finding = Finding::Dated(newest.clone());
        let is_new = !asleep && shift.is_multiple_of(pace);
        if is_new {
            commit.items.push(Item {
                column: column.id.clone(),
                title: newest.evidence.title.clone(),
                url: newest.evidence.link.clone(),
                claimed_on: Some(on),
                first_seen_at: visited_at,
                witnessed: true,
                changes: Vec::new(),
            });
        }
        commit.observations.push(Observation {
            column: column.id.clone(),
            observed_at: visited_at,
            sight: match is_new {
                true => Sight::Read(finding),
                false => Sight::Unchanged(finding),
            },
            rows: 20,
            took_ms: 800,
            digest: Some("9f86d081".repeat(8)),
            notes: Vec::new(),
        });
        commit.records.push(ColumnRecord {
            column: column.id.clone(),
            last_update: Some(newest),
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
        });
    }
    commit
}

/// A day's samples of a home page; one of fifty fails.
pub fn samples(site: &Site, on: Date) -> SiteDay {
    let mut day = SiteDay::new(site.id.clone(), on);
    for hour in 0..24 {
        let fails = (hour + on.ordinal()).is_multiple_of(50);
        let failure = fails.then_some(Failure::TotalTimeout);
        day.add(at(on, hour), Sample::of(700, failure));
    }
    day
}

/// The console over a store; what pages hand in goes to `counter`.
pub fn console(config: &Config, store: Store, clock: Clock, counter: Option<Counter>) -> Console {
    let now = clock.now();
    let dir = config.store.dir.clone();
    Console {
        callback: None,
        links: None,
        counter,
        porter: Arc::new(Porter::new(Admission::Open, false, dir).expect("access")),
        group: Arc::new(config.group.clone()),
        limits: Arc::new(config.limits.clone()),
        rules: Arc::new(config.alert.clone()),
        calendar: Arc::new(config.calendar.clone()),
        store,
        clock,
        metrics: Arc::new(Metrics::new(now)),
        title: "网巡".to_owned(),
        hosts: Vec::new(),
        samples_a_day: 24,
        stale_after: TimeDelta::hours(26),
        stuck_after: TimeDelta::hours(2),
    }
}

/// The console, served until what comes back beside its address is dropped.
pub async fn served(console: Console) -> (SocketAddr, oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(serve(listener, console, stopped));
    (address, stop)
}

/// The bytes of a page.
pub async fn page(address: SocketAddr, path: &str) -> Vec<u8> {
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.expect("sent");
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).await.expect("an answer");
    assert!(bytes.starts_with(b"HTTP/1.1 200"), "{path}");
    bytes
}
