//! The streams that this clone has written under names of their own: nothing in such a name says so.

use crate::app::Failure;
use crate::git::Repo;
use crate::git::notes::StateFile;

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
