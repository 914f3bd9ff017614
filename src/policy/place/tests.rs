use proptest::prelude::*;

use super::*;
use crate::policy::{Reach, read};

fn policy(text: &str) -> Policy {
    read("policy.yaml", format!("version: 1\n{text}").as_bytes()).unwrap()
}

fn class(policy: &Policy, path: &str) -> PathClass {
    policy.place(&path.into()).class
}

#[test]
fn the_worst_list_that_names_a_path_wins() {
    let policy = policy(
        "paths: { allowed: [\"**\"], protected: [a/b/c/, a/b/p], database: [a/b/], never_auto_approve: [a/b/c/d] }",
    );

    assert_eq!(class(&policy, "a/x"), PathClass::Allowed);
    assert_eq!(class(&policy, "a/b/x"), PathClass::Database);
    assert_eq!(class(&policy, "a/b/p"), PathClass::Protected);
    assert_eq!(class(&policy, "a/b/c/x"), PathClass::Protected);
    assert_eq!(class(&policy, "a/b/c/d"), PathClass::NeverAutoApprove);
    let placement = policy.place(&"a/b/x".into());
    assert_eq!((&*placement.glob, placement.at.map(|at| (at.line, at.start))), ("a/b/", Some((2, 65))));
}

#[test]
fn a_path_no_list_names_follows_the_default() {
    let unlisted = |default: &str| {
        let policy = policy(&format!("paths: {{ default: {default}, allowed: [src/**] }}"));
        let class = class(&policy, "other/a.rs");
        (class, policy.level_of(class))
    };

    assert_eq!(unlisted("allow"), (PathClass::Unlisted, RiskLevel::Low));
    assert_eq!(unlisted("deny"), (PathClass::Unlisted, RiskLevel::High));
}

#[test]
fn the_built_in_policy_lets_ordinary_work_be() {
    let policy = Policy::built_in();

    for path in [
        "README.md",
        "src/main.rs",
        "lib/environment.rb",
        "docs/migrations/guide.md",
        "tests/keys_test.py",
        "Cargo.toml",
        "package.json",
        "Dockerfile",
        ".gitignore",
        ".github/ISSUE_TEMPLATE/bug.md",
        "app/models/schema.rb",
        "config/settings.yaml",
    ] {
        assert_eq!(class(&policy, path), PathClass::Unlisted, "{path}");
    }
}

#[test]
fn the_built_in_policy_guards_what_every_repository_should() {
    let policy = Policy::built_in();
    let all = |expected: PathClass, paths: &[&str]| {
        for path in paths {
            assert_eq!(class(&policy, path), expected, "{path}");
        }
    };

    all(
        PathClass::NeverAutoApprove,
        &[
            ".gov/policy.yaml",
            ".GOV/allowed_signers",
            ".git/hooks/pre-commit",
            ".github/CODEOWNERS",
            ".github/workflows/ci.yml",
            ".github/actions/setup/action.yml",
            ".gitlab-ci.yml",
            "Jenkinsfile",
            ".husky/pre-commit",
            ".pre-commit-config.yaml",
            "lefthook.yml",
            ".env",
            "deploy/.env.production",
            ".envrc",
            "certs/server.key",
            "id_ed25519",
            "infra/terraform.tfstate",
            "config/production.yaml",
        ],
    );
    all(
        PathClass::Protected,
        &[
            "AGENTS.md",
            "pkg/CLAUDE.md",
            ".cursor/rules/a.mdc",
            ".mcp.json",
            ".gitattributes",
            "vendor/lib/.gitmodules",
            ".npmrc",
            ".cargo/config.toml",
            "gradle/wrapper/gradle-wrapper.properties",
            ".devcontainer/devcontainer.json",
        ],
    );
    all(
        PathClass::Database,
        &[
            "migrations/0001_users.sql",
            "app/migrations/0002_auto.py",
            "db/migrate/2024_add.rb",
            "alembic/versions/abc.py",
            "prisma/schema.prisma",
            "db/structure.sql",
        ],
    );
    for path in ["Cargo.lock", "web/package-lock.json", "go.sum", "a/b.min.js", "api/x_pb2_grpc.py"] {
        assert!(policy.is_generated(&path.into()), "{path}");
    }
    assert!(!policy.is_generated(&"src/lock.rs".into()));
}

#[test]
fn the_strictest_of_the_matching_branch_globs_holds() {
    let policy = policy(
        "enforcement: { default: staging, branches: { \"*\": development, \"rel*\": production, \"release/*\": staging } }",
    );

    assert_eq!(policy.level_for(Some("topic")), Enforcement::Development);
    assert_eq!(policy.level_for(Some("release/1")), Enforcement::Production);
    assert_eq!(policy.level_for(None), Enforcement::Staging);
}

#[test]
fn only_a_category_without_auto_approval_keeps_a_path() {
    let policy =
        policy("categories: { docs: { paths: [docs/] }, tests: { paths: [\"tests/**\"], auto_approve: false } }");

    let kept = |path: &str| policy.kept_by_category(&path.into()).map(|category| category.name.clone());
    assert_eq!(kept("docs/a.md"), None);
    assert_eq!(kept("Tests/a.rs"), Some("tests".into()));
}

#[test]
fn an_agent_is_known_by_address_or_trailer_and_a_person_is_none() {
    let policy = Policy::built_in();
    let agent = |email: &str, trailers: &[&str]| {
        let people = [Person { name: "Mira".into(), email: email.into() }];
        let trailers: Vec<String> = trailers.iter().map(|&trailer| trailer.to_owned()).collect();
        policy.agents.agent_for(&people, &trailers).map(|agent| agent.id.clone())
    };

    assert_eq!(agent("NoReply@Anthropic.com", &[]).as_deref(), Some("claude"));
    assert_eq!(agent("mira@example.com", &["co-authored-by:\t Claude  Opus <x@y>"]).as_deref(), Some("claude"));
    assert_eq!(agent("198982749+Copilot@users.noreply.github.com", &[]).as_deref(), Some("copilot"));
    assert_eq!(agent("devin-ai-integration[bot]@users.noreply.github.com", &[]).as_deref(), Some("devin"));
    assert_eq!(agent("claude.monet@example.com", &["Reviewed-by: Claude"]), None);
    assert_eq!(agent("mira@example.com", &["Co-Authored-By: Lin <lin@example.com>"]), None);
}

#[test]
fn path_rules_are_asked_once_for_all_paths_they_name() {
    let policy =
        policy("approvals: { paths: [ { paths: [db/] }, { paths: [api/], count: 2 }, { paths: [\"*.sql\"] } ] }");

    let asked = |paths: &[&str]| {
        let paths: Vec<RepoPath> = paths.iter().map(|&path| path.into()).collect();
        policy.approvals.for_paths(&paths).into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(asked(&["src/a.rs"]), [""; 0]);
    assert_eq!(asked(&["db/a.sql", "db/b.sql"]), ["paths[0]", "paths[2]"]);
    assert_eq!(asked(&["API/x"]), ["paths[1]"]);
}

/// Ways to write a path that some file system takes for the same file.
fn disguised() -> impl Strategy<Value = String> {
    let part = |name: &'static str| {
        (any::<u64>(), prop_oneof![Just(""), Just("."), Just(" "), Just("\u{200d}")]).prop_map(move |(bits, tail)| {
            let cased = name
                .chars()
                .enumerate()
                .map(|(index, c)| if bits >> index & 1 == 1 { c.to_ascii_uppercase() } else { c });
            cased.chain(tail.chars()).collect::<String>()
        })
    };
    let accent = prop_oneof![Just("caf\u{e9}"), Just("cafe\u{301}"), Just("CAF\u{c9}")];
    let beneath = prop::collection::vec("[a-z]{1,3}", 0..3);
    (part("src"), part("core"), accent, beneath)
        .prop_map(|(src, core, accent, beneath)| [vec![src, core, accent.to_owned()], beneath].concat().join("/"))
}

proptest! {
    #[test]
    fn no_spelling_talks_a_path_out_of_a_strict_list(path in disguised()) {
        for text in ["src/core/caf\u{e9}", "src/core/", "Src/core/**", "src/*/CAF\u{c9}"] {
            let glob = PathGlob::new(text, Reach::Strict, None).unwrap();
            prop_assert!(glob.matches(&path.as_str().into()), "{} {}", text, path);
        }
    }

    #[test]
    fn no_look_alike_is_allowed(path in disguised()) {
        let allowed = PathGlob::new("src/core/**", Reach::Lenient, None).unwrap();
        prop_assert_eq!(allowed.matches(&path.as_str().into()), path.starts_with("src/core/"));
    }

    #[test]
    fn no_glob_that_climbs_is_taken(before in "[a-z]{0,3}", after in "[a-z]{0,3}", dots in "\\.{1,2}") {
        let text = format!("{before}/{dots}/{after}");
        for reach in [Reach::Strict, Reach::Lenient] {
            prop_assert!(PathGlob::new(&text, reach, None).is_err());
        }
    }
}
