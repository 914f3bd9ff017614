//! Production takes no commit without a record, whatever else was decided on it, and whoever overrode
//! that.

use crate::model::{Decision, Exit, Reason, WithoutRecord, counted};

/// At most this many are listed; the rest is counted.
const MOST_LISTED: usize = 10;

/// Why they are not taken, in a sentence; nothing where none is missing.
#[must_use]
pub fn refusal(missing: &[WithoutRecord]) -> Option<String> {
    let (first, others) = missing.split_first()?;
    let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
    let (count, id) = (counted(missing.len(), "commit"), first.commit.short());
    Some(format!("{count} without a record; production takes none ({id} {}{more})", first.status))
}

/// The first of them, each in a line.
#[must_use]
pub fn listed(missing: &[WithoutRecord]) -> Vec<String> {
    let line = |WithoutRecord { commit, status, subject }: &WithoutRecord| {
        format!("{}  {:<10}  {subject}", commit.short(), status.as_str())
    };
    let more = missing.len().saturating_sub(MOST_LISTED);
    missing.iter().take(MOST_LISTED).map(line).chain((more > 0).then(|| format!("and {more} more"))).collect()
}

/// What follows at the gate for a change that was decided on. Its outcome tells what the change is, and
/// stays.
#[must_use]
pub fn asking_for_records(mut decision: Decision, missing: &[WithoutRecord]) -> Decision {
    let Some(what) = refusal(missing) else { return decision };
    let outcome = decision.outcome;
    let because = listed(missing).into_iter().map(|what| Reason { outcome, what, because: Vec::new() }).collect();
    decision.reasons.insert(0, Reason { outcome, what, because });
    Decision { exit: Exit::Denied, ..decision }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::samples::{assessment, evidence, object, policy};
    use crate::gate::{Extent, decide};
    use crate::model::{Outcome, RecordStatus, RiskLevel};

    fn passing() -> Decision {
        decide(&assessment(RiskLevel::Low), &evidence(), &policy(), Extent::Whole)
    }

    fn missing(count: u8) -> Vec<WithoutRecord> {
        let one = |number| WithoutRecord {
            commit: object(number),
            status: if number == 0 { RecordStatus::Bypassed } else { RecordStatus::Unrecorded },
            subject: format!("Change {number}"),
        };
        (0..count).map(one).collect()
    }

    #[test]
    fn a_commit_without_a_record_denies_what_would_pass_and_none_changes_nothing() {
        let refused = asking_for_records(passing(), &missing(2));
        let untouched = asking_for_records(passing(), &[]);

        assert_eq!((refused.outcome, refused.exit), (Outcome::AutoApproved, Exit::Denied));
        let reason = &refused.reasons[0];
        assert_eq!(reason.what, "2 commits without a record; production takes none (000000000000 bypassed and 1 more)");
        let because: Vec<&str> = reason.because.iter().map(|reason| reason.what.as_str()).collect();
        assert_eq!(because, ["000000000000  bypassed    Change 0", "010101010101  unrecorded  Change 1"]);
        assert_eq!(refused.reasons[1..], passing().reasons);
        assert_eq!(untouched, passing());
    }

    #[test]
    fn a_long_list_says_how_many_it_leaves_out() {
        let listed = listed(&missing(12));

        assert_eq!(listed.len(), MOST_LISTED + 1);
        assert_eq!(listed.last().map(String::as_str), Some("and 2 more"));
    }
}
