//! gov-hook under pre-commit and prek, the real ones from PyPI.
//!
//! `tests/support/frameworks.sh` puts them into `target/frameworks`. Where that cannot be done, for want of
//! a network or of Python, these tests say so and test nothing. `GOV_HOOK_FRAMEWORKS=required`, which
//! `.ci/run` sets, makes that a failure, and has one of them build gov-hook from source, for minutes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]
#![allow(clippy::disallowed_methods, reason = "the environment says what may be done without")]
#![allow(clippy::print_stderr, reason = "what is not tested is said")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use support::{Scratch, UNTOLD, secret_line};

const FRAMEWORKS: [&str; 2] = ["pre-commit", "prek"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder that has the programs; none where they cannot be had.
fn programs() -> Option<&'static Path> {
    static PROGRAMS: OnceLock<Option<PathBuf>> = OnceLock::new();
    let found = PROGRAMS.get_or_init(|| {
        let folder = target().join("frameworks");
        let script = root().join("tests/support/frameworks.sh");
        let output = Command::new(script).arg(&folder).output();
        match output {
            Ok(output) if output.status.success() => Some(folder.join("bin")),
            failed => {
                let why = failed.map_or_else(|error| error.to_string(), |output| text(&output.stderr));
                assert!(!is_required(), "pre-commit and prek are required: {why}");
                eprintln!("not tested with pre-commit and prek: {why}");
                None
            }
        }
    });
    found.as_deref()
}

fn is_required() -> bool {
    std::env::var_os("GOV_HOOK_FRAMEWORKS").is_some()
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_gov-hook")).ancestors().nth(2).unwrap().to_owned()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn said(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

/// A repository that uses a framework, with gov-hook on PATH.
struct Framed {
    scratch: Scratch,
    path: String,
    framework: &'static str,
}

impl Framed {
    /// With these hooks of a repository that offers what this one does.
    fn new(framework: &'static str, programs: &Path, ids: &[&str]) -> Self {
        let scratch = Scratch::new();
        let offered = scratch.beside("offered");
        fs::create_dir(&offered).unwrap();
        fs::copy(root().join(".pre-commit-hooks.yaml"), offered.join(".pre-commit-hooks.yaml")).unwrap();
        let revision = publish(&scratch, &offered);
        let path =
            [&*target_bin().to_string_lossy(), &*programs.to_string_lossy(), &std::env::var("PATH").unwrap()].join(":");
        let framed = Self { scratch, path, framework };
        framed.configure(&offered, &revision, ids);
        framed
    }

    fn configure(&self, offered: &Path, revision: &str, ids: &[&str]) {
        let hooks: String = ids.iter().flat_map(|id| ["      - id: ", id, "\n"]).collect();
        self.scratch.write(
            ".pre-commit-config.yaml",
            format!(
                "default_install_hook_types: [pre-commit, pre-merge-commit, commit-msg, post-commit, post-merge, post-rewrite, pre-push]\n\
                 repos:\n  - repo: {}\n    rev: {revision}\n    hooks:\n{hooks}",
                offered.display()
            ),
        );
        self.scratch.commit_all("Use the framework");
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Output {
        let mut command = self.scratch.command(program, &self.scratch.path(""));
        command
            .args(arguments)
            .env("PATH", &self.path)
            .env("PRE_COMMIT_HOME", self.scratch.beside("pre-commit"))
            .env("PREK_HOME", self.scratch.beside("prek"))
            .output()
            .unwrap()
    }

    fn framework(&self, arguments: &[&str]) -> Output {
        self.command(self.framework, arguments)
    }

    fn git(&self, arguments: &[&str]) -> Output {
        self.command("git", arguments)
    }

    fn commit(&self, message: &str) -> Output {
        self.scratch.git(&["add", "--all"]);
        self.git(&["commit", "-q", "-m", message])
    }

    fn kinds(&self) -> Vec<String> {
        let exported = self.scratch.run(&["audit", "export"]).out;
        let lines = exported.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        lines.map(|line| kind(&line)).filter(|kind| kind != "genesis" && kind != "stream-open").collect()
    }
}

/// An exported line's kind, with the cause of a late decision.
fn kind(line: &serde_json::Value) -> String {
    let entry = line.get("entry").unwrap_or(line);
    let entry = match entry.as_str() {
        Some(text) => serde_json::from_str(text).unwrap(),
        None => entry.clone(),
    };
    let cause = entry["body"]["cause"].as_str().map(|cause| format!(" by {cause}")).unwrap_or_default();
    entry["kind"].as_str().unwrap_or_default().to_owned() + &cause
}

fn target_bin() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_gov-hook")).parent().unwrap().to_owned()
}

/// Commits all of a folder, as a repository of its own.
fn publish(scratch: &Scratch, folder: &Path) -> String {
    scratch.git_in(folder, &["init", "-q", "-b", "main"]);
    scratch.git_in(folder, &["add", "--all"]);
    scratch.git_in(folder, &["commit", "-q", "-m", "Offer hooks"]);
    scratch.git_in(folder, &["rev-parse", "HEAD"])
}

const SYSTEM: [&str; 4] =
    ["gov-hook-system", "gov-hook-commit-msg-system", "gov-hook-record-system", "gov-hook-push-system"];

#[test]
fn a_framework_runs_every_stage_of_a_commit() {
    let Some(programs) = programs() else { return };
    for framework in FRAMEWORKS {
        let framed = Framed::new(framework, programs, &SYSTEM);
        let installed = framed.framework(&["install"]);
        assert!(installed.status.success(), "{framework}: {}", said(&installed));

        framed.scratch.write("a.txt", secret_line());
        let refused = framed.commit("Secret");
        framed.scratch.write("a.txt", "one\n");
        let passed = framed.commit("One");

        assert!(!refused.status.success(), "{framework}");
        assert!(said(&refused).contains("denied: 1 secret in a.txt:1"), "{framework}: {}", said(&refused));
        assert!(!said(&refused).contains(UNTOLD));
        assert!(passed.status.success(), "{framework}: {}", said(&passed));
        assert_eq!(framed.kinds(), ["decision", "decision", "commit"], "{framework}");
    }
}

#[test]
fn a_filter_for_files_leaves_no_message_out() {
    let Some(programs) = programs() else { return };
    for framework in FRAMEWORKS {
        let framed = Framed::new(framework, programs, &SYSTEM);
        let rule = "- id: own/wip\n  on: message\n  keywords: [wip]\n  regex: '\\bwip\\b'\n  severity: deny\n  \
                    message: unfinished work\n  help: finish it\n  examples: [wip]\n  counterexamples: [done]\n";
        framed.scratch.write(".gov/rules/message.yaml", rule);
        framed.scratch.policy("version: 1\nrules: { packs: [secrets], extra: [\".gov/rules/*.yaml\"] }\n");
        let configured = fs::read_to_string(framed.scratch.path(".pre-commit-config.yaml")).unwrap();
        framed.scratch.write(".pre-commit-config.yaml", format!("files: ^src/\n{configured}"));
        framed.scratch.commit_all("Look at src alone");
        framed.framework(&["install"]);

        framed.scratch.write("src/a.txt", "one\n");
        let refused = framed.commit("This is wip");
        let passed = framed.commit("This is done");

        assert!(!refused.status.success(), "{framework}: {}", said(&refused));
        assert!(said(&refused).contains("denied: unfinished work"), "{framework}: {}", said(&refused));
        assert!(passed.status.success(), "{framework}: {}", said(&passed));
    }
}

#[test]
fn a_framework_judges_the_message() {
    let Some(programs) = programs() else { return };
    for framework in FRAMEWORKS {
        let framed = Framed::new(framework, programs, &SYSTEM);
        framed
            .scratch
            .policy("version: 1\nagents: { identities: [ { id: bot, trailers: [\"Co-authored-by: Bot*\"] } ] }\n");
        framed.framework(&["install"]);
        framed.scratch.write(".github/workflows/ci.yml", "on: push\n");

        let by_agent = framed.commit("Run it\n\nCo-authored-by: Bot <bot@example.com>");
        let by_person = framed.commit("Run it");

        assert!(said(&by_agent).contains("held: CRITICAL risk"), "{framework}: {}", said(&by_agent));
        assert!(!by_agent.status.success() && by_person.status.success(), "{framework}: {}", said(&by_person));
    }
}

#[test]
fn a_framework_has_merges_amendments_and_fast_forwards_put_on_record() {
    let Some(programs) = programs() else { return };
    for framework in FRAMEWORKS {
        let framed = Framed::new(framework, programs, &SYSTEM);
        framed.framework(&["install"]);
        let before = |framed: &Framed| framed.kinds().len();

        framed.scratch.git(&["checkout", "-q", "-b", "side"]);
        framed.scratch.write("b.txt", "side\n");
        assert!(framed.commit("Side").status.success());
        framed.scratch.write("c.txt", "more\n");
        framed.scratch.git(&["add", "--all"]);
        assert!(framed.git(&["commit", "-q", "--amend", "-m", "Side again"]).status.success());
        assert_eq!(framed.kinds()[2..], ["decision", "decision by hook"], "{framework}: of an amendment all is judged");
        framed.scratch.git(&["checkout", "-q", "main"]);
        framed.scratch.git(&["checkout", "-q", "-b", "ahead"]);
        let count = before(&framed);
        assert!(framed.git(&["merge", "-q", "--ff-only", "side"]).status.success());
        assert_eq!(before(&framed), count, "{framework}: a fast-forward makes no commit");
        framed.scratch.git(&["checkout", "-q", "main"]);
        assert!(framed.git(&["merge", "-q", "--no-ff", "-m", "Merge", "side"]).status.success());
        assert_eq!(framed.kinds()[count..], ["decision", "commit"], "{framework}: merge");
    }
}

#[test]
fn a_framework_has_the_first_reference_of_a_push_judged_and_says_once_that_there_may_be_others() {
    let Some(programs) = programs() else { return };
    for framework in FRAMEWORKS {
        let framed = Framed::new(framework, programs, &SYSTEM);
        framed.scratch.origin();
        framed.scratch.policy("version: 1\nenforcement: { branches: { main: staging } }\n");
        framed.scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);
        framed.framework(&["install"]);
        framed.scratch.write("a.txt", "one\n");
        framed.commit("One");

        let first = framed.git(&["push", "-q", "origin", "main", "main:refs/heads/other"]);
        framed.scratch.write("b.txt", "two\n");
        framed.commit("Two");
        let second = framed.git(&["push", "-q", "origin", "main"]);
        framed.scratch.write(".github/workflows/ci.yml", "on: push\n");
        framed.scratch.commit_all("Past the hooks");
        let held = framed.git(&["push", "-q", "origin", "main"]);

        assert!(first.status.success() && second.status.success(), "{framework}: {}", said(&first));
        let told = "only the first ref of a push; to have every ref judged: gov-hook install";
        assert_eq!([said(&first), said(&second)].map(|said| said.matches(told).count()), [1, 0], "{framework}");
        assert!(!held.status.success() && said(&held).contains("held: CRITICAL risk"), "{framework}: {}", said(&held));
        let pushes = framed.kinds().into_iter().filter(|kind| kind == "push").count();
        assert_eq!(pushes, 2, "{framework}");
        let streams = framed.scratch.git_in(&framed.scratch.beside("origin.git"), &["for-each-ref", "refs/notes/gov/"]);
        assert_eq!(streams.lines().count(), 2, "{framework}: the ledger goes along");
    }
}

#[test]
fn a_first_push_of_all_that_there_is_is_judged() {
    let Some(programs) = programs() else { return };
    for framework in FRAMEWORKS {
        let framed = Framed::new(framework, programs, &SYSTEM);
        framed.scratch.origin();
        framed.framework(&["install"]);
        framed.scratch.write("a.txt", secret_line());
        framed.scratch.commit_all("Past the hooks");

        let refused = framed.git(&["push", "-q", "origin", "HEAD:refs/heads/new"]);

        assert!(
            !refused.status.success() && said(&refused).contains("denied: 1 secret"),
            "{framework}: {}",
            said(&refused)
        );
    }
}

#[test]
fn trying_the_hooks_needs_no_configuration() {
    let Some(programs) = programs() else { return };
    for framework in FRAMEWORKS {
        let framed = Framed::new(framework, programs, &[]);
        fs::remove_file(framed.scratch.path(".pre-commit-config.yaml")).unwrap();
        framed.scratch.commit_all("Without it");
        framed.scratch.write("a.txt", secret_line());
        framed.scratch.git(&["add", "--all"]);
        let offered = framed.scratch.beside("offered");

        let tried = framed.framework(&["try-repo", &offered.to_string_lossy(), "gov-hook-system"]);

        assert_eq!(tried.status.code(), Some(1), "{framework}: {}", said(&tried));
        assert!(said(&tried).contains("denied: 1 secret in a.txt:1"), "{framework}: {}", said(&tried));
    }
}

#[test]
fn a_hook_that_was_kept_outlives_a_framework_that_is_installed_over_ours() {
    let Some(programs) = programs() else { return };
    for framework in FRAMEWORKS {
        let framed = with_a_local_hook(framework, programs);
        let hook = framed.scratch.path(".git/hooks/pre-commit");
        let own = "#!/bin/sh\necho own >> ../own\n";
        fs::create_dir_all(hook.parent().unwrap()).unwrap();
        fs::write(&hook, own).unwrap();
        framed.scratch.make_executable(".git/hooks/pre-commit");
        framed.scratch.run(&["install"]);
        framed.framework(&["install"]);
        let all_ran = |times: usize| {
            framed.scratch.write("a.txt", format!("{times}\n"));
            let passed = framed.commit("One");
            assert!(passed.status.success(), "{framework}: {}", said(&passed));
            let own = fs::read_to_string(framed.scratch.beside("own")).unwrap_or_default().lines().count();
            assert_eq!((own, runs(&framed)), (times, times), "{framework}");
        };

        all_ran(1);
        framed.scratch.run(&["install"]);
        all_ran(2);
        assert_eq!(framed.kinds(), ["decision", "commit", "decision", "commit"], "{framework}");
        framed.scratch.run(&["uninstall"]);
        all_ran(3);

        assert_eq!(framed.kinds().len(), 4, "{framework}: gov-hook is gone");
        assert_eq!(fs::read_to_string(hook.with_file_name("pre-commit.legacy")).unwrap(), own, "{framework}");
        assert!(!hook.with_file_name("gov-hook.aside").exists(), "{framework}");
    }
}

#[test]
fn a_doctor_sees_what_a_framework_runs() {
    let Some(programs) = programs() else { return };
    for framework in FRAMEWORKS {
        let framed = Framed::new(framework, programs, &["gov-hook-system", "gov-hook-push-system"]);
        framed.framework(&["install"]);

        let json = framed.scratch.run(&["doctor", "--format", "json"]).json();

        let stages = json["worktrees"][0]["gits"][0]["stages"].as_array().unwrap().clone();
        let called = stages.iter().filter(|stage| stage["state"] == "called");
        let told: Vec<(&str, &str)> =
            called.map(|stage| (stage["stage"].as_str().unwrap(), stage["why"].as_str().unwrap())).collect();
        let by = format!("by {framework}, as .pre-commit-config.yaml says");
        let push = format!("{by}; it passes on only the first ref of a push");
        assert_eq!(told, [("pre-commit", &*by), ("pre-merge-commit", &*by), ("pre-push", &*push)], "{framework}");
    }
}

#[test]
fn a_doctor_finds_no_fault_in_the_stage_that_no_framework_runs() {
    let Some(programs) = programs() else { return };
    for framework in FRAMEWORKS {
        let ids = ["gov-hook-system", "gov-hook-commit-msg-system", "gov-hook-record-system", "gov-hook-push-system"];
        let framed = Framed::new(framework, programs, &ids);
        framed.framework(&["install"]);

        let said = framed.scratch.run(&["doctor"]);

        assert_eq!(said.code, 0, "{framework}: {}", said.out);
        let told = "because no framework runs it: commits made by `git am` are judged when they are pushed\n    mend it: gov-hook install\n";
        assert!(said.out.contains(told), "{framework}: {}", said.out);
    }
}

/// A hook of the framework's own that tells that it ran.
fn with_a_local_hook(framework: &'static str, programs: &Path) -> Framed {
    let framed = Framed::new(framework, programs, &[]);
    framed.scratch.write(
        ".pre-commit-config.yaml",
        "repos:\n  - repo: local\n    hooks:\n      - id: tell\n        name: tell\n        language: system\n        \
         entry: sh -c 'echo ran >> ../log'\n        always_run: true\n        pass_filenames: false\n",
    );
    framed.scratch.commit_all("A hook of our own");
    framed
}

fn runs(framed: &Framed) -> usize {
    fs::read_to_string(framed.scratch.beside("log")).unwrap_or_default().lines().count()
}

#[test]
fn the_native_hook_goes_along_with_a_framework_whichever_came_first() {
    let Some(programs) = programs() else { return };
    for framework in FRAMEWORKS {
        for framework_first in [true, false] {
            let framed = with_a_local_hook(framework, programs);
            let hook = framed.scratch.path(".git/hooks/pre-commit");
            let steps: [&dyn Fn(); 2] = [&|| assert!(framed.framework(&["install"]).status.success()), &|| {
                assert_eq!(framed.scratch.run(&["install"]).code, 0);
            }];
            let order: &[usize] = if framework_first { &[0, 1] } else { &[1, 0] };
            for step in order {
                steps[*step]();
            }
            let context = format!("{framework}, which came first: {framework_first}");
            let theirs = fs::read(&hook).unwrap();

            framed.scratch.write("a.txt", "one\n");
            let passed = framed.commit("One");
            assert!(passed.status.success(), "{context}: {}", said(&passed));
            assert_eq!((runs(&framed), framed.kinds()), (1, vec!["decision".into(), "commit".into()]), "{context}");
            framed.scratch.write("a.txt", secret_line());
            let refused = framed.commit("Secret");
            assert!(!refused.status.success() && said(&refused).contains("denied: 1 secret"), "{context}");
            assert_eq!(framed.scratch.run(&["doctor"]).code, 0, "{context}");

            framed.scratch.run(&["install"]);
            framed.scratch.write("a.txt", "two\n");
            let again = framed.commit("Two");
            assert!(again.status.success(), "{context}: {}", said(&again));
            assert_eq!(framed.kinds().last().map(String::as_str), Some("commit"), "{context}");
            framed.scratch.run(&["uninstall"]);
            let left = text(&fs::read(&hook).unwrap());
            assert!(left.contains(&format!("File generated by {framework}")), "{context}: {left}");
            if !framework_first {
                assert_eq!(left, text(&theirs), "{context}");
            }
            let ran = runs(&framed);
            framed.scratch.write("a.txt", secret_line());
            assert!(framed.commit("Secret").status.success() && runs(&framed) == ran + 1, "{context}");
        }
    }
}

/// A copy of some files of this repository, as one that offers hooks.
fn offering(scratch: &Scratch, names: &[&str]) -> (PathBuf, String) {
    let offered = scratch.beside("offered");
    let copied = Command::new("cp").arg("-R").args(names).arg(&offered).current_dir(root()).status().unwrap();
    assert!(copied.success());
    let revision = publish(scratch, &offered);
    (offered, revision)
}

const PACKED: [&str; 7] =
    [".pip", "pyproject.toml", ".pre-commit-hooks.yaml", "Cargo.toml", "README.md", "LICENSE-APACHE", "LICENSE-MIT"];

/// Packs a binary with what the offered repository has.
fn wheel(scratch: &Scratch, programs: &Path, binary: &Path, folder: &Path) -> Output {
    let mut command = scratch.command(programs.join("pip"), &scratch.path(""));
    command.args(["wheel", "--quiet", "--no-deps", "--wheel-dir"]).arg(folder).arg(scratch.beside("offered"));
    command.env("GOV_HOOK_BINARY", binary).output().unwrap()
}

#[test]
fn the_same_files_give_the_same_wheel() {
    let Some(programs) = programs() else { return };
    let scratch = Scratch::new();
    fs::create_dir(scratch.beside("offered")).unwrap();
    offering(&scratch, &PACKED);
    let binary = scratch.beside("gov-hook");
    fs::write(&binary, "binary").unwrap();

    let both = ["one", "two"].map(|folder| {
        let folder = scratch.beside(folder);
        let built = wheel(&scratch, programs, &binary, &folder);
        assert!(built.status.success(), "{}", said(&built));
        let wheel = fs::read_dir(&folder).unwrap().next().unwrap().unwrap();
        (wheel.file_name(), fs::read(wheel.path()).unwrap())
    });

    assert_eq!(both[0], both[1]);
}

#[test]
fn a_wheel_carries_the_binary_to_where_there_is_no_rust() {
    let Some(programs) = programs() else { return };
    let scratch = Scratch::new();
    fs::create_dir(scratch.beside("offered")).unwrap();
    let (offered, _) = offering(&scratch, &PACKED);
    let wheels = scratch.beside("wheels");

    let built = wheel(&scratch, programs, Path::new(env!("CARGO_BIN_EXE_gov-hook")), &wheels);

    assert!(built.status.success(), "{}", said(&built));
    let wheel = fs::read_dir(&wheels).unwrap().next().unwrap().unwrap();
    let elsewhere = scratch.beside("elsewhere");
    let made = scratch.command("python3", &scratch.path("")).args(["-m", "venv"]).arg(&elsewhere).status().unwrap();
    assert!(made.success());
    let mut install = scratch.command(elsewhere.join("bin/pip"), &scratch.path(""));
    let installed = install.args(["install", "--quiet", "--no-index"]).arg(wheel.path()).output().unwrap();
    assert!(installed.status.success(), "{}", said(&installed));
    let ran = scratch.command(elsewhere.join("bin/gov-hook"), &scratch.path("")).arg("--version").output().unwrap();
    assert_eq!(said(&ran), concat!("gov-hook ", env!("CARGO_PKG_VERSION"), "\n"));

    for framework in FRAMEWORKS {
        let mut command = scratch.command(programs.join(framework), &scratch.path(""));
        scratch.write("a.txt", secret_line());
        scratch.git(&["add", "--all"]);
        command
            .args(["try-repo", &*offered.to_string_lossy(), "gov-hook-wheel"])
            .env("GOV_HOOK_WHEELS", &wheels)
            .env("PRE_COMMIT_HOME", scratch.beside("pre-commit"))
            // It keeps a program there that it fetches once.
            .env("PREK_HOME", programs.with_file_name("prek"));
        let tried = command.output().unwrap();
        assert!(said(&tried).contains("denied: 1 secret in a.txt:1"), "{framework}: {}", said(&tried));
    }
}

#[test]
fn a_wheel_that_is_not_there_is_not_fetched_from_elsewhere() {
    let Some(programs) = programs() else { return };
    let scratch = Scratch::new();
    fs::create_dir(scratch.beside("offered")).unwrap();
    let (offered, _) = offering(&scratch, &PACKED);

    let mut command = scratch.command(programs.join("pip"), &scratch.path(""));
    command.args(["wheel", "--no-deps", "--wheel-dir", "."]).arg(&offered);
    let built = command.env("GOV_HOOK_WHEELS", scratch.beside("empty")).output().unwrap();

    assert!(!built.status.success() && said(&built).contains("GOV_HOOK_WHEELS is "), "{}", said(&built));
}

#[test]
fn a_framework_builds_from_source() {
    let Some(programs) = programs().filter(|_| is_required()) else {
        eprintln!("not built from source: GOV_HOOK_FRAMEWORKS is not set");
        return;
    };
    let scratch = Scratch::new();
    fs::create_dir(scratch.beside("offered")).unwrap();
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let source = [".pre-commit-hooks.yaml", "README.md", "build", "hooks", "rules", "src"];
    fs::write(scratch.beside("offered/Cargo.toml"), quick(&manifest)).unwrap();
    let (offered, _) = offering(&scratch, &source);
    scratch.write("a.txt", secret_line());
    scratch.git(&["add", "--all"]);

    let mut command = scratch.command(programs.join("pre-commit"), &scratch.path(""));
    command
        .args(["try-repo", &*offered.to_string_lossy(), "gov-hook"])
        .env("PRE_COMMIT_HOME", scratch.beside("pre-commit"))
        .env("CARGO_HOME", cargo_home())
        .env("RUSTUP_HOME", rustup_home())
        .env("CARGO_TARGET_DIR", programs.with_file_name("build"));
    let tried = command.output().unwrap();

    assert!(said(&tried).contains("denied: 1 secret in a.txt:1"), "{}", said(&tried));
}

/// The manifest without what makes a release good and slow to build, and without what is not copied.
fn quick(manifest: &str) -> String {
    let section = |text: &str| text.trim_start_matches('[').split(']').next().unwrap_or_default().to_owned();
    let mut kept = String::new();
    let mut skipped = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            let name = section(line);
            skipped = name.starts_with("profile.") || name == "bench";
        }
        if !skipped {
            kept += line;
            kept.push('\n');
        }
    }
    kept + "[profile.release]\nopt-level = 0\ncodegen-units = 16\n"
}

/// A scratch repository has a home of its own, and the toolchain is in the real one.
fn cargo_home() -> PathBuf {
    std::env::var_os("CARGO_HOME").map_or_else(|| home().join(".cargo"), PathBuf::from)
}

fn rustup_home() -> PathBuf {
    std::env::var_os("RUSTUP_HOME").map_or_else(|| home().join(".rustup"), PathBuf::from)
}

fn home() -> PathBuf {
    PathBuf::from(std::env::var_os("HOME").unwrap_or_default())
}

/// The examples of a configuration that prose gives.
fn examples() -> Vec<String> {
    let pages = ["README.md", "docs/hooks.md"].map(|page| fs::read_to_string(root().join(page)).unwrap());
    let blocks =
        pages.iter().flat_map(|page| page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()));
    blocks.filter(|block| block.contains("\nrepos:")).map(str::to_owned).collect()
}

#[test]
fn every_example_of_a_configuration_works() {
    let Some(programs) = programs() else { return };
    let examples = examples();
    assert!(!examples.is_empty());
    for (example, framework) in examples.iter().flat_map(|example| FRAMEWORKS.map(|framework| (example, framework))) {
        let framed = Framed::new(framework, programs, &[]);
        // As it is but for where it comes from, and for what is not built in a test.
        let offered = framed.scratch.beside("offered");
        let revision = framed.scratch.git_in(&offered, &["rev-parse", "HEAD"]);
        let mut lines: Vec<String> = Vec::new();
        for line in example.lines() {
            let word = line.trim_start().trim_start_matches("- ").split([' ', '#']).next().unwrap();
            let indent = &line[..line.find(word).unwrap()];
            lines.push(match word {
                "repo:" => format!("{indent}repo: {}", offered.display()),
                "rev:" => format!("{indent}rev: {revision}"),
                "id:" => format!("{indent}id: {}-system", line.split_whitespace().nth(2).unwrap()),
                _ => line.to_owned(),
            });
        }
        framed.scratch.write(".pre-commit-config.yaml", lines.join("\n") + "\n");
        framed.scratch.origin();
        framed.scratch.commit_all("As the example says");
        framed.scratch.git(&["push", "-q", "--no-verify", "origin", "main"]);

        let installed = framed.framework(&["install"]);
        framed.scratch.write("a.txt", secret_line());
        let refused = framed.commit("Secret");
        framed.scratch.write("a.txt", "one\n");
        let passed = framed.commit("One");
        let pushed = framed.git(&["push", "-q", "origin", "main"]);

        assert!(installed.status.success(), "{framework}: {}", said(&installed));
        assert!(!refused.status.success() && said(&refused).contains("denied: 1 secret"), "{}", said(&refused));
        assert!(passed.status.success() && pushed.status.success(), "{framework}: {}", said(&pushed));
        assert_eq!(framed.kinds(), ["decision", "decision", "commit", "push"], "{framework}");
    }
}

#[test]
fn every_stage_is_offered_in_three_ways() {
    let offered: Vec<serde_json::Value> =
        serde_yaml::from_str(&fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap()).unwrap();

    let told: Vec<String> = offered
        .iter()
        .map(|hook| ["id", "language", "entry"].map(|key| hook[key].as_str().unwrap().to_owned()).join(" | "))
        .collect();

    let mut expected = Vec::new();
    for (suffix, language) in [("", "rust"), ("-system", "system"), ("-wheel", "python")] {
        for (id, stage) in [
            ("gov-hook", "pre-commit"),
            ("gov-hook-commit-msg", "commit-msg"),
            ("gov-hook-record", "post-commit"),
            ("gov-hook-push", "pre-push"),
        ] {
            expected.push(format!("{id}{suffix} | {language} | gov-hook hook {stage}"));
        }
    }
    assert_eq!(told, expected);
}
