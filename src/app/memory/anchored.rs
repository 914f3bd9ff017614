//! The checkpoints that trailers anchor: in the commits that landed on the trusted side, one after the
//! other, and in tags. What a branch says that was merged there anchors nothing: anybody may have said it.

use super::kept::Pins;
use super::reading::{Depth, held_against};
use crate::app::Failure;
use crate::git::{Commit, Repo, trailers};
use crate::ledger::{Anchor, Claim};
use crate::model::{ObjectId, Sha256};
use crate::report::audit::verify::{Anchors, NotAnchored};

/// What these commits, and a tag by its name, anchor and the ledger does not hold, a line for each: once such
/// a commit has landed, nothing makes the ledger fit it again, and a tag goes to everybody who fetches.
pub(in crate::app) fn unfounded(
    repo: &Repo,
    commits: &[Commit],
    tag: Option<(&str, ObjectId)>,
) -> Result<Vec<String>, Failure> {
    let mut found = Anchored::default();
    for commit in commits {
        found.read(&commit.message, &|| format!("commit {}", commit.id.short()));
    }
    if let Some((name, tag)) = tag {
        repo.tag_messages(tag)?.iter().for_each(|message| found.read(message, &|| format!("tag {name}")));
    }
    if found.anchors.is_empty() {
        return Ok(Vec::new());
    }
    let without = held_against(repo, Vec::new())?;
    let (claims, _) = found.claims(without.genesis);
    let with = held_against(repo, claims)?;
    let damage = with.verdict.damage.into_iter().filter(|damage| !without.verdict.damage.contains(damage));
    Ok(damage.map(|damage| format!("{}: {}, found {}", damage.code, damage.expected, damage.found)).collect())
}

/// Every anchor with the place where it stands, and what only looks like one.
#[derive(Default)]
pub(super) struct Anchored {
    anchors: Vec<(String, Anchor)>,
    others: Vec<NotAnchored>,
}

impl Anchored {
    /// Where only news are read, those of the commits since the last time.
    pub(super) fn find(repo: &Repo, trusted: Option<ObjectId>, pins: &mut Pins, depth: Depth) -> Result<Self, Failure> {
        let mut found = Self::default();
        let since = pins.anchored.filter(|_| depth == Depth::News);
        if let Some(tip) = trusted {
            pins.anchored = Some(tip);
            repo.along_first_parents(tip, &mut |commit| {
                let is_new = since != Some(commit.id);
                if is_new {
                    found.read(&commit.message, &|| format!("commit {}", commit.id.short()));
                }
                is_new
            })?;
        }
        if since.is_some() {
            return Ok(found);
        }
        for (tag, object) in repo.marks("")? {
            let place = || format!("tag {tag}");
            match repo.tag_messages(object) {
                Ok(messages) => messages.iter().for_each(|message| found.read(message, &place)),
                Err(error) => found.others.push(NotAnchored { place: place(), why: error.to_string() }),
            }
        }
        Ok(found)
    }

    fn read(&mut self, message: &[u8], place: &dyn Fn() -> String) {
        for read in trailers(message).iter().filter_map(|trailer| Anchor::read(trailer)) {
            match read {
                Ok(anchor) => self.anchors.push((place(), anchor)),
                Err(error) => self.others.push(NotAnchored { place: place(), why: error.to_string() }),
            }
        }
    }

    /// What the ledger has to hold, where it is that of `genesis`; and how that is told.
    pub(super) fn claims(self, genesis: Option<Sha256>) -> (Vec<Claim>, Anchors) {
        let Self { anchors, mut others } = self;
        let (ours, foreign): (Vec<_>, Vec<_>) =
            anchors.into_iter().partition(|(_, anchor)| genesis.is_none_or(|genesis| genesis == anchor.repo));
        let why = "it is of another repository";
        others.extend(foreign.into_iter().map(|(place, _)| NotAnchored { place, why: why.into() }));
        let claims: Vec<Claim> = ours.iter().map(|(place, anchor)| anchor.claim(place)).collect();
        let anchors = Anchors { held_to: claims.len(), others };
        (claims, anchors)
    }
}
