//! Which known word somebody may have meant.

/// Nobody mistypes a longer word than this, and comparing it would cost.
const LONGEST: usize = 64;

/// The known word most like another, when at least three fifths of both are the same letters in the
/// same order. Of equals the first.
#[must_use]
pub fn closest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let likeness = |known: &str| {
        let both = word.len() + known.len();
        let shared = if both > 2 * LONGEST { 0 } else { 2 * shared(word.as_bytes(), known.as_bytes()) };
        (5 * shared >= 3 * both).then(|| shared * 1_000 / both.max(1))
    };
    let mut best: Option<(usize, &str)> = None;
    for &known in known {
        if let Some(like) = likeness(known).filter(|like| best.is_none_or(|(most, _)| *like > most)) {
            best = Some((like, known));
        }
    }
    best.map(|(_, known)| known)
}

/// The length of the longest sequence that both have, with gaps. Each byte of the one adds to what every
/// beginning of the other shares with those before it.
fn shared(one: &[u8], other: &[u8]) -> usize {
    let mut lengths = vec![0; other.len()];
    for byte in one {
        let (mut shorter_before, mut shorter) = (0, 0);
        for (own, length) in other.iter().zip(&mut lengths) {
            let before = *length;
            *length = if byte == own { shorter_before + 1 } else { before.max(shorter) };
            (shorter_before, shorter) = (before, *length);
        }
    }
    lengths.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_meant_is_the_one_most_alike() {
        let known = ["enforcement", "paths", "protected", "database"];

        assert_eq!(closest("protcted", &known), Some("protected"));
        assert_eq!(closest("path", &known), Some("paths"));
        assert_eq!(closest("enforcment", &known), Some("enforcement"));
        assert_eq!(closest("zebra", &known), None);
        assert_eq!(closest("", &known), None);
        assert_eq!(closest(&"paths".repeat(40), &known), None);
    }

    #[test]
    fn the_longest_shared_sequence_may_have_gaps() {
        assert_eq!(shared(b"abcbdab", b"bdcaba"), 4);
        assert_eq!(shared(b"", b"a"), 0);
    }
}
