//! `GOV_HOOK_BENCH_PEERS=1 cargo bench --locked --bench peers` installs other scanners under
//! `target/peers`, and times each beside gov-hook and beside `cat` of the same files.
//!
//! `GOV_HOOK_BENCH_FILES=DIR` takes the files of a repository of yours instead of made ones, and
//! `GOV_HOOK_BENCH_BINARY=FILE` a binary that is built already. With
//! `GOV_HOOK_BENCH_LABELS=FILE`, a table with the columns `file` and `label` (`pos` or `neg`), it
//! also counts how many of each every scanner tells of.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a bench that cannot go on fails, and prints what it measured"
)]

mod program;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use program::binary;

const RUNS: usize = 3;

struct Peer {
    name: &'static str,
    /// Shell commands, run in a folder of the peer's own; `$FILES` is what is to be scanned.
    install: &'static str,
    scan: &'static str,
}

const PEERS: [Peer; 8] = [
    Peer {
        name: "detect-secrets",
        install: "python3 -m venv . && bin/pip install --quiet detect-secrets",
        scan: "cd \"$FILES\" && \"$PEER\"/bin/detect-secrets scan --all-files .",
    },
    Peer {
        name: "gitleaks",
        install: "command -v gitleaks",
        scan: "gitleaks dir \"$FILES\" --no-banner --exit-code 0 --report-format json --report-path -",
    },
    Peer {
        name: "kingfisher",
        install: "python3 -m venv . && bin/pip install --quiet kingfisher-bin",
        scan: "bin/kingfisher scan \"$FILES\" --no-validate --no-update-check --git-history none --confidence low \
               --format json",
    },
    Peer {
        name: "ripsecrets",
        install: "cargo install --quiet --root . ripsecrets",
        scan: "\"$PEER\"/bin/ripsecrets \"$FILES\"",
    },
    Peer {
        name: "secretlint",
        install: "npm install --silent --prefix . secretlint @secretlint/secretlint-rule-preset-recommend && echo \
                  '{\"rules\":[{\"id\":\"@secretlint/secretlint-rule-preset-recommend\"}]}' > .secretlintrc.json",
        scan: "node_modules/.bin/secretlint --secretlintrc .secretlintrc.json --format unix \"$FILES/**/*\"",
    },
    Peer {
        name: "trufflehog",
        install: "command -v trufflehog",
        scan: "trufflehog filesystem \"$FILES\" --no-verification --no-update --json",
    },
    Peer {
        name: "trufflehog3",
        install: "python3 -m venv . && bin/pip install --quiet truffleHog3",
        scan: "bin/trufflehog3 --no-history --format JSON \"$FILES\"",
    },
    Peer {
        name: "whispers",
        install: "python3 -m venv . && bin/pip install --quiet whispers",
        scan: "bin/whispers \"$FILES\"",
    },
];

fn main() {
    let asked = std::env::args().any(|argument| argument == "--bench");
    if !asked || std::env::var_os("GOV_HOOK_BENCH_PEERS").is_none() {
        return;
    }
    let scratch = tempfile::tempdir().expect("a scratch directory");
    let given = std::env::var_os("GOV_HOOK_BENCH_FILES").map(PathBuf::from);
    let files = given.unwrap_or_else(|| made_files(&scratch.path().join("files")));
    let labels = std::env::var_os("GOV_HOOK_BENCH_LABELS").map(|path| Labels::read(Path::new(&path)));

    let shell = |script: &str, peer: &Path| {
        let mut command = Command::new("sh");
        command.args(["-c", script]).env("FILES", &files).env("PEER", peer).current_dir(peer);
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command
    };
    let cat = || shell("cd \"$FILES\" && git ls-files -z | xargs -0 cat", &files);
    let ours = || {
        let mut command = Command::new(binary());
        command.current_dir(&files).args(["check", "--all", "--format", "json"]);
        command
    };
    println!("| scanner | beside `cat` | beside gov-hook | pos told | neg told |\n|---|---|---|---|---|");
    let told = labels.as_ref().map(|labels| labels.told(&secrets(&ours().output().expect("a report").stdout)));
    let [own, own_cat] = medians([ours(), cat()]);
    row("gov-hook", own / own_cat, 1.0, told);
    for peer in &PEERS {
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers").join(peer.name);
        if !home.join("installed").exists() {
            fs::create_dir_all(&home).expect("a directory");
            let installed = shell(peer.install, &home).status().expect("a shell");
            if !installed.success() {
                println!("| {} | not to be had here | | | |", peer.name);
                continue;
            }
            fs::write(home.join("installed"), "").expect("a mark");
        }
        let told = labels.as_ref().map(|labels| {
            let output = shell(peer.scan, &home).output().expect("a shell").stdout;
            labels.told(&named(&output, &files))
        });
        let [theirs, ours, cat] = medians([shell(peer.scan, &home), ours(), cat()]);
        row(peer.name, theirs / cat, theirs / ours, told);
    }
}

fn row(name: &str, cat: f64, ours: f64, told: Option<[String; 2]>) {
    let [pos, neg] = told.unwrap_or_default();
    println!("| {name} | {cat:.1}x | {ours:.1}x | {pos} | {neg} |");
}

/// What is known of each file.
struct Labels {
    pos: Vec<String>,
    neg: Vec<String>,
}

impl Labels {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a table of labels");
        let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        let head = lines.next().unwrap_or_default();
        let column = |name: &str| head.iter().position(|title| *title == name).expect("a column of labels");
        let (file, label) = (column("file"), column("label"));
        let mut labels = Self { pos: Vec::new(), neg: Vec::new() };
        for row in lines {
            match (row.get(file), row.get(label)) {
                (Some(file), Some(&"pos")) => labels.pos.push((*file).to_owned()),
                (Some(file), Some(&"neg")) => labels.neg.push((*file).to_owned()),
                _ => {}
            }
        }
        labels
    }

    fn told(&self, told: &HashSet<String>) -> [String; 2] {
        [&self.pos, &self.neg].map(|files| {
            let count = files.iter().filter(|file| told.contains(*file)).count();
            format!("{count} of {}", files.len())
        })
    }
}

/// The files of our own report that have a secret.
fn secrets(report: &[u8]) -> HashSet<String> {
    let report: serde_json::Value = serde_json::from_slice(report).expect("a report in JSON");
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    let of_secrets =
        findings.iter().filter(|finding| finding["rule"].as_str().is_some_and(|id| id.starts_with("secret/")));
    of_secrets.filter_map(|finding| finding["path"].as_str().map(str::to_owned)).collect()
}

/// Everything in a peer's output that may be a path, as seen from the folder that was scanned.
fn named(output: &[u8], files: &Path) -> HashSet<String> {
    let text = String::from_utf8_lossy(output);
    let root = format!("{}/", files.display());
    let words = text.split(['"', ':', '\n']).map(|word| word.trim_start_matches(&root).trim_start_matches("./"));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Some 5 MB that look like code, and hold no secret.
fn made_files(files: &Path) -> PathBuf {
    for number in 0..1_000 {
        let path = files.join(format!("src/module{}/file{number}.rs", number / 100));
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        let mut text = String::new();
        for line in 0..100 {
            // Writing into a string cannot fail.
            let _ = writeln!(text, "    let value_{number}_{line} = compute(input_{line}, {});", number * 31 + line);
        }
        fs::write(path, text).expect("a file");
    }
    let made = Command::new("sh").args(["-c", "git init -q . && git add --all"]).current_dir(files).status();
    assert!(made.is_ok_and(|status| status.success()), "git takes the files");
    files.to_owned()
}

/// How many seconds commands take that are run alternately.
fn medians<const COUNT: usize>(mut commands: [Command; COUNT]) -> [f64; COUNT] {
    let mut times = [[Duration::ZERO; RUNS]; COUNT];
    for run in 0..RUNS {
        for (command, times) in commands.iter_mut().zip(&mut times) {
            let start = Instant::now();
            command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("a command that starts");
            times[run] = start.elapsed();
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[RUNS / 2].as_secs_f64()
    })
}
