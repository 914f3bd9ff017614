//! Runs the rules on what a change does to a file, and on texts that stand alone.

use std::borrow::Cow;

use super::candidate::Candidate;
use super::copies::Silence;
use super::definition::On;
use super::rule::{Rule, Subject};
use super::search::{Common, Group, Match, Matches, Part, Side, Within};
use super::set::Rules;
use super::told::{Facing, Found, HEADER_PATH, MESSAGE_PATH, TAG_HEADER_PATH, TAG_PATH, Teller};
use crate::model::{Arrange, Finding, LineDiff, LineSet, Mode, Place, RepoPath, Scanned};

impl Rules {
    /// Judges one file. `lines` is asked only when something was found whose line decides: most
    /// files of a long range are never compared. They are the lines of the decoded texts.
    pub fn scan<'l>(&self, file: &Candidate<'_>, lines: impl FnOnce() -> Cow<'l, LineDiff>) -> Found {
        self.scan_after(file, &mut None, lines)
    }

    /// The same after a copy of the file, of which `silence` tells; it is kept for the next one.
    pub(super) fn scan_after<'l>(
        &self,
        file: &Candidate<'_>,
        silence: &mut Option<Silence>,
        lines: impl FnOnce() -> Cow<'l, LineDiff>,
    ) -> Found {
        let subject = Subject::new(file.path, file.by_agent);
        let was = Subject::new(file.from.unwrap_or(file.path), file.by_agent);
        let mut new = file.new.map(|bytes| self.new_side(file, &subject, bytes, silence));
        let gone = Within { common: file.common, lines: file.known.map(|known| &known.deleted) };
        let old = file.old.map(|bytes| Side::search(&self.all, self.for_old(), &was, bytes, gone));
        let mut out = Found::nothing(new.as_ref().map_or(Scanned::Absent, |side| side.scanned));
        out.findings = self.path_findings(file);
        if let Some(new) = &mut new {
            self.detect(file, &subject, old.as_ref(), new, &mut out.findings);
            if matches!(new.scanned, Scanned::Text | Scanned::Utf16) && file.new_mode.is_some_and(Mode::is_file) {
                out.findings.extend(self.owed(file.path, &new.text));
            }
        }
        if new.iter().chain(&old).all(Side::is_quiet) {
            if file.known.is_some() && file.common != Common::NOTHING && !out.findings.is_empty() {
                return self.scan(&Candidate { known: None, ..*file }, lines);
            }
            self.scan_archive(file, &mut out);
            return out;
        }
        if file.common != Common::NOTHING || !file.is_weighed {
            // What is told needs to be seen whole: what else matches near it, and what is waived.
            return self.scan(&Candidate { common: Common::NOTHING, known: None, is_weighed: true, ..*file }, lines);
        }
        let lines = if file.is_compared() { lines() } else { whole_sides(new.is_some(), old.is_some()) };
        if let Some(side) = old.filter(|side| !side.is_quiet()) {
            self.tell_old(file, &was, &side, &lines.deleted, &mut out);
        }
        if let Some(side) = new.filter(|side| !side.is_quiet()) {
            self.tell_new(file, &side, &lines.added, &mut out);
        }
        self.scan_archive(file, &mut out);
        out
    }

    /// Searches the new side, unless a copy of it tells that nothing would be found.
    fn new_side<'t>(
        &self,
        file: &Candidate<'_>,
        subject: &Subject<'_>,
        bytes: &'t [u8],
        silence: &mut Option<Silence>,
    ) -> Side<'t> {
        if silence.as_ref().is_some_and(|silence| silence.holds(self, subject)) {
            return Side::silent(bytes);
        }
        let group = match (file.in_tree, file.is_weighed) {
            (true, _) => self.for_standing(),
            (false, true) => self.for_new(),
            (false, false) => self.for_unweighed(),
        };
        let within = Within { common: file.common, lines: file.known.map(|known| &known.added) };
        let side = Side::search(&self.all, group, subject, bytes, within);
        *silence = Silence::of(file.path, &side.found);
        side
    }

    /// Tells what was found in the old side, as far as it is on lines that are gone.
    fn tell_old(&self, file: &Candidate<'_>, was: &Subject<'_>, side: &Side<'_>, deleted: &LineSet, out: &mut Found) {
        let secrets = Side::search(&self.all, self.for_new(), was, &side.text, Within::ALL).found.kept;
        let mut teller = Teller::new(self, file.path, side.scanned, Facing::Old);
        let counts = |_: &Rule, place| deleted.overlaps(place);
        teller.tell(Part::all(&side.text), &side.found.kept, &secrets, counts, out);
        teller.finish(&side.found, out);
    }

    /// Tells what was found in the new side, as far as it is on lines that are new or of the file as a whole,
    /// and what excuses it there.
    fn tell_new(&self, file: &Candidate<'_>, side: &Side<'_>, added: &LineSet, out: &mut Found) {
        let mut teller = Teller::new(self, file.path, side.scanned, Facing::New).with_details(&side.found.details);
        let part = Part::all(&side.text);
        let counts = |rule: &Rule, place| rule.on == On::File || added.overlaps(place);
        let before = out.findings.len();
        teller.tell(part, &side.found.kept, &[], counts, out);
        teller.finish(&side.found, out);
        self.require(file.path, side, out);
        teller.mark(part, &side.found.waivers, &side.found.kept);
        out.waivers = teller.waivers(&out.elsewhere(before), |line| added.contains(line));
    }

    /// Judges a text of which every line counts, such as a file of a tree.
    pub fn scan_text(&self, path: &RepoPath, bytes: &[u8]) -> Found {
        let file = Candidate { new: Some(bytes), ..Candidate::standing(path, Mode::Regular) };
        self.scan(&file, Cow::default)
    }

    /// Judges a commit message: by the rules for messages, and for secrets that nothing else looks like.
    pub fn scan_message(&self, message: &[u8], by_agent: bool) -> Vec<Finding> {
        self.scan_words((MESSAGE_PATH, Some(self.for_message())), message, by_agent)
    }

    /// The same, and what stands before it.
    pub fn scan_commit(&self, header: &[u8], message: &[u8], by_agent: bool) -> Vec<Finding> {
        let found = self.scan_message(message, by_agent);
        found.into_iter().chain(self.scan_words((HEADER_PATH, None), header, by_agent)).collect()
    }

    /// Judges what a tag says, like a commit.
    pub fn scan_tag(&self, header: &[u8], message: &[u8], by_agent: bool) -> Vec<Finding> {
        let found = self.scan_words((TAG_PATH, Some(self.for_message())), message, by_agent);
        found.into_iter().chain(self.scan_words((TAG_HEADER_PATH, None), header, by_agent)).collect()
    }

    fn scan_words(&self, (path, rules): (&str, Option<&Group>), message: &[u8], by_agent: bool) -> Vec<Finding> {
        let path = RepoPath::from(path);
        let subject = Subject::new(&path, by_agent);
        let search = |group| Side::search(&self.all, group, &subject, message, Within::ALL);
        let Side { text, scanned, found } = search(self.for_new());
        let secrets = found.kept;
        let mut side = rules.map_or_else(|| Side { text, scanned, found: Matches::default() }, search);
        // Whoever writes rules of their own has texts in mind, not addresses that people commit with.
        let is_asked = |rule: &Rule| rule.is_sure_of_secrets() && (rules.is_some() || rule.family() == "secret");
        let is_sure = |found: &&Match| self.get(found.rule).is_some_and(is_asked);
        side.found.kept.extend(secrets.iter().filter(is_sure).cloned());
        let mut out = Found::nothing(side.scanned);
        if !side.is_quiet() {
            let mut teller = Teller::new(self, &path, side.scanned, Facing::New);
            teller.tell(Part::all(&side.text), &side.found.kept, &secrets, |_, _| true, &mut out);
            teller.finish(&side.found, &mut out);
        }
        out.findings
    }

    /// Findings of rules that require what a file does not have.
    fn require(&self, path: &RepoPath, side: &Side<'_>, out: &mut Found) {
        let mut concerned = side.found.present.clone();
        concerned.arrange();
        concerned.dedup();
        for index in concerned {
            let Some((rule, compiled)) = self.compiled(index) else { continue };
            if compiled.require().is_some_and(|require| !require.is_match(&side.text)) {
                out.findings.push(self.finding(rule, compiled, Place::whole(path), b""));
            }
        }
    }
}

/// Every line, where there is nothing to compare with.
fn whole_sides<'l>(new: bool, old: bool) -> Cow<'l, LineDiff> {
    let every = |is_there: bool| if is_there { LineSet::all(u32::MAX - 1) } else { LineSet::default() };
    Cow::Owned(LineDiff { added: every(new), deleted: every(old), hunks: 1 })
}
