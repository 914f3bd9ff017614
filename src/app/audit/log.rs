//! `audit log`: what is on record, newest first.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

use crate::app::memory::{Depth, Told, read};
use crate::app::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::ledger;
use crate::ledger::member;
use crate::model::{Arrange, Ending, Entry, EntryKind, Moment, ObjectId, Outcome, RepoPath};
use crate::report::Medium;
use crate::report::audit::log::{Logged, human, json_lines};

/// Which entries are wanted: those that every filter lets by.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// A range `A..B`, or one commit: entries that speak of these commits or their trees.
    pub range: Option<String>,
    /// A part of a name or address, or an agent's id.
    pub actor: Option<String>,
    pub kinds: Vec<EntryKind>,
    pub outcomes: Vec<Outcome>,
    /// A file, or a folder with all in it, that the entry's subject changes.
    pub path: Option<String>,
    pub since: Option<Moment>,
    pub until: Option<Moment>,
    pub most: Option<usize>,
    pub medium: Medium,
}

pub fn log(request: &Request, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let subjects = request.range.as_deref().map(|range| subjects(&repo, range)).transpose()?;
    let chosen = Mutex::new(Vec::new());
    let reading = read(&repo, Depth::Whole, &|told| {
        if request.wants(&told.entry) && subjects.as_ref().is_none_or(|subjects| speaks_of(&told.entry, subjects)) {
            chosen.lock().unwrap_or_else(PoisonError::into_inner).push(told);
        }
    })?;
    let mut chosen = chosen.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(path) = &request.path {
        let mut paths = Paths { repo: &repo, path: RepoPath::from(path.trim_matches('/')), known: BTreeMap::new() };
        chosen.retain(|told| paths.touches(&told.entry));
    }
    chosen.arrange_by(|one, other| {
        let key = |told: &Told| (told.entry.time, told.entry.seq);
        key(other).cmp(&key(one)).then_with(|| one.entry.stream.cmp(&other.entry.stream))
    });
    chosen.truncate(request.most.unwrap_or(usize::MAX));
    let logged: Vec<Logged> = chosen.into_iter().map(logged).collect();
    let text =
        if request.medium == Medium::Json { json_lines(&logged) } else { human(&logged, reading.verdict.damage.len()) };
    Ok(Answer { text: text.into_bytes(), exit: Ending::Pass })
}

pub(super) fn logged(told: Told) -> Logged {
    let line = ledger::write(&told.entry).unwrap_or_default();
    Logged { id: told.id, entry: told.entry, line, damage: told.damage }
}

impl Request {
    fn wants(&self, entry: &Entry) -> bool {
        let actor = &entry.actor;
        let is_theirs = |part: &String| {
            let part = part.to_lowercase();
            [Some(&actor.name), Some(&actor.email), actor.id.as_ref()]
                .into_iter()
                .flatten()
                .any(|name| name.to_lowercase().contains(&part))
        };
        self.actor.as_ref().is_none_or(is_theirs)
            && (self.kinds.is_empty() || self.kinds.contains(&entry.kind))
            && (self.outcomes.is_empty() || entry.outcome.is_some_and(|outcome| self.outcomes.contains(&outcome)))
            && self.since.is_none_or(|since| entry.time >= since)
            && self.until.is_none_or(|until| entry.time <= until)
    }
}

/// The commits of a range and their trees.
pub(super) fn subjects(repo: &Repo, range: &str) -> Result<HashSet<ObjectId>, Failure> {
    let commits = repo.commits_named(range)?;
    Ok(commits.iter().flat_map(|commit| [commit.id, commit.tree]).collect())
}

/// Whether an entry is about one of these commits, or about a tree of theirs before it was committed.
pub(super) fn speaks_of(entry: &Entry, subjects: &HashSet<ObjectId>) -> bool {
    entry.subject.commit.or(entry.subject.tree).is_some_and(|subject| subjects.contains(&subject))
}

/// What subjects change, found out once for each.
struct Paths<'a> {
    repo: &'a Repo,
    path: RepoPath,
    known: BTreeMap<(Option<ObjectId>, ObjectId), bool>,
}

impl Paths<'_> {
    /// What is not here any more touches nothing that could be told.
    fn touches(&mut self, entry: &Entry) -> bool {
        if entry.kind == EntryKind::Sign {
            return self.signs(entry);
        }
        self.sides(entry).is_some_and(|(old, new)| {
            if let Some(known) = self.known.get(&(old, new)) {
                return *known;
            }
            let changes = self.repo.diff_trees(old, Some(new)).unwrap_or_default();
            let touched = changes.iter().flat_map(|change| change.from.iter().chain([&change.path])).any(|path| {
                let rest = path.as_bytes().strip_prefix(self.path.as_bytes());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/") || self.path.as_bytes().is_empty())
            });
            self.known.insert((old, new), touched);
            touched
        })
    }

    /// Whether an entry signs this file, or one in this folder.
    fn signs(&self, entry: &Entry) -> bool {
        let folder = self.path.to_string();
        let listed = member::ARTIFACTS.list(entry).filter_map(|file| file.get(member::PATH.name())?.as_str());
        let paths = listed.chain(member::PATH.text(entry));
        paths
            .filter_map(|path| path.strip_prefix(folder.as_str()))
            .any(|rest| rest.is_empty() || rest.starts_with('/') || folder.is_empty())
    }

    /// The tree before and the tree after.
    fn sides(&self, entry: &Entry) -> Option<(Option<ObjectId>, ObjectId)> {
        let tree = |commit| self.repo.commit_here(commit).map(|commit| commit.tree);
        let commit = entry.subject.commit.and_then(|commit| self.repo.commit_here(commit));
        let new = commit.as_ref().map(|commit| commit.tree).or(entry.subject.tree)?;
        let base = entry.subject.base.or(commit.and_then(|commit| commit.parents.first().copied()));
        match base {
            Some(base) => Some((Some(tree(base)?), new)),
            None => Some((None, new)),
        }
    }
}
