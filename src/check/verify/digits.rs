//! What is written in hexadecimal digits.

pub(super) fn is_hex(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_hexdigit)
        && value.iter().any(u8::is_ascii_digit)
        && value.iter().any(u8::is_ascii_alphabetic)
        && !(value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase))
}

/// A UUID of version 1 tells when and where it was made; nobody draws a secret so.
pub(super) fn is_timed_uuid(value: &[u8]) -> bool {
    is_uuid(value) && value.get(14..16) == Some(b"11") && value.get(16).is_some_and(|high| b"defDEF".contains(high))
}

pub(super) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && (0..).zip(value).all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_of_one_case_and_a_uuid_may_tell_its_time() {
        assert!(is_hex(b"9e51341f8d87") && !is_hex(b"123456") && !is_hex(b"facade") && !is_hex(b"9E51341f"));
        assert!(is_uuid(b"c55dbac4-e0e8-4a06-b892-75cac2387ce5") && !is_uuid(b"c55dbac4-e0e8-4a06-b892-75cac2387ce"));
        assert!(is_timed_uuid(b"c55dbac4-e0e8-11ed-b892-75cac2387ce5"));
        assert!(!is_timed_uuid(b"c55dbac4-e0e8-4a06-b892-75cac2387ce5"));
    }
}
