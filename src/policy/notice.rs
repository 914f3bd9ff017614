//! Who is told of which decisions. Secrets stay in environment variables, whose names are all that
//! a policy may hold.

use crate::model::Outcome;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub on: Vec<Outcome>,
    pub channels: Vec<Channel>,
}

/// A way to tell somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Channel {
    Telegram {
        chat: String,
        token_env: String,
    },
    Slack {
        url_env: String,
    },
    Webhook {
        url_env: String,
        secret_env: Option<String>,
    },
    /// Run by the shell, with the message on its standard input.
    Command(String),
}

impl Channel {
    pub const KINDS: [&'static str; 4] = ["telegram", "slack", "webhook", "command"];

    /// As the policy calls it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Telegram { .. } => "telegram",
            Self::Slack { .. } => "slack",
            Self::Webhook { .. } => "webhook",
            Self::Command(_) => "command",
        }
    }

    /// The environment variables without which nothing can be sent.
    #[must_use]
    pub fn variables(&self) -> Vec<&str> {
        match self {
            Self::Telegram { token_env, .. } => vec![token_env],
            Self::Slack { url_env } | Self::Webhook { url_env, secret_env: None } => vec![url_env],
            Self::Webhook { url_env, secret_env: Some(secret_env) } => vec![url_env, secret_env],
            Self::Command(_) => Vec::new(),
        }
    }
}
