//! The options among the words of a git command.

use crate::check::command::words::{Word, is_one_of};

/// Whether a word that could be any option stands where options are.
pub(super) fn is_given_unknown(words: &[Word]) -> bool {
    let mut takes_next = false;
    for word in words.iter().take_while(|word| word.text != "--") {
        // Where it is one of several, one of them is enough.
        let may_be_option = word.made.iter().flat_map(|made| &made.texts).any(|text| text.starts_with('-'));
        if word.is_open && (word.text.is_empty() || may_be_option) && !takes_next {
            return true;
        }
        let is_cluster = word.text.starts_with('-') && !word.text.starts_with("--");
        takes_next =
            is_one_of(&word.text, LONG_WITH_VALUE) || (is_cluster && word.text.ends_with(['m', 'F', 'C', 'c', 't']));
    }
    false
}

/// The options among the words, those in one cluster each for itself; not the values that some take.
pub(super) fn options<'w>(verb: &str, words: &'w [Word]) -> Vec<&'w str> {
    let takes = |letter: char| match verb {
        "commit" => "mFCct".contains(letter),
        "push" => letter == 'o',
        "merge" | "pull" => "msX".contains(letter),
        "notes" => "mFCc".contains(letter),
        _ => false,
    };
    // What it takes stands in the same word, if at all.
    let may_take = |letter: char| verb == "commit" && matches!(letter, 'u' | 'S');
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = word.text.as_str();
        if text == "--" {
            break;
        }
        if text.starts_with("--") {
            found.push(text);
            if is_one_of(text, LONG_WITH_VALUE) {
                words.next();
            }
        } else if let Some(letters) = text.strip_prefix('-') {
            let mut rest = letters.chars();
            while let Some(letter) = rest.next() {
                found.extend(SHORT.iter().find(|option| option.ends_with(letter)));
                if takes(letter) && rest.as_str().is_empty() {
                    words.next();
                }
                if takes(letter) || may_take(letter) {
                    break;
                }
            }
        }
    }
    found
}

/// The short options that matter here.
const SHORT: [&str; 5] = ["-n", "-d", "-f", "-l", "-p"];

const LONG_WITH_VALUE: &str = "--message --file --author --date --template --trailer --cleanup --fixup --squash --reuse-message \
     --reedit-message --pathspec-from-file --strategy-option";
