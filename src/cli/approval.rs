//! `gov-hook request | approve | reject | revoke | pending | status | history | show | override`: what
//! may be typed to ask for approvals and to give them.

use clap::{Args, Subcommand};

use super::arguments::Form;
use super::print;
use crate::app::approval::{self, Answering, Forgotten, Said, Target, Until, Verdict};
use crate::app::{Answer, Environment, Failure};
use crate::model::Moment;
use crate::report::Style;

/// What is spoken of.
#[derive(Debug, Args)]
pub(super) struct TargetArguments {
    /// The id of a request, a commit, a branch, or a range `A..B`; without it, what `check` judges
    #[arg(value_name = "REQUEST|REV")]
    named: Option<String>,

    /// What is staged here
    #[arg(long, conflicts_with = "named")]
    staged: bool,

    /// The branch it is to land on [default: the default branch]
    #[arg(long, value_name = "BRANCH", conflicts_with = "staged")]
    onto: Option<String>,
}

impl TargetArguments {
    fn target(self) -> Target {
        Target { named: self.named, staged: self.staged, onto: self.onto }
    }
}

/// A held commit or push asks by itself. By hand it is asked before, or again after nobody answered in
/// time.
#[derive(Debug, Args)]
pub(super) struct RequestArguments {
    #[command(flatten)]
    target: TargetArguments,

    /// Why it is to be let by
    #[arg(long, value_name = "WHY")]
    reason: Option<String>,

    /// What it means for security
    #[arg(long, value_name = "TEXT")]
    assessment: Option<String>,

    /// Where it is tracked
    #[arg(long, value_name = "ID|URL")]
    ticket: Option<String>,

    /// Anything else that is worth keeping; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    meta: Vec<(String, String)>,

    #[command(flatten)]
    form: Form,
}

/// Shows what is approved, then records it: signed with your SSH key where the policy or the branch asks
/// for that, or where your key is listed. It is good for these bytes on this branch under this policy,
/// and for nothing else.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gov-hook approve 3f2a9c01b7de            a request, by its id
  gov-hook approve feature --diff          a branch, having seen its patch
  gov-hook approve --staged --notes \"ok\"   what an agent staged on this machine

Exit codes:
  0  on record
  1  it would not count, or you said no
  2  could not be done")]
pub(super) struct ApproveArguments {
    #[command(flatten)]
    target: TargetArguments,

    /// What there is to say about it
    #[arg(long, value_name = "TEXT")]
    notes: Option<String>,

    /// A file or document you looked at; may be repeated
    #[arg(long, value_name = "PATH")]
    reviewed: Vec<String>,

    /// How long it is good for: `2h`, `7d`, a day or a moment [default: 7d]
    #[arg(long, value_name = "WHEN", value_parser = until)]
    expires: Option<Until>,

    /// Show the patch, too
    #[arg(long)]
    diff: bool,

    /// Ask nothing on a terminal
    #[arg(short, long)]
    yes: bool,

    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
pub(super) struct RejectArguments {
    #[command(flatten)]
    target: TargetArguments,

    /// Why not
    #[arg(long, value_name = "WHY")]
    reason: String,

    /// Something that has to be mended first; may be repeated
    #[arg(long, value_name = "TEXT")]
    blocking: Vec<String>,

    /// What else there is to say
    #[arg(long, value_name = "TEXT")]
    notes: Option<String>,

    /// A file or document you looked at; may be repeated
    #[arg(long, value_name = "PATH")]
    reviewed: Vec<String>,

    /// Show the patch, too
    #[arg(long)]
    diff: bool,

    /// Ask nothing on a terminal
    #[arg(short, long)]
    yes: bool,

    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
pub(super) struct RevokeArguments {
    /// The entry to take back, or the request or revision that you answered
    #[arg(value_name = "ENTRY|REQUEST|REV")]
    named: Option<String>,

    /// What is staged here
    #[arg(long, conflicts_with = "named")]
    staged: bool,

    /// Why
    #[arg(long, value_name = "WHY")]
    reason: Option<String>,

    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
pub(super) struct PendingArguments {
    /// Only what waits for this person
    #[arg(long, value_name = "EMAIL")]
    reviewer: Option<String>,

    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
pub(super) struct StatusArguments {
    /// The id of a request, or a revision
    #[arg(value_name = "REQUEST|REV")]
    named: String,

    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
pub(super) struct ShowArguments {
    /// The id of a request, or a revision
    #[arg(value_name = "REQUEST|REV")]
    named: String,

    /// Show the patch, too
    #[arg(long)]
    diff: bool,

    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Args)]
pub(super) struct HistoryArguments {
    #[command(flatten)]
    form: Form,
}

/// Production takes nothing more to a branch while nobody has answered for what was let by there.
#[derive(Debug, Args)]
pub(super) struct RatifyArguments {
    /// The entry that says it was let by, a commit, or a range `A..B`
    #[arg(value_name = "ENTRY|REV")]
    named: String,

    /// What there is to say about it
    #[arg(long, value_name = "TEXT")]
    notes: Option<String>,

    #[command(flatten)]
    form: Form,
}

/// Makes a new commit on a branch `rollback-ID`; nothing that is there moves.
#[derive(Debug, Args)]
pub(super) struct RollbackArguments {
    /// The savepoint, or the id of the change that landed after it
    #[arg(value_name = "ID", required_unless_present_any = ["list", "older_than"])]
    id: Option<String>,

    /// Why; it is kept
    #[arg(long, value_name = "WHY", required_unless_present_any = ["list", "forget"])]
    reason: Option<String>,

    /// List the savepoints
    #[arg(long, conflicts_with_all = ["id", "reason", "forget"])]
    list: bool,

    /// Take the savepoint away, here and on the remote, instead of going back to it
    #[arg(long, conflicts_with = "reason")]
    forget: bool,

    /// With `--forget`: all that are older than `90d` or the like
    #[arg(long, value_name = "TIME", value_parser = seconds, requires = "forget", conflicts_with = "id")]
    older_than: Option<u64>,

    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Subcommand)]
pub(super) enum OverrideVerb {
    /// Ask to let a change pass as it is; below production a person's reason is enough
    Request {
        #[command(flatten)]
        target: TargetArguments,

        /// Why it cannot wait; it is kept
        #[arg(long, value_name = "WHY")]
        reason: String,

        /// How long it is good for
        #[arg(long, value_name = "TIME", default_value = "1h", value_parser = seconds)]
        ttl: u64,

        #[command(flatten)]
        form: Form,
    },
    /// Grant what somebody asked for, for a while and for one use; signed at production
    Grant {
        /// The entry of the request for it, or the change it is about
        #[arg(value_name = "ID")]
        id: String,

        /// How long it is good for
        #[arg(long, value_name = "TIME", default_value = "1h", value_parser = seconds)]
        ttl: u64,

        #[command(flatten)]
        form: Form,
    },
}

impl RequestArguments {
    pub(super) fn answer(self, environment: &Environment) -> Result<Answer, Failure> {
        let Self { target, reason, assessment, ticket, meta, form } = self;
        approval::request(&target.target(), &Said { reason, assessment, ticket, meta }, environment, form.is_json())
    }

    pub(super) const fn is_json(&self) -> bool {
        self.form.is_json()
    }
}

impl ApproveArguments {
    pub(super) fn answer(self, environment: &Environment, style: Style) -> Result<Answer, Failure> {
        let Self { target, notes, reviewed, expires, diff, yes, form } = self;
        let (verdict, target) = (Verdict::Approve, target.target());
        let asked = Answering { verdict, target, notes, reviewed, expires, diff, reason: None, blocking: Vec::new() };
        answer(&asked, environment, style, (yes, form.is_json()))
    }

    pub(super) const fn is_json(&self) -> bool {
        self.form.is_json()
    }
}

impl RejectArguments {
    pub(super) fn answer(self, environment: &Environment, style: Style) -> Result<Answer, Failure> {
        let Self { target, reason, blocking, notes, reviewed, diff, yes, form } = self;
        let (verdict, target, reason) = (Verdict::Reject, target.target(), Some(reason));
        let asked = Answering { verdict, target, notes, reason, blocking, reviewed, diff, expires: None };
        answer(&asked, environment, style, (yes, form.is_json()))
    }

    pub(super) const fn is_json(&self) -> bool {
        self.form.is_json()
    }
}

fn answer(
    asked: &Answering,
    environment: &Environment,
    style: Style,
    (yes, as_json): (bool, bool),
) -> Result<Answer, Failure> {
    let question = format!("{} this?", asked.verdict.as_str());
    let is_terminal = environment.stdin_is_terminal && environment.stdout_is_terminal;
    // Whoever wants JSON reads no page, and a program that asked for it cannot be asked.
    let mut consent = |shown: &str| as_json || print::consent(shown, &question, is_terminal && !yes);
    approval::answer(asked, environment, style, &mut consent, as_json)
}

impl RevokeArguments {
    pub(super) fn answer(self, environment: &Environment) -> Result<Answer, Failure> {
        let Self { named, staged, reason, form } = self;
        approval::revoke(&Target { named, staged, onto: None }, reason.as_deref(), environment, form.is_json())
    }

    pub(super) const fn is_json(&self) -> bool {
        self.form.is_json()
    }
}

impl PendingArguments {
    pub(super) fn answer(&self, environment: &Environment) -> Result<Answer, Failure> {
        approval::pending(self.reviewer.as_deref(), environment, self.form.is_json())
    }

    pub(super) const fn is_json(&self) -> bool {
        self.form.is_json()
    }
}

impl StatusArguments {
    pub(super) fn answer(&self, environment: &Environment) -> Result<Answer, Failure> {
        approval::status(&self.named, environment, self.form.is_json())
    }

    pub(super) const fn is_json(&self) -> bool {
        self.form.is_json()
    }
}

impl ShowArguments {
    pub(super) fn answer(&self, environment: &Environment, style: Style) -> Result<Answer, Failure> {
        approval::show(&self.named, self.diff, environment, style, self.form.is_json())
    }

    pub(super) const fn is_json(&self) -> bool {
        self.form.is_json()
    }
}

impl HistoryArguments {
    pub(super) fn answer(&self, environment: &Environment) -> Result<Answer, Failure> {
        approval::history(environment, self.form.is_json())
    }

    pub(super) const fn is_json(&self) -> bool {
        self.form.is_json()
    }
}

impl RatifyArguments {
    pub(super) fn answer(&self, environment: &Environment) -> Result<Answer, Failure> {
        approval::ratify(&self.named, self.notes.as_deref(), environment, self.form.is_json())
    }

    pub(super) const fn is_json(&self) -> bool {
        self.form.is_json()
    }
}

impl RollbackArguments {
    pub(super) fn answer(&self, environment: &Environment) -> Result<Answer, Failure> {
        let as_json = self.form.is_json();
        match (&self.id, self.older_than) {
            (_, Some(age)) => approval::forget(&Forgotten::Older(age), environment, as_json),
            (Some(id), _) if self.forget => approval::forget(&Forgotten::One(id.clone()), environment, as_json),
            (Some(id), _) => approval::rollback(id, self.reason.as_deref().unwrap_or_default(), environment, as_json),
            (None, None) => approval::savepoints(environment, as_json),
        }
    }

    pub(super) const fn is_json(&self) -> bool {
        self.form.is_json()
    }
}

impl OverrideVerb {
    pub(super) fn answer(self, environment: &Environment) -> Result<Answer, Failure> {
        match self {
            Self::Request { target, reason, ttl, form } => {
                approval::ask_override(&target.target(), &reason, ttl, environment, form.is_json())
            }
            Self::Grant { id, ttl, form } => approval::grant(&id, ttl, environment, form.is_json()),
        }
    }

    pub(super) const fn is_json(&self) -> bool {
        match self {
            Self::Request { form, .. } | Self::Grant { form, .. } => form.is_json(),
        }
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').filter(|(key, _)| !key.is_empty()).ok_or("is not KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// `90s`, `30m`, `2h` or `7d`.
fn seconds(text: &str) -> Result<u64, String> {
    let wrong = || "no time such as `30m`, `2h` or `7d`".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = text.trim_end_matches(unit).parse().map_err(|_not_a_number| wrong())?;
    number.checked_mul(each).ok_or_else(wrong)
}

fn until(text: &str) -> Result<Until, String> {
    if let Ok(seconds) = seconds(text) {
        return Ok(Until::Seconds(seconds));
    }
    let moment: Result<Moment, ()> = text.parse().or_else(|()| format!("{text}T23:59:59Z").parse());
    moment.map(Until::Moment).map_err(|()| "no time such as `2h`, `7d`, 2026-12-31 or 2026-12-31T23:59:59Z".to_owned())
}
