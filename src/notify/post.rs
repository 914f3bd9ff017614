//! How a message goes over HTTP: its address, its headers and its signature.

use std::fmt::Write;

use sha2::{Digest, Sha256 as Hasher};

use super::message::Message;
use crate::model::Sha256;
use crate::policy::Channel;

/// The block that SHA-256 works by.
const BLOCK: usize = 64;

/// A request to be made. It holds secrets, so it is neither shown nor kept.
pub struct Post {
    url: String,
    headers: Vec<String>,
    body: String,
}

impl Post {
    /// `of_variable` reads an environment variable; `Err` names the one that is not set. `telegram`
    /// is where Telegram's API is. A command is not posted.
    pub fn of<'m>(
        message: &'m Message,
        telegram: &str,
        of_variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, &'m str> {
        let read = |name: &'m str| of_variable(name).ok_or(name);
        let mut headers = vec!["Content-Type: application/json".to_owned()];
        let url = match &message.channel {
            Channel::Telegram { token_env, .. } => {
                format!("{}/bot{}/sendMessage", telegram.trim_end_matches('/'), read(token_env)?.trim())
            }
            Channel::Slack { url_env } => read(url_env)?.trim().to_owned(),
            Channel::Webhook { url_env, secret_env } => {
                let url = read(url_env)?.trim().to_owned();
                headers.push(format!("X-Gov-Hook-Event: {}", message.event));
                headers.push(format!("X-Gov-Hook-Delivery: {}", message.id));
                if let Some(secret_env) = secret_env {
                    let signature = signature(read(secret_env)?.as_bytes(), message.body.as_bytes());
                    headers.push(format!("X-Gov-Hook-Signature: {signature}"));
                }
                url
            }
            Channel::Command(_) => return Ok(None),
        };
        Ok(Some(Self { url, headers, body: message.body.clone() }))
    }

    /// As curl reads it from its standard input: nothing of it shows in a list of processes.
    #[must_use]
    pub fn curl(&self) -> String {
        let mut config = String::from("silent\noutput = \"/dev/null\"\nwrite-out = \"%{http_code}\"\n");
        config.push_str("proto = \"=http,https\"\nconnect-timeout = 5\nmax-time = 10\n");
        let mut say = |key: &str, value: &str| {
            // Writing to a `String` cannot fail.
            let _ = writeln!(config, "{key} = \"{}\"", quoted(value));
        };
        say("url", &self.url);
        say("user-agent", concat!("gov-hook/", env!("CARGO_PKG_VERSION")));
        for header in &self.headers {
            say("header", header);
        }
        // A large body would otherwise be announced and waited with.
        say("header", "Expect:");
        say("data-binary", &self.body);
        config
    }
}

/// `sha256=` and the HMAC-SHA256 of a body, as the receiver computes it with the same key.
#[must_use]
pub fn signature(key: &[u8], body: &[u8]) -> String {
    let mut block = [0; BLOCK];
    let hashed = Sha256::of(key);
    let key: &[u8] = if key.len() > BLOCK { hashed.as_bytes() } else { key };
    for (byte, of_key) in block.iter_mut().zip(key) {
        *byte = *of_key;
    }
    let inner = Hasher::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(body).finalize();
    let outer = Hasher::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize();
    format!("sha256={}", Sha256::new(outer.into()))
}

fn quoted(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '\\' | '"' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(channel: Channel) -> Message {
        Message { id: Sha256::of(b"id"), channel, event: "rejected".into(), body: r#"{"a":"b\"c"}"#.into() }
    }

    fn variable(name: &str) -> Option<String> {
        (!name.starts_with("NO_")).then(|| format!("https://h.example/{name}?a=\"b\"\n"))
    }

    #[test]
    fn a_signature_is_the_one_of_rfc_4231() {
        let cases: [(&[u8], &[u8], &str); 3] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, body, expected) in cases {
            assert_eq!(signature(key, body), format!("sha256={expected}"));
        }
    }

    #[test]
    fn a_webhook_is_signed_named_and_quoted() {
        let channel = Channel::Webhook { url_env: "URL".into(), secret_env: Some("KEY".into()) };
        let message = message(channel);

        let config = Post::of(&message, "", variable).unwrap().unwrap().curl();

        let expected = format!(
            r#"silent
output = "/dev/null"
write-out = "%{{http_code}}"
proto = "=http,https"
connect-timeout = 5
max-time = 10
url = "https://h.example/URL?a=\"b\""
user-agent = "gov-hook/{}"
header = "Content-Type: application/json"
header = "X-Gov-Hook-Event: rejected"
header = "X-Gov-Hook-Delivery: {}"
header = "X-Gov-Hook-Signature: {}"
header = "Expect:"
data-binary = "{{\"a\":\"b\\\"c\"}}"
"#,
            env!("CARGO_PKG_VERSION"),
            message.id,
            signature(b"https://h.example/KEY?a=\"b\"\n", message.body.as_bytes()),
        );
        assert_eq!(config, expected);
    }

    #[test]
    fn a_telegram_token_is_a_part_of_the_address() {
        let message = message(Channel::Telegram { chat: "1".into(), token_env: "TOKEN".into() });

        let post = Post::of(&message, "https://api.telegram.org/", |_| Some("12:ab\n".into())).unwrap().unwrap();

        assert_eq!(post.url, "https://api.telegram.org/bot12:ab/sendMessage");
    }

    #[test]
    fn what_is_not_set_is_named_and_a_command_needs_nothing() {
        let unset = message(Channel::Webhook { url_env: "URL".into(), secret_env: Some("NO_KEY".into()) });
        assert_eq!(Post::of(&unset, "", variable).err(), Some("NO_KEY"));

        let command = message(Channel::Command("true".into()));
        assert!(Post::of(&command, "", |_| None).unwrap().is_none());
    }
}
