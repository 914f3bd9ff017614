//! SSH signatures, as `ssh-keygen -Y sign` makes them, verified without starting a process.

pub(super) mod base64;
mod key;
mod past;
mod rsa;
mod signers;
#[cfg(test)]
pub(super) mod tests;
mod wire;

use sha2::Digest;

pub use key::PublicKey;
pub use past::{Former, Past};
pub use signers::{Refusal, SignerMistake, Signers};

use wire::Wire;

const MAGIC: &[u8] = b"SSHSIG";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "\n-----END SSH SIGNATURE-----\n";

/// No signature of a supported key comes near it.
const MAX_ARMOUR: usize = 16 * 1024;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("the signature is not armoured as `ssh-keygen -Y sign` writes it")]
    Armour,
    #[error("the signature is malformed: {0}")]
    Malformed(&'static str),
    #[error("the signature has version {found}; this gov-hook reads 1")]
    Version { found: u32 },
    #[error("the signature uses `{found}`, which is not trusted; sign with {instead}")]
    Algorithm { found: String, instead: &'static str },
    #[error("the public key is malformed: {0}")]
    Key(&'static str),
    #[error("the key type `{found}` is not supported; use an ed25519 key")]
    KeyType { found: String },
    #[error("an RSA key is supported with 2048 to 8192 bits and a small odd exponent; use an ed25519 key")]
    KeySize,
    #[error("the signature is made for `{found}`, not for `{expected}`")]
    Namespace { found: String, expected: String },
    #[error("the signature does not fit the signed bytes")]
    Mismatch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha512,
}

impl Hash {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
            Self::Sha512 => sha2::Sha512::digest(bytes).to_vec(),
        }
    }
}

/// A signature that has been read and not yet verified.
#[derive(Clone, Debug)]
pub struct SshSignature {
    key: PublicKey,
    namespace: String,
    hash: Hash,
    /// The algorithm and what it made, still in SSH's wire form.
    signature: Vec<u8>,
}

impl SshSignature {
    /// Reads the armoured form.
    pub fn parse(armoured: &str) -> Result<Self, SignatureError> {
        Self::from_bytes(&Self::unarmoured(armoured)?)
    }

    /// The bytes that the armour holds.
    pub(super) fn unarmoured(armoured: &str) -> Result<Vec<u8>, SignatureError> {
        let inner = armoured.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END));
        let inner = inner.filter(|_| armoured.len() <= MAX_ARMOUR).ok_or(SignatureError::Armour)?;
        base64::decode(inner.split('\n')).ok_or(SignatureError::Armour)
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, SignatureError> {
        let mut wire = Wire::new(bytes.strip_prefix(MAGIC).ok_or(SignatureError::Malformed("it lacks `SSHSIG`"))?);
        let cut = || SignatureError::Malformed("it ends too early");
        let version = wire.number().ok_or_else(cut)?;
        if version != 1 {
            return Err(SignatureError::Version { found: version });
        }
        let key = PublicKey::from_blob(wire.string().ok_or_else(cut)?)?;
        let namespace = wire.text().filter(|name| !name.is_empty()).ok_or(SignatureError::Malformed("no namespace"))?;
        let reserved = wire.string().ok_or_else(cut)?;
        let hash = match wire.text().ok_or_else(cut)? {
            "sha256" => Hash::Sha256,
            "sha512" => Hash::Sha512,
            other => {
                return Err(SignatureError::Algorithm { found: other.to_owned(), instead: "sha256 or sha512" });
            }
        };
        let signature = wire.string().ok_or_else(cut)?.to_vec();
        if !reserved.is_empty() || !wire.is_empty() {
            return Err(SignatureError::Malformed("something follows it"));
        }
        Ok(Self { namespace: namespace.to_owned(), key, hash, signature })
    }

    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Whether the key in the signature made it over `message` for `namespace`. Whose key that is,
    /// and what it may sign, [`Signers`] tells.
    pub fn verify(&self, message: &[u8], namespace: &str) -> Result<(), SignatureError> {
        if self.namespace != namespace {
            return Err(SignatureError::Namespace { found: self.namespace.clone(), expected: namespace.to_owned() });
        }
        let mut signed = MAGIC.to_vec();
        let parts = [namespace.as_bytes(), b"", self.hash.as_str().as_bytes(), &self.hash.of(message)];
        for part in parts {
            wire::put(part, &mut signed);
        }
        self.key.verify(&signed, &self.signature)
    }
}
