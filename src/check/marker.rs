//! Waivers in the text itself: `gov: allow[rule-id] reason until=2026-12-31`, in any comment.

use std::ops::Range;

use super::syntax;
use crate::model::{Date, Fingerprint, Place, RepoPath, RuleId, hides_text};
use crate::policy::NameGlob;

pub(super) const MARKER: &str = "gov: allow";

/// The marker as people write it. `build/packs.rs` has the same list.
pub(super) const MARKERS: [&str; 2] = [MARKER, "gov:allow"];

/// How much of a line is read, and how much of a reason is kept.
const LONGEST_LINE: usize = 1024;
const LONGEST_REASON: usize = 200;

/// A waiver that was found in a scanned text.
#[derive(Clone, Debug)]
pub struct Inline {
    pub(super) path: RepoPath,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) rules: Vec<NameGlob>,
    pub(super) reason: String,
    pub(super) until: Option<Date>,
    pub(super) problem: Option<&'static str>,
    /// The line whose findings it excuses: its own, or the next when it stands alone.
    pub(super) covers: u32,
    /// Findings that are on no line of the new text, which it excuses by naming their rule.
    pub(super) elsewhere: Vec<Fingerprint>,
    /// The change adds its line.
    pub(super) added: bool,
    /// Nothing in the whole text, changed or not, is what it excuses.
    pub(super) idle: bool,
}

impl Inline {
    /// `ids` are the rules that match on the line it `covers`; `elsewhere` are findings of the file
    /// that are on no line of its new text: those it excuses only by their full name.
    pub(super) fn new(
        marked: &Marked,
        place: Place,
        covers: u32,
        ids: &[&str],
        elsewhere: &[(RuleId, Fingerprint)],
    ) -> Self {
        let rules: Vec<NameGlob> = marked.rules.iter().filter_map(|rule| NameGlob::new(rule).ok()).collect();
        let named = |id: &RuleId| rules.iter().any(|glob| glob.text == id.as_str());
        let elsewhere: Vec<Fingerprint> =
            elsewhere.iter().filter(|(id, _)| named(id)).map(|(_, fingerprint)| *fingerprint).collect();
        let idle = elsewhere.is_empty() && !ids.iter().any(|id| rules.iter().any(|glob| glob.matches(id)));
        Self {
            path: place.path,
            line: place.line.unwrap_or(1),
            column: place.column.unwrap_or(1),
            rules,
            reason: marked.reason.clone(),
            until: marked.until,
            problem: marked.problem,
            covers,
            elsewhere,
            added: false,
            idle,
        }
    }

    /// Whether the change under judgement adds it.
    pub(super) fn added(self, added: bool) -> Self {
        Self { added, ..self }
    }
}

/// What the text around a marker says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Marked {
    pub(super) rules: Vec<String>,
    pub(super) reason: String,
    pub(super) until: Option<Date>,
    pub(super) problem: Option<&'static str>,
    /// Only the marks of a comment stand before it on its line.
    pub(super) alone: bool,
}

impl Marked {
    /// Reads the marker at a place of a file; `None` when it is only spoken of, as in quotes. What is
    /// `hidden`, in ascending order, is a secret, and no part of a reason.
    pub(super) fn read(path: &RepoPath, text: &[u8], at: usize, hidden: &[Range<usize>]) -> Option<Self> {
        let from = at.saturating_sub(LONGEST_LINE);
        let before = text.get(from..at)?;
        let before =
            memchr::memrchr(b'\n', before).map_or(before, |newline| before.get(newline + 1..).unwrap_or_default());
        let marks = |byte: &u8| byte.is_ascii_whitespace() || b"#/*-;%!<({[~".contains(byte);
        if before.last().is_some_and(|byte| !marks(byte)) {
            return None;
        }
        let alone = before.split(marks).all(opens_a_comment);
        let problem = |problem| {
            Some(Self { rules: Vec::new(), reason: String::new(), until: None, problem: Some(problem), alone })
        };
        let marked = text.get(at..)?;
        let is_there = |marker: &&&str| {
            marked.get(..marker.len()).is_some_and(|there| there.eq_ignore_ascii_case(marker.as_bytes()))
        };
        let length = MARKERS.iter().find(is_there)?.len();
        if marked.get(length) != Some(&b'[') {
            let is_meant = begins_a_comment(path, before) && marked.get(length).copied().is_none_or(ends_a_word);
            return if is_meant { problem("no rule stands in brackets behind `allow`") } else { None };
        }
        let opens = at + length + 1;
        let after = text.get(opens..)?;
        let after = after.get(..LONGEST_LINE).unwrap_or(after);
        let next = hidden.get(hidden.partition_point(|range| range.start < at)..)?.first();
        let secret = next.map_or(usize::MAX, |range| range.start);
        let end = memchr::memchr(b'\n', after).unwrap_or(after.len());
        let after = after.get(..end.min(secret.saturating_sub(opens)))?;
        let said = String::from_utf8_lossy(after);
        let Some((rules, rest)) = said.split_once(']') else { return problem("the bracket is never closed") };
        let rules: Vec<String> = rules.split(',').map(|rule| rule.trim().to_owned()).collect();
        let fits = |rule: &String| {
            rule.contains(['/', '*']) && rule.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.*?".contains(c))
        };
        if !rules.iter().all(fits) {
            return problem("the text in the brackets is not a rule id");
        }
        let rest = ["*/", "-->", "--%>", "%>", "#}", "}}"]
            .iter()
            .filter_map(|close| rest.find(close))
            .min()
            .and_then(|end| rest.get(..end))
            .unwrap_or(rest);
        let (mut until, mut words) = (None, Vec::new());
        for word in rest.split_whitespace() {
            match word.strip_prefix("until=").map(|date| date.trim_end_matches([',', '.', ':', ';', ')']).parse()) {
                Some(Ok(date)) => until = Some(date),
                Some(Err(())) => return problem("`until` is not a date of the form 2026-12-31"),
                None => words.push(word),
            }
        }
        let reason = words.join(" ");
        let reason = reason.trim_start_matches([':', '-', '\u{2013}', '\u{2014}', ' ']);
        let reason = reason.chars().filter(|c| !c.is_control() && !hides_text(*c)).take(LONGEST_REASON).collect();
        Some(Self { rules, reason, until, problem: None, alone })
    }
}

/// How a comment starts and ends in a file, where its format has any.
pub(super) fn comment_of(path: &RepoPath) -> Option<(&'static str, &'static str)> {
    syntax::comment(path).or_else(|| comment(path))
}

/// How a comment starts and ends in formats that are no programs.
fn comment(path: &RepoPath) -> Option<(&'static str, &'static str)> {
    let name = path.as_bytes().rsplit(|&byte| byte == b'/').next()?.to_ascii_lowercase();
    let hashed = [&b"dockerfile"[..], b"makefile", b".npmrc", b".pypirc", b".gitconfig", b".dockerignore"];
    if hashed.contains(&name.as_slice()) || name.starts_with(b".env") {
        return Some(("#", ""));
    }
    match path.extension()?.to_ascii_lowercase().as_slice() {
        b"yaml" | b"yml" | b"toml" | b"ini" | b"cfg" | b"conf" | b"properties" | b"env" | b"tf" | b"tfvars"
        | b"hcl" | b"cmake" | b"mk" | b"nix" | b"graphql" => Some(("#", "")),
        b"html" | b"htm" | b"xml" | b"svg" | b"md" | b"vue" | b"plist" | b"csproj" => Some(("<!--", "-->")),
        b"css" | b"scss" | b"less" => Some(("/*", "*/")),
        _ => None,
    }
}

/// Whether a line ends with the beginning of a comment, as the file's format has it: elsewhere the same
/// signs may head a chapter or an item.
fn begins_a_comment(path: &RepoPath, before: &[u8]) -> bool {
    let last = before.trim_ascii_end().rsplit(u8::is_ascii_whitespace).next().unwrap_or_default();
    comment_of(path).is_some_and(|(open, _)| last.ends_with(open.as_bytes()) || (open == "//" && last.ends_with(b"/*")))
        && last.iter().all(|byte| !byte.is_ascii_alphanumeric() && !b"\"'`".contains(byte))
}

/// Whether no name goes on with it, as in `allowed` or `allow-list`.
fn ends_a_word(next: u8) -> bool {
    !next.is_ascii_alphanumeric() && !b"-_".contains(&next)
}

/// Whether a word before a marker is no more than the beginning of a comment.
fn opens_a_comment(word: &[u8]) -> bool {
    let is_sign = |byte: &u8| b"\"':._".contains(byte);
    word.iter().all(is_sign) || [&b"rem"[..], b"@rem", b"dnl"].iter().any(|known| word.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = (Vec<String>, String, Option<String>, Option<&'static str>, bool);

    fn read(text: &str) -> Option<Read> {
        read_in("a.rs", text)
    }

    fn read_in(path: &str, text: &str) -> Option<Read> {
        let at = MARKERS.iter().find_map(|marker| text.find(marker)).unwrap();
        let marked = Marked::read(&path.into(), text.as_bytes(), at, &[])?;
        let until = marked.until.map(|date| date.to_string());
        Some((marked.rules, marked.reason, until, marked.problem, marked.alone))
    }

    #[expect(clippy::unnecessary_wraps, reason = "it is compared with what may not be read")]
    fn good(rule: &str, reason: &str, until: Option<&str>, alone: bool) -> Option<Read> {
        Some((vec![rule.to_owned()], reason.to_owned(), until.map(str::to_owned), None, alone))
    }

    #[test]
    fn a_waiver_is_read_in_any_comment() {
        assert_eq!(read("# gov: allow[secret/x] a test"), good("secret/x", "a test", None, true));
        assert_eq!(
            read("x = 1 // gov: allow[secret/*] why until=2026-12-31"),
            good("secret/*", "why", Some("2026-12-31"), false)
        );
        assert_eq!(
            read("<!-- gov: allow[a/b] until=2026-12-31: why -->"),
            good("a/b", "why", Some("2026-12-31"), true)
        );
        assert_eq!(read("/* gov: allow[a/b]: why */ x = 1"), good("a/b", "why", None, true));
        assert_eq!(read("; gov: allow[a/b]"), good("a/b", "", None, true));
        assert_eq!(read("# gov:allow[a/b] why"), good("a/b", "why", None, true));
    }

    #[test]
    fn a_waiver_stands_alone_behind_nothing_but_the_beginning_of_a_comment() {
        let alone = |before: &str| read(&format!("{before} gov: allow[a/b] why")).map(|read| read.4);

        for before in ["", "#", "//", " *", "(*", "{/*", "REM", "@rem", "::", "..", "dnl", "#_", "'", "\"", "%", ";;"] {
            assert_eq!(alone(before), Some(true), "{before}");
        }
        for before in ["x #", "mem #", "end #", "} else { //", "return; //"] {
            assert_eq!(alone(before), Some(false), "{before}");
        }
    }

    #[test]
    fn what_only_speaks_of_a_waiver_is_none() {
        assert_eq!(read("write `gov: allow[a/b] why`"), None);
        assert_eq!(read("x = \"gov: allow[a/b] why\""), None);
    }

    #[test]
    fn a_waiver_that_cannot_be_read_says_why() {
        let problem = |text: &str| read(text).and_then(|read| read.3);

        assert_eq!(problem("# gov: allow[a/b why"), Some("the bracket is never closed"));
        assert_eq!(problem("# gov: allow[] why"), Some("the text in the brackets is not a rule id"));
        assert_eq!(problem("# gov: allow[rule] why"), Some("the text in the brackets is not a rule id"));
        assert_eq!(
            problem("# gov: allow[a/b] why until=tomorrow"),
            Some("`until` is not a date of the form 2026-12-31")
        );
    }

    #[test]
    fn a_waiver_without_brackets_names_no_rule() {
        let problem = |path: &str, text: &str| read_in(path, text).and_then(|read| read.3);
        let none = Some("no rule stands in brackets behind `allow`");

        for (path, text) in [
            ("a.py", "key = x  # gov: allow a test key"),
            ("a.py", "# gov:allow"),
            ("a.rs", "let x = 1; // gov: allow(secret/x) why"),
            ("a.js", "/* gov: allow */"),
            ("a.yaml", "key: x  # gov: allow [secret/x] why"),
            ("a.md", "<!-- gov: allow secrets, they are made up -->"),
            ("a.sql", "-- gov: allow: why"),
        ] {
            assert_eq!(problem(path, text), none, "{path}: {text}");
        }
    }

    #[test]
    fn prose_that_speaks_of_waivers_is_none() {
        for (path, text) in [
            ("a.md", "# gov: allow and its rules"),
            ("a.md", "- gov: allow"),
            ("a.txt", "# gov: allow what you like"),
            ("a.yaml", "gov: allow"),
            ("a.yaml", "- gov: allow"),
            ("a.py", "# write gov: allow and a reason"),
            ("a.py", "# gov: allowed by nobody"),
            ("a.py", "# gov: allow-list"),
            ("a.py", "print('# gov: allow x')"),
            ("a.rs", "/// `gov: allow` without brackets"),
        ] {
            assert_eq!(read_in(path, text), None, "{path}: {text}");
        }
    }

    #[test]
    fn a_secret_behind_a_waiver_is_no_part_of_its_reason() {
        let text = "/* gov: allow[a/b] why */ gov: x";
        let open = "# gov: allow[a/b] why hunter2hunter2";
        let secret = open.find("hunter2").unwrap()..open.len();
        let path = RepoPath::from("a.rs");

        assert_eq!(Marked::read(&path, text.as_bytes(), 3, &[]).unwrap().reason, "why");
        assert_eq!(Marked::read(&path, open.as_bytes(), 2, &[secret]).unwrap().reason, "why");
    }
}
