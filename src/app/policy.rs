//! `gov-hook policy …`: what the policy in force says, and whether a policy file is sound.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use super::law::{self, POLICY_PATH};
use super::secrets;
use super::{Answer, CANNOT_DECIDE, Environment, Failure};
use crate::git::Repo;
use crate::model::{NextStep, RepoPath};
use crate::policy;
use crate::report::Style;
use crate::report::mistakes::{self, Judged};
use crate::report::policy as report;

/// `policy show`: the policy of HEAD with every default filled in.
pub fn show(environment: &Environment, as_json: bool) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let (policy, reference) = law::policy_at(&repo, repo.head()?.commit())?;
    let tree = policy::effective(&policy);
    if !as_json {
        return Ok(Answer::passing(format!("# {} {}\n{}", reference.origin, reference.digest, tree.to_yaml())));
    }
    let json = serde_json::json!({
        "schema": "gov-hook/policy/v1",
        "origin": reference.origin,
        "digest": reference.digest,
        "policy": tree,
    });
    Ok(Answer::passing(format!("{json:#}\n")))
}

/// `policy check`: every mistake of a file, or that it has none.
pub fn check(file: Option<&Path>, environment: &Environment, as_json: bool, style: Style) -> Result<Answer, Failure> {
    let path = match file {
        Some(path) => path.to_owned(),
        None => work_dir(&Repo::open(&environment.place)?)?.join(POLICY_PATH),
    };
    let shown = file.map_or_else(|| POLICY_PATH.to_owned(), |path| path.display().to_string());
    let bytes = std::fs::read(&path).map_err(|error| {
        Failure::new(format!("cannot read `{shown}`: {error}"))
            .mended_by("write one that fits this repository: gov-hook init")
    })?;
    let found = policy::read(&shown, &bytes).err().unwrap_or_default();
    let (bytes, found) = secrets::shown(bytes, found);
    let judged = Judged { origin: &shown, bytes: &bytes, mistakes: &found };
    let next = NextStep { why: "the whole format".into(), command: "gov-hook policy schema".into() };
    let text = if as_json {
        mistakes::json(judged)
    } else {
        mistakes::human(judged, mistakes::Asked::IsItSound, (!found.is_empty()).then_some(&next), style)
    };
    Ok(Answer { text: text.into_bytes(), code: if found.is_empty() { 0 } else { CANNOT_DECIDE } })
}

/// `policy schema`: for editors.
#[must_use]
pub fn schema() -> Answer {
    Answer::passing(policy::SCHEMA.to_owned())
}

/// `policy why`: what the policy of HEAD says of a path.
pub fn why(path: &OsStr, environment: &Environment, as_json: bool, style: Style) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let (policy, _) = law::policy_at(&repo, repo.head()?.commit())?;
    let explanation = policy::why(&policy, &in_repository(&repo, path)?);
    let text = if as_json { report::json(&explanation) } else { report::human(&explanation, style) };
    Ok(Answer::passing(text))
}

/// A path as it was typed, seen from the root of the repository.
fn in_repository(repo: &Repo, typed: &OsStr) -> Result<RepoPath, Failure> {
    if typed.is_empty() {
        return Err(Failure::new("an empty path names nothing").mended_by("name a file: gov-hook policy why PATH"));
    }
    let outside = || Failure::new(format!("`{}` is not in this repository", Path::new(typed).display()));
    let mut whole = PathBuf::new();
    if let Some(root) = repo.work_dir() {
        let root = root.canonicalize().map_err(|_gone| outside())?;
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).map_err(|_gone| outside())?;
        let typed = here.strip_prefix(&root).unwrap_or(Path::new("")).join(typed);
        whole.push(typed.strip_prefix(&root).unwrap_or(&typed));
    } else {
        whole.push(typed);
    }
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in whole.components() {
        match part {
            Component::Normal(name) => parts.push(name.as_bytes()),
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop().ok_or_else(outside)?;
            }
            Component::RootDir | Component::Prefix(_) => return Err(outside()),
        }
    }
    if parts.is_empty() { Err(outside()) } else { Ok(RepoPath::new(parts.join(&b'/'))) }
}

fn work_dir(repo: &Repo) -> Result<&Path, Failure> {
    repo.work_dir().ok_or_else(|| {
        Failure::new("a bare repository has no work tree to look in")
            .mended_by("name the file: gov-hook policy check FILE")
    })
}
