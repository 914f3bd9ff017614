//! The checkpoints that trailers anchor: in the commits that landed on the trusted side, one after the
//! other, and in tags. What a branch says that was merged there anchors nothing: anybody may have said it.

use super::kept::Pins;
use super::told::Depth;
use crate::app::Failure;
use crate::git::{Repo, trailers};
use crate::ledger::{Anchor, Claim};
use crate::model::{ObjectId, Sha256};
use crate::report::audit::verify::{Anchors, NotAnchored};

/// Every anchor with the place where it stands, and what only looks like one.
#[derive(Default)]
pub(super) struct Anchored {
    pub(super) anchors: Vec<(String, Anchor)>,
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

    pub(super) fn read(&mut self, message: &[u8], place: &dyn Fn() -> String) {
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
