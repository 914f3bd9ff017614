//! Links that a line makes, and where they lead.

use super::EACH_COMMAND;
use super::programs::base;
use super::tally::Tally;
use super::words::Word;

struct Link {
    /// Where it is, from where the line starts.
    at: String,
    to: Word,
}

/// The links of a line; whatever it names, it names `from` the directories that it may be in.
#[derive(Default)]
pub(super) struct Links(Vec<Link>);

/// More links than that are there to hide something.
const MOST_LINKS: usize = 512;

/// A path that leads to more places than that goes in circles.
const MOST_LED: usize = 64;

const TOO_MANY: &str = "it makes more links than can be followed";

impl Links {
    /// The links that `ln`, or `cp -s`, makes of its words.
    pub(super) fn add(&mut self, words: &[Word], from: &[String], tally: &mut Tally) {
        let takes = |word: &Word| word.text == "-t" || word.text == "--target-directory";
        let given = words.iter().position(takes).and_then(|at| words.get(at + 1));
        let folder = words.iter().find_map(|word| word.without("--target-directory=")).or_else(|| given.cloned());
        let is_given = |word: &&Word| given.is_some_and(|given| std::ptr::eq(*word, given));
        let plain: Vec<&Word> = words.iter().filter(|word| !word.text.starts_with('-') && !is_given(word)).collect();
        // The last may be a folder to put them in, or the name of the only one.
        let (folder, name, targets) = match (folder, plain.as_slice()) {
            (Some(folder), targets) => (folder.text, None, targets),
            (None, [target]) => (".".to_owned(), None, std::slice::from_ref(target)),
            (None, [targets @ .., last]) => (last.text.clone(), Some(last), targets),
            (None, []) => return,
        };
        for target in targets {
            if let Some(name) = name {
                self.add_one(&name.text, target, from, tally);
            }
            self.add_one(&format!("{folder}/{}", base(target.text.trim_end_matches('/'))), target, from, tally);
        }
    }

    fn add_one(&mut self, name: &str, to: &Word, from: &[String], tally: &mut Tally) {
        for from in from {
            let at = plain(&joined(from, name));
            let Some((folder, _)) = at.rsplit_once('/').or(Some(("", ""))).filter(|_| !at.is_empty()) else { continue };
            if self.0.len() >= MOST_LINKS {
                return tally.ask(TOO_MANY);
            }
            let text = if to.is_open { to.text.clone() } else { plain(&joined(&format!("{folder}/"), &to.text)) };
            if tally.spend(at.len() + text.len() + EACH_COMMAND).is_ok() {
                self.0.push(Link { at: at.clone(), to: Word { text, ..to.clone() } });
            }
        }
    }

    /// Whether a word names one of them.
    pub(super) fn has(&self, word: &Word, from: &[String]) -> bool {
        let is_one = |path: &str| self.0.iter().any(|link| link.at == path);
        from.iter().any(|from| is_one(&plain(&joined(from, &word.text))))
    }

    /// Where a word leads, from where the line starts.
    pub(super) fn led(&self, word: &Word, from: &[String], tally: &mut Tally) -> Vec<Word> {
        let mut found: Vec<Word> = Vec::new();
        if self.0.is_empty() || word.is_open {
            return found;
        }
        let mut left: Vec<String> = from.iter().map(|from| plain(&joined(from, &word.text))).collect();
        while let Some(path) = left.pop() {
            if tally.spend(self.0.len() * EACH_COMMAND + path.len()).is_err() {
                return found;
            }
            for led in self.0.iter().filter_map(|link| link.through(&path)) {
                if found.contains(&led) {
                    continue;
                }
                if !led.is_open {
                    left.push(plain(&led.text));
                }
                found.push(led);
            }
            if found.len() > MOST_LED {
                tally.ask(TOO_MANY);
                return found;
            }
        }
        found
    }
}

impl Link {
    /// Where a path leads that is this link, or goes through it.
    fn through(&self, path: &str) -> Option<Word> {
        let rest = path.strip_prefix(&self.at).filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
        let text = match self.to.text.as_str() {
            // To where the line starts.
            "" if !self.to.is_open => format!("./{}", rest.trim_start_matches('/')),
            to => format!("{to}{rest}"),
        };
        Some(Word { text, ..self.to.clone() })
    }
}

fn joined(folder: &str, path: &str) -> String {
    if path.starts_with(['/', '~']) || folder == "/" { path.to_owned() } else { format!("{folder}{path}") }
}

/// Without `.` and what `..` takes back.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}
