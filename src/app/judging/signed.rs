//! What has become of the signed files that a change touches.

use crate::app::Failure;
use crate::app::memory::{Alone, Signatures};
use crate::check::header_finding;
use crate::git::Repo;
use crate::header::{Demands, File, Found, Verdict, inspect, judge, syntax_for};
use crate::model::{Content, FileFacts, Finding, Sha256};
use crate::policy::Policy;

/// What is the same for every file of a run.
pub(super) struct Signed<'a> {
    pub(super) policy: &'a Policy,
    /// The environment of the branch that the change would land on.
    pub(super) target: Option<&'a str>,
    pub(super) signatures: &'a Signatures,
    pub(super) alone: Alone,
    /// Whether what others have taken away before counts: it does where a branch lands.
    pub(super) is_landing: bool,
}

/// What is told of one file.
#[derive(Default)]
pub(super) struct Told {
    pub(super) finding: Option<Finding>,
    pub(super) is_verified: bool,
    /// Of a deleted file with a header: the hash of what was beneath it.
    pub(super) lost: Option<Sha256>,
}

impl Told {
    pub(super) const fn is_nothing(&self) -> bool {
        self.finding.is_none() && !self.is_verified && self.lost.is_none()
    }
}

impl Signed<'_> {
    /// The ledger is read only for files that have to be signed, or show that they are.
    pub(super) fn look(&self, repo: &Repo, facts: &FileFacts, old: &Content, new: &Content) -> Result<Told, Failure> {
        let change = &facts.change;
        let Some(side) = change.new else { return Ok(Told { lost: old.bytes().and_then(lost), ..Told::default() }) };
        let (text, before) = (new.bytes().unwrap_or_default(), old.bytes());
        let required = self.policy.requires_header(&change.path);
        let has_header = |text: &[u8]| inspect(text) != Found::Nothing;
        let mut concerns = required || has_header(text) || before.is_some_and(has_header);
        if !concerns && syntax_for(&change.path, text).is_err() {
            // A link or a submodule may have come in the place of one.
            for file in [change.old, Some(side)].into_iter().flatten().filter(|side| side.mode.is_file()) {
                concerns = concerns || self.alone.is_signed(repo, file.id)?;
            }
        }
        if !concerns {
            return Ok(Told::default());
        }
        let book = self.signatures.book(repo)?;
        let file = File {
            path: &change.path,
            from: change.from.as_ref(),
            text,
            sha256: facts.new_sha256,
            old: before,
            old_sha256: facts.old_sha256,
            remembered: None,
        };
        let demands = Demands { required, environments: &self.policy.environments, target: self.target };
        Ok(match judge(&file, &book, &demands) {
            Verdict::Unsigned => Told::default(),
            Verdict::Signed(_) => Told { is_verified: true, ..Told::default() },
            Verdict::Faulty(tamper) => {
                let finding = header_finding(&change.path, &tamper, facts.new_sha256);
                Told { finding: Some(finding), ..Told::default() }
            }
        })
    }
}

fn lost(text: &[u8]) -> Option<Sha256> {
    match inspect(text) {
        Found::Block(block) => Some(block.body_hash(text)),
        Found::Nothing | Found::Damaged { .. } => None,
    }
}
