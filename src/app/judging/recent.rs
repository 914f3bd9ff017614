//! The contents that were read a moment ago: what one commit made, the next one changes.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use crate::app::Failure;
use crate::git::Repo;
use crate::model::{Content, Mode, ObjectId, RepoPath, Side};

/// How much is kept, over all contents.
const MOST: usize = 32 << 20;

/// A content larger than this is read again.
const LARGEST: usize = 4 << 20;

#[derive(Default)]
pub(super) struct Recent {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    contents: HashMap<ObjectId, Arc<Content>>,
    /// The oldest first.
    order: VecDeque<(ObjectId, usize)>,
    size: usize,
}

impl Recent {
    /// Like [`Repo::content`]; what passes through `large` does so each time.
    pub(super) fn content(
        &self,
        repo: &Repo,
        side: Option<Side>,
        path: &RepoPath,
        large: &mut dyn FnMut(&[u8]),
    ) -> Result<Arc<Content>, Failure> {
        let blob = side.filter(|side| side.mode != Mode::Submodule);
        let known = blob.and_then(|side| self.kept().contents.get(&side.id).cloned());
        if let Some(known) = known {
            return Ok(known);
        }
        let content = Arc::new(repo.content(side, path, large)?);
        if let (Some(side), Content::Bytes(bytes)) = (side, &*content) {
            self.keep(side.id, bytes.len(), &content);
        }
        Ok(content)
    }

    fn keep(&self, id: ObjectId, size: usize, content: &Arc<Content>) {
        let mut kept = self.kept();
        if size > LARGEST || kept.contents.insert(id, Arc::clone(content)).is_some() {
            return;
        }
        kept.size += size;
        kept.order.push_back((id, size));
        while kept.size > MOST
            && let Some((oldest, size)) = kept.order.pop_front()
        {
            kept.contents.remove(&oldest);
            kept.size -= size;
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
