//! Whether the text between a name and a value binds the one to the other.

use super::Captured;
use super::likeness::{drawn, strangeness, unreadable};
use super::place::{Place, Text, text_of, words};
use super::shape::is_identifier;
use super::stock::is_screaming;
use super::words::{Words, words};

/// Whether the text between name and value binds the one to the other, in this kind of text.
pub(super) fn binds(place: &Place<'_>, captured: &Captured<'_>) -> bool {
    let value = captured.value();
    // In settings a name has parts: `shop::db_password: …`; what is set has, too: `Shop::Application.config.secret = …`.
    let is_set = text_of(captured) == Text::Settings || place.between.trim_ascii_start().starts_with(b"=");
    let is_member = place.before.ends_with(b"::") && !is_set;
    if is_member || memchr::memmem::find(place.before, b"typeof").is_some() {
        return false;
    }
    // Two of the stars of a mask are not those of bold text: `password:****,`.
    if place.between.ends_with(b"*") && value.starts_with(b"*") {
        return false;
    }
    if place.between.contains(&b'(') && (!is_given_to_call(place) || is_screaming(value)) {
        return false;
    }
    if place.between.contains(&b',') && !is_listed_for(place, value) {
        return false;
    }
    if place.quoted() {
        return !is_part(place, captured)
            && !follows_empty(place, value)
            && !runs_on(place, value)
            && !is_nested_key(place)
            && !is_next_attribute(place)
            && !is_mentioned(place);
    }
    if place.between.ends_with(CDATA) {
        return value.ends_with(b"]]") && place.after.starts_with(b">");
    }
    if place.between.last() == Some(&b'>') {
        return place.after.starts_with(b"<") && !value.starts_with(b"&");
    }
    binds_bare(place, captured)
}

/// The same for a value that neither quotes nor elements enclose.
fn binds_bare(place: &Place<'_>, captured: &Captured<'_>) -> bool {
    let value = captured.value();
    // A sentence goes on: `the password is changed`.
    if place.between.trim_ascii_start().starts_with(b"is") && !value.iter().any(u8::is_ascii_digit) {
        return false;
    }
    // What stands behind the next line is another statement.
    if place.between.contains(&b'\n') {
        return false;
    }
    // The last part of a path, and what is marked there; an option of Windows stands apart.
    let parent = place.before.strip_suffix(b"/").and_then(|before| before.last());
    if parent.is_some_and(|last| !last.is_ascii_whitespace()) && place.between == b":" {
        return false;
    }
    // `${name:default}` of Spring.
    if opens_variable(place.before) && !place.between.starts_with(b"}") {
        return place.between == b":" && value.ends_with(b"}");
    }
    if place.before.ends_with(b":") || place.before.ends_with(b"%(") || is_tagged(value) {
        return false;
    }
    if place.between.trim_ascii().ends_with(b"|") {
        return in_table(place, value);
    }
    let in_query = place.before.last().is_some_and(|before| matches!(before, b'?' | b'&'));
    let is_called = place.after.first().is_some_and(|next| matches!(next, b'(' | b'['));
    !in_query && !is_called && stands_as_value(place, captured)
}

/// Whether a bare word is a value in this kind of text, rather than code.
fn stands_as_value(place: &Place<'_>, captured: &Captured<'_>) -> bool {
    let value = captured.value();
    let in_string = place.after.first().is_some_and(|next| matches!(next, b'"' | b'\'' | b'`' | b'\\'));
    let in_prose = text_of(captured) == Text::Unknown || place.in_comment();
    let listed = value.strip_suffix(b",").unwrap_or(value);
    let strange = place.between == b"=" && value.iter().any(u8::is_ascii_digit) && strangeness(listed) > 1.5;
    let random = (drawn(listed) && (value.len() >= 16 || place.between == b"=" || in_prose)) || strange;
    let rest = place.after.trim_ascii_start();
    // Neither a quote nor a bracket of code is beyond ASCII.
    let ends_in_prose = rest.first().is_none_or(|next| !next.is_ascii());
    // What is said of it in parentheses stands apart.
    let remarked = text_of(captured) == Text::Unknown && place.after.starts_with(b" ") && rest.starts_with(b"(");
    let alone = ends_in_prose || remarked || [&b"#"[..], b"-->", b"*/"].iter().any(|mark| rest.starts_with(mark));
    let tight = place.between.trim_ascii() == place.between;
    let variable = sets_variable(place, captured);
    let written = text_of(captured);
    // What a semicolon ends is a statement, or a part of a connection string.
    if value.ends_with(b";") && !(variable && written == Text::Unknown) {
        return false;
    }
    let plain = is_identifier(value) && value.iter().all(u8::is_ascii_alphabetic) && !unreadable(value);
    let stands = (alone || in_string) && (tight || !plain);
    match written {
        Text::Settings => true,
        Text::Code => (random && in_string) || (place.in_comment() && (random || (alone && stands))),
        // A shell sets a variable for one command, or hands it to a container.
        Text::Unknown => random || stands || variable,
    }
}

/// Whether a call between a name and a value sets the one to the other, rather than looking something up
/// by it.
fn is_given_to_call(place: &Place<'_>) -> bool {
    let holds = |word: &Vec<u8>| HOLDS.within(word) || (word == b"pw" && place.name.len() > 1);
    let is_called_for = |name: &[Vec<u8>], calls: Words| name.iter().any(|word| calls.has(word));
    let between = words(place.between);
    place.name.last().is_some_and(holds)
        && !is_called_for(&place.name, GETS)
        && !is_called_for(&between, GETS)
        && !is_called_for(&between, ASKS)
}

/// Whether a comma parts a name from a value that is for it, and not from the next word of a list.
fn is_listed_for(place: &Place<'_>, value: &[u8]) -> bool {
    !ASSERTS.within(place.before)
        && !place.names_next()
        && (is_first_argument(place) || is_compared(place) || is_filled_in(place) || is_argument(place, value))
}

/// Whether a variable is opened in the line and not closed before the name: `${shop.`.
fn opens_variable(before: &[u8]) -> bool {
    let opened = memchr::memmem::rfind(before, b"${").and_then(|at| before.get(at..));
    opened.is_some_and(|opened| !opened.contains(&b'}'))
}

/// Whether something else is joined to the value: `"PRI-" + name`, and `"PRI-" . $name` in PHP.
fn is_part(place: &Place<'_>, captured: &Captured<'_>) -> bool {
    let rest = place.after.get(1..).unwrap_or_default().trim_ascii_start();
    let php = || captured.path.extension().is_some_and(|extension| extension == b"php");
    let joined = rest.strip_prefix(b"+").or_else(|| rest.strip_prefix(b".").filter(|_| php()));
    joined
        .map(<[u8]>::trim_ascii_start)
        .and_then(<[u8]>::first)
        .is_some_and(|&next| next.is_ascii_alphabetic() || matches!(next, b'_' | b'$' | b'('))
}

pub(super) const CDATA: &[u8] = b"<![CDATA[";

/// Whether bars of a table part a name from a value that no word of a language is.
fn in_table(place: &Place<'_>, value: &[u8]) -> bool {
    let mixed = value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic);
    let before = place.before.trim_ascii();
    let opens = before.is_empty() || before.starts_with(b"|");
    opens && (mixed || drawn(value)) && place.after.trim_ascii_start().starts_with(b"|")
}

/// A tag of YAML, which says what kind of value follows: `!encrypted/pkcs1-oaep`.
fn is_tagged(value: &[u8]) -> bool {
    let tag = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'-' | b'_' | b':' | b'.' | b'!');
    value.strip_prefix(b"!").is_some_and(|tagged| {
        tagged.first().is_some_and(u8::is_ascii_alphabetic)
            && tagged.iter().all(|byte| tag(byte) || byte.is_ascii_digit())
            && (tagged.iter().all(tag) || tagged.contains(&b'/'))
    })
}

/// Whether a random value behind a comma may belong to the name before it: on the same line.
fn is_argument(place: &Place<'_>, value: &[u8]) -> bool {
    drawn(value) && !place.between.contains(&b'\n')
}

/// Whether the quote that opens the value closes an empty string, as in `a="", b="c"`, instead of
/// being written twice.
fn follows_empty(place: &Place<'_>, value: &[u8]) -> bool {
    let [.., first, second] = *place.between else { return false };
    let twice = place.after.strip_prefix(&[second]).is_some_and(|rest| rest.first() == Some(&second));
    // Two of them quote code in reStructuredText: `Password: ``…```.
    let set = place.between.iter().any(|byte| matches!(byte, b':' | b'='));
    first == second && (!twice || (second == b'`' && !set) || value.first().is_some_and(|byte| b",;)]}".contains(byte)))
}

/// Whether the quote that opens the value is closed within it, because what it encloses is shorter
/// than any secret: `"password": {"shape": "Sf"}`.
fn runs_on(place: &Place<'_>, value: &[u8]) -> bool {
    let Some((&quote, head)) = place.between.split_last() else { return false };
    let escaped = head.ends_with(b"\\");
    memchr::memchr_iter(quote, value).any(|at| {
        let before = at.checked_sub(1).and_then(|at| value.get(at)) == Some(&b'\\');
        let ends = value.get(at + 1).is_some_and(|next| next.is_ascii_whitespace() || b",;:)]}+.".contains(next));
        before == escaped && ends
    })
}

/// Whether the value is itself the name of something in an object beneath the name, or stands in
/// another list.
fn is_nested_key(place: &Place<'_>) -> bool {
    let names = place.between.contains(&b'{') && place.names_next();
    names || (matches!(place.between, [b'"' | b'\'', b']', ..]) && place.between.contains(&b'['))
}

/// Whether what looks like the type of a name is the next attribute of an element, because quotes
/// close the name: `placeholder="Password" :disabled="…"`.
fn is_next_attribute(place: &Place<'_>) -> bool {
    let rest = place.between.trim_ascii_start();
    let closed = rest.starts_with(b"\"") || rest.starts_with(b"'") || rest.starts_with(b"\\");
    let typed = memchr::memchr(b':', rest).and_then(|at| rest.get(at + 1));
    closed && typed.is_some_and(u8::is_ascii_alphabetic) && rest.contains(&b'=')
}

/// Whether the value is the text of a link, as that of a commit which is about the name, or a word
/// of a program in a sentence: "pass `format` instead".
fn is_mentioned(place: &Place<'_>) -> bool {
    let ordered = place.name == [b"pass"] && place.between == b" `";
    ordered || place.after.starts_with(b"`](")
}

/// What a call that looks a secret up is named for: its argument is a name.
const GETS: Words = words!(
    "get getenv generate find fetch pop read load lookup resolve require import describe list delete remove decrypt unwrap split",
);

/// What a call between a name and a value is named for when it takes a name, or words for a reader.
const ASKS: Words = words!("config getpass input prompt ask gettext translate trans env option opt property param");

const ASSERTS: Words = words!("assert Assert expect( EXPECT_ lookup(");

const HOLDS: Words = words!("pass pwd psw secret token key credential auth salt bearer equals");

/// Whether a quoted name opens the arguments of a call, so that what follows may be its value. In
/// a list of words the next word is none.
fn is_first_argument(place: &Place<'_>) -> bool {
    let before = place.before.trim_ascii_end();
    // A selector names a field of a page: `fill("#password", "…")`.
    let before = by_attribute(before.strip_suffix(b"#").unwrap_or(before));
    before.split_last().is_some_and(|(quote, before)| {
        matches!(quote, b'"' | b'\'' | b'`') && opens_pair(before.trim_ascii_end(), place)
    })
}

/// What stands before a selector that names a field by an attribute of it: `fill('input[name="`.
fn by_attribute(before: &[u8]) -> &[u8] {
    let opened = memchr::memrchr(b'[', before).and_then(|at| before.split_at_checked(at));
    let Some((before, _)) = opened.filter(|(_, attribute)| FIELDS.has(attribute)) else { return before };
    let tag = before.iter().rposition(|byte| !byte.is_ascii_alphanumeric()).map_or(0, |last| last + 1);
    before.get(..tag).unwrap_or_default()
}

const FIELDS: Words = words!(r#"[name= [name=" [name=' [id= [id=" [id=' [type= [type=" [type='"#);

/// Whether a call is opened, or a pair of a name and a value in braces: `{"Password", "…"}`.
fn opens_pair(before: &[u8], place: &Place<'_>) -> bool {
    let closes = place.after.get(1..).unwrap_or_default().trim_ascii_start().starts_with(b"}");
    before.ends_with(b"(") || (before.ends_with(b"{") && closes)
}

/// Whether a test fills a field of a page: `fill_in 'Password', with: '…'`.
fn is_filled_in(place: &Place<'_>) -> bool {
    memchr::memmem::find(place.between, b"with:").is_some()
}

/// Whether a call compares the name with the value: `strcmp(password, "…")`.
fn is_compared(place: &Place<'_>) -> bool {
    const COMPARES: Words = words!("strcmp( strncmp( strcasecmp( memcmp( hash_equals( compare_digest( compareSync(");
    COMPARES.close(place.before.trim_ascii_end())
}

/// Whether a name in capitals is set as a shell and its settings do: `DB_PASSWORD=`.
pub(super) fn sets_variable(place: &Place<'_>, captured: &Captured<'_>) -> bool {
    let text = text_of(captured);
    let sets = place.between == b"=" || (place.between == b": " && text == Text::Settings && place.name.len() > 1);
    sets && text != Text::Code && !captured.head().iter().any(u8::is_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::super::Zones;
    use super::*;

    #[test]
    fn a_name_in_capitals_is_a_variable_that_a_shell_or_a_container_sets() {
        let sets = |text: &str, head: &str, path: &str| {
            let start = text.find(head).unwrap();
            let value = start + head.len()..start + head.len() + 9;
            let captured = Captured {
                text: text.as_bytes(),
                whole: start..text.len(),
                value,
                path: &path.into(),
                zones: &Zones::default(),
            };
            sets_variable(&Place::of(&captured), &captured)
        };

        assert!(sets("DB_PASSWORD=bluewhale", "PASSWORD=", "start.sh"));
        assert!(sets("  DB_PASSWORD: bluewhale", "PASSWORD: ", "compose.yml"));
        assert!(!sets("  db_password: bluewhale", "password: ", "compose.yml"));
        assert!(!sets("  DB_PASSWORD: bluewhale", "PASSWORD: ", "README.md"));
        assert!(!sets("  PASSWORD: bluewhale", "PASSWORD: ", "texts.yml"));
    }
}
