//! A machine whose clock is wrong: what the hosts tell is held against it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use chrono::{Datelike as _, Days, TimeDelta, Utc};
use wangxun::clock::Clock;
use wangxun::config::load::load;
use wangxun::domain::time::date_of;

#[path = "support/program.rs"]
mod program;
#[path = "support/stepped.rs"]
mod stepped;

use program::{Place, eventually};
use stepped::Running;

/// By how much the hosts' clocks are ahead of the machine's; `None` while they tell no time.
type Ahead = Arc<Mutex<Option<TimeDelta>>>;

/// A host with one list; what was asked of it is kept.
fn host(page: String, ahead: Ahead, asked: Arc<Mutex<Vec<String>>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap_or_default();
            let text = String::from_utf8_lossy(&request[..read]).into_owned();
            let path = text
                .split_whitespace()
                .nth(1)
                .unwrap_or_default()
                .to_owned();
            let (status, body) = match path.as_str() {
                "/gzdt/" => ("200 OK", &*page),
                _ => ("404 Not Found", ""),
            };
            asked.lock().unwrap().push(path);
            let date = ahead.lock().unwrap().map(|ahead| {
                let told = (Clock::system().now() + ahead).with_timezone(&Utc);
                format!("Date: {}\r\n", told.format("%a, %d %b %Y %H:%M:%S GMT"))
            });
            let (date, length) = (date.unwrap_or_default(), body.len());
            // A visitor who has left needs no answer.
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\n{date}Content-Type: text/html; charset=utf-8\r\nContent-Length: \
                 {length}\r\nConnection: close\r\n\r\n{body}"
            );
        }
    });
    home
}

/// Two hosts with a column each that is eighteen days old.
struct Hosts {
    place: Place,
    ahead: Ahead,
    asked: Arc<Mutex<Vec<String>>>,
}

fn hosts() -> Hosts {
    let today = date_of(Clock::system().now());
    let on = today - Days::new(18);
    let row = |n: u32| {
        format!("<li><a href=\"/gzdt/{n}.html\">区科信委召开第{n}次会议</a><span>{on}</span></li>")
    };
    let rows: String = (1..7).map(row).collect();
    let page = format!("<html><body><h2>工作动态</h2><ul>{rows}</ul></body></html>");
    let place = Place::new("");
    let (ahead, asked) = (Ahead::default(), Arc::<Mutex<Vec<String>>>::default());
    let mut sites = place.read("sites.toml");
    sites.truncate(sites.find("[[site]]").unwrap());
    for n in 0..2 {
        let home = host(page.clone(), ahead.clone(), asked.clone());
        sites.push_str(&format!(
            "[[site]]\nid = \"s{n}\"\nunit = \"kxw\"\nname = \"第{n}网站\"\nhome = \"{home}\"\n\
             [[column]]\nid = \"s{n}/gzdt\"\nsite = \"s{n}\"\nname = \"工作动态\"\nclass = \"news\"\n\
             url = \"/gzdt/\"\n"
        ));
    }
    place.write("sites.toml", &sites);
    let monitor = place.read("monitor.toml");
    let at_once = "[judging]\nconfirm_after = \"1s\"\n[sending]\nlive = true\nall_quiet = false\n\
                   from = \"00:00\"\nuntil = \"23:59\"\n";
    place.write("monitor.toml", &format!("{monitor}{at_once}"));
    // A working day, whatever day it is.
    let make_up = match today.weekday().number_from_monday() > 5 {
        true => format!("\"{today}\""),
        false => String::new(),
    };
    let year = today.year();
    place.write(
        "calendar.toml",
        &format!("[[year]]\nyear = {year}\nholidays = []\nmake_up_days = [{make_up}]\n"),
    );
    Hosts {
        place,
        ahead,
        asked,
    }
}

impl Hosts {
    fn tell(&self, ahead: Option<TimeDelta>) {
        *self.ahead.lock().unwrap() = ahead;
    }

    fn visits(&self) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|path| *path == "/gzdt/").count()
    }

    fn spooled(&self) -> Vec<String> {
        let Ok(files) = self.place.path("sms").read_dir() else {
            return Vec::new();
        };
        let whole = files.flatten().filter(|file| {
            let path = file.path();
            path.extension().is_some_and(|end| end == "json")
        });
        whole
            .filter_map(|file| std::fs::read_to_string(file.path()).ok())
            .collect()
    }

    /// The messages once one says `word`.
    fn until_spooled(&self, word: &str) -> Vec<String> {
        eventually(word, || {
            let texts = self.spooled();
            texts
                .iter()
                .any(|text| text.contains(word))
                .then_some(texts)
        })
    }

    fn status(&self) -> String {
        self.place.run(&["status"]).out
    }
}

#[test]
fn nothing_is_judged_or_sent_by_a_clock_that_the_hosts_contradict() {
    let hosts = hosts();
    // Ours is a year ahead: everything would be severely overdue.
    hosts.tell(Some(TimeDelta::days(-365)));
    let mut daemon = hosts.place.start();
    let texts = hosts.until_spooled("时钟");
    assert_eq!(texts.len(), 1, "{texts:?}");
    let said =
        "监测服务器时钟比多数网站快约365天。已暂停判断和发送，请校准时钟，恢复一致后自动继续。";
    assert!(texts[0].contains(said), "{texts:?}");
    assert!(
        texts[0].contains("10000000001"),
        "the operator's: {texts:?}"
    );
    let status = hosts.status();
    assert!(
        status.contains("【时钟异常】监测服务器时钟比多数网站快约365天"),
        "{status}"
    );
    // It is told once, however often it starts.
    daemon.stop();
    let mut daemon = hosts.place.start();
    eventually("the doubt is known", || {
        hosts.status().contains("【时钟异常】").then_some(())
    });
    assert_eq!(hosts.spooled().len(), 1);
    assert_eq!(hosts.visits(), 0, "no column was visited");

    hosts.tell(Some(TimeDelta::zero()));
    let texts = hosts.until_spooled("18天");
    assert!(hosts.visits() >= 4, "two columns, twice each");
    let mut texts = texts;
    if !texts.iter().any(|text| text.contains("已恢复")) {
        texts = hosts.until_spooled("监测服务器时钟已与各网站一致");
    }
    assert!(
        !texts.iter().any(|text| text.contains("383天")),
        "{texts:?}"
    );
    assert!(!hosts.status().contains("【时钟异常】"));
    daemon.stop();
}

/// A day in a year from now on which the store learns a future.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_was_set_back_waits_for_a_host_that_agrees() {
    let hosts = hosts();
    let future = Clock::system().now() + TimeDelta::days(365);
    let clock = Clock::stepped(future, None);
    let mut alarm = clock.alarm();
    let config = load(&hosts.place.path("monitor.toml"), date_of(future));
    let config = config.unwrap_or_else(|faults| panic!("{faults}")).config;
    let running = Running::start(Arc::new(config), &clock).await;
    alarm.until(future + TimeDelta::minutes(5)).await;
    running.end(alarm).await;
    let learnt = (hosts.visits(), hosts.spooled().len());
    assert!(learnt.0 >= 2);

    // The machine's own time is a year earlier, and the hosts tell none.
    let mut daemon = hosts.place.start();
    eventually("the doubt is known", || {
        hosts.status().contains("疑似被调回").then_some(())
    });
    let texts = hosts.until_spooled("疑似被调回：已有记录晚于当前时间约36");
    assert_eq!(texts.len(), learnt.1 + 1, "{texts:?}");
    assert_eq!(hosts.visits(), learnt.0);

    // They agree with the machine: the future was wrong, and what is true today is told.
    hosts.tell(Some(TimeDelta::zero()));
    hosts.until_spooled("已18天未更新");
    assert!(!hosts.status().contains("【时钟异常】"));
    daemon.stop();
}
