//! The fields of a rule, and what each may hold.

/// What a field holds.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    Text,
    Texts,
    TextOrTexts,
    Flag,
    Whole,
    Number,
    Word(&'static [&'static str]),
    Words(&'static [&'static str]),
    Allow,
    Examples,
}

const KINDS: &[&str] = &["regular", "executable", "symlink", "submodule"];

pub(super) const RULE: &[(&str, Shape)] = &[
    ("id", Shape::Text),
    ("on", Shape::Word(&["added", "removed", "file", "path", "message"])),
    ("paths", Shape::Texts),
    ("exclude", Shape::Texts),
    ("status", Shape::Words(&["added", "deleted", "modified", "renamed", "mode"])),
    ("mode", Shape::Word(KINDS)),
    ("keywords", Shape::Texts),
    ("anchor", Shape::Word(&["non-ascii", "every-line"])),
    ("regex", Shape::Text),
    ("detect", Shape::Text),
    ("require", Shape::Text),
    ("asks", Shape::Word(&["module", "decorator"])),
    ("entropy", Shape::Number),
    ("verify", Shape::TextOrTexts),
    ("allow", Shape::Allow),
    ("multiline", Shape::Flag),
    ("told_at", Shape::Word(&["value", "block"])),
    ("net", Shape::Whole),
    ("changes_only", Shape::Flag),
    ("by", Shape::Word(&["agent"])),
    ("show", Shape::Flag),
    ("severity", Shape::Word(&["deny", "hold", "warn", "note"])),
    ("floor", Shape::Word(&["HIGH", "CRITICAL"])),
    ("message", Shape::Text),
    ("why", Shape::Text),
    ("help", Shape::Text),
    ("roles", Shape::Texts),
    ("tags", Shape::Texts),
    ("examples", Shape::Examples),
    ("counterexamples", Shape::Examples),
];

pub(super) const ALLOW: &[(&str, Shape)] =
    &[("regexes", Shape::Texts), ("lines", Shape::Texts), ("stopwords", Shape::Texts), ("paths", Shape::Texts)];

pub(super) const EXAMPLE: &[(&str, Shape)] = &[
    ("path", Shape::Text),
    ("from", Shape::Text),
    ("text", Shape::Text),
    ("old", Shape::Text),
    ("new", Shape::Text),
    ("mode", Shape::Word(KINDS)),
    ("beside", Shape::Text),
    ("module", Shape::Text),
    ("decorator", Shape::Text),
];
