//! The service as systemd sees it: the unit by systemd's own checks, and what the daemon tells its
//! service manager.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

#[path = "support/program.rs"]
mod program;

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use program::{Daemon, PATIENCE, PROGRAM, Place};
use tempfile::TempDir;

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("systemd")
        .join(name)
}

fn done(command: &mut Command) -> Output {
    command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}; the package systemd has it"))
}

fn said(output: &Output) -> String {
    let parts = [&output.stdout, &output.stderr];
    parts.map(|part| String::from_utf8_lossy(part)).join("\n")
}

#[test]
fn the_unit_is_sound() {
    let unit = std::fs::read_to_string(shipped("wangxun.service")).unwrap();
    let start = "ExecStart=/usr/bin/wangxun run --config /etc/wangxun/monitor.toml";
    assert_eq!(unit.matches(start).count(), 1);
    let dir = TempDir::new().unwrap();
    let copy = dir.path().join("wangxun.service");
    let here = unit.replace(
        "ExecStart=/usr/bin/wangxun",
        &format!("ExecStart={PROGRAM}"),
    );
    // The secrets are the commented lines that an operator takes in.
    std::fs::write(&copy, here.replace("#LoadCredential=", "LoadCredential=")).unwrap();
    let verified = done(Command::new("systemd-analyze").arg("verify").arg(&copy));
    assert!(verified.status.success(), "{}", said(&verified));
    assert_eq!(said(&verified).trim(), "");
}

#[test]
fn the_unit_exposes_little() {
    let mut command = Command::new("systemd-analyze");
    command.args(["security", "--offline=true", "--threshold=15", "--no-pager"]);
    let judged = done(command.arg(shipped("wangxun.service")));
    assert!(judged.status.success(), "{}", said(&judged));
    assert!(said(&judged).contains("Overall exposure level for wangxun.service: 1."));
}

/// Needs root, as files are given to another user; elsewhere the user alone is made.
#[test]
fn user_and_directories_are_made() {
    let root = TempDir::new().unwrap();
    std::fs::create_dir(root.path().join("etc")).unwrap();
    let at = format!("--root={}", root.path().display());
    let users = done(
        Command::new("systemd-sysusers")
            .arg(&at)
            .arg(shipped("wangxun.sysusers")),
    );
    assert!(users.status.success(), "{}", said(&users));
    let passwd = std::fs::read_to_string(root.path().join("etc/passwd")).unwrap();
    assert!(passwd.starts_with("wangxun:x:"), "{passwd}");
    assert!(passwd.trim_end().ends_with("/usr/sbin/nologin"), "{passwd}");
    if std::os::unix::fs::chown(root.path(), Some(0), Some(0)).is_err() {
        return;
    }
    std::fs::create_dir(root.path().join("etc/wangxun")).unwrap();
    std::fs::write(root.path().join("etc/wangxun/contacts.toml"), "").unwrap();
    let mut command = Command::new("systemd-tmpfiles");
    let made = done(
        command
            .arg(&at)
            .arg("--create")
            .arg(shipped("wangxun.tmpfiles")),
    );
    assert!(made.status.success(), "{}", said(&made));
    let modes = [
        ("etc/wangxun", 0o750),
        ("etc/wangxun/secrets", 0o700),
        ("etc/wangxun/contacts.toml", 0o600),
        ("var/lib/wangxun", 0o700),
    ];
    for (path, mode) in modes {
        let about = std::fs::metadata(root.path().join(path)).unwrap();
        assert_eq!(about.permissions().mode() & 0o777, mode, "{path}");
    }
}

/// What the daemon told until `enough` of it was there.
fn hear(manager: &UnixDatagram, enough: impl Fn(&[String]) -> bool) -> Vec<String> {
    let begun = Instant::now();
    let mut heard = Vec::new();
    let mut word = [0; 4096];
    while !enough(&heard) {
        assert!(begun.elapsed() < PATIENCE, "{heard:?}");
        if let Ok(length) = manager.recv(&mut word) {
            let text = String::from_utf8_lossy(&word[..length]);
            heard.extend(text.lines().map(str::to_owned));
        }
    }
    heard
}

#[test]
fn the_service_manager_hears_of_start_life_and_end() {
    let place = Place::new("");
    let socket = place.path("notify");
    let manager = UnixDatagram::bind(&socket).unwrap();
    manager
        .set_read_timeout(Some(Duration::from_secs(1)))
        .unwrap();
    let mut command = place.daemon();
    command
        .env("NOTIFY_SOCKET", &socket)
        .env("WATCHDOG_USEC", "300000");
    let mut daemon = Daemon::new(command.spawn().unwrap());
    let count = |heard: &[String], word: &str| heard.iter().filter(|said| *said == word).count();
    hear(&manager, |heard| {
        let status = "STATUS=0 pages in the last round, 0 incidents open";
        count(heard, "READY=1") == 1 && count(heard, status) > 0 && count(heard, "WATCHDOG=1") >= 3
    });
    assert_eq!(daemon.stop().0.code(), Some(0));
    hear(&manager, |heard| count(heard, "STOPPING=1") == 1);
}
