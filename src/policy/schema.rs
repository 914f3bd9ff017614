//! The format as JSON Schema, for editors: `policy schema` prints it.

use crate::model::inflated;

/// Draft 2020-12. The reader, not the schema, has the last word: limits that contradict each
/// other, say, are beyond a schema.
#[must_use]
pub fn schema() -> Vec<u8> {
    const LENGTH: usize = include_bytes!("schema.json").len();
    inflated(include_bytes!(concat!(env!("OUT_DIR"), "/schema.json.deflated")), LENGTH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use crate::policy::read::ALL_KEYS;
    use crate::policy::{BUILT_IN, PACKS, read};

    fn schema() -> Value {
        serde_json::from_slice(&super::schema()).unwrap()
    }

    fn as_json(yaml: &str) -> Value {
        let yaml: serde_yaml::Value = serde_yaml::from_str(yaml).unwrap();
        serde_json::to_value(yaml).unwrap()
    }

    /// The part of the schema that speaks of a place such as `agents.identities[]`.
    fn part<'s>(schema: &'s Value, place: &str) -> &'s Value {
        place.split('.').filter(|step| !step.is_empty()).fold(schema, |part, step| match step.strip_suffix("[]") {
            Some(list) => &part["properties"][list]["items"],
            None if step == "*" => &part["additionalProperties"],
            None => &part["properties"][step],
        })
    }

    /// Every place of the schema that holds a map with known keys.
    fn places(part: &Value, place: &str, found: &mut BTreeSet<String>) {
        let Some(properties) = part["properties"].as_object() else { return };
        found.insert(place.to_owned());
        for (key, part) in properties {
            let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            places(part, &place, found);
            places(&part["items"], &format!("{place}[]"), found);
            places(&part["additionalProperties"], &format!("{place}.*"), found);
        }
    }

    #[test]
    fn the_schema_has_the_very_keys_that_the_reader_takes() {
        let schema = schema();
        for shape in ALL_KEYS {
            let part = part(&schema, shape.place);
            let known: BTreeSet<&str> = part["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(known, shape.keys.iter().copied().collect(), "{}", shape.place);
            assert_eq!(part["additionalProperties"], Value::Bool(false), "{}", shape.place);
        }
        let mut found = BTreeSet::new();
        places(&schema, "", &mut found);
        assert_eq!(found, ALL_KEYS.iter().map(|shape| shape.place.to_owned()).collect());
        assert_eq!(part(&schema, "rules.packs[]")["enum"], serde_json::json!(PACKS));
    }

    #[test]
    fn every_key_is_described_for_the_editor() {
        let schema = schema();
        for shape in ALL_KEYS {
            for key in shape.keys {
                let described = &part(&schema, shape.place)["properties"][key]["description"];
                assert!(described.as_str().is_some_and(|text| text.ends_with('.')), "{}: {key}", shape.place);
            }
        }
    }

    #[test]
    fn the_defaults_the_schema_tells_are_those_of_the_built_in_policy() {
        let (schema, built_in) = (schema(), as_json(BUILT_IN));
        for shape in ALL_KEYS.iter().filter(|shape| !shape.place.contains(['[', '*', '.'])) {
            for key in shape.keys {
                let told = &part(&schema, shape.place)["properties"][key]["default"];
                assert!(told.is_null() || *told == built_in[shape.place][key], "{}: {key}", shape.place);
            }
        }
    }

    #[test]
    fn the_built_in_policy_and_the_example_hold_to_the_schema() {
        let validator = jsonschema::validator_for(&schema()).unwrap();

        for text in [BUILT_IN, include_str!("example.yaml")] {
            let errors: Vec<String> = validator.iter_errors(&as_json(text)).map(|error| error.to_string()).collect();
            assert_eq!(errors, [""; 0]);
        }
    }

    #[test]
    fn reader_and_schema_agree_on_what_is_wrong() {
        let validator = jsonschema::validator_for(&schema()).unwrap();
        let sections = [
            ("", true),
            ("paths: {}", true),
            ("pathz: {}", false),
            ("paths: { protectd: [] }", false),
            ("paths: { protected: docs }", false),
            ("paths: { protected: [/abs] }", false),
            ("paths: { default: maybe }", false),
            ("enforcement: { branches: { main: prod } }", false),
            ("enforcement: { branches: { refs/heads/main: staging } }", false),
            ("risk: { high_score: 0 }", false),
            ("risk: { strict: \"true\" }", false),
            ("rules: { packs: [secret] }", false),
            ("rules: { extra: [rules/a.yaml] }", false),
            ("rules: { severity: { a: loud } }", false),
            ("rules: { packs: [imports], imports: [ { paths: [a] } ] }", false),
            ("roles: { admin: [ada@example.com] }", true),
            ("roles: { admin: [ada] }", false),
            ("roles: { admin: [] }", false),
            ("approvals: { high: { timeout: 1h } }", true),
            ("approvals: { high: { timeout: 1y } }", false),
            ("approvals: { high: { count: 0 } }", false),
            ("approvals: { paths: [ {} ] }", false),
            ("agents: { identities: [ { id: a } ] }", false),
            ("categories: { docs: {} }", false),
            ("environments: [ {} ]", false),
            ("notify: [ { on: [\"*\"] } ]", false),
            ("notify: [ { on: [\"*\"], webhook: { url_env: \"https://x\" } } ]", false),
            ("notify: [ { on: [\"*\"], slack: { url_env: GOV_SLACK }, command: logger } ]", true),
            ("notify: [ { on: [\"*\"], slack: {} } ]", false),
            ("notify: [ { on: [\"*\"], webhook: { url_env: GOV_WEBHOOK, secret_env: s } } ]", false),
            ("notify: [ { on: [\"*\"], command: \"\" } ]", false),
            ("audit: { proof_of_work_bits: 33 }", false),
            ("licence: {}", false),
            ("roles:", false),
        ];
        for (section, sound) in sections {
            let text = format!("version: 1\n{section}\n");
            assert_eq!(read("policy.yaml", text.as_bytes()).is_ok(), sound, "reader: {section}");
            assert_eq!(validator.is_valid(&as_json(&text)), sound, "schema: {section}");
        }
        assert!(!validator.is_valid(&as_json("paths: {}")));
    }
}
