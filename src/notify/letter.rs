//! A message that waits to be sent, as it is kept: one JSON object a file.

use serde_json::{Map, Value, json};
use thiserror::Error;

use super::message::Message;
use crate::model::Moment;
use crate::policy::Channel;

/// How long a message rests after each failure, in seconds; the last goes on. After the first it is
/// tried again by whatever runs next.
const RESTS: [u64; 6] = [0, 30, 120, 600, 3_600, 21_600];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub message: Message,
    pub queued: Moment,
    pub attempts: u32,
    /// Until then it rests, unless something else goes the same way.
    pub not_before: Moment,
    /// Why it could not be sent.
    pub why: Option<String>,
}

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Unreadable {
    #[error("a message of version {0}, which this gov-hook does not know")]
    Newer(u64),
    #[error("not a message of gov-hook")]
    Foreign,
}

impl Letter {
    #[must_use]
    pub const fn new(message: Message, now: Moment) -> Self {
        Self { message, queued: now, attempts: 0, not_before: now, why: None }
    }

    /// It was tried in vain.
    #[must_use]
    pub fn failed(self, now: Moment, why: impl Into<String>) -> Self {
        let nth = usize::try_from(self.attempts).unwrap_or(usize::MAX).min(RESTS.len() - 1);
        let rest = RESTS.get(nth).copied().unwrap_or_default();
        let not_before = Moment::of_seconds(now.seconds().saturating_add(rest)).unwrap_or(now);
        Self { attempts: self.attempts.saturating_add(1), not_before, why: Some(why.into()), ..self }
    }

    /// It could not even be tried.
    #[must_use]
    pub fn waiting(self, why: impl Into<String>) -> Self {
        Self { why: Some(why.into()), ..self }
    }

    #[must_use]
    pub fn write(&self) -> String {
        let message = &self.message;
        let json = json!({
            "v": 1,
            "id": message.id.to_string(),
            "event": message.event,
            "channel": channel(&message.channel),
            "queued": self.queued.to_string(),
            "attempts": self.attempts,
            "not_before": self.not_before.to_string(),
            "why": self.why,
            "body": message.body,
        });
        format!("{json}\n")
    }

    pub fn read(text: &[u8]) -> Result<Self, Unreadable> {
        let whole: Map<String, Value> = serde_json::from_slice(text).map_err(|_not_json| Unreadable::Foreign)?;
        match whole.get("v").and_then(Value::as_u64) {
            Some(1) => Self::of(&whole).ok_or(Unreadable::Foreign),
            Some(other) => Err(Unreadable::Newer(other)),
            None => Err(Unreadable::Foreign),
        }
    }

    fn of(whole: &Map<String, Value>) -> Option<Self> {
        let text = |key: &str| whole.get(key).and_then(Value::as_str);
        let moment = |key: &str| text(key)?.parse::<Moment>().ok();
        Some(Self {
            message: Message {
                id: text("id")?.parse().ok()?,
                channel: read_channel(whole.get("channel")?)?,
                event: text("event")?.to_owned(),
                body: text("body")?.to_owned(),
            },
            queued: moment("queued")?,
            attempts: u32::try_from(whole.get("attempts")?.as_u64()?).ok()?,
            not_before: moment("not_before")?,
            why: text("why").map(str::to_owned),
        })
    }
}

fn channel(channel: &Channel) -> Value {
    match channel {
        Channel::Telegram { chat, token_env } => json!({ "telegram": { "chat": chat, "token_env": token_env } }),
        Channel::Slack { url_env } => json!({ "slack": { "url_env": url_env } }),
        Channel::Webhook { url_env, secret_env } => {
            json!({ "webhook": { "url_env": url_env, "secret_env": secret_env } })
        }
        Channel::Command(command) => json!({ "command": command }),
    }
}

fn read_channel(value: &Value) -> Option<Channel> {
    let text = |part: &Value, key: &str| part.get(key).and_then(Value::as_str).map(str::to_owned);
    if let Some(telegram) = value.get("telegram") {
        return Some(Channel::Telegram { chat: text(telegram, "chat")?, token_env: text(telegram, "token_env")? });
    }
    if let Some(slack) = value.get("slack") {
        return Some(Channel::Slack { url_env: text(slack, "url_env")? });
    }
    if let Some(webhook) = value.get("webhook") {
        return Some(Channel::Webhook { url_env: text(webhook, "url_env")?, secret_env: text(webhook, "secret_env") });
    }
    text(value, "command").map(Channel::Command)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Sha256;

    fn moment(seconds: u64) -> Moment {
        Moment::of_seconds(seconds).unwrap()
    }

    fn letter(channel: Channel) -> Letter {
        let message =
            Message { id: Sha256::of(b"a"), channel, event: "rejected".into(), body: "{\"a\":\"ü\"}".into() };
        Letter::new(message, moment(100))
    }

    #[test]
    fn what_is_kept_reads_back() {
        for channel in [
            Channel::Telegram { chat: "-1".into(), token_env: "TOKEN".into() },
            Channel::Slack { url_env: "URL".into() },
            Channel::Webhook { url_env: "URL".into(), secret_env: None },
            Channel::Webhook { url_env: "URL".into(), secret_env: Some("KEY".into()) },
            Channel::Command("logger".into()),
        ] {
            let letter = letter(channel).failed(moment(200), "the server answered 500");
            assert_eq!(Letter::read(letter.write().as_bytes()), Ok(letter));
        }
    }

    #[test]
    fn what_is_no_message_of_this_version_is_told_from_what_is_newer() {
        assert_eq!(Letter::read(b"{\"v\":2}"), Err(Unreadable::Newer(2)));
        for foreign in ["", "{", "[]", "{}", "{\"v\":1}", "\u{fffd}"] {
            assert_eq!(Letter::read(foreign.as_bytes()), Err(Unreadable::Foreign), "{foreign}");
        }
    }

    #[test]
    fn each_failure_makes_it_rest_longer_but_the_first() {
        let mut letter = letter(Channel::Command("x".into()));
        let mut rests = Vec::new();
        for _ in 0..8 {
            letter = letter.failed(moment(1_000), "no");
            rests.push(letter.not_before.seconds() - 1_000);
        }

        assert_eq!(rests, [0, 30, 120, 600, 3_600, 21_600, 21_600, 21_600]);
        assert_eq!(letter.attempts, 8);
    }

    #[test]
    fn what_could_not_be_tried_is_no_attempt() {
        let waiting = letter(Channel::Command("x".into())).waiting("curl is not on PATH");

        assert_eq!((waiting.attempts, waiting.why.as_deref()), (0, Some("curl is not on PATH")));
        assert_eq!(waiting.not_before, moment(100));
    }
}
