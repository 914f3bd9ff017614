//! The policy in force, written out so that nothing about it is left to know by heart.

use crate::model::Sha256;
use crate::yaml::{self, Node, Tree};

use super::{
    AgentIdentity, ApprovalRule, Approvals, Category, NameGlob, PathApproval, PathDefault, PathGlob, Policy, Role,
};

/// What [`super::read()`] takes for the same policy once it is written as YAML.
#[must_use]
pub fn effective(policy: &Policy) -> Tree {
    let whole = [
        ("version", Tree::Number(1)),
        ("enforcement", enforcement(policy)),
        ("paths", paths(policy)),
        ("categories", named(&policy.categories, |category| (category.name.clone(), self::category(category)))),
        ("risk", risk(policy)),
        ("rules", rules(policy)),
        ("roles", named(&policy.roles, |role: &Role| (role.name.clone(), texts(&role.members)))),
        ("approvals", approvals(&policy.approvals)),
        ("agents", agents(policy)),
    ];
    let others = policy.others.iter().map(|entry| (entry.key.text.clone(), written(&entry.value)));
    Tree::Map(whole.into_iter().map(|(key, value)| (key.to_owned(), value)).chain(others).collect())
}

/// Of the sections that decide who must approve what: approvals are bound to it, and to no other part.
#[must_use]
pub fn deciding_digest(policy: &Policy) -> Sha256 {
    let sections = map([
        ("paths", paths(policy)),
        ("risk", risk(policy)),
        ("rules", rules(policy)),
        ("roles", named(&policy.roles, |role: &Role| (role.name.clone(), texts(&role.members)))),
        ("approvals", approvals(&policy.approvals)),
    ]);
    Sha256::of(sections.to_yaml().as_bytes())
}

fn enforcement(policy: &Policy) -> Tree {
    let branches = &policy.enforcement.branches;
    map([
        ("default", policy.enforcement.default.as_str().into()),
        ("branches", named(branches, |(glob, level)| (glob.text().to_owned(), level.as_str().into()))),
    ])
}

fn paths(policy: &Policy) -> Tree {
    let default = match policy.paths.default {
        PathDefault::Allow => "allow",
        PathDefault::Deny => "deny",
    };
    map([
        ("default", default.into()),
        ("allowed", globs(&policy.paths.allowed)),
        ("protected", globs(&policy.paths.protected)),
        ("never_auto_approve", globs(&policy.paths.never_auto_approve)),
        ("database", globs(&policy.paths.database)),
        ("generated", globs(&policy.paths.generated)),
    ])
}

fn category(category: &Category) -> Tree {
    map([("paths", globs(&category.paths)), ("auto_approve", category.auto_approve.into())])
}

fn risk(policy: &Policy) -> Tree {
    let risk = &policy.risk;
    map([
        ("low_max_lines", risk.low_max_lines.into()),
        ("medium_max_lines", risk.medium_max_lines.into()),
        ("max_auto_deleted", risk.max_auto_deleted.into()),
        ("large_deletion", risk.large_deletion.into()),
        ("high_score", risk.high_score.into()),
        ("critical_score", risk.critical_score.into()),
        ("strict", risk.strict.into()),
    ])
}

fn rules(policy: &Policy) -> Tree {
    let rules = &policy.rules;
    let imports = rules.imports.iter().map(|asked| {
        let module = asked.module.as_deref().map(|module| ("module", module.into()));
        let decorator = asked.decorator.as_deref().map(|decorator| ("decorator", decorator.into()));
        map([Some(("paths", globs(&asked.paths))), module, decorator].into_iter().flatten())
    });
    map([
        ("packs", texts(&rules.packs)),
        ("extra", globs(&rules.extra)),
        ("severity", named(&rules.severity, |(glob, severity)| (glob.text.clone(), severity.as_str().into()))),
        ("imports", imports.collect()),
    ])
}

fn approvals(approvals: &Approvals) -> Tree {
    let of_paths = |asked: &PathApproval| map(std::iter::once(("paths", globs(&asked.paths))).chain(rule(&asked.rule)));
    map([
        ("high", map(rule(&approvals.high))),
        ("critical", map(rule(&approvals.critical))),
        ("paths", approvals.paths.iter().map(of_paths).collect()),
        ("author_may_approve", approvals.author_may_approve.into()),
    ])
}

fn rule(rule: &ApprovalRule) -> [(&'static str, Tree); 4] {
    [
        ("count", rule.count.into()),
        ("roles", texts(&rule.roles)),
        ("timeout", duration(rule.timeout_seconds).into()),
        ("signed", rule.signed.into()),
    ]
}

fn agents(policy: &Policy) -> Tree {
    let identity = |agent: &AgentIdentity| {
        let names = |globs: &[NameGlob]| globs.iter().map(|glob| Tree::from(&*glob.text)).collect::<Tree>();
        let emails = Some(("emails", names(&agent.emails))).filter(|_| !agent.emails.is_empty());
        let trailers = Some(("trailers", names(&agent.trailers))).filter(|_| !agent.trailers.is_empty());
        map([Some(("id", agent.id.as_str().into())), emails, trailers].into_iter().flatten())
    };
    map([
        ("at_least", policy.agents.at_least.as_str().into()),
        ("identities", policy.agents.identities.iter().map(identity).collect()),
    ])
}

/// The largest unit that leaves no rest, hours up to a whole day.
pub(super) fn duration(seconds: u64) -> String {
    const HOUR: u64 = 3600;
    const DAY: u64 = 24 * HOUR;
    match seconds {
        _ if seconds > DAY && seconds.is_multiple_of(DAY) => format!("{}d", seconds / DAY),
        _ if seconds.is_multiple_of(HOUR) => format!("{}h", seconds / HOUR),
        _ => format!("{}m", seconds / 60),
    }
}

fn written(node: &Node) -> Tree {
    match &node.value {
        yaml::Value::Scalar(scalar) if scalar.is_null() => Tree::Null,
        yaml::Value::Scalar(scalar) => match (scalar.boolean(), scalar.integer()) {
            (Some(flag), _) => flag.into(),
            (None, Some(number)) => number.into(),
            (None, None) => scalar.text.as_str().into(),
        },
        yaml::Value::List(items) => items.iter().map(written).collect(),
        yaml::Value::Map(entries) => named(entries, |entry| (entry.key.text.clone(), written(&entry.value))),
        yaml::Value::Refused => Tree::Null,
    }
}

fn map(entries: impl IntoIterator<Item = (&'static str, Tree)>) -> Tree {
    Tree::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn named<T>(items: &[T], entry: impl Fn(&T) -> (String, Tree)) -> Tree {
    Tree::Map(items.iter().map(entry).collect())
}

fn texts(texts: &[String]) -> Tree {
    texts.iter().map(|text| Tree::from(text.as_str())).collect()
}

fn globs(globs: &[PathGlob]) -> Tree {
    globs.iter().map(|glob| Tree::from(&*glob.text)).collect()
}

#[cfg(test)]
mod tests {
    use serde_yaml::{Mapping, Value};

    use super::*;
    use crate::policy::read;

    const EXAMPLE: &str = include_str!("example.yaml");

    #[test]
    fn what_is_written_reads_as_the_same_policy() {
        let own_words =
            "version: 1\nenforcement: { branches: { 1.0: production, on: staging } }\nroles: { \"007\": [a@b] }\n";
        for text in [EXAMPLE, super::super::BUILT_IN, "version: 1\n", own_words] {
            let policy = read("policy.yaml", text.as_bytes()).unwrap();

            let written = effective(&policy).to_yaml();
            let again = effective(&read("effective", written.as_bytes()).unwrap()).to_yaml();
            assert_eq!(again, written);
        }
    }

    #[test]
    fn nothing_of_the_example_is_lost_and_every_section_is_there() {
        let plain = |text: &str| serde_yaml::from_str::<Value>(text).unwrap();
        let written = plain(&effective(&read("policy.yaml", EXAMPLE.as_bytes()).unwrap()).to_yaml());
        let said = plain(EXAMPLE);

        let (Value::Mapping(written), Value::Mapping(said)) = (written, said) else { panic!("not maps") };
        let keys = |map: &Mapping| map.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&written), keys(&said));
        for (key, value) in said {
            assert_eq!(written.get(&key), Some(&value));
        }
    }

    #[test]
    fn approvals_are_bound_to_what_decides_however_it_is_written() {
        let digest = |text: &str| deciding_digest(&read("policy.yaml", text.as_bytes()).unwrap());
        let text = "version: 1\nroles: { admin: [ada@example.com] }\n";

        let same = digest("# Who may\nversion: 1\nroles:\n  admin:\n    - ada@example.com\nheaders: {}\n");

        assert_eq!(digest(text), same);
        for more in [
            "paths: { protected: [\"x/**\"] }",
            "risk: { strict: true }",
            "rules: { packs: [secrets] }",
            "approvals: { author_may_approve: true }",
        ] {
            assert_ne!(digest(&format!("{text}{more}\n")), same, "{more}");
        }
        assert_ne!(digest("version: 1\nroles: { admin: [lin@example.com] }\n"), same);
    }

    #[test]
    fn a_duration_is_written_in_the_unit_that_leaves_no_rest() {
        assert_eq!([60, 5_400, 3_600, 86_400, 604_800].map(duration), ["1m", "90m", "1h", "24h", "7d"]);
    }
}
