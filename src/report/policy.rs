//! What a policy says of one path: `policy why`.

use serde::Serialize;

use crate::model::{Excerpt, Explanation, NamedBy, Need, PathClass, PolicyLine, RiskLevel};

use super::Style;
use super::diagnostic::{Diagnostic, Grade, Quoted};
use super::escape::{excerpt, printable};

/// For people: the level, the line of the policy that sets it, and what would follow.
#[must_use]
pub fn human(explanation: &Explanation, style: Style) -> String {
    let Explanation { path, placement, level, .. } = explanation;
    let mut paragraphs = vec![match placement.class {
        PathClass::Unlisted if *level >= RiskLevel::High => {
            format!("{path}: at least {level}, because no list names it and `paths.default` is `deny`")
        }
        PathClass::Unlisted => format!("{path}: {level} as far as the path goes, because no list names it"),
        PathClass::Allowed => format!("{path}: {level} as far as the path goes, because `paths.allowed` names it"),
        class @ (PathClass::Database | PathClass::Protected | PathClass::NeverAutoApprove) => {
            format!("{path}: at least {level}, because `paths.{}` names it", class.as_str())
        }
    }];
    match &placement.at {
        Some(at) => paragraphs.push(snippet(at, style)),
        None if placement.class == PathClass::Unlisted => {}
        None => paragraphs.push(format!("  `{}` of the built-in policy", placement.glob)),
    }
    paragraphs.push(facts(explanation).join("\n"));
    paragraphs.join("\n") + "\n"
}

fn snippet(at: &PolicyLine, style: Style) -> String {
    let (text, mark) = excerpt(&Excerpt { line: at.text.clone(), start: at.start, end: at.end });
    let shown = Diagnostic {
        grade: Grade::Note,
        kind: String::new(),
        title: String::new(),
        place: format!("{}:{}:{}", printable(&at.origin), at.line, at.start + 1),
        quoted: Some(Quoted { number: at.line as usize, text, mark, label: None }),
        said: Vec::new(),
    };
    shown.render(style)
}

fn facts(explanation: &Explanation) -> Vec<String> {
    let mut facts = Vec::new();
    let others: Vec<&NamedBy> = explanation.named_by.iter().filter(|named| !decides(named, explanation)).collect();
    facts.extend(others.into_iter().map(|named| {
        let place = named.at.as_ref().map_or("the built-in policy".into(), |at| format!("{}:{}", at.origin, at.line));
        format!("  also in {}: `{}` ({place})", named.list, named.glob)
    }));
    if explanation.generated {
        facts.push("  generated: its lines are counted apart, and scanned".into());
    }
    if let Some(category) = &explanation.kept_by_category {
        facts.push(format!("  category `{category}`: never approved automatically"));
    }
    if explanation.held.is_empty() {
        facts.push("  held: nowhere on account of its path".into());
    } else {
        let gates: Vec<String> = explanation.held.iter().map(|(level, gate)| format!("{level} {gate}")).collect();
        facts.push(format!("  held: {}", gates.join(", ")));
    }
    facts.extend(explanation.needed.iter().map(|need| format!("  asks for: {}", asked(need))));
    facts
}

fn decides(named: &NamedBy, explanation: &Explanation) -> bool {
    let placement = &explanation.placement;
    let list = named.list.strip_prefix("paths.") == Some(placement.class.as_str());
    list && named.glob == placement.glob && named.at == placement.at
}

fn asked(need: &Need) -> String {
    let signed = if need.signed { "signed " } else { "" };
    let noun = if need.count == 1 { "approval" } else { "approvals" };
    let from = if need.roles.is_empty() { "anyone with a role".into() } else { need.roles.join(" or ") };
    format!("{} {signed}{noun} from {from} (`{}`)", need.count, need.rule)
}

/// `gov-hook/policy-why/v1`: fields are added, never changed.
#[derive(Serialize)]
struct WhyV1<'a> {
    schema: &'static str,
    path: String,
    class: &'static str,
    level: &'static str,
    decided_by: Option<GlobV1<'a>>,
    named_by: Vec<GlobV1<'a>>,
    generated: bool,
    category: Option<&'a str>,
    held: Vec<HeldV1>,
    needed: Vec<NeedV1<'a>>,
}

#[derive(Serialize)]
struct GlobV1<'a> {
    list: &'a str,
    glob: &'a str,
    origin: Option<&'a str>,
    line: Option<u32>,
}

#[derive(Serialize)]
struct HeldV1 {
    level: &'static str,
    gate: &'static str,
}

#[derive(Serialize)]
struct NeedV1<'a> {
    rule: &'a str,
    count: u32,
    roles: &'a [String],
    signed: bool,
}

impl<'a> From<&'a NamedBy> for GlobV1<'a> {
    fn from(named: &'a NamedBy) -> Self {
        let at = named.at.as_ref();
        Self {
            list: &named.list,
            glob: &named.glob,
            origin: at.map(|at| at.origin.as_str()),
            line: at.map(|at| at.line),
        }
    }
}

/// One JSON document for programs.
#[must_use]
pub fn json(explanation: &Explanation) -> String {
    let held = explanation.held.iter();
    let needed = explanation.needed.iter();
    let why = WhyV1 {
        schema: "gov-hook/policy-why/v1",
        path: explanation.path.to_string(),
        class: explanation.placement.class.as_str(),
        level: explanation.level.as_str(),
        decided_by: explanation.named_by.iter().find(|named| decides(named, explanation)).map(GlobV1::from),
        named_by: explanation.named_by.iter().map(GlobV1::from).collect(),
        generated: explanation.generated,
        category: explanation.kept_by_category.as_deref(),
        held: held.map(|(level, gate)| HeldV1 { level: level.as_str(), gate: gate.as_str() }).collect(),
        needed: needed
            .map(|need| NeedV1 { rule: &need.rule, count: need.count, roles: &need.roles, signed: need.signed })
            .collect(),
    };
    // Texts and numbers always have a JSON form.
    serde_json::to_string_pretty(&why).map(|json| json + "\n").unwrap_or_default()
}
