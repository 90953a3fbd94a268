//! What is let in: deny.toml says it for cargo-deny, and what can be held without a database of
//! advisories is held here, against Cargo.lock.
#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail by panicking"
)]

use std::collections::BTreeSet;
use std::path::Path;

use toml::Table;

fn table(name: &str) -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(path).unwrap().parse().unwrap()
}

fn texts<'a>(table: &'a Table, key: &str) -> BTreeSet<&'a str> {
    let entries = table[key].as_array().unwrap().iter();
    entries.map(|entry| entry.as_str().unwrap()).collect()
}

#[test]
fn only_what_sled_brings_is_excused_and_says_why() {
    let deny = table("deny.toml");
    let excused = deny["advisories"]["ignore"].as_array().unwrap();
    let ids: Vec<&str> = excused
        .iter()
        .map(|entry| entry["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["RUSTSEC-2025-0057", "RUSTSEC-2024-0384"]);
    for entry in excused {
        let reason = entry["reason"].as_str().unwrap();
        assert!(
            reason.contains("sled") && reason.contains("src/store"),
            "{reason}"
        );
    }
    let licenses = deny["licenses"].as_table().unwrap();
    let allowed = texts(licenses, "allow");
    assert!(
        allowed.iter().all(|name| !name.contains("GPL")),
        "{allowed:?}"
    );
    for key in ["unknown-registry", "unknown-git"] {
        assert_eq!(deny["sources"][key].as_str(), Some("deny"), "{key}");
    }
}

#[test]
fn every_crate_is_of_the_registry_and_none_is_banned() {
    let deny = table("deny.toml");
    let banned = deny["bans"]["deny"].as_array().unwrap();
    let banned: BTreeSet<&str> = banned
        .iter()
        .map(|entry| {
            assert!(!entry["reason"].as_str().unwrap().is_empty());
            entry["name"].as_str().unwrap()
        })
        .collect();
    assert!(banned.contains("openssl-sys"));
    let lock = table("Cargo.lock");
    let packages = lock["package"].as_array().unwrap();
    assert!(packages.len() > 100);
    for package in packages {
        let name = package["name"].as_str().unwrap();
        assert!(!banned.contains(name), "{name} is banned");
        if name == "wangxun" {
            continue;
        }
        let source = package.get("source").and_then(|source| source.as_str());
        let registry = "registry+https://github.com/rust-lang/crates.io-index";
        assert_eq!(source, Some(registry), "{name}");
        let digest = package["checksum"].as_str().unwrap();
        assert_eq!(digest.len(), 64, "{name}");
    }
}

#[test]
fn the_engine_is_pinned_and_its_excuses_are_still_needed() {
    let cargo = table("Cargo.toml");
    let engine = &cargo["dependencies"]["sled"];
    assert_eq!(engine["version"].as_str(), Some("=0.34.7"));
    let lock = table("Cargo.lock");
    let packages = lock["package"].as_array().unwrap();
    let has = |name: &str| {
        packages
            .iter()
            .any(|package| package["name"].as_str() == Some(name))
    };
    assert!(
        has("fxhash") && has("instant"),
        "an excuse in deny.toml has lost its crate"
    );
}
