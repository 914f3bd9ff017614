//! What the hooks cost: those of a commit beside the bare commit and beside frameworks that run one
//! hook which does nothing, and the one before a push beside a walk of what is pushed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{RUNS, binary, compare, git, init, median, ours, ratio, source, time};

const FILES: usize = 5_000;
const CHANGED: usize = 20;
const COMMITS: usize = 50;

/// One copy of the repository, with what runs at its commits.
struct Way {
    name: &'static str,
    repo: PathBuf,
    times: Vec<Duration>,
}

pub(super) fn all(scratch: &Path) {
    commits(scratch);
    pushes(scratch);
}

fn commits(scratch: &Path) {
    let bare = scratch.join("commits");
    init(&bare);
    for number in 0..FILES {
        write(&bare, number, 0);
    }
    git(&bare, &["add", "--all"]);
    git(&bare, &["commit", "-q", "-m", "Start"]);
    let copy = |name: &'static str| {
        let repo = scratch.join(format!("commits with {name}"));
        let copied = Command::new("cp").arg("-R").args([&bare, &repo]).status();
        assert!(copied.is_ok_and(|status| status.success()), "a copy");
        Way { name, repo, times: Vec::new() }
    };
    let mut ways = vec![copy("all native stages"), copy("prek"), copy("pre-commit")];
    let installed = ours(&ways[0].repo, &["install"]).stdout(Stdio::null()).status();
    assert!(installed.is_ok_and(|status| status.success()), "the hooks are installed");
    ways.retain(|way| way.name.starts_with("all") || framed(way));
    ways.push(Way { name: "bare", repo: bare, times: Vec::new() });
    for round in 1..=RUNS + 1 {
        for way in &mut ways {
            for number in 0..CHANGED {
                write(&way.repo, number * FILES / CHANGED, round);
            }
            git(&way.repo, &["add", "--all"]);
            let mut commit = Command::new("git");
            commit.current_dir(&way.repo).args(["commit", "-q", "-m", "Change some"]);
            let took = time(commit.stdout(Stdio::null()).stderr(Stdio::null()));
            // The first of each warms up.
            if round > 1 {
                way.times.push(took);
            }
        }
    }
    let mut medians: Vec<(&str, Duration)> = ways.iter_mut().map(|way| (way.name, median(&mut way.times))).collect();
    let (_, alone) = medians.pop().expect("the bare commit");
    for (name, took) in medians {
        let added = ratio(took.saturating_sub(alone), alone);
        let budget = if name.starts_with("all") { "1.0x" } else { "" };
        println!(
            "| {name}, added to `git commit` | the bare `git commit` | {budget} | {added:.2}x | {took:.1?} | {alone:.1?} |"
        );
    }
}

/// Has a framework run one hook that does nothing; false where the framework is not here.
fn framed(way: &Way) -> bool {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/frameworks");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/frameworks.sh");
    if !Command::new(script).arg(&programs).status().is_ok_and(|status| status.success()) {
        return false;
    }
    let nothing = "repos:\n  - repo: local\n    hooks:\n      - {id: none, name: none, language: system, entry: 'true', \
                   always_run: true, pass_filenames: false}\n";
    fs::write(way.repo.join(".pre-commit-config.yaml"), nothing).expect("a configuration");
    git(&way.repo, &["add", "--all"]);
    git(&way.repo, &["commit", "-q", "-m", "Use the framework"]);
    let mut install = Command::new(programs.join("bin").join(way.name));
    install.current_dir(&way.repo).arg("install").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn pushes(scratch: &Path) {
    let repo = scratch.join("commits with all native stages");
    let origin = scratch.join("origin.git");
    git(&repo, &["init", "-q", "--bare", &origin.to_string_lossy()]);
    git(&repo, &["remote", "add", "origin", &origin.to_string_lossy()]);
    git(&repo, &["push", "-q", "origin", "main"]);
    for round in 0..COMMITS {
        for number in 0..CHANGED {
            write(&repo, number * FILES / CHANGED, 1_000 + round);
        }
        git(&repo, &["commit", "-q", "-a", "-m", "Change some"]);
    }
    let revision = |name: &str| {
        let output = Command::new("git").current_dir(&repo).args(["rev-parse", name]).output().expect("git");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    let (new, old) = (revision("main"), revision("origin/main"));
    let line = scratch.join("line");
    fs::write(&line, format!("refs/heads/main {new} refs/heads/main {old}\n")).expect("a file");
    let mut hook = Command::new("sh");
    hook.current_dir(&repo).args(["-c", "exec \"$0\" hook pre-push origin \"$1\" < \"$2\""]);
    hook.arg(binary()).arg(&origin).arg(&line);
    let mut walk = Command::new("git");
    walk.current_dir(&repo).args(["rev-list", "--objects", &format!("{old}..{new}")]);
    compare("`hook pre-push` of 50 commits", "`git rev-list --objects` of them", 3.0, &mut hook, &mut walk);
}

fn write(repo: &Path, number: usize, round: usize) {
    let path = repo.join(format!("src/module{}/file{number}.rs", number / 100));
    fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
    fs::write(path, source(number + FILES * round, 40)).expect("a file");
}
