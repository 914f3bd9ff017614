//! What stands against a variable that is set, or unset where it has no value.

use super::words::{Word, is_one_of};
use super::{Objection, git};

pub(super) const AGENT: &str = "GOV_HOOK_AGENT";

/// Variables that name a command for git or a shell to run.
const COMMANDS: &str = "GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_PAGER GIT_SSH_COMMAND GIT_PROXY_COMMAND GIT_EXTERNAL_DIFF GIT_ASKPASS \
     SSH_ASKPASS EDITOR VISUAL PAGER PROMPT_COMMAND BASH_ENV PS4";

/// Whether git or a shell runs what the variable holds.
pub(super) fn is_run(name: &str) -> bool {
    is_one_of(name, COMMANDS) || name.starts_with("GIT_CONFIG_VALUE_")
}

pub(super) fn objection(name: &str, value: &Word) -> Option<Objection> {
    let is_on = value.is_open || !matches!(value.text.as_str(), "" | "0");
    let text = value.text.to_ascii_lowercase();
    if let Some(why) = git::against_hooks(&text).filter(|_| is_setting(name)) {
        return Some(Objection::deny(why));
    }
    match name {
        "GOV_HOOK_DISABLED" if is_on => {
            Some(Objection::deny("`GOV_HOOK_DISABLED` switches the hooks off; that is for a person to do"))
        }
        AGENT if !is_on => Some(Objection::deny("`GOV_HOOK_AGENT` says that an agent is at work; it stays set")),
        "SKIP" | "PREK_SKIP" | "PRE_COMMIT_SKIP" if text.contains("gov-hook") => {
            Some(Objection::deny(format!("`{name}` would keep gov-hook out of the hooks that run")))
        }
        _ if is_setting(name) && (value.is_open || git::leads_elsewhere(&text)) => {
            Some(Objection::ask(format!("`{name}` may have git run something other than it says")))
        }
        "GIT_NOTES_REF" if git::is_ledger(&value.text) => {
            Some(Objection::deny("the ledger in refs/notes/gov is written by gov-hook alone"))
        }
        "CDPATH" if is_on => Some(Objection::ask("`CDPATH` has `cd` go elsewhere than it says")),
        "GIT_CONFIG_GLOBAL" | "GIT_CONFIG_SYSTEM" | "GIT_EXEC_PATH" => {
            Some(Objection::ask(format!("`{name}` may have git run other hooks, or none")))
        }
        _ => None,
    }
}

/// Whether a variable holds settings of git.
fn is_setting(name: &str) -> bool {
    name == "GIT_CONFIG_PARAMETERS" || name.starts_with("GIT_CONFIG_KEY_") || name.starts_with("GIT_CONFIG_VALUE_")
}
