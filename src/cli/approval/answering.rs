//! `gov-hook approve | reject | revoke`: answering a request, and taking the answer back.

use clap::Args;

use super::target::TargetArguments;
use super::time::until;
use crate::app::approval::{self, Answering, Target, Until, Verdict};
use crate::app::{Answer, Environment, Failure};
use crate::cli::print;
use crate::cli::shared::{ANSWER_CODES, DESCRIBED, Form, said};
use crate::report::{Medium, Style};

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Shows the change, then records the approval: signed with your SSH key if the policy or the branch \
asks for that, or if your key is listed. It applies to these bytes on this branch under this policy, \
and to nothing else.")]
#[command(after_help = "\
Examples:
  gov-hook approve 3f2a9c01b7de            a request, by its id
  gov-hook approve feature --diff          a branch, after seeing its patch
  gov-hook approve --staged --reason \"ok\"  what an agent staged on this machine

Exit codes:
  0  on record
  1  denied: it would not count, or you answered no
  2  could not be done")]
pub(in crate::cli) struct ApproveArguments {
    #[command(flatten)]
    target: TargetArguments,

    /// Why you approve it
    #[arg(long, visible_alias = "reason", value_name = "TEXT", value_parser = said)]
    notes: Option<String>,

    /// A file or document you have read; may be repeated
    #[arg(long, value_name = "PATH")]
    reviewed: Vec<String>,

    /// When it expires: after `2h` or `7d`, or a day or time [default: 7d]
    #[arg(long, value_name = "WHEN", value_parser = until)]
    expires: Option<Until>,

    #[command(flatten)]
    pub(in crate::cli) showing: Showing,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  on record
  1  denied: it would not count, or you answered no
  2  could not be done

Example:
  gov-hook reject 3f2a9c01b7de --reason \"no tests\" --blocking \"cover the refund\"")]
pub(in crate::cli) struct RejectArguments {
    #[command(flatten)]
    target: TargetArguments,

    /// Why you reject it
    #[arg(long, value_name = "WHY", value_parser = said)]
    reason: String,

    /// Something that has to be fixed first; may be repeated
    #[arg(long, value_name = "TEXT", value_parser = said)]
    blocking: Vec<String>,

    /// Anything else to record
    #[arg(long, value_name = "TEXT", value_parser = said)]
    notes: Option<String>,

    /// A file or document you have read; may be repeated
    #[arg(long, value_name = "PATH")]
    reviewed: Vec<String>,

    #[command(flatten)]
    pub(in crate::cli) showing: Showing,
}

/// How it is shown what somebody answers.
#[derive(Debug, Args)]
pub(in crate::cli) struct Showing {
    /// Show the patch
    #[arg(long)]
    diff: bool,

    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,

    #[command(flatten)]
    pub(in crate::cli) form: Form,
}

#[derive(Debug, Args)]
#[command(after_help = ANSWER_CODES)]
pub(in crate::cli) struct RevokeArguments {
    /// The entry to take back, or the request or revision that you answered
    #[arg(value_name = "ENTRY|REQUEST|REV")]
    named: Option<String>,

    /// The staged changes
    #[arg(long, conflicts_with = "named")]
    staged: bool,

    /// Why you take it back
    #[arg(long, value_name = "WHY", value_parser = said)]
    reason: Option<String>,

    #[command(flatten)]
    pub(in crate::cli) form: Form,
}

impl ApproveArguments {
    pub(in crate::cli) fn answer(self, environment: &Environment, style: Style) -> Result<Answer, Failure> {
        let Self { target, notes, reviewed, expires, showing } = self;
        let (verdict, target, diff) = (Verdict::Approve, target.target(), showing.diff);
        let asked = Answering { verdict, target, notes, reviewed, expires, diff, reason: None, blocking: Vec::new() };
        answer(&asked, environment, style, &showing)
    }
}

impl RejectArguments {
    pub(in crate::cli) fn answer(self, environment: &Environment, style: Style) -> Result<Answer, Failure> {
        let Self { target, reason, blocking, notes, reviewed, showing } = self;
        let (verdict, target, diff) = (Verdict::Reject, target.target(), showing.diff);
        let reason = Some(reason);
        let asked = Answering { verdict, target, notes, reason, blocking, reviewed, diff, expires: None };
        answer(&asked, environment, style, &showing)
    }
}

impl RevokeArguments {
    pub(in crate::cli) fn answer(self, environment: &Environment) -> Result<Answer, Failure> {
        let Self { named, staged, reason, form } = self;
        approval::revoke(&Target { named, staged, onto: None }, reason.as_deref(), environment, form.format)
    }
}

fn answer(asked: &Answering, environment: &Environment, style: Style, showing: &Showing) -> Result<Answer, Failure> {
    let question = format!("{} this?", asked.verdict.as_str());
    let is_terminal = environment.stdin_is_terminal && environment.stdout_is_terminal;
    let medium = showing.form.format;
    // Whoever wants JSON reads no page, and a program that asked for it cannot be asked.
    let mut consent = |shown: &str| match medium {
        Medium::Json => Ok(true),
        Medium::Text => print::consent(shown, &question, is_terminal && !showing.yes),
    };
    approval::answer(asked, environment, style, &mut consent, medium)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::cli::arguments::Arguments;

    #[test]
    fn a_reason_is_a_note_where_there_is_no_other() {
        let parsed = |flag: &str, verb: &str| {
            let parsed = Arguments::try_parse_from(["gov-hook", verb, "3f2a9c01b7de", flag, "read it"]);
            format!("{:?}", parsed.unwrap())
        };

        for verb in ["approve", "ratify"] {
            assert_eq!(parsed("--reason", verb), parsed("--notes", verb));
        }
    }
}
