use proptest::prelude::*;

use super::*;

/// One line per key and scalar: where it stands, how long it is, what it says; then the mistakes.
fn shown(text: &str) -> String {
    fn at(span: Span) -> String {
        format!("{}:{}+{}", span.line, span.column, span.length)
    }
    fn walk(node: &Node, out: &mut Vec<String>) {
        let place = at(node.span);
        match &node.value {
            Value::Scalar(Scalar { text, plain: true }) => out.push(format!("{place} {}", text.escape_debug())),
            Value::Scalar(Scalar { text, .. }) => out.push(format!("{place} '{}'", text.escape_debug())),
            Value::List(items) => {
                out.push(format!("{place} list"));
                for item in items {
                    walk(item, out);
                }
            }
            Value::Map(entries) => {
                out.push(format!("{place} map"));
                for Entry { key, value } in entries {
                    out.push(format!("{} {}:", at(key.span), key.text));
                    walk(value, out);
                }
            }
            Value::Refused => out.push(format!("{place} refused")),
        }
    }
    let parsed = parse(text.as_bytes());
    let mut out = Vec::new();
    if let Some(root) = &parsed.root {
        walk(root, &mut out);
    }
    for mistake in parsed.mistakes.into_sorted() {
        let Mistake { line, column, length, message, because, help, .. } = mistake;
        let because = because.map(|because| format!(" | {because}")).unwrap_or_default();
        let help = help.map(|help| format!(" > {help}")).unwrap_or_default();
        out.push(format!("! {line}:{column}+{length} {message}{because}{help}"));
    }
    out.push(String::new());
    out.join("\n")
}

#[test]
fn every_key_and_value_knows_its_place() {
    let text = "a: one\n\"b\": [x, 'é y', \"z\"]\nc:\n  - d: 1\n    e: |\n      two\n      lines\nf:\n";

    let expected = "\
1:1+6 map
1:1+1 a:
1:4+3 one
2:1+3 b:
2:6+15 list
2:7+1 x
2:10+5 'é y'
2:17+3 'z'
3:1+1 c:
4:3+6 list
4:5+4 map
4:5+1 d:
4:8+1 1
5:5+1 e:
6:7+3 'two\\nlines\\n'
8:1+1 f:
8:1+1 \n";
    assert_eq!(shown(text), expected);
}

#[test]
fn blanks_after_a_value_are_no_part_of_it() {
    let text = "é: { a: \"b \\\" c\"  , d: 'e''f'  } # f\nlast: \"g\"  # h\n";

    let expected = "\
1:1+36 map
1:1+1 é:
1:4+29 map
1:6+1 a:
1:9+8 'b \\\" c'
1:21+1 d:
1:24+6 'e\\'f'
2:1+4 last:
2:7+3 'g'
";
    assert_eq!(shown(text), expected);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() {
    let text = "a:\n  - \"b\"\nc: [d,\n  e]\n";
    let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));

    assert_eq!(shown(&windows), shown(text));
}

#[test]
fn an_empty_file_holds_nothing() {
    for text in ["", "# only a comment\n", "---\n", "~"] {
        let parsed = parse(text.as_bytes());

        assert!(parsed.mistakes.is_empty(), "{text:?}");
        assert_eq!(parsed.root.unwrap().value.described(), "nothing", "{text:?}");
    }
}

/// The last part is what remains of the file, so that the rest of it can still be judged.
#[test]
fn what_does_not_read_the_same_from_top_to_bottom_is_refused() {
    let cases = [
        ("a: b\na: c\n", "! 2:1+1 `a` stands here twice, first on line 1"),
        (
            "a: &x b\n",
            "! 1:4+4 a YAML anchor is not taken here > write the value out; a text that starts with `&` needs quotes",
        ),
        (
            "a: !glob b\n",
            "! 1:4+7 a YAML tag is not taken here > leave it out; a text that starts with `!` needs quotes",
        ),
        ("a: b\n---\nc: d\n", "! 2:1+3 a second document starts here > keep everything in one document"),
        (
            "a: b\n? [a]\n: b\n",
            "! 2:3+3 a list or a map cannot be a key > a text that starts with `{` or `[` needs quotes",
        ),
        ("a: b\n: c\n", "! 2:1+1 a key is missing before `:`"),
        ("\ta: b\n", "! 1:1+1 a tab indents this line > indent with spaces"),
        (
            "a:\n\tb: c\n",
            "! 2:2+1 this is not YAML | tabs disallowed within this context (block indentation) > indent with spaces, not with tabs",
        ),
        (
            "- *.lock\n",
            "! 1:3+1 this is not YAML | `*` outside of quotes starts a YAML alias > a text that starts with `*` needs quotes",
        ),
        (
            "a: {b,c}/x\n",
            "! 1:9+1 this is not YAML | while parsing a block mapping, did not find expected key > a text that starts with `{` needs quotes",
        ),
        ("a: @b\n", "! 1:4+1 this is not YAML | unexpected character: `@' > a text that starts with `@` needs quotes"),
        ("a: b: c\n", "! 1:5+1 this is not YAML | a `:` stands where no key can be"),
        (
            "a: b\rc: d\n",
            "! 1:5+1 a control character, U+000D, stands in the file > remove it, or write it as an escape in a double-quoted text",
        ),
        (
            "a: b\u{0}c: d\n",
            "! 1:5+1 a control character, U+0000, stands in the file > remove it, or write it as an escape in a double-quoted text",
        ),
        (
            "a: \u{202e}b\n",
            "! 1:4+1 a character that hides or reorders text, U+202E, stands in the file > remove it, or write it as an escape in a double-quoted text",
        ),
    ];
    for (text, expected) in cases {
        let shown = shown(text);
        let mistakes: Vec<&str> = shown.lines().filter(|line| line.starts_with('!')).collect();
        assert_eq!(mistakes, [expected], "{text:?}");
    }
    for sound in ["a: \"b\\u0000\"\n", "- \"*.lock\"\n", "a: \"{b,c}/x\"\n", "a: |\n  \tcode\n", "---\na: b\n...\n"] {
        assert!(parse(sound.as_bytes()).mistakes.is_empty(), "{sound:?}");
    }
}

#[test]
fn a_part_that_is_refused_leaves_the_rest_to_be_judged() {
    assert_eq!(
        shown("a: &x b\nc: *x\na: d\n"),
        "1:1+7 map\n1:1+1 a:\n1:4+4 b\n2:1+1 c:\n2:4+2 refused\n\
         ! 1:4+4 a YAML anchor is not taken here > write the value out; a text that starts with `&` needs quotes\n\
         ! 2:4+2 a YAML alias is not taken here > write the value out; a text that starts with `*` needs quotes\n\
         ! 3:1+1 `a` stands here twice, first on line 1\n"
    );
}

#[test]
fn an_alias_stands_for_what_its_anchor_names_where_they_are_taken() {
    let read = |text: &str| {
        let parsed = parse_shared(text.as_bytes());
        (parsed.root, parsed.mistakes.into_sorted().into_iter().map(|mistake| mistake.message).collect::<Vec<_>>())
    };
    let (root, mistakes) = read("a: &x [b, {c: d}]\ne: *x\nf: &y g\nh: *y\n");
    let Some(Node { value: Value::Map(entries), .. }) = root else { panic!("no map") };
    let value = |key: &str| value_of(&entries, key).map(|node| node.value.clone());

    assert_eq!(mistakes, [""; 0]);
    assert!(value("a").is_some() && value("a") == value("e") && value("f") == value("h"));
    assert_eq!(value_of(&entries, "e").unwrap().span, Span { line: 2, column: 4, length: 2 });
    assert_eq!(read("a: &x [b, *x]\n").1, ["a YAML alias stands within what it names"]);
}

#[test]
fn aliases_cannot_make_much_of_little() {
    let doubled = |level: u32| format!("- &a{level} [*a{0}, *a{0}]\n", level - 1);
    let nested = |level: u32| format!("- &a{level} [*a{}]\n", level - 1);
    let long = format!("- &long {}\n- &key\n  {}: x\n", "x".repeat(50_000), "k".repeat(1_000));
    let again = |name: &str, times| [vec![long.clone()], vec![format!("- *{name}\n"); times]].concat();
    let (doubled, nested): (Vec<String>, Vec<String>) = ((1..30).map(doubled).collect(), (1..70).map(nested).collect());
    for more in [doubled, nested, again("long", 1_000), again("key", 10_000)] {
        let parsed = parse_shared(format!("- &a0 [b]\n{}", more.concat()).as_bytes());

        let said: Vec<String> = parsed.mistakes.into_sorted().into_iter().map(|mistake| mistake.message).collect();
        assert_eq!(said, ["aliases make more of this file than can be read"]);
    }
}

#[test]
fn bytes_that_are_no_utf_8_text_are_refused_with_their_place() {
    let refused = |bytes: &[u8]| {
        let parsed = parse(bytes);
        assert_eq!(parsed.root, None);
        let mistakes = parsed.mistakes.into_sorted();
        mistakes.iter().map(|m| format!("{}:{} {}", m.line, m.column, m.message)).collect::<Vec<_>>()
    };

    assert_eq!(refused(b"a: b\nc: \xc3\xa9\xff\n"), ["2:5 the byte 0xff is not UTF-8"]);
    assert_eq!(refused(b"\xff\xfea\0:\0"), ["1:1 the file is UTF-16"]);
    assert_eq!(
        refused(&vec![b'#'; MAX_BYTES + 1]),
        ["1:1 the file has 262145 bytes; at most 262144 are read".to_owned()]
    );
}

#[test]
fn a_tree_as_deep_as_allowed_is_read_and_a_deeper_one_is_not() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));

    assert!(parse(nested(MAX_DEPTH).as_bytes()).mistakes.is_empty());
    assert_eq!(shown(&nested(MAX_DEPTH + 1)), "! 1:65+1 more than 64 levels of lists and maps\n");
    assert_eq!(shown(&"- ".repeat(100_000)), "! 1:129+1 more than 64 levels of lists and maps\n");
}

#[test]
fn an_endless_list_of_mistakes_is_cut_with_a_word_on_the_rest() {
    let mistakes = parse("- &a b\n".repeat(1_000).as_bytes()).mistakes.into_sorted();

    assert_eq!(mistakes.len(), 101);
    assert_eq!(mistakes.last().unwrap().message, "900 more mistakes are not listed");
}

#[test]
fn only_a_plain_text_can_be_a_number_a_boolean_or_nothing() {
    let plain = |text: &str| Scalar { text: text.into(), plain: true };
    let quoted = |text: &str| Scalar { text: text.into(), plain: false };

    assert_eq!([plain("12"), plain("-3"), plain("0")].map(|scalar| scalar.integer()), [Some(12), Some(-3), Some(0)]);
    assert_eq!([plain("010"), plain("1.5"), plain("0x1"), plain("")].map(|scalar| scalar.integer()), [None; 4]);
    assert_eq!([plain("+1"), plain("-"), quoted("12")].map(|scalar| scalar.integer()), [None; 3]);
    assert_eq!([plain("true"), plain("yes"), quoted("true")].map(|scalar| scalar.boolean()), [Some(true), None, None]);
    assert!(plain("~").is_null() && !quoted("").is_null());
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        parse(&bytes);
    }

    #[test]
    fn no_text_of_yaml_marks_makes_the_reader_panic(text in r#"[\[\]{}:,?!&*#|>%@`'"~ab1 \t\r\n-]{0,120}"#) {
        let parsed = parse(text.as_bytes());

        prop_assert!(parsed.root.is_some() || !parsed.mistakes.is_empty());
    }
}
