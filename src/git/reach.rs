//! All that refs reach: every commit, and every blob with the paths and the commits that had it.
//!
//! Commits are taken oldest first, so the first one in which a blob stands at a path is the one
//! that brought it. A tree is read once for each directory it was in, and compared with the tree
//! that was there before it: what is the same was seen already.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::io::ErrorKind;

use git2::ObjectType;

use super::commit::Commit;
use super::error::GitError;
use super::paths::Paths;
use super::repo::{Repo, object_id, oid};
use super::tree::parse;
use crate::model::{Arrange, Mode, ObjectId, RepoPath};

/// gov-hook's own records: they name what was found and never hold it.
const OWN_RECORDS: &str = "refs/notes/gov/";

/// A name from which history is walked, and the object it stands for.
#[derive(Clone, Debug)]
pub struct Start {
    pub name: String,
    pub object: ObjectId,
}

/// What was reached.
#[derive(Default)]
pub struct Reached {
    /// Parents before their children, and the older of two first.
    pub commits: Vec<Dated>,
    pub blobs: Vec<Blob>,
    paths: Paths,
}

/// A commit and when it was made, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    pub id: ObjectId,
    pub at: i64,
}

/// A distinct content, and every path it ever had.
#[derive(Debug)]
pub struct Blob {
    pub id: ObjectId,
    pub places: Vec<Stand>,
}

/// Where a blob stood.
#[derive(Clone, Copy, Debug)]
pub struct Stand {
    path: u32,
    pub mode: Mode,
    /// The first commit that has it there, as an index into the commits; absent for what a ref
    /// names without any commit.
    pub commit: Option<usize>,
}

impl Reached {
    #[must_use]
    pub fn path(&self, stand: &Stand) -> RepoPath {
        self.paths.spelled(stand.path)
    }
}

impl Repo {
    /// Where all of history is walked from: every ref but gov-hook's own records, what is checked
    /// out in any worktree, and every stash.
    pub fn every_start(&self) -> Result<Vec<Start>, GitError> {
        let start = |name: &str, object| Start { name: name.to_owned(), object };
        let refs = self.references_below("refs/", &|name| !name.starts_with(OWN_RECORDS))?;
        // A symbolic ref names another one, which has its turn.
        let mut starts: Vec<Start> =
            refs.into_iter().filter_map(|(name, object)| Some(Start { name, object: object? })).collect();
        starts.extend(self.head()?.commit().map(|object| start("HEAD", object)));
        starts.extend(self.other_heads()?.into_iter().map(|object| start("a worktree's HEAD", object)));
        // Only its reflog knows any stash but the last.
        let unreadable = |source| GitError::Git { what: "the log of `refs/stash`".into(), source };
        // libgit2 would make one that is missing, which not everybody may.
        if self.common_dir().join("logs/refs/stash").symlink_metadata().is_ok() {
            let stashes = self.inner.reflog("refs/stash").map_err(unreadable)?;
            starts.extend(stashes.iter().map(|stash| start("refs/stash", object_id(stash.id_new()))));
        }
        Ok(starts)
    }

    /// The detached heads of all worktrees; the branches among them are refs.
    fn other_heads(&self) -> Result<Vec<ObjectId>, GitError> {
        let common = self.common_dir();
        let worktrees = common.join("worktrees");
        let failed = |source| GitError::Io { path: worktrees.clone(), source };
        let mut places = vec![common.join("HEAD")];
        match worktrees.read_dir() {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            entries => {
                for entry in entries.map_err(failed)? {
                    places.push(entry.map_err(failed)?.path().join("HEAD"));
                }
            }
        }
        let mut heads = Vec::new();
        for path in places {
            match std::fs::read(&path) {
                Ok(head) => heads.extend(String::from_utf8_lossy(&head).trim().parse::<ObjectId>().ok()),
                // What is left of one that was removed.
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
                Err(source) => return Err(GitError::Io { path, source }),
            }
        }
        Ok(heads)
    }

    /// Walks all that is reached. `heard` is given every commit once; `done` hears how many commits'
    /// trees have been read, and of how many.
    pub fn reach(
        &self,
        starts: &[Start],
        heard: &mut dyn FnMut(&Commit),
        done: &dyn Fn(usize, usize),
    ) -> Result<Reached, GitError> {
        let mut walk = Walk { repo: self, seen: HashSet::new(), last: HashMap::new(), out: Out::default() };
        let (mut tips, mut bare) = (Vec::new(), Vec::new());
        for start in starts {
            match self.peel(start)? {
                (id, ObjectType::Commit) => tips.push(id),
                other => bare.push((start, other)),
            }
        }
        let ordered = self.oldest_first(tips, heard)?;
        for (index, (commit, tree)) in ordered.iter().enumerate() {
            walk.tree(*tree, Some(index))?;
            walk.out.reached.commits.push(*commit);
            done(index + 1, ordered.len());
        }
        // Some projects keep a key or a tree behind a tag, outside of any commit.
        for (start, (id, kind)) in bare {
            if kind == ObjectType::Tree {
                walk.tree(id, None)?;
            } else {
                walk.out.name_blob(start, id)?;
            }
        }
        Ok(walk.out.reached)
    }

    /// Fails when a partial clone lacks some of the blobs, and says how many.
    pub fn require_blobs(&self, reached: &Reached) -> Result<(), GitError> {
        if !self.is_partial() {
            return Ok(());
        }
        let odb = self.odb()?;
        let missing = reached.blobs.iter().filter(|blob| !odb.exists(oid(blob.id))).count();
        if missing == 0 {
            return Ok(());
        }
        Err(GitError::PartialHistory { missing, of: reached.blobs.len(), remote: self.remote_name() })
    }

    /// Every commit behind some others with its tree, parents first; of those that may come next,
    /// the oldest does.
    fn oldest_first(
        &self,
        tips: Vec<ObjectId>,
        heard: &mut dyn FnMut(&Commit),
    ) -> Result<Vec<(Dated, ObjectId)>, GitError> {
        let mut found: HashMap<ObjectId, (Dated, ObjectId, usize)> = HashMap::new();
        let mut children: HashMap<ObjectId, Vec<ObjectId>> = HashMap::new();
        let mut left = tips;
        while let Some(id) = left.pop() {
            if found.contains_key(&id) {
                continue;
            }
            if self.shallow.contains(&id) {
                return Err(self.shallow_at(id));
            }
            let commit = self.commit(id)?;
            heard(&commit);
            let mut parents = commit.parents;
            parents.arrange();
            parents.dedup();
            for &parent in &parents {
                children.entry(parent).or_default().push(id);
            }
            found.insert(id, (Dated { id, at: commit.committed_at }, commit.tree, parents.len()));
            left.extend(parents);
        }
        let roots = found.values().filter(|(_, _, parents)| *parents == 0);
        let mut ready: BinaryHeap<Reverse<(i64, ObjectId)>> =
            roots.map(|(dated, _, _)| Reverse((dated.at, dated.id))).collect();
        let mut ordered = Vec::with_capacity(found.len());
        while let Some(Reverse((_, id))) = ready.pop() {
            if let Some((dated, tree, _)) = found.get(&id) {
                ordered.push((*dated, *tree));
            }
            for child in children.remove(&id).unwrap_or_default() {
                if let Some((dated, _, waiting)) = found.get_mut(&child) {
                    *waiting -= 1;
                    if *waiting == 0 {
                        ready.push(Reverse((dated.at, child)));
                    }
                }
            }
        }
        Ok(ordered)
    }
}

struct Walk<'repo> {
    repo: &'repo Repo,
    /// Trees that were read, by the directory they were in.
    seen: HashSet<(u32, ObjectId)>,
    /// The tree that a directory had last, as it is stored.
    last: HashMap<u32, (ObjectId, Vec<u8>)>,
    out: Out,
}

impl Walk<'_> {
    /// A list of work instead of recursion: a hostile tree may be nested arbitrarily deep.
    fn tree(&mut self, root: ObjectId, commit: Option<usize>) -> Result<(), GitError> {
        let mut left = Vec::new();
        if self.seen.insert((Paths::ROOT, root)) {
            left.push((Paths::ROOT, root));
        }
        while let Some((directory, id)) = left.pop() {
            let what = || format!("the tree of `{}`", self.out.reached.paths.spelled(directory));
            let bytes = self.repo.read(id, ObjectType::Tree, &what)?;
            let before = self.last.remove(&directory);
            let mut old = match &before {
                Some((id, bytes)) => parse(*id, bytes)?.into_iter().peekable(),
                None => Vec::new().into_iter().peekable(),
            };
            for entry in parse(id, &bytes)? {
                while old.peek().is_some_and(|old| old.order(&entry) == Ordering::Less) {
                    old.next();
                }
                if old.next_if(|old| old.order(&entry) == Ordering::Equal).is_some_and(|old| old == entry) {
                    continue;
                }
                if entry.is_tree() {
                    let inside = self.out.reached.paths.child(directory, entry.name)?;
                    if self.seen.insert((inside, entry.id)) {
                        left.push((inside, entry.id));
                    }
                } else if let Some(side) = entry.side() {
                    let path = self.out.reached.paths.child(directory, entry.name)?;
                    self.out.blob(side.id, Stand { path, mode: side.mode, commit });
                }
            }
            self.last.insert(directory, (id, bytes));
        }
        Ok(())
    }
}

#[derive(Default)]
struct Out {
    reached: Reached,
    index: HashMap<ObjectId, usize>,
    known: HashSet<(u32, ObjectId)>,
}

impl Out {
    fn blob(&mut self, id: ObjectId, stand: Stand) {
        if !self.known.insert((stand.path, id)) {
            return;
        }
        let blobs = &mut self.reached.blobs;
        let index = *self.index.entry(id).or_insert_with(|| {
            blobs.push(Blob { id, places: Vec::new() });
            blobs.len() - 1
        });
        if let Some(blob) = blobs.get_mut(index) {
            blob.places.push(stand);
        }
    }

    /// A blob that a ref names has the ref's name for a path.
    fn name_blob(&mut self, start: &Start, id: ObjectId) -> Result<(), GitError> {
        let mut path = Paths::ROOT;
        for part in start.name.split('/') {
            path = self.reached.paths.child(path, part.as_bytes())?;
        }
        self.blob(id, Stand { path, mode: Mode::Regular, commit: None });
        Ok(())
    }
}
