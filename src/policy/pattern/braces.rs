//! `{a,b}`, spelled out.

const MAX_ALTERNATIVES: usize = 64;

/// Which braces are spelled out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Braces {
    All,
    /// Those that hold a `/`; the others are matched part by part.
    OverParts,
}

/// All ways to read the `{a,b}` in a pattern.
pub(in crate::policy) fn alternatives(text: &str, which: Braces) -> Result<Vec<String>, String> {
    if !text.contains(['{', '}']) {
        return Ok(vec![text.to_owned()]);
    }
    let mut open = vec![text.to_owned()];
    let mut closed = Vec::new();
    while let Some(text) = open.pop() {
        match first_braces(&text, which)? {
            None => closed.push(text),
            // Pushed backwards, so that they are popped in the order of the text.
            Some(mut variants) => {
                variants.reverse();
                open.append(&mut variants);
            }
        }
        if open.len() + closed.len() > MAX_ALTERNATIVES {
            return Err(format!("spells out more than {MAX_ALTERNATIVES} globs with its braces"));
        }
    }
    Ok(closed)
}

/// The text with its first braces replaced by each of their alternatives in turn.
fn first_braces(text: &str, which: Braces) -> Result<Option<Vec<String>>, String> {
    let (mut before, mut after) = (String::new(), String::new());
    let mut inside: Vec<String> = Vec::new();
    let (mut depth, mut done) = (0_usize, false);
    let mut rest = text.chars().peekable();
    let mut in_class = false;
    while let Some(character) = rest.next() {
        // An escaped brace and a bracket that opens or follows a class are no syntax of their own.
        let mut token = [Some(character), None, None];
        match character {
            '\\' => token[1] = rest.next(),
            '[' if !in_class => {
                in_class = true;
                token[1] = rest.next_if(|&c| matches!(c, '!' | '^'));
                token[2] = rest.next_if_eq(&']');
            }
            ']' => in_class = false,
            '{' if !in_class && !done => {
                depth += 1;
                if depth == 1 {
                    inside.push(String::new());
                    continue;
                }
            }
            '}' if !in_class && !done => {
                depth = depth.checked_sub(1).ok_or("has a `}` without its `{`")?;
                if depth == 0 && which == Braces::OverParts && !inside.iter().any(|one| one.contains('/')) {
                    before = [before, "{".into(), inside.join(","), "}".into()].concat();
                    inside.clear();
                    continue;
                }
                if depth == 0 {
                    done = true;
                    continue;
                }
            }
            ',' if !in_class && depth == 1 => {
                inside.push(String::new());
                continue;
            }
            _ => {}
        }
        let target = match inside.last_mut() {
            Some(_) if done => &mut after,
            Some(alternative) => alternative,
            None => &mut before,
        };
        target.extend(token.into_iter().flatten());
    }
    if depth > 0 {
        return Err("has a `{` without its `}`".into());
    }
    Ok(done.then(|| inside.iter().map(|alternative| format!("{before}{alternative}{after}")).collect()))
}
