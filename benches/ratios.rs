//! `cargo bench --locked` times gov-hook beside what it is measured against, in one run, and
//! prints the ratios that `benches/README.md` keeps.
//!
//! `cargo bench --locked --bench ratios -- hooks` times only what is named so below.
//!
//! Every pair is run alternately, so that a busy machine slows both; medians are compared.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a bench that cannot go on fails, and prints what it measured"
)]

#[path = "ratios/hooks.rs"]
mod hooks;
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use program::binary;

const RUNS: usize = 21;

fn main() {
    // `cargo test --benches` runs this too; timings are only taken when asked for.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let scratch = tempfile::tempdir().expect("a scratch directory");
    println!("| work | beside | budget | ratio | ours | theirs |\n|---|---|---|---|---|---|");
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let run = |name: &str, work: fn(&Path)| {
        if named.is_empty() || named.iter().any(|wanted| wanted == name) {
            work(scratch.path());
        }
    };
    run("start-up", start_up);
    run("staged", staged);
    run("range", range);
    run("tree", tree);
    run("headers", headers);
    run("hooks", hooks::all);
    println!("\n| work | ours |\n|---|---|");
    run("packs", packs);
    run("memory", memory);
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

/// Every file of a commit; of the repository that `GOV_HOOK_BENCH_FILES` names, or of one made here.
fn tree(scratch: &Path) {
    let repo = files(scratch);
    let shell = |script: &str| {
        let mut command = Command::new("sh");
        command.current_dir(&repo).args(["-c", script]);
        command
    };
    let scan = || ours(&repo, &["check", "--all", "--quiet"]);
    let mut cat = shell("git ls-files -z | xargs -0 cat");
    compare("`check --all`", "`cat` of the files", 2.5, &mut scan(), &mut cat);
    let mut batch = shell("git ls-tree -r HEAD | cut -f1 | cut -d' ' -f3 | git cat-file --batch --buffer");
    compare("`check --all`", "`git cat-file --batch` of them", 2.5, &mut scan(), &mut batch);
}

/// Fifty thousand files that carry a protection header.
fn headers(scratch: &Path) {
    let repo = scratch.join("signed");
    init(&repo);
    git(&repo, &["commit", "-q", "--allow-empty", "-m", "Start"]);
    for number in 0..50_000 {
        let path = repo.join(format!("src/module{}/part{}/file{number}.rs", number / 2500, number / 50 % 50));
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, source(number, 40)).expect("a file");
    }
    let signed = ours(&repo, &["sign", "src", "--env", "dev"]).stdout(Stdio::null()).status();
    assert!(signed.is_ok_and(|status| status.success()), "all files are signed");
    git(&repo, &["add", "--all"]);
    let mut sums = Command::new("sh");
    sums.current_dir(&repo).args(["-c", "git ls-files -z | xargs -0 sha256sum"]);
    compare(
        "`verify --all`, 50,000 signed files",
        "`sha256sum` of them",
        2.0,
        &mut ours(&repo, &["verify", "--all"]),
        &mut sums,
    );
}

/// What the built-in packs add to a staged check of ten files of code, by their size.
fn packs(scratch: &Path) {
    for kilobytes in [1, 10, 75] {
        let ten = |name: &str, policy: &str| {
            let repo = scratch.join(format!("ten-{kilobytes}-{name}"));
            stage_ten(&repo, policy, kilobytes * 1024);
            ours(&repo, &["check", "--staged", "--quiet"])
        };
        let mut with = ten("all", "version: 1\n");
        let mut without = ten("none", "version: 1\nrules: { packs: [] }\n");
        let (with, without) = side_by_side(&mut with, &mut without);
        let more = with.saturating_sub(without);
        println!(
            "| all packs on 10 staged files of {kilobytes} KB, over none | {:.2}x, {more:.1?} more than {without:.1?} |",
            ratio(with, without)
        );
    }
}

/// Stages ten files of so many bytes, each from another place of the program's own code.
fn stage_ten(repo: &Path, policy: &str, length: usize) {
    init(repo);
    fs::create_dir_all(repo.join(".gov")).expect("a directory");
    fs::write(repo.join(".gov/policy.yaml"), policy).expect("a policy");
    git(repo, &["add", "--all"]);
    git(repo, &["commit", "-q", "-m", "Start"]);
    let code = CODE.concat();
    for number in 0..CODE.len() {
        let start = code.len() / CODE.len() * number;
        let text: Vec<u8> = code.bytes().cycle().skip(start).take(length).collect();
        fs::write(repo.join(format!("part{number}.rs")), text).expect("a file");
    }
    git(repo, &["add", "--all"]);
}

/// Ten of the program's own files: code as people write it.
const CODE: [&str; 10] = [
    include_str!("../src/app/law.rs"),
    include_str!("../src/app/judging/examine.rs"),
    include_str!("../src/app/judging/judge.rs"),
    include_str!("../src/app/judging/target.rs"),
    include_str!("../src/check/rules/search/find.rs"),
    include_str!("../src/check/rules/stream.rs"),
    include_str!("../src/check/rules/rule/mod.rs"),
    include_str!("../src/check/assess/mod.rs"),
    include_str!("../src/check/measure.rs"),
    include_str!("../src/report/words.rs"),
];

/// Told by GNU time, where there is one.
fn memory(scratch: &Path) {
    let mut timed = Command::new("/usr/bin/time");
    timed.current_dir(files(scratch)).args(["-f", "%M"]).arg(binary()).args(["check", "--all", "--quiet"]);
    let Ok(output) = timed.output() else { return };
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let kilobytes: f64 = said.lines().last().and_then(|line| line.trim().parse().ok()).unwrap_or(f64::NAN);
    println!("| peak memory of `check --all` | {:.0} MB |", kilobytes / 1024.0);
}

fn files(scratch: &Path) -> PathBuf {
    std::env::var_os("GOV_HOOK_BENCH_FILES").map_or_else(|| made_history(scratch), PathBuf::from)
}

fn made_history(scratch: &Path) -> PathBuf {
    let repo = scratch.join("history");
    if repo.exists() {
        return repo;
    }
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
    let mut command = Command::new(binary());
    command.current_dir(directory).args(arguments);
    command
}

fn compare(work: &str, beside: &str, budget: f64, ours: &mut Command, theirs: &mut Command) {
    let (our_median, their_median) = side_by_side(ours, theirs);
    let ratio = ratio(our_median, their_median);
    println!("| {work} | {beside} | {budget:.1}x | {ratio:.2}x | {our_median:.1?} | {their_median:.1?} |");
}

/// How long each usually takes, run alternately.
fn side_by_side(ours: &mut Command, theirs: &mut Command) -> (Duration, Duration) {
    for command in [&mut *ours, &mut *theirs] {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        time(command);
    }
    let (mut our_times, mut their_times): (Vec<Duration>, Vec<Duration>) =
        (0..RUNS).map(|_| (time(ours), time(theirs))).unzip();
    (median(&mut our_times), median(&mut their_times))
}

fn ratio(ours: Duration, theirs: Duration) -> f64 {
    ours.as_secs_f64() / theirs.as_secs_f64()
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
