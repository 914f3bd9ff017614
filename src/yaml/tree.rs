//! The parser's events into a tree.
//!
//! The events are pulled one by one and stacked here, so nothing recurses, and reading stops at
//! the first thing past which places could no longer be trusted.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError};

use super::text::count;
use super::{Anchors, Entry, Key, MAX_DEPTH, MAX_SHARED, Mistakes, Node, Scalar, Span, Value};

pub(super) fn build(text: &str, anchors: Anchors, mistakes: &mut Mistakes) -> Option<Node> {
    let (lines, characters) = (text.split('\n').collect(), text.chars().collect());
    let (named, shared) = (HashMap::new(), 0);
    let mut tree =
        Tree { lines, characters, anchors, mistakes, open: Vec::new(), named, shared, root: None, documents: 0 };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => tree.take(event, span.start, span.end)?,
            Err(error) => {
                tree.not_yaml(&error);
                return None;
            }
        }
    }
    let nothing = Node {
        span: Span { line: 1, column: 1, length: 1 },
        value: Value::Scalar(Scalar { text: String::new(), plain: true }),
    };
    Some(tree.root.unwrap_or(nothing))
}

struct Tree<'a> {
    lines: Vec<&'a str>,
    characters: Vec<char>,
    anchors: Anchors,
    mistakes: &'a mut Mistakes,
    open: Vec<Open>,
    /// What anchors name, by their numbers.
    named: HashMap<usize, Node>,
    /// How many nodes aliases stand for so far.
    shared: usize,
    root: Option<Node>,
    documents: usize,
}

/// A list or map whose end has not come yet.
struct Open {
    start: Marker,
    anchor: usize,
    kind: Kind,
}

enum Kind {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, lines: HashMap<String, u32>, key: Pending },
}

enum Pending {
    None,
    Key(Key),
    /// The key was refused, and its value goes with it.
    Refused,
}

impl Tree<'_> {
    /// `None` when reading must stop.
    fn take(&mut self, event: Event<'_>, start: Marker, end: Marker) -> Option<()> {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    let mistake = self.span(start, end.index()).mistake("a second document starts here");
                    self.mistakes.add(mistake.help("keep everything in one document"));
                    return None;
                }
            }
            Event::Alias(anchor) => {
                let span = self.span(start, end.index());
                let value = self.meant_by(anchor, span)?;
                self.place(Node { span, value });
            }
            Event::Scalar(text, style, anchor, tag) => {
                let span = self.span(start, self.closing_quote(start, end));
                self.refuse_marks(span, anchor, tag.is_some());
                if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    self.refuse_tab(span);
                }
                let plain = style == ScalarStyle::Plain;
                self.finish(anchor, Node { span, value: Value::Scalar(Scalar { text: text.into_owned(), plain }) });
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_marks(self.span(start, end.index()), anchor, tag.is_some());
                self.open(start, anchor, Kind::List(Vec::new()))?;
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_marks(self.span(start, end.index()), anchor, tag.is_some());
                self.open(start, anchor, Kind::Map { entries: Vec::new(), lines: HashMap::new(), key: Pending::None })?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let end = start;
                if let Some(Open { start, anchor, kind }) = self.open.pop() {
                    let value = match kind {
                        Kind::List(items) => Value::List(items),
                        Kind::Map { entries, .. } => Value::Map(entries),
                    };
                    self.finish(anchor, Node { span: self.span(start, self.closing_bracket(start, end)), value });
                }
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Some(())
    }

    fn open(&mut self, start: Marker, anchor: usize, kind: Kind) -> Option<()> {
        if self.open.len() >= MAX_DEPTH {
            let mistake =
                self.span(start, start.index()).mistake(format!("more than {MAX_DEPTH} levels of lists and maps"));
            self.mistakes.add(mistake);
            return None;
        }
        self.open.push(Open { start, anchor, kind });
        Some(())
    }

    /// What an alias stands for, if that can be told. `None` when it is too much to read.
    fn meant_by(&mut self, anchor: usize, span: Span) -> Option<Value> {
        if self.anchors == Anchors::Refused {
            self.mistakes.add(
                span.mistake("a YAML alias is not taken here")
                    .help("write the value out; a text that starts with `*` needs quotes"),
            );
            return Some(Value::Refused);
        }
        let Some(meant) = self.named.get(&anchor) else {
            self.mistakes.add(span.mistake("a YAML alias stands within what it names").help("write the value out"));
            return Some(Value::Refused);
        };
        let (nodes, depth) = extent(meant);
        self.shared += nodes;
        if self.shared > MAX_SHARED || self.open.len() + depth > MAX_DEPTH {
            let mistake = span.mistake("aliases make more of this file than can be read");
            self.mistakes.add(mistake.help("write the value out"));
            return None;
        }
        Some(meant.value.clone())
    }

    fn finish(&mut self, anchor: usize, node: Node) {
        if anchor > 0 && self.anchors == Anchors::Taken {
            self.named.insert(anchor, node.clone());
        }
        self.place(node);
    }

    fn refuse_marks(&mut self, span: Span, anchor: usize, tag: bool) {
        if anchor > 0 && self.anchors == Anchors::Refused {
            self.mistakes.add(
                span.mistake("a YAML anchor is not taken here")
                    .help("write the value out; a text that starts with `&` needs quotes"),
            );
        }
        if tag {
            self.mistakes.add(
                span.mistake("a YAML tag is not taken here")
                    .help("leave it out; a text that starts with `!` needs quotes"),
            );
        }
    }

    /// YAML forbids tabs as indentation, but the parser lets some through and then puts a key
    /// under another parent than a person sees.
    fn refuse_tab(&mut self, span: Span) {
        let line = self.line(span.line);
        let indentation = line.chars().take_while(|c| c.is_whitespace());
        if let Some((column, _)) = indentation.enumerate().find(|&(_, c)| c == '\t') {
            let tab = Span { line: span.line, column: count(column), length: 1 };
            self.mistakes.add(tab.mistake("a tab indents this line").help("indent with spaces"));
        }
    }

    fn place(&mut self, mut node: Node) {
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return;
        };
        match &mut open.kind {
            Kind::List(items) => items.push(node),
            Kind::Map { entries, lines, key } => match std::mem::replace(key, Pending::None) {
                Pending::None => *key = next_key(node, lines, self.mistakes),
                Pending::Refused => {}
                Pending::Key(key) => {
                    if matches!(&node.value, Value::Scalar(scalar) if scalar.plain && scalar.text.is_empty()) {
                        node.span = key.span;
                    }
                    entries.push(Entry { key, value: node });
                }
            },
        }
    }

    fn not_yaml(&mut self, error: &ScanError) {
        let marker = error.marker();
        let last = self.lines.len();
        let line = count(marker.line().clamp(1, last).saturating_sub(1));
        let text = self.line(line);
        let column = marker.col().min(text.chars().count());
        let span = Span { line, column: count(column), length: 1 };
        let mistake = span.mistake("this is not YAML").because(in_plain_words(error.info()));
        let at = text.chars().nth(column);
        let before = column.checked_sub(1).and_then(|column| text.chars().nth(column));
        let indented_by_tab = text.chars().take_while(|c| c.is_whitespace()).any(|c| c == '\t');
        self.mistakes.add(match (at, before) {
            _ if indented_by_tab => mistake.help("indent with spaces, not with tabs"),
            (Some(c @ ('*' | '&' | '!' | '%' | '@' | '`')), _) => {
                mistake.help(format!("a text that starts with `{c}` needs quotes"))
            }
            (_, Some('}')) => mistake.help("a text that starts with `{` needs quotes"),
            (_, Some(']')) => mistake.help("a text that starts with `[` needs quotes"),
            _ => mistake,
        });
    }

    fn line(&self, number: u32) -> &str {
        let index = usize::try_from(number).unwrap_or_default().saturating_sub(1);
        self.lines.get(index).map(|line| line.strip_suffix('\r').unwrap_or(line)).unwrap_or_default()
    }

    /// `end` is an index into the file's characters.
    fn span(&self, start: Marker, end: usize) -> Span {
        let inside = self.characters.get(start.index()..end).unwrap_or_default();
        let first_line = inside.split(|&c| c == '\n').next().unwrap_or_default();
        let length = first_line.iter().rposition(|c| !c.is_whitespace()).map_or(1, |last| last + 1);
        Span {
            line: count(start.line().saturating_sub(1)),
            column: count(start.col()),
            length: u32::try_from(length).unwrap_or(u32::MAX),
        }
    }

    /// Where a quoted text closes. The parser counts blanks and comments after it as part of it.
    fn closing_quote(&self, start: Marker, end: Marker) -> usize {
        let text = self.characters.get(start.index()..end.index()).unwrap_or_default();
        let Some(&quote @ ('"' | '\'')) = text.first() else { return end.index() };
        let mut rest = text.iter().enumerate().skip(1).peekable();
        while let Some((at, &character)) = rest.next() {
            match character {
                '\\' if quote == '"' => drop(rest.next()),
                c if c != quote => {}
                '\'' if rest.next_if(|(_, next)| **next == '\'').is_some() => {}
                _ => return start.index() + at + 1,
            }
        }
        end.index()
    }

    /// Where a list or map ends: after its bracket, or before what follows it.
    fn closing_bracket(&self, start: Marker, end: Marker) -> usize {
        match self.characters.get(start.index()) {
            Some('[' | '{') => end.index() + 1,
            _ => end.index(),
        }
    }
}

/// A text of this many bytes takes as much memory as another node.
const NODE: usize = 64;

/// How many nodes a tree has, with the bytes of its texts counted for some, and how many of them are above its
/// deepest one. No tree is deeper than [`MAX_DEPTH`].
fn extent(node: &Node) -> (usize, usize) {
    let around = |(count, depth): (usize, usize), (nodes, below): (usize, usize)| (count + nodes, depth.max(below + 1));
    match &node.value {
        Value::List(items) => items.iter().map(extent).fold((1, 1), around),
        Value::Map(entries) => entries.iter().fold((1, 1), |all, Entry { key, value }| {
            let (nodes, below) = extent(value);
            around(all, (key.text.len() / NODE + nodes, below))
        }),
        Value::Scalar(scalar) => (1 + scalar.text.len() / NODE, 0),
        Value::Refused => (1, 0),
    }
}

/// The parser's words where they would puzzle a person who only wrote a glob.
fn in_plain_words(info: &str) -> &str {
    match info {
        "while parsing node, found unknown anchor" => "`*` outside of quotes starts a YAML alias",
        "mapping values are not allowed in this context" => "a `:` stands where no key can be",
        info => info,
    }
}

fn next_key(node: Node, lines: &mut HashMap<String, u32>, mistakes: &mut Mistakes) -> Pending {
    let span = node.span;
    match node.value {
        Value::Refused => Pending::Refused,
        Value::Scalar(scalar) if scalar.plain && scalar.text.is_empty() => {
            mistakes.add(span.mistake("a key is missing before `:`"));
            Pending::Refused
        }
        Value::Scalar(Scalar { text, .. }) => {
            if let Some(first) = lines.get(&text) {
                mistakes.add(span.mistake(format!("`{text}` stands here twice, first on line {first}")));
                return Pending::Refused;
            }
            lines.insert(text.clone(), span.line);
            Pending::Key(Key { text, span })
        }
        Value::List(_) | Value::Map(_) => {
            let mistake = span.mistake("a list or a map cannot be a key");
            mistakes.add(mistake.help("a text that starts with `{` or `[` needs quotes"));
            Pending::Refused
        }
    }
}
