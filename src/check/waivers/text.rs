//! Waivers as text: what is written into `.gov/waivers.yaml`, which leaves all else in it as it is,
//! and what may be written into the excused text itself.

use std::fmt::Write as _;

use super::entry::{Entry, What};
use super::file::Waivers;
use crate::check::marker::{MARKER, comment_of};
use crate::model::{Date, Finding, RepoPath};

/// What stands above a waiver of the baseline. Whoever takes it away makes the waiver their own.
const BASELINE: &str = "# baseline: ";

/// A waiver to be written.
#[derive(Clone, Copy, Debug)]
pub struct Waiver<'a> {
    pub what: Excused<'a>,
    pub reason: &'a str,
    pub until: Option<Date>,
    pub by: Option<&'a str>,
    /// One of those that take an old repository as it is.
    pub baseline: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum Excused<'a> {
    Finding(&'a Finding),
    /// A finding that is not at hand.
    Fingerprint(&'a str),
    Rule {
        rule: &'a str,
        paths: &'a [String],
    },
}

impl Waiver<'_> {
    /// An item of the list, ending with its newline.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let mut out = String::new();
        if let Excused::Finding(finding) = self.what {
            let mark = if self.baseline { BASELINE } else { "# " };
            out = format!("{mark}{} in {}\n", finding.rule, escaped(&finding.place.path.to_string()));
        }
        let mut field = |mark: &str, key: &str, value: &str| {
            // Writing into a string does not fail.
            let _ = writeln!(out, "{mark}{key}: {value}");
        };
        match self.what {
            Excused::Finding(finding) => field("- ", "fingerprint", &quoted(&finding.fingerprint.to_string())),
            Excused::Fingerprint(fingerprint) => field("- ", "fingerprint", &quoted(fingerprint)),
            Excused::Rule { rule, paths } => {
                let paths: Vec<String> = paths.iter().map(|path| quoted(path)).collect();
                field("- ", "rule", &quoted(rule));
                field("  ", "paths", &format!("[{}]", paths.join(", ")));
            }
        }
        field("  ", "reason", &quoted(self.reason));
        if let Some(until) = self.until {
            field("  ", "until", &until.to_string());
        }
        if let Some(by) = self.by {
            field("  ", "by", &quoted(by));
        }
        if matches!(self.what, Excused::Finding(finding) if finding.is_gone()) {
            field("  ", "history", "true");
        }
        out
    }
}

/// A waiver that `rules baseline` wrote.
#[derive(Clone, Debug)]
pub struct Baselined {
    pub fingerprint: String,
    /// What it is for, such as `secret/x in src/a.rs`.
    pub what: String,
    pub history: bool,
    pub reason: String,
    pub until: Option<Date>,
    pub by: Option<String>,
    line: u32,
}

impl Waivers {
    /// The waivers of the baseline among those of a file, whose bytes are given once more.
    #[must_use]
    pub fn baselined(&self, file: &[u8]) -> Vec<Baselined> {
        let text = String::from_utf8_lossy(file);
        let lines: Vec<&str> = text.lines().collect();
        let of = |entry: &Entry| {
            let What::Fingerprint(fingerprint) = &entry.what else { return None };
            let above = usize::try_from(entry.line).ok()?.checked_sub(2)?;
            let what = lines.get(above)?.trim().strip_prefix(BASELINE)?;
            Some(Baselined {
                fingerprint: fingerprint.clone(),
                what: what.to_owned(),
                history: entry.history,
                reason: entry.reason.clone(),
                until: entry.until,
                by: entry.by.clone(),
                line: entry.line,
            })
        };
        self.entries.iter().filter_map(of).collect()
    }

    /// The line of the waiver that names a fingerprint.
    #[must_use]
    pub fn line_of(&self, fingerprint: &str) -> Option<u32> {
        let names = |entry: &&Entry| matches!(&entry.what, What::Fingerprint(named) if named == fingerprint);
        self.entries.iter().find(names).map(|entry| entry.line)
    }

    /// The line of the waiver of a rule for the same paths.
    #[must_use]
    pub fn line_of_rule(&self, rule: &str, paths: &[String]) -> Option<u32> {
        let names = |entry: &&Entry| match &entry.what {
            What::Rule { rule: named, paths: at } => named.text == rule && at.iter().map(|glob| &*glob.text).eq(paths),
            What::Fingerprint(_) => false,
        };
        self.entries.iter().find(names).map(|entry| entry.line)
    }

    fn said(&self) -> Vec<String> {
        self.entries.iter().map(Entry::said).collect()
    }
}

/// The file without some waivers of its baseline, and with items of [`Waiver::to_yaml`] at its end.
/// `None` when the file is no plain list that lines can be taken from and added to.
#[must_use]
pub fn rewritten(file: &[u8], dropped: &[Baselined], items: &[Waiver<'_>]) -> Option<Vec<u8>> {
    let before = Waivers::read("", file).ok()?;
    let text = std::str::from_utf8(file).ok()?;
    let gone = |line: &u32| dropped.iter().any(|dropped| dropped.line == *line);
    let kept = before.entries.iter().filter(|entry| !gone(&entry.line)).map(Entry::said);
    let wanted: Vec<String> = kept.chain(Waivers::read("", yaml(items, "", "\n").as_bytes()).ok()?.said()).collect();
    let text = without(text, &dropped.iter().map(|dropped| dropped.line).collect::<Vec<_>>());
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let open = if text.is_empty() || text.ends_with('\n') { "" } else { newline };
    // Another indentation than that of the items before would end the list.
    let item = text.lines().rev().find(|line| line.trim_start().starts_with("- "));
    let indent = item.and_then(|line| line.get(..line.len() - line.trim_start().len())).unwrap_or_default();
    let whole = format!("{text}{open}{}", yaml(items, indent, newline));
    let read = Waivers::read("", whole.as_bytes()).ok()?;
    (read.said() == wanted).then(|| whole.into_bytes())
}

fn yaml(items: &[Waiver<'_>], indent: &str, newline: &str) -> String {
    let lines =
        |item: &Waiver<'_>| item.to_yaml().lines().map(|line| [indent, line, newline].concat()).collect::<String>();
    items.iter().map(lines).collect()
}

/// The text without the items that start on some lines, and without the line above each.
fn without(text: &str, starts: &[u32]) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut kept = vec![true; lines.len()];
    let width = |line: &str| line.len() - line.trim_start().len();
    for start in starts.iter().filter_map(|line| usize::try_from(*line).ok()) {
        let Some((first, dash)) = start.checked_sub(1).and_then(|at| Some((at, width(lines.get(at)?)))) else {
            continue;
        };
        let rest =
            lines.iter().skip(first + 1).take_while(|line| !line.trim().is_empty() && width(line) > dash).count();
        let from = first.saturating_sub(1);
        kept.iter_mut().skip(from).take(first - from + 1 + rest).for_each(|kept| *kept = false);
    }
    lines.into_iter().zip(kept).filter(|(_, kept)| *kept).map(|(line, _)| line).collect()
}

/// A waiver to be pasted into the excused text, where its format has comments.
#[must_use]
pub fn inline(path: &RepoPath, rule: &str, reason: &str, until: Option<Date>) -> Option<String> {
    let (open, close) = comment_of(path)?;
    let until = until.map(|until| format!(" until={until}")).unwrap_or_default();
    let close = if close.is_empty() { String::new() } else { format!(" {close}") };
    Some(format!("{open} {MARKER}[{rule}] {reason}{until}{close}"))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// On one line, with nothing that hides or reorders text.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            c if c.is_control() || crate::model::hides_text(c) => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InHistory, Place, RuleId, Severity};

    fn finding(matched: &str) -> Finding {
        let place = Place { path: "src/a.rs".into(), line: Some(3), column: None, commit: None };
        Finding::at(place, RuleId::new("t/word"), Severity::Deny, "bad", matched.as_bytes())
    }

    fn waiver(finding: &Finding) -> Waiver<'_> {
        Waiver { what: Excused::Finding(finding), reason: "old", until: None, by: None, baseline: true }
    }

    fn rewrite(file: &str, dropped: &[Baselined], items: &[Waiver<'_>]) -> Option<String> {
        rewritten(file.as_bytes(), dropped, items).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    fn baselined(file: &str) -> Vec<Baselined> {
        Waivers::read("", file.as_bytes()).unwrap().baselined(file.as_bytes())
    }

    #[test]
    fn what_is_written_is_read_again_whatever_it_holds() {
        let mut finding = finding("x");
        finding.place.path = RepoPath::new(&b"a\n- rule: b\\\"\xff"[..]);
        finding.history = Some(InHistory { since: None, in_head: false });
        let paths = ["a \"b\".rs".to_owned(), "c\\\\[d].rs".to_owned()];
        let until = "2026-12-31".parse().ok();
        let odd = Waiver { reason: "a: \"b\"\n# c\u{202e}", until, by: Some("é <a@b>"), ..waiver(&finding) };
        let rule = Waiver { what: Excused::Rule { rule: "t/*", paths: &paths }, ..odd };

        let written = rewrite("", &[], &[odd, rule]).unwrap();

        let read = Waivers::read("", written.as_bytes()).unwrap();
        assert_eq!(read.entries.len(), 2);
        assert_eq!((read.entries[0].reason.as_str(), read.entries[0].until), (odd.reason, until));
        assert_eq!((read.entries[1].by.as_deref(), read.entries[0].history), (Some("é <a@b>"), true));
        assert_eq!(read.line_of_rule("t/*", &paths), Some(7));
    }

    #[test]
    fn comments_indentation_and_line_ends_of_the_file_stay() {
        let (one, file) = (finding("x"), "# ours\r\n  - rule: a/b   # odd\r\n    paths: [c]\r\n    reason: x");

        let written = rewrite(file, &[], &[waiver(&one)]).unwrap();

        let item = format!(
            "\r\n  # baseline: t/word in src/a.rs\r\n  - fingerprint: \"{}\"\r\n    reason: \"old\"\r\n",
            one.fingerprint
        );
        assert_eq!(written, format!("{file}{item}"));
    }

    #[test]
    fn a_file_that_is_no_plain_list_is_left_alone() {
        let one = finding("x");

        for file in
            ["[{rule: a/b, paths: [c], reason: x}]", "- rule: a/b\n  paths: [c]\n  reason: x\n...\n", "[]\n", "{"]
        {
            assert_eq!(rewrite(file, &[], &[waiver(&one)]), None, "{file}");
        }
    }

    #[test]
    fn a_waiver_of_the_baseline_is_dropped_with_its_comment_and_nothing_else() {
        let (one, two) = (finding("x"), finding("y"));
        let mine = "# by hand\n- rule: a/b\n  paths: [c]\n  reason: x\n\n# more\n";
        let file = rewrite("", &[], &[waiver(&one), waiver(&two)]).unwrap() + mine;

        let all = baselined(&file);
        let written = rewrite(&file, &all[..1], &[]).unwrap();

        assert_eq!(all.iter().map(|old| old.what.as_str()).collect::<Vec<_>>(), ["t/word in src/a.rs"; 2]);
        assert_eq!(written, rewrite("", &[], &[waiver(&two)]).unwrap() + mine);
        assert_eq!(rewrite(&written, &baselined(&written), &[]).unwrap(), mine);
    }

    #[test]
    fn a_waiver_by_hand_is_none_of_the_baseline() {
        let one = finding("x");
        let by_hand = Waiver { baseline: false, ..waiver(&one) }.to_yaml();

        assert!(baselined(&by_hand).is_empty());
        assert!(baselined(&waiver(&one).to_yaml().replace("# baseline: ", "# ")).is_empty());
    }

    #[test]
    fn a_waiver_in_the_text_is_a_comment_of_its_language() {
        let of = |path: &str| inline(&path.into(), "t/word", "why", None);

        assert_eq!(of("a.rs").as_deref(), Some("// gov: allow[t/word] why"));
        assert_eq!(of("a.py").as_deref(), Some("# gov: allow[t/word] why"));
        assert_eq!(of("a.ml").as_deref(), Some("(* gov: allow[t/word] why *)"));
        assert_eq!(of("deploy/.env.local").as_deref(), Some("# gov: allow[t/word] why"));
        assert_eq!(of("a.md").as_deref(), Some("<!-- gov: allow[t/word] why -->"));
        assert_eq!(of("a.json"), None);
        assert_eq!(
            inline(&"a.sql".into(), "t/word", "why", "2026-12-31".parse().ok()).as_deref(),
            Some("-- gov: allow[t/word] why until=2026-12-31")
        );
    }
}
