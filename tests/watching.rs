//! Watching the watcher: the heartbeat, the line of a quiet day, and the question of a second host.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{Datelike as _, Days, NaiveTime};
use tempfile::TempDir;
use wangxun::clock::Clock;
use wangxun::config::load::load;
use wangxun::domain::group::Role;
use wangxun::domain::time::{Date, date_of, moment};
use wangxun::rehearsal::Rehearsal;
use wangxun::rehearsal::truth::Options;

#[path = "support/program.rs"]
mod program;
#[path = "support/stepped.rs"]
mod stepped;

use program::{Place, eventually, site};
use stepped::Running;

/// What the service that expects heartbeats answers, in turn: the last one stays.
fn service(answers: Vec<&'static str>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let asked = Arc::clone(&heard);
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for (place, stream) in listener.incoming().flatten().enumerate() {
            let mut stream = stream;
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap_or_default();
            let text = String::from_utf8_lossy(&request[..read]).into_owned();
            let first = text.lines().next().unwrap_or_default().to_owned();
            asked.lock().unwrap().push(first);
            match answers[place.min(answers.len() - 1)] {
                "hang" => kept.push(stream),
                status => {
                    // Whoever has left needs no answer.
                    let _ = write!(
                        stream,
                        "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    );
                }
            }
        }
    });
    (address, heard)
}

#[test]
fn heartbeats_go_on_through_failures_and_their_secret_stays_out_of_the_log() {
    let (address, heard) = service(vec!["200 OK", "500 Oh", "200 OK", "hang"]);
    let place = Place::new("");
    let monitor = place.read("monitor.toml");
    let url = format!("http://{address}/ping/s3cr3t-path?also=s3cr3t");
    let table = format!("[heartbeat]\nurl = \"{url}\"\nevery = \"1s\"\nmethod = \"POST\"\n");
    place.write("monitor.toml", &format!("{monitor}{table}"));
    let explained = place.run(&["check-config"]);
    assert!(
        explained.out.contains("127.0.0.1 every 1s"),
        "{}",
        explained.out
    );
    let mut daemon = place.start();
    eventually("the fourth heartbeat, which hangs", || {
        (heard.lock().unwrap().len() >= 4).then_some(())
    });
    // A request that hangs holds nothing up.
    let status = place.run(&["status", "--fail-if-stale", "2h"]);
    assert_eq!(status.code, Some(0), "{}", status.err);
    assert!(daemon.stop().1 < Duration::from_secs(10));
    let first = "POST /ping/s3cr3t-path?also=s3cr3t HTTP/1.1";
    assert!(heard.lock().unwrap().iter().all(|asked| asked == first));
    let log = place.read("daemon.log");
    assert!(log.contains("the heartbeat did not arrive"), "{log}");
    assert!(log.contains("it answered 500"), "{log}");
    for said in [&log, &explained.out, &explained.err] {
        assert!(!said.contains("s3cr3t"), "{said}");
    }
}

#[test]
fn a_heartbeat_that_cannot_be_is_a_fault_that_tells_no_address() {
    let place = Place::new("");
    let monitor = place.read("monitor.toml");
    for table in [
        "url = \"ftp://h/a\"",
        "url = \"http://h/\"\nmethod = \"PUT\"",
        "every = \"0s\"",
    ] {
        place.write("monitor.toml", &format!("{monitor}[heartbeat]\n{table}\n"));
        assert_eq!(place.run(&["check-config"]).code, Some(1), "{table}");
    }
}

#[test]
fn a_second_host_learns_whether_the_monitor_still_looks() {
    let never = Place::new("");
    let said = never.run(&["status", "--fail-if-stale", "2h"]);
    assert_eq!(said.code, Some(1), "{}", said.out);
    assert!(
        said.err.contains("监测程序未运行，尚未访问过"),
        "{}",
        said.err
    );

    let today = date_of(Clock::system().now());
    let row =
        format!("<li><a href=\"/gzdt/1.html\">区科信委召开推进会</a><span>{today}</span></li>");
    let place = Place::new(&site(format!(
        "<html><body><ul>{row}{row}</ul></body></html>"
    )));
    let mut daemon = place.start();
    let running = eventually("the first visit is over", || {
        let said = place.run(&["status", "--fail-if-stale", "2h"]);
        (!said.out.contains("尚未访问")).then_some(said)
    });
    assert_eq!(running.code, Some(0), "{}", running.err);
    assert!(
        running.out.contains("监测正常：程序运行中"),
        "{}",
        running.out
    );
    daemon.stop();
    // Just now it has looked; a second later that is too long ago.
    let stopped = place.run(&["status", "--fail-if-stale", "2h"]);
    assert_eq!(stopped.code, Some(0), "{}", stopped.err);
    let stale = eventually("a second goes by", || {
        let said = place.run(&["status", "--fail-if-stale", "1s"]);
        (said.code != Some(0)).then_some(said)
    });
    assert_eq!(stale.code, Some(1));
    assert!(
        stale
            .err
            .contains("监测已停滞：监测程序未运行，最近一次访问于"),
        "{}",
        stale.err
    );
    assert_eq!(
        place.run(&["status", "--fail-if-stale", "soon"]).code,
        Some(2)
    );
}

/// Four sites behind ports that nobody listens on.
fn dead_sites(place: &Place, probe: &str) {
    let mut sites = place.read("sites.toml");
    let head = sites.find("[[site]]").unwrap();
    sites.truncate(head);
    // Held until each has a port of its own.
    let held = [0; 4].map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    for (n, listener) in held.iter().enumerate() {
        let closed = listener.local_addr().unwrap();
        sites.push_str(&format!(
            "[[site]]\nid = \"s{n}\"\nunit = \"kxw\"\nname = \"第{n}网站\"\nhome = \"http://{closed}/\"\n\
             [[column]]\nid = \"s{n}/gzdt\"\nsite = \"s{n}\"\nname = \"工作动态\"\nclass = \"news\"\n\
             url = \"/gzdt/\"\n"
        ));
    }
    place.write("sites.toml", &sites);
    let monitor = place.read("monitor.toml");
    let probes = format!(
        "[sending]\nlive = true\n[judging]\ndown_after_visits = 1\n[own_network]\nprobes = [\"http://127.0.0.1:9/\", \"{probe}\"]\n"
    );
    place.write("monitor.toml", &format!("{monitor}{probes}"));
}

/// The texts that are spooled once they are `enough`.
fn spooled(place: &Place, enough: impl Fn(&[String]) -> bool) -> Vec<String> {
    eventually("messages are spooled", || {
        let files = place.path("sms").read_dir().ok()?;
        let texts: Vec<String> = files
            .flatten()
            .filter(|file| file.path().extension().is_some_and(|end| end == "json"))
            .filter_map(|file| std::fs::read_to_string(file.path()).ok())
            .collect();
        enough(&texts).then_some(texts)
    })
}

#[test]
fn where_a_probe_answers_the_sites_are_down_and_where_none_does_we_are() {
    let (address, asked) = service(vec!["404 Not Found"]);
    let up = Place::new("");
    dead_sites(&up, &format!("http://{address}/"));
    let mut daemon = up.start();
    let sites = ["第0网站", "第1网站", "第2网站", "第3网站"];
    let texts = spooled(&up, |texts| {
        let all = texts.concat();
        sites.iter().all(|site| all.contains(site))
    });
    daemon.stop();
    assert!(
        texts.iter().all(|text| text.contains("无法访问")),
        "{texts:?}"
    );
    assert!(!asked.lock().unwrap().is_empty());

    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let down = Place::new("");
    dead_sites(&down, &format!("http://{closed}/"));
    let mut daemon = down.start();
    let texts = spooled(&down, |texts| !texts.is_empty());
    daemon.stop();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].contains("监测系统自身网络异常"), "{texts:?}");
}

#[test]
fn what_a_running_daemon_has_told_can_be_told_again_beside_it() {
    let today = date_of(Clock::system().now());
    let on = today - Days::new(18);
    let row = |n: u32| {
        format!("<li><a href=\"/gzdt/{n}.html\">区科信委召开第{n}次会议</a><span>{on}</span></li>")
    };
    let rows: String = (1..7).map(row).collect();
    let place = Place::new(&site(format!(
        "<html><body><h2>工作动态</h2><ul>{rows}</ul></body></html>"
    )));
    let monitor = place.read("monitor.toml");
    let told_at_once = "[judging]\nconfirm_after = \"1s\"\n[sending]\nlive = true\nfrom = \"00:00\"\nuntil = \"23:59\"\n";
    // The home page is as old, which is a veto.
    let told = "\nveto.at_night = true\n";
    let monitor = monitor.replace("\nveto.enabled = false\n", told);
    place.write("monitor.toml", &format!("{monitor}{told_at_once}"));
    // A working day, whatever day it is.
    let weekend = today.weekday().number_from_monday() > 5;
    let make_up = match weekend {
        true => format!("\"{today}\""),
        false => String::new(),
    };
    let (year, none) = (today.year(), "holidays = []");
    place.write(
        "calendar.toml",
        &format!("[[year]]\nyear = {year}\n{none}\nmake_up_days = [{make_up}]\n"),
    );
    let mut daemon = place.start();
    // The liaison, and the operator for those who are missing, of the column and of the site.
    let texts = spooled(&place, |texts| texts.len() >= 4);
    for said in ["已18天未更新", "已触及单项否决"] {
        let such = texts.iter().filter(|text| text.contains(said));
        assert_eq!(such.count(), 2, "{texts:?}");
    }
    let (from, to) = (today.to_string(), (today + Days::new(1)).to_string());
    let replay = |more: &[&str]| {
        let words = ["replay", "--from", &from, "--to", &to, "--format", "json"];
        let said = place.run(&[&words, more].concat());
        assert_eq!(said.code, Some(0), "{}", said.err);
        serde_json::from_str::<serde_json::Value>(&said.out).unwrap()
    };
    let same = replay(&[]);
    assert_eq!(same["sent"]["notices"], 4, "{same}");
    assert_eq!(same["differences"], serde_json::json!([]));
    daemon.stop();
    // Of a copy, and under a limit that is not passed.
    std::fs::create_dir(place.path("copy")).unwrap();
    std::fs::rename(place.path("store/journal"), place.path("copy/journal")).unwrap();
    let text = place.read("monitor.toml");
    place.write(
        "monitor.toml",
        &format!("{text}[limits]\nnews = {{ days = 60 }}\n"),
    );
    let copy = place.path("copy");
    let other = replay(&["--store", copy.to_str().unwrap()]);
    assert_eq!(other["differences"][0]["difference"], "fewer", "{other}");
    // The veto does not rest on the limit of the column.
    assert_eq!(other["replayed"]["messages"], 2, "{other}");
}

/// From Monday to the Monday after next.
const DAYS: u64 = 15;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_working_day_without_any_other_word_an_operator_hears_that_all_is_quiet() {
    let options = Options {
        days: 15,
        ..Options::demo()
    };
    let dir = TempDir::new().unwrap();
    let first = options.start;
    let midnight = |day: Date| moment(day.and_time(NaiveTime::MIN));
    let clock = Clock::stepped(midnight(first), None);
    let mut end = clock.alarm();
    let rehearsal = Rehearsal::start(options, clock.clone(), dir.path(), None)
        .await
        .unwrap();
    let text = std::fs::read_to_string(&rehearsal.config_path).unwrap();
    let text = text.replace("all_quiet = false", "all_quiet = true");
    std::fs::write(&rehearsal.config_path, text).unwrap();
    let mut config = load(&rehearsal.config_path, first)
        .unwrap_or_else(|faults| panic!("{faults}"))
        .config;
    let sites = rehearsal.truth.sites();
    let watched: BTreeSet<_> = sites
        .iter()
        .step_by(8)
        .map(|site| site.columns[0].id.clone())
        .collect();
    config.group.columns.retain(|id, _| watched.contains(id));
    let config = Arc::new(config);
    let running = Running::start(Arc::clone(&config), &clock).await;
    end.until(midnight(first + Days::new(DAYS))).await;
    let messages = running.ready.desk.store.messages(10_000).await.unwrap();
    running.end(end).await;
    rehearsal.stop().await;

    let mut quiet_days = 0;
    let is_operator = |role: &Role| *role == Role::Operator;
    for person in config.group.people.values() {
        let operates = person.duties.iter().any(|duty| is_operator(&duty.role));
        let mut since = first;
        for day in first.iter_days().take(DAYS as usize) {
            let told: Vec<_> = messages
                .iter()
                .filter(|told| told.person == person.id && date_of(told.created_at) == day)
                .collect();
            let lines: Vec<_> = told.iter().filter(|told| told.notices.is_empty()).collect();
            let eight = moment(day.and_time(config.alert.digest_at));
            let spoken_to = told
                .iter()
                .any(|told| !told.notices.is_empty() && told.created_at <= eight);
            let is_due =
                operates && day > first && config.calendar.is_working_day(day) && !spoken_to;
            assert_eq!(lines.len(), usize::from(is_due), "{} {day}", person.id);
            if let Some(line) = lines.first() {
                quiet_days += 1;
                assert_eq!(line.created_at, eight);
                let begin = match Some(since) == day.pred_opt() {
                    true => "昨日运行正常：监测6个栏目，无法判断".to_owned(),
                    false => format!("{}以来运行正常", since.format("%-m月%-d日")),
                };
                assert!(line.text.contains(&begin), "{}", line.text);
            }
            if config.calendar.is_working_day(day) {
                since = day;
            }
        }
    }
    assert!(quiet_days > 5, "{quiet_days}");
    // The line takes no place of a digest: on some day an operator heard both.
    println!("{quiet_days} quiet days");
}
