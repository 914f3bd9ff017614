mod commits;
mod judged;
mod ordinary;
mod written;

use proptest::prelude::*;

use super::*;

/// As where `git ci` is `git commit`, `git quick` a script, and `git commit` said to be verbose.
fn read(line: &str) -> Looked {
    let aliases = [("ci", "commit"), ("quick", "!git commit -m quick"), ("past", "commit -n"), ("commit", "commit -v")];
    look(line, &aliases.map(|(name, value)| (name.to_owned(), value.to_owned())).into()).unwrap()
}

fn against(line: &str) -> Option<Against> {
    read(line).objection.map(|objection| objection.against)
}

fn denied(line: &str) {
    assert_eq!(against(line), Some(Against::Deny), "{line}");
}

fn asked(line: &str) {
    assert_eq!(against(line), Some(Against::Ask), "{line}");
}

fn let_alone(line: &str) {
    assert_eq!(read(line).objection, None, "{line}");
}

fn written(line: &str) -> Vec<String> {
    read(line).written.into_iter().map(|written| written.path).collect()
}

proptest! {
    #[test]
    fn nothing_makes_it_fall_over(line in "[ -~\n]{0,80}|(git|sh|env|-c|commit|-n|[$(){}'\";|<> ]){0,30}") {
        let _ = look(&line, &Aliases::new());
    }

    #[test]
    fn a_command_is_no_milder_for_being_quoted(line in "[ -~\n]{0,60}|((git|sh|find|rm|env|x=|\\$x|-c|-exec|\\{\\}|commit|-n|\\||;|'|\"|\\$\\(|\\)|<|>|a) ?){0,16}") {
        let plain = look(&line, &Aliases::new());
        let quoted = look(&format!("sh -c -- '{}'", line.replace('\'', r"'\''")), &Aliases::new());

        let against = |looked: Looked| looked.objection.map(|objection| objection.against);
        match (plain, quoted) {
            (_, Err(_)) => {}
            (plain, Ok(quoted)) => prop_assert!(against(quoted) >= against(plain.unwrap())),
        }
    }

    #[test]
    fn a_message_is_never_taken_for_an_option(message in "[^'\0]{0,40}") {
        let looked = read(&format!("git commit -m '{message}'"));

        prop_assert_eq!(looked, Looked::default());
    }
}

#[test]
fn a_line_that_would_take_too_long_to_look_through_is_not() {
    let many = |part: &str| part.repeat(200_000 / part.len());
    for line in [
        many("sh -c 'a';"),
        format!("x=aaaa;{}", "x=$x$x;".repeat(100)),
        format!("x=aaaa;{}", many("a $x$x$x;")),
        format!("echo {}", "{a,b}".repeat(40)),
        format!("echo {{{}}}", many("a,")),
        format!("echo a{}", many("a|cat")),
        many("find . -exec "),
        format!("find {} {}", "a ".repeat(2_000), "-exec rm {} + ".repeat(1_000)),
        many("f(){ g \"$@\";};f a;"),
        (0..25).map(|at| format!("f{at}(){{ f{} \"$@\" \"$@\";}};", at + 1)).chain(["f0".into()]).collect(),
        many("cd a;rm b;"),
        format!("{}{}", "ln -s a b;".repeat(250), many("rm b/c;")),
    ] {
        let start = line.get(..60).unwrap_or(&line);
        assert!(look(&line, &Aliases::new()).is_err(), "{start}");
    }
}
