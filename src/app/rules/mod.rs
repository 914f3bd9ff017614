//! `gov-hook rules …`: what the rules in force are, one of them explained, packs of one's own, and
//! what is excused from them.

pub mod baseline;
mod present;
pub mod waive;
mod waivers_file;

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::law::Law;
use super::{Answer, Environment, Failure, secrets};
use crate::check::header_explained;
use crate::check::rules::{Example, Listed, On, Pack, is_pack, read_pack};
use crate::check::waivers::{Explained, explained};
use crate::git::Repo;
use crate::model::{Arrange, Ending, Severity, closest, shell_word};
use crate::report::rules::{self as report, PackView, PacksView, RuleView};
use crate::report::{Medium, Style};

/// `rules list`: every rule in force at HEAD.
pub fn list(environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let law = in_force(environment)?;
    let rules: Vec<RuleView> = law.rules.list().map(view).collect();
    Ok(Answer::passing(if medium == Medium::Json { report::list_json(&rules) } else { report::list(&rules) }))
}

/// `rules explain`: one of them.
pub fn explain(id: &str, environment: &Environment, medium: Medium) -> Result<Answer, Failure> {
    let law = in_force(environment)?;
    let Some(rule) = law.rules.explain(id).map(view).or_else(|| of_headers(id)).or_else(|| of_waivers(id)) else {
        return Err(unknown(&law, id));
    };
    Ok(Answer::passing(if medium == Medium::Json { report::explain_json(&rule) } else { report::explain(&rule) }))
}

/// What is wrong with signed files is found by no pack.
fn of_headers(id: &str) -> Option<RuleView> {
    let (message, why) = header_explained(id)?;
    Some(RuleView {
        id: id.to_owned(),
        pack: "headers".to_owned(),
        severity: Severity::Deny,
        on: "file".to_owned(),
        message: message.to_owned(),
        why: Some(why.to_owned()),
        help: Some("See what was signed and what was changed: gov-hook verify PATH".to_owned()),
        example: None,
        reads_text: true,
        is_waivable: true,
        is_weighable: false,
    })
}

/// Nor is what is wrong with waivers, which no other waiver excuses.
fn of_waivers(id: &str) -> Option<RuleView> {
    let Explained { severity, message, why, help } = explained(id)?;
    Some(RuleView {
        id: id.to_owned(),
        pack: "waivers".to_owned(),
        severity,
        on: "file".to_owned(),
        message: message.to_owned(),
        why: Some(why.to_owned()),
        help: Some(help.to_owned()),
        example: None,
        reads_text: false,
        is_waivable: false,
        is_weighable: true,
    })
}

fn unknown(law: &Law, id: &str) -> Failure {
    let known: Vec<&str> = law.rules.list().map(|rule| rule.definition.id.as_str()).collect();
    // Many know a rule by the part of its name that says what it is, or by how it begins.
    let begins =
        |known: &&str| known.starts_with(id) || known.split_once('/').is_some_and(|(_, name)| name.starts_with(id));
    let mut meant: Vec<&str> = known.iter().copied().filter(begins).collect();
    meant.arrange_by_key(|known| known.len());
    let of_the_name = meant.iter().find(|known| known.split_once('/').is_some_and(|(_, name)| name == id));
    let remedy = match (of_the_name, meant.as_slice()) {
        (Some(one), _) | (None, [one]) => format!("did you mean `{one}`?"),
        (None, [one, other, ..]) if !id.is_empty() => {
            format!("did you mean `{one}` or `{other}`? See them all: gov-hook rules list | grep {}", shell_word(id))
        }
        _ => match closest(id, &known) {
            Some(close) => format!("did you mean `{close}`?"),
            None => "see all rules: gov-hook rules list".to_owned(),
        },
    };
    Failure::new(format!("no rule in force is called `{id}`")).mended_by(remedy)
}

/// `rules check`: reads a pack, or every pack in a folder, and runs the examples in it.
pub fn check(path: &Path, medium: Medium, style: Style) -> Result<Answer, Failure> {
    let mut seen = PacksView { packs: Vec::new(), others: Vec::new() };
    let mut sound = Vec::new();
    for file in packs_in(path)? {
        let origin = file.display().to_string();
        let bytes = std::fs::read(&file).map_err(|error| Failure::new(format!("cannot read `{origin}`: {error}")))?;
        // What was named itself was meant as a pack, whatever it holds.
        if file == path || is_pack(&bytes) {
            seen.packs.push(pack(origin, bytes, &mut sound));
        } else {
            seen.others.push(origin);
        }
    }
    if seen.packs.is_empty() {
        let none = Failure::new(format!("there is no pack (`*.yaml`) in `{}`", path.display()));
        return Err(none.mended_by("name a pack, or a folder of them; each rule starts with `- id: family/name`"));
    }
    let is_sound = seen.packs.iter().all(|pack| pack.mistakes.is_empty());
    let text = if medium == Medium::Json { report::check_json(&seen) } else { report::check(&seen, style) };
    Ok(Answer { text: text.into_bytes(), exit: if is_sound { Ending::Pass } else { Ending::Undecided } })
}

/// A pack as it is told; a sound one joins those that were read before it.
fn pack(origin: String, bytes: Vec<u8>, sound: &mut Vec<Pack>) -> PackView {
    let (rules, mistakes) = match read_pack(&origin, &bytes, sound) {
        Ok(pack) => {
            let rules = pack.rules.len();
            sound.push(pack);
            (rules, Vec::new())
        }
        Err(mistakes) => (0, mistakes),
    };
    let (bytes, mistakes) = secrets::shown(bytes, mistakes);
    PackView { origin, bytes, rules, mistakes }
}

fn packs_in(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut packs = Vec::new();
    for entry in WalkDir::new(path).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
            Failure::new(format!("cannot read `{}`: {why}", error.path().unwrap_or(path).display()))
                .mended_by("name a pack, or a folder of them")
        })?;
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

/// Of most secrets there is nothing more to say.
const WHY_A_LEAK: &str = "Whoever has the repository, or any copy of its history, has what stands there.";

fn leaks(rule: Listed<'_>) -> bool {
    rule.definition.finds_secrets() && rule.definition.family() == "secret" && rule.severity > Severity::Note
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
        why: definition.why.clone().or_else(|| leaks(rule).then(|| WHY_A_LEAK.to_owned())),
        help: definition.help.clone(),
        example: definition.examples.first().map(shown),
        reads_text: definition.reads_text(),
        is_waivable: true,
        is_weighable: true,
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
