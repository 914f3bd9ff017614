//! `gov-hook policy …`: what the policy in force says, and whether a policy file is sound.

mod idle;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use super::law::{self, POLICY_PATH, SIGNERS_PATH, WAIVERS_PATH};
use super::{Answer, Environment, Failure, secrets};
use crate::check::rules::read_pack;
use crate::check::waivers::Waivers;
use crate::git::Repo;
use crate::model::{Ending, Mistake, NextStep, RepoPath};
use crate::policy::{self, Policy};
use crate::report::mistakes::{self, Judged};
use crate::report::policy as report;
use crate::report::{Medium, Style};

/// `policy show`: the policy of HEAD with every default filled in.
pub fn show(environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let (policy, reference) = law::policy_at(&repo, repo.head()?.commit())?;
    let tree = policy::effective(&policy);
    if medium == Medium::Text {
        return Ok(Answer::passing(format!(
            "# {} {}\n{}",
            reference.origin,
            reference.digest.to_name(),
            tree.to_yaml()
        )));
    }
    let json = serde_json::json!({
        "schema": "gov-hook/policy/v1",
        "origin": reference.origin,
        "digest": reference.digest.to_name(),
        "policy": tree,
    });
    Ok(Answer::passing(format!("{json:#}\n")))
}

/// `policy check`: every mistake of a file, or that it has none; without a file, of all that the work
/// tree has of the law.
pub fn check(file: Option<&Path>, environment: &Environment, medium: Medium, style: Style) -> Result<Answer, Failure> {
    let repo = file.is_none().then(|| Repo::open(&environment.place)).transpose()?;
    let work_dir = repo.as_ref().map(work_dir).transpose()?;
    let path = match (file, work_dir) {
        (None, Some(work_dir)) => work_dir.join(POLICY_PATH),
        (file, _) => file.map(Path::to_owned).unwrap_or_default(),
    };
    let shown = file.map_or_else(|| POLICY_PATH.to_owned(), |path| path.display().to_string());
    let (shown, bytes) = match std::fs::read(&path) {
        Ok(bytes) => (shown, bytes),
        Err(error) if error.kind() == ErrorKind::NotFound && work_dir.is_some_and(has_law) => {
            ("the built-in policy".to_owned(), policy::BUILT_IN.as_bytes().to_vec())
        }
        Err(error) => {
            let failure = Failure::new(format!("cannot read `{shown}`: {error}"));
            return Err(failure.mended_by("write one: gov-hook init"));
        }
    };
    let read = policy::read(&shown, &bytes);
    let others = match (&read, work_dir) {
        (Ok(policy), Some(work_dir)) => beside(work_dir, policy)?,
        (Err(_), Some(work_dir)) => beside(work_dir, &Policy::built_in())?,
        (_, None) => Vec::new(),
    };
    let notices = match &read {
        Ok(policy) => {
            let here = Repo::open(&environment.place).ok();
            idle::severities(policy, &bytes, work_dir.or(here.as_ref().and_then(Repo::work_dir)))?
        }
        Err(_) => Vec::new(),
    };
    let found = read.err().unwrap_or_default();
    let (bytes, found) = secrets::shown(bytes, found);
    let (bytes, notices) = secrets::shown(bytes, notices);
    let judged = Judged { origin: &shown, bytes: &bytes, mistakes: &found };
    let in_vain = Judged { mistakes: &notices, ..judged };
    let others: Vec<Judged<'_>> = others.iter().map(Mistaken::judged).collect();
    let is_sound = found.is_empty() && others.is_empty();
    let next = NextStep { why: "the whole format".into(), command: "gov-hook policy schema".into() };
    let human = |judged, next| mistakes::human(judged, mistakes::Asked::IsItSound, next, style);
    let text = if medium == Medium::Json {
        mistakes::json(judged, &others, &notices)
    } else if others.is_empty() {
        mistakes::notices(in_vain, style) + &human(judged, (!found.is_empty()).then_some(&next))
    } else {
        let unsound = (!found.is_empty()).then_some(judged).into_iter();
        unsound.chain(others.iter().copied()).map(|judged| human(judged, None)).collect()
    };
    Ok(Answer { text: text.into_bytes(), exit: if is_sound { Ending::Pass } else { Ending::Undecided } })
}

/// Whether there is law beside a policy: packs, waivers or signers.
fn has_law(work_dir: &Path) -> bool {
    work_dir.join(POLICY_PATH).parent().is_some_and(Path::is_dir)
}

/// A file of the law with mistakes.
struct Mistaken {
    origin: String,
    bytes: Vec<u8>,
    mistakes: Vec<Mistake>,
}

impl Mistaken {
    fn judged(&self) -> Judged<'_> {
        Judged { origin: &self.origin, bytes: &self.bytes, mistakes: &self.mistakes }
    }
}

/// What cannot be read of the law beside its policy: packs that it names, waivers, and who signs.
fn beside(work_dir: &Path, policy: &Policy) -> Result<Vec<Mistaken>, Failure> {
    let mut paths: BTreeSet<PathBuf> = [WAIVERS_PATH, SIGNERS_PATH].map(PathBuf::from).into();
    for folder in policy.rules.extra_folders() {
        let files =
            WalkDir::new(work_dir.join(folder)).into_iter().flatten().filter(|entry| entry.file_type().is_file());
        paths.extend(files.filter_map(|entry| entry.path().strip_prefix(work_dir).ok().map(Path::to_owned)));
    }
    let (mut packs, mut unsound) = (Vec::new(), Vec::new());
    for path in paths {
        let (origin, place) = (path.display().to_string(), RepoPath::new(path.as_os_str().as_bytes().to_vec()));
        let bytes = match std::fs::read(work_dir.join(&path)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(Failure::new(format!("cannot read `{origin}`: {error}"))),
        };
        let found = match origin.as_str() {
            WAIVERS_PATH => Waivers::read(&origin, &bytes).err(),
            SIGNERS_PATH => law::mistakes_of_signers(&bytes),
            _ if policy.rules.extra.iter().any(|glob| glob.matches(&place)) => {
                read_pack(&origin, &bytes, &packs).map(|pack| packs.push(pack)).err()
            }
            _ => None,
        };
        if let Some(found) = found {
            let (bytes, mistakes) = secrets::shown(bytes, found);
            unsound.push(Mistaken { origin, bytes, mistakes });
        }
    }
    Ok(unsound)
}

/// `policy schema`: for editors.
#[must_use]
pub fn schema() -> Answer {
    Answer { text: policy::schema(), exit: Ending::Pass }
}

/// `policy why`: what the policy of HEAD says of a path.
pub fn why(path: &OsStr, environment: &Environment, medium: Medium, style: Style) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let (policy, _) = law::policy_at(&repo, repo.head()?.commit())?;
    let explanation = policy::why(&policy, &in_repository(&repo, path)?);
    let text = if medium == Medium::Json { report::json(&explanation) } else { report::human(&explanation, style) };
    Ok(Answer::passing(text))
}

/// A path as it was typed, seen from the root of the repository.
fn in_repository(repo: &Repo, typed: &OsStr) -> Result<RepoPath, Failure> {
    if typed.is_empty() {
        return Err(Failure::new("the path is empty").mended_by("name a file: gov-hook policy why PATH"));
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
