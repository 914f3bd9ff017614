//! What each notes commit of a stream added, and what else it did that an append never does.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use git2::ObjectType;

use super::Noted;
use super::difference::{Change, Differ, Difference};
use super::fanout::lines;
use super::message;
use crate::git::{Commit, GitError, Repo};
use crate::model::{ObjectId, RepoPath, Seen};

/// A tree, a commit or a note of more bytes is none that gov-hook wrote.
const LARGEST_TREE: usize = 32 << 20;
const LARGEST_COMMIT: usize = 1 << 20;
const LARGEST_NOTE: usize = 16 << 20;

const MOST_THREADS: usize = 8;

/// A stretch of a stream: all of it, or what came after a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub tip: ObjectId,
    pub after: Option<ObjectId>,
}

/// What one notes commit did.
#[derive(Debug)]
pub struct Step {
    pub commit: ObjectId,
    /// The entry that its message says it ends with.
    pub head: Option<Seen>,
    /// The lines that were not there before; of one object in their order.
    pub added: Vec<Noted>,
    /// Empty for a commit that only added lines, or laid the same notes out anew.
    pub oddities: Vec<Oddity>,
}

/// What an append never does.
#[derive(Debug)]
pub enum Oddity {
    /// A line is gone. One that was changed is gone in one form, and added in another.
    Removed(Noted),
    /// A commit of several parents; what the others bring was not walked.
    Merge { others: Vec<ObjectId> },
    /// A file or folder that git does not take for a note.
    Stray { path: RepoPath },
    /// What was in a note has another place in it now.
    Reordered { object: ObjectId },
    /// A note's last line is not ended by a line break.
    Unended { object: ObjectId },
    /// A note whose bytes cannot be had: missing, damaged, or too large.
    UnreadableNote { object: ObjectId, error: GitError },
    /// The commit's notes cannot be listed: a tree is missing, damaged, or too large.
    UnreadableTree { error: GitError },
}

/// How a walk ended.
#[derive(Debug)]
pub enum Walked {
    /// At the commit that was named, or where the stream starts.
    Whole { commits: usize },
    /// The commit that was named is no ancestor of the tip. Nothing was visited.
    Rewritten,
    /// A shallow clone has nothing older than this commit, which was visited as if it had added all
    /// that it holds.
    Shallow { commit: ObjectId, commits: usize },
    /// A commit of the stream cannot be read. Nothing was visited.
    Broken { commit: ObjectId, error: GitError },
}

/// A commit of a stream, as far as its notes matter.
struct Link {
    commit: ObjectId,
    tree: ObjectId,
    head: Option<Seen>,
    /// All parents but the first.
    others: Vec<ObjectId>,
}

/// The commits of a stream that are walked.
struct Stretch {
    /// The youngest first.
    commits: Vec<Link>,
    /// The tree of the commit that was named, which they come after.
    base: Option<ObjectId>,
    /// The commit at which a shallow clone ends.
    cut_at: Option<ObjectId>,
}

impl Repo {
    /// Visits the commits of each stream, oldest first, with what the caller keeps for that stream.
    /// Streams are walked beside each other on several threads; one stream stays on one thread.
    pub fn walk_streams<S: Send>(
        &self,
        asked: Vec<(Asked, S)>,
        visit: &(dyn Fn(&mut S, Step) + Sync),
    ) -> Vec<(S, Walked)> {
        // What came after a verified commit is little, and a thread's start would be most of the work.
        let is_long = |asked: &&(Asked, S)| asked.0.after.is_none();
        let threads = match asked.iter().filter(is_long).count() {
            few @ (0 | 1) => few,
            many => many.min(std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS)),
        };
        let count = asked.len();
        let queue = Mutex::new(asked.into_iter().enumerate());
        let done = Mutex::new(BTreeMap::new());
        let take_turns = |repo: &Repo| {
            while let Some((at, (asked, mut state))) = queue.lock().unwrap_or_else(PoisonError::into_inner).next() {
                let walked = repo.walk_stream(&asked, &mut |step| visit(&mut state, step));
                done.lock().unwrap_or_else(PoisonError::into_inner).insert(at, (state, walked));
            }
        };
        std::thread::scope(|scope| {
            // A handle or a thread that cannot be had leaves its share to the others.
            for other in (1..threads).filter_map(|_| self.again().ok()) {
                let take_turns = &take_turns;
                let _ = std::thread::Builder::new().spawn_scoped(scope, move || take_turns(&other));
            }
            take_turns(self);
        });
        let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        debug_assert_eq!(done.len(), count);
        done.into_values().collect()
    }

    /// Visits the commits of one stream, oldest first.
    pub fn walk_stream(&self, asked: &Asked, visit: &mut dyn FnMut(Step)) -> Walked {
        let Stretch { commits: links, base, cut_at } = match self.links(asked) {
            Ok(found) => found,
            Err(ended) => return ended,
        };
        let commits = links.len();
        let mut differ = Differ::new(self);
        let mut before = base;
        for link in links.into_iter().rev() {
            let tree = link.tree;
            visit(self.step(link, differ.difference(before, tree)));
            before = Some(tree);
        }
        match cut_at {
            Some(commit) => Walked::Shallow { commit, commits },
            None => Walked::Whole { commits },
        }
    }

    /// What one commit of a stream did.
    #[must_use]
    pub fn step_of(&self, commit: &Commit) -> Option<Step> {
        let asked = Asked { tip: commit.id, after: commit.parents.first().copied() };
        let mut newest = None;
        self.walk_stream(&asked, &mut |step| newest = Some(step));
        newest
    }

    /// The commits from the tip back to the one that was named.
    fn links(&self, asked: &Asked) -> Result<Stretch, Walked> {
        let mut links = Vec::new();
        let mut next = Some(asked.tip);
        while let Some(id) = next {
            let broken = |error| Walked::Broken { commit: id, error };
            let bytes = self.read_note_object(id, ObjectType::Commit).map_err(broken)?;
            let (tree, mut parents) =
                headers(&bytes).ok_or_else(|| broken(GitError::Malformed { id, what: "commit" }))?;
            if asked.after == Some(id) {
                return Ok(Stretch { commits: links, base: Some(tree), cut_at: None });
            }
            let others = parents.split_off(parents.len().min(1));
            links.push(Link { commit: id, tree, head: message::head(&bytes), others });
            if self.shallow.contains(&id) {
                let cut = Stretch { commits: links, base: None, cut_at: Some(id) };
                return if asked.after.is_some() { Err(Walked::Rewritten) } else { Ok(cut) };
            }
            next = parents.first().copied();
        }
        if asked.after.is_some() {
            Err(Walked::Rewritten)
        } else {
            Ok(Stretch { commits: links, base: None, cut_at: None })
        }
    }

    fn step(&self, link: Link, difference: Result<Difference, GitError>) -> Step {
        let mut step = Step { commit: link.commit, head: link.head, added: Vec::new(), oddities: Vec::new() };
        if !link.others.is_empty() {
            step.oddities.push(Oddity::Merge { others: link.others });
        }
        match difference {
            Ok(Difference { notes, strays }) => {
                step.oddities.extend(strays.into_iter().map(|path| Oddity::Stray { path }));
                for (object, change) in notes {
                    self.compare(object, &change, &mut step);
                }
            }
            Err(error) => step.oddities.push(Oddity::UnreadableTree { error }),
        }
        step
    }

    /// An object of a stream, unless it is larger than any of its kind has reason to be.
    pub(super) fn read_note_object(&self, id: ObjectId, kind: ObjectType) -> Result<Vec<u8>, GitError> {
        let (limit, what) = match kind {
            ObjectType::Commit => (LARGEST_COMMIT, "a commit of the ledger"),
            ObjectType::Tree => (LARGEST_TREE, "a tree of notes"),
            ObjectType::Blob | ObjectType::Tag | ObjectType::Any => (LARGEST_NOTE, "a note"),
        };
        // What is kept is never so large.
        if let Some(bytes) = self.recent(id, kind) {
            return Ok(bytes);
        }
        if let Some(bytes) = self.read_plain(id, kind, limit) {
            self.keep_recent(id, kind, &bytes);
            return Ok(bytes);
        }
        let (size, _) = self.header(id, &|| what.to_owned())?;
        if size > limit {
            return Err(GitError::Oversized { id, what, size, limit });
        }
        self.read(id, kind, &|| what.to_owned())
    }

    /// Tells what came from what was there; a line that stands in both, as often, is neither.
    fn compare(&self, object: ObjectId, change: &Change, step: &mut Step) {
        let text = |id: &ObjectId| self.read_note_object(*id, ObjectType::Blob);
        let mut before: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        let mut unreadable = None;
        // An append leaves what was there at the beginning, line by line.
        let mut last = None;
        for text in change.gone.iter().map(text) {
            match text {
                Ok(text) => {
                    lines(&text).for_each(|line| *before.entry(line.to_vec()).or_default() += 1);
                    last = Some(text);
                }
                Err(error) => unreadable = Some(error),
            }
        }
        let is_one = change.gone.len() == 1 && change.came.len() == 1;
        let mut is_reordered = false;
        for text in change.came.iter().map(text) {
            match text {
                Ok(text) => {
                    is_reordered |= is_one && last.as_deref().is_some_and(|old| !starts_with(&text, old));
                    if text.last().is_some_and(|&byte| byte != b'\n') {
                        step.oddities.push(Oddity::Unended { object });
                    }
                    for line in lines(&text) {
                        match before.get_mut(line).filter(|left| **left > 0) {
                            Some(left) => *left -= 1,
                            None => step.added.push(Noted { object, line: line.to_vec() }),
                        }
                    }
                }
                Err(error) => unreadable = Some(error),
            }
        }
        let mut gone = before.into_iter().flat_map(|(line, left)| std::iter::repeat_n(line, left)).peekable();
        if is_reordered && unreadable.is_none() && gone.peek().is_none() {
            step.oddities.push(Oddity::Reordered { object });
        }
        match unreadable {
            Some(error) => step.oddities.push(Oddity::UnreadableNote { object, error }),
            None => step.oddities.extend(gone.map(|line| Oddity::Removed(Noted { object, line }))),
        }
    }
}

/// The tree and the parents of a commit's bytes, which come first.
fn headers(bytes: &[u8]) -> Option<(ObjectId, Vec<ObjectId>)> {
    let mut lines = bytes.split(|&byte| byte == b'\n');
    let named = |line: &[u8], key: &[u8]| std::str::from_utf8(line.strip_prefix(key)?).ok()?.parse().ok();
    let tree = named(lines.next()?, b"tree ")?;
    let parents: Option<Vec<ObjectId>> =
        lines.map_while(|line| line.starts_with(b"parent ").then(|| named(line, b"parent "))).collect();
    parents.map(|parents| (tree, parents))
}

fn starts_with(text: &[u8], old: &[u8]) -> bool {
    let mut now = lines(text);
    lines(old).all(|line| now.next() == Some(line))
}
