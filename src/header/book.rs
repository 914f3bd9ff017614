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
    /// The branch that was checked out, and its last commit.
    pub branch: Option<String>,
    pub base: Option<ObjectId>,
    /// The place of the entry, and its id.
    pub stream: String,
    pub seq: u64,
    pub entry: Sha256,
}

impl Record {
    /// Whether the ledger alone signed, and whoever did took that back before anything was committed:
    /// of a header nothing would be left by then either.
    fn is_undone_by(&self, next: &Self) -> bool {
        let of_file = |record: &Self| (record.artifact, record.blob, record.block);
        let stand = |record: &Self| (record.stream.clone(), record.branch.clone(), record.base);
        let is_taken_back = !self.is_unsigned && next.is_unsigned && self.block.is_none();
        let is_known = self.branch.is_some() && self.base.is_some();
        is_taken_back && is_known && of_file(self) == of_file(next) && stand(self) == stand(next)
    }
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
        let mut paths: Vec<(&str, u32)> =
            (0_u32..).zip(&records).map(|(at, record)| (record.path.as_str(), at)).collect();
        paths.arrange();
        let of_path = || paths.chunk_by(|one, next| one.0 == next.0);
        let record = |at: u32| records.get(at as usize);
        let pairs = of_path().flat_map(|same| same.windows(2)).filter_map(|pair| match pair {
            [(_, one), (_, next)] => Some((*one, record(*one)?.is_undone_by(record(*next)?))),
            _ => None,
        });
        let mut undone: Vec<u32> = pairs.filter(|(_, is_undone)| *is_undone).map(|(at, _)| at).collect();
        undone.arrange();
        let signings = || {
            let counts = |(at, record): &(u32, &Record)| !record.is_unsigned && undone.binary_search(at).is_err();
            (0_u32..).zip(&records).filter(counts)
        };
        let mut by_block: Vec<_> = signings().filter_map(|(at, record)| Some((record.block?, at))).collect();
        let mut by_artifact: Vec<_> = signings().map(|(at, record)| (record.artifact, at)).collect();
        by_block.arrange();
        by_artifact.arrange();
        let by_path = of_path().filter_map(|same| same.last().map(|last| last.1)).collect();
        let is_signed = |at: u32| records.get(at as usize).is_some_and(|record| !record.is_unsigned);
        let signing = |same: &[(&str, u32)]| same.iter().rev().map(|(_, at)| *at).find(|at| is_signed(*at));
        let signed_at = of_path().filter_map(signing).collect();
        let has_files_without = signings().any(|(_, record)| record.block.is_none());
        let mut by_blob: Vec<ObjectId> = signings().map(|(_, record)| record.blob).collect();
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

    /// Everything that was ever signed, as it was called then.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.by_path.iter().filter_map(|at| self.records.get(*at as usize)).map(|record| record.path.as_str())
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
