//! The streams that this clone has written: the one that it goes on with, and those under names of their
//! own, in which nothing says so.

use super::Pins;
use crate::app::Failure;
use crate::git::Repo;
use crate::git::notes::StateFile;
use crate::ledger::Binding;

/// The stream of a writer in this clone. One that was here and is gone is not begun anew under its name:
/// whoever has it would have another history of it for ever.
pub(super) fn own_stream(repo: &Repo, binding: &Binding) -> Result<String, Failure> {
    let name = || Ok::<_, Failure>(binding.stream(&repo.clone_nonce()?.to_string()).unwrap_or_default());
    let stream = name()?;
    // What is wrong with a reference is told where it is written to.
    let is_gone = matches!(repo.stream_commit(&stream), Ok(None))
        && Pins::load(repo)?.streams().any(|known| known == stream)
        && !repo.streams()?.iter().any(|copy| copy.name == stream);
    if is_gone {
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
