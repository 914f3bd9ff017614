//! The rules that hold in a run.

use std::sync::OnceLock;

use super::built::embedded;
use super::definition::{Definition, On};
use super::expression::Allowance;
use super::rule::{Compiled, Rule};
use super::search::Group;
use crate::check::detect::Detector;
use crate::model::Severity;
use crate::policy::{NameGlob, RequiredImport, RuleSettings};

/// A repository's own rules.
#[derive(Clone, Debug)]
pub struct Pack {
    pub name: String,
    pub rules: Vec<Definition>,
}

impl Pack {
    /// Every rule's id, with the name of the pack.
    pub(super) fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rules.iter().map(|rule| (rule.id.as_str(), self.name.as_str()))
    }
}

/// A repository's own rules may have at most this many keywords: with those of the build, the tables
/// cannot number more.
const MOST_KEYWORDS: usize = 1 << 15;

/// The rules of a run: those of the packs the policy names, and the repository's own.
pub struct Rules {
    pub(super) all: Vec<Rule>,
    severity: Vec<(NameGlob, Severity)>,
    /// What the policy wants files to import.
    pub(super) imports: Vec<RequiredImport>,
    /// Rules that speak for those wants.
    pub(super) asking: Vec<u16>,
    new: OnceLock<Group>,
    unweighed: OnceLock<Group>,
    standing: OnceLock<Group>,
    old: OnceLock<Group>,
    message: OnceLock<Group>,
    pub(super) paths: Vec<u16>,
    /// Rules for new text that a detector judges.
    pub(super) detecting: Vec<u16>,
}

impl Rules {
    /// A rule of `extra` takes the place of an embedded one with the same id. The error names the
    /// rule that cannot be compiled and why; [`super::read_pack`] finds such rules beforehand.
    pub fn new(settings: &RuleSettings, extra: Vec<Pack>) -> Result<Self, String> {
        let mut all: Vec<Rule> = Vec::with_capacity(embedded::RULES.len());
        let own = || extra.iter().flat_map(|pack| &pack.rules);
        let keywords: usize = own().map(|rule| rule.keywords.len()).sum();
        if keywords > MOST_KEYWORDS {
            return Err(format!("{keywords} keywords are more than the {MOST_KEYWORDS} that one run takes"));
        }
        let wanted = |pack: &str| settings.packs.iter().any(|name| name == pack);
        let embedded = (0..).zip(embedded::RULES).filter(|(_, rule)| wanted(rule.pack.get()));
        let kept = embedded.filter(|(_, rule)| !own().any(|own| own.id == rule.id.get()));
        all.extend(kept.map(|(number, rule)| Rule::embedded(number, rule)));
        let mut allowance = Allowance::ALL;
        for pack in extra {
            for definition in pack.rules {
                let id = definition.id.clone();
                all.push(
                    Rule::new(&pack.name, definition, &mut allowance).map_err(|why| format!("rule `{id}`: {why}"))?,
                );
            }
        }
        if all.len() >= usize::from(u16::MAX) {
            return Err(format!("{} rules are more than the {} that one run takes", all.len(), u16::MAX - 1));
        }
        let mut rules = Self {
            all,
            severity: settings.severity.clone(),
            imports: settings.imports.clone(),
            asking: Vec::new(),
            new: OnceLock::new(),
            unweighed: OnceLock::new(),
            standing: OnceLock::new(),
            old: OnceLock::new(),
            message: OnceLock::new(),
            paths: Vec::new(),
            detecting: Vec::new(),
        };
        // A collision takes two paths, so no path alone is asked for it.
        let of_one_path = |rule: &Rule| rule.on == On::Path && rule.detector != Some(Detector::CollidingPath);
        rules.paths = rules.numbered().filter(|(_, rule)| of_one_path(rule)).map(|(index, _)| index).collect();
        let detecting = |rule: &Rule| rule.on == On::Added && rule.detector.is_some();
        rules.detecting = rules.numbered().filter(|(_, rule)| detecting(rule)).map(|(index, _)| index).collect();
        rules.asking = rules.numbered().filter(|(_, rule)| rule.asks.is_some()).map(|(index, _)| index).collect();
        Ok(rules)
    }

    /// The rules of a pack in JSON alone.
    #[cfg(test)]
    pub(in crate::check) fn of_json(pack: &str) -> Self {
        let settings = RuleSettings { packs: vec![], extra: vec![], severity: vec![], imports: vec![] };
        let rules = serde_json::from_str(pack).unwrap();
        Self::new(&settings, vec![Pack { name: "test".into(), rules }]).unwrap()
    }

    /// Rules for new text. What is counted when it is removed is counted here when it is added.
    pub(super) fn for_new(&self) -> &Group {
        self.new.get_or_init(|| Group::new(self.looking_at_new(), Some(&embedded::TABLES)))
    }

    pub(super) fn looking_at_new(&self) -> impl Iterator<Item = (u16, &Rule)> + Clone {
        self.numbered().filter(|(_, rule)| searches_new(rule) || rule.on == On::Removed && rule.net)
    }

    /// Rules for new text without those that only count.
    pub(super) fn for_unweighed(&self) -> &Group {
        let unweighed = || self.numbered().filter(|(_, rule)| searches_new(rule));
        self.unweighed.get_or_init(|| Group::new(unweighed(), Some(&embedded::TABLES)))
    }

    /// Rules for a text as it stands in a tree.
    pub(super) fn for_standing(&self) -> &Group {
        let standing = || self.looking_at_new().filter(|(_, rule)| rule.speaks_of_trees());
        self.standing.get_or_init(|| Group::new(standing(), Some(&embedded::TABLES)))
    }

    pub(super) fn for_old(&self) -> &Group {
        self.old.get_or_init(|| Group::new(self.numbered().filter(|(_, rule)| rule.on == On::Removed), None))
    }

    pub(super) fn for_message(&self) -> &Group {
        self.message.get_or_init(|| Group::new(self.numbered().filter(|(_, rule)| rule.on == On::Message), None))
    }

    pub(super) fn get(&self, index: u16) -> Option<&Rule> {
        self.all.get(usize::from(index))
    }

    pub(super) fn named(&self, id: &str) -> Option<&Rule> {
        self.all.iter().find(|rule| rule.id == id)
    }

    /// A rule with what it needs near a match.
    pub(super) fn compiled(&self, index: u16) -> Option<(&Rule, &Compiled)> {
        let rule = self.get(index)?;
        Some((rule, rule.compiled()?))
    }

    fn numbered(&self) -> impl Iterator<Item = (u16, &Rule)> + Clone {
        (0..u16::MAX).zip(&self.all)
    }

    /// Whether a name is that of a rule which says nothing of a tree, so that a waiver of it cannot
    /// be known to be unused there.
    pub(in crate::check) fn is_silent_on_trees(&self, named: &NameGlob) -> bool {
        self.all.iter().any(|rule| !rule.speaks_of_trees() && named.matches(&rule.id))
    }

    /// Whether a rule speaks of a file as a whole, as it stands after a change.
    pub(in crate::check) fn is_about_whole_files(&self, id: &str) -> bool {
        self.all.iter().any(|rule| rule.on == On::File && rule.id == id)
    }

    /// The severity the policy gives a rule, or else its own.
    pub(in crate::check) fn severity(&self, id: &str, own: Severity) -> Severity {
        let named = self.severity.iter().rev().find(|(glob, _)| glob.matches(id));
        named.map_or(own, |(_, severity)| *severity)
    }
}

fn searches_new(rule: &Rule) -> bool {
    rule.detector.is_none() && rule.asks.is_none() && matches!(rule.on, On::Added | On::File)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RepoPath;

    /// Rules with so many keywords, of which the last leads to the only one that finds anything.
    fn with_keywords(count: usize) -> Result<Rules, String> {
        let keywords: Vec<String> = (1..count).map(|number| format!("word{number:06}")).collect();
        let rule = |id: &str, keywords: &[String]| {
            let rule = serde_json::json!({"id": id, "keywords": keywords, "regex": "[a-z]+_last", "severity": "deny", "message": "m"});
            serde_json::from_value(rule).unwrap()
        };
        let rules = vec![rule("t/many", &keywords), rule("t/last", &["the_last".to_owned()])];
        let settings =
            RuleSettings { packs: vec!["secrets".to_owned()], extra: vec![], severity: vec![], imports: vec![] };
        Rules::new(&settings, vec![Pack { name: "test".into(), rules }])
    }

    #[test]
    fn no_keyword_is_lost_among_many_and_too_many_are_refused() {
        let rules = with_keywords(MOST_KEYWORDS).unwrap();

        let found = rules.scan_text(&RepoPath::from("a.txt"), b"the_last\n").findings;

        assert_eq!(found.iter().map(|finding| finding.rule.as_str()).collect::<Vec<_>>(), ["t/last"]);
        let refused = with_keywords(MOST_KEYWORDS + 1).err().unwrap();
        assert_eq!(refused, "32769 keywords are more than the 32768 that one run takes");
    }

    #[test]
    fn the_build_leaves_room_for_the_keywords_of_a_repository() {
        assert!(embedded::TABLES.owners.len() + MOST_KEYWORDS < usize::from(u16::MAX));
    }
}
