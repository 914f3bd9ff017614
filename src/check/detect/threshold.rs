//! Limits that a change makes easier to meet: less coverage asked for, more warnings allowed.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::{Hit, Subject};
use crate::model::{Arrange, RepoPath};

/// Names of limits that mean the same in every file. The first group is a limit from below.
const EVERYWHERE: &str = r#"(?ix-u)
    (?: \b ( (?:cov-)?fail[-_]under(?:-(?:lines|functions|regions|branches))?
           | min(?:imum)?[-_]?(?:code[-_]?)?coverage | coverage[-_]?(?:minimum|threshold)
           | minMsi | minCoveredMsi )
      | \b ( max[-_]?warnings | max[-_]?(?:cyclomatic[-_]?|cognitive[-_]?)?complexity
           | cognitive-complexity-threshold | max[-_]?failures? ) )
    ["']? [:=\x20\t>,\[]* ["']? (-?[0-9]+(?:\.[0-9]+)?)"#;

/// Names that mean a limit only in the configuration of a coverage or mutation tool.
const IN_CONFIGURATION: &str = r#"(?ix-u)
    (?: \b ( branches | functions | lines | statements | target | minimum | break | level )
      | \b ( threshold ) )
    ["']? [\x20\t]* [:=>]+ [\x20\t]* ["']? (-?[0-9]+(?:\.[0-9]+)?)"#;

/// What no text is without that names a limit of [`EVERYWHERE`], in lower case: the second word close behind
/// the first.
const WORDS: [(&[u8], &[u8]); 9] = [
    (b"fail", b"under"),
    (b"min", b"coverage"),
    (b"coverage", b"minimum"),
    (b"coverage", b"threshold"),
    (b"min", b"msi"),
    (b"max", b"warnings"),
    (b"max", b"complexity"),
    (b"complexity", b"threshold"),
    (b"max", b"failure"),
];

/// How far before the end of the second word the first one starts at most.
const CLOSE: usize = 32;

static SHARED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(EVERYWHERE).ok());
static CONFIGURED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(IN_CONFIGURATION).ok());

struct Setting {
    value: f64,
    spelled: String,
    at: Range<usize>,
    ceiling: bool,
}

impl Setting {
    fn laxer_than(&self, was: &Self) -> bool {
        // No ceiling at all is written as a negative one.
        let height = |setting: &Self| if setting.value < 0.0 { f64::INFINITY } else { setting.value };
        if self.ceiling { height(self) > height(was) } else { self.value < was.value }
    }
}

/// Each limit that stands with a laxer number than the one it had, in the order of the text.
pub(super) fn lowered(file: &Subject<'_>) -> Vec<Hit> {
    let path = file.path;
    let mut old = file.old.map(|text| settings(path, text)).unwrap_or_default();
    if old.is_empty() {
        return Vec::new();
    }
    let mut hits = Vec::new();
    for (name, mut after) in settings(path, file.text()) {
        let before = old.remove(&name).unwrap_or_default();
        let kept = |setting: &Setting, others: &[Setting]| others.iter().any(|other| other.spelled == setting.spelled);
        let gone: Vec<&Setting> = before.iter().filter(|setting| !kept(setting, &after)).collect();
        after.retain(|setting| !kept(setting, &before));
        for (was, is) in gone.into_iter().zip(after) {
            if is.laxer_than(was) {
                hits.push(Hit::at(is.at, format!("`{name}` from {} to {}", was.spelled, is.spelled)));
            }
        }
    }
    hits.arrange_by_key(|hit| hit.range.as_ref().map(|range| range.start));
    hits
}

/// The limits of a text by name, each with its values in order.
fn settings(path: &RepoPath, text: &[u8]) -> BTreeMap<String, Vec<Setting>> {
    let mut found: BTreeMap<String, Vec<Setting>> = BTreeMap::new();
    // Most texts name none, and the patterns take longer to build than to search with.
    let patterns = [names_a_limit(text).then_some(&SHARED), configures_a_limit(path).then_some(&CONFIGURED)];
    for pattern in patterns.into_iter().flatten().filter_map(|pattern| pattern.as_ref()) {
        for groups in pattern.captures_iter(text) {
            let ceiling = groups.get(1).is_none();
            let Some((name, number)) = groups.get(1).or_else(|| groups.get(2)).zip(groups.get(3)) else { continue };
            let spelled = String::from_utf8_lossy(number.as_bytes()).into_owned();
            let Ok(value) = spelled.parse() else { continue };
            let name = String::from_utf8_lossy(name.as_bytes()).into_owned();
            found.entry(name).or_default().push(Setting { value, spelled, at: number.range(), ceiling });
        }
    }
    found
}

fn names_a_limit(text: &[u8]) -> bool {
    // Letters in lower case, eight at a time; what becomes of other bytes does not matter.
    let mut lower = text.to_vec();
    let (eights, rest) = lower.as_chunks_mut::<8>();
    for eight in eights {
        *eight = (u64::from_le_bytes(*eight) | 0x2020_2020_2020_2020).to_le_bytes();
    }
    for byte in rest {
        *byte |= 0x20;
    }
    WORDS.iter().any(|(first, second)| {
        memchr::memmem::find_iter(&lower, second).any(|at| {
            let end = at + second.len();
            let before = lower.get(end.saturating_sub(CLOSE)..at).unwrap_or_default();
            memchr::memmem::find(before, first).is_some() && leads_to_a_number(lower.get(end..).unwrap_or_default())
        })
    })
}

/// Whether the rest of a name comes next, signs, and a number; in bytes made lower like those above.
fn leads_to_a_number(rest: &[u8]) -> bool {
    let is_of_name = |byte: &&u8| byte.is_ascii_lowercase() || [b'-', b'_' | 0x20].contains(byte);
    let is_sign = |byte: &&u8| b"\"' :=>,-".contains(byte) || [b'\t' | 0x20, b'[' | 0x20].contains(byte);
    let mut behind = rest.iter().skip_while(is_of_name).skip_while(is_sign);
    behind.next().is_some_and(u8::is_ascii_digit)
}

fn configures_a_limit(path: &RepoPath) -> bool {
    const NAMES: [&str; 18] = [
        "codecov.yml",
        ".codecov.yml",
        "codecov.yaml",
        ".codecov.yaml",
        "jest.config",
        "vitest.config",
        "vite.config",
        ".nycrc",
        ".c8rc",
        "karma.conf",
        "package.json",
        "stryker.conf",
        "phpstan.neon",
        "infection.json",
        "build.gradle",
        "pom.xml",
        "jacoco",
        ".testcoverage",
    ];
    let name = path.file_name().to_ascii_lowercase();
    NAMES.iter().any(|known| name.starts_with(known.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Mode, Scanned};

    fn found(path: &str, old: &str, new: &str) -> Vec<String> {
        let path = path.into();
        let mode = Some(Mode::Regular);
        let (old, new) = (Some(old.as_bytes()), new.as_bytes());
        let file = Subject { path: &path, old_mode: mode, new_mode: mode, old, new, scanned: Scanned::Text };
        lowered(&file).into_iter().map(|hit| hit.detail).collect()
    }

    #[test]
    fn a_limit_made_easier_to_meet_is_found() {
        assert_eq!(
            found("setup.cfg", "a\nfail_under = 90\n", "a\nfail_under = 80.5\n"),
            ["`fail_under` from 90 to 80.5"]
        );
        assert_eq!(
            found("Makefile", "pytest --cov-fail-under=95", "pytest --cov-fail-under 50"),
            ["`cov-fail-under` from 95 to 50"]
        );
        assert_eq!(
            found("package.json", "\"lint\": \"eslint --max-warnings=0\"", "\"lint\": \"eslint --max-warnings=50\""),
            ["`max-warnings` from 0 to 50"]
        );
        assert_eq!(
            found("jest.config.js", "global: { branches: 80, lines: 90 }", "global: { branches: 80, lines: 70 }"),
            ["`lines` from 90 to 70"]
        );
        assert_eq!(
            found("a.rb", "SimpleCov.minimum_coverage 90", "SimpleCov.minimum_coverage 10"),
            ["`minimum_coverage` from 90 to 10"]
        );
        assert_eq!(
            found("pom.xml", "<minimum>0.80</minimum>", "<minimum>0.10</minimum>"),
            ["`minimum` from 0.80 to 0.10"]
        );
        assert_eq!(
            found("codecov.yml", "  target: 80%\n  threshold: 1%\n", "  target: 80%\n  threshold: 20%\n"),
            ["`threshold` from 1 to 20"]
        );
        assert_eq!(
            found("a.sh", "eslint --max-warnings 0", "eslint --max-warnings -1"),
            ["`max-warnings` from 0 to -1"]
        );
    }

    #[test]
    fn a_limit_is_named_where_a_number_follows() {
        for text in ["fail-under 9", "FAIL_UNDER-branches:\t[3", "minMsi\" => '-1", "max_warnings=-1", "max-failures,7"]
        {
            assert!(names_a_limit(text.as_bytes()), "{text}");
        }
        for text in
            ["under 9", "failed\nunder: x", "max_warnings = MOST", "coverage 9 of what is at least", "max_failures\n9"]
        {
            assert!(!names_a_limit(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_limit_kept_or_made_harder_is_not() {
        assert_eq!(found("setup.cfg", "fail_under = 80", "fail_under = 90"), [] as [&str; 0]);
        assert_eq!(found("setup.cfg", "fail_under = 80", "fail_under = 80  # why"), [] as [&str; 0]);
        assert_eq!(found("a.sh", "eslint --max-warnings 50", "eslint --max-warnings 0"), [] as [&str; 0]);
        assert_eq!(found("setup.cfg", "", "fail_under = 10"), [] as [&str; 0]);
        assert_eq!(found("src/chart.js", "lines: 90", "lines: 70"), [] as [&str; 0]);
    }
}
