//! SHA-256, by which reviewed bytes are named.

use std::fmt;
use std::str::FromStr;

use sha2::Digest;

use super::hex;

/// A SHA-256 digest. Reviewed bytes are named by it, since SHA-1 is not trusted for that.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first twelve hexadecimal digits: enough for a person.
    #[must_use]
    pub fn short(&self) -> String {
        hex::short(self)
    }

    /// The digits behind what kind of digits they are, as records and reports name a policy.
    #[must_use]
    pub fn to_name(&self) -> String {
        format!("{KIND}{self}")
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        name.strip_prefix(KIND)?.parse().ok()
    }
}

/// What the name of a digest begins with.
const KIND: &str = "sha256:";

impl fmt::Display for Sha256 {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0, out)
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// Sixty-four lower-case hexadecimal digits and nothing else: one digest has one spelling.
impl FromStr for Sha256 {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(());
        }
        hex::read(text).map(Self).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_reads_back_from_its_name() {
        let name = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

        assert_eq!(Sha256::of(b"").to_name(), name);
        assert_eq!(Sha256::from_name(name), Some(Sha256::of(b"")));
        for other in ["", "sha256:", &Sha256::of(b"").to_string(), &name.to_uppercase(), &format!("{name}0")] {
            assert_eq!(Sha256::from_name(other), None, "{other}");
        }
    }
}
