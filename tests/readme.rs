//! What the guides say is true: their commands exist with the options shown, the help is the real
//! one, files that are named are there, and every key of the configuration is explained.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

#[path = "support/program.rs"]
mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use program::wangxun;
use regex::Regex;
use wangxun::alert::template::Texts;
use wangxun::assess::ladder::Tier;
use wangxun::domain::class::Class;
use wangxun::domain::group::Role;

const MANUAL: &str = "docs/管理员手册.md";
const GUIDES: [&str; 2] = ["README.md", MANUAL];
const SAMPLES: [&str; 6] = [
    "monitor.toml",
    "sites.toml",
    "contacts.toml",
    "calendar.toml",
    "rubric.toml",
    "words.toml",
];
/// Words of the samples that are the gateway's or the administrator's own.
const OF_OTHERS: [&str; 8] = [
    "Authorization",
    "mobile",
    "content",
    "requestId",
    "token",
    "office",
    "bureau",
    "desk",
];

fn root(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn text(name: &str) -> String {
    std::fs::read_to_string(root(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

/// The names of the commands that a help lists.
fn listed(help: &str) -> Vec<String> {
    let list = help.split("Commands:\n").nth(1).unwrap_or_default();
    let list = list.split("\n\n").next().unwrap();
    let names = list
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect()
}

/// The commands, with the options that the help of each names, and of the commands below it.
fn commands() -> BTreeMap<String, BTreeSet<String>> {
    let option = pattern(r"--[a-z][a-z-]*");
    let names = listed(&wangxun(["--help"]).out);
    names
        .into_iter()
        .map(|name| {
            let mut help = wangxun([&*name, "--help"]).out;
            for below in listed(&help).iter().filter(|below| *below != "help") {
                help.push_str(&wangxun([&*name, below, "--help"]).out);
            }
            let options = option
                .find_iter(&help)
                .map(|found| found.as_str().to_owned());
            (name, options.collect())
        })
        .collect()
}

/// The pieces of a guide that are set as code: indented lines and what stands between backticks.
fn code(guide: &str) -> Vec<String> {
    let span = pattern(r"`([^`\n]+)`");
    let mut pieces = Vec::new();
    for line in guide.lines() {
        match line.strip_prefix("    ") {
            Some(line) => pieces.push(line.to_owned()),
            None => pieces.extend(span.captures_iter(line).map(|found| found[1].to_owned())),
        }
    }
    pieces
}

#[test]
fn every_command_that_is_named_exists_with_its_options() {
    let commands = commands();
    assert!(commands.len() >= 10, "{commands:?}");
    let call = pattern(r"(?:^|[\s/])(?:wangxun|cargo run --release --) ([a-z][a-z-]*)([^|#]*)");
    let option = pattern(r"--[a-z][a-z-]*");
    for guide in GUIDES {
        let mut named = BTreeSet::new();
        for piece in code(&text(guide)) {
            // `wangxun wangxun` is a user and a group, `wangxun <COMMAND>` the help itself.
            for found in call.captures_iter(&piece) {
                let (name, rest) = (&found[1], &found[2]);
                let options = commands.get(name);
                let options = options.unwrap_or_else(|| panic!("{guide}: {piece}"));
                for option in option.find_iter(rest) {
                    assert!(options.contains(option.as_str()), "{guide}: {piece}");
                }
                named.insert(name.to_owned());
            }
        }
        let unnamed: Vec<_> = commands
            .keys()
            .filter(|name| !named.contains(*name))
            .collect();
        assert_eq!(unnamed, ["help"], "{guide} says nothing of them");
    }
}

#[test]
fn the_help_in_the_guide_is_the_real_one() {
    let guide = text("README.md");
    let help = wangxun(["--help"]).out;
    let set: Vec<String> = help
        .trim_end()
        .lines()
        .map(|line| format!("    {line}").trim_end().to_owned())
        .collect();
    assert!(guide.contains(&set.join("\n")), "{help}");
}

#[test]
fn the_gates_run_the_command_that_the_guide_names() {
    let guide = text("README.md");
    let section = guide.split("\n## Test it\n").nth(1).unwrap();
    let command = section
        .lines()
        .find_map(|line| line.strip_prefix("    "))
        .unwrap();
    assert_eq!(command, "cargo test --locked");
    let gates = text(".ci/run");
    assert!(gates.lines().any(|line| line == command), "{gates}");
    let packages = section
        .lines()
        .find_map(|line| line.strip_prefix("    apt-get install "))
        .unwrap();
    let installs = gates
        .lines()
        .find_map(|line| line.strip_prefix("apt-get install -y -qq "));
    assert_eq!(installs, Some(packages));
}

#[test]
fn files_that_are_named_are_there() {
    let link = pattern(r"\]\(([^)#]+)\)");
    let path = pattern(r"(?:^|\s)((?:config|systemd|docs|tests|src|\.ci)/[\w./-]+)");
    for guide in ["README.md", MANUAL, "ARCHITECTURE.md", "CHANGELOG.md"] {
        let whole = text(guide);
        let here = root(guide);
        for found in link.captures_iter(&whole) {
            let target = &found[1];
            let is_there = target.contains("://") || here.parent().unwrap().join(target).exists();
            assert!(is_there, "{guide} links {target}");
        }
        for piece in code(&whole) {
            for found in path.captures_iter(&piece) {
                assert!(root(&found[1]).exists(), "{guide} names {}", &found[1]);
            }
        }
    }
}

/// Every key of a sample: of its tables, its inline tables and its commented examples, and those
/// that its comments explain in a list.
fn keys(sample: &str) -> BTreeSet<String> {
    let set = pattern(r"(?:^[# ]*|[{,] *)([A-Za-z_][\w-]*) *= ");
    let header = pattern(r"^[# ]*\[\[?([\w.-]+)\]?\]");
    let explained = pattern(r"^#   (?:  )?([a-z][a-z_]*)(?:, ([a-z_]+))?(?:, ([a-z_]+))?  +\S");
    let mut keys = BTreeSet::new();
    let mut in_list = false;
    for line in sample.lines() {
        in_list = line.starts_with("# Keys of") || in_list && line.starts_with('#');
        let parts = [&set, &header].map(|pattern| pattern.captures_iter(line));
        let listed = explained.captures_iter(line).filter(|_| in_list);
        for found in parts.into_iter().flatten().chain(listed) {
            let names = found.iter().skip(1).flatten();
            keys.extend(
                names
                    .flat_map(|name| name.as_str().split('.'))
                    .map(str::to_owned),
            );
        }
    }
    keys
}

#[test]
fn every_key_of_the_samples_is_explained_in_the_manual() {
    let manual = text(MANUAL);
    // A table's heading is named with its parents, as `[transports.sms]`.
    let word = pattern(r"[A-Za-z_][\w-]*");
    let explained: BTreeSet<String> = code(&manual)
        .iter()
        .flat_map(|piece| word.find_iter(piece))
        .map(|found| found.as_str().to_owned())
        .collect();
    let mut all = BTreeSet::new();
    for name in SAMPLES {
        let sample = text(&format!("config/{name}"));
        let keys = keys(&sample);
        // What the file sets is among what was found, so the patterns miss nothing of it.
        for key in sample.parse::<toml::Table>().unwrap().keys() {
            assert!(keys.contains(key), "{name}: {key}");
        }
        for key in &keys {
            let is_ours = !OF_OTHERS.contains(&key.as_str());
            assert!(!is_ours || explained.contains(key), "{name}: {key}");
        }
        all.extend(keys);
    }
    let known = [
        "percent",
        "release",
        "pointer",
        "extra_root",
        "also_hosts",
        "limit_days",
        "make_up_days",
        "duties",
    ];
    for key in known {
        assert!(all.contains(key), "{key} is no longer found in the samples");
    }
    let words = Texts::KEYS.iter().map(|(key, ..)| *key);
    let words = words.chain(Class::ALL.map(Class::key));
    let words = words.chain(Role::ALL.map(Role::key));
    for word in words.chain(Tier::ALL.map(Tier::key)) {
        assert!(
            explained.contains(word),
            "the manual does not explain {word}"
        );
    }
}

#[test]
fn every_metric_and_reason_stands_in_the_manual() {
    let manual = text(MANUAL);
    let source = text("src/web/exposition.rs");
    let name = pattern(r#""(wangxun_[a-z_]+)""#);
    let names: BTreeSet<&str> = name
        .captures_iter(&source)
        .map(|found| found.get(1).unwrap().as_str())
        .collect();
    assert!(names.len() >= 20, "{names:?}");
    let listed: BTreeSet<&str> = pattern(r"\| `(wangxun_[a-z_]+)`")
        .captures_iter(&manual)
        .map(|found| found.get(1).unwrap().as_str())
        .collect();
    assert_eq!(listed, names);
    for reason in wangxun::web::health::Reason::KEYS {
        assert!(manual.contains(&format!("| `{reason}` |")), "{reason}");
    }
}

#[test]
fn the_limits_in_the_guides_are_those_of_the_program() {
    let manual = text(MANUAL);
    let limits = wangxun::assess::limits::Limits::default();
    for (class, rule) in &limits.classes {
        let row = format!(
            "| `{}` | {} | {} |",
            class.key(),
            class_name(*class),
            rule.limit_days
        );
        assert!(manual.contains(&row), "{row}");
    }
    let guide = text("README.md");
    for (tier, row) in [
        (Tier::Reminder, "| 提醒 | day 11 / 151 / 336 |"),
        (Tier::Warning, "| 预警 | day 13 / 174 / 359 |"),
        (Tier::Overdue, "| 超期 | day 15 / 181 / 366 |"),
        (Tier::SeverelyOverdue, "| 严重超期 | day 22 / 211 / 396 |"),
    ] {
        assert!(guide.contains(row), "{row}");
        let number = pattern(r"\d+");
        let days = number
            .find_iter(row)
            .map(|found| found.as_str().parse::<u32>());
        for (day, limit) in days.map(Result::unwrap).zip([14, 180, 365]) {
            let rule = limits
                .classes
                .values()
                .find(|rule| rule.limit_days == limit)
                .unwrap();
            assert_eq!(rule.ladder.tier(day, limit), Some(tier), "{row}");
            assert!(rule.ladder.tier(day - 1, limit) < Some(tier), "{row}");
        }
    }
}

/// The name in the manual's table, which says more of two classes than reports do.
fn class_name(class: Class) -> &'static str {
    match class {
        Class::Other => "其他应更新栏目",
        class => class.in_chinese(),
    }
}
