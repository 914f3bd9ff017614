//! Content made to cost time or memory is judged all the same.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use support::{Said, Scratch};

#[test]
fn a_line_of_megabytes_is_judged_and_only_its_beginning_is_told() {
    let scratch = Scratch::new();
    scratch.write("src/a.js", format!("a{}", " ".repeat(200)).repeat(10_000));
    scratch.write("src/b.js", "x".repeat(2_000_000));
    scratch.git(&["add", "--all"]);

    let said = scratch.run(&["check", "--staged", "--format", "json"]);

    let rules: Vec<String> = said.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| format!("{} {}", finding["path"].as_str().unwrap(), finding["rule"].as_str().unwrap()))
        .collect();
    assert_eq!(said.code, 0);
    assert_eq!(rules, ["src/a.js weakening/long-line", "src/b.js weakening/long-line"]);
    assert!(said.out.len() < 20_000, "{} bytes", said.out.len());
}

#[test]
fn ten_thousand_waivers_are_read_and_those_for_nothing_told() {
    let scratch = Scratch::new();
    let waiver = |number| format!("x = 1  # gov: allow[secret/x{number}] reason\n");
    scratch.write("a.py", (0..10_000).map(waiver).collect::<Vec<_>>().concat());
    scratch.git(&["add", "--all"]);

    let json = scratch.check(&["--staged"]);

    let findings = json["findings"].as_array().unwrap();
    assert!(findings.iter().all(|finding| finding["rule"] == "waiver/unused"), "{findings:?}");
    assert_eq!(findings.len(), 10_000);
}

#[test]
fn ten_thousand_waivers_that_are_needed_are_none_for_nothing() {
    let scratch = Scratch::new();
    let waived =
        |number| ["password = \"vQ7mz", &format!("{number:05}T2x\"  # gov: "), "allow[secret/*] made up\n"].concat();
    scratch.write("a.py", (0..10_000).map(waived).collect::<String>());
    scratch.git(&["add", "--all"]);

    let json = scratch.check(&["--staged"]);

    let findings = json["findings"].as_array().unwrap();
    let weighing = findings.iter().filter(|finding| finding["waived"].is_null());
    let rules: BTreeSet<&str> = weighing.map(|finding| finding["rule"].as_str().unwrap()).collect();
    assert_eq!(
        Vec::from_iter(rules),
        ["secret/generic-password", "waiver/added"],
        "the rest of the matches is not listed"
    );
}

#[test]
fn a_blob_that_ends_before_what_it_claims_to_hold_is_not_taken_for_read() {
    let scratch = Scratch::new();
    let object = |id: &str, bytes: &[u8]| {
        let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        deflated.write_all(bytes).unwrap();
        let (folder, name) = id.split_at(2);
        scratch.write(&format!(".git/objects/{folder}/{name}"), deflated.finish().unwrap());
    };
    let commit_of = |id: &str| {
        scratch.git(&["update-index", "--add", "--cacheinfo", &format!("100644,{id},data.txt")]);
        let tree = scratch.git(&["write-tree"]);
        let commit = scratch.git(&["commit-tree", &tree, "-p", "HEAD", "-m", "Add data"]);
        scratch.git(&["update-ref", "refs/heads/data", &commit]);
    };
    let (short, whole) = ("1".repeat(40), "2".repeat(40));
    object(&short, b"blob 17000000\0hello\n");
    object(&whole, &[b"blob 17000000\0".to_vec(), vec![0; 17_000_000]].concat());

    commit_of(&short);
    let refused = scratch.run(&["check", "data"]);
    commit_of(&whole);
    let read = scratch.run(&["check", "data"]);

    assert_eq!(
        refused.err,
        "gov-hook could not decide, so nothing may pass: object 1111111111111111111111111111111111111111 (the \
         content of `data.txt`) cannot be read\n  because: it claims 17000000 bytes and holds 6\n  mend it: see what \
         is damaged: git fsck --full\n"
    );
    assert_eq!((refused.code, read.code), (2, 0), "{}", read.err);
}

/// Two commits in one pack, and how many objects they are.
struct Packed {
    scratch: Scratch,
    index: PathBuf,
    whole: Vec<u8>,
    objects: usize,
}

impl Packed {
    fn new() -> Self {
        let scratch = Scratch::new();
        for version in 0..2 {
            let text =
                (0..200).map(|line| format!("{line} {}\n", if line % 41 == version { version } else { line * line }));
            scratch.write("src/a.txt", text.collect::<String>());
            scratch.commit_all("Change a");
        }
        scratch.git(&["tag", "-a", "-m", "One", "v1", "HEAD~1"]);
        scratch.git(&["repack", "-adfq"]);
        let found = fs::read_dir(scratch.path(".git/objects/pack")).unwrap().map(|file| file.unwrap().path());
        let index =
            found.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "idx")).unwrap();
        let whole = fs::read(&index).unwrap();
        let objects = usize::try_from(number(&whole, FIRST_NAME - 4)).unwrap();
        assert_eq!(whole.len(), FIRST_NAME + objects * 28 + 40);
        Self { scratch, index, whole, objects }
    }

    /// What is said of all that is there while the index says something else at one place.
    fn with(&self, at: usize, says: u32) -> Said {
        let mut damaged = self.whole.clone();
        damaged[at..at + 4].copy_from_slice(&says.to_be_bytes());
        fs::remove_file(&self.index).unwrap();
        fs::write(&self.index, damaged).unwrap();
        self.scratch.run(&["check", "--history"])
    }

    /// Where the index says where an object stands.
    fn offset(&self, object: usize) -> usize {
        FIRST_NAME + self.objects * 24 + object * 4
    }
}

/// In the index of a pack, after a mark and 256 counts.
const FIRST_NAME: usize = 8 + 256 * 4;

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

#[test]
fn wherever_the_index_of_a_pack_leads_nothing_but_a_refusal_comes_of_it() {
    let packed = Packed::new();

    for object in 0..packed.objects {
        let at = packed.offset(object);
        let place = number(&packed.whole, at);
        // Into an entry, before the first, out of the pack, and to places that there are none of.
        for says in [place + 1, place + 2, place + 7, 4, 1 << 30, 1 << 31, u32::MAX] {
            let said = packed.with(at, says);

            assert_eq!(said.code, 2, "{object} {says} {}", said.err);
            assert!(said.err.starts_with("gov-hook could not decide, so nothing may pass: "), "{}", said.err);
            assert!(said.err.contains("damaged"), "{object} {says} {}", said.err);
        }
    }
}

#[test]
fn a_damaged_index_of_a_pack_is_named_with_what_makes_it_anew() {
    let packed = Packed::new();
    let (names, counts) = (FIRST_NAME, 8);

    let whys = [
        (0, 0, "it does not begin as one does"),
        (counts, 1 << 20, "its counts are out of order"),
        (names - 4, 1 << 20, "its size is not what its counts make"),
        (names, u32::MAX, "its names are out of order"),
    ];

    let (index, pack) = (packed.index.display(), packed.index.with_extension("pack"));
    for (at, says, why) in whys {
        let said = packed.with(at, says);
        assert_eq!(
            (said.code, said.err),
            (
                2,
                format!(
                    "gov-hook could not decide, so nothing may pass: the pack index `{index}` is damaged: {why}\n  mend \
                     it: let git rebuild it: rm -f {index} && git index-pack {}\n",
                    pack.display()
                )
            )
        );
    }
    fs::remove_file(&packed.index).unwrap();
    packed.scratch.git(&["index-pack", &pack.to_string_lossy()]);
    let mended = packed.scratch.run(&["check", "--history"]);
    assert_eq!(mended.code, 0, "{}", mended.err);
}

#[test]
fn no_beginning_of_a_file_hides_a_secret_behind_it() {
    let key = ["access = \"AKIA", "Z7QVN4KWJ3XP", "LM2T\"\n"].concat();
    let wide: Vec<u8> = "# settings\n".repeat(1000).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let pointer = "version https://git-lfs.github.com/spec/v1\n";
    let files: [(&str, &[&[u8]]); 5] = [
        ("little.env", &[b"\xff\xfe", key.as_bytes()]),
        ("big.env", &[b"\xfe\xff\n", key.as_bytes()]),
        ("wide.env", &[&wide, key.as_bytes()]),
        ("oid.env", &[pointer.as_bytes(), b"oid sha256:", key.as_bytes(), b"size 12\n"]),
        ("ext.env", &[pointer.as_bytes(), b"ext-0-", key.as_bytes(), b"size 12\n"]),
    ];
    let scratch = Scratch::new();
    for (path, parts) in files {
        scratch.write(path, parts.concat());
    }
    scratch.write("clean.bin", format!("{pointer}oid sha256:{}\nsize 12\n", "4d7a2146".repeat(8)));
    scratch.git(&["add", "--all"]);

    let report = scratch.check(&["--staged"]);

    let findings = report["findings"].as_array().unwrap().iter();
    let keys = findings.filter(|finding| finding["rule"] == "secret/aws-access-key-id");
    let found: Vec<&str> = keys.map(|finding| finding["path"].as_str().unwrap()).collect();
    assert_eq!(found, ["big.env", "ext.env", "little.env", "oid.env", "wide.env"]);
}

#[test]
fn a_head_that_is_none_is_told_with_what_makes_it_one() {
    let scratch = Scratch::new();
    scratch.write(".git/HEAD", "garbage\n");

    let refused = scratch.run(&["check"]);

    let mend = refused.err.lines().last().unwrap().trim_start();
    let command = mend.strip_prefix("mend it: point it at your branch again: ").unwrap().replace("BRANCH", "main");
    assert_eq!(refused.code, 2);
    scratch.command("sh", &scratch.path("")).args(["-c", &command]).status().unwrap();
    assert_eq!(scratch.run(&["check"]).code, 0);
}

#[test]
fn a_branch_whose_file_names_no_commit_is_told_with_what_it_holds_and_what_mends_it() {
    let mend = |scratch: &Scratch, said: &Said| {
        let line = said.err.lines().find(|line| line.contains("mend it: ")).unwrap_or_default();
        let command = line.split_once(": echo").unwrap_or_default().1;
        let done = scratch.command("sh", &scratch.path("")).args(["-c", &format!("echo{command}")]).status().unwrap();
        assert!(done.success(), "{line}");
    };
    for (content, holds) in [
        (&b"garbage here\n"[..], "it holds `garbage here`"),
        (b"\x1b[31m\xff\0", "it holds `\\x1b[31m\\xff\\x00`"),
        (b"", "it holds nothing"),
        (&[b'0'; 60], "it holds `0000000000000000000000000000000000000000\u{2026}`"),
    ] {
        let scratch = Scratch::new();
        let head = scratch.git(&["rev-parse", "HEAD"]);
        let file = scratch.path(".git/refs/heads/main");
        fs::write(&file, content).unwrap();

        let all = ["check", "audit verify", "verify --all", "sign README.md --env dev", "hook pre-commit", "pending"];
        let said = all.map(|verb| scratch.run(&verb.split(' ').collect::<Vec<_>>()));

        for (verb, said) in all.iter().zip(&said) {
            assert_eq!(said.code, 2, "{verb} {}{}", said.out, said.err);
            assert!(said.err.contains("the file of `refs/heads/main` names no commit; "), "{verb} {}", said.err);
            assert!(said.err.contains(holds), "{verb} {}", said.err);
            let command = format!("restore the last commit in its reflog: echo {head} > ");
            assert!(said.err.contains(&command), "{verb} {}", said.err);
        }
        let doctor = scratch.run(&["doctor"]);
        assert!(doctor.out.contains(&format!("echo {head} > ")), "{}", doctor.out);
        mend(&scratch, &said[0]);
        assert_eq!(scratch.git(&["rev-parse", "HEAD"]), head);
        assert_eq!(scratch.run(&["check"]).code, 0);
        fs::remove_dir_all(scratch.path(".git/logs")).unwrap();
        fs::write(&file, content).unwrap();
        let lost = scratch.run(&["check"]);
        assert!(lost.err.contains("git fsck --lost-found; echo COMMIT > "), "{}", lost.err);
    }
}

/// What a terminal would obey, hide or turn round, of C0, C1, bidi and tags.
const ORDERS: &str = "\u{1b}]0;taken\u{7}\u{1b}[2J\u{9b}31m\u{202e}\u{e0041}";

#[test]
fn nothing_that_a_repository_says_is_obeyed_by_a_terminal() {
    let scratch = Scratch::new();
    let says = |what: &str| format!("{what}{ORDERS}");
    let branch = "x\u{9b}31m\u{202e};$(touch${IFS}taken)";
    scratch.git(&["config", "user.name", &says("Mira")]);
    scratch.policy("version: 1\nroles: { lead: [lin@example.com] }\nenforcement: { default: staging }\n");
    scratch.write(&says("a.py"), [&support::secret_line(), "# gov: allow[secret/x] ", &says("why"), "\n"].concat());
    let odd_rule = |id: &str| {
        let told = r"it \e[31mis\u202e";
        format!(
            "- id: {id}\n  keywords: [zzzz]\n  regex: zzzz\n  severity: warn\n  message: \"{told}\"\n  help: \"{told}\"\n  examples: [zzzz]\n"
        )
    };
    scratch.write(".gov/rules/odd.yaml", odd_rule("odd/one"));
    scratch.write(
        ".gov/waivers.yaml",
        format!("- rule: secret/*\n  paths: [\"a.py*\"]\n  by: \"me{0}\"\n  reason: \"it is{0}\"\n", r"\e[2J\u202e"),
    );
    scratch.commit_all(&says("Add"));
    scratch.write("b.py", support::secret_line());
    scratch.commit_all(&says("Add another"));
    scratch.git(&["branch", branch]);
    scratch.git(&["checkout", "-q", branch]);
    scratch.write("c.py", "x = 1\n");
    scratch.commit_all(&says("Go on"));
    let odd = says("nosuch");
    let fingerprint = format!("secret/aws-access-key-id:{}", "0".repeat(16));

    let asked: Vec<Vec<&str>> = vec![
        vec!["check"],
        vec!["check", "HEAD"],
        vec!["check", "--all"],
        vec!["check", "--history"],
        vec!["check", &odd],
        vec!["check", "main..HEAD", "--onto", branch],
        vec!["check", "--base", &odd],
        vec!["init", "--force"],
        vec!["record", "HEAD~2..HEAD", "--reason", &odd],
        vec!["request", "HEAD~1..HEAD"],
        vec!["approve", &odd],
        vec!["reject", "HEAD~1..HEAD", "--reason", &odd],
        vec!["pending"],
        vec!["status", &odd],
        vec!["show", &odd],
        vec!["history"],
        vec!["ratify", &odd],
        vec!["rollback", &odd, "--reason", "x"],
        vec!["audit", "log"],
        vec!["audit", "show", &odd],
        vec!["audit", "verify", "--full"],
        vec!["audit", "sync", &odd],
        vec!["audit", "reconcile", &odd],
        vec!["doctor"],
        vec!["install"],
        vec!["policy", "check"],
        vec!["policy", "show"],
        vec!["policy", "why", &odd],
        vec!["risk", "eval"],
        vec!["rules", "list"],
        vec!["rules", "explain", &odd],
        vec!["rules", "explain", "odd/one"],
        vec!["rules", "check"],
        vec!["rules", "check", &odd],
        vec!["rules", "waive", &fingerprint, "--reason", &odd],
        vec!["rules", "waive", "--rule", "secret/*", "--path", &odd, "--reason", &odd],
        vec!["sign", &odd, "--env", &odd],
        vec!["verify", &odd],
        vec!["unsign", &odd],
    ];

    scratch.write("broken.yaml", r#"packs: ["nosuch\e[2J\u202e"]"#);
    let asked = asked.into_iter().chain([vec!["policy", "check", "broken.yaml"]]);
    for words in asked {
        let said = scratch.run(&words);
        let shown = said.out + &said.err;
        assert!(words.contains(&"broken.yaml") || !shown.contains("1 mistake"), "{words:?}: {shown}");
        let obeyed: Vec<char> = shown
            .chars()
            .filter(|&letter| letter != '\n' && (letter.is_control() || "\u{202e}\u{e0041}".contains(letter)))
            .collect();
        assert_eq!(obeyed, [], "{words:?}: {shown}");
        assert!(!shown.contains("panicked"), "{words:?}: {shown}");
    }
    let told = scratch.run(&["rules", "explain", "odd/one"]);
    let told = told.out + &told.err;
    assert!(told.starts_with(r"warn[odd/one]: it \u{1b}[31mis\u{202e}"), "{told}");
    assert!(!scratch.path("taken").exists());
}

/// People paste what they are told to type.
#[test]
fn a_command_that_is_told_takes_the_name_of_a_branch_for_a_name() {
    let scratch = Scratch::new();
    let branch = "it's;touch${IFS}taken;#";
    scratch.policy("version: 1\nenforcement: { default: staging }\n");
    scratch.commit_all("Govern");
    let origin = scratch.origin();
    scratch.git(&["push", "-q", "origin", "main"]);
    assert_eq!(scratch.run_in(&origin, &["install", "--server"]).code, 0);
    scratch.git(&["checkout", "-q", "-b", branch]);
    scratch.write("a.py", support::secret_line());
    scratch.commit_all("Leak");

    let said = scratch.tried(&["push", "origin", branch]).err;

    let mend = said.lines().find_map(|line| line.split_once("mend it: ")).map(|(_, mend)| mend.trim().to_owned());
    let mend = mend.unwrap_or_else(|| panic!("{said}")).replace("gov-hook", "printf '%s\\n'");
    let run = scratch.command("sh", &scratch.path("")).args(["-c", &mend]).output().unwrap();
    let words = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(words.lines().any(|word| word == branch), "{mend}: {words}");
    assert!(!scratch.path("taken").exists());
}

#[test]
fn an_index_whose_paths_no_system_takes_is_refused() {
    let scratch = Scratch::new();
    scratch.write("a.txt", "a\n");
    scratch.commit_all("Add a");
    let blob = scratch.git(&["rev-parse", "HEAD:a.txt"]);
    let digits = blob.as_bytes().as_chunks::<2>().0;
    let byte = |two: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap();
    let id: Vec<u8> = digits.iter().map(byte).collect();
    let entry =
        |after: &[u8]| [&[0; 24][..], &0o100_644_u32.to_be_bytes(), &[0; 12], &id, &[0x0f, 0xff], after, &[0]].concat();
    let index = |version: u8, entries: &[Vec<u8>]| {
        let count = u32::try_from(entries.len()).unwrap().to_be_bytes();
        [&[b'D', b'I', b'R', b'C', 0, 0, 0, version], &count[..], &entries.concat(), &[0; 28]].concat()
    };
    // Folders in each other, more than any stack holds; and a path that each entry repeats.
    let deep = index(2, &[entry("a/".repeat(500_000).as_bytes())]);
    let mut repeated = vec![entry(&[&[0][..], &[b'a'; 1_000_000]].concat())];
    repeated.extend((0..3000).map(|number| entry(format!("\u{0}{number:04}").as_bytes())));

    for bytes in [deep, index(4, &repeated)] {
        scratch.write(".git/index", bytes);
        for of in ["--staged", "--all"] {
            let said = scratch.run(&["check", of]);
            assert_eq!(said.code, 2, "{}", said.err);
            assert!(said.err.contains("is damaged: a path is longer than any system takes"), "{}", said.err);
        }
    }
}

#[test]
fn folders_without_files_that_unfold_without_end_are_refused() {
    let scratch = Scratch::new();
    let mut tree = scratch.git(&["hash-object", "-t", "tree", "-w", "/dev/null"]);
    for _ in 0..40 {
        scratch.write("tree", format!("040000 tree {tree}\ta\n040000 tree {tree}\tb\n"));
        let listed = fs::File::open(scratch.path("tree")).unwrap();
        let made = std::process::Command::new("git").arg("mktree").current_dir(scratch.path("")).stdin(listed).output();
        tree = String::from_utf8(made.unwrap().stdout).unwrap().trim().to_owned();
    }
    let commit = scratch.git(&["commit-tree", &tree, "-m", "Add folders"]);
    scratch.git(&["update-ref", "refs/heads/folders", &commit]);

    let said = scratch.run(&["check", "folders"]);

    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("this is not a change anyone can judge"), "{}", said.err);
}

#[test]
fn wherever_the_index_of_many_packs_leads_it_is_not_followed_out_of_them() {
    let packed = Packed::new();
    let scratch = &packed.scratch;
    scratch.git(&["multi-pack-index", "write"]);
    let path = scratch.path(".git/objects/pack/multi-pack-index");
    let whole = fs::read(&path).unwrap();
    // What only that index knows; libgit2 asks it first.
    let missing = "7".repeat(40);
    let commit = format!("tree {missing}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n");
    scratch.write("commit", commit);
    let commit = scratch.git(&["hash-object", "-t", "commit", "-w", "--literally", "commit"]);
    scratch.write(".git/refs/heads/missing", format!("{commit}\n"));
    let names = whole.len() - 20 - packed.objects * 28;
    let hidden = (0..packed.objects).find(|object| whole[names + object * 20] > 0x77).unwrap_or(packed.objects) - 1;
    let with = |place: u32| {
        let mut damaged = whole.clone();
        damaged[names + hidden * 20..][..20].fill(0x77);
        // As many names start with each byte as before, but for this one's.
        for byte in 0..256 {
            let at = names - 1024 + byte * 4;
            let count = (0..packed.objects).filter(|object| usize::from(damaged[names + object * 20]) <= byte).count();
            damaged[at..at + 4].copy_from_slice(&u32::try_from(count).unwrap().to_be_bytes());
        }
        let at = names + packed.objects * 20 + hidden * 8 + 4;
        damaged[at..at + 4].copy_from_slice(&place.to_be_bytes());
        fs::remove_file(&path).unwrap();
        fs::write(&path, damaged).unwrap();
        scratch.run(&["check", "missing"])
    };

    for place in [0, 0x2000, 0x10_0000, 0x1fff_0000, 0x7fff_ffff] {
        let said = with(place);
        assert_eq!(
            (said.code, said.err),
            (
                2,
                format!(
                    "gov-hook could not decide, so nothing may pass: the index of many packs `{path}` is damaged: it \
                     points out of its packs\n  mend it: let git rebuild it: rm -f {path} && git multi-pack-index \
                     write\n",
                    path = path.display()
                )
            ),
            "{place}"
        );
    }
    fs::remove_file(&path).unwrap();
    scratch.git(&["update-ref", "-d", "refs/heads/missing"]);
    scratch.git(&["multi-pack-index", "write"]);
    assert_eq!(scratch.run(&["check", "--history"]).code, 0);
}
