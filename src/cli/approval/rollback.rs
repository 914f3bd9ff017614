//! `gov-hook rollback`: going back to a savepoint, and the savepoints there are.

use clap::Args;

use super::time::seconds;
use crate::app::approval::{self, Forgotten};
use crate::app::{Answer, Environment, Failure};
use crate::cli::shared::{DESCRIBED, Form, said};

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Makes a new commit on a branch `rollback-ID`; nothing else moves.")]
#[command(after_help = "\
Exit codes:
  0  done
  1  denied: an agent cannot delete savepoints
  2  could not be done; nothing was changed")]
pub(in crate::cli) struct RollbackArguments {
    /// The savepoint, or the id of the change that landed after it
    #[arg(value_name = "ID", required_unless_present_any = ["list", "older_than"])]
    id: Option<String>,

    /// Why; the reason is recorded
    #[arg(long, value_name = "WHY", value_parser = said, required_unless_present_any = ["list", "forget"])]
    reason: Option<String>,

    /// List the savepoints
    #[arg(long, conflicts_with_all = ["id", "reason", "forget"])]
    list: bool,

    /// Delete the savepoint, here and on the remote, instead of going back to it
    #[arg(long, conflicts_with = "reason")]
    forget: bool,

    /// With `--forget`: all savepoints older than this, such as `90d`
    #[arg(long, value_name = "TIME", value_parser = seconds, requires = "forget", conflicts_with = "id")]
    older_than: Option<u64>,

    #[command(flatten)]
    pub(in crate::cli) form: Form,
}

impl RollbackArguments {
    pub(in crate::cli) fn answer(&self, environment: &Environment) -> Result<Answer, Failure> {
        let medium = self.form.format;
        match (&self.id, self.older_than) {
            (_, Some(age)) => approval::forget(&Forgotten::Older(age), environment, medium),
            (Some(id), _) if self.forget => approval::forget(&Forgotten::One(id.clone()), environment, medium),
            (Some(id), _) => approval::rollback(id, self.reason.as_deref().unwrap_or_default(), environment, medium),
            (None, None) => approval::savepoints(environment, medium),
        }
    }
}
