//! `header/…`: what is wrong with a signed file, as a finding.

use crate::header::{Fault, Tamper};
use crate::model::{Finding, Place, RepoPath, RuleId, Severity, Sha256, shell_word};

/// The family of rules that findings about signed files belong to.
pub const FAMILY: &str = "header/";

/// `content` is what the file holds now: a waiver is for that and nothing else.
#[must_use]
pub fn header_finding(path: &RepoPath, tamper: &Tamper<'_>, content: Option<Sha256>) -> Finding {
    let place = Place { path: path.clone(), line: tamper.line, column: None, commit: None };
    let matched = content.map(|hash| hash.to_string()).unwrap_or_default();
    let rule = RuleId::new(tamper.fault.as_str());
    let mut finding = Finding::at(place, rule, Severity::Deny, tamper.message.clone(), matched.as_bytes());
    finding.help = Some(help(path, tamper));
    finding
}

/// What a rule of this family finds and why that matters, to somebody who asks what it means.
#[must_use]
pub fn explained(rule: &str) -> Option<(&'static str, &'static str)> {
    let fault = Fault::ALL.into_iter().find(|fault| fault.as_str() == rule)?;
    Some(match fault {
        Fault::BodyEdited => (
            "a signed file was changed below its header",
            "What was signed has been looked at; what is there now has not.",
        ),
        Fault::BlockEdited => (
            "a protection header was edited",
            "It says whom and what a file is for, and whoever changed it has not signed that.",
        ),
        Fault::Removed => (
            "a protection header was removed",
            "A file that loses its header could be changed from then on without a trace.",
        ),
        Fault::Copied => {
            ("a protection header was written for another file", "It makes a file look signed that never was.")
        }
        Fault::TwoBlocks => (
            "a file has two protection headers",
            "Nobody can tell which of the two is valid, and one of them covers what the other hides.",
        ),
        Fault::Malformed => {
            ("a protection header is damaged", "What can still be read of it proves nothing about the file.")
        }
        Fault::Missing => (
            "a file has to be signed and is not",
            "`headers.required` of the policy matches it: no unsigned file is allowed there.",
        ),
        Fault::Environment => (
            "a file is signed for an earlier environment than the branch is for",
            "Artifacts pass through every environment; one that skips some was not tried out there.",
        ),
        Fault::Unrecorded => (
            "a protection header matches its file, but nobody signed it",
            "Anybody can make a hash. What counts is the `sign` entry in the ledger, and there is none.",
        ),
    })
}

fn help(path: &RepoPath, tamper: &Tamper<'_>) -> String {
    let signed = tamper.record.filter(|_| tamper.fault != Fault::Copied).map(|record| record.environment.as_str());
    let environment = shell_word(signed.or(tamper.environment.as_deref()).unwrap_or("dev"));
    let word = shell_word(&path.to_string());
    let sign = format!("gov-hook sign {word} --env {environment}");
    match tamper.fault {
        Fault::BodyEdited => {
            format!("Restore what was signed; or, if the change is intended, sign it as it is: {sign}")
        }
        Fault::BlockEdited | Fault::TwoBlocks | Fault::Malformed => {
            format!("Restore what was signed; to see how: gov-hook verify {word}")
        }
        Fault::Removed => format!("Sign it again: {sign}. If it is meant to have none, waive this with a reason."),
        Fault::Copied => format!("Remove the header and sign the file itself: gov-hook unsign {word} && {sign}"),
        Fault::Missing => format!("Sign it: {sign}"),
        Fault::Environment => {
            format!(
                "Keep it off that branch until it is promoted. To check where it may be: gov-hook verify {word} --env {environment}"
            )
        }
        Fault::Unrecorded => {
            format!("Fetch the ledger of whoever signed it: gov-hook audit sync. If nobody did, sign it: {sign}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_bound_to_the_content_and_denies() {
        let message = "it has to be signed".into();
        let tamper = Tamper { fault: Fault::Missing, line: None, message, record: None, environment: None };
        let finding = |content: &[u8]| header_finding(&"a.py".into(), &tamper, Some(Sha256::of(content)));

        let one = finding(b"1");

        assert_eq!((one.rule.as_str(), one.severity), ("header/missing", Severity::Deny));
        assert_eq!(one.help.as_deref(), Some("Sign it: gov-hook sign a.py --env dev"));
        assert_ne!(one.fingerprint, finding(b"2").fingerprint);
    }
}
