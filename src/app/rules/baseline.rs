//! `gov-hook rules baseline`: takes an old repository as it is, so that only what comes is told.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::present::{self, Scope};
use super::waive;
use super::waivers_file::{self, WaiversFile};
use crate::app::law::WAIVERS_PATH;
use crate::app::{Answer, Environment, Failure};
use crate::check::waivers::{Baselined, Excused, Waiver, rewritten};
use crate::git::Repo;
use crate::model::{Arrange, Date, Finding, Severity, counted};

#[derive(Debug)]
pub struct Request {
    /// Needed when something is added.
    pub reason: Option<String>,
    pub until: Option<Date>,
    pub by: Option<String>,
    /// Take what only history has, too.
    pub history: bool,
    /// Add what came since the baseline was made.
    pub update: bool,
}

/// How many of a long list are shown.
const SHOWN: usize = 10;

pub fn baseline(request: &Request, environment: &Environment) -> Result<Answer, Failure> {
    let repo = Repo::open(&environment.place)?;
    waivers_file::read(&repo)?;
    let scope = if request.history { Scope::History } else { Scope::Tree };
    let findings = each_once(present::in_all(&repo, scope, environment)?);
    let file = WaiversFile::hold(&repo)?;
    let known = file.waivers.baselined(&file.bytes);
    let compared = Compared::of(&findings, &known, &file, scope);
    let adds = known.is_empty() || request.update;
    let reason = request.reason.as_deref().unwrap_or_default().trim();
    if adds && !compared.new.is_empty() {
        waive::sound(reason, request.until, environment)?;
    }

    let by = request.by.clone().or_else(|| waive::who(&repo, environment));
    let added = compared.new.iter().filter(|_| adds).map(|finding| Waiver {
        what: Excused::Finding(finding),
        reason,
        until: request.until,
        by: by.as_deref(),
        baseline: true,
    });
    let items: Vec<Waiver<'_>> = compared.carried().chain(added).collect();
    let mut said = Said::new(known.len() - compared.stale.len() + items.len());
    said.compared(&compared, adds);
    if compared.stale.is_empty() && items.is_empty() {
        return Ok(Answer::passing(said.text));
    }
    let Some(bytes) = rewritten(&file.bytes, &compared.stale, &items) else {
        return Err(Failure::new(format!("`{WAIVERS_PATH}` is not a plain list, so its items cannot be changed"))
            .mended_by("write each item on lines of its own, starting with `- `"));
    };
    file.replace(&bytes)?;
    said.line(&format!("next: check each secret among them and revoke it, then git add {WAIVERS_PATH}"));
    Ok(Answer::passing(said.text))
}

/// The findings in their order, each by the first place that has it.
fn each_once(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.arrange_by(|a, b| (&a.place, &a.rule).cmp(&(&b.place, &b.rule)));
    let mut seen = HashSet::new();
    findings.retain(|finding| seen.insert(finding.fingerprint));
    findings
}

/// What is there, beside what the baseline says is.
struct Compared<'f> {
    /// Waivers of the baseline that nothing matches any more.
    stale: Vec<Baselined>,
    /// What has left the tree and stays in history goes on to be excused there, and only there.
    moved: Vec<(&'f Finding, Baselined)>,
    /// What weighs, and no waiver names.
    new: Vec<&'f Finding>,
    /// How many weigh though a waiver names them.
    faulty: usize,
}

impl<'f> Compared<'f> {
    fn of(findings: &'f [Finding], known: &[Baselined], file: &WaiversFile, scope: Scope) -> Self {
        let stale: Vec<Baselined> = known.iter().filter(|old| is_stale(old, findings, scope)).cloned().collect();
        let was = |finding: &Finding| {
            let fingerprint = finding.fingerprint.to_string();
            stale.iter().find(|old| old.fingerprint == fingerprint).cloned()
        };
        let past = findings.iter().filter(|finding| finding.is_past());
        let moved = past.filter_map(|finding| Some((finding, was(finding)?))).collect();
        let weighing = findings.iter().filter(|finding| finding.counts() && finding.severity > Severity::Note);
        let is_named = |finding: &&Finding| file.waivers.line_of(&finding.fingerprint.to_string()).is_some();
        let (named, new): (Vec<&Finding>, Vec<&Finding>) = weighing.partition(is_named);
        Self { stale, moved, new, faulty: named.len() }
    }

    /// The waivers that go on for history only.
    fn carried(&self) -> impl Iterator<Item = Waiver<'_>> {
        self.moved.iter().map(|(finding, old)| Waiver {
            what: Excused::Finding(finding),
            reason: &old.reason,
            until: old.until,
            by: old.by.as_deref(),
            baseline: true,
        })
    }
}

/// Whether nothing matches a waiver of the baseline any more, as far as was looked.
fn is_stale(old: &Baselined, findings: &[Finding], scope: Scope) -> bool {
    let here = |past: bool| {
        findings.iter().any(|finding| finding.is_past() == past && finding.fingerprint.to_string() == old.fingerprint)
    };
    if old.history { scope == Scope::History && !here(true) } else { !here(false) }
}

fn told(finding: &Finding) -> String {
    let line = finding.place.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{} in {}{line}", finding.rule, finding.place.path)
}

/// What there is to say of the baseline.
struct Said {
    text: String,
}

impl Said {
    fn new(kept: usize) -> Self {
        Self { text: format!("{WAIVERS_PATH}: a baseline of {}\n", counted(kept, "waiver")) }
    }

    fn compared(&mut self, compared: &Compared<'_>, adds: bool) {
        let what =
            if adds { "added" } else { "not in it; to add what came since it was made, use --update and --reason" };
        self.list(what, "finding", compared.new.iter().map(|finding| told(finding)));
        let moved = || compared.moved.iter().map(|(_, old)| old);
        self.list("from now on for history only", "waiver", moved().map(|old| old.what.clone()));
        let is_gone = |old: &&Baselined| !moved().any(|moved| moved.fingerprint == old.fingerprint);
        let gone = compared.stale.iter().filter(is_gone).map(|old| old.what.clone());
        self.list("dropped, because nothing matches any more", "waiver", gone);
        if compared.faulty > 0 {
            let faulty = counted(compared.faulty, "finding");
            self.line(&format!("{faulty} named by a waiver that does not excuse it: correct its date or its reason"));
        }
    }

    fn line(&mut self, line: &str) {
        // Writing into a string cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    fn list(&mut self, what: &str, noun: &str, items: impl Iterator<Item = String>) {
        let items: Vec<String> = items.collect();
        if items.is_empty() {
            return;
        }
        self.line(&format!("{} {what}:", counted(items.len(), noun)));
        for item in items.iter().take(SHOWN) {
            self.line(&format!("  {item}"));
        }
        if items.len() > SHOWN {
            self.line(&format!("  and {} more", items.len() - SHOWN));
        }
    }
}
