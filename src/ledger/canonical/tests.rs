use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

fn written(value: &Value) -> Result<String, Why> {
    let mut out = String::new();
    write(value, &mut out).map(|()| out).map_err(|error| error.why)
}

#[test]
fn the_example_of_the_standard_is_written_as_the_standard_writes_it() {
    let value = json!({
        "numbers": [333, -1, 0, 9_007_199_254_740_991_u64],
        "string": "\u{20ac}$\u{f}\nA'B\"\\\\\"/",
        "literals": [null, true, false],
        "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
        "\u{1f600}": "Emoji: Grinning Face",
        "\u{20ac}": "Euro Sign",
        "\r": "Carriage Return",
        "1": "One",
        "\u{80}": "Control",
        "\u{f6}": "Latin Small Letter O With Diaeresis"
    });

    let line = written(&value).unwrap();

    assert_eq!(
        line,
        concat!(
            r#"{"\r":"Carriage Return","1":"One","literals":[null,true,false],"#,
            r#""numbers":[333,-1,0,9007199254740991],"string":""#,
            "\u{20ac}$",
            r#"\u000f\nA'B\"\\\\\"/","#,
            "\"\u{80}\":\"Control\",\"\u{f6}\":\"Latin Small Letter O With Diaeresis\",",
            "\"\u{20ac}\":\"Euro Sign\",\"\u{1f600}\":\"Emoji: Grinning Face\",",
            "\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}"
        )
    );
    assert_eq!(read(line.as_bytes()), Ok(value));
}

#[test]
fn every_other_spelling_is_refused_with_its_reason() {
    let cases: [(&str, usize, Why); 33] = [
        ("", 0, Why::Ends),
        (" 1", 0, Why::NoValue),
        ("1 ", 1, Why::Trailing),
        ("1\n", 1, Why::Trailing),
        ("1\r", 1, Why::Trailing),
        ("\u{feff}1", 0, Why::NoValue),
        ("{\"a\": 1}", 5, Why::NoValue),
        ("{\"a\":1 }", 6, Why::Expected("`,` or `}`")),
        ("{\"a\":1,}", 7, Why::Expected("`\"`")),
        ("{\"a\"1}", 4, Why::Expected("`:` after the key")),
        ("{a:1}", 1, Why::Expected("`\"`")),
        ("[1,]", 3, Why::NoValue),
        ("[1;2]", 2, Why::Expected("`,` or `]`")),
        ("[1", 2, Why::Ends),
        ("{\"a\":1,\"a\":2}", 7, Why::DuplicateKey),
        ("{\"b\":1,\"a\":2}", 7, Why::UnsortedKeys),
        ("{\"\\\"\":1,\"\\\"\":2}", 8, Why::DuplicateKey),
        ("1.0", 0, Why::Number),
        ("1e3", 0, Why::Number),
        ("01", 0, Why::Number),
        ("-0", 0, Why::Number),
        ("-", 0, Why::Number),
        ("9007199254740992", 0, Why::NumberRange),
        ("-99999999999999999999999999", 0, Why::NumberRange),
        ("\"\\/\"", 1, Why::Escape),
        ("\"\\u0041\"", 1, Why::Escape),
        ("\"\\u000a\"", 1, Why::Escape),
        ("\"\\u001F\"", 1, Why::Escape),
        ("\"\\u+01f\"", 1, Why::Escape),
        ("\"\\ud800\"", 1, Why::Surrogate),
        ("\"\\ud83d\\ude00\"", 1, Why::Surrogate),
        ("\"a\tb\"", 2, Why::Control),
        ("NaN", 0, Why::NoValue),
    ];

    for (line, at, why) in cases {
        assert_eq!(read(line.as_bytes()), Err(NotCanonical { at, why }), "{line}");
    }
    assert_eq!(read(b"\"\xed\xa0\x80\""), Err(NotCanonical { at: 1, why: Why::NotUtf8 }));
}

#[test]
fn hostile_depth_and_size_are_refused_before_they_cost_anything() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let long = format!("\"{}\"", "a".repeat(MAX_LINE - 2));

    assert!(read(nested(MAX_DEPTH).as_bytes()).is_ok());
    assert!(read(long.as_bytes()).is_ok());
    for depth in [MAX_DEPTH + 1, 100_000] {
        assert_eq!(read(nested(depth).as_bytes()), Err(NotCanonical { at: MAX_DEPTH, why: Why::TooDeep }));
    }
    assert_eq!(read(format!("{long} ").as_bytes()), Err(NotCanonical { at: MAX_LINE, why: Why::TooLong }));
}

#[test]
fn what_could_not_be_read_back_is_not_written() {
    let deep = (0..=MAX_DEPTH).fold(Value::Null, |inner, _| json!([inner]));

    assert_eq!(written(&json!(1.5)), Err(Why::Number));
    assert_eq!(written(&json!(MAX_NUMBER + 1)), Err(Why::NumberRange));
    assert_eq!(written(&json!(u64::MAX)), Err(Why::NumberRange));
    assert_eq!(written(&deep), Err(Why::TooDeep));
}

/// Any value a body may hold.
pub(in crate::ledger) fn any_value() -> impl Strategy<Value = Value> {
    let number = -9_007_199_254_740_991_i64..=9_007_199_254_740_991;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number.prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn a_value_reads_back_from_its_line(value in any_value()) {
        let line = written(&value).unwrap();

        prop_assert_eq!(read(line.as_bytes()), Ok(value));
    }

    #[test]
    fn whatever_is_read_is_written_the_same(line in proptest::collection::vec(
        prop_oneof![Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b'"'), Just(b':'), Just(b','), Just(b'\\'),
                    Just(b'u'), Just(b'0'), Just(b'1'), Just(b'a'), Just(b'-'), Just(b' '), any::<u8>()], 0..24)) {
        if let Ok(value) = read(&line) {
            prop_assert_eq!(written(&value).unwrap().into_bytes(), line);
        }
    }
}
