//! Expressions as bytes: what the build took apart, no run has to parse.
//!
//! A letter says what follows: an `e`mpty expression, a `l`iteral, a `b`yte class, a
//! `u`nicode class, what is `k`nown of the surroundings, a `r`epetition, a `g`roup, a `s`equence or an
//! `a`lternation. Numbers have seven bits to a byte, the lowest first.

use regex_syntax::hir::{
    Capture, Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, Look, Repetition,
};

/// `None` for no bytes.
pub(in crate::check::rules) fn expression(bytes: &[u8]) -> Option<Hir> {
    Reader(bytes).expression()
}

/// Reads on where the last reading ended. `None` never happens for the bytes that the build wrote.
pub(super) struct Reader<'b>(pub(super) &'b [u8]);

impl<'b> Reader<'b> {
    /// `None` where there is none.
    pub(super) fn bytes(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        let mut number = 0;
        for shift in (0..u32::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn expression(&mut self) -> Option<Hir> {
        Some(match self.byte()? {
            b'e' => Hir::empty(),
            b'l' => Hir::literal(self.bytes()?),
            b'b' => {
                let ranges = self.many(|of| Some(ClassBytesRange::new(of.byte()?, of.byte()?)))?;
                Hir::class(Class::Bytes(ClassBytes::new(ranges)))
            }
            b'u' => {
                let ranges = self.many(|of| {
                    Some(ClassUnicodeRange::new(char::from_u32(of.number()?)?, char::from_u32(of.number()?)?))
                })?;
                Hir::class(Class::Unicode(ClassUnicode::new(ranges)))
            }
            b'k' => Hir::look(Look::from_repr(self.number()?)?),
            b'r' => {
                let (min, max) = (self.number()?, self.number()?.checked_sub(1));
                let greedy = self.byte()? == 1;
                Hir::repetition(Repetition { min, max, greedy, sub: Box::new(self.expression()?) })
            }
            b'g' => {
                let (index, name) = (self.number()?, std::str::from_utf8(self.bytes()?).ok()?);
                let name = (!name.is_empty()).then(|| name.into());
                Hir::capture(Capture { index, name, sub: Box::new(self.expression()?) })
            }
            b's' => Hir::concat(self.many(Self::expression)?),
            b'a' => Hir::alternation(self.many(Self::expression)?),
            _ => return None,
        })
    }

    pub(super) fn many<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        (0..self.number()?).map(|_| one(self)).collect()
    }
}
