//! Who may name whom: the table of ARCHITECTURE.md, held against every `crate::` in the sources.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const CORE: [&str; 7] = [
    "domain",
    "calendar",
    "extract",
    "assess",
    "alert",
    "report",
    "discovery",
];

/// The modules that each module may name, besides itself.
fn allowed(module: &str) -> BTreeSet<&'static str> {
    let names: &[&str] = match module {
        "domain" | "clock" => &[],
        "calendar" | "extract" => &["domain"],
        "assess" => &["domain", "calendar"],
        "alert" => &["domain", "calendar", "assess"],
        "report" => &["domain", "calendar", "assess", "alert"],
        "discovery" => &["domain", "extract", "assess"],
        "config" => &["domain", "calendar", "extract", "assess", "alert", "report"],
        "fetch" => &["domain", "clock"],
        "deliver" => &["domain", "alert"],
        "store" => &["domain", "assess", "alert"],
        "web" => &[
            "domain", "calendar", "extract", "assess", "alert", "report", "store", "clock",
        ],
        "rehearsal" => &["domain", "calendar", "clock"],
        "daemon" => &[
            "domain", "calendar", "extract", "assess", "alert", "report", "config", "clock",
            "fetch", "store", "deliver", "web",
        ],
        "cli" => &[
            "domain",
            "calendar",
            "extract",
            "assess",
            "alert",
            "report",
            "config",
            "clock",
            "fetch",
            "store",
            "deliver",
            "web",
            "rehearsal",
            "discovery",
            "daemon",
        ],
        "lib" => &[],
        "main" => &["cli"],
        other => panic!("src/{other} is not in the table"),
    };
    names.iter().copied().collect()
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in dir.read_dir().expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files
}

/// The top module of a source file.
fn module(path: &Path) -> String {
    let below = path.strip_prefix(src()).expect("below src");
    let first = below.components().next().expect("a name");
    let name = first.as_os_str().to_str().expect("a plain name");
    name.trim_end_matches(".rs").to_owned()
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The code of a text that runs in the program, not in its tests.
fn code(text: &str) -> &str {
    let (code, _) = text
        .split_once("#[cfg(test)]\nmod tests")
        .unwrap_or((text, ""));
    code
}

/// The modules that a text names by `crate::`.
fn named(text: &str) -> BTreeSet<String> {
    code(text)
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect()
        })
        .collect()
}

#[test]
fn every_module_names_only_those_that_the_map_allows() {
    let files = sources(&src());
    assert!(files.len() > 50, "{} sources", files.len());
    let mut faults = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source");
        let module = module(&file);
        let allowed = allowed(&module);
        for name in named(&text) {
            // A grouped import would slip past: it is a fault of its own.
            if name.is_empty() || (name != module && !allowed.contains(name.as_str())) {
                faults.push(format!("{}: crate::{name}", file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn the_core_has_no_clock_no_io_and_no_async() {
    let forbidden = [
        "tokio",
        "reqwest",
        "std::fs",
        "std::net",
        "std::io",
        "async fn",
        "SystemTime",
        "Utc::now",
        "Instant",
    ];
    let mut faults = Vec::new();
    for file in sources(&src()) {
        if !CORE.contains(&module(&file).as_str()) {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("a source");
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            if let Some(word) = forbidden.iter().find(|word| line.contains(**word)) {
                faults.push(format!("{}: {word}", file.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
