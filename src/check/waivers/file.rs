//! `.gov/waivers.yaml`: a list of waivers by fingerprint, or by rule and paths.

use std::collections::HashMap;

use super::entry::{Entry, What};
use super::read::entries;
use crate::model::{Arrange, Finding, Mistake};
use crate::yaml;

/// A baseline of an old repository is long.
const MAX_BYTES: usize = 16 << 20;

/// The waivers of a file. What one finding costs does not grow with their number.
#[derive(Debug, Default)]
pub struct Waivers {
    /// Where they stand, such as `.gov/waivers.yaml`.
    pub(super) origin: String,
    pub(super) entries: Vec<Entry>,
    by_fingerprint: HashMap<String, Vec<usize>>,
    by_path: HashMap<Vec<u8>, Vec<usize>>,
    by_glob: Vec<usize>,
}

impl Waivers {
    /// Reads the file at `origin`, or all of its mistakes.
    pub fn read(origin: &str, bytes: &[u8]) -> Result<Self, Vec<Mistake>> {
        let parsed = yaml::parse_up_to(bytes, MAX_BYTES);
        let mut mistakes = parsed.mistakes;
        let entries = parsed.root.map(|root| entries(&root, &mut mistakes)).unwrap_or_default();
        if mistakes.is_empty() { Ok(Self::of(origin, entries)) } else { Err(mistakes.into_sorted()) }
    }

    /// These waivers, and those of `proposed` that are not among them: a change may bring its own,
    /// but they are told as such.
    #[must_use]
    pub fn with_added(self, proposed: Self) -> Self {
        let known: Vec<String> = self.entries.iter().map(Entry::said).collect();
        let known: std::collections::HashSet<&str> = known.iter().map(String::as_str).collect();
        let added = proposed.entries.into_iter().filter(|entry| !known.contains(entry.said().as_str()));
        let added: Vec<Entry> = added.map(|entry| Entry { added: true, ..entry }).collect();
        let origin = if self.origin.is_empty() { proposed.origin } else { self.origin };
        Self::of(&origin, self.entries.into_iter().chain(added).collect())
    }

    fn of(origin: &str, entries: Vec<Entry>) -> Self {
        let mut made = Self { origin: origin.to_owned(), ..Self::default() };
        for (index, entry) in entries.iter().enumerate() {
            match &entry.what {
                What::Fingerprint(fingerprint) => {
                    made.by_fingerprint.entry(fingerprint.clone()).or_default().push(index);
                }
                What::Rule { paths, .. } if paths.iter().all(|glob| is_literal(&glob.text)) => {
                    for glob in paths {
                        made.by_path.entry(glob.text.as_bytes().to_vec()).or_default().push(index);
                    }
                }
                What::Rule { .. } => made.by_glob.push(index),
            }
        }
        made.entries = entries;
        made
    }

    /// The waivers that name a finding, in the order of the file.
    pub(super) fn of_finding(&self, finding: &Finding) -> Vec<usize> {
        let exact = self.by_fingerprint.get(&finding.fingerprint.to_string());
        let at_path = self.by_path.get(finding.place.path.as_bytes()).into_iter().flatten();
        let ruled = at_path.chain(&self.by_glob).filter(|index| {
            self.entries.get(**index).is_some_and(|entry| entry.names(finding.rule.as_str(), &finding.place.path))
        });
        let mut named: Vec<usize> = exact.into_iter().flatten().chain(ruled).copied().collect();
        named.arrange();
        named
    }
}

fn is_literal(glob: &str) -> bool {
    !glob.contains(['*', '?', '[', '{', '\\']) && !glob.ends_with('/')
}
