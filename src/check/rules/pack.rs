//! Reads a repository's own pack: all its mistakes at once, each with its place.

use serde_json::{Map, Number, Value as Json};

use super::definition::{Anchor, Definition, On};
use super::expression::compile;
use super::fields::{ALLOW, EXAMPLE, RULE, Shape};
use super::set::{Pack, Rules};
use crate::check::{detect, verify};
use crate::model::{Mistake, closest, hides_text};
use crate::policy::{PathGlob, Reach, RuleSettings};
use crate::yaml::{self, Entry, Mistakes, Node, Scalar, Span, Value};

/// The shortest keyword that is worth a look.
const SHORTEST_KEYWORD: usize = 3;

/// Reads a pack and runs its examples.
pub fn read_pack(name: &str, bytes: &[u8]) -> Result<Pack, Vec<Mistake>> {
    let yaml::Parsed { root, mistakes } = yaml::parse(bytes);
    let mut reader = Reader { mistakes };
    let read = root.map(|root| reader.pack(&root)).unwrap_or_default();
    if reader.mistakes.is_empty() {
        reader.try_examples(name, &read);
    }
    if reader.mistakes.is_empty() {
        Ok(Pack { name: name.to_owned(), rules: read.into_iter().map(|read| read.definition).collect() })
    } else {
        Err(reader.mistakes.into_sorted())
    }
}

struct Reader {
    mistakes: Mistakes,
}

/// A rule, and where it and its examples stand.
struct Read {
    definition: Definition,
    id: Span,
    examples: Vec<Span>,
    counterexamples: Vec<Span>,
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
        for rule in items.iter().filter_map(|item| self.rule(item)).collect::<Vec<_>>() {
            if read.iter().any(|other| other.definition.id == rule.definition.id) {
                self.note(rule.id.mistake(format!("two rules are called `{}`", rule.definition.id)));
            }
            read.push(rule);
        }
        read
    }

    fn rule(&mut self, node: &Node) -> Option<Read> {
        let before = self.mistakes.is_empty();
        let Value::Map(entries) = &node.value else {
            self.expected("a rule", "a map of fields", node);
            return None;
        };
        let mut json = self.map("a rule", entries, RULE);
        let whole = Span { length: 1, ..node.span };
        for key in ["id", "severity", "message", "examples"] {
            if !entries.iter().any(|entry| entry.key.text == key) {
                self.note(whole.mistake(format!("the rule has no `{key}`")));
            }
        }
        // What is missing or wrong is noted; the rest is still judged.
        for (key, stand_in) in [("id", "no/name"), ("severity", "note"), ("message", "")] {
            json.entry(key).or_insert(stand_in.into());
        }
        let definition = match serde_json::from_value::<Definition>(Json::Object(json)) {
            Ok(definition) => definition,
            Err(error) => {
                // What is wrong is noted already, unless the shapes above do not say it all.
                if before && self.mistakes.is_empty() {
                    self.note(whole.mistake("the rule cannot be read").because(error.to_string()));
                }
                return None;
            }
        };
        let spans = |key: &str| match self::value(entries, key).map(|node| &node.value) {
            Some(Value::List(items)) => items.iter().map(|item| item.span).collect(),
            _ => Vec::new(),
        };
        let read = Read {
            id: self::value(entries, "id").map_or(whole, |node| node.span),
            examples: spans("examples"),
            counterexamples: spans("counterexamples"),
            definition,
        };
        self.check(&read.definition, entries, whole);
        Some(read)
    }

    /// What shapes do not say: fields that need each other, and what is compiled later.
    fn check(&mut self, rule: &Definition, entries: &[Entry], whole: Span) {
        let span = |key: &str| self::value(entries, key).map_or(whole, |node| node.span);
        let has = |key: &str| entries.iter().any(|entry| entry.key.text == key);
        let (family, name) = rule.id.split_once('/').unwrap_or((&rule.id, ""));
        let word =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
        if !word(family) || !word(name) {
            self.note(span("id").mistake(format!("`{}` is no id", short(&rule.id))).help("write `family/name`"));
        }
        for (key, text) in [("regex", &rule.regex), ("require", &rule.require)] {
            if let Some(Err(why)) = text.as_deref().map(compile) {
                self.note(span(key).mistake(format!("`{key}` cannot be used")).because(last_line(&why)));
            }
        }
        for (key, texts) in [("regexes", &rule.allow.regexes), ("lines", &rule.allow.lines)] {
            for why in texts.iter().filter_map(|text| compile(text).err()) {
                self.note(
                    span("allow").mistake(format!("one of `allow.{key}` cannot be used")).because(last_line(&why)),
                );
            }
        }
        let lists = [("paths", &rule.paths), ("exclude", &rule.exclude), ("allow", &rule.allow.paths)];
        for (key, globs) in lists {
            for (glob, why) in
                globs.iter().filter_map(|glob| Some((glob, PathGlob::new(glob, Reach::Strict, None).err()?)))
            {
                self.note(span(key).mistake(format!("`{key}` has an invalid glob `{}`", short(glob))).because(why));
            }
        }
        for keyword in rule.keywords.iter().filter(|keyword| keyword.len() < SHORTEST_KEYWORD || keyword.contains('\n'))
        {
            let mistake = span("keywords").mistake(format!("`{}` is no keyword", short(keyword)));
            self.note(mistake.because(format!("a keyword is one line of at least {SHORTEST_KEYWORD} bytes")));
        }
        for name in rule.verify.iter().filter(|name| verify::named(name).is_none()) {
            let mistake = span("verify").mistake(format!("no validator is called `{}`", short(name)));
            self.note(with_hint(mistake, name, &verify::names()));
        }
        if let Some(name) = rule.detect.as_deref().filter(|name| detect::Detector::parse(name).is_none()) {
            self.note(span("detect").mistake(format!("no detector is called `{}`", short(name))));
        }
        let content = rule.on != On::Path;
        let finds = ["regex", "require", "detect", "asks"].into_iter().any(has);
        if content && !finds {
            self.note(whole.mistake("the rule has no `regex`, so nothing can match"));
        }
        let looks = has("keywords") || has("anchor") || has("detect") || rule.on == On::File || rule.on == On::Message;
        if content && finds && !looks && rule.paths.is_empty() {
            let mistake = whole.mistake("the rule has neither `keywords` nor `paths`");
            self.note(
                mistake.because("it would be tried on every line of every file").help("name what every match contains"),
            );
        }
        if rule.anchor == Some(Anchor::EveryLine) && rule.paths.is_empty() {
            self.note(span("anchor").mistake("`every-line` needs `paths` that keep it to a few files"));
        }
        for (key, on) in [("status", On::Path), ("mode", On::Path), ("require", On::File), ("net", On::Removed)] {
            if has(key) && rule.on != on {
                let on = format!("{on:?}").to_lowercase();
                self.note(span(key).mistake(format!("`{key}` is only for rules `on: {on}`")));
            }
        }
    }

    fn try_examples(&mut self, name: &str, read: &[Read]) {
        let settings = RuleSettings { packs: Vec::new(), extra: Vec::new(), severity: Vec::new(), imports: Vec::new() };
        let rules = read.iter().map(|read| read.definition.clone()).collect();
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

    fn map(&mut self, what: &str, entries: &[Entry], fields: &[(&str, Shape)]) -> Map<String, Json> {
        let mut map = Map::new();
        for Entry { key, value } in entries {
            if let Some((_, shape)) = fields.iter().find(|(name, _)| *name == key.text) {
                if let Some(json) = self.shaped(&key.text, value, *shape) {
                    map.insert(key.text.clone(), json);
                }
            } else {
                let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
                let mistake = key.span.mistake(format!("`{}` is no field of {what}", short(&key.text)));
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

    fn expected(&mut self, key: &str, what: &str, node: &Node) -> Option<Json> {
        if !matches!(node.value, Value::Refused) {
            self.note(node.span.mistake(format!("`{key}` must be {what}, not {}", node.value.described())));
        }
        None
    }
}

fn value<'n>(entries: &'n [Entry], key: &str) -> Option<&'n Node> {
    entries.iter().find(|entry| entry.key.text == key).map(|entry| &entry.value)
}

fn with_hint(mistake: Mistake, word: &str, known: &[&str]) -> Mistake {
    if let Some(close) = closest(word, known) {
        return mistake.help(format!("did you mean `{close}`?"));
    }
    let known: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
    mistake.help(format!("known here: {}", known.join(", ")))
}

/// The last line of a message about an expression says what is wrong; those before draw it.
fn last_line(why: &str) -> String {
    why.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned()
}

/// A text of the file as a message may show it.
fn short(text: &str) -> String {
    text.chars().take(60).map(|c| if c.is_control() || hides_text(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::embedded;
    use super::*;

    const GOOD: &str = r#"
- id: acme/deploy-token
  keywords: [acmedt_]
  regex: '\b(acmedt_[a-z0-9]{12})\b'
  entropy: 2.5
  severity: deny
  message: Acme deploy token
  examples: ["t = acmedt_0a1b2c3d4e5f"]
  counterexamples: ["t = acmedt_aaaaaaaaaaaa"]
- id: acme/no-tests-gone
  on: path
  paths: ["tests/**"]
  status: [deleted]
  severity: hold
  message: a test is gone
  examples: [{path: tests/a.rs, old: "x"}]
  counterexamples: [{path: tests/a.rs, new: "x"}]
"#;

    fn said(text: &str) -> Vec<String> {
        let mistakes = read_pack("acme", text.as_bytes()).err().unwrap_or_default();
        let place = |mistake: &Mistake| format!("{}:{}+{}", mistake.line, mistake.column, mistake.length);
        let more =
            |part: &Option<String>, mark| part.as_ref().map(|part| format!(" {mark} {part}")).unwrap_or_default();
        mistakes
            .iter()
            .map(|m| format!("{} {}{}{}", place(m), m.message, more(&m.because, '|'), more(&m.help, '>')))
            .collect()
    }

    #[test]
    fn a_good_pack_is_read_and_its_rules_run() {
        let pack = read_pack("acme", GOOD.as_bytes()).unwrap();

        assert_eq!(
            pack.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(),
            ["acme/deploy-token", "acme/no-tests-gone"]
        );
    }

    #[test]
    fn all_mistakes_of_a_pack_are_told_at_once() {
        let text = r#"
- id: acme
  keyword: [acme]
  keywords: [ab]
  regex: '(['
  severity: fatal
  message: [x]
  verify: crc33x
  paths: ["/x"]
  net: 0
- id: acme/b
  severity: deny
  message: b
"#;
        let said = said(text);

        assert_eq!(
            said,
            [
                "2:3+1 the rule has no `examples`",
                "2:7+4 `acme` is no id > write `family/name`",
                "3:3+7 `keyword` is no field of a rule > did you mean `keywords`?",
                "4:13+4 `ab` is no keyword | a keyword is one line of at least 3 bytes",
                "5:10+4 `regex` cannot be used | unclosed character class",
                "6:13+5 `severity` cannot be `fatal` > known here: `deny`, `hold`, `warn`, `note`",
                "7:12+3 `message` must be a text, not a list",
                "8:11+6 no validator is called `crc33x` > did you mean `crc32`?",
                "9:10+6 `paths` has an invalid glob `/x` | starts with `/`: globs are relative to the repository's root",
                "10:8+1 `net` is only for rules `on: removed`",
                "10:8+1 `net` must be 1 or more, not `0`",
                "11:3+1 the rule has no `examples`",
                "11:3+1 the rule has no `regex`, so nothing can match"
            ]
        );
    }

    #[test]
    fn examples_that_do_not_hold_are_mistakes_of_the_pack() {
        let broken = GOOD.replace("0a1b2c3d4e5f", "0a1b").replace("acmedt_aaaaaaaaaaaa", "acmedt_0a1b2c3d4e5f");

        assert_eq!(
            said(&broken),
            [
                "2:7+17 `acme/deploy-token`: the rule has no example that it alone finds",
                "8:14+17 `acme/deploy-token`: example 1 is not found by its rule, but by no rule",
                "9:21+25 `acme/deploy-token`: counterexample 1 is found",
            ]
        );
    }

    #[test]
    fn embedded_rules_are_read_as_strictly_as_a_repositorys_own() {
        for rule in embedded::RULES {
            // JSON is YAML, but for what the reader of files wants to see escaped.
            let escape = |c: char| {
                if c == ' ' || c.is_ascii_graphic() { c.to_string() } else { format!("\\U{:08X}", u32::from(c)) }
            };
            let json = std::str::from_utf8(embedded::packed((rule.chunk, rule.place)).unwrap().json).unwrap();
            let escaped: String = json.chars().map(escape).collect();
            let yaml::Parsed { root, mistakes } = yaml::parse(format!("- {escaped}\n").as_bytes());
            let mut reader = Reader { mistakes };
            let read: Vec<Definition> = root
                .map(|root| reader.pack(&root))
                .unwrap_or_default()
                .into_iter()
                .map(|read| read.definition)
                .collect();

            assert_eq!(reader.mistakes.into_sorted(), [], "{}", rule.id.get());
            assert_eq!(read, [serde_json::from_str(json).unwrap()]);
        }
    }
}
