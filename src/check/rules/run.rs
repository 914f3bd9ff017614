//! Looks for what a regular expression requires before the expression is tried.
//!
//! Most keywords stand where nothing looks like a value. Finding no run of its bytes costs a
//! fraction of trying the expression, and spares compiling it.

use super::required::Run;

impl Run {
    /// Whether a text has the run.
    pub(super) fn is_in(&self, text: &[u8]) -> bool {
        self.find(text, 0).is_some()
    }

    /// Where the next run stands.
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<usize> {
        let least = usize::from(self.least);
        let mut start = from;
        while let Some(window) = text.get(start..start + least) {
            match window.iter().rposition(|&byte| !self.has(byte)) {
                Some(stranger) => start += stranger + 1,
                None => return Some(start),
            }
        }
        None
    }

    fn has(&self, byte: u8) -> bool {
        self.class.get(usize::from(byte >> 6)).is_some_and(|bits| bits >> (byte & 63) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_found_wherever_it_stands_and_only_when_it_is_long_enough() {
        let run = Run::required_by("[0-9a-f]{6}").unwrap();

        for text in ["00ff00", "xx00ff00", "00ff00xx", "00ffx00ffaa", "a-00ff00-b"] {
            assert!(run.is_in(text.as_bytes()), "{text}");
        }
        for text in ["", "00ff0", "00ff0x0ff00", "ABCDEF"] {
            assert!(!run.is_in(text.as_bytes()), "{text}");
        }
    }
}
