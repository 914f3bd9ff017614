//! Every rule of which approvals count: an approval that it refuses, and the same one that passes.

use super::samples::{assessment, change, deny, evidence, now, object, policy, word};
use super::{Extent, SetAside, decide};
use crate::model::{
    Against, Bond, Enforcement, Evidence, Exit, Gate, Outcome, Person, RiskLevel, Saying, Seal, Sha256, Word,
};

const LIN: &str = "lin@example.com";
const ADA: &str = "ada@example.com";

/// Lin's approval of the change, with something about it changed.
fn approval(change: impl FnOnce(&mut Word)) -> Word {
    let mut word = word(Saying::Approve, LIN);
    change(&mut word);
    word
}

fn bound(change: impl FnOnce(&mut Bond)) -> Word {
    approval(|word| change(word.bond.as_mut().unwrap()))
}

fn outcome(risk: RiskLevel, evidence: &Evidence) -> Outcome {
    decide(&assessment(risk), evidence, &policy(), Extent::Whole).outcome
}

/// Says why Lin's approval of a HIGH change does not count; fails when it does.
fn why(evidence: &Evidence) -> String {
    let decision = decide(&assessment(RiskLevel::High), evidence, &policy(), Extent::Whole);
    assert_ne!(decision.outcome, Outcome::Approved);
    assert_eq!(decision.rests_on, []);
    decision.not_counted[0].why.clone()
}

fn refused(word: Word) -> String {
    why(&evidence().hearing(word))
}

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
fn an_agent_cannot_approve_whatever_address_it_uses() {
    assert_eq!(refused(approval(|word| word.by_agent = true)), "is an agent; only people approve");
    assert_eq!(refused(word(Saying::Approve, "noreply@anthropic.com")), "is an agent; only people approve");
}

#[test]
fn whoever_asked_an_agent_for_the_change_cannot_approve_it() {
    let mut asked = evidence().hearing(approval(|_| ()));
    asked.landing.requested_by = vec!["Lin@Example.com".into()];

    assert_eq!(why(&asked), "asked an agent for a part of the change");
    asked.landing.requested_by = vec!["Lin of the core <LIN@example.com>".into()];
    assert_eq!(why(&asked), "asked an agent for a part of the change");
    for odd in ["Lin", "lin@", "<lin@example.com> or so", "lin@example.com, sam@example.com"] {
        asked.landing.requested_by = vec![odd.into()];
        let told = "cannot be told from whoever asked an agent for it, which names no address";
        assert_eq!(why(&asked), told, "{odd}");
    }
    asked.landing.requested_by = vec!["Mira <mira@example.com>".into()];
    assert_eq!(outcome(RiskLevel::High, &asked), Outcome::Approved);
}

#[test]
fn an_author_cannot_approve_under_another_name_with_the_same_key() {
    let also = vec!["mira@example.com".to_owned()];
    let mut given = evidence().hearing(approval(|word| word.seal = Seal::Good { key: "k".into(), also }));
    given.authors.push(Person { name: "Mira".into(), email: "Mira@example.com".into() });

    assert_eq!(why(&given), "signed with a key of Mira@example.com, who wrote or committed a part of the change");
    given.authors.clear();
    given.landing.requested_by.push("mira@example.com".into());
    assert_eq!(why(&given), "signed with a key of mira@example.com, who asked an agent for a part of the change");
    given.landing.requested_by.clear();
    assert_eq!(outcome(RiskLevel::High, &given), Outcome::Approved, "she had no part in it");
}

#[test]
fn two_names_with_one_key_are_one_person() {
    let key = || Seal::Good { key: "one key".into(), also: Vec::new() };
    let mut other = word(Saying::Approve, "sam@example.com");
    other.seal = key();
    let twice = evidence().hearing(approval(|word| word.seal = key())).hearing(other);

    let decision = decide(&assessment(RiskLevel::High), &twice, &policy(), Extent::Whole);

    assert_eq!(decision.needed[0].counted, [LIN]);
    assert_eq!(decision.not_counted[0].why, "signed with a key that has already approved; every person counts once");
}

#[test]
fn what_speaks_against_a_word_is_told_by_more_than_its_wording() {
    let against = |word: Word| {
        let said = evidence().hearing(approval(|_| ())).hearing(word);
        let decision = decide(&assessment(RiskLevel::High), &said, &policy(), Extent::Whole);
        decision.not_counted[0].against
    };

    assert_eq!(against(word(Saying::Approve, "eve@example.com")), Against::Speaker);
    assert_eq!(against(approval(|_| ())), Against::Repetition);
    assert_eq!(against(bound(|bond| bond.change = change(2))), Against::OtherBytes);
    assert_eq!(against(bound(|bond| bond.reference = Some("refs/heads/already".into()))), Against::Circumstance);
}

#[test]
fn somebody_without_a_role_counts_neither_for_nor_against() {
    let said = evidence().with(Saying::Approve, "eve@example.com").with(Saying::Reject, "eve@example.com");

    let decision = decide(&assessment(RiskLevel::High), &said, &policy(), Extent::Whole);

    assert_eq!(decision.outcome, Outcome::ApprovalPending);
    assert!(decision.not_counted.iter().all(|refused| refused.why == "holds no role in the policy"));
}

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

/// A request of that time, open until then.
fn request(at: &str, until: &str) -> Word {
    let mut request = word(Saying::Request, "mira@example.com");
    request.id = Sha256::of(at.as_bytes());
    (request.at, request.expires) = (at.parse().unwrap(), until.parse().ok());
    request
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
