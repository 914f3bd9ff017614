//! `core.sharedRepository`: what a repository's group, or everybody, may do with what is written into it.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::repo::Repo;

/// Whose a folder's group is goes for what is made in it.
const SET_GROUP: u32 = 0o2000;

/// The rights that a setting asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sharing {
    rights: u32,
    /// Whether these are all there are, whatever the umask.
    is_exact: bool,
}

impl Repo {
    /// Makes a folder and what is missing above it, as git would.
    pub(crate) fn make_folder(&self, path: &Path) -> io::Result<()> {
        let missing: Vec<&Path> = path.ancestors().take_while(|above| !above.exists()).collect();
        std::fs::create_dir_all(path)?;
        for made in missing {
            self.share(made);
        }
        Ok(())
    }

    /// The same for a file that libgit2 made, which knows nothing of this, and for the folders above it.
    pub(super) fn share_below(&self, folder: &Path, file: &Path) {
        file.ancestors().take_while(|above| *above != folder).for_each(|made| self.share(made));
    }

    /// Gives what was made in the repository the rights that it would have from git. What is somebody else's has
    /// them from them.
    pub(crate) fn share(&self, path: &Path) {
        if !path.starts_with(self.common_dir()) {
            return;
        }
        let setting = self.config_string("core.sharedRepository");
        let Some(sharing) = setting.as_deref().and_then(Sharing::parse) else { return };
        if let Ok(known) = path.metadata() {
            let mode = known.permissions().mode();
            let shared = sharing.of(mode, known.is_dir());
            if shared != mode {
                let _ = std::fs::set_permissions(path, PermissionsExt::from_mode(shared));
            }
        }
    }
}

impl Sharing {
    fn parse(text: &str) -> Option<Self> {
        let least = |rights| Some(Self { rights, is_exact: false });
        match u32::from_str_radix(text, 8) {
            Ok(0) => None,
            Ok(1) => least(0o660),
            Ok(2) => least(0o664),
            Ok(rights) => Some(Self { rights: rights & 0o666, is_exact: true }),
            Err(_word) => match text.to_ascii_lowercase().as_str() {
                "group" | "true" | "yes" | "on" => least(0o660),
                "all" | "world" | "everybody" => least(0o664),
                _ => None,
            },
        }
    }

    /// What a mode becomes, by git's own reckoning.
    const fn of(self, mode: u32, is_folder: bool) -> u32 {
        let mut rights = self.rights;
        if mode & 0o200 == 0 {
            rights &= !0o222;
        }
        if is_folder || mode & 0o100 != 0 {
            rights |= (rights & 0o444) >> 2;
        }
        let kept = if self.is_exact { mode & !0o777 } else { mode };
        if is_folder { kept | rights | SET_GROUP } else { kept | rights }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_those_that_git_gives() {
        let shared = |setting, mode, is_folder| Sharing::parse(setting).map(|sharing| sharing.of(mode, is_folder));

        assert_eq!(shared("1", 0o644, false), Some(0o664));
        assert_eq!(shared("group", 0o755, true), Some(0o2775));
        assert_eq!(shared("true", 0o444, false), Some(0o444));
        assert_eq!(shared("2", 0o600, false), Some(0o664));
        assert_eq!(shared("all", 0o700, true), Some(0o2775));
        assert_eq!(shared("0640", 0o644, false), Some(0o640));
        assert_eq!(shared("0660", 0o755, true), Some(0o2770));
        assert_eq!(
            (shared("umask", 0o644, false), shared("0", 0o644, false), shared("false", 0o644, false)),
            (None, None, None)
        );
    }
}
