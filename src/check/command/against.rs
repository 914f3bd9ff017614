//! What stands against a variable that is set, a script in another language, a place that is gone to
//! and a verb of gov-hook's own.

use super::shell::Word;
use super::{Against, Looker, MOST_PLACES, git, written};

pub(super) const AGENT: &str = "GOV_HOOK_AGENT";

/// Words that a script in another language has no good reason to say.
const TELLTALES: [&str; 8] = [
    "--no-verify",
    "hookspath",
    ".git/hooks",
    ".git/config",
    ".gov/",
    "refs/notes/gov",
    "gov_hook_disabled",
    "gov_hook_agent",
];

impl Looker {
    /// A variable that is set, or unset where it has no value.
    pub(super) fn variable(&mut self, name: &str, value: &Word) {
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
        if says(&["git"]) && says(&["commit", "'am'", "\"am\""]) && says(&["'-n", "\"-n", " -n"]) {
            self.object(Against::Ask, "a script that runs git with `-n` may get past the hooks");
        }
        if let Some(found) = TELLTALES.iter().find(|word| text.contains(**word)) {
            self.object(Against::Ask, format!("a script that says `{found}` may get past the hooks"));
        }
    }

    pub(super) fn moves(&mut self, words: &[Word]) {
        let Some(to) = words.iter().find(|word| !word.text.starts_with('-')) else { return };
        if to.is_open {
            if written::may_be_hooks(to) {
                self.object(Against::Ask, "it goes where the hooks are, by a way that cannot be seen here");
            }
            return;
        }
        let joined = |from: &String| {
            if to.text.starts_with(['/', '~']) { to.text.clone() } else { format!("{from}{}", to.text) }
        };
        // A subshell comes back, so what was before may be again.
        let new: Vec<String> = self.from.iter().map(|from| format!("{}/", joined(from))).collect();
        self.from.extend(new);
        self.from.dedup();
        self.from.truncate(MOST_PLACES);
    }

    pub(super) fn gov_hook(&mut self, words: &[Word]) {
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

/// Whether a variable holds settings of git.
fn is_setting(name: &str) -> bool {
    name == "GIT_CONFIG_PARAMETERS" || name.starts_with("GIT_CONFIG_KEY_") || name.starts_with("GIT_CONFIG_VALUE_")
}
