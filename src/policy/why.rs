//! Why a path is treated as it is: every list that names it, and what would follow.

use crate::model::{Enforcement, Explanation, Gate, NamedBy, Need, RepoPath, RiskLevel};

use super::{ApprovalRule, PathGlob, Policy};

#[must_use]
pub fn why(policy: &Policy, path: &RepoPath) -> Explanation {
    let placement = policy.place(path);
    let kept_by_category = policy.kept_by_category(path).map(|category| category.name.clone());
    // What is never approved automatically waits like what is HIGH.
    let level = policy.level_of(placement.class);
    let asked = if kept_by_category.is_some() { level.max(RiskLevel::High) } else { level };
    let gates = Enforcement::ALL.into_iter().flat_map(|level| [(level, Gate::Commit), (level, Gate::Push)]);
    let held: Vec<_> = gates.filter(|(at, gate)| gate.holds_from(*at).is_some_and(|from| asked >= from)).collect();
    Explanation {
        path: path.clone(),
        named_by: named_by(policy, path),
        level,
        generated: policy.is_generated(path),
        kept_by_category,
        needed: if held.is_empty() { Vec::new() } else { needed(policy, asked, path) },
        held,
        placement,
    }
}

fn named_by(policy: &Policy, path: &RepoPath) -> Vec<NamedBy> {
    let classes = policy.lists().map(|(class, globs)| (format!("paths.{}", class.as_str()), globs));
    let generated = ("paths.generated".to_owned(), policy.paths.generated.as_slice());
    let categories = policy.categories.iter().map(|one| (format!("categories.{}", one.name), one.paths.as_slice()));
    let approvals = policy.approvals.paths.iter().enumerate();
    let approvals = approvals.map(|(index, asked)| (format!("approvals.paths[{index}]"), asked.paths.as_slice()));
    let lists = classes.into_iter().chain([generated]).chain(categories).chain(approvals);
    lists.flat_map(|(list, globs)| matching(globs, path).map(move |glob| named(&list, glob))).collect()
}

fn matching<'g>(globs: &'g [PathGlob], path: &RepoPath) -> impl Iterator<Item = &'g PathGlob> {
    globs.iter().filter(|glob| glob.matches(path))
}

fn named(list: &str, glob: &PathGlob) -> NamedBy {
    NamedBy { list: list.to_owned(), glob: glob.text.clone(), at: glob.at.clone() }
}

fn needed(policy: &Policy, level: RiskLevel, path: &RepoPath) -> Vec<Need> {
    let of_level = policy.approvals.for_level(level).map(|(name, rule)| need(name.to_owned(), rule));
    let of_path = policy.approvals.for_paths([path]).into_iter().map(|(name, asked)| need(name, &asked.rule));
    of_level.into_iter().chain(of_path).collect()
}

fn need(rule: String, asked: &ApprovalRule) -> Need {
    Need { rule, count: asked.count, roles: asked.roles.clone(), signed: asked.signed, counted: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PathClass;
    use crate::policy::read;

    const POLICY: &str = "\
version: 1
paths: { default: deny, allowed: [\"src/**\"], protected: [src/core/], generated: [\"src/**/*.lock\"] }
categories: { core: { paths: [src/core/, src/kept/], auto_approve: false } }
roles: { lead: [lin@example.com] }
approvals: { high: { roles: [lead] }, paths: [ { paths: [\"*.lock\"], signed: true } ] }
";

    fn explained(path: &str) -> Explanation {
        why(&read("policy.yaml", POLICY.as_bytes()).unwrap(), &path.into())
    }

    #[test]
    fn every_list_that_names_the_path_is_shown_and_the_worst_decides() {
        let explanation = explained("src/core/a.lock");

        let named: Vec<(&str, &str, u32)> = explanation
            .named_by
            .iter()
            .map(|named| (named.list.as_str(), &*named.glob, named.at.as_ref().map_or(0, |at| at.line)))
            .collect();
        assert_eq!(
            named,
            [
                ("paths.protected", "src/core/", 2),
                ("paths.allowed", "src/**", 2),
                ("paths.generated", "src/**/*.lock", 2),
                ("categories.core", "src/core/", 3),
                ("approvals.paths[0]", "*.lock", 5),
            ]
        );
        assert_eq!(explanation.placement.class, PathClass::Protected);
        assert_eq!(explanation.level, RiskLevel::High);
        assert!(explanation.generated);
        assert_eq!(explanation.kept_by_category.as_deref(), Some("core"));
        let production = Enforcement::Production;
        let held = [(Enforcement::Staging, Gate::Push), (production, Gate::Commit), (production, Gate::Push)];
        assert_eq!(explanation.held, held);
        let needed: Vec<(&str, bool)> = explanation.needed.iter().map(|need| (&*need.rule, need.signed)).collect();
        assert_eq!(needed, [("high", false), ("paths[0]", true)]);
    }

    #[test]
    fn what_is_never_approved_automatically_waits_like_what_is_high() {
        let (kept, high) = (explained("src/kept/a.rs"), explained("src/core/a.rs"));

        assert_eq!((kept.level, high.level), (RiskLevel::Low, RiskLevel::High));
        assert_eq!((kept.held, kept.needed), (high.held, high.needed));
    }

    #[test]
    fn an_allowed_path_is_held_nowhere_and_asks_for_nothing() {
        let explanation = explained("src/main.rs");

        assert_eq!((explanation.level, explanation.placement.class), (RiskLevel::Low, PathClass::Allowed));
        assert_eq!((explanation.held, explanation.needed), (Vec::new(), Vec::new()));
    }

    #[test]
    fn the_law_itself_is_critical_even_where_no_line_says_so() {
        let explanation = explained(".gov/policy.yaml");

        assert_eq!(explanation.level, RiskLevel::Critical);
        assert_eq!(explanation.placement.at, None);
        assert_eq!(explanation.held.len(), 4);
    }
}
