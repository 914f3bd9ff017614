//! What the input of a tool names that nothing else is known of: files, by whatever key and however deep,
//! and what it would run.

use serde_json::{Map, Value};

use crate::check::command::{is_one_of, patched};

/// Keys of what a tool is about that are files, as a policy speaks of them. All keys are read in small
/// letters, without what parts their words.
const PATHS: &str = "path paths file files filepath filepaths filename relativepath absolutepath targetfile notebookpath \
     oldpath newpath source destination uri";

/// Keys of a line for the shell, or of a program whose words are beside it.
const LINES: &str = "command commands cmd commandline shellcommand shell program executable bash";

/// Keys of what is run, in whatever language.
const PROGRAMS: &str = "script code";

/// Keys of where that is run.
const PLACES: &str = "cwd workdir workingdirectory";

/// What keys speak of that are no files, whatever they hold.
const TALK: &str = "text content string message body title description query prompt pattern exclude ignore comment url \
     thought reason subject summary question instruction explanation observation replacement oldstr newstr regex label";

/// Longer than a file's name can be.
const LONGEST: usize = 4096;

#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) paths: Vec<String>,
    /// What may be the name of a file, or of nothing.
    pub(super) perhaps: Vec<String>,
    /// Mere words, which may be the name of a file but hardly that of a folder.
    pub(super) words: Vec<String>,
    /// Lines for the shell.
    pub(super) lines: Vec<String>,
    /// What may be a line for the shell, or a program in another language.
    pub(super) programs: Vec<String>,
    /// Where it would run them, if not where the agent is.
    pub(super) places: Vec<String>,
}

impl Named {
    pub(super) fn by(input: &Value) -> Self {
        let mut named = Self::default();
        // Some agents hand it on as text.
        match input.as_str().and_then(|text| serde_json::from_str(text).ok()) {
            Some(inner) => named.value("", &inner),
            None => named.value("", input),
        }
        named
    }

    fn value(&mut self, key: &str, value: &Value) {
        match value {
            Value::Object(members) => self.members(members),
            Value::Array(all) => all.iter().for_each(|one| self.value(key, one)),
            Value::String(text) => self.text(key, text),
            Value::Bool(true) if key == "noverify" => self.lines.push("git commit --no-verify".to_owned()),
            Value::Bool(_) | Value::Null | Value::Number(_) => {}
        }
    }

    fn members(&mut self, members: &Map<String, Value>) {
        let words = |key: &str| matches!(key, "args" | "arguments" | "argv");
        let behind = members.iter().find(|(key, _)| words(&plain(key))).map(|(_, value)| spelled(value));
        for (name, value) in members {
            let key = plain(name);
            if let Value::String(line) = value
                && is_one_of(&key, LINES)
            {
                // The shell that is to run what stands beside it.
                if key == "shell" && behind.is_none() && members.len() > 1 && !line.contains(char::is_whitespace) {
                    continue;
                }
                self.lines.push(format!("{line} {}", behind.as_deref().unwrap_or_default()));
            } else if is_one_of(&key, LINES) && key != "commands" && value.is_array() {
                // A program and its words; in the other case several lines.
                self.lines.push(spelled(value));
            } else {
                self.value(&key, value);
            }
            // A mere word is the name of a member.
            if name.contains(|sign: char| matches!(sign, '/' | '.') || sign.is_ascii_uppercase()) {
                self.text("", name);
            }
        }
    }

    fn text(&mut self, key: &str, text: &str) {
        let is_name = !text.is_empty() && text.len() <= LONGEST && !text.contains(['\0', '\n']);
        if is_one_of(key, LINES) {
            self.lines.push(text.to_owned());
        } else if is_one_of(key, PROGRAMS) {
            self.programs.push(text.to_owned());
        } else if is_one_of(key, PLACES) {
            self.places.push(text.to_owned());
        } else if text.contains('\n') {
            // Of what is said, a patch is a part, if it is not all of it.
            if !is_talk(key) || is_patch(text) {
                self.perhaps.extend(patched(text).map(str::to_owned));
            }
        } else if is_name && is_one_of(key, PATHS) {
            self.paths.push(located(text));
        } else if is_name && !is_talk(key) {
            if text.starts_with("--no-v") {
                self.lines.push(format!("git commit {}", quoted(text)));
            }
            let is_word = text.bytes().all(|sign| sign.is_ascii_lowercase() || matches!(sign, b'_' | b'-'));
            let named = if is_word && !is_of_folder(key) { &mut self.words } else { &mut self.perhaps };
            named.push(located(text));
        }
    }
}

/// Keys that speak of folders.
const FOLDERS: &str = "dir folder path root target dest";

fn is_of_folder(key: &str) -> bool {
    matches!(key, "from" | "to" | "into") || FOLDERS.split(' ').any(|folder| key.contains(folder))
}

fn is_talk(key: &str) -> bool {
    TALK.split(' ').any(|talk| key.contains(talk))
}

/// Whether a text begins as a patch does.
fn is_patch(text: &str) -> bool {
    ["*** Begin Patch", "diff --git ", "--- a/"].iter().any(|head| text.trim_start().starts_with(head))
}

/// A key in small letters, without what parts its words.
fn plain(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Words as a shell reads them.
fn spelled(value: &Value) -> String {
    match value {
        Value::String(words) => words.clone(),
        Value::Array(words) => words.iter().filter_map(Value::as_str).map(quoted).collect::<Vec<_>>().join(" "),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    }
}

/// One word as a shell reads it.
pub(super) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The path of a file's address; anything else as it stands.
fn located(text: &str) -> String {
    let Some(path) = text.strip_prefix("file://") else { return text.to_owned() };
    let path = path.strip_prefix("localhost").unwrap_or(path);
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = behind.get(if byte.is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Tools that only talk, or name to git what is to be committed.
const TALKERS: &str =
    "Task Agent Skill TodoWrite BashOutput KillShell ExitPlanMode AskUserQuestion LSP git_add git_stage";

/// What the name of a tool says that only looks.
const LOOKS: &str = " read get list ls search find view grep glob stat tree show diff log status query fetch describe \
                     hover click open inspect info overview diagnostics cat head tail scan lint analyze analyse \
                     codereview ";

/// What the name of one says that speaks of files, whatever it adds where people read it.
const SPEAKS: &str = " comment comments review message messages email ";

/// What the name of one says that does neither.
const WRITES: &str = " write edit delete remove move rename replace insert append apply patch set put \
                      save copy modify overwrite execute exec run rm mv cp commit checkout restore reset format \
                      fix make mkdir generate export extract clone change download upload ";

/// What one says that may do either.
const ADDS: &str = " add create update ";

/// What it says where all goes that is in a folder.
const TAKES_ALL: &str = " delete remove rm rmdir move mv rename trash ";

/// Whether a tool only looks, or only talks, as its name says.
pub(super) fn only_looks(tool: &str) -> bool {
    let reads = says(tool, SPEAKS) || (says(tool, LOOKS) && !says(tool, ADDS));
    is_one_of(own_name(tool), TALKERS) || (reads && !says(tool, WRITES))
}

/// Whether a tool moves folders with all that is in them, or takes them away.
pub(super) fn takes_all(tool: &str) -> bool {
    says(tool, TAKES_ALL)
}

/// A tool's name without that of its server.
fn own_name(tool: &str) -> &str {
    tool.rsplit("__").next().unwrap_or(tool)
}

/// Whether a tool's own name has one of some words.
fn says(tool: &str, words: &str) -> bool {
    let name = own_name(tool);
    let (mut spaced, mut was_small) = (String::new(), false);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && was_small {
            spaced.push(' ');
        }
        was_small = letter.is_ascii_lowercase();
        spaced.push(if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { ' ' });
    }
    spaced.split(' ').any(|word| !word.is_empty() && words.contains(&format!(" {word} ")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn files_are_found_by_any_key_and_however_deep() {
        let named = Named::by(&json!({
            "filePath": "a", "edits": [{ "path": "b", "newText": "c/d" }], "options": { "into": "e" },
            "changes": { "file:///x%2Dy/z": [] }, "uri": "file://localhost/f", "message": "g",
        }));

        assert_eq!(named.paths, ["b", "a", "/f"]);
        for name in ["/x-y/z", "e"] {
            assert!(named.perhaps.contains(&name.to_owned()), "{named:?}");
        }
        assert!(!named.perhaps.iter().any(|name| name == "c/d" || name == "g"), "{named:?}");
        assert_eq!(Named::by(&json!("{\"path\": \"a\"}")).paths, ["a"]);
        assert_eq!(Named::by(&json!({ "path": { "x": 1 }, "source": 7, "file": "" })).paths, [""; 0]);
    }

    #[test]
    fn what_a_tool_would_run_is_put_together() {
        for (input, line) in [
            (json!({ "command": "git", "args": ["commit", "-n"] }), "git 'commit' '-n'"),
            (json!({ "cmd": ["git", "commit"] }), "'git' 'commit'"),
            (json!({ "commands": ["git commit"] }), "git commit"),
            (json!({ "input": { "commandLine": "git commit" } }), "git commit "),
            (json!({ "no_verify": true }), "git commit --no-verify"),
            (json!({ "options": ["--no-verify"] }), "git commit '--no-verify'"),
        ] {
            assert_eq!(Named::by(&input).lines, [line], "{input}");
        }
    }

    #[test]
    fn the_name_of_a_tool_says_whether_it_only_looks() {
        for tool in [
            "Read",
            "LS",
            "NotebookRead",
            "mcp__ide__getDiagnostics",
            "mcp__files__directory_tree",
            "Task",
            "mcp__git__git_add",
            "mcp__github__add_pull_request_review_comment",
            "mcp__snyk__snyk_code_scan",
        ] {
            assert!(only_looks(tool), "{tool}");
        }
        for tool in [
            "Write",
            "mcp__read__all",
            "mcp__files__search_and_replace",
            "mcp__x__getAndSet",
            "mcp__x__review_and_fix",
            "mcp__x__create_view",
            "Bash",
            "",
        ] {
            assert!(!only_looks(tool), "{tool}");
        }
        assert!(takes_all("mcp__files__delete_directory") && !takes_all("mcp__files__write_file"));
    }
}
