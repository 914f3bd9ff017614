//! The files that a line writes, and how much of them.

use super::{asked, denied, let_alone, read, written};
use crate::check::command::Extent;

#[test]
fn what_a_variable_may_hold_is_what_is_written() {
    const HOOK: &str = ".git/hooks/pre-commit";
    for line in [
        "rm ${y:-.git/hooks/pre-commit}",
        "rm ${y-.git/hooks/pre-commit}",
        "rm \"${y:=.git/hooks/pre-commit}\"",
        "rm ${PATH:+.git/hooks/pre-commit}",
        ": ${y:=.git/hooks/pre-commit}; rm $y",
        "rm ${y:-.git}/hooks/pre-commit",
        "x=(a.txt .git/hooks/pre-commit); rm \"${x[@]}\"",
        "x=(\n  [1]=.git/hooks/pre-commit # one\n); rm ${x[1]}",
        "x+=(.git/hooks/pre-commit); rm $x",
        "x[0]=.git/hooks/pre-commit; rm ${x[0]}",
        "declare -A x=([a]=.git/hooks/pre-commit); rm ${x[a]}",
        "printf -v x .git/hooks/%s pre-commit; rm \"$x\"",
        "x=.git/hooks/pre-commit; declare -n y=x; rm \"$y\"",
    ] {
        assert!(written(line).iter().any(|path| path.trim_start_matches("./") == HOOK), "{line}: {:?}", written(line));
    }
    for line in [
        "x=.git/configA; rm ${x%A}",
        "x=.GIT/config; rm \"${x,,}\"",
        "y=x; x=a; rm ${!y}",
        "read -r x; rm $x",
        "mapfile -t x < list; rm \"${x[@]}\"",
        "xargs rm < list",
        "xargs -a list rm",
        "xargs --arg-file=list sed -i s/a/b/",
        "git checkout-index --all --prefix=.git/",
    ] {
        asked(line);
    }
    for line in [
        "for f in *.txt; do mv \"$f\" \"${f%.txt}.md\"; done",
        "for f in *.bak; do mv $f ${f%.bak}; done",
        "rm -rf \"${BUILD:-build}\"",
        "x=(a.txt b.txt); rm \"${x[@]}\"",
        "xargs cat < list",
        "while read -r line; do echo \"$line\"; done < list",
        "sort < a > b",
    ] {
        let_alone(line);
    }
    denied("x=(git commit --no-verify); \"${x[@]}\"");
    assert_eq!(read("env -C .git tee config").written[0].from, ["", ".git/"]);
}

#[test]
fn the_files_that_a_line_writes_are_told() {
    for (line, expected) in [
        ("echo x > .git/hooks/pre-commit", vec![".git/hooks/pre-commit"]),
        ("echo x | tee -a a b", vec!["a", "b"]),
        ("rm -rf .git/hooks", vec![".git/hooks"]),
        ("mv a b", vec!["a", "b"]),
        ("cp a b c", vec!["c"]),
        ("sed -i s/a/b/ x", vec!["x"]),
        ("sed -n p x", vec![]),
        ("chmod -x .git/hooks/pre-push", vec![".git/hooks/pre-push"]),
        ("sudo rm .git/hooks/x", vec![".git/hooks/x"]),
        ("echo a | xargs rm b", vec!["a", "b"]),
        ("dd if=a of=b", vec!["b"]),
        ("find .git/hooks -delete", vec![".git/hooks"]),
        ("find .git/hooks -type f | xargs rm", vec![".git/hooks"]),
        ("echo .git/hooks/pre-push | xargs -n1 rm -f", vec![".git/hooks/pre-push"]),
        ("ln -sf /bin/true .git/hooks/pre-commit", vec![".git/hooks/pre-commit"]),
        ("cp -t .git/hooks x", vec![".git/hooks"]),
        ("install -m 755 /bin/true .git/hooks/pre-commit", vec![".git/hooks/pre-commit"]),
        (": > .git/hooks/pre-commit", vec![".git/hooks/pre-commit"]),
        ("cat > .git/hooks/pre-commit <<'E'\nexit 0\nE", vec![".git/hooks/pre-commit"]),
        ("sed -i.bak s/x/y/ .git/hooks/pre-push", vec![".git/hooks/pre-push"]),
        ("perl -pi -e s/x/y/ .git/hooks/pre-push", vec![".git/hooks/pre-push"]),
        ("tee .git/hooks/pre-commit < x", vec![".git/hooks/pre-commit"]),
        ("truncate -s 0 .git/hooks/pre-commit", vec![".git/hooks/pre-commit"]),
        ("git rm -q src/core/a.rs", vec!["src/core/a.rs"]),
        ("git mv a src/core/b.rs", vec!["a", "src/core/b.rs"]),
        ("git checkout HEAD~1 -- .gov/policy.yaml", vec![".gov/policy.yaml"]),
        ("git restore -- .gov", vec![".gov"]),
        ("yq -i .a=1 .gov/policy.yaml", vec![".gov/policy.yaml"]),
        ("yq .a .gov/policy.yaml", vec![]),
        ("cat .git/hooks/pre-commit", vec![]),
        ("bash -c 'echo > x'", vec!["x"]),
        ("rm \"$DIR/.git/hooks/x\"", vec!["/.git/hooks/x"]),
        ("rm \"$DIR\"", vec![]),
        ("find .git/hooks -exec rm {} +", vec![".git/hooks"]),
        ("find .git/hooks a -type f -exec rm -f {} \\;", vec![".git/hooks", "a"]),
        ("find .git/hooks -execdir mv {} /tmp ';'", vec![".git/hooks", "/tmp"]),
        ("find .git/hooks -exec sh -c 'rm \"$1\"' _ {} \\;", vec![".git/hooks"]),
        ("find -exec cp x {} + -exec rm y {} +", vec![".", "y", "."]),
        ("find . -exec grep -l x {} + -fprint .git/hooks/x", vec![".git/hooks/x"]),
        ("fd . .git/hooks -x rm", vec![".", ".git/hooks"]),
        ("find .git/hooks -type f | while read f; do rm \"$f\"; done", vec![".git/hooks"]),
        ("for f in .git/hooks/*; do rm \"$f\"; done", vec![".git/hooks/*"]),
        ("ls .git/hooks/x | sort | xargs rm", vec![".git/hooks/x"]),
        ("xargs rm <<< .git/hooks/x", vec![".git/hooks/x"]),
        ("rm $(ls .git/hooks/x)", vec![".git/hooks/x"]),
        ("cat > \"$(git rev-parse --git-path hooks/pre-commit)\"", vec![".git/hooks/pre-commit"]),
        ("cp x `git -C sub rev-parse --git-path hooks/pre-commit`", vec!["sub/.git/hooks/pre-commit"]),
        ("d=$(git rev-parse --git-dir); rm $d/config", vec![".git/config"]),
        ("h=$(git config core.hooksPath); rm \"$h\"", vec![".git/hooks"]),
        ("rm .git/{hooks/pre-commit,x}", vec![".git/hooks/pre-commit", ".git/x"]),
        ("mv .git/hooks{,.off}", vec![".git/hooks", ".git/hooks.off"]),
        ("for h in pre-commit; do rm .git/hooks/$h; done", vec![".git/hooks/pre-commit"]),
        ("sed -i -e s/a/b/ -e p x y", vec!["x", "y"]),
        ("sed --expression=s/a/b/ -i x", vec!["x"]),
        ("chmod +x a.sh", vec!["a.sh"]),
        ("chmod -R 755 a", vec!["a"]),
        ("chmod --reference=x y", vec!["y"]),
        ("chown -R root:root a", vec!["a"]),
        ("touch -d yesterday x", vec!["x"]),
        ("cp -vt .git/hooks x", vec![".git/hooks"]),
        ("cp --target-directory .git/hooks x", vec![".git/hooks"]),
        ("curl -fsSLo .git/hooks/pre-commit x", vec![".git/hooks/pre-commit"]),
        ("git archive -o .git/hooks/pre-commit HEAD", vec![".git/hooks/pre-commit"]),
        ("git diff --output=.git/hooks/pre-commit", vec![".git/hooks/pre-commit"]),
        ("busybox rm .git/hooks/pre-commit", vec![".git/hooks/pre-commit"]),
        ("git difftool -y -x 'rm .git/hooks/pre-commit' HEAD", vec![".git/hooks/pre-commit"]),
        ("ln -s .git g; rm g/hooks/*", vec!["g", ".git/hooks/*", "g/hooks/*"]),
        ("ln -s .git; rm -rf x/hooks", vec![".git", "x/hooks"]),
        ("ln -sfn ../.git sub/g; cd sub && echo > g/config", vec!["sub/g", ".git/config", "g/config"]),
        (
            "mkdir d; ln -s ../.git/hooks d; rm d/hooks/x",
            vec!["d", "../.git/hooks/hooks/x", ".git/hooks/x", "d/hooks/x"],
        ),
        ("ln -t d -s ../.git; rm d/.git/x", vec!["d", ".git/x", "d/.git/x"]),
        ("ln -s .git a; ln -s a b; tee b/config", vec!["a", "b", "a/config", ".git/config", "b/config"]),
        ("cp -rs .git g; tee g/config", vec!["g", ".git/config", "g/config"]),
        ("ln -s .git g; cd g/hooks && rm pre-commit", vec!["g", ".git/hooks/pre-commit", "pre-commit"]),
        ("ln -s .git/hooks/pre-push a; rm a", vec!["a", "a"]),
        ("ln -s .git/hooks/pre-push a; echo > a", vec!["a", ".git/hooks/pre-push", "a"]),
        ("ln -s \"$PWD/.git\" g; rm g/hooks/x", vec!["g", ".git/hooks/x", "g/hooks/x"]),
        ("ln -s . here; rm here/.git/x", vec!["here", "./.git/x", "here/.git/x"]),
        ("unzip -o a -d .git", vec![".git/*"]),
        ("tar xf a.tar -C .git", vec![".git/*"]),
        ("tar xfC a.tar .git", vec![".git/*"]),
        ("tar -xC .git -f a.tar", vec![".git/*"]),
        ("tar -x --directory=.git -f a.tar", vec![".git/*"]),
        ("tar --extract --direc .git -f a.tar", vec![".git/*"]),
        ("tar cf .git/hooks/pre-commit a", vec![".git/hooks/pre-commit"]),
        ("tar tf a.tar -C .git", vec![]),
        ("7z x a -o.git", vec![".git/*"]),
        ("cpio -idD .git", vec![".git/*"]),
        ("cpio -idD.git", vec![".git/*"]),
        ("find a | cpio -pdm .git", vec![".git/*"]),
        ("bsdtar -xf a.zip -C .git", vec![".git/*"]),
        ("7z x -o.git a.7z", vec![".git/*"]),
        ("python3 -m zipfile -e a.zip .git", vec![".git/*"]),
        ("python3.12 -Im zipfile --extract a.zip .git/hooks", vec![".git/hooks/*"]),
        ("python -mtarfile -v --filter data -e a.tar .git", vec![".git/*"]),
        ("python -m tarfile -ve a.tar .git", vec![".git/*"]),
        ("cd .git && python3 -m tarfile -e ../a.tar", vec!["./*"]),
        ("python3 -m zipfile -c .git/config a", vec![".git/config"]),
        ("python3 -m zipfile -e a.zip vendor", vec!["vendor/*"]),
        ("python3 -m zipfile -l .git/a.zip", vec![]),
        ("python3 -m http.server -d .git", vec![]),
        ("cd .git && tar xf ../a.tar", vec!["./*"]),
        ("(cd .git/hooks; unzip ../../a)", vec!["./*"]),
        ("cd src && tar xf ../a.tar", vec![]),
        ("git worktree add .git/x", vec![".git/x"]),
        ("git worktree add ../x topic", vec![]),
        ("git clone x .git/y", vec![".git/y"]),
        ("git clone ../x/.git y", vec![]),
        ("git init .git/modules/x", vec![".git/modules/x"]),
        ("rm \"$(cd .git/hooks && pwd)/pre-commit\"", vec![".git/hooks/pre-commit"]),
        ("sed -i s/a/b/ $(grep -l x .git/hooks/*)", vec![".git/hooks/*"]),
        ("rm $(find .git/hooks -type f)", vec![".git/hooks"]),
        ("rm -f $(which gov-hook)", vec![]),
        ("rm -f $(which cargo)", vec![]),
        ("ssh host rm a", vec![]),
        ("sudo apt-get install patch ed", vec![]),
        ("npm install x", vec![]),
        ("cargo build 2>&1 >/dev/null", vec!["/dev/null"]),
    ] {
        assert_eq!(written(line), expected, "{line}");
    }
    let moved = read("(cd sub && cd deeper) && rm x").written;
    assert_eq!(moved[0].from, ["", "sub/", "deeper/", "sub/deeper/"]);
}

#[test]
fn what_goes_with_all_that_is_in_it_is_told_apart() {
    let whole =
        |line: &str| read(line).written.into_iter().map(|written| written.extent == Extent::Whole).collect::<Vec<_>>();

    assert_eq!(whole("mv a b c"), [true, true, false]);
    assert_eq!(whole("rm -rf ."), [true]);
    assert_eq!(whole("cp -r a ."), [false]);
    assert_eq!(whole("echo > a"), [false]);
    assert_eq!(whole("find . -delete"), [true]);
    let found = |line: &str| match read(line).written.remove(0).extent {
        Extent::Found(found) => found,
        other @ (Extent::Alone | Extent::Named | Extent::Whole) => unreachable!("{other:?}"),
    };
    for line in ["find . -name '*.pyc' -delete", "find . -type f \\( -name '*.pyc' -o -iname x \\) -exec rm {} +"] {
        let found = found(line);
        assert!(found.takes("a.pyc") && !found.takes("pre-commit") && !found.skips_git, "{line}");
    }
    for line in [
        "find . -path ./.git -prune -o -type f -exec rm {} +",
        "find . -not -path './.git/*' -type f -delete",
        "find . ! -path '*/.git/*' -exec sed -i s/a/b/ {} \\;",
        "fd -e rs -x rm",
    ] {
        assert!(found(line).skips_git, "{line}");
    }
    for line in ["rm $(find . -name '*.pyc')", "find . -name '*.pyc' -type f | sort | xargs rm"] {
        let found = found(line);
        assert!(found.takes("a.pyc") && !found.takes("pre-commit"), "{line}");
    }
    assert_eq!(whole("find . -name a -o -type f -delete"), [true]);
    assert_eq!(whole("fd -H x -x rm"), [true]);
}
