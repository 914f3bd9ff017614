//! Taking out of an agent's settings what `install --agents` put into them, and nothing else.
//!
//! The settings are committed and others have them too, so only the clone that put it there takes it
//! out: it keeps a note of what it did in its git directory.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{AGENT, SETTINGS, ours, read, splice};
use crate::app::Failure;
use crate::app::own_file::{self, OwnFile};
use crate::git::Repo;
use crate::model::{Sha256, shell_word};

/// What may be missing before, and is made for what goes in; the inner ones first.
const CONTAINERS: [&[&str]; 3] = [&["hooks", "PreToolUse"], &["hooks"], &["env"]];

/// One thing that is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Hook,
    /// The name that the agent goes by.
    Name(String),
}

/// What was done to the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// The file as it was, and the digest of what it became: as long as it is that, it can be put back
    /// to the byte. Null for a file that was not there.
    before: Value,
    after: String,
    parts: Vec<Part>,
    /// Containers that were not there before, as JSON pointers; the empty one is the file itself.
    made: Vec<String>,
}

/// Where the note is kept, for each work tree its own.
pub(super) fn kept(repo: &Repo) -> PathBuf {
    repo.git_dir().join("gov/agents.json")
}

impl Note {
    pub(super) fn of(path: &Path, before: Option<&str>, after: &str, added: &[super::Added]) -> Self {
        let settings: Value = before.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let missing = CONTAINERS.iter().map(|parts| pointer(parts)).filter(|at| settings.pointer(at).is_none());
        let mut made: Vec<String> = missing.collect();
        made.extend(before.is_none().then(String::new));
        made.extend(path.parent().filter(|folder| !folder.exists()).map(|_| FOLDER.to_owned()));
        Self {
            before: json!(before),
            after: Sha256::of(after.as_bytes()).to_string(),
            parts: added.iter().map(|added| added.part.clone()).collect(),
            made,
        }
    }

    /// Beside what earlier ones say; what was written between the two is not to be lost.
    pub(super) fn keep(mut self, repo: &Repo, path: &Path) -> Result<(), Failure> {
        if let Some(earlier) = Self::kept_at(path)? {
            self.parts.extend(earlier.parts);
            self.made.extend(earlier.made);
            self.after.clear();
        }
        let name = self.parts.iter().find_map(|part| match part {
            Part::Name(name) => Some(name),
            Part::Hook => None,
        });
        let note = json!({
            "before": self.before, "after": self.after, "made": self.made,
            "hook": self.parts.contains(&Part::Hook), "name": name,
        });
        let cannot = |error: std::io::Error| Failure::new(format!("cannot write `{}`: {error}", path.display()));
        path.parent().map_or(Ok(()), |folder| repo.make_folder(folder)).map_err(cannot)?;
        fs::write(path, note.to_string()).map_err(cannot)?;
        repo.share(path);
        Ok(())
    }

    fn kept_at(path: &Path) -> Result<Option<Self>, Failure> {
        let text = match fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::new(format!("cannot read `{}`: {error}", path.display()))),
        };
        let note: Value = serde_json::from_slice(&text).map_err(|error| {
            Failure::new(format!("`{}` no longer tells what was put into {SETTINGS}: {error}", path.display()))
                .mended_by(format!(
                    "take what names gov-hook out of {SETTINGS} yourself, then: rm {}",
                    shell_word(&path.to_string_lossy())
                ))
        })?;
        let text = |key: &str| note.get(key).and_then(Value::as_str).map(str::to_owned);
        let made = note.get("made").and_then(Value::as_array).cloned().unwrap_or_default();
        let hook = (note.get("hook") == Some(&json!(true))).then_some(Part::Hook);
        Ok(Some(Self {
            before: note.get("before").cloned().unwrap_or_default(),
            after: text("after").unwrap_or_default(),
            parts: hook.into_iter().chain(text("name").map(Part::Name)).collect(),
            made: made.iter().filter_map(|at| at.as_str().map(str::to_owned)).collect(),
        }))
    }

    /// The settings without what is ours; `None` for no file at all.
    fn undone(&self, text: &str) -> Option<String> {
        if self.after == Sha256::of(text.as_bytes()).to_string() {
            return self.before.as_str().map(str::to_owned);
        }
        let mut text = text.to_owned();
        for part in &self.parts {
            let without = match part {
                Part::Hook => splice::without_element(&text, &["hooks", "PreToolUse"], &ours()),
                Part::Name(name) => splice::without_member(&text, &["env"], AGENT, Some(&json!(name))),
            };
            text = without.unwrap_or(text);
        }
        let is_made = |at: &str| self.made.iter().any(|made| made == at);
        for parts in CONTAINERS.iter().filter(|parts| is_made(&pointer(parts))) {
            let Some((last, before)) = parts.split_last() else { continue };
            let empty = if parts.len() > 1 { json!([]) } else { json!({}) };
            text = splice::without_member(&text, before, last, Some(&empty)).unwrap_or(text);
        }
        let is_empty = serde_json::from_str::<Value>(&text).is_ok_and(|settings| settings == json!({}));
        (!is_empty || !is_made("")).then_some(text)
    }
}

/// The mark of a folder that was made; no JSON pointer looks like it.
const FOLDER: &str = ".claude";

fn pointer(parts: &[&str]) -> String {
    parts.iter().flat_map(|part| ["/", part]).collect()
}

/// What became of the settings, as a line for a person; nothing where this clone has never touched them.
pub(in crate::app::install) fn uninstall(repo: &Repo) -> Result<Option<String>, Failure> {
    let kept = kept(repo);
    let Some(note) = Note::kept_at(&kept)?.filter(|_| !repo.is_bare()) else { return Ok(None) };
    let told = match read(repo)? {
        None => None,
        Some(text) => match note.undone(&text) {
            Some(undone) if undone == text => None,
            Some(undone) => {
                OwnFile::hold(repo, SETTINGS)?.replace(undone.as_bytes())?;
                Some(format!("{SETTINGS}: taken out again"))
            }
            None => {
                let path = own_file::place(repo, SETTINGS)?;
                fs::remove_file(&path).map_err(|error| Failure::new(format!("cannot remove `{SETTINGS}`: {error}")))?;
                if let Some(folder) = path.parent().filter(|_| note.made.iter().any(|made| made == FOLDER)) {
                    // Somebody else may have put something there since.
                    let _ = fs::remove_dir(folder);
                }
                Some(format!("{SETTINGS}: removed, as it was not there before"))
            }
        },
    };
    fs::remove_file(&kept).map_err(|error| Failure::new(format!("cannot remove `{}`: {error}", kept.display())))?;
    Ok(told)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::with_ours;
    use super::*;

    fn installed(before: &str) -> (Note, String) {
        let (after, added) = with_ours(before, "claude").unwrap();
        (Note::of(Path::new("/nowhere/.claude/settings.json"), Some(before), &after, &added), after)
    }

    #[test]
    fn what_was_not_touched_since_is_put_back_to_the_byte() {
        for before in ["{}", "{ }\n", "{\n\t\"env\" : {} }", "{\"hooks\":{\"PreToolUse\":[ ] }}\n\n"] {
            let (note, after) = installed(before);

            assert_eq!(note.undone(&after).as_deref(), Some(before));
        }
    }

    #[test]
    fn what_others_wrote_since_stays_and_what_was_made_for_ours_goes() {
        for (before, since, expected) in [
            ("{}", "{\"model\": 1, ", "{\"model\": 1\n}"),
            ("{\"env\":{\"A\":\"1\"}}", "{\"model\": 1, ", "{\"model\": 1, \"env\":{\"A\":\"1\"\n  }\n}"),
            (
                "{\"hooks\":{\"PreToolUse\":[{\"matcher\":\"Bash\"}]}}",
                "{\"model\": 1, ",
                "{\"model\": 1, \"hooks\":{\"PreToolUse\":[{\"matcher\":\"Bash\"}\n    ]}\n}",
            ),
        ] {
            let (note, after) = installed(before);
            let changed = after.replacen('{', since, 1);

            assert_eq!(note.undone(&changed).as_deref(), Some(expected), "{before}");
        }
    }

    #[test]
    fn what_a_person_changed_of_ours_is_theirs() {
        let (note, after) = installed("{}");
        let changed = after.replace("\"claude\"", "\"mine\"").replace("|| exit 2", "|| exit 0");

        assert_eq!(note.undone(&changed).as_deref(), Some(changed.as_str()));
    }
}
