//! A diagnostic as compilers write it, which people and their editors know: what is wrong, where, the line
//! there with a mark beneath it, and what else there is to say.

use std::ops::Range;

use anstyle::{AnsiColor, Style as Look};
use unicode_normalization::char::canonical_combining_class;

use super::Style;

/// How grave it is. Only the colour says so here: the words are the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grade {
    Error,
    Warning,
    Note,
}

impl Grade {
    const fn look(self) -> Look {
        match self {
            Self::Error => AnsiColor::BrightRed.on_default().bold(),
            Self::Warning => AnsiColor::Yellow.on_default().bold(),
            Self::Note => AnsiColor::BrightGreen.on_default().bold(),
        }
    }
}

/// The look of what only frames the text.
const FRAME: Look = AnsiColor::BrightBlue.on_default().bold();

/// All of its texts were made printable by the caller.
#[derive(Debug)]
pub(super) struct Diagnostic<'a> {
    pub(super) grade: Grade,
    /// What kind of thing it is, such as `deny[secret/aws-key]`; empty where the title says all.
    pub(super) kind: String,
    /// Empty where only the place is shown.
    pub(super) title: String,
    pub(super) place: String,
    pub(super) quoted: Option<Quoted>,
    /// What else there is to say, each by its kind; a text may have several lines.
    pub(super) said: Vec<(&'a str, String)>,
}

/// A line, and the bytes of it that are marked.
#[derive(Debug)]
pub(super) struct Quoted {
    pub(super) number: usize,
    pub(super) text: String,
    pub(super) mark: Range<usize>,
    pub(super) label: Option<String>,
}

impl Diagnostic<'_> {
    pub(super) fn render(&self, style: Style) -> String {
        let strong = Look::new().bold();
        let mut lines = Vec::new();
        if !self.title.is_empty() {
            let kind = if self.kind.is_empty() { String::new() } else { style.dress(self.grade.look(), &self.kind) };
            let colon = if self.kind.is_empty() { "" } else { ": " };
            lines.push(format!("{kind}{}", style.dress(strong, &format!("{colon}{}", self.title))));
        }
        let number = self.quoted.as_ref().map(|quoted| quoted.number.to_string()).unwrap_or_default();
        let indent = " ".repeat(number.len());
        lines.push(format!("{indent}{} {}", style.dress(FRAME, "-->"), self.place));
        if let Some(quoted) = &self.quoted {
            let bar = style.dress(FRAME, "|");
            let (text, mark) = quoted.within(style.width.saturating_sub(number.len() + 3));
            let under = match &quoted.label {
                Some(label) => format!("{} {label}", "^".repeat(mark.len())),
                None => "^".repeat(mark.len()),
            };
            let (before, under) = (" ".repeat(mark.start), style.dress(self.grade.look(), &under));
            lines.push(format!("{indent} {bar}"));
            lines.push(format!("{} {bar} {text}", style.dress(FRAME, &number)).trim_end().to_owned());
            lines.push(format!("{indent} {bar} {before}{under}"));
            if !self.said.is_empty() {
                lines.push(format!("{indent} {bar}"));
            }
        }
        for (kind, text) in &self.said {
            let hanging = format!("\n{indent}{}", " ".repeat(kind.len() + " = : ".len()));
            let text = text.replace('\n', &hanging);
            lines.push(format!("{indent} {} {}: {text}", style.dress(FRAME, "="), style.dress(strong, kind)));
        }
        lines.join("\n")
    }
}

impl Quoted {
    /// As much of the line as so many columns have room for, around the mark, and the columns of the mark.
    fn within(&self, room: usize) -> (String, Range<usize>) {
        const CUT: &str = "...";
        let part = |range: Range<usize>| self.text.get(range).unwrap_or_default().replace('\t', "    ");
        let Range { start, end } = self.mark;
        let [before, marked, behind] = [part(0..start), part(start..end), part(end..self.text.len())];
        let start = width(&before);
        let end = start + width(&marked).max(1);
        let text = format!("{before}{marked}{behind}");
        let all = width(&text);
        if all <= room {
            return (text, start..end);
        }
        // The mark, what stands beside it, and room to see what it is part of.
        let needed = end - start + self.label.as_ref().map_or(0, |label| width(label) + 1);
        let around = room.saturating_sub(needed) / 2;
        let fits_at_once = start + needed + CUT.len() <= room;
        let left = if fits_at_once { 0 } else { start.saturating_sub(around.max(2 * CUT.len())).min(all - room) };
        let right = left + room;
        let mut shown = String::new();
        let (kept_from, kept_until) = (
            if left > 0 { left + CUT.len() } else { 0 },
            if right < all { right.saturating_sub(CUT.len()) } else { all },
        );
        if left > 0 {
            shown.push_str(CUT);
        }
        let mut at = 0;
        for character in text.chars() {
            let next = at + columns(character);
            if at >= kept_from && next <= kept_until {
                shown.push(character);
            } else if (at < kept_from && next > kept_from) || (at < kept_until && next > kept_until) {
                // Half of a wide character would move what follows.
                shown.push(' ');
            }
            at = next;
        }
        if right < all {
            shown.push_str(CUT);
        }
        (shown, start - left..end.min(right) - left)
    }
}

fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// How many columns of a terminal a character takes.
fn columns(character: char) -> usize {
    match character {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{303e}'
        | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}'
        | '\u{1f900}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ if canonical_combining_class(character) != 0 => 0,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str, mark: &str, label: Option<&str>) -> Diagnostic<'static> {
        let start = text.find(mark).unwrap();
        Diagnostic {
            grade: Grade::Error,
            kind: "deny[own/rule]".into(),
            title: "what is wrong".into(),
            place: "a.txt:12:3".into(),
            quoted: Some(Quoted {
                number: 12,
                text: text.into(),
                mark: start..start + mark.len(),
                label: label.map(str::to_owned),
            }),
            said: Vec::new(),
        }
    }

    fn plain(width: usize) -> Style {
        Style { width, ..Style::default() }
    }

    #[test]
    fn a_line_is_shown_with_its_mark_and_what_there_is_to_say() {
        let mut told = of("key = \"bluewhale\"", "bluewhale", Some("is no key"));
        told.said = vec![("note", "in commit 1234".into()), ("help", "two\nlines".into())];

        assert_eq!(
            told.render(plain(80)).lines().collect::<Vec<_>>(),
            [
                "deny[own/rule]: what is wrong",
                "  --> a.txt:12:3",
                "   |",
                "12 | key = \"bluewhale\"",
                "   |        ^^^^^^^^^ is no key",
                "   |",
                "   = note: in commit 1234",
                "   = help: two",
                "           lines",
            ]
        );
    }

    #[test]
    fn without_a_line_or_a_title_there_is_the_place() {
        let mut told = of("", "", None);
        told.quoted = None;
        told.said = vec![("help", "mend it".into())];
        assert_eq!(told.render(plain(80)), "deny[own/rule]: what is wrong\n--> a.txt:12:3\n = help: mend it");

        let untitled = Diagnostic { title: String::new(), ..of("", "", None) };
        assert_eq!(untitled.render(plain(80)), "  --> a.txt:12:3\n   |\n12 |\n   | ^");
        let unnamed = Diagnostic { kind: String::new(), ..told };
        assert!(unnamed.render(plain(80)).starts_with("what is wrong\n"));
    }

    #[test]
    fn only_the_frame_the_kind_and_the_mark_have_colours() {
        let style = Style { colour: true, ..plain(80) };

        let told = of("key", "key", None).render(style);

        assert!(told.starts_with("\x1b[1m\x1b[91mdeny[own/rule]\x1b[0m\x1b[1m: what is wrong\x1b[0m\n"), "{told:?}");
        assert!(told.contains("\x1b[1m\x1b[94m12\x1b[0m \x1b[1m\x1b[94m|\x1b[0m key\n"), "{told:?}");
        assert!(told.ends_with(" \x1b[1m\x1b[91m^^^\x1b[0m"), "{told:?}");
    }

    #[test]
    fn a_mark_stands_beneath_what_it_marks_whatever_that_is_made_of() {
        let line = |text: &str| of(text, "key", None).render(plain(80)).lines().last().unwrap().to_owned();

        assert_eq!(line("\tkey"), "   |     ^^^");
        assert_eq!(line("漢字 key"), "   |      ^^^");
        assert_eq!(line("e\u{301} key"), "   |   ^^^");
    }

    #[test]
    fn of_a_long_line_there_is_what_surrounds_the_mark() {
        let long = format!("{}key{}", "a".repeat(300), "b".repeat(300));

        let told = of(&long, "key", Some("here")).render(plain(40));

        let lines: Vec<&str> = told.lines().skip(3).collect();
        assert_eq!(lines, ["12 | ...aaaaaaaaaakeybbbbbbbbbbbbbbbb...", "   |              ^^^ here"]);
        assert!(of(&format!("key{}", "b".repeat(300)), "key", None).render(plain(40)).contains("12 | keybb"));
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_its_room_and_the_mark_is_in_it(
            before in "[a-z\t漢\u{301}]{0,60}", marked in "[A-Z字]{1,60}", behind in "[a-z 漢]{0,60}", room in 20_usize..90,
        ) {
            let quoted = Quoted {
                number: 1,
                mark: before.len()..before.len() + marked.len(),
                text: format!("{before}{marked}{behind}"),
                label: None,
            };

            let (shown, mark) = quoted.within(room);

            prop_assert!(width(&shown) <= room);
            prop_assert!(!mark.is_empty() && mark.start <= room);
            let (mut at, mut under) = (0, String::new());
            for character in shown.chars() {
                if columns(character) > 0 && mark.contains(&at) {
                    under.push(character);
                }
                at += columns(character);
            }
            // Where it is cut, dots and a blank stand for what is not shown.
            let under = under.trim_end_matches(['.', ' ']);
            prop_assert!(!under.is_empty());
            prop_assert!(marked.starts_with(under), "{under:?} of {shown:?}");
        }
    }
}
