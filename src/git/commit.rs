//! A commit as its object says it, whatever grafts or replacement refs claim.

use std::borrow::Cow;

use git2::ObjectType;

use super::error::GitError;
use super::repo::Repo;
use crate::model::{ObjectId, Person};

#[derive(Clone, Debug)]
pub struct Commit {
    pub id: ObjectId,
    pub tree: ObjectId,
    pub parents: Vec<ObjectId>,
    pub author: Person,
    pub committer: Person,
    /// Seconds since 1970, as the author's clock or the author had them.
    pub authored_at: i64,
    /// Seconds since 1970.
    pub committed_at: i64,
    /// What stands before the message and behind the parents: who wrote it, signatures, and the whole of a
    /// tag that was merged.
    pub header: Vec<u8>,
    pub message: Vec<u8>,
}

impl Commit {
    /// The first line of the message, as its author wrote it.
    #[must_use]
    pub fn subject(&self) -> String {
        let line = self.message.split(|&byte| byte == b'\n').find(|line| !line.trim_ascii().is_empty());
        String::from_utf8_lossy(line.unwrap_or_default()).trim().to_owned()
    }

    #[must_use]
    pub fn trailers(&self) -> Vec<String> {
        trailers(&self.message)
    }

    /// Whoever wrote a part of it: author, committer and co-authors.
    #[must_use]
    pub fn people(&self) -> Vec<Person> {
        let mut people = vec![self.author.clone(), self.committer.clone()];
        people.extend(co_authors(&self.message));
        people
    }

    /// `None` for what is no commit.
    #[must_use]
    pub fn parse(id: ObjectId, bytes: &[u8]) -> Option<Self> {
        // The headers are short: a search that first asks what the processor can do takes longer.
        let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap_or(bytes.len());
        let headers = bytes.get(..end)?;
        let message = bytes.get(end + 2..).unwrap_or_default().to_vec();
        let (mut tree, mut author, mut committer) = (None, None, None);
        let mut parents = Vec::new();
        // git takes for parents what stands right behind the tree, and nothing further down.
        let mut is_lineage = true;
        let mut lineage = 0;
        for line in headers.split(|&byte| byte == b'\n') {
            let space = line.iter().position(|&byte| byte == b' ').unwrap_or(line.len());
            let value = line.get(space + 1..).unwrap_or_default();
            let named = || std::str::from_utf8(value).ok()?.parse::<ObjectId>().ok();
            match line.get(..space)? {
                b"tree" if tree.is_none() => tree = Some(named()?),
                b"parent" if is_lineage => parents.push(named()?),
                b"author" if author.is_none() => author = Some(signature(value)),
                b"committer" if committer.is_none() => committer = Some(signature(value)),
                _ => {}
            }
            is_lineage &= line.starts_with(b"tree ") || line.starts_with(b"parent ");
            lineage += if is_lineage { line.len() + 1 } else { 0 };
        }
        let header = headers.get(lineage..).unwrap_or_default().to_vec();
        let ((author, authored_at), (committer, committed_at)) = (author?, committer?);
        Some(Self { id, tree: tree?, parents, author, committer, authored_at, committed_at, header, message })
    }
}

/// The `Key: value` lines of a message's last paragraph, as git reads them: blanks may stand before the
/// colon, and lines that begin with one go on from the line before.
#[must_use]
pub fn trailers(message: &[u8]) -> Vec<String> {
    if memchr::memchr(b':', message).is_none() {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(message);
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    let last = lines.rsplit(|line| line.is_empty()).next().unwrap_or_default();
    let mut trailers: Vec<String> = Vec::new();
    // What goes on from a line that is no trailer belongs to none.
    let mut is_open = false;
    for line in last {
        if line.starts_with([' ', '\t']) {
            if let Some(trailer) = trailers.last_mut().filter(|_| is_open) {
                *trailer = format!("{} {}", trailer.trim_end(), line.trim_start());
            }
        } else {
            let trailer = trailer(line);
            is_open = trailer.is_some();
            trailers.extend(trailer);
        }
    }
    trailers
}

fn trailer(line: &str) -> Option<String> {
    let (key, value) = line.split_once(':')?;
    let key = key.trim_end();
    let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_key.then(|| format!("{key}: {}", value.trim()))
}

/// Those whom a message names as its co-authors.
#[must_use]
pub fn co_authors(message: &[u8]) -> Vec<Person> {
    let co_author = |line: &String| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case("co-authored-by").then(|| mailbox(value.trim()))
    };
    trailers(message).iter().filter_map(co_author).collect()
}

impl Repo {
    pub fn commit(&self, id: ObjectId) -> Result<Commit, GitError> {
        let bytes = self.read(id, ObjectType::Commit, &|| "a commit".into()).map_err(|error| {
            if let GitError::Missing { id, promised_by, .. } = error {
                GitError::MissingCommit { id, promised_by }
            } else {
                error
            }
        })?;
        Commit::parse(id, &bytes).ok_or(GitError::Malformed { id, what: "commit" })
    }

    /// The same for whoever does without a commit that is not here or cannot be read: to tell which of these
    /// it is takes a look through the names of all packs.
    #[must_use]
    pub fn commit_here(&self, id: ObjectId) -> Option<Commit> {
        match self.at_hand(id, ObjectType::Commit) {
            Some(bytes) => Commit::parse(id, &bytes),
            None => self.is_anywhere(id).then(|| self.commit(id).ok()).flatten(),
        }
    }
}

/// Splits `Name <email> seconds zone`.
fn signature(bytes: &[u8]) -> (Person, i64) {
    let text = std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
    let (who, when) = text.rsplit_once('>').unwrap_or((&text, ""));
    let seconds = when.split_whitespace().next().and_then(|seconds| seconds.parse().ok()).unwrap_or_default();
    (mailbox(who), seconds)
}

/// Splits `Name <email>`, the closing bracket being optional.
fn mailbox(text: &str) -> Person {
    let (name, email) = text.rsplit_once('<').unwrap_or((text, ""));
    Person { name: name.trim().to_owned(), email: email.trim_end_matches('>').trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RAW: &[u8] = b"tree 1111111111111111111111111111111111111111\n\
        parent 2222222222222222222222222222222222222222\n\
        author Ada L <ada@example.com> 1700000000 +0100\n\
        committer Lin <lin@example.com> 1700000001 +0000\n\
        gpgsig -----BEGIN\n author Forged <forged@example.com> 1 +0000\n\
        \n\
        Subject here\n\nBody: not a trailer paragraph\n\nFixes: #1\nCo-authored-by: Claude <noreply@anthropic.com>\n";

    #[test]
    fn a_commit_is_read_from_its_bytes() {
        let commit = Commit::parse(ObjectId::new([0; 20]), RAW).unwrap();

        assert_eq!(commit.subject(), "Subject here");
        assert_eq!((commit.authored_at, commit.committed_at), (1_700_000_000, 1_700_000_001));
        assert_eq!(commit.parents.len(), 1);
        assert!(commit.header.starts_with(b"author Ada L") && commit.header.ends_with(b"1 +0000"));
        assert_eq!(commit.trailers(), ["Fixes: #1", "Co-authored-by: Claude <noreply@anthropic.com>"]);
        let emails: Vec<String> = commit.people().into_iter().map(|person| person.email).collect();
        assert_eq!(emails, ["ada@example.com", "lin@example.com", "noreply@anthropic.com"]);
    }

    #[test]
    fn trailers_are_what_git_takes_for_them() {
        let of = |message: &str| trailers(message.as_bytes()).join("|");

        assert_eq!(of("S\n\nCo-authored-by : Lin <l@x>\nFixes:#1"), "Co-authored-by: Lin <l@x>|Fixes: #1");
        assert_eq!(of("S\n\nCo-authored-by: Lin\n <l@x>\n\t(she)\nA: b"), "Co-authored-by: Lin <l@x> (she)|A: b");
        assert_eq!(of("S\n\nCo-authored-by:\n Lin <l@x>"), "Co-authored-by: Lin <l@x>");
        assert_eq!(of("S\r\n \t\r\nA: b\r\n"), "A: b");
        assert_eq!(of("S\n\n (cherry picked\n A: c)\nno trailer\n A: d\nA: b"), "A: b");
        assert_eq!(co_authors(b"S\n\nCo-authored-by : Lin\n <l@x>").first().unwrap().email, "l@x");
    }

    #[test]
    fn what_git_takes_for_no_parent_is_none() {
        let text = String::from_utf8_lossy(RAW);
        let more = text.replace("\ngpgsig", "\nparent 3333333333333333333333333333333333333333\ngpgsig");

        let commit = Commit::parse(ObjectId::new([0; 20]), more.as_bytes()).unwrap();

        assert_eq!(commit.parents, ["2222222222222222222222222222222222222222".parse().unwrap()]);
    }

    #[test]
    fn a_commit_without_a_tree_is_malformed() {
        assert!(Commit::parse(ObjectId::new([0; 20]), b"author A <a@b> 1 +0000\n\nx").is_none());
    }
}
