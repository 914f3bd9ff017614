//! `gov-hook verify`: whether files are what was signed.

use std::collections::HashMap;
use std::fs::File as OpenFile;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use sha2::Digest;

use super::book::{Known, known as known_to_the_ledger};
use super::changed::Differences;
use super::files::{Named, named, os, place, root};
use super::sign::known;
use super::{Verifying, told};
use crate::app::progress::Progress;
use crate::app::{Answer, Environment, Failure, law, parallel};
use crate::git::Repo;
use crate::header::{Book, Demands, File, Record, Tamper, Verdict, judge};
use crate::model::{Content, ObjectId, RepoPath, Sha256, Side};
use crate::policy::Policy;
use crate::report::headers::{VerifyReport, verified};

/// Larger files are hashed piece by piece; none of them has a header.
const HELD_WHOLE: u64 = 16 << 20;

/// So far back is looked for a signed file that a branch does not have any more.
const MOST_COMMITS: usize = 1_000;

/// A file to verify, in the work tree or as a commit has it.
pub(super) struct Item {
    pub(super) path: RepoPath,
    pub(super) is_named: bool,
    side: Option<Side>,
}

/// The bytes of a file, or the hash of one that is too large to hold.
type Held = (Vec<u8>, Option<Sha256>);

/// What was found out about one file.
pub(super) enum Seen<'b> {
    /// It is no file, or not there.
    Nothing,
    Unsigned,
    Signed(&'b Record),
    Faulty(Tamper<'b>),
    Unreadable(String),
}

/// What is the same for every file.
struct Verifier<'a> {
    policy: &'a Policy,
    book: &'a Book,
    target: Option<&'a str>,
    root: Option<&'a Path>,
    /// The signed files of the commit before.
    before: HashMap<RepoPath, Side>,
    branch: Option<&'a str>,
    commit: Option<ObjectId>,
}

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
    let items = match (&root, commit) {
        (Some(root), _) => in_work_tree(&repo, root, &request.paths)?,
        (None, Some(commit)) => in_commit(&repo, commit, &request.paths)?,
        (None, None) => Vec::new(),
    };
    let earlier = match (&revision, commit) {
        (Some(_), Some(commit)) => repo.commit(commit)?.parents.first().copied(),
        (_, commit) => commit,
    };
    let verifier = Verifier {
        policy: &policy,
        book: &book,
        target: request.environment.as_deref(),
        root: root.as_deref(),
        before: signed_before(&repo, earlier, &book)?,
        branch: head.branch().filter(|_| revision.is_none() || commit == head.commit()),
        commit,
    };
    let progress = Progress::new("verifying files:", items.len(), environment.stderr_is_terminal);
    let seen =
        parallel::for_each(&repo, &items, &|done| progress.reached(done), &|repo, item| verifier.one(repo, item))?;
    drop(progress);
    let described = match (&revision, commit) {
        (Some(_), Some(commit)) => format!("commit {}", commit.short()),
        _ => "the work tree".to_owned(),
    };
    let mut report = VerifyReport {
        described,
        revision,
        target: request.environment.clone(),
        exit: 0,
        damage,
        others: 0,
        files: Vec::new(),
        next: None,
    };
    let mut differences = Differences::of(&repo, head.commit());
    for (item, seen) in items.into_iter().zip(seen) {
        let now = match &seen {
            Seen::Faulty(tamper) if tamper.record.is_some() && differences.are_wanted() => {
                verifier.content(&repo, &item).ok().flatten()
            }
            Seen::Faulty(_) | Seen::Nothing | Seen::Unsigned | Seen::Signed(_) | Seen::Unreadable(_) => None,
        };
        let Some(mut file) = told::file(item, seen) else {
            report.others += 1;
            continue;
        };
        if let Some((text, None)) = now {
            differences.tell(&mut file, &text)?;
        }
        report.files.push(file);
    }
    report.exit = told::exit(&report);
    report.next = told::next(&report, &book, &policy.environments);
    Ok(Answer { text: verified(&report, request.json).into_bytes(), code: report.exit })
}

fn in_work_tree(repo: &Repo, root: &Path, paths: &[PathBuf]) -> Result<Vec<Item>, Failure> {
    let files = if paths.is_empty() {
        repo.work_files(&[])?.into_iter().map(|path| Named { path, is_named: false }).collect()
    } else {
        named(repo, root, paths)?
    };
    Ok(files.into_iter().map(|Named { path, is_named }| Item { path, is_named, side: None }).collect())
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
    let within = |path: &RepoPath, folder: &RepoPath| {
        let rest = path.as_bytes().strip_prefix(folder.as_bytes());
        folder.as_bytes().is_empty() || rest.is_some_and(|rest| rest.starts_with(b"/"))
    };
    let files = repo.files_of(Some(repo.commit(commit)?.tree))?;
    let is_wanted = |path: &RepoPath| wanted.is_empty() || wanted.iter().any(|one| one == path || within(path, one));
    let items = files.into_iter().filter(|(path, side)| side.mode.is_file() && is_wanted(path));
    let items: Vec<Item> =
        items.map(|(path, side)| Item { is_named: wanted.contains(&path), path, side: Some(side) }).collect();
    match wanted.iter().find(|one| !items.iter().any(|item| item.path == **one || within(&item.path, one))) {
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

impl<'a> Verifier<'a> {
    fn one(&self, repo: &Repo, item: &Item) -> Result<Seen<'a>, Failure> {
        let (text, sha256) = match self.content(repo, item) {
            Ok(Some(content)) => content,
            Ok(None) => return Ok(Seen::Nothing),
            Err(why) => return Ok(Seen::Unreadable(why)),
        };
        let path = &item.path;
        let demands = Demands {
            required: self.policy.requires_header(path),
            environments: &self.policy.environments,
            target: self.target,
        };
        let file = File { path, from: None, text: &text, sha256, old: None, old_sha256: None, remembered: None };
        let verdict = match judge(&file, self.book, &demands) {
            Verdict::Signed(record) => return Ok(Seen::Signed(record)),
            // What stood there before tells more of it.
            verdict @ (Verdict::Unsigned | Verdict::Faulty(_)) => verdict,
        };
        let old = match self.before.get(path) {
            Some(side) => match repo.content(Some(*side), path, &mut |_| ())? {
                Content::Bytes(bytes) => Some(bytes),
                Content::Absent | Content::Large { .. } | Content::Commit(_) => None,
            },
            None => None,
        };
        let remembered = self.remembered(repo, path)?;
        let verdict = if old.is_some() || remembered.is_some() {
            judge(&File { old: old.as_deref(), remembered, ..file }, self.book, &demands)
        } else {
            verdict
        };
        Ok(match verdict {
            Verdict::Unsigned => Seen::Unsigned,
            Verdict::Signed(record) => Seen::Signed(record),
            Verdict::Faulty(tamper) => Seen::Faulty(tamper),
        })
    }

    /// What was last signed at a path, if that was on this branch or has come to it since: others may
    /// not have it yet.
    fn remembered(&self, repo: &Repo, path: &RepoPath) -> Result<Option<&'a Record>, Failure> {
        let Some(record) = self.book.at_path(&path.to_string()) else { return Ok(None) };
        let is_here = record.branch.is_some() && record.branch.as_deref() == self.branch;
        Ok(if is_here || self.has_had(repo, path, record)? { Some(record) } else { None })
    }

    /// Whether the signed file was in the commits since.
    fn has_had(&self, repo: &Repo, path: &RepoPath, record: &Record) -> Result<bool, Failure> {
        let Some(commit) = self.commit else { return Ok(false) };
        for commit in repo.first_parents(commit, MOST_COMMITS)? {
            if u64::try_from(commit.committed_at).is_ok_and(|at| at < record.signed_at.seconds()) {
                break;
            }
            if repo.entry_at(commit.tree, path)?.is_some_and(|side| side.id == record.blob) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `None` where there is no file.
    fn content(&self, repo: &Repo, item: &Item) -> Result<Option<Held>, String> {
        let Some(side) = item.side else { return self.on_disk(&item.path) };
        match repo.content(Some(side), &item.path, &mut |_| ()) {
            Ok(Content::Bytes(bytes)) => Ok(Some((bytes, None))),
            Ok(Content::Large { sha256, .. }) => Ok(Some((Vec::new(), Some(sha256)))),
            Ok(Content::Absent | Content::Commit(_)) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn on_disk(&self, path: &RepoPath) -> Result<Option<Held>, String> {
        let Some(root) = self.root else { return Ok(None) };
        let place = root.join(os(path));
        let data = match place.symlink_metadata() {
            Ok(data) => data,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        if !data.is_file() {
            return Ok(None);
        }
        if data.len() > HELD_WHOLE {
            return hashed(&place).map(|hash| Some((Vec::new(), Some(hash)))).map_err(|error| error.to_string());
        }
        std::fs::read(place).map(|bytes| Some((bytes, None))).map_err(|error| error.to_string())
    }
}

fn hashed(place: &Path) -> std::io::Result<Sha256> {
    let (mut file, mut hash, mut buffer) = (OpenFile::open(place)?, sha2::Sha256::new(), vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut buffer)?;
        match buffer.get(..read).filter(|piece| !piece.is_empty()) {
            Some(piece) => hash.update(piece),
            None => return Ok(Sha256::new(hash.finalize().into())),
        }
    }
}
