//! What is found here now: in the tracked files, in what is staged, on the branch, or in history.

use std::collections::HashSet;

use super::waivers_file;
use crate::app::judging::{Asked, Question, What, judge_under};
use crate::app::law::Law;
use crate::app::{Environment, Failure};
use crate::git::Repo;
use crate::model::{Finding, Gate, RuleId};

/// How far is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Tree,
    History,
}

/// Every finding of every tracked file, or of all that history ever held.
pub(super) fn in_all(repo: &Repo, scope: Scope, environment: &Environment) -> Result<Vec<Finding>, Failure> {
    let what = match scope {
        Scope::Tree => What::Tree(None),
        Scope::History => What::History(None),
    };
    Ok(of_rules(found(repo, what.into(), environment)?))
}

/// The same, with what only a change has: what is staged, and what the branch brings.
pub(super) fn anywhere(repo: &Repo, environment: &Environment) -> Result<Vec<Finding>, Failure> {
    let mut findings = in_all(repo, Scope::Tree, environment)?;
    findings.extend(found(repo, Asked::staged(None, Vec::new()), environment)?);
    // Where no default branch is known, a branch brings nothing that can be told.
    if repo.default_branch()?.is_some() || !repo.has_remote() {
        findings.extend(found(repo, Asked::default(), environment)?);
    }
    let mut seen = HashSet::new();
    findings.retain(|finding| seen.insert(finding.fingerprint));
    Ok(of_rules(findings))
}

/// What is wrong with a waiver is mended, not waived.
fn of_rules(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.retain(|finding| !finding.rule.is_of(RuleId::WAIVER));
    findings
}

fn found(repo: &Repo, asked: Asked, environment: &Environment) -> Result<Vec<Finding>, Failure> {
    // The waivers of the work tree count, committed or not: they are what is being written.
    let law = Law::at(repo, repo.head()?.commit())?.with_waivers(waivers_file::read(repo)?.0)?;
    let question = Question::of(asked, Gate::Push);
    Ok(judge_under(repo, &question, environment, law)?.assessment.findings)
}
