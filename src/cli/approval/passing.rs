//! `gov-hook override | ratify`: letting something pass as it is, and answering for it afterwards.

use clap::{Args, Subcommand};

use super::target::TargetArguments;
use super::time::seconds;
use crate::app::approval;
use crate::app::{Answer, Environment, Failure};
use crate::cli::arguments::{DESCRIBED, Form, said};
use crate::report::Medium;

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Production takes nothing more to a branch while nobody has answered for what was let by there.")]
pub(in crate::cli) struct RatifyArguments {
    /// The entry that says it was let by, a commit, or a range `A..B`
    #[arg(value_name = "ENTRY|REV")]
    named: String,

    /// What there is to say about it
    #[arg(long, value_name = "TEXT", value_parser = said)]
    notes: Option<String>,

    #[command(flatten)]
    pub(in crate::cli) form: Form,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum OverrideVerb {
    /// Ask to let a change pass as it is; below production a person's reason is enough
    Request {
        #[command(flatten)]
        target: TargetArguments,

        /// Why it cannot wait; it is kept
        #[arg(long, value_name = "WHY", value_parser = said)]
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
