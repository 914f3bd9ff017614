//! `cargo bench --locked --bench ledger` times the ledger's storage beside git, on 100,000 entries in
//! twenty streams, every fifth with a signature, and prints the ratios that `benches/README.md` keeps.
//!
//! `GOV_HOOK_BENCH_LEDGER` names a repository that was made before, or takes the one made here.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a bench that cannot go on fails, and prints what it measured"
)]

#[path = "ledger/made.rs"]
mod made;
mod program;
#[path = "ledger/verbs.rs"]
mod verbs;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use gov_hook::git::notes::{Asked, Walked};
use gov_hook::git::{Place, Repo};
use gov_hook::model::ObjectId;

use made::{Hand, generate, genesis};
use verbs::append;

const ENTRIES: usize = 100_000;
const STREAMS: usize = 20;
const RUNS: usize = 21;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // What is measured as a whole process is this program again.
    if let Some(at) = arguments.iter().position(|argument| argument == "append") {
        let path = Path::new(&arguments[at + 1]);
        append(path, &Hand::new(0, arguments[at + 2].parse().expect("the id of the genesis entry")));
        return;
    }
    // `cargo test --benches` runs this too; timings are only taken when asked for.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let repo = std::env::var_os("GOV_HOOK_BENCH_LEDGER").map_or_else(|| scratch.path().join("ledger"), PathBuf::from);
    if !repo.exists() {
        generate(&repo);
    }
    println!("| work | beside | ratio | ours | theirs |\n|---|---|---|---|---|");
    let head = || timed(Command::new("git").current_dir(&repo).args(["rev-parse", "HEAD"]));
    verbs::all(&repo, scratch.path());
    println!("\n| work within | beside | ratio | ours | theirs |\n|---|---|---|---|---|");
    walk_newest(&repo, &head);
    append_one(&repo, &head);
    walk_everything(&repo, scratch.path());
}

fn open(path: &Path) -> Repo {
    Repo::open(&Place { directory: Some(path.to_owned()), ..Place::default() }).expect("a repository")
}

fn tips(repo: &Repo) -> Vec<(String, ObjectId)> {
    let streams = repo.streams().expect("the streams");
    streams.into_iter().filter_map(|stream| Some((stream.name, stream.tip?))).collect()
}

/// What git takes to list everything and to read the lines.
fn everything_by_git<'a>(path: &'a Path, scratch: &Path) -> (&'static str, impl Fn() -> Duration + 'a) {
    let blobs = scratch.join("blobs");
    let listed = "git rev-list --objects --glob='refs/notes/gov/*'";
    let read = format!(
        "{listed} | cut -c-40 | git cat-file --batch-check='%(objectname) %(objecttype)' | sed -n 's/ blob$//p' > '{}'",
        blobs.display()
    );
    run(Command::new("sh").current_dir(path).args(["-c", &read]));
    let theirs = format!("{listed} > /dev/null; git cat-file --batch < '{}' > /dev/null", blobs.display());
    let beside = "`rev-list --objects` + `cat-file --batch`";
    (beside, move || timed(Command::new("sh").current_dir(path).args(["-c", &theirs])))
}

fn walk_everything(path: &Path, scratch: &Path) {
    let (beside, theirs) = everything_by_git(path, scratch);
    let ours = || {
        let start = Instant::now();
        let repo = open(path);
        let asked = tips(&repo).into_iter().map(|(_, tip)| (Asked { tip, after: None }, 0)).collect();
        let walked = repo.walk_streams(asked, &|count: &mut usize, step| {
            assert!(step.oddities.is_empty(), "{:?}", step.oddities);
            *count += step.added.len();
        });
        assert!(walked.iter().all(|(_, end)| matches!(end, Walked::Whole { .. })), "every stream is whole");
        let total: usize = walked.iter().map(|(count, _)| count).sum();
        assert!(total >= ENTRIES, "every entry is visited");
        start.elapsed()
    };
    compare("walk of everything", beside, 3, &ours, &theirs);
}

/// Ten entries since the last time: nine streams are where they were.
fn walk_newest(path: &Path, head: &dyn Fn() -> Duration) {
    let repo = open(path);
    let after: Vec<(ObjectId, Option<ObjectId>)> = tips(&repo)
        .into_iter()
        .enumerate()
        .map(|(at, (_, tip))| {
            let steps = if at < 5 { 2 } else { 0 };
            let id = Command::new("git").current_dir(path).args(["rev-parse", &format!("{tip}~{steps}")]).output();
            (tip, String::from_utf8_lossy(&id.expect("rev-parse").stdout).trim().parse().ok())
        })
        .collect();
    let ours = || {
        let start = Instant::now();
        let repo = open(path);
        let asked = after.iter().map(|&(tip, after)| (Asked { tip, after }, 0)).collect();
        let walked = repo.walk_streams(asked, &|count: &mut usize, step| *count += step.added.len());
        assert_eq!(walked.iter().map(|(count, _)| count).sum::<usize>(), 10);
        assert_eq!(repo.streams().map(|streams| streams.len()).ok(), Some(after.len()));
        start.elapsed()
    };
    compare("walk of 10 new entries, in-process", "`git rev-parse HEAD`", RUNS, &ours, head);
}

fn append_one(path: &Path, head: &dyn Fn() -> Duration) {
    let genesis = genesis(path);
    let hand = Hand::new(0, genesis);
    let program = std::env::current_exe().expect("this program");
    let ours = || timed(Command::new(&program).arg("append").arg(path).arg(genesis.to_string()));
    compare("append, as a process", "`git rev-parse HEAD`", RUNS, &ours, head);
    let inside = || {
        let start = Instant::now();
        append(path, &hand);
        start.elapsed()
    };
    compare("append, in-process", "`git rev-parse HEAD`", RUNS, &inside, head);
}

fn run(command: &mut Command) {
    assert!(command.status().is_ok_and(|status| status.success()), "{command:?}");
}

fn timed(command: &mut Command) -> Duration {
    let start = Instant::now();
    run(command.stdin(Stdio::null()).stdout(Stdio::null()));
    start.elapsed()
}

fn compare(work: &str, beside: &str, runs: usize, ours: &dyn Fn() -> Duration, theirs: &dyn Fn() -> Duration) {
    ours();
    theirs();
    let (mut our_times, mut their_times): (Vec<Duration>, Vec<Duration>) =
        (0..runs).map(|_| (ours(), theirs())).unzip();
    let (our_median, their_median) = (median(&mut our_times), median(&mut their_times));
    let ratio = our_median.as_secs_f64() / their_median.as_secs_f64();
    println!("| {work} | {beside} | {ratio:.2}x | {our_median:.1?} | {their_median:.1?} |");
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
