//! What commits were made of, where git wrote it down: picked from others, or squashed out of them.

use super::commit::Commit;
use super::repo::Repo;
use crate::model::ObjectId;

/// Of more, nobody is told.
const MOST: usize = 100;

const PICKED: &str = "(cherry picked from commit ";
const SQUASHED: &str = "Squashed commit of the following:";

impl Commit {
    /// The commits that its message names, as `git cherry-pick -x` and `git merge --squash` do.
    #[must_use]
    pub fn made_of(&self) -> Vec<ObjectId> {
        named(&self.message)
    }
}

impl Repo {
    /// The commits that the next one is made of: a pick is under way, or branches were squashed.
    #[must_use]
    pub fn about_to_be_made_of(&self) -> Vec<ObjectId> {
        let text = |name: &str| std::fs::read(self.git_dir().join(name)).unwrap_or_default();
        let picked = String::from_utf8_lossy(&text("CHERRY_PICK_HEAD")).trim().parse().ok();
        let mut found: Vec<ObjectId> = picked.into_iter().chain(named(&text("SQUASH_MSG"))).collect();
        // What a rebase picks it tells itself, once it is done.
        if !found.is_empty() && self.git_dir().join("rebase-merge").exists() {
            found.clear();
        }
        found
    }
}

fn named(message: &[u8]) -> Vec<ObjectId> {
    let (mut found, mut is_squashed) = (Vec::new(), false);
    for line in message.split(|&byte| byte == b'\n') {
        let Ok(line) = std::str::from_utf8(line.trim_ascii_end()) else { continue };
        is_squashed |= line == SQUASHED;
        let picked = line.strip_prefix(PICKED).and_then(|rest| rest.strip_suffix(')'));
        let id = picked.or_else(|| line.strip_prefix("commit ").filter(|_| is_squashed));
        found.extend(id.and_then(|id| id.parse::<ObjectId>().ok()));
        if found.len() == MOST {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_and_squashes_name_what_they_were_made_of() {
        let (one, two) = ("1".repeat(40), "2".repeat(40));
        let ids = |message: String| named(message.as_bytes()).iter().map(ToString::to_string).collect::<Vec<_>>();

        assert_eq!(ids(format!("Fix it\n\n(cherry picked from commit {one})\n")), [one.as_str()]);
        let squashed = format!("{SQUASHED}\n\ncommit {one}\nAuthor: Mira\n\n    Fix it\n\ncommit {two}\n");
        assert_eq!(ids(squashed), [one.as_str(), two.as_str()]);
        assert_eq!(ids(format!("Revert\n\ncommit {one}\nis not one of a squash")), [""; 0]);
        assert_eq!(ids("(cherry picked from commit 1111)\n".to_owned()), [""; 0]);
    }
}
