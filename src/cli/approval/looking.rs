//! `gov-hook pending | status | show | history`: what was asked and answered.

use clap::Args;

use crate::app::approval;
use crate::app::{Answer, Environment, Failure};
use crate::cli::shared::Form;
use crate::report::Style;

#[derive(Debug, Args)]
pub(in crate::cli) struct PendingArguments {
    /// Only what is waiting for this person
    #[arg(long, value_name = "EMAIL")]
    reviewer: Option<String>,

    #[command(flatten)]
    pub(in crate::cli) form: Form,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct StatusArguments {
    /// A request by its id, or a revision
    #[arg(value_name = "REQUEST|REV")]
    named: String,

    #[command(flatten)]
    pub(in crate::cli) form: Form,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArguments {
    /// A request by its id, or a revision
    #[arg(value_name = "REQUEST|REV")]
    named: String,

    /// Show the patch
    #[arg(long)]
    diff: bool,

    #[command(flatten)]
    pub(in crate::cli) form: Form,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct HistoryArguments {
    #[command(flatten)]
    pub(in crate::cli) form: Form,
}

impl PendingArguments {
    pub(in crate::cli) fn answer(&self, environment: &Environment) -> Result<Answer, Failure> {
        approval::pending(self.reviewer.as_deref(), environment, self.form.format)
    }
}

impl StatusArguments {
    pub(in crate::cli) fn answer(&self, environment: &Environment) -> Result<Answer, Failure> {
        approval::status(&self.named, environment, self.form.format)
    }
}

impl ShowArguments {
    pub(in crate::cli) fn answer(&self, environment: &Environment, style: Style) -> Result<Answer, Failure> {
        approval::show(&self.named, self.diff, environment, style, self.form.format)
    }
}

impl HistoryArguments {
    pub(in crate::cli) fn answer(&self, environment: &Environment) -> Result<Answer, Failure> {
        approval::history(environment, self.form.format)
    }
}
