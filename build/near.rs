//! What a path must contain to be one that a glob names, so that most rules are never read for it.

/// A part of this length is rare enough, whatever else could be told.
const TELLING: usize = 4;

/// Texts in lower case, one of which stands in every path that one of the globs matches; empty when
/// any path may be one of those.
pub(super) fn near(globs: &[&str]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for glob in globs {
        let parts = parts_of(glob);
        if parts.is_empty() {
            return Vec::new();
        }
        all.extend(parts);
    }
    all.sort_by_key(|part| (part.len(), part.clone()));
    let mut kept: Vec<String> = Vec::new();
    for part in all {
        if !kept.iter().any(|shorter| part.contains(shorter.as_str())) {
            kept.push(part);
        }
    }
    kept
}

/// A stretch of a glob: text outside of braces, or what braces give to choose from.
enum Stretch<'g> {
    Text(&'g str),
    Choice(Vec<&'g str>),
}

/// The longest part outside of all braces, or else the parts that one of the braces makes with what
/// stands beside it. Only ASCII counts: globs fold other letters in ways a byte search does not.
fn parts_of(glob: &str) -> Vec<String> {
    let Some(stretches) = stretches(glob).filter(|_| glob.is_ascii() && !glob.contains('\\')) else {
        return Vec::new();
    };
    let text = |at: Option<usize>| match at.and_then(|at| stretches.get(at)) {
        Some(Stretch::Text(text)) => *text,
        Some(Stretch::Choice(_)) | None => "",
    };
    let outside = (0..stretches.len()).map(|at| longest(text(Some(at)))).max_by_key(String::len).unwrap_or_default();
    if outside.len() >= TELLING {
        return vec![outside];
    }
    let of_choice = |(at, stretch): (usize, &Stretch<'_>)| match stretch {
        Stretch::Choice(inside) => {
            let (before, after) = (text(at.checked_sub(1)), text(Some(at + 1)));
            Some(inside.iter().map(|one| longest(&format!("{before}{one}{after}"))).collect::<Vec<_>>())
        }
        Stretch::Text(_) => None,
    };
    let choices = stretches.iter().enumerate().filter_map(of_choice);
    let shortest = |parts: &Vec<String>| parts.iter().map(String::len).min().unwrap_or_default();
    let best = choices.chain([vec![outside]]).max_by_key(|parts| (shortest(parts), usize::MAX - parts.len()));
    best.filter(|parts| shortest(parts) > 0).unwrap_or_default()
}

/// `None` for braces within braces, or such as do not close.
fn stretches(glob: &str) -> Option<Vec<Stretch<'_>>> {
    let mut found = Vec::new();
    let mut rest = glob;
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, after) = after.split_once('}')?;
        // A class may hold a brace that is none.
        if inside.contains(['{', '['])
            || before.contains('}')
            || before.matches('[').count() != before.matches(']').count()
        {
            return None;
        }
        found.extend([Stretch::Text(before), Stretch::Choice(inside.split(',').collect())]);
        rest = after;
    }
    found.push(Stretch::Text(rest));
    (!rest.contains('}')).then_some(found)
}

/// The longest piece without wildcards, within one name: a strict glob also takes names that end in dots
/// and blanks.
fn longest(text: &str) -> String {
    let mut pieces = vec![String::new()];
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '*' | '?' | '/' => pieces.push(String::new()),
            '[' => {
                // The first character of a class never closes it.
                rest.next();
                rest.by_ref().find(|character| *character == ']');
                pieces.push(String::new());
            }
            plain => pieces.last_mut().into_iter().for_each(|piece| piece.push(plain.to_ascii_lowercase())),
        }
    }
    pieces.into_iter().max_by_key(String::len).unwrap_or_default()
}
