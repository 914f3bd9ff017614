//! `gov-hook sign`, `verify` and `unsign`: protection headers in the work tree, and what the ledger
//! knows of them.

mod changed;
mod files;
mod former;
mod look;
mod sign;
mod told;
mod unsign;
mod verify;

pub use sign::sign;
pub use unsign::unsign;
pub use verify::verify;

use crate::report::Medium;

/// What `sign` is asked.
#[derive(Clone, Debug)]
pub struct Signing {
    pub paths: Vec<std::path::PathBuf>,
    pub environment: String,
    pub artifact_type: Option<String>,
    /// `key=value`, each.
    pub metadata: Vec<String>,
    pub medium: Medium,
}

/// What `unsign` is asked.
#[derive(Clone, Debug)]
pub struct Unsigning {
    pub paths: Vec<std::path::PathBuf>,
    pub medium: Medium,
}

/// What `verify` is asked. Without paths it is all there is.
#[derive(Clone, Debug)]
pub struct Verifying {
    pub paths: Vec<std::path::PathBuf>,
    /// A commit, rather than the work tree.
    pub revision: Option<String>,
    /// The environment that the artifacts are headed for.
    pub environment: Option<String>,
    pub medium: Medium,
}
