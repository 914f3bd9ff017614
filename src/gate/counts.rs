//! Whose approval counts: one rule to a sentence, and the first that speaks against a word is told.

use crate::model::{Against, Bond, Enforcement, Evidence, Landing, NotCounted, RiskLevel, Saying, Seal, Word, address};
use crate::policy::Policy;

/// A word, and all that it is held against.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) word: &'a Word,
    pub(super) evidence: &'a Evidence,
    pub(super) policy: &'a Policy,
    /// The risk of what it is about, as it is now.
    pub(super) level: RiskLevel,
}

/// Why a word does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Objection {
    against: Against,
    pub(super) why: String,
}

impl Objection {
    pub(super) fn to(against: Against, why: impl Into<String>) -> Self {
        Self { against, why: why.into() }
    }

    pub(super) fn into_refusal_of(self, by: impl Into<String>) -> NotCounted {
        NotCounted { by: by.into(), against: self.against, why: self.why }
    }
}

/// Most objections are to how, where or when something was said.
impl<T: Into<String>> From<T> for Objection {
    fn from(why: T) -> Self {
        Self::to(Against::Circumstance, why)
    }
}

/// Says why a word does not count, or nothing.
type Rule = fn(&Case<'_>) -> Option<Objection>;

/// Who may say anything at all.
const OF_SPEAKERS: [Rule; 3] = [was_taken_back, is_ill_sealed, is_an_agent];

/// Who had a part in the change.
const OF_PARTIES: [Rule; 3] = [asked_an_agent_for_it, wrote_a_part, shares_a_key_with_an_author];

/// What a word is bound to.
const OF_BONDS: [Rule; 8] = [
    is_for_another_change,
    comes_another_way,
    is_for_another_branch,
    is_under_another_policy,
    starts_elsewhere,
    approved_less,
    is_for_another_tree,
    has_expired,
];

/// When an approval is of use.
const OF_APPROVALS: [Rule; 2] = [is_used_up, came_too_late];

/// Why a rejection is not heard.
pub(super) fn against_rejecting(case: &Case<'_>) -> Option<Objection> {
    against_speaking(case).or_else(|| is_nobody(case))
}

/// Why an approval does not count, whatever the roles that are asked for.
pub(super) fn against_approving(case: &Case<'_>) -> Option<Objection> {
    let mut rules =
        OF_SPEAKERS.iter().chain(&OF_PARTIES).chain(&[is_nobody as Rule]).chain(&OF_BONDS).chain(&OF_APPROVALS);
    rules.find_map(|rule| rule(case))
}

/// Why somebody's word settles nothing that was let by before.
pub(super) fn against_ratifying(case: &Case<'_>) -> Option<Objection> {
    let unsigned = lacks_a_signature(case.word, case.evidence.level == Enforcement::Production);
    let unsigned = || unsigned.then(|| "is not signed, and production asks for a signature".into());
    let own = || answers_for_own_work(case);
    against_rejecting(case).or_else(unsigned).or_else(own).or_else(|| shares_a_key_with_an_author(case))
}

/// Why somebody's reason is not enough to let a change pass. Whoever had a part in what an agent made
/// cannot be told from the agent: it may have asked in their name.
pub(super) fn against_asking(case: &Case<'_>) -> Option<Objection> {
    let of_agents = || case.evidence.agent.as_ref().and_then(|_| had_a_part(case));
    against_speaking(case).or_else(of_agents)
}

/// Why a word is nobody's, whatever it says.
pub(super) fn against_speaking(case: &Case<'_>) -> Option<Objection> {
    OF_SPEAKERS.iter().find_map(|rule| rule(case))
}

/// What part somebody had in the change, where that bars them.
pub(super) fn had_a_part(case: &Case<'_>) -> Option<Objection> {
    OF_PARTIES.iter().find_map(|rule| rule(case))
}

fn answers_for_own_work(case: &Case<'_>) -> Option<Objection> {
    (case.word.of_own_work && !case.policy.approvals.author_may_approve)
        .then(|| "had a part in what it answers for".into())
}

/// Why a word does not fit what lands, whoever said it.
pub(super) fn against_binding(case: &Case<'_>) -> Option<Objection> {
    OF_BONDS.iter().find_map(|rule| rule(case))
}

/// A demand for a signature that the word does not meet.
pub(super) fn lacks_a_signature(word: &Word, is_demanded: bool) -> bool {
    is_demanded && !matches!(word.seal, Seal::Good { .. })
}

/// Whether a word is about what lands now, rather than about what it once was.
pub(super) fn is_about(word: &Word, landing: &Landing) -> bool {
    word.bond.as_ref().is_none_or(|bond| landing.is_of(bond))
}

/// The newest request for what lands: it sets the time that an answer may take.
pub(super) fn request(evidence: &Evidence) -> Option<&Word> {
    let is_it = |word: &&Word| {
        let here = word.bond.as_ref().is_some_and(|bond| bond.reference == evidence.landing.reference);
        word.saying == Saying::Request && here && is_about(word, &evidence.landing)
    };
    evidence.words.iter().filter(is_it).max_by_key(|word| word.at)
}

/// What bars somebody from a change, whatever they say of it.
pub(super) fn of_speaker(why: impl Into<String>) -> Objection {
    Objection::to(Against::Speaker, why)
}

fn was_taken_back(case: &Case<'_>) -> Option<Objection> {
    let takes_back = |other: &&Word| {
        other.saying == Saying::Revoke { word: case.word.id }
            && against_taking_back(&Case { word: other, ..*case }, case.word).is_none()
    };
    let revoked = case.evidence.words.iter().find(takes_back)?;
    Some(format!("was taken back by {} at {}", revoked.by, revoked.at).into())
}

/// Why a word does not take another back. What is signed is taken back by signature: anybody can write
/// a name. Nobody who had a part in a change takes back that somebody else rejected it.
pub(super) fn against_taking_back(case: &Case<'_>, taken: &Word) -> Option<Objection> {
    let own = case.word.by.eq_ignore_ascii_case(&taken.by);
    let may = own || case.policy.holds_a_role(&case.word.by, &case.policy.approvals.critical.roles);
    let by_signature = matches!(taken.seal, Seal::Good { .. }) || case.evidence.level == Enforcement::Production;
    let part = || if own || taken.saying != Saying::Reject { None } else { had_a_part(case) };
    let unsigned = || lacks_a_signature(case.word, by_signature).then(|| "does not sign it".into());
    (!may)
        .then(|| "is neither whoever said it nor somebody who may approve what is critical".into())
        .or_else(|| is_ill_sealed(case))
        .or_else(|| is_an_agent(case))
        .or_else(part)
        .or_else(unsigned)
}

fn is_ill_sealed(case: &Case<'_>) -> Option<Objection> {
    if let Seal::Bad(why) = &case.word.seal { Some(why.as_str().into()) } else { None }
}

fn is_an_agent(case: &Case<'_>) -> Option<Objection> {
    let known = |by: &str| {
        let agents = &case.policy.agents.identities;
        agents.iter().any(|agent| agent.emails.iter().any(|email| email.matches(by)))
    };
    (case.word.by_agent || known(&case.word.by)).then(|| of_speaker("is an agent; only people approve"))
}

fn is_nobody(case: &Case<'_>) -> Option<Objection> {
    (!case.policy.holds_a_role(&case.word.by, &[])).then(|| of_speaker("holds no role in the policy"))
}

/// What is not an address may be anybody's.
fn asked_an_agent_for_it(case: &Case<'_>) -> Option<Objection> {
    let asked = &case.evidence.landing.requested_by;
    if case.policy.approvals.author_may_approve {
        None
    } else if asked.iter().filter_map(|by| address(by)).any(|by| by.eq_ignore_ascii_case(&case.word.by)) {
        Some(of_speaker("asked an agent for a part of the change"))
    } else {
        let unread = asked.iter().any(|by| address(by).is_none());
        unread.then(|| of_speaker("cannot be told from whoever asked an agent for it, which names no address"))
    }
}

fn wrote_a_part(case: &Case<'_>) -> Option<Objection> {
    let does = !case.policy.approvals.author_may_approve && is_an_author(case);
    does.then(|| of_speaker("wrote or committed a part of the change"))
}

pub(super) fn is_an_author(case: &Case<'_>) -> bool {
    case.evidence.authors.iter().any(|author| author.has_email(&case.word.by))
}

/// Two addresses with one key are one person.
fn shares_a_key_with_an_author(case: &Case<'_>) -> Option<Objection> {
    if case.policy.approvals.author_may_approve { None } else { key_of_another(case) }
}

pub(super) fn key_of_another(case: &Case<'_>) -> Option<Objection> {
    let Case { word: Word { seal, .. }, evidence, .. } = case;
    let author = evidence.authors.iter().map(|author| &author.email).find(|author| seal.is_of(author));
    let asker = || evidence.landing.requested_by.iter().find(|by| address(by).is_some_and(|by| seal.is_of(by)));
    let of_author = |author| format!("signed with a key of {author}, who wrote or committed a part of the change");
    let of_asker = |asker| format!("signed with a key of {asker}, who asked an agent for a part of the change");
    author.map(of_author).or_else(|| asker().map(of_asker)).map(of_speaker)
}

fn is_for_another_change(case: &Case<'_>) -> Option<Objection> {
    (!is_about(case.word, &case.evidence.landing))
        .then(|| Objection::to(Against::OtherBytes, "approved other bytes: what it was given for has changed since"))
}

/// What the whole leaves as it was is no part of the bytes that were approved: only who was shown the commits
/// that touch it has approved that, too.
fn comes_another_way(case: &Case<'_>) -> Option<Objection> {
    let bond = bond(case)?;
    let unseen =
        case.evidence.landing.undone.iter().any(|change| *change != bond.change && !bond.covered.contains(change));
    unseen.then(|| {
        let why = "approved other commits: one that it was not given for touches what the whole leaves as it was";
        Objection::to(Against::OtherBytes, why)
    })
}

fn is_for_another_branch(case: &Case<'_>) -> Option<Objection> {
    let bond = bond(case)?;
    (bond.reference != case.evidence.landing.reference).then(|| {
        let name = |reference: &Option<String>| reference.clone().unwrap_or_else(|| "no branch".into());
        format!("is for {}, not for {}", name(&bond.reference), name(&case.evidence.landing.reference)).into()
    })
}

fn is_under_another_policy(case: &Case<'_>) -> Option<Objection> {
    (bond(case)?.law != Some(case.evidence.landing.law)).then(|| "was given under another policy".into())
}

fn starts_elsewhere(case: &Case<'_>) -> Option<Objection> {
    (!bond(case)?.is_base_there).then(|| "starts from a commit that is not in the history it lands on".into())
}

fn approved_less(case: &Case<'_>) -> Option<Objection> {
    let approved = bond(case)?.level;
    let told = approved.map_or("no risk", RiskLevel::as_str);
    (approved < Some(case.level)).then(|| format!("approved a risk of {told}; it is {} now", case.level).into())
}

/// What is critical is approved as the whole that comes of it: on top of other files it is another.
fn is_for_another_tree(case: &Case<'_>) -> Option<Objection> {
    let other = bond(case)?.tree != case.evidence.landing.tree;
    (case.level == RiskLevel::Critical && other)
        .then(|| "approved other files beside the change; a critical one is approved as the whole that results".into())
}

fn has_expired(case: &Case<'_>) -> Option<Objection> {
    let expires = case.word.expires.filter(|expires| case.evidence.landing.now >= *expires)?;
    Some(format!("expired at {expires}").into())
}

/// A landing that set out and did not arrive may be tried again; one that was undone may not.
fn is_used_up(case: &Case<'_>) -> Option<Objection> {
    let landing = &case.evidence.landing;
    case.evidence.words.iter().find_map(|word| {
        let Saying::Land { commit, used, is_behind: true } = &word.saying else { return None };
        let elsewhere = landing.head != Some(*commit) && used.contains(&case.word.id);
        elsewhere.then(|| format!("was used when {} landed", commit.short()).into())
    })
}

fn came_too_late(case: &Case<'_>) -> Option<Objection> {
    let request = request(case.evidence)?;
    let expires = request.expires.filter(|expires| case.word.at >= *expires && case.word.at >= request.at)?;
    Some(format!("came after the request had timed out at {expires}").into())
}

fn bond<'a>(case: &Case<'a>) -> Option<&'a Bond> {
    case.word.bond.as_ref()
}
