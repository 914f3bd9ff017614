//! What stands against a variable that is set, a script in another language, a place that is gone to
//! and a verb of gov-hook's own.

use super::shell::Word;
use super::{Against, Looker, MOST_PLACES, Unreadable, git, written};

pub(super) const AGENT: &str = "GOV_HOOK_AGENT";

/// Words that a script in another language has no good reason to say.
const TELLTALES: [&str; 9] = [
    "--no-veri",
    "hookspath",
    ".git/hooks",
    ".git/config",
    ".gov/",
    "refs/notes/gov",
    "gov_hook_disabled",
    "gov_hook_agent",
    "/hooks/pre-commit",
];

/// Variables that name a command for git or a shell to run.
const COMMANDS: [&str; 14] = [
    "GIT_EDITOR",
    "GIT_SEQUENCE_EDITOR",
    "GIT_PAGER",
    "GIT_SSH_COMMAND",
    "GIT_PROXY_COMMAND",
    "GIT_EXTERNAL_DIFF",
    "GIT_ASKPASS",
    "SSH_ASKPASS",
    "EDITOR",
    "VISUAL",
    "PAGER",
    "PROMPT_COMMAND",
    "BASH_ENV",
    "PS4",
];

impl Looker {
    /// A variable that is set, or unset where it has no value.
    pub(super) fn variable(&mut self, name: &str, value: &Word) -> Result<(), Unreadable> {
        self.of_variable(name, value);
        if COMMANDS.contains(&name) || name.starts_with("GIT_CONFIG_VALUE_") {
            self.telltale(&value.text);
            return self.perhaps(&value.text);
        }
        Ok(())
    }

    fn of_variable(&mut self, name: &str, value: &Word) {
        let is_on = value.is_open || !matches!(value.text.as_str(), "" | "0");
        let text = value.text.to_ascii_lowercase();
        if let Some(why) = git::against_hooks(&text).filter(|_| is_setting(name)) {
            return self.object(Against::Deny, why);
        }
        match name {
            "GOV_HOOK_DISABLED" if is_on => {
                self.object(Against::Deny, "`GOV_HOOK_DISABLED` switches the hooks off; that is for a person to do");
            }
            AGENT if !is_on => {
                self.object(Against::Deny, "`GOV_HOOK_AGENT` says that an agent is at work; it stays set");
            }
            "SKIP" | "PREK_SKIP" | "PRE_COMMIT_SKIP" if text.contains("gov-hook") => {
                self.object(Against::Deny, format!("`{name}` would keep gov-hook out of the hooks that run"));
            }
            _ if is_setting(name) && (value.is_open || git::leads_elsewhere(&text)) => {
                self.object(Against::Ask, format!("`{name}` may have git run something other than it says"));
            }
            "GIT_NOTES_REF" if git::is_ledger(&value.text) => {
                self.object(Against::Deny, "the ledger in refs/notes/gov is written by gov-hook alone");
            }
            "GIT_CONFIG_GLOBAL" | "GIT_CONFIG_SYSTEM" | "GIT_EXEC_PATH" => {
                self.object(Against::Ask, format!("`{name}` may have git run other hooks, or none"));
            }
            _ => {}
        }
    }

    pub(super) fn telltale(&mut self, text: &str) {
        let text = text.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if says(&["git"]) && says(&["commit", "'am'", "\"am\""]) && has_short_n(&text) {
            self.object(Against::Ask, "a script that runs git with `-n` may get past the hooks");
        }
        let names = |word: &str| text.match_indices(word).any(|(at, _)| ends_there(&text, at + word.len()));
        if names(".git") && names("hooks") {
            self.object(Against::Ask, "a script that speaks of git's hooks may change them");
        }
        if let Some(found) = TELLTALES.iter().find(|word| text.contains(**word)) {
            self.object(Against::Ask, format!("a script that says `{found}` may get past the hooks"));
        }
    }

    pub(super) fn moves(&mut self, words: &[Word]) {
        let Some(to) = words.iter().find(|word| !word.text.starts_with('-')) else { return };
        for led in self.led(to) {
            self.moves(std::slice::from_ref(&led));
        }
        if to.is_open {
            for named in to.made.iter().flat_map(|made| &made.named) {
                self.moves(std::slice::from_ref(named));
            }
            if written::may_be_hooks(to) {
                self.object(Against::Ask, "it goes where the hooks are, by a way that cannot be seen here");
            }
            return;
        }
        let joined = |from: &String| {
            if to.text.starts_with(['/', '~']) { to.text.clone() } else { format!("{from}{}", to.text) }
        };
        let longer: usize = self.from.iter().map(|from| from.len() + to.text.len()).sum();
        if self.spend(longer).is_err() {
            return;
        }
        // A subshell comes back, so what was before may be again.
        let new: Vec<String> = self.from.iter().map(|from| format!("{}/", joined(from))).collect();
        self.from.extend(new);
        self.from.dedup();
        // The first is where the line starts, the last where it is if every `cd` counts.
        let most = self.from.len().saturating_sub(MOST_PLACES);
        self.from.drain(1..=most);
    }

    /// Jujutsu keeps a git repository, and runs none of its hooks.
    pub(super) fn jujutsu(&mut self, words: &[Word]) {
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
        let helps = words.iter().any(|word| matches!(word.text.as_str(), "--help" | "-h"));
        if !only_looks && !helps {
            self.object(Against::Ask, "jj makes commits, moves references and pushes past git's hooks: use git");
        }
    }

    pub(super) fn gov_hook(&mut self, words: &[Word]) {
        if words.iter().any(|word| matches!(word.text.as_str(), "--help" | "-h")) {
            return;
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
                self.object(Against::Deny, "only people approve; ask the person you work for");
            }
            ("uninstall", _) => self.object(Against::Deny, "`gov-hook uninstall` removes the hooks"),
            (verb @ ("record" | "init" | "override" | "licence"), _) => {
                self.object(
                    Against::Ask,
                    format!("`gov-hook {verb}` changes what counts here, and gives a person's reasons"),
                );
            }
            ("rules", "waive" | "baseline") | ("audit", "reconcile" | "merge") => {
                self.object(Against::Ask, "it changes what is found or what is on record, for a person's reasons");
            }
            _ => {}
        }
    }
}

/// Whether a text speaks of a short option `-n`, alone or among others.
fn has_short_n(text: &str) -> bool {
    let words = text.split(|sign: char| !(sign.is_ascii_alphanumeric() || sign == '-'));
    let mut letters = words.filter_map(|word| word.strip_prefix('-'));
    letters.any(|letters| letters.contains('n') && letters.bytes().all(|letter| b"aenmopqsv".contains(&letter)))
}

/// Whether no name goes on there.
fn ends_there(text: &str, at: usize) -> bool {
    !text.get(at..).is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_'))
}

/// Whether a variable holds settings of git.
fn is_setting(name: &str) -> bool {
    name == "GIT_CONFIG_PARAMETERS" || name.starts_with("GIT_CONFIG_KEY_") || name.starts_with("GIT_CONFIG_VALUE_")
}
