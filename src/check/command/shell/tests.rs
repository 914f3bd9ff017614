use proptest::prelude::*;

use super::*;

fn read(line: &str) -> Result<Vec<Simple>, Unreadable> {
    super::read(line, &[]).map(|(commands, _)| commands)
}

/// Each command's words, with `?` for what is not known.
fn words(line: &str) -> Vec<Vec<String>> {
    let shown = |word: &Word| if word.is_open { format!("{}?", word.text) } else { word.text.clone() };
    read(line).unwrap().iter().map(|command| command.words.iter().map(shown).collect()).collect()
}

#[test]
fn quotes_are_taken_off_and_what_they_hold_stays_together() {
    assert_eq!(
        words(r#"git commit -m 'a "b"; c' -m "d 'e' \"f\"" g\ h"#),
        [["git", "commit", "-m", r#"a "b"; c"#, "-m", r#"d 'e' "f""#, "g h"]]
    );
    assert_eq!(words(r"g'i't --no-ver$'\x69'fy"), [["git", "--no-verify"]]);
    assert_eq!(words("a # b\nc#d"), [vec!["a"], vec!["c#d"]]);
}

#[test]
fn every_command_is_found_wherever_it_stands() {
    assert_eq!(words("a; b && c || d | e & f\ng"), ["a", "b", "c", "d", "e", "f", "g"].map(|word| vec![word]));
    assert_eq!(words("if a; then b; else (c; { d; }); fi"), ["a", "b", "c", "d"].map(|word| vec![word]));
    assert_eq!(
        words("x \"$(a 'b)' \"$(c)\")\" `d \\`e\\``"),
        [vec!["c"], vec!["a", "b)", "?"], vec!["e"], vec!["d", "?"], vec!["x", "?", "?"]]
    );
    assert_eq!(words("diff <(a) >(b)"), [vec!["a"], vec!["b"], vec!["diff", "?", "?"]]);
    assert_eq!(words("case $x in y) a ;; esac"), [vec!["case", "?", "in", "y"], vec!["a"], vec!["esac"]]);
}

#[test]
fn what_a_line_sets_is_known_in_it() {
    assert_eq!(
        words("X=--no-verify; git commit $X ${X} $Y"),
        [vec![], vec!["git", "commit", "--no-verify", "--no-verify", "?"]]
    );
    let found = read("A=1 B=$(c) git x").unwrap();
    assert_eq!(found[1].set.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["A", "B"]);
}

#[test]
fn where_output_goes_is_told_and_what_is_fed() {
    let found = read("a >b 2>&1 2>>c &>d <e <<<f >|'g h'").unwrap();

    assert_eq!(found[0].written.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["b", "c", "d", "g h"]);
    assert_eq!((found[0].words.len(), &found[0].fed), (1, &vec!["f".to_owned()]));
    let here = read("sh <<'E' && b\none $(two)\nE\nc <<-F\n\tx $(y)\n\tF\nd").unwrap();
    let programs: Vec<&str> =
        here.iter().filter_map(|command| command.words.first()).map(|word| word.text.as_str()).collect();
    assert_eq!(programs, ["sh", "b", "y", "c", "d"]);
    assert_eq!(here[1].fed, ["one $(two)\n"]);
}

#[test]
fn what_does_not_end_cannot_be_read() {
    for (line, why) in [
        ("a 'b", Unreadable::Quote),
        ("a \"b", Unreadable::Quote),
        ("$(a", Unreadable::Substitution),
        ("`a", Unreadable::Substitution),
        ("${a", Unreadable::Substitution),
    ] {
        assert_eq!(read(line), Err(why), "{line}");
    }
    assert_eq!(read(&"$(".repeat(1000)), Err(Unreadable::TooDeep));
    assert_eq!(read(&"(".repeat(1000)), Err(Unreadable::TooDeep));
    assert_eq!(read(&"a".repeat(LONGEST + 1)), Err(Unreadable::TooLong));
}

proptest! {
    #[test]
    fn nothing_makes_it_fall_over(line in "[ -~\n]{0,60}|[$(){}`'\"\\\\<>|&;#a\n ]{0,60}") {
        let _ = read(&line);
    }

    #[test]
    fn a_quoted_word_is_that_word(text in "[^'\0]{1,20}") {
        let found = read(&format!("x '{text}'")).unwrap();

        prop_assert_eq!(&found[0].words[1].text, &text);
        prop_assert!(!found[0].words[1].is_open);
    }
}
