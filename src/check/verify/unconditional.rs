//! Whether a statement always runs where it stands, as far as its indentation tells.

use super::Captured;

/// How far back the line that encloses a statement is looked for.
const REACH: usize = 4 * 1024;

const CONDITIONS: [&str; 14] = [
    "if", "elif", "elsif", "else", "unless", "except", "catch", "rescue", "case", "when", "switch", "match", "#if",
    "for",
];

/// False when the nearest line above that stands further left is a condition, or when the match's
/// own line starts with one.
pub(super) fn stands(captured: &Captured<'_>) -> bool {
    let at = captured.whole.start;
    let first = at.saturating_sub(REACH);
    let Some(before) = captured.text.get(first..at) else { return true };
    let mut lines = before.rsplit(|&byte| byte == b'\n');
    let head = lines.next().unwrap_or_default();
    // The match may start with the blanks of its line.
    let matched = captured.text.get(captured.whole.clone()).unwrap_or_default();
    let own = if head.trim_ascii().is_empty() { [head, matched].concat() } else { head.to_vec() };
    if is_condition(&own) {
        return false;
    }
    let depth = indentation(&own);
    let enclosing = lines.find(|line| !line.trim_ascii().is_empty() && indentation(line) < depth);
    !enclosing.is_some_and(is_condition)
}

fn indentation(line: &[u8]) -> usize {
    line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

fn is_condition(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    let line = line.strip_prefix(b"}").unwrap_or(line).trim_ascii_start();
    CONDITIONS.iter().any(|word| {
        let rest = line.strip_prefix(word.as_bytes());
        rest.is_some_and(|rest| rest.first().is_none_or(|&next| !(next.is_ascii_alphanumeric() || next == b'_')))
    })
}

#[cfg(test)]
mod tests {
    use super::super::Zones;
    use super::*;

    fn always(text: &str) -> bool {
        let start = text.find("skip").unwrap();
        let whole = start..start + 4;
        stands(&Captured {
            text: text.as_bytes(),
            whole: whole.clone(),
            value: whole,
            path: &"a".into(),
            zones: &Zones::default(),
        })
    }

    #[test]
    fn a_statement_beneath_a_condition_does_not_always_run() {
        assert!(!always("if windows:\n    skip()"));
        assert!(!always("\tif testing.Short() {\n\n\t\tskip()"));
        assert!(!always("try:\n    import x\nexcept ImportError:\n    skip()"));
        assert!(!always("  } else {\n    log()\n    skip()"));
        assert!(!always("if (slow) skip()"));
    }

    #[test]
    fn a_statement_beneath_anything_else_does() {
        assert!(always("skip()"));
        assert!(always("def test_a():\n    x = 1\n    skip()"));
        assert!(always("if windows:\n    x = 1\nskip()"));
        assert!(always("ifs = 1\n  skip()"));
    }
}
