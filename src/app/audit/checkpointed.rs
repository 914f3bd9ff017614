//! `audit checkpoint --verify`: the ledger held against a checkpoint that was kept elsewhere.

use std::io::Read;
use std::path::Path;

use serde_json::{Value, json};

use crate::app::memory::{Depth, Reading, read_against, signers, trusted_side};
use crate::app::{Answer, Environment, Failure};
use crate::git::Repo;
use crate::ledger::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::model::{Ending, counted};
use crate::report::audit::verify::{Verified, damage_v1, human};
use crate::report::{Medium, Style, printable};

/// It does not hold.
const BROKEN: Ending = Ending::Denied;

/// No checkpoint is larger: a line for each stream.
const LARGEST: u64 = 64 << 20;

pub fn verify(file: &Path, environment: &Environment, medium: Medium, style: Style) -> Result<Answer, Failure> {
    let kept = Kept::read(file)?;
    let repo = Repo::open(&environment.place)?;
    let listed = signers(&repo, trusted_side(&repo)?)?;
    let doubt = match &kept.signed {
        Some(signed) => signed.verify(listed.signers.as_ref(), environment.moment()?).err(),
        None => None,
    };
    let claims = kept.checkpoint.claims(&file.display().to_string());
    let reading = read_against(&repo, Depth::Whole, claims, &|_| ())?;
    let is_of_another = reading.genesis.is_some_and(|genesis| genesis != kept.checkpoint.repo);
    let why = match doubt {
        Some(doubt) => Some(doubt.to_string()),
        None if is_of_another => Some("it is of another repository".to_owned()),
        None => None,
    };
    let holds = why.is_none() && reading.verdict.damage.is_empty();
    let is_listed = listed.signers.is_some();
    let found = Found { kept, reading, why, is_listed };
    let exit = if holds { Ending::Pass } else { BROKEN };
    let text = if medium == Medium::Json { found.json(exit) } else { found.text(style) };
    Ok(Answer { text: text.into_bytes(), exit })
}

/// A checkpoint as it was kept, signed or not.
struct Kept {
    checkpoint: Checkpoint,
    signed: Option<SignedCheckpoint>,
}

impl Kept {
    fn read(file: &Path) -> Result<Self, Failure> {
        let shown = file.display();
        let mut text = String::new();
        let opened: std::io::Result<Box<dyn Read>> = if file == Path::new("-") {
            Ok(Box::new(std::io::stdin()))
        } else {
            std::fs::File::open(file).map(|file| Box::new(file) as Box<dyn Read>)
        };
        opened
            .and_then(|file| file.take(LARGEST).read_to_string(&mut text))
            .map_err(|error| Failure::new(format!("cannot read `{shown}`: {error}")))?;
        let failed = |error: CheckpointError| {
            Failure::new(format!("`{shown}` cannot be compared with the ledger"))
                .for_this_reason(error.to_string())
                .mended_by("keep exactly what `gov-hook audit checkpoint` prints, byte for byte")
        };
        if text.contains("\n\n") {
            let signed = SignedCheckpoint::parse(&text).map_err(failed)?;
            return Ok(Self { checkpoint: signed.checkpoint.clone(), signed: Some(signed) });
        }
        Ok(Self { checkpoint: Checkpoint::parse(&text).map_err(failed)?, signed: None })
    }

    fn signed_by(&self) -> Vec<&str> {
        let signatures = self.signed.iter().flat_map(|signed| &signed.signatures);
        signatures.map(|(name, _)| name.as_str()).collect()
    }
}

struct Found {
    kept: Kept,
    reading: Reading,
    /// Why the checkpoint itself is not to be believed here.
    why: Option<String>,
    is_listed: bool,
}

impl Found {
    fn text(self, style: Style) -> String {
        if let Some(why) = &self.why {
            return format!("the checkpoint does not hold: {}\n", printable(why));
        }
        let streams = counted(self.kept.checkpoint.heads.len(), "stream");
        let by = match (self.kept.signed_by().as_slice(), self.is_listed) {
            ([], _) => "it is unsigned: it proves only as much as the place where it was kept\n".to_owned(),
            (by, true) => format!("signed by {}\n", printable(&by.join(", "))),
            (by, false) => {
                format!("signed by {}, whose key is in no .gov/allowed_signers\n", printable(&by.join(", ")))
            }
        };
        let Reading { genesis, streams: found, entries, signed, anchors, verdict, .. } = self.reading;
        if verdict.damage.is_empty() {
            return format!("the checkpoint holds: {streams} as it says, or grown since\n{by}");
        }
        let verified = Verified {
            genesis,
            streams: found,
            entries,
            signed,
            unwitnessed: Vec::new(),
            damage: verdict.damage,
            anchors,
            covered: None,
            replayed: None,
            may_be_elsewhere: false,
        };
        format!("the checkpoint does not hold; {}", human(&verified, style))
    }

    fn json(&self, exit: Ending) -> String {
        let damage: Vec<Value> = self.reading.verdict.damage.iter().map(damage_v1).collect();
        let json = json!({
            "schema": "gov-hook/audit-checkpoint/v1",
            "exit": exit.code(),
            "holds": exit == Ending::Pass,
            "genesis": self.kept.checkpoint.repo.to_string(),
            "streams": self.kept.checkpoint.heads.len(),
            "signed_by": self.kept.signed_by(),
            "why": self.why,
            "damage": damage,
        });
        format!("{json:#}\n")
    }
}
