//! Putting an answer on record, where somebody asks for that beside the hooks.

use super::on_record;
use crate::app::judging::Judged;
use crate::app::memory::{Act, Pen};
use crate::app::record::answered;
use crate::app::{Environment, Failure, approval};
use crate::git::Repo;
use crate::ledger::member;
use crate::model::{Gate, Judgement, TargetKind};

/// What is on record is the judgement alone, to be made again, and beside it why it is refused all the same.
pub(super) fn keep(repo: &Repo, judged: &mut Judged, environment: &Environment) -> Result<(), Failure> {
    let answer = answered(judged);
    let refused = on_record::asked(repo, judged)?;
    let said = |act: Act| act.saying_any(member::REFUSED, refused.map(|why| vec![why]));
    let mut acts: Vec<Act> = answer.map(said).into_iter().collect();
    let Judgement { target, gate, .. } = &judged.judgement;
    if target.kind == TargetKind::Staged && *gate == Gate::Commit {
        acts.extend(approval::beside(repo, judged)?);
    }
    Pen::open(repo, environment, judged.audit, judged.agent.as_deref())?.write(&acts)?;
    Ok(())
}
