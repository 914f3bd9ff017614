//! `gov-hook sign`, `verify` and `unsign`: what may be typed about protection headers.

use std::path::PathBuf;

use clap::Args;

use super::shared::{DESCRIBED, Form};
use crate::app::header::{self, Signing, Unsigning, Verifying};
use crate::app::{Answer, Environment, Failure};

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Puts a comment at the top of each file with the hash of everything below it, and a `sign` entry \
that names both into the ledger. Files that cannot have comments, such as JSON and binary files, \
get the entry only. All files are signed, or none is. Signing again replaces the header. A file that \
was signed for another environment has to be promoted, even after its header was removed.")]
#[command(after_help = "\
Exit codes:
  0  signed
  1  denied: signed for another environment, or its header is damaged
  2  could not be done

Examples:
  gov-hook sign src/app.py --env dev
  gov-hook sign generated --env dev --artifact-type client --meta project=my-app")]
pub(super) struct SignArguments {
    /// Files, and folders to take every file of
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// The environment to sign for, one of those in the policy
    #[arg(long = "env", value_name = "NAME")]
    environment: String,

    /// The type of artifact, in a word
    #[arg(long, value_name = "TYPE")]
    artifact_type: Option<String>,

    /// Another field for the header; may be repeated
    #[arg(long = "meta", value_name = "KEY=VALUE")]
    metadata: Vec<String>,

    #[command(flatten)]
    pub(super) form: Form,
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Without PATH, checks every file of the work tree that git does not ignore. A signed file verifies \
if every byte of it is what the ledger says was signed.")]
#[command(after_help = "\
Exit codes:
  0  every signed file is what was signed
  1  denied: one was tampered with, must be signed and is not, or is signed for an earlier environment
  2  could not be read

Examples:
  gov-hook verify --all
  gov-hook verify src/app.py --env prod    may it go there?
  gov-hook verify --rev v1.2 --format json")]
pub(super) struct VerifyArguments {
    /// Files, and folders to take every file of
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Check every file; the same as no PATH
    #[arg(long, conflicts_with = "paths")]
    all: bool,

    /// Check the files of this commit instead of those in the work tree
    #[arg(long = "rev", value_name = "REV")]
    revision: Option<String>,

    /// Also check that they may go to this environment
    #[arg(long = "env", value_name = "NAME")]
    environment: Option<String>,

    #[command(flatten)]
    pub(super) form: Form,
}

#[derive(Debug, Args)]
#[command(help_template = DESCRIBED, before_help = "\
Restores each file to what it was before it was signed, byte for byte. The gate denies a commit \
that removes a header: sign the file again, or waive the finding with a reason.")]
#[command(after_help = "\
Exit codes:
  0  unsigned
  2  could not be done; nothing was changed")]
pub(super) struct UnsignArguments {
    /// Files, and folders to take every file of
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
