//! A scratch repository, driven by the real git and judged by the real binary.

#![allow(dead_code, reason = "every test file uses its own part of this")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "a test hides the machine's own environment")]
#![allow(unreachable_pub, reason = "it is public to the test that names it")]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

pub struct Scratch {
    root: TempDir,
}

/// What the program said, whole.
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Said {
    /// Whether it did what it was asked for.
    pub fn passed(&self) -> bool {
        self.code == 0
    }

    /// All that was said, to people and to programs.
    pub fn whole(&self) -> String {
        format!("{}{}", self.out, self.err)
    }

    #[track_caller]
    pub fn passes(&self) {
        assert!(self.passed(), "{}", self.whole());
    }

    #[track_caller]
    pub fn is_refused_with(&self, words: &[&str]) {
        let said = self.whole();
        assert!(!self.passed(), "it passed: {said}");
        for word in words {
            assert!(said.contains(word), "`{word}` is not in:\n{said}");
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\nout: {}\nerr: {}", self.out, self.err))
    }
}

impl Scratch {
    /// A repository on branch `main` with one commit that holds a README.
    pub fn new() -> Self {
        let scratch = Self::unborn();
        scratch.write("README.md", "# Scratch\n");
        scratch.commit_all("Start");
        scratch
    }

    /// A repository without any commit.
    pub fn unborn() -> Self {
        let scratch = Self { root: TempDir::new().unwrap() };
        let settings =
            "[user]\n\tname = Mira Example\n\temail = mira@example.com\n[protocol \"file\"]\n\tallow = always\n";
        fs::write(scratch.beside(".gitconfig"), settings).unwrap();
        fs::create_dir(scratch.path("")).unwrap();
        scratch.git(&["init", "-q", "-b", "main"]);
        scratch
    }

    /// Makes gov-hook the hooks of the repository.
    pub fn install_hooks(&self) {
        let said = self.run(&["install"]);
        assert_eq!(said.code, 0, "{}", said.err);
    }

    /// Commits everything as a person does, with the hooks; returns the commit's id.
    pub fn commit_by_hand(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Makes an SSH key, has git sign with it, and returns the line that lists it for Mira.
    pub fn ssh_key(&self, namespaces: &str) -> String {
        let key = self.beside("key");
        let mut command = self.command("ssh-keygen", &self.path(""));
        let made = command.args(["-q", "-t", "ed25519", "-N", "", "-C", "", "-f"]).arg(&key).status().unwrap();
        assert!(made.success());
        self.git(&["config", "gpg.format", "ssh"]);
        self.git(&["config", "user.signingkey", &key.with_extension("pub").to_string_lossy()]);
        let public = fs::read_to_string(key.with_extension("pub")).unwrap();
        format!("mira@example.com namespaces=\"{namespaces}\" {public}")
    }

    /// A bare repository beside the work tree, as the remote `origin`.
    pub fn origin(&self) -> PathBuf {
        let path = self.beside("origin.git");
        self.git(&["init", "-q", "--bare", "-b", "main", &path.to_string_lossy()]);
        self.git(&["remote", "add", "origin", &path.to_string_lossy()]);
        path
    }

    /// A path in the work tree.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join("work").join(name)
    }

    /// A path beside the work tree, for bare repositories, clones and the like.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn make_executable(&self, name: &str) {
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.path(""), arguments)
    }

    pub fn git_in(&self, directory: &Path, arguments: &[&str]) -> String {
        let output = self.try_git_in(directory, arguments);
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {err}");
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    pub fn try_git_in(&self, directory: &Path, arguments: &[&str]) -> Output {
        let mut command = self.command("git", directory);
        command.args(arguments).output().unwrap()
    }

    /// What git says, whether it does what it is asked for or not.
    pub fn tried(&self, arguments: &[&str]) -> Said {
        self.tried_in(&self.path(""), arguments)
    }

    pub fn tried_in(&self, directory: &Path, arguments: &[&str]) -> Said {
        self.try_git_in(directory, arguments).into()
    }

    pub fn tried_with(&self, arguments: &[&str], set: impl FnOnce(&mut Command)) -> Said {
        let mut command = self.command("git", &self.path(""));
        command.args(arguments);
        set(&mut command);
        command.output().unwrap().into()
    }

    /// Stages everything and commits it; returns the commit's id.
    pub fn commit_all(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "-q", "--allow-empty", "--no-verify", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Commits a policy, so that it is on the trusted side of what follows.
    pub fn policy(&self, text: &str) {
        self.write(".gov/policy.yaml", text);
        self.commit_all("Set the policy");
    }

    /// Runs gov-hook in the work tree.
    pub fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(arguments, |_| ())
    }

    pub fn run_in(&self, directory: &Path, arguments: &[&str]) -> Said {
        self.run_with(arguments, |command| {
            command.current_dir(directory);
        })
    }

    pub fn run_with(&self, arguments: &[&str], set: impl FnOnce(&mut Command)) -> Said {
        let mut command = self.command(env!("CARGO_BIN_EXE_gov-hook"), &self.path(""));
        command.args(arguments);
        set(&mut command);
        command.output().unwrap().into()
    }

    /// Runs gov-hook where no file may be written that is larger than so many blocks of 512 bytes, as on a full
    /// disk.
    pub fn run_without_room(&self, blocks: usize, arguments: &[&str]) -> Said {
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let mut command = self.command("sh", &self.path(""));
        command.args(["-c", &limited, env!("CARGO_BIN_EXE_gov-hook")]).args(arguments).output().unwrap().into()
    }

    /// The references of the streams that people write, of which `genesis` is none.
    pub fn streams(&self) -> Vec<String> {
        self.streams_in(&self.path(""))
    }

    pub fn streams_in(&self, directory: &Path) -> Vec<String> {
        let refs = self.git_in(directory, &["for-each-ref", "--format=%(refname)", "refs/notes/gov/"]);
        refs.lines().filter(|name| !name.ends_with("/genesis")).map(str::to_owned).collect()
    }

    /// What a stream of the ledger holds, in its order.
    pub fn entries(&self, reference: &str) -> Vec<Value> {
        self.entries_in(&self.path(""), reference)
    }

    pub fn entries_in(&self, directory: &Path, reference: &str) -> Vec<Value> {
        let mut entries: Vec<Value> = Vec::new();
        for blob in self.git_in(directory, &["ls-tree", "-r", "--format=%(objectname)", reference]).lines() {
            let note = self.git_in(directory, &["cat-file", "blob", blob]);
            entries.extend(note.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
        }
        entries.sort_by_key(|entry| entry["seq"].as_u64());
        entries
    }

    /// Every entry of the ledger verifies, and every decision on record is made again as it was.
    #[track_caller]
    pub fn is_replayed(&self) {
        self.is_replayed_in(&self.path(""));
    }

    #[track_caller]
    pub fn is_replayed_in(&self, directory: &Path) {
        self.run_in(directory, &["audit", "verify", "--full", "--replay"]).passes();
    }

    /// `gov-hook check … --format json`, read.
    pub fn check(&self, arguments: &[&str]) -> Value {
        let said = self.run(&[&["check"], arguments, &["--format", "json"]].concat());
        let json = said.json();
        assert_eq!(json["exit"], said.code, "the report and the process must agree");
        json
    }

    /// A command that sees nothing of the machine's own git settings.
    pub fn command(&self, program: impl AsRef<OsStr>, directory: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(directory);
        for (name, _) in std::env::vars_os() {
            let name_text = name.to_string_lossy();
            if ["GIT_", "GOV_", "CLAUDE_"].iter().any(|first| name_text.starts_with(first)) {
                command.env_remove(&name);
            }
        }
        command
            .env("HOME", self.root.path())
            .env("XDG_CONFIG_HOME", self.root.path().join("config"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("NO_COLOR", "1")
            .env_remove("CLICOLOR_FORCE");
        command
    }
}

/// The part of [`aws_key`] that no report may tell.
pub const UNTOLD: &str = "Z7QVN4KWJ3XPLM2T";

/// Nobody's key: it only has the form of one, and stands nowhere in one piece.
pub fn aws_key() -> String {
    ["AKIA", UNTOLD].concat()
}

/// A line with such a key, told apart by how it ends.
pub fn key(tail: &str) -> String {
    ["access = \"AKIA", "Z7QVN4KWJ3XP", tail, "\"\n"].concat()
}

/// A line that is denied.
pub fn secret_line() -> String {
    format!("key = {}\n", aws_key())
}

/// Text of `count` distinct lines that no rule and no language minds.
pub fn lines(count: usize) -> String {
    (1..=count).flat_map(|line| ["line ".to_owned(), line.to_string(), "\n".to_owned()]).collect()
}
