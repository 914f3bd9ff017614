//! `{a,b}`, spelled out.

use std::borrow::Cow;

const MAX_ALTERNATIVES: usize = 64;

/// Which braces are spelled out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Braces {
    All,
    /// Those that hold a `/`; the others are matched part by part.
    OverParts,
}

/// All ways to read the `{a,b}` in a pattern.
pub(in crate::policy) fn alternatives(text: &str, which: Braces) -> Result<Vec<Cow<'_, str>>, String> {
    if !text.bytes().any(|byte| matches!(byte, b'{' | b'}')) {
        return Ok(vec![text.into()]);
    }
    // Each with the place up to which it is spelled out.
    let mut open = vec![(text.to_owned(), 0)];
    let mut closed = Vec::new();
    while let Some((text, from)) = open.pop() {
        let Some(cuts) = first_braces(&text, from, which)? else {
            closed.push(text.into());
            continue;
        };
        if open.len() + closed.len() + cuts.len() > MAX_ALTERNATIVES + 1 {
            return Err(format!("spells out more than {MAX_ALTERNATIVES} globs with its braces"));
        }
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        let (first, last) = (cuts.first().copied().unwrap_or_default(), cuts.last().copied().unwrap_or_default());
        let (before, after) = (part(0, first), part(last + 1, text.len()));
        let spelled = cuts.windows(2).map(|cut| match cut {
            [left, right] => [before, part(left + 1, *right), after].concat(),
            _ => String::new(),
        });
        // Backwards, so that they are popped in the order of the text.
        open.extend(spelled.rev().map(|text| (text, first)));
    }
    Ok(closed)
}

/// Where the first braces that are to be spelled out open, are divided by commas, and close.
fn first_braces(text: &str, from: usize, which: Braces) -> Result<Option<Vec<usize>>, String> {
    let bytes = text.as_bytes();
    let is_one_of = |at: usize, signs: &[u8]| bytes.get(at).is_some_and(|byte| signs.contains(byte));
    let mut cuts: Vec<usize> = Vec::new();
    let (mut at, mut depth, mut in_class) = (from, 0_usize, false);
    while let Some(byte) = bytes.get(at) {
        match byte {
            // An escaped brace and a bracket that opens or follows a class are no syntax of their own.
            b'\\' => at += 1,
            b'[' if !in_class => {
                in_class = true;
                at += usize::from(is_one_of(at + 1, b"!^"));
                at += usize::from(is_one_of(at + 1, b"]"));
            }
            b']' => in_class = false,
            b'{' if !in_class => {
                depth += 1;
                if depth == 1 {
                    cuts.push(at);
                }
            }
            b'}' if !in_class => {
                depth = depth.checked_sub(1).ok_or("has a `}` without its `{`")?;
                if depth == 0 {
                    let inside = cuts.first().and_then(|open| bytes.get(*open..at)).unwrap_or_default();
                    if which == Braces::All || inside.contains(&b'/') {
                        cuts.push(at);
                        return Ok(Some(cuts));
                    }
                    cuts.clear();
                }
            }
            b',' if !in_class && depth == 1 => cuts.push(at),
            _ => {}
        }
        at += 1;
    }
    if depth > 0 { Err("has a `{` without its `}`".into()) } else { Ok(None) }
}
