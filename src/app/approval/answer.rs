//! `approve` and `reject`: a person's word goes on record, once it is sure that it is theirs to give and
//! they have seen what it is about.

use std::fmt::Write;

use super::ask::{bound, request_id};
use super::matter::{Target, find_all};
use super::overdue;
use super::seal::{sealed, signing};
use super::term::Until;
use super::told::{News, Told, missing, needs, put, would_not_count};
use super::worth::{against, own_words};
use crate::app::judging::Judged;
use crate::app::memory::{Act, Pen};
use crate::app::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::ledger::member;
use crate::model::{Against, Decision, Ending, EntryKind, Moment, NotCounted, ObjectId, Outcome, Saying, Word};
use crate::report::{self, Medium, Style, printable, printable_line};

/// How long an approval is good for unless its giver says otherwise.
const USUAL_LIFE: Until = Until::Seconds(7 * 86_400);

/// What a person answers, and to what.
#[derive(Clone, Debug)]
pub struct Answering {
    pub verdict: Verdict,
    pub target: Target,
    pub notes: Option<String>,
    /// Why not.
    pub reason: Option<String>,
    pub blocking: Vec<String>,
    pub reviewed: Vec<String>,
    pub expires: Option<Until>,
    pub diff: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Approve,
    Reject,
}

impl Verdict {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
        }
    }

    const fn as_noun(self) -> &'static str {
        match self {
            Self::Approve => "approval",
            Self::Reject => "rejection",
        }
    }

    const fn past(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Reject => "rejected",
        }
    }

    const fn saying(self) -> Saying {
        match self {
            Self::Approve => Saying::Approve,
            Self::Reject => Saying::Reject,
        }
    }

    const fn kind(self) -> EntryKind {
        match self {
            Self::Approve => EntryKind::Approve,
            Self::Reject => EntryKind::Reject,
        }
    }

    const fn outcome(self) -> Outcome {
        match self {
            Self::Approve => Outcome::Approved,
            Self::Reject => Outcome::Rejected,
        }
    }
}

/// Shows a person what they are about to sign, and hears whether they go on.
pub type Consent<'a> = &'a mut dyn FnMut(&str) -> Result<bool, Failure>;

pub fn answer(
    asked: &Answering,
    environment: &Environment,
    style: Style,
    consent: Consent<'_>,
    medium: Medium,
) -> Result<Answer, Failure> {
    let told = Told::new(asked.verdict.as_str());
    let repo = Repo::open(&environment.place)?;
    let all = find_all(&repo, &asked.target, environment)?;
    if let Some(agent) = &environment.agent {
        let why = format!("the agent {agent} cannot answer; only people approve");
        return Ok(told.denied(&why).answer(medium));
    }
    let expires = asked.expires.unwrap_or(USUAL_LIFE).from(environment.moment()?)?;
    let (mut wanted, mut refused) = (Vec::new(), None);
    for judged in &all {
        // The key is looked for before anybody is asked to read what it would sign, and only where
        // whoever has it may answer at all.
        let pen = pen(&repo, judged, environment)?;
        let word = Word::supposed(&pen.actor().email, asked.verdict.saying(), judged.landing.now);
        if let Some(why) = worthless(&repo, judged, (asked.verdict, &word), environment)? {
            refused = Some(why);
            continue;
        }
        let pen = signing(&repo, pen, judged, environment)?;
        let word = Word { seal: sealed(&repo, judged, &pen, (&word.saying, &[]))?, ..word };
        match worthless(&repo, judged, (asked.verdict, &word), environment)? {
            None => wanted.push(Given { judged, pen, word, expires }),
            Some(why) => refused = Some(why),
        }
    }
    let Some(Given { judged: first, .. }) = wanted.first() else {
        return match refused {
            Some(Worthless::Again) => {
                let text = format!("you have {} it already\n", asked.verdict.past());
                Ok(told.saying(text).answer(medium))
            }
            Some(Worthless::Refused(why)) => Ok(told.denied(&why).answer(medium)),
            None => Err(Failure::new("there is nothing to answer")),
        };
    };
    let meant: Vec<&Judged> = wanted.iter().map(|given| given.judged).collect();
    if !consent(&shown(&repo, first, &meant, asked, style)?)? {
        return Ok(Told { exit: Ending::Denied, ..told }.saying("nothing was put on record\n").answer(medium));
    }
    let mut told = told;
    for given in &wanted {
        give(&repo, environment, asked, given, &mut told)?;
    }
    told.ask_to_sync(&repo);
    Ok(told.answer(medium))
}

/// An answer that will count, by whoever has this pen.
struct Given<'a> {
    judged: &'a Judged,
    pen: Pen<'a>,
    word: Word,
    /// How long it is good for, if it approves.
    expires: Moment,
}

/// Puts an answer on record, tells whom the policy names, and says what it comes to.
fn give(
    repo: &Repo,
    environment: &Environment,
    asked: &Answering,
    given: &Given<'_>,
    told: &mut Told,
) -> Result<(), Failure> {
    let (verdict, Given { judged, pen, word, .. }) = (asked.verdict, given);
    let act = entry(repo, asked, given)?;
    let by = &pen.actor().email;
    let Some(mut deed) = put(pen, act)? else { return Ok(()) };
    let why = asked.reason.clone().or_else(|| asked.notes.clone());
    let news = News { outcome: verdict.outcome(), why, described: judged.judgement.target.described.clone() };
    news.of(repo, environment, judged, &deed);
    let signed = if deed.is_signed { ", signed" } else { "" };
    // Writing to a `String` cannot fail.
    let _ = writeln!(
        told.text,
        "{} {}{} as {}{signed} (entry {})",
        verdict.past(),
        request_id(judged.landing.change),
        onto(judged),
        printable(by),
        deed.entry.short()
    );
    let decision = judged.supposing(vec![word.clone()]);
    told.text.push_str(&follows(&decision));
    deed.follows = Some((decision.outcome, missing(&decision)));
    told.deeds.push(deed);
    Ok(())
}

/// Why somebody need not, or cannot, say it.
enum Worthless {
    Again,
    Refused(String),
}

fn worthless(
    repo: &Repo,
    judged: &Judged,
    (verdict, word): (Verdict, &Word),
    environment: &Environment,
) -> Result<Option<Worthless>, Failure> {
    let Word { by, saying, .. } = word;
    let supposed = judged.supposing(vec![word.clone()]);
    let Some(NotCounted { against: what, why, .. }) = against(judged, &supposed, saying, by) else { return Ok(None) };
    if *what == Against::Repetition && own_words(judged, by).iter().any(|word| word.saying == *saying) {
        return Ok(Some(Worthless::Again));
    }
    // A request that timed out is a rejection, and whoever sees it first says so.
    overdue::see(repo, judged, environment)?;
    Ok(Some(Worthless::Refused(would_not_count(verdict.as_noun(), by, why))))
}

/// The entry for an answer, bound to all that it is about.
fn entry(repo: &Repo, asked: &Answering, given: &Given<'_>) -> Result<Act, Failure> {
    let judged = given.judged;
    let Some(act) = bound(repo, asked.verdict.kind(), judged)? else {
        return Err(Failure::new("there is nothing to answer"));
    };
    let mut act = act
        .saying(member::ANSWERED, request_id(judged.landing.change))
        .saying(member::ENFORCEMENT, judged.judgement.level)
        .saying_any(member::NOTES, asked.notes.as_deref())
        .saying_any(member::REASON, asked.reason.as_deref());
    act.is_signed = given.pen.public_key().is_some();
    act.subject.base = settled_base(repo, judged)?;
    for (member, list) in [(member::BLOCKING, &asked.blocking), (member::REVIEWED, &asked.reviewed)] {
        if !list.is_empty() {
            act = act.saying(member, list.as_slice());
        }
    }
    if asked.verdict == Verdict::Approve {
        act = act.saying(member::EXPIRES, given.expires);
    }
    Ok(act)
}

fn pen<'a>(repo: &'a Repo, judged: &Judged, environment: &Environment) -> Result<Pen<'a>, Failure> {
    Pen::open(repo, environment, judged.audit, None)
}

/// Where the change leaves what is settled already: what it stands on may itself be on its way there.
fn settled_base(repo: &Repo, judged: &Judged) -> Result<Option<ObjectId>, Failure> {
    let (Some(base), Some(branch)) = (judged.landing.base, judged.branch.as_deref()) else {
        return Ok(judged.landing.base);
    };
    let Some(tip) = repo.remote_tip(branch)? else { return Ok(Some(base)) };
    Ok(repo.merge_base(tip, base)?.or(Some(base)))
}

fn onto(judged: &Judged) -> String {
    judged.landing.reference.as_deref().map(|name| format!(" for {}", printable(name))).unwrap_or_default()
}

fn follows(decision: &Decision) -> String {
    match decision.outcome {
        Outcome::Rejected => "it stays rejected until its bytes change, or the rejection is taken back\n".into(),
        Outcome::ApprovalPending => format!("it still needs {}\n", needs(&missing(decision))),
        Outcome::Blocked => "it stays blocked by what was found in it: gov-hook check\n".into(),
        Outcome::AutoApproved | Outcome::Notified | Outcome::Approved | Outcome::Overridden => {
            "it has all the approvals it needs\n".into()
        }
    }
}

/// What is about to be answered: what it is, why it has to be asked for, and what it changes.
fn shown(repo: &Repo, judged: &Judged, all: &[&Judged], asked: &Answering, style: Style) -> Result<String, Failure> {
    let landing = &judged.landing;
    let authors: Vec<String> = judged.authors.iter().map(|author| printable(&author.email)).collect();
    let branches: String = all.iter().map(|judged| onto(judged)).collect::<Vec<_>>().join(" and");
    let mut text = format!(
        "{} {} ({}, by {}){branches}\n",
        asked.verdict.as_str(),
        request_id(landing.change),
        judged.judgement.target.described,
        authors.join(", ")
    );
    text.push_str(&report::summary(&judged.judgement, style));
    if let (true, Some(tree)) = (asked.diff, landing.tree) {
        text.push('\n');
        for line in String::from_utf8_lossy(&repo.patch(landing.base, tree)?).lines() {
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "{}", printable_line(line));
        }
    }
    text.push('\n');
    Ok(text)
}
