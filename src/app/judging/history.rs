//! What history adds to the score: earlier fixes of the same files, and whether this is one.

use std::collections::HashMap;

use super::subject::Subject;
use crate::app::Failure;
use crate::check::{HistoryFacts, is_fix_subject};
use crate::git::Repo;
use crate::model::{FileFacts, FileKind, Known, RepoPath, Window};

/// Looks back only when source is touched: otherwise the card asks nothing of history.
pub(super) fn facts(repo: &Repo, subject: &Subject, files: &[Box<FileFacts>]) -> Result<HistoryFacts, Failure> {
    let mut fixed: HashMap<&RepoPath, u32> = HashMap::new();
    for file in files.iter().filter(|file| file.kind == FileKind::Source) {
        fixed.extend(file.change.paths().map(|path| (path, 0)));
    }
    let is_fix = subject.commits.iter().any(|commit| is_fix_subject(&commit.subject()));
    let fix_subject = if subject.head.is_none() { Known::No } else { Known::Yes(is_fix) };
    if fixed.is_empty() || !subject.kind.is_change() {
        return Ok(HistoryFacts { prior_fixes: Known::Yes(0), fix_subject, window: Window::Whole });
    }
    let history = repo.window_before(subject.base)?;
    for commit in history.commits.iter().filter(|commit| is_fix_subject(&commit.subject())) {
        for path in repo.paths_touched(commit)? {
            if let Some(count) = fixed.get_mut(&path) {
                *count += 1;
            }
        }
    }
    let most = fixed.into_values().max().unwrap_or_default();
    let known = match history.window {
        // A window that a shallow clone cut short may lack the very fixes that count.
        Window::Partial(0) | Window::Unknown => Known::No,
        Window::Whole | Window::Partial(_) => Known::Yes(most),
    };
    Ok(HistoryFacts { prior_fixes: known, fix_subject, window: history.window })
}
