//! `notify status`: whom the policy has told, whether that can be done from here, and what waits.

use std::cell::LazyCell;
use std::fmt::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::called;
use super::flush::unusable;
use super::send::{NO_CURL, is_lawful};
use super::spool::{Spool, Waiting};
use crate::app::{Answer, Environment, Failure, law};
use crate::git::Repo;
use crate::model::{Outcome, Trouble, counted};
use crate::policy::{Channel, Notice};
use crate::report::Medium;

pub fn status(environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let (policy, reference) = law::policy_at(&repo, repo.head()?.commit())?;
    let spool = Spool::of(&repo);
    let waiting = spool.waiting().map_err(|error| unusable(&error))?;
    let found = Found { channels: channels(&repo, environment, &policy.notices), waiting, dropped: spool.dropped() };
    let text = if medium == Medium::Json {
        found.json(&reference.origin)
    } else {
        found.text(if reference.built_in { "the built-in policy" } else { &reference.origin })
    };
    Ok(Answer::passing(text))
}

/// What `doctor` has to say of it: nothing is wrong with a clone from which nobody is told.
pub(in crate::app) fn troubles(repo: &Repo, environment: &Environment) -> Result<Vec<Trouble>, Failure> {
    let (policy, _) = law::policy_at(repo, repo.head()?.commit())?;
    let mend = "gov-hook notify status";
    let trouble = |what: String| Trouble { about: "notify", what, mend: mend.to_owned(), is_wrong: false };
    let channels = channels(repo, environment, &policy.notices);
    let unready = channels.iter().filter_map(|told| Some((called(&told.channel), told.unready.as_deref()?)));
    let mut troubles: Vec<Trouble> =
        unready.map(|(name, why)| trouble(format!("{name} cannot be reached from here: {why}"))).collect();
    let waiting = Spool::of(repo).names().map_err(|error| unusable(&error))?.len();
    if waiting > 0 {
        let verb = if waiting == 1 { "waits" } else { "wait" };
        troubles.push(trouble(format!("{} {verb} to be sent", counted(waiting, "message"))));
    }
    Ok(troubles)
}

struct Found {
    channels: Vec<Told>,
    waiting: Vec<Waiting>,
    dropped: usize,
}

/// A channel of the policy.
struct Told {
    channel: Channel,
    on: Vec<Outcome>,
    /// Why nothing can be sent over it from here.
    unready: Option<String>,
}

fn channels(repo: &Repo, environment: &Environment, notices: &[Notice]) -> Vec<Told> {
    let has_curl = LazyCell::new(has_curl);
    let told = |channel: &Channel, on: &[Outcome]| {
        let unset = channel.variables().into_iter().find(|name| environment.variable(name).is_none());
        let needs_curl = !matches!(channel, Channel::Command(_));
        let unready = is_lawful(repo, channel)
            .err()
            .or_else(|| unset.map(|name| format!("{name} is not set")))
            .or_else(|| (needs_curl && !*has_curl).then(|| NO_CURL.to_owned()));
        Told { channel: channel.clone(), on: on.to_vec(), unready }
    };
    notices.iter().flat_map(|notice| notice.channels.iter().map(|channel| told(channel, &notice.on))).collect()
}

fn has_curl() -> bool {
    let mut curl = Command::new("curl");
    curl.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    curl.status().is_ok_and(|status| status.success())
}

impl Found {
    fn text(&self, origin: &str) -> String {
        let mut text = String::new();
        let verb = if self.waiting.len() == 1 { "waits" } else { "wait" };
        // Writing to a `String` cannot fail, here and below.
        let _ = match self.waiting.len() {
            0 => writeln!(text, "nothing is waiting"),
            count => writeln!(text, "{} {verb}", counted(count, "message")),
        };
        for waiting in &self.waiting {
            let _ = match &waiting.letter {
                Ok(letter) => {
                    let why = letter.why.as_deref().map(|why| format!("; {why}")).unwrap_or_default();
                    let tried = match letter.attempts {
                        0 => "not tried yet".to_owned(),
                        1 => "tried once".to_owned(),
                        times => format!("tried {times} times"),
                    };
                    let event = &letter.message.event;
                    writeln!(
                        text,
                        "  {event} of {} for {}: {tried}{why}",
                        letter.queued,
                        called(&letter.message.channel)
                    )
                }
                Err(error) => writeln!(text, "  {}: {error}", waiting.name),
            };
        }
        if self.dropped > 0 {
            let dropped = counted(self.dropped, "message");
            let _ = writeln!(text, "{dropped} dropped so far: older than 7 days, or more than 1,000 at once");
        }
        if self.channels.is_empty() {
            let _ = writeln!(text, "nobody is notified: {origin} has no `notify`");
        } else {
            let _ = writeln!(text, "notified, according to {origin}:");
        }
        for Told { channel, on, unready } in &self.channels {
            let state = unready.as_deref().unwrap_or("ready");
            let _ = writeln!(text, "  {} on {}: {state}", called(channel), occasions(on));
        }
        if !self.waiting.is_empty() {
            text.push_str("send them now: gov-hook notify flush\n");
        } else if !self.channels.is_empty() {
            text.push_str("see whether it arrives: gov-hook notify test\n");
        }
        text
    }

    fn json(&self, origin: &str) -> String {
        let channel = |told: &Told| {
            json!({
                "kind": told.channel.kind(),
                "name": called(&told.channel),
                "on": told.on.iter().map(|outcome| outcome.as_str()).collect::<Vec<_>>(),
                "ready": told.unready.is_none(),
                "why": told.unready,
            })
        };
        let waiting = |waiting: &Waiting| match &waiting.letter {
            Ok(letter) => json!({
                "file": waiting.name,
                "id": letter.message.id.to_string(),
                "event": letter.message.event,
                "channel": called(&letter.message.channel),
                "queued": letter.queued.to_string(),
                "attempts": letter.attempts,
                "not_before": letter.not_before.to_string(),
                "why": letter.why,
            }),
            Err(error) => json!({ "file": waiting.name, "id": Value::Null, "why": error.to_string() }),
        };
        let json = json!({
            "schema": "gov-hook/notify-status/v1",
            "policy": origin,
            "channels": self.channels.iter().map(channel).collect::<Vec<_>>(),
            "waiting": self.waiting.iter().map(waiting).collect::<Vec<_>>(),
            "dropped": self.dropped,
        });
        format!("{json:#}\n")
    }
}

fn occasions(on: &[Outcome]) -> String {
    if on.len() >= Outcome::ALL.len() {
        return "everything".to_owned();
    }
    on.iter().map(|outcome| outcome.as_str()).collect::<Vec<_>>().join(", ")
}
