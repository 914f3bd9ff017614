//! What remotes were last seen to have of the streams: a copy is a witness, of what we have and of
//! what we do not have any more.

use crate::app::Failure;
use crate::git::Repo;
use crate::git::notes::{Asked, Noted, StateFile, Stream, Walked};
use crate::ledger::{self, Chain, Claim, Witness};
use crate::model::{ObjectId, Seen};

/// Streams to read, each once, and the copies beside them. Where only a remote has a stream, its copy
/// is the stream.
pub(super) fn parted(streams: Vec<Stream>) -> (Vec<Stream>, Vec<Stream>) {
    let (mut read, mut copies): (Vec<Stream>, Vec<Stream>) =
        streams.into_iter().partition(|stream| stream.remote.is_none());
    copies.retain(|copy| copy.tip.is_some());
    for copy in &copies {
        if !read.iter().any(|stream| stream.name == copy.name) {
            read.push(copy.clone());
        }
    }
    copies.retain(|copy| !read.contains(copy));
    (read, copies)
}

/// What the copies claim of the streams that were read.
pub(super) fn claims(
    repo: &Repo,
    read: &[Stream],
    copies: &[Stream],
    chains: &[Chain<'_>],
) -> Result<Vec<Claim>, Failure> {
    if copies.is_empty() {
        return Ok(Vec::new());
    }
    let is_own = own(repo)?;
    let mut claims = Vec::new();
    for copy in copies {
        let ours = read.iter().find(|stream| stream.name == copy.name).and_then(|stream| stream.tip);
        let head = chains.iter().find(|chain| chain.stream() == copy.name).and_then(Chain::head);
        let (Some(theirs), Some(ours)) = (copy.tip, ours) else { continue };
        let claim =
            |seen: Seen| Claim { stream: copy.name.clone(), seen, by: Witness::Copy { name: copy.reference.clone() } };
        let is_own = is_own(&copy.name);
        if theirs == ours {
            claims.extend(head.map(claim));
        } else if leads_to(repo, theirs, ours) {
            claims.extend(repo.head_at(theirs)?.map(claim));
        } else if leads_to(repo, ours, theirs) {
            // Others' streams go on elsewhere, and we have not fetched that yet; ours goes on only here.
            claims.extend(repo.head_at(theirs)?.filter(|_| is_own).map(claim));
        } else {
            let last = head.map_or(0, |head| head.seq);
            entries(repo, theirs, &mut |seen| {
                if seen.seq <= last || is_own {
                    claims.push(claim(seen));
                }
            });
        }
    }
    Ok(claims)
}

/// Tells the streams that this clone writes by the nonce that ends their names.
pub(in crate::app) fn own(repo: &Repo) -> Result<impl Fn(&str) -> bool + use<>, Failure> {
    let nonce = repo.ledger_state(StateFile::Nonce)?.unwrap_or_default();
    let ending = format!("-{}", String::from_utf8_lossy(&nonce).trim());
    Ok(move |stream: &str| ending.len() > 1 && stream.ends_with(&ending))
}

/// Whether one notes commit is behind another.
fn leads_to(repo: &Repo, older: ObjectId, newer: ObjectId) -> bool {
    let asked = Asked { tip: newer, after: Some(older) };
    matches!(repo.walk_stream(&asked, &mut |_| ()), Walked::Whole { .. })
}

fn entries(repo: &Repo, tip: ObjectId, tell: &mut dyn FnMut(Seen)) {
    // What of it cannot be read claims nothing.
    let _ = repo.walk_stream(&Asked { tip, after: None }, &mut |step| {
        for Noted { line, .. } in step.added {
            if let Ok(entry) = ledger::parse(&line) {
                tell(Seen { seq: entry.seq, id: ledger::id(&line) });
            }
        }
    });
}
