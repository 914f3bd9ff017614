use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::model::PathClass;
use crate::policy::{PathDefault, Policy, read};

fn facts(paths: &[&str]) -> RepositoryFacts {
    RepositoryFacts { paths: paths.iter().map(|&path| path.into()).collect(), ..RepositoryFacts::default() }
}

fn person(email: &str) -> Person {
    Person { name: "Someone".into(), email: email.into() }
}

fn drafted(facts: &RepositoryFacts) -> Policy {
    let text = draft(facts);
    read("policy.yaml", text.as_bytes()).unwrap_or_else(|mistakes| panic!("{mistakes:#?}\n{text}"))
}

fn globs(globs: &[PathGlob]) -> Vec<&str> {
    globs.iter().map(|glob| &*glob.text).collect()
}

/// A service in Python as many teams have it; the draft is compared whole.
#[test]
fn a_draft_fits_the_repository_and_says_why() {
    let facts = RepositoryFacts {
        committers: vec![person("lin@example.com"), person("noreply@anthropic.com"), person("ada@example.com")],
        codeowners: Some("* @org/all\n/infra/ ada@example.com\n/docs/ @org/writers\n".into()),
        default_branch: Some("trunk".into()),
        ..facts(&[
            ".env.example",
            ".github/CODEOWNERS",
            ".github/workflows/ci.yml",
            ".gitignore",
            ".pre-commit-config.yaml",
            "CLAUDE.md",
            "Dockerfile",
            "README.md",
            "alembic/versions/1_users.py",
            "certs/dev.key",
            "docs/guide.md",
            "infra/prod/main.tf",
            "poetry.lock",
            "pyproject.toml",
            "src/auth/login.py",
            "src/main.py",
            "tests/test_main.py",
        ])
    };

    assert_eq!(draft(&facts), include_str!("sample.yaml"));
    drafted(&facts);
}

#[test]
fn an_empty_repository_gets_what_is_essential_and_nothing_more() {
    let policy = drafted(&RepositoryFacts::default());

    assert_eq!(
        globs(&policy.paths.never_auto_approve),
        [
            ".gov/**",
            ".git/**",
            "CODEOWNERS",
            ".env*",
            "*.{pem,key,p12,pfx,jks,keystore}",
            "id_{rsa,ecdsa,ed25519}",
            ".github/{workflows,actions}/**",
        ]
    );
    assert_eq!(
        globs(&policy.paths.protected),
        ["{AGENTS,CLAUDE,GEMINI}.md", ".{claude,cursor}/**", ".mcp.json", ".gitattributes", ".gitmodules",]
    );
    assert_eq!((policy.paths.default, globs(&policy.paths.allowed)), (PathDefault::Allow, vec![]));
    assert_eq!(globs(&policy.paths.database), globs(&Policy::built_in().paths.database));
}

#[test]
fn migrations_infrastructure_and_lock_files_are_recognised() {
    let database = |path: &str| globs(&drafted(&facts(&[path])).paths.database).join(" ");
    assert_eq!(database("db/migrate/2024_add.rb"), "db/migrate/**");
    assert_eq!(database("api/alembic/versions/1.py"), "**/alembic/versions/**");
    assert_eq!(database("shop/migrations/0001_initial.py"), "**/migrations/[0-9]*_*.py");
    assert_eq!(database("prisma/migrations/1/migration.sql"), "**/prisma/migrations/**");
    assert_eq!(database("src/main/resources/db/migration/V1__a.sql"), "**/db/migration/**");
    assert_eq!(database("migrations/2024/up.sql"), "**/migrations/**/*.sql");
    assert_eq!(database("migrations/1_users.js"), "**/migrations/**/*.js");
    assert_eq!(database("priv/repo/migrations/1_a.exs"), "**/priv/*/migrations/**");

    let essential = drafted(&facts(&[])).paths.protected.len();
    let protected = |path: &str| {
        let policy = drafted(&facts(&[path]));
        globs(&policy.paths.protected[essential..]).join(" ")
    };
    assert_eq!(protected("infra/main.tf"), "*.tf");
    assert_eq!(protected("deploy/k8s/app.yaml"), "**/k8s/**");
    assert_eq!(protected("deploy/Dockerfile.prod"), "Dockerfile*");
    assert_eq!(protected(".npmrc"), ".npmrc");
    assert_eq!(protected("COPYING"), "COPYING*");

    let generated = |path: &str| globs(&drafted(&facts(&[path])).paths.generated).join(" ");
    assert_eq!(generated("web/package-lock.json"), "**/package-lock.json");
    assert_eq!(generated("go.sum"), "**/go.sum");
    assert_eq!(generated("api/user.pb.go"), "**/*.pb.go");

    let never = |path: &str| globs(&drafted(&facts(&[path])).paths.never_auto_approve)[7..].join(" ");
    assert_eq!(never(".gitlab-ci.yml"), ".gitlab-ci.yml");
    assert_eq!(never("Jenkinsfile"), "Jenkinsfile*");
    assert_eq!(never(".husky/pre-commit"), ".husky/**");
    assert_eq!(never("helm/values-prod.yaml"), "**/values-prod.yaml");
}

#[test]
fn what_no_list_names_is_denied_only_where_every_file_has_its_list() {
    let default = |paths: &[&str]| drafted(&facts(paths)).paths.default;

    assert_eq!(default(&["src/a.rs", "tests/a.rs", "README.md"]), PathDefault::Deny);
    assert_eq!(default(&["src/a.rs", "strange/a.rs"]), PathDefault::Allow);
    assert_eq!(default(&["src/a.rs", "odd name/a.rs"]), PathDefault::Allow);
    assert_eq!(default(&["docs/a.md"]), PathDefault::Allow);
}

#[test]
fn people_come_from_the_history_and_owners_from_codeowners() {
    let policy = drafted(&RepositoryFacts {
        committers: ["Ada@example.com", "ada@example.com", "no address", "robo[bot]@example.com", "lin@example.com"]
            .map(person)
            .to_vec(),
        codeowners: Some("/api/ sam@example.com lin@example.com\n/web/ LIN@example.com sam@example.com\n".into()),
        ..facts(&["src/a.rs"])
    });

    let roles: Vec<(&str, Vec<&str>)> =
        policy.roles.iter().map(|role| (&*role.name, role.members.iter().map(String::as_str).collect())).collect();
    assert_eq!(
        roles,
        [
            ("maintainer", vec!["Ada@example.com", "lin@example.com"]),
            ("owners_1", vec!["lin@example.com", "sam@example.com"]),
        ]
    );
    assert_eq!(policy.approvals.critical.roles, ["maintainer"]);
    let asked: Vec<(&str, &str)> =
        policy.approvals.paths.iter().map(|asked| (&*asked.paths[0].text, &*asked.rule.roles[0])).collect();
    assert_eq!(asked, [("api/", "owners_1"), ("web/", "owners_1")]);
}

fn paths() -> impl Strategy<Value = Vec<RepoPath>> {
    let part = prop_oneof![
        4 => prop::sample::select(vec![
            "src", "tests", "docs", "migrations", "db", "migrate", "k8s", ".github", "workflows", "auth", "prod",
            "infra", ".env", "a.rs", "b.py", "0001_x.py", "c.sql", "Dockerfile", "Cargo.lock", "README.md", "x.tf",
            "package.json", "a.pb.go", ".husky", "CLAUDE.md",
        ]).prop_map(str::to_owned),
        1 => "[ -~]{1,8}".prop_map(|part| part.replace('/', "_")),
        1 => "\\PC{1,6}".prop_map(|part| part.replace('/', "_")),
    ];
    let path = prop::collection::vec(part, 1..5).prop_map(|parts| RepoPath::from(parts.join("/").as_str()));
    let bytes = prop::collection::vec(1..=255_u8, 1..12).prop_map(RepoPath::new);
    prop::collection::vec(prop_oneof![8 => path, 1 => bytes], 0..30).prop_map(of_one_tree)
}

/// In a tree no file has the name of a folder.
fn of_one_tree(mut paths: Vec<RepoPath>) -> Vec<RepoPath> {
    let within = |folder: &RepoPath, path: &RepoPath| {
        path.as_bytes().strip_prefix(folder.as_bytes()).is_some_and(|rest| rest.starts_with(b"/"))
    };
    let all = paths.clone();
    paths.retain(|path| !all.iter().any(|other| within(path, other)));
    paths
}

fn any_facts() -> impl Strategy<Value = RepositoryFacts> {
    let email = prop_oneof!["[a-zA-Z.+]{1,8}@[a-z.]{1,8}", "\\PC{0,12}", Just("noreply@anthropic.com".to_owned())];
    let owner = prop_oneof!["@[a-z/-]{1,10}", "[a-z]{1,5}@[a-z.]{1,6}", Just("noreply@anthropic.com".to_owned())];
    let line = ("[ -~]{0,12}", prop::collection::vec(owner, 0..3)).prop_map(|(pattern, owners)| {
        let mut line = pattern;
        for owner in owners {
            let _ = write!(line, " {owner}");
        }
        line
    });
    let codeowners = prop::collection::vec(line, 0..8).prop_map(|lines| lines.join("\n"));
    let branch = prop::option::of("\\PC{0,10}");
    let committers = prop::collection::vec(email.prop_map(|email| person(&email)), 0..8);
    (paths(), prop::option::of(codeowners), branch, committers).prop_map(
        |(paths, codeowners, default_branch, committers)| RepositoryFacts {
            paths,
            codeowners,
            default_branch,
            committers,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_draft_is_read_without_a_mistake_and_holds_its_own_promises(facts in any_facts()) {
        let text = draft(&facts);
        let policy = read("policy.yaml", text.as_bytes());
        prop_assert!(policy.is_ok(), "{:#?}\n{}", policy.err(), text);
        let policy = policy.unwrap();

        let essential = drafted(&RepositoryFacts::default());
        let known = [&essential.paths.never_auto_approve, &essential.paths.protected].map(|list| globs(list)).concat();
        for (class, list) in policy.lists() {
            if class == PathClass::Database && globs(list) == globs(&essential.paths.database) {
                continue;
            }
            for glob in list.iter().filter(|glob| !known.contains(&&*glob.text)) {
                prop_assert!(facts.paths.iter().any(|path| glob.matches(path)), "{} matches nothing", glob.text);
            }
        }
        if policy.paths.default == PathDefault::Deny {
            for path in &facts.paths {
                prop_assert!(policy.place(path).class != PathClass::Unlisted, "{} is unlisted", path);
            }
        }
    }
}
