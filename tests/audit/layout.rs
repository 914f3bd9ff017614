//! What leaves a ledger sound: other layouts of its notes, other commits around them, git's own upkeep.

use std::fs;

use serde_json::json;

use crate::support::{Scratch, lines};
use crate::{attacked, blob, broken, chained, forge, governed, id, notes, object, sound, stream, verified};

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
fn behind_the_greatest_of_all_numbers_nothing_is_written() {
    let scratch = governed();
    let reference = stream(&scratch);
    let message = format!("Name it\n\nGov-Seq: {}\nGov-Id: {}", u64::MAX, "ab".repeat(32));
    let last = scratch.git(&["commit-tree", "-p", &reference, "-m", &message, &format!("{reference}^{{tree}}")]);
    scratch.git(&["update-ref", &reference, &last]);
    scratch.write("further.txt", "one\n");
    scratch.git(&["add", "--all"]);

    let refused = scratch.tried(&["commit", "-q", "-m", "Go on"]);

    assert!(refused.err.contains("something other than gov-hook wrote to refs/notes/gov/"), "{}", refused.err);
    assert_eq!((refused.code, scratch.git(&["rev-parse", &reference])), (1, last));
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
