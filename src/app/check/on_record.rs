//! Whether the commits of a range are on record, where a gate takes no others: a CI job recomputes what
//! pre-push and pre-receive refuse.

use crate::app::Failure;
use crate::app::judging::Judged;
use crate::app::memory::{Records, Standing};
use crate::gate;
use crate::git::Repo;
use crate::model::{NextStep, ObjectId, shell_word};

/// Gives why they are not taken, where they are not; the judgement tells it.
pub(super) fn asked(repo: &Repo, judged: &mut Judged) -> Result<Option<String>, Failure> {
    let asks = judged.judgement.gate.asks_for_records(judged.judgement.level) && !judged.commits.is_empty();
    if !asks {
        return Ok(None);
    }
    let records = Records::of(repo)?;
    if records.is_empty() {
        if repo.has_remote() {
            judged.judgement.notes.push("no ledger is here, so nobody looked whether the commits are on record".into());
            let fetch = format!("git fetch {} 'refs/notes/gov/*:refs/notes/gov/*'", shell_word(&repo.remote_name()));
            judged.judgement.next.push(step("fetch the ledger, if there is one", fetch));
        }
        return Ok(None);
    }
    // Approvals can be used without hooks, and then no commit has a record.
    if !records.speaks_of_commits()? {
        let note = "the ledger speaks of no commit yet, so nobody looked whether these are on record";
        judged.judgement.notes.push(note.into());
        return Ok(None);
    }
    let standing = Standing::of(repo, &records, &judged.commits, judged.branch.as_deref())?;
    let missing = standing.without_record();
    let Judged { judgement, onto, .. } = judged;
    judgement.decision = gate::asking_for_records(judgement.decision.clone(), &missing);
    judgement.next.extend(mending(&standing, &records, onto.or(judgement.target.base)));
    Ok(gate::refusal(&missing))
}

fn mending(standing: &Standing, records: &Records<'_>, old: Option<ObjectId>) -> Vec<NextStep> {
    let first = match (standing.missing.as_slice(), standing.let_by(records)) {
        ([], _) => return Vec::new(),
        (_, Some(id)) => step("somebody else has to answer for it", format!("gov-hook ratify {}", id.short())),
        (_, None) => {
            let range = standing.range_of_missing(old);
            step("judge them and put them on record with a reason", format!("gov-hook record {range} --reason WHY"))
        }
    };
    vec![first, step("then share that with the others", "gov-hook audit sync".into())]
}

fn step(why: &str, command: String) -> NextStep {
    NextStep { why: why.into(), command }
}
