//! `gov-hook sign`: puts headers on files, and on record that it did.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::Signing;
use super::files::{Drafts, Named, named, os, root, typed, untouched};
use super::former::Former;
use crate::app::memory::Act;
use crate::app::memory::Pen;
use crate::app::memory::signed::book::known as known_to_the_ledger;
use crate::app::memory::signed::entry::{Artifact, acts};
use crate::app::progress::Progress;
use crate::app::{Answer, Environment, Failure, law};
use crate::git::Repo;
use crate::header::{self, LARGEST, Refusal, Signed, Syntax, Terms, Unmarked, dressed, syntax_for};
use crate::ledger::member::{self, SignAction};
use crate::model::{Actor, Ending, EntrySubject, Gather, Moment, RepoPath, Sha256, branch_reference, shell_word};
use crate::policy::Policy;
use crate::report::Medium;
use crate::report::headers::{Refused, SignReport, SignedFile, refused, signed};

/// What is to become of one file.
struct Planned {
    path: RepoPath,
    place: PathBuf,
    before: Vec<u8>,
    /// None where the ledger alone signs it.
    after: Option<Vec<u8>>,
    artifact: Artifact,
    why: Option<Unmarked>,
}

/// What is to become of all files; nothing becomes of any where some are refused.
#[derive(Default)]
struct Plans {
    planned: Vec<Planned>,
    refusals: Vec<(RepoPath, Refusal)>,
}

impl Planned {
    /// As the report tells it.
    fn told(self) -> SignedFile {
        let Artifact { hash, block, blob, .. } = self.artifact;
        SignedFile { path: self.path, artifact: hash, block, blob, why: self.why.map(|why| why.to_string()) }
    }
}

/// All files are signed, or none is.
pub fn sign(request: &Signing, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    let root = root(&repo)?;
    let head = repo.head()?;
    if head.commit().is_none() {
        return Err(Failure::new("there is no commit yet, so there is no ledger to sign in")
            .mended_by("commit something first: git commit --allow-empty -m Start"));
    }
    let (policy, _) = law::policy_at(&repo, head.commit())?;
    known(&policy, &request.environment)?;
    let pen = Pen::open(&repo, environment, policy.audit, environment.agent.as_deref()).map_err(untouched)?;
    let terms = terms(request, pen.actor(), environment.moment()?)?;
    let book = known_to_the_ledger(&repo)?.book;
    let tree = head.commit().map(|commit| repo.commit(commit)).transpose()?.map(|commit| commit.tree);
    let former = Former {
        repo: &repo,
        root: &root,
        book: &book,
        tree,
        branch: head.branch(),
        environments: &policy.environments,
    };
    let files = named(&repo, &root, &request.paths)?;
    if files.is_empty() {
        return Err(nothing_in(&request.paths));
    }
    let progress = Progress::new("signing files:", files.len(), environment.stderr_is_terminal);
    let Plans { planned, refusals } = plan_all(files, &terms, &former, &progress)?;
    drop(progress);
    if !refusals.is_empty() {
        return refuse(&refusals, &root, &policy, request.medium);
    }
    let reference = head.branch().map(branch_reference);
    let subject = EntrySubject { base: head.commit(), reference, ..EntrySubject::default() };
    let signed_by = format!("{} <{}>", terms.name, terms.email);
    let artifacts: Vec<Artifact> = planned.iter().map(|plan| plan.artifact.clone()).collect();
    let mut acts = acts(&artifacts, &|act| saying(act, &terms, &signed_by), &subject);
    // Where the policy asks for signatures, whoever signs artifacts signs for it with their key.
    for act in &mut acts {
        act.is_signed = policy.audit.sign;
    }
    let drafts = drafted(&planned)?;
    let entries = pen.write(&acts).map_err(untouched)?;
    drafts.put()?;
    let report = SignReport {
        environment: terms.environment,
        signed_by,
        signed_at: terms.signed_at,
        entries: entries.iter().map(Sha256::to_string).collect(),
        files: planned.into_iter().map(Planned::told).collect(),
    };
    Ok(Answer::passing(signed(&report, request.medium)))
}

/// What every header of this run says, whatever file it stands in.
fn terms(request: &Signing, signer: &Actor, signed_at: Moment) -> Result<Terms, Failure> {
    Ok(Terms {
        environment: request.environment.clone(),
        signed_at,
        name: signer.name.clone(),
        email: signer.email.clone(),
        artifact_type: request.artifact_type.clone(),
        metadata: request.metadata.iter().map(|text| metadata(text)).collect::<Result<_, _>>()?,
    })
}

fn plan_all(files: Vec<Named>, terms: &Terms, former: &Former<'_>, progress: &Progress) -> Result<Plans, Failure> {
    let mut plans = Plans::default();
    for (at, Named { path, .. }) in files.into_iter().enumerate() {
        progress.reached(at);
        match plan(&path, terms, former)? {
            Ok(plan) => plans.planned.push(plan),
            Err(refusal) => plans.refusals.push((path, refusal)),
        }
    }
    Ok(plans)
}

/// The files with their headers, written beside those that are there.
fn drafted(planned: &[Planned]) -> Result<Drafts, Failure> {
    let mut drafts = Drafts::default();
    for Planned { place, before, after, .. } in planned {
        if let Some(after) = after {
            drafts.write(place, before, after).map_err(untouched)?;
        }
    }
    Ok(drafts)
}

/// Whoever signs wants something signed: that there is nothing is no success.
fn nothing_in(folders: &[PathBuf]) -> Failure {
    let name = |folder: &PathBuf| format!("`{}`", folder.display());
    let folders = folders.iter().map(name).collect::<Vec<_>>().join(", ");
    Failure::new(format!("there is nothing to sign in {folders}"))
        .for_this_reason("git lists no files there: ignored files, links and submodules are left out")
        .mended_by("name the files themselves: gov-hook sign PATH\u{2026} --env ENV")
}

/// Fails on an environment that the policy does not have.
pub(super) fn known(policy: &Policy, environment: &str) -> Result<(), Failure> {
    if policy.environments.iter().any(|known| known == environment) {
        return Ok(());
    }
    Err(Failure::new(format!("`{environment}` is not an environment of the policy"))
        .mended_by(format!("name one of these: {}", policy.environments.join(", "))))
}

fn metadata(text: &str) -> Result<(String, String), Failure> {
    let pair = text.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
    pair.ok_or_else(|| {
        Failure::new(format!("`{text}` is not of the form KEY=VALUE")).mended_by("write it as --meta KEY=VALUE")
    })
}

/// What an entry says of all its artifacts.
fn saying(act: Act, terms: &Terms, signed_by: &str) -> Act {
    let metadata: Map<String, Value> = terms.metadata.iter().map(|(key, value)| (key.clone(), json!(value))).gathered();
    act.saying(member::SIGN_ACTION, SignAction::Sign)
        .saying(member::ENVIRONMENT, terms.environment.as_str())
        .saying(member::SIGNED_AT, terms.signed_at)
        .saying(member::SIGNED_BY, signed_by)
        .saying_any(member::ARTIFACT_TYPE, terms.artifact_type.as_deref())
        .saying_any(member::METADATA, Some(metadata).filter(|metadata| !metadata.is_empty()))
}

fn plan(path: &RepoPath, terms: &Terms, former: &Former<'_>) -> Result<Result<Planned, Refusal>, Failure> {
    let Former { repo, root, .. } = former;
    let place = root.join(os(path));
    let before = std::fs::read(&place).map_err(|error| Failure::new(format!("cannot read `{path}`: {error}")))?;
    let text = as_git_has_it(repo, path, &before)?;
    let marked = match syntax_for(path, &text) {
        Ok(syntax) => match header::sign(&text, syntax, terms) {
            Ok(signed) => match signed.and_then(|signed| with_header(&before, &text, syntax, signed)) {
                // It would be too large to be looked at once it has one.
                Some((after, signed)) if after.len().max(signed.bytes.len()) > LARGEST => Err(Unmarked::Large),
                Some(marked) => Ok(marked),
                None => Err(Unmarked::NoPlace),
            },
            Err(Refusal::Promotion { .. }) if former.is_reworded(path, &text, &terms.environment) => {
                return Ok(Err(Refusal::Damaged { why: "it names another environment than the ledger does" }));
            }
            Err(refusal) => return Ok(Err(refusal)),
        },
        Err(why) => Err(why),
    };
    let name = path.to_string();
    let hash = marked.as_ref().map_or_else(|_alone| Sha256::of(&text), |(_, signed)| signed.artifact);
    if let Some(refusal) = former.against((path, &text), hash, &terms.environment)? {
        return Ok(Err(refusal));
    }
    let (after, kept, block, why) = match marked {
        Ok((after, signed)) => (Some(after), Cow::Owned(signed.bytes), Some(signed.block), None),
        Err(why) => (None, text, None, Some(why)),
    };
    let given = after.as_ref().unwrap_or(&before);
    let stored = repo.store(path, given).map_err(untouched)?;
    let stored = stored.filter(|stored| stored.others.as_ref().unwrap_or(given).as_slice() == &*kept);
    let Some(blob) = stored.map(|stored| stored.blob) else {
        return Err(Failure::new(format!(
            "git stores other bytes for `{path}` than the file has, so they cannot be signed"
        ))
        .for_this_reason("a filter, `ident` or another encoding of its attributes changes them")
        .mended_by(format!(
            "keep its bytes as they are: echo {} >> .gitattributes",
            shell_word(&format!("{path} !filter -text -ident !working-tree-encoding"))
        )));
    };
    let artifact = Artifact { path: name, hash, block, blob };
    Ok(Ok(Planned { path: path.clone(), place, before, after, artifact, why }))
}

/// What is signed is what git keeps: the line breaks of a work tree may be others.
fn as_git_has_it<'a>(repo: &Repo, path: &RepoPath, before: &'a [u8]) -> Result<Cow<'a, [u8]>, Failure> {
    if memchr::memmem::find(before, b"\r\n").is_none() {
        return Ok(Cow::Borrowed(before));
    }
    let others = repo.store(path, before).map_err(untouched)?.and_then(|stored| stored.others);
    Ok(others.map_or(Cow::Borrowed(before), Cow::Owned))
}

/// The file as it is to stand in the work tree, and as it was signed.
fn with_header(before: &[u8], text: &[u8], syntax: &'static Syntax, signed: Signed) -> Option<(Vec<u8>, Signed)> {
    let after = if before == text { signed.bytes.clone() } else { dressed(before, syntax, &signed)? };
    Some((after, signed))
}

fn refuse(refusals: &[(RepoPath, Refusal)], root: &Path, policy: &Policy, medium: Medium) -> Result<Answer, Failure> {
    // What was asked for cannot be written into any file: that is no verdict on this one.
    if let Some((path, refusal @ Refusal::Unfit { .. })) = refusals.first() {
        return Err(Failure::new(format!("`{path}` cannot be signed: {refusal}")));
    }
    let told: Vec<Refused> = refusals
        .iter()
        .map(|(path, refusal)| Refused {
            path: path.clone(),
            why: refusal.to_string(),
            next: next(path, refusal, root, policy),
        })
        .gathered();
    Ok(Answer { text: refused(&told, medium).into_bytes(), exit: Ending::Denied })
}

fn next(path: &RepoPath, refusal: &Refusal, root: &Path, policy: &Policy) -> String {
    match refusal {
        Refusal::Promotion { from, .. } => {
            let order = policy.environments.join(" \u{2192} ");
            let known = policy.environments.contains(from);
            let word = typed(root, path);
            let stays = format!("artifacts go {order}; sign it for where it is: gov-hook sign {word} --env {from}");
            if known { stays } else { format!("artifacts go {order}; take the old header off: gov-hook unsign {word}") }
        }
        Refusal::Damaged { .. } | Refusal::TwoBlocks | Refusal::Unfit { .. } => {
            format!("see what was changed: gov-hook verify {}", typed(root, path))
        }
    }
}
