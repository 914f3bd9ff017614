//! What a message adds to the judgement of what is staged, which was made before there was one.

use super::people;
use super::subject::Subject;
use super::target;
use crate::app::law::Law;
use crate::app::{Environment, Failure};
use crate::git::Repo;
use crate::model::TargetKind;

/// What a message says that has to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) struct Worded {
    /// A rule of messages matches in it.
    pub(in crate::app) is_found: bool,
    /// It names an agent that nothing else gave away.
    pub(in crate::app) tells_agent: bool,
}

/// Looks at the message alone: the files were judged before it was written.
pub(in crate::app) fn worded(repo: &Repo, message: &[u8], environment: &Environment) -> Result<Worded, Failure> {
    let at = repo.head()?;
    let law = Law::at(repo, target::law_of_staged(repo, &at)?)?;
    let subject = |message: Option<Vec<u8>>| Subject { base: at.commit(), message, ..Subject::of(TargetKind::Staged) };
    let agent = |subject: &Subject| {
        let authors = people::authors(repo, subject, environment);
        people::agent(subject, &authors, environment, &law.policy)
    };
    let (before, after) = (agent(&subject(None)), agent(&subject(Some(message.to_vec()))));
    let found = law.rules.scan_message(message, after.is_some());
    Ok(Worded { is_found: !found.is_empty(), tells_agent: before != after })
}
