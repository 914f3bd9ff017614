//! What a delta makes of its base.

/// `None` for what is no delta of that base, or makes more than `limit` bytes.
pub fn apply(base: &[u8], delta: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut rest = delta;
    let (from, to) = (size(&mut rest)?, size(&mut rest)?);
    if from != base.len() || to > limit {
        return None;
    }
    let mut made = Vec::with_capacity(to);
    while let Some((&order, after)) = rest.split_first() {
        rest = after;
        let piece = if order & 0x80 != 0 {
            let offset = number(order & 0xf, &mut rest)?;
            let length = number(order >> 4 & 7, &mut rest)?;
            let length = if length == 0 { 0x10000 } else { length };
            base.get(offset..offset.checked_add(length)?)?
        } else {
            let (piece, after) = rest.split_at_checked(order.into()).filter(|_| order != 0)?;
            rest = after;
            piece
        };
        if piece.len() > to - made.len() {
            return None;
        }
        made.extend_from_slice(piece);
    }
    (made.len() == to).then_some(made)
}

/// How many bytes a delta makes, by its beginning.
pub fn result_size(mut delta: &[u8]) -> Option<usize> {
    size(&mut delta)?;
    size(&mut delta)
}

/// Seven bits in each byte, the lowest first.
fn size(bytes: &mut &[u8]) -> Option<usize> {
    let (mut size, mut shift) = (0_usize, 0);
    loop {
        let byte = next(bytes)?;
        size |= usize::from(byte & 0x7f).checked_mul(1_usize.checked_shl(shift)?)?;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some(size);
        }
    }
}

/// Of its bytes, the lowest first, only those are there that have a bit in `which`.
fn number(mut which: u8, bytes: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    while which != 0 {
        number |= usize::from(next(bytes)?) << (8 * which.trailing_zeros());
        which &= which - 1;
    }
    Some(number)
}

fn next(bytes: &mut &[u8]) -> Option<u8> {
    let (&first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BASE: &[u8] = b"0123456789";

    #[test]
    fn a_delta_copies_from_its_base_and_brings_bytes_of_its_own() {
        assert_eq!(apply(BASE, b"\x0a\x07\x91\x02\x04\x03abc", 99).unwrap(), b"2345abc");
        assert_eq!(apply(BASE, b"\x0a\x0a\x90\x0a", 10).unwrap(), BASE);
        assert_eq!(apply(BASE, b"\x0a\x00", 0).unwrap(), b"");
        assert_eq!(apply(&vec![7; 70_000], b"\xf0\xa2\x04\x80\x80\x04\x80", 1 << 16).unwrap(), vec![7; 1 << 16]);
    }

    #[test]
    fn what_is_no_delta_of_its_base_makes_nothing() {
        let refused: [(&str, &[u8]); 9] = [
            ("another base", b"\x0b\x07\x91\x02\x04\x03abc"),
            ("less than it says", b"\x0a\x08\x91\x02\x04\x03abc"),
            ("more than it says", b"\x0a\x06\x91\x02\x04\x03abc"),
            ("more than the limit", b"\x0a\x0b\x90\x0a\x01a"),
            ("behind the end of the base", b"\x0a\x04\x91\x07\x04"),
            ("fewer bytes than it brings", b"\x0a\x03\x03ab"),
            ("an order of no meaning", b"\x0a\x00\x00"),
            ("an order cut off", b"\x0a\x04\x91\x02"),
            ("no size", b"\x0a"),
        ];

        for (why, delta) in refused {
            assert_eq!(apply(BASE, delta, 10), None, "{why}");
        }
    }

    proptest! {
        #[test]
        fn whatever_bytes_are_given_no_more_is_made_than_they_say(
            delta in prop::collection::vec(any::<u8>(), 0..40),
            size in 0..120_u8,
        ) {
            let made = apply(BASE, &[&[10, size][..], &delta].concat(), 100);

            prop_assert!(made.is_none_or(|made| made.len() == usize::from(size) && size <= 100));
            prop_assert!(result_size(&[&[10, size][..], &delta].concat()).is_some());
        }
    }
}
