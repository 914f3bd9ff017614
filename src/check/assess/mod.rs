//! How risky a change is: its score, and the worst line of the level table that applies to it.

mod causes;

use std::cmp::Reverse;
use std::collections::HashSet;

use self::causes::{finding_cause, path_causes, score_cause, size_causes};
use super::card::{self, HistoryFacts};
use crate::model::{
    Arrange, AssessedFile, Assessment, FileFacts, Finding, ManyFacts, Placement, RepoPath, Risk, RiskLevel,
};
use crate::policy::Policy;

/// Everything that was measured and found, before it is weighed.
#[derive(Debug)]
pub struct Gathered {
    pub files: ManyFacts,
    /// Every path that some commit of a range touched.
    pub touched: Vec<RepoPath>,
    pub findings: Vec<Finding>,
    pub history: HistoryFacts,
    /// A whole tree is none, nor is history: they have content to judge, but no size and no paths
    /// that somebody decided to touch.
    pub is_change: bool,
}

#[must_use]
pub fn assess(gathered: Gathered, policy: &Policy) -> Assessment {
    let Gathered { files, touched, findings, history, is_change } = gathered;
    let (score, factors) = if is_change { card::score(&card::features(&files, &history)) } else { (0, Vec::new()) };
    let files: Vec<AssessedFile> = files.into_iter().map(|facts| place(facts, policy)).collect();
    let touched_and_undone = undone(touched, &files, policy);
    let mut causes = Vec::new();
    if is_change {
        causes.extend(size_causes(&files, &policy.risk));
        causes.extend(path_causes(&files, &touched_and_undone, policy));
        causes.extend(score_cause(score, &policy.risk));
    }
    causes.extend(findings.iter().filter(|finding| finding.counts()).filter_map(finding_cause));
    // A stable sort: among equals the order of the table stays.
    causes.arrange_by_key(|cause| Reverse(cause.level));
    let level = causes.first().map_or(RiskLevel::Low, |cause| cause.level);
    let risk = Risk { level, score, factors, causes };
    Assessment { files, touched_and_undone, findings, risk, window: history.window }
}

fn place(facts: Box<FileFacts>, policy: &Policy) -> AssessedFile {
    let worst = |a: Placement, b: Placement| if b.class > a.class { b } else { a };
    let here = policy.place(&facts.change.path);
    let placement = facts.change.from.iter().map(|from| policy.place(from)).fold(here, worst);
    let generated = facts.change.paths().all(|path| policy.is_generated(path));
    let kept_by_category =
        facts.change.paths().find_map(|path| policy.kept_by_category(path)).map(|category| category.name.clone());
    AssessedFile { facts, placement, generated, kept_by_category }
}

/// What commits of a range touched though the range as a whole leaves it as it was.
fn undone(mut touched: Vec<RepoPath>, files: &[AssessedFile], policy: &Policy) -> Vec<(RepoPath, Placement)> {
    let known: HashSet<&RepoPath> = files.iter().flat_map(|file| file.facts.change.paths()).collect();
    touched.retain(|path| !known.contains(path));
    touched
        .into_iter()
        .map(|path| {
            let placement = policy.place(&path);
            (path, placement)
        })
        .collect()
}

#[cfg(test)]
mod tests;
