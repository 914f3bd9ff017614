use super::*;

const HERE: Depth = Depth { is_anywhere: false, is_within: false };

fn matches(pattern: &str, path: &str) -> bool {
    PathPattern::new(pattern, HERE).unwrap().matches(&Parts::of(path.as_bytes().into()), Reading::ToTheLetter)
}

#[test]
fn a_star_stops_at_a_slash_and_two_do_not() {
    assert!(matches("src/*.rs", "src/a.rs") && matches("*", "a") && matches("a*b*c", "axxbyyc"));
    assert!(!matches("src/*.rs", "src/a/b.rs") && !matches("a*b*c", "axxbyy") && !matches("*", "a/b"));
    assert!(matches("src/**", "src/a/b.rs") && matches("**", "a/b") && matches("**/b", "b"));
    assert!(matches("a/**/z", "a/z") && matches("a/**/z", "a/b/c/z") && matches("**/a/**/b/*", "x/a/y/a/b/c"));
    assert!(!matches("src/**", "src") && !matches("a/**/z", "a/b/zz") && !matches("**/b", "ab"));
}

#[test]
fn a_question_mark_and_a_class_take_one_character_each() {
    assert!(matches("?.rs", "\u{e9}.rs") && !matches("?.rs", "ab.rs"));
    assert!(matches("[a-c]x", "bx") && !matches("[a-c]x", "dx") && matches("[!a-c]x", "dx"));
    assert!(matches("[]a]", "]") && matches("[a\\]]", "]") && matches("[a-]", "-") && matches("[^]]", "a"));
    assert!(matches("\\[x\\]", "[x]") && matches("\\*", "*") && !matches("\\*", "a"));
}

#[test]
fn a_byte_that_is_not_utf_8_is_one_character_of_no_class_but_a_negated_one() {
    let pattern = |text: &str| NamePattern::new(text).unwrap();

    assert!(
        pattern("a?b").matches(b"a\xffb", Reading::ToTheLetter)
            && pattern("a[!x]b").matches(b"a\xffb", Reading::ToTheLetter)
    );
    assert!(
        !pattern("a[x-z]b").matches(b"a\xffb", Reading::ToTheLetter)
            && pattern("a*").matches(b"a\xff\xfe", Reading::ToTheLetter)
    );
}

#[test]
fn loosely_a_directory_covers_what_is_in_it_and_spelling_does_not_matter() {
    let matches = |pattern: &str, path: &str| {
        PathPattern::new(pattern, HERE).unwrap().matches(&Parts::of(path.as_bytes().into()), Reading::Loose)
    };

    assert!(matches("src/core", "src/core/a/b.rs") && matches(".env*", ".ENV.local") && matches("a/b", "A/b. ./c"));
    assert!(!matches("src/core", "src/core2/a") && !matches("a/b", "a/.b"));
    assert!(matches("odd.", "odd.") && matches("*", "..."));
}

#[test]
fn braces_spell_out_alternatives() {
    let spelled = |text| alternatives(text, Braces::All).unwrap();

    assert_eq!(spelled("a"), ["a"]);
    assert_eq!(spelled("x.{rs,toml}"), ["x.rs", "x.toml"]);
    assert_eq!(spelled("{a,b{c,d}}/{e,}"), ["a/e", "a/", "bc/e", "bc/", "bd/e", "bd/"]);
    assert_eq!(spelled("[{,}]\\{a,b\\}"), ["[{,}]\\{a,b\\}"]);
    let over_parts = alternatives("{a,b}/{c,d/e}{f,g{h,i/}}", Braces::OverParts).unwrap();
    assert_eq!(over_parts, ["{a,b}/cf", "{a,b}/cgh", "{a,b}/cgi/", "{a,b}/d/ef", "{a,b}/d/egh", "{a,b}/d/egi/"]);
    assert!(matches("x.{rs,t{o,a}ml}", "x.toml") && !matches("x.{rs,toml}", "x.to"));
}

#[test]
fn what_can_match_nothing_is_refused_with_its_reason() {
    let reason = |text: &str| match alternatives(text, Braces::OverParts) {
        Err(reason) => reason,
        Ok(all) => all.iter().find_map(|one| PathPattern::new(one, HERE).err()).unwrap_or_default(),
    };

    assert_eq!(reason("src/["), "unclosed character class, missing ']'");
    assert_eq!(reason("[z-a]"), "has a character range `z-a` that runs backwards");
    assert_eq!(reason("{a,b"), "has a `{` without its `}`");
    assert_eq!(reason("a}"), "has a `}` without its `{`");
    assert_eq!(reason("src/**.rs"), "has a `**` that does not stand alone between slashes");
    assert_eq!(reason("a\\"), "ends with a `\\` that escapes nothing");
    assert_eq!(reason("src\\core"), "has `\\c`, which escapes nothing: parts are divided by `/`");
    assert_eq!(reason("{a,..}/b"), "has an empty, `.` or `..` part, which no path in a repository has");
    assert_eq!(reason(&"{a,b}".repeat(7)), "spells out more than 64 globs with its braces");
    assert_eq!(reason(&"{a,b}".repeat(6)), "");
}

#[test]
fn a_hostile_pattern_ends_in_time() {
    let long = "a".repeat(4_000);

    assert!(!matches(&"*a".repeat(300).replace("**", "*"), &format!("{long}b")));
    assert!(!matches(&format!("{}b", "**/a/".repeat(300)), &"a/".repeat(2_000)));
}
