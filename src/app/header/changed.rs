//! What was changed in files that were tampered with, beside what was signed.

use crate::app::Failure;
use crate::app::law::Law;
use crate::check::text::decode;
use crate::git::Repo;
use crate::header::{Fault, Row, difference, rows, unsign};
use crate::model::{Content, Mode, ObjectId, Scanned, Side, line_count};
use crate::report::headers::{DiffLine, Status, VerifiedFile};

/// Nobody reads the differences of more files.
const MOST_FILES: usize = 50;

/// The differences of one run; the rules that hide secrets are read when there is one to tell.
pub(super) struct Differences<'a> {
    pub(super) repo: &'a Repo,
    head: Option<ObjectId>,
    laws: Vec<Law>,
    told: usize,
}

impl<'a> Differences<'a> {
    pub(super) const fn of(repo: &'a Repo, head: Option<ObjectId>) -> Self {
        Self { repo, head, laws: Vec::new(), told: 0 }
    }

    pub(super) const fn are_wanted(&self) -> bool {
        self.told < MOST_FILES
    }

    /// Adds what differs from the signed file, where that is known and both are texts.
    pub(super) fn tell(&mut self, file: &mut VerifiedFile, now: &[u8]) -> Result<(), Failure> {
        let Some(signature) = file.signature.as_ref().filter(|_| file.status == Status::Tampered) else {
            return Ok(());
        };
        let side = Side { mode: Mode::Regular, id: signature.blob };
        // What was never committed may be gone with the last `git gc`.
        let Ok(Content::Bytes(signed)) = self.repo.content(Some(side), &file.path, &mut |_| ()) else { return Ok(()) };
        let is_removed = file.rule == Some(Fault::Removed.as_str());
        let signed = if is_removed { unsign(&signed).ok().flatten().unwrap_or(signed) } else { signed };
        let ((old, old_kind), (new, new_kind)) = (decode(&signed), decode(now));
        if [old_kind, new_kind].iter().any(|kind| !matches!(kind, Scanned::Text | Scanned::Utf16)) {
            return Ok(());
        }
        let rows = rows(&difference(&old, &new), line_count(&new));
        file.line = rows.iter().find_map(|row| changed_at(*row)).or(file.line);
        let (old, new) = (self.starred(&old)?, self.starred(&new)?);
        let (old, new) = (lines(&old), lines(&new));
        let line = |lines: &[&str], at: u32| {
            let text = (at as usize).checked_sub(1).and_then(|at| lines.get(at)).copied();
            text.unwrap_or_default().to_owned()
        };
        file.diff = rows
            .into_iter()
            .map(|row| match row {
                Row::At { old, new } => DiffLine::At { old, new },
                Row::Same(at) => DiffLine::Same(line(&new, at)),
                Row::Gone(at) => DiffLine::Gone(line(&old, at)),
                Row::Came(at) => DiffLine::Came(line(&new, at)),
            })
            .collect();
        self.told += 1;
        Ok(())
    }

    /// Hidden is what the repository's own rules find, and what the built-in ones do.
    fn starred(&mut self, text: &[u8]) -> Result<String, Failure> {
        if self.laws.is_empty() {
            self.laws = vec![Law::at(self.repo, self.head)?, Law::built_in()?];
        }
        let text = String::from_utf8_lossy(text).into_owned();
        Ok(self.laws.iter().fold(text, |text, law| law.rules.starred(&text)))
    }
}

/// The line of the file as it is now.
const fn changed_at(row: Row) -> Option<u32> {
    match row {
        Row::Came(at) => Some(at),
        Row::At { .. } | Row::Same(_) | Row::Gone(_) => None,
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect()
}
