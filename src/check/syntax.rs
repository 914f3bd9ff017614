//! Just enough of each language to tell code from comments and strings.
//!
//! People write comments and strings in any script; only the code itself must be plain. A lexer
//! this small can lose its way (a quote in a JavaScript regular expression), so a quote that may
//! not span lines never does.

use std::ops::Range;

use crate::model::RepoPath;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    Comment,
    String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Close {
    /// At the next of these bytes; a backslash takes the next byte with it when `escapes`.
    Text { close: &'static str, escapes: bool, lines: bool },
    /// At the end of the line.
    Line,
    /// `/*` within needs its own `*/`.
    Nested { open: &'static str, close: &'static str },
    /// A character such as `'x'` or `'\u{1f}'`, and nothing when no quote follows soon: the
    /// lifetimes of Rust and the type variables of ML start with the same quote.
    Character,
}

#[derive(Clone, Copy, Debug)]
struct Opening {
    open: &'static str,
    close: Close,
    zone: Zone,
    /// Counts only at the start of a line or after a blank, as `#` does in a shell.
    after_blank: bool,
}

/// The openings of a language; where one starts like another, the longer comes first.
type Syntax = &'static [Opening];

const fn line(open: &'static str) -> Opening {
    Opening { open, close: Close::Line, zone: Zone::Comment, after_blank: false }
}

const fn block(open: &'static str, close: &'static str) -> Opening {
    Opening { open, close: Close::Text { close, escapes: false, lines: true }, zone: Zone::Comment, after_blank: false }
}

const fn nested(open: &'static str, close: &'static str) -> Opening {
    Opening { open, close: Close::Nested { open, close }, zone: Zone::Comment, after_blank: false }
}

/// On one line, and a backslash takes the meaning from what follows it.
const fn quote(open: &'static str) -> Opening {
    string(open, Close::Text { close: open, escapes: true, lines: false })
}

/// The same over several lines.
const fn text(open: &'static str, close: &'static str) -> Opening {
    string(open, Close::Text { close, escapes: true, lines: true })
}

/// Over several lines, up to where it is closed and nothing else.
const fn raw(open: &'static str, close: &'static str) -> Opening {
    string(open, Close::Text { close, escapes: false, lines: true })
}

/// A quoted name, on one line.
const fn name(open: &'static str) -> Opening {
    string(open, Close::Text { close: open, escapes: false, lines: false })
}

const fn string(open: &'static str, close: Close) -> Opening {
    Opening { open, close, zone: Zone::String, after_blank: false }
}

const CHARACTER: Opening = Opening { open: "'", close: Close::Character, zone: Zone::String, after_blank: false };
const SHELL_COMMENT: Opening = Opening { open: "#", close: Close::Line, zone: Zone::Comment, after_blank: true };

const C: Syntax = &[line("//"), block("/*", "*/"), raw("R\"(", ")\""), quote("\""), CHARACTER];
const JAVA: Syntax = &[line("//"), nested("/*", "*/"), text("\"\"\"", "\"\"\""), quote("\""), CHARACTER];
const RUST: Syntax = &[
    line("//"),
    nested("/*", "*/"),
    raw("r##\"", "\"##"),
    raw("r#\"", "\"#"),
    raw("r\"", "\""),
    text("\"", "\""),
    CHARACTER,
];
const SCRIPT: Syntax = &[line("//"), block("/*", "*/"), text("`", "`"), quote("\""), quote("'")];
const GO: Syntax = &[line("//"), block("/*", "*/"), raw("`", "`"), quote("\""), CHARACTER];
const DART: Syntax =
    &[line("//"), nested("/*", "*/"), text("\"\"\"", "\"\"\""), text("'''", "'''"), quote("\""), quote("'")];
const PHP: Syntax = &[
    line("//"),
    line("#"),
    block("/*", "*/"),
    // Everything outside `<?php … ?>` is a page's own text.
    raw("?>", "<?"),
    text("\"", "\""),
    text("'", "'"),
];
const PYTHON: Syntax = &[line("#"), text("\"\"\"", "\"\"\""), text("'''", "'''"), quote("\""), quote("'")];
const RUBY: Syntax = &[block("\n=begin", "\n=end"), SHELL_COMMENT, text("\"", "\""), text("'", "'")];
const PERL: Syntax = &[block("\n=", "\n=cut"), SHELL_COMMENT, text("\"", "\""), text("'", "'")];
const SHELL: Syntax = &[SHELL_COMMENT, text("\"", "\""), raw("'", "'")];
const POWERSHELL: Syntax = &[block("<#", "#>"), line("#"), raw("\"", "\""), raw("'", "'")];
const ELIXIR: Syntax = &[line("#"), text("\"\"\"", "\"\"\""), text("\"", "\""), quote("'")];
const HASHED: Syntax = &[line("#"), text("\"\"\"", "\"\"\""), quote("\""), quote("'")];
const SQL: Syntax = &[line("--"), block("/*", "*/"), raw("'", "'"), name("\"")];
const LUA: Syntax = &[block("--[[", "]]"), line("--"), raw("[[", "]]"), quote("\""), quote("'")];
const HASKELL: Syntax = &[nested("{-", "-}"), line("--"), quote("\""), CHARACTER];
const ML: Syntax = &[nested("(*", "*)"), text("\"", "\""), CHARACTER];
const LISP: Syntax = &[line(";"), text("\"", "\"")];
const ERLANG: Syntax = &[line("%"), text("\"", "\""), quote("'")];

fn of(path: &RepoPath) -> Option<Syntax> {
    let extension = path.extension()?.to_ascii_lowercase();
    Some(match extension.as_slice() {
        b"c" | b"h" | b"cc" | b"cpp" | b"cxx" | b"hpp" | b"hh" | b"m" | b"mm" | b"cu" | b"ino" | b"proto" | b"zig" => C,
        b"java" | b"kt" | b"kts" | b"scala" | b"cs" | b"swift" => JAVA,
        b"rs" => RUST,
        b"js" | b"jsx" | b"ts" | b"tsx" | b"mjs" | b"cjs" | b"mts" | b"cts" | b"sol" => SCRIPT,
        b"go" => GO,
        b"dart" | b"groovy" | b"gradle" => DART,
        b"php" => PHP,
        b"py" | b"pyi" => PYTHON,
        b"rb" => RUBY,
        b"pl" | b"pm" => PERL,
        b"sh" | b"bash" | b"zsh" => SHELL,
        b"ps1" => POWERSHELL,
        b"ex" | b"exs" => ELIXIR,
        b"r" | b"jl" | b"nim" | b"tcl" => HASHED,
        b"sql" => SQL,
        b"lua" => LUA,
        b"hs" => HASKELL,
        b"ml" | b"mli" => ML,
        b"clj" => LISP,
        b"erl" => ERLANG,
        _ => return None,
    })
}

/// Whether the path is that of a program in a language known here.
pub(super) fn is_source(path: &RepoPath) -> bool {
    of(path).is_some()
}

/// How a comment starts and ends in a program; what ends with its line ends with nothing.
pub(super) fn comment(path: &RepoPath) -> Option<(&'static str, &'static str)> {
    let comments = || of(path).into_iter().flatten().filter(|opening| opening.zone == Zone::Comment);
    let closes = |opening: &Opening| match opening.close {
        Close::Line => Some((opening.open, "")),
        Close::Text { close, .. } | Close::Nested { close, .. } if !opening.open.starts_with('\n') => {
            Some((opening.open, close))
        }
        Close::Text { .. } | Close::Nested { .. } | Close::Character => None,
    };
    let of_a_line = comments().find(|opening| opening.close == Close::Line);
    of_a_line.or_else(|| comments().next()).and_then(closes)
}

/// The comments and strings of a source file, in order; `None` for a language it does not know.
pub(super) fn zones(path: &RepoPath, text: &[u8]) -> Option<Vec<(Range<usize>, Zone)>> {
    let syntax = of(path)?;
    let mut zones = Vec::new();
    let mut at = 0;
    if syntax.iter().any(|opening| opening.open == "?>") {
        // A page starts as text.
        at = memchr::memmem::find(text, b"<?").unwrap_or(text.len());
        zones.push((0..at, Zone::String));
    }
    while at < text.len() {
        let Some(opening) = syntax.iter().find(|opening| opens(opening, text, at)) else {
            at += 1;
            continue;
        };
        let inside = at + opening.open.len();
        let end = end_of(opening.close, text, inside);
        if end > inside || opening.close != Close::Character {
            zones.push((at..end, opening.zone));
        }
        at = end.max(inside);
    }
    Some(zones)
}

/// What lies at a place: nothing when it is code.
pub(super) fn zone_at(zones: &[(Range<usize>, Zone)], at: usize) -> Option<Zone> {
    around(zones, at).map(|(_, zone)| zone)
}

/// The comment or string around a place, and where it starts.
pub(super) fn around(zones: &[(Range<usize>, Zone)], at: usize) -> Option<(usize, Zone)> {
    let next = zones.partition_point(|(range, _)| range.end <= at);
    zones.get(next).filter(|(range, _)| range.contains(&at)).map(|(range, zone)| (range.start, *zone))
}

fn opens(opening: &Opening, text: &[u8], at: usize) -> bool {
    let here = text.get(at..).unwrap_or_default();
    here.starts_with(opening.open.as_bytes())
        && (!opening.after_blank
            || at.checked_sub(1).and_then(|before| text.get(before)).is_none_or(u8::is_ascii_whitespace))
}

fn end_of(close: Close, text: &[u8], inside: usize) -> usize {
    match close {
        Close::Line => {
            let rest = text.get(inside..).unwrap_or_default();
            memchr::memchr(b'\n', rest).map_or(text.len(), |newline| inside + newline)
        }
        Close::Text { close, escapes, lines } => {
            let mut at = inside;
            while let Some(&byte) = text.get(at) {
                let here = text.get(at..).unwrap_or_default();
                if here.starts_with(close.as_bytes()) {
                    return at + close.len();
                }
                if byte == b'\n' && !lines {
                    return at;
                }
                at += if escapes && byte == b'\\' { 2 } else { 1 };
            }
            text.len()
        }
        Close::Nested { open, close } => {
            let mut depth = 1;
            let mut at = inside;
            while at < text.len() {
                let here = text.get(at..).unwrap_or_default();
                if here.starts_with(close.as_bytes()) {
                    depth -= 1;
                    at += close.len();
                    if depth == 0 {
                        return at;
                    }
                } else if here.starts_with(open.as_bytes()) {
                    depth += 1;
                    at += open.len();
                } else {
                    at += 1;
                }
            }
            text.len()
        }
        Close::Character => {
            let window = text.get(inside..(inside + 12).min(text.len())).unwrap_or_default();
            let first = if window.starts_with(b"\\") {
                2
            } else {
                super::characters::character_at(text, inside).map_or(1, char::len_utf8)
            };
            let rest = window.get(first..).unwrap_or_default();
            let reach = if window.starts_with(b"\\") { rest.len() } else { 1 };
            let closing = rest.iter().take(reach).position(|&byte| byte == b'\'');
            closing.map_or(inside, |found| inside + first + found + 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with every comment as `c` and every string as `s`.
    fn painted(path: &str, text: &str) -> String {
        let zones = zones(&path.into(), text.as_bytes()).unwrap();
        let paint = |at: usize, byte: u8| match zone_at(&zones, at) {
            Some(_) if byte == b'\n' => '\n',
            Some(Zone::Comment) => 'c',
            Some(Zone::String) => 's',
            None => char::from(byte),
        };
        text.bytes().enumerate().map(|(at, byte)| paint(at, byte)).collect()
    }

    #[test]
    fn comments_and_strings_of_c_like_languages_are_told_from_code() {
        assert_eq!(painted("a.c", "x(\"a\\\"b\"); // c\ny /* d\n */ z"), "x(ssssss); cccc\ny cccc\nccc z");
        assert_eq!(painted("a.ts", "f(`a\n${b}`, 'c')"), "f(ss\nsssss, sss)");
        assert_eq!(painted("a.rs", "/* a /* b */ c */ d"), "ccccccccccccccccc d");
    }

    #[test]
    fn a_lifetime_is_code_and_a_character_is_not() {
        assert_eq!(painted("a.rs", "fn f<'a>(x: &'a str) -> char { 'x' }"), "fn f<'a>(x: &'a str) -> char { sss }");
        assert_eq!(painted("a.rs", r"['\'', '\u{1f}'];"), "[ssss, ssssssss];");
        assert_eq!(painted("a.rs", "r#\"a\"b\"# + c"), "ssssssss + c");
    }

    #[test]
    fn a_hash_starts_a_comment_where_the_language_says_so() {
        assert_eq!(painted("a.py", "x = '''a\n#b''' # c\ny"), "x = ssss\nsssss ccc\ny");
        assert_eq!(painted("a.sh", "echo $# # n\n'a\nb'"), "echo $# ccc\nss\nss");
        assert_eq!(painted("a.sql", "select 'a' -- b"), "select sss cccc");
        assert_eq!(painted("a.php", "<p>a</p><?php f('b') ?>c<?"), "ssssssss<?php f(sss) sssss");
    }

    #[test]
    fn a_quote_left_open_ends_with_its_line() {
        assert_eq!(painted("a.js", "x = /'/\ny"), "x = /ss\ny");
        assert_eq!(painted("a.py", "'a"), "ss");
    }

    #[test]
    fn a_language_that_is_not_known_has_no_zones() {
        assert_eq!(zones(&"a.vue".into(), b"'a'"), None);
        assert_eq!(zones(&"Makefile".into(), b"'a'"), None);
    }
}
