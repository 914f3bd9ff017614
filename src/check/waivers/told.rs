//! Tells of the waivers themselves: what is wrong with them, and which ones a change brings.

use std::borrow::Cow;

use super::entry::{Entry, What};
use super::is_reason;
use super::names::{Names, Nobodys};
use super::terms::{Scope, Waiving};
use crate::check::marker::Inline;
use crate::model::{Date, Finding, Place, RepoPath, RiskLevel, RuleId, Severity};
use crate::policy::NameGlob;

/// What is known of a waiver once all findings are in.
struct State {
    problem: Option<&'static str>,
    has_reason: bool,
    until: Option<Date>,
    idle: bool,
    /// What it names is no rule.
    nobodys: Option<Nobodys>,
}

/// What there is to say of it, and how much that weighs where the policy does not say otherwise.
struct Told {
    id: &'static str,
    severity: Severity,
    message: String,
    help: Cow<'static, str>,
}

/// The worst that a waiver excuses of what a change brings.
#[derive(Default)]
pub(super) struct Excuse {
    severity: Option<Severity>,
    floor: Option<RiskLevel>,
}

/// The change brings what is excused, and with it the waiver.
const ADDED: &str = "waiver/added";

/// The change brings what is excused by a waiver that was there before.
const REUSED: &str = "waiver/reused";

/// Whether a finding tells that a change excuses itself.
#[must_use]
pub fn is_own_excuse(finding: &Finding) -> bool {
    matches!(finding.rule.as_str(), ADDED | REUSED)
}

impl Waiving<'_> {
    pub(super) fn of_inline(&self, waiver: &Inline, excuse: Option<&Excuse>, all: &Names<'_>) -> Option<Finding> {
        let used = excuse.is_some();
        let place =
            Place { path: waiver.path.clone(), line: Some(waiver.line), column: Some(waiver.column), commit: None };
        let rules: Vec<&str> = waiver.rules.iter().map(|glob| glob.text.as_str()).collect();
        let what = rules.join(", ");
        let idle = waiver.idle && !used && !waiver.rules.iter().any(|rule| self.cannot_know(rule));
        let state = State {
            problem: waiver.problem,
            has_reason: is_reason(&waiver.reason),
            until: waiver.until,
            idle,
            nobodys: if idle { all.nobodys(&waiver.rules) } else { None },
        };
        if let Some(fault) = state.fault(self.today, &what) {
            return Some(self.finding(fault, place, &what));
        }
        let excuse = excuse.filter(|excuse| excuse.severity.is_some())?;
        let told = if waiver.added { Told::added(&what, &waiver.reason) } else { Told::reused(&what, &waiver.reason) };
        let finding = self.finding(Told { severity: excuse.weight(), ..told }, place, &what);
        Some(Finding { floor: excuse.floor, ..finding })
    }

    pub(super) fn of_entry(&self, entry: &Entry, used: bool, all: &Names<'_>) -> Option<Finding> {
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
        let nobodys = match &entry.what {
            What::Rule { rule, .. } if !used => all.nobodys(std::slice::from_ref(rule)),
            What::Rule { .. } | What::Fingerprint(_) => None,
        };
        // The change may bring the rule as well, and its waiver is no mistake then.
        let is_mistaken = nobodys.as_ref().is_some_and(|nobodys| nobodys.meant.is_some());
        let state = State {
            problem: None,
            has_reason: is_reason(&entry.reason),
            until: entry.until,
            idle: !used && (is_judged_whole || is_mistaken),
            nobodys,
        };
        let (named, shown) = (entry.named(), entry.shown());
        if let Some(fault) = state.fault(self.today, shown) {
            return Some(self.finding(fault, place, named));
        }
        let by = entry.by.as_ref().map(|by| format!("{} (by {by})", entry.reason));
        // Whatever it excuses, a change of the file is CRITICAL; an old one was approved for all that it names.
        let told = || Told::added(shown, by.as_deref().unwrap_or(&entry.reason));
        (entry.added && used).then(|| self.finding(told(), place, named))
    }

    /// Whether a rule speaks of changes only, so that a tree shows nothing of its waivers.
    fn cannot_know(&self, rule: &NameGlob) -> bool {
        matches!(self.scope, Scope::Tree | Scope::History) && self.rules.is_silent_on_trees(rule)
    }

    /// `what` is all that the waiver names.
    fn finding(&self, told: Told, place: Place, what: &str) -> Finding {
        let severity = self.rules.severity(told.id, told.severity);
        let mut finding = Finding::at(place, RuleId::new(told.id), severity, told.message, what.as_bytes());
        finding.help = Some(told.help.into_owned());
        finding
    }
}

impl State {
    /// The worst that is wrong with it; `None` where all is well.
    fn fault(&self, today: Date, what: &str) -> Option<Told> {
        let warning = |id, message, help: &'static str| {
            Some(Told { id, severity: Severity::Warn, message, help: Cow::Borrowed(help) })
        };
        if let Some(problem) = self.problem {
            let help = "Write `gov: allow[rule-id] reason`, with `until=2026-12-31` when it should end.";
            return warning("waiver/malformed", format!("The waiver cannot be read: {problem}"), help);
        }
        if !self.has_reason {
            let message = format!("The waiver of `{what}` gives no reason, so it excuses nothing");
            return warning("waiver/no-reason", message, "Say in it why this is not a risk.");
        }
        if let Some(until) = self.until.filter(|until| *until < today) {
            let message = format!("The waiver of `{what}` ended on {until}");
            return warning("waiver/expired", message, "Fix what it excused, or set a new date.");
        }
        if self.idle {
            let message = format!("The waiver of `{what}` has nothing to excuse");
            if let Some(Nobodys { name, meant }) = &self.nobodys {
                let all = || "See all rules: gov-hook rules list".to_owned();
                return Some(Told {
                    id: "waiver/unused",
                    severity: Severity::Warn,
                    message: format!("{message}: no rule is called `{name}`"),
                    help: Cow::Owned(meant.as_ref().map_or_else(all, |meant| format!("Did you mean `{meant}`?"))),
                });
            }
            return warning("waiver/unused", message, "Remove it, so that it does not excuse something later.");
        }
        None
    }
}

impl Told {
    const REVIEWED: Cow<'static, str> = Cow::Borrowed("Whoever reviews the change decides whether the reason holds.");

    fn added(what: &str, reason: &str) -> Self {
        let message = format!("The change adds its own waiver of `{what}`: {reason}");
        Self { id: ADDED, severity: Severity::Note, message, help: Self::REVIEWED }
    }

    fn reused(what: &str, reason: &str) -> Self {
        let message = format!("What the change adds is excused by an older waiver of `{what}`: {reason}");
        Self { id: REUSED, severity: Severity::Note, message, help: Self::REVIEWED }
    }
}

impl Excuse {
    pub(super) fn cover(&mut self, finding: &Finding) {
        self.severity = self.severity.max(Some(finding.severity));
        self.floor = self.floor.max(finding.floor);
    }

    /// What would block or be held is held still: nobody but a reviewer excuses it.
    fn weight(&self) -> Severity {
        match self.severity {
            Some(Severity::Deny | Severity::Hold) => Severity::Hold,
            Some(Severity::Warn | Severity::Note) | None => Severity::Note,
        }
    }
}

impl Entry {
    fn named(&self) -> &str {
        match &self.what {
            What::Fingerprint(fingerprint) => fingerprint,
            What::Rule { rule, .. } => &rule.text,
        }
    }

    /// A fingerprint as reports have it, by its first digits.
    fn shown(&self) -> &str {
        match &self.what {
            What::Fingerprint(fingerprint) => fingerprint.get(..12).unwrap_or(fingerprint),
            What::Rule { rule, .. } => &rule.text,
        }
    }
}
