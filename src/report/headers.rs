//! What `sign` and `verify` have to say.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use serde::Serialize;

use super::escape;
use crate::model::{Moment, ObjectId, RepoPath, Sha256, counted};

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
pub fn signed(report: &SignReport, as_json: bool) -> String {
    if as_json {
        return json(&SignV1 {
            schema: "gov-hook/sign/v1",
            exit: 0,
            environment: Some(&report.environment),
            signed_by: Some(&report.signed_by),
            signed_at: Some(report.signed_at.to_string()),
            entries: report.entries.iter().map(String::as_str).collect(),
            files: report.files.iter().map(|file| SignedV1::of(file, &report.environment)).collect(),
            refused: Vec::new(),
            next: None,
        });
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
pub fn refused(files: &[Refused], as_json: bool) -> String {
    if as_json {
        let refused =
            files.iter().map(|file| RefusedV1 { path: file.path.to_string(), why: &file.why, next: &file.next });
        return json(&SignV1 {
            schema: "gov-hook/sign/v1",
            exit: 1,
            environment: None,
            signed_by: None,
            signed_at: None,
            entries: Vec::new(),
            files: Vec::new(),
            refused: refused.collect(),
            next: files.first().map(|file| file.next.as_str()),
        });
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
pub fn unsigned(report: &UnsignReport, as_json: bool) -> String {
    if as_json {
        return json(&UnsignV1 {
            schema: "gov-hook/unsign/v1",
            exit: 0,
            signed_by: &report.signed_by,
            signed_at: report.signed_at.to_string(),
            entries: report.entries.iter().map(String::as_str).collect(),
            files: report.files.iter().map(UnsignedV1::from).collect(),
            next: None,
        });
    }
    let mut text = format!("took the header off {}\n", counted(report.files.len(), "file"));
    for file in report.files.iter().take(MOST_LISTED) {
        let how = if file.form == "ledger" { "  signed in the ledger only, and not any more" } else { "" };
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
    pub exit: u8,
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
pub fn verified(report: &VerifyReport, as_json: bool) -> String {
    if as_json {
        return json(&VerifyV1::from(report));
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

fn json(value: &impl Serialize) -> String {
    // Texts and numbers in fields of their own always have a form in JSON.
    escape::json(value).unwrap_or_default()
}

/// `gov-hook/sign/v1`: fields are added, never renamed and never given another meaning.
#[derive(Serialize)]
struct SignV1<'a> {
    schema: &'static str,
    exit: u8,
    environment: Option<&'a str>,
    signed_by: Option<&'a str>,
    signed_at: Option<String>,
    entries: Vec<&'a str>,
    files: Vec<SignedV1<'a>>,
    refused: Vec<RefusedV1<'a>>,
    next: Option<&'a str>,
}

#[derive(Serialize)]
struct SignedV1<'a> {
    path: String,
    status: &'static str,
    environment: &'a str,
    artifact_hash: String,
    /// `header` or `ledger`.
    form: &'static str,
    why: Option<&'a str>,
    block: Option<String>,
    blob: String,
}

impl<'a> SignedV1<'a> {
    fn of(file: &'a SignedFile, environment: &'a str) -> Self {
        Self {
            path: file.path.to_string(),
            status: "signed",
            environment,
            artifact_hash: file.artifact.to_string(),
            form: if file.block.is_some() { "header" } else { "ledger" },
            why: file.why.as_deref(),
            block: file.block.map(|block| block.to_string()),
            blob: file.blob.to_string(),
        }
    }
}

#[derive(Serialize)]
struct RefusedV1<'a> {
    path: String,
    why: &'a str,
    next: &'a str,
}

/// `gov-hook/unsign/v1`.
#[derive(Serialize)]
struct UnsignV1<'a> {
    schema: &'static str,
    exit: u8,
    signed_by: &'a str,
    signed_at: String,
    entries: Vec<&'a str>,
    files: Vec<UnsignedV1<'a>>,
    next: Option<&'a str>,
}

#[derive(Serialize)]
struct UnsignedV1<'a> {
    path: String,
    status: &'static str,
    environment: &'a str,
    artifact_hash: String,
    form: &'static str,
}

impl<'a> From<&'a UnsignedFile> for UnsignedV1<'a> {
    fn from(file: &'a UnsignedFile) -> Self {
        Self {
            path: file.path.to_string(),
            status: "unsigned",
            environment: &file.environment,
            artifact_hash: file.artifact.to_string(),
            form: file.form,
        }
    }
}

/// `gov-hook/verify/v1`.
#[derive(Serialize)]
struct VerifyV1<'a> {
    schema: &'static str,
    exit: u8,
    revision: Option<&'a str>,
    environment: Option<&'a str>,
    counts: CountsV1,
    by_environment: BTreeMap<&'a str, usize>,
    files: Vec<VerifiedV1<'a>>,
    next: Option<&'a str>,
}

#[derive(Serialize)]
struct CountsV1 {
    verified: usize,
    tampered: usize,
    missing: usize,
    incompatible: usize,
    unsigned: usize,
    unreadable: usize,
    ledger_damage: usize,
}

#[derive(Serialize)]
struct VerifiedV1<'a> {
    path: String,
    status: &'static str,
    rule: Option<&'static str>,
    message: Option<&'a str>,
    line: Option<u32>,
    environment: Option<&'a str>,
    artifact_hash: Option<String>,
    signed_as: Option<&'a str>,
    signed_by: Option<&'a str>,
    signed_at: Option<String>,
    entry: Option<String>,
    diff: Option<String>,
}

impl<'a> From<&'a VerifyReport> for VerifyV1<'a> {
    fn from(report: &'a VerifyReport) -> Self {
        Self {
            schema: "gov-hook/verify/v1",
            exit: report.exit,
            revision: report.revision.as_deref(),
            environment: report.target.as_deref(),
            counts: CountsV1 {
                verified: report.count(Status::Verified),
                tampered: report.count(Status::Tampered),
                missing: report.count(Status::Missing),
                incompatible: report.count(Status::Incompatible),
                unsigned: report.count(Status::Unsigned) + report.others,
                unreadable: report.count(Status::Unreadable),
                ledger_damage: report.damage,
            },
            by_environment: report.by_environment(),
            files: report.files.iter().map(VerifiedV1::from).collect(),
            next: report.next.as_deref(),
        }
    }
}

impl<'a> From<&'a VerifiedFile> for VerifiedV1<'a> {
    fn from(file: &'a VerifiedFile) -> Self {
        let signature = file.signature.as_ref();
        Self {
            path: file.path.to_string(),
            status: file.status.as_str(),
            rule: file.rule,
            message: file.message.as_deref(),
            line: file.line,
            environment: signature.map(|signature| signature.environment.as_str()),
            artifact_hash: signature.map(|signature| signature.artifact.to_string()),
            signed_as: signature.map(|signature| signature.path.as_str()),
            signed_by: signature.map(|signature| signature.signed_by.as_str()),
            signed_at: signature.map(|signature| signature.signed_at.to_string()),
            entry: signature.map(|signature| signature.entry.to_string()),
            diff: (!file.diff.is_empty())
                .then(|| file.diff.iter().flat_map(|line| [line.to_string(), "\n".into()]).collect()),
        }
    }
}
