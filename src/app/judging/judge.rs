//! One judgement: law, change, assessment, evidence, decision.

use super::again::{self, Again};
use super::file::Examiner;
use super::hear::{self, Ears, Heard, Weighed};
use super::measured::{Measured, measured};
use super::next::next_steps;
use super::pushed::pushed;
use super::side::{Push, Side};
use super::signed::Signed;
use super::subject::Subject;
use super::target;
use super::{Question, Supposition, people};
use crate::app::law::{self, Law, WAIVERS_PATH};
use crate::app::memory::{Alone, Records, Signatures};
use crate::app::{Environment, Failure};
use crate::gate::{self, Extent};
use crate::git::{Commit, Repo};
use crate::model::{
    Assessment, ChangeId, Content, Decision, Enforcement, Evidence, Judgement, Landing, Moment, Need, ObjectId, Person,
    Reach, RepoPath, Risk, Saying, Sha256, Target, TargetKind, Word, branch_reference,
};
use crate::policy::{Audit, Notice, Policy, deciding_digest};

/// A judgement, with what only its record needs to know.
pub(in crate::app) struct Judged {
    pub(in crate::app) judgement: Judgement,
    /// What the policy that judged asks of the ledger.
    pub(in crate::app) audit: Audit,
    /// Whom that policy has told.
    pub(in crate::app) notices: Vec<Notice>,
    /// The policy's id of the agent at work.
    pub(in crate::app) agent: Option<String>,
    /// The branch whose level applied.
    pub(in crate::app) branch: Option<String>,
    /// The commit whose policy judged.
    pub(in crate::app) trusted: Option<ObjectId>,
    /// The commits judged, parents first.
    pub(in crate::app) commits: Vec<Commit>,
    /// The commits that these begin after, or what has them by now.
    pub(in crate::app) after: Vec<ObjectId>,
    /// How many signed files of the change are what was signed.
    pub(in crate::app) verified: usize,
    /// The whole change on its way, which approvals are bound to.
    pub(in crate::app) landing: Landing,
    /// What the whole of it asks for, and its risk: the judgement tells of what is left once approved
    /// commits are set aside.
    pub(in crate::app) needs: Vec<Need>,
    pub(in crate::app) risk: Risk,
    pub(in crate::app) authors: Vec<Person>,
    /// The tag that was named, the commits that what is staged is merged with, and the one that a forced
    /// push replaces.
    pub(in crate::app) tag: Option<ObjectId>,
    pub(in crate::app) merging: Vec<ObjectId>,
    pub(in crate::app) replaced: Option<ObjectId>,
    /// The commit it lands on.
    pub(in crate::app) onto: Option<ObjectId>,
    /// The entries of the ledger that were heard, and those of them that speak of the whole.
    pub(in crate::app) heard: Vec<Sha256>,
    pub(in crate::app) words: Vec<Word>,
    pub(in crate::app) policy: Policy,
}

impl Judged {
    /// What would follow for the whole if these words were said of it besides.
    pub(in crate::app) fn supposing(&self, words: Vec<Word>) -> Decision {
        let assessment = Assessment { risk: self.risk.clone(), ..self.judgement.assessment.clone() };
        gate::decide(&assessment, &self.evidence(words), &self.policy, Extent::Whole)
    }

    /// Why a word that asks to let it pass is no reason by itself.
    pub(in crate::app) fn against_asking(&self, word: &Word) -> Option<String> {
        gate::against_asking_by(word, self.risk.level, &self.evidence(Vec::new()), &self.policy)
    }

    /// Why a word that answers for it settles nothing.
    pub(in crate::app) fn against_ratifying(&self, word: &Word) -> Option<String> {
        gate::against_ratifying_by(word, &self.evidence(Vec::new()), &self.policy)
    }

    /// Why a word would not take back another that was heard.
    pub(in crate::app) fn against_taking_back(&self, word: &Word, taken: Sha256) -> Option<String> {
        let taken = self.words.iter().find(|word| word.id == taken)?;
        gate::may_not_take_back(word, taken, &self.evidence(Vec::new()), &self.policy)
    }

    fn evidence(&self, words: Vec<Word>) -> Evidence {
        let Self { judgement, landing, authors, agent, .. } = self;
        let is_of_it =
            |word: &&Word| word.bond.as_ref().is_none_or(|bond| landing.is_of(bond)) || word.saying != Saying::Approve;
        Evidence {
            gate: judgement.gate,
            level: judgement.level,
            authors: authors.clone(),
            agent: agent.clone(),
            landing: landing.clone(),
            words: self.words.iter().filter(is_of_it).cloned().chain(words).collect(),
        }
    }
}

pub(in crate::app) fn judge(repo: &Repo, question: &Question, environment: &Environment) -> Result<Judged, Failure> {
    let subject = target::find(repo, &question.asked)?;
    // Once it is committed nothing passes any more, not even what mends it.
    if subject.kind == TargetKind::Staged {
        law::refuse_unreadable(repo, subject.base, &subject.changes).map_err(Failure::proposed)?;
    }
    judge_found(repo, question, environment, subject)
}

/// The same for what a push brings to the other side.
pub(in crate::app) fn judge_push(
    repo: &Repo,
    question: &Question,
    environment: &Environment,
    (side, push): (&Side, &Push),
    records: &Records<'_>,
) -> Result<Judged, Failure> {
    let subject = pushed(repo, (side, push), records)?;
    let environment = people::as_recorded(environment, &subject, || Ok(records))?;
    judge_alone(repo, question, &environment, subject)
}

/// The same for what a record says was judged once.
pub(in crate::app) fn judge_again(
    repo: &Repo,
    question: &Question,
    environment: &Environment,
    again: &Again,
) -> Result<Judged, Failure> {
    let subject = again::again(repo, again)?;
    let law = Law::at(repo, subject.trusted)?;
    let case = Case { subject, law, signatures: &again.signatures, heard: Some(&again.heard) };
    weigh(repo, question, environment, case)
}

/// The same, hearing all that was said since.
pub(in crate::app) fn judge_anew(
    repo: &Repo,
    question: &Question,
    environment: &Environment,
    again: &Again,
) -> Result<Judged, Failure> {
    judge_found(repo, question, environment, again::again(repo, again)?)
}

fn judge_found(
    repo: &Repo,
    question: &Question,
    environment: &Environment,
    subject: Subject,
) -> Result<Judged, Failure> {
    let environment = people::as_recorded(environment, &subject, || Records::of(repo))?;
    judge_alone(repo, question, &environment, subject)
}

fn judge_alone(
    repo: &Repo,
    question: &Question,
    environment: &Environment,
    subject: Subject,
) -> Result<Judged, Failure> {
    let law = Law::at(repo, subject.trusted)?;
    weigh(repo, question, environment, Case { subject, law, signatures: &Signatures::default(), heard: None })
}

/// The same under a law that is given, such as a policy that is only being drafted.
pub(in crate::app) fn judge_under(
    repo: &Repo,
    question: &Question,
    environment: &Environment,
    law: Law,
) -> Result<Judgement, Failure> {
    let subject = target::find(repo, &question.asked)?;
    let case = Case { subject, law, signatures: &Signatures::default(), heard: None };
    Ok(weigh(repo, question, environment, case)?.judgement)
}

/// What is judged, and by what.
struct Case<'a> {
    subject: Subject,
    law: Law,
    signatures: &'a Signatures,
    /// The entries of the ledger that may be heard, where a record names them.
    heard: Option<&'a [Sha256]>,
}

fn weigh(repo: &Repo, question: &Question, environment: &Environment, case: Case<'_>) -> Result<Judged, Failure> {
    let Case { subject, law, signatures, heard } = case;
    let law = with_proposed_waivers(repo, &subject, law)?;
    let policy = &law.policy;
    let authors = people::authors(repo, &subject, environment);
    let agent = people::agent(&subject, &authors, environment, policy);
    let ears = Ears::open(repo, &subject, question.gate, heard)?;
    let signed = Signed {
        policy,
        target: headed_for(&subject, policy),
        signatures,
        alone: Alone::default(),
        is_landing: ears.is_landing,
    };
    let examiner = Examiner {
        law: &law,
        signed: &signed,
        by_agent: agent.is_some(),
        in_tree: subject.kind == TargetKind::Tree,
        today: environment.today()?,
        is_watched: environment.stderr_is_terminal,
        naming: question.naming,
    };
    let Measured { assessment, change, reach, verified, notes } = measured(repo, question, &subject, &examiner)?;
    let landing = landing(&subject, change, policy, environment)?;
    let level = level(question, policy, subject.branch.as_deref(), agent.as_deref());
    let words = supposed(question, landing.now);
    let evidence = Evidence { gate: question.gate, level, authors, agent: agent.clone(), landing, words };
    let decision = gate::decide(&assessment, &evidence, policy, Extent::Whole);
    let first = Weighed { assessment, evidence, decision };
    let Heard { weighed, needs, risk, ids: heard } = hear::hear(repo, &examiner, &subject, first, ears)?;
    let Weighed { assessment, decision, evidence } = weighed;
    let next = next_steps(question, subject.head, &assessment, &decision, &law);
    let audit = policy.audit;
    let judgement = Judgement {
        target: told(&subject, evidence.landing.change, reach),
        level: evidence.level,
        gate: evidence.gate,
        policy: law.reference,
        assessment,
        decision,
        notes,
        next,
    };
    let mut policy = law.policy;
    let notices = std::mem::take(&mut policy.notices);
    Ok(Judged {
        judgement,
        audit,
        notices,
        agent,
        branch: subject.branch,
        trusted: subject.trusted,
        commits: subject.commits,
        after: subject.after,
        verified,
        landing: evidence.landing,
        words: evidence.words,
        needs,
        risk,
        authors: evidence.authors,
        tag: subject.tag,
        merging: subject.merging,
        replaced: subject.replaced,
        onto: subject.onto,
        heard,
        policy,
    })
}

/// The law that judges, with the waivers that the change itself brings.
fn with_proposed_waivers(repo: &Repo, subject: &Subject, law: Law) -> Result<Law, Failure> {
    match proposed(repo, subject, WAIVERS_PATH)? {
        Some(waivers) => law.with_waivers(waivers).map_err(Failure::proposed),
        None => Ok(law),
    }
}

/// The environment that signed artifacts are headed for. The branch alone says it: that an agent is judged
/// more strictly moves none of them on. A tree is headed nowhere.
fn headed_for<'p>(subject: &Subject, policy: &'p Policy) -> Option<&'p str> {
    let target = policy.environment_of(policy.level_for(subject.branch.as_deref()));
    target.filter(|_| subject.kind.is_change())
}

/// The change on its way to where it lands.
fn landing(
    subject: &Subject,
    change: ChangeId,
    policy: &Policy,
    environment: &Environment,
) -> Result<Landing, Failure> {
    Ok(Landing {
        reference: subject.branch.as_deref().map(branch_reference),
        change,
        covered: Vec::new(),
        undone: Vec::new(),
        base: subject.base,
        head: subject.head,
        tree: subject.tree,
        law: deciding_digest(policy),
        now: environment.moment()?,
        requested_by: environment.requested_by()?.into_iter().collect(),
        fixes: Vec::new(),
    })
}

/// What was judged, as reports tell it.
fn told(subject: &Subject, change: ChangeId, reach: Option<Reach>) -> Target {
    Target {
        kind: subject.kind,
        described: subject.described.clone(),
        base: subject.base,
        head: subject.head,
        tree: subject.tree,
        change,
        commits: u32::try_from(subject.commits.len()).unwrap_or(u32::MAX),
        reach,
    }
}

/// A file of the law as the change leaves it, where the change touches it.
fn proposed(repo: &Repo, subject: &Subject, path: &str) -> Result<Option<Vec<u8>>, Failure> {
    let path = RepoPath::from(path);
    let change = subject.changes.iter().find(|change| change.path == path && change.new.is_some());
    match change.map(|change| repo.content(change.new, &path, &mut |_| ())).transpose()? {
        Some(Content::Bytes(bytes)) => Ok(Some(bytes)),
        Some(Content::Absent | Content::Large { .. } | Content::Commit(_)) | None => Ok(None),
    }
}

/// How strictly it is judged: as it was supposed or asked, else as its branch is, and no less than an agent.
fn level(question: &Question, policy: &Policy, branch: Option<&str>, agent: Option<&str>) -> Enforcement {
    let supposed = question.suppositions.iter().rev().find_map(|supposition| match supposition {
        Supposition::Level(level) => Some(*level),
        Supposition::Said { .. } => None,
    });
    let of_branch = policy.level_for(branch);
    let usual = if agent.is_some() { of_branch.max(policy.agents.at_least) } else { of_branch };
    supposed.or(question.level).unwrap_or(usual)
}

/// What people are supposed to have said of it.
fn supposed(question: &Question, now: Moment) -> Vec<Word> {
    let said = question.suppositions.iter().filter_map(|supposition| match supposition {
        Supposition::Said { by, saying } => Some(Word::supposed(by, saying.clone(), now)),
        Supposition::Level(_) => None,
    });
    said.collect()
}
