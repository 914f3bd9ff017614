//! Everything that may be typed. Help, completions and the man page are made from this.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand};

use super::approval::{
    ApproveArguments, HistoryArguments, OverrideVerb, PendingArguments, RatifyArguments, RejectArguments,
    RequestArguments, RevokeArguments, RollbackArguments, ShowArguments, StatusArguments,
};
use super::audit::AuditVerb;
use super::headers::{SignArguments, UnsignArguments, VerifyArguments};
use super::install::{DoctorArguments, InstallArguments};
use super::notify::NotifyArguments;
use super::rules::RulesVerb;
use super::shared::{DESCRIBED, FILE_CODES, Form, said, word};
use crate::app::Colour;
use crate::app::hook::Stage;
use crate::model::{Enforcement, Gate};
use crate::report::{Format, Medium};

const EXIT_CODES: &str = "Exit codes of every verb that decides:
  0  may pass
  1  denied: a `deny` finding, a rejection, or a commit without a record
  2  could not decide: usage, policy, environment or unreadable input
  3  held: an approval is missing";

const UNINSTALL_CODES: &str = "\
Exit codes:
  0  removed, or none were installed
  2  could not be removed; the message says why";

#[derive(Debug, Parser)]
#[command(
    name = "gov-hook",
    version,
    about = "Judges what is about to be committed or pushed: its risk, its secrets, and who must approve it",
    after_help = format!("{EXIT_CODES}\n\nStart with `gov-hook init`, then `gov-hook check`."),
    max_term_width = 100
)]
pub(super) struct Arguments {
    /// Run as if started in this directory
    #[arg(short = 'C', value_name = "PATH", global = true, help_heading = "Global options")]
    pub(super) directory: Option<PathBuf>,

    /// When to use colour; the words are the same either way
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true, help_heading = "Global options",
        value_parser = word(["auto", "always", "never"], parse_colour))]
    pub(super) color: Colour,

    #[command(subcommand)]
    pub(super) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Write a policy that fits this repository
    Init(InitArguments),
    /// Install the hooks through which git runs gov-hook
    Install(InstallArguments),
    /// Remove gov-hook's hooks and restore what was there before
    #[command(after_help = UNINSTALL_CODES)]
    Uninstall,
    /// Check that git really runs gov-hook, in every work tree and with every installed git
    Doctor(DoctorArguments),
    /// Judge a change and say whether it may pass
    Check(Box<CheckArguments>),
    /// Run one of git's hooks (git calls this)
    Hook(HookArguments),
    /// Judge commits that no hook saw and put them on record
    Record(RecordArguments),
    /// Request the approvals that a change needs
    Request(RequestArguments),
    /// Approve a change: these bytes, on this branch
    Approve(ApproveArguments),
    /// Reject a change until its bytes change
    Reject(RejectArguments),
    /// Take back an approval or a rejection
    Revoke(RevokeArguments),
    /// List what is waiting for approval
    Pending(PendingArguments),
    /// Show who a request needs, who counted, and who did not and why
    Status(StatusArguments),
    /// List all requests and what became of them
    History(HistoryArguments),
    /// Show a request and the change it is about
    Show(ShowArguments),
    /// Restore the state before an approved change landed, as a new change
    Rollback(RollbackArguments),
    /// Answer afterwards for a change that was let through unapproved
    Ratify(RatifyArguments),
    /// Let a change pass as it is, once, and record that
    #[command(subcommand)]
    Override(OverrideVerb),
    /// Read, verify and share the ledger of decisions
    #[command(subcommand)]
    Audit(AuditVerb),
    /// Sign files with protection headers, so that any later change is found
    Sign(SignArguments),
    /// Check that signed files are still what was signed
    Verify(VerifyArguments),
    /// Remove protection headers
    Unsign(UnsignArguments),
    /// Send and inspect notifications
    Notify(NotifyArguments),
    /// Show, check and explain the policy
    #[command(subcommand)]
    Policy(PolicyVerb),
    /// Measure the risk score
    #[command(subcommand)]
    Risk(RiskVerb),
    /// List, explain, check and waive the rules for content
    #[command(subcommand)]
    Rules(RulesVerb),
    /// Print a completion script for a shell
    Completions {
        /// The shell to complete for
        shell: clap_complete::Shell,
    },
    /// Print the manual page of gov-hook or of a verb, in roff
    Man {
        /// The verb, such as `check` or `audit verify`
        verb: Vec<String>,
    },
}

#[derive(Debug, Args)]
#[command(after_help = format!("{EXIT_CODES}

The stage `agent` is none of git's: a coding agent asks it before it acts. It reads one JSON object on
standard input, in one of three forms:
  {{\"path\": \"src/a.rs\"}}          a file that would be written; {{\"paths\": [\"a\", \"b\"]}} for several
  {{\"command\": \"git push\"}}       a line for the shell; or a program and its words: [\"git\", \"push\"]
  {{\"hook_event_name\": \"PreToolUse\", \"tool_name\": \"Bash\", \"tool_input\": {{\"command\": \"git push\"}}}}
                                 the event of Claude Code; of a tool that is not known whatever its
                                 input names is judged, unless its name says that it only reads
Each may have a `cwd`, the directory that paths and commands start from. The first two are answered with
{{\"decision\": \"allow\", \"reason\": \"…\"}}, `ask` or `deny`, and exit with 0, 3 or 1; Claude Code is
answered in its own form, and with nothing where no rule is concerned. What cannot be read exits with 2.

Example:
  echo '{{\"path\": \".gov/policy.yaml\"}}' | gov-hook hook agent"))]
pub(super) struct HookArguments {
    /// The name of the hook
    #[arg(value_name = "STAGE", value_parser = word(Stage::ALL.map(Stage::as_str), Stage::parse))]
    pub(super) stage: Stage,

    /// The arguments that git gives the hook
    #[arg(value_name = "ARGS", trailing_var_arg = true, allow_hyphen_values = true)]
    pub(super) arguments: Vec<OsString>,
}

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct RecordArguments {
    /// A range `A..B`, or one commit
    #[arg(value_name = "RANGE")]
    pub(super) range: String,

    /// Why they have no record; the reason is recorded
    #[arg(long, value_name = "WHY", value_parser = said)]
    pub(super) reason: String,
}

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// Print the policy instead of writing it
    #[arg(long)]
    pub(super) print: bool,

    /// Overwrite an existing policy
    #[arg(long, conflicts_with = "print")]
    pub(super) force: bool,

    /// How many commits to replay under the new policy
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(super) replay: usize,
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
With no revision: the current branch against the default branch. On the default branch itself: \
the staged changes, else the commits its remote does not have, else the last commit. The default branch is \
taken as last fetched from its remote, or as it is here if no remote has it.")]
#[command(after_help = format!("{EXIT_CODES}

Examples:
  gov-hook check                          this branch, as it would land on the default branch
  gov-hook check --staged --gate commit   what `git commit` would record
  gov-hook check origin/main..HEAD --format github   a merge request, in CI
  gov-hook check HEAD~3                   one commit
  gov-hook check --all                    every tracked file, for secrets and other content
  gov-hook check --history                everything that any ref ever held
  gov-hook check --suppose approve:lin@example.com   what if Lin approved it?"))]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub(super) struct CheckArguments {
    /// A commit, a branch, or a range `A..B` or `A...B`
    #[arg(value_name = "REV")]
    pub(super) revision: Option<String>,

    /// Judge the staged changes
    #[arg(long, conflicts_with_all = ["revision", "all", "history", "base"])]
    pub(super) staged: bool,

    /// Judge the content of every tracked file, or of every file of REV
    #[arg(long, conflicts_with_all = ["base", "history"])]
    pub(super) all: bool,

    /// Judge everything that any ref (or REV) ever held, and name the commit that brought each finding.
    /// Findings other than secrets are reported only if HEAD (or REV) still has them
    #[arg(long, conflicts_with = "base")]
    pub(super) history: bool,

    /// Judge what REV (or HEAD) has and BASE does not
    #[arg(long, value_name = "BASE")]
    pub(super) base: Option<String>,

    /// The branch the change would land on; its level applies [default: the default branch]
    #[arg(long, value_name = "BRANCH", conflicts_with = "staged")]
    pub(super) onto: Option<String>,

    /// Which gate decides
    #[arg(long, value_name = "GATE", default_value = "push",
        value_parser = word(["commit", "push"], |text| [Gate::Commit, Gate::Push].into_iter().find(|gate| gate.as_str() == text)))]
    pub(super) gate: Gate,

    /// Judge at this level, whatever the branch and whoever acts
    #[arg(long, value_name = "LEVEL",
        value_parser = word(["development", "staging", "production"], Enforcement::parse))]
    pub(super) level: Option<Enforcement>,

    /// Record the decision in the ledger, as a hook does; to put commits on record, use
    /// `gov-hook record`
    #[arg(long, conflicts_with_all = ["all", "history", "level", "suppose"])]
    pub(super) record: bool,

    /// Answer "what if": approve:PERSON, reject:PERSON or level:LEVEL; may be repeated
    #[arg(long, value_name = "WHAT")]
    pub(super) suppose: Vec<String>,

    #[command(flatten)]
    pub(super) form: FullForm,

    /// Print nothing if the change may pass
    #[arg(short, long)]
    pub(super) quiet: bool,

    /// Show every list in full
    #[arg(short, long, conflicts_with = "quiet")]
    pub(super) verbose: bool,
}

#[derive(Debug, Args)]
pub(super) struct FullForm {
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "human",
        value_parser = word(Format::ALL.map(Format::as_str), Format::parse))]
    pub(super) format: Format,
}

#[derive(Debug, Subcommand)]
pub(super) enum PolicyVerb {
    /// Print the policy in effect, with every default filled in
    Show {
        #[command(flatten)]
        form: Form,
    },
    /// Check a policy file and report all mistakes at once
    #[command(after_help = FILE_CODES)]
    Check {
        /// The file [default: `.gov/policy.yaml` in the work tree]
        file: Option<PathBuf>,
        #[command(flatten)]
        form: Form,
    },
    /// Print the JSON Schema of policy files, for editors
    Schema,
    /// Show which list and glob match a path, and what a change of it would need
    Why {
        /// A file, which need not exist
        path: OsString,
        #[command(flatten)]
        form: Form,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum RiskVerb {
    /// Measure how well the score ranks changes, on labelled data or a repository's history
    #[command(
        group = ArgGroup::new("evidence").args(["csv", "repo"]).required(true),
        after_help = "\
Exit codes:
  0  the score is borne out
  1  it is not
  2  there is too little evidence, or it could not be read

Examples:
  gov-hook risk eval --repo .            on this repository's own history
  gov-hook risk eval --csv features.csv.gz"
    )]
    Eval {
        /// Labelled features, one commit per line; may be gzipped
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,

        /// A repository, whose fixes show which commits were at fault
        #[arg(long, value_name = "PATH")]
        repo: Option<PathBuf>,

        /// How many commits of that history to read
        #[arg(long, value_name = "N", default_value_t = 4000, conflicts_with = "csv")]
        commits: usize,

        #[command(flatten)]
        form: Form,
    },
}

impl Verb {
    /// In what the answer is given, and so a failure too.
    pub(super) fn format(&self) -> Format {
        match (self, self.medium()) {
            (Self::Check(check), _) => check.form.format,
            (_, Medium::Json) => Format::Json,
            (_, Medium::Text) => Format::Human,
        }
    }

    fn medium(&self) -> Medium {
        match self {
            Self::Doctor(doctor) => doctor.form.format,
            Self::Audit(audit) => audit.medium(),
            Self::Sign(asked) => asked.form.format,
            Self::Verify(asked) => asked.form.format,
            Self::Unsign(asked) => asked.form.format,
            Self::Notify(notify) => notify.medium(),
            Self::Pending(asked) => asked.form.format,
            Self::Status(asked) => asked.form.format,
            Self::History(asked) => asked.form.format,
            Self::Show(asked) => asked.form.format,
            Self::Request(asked) => asked.form.format,
            Self::Approve(asked) => asked.showing.form.format,
            Self::Reject(asked) => asked.showing.form.format,
            Self::Revoke(asked) => asked.form.format,
            Self::Override(verb) => verb.medium(),
            Self::Ratify(asked) => asked.form.format,
            Self::Rollback(asked) => asked.form.format,
            Self::Policy(PolicyVerb::Show { form } | PolicyVerb::Check { form, .. } | PolicyVerb::Why { form, .. })
            | Self::Risk(RiskVerb::Eval { form, .. }) => form.format,
            Self::Rules(rules) => rules.medium(),
            Self::Check(_)
            | Self::Init(_)
            | Self::Install(_)
            | Self::Uninstall
            | Self::Hook(_)
            | Self::Record(_)
            | Self::Policy(PolicyVerb::Schema)
            | Self::Completions { .. }
            | Self::Man { .. } => Medium::Text,
        }
    }
}

fn parse_colour(text: &str) -> Option<Colour> {
    match text {
        "auto" => Some(Colour::Auto),
        "always" => Some(Colour::Always),
        "never" => Some(Colour::Never),
        _ => None,
    }
}
