//! `gov-hook rules …`: what finds, and what is excused.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::arguments::{DESCRIBED, Form, date, said};
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
    /// Tell what a rule finds, why, how to mend it and how to waive it
    Explain {
        /// Such as `secret/aws-access-key-id`
        id: String,
        #[command(flatten)]
        form: Form,
    },
    /// Check a pack of your own, or a folder of them, and run the examples in it
    Check {
        /// A pack, or a folder
        path: PathBuf,
        #[command(flatten)]
        form: Form,
    },
    /// Excuse a finding, or a rule at some paths, in .gov/waivers.yaml
    Waive(WaiveArguments),
    /// Excuse all that an old repository already has, so that only what comes is told
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
Adds one waiver to `.gov/waivers.yaml` and leaves all else in it as it is. A waived finding is \
still told and counted; a waiver past its date, or with nothing to excuse, is itself a finding.")]
#[command(after_help = "\
Examples:
  gov-hook rules waive ea09214d0a15 --reason \"made up for the tutorial\"
  gov-hook rules waive ea09214d0a15 --reason \"rotated on 3 May\" --until 2026-12-31
  gov-hook rules waive ea09214d0a15 --reason \"rotated on 3 May\" --history
  gov-hook rules waive --rule \"secret/*\" --path \"tests/fixtures/**\" --reason \"made up\"

In a text that has comments a waiver can also stand beside what it excuses:
  key = \"…\"  # gov: allow[secret/generic-password] made up for the tutorial until=2026-12-31")]
pub(super) struct WaiveArguments {
    /// The finding's fingerprint as `check` tells it, or enough of its first digits
    #[arg(required_unless_present = "rule", conflicts_with = "rule")]
    fingerprint: Option<String>,

    /// Waive a rule, such as `secret/*`, wherever --path says
    #[arg(long, value_name = "ID", requires = "path")]
    rule: Option<String>,

    /// A glob of the paths where the rule is waived; may be repeated
    #[arg(long, value_name = "GLOB", requires = "rule")]
    path: Vec<String>,

    /// Look for it in all of history too; what only history has is excused only there
    #[arg(long)]
    history: bool,

    /// Why it is no risk, or no longer one
    #[arg(long, value_name = "TEXT", value_parser = said)]
    reason: String,

    #[command(flatten)]
    terms: Terms,

    /// Write it though nothing here is excused by it
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Writes a waiver for each finding of the tracked files into `.gov/waivers.yaml`, by fingerprint, so \
that what it excuses may move within its file and stands nowhere else. Run again it drops what \
matches nothing any more.")]
#[command(after_help = "\
Examples:
  gov-hook rules baseline --reason \"there before gov-hook\" --until 2027-06-30
  gov-hook rules baseline --history --reason \"rotated on 3 May\"
  gov-hook rules baseline                     drop what matches nothing any more
  gov-hook rules baseline --update --reason \"came with the merge of the old repository\"

A fingerprint is made of the rule, the path and the text that was found, without any secret salt:
whoever reads it can try out guesses. Revoke what a baseline excuses before you publish it.")]
pub(super) struct BaselineArguments {
    /// Why all of it is taken as it is; needed when something is added
    #[arg(long, value_name = "TEXT", value_parser = said)]
    reason: Option<String>,

    #[command(flatten)]
    terms: Terms,

    /// Take all of history as it is too
    #[arg(long)]
    history: bool,

    /// Add what came since the baseline was made
    #[arg(long)]
    update: bool,
}

/// What a waiver says besides its reason.
#[derive(Debug, Args)]
pub(super) struct Terms {
    /// The last day it holds, such as 2026-12-31
    #[arg(long, value_name = "DATE", value_parser = date)]
    until: Option<Date>,

    /// Who answers for it [default: the name and address git has for you]
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
