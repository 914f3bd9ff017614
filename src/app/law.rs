//! The policy and the rules in force at a commit: what judges a change is never a part of it.

use std::collections::BTreeSet;

use crate::check::GeneratedMarks;
use crate::check::rules::{Pack, Rules, read_pack};
use crate::check::waivers::Waivers;
use crate::git::Repo;
use crate::ledger::sshsig::{SignerMistake, Signers};
use crate::model::{Content, FileChange, Gather, Mistake, ObjectId, PolicyRef, RepoPath, Sha256};
use crate::policy::{self, Policy, Recording};

use super::Failure;

/// Where a repository keeps its policy.
pub(super) const POLICY_PATH: &str = ".gov/policy.yaml";

/// The directory that holds it.
const GOVERNANCE: &str = ".gov";

/// Whether a path is of the law: its packs cannot stand elsewhere.
pub(super) fn is_of_law(path: &RepoPath) -> bool {
    path.as_bytes().strip_prefix(GOVERNANCE.as_bytes()).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// Where a repository lists the keys that count.
pub(super) const SIGNERS_PATH: &str = ".gov/allowed_signers";

/// Where a repository keeps its waivers.
pub(super) const WAIVERS_PATH: &str = ".gov/waivers.yaml";

pub(super) struct Law {
    pub(super) policy: Policy,
    pub(super) reference: PolicyRef,
    pub(super) rules: Rules,
    marks: GeneratedMarks,
    waivers: Waivers,
}

impl Law {
    /// Reads the law of a commit: its policy, the rules it names, its waivers and `.gitattributes`.
    pub(super) fn at(repo: &Repo, commit: Option<ObjectId>) -> Result<Self, Failure> {
        let (policy, reference) = policy_at(repo, commit)?;
        let extra = Holding::of(repo, commit, &[])?.packs(&policy)?;
        let mut law = Self::new((policy, reference), extra, file_at(repo, commit, ".gitattributes")?)?;
        if let Some(bytes) = file_at(repo, commit, WAIVERS_PATH)? {
            law.waivers = read_waivers(bytes)?;
        }
        Ok(law)
    }

    pub(super) fn built_in() -> Result<Self, Failure> {
        Self::new(policy_in_force(None)?, Vec::new(), None)
    }

    /// The law that a policy file would be, were it in force.
    pub(super) fn drafted(origin: &str, bytes: &[u8]) -> Result<Self, Failure> {
        Self::new(policy_in_force(Some((origin.to_owned(), bytes.to_vec())))?, Vec::new(), None)
    }

    fn new(
        (policy, reference): (Policy, PolicyRef),
        extra: Vec<Pack>,
        attributes: Option<Vec<u8>>,
    ) -> Result<Self, Failure> {
        let rules = Rules::new(&policy.rules, extra).map_err(Failure::new)?;
        let marks = attributes.map(|text| GeneratedMarks::read(&text)).unwrap_or_default();
        Ok(Self { policy, reference, rules, marks, waivers: Waivers::default() })
    }

    /// Adds the waivers that the change itself brings; they are told as such.
    pub(super) fn with_waivers(mut self, proposed: Vec<u8>) -> Result<Self, Failure> {
        self.waivers = self.waivers.with_added(read_waivers(proposed)?);
        Ok(self)
    }

    pub(super) const fn waivers(&self) -> &Waivers {
        &self.waivers
    }

    /// What `.gitattributes` say of `linguist-generated`, if they say anything.
    pub(super) fn marked_generated(&self, path: &RepoPath) -> Option<bool> {
        self.marks.of(path)
    }
}

pub(super) fn read_waivers(bytes: Vec<u8>) -> Result<Waivers, Failure> {
    Waivers::read(WAIVERS_PATH, &bytes).map_err(|mistakes| Failure::mistaken(WAIVERS_PATH.to_owned(), bytes, mistakes))
}

/// Who signs with which key.
pub(super) fn read_signers(origin: &str, bytes: Vec<u8>) -> Result<Signers, Failure> {
    let read = Signers::parse(&String::from_utf8_lossy(&bytes));
    read.map_err(|mistakes| {
        let mistakes = placed(&bytes, mistakes);
        Failure::mistaken(origin.to_owned(), bytes, mistakes)
    })
}

pub(super) fn mistakes_of_signers(bytes: &[u8]) -> Option<Vec<Mistake>> {
    Signers::parse(&String::from_utf8_lossy(bytes)).err().map(|mistakes| placed(bytes, mistakes))
}

/// Each marks its whole line.
fn placed(bytes: &[u8], mistakes: Vec<SignerMistake>) -> Vec<Mistake> {
    let text = String::from_utf8_lossy(bytes);
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let length = |line: usize| text.lines().nth(line.saturating_sub(1)).map_or(1, |line| line.chars().count());
    mistakes
        .into_iter()
        .map(|SignerMistake { line, what }| Mistake {
            line: number(line),
            column: 1,
            length: number(length(line)),
            message: what,
            because: None,
            help: None,
            secret: false,
        })
        .collect()
}

/// The policy of a commit; the built-in one where there is no commit, or none in it.
pub(super) fn policy_at(repo: &Repo, commit: Option<ObjectId>) -> Result<(Policy, PolicyRef), Failure> {
    policy_in_force(policy_file(repo, commit)?)
}

/// Whether two commits are under one law, whatever each waives.
pub(super) fn is_same(repo: &Repo, one: ObjectId, other: ObjectId) -> Result<bool, Failure> {
    let differing = repo.diff_under(GOVERNANCE, repo.commit(one)?.tree, repo.commit(other)?.tree)?;
    let waivers = RepoPath::from(WAIVERS_PATH.trim_start_matches(".gov/"));
    Ok(differing.iter().all(|change| change.path == waivers))
}

/// What it says of how a record is written.
pub(super) fn recording_at(repo: &Repo, commit: Option<ObjectId>) -> Result<Recording, Failure> {
    match policy_file(repo, commit)? {
        None => Ok(Recording::built_in()),
        file => Ok(policy_in_force(file)?.0.into()),
    }
}

/// The policy file of a commit, with the name that reports have for it.
fn policy_file(repo: &Repo, commit: Option<ObjectId>) -> Result<Option<(String, Vec<u8>)>, Failure> {
    let file = file_at(repo, commit, POLICY_PATH)?;
    if let (None, Some(commit)) = (&file, commit) {
        refuse_disguised(repo, commit)?;
    }
    let Some(bytes) = file else { return Ok(None) };
    let name = match commit {
        Some(commit) if repo.head()?.commit() != Some(commit) => commit.short(),
        Some(_) | None => "HEAD".to_owned(),
    };
    Ok(Some((format!("{name}:{POLICY_PATH}"), bytes)))
}

/// A policy behind a symbolic link, or a directory in its place, is not the same as none: taking
/// it for none would let whatever the built-in policy lets pass.
fn refuse_disguised(repo: &Repo, commit: ObjectId) -> Result<(), Failure> {
    let tree = repo.commit(commit)?.tree;
    let is_there = |path: &str| Ok::<bool, Failure>(repo.entry_at(tree, &RepoPath::from(path))?.is_some());
    let is_a_folder = || Ok::<bool, Failure>(!repo.paths_under(tree, &[POLICY_PATH.to_owned()])?.is_empty());
    if is_there(GOVERNANCE)? {
        Err(disguised(&format!("{}:", commit.short()), GOVERNANCE))
    } else if is_there(POLICY_PATH)? || is_a_folder()? {
        Err(disguised(&format!("{}:", commit.short()), POLICY_PATH))
    } else {
        Ok(())
    }
}

/// Of a policy and the directory that holds it, the one that a change puts something else in the place of.
fn hidden_by(change: &FileChange) -> Option<&'static str> {
    let (mode, path) = (change.new?.mode, change.path.as_bytes());
    if path == GOVERNANCE.as_bytes() {
        return Some(GOVERNANCE);
    }
    let below = path.strip_prefix(POLICY_PATH.as_bytes())?;
    (below.starts_with(b"/") || (below.is_empty() && !mode.is_file())).then_some(POLICY_PATH)
}

/// `at` is the commit it is in, as git spells it before a path.
fn disguised(at: &str, what: &str) -> Failure {
    let kind = if what == GOVERNANCE { "a directory" } else { "a regular file" };
    Failure::new(format!("{at}{what} is not {kind}, so there is no policy to read"))
        .mended_by("commit the policy itself: gov-hook init --print > .gov/policy.yaml")
}

/// Fails if changes to a commit bring a law that nobody could read once it is in force: then nothing
/// would pass any more, not even what mends it.
pub(super) fn refuse_unreadable(repo: &Repo, base: Option<ObjectId>, changes: &[FileChange]) -> Result<(), Failure> {
    if !changes.iter().flat_map(FileChange::paths).any(is_of_law) {
        return Ok(());
    }
    if let Some(what) = changes.iter().find_map(hidden_by) {
        return Err(disguised("", what));
    }
    let holding = Holding::of(repo, base, changes)?;
    let policy = match holding.file(&RepoPath::from(POLICY_PATH))? {
        Some(bytes) => read_policy(POLICY_PATH, bytes)?,
        None => Policy::built_in(),
    };
    Rules::new(&policy.rules, holding.packs(&policy)?).map_err(Failure::new)?;
    let signers = holding.file(&RepoPath::from(SIGNERS_PATH))?;
    signers.map(|bytes| read_signers(SIGNERS_PATH, bytes)).transpose()?;
    Ok(())
}

/// The files of a commit, with changes to it that need not be one yet.
struct Holding<'a> {
    repo: &'a Repo,
    commit: Option<ObjectId>,
    tree: Option<ObjectId>,
    changes: &'a [FileChange],
}

impl<'a> Holding<'a> {
    fn of(repo: &'a Repo, commit: Option<ObjectId>, changes: &'a [FileChange]) -> Result<Self, Failure> {
        let tree = commit.map(|commit| repo.commit(commit)).transpose()?.map(|commit| commit.tree);
        Ok(Self { repo, commit, tree, changes })
    }

    fn file(&self, path: &RepoPath) -> Result<Option<Vec<u8>>, Failure> {
        if let Some(change) = self.changes.iter().find(|change| change.path == *path) {
            return Ok(match self.repo.content(change.new, path, &mut |_| ())? {
                Content::Bytes(bytes) => Some(bytes),
                Content::Absent | Content::Large { .. } | Content::Commit(_) => None,
            });
        }
        let is_gone = self.changes.iter().any(|change| change.from.as_ref() == Some(path));
        let Some(tree) = self.tree.filter(|_| !is_gone) else { return Ok(None) };
        Ok(self.repo.file_at(tree, path)?)
    }

    /// The packs of the repository itself that a policy names.
    fn packs(&self, policy: &Policy) -> Result<Vec<Pack>, Failure> {
        if policy.rules.extra.is_empty() {
            return Ok(Vec::new());
        }
        let mut paths: BTreeSet<RepoPath> = self.changes.iter().map(|change| change.path.clone()).gathered();
        if let Some(tree) = self.tree {
            paths.extend(self.repo.paths_under(tree, &policy.rules.extra_folders())?);
        }
        let mut packs = Vec::new();
        for path in paths.iter().filter(|path| policy.rules.extra.iter().any(|glob| glob.matches(path))) {
            if let Some(bytes) = self.file(path)? {
                // What is not committed yet is named as the work tree has it.
                let side = self.commit.filter(|_| self.changes.is_empty()).map(|commit| format!("{}:", commit.short()));
                let origin = format!("{}{path}", side.unwrap_or_default());
                let read = read_pack(&path.to_string(), &bytes, &packs);
                packs.push(read.map_err(|mistakes| Failure::mistaken(origin, bytes, mistakes))?);
            }
        }
        Ok(packs)
    }
}

pub(super) fn file_at(repo: &Repo, commit: Option<ObjectId>, path: &str) -> Result<Option<Vec<u8>>, Failure> {
    let Some(commit) = commit else { return Ok(None) };
    Ok(repo.file_at(repo.commit(commit)?.tree, &RepoPath::from(path))?)
}

/// Fails with every mistake of the file, each in its place.
fn policy_in_force(file: Option<(String, Vec<u8>)>) -> Result<(Policy, PolicyRef), Failure> {
    let Some((origin, bytes)) = file else {
        let digest = policy::BUILT_IN_DIGEST;
        return Ok((Policy::built_in(), PolicyRef { origin: "built-in".into(), digest, built_in: true }));
    };
    let digest = Sha256::of(&bytes);
    let policy = read_policy(&origin, bytes)?;
    Ok((policy, PolicyRef { origin, digest, built_in: false }))
}

fn read_policy(origin: &str, bytes: Vec<u8>) -> Result<Policy, Failure> {
    policy::read(origin, &bytes).map_err(|mistakes| Failure::mistaken(origin.to_owned(), bytes, mistakes))
}
