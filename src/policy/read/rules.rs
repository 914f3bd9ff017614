//! `risk` and `rules`: the limits, and what is searched for.

use crate::model::Severity;
use crate::policy::{PACKS, PathGlob, Reach, RequiredImport, RiskLimits, RuleSettings};

use super::keys;
use super::paths::required_globs;
use super::reader::{Field, Reader, Table};
use super::words::{did_you_mean, listed, short};

const MAX_LINES: u32 = 1_000_000;
const SEVERITIES: [(&str, Severity); 4] = [
    (Severity::Note.as_str(), Severity::Note),
    (Severity::Warn.as_str(), Severity::Warn),
    (Severity::Hold.as_str(), Severity::Hold),
    (Severity::Deny.as_str(), Severity::Deny),
];

pub(super) fn risk(reader: &mut Reader<'_>, field: Option<Field<'_>>, base: RiskLimits) -> RiskLimits {
    let Some(table) = field.and_then(|field| reader.table(field, &keys::RISK)) else { return base };
    let mut lines =
        |key: &str, base: u32| table.field(key).and_then(|field| reader.integer(field, 0..=MAX_LINES)).unwrap_or(base);
    let low_max_lines = lines("low_max_lines", base.low_max_lines);
    let medium_max_lines = lines("medium_max_lines", base.medium_max_lines);
    let max_auto_deleted = lines("max_auto_deleted", base.max_auto_deleted);
    let large_deletion = lines("large_deletion", base.large_deletion);
    let mut score =
        |key: &str, base: u32| table.field(key).and_then(|field| reader.integer(field, 1..=100)).unwrap_or(base);
    let high_score = score("high_score", base.high_score);
    let critical_score = score("critical_score", base.critical_score);
    let strict = table.field("strict").and_then(|field| reader.flag(field)).unwrap_or(base.strict);

    in_order(reader, table, ("low_max_lines", low_max_lines), ("medium_max_lines", medium_max_lines));
    in_order(reader, table, ("max_auto_deleted", max_auto_deleted), ("large_deletion", large_deletion));
    in_order(reader, table, ("high_score", high_score), ("critical_score", critical_score));
    RiskLimits { low_max_lines, medium_max_lines, max_auto_deleted, large_deletion, high_score, critical_score, strict }
}

fn in_order(reader: &mut Reader<'_>, table: Table<'_>, lower: (&str, u32), upper: (&str, u32)) {
    if lower.1 <= upper.1 {
        return;
    }
    let said = |(key, value): (&str, u32)| match table.field(key) {
        Some(_) => format!("`{key}` is {value}"),
        None => format!("`{key}` is {value} by default"),
    };
    let Some(field) = table.field(lower.0).or_else(|| table.field(upper.0)) else { return };
    let mistake = field.node.span.mistake(format!("`{}` must not be above `{}`", lower.0, upper.0));
    reader.note(mistake.because(format!("{}, {}", said(lower), said(upper))));
}

pub(super) fn rules(reader: &mut Reader<'_>, field: Option<Field<'_>>, base: RuleSettings) -> RuleSettings {
    let Some(table) = field.and_then(|field| reader.table(field, &keys::RULES)) else { return base };
    let packs = table.field("packs").and_then(|field| packs(reader, field)).unwrap_or(base.packs);
    let extra = table.field("extra").and_then(|field| extra(reader, field)).unwrap_or(base.extra);
    let severity = table.field("severity").and_then(|field| severity(reader, field)).unwrap_or(base.severity);
    let imports = match table.field("imports") {
        Some(field) => {
            let asked = imports(reader, field).unwrap_or_default();
            if !asked.is_empty() && !packs.iter().any(|pack| pack == "imports") {
                let mistake = field.span.mistake("`imports` is configured, but the pack is not in use");
                reader.note(mistake.help("add `imports` to `packs`"));
            }
            asked
        }
        None => base.imports,
    };
    RuleSettings { packs, extra, severity, imports }
}

fn packs(reader: &mut Reader<'_>, field: Field<'_>) -> Option<Vec<String>> {
    let mut packs = Vec::new();
    for (name, span) in reader.texts(field)? {
        if PACKS.contains(&name) {
            packs.push(name.to_owned());
        } else {
            let help = did_you_mean(name, &PACKS)
                .unwrap_or_else(|| format!("there are {}; a repository's own stand under `extra`", listed(&PACKS)));
            reader.note(span.mistake(format!("`{}` is not a rule pack", short(name))).help(help));
        }
    }
    Some(packs)
}

/// A pack outside `.gov/` could be emptied by a change that nobody must approve.
fn extra(reader: &mut Reader<'_>, field: Field<'_>) -> Option<Vec<PathGlob>> {
    for (text, span) in reader.texts(field)? {
        if !text.starts_with(".gov/") {
            let mistake = span.mistake(format!("`extra` packs must stand under `.gov/`, not at `{}`", short(text)));
            reader.note(mistake.because("elsewhere they could be changed without an approval"));
        }
    }
    reader.globs(field, Reach::Lenient)
}

fn severity(reader: &mut Reader<'_>, field: Field<'_>) -> Option<Vec<(crate::policy::NameGlob, Severity)>> {
    let mut severities = Vec::new();
    for entry in reader.map(field)? {
        let rule = &entry.key.text;
        let glob = reader.name_glob("severity", rule, entry.key.span);
        let severity = reader.word(Field { key: rule, span: entry.key.span, node: &entry.value }, &SEVERITIES);
        severities.extend(glob.zip(severity));
    }
    Some(severities)
}

fn imports(reader: &mut Reader<'_>, field: Field<'_>) -> Option<Vec<RequiredImport>> {
    let mut imports = Vec::new();
    for item in reader.list(field)? {
        let Some(table) = reader.table(item, &keys::IMPORT) else { continue };
        let paths = required_globs(reader, table, Reach::Strict);
        let [module, decorator] = ["module", "decorator"].map(|key| {
            let field = table.field(key)?;
            let text = reader.text(field)?;
            if text.trim().is_empty() {
                reader.note(field.node.span.mistake(format!("`{key}` is empty")));
            }
            Some(text.to_owned())
        });
        if table.field("module").is_none() && table.field("decorator").is_none() {
            reader.note(table.span.mistake("neither `module` nor `decorator` says what is asked for"));
        }
        imports.extend(paths.map(|paths| RequiredImport { paths, module, decorator }));
    }
    Some(imports)
}
