//! `gov-hook verify`: whether files are what was signed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::changed::Differences;
use super::files::{Named, is_within, named, os, place, root, typed};
use super::look::{Held, Item, Seen, Verifier};
use super::sign::known;
use super::told::Surroundings;
use super::{Verifying, told};
use crate::app::memory::signed::book::{Known, known as known_to_the_ledger};
use crate::app::memory::{Past, is_own};
use crate::app::{Answer, Environment, Failure, law};
use crate::git::Repo;
use crate::header::Book;
use crate::model::{Arrange, Ending, Mode, ObjectId, RepoPath, Side, shell_word};
use crate::report::headers::{VerifyReport, verified};

pub fn verify(request: &Verifying, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let head = repo.head()?;
    let revision = request.revision.clone().or_else(|| repo.is_bare().then(|| "HEAD".to_owned()));
    let commit = match &revision {
        Some(revision) => Some(repo.commit_named(revision)?),
        None => head.commit(),
    };
    let (policy, _) = law::policy_at(&repo, head.commit().or(commit))?;
    if let Some(target) = &request.environment {
        known(&policy, target)?;
    }
    let Known { book, damage } = known_to_the_ledger(&repo)?;
    let root = if revision.is_none() { Some(root(&repo)?) } else { None };
    let Looked { items, before } = looked_at(&repo, root.as_deref(), commit, &request.paths, &book)?;
    let writes_here = is_own(&repo)?;
    let is_own = |stream: &str| writes_here(stream) || environment.stream.as_deref() == Some(stream);
    let verifier = Verifier {
        policy: &policy,
        book: &book,
        target: request.environment.as_deref(),
        root: root.as_deref(),
        before,
        branch: head.branch().filter(|_| revision.is_none() || commit == head.commit()),
        is_own: &is_own,
        past: Past::of(commit),
    };
    let (items, seen) = verifier.all(&repo, items, environment.stderr_is_terminal)?;
    let described = match (&revision, commit) {
        (Some(_), Some(commit)) => format!("commit {}", commit.short()),
        _ => "the work tree".to_owned(),
    };
    let mut report = VerifyReport {
        described,
        revision,
        target: request.environment.clone(),
        exit: Ending::Pass,
        damage,
        others: 0,
        files: Vec::new(),
        next: None,
    };
    let differences = Differences::of(&repo, head.commit());
    tell(&mut report, items.into_iter().zip(seen), &verifier, differences)?;
    report.exit = told::exit(&report);
    let as_typed = |path: &RepoPath| match &root {
        Some(root) => typed(root, path),
        None => shell_word(&path.to_string()),
    };
    let has = |blob| repo.has(blob);
    let around = Surroundings { book: &book, environments: &policy.environments, typed: &as_typed, has: &has };
    report.next = told::next(&report, &around);
    Ok(Answer { text: verified(&report, request.medium).into_bytes(), exit: report.exit })
}

/// The files to look at, and those that were signed before them: in the commit that is checked out, or in the
/// parent of the one that is looked at.
struct Looked {
    items: Vec<Item>,
    before: HashMap<RepoPath, Side>,
}

fn looked_at(
    repo: &Repo,
    root: Option<&Path>,
    commit: Option<ObjectId>,
    paths: &[PathBuf],
    book: &Book,
) -> Result<Looked, Failure> {
    match (root, commit) {
        (Some(root), head) => {
            let mut items = in_work_tree(repo, root, paths)?;
            let before = signed_before(repo, head, book)?;
            let signed = book.paths().map(RepoPath::from).chain(before.keys().cloned());
            items.extend(links(root, paths, &items, signed));
            Ok(Looked { items, before })
        }
        (None, Some(commit)) => {
            let items = in_commit(repo, commit, paths)?;
            let parent = repo.commit(commit)?.parents.first().copied();
            Ok(Looked { items, before: signed_before(repo, parent, book)? })
        }
        (None, None) => Ok(Looked { items: Vec::new(), before: HashMap::new() }),
    }
}

/// Adds to the report what was seen of each file, and what differs in those that were tampered with.
fn tell<'b>(
    report: &mut VerifyReport,
    seen: impl Iterator<Item = (Item, Seen<'b>)>,
    verifier: &Verifier<'b>,
    mut differences: Differences<'_>,
) -> Result<(), Failure> {
    for (item, seen) in seen {
        let now = match &seen {
            Seen::Faulty(tamper) if tamper.record.is_some() && differences.are_wanted() => {
                verifier.content(differences.repo, &item).ok().flatten()
            }
            Seen::Faulty(_) | Seen::Nothing | Seen::Unsigned | Seen::Signed(_) | Seen::Unreadable(_) => None,
        };
        let Some(mut file) = told::file(item, seen) else {
            report.others += 1;
            continue;
        };
        if let Some(Held { text, sha256: None, .. }) = now {
            differences.tell(&mut file, &text)?;
        }
        report.files.push(file);
    }
    Ok(())
}

fn in_work_tree(repo: &Repo, root: &Path, paths: &[PathBuf]) -> Result<Vec<Item>, Failure> {
    let files = if paths.is_empty() {
        repo.work_files(&[])?.into_iter().map(|path| Named { path, is_named: false }).collect()
    } else {
        named(repo, root, paths)?
    };
    Ok(files.into_iter().map(|Named { path, is_named }| Item { path, is_named, side: None, stored: None }).collect())
}

/// Links that stand where signed files were: no list of files has them.
fn links(root: &Path, paths: &[PathBuf], items: &[Item], signed: impl Iterator<Item = RepoPath>) -> Vec<Item> {
    let folders: Vec<RepoPath> =
        paths.iter().filter_map(|path| place(root, path).ok()).filter(|found| found.1).map(|found| found.0).collect();
    let is_wanted = |path: &RepoPath| paths.is_empty() || folders.iter().any(|folder| is_within(path, folder));
    let is_listed = |path: &RepoPath| items.binary_search_by(|item| item.path.cmp(path)).is_ok();
    let is_link = |path: &RepoPath| root.join(os(path)).is_symlink();
    let mut found: Vec<RepoPath> = signed.filter(|path| is_wanted(path) && !is_listed(path) && is_link(path)).collect();
    found.arrange();
    found.dedup();
    found.into_iter().map(|path| Item { path, is_named: false, side: None, stored: None }).collect()
}

/// The files of a commit; of paths that are named relative to where the command is run, or to the root.
fn in_commit(repo: &Repo, commit: ObjectId, paths: &[PathBuf]) -> Result<Vec<Item>, Failure> {
    let root = if repo.is_bare() { None } else { root(repo).ok() };
    let wanted: Vec<RepoPath> = paths
        .iter()
        .map(|path| match root.as_deref().and_then(|root| place(root, path).ok()) {
            Some((path, _)) => path,
            None => RepoPath::new(path.as_os_str().as_encoded_bytes()),
        })
        .collect();
    let files = repo.files_of(Some(repo.commit(commit)?.tree))?;
    let is_wanted = |path: &RepoPath| wanted.is_empty() || wanted.iter().any(|one| one == path || is_within(path, one));
    let items =
        files.into_iter().filter(|(path, side)| (side.mode.is_file() || side.mode == Mode::Symlink) && is_wanted(path));
    let items: Vec<Item> = items
        .map(|(path, side)| Item { is_named: wanted.contains(&path), path, side: Some(side), stored: None })
        .collect();
    match wanted.iter().find(|one| !items.iter().any(|item| item.path == **one || is_within(&item.path, one))) {
        Some(missing) => Err(Failure::new(format!("`{missing}` is not in commit {}", commit.short()))),
        None => Ok(items),
    }
}

/// The signed files of a commit.
fn signed_before(repo: &Repo, commit: Option<ObjectId>, book: &Book) -> Result<HashMap<RepoPath, Side>, Failure> {
    let Some(commit) = commit.filter(|_| !book.is_empty()) else { return Ok(HashMap::new()) };
    let files = repo.files_of(Some(repo.commit(commit)?.tree))?;
    Ok(files.into_iter().filter(|(_, side)| book.has_blob(side.id)).collect())
}
