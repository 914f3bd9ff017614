//! `gov-hook rules …`: what finds, and what is excused.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::shared::{DESCRIBED, FILE_CODES, Form, date, said};
use crate::app::rules::{baseline, check, explain, list, waive};
use crate::app::{Answer, Environment, Failure};
use crate::model::Date;
use crate::report::{Medium, Style};

#[derive(Debug, Subcommand)]
pub(super) enum RulesVerb {
    /// List every rule in force
    List {
        #[command(flatten)]
        form: Form,
    },
    /// Explain what a rule finds, why, how to fix it and how to waive it
    Explain {
        /// A rule, such as `secret/aws-access-key-id`
        id: String,
        #[command(flatten)]
        form: Form,
    },
    /// Check a rule pack, or a folder of packs, and run its examples
    #[command(after_help = FILE_CODES)]
    Check {
        /// A pack, or a folder of packs
        path: PathBuf,
        #[command(flatten)]
        form: Form,
    },
    /// Waive a finding, or a rule at some paths, in .gov/waivers.yaml
    Waive(WaiveArguments),
    /// Waive everything an old repository already has, so that only new findings are reported
    Baseline(BaselineArguments),
}

impl RulesVerb {
    /// In what the answer is given, and so a failure too.
    pub(super) const fn medium(&self) -> Medium {
        match self {
            Self::List { form } | Self::Explain { form, .. } | Self::Check { form, .. } => form.format,
            Self::Waive(_) | Self::Baseline(_) => Medium::Text,
        }
    }

    pub(super) fn answer(self, environment: &Environment, style: Style) -> Result<Answer, Failure> {
        match self {
            Self::List { form } => list(environment, form.format),
            Self::Explain { id, form } => explain(&id, environment, form.format),
            Self::Check { path, form } => check(&path, form.format, style),
            Self::Waive(asked) => waive::waive(&waiver(asked), environment),
            Self::Baseline(asked) => {
                let BaselineArguments { reason, terms: Terms { until, by }, history, update } = asked;
                baseline::baseline(&baseline::Request { reason, until, by, history, update }, environment)
            }
        }
    }
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Adds one waiver to `.gov/waivers.yaml` and leaves the rest of the file as it is. A waived finding \
is still listed and counted; a waiver past its date, or with nothing to excuse, is itself a finding.")]
#[command(after_help = "\
Exit codes:
  0  written
  2  could not be written; nothing was changed

Examples:
  gov-hook rules waive ea09214d0a15 --reason \"made up for the tutorial\"
  gov-hook rules waive ea09214d0a15 --reason \"rotated on 3 May\" --until 2026-12-31
  gov-hook rules waive ea09214d0a15 --reason \"rotated on 3 May\" --history
  gov-hook rules waive --rule \"secret/*\" --path \"tests/fixtures/**\" --reason \"made up\"

In a file with comments a waiver can also stand beside what it excuses:
  key = \"…\"  # gov: allow[secret/generic-password] made up for the tutorial until=2026-12-31")]
pub(super) struct WaiveArguments {
    /// The finding's fingerprint, which `check` prints, or its first digits
    #[arg(required_unless_present = "rule", conflicts_with = "rule")]
    fingerprint: Option<String>,

    /// Waive a rule, such as `secret/*`, at the paths that --path names
    #[arg(long, value_name = "ID", requires = "path")]
    rule: Option<String>,

    /// A glob of paths at which the rule is waived; may be repeated
    #[arg(long, value_name = "GLOB", requires = "rule")]
    path: Vec<String>,

    /// Search all of history too; what only history has is excused only there
    #[arg(long)]
    history: bool,

    /// Why it is not a risk, or no longer one
    #[arg(long, value_name = "TEXT", value_parser = said)]
    reason: String,

    #[command(flatten)]
    terms: Terms,

    /// Write it even if it excuses nothing here
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Writes a waiver by fingerprint for each finding in the tracked files into `.gov/waivers.yaml`: \
what it excuses may move within its file, but is not excused anywhere else. Run again, it drops \
waivers that no longer match anything.")]
#[command(after_help = "\
Exit codes:
  0  written
  2  could not be written; nothing was changed

Examples:
  gov-hook rules baseline --reason \"there before gov-hook\" --until 2027-06-30
  gov-hook rules baseline --history --reason \"rotated on 3 May\"
  gov-hook rules baseline                     drop what no longer matches anything
  gov-hook rules baseline --update --reason \"came with the merge of the old repository\"

A fingerprint is made from the rule, the path and the text that was found, without a secret salt:
anyone who reads it can test guesses. Revoke what a baseline excuses before you publish it.")]
pub(super) struct BaselineArguments {
    /// Why these findings are accepted; needed when something is added
    #[arg(long, value_name = "TEXT", value_parser = said)]
    reason: Option<String>,

    #[command(flatten)]
    terms: Terms,

    /// Waive what is in history, too
    #[arg(long)]
    history: bool,

    /// Add what came since the baseline was made
    #[arg(long)]
    update: bool,
}

/// What a waiver says besides its reason.
#[derive(Debug, Args)]
pub(super) struct Terms {
    /// The last day it applies, such as 2026-12-31
    #[arg(long, value_name = "DATE", value_parser = date)]
    until: Option<Date>,

    /// Who answers for it [default: your name and address as git has them]
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
}

/// clap has seen to it that there is a fingerprint where there is no rule.
fn waiver(arguments: WaiveArguments) -> waive::Request {
    let WaiveArguments { fingerprint, rule, path: paths, history, reason, terms: Terms { until, by }, force } =
        arguments;
    let what = match rule {
        Some(rule) => waive::What::Rule { rule, paths },
        None => waive::What::Fingerprint(fingerprint.unwrap_or_default()),
    };
    waive::Request { what, reason, until, by, history, force }
}
