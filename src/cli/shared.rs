//! What the arguments of several verbs have in common.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::model::Date;
use crate::report::Medium;

/// Of the verbs by which people answer: approvals, overrides and what comes of them.
pub(super) const ANSWER_CODES: &str = "\
Exit codes:
  0  on record
  1  denied: it would not count; nothing is on record
  2  could not be done";

/// Of the verbs that read a file that somebody wrote.
pub(super) const FILE_CODES: &str = "\
Exit codes:
  0  no mistakes
  2  it has mistakes, or could not be read";

/// Help with what a verb does beneath the line that names it. `before_help` holds that: a verb's own line
/// in the list of all would take the place of a longer description.
pub(super) const DESCRIBED: &str = "{about}\n\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}\n";

/// The forms of a verb that only reads.
#[derive(Debug, Args)]
pub(super) struct Form {
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = word(["human", "json"], medium))]
    pub(super) format: Medium,
}

fn medium(text: &str) -> Option<Medium> {
    match text {
        "human" => Some(Medium::Text),
        "json" => Some(Medium::Json),
        _ => None,
    }
}

/// Words that are kept: there have to be some.
pub(super) fn said(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("it is empty".to_owned()) } else { Ok(text.to_owned()) }
}

pub(super) fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|()| "not a date of the form 2026-12-31".to_owned())
}

/// One of some words, each standing for a value of the model.
pub(super) fn word<T: Clone + Send + Sync + 'static, const N: usize>(
    words: [&'static str; N],
    meaning: fn(&str) -> Option<T>,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words).try_map(move |word| meaning(&word).ok_or("is not one of them"))
}
