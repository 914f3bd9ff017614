//! `rules/risk.yaml` as the build read it (`build.rs`): no run of the program parses it.

pub(super) static CARD: Card = include!(concat!(env!("OUT_DIR"), "/risk_card.rs"));

pub(super) struct Card {
    pub(super) source_lines: FactorRule,
    pub(super) branches_added: FactorRule,
    pub(super) scattered_edits: FactorRule,
    pub(super) spread: FactorRule,
    pub(super) prior_fixes: FactorRule,
    pub(super) fix_commit: FactorRule,
    pub(super) config_only: FactorRule,
    pub(super) test_only: FactorRule,
    pub(super) generated: Paths,
    pub(super) test: Paths,
    pub(super) doc: Paths,
    pub(super) source: Paths,
    pub(super) branches: Branches,
    pub(super) fixes: Fixes,
}

/// How many points a measured value gives, and the words for it.
pub(super) struct FactorRule {
    pub(super) id: &'static str,
    /// Thresholds and the points they give, both ascending.
    pub(super) steps: &'static [(u32, u32)],
    /// The sentence for a value of one; `{n}` stands for the value.
    pub(super) one: &'static str,
    pub(super) many: &'static str,
    pub(super) lower: &'static str,
    pub(super) unknown: Option<Unknown>,
}

/// What counts for a value that is not known.
pub(super) struct Unknown {
    pub(super) points: u32,
    pub(super) why: &'static str,
}

/// Which paths are of one kind. The keys are explained in the card itself.
pub(super) struct Paths {
    pub(super) any_case: bool,
    pub(super) directories: &'static [&'static str],
    pub(super) names: &'static [&'static str],
    pub(super) suffixes: &'static [&'static str],
    pub(super) stems: &'static [&'static str],
    pub(super) stem_ends: &'static [&'static str],
    pub(super) starts: &'static [&'static str],
    pub(super) starts_anywhere: &'static [&'static str],
    pub(super) extensions: &'static [&'static str],
}

pub(super) struct Branches {
    pub(super) comments: &'static [&'static str],
    pub(super) words: &'static [&'static str],
    pub(super) marks: &'static [&'static str],
}

pub(super) struct Fixes {
    pub(super) words: &'static [&'static str],
    pub(super) unless: &'static [&'static str],
}
