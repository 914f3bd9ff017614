//! Rules about a path and what happens to it.

use super::change::Candidate;
use super::definition::{Happening, Kind};
use super::paths::Subject;
use super::rule::Compiled;
use super::set::Rules;
use crate::model::{Finding, Mode, Place};

/// One thing that happens to one path. A renamed file also leaves where it was and comes to where
/// it is: a test moved out of the tests is a test deleted.
struct Event<'a> {
    happening: Happening,
    subject: &'a Subject<'a>,
    /// Happens only for rules that do not look at this path too.
    unless: Option<&'a Subject<'a>>,
}

impl Rules {
    pub(super) fn path_findings(&self, file: &Candidate<'_>) -> Vec<Finding> {
        if self.paths.is_empty() {
            return Vec::new();
        }
        let here = Subject::new(file.path, file.by_agent);
        let was = file.from.map(|from| Subject::new(from, file.by_agent));
        let event = |happening, subject| Event { happening, subject, unless: None };
        let mut events = Vec::new();
        match (file.old_mode, file.new_mode, &was) {
            (None, Some(_), _) => events.push(event(Happening::Added, &here)),
            (Some(_), None, _) => events.push(event(Happening::Deleted, &here)),
            (_, _, None) => events.push(event(Happening::Modified, &here)),
            (_, _, Some(was)) => events.extend([
                event(Happening::Renamed, &here),
                Event { happening: Happening::Added, subject: &here, unless: Some(was) },
                Event { happening: Happening::Deleted, subject: was, unless: Some(&here) },
            ]),
        }
        if file.old_mode.is_some() && file.new_mode.is_some() && file.old_mode != file.new_mode {
            events.push(event(Happening::Mode, &here));
        }
        let judged = self.paths.iter().filter_map(|&index| {
            let rule = self.get(index).filter(|rule| !file.in_tree || rule.speaks_of_trees())?;
            let may_concern = |path| rule.detector.is_none_or(|detector| detector.may_concern(path));
            if !events.iter().any(|event| rule.is_near(event.subject) && may_concern(event.subject.path)) {
                return None;
            }
            let compiled = rule.compiled()?;
            let event = events.iter().find(|event| compiled.happens(event, file))?;
            let path = event.subject.path;
            let place = Place { path: path.clone(), line: None, column: None, commit: None };
            Some(self.finding(rule, compiled, place, path.as_bytes()))
        });
        judged.collect()
    }
}

impl Compiled {
    fn happens(&self, event: &Event<'_>, file: &Candidate<'_>) -> bool {
        let wanted = &self.definition.status;
        // A rule that names nothing is about paths that are there after the change.
        let counts =
            if wanted.is_empty() { event.happening != Happening::Deleted } else { wanted.contains(&event.happening) };
        let kind = |mode: Option<Mode>| self.definition.mode.is_none_or(|kind| mode.is_some_and(|mode| is(mode, kind)));
        let mode = self.definition.mode.is_none()
            || if event.happening == Happening::Deleted {
                kind(file.old_mode)
            } else {
                kind(file.new_mode) && file.new_mode != file.old_mode
            };
        counts
            && mode
            && self.covers(event.subject)
            && event.unless.is_none_or(|other| !self.covers(other))
            && self.expression.as_ref().is_none_or(|regex| regex.is_match(event.subject.path.as_bytes()))
            && self.detects_path(event.subject.path, file)
    }
}

const fn is(mode: Mode, kind: Kind) -> bool {
    matches!(
        (mode, kind),
        (Mode::Regular, Kind::Regular)
            | (Mode::Executable, Kind::Executable)
            | (Mode::Symlink, Kind::Symlink)
            | (Mode::Submodule, Kind::Submodule)
    )
}
