//! Signing with the writer's own SSH key, through `ssh-keygen`: agents and hardware keys work.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::app::Failure;
use crate::git::Repo;
use crate::ledger::sshsig::{PublicKey, SignatureError};

/// A key pair, by what `ssh-keygen` takes for it.
pub(super) struct Key {
    pub(super) public: PublicKey,
    held: Held,
    /// `gpg.ssh.program`, which stands in for `ssh-keygen`.
    program: PathBuf,
}

/// Where the private half is.
enum Held {
    /// Beside this file, or with an agent that knows it.
    File(PathBuf),
    /// With an agent alone: git is configured with the public key itself.
    Agent { public: String, folder: PathBuf },
}

impl Key {
    /// The key that git signs with, when it signs with SSH.
    pub(super) fn of(repo: &Repo) -> Result<Self, Failure> {
        let missing = |what: &str| {
            Failure::new(format!("an entry has to be signed here, but {what}")).mended_by(
                "name your SSH key: git config gpg.format ssh && git config user.signingkey ~/.ssh/id_ed25519.pub",
            )
        };
        if repo.config_string("gpg.format").as_deref() != Some("ssh") {
            return Err(missing("git does not sign with SSH here"));
        }
        let program = repo.config_path("gpg.ssh.program").unwrap_or_else(|| PathBuf::from("ssh-keygen"));
        let unusable = |error: SignatureError| missing(&format!("its key cannot be used: {error}"));
        let configured = match repo.config_string("user.signingkey") {
            Some(configured) => configured,
            None => usual(repo).map_err(|why| missing(&why))?,
        };
        if let Some(public) = literal(&configured) {
            let held = Held::Agent { public: public.to_owned(), folder: repo.common_dir().join("gov") };
            return Ok(Self { public: PublicKey::parse(public).map_err(unusable)?, held, program });
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
        Ok(Self { public: PublicKey::parse(&text).map_err(unusable)?, held: Held::File(named), program })
    }

    /// An armoured signature of these bytes.
    pub(super) fn sign(&self, message: &[u8], namespace: &str) -> Result<String, Failure> {
        match &self.held {
            Held::File(file) => self.sign_with(&["-f".as_ref(), file.as_os_str()], message, namespace),
            Held::Agent { public, folder } => {
                // `ssh-keygen` takes a key from a file only, and looks for its other half with the agent.
                let file = folder.join(format!("key-{}.pub", std::process::id()));
                let unwritten = |error| {
                    Failure::new(format!("the key cannot be handed to ssh-keygen: {error}"))
                        .mended_by("name a file: git config user.signingkey ~/.ssh/id_ed25519.pub")
                };
                std::fs::write(&file, format!("{public}\n")).map_err(unwritten)?;
                let signed = self.sign_with(&["-U".as_ref(), "-f".as_ref(), file.as_os_str()], message, namespace);
                // It holds nothing secret, and what is left of it does no harm.
                let _ = std::fs::remove_file(&file);
                signed
            }
        }
    }

    fn sign_with(&self, key: &[&OsStr], message: &[u8], namespace: &str) -> Result<String, Failure> {
        // Whoever has to touch a token is asked to by ssh-keygen.
        let is_watched = self.public.text().starts_with("sk-");
        sign(&self.program, key, message, (namespace, is_watched)).map_err(|why| {
            Failure::new(format!("the key {} could not sign", self.public.fingerprint()))
                .for_this_reason(why)
                .mended_by("check that its file exists or your agent has it: ssh-add -l")
        })
    }
}

/// A key that is written out, rather than named by its file.
fn literal(configured: &str) -> Option<&str> {
    configured.strip_prefix("key::").or(Some(configured).filter(|key| key.starts_with("ssh-")))
}

/// What `gpg.ssh.defaultKeyCommand` prints first, as git takes it where no key is named.
fn usual(repo: &Repo) -> Result<String, String> {
    let Some(command) = repo.config_string("gpg.ssh.defaultKeyCommand") else {
        return Err("no key is configured".to_owned());
    };
    let said = |error: std::io::Error| format!("`{command}` cannot be run: {error}");
    let output = Command::new("sh").args(["-c", &command]).stdin(Stdio::null()).output().map_err(said)?;
    let first = String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().trim().to_owned();
    if output.status.success() && literal(&first).is_some() {
        Ok(first)
    } else {
        Err(format!("`{command}`, which should print a key, prints none"))
    }
}

fn sign(
    program: &Path,
    key: &[&OsStr],
    message: &[u8],
    (namespace, is_watched): (&str, bool),
) -> Result<String, String> {
    let said = |error: std::io::Error| format!("{}: {error}", program.display());
    let mut child = Command::new(program)
        .args(["-Y", "sign", "-q", "-n", namespace])
        .args(key)
        // Nobody is asked in a hook.
        .env("SSH_ASKPASS_REQUIRE", "never")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(if is_watched { Stdio::inherit() } else { Stdio::piped() })
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
