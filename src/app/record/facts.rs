//! What a recorded decision cannot say, whichever version of gov-hook made it: it contradicts its own
//! objects, the policy that it names, or itself.

use crate::app::Failure;
use crate::app::judging::{Again, Judged, own_changes};
use crate::app::memory::Hearing;
use crate::git::Repo;
use crate::ledger::member::{self, Cause};
use crate::model::{
    AssessedFile, ChangeId, Enforcement, Entry, EntryKind, Exit, Gate, Outcome, RiskLevel, Scanned, Sha256,
};

/// What is expected, and what was recorded instead.
type Contradiction = (String, String);

/// A recorded decision beside what is found when it is made again.
pub(super) struct Facts<'a> {
    pub(super) repo: &'a Repo,
    pub(super) entry: &'a Entry,
    pub(super) gate: Gate,
    pub(super) level: Enforcement,
    pub(super) again: &'a Again,
    pub(super) judged: &'a Judged,
}

impl Facts<'_> {
    /// The first that is found. Scores, findings and the lines that two texts share are the engine's own.
    pub(super) fn contradiction(&self) -> Result<Option<Contradiction>, Failure> {
        if let Some(found) = self.by_policy().or_else(|| self.by_itself()) {
            return Ok(Some(found));
        }
        if let Some(found) = self.by_words()?.or_else(|| self.by_floor()) {
            return Ok(Some(found));
        }
        self.by_objects()
    }

    fn by_policy(&self) -> Option<Contradiction> {
        let policy = &self.judged.judgement.policy;
        if !policy.built_in && self.entry.policy != Some(policy.digest) {
            let recorded = self.entry.policy.map_or_else(|| "none".to_owned(), |digest| digest.to_name());
            return Some(differs("policy", &policy.digest.to_name(), &recorded));
        }
        let branch = self.judged.branch.as_deref();
        let asked = self.judged.policy.level_for(branch);
        // Whoever only asks may suppose a level, and what is only offered for review lands nowhere.
        let is_bound =
            member::CAUSE.of(self.entry) != Some(Cause::Check) && (branch.is_some() || self.again.head.is_none());
        (is_bound && self.level < asked).then(|| differs("level", asked.as_str(), self.level.as_str()))
    }

    /// The outcome that it names has another exit code, or another risk.
    fn by_itself(&self) -> Option<Contradiction> {
        let outcome = self.entry.outcome?;
        let risk = self.risk();
        let least = self.gate.exit_of(outcome, risk, self.level);
        let exit = member::EXIT.of(self.entry);
        if least != Exit::Pass && exit == Some(u64::from(Exit::Pass.code())) {
            return Some((format!("exit {} for {outcome}", least.code()), format!("exit {}", Exit::Pass.code())));
        }
        let by_nobody = matches!(outcome, Outcome::AutoApproved | Outcome::Notified);
        (by_nobody && risk >= RiskLevel::High)
            .then(|| (format!("somebody's word on {risk} risk"), format!("outcome {outcome}")))
    }

    /// What somebody let pass rests on what they said of it.
    fn by_words(&self) -> Result<Option<Contradiction>, Failure> {
        let Some(outcome @ (Outcome::Approved | Outcome::Overridden)) = self.entry.outcome else { return Ok(None) };
        let wanted = || (format!("words on this change that {outcome} rests on"), "none".to_owned());
        let ids: Vec<Sha256> = member::RESTS_ON.each(self.entry).collect();
        if ids.is_empty() {
            return Ok(Some(wanted()));
        }
        let spoken = Hearing::open(self.repo, None, Some(&ids))?.spoken;
        // Parts of a range are approved by themselves.
        let parts: Vec<ChangeId> = own_changes(self.repo, &self.judged.commits)?.into_iter().flatten().collect();
        let lets_by = |word: &Entry| {
            let said_of = || word.change.into_iter().chain(member::COVERED.each(word));
            matches!(word.kind, EntryKind::Approve | EntryKind::Override)
                && said_of().any(|change| Some(change) == self.entry.change || parts.contains(&change))
        };
        let is_there = |id: &Sha256| spoken.iter().any(|spoken| spoken.id == *id && lets_by(&spoken.entry));
        Ok((!ids.iter().all(is_there)).then(wanted))
    }

    /// What the policy says of these paths, and of texts that grew or shrank by so much, however one is
    /// compared with the other. Of what somebody approved in part only the rest was weighed.
    fn by_floor(&self) -> Option<Contradiction> {
        if member::RESTS_ON.texts(self.entry).next().is_some() {
            return None;
        }
        let by_path =
            self.judged.risk.causes.iter().filter(|cause| cause.is_of_a_path()).map(|cause| cause.level).max();
        let floor = by_path.max(self.by_size())?;
        (self.risk() < floor).then(|| (format!("risk {floor} or more"), format!("risk {}", self.risk())))
    }

    fn by_size(&self) -> Option<RiskLevel> {
        let files = &self.judged.judgement.assessment.files;
        let is_counted =
            |file: &&AssessedFile| !file.generated && matches!(file.facts.scanned, Scanned::Text | Scanned::Absent);
        let nets = || {
            files.iter().filter(is_counted).map(|file| {
                let count = |lines: u32| i64::from(lines);
                count(file.facts.lines.added.count()) - count(file.facts.lines.deleted.count())
            })
        };
        let lines = nets().map(i64::abs).sum::<i64>();
        let limits = &self.judged.policy.risk;
        let floors = [(RiskLevel::High, limits.medium_max_lines), (RiskLevel::Medium, limits.low_max_lines)];
        floors.into_iter().find(|(_, limit)| lines > i64::from(*limit)).map(|(level, _)| level)
    }

    fn by_objects(&self) -> Result<Option<Contradiction>, Failure> {
        // At the edge of a shallow clone a commit seems to begin everything.
        if member::HISTORY.text(self.entry).is_some() {
            return Ok(None);
        }
        let Again { head, tree, after, .. } = self.again;
        let parents = match head {
            Some(head) => {
                let commit = self.repo.commit(*head)?;
                if commit.tree != *tree {
                    return Ok(Some(differs("tree", &commit.tree.to_string(), &tree.to_string())));
                }
                commit.parents.len()
            }
            None => 1,
        };
        let commits = member::COMMITS.of(self.entry);
        let here = self.judged.commits.len() as u64;
        if let Some(commits) = commits.filter(|commits| after.is_some() && *commits != here) {
            return Ok(Some(differs("commits", &here.to_string(), &commits.to_string())));
        }
        let change = self.judged.judgement.target.change;
        let recorded = self.entry.change.map(|change| change.to_string());
        let is_so = !self.is_plain(parents) || recorded == Some(change.to_string());
        Ok((!is_so).then(|| differs("change", &change.to_string(), recorded.as_deref().unwrap_or("none"))))
    }

    /// Whether it goes from one tree to another, with nothing merged that was judged elsewhere.
    fn is_plain(&self, parents: usize) -> bool {
        let Again { base, after, merging, replaced, .. } = self.again;
        let begins_there = |after: &Vec<_>| after.iter().eq(base);
        let is_one = after.as_ref().map_or(parents <= 1, begins_there);
        is_one && merging.is_empty() && replaced.is_none()
    }

    fn risk(&self) -> RiskLevel {
        self.entry.risk.as_ref().map_or(RiskLevel::Low, |risk| risk.level)
    }
}

fn differs(what: &str, expected: &str, found: &str) -> Contradiction {
    (format!("{what} {expected}"), format!("{what} {found}"))
}
