//! `gov-hook sign`, `verify` and `unsign`: what may be typed about protection headers.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{DESCRIBED, Form};
use crate::app::header::{self, Signing, Unsigning, Verifying};
use crate::app::{Answer, Environment, Failure};

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
A file is given a comment at its top that names the hash of all the rest, and the ledger a `sign` \
entry that names both. What can have no comment, such as JSON and binary files, has the entry only. \
All files are signed, or none is. Signing again replaces the header; for another environment \
than it was signed for, a file is promoted, and taking its header off changes nothing of that.")]
#[command(after_help = "\
Exit codes:
  0  signed
  1  denied: signed for another environment, or its header is damaged
  2  could not be done

Examples:
  gov-hook sign src/app.py --env dev
  gov-hook sign generated --env dev --artifact-type client --meta project=my-app")]
pub(super) struct SignArguments {
    /// Files, and folders whose files are meant
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// The environment they are signed for, one of the policy's
    #[arg(long = "env", value_name = "NAME")]
    environment: String,

    /// What sort of artifact it is, in a word
    #[arg(long, value_name = "TYPE")]
    artifact_type: Option<String>,

    /// More to say in the header; may be repeated
    #[arg(long = "meta", value_name = "KEY=VALUE")]
    metadata: Vec<String>,

    #[command(flatten)]
    pub(super) form: Form,
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Without PATH, every file of the work tree that git does not ignore. A signed file verifies when \
every byte of it is what the ledger says was signed.")]
#[command(after_help = "\
Exit codes:
  0  every signed file is what was signed
  1  denied: one was tampered with, has to be signed and is not, or is signed for an earlier environment
  2  could not be read

Examples:
  gov-hook verify --all
  gov-hook verify src/app.py --env prod    may it go there?
  gov-hook verify --rev v1.2 --format json")]
pub(super) struct VerifyArguments {
    /// Files, and folders whose files are meant
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Every file; the same as no PATH
    #[arg(long, conflicts_with = "paths")]
    all: bool,

    /// The files of a commit, rather than those of the work tree
    #[arg(long = "rev", value_name = "REV")]
    revision: Option<String>,

    /// Whether they may go to this environment
    #[arg(long = "env", value_name = "NAME")]
    environment: Option<String>,

    #[command(flatten)]
    pub(super) form: Form,
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Every file is what it was before it was signed, byte for byte. What is committed so was signed \
once and is not any more, which the gate denies: sign it again, or waive that with a reason.")]
pub(super) struct UnsignArguments {
    /// Files, and folders whose files are meant
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) form: Form,
}

impl SignArguments {
    pub(super) fn answer(self, environment: &Environment) -> Result<Answer, Failure> {
        let medium = self.form.format;
        let Self { paths, environment: name, artifact_type, metadata, .. } = self;
        header::sign(&Signing { paths, environment: name, artifact_type, metadata, medium }, environment)
    }
}

impl VerifyArguments {
    pub(super) fn answer(self, environment: &Environment) -> Result<Answer, Failure> {
        let medium = self.form.format;
        let Self { paths, revision, environment: target, .. } = self;
        header::verify(&Verifying { paths, revision, environment: target, medium }, environment)
    }
}

impl UnsignArguments {
    pub(super) fn answer(self, environment: &Environment) -> Result<Answer, Failure> {
        let medium = self.form.format;
        header::unsign(&Unsigning { paths: self.paths, medium }, environment)
    }
}
