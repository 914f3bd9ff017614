//! What an approval is bound to: bytes, branch, policy, history, risk, date, landing.

use super::super::samples::{assessment, change, evidence, now, object, policy, word};
use super::super::{Extent, SetAside, decide};
use super::{ADA, LIN, approval, bound, outcome, refused, why};
use crate::model::{Enforcement, Evidence, Exit, Outcome, RiskLevel, Saying, Seal, Sha256};

#[test]
fn an_approval_that_fits_in_everything_counts_and_the_decision_rests_on_it() {
    let given = approval(|_| ());

    let decision = decide(&assessment(RiskLevel::High), &evidence().hearing(given.clone()), &policy(), Extent::Whole);

    assert_eq!((decision.outcome, decision.exit), (Outcome::Approved, Exit::Pass));
    assert_eq!(decision.rests_on, [given.id]);
    assert_eq!(decision.not_counted, []);
}

#[test]
fn an_approval_is_of_these_bytes_only() {
    let said = refused(bound(|bond| bond.change = change(2)));

    assert_eq!(said, "approved other bytes: what it was given for has changed since");
}

#[test]
fn an_approval_is_for_its_branch_only() {
    let said = refused(bound(|bond| bond.reference = Some("refs/heads/feature".into())));

    assert_eq!(said, "is for refs/heads/feature, not for refs/heads/main");
}

#[test]
fn an_approval_ends_with_the_policy_it_was_given_under() {
    assert_eq!(refused(bound(|bond| bond.law = Some(Sha256::of(b"other")))), "was given under another policy");
    assert_eq!(refused(bound(|bond| bond.law = None)), "was given under another policy");
}

#[test]
fn an_approval_starts_from_the_history_it_lands_on() {
    let said = refused(bound(|bond| bond.is_base_there = false));

    assert_eq!(said, "starts from a commit that is not in the history it lands on");
}

#[test]
fn an_approval_is_of_no_more_risk_than_it_saw() {
    assert_eq!(
        refused(bound(|bond| bond.level = Some(RiskLevel::Medium))),
        "approved a risk of MEDIUM; it is HIGH now"
    );
    let equal = evidence().hearing(bound(|bond| bond.level = Some(RiskLevel::High)));

    assert_eq!(outcome(RiskLevel::High, &equal), Outcome::Approved);
}

#[test]
fn only_a_critical_approval_is_bound_to_all_the_files_that_result() {
    let elsewhere = |by| {
        let mut word = word(Saying::Approve, by);
        word.bond.as_mut().unwrap().tree = Some(object(9));
        evidence().hearing(word)
    };

    let critical = decide(&assessment(RiskLevel::Critical), &elsewhere(ADA), &policy(), Extent::Whole);

    assert_eq!(critical.outcome, Outcome::ApprovalPending);
    assert!(critical.not_counted[0].why.starts_with("approved other files beside the change"));
    assert_eq!(outcome(RiskLevel::High, &elsewhere(LIN)), Outcome::Approved);
    assert_eq!(outcome(RiskLevel::Critical, &evidence().with(Saying::Approve, ADA)), Outcome::Approved);
}

#[test]
fn an_approval_expires_at_its_moment() {
    assert_eq!(refused(approval(|word| word.expires = Some(now()))), "expired at 2026-11-21T12:00:00Z");
    let later = "2026-11-21T12:00:01Z".parse().ok();

    assert_eq!(outcome(RiskLevel::High, &evidence().hearing(approval(|word| word.expires = later))), Outcome::Approved);
}

#[test]
fn an_approval_lands_once() {
    let given = approval(|_| ());
    let landed = |commit, is_behind| {
        let used = vec![given.id];
        evidence().hearing(given.clone()).hearing(word(Saying::Land { commit, used, is_behind }, LIN))
    };

    assert_eq!(why(&landed(object(7), true)), "was used when 070707070707 landed");
    assert_eq!(outcome(RiskLevel::High, &landed(object(7), false)), Outcome::Approved, "it never arrived");
    assert_eq!(outcome(RiskLevel::High, &landed(object(2), true)), Outcome::Approved, "it is this very landing");
}

#[test]
fn an_approval_can_be_taken_back_by_its_giver_and_by_an_admin() {
    let given = approval(|_| ());
    let revoked = |by| evidence().hearing(given.clone()).with(Saying::Revoke { word: given.id }, by);

    assert_eq!(why(&revoked(LIN)), "was taken back by lin@example.com at 2026-11-21T11:00:00Z");
    assert_eq!(why(&revoked(ADA)), "was taken back by ada@example.com at 2026-11-21T11:00:00Z");
    assert_eq!(outcome(RiskLevel::High, &revoked("sam@example.com")), Outcome::Approved);
}

#[test]
fn a_signature_that_does_not_fit_counts_for_nothing_even_where_none_is_asked_for() {
    let said = refused(approval(|word| word.seal = Seal::Bad("its signature does not fit".into())));

    assert_eq!(said, "its signature does not fit");
}

#[test]
fn production_asks_for_a_signature_and_staging_does_not() {
    let unsigned = || evidence().hearing(approval(|word| word.seal = Seal::Missing));
    let production = Evidence { level: Enforcement::Production, ..unsigned() };

    assert_eq!(why(&production), "is not signed, and `high` asks for a signature");
    assert_eq!(outcome(RiskLevel::High, &unsigned()), Outcome::Approved);
}

#[test]
fn a_path_can_ask_for_more_people_than_the_risk_does() {
    let policy = crate::policy::read(
        "policy.yaml",
        b"version: 1\nroles: { lead: [lin@example.com, sam@example.com] }\n\
          approvals: { high: { count: 2, roles: [lead] } }\n",
    )
    .unwrap();
    let one = evidence().with(Saying::Approve, LIN);
    let two = one.clone().with(Saying::Approve, "sam@example.com");

    assert_eq!(decide(&assessment(RiskLevel::High), &one, &policy, Extent::Whole).outcome, Outcome::ApprovalPending);
    assert_eq!(decide(&assessment(RiskLevel::High), &two, &policy, Extent::Whole).outcome, Outcome::Approved);
}

#[test]
fn a_part_of_a_range_is_set_aside_only_when_somebody_approved_it() {
    let decide_on =
        |evidence: &Evidence| decide(&assessment(RiskLevel::Low), evidence, &policy(), Extent::Part).outcome;

    assert_eq!(decide_on(&evidence()), Outcome::ApprovalPending);
    assert_eq!(decide_on(&evidence().with(Saying::Approve, LIN)), Outcome::Approved);
}

#[test]
fn only_what_is_left_once_approved_commits_are_set_aside_is_weighed() {
    let approved = decide(&assessment(RiskLevel::High), &evidence().hearing(approval(|_| ())), &policy(), Extent::Part);
    let aside = [SetAside { commits: 2, decision: approved }];
    let rest =
        |risk, is_empty| decide(&assessment(risk), &evidence(), &policy(), Extent::Rest { aside: &aside, is_empty });

    assert_eq!(rest(RiskLevel::High, false).outcome, Outcome::ApprovalPending);
    assert_eq!(rest(RiskLevel::Low, false).outcome, Outcome::Approved);
    let nothing = rest(RiskLevel::High, true);
    assert_eq!((nothing.outcome, nothing.rests_on.len()), (Outcome::Approved, 1));
    assert_eq!(nothing.reasons[1].what, "2 commits approved by lin@example.com; only the others are weighed");
}
