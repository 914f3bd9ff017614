//! What a change looks like, line by line, as git shows it.

use super::command::printed;
use super::error::GitError;
use super::repo::Repo;
use crate::model::ObjectId;

impl Repo {
    /// The patch between two trees. No filter of the repository's own has a say in what is shown, nor
    /// have attributes that call a text binary. The tree of what is staged is not written anywhere: it
    /// is read from the index.
    pub fn patch(&self, base: Option<ObjectId>, tree: ObjectId) -> Result<Vec<u8>, GitError> {
        let plain = ["diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames"];
        let empty = ObjectId::EMPTY_TREE.to_string();
        let old = match base {
            Some(base) => self.commit(base)?.tree.to_string(),
            None => empty.clone(),
        };
        let new = tree.to_string();
        let sides = if self.has_tree(tree) { [&*old, &*new] } else { ["--cached", &*old] };
        let mut command = self.git_command();
        command.env("GIT_INDEX_FILE", self.index_path()).env("GIT_ATTR_SOURCE", empty);
        printed("diff", command.args(plain).args(sides).arg("--").output())
    }
}
