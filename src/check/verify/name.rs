//! What a name says of the value bound to it: a password, a key, or something about one.

use super::place::Place;
use super::words::{Words, words};

/// How surely a name says that its value is a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// `api_key`, `client_secret`: even a UUID is a secret there.
    Strong,
    /// `token`, `cache_key`: only what looks drawn at random.
    Medium,
    /// A bare `key`, which holds anything.
    Weak,
    None,
}

pub(super) fn strength(place: &Place<'_>) -> Strength {
    let joined = place.name.concat();
    let ends_in_key = place.name.last().is_some_and(|last| last.starts_with(b"key") || last.ends_with(b"key"));
    if NO_SECRET.within(&joined) || joined == b"clienttoken" {
        Strength::None
    } else if STRONG.within(&joined)
        || (place.names(b"pat") && !is_pattern(place))
        || (place.name.len() > 1 && joined.ends_with(b"token"))
    {
        Strength::Strong
    } else if MEDIUM.within(&joined) || place.names(b"auth") || (ends_in_key && joined.len() > 3) {
        Strength::Medium
    } else if ends_in_key {
        Strength::Weak
    } else {
        Strength::None
    }
}

/// Whether a name that `pat` is part of holds a pattern: `exclude_pat`.
fn is_pattern(place: &Place<'_>) -> bool {
    place.name.iter().any(|word| MATCHES.has(word))
}

const MATCHES: Words = words!("exclude include match search find ignore skip glob file line split");

const STRONG: Words = words!(
    "secret apikey apitoken accesskey accesstoken authtoken authkey privatekey privkey refreshtoken bearer \
     encryptionkey encryptkey cryptkey cryptokey signingkey masterkey servicekey appkey accountkey sharedkey \
     sessionkey clientkey deploykey licensekey bottoken usertoken credential securitykey jwtkey fernetkey aeskey \
     cipherkey hmackey pepper",
);

const MEDIUM: Words = words!("token authoriz cred salt hmac jwt webhook passphrase passw pwd nonce seed");

/// Names that hold what is public, or no credential at all.
const NO_SECRET: Words = words!(
    "public pubkey primarykey foreignkey partitionkey sortkey cachekey idempotency keyid keyname keyboard keyword \
     monkey hotkey keyframe keycode keypath publishable sitekey fingerprint thumbprint checksum integrity digest \
     sha1 sha256 sha512 md5 etag commit revision pagetoken continuationtoken nexttoken csrf xsrf eostoken bostoken \
     padtoken unktoken tokenizer tokentype cancellationtoken objectkey s3key rowkey hashkey indexkey lookupkey \
     translation i18n keyhash certificate imagekey dedup filekey nodekey uniquekey verifykey verificationkey \
     authenticode contract address tokenid encrypted hashed changetoken synctoken requesttoken authenticitytoken \
     locktoken startingtoken tasktoken actiontoken ciphertext producttoken unittoken \
     randomseed updatetoken purchasetoken importtoken exporttoken creationtoken secretsmanager webhookconfiguration",
);

pub(super) fn is_password(place: &Place<'_>) -> bool {
    let joined = place.name.concat();
    PASSWORD.within(&joined)
        || place.name.iter().any(|word| {
            matches!(word.as_slice(), b"pass" | b"psw" | b"pw" | b"passe" | b"passkey" | b"mdp")
                || (word.ends_with(b"pass") && !NOT_PASS.has(word))
        })
}

const PASSWORD: Words = words!(
    "passw pwd passphrase passcode pswd kennwort contrase senha pasword parola motdepasse wachtwoord haslo heslo \
     sifre salasana jelszo losenord adgangskode matkhau katasandi bindpw rootpw",
);

const NOT_PASS: Words = words!("bypass compass encompass surpass trespass overpass underpass firstpass");

/// Whether a name is about a secret instead of holding one: its length, its label, its file.
pub(super) fn describes(place: &Place<'_>) -> bool {
    let last = place.name.last().map(Vec::as_slice).unwrap_or_default();
    ABOUT_ENDS.has(last) || place.name.iter().any(|word| ABOUT.has(word)) || ACTS.close(&place.name.concat())
}

/// What a page offers to do with a password.
const ACTS: Words = words!("resetpassword changepassword");

const ABOUT_ENDS: Words = words!(
    "name id ids file path url uri field label hint type length len size min max policy regex pattern expiry \
     expires expiration ttl count error errors message msg prompt header column param params var variable env \
     prefix suffix format class provider manager help text title description desc strength required enabled \
     algorithm alg version mode store location endpoint issuer audience scope scopes ref arn index kind selector \
     placeholder attribute property validator input button link page form dialog view encoder service alias owner \
     date at time uuid guid number state status method verifier node list color icon hash table filter query \
     exception server servers entry charset alphabet chars flag flags management",
);

const ABOUT: Words = words!(
    "forgot forgotten passwordless invalid wrong incorrect fake dummy mock bogus toggle show hide missing has is error \
     err hashed encrypted regex hash digest",
);

#[cfg(test)]
mod tests {
    use super::super::place::words;
    use super::*;

    fn named(name: &str) -> Place<'_> {
        Place::of_name(words(name.as_bytes()))
    }

    #[test]
    fn a_name_says_how_surely_it_holds_a_key() {
        assert_eq!(strength(&named("STRIPE_API_KEY")), Strength::Strong);
        assert_eq!(strength(&named("clientSecret")), Strength::Strong);
        assert_eq!(strength(&named("SHOP_TOKEN")), Strength::Strong);
        assert_eq!(strength(&named("token")), Strength::Medium);
        assert_eq!(strength(&named("keys")), Strength::Medium);
        assert_eq!(strength(&named("key")), Strength::Weak);
        assert_eq!(strength(&named("facebook_client_token")), Strength::Strong);
        assert_eq!(strength(&named("github_pat")), Strength::Strong);
        assert_eq!(strength(&named("exclude_pat")), Strength::None);
        for name in ["clientToken", "publicKeyToken", "primary_key", "keyboard", "nextPageToken", "user", "tokenizer"] {
            assert_eq!(strength(&named(name)), Strength::None, "{name}");
        }
    }

    #[test]
    fn a_name_holds_a_password_or_is_about_one() {
        for name in ["DB_PASSWORD", "smtpPass", "pwd", "userpass", "spring.datasource.password"] {
            assert!(is_password(&named(name)) && !describes(&named(name)), "{name}");
        }
        for name in [
            "password_length",
            "forgotPassword",
            "passwordLabel",
            "passwordResetUrl",
            "password_hash",
            "pass_filter",
            "passwd_entry",
            "PASSWORD_CHARSET",
            "passwordless",
            "fakePassword",
        ] {
            assert!(describes(&named(name)), "{name}");
        }
        assert!(!is_password(&named("compass")) && !is_password(&named("passenger")));
    }
}
