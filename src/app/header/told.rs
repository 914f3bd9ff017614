//! What `verify` found, as it is told: each file, the exit code and the next command.

use super::look::{Item, Seen};
use crate::header::{Book, Fault, Record, Tamper};
use crate::model::{Ending, ObjectId, RepoPath, shell_word};
use crate::report::headers::{Signature, Status, VerifiedFile, VerifyReport};

/// `None` for what is not signed, and was not asked about by name.
pub(super) fn file(item: Item, seen: Seen<'_>) -> Option<VerifiedFile> {
    let Item { path, is_named, .. } = item;
    let told = |status, message: Option<String>| VerifiedFile {
        path: path.clone(),
        status,
        rule: None,
        message,
        line: None,
        signature: None,
        says: None,
        diff: Vec::new(),
    };
    Some(match seen {
        Seen::Unsigned if is_named => told(Status::Unsigned, Some("nothing says that it is signed".into())),
        Seen::Nothing | Seen::Unsigned => return None,
        Seen::Unreadable(why) => told(Status::Unreadable, Some(why)),
        Seen::Signed(record) => VerifiedFile { signature: Some(signature(record)), ..told(Status::Verified, None) },
        Seen::Faulty(Tamper { fault, line, message, record, environment: says }) => {
            let status = match fault {
                Fault::Missing => Status::Missing,
                Fault::Environment => Status::Incompatible,
                Fault::BodyEdited
                | Fault::BlockEdited
                | Fault::Removed
                | Fault::Copied
                | Fault::TwoBlocks
                | Fault::Malformed
                | Fault::Unrecorded => Status::Tampered,
            };
            let (rule, signature) = (Some(fault.as_str()), record.map(signature));
            VerifiedFile { rule, line, signature, says, ..told(status, Some(message)) }
        }
    })
}

fn signature(record: &Record) -> Signature {
    Signature {
        path: record.path.clone(),
        artifact: record.artifact,
        blob: record.blob,
        environment: record.environment.clone(),
        signed_by: record.signed_by.clone(),
        signed_at: record.signed_at,
        entry: record.entry,
    }
}

/// Denied outweighs what could not be read.
pub(super) fn exit(report: &VerifyReport) -> Ending {
    let has = |wanted: &[Status]| report.files.iter().any(|file| wanted.contains(&file.status));
    if report.damage > 0 || has(&[Status::Tampered, Status::Missing, Status::Incompatible, Status::Unsigned]) {
        Ending::Denied
    } else if has(&[Status::Unreadable]) {
        Ending::Undecided
    } else {
        Ending::Pass
    }
}

/// What the next command depends on.
pub(super) struct Surroundings<'a> {
    pub(super) book: &'a Book,
    pub(super) environments: &'a [String],
    /// How a path is typed here.
    pub(super) typed: &'a dyn Fn(&RepoPath) -> String,
    /// Whether a blob is in this repository.
    pub(super) has: &'a dyn Fn(ObjectId) -> bool,
}

/// The command that goes on from here.
pub(super) fn next(report: &VerifyReport, around: &Surroundings<'_>) -> Option<String> {
    let first = |wanted: Status| report.files.iter().find(|file| file.status == wanted);
    if report.damage > 0 {
        return Some("see what is wrong with it: gov-hook audit verify".into());
    }
    let order = [Status::Tampered, Status::Missing, Status::Unsigned, Status::Incompatible];
    let file = order.into_iter().find_map(first)?;
    let signature = file.signature.as_ref();
    if file.rule == Some(Fault::Unrecorded.as_str()) && around.book.is_empty() {
        return Some("the ledger here signs nothing; fetch those of others: gov-hook audit sync".into());
    }
    if file.status == Status::Incompatible {
        let here = signature.map(|signature| signature.environment.as_str()).unwrap_or_default();
        let may = around.environments.iter().any(|known| known == here);
        return Some(if may {
            let word = (around.typed)(&file.path);
            format!(
                "what is not promoted stays where it is; whether it may be there: gov-hook verify {word} --env {here}"
            )
        } else {
            "the environments there are, in their order: gov-hook policy show".into()
        });
    }
    Some(match &report.revision {
        Some(revision) => of_commit(file, revision, around),
        None => in_work_tree(file, around),
    })
}

fn of_commit(file: &VerifiedFile, revision: &str, around: &Surroundings<'_>) -> String {
    let there = shell_word(&format!("{revision}:{}", file.path));
    match file.signature.as_ref().filter(|signature| (around.has)(signature.blob)) {
        Some(signature) => format!("see what was changed: git diff {} {there}", signature.blob.short()),
        None => format!("see it: git show {there}"),
    }
}

fn in_work_tree(file: &VerifiedFile, around: &Surroundings<'_>) -> String {
    let word = (around.typed)(&file.path);
    let is = |fault: Fault| file.rule == Some(fault.as_str());
    let own = || around.book.at_path(&file.path.to_string()).filter(|record| !record.is_unsigned);
    // What another file's header was signed with is nothing to put here.
    let signed = file.signature.as_ref().filter(|_| !is(Fault::Copied));
    let blob = signed.map(|signature| signature.blob).or_else(|| own().map(|record| record.blob));
    let put_back = blob
        .filter(|blob| (around.has)(*blob))
        .map(|blob| format!("put back what was signed: git cat-file blob {} > {word}", blob.short()));
    let names = signed.map(|signature| &signature.environment).or(file.says.as_ref());
    let known = names.filter(|name| around.environments.contains(name));
    let for_what = known.or_else(|| around.environments.first()).map_or("dev", String::as_str);
    let sign = format!("gov-hook sign {word} --env {for_what}");
    let afresh = format!("gov-hook unsign {word} && {sign}");
    if is(Fault::Unrecorded) {
        let sign = if known.is_some() { sign } else { afresh };
        return format!("fetch the ledger of whoever signed it: gov-hook audit sync\nor, if nobody did: {sign}");
    }
    if file.status != Status::Tampered {
        return format!("sign it: {sign}");
    }
    let otherwise = if is(Fault::Copied) {
        Some(format!("sign it for itself: {afresh}"))
    } else if is(Fault::BodyEdited) || is(Fault::Removed) {
        let sign = if names.is_some() && known.is_none() { afresh } else { sign.clone() };
        Some(format!("if the change is meant: {sign}"))
    } else {
        None
    };
    match (put_back, otherwise) {
        (Some(put_back), Some(otherwise)) => format!("{put_back}\nor, {otherwise}"),
        (Some(put_back), None) => put_back,
        (None, Some(otherwise)) => otherwise,
        (None, None) if signed.is_some() => format!("look for what was signed: git log -p -- {word}"),
        // On what a header says no new one is written, and what is left of one cannot be taken off.
        (None, None) => {
            let line = file.line.map(|line| format!(" on line {line}")).unwrap_or_default();
            format!("take out what is left of a header{line}, then: {sign}")
        }
    }
}
