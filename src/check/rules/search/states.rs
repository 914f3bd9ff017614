//! What a walk over a text knows of each rule.

use super::matches::MOST_MATCHES;

/// What a walk knows of the rules that it came upon: of most it never hears.
pub(super) struct States {
    /// For each rule one more than where its state is kept, or nothing.
    slots: Vec<u16>,
    kept: Vec<State>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) covers: Option<bool>,
    /// One more than where it was last tried: the start of a unit, or a keyword that leads far.
    pub(super) tried: usize,
    /// Of matches, and one more once it is said that there are more.
    pub(super) count: usize,
}

impl State {
    /// Whether there is anything to learn from trying the rule there.
    pub(super) fn is_due(&self, there: usize) -> bool {
        self.tried != there && self.covers != Some(false) && self.count <= MOST_MATCHES
    }
}

impl States {
    /// For so many rules.
    pub(super) fn new(rules: usize) -> Self {
        Self { slots: vec![0; rules], kept: Vec::new() }
    }

    pub(super) fn of(&mut self, index: u16) -> Option<&mut State> {
        let slot = self.slots.get_mut(usize::from(index))?;
        if *slot == 0 {
            self.kept.push(State::default());
            *slot = u16::try_from(self.kept.len()).ok()?;
        }
        self.kept.get_mut(usize::from(*slot) - 1)
    }
}
