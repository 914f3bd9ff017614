//! What git runs for somebody: aliases, and what options and settings say.

use super::{Parted, parted};
use crate::check::command::Aliases;
use crate::check::command::words::{Word, spelled};
use crate::model::Gather;

/// The aliases that a command sets, for itself or for those after it.
pub(in crate::check::command) fn aliases_set(words: &[Word]) -> Aliases {
    let Parted { before, verb, after } = parted(words);
    let name = |key: &str| {
        let rest = key.get(6..).filter(|_| key.to_ascii_lowercase().starts_with("alias."))?;
        Some(rest.strip_suffix(".command").unwrap_or(rest).to_ascii_lowercase())
    };
    let mut set: Aliases = before
        .iter()
        .filter_map(|word| word.text.split_once('='))
        .filter_map(|(key, value)| Some((name(key)?, value.to_owned())))
        .gathered();
    if verb == "config" {
        let at = after.iter().position(|word| name(&word.text).is_some());
        let pair = at.and_then(|at| Some((name(&after.get(at)?.text)?, after.get(at + 1)?.text.clone())));
        set.extend(pair);
    }
    set
}

/// What git runs in the place of an alias, with the alias's name.
pub(in crate::check::command) fn expanded(words: &[Word], aliases: &Aliases) -> Option<(String, String)> {
    let Parted { before, verb, after } = parted(words);
    let name = verb.to_ascii_lowercase();
    let value = aliases.get(&name)?;
    let (before, after) = (spelled(before), spelled(after));
    let script = match value.strip_prefix('!') {
        Some(script) => format!("{script} {after}"),
        None => format!("git {before} {value} {after}"),
    };
    Some((name, script))
}

/// The values of settings that a command gives git, each with whether it is an editor: many others name a
/// program as well.
pub(in crate::check::command) fn values(words: &[Word]) -> Vec<(&str, bool)> {
    let Parted { before, verb, after } = parted(words);
    let set = before.iter().filter_map(|word| word.text.split_once('='));
    let mut values: Vec<(&str, bool)> =
        set.map(|(key, value)| (value, key.to_ascii_lowercase().ends_with(".editor"))).collect();
    if verb == "config" {
        values.extend(after.last().map(|word| (word.text.as_str(), false)));
    }
    values
}

/// Options whose value git runs, by the verb that has them.
const RUN: [(&str, &str, &str); 8] = [
    ("rebase", "x", "--exec"),
    ("difftool", "x", "--extcmd"),
    ("grep", "O", "--open-files-in-pager"),
    ("fetch", "", "--upload-pack"),
    ("pull", "", "--upload-pack"),
    ("clone", "u", "--upload-pack"),
    ("push", "", "--receive-pack"),
    ("archive", "", "--exec"),
];

/// The value of an option, in the same word or the next; git takes a long one by its first letters.
fn value_of<'w>(words: &[&'w str], at: usize, (short, long): (&str, &str)) -> Option<&'w str> {
    let word = words.get(at)?;
    let next = || words.get(at + 1).copied();
    if let Some(rest) = word.strip_prefix("--") {
        let (name, value) = rest.split_once('=').map_or((rest, None), |(name, value)| (name, Some(value)));
        let is_it = name.len() > 1 && long.get(2..).is_some_and(|long| long.starts_with(name));
        return if is_it { value.or_else(next) } else { None };
    }
    let (_, rest) = word.strip_prefix('-').filter(|_| !short.is_empty())?.split_once(short)?;
    if rest.is_empty() { next() } else { Some(rest) }
}

/// Scripts that git would run: the values of `-c alias.x=!…` and the like.
pub(in crate::check::command) fn scripts(words: &[Word]) -> Vec<String> {
    let Parted { before, verb, after } = parted(words);
    let alias = |word: &Word| {
        let (key, value) = word.text.split_once('=')?;
        key.to_ascii_lowercase().starts_with("alias.").then(|| as_script(value))
    };
    let mut scripts: Vec<String> = before.iter().filter_map(alias).collect();
    let texts: Vec<&str> = after.iter().map(|word| word.text.as_str()).collect();
    if verb == "config" {
        let at = texts.iter().position(|word| word.to_ascii_lowercase().starts_with("alias."));
        scripts.extend(at.and_then(|at| texts.get(at + 1)).map(|value| as_script(value)));
    }
    // One word is a script; several are the words of a command.
    let from = |start: usize| {
        let options = texts.iter().skip(start).take_while(|word| word.starts_with('-')).count();
        match after.get(start + options..).unwrap_or_default() {
            [] => None,
            [script] => Some(script.text.clone()),
            several => Some(spelled(several)),
        }
    };
    match verb {
        "submodule" => {
            let each =
                texts.iter().position(|word| !word.starts_with('-')).filter(|at| texts.get(*at) == Some(&"foreach"));
            scripts.extend(each.and_then(|at| from(at + 1)));
        }
        "bisect" if texts.first() == Some(&"run") => scripts.extend(from(1)),
        "filter-branch" => {
            let filters = texts
                .windows(2)
                .filter(|pair| matches!(pair, [option, _] if option.ends_with("-filter") || *option == "--setup"));
            scripts.extend(filters.filter_map(|pair| pair.get(1)).map(|script| (*script).to_owned()));
        }
        _ => {}
    }
    for (_, short, long) in RUN.iter().filter(|(of, ..)| *of == verb) {
        let all = (0..texts.len()).filter_map(|at| value_of(&texts, at, (short, long)));
        scripts.extend(all.map(str::to_owned));
    }
    scripts
}

fn as_script(alias: &str) -> String {
    alias.strip_prefix('!').map_or_else(|| format!("git {alias}"), str::to_owned)
}
