//! A look at whether an expression matches at all, which tells neither where nor what.

use std::sync::Mutex;

use regex_automata::Input;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{Compiler, NFA, WhichCaptures};
use regex_syntax::hir::Hir;

use super::SIZE_LIMIT;

/// Goes forwards only: a search that tells where a match starts needs as much again to go back.
pub(super) struct Glance {
    automaton: DFA,
    /// What was laid out so far. Whoever comes takes the first that is free, so that threads need not each
    /// lay out the same: they are rarely at the same expression.
    caches: [Mutex<Option<Cache>>; 8],
}

impl Glance {
    /// `None` for what cannot be laid out.
    pub(super) fn of(hir: &Hir) -> Option<Self> {
        let limits = NFA::config().utf8(false).nfa_size_limit(Some(SIZE_LIMIT)).which_captures(WhichCaptures::None);
        let states = Compiler::new().configure(limits).build_from_hir(hir).ok()?;
        // It gives up where it would have to be laid out anew again and again.
        let config = DFA::config().cache_capacity(SIZE_LIMIT).skip_cache_capacity_check(true);
        let config = config.minimum_cache_clear_count(Some(3)).minimum_bytes_per_state(Some(10));
        let automaton = DFA::builder().configure(config.unicode_word_boundary(true)).build_from_nfa(states).ok()?;
        Some(Self { automaton, caches: [const { Mutex::new(None) }; 8] })
    }

    /// Also where it gave up.
    pub(super) fn may_match(&self, input: &Input<'_>) -> bool {
        let input = input.clone().earliest(true);
        let is_match = |cache: &mut Cache| !matches!(self.automaton.try_search_fwd(cache, &input), Ok(None));
        match self.caches.iter().find_map(|cache| cache.try_lock().ok()) {
            Some(mut cache) => is_match(cache.get_or_insert_with(|| self.automaton.create_cache())),
            None => is_match(&mut self.automaton.create_cache()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glance_tells_whether_there_is_a_match_whoever_else_looks() {
        let hir = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse("(?:key|token)=[a-z]+");
        let glance = Glance::of(&hir.unwrap()).unwrap();
        let may_match = |text: &str| glance.may_match(&Input::new(text));

        assert!(may_match("a token=x") && !may_match("a token="));
        let held: Vec<_> = glance.caches.iter().map(|cache| cache.lock().unwrap()).collect();
        assert!(may_match("a token=x") && !may_match("a token="));
        drop(held);
    }
}
