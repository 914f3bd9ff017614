//! Programs that write files, and which of their words those are.

use super::Extent;
use super::programs::program;
use super::words::{Word, is_one_of};

const FILES: &str = "rm mv cp ln tee sed perl chmod chown truncate touch dd install rsync unlink shred patch scp setfacl rmdir \
     chattr sponge ed ex vi vim nano yq awk ruby emacs";

pub(super) fn is_file_program(name: &str) -> bool {
    is_one_of(name, FILES)
}

/// Programs that also run what their options say.
pub(super) fn is_editor(name: &str) -> bool {
    matches!(name, "ed" | "ex" | "vi" | "vim" | "emacs")
}

/// Whether a program that mostly reads is told to write in place.
pub(super) fn edits(name: &str, words: &[Word]) -> bool {
    // Behind other letters it may be a part of what they take.
    let is_short = |text: &str| {
        let before = text.strip_prefix('-').and_then(|letters| letters.split_once('i'));
        before.is_some_and(|(before, _)| before.bytes().all(|letter| b"nErzuslpaw0".contains(&letter)))
    };
    match name {
        "awk" => words.iter().any(|word| word.text == "inplace"),
        "sed" | "perl" | "yq" | "ruby" => {
            words.iter().any(|word| is_short(&word.text) || word.text.starts_with("--in"))
        }
        _ => false,
    }
}

/// The files that a program writes what it fetches to: `-o FILE`, `-oFILE`, `--output FILE`.
fn fetched_to<'w>(name: &str, words: &'w [Word]) -> impl Iterator<Item = Word> + use<'w> {
    let (short, long) = if name == "curl" { ("-o", "--output") } else { ("-O", "--output-document") };
    words.iter().enumerate().filter_map(move |(at, word)| {
        let is_last = |letters: &str| !letters.starts_with('-') && letters.ends_with(short.trim_start_matches('-'));
        if word.text == long || word.text.strip_prefix('-').is_some_and(is_last) {
            return words.get(at + 1).cloned();
        }
        let glued = word.text.strip_prefix(long).and_then(|rest| rest.strip_prefix('='));
        let text = glued.or_else(|| word.text.strip_prefix(short))?.to_owned();
        Some(Word { text, ..word.clone() })
    })
}

/// The files that a command fetches something to.
pub(super) fn fetched(words: &[Word]) -> Vec<Word> {
    match program(words) {
        Some(name @ ("curl" | "wget")) => fetched_to(name, words).collect(),
        _ => Vec::new(),
    }
}

/// The files that a program writes because they are named to it, in the order in which it does.
pub(super) fn written(name: &str, words: &[Word]) -> Vec<(Word, Extent)> {
    let alone = |word: Word| (word, Extent::Alone);
    let named = || words.iter().filter(|word| is_plain(word)).cloned();
    match name {
        "curl" | "wget" => fetched_to(name, words).map(alone).collect(),
        _ if !is_file_program(name) => Vec::new(),
        "sed" | "perl" | "ruby" | "yq" | "awk" if !edits(name, words) => Vec::new(),
        // All that is there goes, but for what is left out.
        "rsync" if words.iter().any(|word| word.text.starts_with("--del")) && !words.iter().any(leaves_out) => {
            named().next_back().map(|word| (word, Extent::Whole)).into_iter().collect()
        }
        "cp" | "ln" | "install" | "rsync" | "scp" => {
            target(name, words).or_else(|| named().next_back()).map(alone).into_iter().collect()
        }
        "dd" => words.iter().filter_map(|word| word.without("of=")).map(alone).collect(),
        "mv" => moved(named()),
        _ => {
            let whole = matches!(name, "rm" | "rmdir" | "shred" | "unlink" | "chmod" | "chown" | "chattr");
            let extent = if whole { Extent::Whole } else { Extent::Alone };
            named_as_files(name, words).into_iter().map(|word| (word.clone(), extent.clone())).collect()
        }
    }
}

fn leaves_out(word: &Word) -> bool {
    ["--exclude", "--filter", "-f", "-C"].iter().any(|option| word.text.starts_with(option))
}

/// The options of other programs that name what they write, or where.
const OUTPUT: &str =
    "-o -O -P --output --out -out --outfile --output-dir --outdir --out-dir --output-file --directory-prefix";

/// Programs that write what is named to them in another form.
const REWRITE: &str = "rustfmt black isort gzip gunzip bzip2 bunzip2 xz unxz dos2unix unix2dos Remove-Item Set-Content \
     Add-Content Clear-Content Out-File Move-Item";

/// The files that a program may write of which no more is known than its options.
pub(super) fn perhaps(name: &str, words: &[Word]) -> Vec<Word> {
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.text.as_str()));
    let rewrites = is_one_of(name, REWRITE) && !has(&["--check", "--diff", "-c", "-l", "-t", "-k", "--stdout"]);
    // To others these two say something else.
    let formats = |text: &str| ["fmt", "format", "prettier", "pep8", "yapf"].iter().any(|part| text.contains(part));
    let is_formatter = || formats(name) || words.iter().any(|word| formats(&word.text));
    if rewrites || has(&["--write", "--in-place", "--fix"]) || (has(&["-w", "-i"]) && is_formatter()) {
        return words.iter().filter(|word| is_plain(word)).cloned().collect();
    }
    let glued = words.iter().filter_map(|word| {
        let (option, value) = word.text.split_once('=')?;
        is_one_of(option, OUTPUT).then(|| Word { text: value.to_owned(), ..word.clone() })
    });
    let next = words.windows(2).filter_map(|pair| match pair {
        [option, file] if is_one_of(&option.text, OUTPUT) => Some(file.clone()),
        _ => None,
    });
    glued.chain(next).collect()
}

fn is_plain(word: &Word) -> bool {
    !word.text.starts_with('-')
}

/// Files that are moved to the last of them: all goes with what is moved.
pub(super) fn moved(files: impl Iterator<Item = Word>) -> Vec<(Word, Extent)> {
    let mut moved: Vec<(Word, Extent)> = files.map(|file| (file, Extent::Whole)).collect();
    if let Some((_, extent)) = moved.last_mut() {
        *extent = Extent::Alone;
    }
    moved
}

/// Where an option says that a copy goes.
fn target(name: &str, words: &[Word]) -> Option<Word> {
    let glued = words.iter().find_map(|word| word.without("--target-directory="));
    let is_option = |word: &Word| match word.text.strip_prefix('-') {
        Some("-target-directory") => true,
        Some(letters) => !letters.starts_with('-') && letters.ends_with('t'),
        None => false,
    };
    let is_copy = matches!(name, "cp" | "ln" | "install");
    let after = words.iter().position(|word| is_copy && is_option(word)).and_then(|at| words.get(at + 1));
    glued.or_else(|| after.cloned())
}

/// Whether it makes links of what is named to it.
pub(super) fn makes_links(name: &str, words: &[Word]) -> bool {
    let is_option = |word: &Word| {
        word.text == "--symbolic-link"
            || (word.text.starts_with('-') && !word.text.starts_with("--") && word.text.contains('s'))
    };
    name == "ln" || (name == "cp" && words.iter().any(is_option))
}

/// Whether it does something to what it is told to copy as well: what a link leads to is written through it.
pub(super) fn touches_sources(name: &str, words: &[Word]) -> bool {
    let removes = || words.iter().any(|word| word.text == "--remove-source-files");
    name == "ln" || (matches!(name, "cp" | "install" | "rsync" | "scp") && removes())
}

/// Whether `sed` and the like, told to read, say a file of git's or the law's to write to: `w FILE`.
pub(super) fn may_write_more(name: &str, words: &[Word]) -> bool {
    matches!(name, "sed" | "perl" | "yq" | "awk")
        && !edits(name, words)
        && words.iter().any(|word| word.text.contains("w .g"))
}

/// The words that are files, and not a script, a mode or the value of an option.
fn named_as_files<'w>(name: &str, words: &'w [Word]) -> Vec<&'w Word> {
    let (taking, first): (&str, bool) = match name {
        "sed" | "perl" | "ruby" => ("ef", true),
        "awk" => ("ifvF", true),
        "yq" | "chmod" | "chown" | "chattr" => ("", true),
        "setfacl" => ("mx", false),
        "truncate" => ("sr", false),
        "touch" => ("dtr", false),
        _ => ("", false),
    };
    let is_mode = |letters: &str| match name {
        "chmod" => letters.chars().all(|letter| "rwxXst".contains(letter)),
        "chattr" => letters != "R",
        _ => false,
    };
    let mut has_first = !first;
    let mut files = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let Some(letters) = word.text.strip_prefix('-') else {
            if has_first {
                files.push(word);
            }
            has_first = true;
            continue;
        };
        match letters.strip_prefix('-') {
            Some(long) => {
                has_first |= ["expression", "file", "reference"].iter().any(|known| long.starts_with(known));
                if matches!(long, "expression" | "file" | "size") {
                    rest.next();
                }
            }
            None if letters.ends_with(|last| taking.contains(last)) => {
                has_first |= letters.ends_with(['e', 'f']);
                rest.next();
            }
            None => has_first |= is_mode(letters),
        }
    }
    files
}
