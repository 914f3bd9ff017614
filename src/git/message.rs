//! A commit's message while it is written: what git will take out of it.

use super::repo::Repo;

/// What git puts above the diff that `git commit --verbose` shows, after a sign of a comment.
const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";

/// The signs that `core.commentChar = auto` chooses from.
const SIGNS: &[u8] = b"#;@!$%^&|:";

/// How git will clean it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cleanup<'a> {
    /// As it is.
    Verbatim,
    /// Comments stay.
    Whitespace,
    /// Comments go, each a line that starts with this; what is below the scissors goes with them.
    Comments(&'a [u8]),
    /// Only what is below the scissors goes.
    Scissors(&'a [u8]),
}

/// How a message came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// Somebody has it in an editor, with what git writes there for them.
    Edited,
    Given,
}

impl Repo {
    /// The message as git will commit it.
    #[must_use]
    pub fn message_as_committed(&self, text: &[u8], wording: Wording) -> Vec<u8> {
        let sign = self.config_string("core.commentString").or_else(|| self.config_string("core.commentChar"));
        let sign = match sign.as_deref() {
            None => b"#".to_vec(),
            Some("auto") => vec![chosen_sign(text)],
            Some(sign) => sign.as_bytes().to_vec(),
        };
        let cleanup = match (self.config_string("commit.cleanup").as_deref(), wording) {
            (Some("verbatim"), _) => Cleanup::Verbatim,
            (Some("strip"), _) => Cleanup::Comments(&sign),
            (Some("whitespace"), _) | (_, Wording::Given) => Cleanup::Whitespace,
            (Some("scissors"), Wording::Edited) => Cleanup::Scissors(&sign),
            (_, Wording::Edited) => Cleanup::Comments(&sign),
        };
        cleaned(text, cleanup, wording)
    }
}

/// git writes its own comments last, so the last line tells.
fn chosen_sign(text: &[u8]) -> u8 {
    let last = text.split(|&byte| byte == b'\n').rfind(|line| !line.trim_ascii().is_empty());
    last.and_then(|line| line.first()).copied().filter(|sign| SIGNS.contains(sign)).unwrap_or(b'#')
}

fn cleaned(text: &[u8], cleanup: Cleanup<'_>, wording: Wording) -> Vec<u8> {
    let (comment, cut) = match cleanup {
        Cleanup::Verbatim => return text.to_vec(),
        Cleanup::Whitespace => (None, None),
        Cleanup::Comments(sign) => (Some(sign), Some(sign).filter(|_| wording == Wording::Edited)),
        Cleanup::Scissors(sign) => (None, Some(sign)),
    };
    let mut kept: Vec<&[u8]> = Vec::new();
    for line in text.split(|&byte| byte == b'\n') {
        let line = line.trim_ascii_end();
        if cut.is_some_and(|sign| line.strip_prefix(sign) == Some(SCISSORS)) {
            break;
        }
        let is_comment = comment.is_some_and(|sign| line.starts_with(sign));
        // Of several blank lines one stays, and none at the beginning.
        let is_blank_again = line.is_empty() && kept.last().is_none_or(|last| last.is_empty());
        if !is_comment && !is_blank_again {
            kept.push(line);
        }
    }
    if kept.last().is_some_and(|last| last.is_empty()) {
        kept.pop();
    }
    let mut message = kept.join(&b'\n');
    if !message.is_empty() {
        message.push(b'\n');
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDITED: &[u8] = b"\nSubject  \n\n\n# a remark\nBody\n\n# Please enter the message\n\
        # ------------------------ >8 ------------------------\ndiff --git a/x b/x\n+secret\n";

    fn text(cleanup: Cleanup<'_>, wording: Wording) -> String {
        String::from_utf8(cleaned(EDITED, cleanup, wording)).unwrap()
    }

    #[test]
    fn comments_and_what_is_below_the_scissors_are_no_part_of_an_edited_message() {
        assert_eq!(text(Cleanup::Comments(b"#"), Wording::Edited), "Subject\n\nBody\n");
        assert_eq!(
            text(Cleanup::Scissors(b"#"), Wording::Edited),
            "Subject\n\n# a remark\nBody\n\n# Please enter the message\n"
        );
    }

    #[test]
    fn nothing_is_hidden_below_scissors_that_nobody_edits() {
        let whole = text(Cleanup::Whitespace, Wording::Given);

        assert!(whole.ends_with(">8 ------------------------\ndiff --git a/x b/x\n+secret\n"), "{whole}");
        assert!(text(Cleanup::Comments(b"#"), Wording::Given).ends_with("Body\n\ndiff --git a/x b/x\n+secret\n"));
    }

    #[test]
    fn a_message_is_verbatim_where_git_takes_it_so() {
        assert_eq!(cleaned(EDITED, Cleanup::Verbatim, Wording::Edited), EDITED);
    }

    #[test]
    fn the_sign_of_a_comment_may_be_any() {
        assert_eq!(cleaned(b"#1 fixed\n; remark\n", Cleanup::Comments(b";"), Wording::Edited), b"#1 fixed\n");
        assert_eq!(chosen_sign(b"#1 fixed\n\n; Please enter\n;\n"), b';');
        assert_eq!(chosen_sign(b"Fix it\n"), b'#');
    }
}
