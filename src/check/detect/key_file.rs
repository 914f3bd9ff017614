//! Files that are a private key, or that hold some: by their bytes, whatever their name.

use super::{Hit, Subject};
use crate::model::Scanned;

/// A private key that nothing protects.
pub(super) fn bare(file: &Subject<'_>) -> Vec<Hit> {
    told(file, |bytes| {
        let is_gnupg = is_gnupg(bytes, [b"(11:private-key(", b"Key: (private-key "]);
        let others = [(is_gnupg, "key of GnuPG"), (is_keytab(bytes), "Kerberos keytab")];
        der_key(bytes).or_else(|| others.iter().find(|(is_it, _)| *is_it).map(|(_, name)| *name))
    })
}

/// Private keys or passwords behind a password.
pub(super) fn store(file: &Subject<'_>) -> Vec<Hit> {
    told(file, |bytes| {
        let is_gnupg = is_gnupg(bytes, [b"(21:protected-private-key(", b"Key: (protected-private-key "]);
        let kinds = [
            (is_encrypted_der(bytes), "encrypted key in DER"),
            (is_pkcs12(bytes), "PKCS#12"),
            (is_java_store(bytes), "Java key store"),
            (is_keepass(bytes), "KeePass database"),
            (is_open_pgp(bytes), "OpenPGP secret key"),
            (is_gnupg, "key of GnuPG"),
            (bytes.starts_with(b"kych\0\x01\0\0"), "macOS keychain"),
        ];
        kinds.iter().find(|(is_it, _)| *is_it).map(|(_, name)| *name)
    })
}

fn told(file: &Subject<'_>, what: impl Fn(&[u8]) -> Option<&'static str>) -> Vec<Hit> {
    let is_readable = matches!(file.scanned, Scanned::Text | Scanned::Binary);
    let name = if is_readable && file.is_changed() { what(file.new) } else { None };
    name.map(Hit::whole).into_iter().collect()
}

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// What the numbers of standards by RSA Data Security begin with: 1.2.840.113549.1.
const RSA_DATA_SECURITY: [u8; 7] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01];

/// An element of DER and what follows it.
struct Element<'b> {
    tag: u8,
    content: &'b [u8],
    rest: &'b [u8],
}

impl<'b> Element<'b> {
    fn read(bytes: &'b [u8]) -> Option<Self> {
        let (tag, length, content) = match bytes {
            [tag, length @ ..=0x7f, content @ ..] | [tag, 0x81, length, content @ ..] => {
                (*tag, usize::from(*length), content)
            }
            [tag, 0x82, high, low, content @ ..] => (*tag, usize::from(u16::from_be_bytes([*high, *low])), content),
            _ => return None,
        };
        let (content, rest) = content.split_at_checked(length)?;
        Some(Self { tag, content, rest })
    }

    /// The elements that a sequence has, as far as they are whole.
    fn elements(content: &'b [u8]) -> Vec<Self> {
        std::iter::successors(Self::read(content), |element| Self::read(element.rest)).take(16).collect()
    }
}

/// The elements of a sequence that is all there is, but for a line break behind it.
fn sequence(bytes: &[u8]) -> Option<Vec<Element<'_>>> {
    let outer = Element::read(bytes).filter(|outer| outer.tag == SEQUENCE && outer.rest.len() <= 2)?;
    Some(Element::elements(outer.content))
}

fn der_key(bytes: &[u8]) -> Option<&'static str> {
    let parts = sequence(bytes)?;
    let tags: Vec<u8> = parts.iter().map(|part| part.tag).collect();
    let version = parts.first().filter(|first| first.tag == INTEGER)?.content;
    match (version, tags.as_slice()) {
        ([0], tags) if *tags == [INTEGER; 9] => Some("RSA key in DER"),
        ([0], tags) if *tags == [INTEGER; 6] => Some("DSA key in DER"),
        ([1], [_, OCTETS, ..]) if parts.get(1).is_some_and(|secret| secret.content.len() >= 20) => {
            Some("EC key in DER")
        }
        ([0 | 1], [_, SEQUENCE, OCTETS, ..]) if parts.get(1).is_some_and(names_something) => Some("PKCS#8 key in DER"),
        _ => None,
    }
}

/// Whether a sequence begins with the number of an algorithm.
fn names_something(sequence: &Element<'_>) -> bool {
    sequence.content.first() == Some(&OBJECT_ID)
}

fn is_encrypted_der(bytes: &[u8]) -> bool {
    let parts = sequence(bytes).unwrap_or_default();
    let [algorithm, Element { tag: OCTETS, .. }] = parts.as_slice() else { return false };
    let named = Element::read(algorithm.content).filter(|named| named.tag == OBJECT_ID);
    // Its fifth and twelfth standards are those of encryption by password.
    algorithm.tag == SEQUENCE
        && named
            .and_then(|named| named.content.strip_prefix(&RSA_DATA_SECURITY))
            .is_some_and(|standard| matches!(standard, [5 | 12, ..]))
}

/// A store of the third version in which a bag for keys stands; others hold only certificates.
fn is_pkcs12(bytes: &[u8]) -> bool {
    const OPENS: [&[u8]; 2] = [&[INTEGER, 1, 3, SEQUENCE], &[INTEGER, 1, 3, SEQUENCE | 0x80]];
    let ([SEQUENCE, 0x80, body @ ..] | [SEQUENCE, 0x81, _, body @ ..] | [SEQUENCE, 0x82, _, _, body @ ..]) = bytes
    else {
        return false;
    };
    let bag = |kind: u8| [&RSA_DATA_SECURITY[..], &[12, 10, 1, kind]].concat();
    OPENS.iter().any(|opens| body.starts_with(opens))
        && [1, 2].iter().any(|kind| memchr::memmem::find(body, &bag(*kind)).is_some())
}

/// A store that has an entry with a key; many have only certificates.
fn is_java_store(bytes: &[u8]) -> bool {
    let mut reader = Reader(bytes);
    matches!(reader.number(4), Some(0xfeed_feed | 0xcece_cece)) && reader.has_key().unwrap_or(false)
}

struct Reader<'b>(&'b [u8]);

impl Reader<'_> {
    fn bytes(&mut self, count: usize) -> Option<&[u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    /// The highest byte comes first.
    fn number(&mut self, bytes: usize) -> Option<usize> {
        Some(self.bytes(bytes)?.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    }

    /// Passes by bytes behind a number of so many that says how many they are.
    fn pass(&mut self, counted_by: usize) -> Option<()> {
        let count = self.number(counted_by)?;
        self.bytes(count).map(|_| ())
    }

    /// The version, how many entries there are, and each with its kind, name and date.
    fn has_key(&mut self) -> Option<bool> {
        let version = self.number(4)?;
        for _ in 0..self.number(4)? {
            if self.number(4)? != 2 {
                return Some(true);
            }
            self.pass(2)?;
            self.bytes(8)?;
            if version > 1 {
                self.pass(2)?;
            }
            self.pass(4)?;
        }
        Some(false)
    }
}

fn is_keepass(bytes: &[u8]) -> bool {
    matches!(bytes, [0x03, 0xd9, 0xa2, 0x9a, 0x65..=0x67, 0xfb, 0x4b, 0xb5, ..])
}

/// A file of its key ring, as it was and as it is: an expression, alone or behind `Created: `.
fn is_gnupg(bytes: &[u8], [former, now]: [&[u8]; 2]) -> bool {
    bytes.starts_with(former)
        || (bytes.starts_with(b"Created: ") || bytes.starts_with(now))
            && memchr::memmem::find(bytes.get(..LARGEST_HEAD).unwrap_or(bytes), now).is_some()
}

/// What may stand before the key there.
const LARGEST_HEAD: usize = 4096;

/// A packet of a secret key: its length, its version, when it was made, and an algorithm of public keys.
fn is_open_pgp(bytes: &[u8]) -> bool {
    let (length, body) = match bytes {
        [0x94, length, body @ ..] | [0xc5, length @ ..=191, body @ ..] => (usize::from(*length), body),
        [0x95, high, low, body @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), body),
        [0xc5, high @ 192..=223, low, body @ ..] => ((usize::from(*high) - 192) * 256 + usize::from(*low) + 192, body),
        _ => return false,
    };
    // Between 1990 and 2038.
    let is_made = matches!(body, [4..=6, 0x26..=0x7f, _, _, _, 1..=3 | 16..=19 | 22 | 25..=28, ..]);
    is_made && length > 64 && length <= body.len()
}

/// A first entry of a principal of few parts in a realm of letters.
fn is_keytab(bytes: &[u8]) -> bool {
    let mut reader = Reader(bytes);
    let entry = |reader: &mut Reader<'_>| {
        let size = reader.number(4).filter(|size| (16..4096).contains(size))?;
        let parts = reader.number(2).filter(|parts| (1..=8).contains(parts))?;
        let length = reader.number(2).filter(|length| *length < size)?;
        Some(parts > 0 && reader.bytes(length)?.iter().all(u8::is_ascii_graphic) && length > 0)
    };
    reader.number(2) == Some(0x0502) && entry(&mut reader).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Mode;

    const ZERO: [u8; 3] = [INTEGER, 1, 0];

    fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82, high, low], content.as_slice()].concat()
    }

    fn number(length: usize) -> Vec<u8> {
        element(INTEGER, &[&vec![0x41; length]])
    }

    fn algorithm(id: &[u8]) -> Vec<u8> {
        element(SEQUENCE, &[&element(OBJECT_ID, &[id]), &[5, 0]])
    }

    fn said(detector: fn(&Subject<'_>) -> Vec<Hit>, bytes: &[u8]) -> Option<String> {
        let (path, new_mode) = ("conf/blob".into(), Some(Mode::Regular));
        let file = Subject { path: &path, old_mode: None, new_mode, old: None, new: bytes, scanned: Scanned::Binary };
        detector(&file).pop().map(|hit| hit.detail)
    }

    fn of_bare(bytes: &[u8]) -> Option<String> {
        said(bare, bytes)
    }

    fn of_store(bytes: &[u8]) -> Option<String> {
        said(store, bytes)
    }

    #[test]
    fn a_key_in_der_is_known_by_what_it_is_made_of() {
        let rsa = [vec![ZERO.to_vec(), number(256)], vec![number(128); 7]].concat().concat();
        let dsa = [ZERO.to_vec(), vec![number(20); 5].concat()].concat();
        let octets = element(OCTETS, &[&[7; 32]]);
        let named = algorithm(&[0x2b, 0x65, 0x70]);

        assert_eq!(of_bare(&element(SEQUENCE, &[&rsa])).unwrap(), "RSA key in DER");
        assert_eq!(of_bare(&element(SEQUENCE, &[&dsa])).unwrap(), "DSA key in DER");
        assert_eq!(of_bare(&element(SEQUENCE, &[&[INTEGER, 1, 1], &octets])).unwrap(), "EC key in DER");
        let pkcs8 = element(SEQUENCE, &[&ZERO, &named, &octets]);
        assert_eq!(of_bare(&pkcs8).unwrap(), "PKCS#8 key in DER");
        assert_eq!(of_bare(&[&pkcs8[..], b"\r\n"].concat()).unwrap(), "PKCS#8 key in DER");
    }

    #[test]
    fn public_keys_certificates_and_parts_are_none() {
        let public = element(SEQUENCE, &[&number(256), &number(3)]);
        let named = algorithm(&[0x2b, 0x65, 0x70]);
        let wrapped = element(SEQUENCE, &[&named, &element(3, &[&[0; 33]])]);
        let certificate = element(SEQUENCE, &[&element(SEQUENCE, &[&number(9)]), &named, &element(3, &[&[0; 33]])]);
        let key = element(SEQUENCE, &[&ZERO, &named, &element(OCTETS, &[&[7; 32]])]);

        for bytes in [&public, &wrapped, &certificate, &key[..40].to_vec(), &[&key[..], b"and more"].concat()] {
            assert_eq!((of_bare(bytes), of_store(bytes)), (None, None), "{bytes:?}");
        }
    }

    #[test]
    fn a_store_is_told_for_a_key_and_not_for_certificates() {
        let by_password = algorithm(&[&RSA_DATA_SECURITY[..], &[5, 13]].concat());
        let encrypted = element(SEQUENCE, &[&by_password, &element(OCTETS, &[&[7; 64]])]);
        let data = algorithm(&[&RSA_DATA_SECURITY[..], &[7, 1]].concat());
        let bag = |kind| element(SEQUENCE, &[&algorithm(&[&RSA_DATA_SECURITY[..], &[12, 10, 1, kind]].concat())]);
        let pkcs12 = |kind| element(SEQUENCE, &[&[INTEGER, 1, 3], &data, &bag(kind)]);

        assert_eq!(of_store(&encrypted).unwrap(), "encrypted key in DER");
        assert_eq!(of_store(&pkcs12(2)).unwrap(), "PKCS#12");
        assert_eq!(of_store(&pkcs12(3)), None);
    }

    #[test]
    fn a_java_store_is_read_entry_by_entry() {
        let name = |text: &str| [&u16::try_from(text.len()).unwrap().to_be_bytes(), text.as_bytes()].concat();
        let certificate =
            [&[0, 0, 0, 2][..], &name("ca"), &[0; 8], &name("X.509"), &[0, 0, 0, 3], b"\0\0\x01"].concat();
        let key = [&[0, 0, 0, 1][..], &name("server"), &[0; 8], &[0, 0, 0, 9]].concat();
        let of = |magic: [u8; 4], entries: &[&[u8]]| {
            let count = u32::try_from(entries.len()).unwrap().to_be_bytes();
            of_store(&[&magic[..], &[0, 0, 0, 2], &count, &entries.concat()].concat())
        };

        let jks = [0xfe, 0xed, 0xfe, 0xed];
        assert_eq!(of(jks, &[&certificate, &certificate]), None);
        assert_eq!(of(jks, &[&certificate, &key]).unwrap(), "Java key store");
        assert_eq!(of([0xce; 4], &[&key]).unwrap(), "Java key store");
        assert_eq!(of([0xce, 0xfa, 0xed, 0xfe], &[&key]), None);
        assert_eq!(of_store(&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff]), None);
    }

    #[test]
    fn other_stores_are_known_by_how_they_begin() {
        let pgp = |kind: &[u8], version| [kind, &[version, 0x66, 1, 2, 3, 1], &[7; 300]].concat();

        assert_eq!(of_store(&pgp(&[0x95, 1, 0], 4)).unwrap(), "OpenPGP secret key");
        assert_eq!(of_store(&pgp(&[0x94, 200], 4)).unwrap(), "OpenPGP secret key");
        assert_eq!(of_store(&pgp(&[0xc5, 192, 20], 6)).unwrap(), "OpenPGP secret key");
        assert_eq!(of_store(&pgp(&[0x99, 1, 0], 4)), None);
        assert_eq!(of_store(&pgp(&[0x95, 1, 0], 9)), None);
        assert_eq!(of_store(&[0x03, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5, 1]).unwrap(), "KeePass database");
        assert_eq!(of_bare(b"Created: 20260101T000000\nKey: (private-key (ecc").unwrap(), "key of GnuPG");
        assert_eq!(of_bare(b"(11:private-key(3:rsa").unwrap(), "key of GnuPG");
        assert_eq!(of_store(b"Key: (protected-private-key (rsa").unwrap(), "key of GnuPG");
        assert_eq!(of_bare(b"Created: by hand\nKey: (public-key (ecc"), None);
    }

    #[test]
    fn what_was_there_before_is_not_told_again() {
        let bytes = b"(11:private-key(3:rsa";
        let (path, mode) = ("a.key".into(), Some(Mode::Regular));
        let file = |old: &'static [u8]| Subject {
            path: &path,
            old_mode: mode,
            new_mode: mode,
            old: Some(old),
            new: bytes,
            scanned: Scanned::Text,
        };

        assert_eq!(bare(&file(bytes)), []);
        assert_eq!(bare(&file(b"(10:public-key")).len(), 1);
    }
}
