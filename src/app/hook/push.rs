//! Before a push: every reference is judged by what it would bring to the other side, the ledger is
//! sealed, and goes along.

use std::ffi::OsString;
use std::fmt::Write;

use super::{request, said};
use crate::app::check::{self, Asked, Judged, Push};
use crate::app::record::{Act, Cause, Moved, Pen, Standing, decision, pushed, standing};
use crate::app::{Answer, Environment, Failure};
use crate::git::notes::{Pushed, STREAMS};
use crate::git::{Commit, Repo};
use crate::ledger::GENESIS_STREAM;
use crate::model::{Enforcement, Exit, Gate, ObjectId, counted};
use crate::report::Style;

/// One line of what git says to the hook.
struct Line {
    new: Option<ObjectId>,
    reference: String,
    old: Option<ObjectId>,
}

pub(super) fn before(
    arguments: &[OsString],
    input: &str,
    environment: &Environment,
    style: Style,
) -> Result<Answer, Failure> {
    let lines: Vec<Line> = input.lines().map(Line::read).collect::<Result<_, _>>()?;
    // The ledger's own push, which came from here.
    let lines: Vec<Line> = lines.into_iter().filter(|line| !line.reference.starts_with(STREAMS)).collect();
    if lines.is_empty() || environment.is_disabled {
        return Ok(Answer::passing(String::new()));
    }
    let repo = Repo::open(&environment.place)?;
    let remote = arguments.first().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut worst = Answer::passing(String::new());
    for line in &lines {
        let answer = one(&repo, &remote, line, environment, style)?;
        worst.text.extend(answer.text);
        worst.code = worse(worst.code, answer.code);
    }
    Ok(worst)
}

/// Of two exit codes the one that weighs more: denied, then undecided, then held.
const fn worse(one: u8, other: u8) -> u8 {
    match (one, other) {
        (1, _) | (_, 1) => 1,
        (2, _) | (_, 2) => 2,
        (3, _) | (_, 3) => 3,
        _ => 0,
    }
}

impl Line {
    /// `<local ref> <local object> <remote ref> <remote object>`; zeros mean that there is none.
    fn read(text: &str) -> Result<Self, Failure> {
        let unknown = || Failure::new("git says what is pushed in a way that gov-hook does not know");
        let mut words = text.split(' ');
        let (Some(_), Some(new), Some(reference), Some(old), None) =
            (words.next(), words.next(), words.next(), words.next(), words.next())
        else {
            return Err(unknown());
        };
        let object = |hex: &str| match hex.parse::<ObjectId>() {
            Ok(id) => Ok((id != ObjectId::new([0; 20])).then_some(id)),
            Err(()) => Err(unknown()),
        };
        Ok(Self { new: object(new)?, reference: reference.to_owned(), old: object(old)? })
    }
}

fn one(repo: &Repo, remote: &str, line: &Line, environment: &Environment, style: Style) -> Result<Answer, Failure> {
    // What is deleted brings nothing; whether it may be is for the server to say.
    let Some(new) = line.new else { return Ok(Answer::passing(String::new())) };
    let old = known(repo, remote, line)?;
    let branch = line.reference.strip_prefix("refs/heads/").map(str::to_owned);
    let push = Push { remote: remote.to_owned(), branch, old, new };
    let request = request(Asked::default(), Gate::Push, style);
    let judged = check::judge_push(repo, &request, environment, &push)?;
    let Swept { mut acts, missing } = sweep(repo, &judged, environment)?;
    let mut answer = said(&judged.judgement, style)?;
    let is_refused = judged.judgement.level == Enforcement::Production && !missing.is_empty();
    if is_refused {
        answer.text.extend(refusal(&missing, old).into_bytes());
        answer.code = worse(answer.code, Exit::Denied.code());
    }
    let pen = Pen::open(repo, environment, judged.audit, judged.agent.as_deref())?;
    let moved = Moved { new, old, reference: line.reference.clone() };
    let act = pushed(&judged, &moved, answer.code == 0);
    acts.push(if is_refused { act.saying("missing", missing.len()) } else { act });
    pen.write(&acts)?;
    if answer.code == 0 {
        answer.text.extend(along(repo, remote, &pen)?.into_bytes());
    }
    Ok(answer)
}

/// What the other side has, which has to be here to be compared with.
fn known(repo: &Repo, remote: &str, line: &Line) -> Result<Option<ObjectId>, Failure> {
    let Some(old) = line.old else { return Ok(None) };
    if repo.resolve(&old.to_string())?.is_none() {
        let branch = line.reference.strip_prefix("refs/heads/").unwrap_or(&line.reference);
        return Err(Failure::new(format!("{branch} is at {} on {remote}, which is not here", old.short()))
            .mended_by(format!("fetch it first: git fetch {remote} {branch}")));
    }
    Ok(Some(old))
}

/// The commits of a push as the ledger knows them.
struct Swept {
    /// What puts those on record that no hook runs for.
    acts: Vec<Act>,
    /// Those that were made past the hooks, or without them.
    missing: Vec<(Commit, &'static str)>,
}

/// Puts those on record that no hook runs for, and names those that have no record.
fn sweep(repo: &Repo, judged: &Judged, environment: &Environment) -> Result<Swept, Failure> {
    let mut swept = Swept { acts: Vec::new(), missing: Vec::new() };
    for commit in &judged.commits {
        match standing(repo, commit)? {
            Standing::OnRecord => {}
            Standing::Bypassed => swept.missing.push((commit.clone(), "bypassed")),
            Standing::Unknown if commit.parents.len() == 1 => swept.missing.push((commit.clone(), "unrecorded")),
            Standing::Unknown => {
                let asked =
                    Asked { revision: Some(commit.id.to_string()), onto: judged.branch.clone(), ..Asked::default() };
                let late = check::judge(repo, &request(asked, Gate::Commit, Style::default()), environment)?;
                swept.acts.extend(decision(&late).map(|act| act.saying("cause", Cause::Push.as_str())));
            }
        }
    }
    Ok(swept)
}

fn refusal(missing: &[(Commit, &str)], old: Option<ObjectId>) -> String {
    // Writing to a `String` cannot fail, here and below.
    let mut text = format!("denied: {} without a record; production takes none\n", counted(missing.len(), "commit"));
    for (commit, told) in missing.iter().take(10) {
        let _ = writeln!(text, "  {}  {:<10}  {}", commit.id.short(), told, commit.subject());
    }
    let range = match (old, missing) {
        (_, [(only, _)]) => only.id.short(),
        (Some(old), [.., (last, _)]) => format!("{}..{}", old.short(), last.id.short()),
        (_, [.., (last, _)]) => last.id.short(),
        (_, []) => String::new(),
    };
    text + &format!("judge them and put them on record: gov-hook record {range} --reason WHY\n")
}

/// The ledger goes first: whoever sees the commits can see why they were let by.
fn along(repo: &Repo, remote: &str, pen: &Pen<'_>) -> Result<String, Failure> {
    let mut text = String::new();
    for stream in [GENESIS_STREAM, pen.stream()] {
        match repo.push_stream(remote, stream)? {
            Pushed::New | Pushed::Forwarded | Pushed::Unchanged | Pushed::Nothing => {}
            Pushed::Diverged => {
                return Err(Failure::new(format!("{remote} has another history of refs/notes/gov/{stream}"))
                    .mended_by("see what differs: gov-hook audit sync"));
            }
            Pushed::Refused { said } => {
                let _ = writeln!(text, "gov-hook: {remote} does not take the ledger (refs/notes/gov/{stream}): {said}");
            }
        }
    }
    Ok(text)
}
