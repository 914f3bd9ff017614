//! Reads the list of waivers in `.gov/waivers.yaml`, and notes all that is wrong with it.

use super::entry::{Entry, What};
use crate::model::{Date, is_lower_hex};
use crate::policy::{NameGlob, PathGlob, Reach};
use crate::yaml::{self, Mistakes, Node, Span, Value, value_of};

const KEYS: [&str; 7] = ["fingerprint", "rule", "paths", "reason", "until", "by", "history"];

pub(super) fn entries(root: &Node, mistakes: &mut Mistakes) -> Vec<Entry> {
    let items = match &root.value {
        Value::List(items) => items.as_slice(),
        Value::Scalar(scalar) if scalar.is_null() => &[],
        Value::Scalar(_) | Value::Map(_) => {
            let mistake = root.span.mistake(format!("waivers are a list, not {}", root.value.described()));
            mistakes.add(mistake.help("start each with `- fingerprint: …` or `- rule: …`"));
            &[]
        }
        Value::Refused => &[],
    };
    items.iter().filter_map(|item| entry(item, mistakes)).collect()
}

fn entry(node: &Node, mistakes: &mut Mistakes) -> Option<Entry> {
    let Value::Map(fields) = &node.value else {
        if !matches!(node.value, Value::Refused) {
            mistakes.add(node.span.mistake(format!("a waiver is a map, not {}", node.value.described())));
        }
        return None;
    };
    let mut item = Item { span: node.span, fields, mistakes };
    item.refuse_unknown_fields();
    let (what, until, history) = (item.what(), item.date("until"), item.flag("history"));
    let (reason, by) = (item.text("reason"), item.text("by"));
    Some(Entry {
        line: node.span.line,
        what: what?,
        reason: reason.map(|(reason, _)| reason.trim().to_owned()).unwrap_or_default(),
        until,
        by: by.map(|(by, _)| by.to_owned()),
        history,
        added: false,
    })
}

/// One waiver of the list.
struct Item<'n> {
    span: Span,
    fields: &'n [yaml::Entry],
    mistakes: &'n mut Mistakes,
}

impl<'n> Item<'n> {
    fn refuse_unknown_fields(&mut self) {
        for key in self.fields.iter().map(|field| &field.key).filter(|key| !KEYS.contains(&key.text.as_str())) {
            let mistake = key.span.mistake("this is not a field of a waiver");
            let known = "known here: `fingerprint`, `rule`, `paths`, `reason`, `until`, `by`, `history`";
            self.mistakes.add(mistake.help(known));
        }
    }

    /// What the waiver is for.
    fn what(&mut self) -> Option<What> {
        match (self.text("fingerprint"), self.text("rule")) {
            (Some((fingerprint, span)), None) => self.fingerprint(fingerprint, span),
            (None, Some((rule, span))) => {
                let rule = NameGlob::new(rule)
                    .map_err(|why| self.mistakes.add(span.mistake("`rule` is not a glob").because(why)));
                let paths = self.globs("paths");
                if paths.as_ref().is_some_and(Vec::is_empty) {
                    let mistake = span.mistake("the waiver of a rule names no `paths`");
                    self.mistakes
                        .add(mistake.help("say where it counts: `paths: [\"tests/**\"]`; `[\"**\"]` is everywhere"));
                }
                rule.ok().zip(paths).map(|(rule, paths)| What::Rule { rule, paths })
            }
            (Some(_), Some((_, span))) => {
                self.mistakes.add(span.mistake("a waiver names a `fingerprint` or a `rule`, not both"));
                None
            }
            (None, None) => {
                let start = Span { length: 1, ..self.span };
                self.mistakes.add(start.mistake("the waiver names neither a `fingerprint` nor a `rule`"));
                None
            }
        }
    }

    fn fingerprint(&mut self, text: &str, span: Span) -> Option<What> {
        let is_hex = is_lower_hex(text.as_bytes());
        let is_one = text.len() == 32 && is_hex;
        if !is_one {
            let mistake = span.mistake("this is not a fingerprint").because("a fingerprint has 32 hexadecimal digits");
            // Reports tell the first of them.
            let is_first = is_hex && (4..32).contains(&text.len());
            self.mistakes.add(if is_first {
                mistake.help(format!("have it written whole: gov-hook rules waive {text} --reason \"…\""))
            } else {
                mistake
            });
        }
        is_one.then(|| What::Fingerprint(text.to_owned()))
    }

    fn text(&mut self, key: &str) -> Option<(&'n str, Span)> {
        let node = value_of(self.fields, key)?;
        match &node.value {
            Value::Scalar(scalar) if !scalar.is_null() => Some((&scalar.text, node.span)),
            Value::Scalar(_) => None,
            Value::List(_) | Value::Map(_) | Value::Refused => {
                self.mistakes.add(node.span.mistake(format!("`{key}` must be a text")));
                None
            }
        }
    }

    fn date(&mut self, key: &str) -> Option<Date> {
        let (text, span) = self.text(key)?;
        let date = text.parse().ok();
        if date.is_none() {
            self.mistakes.add(span.mistake(format!("`{key}` is not a date")).help("write it as `2026-12-31`"));
        }
        date
    }

    fn flag(&mut self, key: &str) -> bool {
        let Some(node) = value_of(self.fields, key) else { return false };
        let flag = match &node.value {
            Value::Scalar(scalar) => scalar.boolean(),
            Value::List(_) | Value::Map(_) | Value::Refused => None,
        };
        if flag.is_none() {
            self.mistakes.add(node.span.mistake(format!("`{key}` is `true` or `false`")));
        }
        flag.unwrap_or_default()
    }

    /// Those that can be read, and `None` where what stands there is no list.
    fn globs(&mut self, key: &str) -> Option<Vec<PathGlob>> {
        let Some(node) = value_of(self.fields, key) else { return Some(Vec::new()) };
        let Value::List(items) = &node.value else {
            self.mistakes.add(node.span.mistake(format!("`{key}` must be a list")));
            return None;
        };
        let globs: Vec<Option<PathGlob>> = items.iter().map(|item| self.glob(key, item)).collect();
        globs.into_iter().collect()
    }

    fn glob(&mut self, key: &str, node: &Node) -> Option<PathGlob> {
        let Value::Scalar(scalar) = &node.value else {
            self.mistakes.add(node.span.mistake(format!("`{key}` holds globs")));
            return None;
        };
        let glob = PathGlob::new(&scalar.text, Reach::Lenient, None);
        glob.map_err(|why| self.mistakes.add(node.span.mistake(format!("`{key}` has an invalid glob")).because(why)))
            .ok()
    }
}
