//! git's configuration, as far as it says who acts.

use std::path::PathBuf;

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
        let mut config = self.inner.config().ok()?;
        let settings = config.snapshot().ok()?;
        settings.get_str(key).ok().map(str::to_owned).filter(|value| !value.is_empty())
    }

    /// The same for a setting that names a file; `~` is the home directory.
    #[must_use]
    pub fn config_path(&self, key: &str) -> Option<PathBuf> {
        if self.place.config_in_environment {
            let value = self.git(&["config", "--type=path", "--get", key]).ok()?;
            return Some(PathBuf::from(String::from_utf8_lossy(&value).trim_end()));
        }
        let mut config = self.inner.config().ok()?;
        config.snapshot().ok()?.get_path(key).ok()
    }
}
