//! Programs by their names: which run others, which only read, and which run a text.

use super::shell::Word;

/// Programs that take a line to run.
pub(super) const SHELLS: [&str; 7] = ["sh", "bash", "dash", "zsh", "ksh", "ash", "fish"];

/// Programs that take a text to run in a language of their own.
pub(super) const INTERPRETERS: [&str; 11] =
    ["python", "python2", "python3", "perl", "ruby", "node", "deno", "bun", "php", "awk", "gawk"];

/// Programs that run the one that they are given.
pub(super) const WRAPPERS: [&str; 23] = [
    "sudo",
    "doas",
    "env",
    "command",
    "builtin",
    "exec",
    "nohup",
    "nice",
    "ionice",
    "timeout",
    "stdbuf",
    "setsid",
    "xargs",
    "parallel",
    "flock",
    "watch",
    "chroot",
    "su",
    "script",
    "strace",
    "find",
    "fd",
    "caffeinate",
];

/// Programs to which words are only words.
pub(super) const READERS: [&str; 37] = [
    "echo",
    "printf",
    "grep",
    "egrep",
    "fgrep",
    "rg",
    "ag",
    "ack",
    "cat",
    "less",
    "more",
    "head",
    "tail",
    "man",
    "which",
    "type",
    "whereis",
    "wc",
    "diff",
    "ls",
    "stat",
    "file",
    "test",
    "[",
    "[[",
    "tree",
    "du",
    "sha256sum",
    "md5sum",
    "cmp",
    "bat",
    "jq",
    "yq",
    "basename",
    "dirname",
    "realpath",
    "readlink",
];

/// Programs that set variables.
pub(super) const SETTERS: [&str; 5] = ["export", "declare", "typeset", "local", "readonly"];

/// The name of the program that words run.
pub(super) fn program(words: &[Word]) -> Option<&str> {
    words.first().map(|word| base(&word.text))
}

/// Without the folder it is in.
pub(super) fn base(text: &str) -> &str {
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
    name.strip_suffix(".exe").unwrap_or(name)
}
