//! `audit sync`: the streams of others are fetched, those of this clone are sent.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::app::approval::{self, Shown};
use crate::app::exchange::{own, remote_of, send, settle};
use crate::app::memory::written;
use crate::app::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::git::notes::{Fetched, FetchedStream, Pushed};
use crate::ledger::GENESIS_STREAM;
use crate::model::{Ending, Remote, shell_word};
use crate::report::{Medium, printable};

/// Two histories of one stream: somebody rewrote one, or copied a clone.
const DIVERGED: Ending = Ending::Denied;

pub fn sync(remote: Option<&str>, environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let remote = remote_of(&repo, remote, "audit sync")?;
    let started_over = settle(&repo, &remote, environment)?;
    let ours = own(&repo, environment)?;
    let fetched = repo.fetch_streams(remote.as_git(), ours.first().map(String::as_str), GENESIS_STREAM)?;
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

/// Streams that this clone wrote under another name than now, of which the remote has less. Where it has
/// more, somebody else has gone on with them.
fn unsent(repo: &Repo, ours: &[String], fetched: &[FetchedStream]) -> Result<Vec<String>, Failure> {
    let lacks = |name: &String| {
        let is_less = |stream: &FetchedStream| matches!(stream.outcome, Fetched::Absent | Fetched::Behind);
        fetched.iter().any(|stream| stream.stream == *name && is_less(stream))
    };
    Ok(written(repo)?.into_iter().filter(|name| !ours.contains(name) && lacks(name)).collect())
}

fn to_text(remote: &Remote, (fetched, sent): (&[FetchedStream], &[(String, Pushed)]), shown: &Shown) -> String {
    let their_name = printable(&remote.to_string());
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
        let _ = writeln!(text, "mend it: gov-hook audit reconcile {} {}", shell_word(&stream.stream), remote.word());
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
    remote: &Remote,
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
        "remote": remote.to_string(),
        "started_over": !started_over.is_empty(),
        "fetched": fetched.iter().map(one).collect::<Vec<Value>>(),
        "sent": sent.iter().map(pushed).collect::<Vec<Value>>(),
        "reviews": { "offered": shown.offered, "withdrawn": shown.withdrawn },
        "exit": exit.code(),
    });
    format!("{json:#}\n")
}
