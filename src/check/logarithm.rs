//! Logarithms that are the same everywhere.
//!
//! The build script uses this file too.

/// The binary logarithm of a positive number. The platform's would differ in its last bits from one
/// machine to the next, and with it a verdict at a threshold; and its library would be loaded at every start.
pub(crate) fn log2(number: f64) -> f64 {
    const MANTISSA: u64 = (1 << 52) - 1;
    const BIAS: i32 = 1023;
    let bits = number.to_bits();
    let exponent = i32::try_from(bits >> 52 & 0x7ff).unwrap_or(BIAS) - BIAS;
    let mantissa = f64::from_bits(bits & MANTISSA | 1.0_f64.to_bits());
    // Close to one on either side, so that the series ends soon.
    let (exponent, mantissa) =
        if mantissa > std::f64::consts::SQRT_2 { (exponent + 1, mantissa / 2.0) } else { (exponent, mantissa) };
    // ln(m) = 2 (t + t^3/3 + t^5/5 + ...), with |t| below 0.172.
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let terms = [21.0, 19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0];
    let series = terms.into_iter().fold(0.0, |sum, odd: f64| sum * (t * t) + 1.0 / odd);
    f64::from(exponent) + 2.0 * t * series * std::f64::consts::LOG2_E
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_exact_for_powers_of_two_and_near_it_elsewhere() {
        for power in -60..60 {
            assert!((log2(2.0_f64.powi(power)) - f64::from(power)).abs() == 0.0, "{power}");
        }
        for number in 1..5_000 {
            let number = f64::from(number);
            for number in [number, 1.0 / number, number / 4_999.0] {
                assert!((log2(number) - number.log2()).abs() < 1e-14 * number.log2().abs().max(1.0), "{number}");
            }
        }
    }
}
