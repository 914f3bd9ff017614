//! YAML with comments, line by line.

use crate::model::hides_text;

#[derive(Debug, Default)]
pub(super) struct Page(String);

impl Page {
    pub(super) fn finish(self) -> String {
        self.0
    }

    pub(super) fn line(&mut self, indent: usize, text: &str) {
        if !text.is_empty() {
            self.0.push_str(&" ".repeat(indent));
            self.0.push_str(text);
        }
        self.0.push('\n');
    }

    pub(super) fn gap(&mut self) {
        self.line(0, "");
    }

    /// Prose, wrapped. What cannot be seen is left out: it may come from the repository.
    pub(super) fn comment(&mut self, indent: usize, text: &str) {
        const WIDTH: usize = 92;
        let text: String = text.chars().filter(|&c| !c.is_control() && !hides_text(c)).collect();
        let mut line = String::from("#");
        for word in text.split_whitespace() {
            if line.chars().count() + 1 + word.chars().count() + indent > WIDTH && line.len() > 1 {
                self.line(indent, &line);
                line.truncate(1);
            }
            line.push(' ');
            line.push_str(word);
        }
        self.line(indent, &line);
    }

    /// Items of a list, after a comment that says why they stand there.
    pub(super) fn items(&mut self, indent: usize, why: &str, items: &[String]) {
        self.comment(indent, why);
        for item in items {
            self.line(indent, &format!("- {}", quoted(item)));
        }
    }
}

/// A double-quoted YAML text, which can hold anything.
pub(super) fn quoted(text: &str) -> String {
    let escaped = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() || hides_text(c) => format!("\\U{:08X}", u32::from(c)),
        c => c.to_string(),
    };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

pub(super) fn listed(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    format!("[{}]", items.join(", "))
}
