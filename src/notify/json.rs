//! The bodies that are sent, as JSON. The names of `gov-hook/notification/v1` are promised: fields
//! are added, never renamed.

use serde::Serialize;
use serde_json::{Value, json};

use super::event::{Event, What};
use super::text::{self, Text, shown};
use crate::model::{Arrange, Ending, Finding, Judgement, Moment, Outcome, Severity, Sha256};

/// At most this many files are named, and this many causes, findings and reasons: curl reads no line
/// of more than 100 KiB, and a path may be long.
const MOST_FILES: usize = 20;
const MOST: usize = 10;

const SCHEMA: &str = "gov-hook/notification/v1";

#[derive(Serialize)]
struct NotificationV1<'a> {
    schema: &'static str,
    id: String,
    event: &'static str,
    outcome: &'static str,
    time: String,
    repository: &'a str,
    #[serde(rename = "ref")]
    reference: Option<&'a str>,
    actor: String,
    change: String,
    request: String,
    described: String,
    risk: Option<RiskV1>,
    /// Of a decision.
    #[serde(flatten)]
    decided: Option<DecidedV1<'a>>,
    /// Of a person's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
}

#[derive(Serialize)]
struct RiskV1 {
    level: &'static str,
    score: u32,
}

#[derive(Serialize)]
struct DecidedV1<'a> {
    level: &'static str,
    gate: &'static str,
    exit: u8,
    base: Option<String>,
    head: Option<String>,
    files: FilesV1,
    causes: Vec<String>,
    findings: Vec<FindingV1<'a>>,
    needed: Vec<NeededV1<'a>>,
    reasons: Vec<String>,
    policy: String,
}

#[derive(Serialize)]
struct FilesV1 {
    changed: usize,
    added: u32,
    deleted: u32,
    items: Vec<FileV1>,
}

#[derive(Serialize)]
struct FileV1 {
    path: String,
    status: &'static str,
    added: u32,
    deleted: u32,
}

#[derive(Serialize)]
struct FindingV1<'a> {
    rule: &'a str,
    severity: &'static str,
    path: String,
    line: Option<u32>,
    message: String,
    fingerprint: String,
}

#[derive(Serialize)]
struct NeededV1<'a> {
    rule: &'a str,
    count: u32,
    roles: &'a [String],
    signed: bool,
    counted: &'a [String],
}

pub(super) fn generic(id: &Sha256, event: &Event<'_>) -> String {
    let (decided, word) = match event.what {
        What::Decided { judgement, exit } => (Some(decided(judgement, exit)), None),
        What::Said(word) => (None, Some(word)),
    };
    // A tree of texts and numbers can always be written, here and below.
    serde_json::to_string(&NotificationV1 {
        schema: SCHEMA,
        id: id.to_string(),
        event: event.outcome().as_str(),
        outcome: event.outcome().as_str(),
        time: event.time.to_string(),
        repository: event.repository,
        reference: event.reference,
        actor: shown(event.actor),
        change: event.change().to_string(),
        request: event.request(),
        described: shown(event.described()),
        risk: event.risk().map(|(level, score)| RiskV1 { level: level.as_str(), score }),
        decided,
        by: word.map(|word| shown(&word.by)),
        notes: word.and_then(|word| word.why.as_deref()).map(shown),
    })
    .unwrap_or_default()
}

fn decided(judgement: &Judgement, exit: Ending) -> DecidedV1<'_> {
    let assessment = &judgement.assessment;
    let (added, deleted) = assessment.lines();
    let files = assessment.files.iter().take(MOST_FILES).map(|file| FileV1 {
        path: shown(&file.facts.change.path.to_string()),
        status: file.facts.change.status().letter(),
        added: file.facts.lines.added.count(),
        deleted: file.facts.lines.deleted.count(),
    });
    let mut weighing: Vec<&Finding> =
        assessment.findings.iter().filter(|finding| finding.counts() && finding.severity > Severity::Note).collect();
    weighing.arrange_by_key(|finding| std::cmp::Reverse(finding.severity));
    let findings = weighing.into_iter().take(MOST).map(|finding| FindingV1 {
        rule: finding.rule.as_str(),
        severity: finding.severity.as_str(),
        path: shown(&finding.place.path.to_string()),
        line: finding.place.line,
        message: shown(&finding.message),
        fingerprint: finding.fingerprint.to_string(),
    });
    let needed = judgement.decision.needed.iter().map(|need| NeededV1 {
        rule: &need.rule,
        count: need.count,
        roles: &need.roles,
        signed: need.signed,
        counted: &need.counted,
    });
    DecidedV1 {
        level: judgement.level.as_str(),
        gate: judgement.gate.as_str(),
        exit: exit.code(),
        base: judgement.target.base.map(|id| id.to_string()),
        head: judgement.target.head.map(|id| id.to_string()),
        files: FilesV1 { changed: assessment.files.len(), added, deleted, items: files.collect() },
        causes: assessment.risk.causes.iter().take(MOST).map(|cause| shown(&cause.message)).collect(),
        findings: findings.collect(),
        needed: needed.collect(),
        reasons: judgement.decision.reasons.iter().take(MOST).map(|reason| shown(&reason.what)).collect(),
        policy: judgement.policy.digest.to_name(),
    }
}

pub(super) fn trial(id: &Sha256, repository: &str, time: Moment) -> String {
    json!({
        "schema": SCHEMA,
        "id": id.to_string(),
        "event": "test",
        "time": time.to_string(),
        "repository": repository,
    })
    .to_string()
}

/// As Slack's incoming webhooks take it, and others that were made after them.
pub(super) fn slack(Text { title, body }: &Text) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    json!({ "text": format!("*{}*\n{}", escaped(title), escaped(body)) }).to_string()
}

/// As `sendMessage` of Telegram's bots takes it. No server of ours could hear a button pressed, so
/// the buttons copy the command to be run.
pub(super) fn telegram(chat: &str, event: &Event<'_>) -> String {
    let mut message = to_chat(chat, &text::of(event));
    if event.outcome() == Outcome::ApprovalPending {
        let [approve, reject] = text::answers(event);
        let button = |label: &str, command: &str| json!({ "text": label, "copy_text": { "text": command } });
        let row = json!([button("✅ Approve", &approve), button("❌ Reject", &reject)]);
        if let Value::Object(message) = &mut message {
            message.insert("reply_markup".into(), json!({ "inline_keyboard": [row] }));
        }
    }
    message.to_string()
}

pub(super) fn plain_telegram(chat: &str, text: &Text) -> String {
    to_chat(chat, text).to_string()
}

/// Without a preview: Telegram takes `main.py` for a link.
fn to_chat(chat: &str, Text { title, body }: &Text) -> Value {
    json!({ "chat_id": chat, "text": format!("{title}\n\n{body}"), "disable_web_page_preview": true })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::event::tests::{decided as held, said, word};
    use crate::report::samples;

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_decision_is_told_with_its_risk_its_files_and_what_is_needed() {
        let judgement = samples::held();
        let event = held(&judgement);
        let id = Sha256::of(b"id");

        let mut told = parsed(&generic(&id, &event));

        let items = told["files"]["items"].take();
        assert_eq!(items[2], json!({ "path": "src/core/engine.rs", "status": "M", "added": 180, "deleted": 6 }));
        assert_eq!(
            told,
            json!({
                "schema": "gov-hook/notification/v1",
                "id": id.to_string(),
                "event": "approval_pending",
                "outcome": "approval_pending",
                "time": "2026-11-21T05:45:56Z",
                "repository": "shop",
                "ref": "refs/heads/main",
                "actor": "Mira Example <mira@example.com>",
                "change": judgement.target.change.to_string(),
                "request": event.request(),
                "described": "3 commits on feature since main",
                "risk": { "level": "HIGH", "score": 62 },
                "level": "staging",
                "gate": "push",
                "exit": 3,
                "base": "ba".repeat(20),
                "head": "fe".repeat(20),
                "files": { "changed": 4, "added": 230, "deleted": 10, "items": null },
                "causes": [
                    "src/core/engine.rs is protected by `src/core/**`",
                    "src/core/gears.rs is protected by `src/core/**`",
                    "240 lines changed, more than 200"
                ],
                "findings": [],
                "needed": [
                    { "rule": "high", "count": 1, "roles": ["tech_lead", "admin"], "signed": false, "counted": [] }
                ],
                "reasons": ["HIGH risk needs 1 approval from tech_lead or admin, and has none"],
                "policy": judgement.policy.digest.to_name(),
            })
        );
    }

    #[test]
    fn whatever_is_told_is_a_line_that_curl_reads() {
        let mut judgement = samples::crowded();
        let long = "\u{1f980}".repeat(4_000);
        for file in &mut judgement.assessment.files {
            file.facts.change.path = long.as_str().into();
        }
        for finding in &mut judgement.assessment.findings {
            finding.place.path = long.as_str().into();
            finding.message.clone_from(&long);
        }
        let (file, finding) = (judgement.assessment.files[0].clone(), judgement.assessment.findings[0].clone());
        judgement.assessment.files.extend(vec![file; 500]);
        judgement.assessment.findings.extend(vec![finding; 500]);

        let told = generic(&Sha256::of(b"id"), &held(&judgement));

        assert!(told.len() < 90 << 10, "{}", told.len());
        assert_eq!(parsed(&told)["files"]["items"].as_array().unwrap().len(), MOST_FILES);
    }

    #[test]
    fn a_word_is_told_with_who_said_it() {
        let word = word();

        let told = parsed(&generic(&Sha256::of(b"id"), &said(&word)));

        assert_eq!((&told["event"], &told["by"]), (&json!("approved"), &json!("lin@example.com")));
        assert_eq!(told["notes"], "read <all> of it");
        assert_eq!(told["exit"], Value::Null);
    }

    #[test]
    fn a_finding_is_told_without_what_was_found() {
        let judgement = samples::denied();

        let told = generic(&Sha256::of(b"id"), &held(&judgement));

        assert_eq!(parsed(&told)["findings"][0]["rule"], "secret/aws-access-key-id");
        assert!(!told.contains("AKIA"), "{told}");
    }

    #[test]
    fn a_request_has_buttons_that_copy_the_answer_and_a_notice_has_none() {
        let judgement = samples::held();
        let event = held(&judgement);
        let request = event.request();

        let asked = parsed(&telegram("-100", &event));
        let row = json!([
            { "text": "✅ Approve", "copy_text": { "text": format!("gov-hook approve {request}") } },
            { "text": "❌ Reject", "copy_text": { "text": format!("gov-hook reject {request} --reason WHY") } }
        ]);
        assert_eq!(asked["reply_markup"], json!({ "inline_keyboard": [row] }));
        assert_eq!(asked["chat_id"], "-100");

        let word = word();
        assert_eq!(parsed(&telegram("-100", &said(&word)))["reply_markup"], Value::Null);
    }

    #[test]
    fn nothing_that_somebody_wrote_is_an_order_to_slack() {
        let word = crate::notify::Word { why: Some("<!channel> & <@U1>".into()), ..word() };

        let told = parsed(&slack(&text::of(&said(&word))));

        let text = told["text"].as_str().unwrap();
        assert!(text.contains("Notes: &lt;!channel&gt; &amp; &lt;@U1&gt;"), "{text}");
    }
}
