//! Takes the fields of a rule as their shapes say, and notes what has another shape.

use serde_json::{Map, Number, Value as Json};

use super::fields::{ALLOW, EXAMPLE, Shape};
use super::{Reader, short, with_hint};
use crate::yaml::{Entry, Node, Scalar, Value};

impl Reader {
    pub(super) fn map(&mut self, what: &str, entries: &[Entry], fields: &[(&str, Shape)]) -> Map<String, Json> {
        let mut map = Map::new();
        for Entry { key, value } in entries {
            if let Some((_, shape)) = fields.iter().find(|(name, _)| *name == key.text) {
                if let Some(json) = self.shaped(&key.text, value, *shape) {
                    map.insert(key.text.clone(), json);
                }
            } else {
                let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
                let mistake = key.span.mistake(format!("`{}` is not a field of {what}", short(&key.text)));
                self.note(with_hint(mistake, &key.text, &names));
            }
        }
        map
    }

    fn shaped(&mut self, key: &str, node: &Node, shape: Shape) -> Option<Json> {
        match shape {
            Shape::Text => self.text(key, node).map(Json::from),
            Shape::Texts => self.list(key, node, |reader, item| reader.text(key, item).map(Json::from)),
            Shape::TextOrTexts => match node.value {
                Value::List(_) => self.shaped(key, node, Shape::Texts),
                Value::Scalar(_) | Value::Map(_) | Value::Refused => self.shaped(key, node, Shape::Text),
            },
            Shape::Flag => self.scalar(key, node, "`true` or `false`", |scalar| scalar.boolean().map(Json::from)),
            Shape::Whole => self.scalar(key, node, "1 or more", |scalar| {
                scalar
                    .integer()
                    .and_then(|number| u32::try_from(number).ok())
                    .filter(|number| *number > 0)
                    .map(Json::from)
            }),
            Shape::Number => self.scalar(key, node, "a number", |scalar| {
                let number = scalar.text.parse().ok().filter(|_| scalar.plain).and_then(Number::from_f64);
                number.map(Json::Number)
            }),
            Shape::Word(words) => {
                let text = self.text(key, node)?;
                if words.contains(&text.as_str()) {
                    return Some(Json::from(text));
                }
                let mistake = node.span.mistake(format!("`{key}` cannot be `{}`", short(&text)));
                self.note(with_hint(mistake, &text, words));
                None
            }
            Shape::Words(words) => self.list(key, node, |reader, item| reader.shaped(key, item, Shape::Word(words))),
            Shape::Allow => match &node.value {
                Value::Map(entries) => Some(Json::Object(self.map("`allow`", entries, ALLOW))),
                Value::Scalar(_) | Value::List(_) | Value::Refused => self.expected(key, "a map", node),
            },
            Shape::Examples => self.list(key, node, |reader, item| match &item.value {
                Value::Map(entries) => Some(Json::Object(reader.map("an example", entries, EXAMPLE))),
                Value::Scalar(scalar) => Some(Json::from(scalar.text.clone())),
                Value::List(_) | Value::Refused => reader.expected(key, "texts or maps", item),
            }),
        }
    }

    fn list(&mut self, key: &str, node: &Node, item: impl Fn(&mut Self, &Node) -> Option<Json>) -> Option<Json> {
        let Value::List(items) = &node.value else { return self.expected(key, "a list", node) };
        Some(Json::Array(items.iter().filter_map(|node| item(self, node)).collect()))
    }

    fn text(&mut self, key: &str, node: &Node) -> Option<String> {
        match &node.value {
            Value::Scalar(scalar) if !scalar.is_null() => Some(scalar.text.clone()),
            Value::Scalar(_) | Value::List(_) | Value::Map(_) | Value::Refused => {
                self.expected(key, "a text", node);
                None
            }
        }
    }

    fn scalar(&mut self, key: &str, node: &Node, what: &str, read: impl Fn(&Scalar) -> Option<Json>) -> Option<Json> {
        let read = match &node.value {
            Value::Scalar(scalar) => read(scalar),
            Value::List(_) | Value::Map(_) | Value::Refused => None,
        };
        if let (None, Value::Scalar(scalar)) = (&read, &node.value) {
            self.note(node.span.mistake(format!("`{key}` must be {what}, not `{}`", short(&scalar.text))));
        } else if read.is_none() {
            return self.expected(key, what, node);
        }
        read
    }

    pub(super) fn expected(&mut self, key: &str, what: &str, node: &Node) -> Option<Json> {
        if !matches!(node.value, Value::Refused) {
            self.note(node.span.mistake(format!("`{key}` must be {what}, not {}", node.value.described())));
        }
        None
    }
}
