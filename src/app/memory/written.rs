//! The streams that this clone has written: the one that it goes on with, and those under names of their
//! own, in which nothing says so.

use super::Pins;
use crate::app::Failure;
use crate::git::Repo;
use crate::git::notes::StateFile;
use crate::ledger::Binding;

/// What can be done about a stream whose name leaves no other.
const GIVE_BACK: &str = "bring it back with gov-hook audit sync, or set GOV_HOOK_STREAM to another name";

/// The stream of a writer in this clone. One that was here and is gone is not begun anew under its name:
/// whoever has it would have another history of it for ever. `given` is the name that it was given.
pub(super) fn own_stream(repo: &Repo, binding: &Binding, given: Option<&str>) -> Result<String, Failure> {
    let name = || {
        let nonce = repo.clone_nonce()?.to_string();
        Ok::<_, Failure>(match given {
            Some(given) => format!("{given}-{nonce}"),
            None => binding.stream(&nonce).unwrap_or_default(),
        })
    };
    if let Some(given) = given {
        if !is_gone(repo, given)? {
            return Ok(given.to_owned());
        }
        let other = name()?;
        if !binding.allows(&other) {
            return Err(
                Failure::new(format!("stream `{given}` of the ledger, which was here, is gone")).mended_by(GIVE_BACK)
            );
        }
        if repo.stream_commit(&other)?.is_none() {
            repo.keep_ledger_state(StateFile::Named, b"")?;
        }
    }
    let stream = name()?;
    if is_gone(repo, &stream)? {
        let _held = repo.hold_keeping()?;
        // Another process of this clone may have seen to it.
        if name()? == stream {
            let ending = format!("-{}", repo.clone_nonce()?);
            for other in repo.streams_here()?.iter().filter(|other| other.name.ends_with(&ending)) {
                note_written(repo, &other.name)?;
            }
            repo.renew_clone_nonce()?;
            repo.keep_ledger_state(StateFile::Named, b"")?;
        }
    }
    name()
}

/// Whether this clone had a stream that is nowhere now. What is wrong with a reference is told where it is
/// written to.
fn is_gone(repo: &Repo, stream: &str) -> Result<bool, Failure> {
    Ok(matches!(repo.stream_commit(stream), Ok(None))
        && Pins::load(repo)?.streams().any(|known| known == stream)
        && !repo.streams()?.iter().any(|copy| copy.name == stream))
}

/// Keeps that this clone writes a stream.
pub(in crate::app) fn note_written(repo: &Repo, stream: &str) -> Result<(), Failure> {
    let mut text = text(repo)?;
    if !text.lines().any(|known| known == stream) {
        text.extend([stream, "\n"]);
        repo.keep_ledger_state(StateFile::Written, text.as_bytes())?;
    }
    Ok(())
}

pub(in crate::app) fn written(repo: &Repo) -> Result<Vec<String>, Failure> {
    Ok(text(repo)?.lines().map(str::to_owned).collect())
}

fn text(repo: &Repo) -> Result<String, Failure> {
    let bytes = repo.ledger_state(StateFile::Written)?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
