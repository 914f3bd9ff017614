//! A ledger as gov-hook writes it: every entry of it is read, fits the one before and verifies.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use ed25519_dalek::{Signer as _, SigningKey};
use gov_hook::git::notes::{Draft, Noted, NotesError, Writer as Committer};
use gov_hook::ledger::sshsig::PublicKey;
use gov_hook::ledger::{self, Binding, GENESIS_STREAM, Root, Writer};
use gov_hook::model::{
    Actor, ActorKind, Entry, EntryKind, EntrySubject, Moment, Outcome, RecordedRisk, RiskLevel, Seen, Sha256,
};
use sha2::Digest as _;

use super::{ENTRIES, STREAMS, open, run};

const START: u64 = 1_700_000_000;

/// Every fifth entry is signed.
const SIGNED: u64 = 5;

/// Whoever writes one of the streams.
pub(super) struct Hand {
    pub(super) stream: String,
    binding: Binding,
    key: SigningKey,
    repo: Sha256,
}

impl Hand {
    pub(super) fn new(number: usize, repo: Sha256) -> Self {
        let key = SigningKey::from_bytes(Sha256::of(format!("key {number}").as_bytes()).as_bytes());
        let text = format!("ssh-ed25519 {}", base64(&blob(&key)));
        let binding = Binding { writer: Writer::Key(PublicKey::parse(&text).expect("a key")), named: false };
        let stream = binding.stream(&format!("{number:08x}")).expect("a stream");
        Self { stream, binding, key, repo }
    }

    pub(super) fn line(&self, seq: u64, prev: Option<Sha256>) -> String {
        let digest = |what: &str| Sha256::of(format!("{what}{}{seq}", self.stream).as_bytes());
        let id = |what: &str| digest(what).to_string()[..40].parse().ok();
        let is_first = seq == 0;
        let risk = RecordedRisk { level: RiskLevel::Low, score: 7, digest: digest("risk") };
        let mut entry = Entry {
            kind: if is_first { EntryKind::StreamOpen } else { EntryKind::Decision },
            stream: self.stream.clone(),
            seq,
            prev,
            time: Moment::of_seconds(START + seq).expect("a moment"),
            repo: Some(self.repo),
            actor: Actor {
                name: "Mira".into(),
                email: "mira@example.com".into(),
                kind: ActorKind::Person,
                id: None,
                model: None,
            },
            requested_by: None,
            subject: if is_first {
                EntrySubject::default()
            } else {
                EntrySubject { base: id("base"), tree: id("tree"), ..EntrySubject::default() }
            },
            change: None,
            policy: (!is_first).then(|| digest("policy")),
            risk: (!is_first).then_some(risk),
            outcome: (!is_first).then_some(Outcome::AutoApproved),
            reasons: if is_first { Vec::new() } else { vec!["every path is allowed and the change is small".into()] },
            body: if is_first { self.binding.body() } else { serde_json::Map::new() },
            engine: "gov-hook 0.1.0".into(),
            seen: BTreeMap::new(),
            nonce: None,
            sig: None,
        };
        if seq.is_multiple_of(SIGNED) {
            entry.sig = Some(self.signed(&ledger::signed_bytes(&entry).expect("bytes"), ledger::namespace(&entry)));
        }
        ledger::write(&entry).expect("a line")
    }

    /// As `ssh-keygen -Y sign` does it.
    fn signed(&self, message: &[u8], namespace: &str) -> String {
        let hash = sha2::Sha512::digest(message);
        let parts = |first: &[&[u8]]| first.iter().fold(Vec::new(), |out, part| [out, string(part)].concat());
        let said = [b"SSHSIG".to_vec(), parts(&[namespace.as_bytes(), b"", b"sha512", &hash])].concat();
        let made = parts(&[b"ssh-ed25519", &self.key.sign(&said).to_bytes()]);
        let inner = parts(&[&blob(&self.key), namespace.as_bytes(), b"", b"sha512", &made]);
        let whole = base64(&[&b"SSHSIG\0\0\0\x01"[..], &inner].concat());
        let lines: Vec<&str> = (0..whole.len()).step_by(70).map(|at| &whole[at..whole.len().min(at + 70)]).collect();
        format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", lines.join("\n"))
    }
}

fn blob(key: &SigningKey) -> Vec<u8> {
    [string(b"ssh-ed25519"), string(key.verifying_key().as_bytes())].concat()
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).expect("a short string").to_be_bytes()[..], bytes].concat()
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for piece in bytes.chunks(3) {
        let bits = (0..3).fold(0_usize, |bits, at| bits << 8 | usize::from(piece.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let letter = if at <= piece.len() { char::from(LETTERS[bits >> (18 - 6 * at) & 63]) } else { '=' };
            out.push(letter);
        }
    }
    out
}

/// The id of the genesis entry, by which every other entry names the repository.
pub(super) fn genesis(repo: &Path) -> Sha256 {
    let repo = open(repo);
    if let Some(tip) = repo.stream_tip(GENESIS_STREAM).expect("a tip") {
        return tip.head.expect("a head").id;
    }
    let root = repo.commit_named("HEAD").and_then(|head| repo.root_of(head)).expect("a root");
    let entry = ledger::genesis(&Root::Commit { id: root.id, time: Moment::of_seconds(START).expect("a moment") });
    let line = ledger::write(&entry).expect("a line");
    let id = ledger::id(line.as_bytes());
    let committer = Committer { name: entry.actor.name, email: String::new() };
    let written = repo.append(GENESIS_STREAM, &committer, |_| {
        Ok::<_, NotesError>(Some(Draft {
            notes: vec![Noted { object: root.id, line: line.clone().into_bytes() }],
            head: Seen { seq: 0, id },
            subject: "genesis".into(),
            time: START,
        }))
    });
    assert!(written.is_ok_and(|commit| commit.is_some()), "the genesis entry is written");
    id
}

/// One pack, as a clone has it, laid out the way appends lay it out.
pub(super) fn generate(repo: &Path) {
    fs::create_dir_all(repo).expect("a directory");
    run(Command::new("git").current_dir(repo).args(["init", "-q", "-b", "main"]));
    run(Command::new("git").current_dir(repo).args(["config", "user.name", "Bench"]));
    run(Command::new("git").current_dir(repo).args(["config", "user.email", "bench@example.com"]));
    import(repo, |input| {
        let root = "commit refs/heads/main\ncommitter Bench <bench@example.com> 1700000000 +0000\ndata 6\nStart\n\n";
        input.push_str(root);
    });
    let genesis = genesis(repo);
    for number in 0..STREAMS {
        let hand = Hand::new(number, genesis);
        import(repo, |input| {
            let mut prev = None;
            for seq in 0..(ENTRIES / STREAMS) as u64 {
                let line = hand.line(seq, prev);
                let id = ledger::id(line.as_bytes());
                prev = Some(id);
                let object = Sha256::of(format!("{}{seq}", hand.stream).as_bytes()).to_string();
                let (folder, file) = object[..40].split_at(2);
                let message = format!("Decide\n\nGov-Seq: {seq}\nGov-Id: {id}\n");
                // Writing to a `String` cannot fail.
                let _ = write!(
                    input,
                    "commit refs/notes/gov/{}\ncommitter Bench <bench@example.com> {} +0000\ndata {}\n{message}\
                     M 100644 inline {folder}/{file}\ndata {}\n{line}\n\n",
                    hand.stream,
                    START + seq,
                    message.len(),
                    line.len() + 1,
                );
            }
        });
    }
    run(Command::new("git").current_dir(repo).args(["repack", "-q", "-a", "-d"]));
}

fn import(repo: &Path, fill: impl Fn(&mut String)) {
    let mut input = String::new();
    fill(&mut input);
    let mut import = Command::new("git");
    let mut import =
        import.current_dir(repo).args(["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn().expect("git");
    import.stdin.take().expect("its input").write_all(input.as_bytes()).expect("git reads it");
    assert!(import.wait().is_ok_and(|status| status.success()), "git fast-import");
}
