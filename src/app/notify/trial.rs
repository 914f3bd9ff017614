//! `notify test`: a message that tells nothing but that it arrives, sent at once.

use std::fmt::Write;

use super::send::{Sent, send};
use super::{called, name};
use crate::app::{Answer, Environment, Failure, law};
use crate::git::Repo;
use crate::model::Ending;
use crate::notify::trial;
use crate::policy::Channel;

/// Something did not arrive.
const FAILED: Ending = Ending::Denied;

/// Sends over every channel of the policy in force, or those of one kind.
pub fn test(kind: Option<&str>, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let (policy, reference) = law::policy_at(&repo, repo.head()?.commit())?;
    let mut channels: Vec<&Channel> = Vec::new();
    for channel in policy.notices.iter().flat_map(|notice| &notice.channels) {
        if kind.is_none_or(|kind| channel.kind() == kind) && !channels.contains(&channel) {
            channels.push(channel);
        }
    }
    if channels.is_empty() {
        let what = kind.map_or_else(|| "nobody".to_owned(), |kind| format!("nobody over {kind}"));
        let law = if reference.built_in { "the built-in policy" } else { &reference.origin };
        return Err(Failure::new(format!("{law} notifies {what}"))
            .mended_by("add a `notify` section to .gov/policy.yaml and commit it: gov-hook policy schema"));
    }
    let (mut text, mut exit) = (String::new(), Ending::Pass);
    let repository = name(&repo);
    for channel in channels {
        let said = match send(&repo, environment, &trial(channel, &repository, environment.moment()?)) {
            Sent::Yes => "sent".to_owned(),
            Sent::Refused(why) | Sent::Down(why) | Sent::Unready(why) => {
                exit = FAILED;
                format!("failed: {why}")
            }
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{}: {said}", called(channel));
    }
    Ok(Answer { text: text.into_bytes(), exit })
}
