//! Adds members to JSON that a person has laid out and takes them out again, and leaves every other
//! letter where it is.

use serde_json::Value;

const INDENT: &str = "  ";

/// Adds an element to the end of the list at a path, whose parts are made where they are missing.
pub(super) fn push(text: &str, path: &[&str], element: &Value) -> Option<String> {
    let (last, before) = path.split_last()?;
    match place(text, path) {
        Some(found) => added(text, found, path.len(), New::Element(element)),
        None => put(text, before, last, &Value::Array(vec![element.clone()])),
    }
}

/// Adds a member to the object at a path, whose parts are made where they are missing.
pub(super) fn put(text: &str, path: &[&str], key: &str, value: &Value) -> Option<String> {
    if let Some(found) = place(text, path) {
        return added(text, found, path.len(), New::Member(key, value));
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

/// What is put into a list or an object.
#[derive(Clone, Copy)]
enum New<'a> {
    Element(&'a Value),
    Member(&'a str, &'a Value),
}

/// The text with one more item at the end of what starts there; `None` where that can have none such.
fn added(text: &str, start: usize, depth: usize, item: New<'_>) -> Option<String> {
    let (opens, name, value) = match item {
        New::Element(value) => (b'[', String::new(), value),
        New::Member(key, value) => (b'{', format!("{}: ", Value::from(key)), value),
    };
    if text.as_bytes().get(start) != Some(&opens) {
        return None;
    }
    let close = end(text, start) - 1;
    let kept = text.get(..close)?.trim_end();
    let comma = if kept.len() == start + 1 { "" } else { "," };
    let inner = INDENT.repeat(depth + 1);
    let value = format!("{value:#}").replace('\n', &format!("\n{inner}"));
    Some(format!("{kept}{comma}\n{inner}{name}{value}\n{}{}", INDENT.repeat(depth), text.get(close..)?))
}

fn blank(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.len() - rest.trim_start().len()
}

/// Takes a member out of the object at a path, if it has that value; `None` where it is not there.
pub(super) fn without_member(text: &str, path: &[&str], key: &str, value: Option<&Value>) -> Option<String> {
    let object = place(text, path)?;
    let items = items(text, object);
    let at = items.iter().position(|item| item.is_called(text, key))?;
    let is_that = value.is_none_or(|value| items.get(at).is_some_and(|item| item.is(text, value)));
    if is_that { without(text, object, at) } else { None }
}

/// Takes an element out of the list at a path.
pub(super) fn without_element(text: &str, path: &[&str], element: &Value) -> Option<String> {
    let list = place(text, path)?;
    let at = items(text, list).iter().position(|item| item.is(text, element))?;
    without(text, list, at)
}

/// With the comma that parts it from the others.
fn without(text: &str, container: usize, at: usize) -> Option<String> {
    let items = items(text, container);
    let (item, next) = (items.get(at)?, items.get(at + 1));
    let (from, to) = match (at.checked_sub(1).and_then(|before| items.get(before)), next) {
        (Some(before), _) => (before.end, item.end),
        (None, Some(next)) => (item.start, next.start),
        (None, None) => (container + 1, end(text, container) - 1),
    };
    Some([text.get(..from)?, text.get(to..)?].concat())
}

/// A member or an element: where it starts, where its value does, and where that ends.
struct Item {
    start: usize,
    value: usize,
    end: usize,
}

impl Item {
    fn is_called(&self, text: &str, key: &str) -> bool {
        let name = text.get(self.start..end(text, self.start)).unwrap_or_default();
        serde_json::from_str::<String>(name).is_ok_and(|name| name == key)
    }

    fn is(&self, text: &str, value: &Value) -> bool {
        let own = text.get(self.value..self.end).unwrap_or_default();
        serde_json::from_str::<Value>(own).is_ok_and(|own| own == *value)
    }
}

/// What is in the object or list that starts there, in text that is JSON.
fn items(text: &str, container: usize) -> Vec<Item> {
    let byte = |at: usize| text.as_bytes().get(at).copied();
    let is_object = byte(container) == Some(b'{');
    let mut found = Vec::new();
    if !is_object && byte(container) != Some(b'[') {
        return found;
    }
    let mut at = blank(text, container + 1);
    while byte(at).is_some_and(|next| !matches!(next, b'}' | b']')) {
        let value = if is_object { blank(text, blank(text, end(text, at)) + 1) } else { at };
        let end = end(text, value);
        found.push(Item { start: at, value, end });
        at = blank(text, end);
        if byte(at) == Some(b',') {
            at = blank(text, at + 1);
        }
    }
    found
}

/// Where the value of a member starts, in the object that starts there.
fn member(text: &str, object: usize, wanted: &str) -> Option<usize> {
    if text.as_bytes().get(object) != Some(&b'{') {
        return None;
    }
    items(text, object).iter().find(|item| item.is_called(text, wanted)).map(|item| item.value)
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
