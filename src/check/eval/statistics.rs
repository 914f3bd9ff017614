//! Rank statistics with ties: the same for any order of the input.

use crate::model::{Arrange, Measured, share};

/// A commit's place in a ranking, and whether it is one that should come first.
pub(super) type Ranked = (u32, bool);

/// The chance that a commit that should come first ranks before one that should not; ties count
/// half. Absent when there is none of either.
pub(super) fn auc(ranked: &mut [Ranked]) -> Measured {
    let hits = ranked.iter().filter(|(_, hit)| *hit).count();
    let misses = ranked.len() - hits;
    ranked.arrange();
    let (mut below, mut twice_won) = (0, 0);
    for tied in ranked.chunk_by(|a, b| a.0 == b.0) {
        let hits = tied.iter().filter(|(_, hit)| *hit).count();
        let misses = tied.len() - hits;
        twice_won += hits * (2 * below + misses);
        below += misses;
    }
    share(twice_won, 2 * hits * misses)
}

/// The share of hits among the `percent` of commits that rank first. Of commits that tie across
/// the cut, as many hits count as would on average.
pub(super) fn recall(ranked: &mut [Ranked], percent: usize) -> Measured {
    let all = ranked.iter().filter(|(_, hit)| *hit).count();
    ranked.arrange_by(|a, b| b.cmp(a));
    // Counted in hundredths of a commit, so that nothing is rounded.
    let mut left = ranked.len() * percent;
    let mut found = 0.0;
    for tied in ranked.chunk_by(|a, b| a.0 == b.0) {
        let hits = tied.iter().filter(|(_, hit)| *hit).count();
        let taken = left.min(tied.len() * 100);
        found += share(hits * taken, tied.len() * 100)?;
        left -= taken;
    }
    share(1, all).map(|one| found * one)
}

/// The mean of what is there.
pub(super) fn mean(values: impl Iterator<Item = Measured>) -> Measured {
    weighted(values.map(|value| (value, 1)))
}

/// The mean of what is there, each counting as often as its weight says.
pub(super) fn weighted(values: impl Iterator<Item = (Measured, usize)>) -> Measured {
    let (mut sum, mut weights) = (0.0, 0);
    for (value, weight) in values {
        if let Some(value) = value {
            sum += value * share(weight, 1)?;
            weights += weight;
        }
    }
    share(1, weights).map(|one| sum * one)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(one: Measured, other: f64) -> bool {
        one.is_some_and(|one| (one - other).abs() < 1e-9)
    }

    #[test]
    fn a_perfect_ranking_has_one_a_reversed_one_zero_and_a_constant_one_half() {
        assert!(close(auc(&mut [(1, false), (2, false), (3, true), (4, true)]), 1.0));
        assert!(close(auc(&mut [(4, false), (3, false), (2, true), (1, true)]), 0.0));
        assert!(close(auc(&mut [(7, false), (7, true), (7, false)]), 0.5));
        assert!(close(auc(&mut [(1, false), (2, true), (2, false), (3, true)]), 0.875));
        assert_eq!(auc(&mut [(1, false), (2, false)]), None);
        assert_eq!(auc(&mut [(1, true)]), None);
    }

    #[test]
    fn recall_counts_the_hits_that_rank_first() {
        let mut ranked: Vec<Ranked> = (0..10).map(|rank| (rank, rank == 9 || rank == 0)).collect();

        assert!(close(recall(&mut ranked, 10), 0.5));
        assert!(close(recall(&mut ranked, 100), 1.0));
        assert_eq!(recall(&mut [(1, false)], 10), None);
    }

    #[test]
    fn commits_that_tie_across_the_cut_count_in_part() {
        let mut ranked: Vec<Ranked> = (0..10).map(|at| (5, at < 2)).collect();

        assert!(close(recall(&mut ranked, 10), 0.1));
        assert!(close(recall(&mut ranked, 20), 0.2));
    }

    #[test]
    fn a_mean_leaves_out_what_is_not_there() {
        assert!(close(mean([Some(1.0), None, Some(0.5)].into_iter()), 0.75));
        assert!(close(weighted([(Some(1.0), 3), (None, 9), (Some(0.0), 1)].into_iter()), 0.75));
        assert_eq!(mean([None].into_iter()), None);
    }

    proptest! {
        #[test]
        fn the_area_is_the_share_of_pairs_won(mut ranked in proptest::collection::vec((0_u32..6, any::<bool>()), 0..30)) {
            let hits = || ranked.iter().filter(|(_, hit)| *hit);
            let misses = || ranked.iter().filter(|(_, hit)| !*hit);
            let pairs = || hits().flat_map(|hit| misses().map(move |miss| hit.0.cmp(&miss.0)));
            let won: f64 = pairs().map(|order| f64::from(order as i8 + 1) / 2.0).sum();
            let expected = share(1, pairs().count()).map(|one| won * one);

            let area = auc(&mut ranked);

            let same = match (area, expected) {
                (Some(area), Some(expected)) => (area - expected).abs() < 1e-9,
                (area, expected) => area == expected,
            };
            prop_assert!(same);
        }
    }
}
