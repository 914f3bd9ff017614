//! What a command line would do to the rules of the repository: get past its hooks, take back its
//! ledger, or act as somebody else. And which files it would write, as far as it says so.
//!
//! It is asked before an agent runs it, so what is let by in error is still judged by the hooks and at
//! the push. What only reads or says the words is let alone.

mod git;
mod shell;

pub use shell::Unreadable;
use shell::{Simple, Word, assignment};

/// What stands against a command; the worse comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Against {
    /// A person has to say yes.
    Ask,
    Deny,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    pub against: Against,
    pub why: String,
}

/// A file that a command would write, and the directories that it may be in by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub path: String,
    /// Relative to where the line starts, each as `cd` was told.
    pub from: Vec<String>,
}

/// What is known of a command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// The worst that stands against it.
    pub objection: Option<Objection>,
    pub written: Vec<Written>,
}

/// Scripts within scripts deeper than this are there to hide something.
const DEEPEST: usize = 8;

/// So many places are followed.
const MOST_PLACES: usize = 8;

/// Looks through a command line as a POSIX shell or bash would read it.
pub fn look(line: &str) -> Result<Looked, Unreadable> {
    let mut found = Looker { looked: Looked::default(), from: vec![String::new()], depth: 0 };
    found.script(line)?;
    Ok(found.looked)
}

struct Looker {
    looked: Looked,
    from: Vec<String>,
    depth: usize,
}

/// Programs that take a line to run.
const SHELLS: [&str; 7] = ["sh", "bash", "dash", "zsh", "ksh", "ash", "fish"];

/// Programs that take a text to run in a language of their own.
const INTERPRETERS: [&str; 11] =
    ["python", "python2", "python3", "perl", "ruby", "node", "deno", "bun", "php", "awk", "gawk"];

/// Programs that run the one that they are given.
const WRAPPERS: [&str; 23] = [
    "sudo",
    "doas",
    "env",
    "command",
    "builtin",
    "exec",
    "nohup",
    "nice",
    "ionice",
    "timeout",
    "stdbuf",
    "setsid",
    "xargs",
    "parallel",
    "flock",
    "watch",
    "chroot",
    "su",
    "script",
    "strace",
    "find",
    "fd",
    "caffeinate",
];

/// Programs to which words are only words.
const READERS: [&str; 19] = [
    "echo", "printf", "grep", "egrep", "fgrep", "rg", "ag", "ack", "cat", "less", "more", "head", "tail", "man",
    "which", "type", "whereis", "wc", "diff",
];

/// Programs that set variables.
const SETTERS: [&str; 5] = ["export", "declare", "typeset", "local", "readonly"];

/// Words that a script in another language has no good reason to say.
const TELLTALES: [&str; 6] =
    ["--no-verify", "core.hookspath", ".git/hooks", "refs/notes/gov", "gov_hook_disabled", "gov_hook_agent"];

impl Looker {
    fn script(&mut self, line: &str) -> Result<(), Unreadable> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Unreadable::TooDeep);
        }
        let commands = shell::read(line)?;
        // What is written to a shell's input is a script as well, whoever writes it.
        let is_fed = |command: &Simple| {
            program(&command.words).is_some_and(|name| SHELLS.contains(&name)) && script_of(&command.words).is_none()
        };
        if commands.iter().any(is_fed) {
            for command in &commands {
                for text in command.fed.iter().cloned().chain(said_by(command)) {
                    self.script(&text)?;
                }
            }
        }
        for command in &commands {
            self.command(command)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn object(&mut self, against: Against, why: impl Into<String>) {
        if self.looked.objection.as_ref().is_none_or(|known| known.against < against) {
            self.looked.objection = Some(Objection { against, why: why.into() });
        }
    }

    fn command(&mut self, command: &Simple) -> Result<(), Unreadable> {
        for (name, value) in &command.set {
            self.variable(name, value);
        }
        for target in &command.written {
            self.writes(target);
        }
        for text in &command.fed {
            if program(&command.words).is_some_and(|name| INTERPRETERS.contains(&name)) {
                self.telltale(text);
            }
        }
        self.words(&command.words)
    }

    /// A program and its words, or those of the one that it runs.
    fn words(&mut self, words: &[Word]) -> Result<(), Unreadable> {
        let Some((first, rest)) = words.split_first() else { return Ok(()) };
        if first.is_open {
            let hides = rest.iter().any(|word| word.text.starts_with("--no-veri") || git::is_hooks_path(&word.text));
            if hides {
                self.object(Against::Ask, "it is not to be seen what it runs past the hooks");
            }
            return self.inner(rest, false);
        }
        let Some(name) = program(words) else { return Ok(()) };
        match name {
            "git" => {
                for objection in git::objections(rest) {
                    self.object(objection.against, objection.why);
                }
                for script in git::scripts(rest) {
                    self.script(&script)?;
                }
                Ok(())
            }
            "gov-hook" => {
                self.gov_hook(rest);
                Ok(())
            }
            "cd" | "pushd" => {
                self.moves(rest);
                Ok(())
            }
            "eval" => self.script(&joined(rest)),
            "alias" => rest.iter().try_for_each(|word| match word.text.split_once('=') {
                Some((_, value)) => self.script(value),
                None => Ok(()),
            }),
            "unset" => {
                for word in rest {
                    self.variable(&word.text, &Word::default());
                }
                Ok(())
            }
            "pre-commit" | "prek" | "lefthook" | "husky" => {
                if rest.first().is_some_and(|word| word.text == "uninstall") {
                    self.object(Against::Ask, format!("`{name} uninstall` takes the repository's hooks away"));
                }
                Ok(())
            }
            _ if SETTERS.contains(&name) => {
                rest.iter().filter_map(assignment).for_each(|(name, value)| self.variable(&name, &value));
                Ok(())
            }
            _ if SHELLS.contains(&name) => match script_of(words) {
                Some(script) => self.script(&script.text),
                None => Ok(()),
            },
            _ if READERS.contains(&name) => Ok(()),
            _ if WRAPPERS.contains(&name) => {
                self.wrapped(name, rest)?;
                self.inner(rest, true)
            }
            _ => {
                if INTERPRETERS.contains(&name) {
                    for word in rest {
                        self.telltale(&word.text);
                    }
                }
                self.files(name, rest);
                self.inner(rest, false)
            }
        }
    }

    /// The program that another one runs. After a wrapper that may be any; elsewhere only what is
    /// nothing else than a program's name.
    fn inner(&mut self, words: &[Word], is_wrapped: bool) -> Result<(), Unreadable> {
        let is_governed = |name: &str| name == "git" || name == "gov-hook" || SHELLS.contains(&name);
        let is_one = |name: &str| is_governed(name) || (is_wrapped && (is_file_program(name) || name == "eval"));
        let at = words.iter().position(|word| is_one(base(&word.text)));
        match at.and_then(|at| words.get(at..)) {
            Some(inner) => self.words(inner),
            None => Ok(()),
        }
    }

    fn wrapped(&mut self, name: &str, words: &[Word]) -> Result<(), Unreadable> {
        let runs_governed = words.iter().any(|word| matches!(base(&word.text), "git" | "gov-hook"));
        for (at, word) in words.iter().enumerate() {
            if let Some((name, value)) = assignment(word) {
                self.variable(&name, &value);
            }
            let next = || words.get(at + 1);
            match (name, word.text.as_str()) {
                ("env", "-u" | "--unset") => {
                    if let Some(name) = next() {
                        self.variable(&name.text, &Word::default());
                    }
                }
                ("env", "-i" | "-" | "--ignore-environment") if runs_governed => {
                    self.variable(AGENT, &Word::default());
                }
                ("env", "-S" | "--split-string") | ("su" | "script" | "flock", "-c" | "--command") => {
                    if let Some(script) = next() {
                        self.script(&script.text)?;
                    }
                }
                ("watch" | "parallel", script) if script.contains(' ') => self.script(script)?,
                ("find" | "fd", "-delete") => {
                    for root in words.iter().take_while(|word| !word.text.starts_with('-')) {
                        self.writes(root);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A variable that is set, or unset where it has no value.
    fn variable(&mut self, name: &str, value: &Word) {
        let is_on = value.is_open || !matches!(value.text.as_str(), "" | "0");
        let text = value.text.to_ascii_lowercase();
        match name {
            "GOV_HOOK_DISABLED" if is_on => {
                self.object(Against::Deny, "`GOV_HOOK_DISABLED` switches the hooks off; that is for a person to do");
            }
            AGENT if !is_on => {
                self.object(Against::Deny, "`GOV_HOOK_AGENT` says that an agent is at work; it stays set");
            }
            "SKIP" | "PREK_SKIP" | "PRE_COMMIT_SKIP" if text.contains("gov-hook") => {
                self.object(Against::Deny, format!("`{name}` would leave gov-hook out of the hooks that run"));
            }
            "GIT_CONFIG_PARAMETERS" if git::is_hooks_path(&text) => {
                self.object(Against::Deny, git::HOOKS_PATH);
            }
            _ if name.starts_with("GIT_CONFIG_KEY_") && git::is_hooks_path(&text) => {
                self.object(Against::Deny, git::HOOKS_PATH);
            }
            _ => {}
        }
    }

    fn telltale(&mut self, text: &str) {
        let text = text.to_ascii_lowercase();
        if let Some(found) = TELLTALES.iter().find(|word| text.contains(**word)) {
            self.object(Against::Ask, format!("a script that says `{found}` may get past the hooks"));
        }
    }

    fn moves(&mut self, words: &[Word]) {
        let Some(to) = words.iter().find(|word| !word.text.starts_with('-')).filter(|to| !to.is_open) else { return };
        let joined = |from: &String| {
            if to.text.starts_with(['/', '~']) { to.text.clone() } else { format!("{from}{}", to.text) }
        };
        // A subshell comes back, so what was before may be again.
        let new: Vec<String> = self.from.iter().map(|from| format!("{}/", joined(from))).collect();
        self.from.extend(new);
        self.from.dedup();
        self.from.truncate(MOST_PLACES);
    }

    fn writes(&mut self, word: &Word) {
        // Where a part is not known, what is known of it may still say enough.
        if word.is_open && !word.text.contains(".git") && !word.text.contains(".gov") {
            return;
        }
        self.looked.written.push(Written { path: word.text.clone(), from: self.from.clone() });
    }

    /// Files that a program writes because they are named to it.
    fn files(&mut self, name: &str, words: &[Word]) {
        if !is_file_program(name) {
            return;
        }
        let edits = |short: char, long: &str| {
            words.iter().any(|word| {
                word.text.starts_with(long)
                    || (word.text.starts_with('-') && !word.text.starts_with("--") && word.text.contains(short))
            })
        };
        let named = || words.iter().filter(|word| !word.text.starts_with('-'));
        match name {
            "sed" | "perl" if !edits('i', "--in-place") => {}
            "cp" | "ln" | "install" | "rsync" | "scp" => {
                let target = words.iter().find_map(|word| word.text.strip_prefix("--target-directory="));
                match target {
                    Some(path) => self.writes(&Word { text: path.to_owned(), ..Word::default() }),
                    None => named().next_back().into_iter().for_each(|word| self.writes(word)),
                }
            }
            "dd" => {
                let outputs = words.iter().filter_map(|word| word.text.strip_prefix("of="));
                outputs.for_each(|path| self.writes(&Word { text: path.to_owned(), ..Word::default() }));
            }
            _ => named().for_each(|word| self.writes(word)),
        }
    }

    fn gov_hook(&mut self, words: &[Word]) {
        let mut rest = words.iter().map(|word| word.text.as_str());
        let mut verb = rest.next();
        while let Some(option) = verb.filter(|word| word.starts_with('-')) {
            if matches!(option, "-C" | "--color") {
                rest.next();
            }
            verb = rest.next();
        }
        let action = rest.next().unwrap_or_default();
        match (verb.unwrap_or_default(), action) {
            ("approve" | "reject" | "revoke" | "ratify", _) | ("override", "grant") | ("agent", "promote") => {
                self.object(Against::Deny, "only people approve; ask the person you work for");
            }
            ("uninstall", _) => self.object(Against::Deny, "`gov-hook uninstall` takes the hooks away"),
            (verb @ ("record" | "init" | "override" | "licence"), _) => {
                self.object(
                    Against::Ask,
                    format!("`gov-hook {verb}` changes what counts here, and gives a person's reasons"),
                );
            }
            ("rules", "waive" | "baseline") | ("audit", "reconcile" | "merge") => {
                self.object(Against::Ask, "it changes what is found or what is on record, for a person's reasons");
            }
            _ => {}
        }
    }
}

const AGENT: &str = "GOV_HOOK_AGENT";

fn is_file_program(name: &str) -> bool {
    const FILES: [&str; 19] = [
        "rm", "mv", "cp", "ln", "tee", "sed", "perl", "chmod", "chown", "truncate", "touch", "dd", "install", "rsync",
        "unlink", "shred", "patch", "scp", "setfacl",
    ];
    FILES.contains(&name)
}

/// The name of the program that words run.
fn program(words: &[Word]) -> Option<&str> {
    words.first().map(|word| base(&word.text))
}

/// Without the folder it is in.
fn base(text: &str) -> &str {
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
    name.strip_suffix(".exe").unwrap_or(name)
}

/// The script in `sh -c SCRIPT`, or the file in `sh FILE`.
fn script_of(words: &[Word]) -> Option<&Word> {
    let rest = words.get(1..).unwrap_or_default();
    let is_command = |word: &Word| {
        word.text.starts_with('-') && !word.text.starts_with("--") && word.text.chars().any(|char| char == 'c')
    };
    match rest.iter().position(is_command) {
        Some(at) => rest.get(at + 1..)?.iter().find(|word| !word.text.starts_with('-')),
        None => rest.iter().find(|word| !word.text.starts_with('-')).map(|_| &NOTHING),
    }
}

/// A script that is in a file and not to be seen.
static NOTHING: Word = Word { text: String::new(), is_open: false, is_pattern: false, is_quoted: false };

/// What `echo` and `printf` say.
fn said_by(command: &Simple) -> Vec<String> {
    match program(&command.words) {
        Some("echo" | "printf") => {
            let said = command.words.get(1..).unwrap_or_default();
            let mut texts: Vec<String> = said.iter().map(|word| word.text.replace("\\n", "\n")).collect();
            texts.push(joined(said));
            texts
        }
        _ => Vec::new(),
    }
}

fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
