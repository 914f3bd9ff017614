//! `gov-hook audit …`: what may be typed to look into the ledger.

use clap::{Args, Subcommand};

use super::publish::{CheckpointArguments, ExportArguments, ReconcileArguments, ReportArguments, SyncArguments};
use super::shared::{DESCRIBED, Form, word};
use crate::app::{Answer, Environment, Failure, audit};
use crate::model::{EntryKind, Moment, Outcome};
use crate::report::{Medium, Style};

#[derive(Debug, Subcommand)]
pub(super) enum AuditVerb {
    /// Verify the ledger: every entry, every stream, and each stream against the others
    Verify(VerifyArguments),
    /// List entries, newest first
    Log(LogArguments),
    /// Show an entry in full, or all entries about a commit
    Show {
        /// The first digits of an entry's id, or a revision
        #[arg(value_name = "ID|REV")]
        named: String,

        #[command(flatten)]
        form: Form,
    },
    /// Show totals and the commits without a record, for people or as a page for auditors
    Report(ReportArguments),
    /// Export the ledger for someone who does not have gov-hook
    Export(ExportArguments),
    /// Print where every stream ends now, to be kept out of reach of this repository
    Checkpoint(CheckpointArguments),
    /// Fetch the streams of others and send this clone's own
    Sync(SyncArguments),
    /// Give up one of two histories of a stream, such as a copied clone makes
    #[command(visible_alias = "merge")]
    Reconcile(ReconcileArguments),
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Filters combine: only entries that match all of them are listed. On a terminal the list goes \
through git's pager.")]
#[command(after_help = "\
Examples:
  gov-hook audit log -n 20
  gov-hook audit log --kind decision --outcome blocked --since 2026-01-01
  gov-hook audit log --path src/auth v1..v2
  gov-hook audit log --format json | jq .entry.actor.email")]
pub(super) struct LogArguments {
    /// Only entries about these commits: a range `A..B`, or one commit
    #[arg(value_name = "RANGE")]
    range: Option<String>,

    /// Only entries by this person or agent: part of a name, address or id
    #[arg(long, value_name = "WHO")]
    actor: Option<String>,

    /// Only entries of this kind; may be repeated
    #[arg(long, value_name = "KIND", value_parser = word(EntryKind::ALL.map(EntryKind::as_str), EntryKind::parse))]
    kind: Vec<EntryKind>,

    /// Only decisions with this outcome; may be repeated
    #[arg(long, value_name = "OUTCOME", value_parser = word(Outcome::ALL.map(Outcome::as_str), Outcome::parse))]
    outcome: Vec<Outcome>,

    /// Only entries about changes to this file or folder
    #[arg(long, value_name = "PATH")]
    path: Option<String>,

    /// Only entries from WHEN on: a day such as 2026-12-31, or a time such as 2026-12-31T23:59:59Z
    #[arg(long, value_name = "WHEN", value_parser = from)]
    since: Option<Moment>,

    /// Only entries up to WHEN; a day counts to its end
    #[arg(long, value_name = "WHEN", value_parser = to)]
    until: Option<Moment>,

    /// Show at most N entries
    #[arg(short, value_name = "N", value_parser = number)]
    n: Option<usize>,

    #[command(flatten)]
    pub(super) form: Form,
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().map_err(|_not_a_number| "not a number".to_owned())
}

fn from(text: &str) -> Result<Moment, String> {
    moment(text, "T00:00:00Z")
}

fn to(text: &str) -> Result<Moment, String> {
    moment(text, "T23:59:59Z")
}

fn moment(text: &str, rest: &str) -> Result<Moment, String> {
    let parsed = text.parse().or_else(|()| format!("{text}{rest}").parse());
    parsed.map_err(|()| "not a day or time of the form 2026-12-31 or 2026-12-31T23:59:59Z".to_owned())
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Continues from where the ledger was last found sound. Entries that no other stream, pin or \
checkpoint has seen are reported as unwitnessed: their writer could still take them back \
unnoticed.\n\n\
With RANGE it also says of every commit whether it was governed: `recorded` (judged before it was \
made), `late` (judged afterwards, because git runs no hook before, or put on record with a reason), \
`bypassed` (made past the hooks, or against them) or `unrecorded`; and whether it got past a push \
gate that had to stop it. The ledger counts from its oldest entry: the commit that one was made on, \
and everything before it, is from before adoption.")]
#[command(after_help = "\
Exit codes:
  0  sound; and every commit of RANGE was governed
  1  damaged; or a commit of RANGE is bypassed or unrecorded, or got past the push gate
  2  could not be read

Examples:
  gov-hook audit verify           what was added since it was last found sound
  gov-hook audit verify main      was every commit on main governed since adoption?
  gov-hook audit verify v1..v2    was every commit between two releases?
  gov-hook audit verify main --replay
                                  the same, and recompute every decision
  gov-hook audit verify --full    all of it, as if for the first time")]
pub(super) struct VerifyArguments {
    /// Also report which commits were governed: a range `A..B`, or everything a branch or commit contains
    #[arg(value_name = "RANGE")]
    range: Option<String>,

    /// Verify everything again, from the first entry
    #[arg(long)]
    full: bool,

    /// Recompute every recorded decision from its objects and the policy of its time; a difference
    /// is damage
    #[arg(long)]
    replay: bool,

    #[command(flatten)]
    pub(super) form: Form,
}

impl AuditVerb {
    /// What is verified where nothing more is said.
    pub(super) const fn plain_verify() -> Self {
        let form = Form { format: Medium::Text };
        Self::Verify(VerifyArguments { range: None, full: false, replay: false, form })
    }

    pub(super) fn medium(&self) -> Medium {
        match self {
            Self::Verify(VerifyArguments { form, .. })
            | Self::Log(LogArguments { form, .. })
            | Self::Show { form, .. }
            | Self::Sync(SyncArguments { form, .. }) => form.format,
            Self::Report(asked) => asked.medium(),
            Self::Checkpoint(asked) => asked.form.format,
            Self::Export(_) | Self::Reconcile(_) => Medium::Text,
        }
    }

    /// Whether the answer may be long enough for a pager.
    pub(super) const fn is_paged(&self) -> bool {
        matches!(self, Self::Log(_))
    }

    pub(super) fn answer(self, environment: &Environment, style: Style) -> Result<Answer, Failure> {
        match self {
            Self::Verify(VerifyArguments { range, full, replay, form }) => {
                let request = audit::verify::Request { range, full, replay, medium: form.format };
                audit::verify::verify(&request, environment, style)
            }
            Self::Log(asked) => {
                let LogArguments { range, actor, kind: kinds, outcome: outcomes, path, since, until, n: most, form } =
                    asked;
                let medium = form.format;
                let request = audit::log::Request { range, actor, kinds, outcomes, path, since, until, most, medium };
                audit::log::log(&request, environment)
            }
            Self::Show { named, form } => audit::show::show(&named, environment, form.format),
            Self::Report(asked) => asked.answer(environment),
            Self::Export(asked) => asked.answer(environment),
            Self::Checkpoint(asked) => asked.answer(environment, style),
            Self::Sync(asked) => audit::sync::sync(asked.remote.as_deref(), environment, asked.form.format),
            Self::Reconcile(asked) => asked.answer(environment),
        }
    }
}
