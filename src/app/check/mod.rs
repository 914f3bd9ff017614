//! `gov-hook check`: from the words on the command line to a judgement and its exit code.

mod kept;
mod on_record;

use super::judging::judge;
pub use super::judging::{Asked, Naming, Question, Supposition, What};
use super::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::report::{self, Format, Style};

#[derive(Debug)]
pub struct Request {
    pub question: Question,
    /// Whether the answer goes on record, as a hook's does.
    pub is_kept: bool,
    pub format: Format,
    pub style: Style,
}

pub fn check(request: &Request, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let mut judged = judge(&repo, &request.question, environment)?;
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
