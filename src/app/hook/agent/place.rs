//! Where a path leads, whatever it is called by, and what the policy says of that place.

use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use super::{Permission, silent};
use crate::check::command::{Found, fits, is_one_of};
use crate::check::detect::is_in_git_directory;
use crate::git::Repo;
use crate::model::{PathClass, RepoPath};
use crate::policy::{PathDefault, Policy, fold_bytes};

/// Longer chains of links are there to hide something, and are not followed.
const MOST_LINKS: usize = 40;

/// More files than that nobody moves by hand.
pub(super) const MOST_FILES: usize = 20_000;

/// So many are looked at where only some of them are searched for.
pub(super) const MOST_SEARCHED: usize = 200_000;

/// Folders that tools fill, and that are thrown away whole to have them filled anew.
const MADE: &str = "node_modules bower_components .pnpm-store .venv venv .tox .nox __pycache__ .pytest_cache .mypy_cache .ruff_cache \
     .cache target dist build out coverage htmlcov .nyc_output .next .nuxt .output .svelte-kit .turbo .parcel-cache .vite .angular \
     .gradle .dart_tool .terraform .terragrunt-cache cdk.out vendor Pods DerivedData _build .build obj .eggs";

/// So many bytes are read to see what files hold.
const MOST_READ: u64 = 64 << 20;

/// A repository as far as paths are concerned.
pub(super) struct Ground<'r> {
    repo: &'r Repo,
    /// The work tree, as it is called and as it is.
    roots: Vec<PathBuf>,
    /// git's own directories, that of its hooks, and the settings of whoever works here.
    kept: Vec<PathBuf>,
    /// The program that judges here.
    judge: Option<PathBuf>,
}

/// What follows for a path, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Weighed {
    pub(super) permission: Permission,
    pub(super) why: String,
}

impl Weighed {
    /// The worse of two.
    pub(super) fn or(self, other: Self) -> Self {
        if other.permission > self.permission { other } else { self }
    }
}

fn too_many(path: &Path) -> Weighed {
    let why = format!("`{}` holds more than can be looked through: a person has to agree first", shown(path));
    Weighed { permission: Permission::Ask, why }
}

impl<'r> Ground<'r> {
    pub(super) fn of(repo: &'r Repo, home: Option<&Path>) -> Self {
        let both = |path: &Path| [path.to_owned(), real(path)];
        let work = repo.work_dir().unwrap_or(repo.common_dir());
        let hooks = repo.config_path("core.hooksPath").map(|path| work.join(path));
        let settings = home.map(|home| [home.join(".gitconfig"), home.join(".config/git/config")]);
        let kept = [Some(repo.common_dir()), Some(repo.git_dir()), hooks.as_deref()];
        let kept = kept.into_iter().flatten().chain(settings.iter().flatten().map(PathBuf::as_path));
        Self {
            repo,
            roots: repo.work_dir().into_iter().flat_map(both).collect(),
            kept: kept.flat_map(both).collect(),
            judge: std::env::current_exe().ok().map(|path| real(&path)),
        }
    }

    /// The worst that is true of a path, by its name and by where links lead it.
    pub(super) fn weigh(&self, policy: &Policy, path: &Path) -> Weighed {
        self.one(policy, &plain(path)).or(self.one(policy, &real(path)))
    }

    /// The same of what may name a file that is written, or only be read: a person is asked where a list has it.
    pub(super) fn weigh_named(&self, policy: &Policy, path: &Path) -> Weighed {
        let Weighed { permission, why } = self.weigh(policy, path);
        if permission > Permission::Unlisted { Weighed { permission: Permission::Ask, why } } else { silent() }
    }

    /// The same of a path that goes with all that is in it, as far as there are files left to look at.
    pub(super) fn weigh_whole(&self, policy: &Policy, path: &Path, left: &mut usize) -> Weighed {
        let mut worst = self.weigh(policy, path);
        // A link goes alone.
        if path.is_symlink() || worst.permission == Permission::Deny {
            return worst;
        }
        let path = real(path);
        if self.kept.iter().any(|kept| kept.starts_with(&path)) {
            let why =
                format!("`{}` holds git's own files: hooks and settings are for a person to change", shown(&path));
            return Weighed { permission: Permission::Deny, why };
        }
        if !self.looks_into(&path) {
            return if worst.permission > Permission::Unlisted { worst } else { silent() };
        }
        for inner in self.within(&path, left) {
            worst = worst.or(self.one(policy, &inner));
        }
        if *left == 0 && worst.permission < Permission::Ask {
            return too_many(&path);
        }
        worst
    }

    /// The same of what is found in a folder, by its name.
    pub(super) fn weigh_found(&self, policy: &Policy, path: &Path, found: &Found, left: &mut usize) -> Weighed {
        let mut worst = self.weigh(policy, path);
        let mut unread = MOST_READ;
        let mut counts = |path: &Path, is_folder: bool| match &found.holds {
            None => true,
            Some(text) => !is_folder && holds(path, text, &mut unread),
        };
        let is_folder = path.is_dir();
        if (worst.permission < Permission::Deny && is_folder) || !counts(path, is_folder) {
            worst = Weighed { permission: Permission::Silent, ..worst };
        }
        let mut folders = vec![real(path)];
        folders.retain(|folder| self.looks_into(folder));
        while let Some(folder) = folders.pop() {
            for entry in folder.read_dir().into_iter().flatten().flatten() {
                if *left == 0 {
                    return worst.or(too_many(path));
                }
                *left -= 1;
                let (name, inner) = (entry.file_name(), entry.path());
                let is_hidden = name.as_bytes().starts_with(b".");
                if (found.skips_git && name == ".git") || (found.skips_hidden && is_hidden) {
                    continue;
                }
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if found.takes(&name.to_string_lossy()) {
                    let weighed = if is_folder && found.is_named() {
                        self.weigh_whole(policy, &inner, left)
                    } else {
                        self.one(policy, &inner)
                    };
                    let is_worse = weighed.permission > worst.permission;
                    if is_worse && counts(&inner, is_folder) && (!found.is_tracked || self.tracks(&inner)) {
                        worst = weighed;
                    }
                }
                if is_folder && self.looks_into(&inner) {
                    folders.push(inner);
                }
            }
        }
        worst
    }

    /// Whether a folder may hold what a policy speaks of, by its own path: not one that is elsewhere, nor one that
    /// tools fill, where git ignores it and has nothing of it.
    fn looks_into(&self, folder: &Path) -> bool {
        let mut known = self.roots.iter().chain(&self.kept).chain(&self.judge);
        if !known.any(|known| folder.starts_with(known) || known.starts_with(folder)) {
            return false;
        }
        let Some((_, inside)) = self.inside(folder) else { return true };
        let is_made = |inside: &Path| {
            let name = inside.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| is_one_of(name, MADE)) && self.repo.ignores(inside) && !self.repo.tracks(inside)
        };
        self.kept.iter().any(|kept| kept.starts_with(folder)) || !inside.ancestors().any(is_made)
    }

    fn tracks(&self, path: &Path) -> bool {
        self.inside(path).is_none_or(|(_, inside)| self.repo.tracks(inside))
    }

    /// A path of the work tree, with the name of that.
    fn inside<'p>(&self, path: &'p Path) -> Option<(&Path, &'p Path)> {
        self.roots.iter().find_map(|root| Some((root.as_path(), path.strip_prefix(root).ok()?)))
    }

    /// The files below a folder, as many as are left to look at.
    fn within(&self, folder: &Path, left: &mut usize) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in folder.read_dir().into_iter().flatten().flatten() {
            if *left == 0 {
                break;
            }
            *left -= 1;
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !self.looks_into(&path) => {}
                Ok(kind) if kind.is_dir() => found.extend(self.within(&path, left)),
                _ => found.push(path),
            }
        }
        found
    }

    fn one(&self, policy: &Policy, path: &Path) -> Weighed {
        if self.kept.iter().any(|kept| path.starts_with(kept)) {
            let why =
                format!("`{}` is one of git's own files: hooks and settings are for a person to change", shown(path));
            return Weighed { permission: Permission::Deny, why };
        }
        if self.judge.as_deref() == Some(path) {
            let why = format!("`{}` is what judges here: a person has to agree first", shown(path));
            return Weighed { permission: Permission::Ask, why };
        }
        let inside = self.inside(path).map(|(_, inside)| inside);
        let Some(inside) = inside.filter(|inside| !inside.as_os_str().is_empty()) else {
            return Weighed {
                permission: Permission::Silent,
                why: format!("`{}` is outside of the repository", shown(path)),
            };
        };
        let path_of = |inside: &Path| RepoPath::new(inside.as_os_str().as_bytes());
        let named = of_policy(policy, &path_of(inside));
        // What is put into a folder is a file in it, and of files a policy speaks.
        if path.is_dir() {
            let file = of_policy(policy, &path_of(&inside.join("*")));
            let is_listed = policy.place(&path_of(inside)).class != PathClass::Unlisted;
            return if is_listed || named.permission == Permission::Deny { named.or(file) } else { file };
        }
        named
    }
}

fn of_policy(policy: &Policy, path: &RepoPath) -> Weighed {
    let weighed = |permission, why: String| Weighed { permission, why: format!("`{path}` {why}") };
    if is_in_git_directory(path) {
        return weighed(
            Permission::Deny,
            "is one of git's own files: hooks and settings are for a person to change".into(),
        );
    }
    let folded = fold_bytes(path.as_bytes());
    if folded.starts_with(b".gov/") || folded == b".gov" {
        let why = "is the law that your work is judged by: propose the change to the person you work for";
        return weighed(Permission::Deny, why.into());
    }
    if matches!(&*folded, b".claude/settings.json" | b".claude/settings.local.json") {
        return weighed(Permission::Ask, "says what is asked before you act: a person has to agree first".into());
    }
    let placement = policy.place(path);
    let glob = &placement.glob;
    match placement.class {
        PathClass::NeverAutoApprove => {
            weighed(Permission::Deny, format!("is on `never_auto_approve` (`{glob}`): it is for a person to change"))
        }
        PathClass::Protected => {
            weighed(Permission::Ask, format!("is protected (`{glob}`): a person has to agree first"))
        }
        PathClass::Database => {
            weighed(Permission::Ask, format!("is a database path (`{glob}`): a person has to agree first"))
        }
        PathClass::Unlisted if policy.paths.default == PathDefault::Deny => {
            weighed(Permission::Unlisted, "is on no list of the policy: a person has to agree first".into())
        }
        PathClass::Unlisted => weighed(Permission::Allow, "is on no list of the policy, which allows it".into()),
        PathClass::Allowed => weighed(Permission::Allow, format!("is allowed by `{glob}`")),
    }
}

/// Whether a path is that of a file, or says which folder it would be in; a mere word may be anything.
pub(super) fn may_be_file(path: &Path, from: &[PathBuf]) -> bool {
    let in_folder = |folder: &Path| folder.is_dir() && !from.iter().any(|from| plain(from) == plain(folder));
    path.symlink_metadata().is_ok() || path.parent().is_some_and(in_folder)
}

/// The files that a shell puts in the place of a pattern, as many as are left to look at; a file that has the
/// very name of one goes before what it may stand for.
pub(super) fn matching(path: &Path, left: &mut usize) -> Vec<PathBuf> {
    let is_pattern = |part: &[u8]| part.iter().any(|byte| b"*?[".contains(byte));
    if !is_pattern(path.as_os_str().as_bytes()) || path.symlink_metadata().is_ok() {
        return Vec::new();
    }
    let mut found = vec![PathBuf::new()];
    for part in path.components() {
        let name = part.as_os_str();
        if !is_pattern(name.as_bytes()) {
            for folder in &mut found {
                folder.push(part);
            }
            continue;
        }
        let (pattern, mut next) = (name.to_string_lossy(), Vec::new());
        for entry in found.iter().filter_map(|folder| folder.read_dir().ok()).flatten().flatten() {
            *left = left.saturating_sub(1);
            let name = entry.file_name();
            let is_hidden = name.as_bytes().starts_with(b".") && !pattern.starts_with('.');
            if *left > 0 && !is_hidden && fits(&pattern, &name.to_string_lossy()) {
                next.push(entry.path());
            }
        }
        found = next;
    }
    // What stands behind a pattern need not be everywhere.
    found.retain(|path| path.symlink_metadata().is_ok());
    found
}

/// Whether a file may hold a text, which is in small letters: one that cannot be read may, and one of more bytes
/// than are left to read. A pipe or a device is none that is searched.
fn holds(path: &Path, text: &str, left: &mut u64) -> bool {
    let Ok(about) = path.metadata() else { return true };
    if !about.is_file() {
        return false;
    }
    match left.checked_sub(about.len()) {
        None => true,
        Some(rest) => {
            *left = rest;
            std::fs::read(path).map_or(true, |bytes| String::from_utf8_lossy(&bytes).to_lowercase().contains(text))
        }
    }
}

/// Without `.` and `..`, by name alone.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other @ (Component::Prefix(_) | Component::RootDir | Component::Normal(_)) => out.push(other),
        }
    }
    out
}

/// Where links lead, as far as the path exists; what is written through one that leads nowhere yet is
/// made where it leads.
fn real(path: &Path) -> PathBuf {
    led(path, MOST_LINKS)
}

fn led(path: &Path, links: usize) -> PathBuf {
    let mut rest = Vec::new();
    let mut there = path;
    let beyond = |start: PathBuf, rest: &[&Path]| rest.iter().rev().fold(start, |at, part| at.join(part));
    loop {
        if let Ok(found) = there.canonicalize() {
            return plain(&beyond(found, &rest));
        }
        let Some(parent) = there.parent() else { return plain(path) };
        if let Some(target) = there.read_link().ok().filter(|_| links > 0) {
            return led(&beyond(parent.join(target), &rest), links - 1);
        }
        rest.push(there.strip_prefix(parent).unwrap_or(there));
        there = parent;
    }
}

fn shown(path: &Path) -> RepoPath {
    RepoPath::new(path.as_os_str().as_bytes())
}
