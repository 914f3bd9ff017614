//! `gov-hook audit …`: what may be typed to look into the ledger.

use clap::{Args, Subcommand};

use super::arguments::Form;
use crate::app::{Answer, Environment, Failure, audit};
use crate::report::Style;

#[derive(Debug, Subcommand)]
pub(super) enum AuditVerb {
    /// Verify the ledger: every entry, every stream, and the streams against each other
    Verify(VerifyArguments),
}

/// Goes on where the ledger was last found sound. What no other stream, pin or checkpoint has seen is
/// told as unwitnessed: its writer could still take it back unnoticed.
///
/// With RANGE it also says of every commit whether it was governed: `recorded` (judged before it was
/// made), `late` (judged afterwards, where git asks nobody before, or put on record with a reason),
/// `bypassed` (made past the hooks, or against them) or `unrecorded`. The ledger counts from where its
/// oldest entry starts: what that one was made on, and all before it, is before adoption.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  sound; and no commit of RANGE is bypassed or unrecorded
  1  damaged, or a commit of RANGE is bypassed or unrecorded
  2  could not be read

Examples:
  gov-hook audit verify           what came since it was last found sound
  gov-hook audit verify main      was every commit on main governed since adoption?
  gov-hook audit verify v1..v2    and those between two releases?
  gov-hook audit verify --full    all of it, as if for the first time")]
pub(super) struct VerifyArguments {
    /// Say which commits were governed: a range `A..B`, or all commits that a branch or commit has
    #[arg(value_name = "RANGE")]
    range: Option<String>,

    /// Verify all of it again
    #[arg(long)]
    full: bool,

    /// Make every recorded decision again from its objects and the policy of its time; one that
    /// differs is damage
    #[arg(long)]
    replay: bool,

    #[command(flatten)]
    form: Form,
}

impl AuditVerb {
    pub(super) fn wants_json(&self) -> bool {
        match self {
            Self::Verify(asked) => asked.form.is_json(),
        }
    }

    pub(super) fn answer(self, environment: &Environment, style: Style) -> Result<Answer, Failure> {
        match self {
            Self::Verify(VerifyArguments { range, full, replay, form }) => {
                let request = audit::verify::Request { range, full, replay, json: form.is_json() };
                audit::verify::verify(&request, environment, style)
            }
        }
    }
}
