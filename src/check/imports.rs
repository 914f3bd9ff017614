//! Files that a policy wants to import a module or to use a decorator, and that do not.

use super::syntax::{self, Zone};
use crate::model::RepoPath;

/// What a policy asks of a file.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// As the language spells it: `core.governance`, `@acme/governance`, `acme::governance`.
    pub module: Option<&'a str>,
    /// With or without its `@`.
    pub decorator: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    Module,
    Decorator,
}

/// What is asked for and is not there. A file without code has nothing to govern, and one that
/// defines nothing has nothing to decorate. Comments and strings count neither way.
#[must_use]
pub fn missing(path: &RepoPath, text: &[u8], asked: Asked<'_>) -> Vec<Missing> {
    let code = code_lines(path, text);
    let mut missing = Vec::new();
    if let Some(module) = asked.module
        && code.iter().any(|line| !line.trim().is_empty())
        && !code.iter().any(|line| imports(line, module.trim()) || imports_from_here(path, line, module.trim()))
    {
        missing.push(Missing::Module);
    }
    if let Some(decorator) = asked.decorator
        && code.iter().any(|line| defines(line))
        && !code.iter().any(|line| decorates(line, decorator.trim()))
    {
        missing.push(Missing::Decorator);
    }
    missing
}

/// The lines of a file without its comments. Of a string only what stands on a line that starts
/// as code is kept: module names are strings in some languages, and docstrings are not code.
fn code_lines(path: &RepoPath, text: &[u8]) -> Vec<String> {
    let zones = syntax::zones(path, text).unwrap_or_default();
    let mut start = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        let first = start + line.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
        let is_code = match syntax::around(&zones, first) {
            None => true,
            // A quoted module may stand alone on a line of a Go import; a docstring has three quotes.
            Some((opens, Zone::String)) => {
                let rest = text.get(first..).unwrap_or_default();
                opens == first && rest.starts_with(b"\"") && !rest.starts_with(b"\"\"\"")
            }
            Some((_, Zone::Comment)) => false,
        };
        if is_code {
            let kept = line.iter().zip(start..).map(|(&byte, at)| match syntax::zone_at(&zones, at) {
                Some(Zone::Comment) => b' ',
                Some(Zone::String) | None => byte,
            });
            lines.push(String::from_utf8_lossy(&kept.collect::<Vec<u8>>()).into_owned());
        }
        start += line.len();
    }
    lines
}

fn imports(line: &str, module: &str) -> bool {
    const WORDS: [&str; 12] = [
        "import",
        "from",
        "use",
        "require",
        "require_relative",
        "require_once",
        "include",
        "#include",
        "using",
        "library",
        "source",
        "load",
    ];
    let names_it = |text: &str| has_word(text, module);
    // `from core import governance` imports `core.governance`.
    let by_parts = || {
        let (package, name) = module.rsplit_once('.')?;
        let (before, after) = line.trim_start().strip_prefix("from ")?.split_once(" import ")?;
        Some(before.trim() == package && has_word(after, name))
    };
    let trimmed = line.trim();
    let alone = trimmed.trim_matches('"') == module && trimmed.starts_with('"') && trimmed.len() > module.len() + 1;
    alone || (names_it(line) && import_words(line).any(|word| WORDS.contains(&word))) || by_parts().unwrap_or(false)
}

/// `from .governance import x` names a module by where the file is. Where the sources begin is not
/// known, so any folder above it may be the first of its name.
fn imports_from_here(path: &RepoPath, line: &str, module: &str) -> bool {
    let relative = || {
        let named = line.trim_start().strip_prefix("from ")?.trim_start();
        let below = named.trim_start_matches('.');
        let up = (named.len() - below.len()).checked_sub(1)?;
        Some((up, below.split_once(" import ")?))
    };
    let Some((up, (from, names))) = relative() else { return false };
    let path = path.to_string();
    let mut place: Vec<&str> = path.split('/').collect();
    place.truncate(place.len().saturating_sub(1 + up));
    place.extend(from.split('.').filter(|part| !part.is_empty()));
    let wanted: Vec<&str> = module.split('.').collect();
    let Some((name, package)) = wanted.split_last() else { return false };
    (0..place.len())
        .filter_map(|first| place.get(first..))
        .any(|place| place.starts_with(&wanted) || (!package.is_empty() && place == package && has_word(names, name)))
}

/// The words of a line before its first quote, so that what a string says imports nothing.
fn import_words(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split(['"', '\'', '`']).next().unwrap_or_default();
    code.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '#'))).filter(|word| !word.is_empty())
}

fn defines(line: &str) -> bool {
    const WORDS: [&str; 8] = ["def", "class", "fn", "func", "function", "interface", "struct", "enum"];
    const BEFORE: [&str; 14] = [
        "export",
        "default",
        "async",
        "public",
        "private",
        "protected",
        "abstract",
        "final",
        "static",
        "pub",
        "data",
        "sealed",
        "open",
        "internal",
    ];
    let mut words = line.split_whitespace().skip_while(|word| BEFORE.contains(word));
    words.next().is_some_and(|word| WORDS.contains(&word))
}

fn decorates(line: &str, decorator: &str) -> bool {
    let name = decorator.trim_start_matches('@').trim_start_matches("#[").trim_end_matches(']');
    let trimmed = line.trim_start();
    let Some(used) = ["@", "#[", "["].iter().find_map(|mark| trimmed.strip_prefix(mark)) else { return false };
    let end = used.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | ':'))).unwrap_or(used.len());
    let (used, _) = used.split_at_checked(end).unwrap_or((used, ""));
    used == name || used.rsplit(['.', ':']).next() == Some(name)
}

/// Whether a name stands in a text and is not a part of a longer one. What is imported from below
/// the module counts as the module.
fn has_word(text: &str, name: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '@');
    text.match_indices(name).any(|(at, _)| {
        let (before, rest) = text.split_at_checked(at).unwrap_or_default();
        let after = rest.strip_prefix(name).unwrap_or_default();
        !before.ends_with(|c: char| part_of_name(c) || matches!(c, '.' | '/' | ':')) && !after.starts_with(part_of_name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacks_module(path: &str, text: &str, module: &str) -> bool {
        let asked = Asked { module: Some(module), decorator: None };
        missing(&path.into(), text.as_bytes(), asked) == [Missing::Module]
    }

    fn lacks_decorator(path: &str, text: &str, decorator: &str) -> bool {
        let asked = Asked { module: None, decorator: Some(decorator) };
        missing(&path.into(), text.as_bytes(), asked) == [Missing::Decorator]
    }

    #[test]
    fn every_language_spells_an_import_its_own_way() {
        let python = "core.governance";
        for text in [
            "from core.governance import governed\n",
            "import os, core.governance as g\n",
            "    from core import governance\n",
            "from core.governance.kernel import x\n",
        ] {
            assert!(!lacks_module("a.py", text, python), "{text}");
        }
        assert!(!lacks_module("a.ts", "import {\n  a,\n} from '@acme/gov';\n", "@acme/gov"));
        assert!(!lacks_module("a.js", "const g = require(\"@acme/gov\");\n", "@acme/gov"));
        assert!(!lacks_module("a.rs", "use acme::gov::governed;\n", "acme::gov"));
        assert!(!lacks_module("a.go", "import (\n\t\"os\"\n\t\"acme.org/gov\"\n)\n", "acme.org/gov"));
        assert!(!lacks_module("A.java", "import org.acme.Gov;\n", "org.acme.Gov"));
        assert!(!lacks_module("a.c", "#include <acme/gov.h>\n", "acme/gov.h"));
        assert!(!lacks_module("a.rb", "require 'acme/gov'\n", "acme/gov"));
    }

    #[test]
    fn a_relative_import_counts_from_where_the_file_is() {
        for (path, text) in [
            ("core/model.py", "from .governance import governed\n"),
            ("core/model.py", "from . import data, governance\n"),
            ("src/core/models/a.py", "from ..governance.kernel import x\n"),
            ("src/core/models/a.py", "from .. import governance as g\n"),
        ] {
            assert!(!lacks_module(path, text, "core.governance"), "{path} {text}");
        }
        for (path, text) in [
            ("other/model.py", "from .governance import governed\n"),
            ("core/model.py", "from . import governance_extra\n"),
            ("core/models/a.py", "from .governance import governed\n"),
            ("a.py", "from ... import governance\n"),
        ] {
            assert!(lacks_module(path, text, "core.governance"), "{path} {text}");
        }
    }

    #[test]
    fn what_only_mentions_the_module_does_not_import_it() {
        for text in [
            "import os\n",
            "# import core.governance\nx = 1\n",
            "\"\"\"\nimport core.governance\n\"\"\"\nx = 1\n",
            "x = 'import core.governance'\n",
            "import core.governance_extra\n",
            "import my.core.governance\n",
            "print(core.governance)\n",
        ] {
            assert!(lacks_module("a.py", text, "core.governance"), "{text}");
        }
    }

    #[test]
    fn a_file_without_code_owes_nothing() {
        assert!(!lacks_module("core/__init__.py", "", "core.governance"));
        assert!(!lacks_module("core/__init__.py", "# empty\n\"\"\"Words.\"\"\"\n", "core.governance"));
        assert!(!lacks_decorator("a.py", "X = 1\n", "governed"));
    }

    #[test]
    fn a_decorator_counts_where_it_decorates() {
        assert!(!lacks_decorator("a.py", "@governed\ndef f(): pass\n", "@governed"));
        assert!(!lacks_decorator("a.py", "@gov.governed(level=1)\nclass A: pass\n", "governed"));
        assert!(!lacks_decorator("a.rs", "#[governed]\npub fn f() {}\n", "governed"));
        assert!(!lacks_decorator("A.java", "@Governed\npublic class A {}\n", "Governed"));
        assert!(lacks_decorator("a.py", "# @governed\ndef f(): pass\n", "governed"));
        assert!(lacks_decorator("a.py", "@ungoverned\nasync def f(): pass\n", "governed"));
    }
}
