//! One stream: every line against the one before it.

use super::super::binding::{Binding, Writer};
use super::super::checkpoint::{self, Checkpoint};
use super::super::genesis::{GENESIS_STREAM, is_genesis};
use super::super::{Unreadable, id, parse};
use super::given_up::given_up;
use super::{AuditLaw, Chain, Link, Rules, Sight, Tip, seal};
use crate::model::{ActorKind, Damage, DamageCode, Entry, EntryKind, Seen, Sha256};

/// Of one stream; a thousand of them say what the next would.
const MOST_DAMAGE: usize = 1_000;

impl<'a> Chain<'a> {
    /// A stream from its first entry on.
    #[must_use]
    pub fn new(stream: impl Into<String>, rules: &'a Rules) -> Self {
        Self {
            rules,
            stream: stream.into(),
            base: None,
            links: Vec::new(),
            repo: rules.genesis,
            binding: None,
            law: AuditLaw::default(),
            found_laws: std::collections::BTreeMap::new(),
            named: std::collections::BTreeMap::new(),
            sights: std::collections::BTreeMap::new(),
            witnessed: None,
            dropped: Vec::new(),
            signed: 0,
            damage: Vec::new(),
        }
    }

    /// A stream after the tip that an earlier verification ended at.
    #[must_use]
    pub fn resume(tip: Tip, rules: &'a Rules) -> Self {
        let mut chain = Self::new(tip.stream, rules);
        chain.base = Some(Link { seq: tip.head.seq, id: tip.head.id, time: tip.time });
        chain.repo = rules.genesis.or(tip.repo);
        (chain.binding, chain.law, chain.named) = (tip.binding, tip.law, tip.named);
        (chain.witnessed, chain.dropped) = (tip.witnessed, tip.dropped);
        chain
    }

    #[must_use]
    pub fn stream(&self) -> &str {
        &self.stream
    }

    /// The newest entry: what the next one's `prev` must be.
    #[must_use]
    pub fn head(&self) -> Option<Seen> {
        self.last().map(|link| Seen { seq: link.seq, id: link.id })
    }

    /// What was found wrong so far.
    #[must_use]
    pub fn damage(&self) -> &[Damage] {
        &self.damage
    }

    /// The entries that were fed and carry a signature.
    #[must_use]
    pub const fn signed(&self) -> u64 {
        self.signed
    }

    pub(super) fn last(&self) -> Option<Link> {
        self.links.last().copied().or(self.base)
    }

    /// Takes the next line, and gives what it says: `None` when nobody could say.
    pub fn feed(&mut self, line: &[u8]) -> Option<(Sha256, Entry)> {
        self.feed_under(line, &mut |_| None)
    }

    /// The same; what the policy asks that an entry names, and that the rules do not know, is found
    /// out from the entry.
    pub fn feed_under(
        &mut self,
        line: &[u8],
        law_of: &mut dyn FnMut(&Entry) -> Option<AuditLaw>,
    ) -> Option<(Sha256, Entry)> {
        let id = id(line);
        match parse(line) {
            Ok(entry) => {
                let is_known =
                    |policy: &Sha256| self.rules.laws.contains_key(policy) || self.found_laws.contains_key(policy);
                if let Some(policy) = entry.policy.filter(|policy| !is_known(policy))
                    && let Some(law) = law_of(&entry)
                {
                    self.found_laws.insert(policy, law);
                }
                self.take(id, &entry);
                Some((id, entry))
            }
            Err(why) => {
                let code = match why {
                    Unreadable::NotCanonical(_) => DamageCode::NotCanonical,
                    Unreadable::Version { .. } => DamageCode::UnknownVersion,
                    Unreadable::Kind { .. } => DamageCode::UnknownKind,
                    Unreadable::NoObject
                    | Unreadable::Missing { .. }
                    | Unreadable::Value { .. }
                    | Unreadable::Empty { .. }
                    | Unreadable::Unknown { .. } => DamageCode::MalformedEntry,
                };
                let next = self.next();
                self.report(code, Some(next), Some(id), "an entry in its canonical form", why.to_string());
                // It stands where an entry should, so that what follows is judged by its own merits.
                if let Some(last) = self.last() {
                    self.links.push(Link { seq: next, id, time: last.time });
                }
                None
            }
        }
    }

    /// Adds what only the storage can see, such as a line that was taken away.
    pub fn report(
        &mut self,
        code: DamageCode,
        seq: Option<u64>,
        entry: Option<Sha256>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        if self.damage.len() < MOST_DAMAGE {
            let (expected, found) = (expected.into(), found.into());
            self.damage.push(Damage { code, stream: self.stream.clone(), seq, entry, expected, found });
        }
    }

    fn next(&self) -> u64 {
        self.last().map_or(0, |last| last.seq + 1)
    }

    fn take(&mut self, id: Sha256, entry: &Entry) {
        if entry.stream != self.stream {
            let expected = format!("entries of {} only", self.stream);
            return self.wrong(id, entry, DamageCode::WrongStream, expected, format!("one of {}", entry.stream));
        }
        if self.is_in_its_place(id, entry) {
            self.links.push(Link { seq: entry.seq, id, time: entry.time });
            if self.stream == GENESIS_STREAM || entry.kind == EntryKind::Genesis {
                return self.genesis(id, entry);
            }
            self.repository(id, entry);
            self.writer(id, entry);
            self.law(id, entry);
            let is_good = self.signature(id, entry);
            self.sights(id, entry);
            self.kind(id, entry, is_good);
        }
    }

    fn wrong(
        &mut self,
        id: Sha256,
        entry: &Entry,
        code: DamageCode,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        self.report(code, Some(entry.seq), Some(id), expected, found);
    }

    /// Whether the stream goes on from here. A gap is damage, but does not hide what follows it.
    fn is_in_its_place(&mut self, id: Sha256, entry: &Entry) -> bool {
        let next = self.next();
        if entry.seq < next {
            let known = self.place(entry.seq);
            let (code, found) = match known {
                Some(link) if link.id == id => (DamageCode::Duplicate, "the same entry again".to_owned()),
                Some(link) => (DamageCode::Equivocation, format!("{} beside {}", id.short(), link.id.short())),
                None => (DamageCode::OutOfOrder, format!("entry {}", entry.seq)),
            };
            self.wrong(id, entry, code, format!("entry {next}"), found);
            return false;
        }
        match self.last() {
            _ if entry.seq > next => {
                self.wrong(id, entry, DamageCode::Gap, format!("entry {next}"), format!("entry {}", entry.seq));
            }
            Some(last) if entry.prev != Some(last.id) => {
                let found = entry.prev.map_or("none".to_owned(), |prev| prev.to_string());
                self.wrong(id, entry, DamageCode::BrokenChain, format!("`prev` {}", last.id), found);
            }
            None if entry.prev.is_some() => {
                self.wrong(id, entry, DamageCode::BrokenChain, "no `prev` in the first entry", "one");
            }
            _ => {}
        }
        if let Some(last) = self.last().filter(|last| entry.time < last.time) {
            let expected = format!("a time from {} on, that of the entry before it", last.time);
            self.wrong(id, entry, DamageCode::TimeBackwards, expected, entry.time.to_string());
        }
        true
    }

    pub(super) fn place(&self, seq: u64) -> Option<Link> {
        let at = self.links.binary_search_by_key(&seq, |link| link.seq).ok();
        at.and_then(|at| self.links.get(at).copied()).or(self.base.filter(|base| base.seq == seq))
    }

    fn genesis(&mut self, id: Sha256, entry: &Entry) {
        let expected = "one genesis entry, made from the root commit, in its own stream";
        if self.stream != GENESIS_STREAM || !is_genesis(entry) {
            return self.wrong(id, entry, DamageCode::BadGenesis, expected, "another entry");
        }
        if let Some(genesis) = self.rules.genesis.filter(|genesis| *genesis != id) {
            self.wrong(id, entry, DamageCode::BadGenesis, genesis.to_string(), id.to_string());
        }
    }

    fn repository(&mut self, id: Sha256, entry: &Entry) {
        if self.repo.is_none() {
            self.repo = entry.repo;
        }
        if entry.repo.is_none() || entry.repo != self.repo {
            let name = |repo: Option<Sha256>| repo.map_or("none".to_owned(), |repo| repo.to_string());
            let expected = format!("the repository {}", name(self.repo));
            self.wrong(id, entry, DamageCode::ForeignRepository, expected, name(entry.repo));
        }
    }

    /// The first entry binds the stream; all others are its writer's.
    fn writer(&mut self, id: Sha256, entry: &Entry) {
        let opens = entry.kind == EntryKind::StreamOpen;
        if opens != (entry.seq == 0) {
            let expected = if opens { "one `stream-open`, as the first entry" } else { "a `stream-open` entry first" };
            self.wrong(id, entry, DamageCode::BadOpening, expected, format!("`{}`", entry.kind));
        } else if opens {
            match Binding::from_body(&entry.body) {
                Err(why) => {
                    self.wrong(id, entry, DamageCode::BadOpening, "a body that binds a writer", why.to_string());
                }
                Ok(binding) => {
                    if !binding.allows(&self.stream) || (binding.named && entry.actor.kind != ActorKind::Ci) {
                        let expected = if binding.named {
                            "a name of its own for a runner of CI".to_owned()
                        } else {
                            format!("the name {}-… that follows from its writer", binding.writer.prefix())
                        };
                        self.wrong(id, entry, DamageCode::StreamName, expected, self.stream.clone());
                    }
                    self.binding = Some(binding);
                }
            }
        }
        if let Some(Binding { writer: Writer::Email(email), .. }) = &self.binding
            && !email.eq_ignore_ascii_case(&entry.actor.email)
        {
            let expected = format!("entries of {email}");
            self.wrong(id, entry, DamageCode::ForeignActor, expected, format!("one of {}", entry.actor.email));
        }
    }

    fn law(&mut self, id: Sha256, entry: &Entry) {
        let known = |policy| self.rules.laws.get(&policy).or(self.found_laws.get(&policy));
        if let Some(law) = entry.policy.and_then(known) {
            self.law = *law;
        }
        let bits = super::super::leading_zero_bits(&id);
        if bits < self.law.proof_of_work_bits {
            let expected = format!("an id with {} leading zero bits", self.law.proof_of_work_bits);
            self.wrong(id, entry, DamageCode::ProofOfWork, expected, format!("{bits}"));
        }
    }

    /// Whether nothing is wrong with it.
    fn signature(&mut self, id: Sha256, entry: &Entry) -> bool {
        self.signed += u64::from(entry.sig.is_some());
        let writer = self.binding.as_ref().map(|binding| &binding.writer);
        let Some(flaw) = seal::flaw(entry, writer, self.law, self.rules) else { return true };
        self.wrong(id, entry, flaw.code, flaw.expected, flaw.found);
        false
    }

    fn sights(&mut self, id: Sha256, entry: &Entry) {
        for (stream, seen) in &entry.seen {
            if *stream == self.stream {
                self.wrong(id, entry, DamageCode::BadSeen, "heads of other streams in `seen`", "its own");
                continue;
            }
            match self.named.get(stream) {
                Some(named) if named == seen => continue,
                Some(named) if named.seq > seen.seq => {
                    let expected = format!("{stream} seen from {} on, as before", named.seq);
                    self.wrong(id, entry, DamageCode::SeenBackwards, expected, seen.seq.to_string());
                }
                _ => drop(self.named.insert(stream.clone(), *seen)),
            }
            let sight = Sight { seen: *seen, at: entry.seq, time: entry.time };
            self.sights.entry(stream.clone()).or_default().push(sight);
        }
    }

    fn kind(&mut self, id: Sha256, entry: &Entry, is_good: bool) {
        // One whose signature is not good is damage already, and gives up nothing.
        if entry.kind == EntryKind::Reconcile && is_good {
            let given_up = given_up(entry);
            if given_up.is_none() {
                let expected = "a body with `stream` and what it `dropped` as `[[seq, id], …]`";
                self.wrong(id, entry, DamageCode::BadReconcile, expected, "another body");
            }
            self.dropped.extend(given_up.into_iter().flatten());
        }
        if entry.kind == EntryKind::Checkpoint {
            match checkpoint::carried(entry) {
                Err(why) => {
                    self.wrong(
                        id,
                        entry,
                        DamageCode::BadCheckpoint,
                        "a checkpoint of this repository",
                        why.to_string(),
                    );
                }
                Ok(checkpoint) => self.checkpoint(id, entry, &checkpoint),
            }
        }
    }

    /// What a checkpoint names was seen by whoever made it.
    fn checkpoint(&mut self, id: Sha256, entry: &Entry, checkpoint: &Checkpoint) {
        for (stream, seen) in &checkpoint.heads {
            if *stream != self.stream {
                let sight = Sight { seen: *seen, at: entry.seq, time: entry.time };
                self.sights.entry(stream.clone()).or_default().push(sight);
            } else if self.place(seen.seq).is_some_and(|link| link.id != seen.id) {
                self.wrong(id, entry, DamageCode::BadCheckpoint, "its own stream as it is", seen.id.to_string());
            }
        }
    }
}
