//! git's configuration, as far as it says who acts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use git2::{ConfigEntry, Repository};

use super::error::GitError;
use super::repo::Repo;

impl Repo {
    /// A setting, absent when it is not set or cannot be read.
    #[must_use]
    pub fn config_string(&self, key: &str) -> Option<String> {
        // libgit2 does not know `git -c`, nor the variables it is passed on in.
        if self.place.config_in_environment {
            let value = self.git(&["config", "--get", key]).ok()?;
            return Some(String::from_utf8_lossy(&value).trim_end().to_owned()).filter(|value| !value.is_empty());
        }
        let settings = self.settings.get_or_init(|| settings(&self.inner).unwrap_or_default());
        settings.get(&normal(key)).cloned().filter(|value| !value.is_empty())
    }

    /// What git runs in the place of a word, by that word.
    pub fn aliases(&self) -> Result<BTreeMap<String, String>, GitError> {
        let failed = |source| GitError::Git { what: "the settings of git".into(), source };
        let settings = self.inner.config().map_err(failed)?;
        let mut found = BTreeMap::new();
        let entries = settings.entries(Some("^alias\\.")).map_err(failed)?;
        entries
            .for_each(|entry| {
                let (key, value) = said(entry);
                let name = key.get("alias.".len()..).unwrap_or_default();
                // Since git 2.54 a name may also be that of a section of its own.
                let name = name.strip_suffix(".command").unwrap_or(name);
                found.insert(name.to_ascii_lowercase(), value);
            })
            .map_err(failed)?;
        Ok(found)
    }

    /// The same for a setting that names a file; `~` is the home directory.
    #[must_use]
    pub fn config_path(&self, key: &str) -> Option<PathBuf> {
        if self.place.config_in_environment {
            let value = self.git(&["config", "--type=path", "--get", key]).ok()?;
            return Some(PathBuf::from(String::from_utf8_lossy(&value).trim_end()));
        }
        self.inner.config().ok()?.get_path(key).ok()
    }
}

/// All settings at once: libgit2 looks at each question whether any of the files has changed.
fn settings(repository: &Repository) -> Result<BTreeMap<String, String>, git2::Error> {
    let mut found = BTreeMap::new();
    // From the system's to the repository's own: what is said last holds.
    repository.config()?.entries(None)?.for_each(|entry| {
        let (key, value) = said(entry);
        found.insert(key, value);
    })?;
    Ok(found)
}

/// A key and its value. What is in another encoding is said as far as it can be read: it is set all the same.
fn said(entry: &ConfigEntry<'_>) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(entry.name_bytes()), if entry.has_value() { text(entry.value_bytes()) } else { String::new() })
}

/// A key as libgit2 spells it: only what may stand in the middle is told apart by its case.
fn normal(key: &str) -> String {
    let (section, rest) = key.split_once('.').unwrap_or((key, ""));
    match rest.rsplit_once('.') {
        Some((middle, name)) => format!("{}.{middle}.{}", section.to_lowercase(), name.to_lowercase()),
        None => key.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_spelled_as_it_is_kept() {
        assert_eq!(normal("core.fsyncObjectFiles"), "core.fsyncobjectfiles");
        assert_eq!(normal("Remote.A.b.C.URL"), "remote.A.b.C.url");
    }
}
