//! A server that judges what is pushed to it, with real bare repositories, pushes and attacks.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod client;
mod law;
mod ledger;
mod pushes;

use std::path::PathBuf;

use serde_json::Value;

use support::{Said, Scratch};

const PRODUCTION: &str = "version: 1\nenforcement: { branches: { main: production, staging: staging } }\n";

/// A clone with hooks, and a server that has its first commit and enforces.
struct Hosted {
    scratch: Scratch,
    server: PathBuf,
}

impl Hosted {
    fn new(policy: &str) -> Self {
        let hosted = Self::without_hooks(policy);
        hosted.enforce();
        hosted
    }

    fn without_hooks(policy: &str) -> Self {
        let scratch = Scratch::new();
        scratch.policy(policy);
        let server = scratch.origin();
        scratch.git(&["push", "-q", "origin", "main"]);
        scratch.install_hooks();
        Self { scratch, server }
    }

    fn enforce(&self) {
        let said = self.scratch.run_in(&self.server, &["install", "--server"]);
        assert_eq!(said.code, 0, "{}", said.err);
    }

    fn commit(&self, file: &str, text: &str) -> String {
        self.scratch.write(file, text);
        self.scratch.commit_by_hand(&format!("Change {file}"))
    }

    fn commit_past_hooks(&self, file: &str, text: &str) -> String {
        self.scratch.write(file, text);
        self.scratch.git(&["add", "--all"]);
        self.scratch.git(&["-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "Past all hooks"]);
        self.scratch.git(&["rev-parse", "HEAD"])
    }

    fn push(&self, arguments: &[&str]) -> Said {
        self.scratch.tried(&[&["push"], arguments].concat())
    }

    fn there(&self, arguments: &[&str]) -> String {
        self.scratch.git_in(&self.server, arguments)
    }

    /// The streams that the server has.
    fn streams(&self) -> Vec<String> {
        self.scratch.streams_in(&self.server)
    }

    fn own_stream(&self) -> String {
        self.scratch.streams().remove(0)
    }

    /// What the server itself wrote down, in its order.
    fn witnessed(&self) -> Vec<Value> {
        let in_stream = |stream: &String| self.scratch.entries_in(&self.server, stream);
        let mut entries: Vec<Value> = self.streams().iter().flat_map(in_stream).collect();
        entries.retain(|entry| entry["actor"]["kind"] == "witness");
        entries.sort_by_key(|entry| entry["seq"].as_u64());
        entries
    }

    /// A commit on top of a notes ref, with a file put in or a tree of one's own, as an attacker
    /// makes it with git alone.
    fn forged(&self, parent: Option<&str>, tree: &str) -> String {
        let parent: Vec<&str> = parent.iter().flat_map(|parent| ["-p", parent]).collect();
        self.scratch.git(&[&["commit-tree", tree, "-m", "Notes added by 'git notes add'"][..], &parent].concat())
    }
}
