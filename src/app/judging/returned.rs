//! Files that come back without the header that they had: in one push they were deleted, in a later one
//! they are added.

use std::collections::HashSet;

use super::file::OfFile;
use super::signed::Signed;
use super::subject::Subject;
use crate::app::Failure;
use crate::app::memory::Past;
use crate::check::header_finding;
use crate::git::Repo;
use crate::header::{Book, Demands, File, Found, Record, Verdict, inspect, judge};
use crate::model::{FileFacts, Finding, Gather, RepoPath, Sha256};

impl Signed<'_> {
    /// Looks again at the files that were not there before, where something that was signed had their name
    /// or their text. The ledger is read only for those.
    pub(super) fn returned(&self, repo: &Repo, subject: &Subject, files: &mut [OfFile]) -> Result<(), Failure> {
        let came = || files.iter().filter(|file| came_bare(file));
        let paths: HashSet<String> = came().map(|file| file.facts.change.path.to_string()).gathered();
        let bodies: HashSet<Sha256> = came().filter_map(|file| file.facts.new_sha256).gathered();
        if paths.is_empty() || !self.signatures.speak_of(repo, &paths, &bodies)? {
            return Ok(());
        }
        let (book, past) = (self.signatures.book(repo)?, Past::of(subject.head));
        for file in files.iter_mut().filter(|file| came_bare(file)) {
            let facts = &file.facts;
            let Some((record, from)) = was(repo, subject, facts, (&book, &past))? else { continue };
            if let Some(finding) = self.look_back(repo, facts, &book, (record, from.as_ref()))? {
                file.tell_signed(finding);
            }
        }
        Ok(())
    }

    fn look_back(
        &self,
        repo: &Repo,
        facts: &FileFacts,
        book: &Book,
        (record, from): (&Record, Option<&RepoPath>),
    ) -> Result<Option<Finding>, Failure> {
        let path = &facts.change.path;
        let new = repo.content(facts.change.new, path, &mut |_| ())?;
        let text = new.bytes().unwrap_or_default();
        if inspect(text) != Found::Nothing {
            return Ok(None);
        }
        let file =
            File { path, from, text, sha256: facts.new_sha256, old: None, old_sha256: None, remembered: Some(record) };
        let demands = Demands {
            required: self.policy.requires_header(path),
            environments: &self.policy.environments,
            target: self.target,
        };
        Ok(match judge(&file, book, &demands) {
            Verdict::Faulty(tamper) => Some(header_finding(path, &tamper, facts.new_sha256)),
            Verdict::Unsigned | Verdict::Signed(_) => None,
        })
    }
}

/// The signing of a file that this branch had where this one is now, or of the same text under a name that is
/// gone, and that name.
fn was<'b>(
    repo: &Repo,
    subject: &Subject,
    facts: &FileFacts,
    (book, past): (&'b Book, &Past),
) -> Result<Option<(&'b Record, Option<RepoPath>)>, Failure> {
    let path = &facts.change.path;
    let stands = |record: &&Record| !record.is_unsigned;
    if let Some(record) = book.at_path(&path.to_string()).filter(stands)
        && past.has_had(repo, path, record)?
    {
        return Ok(Some((record, None)));
    }
    let body = facts.new_sha256.filter(|hash| *hash != Sha256::of(&[]));
    for record in body.into_iter().flat_map(|body| book.with_artifact(body)) {
        let from = RepoPath::from(record.path.as_str());
        let is_last = book.at_path(&record.path).is_some_and(|last| last.entry == record.entry);
        if record.block.is_none() || !is_last || from == *path {
            continue;
        }
        let is_gone = match subject.tree {
            Some(tree) => repo.entry_at(tree, &from)?.is_none(),
            None => false,
        };
        if is_gone && past.has_had(repo, &from, record)? {
            return Ok(Some((record, Some(from))));
        }
    }
    Ok(None)
}

/// A file that was not there before, and of whose signature nothing is told yet.
fn came_bare(file: &OfFile) -> bool {
    let change = &file.facts.change;
    let is_file = change.new.is_some_and(|side| side.mode.is_file());
    let is_told = file.signed().is_some_and(|told| told.is_verified || told.finding.is_some());
    is_file && (change.old.is_none() || change.from.is_some()) && !is_told
}
