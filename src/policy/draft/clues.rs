//! What to look for in a repository, and why it belongs on a list.

/// Globs that mean one thing. A glob is listed when a tracked path matches it that no earlier
/// glob of the same list does, or when it must stand there before such a file exists.
pub(super) struct Clue {
    pub(super) why: &'static str,
    pub(super) globs: &'static [&'static str],
    pub(super) always: bool,
}

const fn always(why: &'static str, globs: &'static [&'static str]) -> Clue {
    Clue { why, globs, always: true }
}

const fn seen(why: &'static str, globs: &'static [&'static str]) -> Clue {
    Clue { why, globs, always: false }
}

pub(super) const SECRETS: Clue = always(
    "Secrets by their nature; `.env.example` too, where real ones slip in.",
    &[".env*", "*.{pem,key,p12,pfx,jks,keystore}", "id_{rsa,ecdsa,ed25519}"],
);

pub(super) const NEVER: &[Clue] = &[
    always("The law itself, and what git does on its own.", &[".gov/**", ".git/**"]),
    always("Who must review what.", &["CODEOWNERS"]),
    SECRETS,
    seen(
        "More files that hold secrets by their nature.",
        &[
            ".{netrc,pgpass,htpasswd,pypirc,git-credentials}",
            "*.{ppk,kdbx}",
            "*.tfstate",
            "**/{credentials,service-account*,client_secret*}.json",
            ".aws/credentials",
            ".docker/config.json",
            ".kube/config",
            "config/{secrets,credentials}.{yaml,yml}",
        ],
    ),
    always("Runs with the project's own credentials: GitHub Actions.", &[".github/{workflows,actions}/**"]),
    seen("Runs with the project's own credentials: GitLab CI.", &[".gitlab-ci.yml", ".gitlab/ci/**"]),
    seen("Runs with the project's own credentials: CircleCI.", &[".circleci/**"]),
    seen("Runs with the project's own credentials: Jenkins.", &["Jenkinsfile*"]),
    seen("Runs with the project's own credentials: Azure Pipelines.", &["azure-pipelines*.{yml,yaml}", ".azure/**"]),
    seen("Runs with the project's own credentials: Buildkite.", &[".buildkite/**"]),
    seen(
        "Runs with the project's own credentials: its CI.",
        &[
            ".{travis,drone,appveyor}.yml",
            "{appveyor,bitbucket-pipelines,buildspec,cloudbuild}.{yml,yaml}",
            ".{gitea,forgejo}/workflows/**",
            ".{woodpecker,tekton,teamcity,semaphore,builds}/**",
            ".woodpecker.yml",
        ],
    ),
    seen(
        "Runs before a commit exists: an edit here can switch every other check off.",
        &[
            ".husky/**",
            ".githooks/**",
            ".pre-commit-config.{yaml,yml}",
            "{lefthook,.lefthook}.{yml,yaml,toml,json}",
            ".overcommit.yml",
        ],
    ),
    seen(
        "How production is set up.",
        &[
            "config/production.{yaml,yml,json,toml,js}",
            "config/environments/production.rb",
            "**/{terraform,infra,infrastructure,deploy,environments,envs,k8s,overlays}/**/{prod,production}/**",
            "**/values{-,.}{prod,production}.{yaml,yml}",
            "**/{prod,production}.tfvars",
        ],
    ),
];

pub(super) const PROTECTED: &[Clue] = &[
    always(
        "What coding agents are told to do, and which tools they may call.",
        &["{AGENTS,CLAUDE,GEMINI}.md", ".{claude,cursor}/**", ".mcp.json"],
    ),
    seen(
        "More of what coding agents are told.",
        &[
            ".{windsurf,codex,gemini,roo,clinerules}/**",
            ".{cursorrules,windsurfrules,clinerules,aider.conf.yml}",
            ".github/{copilot-instructions.md,instructions/**}",
            "AGENT.md",
        ],
    ),
    always("How git shows and fetches everything else.", &[".gitattributes", ".gitmodules"]),
    seen(
        "Where dependencies come from.",
        &[
            ".{npmrc,yarnrc,yarnrc.yml,pnpmfile.cjs}",
            ".cargo/config{,.toml}",
            "{pip.conf,nuget.config}",
            "{.mvn,gradle/wrapper}/**",
            ".bundle/config",
        ],
    ),
    seen("What an editor runs when the folder is opened.", &[".devcontainer/**", ".vscode/tasks.json"]),
    seen("Infrastructure: Terraform.", &["*.{tf,tfvars}", "*.tf.json"]),
    seen("Infrastructure: Kubernetes and Helm.", &["**/{k8s,kubernetes,helm,charts}/**", "kustomization.{yaml,yml}"]),
    seen("Infrastructure: Ansible.", &["**/{ansible,playbooks}/**", "ansible.cfg"]),
    seen(
        "Infrastructure: what is built and where it runs.",
        &[
            "{Dockerfile,Containerfile}*",
            "*.Dockerfile",
            "{docker-compose,compose}*.{yml,yaml}",
            "Pulumi*.{yaml,yml}",
            "**/{cloudformation,pulumi,nomad}/**",
            "*.{bicep,nomad}",
            "{serverless,skaffold,render,app}.{yml,yaml}",
            "{cdk,vercel}.json",
            "{fly,netlify}.toml",
            "Procfile",
            "nginx*.conf",
        ],
    ),
    seen(
        "How releases are made.",
        &[".goreleaser.{yml,yaml}", ".releaserc*", "release-please-config.json", ".changeset/config.json"],
    ),
    seen("The terms the project is under.", &["{LICENSE,LICENCE,COPYING}*"]),
];

pub(super) const DATABASE: &[Clue] = &[
    seen("Alembic revisions.", &["**/alembic/versions/**"]),
    seen("Rails migrations, and the schema they lead to.", &["db/migrate/**", "db/schema.rb", "db/structure.sql"]),
    seen("Prisma migrations and schema.", &["**/prisma/migrations/**", "**/schema.prisma"]),
    seen("Flyway migrations.", &["**/db/migration/**", "**/V[0-9]*__*.sql"]),
    seen("Ecto migrations.", &["**/priv/*/migrations/**"]),
    seen("Laravel migrations.", &["database/migrations/**"]),
    seen("Drizzle migrations.", &["**/drizzle/**/*.sql"]),
    seen("Liquibase change logs.", &["**/{liquibase,changelog}/**/*.{xml,yaml,yml,sql,json}"]),
    seen("Django migrations.", &["**/migrations/[0-9]*_*.py"]),
    seen("SQL migrations, as sqlx, Diesel, goose and golang-migrate have them.", &["**/migrations/**/*.sql"]),
    seen(
        "Migrations in code, as Knex, TypeORM and Entity Framework have them.",
        &["**/migrations/**/*.{js,ts,cs,php,rb,py,go,rs,kt,java,exs}"],
    ),
    seen("The schema as a whole.", &["**/{schema,structure}.sql"]),
];

pub(super) const GENERATED: &[Clue] = &[
    seen(
        "Lock files: a tool writes them.",
        &[
            "**/{Cargo,uv,poetry,pdm,Pipfile,Gemfile,composer,yarn,mix,pubspec,flake,deno,Podfile,bun}.lock",
            "**/{package-lock,npm-shrinkwrap,packages.lock}.json",
            "**/pnpm-lock.yaml",
            "**/go.sum",
            "**/bun.lockb",
            "**/gradle.lockfile",
            "**/Package.resolved",
            "**/.terraform.lock.hcl",
        ],
    ),
    seen("Minified and mapped for browsers.", &["**/*.min.{js,css}", "**/*.{js,css}.map"]),
    seen(
        "Compiled from an interface description.",
        &["**/*.pb.{go,cc,h}", "**/*_pb2{,_grpc}.{py,pyi}", "**/*_pb.{js,ts,d.ts}"],
    ),
    seen("Recorded by test runners.", &["**/*.snap", "**/__snapshots__/**"]),
    seen(
        "Written by code generators.",
        &["**/__generated__/**", "**/*.{g,freezed}.dart", "**/zz_generated.*.go", "**/*.designer.cs"],
    ),
];

/// Worth a list in many repositories, but only its people can say: written as suggestions.
pub(super) const SUGGESTED: &[Clue] = &[
    seen("Who may do what.", &["**/{auth,authn,authz,authentication,authorization,permissions}/**"]),
    seen("What moves money.", &["**/{billing,payment,payments,checkout}/**"]),
    seen("Cryptography.", &["**/crypto/**"]),
    seen("Contracts with other services.", &["**/*.proto", "**/{openapi,swagger}*.{yaml,yml,json}", "**/*.graphql"]),
];

/// What a top-level directory of this name is for.
pub(super) const LAYOUT: &[(&str, &[&str])] = &[
    (
        "Source.",
        &[
            "src",
            "lib",
            "libs",
            "app",
            "apps",
            "cmd",
            "internal",
            "pkg",
            "crates",
            "packages",
            "server",
            "client",
            "backend",
            "frontend",
            "web",
            "api",
            "core",
            "components",
            "pages",
            "modules",
            "services",
            "include",
            "bin",
            "public",
            "static",
            "assets",
            "templates",
            "views",
            "styles",
            "locales",
            "i18n",
            "types",
            "proto",
            "db",
            "database",
            "migrations",
            "alembic",
            "prisma",
            "config",
            "conf",
            "resources",
            "plugins",
            "xtask",
            "mobile",
            "ios",
            "android",
        ],
    ),
    (
        "Tests.",
        &["test", "tests", "spec", "specs", "e2e", "benches", "bench", "benchmarks", "fixtures", "testdata", "fuzz"],
    ),
    ("Documentation.", &["doc", "docs", "documentation", "website", "man", "adr", "rfcs"]),
    (
        "Examples, scripts and tools.",
        &["example", "examples", "samples", "demo", "scripts", "tools", "hack", "dev", "contrib"],
    ),
];

pub(super) const LANGUAGES: &[(&str, &[&str])] = &[
    ("Rust", &["rs"]),
    ("Python", &["py", "pyi"]),
    ("TypeScript", &["ts", "tsx", "mts", "cts"]),
    ("JavaScript", &["js", "jsx", "mjs", "cjs"]),
    ("Go", &["go"]),
    ("Java", &["java"]),
    ("Kotlin", &["kt", "kts"]),
    ("Scala", &["scala"]),
    ("C", &["c", "h"]),
    ("C++", &["cc", "cpp", "cxx", "hpp", "hh"]),
    ("C#", &["cs"]),
    ("Ruby", &["rb"]),
    ("PHP", &["php"]),
    ("Swift", &["swift"]),
    ("Dart", &["dart"]),
    ("Elixir", &["ex", "exs"]),
    ("Haskell", &["hs"]),
    ("Lua", &["lua"]),
    ("Vue", &["vue"]),
    ("Svelte", &["svelte"]),
    ("Shell", &["sh", "bash", "zsh"]),
    ("SQL", &["sql"]),
    ("Terraform", &["tf"]),
    ("Protocol Buffers", &["proto"]),
];
