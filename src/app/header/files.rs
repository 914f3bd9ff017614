//! Files that somebody named, and replacing one as a whole.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::app::Failure;
use crate::git::Repo;
use crate::model::{Arrange, RepoPath, shell_word};

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

/// Where a path leads inside of the work tree, and whether that is a folder.
pub(super) fn place(root: &Path, path: &Path) -> Result<(RepoPath, bool), Failure> {
    let failed = |why: &str| Failure::new(format!("cannot take `{}`: {why}", path.display()));
    let data = path.symlink_metadata().map_err(|error| failed(&error.to_string()))?;
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

/// How a path in the work tree is typed where the command is run.
pub(super) fn typed(root: &Path, path: &RepoPath) -> String {
    let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_else(|_gone| root.to_owned());
    let whole = root.join(os(path));
    let shared = here.ancestors().find(|above| whole.starts_with(above)).unwrap_or(root);
    let up = here.strip_prefix(shared).map_or(0, |below| below.components().count());
    let inside = if here.starts_with(root) { whole.strip_prefix(shared).unwrap_or(&whole) } else { whole.as_path() };
    let word = RepoPath::new(inside.as_os_str().as_bytes()).to_string();
    let word = if here.starts_with(root) { "../".repeat(up) + &word } else { word };
    shell_word(&if word.starts_with('-') { format!("./{word}") } else { word })
}

/// Puts other bytes in the place of a file's, at once or not at all; its mode stays.
pub(super) fn replace(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let draft = place.with_file_name(format!(".{name}.gov-hook-{:x}", std::process::id()));
    let written = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&draft)?;
        file.write_all(bytes)?;
        file.set_permissions(std::fs::symlink_metadata(place)?.permissions())?;
        std::fs::rename(&draft, place)
    })();
    if written.is_err() {
        // What is left of it says nothing to anybody.
        drop(std::fs::remove_file(&draft));
    }
    written
}

/// Files that were replaced, to be put back should the ledger not take note of them.
#[derive(Default)]
pub(super) struct Replaced(Vec<(PathBuf, Vec<u8>)>);

impl Replaced {
    pub(super) fn replace(&mut self, place: PathBuf, before: Vec<u8>, after: &[u8]) -> Result<(), Failure> {
        if let Err(error) = replace(&place, after) {
            let failure = Failure::new(format!("cannot write `{}`: {error}", place.display()));
            return Err(self.put_back(failure));
        }
        self.0.push((place, before));
        Ok(())
    }

    /// The failure, with what could not be put back.
    pub(super) fn put_back(&mut self, failure: Failure) -> Failure {
        self.0.drain(..).fold(failure, |failure, (place, before)| match replace(&place, &before) {
            Ok(()) => failure,
            Err(error) => failure.for_this_reason(format!("cannot put back `{}`: {error}", place.display())),
        })
    }
}

/// As the operating system spells it.
pub(super) fn os(path: &RepoPath) -> &std::ffi::OsStr {
    std::ffi::OsStr::from_bytes(path.as_bytes())
}
