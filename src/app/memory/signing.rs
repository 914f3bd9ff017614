//! Whether the key at hand may sign something, asked before anything is written: an entry cannot be
//! taken back.

use super::Pen;
use super::laws::{signers, trusted_side};
use crate::app::Failure;
use crate::git::Repo;
use crate::model::Moment;

pub(in crate::app) fn may_sign(repo: &Repo, pen: &Pen<'_>, namespace: &str, now: Moment) -> Result<(), Failure> {
    let listed = signers(repo, trusted_side(repo)?)?;
    let (Some(signers), Some(key)) = (listed.signers, pen.public_key()) else { return Ok(()) };
    let email = &pen.actor().email;
    signers.allow(key, email, namespace, now).map_err(|refusal| {
        Failure::new(format!("you may not sign this: {refusal}")).mended_by(format!(
            "allow {email} the namespace `{namespace}` in .gov/allowed_signers, or ask somebody who may sign"
        ))
    })
}
