//! The files that a line writes.

use super::found;
use super::governed::{may_be_hooks, names_hooks, names_law};
use super::places::Places;
use super::programs::base;
use super::tally::Tally;
use super::words::{Found, Word, is_one_of};
use super::{EACH_COMMAND, Extent, Written, said, unpack, writers};

pub(super) struct Files {
    places: Places,
    /// Where that is searched for which `{}` stands.
    searched: Vec<(Word, Found)>,
    written: Vec<Written>,
}

impl Files {
    pub(super) fn new() -> Self {
        Self { places: Places::new(), searched: Vec::new(), written: Vec::new() }
    }

    pub(super) fn written(self) -> Vec<Written> {
        self.written
    }

    /// How many are written so far.
    pub(super) const fn count(&self) -> usize {
        self.written.len()
    }

    /// Forgets what was written since then: it is not here.
    pub(super) fn forget(&mut self, count: usize) {
        self.written.truncate(count);
    }

    /// From here on `{}` stands for what is found there; gives what it stood for.
    pub(super) fn search(&mut self, searched: Vec<(Word, Found)>) -> Vec<(Word, Found)> {
        std::mem::replace(&mut self.searched, searched)
    }

    pub(super) fn searched(&self) -> &[(Word, Found)] {
        &self.searched
    }

    /// `cd` with its words.
    pub(super) fn go(&mut self, words: &[Word], tally: &mut Tally) {
        self.places.go(words, tally);
    }

    /// A program and the words that are named to it.
    pub(super) fn of_program(&mut self, name: &str, words: &[Word], tally: &mut Tally) {
        if let Some(unpacked) = unpack::written(name, words) {
            self.unpack(&unpacked, tally);
            return others(name, words, tally);
        }
        if writers::may_write_more(name, words) {
            tally.ask(format!("what `{name}` writes may be a hook, or git's own"));
        }
        if writers::touches_sources(name, words) {
            others(name, words, tally);
        }
        for (word, extent) in writers::written(name, words) {
            self.write(&word, extent, tally);
        }
        if writers::makes_links(name, words) {
            self.places.link(words, tally);
        }
        if !writers::is_file_program(name) {
            for word in writers::perhaps(name, words) {
                self.write(&word, Extent::Named, tally);
            }
            others(name, words, tally);
        }
    }

    fn unpack(&mut self, unpacked: &[Word], tally: &mut Tally) {
        for word in unpacked {
            match word.text.as_str() {
                // Where the line is, all is ordinary but git's own.
                "." if self.places.may_be_git() => self.write(&Word::plain("./*"), Extent::Alone, tally),
                "." => {}
                _ => self.write(word, Extent::Alone, tally),
            }
        }
    }

    /// A word that names a file, or stands for what does.
    pub(super) fn write(&mut self, word: &Word, extent: Extent, tally: &mut Tally) {
        if found::stands_for_found(word) && !self.searched.is_empty() {
            return self.write_among(&self.searched.clone(), tally);
        }
        if let Some(made) = word.made.as_ref().filter(|_| word.is_open) {
            for named in &made.named {
                if word.text.starts_with('/') {
                    let inside = format!("{}{}", named.text.trim_end_matches('/'), word.text);
                    self.write_named(&Word { text: inside, ..named.clone() }, extent.clone(), tally);
                } else {
                    self.write_named(named, Extent::Whole, tally);
                }
            }
            self.write_among(&made.searched, tally);
        }
        if said::is_program(word) {
            return replaced(word, tally);
        }
        self.write_named(word, extent, tally);
    }

    /// What is found in some places is written.
    pub(super) fn write_among(&mut self, searched: &[(Word, Found)], tally: &mut Tally) {
        if tally.spend(searched.len() * EACH_COMMAND).is_err() {
            return;
        }
        for (root, found) in searched {
            let extent = if found.is_all() { Extent::Whole } else { Extent::Found(found.clone()) };
            self.write_named(root, extent, tally);
        }
    }

    fn write_named(&mut self, word: &Word, extent: Extent, tally: &mut Tally) {
        let is_made = word.made.as_ref().is_some_and(|made| made.may_be_anything());
        if is_made && word.is_unknown() {
            tally.ask("it writes to a file whose name is not to be seen: name it");
        }
        if is_made && base(&word.text) == "gov-hook" {
            return replaced(word, tally);
        }
        // `.g*` is `.git` as soon as there is one.
        let first = word.text.trim_start_matches("./").split('/').next().unwrap_or_default();
        let is_vague = word.is_pattern && first.starts_with('.') && first.contains(['*', '?', '[', '{']);
        // Where a part is not known, what is known of it may still say enough.
        let is_led = word.is_open && (word.text.contains(".git/") || word.text.contains(".gov/"));
        if is_vague || is_led || may_be_hooks(word) {
            tally.ask(format!("`{}` may be a hook, or one of git's own files", word.text));
        }
        if word.is_open && !word.text.contains(".git") && !word.text.contains(".gov") {
            return;
        }
        // Whoever runs out of these is told at the end.
        if tally.spend(word.text.len() + self.places.size()).is_err() {
            return;
        }
        self.write_through_links(word, &extent, tally);
        self.written.push(Written { path: word.text.clone(), from: self.places.from().to_vec(), extent });
    }

    /// What is written where links lead; a link that is removed or moved goes alone.
    fn write_through_links(&mut self, word: &Word, extent: &Extent, tally: &mut Tally) {
        if *extent == Extent::Whole && self.places.is_link(word) && !word.text.ends_with('/') {
            return;
        }
        for led in self.places.led(word, tally) {
            if led.is_open {
                self.write_named(&led, extent.clone(), tally);
            } else {
                self.written.push(Written { path: led.text, from: vec![String::new()], extent: extent.clone() });
            }
        }
    }
}

/// A program that was looked up is written, and not a file of its name here.
fn replaced(word: &Word, tally: &mut Tally) {
    let said = word.made.iter().flat_map(|made| &made.texts);
    if said.chain([&word.text]).any(|text| base(text.trim_end()) == "gov-hook") {
        tally.ask("it may be the gov-hook that judges: a person has to agree first");
    }
}

/// Of a program that is not known to read or to write it is asked why it names the hooks.
fn others(name: &str, words: &[Word], tally: &mut Tally) {
    let is_written = |text: &str| {
        text.starts_with("-o")
            || text.starts_with("--output")
            || matches!(text, "-w" | "--write" | "-i" | "--in-place" | "-d" | "-C" | "--directory")
    };
    let writes = words.iter().any(|word| is_written(&word.text));
    let is_named = |text: &str| names_hooks(text) || (writes && names_law(text));
    let before = std::iter::once("").chain(words.iter().map(|word| word.text.as_str()));
    let said = before.zip(words).filter(|(option, word)| !is_talk(name, option, &word.text));
    if let Some((_, word)) = said.into_iter().find(|(_, word)| is_named(&word.text)) {
        let part = word.text.split_whitespace().find(|part| is_named(part)).unwrap_or(&word.text);
        tally.ask(format!("what it does with `{part}` is not known"));
    }
}

/// Options that say something to people, or to another host.
const TALK: &str =
    "--body --title --message --notes --description --comment --subject --data --data-raw --json --field --raw-field";

/// Whether a word is the value of such an option, behind it or in the same word.
fn is_talk(name: &str, option: &str, word: &str) -> bool {
    let short = match name {
        "gh" | "glab" | "hub" => "-b -t -n -m -d -c -f -F",
        "curl" => "-d",
        _ => "",
    };
    is_one_of(option, TALK)
        || (!option.is_empty() && is_one_of(option, short))
        || word.split_once('=').is_some_and(|(option, _)| is_one_of(option, TALK))
}
