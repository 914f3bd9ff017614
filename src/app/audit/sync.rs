//! `audit sync`: the streams of others are fetched, those of this clone are sent.

use std::fmt::Write;

use serde_json::{Value, json};

use super::anew::settle;
use crate::app::approval::{self, Shown};
use crate::app::memory::beginning::{Beginning, is_shared, is_shared_with, note_shared};
use crate::app::memory::written;
use crate::app::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::git::notes::{Fetched, FetchedStream, Pushed};
use crate::ledger::GENESIS_STREAM;
use crate::model::{Ending, ObjectId, shell_word};
use crate::report::{Medium, printable};

/// Two histories of one stream: somebody rewrote one, or copied a clone.
const DIVERGED: Ending = Ending::Denied;

pub fn sync(remote: Option<&str>, environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let remote = remote_of(&repo, remote, "audit sync")?;
    let started_over = settle(&repo, &remote, environment)?;
    let ours = own(&repo, environment)?;
    let fetched = repo.fetch_streams(&remote, ours.first().map(String::as_str), GENESIS_STREAM)?;
    // What waited too long goes along as what it is.
    approval::sweep(&repo, environment)?;
    let mut ours = own(&repo, environment)?;
    ours.extend(unsent(&repo, &ours, &fetched)?);
    let sent = send(&repo, &remote, &ours)?;
    let email = environment.committer.email.clone().or_else(|| repo.config_string("user.email"));
    let shown = approval::exchange(&repo, &remote, email.as_deref(), environment)?;
    let found = |code: &dyn Fn(Fetched) -> bool| fetched.iter().any(|stream| code(stream.outcome));
    let is_forked = found(&|outcome| matches!(outcome, Fetched::Diverged | Fetched::Ahead))
        || sent.iter().any(|(_, pushed)| *pushed == Pushed::Diverged);
    let is_partial = found(&|outcome| outcome == Fetched::NotTaken)
        || sent.iter().any(|(_, pushed)| matches!(pushed, Pushed::Refused { .. }));
    let exit = match (is_forked, is_partial) {
        (true, _) => DIVERGED,
        (false, true) => Ending::Undecided,
        (false, false) => Ending::Pass,
    };
    let text = if medium == Medium::Json {
        to_json(&remote, (&fetched, &sent), &shown, &started_over, exit)
    } else {
        started_over + &to_text(&remote, (&fetched, &sent), &shown)
    };
    Ok(Answer { text: text.into_bytes(), exit })
}

/// Whether the remote has entries of others that were not here; they are now.
pub(in crate::app) fn has_news(repo: &Repo, remote: &str, environment: &Environment) -> bool {
    let ours = own(repo, environment).unwrap_or_default();
    // Whoever cannot be reached has no news.
    let fetched = repo.fetch_streams(remote, ours.first().map(String::as_str), GENESIS_STREAM).unwrap_or_default();
    fetched.iter().any(|stream| matches!(stream.outcome, Fetched::New | Fetched::Forwarded))
}

/// Why a remote takes no stream of this clone: it has another genesis.
pub(in crate::app) fn another(repo: &Repo, remote: &str) -> Result<Failure, Failure> {
    let failure = Failure::new(format!("{remote} has another ledger, with another refs/notes/gov/{GENESIS_STREAM}"));
    let genesis = repo.stream_commit(GENESIS_STREAM)?;
    if genesis.map_or(Ok(false), |genesis| is_shared(repo, genesis))? {
        let why = "others have been sent the one that is here, so one of the two was replaced";
        let mend = format!("see what differs: gov-hook audit sync {}", shell_word(remote));
        return Ok(failure.for_this_reason(why).mended_by(mend));
    }
    let why = "this clone began one of its own, from another root, before it knew of that one";
    let mend = "have it start over under that one; what it recorded is put on record again";
    let command = format!("gov-hook audit reconcile {GENESIS_STREAM} {}", shell_word(remote));
    Ok(failure.for_this_reason(why).mended_by(format!("{mend}: {command}")))
}

/// The first thing that a remote gets of a ledger; one that was drawn for want of the root goes nowhere.
fn send_genesis(repo: &Repo, remote: &str, genesis: ObjectId) -> Result<Pushed, Failure> {
    if let Some(begun) = Beginning::at(repo, genesis)
        && begun.is_provisional(repo)?
    {
        return Err(Failure::new("the ledger of this clone began without the root of its history")
            .mended_by(format!("have it start over: gov-hook audit sync {}", shell_word(remote))));
    }
    Ok(repo.push_stream(remote, GENESIS_STREAM)?)
}

/// Sends the root of the ledger and these streams together, for each may speak of the others; where one
/// is not taken, each by itself, so that it keeps none back.
pub(in crate::app) fn send(repo: &Repo, remote: &str, ours: &[String]) -> Result<Vec<(String, Pushed)>, Failure> {
    if let Some(genesis) = repo.stream_commit(GENESIS_STREAM)?
        && !is_shared_with(repo, remote, genesis)?
    {
        let became = send_genesis(repo, remote, genesis)?;
        let is_there = matches!(became, Pushed::New | Pushed::Forwarded | Pushed::Unchanged);
        let mut sent = vec![(GENESIS_STREAM.to_owned(), became)];
        // What is written under another genesis than the remote's would be damage to everybody there.
        if is_there {
            note_shared(repo, remote, genesis)?;
            if !ours.is_empty() {
                sent.extend(send(repo, remote, ours)?.into_iter().skip(1));
            }
        }
        return Ok(sent);
    }
    let streams: Vec<&str> = std::iter::once(GENESIS_STREAM).chain(ours.iter().map(String::as_str)).collect();
    let mut became = repo.push_streams(remote, &streams)?;
    if ours.len() > 1 && became.iter().any(|pushed| matches!(pushed, Pushed::Refused { .. })) {
        became = streams.iter().map(|stream| repo.push_stream(remote, stream)).collect::<Result<_, _>>()?;
    }
    Ok(streams.into_iter().map(str::to_owned).zip(became).collect())
}

/// The remote that was named, else the one a clone came from. `verb` is what it is asked for.
pub(super) fn remote_of(repo: &Repo, named: Option<&str>, verb: &str) -> Result<String, Failure> {
    match named {
        Some(remote) => Ok(remote.to_owned()),
        None if repo.has_remote() => Ok(repo.remote_name()),
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

/// Streams that this clone wrote under another name than now, of which the remote has less. Where it has
/// more, somebody else has gone on with them.
fn unsent(repo: &Repo, ours: &[String], fetched: &[FetchedStream]) -> Result<Vec<String>, Failure> {
    let lacks = |name: &String| {
        let is_less = |stream: &FetchedStream| matches!(stream.outcome, Fetched::Absent | Fetched::Behind);
        fetched.iter().any(|stream| stream.stream == *name && is_less(stream))
    };
    Ok(written(repo)?.into_iter().filter(|name| !ours.contains(name) && lacks(name)).collect())
}

fn to_text(remote: &str, (fetched, sent): (&[FetchedStream], &[(String, Pushed)]), shown: &Shown) -> String {
    let their_name = printable(remote);
    let width = fetched.iter().map(|stream| printable(&stream.stream).chars().count()).max().unwrap_or_default();
    let mut text = format!("fetched from {their_name}\n");
    let is_another = fetched.iter().any(|found| found.stream == GENESIS_STREAM && found.outcome == Fetched::Diverged);
    for stream in fetched {
        // Writing to a `String` cannot fail, here and below.
        let _ = write!(text, "  {:width$}  {}", printable(&stream.stream), fetched_as(stream.outcome));
        text.push_str(match stream.outcome {
            Fetched::New | Fetched::Forwarded | Fetched::Unchanged => "",
            Fetched::Absent => ": the remote does not have it",
            Fetched::Behind => ": the remote has less of it; unless it was not sent yet, the remote was rolled back",
            Fetched::Diverged => ": the remote has another history of it; ours was kept",
            Fetched::Ahead => ": the remote has entries of this clone that are not here; it was rolled back, or copied",
            Fetched::NotTaken if is_another => ": it speaks of the remote's genesis, which is another than ours",
            Fetched::NotTaken => ": it cannot be put here",
        });
        text.push('\n');
    }
    let _ = writeln!(text, "sent to {their_name}");
    for (stream, pushed) in sent {
        let _ = write!(text, "  {:width$}  {}", printable(stream), sent_as(pushed));
        if let Pushed::Refused { said } = pushed {
            let _ = write!(text, ": {}", printable(said));
        }
        text.push('\n');
    }
    for (ids, what) in [(&shown.offered, "offered for review"), (&shown.withdrawn, "withdrawn, no longer needed")] {
        for id in ids {
            let _ = writeln!(text, "  {}  {what}", printable(id));
        }
    }
    let forked = fetched.iter().filter(|stream| matches!(stream.outcome, Fetched::Diverged | Fetched::Ahead));
    for stream in forked {
        let _ =
            writeln!(text, "mend it: gov-hook audit reconcile {} {}", shell_word(&stream.stream), shell_word(remote));
    }
    text
}

const fn fetched_as(outcome: Fetched) -> &'static str {
    match outcome {
        Fetched::New => "new",
        Fetched::Forwarded => "forwarded",
        Fetched::Unchanged => "unchanged",
        Fetched::Behind => "behind",
        Fetched::Diverged => "diverged",
        Fetched::Ahead => "ahead",
        Fetched::NotTaken => "not-taken",
        Fetched::Absent => "absent",
    }
}

const fn sent_as(pushed: &Pushed) -> &'static str {
    match pushed {
        Pushed::New => "new",
        Pushed::Forwarded => "forwarded",
        Pushed::Unchanged => "unchanged",
        Pushed::Nothing => "nothing",
        Pushed::Diverged => "diverged",
        Pushed::Refused { .. } => "refused",
    }
}

fn to_json(
    remote: &str,
    (fetched, sent): (&[FetchedStream], &[(String, Pushed)]),
    shown: &Shown,
    started_over: &str,
    exit: Ending,
) -> String {
    let one = |stream: &FetchedStream| {
        json!({
            "stream": stream.stream,
            "outcome": fetched_as(stream.outcome),
            "here": stream.before.map(|tip| tip.to_string()),
            "there": stream.remote.map(|tip| tip.to_string()),
        })
    };
    let pushed = |(stream, pushed): &(String, Pushed)| {
        let said = if let Pushed::Refused { said } = pushed { Some(said) } else { None };
        json!({ "stream": stream, "outcome": sent_as(pushed), "said": said })
    };
    let json = json!({
        "schema": "gov-hook/audit-sync/v1",
        "remote": remote,
        "started_over": !started_over.is_empty(),
        "fetched": fetched.iter().map(one).collect::<Vec<Value>>(),
        "sent": sent.iter().map(pushed).collect::<Vec<Value>>(),
        "reviews": { "offered": shown.offered, "withdrawn": shown.withdrawn },
        "exit": exit.code(),
    });
    format!("{json:#}\n")
}
