//! Rules about a path and what happens to it.

use crate::check::rules::candidate::Candidate;
use crate::check::rules::definition::{Happening, Kind};
use crate::check::rules::rule::{Compiled, Subject};
use crate::check::rules::set::Rules;
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
    pub(in crate::check::rules) fn path_findings(&self, file: &Candidate<'_>) -> Vec<Finding> {
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
            let may_concern = |event: &&Event<'_>| {
                rule.is_about(event.happening)
                    && rule.is_near(event.subject)
                    && rule.detector.is_none_or(|detector| detector.may_concern(event.subject.path))
            };
            let mut events = events.iter().filter(may_concern).peekable();
            events.peek()?;
            let compiled = rule.compiled()?;
            let event = events.find(|event| compiled.happens(event, file))?;
            let path = event.subject.path;
            Some(self.finding(rule, compiled, Place::whole(path), path.as_bytes()))
        });
        judged.collect()
    }
}

impl Compiled {
    fn happens(&self, event: &Event<'_>, file: &Candidate<'_>) -> bool {
        self.covers(event.subject)
            && event.unless.is_none_or(|other| !self.covers(other))
            && self.expression.as_ref().is_none_or(|regex| regex.is_match(event.subject.path.as_bytes()))
            && self.is_about_mode(event.happening, file)
            && self.detects_path(event.subject.path, file)
    }

    fn is_about_mode(&self, happening: Happening, file: &Candidate<'_>) -> bool {
        let Some(asked) = self.definition().and_then(|written| written.mode) else { return true };
        let is_asked = |mode: Option<Mode>| mode.is_some_and(|mode| is(mode, asked));
        match happening {
            Happening::Deleted => is_asked(file.old_mode),
            Happening::Added | Happening::Modified | Happening::Renamed | Happening::Mode => {
                is_asked(file.new_mode) && file.new_mode != file.old_mode
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PACKS, RuleSettings};

    #[test]
    fn the_build_says_of_every_rule_what_happenings_it_is_about() {
        let packs = PACKS.map(str::to_owned).to_vec();
        let settings = RuleSettings { packs, extra: vec![], severity: vec![], imports: vec![] };
        let all = [Happening::Added, Happening::Deleted, Happening::Modified, Happening::Renamed, Happening::Mode];
        for rule in &Rules::new(&settings, vec![]).unwrap().all {
            let named = &rule.definition().unwrap().status;
            let about: Vec<Happening> = all.into_iter().filter(|happening| rule.is_about(*happening)).collect();

            let said = |happening: &Happening| match named.as_slice() {
                [] => *happening != Happening::Deleted,
                named => named.contains(happening),
            };
            assert_eq!(about, all.into_iter().filter(said).collect::<Vec<_>>(), "{}", rule.id);
        }
    }
}
