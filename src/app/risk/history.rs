//! A history as evidence: what each commit was, and what later commits made of it.

use std::collections::{HashMap, HashSet};

use crate::app::{Failure, parallel, progress::Progress};
use crate::check::eval::{self, Sample};
use crate::check::{Features, HistoryFacts, features, is_fix_subject, measure};
use crate::git::{Commit, History, Lines, Repo};
use crate::model::{
    Arrange, Content, FileChange, FileFacts, FileKind, Known, ObjectId, RepoPath, Scanned, Window, counted,
};

const DAY: i64 = 24 * 60 * 60;

/// A history in which fewer commits than this are at fault cannot tell a good score from a bad one.
const FEWEST: usize = 20;

/// What was found in a history beside the samples themselves.
pub(super) struct Labelled {
    pub(super) samples: Vec<Sample>,
    pub(super) fixes: usize,
    /// How many commits were looked at, those that only warm the window up among them.
    pub(super) read: usize,
}

/// One commit, measured.
struct Seen {
    id: ObjectId,
    parent: Option<ObjectId>,
    committed_at: i64,
    features: Features,
    lines: (u32, u32),
    sources: Vec<RepoPath>,
    /// Lines that it took out because they were at fault; none unless it is a fix.
    at_fault: Vec<Lines>,
    named: Vec<String>,
}

/// Looks at the youngest commits; `count` bounds how many.
pub(super) fn labelled(repo: &Repo, count: usize, is_watched: bool) -> Result<Labelled, Failure> {
    let head = repo.head()?.commit().ok_or_else(|| Failure::new("there is no commit yet, so there is no history"))?;
    let mut history = History::new(repo);
    let (mut ids, _) = history.youngest(head, count)?;
    ids.reverse();
    let mut commits = Vec::with_capacity(ids.len());
    for id in ids {
        let commit = history.commit(id)?.clone();
        if !repo.is_cut_at(&commit) {
            commits.push(commit);
        }
    }
    let progress = Progress::new("measuring commits:", commits.len(), is_watched);
    let mut seen = parallel::for_each(repo, &commits, &|done| progress.reached(done), &see)?;
    drop(progress);
    look_back(repo, &mut history, &mut seen, is_watched)?;
    let inducing = inducing(repo, &mut history, &seen, is_watched)?;
    let reported = reported(&seen);
    let fixes = seen.iter().filter(|seen| !seen.at_fault.is_empty()).count();
    let read = seen.len();
    let samples = followed_up(seen).map(|seen| sample(&seen, &inducing, &reported)).collect();
    Ok(Labelled { samples, fixes, read })
}

/// Refuses what is too little to go by, with what there is.
pub(super) fn enough(labelled: &Labelled, asked: usize) -> Result<(), Failure> {
    let of_source = || labelled.samples.iter().filter(|sample| sample.features.source_files > 0);
    let inducing = of_source().filter(|sample| sample.inducing).count();
    if inducing >= FEWEST && of_source().count() - inducing >= FEWEST {
        return Ok(());
    }
    let what = format!(
        "not enough evidence: {} found, {FEWEST} needed ({} read; old enough to judge: {}; fixes whose lines can be \
         blamed: {})",
        counted(inducing, "fault-inducing commit"),
        counted(labelled.read, "commit"),
        labelled.samples.len(),
        labelled.fixes,
    );
    let remedy = if labelled.read < asked {
        "there is no more history here; evaluate a longer one".to_owned()
    } else {
        format!("look further back: --commits {}", asked.saturating_mul(4))
    };
    Err(Failure::new(what).mended_by(remedy))
}

fn see(repo: &Repo, commit: &Commit) -> Result<Seen, Failure> {
    let subject = commit.subject();
    let is_fix = is_fix_subject(&subject);
    let mut files = Vec::new();
    let mut old_texts = Vec::new();
    for change in repo.find_renames(repo.changes_of(commit)?)? {
        let (facts, old) = file(repo, change)?;
        files.push(Box::new(facts));
        old_texts.push(old);
    }
    let history = HistoryFacts { prior_fixes: Known::Yes(0), fix_subject: Known::Yes(is_fix), window: Window::Whole };
    let parent = commit.parents.first().copied();
    let mut at_fault = Vec::new();
    if is_fix && eval::tells_of_a_fault(&files) {
        let deleted = files.iter().zip(&old_texts).filter(|(file, _)| file.kind == FileKind::Source);
        at_fault.extend(deleted.filter_map(|(file, old)| {
            let lines = eval::lines_at_fault(plain_text(old)?, &file.lines.deleted);
            let path = file.change.from.as_ref().unwrap_or(&file.change.path).clone();
            (!lines.is_empty()).then_some(Lines { commit: parent?, path, lines })
        }));
    }
    let sum = |lines: fn(&FileFacts) -> u32| files.iter().map(|file| lines(file)).fold(0, u32::saturating_add);
    let sources = files.iter().filter(|file| file.kind == FileKind::Source).flat_map(|file| file.change.paths());
    Ok(Seen {
        id: commit.id,
        parent,
        committed_at: commit.committed_at,
        features: features(&files, &history),
        lines: (sum(|file| file.lines.added.count()), sum(|file| file.lines.deleted.count())),
        sources: sources.cloned().collect(),
        at_fault,
        named: eval::named_as_fault(&commit.message).collect(),
    })
}

fn file(repo: &Repo, change: FileChange) -> Result<(FileFacts, Content), Failure> {
    let is_same = change.old.zip(change.new).is_some_and(|(old, new)| old.id == new.id);
    if is_same {
        return Ok((measure(change, &Content::Absent, &Content::Absent, None), Content::Absent));
    }
    let before = change.from.as_ref().unwrap_or(&change.path);
    let old = repo.content(change.old, before, &mut |_| ())?;
    let new = repo.content(change.new, &change.path, &mut |_| ())?;
    Ok((measure(change, &old, &new, None), old))
}

/// Lines of UTF-16 are not where git sees lines.
fn plain_text(content: &Content) -> Option<&[u8]> {
    match content {
        Content::Bytes(bytes) if crate::check::text::decode(bytes).1 == Scanned::Text => Some(bytes),
        Content::Bytes(_) | Content::Absent | Content::Large { .. } | Content::Commit(_) => None,
    }
}

/// Counts, for each commit that touches source, the fixes in the window before it.
fn look_back(repo: &Repo, history: &mut History<'_>, seen: &mut [Seen], is_watched: bool) -> Result<(), Failure> {
    let progress = Progress::new("looking back from commits:", seen.len(), is_watched);
    let mut fixed: HashMap<ObjectId, Vec<RepoPath>> = HashMap::new();
    for (done, seen) in seen.iter_mut().enumerate() {
        progress.reached(done);
        let Some(parent) = seen.parent.filter(|_| !seen.sources.is_empty()) else { continue };
        let mut counts: HashMap<&RepoPath, u32> = seen.sources.iter().map(|path| (path, 0)).collect();
        for id in history.window(parent)?.0 {
            let paths = match fixed.entry(id) {
                std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::hash_map::Entry::Vacant(place) => {
                    let commit = history.commit(id)?;
                    let is_fix = is_fix_subject(&commit.subject());
                    place.insert(if is_fix { repo.paths_touched(commit)? } else { Vec::new() })
                }
            };
            for path in paths {
                if let Some(count) = counts.get_mut(path) {
                    *count += 1;
                }
            }
        }
        seen.features.prior_fixes = Known::Yes(counts.into_values().max().unwrap_or_default());
    }
    Ok(())
}

/// The commits that a fix within a year was blamed on.
fn inducing(
    repo: &Repo,
    history: &mut History<'_>,
    seen: &[Seen],
    is_watched: bool,
) -> Result<HashSet<ObjectId>, Failure> {
    let asked: Vec<(&Lines, i64)> = seen
        .iter()
        .flat_map(|seen| seen.at_fault.iter().map(|lines| (lines, seen.committed_at - eval::DAYS * DAY)))
        .collect();
    let progress = Progress::new("blaming fixed lines:", asked.len(), is_watched);
    let blamed = parallel::for_each(repo, &asked, &|done| progress.reached(done), &|repo, (lines, since)| {
        Ok(repo.blame(lines, *since)?)
    })?;
    let mut inducing = HashSet::new();
    for ((_, since), blamed) in asked.iter().zip(blamed) {
        for id in blamed {
            if history.commit(id)?.committed_at >= *since {
                inducing.insert(id);
            }
        }
    }
    Ok(inducing)
}

/// The commits that a message names as the fault, where the digits name one of them alone.
fn reported(seen: &[Seen]) -> HashSet<ObjectId> {
    let mut ids: Vec<(String, ObjectId)> = seen.iter().map(|seen| (seen.id.to_string(), seen.id)).collect();
    ids.arrange();
    let named = seen.iter().flat_map(|seen| &seen.named).filter_map(|digits| {
        let first = ids.partition_point(|(hex, _)| hex < digits);
        let mut fitting = ids.iter().skip(first).take_while(|(hex, _)| hex.starts_with(digits.as_str()));
        let (_, id) = fitting.next()?;
        fitting.next().is_none().then_some(*id)
    });
    named.collect()
}

/// Leaves out the first commits, before which the window is short, and those that are too young
/// for a fix to have followed.
fn followed_up(seen: Vec<Seen>) -> impl Iterator<Item = Seen> {
    let warm_up = (seen.len() / 5).min(1000);
    let youngest = seen.iter().map(|seen| seen.committed_at).max().unwrap_or_default();
    seen.into_iter().skip(warm_up).filter(move |seen| seen.committed_at <= youngest - eval::DAYS * DAY)
}

fn sample(seen: &Seen, inducing: &HashSet<ObjectId>, reported: &HashSet<ObjectId>) -> Sample {
    Sample {
        history: String::new(),
        commit: seen.id.to_string(),
        features: seen.features,
        lines_added: seen.lines.0,
        lines_deleted: seen.lines.1,
        inducing: inducing.contains(&seen.id),
        reported: reported.contains(&seen.id),
        given: None,
    }
}
