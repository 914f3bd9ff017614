//! Judges random text that stands beside the name of a service, or behind a beginning that says
//! what it is for.

use super::Captured;
use super::binding::binds;
use super::digits::is_hex;
use super::generic::{is_tabled, repeats_name};
use super::likeness::drawn;
use super::look::like_key;
use super::meant::random;
use super::name::{Strength, describes, strength};
use super::place::{Place, in_name, words};
use super::stand_in::{counted_up, stands_in};
use super::texts::{is_shown, names_text};
use super::words::{Words, words};

/// Random text bound to a name in which a vendor's opens a word.
pub(super) fn vendor_secret(captured: &Captured<'_>) -> bool {
    let tells = |word: &Vec<u8>| TELLS.within(word);
    let place = Place::of_name(words(captured.head()));
    opens_word(captured)
        && (place.name.iter().any(tells) || place.name.len() == 1)
        && !describes(&place)
        && !place.names(b"public")
        && !place.names(b"publishable")
        && random(captured)
}

/// Whether the match opens a word: `box_secret` and `myBoxSecret`, and not `mailbox_secret`.
pub(super) fn opens_word(captured: &Captured<'_>) -> bool {
    let (before, word) = captured.text.split_at_checked(captured.whole.start).unwrap_or_default();
    let (first, second) = (word.first(), word.get(1));
    let upper = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_uppercase);
    match before {
        // An escaped end of a line, and a property on a command line.
        [.., b'\\', b'n' | b'r' | b't'] | [.., b'-', b'D' | b'P'] => true,
        [.., last] if last.is_ascii_alphabetic() && first.is_some_and(u8::is_ascii_alphabetic) => {
            let length = before.iter().rev().take(8).take_while(|byte| byte.is_ascii_alphabetic()).count();
            let glued = before.get(before.len() - length..).unwrap_or_default();
            (upper(first) && (last.is_ascii_lowercase() || !upper(second))) || WHOSE.has(&glued.to_ascii_lowercase())
        }
        _ => true,
    }
}

/// What is written together with a vendor's name: `mytwitterkey`.
const WHOSE: Words = words!("my our app dev test prod");

/// Whether the match opens the whole name, but for words that say only whose or where it is: what
/// vendors with the name of a common thing ask for. `APP_BOX_SECRET`, and not `mail_box_secret`.
pub(super) fn opens_name(captured: &Captured<'_>) -> bool {
    let before = captured.text.get(..captured.whole.start).unwrap_or_default();
    let length = before.iter().rev().take(80).take_while(|byte| in_name(**byte)).count();
    let written = before.get(before.len() - length..).unwrap_or_default();
    opens_word(captured) && words(written).iter().all(|word| WRAPS.has(word))
}

/// What stands before a vendor's name and says nothing of what it names.
const WRAPS: Words = words!(
    "my our app react next public vite nuxt gatsby expo env environ process config conf settings secrets self this \
     test dev prod production development staging live sandbox default export const let var n t r d p",
);

/// Random text beside the name of a service, which alone says nothing when more words follow it.
pub(super) fn provider_secret(captured: &Captured<'_>) -> bool {
    let place = Place::of_name(words(captured.head()));
    let said = place.name.get(1..).unwrap_or_default();
    let bound = captured.head().iter().any(|byte| b"=:(,>|".contains(byte));
    let says = |word: &Vec<u8>| KEYS.within(word);
    let tells = |word: &Vec<u8>| TELLS.within(word) || CALLS.has(word);
    // In a sentence, or a list of checksums, less than a key tells nothing.
    opens_word(captured)
        && (said.iter().any(says) || (bound && (said.is_empty() || said.iter().any(tells))))
        && !said.last().is_some_and(|last| NO_KEYS.has(last))
        && !describes(&place)
        && !place.names(b"public")
        && !place.names(b"publishable")
        && random(captured)
}

/// What names a key wherever it is said.
const KEYS: Words = words!("key token secret pass cred login");

/// What a service's own library is opened with.
const CALLS: Words = words!("init initialize client new sdk login configure");

const NO_KEYS: Words = words!("project account workspace version commit sha rev revision checksum digest fingerprint");

/// What names a credential among the words that follow a vendor's name.
const TELLS: Words = words!("key token secret pass auth api cred pat access pwd hook sid");

/// Random text bound to a name that says whose key it is.
pub(super) fn named_key(captured: &Captured<'_>) -> bool {
    let place = Place::of(captured);
    let value = captured.value();
    place.name.len() > 1
        && strength(&place) != Strength::None
        && !describes(&place)
        && binds(&place, captured)
        && !place.name.iter().any(|word| OF_NO_SERVICE.has(word))
        && !repeats_name(value, &place)
        && !is_tabled(captured)
        && !names_text(&place)
        && !is_shown(value, captured)
        && if is_hex(value) { value.len() == DRAWN && random(captured) } else { like_key(value, Strength::Weak) }
}

/// Forty digits and sixty-four are as often the sum of a commit or a file.
const DRAWN: usize = 32;

/// Whose keys are no credentials: those of tables and caches, of digests, of those who sign, and
/// those that pages carry in the open.
const OF_NO_SERVICE: Words = words!(
    "gpg pgp apt rpm hash map dict table tree node test digest unique id store group restore build sort state event \
     request block asset content image file message row entry item resource trace span sign signature verify version \
     pk pub site search subscribe tracking instrumentation analytics measurement",
);

/// Random text behind words that say whose it is and what for: `shop_live_…`.
pub(super) fn random_tail(captured: &Captured<'_>) -> bool {
    const LEAST: usize = 16;
    let mut tail = captured.value();
    while let Some(at) = tail.iter().position(|byte| matches!(byte, b'_' | b'-' | b'.' | b':')) {
        let (lead, rest) = tail.split_at_checked(at).unwrap_or_default();
        if PUBLISHED.has(lead) {
            return false;
        }
        if lead.len() > LEAST || drawn(lead) {
            break;
        }
        tail = rest.get(1..).unwrap_or_default();
    }
    tail.len() >= LEAST && !stands_in(tail) && !counted_up(tail) && drawn(tail)
}

/// What pages carry in the open, though it looks the same: `pk_live_…`.
const PUBLISHED: Words = words!("pk pub public publishable client anon");

#[cfg(test)]
mod tests {
    use super::super::tests::{captured, found};
    use super::*;

    const HEX: &str = "4a733ff2db8383eda819419608e5606c";

    #[test]
    fn a_service_alone_or_with_a_word_for_a_key_tells_whose_random_text_is() {
        for head in ["jotform = ", "jotform sync --jotform-key ", "jotform.init(", "weather_api="] {
            assert!(found(&format!("{head}{HEX}"), head, HEX, provider_secret), "{head}");
        }
        for head in [
            "jotform-1.2.0 ",
            "weatherapi-1.2.0 ",
            "jotform_public_key=",
            "jotform_key_id=",
            "jotform api version ",
            "jotform ",
            "jotform api client ",
        ] {
            assert!(!found(&format!("{head}{HEX}"), head, HEX, provider_secret), "{head}");
        }
    }

    #[test]
    fn a_part_of_a_word_names_no_vendor() {
        let takes = |before: &str, head: &str| found(&format!("{before}{head}{HEX}"), head, HEX, vendor_secret);

        for before in ["", "my_", "my", "\\n", "-D"] {
            assert!(takes(before, "box_secret = "), "{before}");
        }
        assert!(takes("my", "BoxSecret = ") && takes("AWS", "BoxSecret = "));
        assert!(!takes("mail", "box_secret = ") && !takes("MAIL", "BOX_SECRET = ") && !takes("tool", "boxSecret = "));
    }

    #[test]
    fn a_common_thing_names_a_vendor_only_where_the_name_begins() {
        let takes = |before: &str, head: &str| found(&format!("{before}{head}{HEX}"), head, HEX, opens_name);

        for before in ["", "x ", "process.env.", "VITE_", "this."] {
            assert!(takes(before, "line_token = "), "{before}");
        }
        assert!(takes("my", "LineToken = "));
        assert!(!takes("on_", "line_token = ") && !takes("pipe", "lineToken = ") && !takes("first", "LineToken = "));
    }

    #[test]
    fn a_key_is_of_someone_and_not_of_a_table_or_a_signer() {
        let takes = |name: &str| found(&format!("{name}={HEX}"), &format!("{name}="), HEX, named_key);

        assert!(takes("partnerKey") && takes("PARTNER_KEY") && takes("X-Partner-Key"));
        assert!(!takes("key") && !takes("GPG_KEY") && !takes("build_key") && !takes("cacheKey"));
    }

    #[test]
    fn the_words_before_a_token_do_not_make_it_less_random() {
        for value in ["shop_live_ztW7GHt5YEedrEY0Mrwb5JIj", "t-4a733ff2db8383eda819419608e5606c"] {
            assert!(captured(value, random_tail), "{value}");
        }
        for value in [
            "shop_live_orders_of_three_days",
            "shop_live_00000000000000000000",
            "shop_live_q8Zt",
            "pk_live_ztW7GHt5YEedrEY0Mrwb5JIj",
        ] {
            assert!(!captured(value, random_tail), "{value}");
        }
    }
}
