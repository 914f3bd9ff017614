//! Who counts, and who is one person under two names.

use super::super::samples::{assessment, change, evidence, policy, word};
use super::super::{Extent, decide};
use super::{LIN, approval, bound, outcome, refused, why};
use crate::model::{Against, Outcome, Person, RiskLevel, Saying, Seal, Word};

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
    let why: Vec<&str> = decision.not_counted.iter().map(|refused| refused.why.as_str()).collect();
    assert_eq!(why, ["holds no role in the policy"; 2]);
}
