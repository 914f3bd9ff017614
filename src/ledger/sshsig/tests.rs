use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;

use super::*;
use crate::model::Moment;

const MESSAGE: &[u8] = b"hello\n";
const NAMESPACE: &str = "log@gov-hook";
const P384: &str = "ecdsa-sha2-nistp384";

/// Real keys and what `ssh-keygen -Y sign -n log@gov-hook` made of [`MESSAGE`]. OpenSSH verifies the
/// two of tokens as well, though no token made them.
const GOOD: [(&str, &str); 6] = [
    (include_str!("tests/ed25519.pub"), include_str!("tests/ed25519.sig")),
    (include_str!("tests/p256.pub"), include_str!("tests/p256.sig")),
    (include_str!("tests/rsa.pub"), include_str!("tests/rsa-sha512.sig")),
    (include_str!("tests/rsa3000.pub"), include_str!("tests/rsa3000.sig")),
    (include_str!("tests/sk-ed25519.pub"), include_str!("tests/sk-ed25519.sig")),
    (include_str!("tests/sk-p256.pub"), include_str!("tests/sk-p256.sig")),
];

/// A key of a test, and its owner.
pub(in crate::ledger) struct Pen(SigningKey);

impl Pen {
    pub(in crate::ledger) fn new(seed: u8) -> Self {
        Self(SigningKey::from_bytes(&[seed; 32]))
    }

    fn blob(&self) -> Vec<u8> {
        let mut blob = Vec::new();
        wire::put(b"ssh-ed25519", &mut blob);
        wire::put(self.0.verifying_key().as_bytes(), &mut blob);
        blob
    }

    pub(in crate::ledger) fn public(&self) -> PublicKey {
        PublicKey::from_blob(&self.blob()).unwrap()
    }

    pub(in crate::ledger) fn sign(&self, message: &[u8], namespace: &str) -> String {
        let mut signed = MAGIC.to_vec();
        for part in [namespace.as_bytes(), b"", b"sha512", &Hash::Sha512.of(message)] {
            wire::put(part, &mut signed);
        }
        let mut made = Vec::new();
        wire::put(b"ssh-ed25519", &mut made);
        wire::put(&self.0.sign(&signed).to_bytes(), &mut made);
        let mut bytes = MAGIC.to_vec();
        bytes.extend(1_u32.to_be_bytes());
        for part in [&self.blob(), namespace.as_bytes(), b"", b"sha512", &made] {
            wire::put(part, &mut bytes);
        }
        armoured(&bytes)
    }
}

fn armoured(bytes: &[u8]) -> String {
    let text = base64::encode(bytes);
    let lines: Vec<&str> = text.as_bytes().chunks(70).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("{BEGIN}{}{END}", lines.join("\n"))
}

fn bytes_of(armour: &str) -> Vec<u8> {
    let inner = armour.strip_prefix(BEGIN).unwrap().strip_suffix(END).unwrap();
    base64::decode(inner.split('\n')).unwrap()
}

fn verify(armour: &str, message: &[u8], namespace: &str) -> Result<(), SignatureError> {
    SshSignature::parse(armour)?.verify(message, namespace)
}

#[test]
fn what_ssh_keygen_signs_is_verified() {
    for (public, armour) in GOOD {
        let key = PublicKey::parse(public).unwrap();

        assert_eq!(verify(armour, MESSAGE, NAMESPACE), Ok(()), "{public}");
        assert_eq!(SshSignature::parse(armour).unwrap().key(), &key);
        assert_eq!(verify(armour, b"hello", NAMESPACE), Err(SignatureError::Mismatch), "{public}");
        assert_eq!(public.strip_suffix(" test\n"), Some(key.text().as_str()));
    }
    let pen = Pen::new(7);
    assert_eq!(verify(&pen.sign(MESSAGE, NAMESPACE), MESSAGE, NAMESPACE), Ok(()));
}

#[test]
fn a_fingerprint_is_the_one_that_ssh_keygen_shows() {
    let key = PublicKey::parse(GOOD[0].0).unwrap();

    assert_eq!(key.fingerprint(), include_str!("tests/ed25519.fingerprint").trim_end());
}

#[test]
fn a_signature_for_one_thing_is_none_for_another() {
    let error = verify(GOOD[0].1, MESSAGE, "approve@gov-hook").unwrap_err();

    assert_eq!(error.to_string(), "the signature is made for `log@gov-hook`, not for `approve@gov-hook`");
}

#[test]
fn weak_or_unknown_algorithms_are_refused_by_name() {
    let sha1 = verify(include_str!("tests/rsa-sha1.sig"), MESSAGE, NAMESPACE).unwrap_err();
    let p384 = verify(include_str!("tests/p384.sig"), MESSAGE, NAMESPACE).unwrap_err();

    assert_eq!(
        sha1.to_string(),
        "the signature uses `ssh-rsa`, which is not trusted; sign with rsa-sha2-256 or rsa-sha2-512"
    );
    assert_eq!(p384.to_string(), "the key type `ecdsa-sha2-nistp384` is not supported; use an ed25519 key");
}

#[test]
fn a_signature_has_one_armour() {
    let good = GOOD[0].1;
    let others = [
        String::new(),
        good.trim_end().to_owned(),
        format!("\n{good}"),
        format!("{good}\n"),
        good.replace('\n', "\r\n"),
        good.replace("BEGIN SSH", "BEGIN PGP"),
        good.replacen('A', "*", 2),
        format!("{BEGIN}{}{END}", "A".repeat(MAX_ARMOUR)),
    ];

    for other in others {
        assert_eq!(verify(&other, MESSAGE, NAMESPACE), Err(SignatureError::Armour), "{other}");
    }
}

#[test]
fn every_cut_of_a_signature_is_refused() {
    for (_, armour) in GOOD {
        let bytes = bytes_of(armour);
        for length in 0..bytes.len() {
            assert!(verify(&armoured(&bytes[..length]), MESSAGE, NAMESPACE).is_err(), "{length}");
        }
        let more = [bytes.as_slice(), &[0]].concat();
        assert_eq!(
            verify(&armoured(&more), MESSAGE, NAMESPACE),
            Err(SignatureError::Malformed("something follows it"))
        );
    }
}

proptest! {
    #[test]
    fn a_signature_with_any_other_byte_does_not_verify(
        which in 0..GOOD.len(), at in any::<prop::sample::Index>(), flip in 1..=255_u8,
    ) {
        let mut bytes = bytes_of(GOOD[which].1);
        let at = at.index(bytes.len());
        bytes[at] ^= flip;

        prop_assert!(verify(&armoured(&bytes), MESSAGE, NAMESPACE).is_err());
    }

    #[test]
    fn base64_reads_what_it_writes(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
        prop_assert_eq!(base64::decode([base64::encode(&bytes).as_str()].into_iter()), Some(bytes));
    }
}

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

const NOON: &str = "2026-11-21T12:00:00Z";

fn allowed(file: &str, key: &PublicKey, principal: &str, namespace: &str, time: &str) -> Result<(), String> {
    let signers = Signers::parse(file).unwrap();
    signers.allow(key, principal, namespace, at(time)).map_err(|refusal| refusal.to_string())
}

#[test]
fn a_signer_signs_what_the_file_lets_them() {
    let (ada, agent) = (Pen::new(1).public(), Pen::new(2).public());
    let file = format!(
        "# the people\n\nada@example.com,*@lab.example.com,!mallory@lab.example.com {} Ada's laptop\r\n\
         agent@example.com namespaces=\"log@gov-hook,git\",valid-after=\"20261121\",valid-before=20261122120000Z {}\n",
        ada.text(),
        agent.text()
    );
    let ask = |key, principal, namespace, time| allowed(&file, key, principal, namespace, time);
    let refusal = |key: &PublicKey, why: &str| Err(format!("the key {} {why}", key.fingerprint()));

    assert_eq!(ask(&ada, "ada@example.com", "approve@gov-hook", NOON), Ok(()));
    assert_eq!(ask(&ada, "bob@lab.example.com", "approve@gov-hook", NOON), Ok(()));
    assert_eq!(ask(&agent, "agent@example.com", "log@gov-hook", NOON), Ok(()));
    assert_eq!(
        ask(&agent, "agent@example.com", "approve@gov-hook", NOON),
        refusal(&agent, "may not sign for `approve@gov-hook`")
    );
    for other in ["mallory@lab.example.com", "agent@example.com", "ada@example.com.evil", ""] {
        let why = format!("does not belong to {other}");
        assert_eq!(ask(&ada, other, "log@gov-hook", NOON), refusal(&ada, &why));
    }
    for (time, valid) in [
        ("2026-11-20T23:59:59Z", false),
        ("2026-11-21T00:00:00Z", true),
        ("2026-11-22T11:59:59Z", true),
        ("2026-11-22T12:00:00Z", false),
    ] {
        let expected = if valid { Ok(()) } else { refusal(&agent, &format!("was not valid at {time}")) };
        assert_eq!(ask(&agent, "agent@example.com", "log@gov-hook", time), expected);
    }
    let stranger = Pen::new(3).public();
    assert_eq!(
        ask(&stranger, "ada@example.com", "log@gov-hook", NOON),
        refusal(&stranger, "is not among the allowed signers")
    );
    assert_eq!(Signers::parse(&file).unwrap().principals(&agent), ["agent@example.com"]);
}

#[test]
fn a_file_of_signers_tells_all_its_mistakes() {
    let key = Pen::new(1).public().text();
    let file = format!(
        "ada@example.com\nca@example.com cert-authority {key}\nada@example.com colour=\"red\" {key}\n\
         ada@example.com valid-before=tomorrow {key}\n\"ada {key}\nada@example.com ssh-ed25519 AAAA!\n\
         ada@example.com ssh-rsa {0}\nada@example.com {key}\nada@example.com {1} {0}\nada@example.com {1} {2}",
        key.split(' ').nth(1).unwrap(),
        P384,
        base64::encode(b"\0\0\0\x13ecdsa-sha2-nistp384junk"),
    );

    let mistakes: Vec<String> = Signers::parse(&file).unwrap_err().iter().map(ToString::to_string).collect();

    assert_eq!(
        mistakes,
        [
            "line 1: the public key is malformed: a type and the key in base64 are needed",
            "line 2: `cert-authority` is not supported: name each key on a line of its own",
            "line 3: the option `colour=\"red\"` is unknown",
            "line 4: `tomorrow` is not a time such as `20261121` or `202611210545Z`",
            "line 5: a quote is not closed",
            "line 6: the public key is malformed: it is not base64",
            "line 7: the public key is malformed: its type is not the one it is said to have",
            "line 9: the public key is malformed: its type is not the one it is said to have",
            "line 10: the public key is malformed: it is not in SSH's wire form",
        ]
    );
}

#[test]
fn a_key_that_cannot_be_verified_here_is_left_out_and_the_others_hold() {
    let ada = Pen::new(1).public();
    let mut short = Vec::new();
    for part in [b"ssh-rsa".as_slice(), &[1, 0, 1], &[0x7f; 128]] {
        wire::put(part, &mut short);
    }
    let file = format!(
        "lin@example.com {}lin@example.com ssh-rsa {}\nada@example.com {}\n",
        include_str!("tests/p384.pub"),
        base64::encode(&short),
        ada.text(),
    );

    assert_eq!(allowed(&file, &ada, "ada@example.com", "approve@gov-hook", NOON), Ok(()));
    assert_eq!(
        PublicKey::from_blob(&short).unwrap_err().to_string(),
        "an RSA key is supported with 2048 to 8192 bits and a small odd exponent; use an ed25519 key"
    );
}

#[test]
fn a_pattern_of_many_stars_takes_no_time() {
    let key = Pen::new(1).public();
    let file = format!("{}b {}", "*a".repeat(60), key.text());

    assert!(allowed(&file, &key, &"a".repeat(5_000), "log@gov-hook", NOON).is_err());
}
