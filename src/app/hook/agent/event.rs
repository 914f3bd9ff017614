//! What a coding agent says it is about to do: the event of Claude Code's `PreToolUse` hook, or a
//! plain object of one path or one command.

use std::io::Read;
use std::path::PathBuf;

use serde_json::Value;

use crate::app::Failure;

/// A tool call of more bytes is none that anybody could judge in time.
const LARGEST: u64 = 64 << 20;

/// Tools that only look, or only talk.
const READERS: [&str; 15] = [
    "Read",
    "Glob",
    "Grep",
    "LS",
    "NotebookRead",
    "WebFetch",
    "WebSearch",
    "Task",
    "TodoRead",
    "TodoWrite",
    "BashOutput",
    "KillShell",
    "ExitPlanMode",
    "AskUserQuestion",
    "Skill",
];

/// Tools that write what they name; one that names nothing cannot be judged.
const WRITERS: [&str; 5] = ["Write", "Edit", "MultiEdit", "NotebookEdit", "Update"];

/// Members of a tool's input that name a file.
const PATHS: [&str; 8] =
    ["file_path", "notebook_path", "path", "paths", "source", "destination", "target_file", "old_path"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    ClaudeCode,
    Plain,
}

#[derive(Debug)]
pub(super) struct Event {
    pub(super) form: Form,
    pub(super) tool: String,
    pub(super) session: Option<String>,
    /// Where the agent is; else where the hook runs.
    pub(super) directory: Option<PathBuf>,
    pub(super) paths: Vec<String>,
    pub(super) command: Option<String>,
}

impl Event {
    pub(super) fn read(input: impl Read) -> Result<Self, Failure> {
        let mut bytes = Vec::new();
        let read = input.take(LARGEST + 1).read_to_end(&mut bytes);
        read.map_err(|error| unreadable(&format!("the input cannot be read: {error}")))?;
        if bytes.len() as u64 > LARGEST {
            return Err(unreadable("it is too large"));
        }
        // The parser's own words would repeat what it met.
        let value: Value = serde_json::from_slice(&bytes)
            .map_err(|error| unreadable(&format!("no JSON at line {}, column {}", error.line(), error.column())))?;
        Self::of(&value)
    }

    fn of(value: &Value) -> Result<Self, Failure> {
        if !value.is_object() {
            return Err(unreadable("it is not an object"));
        }
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let is_of_a_tool = value.get("tool_name").is_some() || value.get("hook_event_name").is_some();
        if is_of_a_tool {
            let tool = text("tool_name").ok_or_else(|| unreadable("it names no tool"))?;
            let input = value.get("tool_input").unwrap_or(&Value::Null);
            let mut event = Self {
                form: Form::ClaudeCode,
                session: text("session_id"),
                directory: text("cwd").map(PathBuf::from),
                paths: paths(input)?,
                command: command(input)?,
                tool,
            };
            if READERS.contains(&event.tool.as_str()) {
                (event.paths, event.command) = (Vec::new(), None);
            } else if WRITERS.contains(&event.tool.as_str()) && event.paths.is_empty() {
                return Err(unreadable(&format!("{} names no file", event.tool)));
            } else if event.tool == "Bash" && event.command.is_none() {
                return Err(unreadable("Bash names no command"));
            }
            return Ok(event);
        }
        let event = Self {
            form: Form::Plain,
            tool: text("tool").unwrap_or_default(),
            session: None,
            directory: text("cwd").map(PathBuf::from),
            paths: paths(value)?,
            command: command(value)?,
        };
        if event.paths.is_empty() && event.command.is_none() {
            return Err(unreadable("it has neither a `path` nor a `command`"));
        }
        Ok(event)
    }
}

fn paths(input: &Value) -> Result<Vec<String>, Failure> {
    let mut found = Vec::new();
    for (key, value) in PATHS.iter().filter_map(|key| Some((key, input.get(key)?))) {
        let not_text = || unreadable(&format!("`{key}` is not a path"));
        match value {
            Value::Array(all) => {
                for one in all {
                    found.push(one.as_str().ok_or_else(not_text)?.to_owned());
                }
            }
            Value::Null => {}
            Value::String(one) => found.push(one.clone()),
            Value::Bool(_) | Value::Number(_) | Value::Object(_) => return Err(not_text()),
        }
    }
    if found.iter().any(|path| path.is_empty() || path.contains('\0')) {
        return Err(unreadable("a path is empty or holds a NUL"));
    }
    Ok(found)
}

fn command(input: &Value) -> Result<Option<String>, Failure> {
    match input.get("command") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(line)) => Ok(Some(line.clone())),
        // Some tools give a program and its arguments.
        Some(Value::Array(words)) => {
            let words: Option<Vec<String>> = words.iter().map(|word| Some(quoted(word.as_str()?))).collect();
            words.map(|words| Some(words.join(" "))).ok_or_else(|| unreadable("`command` is not a command"))
        }
        Some(Value::Bool(_) | Value::Number(_) | Value::Object(_)) => Err(unreadable("`command` is not a command")),
    }
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn unreadable(why: &str) -> Failure {
    Failure::new(format!("the tool call cannot be read: {why}")).mended_by("see what is accepted: gov-hook hook --help")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: &Value) -> Result<Event, Failure> {
        Event::read(value.to_string().as_bytes())
    }

    #[test]
    fn the_event_of_a_tool_is_read_and_so_is_a_plain_one() {
        let event = read(&json!({
            "session_id": "s1", "cwd": "/x", "hook_event_name": "PreToolUse",
            "tool_name": "Edit", "tool_input": { "file_path": "a", "old_string": "path" }
        }))
        .unwrap();
        assert_eq!((event.form, event.paths, event.command), (Form::ClaudeCode, vec!["a".to_owned()], None));

        let event = read(&json!({ "command": ["git", "commit", "-m", "it's"] })).unwrap();
        assert_eq!((event.form, event.command), (Form::Plain, Some(r"'git' 'commit' '-m' 'it'\''s'".to_owned())));
        assert_eq!(read(&json!({ "paths": ["a", "b"] })).unwrap().paths, ["a", "b"]);
    }

    #[test]
    fn a_tool_that_only_looks_is_about_nothing() {
        let event = read(&json!({ "tool_name": "Read", "tool_input": { "file_path": ".gov/policy.yaml" } })).unwrap();

        assert!(event.paths.is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_a_failure() {
        for value in [
            json!([]),
            json!({}),
            json!({ "path": 7 }),
            json!({ "path": "" }),
            json!({ "path": "a\0b" }),
            json!({ "command": {} }),
            json!({ "command": ["git", 1] }),
            json!({ "hook_event_name": "PreToolUse" }),
            json!({ "tool_name": "Write", "tool_input": {} }),
            json!({ "tool_name": "Write" }),
            json!({ "tool_name": "Bash", "tool_input": { "description": "x" } }),
        ] {
            assert!(read(&value).is_err(), "{value}");
        }
        assert!(Event::read(&b"{"[..]).is_err());
        assert!(Event::read(&b"\xff"[..]).is_err());
    }
}
