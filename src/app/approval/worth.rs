//! Whether a person's word would count, found out before it is put on record: an entry cannot be taken
//! back, and one that counts for nothing only misleads.

use crate::app::check::Judged;
use crate::model::{Decision, Saying, Word};

/// Why a word of this person would be worth nothing.
pub(super) fn against(judged: &Judged, supposed: &Decision, saying: &Saying, by: &str) -> Option<String> {
    let is_mine = |other: &str| other.eq_ignore_ascii_case(by);
    let refused =
        || supposed.not_counted.iter().rev().find(|refused| is_mine(&refused.by)).map(|refused| refused.why.clone());
    if *saying == Saying::Reject {
        let counts = supposed.rejected_by.iter().any(|rejector| is_mine(rejector));
        return if counts { None } else { refused() };
    }
    let counts = supposed.needed.iter().any(|need| need.counted.iter().any(|counted| is_mine(counted)));
    let repeats = own_words(judged, by).iter().any(|word| word.saying == Saying::Approve);
    if counts && !(repeats && refused().is_some_and(|why| why.contains("already"))) { None } else { refused() }
}

/// Why a person's word settles nothing about a change, whatever they say of it.
pub(super) fn against_everybody(judged: &Judged, by: &str) -> Option<String> {
    let supposed = judged.supposing(vec![Word::supposed(by, Saying::Approve, judged.landing.now)]);
    let mine = supposed.not_counted.iter().find(|refused| refused.by.eq_ignore_ascii_case(by));
    let is_there = |word: &str| mine.is_some_and(|refused| refused.why.contains(word));
    let is_about_them = ["agent", "wrote", "holds no"].into_iter().any(is_there);
    mine.filter(|_| is_about_them).map(|refused| refused.why.clone())
}

/// What was said of the whole by one person, newest last.
pub(super) fn own_words<'a>(judged: &'a Judged, by: &str) -> Vec<&'a Word> {
    let of_it = |word: &&Word| {
        word.by.eq_ignore_ascii_case(by)
            && matches!(word.saying, Saying::Approve | Saying::Reject)
            && word.bond.as_ref().is_some_and(|bond| bond.change == judged.landing.change)
    };
    judged.words.iter().filter(of_it).collect()
}
