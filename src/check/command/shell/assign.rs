//! Variables that a line itself sets.

use super::super::programs::SETTERS;
use super::super::words::is_one_of;
use super::{Reader, Simple, Unreadable, Word, assignment, said};

impl Reader<'_> {
    /// What a command sets by being run.
    pub(super) fn assigned_by(&mut self, command: &Simple) -> Result<(), Unreadable> {
        let Some((first, rest)) = command.words.split_first() else { return Ok(()) };
        match first.text.as_str() {
            "for" | "select" => {
                let Some((name, words)) = rest.split_first() else { return Ok(()) };
                let values = words.get(1..).unwrap_or_default();
                self.is_compound |= self.input.is_some();
                match values {
                    [value] if !value.is_pattern => self.assign(&name.text, value.clone()),
                    _ => self.assign(&name.text, said::one_of(values)),
                }
            }
            "read" => {
                let fed = command.fed.first().map(|text| Word::plain(text));
                let value = fed.unwrap_or_else(|| said::read_from(command));
                let names = rest.iter().filter(|word| !word.text.starts_with('-'));
                names.map(|name| &name.text).try_for_each(|name| self.assign(name, value.clone()))
            }
            "mapfile" | "readarray" => {
                rest.last().map_or(Ok(()), |name| self.assign(&name.text, said::read_from(command)))
            }
            "printf" if rest.first().is_some_and(|word| word.text == "-v") => {
                let (name, words) = rest.split_at(rest.len().min(2));
                let printing = Simple { words: [std::slice::from_ref(first), words].concat(), ..Simple::default() };
                let value = Word::plain(&said::text(&printing).unwrap_or_default());
                name.last().map_or(Ok(()), |name| self.assign(&name.text, value))
            }
            "declare" | "typeset" | "local" if rest.first().is_some_and(|word| is_reference(&word.text)) => {
                for (name, of) in rest.iter().filter_map(assignment) {
                    let value = self.known.get(&of.text).cloned().unwrap_or_else(said::anything);
                    self.assign(&name, value)?;
                }
                Ok(())
            }
            setter if is_one_of(setter, SETTERS) => {
                rest.iter().filter_map(assignment).try_for_each(|(name, value)| self.assign(&name, value))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn assign(&mut self, name: &str, value: Word) -> Result<(), Unreadable> {
        let mut value = Word { marks: Vec::new(), ..value };
        self.grow(value.made.as_ref().map_or(0, |made| made.size()))?;
        if let Some(before) = self.known.get(name).filter(|before| **before != value && name != "IFS") {
            // Which of the two holds depends on what runs.
            value = said::either(before, &value);
            self.grow(value.text.len() + value.made.as_ref().map_or(0, |made| made.size()))?;
        }
        self.known.insert(name.to_owned(), value);
        Ok(())
    }

    /// What stands in `NAME=(…)`, after its opening: any of the words, or all of them.
    pub(super) fn list(&mut self) -> Result<Word, Unreadable> {
        let mut words = Vec::new();
        while let Some(next) = self.peek() {
            if next.is_whitespace() || matches!(next, ';' | '&' | '|' | '(' | ')' | '<' | '>') {
                self.rest.next();
                if next == ')' {
                    break;
                }
                continue;
            }
            let word = self.word()?;
            let value = word.text.strip_prefix('[').and_then(|rest| rest.split_once("]="));
            let word = value.map(|(_, value)| Word { text: value.to_owned(), ..word.clone() }).unwrap_or(word);
            self.several(word, &mut words)?;
        }
        let all = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        self.grow(2 * all.len())?;
        words.push(Word::plain(&all));
        Ok(said::one_of(&words))
    }
}

/// Whether an option has a variable stand for another one.
fn is_reference(option: &str) -> bool {
    option.starts_with('-') && option.contains('n')
}

/// Whether a word is the `NAME=` of `NAME=(…)`.
pub(super) fn begins_list(word: &Word) -> bool {
    !word.is_quoted && word.text.ends_with('=') && assignment(word).is_some()
}
