//! The files that a command writes because they are named to it.

use super::shell::Word;
use super::{Against, Looker, Written};

const FILES: [&str; 29] = [
    "rm", "mv", "cp", "ln", "tee", "sed", "perl", "chmod", "chown", "truncate", "touch", "dd", "install", "rsync",
    "unlink", "shred", "patch", "scp", "setfacl", "rmdir", "chattr", "sponge", "ed", "ex", "vi", "vim", "nano", "yq",
    "awk",
];

pub(super) fn is_file_program(name: &str) -> bool {
    FILES.contains(&name)
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
        if word.text == short || word.text == long {
            return words.get(at + 1).cloned();
        }
        let glued = word.text.strip_prefix(long).and_then(|rest| rest.strip_prefix('='));
        let text = glued.or_else(|| word.text.strip_prefix(short))?.to_owned();
        Some(Word { text, ..word.clone() })
    })
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

impl Looker {
    pub(super) fn writes(&mut self, word: &Word, whole: bool) {
        // `.g*` is `.git` as soon as there is one.
        let first = word.text.trim_start_matches("./").split('/').next().unwrap_or_default();
        let is_vague = word.is_pattern && first.starts_with('.') && first.contains(['*', '?', '[', '{']);
        if is_vague || may_be_hooks(word) {
            self.object(Against::Ask, format!("`{}` may be a hook, or one of git's own files", word.text));
        }
        // Where a part is not known, what is known of it may still say enough.
        if word.is_open && !word.text.contains(".git") && !word.text.contains(".gov") {
            return;
        }
        self.looked.written.push(Written { path: word.text.clone(), from: self.from.clone(), whole });
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
        if !is_file_program(name) {
            return self.others(words);
        }
        let plain = |path: &str| Word { text: path.to_owned(), ..Word::default() };
        match name {
            "sed" | "perl" | "yq" | "awk" if !edits(name, words) => {}
            "cp" | "ln" | "install" | "rsync" | "scp" => {
                let target = words.iter().find_map(|word| word.text.strip_prefix("--target-directory="));
                let after = words.iter().position(|word| word.text == "-t").and_then(|at| words.get(at + 1));
                match target.map(plain).or_else(|| after.filter(|_| name != "rsync").cloned()) {
                    Some(target) => self.writes(&target, false),
                    None => named().next_back().into_iter().for_each(|word| self.writes(word, false)),
                }
            }
            "dd" => {
                let outputs = words.iter().filter_map(|word| word.text.strip_prefix("of="));
                outputs.for_each(|path| self.writes(&plain(path), false));
            }
            "mv" => {
                let last = named().count().saturating_sub(1);
                named().enumerate().for_each(|(at, word)| self.writes(word, at < last));
            }
            _ => {
                let whole = matches!(name, "rm" | "rmdir" | "shred" | "unlink" | "chmod" | "chown" | "chattr");
                named().for_each(|word| self.writes(word, whole));
            }
        }
    }

    /// Of a program that is not known to read or to write it is asked why it names the hooks.
    fn others(&mut self, words: &[Word]) {
        let is_hooks = |text: &str| text.contains(".git/hooks") || text.ends_with(".git/config");
        if let Some(word) = words.iter().find(|word| is_hooks(&word.text)) {
            self.object(Against::Ask, format!("what it does with `{}` is not known", word.text));
        }
    }
}
