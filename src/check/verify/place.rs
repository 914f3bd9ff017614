//! Where a value stands: the name it is bound to, its line, and what kind of text holds it.

use super::Captured;
use super::words::{Words, words};

/// How far a name or a line is followed; minified code has lines of megabytes.
const REACH: usize = 400;

/// What the text around a value says of it.
pub(super) struct Place<'a> {
    /// The words of the name, small: `DB_Password` gives `db`, `password`.
    pub(super) name: Vec<Vec<u8>>,
    /// What stands between the name and the value.
    pub(super) between: &'a [u8],
    /// The line before the name and after the value.
    pub(super) before: &'a [u8],
    pub(super) after: &'a [u8],
}

impl<'a> Place<'a> {
    /// The place of a value whose match starts inside its name.
    pub(super) fn of(captured: &Captured<'a>) -> Self {
        let text = captured.text;
        let start = captured.whole.start;
        let back = text.get(start.saturating_sub(REACH)..start).unwrap_or_default();
        let ahead = text.get(start..captured.value.start).unwrap_or_default();
        let opens = start - back.iter().rev().take(80).take_while(|&&byte| in_name(byte)).count();
        let closes = start + name_length(ahead);
        let written = trimmed(text.get(opens..closes).unwrap_or_default());
        let line_start = memchr::memrchr(b'\n', back).map_or(start - back.len(), |at| start - back.len() + at + 1);
        let rest = text.get(captured.value.end..).unwrap_or_default();
        let rest = rest.get(..REACH).unwrap_or(rest);
        let mut name = words(written);
        if beyond_ascii(ahead) > 0 {
            name.push(b"password".to_vec());
        }
        Self {
            name,
            between: text.get(closes..captured.value.start).unwrap_or_default(),
            before: text.get(line_start..opens).unwrap_or_default(),
            after: rest.get(..memchr::memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default(),
        }
    }

    /// A name of which the text around the value says nothing more.
    pub(super) const fn of_name(name: Vec<Vec<u8>>) -> Self {
        Self { name, between: b"", before: b"", after: b"" }
    }

    /// Whether a mark of a comment opens the line.
    pub(super) fn in_comment(&self) -> bool {
        let line = self.before.trim_ascii_start();
        // A map or a record of Erlang, or what Ruby works out in a string.
        COMMENTS.open(line) && !line.starts_with(b"#{") && !line.starts_with(b"#'")
    }

    /// Whether a quote opens the value.
    pub(super) fn quoted(&self) -> bool {
        self.between.last().is_some_and(|byte| matches!(byte, b'"' | b'\'' | b'`'))
    }

    pub(super) fn names(&self, word: &[u8]) -> bool {
        self.name.iter().any(|known| known == word)
    }

    /// Whether the value in quotes is itself the name of something: `"…": 1`, `"…" => 1`.
    pub(super) fn names_next(&self) -> bool {
        let rest = self.after.get(1..).unwrap_or_default().trim_ascii_start();
        rest.starts_with(b":") || rest.starts_with(b"=>")
    }
}

/// How far a name reaches into a text: `API key` is one too.
fn name_length(text: &[u8]) -> usize {
    let foreign = beyond_ascii(text);
    let first = foreign + text.iter().skip(foreign).take_while(|&&byte| in_name(byte)).count();
    let (head, rest) = text.split_at_checked(first).unwrap_or_default();
    let Some(rest) = rest.strip_prefix(b" ") else { return first };
    let second = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let noun = rest.get(..second).unwrap_or_default();
    if KINDS.has(head) && NOUNS.has(noun) { first + 1 + second } else { first }
}

/// How many bytes of a text are a word for passwords that ASCII cannot spell.
fn beyond_ascii(text: &[u8]) -> usize {
    BEYOND_ASCII.iter().find(|word| text.starts_with(word.as_bytes())).map_or(0, |word| word.len())
}

const BEYOND_ASCII: [&str; 16] = [
    "пароль",
    "Пароль",
    "ПАРОЛЬ",
    "密码",
    "密碼",
    "パスワード",
    "비밀번호",
    "hasło",
    "Hasło",
    "lösenord",
    "Lösenord",
    "mật khẩu",
    "Mật khẩu",
    "şifre",
    "Şifre",
    "contraseña",
];

const COMMENTS: Words = words!("# // * /* -- <!-- ;");

const KINDS: Words = words!("api access secret auth private client app account encryption signing master license");

const NOUNS: Words = words!("key token secret password");

/// What kind of text a path holds, as far as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// Unquoted words are identifiers.
    Code,
    /// Unquoted words are values.
    Settings,
    Unknown,
}

pub(super) fn text_of(captured: &Captured<'_>) -> Text {
    let extension = captured.path.extension().map(<[u8]>::to_ascii_lowercase).unwrap_or_default();
    match extension.as_slice() {
        b"c" | b"h" | b"cc" | b"cpp" | b"cxx" | b"hpp" | b"hh" | b"cu" | b"ino" | b"cs" | b"java" | b"kt" | b"kts"
        | b"scala" | b"gradle" | b"js" | b"jsx" | b"ts" | b"tsx" | b"mjs" | b"cjs" | b"mts" | b"cts" | b"sol"
        | b"vue" | b"svelte" | b"py" | b"pyi" | b"pyx" | b"rb" | b"erb" | b"go" | b"rs" | b"swift" | b"m" | b"mm"
        | b"php" | b"pl" | b"pm" | b"lua" | b"dart" | b"ex" | b"exs" | b"erl" | b"hrl" | b"hs" | b"clj" | b"r"
        | b"jl" | b"vb" | b"fs" | b"groovy" | b"html" | b"htm" | b"css" | b"scss" | b"less" | b"jsp" | b"ipynb"
        | b"proto" | b"graphql" | b"d" | b"nim" | b"zig" | b"coffee" | b"map" => Text::Code,
        b"env" | b"ini" | b"cfg" | b"cnf" | b"conf" | b"config" | b"properties" | b"yml" | b"yaml" | b"toml"
        | b"json" | b"xml" | b"tfvars" | b"plist" | b"prefs" | b"credentials" | b"local" | b"production"
        | b"development" | b"prod" | b"dev" | b"staging" => Text::Settings,
        _ if captured.path.file_name().starts_with(b".") => Text::Settings,
        _ => Text::Unknown,
    }
}

/// Whether a path is that of a page for readers.
pub(super) fn in_document(captured: &Captured<'_>) -> bool {
    captured.path.extension().is_some_and(|extension| DOCUMENTS.has(extension))
}

const DOCUMENTS: Words = words!("md markdown mdx rst adoc");

/// Splits a name at its joints and its humps.
pub(super) fn words(name: &[u8]) -> Vec<Vec<u8>> {
    let mut words: Vec<Vec<u8>> = Vec::new();
    let mut before = b' ';
    for (at, &byte) in name.iter().enumerate() {
        let after = name.get(at + 1).copied().unwrap_or(b' ');
        let hump = byte.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || (before.is_ascii_uppercase() && after.is_ascii_lowercase()));
        if byte.is_ascii_alphanumeric() {
            match words.last_mut().filter(|_| !hump && before.is_ascii_alphanumeric()) {
                Some(word) => word.push(byte.to_ascii_lowercase()),
                None => words.push(vec![byte.to_ascii_lowercase()]),
            }
        }
        before = byte;
    }
    words
}

pub(super) const fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'$')
}

fn trimmed(name: &[u8]) -> &[u8] {
    let joint = |byte: &u8| matches!(byte, b'-' | b'.' | b'$' | b'_');
    let from = name.iter().position(|byte| !joint(byte)).unwrap_or(name.len());
    let to = name.iter().rposition(|byte| !matches!(byte, b'-' | b'.' | b'$')).map_or(from, |last| last + 1);
    name.get(from..to).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::Zones;
    use super::*;
    use crate::model::RepoPath;

    #[test]
    fn a_name_falls_apart_at_joints_and_humps() {
        let words = |name: &str| {
            words(name.as_bytes())
                .into_iter()
                .map(|word| String::from_utf8(word).unwrap())
                .collect::<Vec<_>>()
                .join(" ")
        };

        assert_eq!(words("DB_PASSWORD"), "db password");
        assert_eq!(words("spring.datasource.hikariPassword"), "spring datasource hikari password");
        assert_eq!(words("AWSSecretKey2"), "aws secret key2");
        assert_eq!(words("--api-key"), "api key");
    }

    #[test]
    fn a_place_is_the_whole_name_though_the_match_starts_within() {
        let text = b"x = 1\n  export DB_PASSWORD_PROD = \"hunter22\"; # note\n";
        let path = RepoPath::from("a.sh");
        let start = memchr::memmem::find(text, b"PASSWORD").unwrap();
        let value = memchr::memmem::find(text, b"hunter22").unwrap();

        let zones = Zones::default();
        let place =
            Place::of(&Captured { text, whole: start..value + 9, value: value..value + 8, path: &path, zones: &zones });

        assert_eq!(place.name.join(&b' '), b"db password prod");
        assert_eq!(place.between, b" = \"");
        assert_eq!(place.before, b"  export ");
        assert_eq!(place.after, b"\"; # note");
        assert!(place.quoted() && place.names(b"password") && !place.names(b"pass"));
    }
}
