//! `audit verify`: whether the ledger may be believed.

use std::sync::{Mutex, PoisonError};

use super::coverage::coverage;
use crate::app::memory::{Depth, Told, read_anchored};
use crate::app::record::Replay;
use crate::app::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::model::Ending;
use crate::report::audit::coverage::Covered;
use crate::report::audit::replayed::Replayed;
use crate::report::audit::verify::{Verified, human, json};
use crate::report::{Medium, Style};

/// What `audit verify` is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// A range `A..B`, or a revision with all that it has.
    pub range: Option<String>,
    /// Read everything, as if for the first time.
    pub full: bool,
    /// Make every recorded decision again.
    pub replay: bool,
    pub medium: Medium,
}

/// Broken, or not all of it governed.
const UNSOUND: Ending = Ending::Denied;

pub fn verify(request: &Request, environment: &Environment, style: Style) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let replayed = request.replay.then(|| repo.again().map(|repo| Mutex::new(Again::with(repo)))).transpose()?;
    let visit = |told: &Told| {
        if let Some(again) = &replayed {
            again.lock().unwrap_or_else(PoisonError::into_inner).take(told, environment);
        }
    };
    let depth = match (request.full, request.replay) {
        (true, _) => Depth::Afresh,
        (false, true) => Depth::Whole,
        (false, false) => Depth::News,
    };
    let (mut reading, covered) = match &request.range {
        Some(range) => {
            let depth = if depth == Depth::News { Depth::Whole } else { depth };
            let (reading, covered) = coverage(&repo, range, (depth, environment.moment()?), &visit)?;
            (reading, Some(covered.told(range)))
        }
        None => (read_anchored(&repo, depth, &|told| visit(&told))?, None),
    };
    let replayed =
        replayed.map(|again| again.into_inner().unwrap_or_else(PoisonError::into_inner).done()).transpose()?;
    let replayed = replayed.map(|replay| {
        reading.verdict.damage.extend(replay.damage);
        Replayed { same: replay.same, gone: replay.gone, partial: replay.partial, otherwise: replay.otherwise }
    });
    let found = Verified {
        genesis: reading.genesis,
        streams: reading.streams,
        entries: reading.entries,
        signed: reading.signed,
        unwitnessed: reading.verdict.unwitnessed,
        damage: reading.verdict.damage,
        anchors: reading.anchors,
        covered,
        replayed,
        may_be_elsewhere: reading.streams == 0 && repo.has_remote(),
    };
    let is_governed = found.covered.as_ref().is_none_or(Covered::is_governed);
    let exit = if found.is_sound() && is_governed { Ending::Pass } else { UNSOUND };
    let text = if request.medium == Medium::Json { json(&found, exit) } else { human(&found, style) };
    Ok(Answer { text: text.into_bytes(), exit })
}

/// Decisions being made again, on a handle of their own.
struct Again {
    repo: Repo,
    replay: Replay,
    failure: Option<Failure>,
}

impl Again {
    fn with(repo: Repo) -> Self {
        Self { repo, replay: Replay::default(), failure: None }
    }

    /// What is wrong is told as that already.
    fn take(&mut self, told: &Told, environment: &Environment) {
        if told.damage.is_empty() && self.failure.is_none() {
            self.failure = self.replay.take(&self.repo, environment, told.id, &told.entry).err();
        }
    }

    fn done(self) -> Result<Replay, Failure> {
        self.failure.map_or(Ok(self.replay), Err)
    }
}
