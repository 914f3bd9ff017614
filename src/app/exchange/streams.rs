//! The streams that this clone sends to a remote, and those that it fetches from there.

use crate::app::memory::beginning::{Beginning, is_shared, is_shared_with, note_shared};
use crate::app::{Environment, Failure};
use crate::git::Repo;
use crate::git::notes::{Fetched, Pushed};
use crate::ledger::GENESIS_STREAM;
use crate::model::{ObjectId, Remote};

/// Whether the remote has entries of others that were not here; they are now.
pub(in crate::app) fn has_news(repo: &Repo, remote: &Remote, environment: &Environment) -> bool {
    let ours = own(repo, environment).unwrap_or_default();
    // Whoever cannot be reached has no news.
    let fetched =
        repo.fetch_streams(remote.as_git(), ours.first().map(String::as_str), GENESIS_STREAM).unwrap_or_default();
    fetched.iter().any(|stream| matches!(stream.outcome, Fetched::New | Fetched::Forwarded))
}

/// Why a remote takes no stream of this clone: it has another genesis.
pub(in crate::app) fn another(repo: &Repo, remote: &Remote) -> Result<Failure, Failure> {
    let failure = Failure::new(format!("{remote} has another ledger, with another refs/notes/gov/{GENESIS_STREAM}"));
    let genesis = repo.stream_commit(GENESIS_STREAM)?;
    if genesis.map_or(Ok(false), |genesis| is_shared(repo, genesis))? {
        let why = "others have been sent the one that is here, so one of the two was replaced";
        let mend = format!("see what differs: gov-hook audit sync {}", remote.word());
        return Ok(failure.for_this_reason(why).mended_by(mend));
    }
    let why = "this clone began one of its own, from another root, before it knew of that one";
    let mend = "have it start over under that one; what it recorded is put on record again";
    let command = format!("gov-hook audit reconcile {GENESIS_STREAM} {}", remote.word());
    Ok(failure.for_this_reason(why).mended_by(format!("{mend}: {command}")))
}

/// The first thing that a remote gets of a ledger; one that was drawn for want of the root goes nowhere.
fn send_genesis(repo: &Repo, remote: &Remote, genesis: ObjectId) -> Result<Pushed, Failure> {
    if let Some(begun) = Beginning::at(repo, genesis)
        && begun.is_provisional(repo)?
    {
        return Err(Failure::new("the ledger of this clone began without the root of its history")
            .mended_by(format!("have it start over: gov-hook audit sync {}", remote.word())));
    }
    Ok(repo.push_stream(remote.as_git(), GENESIS_STREAM)?)
}

/// Sends the root of the ledger and these streams together, for each may speak of the others; where one
/// is not taken, each by itself, so that it keeps none back.
pub(in crate::app) fn send(repo: &Repo, remote: &Remote, ours: &[String]) -> Result<Vec<(String, Pushed)>, Failure> {
    if let Some(genesis) = repo.stream_commit(GENESIS_STREAM)?
        && !is_shared_with(repo, &remote.to_string(), genesis)?
    {
        let became = send_genesis(repo, remote, genesis)?;
        let is_there = matches!(became, Pushed::New | Pushed::Forwarded | Pushed::Unchanged);
        let mut sent = vec![(GENESIS_STREAM.to_owned(), became)];
        // What is written under another genesis than the remote's would be damage to everybody there.
        if is_there {
            note_shared(repo, &remote.to_string(), genesis)?;
            if !ours.is_empty() {
                sent.extend(send(repo, remote, ours)?.into_iter().skip(1));
            }
        }
        return Ok(sent);
    }
    let streams: Vec<&str> = std::iter::once(GENESIS_STREAM).chain(ours.iter().map(String::as_str)).collect();
    let mut became = repo.push_streams(remote.as_git(), &streams)?;
    if ours.len() > 1 && became.iter().any(|pushed| matches!(pushed, Pushed::Refused { .. })) {
        became = streams.iter().map(|stream| repo.push_stream(remote.as_git(), stream)).collect::<Result<_, _>>()?;
    }
    Ok(streams.into_iter().map(str::to_owned).zip(became).collect())
}

/// The remote that was named, else the one a clone came from. `verb` is what it is asked for.
pub(in crate::app) fn remote_of(repo: &Repo, named: Option<&str>, verb: &str) -> Result<Remote, Failure> {
    match named {
        Some(remote) => Ok(Remote::new(remote)),
        None if repo.has_remote() => Ok(Remote::new(repo.remote_name())),
        None => Err(Failure::new("this repository has no remote to share the ledger with")
            .mended_by(format!("name one, or a path: gov-hook {verb} REMOTE"))),
    }
}

/// The streams that this clone writes: one for each identity that committed here.
pub(in crate::app) fn own(repo: &Repo, environment: &Environment) -> Result<Vec<String>, Failure> {
    let ending = format!("-{}", repo.clone_nonce()?);
    let is_ours = |name: &String| name.ends_with(&ending) || Some(name) == environment.stream.as_ref();
    let here = repo.streams_here()?.into_iter();
    Ok(here.map(|stream| stream.name).filter(is_ours).collect())
}
