//! `notify flush`: what waits is sent, each message once, by one process at a time.

use std::collections::HashSet;
use std::fmt::Write;
use std::time::Duration;

use super::called;
use super::send::{Sent, send};
use super::spool::{Lock, Spool, Waiting};
use crate::app::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::model::{Ending, Moment, counted};
use crate::notify::Letter;
use crate::policy::Channel;

/// How long a person waits for another process to finish sending.
const PATIENCE: Duration = Duration::from_secs(60);

/// After this many refused messages in a row a receiver is taken to refuse all.
const REFUSALS: usize = 3;

/// Something is still waiting.
const WAITING: Ending = Ending::Denied;

/// Who has what waits sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// All of it, and wants to know what became of it.
    Person,
    /// What is due, without a word.
    Hook,
}

/// Sends what waits.
pub fn flush(by: Asker, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let spool = Spool::of(&repo);
    let now = environment.moment()?;
    let mut run =
        Run { repo: &repo, environment, spool: &spool, now, by, sent: 0, tried: HashSet::new(), down: Vec::new() };
    let dropped = spool.dropped();
    loop {
        let patience = if by == Asker::Person { PATIENCE } else { Duration::ZERO };
        let Some(lock) = spool.lock(patience).map_err(|error| unusable(&error))? else {
            return Ok(match by {
                Asker::Person => Answer { text: "another process is sending; ask again later\n".into(), exit: WAITING },
                Asker::Hook => Answer::passing(String::new()),
            });
        };
        run.pass(&lock).map_err(|error| unusable(&error))?;
        drop(lock);
        // Whoever put a message there while the lock was kept left it to this process.
        if !run.has_more().map_err(|error| unusable(&error))? {
            break;
        }
    }
    if by == Asker::Hook {
        return Ok(Answer::passing(String::new()));
    }
    let waiting = spool.waiting().map_err(|error| unusable(&error))?;
    let text = told(run.sent, &waiting, spool.dropped().saturating_sub(dropped));
    Ok(Answer { text: text.into_bytes(), exit: if waiting.is_empty() { Ending::Pass } else { WAITING } })
}

pub(super) fn unusable(error: &std::io::Error) -> Failure {
    Failure::new(format!("the waiting messages cannot be read or written: {error}"))
        .mended_by("make sure that you may write to gov/spool in the git directory")
}

struct Run<'a> {
    repo: &'a Repo,
    environment: &'a Environment,
    spool: &'a Spool<'a>,
    now: Moment,
    by: Asker,
    sent: usize,
    /// The names of what was tried.
    tried: HashSet<String>,
    /// What takes no more messages in this run.
    down: Vec<Channel>,
}

impl Run<'_> {
    /// Every channel for itself, in the order of time.
    fn pass(&mut self, lock: &Lock) -> std::io::Result<()> {
        self.spool.prune(self.now, lock)?;
        let mut channels: Vec<(Channel, Vec<(String, Letter)>)> = Vec::new();
        for Waiting { name, letter } in self.spool.waiting()? {
            let Ok(letter) = letter else { continue };
            let channel = letter.message.channel.clone();
            match channels.iter_mut().find(|(known, _)| *known == channel) {
                Some((_, letters)) => letters.push((name, letter)),
                None => channels.push((channel, vec![(name, letter)])),
            }
        }
        for (channel, letters) in channels {
            // Whatever is due tries the way for all that wait for it.
            if !self.down.contains(&channel) && letters.iter().any(|(name, letter)| self.is_due(name, letter)) {
                self.send_all(channel, letters)?;
            }
        }
        Ok(())
    }

    fn is_due(&self, name: &str, letter: &Letter) -> bool {
        !self.tried.contains(name) && (self.by == Asker::Person || letter.not_before <= self.now)
    }

    fn send_all(&mut self, channel: Channel, letters: Vec<(String, Letter)>) -> std::io::Result<()> {
        let mut refusals = 0;
        for (name, letter) in letters {
            if !self.tried.insert(name.clone()) {
                continue;
            }
            if self.spool.was_sent(letter.message.id) {
                self.spool.remove(&name)?;
                continue;
            }
            let (letter, is_down) = match send(self.repo, self.environment, &letter.message) {
                Sent::Yes => {
                    refusals = 0;
                    self.sent += 1;
                    self.spool.sent(&name, letter.message.id)?;
                    continue;
                }
                Sent::Refused(why) => {
                    refusals += 1;
                    (letter.failed(self.now, why), refusals == REFUSALS)
                }
                Sent::Down(why) => (letter.failed(self.now, why), true),
                Sent::Unready(why) if letter.why.as_ref() == Some(&why) => {
                    self.down.push(channel);
                    return Ok(());
                }
                Sent::Unready(why) => (letter.waiting(why), true),
            };
            self.spool.replace(&name, &letter)?;
            if is_down {
                self.down.push(channel);
                return Ok(());
            }
        }
        Ok(())
    }

    fn has_more(&self) -> std::io::Result<bool> {
        let more = |waiting: &Waiting| {
            let Ok(letter) = &waiting.letter else { return false };
            self.is_due(&waiting.name, letter) && !self.down.contains(&letter.message.channel)
        };
        Ok(self.spool.waiting()?.iter().any(more))
    }
}

fn told(sent: usize, waiting: &[Waiting], dropped: usize) -> String {
    let mut text = String::new();
    // Writing to a `String` cannot fail, here and below.
    if sent > 0 {
        let _ = writeln!(text, "sent {}", counted(sent, "message"));
    }
    if dropped > 0 {
        let what = counted(dropped, "message");
        let _ = writeln!(text, "dropped {what} that waited for more than 7 days or were more than 1,000");
    }
    if waiting.is_empty() {
        text.push_str("nothing is waiting\n");
        return text;
    }
    let first = waiting.iter().find_map(|waiting| waiting.letter.as_ref().ok().filter(|letter| letter.why.is_some()));
    let why = first
        .map(|letter| format!(": {}: {}", called(&letter.message.channel), letter.why.as_deref().unwrap_or_default()));
    let what = counted(waiting.len(), "message");
    let verb = if waiting.len() == 1 { "waits" } else { "wait" };
    let _ = writeln!(text, "{what} still {verb}{}", why.unwrap_or_default());
    text.push_str("see which and why: gov-hook notify status\n");
    text
}
