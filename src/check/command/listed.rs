//! Where `grep -l`, git's lists and the like look for the files that they name.

use super::words::{Found, Word, is_one_of};

/// The options of searches that take a word.
const TAKING: &str = "-A -B -C -m -t -T -d -j -e --regexp -g --glob --iglob --include --exclude --exclude-dir --max-count --type \
     --type-not --after-context --before-context --context --max-depth --threads --ignore-file --sort";

/// What `git grep` is called here, as it is no other `grep`.
pub(super) const GIT_GREP: &str = "git grep";

/// Where a search looks for what its words say, and which files it names then; nothing where its pattern may
/// stand for more than one text.
pub(super) fn by_search(program: &str, words: &[Word]) -> Vec<(Word, Found)> {
    let (mut pattern, mut roots, mut names) = (None, Vec::new(), Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let option = word.text.as_str();
        if let Some(name) = ["--include=", "--glob=", "--iglob="].iter().find_map(|known| option.strip_prefix(known)) {
            names.extend(of_glob(name));
        } else if is_one_of(option, TAKING) {
            let Some(value) = words.next() else { break };
            match option {
                "-e" | "--regexp" => pattern = Some(value),
                "-g" | "--glob" | "--iglob" | "--include" => names.extend(of_glob(&value.text)),
                _ => {}
            }
        } else if option.starts_with('-') {
            let is_short = !option.starts_with("--");
            if is_short && option.contains(['v', 'L', 'f', 'o']) || option.contains("out-match") || option == "--files"
            {
                return Vec::new();
            }
        } else if pattern.is_none() {
            pattern = Some(word);
        } else {
            roots.push(word.clone());
        }
    }
    let Some(text) = pattern.and_then(|pattern| literal(&pattern.text)) else { return Vec::new() };
    if roots.is_empty() {
        roots.push(Word::plain("."));
    }
    if names.iter().any(|name: &String| name == "*") {
        names.clear();
    }
    let looked = |root: Word| {
        let (root, name) = parted(root);
        let names = name.into_iter().chain(names.iter().cloned()).collect();
        (
            root,
            Found {
                names,
                skips_git: true,
                skips_hidden: matches!(program, "rg" | "ag"),
                is_tracked: program == GIT_GREP,
                holds: Some(text.clone()),
            },
        )
    };
    // What is git's own, or the law's, is named already.
    roots.retain(|root| own(std::slice::from_ref(root)).is_empty());
    roots.into_iter().map(looked).collect()
}

/// The names that a glob stands for, `*` where it may be any; nothing where it leaves some out.
fn of_glob(glob: &str) -> Option<String> {
    let name = glob.rsplit('/').next().unwrap_or_default();
    let is_any = name.contains('{') || name.trim_matches('*').is_empty();
    (!glob.starts_with('!')).then(|| if is_any { "*".to_owned() } else { name.to_owned() })
}

/// The names that `grep` lets through of those that it reads, where it is asked for endings: `\.(ts|tsx)$`.
pub(super) fn by_ending(words: &[Word]) -> Option<Vec<String>> {
    let (options, patterns): (Vec<&Word>, Vec<&Word>) = words.iter().partition(|word| word.text.starts_with('-'));
    let [pattern] = patterns.as_slice() else { return None };
    if pattern.is_open || !options.iter().all(|option| matches!(option.text.as_str(), "-E" | "-P" | "-i" | "-e")) {
        return None;
    }
    let text = pattern.text.strip_prefix("\\.").or_else(|| pattern.text.strip_prefix("[.]"))?;
    let (text, behind) = text.strip_suffix('$').map_or((text, "*"), |text| (text, ""));
    let plain = text.replace("\\(", "(").replace("\\|", "|").replace("\\)", ")");
    let inner = plain.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(&plain);
    let is_name = |ending: &str| !ending.is_empty() && ending.bytes().all(|sign| sign.is_ascii_alphanumeric());
    let name = |ending: &str| {
        let whole = ending.strip_suffix('?');
        // `jsx?` is `js` as well.
        let shorter = whole.map(|whole| whole.strip_suffix(|_: char| true).unwrap_or_default());
        std::iter::once(whole.unwrap_or(ending))
            .chain(shorter)
            .map(|ending| is_name(ending).then(|| format!("*.{ending}{behind}")))
            .collect::<Vec<_>>()
    };
    inner.split('|').flat_map(name).collect()
}

/// What a pattern cannot fit without, in small letters.
fn literal(pattern: &str) -> Option<String> {
    let plain = pattern.to_lowercase().replace("\\b", "^").replace("\\<", "^").replace("\\>", "^");
    if plain.contains(['|', '?', '*', '{', '[', '(', '+', '\\']) {
        return None;
    }
    let longest = plain.split(['.', '^', '$']).max_by_key(|part| part.len())?;
    (!longest.is_empty()).then(|| longest.to_owned())
}

/// The files under control that `git ls-files` names; nothing where it is told to look for others.
pub(super) fn under_control(words: &[Word]) -> Vec<(Word, Found)> {
    let (options, mut specs): (Vec<&Word>, Vec<&Word>) = words.iter().partition(|word| word.text.starts_with('-'));
    let all = Word::plain(".");
    if specs.is_empty() {
        specs.push(&all);
    }
    let is_plain = options.iter().all(|word| matches!(word.text.as_str(), "-z" | "--"));
    specs.into_iter().filter(|_| is_plain).cloned().map(of_spec).collect()
}

/// The folder that a pathspec is about, and which files in it.
pub(super) fn of_spec(spec: Word) -> (Word, Found) {
    let text = spec.text.strip_prefix(":(").and_then(|rest| Some(rest.split_once(')')?.1));
    let text = text.or_else(|| spec.text.strip_prefix(":/")).unwrap_or(&spec.text);
    let text = if text.is_empty() { "." } else { text }.to_owned();
    let (root, name) = parted(Word { text, ..spec });
    (root, Found { names: name.into_iter().collect(), skips_git: true, is_tracked: true, ..Found::default() })
}

/// The folder before a pattern, and the last part of that.
fn parted(word: Word) -> (Word, Option<String>) {
    let is_pattern = |text: &str| text.contains(['*', '?', '[']);
    if !is_pattern(&word.text) {
        return (word, None);
    }
    let (folder, name) = word.text.rsplit_once('/').unwrap_or((".", &word.text));
    let name = name.to_owned();
    let known: Vec<&str> = folder.split('/').take_while(|part| !is_pattern(part)).collect();
    let folder = if known.is_empty() { ".".to_owned() } else { known.join("/") };
    (Word { text: folder, is_pattern: false, ..word }, Some(name))
}

/// Whether a search is for the names of files and not for what they hold.
pub(super) fn lists_files(words: &[Word]) -> bool {
    words.iter().any(|word| match word.text.strip_prefix('-') {
        Some(long) if long.starts_with('-') => {
            matches!(long, "-files-with-matches" | "-files-without-match" | "-files")
        }
        Some(letters) => letters.contains(['l', 'L']),
        None => false,
    })
}

/// Those words that lead to git's own files, or to the law.
pub(super) fn own(words: &[Word]) -> Vec<Word> {
    let leads = |word: &&Word| word.text.split('/').any(|part| matches!(part, ".git" | ".gov" | "hooks"));
    words.iter().filter(leads).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_cannot_fit_without_its_longest_text() {
        for (pattern, text) in [("Old", Some("old")), ("\\bold.name\\b", Some("name")), ("a|b", None), ("^$", None)] {
            assert_eq!(literal(pattern).as_deref(), text, "{pattern}");
        }
    }

    #[test]
    fn a_filter_may_ask_for_endings() {
        let names = |line: &str| by_ending(&line.split(' ').map(Word::plain).collect::<Vec<_>>());

        assert_eq!(names("\\.rs$"), Some(vec!["*.rs".into()]));
        assert_eq!(names("-E \\.(ts|jsx?)$"), Some(vec!["*.ts".into(), "*.jsx".into(), "*.js".into()]));
        assert_eq!(names("[.]\\(md\\|txt\\)"), Some(vec!["*.md*".into(), "*.txt*".into()]));
        for line in ["-v \\.rs$", "rs$", "\\.(a|.)$", "\\.$", "\\.?$", "\\.rs$ list"] {
            assert_eq!(names(line), None, "{line}");
        }
    }

    #[test]
    fn a_search_looks_where_its_words_say() {
        let words = |line: &str| line.split(' ').map(Word::plain).collect::<Vec<_>>();
        let roots =
            |line: &str| by_search("grep", &words(line)).into_iter().map(|(root, _)| root.text).collect::<Vec<_>>();

        assert_eq!(roots("-rl old"), ["."]);
        assert_eq!(roots("-rl -e old -A 2 src lib/*.rs"), ["src", "lib"]);
        assert!(roots("-rlv old").is_empty() && roots("-rl a|b").is_empty());
        let (root, found) = of_spec(Word::plain(":(glob)src/**/*.rs"));
        assert!(root.text == "src" && found.takes("a.rs") && !found.takes("a.md"), "{root:?}");
    }
}
