//! A clone that began a ledger of its own starts over under another genesis: that of the remote, or the one
//! that follows from the root once that is here. What it recorded is kept aside, and put on record again.
//!
//! Only what nobody else can have seen is given up so: a remote whose ledger was replaced makes no clone
//! give up what others have written under its genesis, or have been sent.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::restated::{LostEntry, Restated, entries_up_to, restate};
use super::streams::own;
use crate::app::memory::beginning::{Beginning, believe, copies, is_shared};
use crate::app::memory::{Pen, Pins, written};
use crate::app::{Environment, Failure, law};
use crate::git::Repo;
use crate::git::notes::{Asked, GIVEN_UP};
use crate::ledger::member;
use crate::ledger::{self, Binding, GENESIS_STREAM};
use crate::model::{Entry, Gather, ObjectId, Remote, Sha256, counted, shell_word};
use crate::report::printable;

/// Has this clone go on under the genesis of the remote, where it began one of its own. Tells what became
/// of what it had recorded.
pub(in crate::app) fn begin_anew(repo: &Repo, remote: &Remote, environment: &Environment) -> Result<String, Failure> {
    let there = there(repo, remote)?;
    let Some(ours) = Beginning::here(repo)? else {
        return Err(Failure::new("no ledger is here that could start over")
            .mended_by(format!("fetch the remote's: gov-hook audit sync {}", remote.word())));
    };
    let text = match there {
        Some(theirs) if theirs.commit == ours.commit => {
            believe(repo, &remote.to_string(), &theirs)?;
            // What a run that did not live to the end has left.
            let (restated, told) = say_again(repo, environment)?;
            if restated.again == 0 {
                let there = printable(&remote.to_string());
                return Ok(format!("{GENESIS_STREAM} is the same here and on {there}: nothing to reconcile\n"));
            }
            told
        }
        Some(theirs) => start_over(repo, (&ours, Some((remote, &theirs))), environment)?,
        None if ours.is_provisional(repo)? => start_over(repo, (&ours, None), environment)?,
        None => {
            return Err(Failure::new(format!("{remote} has no ledger that this one could go on under"))
                .mended_by(format!("send it this one: gov-hook audit sync {}", remote.word())));
        }
    };
    let next = format!("tell the others: gov-hook audit sync {}\n", remote.word());
    Ok(text + &next)
}

/// Before anything is sent: a genesis that was drawn because the root was not here is given up for the true
/// one. Tells what became of it.
pub(in crate::app) fn settle(repo: &Repo, remote: &Remote, environment: &Environment) -> Result<String, Failure> {
    let Some(ours) = Beginning::here(repo)? else { return Ok(String::new()) };
    if !ours.is_provisional(repo)? {
        return Ok(String::new());
    }
    match there(repo, remote)? {
        Some(theirs) if theirs.commit == ours.commit => {
            believe(repo, &remote.to_string(), &theirs).map(|()| String::new())
        }
        Some(theirs) => start_over(repo, (&ours, Some((remote, &theirs))), environment),
        None => start_over(repo, (&ours, None), environment),
    }
}

/// The genesis that the remote has; one that is none cannot be gone on under.
fn there(repo: &Repo, remote: &Remote) -> Result<Option<Beginning>, Failure> {
    let Some(tip) = repo.fetch_copy(remote.as_git(), GENESIS_STREAM)? else { return Ok(None) };
    let found = Beginning::at(repo, tip).ok_or_else(|| {
        Failure::new(format!("{remote} has something else than a genesis entry in refs/notes/gov/{GENESIS_STREAM}"))
            .mended_by(format!("see what it is: git ls-remote {} 'refs/notes/gov/*'", remote.word()))
    })?;
    Ok(Some(found))
}

/// Sets this clone's own streams aside, and says again under the other genesis what they said.
fn start_over(
    repo: &Repo,
    (ours, theirs): (&Beginning, Option<(&Remote, &Beginning)>),
    environment: &Environment,
) -> Result<String, Failure> {
    if let Some((remote, theirs)) = theirs.filter(|(_, theirs)| theirs.id == ours.id) {
        // The same entry in another wrapping: all that was written speaks of it.
        repo.replace_stream(GENESIS_STREAM, ours.commit, theirs.commit)?;
        believe(repo, &remote.to_string(), theirs)?;
        return Ok(format!("{GENESIS_STREAM} is stored as {} has it\n", printable(&remote.to_string())));
    }
    let own = own_streams(repo, ours, environment)?;
    nobody_else_has(repo, (ours, theirs), &own)?;
    if theirs.is_none() && repo.is_shallow() {
        let remote = Remote::new(repo.remote_name());
        return Err(Failure::new("this shallow clone lacks the root that its ledger is to begin with")
            .mended_by(format!("fetch the rest of the history: git fetch --unshallow {}", remote.word())));
    }
    // Whoever cannot write says so before anything is moved.
    pen(repo, environment)?;
    for (stream, tip) in &own {
        repo.set_aside(stream, *tip)?;
    }
    match theirs {
        Some((_, theirs)) => {
            repo.keep_given_up(GENESIS_STREAM, ours.commit)?;
            repo.replace_stream(GENESIS_STREAM, ours.commit, theirs.commit)?;
        }
        // The first entry that is said again makes the one that follows from the root.
        None => repo.set_aside(GENESIS_STREAM, ours.commit)?,
    }
    Pins::start_over(repo, theirs.map(|(_, theirs)| theirs.id), &|stream| own.contains_key(stream))?;
    repo.renew_clone_nonce()?;
    if let Some((remote, theirs)) = theirs {
        believe(repo, &remote.to_string(), theirs)?;
        // Runners of CI have their names in common.
        for stream in written(repo)?.iter().filter(|stream| own.contains_key(*stream)) {
            if let Some(tip) = repo.fetch_copy(remote.as_git(), stream)? {
                repo.take_up_at(stream, tip)?;
            }
        }
    }
    let from = theirs.map_or("the root of the history".to_owned(), |(remote, _)| {
        format!("the genesis of {}", printable(&remote.to_string()))
    });
    Ok(format!("the ledger of this clone starts over, from {from}\n{}", say_again(repo, environment)?.1))
}

/// The streams that this clone wrote under a genesis.
fn own_streams(
    repo: &Repo,
    ours: &Beginning,
    environment: &Environment,
) -> Result<BTreeMap<String, ObjectId>, Failure> {
    let mut names = own(repo, environment)?;
    names.extend(written(repo)?);
    let mut found = BTreeMap::new();
    for name in names {
        if let Some(tip) = repo.stream_commit(&name)?
            && entries_up_to(repo, tip, None)?.first().is_none_or(|first| first.entry.repo == Some(ours.id))
        {
            found.insert(name, tip);
        }
    }
    Ok(found)
}

/// Refuses where somebody else may have seen what would be given up.
fn nobody_else_has(
    repo: &Repo,
    (ours, theirs): (&Beginning, Option<(&Remote, &Beginning)>),
    own: &BTreeMap<String, ObjectId>,
) -> Result<(), Failure> {
    let refused = |why: String| {
        let mend =
            "have whoever looks after the remote put the ledger back that it had, and see: gov-hook audit verify";
        Failure::new("the ledger of this clone is not given up").for_this_reason(why).mended_by(mend)
    };
    let pins = Pins::load(repo)?;
    let other = theirs.map(|(_, theirs)| theirs.id);
    if is_shared(repo, ours.commit)? || copies(repo)?.iter().any(|copy| copy.tip == Some(ours.commit)) {
        return Err(refused("a remote has had its genesis, so others may have written under it".to_owned()));
    }
    if pins.genesis.is_some_and(|pinned| pinned != ours.id && Some(pinned) != other) {
        return Err(refused("this clone has seen yet another genesis before".to_owned()));
    }
    let is_others = |name: &str| name != GENESIS_STREAM && !own.contains_key(name);
    if pins.genesis == Some(ours.id)
        && let Some(stream) = pins.streams().find(|stream| is_others(stream))
    {
        return Err(refused(format!("somebody else wrote {stream} under its genesis")));
    }
    for stream in repo.streams()? {
        let Some(tip) = stream.tip.filter(|_| is_others(&stream.name)) else { continue };
        if newest(repo, tip).is_some_and(|entry| entry.repo == Some(ours.id)) {
            return Err(refused(format!("somebody else wrote {} under its genesis", stream.reference)));
        }
    }
    let copied = repo.streams()?.into_iter().find(|stream| stream.remote.is_some() && own.contains_key(&stream.name));
    let sent = match (copied, theirs) {
        (Some(copy), _) => copy.remote.map(|remote| (Remote::new(remote), copy.name)),
        (None, Some((remote, _))) => {
            let there = repo.streams_of(remote.as_git())?;
            let named = written(repo)?;
            let is_sent = |(name, tip): &(&String, &ObjectId)| {
                there.get(*name).is_some_and(|sent| !named.contains(name) || repo.leads_to(*sent, **tip))
            };
            own.iter().find(is_sent).map(|(name, _)| (remote.clone(), name.clone()))
        }
        (None, None) => None,
    };
    match sent {
        Some((remote, stream)) => {
            let reference = shell_word(&format!(":refs/notes/gov/{stream}"));
            Err(Failure::new(format!("{remote} has {stream}, which this clone wrote under its own genesis")).mended_by(
                format!("take it away there, and do this again: git push --no-verify {} {reference}", remote.word()),
            ))
        }
        None => Ok(()),
    }
}

fn newest(repo: &Repo, tip: ObjectId) -> Option<Entry> {
    let step = repo.step_of(&repo.commit_here(tip)?)?;
    step.added.iter().find_map(|noted| ledger::parse(&noted.line).ok())
}

/// Puts on record what was set aside with a genesis and is not said again yet. Tells what became of it.
fn say_again(repo: &Repo, environment: &Environment) -> Result<(Restated, String), Failure> {
    let begun = repo.given_up(GENESIS_STREAM)?.into_iter().filter_map(|tip| Beginning::at(repo, tip));
    let now = Beginning::here(repo)?.map(|here| here.id);
    let begun: BTreeSet<Sha256> = begun.map(|found| found.id).filter(|id| Some(*id) != now).gathered();
    // Another process may have gone on under the old one meanwhile.
    for stream in repo.streams_here()?.into_iter().filter(|stream| stream.name != GENESIS_STREAM) {
        let Some(tip) = stream.tip else { continue };
        if newest(repo, tip).and_then(|entry| entry.repo).is_some_and(|id| begun.contains(&id)) {
            repo.set_aside(&stream.name, tip)?;
        }
    }
    let streams: Vec<_> = repo.all_given_up()?.into_iter().filter(|(stream, _)| stream != GENESIS_STREAM).gathered();
    let mut said = restated(repo)?;
    let (mut all, mut text) = (Restated::default(), String::new());
    for (stream, tip) in streams {
        let entries = entries_up_to(repo, tip, None)?;
        let Some(first) = entries.first().filter(|first| first.entry.repo.is_some_and(|id| begun.contains(&id))) else {
            continue;
        };
        let opening = first.entry.clone();
        let lost: Vec<LostEntry> = entries.into_iter().filter(|lost| said.insert(lost.id)).collect();
        let binding = Binding::from_body(&opening.body).ok();
        let pen = match binding {
            Some(binding) => pen(repo, environment)?.of_writer(binding, &stream, opening.actor)?,
            None => None,
        };
        // Writing to a `String` cannot fail, here and below.
        let done = match pen {
            Some(pen) => {
                let done = restate(&pen, None, &lost)?;
                if done.again > 0 {
                    let _ = writeln!(text, "put {} on record again in {}", counted(done.again, "entry"), pen.stream());
                }
                done
            }
            None => Restated { again: 0, left: lost.len() },
        };
        if done.left > 0 {
            let left = counted(done.left, "entry");
            let aside = format!("{GIVEN_UP}{stream}/{}", tip.short());
            let _ = writeln!(
                text,
                "kept aside {left} that only a person can repeat where it matters: git grep -h . {}",
                shell_word(&aside)
            );
        }
        all.again += done.again;
        all.left += done.left;
    }
    Ok((all, text))
}

/// The entries that were said again already.
fn restated(repo: &Repo) -> Result<BTreeSet<Sha256>, Failure> {
    let mut said = BTreeSet::new();
    for stream in repo.streams_here()? {
        let Some(tip) = stream.tip else { continue };
        repo.walk_stream(&Asked { tip, after: None }, &mut |step| {
            let entries = step.added.iter().filter_map(|noted| ledger::parse(&noted.line).ok());
            let named = |entry: Entry| member::RESTATES.of(&entry);
            said.extend(entries.filter_map(named));
        });
    }
    Ok(said)
}

/// With a key at hand, where there is one.
fn pen<'a>(repo: &'a Repo, environment: &Environment) -> Result<Pen<'a>, Failure> {
    let (policy, _) = law::policy_at(repo, repo.head()?.commit())?;
    let open = || Pen::open(repo, environment, policy.audit, None);
    open()?.signing().or_else(|_no_key| open())
}
