//! `gov-hook risk eval`: is the score worth its points, on its own evidence and on a history.

mod file;
mod history;

use std::path::{Path, PathBuf};

use super::{Answer, Environment, Failure};
use crate::check::eval::{self, evaluate};
use crate::git::{Place, Repo};
use crate::model::{Ending, Evaluation};
use crate::report::{self, Medium};

/// The exit code of an evaluation that does not bear the score out.
const NOT_WORTH_IT: Ending = Ending::Denied;

/// Where it is known what became of commits.
#[derive(Debug)]
pub enum Evidence {
    /// Labelled features, one commit a line.
    File(PathBuf),
    /// A repository whose later commits tell, and how many commits of it to look at.
    Repository(PathBuf, usize),
}

pub fn eval(evidence: &Evidence, medium: Medium, environment: &Environment) -> Result<Answer, Failure> {
    let evaluation = match evidence {
        Evidence::File(path) => of_file(path)?,
        Evidence::Repository(path, commits) => of_repository(path, *commits, environment)?,
    };
    let exit = if evaluation.holds() { Ending::Pass } else { NOT_WORTH_IT };
    let text = if medium == Medium::Json {
        report::evaluation_json(&evaluation, exit)
            .map_err(|error| Failure::new(format!("the report cannot be written: {error}")))?
    } else {
        report::evaluation(&evaluation)
    };
    Ok(Answer { text: text.into_bytes(), exit })
}

fn of_file(path: &Path) -> Result<Evaluation, Failure> {
    let mut evaluation = evaluate(path.display().to_string(), &file::read(path)?);
    evaluation.promises = eval::promises_of_the_card(&evaluation);
    Ok(evaluation)
}

fn of_repository(path: &Path, commits: usize, environment: &Environment) -> Result<Evaluation, Failure> {
    let place = Place { directory: Some(path.to_owned()), ..environment.place.clone() };
    let repo = Repo::open(&place)?;
    let labelled = history::labelled(&repo, commits, environment.stderr_is_terminal)?;
    history::enough(&labelled, commits)?;
    let mut evaluation = evaluate(path.display().to_string(), &labelled.samples);
    evaluation.promises = vec![eval::promise_of_a_history(&evaluation)];
    evaluation.notes.push(format!(
        "of {} commits read, those are evaluated that have a history before them and {} days after them in which \
         one of {} fixes could be blamed on them",
        labelled.read,
        eval::DAYS,
        labelled.fixes,
    ));
    if repo.is_shallow() {
        evaluation.notes.push("the clone is shallow, so this is not the whole history".into());
    }
    Ok(evaluation)
}
