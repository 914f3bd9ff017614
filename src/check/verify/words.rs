//! Lists of words, each one string with spaces between: short to read, and sorted by the compiler.

/// The first two bytes of a word choose one of this many drawers; one more is for words of one byte.
const DRAWERS: usize = 64;

/// A list of words, written as `words!("these three words")`.
#[derive(Clone, Copy)]
pub(super) struct Words {
    text: &'static [u8],
    spans: &'static [Span],
    ends: &'static [u16; DRAWERS + 1],
    heads: &'static [u64; 4],
}

/// Where a word stands in its list.
#[derive(Clone, Copy)]
struct Span {
    start: u16,
    length: u16,
}

/// The words of a list, drawer by drawer, and where each drawer ends among them.
pub(super) struct Sorted<const COUNT: usize> {
    spans: [Span; COUNT],
    ends: [u16; DRAWERS + 1],
    /// A bit for each [`head`] of a word.
    heads: [u64; 4],
}

macro_rules! words {
    ($text:expr $(,)?) => {{
        use $crate::check::verify::words::{Sorted, Words, count};

        const SORTED: Sorted<{ count($text) }> = Sorted::of($text);
        Words::new($text, &SORTED)
    }};
}
pub(super) use words;

impl Words {
    pub(super) const fn new<const COUNT: usize>(text: &'static str, sorted: &'static Sorted<COUNT>) -> Self {
        Self { text: text.as_bytes(), spans: &sorted.spans, ends: &sorted.ends, heads: &sorted.heads }
    }

    /// Whether a word is in the list, in any case.
    pub(super) fn has(self, word: &[u8]) -> bool {
        let lower = |at: usize| word.get(at).map(u8::to_ascii_lowercase);
        let is_it = |known: &[u8]| {
            known.len() == word.len() && known.iter().zip(word).all(|(own, byte)| *own == byte.to_ascii_lowercase())
        };
        lower(0).is_some_and(|first| self.drawer(drawer(first, lower(1))).any(is_it))
    }

    /// Whether any word of the list is part of a text.
    pub(super) fn within(self, text: &[u8]) -> bool {
        let mut rest = text;
        while let Some(ahead) = self.next(rest) {
            rest = rest.get(ahead..).unwrap_or_default();
            if self.open_longer(rest) {
                return true;
            }
            rest = rest.get(1..).unwrap_or_default();
        }
        self.drawer(DRAWERS).flatten().any(|byte| text.contains(byte))
    }

    /// How far ahead two bytes are that words may begin with.
    fn next(self, text: &[u8]) -> Option<usize> {
        let mut last = *text.first()?;
        text.iter().skip(1).position(|&byte| {
            let head = head(std::mem::replace(&mut last, byte), byte);
            self.heads.get(usize::from(head >> 6)).is_some_and(|bits| bits >> (head & 63) & 1 == 1)
        })
    }

    /// Whether a text opens with any word of the list.
    pub(super) fn open(self, text: &[u8]) -> bool {
        self.open_longer(text) || self.drawer(DRAWERS).any(|known| text.starts_with(known))
    }

    fn open_longer(self, text: &[u8]) -> bool {
        let [first, second, ..] = *text else { return false };
        self.drawer(drawer(first, Some(second))).any(|known| text.starts_with(known))
    }

    /// Whether a text ends with any word of the list.
    pub(super) fn close(self, text: &[u8]) -> bool {
        self.stem(text).is_some()
    }

    /// What stands before the longest word of the list that a text ends with.
    pub(super) fn stem(self, text: &[u8]) -> Option<&[u8]> {
        self.spans.iter().filter_map(|span| text.strip_suffix(self.word(*span))).min_by_key(|stem| stem.len())
    }

    fn drawer(self, drawer: usize) -> impl Iterator<Item = &'static [u8]> {
        let end = |drawer: Option<usize>| drawer.and_then(|drawer| self.ends.get(drawer)).map_or(0, |end| *end);
        let place = usize::from(end(drawer.checked_sub(1)))..usize::from(end(Some(drawer)));
        self.spans.get(place).unwrap_or_default().iter().map(move |span| self.word(*span))
    }

    fn word(self, span: Span) -> &'static [u8] {
        let start = usize::from(span.start);
        self.text.get(start..start + usize::from(span.length)).unwrap_or_default()
    }
}

/// Two bytes in one.
const fn head(first: u8, second: u8) -> u8 {
    first.wrapping_mul(31).wrapping_add(second)
}

/// The drawer of words that begin with these bytes.
const fn drawer(first: u8, second: Option<u8>) -> usize {
    match second {
        Some(second) => head(first, second) as usize % DRAWERS,
        None => DRAWERS,
    }
}

#[expect(clippy::indexing_slicing, reason = "only the compiler runs it")]
const fn drawer_of(text: &[u8], start: usize, end: usize) -> usize {
    drawer(text[start], if end - start > 1 { Some(text[start + 1]) } else { None })
}

/// How many words a list has.
pub(super) const fn count(text: &str) -> usize {
    let (mut count, mut from) = (0, 0);
    while let Some((_, end)) = next(text.as_bytes(), from) {
        (count, from) = (count + 1, end);
    }
    count
}

/// Where the next word of a list starts and ends.
#[expect(clippy::indexing_slicing, reason = "only the compiler runs it")]
const fn next(text: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut start = from;
    while start < text.len() && text[start].is_ascii_whitespace() {
        start += 1;
    }
    let mut end = start;
    while end < text.len() && !text[end].is_ascii_whitespace() {
        end += 1;
    }
    if start < end { Some((start, end)) } else { None }
}

impl<const COUNT: usize> Sorted<COUNT> {
    #[expect(clippy::indexing_slicing, reason = "only the compiler runs it")]
    #[expect(clippy::cast_possible_truncation, reason = "no list is as long as that, and the compiler would tell")]
    pub(super) const fn of(text: &str) -> Self {
        let text = text.as_bytes();
        assert!(text.len() <= u16::MAX as usize);
        let mut sorted = Self { spans: [Span { start: 0, length: 0 }; COUNT], ends: [0; DRAWERS + 1], heads: [0; 4] };
        let mut from = 0;
        while let Some((start, end)) = next(text, from) {
            sorted.ends[drawer_of(text, start, end)] += 1;
            if end - start > 1 {
                let head = head(text[start], text[start + 1]);
                sorted.heads[(head >> 6) as usize] |= 1 << (head & 63);
            }
            from = end;
        }
        let (mut drawer, mut sum) = (0, 0);
        while drawer <= DRAWERS {
            (sorted.ends[drawer], sum) = (sum, sum + sorted.ends[drawer]);
            drawer += 1;
        }
        from = 0;
        while let Some((start, end)) = next(text, from) {
            let place = &mut sorted.ends[drawer_of(text, start, end)];
            sorted.spans[*place as usize] = Span { start: start as u16, length: (end - start) as u16 };
            *place += 1;
            from = end;
        }
        sorted
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "pass secret \
            token a < ab abc bca";
    const LIST: Words = words!(TEXT);

    #[test]
    fn a_list_finds_its_words_whole_within_and_at_both_ends() {
        let list = words!("pass secret token");

        assert!(list.has(b"Secret") && !list.has(b"secrets") && !list.has(b"") && !list.has(b"pass secret"));
        assert!(list.within(b"mysecrets") && !list.within(b"secre") && !list.within(b""));
        assert!(list.open(b"password") && !list.open(b"bypass"));
        assert!(list.close(b"bypass") && !list.close(b"passed"));
        assert_eq!(words!("pass bypass by").stem(b"a-bypass"), Some(&b"a-"[..]));
        assert!(!words!("").within(b"pass") && !words!("").close(b""));
    }

    proptest! {
        #[test]
        fn a_sorted_list_says_what_one_says_that_is_read_word_by_word(text in "(pass|tok|en|secre|t|a|b|c|B|<| ){0,6}") {
            let text = text.as_bytes();
            let any = |is: &dyn Fn(&[u8]) -> bool| TEXT.split_whitespace().any(|word| is(word.as_bytes()));

            prop_assert_eq!(LIST.has(text), any(&|word| text.eq_ignore_ascii_case(word)));
            prop_assert_eq!(LIST.within(text), any(&|word| text.windows(word.len()).any(|window| window == word)));
            prop_assert_eq!(LIST.open(text), any(&|word| text.starts_with(word)));
            prop_assert_eq!(LIST.close(text), any(&|word| text.ends_with(word)));
        }
    }
}
