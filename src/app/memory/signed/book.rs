//! The ledger's knowledge of signed artifacts.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::entry::records;
use super::kept::{kept, mentions, whole};
use crate::app::Failure;
use crate::app::memory::{Depth, read};
use crate::git::Repo;
use crate::header::{Book, Record};
use crate::model::{Arrange, EntryKind, Sha256};

/// What is known, and how much is wrong with the ledger it is known from.
pub(in crate::app) struct Known {
    pub(in crate::app) book: Book,
    pub(in crate::app) damage: usize,
}

/// Reads what came since the ledger was last read, and all of it the first time. What is damaged
/// signs nothing.
pub(in crate::app) fn known(repo: &Repo) -> Result<Known, Failure> {
    let (records, damage) = all(repo)?;
    Ok(Known { book: Book::new(records), damage })
}

/// The records in the order in which they were made.
fn all(repo: &Repo) -> Result<(Vec<Record>, usize), Failure> {
    let depth = if kept(repo).is_some() { Depth::News } else { Depth::Whole };
    let news = Mutex::new(Vec::new());
    let reading = read(repo, depth, &|told| {
        if told.entry.kind == EntryKind::Sign && told.damage.is_empty() {
            let found = records(told.id, &told.entry);
            news.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
        }
    })?;
    let news: Vec<Record> = news.into_inner().unwrap_or_else(PoisonError::into_inner);
    // By now it has the news too, unless something is damaged or nothing can be written.
    let mut all = if depth == Depth::News { kept(repo).unwrap_or_default() } else { Vec::new() };
    let known: HashSet<Sha256> = all.iter().map(|record| record.entry).collect();
    all.extend(news.into_iter().filter(|record| !known.contains(&record.entry)));
    // Within a second, a stream tells the order.
    all.arrange_by(|one, other| {
        let key = |record: &Record| (record.signed_at, record.seq);
        key(one).cmp(&key(other)).then_with(|| one.stream.cmp(&other.stream))
    });
    Ok((all, reading.verdict.damage.len()))
}

/// The last entry of each stream that somebody knew of.
pub(in crate::app) type Horizon = BTreeMap<String, u64>;

/// The same, read when something asks for it, and once.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Signatures {
    records: Arc<Mutex<Option<Arc<Vec<Record>>>>>,
    book: Arc<Mutex<Option<Arc<Book>>>>,
    /// Of somebody who decided something once, and knew no more.
    horizon: Option<Horizon>,
}

impl Signatures {
    /// What was known then.
    pub(in crate::app) fn within(&self, horizon: Horizon) -> Self {
        Self { records: Arc::clone(&self.records), book: Arc::default(), horizon: Some(horizon) }
    }

    pub(in crate::app) fn book(&self, repo: &Repo) -> Result<Arc<Book>, Failure> {
        let mut held = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(book) = held.as_ref() {
            return Ok(Arc::clone(book));
        }
        let book = Arc::new(Book::new(self.records(repo)?));
        *held = Some(Arc::clone(&book));
        Ok(book)
    }

    /// Whether anything of these names or with these texts was ever signed. What was kept of the ledger tells,
    /// where that is all that it has.
    pub(in crate::app) fn speak_of(
        &self,
        repo: &Repo,
        paths: &HashSet<String>,
        bodies: &HashSet<Sha256>,
    ) -> Result<bool, Failure> {
        if self.horizon.is_none()
            && let Some(text) = whole(repo)?
        {
            return Ok(mentions(&text, paths, bodies));
        }
        let is_meant = |record: &Record| paths.contains(&record.path) || bodies.contains(&record.artifact);
        Ok(self.records(repo)?.iter().any(is_meant))
    }

    fn records(&self, repo: &Repo) -> Result<Vec<Record>, Failure> {
        let mut held = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let records = match held.as_ref() {
            Some(records) => Arc::clone(records),
            None => Arc::clone(held.insert(Arc::new(all(repo)?.0))),
        };
        let Some(horizon) = &self.horizon else { return Ok(records.to_vec()) };
        let was_known = |record: &&Record| horizon.get(&record.stream).is_some_and(|last| record.seq <= *last);
        Ok(records.iter().filter(was_known).cloned().collect())
    }
}
