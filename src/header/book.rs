//! What the ledger knows of signed artifacts.

use crate::model::{Arrange, Moment, ObjectId, Sha256};

/// One artifact of a `sign` entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// As it was called then, as a person reads it.
    pub path: String,
    /// Of the body; of a file without a header, of all of it.
    pub artifact: Sha256,
    /// Of the header's bytes; none where the ledger alone signs.
    pub block: Option<Sha256>,
    /// The signed file as git has it.
    pub blob: ObjectId,
    pub environment: String,
    pub signed_by: String,
    pub signed_at: Moment,
    /// The header was taken off again, on purpose.
    pub is_unsigned: bool,
    /// The branch that was checked out.
    pub branch: Option<String>,
    /// The place of the entry, and its id.
    pub stream: String,
    pub seq: u64,
    pub entry: Sha256,
}

/// All of them, to be looked up by what a file says of itself and by what it is.
#[derive(Debug, Default)]
pub struct Book {
    records: Vec<Record>,
    by_block: Vec<(Sha256, u32)>,
    by_artifact: Vec<(Sha256, u32)>,
    /// Only the latest of each path.
    by_path: Vec<u32>,
    /// The same, those apart that took a header off.
    signed_at: Vec<u32>,
    by_blob: Vec<ObjectId>,
    has_files_without: bool,
}

impl Book {
    /// The records in the order in which they were made.
    #[must_use]
    pub fn new(records: Vec<Record>) -> Self {
        let numbered = || (0_u32..).zip(&records);
        let is_signing = |(_, record): &(u32, &Record)| !record.is_unsigned;
        let mut by_block: Vec<_> =
            numbered().filter(is_signing).filter_map(|(at, record)| Some((record.block?, at))).collect();
        let mut by_artifact: Vec<_> = numbered().filter(is_signing).map(|(at, record)| (record.artifact, at)).collect();
        by_block.arrange();
        by_artifact.arrange();
        let mut paths: Vec<(&str, u32)> = numbered().map(|(at, record)| (record.path.as_str(), at)).collect();
        paths.arrange();
        let of_path = || paths.chunk_by(|one, next| one.0 == next.0);
        let by_path = of_path().filter_map(|same| same.last().map(|last| last.1)).collect();
        let is_signed = |at: u32| records.get(at as usize).is_some_and(|record| !record.is_unsigned);
        let signing = |same: &[(&str, u32)]| same.iter().rev().map(|(_, at)| *at).find(|at| is_signed(*at));
        let signed_at = of_path().filter_map(signing).collect();
        let has_files_without = records.iter().any(|record| record.block.is_none() && !record.is_unsigned);
        let mut by_blob: Vec<ObjectId> =
            records.iter().filter(|record| !record.is_unsigned).map(|record| record.blob).collect();
        by_blob.arrange();
        Self { records, by_block, by_artifact, by_path, signed_at, by_blob, has_files_without }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Whether some artifact has no header, and so is known by its content only.
    #[must_use]
    pub const fn has_files_without(&self) -> bool {
        self.has_files_without
    }

    /// Whether it is a signed file, as git has it.
    #[must_use]
    pub fn has_blob(&self, blob: ObjectId) -> bool {
        self.by_blob.binary_search(&blob).is_ok()
    }

    /// Those that were given a header of these bytes.
    pub fn with_block(&self, digest: Sha256) -> impl Iterator<Item = &Record> {
        self.found(&self.by_block, digest)
    }

    /// Those whose body has this hash.
    pub fn with_artifact(&self, hash: Sha256) -> impl Iterator<Item = &Record> {
        self.found(&self.by_artifact, hash)
    }

    /// The last that was recorded of a path.
    #[must_use]
    pub fn at_path(&self, path: &str) -> Option<&Record> {
        self.last(&self.by_path, path)
    }

    /// The last signing of a path, whether or not it was taken back since.
    #[must_use]
    pub fn signed_at(&self, path: &str) -> Option<&Record> {
        self.last(&self.signed_at, path)
    }

    fn last(&self, index: &[u32], path: &str) -> Option<&Record> {
        let record = |at: &u32| self.records.get(*at as usize);
        let place = index.binary_search_by(|at| record(at).map_or("", |record| &record.path).cmp(path)).ok()?;
        index.get(place).and_then(record)
    }

    fn found<'b>(&'b self, index: &'b [(Sha256, u32)], key: Sha256) -> impl Iterator<Item = &'b Record> {
        let first = index.partition_point(|(known, _)| *known < key);
        let same = index.get(first..).unwrap_or_default().iter().take_while(move |(known, _)| *known == key);
        same.filter_map(|(_, at)| self.records.get(*at as usize))
    }
}
