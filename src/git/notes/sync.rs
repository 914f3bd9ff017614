//! Streams between repositories: fetched only forwards, and only one's own is ever pushed.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::Write;
use std::process::{Output, Stdio};

use super::reference::{read, reference_name};
use super::{NotesError, STREAMS};
use crate::git::command::unstarted;
use crate::git::repo::{object_id, oid};
use crate::git::{GitError, Repo};
use crate::model::{Gather, ObjectId, without_password};

/// What ties a git process to the repository and hook that it was started from.
const TIES: [&str; 12] = [
    "GIT_DIR",
    "GIT_COMMON_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_CONFIG",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_NAMESPACE",
    "GIT_SHALLOW_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_REFLOG_ACTION",
    "GIT_EDITOR",
];

/// Whatever a remote has to say, it is told in so many characters.
const LONGEST_SAID: usize = 400;

/// How a stream of the remote compares with ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fetched {
    /// It was not here.
    New,
    /// It went on, and ours follows.
    Forwarded,
    Unchanged,
    /// The remote has less than we do: it was not pushed yet, or the remote was rolled back.
    Behind,
    /// The remote has another history than ours, which was kept: one of the two was rewritten.
    Diverged,
    /// The remote has entries of our own stream that we do not: this clone was rolled back, or copied.
    Ahead,
    /// It was not put here: its name is none that a stream can have, or git could not move ours.
    NotTaken,
    /// The remote does not have it.
    Absent,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedStream {
    pub stream: String,
    pub outcome: Fetched,
    pub before: Option<ObjectId>,
    /// Where the remote has it.
    pub remote: Option<ObjectId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    New,
    Forwarded,
    Unchanged,
    /// There is no such stream to push.
    Nothing,
    /// The remote has another history of it.
    Diverged,
    /// The remote does not take it, for its own reasons.
    Refused {
        said: String,
    },
}

/// How git ends that has heard of a remote, and could not do there all that it was asked for. Where it hears of
/// none it ends otherwise.
const NOT_ALL: Option<i32> = Some(1);

impl Repo {
    /// Brings the streams of the remote here, each only if ours is a part of it. `own` is never
    /// touched: only this clone writes it, so a remote that has more of it is told, not followed. All
    /// others speak of `root`: where the remote has another one than we do, none of them is brought.
    pub fn fetch_streams(&self, remote: &str, own: Option<&str>, root: &str) -> Result<Vec<FetchedStream>, NotesError> {
        let theirs = self.streams_of(remote)?;
        let ours: BTreeMap<String, ObjectId> =
            self.streams_here()?.into_iter().filter_map(|stream| Some((stream.name, stream.tip?))).gathered();
        let differs = |(name, tip): &(&String, &ObjectId)| {
            ours.get(*name) != Some(*tip) && Some(name.as_str()) != own && reference_name(name).is_ok()
        };
        let is_other = matches!((ours.get(root), theirs.get(root)), (Some(ours), Some(theirs)) if ours != theirs);
        let is_of_use = |(name, _): &(&String, &ObjectId)| !is_other || *name == root;
        let wanted: Vec<&String> = theirs.iter().filter(is_of_use).filter(differs).map(|(name, _)| name).collect();
        if !wanted.is_empty() {
            let lines: String = wanted.iter().flat_map(|name| [STREAMS, name, ":", STREAMS, name, "\n"]).collect();
            let fetch = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
            let rest = ["--no-prune", "--refmap=", "--stdin", "--", remote];
            let output = self.talk(&[&fetch[..], &rest].concat(), &lines)?;
            // Which reference could not be moved is seen below.
            if !(output.status.success() || output.status.code() == NOT_ALL) {
                return Err(not_exchanged(remote, &output));
            }
        }
        let names: BTreeSet<&String> = theirs.keys().chain(ours.keys()).gathered();
        let told = |name: &&String| {
            let (before, remote) = (ours.get(*name).copied(), theirs.get(*name).copied());
            let outcome = self.outcome(name, before, remote, own == Some(name.as_str()))?;
            Ok(FetchedStream { stream: (*name).clone(), outcome, before, remote })
        };
        names.iter().map(told).collect()
    }

    /// Brings the remote's copies of its streams to where a rule puts them, each only forwards.
    pub fn fetch_copies(&self, remote: &str, rule: &str) -> Result<(), NotesError> {
        let fetch = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
        let rest = ["--no-prune", "--refmap=", "--", remote, rule];
        let output = self.talk(&[&fetch[..], &rest].concat(), "")?;
        let is_heard = output.status.success() || output.status.code() == NOT_ALL;
        if is_heard { Ok(()) } else { Err(unreachable(remote, &output)) }
    }

    /// The streams that the remote has, without fetching any.
    pub fn streams_of(&self, remote: &str) -> Result<BTreeMap<String, ObjectId>, NotesError> {
        let pattern = format!("{STREAMS}*");
        let output = self.talk(&["ls-remote", "--quiet", "--refs", "--", remote, &pattern], "")?;
        if !output.status.success() {
            return Err(unreachable(remote, &output));
        }
        let listed = String::from_utf8_lossy(&output.stdout).into_owned();
        let stream = |line: &str| {
            let (id, name) = line.split_once('\t')?;
            Some((name.strip_prefix(STREAMS)?.to_owned(), id.parse().ok()?))
        };
        Ok(listed.lines().filter_map(stream).gathered())
    }

    /// Sends one stream, forwards only.
    pub fn push_stream(&self, remote: &str, stream: &str) -> Result<Pushed, NotesError> {
        Ok(self.push_streams(remote, &[stream])?.pop().unwrap_or(Pushed::Nothing))
    }

    /// Sends streams in one conversation, forwards only, and tells what became of each. No hook runs
    /// for it here: the push that this is part of has run them, and would otherwise be judged within
    /// its own judgement.
    pub fn push_streams(&self, remote: &str, streams: &[&str]) -> Result<Vec<Pushed>, NotesError> {
        let mut pairs = Vec::with_capacity(streams.len());
        for stream in streams {
            let name = reference_name(stream)?;
            pairs.push(read(self, &name)?.is_some().then(|| format!("{name}:{name}")));
        }
        if pairs.iter().all(Option::is_none) {
            return Ok(vec![Pushed::Nothing; streams.len()]);
        }
        let mirror = format!("remote.{remote}.mirror=false");
        let push = ["-c", &mirror, "push", "--porcelain", "--no-verify", "--no-follow-tags", "--no-signed"];
        let rest = ["--recurse-submodules=no", "--", remote];
        let named: Vec<&str> = pairs.iter().flatten().map(String::as_str).collect();
        let output = self.talk(&[&push[..], &rest, &named].concat(), "")?;
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        let became = |pair: Option<String>| {
            let Some(pair) = pair else { return Ok(Pushed::Nothing) };
            let about = format!("\t{pair}\t");
            match answer.lines().find_map(|line| line.split_once(about.as_str())) {
                Some(("*", _)) => Ok(Pushed::New),
                Some(("=", _)) => Ok(Pushed::Unchanged),
                Some((" ", _)) => Ok(Pushed::Forwarded),
                Some((_, why)) if ["(non-fast-forward)", "(fetch first)"].iter().any(|known| why.ends_with(known)) => {
                    Ok(Pushed::Diverged)
                }
                // What the other side's hooks say tells more than that they refused.
                Some((_, why)) => {
                    let said = refusal(&output).unwrap_or_else(|| why.trim().to_owned());
                    Ok(Pushed::Refused { said })
                }
                None if output.status.code() == NOT_ALL => Err(not_exchanged(remote, &output)),
                None => Err(unreachable(remote, &output)),
            }
        };
        pairs.into_iter().map(became).collect()
    }

    fn is_at(&self, stream: &str, tip: Option<&ObjectId>) -> bool {
        let found = self.inner.refname_to_id(&format!("{STREAMS}{stream}")).ok();
        found.map(object_id).as_ref() == tip
    }

    fn outcome(
        &self,
        stream: &str,
        before: Option<ObjectId>,
        remote: Option<ObjectId>,
        is_own: bool,
    ) -> Result<Fetched, NotesError> {
        let (before, remote) = match (before, remote) {
            (_, None) => return Ok(Fetched::Absent),
            (None, Some(_)) if is_own => return Ok(Fetched::Ahead),
            (None, Some(tip)) if self.is_at(stream, Some(&tip)) => return Ok(Fetched::New),
            (None, Some(_)) => return Ok(Fetched::NotTaken),
            (Some(before), Some(remote)) => (before, remote),
        };
        if before == remote {
            return Ok(Fetched::Unchanged);
        }
        if self.is_at(stream, Some(&remote)) {
            return Ok(Fetched::Forwarded);
        }
        if !self.odb()?.exists(oid(remote)) {
            return Ok(if is_own { Fetched::Ahead } else { Fetched::NotTaken });
        }
        Ok(match (self.is_behind(remote, before)?, self.is_behind(before, remote)?, is_own) {
            (true, _, _) => Fetched::Behind,
            (_, true, true) => Fetched::Ahead,
            (_, true, false) => Fetched::NotTaken,
            (false, false, _) => Fetched::Diverged,
        })
    }

    fn is_behind(&self, older: ObjectId, newer: ObjectId) -> Result<bool, GitError> {
        match self.merge_base(newer, older) {
            // They share nothing, and a shallow clone would not know of the code.
            Err(GitError::ShallowBase { .. }) => Ok(false),
            found => Ok(found? == Some(older)),
        }
    }

    /// Runs git for a conversation with a remote: never a prompt, no maintenance afterwards, and an
    /// end when nobody answers.
    pub(in crate::git) fn talk(&self, arguments: &[&str], input: &str) -> Result<Output, NotesError> {
        let failed = |error: std::io::Error| {
            let command = arguments.iter().find(|word| !word.starts_with('-') && !word.contains('=')).copied();
            GitError::Command { command: command.unwrap_or_default().to_owned(), said: unstarted(&error) }
        };
        let mut command = self.git_command();
        for tie in TIES {
            command.env_remove(tie);
        }
        let configured = self.config_string("core.sshCommand");
        // What the settings name goes before what GIT_SSH names, and that before what everybody has.
        let is_named = configured.is_none() && self.place.ssh.is_some();
        let ssh = configured.unwrap_or_else(|| "ssh".to_owned());
        // Another program than OpenSSH's does not know its options.
        if !is_named
            && ssh.split_whitespace().next().is_some_and(|program| program == "ssh" || program.ends_with("/ssh"))
        {
            // A host that was reached and falls silent is given up after three times that.
            let patient = format!("core.sshCommand={ssh} -oBatchMode=yes -oConnectTimeout=15 -oServerAliveInterval=15");
            command.args(["-c", &patient]);
        }
        let mut child = command
            .args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"])
            .args(["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=30"])
            .args(["-c", "core.logAllRefUpdates=false"])
            .args(arguments)
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GCM_INTERACTIVE", "never")
            .envs(["GIT_ASKPASS", "SSH_ASKPASS"].map(|name| (name, OsString::new())))
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        if let Some(mut requests) = child.stdin.take() {
            // A git that fails early reads nothing; what it says then tells more than the broken pipe.
            let _ = requests.write_all(input.as_bytes());
        }
        Ok(child.wait_with_output().map_err(failed)?)
    }
}

pub(super) fn unreachable(remote: &str, output: &Output) -> NotesError {
    NotesError::Unreachable { remote: without_password(remote), said: said(output) }
}

fn not_exchanged(remote: &str, output: &Output) -> NotesError {
    NotesError::NotExchanged { remote: without_password(remote), said: said(output) }
}

/// The reason that a gov-hook of the other side gave.
fn refusal(output: &Output) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("remote: gov-hook: "));
    lines.next().map(|line| without_password(line.trim()))
}

/// What git said on its error output, in one line and without a URL's password. It ends with why it failed.
pub(in crate::git) fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return output.status.to_string();
    }
    let whole = without_password(&lines.join("; "));
    match whole.char_indices().rev().nth(LONGEST_SAID).and_then(|(at, _)| whole.get(at..)) {
        Some(end) => format!("…{end}"),
        None => whole,
    }
}
