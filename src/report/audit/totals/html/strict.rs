//! Reads a page as strictly as XML is read, and says the first thing that is wrong with it.

use std::collections::BTreeSet;

/// Elements that a page of ours may have; none of them loads or runs anything.
const KNOWN: [&str; 40] = [
    "body",
    "br",
    "caption",
    "code",
    "dd",
    "desc",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "head",
    "header",
    "html",
    "li",
    "line",
    "main",
    "meta",
    "p",
    "rect",
    "section",
    "span",
    "strong",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];

/// Attributes that name nothing outside the page.
const ATTRIBUTES: [&str; 23] = [
    "aria-hidden",
    "aria-labelledby",
    "charset",
    "class",
    "content",
    "height",
    "http-equiv",
    "id",
    "lang",
    "name",
    "preserveAspectRatio",
    "role",
    "rx",
    "scope",
    "text-anchor",
    "viewBox",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
];

/// Whether every element is closed in its turn, every attribute quoted, every `&` a known one, every
/// label there, every plot named and beside a table, and nothing fetched from anywhere.
pub(crate) fn check(page: &str) -> Result<(), String> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>\n").ok_or("it does not begin as a page")?;
    let (mut open, mut ids, mut labels) = (Vec::<String>::new(), BTreeSet::new(), BTreeSet::new());
    let (mut plots, mut tables) = (0, 0);
    for word in ["http://", "https://", "url(", "@import", "javascript:", "//cdn"] {
        if page.contains(word) {
            return Err(format!("it names something outside itself: {word}"));
        }
    }
    while let Some((before, after)) = rest.split_once('<') {
        text(before, open.last().map(String::as_str))?;
        let (tag, after) = after.split_once('>').ok_or("a tag does not end")?;
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            let opened = open.pop().unwrap_or_default();
            if opened != name {
                return Err(format!("</{name}> closes <{opened}>"));
            }
            if name == "figure" {
                if plots != 1 || tables != 1 {
                    return Err(format!("a figure has {plots} plots and {tables} tables"));
                }
                (plots, tables) = (0, 0);
            }
            continue;
        }
        let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let name = tag.split(' ').next().unwrap_or_default();
        if !KNOWN.contains(&name) {
            return Err(format!("<{name}> is none of the page's elements"));
        }
        let attributes = attributes(tag.get(name.len()..).unwrap_or_default())?;
        let of = |key: &str| attributes.iter().find(|(found, _)| found == key).map(|(_, value)| value.as_str());
        if let Some(id) = of("id").filter(|id| !ids.insert((*id).to_owned())) {
            return Err(format!("two elements are called {id}"));
        }
        labels.extend(of("aria-labelledby").into_iter().flat_map(str::split_whitespace).map(str::to_owned));
        if name == "svg" && of("aria-hidden").is_none() {
            plots += 1;
            if of("role") != Some("img") || of("aria-labelledby").is_none() {
                return Err("a plot has no name".into());
            }
            if !open.iter().any(|outer| outer == "figure") {
                return Err("a plot stands outside a figure".into());
            }
        }
        if name == "table" && open.iter().any(|outer| outer == "figure") {
            tables += 1;
        }
        if !closed {
            open.push(name.to_owned());
        }
    }
    if !open.is_empty() || rest.trim() != "" {
        return Err(format!("at the end {open:?} is open"));
    }
    match labels.difference(&ids).next() {
        Some(label) => Err(format!("nothing is called {label}")),
        None => Ok(()),
    }
}

fn text(text: &str, within: Option<&str>) -> Result<(), String> {
    if within == Some("style") {
        return Ok(());
    }
    if let Some(wild) = text.chars().find(|character| character.is_control() && *character != '\n') {
        return Err(format!("{wild:?} is in the text"));
    }
    for reference in text.split('&').skip(1) {
        let name = reference.split_once(';').map(|(name, _)| name).unwrap_or_default();
        if !["amp", "lt", "gt", "quot", "apos", "#35"].contains(&name) {
            return Err(format!("a bare & before {reference:.20}"));
        }
    }
    Ok(())
}

fn attributes(mut rest: &str) -> Result<Vec<(String, String)>, String> {
    let mut found: Vec<(String, String)> = Vec::new();
    while let Some(after) = rest.strip_prefix(' ') {
        let (key, after) = after.split_once("=\"").ok_or_else(|| format!("an attribute without a value: {rest}"))?;
        let (value, after) = after.split_once('"').ok_or_else(|| format!("a value does not end: {rest}"))?;
        text(value, None)?;
        if !ATTRIBUTES.contains(&key) || found.iter().any(|(other, _)| other == key) {
            return Err(format!("an attribute that no element of ours has, or has twice: {key}"));
        }
        found.push((key.to_owned(), value.to_owned()));
        rest = after;
    }
    if rest.is_empty() { Ok(found) } else { Err(format!("no attribute: {rest}")) }
}
