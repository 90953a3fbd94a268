//! Faults of a configuration: each is told with its file, its line and what is known instead; all
//! of them at once; and neither secrets nor numbers among them.
//!
//! The tables stand in `tests/faults`: a file, the lines that are taken out (`-`), those that are
//! put in (`+`), and the faults that follow (`>`), whose parts are divided by `…`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use wangxun::config::load::load_with;
use wangxun::domain::transport::MailTransport;

#[path = "support/config_files.rs"]
mod config_files;

use config_files::{
    CONTACTS, Files, GATEWAY, MONITOR, SITES, today, with_gateway, with_robot, with_server,
    with_vendor,
};

/// Rules of assessment with a changed one and one of the administrator's own.
const RUBRIC: &str = r#"profile = "p2015"
[grades]
good = 80
[choices]
late = "any-day"
[rule.D5]
points = 2.5
[rule.X1]
title = "财政预决算栏目一年内未更新，每个"
area = "publishing"
kind = "deduct"
metric = "stale-columns"
classes = { finance = 365 }
points = 2
check = "auto"
confidence = "P"
source = "自拟"
"#;

/// A list of expressions.
const WORDS: &str = r#"enabled = true
[[word]]
text = "布署"
kind = "wrong"
instead = "部署"
[[word]]
text = "按装"
kind = "sensitive"
unless = ["按装置"]
remark = "核对"
"#;

/// One edit of a sound configuration and the faults that follow.
struct Case<'a> {
    file: &'a str,
    taken: String,
    put: String,
    faults: Vec<&'a str>,
}

fn cases(table: &str) -> Vec<Case<'_>> {
    let marked = |block: &str, mark: &str| -> Vec<String> {
        let lines = block.lines().filter_map(|line| line.strip_prefix(mark));
        lines.map(str::to_owned).collect()
    };
    table
        .split("\n\n")
        .map(|block| Case {
            file: block.lines().next().unwrap(),
            taken: marked(block, "- ").join("\n"),
            put: marked(block, "+ ").join("\n"),
            faults: block
                .lines()
                .filter_map(|line| line.strip_prefix("> "))
                .collect(),
        })
        .collect()
}

/// Loads `base` with each edit of `table`; exactly its faults must be told.
fn check(base: fn() -> Files, table: &str) {
    assert_eq!(base().faults(), Vec::<String>::new());
    for case in cases(table) {
        let files = base();
        let text = std::fs::read_to_string(files.path(case.file)).unwrap();
        let Case { taken, put, .. } = &case;
        assert!(text.contains(taken), "{} holds no {taken}", case.file);
        std::fs::write(files.path(case.file), text.replacen(taken, put, 1)).unwrap();
        let faults = files.faults();
        assert_eq!(
            faults.len(),
            case.faults.len(),
            "{taken} {put}: {faults:#?}"
        );
        for (fault, expected) in faults.iter().zip(&case.faults) {
            let mut parts = expected.split(" … ");
            let start = parts.next().unwrap();
            assert!(fault.starts_with(start), "{put}: {fault} is not {start}");
            for part in parts {
                assert!(fault.contains(part), "{put}: {fault} without {part}");
            }
        }
    }
}

#[test]
fn faults_of_the_monitor_are_told_with_line_and_alternatives() {
    check(Files::new, include_str!("faults/monitor.txt"));
}

#[test]
fn faults_of_sites_are_told_with_line_and_alternatives() {
    check(Files::new, include_str!("faults/sites.txt"));
}

#[test]
fn faults_of_contacts_are_told_without_numbers() {
    check(Files::new, include_str!("faults/contacts.txt"));
}

#[test]
fn faults_of_holidays_are_told() {
    let base = || {
        let files = Files::new();
        let year = "[[year]]\nyear = 2027\nholidays = [\"2027-10-01..2027-10-07\"]\nmake_up_days = [\"2027-10-09\"]\n";
        files.write("calendar.toml", year);
        files
    };
    assert!(base().sound().config.calendar.knows(2027));
    check(base, include_str!("faults/calendar.txt"));
}

#[test]
fn faults_of_the_rules_of_assessment_are_told() {
    let base = || {
        let files = Files::new();
        files.write("rubric.toml", RUBRIC);
        files
    };
    check(base, include_str!("faults/rubric.txt"));
}

#[test]
fn faults_of_a_list_of_expressions_are_told() {
    let base = || {
        let files = Files::new();
        files.write("words.toml", WORDS);
        files
    };
    let list = base().sound().config.words;
    let texts: Vec<&str> = list.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(texts, ["布署", "按装"]);
    check(base, include_str!("faults/words.txt"));
}

#[test]
fn faults_of_a_gateway_are_told_without_secrets() {
    check(with_gateway, include_str!("faults/gateway.txt"));
}

#[test]
fn faults_of_a_mail_server_are_told() {
    let config = with_server().sound().config;
    let Some(MailTransport::Smtp(smtp)) = config.transports.mail else {
        panic!("no mail server");
    };
    assert_eq!(smtp.port, 587);
    check(with_server, include_str!("faults/mail.txt"));
    let files = with_server();
    let told = load_with(&files.path("monitor.toml"), today(), None).unwrap_err();
    assert!(told.to_string().contains("LoadCredential="), "{told}");
}

#[test]
fn faults_of_vendors_are_told_without_secrets() {
    check(with_vendor, include_str!("faults/vendor.txt"));
}

#[test]
fn faults_of_robots_are_told() {
    check(with_robot, include_str!("faults/robot.txt"));
}

#[test]
fn a_spool_that_is_meant_is_warned_of() {
    let loaded = Files::new().sound();
    assert!(loaded.config.spool_only_allowed);
    let mut warnings = loaded.warnings.iter();
    assert!(warnings.any(|warning| warning.loud && warning.message.contains("reach nobody")));
}

#[test]
fn faults_of_all_files_are_told_at_once() {
    let files = Files::new();
    files.write(
        "monitor.toml",
        MONITOR.replace("[transports]", "[log]\nlevel = 3\ncolour = 1\n[transports]"),
    );
    files.write("sites.toml", "[[unit]\nid = \"a\"\n[[unit]]\nname = \n");
    files.write(
        "contacts.toml",
        CONTACTS
            .replace("10000000001", "1")
            .replace("kxw", "nobody"),
    );
    files.write("calendar.toml", "years = 1\n");
    let faults = files.faults();
    let starts = [
        "monitor.toml:5: unknown field `level`",
        "monitor.toml:6: unknown field `colour`",
        "sites.toml:1: not TOML",
        "sites.toml:4: not TOML",
        "contacts.toml:4: phone",
        "calendar.toml:1: unknown field `years`",
    ];
    // The unit is not called unknown, because the units could not be read.
    let all: Vec<bool> = starts
        .iter()
        .map(|start| faults.iter().any(|fault| fault.starts_with(start)))
        .collect();
    assert_eq!(all, [true; 6], "{faults:#?}");
    assert!(
        !faults.iter().any(|fault| fault.contains("unknown unit")),
        "{faults:#?}"
    );
}

#[test]
fn a_fault_shows_its_line_but_neither_secrets_nor_numbers() {
    let files = Files::new();
    files.write("sites.toml", SITES.replace("\"news\"", "\"nwes\""));
    let told = files.load().unwrap_err().to_string();
    assert!(told.contains("sites.toml:13: "), "{told}");
    assert!(
        told.contains("\n    class = \"nwes\"\n1 fault in the configuration"),
        "{told}"
    );

    let files = with_gateway();
    files.write(
        "monitor.toml",
        GATEWAY
            .replace("{ file = \"token\" }", "\"s3cr3t\"")
            .replace("Bearer {secret.token}", "Bearer s3cr3t"),
    );
    files.write(
        "contacts.toml",
        CONTACTS
            .replace("10000000001", "1000000000x")
            .replace("\"10000000002\"", "10000000002 3"),
    );
    let told = files.load().unwrap_err().to_string();
    assert!(
        !told.contains("s3cr3t") && !told.contains("1000000"),
        "{told}"
    );
    assert!(told.contains("\n    token = …"), "{told}");
}

#[test]
fn numbers_and_secrets_are_for_their_owner_alone() {
    for (mode, sound) in [
        (0o600, true),
        (0o400, true),
        (0o640, false),
        (0o604, false),
        (0o644, false),
    ] {
        let files = Files::new();
        files.mode("contacts.toml", mode);
        let faults = files.faults();
        assert_eq!(faults.is_empty(), sound, "{mode:o}: {faults:?}");
        assert!(sound || faults[0].contains("chmod 600 "), "{faults:?}");

        let files = with_gateway();
        files.mode("token", mode);
        assert_eq!(files.faults().is_empty(), sound, "{mode:o}");
    }
}

#[test]
fn files_are_bounded() {
    let files = Files::new();
    files.write("sites.toml", "# long\n".repeat(700_000));
    assert_eq!(files.faults()[0], "sites.toml: it is larger than 4 MiB");
    files.write("sites.toml", b"[[unit]]\n# \xff\n");
    assert_eq!(
        files.faults()[0],
        "sites.toml: it is not UTF-8, first on line 2"
    );
    std::fs::remove_file(files.path("sites.toml")).unwrap();
    std::fs::create_dir(files.path("sites.toml")).unwrap();
    assert_eq!(files.faults()[0], "sites.toml: it is no plain file");

    let files = with_gateway();
    files.write("token", "x".repeat(5000));
    assert!(files.faults()[0].contains("not one line of at most 4096 bytes"));
    files.write("token", "\n");
    assert!(files.faults()[0].contains("is empty"));

    let files = Files::new();
    files.write("sites.toml", "x = 1\ny = [\n".repeat(5000));
    assert!(files.faults().len() <= 102);
    let many: String = (0..5000).map(|n| format!("k{n} = 1\n")).collect();
    files.write("sites.toml", many);
    assert!(files.faults().len() <= 102);
    for deep in [
        format!("x = {}", "[".repeat(100_000)),
        format!("x = {}", "{a=".repeat(100_000)),
        format!("x{} = 1", ".x".repeat(100_000)),
        format!("[x{}]\n", ".x".repeat(100_000)),
        format!("[[unit{}]]\n", ".id".repeat(100_000)),
    ] {
        files.write("sites.toml", &deep);
        let shown: String = deep.chars().take(20).collect();
        assert!(!files.faults().is_empty(), "{shown}");
    }
}
