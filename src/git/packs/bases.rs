//! Objects of which others are deltas: a run that needs one of them most likely needs more.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use git2::ObjectType;

/// How many bytes of them are kept at most, and how large one of them may be.
const KEPT: usize = 4 << 20;
const LARGEST: usize = KEPT / 4;

/// By the pack and where they stand in it, the oldest first.
#[derive(Default)]
pub(super) struct Bases {
    known: HashMap<(usize, u64), Base>,
    order: VecDeque<(usize, u64)>,
    size: usize,
}

type Base = (ObjectType, Arc<Vec<u8>>);

impl Bases {
    pub(super) fn get(&self, pack: usize, at: u64) -> Option<Base> {
        self.known.get(&(pack, at)).cloned()
    }

    pub(super) fn keep(&mut self, pack: usize, at: u64, kind: ObjectType, base: Arc<Vec<u8>>) {
        if base.len() > LARGEST || self.known.contains_key(&(pack, at)) {
            return;
        }
        self.size += base.len();
        self.order.push_back((pack, at));
        self.known.insert((pack, at), (kind, base));
        while self.size > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            let gone = self.known.remove(&oldest);
            self.size -= gone.map_or(0, |(_, base)| base.len());
        }
    }
}
