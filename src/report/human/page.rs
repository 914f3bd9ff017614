//! The page a report is written on: blank lines between paragraphs, wrapped prose, colour.

use anstyle::{AnsiColor, Style as Look};

use super::super::diagnostic::Diagnostic;
use super::super::escape::printable;
use super::super::{Detail, Style};
use super::WHOLE;

/// What a colour stands for. It only underlines what the words already say.
#[derive(Clone, Copy)]
pub(super) enum Tone {
    Good,
    Held,
    Bad,
}

impl Tone {
    const fn look(self) -> Look {
        match self {
            Self::Good => AnsiColor::Green.on_default().bold(),
            Self::Held => AnsiColor::Yellow.on_default().bold(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
        }
    }
}

pub(super) struct Page {
    style: Style,
    text: String,
}

impl Page {
    pub(super) fn new(style: Style) -> Self {
        Self { style: Style { width: style.width.max(40), ..style }, text: String::new() }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    /// How many rows of a list to show.
    pub(super) fn cap(&self, rows: usize) -> usize {
        if self.style.detail == Detail::Verbose { usize::MAX } else { rows }
    }

    pub(super) fn paint(&self, tone: Tone, text: &str) -> String {
        self.style.dress(tone.look(), text)
    }

    pub(super) fn strong(&self, text: &str) -> String {
        self.style.dress(Look::new().bold(), text)
    }

    /// A paragraph of its own.
    pub(super) fn diagnostic(&mut self, diagnostic: &Diagnostic<'_>) {
        self.gap();
        self.line(&diagnostic.render(self.style));
    }

    /// A blank line, then the name of a paragraph and what follows it on the same line.
    pub(super) fn heading(&mut self, name: &str, rest: &str) {
        self.gap();
        let name = self.strong(&format!("{name}:"));
        self.line(format!("{name} {rest}").trim_end());
    }

    pub(super) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// One line as it is. The caller has made strangers' text printable.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Strangers' prose, wrapped; nothing when it is empty. The first line is indented by `first`,
    /// the others by `rest`.
    pub(super) fn prose(&mut self, first: usize, rest: usize, text: &str) {
        let text = printable(text);
        if !text.is_empty() {
            let wrapped = wrap(&text, self.style.width.saturating_sub(rest));
            self.line(&format!("{}{}", " ".repeat(first), wrapped.join(&format!("\n{}", " ".repeat(rest)))));
        }
    }

    /// A label, then prose that hangs beside it, or beneath it where the label leaves no room.
    pub(super) fn hanging(&mut self, label: &str, text: &str) {
        let width = label.chars().count();
        let (label, indent) = if width * 2 > self.style.width {
            (format!("{}\n    ", label.trim_end()), 4)
        } else {
            (label.to_owned(), width)
        };
        let lines = wrap(&printable(text), self.style.width.saturating_sub(indent));
        self.line(format!("{label}{}", lines.join(&format!("\n{}", " ".repeat(indent)))).trim_end());
    }

    /// Prose for inside a diagnostic, which indents it itself.
    pub(super) fn wrapped(&self, text: &str) -> String {
        const FRAME: usize = 16;
        wrap(&printable(text), self.style.width.saturating_sub(FRAME)).join("\n")
    }
}

/// Breaks at blanks, but not within the command that ends a list cut short. A word too long for a
/// line stays whole: paths are copied.
fn wrap(text: &str, width: usize) -> Vec<String> {
    // Printable text has no NUL, so it can stand for the blanks that must stay.
    let text = text.replace(WHOLE, &WHOLE.replace(' ', "\0"));
    let mut lines: Vec<String> = Vec::new();
    let mut length = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let letters = word.chars().count();
        let word = word.replace('\0', " ");
        match lines.last_mut() {
            // GitHub takes a line that starts with `::` for an order, so no line starts with it.
            Some(line) if length + 1 + letters <= width || word.starts_with("::") => {
                line.push(' ');
                line.push_str(&word);
                length += 1 + letters;
            }
            _ => {
                lines.push(word);
                length = letters;
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_breaks_at_blanks_and_keeps_long_words_whole() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("see src/a/very/long/path.rs now", 8), ["see", "src/a/very/long/path.rs", "now"]);
        assert_eq!(wrap("", 8), Vec::<String>::new());
        assert_eq!(wrap(&format!("and 5 more: {WHOLE}"), 20), ["and 5 more:", WHOLE]);
    }

    #[test]
    fn no_line_starts_with_an_order_to_github() {
        assert_eq!(wrap("a file named ::error::x", 10), ["a file", "named ::error::x"]);
    }
}
