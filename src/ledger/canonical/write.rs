//! The writer: the one line a value has.

use crate::model::Arrange;
use serde_json::Value;

use super::{MAX_DEPTH, MAX_LINE, MAX_NUMBER, NotCanonical, Why, key_order};

/// Appends the canonical form of `value`. The error names where in `out` it would have gone.
pub fn write(value: &Value, out: &mut String) -> Result<(), NotCanonical> {
    nested(value, 0, out)
}

fn nested(value: &Value, depth: usize, out: &mut String) -> Result<(), NotCanonical> {
    let refused = |out: &String, why| NotCanonical { at: out.len(), why };
    if out.len() > MAX_LINE {
        return Err(refused(out, Why::TooLong));
    }
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => {
            let whole = number
                .as_i64()
                .ok_or_else(|| refused(out, if number.is_f64() { Why::Number } else { Why::NumberRange }))?;
            if whole.unsigned_abs() > MAX_NUMBER {
                return Err(refused(out, Why::NumberRange));
            }
            if whole < 0 {
                out.push('-');
            }
            push_number(whole.unsigned_abs(), out);
        }
        Value::String(text) => push_string(text, out),
        Value::Array(_) | Value::Object(_) if depth == MAX_DEPTH => return Err(refused(out, Why::TooDeep)),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                nested(item, depth + 1, out)?;
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut pairs: Vec<(&String, &Value)> = map.iter().collect();
            pairs.arrange_by(|one, other| key_order(one.0, other.0));
            out.push('{');
            for (at, (key, value)) in pairs.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                push_string(key, out);
                out.push(':');
                nested(value, depth + 1, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

pub(in crate::ledger) fn push_number(number: u64, out: &mut String) {
    out.push_str(&number.to_string());
}

pub(in crate::ledger) fn push_string(text: &str, out: &mut String) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            0x08 => "\\b",
            b'\t' => "\\t",
            b'\n' => "\\n",
            0x0c => "\\f",
            b'\r' => "\\r",
            0..0x20 => "",
            _ => continue,
        };
        out.push_str(text.get(plain..at).unwrap_or_default());
        plain = at + 1;
        if short.is_empty() {
            out.push_str("\\u00");
            out.push(if byte < 0x10 { '0' } else { '1' });
            out.extend(char::from_digit(u32::from(byte % 16), 16));
        } else {
            out.push_str(short);
        }
    }
    out.push_str(text.get(plain..).unwrap_or_default());
    out.push('"');
}
