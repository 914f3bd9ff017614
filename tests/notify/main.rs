//! People are told of decisions: once each, whatever the network does, and never at the price of a
//! decision or a secret.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

#[path = "../support/mod.rs"]
mod support;

mod commands;
mod delivery;
mod receiver;
mod told;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use receiver::Server;
use support::{Said, Scratch};

const TOKEN: &str = "4815:telegram-token";
const KEY: &str = "the-key-of-the-webhook";

/// A repository with hooks whose policy holds what touches `core/`, and tells of it.
fn repository(notify: &str) -> Scratch {
    let scratch = Scratch::new();
    scratch.policy(&format!(
        "version: 1\nenforcement: {{ default: production }}\nroles: {{ admin: [ada@example.com] }}\n\
         paths: {{ protected: [\"core/**\"] }}\nnotify:\n{notify}"
    ));
    scratch.install_hooks();
    scratch
}

const WEBHOOK: &str = "  - { on: [\"*\"], webhook: { url_env: HOOK, secret_env: HOOK_KEY } }\n";

/// What a developer's shell has set.
fn set(command: &mut Command, server: &Server) {
    for proxy in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        command.env_remove(proxy);
    }
    command
        .env("GOV_HOOK_TELEGRAM_API", &server.address)
        .env("BOT_TOKEN", TOKEN)
        .env("CHAT_HOOK", format!("{}/chat/s3cr3t-path", server.address))
        .env("HOOK", format!("{}/hook?key=s3cr3t-query", server.address))
        .env("HOOK_KEY", KEY);
}

/// A commit by hand, of a file that the policy protects.
fn commit(scratch: &Scratch, server: &Server, name: &str) -> Said {
    scratch.write(&format!("core/{name}"), format!("{name}\n"));
    again(scratch, server)
}

fn again(scratch: &Scratch, server: &Server) -> Said {
    scratch.git(&["add", "--all"]);
    let mut command = scratch.command("git", &scratch.path(""));
    set(&mut command, server);
    command.args(["commit", "-q", "-m", "Change"]).output().unwrap().into()
}

fn run(scratch: &Scratch, server: &Server, arguments: &[&str]) -> Said {
    scratch.run_with(arguments, |command| set(command, server))
}

/// Waits for whoever is sending, and sends what is left.
fn flush(scratch: &Scratch, server: &Server) -> Said {
    run(scratch, server, &["notify", "flush"])
}

fn waiting(scratch: &Scratch) -> Vec<PathBuf> {
    let Ok(files) = fs::read_dir(scratch.path(".git/gov/spool")) else { return Vec::new() };
    files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "json")).collect()
}
