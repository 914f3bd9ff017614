//! Clones that do not see the same root: of a branch of its own, of a history that was rewritten, or of a
//! part of it alone. They write one ledger all the same.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Said, Scratch};

/// A remote with a branch that begins anew beside `main`, and with a ledger that begins with that of `main`.
fn shared() -> Scratch {
    let scratch = Scratch::new();
    scratch.origin();
    scratch.install_hooks();
    scratch.write("a.txt", "one\n");
    scratch.commit_by_hand("One");
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.git(&["checkout", "-q", "--orphan", "pages"]);
    scratch.git(&["rm", "-rqf", "."]);
    scratch.write("index.html", "<p>one</p>\n");
    scratch.commit_by_hand("Pages");
    scratch.git(&["push", "-q", "origin", "pages"]);
    scratch.git(&["checkout", "-q", "main"]);
    scratch
}

/// A clone of somebody else, without hooks.
fn clone_of(scratch: &Scratch, who: &str, arguments: &[&str]) -> PathBuf {
    let path = scratch.beside(who);
    let url = format!("file://{}", scratch.beside("origin.git").display());
    scratch.git(&[&["clone", "-q"], arguments, &[&url, &path.to_string_lossy()]].concat());
    scratch.git_in(&path, &["config", "user.email", &format!("{who}@example.com")]);
    path
}

fn install_in(scratch: &Scratch, clone: &Path) -> String {
    let said = scratch.run_in(clone, &["install"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    said.out
}

/// Hooks as they are installed where the remote cannot be reached.
fn install_offline(scratch: &Scratch, clone: &Path) -> String {
    let (origin, away) = (scratch.beside("origin.git"), scratch.beside("away.git"));
    fs::rename(&origin, &away).unwrap();
    let out = install_in(scratch, clone);
    fs::rename(&away, &origin).unwrap();
    out
}

fn commit_in(scratch: &Scratch, clone: &Path, name: &str) {
    fs::write(clone.join(name), format!("{name}\n")).unwrap();
    scratch.git_in(clone, &["add", "--all"]);
    scratch.git_in(clone, &["commit", "-q", "-m", name]);
}

fn push_from(scratch: &Scratch, clone: &Path) -> Said {
    scratch.tried_in(clone, &["push", "-q", "origin", "HEAD"])
}

fn refs(scratch: &Scratch, repository: &Path, under: &str) -> String {
    scratch.git_in(repository, &["for-each-ref", "--format=%(refname) %(objectname)", under])
}

fn genesis(scratch: &Scratch, repository: &Path) -> String {
    scratch.git_in(repository, &["rev-parse", "refs/notes/gov/genesis"])
}

fn synced(scratch: &Scratch, clone: &Path) -> String {
    let said = scratch.run_in(clone, &["audit", "sync"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    said.out
}

/// How the last commits of a clone stand.
fn statuses(scratch: &Scratch, clone: &Path, range: &str) -> Value {
    scratch.run_in(clone, &["audit", "report", range, "--format", "json"]).json()["commits"]["by_status"].clone()
}

fn enforce(scratch: &Scratch) -> PathBuf {
    let server = scratch.beside("origin.git");
    assert_eq!(scratch.run_in(&server, &["install", "--server"]).code, 0);
    server
}

/// The entries of all streams that people write, in a repository.
fn entries(scratch: &Scratch, repository: &Path) -> Vec<Value> {
    let streams = scratch.streams_in(repository);
    streams.iter().flat_map(|stream| scratch.entries_in(repository, stream)).collect()
}

#[test]
fn a_clone_of_a_branch_with_a_root_of_its_own_goes_on_with_the_ledger_of_all() {
    let scratch = shared();
    let server = enforce(&scratch);
    let lin = clone_of(&scratch, "lin", &["--single-branch", "-b", "pages"]);

    let said = install_in(&scratch, &lin);
    assert!(said.contains("\n  the ledger of origin is here, 2 streams\n"), "{said}");
    let well = scratch.run_in(&lin, &["doctor"]);
    assert!(well.out.starts_with("all is well"), "{}", well.out);
    commit_in(&scratch, &lin, "two.html");
    let pushed = push_from(&scratch, &lin);

    assert_eq!(pushed.code, 0, "{}", pushed.err);
    assert_eq!(genesis(&scratch, &lin), genesis(&scratch, &scratch.path("")));
    scratch.is_replayed_in(&lin);
    scratch.is_replayed_in(&server);
    synced(&scratch, &scratch.path(""));
    scratch.is_replayed_in(&scratch.path(""));
}

#[test]
fn a_clone_made_after_the_history_was_rewritten_goes_on_with_the_ledger_of_before() {
    let scratch = shared();
    scratch.git(&["checkout", "-q", "--orphan", "anew"]);
    scratch.git(&["commit", "-q", "-m", "Anew"]);
    scratch.git(&["branch", "-M", "anew", "main"]);
    scratch.git(&["push", "-q", "--force", "--no-verify", "origin", "main"]);
    scratch.git(&["push", "-q", "--no-verify", "origin", ":pages"]);
    let server = enforce(&scratch);
    let lin = clone_of(&scratch, "lin", &["--single-branch"]);

    install_in(&scratch, &lin);
    assert_eq!(scratch.run_in(&lin, &["doctor"]).code, 0);
    commit_in(&scratch, &lin, "two.txt");
    let pushed = push_from(&scratch, &lin);

    assert_eq!(pushed.code, 0, "{}", pushed.err);
    assert_eq!(genesis(&scratch, &lin), genesis(&scratch, &scratch.path("")));
    scratch.is_replayed_in(&lin);
    let verified = scratch.run_in(&server, &["audit", "verify", "--full"]);
    assert_eq!(verified.code, 0, "{}", verified.out);
    // Whoever only looks does not have that root either.
    synced(&scratch, &scratch.path(""));
    let auditor = clone_of(&scratch, "auditor", &[]);
    synced(&scratch, &auditor);
    assert_eq!(scratch.run_in(&auditor, &["audit", "verify", "--full"]).code, 0);
}

#[test]
fn a_clone_that_began_its_own_ledger_starts_over_by_the_command_that_is_told() {
    let scratch = shared();
    let server = enforce(&scratch);
    let lin = clone_of(&scratch, "lin", &["--single-branch", "-b", "pages"]);
    let said = install_offline(&scratch, &lin);
    assert!(said.contains("\n    before the first commit: gov-hook audit sync origin\n"), "{said}");
    commit_in(&scratch, &lin, "two.html");
    // Somebody else at the same machine, who was asked for it.
    fs::write(lin.join("three.html"), "three\n").unwrap();
    scratch.git_in(&lin, &["add", "--all"]);
    let mut command = scratch.command("git", &lin);
    command.env("GIT_COMMITTER_EMAIL", "joe@example.com").env("GOV_HOOK_REQUESTED_BY", "ada@example.com");
    assert!(command.args(["commit", "-q", "-m", "three"]).status().unwrap().success());
    let there = refs(&scratch, &server, "refs/notes");

    let refused = push_from(&scratch, &lin);
    assert_eq!(refused.code, 1);
    assert!(
        refused.err.contains(
            "origin has another ledger, with another refs/notes/gov/genesis\n  \
             because: this clone began one of its own, from another root, before it knew of that one\n"
        ),
        "{}",
        refused.err
    );
    let told = "gov-hook audit reconcile genesis origin";
    assert!(refused.err.contains(&format!("put on record again: {told}\n")), "{}", refused.err);
    let told_too = scratch.run_in(&lin, &["audit", "sync"]);
    assert!(told_too.code == 1 && told_too.out.ends_with(&format!("mend it: {told}\n")), "{}", told_too.out);
    assert_eq!(refs(&scratch, &server, "refs/notes"), there, "nothing of another ledger goes along");
    scratch.git_in(&lin, &["fetch", "-q"]);
    let ill = scratch.run_in(&lin, &["doctor"]);
    assert!(ill.out.starts_with("wrong: origin has another ledger than this clone began"), "{}", ill.out);
    assert!(ill.out.contains(&format!("mend it: {told}\n")), "{}", ill.out);
    let before = refs(&scratch, &lin, "refs/notes/gov");
    let reconciled = scratch.run_in(&lin, &told.split(' ').skip(1).collect::<Vec<_>>());

    assert_eq!((reconciled.code, reconciled.err.as_str()), (0, ""));
    assert!(reconciled.out.starts_with("the ledger of this clone starts over, from the genesis of origin\n"));
    assert!(reconciled.out.ends_with("\ntell the others: gov-hook audit sync origin\n"), "{}", reconciled.out);
    assert_eq!(reconciled.out.matches("on record again in ").count(), 2, "{}", reconciled.out);
    let aside = refs(&scratch, &lin, "refs/gov-hook/given-up");
    for tip in before.lines().map(|line| line.rsplit_once(' ').unwrap().1) {
        assert!(aside.contains(tip), "{tip} is not in {aside}");
    }
    assert_eq!(genesis(&scratch, &lin), genesis(&scratch, &server));
    scratch.is_replayed_in(&lin);
    let pushed = push_from(&scratch, &lin);
    assert_eq!(pushed.code, 0, "{}", pushed.err);
    assert_eq!(statuses(&scratch, &lin, "HEAD~2..HEAD"), serde_json::json!({ "recorded": 2 }));
    let restated = entries(&scratch, &server);
    let asked = restated.iter().filter(|entry| entry["requested_by"] == "ada@example.com");
    assert!(asked.clone().count() >= 2, "who asked for it is still known");
    assert!(asked.clone().all(|entry| entry["actor"]["email"] == "joe@example.com"));
    for repository in [&lin, &server] {
        scratch.is_replayed_in(repository);
    }
    synced(&scratch, &scratch.path(""));
    scratch.is_replayed_in(&scratch.path(""));
    let again = scratch.run_in(&lin, &["audit", "reconcile", "genesis"]);
    assert_eq!(again.out, "genesis is the same here and on origin: nothing to reconcile\n");
}

#[test]
fn what_was_set_aside_before_the_end_is_said_again_by_the_same_command() {
    let scratch = shared();
    let lin = clone_of(&scratch, "lin", &["--single-branch", "-b", "pages"]);
    install_offline(&scratch, &lin);
    commit_in(&scratch, &lin, "two.html");
    let old = scratch.streams_in(&lin).remove(0);
    let tip = scratch.git_in(&lin, &["rev-parse", &old]);
    assert_eq!(scratch.run_in(&lin, &["audit", "reconcile", "genesis"]).code, 0);

    // As if nothing had been said again yet, or a hook had still written under the old one.
    let new = scratch.streams_in(&lin).remove(0);
    scratch.git_in(&lin, &["update-ref", "-d", &new]);
    let pins = lin.join(".git/gov/pins.json");
    let mut pinned: Value = serde_json::from_slice(&fs::read(&pins).unwrap()).unwrap();
    pinned["streams"].as_object_mut().unwrap().remove(new.rsplit('/').next().unwrap()).unwrap();
    fs::write(&pins, pinned.to_string()).unwrap();
    scratch.git_in(&lin, &["update-ref", &old, &tip]);
    let again = scratch.run_in(&lin, &["audit", "reconcile", "genesis"]);

    assert_eq!(again.code, 0, "{}", again.err);
    assert!(again.out.starts_with("put 2 entries on record again in "), "{}", again.out);
    assert_eq!(scratch.streams_in(&lin), [new]);
    scratch.is_replayed_in(&lin);
}

#[test]
fn no_remote_makes_a_clone_give_up_what_others_have_seen() {
    let scratch = shared();
    let work = scratch.path("");
    let lin = clone_of(&scratch, "lin", &[]);
    install_in(&scratch, &lin);
    commit_in(&scratch, &lin, "two.txt");
    assert_eq!(push_from(&scratch, &lin).code, 0);
    synced(&scratch, &work);
    // The remote comes to have another ledger, of a repository that nobody has heard of.
    let other = Scratch::unborn();
    other.install_hooks();
    other.write("b.txt", "other root\n");
    other.commit_by_hand("Elsewhere");
    let origin = scratch.beside("origin.git");
    for line in refs(&scratch, &origin, "refs/notes/gov").lines() {
        scratch.git_in(&origin, &["update-ref", "-d", line.split(' ').next().unwrap()]);
    }
    other.git(&["push", "-q", "--no-verify", &origin.to_string_lossy(), "refs/notes/gov/*:refs/notes/gov/*"]);
    let before = refs(&scratch, &work, "refs/notes/gov");
    let reconciled = |why: &str| {
        let said = scratch.run(&["audit", "reconcile", "genesis"]);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{}", said.err);
        assert!(said.err.contains("the ledger of this clone is not given up\n"), "{}", said.err);
        assert!(said.err.contains(why), "{why}: {}", said.err);
        assert_eq!(refs(&scratch, &work, "refs/notes/gov"), before);
        assert_eq!(refs(&scratch, &work, "refs/gov-hook"), "");
    };

    reconciled("a remote has had its genesis");
    fs::remove_file(scratch.path(".git/gov/shared")).unwrap();
    reconciled("a remote has had its genesis");
    for line in refs(&scratch, &work, "refs/notes/remotes").lines() {
        scratch.git(&["update-ref", "-d", line.split(' ').next().unwrap()]);
    }
    reconciled("somebody else wrote ");
    let pins = scratch.path(".git/gov/pins.json");
    fs::rename(&pins, scratch.beside("pins")).unwrap();
    reconciled("somebody else wrote refs/notes/gov/");
    fs::rename(scratch.beside("pins"), &pins).unwrap();
    // A fetch brings nothing of it either, and what was seen stays what is verified.
    assert_eq!(scratch.run(&["audit", "sync"]).code, 1);
    assert_eq!(refs(&scratch, &work, "refs/notes/gov"), before);
    scratch.is_replayed_in(&work);
    // Nor does one whose streams are gone; their heads were seen.
    for line in before.lines().filter(|line| !line.contains("/genesis ")) {
        scratch.git(&["update-ref", "-d", line.split(' ').next().unwrap()]);
    }
    let said = scratch.run(&["audit", "reconcile", "genesis"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("somebody else wrote "), "{}", said.err);
    // And a genesis that is gone is not drawn from the first remote that has one.
    scratch.git(&["update-ref", "-d", "refs/notes/gov/genesis"]);
    scratch.git(&["fetch", "-q", "origin"]);
    scratch.commit_by_hand("Later");
    assert_eq!(genesis(&scratch, &work), genesis_before(&before));
}

#[test]
fn a_stream_that_a_remote_took_before_is_taken_away_there_first() {
    let scratch = shared();
    let lin = clone_of(&scratch, "lin", &["--single-branch", "-b", "pages"]);
    install_offline(&scratch, &lin);
    commit_in(&scratch, &lin, "two.html");
    let stream = scratch.streams_in(&lin).remove(0);
    scratch.git_in(&lin, &["push", "-q", "--no-verify", "origin", &format!("{stream}:{stream}")]);

    let refused = scratch.run_in(&lin, &["audit", "reconcile", "genesis"]);
    assert_eq!(refused.code, 2);
    let mend = format!("git push --no-verify origin :{stream}");
    assert!(refused.err.contains(&mend), "{}", refused.err);
    scratch.git_in(&lin, &mend.split(' ').skip(1).collect::<Vec<_>>());

    assert_eq!(scratch.run_in(&lin, &["audit", "reconcile", "genesis"]).code, 0);
    assert_eq!(push_from(&scratch, &lin).code, 0);
    scratch.is_replayed_in(&lin);
}

#[test]
fn commits_of_a_shallow_clone_are_on_record_once_its_root_is_there() {
    let scratch = Scratch::new();
    scratch.origin();
    scratch.commit_all("Two");
    scratch.git(&["push", "-q", "origin", "main"]);
    let server = enforce(&scratch);
    let shallow = clone_of(&scratch, "lin", &["--depth", "1"]);
    install_in(&scratch, &shallow);

    fs::write(shallow.join("staged.txt"), "staged\n").unwrap();
    scratch.git_in(&shallow, &["add", "--all"]);
    assert_eq!(scratch.run_in(&shallow, &["check", "--staged"]).code, 0);
    commit_in(&scratch, &shallow, "one.txt");
    commit_in(&scratch, &shallow, "two.txt");
    assert_eq!(scratch.run_in(&shallow, &["audit", "verify", "--full"]).code, 0);
    let refused = push_from(&scratch, &shallow);

    assert_eq!(refused.code, 1);
    assert!(
        refused.err.contains("this shallow clone lacks the root that its ledger is to begin with"),
        "{}",
        refused.err
    );
    assert!(refused.err.contains("git fetch --unshallow origin"), "{}", refused.err);
    assert_eq!(refs(&scratch, &server, "refs/notes"), "");
    let by_hand = scratch.try_git_in(&shallow, &["push", "-q", "origin", "refs/notes/gov/genesis"]);
    assert!(!by_hand.status.success(), "it holds in this clone alone");
    scratch.git_in(&shallow, &["fetch", "-q", "--unshallow", "origin"]);
    let pushed = push_from(&scratch, &shallow);
    assert_eq!(pushed.code, 0, "{}", pushed.err);
    assert!(
        pushed.err.contains("the ledger of this clone starts over, from the root of the history\n"),
        "{}",
        pushed.err
    );
    assert_eq!(statuses(&scratch, &shallow, "HEAD~2..HEAD"), serde_json::json!({ "recorded": 2 }));
    scratch.is_replayed_in(&shallow);
    scratch.is_replayed_in(&server);
    // Whoever has the whole history makes the same genesis of it.
    assert_eq!(scratch.run(&["check", "HEAD", "--record"]).code, 0);
    assert_eq!(genesis(&scratch, &scratch.path("")), genesis(&scratch, &shallow));
    let again = push_from(&scratch, &shallow);
    assert!(again.code == 0 && !again.err.contains("starts over"), "{}", again.err);
}

#[test]
fn a_shallow_clone_that_did_not_know_of_the_ledger_goes_on_with_it_at_its_push() {
    let scratch = shared();
    let shallow = clone_of(&scratch, "lin", &["--depth", "1"]);
    install_offline(&scratch, &shallow);
    commit_in(&scratch, &shallow, "two.txt");
    assert_ne!(genesis(&scratch, &shallow), genesis(&scratch, &scratch.path("")));

    let pushed = push_from(&scratch, &shallow);

    assert_eq!(pushed.code, 0, "{}", pushed.err);
    assert!(
        pushed.err.contains("the ledger of this clone starts over, from the genesis of origin\n"),
        "{}",
        pushed.err
    );
    assert_eq!(genesis(&scratch, &shallow), genesis(&scratch, &scratch.path("")));
    synced(&scratch, &scratch.path(""));
    scratch.is_replayed_in(&scratch.path(""));
    scratch.git_in(&shallow, &["fetch", "-q", "--unshallow", "origin"]);
    scratch.is_replayed_in(&shallow);
}

#[test]
fn what_was_signed_is_signed_again_by_the_same_key() {
    let scratch = shared();
    let listed = scratch.ssh_key("log@gov-hook,policy@gov-hook");
    scratch.git(&["checkout", "-q", "pages"]);
    scratch.write(".gov/policy.yaml", "version: 1\naudit: { sign: true }\n");
    scratch.write(".gov/allowed_signers", &listed);
    scratch.commit_by_hand("Sign");
    scratch.git(&["push", "-q", "origin", "pages"]);
    let clone = clone_of(&scratch, "mira", &["--single-branch", "-b", "pages"]);
    scratch.git_in(&clone, &["config", "gpg.format", "ssh"]);
    scratch.git_in(&clone, &["config", "user.signingkey", &scratch.beside("key.pub").to_string_lossy()]);
    install_offline(&scratch, &clone);
    commit_in(&scratch, &clone, "two.html");
    assert_eq!(push_from(&scratch, &clone).code, 1);
    let signed = |clone: &Path| entries(&scratch, clone).iter().filter(|entry| entry["sig"].is_string()).count();
    let before = signed(&clone);
    assert_eq!(before, 2, "its opening and the push");

    let reconciled = scratch.run_in(&clone, &["audit", "reconcile", "genesis"]);

    assert_eq!((reconciled.code, reconciled.err.as_str()), (0, ""));
    assert!(!reconciled.out.contains("kept aside"), "{}", reconciled.out);
    assert_eq!(signed(&clone), before);
    scratch.is_replayed_in(&clone);
    assert_eq!(push_from(&scratch, &clone).code, 0);
    scratch.is_replayed_in(&clone);
}

#[test]
fn the_same_genesis_in_another_wrapping_costs_nothing() {
    let scratch = shared();
    let (work, origin) = (scratch.path(""), scratch.beside("origin.git"));
    let message = scratch.git(&["log", "-1", "--format=%B", "refs/notes/gov/genesis"]);
    let other = scratch.git_in(
        &origin,
        &["-c", "user.name=O", "-c", "user.email=o@e", "commit-tree", "refs/notes/gov/genesis^{tree}", "-m", &message],
    );
    scratch.git_in(&origin, &["update-ref", "refs/notes/gov/genesis", &other]);
    let streams = refs(&scratch, &work, "refs/notes/gov/");

    let said = scratch.run(&["audit", "reconcile", "genesis"]);

    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert!(said.out.starts_with("genesis is stored as origin has it\n"), "{}", said.out);
    let now = refs(&scratch, &work, "refs/notes/gov/");
    assert_eq!(now, streams.replace(&genesis_before(&streams), &other));
    let again = scratch.run(&["audit", "reconcile", "genesis"]);
    assert_eq!(again.out, "genesis is the same here and on origin: nothing to reconcile\n");
    assert_eq!(refs(&scratch, &work, "refs/notes/gov/"), now);
    synced(&scratch, &work);
}

/// The commit of the genesis, of a list of references.
fn genesis_before(refs: &str) -> String {
    refs.lines().find_map(|line| line.strip_prefix("refs/notes/gov/genesis ")).unwrap().to_owned()
}
