//! The text of a hook: `hooks/shim`, made to fit one stage and one binary.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

const SHIM: &str = include_str!("../../../hooks/shim");

/// What the second line of every shim of whatever version starts with.
const MARK: &[u8] = b"# gov-hook shim ";

const STAGE: &str = "stage=${0##*/}\n";
const BINARY: &str = "binary=gov-hook\n";
const SOURCED: &str = "sourced=\n";

/// What a shim that stands somewhere was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) struct Shim {
    pub(super) stage: String,
    pub(in crate::app) binary: PathBuf,
    /// What is kept is read by the shell under the hook's own name, since it goes by that.
    pub(super) sourced: bool,
}

impl Shim {
    pub(super) fn text(&self) -> Vec<u8> {
        let sourced = if self.sourced { "sourced=yes\n" } else { SOURCED };
        let text = SHIM.replacen(STAGE, &format!("stage={}\n", self.stage), 1).replacen(SOURCED, sourced, 1);
        let (before, after) = text.split_once(BINARY).unwrap_or((&text, ""));
        let binary = self.binary.as_os_str().as_bytes();
        [before.as_bytes(), b"binary=", &quoted(binary), b"\n", after.as_bytes()].concat()
    }

    /// Reads a shim of any version, as far as it can be read; nothing where it is none of ours.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        if !is_ours(text) {
            return None;
        }
        let value = |name: &[u8]| {
            let mut lines = text.split(|&byte| byte == b'\n');
            lines.find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_vec()
        };
        Some(Self {
            stage: String::from_utf8_lossy(&value(b"stage=")).into_owned(),
            binary: PathBuf::from(OsStr::from_bytes(&unquoted(&value(b"binary=")))),
            sourced: value(b"sourced=") == b"yes",
        })
    }

    /// Whether that text is what this version writes, for whichever binary.
    pub(super) fn is_current(&self, text: &[u8]) -> bool {
        self.text() == text
    }
}

pub(super) fn is_ours(text: &[u8]) -> bool {
    text.split(|&byte| byte == b'\n').nth(1).is_some_and(|line| line.starts_with(MARK))
}

/// A word that a shell takes as it stands.
pub(super) fn quoted(path: &[u8]) -> Vec<u8> {
    let mut word = vec![b'\''];
    for &byte in path {
        match byte {
            b'\'' => word.extend(br"'\''"),
            other => word.push(other),
        }
    }
    word.push(b'\'');
    word
}

fn unquoted(word: &[u8]) -> Vec<u8> {
    let inner = word.strip_prefix(b"'").and_then(|word| word.strip_suffix(b"'"));
    let Some(mut rest) = inner else { return word.to_vec() };
    let mut path = Vec::new();
    while let Some((&byte, after)) = rest.split_first() {
        path.push(byte);
        rest = if byte == b'\'' { after.strip_prefix(br"\''").unwrap_or(after) } else { after };
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shim(binary: &str) -> Shim {
        Shim { stage: "pre-commit".into(), binary: binary.into(), sourced: false }
    }

    #[test]
    fn a_shim_says_what_it_was_made_for() {
        for binary in ["/usr/bin/gov-hook", "/it's here/gov hook", "/'"] {
            let written = Shim { sourced: true, ..shim(binary) };

            assert_eq!(Shim::read(&written.text()), Some(written));
        }
    }

    #[test]
    fn a_shim_is_current_whatever_its_binary_and_stale_when_edited() {
        let text = shim("/elsewhere/gov-hook").text();
        assert!(Shim::read(&text).unwrap().is_current(&text));

        let edited = [&text, &b"exit 0\n"[..]].concat();

        assert!(!Shim::read(&edited).unwrap().is_current(&edited));
    }

    #[test]
    fn what_others_wrote_is_no_shim() {
        assert_eq!(Shim::read(b"#!/bin/sh\nexec gov-hook hook pre-commit\n"), None);
        assert_eq!(Shim::read(b""), None);
    }

    #[test]
    fn every_line_that_is_made_to_fit_stands_in_the_shim() {
        for line in [STAGE, BINARY, SOURCED] {
            assert_eq!(SHIM.matches(line).count(), 1, "{line}");
        }
    }
}
