//! Adds a member to JSON that a person has laid out, and leaves every other letter where it is.

use serde_json::Value;

const INDENT: &str = "  ";

/// Adds an element to the end of the list at a path, whose parts are made where they are missing.
pub(super) fn push(text: &str, path: &[&str], element: &Value) -> Option<String> {
    let (last, before) = path.split_last()?;
    match place(text, path) {
        Some(found) => added(text, found, path.len(), (b'[', element, None)),
        None => put(text, before, last, &Value::Array(vec![element.clone()])),
    }
}

/// Adds a member to the object at a path, whose parts are made where they are missing.
pub(super) fn put(text: &str, path: &[&str], key: &str, value: &Value) -> Option<String> {
    if let Some(found) = place(text, path) {
        return added(text, found, path.len(), (b'{', value, Some(key)));
    }
    let (last, before) = path.split_last()?;
    put(text, before, last, &serde_json::json!({ key: value }))
}

/// Where the value at a path starts.
fn place(text: &str, path: &[&str]) -> Option<usize> {
    let mut at = blank(text, 0);
    for key in path {
        at = member(text, at, key)?;
    }
    Some(at)
}

fn added(text: &str, start: usize, depth: usize, (opens, value, key): (u8, &Value, Option<&str>)) -> Option<String> {
    if text.as_bytes().get(start) != Some(&opens) {
        return None;
    }
    let close = end(text, start) - 1;
    let kept = text.get(..close)?.trim_end();
    let comma = if kept.len() == start + 1 { "" } else { "," };
    let inner = INDENT.repeat(depth + 1);
    let name = key.map(|key| format!("{}: ", Value::from(key))).unwrap_or_default();
    let value = format!("{value:#}").replace('\n', &format!("\n{inner}"));
    Some(format!("{kept}{comma}\n{inner}{name}{value}\n{}{}", INDENT.repeat(depth), text.get(close..)?))
}

fn blank(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.len() - rest.trim_start().len()
}

/// Where the value of a member starts, in the object that starts there.
fn member(text: &str, object: usize, wanted: &str) -> Option<usize> {
    let byte = |at: usize| text.as_bytes().get(at).copied();
    if byte(object)? != b'{' {
        return None;
    }
    let mut at = blank(text, object + 1);
    while byte(at)? == b'"' {
        let after = end(text, at);
        let key: String = serde_json::from_str(text.get(at..after)?).ok()?;
        let value = blank(text, blank(text, after) + 1);
        if key == wanted {
            return Some(value);
        }
        at = blank(text, end(text, value));
        if byte(at)? == b',' {
            at = blank(text, at + 1);
        }
    }
    None
}

/// Where the value that starts there ends, in text that is JSON.
fn end(text: &str, start: usize) -> usize {
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate().skip(start) {
        if is_text {
            is_text = is_escaped || byte != b'"';
            is_escaped = byte == b'\\' && !is_escaped;
        } else {
            match byte {
                b'"' => is_text = true,
                b'{' | b'[' => depth += 1,
                // The one that it is in ends a number or a word.
                b'}' | b']' | b',' if depth == 0 => return at,
                b'}' | b']' => depth -= 1,
                _ => continue,
            }
        }
        if depth == 0 && !is_text && matches!(byte, b'"' | b'}' | b']') {
            return at + 1;
        }
    }
    text.len()
}
