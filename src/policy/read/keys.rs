//! Every key a policy may hold. `schema.json` says the same to editors; a test compares them.

/// The keys of one map, and where it stands.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Dotted, with `[]` for the items of a list and `*` for names that the policy chooses.
    pub(crate) place: &'static str,
    pub(crate) keys: &'static [&'static str],
}

const fn shape(place: &'static str, keys: &'static [&'static str]) -> Shape {
    Shape { place, keys }
}

pub(super) static POLICY: Shape = shape(
    "",
    &[
        "version",
        "enforcement",
        "paths",
        "categories",
        "risk",
        "rules",
        "roles",
        "approvals",
        "agents",
        "headers",
        "environments",
        "notify",
        "audit",
        "licence",
    ],
);
pub(super) static ENFORCEMENT: Shape = shape("enforcement", &["default", "branches"]);
pub(super) static PATHS: Shape =
    shape("paths", &["default", "allowed", "protected", "never_auto_approve", "database", "generated"]);
pub(super) static CATEGORY: Shape = shape("categories.*", &["paths", "auto_approve"]);
pub(super) static RISK: Shape = shape(
    "risk",
    &[
        "low_max_lines",
        "medium_max_lines",
        "max_auto_deleted",
        "large_deletion",
        "high_score",
        "critical_score",
        "strict",
    ],
);
pub(super) static RULES: Shape = shape("rules", &["packs", "extra", "severity", "imports"]);
pub(super) static IMPORT: Shape = shape("rules.imports[]", &["paths", "module", "decorator"]);
pub(super) static APPROVALS: Shape = shape("approvals", &["high", "critical", "paths", "author_may_approve"]);
const RULE: &[&str] = &["count", "roles", "timeout", "signed"];
pub(super) static HIGH: Shape = shape("approvals.high", RULE);
pub(super) static CRITICAL: Shape = shape("approvals.critical", RULE);
pub(super) static PATH_APPROVAL: Shape = shape("approvals.paths[]", &["paths", "count", "roles", "timeout", "signed"]);
pub(super) static AGENTS: Shape = shape("agents", &["at_least", "identities"]);
pub(super) static IDENTITY: Shape = shape("agents.identities[]", &["id", "emails", "trailers"]);
pub(super) static HEADERS: Shape = shape("headers", &["required"]);
pub(super) static ENVIRONMENT: Shape = shape("environments[]", &["name", "approvals"]);
pub(super) static ENVIRONMENT_APPROVALS: Shape = shape("environments[].approvals", RULE);
pub(super) static NOTICE: Shape = shape("notify[]", &["on", "telegram", "slack", "webhook", "command"]);
pub(super) static TELEGRAM: Shape = shape("notify[].telegram", &["chat", "token_env"]);
pub(super) static SLACK: Shape = shape("notify[].slack", &["url_env"]);
pub(super) static WEBHOOK: Shape = shape("notify[].webhook", &["url_env", "secret_env"]);
pub(super) static AUDIT: Shape = shape("audit", &["sign", "proof_of_work_bits"]);
pub(super) static LICENCE: Shape = shape("licence", &["issuer"]);

pub(crate) static ALL: [&Shape; 22] = [
    &POLICY,
    &ENFORCEMENT,
    &PATHS,
    &CATEGORY,
    &RISK,
    &RULES,
    &IMPORT,
    &APPROVALS,
    &HIGH,
    &CRITICAL,
    &PATH_APPROVAL,
    &AGENTS,
    &IDENTITY,
    &HEADERS,
    &ENVIRONMENT,
    &ENVIRONMENT_APPROVALS,
    &NOTICE,
    &TELEGRAM,
    &SLACK,
    &WEBHOOK,
    &AUDIT,
    &LICENCE,
];
