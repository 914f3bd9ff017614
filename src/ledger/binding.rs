//! Who a stream belongs to, and how that makes its name.

use serde_json::{Map, Value};

use super::fits_a_stream;
use super::genesis::GENESIS_STREAM;
use super::sshsig::{PublicKey, SignatureError};
use crate::model::{Sha256, is_lower_hex};

/// What the first entry of a stream binds it to. Its body is `{"key": "ssh-ed25519 AAAA…"}` or
/// `{"email": "ada@example.com"}`, and `"named": true` for a stream that was given its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub writer: Writer,
    /// Ephemeral runners name their stream; anybody else's name follows from the writer.
    pub named: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Writer {
    Key(PublicKey),
    Email(String),
}

impl Writer {
    /// The first half of the stream's name: of the key in its wire form, or of the address in lower
    /// case.
    #[must_use]
    pub fn prefix(&self) -> String {
        match self {
            Self::Key(key) => key.digest(),
            Self::Email(email) => Sha256::of(email.to_lowercase().as_bytes()),
        }
        .short()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindingError {
    #[error("it binds the stream to neither a `key` nor an `email`")]
    Nobody,
    #[error("it has other members than `key`, `email` and `named`")]
    Members,
    #[error(transparent)]
    Key(#[from] SignatureError),
}

impl Binding {
    /// The name of the writer's stream in the clone with this nonce, which is 8 hexadecimal digits;
    /// `None` for any other nonce, and for a named binding.
    #[must_use]
    pub fn stream(&self, clone_nonce: &str) -> Option<String> {
        (!self.named && is_hex(clone_nonce, 8)).then(|| format!("{}-{clone_nonce}", self.writer.prefix()))
    }

    /// Whether the stream so bound may be called so.
    #[must_use]
    pub fn allows(&self, stream: &str) -> bool {
        let derived = stream.split_once('-').filter(|(prefix, nonce)| is_hex(prefix, 12) && is_hex(nonce, 8));
        match derived {
            Some((prefix, _)) => !self.named && prefix == self.writer.prefix(),
            None => self.named && fits_a_stream(stream) && stream != GENESIS_STREAM,
        }
    }

    /// The body of the entry that opens the stream.
    #[must_use]
    pub fn body(&self) -> Map<String, Value> {
        let (key, value) = match &self.writer {
            Writer::Key(public) => ("key", public.text()),
            Writer::Email(email) => ("email", email.clone()),
        };
        let mut body = Map::new();
        body.insert(key.to_owned(), Value::String(value));
        if self.named {
            body.insert("named".into(), Value::Bool(true));
        }
        body
    }

    pub fn from_body(body: &Map<String, Value>) -> Result<Self, BindingError> {
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        let writer = match (text("key"), text("email")) {
            (Some(key), None) => Writer::Key(PublicKey::parse(key)?),
            (None, Some(email)) => Writer::Email(email.to_owned()),
            _ => return Err(BindingError::Nobody),
        };
        let binding = Self { writer, named: body.contains_key("named") };
        if binding.body() == *body { Ok(binding) } else { Err(BindingError::Members) }
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && is_lower_hex(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sshsig::tests::Pen;
    use super::*;

    fn email(named: bool) -> Binding {
        Binding { writer: Writer::Email("Ada@example.com".into()), named }
    }

    #[test]
    fn a_streams_name_follows_from_its_writer_and_clone() {
        let stream = email(false).stream("0011aaff").unwrap();
        let of_key = Binding { writer: Writer::Key(Pen::new(1).public()), named: false };

        assert_eq!(stream, format!("{}-0011aaff", Sha256::of(b"ada@example.com").short()));
        assert!(email(false).allows(&stream));
        assert!(of_key.allows(&of_key.stream("0011aaff").unwrap()));
        assert!(!of_key.allows(&stream));
        for nonce in ["", "0011aaf", "0011AAFF", "0011aaff0", "0011aafg"] {
            assert_eq!(email(false).stream(nonce), None, "{nonce}");
        }
    }

    #[test]
    fn a_named_stream_takes_nobody_elses_name() {
        let derived = email(false).stream("0011aaff").unwrap();

        assert!(email(true).allows("ci-7"));
        assert!(!email(false).allows("ci-7"));
        for name in [derived.as_str(), "genesis", "CI", ""] {
            assert!(!email(true).allows(name), "{name}");
        }
    }

    #[test]
    fn a_binding_reads_back_from_its_body_and_nothing_else_does() {
        let bindings = [email(false), email(true), Binding { writer: Writer::Key(Pen::new(1).public()), named: false }];
        for binding in bindings {
            assert_eq!(Binding::from_body(&binding.body()), Ok(binding));
        }
        let key = Pen::new(1).public().text();
        for body in [
            json!({}),
            json!({"email": 7}),
            json!({"email": "a@b", "key": key}),
            json!({"email": "a@b", "named": false}),
            json!({"email": "a@b", "more": 1}),
            json!({"key": format!("{key} comment")}),
            json!({"key": "ssh-dss AAAA"}),
        ] {
            assert!(Binding::from_body(body.as_object().unwrap()).is_err(), "{body}");
        }
    }
}
