//! Looking at files, one by one: whether each is what was signed, and what has become of it if not.

use std::collections::HashMap;
use std::fs::File as OpenFile;
use std::io::{ErrorKind, Read};
use std::path::Path;

use sha2::Digest;

use super::files::os;
use crate::app::memory::Past;
use crate::app::progress::Progress;
use crate::app::{Failure, parallel};
use crate::git::{MOST_AT_ONCE, Repo};
use crate::header::{Book, Demands, File, Record, Tamper, Verdict, judge};
use crate::model::{Content, Mode, ObjectId, RepoPath, Sha256, Side};
use crate::policy::Policy;

/// Larger files are hashed piece by piece; none of them has a header.
const HELD_WHOLE: u64 = 16 << 20;

/// A file to verify, in the work tree or as a commit has it.
pub(super) struct Item {
    pub(super) path: RepoPath,
    pub(super) is_named: bool,
    pub(super) side: Option<Side>,
    /// What git would make of the file in the work tree, where that was asked.
    pub(super) stored: Option<ObjectId>,
}

/// The bytes of a file, or the hash of one that is too large to hold.
#[derive(Default)]
pub(super) struct Held {
    pub(super) text: Vec<u8>,
    pub(super) sha256: Option<Sha256>,
    /// It is a symbolic link, and the text is where it leads.
    is_link: bool,
}

impl From<Vec<u8>> for Held {
    fn from(text: Vec<u8>) -> Self {
        Self { text, ..Self::default() }
    }
}

impl From<Sha256> for Held {
    fn from(hash: Sha256) -> Self {
        Self { sha256: Some(hash), ..Self::default() }
    }
}

/// What was found out about one file.
pub(super) enum Seen<'b> {
    /// It is no file, or not there.
    Nothing,
    Unsigned,
    Signed(&'b Record),
    Faulty(Tamper<'b>),
    Unreadable(String),
}

/// What is the same for every file.
pub(super) struct Verifier<'a> {
    pub(super) policy: &'a Policy,
    pub(super) book: &'a Book,
    pub(super) target: Option<&'a str>,
    pub(super) root: Option<&'a Path>,
    /// The signed files of the commit before.
    pub(super) before: HashMap<RepoPath, Side>,
    pub(super) branch: Option<&'a str>,
    /// Whether this clone writes the stream of this name.
    pub(super) is_own: &'a (dyn Fn(&str) -> bool + Sync),
    pub(super) past: Past,
}

impl<'a> Verifier<'a> {
    /// Looks at every file, and again at those that are not what was signed: in the work tree git may
    /// show a file with other line breaks than it keeps, and what stood there before tells more.
    pub(super) fn all(
        &self,
        repo: &Repo,
        mut items: Vec<Item>,
        is_watched: bool,
    ) -> Result<(Vec<Item>, Vec<Seen<'a>>), Failure> {
        let progress = Progress::new("verifying files:", items.len(), is_watched);
        let glances =
            parallel::for_each(
                repo,
                &items,
                &|done| progress.reached(done),
                &|repo, item| Ok(self.glance(repo, item)),
            )?;
        drop(progress);
        let doubtful: Vec<usize> =
            glances.iter().enumerate().filter(|(_, seen)| seen.is_none()).map(|(at, _)| at).collect();
        if self.root.is_some() {
            let path = |at: &usize| items.get(*at).map(|item| item.path.clone());
            let asked: Vec<Vec<RepoPath>> =
                doubtful.chunks(MOST_AT_ONCE).map(|some| some.iter().filter_map(path).collect()).collect();
            let stored = parallel::for_each(repo, &asked, &|_| (), &|repo, paths| Ok(repo.would_store(paths)?))?;
            for (at, stored) in doubtful.iter().zip(stored.into_iter().flatten()) {
                if let Some(item) = items.get_mut(*at) {
                    item.stored = stored;
                }
            }
        }
        let again: Vec<&Item> = doubtful.iter().filter_map(|at| items.get(*at)).collect();
        let progress = Progress::new("looking closer at files:", again.len(), is_watched);
        let closer =
            parallel::for_each(repo, &again, &|done| progress.reached(done), &|repo, item| self.look(repo, item))?;
        drop(progress);
        let mut closer = closer.into_iter();
        let seen = glances.into_iter().filter_map(|seen| seen.or_else(|| closer.next())).collect();
        Ok((items, seen))
    }

    /// `None` where it takes more to tell.
    fn glance(&self, repo: &Repo, item: &Item) -> Option<Seen<'a>> {
        let held = match self.content(repo, item) {
            Ok(Some(held)) => held,
            Ok(None) => return Some(Seen::Nothing),
            Err(why) => return Some(Seen::Unreadable(why)),
        };
        // A link is no artifact, but it may stand where one was.
        if held.is_link {
            return (!self.was_signed(&item.path)).then_some(Seen::Nothing);
        }
        match judge(&alone(&item.path, &held), self.book, &self.demands(&item.path)) {
            Verdict::Signed(record) => Some(Seen::Signed(record)),
            Verdict::Unsigned if !self.was_signed(&item.path) => Some(Seen::Unsigned),
            Verdict::Unsigned | Verdict::Faulty(_) => None,
        }
    }

    fn was_signed(&self, path: &RepoPath) -> bool {
        self.before.contains_key(path) || self.book.at_path(&path.to_string()).is_some()
    }

    fn demands(&self, path: &RepoPath) -> Demands<'a> {
        Demands {
            required: self.policy.requires_header(path),
            environments: &self.policy.environments,
            target: self.target,
        }
    }

    fn look(&self, repo: &Repo, item: &Item) -> Result<Seen<'a>, Failure> {
        let held = match self.content(repo, item) {
            Ok(Some(held)) => held,
            Ok(None) => return Ok(Seen::Nothing),
            Err(why) => return Ok(Seen::Unreadable(why)),
        };
        let path = &item.path;
        let old = match self.before.get(path) {
            Some(side) => match repo.content(Some(*side), path, &mut |_| ())? {
                Content::Bytes(bytes) => Some(bytes),
                Content::Absent | Content::Large { .. } | Content::Commit(_) => None,
            },
            None => None,
        };
        let file = File { old: old.as_deref(), remembered: self.remembered(repo, path)?, ..alone(path, &held) };
        let demands = self.demands(path);
        let demands = Demands { required: demands.required && !held.is_link, ..demands };
        Ok(match judge(&file, self.book, &demands) {
            Verdict::Unsigned if held.is_link => Seen::Nothing,
            Verdict::Unsigned => Seen::Unsigned,
            Verdict::Signed(record) => Seen::Signed(record),
            Verdict::Faulty(tamper) => Seen::Faulty(tamper),
        })
    }

    /// What was last signed at a path, if that was here on this branch, or has come to it since: what was
    /// signed elsewhere may not be committed yet, or never will be.
    fn remembered(&self, repo: &Repo, path: &RepoPath) -> Result<Option<&'a Record>, Failure> {
        let Some(record) = self.book.at_path(&path.to_string()) else { return Ok(None) };
        let is_here =
            record.branch.is_some() && record.branch.as_deref() == self.branch && (self.is_own)(&record.stream);
        Ok(if is_here || self.past.has_had(repo, path, record)? { Some(record) } else { None })
    }

    /// `None` where there is no file.
    pub(super) fn content(&self, repo: &Repo, item: &Item) -> Result<Option<Held>, String> {
        let Some(side) = item.side else {
            let held = self.on_disk(&item.path)?;
            return Ok(match (held, item.stored) {
                (Some(Held { text, sha256: None, is_link: false }), Some(stored)) => {
                    Some(repo.as_stored(text, stored).into())
                }
                (held, _) => held,
            });
        };
        match repo.content(Some(side), &item.path, &mut |_| ()) {
            Ok(Content::Bytes(text)) => Ok(Some(Held { is_link: side.mode == Mode::Symlink, ..text.into() })),
            Ok(Content::Large { sha256, .. }) => Ok(Some(sha256.into())),
            Ok(Content::Absent | Content::Commit(_)) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn on_disk(&self, path: &RepoPath) -> Result<Option<Held>, String> {
        let Some(root) = self.root else { return Ok(None) };
        let place = root.join(os(path));
        let data = match place.symlink_metadata() {
            Ok(data) => data,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        if data.is_symlink() {
            // As git has it.
            let target = std::fs::read_link(&place).map_err(|error| error.to_string())?;
            return Ok(Some(Held { is_link: true, ..target.into_os_string().into_encoded_bytes().into() }));
        }
        if !data.is_file() {
            return Ok(None);
        }
        if data.len() > HELD_WHOLE {
            return hashed(&place).map(|hash| Some(hash.into())).map_err(|error| error.to_string());
        }
        std::fs::read(place).map(|text| Some(text.into())).map_err(|error| error.to_string())
    }
}

/// A file without what stood there before.
fn alone<'f, 'b>(path: &'f RepoPath, held: &'f Held) -> File<'f, 'b> {
    let Held { text, sha256, .. } = held;
    File { path, from: None, text, sha256: *sha256, old: None, old_sha256: None, remembered: None }
}

fn hashed(place: &Path) -> std::io::Result<Sha256> {
    let (mut file, mut hash, mut buffer) = (OpenFile::open(place)?, sha2::Sha256::new(), vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut buffer)?;
        match buffer.get(..read).filter(|piece| !piece.is_empty()) {
            Some(piece) => hash.update(piece),
            None => return Ok(Sha256::new(hash.finalize().into())),
        }
    }
}
