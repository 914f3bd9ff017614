//! Looks for secrets in what archives hold.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::convert::Infallible;

use super::candidate::Candidate;
use super::definition::Definition;
use super::rule::Compiled;
use super::set::Rules;
use super::told::{Found, MOST_FINDINGS};
use crate::check::archive::{Archive, Extent, Format, each_piece, unpack};
use crate::model::{Finding, Fingerprint, Mode, Place, RepoPath, RuleId, Scanned};

/// Of the path of a file in an archive no more than its end is told.
const LONGEST_NAME: usize = 200;

impl Rules {
    /// Adds what is found in the files of an archive.
    pub(super) fn scan_archive(&self, file: &Candidate<'_>, out: &mut Found) {
        let Some(new) = file.new.filter(|_| file.new_mode.is_some_and(Mode::is_file)) else { return };
        if Format::of_whole(new).is_none() {
            return;
        }
        let look = |bytes, known| Ok::<_, Infallible>(Packed::look(self, file, Archive::Held(bytes), known));
        let before = || file.before.map(|before| look(before, Known::default())).transpose();
        let Ok(packed) = Packed::new_in(|known| look(new, known), before);
        packed.tell(out);
    }
}

/// What is told already.
pub type Known = HashSet<Fingerprint>;

/// What is found in an archive.
pub struct Packed {
    findings: Vec<Finding>,
    /// What several files have is told of the first, and what was known before of none.
    told: Known,
    /// How many findings each rule has.
    counts: BTreeMap<RuleId, u32>,
    /// The rules that have more.
    full: BTreeSet<RuleId>,
    extent: Extent,
}

impl Packed {
    /// Looks into an archive, which stands where the candidate does.
    pub fn look(rules: &Rules, candidate: &Candidate<'_>, archive: Archive<'_>, known: Known) -> Self {
        let (counts, full) = (BTreeMap::new(), BTreeSet::new());
        let mut packed = Self { findings: Vec::new(), told: known, counts, full, extent: Extent::Whole };
        packed.extent = unpack(archive, candidate.path.file_name(), &mut |member, content| {
            let path = RepoPath::new([candidate.path.as_bytes(), member.path].join(&b'/'));
            let file = Candidate { by_agent: candidate.by_agent, ..Candidate::standing(&path, Mode::Regular) };
            let mut stream = rules.stream(file).told_of(candidate.path);
            // A tree may have thousands of them, each many times as large as it weighs.
            if candidate.in_tree && member.was_packed_alone {
                stream = stream.exactly();
            }
            // What could be read before it ends in an error counts.
            let read = each_piece(content, |piece| stream.push(piece));
            for finding in stream.finish().findings {
                packed.add(rules, candidate.path, member.path, finding);
            }
            read
        });
        packed
    }

    /// What an archive holds that it did not hold before. It is looked into again once it is known what that
    /// was, which may have kept what is new from being listed.
    pub fn new_in<E>(
        look: impl Fn(Known) -> Result<Self, E>,
        before: impl FnOnce() -> Result<Option<Self>, E>,
    ) -> Result<Self, E> {
        let packed = look(Known::default())?;
        if packed.findings.is_empty() {
            return Ok(packed);
        }
        match before()? {
            Some(before) => look(before.told),
            None => Ok(packed),
        }
    }

    /// Adds it to what is found in the archive's own bytes, and says how much of it was read. Of what lies
    /// bare in it the file tells that has it.
    pub fn tell(mut self, out: &mut Found) {
        out.scanned = match self.extent {
            Extent::Whole => Scanned::Unpacked,
            Extent::Part => Scanned::PartlyUnpacked,
        };
        out.findings.retain(|finding| !self.told.contains(&finding.fingerprint));
        out.findings.append(&mut self.findings);
    }

    /// Only what must not be known matters in a file that nobody can change where it stands.
    fn add(&mut self, rules: &Rules, archive: &RepoPath, member: &[u8], finding: Finding) {
        let Some(rule) = rules.named(finding.rule.as_str()) else { return };
        let Some(compiled) = rule.compiled().filter(|compiled| finds_secrets(compiled)) else { return };
        let more = rules.more(rule, compiled, archive);
        if finding.fingerprint != more.fingerprint {
            if !self.told.insert(finding.fingerprint) {
                return;
            }
            let count = self.counts.entry(finding.rule.clone()).or_default();
            *count = count.saturating_add(1);
            if *count <= MOST_FINDINGS {
                self.findings.push(within(rules, member, finding, archive));
                return;
            }
        }
        // What they are is not known, and so neither whether they are new.
        if self.full.insert(finding.rule) {
            self.told.insert(more.fingerprint);
            self.findings.push(more);
        }
    }
}

fn finds_secrets(compiled: &Compiled) -> bool {
    compiled.definition().is_some_and(Definition::finds_secrets)
}

/// A finding in a file of an archive, told of the archive.
fn within(rules: &Rules, member: &[u8], finding: Finding, archive: &RepoPath) -> Finding {
    let line = finding.place.line.map(|line| format!(", line {line}")).unwrap_or_default();
    let message = format!("{} (in `{}`{line})", finding.message, shown(rules, member));
    Finding { message, place: Place::whole(archive), excerpt: None, ..finding }
}

/// A path in an archive may be of any length, and a secret itself.
fn shown(rules: &Rules, member: &[u8]) -> String {
    let end = member.len().saturating_sub(LONGEST_NAME);
    let mut shown = RepoPath::new(member.get(end..).unwrap_or_default()).to_string();
    rules.hide_secrets(&mut [&mut shown]);
    if end == 0 { shown } else { format!("\u{2026}{shown}") }
}
