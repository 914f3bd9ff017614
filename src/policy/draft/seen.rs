//! What the tracked paths show.

use std::collections::BTreeMap;

use crate::model::{Arrange, Gather, RepoPath};
use crate::policy::pattern::{Braces, alternatives};
use crate::policy::{PathGlob, Reach};

use super::clues::{Clue, LANGUAGES, LAYOUT};

/// Globs for one reason, each of which matches something or is essential.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) why: &'static str,
    pub(super) globs: Vec<String>,
    matchers: Vec<PathGlob>,
}

impl Found {
    fn new(why: &'static str) -> Self {
        Self { why, globs: Vec::new(), matchers: Vec::new() }
    }

    fn add(&mut self, glob: PathGlob) {
        self.globs.push(glob.text.to_string());
        self.matchers.push(glob);
    }

    fn names(&self, path: &RepoPath) -> bool {
        self.matchers.iter().any(|glob| glob.matches(path))
    }
}

/// A glob that only matches what an earlier one names already would say nothing new. Of a glob
/// with alternatives, only those are kept that a path bears out.
pub(super) fn find(clues: &[Clue], reach: Reach, paths: &[RepoPath]) -> Vec<Found> {
    let mut unnamed: Vec<&RepoPath> = paths.iter().collect();
    let mut all = Vec::new();
    for clue in clues {
        let mut found = Found::new(clue.why);
        for glob in clue.globs.iter().filter_map(|text| PathGlob::new(text, reach, None).ok()) {
            let (mut named, rest): (Vec<&RepoPath>, Vec<&RepoPath>) =
                unnamed.into_iter().partition(|path| glob.matches(path));
            unnamed = rest;
            if clue.always {
                found.add(glob);
                continue;
            }
            for exact in alternatives(&glob.text, Braces::All).unwrap_or_default() {
                let before = named.len();
                let exact = PathGlob::new(&exact, reach, None);
                named.retain(|path| !exact.as_ref().is_ok_and(|exact| exact.matches(path)));
                exact.into_iter().filter(|_| named.len() < before).for_each(|exact| found.add(exact));
            }
        }
        if !found.globs.is_empty() {
            all.push(found);
        }
    }
    all
}

/// Where everyday work happens.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) allowed: Vec<Found>,
    /// Every tracked path is named by some list.
    pub(super) clear: bool,
    unnamed: Vec<String>,
}

impl Layout {
    /// Some place that no list names.
    pub(super) fn example(&self) -> String {
        match self.unnamed.as_slice() {
            [] => "new directories".into(),
            [one] => one.clone(),
            [one, two, ..] => format!("{one} and {two}"),
        }
    }
}

/// Directories of well-known names, and files at the top by their own name. Names that a glob or
/// a person could misread are left alone.
pub(super) fn layout(paths: &[RepoPath], guarded: &[&Found]) -> Layout {
    const MOST_FILES: usize = 30;
    let mut groups: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let (mut files, mut unnamed) = (Vec::new(), Vec::new());
    for (top, is_file) in tops(paths) {
        let known = LAYOUT.iter().position(|(_, names)| names.contains(&top));
        let free = paths.iter().any(|path| below(path, top) && !guarded.iter().any(|found| found.names(path)));
        match (is_file, known) {
            _ if !free => {}
            (true, _) => files.push(top.to_owned()),
            (false, _) if top == ".github" => groups.entry(LAYOUT.len()).or_default().push(format!("{top}/**")),
            (false, Some(kind)) => groups.entry(kind).or_default().push(format!("{top}/**")),
            (false, None) => unnamed.push(format!("{top}/")),
        }
    }
    if paths.iter().any(|path| top_of(path).is_none()) {
        unnamed.push("paths with unusual names".into());
    }
    if files.len() <= MOST_FILES {
        groups.entry(LAYOUT.len() + 1).or_default().extend(files);
    } else {
        unnamed.push("the files at the top".into());
    }
    let allowed: Vec<Found> = groups.into_iter().filter_map(|(kind, globs)| group(kind, &globs)).collect();
    let usual = allowed.iter().any(|group| group.why == "Source.");
    Layout { clear: usual && unnamed.is_empty(), allowed, unnamed }
}

fn group(kind: usize, globs: &[String]) -> Option<Found> {
    let why = match LAYOUT.get(kind) {
        Some((why, _)) => *why,
        None if kind == LAYOUT.len() => "Forms and settings of the forge; what runs there is CRITICAL below.",
        None => "Files at the top.",
    };
    let mut found = Found::new(why);
    for glob in globs.iter().filter_map(|text| PathGlob::new(text, Reach::Lenient, None).ok()) {
        found.add(glob);
    }
    (!found.globs.is_empty()).then_some(found)
}

/// The first parts of all paths, in order, and whether they are files.
fn tops(paths: &[RepoPath]) -> BTreeMap<&str, bool> {
    let directory = |path: &RepoPath| path.as_bytes().contains(&b'/');
    paths.iter().filter_map(|path| top_of(path).map(|top| (top, !directory(path)))).gathered()
}

fn top_of(path: &RepoPath) -> Option<&str> {
    let top = path.as_bytes().split(|&byte| byte == b'/').next()?;
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'+' | b'@');
    std::str::from_utf8(top).ok().filter(|top| top.bytes().all(|byte| plain(&byte)))
}

fn below(path: &RepoPath, top: &str) -> bool {
    let rest = path.as_bytes().strip_prefix(top.as_bytes());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// The most frequent languages, with their number of files.
pub(super) fn languages(paths: &[RepoPath]) -> Vec<String> {
    const MOST: usize = 5;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for extension in paths.iter().filter_map(RepoPath::extension) {
        let language = LANGUAGES.iter().find(|(_, known)| known.iter().any(|known| known.as_bytes() == extension));
        if let Some((name, _)) = language {
            *counts.entry(name).or_default() += 1;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.arrange_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
    counts.into_iter().take(MOST).map(|(name, count)| format!("{name} {count}")).collect()
}
