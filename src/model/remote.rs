//! What a remote is called: a name, a path or an address, which may have a password in it.

use std::fmt;

use super::shell_word;

/// A remote as git is told of it. Whoever is shown it sees no password.
#[derive(Clone, PartialEq, Eq)]
pub struct Remote(String);

impl Remote {
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// For git alone.
    #[must_use]
    pub fn as_git(&self) -> &str {
        &self.0
    }

    /// For a command that somebody is to type.
    #[must_use]
    pub fn word(&self) -> String {
        shell_word(&self.to_string())
    }
}

impl fmt::Display for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_password(&self.0))
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Remote({self})")
    }
}

/// Hides what stands between `://` and `@`.
#[must_use]
pub fn without_password(text: &str) -> String {
    let mut parts = text.split("://");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|char: char| char.is_whitespace() || "/'\"".contains(char)).unwrap_or(part.len());
        let (host, rest) = part.split_at_checked(end).unwrap_or((part, ""));
        let host = host.rsplit_once('@').map_or_else(|| host.to_owned(), |(_, host)| format!("…@{host}"));
        shown.extend(["://", &host, rest]);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_is_not_repeated() {
        assert_eq!(
            without_password("fatal: unable to access 'https://mira:geheim@example.com/x.git/': 403"),
            "fatal: unable to access 'https://…@example.com/x.git/': 403"
        );
        assert_eq!(without_password("ssh://git@example.com/a@b"), "ssh://…@example.com/a@b");
        assert_eq!(without_password("origin"), "origin");
    }
}
