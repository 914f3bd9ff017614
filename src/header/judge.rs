//! What has become of a file that was signed.

use super::artifact::every;
use super::block::{Block, Found, find, inspect};
use super::book::{Book, Record};
use crate::model::{RepoPath, Sha256};

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    BodyEdited,
    BlockEdited,
    Removed,
    /// The header of another file.
    Copied,
    TwoBlocks,
    Malformed,
    Missing,
    Environment,
    /// All of it fits, and nobody signed it.
    Unrecorded,
}

impl Fault {
    pub const ALL: [Self; 9] = [
        Self::BodyEdited,
        Self::BlockEdited,
        Self::Removed,
        Self::Copied,
        Self::TwoBlocks,
        Self::Malformed,
        Self::Missing,
        Self::Environment,
        Self::Unrecorded,
    ];

    /// The rule that finds it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BodyEdited => "header/body-edited",
            Self::BlockEdited => "header/block-edited",
            Self::Removed => "header/removed",
            Self::Copied => "header/copied",
            Self::TwoBlocks => "header/two-blocks",
            Self::Malformed => "header/malformed",
            Self::Missing => "header/missing",
            Self::Environment => "header/environment",
            Self::Unrecorded => "header/unrecorded",
        }
    }

    /// Whether somebody changed what was signed, or made it look signed.
    #[must_use]
    pub const fn is_tampering(self) -> bool {
        !matches!(self, Self::Missing | Self::Environment)
    }
}

/// One file as it is now.
#[derive(Clone, Copy, Debug)]
pub struct File<'a, 'b> {
    pub path: &'a RepoPath,
    /// Where it was before it was renamed.
    pub from: Option<&'a RepoPath>,
    /// Empty of a file too large to hold: it has no header, and is known by its hash.
    pub text: &'a [u8],
    /// Of the whole file, where it is known already.
    pub sha256: Option<Sha256>,
    /// What stood there before.
    pub old: Option<&'a [u8]>,
    pub old_sha256: Option<Sha256>,
    /// What the ledger last signed there, where that is what ought to be there now.
    pub remembered: Option<&'b Record>,
}

/// What is asked of it.
#[derive(Clone, Copy, Debug)]
pub struct Demands<'a> {
    /// It has to be signed.
    pub required: bool,
    /// The environments in the order in which artifacts pass through them.
    pub environments: &'a [String],
    /// The one that it is headed for.
    pub target: Option<&'a str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tamper<'b> {
    pub fault: Fault,
    pub line: Option<u32>,
    pub message: String,
    /// The signing that it goes against.
    pub record: Option<&'b Record>,
    /// What its header says it is signed for, where it has one that can be read.
    pub environment: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict<'b> {
    /// Nothing says that it is signed, or has to be.
    Unsigned,
    Signed(&'b Record),
    Faulty(Tamper<'b>),
}

#[must_use]
pub fn judge<'b>(file: &File<'_, 'b>, book: &'b Book, demands: &Demands<'_>) -> Verdict<'b> {
    let verdict = match inspect(file.text) {
        Found::Block(block) => match with_block(file, &block, book) {
            Verdict::Faulty(tamper) => Verdict::Faulty(Tamper { environment: Some(block.stamp.environment), ..tamper }),
            verdict @ (Verdict::Signed(_) | Verdict::Unsigned) => verdict,
        },
        Found::Damaged { line, artifact, why } => damaged(file, line, artifact, why, book),
        Found::Nothing => without(file, book),
    };
    match verdict {
        Verdict::Signed(record) => match incompatible(record, demands) {
            Some(message) => faulty(Fault::Environment, None, message, Some(record)),
            None => verdict,
        },
        Verdict::Unsigned if demands.required => {
            faulty(Fault::Missing, None, "it has to be signed, and is not".into(), None)
        }
        Verdict::Unsigned | Verdict::Faulty(_) => verdict,
    }
}

const fn faulty(fault: Fault, line: Option<u32>, message: String, record: Option<&Record>) -> Verdict<'_> {
    Verdict::Faulty(Tamper { fault, line, message, record, environment: None })
}

fn with_block<'b>(file: &File<'_, 'b>, block: &Block, book: &'b Book) -> Verdict<'b> {
    let at = Some(block.line);
    let body = block.body_hash(file.text);
    let is_here = |record: &&Record| is_at(record, file);
    let written = || book.with_block(block.digest);
    let signed = |hash| {
        let all = || book.with_artifact(hash);
        all().filter(is_here).last().or_else(|| all().last())
    };
    if block.stamp.artifact == body && block.is_in_place {
        let known = || written().filter(|record| record.artifact == body);
        if let Some(record) = known().find(is_here).or_else(|| known().last()) {
            return Verdict::Signed(record);
        }
        if let Some(record) = signed(body) {
            return faulty(Fault::BlockEdited, at, edited(block, record), Some(record));
        }
        let message = "its hash fits, but the ledger has no `sign` entry for it, and anybody can make a hash";
        return faulty(Fault::Unrecorded, at, message.into(), None);
    }
    if let Some(line) = another(file.text, block.line, book) {
        return faulty(Fault::TwoBlocks, Some(line), two(line), file.remembered);
    }
    if block.stamp.artifact == body {
        let message = "its header does not stand where it was put".into();
        return faulty(Fault::Malformed, at, message, written().last());
    }
    if let Some(record) = written().find(is_here).or_else(|| written().last().filter(|_| had(file, block))) {
        return faulty(Fault::BodyEdited, at, "the content below its header was changed".into(), Some(record));
    }
    if let Some(record) = written().last() {
        return faulty(Fault::Copied, at, format!("its header was written for `{}`", record.path), Some(record));
    }
    if let Some(record) = signed(body).or_else(|| signed(block.stamp.artifact)) {
        return faulty(Fault::BlockEdited, at, edited(block, record), Some(record));
    }
    let message = "the content below its header does not match the hash in it".into();
    faulty(Fault::BodyEdited, at, message, file.remembered)
}

fn is_at(record: &Record, file: &File<'_, '_>) -> bool {
    [Some(file.path), file.from].into_iter().flatten().any(|path| path.to_string() == record.path)
}

/// Whether this very header stood there before.
fn had(file: &File<'_, '_>, block: &Block) -> bool {
    match file.old.map(inspect) {
        Some(Found::Block(old)) => old.digest == block.digest,
        Some(Found::Nothing | Found::Damaged { .. }) | None => false,
    }
}

/// Which word of a header is another than the ledger has.
fn edited(block: &Block, record: &Record) -> String {
    let stamp = &block.stamp;
    if stamp.artifact != record.artifact {
        "the hash in its header was changed".into()
    } else if stamp.environment != record.environment {
        format!("its header says `{}`, and it was signed for `{}`", stamp.environment, record.environment)
    } else if stamp.signed_by != record.signed_by {
        format!("its header says {}, and {} signed it", stamp.signed_by, record.signed_by)
    } else if stamp.signed_at != record.signed_at {
        format!("its header says {}, and it was signed at {}", stamp.signed_at, record.signed_at)
    } else {
        "its header was changed".into()
    }
}

/// The line of a header beyond the first that the ledger knows.
fn another(text: &[u8], first: u32, book: &Book) -> Option<u32> {
    find(text).into_iter().find_map(|found| match found {
        Found::Block(block) => {
            let is_known = || book.with_block(block.digest).next().is_some();
            (block.line != first && is_known()).then_some(block.line)
        }
        Found::Damaged { line, artifact, .. } => {
            let is_known = || artifact.is_some_and(|hash| book.with_artifact(hash).next().is_some());
            (line != first && is_known()).then_some(line)
        }
        Found::Nothing => None,
    })
}

fn two(line: u32) -> String {
    format!("it has two headers; the other one is on line {line}")
}

fn damaged<'b>(
    file: &File<'_, 'b>,
    line: u32,
    artifact: Option<Sha256>,
    why: &'static str,
    book: &'b Book,
) -> Verdict<'b> {
    if let Some(other) = another(file.text, line, book) {
        return faulty(Fault::TwoBlocks, Some(other), two(other), file.remembered);
    }
    let record = artifact.and_then(|hash| book.with_artifact(hash).last());
    // What can still be read to the end was written over; the rest is no header any more.
    let fault = if why == super::block::REWORDED && record.is_some() { Fault::BlockEdited } else { Fault::Malformed };
    faulty(fault, Some(line), format!("its header is damaged: {why}"), record.or(file.remembered))
}

fn without<'b>(file: &File<'_, 'b>, book: &'b Book) -> Verdict<'b> {
    let whole = book.has_files_without().then(|| file.sha256.unwrap_or_else(|| Sha256::of(file.text)));
    let alone = |hash: Option<Sha256>| {
        hash.and_then(|hash| book.with_artifact(hash).filter(|record| record.block.is_none()).last())
    };
    if let Some(record) = alone(whole) {
        return Verdict::Signed(record);
    }
    let old = file.old.map_or(Found::Nothing, inspect);
    let remembered = file.remembered.filter(|record| !record.is_unsigned);
    if old != Found::Nothing || remembered.is_some_and(|record| record.block.is_some()) {
        let known = |(block, _): &(Block, Sha256)| book.with_block(block.digest).next().is_some();
        let Some((block, body)) = every(file.text).find(known) else {
            let record = match &old {
                Found::Block(block) => book.with_block(block.digest).last(),
                Found::Nothing | Found::Damaged { .. } => None,
            };
            let message = match file.from {
                Some(from) => format!("the header that it had as `{from}` was taken away"),
                None => "its header was taken away".into(),
            };
            return faulty(Fault::Removed, None, message, record.or(remembered));
        };
        let record = book.with_block(block.digest).last();
        let (line, is_whole) = (block.line, body == block.stamp.artifact);
        let fault = if is_whole { Fault::Malformed } else { Fault::BodyEdited };
        let message = format!("its header stands on line {line}, where none belongs");
        return faulty(fault, Some(line), message, record);
    }
    let before = file.old_sha256.or_else(|| file.old.map(Sha256::of)).filter(|_| whole.is_some());
    if let Some(record) = alone(before).or_else(|| remembered.filter(|record| record.block.is_none())) {
        return faulty(Fault::BodyEdited, None, "it was changed after it was signed".into(), Some(record));
    }
    Verdict::Unsigned
}

/// Why an artifact may not go where it is headed.
fn incompatible(record: &Record, demands: &Demands<'_>) -> Option<String> {
    let target = demands.target?;
    let place = |name: &str| demands.environments.iter().position(|known| known == name);
    let environment = &record.environment;
    match (place(environment), place(target)) {
        (Some(here), Some(there)) if here >= there => None,
        (Some(here), Some(there)) => {
            let path = demands.environments.get(here..=there).unwrap_or_default().join(" \u{2192} ");
            Some(format!("it is signed for `{environment}`, not for `{target}`; it has to be promoted: {path}"))
        }
        (None, _) => Some(format!("it is signed for `{environment}`, which is not an environment of the policy")),
        (Some(_), None) => Some(format!("`{target}` is not an environment of the policy")),
    }
}
