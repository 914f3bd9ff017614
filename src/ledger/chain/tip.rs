//! Where a verification ended, so that the next one reads only what came after.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::super::binding::Binding;
use super::super::canonical;
use super::given_up::GivenUp;
use super::{AuditLaw, Chain};
use crate::model::{Gather, Moment, Seen, Sha256};

/// All that the entries after it are judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tip {
    pub stream: String,
    pub head: Seen,
    pub time: Moment,
    pub(super) repo: Option<Sha256>,
    pub(super) binding: Option<Binding>,
    pub(super) law: AuditLaw,
    pub(super) named: BTreeMap<String, Seen>,
    pub(super) witnessed: Option<u64>,
    pub(super) dropped: Vec<GivenUp>,
}

impl Chain<'_> {
    pub(super) fn tip(&self, witnessed: Option<u64>) -> Option<Tip> {
        let last = self.last()?;
        Some(Tip {
            stream: self.stream.clone(),
            head: Seen { seq: last.seq, id: last.id },
            time: last.time,
            repo: self.repo,
            binding: self.binding.clone(),
            law: self.law,
            named: self.named.clone(),
            witnessed,
            dropped: self.dropped.clone(),
        })
    }
}

impl Tip {
    /// The last that the stream saw of each other stream: a writer need not name it again.
    #[must_use]
    pub fn named(&self) -> &BTreeMap<String, Seen> {
        &self.named
    }

    /// The highest entry that somebody else has seen.
    #[must_use]
    pub const fn witnessed(&self) -> Option<u64> {
        self.witnessed
    }

    /// One line of canonical JSON, for a cache in the git directory.
    #[must_use]
    pub fn write(&self) -> String {
        let seen = |seen: &Seen| json!([seen.seq, seen.id.to_string()]);
        let named: Map<String, Value> = self.named.iter().map(|(stream, at)| (stream.clone(), seen(at))).gathered();
        let given = |given: &GivenUp| {
            let GivenUp { stream, seen: at, first, key, by, time, is_plain } = given;
            json!([stream, seen(at), seen(first), key, by, time.to_string(), is_plain])
        };
        let dropped: Vec<Value> = self.dropped.iter().map(given).collect();
        let value = json!({
            "v": 1,
            "stream": self.stream,
            "head": seen(&self.head),
            "time": self.time.to_string(),
            "repo": self.repo.map(|repo| repo.to_string()),
            "binding": self.binding.as_ref().map(Binding::body),
            "law": [self.law.sign, self.law.proof_of_work_bits],
            "named": named,
            "witnessed": self.witnessed,
            "dropped": dropped,
        });
        let mut out = String::new();
        // Everything in it came out of canonical entries; what did not fit would not be read again.
        if canonical::write(&value, &mut out).is_err() {
            out.clear();
        }
        out
    }

    /// `None` for anything but what [`Tip::write`] writes: then the stream is verified whole.
    #[must_use]
    pub fn read(line: &str) -> Option<Self> {
        let value = canonical::read(line.as_bytes()).ok()?;
        if value.get("v")?.as_u64() != Some(1) || value.as_object()?.len() != 10 {
            return None;
        }
        let digest = |value: &Value| value.as_str()?.parse::<Sha256>().ok();
        let seen = |value: &Value| {
            let [seq, id] = value.as_array()?.as_slice() else { return None };
            Some(Seen { seq: seq.as_u64()?, id: digest(id)? })
        };
        let [sign, bits] = value.get("law")?.as_array()?.as_slice() else { return None };
        let dropped = |value: &Value| {
            let [stream, at, first, key, by, time, is_plain] = value.as_array()?.as_slice() else { return None };
            Some(GivenUp {
                stream: stream.as_str()?.to_owned(),
                seen: seen(at)?,
                first: seen(first)?,
                key: key.as_str()?.to_owned(),
                by: by.as_str()?.to_owned(),
                time: time.as_str()?.parse().ok()?,
                is_plain: is_plain.as_bool()?,
            })
        };
        Some(Self {
            stream: value.get("stream")?.as_str()?.to_owned(),
            head: seen(value.get("head")?)?,
            time: value.get("time")?.as_str()?.parse().ok()?,
            repo: optional(value.get("repo")?, digest)?,
            binding: optional(value.get("binding")?, |body| Binding::from_body(body.as_object()?).ok())?,
            law: AuditLaw { sign: sign.as_bool()?, proof_of_work_bits: u32::try_from(bits.as_u64()?).ok()? },
            named: (value.get("named")?.as_object()?.iter())
                .map(|(stream, at)| Some((stream.clone(), seen(at)?)))
                .collect::<Option<Vec<_>>>()?
                .into_iter()
                .gathered(),
            witnessed: optional(value.get("witnessed")?, Value::as_u64)?,
            dropped: value
                .get("dropped")?
                .as_array()?
                .iter()
                .map(dropped)
                .collect::<Option<Vec<_>>>()?
                .into_iter()
                .gathered(),
        })
    }
}

/// What is there is read, or the line is none.
#[expect(clippy::option_option, reason = "what is absent is told from what cannot be read")]
fn optional<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Option<T>> {
    if value.is_null() { Some(None) } else { read(value).map(Some) }
}
