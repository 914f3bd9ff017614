//! `gov-hook audit …`: what may be typed to hand the ledger to others, and to take theirs.

use std::path::PathBuf;

use clap::Args;

use super::shared::{DESCRIBED, Form, date, word};
use crate::app::audit::checkpoint::Shown;
use crate::app::audit::export::{self, Form as Exported};
use crate::app::audit::reconcile::{self, Lost};
use crate::app::audit::report;
use crate::app::audit::{checkpoint, checkpointed};
use crate::app::{Answer, Environment, Failure};
use crate::model::Date;
use crate::report::{Medium, Style};

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Totals by outcome, risk level, enforcement level, environment, actor and agent; approvals and how \
long they took; overrides and whether they were ratified; tamper attempts; and which commits of \
RANGE have no record. The whole ledger is verified first, and the report begins with any damage. \
The page needs no network and no script: mail it, archive it, print it.")]
#[command(after_help = "\
Exit codes:
  0  the ledger is sound
  1  the ledger is damaged; the report says how
  2  could not be read

Examples:
  gov-hook audit report                                      as a table
  gov-hook audit report --format html > audit.html           as a page to open offline
  gov-hook audit report v1.0..v1.1                           with the commits of a release
  gov-hook audit report --since 2026-01-01 --until 2026-03-31 --format json")]
pub(super) struct ReportArguments {
    /// The commits to look up: a range `A..B`, or all that a revision contains [default: the default
    /// branch]
    #[arg(value_name = "RANGE")]
    range: Option<String>,

    /// Count entries from this day on, in UTC
    #[arg(long, value_name = "DATE", value_parser = date)]
    since: Option<Date>,

    /// Count entries until this day, in UTC
    #[arg(long, value_name = "DATE", value_parser = date)]
    until: Option<Date>,

    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "human",
        value_parser = word(["human", "json", "html"], report_form))]
    format: report::Form,
}

impl ReportArguments {
    pub(super) fn medium(&self) -> Medium {
        if self.format == report::Form::Json { Medium::Json } else { Medium::Text }
    }

    pub(super) fn answer(self, environment: &Environment) -> Result<Answer, Failure> {
        let Self { range, since, until, format: form } = self;
        report::report(&report::Request { range, since, until, form }, environment)
    }
}

fn report_form(text: &str) -> Option<report::Form> {
    match text {
        "human" => Some(report::Form::Human),
        "json" => Some(report::Form::Json),
        "html" => Some(report::Form::Html),
        _ => None,
    }
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Every line of `jsonl` holds an entry byte for byte as stored, with its id, its stream and the object \
whose note holds it: the id is the SHA-256 of those bytes, and `ssh-keygen -Y` checks the \
signatures. docs/audit.md has the recipe. `statements` writes one in-toto statement per commit, with \
the entries about it.")]
#[command(after_help = "\
Exit codes:
  0  exported
  1  exported, but the ledger is damaged: gov-hook audit verify
  2  could not be read

Examples:
  gov-hook audit export > ledger.jsonl                        all of it
  gov-hook audit export v1.0..v1.1                            entries about these commits
  gov-hook audit export main --format statements              one statement per commit of main")]
pub(super) struct ExportArguments {
    /// Only entries about the commits of a range `A..B`, or about all that a revision contains
    #[arg(value_name = "RANGE")]
    range: Option<String>,

    /// What each line holds
    #[arg(long, value_name = "FORMAT", default_value = "jsonl", value_parser = word(["jsonl", "statements"], form))]
    format: Exported,
}

impl ExportArguments {
    pub(super) fn answer(self, environment: &Environment) -> Result<Answer, Failure> {
        export::export(self.range.as_deref(), self.format, environment)
    }
}

fn form(text: &str) -> Option<Exported> {
    match text {
        "jsonl" => Some(Exported::Lines),
        "statements" => Some(Exported::Statements),
        _ => None,
    }
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Prints the checkpoint in the form of C2SP's tlog-checkpoint, and puts it on record as an entry of \
this clone. Keep what is printed elsewhere: in a mail, another repository. Whoever holds it can tell later \
whether anything before it was taken away. A trailer that names it in a merge commit or a tag keeps \
it in the history itself, where `audit verify` finds it.")]
#[command(after_help = "\
Exit codes:
  0  made
  1  the ledger is damaged; nothing was written
  2  could not be made

With --verify:
  0  it holds: every stream is as it says, or has grown since
  1  it does not: something it names is gone or was changed, or its signature is not good
  2  it could not be read

Examples:
  gov-hook audit checkpoint                       print it and record it
  gov-hook audit checkpoint --sign > checkpoint   signed by your SSH key
  gov-hook audit checkpoint --verify checkpoint   does the ledger still hold all it held then?

  git tag -a v2 -m 'Version 2' -m \"$(gov-hook audit checkpoint --trailer)\"")]
pub(super) struct CheckpointArguments {
    /// Sign it with your SSH key (`gpg.format ssh`, `user.signingkey FILE`) in the namespace ckpt@gov-hook
    #[arg(long)]
    sign: bool,

    /// Check the ledger against a checkpoint kept in FILE (`-`: standard input) instead of making one
    #[arg(long, value_name = "FILE", conflicts_with_all = ["sign", "trailer"])]
    verify: Option<PathBuf>,

    /// Print only the trailer that names it in the message of a merge commit or tag
    #[arg(long)]
    trailer: bool,

    #[command(flatten)]
    pub(super) form: Form,
}

impl CheckpointArguments {
    pub(super) fn answer(self, environment: &Environment, style: Style) -> Result<Answer, Failure> {
        if let Some(file) = self.verify {
            return checkpointed::verify(&file, environment, self.form.format, style);
        }
        let shown = match (self.trailer, self.form.format) {
            (true, _) => Shown::Trailer,
            (false, Medium::Json) => Shown::Json,
            (false, Medium::Text) => Shown::Whole,
        };
        checkpoint::checkpoint(self.sign, shown, environment)
    }
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Streams only ever grow: the remote's copy of one is taken only if it contains ours. A push sends \
the ledger by itself; use this verb to fetch.")]
#[command(after_help = "\
Reported for each stream: new, forwarded, unchanged, absent (only here), behind (the remote has less of
it), ahead (the remote has more of our own), diverged (two histories), not-taken.

Exit codes:
  0  in step
  1  a stream has two histories, or this clone's own went on without it
  2  could not be fetched or sent

Examples:
  gov-hook audit sync                    with the remote this clone came from
  gov-hook audit sync ../other-clone     with a path or URL")]
pub(super) struct SyncArguments {
    /// A remote's name, a path or a URL [default: the remote that this clone came from]
    #[arg(value_name = "REMOTE")]
    pub(super) remote: Option<String>,

    #[command(flatten)]
    pub(super) form: Form,
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Two clones of which one is a copy of the other write the same stream, and its history forks. The remote's \
copy is kept, since others have it; what only ours has is given up by an entry that must be signed \
in the namespace policy@gov-hook, and put on record again in a new stream. From then on this clone \
writes a stream of its own. The copy that was given up stays under refs/gov-hook/given-up/.\n\n\
`genesis` is what all streams begin from. A clone that made another one than the remote has starts over \
under that one, and puts on record again what it had recorded; unless others have seen its own.")]
#[command(after_help = "\
Exit codes:
  0  reconciled, or nothing to reconcile
  2  could not be done: no key, one that may not sign this, or others have seen what would be given up

Examples:
  gov-hook audit sync                                        names the stream that diverged
  gov-hook audit reconcile 0c3f5e6a7b8c-1122aabb             in the copied clone
  gov-hook audit reconcile genesis                           in a clone that began a ledger of its own
  gov-hook audit reconcile 0c3f5e6a7b8c-1122aabb ../copy --keep ours   give up the copy's entries")]
pub(super) struct ReconcileArguments {
    /// The stream that has two histories
    #[arg(value_name = "STREAM")]
    stream: String,

    /// Where the other copy is [default: the remote that this clone came from]
    #[arg(value_name = "REMOTE")]
    remote: Option<String>,

    /// Whose copy to keep
    #[arg(long, value_name = "WHOSE", default_value = "theirs", value_parser = word(["theirs", "ours"], lost))]
    keep: Lost,
}

impl ReconcileArguments {
    pub(super) fn answer(self, environment: &Environment) -> Result<Answer, Failure> {
        reconcile::reconcile(&self.stream, self.remote.as_deref(), self.keep, environment)
    }
}

/// Who keeps says who loses.
fn lost(text: &str) -> Option<Lost> {
    match text {
        "theirs" => Some(Lost::Ours),
        "ours" => Some(Lost::Theirs),
        _ => None,
    }
}
