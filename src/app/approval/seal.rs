//! With which key a person's word is signed, found out before they are asked to give it.

use crate::app::judging::Judged;
use crate::app::memory::{NAMESPACE, Pen, good, signers, unsigned};
use crate::app::{Environment, Failure};
use crate::git::Repo;
use crate::model::{Enforcement, Moment, ObjectId, Saying, Seal, address};

/// Signs where the policy or the level asks for it, and where the key at hand is listed anyway.
pub(super) fn signing<'a>(
    repo: &'a Repo,
    pen: Pen<'a>,
    judged: &Judged,
    environment: &Environment,
) -> Result<Pen<'a>, Failure> {
    let now = environment.moment()?;
    if judged.judgement.level == Enforcement::Production || judged.needs.iter().any(|need| need.signed) {
        return demanded(repo, pen, judged.trusted, now);
    }
    let listed = signers(repo, judged.trusted)?.signers;
    let Some(listed) = listed.filter(|_| repo.config_string("gpg.format").as_deref() == Some("ssh")) else {
        return Ok(pen);
    };
    // A key that is no good is no hindrance where none is asked for.
    let signing = Pen::open(repo, environment, judged.audit, None)?.signing();
    let is_listed = |pen: &Pen<'_>| {
        pen.public_key().is_some_and(|key| listed.allow(key, &pen.actor().email, NAMESPACE, now).is_ok())
    };
    Ok(signing.ok().filter(is_listed).unwrap_or(pen))
}

/// What the signature of this pen's next word will be worth; `others` may be whoever it is, besides.
pub(super) fn sealed(
    repo: &Repo,
    judged: &Judged,
    pen: &Pen<'_>,
    (saying, others): (&Saying, &[String]),
) -> Result<Seal, Failure> {
    let Some(listed) = signers(repo, judged.trusted)?.signers else { return Ok(Seal::Missing) };
    let by = &pen.actor().email;
    let Some(key) = pen.public_key() else {
        return Ok(if saying.lets_pass() { unsigned(Some(&listed), by, judged.landing.now) } else { Seal::Missing });
    };
    if let Err(refusal) = listed.allow(key, by, NAMESPACE, judged.landing.now) {
        return Ok(Seal::Bad(format!("its signature does not count: {refusal}")));
    }
    let heard = judged.words.iter().map(|word| word.by.as_str());
    let asked = judged.landing.requested_by.iter().chain(others).filter_map(|other| address(other));
    let authors = judged.authors.iter().map(|author| author.email.as_str());
    Ok(good(&listed, key, by, authors.chain(asked).chain(heard)))
}

/// Signs with a key that the law lists for whoever writes, or says why that cannot be.
pub(super) fn demanded<'a>(
    repo: &'a Repo,
    pen: Pen<'a>,
    trusted: Option<ObjectId>,
    now: Moment,
) -> Result<Pen<'a>, Failure> {
    let Some(listed) = signers(repo, trusted)?.signers else {
        return Err(Failure::new("a signature is required, but no file lists whose keys count")
            .mended_by("list the keys of the approvers in .gov/allowed_signers on the branch it lands on"));
    };
    let pen = pen.signing()?;
    let by = &pen.actor().email;
    let Some(key) = pen.public_key() else { return Ok(pen) };
    listed.allow(key, by, NAMESPACE, now).map_err(|refusal| {
        Failure::new(format!("you may not sign this: {refusal}")).mended_by(format!(
            "allow {by} the namespace `{NAMESPACE}` in .gov/allowed_signers, or ask somebody who may sign"
        ))
    })?;
    Ok(pen)
}
