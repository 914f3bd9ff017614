//! A stream's reference: reading it, and moving it if it still is where it was.
//!
//! It is written here and not by libgit2, which would add a line to a log of references on every
//! append: the notes commits are that log already.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use git2::ErrorCode;

use super::lock::{Intent, Lock, Turn};
use super::{NotesError, STREAMS};
use crate::git::repo::object_id;
use crate::git::temporary::Temporary;
use crate::git::{GitError, Repo};
use crate::model::ObjectId;

/// How long somebody else's lock on the reference is waited for: `git fetch` holds it while hooks run.
const PATIENCE: Duration = Duration::from_secs(3);

/// How old an empty lock must be to be that of the writer that died; git writes at once.
const EMPTY_FOR: Duration = Duration::from_millis(200);

/// A move of a stream.
pub(super) struct Move<'a> {
    pub(super) stream: &'a str,
    pub(super) expected: Option<ObjectId>,
    pub(super) new: ObjectId,
    /// Whether the disk must have it before it counts.
    pub(super) durable: bool,
}

/// The reference of a stream. A name that git would not take, or that would end up elsewhere, is refused.
pub(super) fn reference_name(stream: &str) -> Result<String, NotesError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let fits = (1..=100).contains(&stream.len())
        && stream.bytes().all(plain)
        && !stream.starts_with(['.', '-'])
        && !stream.ends_with('.')
        && !stream.contains("..")
        && Path::new(stream).extension().is_none_or(|extension| extension != "lock");
    if fits { Ok(format!("{STREAMS}{stream}")) } else { Err(NotesError::StreamName { name: stream.to_owned() }) }
}

/// Where a reference points; `None` when it does not exist.
pub(super) fn read(repo: &Repo, name: &str) -> Result<Option<ObjectId>, NotesError> {
    if let Some(id) = repo.loose_target(name) {
        return Ok(Some(id));
    }
    match repo.inner.find_reference(name) {
        Ok(found) => match found.target() {
            Some(id) => Ok(Some(object_id(id))),
            None => Err(NotesError::Symbolic { name: name.to_owned() }),
        },
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(source) => Err(GitError::Git { what: format!("`{name}`"), source }.into()),
    }
}

/// Moves the reference, or leaves it and says where it is.
pub(super) fn swap(repo: &Repo, lock: &mut Lock, step: &Move<'_>) -> Result<(), NotesError> {
    let name = reference_name(step.stream)?;
    let path = repo.common_dir().join(&name);
    let held = path.with_file_name(format!("{}.lock", step.stream));
    clear_left_behind(repo, lock)?;
    lock.announce(&Intent { reference: name.clone(), new: step.new })?;
    lock.tidy();
    let done = swap_locked(repo, &name, &path, &held, step);
    // A writer that could not say so is taken for dead, which costs the next one a look; what it did, it did.
    let _ = lock.finish();
    done
}

fn swap_locked(repo: &Repo, name: &str, path: &Path, held: &Path, step: &Move<'_>) -> Result<(), NotesError> {
    let failed = |source| NotesError::Write { path: path.to_owned(), source };
    let mut file = lock_reference(repo, held)?;
    let guard = Temporary(held);
    let found = read(repo, name)?;
    if found != step.expected {
        return Err(NotesError::Moved { stream: step.stream.to_owned(), expected: step.expected, found });
    }
    file.write_all(format!("{}\n", step.new).as_bytes()).map_err(failed)?;
    if step.durable {
        file.sync_all().map_err(failed)?;
    }
    drop(file);
    repo.share(held);
    std::fs::rename(held, path).map_err(failed)?;
    std::mem::forget(guard);
    Ok(())
}

/// Makes git's own lock file of the reference, which git's commands respect too.
fn lock_reference(repo: &Repo, held: &Path) -> Result<File, NotesError> {
    let failed = |source| NotesError::Write { path: held.to_owned(), source };
    let since = Instant::now();
    let mut turn = Turn::new();
    loop {
        match OpenOptions::new().write(true).create_new(true).open(held) {
            Ok(file) => return Ok(file),
            Err(error) if error.kind() == ErrorKind::NotFound && since.elapsed() < PATIENCE => {
                // git removes the folder of the last loose reference when it packs them.
                repo.make_folder(held.parent().unwrap_or(held)).map_err(failed)?;
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists && since.elapsed() < PATIENCE => turn.wait(),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(NotesError::Locked { path: held.to_owned() });
            }
            Err(source) => return Err(failed(source)),
        }
    }
}

/// Removes the lock file of a reference that a writer left which died with the ledger's lock in hand.
fn clear_left_behind(repo: &Repo, lock: &Lock) -> Result<(), NotesError> {
    let Some(intent) = lock.unfinished() else { return Ok(()) };
    let Some(stream) = intent.reference.strip_prefix(STREAMS) else { return Ok(()) };
    let held: PathBuf = repo.common_dir().join(format!("{}.lock", reference_name(stream)?));
    let is_ours = |text: &str| !text.is_empty() && format!("{}\n", intent.new).starts_with(text);
    let since = Instant::now();
    let mut turn = Turn::new();
    loop {
        match std::fs::read_to_string(&held) {
            Ok(text) if text.is_empty() && since.elapsed() < EMPTY_FOR => turn.wait(),
            Ok(text) if text.is_empty() || is_ours(&text) => {
                return match std::fs::remove_file(&held) {
                    Err(source) if source.kind() != ErrorKind::NotFound => {
                        Err(NotesError::Write { path: held, source })
                    }
                    Ok(()) | Err(_) => Ok(()),
                };
            }
            // Somebody else's, or none.
            Ok(_) | Err(_) => return Ok(()),
        }
    }
}
