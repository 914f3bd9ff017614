//! Links that a line makes, and what it writes through them.

use super::programs::base;
use super::shell::Word;
use super::{Against, EACH_COMMAND, Extent, Looker, Written};

/// A link that is made on the line.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// Where it is, from where the line starts.
    at: String,
    to: Word,
}

/// More links than that are there to hide something.
const MOST_LINKS: usize = 512;

/// A path that leads to more places than that goes in circles.
const MOST_LED: usize = 64;

const TOO_MANY: &str = "it makes more links than can be followed";

impl Looker {
    /// The links that `ln`, or `cp -s`, makes of its words.
    pub(super) fn links(&mut self, words: &[Word]) {
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
                self.link(&name.text, target);
            }
            self.link(&format!("{folder}/{}", base(target.text.trim_end_matches('/'))), target);
        }
    }

    fn link(&mut self, name: &str, to: &Word) {
        for from in self.from.clone() {
            let at = plain(&joined(&from, name));
            let Some((folder, _)) = at.rsplit_once('/').or(Some(("", ""))).filter(|_| !at.is_empty()) else { continue };
            if self.links.len() >= MOST_LINKS {
                return self.object(Against::Ask, TOO_MANY);
            }
            let text = if to.is_open { to.text.clone() } else { plain(&joined(&format!("{folder}/"), &to.text)) };
            if self.spend(at.len() + text.len() + EACH_COMMAND).is_ok() {
                self.links.push(Link { at: at.clone(), to: Word { text, ..to.clone() } });
            }
        }
    }

    /// Where a word leads, from where the line starts, through the links that are known.
    pub(super) fn led(&mut self, word: &Word) -> Vec<Word> {
        let mut found: Vec<Word> = Vec::new();
        if self.links.is_empty() || word.is_open {
            return found;
        }
        let mut left: Vec<String> = self.from.iter().map(|from| plain(&joined(from, &word.text))).collect();
        while let Some(path) = left.pop() {
            if self.spend(self.links.len() * EACH_COMMAND + path.len()).is_err() {
                return found;
            }
            for link in &self.links {
                let rest = path.strip_prefix(&link.at).filter(|rest| rest.is_empty() || rest.starts_with('/'));
                let Some(rest) = rest else { continue };
                let text = match link.to.text.as_str() {
                    // To where the line starts.
                    "" if !link.to.is_open => format!("./{}", rest.trim_start_matches('/')),
                    to => format!("{to}{rest}"),
                };
                let led = Word { text, ..link.to.clone() };
                if found.contains(&led) {
                    continue;
                }
                if !led.is_open {
                    left.push(plain(&led.text));
                }
                found.push(led);
            }
            if found.len() > MOST_LED {
                self.object(Against::Ask, TOO_MANY);
                return found;
            }
        }
        found
    }

    /// What is written where links lead; a link that is removed or moved goes alone.
    pub(super) fn written_through_links(&mut self, word: &Word, extent: &Extent) {
        let is_link = |path: &str, links: &[Link]| links.iter().any(|link| link.at == path);
        let goes_alone = *extent == Extent::Whole
            && self.from.iter().any(|from| is_link(&plain(&joined(from, &word.text)), &self.links));
        if goes_alone && !word.text.ends_with('/') {
            return;
        }
        for led in self.led(word) {
            if led.is_open {
                self.written(&led, extent);
            } else {
                self.looked.written.push(Written { path: led.text, from: vec![String::new()], extent: extent.clone() });
            }
        }
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
