//! Which hooks were installed or uninstalled, for people.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::escape::printable;
use crate::model::{counted, shell_word};

/// What became of the hook of one stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub stage: String,
    pub what: What,
    /// What was kept before and is not run in its own name any more.
    pub older: Vec<PathBuf>,
    /// What was there under the name of something kept, ran at no time, and waits aside.
    pub unused: Vec<PathBuf>,
}

/// Others' hooks are named by what keeps them, where that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// There is nothing to do.
    Current,
    Written,
    /// One of an older version, or of a binary elsewhere, was replaced.
    Renewed,
    /// Somebody else's stood there, and is kept.
    Chained {
        by: Option<&'static str>,
        /// Git ran it there; what is not executable is only kept.
        runs: bool,
    },
    Removed,
    /// What was kept stands there again.
    Restored,
    /// Ours was kept by a framework that was installed over it, and is gone from there.
    Unchained(Option<&'static str>),
}

/// The remote whose streams are fetched from now on.
#[derive(Clone, Debug)]
pub struct Fetching {
    pub remote: String,
    /// The command by which all of its branches are fetched, where only one is.
    pub all_branches: Option<String>,
}

/// What the remote has of a ledger, where this clone has not seen one before.
#[derive(Clone, Debug)]
pub enum Brought {
    Ledger {
        remote: String,
        streams: usize,
    },
    /// Another than this clone began; `mend` starts over under it.
    Another {
        remote: String,
        mend: String,
    },
    Unreachable {
        remote: String,
        why: String,
    },
}

#[derive(Clone, Debug)]
pub struct Installed {
    pub folder: PathBuf,
    pub done: Vec<Done>,
    /// How many of gov-hook's files were taken out of the hooks folder for it.
    pub removed: usize,
    pub fetched: Option<Fetching>,
    pub brought: Option<Brought>,
    /// What the clone lacks, each with what fetches it.
    pub missing: Vec<String>,
    /// Gits that would run none of them, with their versions.
    pub idle: Vec<(PathBuf, String)>,
    /// Whether the hooks lie in the work tree, where others may have them too.
    pub is_tree: bool,
}

#[must_use]
pub fn installed(found: &Installed) -> String {
    let Installed { folder, done, removed, fetched, brought, missing, idle, is_tree } = found;
    let mut text = put(folder, done);
    for done in done {
        kept(done, &mut text);
    }
    // Writing to a `String` cannot fail, here and below.
    if *removed > 0 {
        let _ = writeln!(text, "  {} of gov-hook removed from the hooks folder", counted(*removed, "file"));
    }
    if let Some(Fetching { remote, all_branches }) = fetched {
        let _ = writeln!(text, "  git fetch {remote} now also fetches the ledger");
        if let Some(command) = all_branches {
            let _ = writeln!(
                text,
                "    and, as before, of its branches only the one that is HEAD there, to FETCH_HEAD\n    to fetch all of them: {command}"
            );
        }
    }
    text.extend(brought.iter().map(ledger));
    for missing in missing {
        let _ = writeln!(text, "  {missing}");
    }
    for (program, version) in idle {
        let _ = writeln!(text, "  {} is git {version}, which does not run them", program.display());
    }
    if *is_tree {
        let _ = writeln!(text, "  they run this gov-hook by its path; if it is gone, the one on PATH");
    }
    text + "next: check that git really runs them\n  gov-hook doctor\n"
}

/// Which hooks are where.
fn put(folder: &Path, done: &[Done]) -> String {
    let named: Vec<&str> = done.iter().map(|done| done.stage.as_str()).collect();
    let place = folder.display();
    let first = if done.iter().all(|done| done.what == What::Current) {
        format!("{} already current in {place}", if named.len() == 1 { "the hook is" } else { "the hooks are" })
    } else {
        format!("installed {} in {place}", counted(named.len(), "hook"))
    };
    format!("{first}\n  {}\n", named.join(", "))
}

/// What of others' stays, and whether it runs.
fn kept(Done { stage, what, older, unused }: &Done, text: &mut String) {
    if let What::Chained { by, runs } = what {
        let whose = by.map_or_else(|| "what was there".to_owned(), |by| format!("the hook of {by}"));
        let then = if *runs { "runs first" } else { "does not run, because it is not executable" };
        let _ = writeln!(text, "  {stage}: {whose} is kept as {stage}.legacy and {then}");
    }
    for path in older {
        let _ = writeln!(text, "    what it had kept before runs too: {}", path.display());
    }
    for name in unused.iter().filter_map(|path| path.file_name()) {
        let name = name.display();
        let _ = writeln!(text, "  {stage}: the {name} of before did not run and does not; `uninstall` puts it back");
    }
}

fn ledger(brought: &Brought) -> String {
    match brought {
        Brought::Ledger { remote, streams } => {
            format!("  the ledger of {} is here, {}\n", printable(remote), counted(*streams, "stream"))
        }
        Brought::Another { remote, mend } => format!(
            "  {} has another ledger than this clone began\n    start over under it: {mend}\n",
            printable(remote)
        ),
        Brought::Unreachable { remote, why } => format!(
            "  whether {} has a ledger could not be asked: {}\n    before the first commit: gov-hook audit sync {}\n",
            printable(remote),
            printable(why),
            shell_word(remote)
        ),
    }
}

/// What was taken away, with the remote whose ledger is not fetched any more and what was said of agents.
#[must_use]
pub fn uninstalled(done: &[Done], fetched: Option<&str>, asked: Option<&str>) -> String {
    let mut text = String::new();
    for Done { stage, what, older, .. } in done {
        let _ = match what {
            What::Restored => writeln!(text, "  {stage}: what was there before is restored"),
            What::Unchained(by) => {
                writeln!(text, "  {stage}: taken out of what {} runs", by.unwrap_or("another program"))
            }
            What::Removed | What::Current | What::Written | What::Renewed | What::Chained { .. } => {
                writeln!(text, "  {stage}: removed")
            }
        };
        for path in older {
            let _ = writeln!(text, "    still there, and not run: {}", path.display());
        }
    }
    if let Some(remote) = fetched {
        let _ = writeln!(text, "  git fetch {remote} no longer fetches the ledger");
    }
    if let Some(asked) = asked {
        let _ = writeln!(text, "  {asked}");
    }
    let first = if done.is_empty() && text.is_empty() {
        "no hooks of gov-hook are installed here\n".to_owned()
    } else {
        format!("uninstalled {}; the ledger and the policy stay\n", counted(done.len(), "hook"))
    };
    first + &text
}
