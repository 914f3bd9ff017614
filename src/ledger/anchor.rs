//! Anchors: a trailer of a commit or a tag that names a checkpoint on record, and outlasts the ledger.
//!
//! `Gov-Checkpoint: gov-hook/<id of the genesis entry> <stream> <seq> <id>` names the place and the id of
//! a `checkpoint` entry. The id covers the entry, and with it every head that the checkpoint names.

use std::fmt;

use super::fits_a_stream;
use super::witness::{Claim, Witness};
use crate::model::{Seen, Sha256};

const TRAILER: &str = "Gov-Checkpoint";
const ORIGIN: &str = "gov-hook/";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The id of the genesis entry.
    pub repo: Sha256,
    pub stream: String,
    /// The checkpoint's entry.
    pub seen: Seen,
}

/// A trailer with the key of an anchor that names no checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not `gov-hook/` and the id of the genesis entry, then a stream, a number and the id of an entry")]
pub struct NoAnchor;

impl Anchor {
    /// Reads a trailer `Key: value`; nothing for any other key.
    #[must_use]
    pub fn read(trailer: &str) -> Option<Result<Self, NoAnchor>> {
        let (key, value) = trailer.split_once(':')?;
        key.trim_end().eq_ignore_ascii_case(TRAILER).then(|| Self::parse(value.trim()).ok_or(NoAnchor))
    }

    fn parse(value: &str) -> Option<Self> {
        let mut words = value.split(' ');
        let (origin, stream, seq, id) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let seen = Seen { seq: seq.parse().ok()?, id: id.parse().ok()? };
        let repo = origin.strip_prefix(ORIGIN)?.parse().ok()?;
        let is_whole = words.next().is_none() && fits_a_stream(stream);
        is_whole.then(|| Self { repo, stream: stream.to_owned(), seen })
    }

    /// What it remembers of the ledger; `place` is where it stands.
    #[must_use]
    pub fn claim(&self, place: &str) -> Claim {
        Claim { stream: self.stream.clone(), seen: self.seen, by: Witness::Checkpoint { origin: place.to_owned() } }
    }
}

/// The whole line of the trailer.
impl fmt::Display for Anchor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { repo, stream, seen } = self;
        write!(out, "{TRAILER}: {ORIGIN}{repo} {stream} {} {}", seen.seq, seen.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchor() -> Anchor {
        Anchor {
            repo: Sha256::of(b"genesis"),
            stream: "0123456789ab-89abcdef".into(),
            seen: Seen { seq: 9, id: Sha256::of(b"nine") },
        }
    }

    #[test]
    fn an_anchor_reads_back_from_its_trailer() {
        let line = anchor().to_string();

        assert_eq!(Anchor::read(&line), Some(Ok(anchor())));
        assert_eq!(Anchor::read(&line.replace("Gov-Checkpoint:", "gov-checkpoint :")), Some(Ok(anchor())));
        assert_eq!(Anchor::read("Reviewed-by: Lin"), None);
    }

    #[test]
    fn what_names_no_checkpoint_is_no_anchor() {
        let line = anchor().to_string();
        for wrong in [
            line.replace("gov-hook/", ""),
            line.replace(" 9 ", " nine "),
            line.replace("0123456789ab-89abcdef", "../heads/main"),
            line.replace("89abcdef 9", "89abcdef  9"),
            format!("{line} more"),
            line.chars().take(line.len() - 1).collect(),
            "Gov-Checkpoint:".to_owned(),
        ] {
            assert_eq!(Anchor::read(&wrong), Some(Err(NoAnchor)), "{wrong}");
        }
    }
}
