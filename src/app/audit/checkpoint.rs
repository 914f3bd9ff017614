//! `audit checkpoint`: where every stream ends at this moment, to be kept where nobody here can
//! change it.

use serde_json::json;

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

pub fn checkpoint(is_signed: bool, environment: &Environment, as_json: bool) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let (policy, _) = law::policy_at(&repo, repo.head()?.commit())?;
    let mut pen = Pen::open(&repo, environment, policy.audit, environment.agent.as_deref())?;
    if is_signed {
        pen = pen.signing()?;
        may_sign(&repo, &pen, NAMESPACE, environment.moment()?)?;
    }
    let reading = read(&repo, Depth::News, &|_| ())?;
    if !reading.verdict.damage.is_empty() {
        let why = "the ledger is damaged, so there is no checkpoint of it; see: gov-hook audit verify";
        let text = if as_json { json(None, &[], Some(why), DAMAGED) } else { format!("{why}\n") };
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
    if !as_json {
        return Ok(Answer::passing(shown));
    }
    let by = [pen.actor().email.as_str()];
    Ok(Answer::passing(json(Some((&checkpoint, &shown)), if is_signed { &by } else { &[] }, None, 0)))
}

/// What was made, with the text that is to be kept byte for byte.
fn json(made: Option<(&Checkpoint, &str)>, signed_by: &[&str], why: Option<&str>, code: u8) -> String {
    let json = json!({
        "schema": "gov-hook/checkpoint/v1",
        "exit": code,
        "genesis": made.map(|(checkpoint, _)| checkpoint.repo.to_string()),
        "streams": made.map(|(checkpoint, _)| checkpoint.heads.len()),
        "signed_by": signed_by,
        "checkpoint": made.map(|(_, text)| text),
        "why": why,
    });
    format!("{json:#}\n")
}
