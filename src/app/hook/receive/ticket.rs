//! What pre-receive has let by, so that `update`, which git runs next for every reference, need not
//! judge it again.
//!
//! It names what moves from where to where. A ticket that was left lying about says no more than that
//! this very move was let by before.

use std::fmt::Write;

use super::super::line::Line;
use crate::app::Failure;
use crate::git::Repo;
use crate::git::notes::StateFile;
use crate::model::ObjectId;

pub(super) fn leave(repo: &Repo, lines: &[Line]) -> Result<(), Failure> {
    let text = lines.iter().map(spelled).collect::<Vec<_>>().join("\n");
    Ok(repo.keep_ledger_state(StateFile::LetBy, text.as_bytes())?)
}

pub(super) fn names(repo: &Repo, line: &Line) -> Result<bool, Failure> {
    let kept = repo.ledger_state(StateFile::LetBy)?.unwrap_or_default();
    let wanted = spelled(line);
    Ok(kept.split(|&byte| byte == b'\n').any(|kept| kept == wanted.as_bytes()))
}

/// Nothing more will be asked for.
pub(super) fn take_back(repo: &Repo) -> Result<(), Failure> {
    Ok(repo.keep_ledger_state(StateFile::LetBy, b"")?)
}

fn spelled(line: &Line) -> String {
    let mut text = String::new();
    for object in [line.old, line.new] {
        // Writing to a `String` cannot fail.
        let _ = write!(text, "{} ", object.unwrap_or(ObjectId::new([0; 20])));
    }
    text + &line.reference
}
