//! `gov-hook install`, `uninstall` and `doctor`: what may be typed about the hooks.

use clap::Args;

use super::print;
use super::shared::{DESCRIBED, Form, word};
use crate::app::install::{self, Request, Service};
use crate::app::{Answer, Environment, Failure};

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
An existing hook is kept as NAME.legacy, gets the same arguments and input, and runs first; if either \
refuses, git stops. A `core.hooksPath` of this repository is respected; nothing is ever written into \
one that other repositories share.")]
#[command(after_help = "\
Exit codes:
  0  installed, or already up to date
  2  could not be installed, and nothing was changed

Examples:
  gov-hook install               in a clone
  gov-hook install --server      in a bare repository that others push to
  gov-hook install --strict      also guard the ledger against commands that move refs
  gov-hook install --agents      have Claude Code ask gov-hook before it writes or runs anything
  gov-hook install --ci github   print a job that judges every pull request
  gov-hook uninstall             put back what was there")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub(super) struct InstallArguments {
    /// Install the hooks of a repository that others push to: pre-receive, update, post-receive
    #[arg(long)]
    server: bool,

    /// Add the reference-transaction hook, which sees every update of every ref
    #[arg(long)]
    strict: bool,

    /// Configure the hooks in git's configuration instead of the hooks folder (git 2.54 and later)
    #[arg(long)]
    config: bool,

    /// Only add to `.claude/settings.json` that Claude Code asks gov-hook before each tool call
    #[arg(long, conflicts_with_all = ["server", "strict", "config", "ci"])]
    agents: bool,

    /// Only print a CI job that judges every merge request
    #[arg(long, value_name = "SERVICE", conflicts_with_all = ["server", "strict", "config"],
        value_parser = word(Service::ALL.map(Service::as_str), Service::parse))]
    ci: Option<Service>,
}

impl InstallArguments {
    pub(super) fn answer(self, environment: &Environment) -> Result<Answer, Failure> {
        let Self { server, strict, config: configured, agents, ci } = self;
        if agents {
            let proposal = install::agents(environment)?;
            let asks = environment.stdin_is_terminal && environment.stdout_is_terminal;
            if !proposal.shown.is_empty() && !print::consent(&proposal.shown, "write it?", asks)? {
                return Err(Failure::new("nothing was written").mended_by("gov-hook install --agents"));
            }
            return proposal.write();
        }
        if let Some(service) = ci {
            return Ok(install::ci(service));
        }
        install::install(Request { server, strict, configured }, environment)
    }
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Each problem is reported with the command that fixes it. Nothing is asked over a network.")]
#[command(after_help = "\
Exit codes:
  0  git runs gov-hook, and nothing around it is wrong
  1  something is wrong
  2  could not check")]
pub(super) struct DoctorArguments {
    #[command(flatten)]
    pub(super) form: Form,
}
