//! The program that is timed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The binary as it is released, or the one that `GOV_HOOK_BENCH_BINARY` names. The one that
/// `cargo bench` builds beside this has features that only tests ask of its dependencies.
pub(super) fn binary() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        if let Some(named) = std::env::var_os("GOV_HOOK_BENCH_BINARY") {
            return PathBuf::from(named);
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let target = root.join("target/plain");
        let mut build = Command::new(env!("CARGO"));
        build.current_dir(root).args(["build", "--release", "--locked", "--target-dir"]).arg(&target);
        assert!(build.status().is_ok_and(|status| status.success()), "cargo builds the binary");
        target.join("release").join(format!("gov-hook{}", std::env::consts::EXE_SUFFIX))
    })
}
