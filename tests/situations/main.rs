//! Every situation a repository can be in when it is asked for a change.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod geneses;
mod law;
mod ranges;
mod reports;
mod repositories;
mod staged;

use serde_json::{Value, json};

/// Path, status, lines added and deleted of every file of a report.
fn files(json: &Value) -> Vec<Value> {
    let items = json["files"]["items"].as_array().unwrap();
    items.iter().map(|item| json!([item["path"], item["status"], item["added"], item["deleted"]])).collect()
}
