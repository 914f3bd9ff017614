//! All streams against each other, and against what was kept of them elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use super::super::genesis::GENESIS_STREAM;
use super::{Chain, Claim, Rules, Tip, Witness};
use crate::model::{Arrange, Damage, DamageCode, Gather, Seen, Sha256, Unwitnessed};

/// What became of a whole ledger.
#[derive(Debug)]
pub struct Verdict {
    /// By stream and entry.
    pub damage: Vec<Damage>,
    pub unwitnessed: Vec<Unwitnessed>,
    /// Where a later verification may go on: of the streams without damage.
    pub tips: Vec<Tip>,
    /// Of entries older than where a stream was resumed: [`Claim::against`] judges them, once their
    /// ids were looked up.
    pub unresolved: Vec<Claim>,
    /// That were fed.
    pub entries: u64,
    pub signed: u64,
}

impl Claim {
    /// What is wrong with a stream that has this id, or nothing, where something was seen.
    #[must_use]
    pub fn against(&self, found: Option<Sha256>) -> Option<Damage> {
        let (code, found) = match found {
            Some(id) if id == self.seen.id => return None,
            Some(id) => (DamageCode::Equivocation, id.to_string()),
            None => (DamageCode::Truncated, "nothing there".into()),
        };
        Some(self.damage(code, found))
    }

    fn damage(&self, code: DamageCode, found: String) -> Damage {
        let expected = format!("{}, which {} has seen", self.seen.id, self.by);
        Damage { code, stream: self.stream.clone(), seq: Some(self.seen.seq), entry: None, expected, found }
    }
}

/// Compares the chains with each other, and with what pins, checkpoints and other copies claim. Each
/// stream has one chain; the genesis stream is among them.
#[must_use]
pub fn join(chains: &[Chain<'_>], rules: &Rules, claims: Vec<Claim>) -> Verdict {
    let by_name: BTreeMap<&str, &Chain<'_>> = chains.iter().map(|chain| (chain.stream.as_str(), chain)).gathered();
    let mut joined = Joined {
        dropped: chains
            .iter()
            .flat_map(|chain| &chain.dropped)
            .filter(|given| given.holds(by_name.get(given.stream.as_str()), rules))
            .map(|given| (given.stream.as_str(), given.seen.seq, given.seen.id))
            .gathered(),
        witnessed: chains.iter().filter_map(|chain| Some((chain.stream.as_str(), chain.witnessed?))).gathered(),
        chains: by_name,
        contradicted: BTreeMap::new(),
        unresolved: Vec::new(),
        damage: chains.iter().flat_map(|chain| chain.damage.iter().cloned()).collect(),
    };
    joined.genesis(rules);
    for claim in claims {
        joined.weigh(claim);
    }
    for chain in chains {
        for (stream, sights) in &chain.sights {
            for sight in sights {
                let by = Witness::Entry { stream: chain.stream.clone(), seq: sight.at, time: sight.time };
                joined.weigh(Claim { stream: stream.clone(), seen: sight.seen, by });
            }
        }
    }
    joined.verdict(chains)
}

struct Joined<'a> {
    chains: BTreeMap<&'a str, &'a Chain<'a>>,
    dropped: BTreeSet<(&'a str, u64, Sha256)>,
    /// The highest entry of each stream that somebody else knows.
    witnessed: BTreeMap<&'a str, u64>,
    /// The strongest contradiction of each kind that a stream meets: one says it all.
    contradicted: BTreeMap<(String, DamageCode), Damage>,
    unresolved: Vec<Claim>,
    damage: Vec<Damage>,
}

impl Joined<'_> {
    fn genesis(&mut self, rules: &Rules) {
        let found = self.chains.get(GENESIS_STREAM).and_then(|chain| chain.head());
        let Some(found) = found else {
            if !self.chains.is_empty() {
                let expected = rules.genesis.map_or("a genesis entry".to_owned(), |id| id.to_string());
                self.damage.push(Damage {
                    code: DamageCode::GenesisMissing,
                    stream: GENESIS_STREAM.into(),
                    seq: Some(0),
                    entry: None,
                    expected,
                    found: "nothing there".into(),
                });
            }
            return;
        };
        for (stream, chain) in &self.chains {
            if *stream != GENESIS_STREAM && chain.repo.is_some_and(|repo| repo != found.id) && rules.genesis.is_none() {
                self.damage.push(Damage {
                    code: DamageCode::ForeignRepository,
                    stream: (*stream).to_owned(),
                    seq: Some(0),
                    entry: None,
                    expected: format!("the repository {}", found.id),
                    found: chain.repo.map_or_else(String::new, |repo| repo.to_string()),
                });
            }
        }
    }

    fn weigh(&mut self, claim: Claim) {
        let Seen { seq, id } = claim.seen;
        let Some((stream, chain)) = self.chains.get_key_value(claim.stream.as_str()) else {
            return self.contradict(claim.damage(DamageCode::StreamMissing, "no such stream".into()));
        };
        if let Some(link) = chain.place(seq).filter(|link| link.id == id) {
            if claim.by != Witness::OwnPin {
                let witnessed = self.witnessed.entry(stream).or_default();
                *witnessed = seq.max(*witnessed);
            }
            if let Witness::Entry { stream: by, seq: at, time } = &claim.by
                && *time < link.time
            {
                self.contradict(Damage {
                    code: DamageCode::TimeBeforeSeen,
                    stream: by.clone(),
                    seq: Some(*at),
                    entry: None,
                    expected: format!(
                        "a time from {} on, that of entry {seq} of {}, which it has seen",
                        link.time, claim.stream
                    ),
                    found: time.to_string(),
                });
            }
        } else if self.dropped.contains(&(claim.stream.as_str(), seq, id)) {
            // Somebody who may do so declared that it lost.
        } else if chain.base.is_some_and(|base| seq < base.seq) {
            self.unresolved.push(claim);
        } else if let Some(link) = chain.place(seq) {
            self.contradict(claim.damage(DamageCode::Equivocation, link.id.to_string()));
        } else if chain.last().is_some_and(|last| seq > last.seq) {
            let found = chain.last().map_or_else(String::new, |last| format!("a stream that ends at {}", last.seq));
            self.contradict(claim.damage(DamageCode::Truncated, found));
        } else {
            self.contradict(claim.damage(DamageCode::Truncated, "nothing there".into()));
        }
    }

    /// Keeps the first equivocation of a stream, and the furthest of what is gone.
    fn contradict(&mut self, damage: Damage) {
        let key = (damage.stream.clone(), damage.code);
        let gone = matches!(damage.code, DamageCode::Truncated | DamageCode::StreamMissing);
        let stronger = |kept: &Damage| if gone { kept.seq >= damage.seq } else { kept.seq <= damage.seq };
        if !self.contradicted.get(&key).is_some_and(stronger) {
            self.contradicted.insert(key, damage);
        }
    }

    fn verdict(self, chains: &[Chain<'_>]) -> Verdict {
        let mut damage = self.damage;
        damage.extend(self.contradicted.into_values());
        damage.arrange_by(|one, other| (&one.stream, one.seq, one.code).cmp(&(&other.stream, other.seq, other.code)));
        let damaged: BTreeSet<&str> = damage.iter().map(|damage| damage.stream.as_str()).gathered();
        let (mut unwitnessed, mut tips) = (Vec::new(), Vec::new());
        for chain in chains {
            let witnessed = self.witnessed.get(chain.stream.as_str()).copied();
            let from = witnessed.map_or(0, |seq| seq + 1);
            // Every entry outside the genesis stream names the genesis, so it has its witnesses.
            if let Some(last) = chain.last().filter(|last| last.seq >= from && chain.stream != GENESIS_STREAM) {
                unwitnessed.push(Unwitnessed { stream: chain.stream.clone(), from, to: last.seq });
            }
            if !damaged.contains(chain.stream.as_str()) {
                tips.extend(chain.tip(witnessed));
            }
        }
        Verdict {
            unwitnessed,
            tips,
            unresolved: self.unresolved,
            entries: chains.iter().map(|chain| chain.links.len() as u64).sum(),
            signed: chains.iter().map(|chain| chain.signed).sum(),
            damage,
        }
    }
}
