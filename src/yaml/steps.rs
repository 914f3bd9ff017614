//! A tree that was parsed when the program was built.
//!
//! Its steps stand one on a line: `{` opens a map and `[` a list, `}` closes either, and a text
//! follows `=` when it is plain and `"` when it was quoted. In a map, keys and values take turns.

use super::{Entry, Key, Node, Scalar, Span, Value};

/// What is part of the program stands on no line that anybody could be shown.
const NOWHERE: Span = Span { line: 0, column: 0, length: 0 };

/// A list or map whose end has not come yet.
enum Open {
    List(Vec<Node>),
    Map(Vec<Entry>, Option<Key>),
}

/// `None` for steps that lead to no tree.
#[must_use]
pub fn from_steps(steps: &str) -> Option<Node> {
    let mut open: Vec<Open> = Vec::new();
    let mut rest = steps;
    // Each is short: a search that first prepares itself takes longer than this.
    while let Some(end) = rest.bytes().position(|byte| byte == b'\n') {
        let (step, after) = rest.split_at_checked(end)?;
        rest = after.get(1..)?;
        let (sign, text) = step.split_at_checked(1)?;
        let value = match sign {
            "{" => {
                open.push(Open::Map(Vec::new(), None));
                continue;
            }
            "[" => {
                open.push(Open::List(Vec::new()));
                continue;
            }
            "}" => match open.pop()? {
                Open::List(items) => Value::List(items),
                Open::Map(entries, _) => Value::Map(entries),
            },
            "=" | "\"" => Value::Scalar(Scalar { text: text.to_owned(), plain: sign == "=" }),
            _ => return None,
        };
        let node = Node { span: NOWHERE, value };
        match open.last_mut() {
            None => return Some(node),
            Some(Open::List(items)) => items.push(node),
            Some(Open::Map(entries, key)) => match (key.take(), node.value) {
                (Some(key), value) => entries.push(Entry { key, value: Node { span: NOWHERE, value } }),
                (None, Value::Scalar(scalar)) => *key = Some(Key { text: scalar.text, span: NOWHERE }),
                (None, _) => return None,
            },
        }
    }
    None
}
