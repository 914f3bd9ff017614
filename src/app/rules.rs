//! `gov-hook rules …`: what the rules in force are, one of them explained, and packs of one's own.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::law::Law;
use super::{Answer, CANNOT_DECIDE, Environment, Failure};
use crate::check::rules::{Example, Listed, On, read_pack};
use crate::git::Repo;
use crate::model::counted;
use crate::report::Style;
use crate::report::mistakes::{self, Asked, Judged};
use crate::report::rules::{self as report, RuleView};

/// `rules list`: every rule in force at HEAD.
pub fn list(environment: &Environment, as_json: bool) -> Result<Answer, Failure> {
    let law = in_force(environment)?;
    let rules: Vec<RuleView> = law.rules.list().map(view).collect();
    Ok(Answer::passing(if as_json { report::list_json(&rules) } else { report::list(&rules) }))
}

/// `rules explain`: one of them.
pub fn explain(id: &str, environment: &Environment, as_json: bool) -> Result<Answer, Failure> {
    let law = in_force(environment)?;
    let Some(rule) = law.rules.explain(id).map(view) else {
        let known: Vec<&str> = law.rules.list().map(|rule| rule.definition.id.as_str()).collect();
        let close = similar::get_close_matches(id, &known, 1, 0.6);
        let remedy = match close.first() {
            Some(close) => format!("did you mean `{close}`?"),
            None => "see what there is: gov-hook rules list".to_owned(),
        };
        return Err(Failure::new(format!("no rule in force is called `{id}`")).mended_by(remedy));
    };
    Ok(Answer::passing(if as_json { report::explain_json(&rule) } else { report::explain(&rule) }))
}

/// `rules check`: reads a pack, or every pack in a folder, and runs the examples in it.
pub fn check(path: &Path, style: Style) -> Result<Answer, Failure> {
    let packs = packs_in(path)?;
    if packs.is_empty() {
        return Err(Failure::new(format!("no pack (`*.yaml`) is in `{}`", path.display())));
    }
    let (mut text, mut rules, mut wrong) = (String::new(), 0, 0);
    for file in &packs {
        let name = file.display().to_string();
        let bytes = std::fs::read(file).map_err(|error| Failure::new(format!("cannot read `{name}`: {error}")))?;
        match read_pack(&name, &bytes) {
            Ok(pack) => rules += pack.rules.len(),
            Err(found) => {
                wrong += 1;
                let judged = Judged { origin: &name, bytes: &bytes, mistakes: &found };
                text.push_str(&mistakes::human(judged, Asked::IsItSound, None, style));
            }
        }
    }
    let sound = packs.len() - wrong;
    let (packs, rules) = (counted(packs.len(), "pack"), counted(rules, "rule"));
    text.push_str(
        &["sound: ", &sound.to_string(), " of ", &packs, ", with ", &rules, " whose examples hold\n"].concat(),
    );
    Ok(Answer { text: text.into_bytes(), code: if wrong == 0 { 0 } else { CANNOT_DECIDE } })
}

fn packs_in(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut packs = Vec::new();
    for entry in WalkDir::new(path).sort_by_file_name() {
        let entry = entry.map_err(|error| Failure::new(format!("cannot read `{}`: {error}", path.display())))?;
        let is_yaml = entry.path().extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if entry.file_type().is_file() && (is_yaml || entry.depth() == 0) {
            packs.push(entry.into_path());
        }
    }
    Ok(packs)
}

/// The law of HEAD; outside a repository the built-in one.
fn in_force(environment: &Environment) -> Result<Law, Failure> {
    match Repo::open(&environment.place) {
        Ok(repo) => Law::at(&repo, repo.head()?.commit()),
        Err(crate::git::GitError::NotARepository { .. }) => Law::built_in(),
        Err(error) => Err(error.into()),
    }
}

fn view(rule: Listed<'_>) -> RuleView {
    let definition = rule.definition;
    RuleView {
        id: definition.id.clone(),
        pack: rule.pack.to_owned(),
        severity: rule.severity,
        on: match definition.on {
            On::Added => "added",
            On::Removed => "removed",
            On::File => "file",
            On::Path => "path",
            On::Message => "message",
        }
        .to_owned(),
        message: definition.message.clone(),
        why: definition.why.clone(),
        help: definition.help.clone(),
        example: definition.examples.first().map(shown),
    }
}

/// An example as a person would meet it.
fn shown(example: &Example) -> String {
    match example {
        Example::Text(text) => text.clone(),
        Example::Change(sides) => {
            let line = |sign: &str, text: &Option<String>| {
                text.iter().flat_map(|text| text.lines()).map(|line| format!("{sign} {line}")).collect::<Vec<_>>()
            };
            let mut lines: Vec<String> = sides.path.iter().cloned().collect();
            lines.extend(line("-", &sides.old));
            lines.extend(line("+", &sides.new));
            lines.extend(line("+", &sides.text));
            lines.join("\n")
        }
    }
}
