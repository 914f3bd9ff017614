//! A path inside the repository, as the bytes git stores.

use std::fmt;
use std::sync::Arc;

use super::text::deceives;

/// A path relative to the repository's root, with `/` between its parts. Paths are bytes: git
/// allows any but NUL, and a path that is not UTF-8 must be judged like every other. Copies share them:
/// a path goes from the change to what was measured and found of it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Arc<[u8]>);

impl RepoPath {
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self(bytes.into())
    }

    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The last part of the path.
    #[must_use]
    pub fn file_name(&self) -> &[u8] {
        self.0.rsplit(|&byte| byte == b'/').next().unwrap_or_default()
    }

    /// Everything before the last `/`, empty at the top level.
    #[must_use]
    pub fn directory(&self) -> &[u8] {
        match memchr::memrchr(b'/', &self.0) {
            Some(at) => self.0.get(..at).unwrap_or_default(),
            None => b"",
        }
    }

    /// What follows the last `.` of the file name, if anything does.
    #[must_use]
    pub fn extension(&self) -> Option<&[u8]> {
        let name = self.file_name();
        let dot = memchr::memrchr(b'.', name)?;
        name.get(dot + 1..).filter(|extension| !extension.is_empty())
    }
}

impl From<&str> for RepoPath {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().into())
    }
}

/// Safe to print: bytes that are not UTF-8, control characters and characters that reorder or
/// hide text appear as escapes, so a hostile file name cannot forge a line of a report.
impl fmt::Display for RepoPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for character in chunk.valid().chars() {
                match character {
                    '\\' => out.write_str("\\\\")?,
                    c if deceives(c) => write!(out, "{}", c.escape_unicode())?,
                    c => fmt::Write::write_char(out, c)?,
                }
            }
            for byte in chunk.invalid() {
                write!(out, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{self}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_knows_its_directory_its_name_and_its_extension() {
        let path = RepoPath::from("src/core/lib.rs");

        assert_eq!(path.directory(), b"src/core");
        assert_eq!(path.file_name(), b"lib.rs");
        assert_eq!(path.extension(), Some(&b"rs"[..]));
        assert_eq!(RepoPath::from("Makefile").extension(), None);
        assert_eq!(RepoPath::from("Makefile").directory(), b"");
    }

    #[test]
    fn a_printed_path_cannot_forge_a_line_or_hide_a_byte() {
        let path = RepoPath::new(&b"a\n\x1b[31mb\xff\xe2\x80\xaec"[..]);

        assert_eq!(path.to_string(), "a\\u{a}\\u{1b}[31mb\\xff\\u{202e}c");
    }
}
