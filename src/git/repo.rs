//! An open repository, and how its objects are read.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use git2::{ErrorClass, ErrorCode, ObjectType, Oid, Repository};

use super::command::trusted_around;
use super::content::HELD_WHOLE;
use super::error::GitError;
use super::loose::Looks;
use super::packs::{Packs, Unpacking};
use crate::model::ObjectId;

/// Where to find the repository, as the environment and the command line say.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// A path in the repository, where it is not the one that the environment names.
    pub directory: Option<PathBuf>,
    /// `GIT_INDEX_FILE`: `git commit -a` and `git commit PATH` stage into a temporary index.
    pub index_file: Option<PathBuf>,
    /// `GIT_WORK_TREE`, which git takes from the current directory, and libgit2 from the git directory.
    pub work_tree: Option<PathBuf>,
    /// `GIT_DIR`.
    pub git_dir: Option<PathBuf>,
    /// `GIT_NAMESPACE`.
    pub namespace: Option<OsString>,
    /// `GIT_CONFIG_PARAMETERS` or `GIT_CONFIG_COUNT`: settings that only git itself reads.
    pub config_in_environment: bool,
    /// `GIT_SSH`: the program that goes to remotes.
    pub ssh: Option<OsString>,
    /// `GIT_OBJECT_DIRECTORY`: objects are not where the repository would have them.
    pub objects_elsewhere: bool,
    /// What that names, and `GIT_ALTERNATE_OBJECT_DIRECTORIES`.
    pub object_folders: Vec<PathBuf>,
    /// `GIT_QUARANTINE_PATH`: git may yet drop the objects that are being pushed.
    pub quarantined: bool,
}

pub struct Repo {
    pub(super) inner: Repository,
    pub(super) place: Place,
    /// Commits whose parents a shallow clone does not have.
    pub(super) shallow: HashSet<ObjectId>,
    recent: RefCell<VecDeque<Recent>>,
    pub(super) looks: Looks,
    pub(super) packs: Arc<Packs>,
    pub(super) unpacking: RefCell<Unpacking>,
    pub(super) settings: OnceCell<BTreeMap<String, String>>,
}

/// A commit or a tree that was read a moment ago: a run asks for the same few again and again.
struct Recent {
    /// The beginning of the id, which tells nearly all apart at once.
    start: u64,
    id: ObjectId,
    kind: ObjectType,
    bytes: Vec<u8>,
}

/// At most this many objects are kept, and none that is larger than the second: what two commits have in
/// common, each with the trees of a few folders.
const MOST_RECENT: usize = 64;
const LARGEST_RECENT: usize = 16 << 10;

impl Repo {
    /// Opens the repository around the directory that `place` names; else what `GIT_DIR` names, else
    /// the repository around the current directory. Object directories of a quarantine and
    /// alternates are honoured.
    pub fn open(place: &Place) -> Result<Self, GitError> {
        // What git does too: an object's hash is checked by `git fsck`, not on every read.
        git2::opts::strict_hash_verification(false);
        // It would keep every commit and small tree that a long walk reads, up to 256 MB of them.
        git2::opts::enable_caching(false);
        let (found, at) = match &place.directory {
            Some(directory) => (Repository::discover(directory), directory.as_path()),
            None => (Repository::open_from_env().and_then(|found| at_work_tree(found, place)), Path::new(".")),
        };
        let inner = match found {
            Err(error) if error.code() == ErrorCode::Owner => {
                trusted_by_git(place, at).ok_or_else(|| explain(error, at))?
            }
            found => found.map_err(|error| explain(error, at))?,
        };
        // Its references would have other names than those that are pushed.
        if inner.namespace_bytes().is_some() {
            return Err(GitError::Namespace);
        }
        Self::wrap(inner, place)
    }

    /// A second handle on the same repository, for another thread.
    pub fn again(&self) -> Result<Self, GitError> {
        Ok(Self { packs: Arc::clone(&self.packs), ..Self::open(&self.place)? })
    }

    fn wrap(inner: Repository, place: &Place) -> Result<Self, GitError> {
        let shallow = read_shallow(inner.commondir())?;
        Ok(Self {
            inner,
            place: place.clone(),
            shallow,
            recent: RefCell::default(),
            looks: Looks::default(),
            packs: Arc::default(),
            unpacking: RefCell::default(),
            settings: OnceCell::new(),
        })
    }

    /// Where it was found.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.inner.is_bare()
    }

    #[must_use]
    pub fn is_shallow(&self) -> bool {
        !self.shallow.is_empty()
    }

    /// The git directory that linked worktrees share.
    #[must_use]
    pub fn common_dir(&self) -> &Path {
        self.inner.commondir()
    }

    /// The root of the work tree, unless the repository is bare.
    #[must_use]
    pub fn work_dir(&self) -> Option<&Path> {
        self.inner.workdir()
    }

    pub(super) fn index_path(&self) -> PathBuf {
        self.place.index_file.clone().unwrap_or_else(|| self.inner.path().join("index"))
    }

    /// An object's bytes; `what` says what it is for, should it be missing.
    pub(super) fn read(&self, id: ObjectId, kind: ObjectType, what: &dyn Fn() -> String) -> Result<Vec<u8>, GitError> {
        if let Some(bytes) = self.at_hand(id, kind) {
            return Ok(bytes);
        }
        let bytes = self.read_anywhere(id, kind, what)?;
        self.keep_recent(id, kind, &bytes);
        Ok(bytes)
    }

    /// The same, of one that was read a moment ago or is where most are.
    pub(super) fn at_hand(&self, id: ObjectId, kind: ObjectType) -> Option<Vec<u8>> {
        self.recent(id, kind).or_else(|| {
            let bytes = self.read_plain(id, kind, HELD_WHOLE)?;
            self.keep_recent(id, kind, &bytes);
            Some(bytes)
        })
    }

    /// Whether an object is anywhere; why it may not be is not asked.
    pub(super) fn is_anywhere(&self, id: ObjectId) -> bool {
        self.trust_other_packs().is_ok() && self.odb().is_ok_and(|odb| odb.exists(oid(id)))
    }

    /// The bytes of an object of at most `limit` bytes that is where most are, and as most are; `None` for
    /// any other.
    pub(super) fn read_plain(&self, id: ObjectId, kind: ObjectType, limit: usize) -> Option<Vec<u8>> {
        self.read_loose(id, kind, limit).or_else(|| self.read_packed(id, kind, limit))
    }

    pub(super) fn read_anywhere(
        &self,
        id: ObjectId,
        kind: ObjectType,
        what: &dyn Fn() -> String,
    ) -> Result<Vec<u8>, GitError> {
        let (found, bytes) = if let Some(unpacked) = self.unpacked(id)? {
            unpacked
        } else {
            self.trust_other_packs()?;
            let odb = self.odb()?;
            let object = odb.read(oid(id)).map_err(|error| self.unreadable(id, what(), error))?;
            (object.kind(), object.data().to_vec())
        };
        if found == kind { Ok(bytes) } else { Err(GitError::Malformed { id, what: kind_name(kind) }) }
    }

    /// How large an object is, and of what kind.
    pub(super) fn header(&self, id: ObjectId, what: &dyn Fn() -> String) -> Result<(usize, ObjectType), GitError> {
        if let Some(header) = self.packed_header(id)? {
            return Ok(header);
        }
        self.trust_other_packs()?;
        self.odb()?.read_header(oid(id)).map_err(|error| self.unreadable(id, what(), error))
    }

    pub(super) fn keep_recent(&self, id: ObjectId, kind: ObjectType, bytes: &[u8]) {
        if matches!(kind, ObjectType::Commit | ObjectType::Tree) && bytes.len() <= LARGEST_RECENT {
            let mut recent = self.recent.borrow_mut();
            recent.truncate(MOST_RECENT - 1);
            recent.push_front(Recent { start: start(id), id, kind, bytes: bytes.to_vec() });
        }
    }

    /// The bytes of an object that was read a moment ago.
    pub(super) fn recent(&self, id: ObjectId, kind: ObjectType) -> Option<Vec<u8>> {
        let recent = self.recent.borrow();
        let start = start(id);
        let is_it = |recent: &&Recent| recent.start == start && recent.id == id && recent.kind == kind;
        recent.iter().find(is_it).map(|recent| recent.bytes.clone())
    }

    pub(super) fn odb(&self) -> Result<git2::Odb<'_>, GitError> {
        self.inner.odb().map_err(|source| GitError::Git { what: "the objects of the repository".into(), source })
    }

    /// Whether some objects were left with the remote, to be fetched when they are asked for.
    pub(super) fn is_partial(&self) -> bool {
        self.inner.commondir().join("objects/pack").read_dir().is_ok_and(|packs| {
            packs.flatten().any(|entry| entry.path().extension().is_some_and(|extension| extension == "promisor"))
        })
    }

    /// The remote that some objects are left with whenever something is fetched.
    #[must_use]
    pub fn leaves_out(&self) -> Option<String> {
        let remote = self.remote_name();
        let filter = self.config_string(&format!("remote.{remote}.partialclonefilter"));
        filter.filter(|_| self.is_partial()).map(|_| remote)
    }

    pub(super) fn unreadable(&self, id: ObjectId, what: String, source: git2::Error) -> GitError {
        if source.code() == ErrorCode::NotFound {
            if let Err(damage) = self.trust_names_of_packs() {
                return damage;
            }
            let promised_by = self.is_partial().then(|| self.remote_name());
            GitError::Missing { id, what, promised_by }
        } else {
            GitError::Unreadable { id, what, source }
        }
    }
}

pub(super) fn oid(id: ObjectId) -> Oid {
    Oid::from_bytes(id.as_bytes()).unwrap_or(Oid::ZERO_SHA1)
}

pub(super) fn object_id(oid: Oid) -> ObjectId {
    <[u8; 20]>::try_from(oid.as_bytes()).map_or(ObjectId::new([0; 20]), ObjectId::new)
}

fn start(id: ObjectId) -> u64 {
    id.as_bytes().first_chunk().map_or(0, |start| u64::from_le_bytes(*start))
}

fn kind_name(kind: ObjectType) -> &'static str {
    match kind {
        ObjectType::Commit => "commit",
        ObjectType::Tree => "tree",
        ObjectType::Blob => "blob",
        ObjectType::Tag => "tag",
        ObjectType::Any => "object",
    }
}

fn at_work_tree(repository: Repository, place: &Place) -> Result<Repository, git2::Error> {
    // libgit2 takes a relative one from the git directory, and none at all for a bare repository.
    // Whoever needs a work tree finds out that there is none.
    if let Some(whole) = place.work_tree.as_ref().and_then(|path| path.canonicalize().ok()) {
        repository.set_workdir(&whole, false)?;
    }
    Ok(repository)
}

/// A repository of another user whom `safe.directory` names where libgit2 does not look: `git -c`, and the
/// variables that is passed on in. git is asked, and what it does not say is not believed.
fn trusted_by_git(place: &Place, at: &Path) -> Option<Repository> {
    if !place.config_in_environment || place.objects_elsewhere || place.namespace.is_some() {
        return None;
    }
    let (git_dir, work_dir) = trusted_around(at)?;
    let named = place.git_dir.as_ref().filter(|_| place.directory.is_none());
    if named.is_some_and(|named| named.canonicalize().ok() != git_dir.canonicalize().ok()) {
        return None;
    }
    // The one way to open it that does not ask again.
    let repository = Repository::open_bare(git_dir).ok()?;
    let format = repository.config().ok()?.get_string("extensions.refstorage");
    if format.is_ok_and(|format| format != "files") {
        return None;
    }
    if let Some(work_dir) = work_dir {
        repository.set_workdir(&work_dir, false).ok()?;
    }
    at_work_tree(repository, place).ok()
}

/// What libgit2 says of a form of repository that it does not read, for which it has no code of its own.
const OF_NAMES: &str = "sha256";
const OF_REFERENCES: &str = "refstorage";
const OF_EXTENSIONS: &str = "unsupported extension";

/// What can be done about it.
const SHA_1: &str = "keep the project in a repository with SHA-1 object names: git init --object-format=sha1";
const FILES: &str = "keep the references in files: git refs migrate --ref-format=files";
const EXTENSION: &str = "take the extension out of the repository's settings, if nothing there relies on it";

fn explain(error: git2::Error, at: &Path) -> GitError {
    let at = || at.canonicalize().unwrap_or_else(|_| at.to_owned()).display().to_string();
    match (error.code(), error.class()) {
        // The folder itself is not there, or there is no repository in it.
        (ErrorCode::NotFound, ErrorClass::Os | ErrorClass::Repository) => GitError::NotARepository { at: at() },
        (ErrorCode::Owner, _) => GitError::Untrusted { at: at() },
        _ if error.message().contains(OF_NAMES) => {
            GitError::Unsupported { what: "SHA-256 object names".into(), mend: SHA_1 }
        }
        _ if error.message().contains(OF_REFERENCES) => {
            GitError::Unsupported { what: "the reftable ref storage".into(), mend: FILES }
        }
        _ if error.message().contains(OF_EXTENSIONS) => {
            GitError::Unsupported { what: format!("an extension ({})", error.message()), mend: EXTENSION }
        }
        _ => GitError::Open { source: error },
    }
}

fn read_shallow(common_dir: &Path) -> Result<HashSet<ObjectId>, GitError> {
    let path = common_dir.join("shallow");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.lines().filter_map(|line| line.trim().parse().ok()).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(HashSet::new()),
        Err(source) => Err(GitError::Io { path, source }),
    }
}
