//! Judges history: every blob that refs reach, wherever it stood, and every message of a commit or a tag.
//!
//! What only the past has is told when it is of a kind that stays known: a secret does, a test that
//! was skipped once does not.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::examine::Examined;
use super::file::Examiner;
use super::large::{self, Stored};
use super::subject::Subject;
use crate::app::progress::Progress;
use crate::app::{Failure, parallel};
use crate::check::rules::{Candidate, MESSAGE_PATH, Standing, Stream, TAG_PATH};
use crate::check::waivers::{Inline, Scope, Waivers, Waiving};
use crate::git::{Blob, Commit, Dated, Reached, Repo, Start};
use crate::model::{
    Arrange, Content, Date, Finding, Fingerprint, InHistory, Mode, ObjectId, Reach, RepoPath, RuleId, Scanned,
    Severity, Side, counted,
};

/// What there is to say of a content at one of its paths.
struct Seen {
    /// An index into the commits, which are in the order of age.
    commit: Option<usize>,
    in_head: bool,
    path: RepoPath,
    findings: Vec<Finding>,
    scanned: Scanned,
}

impl Examiner<'_> {
    /// Everything that `only` reaches, or else every ref.
    pub(super) fn history(
        &self,
        repo: &Repo,
        subject: &Subject,
        only: Option<ObjectId>,
    ) -> Result<(Examined, Reach), Failure> {
        let starts = match only {
            Some(object) => vec![Start { name: "the revision".into(), object }],
            None => repo.every_start()?,
        };
        let mut of_messages: HashMap<ObjectId, Vec<Finding>> = HashMap::new();
        let mut listen = |commit: &Commit| {
            let found = self.law.rules.scan_commit(&commit.header, &commit.message, false);
            if !found.is_empty() {
                of_messages.insert(commit.id, found);
            }
        };
        let walking = Progress::new("walking commits:", 0, self.is_watched);
        let reached = repo.reach(&starts, &mut listen, &|done, of| walking.reached_of(done, of))?;
        drop(walking);
        repo.require_blobs(&reached)?;
        let head: HashMap<RepoPath, ObjectId> =
            repo.files_of(subject.tree)?.into_iter().map(|(path, side)| (path, side.id)).collect();

        let progress = Progress::new("reading blobs:", reached.blobs.len(), self.is_watched);
        let read = parallel::for_each(repo, &reached.blobs, &|done| progress.reached(done), &|repo, blob| {
            self.blob(repo, &reached, blob, &head)
        })?;
        drop(progress);
        let messages = reached.commits.iter().enumerate().filter_map(|(index, commit)| {
            let findings = of_messages.remove(&commit.id)?;
            let path = RepoPath::from(MESSAGE_PATH);
            Some(Seen { commit: Some(index), in_head: false, path, findings, scanned: Scanned::Text })
        });
        let tags = starts.iter().map(|start| repo.tags(start.object)).collect::<Result<Vec<_>, _>>()?;
        let tags = tags.iter().flatten().map(|tag| Seen {
            commit: None,
            in_head: false,
            path: RepoPath::from(TAG_PATH),
            findings: self.law.rules.scan_tag(&tag.header, &tag.message, false),
            scanned: Scanned::Text,
        });
        let mut seen: Vec<Seen> = read.into_iter().flatten().chain(messages).chain(tags).collect();
        // A stable sort; what no commit has comes last.
        seen.arrange_by_key(|seen| seen.commit.unwrap_or(usize::MAX));
        let unread = seen.iter().map(|seen| (&seen.path, seen.scanned));
        let mut notes = super::unscanned::unscanned(&unread, self.naming);
        let mut findings = merged(seen, &reached.commits);
        let there = head.keys().map(|path| Standing { path, is_new: true, by_agent: false });
        let now = Some(InHistory { since: None, in_head: true });
        let alike = self.law.rules.collisions(&there.collect::<Vec<_>>());
        findings.extend(alike.into_iter().map(|finding| Finding { history: now, ..finding }));
        findings = self.waiving(Scope::History).apply(findings, &[]);
        findings.retain(|finding| self.matters(finding));
        findings.arrange_by(|a, b| (&a.place, &a.rule).cmp(&(&b.place, &b.rule)));
        notes.extend(advice(&findings));
        let reach = Reach { refs: starts.len(), commits: reached.commits.len(), blobs: reached.blobs.len() };
        Ok((Examined { files: Vec::new(), findings, touched: Vec::new(), verified: 0, notes }, reach))
    }

    /// Reads a blob once and judges it at every path it had.
    fn blob(
        &self,
        repo: &Repo,
        reached: &Reached,
        blob: &Blob,
        head: &HashMap<RepoPath, ObjectId>,
    ) -> Result<Vec<Seen>, Failure> {
        let rules = &self.law.rules;
        let paths: Vec<RepoPath> = blob.places.iter().map(|stand| reached.path(stand)).collect();
        let Some((first, path)) = blob.places.first().zip(paths.first()) else { return Ok(Vec::new()) };
        let mut streams: Vec<Stream> = Vec::new();
        let side = Side { mode: first.mode, id: blob.id };
        let content = repo.content(Some(side), path, &mut |piece| {
            if streams.is_empty() {
                let file = |path| Candidate::standing(path, first.mode);
                streams = paths.iter().map(|path| rules.stream(file(path))).collect();
            }
            for stream in &mut streams {
                stream.push(piece);
            }
        })?;
        let mut streamed = streams.into_iter().map(Stream::finish);
        let mut seen = Vec::new();
        for (stand, path) in blob.places.iter().zip(&paths) {
            let whole = || {
                let new = content.bytes();
                let file = Candidate { new, ..Candidate::standing(path, stand.mode) };
                rules.scan(&file, Cow::default)
            };
            let mut found = streamed.next().unwrap_or_else(whole);
            let is_large = matches!(content, Content::Large { .. });
            if let Some(stored) = Stored::of(Some(side), &content).filter(|_| is_large && large::is_to_open(&found)) {
                large::open(rules, repo, &Candidate::standing(path, stand.mode), (None, stored), &mut found)?;
            }
            let in_head = head.get(path) == Some(&blob.id);
            let scanned = match (stand.mode, &content) {
                (Mode::Submodule, _) => Scanned::Submodule,
                (_, Content::Absent | Content::Bytes(_) | Content::Large { .. } | Content::Commit(_)) => found.scanned,
            };
            let findings = self.excused(found.findings, &found.waivers, in_head);
            if !findings.is_empty() || scanned != Scanned::Text {
                seen.push(Seen { commit: stand.commit, in_head, path: path.clone(), findings, scanned });
            }
        }
        Ok(seen)
    }

    /// Waivers in a text speak for that text. What is wrong with them matters where they still are.
    fn excused(&self, findings: Vec<Finding>, inline: &[Inline], in_head: bool) -> Vec<Finding> {
        if findings.is_empty() && inline.is_empty() {
            return findings;
        }
        let waivers = &Waivers::default();
        let mut findings = Waiving { waivers, ..self.waiving(Scope::History) }.apply(findings, inline);
        findings.retain(|finding| in_head || !finding.rule.is_of(RuleId::WAIVER));
        findings
    }

    /// Of what is gone only secrets still matter.
    fn matters(&self, finding: &Finding) -> bool {
        let rule = self.law.rules.explain(finding.rule.as_str());
        !finding.is_past() || rule.is_none_or(|rule| rule.definition.finds_secrets())
    }
}

/// One finding for each that differs in more than its line and its commit: the oldest, which is
/// excused when the newest text that has it says so.
fn merged(seen: Vec<Seen>, commits: &[Dated]) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    let mut index: HashMap<Fingerprint, usize> = HashMap::new();
    for text in seen {
        let commit = text.commit.and_then(|index| commits.get(index));
        for mut finding in once_each(text.findings) {
            match index.entry(finding.fingerprint) {
                Entry::Vacant(place) => {
                    place.insert(merged.len());
                    let since = commit.and_then(|commit| Date::of_seconds(u64::try_from(commit.at).ok()?));
                    finding.history = Some(InHistory { since, in_head: text.in_head });
                    finding.place.commit = commit.map(|commit| commit.id);
                    merged.push(finding);
                }
                Entry::Occupied(place) => {
                    let Some(known) = merged.get_mut(*place.get()) else { continue };
                    let was_in_head = known.history.is_some_and(|history| history.in_head);
                    if text.in_head || !was_in_head {
                        known.waived = finding.waived;
                    }
                    if let Some(history) = &mut known.history {
                        history.in_head |= text.in_head;
                    }
                }
            }
        }
    }
    merged
}

/// What a text has several times is excused only where each of them is.
fn once_each(findings: Vec<Finding>) -> Vec<Finding> {
    let mut once: Vec<Finding> = Vec::new();
    let mut index: HashMap<Fingerprint, usize> = HashMap::new();
    for finding in findings {
        let at = *index.entry(finding.fingerprint).or_insert(once.len());
        match once.get_mut(at) {
            Some(known) if finding.counts() => known.waived = None,
            Some(_) => {}
            None => once.push(finding),
        }
    }
    once
}

fn advice(findings: &[Finding]) -> Option<String> {
    let weighs = |finding: &&Finding| finding.counts() && finding.severity >= Severity::Hold && finding.is_past();
    let past = findings.iter().filter(weighs).count();
    let (is_in, it, it_is) = if past == 1 { ("is", "it", "it is") } else { ("are", "them", "they are") };
    (past > 0).then(|| {
        format!(
            "{} {is_in} only in history, where every clone has {it}: revoke or rotate what {it_is} first. Rewriting \
             history alone is not enough, since clones, forks and caches keep what was pushed",
            counted(past, "finding")
        )
    })
}
