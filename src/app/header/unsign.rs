//! `gov-hook unsign`: takes headers off again, and puts that on record.

use std::path::{Path, PathBuf};

use super::Unsigning;
use super::files::{Drafts, Named, named, os, root, typed, untouched};
use crate::app::memory::signed::book::known as known_to_the_ledger;
use crate::app::memory::signed::entry::{Artifact, acts};
use crate::app::memory::{Act, Pen};
use crate::app::{Answer, Environment, Failure, law};
use crate::git::Repo;
use crate::header::{Book, Found, Record, inspect, unsign as without_header};
use crate::ledger::member::{self, SignAction};
use crate::model::{EntrySubject, Moment, ObjectId, RepoPath, Sha256, branch_reference};
use crate::report::headers::{UnsignReport, UnsignedFile, unsigned};

/// What is to become of one file.
struct Planned {
    place: PathBuf,
    before: Vec<u8>,
    /// None where the ledger alone signs it.
    after: Option<Vec<u8>>,
    file: UnsignedFile,
    /// What is noted of it; none where there is nothing that it could be noted of.
    blob: Option<ObjectId>,
}

/// Gives every file back as it was before it was signed, or changes none.
pub fn unsign(request: &Unsigning, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let root = root(&repo)?;
    let head = repo.head()?;
    let (policy, _) = law::policy_at(&repo, head.commit())?;
    let pen = Pen::open(&repo, environment, policy.audit, environment.agent.as_deref()).map_err(untouched)?;
    let book = known_to_the_ledger(&repo)?.book;
    let mut planned = Vec::new();
    for Named { path, is_named } in named(&repo, &root, &request.paths)? {
        match plan(&repo, &root, path, &book)? {
            Ok(plan) => planned.push(plan),
            Err(path) if is_named => {
                let word = typed(&root, &path);
                let sign = format!("sign it: gov-hook sign {word} --env {}", first(&policy.environments));
                return Err(Failure::new(format!("`{path}` is not signed")).mended_by(sign));
            }
            Err(_) => {}
        }
    }
    let subject =
        EntrySubject { base: head.commit(), reference: head.branch().map(branch_reference), ..EntrySubject::default() };
    let signed_by = format!("{} <{}>", pen.actor().name, pen.actor().email);
    let signed_at = environment.moment()?;
    let acts = noted(&planned, &signed_by, signed_at, &subject);
    let mut drafts = Drafts::default();
    for Planned { place, before, after, .. } in &planned {
        if let Some(after) = after {
            drafts.write(place, before, after).map_err(untouched)?;
        }
    }
    let entries = pen.write(&acts).map_err(untouched)?;
    drafts.put()?;
    let report = UnsignReport {
        signed_by,
        signed_at,
        entries: entries.iter().map(Sha256::to_string).collect(),
        files: planned.into_iter().map(|plan| plan.file).collect(),
    };
    Ok(Answer::passing(unsigned(&report, request.medium)))
}

/// What is to become of a file; its path where it is not signed.
fn plan(repo: &Repo, root: &Path, path: RepoPath, book: &Book) -> Result<Result<Planned, RepoPath>, Failure> {
    let place = root.join(os(&path));
    let before = std::fs::read(&place).map_err(|error| Failure::new(format!("cannot read `{path}`: {error}")))?;
    let record = book.at_path(&path.to_string()).filter(|record| !record.is_unsigned);
    let after = taken_off(root, &path, &before)?;
    let Some(environment) = environment_of(&before, record) else { return Ok(Err(path)) };
    let bytes = after.as_ref().unwrap_or(&before);
    let stored = repo.store(&path, bytes).map_err(untouched)?;
    let artifact = Sha256::of(stored.as_ref().and_then(|stored| stored.others.as_ref()).unwrap_or(bytes));
    let blob = stored.map(|stored| stored.blob).or(record.map(|record| record.blob));
    let form = if after.is_some() { "header" } else { "ledger" };
    Ok(Ok(Planned { place, before, after, file: UnsignedFile { path, environment, artifact, form }, blob }))
}

/// What is put on record of the files.
fn noted(planned: &[Planned], signed_by: &str, signed_at: Moment, subject: &EntrySubject) -> Vec<Act> {
    let mut all = Vec::new();
    for Planned { file, blob, .. } in planned {
        let saying = |act: Act| {
            act.saying(member::SIGN_ACTION, SignAction::Unsign)
                .saying(member::ENVIRONMENT, file.environment.as_str())
                .saying(member::SIGNED_AT, signed_at)
                .saying(member::SIGNED_BY, signed_by)
        };
        let artifact = |blob| Artifact { path: file.path.to_string(), hash: file.artifact, block: None, blob };
        all.extend(blob.map(artifact).into_iter().flat_map(|artifact| acts(&[artifact], &saying, subject)));
    }
    all
}

fn first(environments: &[String]) -> &str {
    environments.first().map_or("dev", String::as_str)
}

fn taken_off(root: &Path, path: &RepoPath, before: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
    without_header(before).map_err(|refusal| {
        Failure::new(format!("the header of `{path}` cannot be removed: {refusal}"))
            .mended_by(format!("see what was changed: gov-hook verify {}", typed(root, path)))
    })
}

/// What it is signed for, if it is: by its header, or in the ledger alone.
fn environment_of(before: &[u8], record: Option<&Record>) -> Option<String> {
    match inspect(before) {
        Found::Block(block) => Some(block.stamp.environment),
        Found::Nothing | Found::Damaged { .. } => {
            record.filter(|record| record.block.is_none()).map(|record| record.environment.clone())
        }
    }
}
