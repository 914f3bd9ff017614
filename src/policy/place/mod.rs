//! What a policy says of one path, one branch, one person.

use crate::model::{Enforcement, PathClass, Person, Placement, RepoPath, RiskLevel};

use super::glob::Spelled;
use super::{
    AgentIdentity, Agents, ApprovalRule, Approvals, Category, PathApproval, PathDefault, PathGlob, Policy, RuleSettings,
};

impl Policy {
    /// The worst list that names the path wins, and in it the first glob that does.
    #[must_use]
    pub fn place(&self, path: &RepoPath) -> Placement {
        let spelled = Spelled::new(path);
        for (class, globs) in self.lists() {
            if let Some(glob) = globs.iter().find(|glob| glob.matches_spelled(&spelled)) {
                return Placement { class, glob: glob.text.clone(), at: glob.at.clone() };
            }
        }
        Placement { class: PathClass::Unlisted, glob: "".into(), at: None }
    }

    /// The lists that give a path its class, worst first.
    pub(super) fn lists(&self) -> [(PathClass, &[PathGlob]); 4] {
        [
            (PathClass::NeverAutoApprove, &self.paths.never_auto_approve),
            (PathClass::Protected, &self.paths.protected),
            (PathClass::Database, &self.paths.database),
            (PathClass::Allowed, &self.paths.allowed),
        ]
    }

    /// The risk level that a path of this class gives a change at the least.
    #[must_use]
    pub fn level_of(&self, class: PathClass) -> RiskLevel {
        match (class, self.paths.default) {
            (PathClass::NeverAutoApprove, _) => RiskLevel::Critical,
            (PathClass::Protected | PathClass::Database, _) | (PathClass::Unlisted, PathDefault::Deny) => {
                RiskLevel::High
            }
            (PathClass::Unlisted, PathDefault::Allow) | (PathClass::Allowed, _) => RiskLevel::Low,
        }
    }

    /// Whether its lines are counted apart from those that set the level.
    #[must_use]
    pub fn is_generated(&self, path: &RepoPath) -> bool {
        let spelled = Spelled::new(path);
        self.paths.generated.iter().any(|glob| glob.matches_spelled(&spelled))
    }

    /// The first category that keeps the path from being approved automatically.
    #[must_use]
    pub fn kept_by_category(&self, path: &RepoPath) -> Option<&Category> {
        let keeps = |category: &&Category| !category.auto_approve && category.names(path);
        self.categories.iter().find(keeps)
    }

    /// Whether a file has to be signed.
    #[must_use]
    pub fn requires_header(&self, path: &RepoPath) -> bool {
        self.required_headers.iter().any(|glob| glob.matches(path))
    }

    /// The environment that a branch of this level is for. At production it is the one of that name,
    /// else the last; what is only developed is headed nowhere yet.
    #[must_use]
    pub fn environment_of(&self, level: Enforcement) -> Option<&str> {
        let named = |names: &[&str]| self.environments.iter().find(|known| names.contains(&known.as_str()));
        let found = match level {
            Enforcement::Development => None,
            Enforcement::Staging => named(&["staging", "stage"]),
            Enforcement::Production => named(&["prod", "production"]).or_else(|| self.environments.last()),
        };
        found.map(String::as_str)
    }

    /// How strictly a branch is governed; `None` stands for no branch, as with a detached HEAD.
    #[must_use]
    pub fn level_for(&self, branch: Option<&str>) -> Enforcement {
        let matching = |branch: &str| {
            let levels = self.enforcement.branches.iter();
            levels.filter(|(glob, _)| glob.matches(branch)).map(|(_, level)| *level).max()
        };
        branch.and_then(matching).unwrap_or(self.enforcement.default)
    }

    /// Whether somebody has one of these roles, or any at all where none is named.
    #[must_use]
    pub fn holds_a_role(&self, email: &str, roles: &[String]) -> bool {
        let asked = self.roles.iter().filter(|role| roles.is_empty() || roles.contains(&role.name));
        asked.flat_map(|role| &role.members).any(|member| member.eq_ignore_ascii_case(email))
    }
}

impl Agents {
    /// The agent among the people of a change, or named in its trailers (`Key: value`).
    #[must_use]
    pub fn agent_for(&self, people: &[Person], trailers: &[String]) -> Option<&AgentIdentity> {
        let trailers: Vec<String> = trailers.iter().map(|trailer| one_spelling(trailer)).collect();
        self.identities.iter().find(|agent| {
            let by_email = |person: &Person| agent.emails.iter().any(|glob| glob.matches(&person.email));
            let by_trailer = |trailer: &String| agent.trailers.iter().any(|glob| glob.matches(trailer));
            people.iter().any(by_email) || trailers.iter().any(by_trailer)
        })
    }
}

impl RuleSettings {
    /// The folders that the repository's own packs can be in: what each glob says before its first
    /// wildcard, so that nobody has to look through the whole tree for them.
    #[must_use]
    pub fn extra_folders(&self) -> Vec<String> {
        let folder = |glob: &PathGlob| {
            let fixed = glob.text.split(['*', '?', '[', '{']).next().unwrap_or_default();
            fixed.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned())
        };
        self.extra.iter().map(folder).collect()
    }
}

impl Category {
    #[must_use]
    pub fn names(&self, path: &RepoPath) -> bool {
        self.paths.iter().any(|glob| glob.matches(path))
    }
}

impl Approvals {
    /// What a level asks for, with the policy's own name for the rule.
    #[must_use]
    pub const fn for_level(&self, level: RiskLevel) -> Option<(&'static str, &ApprovalRule)> {
        match level {
            RiskLevel::Low | RiskLevel::Medium => None,
            RiskLevel::High => Some(("high", &self.high)),
            RiskLevel::Critical => Some(("critical", &self.critical)),
        }
    }

    /// What the touched paths ask for beyond their level, such as `paths[0]`.
    pub fn for_paths<'a>(&self, paths: impl IntoIterator<Item = &'a RepoPath>) -> Vec<(String, &PathApproval)> {
        let mut asked = vec![false; self.paths.len()];
        for path in paths {
            for (asked, approval) in asked.iter_mut().zip(&self.paths).filter(|(asked, _)| !**asked) {
                *asked = approval.paths.iter().any(|glob| glob.matches(path));
            }
        }
        let indexed = self.paths.iter().enumerate().zip(asked);
        indexed.filter(|(_, asked)| *asked).map(|((index, rule), _)| (format!("paths[{index}]"), rule)).collect()
    }
}

/// A trailer with one space after its colon and between its words.
fn one_spelling(trailer: &str) -> String {
    let (key, value) = trailer.split_once(':').unwrap_or((trailer, ""));
    let words: Vec<&str> = value.split_whitespace().collect();
    format!("{}: {}", key.trim(), words.join(" "))
}

#[cfg(test)]
mod tests;
