//! Named checks that a rule may ask for once its pattern matched: formats with structure or a
//! checksum are proved, values without one are judged by their look and their place.

mod account;
mod address;
mod binding;
mod checksum;
mod chosen;
mod claim;
mod codec;
mod company;
mod connection;
mod credential;
mod digits;
mod generic;
mod in_code;
mod key_file;
mod known;
mod likeness;
mod look;
mod meant;
mod name;
mod place;
mod row;
mod service;
mod shape;
mod stand_in;
mod stock;
mod texts;
mod token;
mod unconditional;
mod weak;
mod words;
mod wrapped;

use std::ops::Range;

use crate::model::RepoPath;
pub use in_code::Zones;

/// What a rule's pattern captured: ranges into the whole scanned text.
#[derive(Clone)]
pub struct Captured<'a> {
    pub text: &'a [u8],
    pub whole: Range<usize>,
    pub value: Range<usize>,
    /// Of which only the name of the file may decide: copies in other folders are not judged again.
    pub path: &'a RepoPath,
    /// What is no code of the text, for all matches in it.
    pub zones: &'a Zones,
}

impl<'a> Captured<'a> {
    /// The group that holds the value.
    #[must_use]
    pub fn value(&self) -> &'a [u8] {
        self.text.get(self.value.clone()).unwrap_or_default()
    }

    /// What the pattern matched before the value.
    fn head(&self) -> &'a [u8] {
        self.text.get(self.whole.start..self.value.start).unwrap_or_default()
    }
}

/// Whether a run of bytes is random enough to be a key, wherever it stands.
pub(in crate::check) fn looks_drawn(value: &[u8]) -> bool {
    likeness::drawn(value)
}

/// Whether the captured value is what the rule looks for.
pub type Verifier = fn(&Captured<'_>) -> bool;

const VERIFIERS: &[(&str, Verifier)] = &[
    ("age-key", token::age),
    ("altered-basic-auth", credential::altered_basic),
    ("altered-aws-key-id", token::altered_aws_key_id),
    ("altered-checksum", token::altered),
    ("altered-jwt", token::altered_jwt),
    ("altered-macaroon", token::altered_macaroon),
    ("argument-password", credential::argument),
    ("argument-secret", generic::argument),
    ("aws-key-id", token::aws_key_id),
    ("aws-secret", token::aws_secret),
    ("base58-key", token::base58_key),
    ("base64-json", token::json_in_base64),
    ("basic-auth", credential::basic),
    ("beside-api", company::stands_by_api),
    ("byte-array", token::byte_array),
    ("chosen-password", credential::chosen),
    ("chosen-secret", chosen::secret),
    ("connection-password", connection::connection_password),
    ("crc32", token::crc32),
    ("connection-stock-password", connection::connection_stock_password),
    ("credential-pair", credential::pair),
    ("der-key", key_file::der),
    ("discord-token", token::discord),
    ("encoded-credential-file", key_file::within_file),
    ("encoded-pair", credential::encoded),
    ("generic-key", generic::key),
    ("generic-password", generic::password),
    ("generic-secret", generic::secret),
    ("grafana-key", token::grafana),
    ("in-code", in_code::stands),
    ("joined-token", wrapped::joined),
    ("jwk", key_file::jwk),
    ("jwt", token::jwt),
    ("key-bytes", token::key_bytes),
    ("kubernetes-value", credential::kubernetes),
    ("libpq-password", connection::libpq_password),
    ("long-secret", meant::long_secret),
    ("macaroon", token::macaroon),
    ("marked-password", credential::marked),
    ("marked-strong", credential::marked_strong),
    ("masked", meant::masked_token),
    ("meant", meant::meant),
    ("named-key", service::named_key),
    ("named-value", generic::named_value),
    ("nkey", token::nkey),
    ("not-empty", |captured| !captured.value().is_empty()),
    ("opens-name", service::opens_name),
    ("opens-word", service::opens_word),
    ("password-in-a-row", row::holds_password),
    ("pem", key_file::pem),
    ("private-hex", key_file::hex_key),
    ("provider-secret", service::provider_secret),
    ("query-credential", generic::query_credential),
    ("random", meant::random),
    ("random-end", meant::random_end),
    ("random-tail", service::random_tail),
    ("stock-argument", known::as_argument),
    ("stock-command-password", known::in_command),
    ("stock-password", known::beside_account),
    ("stock-url-password", known::in_address),
    ("unconditional", unconditional::stands),
    ("unmasked", meant::unmasked),
    ("unmasked-end", meant::unmasked_end),
    ("url-password", address::url_password),
    ("url-password-reserved", address::url_password_reserved),
    ("vendor-secret", service::vendor_secret),
    ("wrapped-pem", key_file::wrapped_pem),
    ("wrapped-token", wrapped::token),
];

/// The check a rule asks for by name.
#[must_use]
pub fn named(name: &str) -> Option<Verifier> {
    VERIFIERS.iter().find(|(known, _)| *known == name).map(|(_, verifier)| *verifier)
}

/// Every name a rule may ask for.
#[must_use]
pub fn names() -> Vec<&'static str> {
    VERIFIERS.iter().map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a check takes a value that stands alone.
    pub(super) fn captured(value: &str, verifier: Verifier) -> bool {
        let path = RepoPath::from("file");
        let all = 0..value.len();
        verifier(&Captured {
            text: value.as_bytes(),
            whole: all.clone(),
            value: all,
            path: &path,
            zones: &Zones::default(),
        })
    }

    /// Whether a check takes the value that stands behind `head` in a text.
    pub(super) fn found(text: &str, head: &str, value: &str, verifier: Verifier) -> bool {
        let path = RepoPath::from("file");
        let start = text.find(&format!("{head}{value}")).unwrap();
        let value = start + head.len()..start + head.len() + value.len();
        verifier(&Captured {
            text: text.as_bytes(),
            whole: start..value.end,
            value,
            path: &path,
            zones: &Zones::default(),
        })
    }

    #[test]
    fn a_check_is_known_by_its_name_only() {
        assert!(named("jwt").is_some());
        assert!(named("no such check").is_none());
        assert!(names().iter().all(|name| named(name).is_some()));
    }
}
