//! What a verb is for, told where it could not do it. Those that judge say that nothing may pass.

use super::arguments::Verb;
use super::audit::AuditVerb;

impl Verb {
    /// How a failure begins; none where a decision could not be made, or for verbs that say it themselves.
    pub(super) const fn undone(&self) -> Option<&'static str> {
        Some(match self {
            Self::Check(_)
            | Self::Hook(_)
            | Self::Record(_)
            | Self::Install(_)
            | Self::Uninstall
            | Self::Doctor(_)
            | Self::Sign(_)
            | Self::Verify(_)
            | Self::Unsign(_) => return None,
            Self::Init(_) => "gov-hook could not write a policy: ",
            Self::Request(_) => "gov-hook could not ask for approvals: ",
            Self::Approve(_) | Self::Reject(_) | Self::Revoke(_) | Self::Ratify(_) | Self::Override(_) => {
                "gov-hook could not put your word on record: "
            }
            Self::Pending(_) | Self::Status(_) | Self::History(_) | Self::Show(_) => {
                "gov-hook could not tell what was asked for: "
            }
            Self::Rollback(_) => "gov-hook could not bring that back: ",
            Self::Audit(verb) => verb.undone(),
            Self::Notify(_) => "gov-hook could not see to the notices: ",
            Self::Policy(_) => "gov-hook could not look into the policy: ",
            Self::Risk(_) => "gov-hook could not measure the score: ",
            Self::Rules(_) => "gov-hook could not look into the rules: ",
            Self::Completions { .. } | Self::Man { .. } => "gov-hook could not print that: ",
        })
    }
}

impl AuditVerb {
    const fn undone(&self) -> &'static str {
        match self {
            Self::Verify(_) => "gov-hook could not verify the ledger: ",
            Self::Log(_) | Self::Show { .. } | Self::Report(_) | Self::Export(_) => {
                "gov-hook could not read the ledger: "
            }
            Self::Checkpoint(_) => "gov-hook could not say where the ledger ends: ",
            Self::Sync(_) => "gov-hook could not share the ledger: ",
            Self::Reconcile(_) => "gov-hook could not settle that: ",
        }
    }
}
