//! Findings for files that lack an import or a decorator the policy asks for.

use crate::check::imports::{self, Asked, Missing};
use crate::check::rules::definition::Asks;
use crate::check::rules::set::Rules;
use crate::model::{Finding, Place, RepoPath};

impl Rules {
    /// What a file lacks of all that the policy asks of its path.
    pub(in crate::check::rules) fn owed(&self, path: &RepoPath, text: &[u8]) -> Vec<Finding> {
        let concerned = self.imports.iter().filter(|asked| asked.paths.iter().any(|glob| glob.matches(path)));
        let owed = concerned.flat_map(|asked| {
            let asked = Asked { module: asked.module.as_deref(), decorator: asked.decorator.as_deref() };
            self.owed_of(path, text, asked)
        });
        owed.collect()
    }

    /// What a file lacks of one thing asked for.
    pub(in crate::check::rules) fn owed_of(&self, path: &RepoPath, text: &[u8], asked: Asked<'_>) -> Vec<Finding> {
        let missing = imports::missing(path, text, asked);
        let findings = missing.into_iter().filter_map(|missing| {
            let (asks, name) = match missing {
                Missing::Module => (Asks::Module, asked.module?),
                Missing::Decorator => (Asks::Decorator, asked.decorator?),
            };
            let mut asking = self.asking.iter().filter_map(|&index| self.compiled(index));
            let (rule, compiled) = asking.find(|(rule, _)| rule.asks == Some(asks))?;
            let mut finding = self.finding(rule, compiled, Place::whole(path), name.as_bytes());
            finding.message = format!("{} `{name}`", finding.message);
            Some(finding)
        });
        findings.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PathGlob, Reach, RequiredImport, RuleSettings};

    #[test]
    fn what_the_policy_asks_of_a_path_is_asked_of_no_other() {
        let asked = RequiredImport {
            paths: vec![PathGlob::new("core/**", Reach::Strict, None).unwrap()],
            module: Some("gov".into()),
            decorator: Some("governed".into()),
        };
        let settings =
            RuleSettings { packs: vec!["imports".into()], extra: vec![], severity: vec![], imports: vec![asked] };
        let rules = Rules::new(&settings, vec![]).unwrap();

        let found = |path: &str, text: &str| {
            let found = rules.scan_text(&path.into(), text.as_bytes());
            found.findings.into_iter().map(|finding| finding.message).collect::<Vec<_>>()
        };

        assert_eq!(
            found("core/a.py", "def f(): pass\n"),
            ["File does not import the required module `gov`", "File does not use the required decorator `governed`"]
        );
        assert_eq!(found("core/a.py", "from gov import governed\n\n@governed\ndef f(): pass\n"), [] as [&str; 0]);
        assert_eq!(found("other/a.py", "def f(): pass\n"), [] as [&str; 0]);
    }
}
