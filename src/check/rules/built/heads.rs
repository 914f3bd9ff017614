//! The few bytes that matches of an expression begin with, when those are the bytes of known words.
//!
//! The build script uses this file too.

use std::collections::BTreeSet;

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// How many first bytes of a match are known.
pub(crate) const HEAD: usize = 4;

/// Fewer bytes than this are in every line.
const LEAST: usize = 3;

/// More beginnings than this tell nothing.
const MOST: usize = 512;

/// What an expression can begin with, each followed by zeros where anything may follow. `None` for what
/// is not known.
pub(crate) fn heads(hir: &Hir) -> Option<Vec<[u8; HEAD]>> {
    let head = |start: Vec<u8>| {
        let mut head = [0; HEAD];
        head.iter_mut().zip(&start).for_each(|(place, byte)| *place = *byte);
        (start.len() >= LEAST).then_some(head)
    };
    follow(&BTreeSet::from([Vec::new()]), hir)?.into_iter().map(head).collect()
}

/// Letters in either case, and what is no letter as if it were one: it is never zero.
pub(crate) const fn fold(byte: u8) -> u8 {
    byte | 0x20
}

/// Beginnings with what comes after them, as far as they are told.
fn follow(starts: &BTreeSet<Vec<u8>>, hir: &Hir) -> Option<BTreeSet<Vec<u8>>> {
    let all = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => starts.clone(),
        HirKind::Literal(literal) => literal.0.iter().fold(starts.clone(), |all, byte| one_of(&all, [*byte])),
        HirKind::Class(Class::Bytes(class)) => {
            one_of(starts, class.iter().flat_map(|range| range.start()..=range.end()))
        }
        HirKind::Class(Class::Unicode(_)) => return None,
        HirKind::Repetition(repetition) => repeated(starts, repetition)?,
        HirKind::Capture(capture) => follow(starts, &capture.sub)?,
        HirKind::Concat(parts) => parts.iter().try_fold(starts.clone(), |all, part| follow(&all, part))?,
        HirKind::Alternation(parts) => {
            let all: Option<Vec<_>> = parts.iter().map(|part| follow(starts, part)).collect();
            all?.into_iter().flatten().collect()
        }
    };
    (all.len() <= MOST).then_some(all)
}

fn one_of(starts: &BTreeSet<Vec<u8>>, bytes: impl IntoIterator<Item = u8>) -> BTreeSet<Vec<u8>> {
    let bytes: BTreeSet<u8> = bytes.into_iter().map(fold).collect();
    let (told, short): (Vec<_>, Vec<_>) = starts.iter().partition(|start| start.len() >= HEAD);
    let longer = short.iter().flat_map(|start| bytes.iter().map(|byte| [start.as_slice(), &[*byte]].concat()));
    longer.chain(told.into_iter().cloned()).collect()
}

/// However often something is repeated, its first bytes are all that is told.
fn repeated(starts: &BTreeSet<Vec<u8>>, repetition: &Repetition) -> Option<BTreeSet<Vec<u8>>> {
    let least = usize::try_from(repetition.min).ok()?.min(HEAD);
    let most = repetition.max.map_or(Ok(HEAD), usize::try_from).ok()?.clamp(least, HEAD);
    let (mut once_more, mut all) = (starts.clone(), BTreeSet::new());
    for times in 0..=most {
        if times >= least {
            all.extend(once_more.iter().cloned());
        }
        if times < most {
            once_more = follow(&once_more, &repetition.sub)?;
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heads_of(pattern: &str) -> Option<Vec<String>> {
        let hir = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).unwrap();
        let shown = |head: [u8; HEAD]| String::from_utf8(head.to_vec()).unwrap().replace('\0', "\u{b7}");
        heads(&hir).map(|heads| heads.into_iter().map(shown).collect())
    }

    #[test]
    fn a_match_begins_with_one_of_the_heads() {
        let heads_of = |pattern| heads_of(pattern).unwrap().join(" ");

        assert_eq!(heads_of("(?i:secret|Pat|a(?:b|cd)e+)x"), "abee abex acde patx secr");
        assert_eq!(heads_of(r"api[.\- ]?key|\bpat\b"), "api  api- api. apik pat\u{b7}");
        assert_eq!(heads_of("(?:ab){2,9}|x{0,3}yzu|-(c)de"), "-cde abab xxxy xxyz xyzu yzu\u{b7}");
    }

    #[test]
    fn what_may_begin_with_anything_has_no_heads() {
        for pattern in ["", "ab", r"\w{8}", "(?:secret|.)", "(?u:[\u{e4}-\u{fc}])bcd", "a?b?c?d?"] {
            assert_eq!(heads_of(pattern), None, "{pattern}");
        }
    }
}
