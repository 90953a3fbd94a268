//! Secrets: read from files of their own, never from the configuration itself.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::raw::transports::RawSecret;

/// The longest secret, in bytes.
const SECRET_BYTES: u64 = 4096;
/// The permissions that nobody but the owner may have.
pub const OTHERS: u32 = 0o077;

/// Where secrets are looked for.
pub struct Places<'a> {
    /// The directory of `monitor.toml`.
    pub base: &'a Path,
    /// `$CREDENTIALS_DIRECTORY`, when systemd has set it. Commands at a terminal have none: they
    /// find the same files where the unit's `LoadCredential=` takes them from.
    pub credentials: Option<&'a Path>,
}

impl Places<'_> {
    /// A path as written, relative to `monitor.toml`.
    pub fn path(&self, written: &str) -> PathBuf {
        self.base.join(written)
    }

    /// The secret that `raw` points to.
    pub fn secret(&self, raw: &RawSecret) -> Result<SecretString, String> {
        match raw {
            RawSecret::File(file) => read(&self.path(file), true),
            // systemd guards credentials by access lists, which show as rights of the group.
            RawSecret::Credential(name) => {
                let path = self.credential(name)?;
                let outside = self.credentials.is_none();
                read(&path, outside).map_err(|fault| match outside {
                    true => format!("{fault} (it is looked for there outside of systemd's LoadCredential=)"),
                    false => fault,
                })
            }
            RawSecret::Refused => Err(
                "a secret is not written here; name its place, { file = \"…\" } or { credential = \"…\" }"
                    .to_owned(),
            ),
        }
    }

    fn credential(&self, name: &str) -> Result<PathBuf, String> {
        if name.is_empty() || name.contains('/') || name.starts_with('.') {
            return Err(format!("{name:?} is no name of a credential"));
        }
        Ok(match self.credentials {
            Some(dir) => dir.join(name),
            None => self.path("secrets").join(name),
        })
    }
}

fn read(path: &Path, guarded: bool) -> Result<SecretString, String> {
    let shown = path.display();
    let fault = |error: std::io::Error| format!("the secret {shown} cannot be read: {error}");
    // Asked before it is opened: opening a pipe would wait for a writer.
    let about = std::fs::metadata(path).map_err(fault)?;
    if !about.is_file() {
        return Err(format!("the secret {shown} is no plain file"));
    }
    if guarded && about.permissions().mode() & OTHERS != 0 {
        return Err(format!(
            "the secret {shown} can be read by others; run: chmod 600 {shown}"
        ));
    }
    let mut text = String::new();
    File::open(path)
        .map_err(fault)?
        .take(SECRET_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(fault)?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err(format!("the secret {shown} is empty"));
    }
    if text.len() as u64 > SECRET_BYTES || secret.chars().any(char::is_control) {
        return Err(format!(
            "the secret {shown} is not one line of at most {SECRET_BYTES} bytes"
        ));
    }
    Ok(SecretString::from(secret.to_owned()))
}
