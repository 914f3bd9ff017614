//! On a server: whatever was skipped elsewhere is judged here, from the objects that were pushed and
//! by the law that was in force before.
//!
//! Nothing that a client says is believed, its environment included. git moves all references of a
//! push or none, so one refusal keeps back the whole of it.

mod after;
pub(super) mod streams;
mod ticket;

use std::ffi::OsString;

use super::arrival::{Arrival, Gatekeeper};
use super::line::{Line, Name};
use super::push::refusal_of_name;
use super::refusal::Refusal;
use crate::app::judging::{Judged, Side};
use crate::app::memory::{Arriving, Pen, Records};
use crate::app::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::model::{Actor, Ending, Exit, ObjectId, Reason};
use crate::report::printable;

pub(super) use after::after;

/// Everything that is pushed, before any of it counts.
pub(super) fn before(input: &str, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let lines: Vec<Line> = input.lines().map(|line| received(&repo, line)).collect::<Result<_, _>>()?;
    let answer = judge(&repo, &lines, environment)?;
    if answer.exit == Ending::Pass {
        ticket::leave(&repo, &lines)?;
    }
    Ok(answer)
}

/// One reference, for a host that runs no other hook: what pre-receive has let by is not judged again.
pub(super) fn one(arguments: &[OsString], environment: &Environment) -> Result<Answer, Failure> {
    let words: Vec<String> = arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let [reference, old, new] = words.as_slice() else {
        return Err(Failure::new("git describes the update in a way that gov-hook does not know"));
    };
    let repo = Repo::open(&environment.place)?;
    let line = received(&repo, &format!("{old} {new} {reference}"))?;
    if ticket::names(&repo, &line)? {
        return Ok(Answer::passing(String::new()));
    }
    judge(&repo, &[line], environment)
}

/// git moves what an alias leads to, and that is what is judged.
fn received(repo: &Repo, text: &str) -> Result<Line, Failure> {
    let line = Line::received(text)?;
    Ok(Line { reference: repo.behind_alias(&line.reference)?, ..line })
}

fn judge(repo: &Repo, lines: &[Line], environment: &Environment) -> Result<Answer, Failure> {
    let mut refused: Vec<(&Line, Refusal)> = Vec::new();
    let (mut streams, mut others) = (Vec::new(), Vec::new());
    for line in lines {
        match line.name() {
            Name::Stream(name) => streams.push((line, name)),
            Name::Reserved | Name::Replacement => {
                refused.extend(refusal_of_name(line).map(|refusal| (line, refusal)));
            }
            Name::Branch(_) | Name::Other => others.push(line),
        }
    }
    refused.extend(streams::refused(repo, &streams, environment)?);
    let moved: Vec<(String, ObjectId)> =
        streams.iter().filter_map(|(line, name)| Some(((*name).to_owned(), line.new?))).collect();
    // What a broken stream says counts for nothing.
    let records = Records::of(repo)?;
    let records = if refused.is_empty() { records.moved(&moved) } else { records };
    let arriving = moved.iter().map(|(stream, tip)| Arriving { stream: stream.clone(), tip: *tip });
    let arriving = if refused.is_empty() { arriving.collect() } else { Vec::new() };
    let side = Side::here(repo, repo.branches_here()?)?.bringing(arriving);
    for line in others {
        let refusals = one_of(repo, line, (&side, &records), environment);
        refused.extend(refusals.into_iter().map(|refusal| (line, refusal)));
    }
    let mut answer = Answer::passing(String::new());
    for (line, refusal) in &refused {
        answer.text.extend(refusal.told(line.short()).into_bytes());
        answer.exit = answer.exit.max(refusal.exit);
    }
    Ok(answer)
}

fn one_of(repo: &Repo, line: &Line, (side, records): (&Side, &Records<'_>), environment: &Environment) -> Vec<Refusal> {
    match (Gatekeeper { repo, side, records, environment: &environment.of_server() }).arrival(line) {
        Ok(arrival) => {
            tell(repo, &arrival, environment);
            // What the records lack is no reason to keep silent about what is in the commits.
            arrival.refusals.iter().cloned().chain(reason(&arrival)).collect()
        }
        Err(failure) => vec![undecided(&failure)],
    }
}

/// Those whom the policy names are told of what is kept out, and of what it waits for; of what gets in
/// they are told once it is.
fn tell(repo: &Repo, arrival: &Arrival, environment: &Environment) {
    let is_kept_out = |judged: &Judged| judged.judgement.decision.exit != Exit::Pass;
    if !arrival.judged.as_ref().is_some_and(is_kept_out) {
        return;
    }
    // A server that cannot tell refuses all the same.
    if let Ok(pen) = Pen::of_server(repo, environment, arrival.audit) {
        arrival.tell(repo, environment, arrival.exit(), &pusher(&pen, environment));
    }
}

/// Whoever pushes, where the server knows that; else the server itself.
fn pusher(pen: &Pen<'_>, environment: &Environment) -> Actor {
    let server = pen.actor().clone();
    match environment.pusher.clone() {
        Some(email) => Actor { name: String::new(), email, ..server },
        None => server,
    }
}

fn undecided(failure: &Failure) -> Refusal {
    let refusal = Refusal::from(failure);
    if failure.lacks_a_commit() {
        return refusal.mended_by("push from a clone that has the whole history: git fetch --unshallow");
    }
    refusal
}

/// The one reason of the judgement that a person needs, and what they can do.
fn reason(arrival: &Arrival) -> Option<Refusal> {
    let judged = arrival.judged.as_ref()?;
    let decision = &judged.judgement.decision;
    let worst = decision.reasons.iter().filter(|reason| reason.outcome == decision.outcome);
    let more = match worst.clone().count() {
        0 | 1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    let why = worst.clone().next().map(said).unwrap_or_default();
    let range = arrival.range();
    // A range has all that it merges and nothing that it replaces, so who is asked about it is asked something else.
    let is_range = judged.replaced.is_none() && judged.after.len() < 2;
    let ask = if is_range {
        format!("gov-hook request {range} && gov-hook audit sync")
    } else {
        "gov-hook install && git push".into()
    };
    match decision.exit {
        Exit::Pass => None,
        Exit::Denied => Some(Refusal::denied(format!("{why}{more}")).mended_by(format!("gov-hook check {range}"))),
        Exit::Held => {
            let roles: Vec<&str> = decision
                .needed
                .iter()
                .filter(|need| !need.is_met())
                .flat_map(|need| &need.roles)
                .map(String::as_str)
                .collect();
            let who = if roles.is_empty() { "somebody with a role in the policy".into() } else { roles.join(" or ") };
            Some(
                Refusal::held(format!("{why}{more}; it needs an approval by {}", printable(&who)))
                    .mended_by(format!("ask for it: {ask}")),
            )
        }
    }
}

fn said(reason: &Reason) -> String {
    match reason.because.first() {
        Some(because) => format!("{}: {}", reason.what, because.what),
        None => reason.what.clone(),
    }
}
