//! Writing entries: who writes, in which stream, and after what.

use std::collections::BTreeMap;

use super::act::Act;
use super::beginning::{adopt, pinned, seen_elsewhere};
use super::heads::{Genesis, Heads, Kept};
use super::kept::Pins;
use super::seal;
use super::soundness::{last_sound, way_back};
use super::written::{note_written, own_stream};
use crate::app::{Environment, Failure, Identity, secrets};
use crate::git::drawn;
use crate::git::notes::{Draft, Noted, Stream, Writer as Committer};
use crate::git::{GitError, Repo};
use crate::ledger::member;
use crate::ledger::sshsig::PublicKey;
use crate::ledger::{self, Binding, GENESIS_STREAM, Root, Writer};
use crate::model::{Actor, ActorKind, Entry, EntryKind, EntrySubject, Moment, ObjectId, Seen, Sha256};
use crate::policy::Audit;

/// The version that judges and writes.
pub(in crate::app) const ENGINE: &str = concat!("gov-hook ", env!("CARGO_PKG_VERSION"));

/// The address of a server that was given none; the domain is one that nobody can have.
const NOBODY: &str = "gov-hook@server.invalid";

/// A writer of this clone's stream.
pub(in crate::app) struct Pen<'a> {
    repo: &'a Repo,
    actor: Actor,
    requested_by: Option<String>,
    binding: Binding,
    stream: String,
    now: Moment,
    audit: Audit,
    key: Option<seal::Key>,
}

/// The end of the stream while entries are added to it.
struct End {
    next: u64,
    prev: Option<Sha256>,
    time: Moment,
}

impl<'a> Pen<'a> {
    /// `agent` is the policy's id of the agent at work.
    pub(in crate::app) fn open(
        repo: &'a Repo,
        environment: &Environment,
        audit: Audit,
        agent: Option<&str>,
    ) -> Result<Self, Failure> {
        let configured = |key: &str| repo.config_string(key);
        let email = environment.committer.email.clone().or_else(|| configured("user.email"));
        let name = environment.committer.name.clone().or_else(|| configured("user.name"));
        let Some(email) = email.or_else(|| environment.author.email.clone()) else {
            return Err(Failure::new("git knows no address to record this under")
                .mended_by("say who you are: git config user.email you@example.com"));
        };
        let kind = match (agent, &environment.stream) {
            (Some(_), _) => ActorKind::Agent,
            (None, Some(_)) => ActorKind::Ci,
            (None, None) => ActorKind::Person,
        };
        let actor = Actor {
            name: name.unwrap_or_default(),
            email: email.clone(),
            kind,
            id: agent.map(str::to_owned),
            model: environment.model.clone(),
        };
        let key = if audit.sign { Some(seal::Key::of(repo)?) } else { None };
        let writer = match &key {
            Some(key) => Writer::Key(key.public.clone()),
            None => Writer::Email(email),
        };
        let binding = Binding { writer, named: environment.stream.is_some() };
        let stream = match &environment.stream {
            Some(name) if binding.allows(name) => own_stream(repo, &binding, Some(name))?,
            Some(name) => {
                return Err(Failure::new(format!("`{name}` cannot name a stream of the ledger"))
                    .mended_by("set GOV_HOOK_STREAM to lower-case letters, digits and `-`, such as ci-42"));
            }
            None => own_stream(repo, &binding, None)?,
        };
        let requested_by = environment.requested_by()?;
        Ok(Self { repo, actor, requested_by, binding, stream, now: environment.moment()?, audit, key })
    }

    /// The pen of a server, which witnesses what others push. One without an address of its own is
    /// told apart from others by its nonce alone.
    pub(in crate::app) fn of_server(repo: &'a Repo, environment: &Environment, audit: Audit) -> Result<Self, Failure> {
        let configured = |key: &str| repo.config_string(key);
        let email = configured("user.email").unwrap_or_else(|| NOBODY.to_owned());
        let identity = Identity { name: configured("user.name").or(Some("gov-hook".into())), email: Some(email) };
        let mut environment = environment.of_server();
        environment.committer = identity;
        let mut pen = Self::open(repo, &environment, audit, None)?;
        pen.actor.kind = ActorKind::Witness;
        Ok(pen)
    }

    /// The pen of another writer in this clone, which has what this one has at hand; `None` for one that signs
    /// with another key, or whose streams can have no name here.
    pub(in crate::app) fn of_writer(
        mut self,
        binding: Binding,
        stream: &str,
        actor: Actor,
    ) -> Result<Option<Self>, Failure> {
        if let Writer::Key(key) = &binding.writer
            && self.public_key() != Some(key)
        {
            return Ok(None);
        }
        let name = if binding.named {
            Some(stream.to_owned()).filter(|name| binding.allows(name))
        } else {
            binding.stream(&self.repo.clone_nonce()?.to_string())
        };
        let Some(name) = name else { return Ok(None) };
        (self.binding, self.stream, self.actor, self.requested_by) = (binding, name, actor, None);
        Ok(Some(self))
    }

    /// Whether nobody said who writes.
    pub(in crate::app) fn is_nobody(&self) -> bool {
        self.actor.email == NOBODY
    }

    pub(in crate::app) fn stream(&self) -> &str {
        &self.stream
    }

    /// Has a key at hand, so that any act can be signed.
    pub(in crate::app) fn signing(mut self) -> Result<Self, Failure> {
        if self.key.is_none() {
            self.key = Some(seal::Key::of(self.repo)?);
        }
        Ok(self)
    }

    /// The key, if there is one at hand.
    pub(in crate::app) fn public_key(&self) -> Option<&PublicKey> {
        self.key.as_ref().map(|key| &key.public)
    }

    pub(in crate::app) const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Whether a stream is this writer's, in whichever clone.
    pub(in crate::app) fn wrote(&self, stream: &str) -> bool {
        stream == self.stream || (!self.binding.named && self.binding.allows(stream))
    }

    /// Signs something that is no entry; `None` without a key at hand.
    pub(in crate::app) fn sign(&self, message: &[u8], namespace: &str) -> Result<Option<String>, Failure> {
        self.key.as_ref().map(|key| key.sign(message, namespace)).transpose()
    }

    /// Appends one entry for each act, in their order, and gives their ids. Nothing is written
    /// before there is a commit: until then no repository is there to speak of.
    pub(in crate::app) fn write(&self, acts: &[Act]) -> Result<Vec<Sha256>, Failure> {
        Ok(self.placed(acts)?.into_iter().map(|place| place.id).collect())
    }

    /// The same, and gives the places that they have in the stream.
    pub(in crate::app) fn placed(&self, acts: &[Act]) -> Result<Vec<Seen>, Failure> {
        if acts.is_empty() {
            return Ok(Vec::new());
        }
        let kept = Kept::load(self.repo)?;
        let here = self.repo.streams_here()?;
        let Some(genesis) = self.genesis(&kept, &here)? else { return Ok(Vec::new()) };
        if !here.iter().any(|stream| stream.name == self.stream) {
            self.repo.take_up(&self.stream)?;
        }
        if self.binding.named {
            note_written(self.repo, &self.stream)?;
        }
        let heads = Heads::read(self.repo, (&kept, &here), &self.stream, self.now)?;
        let mut places = Vec::new();
        let committer = Committer { name: self.actor.name.clone(), email: self.actor.email.clone() };
        self.repo.append(&self.stream, &committer, |tip| {
            places.clear();
            let mut end = match tip {
                None => End { next: 0, prev: None, time: self.now },
                Some(tip) => {
                    let (head, at) = self.repo.ending(tip)?.ok_or_else(|| self.unended())?;
                    let time = u64::try_from(self.repo.commit(at)?.committed_at).unwrap_or_default();
                    End {
                        next: head.seq.checked_add(1).ok_or_else(|| self.unended())?,
                        prev: Some(head.id),
                        time: self.now.max(Moment::of_seconds(time).unwrap_or(self.now)),
                    }
                }
            };
            end.time = end.time.max(heads.latest.unwrap_or(end.time));
            let mut notes = Vec::new();
            if end.next == 0 {
                let opening = Act {
                    body: self.binding.body(),
                    ..Act::new(EntryKind::StreamOpen, genesis.object, EntrySubject::default())
                };
                notes.push(self.entry(&opening, &mut end, genesis.id, BTreeMap::new())?.0);
            }
            let mut seen = heads.unnamed.clone();
            for act in acts {
                let (note, id) = self.entry(act, &mut end, genesis.id, std::mem::take(&mut seen))?;
                notes.push(note);
                places.push(Seen { seq: end.next - 1, id });
            }
            let (Some(id), Some(last)) = (end.prev, acts.last()) else { return Ok(None) };
            let subject = last.kind.as_str();
            let head = Seen { seq: end.next - 1, id };
            let subject = format!("{subject} by {}", self.actor.email);
            Ok::<_, Failure>(Some(Draft { notes, head, subject, time: end.time.seconds() }))
        })?;
        // Before the first of them stands what opens the stream.
        if let Some(first) = places.first().filter(|first| first.seq == 1) {
            Pins::begin_stream(self.repo, &self.stream, *first)?;
        }
        heads.keep(self.repo, &kept, &genesis)?;
        Ok(places)
    }

    fn unended(&self) -> Failure {
        // That nothing is found to go back to is no failure of its own.
        let tip = self.repo.stream_tip(&self.stream).ok().flatten();
        let sound = tip.and_then(|tip| last_sound(self.repo, &self.stream, tip.commit).ok().flatten());
        Failure::new(format!("something other than gov-hook wrote to refs/notes/gov/{}", self.stream))
            .mended_by(way_back(&self.stream, sound))
    }

    fn entry(
        &self,
        act: &Act,
        end: &mut End,
        genesis: Sha256,
        seen: BTreeMap<String, Seen>,
    ) -> Result<(Noted, Sha256), Failure> {
        let (actor, requested_by) =
            act.actor.clone().unwrap_or_else(|| (self.actor.clone(), self.requested_by.clone()));
        let mut entry = Entry {
            kind: act.kind,
            stream: self.stream.clone(),
            seq: end.next,
            prev: end.prev,
            time: end.time,
            repo: Some(genesis),
            actor,
            requested_by,
            subject: act.subject.clone(),
            change: act.change,
            policy: act.policy,
            risk: act.risk.clone(),
            outcome: act.outcome,
            reasons: act.reasons.clone(),
            body: act.body.clone(),
            engine: ENGINE.into(),
            seen,
            nonce: None,
            sig: None,
        };
        if self.now < end.time {
            member::CLOCK.put(&mut entry.body, &self.now);
        }
        secrets::hide_in_body(&mut entry.body);
        let (line, id) = self.worked(&mut entry, act.is_signed)?;
        end.next += 1;
        end.prev = Some(id);
        Ok((Noted { object: act.object, line: line.into_bytes() }, id))
    }

    /// The entry's line, signed where that is asked for, with as much work in its id as the policy
    /// demands.
    fn worked(&self, entry: &mut Entry, is_signed: bool) -> Result<(String, Sha256), Failure> {
        let law = ledger::AuditLaw { sign: self.audit.sign, proof_of_work_bits: self.audit.proof_of_work_bits };
        let is_sealed = is_signed || ledger::is_signature_demanded(entry, Some(&self.binding.writer), law);
        let mut tries: u64 = 0;
        loop {
            if law.proof_of_work_bits > 0 {
                entry.nonce = Some(format!("{tries:x}"));
            }
            entry.sig = match &self.key {
                Some(key) if is_sealed => Some(key.sign(&ledger::signed_bytes(entry)?, ledger::namespace(entry))?),
                _ => None,
            };
            let line = ledger::write(entry)?;
            let id = ledger::id(line.as_bytes());
            if ledger::leading_zero_bits(&id) >= law.proof_of_work_bits {
                return Ok((line, id));
            }
            tries += 1;
        }
    }

    /// The genesis entry, written now if this is the first entry of all; `None` while nothing is
    /// committed.
    fn genesis(&self, kept: &Kept, here: &[Stream]) -> Result<Option<Genesis>, Failure> {
        let found = here.iter().find(|stream| stream.name == GENESIS_STREAM).and_then(|stream| stream.tip);
        if let Some(commit) = found.map_or_else(|| self.repo.stream_commit(GENESIS_STREAM), |tip| Ok(Some(tip)))? {
            let id = match kept.genesis(commit) {
                Some(id) => id,
                None => self.repo.head_at(commit)?.ok_or_else(|| self.unended())?.id,
            };
            return Ok(Some(Genesis { id, object: commit }));
        }
        // Whoever shares the ledger has made it, and maybe from another root than the one that is seen here.
        if let Some((remote, theirs)) = seen_elsewhere(self.repo)? {
            adopt(self.repo, &remote, &theirs)?;
            return self.genesis(kept, &[]);
        }
        let default = self.repo.default_branch()?.map(|name| self.repo.branch_tip(&name)).transpose()?.flatten();
        let Some(start) = default.or(self.repo.head()?.commit()) else { return Ok(None) };
        let (root, object) = self.root(start)?;
        let time = match &root {
            Root::Commit { time, .. } | Root::Unborn { time, .. } => *time,
        };
        let entry = ledger::genesis(&root);
        let line = ledger::write(&entry)?;
        let id = ledger::id(line.as_bytes());
        if pinned(self.repo)?.is_some_and(|pinned| pinned != id) {
            return Err(Failure::new(
                "the genesis entry of the ledger, which this clone has seen, is not here any more",
            )
            .mended_by("bring it back: gov-hook audit sync"));
        }
        let committer = Committer { name: entry.actor.name.clone(), email: String::new() };
        let object = self.repo.append(GENESIS_STREAM, &committer, |tip| {
            let draft = || Draft {
                notes: vec![Noted { object, line: line.clone().into_bytes() }],
                head: Seen { seq: 0, id },
                subject: "genesis".into(),
                time: time.seconds(),
            };
            Ok::<_, Failure>(tip.is_none().then(draft))
        })?;
        match object {
            Some(object) => Ok(Some(Genesis { id, object })),
            // Another process of this clone was faster.
            None => self.genesis(kept, &[]),
        }
    }

    /// What the ledger starts from, and the commit in whose note that is shown. A shallow clone does not have
    /// the root: it draws a genesis of its own, which is given up for the true one before anything is sent.
    fn root(&self, start: ObjectId) -> Result<(Root, ObjectId), Failure> {
        match self.repo.root_of(start) {
            Ok(root) => {
                let time = Moment::of_seconds(u64::try_from(root.committed_at).unwrap_or_default());
                Ok((Root::Commit { id: root.id, time: time.unwrap_or(self.now) }, root.id))
            }
            Err(GitError::Shallow { .. }) => Ok((Root::Unborn { nonce: drawn(), time: self.now }, start)),
            Err(other) => Err(other.into()),
        }
    }
}
