//! Measures the risk card on commits whose fate is known, beside simpler ways to rank them.

mod csv;
mod label;
mod statistics;

use std::collections::BTreeMap;

use super::card::{self, Features};
use crate::model::{Arrange, Band, Evaluation, Known, Measured, Mismatch, Promise, Ranking};
use statistics::{auc, mean, recall, weighted};

pub use csv::{CsvError, read};
pub use label::{DAYS, lines_at_fault, named_as_fault, tells_of_a_fault};

/// A commit whose fate is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub history: String,
    pub commit: String,
    pub features: Features,
    pub lines_added: u32,
    pub lines_deleted: u32,
    /// A later fix was blamed on it.
    pub inducing: bool,
    /// A later message names it as the fault.
    pub reported: bool,
    /// The score that comes with the data, if one does.
    pub given: Option<u32>,
}

/// A way to order changes by risk.
struct Order {
    id: &'static str,
    name: &'static str,
    rank: fn(&Sample) -> u32,
}

const LINE_TIERS: &str = "line-tiers";
const CARD: &str = "card";

/// The card last: it is what the others are there to be compared with.
const ORDERS: [Order; 4] = [
    Order { id: LINE_TIERS, name: "line tiers (<=100 / <=200 / >200)", rank: tier },
    Order { id: "lines-added", name: "lines added, raw", rank: |sample| sample.lines_added },
    Order { id: "card-diff-only", name: "card, diff only", rank: |sample| card::score(&diff_only(sample)).0 },
    Order { id: CARD, name: "card", rank: |sample| card::score(&sample.features).0 },
];

/// Where the score starts to mean something else.
const BANDS: [(u32, u32); 4] = [(0, 29), (30, 49), (50, 69), (70, 100)];

/// Into how many groups of about equal size a history is cut.
const SIZES: usize = 5;

#[must_use]
pub fn evaluate(of: String, samples: &[Sample]) -> Evaluation {
    let mut histories: BTreeMap<&str, Vec<&Sample>> = BTreeMap::new();
    for sample in samples {
        histories.entry(&sample.history).or_default().push(sample);
    }
    let histories: Vec<Vec<&Sample>> = histories.into_values().collect();
    Evaluation {
        of,
        histories: histories.len(),
        commits: samples.len(),
        inducing: samples.iter().filter(|sample| sample.inducing).count(),
        reported: samples.iter().filter(|sample| sample.reported).count(),
        rankings: ORDERS.iter().map(|order| ranking(order, &histories)).collect(),
        bands: bands(samples),
        given: samples.iter().filter(|sample| sample.given.is_some()).count(),
        mismatches: samples.iter().filter_map(mismatch).collect(),
        promises: Vec::new(),
        notes: Vec::new(),
    }
}

/// What the evidence of the card must show again whenever it is evaluated.
#[must_use]
pub fn promises_of_the_card(evaluation: &Evaluation) -> Vec<Promise> {
    let of = |id: &str, value: fn(&Ranking) -> Measured| {
        evaluation.rankings.iter().find(|ranking| ranking.id == id).and_then(value)
    };
    let at_least = |what: &str, least: f64, measured: Measured| Promise {
        what: format!("{what} is {}, at least {least:.3}", shown(measured)),
        kept: measured.is_some_and(|measured| measured >= least),
    };
    let tiers = of(LINE_TIERS, |ranking| ranking.auc_all);
    vec![
        at_least("the card's AUC over all commits", 0.88, of(CARD, |ranking| ranking.auc_all)),
        at_least("its AUC where source is touched", 0.755, of(CARD, |ranking| ranking.auc_source)),
        at_least("its recall in the top 10 %", 0.49, of(CARD, |ranking| ranking.recall_10)),
        at_least("its AUC on the blame-free label", 0.66, of(CARD, |ranking| ranking.auc_reported)),
        Promise {
            what: "the rate of inducing commits rises from band to band".into(),
            kept: evaluation.bands.is_sorted_by(|low, high| low.rate().is_some() && low.rate() < high.rate()),
        },
        Promise {
            what: format!("the line tiers' AUC over all commits is {}, 0.652 give or take 0.001", shown(tiers)),
            kept: tiers.is_some_and(|tiers| (tiers - 0.652).abs() <= 0.001),
        },
    ]
}

/// On a history of one's own the card must be worth more than counting lines.
#[must_use]
pub fn promise_of_a_history(evaluation: &Evaluation) -> Promise {
    const MARGIN: f64 = 0.05;
    let of = |id: &str| evaluation.rankings.iter().find(|ranking| ranking.id == id)?.auc_source;
    let (card, tiers) = (of(CARD), of(LINE_TIERS));
    Promise {
        what: format!(
            "where source is touched, the card's AUC is {}, at least {MARGIN} above the line tiers' {}",
            shown(card),
            shown(tiers)
        ),
        kept: card.zip(tiers).is_some_and(|(card, tiers)| card >= tiers + MARGIN),
    }
}

fn shown(measured: Measured) -> String {
    measured.map_or_else(|| "not known".to_owned(), |measured| format!("{measured:.3}"))
}

/// What a policy that only counts lines makes of a change.
fn tier(sample: &Sample) -> u32 {
    let lines = sample.lines_added.saturating_add(sample.lines_deleted);
    u32::from(lines > 100) + u32::from(lines > 200)
}

fn diff_only(sample: &Sample) -> Features {
    Features { prior_fixes: Known::Yes(0), fix_subject: Known::Yes(false), ..sample.features }
}

/// Histories count alike however long they are. Where one may have next to no hits (the rare
/// label, the groups of equal size) each counts by its hits instead.
fn ranking(order: &Order, histories: &[Vec<&Sample>]) -> Ranking {
    let ranked = |samples: &[&Sample], is_hit: fn(&Sample) -> bool| -> Vec<(u32, bool)> {
        samples.iter().map(|sample| ((order.rank)(sample), is_hit(sample))).collect()
    };
    let inducing = |samples: &[&Sample]| ranked(samples, |sample| sample.inducing);
    let of_source: Vec<Vec<&Sample>> = histories.iter().map(|samples| touching_source(samples)).collect();
    let hits = |ranked: &[(u32, bool)]| ranked.iter().filter(|(_, hit)| *hit).count();
    let by_hits = |mut ranked: Vec<(u32, bool)>| (auc(&mut ranked), hits(&ranked));
    Ranking {
        id: order.id,
        name: order.name,
        auc_all: mean(histories.iter().map(|samples| auc(&mut inducing(samples)))),
        auc_source: mean(of_source.iter().map(|samples| auc(&mut inducing(samples)))),
        auc_equal_size: mean(
            of_source.iter().map(|samples| weighted(by_size(samples).iter().map(|group| by_hits(inducing(group))))),
        ),
        recall_10: mean(histories.iter().map(|samples| recall(&mut inducing(samples), 10))),
        recall_20: mean(histories.iter().map(|samples| recall(&mut inducing(samples), 20))),
        auc_reported: weighted(histories.iter().map(|samples| by_hits(ranked(samples, |sample| sample.reported)))),
    }
}

fn touching_source<'a>(samples: &[&'a Sample]) -> Vec<&'a Sample> {
    samples.iter().copied().filter(|sample| sample.features.source_files > 0).collect()
}

/// Fifths of a history by added lines of source; what is equal stays together, in the lower one.
fn by_size<'a>(samples: &[&'a Sample]) -> Vec<Vec<&'a Sample>> {
    let mut sorted = samples.to_vec();
    sorted.arrange_by_key(|sample| sample.features.source_lines);
    let mut groups = vec![Vec::new(); SIZES];
    let mut below = 0;
    for equal in sorted.chunk_by(|a, b| a.features.source_lines == b.features.source_lines) {
        if let Some(group) = groups.get_mut(below * SIZES / sorted.len()) {
            group.extend(equal);
        }
        below += equal.len();
    }
    groups
}

fn bands(samples: &[Sample]) -> Vec<Band> {
    let mut bands: Vec<Band> = BANDS.map(|(from, to)| Band { from, to, commits: 0, inducing: 0 }).into();
    for sample in samples {
        let score = card::score(&sample.features).0;
        if let Some(band) = bands.iter_mut().find(|band| score <= band.to) {
            band.commits += 1;
            band.inducing += usize::from(sample.inducing);
        }
    }
    bands
}

fn mismatch(sample: &Sample) -> Option<Mismatch> {
    let computed = card::score(&sample.features).0;
    let given = sample.given.filter(|given| *given != computed)?;
    let commit =
        if sample.history.is_empty() { sample.commit.clone() } else { format!("{} {}", sample.history, sample.commit) };
    Some(Mismatch { commit, given, computed })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A commit of `history` that adds `lines` lines to one source file.
    fn commit(history: &str, lines: u32, inducing: bool) -> Sample {
        let features = Features {
            source_lines: lines,
            branches_added: 0,
            scattered_edits: 1,
            directories: 1,
            prior_fixes: Known::Yes(0),
            fix_subject: Known::Yes(false),
            source_files: 1,
            other_files: 0,
            test_files: 0,
        };
        Sample {
            history: history.into(),
            commit: "00ff".into(),
            features,
            lines_added: lines,
            lines_deleted: 0,
            inducing,
            reported: false,
            given: None,
        }
    }

    fn card(samples: &[Sample]) -> Ranking {
        evaluate("here".into(), samples).rankings.remove(3)
    }

    #[test]
    fn histories_count_alike_however_long_they_are() {
        let mut samples = vec![commit("short", 300, true), commit("short", 1, false)];
        samples.extend((0..50).map(|_| commit("long", 1, true)));
        samples.extend((0..50).map(|_| commit("long", 300, false)));

        assert_eq!(card(&samples).auc_all, Some(0.5));
    }

    #[test]
    fn the_rare_label_counts_by_its_hits() {
        let reported = |mut sample: Sample| {
            sample.reported = true;
            sample
        };
        let mut samples = vec![reported(commit("one", 300, false)), commit("one", 1, false)];
        samples.extend((0..3).map(|_| reported(commit("three", 1, false))));
        samples.push(commit("three", 300, false));

        assert_eq!(card(&samples).auc_reported, Some(0.25));
    }

    #[test]
    fn commits_of_equal_size_are_only_compared_with_each_other() {
        let samples: Vec<Sample> = (0..50).map(|at| commit("here", if at < 25 { 1 } else { 300 }, at >= 25)).collect();

        let ranking = card(&samples);

        assert_eq!((ranking.auc_source, ranking.auc_equal_size), (Some(1.0), None));
    }

    #[test]
    fn fifths_keep_what_is_equal_together() {
        let samples: Vec<Sample> = [1, 1, 1, 1, 2, 3, 4, 5, 6, 7].map(|lines| commit("here", lines, false)).into();
        let sizes: Vec<Vec<u32>> = by_size(&samples.iter().collect::<Vec<_>>())
            .iter()
            .map(|group| group.iter().map(|sample| sample.features.source_lines).collect())
            .collect();

        assert_eq!(sizes, [vec![1, 1, 1, 1], vec![], vec![2, 3], vec![4, 5], vec![6, 7]]);
    }

    #[test]
    fn only_commits_that_touch_source_count_where_source_is_asked_for() {
        let mut document = commit("here", 0, true);
        document.features.source_files = 0;
        let samples = [commit("here", 300, true), commit("here", 1, false), document];

        let ranking = card(&samples);

        assert_eq!((ranking.auc_all, ranking.auc_source), (Some(0.5), Some(1.0)));
    }

    #[test]
    fn every_commit_is_in_one_band() {
        let samples = [0, 1, 5, 40, 250].map(|lines| commit("here", lines, lines > 100));

        let bands = evaluate("here".into(), &samples).bands;

        let counts: Vec<(u32, u32, usize, usize)> =
            bands.iter().map(|band| (band.from, band.to, band.commits, band.inducing)).collect();
        assert_eq!(counts, [(0, 29, 3, 0), (30, 49, 2, 1), (50, 69, 0, 0), (70, 100, 0, 0)]);
    }

    #[test]
    fn line_tiers_look_at_added_and_deleted_lines() {
        let with = |lines_added, lines_deleted| tier(&Sample { lines_added, lines_deleted, ..commit("", 0, false) });

        assert_eq!([with(100, 0), with(60, 41), with(0, 200), with(201, 0)], [0, 1, 1, 2]);
    }

    #[test]
    fn a_history_bears_the_card_out_only_when_lines_tell_less() {
        let knotty = |at: u32| {
            let mut sample = commit("here", 10, at.is_multiple_of(2));
            sample.features.branches_added = if sample.inducing { 80 } else { 0 };
            sample
        };
        let long = |at: u32| commit("here", if at.is_multiple_of(2) { 300 } else { 1 }, at.is_multiple_of(2));
        let promise = |of: &dyn Fn(u32) -> Sample| {
            promise_of_a_history(&evaluate("here".into(), &(0..40).map(of).collect::<Vec<_>>()))
        };

        assert!(promise(&knotty).kept);
        assert!(!promise(&long).kept);
    }

    #[test]
    fn every_promise_of_the_card_can_be_broken() {
        let nothing = evaluate("here".into(), &[commit("here", 1, false)]);

        let kept: Vec<bool> = promises_of_the_card(&nothing).iter().map(|promise| promise.kept).collect();

        assert_eq!(kept, [false; 6]);
    }
}
