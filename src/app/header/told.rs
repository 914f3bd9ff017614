//! What `verify` found, as it is told: each file, the exit code and the next command.

use super::verify::{Item, Seen};
use crate::app::CANNOT_DECIDE;
use crate::app::check::shell_word;
use crate::header::{Book, Fault, Record, Tamper};
use crate::model::Exit;
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
        diff: Vec::new(),
    };
    Some(match seen {
        Seen::Unsigned if is_named => told(Status::Unsigned, Some("nothing says that it is signed".into())),
        Seen::Nothing | Seen::Unsigned => return None,
        Seen::Unreadable(why) => told(Status::Unreadable, Some(why)),
        Seen::Signed(record) => VerifiedFile { signature: Some(signature(record)), ..told(Status::Verified, None) },
        Seen::Faulty(Tamper { fault, line, message, record }) => {
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
            VerifiedFile { rule, line, signature, ..told(status, Some(message)) }
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
pub(super) fn exit(report: &VerifyReport) -> u8 {
    let has = |wanted: &[Status]| report.files.iter().any(|file| wanted.contains(&file.status));
    if report.damage > 0 || has(&[Status::Tampered, Status::Missing, Status::Incompatible, Status::Unsigned]) {
        Exit::Denied.code()
    } else if has(&[Status::Unreadable]) {
        CANNOT_DECIDE
    } else {
        Exit::Pass.code()
    }
}

/// The command that goes on from here.
pub(super) fn next(report: &VerifyReport, book: &Book, environments: &[String]) -> Option<String> {
    let first = |wanted: Status| report.files.iter().find(|file| file.status == wanted);
    if report.damage > 0 {
        return Some("see what is wrong with it: gov-hook audit verify".into());
    }
    let order = [Status::Tampered, Status::Missing, Status::Unsigned, Status::Incompatible];
    let file = order.into_iter().find_map(first)?;
    let word = shell_word(&file.path.to_string());
    let signature = file.signature.as_ref();
    let here = signature.map(|signature| signature.environment.as_str());
    let here = here.or(environments.first().map(String::as_str)).unwrap_or_default();
    if file.rule == Some(Fault::Unrecorded.as_str()) && book.is_empty() {
        return Some("the ledger here signs nothing; fetch those of others: gov-hook audit sync".into());
    }
    if file.status == Status::Incompatible {
        let after = environments.iter().skip_while(|known| *known != here).nth(1)?;
        return Some(format!("the next step: gov-hook promote request --from {here} --to {after} {word}"));
    }
    let sign = format!("gov-hook sign {word} --env {here}");
    Some(match (signature, &report.revision) {
        (Some(signature), Some(revision)) => {
            let (blob, revision) = (signature.blob.short(), shell_word(revision));
            format!("see what was changed: git diff {blob} {revision}:{word}")
        }
        (Some(signature), None) => {
            let put_back = format!("put back what was signed: git cat-file blob {} > {word}", signature.blob.short());
            // On what a header says no new one is written while somebody else may have said it.
            let may_be_meant =
                [Fault::BodyEdited, Fault::Removed].iter().any(|fault| file.rule == Some(fault.as_str()));
            if may_be_meant { format!("{put_back}\nor, if the change is meant: {sign}") } else { put_back }
        }
        (None, _) => format!("sign it: {sign}"),
    })
}
