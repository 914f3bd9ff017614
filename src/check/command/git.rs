//! What a git command would get past.

use super::shell::Word;
use super::{Against, Objection};

pub(super) const HOOKS_PATH: &str = "`core.hooksPath` decides which hooks run; it is for a person to set";
const NO_VERIFY: &str = "it leaves the hooks out that judge and record; commit and push without it";
const LEDGER: &str = "the ledger in refs/notes/gov is written by gov-hook alone";

/// Whether a reference, or a pattern of them, takes in the ledger.
fn is_ledger(reference: &str) -> bool {
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(['/', ':', '*', '^', '~', '@']);
    reference.match_indices("notes/gov").any(|(at, found)| reference.get(at + found.len()..).is_some_and(ends))
        || reference.split(':').any(|side| matches!(side.trim_start_matches('+'), "refs/*" | "refs/notes/*"))
}

/// The same for what `git notes --ref` takes.
fn is_ledger_of_notes(option: &str) -> bool {
    let reference = option.strip_prefix("--ref=").unwrap_or(option);
    is_ledger(reference) || reference == "gov" || reference.starts_with("gov/")
}

/// Whether a setting, or a text that holds one, is about the place of hooks.
pub(super) fn is_hooks_path(text: &str) -> bool {
    text.to_ascii_lowercase().contains("core.hookspath")
}

/// The words before the subcommand, the subcommand, and those after it.
fn parted(words: &[Word]) -> (&[Word], &str, &[Word]) {
    let mut at = 0;
    while let Some(word) = words.get(at).filter(|word| word.text.starts_with('-')) {
        let has_value =
            matches!(word.text.as_str(), "-c" | "-C" | "--git-dir" | "--work-tree" | "--namespace" | "--config-env");
        at += if has_value { 2 } else { 1 };
    }
    let before = words.get(..at.min(words.len())).unwrap_or_default();
    let after = words.get(at + 1..).unwrap_or_default();
    (before, words.get(at).map_or("", |word| word.text.as_str()), after)
}

/// Scripts that git would run: the values of `-c alias.x=!…` and the like.
pub(super) fn scripts(words: &[Word]) -> Vec<String> {
    let (before, verb, after) = parted(words);
    let alias = |word: &Word| {
        let (key, value) = word.text.split_once('=')?;
        key.to_ascii_lowercase().starts_with("alias.").then(|| as_script(value))
    };
    let mut scripts: Vec<String> = before.iter().filter_map(alias).collect();
    let after: Vec<&str> = after.iter().map(|word| word.text.as_str()).collect();
    if verb == "config" {
        let at = after.iter().position(|word| word.to_ascii_lowercase().starts_with("alias."));
        scripts.extend(at.and_then(|at| after.get(at + 1)).map(|value| as_script(value)));
    }
    match (verb, after.as_slice()) {
        ("submodule", ["foreach", rest @ ..]) | ("bisect", ["run", rest @ ..]) => scripts.push(rest.join(" ")),
        ("rebase", _) => {
            let exec = |pair: &[&str]| match pair {
                ["-x" | "--exec", script] => Some((*script).to_owned()),
                _ => None,
            };
            scripts.extend(after.windows(2).filter_map(exec));
            scripts.extend(after.iter().filter_map(|word| word.strip_prefix("--exec=")).map(str::to_owned));
        }
        _ => {}
    }
    scripts
}

fn as_script(alias: &str) -> String {
    alias.strip_prefix('!').map_or_else(|| format!("git {alias}"), str::to_owned)
}

pub(super) fn objections(words: &[Word]) -> Vec<Objection> {
    let (before, verb, after) = parted(words);
    let mut found = Vec::new();
    let mut object = |against: Against, why: &str| found.push(Objection { against, why: why.to_owned() });
    if before.iter().any(|word| is_hooks_path(&word.text)) {
        object(Against::Deny, HOOKS_PATH);
    }
    if before.iter().any(|word| word.text == "--exec-path" || word.text.starts_with("--exec-path=")) {
        object(Against::Ask, "git would run other programs than its own");
    }
    let options = options(verb, after);
    let has = |wanted: &[&str]| options.iter().any(|option| wanted.contains(option));
    // git takes a long option by as many of its letters as tell it from the others.
    let no_verify = options.iter().any(|option| option.len() >= 9 && "--no-verify".starts_with(option));
    let is_short = matches!(verb, "commit" | "am") && options.contains(&"-n");
    let only_reads = matches!(verb, "log" | "grep" | "show" | "diff" | "help" | "blame" | "config" | "rev-list");
    if (no_verify && !only_reads) || is_short {
        object(Against::Deny, NO_VERIFY);
    }
    let plain: Vec<&str> = after.iter().map(|word| word.text.as_str()).filter(|word| !word.starts_with('-')).collect();
    let ledger = after.iter().any(|word| is_ledger(&word.text));
    match verb {
        "config" => config(after, &mut object),
        "update-ref" | "symbolic-ref" | "branch" | "fetch" | "push" | "pull" => {
            let takes_back = match verb {
                "push" => {
                    let names = |sign: char| plain.iter().any(|word| word.starts_with(sign) && is_ledger(word));
                    names(':') || names('+') || (ledger && has(&["-d", "--delete", "-f", "--force"]))
                }
                "fetch" | "pull" => plain.iter().any(|word| word.starts_with('+') && target_is_ledger(word)),
                _ => ledger && !(verb == "symbolic-ref" && plain.len() < 2 && !has(&["-d", "--delete"])),
            };
            if takes_back {
                object(Against::Deny, LEDGER);
            } else if verb == "push" && has(&["--mirror", "--prune"]) {
                object(Against::Ask, "it deletes what only the other side has, the ledger of others with it");
            } else if verb == "update-ref" {
                object(Against::Ask, "it moves references past the hooks");
            }
        }
        "notes" => {
            let reads = plain.is_empty() || plain.iter().any(|word| matches!(*word, "list" | "show" | "get-ref"));
            if after.iter().any(|word| is_ledger_of_notes(&word.text)) && !reads {
                object(Against::Deny, LEDGER);
            }
        }
        "replace" if !has(&["-d", "--delete", "-l", "--list"]) && !plain.is_empty() => {
            object(Against::Deny, "a replacement shows git other history than the one that was judged");
        }
        "commit-tree" | "fast-import" | "filter-branch" | "filter-repo" => {
            object(Against::Ask, "it makes commits that no hook judges");
        }
        _ => {}
    }
    found
}

fn target_is_ledger(refspec: &str) -> bool {
    refspec.split_once(':').is_some_and(|(_, target)| is_ledger(target))
}

fn config(after: &[Word], object: &mut dyn FnMut(Against, &str)) {
    let Some(at) = after.iter().position(|word| is_hooks_path(&word.text)) else { return };
    let words = || after.iter().map(|word| word.text.as_str());
    let changes = words().any(|word| {
        matches!(word, "set" | "unset" | "--add" | "--unset" | "--unset-all" | "--replace-all" | "--remove-section")
    });
    let reads = words().any(|word| {
        matches!(word, "get" | "list" | "--get" | "--get-all" | "--get-regexp" | "--list" | "-l" | "--show-origin")
    });
    let has_value = after.get(at + 1..).is_some_and(|rest| rest.iter().any(|word| !word.text.starts_with('-')));
    if changes || (has_value && !reads) {
        object(Against::Deny, HOOKS_PATH);
    }
}

/// The options among the words, those in one cluster each for itself; not the values that some take.
fn options<'w>(verb: &str, words: &'w [Word]) -> Vec<&'w str> {
    let takes = |letter: char| match verb {
        "commit" => "mFCct".contains(letter),
        "push" => letter == 'o',
        "merge" | "pull" => "msX".contains(letter),
        "notes" => "mFCc".contains(letter),
        _ => false,
    };
    // What it takes stands in the same word, if at all.
    let may_take = |letter: char| verb == "commit" && matches!(letter, 'u' | 'S');
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let text = word.text.as_str();
        if text == "--" {
            break;
        }
        if text.starts_with("--") {
            found.push(text);
            if LONG_WITH_VALUE.contains(&text) {
                words.next();
            }
        } else if let Some(letters) = text.strip_prefix('-') {
            let mut rest = letters.chars();
            while let Some(letter) = rest.next() {
                found.extend(SHORT.iter().find(|option| option.ends_with(letter)));
                if takes(letter) && rest.as_str().is_empty() {
                    words.next();
                }
                if takes(letter) || may_take(letter) {
                    break;
                }
            }
        }
    }
    found
}

/// The short options that matter here.
const SHORT: [&str; 4] = ["-n", "-d", "-f", "-l"];

const LONG_WITH_VALUE: [&str; 13] = [
    "--message",
    "--file",
    "--author",
    "--date",
    "--template",
    "--trailer",
    "--cleanup",
    "--fixup",
    "--squash",
    "--reuse-message",
    "--reedit-message",
    "--pathspec-from-file",
    "--strategy-option",
];
