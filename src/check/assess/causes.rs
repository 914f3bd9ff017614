//! The level table, line by line: what of a change asks for which level, and why.

use crate::model::{AssessedFile, Cause, Finding, PathClass, Placement, RepoPath, RiskLevel, Severity, counted};
use crate::policy::{Policy, RiskLimits};

/// That more lines were changed, or deleted net, than a limit allows.
pub(super) fn size_causes(files: &[AssessedFile], limits: &RiskLimits) -> Vec<Cause> {
    let sum = |count: fn(&AssessedFile) -> u32| {
        files.iter().filter(|file| !file.generated).map(|file| u64::from(count(file))).sum::<u64>()
    };
    let added = sum(|file| file.facts.lines.added.count());
    let deleted = sum(|file| file.facts.lines.deleted.count());
    let (lines, net) = (added + deleted, deleted.saturating_sub(added));
    let deletion = [(RiskLevel::Critical, limits.large_deletion), (RiskLevel::High, limits.max_auto_deleted)];
    let size = [(RiskLevel::High, limits.medium_max_lines), (RiskLevel::Medium, limits.low_max_lines)];
    [
        exceeded(deletion, net).map(|(level, limit)| {
            cause(level, "size/net-deletion", format!("{} deleted net, more than {limit}", number_of_lines(net)))
        }),
        exceeded(size, lines).map(|(level, limit)| {
            cause(level, "size/lines", format!("{} changed, more than {limit}", number_of_lines(lines)))
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The first limit that a value is past; the severest is named first.
fn exceeded(limits: [(RiskLevel, u32); 2], value: u64) -> Option<(RiskLevel, u32)> {
    limits.into_iter().find(|(_, limit)| value > u64::from(*limit))
}

fn number_of_lines(count: u64) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), "line")
}

/// That paths are named by the policy: where files are, were, or were touched on the way.
pub(super) fn path_causes(files: &[AssessedFile], undone: &[(RepoPath, Placement)], policy: &Policy) -> Vec<Cause> {
    // A renamed file has one placement for both its paths: each path is asked for its own.
    let of_file = |file: &AssessedFile| match file.facts.change.from {
        Some(_) => policy.place(&file.facts.change.path),
        None => file.placement.clone(),
    };
    let now = files.iter().map(|file| (&file.facts.change.path, of_file(file), ""));
    let before = files.iter().filter_map(|file| file.facts.change.from.as_ref());
    let before = before.map(|path| (path, policy.place(path), ", and the file was moved away from there"));
    let then = undone
        .iter()
        .map(|(path, placement)| (path, placement.clone(), ", though the change as a whole leaves it as it was"));
    let all = now.chain(before).chain(then);
    all.filter_map(|(path, placement, remark)| path_cause(path, placement, remark, policy)).collect()
}

fn path_cause(path: &RepoPath, placement: Placement, remark: &str, policy: &Policy) -> Option<Cause> {
    let level = policy.level_of(placement.class);
    if level == RiskLevel::Low {
        return None;
    }
    let (id, what) = match placement.class {
        PathClass::NeverAutoApprove => ("path/never-auto-approve", "is never to be approved automatically, says"),
        PathClass::Protected => ("path/protected", "is protected by"),
        PathClass::Database => ("path/database", "belongs to the database, says"),
        PathClass::Unlisted => ("path/unlisted", "is on no list, and the default is `deny`"),
        PathClass::Allowed => ("path/allowed", "is allowed by"),
    };
    let by = if placement.glob.is_empty() { String::new() } else { format!(" `{}`", placement.glob) };
    let message = format!("{path} {what}{by}{remark}");
    Some(Cause { level, id, message, path: Some(path.clone()), at: placement.at })
}

/// That the score is as high as a limit.
pub(super) fn score_cause(score: u32, limits: &RiskLimits) -> Option<Cause> {
    /// Where a strict policy starts to tell people.
    const STRICT: u32 = 30;
    let at_least = [
        (RiskLevel::Critical, limits.critical_score),
        (RiskLevel::High, limits.high_score),
        (RiskLevel::Medium, if limits.strict { STRICT } else { u32::MAX }),
    ];
    let (level, limit) = at_least.into_iter().find(|(_, limit)| score >= *limit)?;
    Some(cause(level, "risk/score", format!("the score is {score}, {limit} or more")))
}

/// The level a finding asks for: what its severity implies, or its floor where that is higher.
pub(super) fn finding_cause(finding: &Finding) -> Option<Cause> {
    let implied = match finding.severity {
        Severity::Deny | Severity::Hold => Some(RiskLevel::High),
        Severity::Warn | Severity::Note => None,
    };
    let level = implied.max(finding.floor)?;
    let line = finding.place.line.map(|line| format!(":{line}")).unwrap_or_default();
    let message = format!("{}{line}: {} [{}]", finding.place.path, finding.message, finding.rule);
    Some(Cause { level, id: "finding/severity", message, path: Some(finding.place.path.clone()), at: None })
}

fn cause(level: RiskLevel, id: &'static str, message: String) -> Cause {
    Cause { level, id, message, path: None, at: None }
}
