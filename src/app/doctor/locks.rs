//! Locks that nobody seems to hold any more: while they are there, nothing that they guard can be written.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::app::law::POLICY_PATH;
use crate::app::{Environment, Failure};
use crate::git::Repo;
use crate::model::{Arrange, Trouble, counted, shell_word};

/// Neither git nor gov-hook takes so long while nobody is asked anything.
const LONGEST: u64 = 60;

/// So many are named.
const MOST: usize = 5;

pub(super) fn locks(repo: &Repo, environment: &Environment, troubles: &mut Vec<Trouble>) -> Result<(), Failure> {
    let before = SystemTime::UNIX_EPOCH + Duration::from_secs(environment.moment()?.seconds().saturating_sub(LONGEST));
    let mut found = Vec::new();
    collect(repo.git_dir(), before, false, &mut found);
    collect(repo.common_dir(), before, false, &mut found);
    collect(&repo.common_dir().join("refs"), before, true, &mut found);
    if let Some(policy) = repo.work_dir().map(|root| root.join(POLICY_PATH)) {
        collect(policy.parent().unwrap_or(&policy), before, false, &mut found);
    }
    found.arrange();
    found.dedup();
    if !found.is_empty() {
        let named: Vec<&str> = found.iter().take(MOST).map(String::as_str).collect();
        troubles.push(Trouble {
            about: "locks",
            what: format!("{} older than a minute, and nothing can be written there", counted(found.len(), "lock")),
            mend: format!("if no git and no gov-hook is at work here: rm {}", named.join(" ")),
            is_wrong: false,
        });
    }
    Ok(())
}

/// Those in a folder, as a shell takes them, and in the folders below it.
fn collect(folder: &Path, before: SystemTime, is_deep: bool, found: &mut Vec<String>) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let (path, Ok(known)) = (entry.path(), entry.metadata()) else { continue };
        if known.is_dir() && is_deep {
            collect(&path, before, is_deep, found);
        }
        let is_lock = known.is_file() && path.extension().is_some_and(|extension| extension == "lock");
        if is_lock && known.modified().is_ok_and(|written| written < before) {
            found.push(shell_word(&path.display().to_string()));
        }
    }
}
