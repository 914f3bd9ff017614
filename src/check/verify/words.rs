//! Lists of words, each one string with spaces between: short to read, and searched only once a
//! pattern has matched.

/// A list of words.
#[derive(Clone, Copy)]
pub(super) struct Words(pub(super) &'static str);

impl Words {
    pub(super) fn all(self) -> impl Iterator<Item = &'static [u8]> {
        self.0.as_bytes().split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
    }

    /// Whether a word is in the list, in any case.
    pub(super) fn has(self, word: &[u8]) -> bool {
        let (list, word) = (self.0.as_bytes(), word.to_ascii_lowercase());
        let ends = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_whitespace);
        let is_whole =
            |at: usize| ends(at.checked_sub(1).and_then(|at| list.get(at))) && ends(list.get(at + word.len()));
        !word.is_empty()
            && !word.iter().any(u8::is_ascii_whitespace)
            && memchr::memmem::find_iter(list, &word).any(is_whole)
    }

    /// Whether any word of the list is part of a text.
    pub(super) fn within(self, text: &[u8]) -> bool {
        let pairs = text.windows(2).fold(0, |pairs, pair| pairs | bit(pair));
        self.all().any(|known| known.get(..2).is_none_or(|pair| pairs & bit(pair) != 0) && is_in(known, text))
    }

    /// Whether a text opens with any word of the list.
    pub(super) fn open(self, text: &[u8]) -> bool {
        self.all().any(|known| text.starts_with(known))
    }

    /// Whether a text ends with any word of the list.
    pub(super) fn close(self, text: &[u8]) -> bool {
        self.all().any(|known| text.ends_with(known))
    }
}

/// What is judged is short: a search that first prepares itself takes longer than this.
fn is_in(word: &[u8], text: &[u8]) -> bool {
    let Some(first) = word.first() else { return true };
    memchr::memchr_iter(*first, text).any(|at| text.get(at..).is_some_and(|rest| rest.starts_with(word)))
}

/// One of 128 bits for two neighbours: most words are known by it not to be in a text.
fn bit(pair: &[u8]) -> u128 {
    1 << (pair.iter().fold(0_u8, |hash, byte| hash.wrapping_mul(31).wrapping_add(*byte)) & 127)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_finds_its_words_whole_within_and_at_both_ends() {
        let list = Words(
            "pass secret \
            token",
        );

        assert!(list.has(b"Secret") && !list.has(b"secrets"));
        assert!(list.within(b"mysecrets") && !list.within(b"secre"));
        assert!(list.open(b"password") && !list.open(b"bypass"));
        assert!(list.close(b"bypass") && !list.close(b"passed"));
    }
}
