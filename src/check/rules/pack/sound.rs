//! What is wrong with a rule whose fields all have their shape: that some lack others, and that what is
//! compiled or looked up later cannot be.

use super::{short, with_hint};
use crate::check::rules::built::tables::Keyword;
use crate::check::rules::definition::{Anchor, Definition, On};
use crate::check::rules::expression::{Allowance, needs_nothing};
use crate::check::{detect, verify};
use crate::model::Mistake;
use crate::policy::{PathGlob, Reach};
use crate::yaml::{Entry, Span, value_of};

/// The shortest keyword that is worth a look.
const SHORTEST_KEYWORD: usize = 3;

/// Who may be asked what a finding means.
const REVIEWERS: [&str; 5] = ["safety", "performance", "architecture", "compliance", "quality"];

/// A rule, and where it and its fields stand.
pub(super) struct Placed<'r> {
    pub(super) rule: &'r Definition,
    pub(super) entries: &'r [Entry],
    pub(super) whole: Span,
}

impl Placed<'_> {
    pub(super) fn mistakes(&self, allowance: &mut Allowance) -> Vec<Mistake> {
        let mut all = Vec::new();
        all.extend(self.of_id());
        all.extend(self.of_expressions(allowance));
        all.extend(self.of_globs());
        all.extend(self.of_keywords());
        all.extend(self.of_names());
        all.extend(self.of_what_it_says());
        all.extend(self.of_what_it_finds());
        all.extend(self.of_fields_for_others());
        all
    }

    fn of_id(&self) -> Option<Mistake> {
        let is_word =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
        let is_id = self.rule.id.split_once('/').is_some_and(|(family, name)| is_word(family) && is_word(name));
        let mistake = || self.at("id", format!("`{}` is not an id", short(&self.rule.id))).help("write `family/name`");
        (!is_id).then(mistake)
    }

    fn of_expressions(&self, allowance: &mut Allowance) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        for (key, text) in [("regex", &self.rule.regex), ("require", &self.rule.require)] {
            if let Some(Err(why)) = text.as_deref().map(|text| allowance.compile(text)) {
                mistakes.push(self.at(key, format!("`{key}` cannot be used")).because(last_line(&why)));
            }
        }
        for (key, texts) in [("regexes", &self.rule.allow.regexes), ("lines", &self.rule.allow.lines)] {
            for why in texts.iter().filter_map(|text| allowance.compile(text).err()) {
                let mistake = self.at("allow", format!("one of `allow.{key}` cannot be used"));
                mistakes.push(mistake.because(last_line(&why)));
            }
        }
        mistakes.extend(self.of_emptiness());
        mistakes
    }

    /// An expression of lines that needs no byte matches on every one, and tells of nothing.
    fn of_emptiness(&self) -> Option<Mistake> {
        let of_lines = matches!(self.rule.on, On::Added | On::Removed);
        let text = self.rule.regex.as_deref().filter(|text| needs_nothing(text, of_lines))?;
        let shown = if text.is_empty() { "it is empty" } else { "it matches the empty text" };
        let mistake = self.at("regex", "`regex` matches everywhere").because(shown);
        Some(mistake.help("write what every match contains"))
    }

    fn of_globs(&self) -> impl Iterator<Item = Mistake> {
        let lists = [("paths", &self.rule.paths), ("exclude", &self.rule.exclude), ("allow", &self.rule.allow.paths)];
        lists.into_iter().flat_map(move |(key, globs)| {
            globs.iter().filter_map(move |glob| {
                let why = PathGlob::new(glob, Reach::Strict, None).err()?;
                Some(self.at(key, format!("`{key}` has an invalid glob `{}`", short(glob))).because(why))
            })
        })
    }

    fn of_keywords(&self) -> impl Iterator<Item = Mistake> {
        let is_none = |written: &&String| Keyword::new(written).text.len() < SHORTEST_KEYWORD || written.contains('\n');
        self.rule.keywords.iter().filter(is_none).map(|keyword| {
            let mistake = self.at("keywords", format!("`{}` is not a keyword", short(keyword)));
            mistake.because(format!("a keyword is one line of at least {SHORTEST_KEYWORD} bytes"))
        })
    }

    /// Names of what only code can tell.
    fn of_names(&self) -> Vec<Mistake> {
        let validators = self.rule.verify.iter().filter(|name| verify::named(name).is_none()).map(|name| {
            let mistake = self.at("verify", format!("no validator is called `{}`", short(name)));
            with_hint(mistake, name, &verify::names())
        });
        let detector = self.rule.detect.as_deref().filter(|name| detect::Detector::parse(name).is_none()).map(|name| {
            let mistake = self.at("detect", format!("no detector is called `{}`", short(name)));
            with_hint(mistake, name, &detect::Detector::ALL.map(detect::Detector::as_str))
        });
        let reviewers = self.rule.roles.iter().filter(|role| !REVIEWERS.contains(&role.as_str())).map(|role| {
            with_hint(self.at("roles", format!("no reviewer is called `{}`", short(role))), role, &REVIEWERS)
        });
        validators.chain(detector).chain(reviewers).collect()
    }

    /// What has its shape and cannot be meant.
    fn of_what_it_says(&self) -> Vec<Mistake> {
        let mut found = Vec::new();
        if self.has("message") && self.rule.message.trim().is_empty() {
            found.push(self.at("message", "`message` is empty"));
        }
        if self.rule.entropy.is_some_and(|bits| !(0.0..=8.0).contains(&bits)) {
            found.push(self.at("entropy", "`entropy` is a number of bits, from 0 to 8"));
        }
        if self.rule.on == On::Added && self.has("detect") && self.has("regex") {
            found.push(self.at("detect", "`detect` takes the place of `regex`").help("keep one of them"));
        }
        found
    }

    /// Whether anything can match, and is not tried everywhere.
    fn of_what_it_finds(&self) -> Vec<Mistake> {
        let mut found = Vec::new();
        let reads_content = self.rule.on != On::Path;
        let finds = ["regex", "require", "detect", "asks"].into_iter().any(|key| self.has(key));
        if reads_content && !finds {
            found.push(self.whole.mistake("the rule has no `regex`, so nothing can match"));
        }
        let is_led = ["keywords", "anchor", "detect"].into_iter().any(|key| self.has(key))
            || matches!(self.rule.on, On::File | On::Message);
        if reads_content && finds && !is_led && self.rule.paths.is_empty() {
            let mistake = self.whole.mistake("the rule has neither `keywords` nor `paths`");
            let mistake = mistake.because("it would be tried on every line of every file");
            found.push(mistake.help("name what every match contains"));
        }
        if self.rule.anchor == Some(Anchor::EveryLine) && self.rule.paths.is_empty() {
            found.push(self.at("anchor", "`every-line` needs `paths` that keep it to a few files"));
        }
        found
    }

    fn of_fields_for_others(&self) -> impl Iterator<Item = Mistake> {
        let kept = [("status", On::Path), ("mode", On::Path), ("require", On::File), ("net", On::Removed)];
        kept.into_iter().filter(|(key, on)| self.has(key) && self.rule.on != *on).map(|(key, on)| {
            let on = format!("{on:?}").to_lowercase();
            self.at(key, format!("`{key}` is only for rules `on: {on}`"))
        })
    }

    fn has(&self, key: &str) -> bool {
        value_of(self.entries, key).is_some()
    }

    /// A mistake in a field, or in the rule where the field is not written.
    fn at(&self, key: &str, message: impl Into<String>) -> Mistake {
        value_of(self.entries, key).map_or(self.whole, |node| node.span).mistake(message)
    }
}

/// The last line of a message about an expression says what is wrong; those before draw it.
fn last_line(why: &str) -> String {
    why.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned()
}
