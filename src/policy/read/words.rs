//! Words of the file as messages repeat them.

use crate::model::{closest, hides_text};

/// The closest of the known words, if one is close.
pub(super) fn did_you_mean(word: &str, known: &[&str]) -> Option<String> {
    let abbreviated = || known.iter().find(|known| word.len() > 2 && known.starts_with(word)).copied();
    let close = closest(word, known).or_else(abbreviated)?;
    Some(format!("did you mean `{close}`?"))
}

/// A text of the file as a message may show it: on one line, all of it visible, not endless.
pub(super) fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String = text
        .chars()
        .take(LONGEST)
        .flat_map(|c| if c.is_control() || hides_text(c) { c.escape_unicode().collect() } else { vec![c] })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

pub(super) fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
