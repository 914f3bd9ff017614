//! Finds what a person speaks of: a request, a revision, a range, or what is staged.

use std::collections::BTreeSet;

use super::ask::{asked, request_id};
use crate::app::exchange::has_news;
use crate::app::judging::{self, Again, Asked, Judged, Question, What};
use crate::app::memory::{Hearing, Spoken};
use crate::app::{Environment, Failure};
use crate::git::Repo;
use crate::git::notes::NotesError;
use crate::ledger::member;
use crate::model::{Actor, Arrange, Entry, EntryKind, Gate, Remote, branch_reference, shell_word};
use crate::report::printable;

/// What a person names on the command line.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// The id of a request, a revision, or a range.
    pub named: Option<String>,
    pub staged: bool,
    /// The branch it is to land on.
    pub onto: Option<String>,
}

impl Target {
    /// The change that an entry speaks of, on its branch.
    pub(super) fn of(entry: &Entry) -> Self {
        let named = entry.change.map(|change| change.to_string());
        Self { named, staged: false, onto: entry.subject.branch().map(str::to_owned) }
    }
}

/// At least this many digits name a request.
const FEWEST_DIGITS: usize = 4;

/// How something else is named that is called like a request.
const REF_INSTEAD: &str = "name a branch or a tag in full, such as refs/tags/NAME, and a commit by 40 digits";

pub(super) fn find(repo: &Repo, target: &Target, environment: &Environment) -> Result<Judged, Failure> {
    let none = || Failure::new("there is no change to speak of");
    find_all(repo, target, environment)?.pop().ok_or_else(none)
}

/// What is meant, the newest last: the same change may be asked for on several branches.
pub(super) fn find_all(repo: &Repo, target: &Target, environment: &Environment) -> Result<Vec<Judged>, Failure> {
    if let Some(named) = &target.named {
        let onto = target.onto.as_deref().map(branch_reference);
        let mut requests = requests_meant(repo, named, environment)?;
        let is_known = !requests.is_empty();
        requests.retain(|spoken| onto.is_none() || spoken.entry.subject.reference == onto);
        if !requests.is_empty() {
            return requests.iter().map(|spoken| of_request(repo, &spoken.entry, environment)).collect();
        }
        if is_known {
            return Err(Failure::new(format!("`{named}` was not asked for on that branch"))
                .mended_by(format!("see where it was: gov-hook status {}; {REF_INSTEAD}", shell_word(named))));
        }
    }
    // What a shallow clone lacks may be there all the same.
    let is_nothing = |named: &&str| {
        !named.contains("..") && !repo.is_shallow() && repo.resolve(named).is_ok_and(|found| found.is_none())
    };
    if let Some(named) = target.named.as_deref().filter(is_nothing) {
        return Err(Failure::new(format!("`{}` is neither a request nor a commit here", printable(named)))
            .mended_by("see what waits: gov-hook pending; fetch others' with: gov-hook audit sync"));
    }
    let what = match &target.named {
        _ if target.staged => What::Staged { message: None, merging: Vec::new() },
        Some(named) => What::Revision { revision: named.clone(), base: None },
        None => What::default(),
    };
    let asked = Asked { what, onto: target.onto.clone() };
    let judged = judging::judge(repo, &push(asked), environment)?;
    Ok(vec![as_asked_for(repo, judged, environment)?])
}

/// The requests that are meant, whatever branch or tag somebody called so: what is signed is what is
/// shown. A few digits that begin the name of something else, too, are nobody's word for either.
fn requests_meant(repo: &Repo, named: &str, environment: &Environment) -> Result<Vec<Spoken>, Failure> {
    if !is_id(named) {
        return Ok(Vec::new());
    }
    let is_revision = repo.resolve(named).map_or(true, |found| found.is_some());
    // One that is only the start of an object's name is nobody's choice: nothing is fetched for it.
    let is_chosen = ["refs/heads/", "refs/tags/", "refs/remotes/", "refs/"]
        .iter()
        .any(|room| repo.resolve(&format!("{room}{named}")).is_ok_and(|found| found.is_some()));
    let requests =
        if is_revision && !is_chosen { known(repo, named)? } else { requests_named(repo, named, environment)? };
    match requests.first().and_then(|spoken| spoken.entry.change) {
        Some(change) if is_revision && named.len() < request_id(change).len() => {
            Err(Failure::new(format!("`{named}` begins the id of a request, and is a revision, too"))
                .mended_by(format!("for the request, say {}; {REF_INSTEAD}", request_id(change))))
        }
        Some(_) | None => Ok(requests),
    }
}

/// The newest request for each branch whose id starts so, the newest of them last.
/// One that is not known here may have been asked elsewhere: whoever was sent its id types that.
pub(super) fn requests_named(repo: &Repo, named: &str, environment: &Environment) -> Result<Vec<Spoken>, Failure> {
    let found = known(repo, named)?;
    if found.is_empty()
        && repo.has_remote()
        && is_id(named)
        && has_news(repo, &Remote::new(repo.remote_name()), environment)
    {
        return known(repo, named);
    }
    Ok(found)
}

/// Whether this may be the beginning of that id, and is long enough to mean it.
pub(super) fn is_named(id: &str, named: &str) -> bool {
    named.len() >= FEWEST_DIGITS && id.starts_with(named)
}

fn is_id(named: &str) -> bool {
    let digits = named.strip_prefix("gc1-").unwrap_or(named);
    digits.len() >= FEWEST_DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn known(repo: &Repo, named: &str) -> Result<Vec<Spoken>, Failure> {
    let digits = named.strip_prefix("gc1-").unwrap_or(named);
    if !is_id(named) {
        return Ok(Vec::new());
    }
    let wanted = format!("gc1-{}", digits.to_lowercase());
    let is_it = |entry: &Entry| {
        entry.kind == EntryKind::Request && entry.change.is_some_and(|change| change.to_string().starts_with(&wanted))
    };
    let mut found: Vec<Spoken> = Hearing::open(repo, None, None)?.spoken;
    found.retain(|spoken| is_it(&spoken.entry));
    found.reverse();
    found.arrange_by_key(|spoken| std::cmp::Reverse(spoken.entry.time));
    let mut changes: Vec<_> = found.iter().filter_map(|spoken| spoken.entry.change).collect();
    changes.arrange();
    changes.dedup();
    if let [one, other, ..] = changes.as_slice() {
        return Err(Failure::new(format!("`{named}` begins the ids of several requests"))
            .for_this_reason(request_id(*one))
            .for_this_reason(request_id(*other)));
    }
    let mut branches = BTreeSet::new();
    found.retain(|spoken| branches.insert(spoken.entry.subject.reference.clone()));
    found.reverse();
    Ok(found)
}

/// What was asked about, judged again as it is.
fn of_request(repo: &Repo, entry: &Entry, environment: &Environment) -> Result<Judged, Failure> {
    let mut unfetched = None;
    let gone = |unfetched: Option<NotesError>| {
        let whose = &entry.actor.email;
        let late = member::EXPIRES.of(entry).filter(|expires| environment.moment().is_ok_and(|now| now >= *expires));
        let mend = match entry.subject.commit {
            Some(_) if late.is_some() => {
                let late = late.map(|late| late.to_string()).unwrap_or_default();
                format!(
                    "nobody answered it by {late}: let {whose} ask again, with gov-hook request and gov-hook audit sync"
                )
            }
            Some(commit) => format!("fetch commit {}, or let {whose} push it again", commit.short()),
            None => format!("it is staged in the clone of {whose}: approve it there with gov-hook approve --staged"),
        };
        let gone = Failure::new("the change that the request is about is not in this clone").mended_by(mend);
        match unfetched.map(Failure::from) {
            Some(failure) => gone.for_this_reason(failure.in_short()),
            None => gone,
        }
    };
    let Some(tree) = entry.subject.tree else { return Err(gone(None)) };
    let is_here =
        || entry.subject.commit.is_none_or(|commit| repo.commit_here(commit).is_some()) && repo.has_tree(tree);
    if let Some(change) = entry.change.filter(|_| entry.subject.commit.is_some() && repo.has_remote() && !is_here()) {
        // Whoever cannot be shown it is told why below.
        unfetched = repo.fetch_offered(&repo.remote_name(), &request_id(change)).err();
    }
    let as_asker = as_asker(environment, &entry.actor)?;
    let mut judged = if is_here() {
        let again = Again {
            trusted: member::LAW.of(entry),
            base: entry.subject.base,
            head: entry.subject.commit,
            after: member::AFTER.is_in(entry).then(|| member::AFTER.each(entry).collect()),
            merging: member::MERGING.each(entry).collect(),
            replaced: member::REPLACED.of(entry),
            branch: entry.subject.branch().map(str::to_owned),
            onto: member::ONTO.of(entry),
            ..Again::of(tree)
        };
        judging::judge_anew(repo, &push(Asked::default()), &as_asker, &again)
            .map_err(|failure| lacking(repo, entry).unwrap_or(failure))?
    } else if entry.subject.commit.is_none() && !repo.is_bare() {
        let staged = Asked::staged(None, Vec::new());
        judging::judge(repo, &push(staged), &as_asker)?
    } else {
        return Err(gone(unfetched));
    };
    if let Some(described) = member::DESCRIBED.of(entry) {
        judged.judgement.target.described = described;
    }
    if Some(judged.landing.change) == entry.change { Ok(judged) } else { Err(gone(None)) }
}

/// Why a change cannot be judged here where a commit is missing that it is told against, such as the one that a forced
/// push replaces: what is offered to reviewers has not all of them.
fn lacking(repo: &Repo, entry: &Entry) -> Option<Failure> {
    let told = [member::LAW.of(entry), member::REPLACED.of(entry)];
    let mut against = told.into_iter().flatten().chain(member::AFTER.each(entry));
    let commit = against.find(|commit| !repo.is_shallow() && repo.commit_here(*commit).is_none())?.short();
    let what =
        format!("the change that the request is about is told against commit {commit}, which is not in this clone");
    let fetch = format!("fetch the branches: git fetch {}", shell_word(&repo.remote_name()));
    Some(Failure::new(what).mended_by(fetch))
}

/// Whoever asks about what is staged here may be another than the one who is about to commit it.
fn as_asked_for(repo: &Repo, judged: Judged, environment: &Environment) -> Result<Judged, Failure> {
    let Some(asked) = asked(&judged).filter(|_| judged.landing.head.is_none()) else { return Ok(judged) };
    let entry = Hearing::open(repo, None, Some(&[asked.id]))?.spoken.pop().map(|spoken| spoken.entry);
    match entry {
        Some(entry) => of_request(repo, &entry, environment),
        None => Ok(judged),
    }
}

fn as_asker(environment: &Environment, actor: &Actor) -> Result<Environment, Failure> {
    Ok(environment.as_of(actor, environment.moment()?))
}

fn push(asked: Asked) -> Question {
    Question::of(asked, Gate::Push)
}
