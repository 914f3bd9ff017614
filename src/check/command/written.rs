//! The files that a command writes because they are named to it.

use super::programs::{base, program};
use super::shell::Word;
use super::{Against, EACH_COMMAND, Extent, Looker, Written, said, unpack};

const FILES: [&str; 29] = [
    "rm", "mv", "cp", "ln", "tee", "sed", "perl", "chmod", "chown", "truncate", "touch", "dd", "install", "rsync",
    "unlink", "shred", "patch", "scp", "setfacl", "rmdir", "chattr", "sponge", "ed", "ex", "vi", "vim", "nano", "yq",
    "awk",
];

pub(super) fn is_file_program(name: &str) -> bool {
    FILES.contains(&name)
}

/// Programs that also run what their options say.
pub(super) fn is_editor(name: &str) -> bool {
    matches!(name, "ed" | "ex" | "vi" | "vim" | "nvim" | "emacs")
}

/// Whether `cp` is told to make links.
fn makes_links(word: &Word) -> bool {
    word.text == "--symbolic-link"
        || (word.text.starts_with('-') && !word.text.starts_with("--") && word.text.contains('s'))
}

/// Whether a program that mostly reads is told to write in place.
pub(super) fn edits(name: &str, words: &[Word]) -> bool {
    matches!(name, "sed" | "perl" | "yq" | "awk" | "gawk") && {
        let is_short = |text: &str| text.starts_with('-') && !text.starts_with("--") && text.contains('i');
        words.iter().any(|word| is_short(&word.text) || word.text.starts_with("--in-place") || word.text == "--inplace")
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

/// Whether what is known of a path may be the rest of a hook's, or of its folder's.
pub(super) fn may_be_hooks(word: &Word) -> bool {
    const STAGES: [&str; 9] = [
        "pre-commit",
        "commit-msg",
        "pre-push",
        "pre-merge-commit",
        "reference-transaction",
        "pre-receive",
        "update",
        "post-receive",
        "hooks",
    ];
    let last = word.text.trim_end_matches(['/', '*']).rsplit('/').next().unwrap_or_default();
    word.is_open && (STAGES.contains(&last) || last.starts_with("post-") || word.text.contains("/hooks/"))
}

pub(super) fn names_hooks(text: &str) -> bool {
    text.contains(".git/hooks") || text.ends_with(".git/config")
}

/// The words that are files, and not a script, a mode or the value of an option.
fn named_as_files<'w>(name: &str, words: &'w [Word]) -> Vec<&'w Word> {
    let (taking, first): (&str, bool) = match name {
        "sed" | "perl" => ("ef", true),
        "awk" | "gawk" => ("ifvF", true),
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

pub(super) fn names_law(text: &str) -> bool {
    text.split('/').any(|part| part == ".gov" || part.ends_with("=.gov") || part.ends_with(",.gov") || part == "-o.gov")
}

impl Looker {
    pub(super) fn writes(&mut self, word: &Word, whole: bool) {
        if self.writes_found(word) {
            return;
        }
        let extent = if whole { Extent::Whole } else { Extent::Alone };
        if let Some(made) = word.made.as_ref().filter(|_| word.is_open) {
            for named in &made.named {
                if word.text.starts_with('/') {
                    let inside = format!("{}{}", named.text.trim_end_matches('/'), word.text);
                    self.written(&Word { text: inside, ..named.clone() }, &extent);
                } else {
                    self.written(named, &Extent::Whole);
                }
            }
            self.written_among(&made.searched);
        }
        if said::is_program(word) {
            return self.replaced(word);
        }
        self.written(word, &extent);
    }

    /// A program that was looked up is written, and not a file of its name here.
    fn replaced(&mut self, word: &Word) {
        let said = word.made.iter().flat_map(|made| &made.texts);
        if said.chain([&word.text]).any(|text| base(text.trim_end()) == "gov-hook") {
            self.object(Against::Ask, "it may be the gov-hook that judges: a person has to agree first");
        }
    }

    pub(super) fn written(&mut self, word: &Word, extent: &Extent) {
        let is_made = word.made.as_ref().is_some_and(|made| made.may_be_anything());
        if is_made && word.is_unknown() {
            self.object(Against::Ask, "it writes to a file whose name is not to be seen");
        }
        if is_made && base(&word.text) == "gov-hook" {
            return self.replaced(word);
        }
        // `.g*` is `.git` as soon as there is one.
        let first = word.text.trim_start_matches("./").split('/').next().unwrap_or_default();
        let is_vague = word.is_pattern && first.starts_with('.') && first.contains(['*', '?', '[', '{']);
        // Where a part is not known, what is known of it may still say enough.
        let is_led = word.is_open && (word.text.contains(".git/") || word.text.contains(".gov/"));
        if is_vague || is_led || may_be_hooks(word) {
            self.object(Against::Ask, format!("`{}` may be a hook, or one of git's own files", word.text));
        }
        if word.is_open && !word.text.contains(".git") && !word.text.contains(".gov") {
            return;
        }
        // Whoever runs out of these is told at the end.
        let places: usize = self.from.iter().map(|from| from.len() + EACH_COMMAND).sum();
        if self.spend(word.text.len() + places).is_err() {
            return;
        }
        self.written_through_links(word, extent);
        self.looked.written.push(Written { path: word.text.clone(), from: self.from.clone(), extent: extent.clone() });
    }

    pub(super) fn files(&mut self, name: &str, words: &[Word]) {
        let named = || words.iter().filter(|word| !word.text.starts_with('-'));
        if matches!(name, "curl" | "wget") {
            let files: Vec<Word> = fetched_to(name, words).collect();
            for file in &files {
                self.writes(file, false);
            }
            return self.others(words);
        }
        if let Some(unpacked) = unpack::written(name, words) {
            for word in &unpacked {
                match word.text.as_str() {
                    // Where the line is, all is ordinary but git's own.
                    "." if self.from.iter().any(|from| from.split('/').any(|part| part == ".git")) => {
                        self.writes(&Word::plain("./*"), false);
                    }
                    "." => {}
                    _ => self.writes(word, false),
                }
            }
            return self.others(words);
        }
        if !is_file_program(name) {
            return self.others(words);
        }
        match name {
            "sed" | "perl" | "yq" | "awk" if !edits(name, words) => {
                // `w FILE` of sed.
                if words.iter().any(|word| word.text.contains("w .g")) {
                    self.object(Against::Ask, format!("what `{name}` writes may be a hook, or git's own"));
                }
            }
            "cp" | "ln" | "install" | "rsync" | "scp" => {
                let target = words.iter().find_map(|word| word.without("--target-directory="));
                let names_target = |word: &Word| match word.text.strip_prefix('-') {
                    Some("-target-directory") => true,
                    Some(letters) => !letters.starts_with('-') && letters.ends_with('t'),
                    None => false,
                };
                let is_copy = matches!(name, "cp" | "ln" | "install");
                let after =
                    words.iter().position(|word| is_copy && names_target(word)).and_then(|at| words.get(at + 1));
                // What a link leads to is written through it.
                if name == "ln" || words.iter().any(|word| word.text == "--remove-source-files") {
                    self.others(words);
                }
                match target.or_else(|| after.cloned()) {
                    Some(target) => self.writes(&target, false),
                    None => named().next_back().into_iter().for_each(|word| self.writes(word, false)),
                }
                if name == "ln" || (name == "cp" && words.iter().any(makes_links)) {
                    self.links(words);
                }
            }
            "dd" => {
                let outputs = words.iter().filter_map(|word| word.without("of="));
                outputs.for_each(|path| self.writes(&path, false));
            }
            "mv" => {
                let last = named().count().saturating_sub(1);
                named().enumerate().for_each(|(at, word)| self.writes(word, at < last));
            }
            _ => {
                let whole = matches!(name, "rm" | "rmdir" | "shred" | "unlink" | "chmod" | "chown" | "chattr");
                for word in named_as_files(name, words) {
                    self.writes(word, whole);
                }
            }
        }
    }

    /// Of a program that is not known to read or to write it is asked why it names the hooks.
    fn others(&mut self, words: &[Word]) {
        let is_written = |text: &str| {
            text.starts_with("-o")
                || text.starts_with("--output")
                || matches!(text, "-w" | "--write" | "-i" | "--in-place" | "-d" | "-C" | "--directory")
        };
        let writes = words.iter().any(|word| is_written(&word.text));
        let is_law = |text: &str| writes && names_law(text);
        if let Some(word) = words.iter().find(|word| names_hooks(&word.text) || is_law(&word.text)) {
            self.object(Against::Ask, format!("what it does with `{}` is not known", word.text));
        }
    }
}
