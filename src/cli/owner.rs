//! Whose store it is. A command that root runs on the daemon's store would leave files behind that
//! the daemon cannot write, and the daemon would not start again.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Refuses root the store of another user.
pub fn respect(dir: &Path) -> anyhow::Result<()> {
    let us = fs::metadata("/proc/self").map_or(0, |about| about.uid());
    // A store that does not exist yet will belong to whoever makes it below its parent.
    let owner = dir.ancestors().find_map(|dir| fs::metadata(dir).ok());
    let owner = owner.map_or(us, |about| about.uid());
    anyhow::ensure!(
        us != 0 || owner == us,
        "the store in {} belongs to another user, and files of root in it would stop the daemon; \
         run the command as that user, for example: runuser -u wangxun -- wangxun …",
        dir.display()
    );
    Ok(())
}
