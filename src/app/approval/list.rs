//! `pending`, `status`, `history` and `show`: what was asked of people, and how far it has come.

use std::collections::BTreeMap;

use super::ask::request_id;
use super::debts::debts;
use super::matter::{Target, find, requests_named};
use crate::app::memory::Hearing;
use crate::app::{Answer, Environment, Failure, law};
use crate::gate::{self, Overriding, Rejection};
use crate::git::Repo;
use crate::ledger::member::{self, Asker, Extent};
use crate::model::{
    Against, Arrange, ChangeId, Enforcement, Entry, EntryKind, Evidence, Gate, Landing, Matter, MatterAnswer,
    MatterState, Moment, Need, ObjectId, Person, RiskLevel, Saying, Seal, Sha256, Word,
};
use crate::policy::{Policy, deciding_digest};
use crate::report::{self, Medium, Style};

/// What waits for an answer, and what somebody has to answer for; with a reviewer, only what is theirs.
pub fn pending(reviewer: Option<&str>, environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let all = Hearing::open(&repo, None, None)?;
    let debts = debts(&repo, &all, environment.moment()?, reviewer)?;
    let mut matters = matters(&repo, &all, environment)?;
    matters.retain(|(matter, policy)| {
        matter.state == MatterState::Pending && reviewer.is_none_or(|reviewer| waits_for(matter, policy, reviewer))
    });
    let matters: Vec<Matter> = matters.into_iter().map(|(matter, _)| matter).collect();
    let is_unfetched = repo.has_remote() && repo.streams()?.is_empty();
    let waiting = report::approval::Waiting { matters: &matters, debts: &debts, reviewer, is_unfetched };
    Ok(Answer::passing(report::approval::pending(&waiting, medium)))
}

/// Every request there was, newest first.
pub fn history(environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let all = Hearing::open(&repo, None, None)?;
    let matters: Vec<Matter> = matters(&repo, &all, environment)?.into_iter().map(|(matter, _)| matter).collect();
    Ok(Answer::passing(report::approval::history(&matters, medium)))
}

/// Who is needed for one request, who counted, and who did not and why.
pub fn status(named: &str, environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let matters = meant(&repo, named, environment)?;
    Ok(Answer::passing(report::approval::status(&matters, medium)))
}

/// The same, and what it changes.
pub fn show(
    named: &str,
    diff: bool,
    environment: &Environment,
    style: Style,
    medium: Medium,
) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let matters = meant(&repo, named, environment)?;
    let named = matters.first().map(|matter| matter.change.to_string());
    let target = Target { named, ..Target::default() };
    let judged = find(&repo, &target, environment);
    let patch = match &judged {
        Ok(judged) if diff => match judged.landing.tree {
            Some(tree) => Some(String::from_utf8_lossy(&repo.patch(judged.landing.base, tree)?).into_owned()),
            None => None,
        },
        Ok(_) | Err(_) => None,
    };
    let judgement = judged.ok().map(|judged| judged.judgement);
    let text = report::approval::show(&matters, judgement.as_ref(), patch.as_deref(), style, medium);
    Ok(Answer::passing(text))
}

/// The requests that are meant: of one change, for each branch that it is to land on.
fn meant(repo: &Repo, named: &str, environment: &Environment) -> Result<Vec<Matter>, Failure> {
    let unknown = || {
        Failure::new(format!("no request is called `{named}`"))
            .mended_by("see which there are: gov-hook history; fetch others' with: gov-hook audit sync")
    };
    let change = match requests_named(repo, named, environment)?.pop() {
        Some(spoken) => spoken.entry.change,
        // A revision stands for the change that it is.
        None if repo.resolve(named).is_ok_and(|found| found.is_some()) => {
            let target = Target { named: Some(named.to_owned()), ..Target::default() };
            Some(find(repo, &target, environment)?.landing.change)
        }
        None => None,
    };
    let found = matters(repo, &Hearing::open(repo, None, None)?, environment)?.into_iter().map(|(matter, _)| matter);
    let found: Vec<Matter> = found.filter(|matter| Some(matter.change) == change).collect();
    if found.is_empty() { Err(unknown()) } else { Ok(found) }
}

/// Every request with what became of it, newest first, and the policy it is judged by.
pub(super) fn matters(repo: &Repo, all: &Hearing, environment: &Environment) -> Result<Vec<(Matter, Policy)>, Failure> {
    let now = environment.moment()?;
    let mut newest: BTreeMap<(ChangeId, Option<String>), &Entry> = BTreeMap::new();
    for entry in all.spoken.iter().filter(|spoken| spoken.flaw.is_none()).map(|spoken| &spoken.entry) {
        let Some(change) = entry.change.filter(|_| entry.kind == EntryKind::Request) else { continue };
        let kept = newest.entry((change, entry.subject.reference.clone())).or_insert(entry);
        if entry.time >= kept.time {
            *kept = entry;
        }
    }
    let mut matters = Vec::new();
    for ((change, _), entry) in newest {
        matters.push(matter(repo, all, change, entry, now)?);
    }
    matters.arrange_by_key(|(matter, _)| (std::cmp::Reverse(matter.asked_at), matter.id.clone()));
    Ok(matters)
}

/// A request, and where what it asks for is to land.
struct Asked<'e> {
    entry: &'e Entry,
    change: ChangeId,
    /// Where the branch is that it is to land on.
    tip: Option<ObjectId>,
    /// The commit whose policy it was asked under.
    trusted: Option<ObjectId>,
}

impl<'e> Asked<'e> {
    fn of(repo: &Repo, change: ChangeId, entry: &'e Entry) -> Result<Self, Failure> {
        let tip = entry.subject.branch().map(|branch| tip(repo, branch)).transpose()?.flatten();
        let trusted = member::LAW.of(entry).filter(|law| repo.commit_here(*law).is_some()).or(tip);
        Ok(Self { entry, change, tip, trusted })
    }

    /// What judges it now; what has landed is told by the law it landed under.
    fn policy(&self, repo: &Repo) -> Result<Policy, Failure> {
        let has_landed = |tip| self.entry.subject.commit.is_some_and(|commit| repo.leads_to(commit, tip));
        let current = self.tip.filter(|tip| !has_landed(*tip));
        Ok(law::policy_at(repo, current.or(self.trusted))?.0)
    }

    /// What is known around it: as it was asked, and with all that was said of it since.
    fn evidence(&self, repo: &Repo, all: &Hearing, policy: &Policy, now: Moment) -> Result<Evidence, Failure> {
        let Self { entry, change, tip, trusted } = *self;
        let landing = landing(entry, change, policy, now);
        let person = |email| Person { name: String::new(), email };
        let authors: Vec<Person> = member::AUTHORS.each(entry).map(person).collect();
        let heard = all.under(repo, trusted)?;
        let mut words = heard.words(repo, &landing, tip.or(member::ONTO.of(entry)), &authors);
        let is_elsewhere = |word: &Word| word.bond.as_ref().is_some_and(|bond| bond.reference != landing.reference);
        // A rejection is about the bytes, wherever they land, until it is taken back.
        let rejections: Vec<Sha256> =
            words.iter().filter(|word| word.saying == Saying::Reject).map(|word| word.id).collect();
        let is_of_rejection = |word: &Word| {
            let is_back = |id: &Sha256| word.saying == Saying::Revoke { word: *id };
            word.saying == Saying::Reject || rejections.iter().any(is_back)
        };
        words.retain(|word| is_of_rejection(word) || !is_elsewhere(word));
        let level = member::ENFORCEMENT.of(entry).unwrap_or(Enforcement::Production);
        let gate = match member::GATE.of(entry) {
            Some(Asker::Gate(gate)) => gate,
            Some(Asker::Agent) | None => Gate::Push,
        };
        let agent = member::AGENT.of(entry);
        Ok(Evidence { gate, level, authors, agent, landing, words })
    }
}

fn matter(
    repo: &Repo,
    all: &Hearing,
    change: ChangeId,
    entry: &Entry,
    now: Moment,
) -> Result<(Matter, Policy), Failure> {
    let asked = Asked::of(repo, change, entry)?;
    let policy = asked.policy(repo)?;
    let evidence = asked.evidence(repo, all, &policy, now)?;
    let risk = entry.risk.as_ref().map_or((RiskLevel::Low, 0), |risk| (risk.level, risk.score));
    let weighed = gate::hear(member::NEEDED.each(entry).collect(), risk.0, &evidence, &policy);
    let overriding = gate::overriding(risk.0, &evidence, &policy);
    let landed = landed(&evidence.words, change, entry.time);
    let state = state(landed, &weighed, &overriding);
    let mut not_counted = weighed.not_counted;
    not_counted.extend(overriding.not_counted);
    not_counted.retain(|refused| refused.against != Against::OtherBytes);
    let answers =
        evidence.words.iter().filter(|word| word.bond.as_ref().is_some_and(|bond| evidence.landing.is_of(bond)));
    let entry_of = |id: Sha256| all.spoken.iter().find(|spoken| spoken.id == id).map(|spoken| &spoken.entry);
    let answers = answers.filter_map(|word| answered(word, entry_of(word.id)?)).collect();
    let Extent { changed, added, deleted } = member::EXTENT.of(entry).unwrap_or_default();
    let matter = Matter {
        id: request_id(change),
        change,
        reference: entry.subject.reference.clone(),
        state,
        asked_by: entry.actor.email.clone(),
        agent: evidence.agent,
        asked_at: entry.time,
        expires: member::EXPIRES.of(entry),
        risk,
        described: member::DESCRIBED.of(entry).unwrap_or_default(),
        commit: entry.subject.commit,
        base: entry.subject.base,
        files: [changed, added, deleted],
        authors: evidence.authors.into_iter().map(|author| author.email).collect(),
        needs: weighed.needs,
        not_counted,
        answers,
        reasons: entry.reasons.clone(),
        remarks: remarks(entry),
        landed,
    };
    Ok((matter, policy))
}

/// What a request asks to land, and where.
fn landing(entry: &Entry, change: ChangeId, policy: &Policy, now: Moment) -> Landing {
    Landing {
        reference: entry.subject.reference.clone(),
        change,
        covered: member::COVERED.each(entry).collect(),
        undone: Vec::new(),
        base: entry.subject.base,
        head: entry.subject.commit,
        tree: entry.subject.tree,
        law: deciding_digest(policy),
        now,
        requested_by: member::REQUESTED_BY.each(entry).collect(),
        fixes: Vec::new(),
    }
}

fn state(landed: Option<ObjectId>, weighed: &gate::Heard, overriding: &Overriding) -> MatterState {
    let stands = |rejection: &Rejection| overriding.by.as_ref().is_none_or(|by| !by.answers_for(rejection));
    if landed.is_some() {
        MatterState::Landed
    } else if weighed.rejections.iter().any(stands) {
        MatterState::Rejected
    } else if overriding.by.is_some() {
        MatterState::Overridden
    } else if weighed.timed_out.is_some() {
        MatterState::TimedOut
    } else if weighed.needs.iter().all(Need::is_met) {
        MatterState::Approved
    } else {
        MatterState::Pending
    }
}

/// What whoever asked had to say, by what it is.
fn remarks(entry: &Entry) -> Vec<(String, String)> {
    let said = [member::REASON, member::ASSESSMENT, member::TICKET].into_iter();
    let said = said.filter_map(|member| Some((member.name().to_owned(), member.of(entry)?)));
    let own = member::META.of(entry).into_iter().flatten();
    let own = own.filter_map(|(key, value)| Some((key, value.as_str()?.to_owned())));
    said.chain(own).collect()
}

/// Where a branch is that is to be landed on: on the other side, where there is one.
fn tip(repo: &Repo, branch: &str) -> Result<Option<ObjectId>, Failure> {
    Ok(match repo.remote_tip(branch)? {
        Some(tip) => Some(tip),
        None => repo.branch_tip(branch)?,
    })
}

/// Where it landed since it was asked about: what was undone may be asked about again.
fn landed(words: &[Word], change: ChangeId, asked_at: Moment) -> Option<ObjectId> {
    let mut since = words.iter().filter(|word| word.at >= asked_at);
    since.find_map(|word| match &word.saying {
        Saying::Land { commit, is_behind: true, .. } if word.bond.as_ref()?.change == change => Some(*commit),
        Saying::Land { .. }
        | Saying::Request
        | Saying::Approve
        | Saying::Reject
        | Saying::TimeOut
        | Saying::Revoke { .. }
        | Saying::BreakGlass { .. }
        | Saying::Ratify { .. }
        | Saying::AskOverride
        | Saying::GrantOverride { .. }
        | Saying::UseOverride { .. } => None,
    })
}

fn answered(word: &Word, entry: &Entry) -> Option<MatterAnswer> {
    let kind = match &word.saying {
        Saying::Approve => "approve",
        Saying::Reject => "reject",
        Saying::TimeOut => "timeout",
        Saying::Revoke { .. } => "revoke",
        Saying::AskOverride => "override request",
        Saying::GrantOverride { .. } => "override grant",
        Saying::UseOverride { .. } => "override use",
        Saying::BreakGlass { .. } => "break-glass",
        Saying::Ratify { .. } => "ratify",
        Saying::Request | Saying::Land { .. } => return None,
    };
    Some(MatterAnswer {
        kind,
        id: word.id,
        by: word.by.clone(),
        at: word.at,
        is_signed: matches!(word.seal, Seal::Good { .. }),
        expires: word.expires,
        text: word.text.clone(),
        blocking: member::BLOCKING.each(entry).collect(),
        reviewed: member::REVIEWED.each(entry).collect(),
    })
}

/// Whether a request still needs something that this person may give and has not given yet.
fn waits_for(matter: &Matter, policy: &Policy, reviewer: &str) -> bool {
    let is_them = |email: &String| email.eq_ignore_ascii_case(reviewer);
    !matter.authors.iter().any(is_them)
        && matter.needs.iter().any(|need| {
            !need.is_met() && !need.counted.iter().any(is_them) && policy.holds_a_role(reviewer, &need.roles)
        })
}
