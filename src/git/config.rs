//! git's configuration, as far as it says who acts.

use std::collections::BTreeMap;
use std::path::PathBuf;

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
        // One setting needs no snapshot, which is a copy of all.
        self.inner.config().ok()?.get_string(key).ok().filter(|value| !value.is_empty())
    }

    /// What git runs in the place of a word, by that word.
    pub fn aliases(&self) -> Result<BTreeMap<String, String>, GitError> {
        let failed = |source| GitError::Open { source };
        let settings = self.inner.config().map_err(failed)?;
        let mut found = BTreeMap::new();
        let entries = settings.entries(Some("^alias\\.")).map_err(failed)?;
        entries
            .for_each(|entry| {
                // Since git 2.54 a name may also be that of a section of its own.
                let name = entry.name().ok().and_then(|name| name.get("alias.".len()..)).unwrap_or_default();
                let name = name.strip_suffix(".command").unwrap_or(name);
                found.insert(name.to_ascii_lowercase(), entry.value().unwrap_or_default().to_owned());
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
