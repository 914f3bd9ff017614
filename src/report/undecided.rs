//! What a machine is told where no answer could be given: whoever uploads a report finds one, and why.

use serde_json::json;

use super::entries::LAW;
use super::escape::{self, github_message, printable};
use super::{Format, junit};
use crate::model::{Ending, Sha256};

/// Why there is no answer.
#[derive(Clone, Copy, Debug)]
pub struct Undecided<'a> {
    pub what: &'a str,
    pub because: &'a [String],
    pub remedy: Option<&'a str>,
    pub exit: Ending,
}

impl Undecided<'_> {
    /// `None` in the format for people, who read it on the other stream.
    pub fn render(&self, format: Format) -> serde_json::Result<Option<String>> {
        Ok(Some(match format {
            Format::Human => return Ok(None),
            Format::Json => escape::json(&json!({
                "schema": "gov-hook/error/v1",
                "exit": self.exit.code(),
                "error": self.what,
                "because": self.because,
                "remedy": self.remedy,
            }))?,
            Format::Sarif => escape::json(&json!({
                "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
                "version": "2.1.0",
                "runs": [{
                    "tool": { "driver": { "name": "gov-hook", "version": env!("CARGO_PKG_VERSION") } },
                    "invocations": [{
                        "executionSuccessful": false,
                        "exitCode": self.exit.code(),
                        "exitCodeDescription": printable(self.what),
                        "toolExecutionNotifications": [{ "level": "error", "message": { "text": self.text() } }],
                    }],
                    "columnKind": "unicodeCodePoints",
                    "results": [],
                }],
            }))?,
            Format::Github => format!("::error title=gov-hook::{}\n", github_message(&self.text())),
            Format::Gitlab => escape::json(&json!([{
                "description": printable(&self.text()),
                "check_name": "gov-hook/undecided",
                "fingerprint": Sha256::of(self.text().as_bytes()).to_string(),
                "severity": "blocker",
                "location": { "path": LAW, "lines": { "begin": 1 } },
            }]))?,
            Format::Junit => junit::with_error(&printable(self.what), &self.text()),
        }))
    }

    /// A line for what, for each cause, and for what mends it.
    fn text(&self) -> String {
        let because = self.because.iter().map(|cause| format!("because: {}", printable(cause)));
        let mend = self.remedy.map(|remedy| format!("mend it: {}", printable(remedy)));
        let what = format!("could not decide, so nothing may pass: {}", printable(self.what));
        std::iter::once(what).chain(because).chain(mend).collect::<Vec<_>>().join("\n")
    }
}
