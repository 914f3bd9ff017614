//! `paths` and `categories`: which list names a path.

use crate::policy::{Category, PathDefault, PathGlob, PathRules, Reach};

use super::keys;
use super::reader::{Field, Reader, Table};

const DEFAULTS: [(&str, PathDefault); 2] = [("allow", PathDefault::Allow), ("deny", PathDefault::Deny)];

/// What guards the law itself, whatever the policy says.
const ALWAYS: [&str; 2] = [".gov/**", ".git/**"];

pub(super) fn paths(reader: &mut Reader<'_>, field: Option<Field<'_>>, base: PathRules) -> PathRules {
    let Some(table) = field.and_then(|field| reader.table(field, &keys::PATHS)) else { return base };
    let default = table.field("default").and_then(|field| reader.word(field, &DEFAULTS));
    let mut list = |key: &str, reach: Reach, base: Vec<PathGlob>| {
        table.field(key).and_then(|field| reader.globs(field, reach)).unwrap_or(base)
    };
    let mut never_auto_approve = list("never_auto_approve", Reach::Strict, base.never_auto_approve);
    for text in ALWAYS {
        if !never_auto_approve.iter().any(|glob| *glob.text == *text) {
            never_auto_approve.extend(PathGlob::new(text, Reach::Strict, None));
        }
    }
    PathRules {
        default: default.unwrap_or(base.default),
        allowed: list("allowed", Reach::Lenient, base.allowed),
        protected: list("protected", Reach::Strict, base.protected),
        never_auto_approve,
        database: list("database", Reach::Strict, base.database),
        generated: list("generated", Reach::Lenient, base.generated),
    }
}

pub(super) fn categories(reader: &mut Reader<'_>, field: Option<Field<'_>>, base: Vec<Category>) -> Vec<Category> {
    let Some(entries) = field.and_then(|field| reader.map(field)) else { return base };
    let mut categories = Vec::new();
    for entry in entries {
        let name = &entry.key.text;
        reader.name("a category", name, entry.key.span);
        let field = Field { key: name, span: entry.key.span, node: &entry.value };
        let Some(table) = reader.table(field, &keys::CATEGORY) else { continue };
        let auto_approve = table.field("auto_approve").and_then(|field| reader.flag(field)).unwrap_or(true);
        // A category that keeps paths back must not be evaded by spelling.
        let reach = if auto_approve { Reach::Lenient } else { Reach::Strict };
        let Some(paths) = required_globs(reader, table, reach) else { continue };
        categories.push(Category { name: name.clone(), paths, auto_approve });
    }
    categories
}

/// The `paths` without which a table names nothing.
pub(super) fn required_globs(reader: &mut Reader<'_>, table: Table<'_>, reach: Reach) -> Option<Vec<PathGlob>> {
    let field = reader.required(table, "paths")?;
    let paths = reader.globs(field, reach)?;
    if matches!(&field.node.value, crate::yaml::Value::List(items) if items.is_empty()) {
        reader.note(field.span.mistake("`paths` names nothing"));
    }
    Some(paths)
}
