//! What has to stay at the very top of a file: the header comes after it.

use super::syntax::Syntax;

pub(super) const BOM: &[u8] = b"\xef\xbb\xbf";

/// Front matter that takes longer to close is none.
const LONGEST_FRONT_MATTER: usize = 64 << 10;

/// Directives that `docker build` reads only before the first other comment.
const DIRECTIVES: [&[u8]; 3] = [b"syntax", b"escape", b"check"];

/// Where a header belongs in a text that has none: after a byte order mark, a shebang, an encoding
/// line, directives, `<?xml …?>`, `<!DOCTYPE …>`, `<?php`, `@charset`, `@echo off` or front matter.
///
/// Mostly that is the start of a line. Where something else follows on the line, it is the place
/// right after, so that the header cannot end up inside of what begins there.
pub(super) fn end(text: &[u8], syntax: &Syntax) -> usize {
    let start = if text.starts_with(BOM) { BOM.len() } else { 0 };
    let mut at = start;
    let rest = |at: usize| text.get(at..).unwrap_or_default();
    let is_shebang = rest(at).strip_prefix(b"#!").is_some_and(|line| line.trim_ascii_start().first() != Some(&b'['));
    if is_shebang {
        at = line_end(text, at);
    }
    at = after_mode_line(text, start, at, syntax);
    if syntax.line == "#" {
        while is_directive(line(text, at)) {
            at = line_end(text, at);
        }
    }
    if let Some(length) = opened_and_closed(rest(at), b"<?xml", b"?>") {
        at = after(text, at + length);
    }
    let blank = rest(at).iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    if let Some(length) = doctype(rest(at + blank)) {
        return after(text, at + blank + length);
    }
    if let Some(length) = php(text, at) {
        return after(text, at + length);
    }
    if starts_with(rest(at), b"@charset ")
        && let Some(semicolon) = memchr::memchr(b';', line(text, at))
    {
        return after(text, at + semicolon + 1);
    }
    if syntax.line == "::" && line(text, at).trim_ascii().eq_ignore_ascii_case(b"@echo off") {
        return line_end(text, at);
    }
    if at == start && syntax.line != "#" { front_matter(text, at).unwrap_or(at) } else { at }
}

/// Whether a header there needs a line break before it.
pub(super) fn is_mid_line(text: &[u8], at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    !before.is_empty() && before != BOM && before.last() != Some(&b'\n')
}

/// Whether a text opens with this, past what may stand before it.
pub(super) fn is_within(text: &[u8], opening: &str) -> bool {
    opening.is_empty() || {
        let start = if text.starts_with(BOM) { BOM.len() } else { 0 };
        let is_shebang = text.get(start..).is_some_and(|text| text.starts_with(b"#!"));
        php(text, if is_shebang { line_end(text, start) } else { start }).is_some()
    }
}

/// The line that starts there, with its line break.
fn line(text: &[u8], at: usize) -> &[u8] {
    text.get(at..line_end(text, at)).unwrap_or_default()
}

/// Where the next line starts.
fn line_end(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |newline| at + newline + 1)
}

/// The start of the next line where nothing else follows on this one; else the place itself.
fn after(text: &[u8], at: usize) -> usize {
    if line(text, at).trim_ascii().is_empty() { line_end(text, at) } else { at }
}

/// Python, Ruby, Emacs and others read `coding:` or `-*- … -*-` in the first two lines only.
fn after_mode_line(text: &[u8], start: usize, at: usize, syntax: &Syntax) -> usize {
    let is_comment = |line: &[u8]| {
        let line = line.trim_ascii();
        if syntax.open.is_empty() {
            line.starts_with(syntax.line.as_bytes())
        } else {
            line.starts_with(syntax.open.trim().as_bytes()) && line.ends_with(syntax.close.trim().as_bytes())
        }
    };
    let is_mode = |line: &[u8]| {
        let has = |word: &[u8]| memchr::memmem::find(line, word).is_some();
        is_comment(line) && (has(b"coding:") || has(b"coding=") || has(b"-*-"))
    };
    let first = line(text, at);
    if is_mode(first) {
        return line_end(text, at);
    }
    let second = line_end(text, at);
    let may_precede = first.trim_ascii().is_empty() || is_comment(first);
    if at == start && may_precede && is_mode(line(text, second)) { line_end(text, second) } else { at }
}

fn is_directive(line: &[u8]) -> bool {
    let Some(said) = line.strip_prefix(b"#").map(<[u8]>::trim_ascii_start) else { return false };
    DIRECTIVES.iter().any(|word| {
        starts_with(said, word)
            && said.get(word.len()..).is_some_and(|rest| rest.trim_ascii_start().first() == Some(&b'='))
    })
}

fn starts_with(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn opened_and_closed(text: &[u8], open: &[u8], close: &[u8]) -> Option<usize> {
    if !starts_with(text, open) {
        return None;
    }
    memchr::memmem::find(text, close).map(|at| at + close.len())
}

/// The length of a document type, with quotes and an internal subset in it.
fn doctype(text: &[u8]) -> Option<usize> {
    if !starts_with(text, b"<!doctype") {
        return None;
    }
    let (mut quote, mut depth) = (None, 0_usize);
    for (at, byte) in text.iter().enumerate() {
        if let Some(open) = quote {
            quote = (byte != open).then_some(open);
            continue;
        }
        match byte {
            b'"' | b'\'' => quote = Some(byte),
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            b'>' if depth == 0 => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// `<?php`, unless it is closed on the same line: what follows would be no code then.
fn php(text: &[u8], at: usize) -> Option<usize> {
    const OPEN: &[u8] = b"<?php";
    let line = line(text, at);
    let is_open = starts_with(line, OPEN) && line.get(OPEN.len()).is_none_or(u8::is_ascii_whitespace);
    (is_open && memchr::memmem::find(line, b"?>").is_none()).then_some(OPEN.len())
}

/// The end of what is between two lines of `---` or `+++`.
fn front_matter(text: &[u8], start: usize) -> Option<usize> {
    let fence = line(text, start).trim_ascii_end();
    if fence != b"---" && fence != b"+++" {
        return None;
    }
    let mut at = line_end(text, start);
    while at < text.len() && at - start < LONGEST_FRONT_MATTER {
        let end = line_end(text, at);
        if line(text, at).trim_ascii_end() == fence {
            return Some(end);
        }
        at = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with a bar where its header belongs.
    fn marked(path: &str, text: &str) -> String {
        let syntax = Syntax::of(&path.into(), text.as_bytes()).unwrap();
        let at = end(text.as_bytes(), syntax);
        let (before, after) = text.split_at(at);
        [before, "|", after].concat()
    }

    #[test]
    fn the_header_comes_after_what_has_to_be_first() {
        let texts = [
            ("a.py", "|import os\n"),
            ("a.py", "\u{feff}|import os\n"),
            ("a.py", "#!/usr/bin/python\n|import os\n"),
            ("a.py", "#!/usr/bin/python\n# -*- coding: latin-1 -*-\n|import os\n"),
            ("a.py", "# A module\n# vim: set fileencoding=utf-8 :\n|import os\n"),
            ("a.py", "import os\n# -*- coding: utf-8 -*-\n"),
            ("a.rs", "|#![allow(dead_code)]\n"),
            ("a.sh", "#!/bin/sh\r\n|true\r\n"),
            ("a.sh", "#!/bin/sh|"),
            ("Dockerfile", "# syntax=docker/dockerfile:1\n# escape = `\n|# A comment\nFROM scratch\n"),
            ("a.xml", "<?xml version=\"1.0\"?>\n|<root/>\n"),
            ("a.xml", "<?xml version=\"1.0\"?>|<root/>"),
            ("a.xml", "<?xml version=\"1.0\"?>\n<!DOCTYPE r [ <!ENTITY a \"x>\"> ]>\n|<r/>\n"),
            ("a.html", "<!DOCTYPE html>\n|<html>\n"),
            ("a.html", "<!doctype html>|<html>"),
            ("a.html", "<!DOCTYPE html>|<!-- open\nstill -->\n"),
            ("a.php", "<?php\n|echo 1;\n"),
            ("a.php", "#!/usr/bin/env php\n<?php| declare(strict_types=1);\n"),
            ("a.css", "@charset \"utf-8\";\n|a {}\n"),
            ("a.bat", "@ECHO OFF\r\n|dir\r\n"),
            ("a.md", "---\ntitle: A\n---\n|# A\n"),
            ("a.md", "|---\nno front matter\n"),
            ("a.yaml", "|---\na: 1\n---\nb: 2\n"),
            ("a.el", ";;; a.el --- A -*- lexical-binding: t -*-\n|\n(a)\n"),
            ("a.css", "|"),
        ];
        for (path, wanted) in texts {
            let text = wanted.replace('|', "");
            let wanted = if wanted.contains('|') { wanted.to_owned() } else { format!("|{wanted}") };
            assert_eq!(marked(path, &text), wanted, "{path}");
        }
    }

    #[test]
    fn only_code_that_goes_on_is_within_php() {
        for (text, is_php) in [
            ("<?php\necho 1;\n", true),
            ("\u{feff}#!/usr/bin/php\n<?php echo 1;", true),
            ("<?php echo 1; ?>\n<p>\n", false),
            ("<html><?php echo 1;", false),
            ("", false),
        ] {
            assert_eq!(is_within(text.as_bytes(), "<?php"), is_php, "{text:?}");
        }
        assert!(is_within(b"", ""));
    }
}
