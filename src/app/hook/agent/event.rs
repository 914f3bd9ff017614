//! What a coding agent says it is about to do: the event of Claude Code's `PreToolUse` hook, or a
//! plain object of one path or one command.

use std::io::Read;
use std::path::PathBuf;

use serde_json::Value;

use super::input::{Named, only_looks, quoted, takes_all};
use crate::app::Failure;

/// A tool call of more bytes is none that anybody could judge in time.
const LARGEST: u64 = 64 << 20;

/// Tools that write what they name; one that names nothing cannot be judged.
const WRITERS: [&str; 5] = ["Write", "Edit", "MultiEdit", "NotebookEdit", "Update"];

/// Members that name a file where it is known which do.
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
    /// The files that it is about, and the lines for the shell.
    pub(super) named: Named,
    /// Whether what it does with them is known.
    pub(super) is_known: bool,
    /// Whether they go with all that is in them.
    pub(super) takes_all: bool,
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
        let tool = text(if is_of_a_tool { "tool_name" } else { "tool" });
        let (form, named, is_known) = match &tool {
            None if is_of_a_tool => return Err(unreadable("it names no tool")),
            Some(tool) if is_of_a_tool => {
                let input = value.get("tool_input").unwrap_or(&Value::Null);
                let (named, is_known) = of_tool(tool, input)?;
                (Form::ClaudeCode, named, is_known)
            }
            _ => {
                let named = told(value)?;
                if named.paths.is_empty() && named.lines.is_empty() {
                    return Err(unreadable("it has neither a `path` nor a `command`"));
                }
                (Form::Plain, named, true)
            }
        };
        let tool = tool.unwrap_or_default();
        Ok(Self {
            form,
            session: text("session_id").filter(|_| is_of_a_tool),
            directory: text("cwd").map(PathBuf::from),
            named,
            is_known,
            takes_all: !is_known && takes_all(&tool),
            tool,
        })
    }
}

/// What a tool is about, and whether it is known what it does with that.
fn of_tool(tool: &str, input: &Value) -> Result<(Named, bool), Failure> {
    if WRITERS.contains(&tool) {
        let named = told(input)?;
        let is_any = !named.paths.is_empty();
        return if is_any { Ok((named, true)) } else { Err(unreadable(&format!("{tool} names no file"))) };
    }
    if tool == "Bash" {
        let lines = command(input)?.ok_or_else(|| unreadable("Bash names no command"))?;
        return Ok((Named { lines: vec![lines], ..Named::default() }, true));
    }
    let mut named = Named::by(input);
    // Some tools have verbs of their own.
    if only_looks(tool) || matches!(named.lines.as_slice(), [line] if line.trim() == "view") {
        named = Named { lines: named.lines, programs: named.programs, places: named.places, ..Named::default() };
    }
    Ok((named, false))
}

/// What is said by the keys that are told.
fn told(value: &Value) -> Result<Named, Failure> {
    Ok(Named { paths: paths(value)?, lines: command(value)?.into_iter().collect(), ..Named::default() })
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
        assert_eq!((event.form, event.named.paths), (Form::ClaudeCode, vec!["a".to_owned()]));
        assert!(event.named.lines.is_empty() && event.is_known);

        let event = read(&json!({ "command": ["git", "commit", "-m", "it's"] })).unwrap();
        assert_eq!((event.form, event.named.lines), (Form::Plain, vec![r"'git' 'commit' '-m' 'it'\''s'".to_owned()]));
        assert_eq!(read(&json!({ "paths": ["a", "b"] })).unwrap().named.paths, ["a", "b"]);
    }

    #[test]
    fn a_tool_that_only_looks_is_about_nothing() {
        let event = read(&json!({ "tool_name": "Read", "tool_input": { "file_path": ".gov/policy.yaml" } })).unwrap();

        assert!(event.named.paths.is_empty());
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
