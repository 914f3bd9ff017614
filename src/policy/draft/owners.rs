//! CODEOWNERS, as far as a policy can say the same.

use crate::policy::read::is_email;
use crate::policy::{PathGlob, Reach};

/// One line: whose review it asks for, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Owned {
    pub(super) glob: String,
    pub(super) people: Vec<String>,
    /// `@user` and `@org/team`: a policy knows people by their address, so these need a person's hand.
    pub(super) handles: Vec<String>,
}

/// Lines whose pattern is everything, or nothing a glob can say, are left out.
pub(super) fn owned(codeowners: &str) -> Vec<Owned> {
    codeowners.lines().filter_map(line).collect()
}

fn line(text: &str) -> Option<Owned> {
    let text = text.split('#').next().unwrap_or_default();
    let mut words = text.split_whitespace();
    let pattern = words.next().filter(|pattern| !pattern.starts_with(['[', '^', '!']))?;
    let glob = pattern.strip_prefix('/').unwrap_or(pattern);
    if matches!(glob, "*" | "**" | "") || !glob.chars().all(|c| c.is_ascii_graphic() && c != '\\' && c != '"') {
        return None;
    }
    PathGlob::new(glob, Reach::Strict, None).ok()?;
    let (mut people, mut handles) = (Vec::new(), Vec::new());
    for owner in words {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '/' | '-' | '_' | '.' | '+');
        if is_email(owner) && owner.chars().all(plain) {
            people.push(owner.to_owned());
        } else if owner.starts_with('@') && owner.chars().all(plain) {
            handles.push(owner.to_owned());
        }
    }
    (!people.is_empty() || !handles.is_empty()).then(|| Owned { glob: glob.to_owned(), people, handles })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_read_as_far_as_a_policy_can_say_the_same() {
        let text = "\
# everyone
*        @org/all
/infra/  ada@example.com @org/platform  # who else
docs/*.md lin@example.com
[section]
!src/x   @me
odd\\ name @me
src/free
";
        let owned = |glob: &str, people: &[&str], handles: &[&str]| Owned {
            glob: glob.into(),
            people: people.iter().map(|&one| one.into()).collect(),
            handles: handles.iter().map(|&one| one.into()).collect(),
        };
        assert_eq!(
            super::owned(text),
            [owned("infra/", &["ada@example.com"], &["@org/platform"]), owned("docs/*.md", &["lin@example.com"], &[]),]
        );
    }
}
