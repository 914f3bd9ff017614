//! `gov-hook request`: asking for an approval.

use clap::Args;

use super::target::TargetArguments;
use crate::app::approval::{self, Said};
use crate::app::{Answer, Environment, Failure};
use crate::cli::shared::{DESCRIBED, Form, said};

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
A held commit or push makes its request by itself. Use this to ask earlier, or again after nobody \
answered in time.")]
#[command(after_help = "\
Exit codes:
  0  on record, or no approval is needed
  1  denied: a finding blocks it, which no approval changes
  2  could not be done")]
pub(in crate::cli) struct RequestArguments {
    #[command(flatten)]
    target: TargetArguments,

    /// Why it should be approved
    #[arg(long, value_name = "WHY", value_parser = said)]
    reason: Option<String>,

    /// What it means for security
    #[arg(long, value_name = "TEXT", value_parser = said)]
    assessment: Option<String>,

    /// Where it is tracked
    #[arg(long, value_name = "ID|URL", value_parser = said)]
    ticket: Option<String>,

    /// Anything else to record; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    meta: Vec<(String, String)>,

    #[command(flatten)]
    pub(in crate::cli) form: Form,
}

impl RequestArguments {
    pub(in crate::cli) fn answer(self, environment: &Environment) -> Result<Answer, Failure> {
        let Self { target, reason, assessment, ticket, meta, form } = self;
        approval::request(&target.target(), &Said { reason, assessment, ticket, meta }, environment, form.format)
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').filter(|(key, _)| !key.is_empty()).ok_or("not of the form KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}
