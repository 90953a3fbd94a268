//! Kills a program at its n-th write below a directory, without a word about it in the program: a
//! small library that is loaded before the C library counts the calls.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The library, built anew.
pub struct Failpoint(PathBuf);

impl Failpoint {
    /// Builds the library in `dir` with the C compiler that building the program needs as well.
    pub fn new(dir: &Path) -> Failpoint {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/failpoint.c");
        let library = dir.join("failpoint.so");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&library)
            .args([source, "-ldl"])
            .status();
        assert!(built.is_ok_and(|status| status.success()), "a C compiler");
        Failpoint(library)
    }

    /// Has `command` die at the `number`th write below `below`.
    pub fn arm<'a>(
        &self,
        command: &'a mut Command,
        below: &Path,
        number: usize,
    ) -> &'a mut Command {
        command
            .env("LD_PRELOAD", &self.0)
            .env("KILL_BELOW", below)
            .env("KILL_AT", number.to_string())
    }
}
