//! What was found out as text, in the formats people and machines read. Nothing is decided here:
//! a format never changes the outcome or the exit code.

pub mod approval;
pub mod audit;
mod diagnostic;
pub mod doctor;
mod entries;
mod escape;
mod evaluation;
mod github;
mod gitlab;
pub mod headers;
#[cfg(test)]
mod hostile;
mod human;
pub mod install;
mod json;
mod junit;
pub mod mistakes;
pub mod policy;
pub mod rules;
#[cfg(test)]
pub(crate) mod samples;
mod sarif;
#[cfg(test)]
mod snapshots;
mod undecided;
mod words;

use std::io;

use anstyle::Style as Look;

use crate::model::Judgement;

pub(crate) use escape::{printable, printable_line};
pub use evaluation::{evaluation, evaluation_json};
pub use human::{in_passing, summary};
pub use undecided::Undecided;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    Human,
    Json,
    Sarif,
    /// Workflow commands that GitHub shows as annotations.
    Github,
    /// A code quality report.
    Gitlab,
    Junit,
}

impl Format {
    pub const ALL: [Self; 6] = [Self::Human, Self::Json, Self::Sarif, Self::Github, Self::Gitlab, Self::Junit];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text)
    }
}

/// In what a verb answers that knows but these two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Medium {
    /// What people read.
    #[default]
    Text,
    Json,
}

/// How much a person is told. Counts are never hidden, only long lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Detail {
    /// Nothing when the gate lets the change pass; else what stands in the way and what to do.
    Quiet,
    #[default]
    Normal,
    /// Lists are not cut short.
    Verbose,
}

/// How the human format looks. The other formats are the same for everyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub colour: bool,
    /// Columns to wrap prose at.
    pub width: usize,
    pub detail: Detail,
}

impl Default for Style {
    fn default() -> Self {
        Self { colour: false, width: 100, detail: Detail::Normal }
    }
}

impl Style {
    fn dress(self, look: Look, text: &str) -> String {
        if self.colour { format!("{look}{text}{look:#}") } else { text.to_owned() }
    }
}

/// Writes the whole report; it ends with a newline unless there is nothing to say.
pub fn write(judgement: &Judgement, format: Format, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let text = match format {
        Format::Human => human::render(judgement, style),
        Format::Json => json::render(judgement)?,
        Format::Sarif => sarif::render(judgement)?,
        Format::Github => github::render(judgement),
        Format::Gitlab => gitlab::render(judgement)?,
        Format::Junit => junit::render(judgement),
    };
    out.write_all(text.as_bytes())
}
