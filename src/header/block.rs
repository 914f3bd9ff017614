//! The header itself: written in one way only, so that reading it and writing it again shows every
//! byte of it that was changed.

use std::fmt::Write;
use std::ops::Range;

use sha2::Digest;

use super::prologue::{self, BOM};
use super::syntax::Syntax;
use crate::model::{Moment, Sha256};

/// The line that a header is known by.
pub const MARKER: &str = "CODE PROTECTION - DO NOT MODIFY";

/// A header is looked for in this many bytes at the top of a file.
const TOP: usize = 96 << 10;

/// What has more lines than this is not a header.
const MOST_LINES: usize = 120;

/// Why a header is damaged that can still be read to its end.
pub(super) const REWORDED: &str = "its words or its layout are not those that were written";

const RULE: usize = 66;
const FANCY_RULE: &str = "\u{2501}";
const PLAIN_RULE: &str = "=";
const LOCK: &str = "\u{1f512} ";

const LINE_BREAK: (&str, &str) = ("Line Break", "added above");

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Of the body: the file without the header.
    pub artifact: Sha256,
    pub environment: String,
    pub signed_at: Moment,
    pub signed_by: String,
    pub artifact_type: Option<String>,
    pub metadata: Vec<(String, String)>,
}

/// How a header is written out, beyond what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) syntax: &'static Syntax,
    pub(super) crlf: bool,
    /// Without a character that other encodings than UTF-8 would show as something else.
    pub(super) plain: bool,
    /// It starts in the middle of a line, and with a line break of its own.
    pub(super) breaks: bool,
}

/// A header that is as it was written. What it says of the file may still be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub stamp: Stamp,
    /// Its bytes, with the blank line that follows it.
    pub place: Range<usize>,
    /// Of these bytes.
    pub digest: Sha256,
    /// The line it starts on, from one.
    pub line: u32,
    /// It stands where a header of this file belongs.
    pub is_in_place: bool,
}

/// What stands where a header may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Nothing,
    Block(Block),
    /// Something that was a header, or looks like one.
    Damaged {
        line: u32,
        /// The hash it names, where that can still be read.
        artifact: Option<Sha256>,
        why: &'static str,
    },
}

/// The header at the top of a text.
#[must_use]
pub fn inspect(text: &[u8]) -> Found {
    let top = text.get(..TOP).unwrap_or(text);
    let mut places = starts(top).filter(|(start, syntax)| prologue::end(text, syntax) == *start);
    places.next().map_or(Found::Nothing, |(start, syntax)| read(text, start, syntax))
}

/// Everything in a text that looks like a header, wherever it stands.
#[must_use]
pub fn find(text: &[u8]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut last = None;
    for (start, syntax) in starts(text) {
        // Two syntaxes may start a line alike.
        if last != Some(start) {
            found.push(read(text, start, syntax));
        }
        last = Some(start);
    }
    found
}

impl Block {
    /// The hash of the text around the header.
    #[must_use]
    pub fn body_hash(&self, text: &[u8]) -> Sha256 {
        let mut hash = sha2::Sha256::new();
        hash.update(text.get(..self.place.start).unwrap_or_default());
        hash.update(text.get(self.place.end..).unwrap_or_default());
        Sha256::new(hash.finalize().into())
    }

    /// The text around the header.
    #[must_use]
    pub fn body(&self, text: &[u8]) -> Vec<u8> {
        [text.get(..self.place.start).unwrap_or_default(), text.get(self.place.end..).unwrap_or_default()].concat()
    }
}

/// Places at which a header may start, with the syntax it would be written in.
fn starts(text: &[u8]) -> impl Iterator<Item = (usize, &'static Syntax)> {
    memchr::memmem::find_iter(text, MARKER).flat_map(move |at| {
        let line = line_start(text, at);
        let prefix = text.get(line..at).unwrap_or_default();
        let prefix = prefix.strip_suffix(LOCK.as_bytes()).unwrap_or(prefix);
        Syntax::starting(prefix).filter_map(move |syntax| {
            let above = 1 + usize::from(!syntax.open.is_empty());
            let start = (0..above).try_fold(line, |at, _| (at > 0).then(|| line_start(text, at - 1)))?;
            let mark = if start == 0 && text.starts_with(BOM) { BOM.len() } else { 0 };
            let opens = text.get(start + mark..)?.starts_with(syntax.opening().as_bytes());
            opens.then_some((start + mark, syntax))
        })
    })
}

fn line_start(text: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', text.get(..at).unwrap_or_default()).map_or(0, |newline| newline + 1)
}

/// Reads the header that starts there, and writes it again: only what comes out the same is intact.
fn read(text: &[u8], start: usize, syntax: &'static Syntax) -> Found {
    let above = text.get(..start).unwrap_or_default();
    let line = u32::try_from(memchr::memchr_iter(b'\n', above).count() + 1).unwrap_or(u32::MAX);
    let rest = text.get(start..).unwrap_or_default();
    let said = Said::read(rest, syntax);
    let artifact = said.artifact;
    let damaged = |why| Found::Damaged { line, artifact, why };
    let layout = Layout { syntax, crlf: said.crlf, plain: said.plain, breaks: said.breaks };
    let stamp = match said.stamp() {
        Ok(stamp) => stamp,
        Err(why) => return damaged(why),
    };
    let bytes = written(&stamp, layout);
    let lead = if layout.breaks { ending(layout.crlf).len() } else { 0 };
    let Some(begin) = start.checked_sub(lead) else { return damaged("its first line is not where it was") };
    let place = begin..begin + bytes.len();
    if text.get(place.clone()) != Some(bytes.as_bytes()) {
        return damaged(REWORDED);
    }
    let digest = Sha256::of(bytes.as_bytes());
    let mut block = Block { stamp, place, digest, line, is_in_place: false };
    let body =
        Body { before: text.get(..begin).unwrap_or_default(), after: text.get(block.place.end..).unwrap_or_default() };
    block.is_in_place = body.takes_a_header_at(begin, layout);
    Found::Block(block)
}

/// A text without its header, in two parts.
struct Body<'a> {
    before: &'a [u8],
    after: &'a [u8],
}

impl Body<'_> {
    /// Only the beginning of what follows can matter, and it is seldom long.
    fn takes_a_header_at(&self, at: usize, layout: Layout) -> bool {
        let after = self.after.get(..TOP).unwrap_or(self.after);
        let head = [self.before, after].concat();
        at < TOP && prologue::end(&head, layout.syntax) == at && prologue::is_mid_line(&head, at) == layout.breaks
    }
}

/// What the lines of a header say, as far as they can be read.
#[derive(Default)]
struct Said {
    crlf: bool,
    plain: bool,
    breaks: bool,
    artifact: Option<Sha256>,
    environment: Option<String>,
    signed_at: Option<Moment>,
    signed_by: Option<String>,
    artifact_type: Option<String>,
    metadata: Vec<(String, String)>,
    rules: usize,
}

impl Said {
    fn read(text: &[u8], syntax: &Syntax) -> Self {
        let mut lines = text.split(|byte| *byte == b'\n').take(MOST_LINES).peekable();
        let mut said = Self { crlf: lines.peek().is_some_and(|line| line.ends_with(b"\r")), ..Self::default() };
        while let Some(line) = lines.next().filter(|_| said.rules < 3) {
            let Some(content) = line.trim_ascii_end().strip_prefix(syntax.line.as_bytes()) else { continue };
            let Ok(content) = std::str::from_utf8(content.strip_prefix(b" ").unwrap_or(content)) else { continue };
            if [FANCY_RULE, PLAIN_RULE].iter().any(|mark| content == mark.repeat(RULE)) {
                said.plain |= content.starts_with(PLAIN_RULE);
                said.rules += 1;
            } else if let Some((label, value)) = content.split_once(": ") {
                said.take(label, value);
            }
        }
        said
    }

    fn take(&mut self, label: &str, value: &str) {
        let own = || Some(value.to_owned());
        match label {
            "Artifact Hash" => self.artifact = value.parse().ok(),
            "Environment" => self.environment = own(),
            "Signed At" => self.signed_at = value.parse().ok(),
            "Signed By" => self.signed_by = own(),
            "Artifact Type" => self.artifact_type = own(),
            "Metadata" => {
                self.metadata.extend(value.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned())));
            }
            _ => self.breaks |= (label, value) == LINE_BREAK,
        }
    }

    fn stamp(self) -> Result<Stamp, &'static str> {
        if self.rules < 3 {
            return Err("its end is missing");
        }
        Ok(Stamp {
            artifact: self.artifact.ok_or("it names no artifact hash of 64 hexadecimal digits")?,
            environment: self.environment.ok_or("it names no environment")?,
            signed_at: self.signed_at.ok_or("it does not say when it was signed")?,
            signed_by: self.signed_by.ok_or("it does not say who signed it")?,
            artifact_type: self.artifact_type,
            metadata: self.metadata,
        })
    }
}

const fn ending(crlf: bool) -> &'static str {
    if crlf { "\r\n" } else { "\n" }
}

/// The header as it stands in a file, from its first byte to the blank line after it.
pub(super) fn written(stamp: &Stamp, layout: Layout) -> String {
    let Layout { syntax, crlf, plain, breaks } = layout;
    let (rule, lock, warning) = if plain { (PLAIN_RULE, "", "!") } else { (FANCY_RULE, LOCK, "\u{26a0}\u{fe0f}") };
    let rule = rule.repeat(RULE);
    let mut lines = vec![rule.clone(), format!("{lock}{MARKER}"), rule.clone(), String::new()];
    lines.push(format!("Artifact Hash: {}", stamp.artifact));
    lines.push(format!("Environment: {}", stamp.environment));
    lines.push(format!("Signed At: {}", stamp.signed_at));
    lines.push(format!("Signed By: {}", stamp.signed_by));
    lines.extend(stamp.artifact_type.iter().map(|kind| format!("Artifact Type: {kind}")));
    lines.extend(stamp.metadata.iter().map(|(key, value)| format!("Metadata: {key}={value}")));
    if breaks {
        lines.push(format!("{}: {}", LINE_BREAK.0, LINE_BREAK.1));
    }
    lines.push(String::new());
    lines.push(format!("{warning} WARNING: Modifications will be detected and rejected."));
    lines.push(format!("{warning} For production deployment, code must be promoted through proper channels."));
    lines.push(format!("{warning} Human-in-the-Loop approval required for production environments."));
    lines.push(String::new());
    lines.push(rule);
    if syntax.open.is_empty() {
        lines.push(String::new());
    }
    let end = ending(crlf);
    let mut out = String::new();
    if breaks {
        out.push_str(end);
    }
    // Writing to a `String` cannot fail, here and below.
    if !syntax.open.is_empty() {
        let _ = write!(out, "{}{end}", syntax.open);
    }
    for line in lines {
        let space = if syntax.line.is_empty() || line.is_empty() { "" } else { " " };
        let _ = write!(out, "{}{space}{line}{end}", syntax.line);
    }
    if !syntax.close.is_empty() {
        let _ = write!(out, "{}{end}", syntax.close);
    }
    out.push_str(end);
    out
}
