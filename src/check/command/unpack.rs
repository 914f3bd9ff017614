//! Archives: where a program puts what it takes out of one, and what it runs meanwhile.

use super::programs::is_interpreter;
use super::words::Word;

/// What a program that packs or unpacks writes: what is in the folder that it unpacks to, `.` where that is
/// not named, or the archive that it makes. Nothing where it is no such program.
pub(super) fn written(name: &str, words: &[Word]) -> Option<Vec<Word>> {
    match name {
        "tar" | "bsdtar" | "gtar" => Some(of_tar(words)),
        "cpio" if passes(words) => {
            Some(inside(words.iter().rfind(|word| !is_option(word)).cloned().into_iter().collect()))
        }
        "unzip" | "unrar" | "unar" | "cpio" => {
            let (short, long) = match name {
                "unzip" => ("-d", ""),
                "unar" => ("-o", "--output-directory"),
                "cpio" => ("-D", "--directory"),
                _ => ("-op", ""),
            };
            Some(inside(values(words, short, long)))
        }
        "7z" | "7za" | "7zr" | "7zz" => {
            let folders = words.iter().filter_map(|word| word.without("-o"));
            Some(inside(folders.filter(|word| !word.text.is_empty() || word.is_open).collect()))
        }
        _ if is_interpreter(name) => of_python(words),
        _ => None,
    }
}

/// The options of `tar` that name a program to run.
const LONG: [&str; 6] = [
    "--to-command",
    "--use-compress-program",
    "--info-script",
    "--new-volume-script",
    "--rmt-command",
    "--rsh-command",
];

/// What `tar` runs because an option says so.
pub(super) fn scripts(name: &str, words: &[Word]) -> Vec<Word> {
    if !matches!(name, "tar" | "bsdtar" | "gtar") {
        return Vec::new();
    }
    let mut found = values(words, "-I", "");
    found.extend(values(words, "-F", ""));
    for (at, word) in words.iter().enumerate() {
        let Some((option, value)) = long(word) else { continue };
        let value = value.or_else(|| words.get(at + 1).cloned());
        let is_short_for = |long: &&str| option.len() > 4 && long.starts_with(option);
        if "--checkpoint-action".starts_with(option) && option.len() > "--checkpoint".len() {
            found.extend(value.and_then(|value| value.without("exec=")));
        } else if LONG.iter().any(is_short_for) {
            found.extend(value);
        }
    }
    found
}

fn of_tar(words: &[Word]) -> Vec<Word> {
    let first = words.first().filter(|word| !word.text.starts_with('-'));
    let clusters = || words.iter().filter(|word| is_cluster(word)).chain(first);
    let has = |letters: &[char], names: &[&str]| {
        clusters().any(|word| word.text.contains(letters))
            || words.iter().any(|word| names.contains(&word.text.as_str()))
    };
    if has(&['x'], &["--extract", "--get"]) {
        let mut folders = values(words, "-C", "--directory");
        folders.extend(values(words, "", "--one-top-level"));
        folders.extend(old_value(first, words, 'C'));
        return inside(folders);
    }
    if has(&['c', 'r', 'u', 'A'], &["--create", "--append", "--update", "--concatenate", "--catenate"]) {
        let mut archives = values(words, "-f", "--file");
        archives.extend(old_value(first, words, 'f'));
        return archives;
    }
    Vec::new()
}

/// Whether `cpio` copies files to a folder, and packs none.
fn passes(words: &[Word]) -> bool {
    words.iter().any(|word| word.text == "--pass-through" || (is_cluster(word) && word.text.contains('p')))
}

/// `python -m zipfile -e ARCHIVE FOLDER`, and `tarfile` in its place.
fn of_python(words: &[Word]) -> Option<Vec<Word>> {
    let at = words.iter().position(|word| is_cluster(word) && word.text.contains('m'))?;
    let (_, glued) = words.get(at)?.text.split_once('m')?;
    let (module, rest) = match glued {
        "" => (words.get(at + 1)?.text.as_str(), words.get(at + 2..)?),
        glued => (glued, words.get(at + 1..)?),
    };
    if !matches!(module, "zipfile" | "tarfile") {
        return None;
    }
    let behind = |letter: char, name: &str| {
        let is_it = |word: &Word| match word.text.strip_prefix("--") {
            Some(long) => !long.is_empty() && name.starts_with(long),
            None => is_cluster(word) && word.text.ends_with(letter),
        };
        let rest = rest.get(rest.iter().position(is_it)? + 1..)?;
        Some(rest.iter().take_while(|word| !is_option(word)).cloned().collect::<Vec<_>>())
    };
    if let Some(named) = behind('e', "extract") {
        return Some(inside(named.into_iter().skip(1).take(1).collect()));
    }
    behind('c', "create").map(|named| named.into_iter().take(1).collect())
}

/// What is in folders, as a policy speaks of files; where the line is if there are none.
fn inside(folders: Vec<Word>) -> Vec<Word> {
    if folders.is_empty() {
        return vec![Word::plain(".")];
    }
    let file = |word: Word| match word.text.trim_end_matches('/') {
        "" | "." => word,
        folder => Word { text: format!("{folder}/*"), ..word.clone() },
    };
    folders.into_iter().map(file).collect()
}

fn is_option(word: &Word) -> bool {
    word.text.starts_with('-')
}

fn is_cluster(word: &Word) -> bool {
    word.text.starts_with('-') && !word.text.starts_with("--")
}

fn long(word: &Word) -> Option<(&str, Option<Word>)> {
    let text = word.text.as_str().strip_prefix("--").and(Some(word.text.as_str()))?;
    Some(match text.split_once('=') {
        Some((option, value)) => (option, Some(Word { text: value.to_owned(), ..word.clone() })),
        None => (text, None),
    })
}

/// The value of a letter in `tar xfC ARCHIVE FOLDER`: the words follow in the order of the letters.
fn old_value(first: Option<&Word>, words: &[Word], letter: char) -> Option<Word> {
    let taking: Vec<char> = first?.text.chars().filter(|letter| "fCbTXKNVLHgIF".contains(*letter)).collect();
    let at = taking.iter().position(|known| *known == letter)?;
    words.get(at + 1).cloned()
}

/// Letters of `tar`, `cpio` and `unzip` that take a value, which may be glued to them.
const TAKING: &str = "fbTXKNVLHgIFEMORP";

/// The values of an option: `-C DIR`, `-CDIR`, `-xC DIR`, `-xCDIR`, `--directory=DIR`, `--directory DIR`.
fn values(words: &[Word], short: &str, name: &str) -> Vec<Word> {
    let value = |(at, word): (usize, &Word)| {
        let next = || words.get(at + 1).cloned();
        if let Some((option, value)) = long(word) {
            let is_it = option.len() > 4 && name.starts_with(option);
            return if is_it { value.or_else(next) } else { None };
        }
        let letter = short.strip_prefix('-').filter(|_| is_cluster(word))?;
        if word.text.ends_with(letter) {
            return next();
        }
        let (before, _) = word.text.strip_prefix('-')?.split_once(letter)?;
        let is_value = before.contains(|sign: char| !sign.is_ascii_alphabetic() || TAKING.contains(sign));
        if is_value { None } else { word.without(&format!("-{before}{letter}")) }
    };
    words.iter().enumerate().filter_map(value).collect()
}
