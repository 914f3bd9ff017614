//! The mistakes of a file that a person wrote, each beside its line.

use std::ops::Range;

use serde::Serialize;

use crate::model::{Mistake, NextStep, hides_text};

use super::Style;
use super::diagnostic::{Diagnostic, Grade, Quoted};

/// A file with what is wrong in it.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// Such as `HEAD:.gov/policy.yaml`.
    pub origin: &'a str,
    pub bytes: &'a [u8],
    pub mistakes: &'a [Mistake],
}

/// What the mistakes are in the way of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Whether the file is sound: the mistakes are the answer.
    IsItSound,
    /// A decision, which cannot be made with a file like this.
    ADecision,
    /// A record of what was done already, and which nothing undoes.
    ARecord,
    /// Anything else; it tells that this could not be done.
    AnythingElse(&'static str),
}

impl Asked {
    /// What comes before the reason, where there is no answer.
    #[must_use]
    pub const fn failed(self) -> &'static str {
        match self {
            Self::IsItSound => "",
            Self::ADecision => "gov-hook could not decide, so nothing may pass: ",
            Self::ARecord => "gov-hook could not put this on record, and what was done stands: ",
            Self::AnythingElse(undone) => undone,
        }
    }
}

/// Diagnostics for people. The first line alone says what is wrong.
#[must_use]
pub fn human(judged: Judged<'_>, asked: Asked, next: Option<&NextStep>, style: Style) -> String {
    let lines = shown_lines(judged);
    let told = |(index, mistake): (usize, &Mistake)| {
        let message = visible(&mistake.message);
        let (kind, title) = match (index, asked) {
            (0, Asked::ADecision | Asked::ARecord | Asked::AnythingElse(_)) => {
                (String::new(), format!("{}{message}", asked.failed()))
            }
            _ => ("error".to_owned(), message),
        };
        let told = Diagnostic { grade: Grade::Error, kind, title, ..at_its_line(judged.origin, &lines, mistake) };
        format!("{}\n\n", told.render(style))
    };
    let diagnostics: String = judged.mistakes.iter().enumerate().map(told).collect();
    let count = match judged.mistakes.len() {
        0 => "no mistakes".to_owned(),
        1 => "1 mistake".to_owned(),
        many => format!("{many} mistakes"),
    };
    let next = next.map(|NextStep { why, command }| format!("  {why}: {command}\n")).unwrap_or_default();
    format!("{diagnostics}{}: {count}\n{next}", visible(judged.origin))
}

/// What is in vain and no mistake.
#[must_use]
pub fn notices(judged: Judged<'_>, style: Style) -> String {
    let lines = shown_lines(judged);
    let told = |mistake: &Mistake| {
        let (kind, title) = ("warning".to_owned(), visible(&mistake.message));
        let told = Diagnostic { grade: Grade::Warning, kind, title, ..at_its_line(judged.origin, &lines, mistake) };
        format!("{}\n\n", told.render(style))
    };
    judged.mistakes.iter().map(told).collect()
}

/// A mistake beside its line, without what to call it.
fn at_its_line(origin: &str, lines: &[String], mistake: &Mistake) -> Diagnostic<'static> {
    let index = usize::try_from(mistake.line).unwrap_or_default().saturating_sub(1);
    let text = lines.get(index).cloned().unwrap_or_default();
    let mark = bytes_of(mistake, &text);
    let column = text.get(..mark.start).unwrap_or_default().chars().count() + 1;
    let because = mistake.because.as_ref().map(|because| ("because", visible(because)));
    let help = mistake.help.as_ref().map(|help| ("help", visible(help)));
    Diagnostic {
        grade: Grade::Note,
        kind: String::new(),
        title: String::new(),
        place: format!("{}:{}:{column}", visible(origin), index + 1),
        quoted: Some(Quoted { number: index + 1, text, mark, label: None }),
        said: because.into_iter().chain(help).collect(),
    }
}

/// The file's lines as they may be shown: nothing invisible, and no secret beyond its beginning.
/// Every character stays one character, so places stay true.
fn shown_lines(judged: Judged<'_>) -> Vec<String> {
    const KEPT: usize = 4;
    let text = judged.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(judged.bytes);
    let mut lines: Vec<String> = String::from_utf8_lossy(text)
        .split('\n')
        .map(|line| visible(line.strip_suffix('\r').unwrap_or(line)))
        .collect();
    for mistake in judged.mistakes.iter().filter(|mistake| mistake.secret) {
        let index = usize::try_from(mistake.line).unwrap_or_default().saturating_sub(1);
        if let Some(line) = lines.get_mut(index) {
            let Range { start, end } = characters_of(mistake);
            let hidden = start + KEPT..end;
            *line = line.chars().enumerate().map(|(at, c)| if hidden.contains(&at) { '*' } else { c }).collect();
        }
    }
    lines
}

fn visible(text: &str) -> String {
    let shown = |c: char| if c != '\t' && (c.is_control() || hides_text(c)) { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().map(shown).collect()
}

fn characters_of(mistake: &Mistake) -> Range<usize> {
    let start = usize::try_from(mistake.column).unwrap_or_default().saturating_sub(1);
    start..start.saturating_add(usize::try_from(mistake.length).unwrap_or_default())
}

fn bytes_of(mistake: &Mistake, line: &str) -> Range<usize> {
    let characters = characters_of(mistake);
    let byte_at = |character: usize| line.char_indices().nth(character).map_or(line.len(), |(byte, _)| byte);
    byte_at(characters.start)..byte_at(characters.end)
}

/// `gov-hook/policy-check/v1`: fields are added, never changed.
#[derive(Serialize)]
struct CheckV1<'a> {
    schema: &'static str,
    origin: &'a str,
    sound: bool,
    mistakes: Vec<MistakeV1<'a>>,
    /// What else belongs to the law and has mistakes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    others: Vec<OtherV1<'a>>,
    /// What is in vain, and no mistake.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notices: Vec<MistakeV1<'a>>,
}

#[derive(Serialize)]
struct OtherV1<'a> {
    origin: &'a str,
    mistakes: Vec<MistakeV1<'a>>,
}

#[derive(Serialize)]
pub(super) struct MistakeV1<'a> {
    line: u32,
    column: u32,
    length: u32,
    message: &'a str,
    because: Option<&'a str>,
    help: Option<&'a str>,
}

impl<'a> From<&'a Mistake> for MistakeV1<'a> {
    fn from(mistake: &'a Mistake) -> Self {
        Self {
            line: mistake.line,
            column: mistake.column,
            length: mistake.length,
            message: &mistake.message,
            because: mistake.because.as_deref(),
            help: mistake.help.as_deref(),
        }
    }
}

fn all(mistakes: &[Mistake]) -> Vec<MistakeV1<'_>> {
    mistakes.iter().map(MistakeV1::from).collect()
}

/// One JSON document for programs.
#[must_use]
pub fn json(judged: Judged<'_>, others: &[Judged<'_>], notices: &[Mistake]) -> String {
    let check = CheckV1 {
        schema: "gov-hook/policy-check/v1",
        origin: judged.origin,
        sound: judged.mistakes.is_empty() && others.is_empty(),
        mistakes: all(judged.mistakes),
        others: others.iter().map(|other| OtherV1 { origin: other.origin, mistakes: all(other.mistakes) }).collect(),
        notices: all(notices),
    };
    // Texts and numbers always have a JSON form.
    serde_json::to_string_pretty(&check).map(|json| json + "\n").unwrap_or_default()
}
