//! What the reflogs tell: how HEAD came to where it is, and how this clone's commits were made.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use git2::RepositoryState as State;

use super::repo::Repo;
use crate::model::ObjectId;

/// How git made a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Making {
    /// By `git commit`, which asks hooks before it.
    Committed,
    /// Out of other commits, by a cherry-pick, revert, rebase or `am`, which ask none.
    Derived,
}

/// What git writes in brackets behind `rebase` or `pull` where it made a commit, and not only moved.
const STEPS: [&str; 7] = ["pick", "reword", "edit", "squash", "fixup", "continue", "merge"];

impl Repo {
    /// Which of some commits git made in this clone since gov-hook is at work in it, and how: no hook
    /// need have run for its reflogs to tell.
    #[must_use]
    pub fn made_here(&self, commits: &HashSet<ObjectId>) -> HashMap<ObjectId, Making> {
        let mut made = HashMap::new();
        let Some(since) = self.clone_since().filter(|_| !commits.is_empty()) else { return made };
        for log in self.logs_of_heads().into_iter().filter_map(|path| std::fs::read(path).ok()) {
            for moved in log.split(|&byte| byte == b'\n').filter_map(Move::parse) {
                let Some(making) = making(moved.message).filter(|_| commits.contains(&moved.to)) else { continue };
                if self.is_since(&moved, since) && made.get(&moved.to) != Some(&Making::Committed) {
                    made.insert(moved.to, making);
                }
            }
        }
        made
    }

    /// Whether a branch of a remote stood at a commit when it was fetched or pushed to from here, as far as this clone
    /// still tells.
    #[must_use]
    pub fn was_seen_at(&self, remote: &str, branch: &str, commit: ObjectId) -> bool {
        let log = std::fs::read(self.common_dir().join(format!("logs/refs/remotes/{remote}/{branch}")));
        let log = log.unwrap_or_default();
        log.split(|&byte| byte == b'\n').filter_map(Move::parse).any(|moved| moved.to == commit)
    }

    /// The time in a reflog is what the environment says it is, and whole seconds; an object's own file
    /// knows better, while it has one.
    fn is_since(&self, moved: &Move<'_>, since: SystemTime) -> bool {
        let hex = moved.to.to_string();
        let (folder, file) = hex.split_at(2);
        let loose = self.common_dir().join("objects").join(folder).join(file);
        match loose.metadata().and_then(|found| found.modified()) {
            Ok(written) => written >= since,
            Err(_packed) => SystemTime::UNIX_EPOCH + Duration::from_secs(moved.seconds) > since,
        }
    }

    /// The reflogs of what is checked out, here and in every linked worktree.
    fn logs_of_heads(&self) -> Vec<PathBuf> {
        let linked = self.common_dir().join("worktrees").read_dir().into_iter().flatten().flatten();
        let folders = linked.map(|entry| entry.path()).chain([self.common_dir().to_owned()]);
        folders.map(|folder| folder.join("logs/HEAD")).collect()
    }

    /// Whether what HEAD points to now was made out of other commits, by a rebase, cherry-pick, revert or
    /// `am`, as far as git's own state tells. The reflog says what the environment has git say, so it is
    /// believed only of a revert, and of a cherry-pick whose message was edited: they leave no other trace.
    #[must_use]
    pub fn is_midway(&self) -> bool {
        match self.inner.state() {
            // Whoever commits while one of them has stopped is asked as ever.
            State::Rebase
            | State::RebaseInteractive
            | State::RebaseMerge
            | State::ApplyMailbox
            | State::ApplyMailboxOrRebase
            | State::CherryPick
            | State::CherryPickSequence => !self.is_committed(),
            State::Clean | State::Merge | State::Revert | State::RevertSequence | State::Bisect => {
                self.was_moved_by(&["revert", "cherry-pick"], b"")
            }
        }
    }

    /// Whether HEAD came to where it is by `git commit`, which also ends a merge that had stopped.
    #[must_use]
    pub fn is_committed(&self) -> bool {
        self.was_moved_by(&["commit"], b"")
    }

    /// Whether HEAD came to where it is by a merge that did not stop.
    #[must_use]
    pub fn is_merged(&self) -> bool {
        self.was_moved_by(&["merge", "pull"], b"") && !self.is_fast_forwarded()
    }

    /// Whether HEAD came to where it is by taking on a commit that was there already.
    #[must_use]
    pub fn is_fast_forwarded(&self) -> bool {
        self.was_moved_by(&["merge", "pull"], b": Fast-forward")
    }

    fn was_moved_by(&self, verbs: &[&str], ending: &[u8]) -> bool {
        let Some(log) = self.end_of_reflog() else { return false };
        let last = log.trim_ascii_end().rsplit(|&byte| byte == b'\n').next();
        let Some(message) = last.and_then(|line| line.splitn(2, |&byte| byte == b'\t').nth(1)) else { return false };
        message.ends_with(ending) && verbs.iter().any(|verb| rest_after(message, verb).is_some())
    }

    /// The last lines of HEAD's reflog; no commit's line reaches farther.
    fn end_of_reflog(&self) -> Option<Vec<u8>> {
        let log = File::open(self.inner.path().join("logs/HEAD")).ok()?;
        let length = log.metadata().ok()?.len();
        let last = |size: u64| {
            let size = size.min(length);
            let mut end = vec![0; usize::try_from(size).ok()?];
            log.read_exact_at(&mut end, length - size).ok()?;
            Some(end)
        };
        let end = last(4 << 10)?;
        if end.trim_ascii_end().contains(&b'\n') { Some(end) } else { last(64 << 10) }
    }
}

/// One line of a reflog.
struct Move<'a> {
    to: ObjectId,
    seconds: u64,
    message: &'a [u8],
}

impl<'a> Move<'a> {
    /// `<old> <new> <name> <address> <seconds> <zone>`, a tab, and what moved it.
    fn parse(line: &'a [u8]) -> Option<Self> {
        let tab = line.iter().position(|&byte| byte == b'\t')?;
        let (head, message) = (line.get(..tab)?, line.get(tab + 1..)?);
        let text = |word: &'a [u8]| std::str::from_utf8(word).ok();
        let to = head.split(|&byte| byte == b' ').nth(1).and_then(text)?.parse().ok()?;
        let seconds = head.rsplit(|&byte| byte == b' ').nth(1).and_then(text)?.parse().ok()?;
        Some(Self { to, seconds, message })
    }
}

/// How the movement that a message tells of made its commit; `None` where the commit was there already.
fn making(message: &[u8]) -> Option<Making> {
    if rest_after(message, "commit").is_some() {
        return Some(Making::Committed);
    }
    if message.to_ascii_lowercase().ends_with(b": fast-forward") {
        return None;
    }
    let is_made = ["cherry-pick", "revert", "am"].iter().any(|verb| message.starts_with(format!("{verb}:").as_bytes()))
        || ["rebase", "pull"].iter().any(|verb| rest_after(message, verb).is_some_and(is_step));
    is_made.then_some(Making::Derived)
}

/// Whether ` --rebase origin main (pick): Subject` made a commit.
fn is_step(rest: &[u8]) -> bool {
    let before = rest.split(|&byte| byte == b':').next().unwrap_or_default();
    STEPS.iter().any(|step| before.ends_with(format!("({step})").as_bytes()))
}

/// What follows a verb in a message, if it is about that verb.
fn rest_after<'m>(message: &'m [u8], verb: &str) -> Option<&'m [u8]> {
    message.strip_prefix(verb.as_bytes()).filter(|rest| rest.starts_with(b":") || rest.starts_with(b" "))
}

#[cfg(test)]
mod tests {
    use super::{Making, Move, making};

    #[test]
    fn a_line_tells_where_head_went_and_when() {
        let line = format!(
            "{} {} A U Thor <a@example.com> 1700000000 +0200\tcommit: One\ttwo",
            "1".repeat(40),
            "2".repeat(40)
        );

        let moved = Move::parse(line.as_bytes()).unwrap();

        assert_eq!((moved.to.to_string(), moved.seconds), ("2".repeat(40), 1_700_000_000));
        assert_eq!(moved.message, b"commit: One\ttwo");
    }

    #[test]
    fn what_is_no_line_of_a_reflog_tells_nothing() {
        for line in ["", "\t", "a b c\td", "1 2 <a> x +0000\tcommit: One"] {
            assert!(Move::parse(line.as_bytes()).is_none(), "{line}");
        }
    }

    #[test]
    fn a_commit_is_made_by_the_verb_that_asks_hooks_or_by_one_that_asks_none() {
        for (message, expected) in [
            ("commit: One", Some(Making::Committed)),
            ("commit (initial): One", Some(Making::Committed)),
            ("commit (amend): One", Some(Making::Committed)),
            ("commit (cherry-pick): One", Some(Making::Committed)),
            ("cherry-pick: One", Some(Making::Derived)),
            ("revert: Revert \"One\"", Some(Making::Derived)),
            ("am: One", Some(Making::Derived)),
            ("rebase (pick): One", Some(Making::Derived)),
            ("rebase -i (fixup): One", Some(Making::Derived)),
            ("rebase (continue): One", Some(Making::Derived)),
            ("pull --rebase origin main (pick): One", Some(Making::Derived)),
        ] {
            assert_eq!(making(message.as_bytes()), expected, "{message}");
        }
    }

    #[test]
    fn a_commit_that_was_there_already_was_not_made() {
        for message in [
            "checkout: moving from a to b",
            "reset: moving to HEAD~1",
            "clone: from /elsewhere",
            "merge topic: Fast-forward",
            "pull: Fast-forward",
            "cherry-pick: fast-forward",
            "rebase: fast-forward",
            "rebase (start): checkout origin/main",
            "rebase (finish): returning to refs/heads/main",
            "pull --rebase (start): checkout 0123456",
            "committed: One",
        ] {
            assert_eq!(making(message.as_bytes()), None, "{message}");
        }
    }
}
