//! `gov-hook hook STAGE`: what git calls, at each point where something is decided or recorded.
//!
//! Nothing is said when all is well, nobody is asked anything, and neither the index nor the work
//! tree is ever written.

mod agent;
mod arrival;
mod commit;
mod first;
mod framework;
mod line;
mod message;
mod origin;
mod push;
mod receive;
mod refusal;
mod rewrite;
mod transaction;

use std::ffi::OsString;
use std::io::Read;

use super::{Answer, Environment, Failure, approval};
use crate::app::judging::Judged;
use crate::model::Exit;
use crate::report::{self, Detail, Format, Style};

/// The points of git's work at which gov-hook is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    PreCommit,
    PreMergeCommit,
    CommitMsg,
    PostCommit,
    PostMerge,
    PostRewrite,
    PostApplypatch,
    PrePush,
    /// On a server: all that is pushed, before any of it counts.
    PreReceive,
    /// On a server, once for each reference.
    Update,
    /// On a server, once all has moved.
    PostReceive,
    /// Whenever references move, by whatever command.
    ReferenceTransaction,
    /// Before a coding agent calls a tool.
    Agent,
}

impl Stage {
    pub const ALL: [Self; 13] = [
        Self::PreCommit,
        Self::PreMergeCommit,
        Self::CommitMsg,
        Self::PostCommit,
        Self::PostMerge,
        Self::PostRewrite,
        Self::PostApplypatch,
        Self::PrePush,
        Self::PreReceive,
        Self::Update,
        Self::PostReceive,
        Self::ReferenceTransaction,
        Self::Agent,
    ];

    /// The name of git's hook, or of whoever asks.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::CommitMsg => "commit-msg",
            Self::PostCommit => "post-commit",
            Self::PostMerge => "post-merge",
            Self::PostRewrite => "post-rewrite",
            Self::PostApplypatch => "post-applypatch",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
            Self::Update => "update",
            Self::PostReceive => "post-receive",
            Self::ReferenceTransaction => "reference-transaction",
            Self::Agent => "agent",
        }
    }

    /// Whether git asks once it is done, when nothing can be refused any more.
    const fn is_afterwards(self) -> bool {
        matches!(
            self,
            Self::PostCommit | Self::PostMerge | Self::PostRewrite | Self::PostApplypatch | Self::PostReceive
        )
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }
}

/// Runs one stage with the arguments that git gave the hook.
pub fn run(stage: Stage, arguments: &[OsString], environment: &Environment, style: Style) -> Result<Answer, Failure> {
    // The native hook has arguments; a framework leaves them out.
    if let (Stage::PrePush, Some(framework), []) = (stage, &environment.framework, arguments) {
        return framework::before_push(framework, environment, style);
    }
    let answer = match stage {
        Stage::PreCommit | Stage::PreMergeCommit => commit::before(environment, style),
        Stage::CommitMsg => message::before(arguments, environment, style),
        Stage::PostCommit | Stage::PostApplypatch => commit::after(environment),
        Stage::PostMerge => rewrite::merged(environment),
        Stage::PostRewrite => input().and_then(|input| rewrite::rewritten(arguments, &input, environment)),
        Stage::PrePush => push::before(arguments, &input()?, environment, style),
        Stage::PreReceive => receive::before(&input()?, environment),
        Stage::Update => receive::one(arguments, environment),
        Stage::PostReceive => input().map(|input| receive::after(&input, environment)),
        Stage::Agent => agent::before(environment),
        Stage::ReferenceTransaction => transaction::prepared(arguments, &input()?, environment),
    };
    answer.map_err(|failure| if stage.is_afterwards() { failure.after_the_fact() } else { failure })
}

/// What git writes to the hook. A name may be in any encoding, and only the objects beside it say what is
/// judged: what is not UTF-8 in it is replaced.
fn input() -> Result<String, Failure> {
    let mut text = Vec::new();
    match std::io::stdin().read_to_end(&mut text) {
        Ok(_) => Ok(String::from_utf8_lossy(&text).into_owned()),
        Err(error) => Err(Failure::new(format!("cannot read the hook's input from git: {error}"))),
    }
}

/// A few lines at most when it may pass, the whole report when it may not.
fn said(judged: &Judged, style: Style) -> Result<Answer, Failure> {
    if judged.judgement.decision.exit == Exit::Pass {
        return Ok(Answer::passing(in_passing(judged, "gov-hook")));
    }
    let mut text = Vec::new();
    let mut judgement = judged.judgement.clone();
    judgement.next.extend(approval::next_step(judged));
    report::write(&judgement, Format::Human, Style { detail: Detail::Normal, ..style }, &mut text)
        .map_err(|error| Failure::new(format!("the report cannot be written: {error}")))?;
    Ok(Answer { text, exit: judgement.decision.exit.into() })
}

/// What somebody should know of what may pass, under the name of who says it.
fn in_passing(judged: &Judged, by: &str) -> String {
    report::in_passing(&judged.judgement).map_or_else(String::new, |told| format!("{by}: {told}"))
}
