//! `.gov/allowed_signers`, in OpenSSH's format: who signs with which key, and for what.

use std::str::FromStr;

use super::{PublicKey, SignatureError};
use crate::model::Moment;

/// The keys that count. A file with a mistake is refused as a whole, so that nobody is left out by a
/// typing error unseen; a key that OpenSSH has and that cannot be verified here is no mistake, and
/// counts for nothing.
#[derive(Clone, Debug, Default)]
pub struct Signers(Vec<Signer>);

#[derive(Clone, Debug)]
struct Signer {
    principals: PatternList,
    /// Any, when the line does not say.
    namespaces: Option<PatternList>,
    after: Option<Moment>,
    before: Option<Moment>,
    key: PublicKey,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct SignerMistake {
    /// From 1 on.
    pub line: usize,
    pub what: String,
}

/// Why a good signature does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the key {fingerprint} is not among the allowed signers")]
    UnknownKey { fingerprint: String },
    #[error("the key {fingerprint} does not belong to {principal}")]
    Principal { fingerprint: String, principal: String },
    #[error("the key {fingerprint} may not sign for `{namespace}`")]
    Namespace { fingerprint: String, namespace: String },
    #[error("the key {fingerprint} was not valid at {time}")]
    Time { fingerprint: String, time: Moment },
}

impl Signers {
    /// Reads the file. Times without a `Z` are read in UTC too: a verdict cannot hang on the time
    /// zone of the machine that reads it.
    pub fn parse(text: &str) -> Result<Self, Vec<SignerMistake>> {
        let (mut signers, mut mistakes) = (Vec::new(), Vec::new());
        for (at, line) in text.lines().enumerate() {
            let line = line.trim_matches([' ', '\t', '\r']);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match signer(line) {
                Ok(signer) => signers.extend(signer),
                Err(what) => mistakes.push(SignerMistake { line: at + 1, what }),
            }
        }
        if mistakes.is_empty() { Ok(Self(signers)) } else { Err(mistakes) }
    }

    /// Whether `principal` may sign with `key` for `namespace` at `time`, as
    /// `ssh-keygen -Y verify -I principal -n namespace` would say.
    pub fn allow(&self, key: &PublicKey, principal: &str, namespace: &str, time: Moment) -> Result<(), Refusal> {
        let fingerprint = || key.fingerprint();
        let known: Vec<&Signer> = self.0.iter().filter(|signer| signer.key == *key).collect();
        if known.is_empty() {
            return Err(Refusal::UnknownKey { fingerprint: fingerprint() });
        }
        let theirs: Vec<&Signer> = known.into_iter().filter(|signer| signer.principals.matches(principal)).collect();
        if theirs.is_empty() {
            return Err(Refusal::Principal { fingerprint: fingerprint(), principal: principal.to_owned() });
        }
        let mut allowed = theirs.into_iter().filter(|signer| signer.may_sign(principal, namespace)).peekable();
        if allowed.peek().is_none() {
            return Err(Refusal::Namespace { fingerprint: fingerprint(), namespace: namespace.to_owned() });
        }
        if allowed.any(|signer| signer.is_valid(time)) {
            Ok(())
        } else {
            Err(Refusal::Time { fingerprint: fingerprint(), time })
        }
    }

    /// Whether `principal` has some key that may sign for `namespace` at `time`.
    #[must_use]
    pub fn has_a_key_of(&self, principal: &str, namespace: &str, time: Moment) -> bool {
        self.0.iter().any(|signer| signer.may_sign(principal, namespace) && signer.is_valid(time))
    }

    /// Whether `key` is listed for `principal`, for whatever and at whatever time: who holds it is one person.
    #[must_use]
    pub fn lists(&self, key: &PublicKey, principal: &str) -> bool {
        self.0.iter().any(|signer| signer.key == *key && signer.principals.matches(principal))
    }

    /// The principals, as the file writes them, that `key` signs for.
    #[must_use]
    pub fn principals(&self, key: &PublicKey) -> Vec<&str> {
        self.0.iter().filter(|signer| signer.key == *key).map(|signer| signer.principals.0.as_str()).collect()
    }
}

impl Signer {
    fn may_sign(&self, principal: &str, namespace: &str) -> bool {
        self.principals.matches(principal) && self.namespaces.as_ref().is_none_or(|names| names.matches(namespace))
    }

    fn is_valid(&self, time: Moment) -> bool {
        self.after.is_none_or(|after| after <= time) && self.before.is_none_or(|before| time < before)
    }
}

fn signer(line: &str) -> Result<Option<Signer>, String> {
    let (principals, rest) = word(line)?;
    if principals.is_empty() {
        return Err("the principals are missing".into());
    }
    let mut signer = (None, None, None);
    let (first, after_first) = word(rest)?;
    let key = if after_first.is_empty() || after_first.starts_with("AAAA") {
        rest
    } else {
        for option in options(first) {
            let (name, value) = option.split_once('=').unwrap_or((option, ""));
            let value = value.trim_matches('"');
            match name.to_ascii_lowercase().as_str() {
                "cert-authority" => {
                    return Err("`cert-authority` is not supported: name each key on a line of its own".into());
                }
                "namespaces" if !value.is_empty() => signer.0 = Some(PatternList(value.to_owned())),
                "valid-after" => signer.1 = Some(moment(value)?),
                "valid-before" => signer.2 = Some(moment(value)?),
                _ => return Err(format!("the option `{option}` is unknown")),
            }
        }
        after_first
    };
    let (namespaces, after, before) = signer;
    let key = match PublicKey::parse(key) {
        Ok(key) => key,
        Err(SignatureError::KeyType { .. } | SignatureError::KeySize) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let principals = PatternList(principals.trim_matches('"').to_owned());
    Ok(Some(Signer { principals, namespaces, after, before, key }))
}

/// The first word, with blanks where they are quoted, and what follows it.
fn word(line: &str) -> Result<(&str, &str), String> {
    let mut quoted = false;
    let end = line.find(|character: char| {
        quoted ^= character == '"';
        !quoted && (character == ' ' || character == '\t')
    });
    if quoted {
        return Err("a quote is not closed".into());
    }
    let (first, rest) = line.split_at_checked(end.unwrap_or(line.len())).unwrap_or_default();
    Ok((first, rest.trim_start_matches([' ', '\t'])))
}

/// Split at the commas that are not quoted.
fn options(word: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    word.split(move |character: char| {
        quoted ^= character == '"';
        !quoted && character == ','
    })
}

/// `YYYYMMDD` or `YYYYMMDDHHMM[SS]`, with or without a `Z`.
fn moment(text: &str) -> Result<Moment, String> {
    let digits = text.strip_suffix('Z').unwrap_or(text);
    let part = |from: usize, to: usize| digits.get(from..to).filter(|part| !part.is_empty());
    let written = match digits.len() {
        8 | 12 | 14 if digits.bytes().all(|byte| byte.is_ascii_digit()) => format!(
            "{}-{}-{}T{}:{}:{}Z",
            part(0, 4).unwrap_or_default(),
            part(4, 6).unwrap_or_default(),
            part(6, 8).unwrap_or_default(),
            part(8, 10).unwrap_or("00"),
            part(10, 12).unwrap_or("00"),
            part(12, 14).unwrap_or("00"),
        ),
        _ => String::new(),
    };
    Moment::from_str(&written).map_err(|()| format!("`{text}` is not a time such as `20261121` or `202611210545Z`"))
}

/// Patterns with `*` and `?`, separated by commas; one with `!` that matches refuses.
#[derive(Clone, Debug)]
struct PatternList(String);

impl PatternList {
    fn matches(&self, text: &str) -> bool {
        let mut found = false;
        for pattern in self.0.split(',') {
            match pattern.strip_prefix('!') {
                Some(refused) if matches(refused.as_bytes(), text.as_bytes()) => return false,
                Some(_) => {}
                None => found |= matches(pattern.as_bytes(), text.as_bytes()),
            }
        }
        found
    }
}

/// Goes back to the last `*` only, so no pattern takes more than the product of both lengths.
fn matches(mut pattern: &[u8], mut text: &[u8]) -> bool {
    let mut star: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern, text) {
            ([], []) => return true,
            ([b'*', after @ ..], _) => {
                star = Some((after, text));
                pattern = after;
            }
            ([wanted, after @ ..], [found, rest @ ..]) if *wanted == b'?' || wanted == found => {
                (pattern, text) = (after, rest);
            }
            _ => match star {
                Some((after, [_, rest @ ..])) => {
                    star = Some((after, rest));
                    (pattern, text) = (after, rest);
                }
                _ => return false,
            },
        }
    }
}
