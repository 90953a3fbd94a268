//! An installation in a directory of its own, and the real program in it: started, killed, stopped
//! and asked like an administrator would.

use std::fmt::Write as _;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use chrono::{Datelike as _, TimeDelta, Timelike as _};
use tempfile::TempDir;
use url::Url;
use wangxun::clock::Clock;
use wangxun::domain::time::{Date, date_of};

/// The number of the operator.
pub const OPERATOR: &str = "10000000000";
/// The age in days of the newest row of every column: past the limit of 14, by less than 7.
const AGE_DAYS: i64 = 18;

const PROGRAM: &str = env!("CARGO_BIN_EXE_wangxun");

const MONITOR: &str = r#"
[files]
sites = "sites.toml"
contacts = "contacts.toml"
calendar = "calendar.toml"

[operator]
name = "网巡"
contact = "https://www.example.cn/wangxun"

[schedule]
visits = "10 4 1 * *"
prune = "20 4 1 * *"
jitter = "0s"

[sending]
from = "00:00"
until = "23:59"
live = true
all_quiet = false

[availability]
enabled = false
[incidents]
near_veto.enabled = false
veto.enabled = false

[judging]
confirm_after = "1s"

[transports]
retry = { first = "1s", longest = "2s" }

[transports.sms.gateway]
url = "http://GATEWAY/send"
json = { phone = "{phone}", text = "{text}", key = "{key}" }
success = { statuses = [200], pointer = "/code", value = "0", permanent = ["1004"] }
timeout = "60s"

[transports.mail]
from = "wangxun@example.cn"
spool = "mail"

[politeness.access]
private_addresses = true
pause = "0ms"
connect_timeout = "60s"
first_byte_timeout = "60s"
total_timeout = "60s"

[store]
dir = "store"

[console]
enabled = false

[control]
socket = "control.sock"

[log]
filter = "info"
"#;

/// An installation.
pub struct House {
    dir: TempDir,
    /// The number of units; each has one column, a liaison and a head.
    pub units: usize,
}

/// The program while it runs; it is killed when this is dropped.
pub struct Daemon {
    child: Child,
}

/// The day at the monitor's clock.
pub fn today() -> Date {
    date_of(Clock::system().now())
}

/// Waits past midnight when it is near: a digest has its day, and so has the window.
pub async fn clear_of_midnight() {
    let now = Clock::system().now();
    if (now.hour(), now.minute() / 56) == (23, 1) {
        tokio::time::sleep(Duration::from_secs(u64::from(61 - now.minute()) * 60)).await;
    }
}

/// The list page of a column that is overdue.
pub fn page() -> String {
    let rows: String = (0..6)
        .map(|n| {
            let on = today() - TimeDelta::days(AGE_DAYS + 3 * n);
            format!(
                "<li><a href=\"/art/{n}.html\">关于第{n}项工作安排的说明</a><span>{on}</span></li>"
            )
        })
        .collect();
    format!(
        "<html><head><meta charset=\"utf-8\"><title>工作动态</title></head>\
         <body><ul class=\"list\">{rows}</ul></body></html>"
    )
}

/// The number of the `n`th unit's liaison or head.
pub fn phone(unit: usize, role: &str) -> String {
    let digit = if role == "head" { 2 } else { 1 };
    format!("1380000{digit}{unit:03}")
}

impl House {
    /// Writes the configuration: `units` units whose columns lie on `hosts` in turn.
    pub fn new(units: usize, hosts: &[Url], gateway: std::net::SocketAddr) -> House {
        let dir = tempfile::tempdir().expect("a directory");
        let house = House { dir, units };
        let monitor = MONITOR.replace("GATEWAY", &gateway.to_string());
        house.write("monitor.toml", &monitor);
        house.write("sites.toml", &sites(units, hosts));
        house.write("calendar.toml", &calendar());
        house.write("contacts.toml", &contacts(units, |_| String::new()));
        house
    }

    /// Gives mail addresses to the people for whom `mail` answers with one.
    pub fn with_mail(self, mail: impl Fn(&str) -> String) -> House {
        self.write("contacts.toml", &contacts(self.units, mail));
        self
    }

    /// Takes everybody of the units out of the contacts; the operator stays.
    pub fn dismiss_all(&self) {
        self.write("contacts.toml", &contacts(0, |_| String::new()));
    }

    /// Puts somebody else, with another number, in the place of everybody of the units.
    #[allow(dead_code, reason = "not every test has successors")]
    pub fn replace_all(&self) {
        let before = contacts(self.units, |_| String::new());
        let after = before.replace("\"1380000", "\"1390000");
        let after = ["liaison", "head"].iter().fold(after, |text, role| {
            text.replace(&format!("id = \"{role}"), &format!("id = \"new-{role}"))
        });
        self.write("contacts.toml", &after);
    }

    /// Changes some words of `monitor.toml`.
    pub fn with(self, from: &str, to: &str) -> House {
        let text = fs::read_to_string(self.path("monitor.toml")).expect("the configuration");
        assert!(text.contains(from), "{from}");
        self.write("monitor.toml", &text.replace(from, to));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::write(&path, text).expect("a file");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("permissions");
    }

    /// Everything that the program has logged here.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    fn log_file(&self) -> Stdio {
        let log = File::options()
            .append(true)
            .create(true)
            .open(self.path("log"));
        log.expect("a log").into()
    }

    /// Starts the program.
    pub fn start(&self) -> Daemon {
        self.spawn(Command::new(PROGRAM).args(["run", "--config"]))
    }

    /// Starts the program with what `arm` adds to the command.
    #[allow(dead_code, reason = "not every test adds something")]
    pub fn start_with(&self, arm: impl FnOnce(&mut Command)) -> Daemon {
        let mut command = Command::new(PROGRAM);
        arm(&mut command);
        self.spawn(command.args(["run", "--config"]))
    }

    /// Whether nothing is left to be sent, as the running program says; it may die while it is
    /// asked.
    #[allow(dead_code, reason = "not every test asks")]
    pub fn outbox_is_empty(&self) -> bool {
        let output = self.ask_outbox();
        let text = String::from_utf8_lossy(&output.stdout);
        let mut lines = text.lines().skip(2);
        output.status.success() && lines.all(|line| line.contains("已提交"))
    }

    /// Starts the program with no file allowed to grow beyond `bytes`: writes fail as they do on
    /// a full disk.
    pub fn start_limited(&self, bytes: u64) -> Daemon {
        let line = format!(
            "trap '' XFSZ; ulimit -f {}; exec \"$0\" run --config \"$1\"",
            bytes / 512
        );
        self.spawn(Command::new("sh").args(["-c", &line, PROGRAM]))
    }

    fn spawn(&self, command: &mut Command) -> Daemon {
        let child = command
            .arg(self.path("monitor.toml"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(self.log_file())
            .spawn()
            .expect("the program starts");
        Daemon { child }
    }

    /// The lines of `wangxun outbox`, without the head and the rule below it.
    pub fn outbox(&self) -> Vec<String> {
        let output = self.ask_outbox();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}\n{}", self.log());
        let text = String::from_utf8(output.stdout).expect("text");
        text.lines().skip(2).map(str::to_owned).collect()
    }

    fn ask_outbox(&self) -> Output {
        let output = Command::new(PROGRAM)
            .args(["outbox", "--newest", "1000", "--config"])
            .arg(self.path("monitor.toml"))
            .output();
        output.expect("the program runs")
    }

    /// Waits until `done`, at most `seconds`; `what` is expected.
    pub async fn until(&self, what: &str, seconds: u64, mut done: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !done() {
            assert!(
                begun.elapsed() < Duration::from_secs(seconds),
                "not within {seconds} s: {what}\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    /// Stops the program as a service manager does and expects an orderly end within `seconds`.
    pub async fn stop(&self, mut daemon: Daemon, seconds: u64) {
        daemon.term();
        let mut status = None;
        self.until("an end after SIGTERM", seconds, || {
            status = daemon.ended();
            status.is_some()
        })
        .await;
        let code = status.and_then(|status| status.code());
        assert_eq!(code, Some(0), "{}", self.log());
    }
}

impl Daemon {
    /// Kills it like a power cut does.
    pub fn kill(mut self) {
        self.child.kill().expect("a kill");
        self.child.wait().expect("an end");
    }

    pub fn term(&self) {
        let sent = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(sent.expect("a signal").success());
    }

    /// The processor time that it has used so far, in hundredths of a second.
    pub fn ticks(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.expect("its account");
        let fields = stat.rsplit(") ").next().expect("fields").split(' ');
        let used = fields.skip(11).take(2).map(|field| field.parse::<u64>());
        used.map(|ticks| ticks.expect("a number")).sum()
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("its state")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Most have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn sites(units: usize, hosts: &[Url]) -> String {
    // A unit without a site, which has nothing to do.
    let idle = "[[unit]]\nid = \"idle\"\nname = \"闲置单位\"\nshort = \"闲置\"\n";
    let mut text = idle.to_owned();
    for n in 0..units {
        let url = &hosts[n % hosts.len()];
        let _ = write!(
            text,
            "[[unit]]\nid = \"u{n}\"\nname = \"第{n}单位\"\nshort = \"单位{n}\"\n\
             [[site]]\nid = \"s{n}\"\nunit = \"u{n}\"\nname = \"网站{n}\"\nhome = \"{url}\"\n\
             [[column]]\nid = \"s{n}/gzdt\"\nsite = \"s{n}\"\nname = \"工作动态\"\n\
             class = \"news\"\nurl = \"/{n}/\"\n"
        );
    }
    text
}

fn contacts(units: usize, mail: impl Fn(&str) -> String) -> String {
    let mut text = format!(
        "[[person]]\nid = \"op\"\nname = \"甲\"\nphone = \"{OPERATOR}\"\n\
         duties = [{{ role = \"operator\" }}]\n"
    );
    for n in 0..units {
        for role in ["liaison", "head"] {
            let (id, phone) = (format!("{role}{n}"), phone(n, role));
            let mail = match mail(&id) {
                none if none.is_empty() => none,
                some => format!("mail = \"{some}\"\n"),
            };
            let _ = write!(
                text,
                "[[person]]\nid = \"{id}\"\nname = \"乙\"\nphone = \"{phone}\"\n{mail}\
                 duties = [{{ role = \"{role}\", unit = \"u{n}\" }}]\n"
            );
        }
    }
    text
}

/// A calendar by which today and tomorrow are working days, whatever day it is.
fn calendar() -> String {
    let days = [today(), today() + TimeDelta::days(1)];
    let mut text = String::new();
    for year in days[0].year()..=days[1].year() {
        let weekend: Vec<String> = days
            .iter()
            .filter(|day| day.year() == year && day.weekday().number_from_monday() > 5)
            .map(|day| format!("\"{day}\""))
            .collect();
        let _ = write!(
            text,
            "[[year]]\nyear = {year}\nholidays = []\nmake_up_days = [{}]\n",
            weekend.join(", ")
        );
    }
    text
}

/// The letters in a spool.
pub fn letters(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let letters = entries.filter(|entry| entry.path().extension() == Some("eml".as_ref()));
    letters
        .map(|entry| fs::read_to_string(entry.path()).expect("a letter"))
        .collect()
}
