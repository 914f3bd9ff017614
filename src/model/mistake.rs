//! What is wrong with a file that a person wrote, and where.

/// A mistake in a policy or a rule pack. Lines and columns count from one; columns and lengths
/// count characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    pub line: u32,
    pub column: u32,
    pub length: u32,
    pub message: String,
    pub because: Option<String>,
    pub help: Option<String>,
    /// The place may hold a secret that does not belong there: it must not be shown.
    pub secret: bool,
}

impl Mistake {
    #[must_use]
    pub fn because(self, because: impl Into<String>) -> Self {
        Self { because: Some(because.into()), ..self }
    }

    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}
