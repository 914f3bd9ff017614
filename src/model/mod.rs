//! The words every other room speaks: plain data, no git, no clock, no files, no printing.

mod approval;
mod arrange;
mod assessment;
mod audit;
mod change;
mod change_id;
mod closest;
mod damage;
mod date;
mod decision;
mod deflated;
mod digest;
mod entry;
mod evaluation;
mod explanation;
mod finding;
mod gate;
mod health;
mod hex;
mod judgement;
mod level;
mod lines;
mod matter;
mod mistake;
mod moment;
mod object;
mod path;
mod reference;
mod remote;
mod text;

pub use approval::{Bond, Landing, Saying, Seal, Word};
pub use arrange::{Arrange, Gather};
pub use assessment::{AssessedFile, Assessment, Cause, Factor, Known, PathClass, Placement, PolicyLine, Risk, Window};
pub use audit::{
    ActorTotals, Adoption, ApprovalTotals, AuditReport, CommitCoverage, GovernedCommit, HeaderTotals, LedgerSummary,
    MissingCommit, OverrideTotals, PastGate, RecordStatus, WAITS, WithoutRecord,
};
pub use change::{Content, FileChange, FileFacts, FileKind, ManyFacts, Scanned, Side, Status};
pub use change_id::ChangeId;
pub use closest::closest;
pub use damage::{Damage, DamageCode, Unwitnessed};
pub use date::Date;
pub use decision::{Against, Decision, Evidence, Need, NotCounted, Person, Reason, address};
pub use deflated::inflated;
pub use digest::Sha256;
pub use entry::{Actor, ActorKind, Entry, EntryKind, EntrySubject, OverrideAction, RecordedRisk, Seen};
pub use evaluation::{Band, Evaluation, Measured, Mismatch, Promise, Ranking, share};
pub use explanation::{Explanation, NamedBy};
pub use finding::{Excerpt, Finding, Fingerprint, InHistory, Place, RuleId, Severity, Waived, WaivedBy};
pub use gate::{Ending, Enforcement, Exit, Gate, Outcome};
pub use health::{
    GitView, Health, HookState, LedgerHealth, ServerHealth, StageHealth, Trouble, WorktreeHealth, WriterHealth,
};
pub use hex::{hex_digit, is_lower_hex};
pub use judgement::{Judgement, NextStep, PolicyRef, Reach, Target, TargetKind};
pub use level::RiskLevel;
pub use lines::{LineDiff, LineSet, line_count};
pub use matter::{Debt, DebtKind, Deed, Matter, MatterAnswer, MatterState, Savepoint};
pub use mistake::Mistake;
pub use moment::Moment;
pub use object::{Mode, ObjectId};
pub use path::RepoPath;
pub use reference::{branch_of, branch_reference, shortened};
pub use remote::{Remote, without_password};
pub use text::{counted, counted_in_groups, deceives, grouped, hides_text, shell_word};
