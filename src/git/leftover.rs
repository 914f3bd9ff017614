//! Files that a process left which was killed before it could put them in place.

use std::path::Path;
use std::time::Duration;

/// No writer takes so long.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Clears away what lies beside a file that was just written, is older than it by far, and has a name that says
/// it was to be moved. By the file system's own time, whatever the clock says here.
pub fn clear_leftovers(fresh: &Path, is_draft: impl Fn(&str) -> bool) {
    let written = |path: &Path| path.symlink_metadata().and_then(|found| found.modified()).ok();
    let (Some(folder), Some(now)) = (fresh.parent(), written(fresh)) else { return };
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let path = entry.path();
        let age = || now.duration_since(written(&path)?).ok();
        if entry.file_name().to_str().is_some_and(&is_draft) && age().is_some_and(|age| age > LONGEST) {
            // Another process may have been faster, and whoever may not remove it leaves it.
            let _ = std::fs::remove_file(&path);
        }
    }
}
