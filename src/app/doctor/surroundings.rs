//! What stands around the hooks: servers, the ledger, whoever writes to it, and the policy.

use std::path::{Path, PathBuf};

use crate::app::install::{Found, PARTIAL, SERVER, SHALLOW, is_clone, look, missing_fetch_rules, word};
use crate::app::law::POLICY_PATH;
use crate::app::memory::{Depth, other_than_ours, read};
use crate::app::{Environment, Failure, law};
use crate::git::{Git, Repo, fetching_all};
use crate::ledger::GENESIS_STREAM;
use crate::model::{LedgerHealth, ServerHealth, Trouble, WriterHealth, branch_reference, shell_word};

/// Whether a remote refuses what the hooks of a clone let by. Nothing is asked over a network.
pub(super) fn servers(
    repo: &Repo,
    environment: &Environment,
    troubles: &mut Vec<Trouble>,
) -> Result<Vec<ServerHealth>, Failure> {
    let copies = repo.streams()?;
    let git = Git::on(&environment.path).into_iter().next();
    let mut servers = Vec::new();
    for (remote, url) in repo.remotes() {
        let keeps_ledger = copies.iter().any(|stream| stream.remote.as_deref() == Some(remote.as_str()));
        let folder = local(repo, &url).zip(git.as_ref());
        let hooks = folder.map(|(folder, git)| (git.hooks_in(&folder), folder));
        let (enforcing, why) = match hooks {
            Some((Ok(hooks), folder)) => {
                let missing: Vec<&str> = SERVER.into_iter().filter(|stage| !is_ours(&hooks.path.join(stage))).collect();
                if missing.is_empty() {
                    (Some(true), "refuses what a clone let through".to_owned())
                } else {
                    troubles.push(Trouble {
                        about: "server",
                        what: format!(
                            "{remote} accepts whatever is pushed: gov-hook has no {} there",
                            missing.join(", ")
                        ),
                        mend: format!("gov-hook -C {} install --server", word(&folder)),
                        is_wrong: false,
                    });
                    (Some(false), "accepts whatever is pushed".to_owned())
                }
            }
            Some((Err(_), _)) => (None, "cannot be inspected".to_owned()),
            None if keeps_ledger => {
                (None, "keeps the ledger; it cannot be seen from here whether it enforces anything".to_owned())
            }
            None => (None, "it cannot be seen from here whether it enforces anything".to_owned()),
        };
        servers.push(ServerHealth { remote, enforcing, keeps_ledger, why });
    }
    Ok(servers)
}

fn is_ours(hook: &Path) -> bool {
    matches!(look(hook), Ok(Found::Ours { runs: true, .. }))
}

/// The folder that a remote's address leads to, if it is on this machine.
fn local(repo: &Repo, url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("file://").unwrap_or(url);
    let folder = repo.home().join(path);
    folder.is_dir().then(|| folder.canonicalize().unwrap_or(folder))
}

pub(super) fn ledger(repo: &Repo, troubles: &mut Vec<Trouble>) -> LedgerHealth {
    let wrong = |what: String| Trouble { about: "ledger", what, mend: "gov-hook audit verify".into(), is_wrong: true };
    match read(repo, Depth::News, &|_| ()) {
        Ok(reading) => {
            if !reading.verdict.damage.is_empty() {
                let another = other_than_ours(repo).ok().flatten();
                troubles.push(another.map_or_else(
                    || wrong("the ledger is damaged".into()),
                    |remote| Trouble {
                        about: "ledger",
                        what: format!("{remote} has another ledger than this clone began, and takes nothing of it"),
                        mend: format!("gov-hook audit reconcile {GENESIS_STREAM} {}", shell_word(&remote)),
                        is_wrong: true,
                    },
                ));
            }
            LedgerHealth {
                streams: reading.streams,
                entries: reading.entries,
                damage: Some(reading.verdict.damage.len()),
            }
        }
        Err(failure) => {
            let trouble = wrong(format!("the ledger cannot be read: {}", failure.in_short()));
            troubles.push(Trouble { mend: failure.remedy().map_or(trouble.mend, str::to_owned), ..trouble });
            LedgerHealth::default()
        }
    }
}

/// What a clone that has not the whole history cannot do.
pub(super) fn history(repo: &Repo, troubles: &mut Vec<Trouble>) {
    if repo.is_shallow() {
        troubles.push(Trouble {
            about: "history",
            what: SHALLOW.into(),
            mend: format!("git fetch --unshallow {}", shell_word(&repo.remote_name())),
            is_wrong: false,
        });
    }
    if let Some(remote) = repo.leaves_out() {
        troubles.push(Trouble { about: "history", what: PARTIAL.into(), mend: fetching_all(&remote), is_wrong: false });
    }
}

/// The remote this clone came from, and whether its ledger is fetched along.
pub(super) fn fetched(repo: &Repo, troubles: &mut Vec<Trouble>) -> Result<Option<(String, bool)>, Failure> {
    if !repo.has_remote() || !is_clone(repo)? {
        return Ok(None);
    }
    let remote = repo.remote_name();
    let missing = missing_fetch_rules(repo, &remote)?;
    let is_fetched = missing.is_empty();
    if !is_fetched {
        let commands: Vec<String> = missing
            .iter()
            .map(|(key, value)| format!("git config --add {} {}", shell_word(key), shell_word(value)))
            .collect();
        troubles.push(Trouble {
            about: "notes",
            what: format!("the ledger of others is not fetched from {remote}"),
            mend: commands.join(" && "),
            is_wrong: true,
        });
    }
    Ok(Some((remote, is_fetched)))
}

pub(super) fn policy(repo: &Repo, troubles: &mut Vec<Trouble>) -> Option<String> {
    let is_unborn = repo.head().is_ok_and(|head| head.commit().is_none());
    if let Some(default) = repo.default_branch().ok().flatten().filter(|_| repo.is_bare() && is_unborn) {
        troubles.push(Trouble {
            about: "server",
            what: "HEAD names no branch that is here, so a new one could set itself above the policy of others".into(),
            mend: format!("git symbolic-ref HEAD {}", shell_word(&branch_reference(&default))),
            is_wrong: false,
        });
    }
    let read = repo.head().map_err(Failure::from).and_then(|head| law::Law::at(repo, head.commit()));
    match read {
        Ok(law) => {
            if law.reference.built_in {
                troubles.push(Trouble {
                    about: "policy",
                    what: "the built-in policy applies: no .gov/policy.yaml is in force".into(),
                    mend: if waits_for_a_commit(repo) {
                        format!("git add {POLICY_PATH} && git commit")
                    } else {
                        "gov-hook init".into()
                    },
                    is_wrong: false,
                });
            }
            Some(law.reference.origin)
        }
        Err(failure) => {
            troubles.push(Trouble {
                about: "policy",
                what: format!("the policy cannot be read: {}", failure.in_short()),
                mend: failure.remedy().unwrap_or("gov-hook policy check").to_owned(),
                is_wrong: true,
            });
            None
        }
    }
}

/// Whether there is a policy that is in force nowhere yet, which `gov-hook init` would not replace.
fn waits_for_a_commit(repo: &Repo) -> bool {
    repo.work_dir().is_some_and(|root| root.join(POLICY_PATH).exists())
}

pub(super) fn writer(repo: &Repo, environment: &Environment, troubles: &mut Vec<Trouble>) -> WriterHealth {
    let must_sign = repo.head().map_err(Failure::from).and_then(|head| law::policy_at(repo, head.commit()));
    let must_sign = must_sign.is_ok_and(|(policy, _)| policy.audit.sign);
    let signs = repo.config_string("gpg.format").as_deref() == Some("ssh");
    let key = repo.config_path("user.signingkey").filter(|_| signs);
    let writer = WriterHealth {
        name: environment.committer.name.clone().or_else(|| repo.config_string("user.name")),
        email: environment.committer.email.clone().or_else(|| repo.config_string("user.email")),
        key: key.as_ref().map(|key| key.display().to_string()),
        must_sign,
    };
    if repo.is_bare()
        && !must_sign
        && environment.pusher.is_none()
        && SERVER.iter().any(|stage| is_ours(&repo.common_dir().join("hooks").join(stage)))
    {
        troubles.push(Trouble {
            about: "server",
            what: "it does not know who pushes, so anyone who may push can write to a stream bound to an address".into(),
            mend: "have sshd or the web server set GOV_HOOK_PUSHER to the pusher's address, or set `audit: { sign: true }` in the policy"
                .into(),
            is_wrong: false,
        });
    }
    let mut wrong = |what: &str, mend: &str| {
        troubles.push(Trouble { about: "identity", what: what.into(), mend: mend.into(), is_wrong: true });
    };
    if writer.email.is_none() && is_clone(repo).unwrap_or_default() {
        wrong("git knows no address to record decisions under", "git config user.email you@example.com");
    }
    match &key {
        None if must_sign => wrong(
            "the policy requires a signed ledger, but no SSH key is configured",
            "git config gpg.format ssh && git config user.signingkey ~/.ssh/id_ed25519.pub",
        ),
        Some(key) if !key.exists() => wrong(
            "the SSH key that git is configured to sign with does not exist",
            "git config user.signingkey ~/.ssh/id_ed25519.pub",
        ),
        _ => {}
    }
    writer
}
