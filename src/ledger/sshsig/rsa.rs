//! RSA signatures, PKCS #1 v1.5, verified only.
//!
//! Nothing here is secret, so nothing needs to take the same time for every input.

use std::cmp::Ordering;

use super::Hash;

const SHA256_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];
const SHA512_INFO: [u8; 19] =
    [0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x40];

#[derive(Clone, Debug)]
pub(super) struct RsaKey {
    exponent: u64,
    /// Of 64 bits each, the lowest first; odd, and the last is not zero.
    modulus: Vec<u64>,
    /// Of the modulus, in bytes.
    size: usize,
}

impl RsaKey {
    pub(super) fn new(exponent: &[u8], modulus: &[u8]) -> Option<Self> {
        let size = modulus.len();
        let odd = |bytes: &[u8]| bytes.last().is_some_and(|last| last % 2 == 1);
        let exponent = Some(exponent).filter(|bytes| odd(bytes) && bytes.len() <= 4);
        let exponent = exponent?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        let first = modulus.first().is_some_and(|first| *first != 0);
        (exponent >= 3 && (256..=1024).contains(&size) && first && odd(modulus)).then(|| Self {
            exponent,
            modulus: limbs(modulus),
            size,
        })
    }

    pub(super) fn verify(&self, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
        let info = match hash {
            Hash::Sha256 => SHA256_INFO,
            Hash::Sha512 => SHA512_INFO,
        };
        let digest = hash.of(message);
        if signature.len() > self.size {
            return false;
        }
        let mut expected = vec![0, 1];
        // At least eight bytes of padding: the smallest key is 256 bytes long.
        expected.resize(self.size - info.len() - digest.len() - 1, 0xff);
        expected.push(0);
        expected.extend(info);
        expected.extend(digest);
        let signature = self.widened(limbs(signature));
        order(&signature, &self.modulus) == Ordering::Less && self.power(&signature) == self.widened(limbs(&expected))
    }

    fn widened(&self, mut number: Vec<u64>) -> Vec<u64> {
        number.resize(self.modulus.len(), 0);
        number
    }

    /// `base` to the public exponent, after Montgomery: with `R = 2^(64 * limbs)`, every product
    /// comes divided by `R`, so the factors carry it.
    fn power(&self, base: &[u64]) -> Vec<u64> {
        let bits = self.modulus.len() as u64 * 64;
        let unused = self.modulus.last().map_or(0, |last| u64::from(last.leading_zeros()));
        // Half the modulus's highest power of two, doubled until it is 2 R.
        let mut two = self.widened(Vec::new());
        if let Some(last) = two.last_mut() {
            *last = 1 << (63 - unused);
        }
        for _ in 0..unused + 2 {
            self.double(&mut two);
        }
        let square_of_r = self.raised(&two, bits);
        let result = self.raised(&self.product(base, &square_of_r), self.exponent);
        self.product(&result, &self.widened(vec![1]))
    }

    /// Takes and gives what carries `R`; the exponent is not zero.
    fn raised(&self, base: &[u64], exponent: u64) -> Vec<u64> {
        let mut result = base.to_vec();
        for bit in (0..exponent.ilog2()).rev() {
            result = self.product(&result, &result);
            if exponent >> bit & 1 == 1 {
                result = self.product(&result, base);
            }
        }
        result
    }

    /// `one * other / R`, below the modulus.
    fn product(&self, one: &[u64], other: &[u64]) -> Vec<u64> {
        let lowest = self.modulus.first().copied().unwrap_or(1);
        // Newton's iteration: each round doubles the bits that are right, from three.
        let inverse = (0..5).fold(lowest, |x, _| x.wrapping_mul(2_u64.wrapping_sub(lowest.wrapping_mul(x))));
        let mut sum = vec![0; self.modulus.len() + 2];
        for limb in other {
            add_product(&mut sum, one, *limb);
            let low = sum.first().copied().unwrap_or_default();
            add_product(&mut sum, &self.modulus, low.wrapping_mul(inverse.wrapping_neg()));
            // Its lowest limb is zero now.
            sum.rotate_left(1);
        }
        let carry = sum.get(self.modulus.len()).is_some_and(|high| *high != 0);
        sum.truncate(self.modulus.len());
        self.reduce(&mut sum, carry);
        sum
    }

    fn double(&self, number: &mut [u64]) {
        let mut carry = 0;
        for limb in number.iter_mut() {
            (*limb, carry) = (*limb << 1 | carry, *limb >> 63);
        }
        self.reduce(number, carry == 1);
    }

    /// Takes the modulus away once, if the number with its carry reaches it.
    fn reduce(&self, number: &mut [u64], carry: bool) {
        if !carry && order(number, &self.modulus) == Ordering::Less {
            return;
        }
        let mut borrow = false;
        for (limb, taken) in number.iter_mut().zip(&self.modulus) {
            let (less, under) = limb.overflowing_sub(*taken);
            let (less, again) = less.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (less, under || again);
        }
    }
}

fn add_product(sum: &mut [u64], number: &[u64], factor: u64) {
    let mut carry = 0;
    for (limb, digit) in sum.iter_mut().zip(number.iter().chain(std::iter::repeat(&0))) {
        let total = u128::from(*limb) + u128::from(*digit) * u128::from(factor) + carry;
        carry = total >> 64;
        // The low half of what was added.
        *limb = u64::try_from(total & u128::from(u64::MAX)).unwrap_or_default();
    }
}

fn order(one: &[u64], other: &[u64]) -> Ordering {
    one.iter().rev().cmp(other.iter().rev())
}

fn limbs(bytes: &[u8]) -> Vec<u64> {
    bytes.rchunks(8).map(|chunk| chunk.iter().fold(0, |limb, byte| limb << 8 | u64::from(*byte))).collect()
}
