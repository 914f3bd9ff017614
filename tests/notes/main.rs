//! The ledger's storage, on real repositories and beside the real git.

#![allow(clippy::indexing_slicing, clippy::string_slice, reason = "an object id is forty digits")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "a test starts itself anew as the process it kills")]

mod crash;
mod reading;
mod state;
mod sync;
mod writing;

#[path = "../support/mod.rs"]
mod support;

use std::path::Path;

use gov_hook::git::notes::{Asked, Draft, Noted, NotesError, Oddity, Walked, Writer};
use gov_hook::git::{Place, Repo};
use gov_hook::model::{ObjectId, Seen, Sha256};

const STREAM: &str = "0123456789ab-00000001";

fn open(directory: &Path) -> Repo {
    Repo::open(&Place { directory: Some(directory.to_owned()), ..Place::default() }).unwrap()
}

fn writer() -> Writer {
    Writer { name: "Mira Example".into(), email: "mira@example.com".into() }
}

/// An object that need not exist: a note names it, and that is all.
fn object(number: u64) -> ObjectId {
    let digest = Sha256::of(&number.to_be_bytes());
    ObjectId::new(digest.as_bytes()[..20].try_into().unwrap())
}

/// Appends one entry that names its own number and its writer.
fn append(repo: &Repo, stream: &str, object: ObjectId, by: &str) -> Result<ObjectId, NotesError> {
    let appended = repo.append(stream, &writer(), |tip| {
        let seq = tip.map_or(0, |tip| tip.head.unwrap().seq + 1);
        let line = format!("{{\"seq\":{seq},\"by\":\"{by}\"}}").into_bytes();
        let head = Seen { seq, id: Sha256::of(&line) };
        Ok::<_, NotesError>(Some(Draft {
            notes: vec![Noted { object, line }],
            head,
            subject: format!("Entry {seq}"),
            time: 1_700_000_000,
        }))
    })?;
    Ok(appended.unwrap())
}

fn appended(repo: &Repo, numbers: std::ops::Range<u64>) -> Vec<ObjectId> {
    numbers.map(|number| append(repo, STREAM, object(number), "one").unwrap()).collect()
}

fn line(seq: u64, by: &str) -> String {
    format!("{{\"seq\":{seq},\"by\":\"{by}\"}}")
}

/// What a walk of a stream found, as text that can be compared whole.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    added: Vec<(ObjectId, String)>,
    oddities: Vec<String>,
    end: String,
}

fn walk(repo: &Repo, stream: &str, after: Option<ObjectId>) -> Found {
    let tip = repo.stream_tip(stream).unwrap().unwrap().commit;
    let mut found = Found { added: Vec::new(), oddities: Vec::new(), end: String::new() };
    let ended = repo.walk_stream(&Asked { tip, after }, &mut |step| {
        found.added.extend(step.added.into_iter().map(|noted| (noted.object, text(&noted.line))));
        found.oddities.extend(step.oddities.iter().map(named));
    });
    found.end = match ended {
        Walked::Whole { commits } => format!("whole {commits}"),
        Walked::Rewritten => "rewritten".into(),
        Walked::Shallow { commits, .. } => format!("shallow {commits}"),
        Walked::Broken { error, .. } => format!("broken: {error}"),
    };
    found
}

fn named(oddity: &Oddity) -> String {
    match oddity {
        Oddity::Removed(noted) => format!("removed {}", text(&noted.line)),
        Oddity::Merge { others } => format!("merge of {}", others.len()),
        Oddity::Stray { path } => format!("stray {path}"),
        Oddity::Reordered { .. } => "reordered".into(),
        Oddity::Unended { .. } => "unended".into(),
        Oddity::UnreadableNote { error, .. } => format!("note: {error}"),
        Oddity::UnreadableTree { error } => format!("tree: {error}"),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
