//! Signing with the writer's own SSH key, through `ssh-keygen`: agents and hardware keys work.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::app::Failure;
use crate::git::Repo;
use crate::ledger::sshsig::PublicKey;

/// A key pair, by the file that `ssh-keygen` takes.
pub(super) struct Key {
    pub(super) public: PublicKey,
    file: PathBuf,
}

impl Key {
    /// The key that git signs with, when it signs with SSH.
    pub(super) fn of(repo: &Repo) -> Result<Self, Failure> {
        let missing = |what: &str| {
            Failure::new(format!("an entry has to be signed here, and {what}")).mended_by(
                "name your SSH key: git config gpg.format ssh && git config user.signingkey ~/.ssh/id_ed25519.pub",
            )
        };
        if repo.config_string("gpg.format").as_deref() != Some("ssh") {
            return Err(missing("git does not sign with SSH here"));
        }
        let Some(named) = repo.config_path("user.signingkey") else { return Err(missing("no key is configured")) };
        let public = if named.extension().is_some_and(|extension| extension == "pub") {
            named.clone()
        } else {
            let mut name = OsString::from(&named);
            name.push(".pub");
            PathBuf::from(name)
        };
        let text = std::fs::read_to_string(&public)
            .map_err(|error| missing(&format!("`{}` cannot be read: {error}", public.display())))?;
        let public = PublicKey::parse(&text).map_err(|error| missing(&format!("its key cannot be used: {error}")))?;
        Ok(Self { public, file: named })
    }

    /// An armoured signature of these bytes.
    pub(super) fn sign(&self, message: &[u8], namespace: &str) -> Result<String, Failure> {
        sign(&self.file, message, namespace)
            .map_err(|why| Failure::new(format!("`{}` could not sign", self.file.display())).for_this_reason(why))
    }
}

fn sign(file: &Path, message: &[u8], namespace: &str) -> Result<String, String> {
    let said = |error: std::io::Error| format!("ssh-keygen: {error}");
    let mut child = Command::new("ssh-keygen")
        .args(["-Y", "sign", "-q", "-n", namespace, "-f"])
        .arg(file)
        // Nobody is asked in a hook.
        .env("SSH_ASKPASS_REQUIRE", "never")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(said)?;
    let written = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(message));
    let output = child.wait_with_output().map_err(said)?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    written.map_err(said)?;
    String::from_utf8(output.stdout).map_err(|_not_text| "ssh-keygen answered with no text".to_owned())
}
