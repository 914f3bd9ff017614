//! The files that a text names: a patch those that it changes, a program of whatever language those that it
//! may write.

/// What stands before the name of a file in a patch, as git and other programs write one.
const HEADS: [&str; 8] = [
    "+++ ",
    "--- ",
    "rename from ",
    "rename to ",
    "*** Add File: ",
    "*** Update File: ",
    "*** Delete File: ",
    "*** Move to: ",
];

/// The files that a patch is about.
pub fn patched(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let (head, name) = HEADS.iter().find_map(|head| Some((head, line.strip_prefix(head)?)))?;
        let name = name.split('\t').next().unwrap_or(name).trim();
        // `a/` and `b/`, and what git may say in their place.
        let is_side = |side: &str| side.len() == 1 && matches!(*head, "+++ " | "--- ");
        Some(name.split_once('/').filter(|(side, _)| is_side(side)).map_or(name, |(_, inside)| inside))
    })
}

/// What programs say that write, remove or rename files.
const WRITING: &str =
    "write unlink remove rmtree rename delete rmsync rm( truncate shutil copyfile symlink chmod -content";

/// How they say that a file is opened to be written.
const MODES: &str = ",'w ,\"w ,'a ,\"a ,'r+ ,\"r+ ,'x' ,\"x\"";

/// The files that a program names which says that it writes.
pub(super) fn by_program(text: &str) -> Vec<&str> {
    let said =
        text.to_ascii_lowercase().replace([' ', '\n'], "").replace("stdout.write", "").replace("stderr.write", "");
    let says = |words: &str| words.split(' ').any(|word| said.contains(word));
    // `print > "file"`
    let is_sent = || said.split('>').skip(1).any(|rest| rest.starts_with(['"', '\'']));
    let is_code = text.contains([' ', '(', ';', '\n']);
    let writes = is_code && (says(WRITING) || (said.contains("open") && says(MODES)) || is_sent());
    if writes { paths(text) } else { Vec::new() }
}

/// The files that `w FILE` of an editor, or of `sed`, may name.
pub(super) fn by_editor(text: &str) -> Vec<&str> {
    let at = ["w ", "w! "].iter().find_map(|verb| text.find(verb));
    at.and_then(|at| text.get(at..)).map_or_else(Vec::new, paths)
}

/// All that has the look of a path.
fn paths(text: &str) -> Vec<&str> {
    let is_outside = |sign: char| !(sign.is_alphanumeric() || "/._-@+".contains(sign));
    text.split(is_outside).filter(|part| part.len() > 2 && part.contains(['/', '.'])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_names_what_it_changes() {
        let git = "diff --git a/x b/y\nrename from x\nrename to y\n--- a/x/1\t2020\n+++ b/y/1\n@@ -1 +1 @@\n-a\n+b\n";
        let other = "*** Begin Patch\n*** Update File: a/b/c\n*** Move to: d\n*** Delete File: e\n*** End Patch";

        assert_eq!(patched(git).collect::<Vec<_>>(), ["x", "y", "x/1", "y/1"]);
        assert_eq!(patched(other).collect::<Vec<_>>(), ["a/b/c", "d", "e"]);
    }

    #[test]
    fn a_program_names_what_it_writes() {
        for text in [
            "open('src/a.rs', 'w')",
            "Path(\"src/a.rs\").write_text('')",
            "{ print > \"src/a.rs\" }",
            "unlink 'src/a.rs'",
        ] {
            assert!(by_program(text).contains(&"src/a.rs"), "{text}");
        }
        for text in ["print(open('src/a.rs').read())", "sys.stdout.write(open('src/a.rs'))", "src/write.rs"] {
            assert!(by_program(text).is_empty(), "{text}");
        }
        assert_eq!(by_editor("s/a/b/w src/a.rs"), ["src/a.rs"]);
        assert!(by_editor("s/src/a.rs/").is_empty());
    }
}
