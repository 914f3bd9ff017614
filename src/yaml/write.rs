//! Writes trees as YAML: plainly where every reader takes a word for a text, in quotes elsewhere.

use std::fmt::Write as _;

use serde::ser::{Serialize, SerializeMap as _, Serializer};

/// What is to be written. The keys of a map keep their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    Null,
    Flag(bool),
    Number(i64),
    Text(String),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

impl Tree {
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let mut out = String::new();
        self.write(0, &mut out);
        if !out.ends_with('\n') {
            out.push('\n');
        }
        out
    }

    /// Where a line has been indented.
    fn write(&self, indent: usize, out: &mut String) {
        match self {
            Self::Map(entries) if !entries.is_empty() => {
                for (at, (key, value)) in entries.iter().enumerate() {
                    pad(if at == 0 { 0 } else { indent }, out);
                    push_text(key, out);
                    out.push(':');
                    value.write_under(indent, out);
                }
            }
            Self::List(items) if !items.is_empty() => {
                for (at, item) in items.iter().enumerate() {
                    pad(if at == 0 { 0 } else { indent }, out);
                    out.push_str("- ");
                    item.write(indent + 2, out);
                    if !out.ends_with('\n') {
                        out.push('\n');
                    }
                }
            }
            Self::Map(_) => out.push_str("{}"),
            Self::List(_) => out.push_str("[]"),
            Self::Null => out.push_str("null"),
            // Writing into a string cannot fail.
            Self::Flag(flag) => write!(out, "{flag}").unwrap_or_default(),
            Self::Number(number) => write!(out, "{number}").unwrap_or_default(),
            Self::Text(text) => push_text(text, out),
        }
    }

    /// Behind a key that is indented so far.
    fn write_under(&self, indent: usize, out: &mut String) {
        let (is_map, is_list) = match self {
            Self::Map(entries) => (!entries.is_empty(), false),
            Self::List(items) => (false, !items.is_empty()),
            Self::Null | Self::Flag(_) | Self::Number(_) | Self::Text(_) => (false, false),
        };
        if is_map || is_list {
            let deeper = indent + if is_map { 2 } else { 0 };
            out.push('\n');
            pad(deeper, out);
            self.write(deeper, out);
        } else {
            out.push(' ');
            self.write(indent, out);
            out.push('\n');
        }
    }
}

fn pad(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}

/// What some reader takes for something other than a text.
const RESERVED: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

fn push_text(text: &str, out: &mut String) {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'/';
    let is_plain = text.as_bytes().first().is_some_and(is_letter)
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._*@+-".contains(&byte))
        && !RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(text));
    // What cannot be printed has escapes in double quotes alone.
    let is_printed = |letter: char| letter == ' ' || letter.is_alphanumeric() || letter.is_ascii_punctuation();
    if is_plain {
        out.push_str(text);
    } else if text.chars().all(is_printed) {
        out.push('\'');
        out.push_str(&text.replace('\'', "''"));
        out.push('\'');
    } else {
        out.push('"');
        for letter in text.chars() {
            match letter {
                '"' | '\\' => out.extend(['\\', letter]),
                letter if is_printed(letter) => out.push(letter),
                letter => write!(out, "\\U{:08X}", u32::from(letter)).unwrap_or_default(),
            }
        }
        out.push('"');
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

impl From<bool> for Tree {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<u32> for Tree {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<i64> for Tree {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Tree {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Tree {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl FromIterator<Self> for Tree {
    fn from_iter<I: IntoIterator<Item = Self>>(items: I) -> Self {
        Self::List(items.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_tree() -> impl Strategy<Value = Tree> {
        let text = prop_oneof!["[a-z/.*0-9' :#-]{0,8}", any::<String>(), Just("No".to_owned()), Just("1e3".to_owned())];
        let leaf = prop_oneof![
            Just(Tree::Null),
            any::<bool>().prop_map(Tree::Flag),
            any::<i64>().prop_map(Tree::Number),
            text.clone().prop_map(Tree::Text),
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Tree::List),
                prop::collection::btree_map(text.clone(), inner, 0..4)
                    .prop_map(|entries| Tree::Map(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn another_reader_takes_what_is_written_for_the_same(tree in any_tree()) {
            let yaml = tree.to_yaml();

            let read: serde_yaml::Value = serde_yaml::from_str(&yaml).unwrap_or_else(|error| panic!("{error}:\n{yaml}"));

            prop_assert_eq!(serde_json::to_value(&read).unwrap(), serde_json::to_value(&tree).unwrap(), "{}", yaml);
        }
    }

    #[test]
    fn a_tree_is_written_as_a_person_would() {
        let texts = |texts: &[&str]| texts.iter().map(|text| Tree::from(*text)).collect::<Tree>();
        let entry = |key: &str, value: Tree| (key.to_owned(), value);
        let rule = Tree::Map(vec![entry("paths", texts(&["db/**", "*.sql"])), entry("count", 2_u32.into())]);
        let tree = Tree::Map(vec![
            entry("version", 1_u32.into()),
            entry("none", texts(&[])),
            entry("on", Tree::Map(vec![entry("007", Tree::Null), entry("it's", true.into())])),
            entry("rules", Tree::List(vec![rule, "a\u{200b}\"b".into()])),
        ]);

        assert_eq!(
            tree.to_yaml(),
            "version: 1\nnone: []\n'on':\n  '007': null\n  'it''s': true\nrules:\n- paths:\n  - db/**\n  - '*.sql'\n  count: 2\n- \"a\\U0000200B\\\"b\"\n"
        );
        assert_eq!(Tree::Map(Vec::new()).to_yaml(), "{}\n");
    }
}
