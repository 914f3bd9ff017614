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
    /// A commit-graph, which nobody checks against the commits, is not asked for their parents.
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
            .args(["-c", "blame.ignoreRevsFile=", "-c", "core.commitGraph=false", "blame", "--incremental", "-w"])
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Place;
    use crate::git::command::plain_git;

    /// Has a commit-graph of two commits say that neither has a parent.
    fn forge(graph: &std::path::Path) {
        let mut bytes = std::fs::read(graph).unwrap();
        let table = bytes.windows(4).position(|name| name == b"CDAT").unwrap();
        let offset = u64::from_be_bytes(bytes[table + 4..table + 12].try_into().unwrap());
        for commit in 0..2 {
            let parent = usize::try_from(offset).unwrap() + commit * 36 + 20;
            bytes[parent..parent + 4].copy_from_slice(&0x7000_0000_u32.to_be_bytes());
        }
        std::fs::remove_file(graph).unwrap();
        std::fs::write(graph, bytes).unwrap();
    }

    #[test]
    fn a_forged_commit_graph_moves_no_blame() {
        let folder = tempfile::tempdir().unwrap();
        let git = |words: &[&str]| {
            let me = ["-c", "user.name=Mira", "-c", "user.email=mira@example.com"];
            let output = plain_git("git").arg("-C").arg(folder.path()).args(me).args(words).output().unwrap();
            assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        git(&["init", "-q"]);
        for text in ["one\n", "one\ntwo\n"] {
            std::fs::write(folder.path().join("a"), text).unwrap();
            git(&["add", "a"]);
            git(&["commit", "-q", "-m", text]);
        }
        git(&["commit-graph", "write", "--reachable"]);
        forge(&folder.path().join(".git/objects/info/commit-graph"));
        assert_eq!(git(&["rev-list", "--count", "HEAD"]), "1", "git believes it");
        let repo = Repo::open(&Place { directory: Some(folder.path().to_owned()), ..Place::default() }).unwrap();
        let named = |name: &str| git(&["-c", "core.commitGraph=false", "rev-parse", name]).parse().unwrap();
        let (newest, first) = (named("HEAD"), named("HEAD^"));

        let asked = Lines { commit: newest, path: "a".into(), lines: LineSet::all(1) };

        assert_eq!(repo.blame(&asked, 0).unwrap(), [first]);
    }
}
