//! Making recorded decisions again: what does not follow from its objects was not decided by
//! gov-hook.

use std::collections::BTreeMap;

use super::decided::{built_in, risk_digest};
use super::facts::Facts;
use crate::app::judging::{self, Again, Asked, Judged, Question};
use crate::app::memory::{ENGINE, Horizon, Signatures};
use crate::app::{Environment, Failure};
use crate::git::Repo;
use crate::ledger::member::{self, Asker, Member};
use crate::model::{Damage, DamageCode, Entry, EntryKind, ObjectId, Sha256};

/// What became of the decisions of a ledger when they were made again.
#[derive(Debug, Default)]
pub(in crate::app) struct Replay {
    pub(in crate::app) same: u64,
    /// Their objects are not here: what was refused is never committed, and gone with the next `gc`.
    pub(in crate::app) gone: u64,
    /// Made in a shallow clone, which knew less of the history than there is.
    pub(in crate::app) partial: u64,
    /// Other cards or packs judged then: a difference of engines, not of the ledger.
    pub(in crate::app) otherwise: Vec<Damage>,
    pub(in crate::app) damage: Vec<Damage>,
    /// What each stream had seen of the others so far.
    seen: BTreeMap<String, Horizon>,
    signatures: Signatures,
}

impl Replay {
    /// Makes one entry's decision again; entries of other kinds decide nothing.
    pub(in crate::app) fn take(
        &mut self,
        repo: &Repo,
        environment: &Environment,
        id: Sha256,
        entry: &Entry,
    ) -> Result<(), Failure> {
        let horizon = self.seen.entry(entry.stream.clone()).or_default();
        horizon.extend(entry.seen.iter().map(|(stream, seen)| (stream.clone(), seen.seq)));
        horizon.insert(entry.stream.clone(), entry.seq);
        if !matches!(entry.kind, EntryKind::Decision | EntryKind::Push) || judges_nothing(entry) {
            return Ok(());
        }
        let signatures = self.signatures.within(horizon.clone());
        let Some(recorded) = Recorded::of(entry, signatures) else {
            self.damage.push(damage(id, entry, "what was judged, by whose law and at which gate", "less"));
            return Ok(());
        };
        // Of a message only the digest is kept, for it may hold a secret.
        if member::MESSAGE.text(entry).is_some() || !recorded.is_here(repo) {
            self.gone += 1;
            return Ok(());
        }
        let as_of = environment.as_of(&entry.actor, entry.written_at());
        let judged = judging::judge_again(repo, &recorded.question, &as_of, &recorded.again)?;
        let differs = difference(entry, &judged);
        let is_partial = member::HISTORY.text(entry).is_some();
        if let Some((expected, found)) = differs.clone().filter(|_| !is_partial && is_by_this_engine(entry)) {
            self.damage.push(damage(id, entry, expected, found));
            return Ok(());
        }
        let Recorded { question, again } = &recorded;
        let level = question.level.unwrap_or(judged.judgement.level);
        let facts = Facts { repo, entry, gate: question.gate, level, again, judged: &judged };
        if let Some((expected, found)) = facts.contradiction()? {
            self.damage.push(damage(id, entry, expected, found));
            return Ok(());
        }
        match differs {
            None => self.same += 1,
            Some(_) if is_partial => self.partial += 1,
            Some((expected, found)) => self.otherwise.push(damage(id, entry, expected, found)),
        }
        Ok(())
    }
}

struct Recorded {
    question: Question,
    again: Again,
}

impl Recorded {
    fn of(entry: &Entry, signatures: Signatures) -> Option<Self> {
        let object = |member: Member<ObjectId>| match member.text(entry) {
            None => Some(None),
            Some(hex) => hex.parse::<ObjectId>().ok().map(Some),
        };
        let after = if member::AFTER.is_in(entry) { Some(member::AFTER.of(entry)?) } else { None };
        let of_range = after.is_some();
        let again = Again {
            trusted: object(member::LAW)?,
            base: if of_range { object(member::BASE)? } else { entry.subject.base },
            head: object(member::HEAD)?.or(entry.subject.commit),
            tree: entry.subject.tree?,
            after,
            tag: object(member::TAG)?,
            merging: member::MERGING.texts(entry).map(|id| id.parse().ok()).collect::<Option<_>>()?,
            replaced: object(member::REPLACED)?,
            branch: entry.subject.branch().map(str::to_owned),
            signatures,
            onto: object(member::ONTO)?,
            heard: member::HEARD.texts(entry).map(|id| id.parse().ok()).collect::<Option<_>>()?,
            message: None,
        };
        let Asker::Gate(gate) = member::GATE.of(entry)? else { return None };
        let level = Some(member::ENFORCEMENT.of(entry)?);
        let question = Question { level, ..Question::of(Asked::default(), gate) };
        Some(Self { question, again })
    }

    fn is_here(&self, repo: &Repo) -> bool {
        let Again { trusted, base, head, tree, after, tag, merging, replaced, .. } = &self.again;
        let ends = trusted.iter().chain(base).chain(head).chain(replaced);
        let commits = ends.chain(after.iter().flatten()).chain(merging);
        repo.has_tree(*tree)
            && commits.into_iter().all(|commit| repo.commit_here(*commit).is_some())
            && tag.is_none_or(|tag| repo.tag_messages(tag).is_ok())
    }
}

/// The first thing that comes out otherwise: what is expected by making it again, and what was
/// recorded.
fn difference(entry: &Entry, judged: &Judged) -> Option<(String, String)> {
    let judgement = &judged.judgement;
    let risk = &judgement.assessment.risk;
    let shown = |value: Option<String>| value.unwrap_or_else(|| "none".into());
    let recorded = entry.risk.as_ref();
    let exit = member::EXIT.of(entry);
    let parts = [
        ("change", Some(judgement.target.change.to_string()), entry.change.map(|change| change.to_string())),
        ("policy", Some(judgement.policy.digest.to_name()), entry.policy.map(|digest| digest.to_name())),
        ("risk", Some(risk.level.to_string()), recorded.map(|risk| risk.level.to_string())),
        ("score", Some(risk.score.to_string()), recorded.map(|risk| risk.score.to_string())),
        ("outcome", Some(judgement.decision.outcome.to_string()), entry.outcome.map(|outcome| outcome.to_string())),
        ("exit", Some(judgement.decision.exit.code().to_string()), exit.map(|code| code.to_string())),
        (
            "factors",
            Some(risk_digest(&judgement.assessment.risk).to_string()),
            recorded.map(|risk| risk.digest.to_string()),
        ),
    ];
    let differs = parts.into_iter().find(|(_, again, then)| again != then);
    differs.map(|(what, again, then)| (format!("{what} {}", shown(again)), format!("{what} {}", shown(then))))
}

/// A reference that was deleted brought nothing, and what an agent wanted to do had no change yet.
fn judges_nothing(entry: &Entry) -> bool {
    let is_deletion = member::DELETED.is_in(entry);
    entry.subject.commit.is_none()
        && entry.subject.tree.is_none()
        && (is_deletion || member::GATE.of(entry) == Some(Asker::Agent))
}

fn is_by_this_engine(entry: &Entry) -> bool {
    entry.engine == ENGINE && member::ENGINE.of(entry) == Some(built_in())
}

fn damage(id: Sha256, entry: &Entry, expected: impl Into<String>, found: impl Into<String>) -> Damage {
    Damage {
        code: DamageCode::ReplayDiffers,
        stream: entry.stream.clone(),
        seq: Some(entry.seq),
        entry: Some(id),
        expected: expected.into(),
        found: found.into(),
    }
}
