//! `gov-hook risk eval`, through the whole program: on labelled features and on made histories.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use support::{Said, Scratch};

const HEADER: &str = "proj,h,la_src,cc,nh_src,nd,nfix_max,isfix,nf_src,nf_oth,nf_test,la,ld,szz,ref,score\n";

/// A history that is written at once: one process instead of one for each commit.
#[derive(Default)]
struct Written {
    stream: String,
    commits: usize,
}

impl Written {
    fn commit(&mut self, day: usize, subject: &str, path: &str, content: &str) {
        self.commits += 1;
        let seconds = 1_500_000_000 + day * 86_400;
        write!(
            self.stream,
            "commit refs/heads/main\nmark :{}\ncommitter Mira <mira@example.com> {seconds} +0000\n\
             data {}\n{subject}\nM 100644 inline {path}\ndata {}\n{content}\n",
            self.commits,
            subject.len(),
            content.len(),
        )
        .unwrap();
    }

    fn into(self, scratch: &Scratch) {
        let mut import = scratch
            .command("git", &scratch.path(""))
            .args(["fast-import", "--quiet", "--force"])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        import.stdin.take().unwrap().write_all(self.stream.as_bytes()).unwrap();
        assert!(import.wait().unwrap().success());
    }
}

/// What a faulty commit and a harmless one look like, and how much later the fault is fixed.
struct Kind {
    faulty: fn(usize) -> String,
    harmless: fn(usize) -> String,
    days_until_fix: usize,
}

/// Few lines, but many ways through them.
fn knotty(number: usize) -> String {
    let lines: Vec<String> = (0..20).map(|line| format!("if a{number} && b{line} {{ c{line}() }}\n")).collect();
    lines.concat()
}

fn plain(number: usize) -> String {
    format!("let value = {number};\n")
}

/// Many lines, and nothing in them that could go wrong.
fn long(number: usize) -> String {
    let lines: Vec<String> = (0..300).map(|line| format!("let value{line} = {number};\n")).collect();
    lines.concat()
}

/// Every third day a commit: in turn a faulty one, two harmless ones, and a fix of the faulty one
/// that is due.
fn history(kind: &Kind) -> Scratch {
    let scratch = Scratch::unborn();
    let mut written = Written::default();
    let rounds_until_fix = kind.days_until_fix / 12;
    for round in 0..100 {
        let day = round * 12;
        let faulty = (kind.faulty)(round);
        written.commit(day, "Add a part", &format!("src/part{round}.rs"), &faulty);
        written.commit(day + 3, "Add a value", &format!("src/value{round}.rs"), &(kind.harmless)(round));
        written.commit(day + 6, "Add a file", &format!("docs/page{round}.md"), "text\n");
        if let Some(due) = round.checked_sub(rounds_until_fix) {
            let fixed = (kind.faulty)(due).replacen(['a', 'v'], "fixed_", 1);
            written.commit(day + 9, "Fix a crash", &format!("src/part{due}.rs"), &fixed);
        }
    }
    written.into(&scratch);
    scratch
}

fn evaluate(scratch: &Scratch) -> (i32, Value) {
    let said = scratch.run(&["risk", "eval", "--repo", ".", "--format", "json"]);
    (said.code, said.json())
}

#[test]
fn a_history_whose_faults_are_knotty_bears_the_score_out() {
    let scratch = history(&Kind { faulty: knotty, harmless: plain, days_until_fix: 24 });

    let (code, report) = evaluate(&scratch);

    assert_eq!((code, &report["exit"]), (0, &json!(0)));
    // 398 commits: the first 79 warm up, and those of the last 365 days are too young. Of the 197
    // that are left, 49 were faulty.
    assert_eq!((&report["commits"], &report["inducing"]), (&json!(197), &json!(49)));
    assert_eq!(report["rankings"][0]["auc"]["source"], json!(0.5));
    assert_eq!(report["rankings"][3]["auc"]["source"], json!(1.0));
    assert_eq!(report["promises"][0]["kept"], json!(true));
}

#[test]
fn a_history_in_which_lines_tell_as_much_does_not() {
    let scratch = history(&Kind { faulty: long, harmless: plain, days_until_fix: 24 });

    let (code, report) = evaluate(&scratch);

    assert_eq!((code, &report["exit"]), (1, &json!(1)));
    assert_eq!(report["rankings"][0]["auc"]["source"], json!(1.0));
    assert_eq!(report["promises"][0]["kept"], json!(false));
}

#[test]
fn a_fix_after_more_than_a_year_blames_nobody() {
    let scratch = history(&Kind { faulty: knotty, harmless: plain, days_until_fix: 372 });

    let said = scratch.run(&["risk", "eval", "--repo", "."]);

    assert_eq!(said.code, 2);
    assert_eq!(
        said.err,
        "gov-hook could not measure the score: not enough evidence: 0 fault-inducing commits found, \
         20 needed (369 commits read; old enough to judge: 174; fixes whose lines can be blamed: 69)\n  \
         mend it: there is no more history here; evaluate a longer one\n"
    );
}

#[test]
fn too_few_commits_are_looked_at_and_it_says_how_to_look_at_more() {
    let scratch = history(&Kind { faulty: knotty, harmless: plain, days_until_fix: 24 });

    let said = scratch.run(&["risk", "eval", "--repo", ".", "--commits", "100"]);

    assert_eq!(said.code, 2);
    assert!(said.err.ends_with("  mend it: look further back: --commits 400\n"), "{}", said.err);
}

#[test]
fn a_message_that_names_the_fault_counts_without_any_blame() {
    let scratch = history(&Kind { faulty: knotty, harmless: plain, days_until_fix: 24 });
    scratch.git(&["reset", "-q", "--hard"]);
    let named = scratch.git(&["log", "--format=%H", "--", "src/part40.rs"]);
    let named = named.lines().last().unwrap();
    scratch.write("src/last.rs", "let a = 1;\n");
    scratch.git(&["add", "--all"]);
    let message = format!("Take it back\n\nThis reverts commit {named}.");
    let mut commit = scratch.command("git", &scratch.path(""));
    let day = "1603680000 +0000";
    commit.args(["commit", "-q", "-m", &message]).env("GIT_COMMITTER_DATE", day).env("GIT_AUTHOR_DATE", day);
    assert!(commit.status().unwrap().success());

    let (_, report) = evaluate(&scratch);

    assert_eq!(report["reported"], json!(1));
}

#[test]
fn a_repository_elsewhere_is_read_wherever_one_stands() {
    let scratch = history(&Kind { faulty: knotty, harmless: plain, days_until_fix: 24 });
    let elsewhere = scratch.beside("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let path = scratch.path("").display().to_string();

    let said = scratch.run_in(&elsewhere, &["risk", "eval", "--repo", &path]);
    let nowhere = scratch.run_in(&elsewhere, &["risk", "eval", "--repo", "."]);

    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.starts_with(&format!("the score is worth its points: {path}\n")), "{}", said.out);
    assert_eq!(nowhere.code, 2);
}

fn evaluate_file(scratch: &Scratch, name: &str, content: &[u8]) -> Said {
    scratch.write(name, content);
    scratch.run(&["risk", "eval", "--csv", name])
}

/// Scores as the card gives them, in bands that promise nothing.
fn few_commits(score: u32) -> String {
    format!("{HEADER}gin,00ff,40,4,2,3,1,0,1,0,0,50,3,1,1,{score}\ngin,00fe,0,0,0,1,0,0,0,0,0,1,0,0,0,0\n")
}

#[test]
fn a_score_that_is_not_reproduced_is_named() {
    let scratch = Scratch::unborn();

    let right = evaluate_file(&scratch, "right.csv", few_commits(48).as_bytes());
    let wrong = evaluate_file(&scratch, "wrong.csv", few_commits(49).as_bytes());

    assert!(right.out.contains("\nkept    2 of 2 given scores are reproduced\n"), "{}", right.out);
    assert!(
        wrong.out.contains("\nBROKEN  1 of 2 given scores are reproduced\n        gin 00ff: given 49, computed 48\n"),
        "{}",
        wrong.out
    );
    assert_eq!(wrong.code, 1);
}

#[test]
fn a_compressed_file_reads_like_a_plain_one() {
    let scratch = Scratch::unborn();
    let text = few_commits(48) + &"gin,00fd,0,0,0,1,0,0,0,0,0,1,0,0,0,0\n".repeat(40_000);
    let (first, second) = text.as_bytes().split_at(text.len() / 3);

    let plain = evaluate_file(&scratch, "same.csv", text.as_bytes());
    let whole = evaluate_file(&scratch, "same.csv", &packed(text.as_bytes()));
    let in_parts = evaluate_file(&scratch, "same.csv", &[packed(first), packed(second)].concat());

    assert_eq!((whole.code, &whole.out), (plain.code, &plain.out));
    assert_eq!((in_parts.code, &in_parts.out), (plain.code, &plain.out));
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

#[test]
fn a_file_that_cannot_be_read_decides_nothing() {
    let scratch = Scratch::unborn();

    let broken = evaluate_file(&scratch, "broken.csv", format!("{HEADER}gin,00ff,x\n").as_bytes());
    let sound = packed(few_commits(48).as_bytes());
    let mut damaged = sound.clone();
    damaged[sound.len() - 6] ^= 1;
    let packed = [b"\x1f\x8b\x08\x00", &sound[..sound.len() - 1], &damaged, &[&sound, &b"behind"[..]].concat()]
        .map(|content| evaluate_file(&scratch, "broken.csv.gz", content).code);
    let absent = scratch.run(&["risk", "eval", "--csv", "absent.csv"]);

    assert_eq!(packed, [2; 4]);
    assert_eq!([broken.code, absent.code], [2, 2]);
    assert!(broken.err.contains("line 2 has 3 fields, the first line names 16"), "{}", broken.err);
}
