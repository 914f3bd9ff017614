//! What speaks against a change: rejections, and requests that nobody answered.

use super::super::samples::{assessment, change, evidence, policy, word};
use super::super::{Extent, decide};
use super::{ADA, LIN, approval, outcome, why};
use crate::model::{Bond, Enforcement, Evidence, Exit, Outcome, Person, RiskLevel, Saying, Seal, Sha256, Word};

#[test]
fn a_rejection_holds_on_every_branch_and_of_every_part_until_the_bytes_change() {
    let rejected = |change: fn(&mut Bond)| {
        let mut word = word(Saying::Reject, ADA);
        change(word.bond.as_mut().unwrap());
        outcome(RiskLevel::High, &evidence().hearing(approval(|_| ())).hearing(word))
    };

    assert_eq!(rejected(|bond| bond.reference = None), Outcome::Rejected);
    assert_eq!(rejected(|bond| bond.law = None), Outcome::Rejected);
    assert_eq!(rejected(|bond| bond.change = change(9)), Outcome::Approved);
    let mut of_a_part = evidence().hearing(approval(|_| ())).with(Saying::Reject, ADA);
    of_a_part.landing.change = change(5);
    assert_eq!(outcome(RiskLevel::High, &of_a_part), Outcome::Rejected);
}

#[test]
fn a_rejection_can_be_taken_back() {
    let rejection = word(Saying::Reject, ADA);
    let revoked = evidence()
        .hearing(approval(|_| ()))
        .hearing(rejection.clone())
        .with(Saying::Revoke { word: rejection.id }, ADA);

    assert_eq!(outcome(RiskLevel::High, &revoked), Outcome::Approved);
}

#[test]
fn nobody_who_had_a_part_in_a_change_takes_back_that_another_rejected_it() {
    let rejection = word(Saying::Reject, LIN);
    let revoked = |by| {
        let of = Saying::Revoke { word: rejection.id };
        evidence().with(Saying::Approve, "sam@example.com").hearing(rejection.clone()).with(of, by)
    };
    let author = |mut evidence: Evidence, email: &str| {
        evidence.authors.push(Person { name: String::new(), email: email.into() });
        evidence
    };
    let mut requester = revoked(ADA);
    requester.landing.requested_by.push(ADA.into());

    assert_eq!(outcome(RiskLevel::High, &revoked(ADA)), Outcome::Approved, "an admin with no part in it");
    assert_eq!(outcome(RiskLevel::High, &author(revoked(ADA), "ADA@example.com")), Outcome::Rejected);
    assert_eq!(outcome(RiskLevel::High, &requester), Outcome::Rejected);
    assert_eq!(outcome(RiskLevel::High, &author(revoked(LIN), LIN)), Outcome::Approved, "their own word");
}

#[test]
fn what_is_signed_is_taken_back_by_signature_at_every_level() {
    let rejection = |seal| Word { seal, ..word(Saying::Reject, ADA) };
    let revoked = |rejection: Word, seal| {
        let revocation = Word { seal, ..word(Saying::Revoke { word: rejection.id }, ADA) };
        outcome(RiskLevel::High, &evidence().hearing(approval(|_| ())).hearing(rejection).hearing(revocation))
    };
    let good = || Seal::Good { key: "a".into(), also: Vec::new() };

    assert_eq!(revoked(rejection(good()), Seal::Missing), Outcome::Rejected);
    assert_eq!(revoked(rejection(good()), Seal::Bad("forged".into())), Outcome::Rejected);
    assert_eq!(revoked(rejection(good()), good()), Outcome::Approved);
    assert_eq!(revoked(rejection(Seal::Missing), Seal::Missing), Outcome::Approved, "nothing was signed");
}

#[test]
fn production_hears_no_unsigned_rejection() {
    let mut unsigned = word(Saying::Reject, ADA);
    unsigned.seal = Seal::Missing;
    let at = |level| {
        let evidence = Evidence { level, ..evidence().hearing(approval(|_| ())).hearing(unsigned.clone()) };
        outcome(RiskLevel::High, &evidence)
    };

    assert_eq!(at(Enforcement::Staging), Outcome::Rejected);
    assert_eq!(at(Enforcement::Production), Outcome::Approved);
}

#[test]
fn a_request_that_nobody_answered_in_time_is_a_rejection_until_it_is_asked_again() {
    let late = evidence().hearing(request("2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z"));

    let decision = decide(&assessment(RiskLevel::High), &late, &policy(), Extent::Whole);

    assert_eq!((decision.outcome, decision.exit), (Outcome::Rejected, Exit::Denied));
    assert_eq!(decision.reasons[0].what, "nobody answered its request by 2026-11-21T10:00:00Z");
    let again = late.hearing(request("2026-11-21T11:30:00Z", "2026-11-21T12:30:00Z"));
    assert_eq!(outcome(RiskLevel::High, &again), Outcome::ApprovalPending);
    assert_eq!(outcome(RiskLevel::High, &again.hearing(approval(|_| ()))), Outcome::Approved);
}

#[test]
fn an_approval_after_the_request_timed_out_is_too_late() {
    let early = "2026-11-21T09:30:00Z".parse().unwrap();
    let asked = || evidence().hearing(request("2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z"));

    let said = why(&asked().hearing(approval(|_| ())));

    assert_eq!(said, "came after the request had timed out at 2026-11-21T10:00:00Z");
    assert_eq!(outcome(RiskLevel::High, &asked().hearing(approval(|word| word.at = early))), Outcome::Approved);
}

/// A request of that time, open until then.
fn request(at: &str, until: &str) -> Word {
    let mut request = word(Saying::Request, "mira@example.com");
    request.id = Sha256::of(at.as_bytes());
    (request.at, request.expires) = (at.parse().unwrap(), until.parse().ok());
    request
}
