//! Judges values that no format marks: the name, the place and the look must agree that a value is
//! a credential.

use super::Captured;
use super::binding::{CDATA, binds, sets_variable};
use super::company::has_company;
use super::digits::{is_hex, is_uuid};
use super::likeness::drawn;
use super::look::{like_key, like_password};
use super::name::{Strength, describes, is_password, strength};
use super::place::{Place, Text, in_document, text_of, words};
use super::shape::is_identifier;
use super::stand_in::{counted_up, stands_in};
use super::stock::is_screaming;
use super::texts::{is_shown, names_text};
use super::weak::{is_plain_choice, is_plain_password, is_short_choice, is_weak, names_kind, spells_secret};
use super::words::{Words, words};

/// A password a person chose, or one that was generated, bound to a name that says so.
pub(super) fn password(captured: &Captured<'_>) -> bool {
    let place = Place::of(captured);
    let value = value_of(captured);
    is_password(&place)
        && !describes(&place)
        && !names_text(&place)
        && binds(&place, captured)
        && !repeats_name(value, &place)
        && !lists_digest(value, &place)
        && !is_shown(value, captured)
        && !names_kind(value)
        && ((like_password(value) && is_strong_enough(value, captured))
            || (sets_variable(&place, captured) && (is_plain_choice(value) || is_short_choice(value)))
            || (is_plain_password(value) && (is_told(&place, value) || stands_beside(&place, captured)))
            || (is_short_choice(value) && place.quoted() && has_company(captured)))
}

/// Whether a sentence says it: `the password is "…"`. Of an option, it tells the words that it takes; of
/// any, what is done with it.
fn is_told(place: &Place<'_>, value: &[u8]) -> bool {
    let is_done = value.ends_with(b"ed");
    !is_done && place.quoted() && place.name.len() == 1 && place.between.trim_ascii_start().starts_with(b"is ")
}

/// Whether a value stands beside the user and the host it is for.
fn stands_beside(place: &Place<'_>, captured: &Captured<'_>) -> bool {
    (place.quoted() || tells_value(place, captured)) && has_company(captured)
}

/// Whether a password is one that people use in such a text: in code, weak ones are examples.
fn is_strong_enough(value: &[u8], captured: &Captured<'_>) -> bool {
    match text_of(captured) {
        Text::Settings => true,
        Text::Code => !is_weak(value) && !spells_secret(value),
        Text::Unknown => !is_weak(value) && (!in_document(captured) || !spells_secret(value)),
    }
}

/// Whether what is not in quotes is still a value, and no name of one.
pub(super) fn tells_value(place: &Place<'_>, captured: &Captured<'_>) -> bool {
    let after = place.after.trim_ascii();
    text_of(captured) != Text::Code && (after.is_empty() || after.starts_with(b"</"))
}

/// Digests stand beside passwords in tables: `("swordfish", "9f86d081884c7d65…")`.
fn lists_digest(value: &[u8], place: &Place<'_>) -> bool {
    place.between.contains(&b',') && is_hex(value) && value.len() >= 16 && value.len().is_multiple_of(8)
}

/// A key, token or secret: random text bound to a name that says so.
pub(super) fn secret(captured: &Captured<'_>) -> bool {
    let place = Place::of(captured);
    let value = value_of(captured);
    if (place.names(b"webhook") || place.names(b"hook")) && ends_in_key(value) {
        return binds(&place, captured);
    }
    let names_stored = is_uuid(value) && place.name.last().is_some_and(|last| last == b"credentials");
    !describes(&place)
        && binds(&place, captured)
        && !(repeats_name(value, &place) || ends_in_name(value, &place) || names_stored)
        && like_named_key(value, &place)
        && !(strength(&place) == Strength::Medium && is_tabled(captured))
        && !(place.names(b"nonce") && place.between == b"=\"")
        && !names_text(&place)
        && !is_shown(value, captured)
}

/// A web address whose last part is a key: whoever knows a webhook may call it.
fn ends_in_key(value: &[u8]) -> bool {
    let path = value.strip_suffix(b"/").unwrap_or(value);
    let last = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    value.starts_with(b"http")
        && (16..=200).contains(&last.len())
        && last.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && !stands_in(value)
        && !counted_up(last)
        && drawn(last)
        && !KNOWN_HOOKS.within(value)
}

/// Whose webhooks have a form, and a rule, of their own.
const KNOWN_HOOKS: Words = words!("slack.com discord office.com zapier.com googleapis.com");

/// Whether the same name is set again and again nearby, as test vectors and recorded data do.
pub(super) fn is_tabled(captured: &Captured<'_>) -> bool {
    const REACH: usize = 4 * 1024;
    const TIMES: usize = 8;
    let from = captured.whole.start.saturating_sub(REACH);
    let to = captured.text.len().min(captured.value.end + REACH);
    let around = captured.text.get(from..to).unwrap_or_default();
    memchr::memmem::find_iter(around, captured.head()).take(TIMES).count() == TIMES
}

/// Random text bound to a `key` of some kind.
pub(super) fn key(captured: &Captured<'_>) -> bool {
    let place = Place::of_name(words(captured.head()));
    let no_secret = strength(&place) == Strength::None && !place.names(b"sk");
    !no_secret && !describes(&place) && like_key(captured.value(), Strength::Weak)
}

/// A value whose name stands in a pair: `name="Password" value="…"`.
pub(super) fn named_value(captured: &Captured<'_>) -> bool {
    // The match may start within the first name.
    let first = Place::of(captured).name;
    let parts = captured.head().split(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')));
    let is_telling =
        |place: &Place<'_>| is_password(place) || matches!(strength(place), Strength::Strong | Strength::Medium);
    let mut names = std::iter::once(first).chain(parts.skip(1).map(words)).map(Place::of_name);
    let place = names.find(is_telling).unwrap_or_else(|| Place::of_name(Vec::new()));
    let value = captured.value();
    !describes(&place)
        && !repeats_name(value, &place)
        && !is_variable(captured)
        && (like_named_key(value, &place) || (is_password(&place) && like_password(value)))
}

/// Whether code passes on what a name of its own holds: `value=token_b64)`.
fn is_variable(captured: &Captured<'_>) -> bool {
    let value = captured.value();
    captured.head().trim_ascii_end().ends_with(b"=")
        && text_of(captured) == Text::Code
        && is_identifier(value.strip_suffix(b")").unwrap_or(value))
}

/// An option of a command or a statement that sets a variable.
pub(super) fn argument(captured: &Captured<'_>) -> bool {
    let head = captured.head().trim_ascii_end();
    let from = head.iter().rposition(u8::is_ascii_whitespace).map_or(0, |at| at + 1);
    let place = Place::of_name(words(head.get(from..).unwrap_or_default()));
    let value = captured.value();
    !describes(&place)
        && !repeats_name(value, &place)
        && !value.starts_with(b"-")
        && !is_screaming(value)
        && (like_named_key(value, &place) || (is_password(&place) && like_password(value) && !is_weak(value)))
}

/// A parameter in the query of a web address.
pub(super) fn query_credential(captured: &Captured<'_>) -> bool {
    let place = Place::of_name(words(captured.head()));
    let value = captured.value();
    if stands_in(value) || counted_up(value) {
        return false;
    }
    if is_password(&place) {
        return like_password(value);
    }
    value.len() >= 12 && drawn(value)
}

/// Whether a name may hold a key, and a value looks like one.
fn like_named_key(value: &[u8], place: &Place<'_>) -> bool {
    let strength = strength(place);
    strength != Strength::None
        && like_key(value, strength)
        && !contradicts(value, place)
        && !lists_keyed_hash(value, place)
        && !is_public_nonce(value, place)
}

/// The nonce of a cipher has twelve or thirteen bytes, and is sent along for all to see.
fn is_public_nonce(value: &[u8], place: &Place<'_>) -> bool {
    place.names(b"nonce") && matches!(value.len(), 24 | 26) && is_hex(value)
}

/// Test vectors list what a keyed hash gives: `{"HMAC-Skein-256-128", "926a445d52186052…"}`.
fn lists_keyed_hash(value: &[u8], place: &Place<'_>) -> bool {
    place.names(b"hmac") && lists_digest(value, place)
}

/// Whether a name promises a format that the value does not have: an AWS secret access key has
/// forty characters.
fn contradicts(value: &[u8], place: &Place<'_>) -> bool {
    place.names(b"aws")
        && place.names(b"secret")
        && (place.names(b"access") || place.names(b"key"))
        && value.len() != 40
}

/// Whether the value is the name again, or words of it.
pub(super) fn repeats_name(value: &[u8], place: &Place<'_>) -> bool {
    let parts = words(value);
    let bare = |part: &[u8]| part.iter().copied().filter(|byte| !byte.is_ascii_digit()).collect::<Vec<u8>>();
    let named = |part: &Vec<u8>| place.name.contains(part) || place.name.contains(&bare(part));
    let joins = |part: &[u8]| part.len() < 3 && part.iter().all(u8::is_ascii_digit) || JOINED.has(part);
    let owned = parts.len() > 2 && parts.first().is_some_and(|first| first == b"my") && parts.last().is_some_and(named);
    let lower = value.to_ascii_lowercase();
    let prefixed =
        place.name.last().and_then(|last| lower.strip_suffix(last.as_slice())).is_some_and(|prefix| JOINED.has(prefix));
    owned || prefixed || (parts.iter().any(named) && parts.iter().all(|part| named(part) || joins(part)))
}

/// Whether the value is a word and the name, if that has several: `apiKey = "whale-api-key"`.
fn ends_in_name(value: &[u8], place: &Place<'_>) -> bool {
    let parts = words(value);
    let count = place.name.len();
    let own = parts.len().checked_sub(count).and_then(|own| parts.split_at_checked(own));
    let is_word = |part: &Vec<u8>| part.iter().all(u8::is_ascii_alphabetic);
    count > 1 && own.is_some_and(|(own, name)| own.len() < 3 && own.iter().all(is_word) && name == place.name)
}

/// Words that people join to a name to make a value of it.
const JOINED: Words = words!("my your the a an some new old our this test user default demo value here");

/// The value without what the text around it left behind.
pub(super) fn value_of<'a>(captured: &Captured<'a>) -> &'a [u8] {
    let value = captured.value();
    let kept = value.iter().rposition(|byte| !matches!(byte, b'\\' | b';' | b',')).map_or(0, |last| last + 1);
    let value = value.get(..kept).unwrap_or_default();
    if captured.head().ends_with(CDATA) {
        return value.strip_suffix(b"]]").unwrap_or(value);
    }
    // The brace that closes `${name:default}`.
    if value.contains(&b'{') { value } else { value.strip_suffix(b"}").unwrap_or(value) }
}

#[cfg(test)]
mod tests {
    use super::super::Zones;
    use super::super::tests::found;
    use super::*;
    use crate::model::RepoPath;

    #[test]
    fn the_value_behind_an_empty_string_is_another_argument() {
        assert!(found("password = \"vQ7mzT2xL\"", "password = \"", "vQ7mzT2xL", password));
        assert!(found("password = \"\"vQ7mzT2xL\"\"", "password = \"\"", "vQ7mzT2xL", password));
        assert!(!found("f(password=\"\",vQ7mz=\"0\",)", "password=\"\"", ",vQ7mz=\"0", password));
    }

    #[test]
    fn what_names_the_next_value_or_the_next_attribute_is_no_password() {
        let nested = "x(e.get('OS_PASSWORD'),\n  \"vQ7mzT2xL\": 1)";
        assert!(!found(nested, "PASSWORD'),\n  \"", "vQ7mzT2xL", password));
        let attributes = "<input placeholder=\"Password\" :disabled=\"vQ7mzT2xL\">";
        assert!(!found(attributes, "Password\" :disabled=\"", "vQ7mzT2xL", password));
        let typed = "password: str = \"vQ7mzT2xL\"";
        assert!(found(typed, "password: str = \"", "vQ7mzT2xL", password));
    }

    #[test]
    fn a_variable_is_no_value_in_code() {
        let text = b"set(key=\"auth_token\", value=vQ7mzT2xLw0kRt9)";
        let value = memchr::memmem::find(text, b"vQ7").unwrap();
        let told = |name: &str| {
            let path = RepoPath::from(name);
            named_value(&Captured {
                text,
                whole: 9..text.len(),
                value: value..text.len(),
                path: &path,
                zones: &Zones::default(),
            })
        };

        assert!(told("cache.conf") && !told("cache.py"));
    }

    #[test]
    fn a_quote_that_closes_within_a_value_ends_another_string() {
        let shape = r#""password": {"shape": "Sf7"}, "user": {}"#;

        assert!(found(r#"password = "vQ7"mzT2xL""#, "password = \"", "vQ7\"mzT2xL", password));
        assert!(!found(shape, "password\": {\"", "shape\": \"Sf7", password));
        assert!(found(r#"\"secret\": \"q8Zt3xKfW0vLr7Bn\""#, "secret\\\": \\\"", "q8Zt3xKfW0vLr7Bn", secret));
    }

    #[test]
    fn the_name_of_something_beneath_a_name_is_no_value_of_it() {
        let beneath = "{'password': {'vQ7mzT2xL': 1}}";

        assert!(found("{'password': {'vQ7mzT2xL'}}", "password': {'", "vQ7mzT2xL", password));
        assert!(!found(beneath, "password': {'", "vQ7mzT2xL", password));
        assert!(!found("[['password'], ['vQ7mzT2xLr9K']]", "password'], ['", "vQ7mzT2xLr9K", password));
    }

    #[test]
    fn a_value_that_says_its_name_again_is_none() {
        for value in ["newPassword2", "my_new_password", "67new-password", "test_password"] {
            let text = format!("newPassword = '{value}'");
            assert!(!found(&text, "Password = '", value, password), "{value}");
        }
        assert!(found("newPassword = 'vQ7mzT2xL'", "Password = '", "vQ7mzT2xL", password));
    }

    #[test]
    fn a_word_before_the_name_makes_no_secret_of_it() {
        assert!(!found("apiKey = 'kxwvu-api-key'", "apiKey = '", "kxwvu-api-key", secret));
        assert!(found("apiKey = 'kxw7u-q8Zt3xKf'", "apiKey = '", "kxw7u-q8Zt3xKf", secret));
    }

    #[test]
    fn a_name_compared_or_paired_with_a_value_is_bound_to_it() {
        for text in [
            "strcmp(password, \"vQ7mzT2xL\")",
            "{\"Password\", \"vQ7mzT2xL\"}",
            "fill_in 'Password', with: \"vQ7mzT2xL\"",
        ] {
            let start = text.to_ascii_lowercase().find("password").unwrap();
            let head = text.get(start..=text.find("\"vQ7").unwrap()).unwrap();
            assert!(found(text, head, "vQ7mzT2xL", password), "{text}");
        }
        assert!(!found("log(password, \"vQ7mzT2xL\")", "password, \"", "vQ7mzT2xL", password));
    }

    #[test]
    fn what_else_is_joined_to_makes_a_value_a_part() {
        assert!(found("password = \"vQ7mzT2xL\" + \"9k\"", "password = \"", "vQ7mzT2xL", password));
        assert!(!found("password = \"vQ7mzT2xL\" + suffix", "password = \"", "vQ7mzT2xL", password));
    }

    #[test]
    fn the_bars_of_a_table_bind_what_no_word_is() {
        assert!(found("| password | vQ7mzT2xL |", "password | ", "vQ7mzT2xL", password));
        assert!(!found("echo password | vQ7mzT2xL", "password | ", "vQ7mzT2xL", password));
        assert!(!found("f() -> X448Password | vQ7mzT2xL | None", "Password | ", "vQ7mzT2xL", password));
        assert!(!found("| password | Lozinka |", "password | ", "Lozinka", password));
    }

    #[test]
    fn a_webhook_whose_address_ends_in_a_key_is_one() {
        let takes = |address: &str| found(&format!("webhook_url = '{address}'"), "webhook_url = '", address, secret);

        assert!(takes("https://shop.dev/rest/1/zt6q8xw3rzn0jmtc/"));
        assert!(!takes("https://shop.dev/hooks/telegram-webhook"));
        assert!(!takes("https://shop.dev/hooks/your-zt6q8xw3rzn0jmtc"));
    }

    #[test]
    fn what_a_semicolon_ends_is_a_statement() {
        assert!(found("password=vQ7mzT2xL", "password=", "vQ7mzT2xL", password));
        assert!(!found("password=vQ7mzT2xL;", "password=", "vQ7mzT2xL;", password));
    }

    #[test]
    fn the_default_of_a_setting_is_a_value() {
        assert!(found("@Value(\"${shop.password:vQ7mzT2xL}\")", "password:", "vQ7mzT2xL}", password));
        assert!(!found("@Value(\"${shop.password:vQ7mzT2xL\")", "password:", "vQ7mzT2xL", password));
        assert!(!found("arn:aws:secretsmanager:secret:q8Zt3xKfW0vLr7Bn", "secret:", "q8Zt3xKfW0vLr7Bn", secret));
    }

    #[test]
    fn a_list_binds_no_name_to_what_follows() {
        let id = "c55dbac4-e0e8-4a06-b892-75cac2387ce5";

        assert!(found(&format!("set('secret', '{id}')"), "secret', '", id, secret));
        assert!(!found(&format!("'client-secret',\n'{id}'"), "secret',\n'", id, secret));
        assert!(!found(&format!("'client-secret', '{id}': 1"), "secret', '", id, secret));
    }

    #[test]
    fn what_a_getter_is_asked_for_is_a_name() {
        assert!(found("setSecret('q8Zt3xKfW0vLr7Bn')", "Secret('", "q8Zt3xKfW0vLr7Bn", secret));
        assert!(!found("getSecret('q8Zt3xKfW0vLr7Bn')", "Secret('", "q8Zt3xKfW0vLr7Bn", secret));
    }

    #[test]
    fn an_assertion_names_what_it_expects() {
        assert!(found("set(a.secret, 'q8Zt3xKfW0vLr7Bn')", "secret, '", "q8Zt3xKfW0vLr7Bn", secret));
        assert!(!found("assertEqual(a.secret, 'q8Zt3xKfW0vLr7Bn')", "secret, '", "q8Zt3xKfW0vLr7Bn", secret));
    }

    #[test]
    fn a_digest_beside_a_password_is_no_password() {
        assert!(found("('password', 'vQ7mzT2xL')", "password', '", "vQ7mzT2xL", password));
        assert!(!found("('password', '9e51341f8d87894c')", "password', '", "9e51341f8d87894c", password));
    }

    #[test]
    fn a_name_that_is_set_again_and_again_heads_a_table() {
        let row = "\"nonce\": \"9e51341f8d87894c\"\n";

        assert!(found(&row.repeat(7), "nonce\": \"", "9e51341f8d87894c", secret));
        assert!(!found(&row.repeat(8), "nonce\": \"", "9e51341f8d87894c", secret));
        assert!(!found("Digest nonce=\"9e51341f8d87894c\"", "nonce=\"", "9e51341f8d87894c", secret));
    }

    #[test]
    fn a_plain_word_is_a_password_when_a_sentence_or_its_company_says_so() {
        let beside = "host = \"db\"\nuser = \"ada\"\npassword = \"bluewhale\"";

        assert!(found(beside, "password = \"", "bluewhale", password));
        assert!(found("the password is \"bluewhale\"", "password is \"", "bluewhale", password));
        assert!(!found("password = \"bluewhale\"", "password = \"", "bluewhale", password));
        assert!(!found("user = \"ada\"\npass `bluewhale` instead", "pass `", "bluewhale", password));
    }

    #[test]
    fn an_option_that_holds_no_key_is_none_however_random_its_value() {
        assert!(found("--api-key q8Zt3xKfW0vLr7Bn", "--api-key ", "q8Zt3xKfW0vLr7Bn", argument));
        assert!(!found("--next-page-token q8Zt3xKfW0vLr7Bn", "--next-page-token ", "q8Zt3xKfW0vLr7Bn", argument));
    }
}
