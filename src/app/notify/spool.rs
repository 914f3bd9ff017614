//! Where messages wait: one file each in `gov/spool` of the git directory that linked worktrees
//! share, named by the moment it was put there. Only who holds the lock removes one.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Result, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::git::Repo;
use crate::model::{Arrange, Moment, Sha256};
use crate::notify::{Letter, Unreadable};

/// A message that could not be sent for this long is not news any more.
const OLDEST: u64 = 7 * DAY;

/// How long it is remembered what was sent.
const REMEMBERED: u64 = 90 * DAY;

/// What waits beyond this, the oldest first, is dropped.
const MOST: usize = 1_000;

const DAY: u64 = 24 * 3_600;

pub(super) struct Spool<'a> {
    repo: &'a Repo,
    path: PathBuf,
}

/// While it is there nobody else sends or removes.
pub(super) struct Lock {
    _file: File,
}

/// A file that waits, and what it holds.
pub(super) struct Waiting {
    pub(super) name: String,
    pub(super) letter: std::result::Result<Letter, Unreadable>,
}

impl<'a> Spool<'a> {
    pub(super) fn of(repo: &'a Repo) -> Self {
        Self { repo, path: repo.common_dir().join("gov").join("spool") }
    }

    /// The names of what waits, the oldest first.
    pub(super) fn names(&self) -> Result<Vec<String>> {
        let entries = match std::fs::read_dir(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for entry in entries {
            names.extend(entry?.file_name().into_string().ok().filter(|name| queued_at(name).is_some()));
        }
        names.arrange();
        Ok(names)
    }

    /// What waits, the oldest first. What somebody removed meanwhile is left out.
    pub(super) fn waiting(&self) -> Result<Vec<Waiting>> {
        let mut waiting = Vec::new();
        for name in self.names()? {
            match std::fs::read(self.path.join(&name)) {
                Ok(text) => waiting.push(Waiting { name, letter: Letter::read(&text) }),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(waiting)
    }

    /// Whether a message waits already, or was sent.
    pub(super) fn knows(&self, waiting: &[String], id: Sha256) -> bool {
        let ending = format!("-{}.json", id.short());
        waiting.iter().any(|name| name.ends_with(&ending)) || self.was_sent(id)
    }

    pub(super) fn was_sent(&self, id: Sha256) -> bool {
        self.path.join("sent").join(id.to_string()).exists()
    }

    pub(super) fn put(&self, letter: &Letter, millis: u64, index: usize) -> Result<()> {
        self.repo.make_folder(&self.path)?;
        self.replace(&format!("{millis:013}-{index:02}-{}.json", letter.message.id.short()), letter)
    }

    /// Writes a file as a whole: whoever reads it finds the old or the new.
    pub(super) fn replace(&self, name: &str, letter: &Letter) -> Result<()> {
        let temporary = self.path.join(format!(".{name}.{}", std::process::id()));
        let written =
            File::create(&temporary).and_then(|mut file| file.write_all(letter.write().as_bytes())).and_then(|()| {
                self.repo.share(&temporary);
                std::fs::rename(&temporary, self.path.join(name))
            });
        if written.is_err() {
            // It is not what failed that matters, but that it failed.
            let _ = std::fs::remove_file(&temporary);
        }
        written
    }

    /// A message was sent, and never is again.
    pub(super) fn sent(&self, name: &str, id: Sha256) -> Result<()> {
        let sent = self.path.join("sent");
        self.repo.make_folder(&sent)?;
        let mark = sent.join(id.to_string());
        File::create(&mark)?;
        self.repo.share(&mark);
        self.remove(name)
    }

    pub(super) fn remove(&self, name: &str) -> Result<()> {
        match std::fs::remove_file(self.path.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Waits for the lock as long as `patience` lasts; `None` when another keeps it.
    pub(super) fn lock(&self, patience: Duration) -> Result<Option<Lock>> {
        self.repo.make_folder(&self.path)?;
        let path = self.path.join("lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
        self.repo.share(&path);
        let since = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Lock { _file: file })),
                Err(TryLockError::WouldBlock) if since.elapsed() < patience => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(TryLockError::WouldBlock) => return Ok(None),
                // A file system without locks: a receiver knows by the id what it had before.
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                    return Ok(Some(Lock { _file: file }));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    /// Drops what is too old or too much, and forgets what was sent long ago.
    pub(super) fn prune(&self, now: Moment, _lock: &Lock) -> Result<()> {
        let names = self.names()?;
        let surplus = names.len().saturating_sub(MOST);
        let is_old =
            |name: &String| queued_at(name).is_some_and(|queued| queued.saturating_add(OLDEST) < now.seconds());
        let dropped: Vec<&String> =
            names.iter().enumerate().filter(|(at, name)| *at < surplus || is_old(name)).map(|(_, name)| name).collect();
        if !dropped.is_empty() {
            let count = self.dropped().saturating_add(dropped.len());
            let dropped = self.path.join("dropped");
            std::fs::write(&dropped, format!("{count}\n"))?;
            self.repo.share(&dropped);
        }
        for name in dropped {
            self.remove(name)?;
        }
        self.sweep(now)
    }

    /// How many were dropped, ever.
    pub(super) fn dropped(&self) -> usize {
        let kept = std::fs::read_to_string(self.path.join("dropped")).unwrap_or_default();
        kept.trim().parse().unwrap_or_default()
    }

    /// What writers left that were killed, and the marks of what was sent long ago.
    fn sweep(&self, now: Moment) -> Result<()> {
        let is_older = |entry: &std::fs::DirEntry, than: u64| {
            let touched = entry.metadata().and_then(|metadata| metadata.modified()).ok();
            let since_1970 = touched.and_then(|touched| touched.duration_since(std::time::UNIX_EPOCH).ok());
            since_1970.is_some_and(|since| since.as_secs().saturating_add(than) < now.seconds())
        };
        let leftovers = std::fs::read_dir(&self.path)?.flatten();
        let is_leftover = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with('.');
        for entry in leftovers.filter(|entry| is_leftover(entry) && is_older(entry, DAY)) {
            std::fs::remove_file(entry.path())?;
        }
        let Ok(marks) = std::fs::read_dir(self.path.join("sent")) else { return Ok(()) };
        for mark in marks.flatten().filter(|mark| is_older(mark, REMEMBERED)) {
            std::fs::remove_file(mark.path())?;
        }
        Ok(())
    }
}

/// When a file of this name was put here, in seconds; `None` for what is no message.
fn queued_at(name: &str) -> Option<u64> {
    let millis = name.strip_suffix(".json")?.split('-').next()?;
    let is_number = millis.len() == 13 && millis.bytes().all(|byte| byte.is_ascii_digit());
    millis.parse::<u64>().ok().filter(|_| is_number).map(|millis| millis / 1_000)
}
