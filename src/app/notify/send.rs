//! Sending one message: over HTTP through curl, or to a command.
//!
//! curl reads all it is told from its standard input, so that no token and no address shows in a
//! list of processes. What it says is never kept, for it may repeat them.

use std::io::{ErrorKind, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::forget_git;
use crate::app::{Environment, Failure, law};
use crate::git::Repo;
use crate::notify::{Message, Post};
use crate::policy::{Channel, Notice};

/// A command that takes longer is ended.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) const NO_CURL: &str = "curl is not on PATH";

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sent {
    Yes,
    /// The receiver does not take this one.
    Refused(String),
    /// The receiver takes none now.
    Down(String),
    /// It could not be tried from here.
    Unready(String),
}

pub(super) fn send(repo: &Repo, environment: &Environment, message: &Message) -> Sent {
    if let Err(why) = is_lawful(repo, &message.channel) {
        return Sent::Unready(why);
    }
    if let Channel::Command(command) = &message.channel {
        return run(repo, environment, command, message);
    }
    let telegram = environment.telegram.as_deref().unwrap_or("https://api.telegram.org");
    match Post::of(message, telegram, |name| environment.variable(name)) {
        Ok(Some(post)) => posted(&post, environment),
        Ok(None) => Sent::Yes,
        Err(name) => Sent::Unready(format!("{name} is not set")),
    }
}

/// Whether the policy of the default branch names a channel. Without that, whoever checks out the branch
/// of a stranger and commits there would run what the stranger's policy says, or tell the stranger, with
/// a token of their own, what they found.
pub(super) fn is_lawful(repo: &Repo, channel: &Channel) -> Result<(), String> {
    let kind = kind(channel);
    let unread = |failure: Failure| format!("whether a policy names this {kind} is not known: {}", failure.in_short());
    let Some(branch) = default_branch(repo).map_err(unread)? else {
        return Err(format!("no default branch is known, whose policy could name this {kind}"));
    };
    let notices = notices_of(repo, &branch).map_err(unread)?;
    let is_named = notices.iter().any(|notice| notice.channels.contains(channel));
    if is_named { Ok(()) } else { Err(format!("the policy of {branch} does not name this {kind}")) }
}

/// On a server, which follows nobody, the branch that its HEAD points to.
fn default_branch(repo: &Repo) -> Result<Option<String>, Failure> {
    match repo.default_branch()? {
        None if repo.is_bare() => Ok(repo.head()?.branch().map(str::to_owned)),
        found => Ok(found),
    }
}

fn notices_of(repo: &Repo, branch: &str) -> Result<Vec<Notice>, Failure> {
    Ok(match repo.branch_tip(branch)? {
        Some(tip) => law::policy_at(repo, Some(tip))?.0.notices,
        None => Vec::new(),
    })
}

const fn kind(channel: &Channel) -> &'static str {
    match channel {
        Channel::Command(_) => "command",
        Channel::Telegram { .. } | Channel::Slack { .. } | Channel::Webhook { .. } => "channel",
    }
}

fn posted(post: &Post, environment: &Environment) -> Sent {
    let mut curl = Command::new("curl");
    // First of all, or it would still read the user's own settings.
    curl.args(["--disable", "--config", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    forget_git(&mut curl, environment);
    let mut child = match curl.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == ErrorKind::NotFound => return Sent::Unready(NO_CURL.into()),
        Err(error) => return Sent::Unready(format!("curl cannot be started: {error}")),
    };
    let told = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(post.curl().as_bytes()));
    match (told, child.wait_with_output()) {
        (Ok(()), Ok(output)) if output.status.success() => answered(String::from_utf8_lossy(&output.stdout).trim()),
        (Ok(()), Ok(output)) => Sent::Down(failed(output.status)),
        (Err(error), _) | (Ok(()), Err(error)) => Sent::Down(format!("curl broke off: {error}")),
    }
}

fn answered(code: &str) -> Sent {
    let why = |more: &str| format!("the server answered {code}{more}");
    match code {
        _ if code.starts_with('2') => Sent::Yes,
        "400" | "413" | "422" => Sent::Refused(why(": it rejected what it was sent")),
        "401" | "403" => Sent::Down(why(": the token or address is wrong")),
        "404" | "410" => Sent::Down(why(": there is nothing at that address")),
        "429" => Sent::Down(why(": too many requests")),
        _ => Sent::Down(why("")),
    }
}

/// What curl's exit codes mean, as far as they are met.
fn failed(status: ExitStatus) -> String {
    match status.code() {
        Some(1 | 3) => "the address is not a URL of http or https".into(),
        Some(5) => "the proxy is not known".into(),
        Some(6) => "the server's name is not known".into(),
        Some(7) => "the server cannot be reached".into(),
        Some(28) => "the server did not answer in time".into(),
        Some(35 | 51 | 53..=54 | 58..=60 | 66 | 77 | 80 | 82 | 83 | 90 | 91) => {
            "no trusted connection to the server".into()
        }
        Some(52 | 55 | 56) => "the server closed the connection".into(),
        Some(code) => format!("curl ended with code {code}"),
        None => "curl was ended".into(),
    }
}

fn run(repo: &Repo, environment: &Environment, command: &str, message: &Message) -> Sent {
    let directory: &Path = repo.work_dir().unwrap_or_else(|| repo.common_dir());
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).stdout(Stdio::null()).stderr(Stdio::null());
    shell.current_dir(directory).process_group(0);
    forget_git(&mut shell, environment);
    shell.env("GOV_HOOK_EVENT", &message.event).env("GOV_HOOK_DELIVERY", message.id.to_string());
    let body = message.body.clone();
    // A command that does not read would have this process wait; one that ends early wants no more. Where nobody
    // can tell it the message it is not started: it would take nothing for all there is.
    let fed = std::io::pipe().and_then(|(told, mut telling)| {
        let fed = std::thread::Builder::new().spawn(move || {
            let _ = telling.write_all(body.as_bytes());
        });
        fed.map(|_| told)
    });
    let mut child = match fed.and_then(|told| shell.stdin(told).spawn()) {
        Ok(child) => child,
        Err(error) => return Sent::Unready(format!("the shell cannot be started: {error}")),
    };
    // It holds an end of the pipe, which would never be closed.
    drop(shell);
    match ended(&mut child) {
        Ok(Some(status)) if status.success() => Sent::Yes,
        Ok(Some(status)) => match status.code() {
            Some(code) => Sent::Down(format!("the command ended with code {code}")),
            None => Sent::Down("the command was ended".into()),
        },
        Ok(None) => Sent::Down("the command did not end in time".into()),
        Err(error) => Sent::Down(format!("the command broke off: {error}")),
    }
}

/// How a process ended; `None` when it had to be ended.
fn ended(child: &mut Child) -> std::io::Result<Option<ExitStatus>> {
    let since = Instant::now();
    while since.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_answers_tells_whether_the_next_message_is_worth_a_try() {
        assert_eq!(answered("204"), Sent::Yes);
        assert_eq!(answered("500"), Sent::Down("the server answered 500".into()));
        assert_eq!(answered("302"), Sent::Down("the server answered 302".into()));
        assert!(matches!(answered("400"), Sent::Refused(_)));
    }
}
