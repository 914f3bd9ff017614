//! `rules/headers.yaml` as the tables of `src/header/syntax.rs`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One row of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    line: String,
    #[serde(default)]
    open: String,
    #[serde(default)]
    close: String,
    #[serde(default)]
    never: Vec<String>,
    #[serde(default)]
    within: String,
    #[serde(default)]
    extensions: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    interpreters: Vec<String>,
}

/// The tables, or what is wrong with the file.
pub(super) fn headers(yaml: &str) -> Result<String, String> {
    // Read as a tree first: it is there that duplicate keys are refused.
    let tree: serde_yaml::Value = serde_yaml::from_str(yaml).map_err(|error| error.to_string())?;
    let rows: Vec<Row> = serde_yaml::from_value(tree).map_err(|error| error.to_string())?;
    let mut syntaxes = Vec::new();
    let (mut extensions, mut names, mut interpreters) = (Words::default(), Words::default(), Words::default());
    for (index, row) in rows.iter().enumerate() {
        let Row { line, open, close, never, within, .. } = row;
        if open.is_empty() != close.is_empty() || open.is_empty() && line.is_empty() {
            return Err(format!("row {}: a comment has a start on every line, or is opened and closed", index + 1));
        }
        syntaxes.push(format!(
            "Syntax {{ line: {line:?}, open: {open:?}, close: {close:?}, never: &{never:?}, within: {within:?} }}"
        ));
        extensions.add(&row.extensions, index)?;
        names.add(&row.names, index)?;
        interpreters.add(&row.interpreters, index)?;
    }
    Ok(format!(
        "pub(super) static SYNTAXES: [Syntax; {}] = [\n{}\n];\n{}{}{}",
        syntaxes.len(),
        syntaxes.join(",\n"),
        extensions.table("EXTENSIONS"),
        names.table("NAMES"),
        interpreters.table("INTERPRETERS"),
    ))
}

/// Words, each with the row it stands in.
#[derive(Default)]
struct Words(BTreeMap<String, usize>);

impl Words {
    fn add(&mut self, words: &[String], row: usize) -> Result<(), String> {
        for word in words {
            if word.is_empty() || word.to_lowercase() != *word {
                return Err(format!("`{word}` is not in lower case"));
            }
            if self.0.insert(word.clone(), row).is_some() {
                return Err(format!("`{word}` stands there twice"));
            }
        }
        Ok(())
    }

    /// Sorted, so that a word is found by halving.
    fn table(&self, name: &str) -> String {
        let rows: Vec<_> = self.0.iter().collect();
        format!("pub(super) static {name}: [(&str, u8); {}] = {rows:?};\n", rows.len())
    }
}
