//! The file of the fragment. Its last line is a digest of what stands above it, so that a later run
//! knows whether a person has changed it since.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use url::Url;

use super::state::beside;
use crate::daemon::visit::digest_of;

/// The largest file that is looked at, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;
/// How the last line begins.
const SEAL: &str = "# 校验码（改动后不再覆盖）：";
/// How the line with the home page begins.
const HOME: &str = "# 首页：";

/// Refuses to write over a file that is not as we wrote it, and, unless `fresh`, over one that is
/// about another site.
pub fn guard(out: &Path, home: &Url, fresh: bool) -> anyhow::Result<()> {
    let mut there = String::new();
    let read = match File::open(out) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(error).with_context(|| format!("{} cannot be read", out.display()));
        }
        Ok(file) => file.take(LARGEST).read_to_string(&mut there),
    };
    let out = out.display();
    if read.is_err() || !is_as_written(&there) {
        bail!(
            "{out} is there already and is not, or no longer, as it was written; choose another name or move it away"
        )
    }
    let about = there.lines().find_map(|line| line.strip_prefix(HOME));
    if let Some(other) = about.filter(|other| *other != home.as_str() && !fresh) {
        bail!(
            "{out} is about {other} and not about {home}; choose another --out, or --fresh to write over it"
        )
    }
    Ok(())
}

/// Writes the fragment in one step: it is there as a whole or not at all.
pub fn write(out: &Path, text: &str) -> anyhow::Result<()> {
    let part = beside(out, ".part");
    let written = || -> std::io::Result<()> {
        let mut file = File::create(&part)?;
        file.write_all(text.as_bytes())?;
        writeln!(file, "{SEAL}{}", digest_of(text.as_bytes()))?;
        file.sync_all()?;
        std::fs::rename(&part, out)
    };
    written().with_context(|| format!("{} cannot be written", out.display()))
}

fn is_as_written(whole: &str) -> bool {
    let sealed = whole.rsplit_once(SEAL);
    sealed.is_some_and(|(text, seal)| digest_of(text.as_bytes()) == seal.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_we_wrote_about_the_same_site_is_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("a.toml");
        let home = Url::parse("http://a.gov.cn/").unwrap();
        let other = Url::parse("http://b.gov.cn/").unwrap();
        assert!(guard(&out, &home, false).is_ok());
        write(&out, "# 首页：http://a.gov.cn/\n[[site]]\n").unwrap();
        assert!(guard(&out, &home, false).is_ok());
        assert!(guard(&out, &other, true).is_ok());
        let refused = guard(&out, &other, false).unwrap_err().to_string();
        assert!(refused.contains("is about http://a.gov.cn/"), "{refused}");
        let whole = std::fs::read_to_string(&out).unwrap();
        for changed in [
            whole.replace("[[site]]", "[[site]]\nid = 1"),
            format!("{whole}# 已核对\n"),
            "[[site]]\n".to_owned(),
            String::new(),
        ] {
            std::fs::write(&out, &changed).unwrap();
            assert!(guard(&out, &home, true).is_err(), "{changed}");
        }
    }
}
