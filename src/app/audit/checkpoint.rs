//! `audit checkpoint`: where every stream ends at this moment, to be kept where nobody here can
//! change it.

use super::may_sign;
use super::reading::{Depth, read};
use crate::app::record::{Act, Pen};
use crate::app::{Answer, Environment, Failure, law};
use crate::git::Repo;
use crate::ledger::{Checkpoint, GENESIS_STREAM};
use crate::model::{EntryKind, EntrySubject, Gather};

const NAMESPACE: &str = "ckpt@gov-hook";

/// A checkpoint of a damaged ledger would vouch for the damage.
const DAMAGED: u8 = 1;

pub fn checkpoint(is_signed: bool, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let (policy, _) = law::policy_at(&repo, repo.head()?.commit())?;
    let mut pen = Pen::open(&repo, environment, policy.audit, environment.agent.as_deref())?;
    if is_signed {
        pen = pen.signing()?;
        may_sign(&repo, &pen, NAMESPACE, environment.moment()?)?;
    }
    let reading = read(&repo, Depth::News, &|_| ())?;
    if !reading.verdict.damage.is_empty() {
        let text = "the ledger is damaged, so there is no checkpoint of it; see: gov-hook audit verify\n";
        return Ok(Answer { text: text.into(), code: DAMAGED });
    }
    let Some(genesis) = reading.genesis else {
        return Err(Failure::new("nothing is on record yet, so there is nothing to make a checkpoint of"));
    };
    let heads = reading.verdict.tips.iter().map(|tip| (tip.stream.clone(), tip.head)).gathered();
    let checkpoint = Checkpoint { repo: genesis, heads };
    let text = checkpoint.text();
    let shown = match pen.sign(text.as_bytes(), NAMESPACE)?.filter(|_| is_signed) {
        Some(made) => checkpoint
            .signed(&pen.actor().email, &made)
            .map_err(|error| Failure::new(format!("the checkpoint cannot be signed: {error}")))?,
        None => text.clone(),
    };
    let shown_with = match repo.head()?.commit() {
        Some(head) => Some(head),
        None => repo.stream_tip(GENESIS_STREAM)?.map(|tip| tip.commit),
    };
    if let Some(object) = shown_with {
        let mut act = Act::new(EntryKind::Checkpoint, object, EntrySubject::default()).saying("checkpoint", text);
        act.is_signed = is_signed;
        pen.write(&[act])?;
    }
    Ok(Answer::passing(shown))
}
