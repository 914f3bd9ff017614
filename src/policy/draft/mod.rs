//! A commented policy that fits one repository: the pure part of `gov-hook init`.
//!
//! It lists only what a tracked path matches, or what must be guarded before it exists, and says
//! why each stands there. It starts at `development`, where nothing but a secret stops anyone:
//! a law that blocks on its first Monday is switched off on its first Monday.

mod clues;
mod owners;
mod page;
mod people;
mod seen;
#[cfg(test)]
mod tests;

use crate::model::{Person, RepoPath, counted};

use super::{PathGlob, Reach};
use page::{Page, listed, quoted};
use seen::{Found, Layout, find, languages, layout};

/// What `init` can know without asking anyone.
#[derive(Clone, Debug, Default)]
pub struct RepositoryFacts {
    /// Every tracked path.
    pub paths: Vec<RepoPath>,
    /// The text of `CODEOWNERS`, wherever it stands.
    pub codeowners: Option<String>,
    pub default_branch: Option<String>,
    /// The most frequent first.
    pub committers: Vec<Person>,
}

/// The text of a `.gov/policy.yaml`, which [`super::read()`] takes without a mistake.
#[must_use]
pub fn draft(facts: &RepositoryFacts) -> String {
    let never = find(clues::NEVER, Reach::Strict, &facts.paths);
    let protected = find(clues::PROTECTED, Reach::Strict, &facts.paths);
    let database = find(clues::DATABASE, Reach::Strict, &facts.paths);
    let generated = find(clues::GENERATED, Reach::Lenient, &facts.paths);
    let guarded: Vec<&Found> = never.iter().chain(&protected).chain(&database).collect();
    let layout = layout(&facts.paths, &guarded);

    let mut page = Page::default();
    head(&mut page, facts);
    enforcement(&mut page, facts);
    page.gap();
    page.line(0, "paths:");
    allowed(&mut page, &layout);
    list(&mut page, "never_auto_approve", "CRITICAL: no machine approves it, whatever else is known.", &never);
    tracked_secrets(&mut page, &facts.paths);
    list(&mut page, "protected", "HIGH: a person reviews it before it lands.", &protected);
    suggestions(&mut page, facts);
    list(&mut page, "database", "HIGH: what cannot be undone by reverting a commit.", &database);
    list(&mut page, "generated", "Counted apart from the lines that set the level, but still scanned.", &generated);
    categories(&mut page, &layout);
    limits_and_rules(&mut page);
    people::roles_and_approvals(&mut page, facts);
    page.finish()
}

fn head(page: &mut Page, facts: &RepositoryFacts) {
    let count = facts.paths.len();
    let files = counted(count, "tracked file");
    let languages = languages(&facts.paths);
    let languages = if languages.is_empty() { String::new() } else { format!(" ({})", languages.join(", ")) };
    page.comment(0, "The law of this repository: what passes by itself, what waits for whom, and what is never");
    page.comment(0, &format!("approved by a machine. Drafted from {files}{languages}."));
    page.comment(0, "It applies once it is committed. Keys left out are as in the built-in policy.");
    page.comment(0, "All of it: gov-hook policy show. What it says about a path: gov-hook policy why PATH.");
    page.line(0, "version: 1");
}

fn enforcement(page: &mut Page, facts: &RepositoryFacts) {
    let plain = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.'));
    let branch = facts.default_branch.as_deref().filter(plain).filter(|name| !name.is_empty()).unwrap_or("main");
    page.gap();
    page.line(0, "enforcement:");
    page.comment(2, "Nothing is held yet: a secret stops a commit, the rest is only reported. Once the");
    page.comment(2, "reports look right and the roles below name the right people, uncomment the branches.");
    page.line(2, "default: development");
    page.line(2, "# branches:");
    page.line(2, &format!("#   {}: staging      # holds HIGH and CRITICAL changes until approved", quoted(branch)));
    page.line(2, "#   \"release/*\": production # also: signed approvals, every commit on record");
}

fn allowed(page: &mut Page, layout: &Layout) {
    if layout.clear {
        page.comment(2, "Every tracked file is on a list below, so `deny` asks only about new places.");
        page.line(2, "default: deny");
    } else {
        page.comment(2, "`deny` would ask about every path that is on no list. Here that includes everyday work,");
        page.comment(2, &format!("such as {}: list it under `allowed` first.", layout.example()));
        page.line(2, "default: allow");
    }
    list(page, "allowed", "LOW as far as the path is concerned.", &layout.allowed);
}

/// A key without anything to list is left out, so that the built-in list holds.
fn list(page: &mut Page, key: &str, what: &str, found: &[Found]) {
    if found.is_empty() {
        return;
    }
    page.gap();
    page.comment(2, what);
    page.line(2, &format!("{key}:"));
    for group in found {
        page.items(4, group.why, &group.globs);
    }
}

/// What looks like a secret and is in the repository already.
fn tracked_secrets(page: &mut Page, paths: &[RepoPath]) {
    const MOST: usize = 5;
    let globs = clues::SECRETS.globs.iter().filter_map(|text| PathGlob::new(text, Reach::Strict, None).ok());
    let globs: Vec<PathGlob> = globs.collect();
    let harmless = |path: &&RepoPath| {
        let name = path.file_name().to_ascii_lowercase();
        [&b"example"[..], b"sample", b"template", b"dist"].iter().any(|word| name.ends_with(word))
    };
    let named = |path: &&RepoPath| globs.iter().any(|glob| glob.matches(path));
    let tracked: Vec<String> =
        paths.iter().filter(named).filter(|path| !harmless(path)).take(MOST).map(ToString::to_string).collect();
    if !tracked.is_empty() {
        page.comment(4, &format!("Tracked today, so their secrets are known to every clone: {}", tracked.join(", ")));
    }
}

fn suggestions(page: &mut Page, facts: &RepositoryFacts) {
    let suggested = find(clues::SUGGESTED, Reach::Strict, &facts.paths);
    if suggested.is_empty() {
        return;
    }
    page.comment(4, "Perhaps these, too; you know better:");
    for group in suggested {
        for glob in &group.globs {
            page.line(4, &format!("# - {}  # {}", quoted(glob), group.why));
        }
    }
}

fn categories(page: &mut Page, layout: &Layout) {
    let named = [("docs", "Documentation."), ("tests", "Tests.")];
    let groups = named.map(|(name, why)| (name, layout.allowed.iter().find(|group| group.why == why)));
    if groups.iter().all(|(_, group)| group.is_none()) {
        return;
    }
    page.gap();
    page.comment(0, "`auto_approve: false` keeps even a small change in a category from passing by itself.");
    page.line(0, "categories:");
    for (name, group) in groups {
        if let Some(group) = group {
            page.line(2, &format!("{name}: {{ paths: {}, auto_approve: true }}", listed(&group.globs)));
        }
    }
}

fn limits_and_rules(page: &mut Page) {
    page.gap();
    page.comment(0, "Lines are added plus deleted, generated files apart. These are the defaults.");
    page.line(0, "risk:");
    page.line(2, "low_max_lines: 100      # up to here LOW");
    page.line(2, "medium_max_lines: 200   # up to here MEDIUM, above HIGH");
    page.line(2, "max_auto_deleted: 50    # more net deleted lines are HIGH");
    page.line(2, "large_deletion: 200     # more net deleted lines are CRITICAL");
    page.gap();
    page.line(0, "rules:");
    page.line(2, "packs: [secrets, synthetic-data, unicode, weakening]");
    page.comment(2, "Your own rules, in the form of the built-in packs: see `gov-hook rules explain`.");
    page.line(2, "extra: [\".gov/rules/*.yaml\"]");
}
