//! How far a long run has come, for a person who waits at a terminal.

use std::io::Write;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Nobody needs to be told of what is over before they look up.
const WORTH_TELLING: Duration = Duration::from_millis(500);

const BETWEEN_LINES: Duration = Duration::from_millis(100);

/// Writes one line to stderr again and again; writes nothing when stderr is no terminal.
pub(super) struct Progress {
    what: &'static str,
    total: usize,
    /// When the next line is due; absent where nobody is watching.
    due: Option<Mutex<Instant>>,
}

impl Progress {
    pub(super) fn new(what: &'static str, total: usize, is_watched: bool) -> Self {
        Self { what, total, due: is_watched.then(|| Mutex::new(Instant::now() + WORTH_TELLING)) }
    }

    pub(super) fn reached(&self, count: usize) {
        self.reached_of(count, self.total);
    }

    /// The same, where it is only known on the way how much there is to do.
    pub(super) fn reached_of(&self, count: usize, total: usize) {
        let Some(due) = &self.due else { return };
        let Ok(mut due) = due.try_lock() else { return };
        let now = Instant::now();
        if now >= *due {
            *due = now + BETWEEN_LINES;
            say(&format!("{} {count} of {total}", self.what));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.due.is_some() {
            say("");
        }
    }
}

fn say(text: &str) {
    // A terminal that is gone has nobody in front of it.
    drop(write!(std::io::stderr(), "\r\x1b[K{text}"));
}
