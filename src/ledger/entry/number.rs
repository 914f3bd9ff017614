//! The number that a line gives itself, found without reading the rest: many lines are put in order
//! before any of them is judged.

/// What stands after `"seq":` in the outermost object; `None` where nothing does, or no number.
#[must_use]
pub fn number(line: &[u8]) -> Option<u64> {
    let (mut rest, mut depth) = (line, 0_u32);
    while let [byte, after @ ..] = rest {
        rest = match byte {
            b'"' => {
                // A text is followed by a colon only where it is a key.
                if depth == 1
                    && let Some(value) = rest.strip_prefix(b"\"seq\":")
                {
                    let end = value.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(value.len());
                    return std::str::from_utf8(value.get(..end)?).ok()?.parse().ok();
                }
                after_text(after)?
            }
            b'{' | b'[' => {
                depth += 1;
                after
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                after
            }
            _ => after,
        };
    }
    None
}

/// What follows the quote that ends a text.
fn after_text(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        text = match text {
            [b'"', after @ ..] => return Some(after),
            [b'\\', _, after @ ..] | [_, after @ ..] => after,
            [] => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_s_own_number_is_found_and_no_other() {
        let of = |line: &str| number(line.as_bytes());

        assert_eq!(of(r#"{"body":{"seq":1,"why":"\"seq\":2,"},"reasons":["\\","seq"],"seq":3,"sig":"x"}"#), Some(3));
        assert_eq!(of(r#"{"seq":18446744073709551615}"#), Some(u64::MAX));
        assert_eq!(of(r#"{"body":{"seq":1}}"#), None);
        assert_eq!(of(r#"["seq"]"#), None);
        assert_eq!(of(r#"{"seq":"3"}"#), None);
        assert_eq!(of(r#"{"seq":18446744073709551616}"#), None);
        assert_eq!(of(r#"{"kind":"never ended, "seq":1}"#), None);
        assert_eq!(of("garbage"), None);
    }
}
