//! What commands say, as far as the line that has them says so: the texts that they write out, and the
//! files that they name.

use std::rc::Rc;

use super::programs::{base, program};
use super::words::{Said, Simple, Word, is_one_of, joined};
use super::{found, git, listed};

/// More than that `printf` is not followed in what it repeats.
const LONGEST: usize = 64 << 10;

/// What some commands say one after the other.
pub(super) fn output(commands: &[Simple]) -> Said {
    let is_any = !commands.is_empty();
    let mut all = Said { is_whole: is_any, is_bounded: is_any, ..Said::default() };
    for command in commands {
        all.add(&by(command));
    }
    all
}

/// The word that stands for what was said.
pub(super) fn word(said: Said) -> Word {
    match said.texts.as_slice() {
        [text] if said.is_whole => {
            let text = text.trim_end_matches('\n').to_owned();
            Word { text, made: said.is_program.then(|| said.into()), ..Word::default() }
        }
        _ => Word { is_open: true, made: Some(said.into()), ..Word::default() },
    }
}

/// A word that is one of these.
pub(super) fn one_of(words: &[Word]) -> Word {
    let mut said = Said { is_whole: true, is_bounded: true, ..Said::default() };
    for word in words {
        said.texts.push(word.text.clone());
        named(word, &mut said.named);
        said.searched.extend(word.made.iter().flat_map(|made| made.searched.iter().cloned()));
        said.is_whole &= !word.is_open;
        said.is_bounded &= is_bounded(word);
        said.is_program |= is_program(word);
    }
    Word { is_open: true, made: Some(said.into()), ..Word::default() }
}

/// A word of which nothing is known, and that may be anything.
pub(super) fn anything() -> Word {
    Word { is_open: true, made: Some(Said::default().into()), ..Word::default() }
}

/// What a command reads that takes it from its input.
pub(super) fn read_from(command: &Simple) -> Word {
    Word { made: command.input.clone().or(Some(Rc::default())), ..anything() }
}

/// What a shell makes of a value by taking parts of it away or putting others there: of one that speaks of
/// git's own it may make any of them.
pub(super) fn altered(word: &Word) -> Word {
    let mut said = Said { is_bounded: is_bounded(word), ..Said::default() };
    named(word, &mut said.named);
    let speaks = |named: &Word| ["git", "gov", "hook"].iter().any(|own| named.text.to_lowercase().contains(own));
    said.is_bounded &= !said.named.iter().any(speaks);
    Word { is_open: true, made: Some(said.into()), ..Word::default() }
}

/// A word that is one or the other, and most likely the latter.
pub(super) fn either(before: &Word, word: &Word) -> Word {
    let mut all = one_of(&[before.clone(), word.clone()]);
    all.text.clone_from(&word.text);
    all
}

/// Whether a word can be taken to name no hook, but by what is known of it: what only the environment sets
/// is taken so.
fn is_bounded(word: &Word) -> bool {
    !word.is_open || !word.made.as_ref().is_some_and(|made| made.may_be_anything())
}

/// Whether a word is a program that was looked up.
pub(super) fn is_program(word: &Word) -> bool {
    word.made.as_ref().is_some_and(|made| made.is_program)
}

/// A word, and what those may be that it is made of, without what they are made of in turn.
fn named(word: &Word, names: &mut Vec<Word>) {
    names.extend(word.made.iter().flat_map(|made| made.named.iter().cloned()));
    if !(word.text.is_empty() || word.text.starts_with('-')) {
        names.push(Word { made: None, ..word.clone() });
    }
}

/// The text that a command writes out, where its own words are that.
pub(super) fn text(command: &Simple) -> Option<String> {
    let rest = command.words.get(1..).unwrap_or_default();
    match program(&command.words) {
        Some("echo") => Some(echoed(rest)),
        Some("printf") => Some(printed(rest)),
        _ => None,
    }
}

fn by(command: &Simple) -> Said {
    let rest = command.words.get(1..).unwrap_or_default();
    let is_closed = !rest.iter().any(|word| word.is_open);
    let is_bounded = rest.iter().all(is_bounded);
    let bounded = |names: Vec<Word>| Said { is_bounded, named: names, ..Said::default() };
    let known = |text: String, names: Vec<Word>| Said { texts: vec![text], is_whole: is_closed, ..bounded(names) };
    let all_named = |words: &[Word]| {
        let mut names = Vec::new();
        for word in words {
            named(word, &mut names);
        }
        names
    };
    let last = || rest.last().filter(|word| !word.text.starts_with('-'));
    let Some(name) = program(&command.words) else {
        return Said { is_whole: true, is_bounded: true, ..Said::default() };
    };
    match name {
        "echo" | "printf" if rest.iter().any(is_escaped) => Said { named: all_named(rest), ..Said::default() },
        "echo" => known(echoed(rest), all_named(rest)),
        "printf" => known(printed(rest), all_named(rest)),
        "cat" | "tee" if command.fed.is_empty() && (rest.is_empty() || name == "tee") => {
            command.input.as_deref().cloned().unwrap_or_default()
        }
        "cat" | "tee" if !command.fed.is_empty() && (rest.is_empty() || name == "tee") => {
            Said { texts: command.fed.clone(), is_whole: true, is_bounded: true, ..Said::default() }
        }
        "pwd" => known(".".into(), Vec::new()),
        "mktemp" => known(made_anew(rest), Vec::new()),
        "which" | "type" | "realpath" | "readlink" | "whereis" => looked_up(name, rest, known, bounded),
        "command" if rest.first().is_some_and(|word| matches!(word.text.as_str(), "-v" | "-V")) => {
            looked_up(name, rest, known, bounded)
        }
        // Where a program is, is not known.
        "dirname" if last().is_some_and(is_program) => Said::default(),
        "dirname" => last().map_or_else(Said::default, |last| {
            let text = last.text.trim_end_matches('/').rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned();
            let names = if last.is_open { vec![Word { text: text.clone(), ..last.clone() }] } else { Vec::new() };
            known(text, names)
        }),
        "basename" => match rest {
            [one] if is_closed => known(base(&one.text).to_owned(), Vec::new()),
            _ => bounded(Vec::new()),
        },
        "git" => of_git(rest).map_or_else(|| listed_by_git(rest, is_bounded), |text| known(text, Vec::new())),
        "ls" | "cd" | "pushd" => bounded(all_named(rest)),
        "find" | "fd" | "fdfind" => Said { searched: found::searched(name, rest), ..bounded(Vec::new()) },
        "grep" | "egrep" | "fgrep" | "rg" | "ag" if listed::lists_files(rest) => {
            Said { searched: listed::by_search(name, rest), ..bounded(all_named(&listed::own(rest))) }
        }
        _ if is_one_of(name, TAME) => bounded(Vec::new()),
        _ => passed_on(command, name, rest),
    }
}

/// Programs that name no files, or only such as they are given.
const TAME: &str = "date id whoami hostname uname nproc arch seq wc expr uuidgen sha1sum sha256sum md5sum cksum tput tty pgrep \
     pidof ps true : set shift test [ [[ mkdir sleep export local unset stat";

/// Programs that pass on lines of what they read.
const FILTERS: &str = "sort head tail uniq tac shuf cut grep egrep fgrep";

/// What comes through a pipe to a program that may name the same files.
fn passed_on(command: &Simple, name: &str, words: &[Word]) -> Said {
    let Some(input) = command.input.as_deref() else { return Said::default() };
    let is_lines = match name {
        "sort" | "uniq" | "tac" | "shuf" | "head" | "tail" => !reads_file(words),
        "sed" | "awk" | "gawk" | "tr" => !words.iter().any(|word| makes_names(&word.text)),
        _ => is_one_of(name, FILTERS),
    };
    let is_bounded = is_lines && !input.may_be_anything();
    let mut searched = input.searched.clone();
    if name.ends_with("grep")
        && let Some(names) = listed::by_ending(words)
    {
        searched
            .iter_mut()
            .filter(|(_, found)| !found.is_named())
            .for_each(|(_, found)| found.names.clone_from(&names));
    }
    Said { is_bounded, named: input.named.clone(), searched, ..Said::default() }
}

/// Whether a filter is given a file to read instead.
fn reads_file(words: &[Word]) -> bool {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    words.iter().any(|word| !word.text.starts_with(['-', '+']) && !is_number(&word.text))
}

/// Whether a program of a filter could make the name of a hook of what it reads.
fn makes_names(program: &str) -> bool {
    program.contains('"') || ["git", "gov", "hook"].iter().any(|word| program.contains(word))
}

/// A temporary file, which is a new one outside of the repository unless the line says where it is to be.
fn made_anew(words: &[Word]) -> String {
    let is_below = |word: &Word| word.text.starts_with("--tmpdir") || (is_short(word) && word.text.contains('t'));
    let name = words.last().filter(|word| !word.text.starts_with('-')).map(|word| word.text.as_str());
    match name {
        Some(name) if name.contains('/') || !words.iter().any(is_below) => name.to_owned(),
        _ => "/tmp/made".into(),
    }
}

fn is_short(word: &Word) -> bool {
    word.text.starts_with('-') && !word.text.starts_with("--")
}

/// Where a program is, or where a path leads.
fn looked_up(
    name: &str,
    words: &[Word],
    known: impl Fn(String, Vec<Word>) -> Said,
    bounded: impl Fn(Vec<Word>) -> Said,
) -> Said {
    let Some(last) = words.last().filter(|word| !word.text.starts_with('-')) else { return Said::default() };
    let is_path = matches!(name, "realpath" | "readlink");
    let mut names = Vec::new();
    if is_path {
        for word in words {
            named(word, &mut names);
        }
    }
    let is_program = is_program(last) || (!is_path && !last.text.contains('/'));
    let said = if name == "whereis" { bounded(names) } else { known(last.text.clone(), names) };
    Said { is_program, ..said }
}

/// Whether a word has letters that are written as numbers.
fn is_escaped(word: &Word) -> bool {
    let mut parts = word.text.split('\\').skip(1);
    parts.any(|part| part.starts_with(|first: char| matches!(first, 'x' | 'u' | 'U' | '0'..='7')))
}

fn echoed(words: &[Word]) -> String {
    let options =
        words.iter().take_while(|word| matches!(word.text.as_str(), "-n" | "-e" | "-E" | "-ne" | "-en")).count();
    joined(words.get(options..).unwrap_or_default()).replace("\\n", "\n")
}

/// What `printf` makes of its words: each `%…` is the next of them, until none is left.
fn printed(words: &[Word]) -> String {
    let words = words.get(usize::from(words.first().is_some_and(|word| word.text == "--"))..).unwrap_or_default();
    let Some((format, rest)) = words.split_first() else { return String::new() };
    let mut rest = rest.iter().map(|word| word.text.as_str()).peekable();
    let mut out = String::new();
    loop {
        let before = rest.len();
        let mut signs = format.text.chars().peekable();
        while let Some(sign) = signs.next() {
            match sign {
                '\\' => match signs.next() {
                    Some('n') => out.push('\n'),
                    Some('t') => out.push('\t'),
                    Some(other) => out.extend(['\\', other]),
                    None => out.push('\\'),
                },
                '%' if signs.peek() == Some(&'%') => out.extend(signs.next()),
                '%' => {
                    let conversion = signs.find(char::is_ascii_alphabetic);
                    let next = rest.next().unwrap_or_default();
                    if conversion == Some('c') { out.extend(next.chars().next()) } else { out.push_str(next) }
                }
                other => out.push(other),
            }
        }
        if rest.len() == 0 || rest.len() == before {
            return out;
        }
        if out.len() > LONGEST {
            return joined(words);
        }
    }
}

/// Where git says that it keeps its own.
fn of_git(words: &[Word]) -> Option<String> {
    let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let (below, rest) = match words.as_slice() {
        ["-C", folder, rest @ ..] => (format!("{folder}/"), rest),
        rest => (String::new(), rest),
    };
    let ("rev-parse", asked) = rest.split_first().map(|(verb, rest)| (*verb, rest))? else { return None };
    match *asked.iter().filter(|word| !word.starts_with("--path-format")).copied().collect::<Vec<_>>() {
        ["--git-dir" | "--git-common-dir" | "--absolute-git-dir"] => Some(format!("{below}.git")),
        ["--git-path", path] => Some(format!("{below}.git/{path}")),
        ["--show-toplevel"] => Some(format!("{below}.")),
        _ => None,
    }
}

/// What git names: files that it has under control are none of its own, unless it is told to look there.
fn listed_by_git(words: &[Word], is_bounded: bool) -> Said {
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.iter().any(|known| word.text.starts_with(known)));
    let (verb, behind) = (git::verb(words), git::behind(words));
    let searched = match verb {
        "grep" if listed::lists_files(words) => listed::by_search(listed::GIT_GREP, behind),
        "ls-files" => listed::under_control(behind),
        _ => Vec::new(),
    };
    let lists = match verb {
        "rev-parse" => is_bounded && !words.iter().any(|word| word.is_open || word.text.starts_with("--git-")),
        "diff" | "show" | "log" | "diff-tree" => has(&["--name-only", "--name-status"]),
        "grep" => listed::lists_files(words),
        verb => is_one_of(verb, LISTS),
    };
    let is_place = |word: &Word| word.text.eq_ignore_ascii_case("core.hooksPath");
    let mut named = listed::own(words);
    named.extend(words.iter().any(is_place).then(|| Word::plain(".git/hooks")));
    Said { is_bounded: lists, named, searched, ..Said::default() }
}

/// Verbs that list files under control, or what is no file.
const LISTS: &str = "ls-files ls-tree status describe branch tag rev-list merge-base for-each-ref";
