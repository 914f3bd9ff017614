//! The ledger under attack: whatever is done to it with git's own tools is found, and told by its code.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]

mod support;

use std::fs;
use std::io::Write;
use std::process::Stdio;

use gov_hook::model::Sha256;
use serde_json::{Value, json};
use support::{Scratch, aws_key, lines, secret_line};

/// A repository whose hooks are gov-hook's, with three commits since.
fn governed() -> Scratch {
    let scratch = Scratch::new();
    scratch.install_hooks();
    for number in 1..=3 {
        scratch.write(&format!("file-{number}.txt"), lines(number));
        scratch.commit_by_hand(&format!("Add file {number}"));
    }
    scratch
}

/// The one stream besides genesis.
fn stream(scratch: &Scratch) -> String {
    let refs = scratch.git(&["for-each-ref", "--format=%(refname)", "refs/notes/gov/"]);
    refs.lines().find(|name| !name.ends_with("/genesis")).unwrap().to_owned()
}

/// An object written from these bytes.
fn object(scratch: &Scratch, arguments: &[&str], bytes: &[u8]) -> String {
    let mut command = scratch.command("git", &scratch.path(""));
    let mut child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
}

fn blob(scratch: &Scratch, bytes: &[u8]) -> String {
    object(scratch, &["hash-object", "-w", "--stdin"], bytes)
}

/// The objects that have notes in the stream, with the text of each.
fn notes(scratch: &Scratch, reference: &str) -> Vec<(String, String)> {
    let listed = scratch.git(&["notes", "--ref", reference, "list"]);
    let note = |line: &str| {
        let (blob, object) = line.split_once(' ').unwrap();
        (object.to_owned(), scratch.git(&["cat-file", "blob", blob]) + "\n")
    };
    listed.lines().map(note).collect()
}

/// Puts other bytes into a note, as `git notes` would.
fn replace_note(scratch: &Scratch, reference: &str, object: &str, text: &[u8]) {
    let blob = blob(scratch, text);
    scratch.git(&["notes", "--ref", reference, "add", "-f", "-C", &blob, object]);
}

/// Replaces the stream by these lines, as if nothing had ever been otherwise.
fn forge_lines(scratch: &Scratch, reference: &str, lines: &[String]) {
    let blob = blob(scratch, (lines.join("\n") + "\n").as_bytes());
    let root = scratch.git(&["rev-list", "--max-parents=0", "HEAD"]);
    let tree = object(scratch, &["mktree"], format!("100644 blob {blob}\t{root}\n").as_bytes());
    let commit = scratch.git(&["commit-tree", "-m", "forged", &tree]);
    scratch.git(&["update-ref", reference, &commit]);
    forget(scratch);
}

fn forge(scratch: &Scratch, reference: &str, entries: &[Value]) {
    let lines: Vec<String> = entries.iter().map(Value::to_string).collect();
    forge_lines(scratch, reference, &lines);
}

/// The id of an entry: the digest of its line.
fn id(entry: &Value) -> String {
    Sha256::of(entry.to_string().as_bytes()).to_string()
}

/// A chain that fits together again.
fn chained(mut entries: Vec<Value>) -> Vec<Value> {
    let mut prev = None;
    for (seq, entry) in entries.iter_mut().enumerate() {
        entry["seq"] = json!(seq);
        if let Some(prev) = prev {
            entry["prev"] = json!(prev);
        }
        prev = Some(id(entry));
    }
    entries
}

/// A clone that has never verified.
fn forget(scratch: &Scratch) {
    for name in ["pins.json", "verified"] {
        let _ = fs::remove_file(scratch.path(".git/gov").join(name));
    }
}

/// The exit code of `audit verify` and the codes of the damage it tells.
fn verified(scratch: &Scratch) -> (i32, Vec<String>) {
    let said = scratch.run(&["audit", "verify", "--format", "json"]);
    let json = said.json();
    let codes = json["damage"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
    let mut codes: Vec<String> = codes.map(|damage| damage["code"].as_str().unwrap().to_owned()).collect();
    codes.sort();
    codes.dedup();
    (said.code, codes)
}

/// Does something to a sound ledger and tells what is found.
fn attacked(attack: impl Fn(&Scratch, &str)) -> (i32, Vec<String>) {
    let scratch = governed();
    attack(&scratch, &stream(&scratch));
    verified(&scratch)
}

fn broken(codes: &[&str]) -> (i32, Vec<String>) {
    (1, codes.iter().map(|code| (*code).to_owned()).collect())
}

fn sound() -> (i32, Vec<String>) {
    (0, Vec::new())
}

#[test]
fn what_git_may_do_to_a_ledger_leaves_it_sound() {
    let scratch = governed();
    assert_eq!(verified(&scratch), sound());

    scratch.git(&["notes", "add", "-m", "an ordinary note", "HEAD"]);
    scratch.git(&["notes", "--ref", "other", "add", "-m", "another", "HEAD~1"]);
    scratch.git(&["gc", "-q", "--prune=now"]);
    scratch.git(&["repack", "-q", "-adf"]);
    scratch.git(&["pack-refs", "--all"]);
    assert_eq!(verified(&scratch), sound());
    scratch.commit_by_hand("Go on");
    assert_eq!(verified(&scratch), sound());

    let mirror = scratch.beside("mirror.git");
    scratch.git(&["clone", "-q", "--mirror", ".", mirror.to_str().unwrap()]);
    let said = scratch.run_in(&mirror, &["audit", "verify", "main", "--replay"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
}

#[test]
fn another_layout_of_the_same_notes_is_sound() {
    let found = attacked(|scratch, reference| {
        let entry = |(object, text): &(String, String)| {
            let blob = blob(scratch, text.as_bytes());
            format!("100644 blob {blob}\t{object}")
        };
        let flat: Vec<String> = notes(scratch, reference).iter().map(entry).collect();
        let tree = object(scratch, &["mktree"], (flat.join("\n") + "\n").as_bytes());
        let commit = scratch.git(&["commit-tree", "-p", reference, "-m", "Flatten", &tree]);
        scratch.git(&["update-ref", reference, &commit]);
    });

    assert_eq!(found, sound());
}

#[test]
fn other_commits_around_the_same_notes_are_sound_and_around_fewer_are_not() {
    let around = |revision: &str| {
        attacked(|scratch, reference| {
            assert_eq!(verified(scratch), sound());
            let tree = format!("{reference}{revision}^{{tree}}");
            let commit = scratch.git(&["commit-tree", "-m", "Squash", &tree]);
            scratch.git(&["update-ref", reference, &commit]);
            let whole = scratch.run(&["audit", "verify", "--full"]);
            assert_eq!(whole.code, verified(scratch).0, "{}", whole.out);
        })
    };

    assert_eq!(around(""), sound());
    assert_eq!(around("~1"), broken(&["history-rewritten", "truncated"]));
}

/// Lets the pipeline put something on record beside an attacked stream, and tells what is wrong with
/// either of the two.
fn beside(attack: impl Fn(&Scratch, &str)) -> (Vec<String>, Vec<String>) {
    let scratch = governed();
    let reference = stream(&scratch);
    attack(&scratch, &reference);
    let said = scratch.run_with(&["record", "HEAD", "--reason", "The pipeline saw it, too"], |command| {
        command.env("GOV_HOOK_STREAM", "ci-1");
    });
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    let verified = scratch.run(&["audit", "verify", "--full", "--format", "json"]).json();
    let of = |is_attacked: bool| {
        let damage = verified["damage"].as_array().unwrap().iter();
        let damage = damage.filter(|damage| (damage["stream"] != "ci-1") == is_attacked);
        damage.map(|damage| damage["code"].as_str().unwrap().to_owned()).collect()
    };
    (of(true), of(false))
}

#[test]
fn what_a_stream_falsely_says_of_itself_harms_no_other() {
    let named = |name: &'static str| {
        beside(move |scratch, reference| {
            let tree = format!("{reference}^{{tree}}");
            let commit = scratch.git(&["commit-tree", "-p", reference, "-m", name, &tree]);
            scratch.git(&["update-ref", reference, &commit]);
        })
    };
    let ahead = beside(|scratch, reference| {
        let mut entries = scratch.entries(reference);
        entries.last_mut().unwrap()["time"] = json!("9999-12-31T23:59:59Z");
        let entries = chained(entries);
        forge(scratch, reference, &entries);
        let (last, tree) = (entries.last().unwrap(), format!("{reference}^{{tree}}"));
        let message = format!("Say so\n\nGov-Seq: {}\nGov-Id: {}", last["seq"], id(last));
        let commit = scratch.git(&["commit-tree", "-m", &message, &tree]);
        scratch.git(&["update-ref", reference, &commit]);
    });
    let nowhere = "Name it\n\nGov-Seq: 1000\nGov-Id: abababababababababababababababababababababababababababababababab";

    assert_eq!(named("Name none"), (Vec::new(), Vec::new()));
    assert_eq!(named(nowhere), (vec!["malformed-note".to_owned()], Vec::new()));
    assert_eq!(ahead, (Vec::new(), Vec::new()));
}

#[test]
fn a_stream_goes_on_behind_what_git_did_to_its_layout_and_from_where_a_remote_has_it() {
    let scratch = governed();
    let reference = stream(&scratch);
    let go_on = |number: usize| {
        scratch.write(&format!("further-{number}.txt"), lines(number));
        scratch.commit_by_hand("Go on");
        assert_eq!(verified(&scratch), sound());
    };

    let laid_out = scratch.git(&["commit-tree", "-p", &reference, "-m", "Lay out", &format!("{reference}^{{tree}}")]);
    scratch.git(&["update-ref", &reference, &laid_out]);
    go_on(1);
    let copy = reference.replace("refs/notes/gov/", "refs/notes/remotes/origin/gov/");
    scratch.git(&["update-ref", &copy, &reference]);
    scratch.git(&["update-ref", "-d", &reference]);
    assert_eq!(verified(&scratch), broken(&["stream-missing"]));
    go_on(2);

    assert_eq!(scratch.entries(&reference).last().unwrap()["seq"], json!(scratch.entries(&copy).len() + 1));
}

#[test]
fn replacements_and_grafts_change_nothing() {
    let found = attacked(|scratch, reference| {
        let (_, text) = notes(scratch, reference).pop().unwrap();
        let real = blob(scratch, text.as_bytes());
        let fake = blob(scratch, text.replace("LOW", "HIGH").as_bytes());
        scratch.git(&["replace", "-f", &real, &fake]);
        let parent = scratch.git(&["rev-parse", &format!("{reference}~1")]);
        scratch.git(&["replace", "--graft", &parent]);
        let graft = format!("{}\n", scratch.git(&["rev-parse", reference]));
        fs::create_dir_all(scratch.path(".git/info")).unwrap();
        fs::write(scratch.path(".git/info/grafts"), graft).unwrap();
    });

    assert_eq!(found, sound());
}

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
    assert_eq!(first, format!("sound: 8 entries in 2 streams, 0 signed; the 7 newest entries of {name} unwitnessed"));
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

#[test]
fn a_forged_decision_with_a_sound_chain_is_found_by_replay() {
    let scratch = governed();
    scratch.write("big.txt", lines(900));
    scratch.commit_by_hand("Add much");
    let replayed = scratch.run(&["audit", "verify", "--replay"]);
    assert_eq!(replayed.code, 0, "{}{}", replayed.out, replayed.err);
    let reference = stream(&scratch);
    let mut entries = scratch.entries(&reference);
    let forged = entries.iter_mut().rev().find(|entry| entry["kind"] == "decision").unwrap();
    forged["risk"]["score"] = json!(1);
    let mut entries = chained(entries);
    let decision = id(&entries[entries.len() - 2]);
    entries.last_mut().unwrap()["body"]["decision"] = json!(decision);
    forge(&scratch, &reference, &entries);
    assert_eq!(verified(&scratch), sound());

    let said = scratch.run(&["audit", "verify", "--replay", "--format", "json"]);

    assert_eq!(said.code, 1);
    assert_eq!(said.json()["damage"][0]["code"], "replay-differs");
}

/// How many decisions came out the same, and the codes of what did not.
fn replayed(scratch: &Scratch) -> (u64, Vec<String>) {
    let said = scratch.run(&["audit", "verify", "--replay", "--format", "json"]).json();
    let codes = said["damage"].as_array().unwrap().iter().map(|damage| damage["code"].as_str().unwrap().to_owned());
    (said["replay"]["same"].as_u64().unwrap(), codes.collect())
}

/// Changes the last decision or push of HIGH risk, and all that follows from its new id.
fn forge_high(scratch: &Scratch, kind: &str, change: impl Fn(&mut Value)) {
    let reference = stream(scratch);
    let old = scratch.entries(&reference);
    let at = old.iter().rposition(|entry| entry["kind"] == kind && entry["risk"]["level"] == "HIGH").unwrap();
    let was = id(&old[at]);
    let mut entries = old;
    change(&mut entries[at]);
    let mut entries = chained(entries);
    let is = id(&entries[at]);
    for entry in &mut entries {
        if entry["body"]["decision"] == was.as_str() {
            entry["body"]["decision"] = json!(is);
        }
    }
    forge(scratch, &reference, &chained(entries));
}

#[test]
fn a_new_name_for_what_is_there_brings_nothing_when_it_is_made_again_either() {
    let scratch = governed();
    scratch.policy("version: 1\n");
    scratch.origin();
    scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);
    let before = replayed(&scratch).0;
    scratch.git(&["push", "-q", "origin", "main:refs/heads/other"]);
    scratch.git(&["tag", "v1"]);
    scratch.git(&["push", "-q", "origin", "v1"]);

    assert_eq!(replayed(&scratch), (before + 2, vec![]));
}

#[test]
fn every_kind_of_decision_comes_out_the_same_when_it_is_made_again() {
    let scratch = governed();
    scratch.origin();
    scratch.write("a.py", format!("key = '{}'\n", aws_key()));
    scratch.git(&["add", "--all"]);
    assert!(!scratch.try_git_in(&scratch.path(""), &["commit", "-q", "-m", "Refused"]).status.success());
    assert_eq!(replayed(&scratch), (4, vec![]), "a refused attempt, whose objects are still there");

    scratch.write("a.py", lines(3));
    scratch.commit_by_hand("Amended soon");
    scratch.write("b.py", lines(150));
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "--amend", "-m", "Amended"]);
    scratch.git(&["checkout", "-q", "-b", "side", "HEAD~1"]);
    scratch.write("side.txt", lines(250));
    scratch.commit_by_hand("Side");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.git(&["merge", "-q", "--no-ff", "-m", "Merge", "side"]);
    let (same, damage) = replayed(&scratch);
    assert_eq!(damage, Vec::<String>::new(), "an amendment and a merge");
    scratch.git(&["push", "-q", "origin", "main"]);
    assert_eq!(
        replayed(&scratch),
        (same + 2, vec![]),
        "a push to an empty remote, and the first commit, which no hook saw"
    );
    scratch.write("c.txt", lines(20));
    scratch.commit_by_hand("More");
    scratch.git(&["push", "-q", "origin", "main"]);
    assert_eq!(replayed(&scratch), (same + 4, vec![]), "a push of what is new");
}

#[test]
fn an_outcome_that_a_forger_made_better_is_found_by_replay() {
    let better = |entry: &mut Value| {
        entry["outcome"] = json!("auto_approved");
        entry["risk"]["level"] = json!("LOW");
    };
    let scratch = governed();
    scratch.origin();
    scratch.write("big.txt", lines(300));
    scratch.commit_by_hand("Add much");
    scratch.git(&["push", "-q", "origin", "main"]);
    assert_eq!(replayed(&scratch).1, Vec::<String>::new());
    let reference = stream(&scratch);
    let sound = scratch.git(&["rev-parse", &reference]);
    let copy = reference.replace("refs/notes/gov/", "");

    for kind in ["decision", "push"] {
        scratch.git(&["update-ref", &reference, &sound]);
        forge_high(&scratch, kind, better);
        // The remote has the real one: a forger who can write there too forges it there too.
        for name in scratch.git(&["for-each-ref", "--format=%(refname)"]).lines().filter(|name| name.ends_with(&copy)) {
            scratch.git(&["update-ref", name, &reference]);
        }
        assert_eq!(verified(&scratch), self::sound(), "{kind}");

        assert_eq!(replayed(&scratch).1, ["replay-differs"], "{kind}");
    }
}

/// What a forger changes, and what is expected in its place.
type Lie<'a> = (&'a str, &'a dyn Fn(&mut Value), &'a str);

#[test]
fn another_version_may_weigh_otherwise_and_not_contradict_what_is_there() {
    let scratch = governed();
    scratch
        .policy("version: 1\nenforcement: { default: staging }\npaths: { default: allow, protected: [\"core/**\"] }\n");
    scratch.write("core/a.txt", lines(150));
    scratch.write("big.txt", lines(150));
    scratch.commit_by_hand("Add much");
    let reference = stream(&scratch);
    let sound = scratch.git(&["rev-parse", &reference]);
    let low = |entry: &mut Value| {
        entry["risk"]["level"] = json!("LOW");
        entry["outcome"] = json!("auto_approved");
    };
    let lies: [Lie<'_>; 8] = [
        ("another score", &|entry| entry["risk"]["score"] = json!(99), ""),
        ("the risk of its paths", &low, "risk HIGH or more"),
        ("no approval", &|entry| entry["outcome"] = json!("auto_approved"), "somebody's word on HIGH risk"),
        ("its exit", &|entry| entry["outcome"] = json!("blocked"), "exit 1 for blocked"),
        ("its level", &|entry| entry["body"]["enforcement"] = json!("development"), "level staging"),
        ("its policy", &|entry| entry["policy"] = json!(format!("sha256:{}", "ab".repeat(32))), "policy sha256:"),
        ("its change", &|entry| entry["change"] = json!(format!("gc1-{}", "ab".repeat(32))), "change gc1-"),
        (
            "an approval that nobody gave",
            &|entry| {
                entry["outcome"] = json!("approved");
                entry["body"]["rests_on"] = json!(["ab".repeat(32)]);
            },
            "words on this change that approved rests on",
        ),
    ];
    for (what, lie, expected) in lies {
        scratch.git(&["update-ref", &reference, &sound]);
        forge_high(&scratch, "decision", |entry| {
            entry["engine"] = json!("gov-hook 0.0.9");
            lie(entry);
        });
        assert_eq!(verified(&scratch), self::sound(), "{what}");

        let said = scratch.run(&["audit", "verify", "--replay", "--format", "json"]).json();

        let told: Vec<&str> =
            said["damage"].as_array().unwrap().iter().map(|damage| damage["expected"].as_str().unwrap()).collect();
        assert_eq!(told.len(), usize::from(!expected.is_empty()), "{what}: {said}");
        assert!(told.iter().all(|told| told.starts_with(expected)), "{what}: {told:?}");
        assert_eq!(said["replay"]["otherwise"].as_array().unwrap().len(), usize::from(told.is_empty()), "{what}");
    }
}

#[test]
fn the_level_of_a_branch_is_no_forgers_to_lower_whichever_version_they_claim() {
    let scratch = governed();
    scratch.policy("version: 1\nenforcement: { default: staging }\n");
    scratch.write("big.txt", lines(300));
    scratch.commit_by_hand("Add much");

    forge_high(&scratch, "decision", |entry| entry["body"]["enforcement"] = json!("development"));

    assert_eq!(replayed(&scratch).1, ["replay-differs"]);
}

#[test]
fn a_branch_is_governed_since_adoption_or_its_gaps_are_told() {
    let scratch = governed();
    let said = scratch.run(&["audit", "verify", "main", "--format", "json"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let coverage = &said.json()["coverage"];
    assert_eq!(coverage["before_adoption"], 1);
    assert_eq!(coverage["totals"], json!({"recorded": 3, "late": 0, "bypassed": 0, "unrecorded": 0}));

    scratch.git(&["commit", "-q", "--allow-empty", "--no-verify", "-m", "Past the hooks"]);
    scratch.git(&["-c", "core.hooksPath=/nowhere", "commit", "-q", "--allow-empty", "-m", "Without gov-hook"]);
    let said = scratch.run(&["audit", "verify", "main"]);
    assert_eq!(said.code, 1);
    let first = said.out.lines().next().unwrap();
    assert_eq!(first, "not governed: 2 of 5 commits of main (1 bypassed, 1 unrecorded)");
    assert_eq!(scratch.run(&["audit", "verify", "HEAD~3..HEAD~2"]).code, 0);
    assert_eq!(scratch.run(&["audit", "verify"]).code, 0);

    let recorded = scratch.run(&["record", "HEAD~2..HEAD", "--reason", "the hooks were not installed"]);
    assert_eq!(recorded.code, 0, "{}", recorded.err);
    assert_eq!(scratch.run(&["audit", "verify", "main"]).code, 0);
}

#[test]
fn what_is_on_record_is_listed_and_shown() {
    let scratch = governed();

    let listed = scratch.run(&["audit", "log", "--kind", "commit", "--path", "file-2.txt", "--format", "json"]);
    let rows: Vec<Value> = listed.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["entry"]["subject"]["commit"], scratch.git(&["rev-parse", "HEAD~1"]).as_str());
    assert_eq!(scratch.run(&["audit", "log", "-n", "2"]).out.lines().count(), 2);
    assert_eq!(scratch.run(&["audit", "log", "HEAD~1..HEAD", "--kind", "decision"]).out.lines().count(), 1);
    assert_eq!(scratch.run(&["audit", "log", "--actor", "eve"]).out, "nothing on record fits\n");
    assert_eq!(scratch.run(&["audit", "log", "--until", "2001-01-01"]).out, "nothing on record fits\n");

    let id = rows[0]["id"].as_str().unwrap();
    let shown = scratch.run(&["audit", "show", &id[..12]]);
    assert!(shown.out.starts_with(&format!("commit {}: entry 4 of ", &id[..12])), "{}", shown.out);
    assert!(shown.out.contains("\n  signature    none\n"), "{}", shown.out);
    let of_commit = scratch.run(&["audit", "show", "HEAD~1", "--format", "json"]).json();
    assert_eq!(of_commit["entries"].as_array().unwrap().len(), 2);
    assert_eq!(scratch.run(&["audit", "show", "0123456789"]).code, 2);
}

#[test]
fn a_commit_that_was_held_and_pushed_past_the_hook_is_not_called_governed() {
    let scratch = Scratch::new();
    scratch.policy("version: 1\nenforcement: { branches: { main: staging } }\nroles: { admin: [lin@example.com] }\n");
    scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.install_hooks();
    scratch.write("long.txt", lines(250));
    let commit = scratch.commit_by_hand("Add much");
    let pushed = scratch.try_git_in(&scratch.path(""), &["push", "origin", "main"]);
    assert!(!pushed.status.success());
    scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);

    let said = scratch.run(&["audit", "verify", "HEAD~1..HEAD"]);
    let json = scratch.run(&["audit", "verify", "HEAD~1..HEAD", "--format", "json"]).json();

    assert_eq!(said.code, 1, "{}", said.out);
    let first = "not governed: 1 of 1 commit of HEAD~1..HEAD (1 held by the push gate and not approved)\n";
    assert!(said.out.starts_with(first), "{}", said.out);
    let short = &commit[..12];
    for line in [
        &format!("  {short}  recorded    HIGH      Add much\n"),
        "; held by the push gate and not approved\n",
        &format!("\nlet somebody else answer for it: gov-hook ratify {short}\n"),
    ] {
        assert!(said.out.contains(line), "{line}: {}", said.out);
    }
    assert_eq!((&json["coverage"]["governed"], &json["coverage"]["commits"][0]["held"]), (&json!(false), &json!(true)));

    let mut ratified = scratch.command("git", &scratch.path(""));
    assert!(ratified.args(["config", "user.email", "lin@example.com"]).status().unwrap().success());
    let ratifying = scratch.run(&["ratify", short]);
    assert_eq!(ratifying.code, 0, "{}{}", ratifying.out, ratifying.err);
    let answered = scratch.run(&["audit", "verify", "HEAD~1..HEAD"]);
    assert_eq!(answered.code, 0, "{}", answered.out);
}

/// A repository whose main is at staging and on a remote, where somebody else may answer.
fn at_staging() -> Scratch {
    let scratch = Scratch::new();
    scratch.policy("version: 1\nenforcement: { branches: { main: staging } }\nroles: { admin: [lin@example.com] }\n");
    scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    scratch.install_hooks();
    scratch
}

#[test]
fn what_landed_past_every_push_gate_is_told_by_each_who_tells_of_coverage() {
    let scratch = at_staging();
    scratch.write("long.txt", lines(250));
    let commit = scratch.commit_by_hand("Add much");
    let before = scratch.run(&["audit", "verify", "main"]);
    assert_eq!(before.code, 0, "what was not pushed has not landed: {}", before.out);
    scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);

    let said = scratch.run(&["audit", "verify", "main"]);
    let report = scratch.run(&["audit", "report"]);
    let as_json = scratch.run(&["audit", "report", "--format", "json"]).json();
    let exported = scratch.run(&["audit", "export", "HEAD~1..HEAD", "--format", "statements"]);

    let why = "not approved, and let through by no push gate";
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(said.out.starts_with(&format!("not governed: 1 of 1 commit of main (1 {why})\n")), "{}", said.out);
    assert!(report.out.contains("\npast the push gate; "), "{}", report.out);
    assert!(report.out.ends_with(&format!("\n            {why}\n")), "{}", report.out);
    assert_eq!(as_json["commits"]["past_gate"][0]["commit"], commit);
    let predicate = exported.json()["predicate"].clone();
    assert_eq!((&predicate["governed"], &predicate["past_gate"]), (&json!(false), &json!(why)));

    scratch.git(&["config", "user.email", "lin@example.com"]);
    assert_eq!(scratch.run(&["ratify", &commit[..12]]).code, 0);
    assert_eq!(scratch.run(&["audit", "verify", "main"]).code, 0);
    assert_eq!(scratch.run(&["audit", "report", "--format", "json"]).json()["commits"]["past_gate"], json!([]));
}

#[test]
fn what_was_denied_is_not_governed_for_being_put_on_record() {
    let scratch = at_staging();
    scratch.write("key.txt", secret_line());
    let commit = scratch.commit_all("Keep the key");
    assert_eq!(scratch.run(&["record", "HEAD", "--reason", "no time"]).code, 1);
    assert!(!scratch.try_git_in(&scratch.path(""), &["push", "-q", "origin", "main"]).status.success());
    scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);

    let said = scratch.run(&["audit", "verify", "main"]);

    assert_eq!(said.code, 1, "{}", said.out);
    let first = "not governed: 1 of 1 commit of main (1 denied by the push gate and not ratified)\n";
    assert!(said.out.starts_with(first), "{}", said.out);
    assert!(said.out.contains(&format!("gov-hook ratify {}", &commit[..12])), "{}", said.out);
}

/// The trailer of a new checkpoint, which main has in a commit of its own; and its stream.
fn anchored(scratch: &Scratch) -> (String, String) {
    let said = scratch.run(&["audit", "checkpoint", "--trailer"]);
    assert_eq!((said.code, said.out.lines().count()), (0, 1), "{}{}", said.out, said.err);
    let trailer = said.out.trim_end().to_owned();
    scratch.commit_by_hand(&format!("Merge it all\n\nReviewed-by: Lin <lin@example.com>\n{trailer}"));
    (trailer, stream(scratch))
}

fn codes_and_text(scratch: &Scratch, arguments: &[&str]) -> (i32, Vec<String>, String) {
    let said = scratch.run(&[&["audit", "verify"], arguments].concat());
    let json = scratch.run(&[&["audit", "verify", "--format", "json"], arguments].concat()).json();
    let damage = json["damage"].as_array().unwrap().iter();
    (said.code, damage.map(|damage| damage["code"].as_str().unwrap().to_owned()).collect(), said.out)
}

#[test]
fn a_checkpoint_that_a_commit_anchors_witnesses_the_ledger_and_tells_what_was_cut_behind_it() {
    let scratch = governed();
    let early = scratch.git(&["rev-parse", &stream(&scratch)]);
    let (trailer, reference) = anchored(&scratch);
    assert!(trailer.starts_with("Gov-Checkpoint: gov-hook/"), "{trailer}");

    let (code, damage, told) = codes_and_text(&scratch, &["main"]);

    assert_eq!((code, damage), (0, vec![]), "{told}");
    assert!(told.contains("\nheld to 1 checkpoint that commits and tags anchor\n"), "{told}");
    // The decision on the commit and its binding came after the checkpoint.
    assert!(told.starts_with("sound: 11 entries in 2 streams, 0 signed; the 2 newest entries of "), "{told}");

    scratch.git(&["update-ref", &reference, &early]);
    forget(&scratch);
    assert_eq!(scratch.run(&["pending"]).code, 0, "which reads the ledger and remembers that it was sound");
    assert_eq!(codes_and_text(&scratch, &[]).1, ["truncated"], "and was not held to any anchor");
    for arguments in [&["main"][..], &["--full"], &[]] {
        forget(&scratch);
        let (code, damage, told) = codes_and_text(&scratch, arguments);
        assert_eq!((code, damage), (1, vec!["truncated".to_owned()]), "{told}");
        let commit = scratch.git(&["rev-parse", "HEAD"]);
        assert!(told.contains(&format!(", which the checkpoint of commit {} has seen", &commit[..12])), "{told}");
    }
    for name in scratch.git(&["for-each-ref", "--format=%(refname)", "refs/notes/gov/"]).lines() {
        scratch.git(&["update-ref", "-d", name]);
    }
    forget(&scratch);
    assert_eq!(codes_and_text(&scratch, &["main"]).1, ["stream-missing"], "nothing at all is left");
}

#[test]
fn a_tag_anchors_a_checkpoint_and_a_branch_that_was_merged_does_not() {
    let scratch = governed();
    let said = scratch.run(&["audit", "checkpoint", "--trailer"]);
    let (trailer, reference) = (said.out.trim_end(), stream(&scratch));
    let stream = reference.rsplit('/').next().unwrap();
    scratch.git(&["tag", "-a", "v1", "-m", "Version 1", "-m", trailer]);
    scratch.git(&["tag", "light"]);
    scratch.git(&["checkout", "-q", "-b", "side", "HEAD~1"]);
    let forged = trailer.replace(&format!("{stream} "), &format!("{stream} 9"));
    scratch.git(&["commit", "-q", "--no-verify", "--allow-empty", "-m", &format!("Lie\n\n{forged}")]);
    scratch.git(&["checkout", "-q", "main"]);
    scratch.git(&["merge", "-q", "--no-ff", "--no-verify", "-m", "Merge side", "side"]);

    let (_, damage, told) = codes_and_text(&scratch, &["--full"]);

    assert_eq!(damage, Vec::<String>::new(), "{told}");
    assert!(told.contains("held to 1 checkpoint "), "{told}");

    scratch.git(&["tag", "-a", "lie", "-m", "Lie", "-m", &forged]);
    let (code, damage, told) = codes_and_text(&scratch, &["--full"]);
    assert_eq!((code, damage), (1, vec!["truncated".to_owned()]));
    assert!(told.contains(", which the checkpoint of tag lie has seen"), "{told}");
}

#[test]
fn a_trailer_that_names_no_checkpoint_of_this_repository_is_told_and_harms_nobody() {
    let scratch = governed();
    let trailer = scratch.run(&["audit", "checkpoint", "--trailer"]).out;
    let (_, place) = trailer.trim_end().split_once(' ').unwrap();
    let (_, place) = place.split_once(' ').unwrap();
    let foreign = format!("gov-hook/{} {place}", "7".repeat(64));
    for value in ["yes", &foreign] {
        scratch.commit_by_hand(&format!("Say so\n\nGov-Checkpoint: {value}"));
    }

    let said = scratch.run(&["audit", "verify", "main"]);
    let json = scratch.run(&["audit", "verify", "main", "--format", "json"]).json();

    assert_eq!(said.code, 0, "{}", said.out);
    let told = "\nno anchor, though it has the trailer `Gov-Checkpoint:`\n";
    assert!(said.out.contains(told), "{}", said.out);
    assert!(said.out.contains(": it is of another repository\n"), "{}", said.out);
    assert_eq!(json["anchors"]["held_to"], 0);
    assert_eq!(json["anchors"]["others"].as_array().unwrap().len(), 2);
}
