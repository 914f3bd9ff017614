//! Trees and commits are any bytes: they are read or refused without a panic, what is read of a tree
//! reads the same when it is written, and what libgit2 reads too, it reads the same.
//! On stable: `cargo fuzz run -s none git_tree`.
#![no_main]

use std::sync::Once;

use git2::{ObjectType, Odb, Repository};
use gov_hook::git::Commit;
use gov_hook::git::formats::tree::{entries, push_entry};
use gov_hook::model::ObjectId;
use libfuzzer_sys::fuzz_target;

static PLAIN: Once = Once::new();

fuzz_target!(|bytes: &[u8]| {
    PLAIN.call_once(|| git2::opts::enable_caching(false));
    let held: Vec<_> = entries(bytes).map_while(|entry| entry).collect();
    let mut again = Vec::new();
    for entry in &held {
        push_entry(&mut again, entry.bits, entry.name, entry.id);
    }
    assert!(again.len() <= bytes.len());
    assert_eq!(entries(&again).collect::<Option<Vec<_>>>().as_ref(), Some(&held));

    let is_tree = entries(bytes).all(|entry| entry.is_some());
    let commit = Commit::parse(ObjectId::new([0; 20]), bytes);
    if !is_tree && commit.is_none() {
        return;
    }
    let Ok(odb) = Odb::new() else { return };
    let Ok(_memory) = odb.add_new_mempack_backend(1) else { return };
    let written = |kind| odb.write(kind, bytes).ok();
    let (tree, whole) = (written(ObjectType::Tree), written(ObjectType::Commit));
    let Ok(repo) = Repository::from_odb(odb) else { return };
    if let Some(theirs) = tree.filter(|_| is_tree).and_then(|id| repo.find_tree(id).ok()) {
        assert_eq!(theirs.len(), held.len());
        for (ours, theirs) in held.iter().zip(theirs.iter()) {
            assert_eq!(ours.name, theirs.name_bytes());
            assert_eq!(*ours.id.as_bytes(), *theirs.id().as_bytes());
            assert_eq!(Some(ours.bits), u32::try_from(theirs.filemode_raw()).ok());
        }
    }
    if let (Some(ours), Some(theirs)) = (commit, whole.and_then(|id| repo.find_commit(id).ok())) {
        assert_eq!(*ours.tree.as_bytes(), *theirs.tree_id().as_bytes());
        let parents: Vec<_> = ours.parents.iter().map(|parent| parent.as_bytes().to_vec()).collect();
        assert_eq!(parents, theirs.parent_ids().map(|id| id.as_bytes().to_vec()).collect::<Vec<_>>());
    }
});
