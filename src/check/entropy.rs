//! How much a value tells: Shannon's bits, counted alike on every machine.

use super::logarithm::log2;

/// Shannon's bits for each byte of a value.
pub(super) fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for &byte in value {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let length = f64::from(u32::try_from(value.len()).unwrap_or(u32::MAX));
    let share = |count: u32| f64::from(count) / length;
    counts.into_iter().filter(|&count| count > 0).map(|count| -share(count) * log2(share(count))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_counted_in_bits_of_a_byte() {
        assert!((entropy(b"aaaa") - 0.0).abs() < 1e-9);
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
        assert!((entropy(b"") - 0.0).abs() < 1e-9);
    }
}
