//! What `find` and `fd` do to what they find.

use super::words::{Found, Word, is_one_of};

/// A search: where, for what, and what is done to it.
struct Search<'w> {
    roots: Vec<Word>,
    found: Found,
    actions: &'w [Word],
}

/// What `find` or `fd` does to what it finds.
pub(super) enum Act {
    Removes,
    /// Tells a file what is found.
    Tells(Word),
    Runs(Vec<Word>),
}

/// What is done to what is found, in the order in which the words say it.
pub(super) fn acts(name: &str, words: &[Word]) -> Vec<Act> {
    let mut acts = Vec::new();
    let mut rest = search(name, words).actions;
    while let Some((word, behind)) = rest.split_first() {
        rest = behind;
        match (name, word.text.as_str()) {
            // In an empty folder there is nothing.
            ("find", "-delete") if takes_empty_folders(words, behind) => {}
            ("find", "-delete") => acts.push(Act::Removes),
            ("find", "-fprint" | "-fprint0" | "-fprintf" | "-fls") => {
                acts.extend(behind.first().cloned().map(Act::Tells));
            }
            ("find", "-exec" | "-execdir" | "-ok" | "-okdir") => {
                let is_end = |pair: &[Word]| matches!(pair, [before, end] if end.text == ";" || (end.text == "+" && before.text == PLACE));
                let end = rest.windows(2).position(is_end).map_or(rest.len(), |at| at + 1);
                let (command, after) = rest.split_at(end);
                rest = after;
                acts.push(Act::Runs(command.to_vec()));
            }
            ("fd" | "fdfind", "-x" | "-X" | "--exec" | "--exec-batch") => {
                let end = rest.iter().position(|word| word.text == ";").unwrap_or(rest.len());
                let (command, after) = rest.split_at(end);
                rest = after;
                let mut command = command.to_vec();
                if !command.iter().any(|word| word.text.contains(PLACE)) {
                    command.push(Word::plain(PLACE));
                }
                acts.push(Act::Runs(command));
            }
            _ => {}
        }
    }
    acts
}

/// What `find` may be told besides, where it takes nothing but folders that are empty.
const PLAIN: &str = "-type -empty -depth -mindepth -maxdepth -xdev -mount -path -name -iname -mtime -mmin -print -not";

/// Whether `find` takes nothing but empty folders, by all that it is told before what stands `behind`.
fn takes_empty_folders(words: &[Word], behind: &[Word]) -> bool {
    let told = words.len().checked_sub(behind.len() + 1).and_then(|many| words.get(..many)).unwrap_or_default();
    let is_plain = |word: &Word| match word.text.as_str() {
        "," => false,
        text => !word.is_open && (!text.starts_with('-') || is_one_of(text, PLAIN)),
    };
    let is_folder = |pair: &[Word]| matches!(pair, [test, kind] if test.text == "-type" && kind.text == "d");
    let is_turned = |pair: &[Word]| matches!(pair, [not, test] if matches!(not.text.as_str(), "!" | "-not") && test.text != "-path");
    told.iter().all(is_plain)
        && told.iter().any(|word| word.text == "-empty")
        && told.windows(2).any(is_folder)
        && !told.windows(2).any(is_turned)
}

/// Where `find` or `fd` searches, and for what.
pub(super) fn searched(name: &str, words: &[Word]) -> Vec<(Word, Found)> {
    let Search { roots, found, .. } = search(name, words);
    roots.into_iter().map(|root| (root, found.clone())).collect()
}

/// What stands for each file that is found.
pub(super) const PLACE: &str = "{}";

/// Whether a word stands for what is found, where something is searched for.
pub(super) fn stands_for_found(word: &Word) -> bool {
    word.text.contains(PLACE)
}

fn search<'w>(name: &str, words: &'w [Word]) -> Search<'w> {
    if name == "find" { of_find(words) } else { of_fd(words) }
}

fn of_find(words: &[Word]) -> Search<'_> {
    let is_option = |word: &&Word| matches!(word.text.as_str(), "-H" | "-L" | "-P") || word.text.starts_with("-O");
    let words = words.get(words.iter().take_while(is_option).count()..).unwrap_or_default();
    let many = words.iter().take_while(|word| !word.text.starts_with(['-', '(', '!'])).count();
    let (roots, tests) = words.split_at(many);
    let expression: Vec<&str> = tests.iter().map(|word| word.text.as_str()).collect();
    // `-path ./.git -prune -o …` leaves that out and goes on with the rest.
    let pruned =
        expression.windows(2).rposition(|pair| matches!(pair, ["-prune", "-o" | "-or"])).map_or(0, |at| at + 2);
    let (left_out, mut rest) = expression.split_at(pruned);
    let is_git = |text: &str| text.trim_end_matches("/*").trim_end_matches('/').rsplit('/').next() == Some(".git");
    let mut found = Found { skips_git: left_out.iter().any(|text| is_git(text)), ..Found::default() };
    let mut others = 0;
    while let Some((word, behind)) = rest.split_first() {
        rest = behind;
        match (*word, behind) {
            ("-exec" | "-execdir" | "-ok" | "-okdir", _) => {
                let end = behind.iter().position(|word| matches!(*word, ";" | "+")).unwrap_or(behind.len());
                rest = behind.get(end..).unwrap_or_default();
            }
            ("-not" | "!", ["-path" | "-wholename" | "-ipath", pattern, after @ ..]) => {
                found.skips_git |= is_git(pattern);
                rest = after;
            }
            ("-not" | "!", [_, _, after @ ..]) => rest = after,
            ("-name" | "-iname", [pattern, after @ ..]) => {
                found.names.push((*pattern).to_owned());
                rest = after;
            }
            ("-o" | "-or", _) => others += 1,
            _ => {}
        }
    }
    // Alternatives that are not all of names may be anything.
    if others > 0 && found.names.len() != others + 1 {
        found.names.clear();
    }
    let open = tests.iter().any(|word| word.is_open);
    if open {
        found.names.clear();
    }
    let roots = if roots.is_empty() { vec![Word::plain(".")] } else { roots.to_vec() };
    Search { roots, found, actions: tests }
}

fn of_fd(words: &[Word]) -> Search<'_> {
    let is_exec = |word: &Word| matches!(word.text.as_str(), "-x" | "-X" | "--exec" | "--exec-batch");
    let (asked, actions) = words.split_at(words.iter().position(is_exec).unwrap_or(words.len()));
    let is_place = |word: &&Word| word.is_open || word.text.starts_with('.') || word.text.contains('/');
    let roots: Vec<Word> = asked.iter().filter(is_place).cloned().collect();
    let shows = |word: &Word| {
        matches!(word.text.as_str(), "--hidden" | "--unrestricted")
            || (word.text.starts_with('-') && !word.text.starts_with("--") && word.text.contains(['H', 'u']))
    };
    let is_extension = |word: &Word| matches!(word.text.as_str(), "-e" | "--extension");
    let given = asked.windows(2).filter_map(|pair| match pair {
        [option, value] if is_extension(option) && !value.is_open => Some(format!("*.{}", value.text)),
        _ => None,
    });
    let is_hidden = !asked.iter().any(shows);
    let mut names: Vec<String> = given.collect();
    if names.is_empty() && is_hidden {
        names.extend(pattern_of_fd(asked));
    }
    let found = Found { names, skips_git: is_hidden, skips_hidden: is_hidden, ..Found::default() };
    let roots = if roots.is_empty() { vec![Word::plain(".")] } else { roots };
    Search { roots, found, actions }
}

/// The options of `fd` that take a word.
const TAKING: &str = "-e --extension -t --type -d --max-depth --min-depth -E --exclude -S --size -o --owner -c --color -j --threads \
     --changed-within --changed-before";

/// What a name has to hold, where the pattern that `fd` is given says no more than that.
fn pattern_of_fd(asked: &[Word]) -> Option<String> {
    if asked.iter().any(|word| matches!(word.text.as_str(), "-p" | "--full-path")) {
        return None;
    }
    let mut words = asked.iter();
    while let Some(word) = words.next() {
        if is_one_of(&word.text, TAKING) {
            words.next();
        } else if !word.text.starts_with('-') {
            let is_plain = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-');
            let is_text = !word.is_open && !word.text.is_empty() && word.text.chars().all(is_plain);
            return is_text.then(|| format!("*{}*", word.text));
        }
    }
    None
}
