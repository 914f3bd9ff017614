//! Where the packs of a repository are: with its own objects, and with those it borrows.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::git::Repo;

/// As many folders may borrow from each other in a row as git has it.
const DEEPEST: usize = 5;

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
                for folder in objects.get(number).map(|objects| borrowed_by(objects)).unwrap_or_default() {
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
