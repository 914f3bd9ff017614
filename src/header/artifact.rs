//! Putting a header into a text and taking it out again, to the byte.

use super::block::{Block, Found, Layout, Stamp, find, inspect, written};
use super::prologue;
use super::syntax::Syntax;
use crate::model::{Moment, RepoPath, Sha256, deceives};

/// Like git, a text has no NUL among its first bytes.
const BINARY_PROBE: usize = 8000;

/// Larger files are never held whole.
pub const LARGEST: usize = 16 << 20;

/// No value of a header is longer.
const LONGEST_VALUE: usize = 200;

/// What a header is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub environment: String,
    pub signed_at: Moment,
    pub name: String,
    pub email: String,
    pub artifact_type: Option<String>,
    pub metadata: Vec<(String, String)>,
}

/// A text with its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub bytes: Vec<u8>,
    /// Of the text without it.
    pub artifact: Sha256,
    /// Of the header's own bytes.
    pub block: Sha256,
    pub signed_by: String,
}

/// Why a file can have no header, and is signed in the ledger only.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmarked {
    #[error("it is UTF-16, and a header would be UTF-8")]
    Utf16,
    #[error("it is UTF-32, and a header would be UTF-8")]
    Utf32,
    #[error("it is binary")]
    Binary,
    #[error("it is larger than 16 MB, or would be with a header")]
    Large,
    #[error("`{extension}` files have no comments that gov-hook knows")]
    Extension { extension: String },
    #[error("nothing in its name or first line says how comments are written in it")]
    Unknown,
    #[error("it does not go on in code after `{opening}` on its first line")]
    Outside { opening: &'static str },
    #[error("there is no place at its top for a header")]
    NoPlace,
}

/// Why a text is not signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("its header is damaged: {why}")]
    Damaged { why: &'static str },
    #[error("it has two headers")]
    TwoBlocks,
    #[error("it was signed for `{from}`, and only a promotion makes that `{to}`")]
    Promotion { from: String, to: String },
    #[error("{what} cannot stand in a header: {why}")]
    Unfit { what: String, why: &'static str },
}

/// How a header is written in this file, or why it can have none.
pub fn syntax_for(path: &RepoPath, text: &[u8]) -> Result<&'static Syntax, Unmarked> {
    match text {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return Err(Unmarked::Utf32),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(Unmarked::Utf16),
        _ if text.len() > LARGEST => return Err(Unmarked::Large),
        _ if memchr::memchr(0, text.get(..BINARY_PROBE).unwrap_or(text)).is_some() => return Err(Unmarked::Binary),
        _ => {}
    }
    let Some(syntax) = Syntax::of(path, text) else {
        return Err(match path.extension() {
            Some(extension) => Unmarked::Extension { extension: format!(".{}", String::from_utf8_lossy(extension)) },
            None => Unmarked::Unknown,
        });
    };
    let body = match inspect(text) {
        Found::Block(block) => block.body(text),
        Found::Nothing | Found::Damaged { .. } => return within(syntax, text),
    };
    within(syntax, &body)
}

fn within(syntax: &'static Syntax, body: &[u8]) -> Result<&'static Syntax, Unmarked> {
    let is_within = prologue::is_within(body, syntax.within);
    if is_within { Ok(syntax) } else { Err(Unmarked::Outside { opening: syntax.within }) }
}

/// Puts a header at the top of a text, in the place of the one it has. `None` where the text has no
/// place for one that could be taken out again to the byte.
pub fn sign(text: &[u8], syntax: &'static Syntax, terms: &Terms) -> Result<Option<Signed>, Refusal> {
    let body = match inspect(text) {
        Found::Nothing => text.to_vec(),
        Found::Damaged { why, .. } => return Err(Refusal::Damaged { why }),
        Found::Block(block) if block.stamp.environment != terms.environment => {
            return Err(Refusal::Promotion { from: block.stamp.environment, to: terms.environment.clone() });
        }
        Found::Block(block) => block.body(text),
    };
    if inspect(&body) != Found::Nothing {
        return Err(Refusal::TwoBlocks);
    }
    let at = prologue::end(&body, syntax);
    let plain = std::str::from_utf8(&body).is_err() || declares_another_encoding(body.get(..at).unwrap_or_default());
    let layout = Layout { syntax, crlf: breaks_as_crlf(&body), plain, breaks: prologue::is_mid_line(&body, at) };
    let stamp = stamp(Sha256::of(&body), terms, layout)?;
    let block = written(&stamp, layout);
    let (before, after) = body.split_at(at);
    let bytes = [before, block.as_bytes(), after].concat();
    // What cannot be found again as it was written would never verify.
    let is_exact = match inspect(&bytes) {
        Found::Block(found) => found.is_in_place && found.stamp == stamp && found.body(&bytes) == body,
        Found::Nothing | Found::Damaged { .. } => false,
    };
    let (artifact, signed_by) = (stamp.artifact, stamp.signed_by);
    Ok(is_exact.then(|| Signed { artifact, block: Sha256::of(block.as_bytes()), signed_by, bytes }))
}

/// The header of a signed text, in the same text with other line breaks: git keeps the one, and shows the
/// other in a work tree. `None` where it could not be taken out of that again to the byte.
#[must_use]
pub fn dressed(text: &[u8], syntax: &'static Syntax, signed: &Signed) -> Option<Vec<u8>> {
    let body = unsign(text).ok()?.unwrap_or_else(|| text.to_vec());
    let Found::Block(block) = inspect(&signed.bytes) else { return None };
    let header = signed.bytes.get(block.place)?;
    let header = if breaks_as_crlf(&body) {
        header.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(&b"\r\n"[..])
    } else {
        header.to_vec()
    };
    let (before, after) = body.split_at_checked(prologue::end(&body, syntax))?;
    let bytes = [before, &header, after].concat();
    match inspect(&bytes) {
        Found::Block(found) if found.is_in_place && found.body(&bytes) == body => Some(bytes),
        Found::Block(_) | Found::Nothing | Found::Damaged { .. } => None,
    }
}

fn breaks_as_crlf(body: &[u8]) -> bool {
    memchr::memchr(b'\n', body).is_some_and(|newline| body.get(..newline).is_some_and(|line| line.ends_with(b"\r")))
}

/// The text without its header, byte for byte as it was.
pub fn unsign(text: &[u8]) -> Result<Option<Vec<u8>>, Refusal> {
    match inspect(text) {
        Found::Nothing => Ok(None),
        Found::Block(block) => Ok(Some(block.body(text))),
        Found::Damaged { why, .. } => Err(Refusal::Damaged { why }),
    }
}

fn declares_another_encoding(prologue: &[u8]) -> bool {
    let prologue = prologue.to_ascii_lowercase();
    let named = |word: &[u8]| {
        let at = memchr::memmem::find(&prologue, word)? + word.len();
        let rest = prologue.get(at..)?.trim_ascii_start();
        Some(rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest).starts_with(b"utf"))
    };
    [&b"coding:"[..], b"coding=", b"@charset"].iter().any(|word| named(word) == Some(false))
}

fn stamp(artifact: Sha256, terms: &Terms, layout: Layout) -> Result<Stamp, Refusal> {
    let check = |what: &str, value: &str| match unfit(value, layout) {
        Some(why) => Err(Refusal::Unfit { what: format!("{what} `{}`", shown(value)), why }),
        None => Ok(()),
    };
    check("the environment", &terms.environment)?;
    if let Some(kind) = &terms.artifact_type {
        check("the artifact type", kind)?;
    }
    for (key, value) in &terms.metadata {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        if key.is_empty() || !key.bytes().all(is_plain) {
            let what = format!("the key `{}` of the metadata", shown(key));
            return Err(Refusal::Unfit { what, why: "a key has letters, digits, `_`, `.` and `-`" });
        }
        check("the metadata", value)?;
    }
    // Nobody is kept from signing by their name: the ledger has it whole.
    let whole = format!("{} <{}>", terms.name, terms.email);
    let known = [whole, terms.email.clone()].into_iter().find(|who| unfit(who, layout).is_none());
    Ok(Stamp {
        artifact,
        environment: terms.environment.clone(),
        signed_at: terms.signed_at,
        signed_by: known.unwrap_or_else(|| "somebody the ledger names".into()),
        artifact_type: terms.artifact_type.clone(),
        metadata: terms.metadata.clone(),
    })
}

fn shown(value: &str) -> String {
    value.chars().take(40).flat_map(char::escape_debug).collect()
}

/// Why a value cannot stand in a header as it is.
fn unfit(value: &str, layout: Layout) -> Option<&'static str> {
    if value.is_empty() {
        Some("it is empty")
    } else if value.len() > LONGEST_VALUE {
        Some("it is longer than 200 bytes")
    } else if value.trim() != value {
        Some("it starts or ends with a blank")
    } else if value.chars().any(deceives) {
        Some("it has a character that is not shown as it is")
    } else if layout.plain && !value.is_ascii() {
        Some("the file is not UTF-8, so its header is plain ASCII")
    } else if !layout.syntax.takes(value) {
        Some("it would end the comment, or break it")
    } else {
        None
    }
}

/// Every header of a text, with the hash of what is around it.
pub(super) fn every(text: &[u8]) -> impl Iterator<Item = (Block, Sha256)> {
    find(text).into_iter().filter_map(|found| match found {
        Found::Block(block) => {
            let body = block.body_hash(text);
            Some((block, body))
        }
        Found::Nothing | Found::Damaged { .. } => None,
    })
}
