//! `cargo bench --locked` times gov-hook beside what it is measured against, in one run, and
//! prints the ratios that `benches/README.md` keeps.
//!
//! Every pair is run alternately, so that a busy machine slows both; medians are compared.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a bench that cannot go on fails, and prints what it measured"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 21;

fn main() {
    // `cargo test --benches` runs this too; timings are only taken when asked for.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let scratch = tempfile::tempdir().expect("a scratch directory");
    println!("| work | beside | budget | ratio | ours | theirs |\n|---|---|---|---|---|---|");
    start_up(scratch.path());
    staged(scratch.path());
    range(scratch.path());
}

fn start_up(scratch: &Path) {
    let hello = scratch.join("hello");
    fs::write(scratch.join("hello.rs"), "fn main() { println!(\"hello\"); }\n").expect("a source file");
    let built = Command::new("rustc").args(["-O", "-o"]).arg(&hello).arg(scratch.join("hello.rs")).status();
    assert!(built.is_ok_and(|status| status.success()), "rustc builds hello world");
    compare("`--version`", "hello world", 1.5, &mut ours(scratch, &["--version"]), &mut Command::new(hello));
}

/// Ten changed files in a repository of 50,000.
fn staged(scratch: &Path) {
    let repo = scratch.join("large");
    init(&repo);
    for number in 0..50_000 {
        let path = repo.join(format!("src/module{}/part{}/file{number}.rs", number / 2500, number / 50 % 50));
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, source(number, 40)).expect("a file");
    }
    git(&repo, &["add", "--all"]);
    git(&repo, &["commit", "-q", "-m", "Start"]);
    for number in (0..50_000).step_by(5_000) {
        let path = repo.join(format!("src/module{}/part{}/file{number}.rs", number / 2500, number / 50 % 50));
        fs::write(path, source(number + 1, 44)).expect("a file");
    }
    git(&repo, &["add", "--all"]);
    let mut numstat = Command::new("git");
    numstat.current_dir(&repo).args(["diff", "--cached", "--numstat"]);
    compare(
        "`check --staged`, 10 files of 50,000",
        "`git diff --cached --numstat`",
        2.0,
        &mut ours(&repo, &["check", "--staged"]),
        &mut numstat,
    );
}

/// A thousand commits; of the history that `GOV_HOOK_BENCH_REPO` names, or of one made here.
fn range(scratch: &Path) {
    let repo = std::env::var_os("GOV_HOOK_BENCH_REPO").map_or_else(|| made_history(scratch), PathBuf::from);
    let mut log = Command::new("git");
    log.current_dir(&repo).args(["log", "-p", "-1000", "HEAD"]);
    let list = Command::new("git")
        .current_dir(&repo)
        .args(["rev-list", "--first-parent", "-1001", "HEAD"])
        .output()
        .expect("rev-list");
    let text = String::from_utf8_lossy(&list.stdout).into_owned();
    let base = text.lines().last().expect("a commit");
    let range = format!("{base}..HEAD");
    log.args([range.as_str()]);
    compare(
        "`check` of 1,000 commits",
        "`git log -p` of them",
        1.0,
        &mut ours(&repo, &["check", &range, "--quiet"]),
        &mut log,
    );
}

fn made_history(scratch: &Path) -> PathBuf {
    let repo = scratch.join("history");
    init(&repo);
    for number in 0..1_000 {
        let path = repo.join(format!("src/m{}/file{number}.rs", number % 40));
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, source(number, 200)).expect("a file");
    }
    git(&repo, &["add", "--all"]);
    git(&repo, &["commit", "-q", "-m", "Start"]);
    for number in 0..1_000 {
        for step in 0..4 {
            let file = (number * 7 + step * 131) % 1_000;
            let path = repo.join(format!("src/m{}/file{file}.rs", file % 40));
            let mut text = fs::read_to_string(&path).expect("a file");
            text.insert_str(text.len() / 2, &source(number * 4 + step, 5));
            fs::write(path, text).expect("a file");
        }
        git(&repo, &["commit", "-q", "-a", "-m", "Change some parts"]);
    }
    git(&repo, &["gc", "-q"]);
    repo
}

/// Something that looks like code and differs from file to file.
fn source(seed: usize, lines: usize) -> String {
    let line =
        |number: usize| format!("    let value_{seed}_{number} = compute(input_{number}, {});\n", seed * 31 + number);
    format!("pub fn part_{seed}() {{\n{}}}\n", (0..lines).map(line).collect::<String>())
}

fn init(repo: &Path) {
    fs::create_dir_all(repo).expect("a directory");
    git(repo, &["init", "-q", "-b", "main"]);
    git(repo, &["config", "gc.auto", "0"]);
    git(repo, &["config", "user.name", "Bench"]);
    git(repo, &["config", "user.email", "bench@example.com"]);
}

fn git(repo: &Path, arguments: &[&str]) {
    let status = Command::new("git").current_dir(repo).args(arguments).status().expect("git");
    assert!(status.success(), "git {arguments:?}");
}

fn ours(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gov-hook"));
    command.current_dir(directory).args(arguments);
    command
}

fn compare(work: &str, beside: &str, budget: f64, ours: &mut Command, theirs: &mut Command) {
    for command in [&mut *ours, &mut *theirs] {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        time(command);
    }
    let (mut our_times, mut their_times): (Vec<Duration>, Vec<Duration>) =
        (0..RUNS).map(|_| (time(ours), time(theirs))).unzip();
    let (our_median, their_median) = (median(&mut our_times), median(&mut their_times));
    let ratio = our_median.as_secs_f64() / their_median.as_secs_f64();
    println!("| {work} | {beside} | {budget:.1}x | {ratio:.2}x | {our_median:.1?} | {their_median:.1?} |");
}

fn time(command: &mut Command) -> Duration {
    let start = Instant::now();
    let status = command.status().expect("a command that starts");
    assert!(status.code().is_some(), "{command:?} was killed");
    start.elapsed()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
