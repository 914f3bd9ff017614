//! What one reference of a push brings to the other side: judged by the law of where it goes, with
//! what is on record of its commits.

use std::collections::HashSet;

use super::line::Line;
use super::refusal::Refusal;
use crate::app::judging::{self, Asked, Judged, Push, Question, Side};
use crate::app::law::{Law, is_of_law, policy_at};
use crate::app::memory::{Act, Records, Standing, binding, signers, unfounded};
use crate::app::record::{Fate, Moved, afterwards, pushed};
use crate::app::{Environment, Failure, notify};
use crate::gate;
use crate::git::{Commit, REVIEW, Repo};
use crate::ledger::member::{self, Cause};
use crate::model::{
    Actor, Ending, Enforcement, EntrySubject, Exit, Gate, ObjectId, Outcome, RecordStatus, branch_reference, counted,
    shell_word,
};
use crate::policy::Audit;
use crate::report::printable;

/// At most this many unrecorded commits are also judged one by one; the push has judged all of them
/// together, and read every one.
const MOST_JUDGED: usize = 100;

/// What is needed to judge whatever arrives.
#[derive(Clone, Copy)]
pub(super) struct Gatekeeper<'a> {
    pub(super) repo: &'a Repo,
    pub(super) side: &'a Side,
    pub(super) records: &'a Records<'a>,
    pub(super) environment: &'a Environment,
}

/// One reference, judged.
pub(super) struct Arrival {
    pub(super) line: Line,
    /// None for a reference that goes away.
    pub(super) judged: Option<Judged>,
    pub(super) audit: Audit,
    level: Enforcement,
    /// How many commits the other side loses.
    pub(super) given_up: usize,
    standing: Standing,
    /// What stands in its way besides the judgement itself.
    pub(super) refusals: Vec<Refusal>,
}

impl Gatekeeper<'_> {
    pub(super) fn arrival(&self, line: &Line) -> Result<Arrival, Failure> {
        let Some(new) = line.new else { return self.deletion(line) };
        let push = Push { branch: line.branch().map(str::to_owned), old: line.old, new };
        let mut asked = Question::of(self.asked_by_hand(line, new), Gate::Push);
        // What is only shown to reviewers lands nowhere; what is denied is not even shown.
        asked.level = line.reference.starts_with(REVIEW).then_some(Enforcement::Development);
        let judged = judging::judge_push(self.repo, &asked, self.environment, (self.side, &push), self.records)?;
        let mut arrival = Arrival {
            line: line.clone(),
            audit: judged.audit,
            level: judged.judgement.level,
            given_up: self.given_up(line.old, new)?,
            standing: Standing::default(),
            refusals: Vec::new(),
            judged: None,
        };
        // git makes the commits of its notes itself, and asks no hook about them.
        if !line.reference.starts_with("refs/notes/") && !line.reference.starts_with(REVIEW) {
            arrival.standing = Standing::of(self.repo, self.records, &judged.commits, line.branch())?;
        }
        if arrival.level == Enforcement::Production {
            arrival.refusals.extend(arrival.forced());
        }
        if Gate::Push.asks_for_records(arrival.level) {
            arrival.refusals.extend(self.without_record(&arrival));
        }
        arrival.refusals.extend(self.other_law(line)?);
        arrival.refusals.extend(self.unreadable_law(&judged, new)?);
        arrival.refusals.extend(self.unfounded_anchor(&judged, line)?);
        arrival.judged = Some(judged);
        Ok(arrival)
    }

    /// The words by which a person asks for the same judgement.
    fn asked_by_hand(&self, line: &Line, new: ObjectId) -> Asked {
        let asked = match (line.old, self.side.default_tip()) {
            (Some(old), _) => Asked::revision(format!("{}..{}", old.short(), new.short())),
            (None, Some(default)) => Asked::revision(format!("{}...{}", default.short(), new.short())),
            (None, None) => Asked::default(),
        };
        Asked { onto: line.branch().map(str::to_owned), ..asked }
    }

    fn deletion(&self, line: &Line) -> Result<Arrival, Failure> {
        // A tag is nobody's own law.
        let old = line.old.filter(|_| line.branch().is_some());
        let policy = self.side.law_of_deletion(self.repo, old)?;
        let usual = policy.level_for(line.branch());
        let level = if self.environment.agent.is_some() { usual.max(policy.agents.at_least) } else { usual };
        let mut refusals = Vec::new();
        if level == Enforcement::Production && line.branch().is_some() {
            refusals.push(Refusal::denied("it is a production branch and cannot be deleted").mended_by(
                "first take it off `enforcement.branches` in its own .gov/policy.yaml, which asks for an approval",
            ));
        }
        let is_default = line.branch().is_some_and(|branch| self.side.default.as_deref() == Some(branch));
        if level == Enforcement::Staging && is_default {
            refusals.push(
                Refusal::denied("it is the default branch, from which new branches take their policy")
                    .mended_by("make another branch the default there first, then delete it"),
            );
        }
        Ok(Arrival {
            line: line.clone(),
            judged: None,
            audit: policy.audit,
            level,
            given_up: 0,
            standing: Standing::default(),
            refusals,
        })
    }

    /// How many commits are there and in nothing that comes instead.
    fn given_up(&self, old: Option<ObjectId>, new: ObjectId) -> Result<usize, Failure> {
        let commit = |id| self.repo.commit_at(id);
        let (Some(old), Some(new)) = (old.map(commit).transpose()?.flatten(), commit(new)?) else { return Ok(0) };
        Ok(self.repo.commits_between(&[new], old)?.len())
    }

    fn without_record(&self, arrival: &Arrival) -> Option<Refusal> {
        let missing = arrival.standing.without_record();
        let why = gate::refusal(&missing)?;
        let listed = gate::listed(&missing).iter().map(|line| printable(line)).collect();
        let mend = match arrival.standing.let_by(self.records) {
            Some(id) => format!("somebody else has to answer for it: gov-hook ratify {}", id.short()),
            None => format!("gov-hook record {} --reason WHY", arrival.standing.range_of_missing(arrival.line.old)),
        };
        // Whoever was stopped here pushed without the hook that takes the records along.
        let sent = if self.side.is_here { ", then gov-hook audit sync" } else { "" };
        Some(Refusal::denied(why).listing(listed).mended_by(mend + sent))
    }

    /// Where HEAD names no branch that is here, a new one could set itself above the policy of all others.
    fn other_law(&self, line: &Line) -> Result<Option<Refusal>, Failure> {
        let (None, Some(branch), Some(default)) = (line.old, line.branch(), &self.side.default) else {
            return Ok(None);
        };
        if !self.side.gives_way_to(self.repo, branch)? || policy_at(self.repo, self.side.default_tip())?.1.built_in {
            return Ok(None);
        }
        let why = "new branches would no longer take their policy from the default branch, which HEAD does not name";
        let mend = format!("on the server: git symbolic-ref HEAD {}", shell_word(&branch_reference(default)));
        Ok(Some(Refusal::denied(why).mended_by(mend)))
    }

    /// A law that nobody can read would let nothing pass any more, not even what mends it.
    fn unreadable_law(&self, judged: &Judged, new: ObjectId) -> Result<Option<Refusal>, Failure> {
        let mut files = judged.judgement.assessment.files.iter();
        if !files.any(|file| file.facts.change.paths().any(is_of_law)) {
            return Ok(None);
        }
        let commit = self.repo.commit_at(new)?;
        let found = Law::at(self.repo, commit).and_then(|_| signers(self.repo, commit).map(drop));
        Ok(found.err().map(|failure| {
            Refusal::denied(format!("the law it brings cannot be read: {}", failure.in_short()))
                .mended_by("gov-hook policy check")
        }))
    }

    /// A commit or a tag that names a checkpoint which never was would have every audit find the ledger cut.
    fn unfounded_anchor(&self, judged: &Judged, line: &Line) -> Result<Option<Refusal>, Failure> {
        let lines = unfounded(self.repo, &judged.commits, judged.tag.map(|tag| (line.short(), tag)))?;
        let refused = Refusal::denied("the checkpoint that its trailer `Gov-Checkpoint:` names is not on record");
        let lines: Vec<String> = lines.iter().map(|line| printable(line)).collect();
        let mend = "take the trailer out of the message; if another clone has the checkpoint: gov-hook audit sync";
        Ok((!lines.is_empty()).then(|| refused.listing(lines).mended_by(mend)))
    }

    /// Puts down what is not on record yet: what was decided before a commit is bound to it, each commit
    /// that git asks nobody about is judged, and one that was made past all hooks is told as that.
    pub(super) fn late(&self, arrivals: &[Arrival]) -> Result<Vec<Act>, Failure> {
        // However many references bring a commit, it goes on record once.
        let (mut acts, mut known) = (Vec::new(), HashSet::new());
        for arrival in arrivals {
            acts.extend(arrival.standing.bound.iter().filter(|act| known.insert(act.object)).cloned());
            for (commit, cause) in arrival.standing.late.iter().filter(|(commit, _)| known.insert(commit.id)) {
                acts.extend(self.judged_now(arrival, commit, *cause)?);
            }
            let told =
                arrival.standing.missing.iter().filter(|(commit, _)| arrival.standing.told_here.contains(&commit.id));
            for (at, (commit, _)) in told.filter(|(commit, _)| known.insert(commit.id)).enumerate() {
                acts.push(binding(commit, arrival.line.branch()));
                if at < MOST_JUDGED {
                    acts.extend(self.judged_now(arrival, commit, Cause::Bypass)?);
                }
            }
        }
        Ok(acts)
    }

    /// Judges each commit that was made past the hooks or without them, as far as there are not too
    /// many. It puts none on record: it says what they are.
    pub(super) fn missing(&self, arrival: &Arrival) -> Result<Vec<Act>, Failure> {
        let mut acts = Vec::new();
        for (commit, _) in arrival.standing.missing.iter().take(MOST_JUDGED) {
            acts.extend(self.judged_now(arrival, commit, Cause::Push)?);
        }
        Ok(acts)
    }

    fn judged_now(&self, arrival: &Arrival, commit: &Commit, cause: Cause) -> Result<Option<Act>, Failure> {
        Ok(afterwards(self.repo, commit.id, arrival.line.branch(), (cause, self.environment))?.1)
    }
}

impl Arrival {
    /// What would come of this reference alone.
    pub(super) fn exit(&self) -> Ending {
        let judged = self.judged.as_ref().map_or(Exit::Pass, |judged| judged.judgement.decision.exit);
        self.refusals.iter().fold(judged.into(), |exit: Ending, refusal| exit.max(refusal.exit))
    }

    /// Whether it passes by somebody's word, which may have been outweighed or taken back since.
    pub(super) fn rests_on_a_word(&self) -> bool {
        let rests = |judged: &Judged| {
            let decision = &judged.judgement.decision;
            !decision.rests_on.is_empty() || matches!(decision.outcome, Outcome::Approved | Outcome::Overridden)
        };
        self.judged.as_ref().is_some_and(rests)
    }

    /// Tells those whom the policy names what was decided; `exit` is what came of it.
    pub(super) fn tell(&self, repo: &Repo, environment: &Environment, exit: Ending, actor: &Actor) {
        if let Some(judged) = &self.judged {
            notify::decided(repo, environment, judged, exit, actor);
        }
    }

    /// The policy's id of the agent at work.
    pub(super) fn agent(&self) -> Option<&str> {
        self.judged.as_ref().and_then(|judged| judged.agent.as_deref())
    }

    fn forced(&self) -> Option<Refusal> {
        let branch = self.line.branch().filter(|_| self.given_up > 0)?;
        let gone = counted(self.given_up, "commit");
        Some(
            Refusal::denied(format!("the push would drop {gone} from the branch, which is in production"))
                .mended_by(format!("git pull --rebase origin {}; to undo a commit: git revert", shell_word(branch))),
        )
    }

    /// What comes, as `gov-hook check` takes it.
    pub(super) fn range(&self) -> String {
        let target = self.judged.as_ref().map(|judged| &judged.judgement.target);
        let onto = self.line.branch().map(|branch| format!(" --onto {}", shell_word(branch))).unwrap_or_default();
        match target.and_then(|target| Some((target.base, target.head?))) {
            // A tag of what is there already brings no commit, only what it says itself.
            Some((Some(base), head)) if base == head => shell_word(self.line.short()),
            Some((Some(base), head)) => format!("{}..{}{onto}", base.short(), head.short()),
            Some((None, head)) => format!("{}{onto}", head.short()),
            None => String::new(),
        }
    }

    /// What follows for the ledger: a push that may pass, or an attempt that may not.
    pub(super) fn act(&self, fate: Fate) -> Option<Act> {
        let mut act = match (&self.judged, self.line.new) {
            (Some(judged), Some(new)) => {
                let moved = Moved { new, old: self.line.old, reference: self.line.reference.clone() };
                pushed(judged, &moved, fate)
            }
            _ => self.deleted(fate)?,
        };
        for (status, member) in
            [(RecordStatus::Bypassed, member::BYPASSED), (RecordStatus::Unrecorded, member::UNRECORDED)]
        {
            let count = self.standing.missing.iter().filter(|(_, of)| *of == status).count();
            if count > 0 {
                act = act.saying(member, count as u64);
            }
        }
        if self.given_up > 0 {
            act = act.saying(member::FORCED, true).saying(member::GIVEN_UP, self.given_up as u64);
        }
        if !self.refusals.is_empty() {
            let why: Vec<String> = self.refusals.iter().map(|refusal| refusal.why().to_owned()).collect();
            act = act.saying(member::REFUSED, why);
        }
        Some(act)
    }

    fn deleted(&self, fate: Fate) -> Option<Act> {
        let old = self.line.old?;
        let subject =
            EntrySubject { base: Some(old), reference: Some(self.line.reference.clone()), ..EntrySubject::default() };
        let mut act = Act::new(fate.kind(), old, subject)
            .saying(member::DELETED, true)
            .saying(member::GATE, Gate::Push)
            .saying(member::ENFORCEMENT, self.level)
            .saying(member::EXIT, self.exit().code());
        act.outcome = Some(if self.refusals.is_empty() { Outcome::Notified } else { Outcome::Blocked });
        Some(act)
    }
}
