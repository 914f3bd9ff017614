//! A rule that matched. A finding never carries the secret it found, only a redacted excerpt.

use std::fmt;

use super::date::Date;
use super::digest::Sha256;
use super::hex;
use super::level::RiskLevel;
use super::object::ObjectId;
use super::path::RepoPath;

/// A rule's name, such as `secret/aws-access-key-id`: what it belongs to, then what it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Box<str>);

impl RuleId {
    /// Whatever finds a secret.
    pub const SECRET: &str = "secret/";

    /// Whatever tells of a waiver, not of what it excuses.
    pub const WAIVER: &str = "waiver/";

    pub fn new(id: impl Into<Box<str>>) -> Self {
        Self(id.into())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it belongs to a family, such as `secret/`.
    #[must_use]
    pub fn is_of(&self, family: &str) -> bool {
        self.0.starts_with(family)
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// How much a finding weighs: `deny` blocks, `hold` needs approval, the others are said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Note,
    Warn,
    Hold,
    Deny,
}

impl Severity {
    pub const ALL: [Self; 4] = [Self::Note, Self::Warn, Self::Hold, Self::Deny];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Hold => "hold",
            Self::Deny => "deny",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == text)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Where a finding is. Lines and columns count from one; a column counts characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub path: RepoPath,
    pub line: Option<u32>,
    pub column: Option<u32>,
    /// The commit that carries it, when commits were judged one by one.
    pub commit: Option<ObjectId>,
}

impl Place {
    /// A file as a whole, or its path.
    #[must_use]
    pub fn whole(path: &RepoPath) -> Self {
        Self { path: path.clone(), line: None, column: None, commit: None }
    }
}

/// The line a finding is on, already redacted, and which of its characters are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    pub line: String,
    /// Zero-based, in characters of `line`.
    pub start: usize,
    pub end: usize,
}

/// Names a finding across commits and line moves: rule, path and the matched text's hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    #[must_use]
    pub fn of(rule: &RuleId, path: &RepoPath, matched: &[u8]) -> Self {
        let mut bytes = Vec::new();
        for part in [rule.as_str().as_bytes(), path.as_bytes(), Sha256::of(matched).as_bytes()] {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part);
        }
        Self(Sha256::of(&bytes))
    }

    /// The first twelve digits: enough for a person.
    #[must_use]
    pub fn short(&self) -> String {
        hex::short(self)
    }
}

/// The first 32 hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_bytes().iter().take(16).try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// The waiver that excuses a finding. Waived findings stay visible and counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waived {
    pub reason: String,
    pub by: WaivedBy,
}

/// Where a waiver stands, with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaivedBy {
    /// In the text that it excuses, such as `src/a.rs:12`.
    Text(String),
    /// In the repository's list of waivers, `.gov/waivers.yaml:4`.
    List(String),
}

impl WaivedBy {
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(place) | Self::List(place) => place,
        }
    }
}

impl fmt::Display for WaivedBy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Where a finding stands in time, once all of history was searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InHistory {
    /// The day of the commit that brought it, where the commit says one.
    pub since: Option<Date>,
    /// The newest tree still has it.
    pub in_head: bool,
}

/// Made with [`Finding::at`], which insists on a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: RuleId,
    pub severity: Severity,
    pub place: Place,
    pub message: String,
    pub help: Option<String>,
    pub fingerprint: Fingerprint,
    /// The risk level a change with this finding has at least, beyond what `severity` implies.
    pub floor: Option<RiskLevel>,
    pub excerpt: Option<Excerpt>,
    pub waived: Option<Waived>,
    /// Known only when history was searched; the place names the commit that brought it.
    pub history: Option<InHistory>,
    /// Its line is one of the old text, and not of the file as it is now.
    pub removed: bool,
}

impl Finding {
    /// `matched` is what the rule matched: it enters the fingerprint and nothing else.
    #[must_use]
    pub fn at(place: Place, rule: RuleId, severity: Severity, message: impl Into<String>, matched: &[u8]) -> Self {
        let fingerprint = Fingerprint::of(&rule, &place.path, matched);
        Self {
            rule,
            severity,
            place,
            message: message.into(),
            help: None,
            fingerprint,
            floor: None,
            excerpt: None,
            waived: None,
            history: None,
            removed: false,
        }
    }

    /// Whether only history has it: no file of the newest tree does any more.
    #[must_use]
    pub fn is_past(&self) -> bool {
        self.history.is_some_and(|history| !history.in_head)
    }

    /// Whether only a commit has it, and nothing that is left behind.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.history.map_or(self.place.commit.is_some(), |history| !history.in_head)
    }

    /// Whether the finding still weighs: a waived one is only shown.
    #[must_use]
    pub const fn counts(&self) -> bool {
        self.waived.is_none()
    }
}
