use proptest::prelude::*;

use super::*;

fn against(line: &str) -> Option<Against> {
    look(line).unwrap().objection.map(|objection| objection.against)
}

fn denied(line: &str) {
    assert_eq!(against(line), Some(Against::Deny), "{line}");
}

fn asked(line: &str) {
    assert_eq!(against(line), Some(Against::Ask), "{line}");
}

fn let_alone(line: &str) {
    assert_eq!(look(line).unwrap().objection, None, "{line}");
}

fn written(line: &str) -> Vec<String> {
    look(line).unwrap().written.into_iter().map(|written| written.path).collect()
}

#[test]
fn a_commit_past_the_hooks_is_denied_however_it_is_said() {
    for line in [
        "git commit --no-verify -m x",
        "git commit -n -m x",
        "git commit -nm x",
        "git commit -anm x",
        "git commit --no-veri",
        "git commit -m x -- a.txt && git commit '-n'",
        "git -C sub --no-pager commit -m x -n",
        "/usr/bin/git commit \"--no-\"verify",
        "cd sub; A=1 B=2 git commit $'-\\x6e'",
        "if true; then git commit -n; fi",
        "(git commit -n)",
        "echo $(git commit -n)",
        "echo \"`git commit -n`\"",
        "bash -c 'git commit -n'",
        "bash -lc \"cd x && git commit -n\"",
        "sh -ec 'bash -c \"git commit -n\"'",
        "eval git commit -n",
        "eval 'git commit -n'",
        "sudo -u mira git commit -n",
        "env A=1 git commit -n",
        "env -S 'git commit -n'",
        "nice -n 5 timeout 10 git commit -n",
        "echo x | xargs -n1 git commit --no-verify -m",
        "find . -exec git commit -n ';'",
        "mywrapper --quick git commit -n",
        "F=-n; git commit $F",
        "F=\"--no-verify\" && git commit ${F} -m x",
        "bash <<'E'\ngit commit -n\nE",
        "echo 'git commit -n' | sh",
        "printf 'git commit -n\\n' | bash -s",
        "bash <<< 'git commit -n'",
        "alias g='git commit -n'; g",
        "git -c alias.x='commit -n' x",
        "git -c alias.x='!git commit -n' x",
        "git config alias.x 'commit --no-verify'",
        "git rebase -x 'git commit --amend -n' main",
        "git submodule foreach 'git commit -n'",
        "git push --no-verify",
        "git push origin main --no-verify",
        "git merge --no-verify side",
        "git am -n x.patch",
        "git rebase --no-verify main",
        "f() { git commit -n; }; f",
        "while read x; do git commit -n; done",
    ] {
        denied(line);
    }
}

#[test]
fn what_only_says_the_words_is_let_alone() {
    for line in [
        "git commit -m 'why --no-verify is refused'",
        "git commit -m --no-verify",
        "git commit -m -n",
        "git commit -mn",
        "git commit --message -n",
        "git commit -F -n",
        "git commit -uno -m x",
        "git commit -m x -- -n",
        "git commit -m \"$(cat <<'EOF'\nIt doesn't use --no-verify; \"quotes\" $(and) `ticks`\nEOF\n)\"",
        "git cherry-pick -n abc",
        "git revert -n abc",
        "git push -n origin main",
        "git merge -n side",
        "git log -n 5",
        "git log --grep=--no-verify",
        "git grep -n core.hooksPath",
        "grep -rn -- --no-verify docs",
        "rg core.hooksPath",
        "echo git commit -n",
        "cat .git/hooks/pre-commit",
        "man git commit -n",
        "git config core.hooksPath",
        "git config --get core.hooksPath",
        "git config get core.hooksPath",
        "git status; cargo test && npm run build",
        "GOV_HOOK_DISABLED=0 git status",
        "git push origin HEAD:main",
        "git push origin refs/notes/gov/0011",
        "git fetch origin 'refs/notes/gov/*:refs/notes/gov/*'",
        "git notes --ref=gov/x list",
        "git log --notes='gov/*'",
        "git notes add -m x",
        "git branch -D topic",
        "git push -f origin gov/x",
        "git push -f origin refs/notes/government",
        "gov-hook check --staged",
        "gov-hook -C sub audit verify",
        "gov-hook pending",
        "python -c 'print(1)'",
        "",
        "   # nothing",
    ] {
        let_alone(line);
    }
}

#[test]
fn the_place_of_hooks_is_not_for_an_agent_to_set() {
    for line in [
        "git -c core.hooksPath=/dev/null commit -m x",
        "git -c CORE.HOOKSPATH= commit -m x",
        "git --config-env=core.hooksPath=X commit",
        "git config core.hooksPath /dev/null",
        "git config --global core.hookspath .h",
        "git config set core.hooksPath .h",
        "git config --unset core.hooksPath",
        "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/x git commit",
        "export GIT_CONFIG_PARAMETERS=\"'core.hooksPath=/x'\"",
        "GOV_HOOK_DISABLED=1 git commit -m x",
        "export GOV_HOOK_DISABLED=yes; git commit",
        "env GOV_HOOK_DISABLED=1 git push",
        "GOV_HOOK_DISABLED=$X git push",
        "unset GOV_HOOK_AGENT",
        "env -u GOV_HOOK_AGENT git commit",
        "env -i git commit -m x",
        "GOV_HOOK_AGENT= git commit -m x",
        "SKIP=gov-hook git commit -m x",
    ] {
        denied(line);
    }
}

#[test]
fn the_ledger_is_not_taken_back() {
    for line in [
        "git update-ref -d refs/notes/gov/x",
        "git update-ref refs/notes/gov/x HEAD~1",
        "git push origin :refs/notes/gov/x",
        "git push origin --delete refs/notes/gov/x",
        "git push -f origin refs/notes/gov/x",
        "git push origin +refs/notes/gov/x",
        "git notes --ref=gov/x remove HEAD",
        "git notes --ref refs/notes/gov/x add -m y",
        "git fetch origin '+refs/notes/*:refs/notes/gov/*'",
        "git symbolic-ref refs/notes/gov/x refs/heads/main",
        "git replace HEAD HEAD~1",
    ] {
        denied(line);
    }
    for line in ["git push --mirror origin", "git update-ref refs/heads/main abc", "git commit-tree abc -m x"] {
        asked(line);
    }
}

#[test]
fn only_people_approve() {
    for line in [
        "gov-hook approve --notes fine",
        "gov-hook -C sub --color never approve 1a2b",
        "/opt/bin/gov-hook reject x --reason y --blocking z",
        "gov-hook override grant --ttl 1h",
        "gov-hook uninstall",
    ] {
        denied(line);
    }
    for line in ["gov-hook record HEAD --reason x", "gov-hook rules waive a --reason b", "gov-hook init"] {
        asked(line);
    }
}

#[test]
fn what_cannot_be_seen_is_asked_about_where_it_says_too_much() {
    for line in [
        "$GIT commit --no-verify",
        "python3 -c 'import os; os.system(\"git commit --no-verify\")'",
        "node -e 'x(\".git/hooks\")'",
        "python3 <<E\nrun('git -c core.hooksPath=/x commit')\nE",
        "pre-commit uninstall",
    ] {
        asked(line);
    }
}

#[test]
fn the_files_that_a_line_writes_are_told() {
    for (line, expected) in [
        ("echo x > .git/hooks/pre-commit", vec![".git/hooks/pre-commit"]),
        ("echo x | tee -a a b", vec!["a", "b"]),
        ("rm -rf .git/hooks", vec![".git/hooks"]),
        ("mv a b", vec!["a", "b"]),
        ("cp a b c", vec!["c"]),
        ("sed -i s/a/b/ x", vec!["s/a/b/", "x"]),
        ("sed -n p x", vec![]),
        ("chmod -x .git/hooks/pre-push", vec![".git/hooks/pre-push"]),
        ("sudo rm .git/hooks/x", vec![".git/hooks/x"]),
        ("echo a | xargs rm b", vec!["b"]),
        ("dd if=a of=b", vec!["b"]),
        ("find .git/hooks -delete", vec![".git/hooks"]),
        ("bash -c 'echo > x'", vec!["x"]),
        ("rm \"$DIR/.git/hooks/x\"", vec!["/.git/hooks/x"]),
        ("rm \"$DIR\"", vec![]),
        ("npm install x", vec![]),
        ("cargo build 2>&1 >/dev/null", vec!["/dev/null"]),
    ] {
        assert_eq!(written(line), expected, "{line}");
    }
    let moved = look("(cd sub && cd deeper) && rm x").unwrap().written;
    assert_eq!(moved[0].from, ["", "sub/", "deeper/", "sub/deeper/"]);
}

proptest! {
    #[test]
    fn nothing_makes_it_fall_over(line in "[ -~\n]{0,80}|(git|sh|env|-c|commit|-n|[$(){}'\";|<> ]){0,30}") {
        let _ = look(&line);
    }

    #[test]
    fn a_message_is_never_taken_for_an_option(message in "[^'\0]{0,40}") {
        let looked = look(&format!("git commit -m '{message}'")).unwrap();

        prop_assert_eq!(looked, Looked::default());
    }
}
