//! SARIF 2.1.0, as code scanning reads it. Exit code and outcome are told but change nothing.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::entries::{Entry, Grade, LAW, entries, refusal};
use super::escape::{self, printable, uri};
use super::words::headline;
use crate::model::{Gather, Judgement, RepoPath, RuleId, WaivedBy};

pub(super) fn render(judgement: &Judgement) -> serde_json::Result<String> {
    let (headline, law) = (headline(judgement).line(), RepoPath::from(LAW));
    let mut entries = entries(&judgement.assessment);
    entries.extend(refusal(judgement, &entries, &headline, &law));
    let rules = rules(&entries);
    let risk = &judgement.assessment.risk;
    escape::json(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "gov-hook",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.values().map(|(_, rule)| rule).collect::<Vec<_>>(),
            } },
            "invocations": [{
                "executionSuccessful": true,
                "exitCode": judgement.decision.exit.code(),
                "exitCodeDescription": headline,
            }],
            "columnKind": "unicodeCodePoints",
            "results": entries.iter().map(|entry| result(entry, &rules)).collect::<Vec<_>>(),
            "properties": {
                "outcome": judgement.decision.outcome.as_str(),
                "level": judgement.level.as_str(),
                "gate": judgement.gate.as_str(),
                "risk": risk.level.as_str(),
                "score": risk.score,
                "change": judgement.target.change.to_string(),
                "policy": judgement.policy.digest.to_name(),
            },
        }],
    }))
}

/// Each rule once, with its index. The gravest entry of a rule comes first and describes it.
fn rules<'a>(entries: &[Entry<'a>]) -> BTreeMap<&'a str, (usize, Value)> {
    let mut rules = BTreeMap::new();
    for entry in entries {
        rules.entry(entry.rule).or_insert_with(|| {
            let mut rule = Map::new();
            rule.insert("id".into(), json!(entry.rule));
            // Code scanning wants all three of every rule.
            rule.insert("shortDescription".into(), message(entry.about));
            rule.insert("fullDescription".into(), message(entry.about));
            rule.insert("help".into(), message(entry.help.unwrap_or(entry.about)));
            rule.insert("defaultConfiguration".into(), json!({ "level": level(entry.grade) }));
            if entry.rule.starts_with(RuleId::SECRET) {
                let properties = json!({ "tags": ["security"], "security-severity": security_severity(entry.grade) });
                rule.insert("properties".into(), properties);
            }
            Value::Object(rule)
        });
    }
    rules.into_iter().enumerate().map(|(index, (id, rule))| (id, (index, rule))).gathered()
}

fn result(entry: &Entry, rules: &BTreeMap<&str, (usize, Value)>) -> Value {
    let mut result = Map::new();
    result.insert("ruleId".into(), json!(entry.rule));
    result.extend(rules.get(entry.rule).map(|(index, _)| ("ruleIndex".into(), json!(index))));
    result.insert("level".into(), json!(level(entry.grade)));
    let old = entry.removed_at.map(|line| format!(" (line {line} of the old text)")).unwrap_or_default();
    result.insert("message".into(), message(&format!("{}{old}", entry.message)));
    let locations = entry.path.map(|path| location(path, entry.line, entry.column));
    result.insert("locations".into(), locations.into_iter().collect());
    result.insert("partialFingerprints".into(), json!({ "govHook/v1": entry.fingerprint.to_string() }));
    // Present on every result or on none: an empty list says that nothing excuses this one.
    let suppressions = entry.waived.map(|waived| {
        let kind = match &waived.by {
            WaivedBy::Text(_) => "inSource",
            WaivedBy::List(_) => "external",
        };
        let place = printable(waived.by.as_str());
        json!({ "kind": kind, "justification": format!("{} ({place})", printable(&waived.reason)) })
    });
    result.insert("suppressions".into(), suppressions.into_iter().collect());
    if let Some(at) = entry.at {
        // `HEAD:.gov/policy.yaml` names a revision, then a path in it.
        let path = at.origin.split_once(':').map_or(at.origin.as_str(), |(_, path)| path);
        let mut line = location(&path.into(), Some(at.line), None);
        if let Some(line) = line.as_object_mut() {
            line.insert("message".into(), message(&format!("{}: {}", at.origin, at.text)));
        }
        result.insert("relatedLocations".into(), json!([line]));
    }
    let mut properties = json!({ "severity": entry.word });
    if let (Some(properties), Some(commit)) = (properties.as_object_mut(), entry.commit) {
        properties.insert("commit".into(), json!(commit.to_string()));
    }
    if let (Some(properties), Some(history)) = (properties.as_object_mut(), entry.history) {
        properties.insert("inHead".into(), json!(history.in_head));
        properties.extend(history.since.map(|since| ("since".into(), json!(since.to_string()))));
    }
    result.insert("properties".into(), properties);
    Value::Object(result)
}

fn location(path: &RepoPath, line: Option<u32>, column: Option<u32>) -> Value {
    let mut place = Map::new();
    place.insert("artifactLocation".into(), json!({ "uri": uri(path), "uriBaseId": "%SRCROOT%" }));
    // Code scanning shows nothing without a line: what is about a file stands at its first.
    let mut region = Map::new();
    region.insert("startLine".into(), json!(line.unwrap_or(1).max(1)));
    region.extend(column.map(|column| ("startColumn".into(), json!(column.max(1)))));
    place.insert("region".into(), Value::Object(region));
    json!({ "physicalLocation": place })
}

/// `[text](target)` would become a link, and no link is ours.
fn message(text: &str) -> Value {
    json!({ "text": printable(text).replace("](", "] (") })
}

/// By CVSS, as code scanning ranks what is tagged `security`: critical, medium, low.
const fn security_severity(grade: Grade) -> &'static str {
    match grade {
        Grade::Error => "9.8",
        Grade::Warning => "5.0",
        Grade::Note => "2.0",
    }
}

const fn level(grade: Grade) -> &'static str {
    match grade {
        Grade::Error => "error",
        Grade::Warning => "warning",
        Grade::Note => "note",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::samples;
    use super::render;

    #[test]
    fn every_log_is_valid_sarif() {
        let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/sarif-2.1.0.schema.json");
        let mut schema: Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
        // These patterns of the official schema have a bracket too many; we never name a language.
        for owner in ["run", "toolComponent"] {
            let pattern = format!("/definitions/{owner}/properties/language/pattern");
            *schema.pointer_mut(&pattern).unwrap() = "".into();
        }
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();

        for (name, judgement) in samples::all() {
            let log: Value = serde_json::from_str(&render(&judgement).unwrap()).unwrap();

            let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
            assert_eq!(errors, Vec::<String>::new(), "{name}");
            let mut broken = log;
            *broken.pointer_mut("/runs/0/columnKind").unwrap() = "bytes".into();
            assert!(!validator.is_valid(&broken), "{name}");
        }
    }

    /// What GitHub says it wants of a log, beyond the schema; without a place it refuses the log whole.
    #[test]
    fn code_scanning_takes_every_log() {
        for (name, judgement) in samples::all() {
            let log: Value = serde_json::from_str(&render(&judgement).unwrap()).unwrap();

            for result in log.pointer("/runs/0/results").and_then(Value::as_array).unwrap() {
                let place = &result["locations"][0]["physicalLocation"];
                assert!(!place["artifactLocation"]["uri"].as_str().unwrap().is_empty(), "{name}: {result}");
                assert!(place["region"]["startLine"].as_u64().unwrap() >= 1, "{name}: {result}");
            }
            for rule in log.pointer("/runs/0/tool/driver/rules").and_then(Value::as_array).unwrap() {
                for text in ["shortDescription", "fullDescription", "help"] {
                    assert!(!rule[text]["text"].as_str().unwrap().is_empty(), "{name}: {rule}");
                }
                let is_secret = rule["id"].as_str().unwrap().starts_with("secret/");
                assert_eq!(rule["properties"]["tags"][0] == "security", is_secret, "{name}: {rule}");
                assert_eq!(rule["properties"]["security-severity"].is_string(), is_secret, "{name}: {rule}");
            }
        }
    }

    #[test]
    fn every_result_names_the_rule_at_its_index() {
        for (name, judgement) in samples::all() {
            let log: Value = serde_json::from_str(&render(&judgement).unwrap()).unwrap();
            let rules = log.pointer("/runs/0/tool/driver/rules").and_then(Value::as_array).unwrap();
            let results = log.pointer("/runs/0/results").and_then(Value::as_array).unwrap();

            for result in results {
                let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
                assert_eq!(rules[index]["id"], result["ruleId"], "{name}");
            }
        }
    }
}
