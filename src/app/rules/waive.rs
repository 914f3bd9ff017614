//! `gov-hook rules waive`: one finding, or one rule at some paths, is excused from now on.

use super::present::{self, Scope};
use super::waivers_file::{self, WaiversFile};
use crate::app::law::{Law, WAIVERS_PATH};
use crate::app::{Answer, Environment, Failure};
use crate::check::waivers::{Excused, Waiver, inline, is_reason, rewritten};
use crate::git::Repo;
use crate::model::{Date, Finding, counted};
use crate::policy::{NameGlob, PathGlob, Reach};

#[derive(Debug)]
pub struct Request {
    pub what: What,
    pub reason: String,
    pub until: Option<Date>,
    /// Who answers for it; else whoever git says is at work.
    pub by: Option<String>,
    /// Look for the finding in history too.
    pub history: bool,
    /// Write it though nothing here is excused by it.
    pub force: bool,
}

#[derive(Debug)]
pub enum What {
    /// All of its digits, or as many as no other finding starts with.
    Fingerprint(String),
    Rule {
        rule: String,
        paths: Vec<String>,
    },
}

/// Fewer digits are met by chance.
const FEWEST_DIGITS: usize = 6;

const ALL_DIGITS: usize = 32;

pub fn waive(request: &Request, environment: &Environment) -> Result<Answer, Failure> {
    let reason = request.reason.trim();
    sound(reason, request.until, environment)?;
    let repo = Repo::open(&environment.place)?;
    // A broken file is told before anything long is begun.
    waivers_file::read(&repo)?;
    let by = request.by.clone().or_else(|| who(&repo, environment));
    let waiver = |what| Waiver { what, reason, until: request.until, by: by.as_deref(), baseline: false };
    match &request.what {
        What::Fingerprint(digits) => {
            let digits = digits.to_ascii_lowercase();
            let Some(finding) = named(&repo, &digits, request, environment)? else {
                let line = write(&repo, waiver(Excused::Fingerprint(&digits)), Some(&digits))?;
                return Ok(Answer::passing(said(line, &format!("{digits}, which is not found here"), &[])));
            };
            let line = write(&repo, waiver(Excused::Finding(&finding)), Some(&finding.fingerprint.to_string()))?;
            let place = finding.place.line.map(|line| format!(":{line}")).unwrap_or_default();
            let what = format!("{} in {}{place}", finding.rule, finding.place.path);
            let in_text = inline(&finding.place.path, finding.rule.as_str(), reason, request.until);
            let in_text = in_text.filter(|_| finding.place.line.is_some() && !finding.is_gone());
            let instead = in_text.map(|comment| {
                format!("it could also be in the text, in a comment on that line or above it:\n  {comment}\n")
            });
            Ok(Answer::passing(said(line, &what, instead.as_slice())))
        }
        What::Rule { rule, paths } => {
            let excused = excused_by(&repo, rule, paths, request, environment)?;
            let line = write(&repo, waiver(Excused::Rule { rule, paths }), None)?;
            Ok(Answer::passing(said(line, &format!("{rule} in {}: {excused}", paths.join(", ")), &[])))
        }
    }
}

/// A reason that says something, and a date that is to come.
pub(super) fn sound(reason: &str, until: Option<Date>, environment: &Environment) -> Result<(), Failure> {
    if !is_reason(reason) {
        return Err(Failure::new("a waiver needs a reason").mended_by("say why this is not a risk: --reason \"…\""));
    }
    let today = environment.today()?;
    match until.filter(|until| *until < today) {
        Some(until) => Err(Failure::new(format!("{until} is in the past, so the waiver would have expired"))
            .mended_by(format!("name a day from {today} on"))),
        None => Ok(()),
    }
}

/// Whoever git says is at work.
pub(super) fn who(repo: &Repo, environment: &Environment) -> Option<String> {
    let part = |given: &Option<String>, key: &str| given.clone().or_else(|| repo.config_string(key));
    let name = part(&environment.author.name, "user.name");
    let email = part(&environment.author.email, "user.email").map(|email| format!("<{email}>"));
    let who: Vec<String> = name.into_iter().chain(email).collect();
    (!who.is_empty()).then(|| who.join(" "))
}

/// What a waiver may be meant for.
fn looked_through(repo: &Repo, request: &Request, environment: &Environment) -> Result<Vec<Finding>, Failure> {
    let mut findings = present::anywhere(repo, environment)?;
    if request.history {
        findings.extend(present::in_all(repo, Scope::History, environment)?);
    }
    Ok(findings)
}

/// The one finding whose fingerprint starts so; none only by force.
fn named(repo: &Repo, digits: &str, request: &Request, environment: &Environment) -> Result<Option<Finding>, Failure> {
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex || !(FEWEST_DIGITS..=ALL_DIGITS).contains(&digits.len()) {
        return Err(Failure::new(format!(
            "`{digits}` is not a fingerprint: it has {FEWEST_DIGITS} to {ALL_DIGITS} hexadecimal digits"
        ))
        .mended_by("`gov-hook check` prints the fingerprint of each finding; to waive a rule: --rule ID --path GLOB"));
    }
    let findings = looked_through(repo, request, environment)?;
    let mut of_it: Vec<Finding> =
        findings.into_iter().filter(|finding| finding.fingerprint.to_string().starts_with(digits)).collect();
    of_it.dedup_by_key(|finding| finding.fingerprint);
    let looked = if request.history { " or in history" } else { "" };
    match (of_it.len(), of_it.pop()) {
        (1, Some(finding)) => match &finding.waived {
            Some(waived) => Err(Failure::new(format!("{} already waives it: {}", waived.by, waived.reason))),
            None => Ok(Some(finding)),
        },
        (_, None) if request.force && digits.len() == ALL_DIGITS => Ok(None),
        (_, None) => {
            let failure = format!(
                "no finding of the tracked files, of what is staged or of this branch{looked} has a fingerprint that \
                 starts with `{digits}`"
            );
            Err(Failure::new(failure).mended_by(if request.force {
                "to write it anyway, give all 32 digits"
            } else if request.history {
                "see the findings: gov-hook check --history"
            } else {
                "see the findings: gov-hook check --all; for those only in history add --history"
            }))
        }
        (many, Some(_)) => {
            Err(Failure::new(format!("`{digits}` begins {many} fingerprints")).mended_by("give more of its digits"))
        }
    }
}

/// How many findings a rule's waiver excuses, in words.
fn excused_by(
    repo: &Repo,
    rule: &str,
    paths: &[String],
    request: &Request,
    environment: &Environment,
) -> Result<String, Failure> {
    let invalid = |what: String, why: &dyn std::fmt::Display| Failure::new(format!("{what} is not a glob: {why}"));
    let names = NameGlob::new(rule).map_err(|why| invalid(format!("`{rule}`"), &why))?;
    let globs: Vec<PathGlob> = paths
        .iter()
        .map(|path| PathGlob::new(path, Reach::Lenient, None).map_err(|why| invalid(format!("`{path}`"), &why)))
        .collect::<Result<_, _>>()?;
    let law = Law::at(repo, repo.head()?.commit())?;
    if !law.rules.list().any(|known| names.matches(&known.definition.id)) {
        return Err(super::unknown(&law, rule));
    }
    let findings = looked_through(repo, request, environment)?;
    let at = |finding: &&Finding| globs.iter().any(|glob| glob.matches(&finding.place.path));
    let count = findings.iter().filter(|finding| names.matches(finding.rule.as_str())).filter(at).count();
    if count == 0 && !request.force {
        return Err(Failure::new(format!("a waiver of `{rule}` in {} would excuse nothing here", paths.join(", ")))
            .mended_by("a waiver with nothing to excuse is itself a finding; to write it anyway: --force"));
    }
    Ok(counted(count, "finding"))
}

/// Adds it to the file, and returns the line it has there.
fn write(repo: &Repo, waiver: Waiver<'_>, fingerprint: Option<&str>) -> Result<u32, Failure> {
    let file = WaiversFile::hold(repo)?;
    let known = match waiver.what {
        Excused::Rule { rule, paths } => file.waivers.line_of_rule(rule, paths),
        Excused::Finding(_) | Excused::Fingerprint(_) => fingerprint.and_then(|digits| file.waivers.line_of(digits)),
    };
    if let Some(line) = known {
        return Err(Failure::new(format!("{WAIVERS_PATH}:{line} already names it"))
            .mended_by("if it excuses nothing, its date has passed or its reason is missing: change it there"));
    }
    let Some(bytes) = rewritten(&file.bytes, &[], &[waiver]) else {
        return Err(Failure::new(format!("`{WAIVERS_PATH}` is not a plain list, so nothing can be added at its end"))
            .mended_by(format!("add it by hand:\n{}", waiver.to_yaml())));
    };
    let line = memchr::memchr_iter(b'\n', &bytes).count() + 1;
    let line = line.saturating_sub(waiver.to_yaml().lines().filter(|line| !line.starts_with('#')).count());
    file.replace(&bytes)?;
    Ok(u32::try_from(line).unwrap_or(u32::MAX))
}

fn said(line: u32, what: &str, more: &[String]) -> String {
    let more = more.concat();
    format!(
        "{WAIVERS_PATH}:{line} waives {what}\n{more}a change of .gov/** is CRITICAL: the waiver counts for good once \
         that change is approved\nnext: git add {WAIVERS_PATH}\n"
    )
}
