//! Writes expressions as `src/check/rules/built/packed.rs` reads them.

use regex_syntax::hir::{Class, Hir, HirKind};

pub(super) fn number(mut number: usize, out: &mut Vec<u8>) {
    while number > 0x7f {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

pub(super) fn bytes(bytes: &[u8], out: &mut Vec<u8>) {
    number(bytes.len(), out);
    out.extend_from_slice(bytes);
}

pub(super) fn expression(hir: &Hir, out: &mut Vec<u8>) {
    match hir.kind() {
        HirKind::Empty => out.push(b'e'),
        HirKind::Literal(literal) => {
            out.push(b'l');
            bytes(&literal.0, out);
        }
        HirKind::Class(Class::Bytes(class)) => {
            out.push(b'b');
            number(class.ranges().len(), out);
            out.extend(class.iter().flat_map(|range| [range.start(), range.end()]));
        }
        HirKind::Class(Class::Unicode(class)) => {
            out.push(b'u');
            number(class.ranges().len(), out);
            for end in class.iter().flat_map(|range| [range.start(), range.end()]) {
                number(end as usize, out);
            }
        }
        HirKind::Look(look) => {
            out.push(b'k');
            number(look.as_repr() as usize, out);
        }
        HirKind::Repetition(repetition) => {
            out.push(b'r');
            number(repetition.min as usize, out);
            number(repetition.max.map_or(0, |max| max as usize + 1), out);
            out.push(u8::from(repetition.greedy));
            expression(&repetition.sub, out);
        }
        HirKind::Capture(capture) => {
            out.push(b'g');
            number(capture.index as usize, out);
            bytes(capture.name.as_deref().unwrap_or_default().as_bytes(), out);
            expression(&capture.sub, out);
        }
        HirKind::Concat(parts) => many(b's', parts, out),
        HirKind::Alternation(parts) => many(b'a', parts, out),
    }
}

fn many(what: u8, parts: &[Hir], out: &mut Vec<u8>) {
    out.push(what);
    number(parts.len(), out);
    for part in parts {
        expression(part, out);
    }
}
