//! A rule as its author wrote it: plain data, the same for embedded packs and a repository's own.

use serde::{Deserialize, Deserializer};

use crate::check::detect::Detector;
use crate::model::{RiskLevel, Severity};

/// What a rule looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum On {
    /// Matches that touch a line the change adds.
    #[default]
    Added,
    /// Matches that touch a line the change removes.
    Removed,
    /// The new text as a whole, once per file.
    File,
    /// The path and what happens to it.
    Path,
    /// A commit message.
    Message,
}

/// What happens to a path, for rules `on: path`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Happening {
    Added,
    Deleted,
    Modified,
    Renamed,
    /// The kind of entry or its executable bit changed.
    Mode,
}

impl Happening {
    /// Its place in a set of them.
    pub(super) const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// What a path is after the change, for rules `on: path`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Regular,
    Executable,
    Symlink,
    Submodule,
}

/// Where the regular expression is tried, when it is not near a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Anchor {
    /// On lines with a byte that is not ASCII.
    NonAscii,
    /// On every line; only for rules whose `paths` keep it to a few files.
    EveryLine,
}

/// Where a finding stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ToldAt {
    #[default]
    Value,
    /// On the first line of a match that is a block of lines.
    Block,
}

/// What a policy asks of some files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Asks {
    Module,
    Decorator,
}

/// Whose work a rule weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    Agent,
}

/// What silences a match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Allow {
    /// Tried on the value.
    pub regexes: Vec<String>,
    /// Tried on the line the value starts on.
    pub lines: Vec<String>,
    /// Literals that the value contains, in any case.
    pub stopwords: Vec<String>,
    pub paths: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    pub id: String,
    #[serde(default)]
    pub on: On,
    #[serde(default)]
    pub paths: Vec<String>,
    #[serde(default)]
    pub exclude: Vec<String>,
    /// `on: path` only; empty means whatever happens.
    #[serde(default)]
    pub status: Vec<Happening>,
    /// `on: path` only: what the path must be after the change.
    #[serde(default)]
    pub mode: Option<Kind>,
    #[serde(default)]
    pub keywords: Vec<String>,
    #[serde(default)]
    pub anchor: Option<Anchor>,
    #[serde(default)]
    pub regex: Option<String>,
    /// `on: file` only: of what the policy asks under `rules.imports`, the part a file lacks.
    #[serde(default)]
    pub asks: Option<Asks>,
    /// In the place of a regular expression, what only code can tell; on `added` lines, or as a
    /// further condition on a `path`.
    #[serde(default)]
    pub detect: Option<String>,
    /// `on: file` only: the finding is that this does not match.
    #[serde(default)]
    pub require: Option<String>,
    #[serde(default)]
    pub entropy: Option<f64>,
    #[serde(default, deserialize_with = "one_or_many")]
    pub verify: Vec<String>,
    #[serde(default)]
    pub allow: Allow,
    /// The match may span more than two lines.
    #[serde(default)]
    pub multiline: bool,
    #[serde(default)]
    pub told_at: ToldAt,
    /// `on: removed` only: how many more matches a change removes than it adds.
    #[serde(default)]
    pub net: Option<u32>,
    #[serde(default)]
    pub by: Option<By>,
    /// The rule weighs what a change does, and has nothing to say of a file as it stands in a tree.
    #[serde(default)]
    pub changes_only: bool,
    /// What matched is no secret and may be printed.
    #[serde(default)]
    pub show: bool,
    #[serde(deserialize_with = "severity")]
    pub severity: Severity,
    #[serde(default, deserialize_with = "floor")]
    pub floor: Option<RiskLevel>,
    pub message: String,
    /// Why it matters, for `rules explain`.
    #[serde(default)]
    pub why: Option<String>,
    #[serde(default)]
    pub help: Option<String>,
    #[serde(default)]
    pub roles: Vec<String>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub examples: Vec<Example>,
    #[serde(default)]
    pub counterexamples: Vec<Example>,
}

impl Definition {
    /// A rule that guesses: it gives way to one that knows what it found.
    #[must_use]
    pub fn is_generic(&self) -> bool {
        self.tags.iter().any(|tag| tag == "generic")
    }

    /// Whether it looks for text that must not be known, which is no less known once it is gone.
    #[must_use]
    pub fn finds_secrets(&self) -> bool {
        let reads_new_text = matches!(self.on, On::Added | On::File | On::Message);
        reads_new_text && !self.show && self.require.is_none() && self.asks.is_none()
    }

    /// Whether it looks into texts of a change, where a comment can stand beside what it finds.
    #[must_use]
    pub fn reads_text(&self) -> bool {
        let judges_bytes = self.detect.as_deref().and_then(Detector::parse).is_some_and(Detector::judges_bytes);
        self.on != On::Message && self.status != [Happening::Deleted] && !judges_bytes
    }

    /// The part of the id before the first `/`: rules of one family give way to each other.
    #[must_use]
    pub fn family(&self) -> &str {
        family(&self.id)
    }
}

pub(super) fn family(id: &str) -> &str {
    id.split('/').next().unwrap_or(id)
}

/// A change that a rule must find, or must not.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Example {
    Text(String),
    Change(Sides),
}

/// An example that says more than a text. Without `old` the file is new; without `new` and
/// `text` it is deleted; with neither it is new and empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sides {
    pub path: Option<String>,
    /// Where a renamed file was.
    pub from: Option<String>,
    pub text: Option<String>,
    pub old: Option<String>,
    pub new: Option<String>,
    pub mode: Option<Kind>,
    /// Another path that is there.
    pub beside: Option<String>,
    /// What the policy asks of the file.
    pub module: Option<String>,
    pub decorator: Option<String>,
}

fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Names {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Names::deserialize(from)? {
        Names::One(name) => vec![name],
        Names::Many(names) => names,
    })
}

fn severity<'de, D: Deserializer<'de>>(from: D) -> Result<Severity, D::Error> {
    let word = String::deserialize(from)?;
    Severity::parse(&word).ok_or_else(|| serde::de::Error::custom("severity is deny, hold, warn or note"))
}

fn floor<'de, D: Deserializer<'de>>(from: D) -> Result<Option<RiskLevel>, D::Error> {
    let word = String::deserialize(from)?;
    RiskLevel::parse(&word).map(Some).ok_or_else(|| serde::de::Error::custom("floor is HIGH or CRITICAL"))
}
