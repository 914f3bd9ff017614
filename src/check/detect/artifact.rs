//! Files that run or that nobody can read: programs, opaque data, executable bits, links.

use super::{Hit, Subject, format};
use crate::check::syntax;
use crate::model::{Mode, RepoPath, Scanned};

/// A new or changed file that a machine runs as it is, or source with bytes that are not text.
pub(super) fn program(file: &Subject<'_>) -> Vec<Hit> {
    let path = file.path;
    if hides_its_diff(file.text()) && !file.old.is_some_and(hides_its_diff) && syntax::is_source(path) {
        return vec![Hit::whole("source with a NUL, of which git shows no difference")];
    }
    if !is_new_binary(file) {
        return Vec::new();
    }
    let source = || syntax::is_source(path).then_some("source that is not text");
    format::program(path, file.new).or_else(source).map(Hit::whole).into_iter().collect()
}

/// A new binary file that is neither a program nor made for people: an image, a font, a sound, a
/// film or a document.
pub(super) fn data(file: &Subject<'_>) -> Vec<Hit> {
    let path = file.path;
    let other_rules = syntax::is_source(path) || format::program(path, file.new).is_some();
    if file.old_mode.is_some() || !is_new_binary(file) || other_rules || format::is_for_people(path, file.new) {
        return Vec::new();
    }
    vec![Hit::whole(format::archive(file.new).unwrap_or("unknown format"))]
}

/// A program that can now be started by its name. What has the bit and is no program is noise.
pub(super) fn executable_bit(file: &Subject<'_>) -> Vec<Hit> {
    let gained = file.new_mode == Some(Mode::Executable) && file.old_mode != Some(Mode::Executable);
    let path = file.path;
    let runs = file.new.starts_with(b"#!") || syntax::is_source(path) || format::program(path, file.new).is_some();
    if gained && runs {
        let what = if file.old_mode.is_none() { "a new file" } else { "a file that had none" };
        vec![Hit::whole(what)]
    } else {
        Vec::new()
    }
}

/// A link that leads out of the repository or into git's own files, or that stands for source.
pub(super) fn symlink(file: &Subject<'_>) -> Vec<Hit> {
    if file.new_mode != Some(Mode::Symlink) || (file.old_mode == Some(Mode::Symlink) && !file.is_changed()) {
        return Vec::new();
    }
    let path = file.path;
    let why = if file.new.starts_with(b"/") || file.new.get(1) == Some(&b':') {
        "an absolute target"
    } else {
        match resolved(path, file.new) {
            None => "a target outside the repository",
            Some(target) if target.first().is_some_and(|part| part.eq_ignore_ascii_case(b".git")) => {
                "a target in git's own files"
            }
            Some(_) if file.old_mode.is_some_and(Mode::is_file) => "in the place of a file",
            Some(_) if syntax::is_source(path) || syntax::is_source(&RepoPath::new(file.new)) => {
                "in the place of source"
            }
            Some(_) => return Vec::new(),
        }
    };
    vec![Hit::whole(why)]
}

/// The parts of a link's target from the repository's root; `None` when it leaves it.
fn resolved<'a>(link: &'a RepoPath, target: &'a [u8]) -> Option<Vec<&'a [u8]>> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in link.directory().split(|&byte| byte == b'/').chain(target.split(|&byte| byte == b'/')) {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts)
}

/// So far git looks for a NUL, which makes it show nothing of what changed.
const ASKED_BY_GIT: usize = 8000;

fn hides_its_diff(text: &[u8]) -> bool {
    memchr::memchr(0, text.get(..ASKED_BY_GIT).unwrap_or(text)).is_some()
}

fn is_new_binary(file: &Subject<'_>) -> bool {
    file.scanned == Scanned::Binary && file.is_changed()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[derive(Clone, Copy)]
    struct Sample<'a> {
        path: &'a str,
        old: Option<Mode>,
        new: Mode,
        bytes: &'a [u8],
    }

    fn details(detector: fn(&Subject<'_>) -> Vec<Hit>, sample: Sample<'_>) -> Vec<String> {
        let path = sample.path.into();
        let scanned = match sample.new {
            Mode::Symlink => Scanned::Symlink,
            _ if sample.bytes.contains(&0) => Scanned::Binary,
            Mode::Regular | Mode::Executable | Mode::Submodule => Scanned::Text,
        };
        let (old_mode, new_mode) = (sample.old, Some(sample.new));
        let file = Subject { path: &path, old_mode, new_mode, old: None, new: sample.bytes, scanned };
        detector(&file).into_iter().map(|hit| hit.detail).collect()
    }

    fn added<'a>(path: &'a str, mode: Mode, bytes: &'a [u8]) -> Sample<'a> {
        Sample { path, old: None, new: mode, bytes }
    }

    #[test]
    fn a_program_is_known_by_its_bytes_whatever_its_name() {
        let of = |path, bytes| details(program, added(path, Mode::Regular, bytes));

        assert_eq!(of("docs/logo.png", b"\x7fELF\0"), ["ELF program"]);
        assert_eq!(of("gradle/wrapper/gradle-wrapper.jar", b"PK\x03\x04\0"), ["Java archive"]);
        assert_eq!(of("src/a.py", b"x = 1\0"), ["source that is not text"]);
        assert_eq!(of("docs/logo.png", b"\x89PNG\0"), [] as [&str; 0]);
        assert_eq!(of("src/a.py", b"x = 1"), [] as [&str; 0]);
    }

    #[test]
    fn one_nul_in_source_is_told_as_git_hides_its_difference_for_it() {
        let of = |path: &str, old: Option<&[u8]>, new: &[u8]| {
            let path = path.into();
            let mode = Some(Mode::Regular);
            let file = Subject { path: &path, old_mode: mode, new_mode: mode, old, new, scanned: Scanned::Text };
            program(&file).into_iter().map(|hit| hit.detail).collect::<Vec<_>>()
        };
        let told = ["source with a NUL, of which git shows no difference"];
        let far = [vec![b'x'; 8000], vec![0]].concat();

        assert_eq!(of("src/a.py", Some(b"x = 1\n"), b"x = 1\0\n"), told);
        assert_eq!(of("src/a.py", None, b"x = 1\0\n"), told);
        assert_eq!(of("src/a.py", Some(b"x = 2\0\n"), b"x = 1\0\n"), [] as [&str; 0], "it was hidden before");
        assert_eq!(of("data/a.txt", Some(b"x"), b"x\0\n"), [] as [&str; 0], "no source");
        assert_eq!(of("src/a.py", Some(b"x"), &far), [] as [&str; 0], "git looks no further");
    }

    #[test]
    fn what_no_reader_can_read_is_opaque_unless_it_is_made_for_people() {
        let of = |path, bytes| details(data, added(path, Mode::Regular, bytes));

        assert_eq!(of("assets/model.bin", b"\x01\0"), ["unknown format"]);
        assert_eq!(of("assets/a.zip", b"PK\x03\x04\0"), ["zip archive"]);
        assert_eq!(of("assets/logo.png", b"\x89PNG\0"), [] as [&str; 0]);
        assert_eq!(of("assets/report.docx", b"PK\x03\x04\0"), [] as [&str; 0]);
    }

    #[test]
    fn an_executable_bit_counts_on_a_program_that_had_none() {
        let script =
            |old| details(executable_bit, Sample { path: "deploy", old, new: Mode::Executable, bytes: b"#!/bin/sh\n" });
        let readme = added("README.md", Mode::Executable, b"# Title\n");

        assert_eq!(script(None), ["a new file"]);
        assert_eq!(script(Some(Mode::Regular)), ["a file that had none"]);
        assert_eq!(script(Some(Mode::Executable)), [] as [&str; 0]);
        assert_eq!(details(executable_bit, readme), [] as [&str; 0]);
    }

    #[test]
    fn a_link_is_held_for_where_it_leads_or_what_it_stands_for() {
        let link = |path, target: &'static str| details(symlink, added(path, Mode::Symlink, target.as_bytes()));

        assert_eq!(link("data", "/etc/passwd"), ["an absolute target"]);
        assert_eq!(link("a/b", "../../x"), ["a target outside the repository"]);
        assert_eq!(link("a/b", "../.git/hooks"), ["a target in git's own files"]);
        assert_eq!(link("src/a.py", "b.txt"), ["in the place of source"]);
        assert_eq!(link("docs/README.md", "../README.md"), [] as [&str; 0]);
        assert_eq!(link("a/b", "../x"), [] as [&str; 0]);
    }

    #[test]
    fn a_link_in_the_place_of_a_file_is_held() {
        let license = |old| {
            let sample = Sample { path: "LICENSE", old: Some(old), new: Mode::Symlink, bytes: b"COPYING" };
            details(symlink, sample)
        };

        assert_eq!(license(Mode::Regular), ["in the place of a file"]);
        assert_eq!(license(Mode::Symlink), [] as [&str; 0]);
    }
}
