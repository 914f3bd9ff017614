//! What a `.gitattributes` file says is generated.

use crate::model::RepoPath;
use crate::policy::{PathGlob, Reach};

/// The lines of a `.gitattributes` that set or unset `linguist-generated`.
#[derive(Debug, Default)]
pub struct GeneratedMarks(Vec<(PathGlob, bool)>);

impl GeneratedMarks {
    /// Reads the file at the repository's root. A pattern that cannot match is passed over, as
    /// git does.
    #[must_use]
    pub fn read(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(text);
        Self(text.lines().filter_map(mark).collect())
    }

    /// The last line that names the path decides.
    #[must_use]
    pub fn of(&self, path: &RepoPath) -> Option<bool> {
        self.0.iter().rev().find(|(glob, _)| glob.matches(path)).map(|(_, marked)| *marked)
    }
}

fn mark(line: &str) -> Option<(PathGlob, bool)> {
    let mut words = line.split_whitespace();
    let pattern = words.next().filter(|pattern| !pattern.starts_with('#'))?;
    let marked = words.find_map(|word| match word {
        "linguist-generated" | "linguist-generated=true" | "linguist-generated=set" => Some(true),
        "-linguist-generated" | "!linguist-generated" | "linguist-generated=false" => Some(false),
        _ => None,
    })?;
    // A pattern without a slash names files at any depth; a leading slash ties it to the root.
    let glob = match pattern.strip_prefix('/') {
        Some(rooted) => rooted.to_owned(),
        None if pattern.contains('/') => pattern.to_owned(),
        None => format!("**/{pattern}"),
    };
    PathGlob::new(&glob, Reach::Lenient, None).ok().map(|glob| (glob, marked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_that_names_a_path_decides() {
        let marks = GeneratedMarks::read(b"*.gen.rs linguist-generated\n# *.rs linguist-generated\n/api/** -diff linguist-generated=true\napi/hand.rs -linguist-generated\n");
        let of = |path: &str| marks.of(&path.into());

        assert_eq!(of("src/deep/a.gen.rs"), Some(true));
        assert_eq!(of("api/a.rs"), Some(true));
        assert_eq!(of("api/hand.rs"), Some(false));
        assert_eq!(of("src/api/a.rs"), None);
    }
}
