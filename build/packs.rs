//! Turns the rule packs in `rules/` into statics, so that no run of the program reads their YAML.
//!
//! What a run needs of every rule (id, keywords, what it looks at) becomes a plain static; the
//! rest of a rule is kept as JSON and read when the rule first hits. Whether a pack makes sense
//! is for the tests to say: they read it as strictly as a repository's own packs.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::Value;

#[path = "../src/check/rules/required.rs"]
mod required;

/// The packs in the order in which rules of equal standing give way.
const PACKS: [&str; 5] = ["secrets", "synthetic-data", "imports", "unicode", "weakening"];

/// How many rules are deflated together: what is inflated when one of them hits.
const CHUNK: usize = 16;

/// The list of `Embedded` literals of all packs and the chunks they speak of, or what is wrong
/// with one.
pub(super) fn packs() -> Result<String, String> {
    let (mut out, mut lines) = (String::from("(&[\n"), Vec::new());
    for pack in PACKS {
        for path in files_of(pack)? {
            let said = path.display();
            let yaml = fs::read_to_string(&path).map_err(|error| format!("{said}: {error}"))?;
            let rules: Vec<Value> = serde_yaml::from_str(&yaml).map_err(|error| format!("{said}: {error}"))?;
            for rule in &rules {
                let literal = embedded(pack, rule, lines.len()).ok_or_else(|| format!("{said}: a rule without id"))?;
                out.push_str("    ");
                out.push_str(&literal);
                out.push_str(",\n");
                lines.push(packed(rule));
            }
        }
    }
    out.push_str("], &[\n");
    for chunk in lines.chunks(CHUNK) {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
        deflated.write_all(chunk.join("\n").as_bytes()).map_err(|error| error.to_string())?;
        let bytes = deflated.finish().map_err(|error| error.to_string())?;
        out.extend(["    b\"", &bytes.escape_ascii().to_string(), "\",\n"]);
    }
    out.push_str("])");
    Ok(out)
}

/// One line: the rule, its expression without far bounds, and the relaxed one.
fn packed(rule: &Value) -> String {
    let regex = rule.get("regex").and_then(Value::as_str);
    let text = |pattern: Option<String>| Value::from(pattern.unwrap_or_default()).to_string();
    format!("{rule}\t{}\t{}", text(regex.and_then(required::unbounded)), text(regex.and_then(required::relaxed)))
}

/// A pack is one file, or a folder of files in the order of their names.
fn files_of(pack: &str) -> Result<Vec<PathBuf>, String> {
    let file = PathBuf::from(format!("rules/{pack}.yaml"));
    let folder = PathBuf::from(format!("rules/{pack}"));
    if file.exists() || !folder.exists() {
        return Ok(if file.exists() { vec![file] } else { Vec::new() });
    }
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    Ok(files)
}

/// The `Embedded` literal of one rule.
fn embedded(pack: &str, rule: &Value, number: usize) -> Option<String> {
    let words = |key| {
        let list = rule.get(key).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).collect::<Vec<_>>()
    };
    let id = rule.get("id")?.as_str()?;
    let on = match rule.get("on").and_then(Value::as_str).unwrap_or("added") {
        "removed" => "Removed",
        "file" => "File",
        "path" => "Path",
        "message" => "Message",
        _ => "Added",
    };
    let anchor = match rule.get("anchor").and_then(Value::as_str) {
        Some("non-ascii") => "Some(super::definition::Anchor::NonAscii)",
        Some("every-line") => "Some(super::definition::Anchor::EveryLine)",
        _ => "None",
    };
    let net = rule.get("net").is_some();
    let multiline = rule.get("multiline").and_then(Value::as_bool).unwrap_or(false);
    let changes_only = rule.get("changes_only").and_then(Value::as_bool).unwrap_or(false);
    let generic = words("tags").contains(&"generic");
    let keywords = words("keywords").join("\n");
    let run = rule.get("regex").and_then(Value::as_str).and_then(required::Run::required_by);
    let run = run.map_or("None".to_owned(), |run| {
        format!("Some(super::required::Run {{ class: {:?}, least: {} }})", run.class, run.least)
    });
    let near: Vec<String> = words("paths").into_iter().map(required::literal).collect();
    let near = if near.is_empty() || near.iter().any(String::is_empty) { String::new() } else { near.join("\n") };
    let (chunk, line) = (number / CHUNK, number % CHUNK);
    let detect = rule.get("detect").and_then(Value::as_str).unwrap_or_default();
    let asks = match rule.get("asks").and_then(Value::as_str) {
        Some("module") => "Some(super::definition::Asks::Module)",
        Some("decorator") => "Some(super::definition::Asks::Decorator)",
        _ => "None",
    };
    Some(format!(
        "Embedded {{ pack: {pack:?}, id: {id:?}, on: super::definition::On::{on}, anchor: {anchor}, net: {net}, changes_only: {changes_only}, generic: {generic}, multiline: {multiline}, \
         keywords: {keywords:?}, detect: {detect:?}, asks: {asks}, run: {run}, near: {near:?}, chunk: {chunk}, line: {line} }}"
    ))
}
