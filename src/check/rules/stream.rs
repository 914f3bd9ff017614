//! Searches a blob too large to be held in memory, with the findings it would have had there.

use std::collections::BTreeMap;

use memchr::memrchr;

use super::apart::Seen;
use super::candidate::Candidate;
use super::rule::{CONTEXT, Subject};
use super::search::{Finder, LOOK_AHEAD, MOST_MATCHES, Match, Part};
use super::set::Rules;
use super::told::{Facing, Found, Teller};
use crate::check::archive::is_archive;
use crate::check::text::{Encoding, HEAD, Utf16, encoding, is_binary};
use crate::model::{Arrange, RepoPath, Scanned};

/// How much is gathered before it is searched.
const CHUNK: usize = 1 << 20;

/// A match this far before another one may be in its excerpt, and must be hidden there.
const SHOWN: usize = 1024;

/// A search that takes a blob piece by piece, from its beginning to its end. All of its lines
/// count. Regular expressions about the file as a whole are left out: they need all of it.
pub struct Stream<'a> {
    rules: &'a Rules,
    file: Candidate<'a>,
    /// The file of which findings are told.
    told: &'a RepoPath,
    /// Only rules look that know exactly what they look for.
    only_exact: bool,
    chunk: usize,
    /// The beginning, until it is known what the blob is.
    head: Vec<u8>,
    search: Option<Search<'a>>,
}

struct Search<'a> {
    rules: &'a Rules,
    file: Candidate<'a>,
    subject: Subject<'a>,
    scanned: Scanned,
    finder: Finder<'a>,
    teller: Teller<'a>,
    chunk: usize,
    utf16: Option<Utf16>,
    /// The text from `base` on.
    text: Vec<u8>,
    base: usize,
    /// Places before it have been searched.
    searched: usize,
    /// Detectors have seen what is before it.
    detected: usize,
    /// It is an archive, which is searched as it is and not opened.
    is_archive: bool,
    /// How much each rule with a detector has found.
    counts: BTreeMap<u16, usize>,
    /// Matches that end before it have been told.
    settled: usize,
    /// Matches that are not told, or that stand close to one that is not.
    pending: Vec<Match>,
    out: Found,
}

impl Rules {
    /// Begins to search the new side of a file; its bytes come later.
    pub fn stream<'a>(&'a self, file: Candidate<'a>) -> Stream<'a> {
        Stream { rules: self, file, told: file.path, only_exact: false, chunk: CHUNK, head: Vec::new(), search: None }
    }
}

impl<'a> Stream<'a> {
    /// Findings are told of this file, in which the searched one is.
    pub(super) fn told_of(self, told: &'a RepoPath) -> Self {
        Self { told, ..self }
    }

    /// Has only rules look that know exactly what they look for, as in a binary file.
    pub(super) fn exactly(self) -> Self {
        Self { only_exact: true, ..self }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        if let Some(search) = &mut self.search {
            search.push(bytes);
            return;
        }
        self.head.extend_from_slice(bytes);
        if self.head.len() >= HEAD {
            self.begin();
        }
    }

    /// What was found in all of it, and what kind of content it is.
    #[must_use]
    pub fn finish(mut self) -> Found {
        self.begin();
        match self.search {
            Some(search) => search.finish(),
            None => Found::nothing(Scanned::Absent),
        }
    }

    fn begin(&mut self) {
        if self.search.is_some() {
            return;
        }
        let head = std::mem::take(&mut self.head);
        let is_archive = is_archive(&head);
        let (utf16, scanned) = match encoding(&head) {
            Encoding::Utf16 { big_endian } => (Some(Utf16::new(big_endian)), Scanned::Utf16),
            Encoding::Bytes if is_archive || is_binary(&head) => (None, Scanned::Binary),
            Encoding::Bytes => (None, Scanned::Text),
        };
        let Candidate { path, by_agent, in_tree, .. } = self.file;
        let subject = Subject::new(path, by_agent);
        let only_exact = self.only_exact || scanned == Scanned::Binary;
        let group = if in_tree { self.rules.for_standing() } else { self.rules.for_new() };
        let search = self.search.insert(Search {
            rules: self.rules,
            file: self.file,
            subject: subject.clone(),
            scanned,
            finder: Finder::new(&self.rules.all, group, subject, only_exact),
            teller: Teller::new(self.rules, self.told, scanned, Facing::New),
            chunk: self.chunk,
            utf16,
            text: Vec::new(),
            base: 0,
            searched: 0,
            detected: 0,
            is_archive,
            counts: BTreeMap::new(),
            settled: 0,
            pending: Vec::new(),
            out: Found::nothing(scanned),
        });
        if scanned == Scanned::Binary {
            // What a program or an archive is, its beginning says.
            let seen = Seen { old: None, new: &head, scanned };
            search.out.findings = self.rules.detected(&search.file, &search.subject, &seen).whole;
        }
        search.push(&head);
    }
}

impl Search<'_> {
    fn push(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(self.chunk) {
            match &mut self.utf16 {
                Some(utf16) => utf16.push(piece, &mut self.text),
                None => self.text.extend_from_slice(piece),
            }
            if self.base + self.text.len() >= self.searched + self.chunk + LOOK_AHEAD {
                self.step(false);
            }
        }
    }

    fn finish(mut self) -> Found {
        if let Some(utf16) = &mut self.utf16 {
            utf16.finish(&mut self.text);
        }
        self.step(true);
        self.teller.finish(&self.finder.take(), &mut self.out);
        self.out.waivers = self.teller.waivers(&[], |_| true);
        if self.is_archive {
            self.out.scanned = Scanned::PartlyUnpacked;
        }
        self.out
    }

    /// Searches what has not been searched, as far as enough text follows.
    fn step(&mut self, last: bool) {
        let end = self.base + self.text.len();
        let limit = if last { end } else { end - LOOK_AHEAD };
        let part = Part { text: &self.text, base: self.base, last };
        self.finder.walk(part, self.searched - self.base..limit - self.base);
        self.searched = limit;
        self.pending.append(&mut self.finder.found().kept);
        let mut marks = std::mem::take(&mut self.finder.found().waivers);
        marks.arrange();
        self.teller.mark(part, &marks, &self.pending);
        if self.scanned == Scanned::Binary {
            // No detector looks at what is no text: nothing is kept for one.
            self.detected = limit;
        } else {
            self.detect(limit, last);
        }
        let part = Part { text: &self.text, base: self.base, last };

        // Nothing that is found later starts before this place.
        let settled = if last {
            usize::MAX
        } else {
            let known = self.finder.unsettled().min(limit.saturating_sub(CONTEXT)).min(self.detected);
            known.max(self.settled)
        };
        self.teller.only(self.settled..settled);
        self.teller.tell(part, &self.pending, &[], |_, _| true, &mut self.out);
        self.settled = settled;

        let waiting = self.pending.iter().filter(|found| found.value.end >= settled).map(|found| found.value.start);
        let first = waiting.min().unwrap_or(settled).min(settled);
        self.pending.retain(|found| found.value.end + SHOWN > first);
        let needed = self.pending.iter().map(|found| found.whole.start).min().unwrap_or(first).min(first);
        self.forget(needed.saturating_sub(CONTEXT));
    }

    /// Shows detectors the lines that end before a place. A line too long to be held comes to them
    /// in pieces.
    fn detect(&mut self, limit: usize, last: bool) {
        let from = self.detected - self.base;
        let Some(text) = self.text.get(from..limit - self.base) else { return };
        let lines = if last { text.len() } else { memrchr(b'\n', text).map_or(text.len(), |newline| newline + 1) };
        let lines = text.get(..lines).unwrap_or_default();
        let seen = Seen { old: None, new: lines, scanned: self.scanned };
        let found = self.rules.detected(&self.file, &self.subject, &seen);
        let base = self.detected;
        if base == 0 {
            self.out.findings.extend(found.whole);
        }
        self.teller.detail(found.details.into_iter().map(|((rule, start), detail)| ((rule, start + base), detail)));
        for Match { value, rule, .. } in found.kept {
            let count = self.counts.entry(rule).or_default();
            *count += 1;
            if *count <= MOST_MATCHES {
                let value = value.start + base..value.end + base;
                self.pending.push(Match { whole: value.clone(), value, rule });
            } else if *count == MOST_MATCHES + 1 {
                self.finder.found().more.push(rule);
            }
        }
        self.detected += lines.len();
    }

    /// Lets go of the text before a place.
    fn forget(&mut self, place: usize) {
        let Some(passed) = place.checked_sub(self.base).filter(|passed| *passed <= self.text.len()) else { return };
        self.teller.pass(Part { text: &self.text, base: self.base, last: false }, place);
        self.text.drain(..passed);
        self.base = place;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Finding, Mode};

    const PACK: &str = r#"[
        {"id": "t/token", "keywords": ["tok_"], "regex": "\\b(tok_[a-z0-9]{8,})", "severity": "deny", "message": "token"},
        {"id": "t/any", "keywords": ["secret", "tok_"], "regex": "(?:secret|tok)\\W*\\n?([a-z0-9_]{6,})", "severity": "warn",
         "tags": ["generic"], "message": "guess"},
        {"id": "t/block", "keywords": ["BEGIN"], "multiline": true, "regex": "BEGIN[^#]*?END", "severity": "deny",
         "message": "block"},
        {"id": "d/tag", "detect": "tag-character", "severity": "deny", "message": "tag"},
        {"id": "u/wide", "keywords": ["wide"], "regex": "wide\\s[a-z]", "show": true, "severity": "note", "message": "w"}
    ]"#;

    fn streamed(rules: &Rules, text: &[u8], chunk: usize) -> Found {
        let path = RepoPath::from("a.txt");
        let mut stream = rules.stream(Candidate::standing(&path, Mode::Regular));
        stream.chunk = chunk;
        text.chunks(chunk).for_each(|piece| stream.push(piece));
        stream.finish()
    }

    fn sorted(found: Found) -> (Scanned, Vec<Finding>) {
        let mut findings = found.findings;
        findings.sort_by(|a, b| (&a.place, &a.rule).cmp(&(&b.place, &b.rule)));
        (found.scanned, findings)
    }

    /// Pieces of text that meet each other at every kind of edge.
    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => "[a-z =;\n]{0,300}",
            2 => "(secret|tok_|tok)[=\n ]{0,3}[a-z0-9_]{0,12}",
            1 => Just("a\\u0022tok_abcdefgh\\u0022\n&lt;\nsecret&#61;abcdef0\n".to_owned()),
            1 => Just("BEGIN".to_owned()),
            1 => Just("END #".to_owned()),
            1 => Just("wide\u{fc} wide x".to_owned()),
            1 => Just("\na\u{e0041}\u{e0042} tok_abcdefgh\n".to_owned()),
            1 => (1_usize..60_000).prop_map(|count| "x".repeat(count)),
            1 => (1_usize..30_000).prop_map(|count| "tok_abcdefgh ".repeat(count / 300)),
            1 => (1_usize..60_000).prop_map(|count| "y \n".repeat(count / 3)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn a_stream_finds_what_the_whole_text_holds(pieces in prop::collection::vec(piece(), 0..60), chunk in 1_000_usize..90_000) {
            let (rules, text) = (Rules::of_json(PACK), pieces.concat());

            let whole = rules.scan_text(&RepoPath::from("a.txt"), text.as_bytes());
            let parts = streamed(&rules, text.as_bytes(), chunk);

            prop_assert_eq!(sorted(parts), sorted(whole));
        }
    }

    #[test]
    fn a_stream_holds_no_more_of_a_blob_than_it_searches() {
        let (rules, path, chunk) = (Rules::of_json(PACK), RepoPath::from("a.txt"), 16 * 1024);
        let lines = "a line of no secret\n".repeat(500_000).into_bytes();
        let line = vec![b'a'; 10_000_000];
        let binary: Vec<u8> = [[0, 7, 1, 9].repeat(500), b"tok_abcdefgh\n".repeat(100)].concat().repeat(3_000);

        for blob in [lines, line, binary] {
            let mut stream = rules.stream(Candidate::standing(&path, Mode::Regular));
            stream.chunk = chunk;
            let held = blob.chunks(chunk).map(|piece| {
                stream.push(piece);
                stream.search.as_ref().map_or(0, |search| search.text.len())
            });

            assert!(held.max().unwrap() < blob.len() / 8);
        }
    }

    #[test]
    fn utf_16_is_streamed_with_its_lines() {
        let text = format!("{}secret: abcdef123\n", "gr\u{fc}n\n".repeat(100_000));
        let bytes: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();

        let (scanned, findings) = sorted(streamed(&Rules::of_json(PACK), &bytes, 65_537));

        assert_eq!(scanned, Scanned::Utf16);
        assert_eq!(findings.iter().map(|finding| finding.place.line).collect::<Vec<_>>(), [Some(100_001)]);
    }
}
