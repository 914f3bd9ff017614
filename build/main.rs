//! Turns the data in `rules/` and the built-in policy into statics, so that no run of the program
//! reads their YAML.

mod card;
mod headers;
mod near;
mod packs;
mod policy;

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fmt, fs};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use sha2::{Digest, Sha256};

const POLICY: &str = "src/policy/built-in.yaml";
const SCHEMA: &str = "src/policy/schema.json";

/// What of it says how a record is written.
const RECORDING: &[&str] = &["version", "agents", "audit"];

/// Has the linker keep functions once that were compiled to the same bytes. Nobody may tell two functions
/// apart by where they are: Rust promises nothing of that, and libgit2 compares none that differ in what
/// they do.
const FOLDING: &str = "-Wl,--icf=all";

#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a build script is told where to write by the environment, and tells cargo by printing"
)]
fn main() -> Result<(), Broken> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src/check/rules/built/byte_set.rs");
    println!("cargo::rerun-if-changed=src/check/rules/built/heads.rs");
    println!("cargo::rerun-if-changed=src/check/logarithm.rs");
    println!("cargo::rerun-if-changed=src/check/rules/built/program.rs");
    println!("cargo::rerun-if-changed=src/check/rules/built/required.rs");
    println!("cargo::rerun-if-changed=src/check/rules/built/tables.rs");
    println!("cargo::rerun-if-changed={POLICY}");
    println!("cargo::rerun-if-changed={SCHEMA}");
    let out = env::var("OUT_DIR")?;
    let yaml = fs::read_to_string("rules/risk.yaml")?;
    let card = card::card(&yaml).map_err(|why| Broken(format!("rules/risk.yaml: {why}")))?;
    fs::write(Path::new(&out).join("risk_card.rs"), card)?;
    let headers = fs::read_to_string("rules/headers.yaml")?;
    let headers = headers::headers(&headers).map_err(|why| Broken(format!("rules/headers.yaml: {why}")))?;
    fs::write(Path::new(&out).join("headers.rs"), headers)?;
    fs::write(Path::new(&out).join("packs.rs"), packs::packs().map_err(Broken)?)?;
    fs::write(Path::new(&out).join("digests.rs"), digests(&yaml)?)?;
    let policy = fs::read_to_string(POLICY)?;
    for (name, sections) in [("built-in.steps", None), ("built-in-recording.steps", Some(RECORDING))] {
        let steps = policy::steps(&policy, sections).map_err(|why| Broken(format!("{POLICY}: {why}")))?;
        fs::write(Path::new(&out).join(name), steps)?;
    }
    fs::write(Path::new(&out).join("schema.json.deflated"), deflated(&fs::read(SCHEMA)?)?)?;
    fs::write(Path::new(&out).join("built-in.digest"), Sha256::digest(policy))?;
    if env::var("PROFILE")? == "release" && env::var("CARGO_CFG_TARGET_OS")? == "linux" && is_linker_usual() {
        let script = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("build/bare.ld");
        println!("cargo::rustc-link-arg-bins=-T{}", script.display());
        let is_of_here = env::var("CARGO_CFG_TARGET_ENV")? == "gnu" && env::var("HOST")? == env::var("TARGET")?;
        if is_of_here && has_unwinder() {
            // Nothing is unwound, so the library that would is not loaded at every start: this stands in
            // for it, and names the archive with the same functions.
            let folder = Path::new(&out).join("unwinder");
            fs::create_dir_all(&folder)?;
            fs::write(folder.join("libgcc_s.so"), "INPUT(-lgcc_eh)\n")?;
            println!("cargo::rustc-link-arg-bins=-L{}", folder.display());
        }
        if is_of_here && loads_packed() {
            println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        }
        if is_of_here && folds_alike(Path::new(&out))? {
            println!("cargo::rustc-link-arg-bins={FOLDING}");
        }
    }
    Ok(())
}

/// What few runs need is kept small.
fn deflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Whether the C library of this machine can load a binary whose pointers to itself are listed in a
/// fiftieth of the space.
fn loads_packed() -> bool {
    let asked = Command::new("cc").arg("-print-file-name=libc.so.6").output();
    let library = asked.map(|told| fs::read(String::from_utf8_lossy(&told.stdout).trim()));
    let mark = b"GLIBC_ABI_DT_RELR";
    matches!(library, Ok(Ok(library)) if library.windows(mark.len()).any(|bytes| bytes == mark))
}

/// Whether the linker that rustc takes knows how to fold: asked with the smallest program, since which one
/// it takes differs from version to version and from one packager to the next.
#[expect(clippy::disallowed_methods, reason = "cargo names the compiler in the environment")]
fn folds_alike(out: &Path) -> Result<bool, Broken> {
    let source = out.join("smallest.rs");
    fs::write(&source, "fn main() {}\n")?;
    let mut compiler = Command::new(env::var("RUSTC")?);
    compiler.arg(source).arg("-o").arg(out.join("smallest")).arg(format!("-Clink-arg={FOLDING}"));
    Ok(compiler.output().is_ok_and(|made| made.status.success()))
}

/// Whether the usual linker has the archive that a program linked without shared libraries unwinds with.
fn has_unwinder() -> bool {
    let asked = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output();
    // What it does not have, it names as it was asked for.
    asked.is_ok_and(|told| Path::new(String::from_utf8_lossy(&told.stdout).trim()).is_absolute())
}

/// Whether nobody chose a linker: not every one reads such a script, and without it the binary is only
/// larger.
#[expect(clippy::disallowed_methods, reason = "a build script is told of its builder by the environment")]
fn is_linker_usual() -> bool {
    let chosen = ["RUSTC_LINKER", "MOLD_PATH"].iter().any(|name| env::var_os(name).is_some());
    !chosen && !env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default().contains("link")
}

/// What judges, by digest: a record names them, so that a later engine that judges otherwise is told
/// from a record that was tampered with.
fn digests(card: &str) -> Result<String, Broken> {
    let mut files: Vec<PathBuf> = ["rules", "rules/secrets"]
        .into_iter()
        .flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml") && !path.ends_with("risk.yaml"))
        .collect();
    files.sort();
    let mut packs = Sha256::new();
    for file in files {
        let text = fs::read(&file)?;
        packs.update((text.len() as u64).to_be_bytes());
        packs.update(text);
    }
    Ok(format!(
        "pub const CARD_DIGEST: &str = {:?};\npub const PACKS_DIGEST: &str = {:?};\n",
        named(&Sha256::digest(card)),
        named(&packs.finalize())
    ))
}

/// A digest as records and reports name it.
fn named(digest: &[u8]) -> String {
    digest.iter().fold("sha256:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// Why there is no build, as cargo shows it.
struct Broken(String);

impl fmt::Debug for Broken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl<E: Error> From<E> for Broken {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}
