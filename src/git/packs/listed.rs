//! Which packs a repository has: with its own objects, and with those it borrows.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::Pack;
use super::damage::Damage;
use super::index::Index;
use crate::git::Repo;

/// Each is a file that stays open, and is looked through for what the others do not have.
pub(super) const MOST_PACKS: usize = 64;

/// As many folders may borrow from each other in a row as git has it.
const DEEPEST: usize = 5;

#[derive(Default)]
pub(super) struct Listed {
    pub(super) packs: Vec<Pack>,
    /// Of an index that is not among them.
    pub(super) damage: Option<Damage>,
    /// Where an index of many packs may be.
    pub(super) of_many: Vec<PathBuf>,
}

impl Listed {
    /// No packs where there are so many that libgit2 had better look through them.
    pub(super) fn in_folders(folders: &[PathBuf]) -> Self {
        let mut indices = Vec::new();
        for file in folders.iter().filter_map(|folder| folder.read_dir().ok()).flatten().flatten() {
            let path = file.path();
            if path.extension().is_some_and(|extension| extension == "idx") {
                indices.push(path);
            }
        }
        let are_few = indices.len() <= MOST_PACKS;
        let of_many = folders.iter().map(|folder| folder.join("multi-pack-index")).collect();
        let mut listed = Self { of_many, ..Self::default() };
        let room = Arc::default();
        for opened in indices.iter().filter_map(|path| Index::open(path, &room)) {
            match opened {
                Ok(index) if are_few => {
                    listed.packs.push(Pack { index, entries: OnceLock::new(), room: Arc::clone(&room) });
                }
                Ok(index) => listed.damage = listed.damage.or_else(|| index.misleading()),
                // What no pack stands beside is no index to anybody.
                Err(damage) if damage.has_pack() => listed.damage = Some(damage),
                Err(_) => {}
            }
        }
        listed
    }
}

impl Repo {
    /// Every folder of packs.
    pub(super) fn pack_folders(&self) -> Vec<PathBuf> {
        // What the environment names is what libgit2 takes, but for a repository that was named.
        let elsewhere = self.place.object_folders.iter().filter(|_| self.place.directory.is_none());
        let mut objects: Vec<PathBuf> = elsewhere.cloned().chain([self.objects_dir()]).collect();
        let mut start = 0;
        for _ in 0..DEEPEST {
            let end = objects.len();
            for number in start..end {
                for folder in objects.get(number).map(|folder| borrowed_by(folder)).unwrap_or_default() {
                    if !objects.contains(&folder) {
                        objects.push(folder);
                    }
                }
            }
            start = end;
        }
        objects.iter().map(|folder| folder.join("pack")).collect()
    }
}

fn borrowed_by(objects: &Path) -> Vec<PathBuf> {
    let Ok(listed) = fs::read(objects.join("info/alternates")) else { return Vec::new() };
    let lines = listed.split(|&byte| byte == b'\n').filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    lines.map(|line| objects.join(OsStr::from_bytes(line))).collect()
}
