//! Runs the examples that every rule carries: they are its test.

use std::borrow::Cow;

use super::apart::Standing;
use super::candidate::Candidate;
use super::definition::{Definition, Example, Kind, On, Sides};
use super::search::Common;
use super::set::Rules;
use super::told::Found;
use crate::check::imports::Asked;
use crate::model::{Arrange, Finding, LineDiff, Mode, RepoPath};

/// An example that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub rule: String,
    /// Counted from one; absent when it is the rule as a whole.
    pub number: Option<usize>,
    /// It is a counterexample.
    pub counter: bool,
    pub why: String,
}

impl Broken {
    /// Such as `example 2`.
    #[must_use]
    pub fn which(&self) -> String {
        match self.number {
            Some(number) if self.counter => format!("counterexample {number}"),
            Some(number) => format!("example {number}"),
            None => "the rule".into(),
        }
    }
}

impl Rules {
    /// The examples that do not hold when all these rules run. Every example must be found by its
    /// rule, at least one by no other of its family, and no counterexample by its rule.
    pub fn broken_examples(&self) -> Vec<Broken> {
        let definitions = self.all.iter().filter_map(|rule| rule.definition());
        let unread = self.all.iter().filter(|rule| rule.definition().is_none()).map(|rule| Broken {
            rule: rule.id.to_string(),
            number: None,
            counter: false,
            why: "cannot be read".into(),
        });
        unread.chain(definitions.flat_map(|definition| self.broken_examples_of(definition))).collect()
    }

    fn broken_examples_of(&self, definition: &Definition) -> Vec<Broken> {
        let mut broken = Vec::new();
        let mut say = |number, counter, why: &str| {
            broken.push(Broken { rule: definition.id.clone(), number, counter, why: why.to_owned() });
        };
        if definition.examples.is_empty() {
            say(None, false, "has no example");
        }
        let mut alone = definition.examples.is_empty();
        for (example, number) in definition.examples.iter().zip(1..) {
            let others = self.try_example(definition, example);
            let (own, others): (Vec<_>, Vec<_>) = others.iter().partition(|id| **id == definition.id);
            alone |= !own.is_empty() && others.is_empty();
            if own.is_empty() {
                let by = if others.is_empty() {
                    "is found by no rule".into()
                } else {
                    format!("is not found by its rule, but by {}", list(&others))
                };
                say(Some(number), false, &by);
            }
        }
        if !alone {
            say(None, false, "has no example that it alone finds");
        }
        for (example, number) in definition.counterexamples.iter().zip(1..) {
            if self.try_example(definition, example).contains(&definition.id) {
                say(Some(number), true, "is found");
            }
        }
        broken
    }

    /// The ids of the rules of the same family that find an example.
    fn try_example(&self, definition: &Definition, example: &Example) -> Vec<String> {
        let mut ids: Vec<String> =
            self.run_example(definition, example).into_iter().map(|found| found.rule.to_string()).collect();
        ids.retain(|id| super::definition::family(id) == definition.family());
        ids.arrange();
        ids.dedup();
        ids
    }

    /// What all the rules find in an example.
    pub(super) fn run_example(&self, definition: &Definition, example: &Example) -> Vec<Finding> {
        let by_agent = definition.by.is_some();
        let sides = match example {
            Example::Text(text) if definition.on == On::Message => return self.scan_message(text.as_bytes(), by_agent),
            Example::Text(text) if definition.on == On::Path => Sides { path: Some(text.clone()), ..Sides::default() },
            Example::Text(text) if definition.on == On::Removed => {
                Sides { old: Some(text.clone()), new: Some(String::new()), ..Sides::default() }
            }
            Example::Text(text) => Sides { text: Some(text.clone()), ..Sides::default() },
            Example::Change(sides) => sides.clone(),
        };
        let path = RepoPath::from(sides.path.clone().unwrap_or_else(|| example_path(&definition.paths)).as_str());
        let from = sides.from.as_deref().map(RepoPath::from);
        let new = sides.new.or(sides.text);
        let deleted = sides.old.is_some() && new.is_none() && sides.mode.is_none() && from.is_none();
        let old_mode = (sides.old.is_some() || from.is_some()).then_some(Mode::Regular);
        let new = if deleted { None } else { Some(new.or(sides.old.clone()).unwrap_or_default()) };
        let file = Candidate {
            path: &path,
            from: from.as_ref(),
            old_mode,
            new_mode: new.is_some().then(|| sides.mode.map_or(Mode::Regular, mode)),
            old: sides.old.as_deref().map(str::as_bytes),
            new: new.as_deref().map(str::as_bytes),
            before: None,
            common: Common::of(sides.old.as_deref().map(str::as_bytes), new.as_deref().map(str::as_bytes)),
            known: None,
            by_agent,
            in_tree: false,
            is_weighed: true,
        };
        let lines = LineDiff::between(file.old.unwrap_or_default(), file.new.unwrap_or_default());
        let Found { mut findings, tally, .. } = self.scan(&file, || Cow::Owned(lines));
        findings.extend(self.net(tally));
        if let Some(beside) = sides.beside.as_deref().map(RepoPath::from) {
            let there = Standing { path: &beside, is_new: false, by_agent };
            findings.extend(self.collisions(&[there, Standing { path: &path, is_new: true, by_agent }]));
        }
        let asked = Asked { module: sides.module.as_deref(), decorator: sides.decorator.as_deref() };
        findings.extend(self.owed_of(&path, file.new.unwrap_or_default(), asked));
        findings
    }
}

fn list(ids: &[&String]) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
}

const fn mode(kind: Kind) -> Mode {
    match kind {
        Kind::Regular => Mode::Regular,
        Kind::Executable => Mode::Executable,
        Kind::Symlink => Mode::Symlink,
        Kind::Submodule => Mode::Submodule,
    }
}

/// A path that the first glob of a rule matches, so that most examples need not name one.
fn example_path(globs: &[String]) -> String {
    let Some(glob) = globs.first() else { return "example.txt".into() };
    let mut path = String::new();
    let mut rest = glob.as_str();
    while let Some(first) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix("**/") {
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix("**") {
            path.push_str("example");
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix('*') {
            path.push_str("example");
            rest = behind;
        } else if let Some((choice, behind)) = rest.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            path.push_str(choice.split(',').next().unwrap_or_default());
            rest = behind;
        } else {
            path.push(if first == '?' { 'x' } else { first });
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    if path.ends_with('/') {
        path.push_str("example.txt");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RuleId;
    use crate::policy::RuleSettings;

    /// All embedded packs at once.
    fn embedded() -> Rules {
        let mut packs: Vec<String> =
            super::super::built::embedded::RULES.iter().map(|rule| rule.pack.get().to_owned()).collect();
        packs.dedup();
        Rules::new(&RuleSettings { packs, extra: vec![], severity: vec![], imports: vec![] }, vec![]).unwrap()
    }

    #[test]
    fn the_examples_of_every_embedded_rule_hold() {
        let broken = embedded().broken_examples();

        let said: Vec<String> =
            broken.iter().map(|broken| format!("  {}: {} {}", broken.rule, broken.which(), broken.why)).collect();
        assert!(said.is_empty(), "{} examples do not hold:\n{}\n", said.len(), said.join("\n"));
    }

    #[test]
    fn the_path_of_an_example_is_one_that_the_rule_looks_at() {
        let path = |glob: &str| example_path(&[glob.to_owned()]);

        assert_eq!(path("**/*.py"), "example.py");
        assert_eq!(path("src/**"), "src/example");
        assert_eq!(path("**/.env{,.*}"), ".env");
        assert_eq!(path(".github/workflows/*.{yml,yaml}"), ".github/workflows/example.yml");
    }

    #[test]
    fn no_finding_holds_the_secret_it_found() {
        let rules = embedded();
        for listed in rules.list().filter(|listed| !listed.definition.show && listed.definition.on != On::Path) {
            let Some(Ok(regex)) = listed.definition.regex.as_deref().map(super::super::expression::compile) else {
                continue;
            };
            for example in &listed.definition.examples {
                let text = match example {
                    Example::Text(text) => text,
                    Example::Change(sides) => {
                        sides.text.as_ref().or(sides.new.as_ref()).or(sides.old.as_ref()).unwrap()
                    }
                };
                let mut groups = regex.create_captures();
                regex.captures(text.as_bytes(), &mut groups);
                let Some((_, value)) = super::super::expression::matched(&groups) else { continue };
                let value = text.get(value).unwrap();

                // A value such as `secret` may be a word of what the rule says of itself.
                let findings = rules.run_example(listed.definition, example).into_iter();
                let said: String = findings
                    .map(|found| format!("{:?}", Finding { rule: RuleId::new("own"), help: None, ..found }))
                    .map(|said| said.replace(&listed.definition.message, "own"))
                    .collect();

                assert!(!said.contains(value.trim()), "{} tells {value}", listed.definition.id);
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_rules_panic(
            bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..600),
            text in "(password|-----BEGIN|token|AKIA|://|gov: allow\\[|[ =:\"'\n\u{e9}a-zA-Z0-9])*",
        ) {
            static RULES: std::sync::OnceLock<Rules> = std::sync::OnceLock::new();
            let rules = RULES.get_or_init(embedded);
            let path = RepoPath::from("src/a.py");

            rules.scan_text(&path, &bytes);
            rules.scan_text(&path, text.as_bytes());
            rules.scan_message(text.as_bytes(), true);
        }
    }
}
