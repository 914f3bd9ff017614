//! `audit export`: the ledger for somebody who has git, ssh-keygen and sha256sum, and nothing of ours.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use serde_json::json;

use super::coverage::{Answered, Asking, named};
use crate::app::memory::{Depth, Told, governed, read};
use crate::app::{Answer, Environment, Failure};
use crate::git::{Commit, Repo};
use crate::ledger;
use crate::model::{Arrange, ChangeId, Ending, EntryKind, Gather, ObjectId, PastGate, Sha256};

/// What each line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// An entry as it is stored.
    Lines,
    /// An in-toto statement about a commit.
    Statements,
}

/// Of in-toto's predicates ours is no page on any server.
const PREDICATE: &str = "urn:gov-hook:record:v1";

/// What was exported is not to be believed as a whole.
const DAMAGED: Ending = Ending::Denied;

pub fn export(range: Option<&str>, form: Form, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let commits = match (range, form) {
        (Some(range), _) => Some(named(&repo, range)?),
        (None, Form::Statements) => Some(named(&repo, &default_range(&repo)?)?),
        (None, Form::Lines) => None,
    };
    let told: Mutex<Vec<Told>> = Mutex::default();
    let reading = read(&repo, Depth::Whole, &|entry| {
        told.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    })?;
    let mut told = told.into_inner().unwrap_or_else(PoisonError::into_inner);
    told.arrange_by(|one, other| (&one.entry.stream, one.entry.seq).cmp(&(&other.entry.stream, other.entry.seq)));
    let mut text = String::new();
    match (&commits, form) {
        (Some((commits, tip)), Form::Statements) => {
            let asked = governed(&repo, commits)?;
            let mut asking = Asking::of(&asked);
            for told in &told {
                asking.take(told);
            }
            let answered = asking.answer(&repo, *tip, environment.moment()?)?;
            statements(&mut text, (commits, &answered), &told, reading.genesis)?;
        }
        (Some((commits, _)), Form::Lines) => {
            let speaking = Speaking::new(&told);
            let wanted: BTreeSet<usize> = commits.iter().flat_map(|commit| speaking.of(commit)).gathered();
            for entry in wanted.into_iter().filter_map(|at| told.get(at)) {
                text.push_str(&line(entry)?);
                text.push('\n');
            }
        }
        (None, _) => {
            for entry in &told {
                text.push_str(&line(entry)?);
                text.push('\n');
            }
        }
    }
    let exit = if reading.verdict.damage.is_empty() { Ending::Pass } else { DAMAGED };
    Ok(Answer { text: text.into_bytes(), exit })
}

/// The branch everything lands on.
pub(super) fn default_range(repo: &Repo) -> Result<String, Failure> {
    Ok(repo.default_branch()?.unwrap_or_else(|| "HEAD".into()))
}

/// `entry` comes last, so that its bytes are whatever stands between it and the closing brace.
fn line(told: &Told) -> Result<String, Failure> {
    let stored = ledger::write(&told.entry)?;
    let Told { id, object, .. } = told;
    Ok(format!(r#"{{"id":"{id}","object":"{object}","stream":"{}","entry":{stored}}}"#, told.entry.stream))
}

fn statements(
    text: &mut String,
    (commits, answered): (&[Commit], &Answered),
    told: &[Told],
    genesis: Option<Sha256>,
) -> Result<(), Failure> {
    let speaking = Speaking::new(told);
    for (commit, said) in commits.iter().zip(&answered.answers) {
        let entries = speaking.of(commit).into_iter().filter_map(|at| told.get(at).map(line));
        let entries = entries.collect::<Result<Vec<String>, Failure>>()?.join(",");
        let id = commit.id.to_string();
        let subject = json!([{ "name": id, "digest": { "gitCommit": id } }]);
        let is_before = answered.is_before_adoption(commit, said);
        let why = if is_before { "made before the ledger was adopted" } else { &said.why };
        let (status, why) = (json!(said.status.as_str()), json!(why));
        let (governed, past) = (said.is_governed(), json!(said.past_gate.map(PastGate::as_str)));
        let repo = json!(genesis.map(|id| id.to_string()));
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            r#"{{"_type":"https://in-toto.io/Statement/v1","subject":{subject},"predicateType":"{PREDICATE}","predicate":{{"repo":{repo},"status":{status},"why":{why},"governed":{governed},"before_adoption":{is_before},"past_gate":{past},"entries":[{entries}]}}}}"#
        );
    }
    Ok(())
}

/// Which entries speak of which commit.
struct Speaking<'a> {
    told: &'a [Told],
    by_commit: HashMap<ObjectId, Vec<usize>>,
    by_tree: HashMap<ObjectId, Vec<usize>>,
    by_change: BTreeMap<ChangeId, Vec<usize>>,
}

impl<'a> Speaking<'a> {
    fn new(told: &'a [Told]) -> Self {
        let mut speaking =
            Self { told, by_commit: HashMap::new(), by_tree: HashMap::new(), by_change: BTreeMap::new() };
        for (at, Told { entry, .. }) in told.iter().enumerate() {
            if let Some(commit) = entry.subject.commit {
                speaking.by_commit.entry(commit).or_default().push(at);
            } else if let Some(tree) = entry.subject.tree.filter(|_| entry.kind == EntryKind::Decision) {
                speaking.by_tree.entry(tree).or_default().push(at);
            }
            if let Some(change) = entry.change {
                speaking.by_change.entry(change).or_default().push(at);
            }
        }
        speaking
    }

    /// What names the commit, what judged its tree upon one of its parents, and what was asked and
    /// answered about the same change; in the order of the streams.
    fn of(&self, commit: &Commit) -> BTreeSet<usize> {
        let mut found: BTreeSet<usize> = self.by_commit.get(&commit.id).into_iter().flatten().copied().gathered();
        let upon = |at: &usize| {
            let base = self.told.get(*at).and_then(|told| told.entry.subject.base);
            base.is_none_or(|base| commit.parents.contains(&base))
        };
        found.extend(self.by_tree.get(&commit.tree).into_iter().flatten().copied().filter(upon));
        let changes: BTreeSet<ChangeId> = found
            .iter()
            .filter_map(|at| self.told.get(*at))
            .filter(|told| told.entry.kind == EntryKind::Decision)
            .filter_map(|told| told.entry.change)
            .gathered();
        for change in changes {
            let same = self.by_change.get(&change).into_iter().flatten().copied();
            found.extend(same.filter(|at| self.told.get(*at).is_some_and(|told| told.entry.subject.commit.is_none())));
        }
        found
    }
}
