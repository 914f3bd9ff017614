//! What is judged, read and measured, before anybody's word on it is heard.

use super::examine::Examined;
use super::file::Examiner;
use super::history;
use super::question::{Question, What};
use super::subject::Subject;
use crate::app::Failure;
use crate::app::law::{self, POLICY_PATH};
use crate::check::{self, Gathered};
use crate::git::Repo;
use crate::model::{Assessment, ChangeId, PolicyRef, Reach, TargetKind, Window, counted};

pub(super) struct Measured {
    pub(super) assessment: Assessment,
    pub(super) change: ChangeId,
    /// How much of history there was.
    pub(super) reach: Option<Reach>,
    /// How many signed files are what was signed.
    pub(super) verified: usize,
    pub(super) notes: Vec<String>,
}

pub(super) fn measured(
    repo: &Repo,
    question: &Question,
    subject: &Subject,
    examiner: &Examiner<'_>,
) -> Result<Measured, Failure> {
    let (found, reach) = examined(repo, question, subject, examiner)?;
    let Examined { files, findings, touched, verified, mut notes } = found;
    let history = history::facts(repo, subject, &files)?;
    let change = ChangeId::of(files.iter().map(Box::as_ref));
    let gathered = Gathered { files, touched, findings, history, is_change: subject.kind.is_change() };
    let assessment = check::assess(gathered, &examiner.law.policy);
    notes.extend(dropped(repo, subject)?);
    notes.extend(partial_history(&assessment));
    notes.extend(not_in_force(repo, &examiner.law.reference)?);
    Ok(Measured { assessment, change, reach, verified, notes })
}

/// What is found in what is judged; of history also how much there was of it.
fn examined(
    repo: &Repo,
    question: &Question,
    subject: &Subject,
    examiner: &Examiner<'_>,
) -> Result<(Examined, Option<Reach>), Failure> {
    match subject.kind {
        TargetKind::History => {
            let only = subject.head.filter(|_| matches!(question.asked.what, What::History(Some(_))));
            let (found, reach) = examiner.history(repo, subject, only)?;
            Ok((found, Some(reach)))
        }
        TargetKind::Staged | TargetKind::Range | TargetKind::Commit | TargetKind::Tree => {
            Ok((examiner.examine(repo, subject)?, None))
        }
    }
}

/// What a range drops is told as what is undone of another commit than the one that it starts from, where those who
/// read of it look first.
fn dropped(repo: &Repo, subject: &Subject) -> Result<Option<String>, Failure> {
    let Some(start) = subject.base.filter(|_| subject.after.len() > 1 || subject.replaced.is_some()) else {
        return Ok(None);
    };
    let tree = repo.commit(start)?.tree;
    let mut dropped = Vec::new();
    for change in &subject.changes {
        if repo.entry_at(tree, change.from.as_ref().unwrap_or(&change.path))? != change.old {
            dropped.push(&change.path);
        }
    }
    let Some((first, others)) = dropped.split_first() else { return Ok(None) };
    let others = if others.is_empty() { String::new() } else { format!(" and {}", counted(others.len(), "other")) };
    Ok(Some(format!("what a merge leaves out or a forced push takes back is told as it was there: {first}{others}")))
}

fn partial_history(assessment: &Assessment) -> Option<String> {
    match assessment.window {
        Window::Partial(count) => {
            Some(format!("history=partial({count}): the clone is shallow, so earlier fixes may be missed"))
        }
        Window::Unknown => Some("history is not known, so the score takes it for a risk".into()),
        Window::Whole => None,
    }
}

/// Whoever has just written a policy expects it to judge.
fn not_in_force(repo: &Repo, law: &PolicyRef) -> Result<Option<String>, Failure> {
    let is_written = law.built_in && repo.work_dir().is_some_and(|root| root.join(POLICY_PATH).is_file());
    if !is_written {
        return Ok(None);
    }
    let is_of_head = law::policy_at(repo, repo.head()?.commit()).is_ok_and(|(_, law)| !law.built_in);
    Ok((!is_of_head).then(|| {
        format!(
            "{POLICY_PATH} judges what comes after the commit that adds it; look for mistakes: gov-hook policy check"
        )
    }))
}
