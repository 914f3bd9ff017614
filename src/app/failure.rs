//! Why no decision could be made, whereupon nothing may pass, or why what was done could not be put on record.

use std::fmt;

use super::secrets;
use crate::git::notes::NotesError;
use crate::git::{GitError, in_words};
use crate::ledger::Unwritable;
use crate::model::{Ending, Mistake, NextStep, counted};
use crate::report::mistakes::{self, Asked, Judged};
use crate::report::{Format, Style, Undecided, printable, printable_line};

#[derive(Debug)]
pub struct Failure {
    what: String,
    because: Vec<String>,
    remedy: Option<String>,
    /// The file whose mistakes are the cause; they take the place of the above for a person.
    mistaken: Option<Box<Mistaken>>,
    asked: Asked,
    lacks_a_commit: bool,
}

#[derive(Debug)]
struct Mistaken {
    origin: String,
    bytes: Vec<u8>,
    mistakes: Vec<Mistake>,
    /// It is not in force yet.
    is_proposed: bool,
}

impl Failure {
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            because: Vec::new(),
            remedy: None,
            mistaken: None,
            asked: Asked::ADecision,
            lacks_a_commit: false,
        }
    }

    #[must_use]
    pub fn for_this_reason(mut self, why: impl Into<String>) -> Self {
        self.because.push(why.into());
        self
    }

    /// Nothing hangs on it any more: what was to be put on record is done.
    #[must_use]
    pub fn after_the_fact(mut self) -> Self {
        self.asked = Asked::ARecord;
        self
    }

    /// What became of what was asked for, before what cannot be done.
    #[must_use]
    pub(super) fn within(mut self, what: &str) -> Self {
        self.what = format!("{what}: {}", self.what);
        self
    }

    /// No decision hung on it, but something else, which tells that it could not be done.
    #[must_use]
    pub fn of_no_decision(mut self, undone: &'static str) -> Self {
        if self.asked == Asked::ADecision {
            self.asked = Asked::AnythingElse(undone);
        }
        self
    }

    /// What cannot be done, and the first reason why, for where there is room for one line.
    #[must_use]
    pub fn in_short(&self) -> String {
        self.because.first().map_or_else(|| self.what.clone(), |why| format!("{}: {why}", self.what))
    }

    /// An error with all that caused it.
    fn caused_by(error: &dyn std::error::Error) -> Self {
        let mut failure = Self::new(error.to_string());
        let mut cause = error.source();
        while let Some(deeper) = cause {
            failure.because.push(in_words(deeper));
            cause = deeper.source();
        }
        failure
    }

    #[must_use]
    pub(super) fn remedy(&self) -> Option<&str> {
        self.remedy.as_deref()
    }

    /// Whether history names a commit that is not there.
    #[must_use]
    pub(super) const fn lacks_a_commit(&self) -> bool {
        self.lacks_a_commit
    }

    #[must_use]
    pub fn mended_by(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// A file that somebody wrote cannot be read; every mistake in it is told.
    #[must_use]
    pub fn mistaken(origin: String, bytes: Vec<u8>, mistakes: Vec<Mistake>) -> Self {
        let (bytes, mistakes) = secrets::shown(bytes, mistakes);
        let place = |mistake: &Mistake| format!("{}:{}: {}", mistake.line, mistake.column, mistake.message);
        let what = format!("{origin} has {}", counted(mistakes.len(), "mistake"));
        Self {
            because: mistakes.iter().map(place).collect(),
            mistaken: Some(Box::new(Mistaken { origin, bytes, mistakes, is_proposed: false })),
            ..Self::new(what)
        }
    }

    /// The file is what a change would make of it.
    #[must_use]
    pub(super) fn proposed(mut self) -> Self {
        if let Some(mistaken) = &mut self.mistaken {
            mistaken.is_proposed = true;
        }
        self
    }

    /// For a person.
    #[must_use]
    pub fn to_text(&self, style: Style) -> String {
        match self.mistaken.as_deref() {
            Some(Mistaken { origin, bytes, mistakes, is_proposed }) => {
                // While it is broken and in force nothing passes the hook, not even what mends it.
                let (why, command) = if *is_proposed {
                    ("fix it before it is in force", format!("$EDITOR {origin} && git add {origin}"))
                } else {
                    let past = "gov-hook policy check && git commit --no-verify";
                    ("fix it, check it, and commit the fix past the hook", past.to_owned())
                };
                let next = NextStep { why: why.into(), command };
                let judged = Judged { origin, bytes, mistakes };
                mistakes::human(judged, self.asked, Some(&next), style)
            }
            None => self.to_string(),
        }
    }

    /// The same for a machine; `None` in the format for people.
    #[must_use]
    pub fn to_report(&self, format: Format) -> Option<String> {
        let (what, because, remedy) = (&*self.what, &*self.because, self.remedy.as_deref());
        let report = Undecided { what, because, remedy, exit: Ending::Undecided }.render(format);
        report.unwrap_or_else(|error| Some(format!("gov-hook: cannot write the report: {error}\n")))
    }
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        let lacks_a_commit = matches!(error, GitError::MissingCommit { .. });
        Self { remedy: error.remedy(), lacks_a_commit, ..Self::caused_by(&error) }
    }
}

impl From<NotesError> for Failure {
    fn from(error: NotesError) -> Self {
        if let NotesError::Git(error) = error {
            return error.into();
        }
        Self { remedy: error.remedy(), ..Self::caused_by(&error) }
    }
}

impl From<Unwritable> for Failure {
    fn from(error: Unwritable) -> Self {
        Self::new(format!("this cannot be put on record: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Much of it is named by whoever wrote the repository.
        writeln!(out, "{}{}", self.asked.failed(), printable(&self.what))?;
        for cause in &self.because {
            writeln!(out, "  because: {}", printable(cause))?;
        }
        let mut remedy = self.remedy.iter().flat_map(|remedy| remedy.lines()).map(printable_line);
        remedy.next().map_or(Ok(()), |first| writeln!(out, "  mend it: {first}"))?;
        remedy.try_for_each(|line| writeln!(out, "{line}"))
    }
}
