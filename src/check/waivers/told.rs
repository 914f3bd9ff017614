//! Tells of the waivers themselves: what is wrong with them, and which ones a change brings.

use super::file::{Entry, What};
use super::inline::Inline;
use super::waive::{Scope, Waiving};
use crate::model::{Date, Finding, Place, RepoPath, RuleId, Severity};
use crate::policy::NameGlob;

/// What is known of a waiver once all findings are in.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about a waiver")]
struct State {
    problem: Option<&'static str>,
    has_reason: bool,
    until: Option<Date>,
    used: bool,
    idle: bool,
    added: bool,
}

/// What there is to say of it.
struct Told {
    id: &'static str,
    severity: Severity,
    message: String,
    help: &'static str,
}

impl Waiving<'_> {
    pub(super) fn of_inline(&self, waiver: &Inline, used: bool) -> Option<Finding> {
        let place =
            Place { path: waiver.path.clone(), line: Some(waiver.line), column: Some(waiver.column), commit: None };
        let rules: Vec<&str> = waiver.rules.iter().map(|glob| glob.text.as_str()).collect();
        let state = State {
            problem: waiver.problem,
            has_reason: !waiver.reason.is_empty(),
            until: waiver.until,
            used,
            idle: waiver.idle && !used && !waiver.rules.iter().any(|rule| self.cannot_know(rule)),
            // Every line of a tree is read as if it were new.
            added: waiver.added && self.scope == Scope::Change,
        };
        self.finding(&state, place, &rules.join(", "), &waiver.reason)
    }

    pub(super) fn of_entry(&self, entry: &Entry, used: bool) -> Option<Finding> {
        let is_judged_whole = match self.scope {
            Scope::Change | Scope::Commit => false,
            Scope::Tree => !entry.history,
            Scope::History => true,
        };
        // A change that touches nothing of what a waiver is for says nothing of it.
        let unknown = match &entry.what {
            What::Rule { rule, .. } => self.cannot_know(rule),
            What::Fingerprint(_) => false,
        };
        let is_old = !entry.added && matches!(self.scope, Scope::Change | Scope::Commit);
        if !used && (is_old || unknown) {
            return None;
        }
        let place = Place {
            path: RepoPath::from(self.waivers.origin.as_str()),
            line: Some(entry.line),
            column: None,
            commit: None,
        };
        let state = State {
            problem: None,
            has_reason: !entry.reason.is_empty(),
            until: entry.until,
            used,
            idle: !used && is_judged_whole,
            added: entry.added,
        };
        let by = entry.by.as_ref().map(|by| format!("{} (by {by})", entry.reason));
        self.finding(&state, place, entry.named(), by.as_deref().unwrap_or(&entry.reason))
    }

    /// Whether a rule speaks of changes only, so that a tree shows nothing of its waivers.
    fn cannot_know(&self, rule: &NameGlob) -> bool {
        matches!(self.scope, Scope::Tree | Scope::History) && self.rules.is_silent_on_trees(rule)
    }

    /// `what` is all that the waiver names.
    fn finding(&self, state: &State, place: Place, what: &str, reason: &str) -> Option<Finding> {
        let Told { id, severity, message, help } = state.told(self.today, what, reason)?;
        let severity = self.rules.severity(id, severity);
        let mut finding = Finding::at(place, RuleId::new(id), severity, message, what.as_bytes());
        finding.help = Some(help.to_owned());
        Some(finding)
    }
}

impl State {
    /// The worst that there is to say; `None` where all is well.
    fn told(&self, today: Date, what: &str, reason: &str) -> Option<Told> {
        let warning = |id, message, help| Some(Told { id, severity: Severity::Warn, message, help });
        if let Some(problem) = self.problem {
            let help = "Write `gov: allow[rule-id] reason`, with `until=2026-12-31` when it should end.";
            return warning("waiver/malformed", format!("The waiver cannot be read: {problem}"), help);
        }
        if !self.has_reason {
            let message = format!("The waiver of `{what}` gives no reason, so it excuses nothing");
            return warning("waiver/no-reason", message, "Say behind the brackets why this is no risk.");
        }
        if let Some(until) = self.until.filter(|until| *until < today) {
            let message = format!("The waiver of `{what}` ended on {until}");
            return warning("waiver/expired", message, "Mend what it excused, or set a new date.");
        }
        if self.idle {
            let message = format!("The waiver of `{what}` has nothing to excuse");
            return warning("waiver/unused", message, "Remove it, so that it excuses nothing that comes later.");
        }
        (self.added && self.used).then(|| Told {
            id: "waiver/added",
            severity: Severity::Note,
            message: format!("The change brings its own waiver of `{what}`: {reason}"),
            help: "Whoever reviews the change decides whether the reason holds.",
        })
    }
}

impl Entry {
    fn named(&self) -> &str {
        match &self.what {
            What::Fingerprint(fingerprint) => fingerprint,
            What::Rule { rule, .. } => &rule.text,
        }
    }
}
