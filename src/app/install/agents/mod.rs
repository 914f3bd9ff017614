//! `install --agents`: has Claude Code ask `gov-hook hook agent` before it calls a tool.
//!
//! A settings file that is there stays as it is to the letter; what is ours goes in beside it.

mod away;
mod splice;

use std::fmt::Write;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::app::own_file::{self, OwnFile};
use crate::app::{Answer, Environment, Failure, law};
use crate::git::Repo;
pub(super) use away::uninstall;
use away::{Note, Part};

const SETTINGS: &str = ".claude/settings.json";

/// Claude Code goes on after any code but 2, so a program that is not there has to be one.
const COMMAND: &str = "gov-hook hook agent || exit 2";

/// The variable that says which agent is at work.
const AGENT: &str = "GOV_HOOK_AGENT";

const MATCHER: &str = "Write|Edit|MultiEdit|NotebookEdit|Bash|mcp__.*";

/// What would go into the settings, before any of it does.
pub struct Proposal {
    repo: Repo,
    kept: PathBuf,
    before: Option<String>,
    after: String,
    note: Note,
    /// What a person has to see first; empty where it is all there.
    pub shown: String,
}

pub fn agents(environment: &Environment) -> Result<Proposal, Failure> {
    let repo = Repo::open(&environment.place)?;
    if repo.is_bare() {
        return Err(Failure::new("a bare repository has no work tree that an agent could work in"));
    }
    let before = read(&repo)?;
    let id = id_of_claude(&repo)?;
    let text = before.as_deref().unwrap_or("{}\n");
    let (after, added) = with_ours(text, &id)?;
    let mut shown = String::new();
    if !added.is_empty() {
        let _ = writeln!(shown, "{} {SETTINGS}", if before.is_some() { "into" } else { "a new" });
    }
    for line in added.iter().flat_map(|part| part.shown.lines().map(str::to_owned).collect::<Vec<_>>()) {
        // Writing to a `String` cannot fail.
        let _ = writeln!(shown, "  {line}");
    }
    let note = Note::of(&own_file::place(&repo, SETTINGS)?, before.as_deref(), &after, &added);
    Ok(Proposal { kept: away::kept(&repo), repo, before, after, note, shown })
}

impl Proposal {
    /// Writes it, and keeps in mind what there was before.
    pub fn write(self) -> Result<Answer, Failure> {
        if self.shown.is_empty() {
            return Ok(Answer::passing(format!(
                "{SETTINGS} has it already: `gov-hook hook agent` is asked before every tool\n"
            )));
        }
        self.note.keep(&self.repo, &self.kept)?;
        OwnFile::hold(&self.repo, SETTINGS)?.replace(self.after.as_bytes())?;
        let done = if self.before.is_some() { "added to" } else { "wrote" };
        Ok(Answer::passing(format!(
            "{done} {SETTINGS}\nnext: see what an agent is told, then commit the file\n  \
             echo '{{\"path\": \".gov/policy.yaml\"}}' | gov-hook hook agent\n"
        )))
    }
}

fn read(repo: &Repo) -> Result<Option<String>, Failure> {
    let text = own_file::read(repo, SETTINGS)?.map(String::from_utf8).transpose();
    text.map_err(|error| Failure::new(format!("cannot read `{SETTINGS}`: {error}")))
}

/// What the policy calls this agent.
fn id_of_claude(repo: &Repo) -> Result<String, Failure> {
    let (policy, _) = law::policy_at(repo, repo.head()?.commit())?;
    let known = policy.agents.identities.iter().map(|agent| &agent.id).find(|id| id.to_lowercase().contains("claude"));
    Ok(known.cloned().unwrap_or_else(|| "claude".to_owned()))
}

/// A part of what is ours, as it goes in and as a person is shown it.
struct Added {
    part: Part,
    shown: String,
}

/// What has Claude Code ask.
fn ours() -> Value {
    json!({ "matcher": MATCHER, "hooks": [{ "type": "command", "command": COMMAND }] })
}

/// The settings with what is ours in them, and those parts of it that were missing.
fn with_ours(text: &str, id: &str) -> Result<(String, Vec<Added>), Failure> {
    let unfit = |why: &str| {
        Failure::new(format!("`{SETTINGS}` cannot be added to: {why}"))
            .mended_by(format!("add a `PreToolUse` hook that runs: {COMMAND}"))
    };
    let parse = |text: &str| serde_json::from_str::<Value>(text);
    let settings =
        parse(text).map_err(|error| unfit(&format!("no JSON at line {}, column {}", error.line(), error.column())))?;
    let hook = ours();
    let (mut after, mut added) = (text.to_owned(), Vec::new());
    if !asks_already(&settings) {
        after = splice::push(&after, &["hooks", "PreToolUse"], &hook)
            .ok_or_else(|| unfit("`hooks` is not an object of lists"))?;
        let shown = pretty(&json!({ "hooks": { "PreToolUse": [hook] } }));
        added.push(Added { part: Part::Hook, shown });
    }
    if settings.get("env").and_then(|variables| variables.get(AGENT)).is_none() {
        after = splice::put(&after, &["env"], AGENT, &json!(id)).ok_or_else(|| unfit("`env` is not an object"))?;
        let shown = pretty(&json!({ "env": { AGENT: id } }));
        added.push(Added { part: Part::Name(id.to_owned()), shown });
    }
    parse(&after).map_err(|_not_json| unfit("it is laid out in a way that gov-hook does not know"))?;
    Ok((after, added))
}

fn asks_already(settings: &Value) -> bool {
    let groups = settings.pointer("/hooks/PreToolUse").and_then(Value::as_array);
    let hooks = groups.into_iter().flatten().filter_map(|group| group.get("hooks")?.as_array()).flatten();
    let mut commands = hooks.filter_map(|hook| hook.get("command")?.as_str());
    commands.any(|command| command.contains("gov-hook hook agent"))
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_are_there_stay_to_the_letter() {
        let before = "{\n  \"model\": \"x\",\n  \"hooks\": {\n    \"Stop\": [],\n    \"PreToolUse\": [ {\"matcher\": \"Bash\", \"hooks\": []} ]\n  },\n  \"env\": {}\n}\n";

        let (after, added) = with_ours(before, "claude").unwrap();

        assert_eq!(
            after,
            concat!(
                "{\n  \"model\": \"x\",\n  \"hooks\": {\n    \"Stop\": [],\n    \"PreToolUse\": [ {\"matcher\": \"Bash\", \"hooks\": []},\n",
                "      {\n        \"hooks\": [\n          {\n            \"command\": \"gov-hook hook agent || exit 2\",\n",
                "            \"type\": \"command\"\n          }\n        ],\n",
                "        \"matcher\": \"Write|Edit|MultiEdit|NotebookEdit|Bash|mcp__.*\"\n      }\n    ]\n  },\n",
                "  \"env\": {\n    \"GOV_HOOK_AGENT\": \"claude\"\n  }\n}\n"
            )
        );
        assert_eq!(added.len(), 2);
        let (again, added) = with_ours(&after, "claude").unwrap();
        assert_eq!((again, added.len()), (after, 0));
    }

    #[test]
    fn a_file_of_any_layout_is_added_to_and_nothing_of_it_is_lost() {
        for before in [
            "{}",
            "{\"a\":1}",
            "{\"hooks\":{\"PreToolUse\":[]}}",
            " {\t\"hooks\" : { } , \"env\":{\"A\":\"}]\\\"{\"} }",
            "{\"env\":{\"GOV_HOOK_AGENT\":\"mine\"},\"x\":[1,{\"hooks\":{}}]}",
        ] {
            let (after, _) = with_ours(before, "claude").unwrap();

            let (old, new): (Value, Value) =
                (serde_json::from_str(before).unwrap(), serde_json::from_str(&after).unwrap());
            assert!(asks_already(&new), "{after}");
            assert!(new["env"]["GOV_HOOK_AGENT"].is_string());
            for (key, value) in old.as_object().unwrap() {
                let kept = &new[key];
                let is_kept = key == "hooks"
                    || kept == value
                    || value.as_object().unwrap().iter().all(|(key, value)| kept[key] == *value);
                assert!(is_kept, "{after}");
            }
        }
    }

    #[test]
    fn what_cannot_be_added_to_is_left_alone() {
        for before in ["", "[]", "{\"hooks\":[]}", "{\"hooks\":{\"PreToolUse\":{}}}", "{\"env\":7}", "{,}"] {
            assert!(with_ours(before, "claude").is_err(), "{before}");
        }
    }
}
