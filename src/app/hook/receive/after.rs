//! After a push was let in: the server puts that down in a stream of its own. Nothing can be refused
//! any more, so whatever goes wrong is only told.

use std::fmt::Write;

use super::super::arrival::{Arrival, Gatekeeper};
use super::super::line::{Line, Name};
use super::ticket;
use crate::app::judging::Side;
use crate::app::memory::{Depth, Pen, Records, read};
use crate::app::record::Fate;
use crate::app::{Answer, Environment, Failure, approval};
use crate::git::Repo;
use crate::ledger::member;
use crate::model::{ActorKind, Ending, EntryKind, ObjectId, counted};
use crate::policy::Audit;
use crate::report::printable;

pub(in crate::app::hook) fn after(input: &str, environment: &Environment) -> Answer {
    let told = accept(input, environment).unwrap_or_else(|failure| {
        let mend = failure.remedy().map(|mend| format!("  mend it there: {mend}\n")).unwrap_or_default();
        let why = printable(&failure.in_short());
        format!("gov-hook: the push is in, but the server could not record it: {why}\n{mend}")
    });
    Answer::passing(told)
}

fn accept(input: &str, environment: &Environment) -> Result<String, Failure> {
    let repo = Repo::open(&environment.place)?;
    let lines: Vec<Line> = input.lines().map(|line| super::received(&repo, line)).collect::<Result<_, _>>()?;
    let taken_back = ticket::take_back(&repo);
    // What is sound now need not be read again at the next push.
    let damaged = read(&repo, Depth::News, &|_| ())?.verdict.damage.len();
    let mut told = match damaged {
        0 => String::new(),
        _ if repo.branches_here()?.is_empty() => String::new(),
        count => format!(
            "gov-hook: the ledger of this server has {}\n  to see it, run there: gov-hook audit verify\n",
            counted(count, "flaw")
        ),
    };
    let moved: Vec<&Line> = lines.iter().filter(|line| matches!(line.name(), Name::Branch(_) | Name::Other)).collect();
    if !moved.is_empty() {
        told.push_str(&record(&repo, &moved, environment)?);
    }
    // It says of these moves alone that they were let by, which they were.
    if let Err(failure) = taken_back {
        let why = printable(&failure.in_short());
        let mend = "make sure that this file can be replaced";
        let _ = writeln!(
            told,
            "gov-hook: the push is in; what this server notes of pushes cannot be written: {why}\n  mend it there: {mend}"
        );
    }
    Ok(told)
}

fn record(repo: &Repo, lines: &[&Line], environment: &Environment) -> Result<String, Failure> {
    let records = Records::of(repo)?;
    let mut new = Vec::new();
    for line in lines {
        if !is_on_record(&records, line)? {
            new.push(*line);
        }
    }
    if new.is_empty() {
        return Ok(String::new());
    }
    let lines = new.as_slice();
    let side = Side::here(repo, before(repo, lines)?)?;
    let (mut acts, mut audit, mut arrivals) = (Vec::new(), Audit::default(), Vec::new());
    for line in lines {
        let environment = environment.of_server();
        let gatekeeper = Gatekeeper { repo, side: &side, records: &records, environment: &environment };
        let arrival: Arrival = gatekeeper.arrival(line)?;
        audit.sign |= arrival.audit.sign;
        audit.proof_of_work_bits = audit.proof_of_work_bits.max(arrival.audit.proof_of_work_bits);
        acts.extend(gatekeeper.late(std::slice::from_ref(&arrival))?);
        acts.extend(gatekeeper.missing(&arrival)?);
        acts.extend(arrival.act(Fate::LetBy).map(|act| act.saying(member::ACCEPTED, true)));
        if let Some(judged) = &arrival.judged {
            acts.extend(approval::used(repo, judged)?.map(|act| act.saying(member::LANDED, true)));
        }
        arrivals.push(arrival);
    }
    let pen = Pen::of_server(repo, environment, audit)?;
    let is_new = repo.stream_tip(pen.stream())?.is_none();
    pen.write(&acts)?;
    // Nobody has to look any more at what is in; that it lies there still would change nothing.
    let _ = approval::withdraw(repo, environment);
    let pusher = super::pusher(&pen, environment);
    for arrival in &arrivals {
        // Whatever it would have come to, it is in.
        arrival.tell(repo, environment, Ending::Pass, &pusher);
    }
    Ok(if is_new && pen.is_nobody() {
        format!(
            "gov-hook: this server has no address, so it records as {}\n  name it there: git config user.email ADDRESS\n",
            pen.actor().email
        )
    } else {
        String::new()
    })
}

/// Whether the last that a server put down of a reference is this very move: the hook was run for it before.
fn is_on_record(records: &Records<'_>, line: &Line) -> Result<bool, Failure> {
    let mut about = Vec::new();
    for object in [line.old, line.new].into_iter().flatten() {
        about.extend(records.about(object)?.into_iter().map(|(_, entry)| entry));
    }
    about.retain(|entry| {
        let is_of_server = entry.kind == EntryKind::Push && entry.actor.kind == ActorKind::Witness;
        is_of_server && entry.subject.reference.as_ref() == Some(&line.reference)
    });
    let last = about.iter().max_by_key(|entry| (entry.time, entry.seq)).map(|entry| &entry.subject);
    Ok(last.is_some_and(|last| last.base == line.old && last.commit.is_some() == line.new.is_some()))
}

/// The branches as they were before the push.
fn before(repo: &Repo, lines: &[&Line]) -> Result<Vec<(String, ObjectId)>, Failure> {
    let mut branches = repo.branches_here()?;
    for line in lines {
        if let Some(branch) = line.branch() {
            branches.retain(|(name, _)| name != branch);
            branches.extend(line.old.map(|old| (branch.to_owned(), old)));
        }
    }
    Ok(branches)
}
