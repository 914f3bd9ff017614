//! Which commits last wrote some lines of a file.

use std::process::Stdio;

use super::error::GitError;
use super::repo::Repo;
use crate::model::{Arrange, LineSet, ObjectId, RepoPath};

/// Some lines of a file, as a commit has it.
#[derive(Clone, Debug)]
pub struct Lines {
    pub commit: ObjectId,
    pub path: RepoPath,
    pub lines: LineSet,
}

impl Repo {
    /// The commits that wrote the lines, changes of white space left out. Lines older than `since`
    /// (seconds since 1970) are blamed on whatever commit the search stopped at.
    ///
    /// This is git's own blame: libgit2's compares whole trees of every commit on its way. A path
    /// that is not UTF-8 has no spelling that every system's command line could pass on; it is
    /// blamed on nobody.
    pub fn blame(&self, asked: &Lines, since: i64) -> Result<Vec<ObjectId>, GitError> {
        let Ok(path) = std::str::from_utf8(asked.path.as_bytes()) else { return Ok(Vec::new()) };
        let failed =
            |said: String| GitError::Command { command: format!("blame {} -- {}", asked.commit, asked.path), said };
        let ranges = asked.lines.ranges().map(|range| format!("-L{},{}", range.start, range.end - 1));
        let output = self
            .git_command()
            .args(["-c", "blame.ignoreRevsFile=", "blame", "--incremental", "-w"])
            .arg(format!("--max-age={since}"))
            .args(ranges)
            .args([&asked.commit.to_string(), "--", path])
            .stdin(Stdio::null())
            .output()
            .map_err(|error| failed(error.to_string()))?;
        if !output.status.success() {
            return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        let mut blamed: Vec<ObjectId> = output.stdout.split(|&byte| byte == b'\n').filter_map(header).collect();
        blamed.arrange();
        blamed.dedup();
        Ok(blamed)
    }
}

/// The commit of a line `<id> <line before> <line after> <count>`; other lines start with a word.
fn header(line: &[u8]) -> Option<ObjectId> {
    let (id, rest) = line.split_at_checked(40)?;
    rest.starts_with(b" ").then(|| std::str::from_utf8(id).ok()?.parse().ok())?
}
