//! `audit reconcile`: of two histories of one stream, as a copied clone makes them, one is given up by
//! a signed entry; what it said is put down again in a stream that is nobody else's.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use crate::app::exchange::{LostEntry, begin_anew, entries_up_to, remote_of, restate};
use crate::app::memory::{ADMIN, Act, Depth, Pen, may_sign, read, trusted_side};
use crate::app::{Answer, Environment, Failure, law};
use crate::git::Repo;
use crate::git::notes::StateFile;
use crate::ledger::member;
use crate::ledger::{self, Binding, GENESIS_STREAM, Writer};
use crate::model::{
    Arrange, Entry, EntryKind, EntrySubject, Gather, ObjectId, Remote, Seen, Sha256, counted, shell_word,
};

const NAMESPACE: &str = "policy@gov-hook";

/// Which of the two copies is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    Ours,
    Theirs,
}

pub fn reconcile(stream: &str, remote: Option<&str>, lost: Lost, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let remote = remote_of(&repo, remote, &format!("audit reconcile {}", shell_word(stream)))?;
    if stream == GENESIS_STREAM {
        return of_genesis(&repo, &remote, lost, environment);
    }
    let (policy, _) = law::policy_at(&repo, repo.head()?.commit())?;
    let open = || Pen::open(&repo, environment, policy.audit, environment.agent.as_deref());
    let pen = open()?;
    let (is_own, is_of_us) = (pen.stream() == stream, pen.wrote(stream));
    let copies = Copies::of(&repo, &remote, stream, lost)?;
    let given_up = copies.given_up(&repo, stream)?;
    let left = undeclared(&repo, stream, &given_up, copies.kept)?;
    if !left.is_empty() {
        // Seen to before anything is moved.
        may_sign(&repo, &open()?.signing()?, NAMESPACE, environment.moment()?)?;
        if !is_of_us {
            may_give_up(&repo, &pen, stream, &left)?;
        }
    }
    for tip in &given_up {
        repo.keep_given_up(stream, *tip)?;
    }
    copies.take_over(&repo, stream)?;
    let is_renewed = is_own && environment.stream.is_none() && (copies.brings_something() || !left.is_empty());
    if is_renewed {
        repo.renew_clone_nonce()?;
        repo.keep_ledger_state(StateFile::Named, b"")?;
    }

    if !copies.brings_something() && left.is_empty() {
        let text = format!("{stream} has one history here and on {remote}: nothing to reconcile\n");
        return Ok(Answer::passing(text));
    }
    let which = if copies.kept == copies.ours { "this clone's" } else { "the remote's" };
    let mut text = format!("{stream} continues from {which} copy, at {}\n", copies.kept.short());
    // Writing to a `String` cannot fail, here and below.
    if !left.is_empty() {
        let pen = open()?.signing()?;
        let said = if is_of_us {
            declare(&pen, stream, &left)?
        } else {
            give_up(&pen, stream, &left)?;
            String::new()
        };
        let _ = write!(text, "gave up {} by a signed entry of {}\n{said}", counted(left.len(), "entry"), pen.stream());
    }
    if is_renewed {
        let _ = writeln!(text, "this clone now writes {}, as no other clone does", open()?.stream());
    }
    let _ = writeln!(text, "to share that: gov-hook audit sync {}", remote.word());
    Ok(Answer::passing(text))
}

/// Others write under a remote's genesis, so only our own is ever given up.
fn of_genesis(repo: &Repo, remote: &Remote, lost: Lost, environment: &Environment) -> Result<Answer, Failure> {
    match lost {
        Lost::Ours => begin_anew(repo, remote, environment).map(Answer::passing),
        Lost::Theirs => Err(Failure::new("the genesis of a remote is never given up, for others write under it")
            .mended_by(format!("start over under it: gov-hook audit reconcile {GENESIS_STREAM} {}", remote.word()))),
    }
}

/// The two copies of a stream, and the one that it goes on as.
struct Copies {
    ours: ObjectId,
    theirs: ObjectId,
    /// The last commit that both have.
    base: Option<ObjectId>,
    kept: ObjectId,
}

impl Copies {
    /// Fetches the other copy. Where none has left the other, nothing is given up, whatever was named.
    fn of(repo: &Repo, remote: &Remote, stream: &str, lost: Lost) -> Result<Self, Failure> {
        let Some(theirs) = repo.fetch_copy(remote.as_git(), stream)? else {
            return Err(Failure::new(format!("{remote} has no stream {stream}"))
                .mended_by(format!("see which it has: gov-hook audit sync {}", remote.word())));
        };
        let Some(ours) = repo.stream_tip(stream)?.map(|tip| tip.commit) else {
            return Err(Failure::new(format!("there is no stream {stream} here"))
                .mended_by(format!("fetch it: gov-hook audit sync {}", remote.word())));
        };
        let copies = Self { ours, theirs, base: repo.merge_base(ours, theirs)?, kept: theirs };
        let kept = if copies.are_forked() && lost == Lost::Theirs { ours } else { theirs };
        Ok(Self { kept, ..copies })
    }

    /// Whether each has something that the other has not.
    fn are_forked(&self) -> bool {
        self.base != Some(self.ours) && self.brings_something()
    }

    /// Whether the remote's copy has something that is not here.
    fn brings_something(&self) -> bool {
        self.base != Some(self.theirs)
    }

    /// The tips of all copies that are given up, those of earlier times among them.
    fn given_up(&self, repo: &Repo, stream: &str) -> Result<BTreeSet<ObjectId>, Failure> {
        let mut given_up: BTreeSet<ObjectId> = repo.given_up(stream)?.into_iter().gathered();
        if self.are_forked() {
            given_up.insert(if self.kept == self.ours { self.theirs } else { self.ours });
        }
        Ok(given_up)
    }

    /// Has the stream here be the remote's copy, where that one is kept.
    fn take_over(&self, repo: &Repo, stream: &str) -> Result<(), Failure> {
        if self.kept == self.theirs && self.brings_something() {
            repo.replace_stream(stream, self.ours, self.theirs)?;
            // What was verified there is no longer part of it, and what was named need not be.
            repo.keep_ledger_state(StateFile::Verified, b"")?;
            repo.keep_ledger_state(StateFile::Named, b"")?;
        }
        Ok(())
    }
}

/// Only an admin gives up what others wrote, and nobody their words: such an entry would count for
/// nothing.
fn may_give_up(repo: &Repo, pen: &Pen<'_>, stream: &str, lost: &[LostEntry]) -> Result<(), Failure> {
    let email = &pen.actor().email;
    // Before there was a key, the address alone was the writer.
    if (Binding { writer: Writer::Email(email.clone()), named: false }).allows(stream) {
        return Ok(());
    }
    let (policy, _) = law::policy_at(repo, trusted_side(repo)?)?;
    let refusal = if !policy.holds_a_role(email, &[ADMIN.to_owned()]) {
        format!("{stream} is somebody else's, and {email} does not hold the role `{ADMIN}`")
    } else if lost.iter().any(|lost| ledger::is_a_word(lost.entry.kind)) {
        format!(
            "what would be given up of {stream} includes answers about a change, which only their writer may give up"
        )
    } else {
        return Ok(());
    };
    Err(Failure::new(refusal)
        .mended_by(format!("let its writer do it: gov-hook audit reconcile {}", shell_word(stream))))
}

/// The entries that only the copies given up have, and that nobody has declared lost yet.
fn undeclared(
    repo: &Repo,
    stream: &str,
    given_up: &BTreeSet<ObjectId>,
    kept: ObjectId,
) -> Result<Vec<LostEntry>, Failure> {
    let mut lost: BTreeMap<Sha256, LostEntry> = BTreeMap::new();
    for tip in given_up {
        let after = repo.merge_base(*tip, kept)?;
        lost.extend(entries_up_to(repo, *tip, after)?.into_iter().map(|lost| (lost.id, lost)));
    }
    if !lost.is_empty() {
        let declared: Mutex<BTreeSet<Sha256>> = Mutex::default();
        read(repo, Depth::Whole, &|told| {
            if told.entry.kind == EntryKind::Reconcile && told.entry.sig.is_some() {
                declared.lock().unwrap_or_else(PoisonError::into_inner).extend(dropped(&told.entry, stream));
            }
        })?;
        for id in declared.into_inner().unwrap_or_else(PoisonError::into_inner) {
            lost.remove(&id);
        }
    }
    let mut lost: Vec<LostEntry> = lost.into_values().collect();
    lost.arrange_by_key(|lost| (lost.entry.seq, lost.id));
    Ok(lost)
}

fn dropped(entry: &Entry, stream: &str) -> Vec<Sha256> {
    let is_of_it = member::STREAM.text(entry) == Some(stream);
    member::DROPPED.each(entry).filter(|_| is_of_it).map(|seen| seen.id).collect()
}

fn declaration(repo_object: ObjectId, stream: &str, lost: &[LostEntry]) -> Act {
    let dropped: Vec<Seen> = lost.iter().map(|lost| Seen { seq: lost.entry.seq, id: lost.id }).collect();
    Act::new(EntryKind::Reconcile, repo_object, EntrySubject::default())
        .saying(member::STREAM, stream)
        .saying(member::DROPPED, dropped)
}

/// Declares what is lost, and shows it. Whoever wrote it has to say it again.
fn give_up(pen: &Pen<'_>, stream: &str, lost: &[LostEntry]) -> Result<(), Failure> {
    let Some(first) = lost.first() else { return Ok(()) };
    let lines: Vec<String> = lost.iter().map(|lost| lost.line.clone()).collect();
    pen.write(&[declaration(first.object, stream, lost).saying(member::LINES, lines)])?;
    Ok(())
}

/// Declares what is lost, and says it again. Tells what was said again, and what only its writer can repeat.
fn declare(pen: &Pen<'_>, stream: &str, lost: &[LostEntry]) -> Result<String, Failure> {
    let Some(first) = lost.first() else { return Ok(String::new()) };
    let restated = restate(pen, Some(declaration(first.object, stream, lost)), lost)?;
    let mut text = String::new();
    if restated.again > 0 {
        // Writing to a `String` cannot fail, here and below.
        let _ = writeln!(text, "recorded {} of them there again", restated.again);
    }
    if restated.left > 0 {
        let _ =
            writeln!(text, "{} can only be repeated by hand, where it still matters", counted(restated.left, "entry"));
    }
    Ok(text)
}
