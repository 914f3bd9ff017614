//! Turns the rule packs in `rules/` into statics, so that no run of the program reads their YAML.
//!
//! What a run needs of every rule (id, keywords, what it looks at) becomes a plain static, and the
//! keywords of all a prefilter; the rest of a rule is kept as JSON and read when it first hits. Whether a
//! pack makes sense is for the tests to say: they read it as strictly as a repository's own packs.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

#[path = "../src/check/rules/built/byte_set.rs"]
mod byte_set;
#[path = "expressions.rs"]
mod expressions;
#[path = "../src/check/rules/built/heads.rs"]
mod heads;
#[path = "../src/check/logarithm.rs"]
mod logarithm;
#[path = "../src/check/rules/built/program.rs"]
mod program;
#[path = "../src/check/rules/built/required.rs"]
mod required;
#[path = "../src/check/rules/built/tables.rs"]
mod tables;
#[path = "../src/check/rules/built/ways.rs"]
mod ways;

use crate::near::near;
use required::Patterns;
use tables::Keyword;

/// What marks an inline waiver is found together with keywords.
const MARKERS: [&str; 2] = ["gov: allow", "gov:allow"];

/// The packs in the order in which rules of equal standing give way.
const PACKS: [&str; 5] = ["secrets", "synthetic-data", "imports", "unicode", "weakening"];

/// Of how many rules what they are tried by is deflated together: it is inflated when a word of one of them
/// is found.
const TRIED_TOGETHER: usize = 128;

/// The same for the rest of them, which is inflated when one is told, or tried very often.
const TOLD_TOGETHER: usize = 64;

/// The statics of all packs, or what is wrong with one.
pub(super) fn packs() -> Result<String, String> {
    let mut made = Made::default();
    for pack in PACKS {
        for path in files_of(pack)? {
            let said = path.display();
            let yaml = fs::read_to_string(&path).map_err(|error| format!("{said}: {error}"))?;
            let rules: Vec<Value> = serde_yaml::from_str(&yaml).map_err(|error| format!("{said}: {error}"))?;
            for rule in &rules {
                made.add(pack, rule).ok_or_else(|| format!("{said}: a rule without id, or of an unknown status"))?;
            }
        }
    }
    made.finish()
}

#[derive(Default)]
struct Made {
    rules: Vec<String>,
    records: Vec<Vec<u8>>,
    /// The same with every example, which only tests run.
    whole: Vec<Vec<u8>>,
    texts: String,
    keywords: Vec<(String, u16)>,
    /// What is read of a rule as soon as one of its words is found.
    tried: Vec<Vec<u8>>,
    classes: Vec<[u64; 4]>,
    runs: Vec<(usize, u8)>,
    near: Vec<String>,
}

fn words<'r>(rule: &'r Value, key: &str) -> Vec<&'r str> {
    rule.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The variant of `On` that is written so.
fn on(written: Option<&str>) -> &'static str {
    match written {
        Some("removed") => "Removed",
        Some("file") => "File",
        Some("path") => "Path",
        Some("message") => "Message",
        _ => "Added",
    }
}

fn anchor(written: Option<&str>) -> &'static str {
    match written {
        Some("non-ascii") => "Some(Anchor::NonAscii)",
        Some("every-line") => "Some(Anchor::EveryLine)",
        _ => "None",
    }
}

fn asks(written: Option<&str>) -> &'static str {
    match written {
        Some("module") => "Some(Asks::Module)",
        Some("decorator") => "Some(Asks::Decorator)",
        _ => "None",
    }
}

/// The bits of what may happen to a file; `None` when there is no such thing.
fn status(written: &[&str]) -> Option<String> {
    let bit = |word: &&str| match *word {
        "added" => Some("Happening::Added.bit()"),
        "deleted" => Some("Happening::Deleted.bit()"),
        "modified" => Some("Happening::Modified.bit()"),
        "renamed" => Some("Happening::Renamed.bit()"),
        "mode" => Some("Happening::Mode.bit()"),
        _ => None,
    };
    let bits: Vec<&str> = written.iter().map(bit).collect::<Option<_>>()?;
    Some(if bits.is_empty() { "0".to_owned() } else { bits.join(" | ") })
}

/// The chunk that a rule's record stands in, and how many stand before it there.
fn place(number: usize, together: usize) -> String {
    format!("Place {{ chunk: {}, before: {} }}", number / together, number % together)
}

/// What a rule is tried by, which stands beside what is told of it.
const TRIED_BY: [&str; 7] = ["regex", "keywords", "verify", "entropy", "allow", "paths", "exclude"];

/// The rule as it is told and explained: of its examples the first is shown.
fn as_told(rule: &Value) -> Value {
    let mut rule = rule.clone();
    if let Some(fields) = rule.as_object_mut() {
        for tried_by in TRIED_BY.into_iter().chain(["counterexamples"]) {
            fields.remove(tried_by);
        }
        if let Some(Value::Array(examples)) = fields.get_mut("examples") {
            examples.truncate(1);
        }
    }
    rule
}

/// Records, so many of them deflated together, as a static with where each such chunk ends, and how long it
/// is when it is inflated.
fn deflated(name: &str, records: &[Vec<u8>], together: usize, only_when: &str) -> Result<String, String> {
    let (mut bytes, mut chunks) = (Vec::new(), vec![(0, 0)]);
    for chunk in records.chunks(together) {
        let chunk = chunk.concat();
        bytes.extend(super::deflated(&chunk).map_err(|error| error.to_string())?);
        chunks.push((bytes.len(), chunk.len()));
    }
    Ok(format!(
        "#[cfg({only_when})]\npub(super) static {name}: Deflated<{}> = Deflated {{\n\
         chunks: {chunks:?},\nbytes: b\"{}\" }};\n",
        chunks.len(),
        bytes.escape_ascii()
    ))
}

/// The rule, and its expression as it is tried, each with its length before it.
fn packed(rule: &Value, patterns: Option<&Patterns>) -> Vec<u8> {
    let mut record = Vec::new();
    expressions::bytes(rule.to_string().as_bytes(), &mut record);
    let (exact, relaxed) = patterns.map_or((None, None), |made| (Some(&made.exact), made.relaxed.as_ref()));
    for made in [exact, relaxed] {
        let mut bytes = Vec::new();
        if let Some(hir) = made {
            expressions::expression(hir, &mut bytes);
        }
        expressions::bytes(&bytes, &mut record);
    }
    let mut packed = Vec::new();
    expressions::bytes(&record, &mut packed);
    packed
}

/// A pack is one file, or a folder of files in the order of their names.
fn files_of(pack: &str) -> Result<Vec<PathBuf>, String> {
    let file = PathBuf::from(format!("rules/{pack}.yaml"));
    let folder = PathBuf::from(format!("rules/{pack}"));
    if file.exists() || !folder.exists() {
        return Ok(if file.exists() { vec![file] } else { Vec::new() });
    }
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    Ok(files)
}

impl Made {
    /// Adds a rule; `None` when it has no id, or a status that there is not.
    fn add(&mut self, pack: &str, rule: &Value) -> Option<()> {
        let words = |key| words(rule, key);
        let word = |key| rule.get(key).and_then(Value::as_str);
        let id = word("id")?;
        let (on, anchor, asks) = (on(word("on")), anchor(word("anchor")), asks(word("asks")));
        let status = status(&words("status"))?;
        let net = rule.get("net").is_some();
        let is_far = rule.get("multiline").and_then(Value::as_bool).unwrap_or(false);
        let span = word("regex").filter(|_| is_far).map_or(0, required::span);
        let changes_only = rule.get("changes_only").and_then(Value::as_bool).unwrap_or(false);
        let generic = words("tags").contains(&"generic");
        let runs = word("regex").map(required::runs).unwrap_or_default();
        let runs = (self.runs.len(), runs.into_iter().map(|run| self.run(&run)).count());
        let near = self.near(&near(&words("paths")));
        let number = self.rules.len();
        // The same rules as `Rules::for_new`.
        let searches = word("detect").is_none() && word("asks").is_none();
        if searches && matches!(on, "Added" | "File") || on == "Removed" && net {
            let owner = u16::try_from(number).ok()?;
            self.keywords.extend(words("keywords").into_iter().map(|keyword| (keyword.to_owned(), owner)));
        }
        let (told, tried) = (place(number, TOLD_TOGETHER), place(number, TRIED_TOGETHER));
        let patterns = word("regex").and_then(Patterns::of);
        self.try_by(rule, patterns.as_ref());
        let (pack, id) = (self.text(pack), self.text(id));
        let keywords = self.text(&words("keywords").join("\n"));
        let detect = self.text(word("detect").unwrap_or_default());
        self.rules.push(format!(
            "Embedded {{ pack: {pack}, id: {id}, on: On::{on}, anchor: {anchor}, net: {net}, \
             changes_only: {changes_only}, status: {status}, generic: {generic}, span: {span}, \
             keywords: {keywords}, detect: {detect}, asks: {asks}, runs: {runs:?}, near: {near:?}, \
             tried: {tried}, told: {told} }}"
        ));
        self.records.push(packed(&as_told(rule), patterns.as_ref()));
        self.whole.push(packed(rule, patterns.as_ref()));
        Some(())
    }

    /// Notes by what a rule is tried, as `src/check/rules/built/trial.rs` reads it.
    fn try_by(&mut self, rule: &Value, patterns: Option<&Patterns>) {
        let program = patterns.and_then(|made| program::program(&made.exact, &mut self.classes));
        let words = patterns.and_then(|made| made.words.as_ref());
        let mut record = Vec::new();
        let out = &mut record;
        expressions::bytes(&program.unwrap_or_default(), out);
        expressions::bytes(&words.map(|words| words.concat()).unwrap_or_default(), out);
        let entropy = rule.get("entropy").and_then(Value::as_f64);
        let facts = ["by", "regex", "require"].map(|key| rule.get(key).is_some());
        let facts = facts.into_iter().chain([entropy.is_some()]).zip(0..);
        expressions::number(facts.map(|(fact, bit)| usize::from(fact) << bit).sum(), out);
        if let Some(entropy) = entropy {
            expressions::bytes(&entropy.to_le_bytes(), out);
        }
        let allow = rule.get("allow").unwrap_or(&Value::Null);
        let lists = [(rule, "paths"), (rule, "exclude"), (allow, "paths"), (allow, "regexes"), (allow, "lines")];
        for (of, key) in lists.into_iter().chain([(allow, "stopwords"), (rule, "verify")]) {
            let list = match of.get(key) {
                Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
                one => one.and_then(Value::as_str).into_iter().collect::<Vec<_>>(),
            };
            expressions::number(list.len(), out);
            for word in list {
                expressions::bytes(word.as_bytes(), out);
            }
        }
        let mut tried = Vec::new();
        expressions::bytes(&record, &mut tried);
        self.tried.push(tried);
    }

    /// The `Text` literal of a text, which is kept once.
    fn text(&mut self, text: &str) -> String {
        let start = self.texts.find(text).unwrap_or_else(|| {
            self.texts.push_str(text);
            self.texts.len() - text.len()
        });
        format!("Text({start}, {})", start + text.len())
    }

    /// Where the parts of paths are noted, and how many they are; those that another rule has too are kept once.
    fn near(&mut self, parts: &[String]) -> (usize, usize) {
        let noted = |part: &String| format!("({}, {})", self.text(part), tables::pairs(part.as_bytes()));
        let parts: Vec<String> = parts.iter().map(noted).collect();
        let known = self.near.windows(parts.len().max(1)).position(|known| *known == parts);
        let place = (known.unwrap_or(self.near.len()), parts.len());
        if known.is_none() {
            self.near.extend(parts);
        }
        place
    }

    /// Notes a run; sets of bytes are kept once.
    fn run(&mut self, run: &required::Run) {
        let class = self.classes.iter().position(|class| *class == run.class).unwrap_or_else(|| {
            self.classes.push(run.class);
            self.classes.len() - 1
        });
        self.runs.push((class, run.least));
    }

    fn finish(mut self) -> Result<String, String> {
        let marker = u16::try_from(self.rules.len()).map_err(|error| error.to_string())?;
        self.keywords.extend(MARKERS.map(|written| (written.to_owned(), marker)));
        let keywords: Vec<(Keyword<'_>, u16)> =
            self.keywords.iter().map(|(written, owner)| (Keyword::new(written), *owner)).collect();
        let tables::Tables { bitmap, drawers, entries, texts, owners } = tables::Tables::of(&keywords, &common_grams());
        let tried = deflated("TRIED", &self.tried, TRIED_TOGETHER, "all()")?;
        let lean = deflated("TOLD", &self.records, TOLD_TOGETHER, "not(test)")?;
        let whole = deflated("TOLD", &self.whole, TOLD_TOGETHER, "test")?;
        Ok(format!(
            "pub(super) static RULES: [Embedded; {}] = [\n{}\n];\n\
             pub(super) static TEXTS: &str = {:?};\n\
             pub(super) static CLASSES: [[u64; 4]; {}] = {:?};\n\
             pub(super) static RUNS: [(u16, u8); {}] = {:?};\n\
             pub(super) static NEAR: [(Text, u128); {}] = [{}];\n\
             {tried}{lean}{whole}\
             pub(super) const TABLES: Tables = Tables {{\n\
             bitmap: Cow::Borrowed(&{bitmap:?}),\ndrawers: Cow::Borrowed(&{drawers:?}),\n\
             entries: Cow::Borrowed(&{entries:?}),\ntexts: Cow::Borrowed(b\"{}\"),\n\
             owners: Cow::Borrowed(&{owners:?}) }};\n",
            self.rules.len(),
            self.rules.join(",\n"),
            self.texts,
            self.classes.len(),
            self.classes,
            self.runs.len(),
            self.runs,
            self.near.len(),
            self.near.join(", "),
            texts.escape_ascii(),
        ))
    }
}

/// Parts of keywords that stand in one of 200,000 places of source code or more, the most frequent first: counted in
/// 560 MB of Debian packages, crates, Python and what a system has of headers and documentation.
fn common_grams() -> Vec<u32> {
    let grams = include_bytes!("common-grams.txt").split(|byte| matches!(byte, b'|' | b'\n'));
    grams.filter_map(tables::folded).collect()
}
