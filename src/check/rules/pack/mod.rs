//! Reads a repository's own pack: all its mistakes at once, each with its place.

mod fields;
mod shaped;
mod sound;

use std::collections::HashMap;

use serde_json::Value as Json;

use self::fields::RULE;
use self::sound::Placed;
use super::definition::Definition;
use super::expression::Allowance;
use super::set::{Pack, Rules};
use crate::model::{Mistake, closest, hides_text};
use crate::policy::RuleSettings;
use crate::yaml::{self, Mistakes, Node, Span, Value};

/// Reads a pack and runs its examples. No rule of it may be called as one of the packs that were read before.
pub fn read_pack(name: &str, bytes: &[u8], before: &[Pack]) -> Result<Pack, Vec<Mistake>> {
    let yaml::Parsed { root, mistakes } = yaml::parse_shared(bytes);
    let mut reader = Reader { mistakes, allowance: Allowance::ALL };
    let mut read = root.map(|root| reader.pack(&root)).unwrap_or_default();
    reader.compare(&mut read, before);
    reader.try_examples(name, &read);
    if reader.mistakes.is_empty() {
        Ok(Pack { name: name.to_owned(), rules: read.into_iter().map(|read| read.definition).collect() })
    } else {
        Err(reader.mistakes.into_sorted())
    }
}

/// Whether a file of a folder of packs is one, sound or not: other data has nothing with an `id`.
#[must_use]
pub fn is_pack(bytes: &[u8]) -> bool {
    yaml::parse_shared(bytes).root.is_none_or(|root| match &root.value {
        Value::List(items) => items.is_empty() || names_rules(&root),
        Value::Map(_) => names_rules(&root),
        Value::Scalar(_) | Value::Refused => true,
    })
}

fn names_rules(node: &Node) -> bool {
    match &node.value {
        Value::List(items) => items.iter().any(names_rules),
        Value::Map(entries) => entries.iter().any(|entry| entry.key.text == "id" || names_rules(&entry.value)),
        Value::Scalar(_) | Value::Refused => false,
    }
}

struct Reader {
    mistakes: Mistakes,
    allowance: Allowance,
}

/// A rule, and where it and its examples stand.
struct Read {
    definition: Definition,
    id: Span,
    examples: Vec<Span>,
    counterexamples: Vec<Span>,
    /// Nothing is wrong with it, so that its examples can be tried.
    is_sound: bool,
}

impl Reader {
    fn note(&mut self, mistake: Mistake) {
        self.mistakes.add(mistake);
    }

    fn pack(&mut self, root: &Node) -> Vec<Read> {
        let Value::List(items) = &root.value else {
            if !matches!(root.value, Value::Refused) {
                let mistake = root.span.mistake(format!("a pack is a list of rules, not {}", root.value.described()));
                self.note(mistake.help("start each rule with `- id: family/name`"));
            }
            return Vec::new();
        };
        let mut read: Vec<Read> = Vec::new();
        for item in items {
            let before = self.mistakes.count();
            let Some(rule) = self.rule(item) else { continue };
            if read.iter().any(|other| other.definition.id == rule.definition.id) {
                self.note(rule.id.mistake(format!("two rules are called `{}`", rule.definition.id)));
            }
            read.push(Read { is_sound: self.mistakes.count() == before, ..rule });
        }
        read
    }

    fn compare(&mut self, read: &mut [Read], before: &[Pack]) {
        let named: HashMap<&str, &str> = before.iter().flat_map(Pack::named).collect();
        for rule in read {
            let id = rule.definition.id.as_str();
            if let Some(pack) = named.get(id) {
                rule.is_sound = false;
                let mistake = rule.id.mistake(format!("a rule of `{}` is called `{id}` already", short(pack)));
                self.note(mistake.help("give each rule an id of its own; findings and waivers name it"));
            }
        }
    }

    fn rule(&mut self, node: &Node) -> Option<Read> {
        let Value::Map(entries) = &node.value else {
            self.expected("a rule", "a map of fields", node);
            return None;
        };
        let before = self.mistakes.count();
        let mut json = self.map("a rule", entries, RULE);
        let whole = Span { length: 1, ..node.span };
        for key in ["id", "severity", "message", "examples"] {
            if yaml::value_of(entries, key).is_none() {
                self.note(whole.mistake(format!("the rule has no `{key}`")));
            }
        }
        // What is missing or wrong is noted; the rest is still judged.
        for (key, stand_in) in [("id", "no/name"), ("severity", "note"), ("message", "none")] {
            json.entry(key).or_insert(stand_in.into());
        }
        let definition = match serde_json::from_value::<Definition>(Json::Object(json)) {
            Ok(definition) => definition,
            Err(error) => {
                // What is wrong is noted already, unless the shapes above do not say it all.
                if self.mistakes.count() == before {
                    self.note(whole.mistake("the rule cannot be read").because(error.to_string()));
                }
                return None;
            }
        };
        let spans = |key: &str| match yaml::value_of(entries, key).map(|node| &node.value) {
            Some(Value::List(items)) => items.iter().map(|item| item.span).collect(),
            _ => Vec::new(),
        };
        let read = Read {
            id: yaml::value_of(entries, "id").map_or(whole, |node| node.span),
            examples: spans("examples"),
            counterexamples: spans("counterexamples"),
            is_sound: true,
            definition,
        };
        for mistake in (Placed { rule: &read.definition, entries, whole }).mistakes(&mut self.allowance) {
            self.note(mistake);
        }
        Some(read)
    }

    fn try_examples(&mut self, name: &str, read: &[Read]) {
        let settings = RuleSettings { packs: Vec::new(), extra: Vec::new(), severity: Vec::new(), imports: Vec::new() };
        let sound = read.iter().filter(|read| read.is_sound);
        let rules = sound.map(|read| read.definition.clone()).collect();
        let rules = match Rules::new(&settings, vec![Pack { name: name.to_owned(), rules }]) {
            Ok(rules) => rules,
            Err(why) => return self.note(Span { line: 1, column: 1, length: 1 }.mistake(why)),
        };
        for broken in rules.broken_examples() {
            let Some(rule) = read.iter().find(|read| read.definition.id == broken.rule) else { continue };
            let spans = if broken.counter { &rule.counterexamples } else { &rule.examples };
            let span = broken.number.and_then(|number| spans.get(number.checked_sub(1)?)).copied();
            let said = format!("`{}`: {} {}", broken.rule, broken.which(), broken.why);
            // An example is what a secret looks like, and may be one.
            let mistake = Mistake { secret: span.is_some(), ..span.unwrap_or(rule.id).mistake(said) };
            self.note(mistake);
        }
    }
}

/// Adds the known word that was meant, or all of them.
fn with_hint(mistake: Mistake, word: &str, known: &[&str]) -> Mistake {
    if let Some(close) = closest(word, known) {
        return mistake.help(format!("did you mean `{close}`?"));
    }
    let known: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
    mistake.help(format!("known here: {}", known.join(", ")))
}

/// A text of the file as a message may show it.
fn short(text: &str) -> String {
    text.chars().take(60).map(|c| if c.is_control() || hides_text(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests;
