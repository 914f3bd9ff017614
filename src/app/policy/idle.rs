//! What a policy says in vain: severities for rules that nobody has. That is no mistake, for a rule may go
//! while policies that name it stay in force.

use std::path::Path;

use walkdir::WalkDir;

use crate::app::Failure;
use crate::check::HEADER_FAMILY;
use crate::check::rules::{Pack, Rules, meant, read_pack};
use crate::check::waivers::explained;
use crate::model::{Mistake, RepoPath};
use crate::policy::{NameGlob, PACKS, Policy, RuleSettings};

/// The severities of a policy that weigh no rule: none of any built-in pack, whether it is in use or not, and
/// none of the packs in the work tree.
pub(super) fn severities(policy: &Policy, bytes: &[u8], work_dir: Option<&Path>) -> Result<Vec<Mistake>, Failure> {
    if policy.rules.severity.is_empty() {
        return Ok(Vec::new());
    }
    let packs = PACKS.map(str::to_owned).to_vec();
    let settings = RuleSettings { packs, extra: Vec::new(), severity: Vec::new(), imports: Vec::new() };
    let rules = Rules::new(&settings, own(policy, work_dir)).map_err(Failure::new)?;
    let known: Vec<&str> = rules.list().map(|rule| rule.definition.id.as_str()).collect();
    let globs = policy.rules.severity.iter().map(|(glob, _)| glob);
    Ok(globs.filter(|glob| !weighs(glob, &known)).map(|glob| told(glob, bytes, &known)).collect())
}

/// The repository's own packs that can be read.
fn own(policy: &Policy, work_dir: Option<&Path>) -> Vec<Pack> {
    let Some(work_dir) = work_dir else { return Vec::new() };
    let mut packs = Vec::new();
    for folder in policy.rules.extra_folders() {
        for entry in WalkDir::new(work_dir.join(folder)).sort_by_file_name().into_iter().flatten() {
            let Ok(path) = entry.path().strip_prefix(work_dir) else { continue };
            let origin = path.display().to_string();
            if policy.rules.extra.iter().any(|glob| glob.matches(&RepoPath::from(origin.as_str()))) {
                let bytes = std::fs::read(entry.path()).ok();
                packs.extend(bytes.and_then(|bytes| read_pack(&origin, &bytes, &packs).ok()));
            }
        }
    }
    packs
}

fn weighs(glob: &NameGlob, known: &[&str]) -> bool {
    // What waivers do is found by no pack.
    let is_of_waivers = explained(&glob.text).is_some() || glob.text == "waiver/*";
    is_of_waivers || known.iter().any(|id| glob.matches(id))
}

fn told(glob: &NameGlob, bytes: &[u8], known: &[&str]) -> Mistake {
    let text = String::from_utf8_lossy(bytes);
    let place = text.lines().zip(1..).find_map(|(line, number)| {
        let before = line.split_once(glob.text.as_str())?.0.chars().count();
        Some((number, u32::try_from(before).unwrap_or_default() + 1))
    });
    let (line, column) = place.unwrap_or((1, 1));
    let (what, help) = if glob.text.starts_with(HEADER_FAMILY) {
        (
            "is denied whatever `severity` says",
            "waive that finding instead: gov-hook rules waive FINGERPRINT".to_owned(),
        )
    } else {
        let help = match meant(&glob.text, known) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "see all rules: gov-hook rules list".to_owned(),
        };
        ("under `severity` matches no rule, so it has no effect", help)
    };
    Mistake {
        line,
        column,
        length: u32::try_from(glob.text.chars().count()).unwrap_or_default(),
        message: format!("`{}` {what}", glob.text),
        because: None,
        help: Some(help),
        secret: false,
    }
}
