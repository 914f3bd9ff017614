//! `gov-hook unsign`: takes headers off again, and puts that on record.

use std::path::Path;

use serde_json::json;

use super::Unsigning;
use super::book::known as known_to_the_ledger;
use super::entry::{Artifact, acts};
use super::files::{Drafts, Named, named, os, root, typed, untouched};
use crate::app::record::Pen;
use crate::app::{Answer, Environment, Failure, law};
use crate::git::Repo;
use crate::header::{Found, Record, inspect, unsign as without_header};
use crate::model::{EntrySubject, Gather, RepoPath, Sha256, branch_reference};
use crate::report::headers::{UnsignReport, UnsignedFile, unsigned};

/// Gives every file back as it was before it was signed, or changes none.
pub fn unsign(request: &Unsigning, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let root = root(&repo)?;
    let head = repo.head()?;
    let (policy, _) = law::policy_at(&repo, head.commit())?;
    let pen = Pen::open(&repo, environment, policy.audit, environment.agent.as_deref()).map_err(untouched)?;
    let book = known_to_the_ledger(&repo)?.book;
    let reference = head.branch().map(branch_reference);
    let subject = EntrySubject { base: head.commit(), reference, ..EntrySubject::default() };
    let (mut planned, mut taken) = (Vec::new(), Vec::new());
    for Named { path, is_named } in named(&repo, &root, &request.paths)? {
        let place = root.join(os(&path));
        let before = std::fs::read(&place).map_err(|error| Failure::new(format!("cannot read `{path}`: {error}")))?;
        let record = book.at_path(&path.to_string()).filter(|record| !record.is_unsigned);
        let after = taken_off(&root, &path, &before)?;
        let Some(environment_was) = environment_of(&before, record) else {
            if is_named {
                let sign =
                    format!("sign it: gov-hook sign {} --env {}", typed(&root, &path), first(&policy.environments));
                return Err(Failure::new(format!("`{path}` is not signed")).mended_by(sign));
            }
            continue;
        };
        let bytes = after.as_ref().unwrap_or(&before);
        let stored = repo.store(&path, bytes).map_err(untouched)?;
        let artifact = Sha256::of(stored.as_ref().and_then(|stored| stored.others.as_ref()).unwrap_or(bytes));
        let blob = stored.map(|stored| stored.blob).or(record.map(|record| record.blob));
        let form = if after.is_some() { "header" } else { "ledger" };
        taken.push((UnsignedFile { path: path.clone(), environment: environment_was, artifact, form }, blob));
        planned.push((place, before, after));
    }
    let signed_by = format!("{} <{}>", pen.actor().name, pen.actor().email);
    let signed_at = environment.moment()?;
    let mut all = Vec::new();
    for (file, blob) in &taken {
        let said = [
            ("action".to_owned(), json!("unsign")),
            ("environment".to_owned(), json!(file.environment)),
            ("signed_at".to_owned(), json!(signed_at.to_string())),
            ("signed_by".to_owned(), json!(signed_by)),
        ];
        let said = said.into_iter().gathered();
        let artifact = |blob| Artifact { path: file.path.to_string(), hash: file.artifact, block: None, blob };
        all.extend(blob.map(artifact).into_iter().flat_map(|artifact| acts(&[artifact], &said, &subject)));
    }
    let mut drafts = Drafts::default();
    for (place, before, after) in planned {
        if let Some(after) = after {
            drafts.write(&place, &before, &after).map_err(untouched)?;
        }
    }
    let entries = pen.write(&all).map_err(untouched)?;
    drafts.put()?;
    let report = UnsignReport {
        signed_by,
        signed_at,
        entries: entries.iter().map(Sha256::to_string).collect(),
        files: taken.into_iter().map(|(file, _)| file).collect(),
    };
    Ok(Answer::passing(unsigned(&report, request.medium)))
}

fn first(environments: &[String]) -> &str {
    environments.first().map_or("dev", String::as_str)
}

fn taken_off(root: &Path, path: &RepoPath, before: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
    without_header(before).map_err(|refusal| {
        Failure::new(format!("the header of `{path}` cannot be taken off: {refusal}"))
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
