//! Whatever is run, no output tells a secret that some rule knows.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use gov_hook::check::rules::{Definition, Example, On};
use regex::bytes::RegexBuilder;
use support::{Said, Scratch, aws_key};

const FORMATS: [&str; 6] = ["human", "json", "sarif", "github", "gitlab", "junit"];

/// At most this many characters of a secret may be shown.
const SHOWN: usize = 4;

/// A shorter remainder of a secret may be any word of a report.
const TELLING: usize = 8;

/// A text that holds a secret, where its rule looks for it.
struct Sample {
    path: String,
    text: String,
    /// What of it no output may hold.
    secrets: Vec<String>,
}

/// Of every example of every rule, as the packs have them.
fn samples() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/secrets");
    let files = fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let rules: Vec<Definition> =
        files.flat_map(|pack| serde_yaml::from_str::<Vec<Definition>>(&pack).unwrap()).collect();
    let secret = rules.iter().filter(|rule| !rule.show && rule.on != On::Path);
    let samples: Vec<Sample> =
        secret.flat_map(|rule| rule.examples.iter().filter_map(|example| sample(rule, example))).collect();
    assert!(samples.len() > 1_000, "{} samples", samples.len());
    samples
}

fn sample(rule: &Definition, example: &Example) -> Option<Sample> {
    let (path, text) = match example {
        Example::Text(text) => (None, text.clone()),
        Example::Change(sides) => (sides.path.clone(), sides.text.clone().or(sides.new.clone())?),
    };
    let regex = RegexBuilder::new(rule.regex.as_deref()?).unicode(false).multi_line(true).build().unwrap();
    let groups = regex.captures(text.as_bytes())?;
    let value = groups.name("secret").or_else(|| groups.get(1)).or_else(|| groups.get(0)).unwrap();
    let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
    let telling = value.lines().filter(|line| !line.starts_with("-----"));
    let telling = telling.map(|line| line.trim().chars().skip(SHOWN).collect::<String>());
    let secrets = telling.filter(|rest| rest.len() >= TELLING).collect();
    Some(Sample { path: path.unwrap_or_else(|| named(&rule.paths)), text, secrets })
}

/// A path that the first of these globs matches.
fn named(globs: &[String]) -> String {
    let Some(glob) = globs.first() else { return "example.txt".into() };
    let mut path = glob.replace("**/", "").replace('*', "example");
    while let Some((before, rest)) = path.split_once('{') {
        let (choices, behind) = rest.split_once('}').unwrap();
        path = format!("{before}{}{behind}", choices.split(',').next().unwrap());
    }
    path
}

fn assert_silent(samples: &[&Sample], arguments: &[&str], said: &Said) {
    assert!((0..4).contains(&said.code), "{arguments:?} ended with {}", said.code);
    for (name, output) in [("stdout", &said.out), ("stderr", &said.err)] {
        let told: BTreeSet<&String> = samples
            .iter()
            .flat_map(|sample| &sample.secrets)
            .filter(|secret| output.contains(secret.as_str()))
            .collect();
        assert!(told.is_empty(), "{arguments:?} tells on {name}: {told:#?}");
    }
}

/// One file for each sample, and all of them in one.
fn write(scratch: &Scratch, samples: &[&Sample]) {
    for (number, sample) in samples.iter().enumerate() {
        scratch.write(&format!("{number}/{}", sample.path), &sample.text);
    }
    let all = samples.iter().map(|sample| sample.text.as_str()).collect::<Vec<_>>().join("\n");
    scratch.write("all.txt", all.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
}

#[test]
fn no_secret_of_any_rule_is_told() {
    let samples = samples();
    let samples: Vec<&Sample> = samples.iter().collect();
    let scratch = Scratch::new();
    write(&scratch, &samples);
    scratch.git(&["add", "--all"]);

    for format in ["human", "json"] {
        let arguments = ["check", "--staged", "--verbose", "--format", format];
        assert_silent(&samples, &arguments, &scratch.run(&arguments));
    }
}

/// The formats and the targets share the findings, so a part of the rules will do.
#[test]
fn no_judgement_tells_a_secret_in_any_format() {
    let samples = samples();
    let samples: Vec<&Sample> = samples.iter().step_by(20).collect();
    let scratch = Scratch::new();
    write(&scratch, &samples);
    scratch.git(&["add", "--all"]);
    let ask = |target: &[&str]| {
        for format in FORMATS {
            let arguments = [&["check"], target, &["--verbose", "--format", format]].concat();
            assert_silent(&samples, &arguments, &scratch.run(&arguments));
        }
    };

    ask(&["--staged"]);
    let before = scratch.git(&["rev-parse", "HEAD"]);
    scratch.commit_all("Add");
    ask(&["HEAD"]);
    ask(&["--all"]);
    scratch.git(&["rm", "-q", "all.txt"]);
    scratch.commit_all("Remove");
    ask(&[&format!("{before}..HEAD")]);
}

/// Made up; put together here, so that no scanner takes this file for a leak.
#[test]
fn what_is_wrong_with_a_file_is_told_without_the_secrets_in_it() {
    let (key, scratch) = (aws_key(), Scratch::new());
    let policies = [
        format!("version: 1\n{key}: x\n"),
        format!("version: 1\nagents: {{ at_least: {key} }}\n"),
        format!("version: 1\npaths: {{ protected: [\"{key}[\"] }}\n"),
        format!("version: 1\nrules: {{ severity: {{ \"{key}\": \"{key}\" }} }}\n"),
    ];
    let pack = format!("- id: a/b\n  {key}: 1\n  on: {key}\n  verify: {key}\n  regex: \"{key}(\"\n");
    scratch.write("packs/own.yaml", pack);
    let silent = |asked: &[&str]| {
        for format in [[].as_slice(), &["--format", "json"]] {
            let said = scratch.run(&[asked, format].concat());
            assert_eq!(said.code, 2, "{asked:?}");
            assert!(!(said.out + &said.err).contains(&key), "{asked:?} {format:?}");
        }
    };

    silent(&["rules", "check", "packs"]);
    for policy in policies {
        scratch.write(".gov/policy.yaml", policy);
        scratch.commit_all("Break it");
        silent(&["policy", "check"]);
        silent(&["policy", "show"]);
        silent(&["check", "--all"]);
    }
}

#[test]
fn what_is_put_on_record_is_told_without_the_secret_in_its_subject() {
    let (key, scratch) = (aws_key(), Scratch::new());
    scratch.install_hooks();
    scratch.write("a.txt", "a\n");
    scratch.git(&["add", "--all"]);
    scratch.git(&["commit", "-q", "--no-verify", "-m", &format!("Use {key}")]);

    let said = scratch.run(&["record", "HEAD", "--reason", "late"]);

    assert!(said.out.contains("blocked  Use AKI"), "{}{}", said.out, said.err);
    assert!(!(said.out + &said.err).contains(&key));
}
