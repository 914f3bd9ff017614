//! The same for machines: fields are added, never renamed and never given another meaning.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Refused, SignReport, SignedFile, Status, UnsignReport, UnsignedFile, VerifiedFile, VerifyReport};
use crate::report::escape;

pub(super) fn signed(report: &SignReport) -> String {
    written(&SignV1 {
        schema: "gov-hook/sign/v1",
        exit: 0,
        environment: Some(&report.environment),
        signed_by: Some(&report.signed_by),
        signed_at: Some(report.signed_at.to_string()),
        entries: report.entries.iter().map(String::as_str).collect(),
        files: report.files.iter().map(|file| SignedV1::of(file, &report.environment)).collect(),
        refused: Vec::new(),
        next: None,
    })
}

pub(super) fn refused(files: &[Refused]) -> String {
    let refused = files.iter().map(|file| RefusedV1 { path: file.path.to_string(), why: &file.why, next: &file.next });
    written(&SignV1 {
        schema: "gov-hook/sign/v1",
        exit: 1,
        environment: None,
        signed_by: None,
        signed_at: None,
        entries: Vec::new(),
        files: Vec::new(),
        refused: refused.collect(),
        next: files.first().map(|file| file.next.as_str()),
    })
}

pub(super) fn unsigned(report: &UnsignReport) -> String {
    written(&UnsignV1 {
        schema: "gov-hook/unsign/v1",
        exit: 0,
        signed_by: &report.signed_by,
        signed_at: report.signed_at.to_string(),
        entries: report.entries.iter().map(String::as_str).collect(),
        files: report.files.iter().map(UnsignedV1::from).collect(),
        next: None,
    })
}

pub(super) fn verified(report: &VerifyReport) -> String {
    written(&VerifyV1::from(report))
}

fn written(value: &impl Serialize) -> String {
    // Texts and numbers in fields of their own always have a form in JSON.
    escape::json(value).unwrap_or_default()
}

/// `gov-hook/sign/v1`.
#[derive(Serialize)]
struct SignV1<'a> {
    schema: &'static str,
    exit: u8,
    environment: Option<&'a str>,
    signed_by: Option<&'a str>,
    signed_at: Option<String>,
    entries: Vec<&'a str>,
    files: Vec<SignedV1<'a>>,
    refused: Vec<RefusedV1<'a>>,
    next: Option<&'a str>,
}

#[derive(Serialize)]
struct SignedV1<'a> {
    path: String,
    status: &'static str,
    environment: &'a str,
    artifact_hash: String,
    /// `header` or `ledger`.
    form: &'static str,
    why: Option<&'a str>,
    block: Option<String>,
    blob: String,
}

impl<'a> SignedV1<'a> {
    fn of(file: &'a SignedFile, environment: &'a str) -> Self {
        Self {
            path: file.path.to_string(),
            status: "signed",
            environment,
            artifact_hash: file.artifact.to_string(),
            form: if file.block.is_some() { "header" } else { "ledger" },
            why: file.why.as_deref(),
            block: file.block.map(|block| block.to_string()),
            blob: file.blob.to_string(),
        }
    }
}

#[derive(Serialize)]
struct RefusedV1<'a> {
    path: String,
    why: &'a str,
    next: &'a str,
}

/// `gov-hook/unsign/v1`.
#[derive(Serialize)]
struct UnsignV1<'a> {
    schema: &'static str,
    exit: u8,
    signed_by: &'a str,
    signed_at: String,
    entries: Vec<&'a str>,
    files: Vec<UnsignedV1<'a>>,
    next: Option<&'a str>,
}

#[derive(Serialize)]
struct UnsignedV1<'a> {
    path: String,
    status: &'static str,
    environment: &'a str,
    artifact_hash: String,
    form: &'static str,
}

impl<'a> From<&'a UnsignedFile> for UnsignedV1<'a> {
    fn from(file: &'a UnsignedFile) -> Self {
        Self {
            path: file.path.to_string(),
            status: "unsigned",
            environment: &file.environment,
            artifact_hash: file.artifact.to_string(),
            form: file.form,
        }
    }
}

/// `gov-hook/verify/v1`.
#[derive(Serialize)]
struct VerifyV1<'a> {
    schema: &'static str,
    exit: u8,
    revision: Option<&'a str>,
    environment: Option<&'a str>,
    counts: CountsV1,
    by_environment: BTreeMap<&'a str, usize>,
    files: Vec<VerifiedV1<'a>>,
    next: Option<&'a str>,
}

#[derive(Serialize)]
struct CountsV1 {
    verified: usize,
    tampered: usize,
    missing: usize,
    incompatible: usize,
    unsigned: usize,
    unreadable: usize,
    ledger_damage: usize,
}

#[derive(Serialize)]
struct VerifiedV1<'a> {
    path: String,
    status: &'static str,
    rule: Option<&'static str>,
    message: Option<&'a str>,
    line: Option<u32>,
    environment: Option<&'a str>,
    artifact_hash: Option<String>,
    signed_as: Option<&'a str>,
    signed_by: Option<&'a str>,
    signed_at: Option<String>,
    entry: Option<String>,
    diff: Option<String>,
}

impl<'a> From<&'a VerifyReport> for VerifyV1<'a> {
    fn from(report: &'a VerifyReport) -> Self {
        Self {
            schema: "gov-hook/verify/v1",
            exit: report.exit.code(),
            revision: report.revision.as_deref(),
            environment: report.target.as_deref(),
            counts: CountsV1 {
                verified: report.count(Status::Verified),
                tampered: report.count(Status::Tampered),
                missing: report.count(Status::Missing),
                incompatible: report.count(Status::Incompatible),
                unsigned: report.count(Status::Unsigned) + report.others,
                unreadable: report.count(Status::Unreadable),
                ledger_damage: report.damage,
            },
            by_environment: report.by_environment(),
            files: report.files.iter().map(VerifiedV1::from).collect(),
            next: report.next.as_deref(),
        }
    }
}

impl<'a> From<&'a VerifiedFile> for VerifiedV1<'a> {
    fn from(file: &'a VerifiedFile) -> Self {
        let signature = file.signature.as_ref();
        Self {
            path: file.path.to_string(),
            status: file.status.as_str(),
            rule: file.rule,
            message: file.message.as_deref(),
            line: file.line,
            environment: signature.map(|signature| signature.environment.as_str()),
            artifact_hash: signature.map(|signature| signature.artifact.to_string()),
            signed_as: signature.map(|signature| signature.path.as_str()),
            signed_by: signature.map(|signature| signature.signed_by.as_str()),
            signed_at: signature.map(|signature| signature.signed_at.to_string()),
            entry: signature.map(|signature| signature.entry.to_string()),
            diff: (!file.diff.is_empty())
                .then(|| file.diff.iter().flat_map(|line| [line.to_string(), "\n".into()]).collect()),
        }
    }
}
