//! A remote, and people with clones, keys and hooks of their own.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

use gov_hook::app::hook::Stage;
use gov_hook::git::notes::{Draft, Noted, Writer};
use gov_hook::git::{Place, Repo};
use gov_hook::ledger;
use gov_hook::model::{Entry, EntryKind, Seen};
use serde_json::Value;

use crate::support::{Said, Scratch, lines};

pub const POLICY: &str = "\
version: 1
enforcement: { default: development, branches: { main: production, stage: staging } }
paths: { default: allow, protected: [\"core/**\"], never_auto_approve: [\"keys/**\", \".gov/**\"] }
rules: { packs: [secrets] }
roles: { admin: [ada@example.com], tech_lead: [lin@example.com, sam@example.com] }
approvals:
  high: { count: 1, roles: [tech_lead, admin], timeout: 1h }
  critical: { count: 1, roles: [admin], timeout: 24h, signed: true }
agents: { identities: [ { id: claude, emails: [\"*@anthropic.com\"], trailers: [\"Co-Authored-By: Claude*\"] } ] }
";

pub const PEOPLE: [&str; 4] = ["mira", "lin", "ada", "sam"];

/// A remote, and a clone of it for each person, with their key and the hooks. Mira's is the work tree.
pub struct Team {
    pub scratch: Scratch,
}

impl Team {
    pub fn new() -> Self {
        Self::of("# Scratch\n")
    }

    /// From now on the policy asks two people with these roles about anything in `core`; Mira has it.
    pub fn asks_two(&self, roles: &str) {
        let rule = format!("  paths: [ {{ paths: [\"core/**\"], count: 2, roles: [{roles}] }} ]\n");
        let policy = POLICY.replace("agents:", &format!("{rule}agents:"));
        fs::write(self.at("ada").join(".gov/policy.yaml"), policy).unwrap();
        self.git("ada", &["commit", "-q", "--all", "--no-verify", "-m", "Ask two"]);
        self.git("ada", &["push", "-q", "--no-verify", "origin", "main"]);
        self.git("mira", &["pull", "-q", "--rebase", "origin", "main"]);
    }

    /// A repository of its own for every README.
    pub fn of(readme: &str) -> Self {
        let scratch = Scratch::unborn();
        scratch.write("README.md", readme);
        scratch.commit_all("Start");
        let origin = scratch.origin();
        fs::create_dir(scratch.beside("keys")).unwrap();
        let mut signers = Vec::new();
        for person in PEOPLE {
            let key = scratch.beside("keys").join(person);
            let mut made = scratch.command("ssh-keygen", &scratch.path(""));
            assert!(made.args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"]).arg(&key).status().unwrap().success());
            let public = fs::read_to_string(key.with_extension("pub")).unwrap();
            signers.push(format!("{person}@example.com namespaces=\"log@gov-hook,approve@gov-hook\" {public}"));
        }
        scratch.write(".gov/allowed_signers", signers.concat());
        scratch.write("core/a.txt", lines(5));
        scratch.write("core/b.txt", lines(5));
        scratch.write("other.txt", lines(5));
        scratch.policy(POLICY);
        scratch.git(&["push", "-q", "origin", "main"]);
        let team = Self { scratch };
        for person in PEOPLE {
            if person != "mira" {
                team.scratch.git(&["clone", "-q", &origin.to_string_lossy(), &team.at(person).to_string_lossy()]);
            }
            let key = team.scratch.beside("keys").join(format!("{person}.pub"));
            for (name, value) in [
                ("user.name", person.to_owned()),
                ("user.email", format!("{person}@example.com")),
                ("gpg.format", "ssh".to_owned()),
                ("user.signingkey", key.to_string_lossy().into_owned()),
            ] {
                team.git(person, &["config", name, &value]);
            }
            team.install(person);
        }
        team.git("mira", &["fetch", "-q"]);
        team
    }

    pub fn at(&self, person: &str) -> PathBuf {
        if person == "mira" { self.scratch.path("") } else { self.scratch.beside(person) }
    }

    pub fn install(&self, person: &str) {
        use std::os::unix::fs::PermissionsExt;
        for stage in Stage::ALL.map(Stage::as_str) {
            let path = self.at(person).join(".git/hooks").join(stage);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let shim = format!("#!/bin/sh\nexec '{}' hook {stage} \"$@\"\n", env!("CARGO_BIN_EXE_gov-hook"));
            fs::write(&path, shim).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    pub fn git(&self, person: &str, arguments: &[&str]) -> String {
        self.scratch.git_in(&self.at(person), arguments)
    }

    pub fn gov(&self, person: &str, arguments: &[&str]) -> Said {
        self.scratch.run_in(&self.at(person), arguments)
    }

    pub fn json(&self, person: &str, arguments: &[&str]) -> Value {
        self.gov(person, &[arguments, &["--format", "json"]].concat()).json()
    }

    /// Changes a file on a branch of Mira's that starts at main, and commits it with the hooks.
    pub fn commit(&self, branch: &str, path: &str, content: &str) -> String {
        let exists = self.scratch.try_git_in(&self.at("mira"), &["rev-parse", "-q", "--verify", branch]).status;
        let start: &[&str] = if exists.success() { &[] } else { &["-c"] };
        self.git("mira", &[&["switch", "-q"], start, &[branch]].concat());
        self.scratch.write(path, content);
        self.git("mira", &["add", "--all"]);
        self.git("mira", &["commit", "-q", "-m", &format!("Change {path}")]);
        self.git("mira", &["rev-parse", "HEAD"])
    }

    /// Pushes what Mira has checked out to a branch, past no hook.
    pub fn push(&self, to: &str) -> Said {
        self.scratch.tried_in(&self.at("mira"), &["push", "origin", &format!("HEAD:refs/heads/{to}")])
    }

    /// The same past the client's own hook, to a server that judges and has the ledger already.
    pub fn push_past_hook(&self, to: &str) -> Said {
        self.gov("mira", &["audit", "sync"]);
        let there = format!("HEAD:refs/heads/{to}");
        self.scratch.tried_in(&self.at("mira"), &["push", "--no-verify", "origin", &there])
    }

    pub fn is_held(&self, to: &str) -> String {
        let said = self.push(to);
        said.is_refused_with(&[]);
        said.out
    }

    pub fn lands(&self, to: &str) {
        self.push(to).passes();
    }

    /// A person approves the newest request as they would: see what is there, look, say yes.
    pub fn approve(&self, person: &str, id: &str) -> Said {
        self.gov(person, &["audit", "sync"]);
        let said = self.gov(person, &["approve", id]);
        self.gov(person, &["audit", "sync"]);
        self.gov("mira", &["audit", "sync"]);
        said
    }

    /// Mira's change, held on its way to main; gives its id.
    pub fn held(&self, path: &str, content: &str) -> String {
        self.commit("topic", path, content);
        self.is_held("main");
        self.id()
    }

    /// The same, approved by Lin.
    pub fn approved(&self, path: &str, content: &str) -> String {
        let id = self.held(path, content);
        let said = self.approve("lin", &id);
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        id
    }

    /// The id of what Mira has checked out, on its way to main.
    pub fn id(&self) -> String {
        self.judged()["target"]["change"].as_str().unwrap()[4..16].to_owned()
    }

    pub fn judged(&self) -> Value {
        self.json("mira", &["check", "origin/main..HEAD"])
    }

    /// What is said of approvals that do not count for what Mira has checked out.
    pub fn not_counted(&self) -> Vec<String> {
        let judged = self.judged();
        let refused = judged["approvals"]["not_counted"].as_array().unwrap().iter();
        refused
            .map(|refused| format!("{} {}", refused["by"].as_str().unwrap(), refused["why"].as_str().unwrap()))
            .collect()
    }

    /// The reference that a person's stream is, as Mira has it.
    pub fn stream_of(&self, person: &str) -> String {
        let refs = self.git("mira", &["for-each-ref", "--format=%(refname)", "refs/notes/gov/"]);
        let by =
            |name: &&str| self.git("mira", &["log", "-1", "--format=%ae", name]) == format!("{person}@example.com");
        refs.lines().find(by).unwrap().to_owned()
    }

    /// Adds entries to the stream of a person's clone behind gov-hook's back; each is made from the
    /// newest of its kind and signed with a key, or not at all.
    pub fn forge(&self, person: &str, kind: EntryKind, key: Option<(&str, &str)>, change: impl FnOnce(&mut Entry)) {
        let place = Place { directory: Some(self.at(person)), ..Place::default() };
        let repo = Repo::open(&place).unwrap();
        let streams = repo.streams().unwrap();
        let nonce = repo.clone_nonce().unwrap().to_string();
        let stream = streams.iter().find(|stream| stream.name.ends_with(&nonce)).unwrap().name.clone();
        let mut all = Vec::new();
        for reference in streams.iter().map(|stream| &stream.reference) {
            for blob in self.git(person, &["ls-tree", "-r", "--format=%(objectname)", reference]).lines() {
                let note = self.git(person, &["cat-file", "blob", blob]);
                all.extend(note.lines().map(|line| ledger::parse(line.as_bytes()).unwrap()));
            }
        }
        let model = all.iter().filter(|entry| entry.kind == kind).max_by_key(|entry| entry.time).unwrap();
        let mut entry = model.clone();
        let head = repo.stream_tip(&stream).unwrap().unwrap().head.unwrap();
        (entry.stream, entry.seq, entry.prev) = (stream.clone(), head.seq + 1, Some(head.id));
        (entry.sig, entry.actor.email) = (None, format!("{person}@example.com"));
        entry.seen.clear();
        entry.time = all.iter().map(|entry| entry.time).max().unwrap();
        change(&mut entry);
        if let Some((key, namespace)) = key {
            entry.sig = Some(self.sign(key, namespace, &ledger::signed_bytes(&entry).unwrap()));
        }
        let line = ledger::write(&entry).unwrap().into_bytes();
        let head = Seen { seq: entry.seq, id: ledger::id(&line) };
        let object = entry.subject.commit.or(entry.subject.tree).or(entry.subject.base).unwrap();
        let writer = Writer { name: person.into(), email: entry.actor.email.clone() };
        let draft =
            Draft { notes: vec![Noted { object, line }], head, subject: "forged".into(), time: entry.time.seconds() };
        repo.append::<gov_hook::git::notes::NotesError>(&stream, &writer, |_| Ok(Some(draft.clone()))).unwrap();
    }

    fn sign(&self, key: &str, namespace: &str, bytes: &[u8]) -> String {
        let mut command = self.scratch.command("ssh-keygen", &self.scratch.path(""));
        command.args(["-Y", "sign", "-q", "-n", namespace, "-f"]).arg(self.scratch.beside("keys").join(key));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(bytes).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    }
}
