//! `gov-hook audit sync`, `reconcile` and `checkpoint` between real repositories.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::Scratch;

/// A repository whose origin has its commits and its ledger.
fn shared() -> Scratch {
    let scratch = Scratch::new();
    scratch.origin();
    scratch.install_hooks();
    scratch.write("a.txt", "one\n");
    scratch.commit_by_hand("One");
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch
}

/// A clone beside it, of another person.
fn clone_of_lin(scratch: &Scratch) -> PathBuf {
    let path = scratch.beside("lin");
    scratch.git(&["clone", "-q", &scratch.beside("origin.git").to_string_lossy(), &path.to_string_lossy()]);
    scratch.git_in(&path, &["config", "user.email", "lin@example.com"]);
    path
}

/// A copy of the whole directory, as a backup or an image makes it.
fn copy_of(scratch: &Scratch) -> PathBuf {
    let copy = scratch.beside("copy");
    assert!(scratch.command("cp", &scratch.beside("")).args(["-r", "work", "copy"]).status().unwrap().success());
    copy
}

fn commit_in(scratch: &Scratch, directory: &Path, name: &str) {
    fs::write(directory.join(name), format!("{name}\n")).unwrap();
    scratch.git_in(directory, &["add", "--all"]);
    scratch.git_in(directory, &["commit", "-q", "-m", name]);
}

fn streams(scratch: &Scratch, directory: &Path) -> Vec<String> {
    let refs = scratch.git_in(directory, &["for-each-ref", "--format=%(refname:lstrip=3)", "refs/notes/gov/"]);
    refs.lines().filter(|name| *name != "genesis").map(str::to_owned).collect()
}

fn outcomes(said: &Value, of: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    said[of].as_array().unwrap().iter().map(|one| (text(&one["stream"]), text(&one["outcome"]))).collect()
}

fn sync(scratch: &Scratch, directory: &Path) -> (i32, Value) {
    let said = scratch.run_in(directory, &["audit", "sync", "--format", "json"]);
    (said.code, said.json())
}

fn verify(scratch: &Scratch, directory: &Path) -> i32 {
    let said = scratch.run_in(directory, &["audit", "verify", "--full"]);
    assert!(said.code == 0 || said.code == 1, "{}", said.err);
    said.code
}

#[test]
fn a_clone_takes_the_streams_of_others_and_sends_its_own() {
    let scratch = shared();
    let lin = clone_of_lin(&scratch);
    let mira = streams(&scratch, &scratch.path("")).remove(0);
    let pair = |name: &str, outcome: &str| (name.to_owned(), outcome.to_owned());

    let (code, first) = sync(&scratch, &lin);
    assert_eq!(code, 0);
    let mut expected = vec![pair(&mira, "new"), pair("genesis", "new")];
    expected.sort();
    assert_eq!(outcomes(&first, "fetched"), expected);
    assert_eq!(outcomes(&first, "sent"), [pair("genesis", "unchanged")]);

    scratch.write("b.txt", "two\n");
    scratch.commit_by_hand("Two");
    let (code, own) = sync(&scratch, &scratch.path(""));
    assert_eq!((code, outcomes(&own, "sent")), (0, vec![pair("genesis", "unchanged"), pair(&mira, "forwarded")]));
    let (code, again) = sync(&scratch, &lin);
    assert_eq!(code, 0);
    assert!(outcomes(&again, "fetched").contains(&pair(&mira, "forwarded")));
    assert_eq!(verify(&scratch, &lin), 0);
}

#[test]
fn a_stream_that_this_clone_wrote_under_a_name_is_sent_without_it_and_others_are_not() {
    let scratch = shared();
    let lin = clone_of_lin(&scratch);
    let mira = streams(&scratch, &scratch.path("")).remove(0);
    let pair = |name: &str, outcome: &str| (name.to_owned(), outcome.to_owned());
    let named = |directory: &Path, name: &str| {
        let said = scratch.run_with(&["check", "HEAD", "--record"], |command| {
            command.current_dir(directory).env("GOV_HOOK_STREAM", name);
        });
        assert_eq!(said.code, 0, "{}", said.err);
    };
    named(&scratch.path(""), "ci-1");
    // What somebody else wrote, and what came by another way than the remote.
    named(&lin, "ci-2");
    scratch.git(&["fetch", "-q", &lin.to_string_lossy(), "refs/notes/gov/ci-2:refs/notes/gov/ci-2"]);

    let (code, sent) = sync(&scratch, &scratch.path(""));

    let expected = [pair("genesis", "unchanged"), pair(&mira, "unchanged"), pair("ci-1", "new")];
    assert_eq!((code, outcomes(&sent, "sent")), (0, expected.to_vec()));
    let again = outcomes(&sync(&scratch, &scratch.path("")).1, "sent");
    assert_eq!(again, [pair("genesis", "unchanged"), pair(&mira, "unchanged")]);

    // Another run of the same job goes on elsewhere.
    scratch.git_in(&lin, &["config", "user.email", "mira@example.com"]);
    let (code, lins) = sync(&scratch, &lin);
    assert_eq!(code, 0, "{lins}");
    named(&lin, "ci-1");
    assert_eq!(outcomes(&sync(&scratch, &lin).1, "sent").last(), Some(&pair("ci-1", "forwarded")));
    let (code, back) = sync(&scratch, &scratch.path(""));
    assert_eq!(code, 0, "{back}");
    assert!(outcomes(&back, "fetched").contains(&pair("ci-1", "forwarded")), "{back}");
    assert_eq!(outcomes(&back, "sent").len(), 2, "{back}");
    let verified = scratch.run(&["audit", "verify", "--full"]);
    assert_eq!(verified.code, 0, "{}", verified.out);
}

#[test]
fn without_a_remote_it_says_what_to_name() {
    for (arguments, verb, command) in [
        (&["audit", "sync"][..], "sync", "gov-hook audit sync REMOTE"),
        (&["audit", "reconcile", "ci-42"], "reconcile", "gov-hook audit reconcile ci-42 REMOTE"),
    ] {
        let said = Scratch::new().run(arguments);

        assert_eq!((said.code, said.out.as_str()), (2, ""));
        assert_eq!(
            said.err,
            format!(
                "gov-hook audit {verb} failed: this repository has no remote to share the ledger with\n  \
                 mend it: name one, or a path: {command}\n"
            )
        );
    }
}

#[test]
fn the_fork_of_a_copied_clone_is_told_and_reconciled_by_a_signed_entry() {
    let (scratch, copy, stream) = forked();
    let work = scratch.path("");

    let told = scratch.run_in(&copy, &["audit", "sync"]);
    assert_eq!(told.code, 1);
    assert!(told.out.contains(&format!("mend it: gov-hook audit reconcile {stream} origin")), "{}", told.out);
    let lost = scratch.git_in(&copy, &["rev-parse", &format!("refs/notes/gov/{stream}")]);
    let healed = scratch.run_in(&copy, &["audit", "reconcile", &stream]);

    assert_eq!((healed.code, healed.err.as_str()), (0, ""));
    let now = streams(&scratch, &copy);
    let fresh = now.iter().find(|name| **name != stream).unwrap();
    let kept = scratch.git_in(&copy, &["rev-parse", "--short=12", &format!("refs/notes/gov/{stream}")]);
    assert_eq!(
        healed.out,
        format!(
            "{stream} continues from the remote's copy, at {kept}\n\
             gave up 2 entries by a signed entry of {fresh}\n\
             recorded 2 of them there again\n\
             this clone now writes {fresh}, as no other clone does\n\
             to share that: gov-hook audit sync origin\n"
        )
    );
    assert!(
        scratch.git_in(&copy, &["for-each-ref", "--format=%(objectname)", "refs/gov-hook/given-up"]).contains(&lost)
    );
    assert_eq!(verify(&scratch, &copy), 0);
    // Nothing of the copy's commit is lost, and it goes on in its own stream.
    let report = scratch.run_in(&copy, &["audit", "report", "HEAD~1..HEAD", "--format", "json"]).json();
    assert_eq!(report["commits"]["by_status"], serde_json::json!({ "recorded": 1 }));
    commit_in(&scratch, &copy, "another");
    assert_eq!(sync(&scratch, &copy).0, 0);
    assert_eq!(sync(&scratch, &work).0, 0);
    assert_eq!(verify(&scratch, &work), 0);
    let again = scratch.run_in(&copy, &["audit", "reconcile", &stream]);
    assert_eq!(again.out, format!("{stream} has one history here and on origin: nothing to reconcile\n"));
    let merged = scratch.run_in(&copy, &["audit", "merge", &stream]);
    assert_eq!((merged.code, merged.out), (again.code, again.out), "it has two names");
}

/// The original has sent what it has; a copy of the whole directory went on as the same writer.
fn forked() -> (Scratch, PathBuf, String) {
    let scratch = shared();
    let listed = scratch.ssh_key("policy@gov-hook,log@gov-hook");
    scratch.write(".gov/allowed_signers", listed);
    scratch.commit_by_hand("List the signers");
    scratch.git(&["push", "-q", "origin", "main"]);
    let copy = copy_of(&scratch);
    let stream = streams(&scratch, &scratch.path("")).remove(0);
    commit_in(&scratch, &scratch.path(""), "of-the-original");
    assert_eq!(sync(&scratch, &scratch.path("")).0, 0);
    commit_in(&scratch, &copy, "of-the-copy");
    (scratch, copy, stream)
}

#[test]
fn the_original_gives_up_what_a_copy_wrote_in_its_name() {
    let (scratch, copy, stream) = forked();
    let work = scratch.path("");
    let ours = scratch.git(&["rev-parse", &format!("refs/notes/gov/{stream}")]);

    let healed = scratch.run(&["audit", "reconcile", &stream, &copy.to_string_lossy(), "--keep", "ours"]);

    assert_eq!((healed.code, healed.err.as_str()), (0, ""));
    let fresh = streams(&scratch, &work).into_iter().find(|name| *name != stream).unwrap();
    let kept = scratch.git(&["rev-parse", "--short=12", &ours]);
    assert_eq!(
        healed.out,
        format!(
            "{stream} continues from this clone's copy, at {kept}\n\
             gave up 2 entries by a signed entry of {fresh}\n\
             recorded 2 of them there again\n\
             this clone now writes {fresh}, as no other clone does\n\
             to share that: gov-hook audit sync {}\n",
            copy.display()
        )
    );
    assert_eq!(scratch.git(&["rev-parse", &format!("refs/notes/gov/{stream}")]), ours);
    assert_eq!(verify(&scratch, &work), 0);
    assert_eq!(sync(&scratch, &work).0, 0);
    let lin = clone_of_lin(&scratch);
    assert_eq!(sync(&scratch, &lin).0, 0);
    assert_eq!(verify(&scratch, &lin), 0);
    let again = scratch.run(&["audit", "reconcile", &stream, &copy.to_string_lossy(), "--keep", "ours"]);
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(!again.out.contains("gave up"), "{}", again.out);
}

#[test]
fn somebody_else_s_stream_is_reconciled_by_who_may_and_said_again_by_its_writer() {
    let (scratch, copy, stream) = forked();
    let work = scratch.path("");
    let lin = clone_of_lin(&scratch);
    assert_eq!(sync(&scratch, &lin).0, 0);
    let reconcile = ["audit", "reconcile", &stream, &copy.to_string_lossy(), "--keep", "ours"];

    let before = scratch.git_in(&lin, &["for-each-ref"]);
    let refused = scratch.run_in(&lin, &reconcile);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert_eq!(scratch.git_in(&lin, &["for-each-ref"]), before);

    // Lin signs with a key that is listed for her.
    scratch.git_in(&lin, &["config", "gpg.format", "ssh"]);
    scratch.git_in(&lin, &["config", "user.signingkey", &scratch.beside("key.pub").to_string_lossy()]);
    let listed = fs::read_to_string(work.join(".gov/allowed_signers")).unwrap().replace("mira@", "lin@");
    fs::write(work.join(".gov/allowed_signers"), listed).unwrap();
    commit_in(&scratch, &work, "lin-may-sign");
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.git_in(&lin, &["pull", "-q"]);
    assert_eq!(sync(&scratch, &lin).0, 0);
    let refused = scratch.run_in(&lin, &reconcile);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains("lin@example.com does not hold the role `admin`"), "{}", refused.err);

    scratch.write(".gov/policy.yaml", "version: 1\nroles: { admin: [lin@example.com] }\n");
    commit_in(&scratch, &work, "lin-may");
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.git_in(&lin, &["pull", "-q"]);
    assert_eq!(sync(&scratch, &lin).0, 0);
    let healed = scratch.run_in(&lin, &reconcile);

    assert_eq!((healed.code, healed.err.as_str()), (0, ""));
    assert!(healed.out.contains("\ngave up 2 entries by a signed entry of "), "{}", healed.out);
    assert!(!healed.out.contains("on record again"), "{}", healed.out);
    assert_eq!(verify(&scratch, &lin), 0);
    assert_eq!(sync(&scratch, &lin).0, 0);
    assert_eq!(sync(&scratch, &work).0, 0);
    assert_eq!(verify(&scratch, &work), 0);
}

#[test]
fn nothing_is_given_up_without_a_key_that_may() {
    let scratch = shared();
    let (work, copy) = (scratch.path(""), copy_of(&scratch));
    let stream = streams(&scratch, &work).remove(0);
    commit_in(&scratch, &work, "of-the-original");
    assert_eq!(sync(&scratch, &work).0, 0);
    commit_in(&scratch, &copy, "of-the-copy");
    let before = scratch.git_in(&copy, &["for-each-ref"]);

    let said = scratch.run_in(&copy, &["audit", "reconcile", &stream]);

    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("an entry has to be signed here, but git does not sign with SSH here"), "{}", said.err);
    assert_eq!(scratch.git_in(&copy, &["for-each-ref"]), before);
}

#[test]
fn a_clone_that_was_rolled_back_takes_what_it_lost_and_writes_elsewhere() {
    let scratch = shared();
    let (work, copy) = (scratch.path(""), copy_of(&scratch));
    let stream = streams(&scratch, &work).remove(0);
    commit_in(&scratch, &work, "later");
    assert_eq!(sync(&scratch, &work).0, 0);

    let (code, told) = sync(&scratch, &copy);
    assert_eq!(code, 1);
    assert!(outcomes(&told, "fetched").contains(&(stream.clone(), "ahead".into())));
    let healed = scratch.run_in(&copy, &["audit", "reconcile", &stream]);

    assert_eq!((healed.code, healed.err.as_str()), (0, ""));
    commit_in(&scratch, &copy, "of-the-copy");
    assert_eq!(streams(&scratch, &copy).len(), 2);
    assert_eq!((sync(&scratch, &copy).0, verify(&scratch, &copy)), (0, 0));
}

#[test]
fn a_checkpoint_names_every_head_and_goes_on_record() {
    let scratch = shared();
    let stream = streams(&scratch, &scratch.path("")).remove(0);
    let head = scratch.git(&["log", "-1", "--format=%B", &format!("refs/notes/gov/{stream}")]);
    let word = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
    let (seq, id) = (word("Gov-Seq: "), word("Gov-Id: "));

    let said = scratch.run(&["audit", "checkpoint"]);

    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(lines[0].starts_with("gov-hook/") && lines[1] == "2", "{}", said.out);
    assert!(lines[3..].contains(&format!("{stream} {seq} {id}").as_str()), "{}", said.out);
    let exported = scratch.run(&["audit", "export"]).out;
    let newest = exported.lines().find(|line| line.contains(r#""kind":"checkpoint""#)).unwrap();
    let newest: Value = serde_json::from_str(newest).unwrap();
    assert_eq!(
        (&newest["entry"]["kind"], &newest["entry"]["body"]["checkpoint"]),
        (&"checkpoint".into(), &said.out.clone().into())
    );
    assert_eq!(verify(&scratch, &scratch.path("")), 0);
}

#[test]
fn a_signed_checkpoint_is_one_that_ssh_keygen_verifies() {
    let scratch = shared();
    let signers = scratch.beside("signers");
    fs::write(&signers, scratch.ssh_key("ckpt@gov-hook")).unwrap();

    let said = scratch.run(&["audit", "checkpoint", "--sign"]);

    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let (text, signature) = said.out.split_once("\n\n").unwrap();
    assert!(signature.starts_with("\u{2014} mira@example.com "), "{signature}");
    // A line of signed-note is the key's hash, four bytes, and then the SSHSIG.
    let script = format!(
        "printf '%s\\n' \"$1\" > text; {{ echo '-----BEGIN SSH SIGNATURE-----'; printf '%s' \"$2\" | base64 -d | tail -c +5 | \
         base64; echo '-----END SSH SIGNATURE-----'; }} > sig; ssh-keygen -Y verify -f '{}' -I mira@example.com -n ckpt@gov-hook \
         -s sig < text",
        signers.display()
    );
    let made = signature.trim_end().rsplit(' ').next().unwrap();
    let mut command = scratch.command("sh", &scratch.beside(""));
    let output = command.args(["-c", &script, "sh", text, made]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_checkpoint_that_was_kept_holds_while_the_ledger_grows_and_not_once_it_shrinks() {
    let scratch = Scratch::new();
    scratch.install_hooks();
    commit_in(&scratch, &scratch.path(""), "one");
    let kept = scratch.beside("checkpoint");
    fs::write(&kept, scratch.run(&["audit", "checkpoint"]).out).unwrap();
    let verify = || scratch.run(&["audit", "checkpoint", "--verify", &kept.to_string_lossy()]);
    let reference = format!("refs/notes/gov/{}", streams(&scratch, &scratch.path("")).remove(0));
    commit_in(&scratch, &scratch.path(""), "two");

    let grown = verify();
    scratch.git(&["update-ref", &reference, &format!("{reference}~4")]);
    fs::remove_dir_all(scratch.path(".git/gov")).unwrap();
    assert_eq!(scratch.run(&["audit", "verify"]).code, 0, "nothing else knows of what is gone");
    let shrunk = verify();
    let json = scratch.run(&["audit", "checkpoint", "--verify", &kept.to_string_lossy(), "--format", "json"]);

    let holds = "the checkpoint holds: 2 streams as it says, or grown since\n\
                 it is unsigned: it proves only as much as the place where it was kept\n";
    assert_eq!((grown.code, grown.out.as_str()), (0, holds));
    let first = shrunk.out.lines().next().unwrap();
    assert!(first.starts_with("the checkpoint does not hold; broken: truncated at entry 2 of "), "{first}");
    assert_eq!((shrunk.code, json.code), (1, 1));
    assert_eq!((&json.json()["holds"], &json.json()["damage"][0]["code"]), (&false.into(), &"truncated".into()));
}

#[test]
fn a_kept_checkpoint_is_believed_only_from_who_may_and_for_this_repository() {
    let scratch = shared();
    let listed = scratch.ssh_key("ckpt@gov-hook,log@gov-hook");
    scratch.write(".gov/allowed_signers", &listed);
    scratch.commit_by_hand("List the signers");
    let kept = scratch.beside("checkpoint");
    let signed = scratch.run(&["audit", "checkpoint", "--sign"]).out;
    let verify = |text: &str| {
        fs::write(&kept, text).unwrap();
        let said = scratch.run(&["audit", "checkpoint", "--verify", &kept.to_string_lossy()]);
        (said.code, said.out + &said.err)
    };

    let (code, told) = verify(&signed);
    assert_eq!(code, 0, "{told}");
    assert!(told.ends_with("\nsigned by mira@example.com\n"), "{told}");

    let (code, told) = verify(&signed.replacen("genesis 0 ", "genesis 1 ", 1));
    assert_eq!(code, 2);
    assert!(told.contains("because: its root is "), "{told}");

    scratch.write(".gov/allowed_signers", listed.replace("ckpt@gov-hook,", ""));
    scratch.commit_by_hand("Take it away");
    let (code, told) = verify(&signed);
    assert_eq!(code, 1);
    assert!(told.starts_with("the checkpoint does not hold: "), "{told}");

    // Two that begin alike within one second would be one repository.
    let other = Scratch::unborn();
    other.install_hooks();
    commit_in(&other, &other.path(""), "elsewhere");
    let (code, told) = verify(&other.run(&["audit", "checkpoint"]).out);
    assert_eq!((code, told.as_str()), (1, "the checkpoint does not hold: it is of another repository\n"));
}

#[test]
fn there_is_no_checkpoint_of_a_damaged_ledger() {
    let scratch = shared();
    let stream = streams(&scratch, &scratch.path("")).remove(0);
    scratch.git(&["notes", &format!("--ref=refs/notes/gov/{stream}"), "append", "-m", "{}", "HEAD"]);

    let said = scratch.run(&["audit", "checkpoint"]);

    assert_eq!(said.code, 1);
    assert_eq!(said.out, "the ledger is damaged, so there is no checkpoint of it; see: gov-hook audit verify\n");
}

#[test]
fn a_shallow_clone_goes_on_from_the_genesis_that_was_fetched() {
    let scratch = shared();
    commit_in(&scratch, &scratch.path(""), "two");
    commit_in(&scratch, &scratch.path(""), "three");
    scratch.git(&["push", "-q", "origin", "main"]);
    assert_eq!(sync(&scratch, &scratch.path("")).0, 0);
    let shallow = scratch.beside("shallow");
    let url = format!("file://{}", scratch.beside("origin.git").display());
    scratch.git(&["clone", "-q", "--depth", "2", &url, &shallow.to_string_lossy()]);
    scratch.git_in(&shallow, &["config", "user.email", "lin@example.com"]);
    assert_eq!(scratch.run_in(&shallow, &["install"]).code, 0);
    scratch.git_in(&shallow, &["fetch", "-q"]);

    commit_in(&scratch, &shallow, "of-the-shallow-one");

    assert_eq!(streams(&scratch, &shallow).len(), 1);
    let genesis = |directory: &Path| scratch.git_in(directory, &["rev-parse", "refs/notes/gov/genesis"]);
    assert_eq!(genesis(&shallow), genesis(&scratch.path("")));
    assert_eq!(verify(&scratch, &shallow), 0);
}

#[test]
fn an_auditor_who_has_fetched_no_ledger_is_told_how_to() {
    let scratch = shared();
    assert_eq!(sync(&scratch, &scratch.path("")).0, 0);
    let origin = scratch.beside("origin.git");
    let bare = scratch.beside("auditor.git");
    scratch.git(&["clone", "-q", "--bare", &origin.to_string_lossy(), &bare.to_string_lossy()]);

    let before = scratch.run_in(&bare, &["audit", "verify"]);
    let of_main = scratch.run_in(&bare, &["audit", "verify", "main"]);
    assert_eq!(scratch.run_in(&bare, &["audit", "sync"]).code, 0);
    let after = scratch.run_in(&bare, &["audit", "verify"]);

    let hint = "\nentries by others may not have been fetched: gov-hook audit sync\n";
    assert_eq!((before.code, before.out), (0, format!("sound: nothing is on record yet\n{hint}")));
    assert_eq!(of_main.code, 1);
    assert!(of_main.out.ends_with(hint) && !of_main.out.contains("gov-hook record"), "{}", of_main.out);
    assert!(after.code == 0 && !after.out.contains(hint) && after.out.starts_with("sound: "), "{}", after.out);
}

/// Whoever is shown where something is pushed to is not shown with which password.
#[test]
fn a_password_in_an_address_is_told_to_nobody() {
    let scratch = Scratch::new();
    let policy = "version: 1\nenforcement: { branches: { main: staging } }\npaths: { protected: [\"core/**\"] }\n\
                  roles: { admin: [lin@example.com] }\n";
    scratch.policy(policy);
    let origin = scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.install_hooks();
    scratch.git(&["switch", "-q", "-c", "topic"]);
    scratch.write("core/a.txt", "one\n");
    scratch.commit_by_hand("Held");
    // As ssh, it runs here what it is asked to run there.
    let ssh = scratch.beside("ssh");
    fs::write(&ssh, "#!/bin/sh\nfor last; do :; done\nexec sh -c \"$last\"\n").unwrap();
    fs::set_permissions(&ssh, fs::Permissions::from_mode(0o755)).unwrap();
    let address = format!("ssh://bob:hunter2geheim@localhost{}", origin.to_string_lossy());
    let run = |program: &str, arguments: &[&str]| {
        let mut command = scratch.command(program, &scratch.path(""));
        let output = command.env("GIT_SSH", &ssh).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.code().unwrap(), said)
    };

    let (code, said) = run("git", &["push", &address, "topic:main"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("that ssh://…@localhost/") && !said.contains("geheim"), "{said}");
    let gov_hook = env!("CARGO_BIN_EXE_gov-hook");
    for arguments in [&["audit", "sync", &address][..], &["audit", "sync", &address, "--format", "json"], &["pending"]]
    {
        let (code, said) = run(gov_hook, arguments);
        assert!(code == 0 && !said.contains("geheim"), "{arguments:?}: {said}");
    }
    let kept = scratch.git(&["for-each-ref", "--format=%(refname)", "refs/notes/"]);
    for reference in kept.lines() {
        let lines = scratch.git(&["log", "-p", "--format=%B", reference]);
        assert!(!lines.contains("geheim"), "{reference}: {lines}");
    }
    let own_files = scratch.command("grep", &scratch.path(".git/gov")).args(["-r", "geheim", "."]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&own_files.stdout), "");
}

#[test]
fn a_remote_that_can_only_be_read_was_reached() {
    let scratch = shared();
    let bundle = scratch.beside("all.bundle").to_string_lossy().into_owned();
    scratch.git(&["bundle", "create", "-q", &bundle, "main"]);

    let said = scratch.run(&["audit", "sync", &bundle]);

    assert_eq!(said.code, 2);
    let reached = format!("remote `{bundle}` was reached, but the ledger was not exchanged with it: ");
    assert!(said.err.contains(&reached), "{}", said.err);
    let missing = scratch.run(&["audit", "sync", "/nowhere"]);
    assert!(missing.err.contains("remote `/nowhere` cannot be reached: "), "{}", missing.err);
}

#[test]
fn a_stream_that_nobody_else_has_is_not_begun_anew_under_its_name() {
    let scratch = Scratch::new();
    scratch.install_hooks();
    let commit = |text: &str| {
        scratch.write("a.txt", text);
        scratch.commit_by_hand(text);
    };
    commit("One\n");
    let here = || streams(&scratch, &scratch.path(""));
    let lost = here();
    scratch.git(&["update-ref", "-d", &format!("refs/notes/gov/{}", lost[0])]);

    commit("Two\n");
    commit("Three\n");

    assert!(here().len() == 1 && here() != lost, "{lost:?}, then {:?}", here());
    let said = scratch.run(&["audit", "verify"]);
    assert_eq!(said.code, 1);
    assert!(said.out.starts_with(&format!("broken: stream-missing at entry 1 of {}; ", lost[0])), "{}", said.out);
}

#[test]
fn a_stream_with_a_name_of_its_own_is_not_begun_anew_either() {
    let scratch = Scratch::new();
    let write = |name: &str| {
        scratch.run_with(&["check", "HEAD", "--record"], |command| {
            command.env("GOV_HOOK_STREAM", name);
        })
    };
    // With digits behind it, this one would look like the stream of a clone.
    for name in ["ci-42", "0123456789ab"] {
        write(name).passes();
    }
    let here = || streams(&scratch, &scratch.path(""));
    assert_eq!(here(), ["0123456789ab", "ci-42"]);
    scratch.git(&["update-ref", "-d", "refs/notes/gov/ci-42"]);
    scratch.git(&["update-ref", "-d", "refs/notes/gov/0123456789ab"]);

    write("ci-42").passes();
    write("ci-42").passes();
    let refused = write("0123456789ab");

    let nonce = fs::read_to_string(scratch.path(".git/gov/nonce")).unwrap();
    assert_eq!(here(), [format!("ci-42-{}", nonce.trim_end())]);
    refused.is_refused_with(&["stream `0123456789ab` of the ledger, which was here, is gone", "GOV_HOOK_STREAM"]);
    assert_eq!(scratch.run(&["audit", "verify"]).code, 1, "both are missing");
}

#[test]
fn a_host_that_falls_silent_is_given_up() {
    let scratch = shared();
    let ssh = scratch.beside("ssh");
    fs::write(&ssh, "#!/bin/sh\necho \"$@\" > \"$0.told\"\necho 'Timeout, server far not responding.' >&2\nexit 255\n")
        .unwrap();
    fs::set_permissions(&ssh, fs::Permissions::from_mode(0o755)).unwrap();
    scratch.git(&["config", "core.sshCommand", &ssh.to_string_lossy()]);
    scratch.git(&["remote", "add", "far", "ssh://far/repo.git"]);

    let said = scratch.run(&["audit", "sync", "far"]);

    assert_eq!(said.code, 2, "{}", said.out);
    assert!(said.err.contains("remote `far` cannot be reached: "), "{}", said.err);
    assert!(said.err.contains("not responding"), "{}", said.err);
    let told = fs::read_to_string(scratch.beside("ssh.told")).unwrap();
    for option in ["-oBatchMode=yes", "-oConnectTimeout=15", "-oServerAliveInterval=15"] {
        assert!(told.contains(option), "{told}");
    }
}
