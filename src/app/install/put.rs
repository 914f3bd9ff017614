//! Hooks into a folder and out of it again, each in one step: git finds the old hook or the new one.

use crate::model::Arrange;
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};

use super::kept::{Found, Owner, aside, is_there, legacy, look, older, spare, unused};
use super::shim::Shim;
use crate::app::Failure;
use crate::git::{Repo, clear_leftovers};
use crate::report::install::{Done, What};

/// One hook that is about to be put in its place.
struct Planned {
    stage: String,
    hook: PathBuf,
    new: New,
    what: What,
    /// The script that will be kept goes by its own name and folder.
    is_framework: bool,
    unused: Vec<PathBuf>,
}

/// What the name of such a hook has between its stage and the number of the process.
const DRAFT: &str = ".gov-hook-";

/// A hook that waits beside its place. What is left of it, where it does not get there, is of no use to anybody.
struct New(PathBuf);

impl Drop for New {
    fn drop(&mut self) {
        // Most often it was moved; that it may stay is no second failure.
        let _ = fs::remove_file(&self.0);
    }
}

/// Puts a shim for each stage into the folder; nothing is changed unless all of them can be written.
pub(super) fn install(repo: &Repo, folder: &Path, stages: &[&str], binary: &Path) -> Result<Vec<Done>, Failure> {
    let cannot = |error: std::io::Error| cannot_write(folder, &error);
    repo.make_folder(folder).map_err(cannot)?;
    let (mut done, mut planned) = (Vec::new(), Vec::new());
    for stage in stages {
        let hook = folder.join(stage);
        let there = look(&hook)?;
        let unused = never_run(&hook, &there)?;
        let kept = legacy(&hook);
        let kept = if unused.contains(&kept) { Found::Nothing } else { look(&kept)? };
        let (what, kept) = match there {
            Found::Folder => {
                return Err(Failure::new(format!("`{}` is a folder, where a hook belongs", hook.display())));
            }
            Found::Nothing => (What::Written, kept),
            Found::Ours { .. } => (What::Renewed, kept),
            Found::Foreign { by, runs } => (What::Chained { by: by.as_str(), runs }, Found::Foreign { by, runs }),
        };
        let by = if let Found::Foreign { by, .. } = kept { Some(by) } else { None };
        let shim = Shim { stage: (*stage).to_owned(), binary: binary.to_owned(), sourced: by == Some(Owner::Husky) };
        let text = shim.text();
        let is_framework = by.is_some_and(Owner::runs_legacy);
        let is_led_aside = aside(&hook).is_some_and(|aside| is_there(&aside));
        let is_same = is_led_aside == is_framework && matches!(look(&hook)?, Found::Ours { runs: true, .. });
        if is_same && fs::read(&hook).is_ok_and(|there| there == text) {
            done.push(Done { stage: shim.stage, what: What::Current, older: Vec::new(), unused });
            continue;
        }
        let new = New(folder.join(format!(".{stage}{DRAFT}{}", std::process::id())));
        planned.push((Planned { stage: shim.stage, hook, new, what, is_framework, unused }, text));
    }
    for (plan, text) in &planned {
        write(&plan.new.0, text).map_err(cannot)?;
        let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_draft = |name: &str| name.split_once(DRAFT).is_some_and(|(_, digits)| is_number(digits));
        clear_leftovers(&plan.new.0, |name| name.starts_with('.') && is_draft(name));
        repo.share(&plan.new.0);
    }
    for (plan, _) in planned {
        let older = place(&plan).map_err(|error| cannot_write(&plan.hook, &error))?;
        done.push(Done { stage: plan.stage, what: plan.what, older, unused: plan.unused });
    }
    done.arrange_by_key(|done| stages.iter().position(|stage| *stage == done.stage));
    Ok(done)
}

/// Files that ours would run for their names, and that nothing runs now: not git, no framework, and no hook
/// of ours that stood here before.
fn never_run(hook: &Path, there: &Found) -> Result<Vec<PathBuf>, Failure> {
    if matches!(there, Found::Ours { .. }) {
        return Ok(Vec::new());
    }
    let kept = legacy(hook);
    let spare = spare(hook).filter(|spare| is_there(spare));
    let kept_is_ours = matches!(look(&kept)?, Found::Ours { .. });
    let was_here = kept_is_ours || spare.is_some() || aside(hook).is_some_and(|aside| is_there(&aside));
    let is_run = kept_is_ours
        || matches!(there, Found::Foreign { by, .. } if by.runs_legacy())
        || spare.map_or(was_here, |spare| same(&spare, &kept))
        || same(hook, &kept);
    let kept = Some(kept).filter(|kept| !is_run && is_there(kept));
    Ok(kept.into_iter().chain(older(hook).filter(|older| !was_here && is_there(older))).collect())
}

fn set_aside(hook: &Path, files: &[PathBuf]) -> std::io::Result<()> {
    for file in files {
        let Some(place) = unused(hook, file) else { continue };
        if is_there(&place) {
            return Err(std::io::Error::other(format!("`{}` is there already", place.display())));
        }
        place.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::rename(file, place)?;
    }
    Ok(())
}

/// Puts those back that were set aside, unless something else has their names now.
fn take_back(hook: &Path) -> std::io::Result<()> {
    for file in std::iter::once(legacy(hook)).chain(older(hook)) {
        let Some(place) = unused(hook, &file).filter(|place| is_there(place) && !is_there(&file)) else { continue };
        fs::rename(&place, &file)?;
        // Others may still be in it.
        let _ = place.parent().map(fs::remove_dir);
    }
    Ok(())
}

fn write(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o755).open(path)?;
    file.write_all(text)?;
    // After a power failure an empty hook would let everything by.
    file.sync_all()
}

/// Keeps what stands there, and puts the new hook over it.
fn place(plan: &Planned) -> std::io::Result<Vec<PathBuf>> {
    let mut moved = Vec::new();
    set_aside(&plan.hook, &plan.unused)?;
    if matches!(plan.what, What::Chained { .. }) {
        moved = keep(&plan.hook)?;
        if !plan.is_framework {
            spare_of(&plan.hook);
        }
    }
    if let Some(aside) = aside(&plan.hook) {
        match (plan.is_framework, is_there(&aside)) {
            (true, false) => lead_aside(&plan.hook, &aside)?,
            (false, true) => remove_aside(&aside)?,
            (true, true) | (false, false) => {}
        }
    }
    fs::rename(&plan.new.0, &plan.hook)?;
    Ok(moved)
}

/// A second name for what stands there, so that at no moment there is no hook.
fn keep(hook: &Path) -> std::io::Result<Vec<PathBuf>> {
    let kept = legacy(hook);
    let mut moved = Vec::new();
    let is_ours = |path: &Path| matches!(look(path), Ok(Found::Ours { .. }));
    if is_there(&kept) && same(hook, &kept) {
        return Ok(moved);
    }
    let spare = spare(hook).filter(|spare| is_there(spare));
    let older = if is_ours(&kept) {
        fs::remove_file(&kept)?;
        spare
    } else {
        Some(kept.clone()).filter(|kept| is_there(kept))
    };
    if let Some(older) = older {
        let free = self::older(hook).find(|path| !is_there(path));
        let free = free.ok_or_else(|| std::io::Error::other("nine hooks are kept already"))?;
        fs::rename(older, &free)?;
        moved.push(free);
    }
    // Not every file system has links.
    match fs::hard_link(hook, &kept) {
        Ok(()) => Ok(moved),
        Err(_) => fs::rename(hook, &kept).map(|()| moved),
    }
}

/// What is kept gets a second name: a framework that is installed over ours overwrites the first.
/// Where that cannot be had, it is done without.
fn spare_of(hook: &Path) {
    let Some(spare) = spare(hook) else { return };
    let made = spare.parent().map(fs::create_dir_all);
    let _ = fs::remove_file(&spare);
    if made.is_some_and(|made| made.is_ok()) {
        let _ = fs::hard_link(legacy(hook), &spare);
    }
}

/// Whether two files are one, or alike: an installation that was cut short left both names.
fn same(one: &Path, other: &Path) -> bool {
    let facts = |path: &Path| fs::symlink_metadata(path).map(|file| (file.file_type(), file.permissions())).ok();
    let content = |path: &Path| {
        if path.is_symlink() {
            fs::read_link(path).map(|to| to.into_os_string().into_encoded_bytes())
        } else {
            fs::read(path)
        }
    };
    facts(one) == facts(other) && matches!((content(one), content(other)), (Ok(one), Ok(other)) if one == other)
}

/// Has the name aside lead to what is kept.
fn lead_aside(hook: &Path, aside: &Path) -> std::io::Result<()> {
    let Some(folder) = aside.parent() else { return Ok(()) };
    fs::create_dir_all(folder)?;
    symlink(Path::new("..").join(legacy(hook).file_name().unwrap_or_default()), aside)
}

fn remove_aside(aside: &Path) -> std::io::Result<()> {
    fs::remove_file(aside)?;
    // Others may still be in it.
    let _ = aside.parent().map(fs::remove_dir);
    Ok(())
}

/// Takes ours out of a folder, and puts back what stood there.
pub(super) fn uninstall(folder: &Path, stages: &[&str]) -> Result<Vec<Done>, Failure> {
    let mut done = Vec::new();
    for stage in stages {
        let hook = folder.join(stage);
        let kept = legacy(&hook);
        let what = match (look(&hook)?, look(&kept)?) {
            (Found::Ours { .. }, Found::Nothing | Found::Ours { .. }) => Some(What::Removed),
            (Found::Ours { .. }, Found::Foreign { .. }) => Some(What::Restored),
            (Found::Foreign { by, .. }, Found::Ours { .. }) => Some(What::Unchained(by.as_str())),
            _ => None,
        };
        let Some(what) = what else {
            take_back(&hook).map_err(|error| cannot_write(&hook, &error))?;
            continue;
        };
        let undone = match what {
            What::Restored => fs::rename(&kept, &hook),
            What::Unchained(_) => fs::remove_file(&kept),
            What::Removed | What::Current | What::Written | What::Renewed | What::Chained { .. } => {
                let besides = if is_there(&kept) { fs::remove_file(&kept) } else { Ok(()) };
                besides.and_then(|()| fs::remove_file(&hook))
            }
        };
        undone.map_err(|error| cannot_write(&hook, &error))?;
        left_behind(&hook, what).map_err(|error| cannot_write(&hook, &error))?;
        done.push(Done {
            stage: (*stage).to_owned(),
            what,
            older: older(&hook).filter(|path| is_there(path)).collect(),
            unused: Vec::new(),
        });
    }
    Ok(done)
}

/// Tidies up beside a hook that was put back, and leaves nothing kept that somebody counts on.
fn left_behind(hook: &Path, what: What) -> std::io::Result<()> {
    let kept = legacy(hook);
    if let Some(spare) = spare(hook).filter(|spare| is_there(spare)) {
        if matches!(what, What::Unchained(_)) { fs::rename(&spare, &kept)? } else { fs::remove_file(&spare)? }
    }
    // A framework whose script is the hook again runs what is kept by that name.
    let runs_kept = matches!(look(hook), Ok(Found::Foreign { by, .. }) if by.runs_legacy());
    if let Some(older) = older(hook).find(|older| is_there(older)).filter(|_| runs_kept && !is_there(&kept)) {
        fs::rename(older, &kept)?;
    }
    take_back(hook)?;
    let Some(aside) = aside(hook) else { return Ok(()) };
    if is_there(&aside) {
        return remove_aside(&aside);
    }
    // Others may still be in it.
    let _ = aside.parent().map(fs::remove_dir);
    Ok(())
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    let failure = Failure::new(format!("cannot write to `{}`", path.display())).for_this_reason(error.to_string());
    if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) {
        failure.mended_by("let its owner do it, or ask them for the right to write there")
    } else {
        failure
    }
}
