//! Who acts: the people behind a change, and the agent among them.

use std::borrow::{Borrow, Cow};

use super::subject::Subject;
use crate::app::memory::Records;
use crate::app::{Environment, Failure};
use crate::git::{self, Commit, Repo};
use crate::model::{Arrange, Person};
use crate::policy::Policy;

/// Authors, committers and co-authors; of what is only staged, whoever is about to commit it.
pub(super) fn authors(repo: &Repo, subject: &Subject, environment: &Environment) -> Vec<Person> {
    let mut people: Vec<Person> = subject.commits.iter().flat_map(Commit::people).collect();
    if subject.head.is_none() {
        let configured = |key: &str| repo.config_string(key).unwrap_or_default();
        for identity in [&environment.author, &environment.committer] {
            people.push(Person {
                name: identity.name.clone().unwrap_or_else(|| configured("user.name")),
                email: identity.email.clone().unwrap_or_else(|| configured("user.email")),
            });
        }
        people.extend(subject.message.iter().flat_map(|message| git::co_authors(message)));
    }
    named(people)
}

/// Of what is committed.
pub(super) fn of_commits(commits: &[Commit]) -> Vec<Person> {
    named(commits.iter().flat_map(Commit::people).collect())
}

fn named(mut people: Vec<Person>) -> Vec<Person> {
    people.retain(|person| !person.email.is_empty() || !person.name.is_empty());
    people.arrange();
    people.dedup();
    people
}

/// The policy's id of the agent at work: the one the environment names, else the one that a
/// person's address or a commit's trailer gives away.
pub(super) fn agent(
    subject: &Subject,
    authors: &[Person],
    environment: &Environment,
    policy: &Policy,
) -> Option<String> {
    if let Some(id) = &environment.agent {
        return Some(id.clone());
    }
    let messages = subject.commits.iter().map(|commit| &commit.message).chain(&subject.message);
    let trailers: Vec<String> = messages.flat_map(|message| git::trailers(message)).collect();
    policy.agents.agent_for(authors, &trailers).map(|agent| agent.id.clone())
}

/// The same surroundings, with the agent that made any of the commits where only its records say so: an
/// agent that is at work in the environment leaves no trace in them.
pub(super) fn as_recorded<'e, 'r, R: Borrow<Records<'r>>>(
    environment: &'e Environment,
    subject: &Subject,
    records: impl FnOnce() -> Result<R, Failure>,
) -> Result<Cow<'e, Environment>, Failure> {
    if environment.agent.is_some() || subject.commits.is_empty() {
        return Ok(Cow::Borrowed(environment));
    }
    Ok(match records()?.borrow().agent(&subject.commits)? {
        agent @ Some(_) => Cow::Owned(environment.of_agent(agent)),
        None => Cow::Borrowed(environment),
    })
}
