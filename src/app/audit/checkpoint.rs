//! `audit checkpoint`: where every stream ends at this moment, to be kept where nobody here can
//! change it.

use serde_json::json;

use crate::app::memory::{Act, Depth, Pen, may_sign, read};
use crate::app::{Answer, Environment, Failure, law};
use crate::git::Repo;
use crate::ledger::member;
use crate::ledger::{Anchor, Checkpoint, GENESIS_STREAM};
use crate::model::{Ending, EntryKind, EntrySubject, Gather};

const NAMESPACE: &str = "ckpt@gov-hook";

/// A checkpoint of a damaged ledger would vouch for the damage.
const DAMAGED: Ending = Ending::Denied;

/// What is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Whole,
    Json,
    /// The trailer that names it in a commit or a tag.
    Trailer,
}

pub fn checkpoint(is_signed: bool, shown: Shown, environment: &Environment) -> Result<Answer, Failure> {
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
        let text = if shown == Shown::Json { json(None, None, &[], Some(why)) } else { format!("{why}\n") };
        return Ok(Answer { text: text.into(), exit: DAMAGED });
    }
    let Some(genesis) = reading.genesis else {
        return Err(Failure::new("nothing is on record yet, so there is nothing to make a checkpoint of"));
    };
    let heads = reading.verdict.tips.iter().map(|tip| (tip.stream.clone(), tip.head)).gathered();
    let checkpoint = Checkpoint { repo: genesis, heads };
    let text = checkpoint.text();
    let whole = match pen.sign(text.as_bytes(), NAMESPACE)?.filter(|_| is_signed) {
        Some(made) => checkpoint
            .signed(&pen.actor().email, &made)
            .map_err(|error| Failure::new(format!("the checkpoint cannot be signed: {error}")))?,
        None => text.clone(),
    };
    let mut anchor = None;
    let shown_with = match repo.head()?.commit() {
        Some(head) => Some(head),
        None => repo.stream_tip(GENESIS_STREAM)?.map(|tip| tip.commit),
    };
    if let Some(object) = shown_with {
        let mut act = Act::new(EntryKind::Checkpoint, object, EntrySubject::default()).saying(member::CHECKPOINT, text);
        act.is_signed = is_signed;
        let place = pen.placed(&[act])?.first().copied();
        anchor = place.map(|seen| Anchor { repo: genesis, stream: pen.stream().to_owned(), seen }.to_string());
    }
    let by = [pen.actor().email.as_str()];
    Ok(Answer::passing(match (shown, &anchor) {
        (Shown::Trailer, Some(anchor)) => format!("{anchor}\n"),
        (Shown::Json, _) => {
            let signed_by: &[&str] = if is_signed { &by } else { &[] };
            json(Some((&checkpoint, &whole)), anchor.as_deref(), signed_by, None)
        }
        (Shown::Whole | Shown::Trailer, _) => whole,
    }))
}

/// What was made, with the text that is to be kept byte for byte.
fn json(made: Option<(&Checkpoint, &str)>, trailer: Option<&str>, signed_by: &[&str], why: Option<&str>) -> String {
    let json = json!({
        "schema": "gov-hook/checkpoint/v1",
        "exit": if made.is_some() { Ending::Pass } else { DAMAGED }.code(),
        "genesis": made.map(|(checkpoint, _)| checkpoint.repo.to_string()),
        "streams": made.map(|(checkpoint, _)| checkpoint.heads.len()),
        "signed_by": signed_by,
        "checkpoint": made.map(|(_, text)| text),
        "trailer": trailer,
        "why": why,
    });
    format!("{json:#}\n")
}
