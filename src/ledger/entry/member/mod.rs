//! The members of an entry's body: each is named once, with the type of what it says, for whoever writes it and
//! for whoever reads it.

mod told;
mod words;

use std::marker::PhantomData;

use serde_json::{Map, Value};

use crate::model::{ChangeId, Enforcement, Entry, Moment, Need, ObjectId, OverrideAction, Seen, Sha256};

pub use told::Told;
pub use words::{Asker, Cause, Engine, Extent, Named, SavepointAction, SignAction};

/// A member of a body that says a `T`.
pub struct Member<T> {
    name: &'static str,
    says: PhantomData<fn() -> T>,
}

impl<T> Clone for Member<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Member<T> {}

/// What the clock said, where that is not the time of the entry.
pub const CLOCK: Member<Moment> = Member::new(Entry::CLOCK);

/// The commit whose policy judged, the digest of what decides in it, and the rules that were built in.
pub const LAW: Member<ObjectId> = Member::new("law");
pub const DECIDING: Member<Named> = Member::new("deciding");
pub const ENGINE: Member<Engine> = Member::new("engine");

/// What was judged: the newest commit, a tag of it, what it lands on, and where a range begins.
pub const HEAD: Member<ObjectId> = Member::new("head");
pub const TAG: Member<ObjectId> = Member::new("tag");
pub const ONTO: Member<ObjectId> = Member::new("onto");
pub const BASE: Member<ObjectId> = Member::new("base");
pub const AFTER: Member<Vec<ObjectId>> = Member::new("after");
/// The commits that what is staged is merged with, and the one that a forced push replaces.
pub const MERGING: Member<Vec<ObjectId>> = Member::new("merging");
pub const REPLACED: Member<ObjectId> = Member::new("replaced");
/// How many commits a range has, the message that was judged with what is staged, and the commits that this is
/// made of.
pub const COMMITS: Member<u64> = Member::new("commits");
pub const MESSAGE: Member<Sha256> = Member::new("message");
pub const MADE_OF: Member<Vec<ObjectId>> = Member::new("made_of");
/// That only a part of the history was here.
pub const HISTORY: Member<String> = Member::new("history");

/// Who asked, how strictly, why, and with which exit code it was answered.
pub const GATE: Member<Asker> = Member::new("gate");
pub const ENFORCEMENT: Member<Enforcement> = Member::new("enforcement");
pub const CAUSE: Member<Cause> = Member::new("cause");
pub const EXIT: Member<u64> = Member::new("exit");

/// What was found: how much of each severity, in which signed files, how many of those are whole, and why it is
/// refused beside what was judged.
pub const FINDINGS: Member<Map<String, Value>> = Member::new("findings");
pub const TAMPERING: Member<Vec<String>> = Member::new("tampering");
pub const VERIFIED: Member<u64> = Member::new("verified");
pub const REFUSED: Member<Vec<String>> = Member::new("refused");

/// The entries that were heard, and those of them that a decision rests on.
pub const HEARD: Member<Vec<Sha256>> = Member::new("heard");
pub const RESTS_ON: Member<Vec<Sha256>> = Member::new("rests_on");

/// Of a push: that it deletes, or drops so many commits; how many it brings that no hook saw, or nobody; and
/// that a server took it.
pub const DELETED: Member<bool> = Member::new("deleted");
pub const FORCED: Member<bool> = Member::new("forced");
pub const GIVEN_UP: Member<u64> = Member::new("given_up");
pub const BYPASSED: Member<u64> = Member::new("bypassed");
pub const UNRECORDED: Member<u64> = Member::new("unrecorded");
pub const ACCEPTED: Member<bool> = Member::new("accepted");

/// What an agent was about to run: by which tool, when it was at work, and the digest of its command line.
pub const TOOL: Member<String> = Member::new("tool");
pub const SESSION: Member<String> = Member::new("session");
pub const COMMAND_LINE: Member<Named> = Member::new("command");

/// What people say: why, until when, and of which commits' changes.
pub const REASON: Member<String> = Member::new("reason");
pub const NOTES: Member<String> = Member::new("notes");
pub const EXPIRES: Member<Moment> = Member::new("expires");
pub const COVERED: Member<Vec<ChangeId>> = Member::new("covered");

/// How a request is called, by itself and by the answers to it.
pub const REQUEST_ID: Member<String> = Member::new("id");
pub const ANSWERED: Member<String> = Member::new("request");
/// What a request asks for, of whose change, and how that is told.
pub const NEEDED: Member<Vec<Need>> = Member::new("needed");
pub const AUTHORS: Member<Vec<String>> = Member::new("authors");
pub const REQUESTED_BY: Member<Vec<String>> = Member::new("requested_by");
pub const AGENT: Member<String> = Member::new("agent");
pub const DESCRIBED: Member<String> = Member::new("described");
pub const EXTENT: Member<Extent> = Member::new("files");
/// What its maker says beside it.
pub const ASSESSMENT: Member<String> = Member::new("assessment");
pub const TICKET: Member<String> = Member::new("ticket");
pub const META: Member<Map<String, Value>> = Member::new("meta");
/// What an answer is about in particular.
pub const BLOCKING: Member<Vec<String>> = Member::new("blocking");
pub const REVIEWED: Member<Vec<String>> = Member::new("reviewed");

/// The entry that another one takes back, grants, makes use of, binds or says again; and when it was said first.
pub const REVOKED: Member<Sha256> = Member::new("approval");
pub const GRANTED: Member<Sha256> = Member::new("request");
pub const OVERRIDE: Member<Sha256> = Member::new("override");
pub const APPROVALS: Member<Vec<Sha256>> = Member::new("approvals");
pub const DECISION: Member<Sha256> = Member::new("decision");
pub const RESTATES: Member<Sha256> = Member::new("restates");
pub const SAID_AT: Member<Moment> = Member::new("said");

/// What is done: to a gate, to a savepoint of a name, or to files.
pub const OVERRIDE_ACTION: Member<OverrideAction> = Member::new(OverrideAction::MEMBER);
pub const SAVEPOINT_ACTION: Member<SavepointAction> = Member::new("action");
pub const SAVEPOINT_TAG: Member<String> = Member::new("tag");
pub const SIGN_ACTION: Member<SignAction> = Member::new("action");

/// What is said of all the files that are signed together.
pub const ENVIRONMENT: Member<String> = Member::new("environment");
pub const SIGNED_AT: Member<Moment> = Member::new("signed_at");
pub const SIGNED_BY: Member<String> = Member::new("signed_by");
pub const ARTIFACT_TYPE: Member<String> = Member::new("artifact_type");
pub const METADATA: Member<Map<String, Value>> = Member::new("metadata");
/// Of one of them, in the body itself or in a list of many.
pub const ARTIFACTS: Member<Vec<Map<String, Value>>> = Member::new("files");
pub const PATH: Member<String> = Member::new("path");
pub const ARTIFACT_HASH: Member<Sha256> = Member::new("artifact_hash");
pub const BLOCK: Member<Sha256> = Member::new("block");
pub const BLOB: Member<ObjectId> = Member::new("blob");

/// What commits became, by which command of git, and how many did.
pub const PAIRS: Member<Vec<(ObjectId, ObjectId)>> = Member::new("pairs");
pub const REWRITTEN_BY: Member<String> = Member::new("command");
pub const COUNT: Member<u64> = Member::new("count");

/// The stream of which entries are given up, and their lines where another had written them.
pub const STREAM: Member<String> = Member::new("stream");
pub const DROPPED: Member<Vec<Seen>> = Member::new("dropped");
pub const LINES: Member<Vec<String>> = Member::new("lines");

/// Where every stream ends.
pub const CHECKPOINT: Member<String> = Member::new("checkpoint");

/// Whether hooks were told to stand aside, and whether something was seen where it was to land.
pub const DISABLED: Member<bool> = Member::new("disabled");
pub const LANDED: Member<bool> = Member::new("landed");

impl<T> Member<T> {
    const fn new(name: &'static str) -> Self {
        Self { name, says: PhantomData }
    }

    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    #[must_use]
    pub fn is_in(&self, entry: &Entry) -> bool {
        entry.body.contains_key(self.name)
    }

    /// As it is spelled, where it is written as text.
    pub fn text<'e>(&self, entry: &'e Entry) -> Option<&'e str> {
        entry.body.get(self.name)?.as_str()
    }
}

impl<T: Told> Member<T> {
    /// What an entry says; what is not there, or is no such thing, says nothing.
    #[must_use]
    pub fn of(&self, entry: &Entry) -> Option<T> {
        self.among(&entry.body)
    }

    /// The same of any members.
    #[must_use]
    pub fn among(&self, members: &Map<String, Value>) -> Option<T> {
        T::from_value(members.get(self.name)?)
    }

    pub fn put(&self, members: &mut Map<String, Value>, value: &T) {
        members.insert(self.name.to_owned(), value.to_value());
    }
}

impl<T> Member<Vec<T>> {
    /// As they are written.
    pub fn list<'e>(&self, entry: &'e Entry) -> impl Iterator<Item = &'e Value> + use<'e, T> {
        entry.body.get(self.name).and_then(Value::as_array).into_iter().flatten()
    }

    /// Those that are written as text, as they are spelled.
    pub fn texts<'e>(&self, entry: &'e Entry) -> impl Iterator<Item = &'e str> + use<'e, T> {
        self.list(entry).filter_map(Value::as_str)
    }
}

impl<T: Told> Member<Vec<T>> {
    /// Each of those that an entry lists; what is no such thing is passed over.
    pub fn each<'e>(&self, entry: &'e Entry) -> impl Iterator<Item = T> + use<'e, T> {
        self.list(entry).filter_map(T::from_value)
    }
}
