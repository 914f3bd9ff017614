//! Messages: one for each channel that is to know of an event.

use super::event::Event;
use super::json;
use super::text;
use crate::model::{Moment, Sha256};
use crate::policy::{Channel, Notice};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The same for the same decision told over the same channel: it is sent once, and a receiver
    /// can tell by it what it had before.
    pub id: Sha256,
    pub channel: Channel,
    /// The outcome it tells of, or `test`.
    pub event: String,
    /// The bytes that are sent.
    pub body: String,
}

/// What `notice`s ask to be told of an event, each channel once.
#[must_use]
pub fn messages(event: &Event<'_>, notices: &[Notice]) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    let concerned = notices.iter().filter(|notice| notice.on.contains(&event.outcome()));
    for channel in concerned.flat_map(|notice| &notice.channels) {
        let id = id(channel, &event.identity());
        if messages.iter().all(|message| message.id != id) {
            let body = match channel {
                Channel::Telegram { chat, .. } => json::telegram(chat, event),
                Channel::Slack { .. } => json::slack(&text::of(event)),
                Channel::Webhook { .. } | Channel::Command(_) => json::generic(&id, event),
            };
            messages.push(Message { id, channel: channel.clone(), event: event.outcome().to_string(), body });
        }
    }
    messages
}

/// A message that tells nothing but that it arrives.
#[must_use]
pub fn trial(channel: &Channel, repository: &str, time: Moment) -> Message {
    let id = id(channel, &format!("test {repository} {time}"));
    let body = match channel {
        Channel::Telegram { chat, .. } => json::plain_telegram(chat, &text::trial(repository)),
        Channel::Slack { .. } => json::slack(&text::trial(repository)),
        Channel::Webhook { .. } | Channel::Command(_) => json::trial(&id, repository, time),
    };
    Message { id, channel: channel.clone(), event: "test".into(), body }
}

fn id(channel: &Channel, identity: &str) -> Sha256 {
    let address = match channel {
        Channel::Telegram { chat, .. } => chat,
        Channel::Slack { url_env } | Channel::Webhook { url_env, .. } => url_env,
        Channel::Command(command) => command,
    };
    Sha256::of(format!("gov-hook/notification/v1\n{}\n{address}\n{identity}\n", channel.kind()).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Outcome;
    use crate::notify::event::tests::{decided, said, word};

    fn notice(on: &[Outcome], channels: &[Channel]) -> Notice {
        Notice { on: on.to_vec(), channels: channels.to_vec() }
    }

    fn slack(variable: &str) -> Channel {
        Channel::Slack { url_env: variable.into() }
    }

    #[test]
    fn only_the_outcomes_that_a_notice_names_are_told() {
        let judgement = crate::report::samples::held();
        let notices = [notice(&[Outcome::ApprovalPending], &[slack("A")]), notice(&[Outcome::Notified], &[slack("B")])];

        let told: Vec<Channel> =
            messages(&decided(&judgement), &notices).into_iter().map(|message| message.channel).collect();

        assert_eq!(told, [slack("A")]);
    }

    #[test]
    fn a_channel_that_two_notices_name_is_told_once() {
        let judgement = crate::report::samples::held();
        let both = notice(&Outcome::ALL, &[slack("A"), Channel::Command("A".into())]);

        let told = messages(&decided(&judgement), &[both.clone(), both]);

        assert_eq!(told.iter().map(|message| message.channel.kind()).collect::<Vec<_>>(), ["slack", "command"]);
    }

    #[test]
    fn an_id_stays_while_the_decision_does() {
        let judgement = crate::report::samples::held();
        let notices = [notice(&Outcome::ALL, &[slack("A")])];
        let id = |event: &Event<'_>| messages(event, &notices)[0].id;
        let event = decided(&judgement);
        let mut passing = event;
        passing.what = crate::notify::What::Decided { judgement: &judgement, exit: crate::model::Ending::Pass };
        let mut other_policy = judgement.clone();
        other_policy.policy.digest = Sha256::of(b"other");
        let approved = word();
        let again = crate::notify::Word { entry: Sha256::of(b"another"), ..word() };

        let later = Event { time: Moment::of_seconds(9).unwrap(), actor: "somebody else", ..event };
        assert_eq!(id(&later), id(&event));
        let others = [
            id(&Event { reference: Some("refs/heads/other"), ..event }),
            id(&passing),
            id(&decided(&other_policy)),
            id(&said(&approved)),
            id(&said(&again)),
        ];
        for (at, other) in others.iter().enumerate() {
            assert_ne!(*other, id(&event), "{at}");
            assert!(!others[..at].contains(other), "{at}");
        }
    }
}
