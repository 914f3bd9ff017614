//! A public key: what `id_ed25519.pub` holds, and the check of a signature by it.

use ed25519_dalek::{Signature as Ed25519Signature, VerifyingKey as Ed25519Key};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature as P256Signature, VerifyingKey as P256Key};
use sha2::Digest;

use super::rsa::RsaKey;
use super::wire::Wire;
use super::{Hash, SignatureError, base64};
use crate::model::Sha256;

const ED25519: &str = "ssh-ed25519";
const P256: &str = "ecdsa-sha2-nistp256";
const RSA: &str = "ssh-rsa";
const SK_ED25519: &str = "sk-ssh-ed25519@openssh.com";
const SK_P256: &str = "sk-ecdsa-sha2-nistp256@openssh.com";

/// A key with its wire form, which is what two equal keys have in common.
#[derive(Clone, Debug)]
pub struct PublicKey {
    blob: Vec<u8>,
    key: Box<Key>,
}

#[derive(Clone, Debug)]
enum Key {
    Ed25519(Ed25519Key),
    P256(P256Key),
    Rsa(RsaKey),
    /// On a hardware token, which signs a digest of its own.
    SkEd25519 {
        key: Ed25519Key,
        application: Vec<u8>,
    },
    SkP256 {
        key: P256Key,
        application: Vec<u8>,
    },
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.blob == other.blob
    }
}

impl Eq for PublicKey {}

impl PublicKey {
    /// Reads `ssh-ed25519 AAAA… comment`, a line of a `.pub` file.
    pub fn parse(line: &str) -> Result<Self, SignatureError> {
        let mut words = line.split_ascii_whitespace();
        let (Some(kind), Some(text)) = (words.next(), words.next()) else {
            return Err(SignatureError::Key("a type and the key in base64 are needed"));
        };
        let blob = base64::decode([text].into_iter()).ok_or(SignatureError::Key("it is not base64"))?;
        let is_of_its_kind = Wire::new(&blob).text() == Some(kind);
        match Self::from_blob(&blob) {
            Ok(_) | Err(SignatureError::KeyType { .. } | SignatureError::KeySize) if !is_of_its_kind => {
                Err(SignatureError::Key("its type is not the one it is said to have"))
            }
            Err(SignatureError::KeyType { .. }) if !is_whole(&blob) => {
                Err(SignatureError::Key("it is not in SSH's wire form"))
            }
            read => read,
        }
    }

    pub(super) fn from_blob(blob: &[u8]) -> Result<Self, SignatureError> {
        let mut wire = Wire::new(blob);
        let kind = wire.text().ok_or(SignatureError::Key("it has no type"))?;
        let key = match kind {
            ED25519 | SK_ED25519 => {
                let point = wire.string().and_then(|bytes| <&[u8; 32]>::try_from(bytes).ok());
                let key = point.and_then(|point| Ed25519Key::from_bytes(point).ok());
                let key = key.ok_or(SignatureError::Key("it is not a point of the curve"))?;
                if kind == ED25519 {
                    Key::Ed25519(key)
                } else {
                    Key::SkEd25519 { key, application: application(&mut wire)? }
                }
            }
            P256 | SK_P256 => {
                let curve = wire.text();
                let key = wire.string().and_then(|point| P256Key::from_sec1_bytes(point).ok());
                let key = key.filter(|_| curve == Some("nistp256"));
                let key = key.ok_or(SignatureError::Key("it is not a point of the curve"))?;
                if kind == P256 { Key::P256(key) } else { Key::SkP256 { key, application: application(&mut wire)? } }
            }
            RSA => {
                let numbers = wire.unsigned().zip(wire.unsigned()).filter(|_| wire.is_empty());
                let (exponent, modulus) = numbers.ok_or(SignatureError::Key("an RSA key has two numbers"))?;
                Key::Rsa(RsaKey::new(exponent, modulus).ok_or(SignatureError::KeySize)?)
            }
            other => return Err(SignatureError::KeyType { found: other.to_owned() }),
        };
        if wire.is_empty() {
            Ok(Self { blob: blob.to_vec(), key: Box::new(key) })
        } else {
            Err(SignatureError::Key("something follows it"))
        }
    }

    /// `ssh-ed25519 AAAA…`, without a comment.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{} {}", Wire::new(&self.blob).text().unwrap_or_default(), base64::encode(&self.blob))
    }

    pub(in crate::ledger) fn blob(&self) -> &[u8] {
        &self.blob
    }

    /// Of the wire form: what `ssh-keygen -l` shows in base64.
    #[must_use]
    pub fn digest(&self) -> Sha256 {
        Sha256::of(&self.blob)
    }

    /// As `ssh-keygen -l` shows it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", base64::encode(self.digest().as_bytes()).trim_end_matches('='))
    }

    /// Checks a signature in its wire form: the algorithm, then what it made.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        let mut wire = Wire::new(signature);
        let algorithm = wire.text().ok_or(SignatureError::Malformed("it has no algorithm"))?;
        let made = wire.string().ok_or(SignatureError::Malformed("it ends too early"))?;
        let good = match (&*self.key, algorithm) {
            (Key::Ed25519(key), ED25519) => ed25519(key, message, made),
            (Key::P256(key), P256) => p256(key, message, made),
            (Key::Rsa(key), "rsa-sha2-256") => key.verify(Hash::Sha256, message, made),
            (Key::Rsa(key), "rsa-sha2-512") => key.verify(Hash::Sha512, message, made),
            (Key::SkEd25519 { key, application }, SK_ED25519) => {
                ed25519(key, &token_message(application, &mut wire, message)?, made)
            }
            (Key::SkP256 { key, application }, SK_P256) => {
                p256(key, &token_message(application, &mut wire, message)?, made)
            }
            (Key::Rsa(_), other) => {
                let instead = "rsa-sha2-256 or rsa-sha2-512";
                return Err(SignatureError::Algorithm { found: other.to_owned(), instead });
            }
            (_, other) => {
                return Err(SignatureError::Algorithm { found: other.to_owned(), instead: "the key's own algorithm" });
            }
        };
        if !wire.is_empty() {
            return Err(SignatureError::Malformed("something follows it"));
        }
        if good { Ok(()) } else { Err(SignatureError::Mismatch) }
    }
}

/// Whether the bytes are a type and what belongs to it, as every public key of OpenSSH is.
fn is_whole(blob: &[u8]) -> bool {
    let mut wire = Wire::new(blob);
    let mut parts = 0;
    while !wire.is_empty() {
        if wire.string().is_none() {
            return false;
        }
        parts += 1;
    }
    parts > 1
}

fn application(wire: &mut Wire<'_>) -> Result<Vec<u8>, SignatureError> {
    wire.string().map(<[u8]>::to_vec).ok_or(SignatureError::Key("it lacks its application"))
}

fn ed25519(key: &Ed25519Key, message: &[u8], made: &[u8]) -> bool {
    Ed25519Signature::from_slice(made).is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
}

fn p256(key: &P256Key, message: &[u8], made: &[u8]) -> bool {
    let mut wire = Wire::new(made);
    let mut scalar = || {
        let bytes = wire.unsigned()?;
        let mut padded = [0; 32];
        padded.get_mut(32_usize.checked_sub(bytes.len())?..)?.copy_from_slice(bytes);
        Some(padded)
    };
    let scalars = scalar().zip(scalar()).filter(|_| wire.is_empty());
    let signature = scalars.and_then(|(r, s)| P256Signature::from_scalars(r, s).ok());
    signature.is_some_and(|signature| key.verify(message, &signature).is_ok())
}

/// What a token signs: its application, its flags and counter, and the digest of the message.
fn token_message(application: &[u8], wire: &mut Wire<'_>, message: &[u8]) -> Result<Vec<u8>, SignatureError> {
    let flags_and_counter = wire.byte().zip(wire.number());
    let (flags, counter) = flags_and_counter.ok_or(SignatureError::Malformed("it ends too early"))?;
    let mut out = sha2::Sha256::digest(application).to_vec();
    out.push(flags);
    out.extend(counter.to_be_bytes());
    out.extend(sha2::Sha256::digest(message));
    Ok(out)
}
