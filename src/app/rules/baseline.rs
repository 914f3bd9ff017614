//! `gov-hook rules baseline`: takes an old repository as it is, so that only what comes is told.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::waivers_file::{self, WaiversFile};
use super::{present, waive};
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
    let mut findings = present::in_all(&repo, request.history, environment)?;
    findings.arrange_by(|a, b| (&a.place, &a.rule).cmp(&(&b.place, &b.rule)));
    let mut seen = HashSet::new();
    findings.retain(|finding| seen.insert(finding.fingerprint));

    let file = WaiversFile::hold(&repo)?;
    let known = file.waivers.baselined(&file.bytes);
    let stale: Vec<Baselined> = known.iter().filter(|old| is_stale(old, &findings, request.history)).cloned().collect();
    // What has left the tree and stays in history goes on to be excused there, and only there.
    let moved: Vec<(&Finding, &Baselined)> = findings
        .iter()
        .filter(|finding| finding.is_past())
        .filter_map(|finding| {
            Some((finding, stale.iter().find(|old| old.fingerprint == finding.fingerprint.to_string())?))
        })
        .collect();
    let weighs = |finding: &&Finding| finding.counts() && finding.severity > Severity::Note;
    let unnamed = |finding: &&Finding| file.waivers.line_of(&finding.fingerprint.to_string()).is_none();
    let new: Vec<&Finding> = findings.iter().filter(weighs).filter(unnamed).collect();
    let faulty = findings.iter().filter(weighs).filter(|finding| !unnamed(finding)).count();
    let adds = known.is_empty() || request.update;
    let reason = request.reason.as_deref().unwrap_or_default().trim();
    if adds && !new.is_empty() {
        waive::sound(reason, request.until, environment)?;
    }

    let by = request.by.clone().or_else(|| waive::who(&repo, environment));
    let added = new.iter().copied().filter(|_| adds).map(|finding| Waiver {
        what: Excused::Finding(finding),
        reason,
        until: request.until,
        by: by.as_deref(),
        baseline: true,
    });
    let carried = moved.iter().map(|(finding, old)| Waiver {
        what: Excused::Finding(finding),
        reason: &old.reason,
        until: old.until,
        by: old.by.as_deref(),
        baseline: true,
    });
    let items: Vec<Waiver<'_>> = carried.chain(added).collect();
    let kept = known.len() - stale.len() + items.len();
    let mut said = Said::new(kept);
    if adds {
        said.list("added", "finding", new.iter().map(|finding| told(finding)));
    } else {
        said.list(
            "not in it; to add what came since it was made, use --update and --reason",
            "finding",
            new.iter().map(|finding| told(finding)),
        );
    }
    said.list("from now on for history only", "waiver", moved.iter().map(|(_, old)| old.what.clone()));
    let gone = stale.iter().filter(|old| !moved.iter().any(|(_, moved)| moved.fingerprint == old.fingerprint));
    said.list("dropped, since nothing matches any more", "waiver", gone.map(|old| old.what.clone()));
    if faulty > 0 {
        said.line(&format!(
            "{} that a waiver names without excusing it: mend its date or its reason",
            counted(faulty, "finding")
        ));
    }
    if stale.is_empty() && items.is_empty() {
        return Ok(Answer::passing(said.text));
    }
    let Some(bytes) = rewritten(&file.bytes, &stale, &items) else {
        return Err(Failure::new(format!("`{WAIVERS_PATH}` is not a plain list, so its items cannot be changed"))
            .mended_by("write each item on lines of its own, starting with `- `"));
    };
    file.replace(&bytes)?;
    said.line(&format!("next: look at each secret among them and revoke it, then git add {WAIVERS_PATH}"));
    Ok(Answer::passing(said.text))
}

/// Whether nothing matches a waiver of the baseline any more, as far as was looked.
fn is_stale(old: &Baselined, findings: &[Finding], history: bool) -> bool {
    let here = |past: bool| {
        findings.iter().any(|finding| finding.is_past() == past && finding.fingerprint.to_string() == old.fingerprint)
    };
    if old.history { history && !here(true) } else { !here(false) }
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
