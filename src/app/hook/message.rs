//! Before a commit, once its message is written: what the message says is judged, together with what
//! is staged where that makes a difference.

use std::ffi::OsString;
use std::path::PathBuf;

use super::{first, said};
use crate::app::judging::{self, Asked, Question};
use crate::app::memory::{Act, Pen};
use crate::app::record::decision;
use crate::app::{Answer, Environment, Failure, approval, notify};
use crate::git::{Repo, Wording};
use crate::ledger::member;
use crate::model::{Gate, Sha256};
use crate::report::Style;

pub(super) fn before(arguments: &[OsString], environment: &Environment, style: Style) -> Result<Answer, Failure> {
    if environment.is_disabled {
        return Ok(Answer::passing(String::new()));
    }
    let repo = Repo::open(&environment.place)?;
    let file = match arguments.first() {
        Some(file) => PathBuf::from(file),
        None => written_last(&repo).filter(|_| environment.framework.is_some()).ok_or_else(|| {
            Failure::new("git named no file with the message")
                .mended_by("git runs this: gov-hook hook commit-msg .git/COMMIT_EDITMSG")
        })?,
    };
    let text = std::fs::read(&file)
        .map_err(|error| Failure::new(format!("the message in `{}` cannot be read: {error}", file.display())))?;
    let wording = if environment.edits_message { Wording::Edited } else { Wording::Given };
    let message = repo.message_as_committed(&text, wording);
    let worded = judging::worded(&repo, &message, environment)?;
    if !worded.is_found && !worded.tells_agent {
        return Ok(Answer::passing(String::new()));
    }
    let digest = Sha256::of(&message);
    let asked = Asked::staged(Some(message), environment.merging.clone());
    let judged = judging::judge(&repo, &Question::of(asked, Gate::Commit), environment)?;
    let mut act = decision(&judged);
    if worded.is_found {
        act = act.map(|act| act.saying(member::MESSAGE, digest));
    }
    let pen = Pen::open(&repo, environment, judged.audit, judged.agent.as_deref())?;
    let mut acts: Vec<Act> = act.into_iter().collect();
    acts.extend(approval::beside(&repo, &judged)?);
    let found = worded.is_found.then_some(digest);
    first::keep(&repo, &judged, &pen.write(&acts)?, found)?;
    let answer = said(&judged, style)?;
    notify::decided(&repo, environment, &judged, answer.exit, pen.actor());
    Ok(answer)
}

/// Where git has just written the message, for a framework that leaves the file out because a filter of
/// its own does not name it.
fn written_last(repo: &Repo) -> Option<PathBuf> {
    let files = ["COMMIT_EDITMSG", "MERGE_MSG"].map(|name| repo.git_dir().join(name));
    let written = |file: &PathBuf| file.metadata().and_then(|found| found.modified()).ok();
    files.into_iter().filter_map(|file| Some((written(&file)?, file))).max().map(|(_, file)| file)
}
