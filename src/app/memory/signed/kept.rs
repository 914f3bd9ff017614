//! What the ledger signs, kept apart from the ledger: a large one is not read again for every file.

use std::collections::HashSet;
use std::fmt::Write;

use super::entry::records;
use crate::app::Failure;
use crate::app::memory::kept::{remember, verified};
use crate::git::Repo;
use crate::git::notes::{StateFile, Stream};
use crate::header::Record;
use crate::model::{Entry, Gather, Sha256};

/// Of another version, it is made anew.
const FIRST_LINE: &str = concat!("gov-hook signed 2 ", env!("CARGO_PKG_VERSION"));

/// Keeps what newly verified entries sign; `is_whole` when they are all there are.
pub(in crate::app) fn keep(repo: &Repo, entries: &[(Sha256, Entry)], is_whole: bool) -> Result<(), Failure> {
    if entries.is_empty() && !is_whole {
        return Ok(());
    }
    let before = text(repo);
    let mut after = match &before {
        Some(kept) if !is_whole => kept.clone(),
        // Without what came before, what comes now is not all.
        None if !is_whole => return Ok(()),
        Some(_) | None => format!("{FIRST_LINE}\n"),
    };
    for (id, entry) in entries {
        for record in records(*id, entry) {
            push(&mut after, &record);
        }
    }
    if before.as_ref() == Some(&after) {
        return Ok(());
    }
    remember(repo, StateFile::Signed, after.as_bytes())
}

/// What was kept; `None` where it is not known.
pub(super) fn kept(repo: &Repo) -> Option<Vec<Record>> {
    let text = text(repo)?;
    let mut records: Vec<Record> = Vec::new();
    for line in text.lines().skip(1) {
        let record = read(line)?;
        records.push(record);
    }
    Some(records)
}

/// The same as it was written: a line for each, in which the blob is a word of its own.
pub(super) fn text(repo: &Repo) -> Option<String> {
    let bytes = repo.ledger_state(StateFile::Signed).ok().flatten()?;
    let text = String::from_utf8(bytes).ok()?;
    text.lines().next().filter(|line| *line == FIRST_LINE)?;
    Some(text)
}

/// The same, where the ledger has no entry that it does not know.
pub(super) fn whole(repo: &Repo) -> Result<Option<String>, Failure> {
    let Some(text) = text(repo) else { return Ok(None) };
    let (streams, verified) = (repo.streams()?, verified(repo));
    let is_copy = |stream: &Stream| {
        let is_its_own = |other: &Stream| other.remote.is_none() && other.name == stream.name;
        stream.remote.is_some() && streams.iter().any(is_its_own)
    };
    let is_known = |stream: &Stream| stream.tip.is_some_and(|tip| verified.contains(&tip));
    Ok(streams.iter().all(|stream| is_copy(stream) || is_known(stream)).then_some(text))
}

/// Whether a line of it speaks of one of these names or texts.
pub(super) fn mentions(text: &str, paths: &HashSet<String>, bodies: &HashSet<Sha256>) -> bool {
    let paths: HashSet<String> = paths.iter().map(|path| plain(path)).gathered();
    text.lines().skip(1).any(|line| {
        let path = line.rsplit('\t').next().unwrap_or_default();
        let artifact = line.split(' ').nth(2).and_then(|digest| digest.parse::<Sha256>().ok());
        paths.contains(path) || artifact.is_some_and(|artifact| bodies.contains(&artifact))
    })
}

fn push(out: &mut String, record: &Record) {
    let Record { artifact, block, blob, signed_at, is_unsigned, seq, entry, .. } = record;
    let block = block.map_or_else(|| "-".to_owned(), |block| block.to_string());
    let base = record.base.map_or_else(|| "-".to_owned(), |base| base.to_string());
    let Record { environment, signed_by, branch, stream, path, .. } = record;
    let parts = [environment, signed_by, branch.as_deref().unwrap_or_default(), stream, path];
    let parts = parts.map(plain);
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        out,
        "{entry} {seq} {artifact} {block} {blob} {signed_at} {} {base}\t{}",
        u8::from(*is_unsigned),
        parts.join("\t")
    );
}

/// What fits into one part of a line.
fn plain(part: &str) -> String {
    part.replace(char::is_control, "\u{fffd}")
}

fn read(line: &str) -> Option<Record> {
    let mut parts = line.split('\t');
    let mut words = parts.next()?.split(' ');
    let mut part = || Some(parts.next()?.to_owned());
    let (environment, signed_by, branch, stream, path) = (part()?, part()?, part()?, part()?, part()?);
    Some(Record {
        entry: words.next()?.parse().ok()?,
        seq: words.next()?.parse().ok()?,
        artifact: words.next()?.parse().ok()?,
        block: match words.next()? {
            "-" => None,
            digest => Some(digest.parse().ok()?),
        },
        blob: words.next()?.parse().ok()?,
        signed_at: words.next()?.parse().ok()?,
        is_unsigned: words.next()? == "1",
        base: match words.next()? {
            "-" => None,
            commit => Some(commit.parse().ok()?),
        },
        environment,
        signed_by,
        stream,
        branch: Some(branch).filter(|branch| !branch.is_empty()),
        path,
    })
}
