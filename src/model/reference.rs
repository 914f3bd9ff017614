//! Full names of references.

/// The full name of a branch.
#[must_use]
pub fn branch_reference(branch: &str) -> String {
    format!("refs/heads/{branch}")
}

/// The short name of a branch; none for what is no branch.
#[must_use]
pub fn branch_of(reference: &str) -> Option<&str> {
    reference.strip_prefix("refs/heads/")
}

/// A branch by its short name, anything else in full.
#[must_use]
pub fn shortened(reference: &str) -> &str {
    branch_of(reference).unwrap_or(reference)
}
