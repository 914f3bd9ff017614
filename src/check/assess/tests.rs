use super::*;
use crate::model::{
    FileChange, FileKind, Known, LineDiff, LineSet, Mode, ObjectId, PathClass, Place, RuleId, Scanned, Severity, Side,
    Waived, WaivedBy, Window,
};
use crate::policy::RiskLimits;

const POLICY: &str = "\
version: 1
paths:
  default: deny
  allowed: [\"src/**\", \"docs/**\", \"*.lock\"]
  protected: [\"src/core/**\"]
  never_auto_approve: [\"src/keys/**\"]
  database: [\"migrations/**\"]
  generated: [\"*.lock\"]
categories: { docs: { paths: [\"docs/**\"], auto_approve: false } }
";

fn policy(more: &str) -> Policy {
    crate::policy::read("HEAD:.gov/policy.yaml", format!("{POLICY}{more}").as_bytes()).unwrap()
}

/// A file that is no source, so that lines alone give next to no score.
fn file(path: &str, added: u32, deleted: u32) -> FileFacts {
    let side = Side { mode: Mode::Regular, id: ObjectId::new([1; 20]) };
    FileFacts {
        change: FileChange { path: path.into(), from: None, old: Some(side), new: Some(side) },
        kind: FileKind::Doc,
        lines: LineDiff { added: LineSet::all(added), deleted: LineSet::all(deleted), hunks: 1 },
        header_lines: 0,
        branches: 0,
        old_sha256: None,
        new_sha256: None,
        scanned: Scanned::Text,
    }
}

fn finding(severity: Severity, floor: Option<RiskLevel>) -> Finding {
    let place = Place { path: "src/a.txt".into(), line: Some(3), column: None, commit: None };
    Finding { floor, ..Finding::at(place, RuleId::new("secret/x"), severity, "a key", b"key") }
}

fn gathered(files: Vec<FileFacts>) -> Gathered {
    let history = HistoryFacts { prior_fixes: Known::Yes(0), fix_subject: Known::Yes(false), window: Window::Whole };
    let files = files.into_iter().map(Box::new).collect();
    Gathered { files, touched: Vec::new(), findings: Vec::new(), history, is_change: true }
}

/// The level, and every line of the table that applied.
type Verdict = (RiskLevel, Vec<(RiskLevel, &'static str, String)>);

fn verdict(gathered: Gathered, policy: &Policy) -> Verdict {
    let risk = assess(gathered, policy).risk;
    let causes = risk.causes.into_iter().map(|cause| (cause.level, cause.id, cause.message)).collect();
    (risk.level, causes)
}

fn of_files(files: Vec<FileFacts>) -> Verdict {
    verdict(gathered(files), &policy(""))
}

fn one(level: RiskLevel, id: &'static str, message: &str) -> Verdict {
    (level, vec![(level, id, message.to_owned())])
}

const LOW: Verdict = (RiskLevel::Low, Vec::new());

#[test]
fn lines_added_and_deleted_set_the_level() {
    let lines = |added, deleted| of_files(vec![file("src/a.txt", added, deleted)]);

    assert_eq!(lines(0, 0), LOW);
    assert_eq!(lines(100, 0), LOW);
    assert_eq!(lines(60, 40), LOW);
    assert_eq!(lines(101, 0), one(RiskLevel::Medium, "size/lines", "101 lines changed, more than 100"));
    assert_eq!(lines(60, 41), one(RiskLevel::Medium, "size/lines", "101 lines changed, more than 100"));
    assert_eq!(lines(200, 0), one(RiskLevel::Medium, "size/lines", "200 lines changed, more than 100"));
    assert_eq!(lines(201, 0), one(RiskLevel::High, "size/lines", "201 lines changed, more than 200"));
    assert_eq!(lines(100_000, 0), one(RiskLevel::High, "size/lines", "100000 lines changed, more than 200"));
}

#[test]
fn lines_add_up_over_files_and_generated_files_count_apart() {
    let files = |path| of_files(vec![file("src/a.txt", 100, 0), file(path, 1, 0)]);

    assert_eq!(files("src/b.txt").0, RiskLevel::Medium);
    assert_eq!(files("Cargo.lock"), LOW);
    assert_eq!(of_files(vec![file("Cargo.lock", 5000, 9000)]), LOW);
}

#[test]
fn a_file_that_moves_into_the_generated_ones_is_still_counted() {
    let mut moved = file("a.lock", 0, 60);
    moved.change.from = Some("src/a.txt".into());

    assert_eq!(of_files(vec![moved]).0, RiskLevel::High);
}

#[test]
fn net_deletion_sets_the_level() {
    let net = |added, deleted| of_files(vec![file("src/a.txt", added, deleted)]);
    let deletion = |level, message: &str| (level, "size/net-deletion", message.to_owned());
    let size = |level, message: &str| (level, "size/lines", message.to_owned());

    assert_eq!(net(0, 50), LOW);
    assert_eq!(net(10, 60), LOW);
    assert_eq!(net(0, 51), one(RiskLevel::High, "size/net-deletion", "51 lines deleted net, more than 50"));
    assert_eq!(net(9, 60), one(RiskLevel::High, "size/net-deletion", "51 lines deleted net, more than 50"));
    assert_eq!(
        net(0, 200),
        (
            RiskLevel::High,
            vec![
                deletion(RiskLevel::High, "200 lines deleted net, more than 50"),
                size(RiskLevel::Medium, "200 lines changed, more than 100")
            ]
        )
    );
    assert_eq!(
        net(0, 201),
        (
            RiskLevel::Critical,
            vec![
                deletion(RiskLevel::Critical, "201 lines deleted net, more than 200"),
                size(RiskLevel::High, "201 lines changed, more than 200")
            ]
        )
    );
    assert_eq!(net(5000, 5050).0, RiskLevel::High);
    assert_eq!(of_files(vec![file("src/a.txt", 0, 300), file("src/b.txt", 300, 0)]).0, RiskLevel::High);
}

#[test]
fn the_limits_are_the_policys() {
    let policy = policy("risk: { low_max_lines: 10, medium_max_lines: 20, max_auto_deleted: 3, large_deletion: 6 }\n");
    let level = |added, deleted| verdict(gathered(vec![file("src/a.txt", added, deleted)]), &policy).0;

    assert_eq!(
        [10, 11, 20, 21].map(|added| level(added, 0)),
        [RiskLevel::Low, RiskLevel::Medium, RiskLevel::Medium, RiskLevel::High]
    );
    assert_eq!(
        [3, 4, 6, 7].map(|deleted| level(0, deleted)),
        [RiskLevel::Low, RiskLevel::High, RiskLevel::High, RiskLevel::Critical]
    );
}

#[test]
fn each_list_of_paths_gives_its_level() {
    let path = |path| of_files(vec![file(path, 1, 0)]);

    assert_eq!(path("src/a.txt"), LOW);
    assert_eq!(
        path("src/core/a.txt"),
        one(RiskLevel::High, "path/protected", "src/core/a.txt is protected by `src/core/**`")
    );
    assert_eq!(
        path("migrations/1.sql"),
        one(RiskLevel::High, "path/database", "migrations/1.sql belongs to the database, says `migrations/**`")
    );
    assert_eq!(
        path("elsewhere/a.txt"),
        one(RiskLevel::High, "path/unlisted", "elsewhere/a.txt is on no list, and the default is `deny`")
    );
    assert_eq!(
        path("src/keys/a.txt"),
        one(
            RiskLevel::Critical,
            "path/never-auto-approve",
            "src/keys/a.txt is never to be approved automatically, says `src/keys/**`"
        )
    );
}

#[test]
fn the_law_itself_is_critical_whatever_the_policy_lists() {
    assert_eq!(of_files(vec![file(".gov/policy.yaml", 1, 0)]).0, RiskLevel::Critical);
    assert_eq!(of_files(vec![file(".gov/rules/mine.yaml", 1, 0)]).0, RiskLevel::Critical);
}

#[test]
fn an_unlisted_path_is_nothing_where_the_default_is_to_allow() {
    let policy = crate::policy::read("HEAD:.gov/policy.yaml", b"version: 1\npaths: { default: allow }\n").unwrap();

    assert_eq!(verdict(gathered(vec![file("elsewhere/a.txt", 1, 0)]), &policy), LOW);
}

#[test]
fn a_cause_shows_the_line_of_the_policy_that_named_the_path() {
    let causes = assess(gathered(vec![file("src/core/a.txt", 1, 0)]), &policy("")).risk.causes;

    let line = causes[0].at.clone().unwrap();
    assert_eq!((line.line, line.origin.as_str()), (5, "HEAD:.gov/policy.yaml"));
    assert_eq!(causes[0].path, Some("src/core/a.txt".into()));
}

#[test]
fn both_paths_of_a_rename_are_judged() {
    let mut away = file("src/a.txt", 0, 0);
    away.change.from = Some("src/keys/a.txt".into());
    let mut onto = file("src/keys/a.txt", 0, 0);
    onto.change.from = Some("src/a.txt".into());

    let assessment = assess(gathered(vec![away]), &policy(""));

    assert_eq!(assessment.risk.level, RiskLevel::Critical);
    assert_eq!(assessment.risk.causes[0].path, Some("src/keys/a.txt".into()));
    assert_eq!(assessment.files[0].placement.class, PathClass::NeverAutoApprove);
    assert_eq!(of_files(vec![onto]).0, RiskLevel::Critical);
}

#[test]
fn a_path_touched_and_undone_counts_as_a_path_and_not_as_lines() {
    let touched = vec!["src/core/a.txt".into(), "src/a.txt".into(), "src/b.txt".into()];
    let gathered = Gathered { touched, ..gathered(vec![file("src/a.txt", 1, 0)]) };

    let assessment = assess(gathered, &policy(""));

    let undone: Vec<String> = assessment.touched_and_undone.iter().map(|(path, _)| path.to_string()).collect();
    assert_eq!(undone, ["src/core/a.txt", "src/b.txt"]);
    let messages: Vec<&str> = assessment.risk.causes.iter().map(|cause| cause.message.as_str()).collect();
    assert_eq!(
        messages,
        ["src/core/a.txt is protected by `src/core/**`, though the change as a whole leaves it as it was"]
    );
    assert_eq!(assessment.risk.level, RiskLevel::High);
}

#[test]
fn the_score_sets_the_level() {
    let limits = |strict| RiskLimits { strict, ..policy("").risk };
    let level = |score, strict| score_cause(score, &limits(strict)).map(|cause| (cause.level, cause.message));
    let text = |level, message: &str| Some((level, message.to_owned()));

    assert_eq!(level(49, false), None);
    assert_eq!(level(50, false), text(RiskLevel::High, "the score is 50, 50 or more"));
    assert_eq!(level(69, false), text(RiskLevel::High, "the score is 69, 50 or more"));
    assert_eq!(level(70, false), text(RiskLevel::Critical, "the score is 70, 70 or more"));
    assert_eq!(level(29, true), None);
    assert_eq!(level(30, true), text(RiskLevel::Medium, "the score is 30, 30 or more"));
    assert_eq!(level(50, true), text(RiskLevel::High, "the score is 50, 50 or more"));
}

#[test]
fn source_that_scores_high_is_held_though_it_is_short() {
    let mut source = file("src/a.rs", 90, 0);
    source.kind = FileKind::Source;
    source.branches = 32;

    let assessment = assess(gathered(vec![source]), &policy(""));

    assert_eq!((assessment.risk.score, assessment.risk.level), (50, RiskLevel::High));
    assert_eq!(assessment.risk.factors.iter().map(|factor| factor.points).sum::<u32>(), 50);
}

#[test]
fn findings_that_hold_or_deny_are_high_and_a_floor_may_be_higher() {
    let with = |findings| verdict(Gathered { findings, ..gathered(vec![]) }, &policy("")).0;

    assert_eq!(with(vec![finding(Severity::Note, None)]), RiskLevel::Low);
    assert_eq!(with(vec![finding(Severity::Warn, None)]), RiskLevel::Low);
    assert_eq!(with(vec![finding(Severity::Hold, None)]), RiskLevel::High);
    assert_eq!(with(vec![finding(Severity::Deny, None)]), RiskLevel::High);
    assert_eq!(with(vec![finding(Severity::Warn, Some(RiskLevel::Medium))]), RiskLevel::Medium);
    assert_eq!(with(vec![finding(Severity::Hold, Some(RiskLevel::Medium))]), RiskLevel::High);
    assert_eq!(with(vec![finding(Severity::Hold, Some(RiskLevel::Critical))]), RiskLevel::Critical);
}

#[test]
fn a_waived_finding_weighs_nothing() {
    let waived = Some(Waived { reason: "a test key".into(), by: WaivedBy::Text("src/a.txt:2".into()) });
    let findings = vec![Finding { waived, ..finding(Severity::Deny, Some(RiskLevel::Critical)) }];

    let assessment = assess(Gathered { findings, ..gathered(vec![]) }, &policy(""));

    assert_eq!((assessment.risk.level, assessment.findings.len()), (RiskLevel::Low, 1));
}

#[test]
fn causes_come_worst_first() {
    let files = vec![file("src/a.txt", 150, 0), file("src/core/b.txt", 1, 0), file("src/keys/c.txt", 1, 0)];
    let findings = vec![finding(Severity::Hold, None)];

    let (level, causes) = verdict(Gathered { findings, ..gathered(files) }, &policy(""));

    assert_eq!(level, RiskLevel::Critical);
    assert_eq!(
        causes.iter().map(|(level, id, _)| (*level, *id)).collect::<Vec<_>>(),
        [
            (RiskLevel::Critical, "path/never-auto-approve"),
            (RiskLevel::High, "path/protected"),
            (RiskLevel::High, "finding/severity"),
            (RiskLevel::Medium, "size/lines"),
        ]
    );
}

#[test]
fn a_category_keeps_its_files_by_name() {
    let assessment = assess(gathered(vec![file("docs/a.md", 1, 0), file("src/a.txt", 1, 0)]), &policy(""));

    let kept: Vec<Option<&str>> = assessment.files.iter().map(|file| file.kept_by_category.as_deref()).collect();
    assert_eq!(kept, [Some("docs"), None]);
    assert_eq!(assessment.risk.level, RiskLevel::Low);
}

#[test]
fn a_whole_tree_is_judged_for_its_findings_alone() {
    let tree = |findings| Gathered { findings, is_change: false, ..gathered(vec![file("src/keys/a.txt", 9000, 0)]) };

    assert_eq!(verdict(tree(vec![]), &policy("")), LOW);
    assert_eq!(verdict(tree(vec![finding(Severity::Deny, None)]), &policy("")).0, RiskLevel::High);
}
