//! What a script in another language says that it has no good reason to say.

use super::Objection;

const TELLTALES: &str = "--no-veri hookspath .git/hooks .git/config .gov/ refs/notes/gov gov_hook_disabled gov_hook_agent \
     /hooks/pre-commit";

pub(super) fn objection(text: &str) -> Option<Objection> {
    let text = text.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if says(&["git"]) && says(&["commit", "'am'", "\"am\""]) && has_short_n(&text) {
        return Some(Objection::ask("a script that runs git with `-n` may get past the hooks"));
    }
    let names = |word: &str| text.match_indices(word).any(|(at, _)| ends_there(&text, at + word.len()));
    if names(".git") && names("hooks") {
        return Some(Objection::ask("a script that speaks of git's hooks may change them"));
    }
    let found = TELLTALES.split(' ').find(|word| text.contains(word))?;
    Some(Objection::ask(format!(
        "a script that says `{found}` may get past the hooks: where it only reads, use cat or grep"
    )))
}

/// Whether a text speaks of a short option `-n`, alone or among others.
fn has_short_n(text: &str) -> bool {
    let words = text.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '-'));
    let mut letters = words.filter_map(|word| word.strip_prefix('-'));
    letters.any(|letters| letters.contains('n') && letters.bytes().all(|letter| b"aenmopqsv".contains(&letter)))
}

/// Whether no name goes on there.
fn ends_there(text: &str, at: usize) -> bool {
    !text.get(at..).is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_'))
}
