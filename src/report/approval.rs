//! Requests and the answers to them, for people and for machines.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::escape::{printable, printable_line};
use super::{Medium, Style, human};
use crate::model::{
    Arrange, Debt, DebtKind, Deed, Ending, Gather, Judgement, Matter, MatterAnswer, MatterState, Need, Savepoint,
    counted, shortened,
};

/// What waits for people.
#[derive(Clone, Copy)]
pub struct Waiting<'w> {
    pub matters: &'w [Matter],
    pub debts: &'w [Debt],
    /// Whom alone it is to be told for.
    pub reviewer: Option<&'w str>,
    /// There is a remote, and nothing here of any ledger that it may have.
    pub is_unfetched: bool,
}

/// What waits, with what each still needs and the command that answers it, and what is owed.
#[must_use]
pub fn pending(waiting: &Waiting<'_>, medium: Medium) -> String {
    let Waiting { matters, debts, reviewer, is_unfetched } = *waiting;
    if medium == Medium::Json {
        let debts: Vec<Value> = debts.iter().map(debt).collect();
        return to_json("gov-hook/pending/v1", &[("requests", list(matters)), ("debts", json!(debts))]);
    }
    if matters.is_empty() && debts.is_empty() {
        let whom = reviewer.map(|reviewer| format!(" for {}", printable(reviewer))).unwrap_or_default();
        let fetch = if is_unfetched {
            "there is no ledger here; if others have one, fetch it: gov-hook audit sync\n"
        } else {
            ""
        };
        return format!("nothing is waiting{whom}\n{fetch}");
    }
    let mut text = String::new();
    for matter in matters {
        text.push_str(&headline(matter));
        // Writing to a `String` cannot fail, here and below.
        let missing: Vec<String> = matter.needs.iter().filter(|need| !need.is_met()).map(progress).collect();
        let until = matter.expires.map(|at| format!(", until {at}")).unwrap_or_default();
        let _ = writeln!(text, "  needs {}{until}", missing.join(" and "));
        let _ = writeln!(text, "  gov-hook approve {}", matter.id);
    }
    for debt in debts {
        text.push_str(&owed(debt));
    }
    text
}

/// What was let by, and the command that settles it.
fn owed(debt: &Debt) -> String {
    let branch = debt.reference.as_deref().map(shortened);
    let onto = branch.map(|name| format!(" on {}", printable(name))).unwrap_or_default();
    let how = match debt.kind {
        DebtKind::BreakGlass => "pushed unjudged",
        DebtKind::Disabled => "committed with the hooks disabled",
        DebtKind::Bypassed => "committed past the hooks",
        DebtKind::Override => "let through with an override",
    };
    let because = if debt.reason.is_empty() { String::new() } else { format!(": {}", printable(&debt.reason)) };
    let shut = match (debt.is_blocking, debt.kind) {
        (false, _) => "somebody has to review it",
        (true, DebtKind::BreakGlass) => "production accepts nothing more until somebody answers for it",
        (true, _) => "production does not accept it before",
    };
    let (id, by) = (debt.commit.short(), printable(&debt.by));
    format!("{id}  owed: {how} by {by}{onto} at {}{because}\n  {shut}\n  {}\n", debt.at, debt.settle())
}

fn debt(debt: &Debt) -> Value {
    json!({
        "kind": debt.kind.as_str(),
        "entry": debt.entry.to_string(),
        "commit": debt.commit.to_string(),
        "ref": debt.reference,
        "by": debt.by,
        "at": debt.at.to_string(),
        "reason": debt.reason,
        "blocks": debt.is_blocking,
        "settle": debt.settle(),
    })
}

#[must_use]
pub fn history(matters: &[Matter], medium: Medium) -> String {
    if medium == Medium::Json {
        return to_json("gov-hook/history/v1", &[("requests", list(matters))]);
    }
    if matters.is_empty() {
        return "there are no requests\n".to_owned();
    }
    let mut text = String::new();
    for matter in matters {
        let _ = write!(text, "{}  {:<10}  {}", matter.asked_at, matter.state.as_str(), headline(matter));
    }
    text
}

#[must_use]
pub fn status(matters: &[Matter], medium: Medium) -> String {
    if medium == Medium::Json {
        let first = matters.first().map_or(Value::Null, one);
        return to_json("gov-hook/status/v1", &[("request", first), ("requests", list(matters))]);
    }
    matters.iter().map(told).collect()
}

/// Everything that there is to say of one request.
fn told(matter: &Matter) -> String {
    let mut text = headline(matter);
    let _ = writeln!(text, "  change   {}", matter.change);
    if let Some(commit) = matter.commit {
        let _ = writeln!(text, "  commit   {commit}");
    }
    let agent = matter.agent.as_ref().map(|agent| format!(" for the agent {}", printable(agent))).unwrap_or_default();
    let _ = writeln!(text, "  asked    by {}{agent} at {}", printable(&matter.asked_by), matter.asked_at);
    if let Some(expires) = matter.expires {
        let _ = writeln!(text, "  answers  until {expires}");
    }
    for (key, value) in &matter.remarks {
        let _ = writeln!(text, "  {:<8} {}", printable(key), printable(value));
    }
    for reason in &matter.reasons {
        let _ = writeln!(text, "  why      {}", printable(reason));
    }
    for need in &matter.needs {
        let _ = writeln!(text, "  needs    {}", progress(need));
    }
    for refused in &matter.not_counted {
        let _ = writeln!(text, "  not counted: {} {}", printable(&refused.by), printable(&refused.why));
    }
    for answer in &matter.answers {
        text.push_str(&answered(answer));
    }
    let _ = writeln!(text, "{}", next(matter));
    text
}

/// The request, what it changes, and the patch where it is asked for.
#[must_use]
pub fn show(
    matters: &[Matter],
    judgement: Option<&Judgement>,
    patch: Option<&str>,
    style: Style,
    medium: Medium,
) -> String {
    if medium == Medium::Json {
        let files: Vec<Value> = judgement.map(files).unwrap_or_default();
        return to_json(
            "gov-hook/show/v1",
            &[("request", matters.first().map_or(Value::Null, one)), ("files", json!(files)), ("patch", json!(patch))],
        );
    }
    let mut text = status(matters, Medium::Text);
    match judgement {
        Some(judgement) => text.push_str(&human::summary(judgement, style)),
        None => text.push_str("the change itself is not in this clone: fetch its branch\n"),
    }
    for line in patch.into_iter().flat_map(str::lines) {
        let _ = writeln!(text, "{}", printable_line(line));
    }
    text
}

fn files(judgement: &Judgement) -> Vec<Value> {
    let file = |file: &crate::model::AssessedFile| {
        json!({
            "path": file.facts.change.path.to_string(),
            "status": file.facts.change.status().letter(),
            "added": file.facts.lines.added.count(),
            "deleted": file.facts.lines.deleted.count(),
            "class": file.placement.class.as_str(),
        })
    };
    judgement.assessment.files.iter().map(file).collect()
}

/// What a verb put on record; `text` is what a person reads.
#[must_use]
pub fn deeds(verb: &str, deeds: &[Deed], text: &str, exit: Ending) -> String {
    let one = |deed: &Deed| {
        json!({
            "entry": deed.entry.to_string(),
            "change": deed.change.map(|change| change.to_string()),
            "ref": deed.reference,
            "commit": deed.commit.map(|commit| commit.to_string()),
            "by": deed.by,
            "signed": deed.is_signed,
            "expires": deed.expires.map(|at| at.to_string()),
            "outcome": deed.follows.as_ref().map(|(outcome, _)| outcome.as_str()),
            "needed": deed.follows.iter().flat_map(|(_, needs)| needs).map(need).collect::<Vec<_>>(),
        })
    };
    let recorded: Vec<Value> = deeds.iter().map(one).collect();
    let lines: Vec<&str> = text.lines().collect();
    let members = [("exit", json!(exit.code())), ("recorded", json!(recorded)), ("said", json!(lines))];
    to_json(&format!("gov-hook/{verb}/v1"), &members)
}

#[must_use]
pub fn savepoints(points: &[Savepoint], medium: Medium) -> String {
    if medium == Medium::Json {
        let one = |point: &Savepoint| {
            json!({
                "id": point.id, "commit": point.commit.to_string(), "at": point.at.to_string(),
                "subject": point.subject,
            })
        };
        let points: Vec<Value> = points.iter().map(one).collect();
        return to_json("gov-hook/savepoints/v1", &[("savepoints", json!(points))]);
    }
    if points.is_empty() {
        return "there are no savepoints\n".to_owned();
    }
    let line = |point: &Savepoint| {
        format!("{}  {}  {}  {}\n", point.id, point.at, point.commit.short(), printable(&point.subject))
    };
    let listed: String = points.iter().map(line).collect();
    format!("{listed}go back to one: gov-hook rollback ID --reason WHY\n")
}

/// One line that says what it is.
fn headline(matter: &Matter) -> String {
    let [changed, added, deleted] = matter.files;
    let (level, score) = matter.risk;
    let branch = matter.reference.as_deref().map(shortened);
    let is_told = |name: &&str| matter.described.split(' ').any(|word| word == *name);
    let onto = branch.filter(|name| !is_told(name)).map(|name| format!(" for {}", printable(name)));
    let onto = onto.unwrap_or_default();
    let files = counted(usize::try_from(changed).unwrap_or(usize::MAX), "file");
    // It was described when it was asked for.
    let past = matter.described.strip_suffix(" does not have").filter(|_| matter.landed.is_some());
    let described = past.map_or_else(|| matter.described.clone(), |before| format!("{before} did not have"));
    format!(
        "{}  {level} (score {score}), {}: {}{onto}, {files}, +{added} -{deleted}\n",
        matter.id,
        matter.state.as_str(),
        printable(&described)
    )
}

fn progress(need: &Need) -> String {
    let from = if need.roles.is_empty() { "anyone with a role".to_owned() } else { need.roles.join(" or ") };
    let signed = if need.signed { ", signed" } else { "" };
    let by = if need.counted.is_empty() { String::new() } else { format!(": {}", need.counted.join(", ")) };
    printable(&format!("{} of {} from {from}{signed} ({}){by}", need.counted.len(), need.count, need.rule))
}

fn answered(answer: &MatterAnswer) -> String {
    let signed = if answer.is_signed { ", signed" } else { "" };
    let expires = answer.expires.map(|at| format!(", valid until {at}")).unwrap_or_default();
    let said = if answer.text.is_empty() { String::new() } else { format!(": {}", printable(&answer.text)) };
    let mut text = format!(
        "  {}  {} by {}{signed}{expires} (entry {}){said}\n",
        answer.at,
        answer.kind,
        printable(&answer.by),
        answer.id.short()
    );
    for (label, list) in [("blocking", &answer.blocking), ("reviewed", &answer.reviewed)] {
        for item in list {
            let _ = writeln!(text, "    {label}: {}", printable(item));
        }
    }
    text
}

fn next(matter: &Matter) -> String {
    match matter.state {
        MatterState::Pending => format!("next: gov-hook approve {}", matter.id),
        MatterState::Approved | MatterState::Overridden => "next: push it; it may pass now".to_owned(),
        MatterState::Rejected => "next: change it; a rejection stands until the bytes change".to_owned(),
        MatterState::TimedOut => format!("next: ask again: gov-hook request {}", matter.id),
        MatterState::Landed => {
            let commit = matter.landed.map(|commit| commit.short()).unwrap_or_default();
            format!("landed in {commit}; nothing is left to do")
        }
    }
}

fn list(matters: &[Matter]) -> Value {
    Value::Array(matters.iter().map(one).collect())
}

fn one(matter: &Matter) -> Value {
    let answer = |answer: &MatterAnswer| {
        json!({
            "kind": answer.kind, "entry": answer.id.to_string(), "by": answer.by, "at": answer.at.to_string(),
            "signed": answer.is_signed, "expires": answer.expires.map(|at| at.to_string()), "text": answer.text,
            "blocking": answer.blocking, "reviewed": answer.reviewed,
        })
    };
    let counted: Vec<&String> = {
        let mut people: Vec<&String> = matter.needs.iter().flat_map(|need| &need.counted).collect();
        people.arrange();
        people.dedup();
        people
    };
    let not_counted: Vec<Value> =
        matter.not_counted.iter().map(|refused| json!({ "by": refused.by, "why": refused.why })).collect();
    let remarks: Map<String, Value> =
        matter.remarks.iter().map(|(key, value)| (key.clone(), Value::String(value.clone()))).gathered();
    let [changed, added, deleted] = matter.files;
    json!({
        "id": matter.id,
        "change": matter.change.to_string(),
        "ref": matter.reference,
        "state": matter.state.as_str(),
        "asked_by": matter.asked_by,
        "agent": matter.agent,
        "asked_at": matter.asked_at.to_string(),
        "expires": matter.expires.map(|at| at.to_string()),
        "risk": { "level": matter.risk.0.as_str(), "score": matter.risk.1 },
        "described": matter.described,
        "commit": matter.commit.map(|commit| commit.to_string()),
        "base": matter.base.map(|base| base.to_string()),
        "files": { "changed": changed, "added": added, "deleted": deleted },
        "authors": matter.authors,
        "approvals": {
            "needed": matter.needs.iter().map(need).collect::<Vec<_>>(),
            "counted": counted,
            "not_counted": not_counted,
        },
        "answers": matter.answers.iter().map(answer).collect::<Vec<_>>(),
        "reasons": matter.reasons,
        "said": remarks,
        "landed": matter.landed.map(|commit| commit.to_string()),
    })
}

fn need(need: &Need) -> Value {
    json!({
        "rule": need.rule, "count": need.count, "roles": need.roles, "signed": need.signed,
        "counted": need.counted, "met": need.is_met(),
    })
}

fn to_json(schema: &str, members: &[(&str, Value)]) -> String {
    let mut whole = Map::new();
    whole.insert("schema".into(), schema.into());
    whole.extend(members.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    super::escape::json(&whole).unwrap_or_default()
}
