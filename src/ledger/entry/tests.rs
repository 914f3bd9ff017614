use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::canonical::tests::any_value;
use super::super::samples::{moment, plain};
use super::*;
use crate::model::{ActorKind, ChangeId, EntryKind, EntrySubject, ObjectId, Outcome, RecordedRisk, RiskLevel, Seen};

/// An entry that has everything.
fn full() -> Entry {
    let mut entry = plain();
    entry.kind = EntryKind::Approve;
    entry.actor.kind = ActorKind::Agent;
    entry.actor.id = Some("claude".into());
    entry.actor.model = Some("opus".into());
    entry.requested_by = Some("lin@example.com".into());
    entry.subject = EntrySubject {
        commit: Some(ObjectId::new([1; 20])),
        tree: Some(ObjectId::new([2; 20])),
        base: Some(ObjectId::new([3; 20])),
        reference: Some("refs/heads/main".into()),
    };
    entry.policy = Some(Sha256::of(b"policy"));
    entry.risk = Some(RecordedRisk { level: RiskLevel::High, score: 62, digest: Sha256::of(b"factors") });
    entry.outcome = Some(Outcome::ApprovalPending);
    entry.reasons = vec!["240 lines".into(), "path \"src/core\"\n".into()];
    entry.body.insert("expires".into(), "2026-11-21T05:45:56Z".into());
    entry.seen.insert("ci-7".into(), Seen { seq: 12, id: Sha256::of(b"head") });
    entry.nonce = Some("5".into());
    entry.sig = Some("-----BEGIN SSH SIGNATURE-----\n".into());
    entry
}

#[test]
fn an_entry_is_the_line_of_the_format() {
    let line = write(&full()).unwrap();

    assert_eq!(line, include_str!("tests/entry-v1.json").trim_end());
    assert_eq!(parse(line.as_bytes()), Ok(full()));
}

#[test]
fn what_an_entry_does_not_have_is_left_out() {
    let line = write(&plain()).unwrap();

    assert_eq!(
        line,
        format!(
            concat!(
                r#"{{"actor":{{"email":"ada@example.com","kind":"person","name":"Ada"}},"change":"{}","engine":"0.1.0","#,
                r#""kind":"decision","prev":"{}","repo":"{}","seq":1,"stream":"0123456789ab-89abcdef","#,
                r#""time":"2026-11-21T05:45:56Z","v":1}}"#
            ),
            ChangeId::of(&[]),
            Sha256::of(b"prev"),
            Sha256::of(b"genesis")
        )
    );
    assert_eq!(parse(line.as_bytes()), Ok(plain()));
}

#[test]
fn the_signature_covers_everything_but_itself() {
    let (mut unsigned, mut other) = (full(), full());
    unsigned.sig = None;
    other.reasons.clear();

    let line = write(&unsigned).unwrap();

    assert_eq!(signed_bytes(&full()).unwrap(), format!("gov-hook/entry/v1\n{line}").into_bytes());
    assert_ne!(signed_bytes(&full()).unwrap(), signed_bytes(&other).unwrap());
}

/// The full entry with one member set to something else, or taken away.
fn with(path: &[&str], value: Option<Value>) -> Vec<u8> {
    let mut line: Value = serde_json::from_str(&write(&full()).unwrap()).unwrap();
    let (last, parents) = path.split_last().unwrap();
    let map = parents.iter().fold(&mut line, |at, key| at.get_mut(key).unwrap()).as_object_mut().unwrap();
    match value {
        Some(value) => drop(map.insert((*last).to_owned(), value)),
        None => drop(map.remove(*last)),
    }
    let mut out = String::new();
    super::super::canonical::write(&line, &mut out).unwrap();
    out.into_bytes()
}

#[test]
fn a_line_that_is_no_entry_says_why() {
    let cases: [(&[&str], Option<Value>, &str); 31] = [
        (&["v"], None, "`v` is missing"),
        (&["v"], Some(json!(2)), "the version `2` is unknown; this gov-hook reads 1"),
        (&["v"], Some(json!("1")), "the version `\"1\"` is unknown; this gov-hook reads 1"),
        (&["kind"], Some(json!("bribe")), "the kind `bribe` is unknown; a newer gov-hook may know it"),
        (&["kind"], Some(json!(7)), "`kind` is not a string"),
        (&["stream"], None, "`stream` is missing"),
        (&["stream"], Some(json!("../heads/main")), "`stream` is not a stream's name"),
        (&["seq"], Some(json!(-1)), "`seq` is not a number from 0 on"),
        (&["seq"], Some(json!("1")), "`seq` is not a number from 0 on"),
        (&["prev"], Some(json!("AB")), "`prev` is not 64 lower-case hexadecimal digits"),
        (&["prev"], Some(Value::Null), "`prev` is not 64 lower-case hexadecimal digits"),
        (&["time"], Some(json!("today")), "`time` is not a moment such as `2026-11-21T05:45:56Z`"),
        (&["actor"], None, "`actor` is missing"),
        (&["actor"], Some(json!("Ada")), "`actor` is not an object"),
        (&["actor", "kind"], Some(json!("god")), "`kind` is not `person`, `agent`, `ci` or `witness`"),
        (&["actor", "email"], None, "`email` is missing"),
        (&["actor", "age"], Some(json!(7)), "the field `age` is unknown"),
        (&["subject"], Some(json!({})), "`subject` is empty; what an entry does not have is left out"),
        (&["subject", "commit"], Some(json!("AB".repeat(20))), "`commit` is not a git object's id in lower case"),
        (&["change"], Some(json!("gc2-00")), "`change` is not a change id"),
        (&["policy"], Some(json!("00".repeat(32))), "`policy` is not `sha256:` and 64 lower-case hexadecimal digits"),
        (&["risk", "level"], Some(json!("high")), "`level` is not a level of risk"),
        (&["risk", "score"], Some(json!(1_u64 << 33)), "`score` is not a score"),
        (&["outcome"], Some(json!("fine")), "`outcome` is not an outcome"),
        (&["reasons"], Some(json!([1])), "`reasons` is not a list of strings"),
        (&["reasons"], Some(json!([])), "`reasons` is empty; what an entry does not have is left out"),
        (&["body"], Some(json!({})), "`body` is empty; what an entry does not have is left out"),
        (&["seen"], Some(json!({})), "`seen` is empty; what an entry does not have is left out"),
        (&["seen"], Some(json!({"ci-7": [1]})), "`seen` is not a map of streams to `[seq, id]`"),
        (&["seen"], Some(json!({"CI": [1, "00".repeat(32)]})), "`seen` is not a map of streams to `[seq, id]`"),
        (&["hint"], Some(json!(1)), "the field `hint` is unknown"),
    ];

    for (path, value, why) in cases {
        let line = with(path, value);
        assert_eq!(parse(&line).unwrap_err().to_string(), why, "{}", String::from_utf8_lossy(&line));
    }
    assert_eq!(parse(b"[]"), Err(Unreadable::NoObject));
    assert!(matches!(parse(b"{ }"), Err(Unreadable::NotCanonical(_))));
}

#[test]
fn a_stream_is_named_as_a_ref_may_be() {
    for name in ["0123456789ab-89abcdef", "ci-7", "runner.linux_2", "genesis"] {
        assert!(fits_a_stream(name), "{name}");
    }
    let long = "a".repeat(101);
    for name in ["", "CI", "a/b", "../a", ".a", "-a", "a.", "a..b", "a.lock", "a b", "a\u{e9}", "@{0}", &long] {
        assert!(!fits_a_stream(name), "{name}");
    }
}

#[test]
fn a_note_holds_whole_lines() {
    assert_eq!(lines(b"a\n"), Some(vec![&b"a"[..]]));
    assert_eq!(lines(b"a\nb\n"), Some(vec![&b"a"[..], b"b"]));
    for other in [&b""[..], b"a", b"\n", b"a\n\nb\n", b"a\nb", b"\na\n"] {
        assert_eq!(lines(other), None);
    }
}

#[test]
fn what_could_not_be_read_back_is_not_written() {
    let mut entry = plain();
    entry.body.insert("share".into(), json!(0.5));
    assert_eq!(
        write(&entry).unwrap_err().to_string(),
        "the body of a `decision` entry has no canonical form: \
         a number is whole, without fraction, exponent, leading zero or negative zero"
    );

    let mut entry = plain();
    entry.seq = 1 << 53;
    assert_eq!(write(&entry), Err(Unwritable::Number { number: 1 << 53 }));

    let mut entry = plain();
    entry.stream = "a/b".into();
    assert_eq!(write(&entry), Err(Unwritable::Stream { name: "a/b".into() }));

    let mut entry = plain();
    entry.reasons = vec!["a".repeat(1 << 20)];
    assert!(matches!(write(&entry), Err(Unwritable::TooLong { .. })));
}

prop_compose! {
    fn any_entry()(
        base in prop_oneof![Just(plain()), Just(full())],
        texts in proptest::collection::vec(any::<String>(), 6),
        body in proptest::collection::btree_map(any::<String>(), any_value(), 0..3),
        seq in 0..=9_007_199_254_740_991_u64,
        seconds in 0..4_000_000_000_u64,
    ) -> Entry {
        let mut entry = base;
        let mut texts = texts.into_iter();
        let mut text = || texts.next().unwrap();
        entry.actor.name = text();
        entry.actor.email = text();
        entry.engine = text();
        entry.reasons.push(text());
        entry.subject.reference = Some(text());
        entry.sig = Some(text());
        entry.body = body.into_iter().collect::<Map<_, _>>();
        entry.seq = seq;
        entry.time = moment(seconds);
        entry
    }
}

proptest! {
    #[test]
    fn an_entry_reads_back_from_its_line(entry in any_entry()) {
        let line = write(&entry).unwrap();

        prop_assert_eq!(parse(line.as_bytes()), Ok(entry));
    }

    #[test]
    fn a_changed_byte_is_refused_or_makes_another_entry(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut line = write(&full()).unwrap().into_bytes();
        let at = at.index(line.len());
        prop_assume!(line[at] != to);
        line[at] = to;

        if let Ok(entry) = parse(&line) {
            prop_assert_ne!(&entry, &full());
            prop_assert_eq!(write(&entry).unwrap().into_bytes(), line);
        }
    }
}
