//! What a git command would get past.

use super::hidden::spelled;
use super::programs::base;
use super::shell::Word;
use super::written::{names_hooks, names_law};
use super::{Against, Aliases, Objection};
use crate::model::Gather;

const HOOKS_PATH: &str = "`core.hooksPath` decides which hooks run; it is for a person to set";
const HOOKS_SET: &str = "`hook.<name>` decides which hooks run; it is for a person to set";
const NO_VERIFY: &str = "it skips the hooks that judge and record; commit and push without it";
const LEDGER: &str = "the ledger in refs/notes/gov is written by gov-hook alone";

/// Whether a reference, or a pattern of them, takes in the ledger.
pub(super) fn is_ledger(reference: &str) -> bool {
    let ends = |rest: &str| rest.is_empty() || rest.starts_with(['/', ':', '*', '^', '~', '@']);
    reference.match_indices("notes/gov").any(|(at, found)| reference.get(at + found.len()..).is_some_and(ends))
        || reference.split(':').any(|side| matches!(side.trim_start_matches('+'), "refs/*" | "refs/notes/*"))
}

/// The same for what `git notes --ref` takes.
fn is_ledger_of_notes(option: &str) -> bool {
    let reference = option.strip_prefix("--ref=").unwrap_or(option);
    is_ledger(reference) || reference == "gov" || reference.starts_with("gov/")
}

/// What is against a setting, or a text that holds one, that is about the place of hooks, about those of
/// ours that git runs from its configuration, or about whether git runs any such.
pub(super) fn against_hooks(text: &str) -> Option<&'static str> {
    let text = text.to_ascii_lowercase();
    if text.contains("core.hookspath") {
        return Some(HOOKS_PATH);
    }
    (text.contains("hook.gov-hook") || text.split(is_outside_key).any(is_switch)).then_some(HOOKS_SET)
}

const fn is_outside_key(sign: char) -> bool {
    !(sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-' | '_'))
}

/// `hook.pre-commit.enabled`: where that is `false`, none runs that the configuration names for it.
fn is_switch(key: &str) -> bool {
    key.strip_prefix("hook.").is_some_and(|rest| rest.ends_with(".enabled"))
}

/// Whether a setting has git read others, or run something in the place of a word.
pub(super) fn leads_elsewhere(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["include.path", "includeif.", "alias."].iter().any(|key| text.contains(key))
}

/// Verbs that hooks run around, or that touch references and settings.
const RISKY: [&str; 10] =
    ["commit", "push", "merge", "am", "rebase", "cherry-pick", "config", "update-ref", "notes", "replace"];

/// Whether words that are not to be seen could make something else of the git command among these.
pub(super) fn is_risky_with_more(words: &[Word]) -> bool {
    let git = words.iter().position(|word| base(&word.text) == "git");
    let verb = git.and_then(|at| words.get(at + 1..)).map(|rest| parted(rest).verb);
    verb.is_some_and(|verb| verb.is_empty() || RISKY.contains(&verb))
}

/// The aliases that a command sets, for itself or for those after it.
pub(super) fn aliases_set(words: &[Word]) -> Aliases {
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
pub(super) fn expanded(words: &[Word], aliases: &Aliases) -> Option<(String, String)> {
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

/// The files that git itself writes, takes away or puts back, each with whether that is all that is in it.
pub(super) fn written(words: &[Word]) -> Vec<(Word, bool)> {
    let Parted { verb, after, .. } = parted(words);
    let named = || after.iter().filter(|word| !word.text.starts_with('-')).cloned();
    match verb {
        "rm" if !after.iter().any(|word| word.text == "--cached") => named().map(|word| (word, true)).collect(),
        "mv" => {
            let last = named().count().saturating_sub(1);
            named().enumerate().map(|(at, word)| (word, at < last)).collect()
        }
        // Without `--` a word may name a branch as well as a file of that name, and only few do both.
        "checkout" | "restore" => match after.iter().position(|word| word.text == "--") {
            Some(at) => after.get(at + 1..).unwrap_or_default().iter().map(|word| (word.clone(), false)).collect(),
            None if verb == "restore" => named().map(|word| (word, false)).collect(),
            None => named().skip(1).map(|word| (word, false)).collect(),
        },
        "commit" | "grep" => Vec::new(),
        // Where there is none yet, a repository or a work tree is made; the first that `clone` names is what
        // it reads.
        "worktree" | "clone" | "init" | "submodule" => {
            let is_own = |word: &Word| word.text.split('/').any(|part| part == ".git");
            named().skip(usize::from(verb == "clone")).filter(is_own).map(|word| (word, true)).collect()
        }
        _ => after
            .iter()
            .enumerate()
            .filter_map(|(at, word)| Some((output(verb, word, after.get(at + 1))?, false)))
            .collect(),
    }
}

/// The file that an option says the output goes to.
fn output(verb: &str, word: &Word, next: Option<&Word>) -> Option<Word> {
    if let Some(path) = word.text.strip_prefix("--output=") {
        return Some(Word { text: path.to_owned(), ..word.clone() });
    }
    let is_short = word.text == "-o" && matches!(verb, "archive" | "format-patch" | "bugreport" | "diagnose");
    next.filter(|_| is_short || word.text == "--output").cloned()
}

/// A word that leads git to the hooks or to the law by a verb that may write there.
pub(super) fn led_to_hooks(words: &[Word]) -> Option<&str> {
    let Parted { verb, after, .. } = parted(words);
    let may_write = matches!(
        verb,
        "worktree" | "clone" | "init" | "bundle" | "submodule" | "checkout-index" | "apply" | "update-index" | "am"
    );
    let is_led = |text: &&str| names_hooks(text) || names_law(text);
    after.iter().map(|word| word.text.as_str()).find(is_led).filter(|_| may_write)
}

/// What stands behind `git`.
struct Parted<'w> {
    /// The options before the subcommand, with their values.
    before: &'w [Word],
    verb: &'w str,
    after: &'w [Word],
}

/// Git's own options that take the word behind them.
const WITH_VALUE: [&str; 8] =
    ["-c", "-C", "--git-dir", "--work-tree", "--namespace", "--config-env", "--attr-source", "--super-prefix"];

fn parted(words: &[Word]) -> Parted<'_> {
    let mut at = 0;
    while let Some(word) = words.get(at).filter(|word| word.text.starts_with('-')) {
        let has_value = WITH_VALUE.contains(&word.text.as_str());
        at += if has_value { 2 } else { 1 };
    }
    let before = words.get(..at.min(words.len())).unwrap_or_default();
    let after = words.get(at + 1..).unwrap_or_default();
    Parted { before, verb: words.get(at).map_or("", |word| word.text.as_str()), after }
}

/// The subcommand.
pub(super) fn verb(words: &[Word]) -> &str {
    parted(words).verb
}

/// The values of settings that a command gives git, each with whether it is an editor: many others name a
/// program as well.
pub(super) fn values(words: &[Word]) -> Vec<(&str, bool)> {
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
pub(super) fn scripts(words: &[Word]) -> Vec<String> {
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

pub(super) fn objections(words: &[Word]) -> Vec<Objection> {
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
        self.0.push(Objection { against: Against::Deny, why: why.to_owned() });
    }

    fn ask(&mut self, why: &str) {
        self.0.push(Objection { against: Against::Ask, why: why.to_owned() });
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
            self.ask("it deletes what only the other side has, including the ledger of others");
        } else if verb == "update-ref" {
            self.ask("it moves references past the hooks");
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

/// Whether a word that could be any option stands where options are.
fn is_given_unknown(words: &[Word]) -> bool {
    let mut takes_next = false;
    for word in words.iter().take_while(|word| word.text != "--") {
        // Where it is one of several, one of them is enough.
        let may_be_option = word.made.iter().flat_map(|made| &made.texts).any(|text| text.starts_with('-'));
        if word.is_open && (word.text.is_empty() || may_be_option) && !takes_next {
            return true;
        }
        let is_cluster = word.text.starts_with('-') && !word.text.starts_with("--");
        takes_next = LONG_WITH_VALUE.contains(&word.text.as_str())
            || (is_cluster && word.text.ends_with(['m', 'F', 'C', 'c', 't']));
    }
    false
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
const SHORT: [&str; 5] = ["-n", "-d", "-f", "-l", "-p"];

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
