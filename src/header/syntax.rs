//! How a comment is written, by what a file is called: `rules/headers.yaml` as the build read it.

use crate::model::RepoPath;

include!(concat!(env!("OUT_DIR"), "/headers.rs"));

/// How a header is written as a comment.
#[derive(Debug, PartialEq, Eq)]
pub struct Syntax {
    /// What every line starts with; empty in a comment that is opened and closed.
    pub(super) line: &'static str,
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    /// What would end the comment, or break it.
    pub(super) never: &'static [&'static str],
    /// The opening without which a file has no place for a header.
    pub(super) within: &'static str,
}

impl Syntax {
    /// The one that a file of this name is written in; a script without a known name by its first line.
    pub(super) fn of(path: &RepoPath, text: &[u8]) -> Option<&'static Self> {
        let name = path.file_name().to_ascii_lowercase();
        let extension = path.extension().map(<[u8]>::to_ascii_lowercase);
        let stem = name.split(|byte| *byte == b'.').next().unwrap_or_default();
        named(&NAMES, &name)
            .or_else(|| named(&EXTENSIONS, extension.as_deref()?))
            .or_else(|| named(&NAMES, stem))
            .or_else(|| named(&INTERPRETERS, interpreter(text)?))
    }

    /// What the first line of a header starts with.
    pub(super) const fn opening(&self) -> &'static str {
        if self.open.is_empty() { self.line } else { self.open }
    }

    /// Whether a value can stand in the comment as it is.
    pub(super) fn takes(&self, value: &str) -> bool {
        !value.ends_with('\\') && !self.never.iter().any(|never| value.contains(never))
    }

    /// The syntaxes in which a line that says `content` starts with these bytes.
    pub(super) fn starting(prefix: &[u8]) -> impl Iterator<Item = &'static Self> {
        SYNTAXES.iter().filter(move |syntax| {
            prefix
                .strip_prefix(syntax.line.as_bytes())
                .is_some_and(|rest| if syntax.line.is_empty() { rest.is_empty() } else { rest == b" " })
        })
    }
}

fn named(table: &[(&str, u8)], word: &[u8]) -> Option<&'static Syntax> {
    let at = table.binary_search_by(|(known, _)| known.as_bytes().cmp(word)).ok()?;
    table.get(at).and_then(|(_, row)| SYNTAXES.get(usize::from(*row)))
}

/// `python` of `#!/usr/bin/env -S python3.12 -u`.
fn interpreter(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let line = text.strip_prefix(b"#!")?.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut program = words.next()?.rsplit(|byte| *byte == b'/').next()?;
    if program == b"env" {
        let named = words.find(|word| !word.starts_with(b"-") && !word.contains(&b'='))?;
        program = named.rsplit(|byte| *byte == b'/').next()?;
    }
    let end = program.iter().rposition(|byte| !byte.is_ascii_digit() && *byte != b'.')?;
    program.get(..=end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_of(path: &str, text: &str) -> Option<&'static str> {
        Syntax::of(&path.into(), text.as_bytes()).map(Syntax::opening)
    }

    #[test]
    fn a_file_is_known_by_its_name_its_extension_or_its_interpreter() {
        let known = [
            ("src/main.rs", "", "//"),
            ("a/B.PY", "", "#"),
            ("Dockerfile", "", "#"),
            ("docker/Dockerfile.dev", "", "#"),
            ("Makefile", "", "#"),
            ("CMakeLists.txt", "", "#"),
            (".gitignore", "", "#"),
            ("site.css", "", "/*"),
            ("README.md", "", "<!--"),
            ("bin/tool", "#!/bin/sh\n", "#"),
            ("bin/tool", "#!/usr/bin/env -S LANG=C python3.12 -u\n", "#"),
            ("bin/tool", "#!/usr/bin/env node", "//"),
            ("q.sql", "", "--"),
        ];
        for (path, text, line) in known {
            assert_eq!(line_of(path, text), Some(line), "{path}");
        }
        for (path, text) in [("a.json", ""), ("notes.txt", ""), ("LICENSE", ""), ("bin/tool", "no script"), ("x", "#!")]
        {
            assert_eq!(line_of(path, text), None, "{path}");
        }
    }

    #[test]
    fn at_least_forty_extensions_and_the_usual_names_are_known() {
        assert!(EXTENSIONS.len() >= 40 && NAMES.len() >= 10 && INTERPRETERS.len() >= 10);
    }
}
