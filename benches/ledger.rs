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

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use gov_hook::git::notes::{Asked, Draft, Noted, NotesError, Walked, Writer};
use gov_hook::git::{Place, Repo};
use gov_hook::model::{ObjectId, Seen, Sha256};

const ENTRIES: usize = 100_000;
const STREAMS: usize = 20;
const RUNS: usize = 21;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // What is measured as a whole process is this program again.
    if let Some(at) = arguments.iter().position(|argument| argument == "append") {
        append(Path::new(&arguments[at + 1]), &arguments[at + 2]);
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
    walk_newest(&repo, &head);
    append_one(&repo, &head);
    walk_everything(&repo, scratch.path());
}

/// One pack, as a clone has it, laid out the way appends lay it out.
fn generate(repo: &Path) {
    fs::create_dir_all(repo).expect("a directory");
    run(Command::new("git").current_dir(repo).args(["init", "-q", "--bare", "-b", "main"]));
    let mut import = Command::new("git")
        .current_dir(repo)
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("git fast-import");
    let mut input = std::io::BufWriter::new(import.stdin.take().expect("its input"));
    let start = "commit refs/heads/main\ncommitter Bench <bench@example.com> 1700000000 +0000\ndata 6\nStart\n\n";
    input.write_all(start.as_bytes()).expect("a commit");
    for stream in 0..STREAMS {
        let name =
            format!("{}-{stream:08x}", &Sha256::of(&[b'k', u8::try_from(stream).unwrap_or(0)]).to_string()[..12]);
        let mut prev = Sha256::of(name.as_bytes());
        for seq in 0..ENTRIES / STREAMS {
            let line = entry(&name, seq, prev);
            prev = Sha256::of(line.as_bytes());
            let object = Sha256::of(format!("{name}{seq}").as_bytes()).to_string();
            let (folder, file) = object[..40].split_at(2);
            let message = format!("Decide\n\nGov-Seq: {seq}\nGov-Id: {prev}\n");
            write!(
                input,
                "commit refs/notes/gov/{name}\ncommitter Bench <bench@example.com> {} +0000\ndata {}\n{message}\
                 M 100644 inline {folder}/{file}\ndata {}\n{line}\n\n",
                1_700_000_000 + seq,
                message.len(),
                line.len() + 1,
            )
            .expect("an entry");
        }
    }
    drop(input);
    assert!(import.wait().is_ok_and(|status| status.success()), "git fast-import");
}

/// A line of the length and the variety of a real one.
fn entry(stream: &str, seq: usize, prev: Sha256) -> String {
    let digest = |what: &str| Sha256::of(format!("{what}{stream}{seq}").as_bytes()).to_string();
    let mut sig = String::new();
    if seq.is_multiple_of(5) {
        let _ = write!(sig, r#","sig":"{}{}{}{}{}""#, digest("1"), digest("2"), digest("3"), digest("4"), digest("5"));
    }
    format!(
        r#"{{"actor":{{"email":"mira@example.com","kind":"person","name":"Mira"}},"body":{{}},"change":"gc1-{}","engine":"0.1.0","kind":"decision","outcome":"auto_approved","policy":"{}","prev":"{prev}","reasons":["fits"],"repo":"{}","risk":{{"digest":"{}","level":"LOW","score":7}},"seen":{{}},"seq":{seq}{sig},"stream":"{stream}","subject":{{"commit":"{}","tree":"{}"}},"time":"2026-11-21T05:45:56Z","v":1}}"#,
        digest("change"),
        Sha256::of(b"policy"),
        Sha256::of(b"repo"),
        digest("risk"),
        &digest("commit")[..40],
        &digest("tree")[..40],
    )
}

fn open(path: &Path) -> Repo {
    Repo::open(&Place { directory: Some(path.to_owned()), ..Place::default() }).expect("a repository")
}

fn tips(repo: &Repo) -> Vec<(String, ObjectId)> {
    let streams = repo.streams().expect("the streams");
    streams.into_iter().filter_map(|stream| Some((stream.name, stream.tip?))).collect()
}

fn walk_everything(path: &Path, scratch: &Path) {
    let blobs = scratch.join("blobs");
    let listed = "git rev-list --objects --glob='refs/notes/gov/*'";
    let read = format!(
        "{listed} | cut -c-40 | git cat-file --batch-check='%(objectname) %(objecttype)' | sed -n 's/ blob$//p' > '{}'",
        blobs.display()
    );
    run(Command::new("sh").current_dir(path).args(["-c", &read]));
    let theirs = format!("{listed} > /dev/null; git cat-file --batch < '{}' > /dev/null", blobs.display());
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
    let theirs = || timed(Command::new("sh").current_dir(path).args(["-c", &theirs]));
    compare("walk of everything", "`rev-list --objects` + `cat-file --batch`", 3, &ours, &theirs);
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
    let (stream, _) = tips(&open(path)).remove(0);
    let program = std::env::current_exe().expect("this program");
    let ours = || timed(Command::new(&program).arg("append").arg(path).arg(&stream));
    compare("append, as a process", "`git rev-parse HEAD`", RUNS, &ours, head);
    let inside = || {
        let start = Instant::now();
        append(path, &stream);
        start.elapsed()
    };
    compare("append, in-process", "`git rev-parse HEAD`", RUNS, &inside, head);
}

fn append(path: &Path, stream: &str) {
    let repo = open(path);
    let writer = Writer { name: "Bench".into(), email: "bench@example.com".into() };
    let appended = repo.append(stream, &writer, |tip| {
        let start = Seen { seq: 0, id: Sha256::of(b"start") };
        let seen = tip.and_then(|tip| tip.head).unwrap_or(start);
        let line = entry(stream, usize::try_from(seen.seq).unwrap_or(0) + 1, seen.id).into_bytes();
        let id = Sha256::of(&line);
        let object = ObjectId::new(*id.as_bytes().first_chunk().expect("twenty bytes"));
        let head = Seen { seq: seen.seq + 1, id };
        Ok::<_, NotesError>(Some(Draft {
            notes: vec![Noted { object, line }],
            head,
            subject: "Decide".into(),
            time: 1_800_000_000,
        }))
    });
    assert!(appended.is_ok_and(|commit| commit.is_some()), "an append succeeds");
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
