//! Before a push: every reference is judged by what it would bring to the other side, and only then
//! is the ledger sealed, and goes along.

use std::ffi::OsString;
use std::fmt::Write;

use super::arrival::{Arrival, Gatekeeper};
use super::line::{Line, Name};
use super::refusal::Refusal;
use super::{in_passing, said};
use crate::app::judging::Side;
use crate::app::memory::{Act, Beginning, Pen, Records};
use crate::app::record::{Fate, Moved};
use crate::app::{Answer, Environment, Failure, approval, exchange};
use crate::git::Repo;
use crate::git::notes::Pushed;
use crate::ledger::GENESIS_STREAM;
use crate::model::{Ending, Exit, Remote, counted, shell_word};
use crate::policy::Audit;
use crate::report::{Style, printable};

pub(super) fn before(
    arguments: &[OsString],
    input: &str,
    environment: &Environment,
    style: Style,
) -> Result<Answer, Failure> {
    let lines: Vec<Line> = input.lines().map(Line::pushed).collect::<Result<_, _>>()?;
    if lines.is_empty() {
        return Ok(Answer::passing(String::new()));
    }
    if environment.is_disabled {
        return Ok(Answer::passing(let_by_anyway(arguments, &lines, environment)));
    }
    let repo = Repo::open(&environment.place)?;
    let remote = remote_of(arguments);
    let mut answer = Answer::passing(String::new());
    let started_over = exchange::settle(&repo, &remote, environment)?;
    if !started_over.is_empty() {
        answer.text.extend(format!("gov-hook: {started_over}").into_bytes());
    }
    let judged_lines = judged_among(&repo, &lines, &mut answer)?;
    for line in &judged_lines {
        is_known(&repo, &remote, line)?;
    }
    let side = Side::remote(&repo, &remote)?;
    let mut records = Records::of(&repo)?;
    let judge = |records: &Records<'_>| -> Result<Vec<Arrival>, Failure> {
        let gatekeeper = Gatekeeper { repo: &repo, side: &side, records, environment };
        judged_lines.iter().map(|line| gatekeeper.arrival(line)).collect()
    };
    let mut arrivals = judge(&records)?;
    // What it waits for may have been said elsewhere, and only not have come here yet; so may what speaks against
    // what it passes by.
    let may_have_news = |arrival: &Arrival| arrival.exit() != Ending::Pass || arrival.rests_on_a_word();
    if arrivals.iter().any(may_have_news) && exchange::has_news(&repo, &remote, environment) {
        records = Records::of(&repo)?;
        arrivals = judge(&records)?;
    }
    let gatekeeper = Gatekeeper { repo: &repo, side: &side, records: &records, environment };
    for arrival in &arrivals {
        answer.text.extend(told(arrival, &remote, style)?);
        answer.exit = answer.exit.max(arrival.exit());
    }
    if arrivals.is_empty() {
        return Ok(answer);
    }
    put_on_record(&gatekeeper, &remote, &arrivals, &mut answer)?;
    Ok(answer)
}

/// What follows from the answer: it is put on record, told to whom the policy names, and sent along.
fn put_on_record(
    gatekeeper: &Gatekeeper<'_>,
    remote: &Remote,
    arrivals: &[Arrival],
    answer: &mut Answer,
) -> Result<(), Failure> {
    let Gatekeeper { repo, environment, .. } = *gatekeeper;
    let pen = pen(repo, environment, arrivals)?;
    let fate = if answer.exit == Ending::Pass { Fate::LetBy } else { Fate::Stopped };
    let mut acts = acts(gatekeeper, arrivals, fate)?;
    let savepoints = if fate == Fate::LetBy { savepoints(repo, arrivals, &mut acts)? } else { Vec::new() };
    pen.write(&acts)?;
    for arrival in arrivals {
        arrival.tell(repo, environment, arrival.exit(), pen.actor());
    }
    if answer.exit == Ending::Pass {
        answer.text.extend(along(repo, remote, environment)?.into_bytes());
        send_marks(repo, remote, &savepoints);
    } else if answer.exit == Ending::Held {
        answer.text.extend(asked(repo, remote, environment, arrivals).into_bytes());
    }
    Ok(())
}

/// What git calls the other side.
fn remote_of(arguments: &[OsString]) -> Remote {
    Remote::new(arguments.first().map(|name| name.to_string_lossy()).unwrap_or_default())
}

/// The references that are to be judged; of the others the answer tells which may not go.
fn judged_among<'l>(repo: &Repo, lines: &'l [Line], answer: &mut Answer) -> Result<Vec<&'l Line>, Failure> {
    let mut judged = Vec::new();
    for line in lines {
        let refusal = match line.name() {
            // Somebody sends a stream by hand; our own go along without running this hook.
            Name::Stream(_) => stream(repo, line)?,
            Name::Reserved | Name::Replacement => refusal_of_name(line),
            Name::Branch(_) | Name::Other => {
                judged.push(line);
                None
            }
        };
        if let Some(refusal) = refusal {
            answer.text.extend(refusal.told(line.short()).into_bytes());
            answer.exit = answer.exit.max(refusal.exit);
        }
    }
    Ok(judged)
}

/// Whoever is to approve what is held has to see that they are asked, and what about; that they could not
/// be told changes nothing about the push, and whoever waits for them is to know.
fn asked(repo: &Repo, remote: &Remote, environment: &Environment, arrivals: &[Arrival]) -> String {
    let text = unsent(along(repo, remote, environment), remote);
    for judged in arrivals.iter().filter_map(|arrival| arrival.judged.as_ref()) {
        let _ = approval::offer(repo, remote, judged);
    }
    text
}

/// Why nobody on the other side hears that they are asked.
fn unsent(along: Result<String, Failure>, remote: &Remote) -> String {
    along.unwrap_or_else(|failure| {
        let why = printable(&failure.in_short());
        format!("gov-hook: the request could not be sent to {remote}: {why}\n  send it: gov-hook audit sync\n")
    })
}

/// Marks where the branches are before something risky lands on them; gives the tags.
fn savepoints(repo: &Repo, arrivals: &[Arrival], acts: &mut Vec<Act>) -> Result<Vec<String>, Failure> {
    let mut tags = Vec::new();
    for judged in arrivals.iter().filter_map(|arrival| arrival.judged.as_ref()) {
        if let Some((tag, act)) = approval::before_landing(repo, judged)? {
            tags.push(tag);
            acts.push(act);
        }
    }
    Ok(tags)
}

fn send_marks(repo: &Repo, remote: &Remote, tags: &[String]) {
    for tag in tags {
        // It is here in any case; a remote that takes no tags changes nothing about the push.
        let _ = repo.send_mark(remote.as_git(), tag);
    }
}

/// `GOV_HOOK_DISABLED`: nothing is refused, and all of it is on record.
fn let_by(arguments: &[OsString], lines: &[Line], environment: &Environment) -> Result<String, Failure> {
    let repo = Repo::open(&environment.place)?;
    let remote = remote_of(arguments);
    let side = Side::remote(&repo, &remote)?;
    let records = Records::of(&repo)?;
    let gatekeeper = Gatekeeper { repo: &repo, side: &side, records: &records, environment };
    let (mut acts, mut text) = (Vec::new(), String::new());
    for line in lines.iter().filter(|line| line.branch().is_some()) {
        let Some(new) = line.new else { continue };
        // What cannot be judged is let by as well.
        let judged = gatekeeper.arrival(line).ok().and_then(|arrival| arrival.judged);
        let moved = Moved { new, old: line.old, reference: line.reference.clone() };
        acts.push(approval::broken(&repo, moved, judged.as_ref())?);
        let (branch, id) = (printable(line.short()), new.short());
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "gov-hook: {branch}: let through unjudged, because GOV_HOOK_DISABLED is set; that is on record\n\
             somebody else has to answer for it: gov-hook ratify {id}"
        );
    }
    let pen = Pen::open(&repo, environment, Audit::default(), environment.agent.as_deref())?;
    pen.write(&acts)?;
    let _ = along(&repo, &remote, environment);
    Ok(text)
}

/// The same, whatever becomes of the record.
fn let_by_anyway(arguments: &[OsString], lines: &[Line], environment: &Environment) -> String {
    let_by(arguments, lines, environment).unwrap_or_else(|failure| {
        let why = printable(&failure.in_short());
        format!("gov-hook: let through unjudged, and that could not be put on record: {why}\n")
    })
}

/// Why a reference of this name goes nowhere; its deletion mends what somebody else has done.
pub(super) fn refusal_of_name(line: &Line) -> Option<Refusal> {
    line.new?;
    match line.name() {
        Name::Replacement => Some(
            Refusal::denied("a replacement makes git show a history other than the one that was judged").mended_by(
                format!("git replace -d {}", shell_word(line.reference.trim_start_matches("refs/replace/"))),
            ),
        ),
        Name::Reserved => {
            let refusal = Refusal::denied("this name is reserved: the ledger is in refs/notes/gov/<stream>");
            let is_a_copy = line.reference.contains("/remotes/");
            Some(refusal.mended_by(if is_a_copy {
                "push branches and tags, without what was fetched: git push --all, git push --tags"
            } else {
                "gov-hook audit sync"
            }))
        }
        Name::Stream(_) | Name::Branch(_) | Name::Other => None,
    }
}

/// A stream only ever grows.
fn stream(repo: &Repo, line: &Line) -> Result<Option<Refusal>, Failure> {
    let Some(new) = line.new else {
        return Ok(Some(Refusal::denied("it would delete a stream of the ledger").mended_by("gov-hook audit verify")));
    };
    let is_drawn = || Beginning::here(repo)?.map_or(Ok(false), |genesis| genesis.is_provisional(repo));
    if line.name() == Name::Stream(GENESIS_STREAM) && is_drawn()? {
        return Ok(Some(
            Refusal::denied("it was drawn for want of the root of the history, and holds in this clone alone")
                .mended_by("gov-hook audit sync"),
        ));
    }
    let Some(old) = line.old else { return Ok(None) };
    let goes_on = repo.commit_here(old).is_some() && repo.merge_base(old, new)? == Some(old);
    let rewritten = || {
        Refusal::denied("it would remove entries of this stream that the other side has")
            .mended_by("gov-hook audit sync")
    };
    Ok((!goes_on).then(rewritten))
}

/// What the other side has has to be here to be compared with.
fn is_known(repo: &Repo, remote: &Remote, line: &Line) -> Result<(), Failure> {
    match line.old {
        Some(old) if line.new.is_some() && repo.commit_at(old).is_err() => {
            Err(Failure::new(format!("{} is at {} on {remote}, which is not here", line.short(), old.short()))
                .mended_by(format!("fetch it first: git fetch {} {}", remote.word(), shell_word(line.short()))))
        }
        _ => Ok(()),
    }
}

/// A few lines at most when it may pass.
fn told(arrival: &Arrival, remote: &Remote, style: Style) -> Result<Vec<u8>, Failure> {
    let short = arrival.line.short();
    let mut text = match &arrival.judged {
        Some(judged) if judged.judgement.decision.exit != Exit::Pass => said(judged, style)?.text,
        // What is refused for another reason does not pass, whatever is said of its content.
        Some(judged) if arrival.refusals.is_empty() => {
            in_passing(judged, &format!("gov-hook: {}", printable(short))).into_bytes()
        }
        _ => Vec::new(),
    };
    for refusal in &arrival.refusals {
        text.extend(refusal.told_in_full(short).into_bytes());
    }
    if arrival.refusals.is_empty() && arrival.given_up > 0 {
        let gone = counted(arrival.given_up, "commit");
        text.extend(format!("gov-hook: {short}: forced; {remote} gives up {gone}; that is on record\n").into_bytes());
    }
    Ok(text)
}

/// One pen for all: as strict as the strictest of the laws that judged.
fn pen<'a>(repo: &'a Repo, environment: &Environment, arrivals: &[Arrival]) -> Result<Pen<'a>, Failure> {
    let audit = arrivals.iter().fold(Audit::default(), |audit, arrival| Audit {
        sign: audit.sign || arrival.audit.sign,
        proof_of_work_bits: audit.proof_of_work_bits.max(arrival.audit.proof_of_work_bits),
    });
    Pen::open(repo, environment, audit, arrivals.iter().find_map(Arrival::agent))
}

/// git sends all references or none, so one that is refused keeps the others back as well.
fn acts(gatekeeper: &Gatekeeper<'_>, arrivals: &[Arrival], fate: Fate) -> Result<Vec<Act>, Failure> {
    let mut acts = gatekeeper.late(arrivals)?;
    for arrival in arrivals {
        acts.extend(arrival.act(fate));
        let Some(judged) = &arrival.judged else { continue };
        acts.extend(approval::by_hook(gatekeeper.repo, judged)?);
        if fate == Fate::LetBy {
            acts.extend(approval::used(gatekeeper.repo, judged)?);
        }
    }
    Ok(acts)
}

/// The ledger goes first: whoever sees the commits can see why they were let by. Whoever else writes in
/// this clone, such as an agent under an address of its own, is spoken of and goes along.
fn along(repo: &Repo, remote: &Remote, environment: &Environment) -> Result<String, Failure> {
    let mut text = String::new();
    for (stream, became) in exchange::send(repo, remote, &exchange::own(repo, environment)?)? {
        match became {
            Pushed::New | Pushed::Forwarded | Pushed::Unchanged | Pushed::Nothing => {}
            Pushed::Diverged if stream == GENESIS_STREAM => return Err(exchange::another(repo, remote)?),
            Pushed::Diverged => {
                return Err(Failure::new(format!("{remote} has another history of refs/notes/gov/{stream}"))
                    .mended_by("see what differs: gov-hook audit sync"));
            }
            Pushed::Refused { said } => {
                // Writing to a `String` cannot fail.
                let _ =
                    writeln!(text, "gov-hook: {remote} does not accept the ledger (refs/notes/gov/{stream}): {said}");
            }
        }
    }
    Ok(text)
}
