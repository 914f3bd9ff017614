//! How the failure of a verb begins. Those that judge say that nothing may pass.

use super::arguments::{PolicyVerb, Verb};
use super::audit::AuditVerb;
use super::rules::RulesVerb;

impl Verb {
    /// How a failure begins; `None` for verbs that judge, whose failures say that nothing may pass.
    pub(super) const fn undone(&self) -> Option<&'static str> {
        Some(match self {
            Self::Check(_) | Self::Hook(_) | Self::Record(_) | Self::Verify(_) => return None,
            Self::Install(_) => "gov-hook install failed: ",
            Self::Uninstall => "gov-hook uninstall failed: ",
            Self::Doctor(_) => "gov-hook doctor failed: ",
            Self::Sign(_) => "gov-hook sign failed: ",
            Self::Unsign(_) => "gov-hook unsign failed: ",
            Self::Init(_) => "gov-hook could not write a policy: ",
            Self::Request(_) => "gov-hook request failed: ",
            Self::Approve(_) => "gov-hook approve failed: ",
            Self::Reject(_) => "gov-hook reject failed: ",
            Self::Revoke(_) => "gov-hook revoke failed: ",
            Self::Ratify(_) => "gov-hook ratify failed: ",
            Self::Override(_) => "gov-hook override failed: ",
            Self::Pending(_) => "gov-hook pending failed: ",
            Self::Status(_) => "gov-hook status failed: ",
            Self::History(_) => "gov-hook history failed: ",
            Self::Show(_) => "gov-hook show failed: ",
            Self::Rollback(_) => "gov-hook rollback failed: ",
            Self::Audit(verb) => verb.undone(),
            Self::Notify(_) => "gov-hook notify failed: ",
            Self::Policy(PolicyVerb::Show { .. }) => "gov-hook policy show failed: ",
            Self::Policy(PolicyVerb::Check { .. }) => "gov-hook policy check failed: ",
            Self::Policy(PolicyVerb::Schema) => "gov-hook policy schema failed: ",
            Self::Policy(PolicyVerb::Why { .. }) => "gov-hook policy why failed: ",
            Self::Risk(_) => "gov-hook could not measure the score: ",
            Self::Rules(RulesVerb::List { .. }) => "gov-hook rules list failed: ",
            Self::Rules(RulesVerb::Explain { .. }) => "gov-hook rules explain failed: ",
            Self::Rules(RulesVerb::Check { .. }) => "gov-hook rules check failed: ",
            Self::Rules(RulesVerb::Waive(_)) => "gov-hook rules waive failed: ",
            Self::Rules(RulesVerb::Baseline(_)) => "gov-hook rules baseline failed: ",
            Self::Completions { .. } => "gov-hook completions failed: ",
            Self::Man { .. } => "gov-hook man failed: ",
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
            Self::Checkpoint(_) => "gov-hook audit checkpoint failed: ",
            Self::Sync(_) => "gov-hook audit sync failed: ",
            Self::Reconcile(_) => "gov-hook audit reconcile failed: ",
        }
    }
}
