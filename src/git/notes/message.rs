//! The message of a notes commit: it repeats the head of the chain, so that an append reads no more
//! of a stream than its newest commit.

use crate::model::Seen;

const SEQ: &str = "Gov-Seq: ";
const ID: &str = "Gov-Id: ";

pub(super) fn written(subject: &str, head: &Seen) -> String {
    let subject = subject.lines().next().unwrap_or_default().trim();
    let subject = if subject.is_empty() { "Record" } else { subject };
    format!("{subject}\n\n{SEQ}{}\n{ID}{}\n", head.seq, head.id)
}

/// The head as the last paragraph names it; none in a commit that something else wrote.
pub(super) fn head(message: &[u8]) -> Option<Seen> {
    let text = std::str::from_utf8(message).ok()?.trim_end();
    let (_, last) = text.rsplit_once("\n\n")?;
    let (seq, id) = last.strip_prefix(SEQ)?.split_once('\n')?;
    Some(Seen { seq: seq.parse().ok()?, id: id.strip_prefix(ID)?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Sha256;

    #[test]
    fn the_head_reads_back_from_the_message() {
        let seen = Seen { seq: 17, id: Sha256::of(b"17") };

        assert_eq!(head(written("Decide on 1a2b", &seen).as_bytes()), Some(seen));
        assert_eq!(head(written("", &seen).as_bytes()), Some(seen));
        assert_eq!(head(written("one\n\nGov-Seq: 3", &seen).as_bytes()), Some(seen));
    }

    #[test]
    fn a_message_of_something_else_names_no_head() {
        assert_eq!(head(b"Notes added by 'git notes add'\n"), None);
        assert_eq!(head(b"x\n\nGov-Seq: 1\n"), None);
        assert_eq!(head(b"x\n\nGov-Seq: one\nGov-Id: 00\n"), None);
    }
}
