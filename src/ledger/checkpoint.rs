//! Checkpoints: all heads at one moment, in the form of C2SP's tlog-checkpoint and signed-note.
//!
//! ```text
//! gov-hook/<id of the genesis entry>
//! <number of heads>
//! <base64 of the RFC 6962 root over the lines of the heads>
//! <stream> <seq> <id>                                        (sorted by stream)
//!
//! — <principal> <base64 of the key's 4-byte hash and the SSHSIG>
//! ```
//! The signature is an SSHSIG in `ckpt@gov-hook` over all lines before the empty one, with their line
//! ends. Its type is signed-note's 0xff with the name `sshsig`.

use std::collections::BTreeMap;

use super::fits_a_stream;
use super::member;
use super::merkle;
use super::sshsig::{Refusal, SignatureError, Signers, SshSignature, base64};
use super::witness::{Claim, Witness};
use crate::model::{Entry, Gather, Moment, Seen, Sha256};

const ORIGIN: &str = "gov-hook/";
const NAMESPACE: &str = "ckpt@gov-hook";
const DASH: &str = "\u{2014} ";

/// The heads of a repository's streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The id of the genesis entry.
    pub repo: Sha256,
    pub heads: BTreeMap<String, Seen>,
}

/// A checkpoint and those who signed it.
#[derive(Clone, Debug)]
pub struct SignedCheckpoint {
    pub checkpoint: Checkpoint,
    pub signatures: Vec<(String, SshSignature)>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error("it is not a checkpoint: {0}")]
    Malformed(&'static str),
    #[error("its root is {found}; its heads give {expected}")]
    Root { expected: String, found: String },
    #[error("nobody signed it")]
    Unsigned,
    #[error("`{name}` is not a name for a signature")]
    Name { name: String },
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Checkpoint {
    /// The root over the lines of the heads.
    #[must_use]
    pub fn root(&self) -> Sha256 {
        merkle::root(&self.lines().map(String::into_bytes).collect::<Vec<_>>())
    }

    fn lines(&self) -> impl Iterator<Item = String> {
        self.heads.iter().map(|(stream, head)| format!("{stream} {} {}", head.seq, head.id))
    }

    /// What is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let root = base64::encode(self.root().as_bytes());
        let mut text = format!("{ORIGIN}{}\n{}\n{root}\n", self.repo, self.heads.len());
        for line in self.lines() {
            text.push_str(&line);
            text.push('\n');
        }
        text
    }

    /// The whole form, with the armoured SSHSIG that `principal` made over the text.
    pub fn signed(&self, principal: &str, armoured: &str) -> Result<String, CheckpointError> {
        if principal.is_empty() || principal.contains(|letter: char| letter.is_whitespace() || letter == '+') {
            return Err(CheckpointError::Name { name: principal.to_owned() });
        }
        let signature = SshSignature::parse(armoured)?;
        signature.verify(self.text().as_bytes(), NAMESPACE)?;
        let mut bytes = key_hash(principal, &signature).to_vec();
        bytes.extend(SshSignature::unarmoured(armoured)?);
        Ok(format!("{}\n{DASH}{principal} {}\n", self.text(), base64::encode(&bytes)))
    }

    /// What the checkpoint remembers of every stream: joining a ledger with these finds whatever is
    /// no longer as it was.
    #[must_use]
    pub fn claims(&self, origin: &str) -> Vec<Claim> {
        let claim = |(stream, seen): (&String, &Seen)| Claim {
            stream: stream.clone(),
            seen: *seen,
            by: Witness::Checkpoint { origin: origin.to_owned() },
        };
        self.heads.iter().map(claim).collect()
    }

    /// Reads the text that is signed, as it is kept where nobody signs. The root is checked.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let wrong = CheckpointError::Malformed;
        let mut lines = text.lines();
        let repo = lines.next().and_then(|origin| origin.strip_prefix(ORIGIN)?.parse().ok());
        let repo = repo.ok_or(wrong("its first line is not `gov-hook/` and the id of a genesis entry"))?;
        let (Some(_size), Some(root)) = (lines.next(), lines.next()) else {
            return Err(wrong("its size or root is missing"));
        };
        let head = |line: &str| {
            let mut words = line.split(' ');
            let (stream, seq, id) = (words.next()?, words.next()?, words.next()?);
            let seen = Seen { seq: seq.parse().ok()?, id: id.parse().ok()? };
            (fits_a_stream(stream) && words.next().is_none()).then(|| (stream.to_owned(), seen))
        };
        let heads =
            lines.map(head).collect::<Option<Vec<_>>>().ok_or(wrong("a line is not a head"))?.into_iter().gathered();
        let checkpoint = Self { repo, heads };
        let expected = base64::encode(checkpoint.root().as_bytes());
        if expected != root {
            return Err(CheckpointError::Root { expected, found: root.to_owned() });
        }
        // One checkpoint has one text: the size, the order and every line end are compared here.
        if checkpoint.text() == text { Ok(checkpoint) } else { Err(wrong("it is not in its one form")) }
    }
}

impl SignedCheckpoint {
    /// Reads the whole form. The root is checked, the signatures are not.
    pub fn parse(note: &str) -> Result<Self, CheckpointError> {
        let wrong = CheckpointError::Malformed;
        let (text, signatures) = note.split_once("\n\n").ok_or(wrong("no empty line comes before its signatures"))?;
        let checkpoint = Checkpoint::parse(&format!("{text}\n"))?;
        let signatures = signatures.strip_suffix('\n').ok_or(wrong("its last line does not end"))?;
        let one = |line: &str| {
            let (name, made) = line
                .strip_prefix(DASH)
                .and_then(|rest| rest.split_once(' '))
                .ok_or(wrong("a line is not a signature"))?;
            let bytes = base64::decode([made].into_iter()).ok_or(wrong("a signature is not base64"))?;
            let (hash, made) = bytes.split_first_chunk::<4>().ok_or(wrong("a signature ends too early"))?;
            let signature = SshSignature::from_bytes(made)?;
            if *hash == key_hash(name, &signature) {
                Ok((name.to_owned(), signature))
            } else {
                Err(wrong("a signature is by another key than it says"))
            }
        };
        Ok(Self { checkpoint, signatures: signatures.split('\n').map(one).collect::<Result<_, _>>()? })
    }

    /// Whether all signatures are good and, if the signers are known, by those who may.
    pub fn verify(&self, signers: Option<&Signers>, time: Moment) -> Result<(), CheckpointError> {
        let text = self.checkpoint.text();
        for (name, signature) in &self.signatures {
            signature.verify(text.as_bytes(), NAMESPACE)?;
            if let Some(signers) = signers {
                signers.allow(signature.key(), name, NAMESPACE, time)?;
            }
        }
        if self.signatures.is_empty() { Err(CheckpointError::Unsigned) } else { Ok(()) }
    }
}

fn key_hash(name: &str, signature: &SshSignature) -> [u8; 4] {
    let named = [name.as_bytes(), b"\n\xffsshsig", signature.key().blob()].concat();
    let [a, b, c, d, ..] = *Sha256::of(&named).as_bytes();
    [a, b, c, d]
}

/// The checkpoint that a `checkpoint` entry carries in its body, for its own repository. The entry's
/// own signature stands for the checkpoint's, which is only needed outside the ledger.
pub(super) fn carried(entry: &Entry) -> Result<Checkpoint, CheckpointError> {
    let text = member::CHECKPOINT.text(entry);
    let checkpoint = Checkpoint::parse(text.ok_or(CheckpointError::Malformed("the body has no `checkpoint`"))?)?;
    if Some(checkpoint.repo) == entry.repo {
        Ok(checkpoint)
    } else {
        Err(CheckpointError::Malformed("it is of another repository"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::moment;
    use super::super::sshsig::tests::Pen;
    use super::*;

    fn checkpoint() -> Checkpoint {
        let seen = |seq, id: &str| Seen { seq, id: Sha256::of(id.as_bytes()) };
        Checkpoint {
            repo: Sha256::of(b"genesis"),
            heads: BTreeMap::from([
                ("ci-7".into(), seen(4, "four")),
                ("0123456789ab-89abcdef".into(), seen(9, "nine")),
            ]),
        }
    }

    fn signed() -> String {
        let checkpoint = checkpoint();
        checkpoint.signed("ci@example.com", &Pen::new(1).sign(checkpoint.text().as_bytes(), NAMESPACE)).unwrap()
    }

    #[test]
    fn a_checkpoint_reads_back_from_its_form() {
        let read = SignedCheckpoint::parse(&signed()).unwrap();

        assert_eq!(read.checkpoint, checkpoint());
        assert_eq!(read.verify(None, moment(0)), Ok(()));
        assert_eq!(
            checkpoint().text(),
            format!(
                "gov-hook/{}\n2\n{}\n0123456789ab-89abcdef 9 {}\nci-7 4 {}\n",
                Sha256::of(b"genesis"),
                base64::encode(checkpoint().root().as_bytes()),
                Sha256::of(b"nine"),
                Sha256::of(b"four")
            )
        );
    }

    #[test]
    fn a_checkpoint_that_was_touched_is_refused() {
        let good = signed();
        let (text, signature) = good.split_once("\n\n").unwrap();
        let other = SignedCheckpoint::parse(&good.replacen("ci-7 4", "ci-7 3", 1)).unwrap_err();
        assert!(matches!(other, CheckpointError::Root { .. }), "{other}");
        for (note, why) in [
            (format!("{text}\n"), "it is not a checkpoint: no empty line comes before its signatures"),
            (good.replacen("\n2\n", "\n3\n", 1), "it is not a checkpoint: it is not in its one form"),
            (
                good.replacen("gov-hook/", "other/", 1),
                "it is not a checkpoint: its first line is not `gov-hook/` and the id of a genesis entry",
            ),
            (good.replace("ci@", "mallory@"), "it is not a checkpoint: a signature is by another key than it says"),
            (format!("{text}\n\n{}", signature.trim_end()), "it is not a checkpoint: its last line does not end"),
            (format!("{text}\n\nhello\n"), "it is not a checkpoint: a line is not a signature"),
        ] {
            assert_eq!(SignedCheckpoint::parse(&note).unwrap_err().to_string(), why);
        }
    }

    #[test]
    fn only_those_who_may_make_a_checkpoint() {
        let key = Pen::new(1).public().text();
        let may = Signers::parse(&format!("ci@example.com namespaces=\"ckpt@gov-hook\" {key}")).unwrap();
        let may_not = Signers::parse(&format!("ci@example.com namespaces=\"log@gov-hook\" {key}")).unwrap();
        let read = SignedCheckpoint::parse(&signed()).unwrap();

        assert_eq!(read.verify(Some(&may), moment(0)), Ok(()));
        assert!(matches!(read.verify(Some(&may_not), moment(0)), Err(CheckpointError::Refused(_))));
    }

    #[test]
    fn a_signature_for_something_else_seals_no_checkpoint() {
        let checkpoint = checkpoint();
        let pen = Pen::new(1);

        for armoured in [pen.sign(b"other", NAMESPACE), pen.sign(checkpoint.text().as_bytes(), "log@gov-hook")] {
            assert!(matches!(checkpoint.signed("ci@example.com", &armoured), Err(CheckpointError::Signature(_))));
        }
        assert_eq!(checkpoint.signed("a b", ""), Err(CheckpointError::Name { name: "a b".into() }));
    }
}
