//! What stands against a program's own verbs: gov-hook's, and those of others that keep hooks or commits.

use super::Objection;
use super::words::Word;

/// What stands against the words that such a program is given.
pub(super) fn objection(name: &str, words: &[Word]) -> Option<Objection> {
    match name {
        "gov-hook" => gov_hook(words),
        "jj" => jujutsu(words),
        "pre-commit" | "prek" | "lefthook" | "husky" => {
            let removes = words.first().is_some_and(|word| word.text == "uninstall");
            removes.then(|| Objection::ask(format!("`{name} uninstall` removes the repository's hooks")))
        }
        _ => None,
    }
}

/// Jujutsu keeps a git repository, and runs none of its hooks.
fn jujutsu(words: &[Word]) -> Option<Objection> {
    let mut plain = words.iter().filter(|word| !word.text.starts_with('-'));
    let mut next = || plain.next().map_or("", |word| word.text.as_str());
    let only_looks = match next() {
        "" | "help" | "version" | "log" | "st" | "status" | "diff" | "interdiff" | "show" | "evolog" | "root"
        | "tag" | "workspace" => true,
        "git" => matches!(next(), "fetch" | "remote" | "root" | "init" | "clone"),
        "config" => matches!(next(), "get" | "list" | "l" | "path" | "p"),
        "op" | "operation" => matches!(next(), "log" | "show" | "diff"),
        "bookmark" | "b" => matches!(next(), "list" | "l"),
        "file" => matches!(next(), "list" | "show" | "annotate" | "search"),
        _ => false,
    };
    (!only_looks && !asks_for_help(words))
        .then(|| Objection::ask("jj makes commits, moves references and pushes past git's hooks: use git"))
}

fn gov_hook(words: &[Word]) -> Option<Objection> {
    if asks_for_help(words) {
        return None;
    }
    let mut rest = words.iter().map(|word| word.text.as_str());
    let mut verb = rest.next();
    while let Some(option) = verb.filter(|word| word.starts_with('-')) {
        if matches!(option, "-C" | "--color") {
            rest.next();
        }
        verb = rest.next();
    }
    let action = rest.next().unwrap_or_default();
    match (verb.unwrap_or_default(), action) {
        ("approve" | "reject" | "revoke" | "ratify", _) | ("override", "grant") | ("agent", "promote") => {
            Some(Objection::deny("only people approve; ask the person you work for"))
        }
        ("uninstall", _) => Some(Objection::deny("`gov-hook uninstall` removes the hooks: that is for a person to do")),
        (verb @ ("record" | "init" | "override" | "licence"), _) => {
            Some(Objection::ask(format!("`gov-hook {verb}` changes what counts here, and gives a person's reasons")))
        }
        ("rules", "waive" | "baseline") | ("audit", "reconcile" | "merge") => {
            Some(Objection::ask("it changes what is found or what is on record, for a person's reasons"))
        }
        _ => None,
    }
}

fn asks_for_help(words: &[Word]) -> bool {
    words.iter().any(|word| matches!(word.text.as_str(), "--help" | "-h"))
}
