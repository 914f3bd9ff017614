//! What OpenSSH writes is read or refused, without a panic: keys, signatures, `allowed_signers`, and
//! the notes that checkpoints are. On stable: `cargo fuzz run -s none signature`.
#![no_main]

use gov_hook::ledger::sshsig::{PublicKey, Signers, SshSignature};
use gov_hook::ledger::{Checkpoint, SignedCheckpoint};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(key) = PublicKey::parse(text) {
        assert_eq!(PublicKey::parse(&key.text()).map(|again| again.digest()).ok(), Some(key.digest()));
    }
    if let Ok(signature) = SshSignature::parse(text) {
        assert!(signature.verify(text.as_bytes(), "gov-hook").is_err());
    }
    if let Ok(signers) = Signers::parse(text) {
        for line in text.lines().filter_map(|line| PublicKey::parse(line).ok()) {
            let _ = signers.principals(&line);
        }
    }
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(Checkpoint::parse(&checkpoint.text()).map(|again| again.root()).ok(), Some(checkpoint.root()));
    }
    let _ = SignedCheckpoint::parse(text);
});
