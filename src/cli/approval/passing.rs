//! `gov-hook override | ratify`: letting something pass as it is, and answering for it afterwards.

use clap::{Args, Subcommand};

use super::target::TargetArguments;
use super::time::seconds;
use crate::app::approval;
use crate::app::{Answer, Environment, Failure};
use crate::cli::shared::{ANSWER_CODES, DESCRIBED, Form, said};
use crate::report::Medium;

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
A branch at production accepts nothing more until somebody has answered for what was let through.")]
#[command(after_help = ANSWER_CODES)]
pub(in crate::cli) struct RatifyArguments {
    /// The entry that let it through, a commit, or a range `A..B`
    #[arg(value_name = "ENTRY|REV")]
    named: String,

    /// Why it was right, or what is done about it
    #[arg(long, visible_alias = "reason", value_name = "TEXT", value_parser = said)]
    notes: Option<String>,

    #[command(flatten)]
    pub(in crate::cli) form: Form,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum OverrideVerb {
    /// Request that a change may pass as it is; below production a person's reason is enough
    #[command(after_help = "\
Exit codes:
  0  on record, or no override is needed
  2  could not be done")]
    Request {
        #[command(flatten)]
        target: TargetArguments,

        /// Why it cannot wait; the reason is recorded
        #[arg(long, value_name = "WHY", value_parser = said)]
        reason: String,

        /// How long it is valid
        #[arg(long, value_name = "TIME", default_value = "1h", value_parser = seconds)]
        ttl: u64,

        #[command(flatten)]
        form: Form,
    },
    /// Grant an override that somebody requested, for a while and for one use; signed at production
    #[command(after_help = ANSWER_CODES)]
    Grant {
        /// The entry that requests it, or the change it is about
        #[arg(value_name = "ID")]
        id: String,

        /// How long it is valid
        #[arg(long, value_name = "TIME", default_value = "1h", value_parser = seconds)]
        ttl: u64,

        #[command(flatten)]
        form: Form,
    },
}

impl RatifyArguments {
    pub(in crate::cli) fn answer(&self, environment: &Environment) -> Result<Answer, Failure> {
        approval::ratify(&self.named, self.notes.as_deref(), environment, self.form.format)
    }
}

impl OverrideVerb {
    pub(in crate::cli) fn answer(self, environment: &Environment) -> Result<Answer, Failure> {
        match self {
            Self::Request { target, reason, ttl, form } => {
                approval::ask_override(&target.target(), &reason, ttl, environment, form.format)
            }
            Self::Grant { id, ttl, form } => approval::grant(&id, ttl, environment, form.format),
        }
    }

    pub(in crate::cli) const fn medium(&self) -> Medium {
        match self {
            Self::Request { form, .. } | Self::Grant { form, .. } => form.format,
        }
    }
}
