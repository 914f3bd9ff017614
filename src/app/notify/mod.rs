//! Telling people: what was decided is put into a spool and sent from there.
//!
//! A message is a file before anything is sent, so a server that is down, a machine without curl or
//! a process that is killed loses none. Whatever goes wrong here, the decision stands.

mod flush;
mod send;
mod spool;
mod status;
mod trial;

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

pub use flush::{Asker, flush};
pub use status::status;
pub(super) use status::troubles;
pub use trial::test;

use super::{Environment, secrets};
use crate::app::judging::Judged;
use crate::git::Repo;
use crate::model::{Actor, ActorKind, Ending, branch_reference};
use crate::notify::{Event, Letter, What, Word, messages};
use crate::policy::{Channel, Notice};
use crate::report::printable;
use spool::Spool;

/// The kinds of channels there are.
pub const KINDS: [&str; 4] = Channel::KINDS;

/// Tells those whom the policy names what a gate decided; `exit` is what it answers with.
pub(super) fn decided(repo: &Repo, environment: &Environment, judged: &Judged, exit: Ending, actor: &Actor) {
    if judged.notices.is_empty() {
        return;
    }
    let reference = judged.branch.as_deref().map(branch_reference);
    let what = What::Decided { judgement: &judged.judgement, exit };
    tell(repo, environment, &judged.notices, &Happened { reference: reference.as_deref(), actor: &named(actor), what });
}

/// Tells those whom the policy names of a person's word on a change.
pub fn said(repo: &Repo, environment: &Environment, notices: &[Notice], reference: Option<&str>, word: &Word) {
    if notices.is_empty() {
        return;
    }
    let mut word = word.clone();
    if let Some(why) = &mut word.why {
        secrets::hide(&mut [why]);
    }
    tell(repo, environment, notices, &Happened { reference, actor: &word.by, what: What::Said(&word) });
}

/// What somebody did, and to which branch.
struct Happened<'a> {
    reference: Option<&'a str>,
    actor: &'a str,
    what: What<'a>,
}

fn tell(
    repo: &Repo,
    environment: &Environment,
    notices: &[Notice],
    &Happened { reference, actor, what }: &Happened<'_>,
) {
    let Ok(time) = environment.moment() else { return };
    let repository = name(repo);
    let event = Event { repository: &repository, reference, actor, time, what };
    let spool = Spool::of(repo);
    let messages = messages(&event, notices);
    if messages.is_empty() {
        return;
    }
    let waiting = spool.names().unwrap_or_default();
    for (index, message) in messages.into_iter().enumerate() {
        if !spool.knows(&waiting, message.id) {
            // A decision does not wait for a spool that cannot be written.
            let _ = spool.put(&Letter::new(message, time), environment.started, index);
        }
    }
    start(repo, environment);
}

/// Sends in a process of its own, which nobody waits for.
fn start(repo: &Repo, environment: &Environment) {
    let Ok(program) = std::env::current_exe() else { return };
    let mut command = Command::new(program);
    command.args(["notify", "flush", "--quiet"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // In a group of its own, a key pressed in the terminal does not end it.
    command.process_group(0);
    forget_git(&mut command, environment);
    command.env("GIT_DIR", repo.common_dir()).current_dir(repo.common_dir());
    // What cannot be started now is sent by the next that can.
    let _ = command.spawn();
}

/// git tells its hooks of an index and of settings that hold for this one command only.
fn forget_git(command: &mut Command, environment: &Environment) {
    for name in environment.git_variables() {
        command.env_remove(name);
    }
}

/// `Mira Example <mira@example.com>`, and which agent works for her.
fn named(actor: &Actor) -> String {
    let agent = actor.id.as_deref().filter(|_| actor.kind == ActorKind::Agent);
    let person = format!("{} <{}>", actor.name, actor.email);
    agent.map_or_else(|| person.trim().to_owned(), |agent| format!("{agent} for {}", person.trim()))
}

/// The repository's name: the end of the address it came from, without what stands before, which
/// may hold a password; else its directory.
fn name(repo: &Repo) -> String {
    let last = |path: &str| {
        let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().trim_end_matches(".git");
        Some(name.to_owned()).filter(|name| !name.is_empty() && !name.contains(['@', ':', '?', '#']))
    };
    let of_remote = || last(&repo.config_string(&format!("remote.{}.url", repo.remote_name()))?);
    let directory = || {
        let place = repo.work_dir().unwrap_or_else(|| repo.common_dir());
        last(&place.canonicalize().ok()?.to_string_lossy())
    };
    of_remote().or_else(directory).unwrap_or_else(|| "repository".to_owned())
}

/// How a channel is called where it is told of.
fn called(channel: &Channel) -> String {
    let what = match channel {
        Channel::Telegram { chat, .. } => chat,
        Channel::Slack { url_env } | Channel::Webhook { url_env, .. } => url_env,
        Channel::Command(command) => command,
    };
    format!("{} {}", channel.kind(), printable(what))
}
