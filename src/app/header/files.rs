//! Files that somebody named, and replacing one as a whole.

use std::fmt::Write as _;
use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::app::Failure;
use crate::app::own_file::fill;
use crate::git::drawn;
use crate::git::{Repo, clear_leftovers};
use crate::model::{Arrange, RepoPath, deceives, is_lower_hex, shell_word};

/// A file to look at, and whether it was named itself rather than found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub(super) path: RepoPath,
    pub(super) is_named: bool,
}

/// The root of the work tree, without links in it.
pub(super) fn root(repo: &Repo) -> Result<PathBuf, Failure> {
    let root = repo.work_dir().ok_or_else(|| {
        Failure::new("a bare repository has no work tree").mended_by("verify a commit: gov-hook verify --rev REV")
    })?;
    root.canonicalize().map_err(|error| Failure::new(format!("cannot read `{}`: {error}", root.display())))
}

/// The files that paths name, each once: those in a folder without what git ignores.
pub(super) fn named(repo: &Repo, root: &Path, paths: &[PathBuf]) -> Result<Vec<Named>, Failure> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for path in paths {
        let (found, is_folder) = place(root, path)?;
        if let Some(other) = other_repository(root, &found)
            && !is_tracked(repo, &found)?
        {
            let word = shell_word(&other.display().to_string());
            return Err(Failure::new(format!("cannot use `{}`: it belongs to another repository", path.display()))
                .mended_by(format!("do it there: gov-hook -C {word} \u{2026}")));
        }
        if is_folder { folders.push(found) } else { files.push(Named { path: found, is_named: true }) }
    }
    if !folders.is_empty() {
        let found = repo.work_files(&folders)?;
        files.extend(found.into_iter().map(|path| Named { path, is_named: false }));
    }
    // Named before found, where a file is both.
    files.arrange_by(|one, other| one.path.cmp(&other.path).then(other.is_named.cmp(&one.is_named)));
    files.dedup_by(|next, one| next.path == one.path);
    Ok(files)
}

/// The innermost repository inside of this one that a path leads into, such as a submodule.
fn other_repository(root: &Path, path: &RepoPath) -> Option<PathBuf> {
    let whole = root.join(os(path));
    let mut above = whole.ancestors().take_while(|folder| *folder != root);
    above.find(|folder| folder.join(".git").symlink_metadata().is_ok()).map(Path::to_owned)
}

/// Whether git tracks a file, or something in a folder, although there is another repository.
fn is_tracked(repo: &Repo, path: &RepoPath) -> Result<bool, Failure> {
    let above = Path::new(os(path)).parent().unwrap_or_else(|| Path::new(""));
    let folder = RepoPath::new(above.as_os_str().as_bytes());
    Ok(repo.work_files(&[folder])?.iter().any(|file| file == path || is_within(file, path)))
}

/// Where a path leads inside of the work tree, and whether that is a folder.
pub(super) fn place(root: &Path, path: &Path) -> Result<(RepoPath, bool), Failure> {
    let failed = |why: &str| Failure::new(format!("cannot use `{}`: {why}", path.display()));
    let data = path.symlink_metadata().map_err(|error| {
        if error.kind() == ErrorKind::NotFound {
            return Failure::new(format!("there is no file `{}`", path.display()));
        }
        failed(&error.to_string())
    })?;
    if data.is_symlink() {
        return Err(failed("it is a symbolic link").mended_by("name the file that it leads to"));
    }
    let is_folder = data.is_dir();
    if !is_folder && !data.is_file() {
        return Err(failed("it is neither a file nor a folder"));
    }
    let whole = path.canonicalize().map_err(|error| failed(&error.to_string()))?;
    let inside = whole.strip_prefix(root).map_err(|_outside| failed("it is not in this work tree"))?;
    if inside.components().next().is_some_and(|first| first.as_os_str() == ".git") {
        return Err(failed("it belongs to git itself"));
    }
    Ok((RepoPath::new(inside.as_os_str().as_bytes()), is_folder))
}

pub(super) fn is_within(path: &RepoPath, folder: &RepoPath) -> bool {
    let rest = path.as_bytes().strip_prefix(folder.as_bytes());
    folder.as_bytes().is_empty() || rest.is_some_and(|rest| rest.starts_with(b"/"))
}

/// How a path in the work tree is typed where the command is run.
pub(super) fn typed(root: &Path, path: &RepoPath) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_else(|_gone| root.to_owned());
    let whole = root.join(os(path));
    let shared = here.ancestors().find(|above| whole.starts_with(above)).unwrap_or(root);
    let up = here.strip_prefix(shared).map_or(0, |below| below.components().count());
    let inside = if here.starts_with(root) { whole.strip_prefix(shared).unwrap_or(&whole) } else { whole.as_path() };
    let up = if here.starts_with(root) { "../".repeat(up) } else { String::new() };
    let word = [up.as_bytes(), inside.as_os_str().as_bytes()].concat();
    let word = if word.starts_with(b"-") { [b"./", word.as_slice()].concat() } else { word };
    // What is shown of a path may be no more than how its bytes are written.
    match std::str::from_utf8(&word) {
        Ok(text) if !text.chars().any(deceives) => shell_word(text),
        Ok(_) | Err(_) => printed(&word),
    }
}

/// A word that a shell puts together of bytes which nobody can type.
fn printed(word: &[u8]) -> String {
    let mut format = String::new();
    for byte in word {
        match byte {
            b'%' => format.push_str("%%"),
            b' '..=b'~' if !b"\\'".contains(byte) => format.push(char::from(*byte)),
            // Writing to a `String` cannot fail.
            byte => drop(write!(format, "\\{byte:03o}")),
        }
    }
    format!("\"$(printf '{format}')\"")
}

/// The disk has this many drafts before they are moved: after a power failure neither the old text nor the
/// new one could be there. Where there are more, it would take minutes, and the order in which file systems
/// write what is moved over something else has to do, as it has for a checkout.
const MOST_SYNCED: usize = 1_000;

/// How the name of such a file begins.
const DRAFT: &str = ".gov-hook-";

/// What files are to become, each written beside its file. They are put in place once the ledger has taken
/// note: that needs no room any more, and until then every file is as it was.
#[derive(Default)]
pub(super) struct Drafts(Vec<Draft>);

struct Draft {
    place: PathBuf,
    written: PathBuf,
}

impl Drafts {
    /// Writes what a file is to become; its mode stays. `before` is what the file was read as.
    pub(super) fn write(&mut self, place: &Path, before: &[u8], after: &[u8]) -> Result<(), Failure> {
        let shown = place.display();
        let written = place.with_file_name(format!("{DRAFT}{}", drawn()));
        if std::fs::read(place).is_ok_and(|now| now != before) {
            return Err(
                Failure::new(format!("`{shown}` is being changed by another program")).mended_by("run it again")
            );
        }
        let made = (|| {
            let permissions = std::fs::symlink_metadata(place)?.permissions();
            let mut file = File::create_new(&written)?;
            let is_first_there = self.0.last().is_none_or(|last| last.place.parent() != place.parent());
            // From here on it is removed, whatever comes.
            self.0.push(Draft { place: place.to_owned(), written: written.clone() });
            fill(&mut file, after, Some(permissions))?;
            if self.0.len() <= MOST_SYNCED {
                file.sync_all()?;
            }
            if is_first_there {
                let is_drawn = |digits: &str| digits.len() == 32 && is_lower_hex(digits.as_bytes());
                clear_leftovers(&written, |name| name.strip_prefix(DRAFT).is_some_and(is_drawn));
            }
            Ok(())
        })();
        made.map_err(|error: std::io::Error| {
            Failure::new(format!("cannot write what `{shown}` is to become"))
                .for_this_reason(error.to_string())
                .mended_by(
                    "make sure that the disk has room and that you may write in its folder; nothing was recorded",
                )
        })
    }

    /// Puts each in the place of its file.
    pub(super) fn put(mut self) -> Result<(), Failure> {
        while let Some(Draft { place, written }) = self.0.last() {
            std::fs::rename(written, place).map_err(|error| {
                Failure::new(format!("what is already on record could not be written to `{}`", place.display()))
                    .for_this_reason(error.to_string())
                    .mended_by("make sure that you may write in its folder, then run it again")
            })?;
            self.0.pop();
        }
        Ok(())
    }
}

impl Drop for Drafts {
    fn drop(&mut self) {
        for Draft { written, .. } in &self.0 {
            // What is left of it says nothing to anybody.
            drop(std::fs::remove_file(written));
        }
    }
}

/// A failure before anything was done.
pub(super) fn untouched(failure: impl Into<Failure>) -> Failure {
    failure.into().within("no file was changed")
}

/// As the operating system spells it.
pub(super) fn os(path: &RepoPath) -> &std::ffi::OsStr {
    std::ffi::OsStr::from_bytes(path.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_gone_or_another_by_now_leaves_all_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        std::fs::write(&one, "1").unwrap();
        std::fs::write(&two, "another").unwrap();
        let mut drafts = Drafts::default();

        drafts.write(&one, b"1", b"signed 1").unwrap();
        let changed = drafts.write(&two, b"2", b"signed 2").unwrap_err();
        std::fs::remove_file(&two).unwrap();
        let gone = drafts.write(&two, b"2", b"signed 2").unwrap_err();
        drop(drafts);

        assert!(changed.in_short().ends_with("two` is being changed by another program"), "{changed}");
        assert!(gone.in_short().contains("two` is to become: "), "{gone}");
        assert!(gone.remedy().unwrap().ends_with("nothing was recorded"), "{gone}");
        assert_eq!(std::fs::read(&one).unwrap(), b"1");
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }
}
