//! The ledger's knowledge of signed artifacts.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use super::entry::records;
use super::kept::kept;
use crate::app::Failure;
use crate::app::audit::{Depth, read};
use crate::git::Repo;
use crate::header::{Book, Record};
use crate::model::{EntryKind, Sha256};

/// What is known, and how much is wrong with the ledger it is known from.
pub(in crate::app) struct Known {
    pub(in crate::app) book: Book,
    pub(in crate::app) damage: usize,
}

/// Reads what came since the ledger was last read, and all of it the first time. What is damaged
/// signs nothing.
pub(in crate::app) fn known(repo: &Repo) -> Result<Known, Failure> {
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
    all.sort_by_key(|record| record.signed_at);
    Ok(Known { book: Book::new(all), damage: reading.verdict.damage.len() })
}
