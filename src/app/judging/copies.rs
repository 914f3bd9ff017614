//! The files of a tree, of which those that hold the same bytes are read once.

use std::collections::HashMap;

use super::clean::Clean;
use super::file::{Examiner, OfFile};
use crate::app::Failure;
use crate::check::rules::Candidate;
use crate::check::{survey, survey_copy};
use crate::git::Repo;
use crate::model::{Content, FileChange, FileFacts, Side};

/// Files of one content and mode, each with its place among all files.
pub(super) struct Copies<'s>(Vec<(usize, &'s FileChange)>);

/// All files, in the order in which the first of each content stands.
pub(super) fn copies(files: &[FileChange]) -> Vec<Copies<'_>> {
    let mut found: Vec<Copies<'_>> = Vec::new();
    let mut known: HashMap<Side, usize> = HashMap::with_capacity(files.len());
    for (place, file) in files.iter().enumerate() {
        let index = file.new.map_or(found.len(), |side| *known.entry(side).or_insert(found.len()));
        match found.get_mut(index) {
            Some(Copies(alike)) => alike.push((place, file)),
            None => found.push(Copies(vec![(place, file)])),
        }
    }
    found
}

impl Examiner<'_> {
    pub(super) fn copies(&self, repo: &Repo, Copies(files): &Copies<'_>) -> Result<Vec<(usize, OfFile)>, Failure> {
        let one_by_one =
            || files.iter().map(|(place, file)| Ok((*place, self.file(repo, file, &Clean::default())?))).collect();
        let [(_, first), _, ..] = files.as_slice() else { return one_by_one() };
        let content = repo.content(first.new, &first.path, &mut |_| ())?;
        if matches!(content, Content::Large { .. }) {
            return one_by_one();
        }
        let candidates: Vec<Candidate<'_>> =
            files.iter().map(|(_, file)| self.candidate(file, None, content.bytes())).collect();
        let scanned = self.law.rules.scan_copies(&candidates);
        let mut all: Vec<(usize, OfFile)> = Vec::with_capacity(files.len());
        for ((place, file), found) in files.iter().zip(scanned) {
            let marked = self.law.marked_generated(&file.path);
            let mut facts: FileFacts = match all.first() {
                Some((_, first)) => survey_copy((*file).clone(), &first.facts, &content, marked),
                None => survey((*file).clone(), &content, marked),
            };
            facts.scanned = facts.scanned.after(found.scanned);
            let signed = self.signed.look(repo, &facts, &Content::Absent, &content)?;
            all.push((*place, OfFile::new(facts, found, signed)));
        }
        Ok(all)
    }
}
