//! The words of the ledger on one change: read once, their signatures held against the policy that
//! decides, their bonds against the history the change lands on.

use std::collections::BTreeSet;

use super::laws::signers;
use super::reading::{Arriving, read, read_arriving};
use super::told::{Depth, Spoken};
use crate::app::Failure;
use crate::app::law::SIGNERS_PATH;
use crate::git::{Commit, Repo};
use crate::ledger::member::{self, Asker, Cause};
use crate::ledger::sshsig::{PublicKey, Signers, SshSignature};
use crate::ledger::{namespace, signed_bytes};
use crate::model::{
    ActorKind, Arrange, Bond, ChangeId, Entry, EntryKind, Gather, Landing, Moment, ObjectId, OverrideAction, Person,
    Saying, Seal, Sha256, Word, address,
};

/// The namespace that approvals are signed in, and whatever else only people may say.
pub(in crate::app) const NAMESPACE: &str = "approve@gov-hook";

/// All that was said, as this clone knows it.
pub(in crate::app) struct Hearing {
    pub(in crate::app) spoken: Vec<Spoken>,
    /// Of the policy that decides.
    signers: Option<Signers>,
}

/// When and where words are heard: what they are worth depends on it.
struct Occasion<'a> {
    repo: &'a Repo,
    now: Moment,
    /// Where it lands.
    onto: Option<ObjectId>,
    /// Everybody who may have a part in it.
    people: BTreeSet<String>,
}

impl Occasion<'_> {
    fn is_there(&self, base: ObjectId) -> bool {
        self.onto.is_some_and(|onto| self.repo.leads_to(base, onto))
    }

    /// What a word is bound to. One that names no change is bound to none, and fits nothing.
    fn bond(&self, entry: &Entry) -> Bond {
        let Some(change) = entry.change else {
            return Bond {
                reference: None,
                change: ChangeId::of_nothing(),
                covered: Vec::new(),
                base: None,
                is_base_there: false,
                tree: None,
                law: None,
                level: None,
            };
        };
        Bond {
            reference: entry.subject.reference.clone(),
            change,
            covered: member::COVERED.each(entry).collect(),
            base: entry.subject.base,
            is_base_there: entry.subject.base.map_or(self.onto.is_none(), |base| self.is_there(base)),
            tree: entry.subject.tree,
            law: member::DECIDING.of(entry).map(|named| named.0),
            level: entry.risk.as_ref().map(|risk| risk.level),
        }
    }
}

impl Hearing {
    /// `trusted` is the commit whose policy decides. `only` names the entries that are heard, where a
    /// decision is made again: others may have come since.
    pub(in crate::app) fn open(
        repo: &Repo,
        trusted: Option<ObjectId>,
        only: Option<&[Sha256]>,
    ) -> Result<Self, Failure> {
        Self::with(repo, trusted, only, &[])
    }

    /// The same, with what a push brings along.
    pub(in crate::app) fn with(
        repo: &Repo,
        trusted: Option<ObjectId>,
        only: Option<&[Sha256]>,
        arriving: &[Arriving],
    ) -> Result<Self, Failure> {
        if only.is_some_and(<[Sha256]>::is_empty) {
            return Ok(Self { spoken: Vec::new(), signers: None });
        }
        let reading = if arriving.is_empty() {
            read(repo, Depth::News, &|_| ())?
        } else {
            read_arriving(repo, arriving, &|_| ())?
        };
        let mut spoken = reading.words;
        spoken.retain(|spoken| only.is_none_or(|only| only.contains(&spoken.id)));
        let signers = if spoken.is_empty() { None } else { signers(repo, trusted)?.signers };
        Ok(Self { spoken, signers })
    }

    /// Whether anything was said that could change a decision: what needs nobody's word can still be
    /// rejected, or be held up by a debt.
    pub(in crate::app) fn matters(&self, asks: bool) -> bool {
        let could = |entry: &Entry| asks || entry.kind == EntryKind::Reject || is_glass(entry);
        self.spoken.iter().any(|spoken| could(&spoken.entry))
    }

    /// The same words under another policy.
    pub(in crate::app) fn under(&self, repo: &Repo, trusted: Option<ObjectId>) -> Result<Self, Failure> {
        Ok(Self { spoken: self.spoken.clone(), signers: signers(repo, trusted)?.signers })
    }

    /// The changes, and parts of changes, that somebody approved for a branch, those of most commits
    /// first.
    pub(in crate::app) fn approved(&self, reference: Option<&str>) -> Vec<Vec<ChangeId>> {
        let approvals = self
            .spoken
            .iter()
            .map(|spoken| &spoken.entry)
            .filter(|entry| entry.kind == EntryKind::Approve && entry.subject.reference.as_deref() == reference);
        let mut parts: Vec<Vec<ChangeId>> = approvals
            .flat_map(|entry| -> [Vec<ChangeId>; 2] {
                [member::COVERED.each(entry).collect(), entry.change.into_iter().collect()]
            })
            .filter(|part| !part.is_empty())
            .collect();
        parts.arrange_by_key(|part| (std::cmp::Reverse(part.len()), part.clone()));
        parts.dedup();
        parts
    }

    /// What there is to say about this landing; `onto` is where it lands.
    pub(in crate::app) fn words(
        &self,
        repo: &Repo,
        landing: &Landing,
        onto: Option<ObjectId>,
        authors: &[Person],
    ) -> Vec<Word> {
        let onto = onto.or(landing.base);
        let people = self.people(landing, authors);
        let occasion = Occasion { repo, now: landing.now, onto, people };
        let word = |spoken: &Spoken| self.word(spoken, &occasion);
        let (about, others): (Vec<&Spoken>, Vec<&Spoken>) =
            self.spoken.iter().partition(|spoken| concerns(&spoken.entry, landing));
        let ids: BTreeSet<Sha256> = about.iter().map(|spoken| spoken.id).gathered();
        let mut words: Vec<Word> = about.into_iter().filter_map(word).collect();
        let refers = |word: &Word| match &word.saying {
            Saying::Revoke { word } => ids.contains(word),
            Saying::Land { used, .. } => used.iter().any(|used| ids.contains(used)),
            Saying::UseOverride { of, .. } => ids.contains(of),
            Saying::Request
            | Saying::Approve
            | Saying::Reject
            | Saying::TimeOut
            | Saying::BreakGlass { .. }
            | Saying::Ratify { .. }
            | Saying::AskOverride
            | Saying::GrantOverride { .. } => false,
        };
        words.extend(others.into_iter().filter_map(word).filter(refers));
        words.extend(self.debts(landing, onto.map(|onto| (repo, onto))).filter_map(word));
        // Stable: within one second a stream's own order stays.
        words.arrange_by_key(|word| word.at);
        words
    }

    /// Who made what was let by: the commit that stands for it, and all that came with it in one push.
    pub(in crate::app) fn people_of_let_by(&self, repo: &Repo, commit: ObjectId) -> Vec<Person> {
        let lets_by = |entry: &&Entry| entry.override_action().is_some_and(OverrideAction::lets_by);
        let pushes = self.spoken.iter().map(|spoken| &spoken.entry).filter(lets_by);
        let bases = pushes.filter(|entry| entry.subject.commit == Some(commit)).filter_map(|entry| entry.subject.base);
        let mut commits: Vec<Commit> = repo.commit(commit).into_iter().collect();
        // Where a push began at what is not here, the commit alone speaks for it.
        commits.extend(bases.flat_map(|base| repo.commits_between(&[base], commit).unwrap_or_default()));
        commits.iter().flat_map(Commit::people).collect()
    }

    /// The addresses of all who wrote, asked or said anything.
    fn people(&self, landing: &Landing, authors: &[Person]) -> BTreeSet<String> {
        let spoken = self.spoken.iter().map(|spoken| &spoken.entry.actor.email);
        let asked = landing.requested_by.iter().filter_map(|asker| address(asker));
        let authors = authors.iter().map(|author| author.email.as_str());
        spoken.map(String::as_str).chain(asked).chain(authors).map(str::to_owned).gathered()
    }

    /// What was let by unjudged and has landed where this is to land, and what answers for anything.
    fn debts<'s>(
        &'s self,
        landing: &'s Landing,
        onto: Option<(&'s Repo, ObjectId)>,
    ) -> impl Iterator<Item = &'s Spoken> {
        let is_behind = move |commit: ObjectId| onto.is_some_and(|(repo, onto)| repo.leads_to(commit, onto));
        self.spoken.iter().filter(move |Spoken { entry, .. }| {
            let is_here =
                || entry.subject.reference == landing.reference && entry.subject.commit.is_some_and(is_behind);
            entry.kind == EntryKind::Ratify || (is_glass(entry) && is_here())
        })
    }

    /// A commit that was made while the hooks stood aside.
    pub(in crate::app) fn glass(id: Sha256, entry: &Entry, commit: ObjectId) -> Word {
        let saying = Saying::BreakGlass { commit };
        Word { id, at: entry.time, seal: Seal::Missing, ..Word::supposed(&entry.actor.email, saying, entry.time) }
    }

    fn word(&self, spoken: &Spoken, occasion: &Occasion<'_>) -> Option<Word> {
        let entry = &spoken.entry;
        let saying = saying(entry, &|base| occasion.is_there(base))?;
        let mut seal = self.seal(spoken, occasion.now, &occasion.people);
        if seal == Seal::Missing && saying.lets_pass() {
            seal = unsigned(self.signers.as_ref(), &entry.actor.email, occasion.now);
        }
        let is_theirs = |person: &Person| person.has_email(&entry.actor.email) || seal.is_of(&person.email);
        let of_own_work = if let Saying::Ratify { commit } = saying {
            self.people_of_let_by(occasion.repo, commit).iter().any(is_theirs)
        } else {
            false
        };
        Some(Word {
            id: spoken.id,
            saying,
            by: entry.actor.email.clone(),
            at: entry.time,
            by_agent: entry.actor.kind != ActorKind::Person,
            of_own_work,
            seal,
            bond: Some(occasion.bond(entry)),
            expires: expires(entry),
            text: member::NOTES.of(entry).or_else(|| member::REASON.of(entry)).unwrap_or_default(),
        })
    }

    /// A key that is no longer valid now signs nothing, whatever time it writes into an entry.
    fn seal(&self, spoken: &Spoken, now: Moment, people: &BTreeSet<String>) -> Seal {
        let entry = &spoken.entry;
        if let Some(flaw) = &spoken.flaw {
            return Seal::Bad(flaw.clone());
        }
        let Some(sig) = &entry.sig else { return Seal::Missing };
        let bad = |why: String| Seal::Bad(format!("its signature does not count: {why}"));
        let signature = match SshSignature::parse(sig) {
            Ok(signature) => signature,
            Err(error) => return bad(error.to_string()),
        };
        let namespace = namespace(entry);
        let verified = signed_bytes(entry)
            .map_err(|error| error.to_string())
            .and_then(|bytes| signature.verify(&bytes, namespace).map_err(|error| error.to_string()));
        if let Err(why) = verified {
            return bad(why);
        }
        // Where nobody says whose key it is, it is as good as none.
        let Some(signers) = &self.signers else { return Seal::Missing };
        let key = signature.key();
        for time in [entry.time, now] {
            if let Err(refusal) = signers.allow(key, &entry.actor.email, namespace, time) {
                return bad(refusal.to_string());
            }
        }
        good(signers, key, &entry.actor.email, people.iter().map(String::as_str))
    }
}

/// What a word is worth that lets something pass and is not signed: anybody could have written it in the
/// name of somebody whose key is known.
pub(in crate::app) fn unsigned(signers: Option<&Signers>, by: &str, now: Moment) -> Seal {
    if signers.is_some_and(|signers| signers.has_a_key_of(by, NAMESPACE, now)) {
        Seal::Bad(format!("is not signed, and {SIGNERS_PATH} has a key of theirs that would sign it"))
    } else {
        Seal::Missing
    }
}

/// The seal of a key that may sign for somebody; `people` are those whom it may be of, besides.
pub(in crate::app) fn good<'p>(
    signers: &Signers,
    key: &PublicKey,
    by: &str,
    people: impl Iterator<Item = &'p str>,
) -> Seal {
    let is_other = |person: &&str| !person.eq_ignore_ascii_case(by) && signers.lists(key, person);
    Seal::Good { key: key.fingerprint(), also: people.filter(is_other).map(str::to_owned).collect() }
}

/// Whether an entry speaks of what lands, of a part of it, or of what may have become it.
fn concerns(entry: &Entry, landing: &Landing) -> bool {
    let Some(change) = entry.change else { return false };
    let is_now = change == landing.change
        || landing.covered.contains(&change)
        || member::COVERED.each(entry).any(|covered| landing.covered.contains(&covered));
    let was_so = entry.kind == EntryKind::Approve
        && entry.subject.reference == landing.reference
        && entry.subject.base == landing.base
        && member::EXPIRES.of(entry).is_some_and(|expires| expires > landing.now);
    let is_apart = matches!(entry.kind, EntryKind::Land | EntryKind::Ratify) || is_glass(entry);
    (is_now || was_so) && !is_apart
}

/// Whether an entry lets something by because its hook was told to stand aside.
fn is_glass(entry: &Entry) -> bool {
    entry.override_action() == Some(OverrideAction::BreakGlass)
}

/// What lets a change through counts for a time: where it does not say until when, it is over at once.
fn expires(entry: &Entry) -> Option<Moment> {
    let lets_through = entry.kind == EntryKind::Approve || entry.override_action() == Some(OverrideAction::Grant);
    member::EXPIRES.of(entry).or(lets_through.then_some(entry.time))
}

fn saying(entry: &Entry, is_there: &dyn Fn(ObjectId) -> bool) -> Option<Saying> {
    Some(match entry.kind {
        EntryKind::Request => Saying::Request,
        EntryKind::Approve => Saying::Approve,
        EntryKind::Reject if member::CAUSE.of(entry) == Some(Cause::Timeout) => Saying::TimeOut,
        EntryKind::Reject => Saying::Reject,
        EntryKind::Revoke => Saying::Revoke { word: member::REVOKED.of(entry)? },
        EntryKind::Land => {
            let commit = entry.subject.commit?;
            let has_landed = member::LANDED.of(entry) == Some(true);
            let used = member::APPROVALS.each(entry).collect();
            Saying::Land { commit, used, is_behind: has_landed || is_there(commit) }
        }
        EntryKind::Override => match entry.override_action()? {
            OverrideAction::Request => Saying::AskOverride,
            OverrideAction::Grant => Saying::GrantOverride { asked: member::GRANTED.of(entry)? },
            OverrideAction::Use => {
                let Asker::Gate(gate) = member::GATE.of(entry)? else { return None };
                Saying::UseOverride { of: member::OVERRIDE.of(entry)?, gate }
            }
            OverrideAction::BreakGlass => Saying::BreakGlass { commit: entry.subject.commit? },
        },
        EntryKind::Ratify => Saying::Ratify { commit: entry.subject.commit? },
        EntryKind::Genesis
        | EntryKind::StreamOpen
        | EntryKind::Decision
        | EntryKind::Commit
        | EntryKind::Push
        | EntryKind::Rewrite
        | EntryKind::Policy
        | EntryKind::Sign
        | EntryKind::Promotion
        | EntryKind::Outcome
        | EntryKind::Trust
        | EntryKind::Usage
        | EntryKind::Savepoint
        | EntryKind::Checkpoint
        | EntryKind::Reconcile
        | EntryKind::Tombstone => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger;

    #[test]
    fn an_approval_without_an_end_is_over_at_once() {
        let said = |kind: &str, body: &str| {
            let id = "ab".repeat(32);
            let line = format!(
                r#"{{"actor":{{"email":"lin@example.com","kind":"person","name":"Lin"}},"body":{body},"engine":"e","kind":"{kind}","prev":"{id}","repo":"{id}","seq":1,"stream":"0123456789ab-89abcdef","time":"2026-11-21T12:00:00Z","v":1}}"#
            );
            let entry = ledger::parse(line.as_bytes()).unwrap_or_else(|error| unreachable!("{error}"));
            expires(&entry).map(|moment| moment.to_string())
        };
        let at_once = Some("2026-11-21T12:00:00Z".to_owned());

        assert_eq!(said("approve", r#"{"expires":"2026-11-22T12:00:00Z"}"#).as_deref(), Some("2026-11-22T12:00:00Z"));
        assert_eq!(said("approve", r#"{"notes":"good"}"#), at_once);
        assert_eq!(said("approve", r#"{"expires":"never"}"#), at_once);
        assert_eq!(said("approve", r#"{"expires":4102444800}"#), at_once);
        assert_eq!(said("override", r#"{"action":"grant"}"#), at_once);
        assert_eq!(said("request", r#"{"notes":"please"}"#), None);
    }
}
