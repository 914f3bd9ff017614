//! Files that were renamed and lost their header at once: with the header, the one was too unlike the other
//! for a rename.

use std::collections::HashSet;

use super::file::OfFile;
use super::signed::Signed;
use crate::app::Failure;
use crate::check::header_finding;
use crate::git::{Profile, Repo};
use crate::header::{Demands, File, Found, Verdict, inspect, judge};
use crate::model::{Content, FileFacts, Finding, RepoPath, Sha256};

/// As many are compared as for renames; of more, only what is the same to the byte is found.
const MOST_PAIRS: usize = 2500;

/// A deleted file that had a header.
struct Gone {
    path: RepoPath,
    text: Vec<u8>,
    /// Of what was beneath the header.
    body: Sha256,
    profile: Profile,
}

impl Signed<'_> {
    /// Looks again at the added files without a header, where files with one were deleted.
    pub(super) fn follow(&self, repo: &Repo, files: &mut [OfFile]) -> Result<(), Failure> {
        let lost = files.iter().filter(|file| lost_by(file).is_some()).count();
        let came = files.iter().filter(|file| is_bare(file)).count();
        if lost == 0 || came == 0 {
            return Ok(());
        }
        let bodies: HashSet<Sha256> =
            files.iter().filter(|file| is_bare(file)).filter_map(|file| file.facts.new_sha256).collect();
        let mut gone: Vec<Gone> = Vec::new();
        for file in files.iter() {
            let is_asked = |body: &Sha256| lost * came <= MOST_PAIRS || bodies.contains(body);
            if let Some(body) = lost_by(file).filter(is_asked) {
                gone.extend(Gone::read(repo, &file.facts, body)?);
            }
        }
        for file in files.iter_mut().filter(|file| is_bare(file)) {
            if let Some(finding) = self.look_again(repo, &file.facts, &gone)? {
                file.tell_signed(finding);
            }
        }
        Ok(())
    }

    fn look_again(&self, repo: &Repo, facts: &FileFacts, gone: &[Gone]) -> Result<Option<Finding>, Failure> {
        let path = &facts.change.path;
        let new = repo.content(facts.change.new, path, &mut |_| ())?;
        let Some(text) = new.bytes().filter(|text| !text.is_empty() && inspect(text) == Found::Nothing) else {
            return Ok(None);
        };
        let same = gone.iter().find(|gone| facts.new_sha256 == Some(gone.body));
        let profile = Profile::of(text);
        let alike = || {
            let alike = gone.iter().filter_map(|gone| Some((gone.profile.likeness(&profile)?, gone)));
            alike.max_by_key(|(percent, _)| *percent).map(|(_, gone)| gone)
        };
        let Some(gone) = same.or_else(alike) else { return Ok(None) };
        let file = File {
            path,
            from: Some(&gone.path),
            text,
            sha256: facts.new_sha256,
            old: Some(&gone.text),
            old_sha256: None,
            remembered: None,
        };
        let demands = Demands {
            required: self.policy.requires_header(path),
            environments: &self.policy.environments,
            target: self.target,
        };
        Ok(match judge(&file, &*self.signatures.book(repo)?, &demands) {
            Verdict::Faulty(tamper) => Some(header_finding(path, &tamper, facts.new_sha256)),
            Verdict::Unsigned | Verdict::Signed(_) => None,
        })
    }
}

impl Gone {
    fn read(repo: &Repo, facts: &FileFacts, body: Sha256) -> Result<Option<Self>, Failure> {
        let Content::Bytes(text) = repo.content(facts.change.old, &facts.change.path, &mut |_| ())? else {
            return Ok(None);
        };
        let Found::Block(block) = inspect(&text) else { return Ok(None) };
        let profile = Profile::of(&block.body(&text));
        Ok(Some(Self { path: facts.change.path.clone(), text, body, profile }))
    }
}

/// What stood beneath the header of a file that was deleted.
fn lost_by(file: &OfFile) -> Option<Sha256> {
    file.signed()?.lost
}

/// An added file that the ledger does not sign as it is.
fn is_bare(file: &OfFile) -> bool {
    let change = &file.facts.change;
    let is_file = change.new.is_some_and(|side| side.mode.is_file());
    is_file && change.old.is_none() && !file.signed().is_some_and(|told| told.is_verified)
}
