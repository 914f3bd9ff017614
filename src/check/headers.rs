//! `header/…`: what is wrong with a signed file, as a finding.

use crate::header::{Fault, Tamper};
use crate::model::{Finding, Place, RepoPath, RuleId, Severity, Sha256};

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

fn help(path: &RepoPath, tamper: &Tamper<'_>) -> String {
    let environment = tamper.record.map_or("dev", |record| record.environment.as_str());
    let sign = format!("gov-hook sign {path} --env {environment}");
    match tamper.fault {
        Fault::BodyEdited | Fault::BlockEdited | Fault::TwoBlocks | Fault::Malformed => {
            format!("Put back what was signed; or, if the change is meant, sign it as it is: {sign}")
        }
        Fault::Removed => format!("Sign it again: {sign}. If it is to stay without, waive this with a reason."),
        Fault::Copied => format!("Take the header off, and sign the file for itself: gov-hook unsign {path}; {sign}"),
        Fault::Missing => format!("Sign it: {sign}"),
        Fault::Environment => {
            "Promote it, one environment at a time: what is not promoted does not go there.".to_owned()
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
        let tamper = Tamper { fault: Fault::Missing, line: None, message: "it has to be signed".into(), record: None };
        let finding = |content: &[u8]| header_finding(&"a.py".into(), &tamper, Some(Sha256::of(content)));

        let one = finding(b"1");

        assert_eq!((one.rule.as_str(), one.severity), ("header/missing", Severity::Deny));
        assert_eq!(one.help.as_deref(), Some("Sign it: gov-hook sign a.py --env dev"));
        assert_ne!(one.fingerprint, finding(b"2").fingerprint);
    }
}
