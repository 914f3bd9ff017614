//! Judgements made by hand, for the tests of every format.

mod parts;

use std::sync::Arc;

use crate::model::{
    Against, Assessment, Cause, ChangeId, Date, Decision, Enforcement, Exit, Factor, Finding, Gate, InHistory,
    Judgement, Need, NotCounted, Outcome, PathClass, Place, PolicyLine, PolicyRef, Reach, RepoPath, Risk, RiskLevel,
    RuleId, Scanned, Severity, Sha256, Target, TargetKind, Waived, WaivedBy, Window,
};
use parts::{factor, file, file_at, finding, id, marked, need, next, placement, policy_line, reason, renamed};

/// Every sample by the name its snapshots carry.
pub(super) fn all() -> Vec<(&'static str, Judgement)> {
    vec![
        ("pass", pass()),
        ("held", held()),
        ("denied", denied()),
        ("waived", waived()),
        ("imputed", imputed()),
        ("hostile", hostile()),
        ("development", development()),
        ("crowded", crowded()),
        ("history", history()),
        ("refused", refused()),
    ]
}

/// Three allowed files and nothing to say about them, judged by the built-in policy.
pub(super) fn pass() -> Judgement {
    let files = vec![
        file("docs/guide.md", 6, 0, PathClass::Allowed),
        renamed("src/old.rs", file("src/new.rs", 4, 4, PathClass::Allowed)),
        file("tests/new.rs", 2, 0, PathClass::Allowed),
    ];
    let factors = vec![factor("spread", 3, 2, "3 directories are touched", "one concern per commit")];
    let risk = Risk { level: RiskLevel::Low, score: 2, factors, causes: vec![] };
    let change = ChangeId::of(files.iter().map(|file| &*file.facts));
    Judgement {
        target: Target {
            kind: TargetKind::Range,
            described: "3 commits on feature since main".into(),
            base: Some(id(0xba)),
            head: Some(id(0xfe)),
            tree: Some(id(0x7e)),
            change,
            commits: 3,
            reach: None,
        },
        level: Enforcement::Staging,
        gate: Gate::Push,
        policy: PolicyRef { origin: "built-in".into(), digest: Sha256::new([0x5f; 32]), built_in: true },
        assessment: Assessment { files, touched_and_undone: vec![], findings: vec![], risk, window: Window::Whole },
        decision: Decision {
            outcome: Outcome::AutoApproved,
            exit: Exit::Pass,
            reasons: vec![reason(Outcome::AutoApproved, "LOW risk, every path is allowed", vec![])],
            needed: vec![],
            not_counted: vec![],
            rejected_by: vec![],
            rests_on: vec![],
        },
        notes: vec![],
        next: vec![],
    }
}

/// Nothing was found in it, and somebody rejected it.
pub(super) fn refused() -> Judgement {
    let mut judgement = pass();
    judgement.decision.outcome = Outcome::Rejected;
    judgement.decision.exit = Exit::Denied;
    judgement.decision.reasons.insert(0, reason(Outcome::Rejected, "rejected by ada@example.com", vec![]));
    judgement.decision.rejected_by = vec!["ada@example.com".into()];
    judgement.next = vec![next(
        "it stays rejected until its bytes change: change it, then check again",
        "gov-hook check main...feature",
    )];
    judgement
}

/// Held at staging for a protected path, a large size and a score, with one approval that does
/// not count.
pub(crate) fn held() -> Judgement {
    let glob = policy_line(8, "  protected: [\"src/core/**\", \"config/**\"]", "\"src/core/**\"");
    let files = vec![
        file("Cargo.lock", 400, 20, PathClass::Allowed).generated(),
        file("assets/logo.png", 0, 0, PathClass::Unlisted).scanned(Scanned::Binary),
        file("src/core/engine.rs", 180, 6, PathClass::Protected).at("src/core/**", &glob),
        file("src/core/gears.rs", 50, 4, PathClass::Protected).at("src/core/**", &glob),
    ];
    let protected = |path: &str| Cause {
        level: RiskLevel::High,
        id: "path/protected",
        message: format!("{path} is protected by `src/core/**`"),
        path: Some(path.into()),
        at: Some(Arc::new(glob.clone())),
    };
    let lines = Cause {
        level: RiskLevel::High,
        id: "size/lines",
        message: "240 lines changed, more than 200".into(),
        path: None,
        at: None,
    };
    let mut judgement = pass();
    judgement.target.change = ChangeId::of(files.iter().map(|file| &*file.facts));
    judgement.policy.origin = "HEAD:.gov/policy.yaml".into();
    judgement.policy.built_in = false;
    judgement.assessment.files = files;
    judgement.assessment.touched_and_undone =
        vec![("config/limits.yaml".into(), placement(PathClass::Protected, "config/**", Some(glob.clone())))];
    judgement.assessment.risk = Risk {
        level: RiskLevel::High,
        score: 62,
        factors: vec![
            factor("source_lines", 230, 37, "230 lines are added in source files", "split the commit"),
            factor("branches_added", 34, 15, "34 control-flow tokens are added in source files", "split, simplify"),
            factor(
                "prior_fixes",
                4,
                5,
                "src/core/engine.rs was touched by 4 fixes in the last 500 commits, more often than nine tenths of \
                 the files of this repository",
                "ask the owner",
            ),
            factor("scattered_edits", 12, 4, "12 separate edits in source files", "separate mechanical edits"),
        ],
        causes: vec![protected("src/core/engine.rs"), protected("src/core/gears.rs"), lines],
    };
    judgement.decision = Decision {
        outcome: Outcome::ApprovalPending,
        exit: Exit::Held,
        reasons: vec![reason(
            Outcome::ApprovalPending,
            "HIGH risk needs 1 approval from tech_lead or admin, and has none",
            vec![
                reason(Outcome::ApprovalPending, "src/core/engine.rs is protected by `src/core/**`", vec![]),
                reason(Outcome::ApprovalPending, "240 lines changed, more than 200", vec![]),
                reason(
                    Outcome::ApprovalPending,
                    "the approval of lin@example.com does not count",
                    vec![reason(Outcome::ApprovalPending, "lin@example.com wrote the change", vec![])],
                ),
            ],
        )],
        needed: vec![need("high", 1, &["tech_lead", "admin"])],
        not_counted: vec![NotCounted {
            by: "lin@example.com".into(),
            against: Against::Speaker,
            why: "is an author of the change".into(),
        }],
        rejected_by: vec![],
        rests_on: vec![],
    };
    judgement.notes = vec!["assets/logo.png is binary and was not scanned".into()];
    judgement.next = vec![
        next("see what an approval would change", "gov-hook check main...feature --suppose approve:ada@example.com"),
        next("ask for the approval", "gov-hook request main...feature"),
    ];
    judgement
}

/// Denied for a secret in the middle of a line, with a warning beside it.
pub(crate) fn denied() -> Judgement {
    let line = "let client = Client::new(\"AKIA(20 characters)\");";
    let secret = Finding {
        help: Some("Rotate it, then load it from the environment or a secret store.".into()),
        excerpt: Some(marked(line, "AKIA(20 characters)")),
        ..finding("secret/aws-access-key-id", Severity::Deny, ("src/new.rs", 3, 27), "AWS access key id")
    };
    let skipped = Finding {
        excerpt: Some(marked("\t#[ignore]", "#[ignore]")),
        ..finding("weakening/test-skipped", Severity::Warn, ("tests/new.rs", 14, 2), "a test is skipped")
    };
    let mut judgement = pass();
    judgement.target.kind = TargetKind::Staged;
    judgement.target.described = "staged changes".into();
    judgement.target.head = None;
    judgement.gate = Gate::Commit;
    judgement.level = Enforcement::Development;
    judgement.assessment.findings = vec![skipped, secret];
    judgement.decision.outcome = Outcome::Blocked;
    judgement.decision.exit = Exit::Denied;
    judgement.decision.reasons = vec![
        reason(
            Outcome::Blocked,
            "a finding denies the change",
            vec![reason(Outcome::Blocked, "secret/aws-access-key-id in src/new.rs:3", vec![])],
        ),
        reason(Outcome::AutoApproved, "LOW risk, every path is allowed", vec![]),
    ];
    judgement.next = vec![next("take it out, stage again, and look", "gov-hook check --staged")];
    judgement
}

/// A secret that is still there, and one that only history has.
pub(super) fn history() -> Judgement {
    let of = |path, byte, history| {
        let mut secret = finding("secret/aws-access-key-id", Severity::Deny, (path, 3, 27), "AWS access key id");
        secret.place.commit = Some(id(byte));
        Finding { history: Some(history), ..secret }
    };
    let mut judgement = pass();
    judgement.target.kind = TargetKind::History;
    judgement.target.described = "all of history".into();
    judgement.target.base = None;
    judgement.target.commits = 0;
    judgement.target.reach = Some(Reach { refs: 3, commits: 120, blobs: 456 });
    judgement.target.change = ChangeId::of([]);
    judgement.assessment.files.clear();
    judgement.assessment.risk = Risk { level: RiskLevel::High, score: 0, factors: vec![], causes: vec![] };
    judgement.assessment.findings = vec![
        of("deploy.toml", 0xaa, InHistory { since: Date::new(2024, 2, 29), in_head: true }),
        of("old.toml", 0xbb, InHistory { since: None, in_head: false }),
    ];
    judgement.decision.outcome = Outcome::Blocked;
    judgement.decision.exit = Exit::Denied;
    judgement.decision.reasons = vec![reason(Outcome::Blocked, "deploy.toml:3: AWS access key id", vec![])];
    judgement.notes = vec!["1 finding is only in history".into()];
    judgement
}

/// A secret that a waiver excuses, and an approval that counts.
pub(super) fn waived() -> Judgement {
    let mut judgement = held();
    judgement.assessment.files.truncate(3);
    judgement.assessment.touched_and_undone.clear();
    judgement.assessment.risk.causes.truncate(1);
    judgement.assessment.findings = vec![Finding {
        waived: Some(Waived {
            reason: "a key of the vendor's sandbox, public".into(),
            by: WaivedBy::Text("src/core/engine.rs:11".into()),
        }),
        excerpt: Some(marked("key = sk_t(32 characters)", "sk_t(32 characters)")),
        ..finding("secret/stripe-key", Severity::Deny, ("src/core/engine.rs", 12, 7), "Stripe key")
    }];
    let mut met = need("high", 1, &["tech_lead", "admin"]);
    met.counted = vec!["ada@example.com".into()];
    judgement.decision = Decision {
        outcome: Outcome::Approved,
        exit: Exit::Pass,
        reasons: vec![reason(Outcome::Approved, "1 of 1 approval for HIGH risk", vec![])],
        needed: vec![met],
        not_counted: vec![],
        rejected_by: vec![],
        rests_on: vec![],
    };
    judgement.notes.clear();
    judgement.next.clear();
    judgement
}

/// Factors that stand for what could not be known, in a clone without its whole history.
pub(super) fn imputed() -> Judgement {
    let unknown = |id, points, why, lower| Factor { imputed: true, ..factor(id, 0, points, why, lower) };
    let mut judgement = pass();
    judgement.gate = Gate::Commit;
    judgement.assessment.window = Window::Partial(37);
    judgement.assessment.risk = Risk {
        level: RiskLevel::Medium,
        score: 41,
        factors: vec![
            factor("source_lines", 120, 37, "120 lines are added in source files", "split the commit"),
            unknown("prior_fixes", 5, "only 37 commits of history are here", "ask the owner"),
            unknown("fix_commit", 3, "the commit message is not written yet", "add a regression test"),
        ],
        causes: vec![Cause {
            level: RiskLevel::Medium,
            id: "size/lines",
            message: "120 lines changed, more than 100".into(),
            path: None,
            at: None,
        }],
    };
    judgement.decision.outcome = Outcome::Notified;
    judgement.decision.reasons = vec![reason(Outcome::Notified, "MEDIUM risk goes on and is notified", vec![])];
    judgement.notes = vec!["the clone is shallow: 37 commits of history could be read".into()];
    judgement.next = vec![next("fetch the history that the score looks at", "git fetch --deepen=500")];
    judgement
}

/// Every text of the repository tries to forge, reorder or break out of something.
pub(super) fn hostile() -> Judgement {
    hostile_with("x\n::error file=a::forged\r\n##[error]forged \u{1b}[2J\u{202e}\u{9b}31m]]>\u{ffff}")
}

/// A judgement with `text` in every place that a repository, or whoever wrote in it, can fill.
pub(super) fn hostile_with(text: &str) -> Judgement {
    let order = |before: &str| format!("{before}{text}");
    let forged = RepoPath::from(format!("a\n::error::x{text}").as_str());
    let latin1 = RepoPath::new(&b"caf\xe9, \"100%\"/<b>.rs"[..]);
    let finding = |path: &RepoPath, line| {
        let place = Place { path: path.clone(), line, column: line, commit: Some(id(0xc0)) };
        Finding {
            help: Some(order("help [click](https://example.com) ")),
            excerpt: Some(marked(&order("before MARK "), "MARK")),
            ..Finding::at(place, RuleId::new("custom/\"><x>"), Severity::Hold, order("message "), b"x")
        }
    };
    let mut judgement = held();
    judgement.assessment.files = vec![
        file_at(forged.clone(), 1, 1, PathClass::Allowed),
        file_at(latin1.clone(), 1, 1, PathClass::Unlisted),
        renamed("\"><x>", file("b\u{202e}idi\\.rs", 1, 1, PathClass::NeverAutoApprove)),
    ];
    judgement.assessment.files.iter_mut().for_each(|file| file.kept_by_category = Some(order("category ")));
    judgement.assessment.findings = vec![
        finding(&forged, Some(1)),
        finding(&latin1, None),
        Finding {
            waived: Some(Waived { reason: order("reason "), by: WaivedBy::Text(order("by ")) }),
            ..finding(&forged, Some(2))
        },
    ];
    judgement.assessment.risk.causes = vec![Cause {
        level: RiskLevel::Critical,
        id: "path/never_auto_approve",
        message: order("cause "),
        path: Some(forged),
        at: Some(Arc::new(PolicyLine { origin: order("origin "), line: 1, start: 0, end: 2, text: order("ab") })),
    }];
    judgement.assessment.risk.level = RiskLevel::Critical;
    judgement.assessment.risk.factors.iter_mut().for_each(|factor| factor.why = order("why "));
    judgement.assessment.touched_and_undone.clear();
    judgement.target.described = order("described ");
    judgement.policy.origin = order("origin ");
    let reasons = vec![reason(Outcome::ApprovalPending, &order("reason "), vec![])];
    judgement.decision.reasons = vec![reason(Outcome::Blocked, &order("reason "), reasons)];
    judgement.decision.needed =
        vec![Need { counted: vec![order("by ")], ..need(&order("rule "), 2, &[&order("role ")]) }];
    judgement.decision.not_counted =
        vec![NotCounted { by: order("by "), against: Against::Circumstance, why: order("why ") }];
    judgement.notes = vec![order("note ")];
    judgement.next = vec![next(&order("why "), &order("gov-hook check "))];
    judgement
}

/// What `held` is, where nothing is held.
pub(super) fn development() -> Judgement {
    let mut judgement = held();
    judgement.level = Enforcement::Development;
    judgement.decision.exit = Exit::Pass;
    judgement
}

/// More files, findings and paths than anyone reads.
pub(crate) fn crowded() -> Judgement {
    let glob = policy_line(5, "  never_auto_approve: [\".github/workflows/**\"]", "\".github/workflows/**\"");
    let workflow = |number: usize| format!(".github/workflows/job-{number:02}.yaml");
    let mut judgement = held();
    judgement.assessment.files = (1..=9)
        .map(|number| file(&workflow(number), 3, 1, PathClass::NeverAutoApprove).at(".github/workflows/**", &glob))
        .chain((1..=30).map(|number| file(&format!("src/part_{number:02}.rs"), 5, 2, PathClass::Allowed)))
        .collect();
    judgement.target.change = ChangeId::of(judgement.assessment.files.iter().map(|file| &*file.facts));
    judgement.assessment.touched_and_undone.clear();
    judgement.assessment.findings = (1..=12u32)
        .map(|number| Finding {
            excerpt: Some(marked("value = fake.name()", "fake.name()")),
            ..finding(
                "synthetic/faker",
                Severity::Warn,
                (&format!("src/part_{number:02}.rs"), number, 9),
                "made-up data outside of tests",
            )
        })
        .collect();
    let message = "pull_request_target runs with the secrets of the repository";
    let place = (".github/workflows/job-01.yaml", 2, 1);
    judgement.assessment.findings.push(finding("weakening/ci-permissions", Severity::Hold, place, message));
    judgement.assessment.risk.level = RiskLevel::Critical;
    judgement.assessment.risk.causes = (1..=9)
        .map(|number| Cause {
            level: RiskLevel::Critical,
            id: "path/never_auto_approve",
            message: format!("{} is never approved automatically", workflow(number)),
            path: Some(workflow(number).as_str().into()),
            at: Some(Arc::new(glob.clone())),
        })
        .collect();
    judgement.decision.needed = vec![
        Need { signed: true, ..need("critical", 1, &["admin"]) },
        Need { counted: vec!["ada@example.com".into()], ..need("paths[0]", 3, &["tech_lead", "admin"]) },
    ];
    judgement.decision.not_counted.clear();
    let paths = (1..=20)
        .map(|number| reason(Outcome::ApprovalPending, &format!("path {number} of many needs approval"), vec![]));
    judgement.decision.reasons =
        vec![reason(Outcome::ApprovalPending, "CRITICAL risk needs approval", paths.collect())];
    judgement.notes.clear();
    judgement.next.truncate(1);
    judgement
}
