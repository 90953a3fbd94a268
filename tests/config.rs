//! The configuration over real files: every shipped sample is sound, and every fault is told with
//! its file, its line and what is known instead.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use wangxun::config::load::load_with;

#[test]
fn the_shipped_samples_are_sound() {
    let dir = tempfile::tempdir().unwrap();
    for name in [
        "monitor.toml",
        "sites.toml",
        "contacts.toml",
        "calendar.toml",
    ] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("config")
            .join(name);
        std::fs::copy(from, dir.path().join(name)).unwrap();
    }
    let contacts = dir.path().join("contacts.toml");
    std::fs::set_permissions(contacts, std::fs::Permissions::from_mode(0o600)).unwrap();
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
    let loaded = load_with(&dir.path().join("monitor.toml"), today, None);
    match loaded {
        Ok(loaded) => {
            for w in &loaded.warnings {
                println!("{w}");
            }
        }
        Err(faults) => panic!("{faults}"),
    }
}
