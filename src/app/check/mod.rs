//! `gov-hook check`: from the words on the command line to a judgement and its exit code.

mod again;
mod carried;
mod copies;
mod examine;
mod hear;
mod history;
mod judge;
mod kept;
mod large;
mod mends;
mod message;
mod next;
mod on_record;
mod past;
mod people;
mod pushed;
mod recent;
mod returned;
mod signed;
mod target;
mod unscanned;
mod whole;

use super::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::model::{Enforcement, Gate, Saying};
use crate::report::{self, Format, Style};

pub(super) use again::Again;
pub(super) use hear::own_changes;
pub(super) use judge::{Judged, judge, judge_again, judge_anew, judge_push, judge_under};
pub(super) use message::worded;
pub(super) use pushed::{Push, Side, begins_after};
pub use target::Asked;

#[derive(Debug)]
pub struct Request {
    pub asked: Asked,
    pub gate: Gate,
    /// Overrides the level of the branch and of the agent.
    pub level: Option<Enforcement>,
    pub suppositions: Vec<Supposition>,
    /// Whether the answer goes on record, as a hook's does.
    pub is_kept: bool,
    pub format: Format,
    pub style: Style,
}

impl Request {
    /// What a gate asks, supposing nothing. The form is for whoever prints the answer to choose.
    pub(super) fn of(asked: Asked, gate: Gate) -> Self {
        Self {
            asked,
            gate,
            level: None,
            suppositions: Vec::new(),
            is_kept: false,
            format: Format::Human,
            style: Style::default(),
        }
    }
}

/// Something taken for given, to see what would follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Supposition {
    Said { by: String, saying: Saying },
    Level(Enforcement),
}

impl Supposition {
    /// Reads `approve:PERSON`, `reject:PERSON` or `level:LEVEL`.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let said = |by: &str, saying| Self::Said { by: by.to_owned(), saying };
        let supposition = match text.split_once(':') {
            Some(("approve", by)) if !by.is_empty() => Some(said(by, Saying::Approve)),
            Some(("reject", by)) if !by.is_empty() => Some(said(by, Saying::Reject)),
            Some(("level", level)) => Enforcement::parse(level).map(Self::Level),
            _ => None,
        };
        supposition.ok_or_else(|| {
            Failure::new(format!("`{text}` is not something `--suppose` understands"))
                .mended_by("use approve:PERSON, reject:PERSON or level:development|staging|production")
        })
    }
}

pub fn check(request: &Request, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let mut judged = judge(&repo, request, environment)?;
    if request.is_kept {
        kept::keep(&repo, &mut judged, environment)?;
    } else {
        on_record::asked(&repo, &mut judged)?;
    }
    let judgement = judged.judgement;
    let mut text = Vec::new();
    report::write(&judgement, request.format, request.style, &mut text)
        .map_err(|error| Failure::new(format!("the report cannot be written: {error}")))?;
    Ok(Answer { text, exit: judgement.decision.exit.into() })
}
