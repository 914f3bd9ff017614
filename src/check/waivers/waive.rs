//! Sets what is waived, and tells what is wrong with the waivers.

use std::collections::{BTreeMap, HashSet};

use super::file::{Entry, Waivers, What};
use super::inline::Inline;
use crate::check::rules::Rules;
use crate::model::{Date, Finding, Place, RepoPath, RuleId, Severity, Waived};
use crate::policy::NameGlob;

/// How much was judged: only a whole tree, or history, shows that a waiver of the file has nothing
/// to excuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// What a change leaves behind.
    Change,
    /// What one commit of several adds, which the others may have taken out again.
    Commit,
    Tree,
    History,
}

/// What waiving depends on besides the findings.
#[derive(Clone, Copy)]
pub struct Waiving<'a> {
    pub rules: &'a Rules,
    pub waivers: &'a Waivers,
    pub today: Date,
    pub scope: Scope,
}

impl Waiving<'_> {
    /// The findings, those that are excused marked so, and what is wrong with the waivers.
    /// `inline` are the waivers that were found in the scanned texts.
    #[must_use]
    pub fn apply(&self, mut findings: Vec<Finding>, inline: &[Inline]) -> Vec<Finding> {
        let mut at_path: BTreeMap<&RepoPath, Vec<usize>> = BTreeMap::new();
        for (index, waiver) in inline.iter().enumerate() {
            at_path.entry(&waiver.path).or_default().push(index);
        }
        let (mut used_inline, mut used) = (HashSet::new(), HashSet::new());
        for finding in findings.iter_mut().filter(|finding| finding.waived.is_none()) {
            let here = at_path.get(&finding.place.path).into_iter().flatten();
            for &index in here {
                let Some(waiver) = inline.get(index).filter(|waiver| waiver.names(finding)) else { continue };
                used_inline.insert(index);
                if finding.waived.is_none() && waiver.holds(self.today) {
                    let by = format!("{}:{}", waiver.path, waiver.line);
                    finding.waived = Some(Waived { reason: waiver.reason.clone(), by });
                }
            }
            for index in self.waivers.of_finding(finding) {
                let entry = self.waivers.entries.get(index).filter(|entry| self.concerns(entry, finding));
                let Some(entry) = entry else { continue };
                used.insert(index);
                if finding.waived.is_none() && entry.holds(self.today) {
                    let by = format!("{}:{}", self.waivers.origin, entry.line);
                    finding.waived = Some(Waived { reason: entry.reason.clone(), by });
                }
            }
        }
        for (index, waiver) in inline.iter().enumerate() {
            findings.extend(self.of_inline(waiver, used_inline.contains(&index)));
        }
        for (index, entry) in self.waivers.entries.iter().enumerate() {
            findings.extend(self.of_entry(entry, used.contains(&index)));
        }
        self.hide_secrets(&mut findings);
        findings
    }

    /// A waiver for history lets nothing come back: it excuses only what the newest tree has no more.
    fn concerns(&self, entry: &Entry, finding: &Finding) -> bool {
        !entry.history || self.scope == Scope::Commit || finding.is_past()
    }

    /// A reason may say what it should not.
    fn hide_secrets(&self, findings: &mut [Finding]) {
        let mut reasons: Vec<&mut String> = Vec::new();
        for finding in findings {
            if finding.rule.as_str().starts_with("waiver/") {
                reasons.push(&mut finding.message);
            } else if let Some(waived) = &mut finding.waived {
                reasons.push(&mut waived.reason);
            }
        }
        self.rules.hide_secrets(&mut reasons);
    }

    fn of_inline(&self, waiver: &Inline, used: bool) -> Option<Finding> {
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
        self.finding(&state, place, &rules.join(", "), waiver.reason.as_str())
    }

    /// Whether a rule speaks of changes only, so that a tree shows nothing of its waivers.
    fn cannot_know(&self, rule: &NameGlob) -> bool {
        matches!(self.scope, Scope::Tree | Scope::History) && self.rules.is_silent_on_trees(rule)
    }

    fn of_entry(&self, entry: &Entry, used: bool) -> Option<Finding> {
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
        let named = entry.named();
        let by = entry.by.as_ref().map(|by| format!("{} (by {by})", entry.reason));
        self.finding(&state, place, &named, by.as_deref().unwrap_or(&entry.reason))
    }

    fn finding(&self, state: &State, place: Place, what: &str, reason: &str) -> Option<Finding> {
        let (id, severity, message, help) = if let Some(problem) = state.problem {
            let help = "Write `gov: allow[rule-id] reason`, with `until=2026-12-31` when it should end.";
            ("waiver/malformed", Severity::Warn, format!("The waiver cannot be read: {problem}"), help)
        } else if !state.has_reason {
            let help = "Say behind the brackets why this is no risk.";
            (
                "waiver/no-reason",
                Severity::Warn,
                format!("The waiver of `{what}` gives no reason, so it excuses nothing"),
                help,
            )
        } else if let Some(until) = state.until.filter(|until| *until < self.today) {
            let help = "Mend what it excused, or set a new date.";
            ("waiver/expired", Severity::Warn, format!("The waiver of `{what}` ended on {until}"), help)
        } else if state.idle {
            let help = "Remove it, so that it excuses nothing that comes later.";
            ("waiver/unused", Severity::Warn, format!("The waiver of `{what}` has nothing to excuse"), help)
        } else if state.added && state.used {
            let help = "Whoever reviews the change decides whether the reason holds.";
            ("waiver/added", Severity::Note, format!("The change brings its own waiver of `{what}`: {reason}"), help)
        } else {
            return None;
        };
        let severity = self.rules.severity(id, severity);
        let mut finding = Finding::at(place, RuleId::new(id), severity, message, what.as_bytes());
        finding.help = Some(help.to_owned());
        Some(finding)
    }
}

/// What there is to say of a waiver.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about a waiver")]
struct State {
    problem: Option<&'static str>,
    has_reason: bool,
    until: Option<Date>,
    used: bool,
    idle: bool,
    added: bool,
}

impl Inline {
    fn names(&self, finding: &Finding) -> bool {
        let rule = self.rules.iter().any(|glob| glob.matches(finding.rule.as_str()));
        rule && (finding.place.line == Some(self.covers) || self.elsewhere.contains(&finding.fingerprint))
    }

    fn holds(&self, today: Date) -> bool {
        self.problem.is_none() && !self.reason.is_empty() && self.until.is_none_or(|until| until >= today)
    }
}

impl Entry {
    fn named(&self) -> String {
        match &self.what {
            What::Fingerprint(fingerprint) => fingerprint.clone(),
            What::Rule { rule, .. } => rule.text.clone(),
        }
    }

    fn holds(&self, today: Date) -> bool {
        !self.reason.is_empty() && self.until.is_none_or(|until| until >= today)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Excused, Waiver, rewritten};
    use super::*;
    use crate::check::rules::{Candidate, Common, Found};
    use crate::model::{LineDiff, Mode};

    const PACK: &str = r#"[
        {"id": "t/word", "keywords": ["bad"], "regex": "bad[a-z]*", "severity": "deny", "message": "bad word"},
        {"id": "t/gone", "on": "removed", "keywords": ["assert"], "regex": "assert", "severity": "hold", "show": true,
         "message": "gone"},
        {"id": "t/new", "keywords": ["skip"], "regex": "skip", "severity": "hold", "show": true, "changes_only": true,
         "message": "new"}
    ]"#;

    /// Each finding as `rule severity line`, with who waived it, or what a waiver is told.
    fn judged(new: &str, old: Option<&str>, waivers: &Waivers, scope: Scope) -> Vec<String> {
        let (rules, path) = (Rules::of_json(PACK), RepoPath::from("src/a.rs"));
        let file = Candidate {
            path: &path,
            from: None,
            old_mode: old.map(|_| Mode::Regular),
            new_mode: Some(Mode::Regular),
            old: old.map(str::as_bytes),
            new: Some(new.as_bytes()),
            common: Common::of(old.map(str::as_bytes), Some(new.as_bytes())),
            known: None,
            by_agent: false,
            in_tree: matches!(scope, Scope::Tree | Scope::History),
            is_weighed: true,
        };
        let lines = LineDiff::between(old.unwrap_or_default().as_bytes(), new.as_bytes());
        let Found { findings, waivers: inline, .. } = rules.scan(&file, || std::borrow::Cow::Owned(lines));
        let today = "2026-06-01".parse().unwrap();
        let waived = Waiving { rules: &rules, waivers, today, scope }.apply(findings, &inline);
        let said = |finding: &Finding| {
            let Finding { rule, severity, place, waived, message, .. } = finding;
            let line = place.line.map(|line| line.to_string()).unwrap_or_default();
            let more = match waived {
                Some(waived) => format!(" waived by {}: {}", waived.by, waived.reason),
                None if rule.as_str().starts_with("waiver/") => format!(": {message}"),
                None => String::new(),
            };
            format!("{rule} {severity} {line}{more}")
        };
        waived.iter().map(said).collect()
    }

    fn inline(new: &str) -> Vec<String> {
        judged(new, Some(""), &Waivers::default(), Scope::Change)
    }

    #[test]
    fn a_waiver_excuses_its_line_or_the_next_one_and_is_told() {
        let added = "waiver/added note 1: The change brings its own waiver of `t/word`: why";

        assert_eq!(inline("badly // gov: allow[t/word] why"), ["t/word deny 1 waived by src/a.rs:1: why", added]);
        assert_eq!(inline("// gov: allow[t/word] why\nbadly\n"), ["t/word deny 2 waived by src/a.rs:1: why", added]);
        assert_eq!(
            inline("badly // gov: allow[t/word] why\nbad\n"),
            ["t/word deny 1 waived by src/a.rs:1: why", "t/word deny 2", added]
        );
    }

    #[test]
    fn waivers_above_each_other_excuse_the_line_beneath_them() {
        let said = inline("# gov: allow[t/other] why\n# gov: allow[t/*] why\nbad\n");

        assert_eq!(
            said,
            [
                "t/word deny 3 waived by src/a.rs:2: why",
                "waiver/unused warn 1: The waiver of `t/other` has nothing to excuse",
                "waiver/added note 2: The change brings its own waiver of `t/*`: why",
            ]
        );
    }

    #[test]
    fn a_waiver_without_reason_or_past_its_date_excuses_nothing() {
        assert_eq!(
            inline("bad // gov: allow[t/word]"),
            ["t/word deny 1", "waiver/no-reason warn 1: The waiver of `t/word` gives no reason, so it excuses nothing"]
        );
        assert_eq!(
            inline("bad // gov: allow[t/word] why until=2026-05-31"),
            ["t/word deny 1", "waiver/expired warn 1: The waiver of `t/word` ended on 2026-05-31"]
        );
        assert_eq!(
            inline("bad // gov: allow[t/word] why until=2026-06-01")[0],
            "t/word deny 1 waived by src/a.rs:1: why"
        );
        assert_eq!(
            inline("// gov: allow[t/word oh\n"),
            ["waiver/malformed warn 1: The waiver cannot be read: the bracket is never closed"]
        );
    }

    #[test]
    fn a_waiver_that_excuses_an_old_line_is_neither_unused_nor_told() {
        let old = "bad // gov: allow[t/word] why\n";

        assert_eq!(judged(&format!("{old}more\n"), Some(old), &Waivers::default(), Scope::Change), [] as [&str; 0]);
    }

    #[test]
    fn what_is_gone_is_excused_by_its_full_name_only() {
        let said = |rule: &str| {
            judged(&format!("// gov: allow[{rule}] moved\n"), Some("assert\n"), &Waivers::default(), Scope::Change)
        };

        assert_eq!(said("t/gone")[0], "t/gone hold 1 waived by src/a.rs:1: moved");
        assert_eq!(said("t/*")[0], "t/gone hold 1");
    }

    #[test]
    fn the_file_waives_by_fingerprint_or_by_rule_and_paths() {
        let yaml = "- rule: t/*\n  paths: [\"src/**\"]\n  reason: old\n  by: ada\n- rule: t/word\n  paths: [b.rs]\n  reason: x\n";
        let waivers = Waivers::read(".gov/waivers.yaml", yaml.as_bytes()).unwrap();

        assert_eq!(judged("bad", None, &waivers, Scope::Change), ["t/word deny 1 waived by .gov/waivers.yaml:1: old"]);
        assert_eq!(
            judged("bad", None, &waivers, Scope::Tree),
            [
                "t/word deny 1 waived by .gov/waivers.yaml:1: old",
                "waiver/unused warn 5: The waiver of `t/word` has nothing to excuse"
            ]
        );
    }

    #[test]
    fn a_tree_shows_nothing_of_waivers_for_rules_about_changes() {
        let waivers = Waivers::read("w", b"- rule: t/new\n  reason: x\n- rule: t/gone\n  reason: x\n").unwrap();
        let inline = "skip // gov: allow[t/new] why\n";

        assert_eq!(judged(inline, None, &waivers, Scope::Tree), [] as [&str; 0]);
        assert_eq!(judged("skip\n", None, &Waivers::default(), Scope::Tree), [] as [&str; 0]);
        assert_eq!(judged("skip\n", None, &Waivers::default(), Scope::Change), ["t/new hold 1"]);
    }

    #[test]
    fn a_waiver_that_the_change_adds_must_be_sound_even_if_nothing_needs_it_here() {
        let yaml = "- rule: t/word\n- rule: t/word\n  reason: x\n  until: 2026-05-31\n- rule: t/word\n  reason: x\n";
        let waivers = Waivers::default().with_added(Waivers::read(".gov/waivers.yaml", yaml.as_bytes()).unwrap());
        let old = Waivers::read(".gov/waivers.yaml", yaml.as_bytes()).unwrap();

        let faults = [
            "waiver/no-reason warn 1: The waiver of `t/word` gives no reason, so it excuses nothing",
            "waiver/expired warn 2: The waiver of `t/word` ended on 2026-05-31",
        ];
        assert_eq!(judged("good", None, &waivers, Scope::Change), faults);
        assert_eq!(judged("good", None, &old, Scope::Change), [""; 0]);
    }

    #[test]
    fn a_waiver_for_history_excuses_nothing_that_is_there() {
        let yaml = "- rule: t/word\n  reason: x\n  history: true\n";
        let waivers = Waivers::read(".gov/waivers.yaml", yaml.as_bytes()).unwrap();
        let unused = "waiver/unused warn 1: The waiver of `t/word` has nothing to excuse";

        let said = |scope| judged("bad", None, &waivers, scope);

        assert_eq!(said(Scope::Change), ["t/word deny 1"]);
        assert_eq!(said(Scope::Tree), ["t/word deny 1"]);
        assert_eq!(said(Scope::History), ["t/word deny 1", unused]);
        assert_eq!(said(Scope::Commit), ["t/word deny 1 waived by .gov/waivers.yaml:1: x"]);
    }

    #[test]
    fn a_waiver_that_only_the_change_has_is_told() {
        let read = |yaml: &str| Waivers::read(".gov/waivers.yaml", yaml.as_bytes()).unwrap();
        let old = "- rule: t/other\n  reason: x\n";
        let waivers = read(old).with_added(read(&format!("{old}- rule: t/word\n  reason: new\n")));

        assert_eq!(
            judged("bad", None, &waivers, Scope::Change),
            [
                "t/word deny 1 waived by .gov/waivers.yaml:3: new",
                "waiver/added note 3: The change brings its own waiver of `t/word`: new"
            ]
        );
    }

    #[test]
    fn a_baseline_excuses_all_that_is_there_and_nothing_that_comes() {
        let rules = Rules::of_json(PACK);
        let findings = rules.scan_text(&RepoPath::from("src/a.rs"), b"bad\nbadly\n").findings;
        let waiver =
            |finding| Waiver { what: Excused::Finding(finding), reason: "old", until: None, by: None, baseline: true };

        let written = rewritten(b"", &[], &findings.iter().map(waiver).collect::<Vec<_>>()).unwrap();

        let waivers = Waivers::read(".gov/waivers.yaml", &written).unwrap();
        assert_eq!(
            judged("x\nbadly\nbad\nbadder\n", None, &waivers, Scope::Tree),
            [
                "t/word deny 2 waived by .gov/waivers.yaml:5: old",
                "t/word deny 3 waived by .gov/waivers.yaml:2: old",
                "t/word deny 4",
            ]
        );
    }

    #[test]
    fn all_mistakes_of_the_file_are_told_at_once() {
        let yaml =
            "- fingerprint: abc\n  rule: x\n- fingerprint: abc\n- reson: x\n- rule: a/b\n  until: soon\n  paths: x\n";
        let mistakes = Waivers::read("w", yaml.as_bytes()).unwrap_err();

        let said: Vec<String> = mistakes.iter().map(|m| format!("{}:{} {}", m.line, m.column, m.message)).collect();
        assert_eq!(
            said,
            [
                "2:9 a waiver names a `fingerprint` or a `rule`, not both",
                "3:16 this is no fingerprint",
                "4:3 the waiver names neither a `fingerprint` nor a `rule`",
                "4:3 this is no field of a waiver",
                "6:10 `until` is no date",
                "7:10 `paths` must be a list",
            ]
        );
    }
}
