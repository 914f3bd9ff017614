//! What lets a change by as it is, who may grant it, and who answers for it.

use super::super::samples::{assessment, change, deny, evidence, now, object, policy, word};
use super::super::{Extent, decide};
use super::{ADA, LIN, outcome};
use crate::model::{Enforcement, Evidence, Exit, Gate, Outcome, Person, RiskLevel, Saying, Seal, Word};

#[test]
fn below_production_a_reason_is_enough_to_override_and_an_agent_has_none() {
    let asked = |by_agent| {
        let mut ask = word(Saying::AskOverride, "mira@example.com");
        ask.by_agent = by_agent;
        evidence().hearing(ask)
    };
    let mut denied = assessment(RiskLevel::High);
    denied.findings.push(deny());

    let overridden = decide(&denied, &asked(false), &policy(), Extent::Whole);

    assert_eq!((overridden.outcome, overridden.exit), (Outcome::Overridden, Exit::Pass));
    assert_eq!(overridden.reasons.last().unwrap().what, "overridden by mira@example.com: because");
    assert_eq!(overridden.rests_on.len(), 1);
    assert_eq!(outcome(RiskLevel::High, &asked(true)), Outcome::ApprovalPending);
    let production = Evidence { level: Enforcement::Production, ..asked(false) };
    assert_eq!(outcome(RiskLevel::High, &production), Outcome::ApprovalPending);
}

#[test]
fn an_override_answers_for_the_rejections_before_it_and_for_none_that_comes_after() {
    let rejected_at = |at: &str| {
        let mut no = word(Saying::Reject, "ada@example.com");
        no.at = at.parse().unwrap();
        let evidence = evidence().with(Saying::AskOverride, "mira@example.com").hearing(no);
        let decision = decide(&assessment(RiskLevel::High), &evidence, &policy(), Extent::Whole);
        let reasons: Vec<String> = decision.reasons.into_iter().map(|reason| reason.what).collect();
        (decision.outcome, decision.exit, reasons)
    };

    let (outcome, exit, reasons) = rejected_at("2026-11-21T10:59:59Z");
    assert_eq!((outcome, exit), (Outcome::Overridden, Exit::Pass));
    assert!(reasons.contains(&"rejected by ada@example.com".to_owned()), "{reasons:?}");

    let (outcome, exit, reasons) = rejected_at("2026-11-21T11:00:01Z");
    assert_eq!((outcome, exit), (Outcome::Rejected, Exit::Denied));
    assert_eq!(reasons[0], "rejected by ada@example.com after it was overridden");
    assert!(reasons.contains(&"overridden by mira@example.com: because".to_owned()), "{reasons:?}");

    let mut again = word(Saying::AskOverride, "mira@example.com");
    again.at = "2026-11-21T11:30:00Z".parse().unwrap();
    let mut no = word(Saying::Reject, "ada@example.com");
    no.at = "2026-11-21T11:15:00Z".parse().unwrap();
    let evidence = evidence().hearing(again).hearing(no).with(Saying::AskOverride, "mira@example.com");
    assert_eq!(
        self::outcome(RiskLevel::High, &evidence),
        Outcome::Overridden,
        "the newest of two counts, in whatever order they are heard"
    );
}

#[test]
fn an_agent_may_only_ask_and_whoever_had_a_part_in_its_work_may_have_been_the_agent() {
    let asked = |by| Evidence { agent: Some("claude".into()), ..evidence().with(Saying::AskOverride, by) };
    let told = |evidence: &Evidence| {
        let decision = decide(&assessment(RiskLevel::High), evidence, &policy(), Extent::Whole);
        (decision.outcome, decision.not_counted.first().map(|refused| refused.why.clone()).unwrap_or_default())
    };
    let pending = |why: &str| (Outcome::ApprovalPending, why.to_owned());
    let mira = || Person { name: "Mira".into(), email: "mira@example.com".into() };

    let known = evidence().with(Saying::AskOverride, "noreply@anthropic.com");
    assert_eq!(told(&known), pending("is an agent; only people approve"));
    assert_eq!(told(&asked("mira@example.com")), (Outcome::Overridden, String::new()), "somebody else");
    let mut author = asked("MIRA@example.com");
    author.authors.push(mira());
    assert_eq!(told(&author), pending("wrote or committed a part of the change"));
    let mut requester = asked("mira@example.com");
    requester.landing.requested_by.push("mira@example.com".into());
    assert_eq!(told(&requester), pending("asked an agent for a part of the change"));
    let mut own = evidence().with(Saying::AskOverride, "mira@example.com");
    own.authors.push(mira());
    assert_eq!(told(&own), (Outcome::Overridden, String::new()), "no agent had a part in it");
}

/// Mira asked for an override at production, and somebody granted it.
fn granted(change: impl FnOnce(&mut Word)) -> Evidence {
    let ask = word(Saying::AskOverride, "mira@example.com");
    let mut grant = word(Saying::GrantOverride { asked: ask.id }, ADA);
    change(&mut grant);
    Evidence { level: Enforcement::Production, ..evidence().hearing(ask).hearing(grant) }
}

#[test]
fn production_takes_an_override_only_when_an_admin_signed_it_and_while_it_lasts() {
    let refused = |evidence: &Evidence| {
        let decision = decide(&assessment(RiskLevel::High), evidence, &policy(), Extent::Whole);
        assert_eq!(decision.outcome, Outcome::ApprovalPending);
        decision.not_counted[0].why.clone()
    };

    assert_eq!(outcome(RiskLevel::High, &granted(|_| ())), Outcome::Overridden);
    let unsigned = granted(|grant| grant.seal = Seal::Missing);
    assert_eq!(refused(&unsigned), "is not signed, and production asks for a signature");
    let lead = granted(|grant| grant.by = LIN.into());
    assert_eq!(refused(&lead), "only these may grant an override: admin");
    let over = granted(|grant| grant.expires = Some(now()));
    assert_eq!(refused(&over), "expired at 2026-11-21T12:00:00Z");
    let elsewhere = granted(|grant| grant.bond.as_mut().unwrap().change = change(9));
    assert_eq!(refused(&elsewhere), "approved other bytes: what it was given for has changed since");
}

#[test]
fn an_override_is_taken_back_by_its_granter_and_by_an_admin() {
    let taken_back = |by| {
        let grant = granted(|_| ());
        let of = grant.words[1].id;
        outcome(RiskLevel::High, &grant.with(Saying::Revoke { word: of }, by))
    };
    let ask = word(Saying::AskOverride, "mira@example.com");
    let reason = evidence().hearing(ask.clone()).with(Saying::Revoke { word: ask.id }, ADA);

    assert_eq!(taken_back(ADA), Outcome::ApprovalPending);
    assert_eq!(taken_back("mira@example.com"), Outcome::Overridden);
    assert_eq!(outcome(RiskLevel::High, &reason), Outcome::ApprovalPending);
}

#[test]
fn nobody_grants_their_own_override() {
    let mut own = granted(|_| ());
    own.words[0].by = ADA.into();
    let mut author = granted(|_| ());
    author.authors.push(Person { name: "Ada".into(), email: ADA.into() });

    let keyed = || {
        let also = vec!["mira@example.com".to_owned()];
        granted(|grant| grant.seal = Seal::Good { key: "k".into(), also })
    };
    let mut of_author = keyed();
    of_author.words[0].by = "sam@example.com".into();
    of_author.authors.push(Person { name: "Mira".into(), email: "mira@example.com".into() });
    let mut requester = granted(|_| ());
    requester.landing.requested_by.push(ADA.into());

    for (name, evidence) in [
        ("asker", own),
        ("author", author),
        ("asker's key", keyed()),
        ("author's key", of_author),
        ("requester", requester),
    ] {
        assert_eq!(outcome(RiskLevel::High, &evidence), Outcome::ApprovalPending, "{name}");
    }
}

#[test]
fn production_takes_nothing_more_until_somebody_answers_for_what_was_let_by() {
    let glass = || word(Saying::BreakGlass { commit: object(7) }, "mira@example.com");
    let at = |level| Evidence { level, ..evidence().hearing(glass()) };
    let decide_on = |evidence: &Evidence| decide(&assessment(RiskLevel::Low), evidence, &policy(), Extent::Whole);
    let ratified = |by| at(Enforcement::Production).with(Saying::Ratify { commit: object(7) }, by);

    let owed = decide_on(&at(Enforcement::Production));

    assert_eq!((owed.outcome, owed.exit), (Outcome::Blocked, Exit::Denied));
    let told = "mira@example.com let 070707070707 by unjudged at 2026-11-21T11:00:00Z; \
                somebody has to answer for it: gov-hook ratify 070707070707";
    assert_eq!(owed.reasons[0].what, told);
    assert_eq!(decide_on(&at(Enforcement::Staging)).outcome, Outcome::AutoApproved);
    assert_eq!(decide_on(&ratified(LIN)).outcome, Outcome::AutoApproved);
    assert_eq!(decide_on(&ratified("mira@example.com")).outcome, Outcome::Blocked);
    assert_eq!(decide_on(&ratified("eve@example.com")).outcome, Outcome::Blocked);
    let mut unsigned = ratified(LIN);
    unsigned.words[1].seal = Seal::Missing;
    assert_eq!(decide_on(&unsigned).outcome, Outcome::Blocked);
    let mut author = ratified(LIN);
    author.words[1].of_own_work = true;
    assert_eq!(decide_on(&author).outcome, Outcome::Blocked);
    let mut same_key = ratified(LIN);
    same_key.words[1].seal = Seal::Good { key: "k".into(), also: vec!["mira@example.com".into()] };
    assert_eq!(decide_on(&same_key).outcome, Outcome::Blocked);
    let mut mends = at(Enforcement::Production);
    mends.landing.fixes = vec![object(7)];
    assert_eq!(decide_on(&mends).outcome, Outcome::AutoApproved);
}

#[test]
fn an_override_lets_one_commit_and_one_push_pass() {
    let used = |gate, base| {
        let granted = granted(|_| ());
        let of = granted.words[1].id;
        let mut used = word(Saying::UseOverride { of, gate }, "mira@example.com");
        used.bond.as_mut().unwrap().base = Some(object(base));
        granted.hearing(used)
    };

    assert_eq!(outcome(RiskLevel::High, &used(Gate::Push, 8)), Outcome::ApprovalPending);
    assert_eq!(outcome(RiskLevel::High, &used(Gate::Commit, 8)), Outcome::Overridden);
    assert_eq!(outcome(RiskLevel::High, &used(Gate::Push, 1)), Outcome::Overridden, "the same attempt again");
}
