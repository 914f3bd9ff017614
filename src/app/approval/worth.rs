//! Whether a person's word would count, found out before it is put on record: an entry cannot be taken
//! back, and one that counts for nothing only misleads.

use crate::app::judging::Judged;
use crate::model::{Against, Decision, NotCounted, Saying, Word};

/// What speaks against a word of this person that would be worth nothing.
pub(super) fn against<'d>(
    judged: &Judged,
    supposed: &'d Decision,
    saying: &Saying,
    by: &str,
) -> Option<&'d NotCounted> {
    let is_mine = |other: &str| other.eq_ignore_ascii_case(by);
    let refused = || supposed.not_counted.iter().rev().find(|refused| is_mine(&refused.by));
    if *saying == Saying::Reject {
        let counts = supposed.rejected_by.iter().any(|rejector| is_mine(rejector));
        return if counts { None } else { refused() };
    }
    let counts = supposed.needed.iter().any(|need| need.counted.iter().any(|counted| is_mine(counted)));
    let has_approved = own_words(judged, by).iter().any(|word| word.saying == Saying::Approve);
    let repeats = has_approved && refused().is_some_and(|refused| refused.against == Against::Repetition);
    if counts && !repeats { None } else { refused() }
}

/// Why a person's word settles nothing about a change, whatever they say of it.
pub(super) fn against_everybody(judged: &Judged, by: &str) -> Option<String> {
    let supposed = judged.supposing(vec![Word::supposed(by, Saying::Approve, judged.landing.now)]);
    let bars = |refused: &NotCounted| refused.against == Against::Speaker && refused.by.eq_ignore_ascii_case(by);
    supposed.not_counted.into_iter().find(bars).map(|refused| refused.why)
}

/// What was said of the whole by one person, newest last.
pub(super) fn own_words<'a>(judged: &'a Judged, by: &str) -> Vec<&'a Word> {
    let of_it = |word: &&Word| {
        word.by.eq_ignore_ascii_case(by)
            && matches!(word.saying, Saying::Approve | Saying::Reject)
            && word.bond.as_ref().is_some_and(|bond| judged.landing.is_of(bond))
    };
    judged.words.iter().filter(of_it).collect()
}
