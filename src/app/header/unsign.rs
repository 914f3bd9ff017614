//! `gov-hook unsign`: takes headers off again, and puts that on record.

use std::fmt::Write;
use std::path::PathBuf;

use serde_json::{Map, json};

use super::book::known as known_to_the_ledger;
use super::entry::{Artifact, acts};
use super::files::{Named, Replaced, named, os, root};
use crate::app::record::Pen;
use crate::app::{Answer, Environment, Failure, law};
use crate::git::Repo;
use crate::header::{Found, Record, inspect, unsign as without_header};
use crate::model::{EntrySubject, RepoPath, Sha256, counted};

/// Gives every file back as it was before it was signed, or changes none.
pub fn unsign(paths: &[PathBuf], environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let root = root(&repo)?;
    let head = repo.head()?;
    let (policy, _) = law::policy_at(&repo, head.commit())?;
    let pen = Pen::open(&repo, environment, policy.audit, environment.agent.as_deref())?;
    let book = known_to_the_ledger(&repo)?.book;
    let reference = head.branch().map(|branch| format!("refs/heads/{branch}"));
    let subject = EntrySubject { base: head.commit(), reference, ..EntrySubject::default() };
    let (mut planned, mut entries) = (Vec::new(), Vec::new());
    for Named { path, is_named } in named(&repo, &root, paths)? {
        let place = root.join(os(&path));
        let before = std::fs::read(&place).map_err(|error| Failure::new(format!("cannot read `{path}`: {error}")))?;
        let record = book.at_path(&path.to_string()).filter(|record| !record.is_unsigned);
        let after = taken_off(&path, &before)?;
        let Some(environment_was) = environment_of(&before, record) else {
            if is_named {
                return Err(Failure::new(format!("`{path}` is not signed"))
                    .mended_by(format!("sign it: gov-hook sign {path} --env {}", first(&policy.environments))));
            }
            continue;
        };
        let bytes = after.as_ref().unwrap_or(&before);
        let blob = repo.store(&path, bytes)?.map(|stored| stored.blob).or(record.map(|record| record.blob));
        let hash = Sha256::of(bytes);
        entries
            .extend(blob.map(|blob| (environment_was, Artifact { path: path.to_string(), hash, block: None, blob })));
        planned.push((path, place, before, after));
    }
    let signed_by = format!("{} <{}>", pen.actor().name, pen.actor().email);
    let mut all = Vec::new();
    for (environment_was, artifact) in entries {
        let said = Map::from_iter([
            ("action".to_owned(), json!("unsign")),
            ("environment".to_owned(), json!(environment_was)),
            ("signed_at".to_owned(), json!(environment.moment()?.to_string())),
            ("signed_by".to_owned(), json!(signed_by)),
        ]);
        all.extend(acts(&[artifact], &said, &subject));
    }
    let mut replaced = Replaced::default();
    let mut text = format!("took the header off {}\n", counted(planned.len(), "file"));
    for (path, place, before, after) in planned {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {path}");
        if let Some(after) = after {
            replaced.replace(place, before, &after)?;
        }
    }
    pen.write(&all).map_err(|failure| replaced.put_back(failure))?;
    Ok(Answer::passing(text))
}

fn first(environments: &[String]) -> &str {
    environments.first().map_or("dev", String::as_str)
}

fn taken_off(path: &RepoPath, before: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
    without_header(before).map_err(|refusal| {
        Failure::new(format!("the header of `{path}` cannot be taken off: {refusal}"))
            .mended_by(format!("see what was changed: gov-hook verify {path}"))
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
