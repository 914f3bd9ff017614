//! Checkpoints that commits and tags anchor.

use crate::support::Scratch;
use crate::{forget, governed, stream};

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
    let told = "\nnot an anchor, despite its trailer `Gov-Checkpoint:`\n";
    assert!(said.out.contains(told), "{}", said.out);
    assert!(said.out.contains(": it is of another repository\n"), "{}", said.out);
    assert_eq!(json["anchors"]["held_to"], 0);
    assert_eq!(json["anchors"]["others"].as_array().unwrap().len(), 2);
}
