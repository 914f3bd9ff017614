//! How well the score ranks changes, as tables for people and as `gov-hook/risk-eval/v1`.

use serde::Serialize;

use super::escape::{json, printable};
use crate::model::{Band, Ending, Evaluation, Measured, Ranking, counted, share};

/// Scores that are not reproduced are listed up to here; all of them are in the JSON.
const MOST_MISMATCHES: usize = 10;

/// The tables a person reads; the first line is enough on its own.
#[must_use]
pub fn evaluation(evaluation: &Evaluation) -> String {
    let verdict =
        if evaluation.holds() { "the score is worth its points" } else { "the score is NOT worth its points" };
    let mut lines = vec![
        format!("{verdict}: {}", printable(&evaluation.of)),
        format!(
            "{} of {}: {} induced a later fix ({}), {} named as the fault by a later message",
            counted(evaluation.commits, "commit"),
            counted(evaluation.histories, "history"),
            evaluation.inducing,
            percent(share(evaluation.inducing, evaluation.commits)),
            evaluation.reported,
        ),
        String::new(),
    ];
    lines.extend(rankings(&evaluation.rankings));
    lines.push(String::new());
    lines.extend(bands(evaluation));
    lines.push(String::new());
    lines.extend(scores(evaluation));
    lines.extend(evaluation.promises.iter().map(|promise| {
        let mark = if promise.kept { "kept  " } else { "BROKEN" };
        format!("{mark}  {}", promise.what)
    }));
    lines.extend(evaluation.notes.iter().map(|note| format!("note    {}", printable(note))));
    lines.push(String::new());
    lines.join("\n")
}

const COLUMNS: [&str; 6] = ["AUC all", "touching source", "at equal size", "in top 10 %", "in top 20 %", "blame-free"];

fn columns(ranking: &Ranking) -> [Measured; 6] {
    let Ranking { auc_all, auc_source, auc_equal_size, recall_10, recall_20, auc_reported, .. } = *ranking;
    [auc_all, auc_source, auc_equal_size, recall_10, recall_20, auc_reported]
}

fn rankings(rankings: &[Ranking]) -> Vec<String> {
    let width = rankings.iter().map(|ranking| ranking.name.len()).max().unwrap_or_default();
    let row = |name: &str, cells: [String; 6]| {
        let cells = cells.iter().zip(COLUMNS).map(|(cell, column)| format!("  {cell:>0$}", column.len()));
        format!("{name:width$}{}", cells.collect::<String>())
    };
    let figures =
        |ranking: &Ranking| columns(ranking).map(|value| value.map_or("-".into(), |value| format!("{value:.3}")));
    let head = row("ranked by", COLUMNS.map(str::to_owned));
    std::iter::once(head).chain(rankings.iter().map(|ranking| row(ranking.name, figures(ranking)))).collect()
}

fn bands(evaluation: &Evaluation) -> Vec<String> {
    let row = |score: &str, commits: &str, inducing: &str, rate: &str| {
        format!("{score:8}{commits:>12}{inducing:>18}{rate:>20}")
    };
    let figures = |band: &Band| {
        row(
            &format!("{}-{}", band.from, band.to),
            &percent(share(band.commits, evaluation.commits)),
            &percent(share(band.inducing, evaluation.inducing)),
            &percent(band.rate()),
        )
    };
    let head = row("score", "of commits", "of the inducing", "of these induce");
    std::iter::once(head).chain(evaluation.bands.iter().map(figures)).collect()
}

fn scores(evaluation: &Evaluation) -> Vec<String> {
    let (given, wrong) = (evaluation.given, evaluation.mismatches.len());
    if given == 0 {
        return Vec::new();
    }
    let mark = if wrong == 0 { "kept  " } else { "BROKEN" };
    let mut lines = vec![format!("{mark}  {} of {given} given scores are reproduced", given.saturating_sub(wrong))];
    lines.extend(evaluation.mismatches.iter().take(MOST_MISMATCHES).map(|mismatch| {
        let commit = printable(&mismatch.commit);
        format!("        {commit}: given {}, computed {}", mismatch.given, mismatch.computed)
    }));
    if wrong > MOST_MISMATCHES {
        lines.push(format!("        and {} more: see --format json", wrong - MOST_MISMATCHES));
    }
    lines
}

fn percent(value: Measured) -> String {
    value.map_or("-".into(), |value| format!("{:.1} %", value * 100.0))
}

/// The same for machines. Fields are added, never renamed and never given another meaning.
pub fn evaluation_json(evaluation: &Evaluation, exit: Ending) -> serde_json::Result<String> {
    json(&EvaluationV1 {
        schema: "gov-hook/risk-eval/v1",
        of: &evaluation.of,
        histories: evaluation.histories,
        commits: evaluation.commits,
        inducing: evaluation.inducing,
        reported: evaluation.reported,
        rankings: evaluation.rankings.iter().map(RankingV1::from).collect(),
        bands: evaluation.bands.iter().map(BandV1::from).collect(),
        scores: ScoresV1 {
            given: evaluation.given,
            mismatches: evaluation
                .mismatches
                .iter()
                .map(|mismatch| MismatchV1 {
                    commit: &mismatch.commit,
                    given: mismatch.given,
                    computed: mismatch.computed,
                })
                .collect(),
        },
        promises: evaluation
            .promises
            .iter()
            .map(|promise| PromiseV1 { what: &promise.what, kept: promise.kept })
            .collect(),
        notes: &evaluation.notes,
        exit: exit.code(),
    })
}

#[derive(Serialize)]
struct EvaluationV1<'a> {
    schema: &'static str,
    of: &'a str,
    histories: usize,
    commits: usize,
    inducing: usize,
    reported: usize,
    rankings: Vec<RankingV1>,
    bands: Vec<BandV1>,
    scores: ScoresV1<'a>,
    promises: Vec<PromiseV1<'a>>,
    notes: &'a [String],
    exit: u8,
}

#[derive(Serialize)]
struct RankingV1 {
    id: &'static str,
    auc: AucV1,
    recall: RecallV1,
}

#[derive(Serialize)]
struct AucV1 {
    all: Measured,
    source: Measured,
    equal_size: Measured,
    blame_free: Measured,
}

#[derive(Serialize)]
struct RecallV1 {
    top_10: Measured,
    top_20: Measured,
}

impl From<&Ranking> for RankingV1 {
    fn from(ranking: &Ranking) -> Self {
        let [all, source, equal_size, top_10, top_20, blame_free] = columns(ranking).map(rounded);
        Self { id: ranking.id, auc: AucV1 { all, source, equal_size, blame_free }, recall: RecallV1 { top_10, top_20 } }
    }
}

#[derive(Serialize)]
struct BandV1 {
    from: u32,
    to: u32,
    commits: usize,
    inducing: usize,
    rate: Measured,
}

impl From<&Band> for BandV1 {
    fn from(band: &Band) -> Self {
        let &Band { from, to, commits, inducing } = band;
        Self { from, to, commits, inducing, rate: rounded(band.rate()) }
    }
}

#[derive(Serialize)]
struct ScoresV1<'a> {
    given: usize,
    mismatches: Vec<MismatchV1<'a>>,
}

#[derive(Serialize)]
struct MismatchV1<'a> {
    commit: &'a str,
    given: u32,
    computed: u32,
}

#[derive(Serialize)]
struct PromiseV1<'a> {
    what: &'a str,
    kept: bool,
}

/// Four digits say all that such a statistic knows.
fn rounded(value: Measured) -> Measured {
    value.map(|value| (value * 10_000.0).round() / 10_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Mismatch, Promise};

    fn sample() -> Evaluation {
        let ranking = |id, name, first| Ranking {
            id,
            name,
            auc_all: Some(first),
            auc_source: Some(0.755_49),
            auc_equal_size: None,
            recall_10: Some(0.1),
            recall_20: Some(0.2),
            auc_reported: None,
        };
        let band = |from, to, commits, inducing| Band { from, to, commits, inducing };
        Evaluation {
            of: "../a history".into(),
            histories: 1,
            commits: 8,
            inducing: 2,
            reported: 0,
            rankings: vec![ranking("line-tiers", "line tiers", 0.5), ranking("card", "card", 1.0)],
            bands: vec![band(0, 29, 6, 0), band(30, 100, 2, 2), band(70, 100, 0, 0)],
            given: 8,
            mismatches: vec![Mismatch { commit: "a\u{1b}b".into(), given: 3, computed: 4 }],
            promises: vec![
                Promise { what: "this holds".into(), kept: true },
                Promise { what: "this does not".into(), kept: false },
            ],
            notes: vec!["the clone is shallow".into()],
        }
    }

    #[test]
    fn a_person_reads_the_verdict_the_tables_and_every_promise() {
        let expected = "\
the score is NOT worth its points: ../a history
8 commits of 1 history: 2 induced a later fix (25.0 %), 0 named as the fault by a later message

ranked by   AUC all  touching source  at equal size  in top 10 %  in top 20 %  blame-free
line tiers    0.500            0.755              -        0.100        0.200           -
card          1.000            0.755              -        0.100        0.200           -

score     of commits   of the inducing     of these induce
0-29          75.0 %             0.0 %               0.0 %
30-100        25.0 %           100.0 %             100.0 %
70-100         0.0 %             0.0 %                   -

BROKEN  7 of 8 given scores are reproduced
        a\\u{1b}b: given 3, computed 4
kept    this holds
BROKEN  this does not
note    the clone is shallow
";

        assert_eq!(evaluation(&sample()), expected);
    }

    #[test]
    fn of_many_wrong_scores_a_person_sees_the_first_ten() {
        let mut many = sample();
        many.mismatches = vec![Mismatch { commit: "a".into(), given: 3, computed: 4 }; 12];

        let text = evaluation(&many);

        assert_eq!(text.matches(": given 3, computed 4\n").count(), 10);
        assert!(text.contains("        and 2 more: see --format json\n"));
    }

    #[test]
    fn a_machine_reads_the_same() {
        let json: serde_json::Value =
            serde_json::from_str(&evaluation_json(&sample(), Ending::Denied).unwrap()).unwrap();

        let ranking = |id: &str, all: f64| {
            serde_json::json!({
                "id": id,
                "auc": { "all": all, "source": 0.7555, "equal_size": null, "blame_free": null },
                "recall": { "top_10": 0.1, "top_20": 0.2 },
            })
        };
        let expected = serde_json::json!({
            "schema": "gov-hook/risk-eval/v1",
            "of": "../a history",
            "histories": 1,
            "commits": 8,
            "inducing": 2,
            "reported": 0,
            "rankings": [ranking("line-tiers", 0.5), ranking("card", 1.0)],
            "bands": [
                { "from": 0, "to": 29, "commits": 6, "inducing": 0, "rate": 0.0 },
                { "from": 30, "to": 100, "commits": 2, "inducing": 2, "rate": 1.0 },
                { "from": 70, "to": 100, "commits": 0, "inducing": 0, "rate": null },
            ],
            "scores": { "given": 8, "mismatches": [{ "commit": "a\u{1b}b", "given": 3, "computed": 4 }] },
            "promises": [{ "what": "this holds", "kept": true }, { "what": "this does not", "kept": false }],
            "notes": ["the clone is shallow"],
            "exit": 1,
        });
        assert_eq!(json, expected);
    }
}
