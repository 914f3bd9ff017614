//! Every transcript in the README is what the program says, and what the documents list is what there is.
//!
//! A command of a `console` block starts with `$ `; the lines after it are its whole output. With
//! `GOV_HOOK_WRITE_README=1` the outputs are written into the README instead of being compared.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
#![allow(clippy::disallowed_methods, reason = "the environment says whether to write")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::Scratch;

fn readme() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

/// The README with every output replaced by what the commands print now.
fn replayed(text: &str, scratch: &Scratch) -> String {
    let mut directory = scratch.beside("readme");
    fs::create_dir(&directory).unwrap();
    let mut out: Vec<String> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
            out.push(line.to_owned());
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            out.push(line.to_owned());
            let said = run(command, &directory, scratch);
            out.extend(said.lines().map(|line| line.trim_end().to_owned()));
            if let Some((_, entered)) = command.rsplit_once("cd ") {
                directory.push(entered);
            }
        } else if !inside {
            out.push(line.to_owned());
        }
    }
    out.join("\n") + "\n"
}

fn run(command: &str, directory: &Path, scratch: &Scratch) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_gov-hook"));
    let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut shell = scratch.command("sh", directory);
    let output = shell.args(["-c", &format!("{{ {command}\n}} 2>&1")]).env("PATH", path).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_transcript_is_what_the_program_says() {
    let text = fs::read_to_string(readme()).unwrap();

    let replayed = replayed(&text, &Scratch::new());

    if std::env::var_os("GOV_HOOK_WRITE_README").is_some() {
        fs::write(readme(), replayed).unwrap();
    } else {
        assert_eq!(text, replayed);
    }
}

#[test]
fn every_file_the_readme_names_is_there() {
    let text = fs::read_to_string(readme()).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named =
        text.split('`').skip(1).step_by(2).chain(text.split("](").skip(1).filter_map(|rest| rest.split(')').next()));

    let is_path = |word: &&str| {
        ["src", "rules", "tests", "docs", "benches", "hooks", "fuzz"]
            .iter()
            .any(|top| word.starts_with(&format!("{top}/")))
    };
    let missing: Vec<&str> = named.filter(is_path).filter(|word| !root.join(word).exists()).collect();

    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn every_variable_of_our_own_is_in_the_documents() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = fs::read_to_string(root.join("src/app/environment.rs")).unwrap();
    let told = fs::read_to_string(root.join("docs/hooks.md")).unwrap();

    let is_name = |word: &&str| word.bytes().all(|byte| byte == b'_' || byte.is_ascii_uppercase());
    let names = read.split('"').filter(|word| word.starts_with("GOV_HOOK_")).filter(is_name);
    let (told, untold): (Vec<&str>, Vec<&str>) = names.partition(|name| told.contains(&format!("| `{name}=")));

    assert_eq!(untold, Vec::<&str>::new());
    assert!(told.contains(&"GOV_HOOK_AGENT"));
}

#[test]
fn every_validator_and_detector_that_is_listed_is_one() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md")).unwrap();
    let scratch = Scratch::new();
    let listed = |table: &str| -> Vec<String> {
        let rows = page.lines().skip_while(|line| !line.starts_with(table)).take_while(|line| line.starts_with('|'));
        let first = rows.skip(2).filter_map(|row| row.split('|').nth(1));
        first.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
    };
    let (validators, detectors) = (listed("| `verify` | holds"), listed("| `detect` | finds"));
    let rule = |how: &str, name: &str| format!("- {{ id: a/{name}, keywords: [abc], {how}: {name} }}\n");
    let verify = |name: &str| rule("regex: abc, verify", name);
    let mut pack = verify("no-such") + &rule("detect", "no-such");
    pack.extend(validators.iter().map(|name| verify(name)));
    pack.extend(detectors.iter().map(|name| rule("detect", name)));
    scratch.write("pack.yaml", pack);

    let said = scratch.run(&["rules", "check", "pack.yaml", "--format", "json"]);

    let unknown: Vec<&str> = said.out.split('"').filter(|text| text.contains(" is called `")).collect();
    assert_eq!(unknown, ["no validator is called `no-such`", "no detector is called `no-such`"]);
    assert!(validators.len() > 10 && detectors.len() > 10, "{validators:?} {detectors:?}");
}
