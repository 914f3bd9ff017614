//! What `sign`, `unsign` and `verify` have to say.

mod json;

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::Medium;
use crate::model::{Ending, Moment, ObjectId, RepoPath, Sha256, counted};
use crate::report::escape;

/// Of what is wrong; all of it is in the JSON.
const MOST_LISTED: usize = 20;

/// Of one file's difference.
const MOST_LINES: usize = 40;

/// A file that was signed.
#[derive(Clone, Debug)]
pub struct SignedFile {
    pub path: RepoPath,
    pub artifact: Sha256,
    /// Of its header.
    pub block: Option<Sha256>,
    pub blob: ObjectId,
    /// Why it has no header, and is signed in the ledger only.
    pub why: Option<String>,
}

#[derive(Clone, Debug)]
pub struct SignReport {
    pub environment: String,
    pub signed_by: String,
    pub signed_at: Moment,
    /// The ids of the entries.
    pub entries: Vec<String>,
    pub files: Vec<SignedFile>,
}

/// A file that may not be signed as it was asked.
#[derive(Clone, Debug)]
pub struct Refused {
    pub path: RepoPath,
    pub why: String,
    pub next: String,
}

#[must_use]
pub fn signed(report: &SignReport, medium: Medium) -> String {
    if medium == Medium::Json {
        return json::signed(report);
    }
    let count = counted(report.files.len(), "file");
    let mut text = format!("signed {count} for {}, as {}\n", report.environment, escape::printable(&report.signed_by));
    for file in report.files.iter().take(MOST_LISTED) {
        let how = file.why.as_ref().map_or_else(String::new, |why| format!("  in the ledger only: {why}"));
        // Writing to a `String` cannot fail, here and below.
        let _ = writeln!(text, "  {}  {}{how}", file.artifact.short(), escape::shown_path(&file.path));
    }
    more(&mut text, report.files.len());
    text
}

#[must_use]
pub fn refused(files: &[Refused], medium: Medium) -> String {
    if medium == Medium::Json {
        return json::refused(files);
    }
    let mut text = String::new();
    for Refused { path, why, .. } in files.iter().take(MOST_LISTED) {
        let _ = writeln!(text, "denied: `{}` is not signed: {why}", escape::shown_path(path));
    }
    more(&mut text, files.len());
    let _ = writeln!(text, "nothing was signed");
    if let Some(first) = files.first() {
        let _ = writeln!(text, "{}", first.next);
    }
    text
}

fn more(text: &mut String, count: usize) {
    if count > MOST_LISTED {
        let _ = writeln!(text, "  … and {} more; all of them: --format json", count - MOST_LISTED);
    }
}

/// A file that is what it was before it was signed.
#[derive(Clone, Debug)]
pub struct UnsignedFile {
    pub path: RepoPath,
    /// What it was signed for.
    pub environment: String,
    pub artifact: Sha256,
    /// `header` or `ledger`: where it was signed.
    pub form: &'static str,
}

#[derive(Clone, Debug)]
pub struct UnsignReport {
    pub signed_by: String,
    pub signed_at: Moment,
    /// The ids of the entries.
    pub entries: Vec<String>,
    pub files: Vec<UnsignedFile>,
}

#[must_use]
pub fn unsigned(report: &UnsignReport, medium: Medium) -> String {
    if medium == Medium::Json {
        return json::unsigned(report);
    }
    let mut text = format!("took the header off {}\n", counted(report.files.len(), "file"));
    for file in report.files.iter().take(MOST_LISTED) {
        let how = if file.form == "ledger" { "  was signed in the ledger only; no longer signed" } else { "" };
        let _ = writeln!(text, "  {}{how}", escape::shown_path(&file.path));
    }
    more(&mut text, report.files.len());
    text
}

/// How a file was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Verified,
    Tampered,
    /// It has to be signed.
    Missing,
    /// Signed for an earlier environment than the one it is headed for.
    Incompatible,
    /// It was named, and nothing of it is signed.
    Unsigned,
    Unreadable,
}

impl Status {
    pub const ALL: [Self; 6] =
        [Self::Verified, Self::Tampered, Self::Missing, Self::Incompatible, Self::Unsigned, Self::Unreadable];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Tampered => "tampered",
            Self::Missing => "missing",
            Self::Incompatible => "incompatible",
            Self::Unsigned => "unsigned",
            Self::Unreadable => "unreadable",
        }
    }
}

/// What the ledger has of a file.
#[derive(Clone, Debug)]
pub struct Signature {
    pub path: String,
    pub artifact: Sha256,
    pub blob: ObjectId,
    pub environment: String,
    pub signed_by: String,
    pub signed_at: Moment,
    pub entry: Sha256,
}

#[derive(Clone, Debug)]
pub struct VerifiedFile {
    pub path: RepoPath,
    pub status: Status,
    pub rule: Option<&'static str>,
    pub message: Option<String>,
    pub line: Option<u32>,
    pub signature: Option<Signature>,
    /// The environment that a header names which is not as it was signed.
    pub says: Option<String>,
    /// What was changed beneath the header, as far as the signed file is known; without secrets.
    pub diff: Vec<DiffLine>,
}

/// A line of a difference, or where the next ones stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiffLine {
    At { old: u32, new: u32 },
    Same(String),
    Gone(String),
    Came(String),
}

/// As `diff -u` writes it.
impl fmt::Display for DiffLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At { old, new } => write!(out, "@@ -{old} +{new} @@"),
            Self::Same(text) => write!(out, " {}", escape::visible(text)),
            Self::Gone(text) => write!(out, "-{}", escape::visible(text)),
            Self::Came(text) => write!(out, "+{}", escape::visible(text)),
        }
    }
}

#[derive(Clone, Debug)]
pub struct VerifyReport {
    /// `the work tree`, or `commit 0123456789ab`.
    pub described: String,
    pub revision: Option<String>,
    pub target: Option<String>,
    pub exit: Ending,
    /// Of the ledger; while it is damaged nobody is to be believed.
    pub damage: usize,
    /// Files that nothing says are signed, and that nobody asked about by name.
    pub others: usize,
    pub files: Vec<VerifiedFile>,
    /// What to do next.
    pub next: Option<String>,
}

impl VerifyReport {
    fn count(&self, status: Status) -> usize {
        self.files.iter().filter(|file| file.status == status).count()
    }

    fn by_environment(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for file in self.files.iter().filter(|file| file.status == Status::Verified) {
            if let Some(signature) = &file.signature {
                *counts.entry(signature.environment.as_str()).or_default() += 1;
            }
        }
        counts
    }

    /// The word that weighs most, and the first file it is said of.
    fn headline(&self) -> String {
        let all = self.files.len();
        let faulty = |status| self.files.iter().find(|file| file.status == status);
        let one = |word: &str, file: &VerifiedFile| {
            let line = file.line.map(|line| format!(":{line}")).unwrap_or_default();
            let message = file.message.as_deref().unwrap_or_default();
            format!("{word}: {}{line}: {message}", escape::shown_path(&file.path))
        };
        let order = [Status::Tampered, Status::Missing, Status::Incompatible, Status::Unsigned, Status::Unreadable];
        let worst = order.into_iter().find_map(|status| Some((status, faulty(status)?)));
        match worst {
            _ if self.damage > 0 => {
                format!("broken: {} wrong with the ledger, so no signature counts", counted(self.damage, "thing"))
            }
            Some((status, file)) => {
                let others = self.files.iter().filter(|file| file.status != Status::Verified).count() - 1;
                let more = if others > 0 { format!(" (and {others} more)") } else { String::new() };
                format!("{}{more}", one(status.as_str(), file))
            }
            None if all == 0 => format!("verified: nothing in {} is signed", self.described),
            None => {
                let counts: Vec<String> =
                    self.by_environment().into_iter().map(|(name, count)| format!("{count} {name}")).collect();
                format!("verified: {} of {} ({})", counted(all, "signed file"), self.described, counts.join(", "))
            }
        }
    }
}

#[must_use]
pub fn verified(report: &VerifyReport, medium: Medium) -> String {
    if medium == Medium::Json {
        return json::verified(report);
    }
    let mut text = report.headline();
    text.push('\n');
    let faulty: Vec<&VerifiedFile> = report.files.iter().filter(|file| file.status != Status::Verified).collect();
    for file in faulty.iter().take(MOST_LISTED) {
        // The first line has said it of the only one.
        if faulty.len() > 1 {
            let line = file.line.map(|line| format!(":{line}")).unwrap_or_default();
            let message = escape::printable(file.message.as_deref().unwrap_or_default());
            let _ = writeln!(text, "\n{}{line}: {message}", escape::shown_path(&file.path));
        }
        told(&mut text, file);
    }
    more(&mut text, faulty.len());
    if faulty.len() > 1 {
        let counts = Status::ALL.map(|status| (report.count(status), status.as_str()));
        let counts: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}")).collect();
        let _ = writeln!(text, "\n{}\n", counts.join(", "));
    }
    if let Some(next) = &report.next {
        let _ = writeln!(text, "{next}");
    }
    text
}

fn told(text: &mut String, file: &VerifiedFile) {
    if let Some(rule) = file.rule {
        let _ = writeln!(text, "  rule {rule}");
    }
    if let Some(signature) = &file.signature {
        let Signature { path, environment, signed_by, signed_at, .. } = signature;
        let elsewhere = if *path == file.path.to_string() { String::new() } else { format!("as {path}, ") };
        let signed_by = escape::printable(signed_by);
        let _ = writeln!(text, "  signed {elsewhere}for {environment} by {signed_by} at {signed_at}");
    }
    for line in file.diff.iter().take(MOST_LINES) {
        let _ = writeln!(text, "  {line}");
    }
    if file.diff.len() > MOST_LINES {
        let _ = writeln!(text, "  … and {} more lines; all of them: --format json", file.diff.len() - MOST_LINES);
    }
}
