//! Programs by their names: which run others, which only read, and which run a text.

use super::words::{Word, assignment, is_one_of};

/// Programs that take a line to run.
pub(super) const SHELLS: [&str; 16] = [
    "sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "csh", "tcsh", "mksh", "rbash", "yash", "pwsh", "nu", "xonsh",
    "elvish",
];

/// Programs that run what is written to them, each line or each entry for itself.
pub(super) const FED: &str = "at batch crontab";

/// Programs that take a text to run in a language of their own; what stands behind the name may be a version.
const INTERPRETERS: &str = "python pypy perl ruby node deno bun tsx ts-node php awk gawk mawk nawk lua luajit tclsh expect osascript \
     make";

pub(super) fn is_interpreter(name: &str) -> bool {
    is_one_of(name.trim_end_matches(|last: char| last.is_ascii_digit() || last == '.'), INTERPRETERS)
}

/// Programs that run the one that they are given, behind their options: the letters of those that take a
/// word, and how many other words come first.
const SIMPLE: [(&str, &str, usize); 28] = [
    ("sudo", "ugphCDRTU", 0),
    ("doas", "uC", 0),
    ("env", "uCS", 0),
    ("command", "", 0),
    ("builtin", "", 0),
    ("exec", "a", 0),
    ("nohup", "", 0),
    ("nice", "n", 0),
    ("ionice", "cnp", 0),
    ("timeout", "ks", 1),
    ("stdbuf", "ioe", 0),
    ("setsid", "", 0),
    ("flock", "wE", 1),
    ("chroot", "", 1),
    ("strace", "eopsuPEabIXS", 0),
    ("caffeinate", "tw", 0),
    ("taskset", "", 1),
    ("chrt", "TPD", 1),
    ("time", "fo", 0),
    ("unbuffer", "", 0),
    ("chronic", "", 0),
    ("busybox", "", 0),
    ("toybox", "", 0),
    ("runuser", "u", 0),
    ("setpriv", "", 0),
    ("systemd-run", "pu", 0),
    ("firejail", "", 0),
    ("unshare", "", 0),
];

pub(super) fn is_simple_wrapper(name: &str) -> bool {
    SIMPLE.iter().any(|(known, ..)| *known == name)
}

/// The command that is left without the programs that only run it.
pub(super) fn unwrapped(words: &[Word]) -> &[Word] {
    let mut words = words;
    while let Some((_, taking, plain)) = SIMPLE.iter().find(|(name, ..)| program(words) == Some(*name)) {
        words = behind(words.get(1..).unwrap_or_default(), taking).get(*plain..).unwrap_or_default();
    }
    words
}

/// Long options of theirs that take the next word.
const LONG_TAKING: &str = "--chdir --user --group --unset --signal --kill-after --adjustment --output --error";

/// What stands behind options, of which these letters take a word, and variables that are set.
pub(super) fn behind<'w>(words: &'w [Word], taking: &str) -> &'w [Word] {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let text = word.text.as_str();
        at += 1 + usize::from(is_one_of(text, LONG_TAKING));
        match text.strip_prefix('-') {
            Some("-") => break,
            Some(letters) => {
                at += usize::from(!letters.starts_with('-') && letters.ends_with(|last| taking.contains(last)));
            }
            None if assignment(word).is_some() => {}
            None => {
                at -= 1;
                break;
            }
        }
    }
    words.get(at..).unwrap_or_default()
}

/// Other programs that run one, wherever among their words it stands.
pub(super) const WRAPPERS: &str = "xargs parallel watch su script sg bwrap nsenter tmux screen";

/// The texts that a program runs because an option gives them.
pub(super) fn scripts_of(name: &str, words: &[Word]) -> Vec<Word> {
    let (letter, long): (&str, &[&str]) = match name {
        "env" => ("S", &["--split-string"]),
        "su" | "runuser" | "script" | "flock" | "sg" => ("c", &["--command", "--session-command"]),
        "npx" | "npm" | "pnpm" => ("c", &["--call"]),
        "nix-shell" | "nix" => ("", &["--run", "--command"]),
        "entr" => ("s", &[]),
        "complete" | "compgen" => ("C", &[]),
        "rsync" => ("e", &["--rsh"]),
        _ => return Vec::new(),
    };
    let given = |(at, word): (usize, &Word)| {
        let next = || words.get(at + 1).cloned();
        let glued = |text: &str| Word { text: text.to_owned(), ..word.clone() };
        if long.contains(&word.text.as_str()) {
            return next();
        }
        if let Some((option, text)) = word.text.split_once('=')
            && long.contains(&option)
        {
            return Some(glued(text));
        }
        let letters = word.text.strip_prefix('-').filter(|rest| !rest.starts_with('-') && !letter.is_empty())?;
        match letters.split_once(letter)? {
            (_, "") => next(),
            (_, text) => Some(glued(text)),
        }
    };
    words.iter().enumerate().filter_map(given).collect()
}

/// What a shell is told to run.
pub(super) enum Script<'w> {
    Given(&'w Word),
    /// A file that it is in.
    Kept(&'w Word),
}

/// The script in `sh -c SCRIPT`, or the file in `sh FILE`.
pub(super) fn script_of(words: &[Word]) -> Option<Script<'_>> {
    let rest = words.get(1..).unwrap_or_default();
    let is_command = |word: &Word| match word.text.strip_prefix('-') {
        Some("-command") => true,
        Some(letters) => {
            letters.eq_ignore_ascii_case("command") || (!letters.starts_with('-') && letters.contains('c'))
        }
        None => false,
    };
    let first = |words: &[Word]| {
        let at = words.iter().position(|word| word.text == "--" || !word.text.starts_with(['-', '+']))?;
        Some(if words.get(at).is_some_and(|word| word.text == "--") { at + 1 } else { at })
    };
    match rest.iter().position(is_command) {
        Some(at) => {
            let behind = rest.get(at + 1..)?;
            behind.get(first(behind)?).map(Script::Given)
        }
        None => rest.get(first(rest)?).map(Script::Kept),
    }
}

/// Programs to which words are only words.
pub(super) const READERS: &str = "echo printf grep egrep fgrep rg ag ack cat less more head tail man which type whereis wc diff ls stat file \
     test [ [[ tree du sha256sum md5sum cmp bat jq yq basename dirname realpath readlink";

/// Programs that set variables.
pub(super) const SETTERS: &str = "export declare typeset local readonly";

/// The name of the program that words run.
pub(super) fn program(words: &[Word]) -> Option<&str> {
    words.first().map(|word| base(&word.text))
}

/// Without the folder it is in.
pub(super) fn base(text: &str) -> &str {
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
    match name.strip_suffix(".exe").unwrap_or(name) {
        "gsed" => "sed",
        "gawk" => "awk",
        "nvim" => "vim",
        "powershell" => "pwsh",
        name => name,
    }
}
