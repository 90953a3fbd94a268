//! The built program as an operator uses it: a directory with a configuration, single commands,
//! and a daemon in a process of its own.
#![allow(dead_code, reason = "not every test uses every part")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_wangxun");
/// Longer than anything that is waited for takes on a slow machine.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// What a command came to.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs the program with `args`.
pub fn wangxun<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Said {
    let done = assert_cmd::Command::new(PROGRAM)
        .args(args)
        .env_remove("CREDENTIALS_DIRECTORY")
        .env_remove("NOTIFY_SOCKET")
        .timeout(PATIENCE)
        .output()
        .unwrap();
    Said {
        code: done.status.code(),
        out: String::from_utf8(done.stdout).unwrap(),
        err: String::from_utf8(done.stderr).unwrap(),
    }
}

/// A directory with a sound configuration of one site.
pub struct Place(pub TempDir);

impl Place {
    /// One site with the column `kxw/gzdt`; an empty `home` leaves both without an address.
    pub fn new(home: &str) -> Place {
        let place = Place(TempDir::new().unwrap());
        let url = if home.is_empty() { "" } else { "/gzdt/" };
        place.write("monitor.toml", MONITOR);
        place.write(
            "sites.toml",
            &SITES.replace("{home}", home).replace("{url}", url),
        );
        place.write("contacts.toml", CONTACTS);
        place.mode("contacts.toml", 0o600);
        place
    }

    /// The samples that are shipped, made ready as the guide says.
    pub fn samples() -> Place {
        let place = Place(TempDir::new().unwrap());
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
        let entries = config.read_dir().unwrap().map(Result::unwrap);
        for entry in entries.filter(|entry| entry.path().is_file()) {
            std::fs::copy(entry.path(), place.path(entry.file_name())).unwrap();
        }
        place.mode("contacts.toml", 0o600);
        place
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn mode(&self, name: &str, mode: u32) {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.path(name), permissions).unwrap();
    }

    /// Runs a command on this configuration.
    pub fn run(&self, args: &[&str]) -> Said {
        let monitor = self.path("monitor.toml");
        let monitor = monitor.to_str().unwrap();
        let (command, rest) = args.split_first().unwrap();
        wangxun([*command, "--config", monitor].iter().chain(rest))
    }

    /// The daemon's command, its errors into `daemon.log`.
    pub fn daemon(&self) -> Command {
        let log = std::fs::File::create(self.path("daemon.log")).unwrap();
        let mut command = Command::new(PROGRAM);
        command
            .args(["run", "--config"])
            .arg(self.path("monitor.toml"))
            .env_remove("NOTIFY_SOCKET")
            .env_remove("WATCHDOG_USEC")
            .env_remove("WATCHDOG_PID")
            .stdout(Stdio::null())
            .stderr(log);
        command
    }

    /// Starts the daemon and waits until its control socket answers.
    pub fn start(&self) -> Daemon {
        let daemon = Daemon(self.daemon().spawn().unwrap());
        eventually("the control socket answers", || {
            let mut stream = UnixStream::connect(self.path("control.sock")).ok()?;
            stream.set_read_timeout(Some(PATIENCE)).ok()?;
            stream.write_all(b"\"status\"\n").ok()?;
            let mut answer = String::new();
            BufReader::new(stream).read_line(&mut answer).ok()?;
            answer.contains("\"ok\":true").then_some(())
        });
        daemon
    }
}

/// Asks until there is an answer; fails when there is none for too long.
pub fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A daemon, killed when it is let go of.
pub struct Daemon(Child);

impl Daemon {
    pub fn new(child: Child) -> Daemon {
        Daemon(child)
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// Asks it to stop as a service manager does; how it ended, and how long it took.
    pub fn stop(&mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        let sent = Command::new("sh")
            .args(["-c", "kill -TERM \"$0\"", &self.0.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        let ended = eventually("the daemon ends", || self.0.try_wait().unwrap());
        (ended, begun.elapsed())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A site on this machine that answers every address with `page`, but robots.txt with 404.
pub fn site(page: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let page = page.clone();
            std::thread::spawn(move || {
                let mut request = [0; 4096];
                let mut stream = stream;
                let read = stream.read(&mut request).unwrap_or_default();
                let robots = request[..read].starts_with(b"GET /robots.txt");
                let (status, body) = if robots {
                    ("404 Not Found", "")
                } else {
                    ("200 OK", &*page)
                };
                let length = body.len();
                // A visitor who has left needs no answer.
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
                );
            });
        }
    });
    home
}

const MONITOR: &str = r#"[operator]
name = "运维"
contact = "https://www.example.cn/w"
[transports]
allow_spool_only = true
[transports.sms]
spool = "sms"
[politeness]
access = { private_addresses = true, pause = "0ms", connect_timeout = "2s", first_byte_timeout = "2s", total_timeout = "5s" }
[store]
dir = "store"
[console]
listen = "127.0.0.1:0"
[control]
socket = "control.sock"
[availability]
enabled = false
[incidents]
near_veto.enabled = false
veto.enabled = false
"#;

const SITES: &str = r#"[[unit]]
id = "kxw"
name = "北京市西城区科技和信息化委员会"
short = "区科信委"
[[site]]
id = "kxw"
unit = "kxw"
name = "区科信委网站"
home = "{home}"
[[column]]
id = "kxw/gzdt"
site = "kxw"
name = "工作动态"
class = "news"
url = "{url}"
"#;

const CONTACTS: &str = r#"[[person]]
id = "op"
name = "甲"
phone = "10000000001"
duties = [{ role = "operator" }]
[[person]]
id = "li"
name = "乙"
phone = "10000000002"
duties = [{ role = "liaison", unit = "kxw" }]
"#;
