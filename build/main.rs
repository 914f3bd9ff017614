//! Turns the data in `rules/` into statics, so that no run of the program reads their YAML.

mod card;
mod packs;

use std::error::Error;
use std::path::Path;
use std::{env, fmt, fs};

#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a build script is told where to write by the environment, and tells cargo by printing"
)]
fn main() -> Result<(), Broken> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src/check/rules/required.rs");
    let out = env::var("OUT_DIR")?;
    let yaml = fs::read_to_string("rules/risk.yaml")?;
    let card = card::card(&yaml).map_err(|why| Broken(format!("rules/risk.yaml: {why}")))?;
    fs::write(Path::new(&out).join("risk_card.rs"), card)?;
    fs::write(Path::new(&out).join("packs.rs"), packs::packs().map_err(Broken)?)?;
    Ok(())
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
