//! Tags with an object of their own: what they say, and what they lead to.

use git2::ObjectType;

use super::error::GitError;
use super::reach::Start;
use super::repo::Repo;
use crate::model::ObjectId;

/// Longer chains of tags are nobody's.
const LONGEST_CHAIN: usize = 64;

/// What the object of a tag says.
#[derive(Clone, Debug)]
pub struct Tag {
    /// What it names, its own name, and who made it.
    pub header: Vec<u8>,
    pub message: Vec<u8>,
}

impl Repo {
    /// What an object is, or a chain of tags leads to.
    pub(super) fn peel(&self, start: &Start) -> Result<(ObjectId, ObjectType), GitError> {
        self.through_tags(start, &mut |_| ())
    }

    /// What the tags say that lead from an object to what is no tag; nothing where it is none itself.
    pub fn tag_messages(&self, id: ObjectId) -> Result<Vec<Vec<u8>>, GitError> {
        Ok(self.tags(id)?.into_iter().map(|tag| tag.message).collect())
    }

    /// Those tags themselves.
    pub fn tags(&self, id: ObjectId) -> Result<Vec<Tag>, GitError> {
        let mut tags = Vec::new();
        self.through_tags(&Start { name: id.to_string(), object: id }, &mut |tag| {
            let header = tag.windows(2).position(|pair| pair == b"\n\n").unwrap_or(tag.len());
            let (header, message) = tag.split_at(header);
            tags.push(Tag { header: header.to_vec(), message: message.get(2..).unwrap_or_default().to_vec() });
        })?;
        Ok(tags)
    }

    fn through_tags(&self, start: &Start, heard: &mut dyn FnMut(&[u8])) -> Result<(ObjectId, ObjectType), GitError> {
        let what = || format!("what `{}` names", start.name);
        let mut id = start.object;
        for _ in 0..LONGEST_CHAIN {
            let (_, kind) = self.header(id, &what)?;
            if kind != ObjectType::Tag {
                return Ok((id, kind));
            }
            let tag = self.read(id, ObjectType::Tag, &what)?;
            let named = tag.strip_prefix(b"object ").and_then(|rest| std::str::from_utf8(rest.get(..40)?).ok());
            heard(&tag);
            id = named.and_then(|hex| hex.parse().ok()).ok_or(GitError::Malformed { id, what: "tag" })?;
        }
        Err(GitError::Malformed { id: start.object, what: "tag" })
    }
}
