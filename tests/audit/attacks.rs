//! Whatever is done to the lines, the notes and the refs of a ledger is found.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Scratch, lines};
use crate::{
    attacked, blob, broken, chained, forge, forge_lines, governed, notes, object, replace_note, sound, stream, verified,
};

#[test]
fn an_edited_line_is_found_as_long_as_its_history_is_there() {
    let found = attacked(|scratch, reference| {
        let notes = notes(scratch, reference);
        let (object, text) = notes.iter().find(|(_, text)| text.contains("\"LOW\"")).unwrap();
        replace_note(scratch, reference, object, text.replace("\"LOW\"", "\"HIGH\"").as_bytes());
    });

    assert_eq!(found, broken(&["equivocation", "history-rewritten"]));
}

#[test]
fn an_edited_line_is_found_when_its_history_is_forged_too() {
    let found = attacked(|scratch, reference| {
        let mut entries = scratch.entries(reference);
        entries[1]["outcome"] = json!("merged");
        forge(scratch, reference, &entries);
    });
    let unnamed = attacked(|scratch, reference| {
        let mut entries = scratch.entries(reference);
        entries[1]["outcome"] = json!("notified");
        forge(scratch, reference, &entries);
    });

    assert_eq!(found, broken(&["broken-chain", "malformed-entry"]));
    assert_eq!(unnamed, broken(&["broken-chain"]));
}

#[test]
fn a_removed_note_is_found() {
    let found = attacked(|scratch, reference| {
        scratch.git(&["notes", "--ref", reference, "remove", "HEAD"]);
    });

    assert_eq!(found, broken(&["history-rewritten"]));
}

#[test]
fn lines_in_another_order_are_found() {
    let found = attacked(|scratch, reference| {
        scratch.commit_by_hand("Say it again");
        let notes = notes(scratch, reference);
        let (object, text) = notes.iter().find(|(_, text)| text.lines().count() > 1).unwrap();
        let turned: Vec<&str> = text.lines().rev().collect();
        replace_note(scratch, reference, object, (turned.join("\n") + "\n").as_bytes());
    });
    let forged = attacked(|scratch, reference| {
        let mut entries = scratch.entries(reference);
        entries.swap(1, 2);
        forge(scratch, reference, &entries);
    });

    assert_eq!(found, broken(&["out-of-order"]));
    assert_eq!(forged, broken(&["gap", "out-of-order"]));
}

#[test]
fn a_stream_that_was_cut_is_found_by_the_pins_and_by_other_streams() {
    let pinned = attacked(|scratch, reference| {
        assert_eq!(verified(scratch), sound());
        scratch.git(&["update-ref", reference, &format!("{reference}~1")]);
    });
    let seen = attacked(|scratch, reference| {
        let said = scratch.run_with(&["hook", "pre-commit"], |command| {
            command.env("GOV_HOOK_STREAM", "ci-1");
        });
        assert_eq!(said.code, 0, "{}", said.err);
        scratch.git(&["update-ref", reference, &format!("{reference}~1")]);
    });
    let gone = attacked(|scratch, reference| {
        assert_eq!(verified(scratch), sound());
        scratch.git(&["update-ref", "-d", reference]);
    });

    assert_eq!(pinned, broken(&["history-rewritten", "truncated"]));
    assert_eq!(seen, broken(&["truncated"]));
    assert_eq!(gone, broken(&["stream-missing"]));
}

#[test]
fn a_newest_entry_that_nobody_saw_is_told_as_unwitnessed() {
    let scratch = governed();

    let said = scratch.run(&["audit", "verify"]);

    let name = stream(&scratch).replace("refs/notes/gov/", "");
    let first = said.out.lines().next().unwrap();
    assert_eq!(
        first,
        format!("sound: 8 entries in 2 streams, 0 signed; the 7 newest entries of {name} are unwitnessed")
    );
    assert!(said.out.contains(&format!("\n  {name}  entries 0 to 6\n")), "{}", said.out);
    assert_eq!(said.code, 0);
}

#[test]
fn what_is_encoded_otherwise_is_refused() {
    let found = attacked(|scratch, reference| {
        let mut lines: Vec<String> = scratch.entries(reference).iter().map(Value::to_string).collect();
        let last = lines.pop().unwrap();
        lines.push(last.replace("\":", "\": "));
        forge_lines(scratch, reference, &lines);
    });
    let appended = attacked(|scratch, reference| {
        scratch.git(&["notes", "--ref", reference, "append", "-m", "hello", "HEAD"]);
    });

    assert_eq!(found, broken(&["not-canonical"]));
    assert_eq!(appended, broken(&["not-canonical"]));
}

#[test]
fn what_this_version_does_not_know_fails_closed() {
    let with = |member: &'static str, value: Value| {
        attacked(move |scratch, reference| {
            let mut entries = scratch.entries(reference);
            entries.last_mut().unwrap()[member] = value.clone();
            forge(scratch, reference, &entries);
        })
    };

    assert_eq!(with("kind", json!("blessing")), broken(&["unknown-kind"]));
    assert_eq!(with("v", json!(2)), broken(&["unknown-version"]));
    assert_eq!(with("more", json!(true)), broken(&["malformed-entry"]));
}

#[test]
fn an_entry_out_of_another_place_is_found() {
    let chained_with = |member: &'static str, value: Value| {
        attacked(move |scratch, reference| {
            let mut entries = scratch.entries(reference);
            entries.last_mut().unwrap()[member] = value.clone();
            forge(scratch, reference, &chained(entries));
        })
    };
    let copied = attacked(|scratch, reference| {
        scratch.git(&["notes", "--ref", reference, "copy", "HEAD", "HEAD~3"]);
    });
    let foreign = attacked(|scratch, reference| {
        let said = scratch.run_with(&["hook", "pre-commit"], |command| {
            command.env("GOV_HOOK_STREAM", "ci-1");
        });
        assert_eq!(said.code, 0, "{}", said.err);
        let (object, text) = notes(scratch, reference).pop().unwrap();
        replace_note(scratch, "refs/notes/gov/ci-1", &object, text.as_bytes());
    });

    assert_eq!(chained_with("repo", json!("ab".repeat(32))), broken(&["foreign-repository"]));
    assert_eq!(chained_with("time", json!("2001-01-01T00:00:00Z")), broken(&["time-backwards"]));
    let somebody = json!({"email": "eve@example.com", "kind": "person", "name": "Eve"});
    assert_eq!(chained_with("actor", somebody), broken(&["foreign-actor"]));
    assert_eq!(copied, broken(&["duplicate"]));
    assert_eq!(foreign.0, 1);
    assert!(foreign.1.contains(&"wrong-stream".to_owned()), "{:?}", foreign.1);
}

#[test]
fn the_ledger_of_another_repository_is_none_of_this_one() {
    let scratch = governed();
    let elsewhere = Scratch::unborn();
    elsewhere.write("a.txt", "other root\n");
    elsewhere.commit_all("Another start");
    let theirs = scratch.path("");
    elsewhere.git(&["fetch", "-q", theirs.to_str().unwrap(), "refs/notes/gov/*:refs/notes/gov/*"]);

    assert_eq!(verified(&scratch), sound());
    assert_eq!(verified(&elsewhere), broken(&["foreign-repository"]));
}

#[test]
fn a_copied_clone_is_found_where_both_histories_meet() {
    let scratch = governed();
    let copy = scratch.beside("copy");
    let copied = scratch.command("cp", &scratch.path("")).arg("-r").args([".", copy.to_str().unwrap()]).status();
    assert!(copied.unwrap().success());
    scratch.commit_by_hand("Here");
    scratch.git_in(&copy, &["commit", "-q", "--allow-empty", "-m", "There"]);
    assert_eq!(verified(&scratch), sound());

    scratch.git(&["fetch", "-q", copy.to_str().unwrap(), "refs/notes/gov/*:refs/remotes/copy/notes/gov/*"]);

    assert_eq!(verified(&scratch), broken(&["equivocation"]));
}

#[test]
fn a_merge_of_notes_is_found() {
    let found = attacked(|scratch, reference| {
        let tree = scratch.git(&["rev-parse", &format!("{reference}^{{tree}}")]);
        let parents = [reference, "refs/notes/gov/genesis", "HEAD"].map(|parent| ["-p", parent]).concat();
        let merge = scratch.git(&[&["commit-tree", "-m", "merge"], &parents[..], &[&tree]].concat());
        scratch.git(&["update-ref", reference, &merge]);
    });

    assert_eq!(found, broken(&["history-rewritten"]));
}

#[test]
fn what_is_no_note_is_found() {
    let huge = attacked(|scratch, reference| {
        replace_note(scratch, reference, &scratch.git(&["rev-parse", "HEAD~3"]), &vec![b'x'; 20 << 20]);
    });
    let symbolic = attacked(|scratch, reference| {
        scratch.git(&["symbolic-ref", "refs/notes/gov/ci-9", reference]);
    });
    let no_commit = |name: &str| {
        attacked(|scratch, reference| {
            assert_eq!(verified(scratch), sound());
            let reference = if name.is_empty() { reference } else { name };
            scratch.git(&["update-ref", reference, &blob(scratch, b"no commit")]);
            let whole = scratch.run(&["audit", "verify", "--replay"]);
            assert_eq!((whole.code, whole.err.as_str()), (1, ""));
        })
    };
    let other = attacked(|scratch, _| {
        scratch.git(&["update-ref", "refs/notes/gov/ci-9", &blob(scratch, b"no commit")]);
        scratch.write("file-4.txt", lines(4));
        scratch.commit_by_hand("Go on beside what is no stream");
    });
    let endless = attacked(|scratch, reference| {
        let mut tree = object(scratch, &["mktree"], b"");
        for _ in 0..18 {
            let folders: Vec<String> = (0..=255).map(|name| format!("040000 tree {tree}\t{name:02x}\n")).collect();
            tree = object(scratch, &["mktree"], folders.concat().as_bytes());
        }
        let commit = scratch.git(&["commit-tree", "-p", reference, "-m", "Unfold", &tree]);
        scratch.git(&["update-ref", reference, &commit]);
    });
    let above = attacked(|scratch, reference| {
        let tip = scratch.git(&["rev-parse", reference]);
        assert_eq!(verified(scratch), sound());
        scratch.git(&["update-ref", "-d", reference]);
        scratch.git(&["update-ref", "-d", "refs/notes/gov/genesis"]);
        scratch.git(&["update-ref", "refs/notes/gov", &tip]);
    });

    assert_eq!(huge, broken(&["malformed-note"]));
    let empty = attacked(|scratch, _| {
        let tree = object(scratch, &["mktree"], b"");
        let commit = scratch.git(&["commit-tree", "-m", "Nothing", &tree]);
        scratch.git(&["update-ref", "refs/notes/gov/ci-9", &commit]);
    });
    assert_eq!(empty, broken(&["malformed-note"]));
    assert_eq!(symbolic, broken(&["malformed-note"]));
    assert_eq!(no_commit(""), broken(&["malformed-note"]));
    assert_eq!(no_commit("refs/notes/gov/ci-9"), broken(&["malformed-note"]));
    assert_eq!(other, broken(&["malformed-note"]));
    assert_eq!(endless, broken(&["malformed-note"]));
    assert_eq!(above, broken(&["stream-missing", "stream-name"]));
}

#[test]
fn an_object_that_cannot_be_had_is_no_verdict() {
    let scratch = governed();
    let tip = scratch.git(&["rev-parse", &stream(&scratch)]);
    fs::remove_file(scratch.path(".git/objects").join(&tip[..2]).join(&tip[2..])).unwrap();

    let said = scratch.run(&["audit", "verify"]);

    assert_eq!(said.code, 2);
    assert!(said.err.contains(&tip), "{}", said.err);
}

#[test]
fn a_signature_that_is_gone_or_meant_for_something_else_is_found() {
    let sealed = |attack: &dyn Fn(&Scratch, &mut Value)| {
        let scratch = Scratch::new();
        scratch.policy("version: 1\naudit: { sign: true }\n");
        let key = scratch.beside("key");
        let made = scratch
            .command("ssh-keygen", &scratch.path(""))
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(&key)
            .status();
        assert!(made.unwrap().success());
        scratch.git(&["config", "gpg.format", "ssh"]);
        scratch.git(&["config", "user.signingkey", key.to_str().unwrap()]);
        let remote = scratch.beside("remote.git");
        scratch.git(&["clone", "-q", "--bare", ".", remote.to_str().unwrap()]);
        scratch.install_hooks();
        scratch.write("file.txt", lines(3));
        scratch.commit_by_hand("Add a file");
        scratch.git(&["push", "-q", remote.to_str().unwrap(), "main"]);
        let reference = stream(&scratch);
        let mut entries = scratch.entries(&reference);
        let push = entries.last_mut().unwrap();
        assert_eq!(push["kind"], "push");
        attack(&scratch, push);
        forge(&scratch, &reference, &entries);
        verified(&scratch)
    };
    let sign = |scratch: &Scratch, entry: &mut Value, namespace: &str| {
        entry.as_object_mut().unwrap().remove("sig");
        let message = scratch.beside("message");
        fs::write(&message, format!("gov-hook/entry/v1\n{entry}")).unwrap();
        let mut command = scratch.command("ssh-keygen", &scratch.path(""));
        let signed =
            command.args(["-Y", "sign", "-q", "-n", namespace, "-f"]).arg(scratch.beside("key")).arg(&message).status();
        assert!(signed.unwrap().success());
        entry["sig"] = json!(fs::read_to_string(scratch.beside("message.sig")).unwrap());
    };

    assert_eq!(sealed(&|_, _| ()), sound());
    assert_eq!(sealed(&|scratch, push| sign(scratch, push, "log@gov-hook")), sound());
    assert_eq!(sealed(&|scratch, push| sign(scratch, push, "git")), broken(&["signature-namespace"]));
    assert_eq!(sealed(&|_, push| drop(push.as_object_mut().unwrap().remove("sig"))), broken(&["signature-missing"]));
    assert_eq!(sealed(&|_, push| push["outcome"] = json!("notified")), broken(&["signature-bad"]));
}
