//! What stands against a git command by itself.

use super::options::{is_given_unknown, options};
use super::{HOOKS_PATH, HOOKS_SET, Parted, against_hooks, is_ledger, leads_elsewhere, parted};
use crate::check::command::Objection;
use crate::check::command::words::Word;

const NO_VERIFY: &str = "it skips the hooks that judge and record; commit and push without it";
const LEDGER: &str = "the ledger in refs/notes/gov is written by gov-hook alone";

pub(in crate::check::command) fn objections(words: &[Word]) -> Vec<Objection> {
    let Parted { before, verb, after } = parted(words);
    let mut found = Objections::default();
    found.of_gits_own_options(before, verb);
    let verb_is_open = words.get(before.len()).is_some_and(Word::is_unknown);
    let takes_unknown = matches!(verb, "commit" | "am") && is_given_unknown(after);
    if verb_is_open || takes_unknown {
        found.ask("what git is told here cannot be seen before it runs");
    }
    let options = options(verb, after);
    found.of_hooks_left_out(verb, &options);
    match verb {
        "config" => found.of_settings(after),
        "clone" | "init" => {
            after.iter().filter_map(|word| against_hooks(&word.text)).for_each(|why| found.deny(why));
        }
        "update-ref" | "symbolic-ref" | "branch" | "fetch" | "push" | "pull" => {
            found.of_references(verb, after, &options);
        }
        "notes" => found.of_notes(after),
        "replace" if !plain(after).is_empty() && !has(&options, &["-d", "--delete", "-l", "--list"]) => {
            found.deny("a replacement makes git show a history other than the one that was judged");
        }
        "commit-tree" | "fast-import" | "filter-branch" | "filter-repo" => {
            found.ask("it makes commits that no hook judges");
        }
        "hash-object" if plain(after).contains(&"commit") => found.ask("it makes commits that no hook judges"),
        "send-pack" | "http-push" => found.ask("it sends what no hook judges: use git push"),
        _ => {}
    }
    found.0
}

/// What stands against one git command.
#[derive(Default)]
struct Objections(Vec<Objection>);

impl Objections {
    fn deny(&mut self, why: &str) {
        self.0.push(Objection::deny(why));
    }

    fn ask(&mut self, why: &str) {
        self.0.push(Objection::ask(why));
    }

    /// The words before the subcommand.
    fn of_gits_own_options(&mut self, before: &[Word], verb: &str) {
        if let Some(why) = before.iter().find_map(|word| against_hooks(&word.text)) {
            self.deny(why);
        }
        if before.iter().any(Word::is_unknown) {
            self.ask("what git is told here is not to be seen before it runs");
        }
        let names_ledger = |word: &Word| {
            let reference = word.text.split_once('=').filter(|(key, _)| key.eq_ignore_ascii_case("core.notesRef"));
            reference.is_some_and(|(_, reference)| is_ledger(reference))
        };
        if before.iter().any(names_ledger) && verb == "notes" {
            self.deny(LEDGER);
        }
        if before.iter().any(|word| word.text == "--exec-path" || word.text.starts_with("--exec-path=")) {
            self.ask("git would run programs other than its own");
        }
        if before.iter().any(|word| leads_to_settings(&word.text)) {
            self.ask(ELSEWHERE);
        }
    }

    fn of_hooks_left_out(&mut self, verb: &str, options: &[&str]) {
        // git takes a long option by as many of its letters as tell it from the others.
        let no_verify = options.iter().any(|option| {
            let option = option.split_once('=').map_or(*option, |(name, _)| name);
            option.len() >= "--no-v".len() && "--no-verify".starts_with(option)
        });
        let is_short = matches!(verb, "commit" | "am") && options.contains(&"-n");
        let only_reads = matches!(verb, "log" | "grep" | "show" | "diff" | "help" | "blame" | "config" | "rev-list");
        if (no_verify && !only_reads) || is_short {
            self.deny(NO_VERIFY);
        }
    }

    fn of_references(&mut self, verb: &str, after: &[Word], options: &[&str]) {
        let plain = plain(after);
        let names_ledger = after.iter().any(|word| is_ledger(&word.text));
        let takes_back = match verb {
            "push" => {
                let names = |sign: char| plain.iter().any(|word| word.starts_with(sign) && is_ledger(word));
                let is_forced = has(options, &["-d", "--delete", "-f", "--force"]);
                names(':') || names('+') || (names_ledger && is_forced)
            }
            "fetch" | "pull" => {
                let takes = has(options, &["-f", "--force", "-p", "--prune"]);
                plain.iter().any(|word| (takes || word.starts_with('+')) && target_is_ledger(word))
            }
            "symbolic-ref" => names_ledger && (plain.len() > 1 || has(options, &["-d", "--delete"])),
            _ => names_ledger,
        };
        if takes_back {
            self.deny(LEDGER);
        } else if verb == "push" && has(options, &["--mirror", "--prune"]) {
            self.ask("it deletes what only the other side has, including the ledger of others: name what is to go");
        } else if verb == "update-ref" {
            self.ask("it moves references past the hooks: use git branch, git switch or git push");
        }
    }

    fn of_notes(&mut self, after: &[Word]) {
        let plain = plain(after);
        let reads = plain.is_empty() || plain.iter().any(|word| matches!(*word, "list" | "show" | "get-ref"));
        if after.iter().any(|word| is_ledger_of_notes(&word.text)) && !reads {
            self.deny(LEDGER);
        }
    }

    fn of_settings(&mut self, after: &[Word]) {
        let has = |wanted: &[&str]| after.iter().any(|word| wanted.contains(&word.text.as_str()));
        if has(&["-e", "--edit", "edit"]) {
            self.ask("what becomes of the settings in an editor cannot be seen");
        }
        let section = |word: &Word| match word.text.to_ascii_lowercase().as_str() {
            "core" => Some(HOOKS_PATH),
            "hook" => Some(HOOKS_SET),
            _ => None,
        };
        if has(&["--remove-section", "--rename-section", "remove-section", "rename-section"])
            && let Some(why) = after.iter().find_map(section)
        {
            self.deny(why);
        }
        let is_key =
            |word: &&Word| !word.text.starts_with('-') && !matches!(word.text.as_str(), "set" | "unset" | "get");
        let keyed = after.iter().filter(is_key).collect::<Vec<_>>();
        if keyed.first().is_some_and(|key| key.is_unknown()) && keyed.len() > 1 {
            self.ask("which setting it is about is not to be seen");
        }
        let names_ledger = |pair: &[Word]| matches!(pair, [key, value] if key.text.eq_ignore_ascii_case("core.notesRef") && is_ledger(&value.text));
        if after.windows(2).any(names_ledger) {
            self.deny(LEDGER);
        }
        let included = after.iter().position(|word| leads_to_settings(&word.text));
        if included.is_some_and(|at| after.len() > at + 1) {
            self.ask(ELSEWHERE);
        }
        let set = after.iter().enumerate().find_map(|(at, word)| Some((at, against_hooks(&word.text)?)));
        let Some((at, why)) = set else { return };
        let words = || after.iter().map(|word| word.text.as_str());
        let changes = words().any(|word| {
            matches!(word, "set" | "unset" | "--add" | "--unset" | "--unset-all" | "--replace-all" | "--remove-section")
        });
        let reads = words().any(|word| {
            matches!(word, "get" | "list" | "--get" | "--get-all" | "--get-regexp" | "--list" | "-l" | "--show-origin")
        });
        let has_value = after.get(at + 1..).is_some_and(|rest| rest.iter().any(|word| !word.text.starts_with('-')));
        if changes || (has_value && !reads) {
            self.deny(why);
        }
    }
}

fn has(options: &[&str], wanted: &[&str]) -> bool {
    options.iter().any(|option| wanted.contains(option))
}

/// The words that are no options.
fn plain(words: &[Word]) -> Vec<&str> {
    words.iter().map(|word| word.text.as_str()).filter(|word| !word.starts_with('-')).collect()
}

fn target_is_ledger(refspec: &str) -> bool {
    refspec.split_once(':').is_some_and(|(_, target)| is_ledger(target))
}

const ELSEWHERE: &str = "settings from elsewhere may name other hooks, or none";

fn leads_to_settings(text: &str) -> bool {
    leads_elsewhere(text) && !text.to_ascii_lowercase().starts_with("alias.")
}

/// The same for what `git notes --ref` takes.
fn is_ledger_of_notes(option: &str) -> bool {
    let reference = option.strip_prefix("--ref=").unwrap_or(option);
    is_ledger(reference) || reference == "gov" || reference.starts_with("gov/")
}
