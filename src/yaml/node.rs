//! The tree: scalars keep their text, maps keep their order, everything keeps its place.

use crate::model::Mistake;

/// Where something stands, on one line. Line and column count from one, in characters; what
/// spans several lines is known by its first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub line: u32,
    pub column: u32,
    pub length: u32,
}

impl Span {
    #[must_use]
    pub fn mistake(self, message: impl Into<String>) -> Mistake {
        Mistake {
            line: self.line,
            column: self.column,
            length: self.length,
            message: message.into(),
            because: None,
            help: None,
            secret: false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub span: Span,
    pub value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// Something that may not stand there; the mistake is already noted.
    Refused,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub key: Key,
    pub value: Node,
}

/// The value of a field in a map, whose keys are all different.
#[must_use]
pub fn value_of<'n>(entries: &'n [Entry], key: &str) -> Option<&'n Node> {
    entries.iter().find(|entry| entry.key.text == key).map(|entry| &entry.value)
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub text: String,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    pub text: String,
    /// Neither quoted nor a block: only then can it be a number, a boolean or nothing.
    pub plain: bool,
}

impl Scalar {
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// `true` or `false`; YAML 1.1's `yes`, `on` and the like are text.
    #[must_use]
    pub fn boolean(&self) -> Option<bool> {
        match self.text.as_str() {
            "true" | "True" | "TRUE" if self.plain => Some(true),
            "false" | "False" | "FALSE" if self.plain => Some(false),
            _ => None,
        }
    }

    /// A decimal number. A leading zero would be octal to some readers, so it is none here.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        let digits = self.text.strip_prefix('-').unwrap_or(&self.text);
        let decimal = digits == "0" || (!digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()));
        if self.plain && decimal { self.text.parse().ok() } else { None }
    }
}

impl Value {
    /// What it is, for a message that says what was expected instead.
    #[must_use]
    pub fn described(&self) -> &'static str {
        match self {
            Self::Scalar(scalar) if scalar.is_null() => "nothing",
            Self::Scalar(scalar) if scalar.boolean().is_some() => "a boolean",
            Self::Scalar(scalar) if scalar.integer().is_some() => "a number",
            Self::Scalar(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Refused => "something refused",
        }
    }
}
